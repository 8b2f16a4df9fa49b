"""The vectors of dates: what was written, and the seconds it means."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from backchannel.encoding import encode
from backchannel.errors import Refused
from backchannel.letters.calendars import CALENDARS, civil, day_of
from backchannel.letters.deadlines import Anchored, BusinessDays, deadline_from_wire, resolve
from backchannel.letters.edtf import parse_edtf
from backchannel.letters.spans import TimeSpan

UNCERTAIN = (
    ("2009-40", "Asia/Tehran"), ("2009-41", "America/New_York"), ("2009", "Asia/Muscat"), ("2009-06", "Asia/Baghdad"),
    ("2014-11-24", "Asia/Tehran"), ("2014-11-24", "America/New_York"), ("2009-21", "UTC"), ("2009-24", "UTC"),
    ("2009-27", "Asia/Tehran"), ("2009-28", "Asia/Tehran"), ("2009-30", "UTC"), ("2009-33", "UTC"), ("2009-39", "UTC"),
    ("2009-XX", "Asia/Tehran"), ("2009-06-XX", "Asia/Tehran"), ("2009-XX-XX", "UTC"), ("200X", "UTC"), ("19XX", "UTC"),
    ("2009~", "Asia/Tehran"), ("2009-06?", "Asia/Tehran"), ("2009-06-30%", "Asia/Tehran"),
    ("2009-06/2010", "Asia/Tehran"), ("2009/..", "UTC"), ("../2009-06", "UTC"), ("2009/", "UTC"), ("/2009", "UTC"),
    ("2009~/2010-02", "UTC"), ("2008/2009?", "UTC"), ("[..2009-06]", "UTC"), ("[2009,2011-02..2012]", "UTC"),
    ("{2009-06,2009-08}", "UTC"), ("[2010,2009?]", "UTC"), ("[2009..]", "UTC"), ("2009-06-30T12:00:00Z", "Asia/Tehran"),
    ("2009-06-30T12:00:00+04:30", "UTC"), ("2009-06-30T12:00:00-05", "UTC"), ("2009-06-30T12:00:00", "Asia/Tehran"),
    ("2025-11-02T01:30:00", "America/New_York"), ("2025-03-09T02:30:00", "America/New_York"),
    ("2014-03-22", "Asia/Tehran"), ("2014-09-21", "Asia/Tehran"), ("2011-12-30", "Pacific/Apia"),
)  # fmt: skip
REFUSED = (
    ("2009-13", "neither month nor part"), ("2009-42", "42 is no part of a year"), ("2009-00", "months begin at 1"),
    ("2009-02-29", "2009 is no leap year"), ("1393", "years of other calendars must not pass for Gregorian ones"),
    ("15XX", "it begins before the Gregorian calendar"), ("3000", "beyond the years"), ("2009-6", "a digit is missing"),
    ("2009-XX-03", "a day of an unknown month"), ("2XXX", "more than a century"), ("20X9", "a gap inside the year"),
    ("200X-06", "a month of an unknown year"), ("?2009", "a mark of a component"), ("2009?-06", "a mark inside"),
    ("Y2009", "a long year"), ("-2009", "a negative year"), ("2009-21-03", "a day of a season"), ("", "nothing"),
    ("/", "no end is a date"), ("../..", "no end is a date"), ("2010/2009", "it ends before it begins"),
    ("[2010..2009]", "it ends before it begins"), ("[2009,..2010]", "an open beginning that is not the first"),
    ("2009/2010/2011", "two slashes"), ("[]", "an empty set"), ("2009 ", "a space"), ("٢٠٠٩", "not ASCII"),
    ("2009-06-30T12:00Z", "no seconds"), ("2009-06-30T24:00:00Z", "hours end at 23"), ("2009-06T12:00:00Z", "no day"),
    ("2009-06-30T12:00:00Z~", "a mark after a time"), ("2009-06-30T12:00:00Z/2010", "a time in an interval"),
    ("2009-06-30T12:00:00+19:00", "no zone is so far"),
)  # fmt: skip


COURTS = BusinessDays(
    "north-courts", "Gazette of North, 2024", frozenset({5, 6}), date(2025, 1, 1), date(2025, 12, 31),
    frozenset({date(2025, 3, 20), date(2025, 3, 23)}),
)  # fmt: skip
# What is counted, the event's span (UTC), why it is here.
COUNTED = (
    (Anchored(2, "months", "handover", zone="Asia/Tehran"), "2025-03-12T09:00:00", None, "announced on the 7th"),
    (Anchored(2, "months", "leaving", zone="Asia/Tehran"), "2025-03-11T10:00:00", None, "given to a carrier"),
    (Anchored(2, "months", "handover", zone="Asia/Tehran"), "2025-03-11T12:00:00", "2025-03-12T21:00:00", "a span"),
    (Anchored(2, "months", "handover", zone="America/New_York"), "2025-03-12T03:00:00", None, "still the 11th there"),
    (Anchored(1, "months", "handover"), "2025-01-31T00:00:00", None, "February has no 31st"),
    (Anchored(1, "months", "handover", month_end="next"), "2025-01-31T00:00:00", None, "the day after its last"),
    (Anchored(1, "years", "acceptance"), "2024-02-29T12:00:00", None, "a common year follows"),
    (Anchored(1, "months", "handover", None, "jalali", "Asia/Tehran"), "2025-02-18T12:00:00", None, "to 30 Esfand"),
    (Anchored(1, "years", "handover", None, "jalali", "Asia/Tehran"), "2025-03-20T12:00:00", None, "1404 has none"),
    (Anchored(2, "months", "met", "T1", "umm-al-qura", "Asia/Muscat"), "2014-11-24T12:00:00", None, "2 Safar 1436"),
    (Anchored(1, "months", "handover", None, "umm-al-qura"), "2077-10-20T12:00:00", "2077-11-01T12:00:00", "table end"),
    (Anchored(21, "days", "leaving", zone="America/New_York"), "2025-03-01T03:00:00", None, "the clocks go forward"),
    (Anchored(3, "weeks", "entry-into-force", time="18:00"), "2025-03-01T03:00:00", None, "an hour"),
    (Anchored(1, "days", "handover", zone="America/New_York", time="02:30"), "2025-03-08T12:00:00", None, "skipped"),
    (Anchored(1, "days", "handover", zone="America/New_York", time="01:30"), "2025-11-01T12:00:00", None, "twice"),
    (Anchored(1, "days", "handover", zone="Pacific/Apia"), "2011-12-29T12:00:00", None, "the zone skipped the day"),
    (Anchored(1, "days", "handover", zone="Asia/Tehran"), "2014-09-20T12:00:00", None, "its last hour came twice"),
    (Anchored(72, "hours", "handover"), "2025-03-08T12:00:00", None, "to the second"),
    (Anchored(90, "minutes", "leaving"), "2025-03-08T12:00:01", None, "to the second"),
    (Anchored(5, "business-days", "handover", business=COURTS), "2025-03-17T09:00:00", None, "holidays"),
    (Anchored(5, "business-days", "handover", business=COURTS), "2025-12-28T09:00:00", "2025-12-30T09:00:00", "end"),
    (Anchored(5, "business-days", "handover", business=COURTS), "2024-12-30T09:00:00", None, "before the list"),
)  # fmt: skip
PLAIN = Anchored(2, "months", "handover", zone="Asia/Tehran").to_wire()
# Place in the array, value, mark, why.
SPOILED: tuple[tuple[int, Any, str, str], ...] = (
    (1, 0, "D4", "nothing is counted"), (1, 1201, "D4", "over 100 years"), (2, "fortnights", "D4", "no unit"),
    (3, "announcement", "D4", "no event"), (3, "met", "D4", "of which clause?"), (4, "T1", "D4", "a clause"),
    (5, "julian", "D4", "no calendar"), (6, "", "D4", "no zone"), (7, "24:00", "D4", "hours end at 23:59"),
    (8, "first", "D4", "no rule"), (9, COURTS.to_wire(), "D4", "months are not of business days"),
    (2, "business-days", "D4", "business days of nobody"),
)  # fmt: skip
SPOILED_BUSINESS: tuple[tuple[int, Any, str], ...] = (
    (0, "North", "a capital"), (1, "", "no source"), (2, [6, 5], "out of order"), (2, [1, 2, 3, 4, 5, 6, 7], "no day"),
    (3, "2026-01-01", "it ends before it begins"), (4, "2025-02-30", "no such day"), (5, ["2024-03-20"], "too early"),
    (5, ["2025-03-23", "2025-03-20"], "out of order"),
)  # fmt: skip
DAYS = (
    "2014-11-24", "2024-10-14", "2025-01-20", "2025-03-20", "2025-03-21", "2026-09-14", "1924-07-31", "1924-08-01",
    "2077-11-16", "2077-11-17", "2021-03-20", "2000-01-01",
)  # fmt: skip


def dates() -> dict[str, Any]:
    spoiled = [([*PLAIN[:at], value, *PLAIN[at + 1 :]], mark, why) for at, value, mark, why in SPOILED]
    for at, value, why in SPOILED_BUSINESS:
        courts = COURTS.to_wire()
        spoiled.append(
            ([*PLAIN[:2], "business-days", *PLAIN[3:9], [*courts[:at], value, *courts[at + 1 :]]], "D6", why)
        )
    return {
        "uncertain": [_uncertain(*case) for case in UNCERTAIN] + [_refused(*case) for case in REFUSED],
        "counted": [_counted(*case) for case in COUNTED] + [_spoiled(*case) for case in spoiled],
        "of_types": [
            {"type": type_, "event": event, "expect": _of_type(type_, event)}
            for type_ in ("lapses_at", "irrevocable_until", "reply_by", "due", "latest_delivery", "in_force")
            for event in ("handover", "leaving", "acceptance", "entry-into-force", "met")
        ],
        "calendars": [_day(date.fromisoformat(day)) for day in DAYS],
        "leap_jalali": [year for year in range(1300, 1500) if day_of("jalali", year + 1, 1, 1) == _new_year(year)],
    }


def _new_year(year: int) -> date:
    """The new year's day after a year of 366 days."""
    return date.fromordinal(day_of("jalali", year, 1, 1).toordinal() + 366)


def _day(day: date) -> dict[str, Any]:
    shown = {calendar: civil(day, calendar) for calendar in CALENDARS}
    return {name: one and f"{one[0]:04}-{one[1]:02}-{one[2]:02}" for name, one in shown.items()}


def _counted(counted: Anchored, first: str, last: str | None, why: str) -> dict[str, Any]:
    event = TimeSpan(_unix(first), _unix(last or first))
    return {
        "name": f"{counted.count} {counted.unit} from {counted.event}: {why}",
        "expect": "accepted",
        "hex": encode(counted.to_wire()).hex(),
        "event": _span(event),
        "span": _span(resolve(counted, event, ZoneInfo)),
    }


def _spoiled(wire: list[Any], mark: str, why: str) -> dict[str, Any]:
    return {"name": f"not counted: {why}", "expect": f"refused [{mark}]", "why": why, "hex": encode(wire).hex()}


def _of_type(type_: str, event: str) -> str:
    wire = [*PLAIN[:3], event, "T1" if event == "met" else None, *PLAIN[5:]]
    try:
        deadline_from_wire(wire, type_)
    except Refused as refused:
        return f"refused [{refused.mark}]"
    return "accepted"


def _unix(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def _uncertain(written: str, zone: str) -> dict[str, Any]:
    date, tables = parse_edtf(written), ZoneInfo(zone)
    return {
        "name": f"{written} in {zone}",
        "expect": "accepted",
        "written": written,
        "zone": zone,
        "span": _span(date.span(tables)),
        "sure": _span(date.sure(tables)),
        "anywhere": _span(date.span(None)),
        "words": [" ".join(code) for code in date.words],
    }


def _refused(written: str, why: str) -> dict[str, Any]:
    return {"name": f"not {written}", "expect": "refused [D3]", "why": why, "written": written}


def _span(span: TimeSpan) -> list[int | None]:
    return [span.earliest, span.latest]
