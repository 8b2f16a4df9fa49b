"""Instants with a zone and the calendar they were written in.   Spec: docs/spec/letters.md, "Moments".

A deadline is one instant. What the writer wrote travels with it and must say the same instant, so that no reader can
be shown one date and held to another. Zone tables are read by the caller.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final, Self

from backchannel.errors import NotPossible, Refused
from backchannel.letters.calendars import CALENDARS, civil, day_of, instants, wall
from backchannel.values import dataclass

LAST_YEAR: Final = 6000
Zones = Callable[[str], tzinfo]
_WRITTEN: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})", re.ASCII)
_GIVEN: Final = re.compile(
    r"(?:(?P<calendar>[a-z-]+) )?(?P<date>\d{4}-\d{2}-\d{2})[T ](?P<time>\d{2}:\d{2})"
    r" ?\[(?P<zone>[A-Za-z0-9_+/-]{1,64})\]"
    r"(?: ?(?P<offset>[+-]\d{2}:\d{2}))?",
    re.ASCII,
)
ZONE: Final = re.compile(r"[A-Za-z0-9_+/-]{1,64}", re.ASCII)
ASCII_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_HOW: Final = "Write it like 2026-03-01T18:00[Asia/Tehran] or jalali 1404-12-10T18:00[Asia/Tehran]."


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant as its writer gave it.

    unix: seconds. zone: an IANA name. offset_minutes: of that zone at that instant. calendar: one of CALENDARS.
    written: YYYY-MM-DDTHH:MM in that calendar and zone, ASCII digits; it says the same instant, to the minute.
    """

    unix: int
    zone: str
    offset_minutes: int
    calendar: str
    written: str

    def to_wire(self) -> list[Any]:
        return [self.unix, self.zone, self.offset_minutes, self.calendar, self.written]

    @classmethod
    def from_wire(cls, value: Any) -> Self:
        """Raises Refused [D1 structure, D2 what is written is another instant]."""
        match value:
            case [int(unix), str(zone), int(offset), str(calendar), str(written)] if (
                not isinstance(unix, bool)
                and not isinstance(offset, bool)
                and 0 <= unix < 1 << 37
                and ZONE.fullmatch(zone)
                and -1080 <= offset <= 1080
                and calendar in CALENDARS
                and _WRITTEN.fullmatch(written)
            ):
                moment = cls(unix, zone, offset, calendar, written)
            case _:
                raise Refused("D1", "a date is not an instant with zone, offset and calendar")
        if moment.shown(calendar) != written:
            raise Refused("D2", "a date as written is not the instant that counts")
        return moment

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.unix, UTC)

    def shown(self, calendar: str) -> str:
        """YYYY-MM-DDTHH:MM of this instant in its zone, in one calendar; "" where that calendar's table ends."""
        return _written(self.at + timedelta(minutes=self.offset_minutes), calendar)


def moment_of(now: datetime, zone_name: str, zones: Zones, calendar: str = "gregorian") -> Moment:
    """An instant as this zone and calendar show it."""
    unix = int(now.timestamp())
    local = datetime.fromtimestamp(unix, zones(zone_name))
    offset = local.utcoffset()
    assert offset is not None
    minutes = int(offset.total_seconds() // 60)
    return Moment(unix, zone_name, minutes, calendar, Moment(unix, zone_name, minutes, calendar, "").shown(calendar))


def parse_moment(given: str, zones: Zones) -> Moment:
    """The instant a writer means: `[calendar ]YYYY-MM-DD[T ]HH:MM[Zone][±HH:MM]`, digits of any of three sets.

    The offset is needed only where a clock went back and the hour happened twice. Raises NotPossible, saying why:
    what can be read two ways is never guessed.
    """
    found = _GIVEN.fullmatch(" ".join(given.translate(ASCII_DIGITS).split()))
    if found is None:
        raise NotPossible(
            f"{given[:60]!a} does not say one instant: date, time and zone are all needed", next_step=_HOW
        )
    day = day_given(found["calendar"], found["date"], found["zone"])
    zone = zone_given(found["zone"], zones)
    try:
        local = datetime.combine(day, time.fromisoformat(found["time"]))
    except ValueError as error:
        raise NotPossible(f"there is no {found['date']} {found['time']}: hours end at 23:59", next_step=_HOW) from error
    unix = _instant(local, zone, found["zone"], found["offset"])
    return moment_at(unix, found["zone"], zone, found["calendar"] or "gregorian", found["date"], found["time"])


def moment_at(unix: int, zone_name: str, zone: tzinfo, calendar: str, day: str, clock: str) -> Moment:
    """An instant with what was written of it. Raises NotPossible out of the years that letters can name."""
    offset = datetime.fromtimestamp(unix, zone).utcoffset()
    assert offset is not None
    if unix < 0 or offset.total_seconds() % 60:
        raise NotPossible(f"{day} is before letters can name a date", next_step="Choose a date after 1972.")
    return Moment(unix, zone_name, int(offset.total_seconds() // 60), calendar, f"{day}T{clock}")


def zone_given(name: str, zones: Zones) -> tzinfo:
    """Raises NotPossible."""
    try:
        return zones(name)
    except (KeyError, ValueError, OSError) as error:
        raise NotPossible(f"the zone {name} is not known", next_step=_HOW) from error


def day_given(calendar: str | None, written: str, zone_name: str) -> date:
    """The day that a writer means by YYYY-MM-DD in a calendar, Gregorian if none is named. Raises NotPossible."""
    calendar = calendar or "gregorian"
    if calendar not in CALENDARS:
        raise NotPossible(f"the calendar {calendar} is not known", next_step="Use gregorian, umm-al-qura or jalali.")
    year, month, day = (int(part) for part in written.split("-"))
    if (calendar == "gregorian" and year < 1900) or (calendar == "jalali" and year > 1600):
        fitting = ("jalali ", "umm-al-qura ") if calendar == "gregorian" else ("",)
        written_so = " or ".join(f"{one}{written}[{zone_name}]" for one in fitting)
        raise NotPossible(f"the year {year} looks like another calendar's", next_step=f"Write {written_so}. {_HOW}")
    try:
        found = day_of(calendar, year, month, day)
        if found.year > LAST_YEAR:
            raise NotPossible(f"{written} is after letters can name a date", next_step=_HOW)
        return found
    except (ValueError, OverflowError) as error:
        prefix = "" if calendar == "gregorian" else f"{calendar} "
        last = next((one for one in range(min(day - 1, 31), 27, -1) if _has(calendar, year, month, one)), 0)
        if not last:
            raise NotPossible(f"there is no {written} in the {calendar} calendar", next_step=_HOW) from error
        after = f"{year + month // 12:04}-{month % 12 + 1:02}-01"
        raise NotPossible(
            f"there is no {written} in the {calendar} calendar: that month has {last} days",
            next_step=f"Write {prefix}{written[:8]}{last}[{zone_name}] or {prefix}{after}[{zone_name}].",
        ) from error


def _has(calendar: str, year: int, month: int, day: int) -> bool:
    try:
        return bool(day_of(calendar, year, month, day))
    except (ValueError, OverflowError):
        return False


def _instant(local: datetime, zone: tzinfo, name: str, offset: str | None) -> int:
    """Unix seconds of a wall time; a skipped or doubled one is refused unless the offset decides."""
    real = instants(local, zone)
    if not real:
        jump = wall(local, zone)
        around = " or ".join(f"{datetime.fromtimestamp(at, zone):%Y-%m-%dT%H:%M}[{name}]" for at in (jump - 60, jump))
        raise NotPossible(
            f"there is no {local:%H:%M} on that day in that zone: the clocks go forward", next_step=f"Write {around}."
        )
    if offset is not None:
        sign = -1 if offset[0] == "-" else 1
        wanted = timedelta(minutes=sign * (int(offset[1:3]) * 60 + int(offset[4:6])))
        real = [unix for unix in real if datetime.fromtimestamp(unix, zone).utcoffset() == wanted]
        if not real:
            raise NotPossible(f"that zone is not at {offset} then", next_step=_HOW)
    if len(real) > 1:
        both = " or ".join(
            f"{shown[:16]}[{name}]{shown[-6:]}, which is {datetime.fromtimestamp(at, UTC):%H:%M}Z"
            for at in real
            if (shown := datetime.fromtimestamp(at, zone).isoformat())
        )
        raise NotPossible(
            f"{local:%H:%M} happens twice on that day in that zone: the clocks go back", next_step=f"Write {both}."
        )
    return real[0]


def _written(local: datetime, calendar: str) -> str:
    day = civil(local.date(), calendar)
    return f"{day[0]:04}-{day[1]:02}-{day[2]:02}T{local:%H:%M}" if day else ""
