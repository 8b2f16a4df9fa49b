"""Records of meetings and calls, each side's beside the other's.   Spec: docs/spec/talks.md, "Side by side".

Which records are of one talk is derived from what they name, else from the day; it puts them beside each other and
changes neither. What came unread is not looked into.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from backchannel.desk.office import Office
from backchannel.desk.states import LetterState
from backchannel.desk.talks import RECORD, REQUEST, by_number, is_form, is_unread, talk_of
from backchannel.errors import NotPossible
from backchannel.letters.readouts import Readout, Row, side_by_side
from backchannel.values import dataclass, replace

NEAR_SECONDS: Final = 12 * 3600  # records that begin less apart may be of one talk


@dataclass(frozen=True, slots=True)
class Record:
    """One side's record. said: None while it is unread."""

    letter: LetterState
    said: Readout | None


@dataclass(frozen=True, slots=True)
class Sides:
    """All that is kept of one talk. of: the entry of the request to meet, or 0.

    Records are in the order of their numbers: of each side the newest stands that was read and not recalled.
    by_day: only the day puts both sides' together.
    """

    of: int
    ours: tuple[Record, ...]
    theirs: tuple[Record, ...]
    by_day: bool = False

    @property
    def entries(self) -> tuple[int, ...]:
        return tuple(sorted(one.letter.n for one in (*self.ours, *self.theirs)))

    @property
    def letter(self) -> LetterState:
        return min((one.letter for one in (*self.ours, *self.theirs)), key=lambda one: one.n)

    @property
    def our(self) -> Record | None:
        return _standing(self.ours)

    @property
    def their(self) -> Record | None:
        return _standing(self.theirs)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Both records that stand, ours first; none where only one does."""
        if self.our is None or self.their is None or self.our.said is None or self.their.said is None:
            return ()
        return side_by_side(self.our.said, self.their.said)

    @property
    def standing(self) -> str:
        """one-sided, agreed (one side says that it restates the other's), alike (both say the same) or differing."""
        if not self.rows:
            return "one-sided"
        if not all(row.same for row in self.rows):
            return "differing"
        return "agreed" if _agrees(self.our, self.their) or _agrees(self.their, self.our) else "alike"


def _standing(records: tuple[Record, ...]) -> Record | None:
    return next((one for one in reversed(records) if one.said and "recalls" not in one.letter.acted_on), None)


def _agrees(one: Record | None, other: Record | None) -> bool:
    if one is None or other is None or one.said is None or other.letter.event is None:
        return False
    return one.said.agrees == other.letter.event.letter_id


def recorded(office: Office) -> list[Sides]:
    """All talks of which there is a record, by their first entry."""
    return sorted(_by_day(list(_named(office))), key=lambda one: one.entries)


def find(office: Office, n: int) -> Sides:
    """The talk of which entry n is a record, or the request. Raises NotPossible."""
    for one in recorded(office):
        if n == one.of or n in one.entries:
            return one
    raise NotPossible(f"entry {n} is no record of a meeting or call", next_step="See `backchannel readout list`.")


def _named(office: Office) -> Iterator[Sides]:
    """Records by what their letters answer or correct: a request to meet, an answer to it, or another record."""
    talk: dict[int, int] = {}  # the first letter of the talk of each letter
    records: dict[int, list[LetterState]] = {}
    for n, letter in sorted(office.state.letters.items()):
        if letter.event is None or letter.event.form not in (REQUEST, "reply", RECORD):
            continue
        tied = [*letter.event.replies, *(m for _, m in letter.event.acts)]
        named = [talk[m] for m in tied if m in talk and office.state.letters[m].office == letter.office]
        if is_form(letter, REQUEST) or (is_form(letter, RECORD) and not named):
            talk[n] = n
        elif named:
            talk[n] = named[0]
        if is_form(letter, RECORD) and isinstance(talk_of(office, letter), Readout):
            records.setdefault(talk[n], []).append(letter)
    for first, letters in records.items():
        of = first if is_form(office.state.letters[first], REQUEST) else 0
        ours, theirs = (_records(office, [one for one in letters if one.ours is whose]) for whose in (True, False))
        yield Sides(of, ours, theirs)


def _records(office: Office, letters: list[LetterState]) -> tuple[Record, ...]:
    found = ((one, talk_of(office, one)) for one in by_number(office, letters))
    return tuple(Record(one, said if isinstance(said, Readout) and not is_unread(one) else None) for one, said in found)


def _by_day(found: list[Sides]) -> Iterator[Sides]:
    """Puts together what only one side recorded, and only one record of the other can be of."""
    theirs: dict[tuple[bytes, bool, int], list[Sides]] = {}
    for one in found:
        for key in _days(one, one.their, (0,)) if not one.ours else ():
            theirs.setdefault(key, []).append(one)
    fits: dict[int, list[Sides]] = {}
    for one in found:
        near = [other for key in _days(one, one.our, (-1, 0, 1)) for other in theirs.get(key, ())]
        if not one.theirs:
            fits[id(one)] = [other for other in near if _are_near(one, other)]
    claimed = Counter(id(other) for others in fits.values() for other in others)
    pairs = {at: others[0] for at, others in fits.items() if len(others) == 1 == claimed[id(others[0])]}
    paired = {id(other) for other in pairs.values()}
    for one in found:
        if (other := pairs.get(id(one))) is not None:
            yield replace(one, of=one.of or other.of, theirs=other.theirs, by_day=True)
        elif id(one) not in paired:
            yield one


def _days(one: Sides, record: Record | None, around: tuple[int, ...]) -> Iterator[tuple[bytes, bool, int]]:
    """Exchange, type and half-day of a record, and of those around: a flood of records is not compared one by one."""
    if record is not None and record.said is not None and record.letter.event is not None:
        half = record.said.began.unix // NEAR_SECONDS
        for step in around:
            yield record.letter.office, record.letter.event.exercise, half + step


def _are_near(one: Sides, other: Sides) -> bool:
    ours, theirs = one.our, other.their
    if ours is None or theirs is None or ours.said is None or theirs.said is None or (one.of and other.of):
        return False
    return abs(ours.said.began.unix - theirs.said.began.unix) < NEAR_SECONDS
