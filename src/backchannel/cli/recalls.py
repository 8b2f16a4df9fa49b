"""backchannel letter recall, letter put-away; and how letters tied by an act are shown beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from backchannel.cli.common import confirm, moment, show_json, with_desk
from backchannel.cli.text import _
from backchannel.cli.ways import name_of
from backchannel.cli.words import N_
from backchannel.desk.later import imported_when_used

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.desk.recalling import Recalled
    from backchannel.desk.states import LetterState

with imported_when_used():
    from backchannel.desk import sealing

OUTCOMES: Final = {
    "in-time": N_("recalled IN TIME: nobody there has read it, by the word of who had it"),
    "too-late": N_("recalled TOO LATE: it was read or answered"),
    "unknown": N_("recalled, outcome UNKNOWN: no word yet of whether it was read"),
}
SAID: Final = {
    "x-Recalled": N_("put away unread"),
    "x-RecallTooLate": N_("it was read already"),
    "x-ReadAloud": N_("it was read aloud"),
}
_ACTS: Final = {
    "recalls": (N_("Recalls entry {n}"), N_("RECALLED by entry {n}")),
    "corrects": (N_("Corrects entry {n}"), N_("CORRECTED by entry {n}: both stand, neither replaces the other")),
    "declines": (N_("Declines entry {n}"), N_("DECLINED unread by entry {n}")),
    "confirms": (N_("Confirms the readback of entry {n}"), N_("CALLED RIGHT by its author, in entry {n}")),
}


@click.command()
@click.argument("n", type=int)
@click.option("--words", metavar="TEXT", help="What to say to its reader, in place of the usual sentence.")
@click.option("--signed", "signed", flag_value=True, type=bool, default=None, help="Sign the recall.")
@click.option("--deniable", "signed", flag_value=False, type=bool, help="Do not sign the recall.")
@click.option("--via", multiple=True, metavar="OFFICE[,OFFICE...]", help="Through these go-betweens, as for a letter.")
@click.option("--direct", is_flag=True, help="Also over its reader's relay.")
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@click.option("--json", "as_json", is_flag=True, help="For machines: what became of the recall; nothing is sent.")
@with_desk()
def recall(
    desk: Desk,
    n: int,
    words: str | None,
    signed: bool | None,
    via: tuple[str, ...],
    direct: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Take a letter back: ask its reader, and each carrier that may still hold it, to put it away unread.

    It cannot be forced. What became of it is shown by this command, once sent, and by `letter list`: in time, too late,
    or unknown. A reader learns that there was a letter.

    Example:  backchannel letter recall 12
    """
    found = desk.recalled(n)
    if as_json:
        show_json(_as_json(found))
        return
    if found is None:
        confirm(_("Recall letter {n}? Its reader learns that there was one.").format(n=n), yes)
        routes = [desk.route(way) for way in via] + ([sealing.Route(receipt=False)] if direct else [])
        desk.recall(n, words=words, signed=signed, routes=tuple(routes))
        found = desk.recalled(n)
    for line in outcome_lines(desk, found):
        click.echo(line)


def outcome_lines(desk: Desk, found: Recalled | None) -> Iterator[str]:
    """What is known of a recall."""
    if found is None:
        return
    yield _("Entry {n} recalls it: {outcome}").format(n=found.by, outcome=_(OUTCOMES[found.outcome]))
    for heard in found.said:
        yield _("  {office} says, {when}: {what}").format(
            office=name_of(desk, heard.by), when=moment(heard.at), what=_(SAID.get(heard.event, heard.event))
        )
    for carrier in found.told:
        yield _("  {office} was asked to give it up: its answer is in `letter track`").format(
            office=name_of(desk, carrier)
        )


def _as_json(found: Recalled | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "entry": found.by,
        "outcome": found.outcome,
        "said": [{"event": one.event, "at": one.at, "by": one.by.hex()} for one in found.said],
        "asked": [one.hex() for one in found.told],
    }


@click.command(name="put-away")
@click.argument("n", type=int)
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@with_desk()
def put_away(desk: Desk, n: int, yes: bool) -> None:
    """Destroy unread a letter that its writer recalled, and tell the writer that the recall came in time.

    Example:  backchannel letter put-away 14
    """
    confirm(_("Destroy letter {n} unread?").format(n=n), yes)
    desk.put_away(n)
    click.echo(_("It is destroyed unread; its writer is told so."))


def tied_lines(letter: LetterState) -> Iterator[str]:
    """What a letter does to others, and others to it."""
    for act, n in letter.event.acts if letter.event is not None else ():
        yield (
            _(_ACTS[act][0]).format(n=n)
            if n
            else _("Recalls, corrects, declines or confirms a letter that is not here")
        )
    for act, n in letter.acted_on.items():
        yield _(_ACTS[act][1]).format(n=n)


def short(desk: Desk, letter: LetterState) -> str:
    """What a list adds to a letter that was taken back or corrected."""
    found = desk.recalled(letter.n) if letter.ours and "recalls" in letter.acted_on else None
    if found is not None:
        return "; " + _(OUTCOMES[found.outcome])
    if letter.recalled_unread and not letter.gone:
        return "; " + _("RECALLED by entry {n}, not read").format(n=letter.recalled_unread)
    words = [_(_ACTS[act][1]).format(n=n) for act, n in letter.acted_on.items() if act != "declines"]
    return "".join("; " + one for one in words)
