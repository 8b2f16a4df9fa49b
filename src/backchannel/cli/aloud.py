"""backchannel letter read-aloud; and how it is shown that a letter was read aloud."""

from collections.abc import Iterator
from typing import Any, Final

import click

from backchannel.cli.common import confirm, moment, spoken_option, with_desk
from backchannel.cli.text import _
from backchannel.cli.ways import name_of, present
from backchannel.cli.words import CAPACITIES
from backchannel.conveyance.evidence import READ_ALOUD
from backchannel.desk.aloud import heard_aloud
from backchannel.desk.desk import Desk
from backchannel.desk.states import LetterState

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

    Of a letter that was read at this desk, once. What the hearer answered goes in a reply of your own, in your words.

    Example:  backchannel letter read-aloud 14 --reader envoy --interpreter interpreter --hearer principal
    """
    roles = [("reader", reader), *(("interpreter", one) for one in interpreters), *(("hearer", one) for one in hearers)]
    confirm(_("Tell the writer of letter {n} that it was read aloud: {who}?").format(n=n, who=present(roles)), yes)
    desk.say_read_aloud(n, roles, spoken=spoken)
    click.echo(_("Its writer is told, and nobody else."))


def lines(desk: Desk, letter: LetterState) -> Iterator[str]:
    """What its reader says of reading a letter of ours aloud."""
    heard = heard_aloud(letter)
    if heard is not None:
        yield _("READ ALOUD, as {office} says, {when}: {who}").format(
            office=name_of(desk, heard.by), when=moment(heard.at), who=present(heard.reasons)
        )


def short(letter: LetterState) -> str:
    """What a list adds to a letter that was read aloud."""
    if heard_aloud(letter) is not None:
        return "; " + _("read aloud, as its reader says")
    return "; " + _("read aloud: its writer was told") if READ_ALOUD in letter.stated else ""


def as_json(letter: LetterState) -> dict[str, Any] | None:
    heard = heard_aloud(letter)
    return None if heard is None else {"at": heard.at, "present": [list(one) for one in heard.reasons]}
