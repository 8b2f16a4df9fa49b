"""Every failure raised on purpose.   Spec: docs/spec/notation.md, "Refusals".

One family, split by what the reader can do next. Anything else that escapes is a bug and is shown as one.
No message carries a key, token, passphrase or letter text; text from outside goes through `text.for_screen` first.
"""


class BackchannelError(Exception):
    """A failure with what happened, what to do next and what was kept.

    message: one lower-case sentence without a full stop.
    next_step: what the person can do now; None takes the class's own.
    kept: what was left untouched or kept; None takes the class's own.
    """

    code = "failed"
    exit_status = 1
    next_step: str = "Try again; if it fails again, report it."
    kept: str = "Nothing was changed."

    def __init__(self, message: str, *, next_step: str | None = None, kept: str | None = None) -> None:
        super().__init__(message)
        if next_step is not None:
            self.next_step = next_step
        if kept is not None:
            self.kept = kept


class Refused(BackchannelError):
    """What arrived is not what it claims to be.

    mark: the refusal's name in the spec (`S7`), by which vectors say where bytes must fail.
    """

    code = "refused"
    exit_status = 3
    next_step = "Ask for it to be sent again; if it fails again, reach the sender another way."
    kept = "Nothing was opened or deleted."

    def __init__(self, mark: str, message: str, *, next_step: str | None = None, kept: str | None = None) -> None:
        super().__init__(message, next_step=next_step, kept=kept)
        self.mark = mark


class Unreachable(BackchannelError):
    """Something that should answer did not; waiting may help."""

    code = "unreachable"
    exit_status = 4
    next_step = "Check the connection and try again."


class Locked(BackchannelError):
    """The desk is locked, or the passphrase did not open it."""

    code = "locked"
    exit_status = 5
    next_step = "Unlock the desk with `backchannel desk unlock`."


class Damaged(BackchannelError):
    """A file of ours is not as we left it."""

    code = "damaged"
    exit_status = 6
    next_step = "Restore from a backup with `backchannel desk restore`."


class NotPossible(BackchannelError):
    """What was asked cannot be done as asked; choose again."""

    code = "not-possible"
    exit_status = 7
    next_step = "Choose again."
