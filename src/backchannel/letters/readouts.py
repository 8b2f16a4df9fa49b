"""The record of a meeting or call: each side its own, shown beside the other's.   Spec: docs/spec/talks.md, "Readouts".

Two records may differ and both stand. Where they differ is derived by comparing them; nothing is merged, and nobody's
record is changed by the other's.
"""

from collections.abc import Iterator
from typing import Any, Final

from backchannel.errors import Refused
from backchannel.letters.dates import Moment
from backchannel.letters.fields import Fields
from backchannel.letters.matter import Matter
from backchannel.letters.meetings import HOW, MOST_MINUTES, Attendee, line, lines, people, people_wire
from backchannel.values import dataclass, field, replace

RECORDED: Final = "readout"
MOST_POINTS: Final = 256


@dataclass(frozen=True, slots=True)
class Readout:
    """One side's record. who: of the writer's side; met: of the other. points: what was said, a line each.

    agrees: letter-id of the other side's record, which this one restates; None where it is the writer's own.
    """

    how: str
    began: Moment
    who: tuple[Attendee, ...]
    met: tuple[Attendee, ...]
    points: tuple[str, ...] = field(repr=False)
    minutes: int | None = None
    place: str | None = field(default=None, repr=False)
    agrees: bytes | None = None

    def matter(self) -> Matter:
        wire: dict[str, Any] = {
            "how": self.how,
            "began": self.began.to_wire(),
            "who": people_wire(self.who),
            "met": people_wire(self.met),
            "points": list(self.points),
        }
        more = {"minutes": self.minutes, "place": self.place, "agrees": self.agrees}
        return Matter(RECORDED, wire | {name: value for name, value in more.items() if value is not None})

    def restated(self, letter_id: bytes) -> "Readout":
        """The same record in the words of the other side, which agrees with it. letter_id: of this one's letter."""
        return replace(self, who=self.met, met=self.who, agrees=letter_id)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that two records say or do not. what: the field. one, other: as each has it, "" where it is silent."""

    what: str
    one: str
    other: str
    same: bool


def read_readout(value: Any) -> Readout:
    """The record of a decoded matter. Raises Refused [M4, D1, D2]."""
    record = Fields(value, "M4", "readout")
    record.only(("how", "began", "who", "met", "points", "minutes", "place", "agrees"))
    return Readout(
        record.choice("how", HOW),
        Moment.from_wire(record.raw("began")),
        people(record, "who"),
        people(record, "met"),
        lines(record, "points", most=MOST_POINTS),
        record.whole("minutes", least=1, most=MOST_MINUTES) if record.has("minutes") else None,
        line(record, "place") if record.has("place") else None,
        record.octets("agrees", 32) if record.has("agrees") else None,
    )


def check_agreed(record: Readout, other: Readout | None) -> Readout:
    """The record, which restates the other side's as it says. other: None where that letter holds no record.

    Raises Refused [M5].
    """
    if record.agrees is not None and (other is None or other.restated(record.agrees) != record):
        raise Refused("M5", "the readout says that it agrees with another record, and says something else")
    return record


def side_by_side(one: Readout, other: Readout) -> tuple[Row, ...]:
    """Both records of one talk, row by row, the other side's people where they are the same people.

    Equal means the same text (of a time: the same minute); what is only worded otherwise differs. Lines that both
    have stand once, in the order of `one`; then those that only `other` has.
    """
    return (
        Row("how", one.how, other.how, one.how == other.how),
        Row("began", _time(one.began), _time(other.began), one.began.unix // 60 == other.began.unix // 60),
        _plain("minutes", str(one.minutes or ""), str(other.minutes or "")),
        _plain("place", one.place or "", other.place or ""),
        *_lines("who", _people(one.who), _people(other.met)),
        *_lines("met", _people(one.met), _people(other.who)),
        *_lines("points", list(one.points), list(other.points)),
    )


def _plain(what: str, one: str, other: str) -> Row:
    return Row(what, one, other, one == other)


def _time(moment: Moment) -> str:
    return f"{moment.written}[{moment.zone}]"


def _people(people: tuple[Attendee, ...]) -> list[str]:
    return [f"{one.capacity}: {one.words}" for one in people]


def _lines(what: str, one: list[str], other: list[str]) -> Iterator[Row]:
    left = list(other)
    for text in one:
        if text in left:
            left.remove(text)
            yield Row(what, text, text, same=True)
        else:
            yield Row(what, text, "", same=False)
    yield from (Row(what, "", text, same=False) for text in left)
