"""Telling a letter's writer that it was read aloud.   Spec: docs/spec/conveyance.md, "Read aloud".

A person says so, of a letter that a person here has read: who read it, who heard it, through whom, by capacity.
"""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import Final

from backchannel.conveyance.evidence import READ_ALOUD, Evidence, aloud_reference, state
from backchannel.desk import events as ev
from backchannel.desk.office import Change, Office, read_kept
from backchannel.desk.sealing import Order, check_order, hand_down, write_in
from backchannel.desk.states import LetterState
from backchannel.errors import NotPossible
from backchannel.letters.docket import Paraphrase
from backchannel.letters.parts import Body
from backchannel.values import dataclass

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


CONFIRMED_TITLE: Final = "Understood correctly"
CONFIRMED_TEXT: Final = (
    "What you say was understood of our letter is what it says. The letter counts, not the paraphrase."
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a paraphrase is of. heard: the entry of the letter read aloud, 0 if it is not here.

    said_aloud: whether its reader has said so. confirmed, corrected: the entry in which its author confirmed the
    readback, or answered it with a correction of the letter heard; 0 for none.
    """

    said: Paraphrase
    heard: int
    said_aloud: bool
    confirmed: int = 0
    corrected: int = 0


def told(office: Office, letter: LetterState) -> Told | None:
    """What a paraphrase is of, and what became of a readback; None where a letter is none."""
    if letter.event is None or not letter.paraphrase:
        return None
    said = read_kept(office, letter.n).docket.paraphrase
    assert said is not None
    heard = office.state.letters.get(n := letter.event.paraphrase[1])
    known = heard is not None and (heard.heard_aloud is not None or heard.read_aloud)
    answers = [office.state.letters[m].event for m in letter.answered_by]
    corrected = [m for m, one in zip(letter.answered_by, answers, strict=True) if one and ("corrects", n) in one.acts]
    return Told(said, n if heard else 0, known, letter.acted_on.get("confirms", 0), corrected[0] if corrected else 0)


def confirm_readback(office: Office, n: int, zones: Callable[[str], tzinfo], *, spoken: bool = False) -> int:
    """Say that what was understood of a letter of ours, as readback n tells it, is what it says; the entry.

    spoken: as in `Order`. Raises NotPossible where n is no readback from another office that a person here has read.
    """
    with office.changing() as change:
        letter = change.state.letters.get(n)
        if letter is None or letter.ours or letter.event is None or letter.paraphrase != "readback":
            raise NotPossible(f"entry {n} is no readback from another office that is kept here")
        if letter.read_at is None or "confirms" in letter.acted_on:
            raise NotPossible(f"readback {n} was not read here, or is right already")
        kind = "exercise" if letter.event.exercise else "operation"
        body = Body("en", "prevailing", CONFIRMED_TITLE, CONFIRMED_TEXT)
        order = Order(
            letter.office, "reply", (body,), kind, replies=(n,), signed=False, acts={"confirms": n}, spoken=spoken
        )
        check_order(office, order)
        by = write_in(change, order, False, zones)
    hand_down(change)
    return by
