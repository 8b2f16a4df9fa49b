"""Days in three calendars, and where a day begins and ends in a zone.   Spec: docs/spec/dates.md, "Calendars".

A day is a `datetime.date` (proleptic Gregorian); a calendar gives it year, month and day of its own. Umm al-Qura is
a published table (1343 to 1500 AH, from hijridate); Jalali the 33-year arithmetic rule of jdatetime.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

CALENDARS: Final = ("gregorian", "umm-al-qura", "jalali")
Civil = tuple[int, int, int]


def day_of(calendar: str, year: int, month: int, day: int) -> date:
    """That day of that calendar. Raises ValueError or OverflowError where the calendar has none."""
    if calendar == "umm-al-qura":
        from hijridate import Hijri

        return date(*Hijri(year, month, day).to_gregorian().datetuple())
    if calendar == "jalali":
        import jdatetime

        converted = jdatetime.date(year, month, day).togregorian()
        return date(converted.year, converted.month, converted.day)
    return date(year, month, day)


def civil(day: date, calendar: str) -> Civil | None:
    """Year, month and day in that calendar; None where its table ends."""
    try:
        if calendar == "umm-al-qura":
            from hijridate import Gregorian

            year, month, number = Gregorian(day.year, day.month, day.day).to_hijri().datetuple()
            return year, month, number
        if calendar == "jalali":
            import jdatetime

            converted = jdatetime.date.fromgregorian(year=day.year, month=day.month, day=day.day)
            return converted.year, converted.month, converted.day
    except (ValueError, OverflowError):
        return None
    return day.year, day.month, day.day


def start_of_day(day: date, zone: tzinfo) -> int | None:
    """The first second of that day in that zone; None if the zone skipped the day."""
    return _edge(datetime(day.year, day.month, day.day), zone, last=False)


def end_of_day(day: date, zone: tzinfo) -> int | None:
    """The last second of that day in that zone, the second of two if clocks went back; None if the zone skipped it."""
    return _edge(datetime(day.year, day.month, day.day, 23, 59, 59), zone, last=True)


def instants(local: datetime, zone: tzinfo) -> list[int]:
    """Every instant at which clocks of that zone show that local time: none, one or two, ascending."""
    found = {int(local.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1)}
    return sorted(unix for unix in found if _local(unix, zone) == local)


def wall(local: datetime, zone: tzinfo) -> int:
    """The instant at which clocks there show that time: the second of two, or the jump if they skip it."""
    return real[-1] if (real := instants(local, zone)) else _jump(local, zone)


def day_at(unix: int, zone: tzinfo) -> date:
    """The day that has begun at that instant: where clocks fall back over midnight, it stays begun."""
    day = _local(unix, zone).date()
    begins = start_of_day(day + timedelta(1), zone)
    return day + timedelta(1) if begins is not None and begins <= unix else day


def _edge(local: datetime, zone: tzinfo, last: bool) -> int | None:
    if real := instants(local, zone):
        return real[-1] if last else real[0]
    # Clocks jumped over this edge: the day begins, or ends, at the jump.
    edge = _jump(local, zone) - last
    return edge if _local(edge, zone).date() == local.date() else None


def _jump(local: datetime, zone: tzinfo) -> int:
    """The first second after a jump over that local time."""
    low, high = sorted(int(local.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _local(middle, zone) < local else (low, middle)
    return high


def _local(unix: int, zone: tzinfo) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=unix)).astimezone(zone).replace(tzinfo=None, fold=0)
