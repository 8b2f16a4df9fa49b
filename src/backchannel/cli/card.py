"""backchannel card."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from backchannel.cli import mandates
from backchannel.cli.common import confirm, moment, note, own_words, show_json, with_desk, write_new
from backchannel.cli.introductions import card_lines, sides, vouched
from backchannel.cli.text import _
from backchannel.cli.words import office_name
from backchannel.desk.later import imported_when_used
from backchannel.text import for_screen

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.desk.states import Correspondent, Vouch
    from backchannel.seals.cards import Card

MOST_FILE_BYTES = 1 << 20  # no card, and no text around one, is longer

with imported_when_used():
    from backchannel.desk import trust
    from backchannel.seals import safety

WORDS_TITLE = "Words of the introducer"


@click.group()
def card() -> None:
    """Cards: hand yours over, take others', compare safety numbers."""


card.add_command(mandates.mandate)


@card.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A new file; otherwise the text is printed.")
@click.option("--text/--file", "as_text", default=True, help="Pasteable text (the default), or the bare bytes.")
@with_desk(clerk=False)
def export(desk: Desk, output: Path | None, as_text: bool) -> None:
    """This office's card, to hand over.

    Example:  backchannel card export -o north.card.txt
    """
    data = desk.own_card(as_text=as_text or output is None)
    if output is None:
        click.echo(data.decode(), nl=False)
    else:
        write_new(output, data)


@card.command(name="import")
@click.argument("file", type=click.File("rb"))
@click.option("--name", help="A short name for the command line.")
@click.option("--second-clerk", help="A second person who has looked at a look-alike name.")
@with_desk()
def import_(desk: Desk, file: BinaryIO, name: str | None, second_clerk: str | None) -> None:
    """Take another office's card from a file or pasted text ("-": standard input).

    Example:  backchannel card import south.card.txt --name south
    """
    found = desk.read_card(file.read(MOST_FILE_BYTES + 1))
    try:
        what = desk.import_card(found, second_clerk=second_clerk, name=name)
    except trust.CardStops as stop:
        _side_by_side(stop.new, stop.old)
        raise
    for known, match in desk.likenesses(found):
        note(_("look-alike: {name} ({reason})").format(name=for_screen(known), reason=match.reason))
    words = {
        "new": _("The card is kept."),
        "newer": _("The card replaces an older one."),
        "same": _("The card was kept already."),
    }
    click.echo(words[what] + " " + office_name(desk.find(found.office_id.hex())))
    note(
        _("Compare the safety number by another way: backchannel card verify {name}").format(
            name=name or found.office_id.hex()[:8]
        )
    )


@card.command()
@click.argument("office")
@click.option("--to", required=True, metavar="OFFICE", help="To whom it is introduced.")
@click.option("--each-other", is_flag=True, help="Introduce both to each other: a letter goes to either.")
@click.option(
    "--words",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Your own words, a text file: a separate item, marked as the intermediary's.",
)
@click.option("--lang", default="en", show_default=True, help="The language of your words.")
@click.option("--sign", is_flag=True, help="Sign it: whoever is shown it can prove that you introduced that office.")
@click.option("--exercise", is_flag=True, help="An exercise: it vouches for nothing in earnest.")
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@with_desk()
def introduce(
    desk: Desk,
    office: str,
    to: str,
    each_other: bool,
    words: Path | None,
    lang: str,
    sign: bool,
    exercise: bool,
    yes: bool,
) -> None:
    """Introduce one office to another: its card, and how far you trust it, in a letter.

    The other office learns that you know it, its address included. It is unsigned unless you say --sign.

    Example:  backchannel card introduce south --to north --each-other
    """
    one, other = office_name(desk.find(office)), office_name(desk.find(to))
    question = _("Introduce {one} and {other} to each other?") if each_other else _("Introduce {one} to {other}?")
    confirm(question.format(one=one, other=other), yes)
    body = own_words(words, lang, WORDS_TITLE) if words else None
    entries = desk.introduce(office, to, words=body, signed=sign, exercise=exercise, each_other=each_other)
    for n in entries:
        click.echo(
            _("The introduction is sealed to {office}: entry {n}.").format(
                office=office_name(desk.state.of(desk.state.letters[n].office)), n=n
            )
        )


def _side_by_side(new: Card, old: Card | None) -> None:
    for title, one in ((_("New card"), new), (_("Known card"), old)):
        if one is not None:
            for line in (title, *card_lines(one)):
                click.echo(line, err=True)


def _show_contradiction(desk: Desk, one: Correspondent) -> None:
    if one.alarm is None:
        return
    click.echo(_("These cards disagree; nothing is sealed to these offices until two people settle it:"), err=True)
    for line in sides(desk, one.office.hex()):
        click.echo(line, err=True)


@card.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def list_(desk: Desk, as_json: bool) -> None:
    """The offices whose cards are here, and how far each is trusted."""
    others = [one for one in desk.state.correspondents.values() if one.card_data]
    if as_json:
        show_json(
            [
                {
                    "id": one.office.hex(),
                    "names": dict(one.card.body.names),
                    "short": one.name,
                    "trust": one.trust,
                    "vouched_by": [vouch.by.office.hex() for vouch in one.vouchers],
                    "accepted": one.accepted,
                    "alarm": one.alarm is not None,
                    "until": one.card.body.until,
                }
                for one in others
            ]
        )
        return
    for one in sorted(others, key=lambda other: other.display):
        click.echo(
            f"{one.office.hex()[:8]}  {office_name(one)}  "
            + _("card until {until}").format(until=moment(one.card.body.until))
        )


@card.command()
@click.argument("office")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def show(desk: Desk, office: str, as_json: bool) -> None:
    """The card kept of an office: names, id, dates, where its pouches rest."""
    one = desk.find(office)
    body = one.card.body
    if as_json:
        show_json(
            {
                "id": one.office.hex(),
                "names": dict(body.names),
                "trust": one.trust,
                "introduced_by": [_vouch_json(vouch) for vouch in one.introductions.values()],
                "alarm": one.alarm.why if one.alarm else None,
                "beside": [side.card.office_id.hex() for side in desk.side_by_side(one.office.hex())[1:]],
                "zone": body.zone,
                "serial": body.serial,
                "until": body.until,
                "epoch": body.epoch.hex(),
                "relays": [address.url for address in body.addresses],
                "mandate": mandates.mandate_json(desk, office),
            }
        )
        return
    click.echo(office_name(one))
    for language, its_name in body.names:
        click.echo(f"  {language}: {for_screen(its_name)}")
    click.echo(_("  id {id}").format(id=one.office.hex()))
    for line in vouched(one):
        click.echo("  " + line)
    click.echo(_("  serial {serial}, until {until}").format(serial=moment(body.serial), until=moment(body.until)))
    for address in body.addresses:
        click.echo(_("  relay {url}").format(url=for_screen(address.url)))
    for line in mandates.lines_of(desk, office):
        click.echo("  " + line)
    _show_contradiction(desk, one)


def _vouch_json(vouch: Vouch) -> dict[str, object]:
    return {
        "by": vouch.by.office.hex(),
        "letter": vouch.letter,
        "at": vouch.at,
        "standing": vouch.standing,
        "since": vouch.since,
        "signed": vouch.signed,
        "exercise": vouch.exercise,
        "counts": vouch.counts,
    }


@card.command()
@click.argument("office")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def number(desk: Desk, office: str, as_json: bool) -> None:
    """The safety number with an office: 60 digits, the same on both sides."""
    digits = desk.safety_number(office)
    if as_json:
        show_json({"digits": digits})
    else:
        click.echo(safety.in_groups(digits))


@card.command()
@click.argument("office")
@click.option("--digits", help="The 60 digits the other side read to you.")
@with_desk()
def verify(desk: Desk, office: str, digits: str | None) -> None:
    """Say that you have compared the safety number with that office by another way.

    Example:  backchannel card verify south
    """
    if digits is None:
        click.echo(safety.in_groups(desk.safety_number(office)), err=True)
        prompt = _("Type the digits the other side reads to you")
        digits = click.prompt(prompt, err=True) if sys.stdin.isatty() else sys.stdin.readline()
    desk.verify(office, digits or "")
    click.echo(_("Verified: {office}").format(office=office_name(desk.find(office))))


@card.command()
@click.argument("office")
@with_desk()
def accept(desk: Desk, office: str) -> None:
    """Accept a card that came in a letter or by an introduction.

    This office may then be sent envelopes and cards by itself, and what it says of other offices counts.
    """
    desk.accept_card(office)
    click.echo(_("Accepted: {office}").format(office=office_name(desk.find(office))))


@card.command()
@click.argument("office")
@click.argument("short")
@with_desk()
def name(desk: Desk, office: str, short: str) -> None:
    """Give an office a short name."""
    desk.name_office(office, short)
    click.echo(office_name(desk.find(short)))


@card.command()
@click.argument("office")
@click.option("--second-clerk", help="The second person.")
@with_desk()
def settle(desk: Desk, office: str, second_clerk: str | None) -> None:
    """Two people say which card was right: the one kept. The office is unverified again."""
    _show_contradiction(desk, desk.find(office))
    desk.settle(office, second_clerk)
    click.echo(_("Settled: {office}").format(office=office_name(desk.find(office))))
