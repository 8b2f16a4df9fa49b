"""backchannel contact: meetings of people without a mandate."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from backchannel.cli.common import confirm, moment, note, show_json, with_desk
from backchannel.cli.text import _
from backchannel.cli.words import CAPACITIES, N_
from backchannel.desk.contacts import MARKS
from backchannel.desk.later import imported_when_used
from backchannel.errors import NotPossible
from backchannel.text import direction, for_screen, prose_for_screen

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.desk.states import ContactState

with imported_when_used():
    from backchannel.letters import draft_values

STANDINGS: Final = {
    "itself": N_("SPEAKS FOR ITSELF ONLY"),
    "ratified": N_("RATIFIED since"),
    "disowned": N_("DISOWNED since"),
    "burnt": N_("burnt"),
}
MARKED: Final = {"ratified": N_("RATIFIED by {who}"), "disowned": N_("DISOWNED by {who}")}
NO_OFFER: Final = N_("What was said there can be explored, never offered or accepted: no letter is tied to it")


@click.group()
def contact() -> None:
    """Contact notes: meetings of people without a mandate. They stay here and are never a letter or an offer."""


@contact.command(name="note")
@click.argument("file", required=False, metavar="[FILE]")
@click.option("--asked-by", metavar="TEXT", help="Who asked for the meeting.")
@click.option("--place", metavar="TEXT", help="Where it was.")
@click.option("--place-by", metavar="TEXT", help="Who chose the place.")
@click.option(
    "--who",
    multiple=True,
    metavar="CAPACITY:TEXT",
    help="Who was there, in the capacity claimed, like private:visitor; again for the next.",
)
@click.option("--began", metavar="WHEN", help="When, like 2026-12-24T18:00[Asia/Baghdad]; otherwise now.")
@click.option("--lasted", metavar="TEXT", help="How long, in words.")
@click.option("--tone", metavar="TEXT", help="How it sounded: the hearer's word.")
@click.option("--authority", metavar="TEXT", help="On whose authority, as was claimed; otherwise on nobody's.")
@click.option("--lang", metavar="TAG", help="The language of the text.")
@with_desk()
def note_(desk: Desk, file: str | None, who: tuple[str, ...], **typed: str | None) -> None:
    """Keep a note of a meeting with people who have no mandate.

    FILE is Markdown with these fields above the text, like a draft ("-": standard input); fields said here go first.

    Example:  backchannel contact note visit.md --asked-by 'the visitor' --place-by 'the host'
    """
    pairs = [(capacity.strip(), words.strip()) for capacity, _colon, words in (one.partition(":") for one in who)]
    n = desk.note_contact(desk.read_note(_source(file), {**typed, "who": pairs}))
    click.echo(_("The contact note is kept here: entry {n}.").format(n=n))
    for line in banner(desk.contact(n)[0]):
        click.echo(line)


def _source(file: str | None) -> draft_values.Source | None:
    if file is None:
        return None
    try:
        return draft_values.Source(file, sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
    except OSError as error:
        raise NotPossible(f"{file} cannot be read: {error.strerror}") from error


@contact.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def list_(desk: Desk, as_json: bool) -> None:
    """The contact notes of this desk."""
    found = desk.contacts()
    if as_json:
        show_json([_as_json(one) for one in found])
        return
    for one in found:
        said = f"{_when(one)}  {for_screen(one.event.place)}  " if one.event else ""
        click.echo(f"{one.n:>5}  {said}{_(STANDINGS[one.standing])}")


@contact.command()
@click.argument("n", type=int)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def show(desk: Desk, n: int, as_json: bool) -> None:
    """A contact note: on whose authority, who asked, who chose the place, who was there, what was said.

    Example:  backchannel contact show 12
    """
    one, text = desk.contact(n)
    if as_json:
        show_json(_as_json(one) | {"text": text})
        return
    for line in (*banner(one), *_lines(one)):
        click.echo(line)
    if text:
        click.echo("\n" + prose_for_screen(text))
        if one.event is not None and direction(one.event.lang) == "rtl":
            note(_("terminals draw this wrongly"))


@contact.command()
@click.argument("n", type=int)
@click.argument("mark_", metavar="ratified|disowned", type=click.Choice(MARKS))
@click.option("--by", required=True, metavar="TEXT", help="Who has said so.")
@click.option("--why", required=True, metavar="TEXT", help="How you know, and for what reason.")
@with_desk()
def mark(desk: Desk, n: int, mark_: str, by: str, why: str) -> None:
    """Keep that somebody has since ratified or disowned what was said. It is no offer either way.

    Example:  backchannel contact mark 12 disowned --by 'the principal' --why 'its answer, entry 31'
    """
    desk.mark_contact(n, mark_, by, why)
    for line in banner(desk.contact(n)[0]):
        click.echo(line)


@contact.command()
@click.argument("n", type=int)
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@with_desk()
def burn(desk: Desk, n: int, yes: bool) -> None:
    """Destroy a contact note for good, and what was marked on it."""
    desk.contact(n)
    for backup in desk.state.backups_after(n):
        click.echo(_("Burning does not reach:"), err=True)
        click.echo(_("  the backup {name}: destroy it yourself").format(name=for_screen(backup)), err=True)
    confirm(_("Burn contact note {n}?").format(n=n), yes)
    if desk.burn_contact(n):
        click.echo(_("Contact note {n} is burnt.").format(n=n))
    else:
        text = _("Contact note {n} is burnt; destruction pending: a reader is in the way, or the disk failed.")
        click.echo(text.format(n=n))


def banner(one: ContactState) -> Iterator[str]:
    """On whose authority what was said there speaks, the verdict first."""
    event = one.event
    if event is None:
        return
    if not one.marks:
        why = _("no authority was claimed")
        if event.authority:
            why = _("nobody confirms the authority claimed, {authority}")
        yield _("SPEAKS FOR ITSELF ONLY: {why}").format(why=why.format(authority=for_screen(event.authority or "")))
    for at, marked in reversed(one.marks):
        who = _(MARKED[marked.mark]).format(who=for_screen(marked.by))
        yield _("{who}, as noted {when}: {why}").format(who=who, when=moment(at), why=for_screen(marked.why))
    yield _(NO_OFFER)


def _when(one: ContactState) -> str:
    began = one.began
    if began is None:
        return ""
    return f"{began.written} [{began.zone}]" + ("" if began.calendar == "gregorian" else f" {began.calendar}")


def _lines(one: ContactState) -> Iterator[str]:
    event = one.event
    assert event is not None
    yield _("CONTACT NOTE, entry {n}, kept {when}").format(n=one.n, when=moment(one.at))
    yield _("Began: {time}").format(time=_when(one))
    for title, said in (
        (_("Lasted"), event.lasted),
        (_("Asked for by"), event.asked_by),
        (_("Place"), event.place),
        (_("Place chosen by"), event.place_by),
        (_("Tone, the hearer's word"), event.tone),
        (_("Authority claimed"), event.authority or _("none")),
    ):
        if said:
            yield f"{title}: {for_screen(said)}"
    for capacity, words in event.who:
        yield _("There: {capacity}, as claimed - {words}").format(
            capacity=_(CAPACITIES[capacity]), words=for_screen(words)
        )


def _as_json(one: ContactState) -> dict[str, Any]:
    found: dict[str, Any] = {"entry": one.n, "standing": one.standing, "offer": False}
    event, began = one.event, one.began
    if event is None or began is None:
        return found | {"burnt_at": one.burnt_at}
    return found | {
        "at": one.at,
        "clerk": one.clerk,
        "began": {"at": began.unix, "written": began.written, "zone": began.zone, "calendar": began.calendar},
        "lasted": event.lasted,
        "asked_by": event.asked_by,
        "place": event.place,
        "place_by": event.place_by,
        "who": [{"capacity": capacity, "words": words} for capacity, words in event.who],
        "tone": event.tone,
        "authority": event.authority,
        "lang": event.lang,
        "marks": [{"at": at, "mark": said.mark, "by": said.by, "why": said.why} for at, said in one.marks],
    }
