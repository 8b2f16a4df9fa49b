"""The way of a letter, drawn leg by leg, and the sentences of custody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from backchannel.cli.common import moment
from backchannel.cli.text import _
from backchannel.cli.words import CAPACITIES, N_, STANDINGS, office_name
from backchannel.desk.later import imported_when_used
from backchannel.text import for_screen

if TYPE_CHECKING:
    from backchannel.conveyance.tracking import LegTrack, Word
    from backchannel.desk.desk import Desk
    from backchannel.desk.states import LetterState
    from backchannel.desk.tracking import WayTrack

with imported_when_used():
    from backchannel.conveyance import evidence

EVENTS: Final = {
    "SubmissionAcceptance": N_("took it"),
    "SubmissionRejection": N_("declined to carry it"),
    "RelayAcceptance": N_("the next one took it"),
    "RelayRejection": N_("the next one declined it"),
    "RelayFailure": N_("could not pass it on"),
    "NotificationForAcceptance": N_("told its reader that it waits"),
    "ConsignmentAcceptance": N_("agreed to take it"),
    "ConsignmentRejection": N_("refused it"),
    "AcceptanceRejectionExpiry": N_("heard nothing by the time asked"),
    "ContentConsignment": N_("put it within its reader's reach"),
    "ContentConsignmentFailure": N_("could not put it within its reader's reach"),
    "ContentHandover": N_("it was handed over"),
    "ContentHandoverFailure": N_("it could not be handed over"),
    "ContentAccessTracking": N_("it was read"),
    "RelayToNonERDS": N_("went on by another carrier"),
    "x-CustodyHeld": N_("holds it for now"),
    "x-CustodyReleased": N_("let go of it"),
    "x-ReadAloud": N_("read it aloud"),
    "x-ReturnedUnopened": N_("returned it unopened"),
    "x-Recalled": N_("gave it up: it was recalled in time"),
    "x-RecallTooLate": N_("the recall came too late"),
}
REASONS: Final = {
    "no-way": N_("no way there"),
    "unknown-office": N_("that office is not known here"),
    "unsafe": N_("not safe"),
    "not-asked": N_("not asked for"),
    "too-late": N_("too late"),
    "too-large": N_("too large"),
    "waiting": N_("waiting"),
    "refused": N_("refused"),
    "cannot-open": N_("it cannot be opened"),
    "recalled": N_("recalled"),
    "office-succeeded": N_("the office has a successor"),
    "other": N_("another reason"),
}
PRESENT: Final = {
    "reader": N_("read by: {capacity}"),
    "interpreter": N_("through: {capacity}"),
    "hearer": N_("heard by: {capacity}"),
}
ASIDE: Final = {
    "again": N_("said before"),
    "forged": N_("FORGED: its signature does not hold"),
    "future": N_("dated after it was heard"),
    "backdated": N_("dated before the letter was given"),
    "contradictory": N_("contradicts another of its statements"),
    "out-of-order": N_("cannot have happened before what the same office says came first"),
}
PROOFS: Final = {
    "oral": N_("oral"),
    "signed": N_("signed"),
    "unchecked": N_("signed, by an office whose card is not here"),
    "forged": N_("forged"),
}
MODES: Final = {"manual": N_("by hand"), "automatic": N_("by itself")}
CARRIAGE: Final = {
    "any": N_("any"),
    "hand_only": N_("by hand only"),
    "in_person": N_("in person, to the head of the office"),
    "read_aloud_only": N_("read aloud only"),
    "open_letter": N_("an open letter"),
}


def name_of(desk: Desk, office: bytes) -> str:
    """An office's name with its trust, this office, or the beginning of an id that no card here bears."""
    if office == desk.state.office:
        return _("this office")
    other = desk.state.correspondents.get(office)
    if other is None or not other.card_data:
        return _("an office without a card here ({id})").format(id=office.hex()[:12])
    return office_name(other)


def drawn(desk: Desk, ways: tuple[WayTrack, ...]) -> Iterator[str]:
    """The ways of a letter as lines for the screen."""
    for number, way in enumerate(ways, 1):
        given = next((leg.given for leg in way.legs if leg.given is not None and leg.given.by), None)
        asked = _(", asked for by {when}").format(when=moment(given.by)) if given else ""
        yield _("Way {number}{asked}").format(number=number, asked=asked)
        yield "  o " + _("this office")
        for leg in way.legs:
            yield from _leg(desk, leg)
        yield ""


def _leg(desk: Desk, leg: LegTrack) -> Iterator[str]:
    line = ":" if leg.is_hole else "|"
    if leg.given is not None:
        custody = _("signed evidence asked for") if leg.given.custody == "signed" else _("oral evidence")
        yield f"  {line}   {moment(leg.given.at)}  " + _("given ({custody})").format(custody=custody)
    if leg.is_hole:
        yield "  :   " + _("a hole: nobody says that it was taken")
    yield "  v"
    yield f"  o {name_of(desk, leg.carrier)} - {_(STANDINGS[leg.standing])}"
    for word in leg.words:
        yield f"  |   {_word(desk, word)}"
    if leg.given is not None and leg.given.waited_at is not None:
        when = moment(leg.given.waited_at)
        yield f"  |   {when}  " + _("this office waited and heard nothing (AcceptanceRejectionExpiry)")
    for word, why in leg.aside:
        yield f"  x   {_word(desk, word)} - " + _("kept aside: {why}").format(why=_(ASIDE[why]))


def _word(desk: Desk, word: Word) -> str:
    if word.event == evidence.READ_ALOUD:
        reasons = present(word.reasons)
    else:
        reasons = "; ".join(_(REASONS[code]) + (f": {for_screen(said)}" if said else "") for code, said in word.reasons)
    how = ", ".join((word.event, _(MODES[word.mode]), _(PROOFS[word.proof])))
    if word.bringer != word.by:
        how += ", " + _("as {office} says").format(office=name_of(desk, word.bringer))
    return f"{moment(word.at)}  {_(EVENTS[word.event])}{': ' + reasons if reasons else ''} ({how})"


def present(roles: Iterable[tuple[str, str]]) -> str:
    """Who read, interpreted and heard a letter that was read aloud."""
    return ", ".join(_(PRESENT[role]).format(capacity=_(CAPACITIES[capacity])) for role, capacity in roles)


def as_json(ways: tuple[WayTrack, ...]) -> list[dict[str, Any]]:
    """The ways of a letter for machines."""
    return [{"way": way.way + 1, "legs": [_leg_json(leg) for leg in way.legs]} for way in ways]


def _leg_json(leg: LegTrack) -> dict[str, Any]:
    return {
        "giver": leg.giver.hex(),
        "carrier": leg.carrier.hex(),
        "addressee": leg.addressee.hex(),
        "given_at": leg.given.at if leg.given else None,
        "by": leg.given.by or None if leg.given else None,
        "custody": leg.given.custody if leg.given else None,
        "waited_at": leg.given.waited_at if leg.given else None,
        "standing": leg.standing,
        "at": leg.at,
        "hole": leg.is_hole,
        "words": [_word_json(word) for word in leg.words],
        "aside": [_word_json(word) | {"why": why} for word, why in leg.aside],
    }


def _word_json(word: Word) -> dict[str, Any]:
    return {
        "event": word.event,
        "by": word.by.hex(),
        "at": word.at,
        "mode": word.mode,
        "reasons": [list(one) for one in word.reasons],
        "proof": word.proof,
        "brought_by": word.bringer.hex(),
        "heard_at": word.heard_at,
        "entry": word.entry,
    }


def came_lines(desk: Desk, letter: LetterState) -> Iterator[str]:
    """By which ways a letter came here, which of those its writer names brought nothing, and what does not fit."""
    for came in desk.came_by(letter.n):
        hops = " > ".join(name_of(desk, hop) for hop in came.way.hops)
        way = hops if came.way.kind == "go-between" else _("a relay")
        if came.reached is None:
            asked = _(", asked for by {when}").format(when=moment(came.way.by)) if came.way.by else ""
            yield _("Sent by: {way}{asked}: NOTHING CAME this way").format(way=way, asked=asked)
            continue
        taken = _(", which says it took it {when}").format(when=moment(came.taken)) if came.taken else ""
        yield _("Came by: {way}{taken}, reached this office {when}").format(
            way=way, taken=taken, when=moment(came.reached)
        )
        if came.conflict:
            yield _("CONFLICT: the covering letter, entry {n}, calls it something else than the letter itself").format(
                n=came.covering
            )
        if came.words:
            yield _("The carrier's own words, not the writer's: entry {n}").format(n=came.covering)


def came_json(desk: Desk, letter: LetterState) -> list[dict[str, Any]]:
    """The ways a letter came for machines."""
    return [
        {
            "kind": came.way.kind,
            "hops": [hop.hex() for hop in came.way.hops],
            "by": came.way.by,
            "reached": came.reached,
            "taken": came.taken,
            "covering": came.covering or None,
            "conflict": came.conflict,
            "carrier_words": came.words,
        }
        for came in desk.came_by(letter.n)
    ]
