"""The forms a letter can have, in the field's own words.   Spec: docs/spec/letters.md, "Forms"."""

from typing import Any, Final, Literal

from backchannel.errors import Refused
from backchannel.values import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """What a form asks of a letter.

    title: the form in plain words. signing: `always`, `never`, by `choice` of the writer, or only where `agreed`: never
    by default, not even to an office that has not answered yet.
    binding: the writer must choose which language prevails, even where there is one.
    reply_by: an answer is awaited and the writer must give its date or say that there is none (`choice`),
    may give one (`allowed`), or cannot (`none`). replies: it must name a letter it replies to.
    must_carry: kinds of matter (`parts.MATTERS`) of which exactly one must be there; a text is then not needed.
    may_carry: kinds of which one may be there. by_hand: whether a person drafts it; else the desk makes it.
    """

    name: str
    title: str
    signing: Literal["always", "never", "choice", "agreed"] = "choice"
    binding: bool = False
    reply_by: Literal["choice", "allowed", "none"] = "allowed"
    replies: bool = False
    must_carry: tuple[str, ...] = ()
    may_carry: tuple[str, ...] = ()
    by_hand: bool = True

    @property
    def asks(self) -> bool:
        """Whether an answer is awaited."""
        return self.reply_by == "choice"


CREDENCES: Final = ("credence", "credence-recall", "credence-query", "credence-answer", "ratification")
_MADE: Final[dict[str, Any]] = {"signing": "agreed", "reply_by": "none", "by_hand": False}
FORMS: Final = {
    form.name: form
    for form in (
        Form("letter", "letter in the first person"),
        Form("note-verbale", "note in the third person, always signed", signing="always", binding=True),
        Form("non-paper", "text that may be disowned, never signed", signing="never"),
        Form("warning", "what will follow, or what must not happen", binding=True),
        Form("assurance", "promise of restraint or conduct", binding=True),
        Form("proposal", "terms put forward for an answer", binding=True, reply_by="choice"),
        Form("reply", "answer to a letter", replies=True, may_carry=("meeting-answer",)),
        Form("readout", "record of a meeting or call", reply_by="none", may_carry=("readout",)),
        Form("meeting-request", "request to meet or speak", reply_by="choice", may_carry=("meeting",)),
        Form("empty", "no letter: brings envelopes and cards only", signing="never", reply_by="none", by_hand=False),
        Form("conveyance", "covering letter of a sealed letter", must_carry=("conveyance",), **_MADE),
        Form("evidence", "custody statements", must_carry=("evidence",), **_MADE),
        Form("introduction", "one office introduces another", must_carry=("introduction",), **_MADE),
        Form("credence", "an envoy's accreditation, or a question about it", must_carry=CREDENCES, **_MADE),
    )
}
WRITTEN: Final = tuple(name for name, form in FORMS.items() if form.by_hand)


def form_of(name: str) -> Form:
    """The rules of a form. Raises Refused [L10] for an unknown name."""
    if name not in FORMS:
        raise Refused("L10", f"the form {name[:64]!a} is not known", next_step="Bring the program up to date.")
    return FORMS[name]
