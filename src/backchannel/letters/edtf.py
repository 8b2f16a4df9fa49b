"""Dates of the past no better than they are known.   Spec: docs/spec/dates.md, "Uncertain dates" (EDTF, ISO 8601-2).

Paper and press say "the first half of 2009" or "about June". Such a date is kept as written and answers questions with
*before*, *after* or *unclear*. Level 0 and 1 whole, of level 2 the seasons, quarters, halves and sets.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final, Literal, Self

from backchannel.errors import NotPossible, Refused
from backchannel.letters.calendars import end_of_day, instants, start_of_day
from backchannel.letters.spans import TimeSpan, before, hull
from backchannel.values import dataclass

FIRST_YEAR: Final = 1583  # the first whole Gregorian one; 1393 and 1436 are years of other calendars
LAST_YEAR: Final = 2999
MOST_CHARACTERS: Final = 200
Words = tuple[tuple[str, ...], ...]
Mark = Literal["", "?", "~", "%"]

_POINT: Final = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<month>\d{2}|XX)(?:-(?P<day>\d{2}|XX))?)?"
    r"(?:T(?P<time>(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?P<offset>Z|[+-]\d{2}(?::\d{2})?)?)?(?P<mark>[?~%]?)",
    re.ASCII,
)
# First and last day as (years after, month, day): wide enough for months and for equinoxes, in any zone.
_SEASONS: Final = {
    "spring": ((0, 3, 1), (0, 6, 22)),
    "summer": ((0, 6, 1), (0, 9, 24)),
    "autumn": ((0, 9, 1), (0, 12, 23)),
    "winter": ((-1, 12, 1), (1, 3, 21)),
}
_NAMES: Final = tuple(_SEASONS)
_MARKS: Final = {"?": "uncertain", "~": "approximate", "%": "uncertain-and-approximate"}
_EARTH: Final = (timedelta(hours=14), timedelta(hours=-12))  # where a day begins first, and ends last
_HOW: Final = "Write it like 2009, 2009-06, 2009-06-30, 2009-40 (first half), 2009~ (about), 2009-06/2010 or 2009/.."


@dataclass(frozen=True, slots=True)
class Point:
    """One date of the Gregorian calendar, from its first to its last day.

    clock: a time of that day, if one was written; offset_minutes: east of UTC, if one was written.
    mark: `?` uncertain, `~` approximate, `%` both: then its ends are not sure.
    """

    first: date
    last: date
    mark: Mark
    words: tuple[str, ...]
    clock: time | None = None
    offset_minutes: int | None = None

    def span(self, zone: tzinfo | None) -> TimeSpan:
        """From its first to its last second in that zone; None: wherever on Earth it was written."""
        if self.clock is not None:
            local = datetime.combine(self.first, self.clock)
            if self.offset_minutes is not None:
                return TimeSpan.at(_unix(local) - 60 * self.offset_minutes)
            if zone is None:
                return TimeSpan(*(_unix(local - east) for east in _EARTH))
            found = instants(local, zone) or sorted(
                int(local.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1)
            )
            return TimeSpan(found[0], found[-1])
        if zone is None:
            end = datetime.combine(self.last, time(23, 59, 59))
            return TimeSpan(_unix(datetime.combine(self.first, time()) - _EARTH[0]), _unix(end - _EARTH[1]))
        return hull(_whole(self.first, zone), _whole(self.last, zone))


End = Point | Literal["open", "unknown"]


@dataclass(frozen=True, slots=True)
class Edtf:
    """A date as it was written, and what it says.

    kind: what the ranges are: the one date, the one interval, `one-of` several or `all-of` them.
    ranges: first and last of each; a single date is both. `open`: no such end; `unknown`: nobody says.
    """

    written: str
    kind: Literal["date", "interval", "one-of", "all-of"]
    ranges: tuple[tuple[End, End], ...]

    def to_wire(self) -> str:
        return self.written

    @classmethod
    def from_wire(cls, value: Any) -> Self:
        """Raises Refused [D3]."""
        if not isinstance(value, str):
            raise Refused("D3", "an uncertain date is not text")
        try:
            return cls._of(value)
        except NotPossible as error:
            raise Refused("D3", str(error), next_step=error.next_step) from error

    @classmethod
    def _of(cls, text: str) -> Self:
        return cls(text, *_read(text))

    def span(self, zone: tzinfo | None) -> TimeSpan:
        """From the first to the last second that it names, in that zone; None: wherever on Earth it was written.

        For drawing and sorting: what is marked uncertain or approximate is taken as written.
        """
        return hull(*(TimeSpan(_bound(a, zone)[0], _bound(b, zone)[1]) for a, b in self.ranges))

    def sure(self, zone: tzinfo | None) -> TimeSpan:
        """The same without the ends that are marked uncertain or approximate: nobody knows how far off they are."""
        return hull(
            *(
                TimeSpan(None if _marked(a) else _bound(a, zone)[0], None if _marked(b) else _bound(b, zone)[1])
                for a, b in self.ranges
            )
        )

    @property
    def words(self) -> Words:
        """What it says as codes with their arguments, for a screen in any language; the table is in the spec."""
        said: list[tuple[str, ...]] = [] if self.kind in ("date", "interval") else [(self.kind,)]
        for start, end in self.ranges:
            if start == end and self.kind != "interval":
                said += _say(start)
            else:
                said += [("from",), *_say(start)] if isinstance(start, Point) else [(f"{start}-start",)]
                said += [("to",), *_say(end)] if isinstance(end, Point) else [(f"{end}-end",)]
        return tuple(said)


def parse_edtf(text: str) -> Edtf:
    """What a writer means by an uncertain date. Raises NotPossible, saying why."""
    return Edtf._of(text)


def compare(when: Edtf, other: TimeSpan, zone: tzinfo | None) -> Literal["before", "after", "unclear"]:
    """Whether `when`, all of it, was before or after `other`; what is marked uncertain or approximate is never sure."""
    answer = before(when.sure(zone), other)
    return "unclear" if answer is None else "before" if answer else "after"


def _read(text: str) -> tuple[Literal["date", "interval", "one-of", "all-of"], tuple[tuple[End, End], ...]]:
    if len(text) > MOST_CHARACTERS:
        raise _no(text, f"it is longer than {MOST_CHARACTERS} characters")
    if text[:1] + text[-1:] in ("[]", "{}"):
        inside = text[1:-1].split(",")
        members = tuple(_member(one, text, at == 0, at == len(inside) - 1) for at, one in enumerate(inside))
        return "one-of" if text[0] == "[" else "all-of", members
    if "/" in text:
        first, _, last = text.partition("/")
        start, end = _end(first, text), _end(last, text)
        if not isinstance(start, Point) and not isinstance(end, Point):
            raise _no(text, "an interval has at least one end that is a date")
        return "interval", (_range(start, end, text),)
    point = _point(text, text)
    return "date", ((point, point),)


def _end(part: str, text: str) -> End:
    if part in ("", ".."):
        return "open" if part else "unknown"
    return _untimed(part, text)


def _member(part: str, text: str, first: bool, last: bool) -> tuple[End, End]:
    start, dots, end = part.partition("..")
    if not dots:
        point = _untimed(part, text)
        return point, point
    if (not start and not first) or (not end and not last) or not (start or end):
        raise _no(text, "of a set only the first may begin with .. and only the last may end with it")
    return _range(_untimed(start, text) if start else "open", _untimed(end, text) if end else "open", text)


def _range(start: End, end: End, text: str) -> tuple[End, End]:
    if isinstance(start, Point) and isinstance(end, Point) and start.first > end.last:
        raise _no(text, "it ends before it begins")
    return start, end


def _untimed(part: str, text: str) -> Point:
    point = _point(part, text)
    if point.clock is not None:
        raise _no(text, "an interval or a set has dates without times")
    return point


def _point(part: str, text: str) -> Point:
    found = _POINT.fullmatch(part)
    if found is None:
        raise _no(text, _why(part))
    year, month, day = found["year"], found["month"], found["day"]
    first, last = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if first < FIRST_YEAR or last > LAST_YEAR:
        why = f"years from {FIRST_YEAR} to {LAST_YEAR} can be said; of other calendars say the Gregorian year"
        raise _no(text, why)
    if "X" in year and month:
        raise _no(text, "a year that is not known whole has no month")
    if month == "XX" and day not in (None, "XX"):
        raise _no(text, "a day of an unknown month is not read here")
    mark: Any = found["mark"]
    if found["time"]:
        return _timed(found, mark, text)
    if month is None or month == "XX":
        code = {0: "year", 1: "decade", 2: "century"}[year.count("X")]
        if month:
            code = "some-month" if day is None else "some-day"
        return Point(date(first, 1, 1), date(last, 12, 31), mark, (code, f"{first:04}"))
    number = int(month)
    if number > 12:
        if day:
            raise _no(text, "a season, quarter or half has no days")
        return _part(first, number, mark, text)
    if not number:
        raise _no(text, "there is no month 00")
    days = monthrange(first, number)[1]
    if day is None or day == "XX":
        code = "some-day" if day else "month"
        return Point(date(first, number, 1), date(first, number, days), mark, (code, f"{year}-{month}"))
    if not 1 <= int(day) <= days:
        raise _no(text, f"there is no {year}-{month}-{day} in the Gregorian calendar")
    only = date(first, number, int(day))
    return Point(only, only, mark, ("day", f"{year}-{month}-{day}"))


def _timed(found: re.Match[str], mark: str, text: str) -> Point:
    if mark:
        raise _no(text, "a date with a time has no mark")
    try:
        day = date.fromisoformat(found[0][:10])
        clock = time.fromisoformat(found["time"])
    except ValueError as error:
        raise _no(text, "there is no such day or time") from error
    offset = found["offset"]
    minutes = None
    if offset is not None:
        minutes = 0 if offset == "Z" else int(offset[1:3]) * 60 + int(offset[4:6] or 0)
        if minutes > 18 * 60 or int(offset[4:6] or 0) > 59:
            raise _no(text, "no zone is so far from UTC")
        minutes = -minutes if offset[0] == "-" else minutes
    words = ("time", day.isoformat(), found["time"], offset or "")
    return Point(day, day, "", words, clock, minutes)


def _part(year: int, number: int, mark: Mark, text: str) -> Point:
    """A season (21 to 32), quarter (33 to 36), third (37 to 39) or half (40, 41) of a year."""
    if 21 <= number <= 32:
        group, at = divmod(number - 21, 4)
        # Southern seasons are the northern ones half a year on; without a hemisphere it may be either.
        names = {0: (at, (at + 2) % 4), 1: (at,), 2: ((at + 2) % 4,)}[group]
        ends = [_SEASONS[_NAMES[one]] for one in names]
        first = min(date(year + one[0][0], *one[0][1:]) for one in ends)
        last = max(date(year + one[1][0], *one[1][1:]) for one in ends)
        return Point(first, last, mark, ("season", _NAMES[at], ("", "north", "south")[group], str(year)))
    for code, begins, months in (("quarter", 33, 3), ("third", 37, 4), ("half", 40, 6)):
        at = number - begins
        if 0 <= at < 12 // months:
            ends_in = (at + 1) * months
            last = date(year, ends_in, monthrange(year, ends_in)[1])
            return Point(date(year, at * months + 1, 1), last, mark, (code, str(at + 1), str(year)))
    raise _no(text, f"there is no month {number:02}: 01 to 12 are months, 21 to 32 seasons, 33 to 41 parts of a year")


def _why(part: str) -> str:
    if re.search(r"[?~%](?!$)", part):
        return "a mark of doubt stands at the end of a date here: what it covers must be the whole"
    if part.startswith(("Y", "-", "+")) or "E" in part or "S" in part:
        return "years that are negative, longer than four digits or rounded are not read here"
    if "X" in part:
        return "digits are left out from the right only: 200X, 20XX, 2009-XX, 2009-06-XX or 2009-XX-XX"
    if "T" in part:
        return "a time is written hh:mm:ss after a whole day, then Z or an offset"
    return "it is no date of EDTF (ISO 8601-2)"


def _no(text: str, why: str) -> NotPossible:
    return NotPossible(f"{text[:60]!a} is no uncertain date: {why}", next_step=_HOW)


def _say(point: End) -> list[tuple[str, ...]]:
    assert isinstance(point, Point)
    return [point.words, *([(_MARKS[point.mark],)] if point.mark else [])]


def _marked(end: End) -> bool:
    return isinstance(end, Point) and bool(end.mark)


def _bound(end: End, zone: tzinfo | None) -> tuple[int | None, int | None]:
    if not isinstance(end, Point):
        return None, None
    span = end.span(zone)
    return span.earliest, span.latest


def _whole(day: date, zone: tzinfo) -> TimeSpan:
    start, end = start_of_day(day, zone), end_of_day(day, zone)
    if start is None or end is None:  # a zone that crossed the date line skipped it: the moment of the jump
        return TimeSpan(end_of_day(day - timedelta(1), zone), start_of_day(day + timedelta(1), zone))
    return TimeSpan(start, end)


def _unix(naive: datetime) -> int:
    return int(naive.replace(tzinfo=UTC).timestamp())
