"""backchannel tray: what other offices entrusted to this one to carry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backchannel.cli.common import confirm, moment, own_words, show_json, spoken_option, with_desk
from backchannel.cli.text import _
from backchannel.cli.ways import CARRIAGE, name_of
from backchannel.conveyance.covering import CUSTODY
from backchannel.conveyance.evidence import REASONS
from backchannel.text import for_screen

if TYPE_CHECKING:
    from backchannel.desk.custody import Charge
    from backchannel.desk.desk import Desk

WORDS_TITLE = "Words of the carrier"


@click.group()
def tray() -> None:
    """Sealed letters to carry for others: accept, hold, decline, return, pass on. They are never opened."""


@tray.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Also what is not here any more.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def list_(desk: Desk, everything: bool, as_json: bool) -> None:
    """What lies in the tray, oldest first."""
    charges = [one for one in desk.tray() if everything or not one.discharged]
    if as_json:
        show_json([_as_json(one) for one in charges])
        return
    for one in charges:
        came = one.came
        mark = _("EXERCISE") + " " if came.exercise else ""
        by = _("by {when}").format(when=moment(came.by)) if came.by else _("no time asked")
        click.echo(
            f"{one.n:>5}  {moment(came.reached)}  {mark}"
            + _("from {giver} for {addressee}").format(
                giver=name_of(desk, came.giver), addressee=name_of(desk, came.addressee)
            )
            + f"  {by}  {_(one.status)}"
        )


def _as_json(one: Charge) -> dict[str, Any]:
    came = one.came
    return {
        "entry": one.n,
        "giver": came.giver.hex(),
        "addressee": came.addressee.hex(),
        "reached": came.reached,
        "by": came.by or None,
        "custody": came.custody,
        "receipt": came.receipt,
        "exercise": came.exercise,
        "precedence": came.precedence,
        "status": one.status,
        "forgotten": one.discharged,
        "said": [{"event": said.event, "at": said.at, "mode": said.mode, "signed": said.signed} for said in one.stated],
    }


def _shown(desk: Desk, one: Charge) -> list[str]:
    """What the giver asks, before a person accepts."""
    asked = desk.asked(one)
    urgent, given = desk.haste(one.came.giver)
    lines = [
        _("EXERCISE") if one.came.exercise else _("OPERATION"),
        _("From:     {office}").format(office=name_of(desk, one.came.giver)),
        _("For:      {office}").format(office=name_of(desk, one.came.addressee)),
        _("Size:     {size} bytes, sealed: it cannot be read here").format(size=len(asked.enclosure)),
        _("Carriage: {how}").format(how=_(CARRIAGE[asked.carriage])),
        _("Haste:    {precedence}").format(precedence=asked.precedence)
        + (f": {for_screen(asked.because)}" if asked.because else "")
        + " "
        + _("({urgent} of {all} from this office so far asked for haste)").format(urgent=urgent, all=given),
        _("Hand it over by: {when}").format(when=moment(asked.by) if asked.by else _("no time asked")),
    ]
    if not asked.receipt:
        lines.append(_("Evidence: none is asked for"))
    elif asked.custody == "signed":
        lines.append(
            _(
                "Evidence: SIGNED is asked for: your office could be shown to anybody as having carried these bytes,"
                " for whom and when. Accept with --oral to give your word to the giver alone."
            )
        )
    else:
        lines.append(_("Evidence: oral: it convinces the giver alone"))
    if asked.instructions:
        lines.append(_("Asked:    {text}").format(text=for_screen(asked.instructions)))
    return lines


@tray.command()
@click.argument("n", type=int)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def show(desk: Desk, n: int, as_json: bool) -> None:
    """What is asked of this office: carriage, time, evidence."""
    one = desk.charge(n)
    if as_json:
        asked = desk.asked(one)
        show_json(
            _as_json(one)
            | {
                "carriage": asked.carriage,
                "precedence": asked.precedence,
                "because": asked.because,
                "instructions": asked.instructions,
                "bytes": len(asked.enclosure),
            }
        )
        return
    for line in _shown(desk, one):
        click.echo(line)


@tray.command()
@click.argument("n", type=int)
@click.option("--oral", is_flag=True, help="Give no signed evidence, though it is asked for.")
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@spoken_option
@with_desk()
def accept(desk: Desk, n: int, oral: bool, spoken: bool, yes: bool) -> None:
    """Take a letter into custody, and say so to who gave it.

    Example:  backchannel tray accept 14
    """
    for line in _shown(desk, desk.charge(n)):
        click.echo(line, err=True)
    confirm(_("Take it?"), yes)
    desk.accept(n, signed=False if oral else None, spoken=spoken)
    click.echo(_("It is in your custody. Pass it on with `backchannel tray pass {n}`.").format(n=n))


@tray.command()
@click.argument("n", type=int)
@click.option("--until", required=True, metavar="WHEN", help="Like 2026-12-24T18:00[Asia/Baghdad].")
@click.option("--why", required=True, help="Told to who gave it.")
@click.option("--oral", is_flag=True, help="Give no signed evidence, though it is asked for.")
@spoken_option
@with_desk()
def hold(desk: Desk, n: int, until: str, why: str, oral: bool, spoken: bool) -> None:
    """Keep it for now, and say until when and why.

    Example:  backchannel tray hold 14 --until 2026-12-24T18:00[Asia/Baghdad] --why "the road is closed"
    """
    desk.hold(n, until, why, signed=False if oral else None, spoken=spoken)
    click.echo(_("It is held; who gave it is told until when and why."))


_reason = click.option(
    "--reason", type=click.Choice(REASONS), default="other", show_default=True, help="In a word, for their screen."
)


@tray.command()
@click.argument("n", type=int)
@_reason
@click.option("--why", required=True, help="In your words, told to who gave it.")
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@spoken_option
@with_desk()
def decline(desk: Desk, n: int, reason: str, why: str, spoken: bool, yes: bool) -> None:
    """Do not carry it: the sealed letter is destroyed here, its writer has it.

    Example:  backchannel tray decline 14 --reason unsafe --why "we are watched"
    """
    confirm(_("Decline to carry it?"), yes)
    desk.decline_carriage(n, reason, why, spoken=spoken)
    click.echo(_("It is declined and destroyed here; who gave it is told why."))


@tray.command(name="return")
@click.argument("n", type=int)
@_reason
@click.option("--why", required=True, help="In your words, told to who gave it.")
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@spoken_option
@with_desk()
def return_(desk: Desk, n: int, reason: str, why: str, spoken: bool, yes: bool) -> None:
    """Give back, unopened, what was taken.

    Example:  backchannel tray return 14 --reason no-way --why "the road stays closed"
    """
    confirm(_("Return it unopened?"), yes)
    desk.give_back(n, reason, why, spoken=spoken)
    click.echo(_("It goes back unopened; nothing of it is kept here."))


@tray.command(name="pass")
@click.argument("n", type=int)
@click.option("--via", metavar="OFFICE", help="Through a further go-between; otherwise to whom it is for.")
@click.option("--custody", type=click.Choice(CUSTODY), default="oral", show_default=True, help="Evidence to ask for.")
@click.option(
    "--words",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Your own words, a text file: a separate item, marked as the intermediary's.",
)
@click.option("--lang", default="en", show_default=True, help="The language of your words.")
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@spoken_option
@with_desk()
def pass_(
    desk: Desk, n: int, via: str | None, custody: str, words: Path | None, lang: str, spoken: bool, yes: bool
) -> None:
    """Give it on: to whom it is for, or to a further go-between.

    Whom it is for is told when you took it; nobody else is.

    Example:  backchannel tray pass 14
    """
    one = desk.charge(n)
    for line in _shown(desk, one):
        click.echo(line, err=True)
    to = desk.find(via).office if via else one.came.addressee
    confirm(_("Give it to {office}?").format(office=name_of(desk, to)), yes)
    said = own_words(words, lang, WORDS_TITLE) if words else None
    desk.pass_on(n, via=via, words=said, custody=custody, spoken=spoken)
    click.echo(_("It is on its way to {office}. What comes back is passed back.").format(office=name_of(desk, to)))
