"""backchannel letter read-aloud; and how it is shown that a letter was read aloud."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from backchannel.cli.common import confirm, moment, spoken_option, with_desk
from backchannel.cli.text import _
from backchannel.cli.ways import name_of, present
from backchannel.cli.words import CAPACITIES, N_
from backchannel.desk.later import imported_when_used

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.desk.sealing import Order
    from backchannel.desk.states import LetterState

with imported_when_used():
    from backchannel.letters import page

OF: Final = {
    "answer": N_("Of what was answered to entry {n}, read aloud to: {hearers}; the words here are of: {words}"),
    "readback": N_("Of what was understood of entry {n}, read aloud to: {hearers}; the words here are of: {words}"),
}
_capacity: Final = click.Choice(list(CAPACITIES))


@click.command(name="read-aloud")
@click.argument("n", type=int)
@click.option("--reader", type=_capacity, required=True, help="Who read it, by capacity.")
@click.option("--hearer", "hearers", type=_capacity, required=True, multiple=True, help="Who heard it; again for more.")
@click.option("--interpreter", "interpreters", type=_capacity, multiple=True, help="Through whom; again for more.")
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@spoken_option
@with_desk()
def read_aloud(
    desk: Desk,
    n: int,
    reader: str,
    hearers: tuple[str, ...],
    interpreters: tuple[str, ...],
    yes: bool,
    spoken: bool,
) -> None:
    """Tell the writer that its letter was read aloud here: by whom, to whom, through whom; by capacity, without names.

    Of a letter that was read at this desk, once. What the hearer answered, or understood, goes back in a reply that is
    marked as a paraphrase: write paraphrase_of: 14 or readback_of: 14 in its draft.

    Example:  backchannel letter read-aloud 14 --reader envoy --interpreter interpreter --hearer principal
    """
    roles = [("reader", reader), *(("interpreter", one) for one in interpreters), *(("hearer", one) for one in hearers)]
    confirm(_("Tell the writer of letter {n} that it was read aloud: {who}?").format(n=n, who=present(roles)), yes)
    desk.say_read_aloud(n, roles, spoken=spoken)
    click.echo(_("Its writer is told, and nobody else."))


@click.command(name="confirm-readback")
@click.argument("n", type=int)
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@spoken_option
@with_desk()
def confirm_readback(desk: Desk, n: int, yes: bool, spoken: bool) -> None:
    """Tell its writer that a readback is right: what was understood of your letter is what it says.

    If it is wrong, correct it by a letter: backchannel letter send new.md --corrects LETTER --reply-to N.

    Example:  backchannel letter confirm-readback 18
    """
    confirm(_("Tell the writer of readback {n} that it is right?").format(n=n), yes)
    by = desk.confirm_readback(n, spoken=spoken)
    click.echo(_("Readback {n} is said to be right, in entry {by}.").format(n=n, by=by))


def paraphrase_lines(desk: Desk, letter: LetterState) -> Iterator[str]:
    """The label of a paraphrase, without which it is never shown: what it is of, and whose words it is in."""
    found = desk.heard(letter)
    if found is None or letter.event is None:
        return
    yield _(page.PARAPHRASE)
    yield _(OF[found.said.what]).format(
        hearers=", ".join(_(CAPACITIES[one]) for one in found.said.hearers),
        n=found.heard or _("a letter that is not here"),
        words=_(letter.event.origin),
    )
    if not found.said_aloud:
        yield _("Its reader has not said here that it was read aloud")
    if found.said.what == "readback" and found.confirmed:
        yield _("Its author has said that it is right, in entry {n}").format(n=found.confirmed)
    elif found.said.what == "readback" and found.corrected:
        yield _("Its author has corrected it by a letter, entry {n}").format(n=found.corrected)
    elif found.said.what == "readback":
        yield _("Its author has neither said that it is right nor corrected it")


def planned(order: Order) -> tuple[str, ...]:
    """The label of what is about to be sealed as a paraphrase."""
    return (_(page.PARAPHRASE),) if order.paraphrase else ()


def paraphrase_json(desk: Desk, letter: LetterState) -> dict[str, Any] | None:
    found = desk.heard(letter)
    if found is None:
        return None
    said = {"of": found.said.what, "heard": found.heard, "hearers": list(found.said.hearers)}
    return said | {"read_aloud": found.said_aloud, "confirmed": found.confirmed, "corrected": found.corrected}


def lines(desk: Desk, letter: LetterState) -> Iterator[str]:
    """What its reader says of reading a letter of ours aloud."""
    heard = letter.heard_aloud
    if heard is not None:
        yield _("READ ALOUD, as {office} says, {when}: {who}").format(
            office=name_of(desk, heard.by), when=moment(heard.at), who=present(heard.reasons)
        )


def short(letter: LetterState) -> str:
    """What a list adds to a letter that was read aloud."""
    if letter.heard_aloud is not None:
        return "; " + _("read aloud, as its reader says")
    return "; " + _("read aloud: its writer was told") if letter.read_aloud else ""


def as_json(letter: LetterState) -> dict[str, Any] | None:
    heard = letter.heard_aloud
    return None if heard is None else {"at": heard.at, "present": [list(one) for one in heard.reasons]}
