"""The sentences for introductions, and for cards that disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from backchannel.cli.common import moment
from backchannel.cli.text import _
from backchannel.cli.ways import name_of
from backchannel.cli.words import N_, office_name
from backchannel.desk.later import imported_when_used
from backchannel.text import for_screen

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.desk.reading import Shown
    from backchannel.desk.states import Correspondent, Vouch
    from backchannel.seals.cards import Card

with imported_when_used():
    from backchannel.seals import safety

SAID: Final = {
    "verified": N_("it says that it has compared the safety number"),
    "vouched": N_("it says that it knows that office from others only"),
    "unverified": N_("it says that it has not compared the safety number"),
}
CAME: Final = {
    "import": N_("taken here by hand on {when}"),
    "letter": N_("came in its own letter on {when}"),
    "introduction": N_("came by an introduction on {when}"),
}
OUTCOMES: Final = {
    "vouched": N_("its writer vouches for that office"),
    "exercise": N_("an exercise: it vouches for nothing in earnest"),
    "waits": N_("it counts for nothing until a person here accepts its writer's own card"),
    "run-out": N_("the card has run out: it was not taken"),
    "ahead": N_("the card is dated more than a day ahead of this clock: it waits until then"),
}


def vouched(other: Correspondent) -> list[str]:
    """Every introduction of an office, and what two of them are worth."""
    lines = [vouch_line(one) for one in sorted(other.introductions.values(), key=lambda one: one.letter)]
    if len(other.vouchers) > 1:
        lines.append(_("they agree; whether they are independent of each other is for you to judge"))
    return lines


def vouch_line(vouch: Vouch) -> str:
    """One introduction: whose, when, on what ground by its own word, and whether it counts."""
    line = _("introduced by {office} on {when} (letter {n}, {signed}): {said}").format(
        office=office_name(vouch.by),
        when=moment(vouch.at),
        n=vouch.letter,
        signed=_("signed") if vouch.signed else _("unsigned"),
        said=_(SAID[vouch.standing]),
    )
    if vouch.exercise:
        return _("EXERCISE") + " - " + line
    return line if vouch.counts else line + "; " + _("it does not count while an alarm stands against who said it")


def card_lines(card: Card) -> list[str]:
    """A card as it stands beside another, in the same order, so that the eye finds what differs."""
    body = card.body
    names = [f"  {lang}: {for_screen(name)}  {' '.join(f'U+{ord(c):04X}' for c in name)}" for lang, name in body.names]
    dates = _("  id {id}, made {made}, until {until}").format(
        id=card.office_id.hex()[:16], made=moment(body.serial), until=moment(body.until)
    )
    relays = [_("  relay {url}").format(url=for_screen(address.url)) for address in body.addresses]
    number = _("  its half of the safety number: {half}").format(half=safety.in_groups(safety.half(card.office_id)))
    return [*names, dates, *relays, number]


def sides(desk: Desk, named: str) -> list[str]:
    """Cards that disagree, those not kept here first; of each, its half of the safety number and who brought it."""
    lines: list[str] = []
    for side in sorted(desk.side_by_side(named), key=lambda one: bool(one.came)):
        lines += [_("Known card") if side.came else _("New card"), *card_lines(side.card)]
        if side.came:
            lines.append("  " + _(CAME[side.came]).format(when=moment(side.since)))
        elif side.by:
            lines.append("  " + _("brought by {office}").format(office=name_of(desk, side.by)))
        lines += ["  " + vouch_line(vouch) for vouch in side.vouches]
    return lines


def introduced(desk: Desk, shown: Shown) -> list[str]:
    """What a letter of introduction says, and what came of it here."""
    found = desk.introduction(shown.letter)
    if found is None:
        return []
    card = found.card
    lines = [
        _("Introduces: {name} (id {id})").format(name=for_screen(card.body.name), id=card.office_id.hex()[:16]),
        "  " + _(SAID[found.standing]),
        "  " + _("it has had a card of that office since {when}").format(when=moment(found.since)),
    ]
    event = desk.state.introduced.get(shown.state.n)
    if event is not None:
        lines.append("  " + _(OUTCOMES[event.outcome]))
        lines.append("  " + _("that office here: {office}").format(office=name_of(desk, card.office_id)))
    return lines


def introduced_json(desk: Desk, shown: Shown) -> dict[str, object] | None:
    """The same for machines; null for any other letter. outcome: null in a letter of ours."""
    found = desk.introduction(shown.letter)
    if found is None:
        return None
    event = desk.state.introduced.get(shown.state.n)
    return {
        "office": found.card.office_id.hex(),
        "names": dict(found.card.body.names),
        "standing": found.standing,
        "since": found.since,
        "outcome": event.outcome if event else None,
    }
