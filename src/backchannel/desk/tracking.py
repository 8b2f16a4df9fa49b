"""Where a letter is and whose hands it passed through, as far as this desk can know.   Spec: docs/spec/evidence.md.

Reads only the entries about that letter: a register of any size answers as fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from backchannel.conveyance.tracking import Given, LegTrack, Word, track
from backchannel.desk import events as ev
from backchannel.desk.custody import Charge, Custody, LegState
from backchannel.desk.later import imported_when_used
from backchannel.desk.office import Office, read_kept
from backchannel.values import dataclass

if TYPE_CHECKING:
    from backchannel.letters.docket import Way

with imported_when_used():
    from backchannel.letters import docket

# Where a letter stands on a leg whose carrier has let go of it for good.
RID: Final = ("handed-over", "declined", "returned", "recalled")


@dataclass(frozen=True, slots=True)
class WayTrack:
    """One way of a letter of ours, leg by leg. way: its position among the ways the letter was sent."""

    way: int
    legs: tuple[LegTrack, ...]


@dataclass(frozen=True, slots=True)
class CameBy:
    """One way that a letter's docket names, and whether it came by it.

    way: as the writer names it. reached: Unix seconds, None if nothing came that way. taken: when the go-between says
    it took what it handed over; None if it does not say. covering: the entry of its covering letter. conflict: whether
    that letter's type is another than the letter's own. words: whether it bears words of the go-between's own.
    """

    way: Way
    reached: int | None
    taken: int | None = None
    covering: int = 0
    conflict: bool = False
    words: bool = False


def track_letter(office: Office, n: int) -> tuple[WayTrack, ...]:
    """The ways of letter n that lead through go-betweens, in order; none if it went over a relay alone."""
    me = office.writer.office_id  # from its keys: the state of a large register takes long to derive
    custody = _about(office, n)
    ways = sorted({leg.given.way for leg in custody.legs.get(n, [])})
    return tuple(
        WayTrack(way, tuple(part for leg in custody.legs[n] if leg.given.way == way for part in _legs(office, leg, me)))
        for way in ways
    )


def all_legs(office: Office) -> Iterator[tuple[int, int, tuple[LegTrack, ...]]]:
    """Each leg that this desk gave, with what followed it: (the letter or charge, the covering letter, the legs)."""
    me, custody = office.state.office, office.state.custody
    for n, legs in custody.legs.items():
        for leg in legs:
            yield n, leg.given.covering, _track(me, leg)


def _about(office: Office, n: int) -> Custody:
    custody = Custody()
    for number, data in office.register.about(n):
        entry = ev.from_bytes(number, data)
        if entry.event is not None:
            custody.apply(entry, entry.event)
    return custody


def _legs(office: Office, leg: LegState, me: bytes) -> tuple[LegTrack, ...]:
    """How the covering letter came to its carrier, then the leg itself and what followed it."""
    before = [
        part
        for earlier in _about(office, leg.given.covering).legs.get(leg.given.covering, [])
        for part in _legs(office, earlier, me)
    ]
    return (*before, *_track(me, leg))


def own_leg(me: bytes, leg: LegState) -> LegTrack:
    """What its carrier says of a leg we gave, sorted out: only what stands there is acted on. me: our office-id."""
    return _track(me, leg)[0]


def _track(me: bytes, leg: LegState) -> tuple[LegTrack, ...]:
    given = leg.given
    own = Given(given.carrier, given.addressee, given.ref, leg.at, given.by, given.custody, leg.waited_at)
    return track(me, own, [_word(entry, at, heard) for entry, at, heard in leg.heard])


def _word(entry: int, heard_at: int, heard: ev.Heard) -> Word:
    return Word(
        heard.event,
        heard.ref,
        heard.by,
        heard.at,
        heard.mode,
        heard.reasons,
        heard.proof,
        heard.giver,
        heard.addressee,
        heard.bringer,
        heard_at,
        entry,
    )


def came_by(office: Office, n: int) -> tuple[CameBy, ...]:
    """By which of the ways its writer names letter n came: a way by which nothing came shows a delay."""
    letter = office.state.letters[n]
    if letter.event is None or not isinstance(letter.event, ev.Opened):
        return ()
    charges = [
        charge
        for charge in office.state.custody.charges.values()
        if charge.unwrapped is not None and charge.unwrapped.letter == n
    ]
    found: list[CameBy] = []
    for way in read_kept(office, n).docket.ways:
        if way.kind == "go-between":
            charge = next((one for one in charges if way.hops and one.came.giver == way.hops[-1]), None)
            if charge is None:
                found.append(CameBy(way, None))
            else:
                found.append(_came(office, way, charge, letter.event))
        else:
            found.append(CameBy(way, letter.event.reached if not letter.event.by else None))
    named = {way.way.hops[-1] for way in found if way.way.kind == "go-between" and way.way.hops}
    for charge in charges:  # a way the writer did not know of: its go-between passed it on through another
        if charge.came.giver not in named:
            other = docket.Way("go-between", (charge.came.giver,), 0, None)
            found.append(_came(office, other, charge, letter.event))
    return tuple(found)


def _came(office: Office, way: Way, charge: Charge, letter: ev.Opened) -> CameBy:
    covering = office.state.letters.get(charge.n)
    kept = read_kept(office, charge.n) if covering is not None and covering.event is not None else None
    return CameBy(
        way,
        charge.came.reached,
        charge.came.taken or None,
        charge.n,
        conflict=charge.came.exercise != letter.exercise,
        words=bool(kept and kept.bodies),
    )
