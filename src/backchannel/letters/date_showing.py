"""One instant in several zones and calendars, for each party.   Spec: docs/spec/dates.md, "Showing".

Gregorian decides unless the parties say otherwise; the others stand beside it with the name of their rule, and where a
calendar's table ends it says so rather than nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

from backchannel.letters.calendars import CALENDARS, civil
from backchannel.letters.dates import Moment, Zones
from backchannel.letters.deadlines import SECONDS, Anchored, Deadline
from backchannel.text import for_screen
from backchannel.values import dataclass

if TYPE_CHECKING:  # programs start sooner without it
    from backchannel.letters.edtf import Edtf

Say = Callable[[str], str]


def N_(message: str) -> str:
    return message


RULES: Final = {
    "gregorian": N_("Gregorian"),
    "umm-al-qura": N_("Hijri, Umm al-Qura table (hijridate, 1343 to 1500)"),
    "jalali": N_("Jalali, 33-year rule (jdatetime)"),
}
# By unit, and whether one or more.
_COUNTS: Final = {
    "minutes": (N_("{count} minute"), N_("{count} minutes")),
    "hours": (N_("{count} hour"), N_("{count} hours")),
    "days": (N_("{count} day"), N_("{count} days")),
    "weeks": (N_("{count} week"), N_("{count} weeks")),
    "months": (N_("{count} month"), N_("{count} months")),
    "years": (N_("{count} year"), N_("{count} years")),
    "business-days": (N_("{count} business day"), N_("{count} business days")),
}
_EVENTS: Final = {
    "handover": N_("{long} from the first handover of this letter"),
    "leaving": N_("{long} from when this letter left"),
    "acceptance": N_("{long} from acceptance"),
    "entry-into-force": N_("{long} from entry into force"),
    "met": N_("{long} from when {clause} is met"),
}


@dataclass(frozen=True, slots=True)
class InCalendar:
    """A day in a calendar. date: YYYY-MM-DD; "" where the calendar's table ends. rule: the algorithm, in English."""

    calendar: str
    rule: str
    date: str


@dataclass(frozen=True, slots=True)
class InZone:
    """An instant in a zone. clock: HH:MM:SS; offset_minutes: east of UTC, rounded down; days: by calendar."""

    zone: str
    offset_minutes: int
    clock: str
    days: tuple[InCalendar, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """Whether a date has passed for a party, in the zone that its card names. ends: its last second there, if sure."""

    party: str
    zone: str
    state: Literal["passed", "open", "unclear"]
    ends: int | None


def beside(unix: int, zone_names: Sequence[str], zones: Zones) -> tuple[InZone, ...]:
    """That instant in each of these zones, and in each in all calendars."""
    return tuple(_in_zone(unix, name, zones) for name in dict.fromkeys(zone_names))


def passed(date: "Edtf", now: int, parties: Mapping[str, str], zones: Zones) -> tuple[Passed, ...]:
    """A date without a zone for each party: its last second is in time. parties: names and the zones of their cards."""
    found = []
    for party, zone in parties.items():
        ends = date.sure(zones(zone)).latest
        state: Literal["passed", "open", "unclear"] = "unclear" if ends is None else "passed" if now > ends else "open"
        found.append(Passed(party, zone, state, ends))
    return tuple(found)


def passed_words(states: Sequence[Passed], say: Say) -> str:
    """Passed in Tehran, still open in Washington: every state once, with whom it is so for."""
    templates = {
        "passed": N_("passed for {whom}"), "open": N_("still open for {whom}"), "unclear": N_("not clear for {whom}")
    }  # fmt: skip
    pieces = [
        say(template).format(whom=", ".join(for_screen(one.party) for one in states if one.state == state))
        for state, template in templates.items()
        if any(one.state == state for one in states)
    ]
    return ", ".join(pieces)


def deadline_words(date: Deadline, say: Say) -> str:
    """A date in the calendar in which it was written, then in the others; of a counted one, from what."""
    if isinstance(date, Anchored):
        return _counted(date, say)
    order = (date.calendar, *(one for one in CALENDARS if one != date.calendar))
    shown = [_shown(date, calendar, say) for calendar in order]
    return f"{shown[0]} [{date.zone}] = {', '.join(shown[1:])}"


def _shown(date: Moment, calendar: str, say: Say) -> str:
    shown = date.shown(calendar).replace("T", " ")
    if shown and date.unix % 60 == 59:
        shown += ":59"  # the end of a day is its last second
    return (
        f"{shown} {calendar}" if shown else say("{calendar}: its table does not reach so far").format(calendar=calendar)
    )


def _counted(date: Anchored, say: Say) -> str:
    long = say(_COUNTS[date.unit][date.count > 1]).format(count=date.count)
    if date.business is not None:
        name, source = for_screen(date.business.name), for_screen(date.business.source)
        long = say("{long} of {name} ({source})").format(long=long, name=name, source=source)
    elif date.unit in ("months", "years"):
        long = f"{long} ({date.calendar})"
    said = say(_EVENTS[date.event]).format(long=long, clause=date.of)
    if date.unit in SECONDS:
        return said
    if date.time is not None:
        return say("{said}, at {time} on that day [{zone}]").format(said=said, time=date.time, zone=date.zone)
    return say("{said}, to the end of that day [{zone}]").format(said=said, zone=date.zone)


def _in_zone(unix: int, name: str, zones: Zones) -> InZone:
    local = datetime.fromtimestamp(unix, UTC).astimezone(zones(name))
    offset = local.utcoffset()
    assert offset is not None
    shown = {calendar: civil(local.date(), calendar) for calendar in CALENDARS}
    days = tuple(
        InCalendar(calendar, RULES[calendar], f"{day[0]:04}-{day[1]:02}-{day[2]:02}" if day else "")
        for calendar, day in shown.items()
    )
    return InZone(name, int(offset.total_seconds() // 60), f"{local:%H:%M:%S}", days)
