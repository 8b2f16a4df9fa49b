"""Telling a letter's writer that it was read aloud.   Spec: docs/spec/conveyance.md, "Read aloud".

A person says so, of a letter that a person here has read: who read it, who heard it, through whom, by capacity.
"""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import Final

from backchannel.conveyance.evidence import READ_ALOUD, Evidence, aloud_reference, state
from backchannel.desk import events as ev
from backchannel.desk.office import Change, Office
from backchannel.desk.sealing import Order, check_order, hand_down, write_in
from backchannel.desk.states import LetterState
from backchannel.errors import NotPossible

_NEVER: Final = ("conveyance", "evidence", "empty")  # nothing in them is for anybody's ears


def say_read_aloud(
    office: Office, n: int, present: Sequence[tuple[str, str]], zones: Callable[[str], tzinfo], *, spoken: bool = False
) -> None:
    """Tell the writer of letter n that it was read aloud. present: (role, capacity), as `evidence.PRESENT` and those
    of attendees. spoken: as in `Order`. Raises NotPossible where nobody here read it, or it was said already; Refused
    [W2] where no one reader or nobody who heard it is named.
    """
    with office.changing() as change:
        letter = _readable(change, n)
        assert letter.event is not None
        ref = aloud_reference(letter.event.letter_id)
        said = state(READ_ALOUD, ref, change.state.office, office.now, "manual", present)
        kind = "exercise" if letter.event.exercise else "operation"
        order = Order(letter.office, "evidence", (), kind, matters=(Evidence((said,)).matter(),), spoken=spoken)
        check_order(office, order)
        by = write_in(change, order, False, zones)
        made = said.statement
        change.add(ev.Stated(n, READ_ALOUD, ref, made.at, made.mode, made.reasons, False, by))
    hand_down(change)


def _readable(change: Change, n: int) -> LetterState:
    letter = change.state.letters.get(n)
    if letter is None or letter.ours or letter.event is None or letter.event.form in _NEVER:
        raise NotPossible(f"entry {n} is no letter from another office that is kept here")
    if letter.read_at is None:
        raise NotPossible(
            f"letter {n} was not read here: it cannot have been read aloud",
            next_step=f"Read it first: `backchannel letter read {n}`.",
        )
    if READ_ALOUD in letter.stated:
        raise NotPossible(f"that letter {n} was read aloud was said already")
    return letter


def read_aloud_of(change: Change, by: bytes, ref: bytes, *, exercise: bool) -> int:
    """The entry of our letter that an office says it read aloud; 0 if of none to that office of that type."""
    for letter in change.state.letters.values():
        event = letter.event
        if not letter.ours or letter.office != by or event is None or event.exercise != exercise:
            continue
        if ref == aloud_reference(event.letter_id):
            return letter.n
    return 0


def heard_aloud(letter: LetterState) -> ev.Heard | None:
    """What the reader of a letter of ours first said of reading it aloud."""
    return next((one for one in letter.said_of_it if one.event == READ_ALOUD and one.proof != "forged"), None)
