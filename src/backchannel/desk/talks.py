"""Meetings asked for, answered and recorded: what fits what; requests as they stand.   Spec: docs/spec/talks.md.

Nothing is recorded but the letters themselves: what stands is read from them, and burnt with them. What came unread is
not looked into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Final

from backchannel.errors import NotPossible, Refused
from backchannel.letters.dates import Moment, moment_of
from backchannel.letters.letter import Letter, read_contents
from backchannel.letters.meetings import Meeting, MeetingAnswer
from backchannel.letters.readouts import Readout
from backchannel.letters.talks import KINDS, Talk, check_named, check_replies, misfit, named_by, read_talk
from backchannel.values import dataclass, replace

if TYPE_CHECKING:
    from backchannel.desk.office import Office
    from backchannel.desk.states import LetterState
    from backchannel.letters.draft_values import Draft
    from backchannel.letters.matter import Matter

Zones = Callable[[str], tzinfo]
REQUEST: Final = "meeting-request"
RECORD: Final = "readout"


@dataclass(frozen=True, slots=True)
class Answered:
    """A letter that answers a request. said: None while unread. stands: no later one of its writer replaces it."""

    n: int
    said: MeetingAnswer | None
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Arranged:
    """A request to meet as it stands. asked: None while it is unread. answers: in the order of their numbers.

    standing: unread, asked, agreed, declined, out-of-date (no time asked is still to come) or withdrawn. past: the time
    agreed has passed.
    """

    letter: LetterState
    standing: str
    asked: Meeting | None
    answers: tuple[Answered, ...] = ()
    past: bool = False

    @property
    def answer(self) -> MeetingAnswer | None:
        return next((one.said for one in self.answers if one.stands), None)


@dataclass(frozen=True, slots=True)
class Hours:
    """One instant by the clocks of both sides: (YYYY-MM-DDTHH:MM, zone); None where their zone is in no table here."""

    written: Moment
    here: tuple[str, str]
    there: tuple[str, str] | None


def talk_in(letter: Letter) -> Talk | None:
    """What a letter kept here says of a meeting, if it does."""
    return next((read_talk(one) for one in letter.matters if one.kind in KINDS), None)


def carried(office: Office, draft: Draft, to: bytes) -> tuple[Matter, ...]:
    """What a draft says of a meeting, as its letter carries it. Raises NotPossible."""
    if draft.agrees is not None:
        return (_agreed(office, draft.agrees, to).matter(),)
    if not isinstance(draft.talk, MeetingAnswer):
        return () if draft.talk is None else (draft.talk.matter(),)
    letters = [office.state.letters.get(n) for n in draft.replies]
    asked = [one for one in letters if one is not None and one.office == to and not one.ours and is_form(one, REQUEST)]
    if len(asked) != 1 or asked[0].event is None:
        raise NotPossible(
            "an answer to a request to meet replies to one such request of that office",
            next_step="Name its entry with --reply-to: see `backchannel meeting list`.",
        )
    _check_read(asked[0])
    return (replace(draft.talk, meeting=asked[0].event.letter_id).matter(),)


def _agreed(office: Office, n: int, to: bytes) -> Readout:
    letter = office.state.letters.get(n)
    said = talk_of(office, letter) if letter is not None and letter.office == to and not letter.ours else None
    if letter is None or letter.event is None or not isinstance(said, Readout):
        raise NotPossible(f"entry {n} is no record of that office to agree with", next_step="See `readout list`.")
    _check_read(letter)
    return said.restated(letter.event.letter_id)


def _check_read(letter: LetterState) -> None:
    if is_unread(letter):
        step = f"Read it with `backchannel letter read {letter.n}`."
        raise NotPossible(f"entry {letter.n} is not read yet: nothing is agreed to unread", next_step=step)


def check_before_sealing(office: Office, to: bytes, replies: Sequence[int], matters: Sequence[Matter]) -> None:
    """Raises NotPossible where the other side would refuse what these say of a meeting."""
    events = [office.state.letters[n].event for n in replies if n in office.state.letters]
    ids = [event.letter_id for event in events if event is not None]
    for matter in matters:
        if matter.kind in KINDS:
            try:
                check_talk(office, to, ids, read_talk(matter), ours=True)
            except Refused as error:
                raise NotPossible(str(error), next_step="See `backchannel meeting list`.") from error


def check_talk(office: Office, other: bytes, replies: Sequence[bytes], said: object, *, ours: bool) -> None:
    """An answer fits its request, and a record the one it agrees with, as far as these are here.

    other: the office with whom; ours: whether this office answers or agrees. Raises Refused [M3, M5].
    """
    if not isinstance(said, Meeting | MeetingAnswer | Readout):
        return
    check_replies(said, replies)
    named = named_by(said)
    found = office.state.by_letter_id.get(named) if named is not None else None
    if found is None:
        return  # it names nothing, or nothing known here
    form = REQUEST if isinstance(said, MeetingAnswer) else RECORD
    if found.office != other or found.ours == ours or not is_form(found, form):
        raise misfit(said, "names a letter that is no such one of the other side's")
    check_named(said, talk_of(office, found))


def arranged(office: Office) -> Iterator[Arranged]:
    """All requests to meet that say so in their fields, by entry."""
    for n in sorted(office.state.letters):
        letter = office.state.letters[n]
        if is_form(letter, REQUEST) and talk_of(office, letter) is not None:
            yield _arranged(office, letter)


def find(office: Office, n: int) -> Arranged:
    """The request of an entry, or that its letter answers. Raises NotPossible."""
    letter = office.state.letters.get(n)
    if letter is not None and not is_form(letter, REQUEST) and letter.event is not None:
        letter = next((one for m in letter.event.replies if is_form(one := office.state.letters[m], REQUEST)), None)
    if letter is None or not is_form(letter, REQUEST) or talk_of(office, letter) is None:
        raise NotPossible(f"entry {n} asks for no meeting and answers no such request")
    return _arranged(office, letter)


def hours(office: Office, other: bytes, moment: Moment, zones: Zones) -> Hours:
    """A time as it was written, and by the clocks of this office and that one."""
    here, there = office.state.zone, office.state.of(other).card.body.zone
    try:
        theirs = moment_of(moment.at, there, zones).written, there
    except (KeyError, ValueError):
        theirs = None
    return Hours(moment, (moment_of(moment.at, here, zones).written, here), theirs)


def _arranged(office: Office, letter: LetterState) -> Arranged:
    asked = talk_of(office, letter)
    assert isinstance(asked, Meeting)
    if is_unread(letter):
        return Arranged(letter, "withdrawn" if "recalls" in letter.acted_on else "unread", None)
    answers = _answers(office, letter)
    answer = next((one.said for one in answers if one.stands), None)
    if "recalls" in letter.acted_on:
        standing = "withdrawn"
    elif answer is not None:
        standing = answer.answer
    else:
        standing = "asked" if any(one.unix > office.now for one in asked.times) else "out-of-date"
    past = answer is not None and answer.time is not None and answer.time.unix <= office.now
    return Arranged(letter, standing, asked, answers, past)


def _answers(office: Office, request: LetterState) -> tuple[Answered, ...]:
    """The newest by its number stands, whatever order they came in; one that is recalled does not."""
    assert request.event is not None
    letters = [office.state.letters[n] for n in request.answered_by if n in office.state.letters]
    found: list[Answered] = []
    for one in by_number(office, letters):
        said = talk_of(office, one)
        if one.ours != request.ours and isinstance(said, MeetingAnswer) and said.meeting == request.event.letter_id:
            found.append(Answered(one.n, None if is_unread(one) else said))
    read = [one for one in found if one.said and "recalls" not in office.state.letters[one.n].acted_on]
    return tuple(replace(one, stands=one is read[-1]) if read else one for one in found)


def by_number(office: Office, letters: Sequence[LetterState]) -> list[LetterState]:
    """Letters of one writer to one reader as they were written, whatever order they came in."""

    def place(one: LetterState) -> tuple[bool, int, int]:
        epoch = office.state.epoch if one.ours else office.state.of(one.office).epoch
        return one.epoch == epoch, one.number, one.n

    return sorted(letters, key=place)


def is_form(letter: LetterState, form: str) -> bool:
    return letter.event is not None and letter.event.form == form


def is_unread(letter: LetterState) -> bool:
    return not letter.ours and letter.read_at is None


def talk_of(office: Office, letter: LetterState) -> Talk | None:
    kept = office.register.blob(letter.n, "contents") if letter.event is not None else None
    return None if kept is None else talk_in(read_contents(kept))
