"""Asking for a meeting or a call, and answering: the other side picks the place.   Spec: docs/spec/talks.md."""

from collections.abc import Sequence
from typing import Any, Final

from backchannel.errors import Refused
from backchannel.letters.dates import Moment
from backchannel.letters.fields import Fields
from backchannel.letters.matter import CAPACITIES, Matter
from backchannel.text import breaches
from backchannel.values import dataclass, field

ASKED: Final = "meeting"
ANSWERED: Final = "meeting-answer"
HOW: Final = ("in_person", "call")
ANSWERS: Final = ("agreed", "declined")
MOST_TIMES: Final = 16
MOST_PEOPLE: Final = 64
MOST_MINUTES: Final = 10_080  # a week
MOST_LINE_BYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who comes, in office words: no name need stand there. capacity: one of CAPACITIES."""

    capacity: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Meeting:
    """What is asked. times: of which the other side picks one. who: of the asking side. minutes: how long, about."""

    purpose: str = field(repr=False)
    how: str
    times: tuple[Moment, ...]
    who: tuple[Attendee, ...]
    minutes: int | None = None

    def matter(self) -> Matter:
        wire: dict[str, Any] = {
            "purpose": self.purpose,
            "how": self.how,
            "times": [one.to_wire() for one in self.times],
            "who": people_wire(self.who),
        }
        return Matter(ASKED, wire | ({} if self.minutes is None else {"minutes": self.minutes}))


@dataclass(frozen=True, slots=True)
class MeetingAnswer:
    """The answer to the request with letter-id `meeting`.

    Agreed, it picks one of the times asked and the place (of a call: how it is made), and says who comes, if anybody is
    to be named; declined, it says nothing else: a refusal gives no reason.
    """

    meeting: bytes
    answer: str
    time: Moment | None = None
    place: str | None = field(default=None, repr=False)
    who: tuple[Attendee, ...] = ()

    def matter(self) -> Matter:
        wire: dict[str, Any] = {"meeting": self.meeting, "answer": self.answer}
        if self.time is not None:
            wire |= {"time": self.time.to_wire(), "place": self.place, "who": people_wire(self.who)}
        return Matter(ANSWERED, wire)


def people_wire(people: Sequence[Attendee]) -> list[list[str]]:
    return [[one.capacity, one.words] for one in people]


def read_meeting(value: Any) -> Meeting:
    """The request of a decoded matter. Raises Refused [M1, D1, D2]."""
    asked = Fields(value, "M1", "request to meet")
    asked.only(("purpose", "how", "times", "who", "minutes"))
    times = tuple(Moment.from_wire(one) for one in asked.items("times", least=1, most=MOST_TIMES))
    if len({one.unix for one in times}) != len(times):
        raise asked.wrong("names one time twice")
    return Meeting(
        line(asked, "purpose"),
        asked.choice("how", HOW),
        times,
        people(asked, "who"),
        asked.whole("minutes", least=1, most=MOST_MINUTES) if asked.has("minutes") else None,
    )


def read_answer(value: Any) -> MeetingAnswer:
    """The answer of a decoded matter. Raises Refused [M2, D1, D2]."""
    given = Fields(value, "M2", "answer to a request to meet")
    answer = given.choice("answer", ANSWERS)
    meeting = given.octets("meeting", 32)
    if answer == "declined":
        given.only(("meeting", "answer"))
        return MeetingAnswer(meeting, answer)
    given.only(("meeting", "answer", "time", "place", "who"))
    return MeetingAnswer(
        meeting, answer, Moment.from_wire(given.raw("time")), line(given, "place"), people(given, "who", least=0)
    )


def check_answer(answer: MeetingAnswer, asked: Meeting | None) -> MeetingAnswer:
    """The answer, which picks one of the times asked. asked: None where the request asked for nothing by fields.

    Raises Refused [M3].
    """
    times = {one.unix for one in asked.times} if asked is not None else set()
    if answer.time is not None and answer.time.unix not in times:
        raise Refused("M3", "the answer to a request to meet picks a time that was not among those asked")
    return answer


def line(fields: Fields, name: str, *, most: int = MOST_LINE_BYTES) -> str:
    """One line of text in the rules of text, not empty."""
    return _line(fields, name, fields.text(name, most=most))


def lines(fields: Fields, name: str, *, most: int) -> tuple[str, ...]:
    """A list of such lines, at least one."""
    found = fields.items(name, least=1, most=most)
    if any(not isinstance(one, str) or len(one.encode()) > MOST_LINE_BYTES for one in found):
        raise fields.wrong(f"has no lines of at most {MOST_LINE_BYTES:,} bytes in {name}")
    return tuple(_line(fields, name, one) for one in found)


def people(fields: Fields, name: str, *, least: int = 1) -> tuple[Attendee, ...]:
    found: list[Attendee] = []
    for one in fields.items(name, least=least, most=MOST_PEOPLE):
        match one:
            case [str(capacity), str(words)] if capacity in CAPACITIES and len(words.encode()) <= MOST_LINE_BYTES:
                found.append(Attendee(capacity, _line(fields, name, words)))
            case _:
                raise fields.wrong(f"does not name people by capacity in {name}")
    return tuple(found)


def _line(fields: Fields, name: str, text: str) -> str:
    if not text.strip() or breaches(text, "line"):
        raise fields.wrong(f"has an empty line, or one that breaks the text rules, in {name}")
    return text
