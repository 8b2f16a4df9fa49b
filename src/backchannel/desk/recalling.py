"""Recalling a letter, and answering a recall.   Spec: docs/spec/conveyance.md, "Recall".

A recall is a letter of its own, to the reader and to each carrier that may still hold the letter. A carrier's desk
gives up by itself what it still has. A reader's desk hides nothing: its person puts the letter away unread, or reads it
all the same, and the writer is told which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import tzinfo
from typing import TYPE_CHECKING, Final

from backchannel.conveyance.evidence import Evidence, state
from backchannel.conveyance.recall import TOO_LATE, Outcome, is_stopped, outcome, recall_reference
from backchannel.desk import events as ev
from backchannel.desk.custody import LegState
from backchannel.desk.later import imported_when_used
from backchannel.desk.office import Change, Office, read_kept
from backchannel.desk.states import LetterState, refuse_notes
from backchannel.desk.tracking import RID, own_leg, track_letter
from backchannel.errors import NotPossible
from backchannel.values import dataclass

if TYPE_CHECKING:
    from backchannel.desk.sealing import Order, Route

with imported_when_used():
    from backchannel.desk import conveying, sealing
    from backchannel.letters import parts

Zones = Callable[[str], tzinfo]
TITLE: Final = "Recall"
TO_READER: Final = (
    "This office recalls its letter number {number}. Whoever has not read it is asked to put it away unread."
)
TO_CARRIER: Final = "This office recalls the sealed letter that it gave you with its letter number {number}."
_NEVER: Final = ("evidence", "empty")  # what they say is said


@dataclass(frozen=True, slots=True)
class Recalled:
    """What is known of a letter that was recalled. by: the entry of the recall to its reader.

    said: what its reader said of it. told: carriers that were asked to give it up; a carrier's own answer stands in the
    way of the letter.
    """

    by: int
    outcome: Outcome
    said: tuple[ev.Heard, ...]
    told: tuple[bytes, ...]


def recall(
    office: Office,
    n: int,
    zones: Zones,
    *,
    words: str | None = None,
    signed: bool | None = None,
    routes: tuple[Route, ...] = (),
) -> int:
    """Ask for letter n to be put away: its reader, and each carrier that may still hold it. The entry of the recall.

    words: in place of the usual text to its reader. signed: None does as the letter was. routes: none takes the ways
    that the letter took. Raises NotPossible.
    """
    with office.changing() as change:
        made = [
            sealing.write_in(change, order, sealing.choose_signed(office, order)[0], zones)
            for order in _orders(office, n, words, signed, routes)
        ]
    sealing.hand_down(change)
    return made[0]


def _orders(office: Office, n: int, words: str | None, signed: bool | None, routes: tuple[Route, ...]) -> list[Order]:
    """To its reader, then to each carrier. Raises NotPossible."""
    letter = _letter(office, n)
    if not letter.ours or letter.event is None or letter.event.form in _NEVER:
        raise NotPossible(f"entry {n} is no letter of this office that can be recalled")
    if "recalls" in letter.acted_on:
        raise NotPossible(
            f"letter {n} is recalled already",
            next_step=f"If that was lost: `backchannel letter again {letter.acted_on['recalls']}`.",
        )
    if any(act == "recalls" for act, _ in letter.event.acts):
        raise NotPossible("a recall is not recalled", next_step="Send the letter again as a new one.")
    text = words or TO_READER.format(number=letter.number)
    first = _order(letter, text, signed, routes or _same_ways(office, n))
    sealing.check_order(office, first)
    return [first, *(_order(one, TO_CARRIER.format(number=one.number), False) for one in _with_carriers(office, n))]


def _letter(office: Office, n: int) -> LetterState:
    refuse_notes(office.state, [n])
    if n not in office.state.letters:
        raise NotPossible(f"entry {n} is no letter", next_step="See `backchannel letter list`.")
    return office.state.letters[n]


def _order(letter: LetterState, text: str, signed: bool | None, routes: tuple[Route, ...] = ()) -> Order:
    event = letter.event
    assert event is not None
    return sealing.Order(
        letter.office,
        "letter",
        (parts.Body("en", "prevailing", TITLE, text),),
        "exercise" if event.exercise else "operation",
        signed=event.signed if signed is None else signed,
        routes=routes,
        acts={"recalls": letter.n},
    )


def _same_ways(office: Office, n: int) -> tuple[Route, ...]:
    ways = read_kept(office, n).docket.ways
    return tuple(sealing.Route(way.hops) if way.kind == "go-between" else sealing.Route(receipt=False) for way in ways)


def _with_carriers(office: Office, n: int) -> Iterator[LetterState]:
    """Our covering letters of letter n, nested ones too, whose carriers have not said that they are rid of it."""
    for leg in office.state.custody.legs.get(n, []):
        letter = office.state.letters.get(leg.given.covering)
        if letter is None or letter.event is None or "recalls" in letter.acted_on:
            continue
        if own_leg(office.state.office, leg).standing not in RID:
            try:
                sealing.check_order(office, _order(letter, "", False))
            except NotPossible:
                continue  # its card is in doubt: it is not told, and that shows
            yield letter
        yield from _with_carriers(office, letter.n)


def recalled(office: Office, n: int) -> Recalled | None:
    """What became of the recall of letter n; None if it was not recalled. Raises NotPossible if it is no letter."""
    letter = _letter(office, n)
    by = letter.acted_on.get("recalls")
    if by is None:
        return None
    letters = office.state.letters
    refusal = letter.acted_on.get("declines", 0)
    found = outcome(
        [heard.event for heard in letter.said_of_it],
        declined=bool(refusal),
        answered=any(m != refusal and not letters[m].ours for m in letter.answered_by if m in letters),
        stopped=_stopped(office, letter),
    )
    told = tuple(leg.given.carrier for leg in _legs(office, n) if "recalls" in letters[leg.given.covering].acted_on)
    return Recalled(by, found, tuple(letter.said_of_it), told)


def _legs(office: Office, n: int) -> Iterator[LegState]:
    for leg in office.state.custody.legs.get(n, []):
        if leg.given.covering in office.state.letters:
            yield leg
        yield from _legs(office, leg.given.covering)


def _stopped(office: Office, letter: LetterState) -> list[bool]:
    if letter.event is None:
        return []
    by_carrier = [is_stopped(way.legs) for way in track_letter(office, letter.n)]
    relays = [False for way in read_kept(office, letter.n).docket.ways if way.kind == "relay"]
    return [*by_carrier, *relays]


# On the other side.


def say(change: Change, letter: LetterState, event: str, mode: str, zones: Zones) -> None:
    """Tell the writer what became of its letter; never signed, since it is a person's word about what a person read."""
    state_, recall_ = change.state, change.state.letters[letter.acted_on["recalls"]]
    assert letter.event is not None
    assert recall_.event is not None
    ref = recall_reference(recall_.event.letter_id, letter.event.letter_id)
    said = state(event, ref, state_.office, change.office.now, mode)
    kind = "exercise" if letter.event.exercise else "operation"
    order = sealing.Order(letter.office, "evidence", (), kind, matters=(Evidence((said,)).matter(),))
    n = sealing.write_in(change, order, False, zones)
    change.add(ev.Stated(letter.n, event, ref, said.statement.at, mode, (), False, n))


def keep_up(office: Office, zones: Zones) -> int:
    """What the desk does by itself about recalls that came; how many statements were sealed. Safe to repeat."""
    sent = 0
    for letter in list(office.state.letters.values()):
        by = office.state.letters.get(letter.acted_on.get("recalls", 0))
        if letter.ours or letter.event is None or by is None or by.event is None:
            continue
        told = office.state.in_reach(letter.office)
        try:
            charge = office.state.custody.charges.get(letter.n)
            if charge is not None:
                sent += conveying.give_up(office, charge, zones, told=told)
            elif letter.read_at is not None and told and TOO_LATE not in letter.stated:
                with office.changing() as change:
                    say(change, letter, TOO_LATE, "automatic", zones)
                sealing.hand_down(change)
                sent += 1
        except NotPossible:
            continue  # its card has run out: it waits
    return sent


def recall_spoken_of(change: Change, by: bytes, ref: bytes) -> int:
    """The entry of our letter of whose recall an office's statement speaks; 0 if of none to that office."""
    letters = change.state.letters
    for letter in letters.values():
        recall_ = letters.get(letter.acted_on.get("recalls", 0)) if letter.ours and letter.office == by else None
        if recall_ is None or recall_.event is None or letter.event is None:
            continue
        if ref == recall_reference(recall_.event.letter_id, letter.event.letter_id):
            return letter.n
    return 0
