"""Instants with a zone and the calendar they were written in.   Spec: docs/spec/letters.md, "Moments".

A deadline is one instant. What the writer wrote travels with it and must say the same instant, so that no reader can
be shown one date and held to another. Zone tables are read by the caller.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any, Final, Self

from backchannel.errors import NotPossible, Refused
from backchannel.letters.calendars import CALENDARS, civil, day_of, instants

Zones = Callable[[str], tzinfo]
_WRITTEN: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})", re.ASCII)
_GIVEN: Final = re.compile(
    r"(?:(?P<calendar>[a-z-]+) )?(?P<date>\d{4}-\d{2}-\d{2})[T ](?P<time>\d{2}:\d{2})"
    r" ?\[(?P<zone>[A-Za-z0-9_+/-]{1,64})\]"
    r"(?: ?(?P<offset>[+-]\d{2}:\d{2}))?",
    re.ASCII,
)
ZONE: Final = re.compile(r"[A-Za-z0-9_+/-]{1,64}", re.ASCII)
_ASCII_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
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
    found = _GIVEN.fullmatch(" ".join(given.translate(_ASCII_DIGITS).split()))
    if found is None:
        raise NotPossible(
            f"{given[:60]!a} does not say one instant: date, time and zone are all needed", next_step=_HOW
        )
    calendar = found["calendar"] or "gregorian"
    if calendar not in CALENDARS:
        raise NotPossible(f"the calendar {calendar} is not known", next_step="Use gregorian, umm-al-qura or jalali.")
    year, month, day = (int(part) for part in found["date"].split("-"))
    if calendar == "gregorian" and year < 1900:
        raise NotPossible(f"the year {year} looks like another calendar's", next_step=_HOW)
    hour, minute = (int(part) for part in found["time"].split(":"))
    try:
        local = datetime.combine(day_of(calendar, year, month, day), time(hour, minute))
    except (ValueError, OverflowError) as error:
        raise NotPossible(
            f"there is no {found['date']} {found['time']} in the {calendar} calendar", next_step=_HOW
        ) from error
    try:
        zone = zones(found["zone"])
    except (KeyError, ValueError, OSError) as error:
        raise NotPossible(f"the zone {found['zone']} is not known", next_step=_HOW) from error
    unix = _instant(local, zone, found["offset"])
    offset = datetime.fromtimestamp(unix, zone).utcoffset()
    assert offset is not None
    if unix < 0 or offset.total_seconds() % 60:
        raise NotPossible(f"{found['date']} is before letters can name a date", next_step="Choose a date after 1972.")
    return Moment(unix, found["zone"], int(offset.total_seconds() // 60), calendar, f"{found['date']}T{found['time']}")


def _instant(local: datetime, zone: tzinfo, offset: str | None) -> int:
    """Unix seconds of a wall time; a skipped or doubled one is refused unless the offset decides."""
    real = instants(local, zone)
    if not real:
        raise NotPossible(
            f"there is no {local:%H:%M} on that day in that zone: the clocks go forward",
            next_step="Choose another time.",
        )
    if offset is not None:
        sign = -1 if offset[0] == "-" else 1
        wanted = timedelta(minutes=sign * (int(offset[1:3]) * 60 + int(offset[4:6])))
        real = [unix for unix in real if datetime.fromtimestamp(unix, zone).utcoffset() == wanted]
        if not real:
            raise NotPossible(f"that zone is not at {offset} then", next_step=_HOW)
    if len(real) > 1:
        raise NotPossible(
            f"{local:%H:%M} happens twice on that day in that zone: the clocks go back",
            next_step="Add the offset meant, like +03:30, after the zone.",
        )
    return real[0]


def _written(local: datetime, calendar: str) -> str:
    date = civil(local.date(), calendar)
    return f"{date[0]:04}-{date[1]:02}-{date[2]:02}T{local:%H:%M}" if date else ""
