"""Dates of three calendars, as days that can be compared.   Spec: docs/spec/gate.md, "Dates"."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final

from backchannel.values import dataclass

GREGORIAN: Final = "gregorian"
JALALI: Final = "jalali"
HIJRI: Final = "umm-al-qura"
# Years in which a date without a year is looked for, when the other side's calendar is another and has none either.
_FIRST: Final = 2000
_LAST: Final = 2050


@dataclass(frozen=True, slots=True)
class Day:
    """A date as one calendar writes it; year, month or day 0 where it is not said."""

    calendar: str
    year: int
    month: int
    day: int


def could_be(day: Day) -> bool:
    """Whether there is such a date."""
    if not 0 <= day.month <= 12 or not 0 <= day.day <= 31:
        return False
    return not (day.year and day.month and day.day) or ordinal(day) is not None


@lru_cache(maxsize=4096)
def ordinal(day: Day) -> int | None:
    """Days since 0001-01-01 of a whole date; None where its calendar has no such day or its tables end."""
    try:
        if day.calendar == JALALI:
            import jdatetime

            return int(jdatetime.date(day.year, day.month, day.day).togregorian().toordinal())
        if day.calendar == HIJRI:
            from hijridate import Hijri

            return date(*Hijri(day.year, day.month, day.day).to_gregorian().datetuple()).toordinal()
        return date(day.year, day.month, day.day).toordinal()
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def _in(calendar: str, number: int) -> Day | None:
    at = date.fromordinal(number)
    try:
        if calendar == JALALI:
            import jdatetime

            other = jdatetime.date.fromgregorian(date=at)
            return Day(JALALI, other.year, other.month, other.day)
        if calendar == HIJRI:
            from hijridate import Gregorian

            return Day(HIJRI, *Gregorian(at.year, at.month, at.day).to_hijri().datetuple())
    except (ValueError, OverflowError):
        return None
    return Day(GREGORIAN, at.year, at.month, at.day)


def same(one: Day, other: Day) -> bool:
    """Whether two dates say the same; one without a year agrees if some year makes it agree."""
    if bool(one.day) != bool(other.day) or (one.day and bool(one.month) != bool(other.month)):
        return False
    if one.calendar == other.calendar:
        return (one.month, one.day) == (other.month, other.day) and (
            one.year == other.year or not (one.year and other.year)
        )
    if not one.month and not other.month:
        return _years_meet(one, other)
    if not one.day:
        return False
    if one.year and other.year:
        return ordinal(one) == ordinal(other)
    whole, part = (one, other) if one.year else (other, one)
    return any(
        (there := _in(part.calendar, number)) is not None and (there.month, there.day) == (part.month, part.day)
        for number in _days_of(whole)
    )


def _days_of(day: Day) -> Iterator[int]:
    years = (day.year,) if day.year else _years(day.calendar)
    for year in years:
        number = ordinal(Day(day.calendar, year, day.month, day.day))
        if number is not None:
            yield number


def _years(calendar: str) -> range:
    if calendar == GREGORIAN:
        return range(_FIRST, _LAST)
    if calendar == JALALI:
        return range(_FIRST - 621, _LAST - 621)
    return range(_FIRST - 580, _LAST - 576)


def _years_meet(one: Day, other: Day) -> bool:
    """A year of one calendar and a year of another agree if they have days in common."""
    spans = [(_start(day.calendar, day.year), _start(day.calendar, day.year + 1)) for day in (one, other)]
    (a, b), (c, d) = spans
    return None not in (a, b, c, d) and a < d and c < b  # type: ignore[operator]


def _start(calendar: str, year: int) -> int | None:
    return ordinal(Day(calendar, year, 1, 1))


def calendars_of(year: int) -> tuple[str, ...]:
    """The calendars in which a bare year can be meant."""
    found = [GREGORIAN] if 1800 <= year <= 2199 else []
    found += [JALALI] if 1250 <= year <= 1450 else []
    found += [HIJRI] if 1343 <= year <= 1500 else []
    return tuple(found)
