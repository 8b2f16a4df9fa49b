"""Dates counted from an event, beside dates that are instants.   Spec: docs/spec/dates.md, "Counted dates".

"Two months from handover of this letter" is a date for both sides, though nobody knows it before the event. It is as
wide a span as the event: what is not known of the one is not known of the other.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final, Self

from backchannel import text
from backchannel.errors import Refused
from backchannel.letters.calendars import CALENDARS, civil, day_at, day_of, end_of_day, wall
from backchannel.letters.dates import ZONE, Moment, Zones
from backchannel.letters.spans import TimeSpan, shift
from backchannel.values import dataclass

TYPES: Final = ("lapses_at", "irrevocable_until", "reply_by", "due", "latest_delivery", "in_force")
EVENTS: Final = ("handover", "leaving", "acceptance", "entry-into-force", "met")
# No date is counted from what comes only after it or through it: an offer does not lapse a month after acceptance.
EVENTS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "lapses_at": ("handover", "leaving"),
    "irrevocable_until": ("handover", "leaving"),
    "reply_by": ("handover", "leaving"),
    "due": EVENTS,
    "latest_delivery": ("leaving",),
    "in_force": ("handover", "leaving", "acceptance"),
}
SECONDS: Final = {"minutes": 60, "hours": 3600}
UNITS: Final = ("minutes", "hours", "days", "weeks", "months", "years", "business-days")
MONTH_ENDS: Final = ("last", "next")
MOST_COUNT: Final = 9999
MOST_YEARS: Final = 100
MOST_HOLIDAYS: Final = 1000
_PER_YEAR: Final = {"years": 1, "months": 12, "weeks": 52, "days": 365, "business-days": 200}
_NUMBER: Final = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,3}", re.ASCII)  # of a clause
_TIME: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_LAST: Final = 1 << 37  # as of moments


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """Which days somebody works, as data: nobody's holidays are known by themselves.

    name: how drafts call it; source: where it is from. weekend: days that are none, 1 is Monday (ISO 8601).
    holidays: known for every day from `first` to `last`, both included; before and after, nothing is known.
    """

    name: str
    source: str
    weekend: frozenset[int]
    first: date
    last: date
    holidays: frozenset[date] = frozenset()

    def to_wire(self) -> list[Any]:
        holidays = [f"{day}" for day in sorted(self.holidays)]
        return [self.name, self.source, sorted(self.weekend), f"{self.first}", f"{self.last}", holidays]

    @classmethod
    def from_wire(cls, value: Any) -> Self:
        """Raises Refused [D6]."""
        match value:
            case [str(name), str(source), list(weekend), first, last, list(holidays)] if (
                _NAME.fullmatch(name)
                and 1 <= len(source.encode(errors="replace")) <= 255
                and not text.breaches(source, "line")
                and all(type(day) is int and 1 <= day <= 7 for day in weekend)
                and sorted(set(weekend)) == weekend
                and len(weekend) < 7
                and len(holidays) <= MOST_HOLIDAYS
            ):
                begins, ends, days = _day(first), _day(last), [_day(day) for day in holidays]
                if begins <= ends and sorted(set(days)) == days and all(begins <= day <= ends for day in days):
                    return cls(name, source, frozenset(weekend), begins, ends, frozenset(days))
        raise Refused("D6", "a calendar of business days is not as it must be")

    def after(self, day: date, count: int) -> date | None:
        """The day on which that many business days have passed, the day of the event not counted; None if not known."""
        while count:
            day += timedelta(1)
            if not self.first <= day <= self.last:
                return None
            count -= day.isoweekday() not in self.weekend and day not in self.holidays
        return day


@dataclass(frozen=True, slots=True)
class Anchored:
    """A time counted from an event; the day of the event itself is not counted.

    count, unit: how long. event: one of EVENTS, of the letter in which this stands; `met` is of the clause `of`.
    calendar: whose months and years. zone: where days begin and end. time: HH:MM there; None is the end of the day, and
    so of minutes and hours, which count from the second of the event. month_end: the `last` day of a month that has
    no such day, or the `next` day after it. business: which days count; of business days only.
    """

    count: int
    unit: str
    event: str
    of: str | None = None
    calendar: str = "gregorian"
    zone: str = "UTC"
    time: str | None = None
    month_end: str = "last"
    business: BusinessDays | None = None

    def to_wire(self) -> list[Any]:
        business = self.business.to_wire() if self.business else None
        last = [self.calendar, self.zone, self.time, self.month_end, business]
        return ["after", self.count, self.unit, self.event, self.of, *last]

    @classmethod
    def from_wire(cls, value: Any) -> Self:
        """Raises Refused [D4; D6 its calendar of business days]."""
        match value:
            case [
                "after", int(count), str(unit), str(event), of, str(calendar), str(zone), at, str(month_end), business
            ] if (
                type(count) is int
                and 1 <= count <= MOST_COUNT
                and unit in UNITS
                and (unit in SECONDS or count <= MOST_YEARS * _PER_YEAR[unit])
                and event in EVENTS
                and (of is not None) == (event == "met")
                and (of is None or (isinstance(of, str) and _NUMBER.fullmatch(of)))
                and calendar in CALENDARS
                and ZONE.fullmatch(zone)
                and (at is None or (isinstance(at, str) and _TIME.fullmatch(at) and unit not in SECONDS))
                and (month_end == "last" or (month_end == "next" and unit in ("months", "years")))
                and (business is not None) == (unit == "business-days")
            ):  # fmt: skip
                known = None if business is None else BusinessDays.from_wire(business)
                return cls(count, unit, event, of, calendar, zone, at, month_end, known)
        raise Refused("D4", "a date is not so long after an event, in a calendar and a zone")


Deadline = Moment | Anchored


def deadline_to_wire(deadline: Deadline) -> list[Any]:
    return deadline.to_wire()


def deadline_from_wire(value: Any, type_: str | None = None) -> Deadline:
    """A date; of that type, one of TYPES. Raises Refused [D1, D2, D4, D6; D5: its type never counts from that]."""
    if not isinstance(value, list) or value[:1] != ["after"]:
        return Moment.from_wire(value)
    found = Anchored.from_wire(value)
    if type_ is not None and found.event not in EVENTS_OF[type_]:
        raise Refused("D5", f"{type_} cannot be counted from {found.event}")
    return found


def resolve(anchored: Anchored, event: TimeSpan, zones: Zones) -> TimeSpan:
    """When it is, if the event was in that span: a later event never gives an earlier date.

    The caller gives the event that counts, of several handovers the first. Where a calendar's table ends, or the zone
    is not known here, no latest bound is. Nothing is refused.
    """
    if anchored.unit in SECONDS:
        return shift(event, anchored.count * SECONDS[anchored.unit])
    try:
        zone = zones(anchored.zone)
    except (KeyError, ValueError, OSError):
        return TimeSpan(event.earliest, None)
    earliest = None if event.earliest is None else _counted(event.earliest, anchored, zone)[0]
    return TimeSpan(earliest, None if event.latest is None else _counted(event.latest, anchored, zone)[1])


def _counted(unix: int, anchored: Anchored, zone: tzinfo) -> tuple[int, int | None]:
    """The date after an event at that second: no earlier than, no later than."""
    if unix > _LAST:
        return unix, None
    begun = day_at(max(unix, 0), zone)
    day = _later(begun, anchored)
    if day is None:
        return max(unix, _table_end(begun, anchored, zone)), None
    at = _instant(day, anchored, zone)
    return at, at


def _later(day: date, anchored: Anchored) -> date | None:
    count = anchored.count
    match anchored.unit:
        case "days" | "weeks":
            return day + timedelta(count if anchored.unit == "days" else 7 * count)
        case "business-days":
            assert anchored.business is not None
            return anchored.business.after(day, count)
    shown = civil(day, anchored.calendar)
    if shown is None:
        return None
    months = shown[0] * 12 + shown[1] - 1 + count * (12 if anchored.unit == "years" else 1)
    for number in range(shown[2], 27, -1):
        found = _try(anchored.calendar, *divmod(months, 12), number)
        if found is not None:
            return found if number == shown[2] or anchored.month_end == "last" else found + timedelta(1)
    return _try(anchored.calendar, *divmod(months, 12), shown[2])


def _try(calendar: str, year: int, month: int, number: int) -> date | None:
    try:
        return day_of(calendar, year, month + 1, number)
    except (ValueError, OverflowError):
        return None


def _table_end(day: date, anchored: Anchored, zone: tzinfo) -> int:
    """The last second of which the tables that this date needs say anything; 0 if they begin later."""
    ends = day_of("umm-al-qura", 1500, 12, 30)
    if anchored.business is not None:
        if day < anchored.business.first - timedelta(1):
            return 0
        ends = anchored.business.last
    return end_of_day(ends, zone) or 0


def _instant(day: date, anchored: Anchored, zone: tzinfo) -> int:
    if anchored.time is None:
        end = end_of_day(day, zone)
        return wall(datetime.combine(day, time(12)), zone) - 1 if end is None else end
    return wall(datetime.combine(day, time.fromisoformat(anchored.time)), zone)


def _day(value: Any) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise Refused("D6", "a calendar of business days names what is no day")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise Refused("D6", "a calendar of business days names what is no day") from error
