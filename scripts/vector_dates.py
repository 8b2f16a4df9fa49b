"""The vectors of dates: what was written, and the seconds it means."""

from typing import Any
from zoneinfo import ZoneInfo

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


def dates() -> dict[str, Any]:
    return {"uncertain": [_uncertain(*case) for case in UNCERTAIN] + [_refused(*case) for case in REFUSED]}


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
