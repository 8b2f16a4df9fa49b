"""What every command shares: finding the office, asking for the passphrase, telling the news."""

import functools
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from backchannel.cli.text import _, several
from backchannel.errors import BackchannelError, Locked, NotPossible
from backchannel.text import for_screen, json_for_screen

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.desk.housekeeping import News
    from backchannel.letters.parts import Body

F = TypeVar("F", bound=Callable[..., Any])


def default_office() -> Path:
    """$BACKCHANNEL_OFFICE, else `backchannel/office` under the user's data folder."""
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return Path(os.environ.get("BACKCHANNEL_OFFICE") or os.path.join(data, "backchannel", "office"))


def office_options(command: F) -> F:
    """--office and how the passphrase comes: prompt, file or descriptor, never an argument."""
    for option in (
        click.option("--passphrase-fd", type=int, metavar="N", help=_("Read the passphrase from this descriptor.")),
        click.option(
            "--passphrase-file",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help=_("Read the passphrase from the first line of this file."),
        ),
        click.option(
            "--office",
            "office_folder",
            type=click.Path(file_okay=False, path_type=Path),
            default=default_office,
            show_default=False,
            help=_("The office's folder; otherwise $BACKCHANNEL_OFFICE or the usual place."),
        ),
    ):
        command = option(command)
    return command


spoken_option = click.option(
    "--spoken", is_flag=True, help="You have spoken with this office by another way since its desk was restored."
)


def relay_passes(command: F) -> F:
    """The two passes that a relay may ask for: from files, never arguments."""
    kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    for option in (
        click.option("--collecting-pass-file", type=kind, help=_("What you need to collect from the relay.")),
        click.option("--posting-pass-file", type=kind, help=_("What others need to post there; goes into the card.")),
    ):
        command = option(command)
    return command


def pass_from(file: Path | None) -> str | None:
    """The pass in a file."""
    return file.read_text(encoding="utf-8").strip() if file is not None else None


def passphrase_from(file: Path | None, descriptor: int | None) -> str | None:
    """The passphrase of a file or descriptor: its first line."""
    if file is not None:
        return file.read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
    if descriptor is not None:
        try:
            with os.fdopen(descriptor, encoding="utf-8", closefd=False) as stream:
                return stream.readline().rstrip("\r\n")
        except OSError as error:
            raise NotPossible(f"nothing can be read from descriptor {descriptor}") from error
    return None


def typed_passphrase(prompt: str, *, lacking: str, next_step: str, again: bool = False) -> str:
    """Asked of the person at the terminal, twice if `again`. lacking: what is told where nobody is there."""
    if not sys.stdin.isatty():
        raise NotPossible(lacking, next_step=next_step)
    passphrase: str = click.prompt(prompt, hide_input=True, confirmation_prompt=again, err=True)
    return passphrase


def with_desk(*, quiet: bool = False, clerk: bool = True) -> Callable[[F], F]:
    """Open the desk, keep house, tell the news on stderr, and call the command with the desk first.

    quiet: no housekeeping (for commands that must not touch anything).
    """

    def decorate(command: F) -> F:
        @functools.wraps(command)
        def run(
            *args: Any,
            office_folder: Path,
            passphrase_file: Path | None,
            passphrase_fd: int | None,
            clerk: str | None = None,
            **options: Any,
        ) -> Any:
            with open_desk(office_folder, passphrase_from(passphrase_file, passphrase_fd), clerk) as desk:
                if not quiet:
                    tell(desk.keep_house())
                result = command(desk, *args, **options)
                if desk.office.held_up is not None:
                    warn(
                        _("It is done and kept, but {why}. The rest is tried again at the next command.").format(
                            why=desk.office.held_up
                        )
                    )
                return result

        wrapped: Any = office_options(run)
        if clerk:
            wrapped = click.option(
                "--clerk",
                envvar="BACKCHANNEL_CLERK",
                help=_("Your name, kept with what you do. A name, not a proof."),
            )(wrapped)
        return wrapped  # type: ignore[no-any-return]

    return decorate


def open_desk(folder: Path, passphrase: str | None, clerk: str | None) -> "Desk":
    """The desk of a folder; asks for the passphrase if it is locked and a person is there."""
    from backchannel.desk.desk import Desk
    from backchannel.text import check

    if clerk is not None:
        check(clerk, "line", _("the clerk's name"))
    try:
        return Desk.open(folder, passphrase, clerk)
    except Locked:
        if passphrase is not None or not sys.stdin.isatty():
            raise
        return Desk.open(folder, click.prompt(_("Passphrase"), hide_input=True, err=True), clerk)


def tell(news: "News") -> None:
    """What the desk did by itself, and what a person must know."""
    if news.copy is not None and not news.copy.by:
        warn(
            _(
                "This register is older than the station remembers: a copy was put back. Nothing is opened or sealed"
                " until you begin a new epoch with `backchannel desk new-epoch`."
            )
        )
    elif news.copy is not None:
        warn(
            _(
                "An office has opened a letter of yours that is not in this register: a copy was put back, someone"
                " writes as you, or it says what is not so (`desk status` names it). Nothing is sealed until you begin"
                " a new epoch with `backchannel desk new-epoch`."
            )
        )
    for other in news.restored:
        warn(
            _(
                "{office} began a new epoch on {when}: its desk was restored, or someone makes it seem so. Speak with"
                " it by another way; until it answers a letter, each to it needs --spoken."
            ).format(office=for_screen(other.display), when=moment(other.restored_at))
        )
    if news.clock == "behind":
        warn(_("The clock stands before the last entry. Nothing is issued or destroyed until `desk confirm-clock`."))
    if news.clock == "ahead":
        warn(
            _(
                "The clock stands more than 40 days after the last entry. Nothing is issued or destroyed until"
                " `desk confirm-clock`."
            )
        )
    if news.pending:
        warn(
            _("Destruction pending: a reader is in the way, or the disk failed. It is tried again at the next command.")
        )
    if news.backup_old:
        warn(_("The last backup is older than 30 days, or there is none: `backchannel desk backup FILE`."))
    if news.intake.opened:
        note(several("{number} letter came in.", "{number} letters came in.", len(news.intake.opened)))
    if news.intake.again:
        note(
            several(
                "{number} letter came again; it was opened before.",
                "{number} letters came again; they were opened before.",
                news.intake.again,
            )
        )
    for mark, why, number in news.intake.refused:
        note(_("refused {number} x: {why} [{mark}]").format(number=number, why=_(why), mark=mark))


def note(text: str) -> None:
    click.echo(f"backchannel: {text}", err=True)


def warn(text: str) -> None:
    click.echo(f"backchannel: warning: {text}", err=True)


def show_error(error: BackchannelError) -> None:
    """What happened, what to do next, what was kept."""
    click.echo(f"backchannel: {error.code}: {_(str(error))}", err=True)
    click.echo(_("  next: {step}").format(step=_(error.next_step)), err=True)
    click.echo(_("  kept: {kept}").format(kept=_(error.kept)), err=True)


def ca_digest(given: str | None) -> bytes | None:
    """The digest of a relay's own CA, as typed. Raises NotPossible."""
    if given is None:
        return None
    try:
        digest = bytes.fromhex(given)
    except ValueError:
        digest = b""
    if len(digest) != 32:
        raise NotPossible("the CA digest is not 64 hex digits", next_step="Ask the relay's operator for it.")
    return digest


def offer_backup(desk: "Desk", file: Path | None, yes: bool) -> None:
    """Write the backup asked for, or offer one to the person who is there. yes: nobody is asked."""
    while file is None and not yes and sys.stdin.isatty() and click.confirm(_("Write a first backup now?"), err=True):
        file = Path(click.prompt(_("Backup file"), err=True))
        if file.exists():
            note(_("There is a file of that name already."))
            file = None
    if file is None:
        note(_("Make a backup before you write: backchannel desk backup FILE"))
        return
    desk.back_up(file)
    note(_("The backup is in {file}.").format(file=file))


def show_json(value: Any) -> None:
    click.echo(json_for_screen(json.dumps(value, ensure_ascii=False, indent=2)))


def moment(at: datetime | int | None) -> str:
    """An instant in UTC, to the minute."""
    if at is None:
        return "-"
    when = at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def write_new(path: Path, data: bytes, *, private: bool = False) -> None:
    """A new file, whole or not at all. Raises NotPossible if there is one."""
    partial = path.with_name(path.name + ".part")
    try:
        if path.exists():
            raise NotPossible(f"there is a file {path} already", next_step="Choose another name.")
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, path)
    except OSError as error:
        raise NotPossible(f"{path} cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def own_words(file: Path, lang: str, title: str) -> "Body":
    """A text of an intermediary's own, from a file. Raises NotPossible."""
    from backchannel.letters.parts import Body

    try:
        return Body(lang, "prevailing", title, file.read_text(encoding="utf-8").strip("\n"))
    except (OSError, UnicodeDecodeError) as error:
        raise NotPossible(f"{file} cannot be read as text") from error


def confirm(question: str, yes: bool) -> None:
    """Go on, or stop with nothing done. Without a person to ask, --yes is needed."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise NotPossible("this asks for a confirmation, and nobody is there", next_step="Add --yes if you are sure.")
    click.confirm(question, abort=True, err=True)
