"""Deadlines as drafts write them; what can be read two ways is refused with the readings laid out.

Spec: docs/spec/dates.md, "In drafts". The words are in date_words.py.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NoReturn

from backchannel.errors import NotPossible, Refused
from backchannel.letters.calendars import CALENDARS, civil, day_at, end_of_day
from backchannel.letters.date_words import ENGLISH, EVENT_WORDS, LONGEST, MONTHS, TOKENS
from backchannel.letters.dates import ASCII_DIGITS, Moment, Zones, day_given, moment_at, parse_moment, zone_given
from backchannel.letters.deadlines import EVENTS_OF, SECONDS, Anchored, BusinessDays, Deadline, resolve
from backchannel.letters.spans import TimeSpan
from backchannel.text import for_screen
from backchannel.values import dataclass

MOST_CHARACTERS: Final = 200
# Patterns are text, compiled when first used: most commands read no draft.
_SETS: Final = ("[0-9]", "[٠-٩]", "[۰-۹]")
_RUNS: Final = r"[\d.:/-]+"
_ZONED: Final = r"(?a)(?P<body>.*?) ?(?:\[(?P<zone>[A-Za-z0-9_+/-]{1,64})\] ?(?P<offset>[+-]\d{2}:\d{2})?)?"
_DAY: Final = r"(?a)(?:(?P<calendar>[a-z-]+) )?(?P<day>\d{4}-\d{2}-\d{2})(?:[Tt ](?P<time>\d{2}:\d{2}))?"
_NUMERIC: Final = r"(?a)(\d{1,2})[./-](\d{1,2})[./-](\d{4})"
_TIME: Final = r"(?a)(?:[01]\d|2[0-3]):[0-5]\d"
_CLAUSE: Final = r"(?a)[a-z]{1,3}[1-9][0-9]{0,3}"
_COUNTED: Final = (
    r"(?:calendar:(?P<calendar>\S+) )?(?:lead )*count:(?P<count>\d+) unit:(?P<unit>\S+)(?: name:(?P<name>\S+))?"
    r"(?: calendar:(?P<calendar2>\S+))?"
    r"(?P<anchor> from (?:of )?event:(?P<event>\S+) (?:of )*(?:this|clause:(?P<clause>\S+))(?: at time:(?P<time>\S+))?"
    r"(?: month-end:(?P<month_end>\S+))?)?"
)
_FORMS: Final = (
    "Write 2 months from handover of this letter [Asia/Tehran], or 2026-03-01[Asia/Tehran] for the end of that day,"
    " or 2026-03-01T18:00[Asia/Tehran]."
)
_ITS_DAY: Final = "the day on which it ends, like 2026-03-01[ZONE]"
_WITHDRAWN: Final = "until_withdrawn: yes"
_NEXT_EVENTS: Final = ("handover", "leaving")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may have been meant.

    write: what to write in the draft to choose it. event: counted from what, or "". party: whose zone, or "".
    ends: its last second; None until the event is known.
    """

    write: str
    event: str
    party: str
    ends: TimeSpan | None

    def __str__(self) -> str:
        after = f"from when it was {self.event}" if self.event and self.event not in EVENT_WORDS else ""
        ends = ""
        if self.ends is not None and self.ends.exact and self.ends.latest is not None:
            ends = f"ends {datetime.fromtimestamp(self.ends.latest, UTC):%Y-%m-%dT%H:%M:%SZ}"
        said = ", ".join(one for one in (self.party, after, ends) if one)
        return f"{self.write} ({said})" if said else self.write


def parse_deadline(
    type_: str,
    given: str,
    zones: Zones,
    *,
    parties: Mapping[str, str] | None = None,
    business: Mapping[str, BusinessDays] | None = None,
    now: datetime | None = None,
) -> Deadline:
    """The date that a writer means: an instant, the end of a day, or so long after an event.

    type_: one of TYPES. parties: names and their zones, now: both only to lay out choices. business: calendars of
    business days by name. Raises NotPossible, saying why; its `next_step` has the choices.
    """
    return _read(_Asked(type_, EVENTS_OF[type_], given, zones, parties or {}, business or {}, now))


def parse_instant(
    type_: str, given: str, zones: Zones, *, parties: Mapping[str, str] | None = None, now: datetime | None = None
) -> Moment:
    """The same of a date that must be known when it is written, as those of the sheet are."""
    found = _read(_Asked(type_, (), given, zones, parties or {}, {}, now))
    assert isinstance(found, Moment)
    return found


def _read(asked: "_Asked") -> Deadline:
    given = asked.given
    text = " ".join(given.split())
    if len(text) > MOST_CHARACTERS:
        asked.no(f"longer than {MOST_CHARACTERS} characters")
    if any(sum(bool(re.search(kind, run)) for kind in _SETS) > 1 for run in re.findall(_RUNS, text.partition("[")[0])):
        asked.no("digits of two kinds in one date")
    found = re.fullmatch(_ZONED, text.translate(ASCII_DIGITS))
    assert found is not None  # the zone is optional, and white space was made one space
    body, zone = found["body"], found["zone"]
    if day := re.fullmatch(_DAY, body.lower()):
        return asked.day(day, zone, found["offset"])
    if found["offset"]:
        asked.no("an offset goes only with a time")
    if numeric := re.fullmatch(_NUMERIC, body):
        asked.numeric(*(int(one) for one in numeric.groups()))
    tokens = _tokens(body.lower())
    if counted := re.fullmatch(_COUNTED, " ".join(tokens)):
        return asked.counted(counted, zone, body.lower())
    if body.lower().replace("-", " ").replace("_", " ") == "until withdrawn":
        asked.no("that is a provision of its own", [_WITHDRAWN])
    asked.named(body.lower(), zone)
    return asked.no("no date, and no time from an event")


def deadline_text(deadline: Deadline) -> str:
    """A date as a draft writes it: `parse_deadline` gives it back, of a moment to the minute or the end of its day."""
    if isinstance(deadline, Moment):
        prefix = "" if deadline.calendar == "gregorian" else f"{deadline.calendar} "
        if deadline.unix % 60 == 59 and deadline.written.endswith("T23:59"):
            return f"{prefix}{deadline.written[:-6]}[{deadline.zone}]"
        hours, minutes = divmod(abs(deadline.offset_minutes), 60)
        sign = "-" if deadline.offset_minutes < 0 else "+"
        return f"{prefix}{deadline.written}[{deadline.zone}]{sign}{hours:02}:{minutes:02}"
    unit = deadline.unit.replace("-", " ")
    event = _event_text(deadline.event, deadline.of)
    return (
        ("" if deadline.calendar == "gregorian" else f"{deadline.calendar} ")
        + f"{deadline.count} {unit[:-1] if deadline.count == 1 else unit}"
        + (f" ({deadline.business.name})" if deadline.business else "")
        + f" from {event}"
        + (f" at {deadline.time}" if deadline.time else "")
        + (" else the next day" if deadline.month_end == "next" else "")
        + f" [{deadline.zone}]"
    )


def choices(
    duration: tuple[int, str],
    known_events: Mapping[str, TimeSpan],
    zones: Zones,
    parties: Mapping[str, str],
    calendar: str = "gregorian",
) -> tuple[Choice, ...]:
    """Every date that a duration without an anchor may mean, the earliest first; those not yet known after them.

    duration: count and unit, of minutes to years. known_events: by name; besides the events that a date can be counted
    from, any that somebody may have thought of, as `announced`. parties: names and their zones, one choice a zone.
    """
    found: list[Choice] = []
    for party, zone in _distinct(parties):
        for event in dict.fromkeys((*known_events, *_NEXT_EVENTS)):
            anchored = Anchored(*duration, event, None, calendar, zone)
            span = known_events.get(event)
            ends = None if span is None else resolve(anchored, span, zones)
            if event in _NEXT_EVENTS:
                found.append(Choice(deadline_text(anchored), event, party, ends))
            elif ends is not None and ends.exact and ends.latest is not None:
                found.append(Choice(_written(ends.latest, anchored, zones), event, party, ends))
    found.sort(key=lambda one: (one.ends is None, (one.ends and one.ends.earliest) or 0, one.party, one.event))
    return (*found, Choice(_WITHDRAWN, "", "", None))


def _event_text(event: str, clause: str | None = None) -> str:
    return EVENT_WORDS.get(event, f"met of clause {clause or 'T1'}")


def _written(unix: int, anchored: Anchored, zones: Zones) -> str:
    zone = zones(anchored.zone)
    day = civil(day_at(unix, zone), anchored.calendar) or ()
    prefix = "" if anchored.calendar == "gregorian" else f"{anchored.calendar} "
    clock = f"T{datetime.fromtimestamp(unix, zone):%H:%M}" if anchored.unit in SECONDS else ""
    return f"{prefix}{'-'.join(f'{part:02}' for part in day)}{clock}[{anchored.zone}]"


def _distinct(parties: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """A name of each zone, all who share it together."""
    for zone in dict.fromkeys(parties.values()):
        yield " and ".join(name for name, its in parties.items() if its == zone), zone


class _Asked:
    """One text of a draft, with what is at hand to lay out its readings."""

    def __init__(
        self,
        type_: str,
        events: tuple[str, ...],
        given: str,
        zones: Zones,
        parties: Mapping[str, str],
        business: Mapping[str, BusinessDays],
        now: datetime | None,
    ) -> None:
        self.type, self.events, self.given, self.zones = type_, events, given, zones
        self.parties, self.business, self.now = parties, business, now

    def no(self, why: str, readings: list[Any] | None = None) -> NoReturn:
        listed = "; or ".join(str(one) for one in readings or ())
        raise NotPossible(
            f"{for_screen(self.given[:60])} is not one date: {why}", next_step=f"Write {listed}." if listed else _FORMS
        )

    def day(self, found: re.Match[str], zone_name: str | None, offset: str | None) -> Deadline:
        if zone_name is None:
            self.unzoned(found["calendar"], day_given(found["calendar"], found["day"], "ZONE"), found["time"])
        if found["time"]:
            calendar = f"{found['calendar']} " if found["calendar"] else ""
            return parse_moment(f"{calendar}{found['day']}T{found['time']}[{zone_name}]{offset or ''}", self.zones)
        if offset:
            self.no("an offset goes only with a time")
        day, zone = day_given(found["calendar"], found["day"], zone_name), zone_given(zone_name, self.zones)
        end = end_of_day(day, zone)
        if end is None:
            around = [f"{day + timedelta(far)}[{zone_name}]" for far in (-1, 1)]
            self.no("that zone skipped that day", around)
        clock = f"{datetime.fromtimestamp(end, zone):%H:%M}"
        return moment_at(end, zone_name, zone, found["calendar"] or "gregorian", found["day"], clock)

    def unzoned(self, calendar: str | None, day: date, clock: str | None, why: str = "it names no zone") -> NoReturn:
        """A day, or a time of a day, that ends at another instant in each party's zone."""
        self.no(why, [*self.in_zones(calendar or "gregorian", day, clock)] or None)

    def in_zones(self, calendar: str, day: date, clock: str | None) -> Iterator[Choice]:
        shown = civil(day, calendar)
        assert shown is not None  # the day was read by that calendar
        prefix = "" if calendar == "gregorian" else f"{calendar} "
        for party, zone_name in _distinct(self.parties):
            write = f"{prefix}{shown[0]:04}-{shown[1]:02}-{shown[2]:02}{f'T{clock}' if clock else ''}[{zone_name}]"
            try:
                moment = parse_deadline(self.type, write, self.zones)
            except NotPossible:  # no such hour there, or twice: writing it says so
                yield Choice(write, "", party, None)
            else:
                assert isinstance(moment, Moment)
                yield Choice(write, "", party, TimeSpan.at(moment.unix))

    def numeric(self, one: int, other: int, year: int) -> NoReturn:
        readings: list[Any] = []
        for day, month in {(one, other): 0, (other, one): 0}:
            try:
                readings += self.in_zones("gregorian", date(year, month, day), None) or [
                    f"{date(year, month, day)}[ZONE]"
                ]
            except (ValueError, OverflowError):
                continue
        why = "day and month may be either way round" if one <= 12 and other <= 12 else "the year stands first"
        self.no(why, readings)

    def counted(self, found: re.Match[str], zone_name: str | None, body: str) -> Deadline:
        if not self.events:
            self.no(f"{self.type} stands on the sheet as one instant", [_ITS_DAY])
        unit, count = found["unit"], int(found["count"][:5])
        calendar = found["calendar"] or found["calendar2"]
        if unit in ("months", "years") and calendar is None and not ENGLISH & set(body.split()):
            self.no("months and years of which calendar?", [f"{one} {self.given[:60]}" for one in CALENDARS])
        known = self.business.get(found["name"] or "")
        if unit == "business-days" and known is None:
            names = [f"{count} business days ({one}) from handover of this letter [ZONE]" for one in self.business]
            self.no("whose business days? they count only by a calendar given as data", names or None)
        if found["name"] and unit != "business-days":
            self.no("a calendar of business days goes only with business days")
        if not found["anchor"]:
            self.unanchored(count, unit, calendar or "gregorian", zone_name, known)
        if zone_name is None and unit not in SECONDS:
            writes = [f"{self.given[:100]} [{zone}]" for _, zone in _distinct(self.parties)]
            self.no("in which zone does that day end?", writes or None)
        zone_given(zone_name or "UTC", self.zones)
        event = found["event"]
        if event not in self.events:
            fitting = [_event_text(one) for one in self.events]
            self.no(f"{self.type} cannot be counted from {event}", [f"{count} {unit} from {one}" for one in fitting])
        if (found["clause"] is None) == (event == "met"):
            self.no(
                "a condition is met of a clause, all else is of this letter",
                [f"{count} {unit} from met of clause T1 [{zone_name or 'ZONE'}]"],
            )
        clause = found["clause"].upper() if found["clause"] else None
        made = Anchored(
            count, unit, event, clause, calendar or "gregorian", zone_name or "UTC", found["time"],
            found["month_end"] or "last", known,
        )  # fmt: skip
        try:
            return Anchored.from_wire(made.to_wire())
        except Refused as error:
            raise NotPossible(
                f"{for_screen(self.given[:60])} cannot be counted so: {error}", next_step=_FORMS
            ) from error

    def unanchored(
        self, count: int, unit: str, calendar: str, zone_name: str | None, business: BusinessDays | None
    ) -> NoReturn:
        parties = {"": zone_name} if zone_name else self.parties or {"": "ZONE"}
        events = [one for one in self.events if one != "met"]
        readings: list[Any] = [
            Choice(
                deadline_text(Anchored(count, unit, event, None, calendar, zone, business=business)), event, party, None
            )
            for event in events
            for party, zone in _distinct(parties)
        ]
        self.no("from what is it counted?", [*readings, _ITS_DAY])

    def named(self, body: str, zone_name: str | None) -> None:
        """A day with a month's name: laid out, never taken, as names and years are not the same everywhere."""
        words = [word.strip(",.") for word in body.split()]
        months = [
            (calendar, number, word)
            for calendar, names in MONTHS.items()
            for number, name in enumerate(names, 1)
            for word in words
            if word in name.split()
        ]
        days = [int(word) for word in words if re.fullmatch(r"\d{1,2}", word, re.ASCII)]
        years = [int(word) for word in words if re.fullmatch(r"\d{4}", word, re.ASCII)]
        if len(months) != 1 or len(days) != 1 or len(years) > 1:
            return
        calendar, month, _ = months[0]
        year = years[0] if years else self.next_year(calendar, month, days[0])
        if year is None:
            self.no("it names no year and no zone")
        prefix = "" if calendar == "gregorian" else f"{calendar} "
        written = f"{year:04}-{month:02}-{days[0]:02}"
        day = day_given(calendar, written, zone_name or "ZONE")
        why = "it names no zone" if zone_name is None else "write the month as a number"
        if not years:
            why = "it names no year" + (" and no zone" if zone_name is None else "")
        if zone_name is None and self.parties:
            self.unzoned(calendar, day, None, why)
        self.no(why, [f"{prefix}{written}[{zone_name or 'ZONE'}]"])

    def next_year(self, calendar: str, month: int, day: int) -> int | None:
        today = civil(self.now.date(), calendar) if self.now else None
        return None if today is None else today[0] + ((month, day) < today[1:])


def _tokens(body: str) -> list[str]:
    """What the words stand for; a word that stands for nothing stays as it is, and fits no grammar."""
    words = re.sub(r"[()]", r" \g<0> ", _fold(body)).replace(",", " ").split()
    found: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        if word == "(" and words[at + 2 : at + 3] == [")"]:
            found.append(f"name:{words[at + 1]}")
            at += 3
            continue
        for length in range(min(LONGEST, len(words) - at), 0, -1):
            if tokens := TOKENS.get(tuple(words[at : at + length])):
                found += tokens
                at += length
                break
        else:
            found += _plain(word)
            at += 1
    return _joined(found)


def _plain(word: str) -> list[str]:
    if re.fullmatch(r"[1-9]\d{0,3}", word, re.ASCII):
        return [f"count:{word}"]
    if re.fullmatch(_TIME, word):
        return [f"time:{word}"]
    if re.fullmatch(_CLAUSE, word):
        return [f"clause:{word}"]
    tens, dash, ones = word.partition("-")
    if dash and (tens,) in TOKENS and (ones,) in TOKENS:
        return [*TOKENS[tens,], "and", *TOKENS[ones,]]
    return [word]


def _joined(tokens: list[str]) -> list[str]:
    """Twenty and one is one count; the Persian word for hour before a time is `at`."""
    text = " ".join(tokens)
    text = re.sub(r"count:([2-9]0) and count:([1-9])(?= )", lambda m: f"count:{int(m[1]) + int(m[2])}", text)
    return re.sub(r"unit:hours (?=time:)", "at ", text).split(" ")


def _fold(text: str) -> str:
    return text.replace("ي", "ی").replace("ك", "ک")
