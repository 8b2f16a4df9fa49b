"""A line of time in words, row by row, in one language; and as JSON.   Spec: docs/spec/timeline.md.

Both say the same: a row is made from an item and nothing else.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final

from backchannel.letters.calendars import CALENDARS, civil
from backchannel.letters.edtf import parse_edtf
from backchannel.letters.spoken_dates import Say, day_in_words, digits, edtf_in_words
from backchannel.terms.timeline import Item, Line, Party
from backchannel.terms.timeline_words import CERTAINTY, STANDINGS, WHEN, entries, further, what
from backchannel.text import for_screen
from backchannel.values import dataclass

Zones = Callable[[str], tzinfo]
Days = tuple[date | None, date | None]
_SHORT: Final = 12  # hex digits of an office-id


@dataclass(frozen=True, slots=True)
class Row:
    """An item in words. when: its date, or what is known of it; clock: time of day in the line's zone and in UTC, ""
    unless it is one instant. calendars: its first day, or first and last, in each calendar.
    """

    item: Item
    when: str
    clock: tuple[str, str]
    calendars: tuple[str, ...]
    who: str
    to: str
    what: str
    further: tuple[str, ...]
    certainty: str
    entries: str


@dataclass(frozen=True, slots=True)
class Speech:
    """A language with its fixed words, and the zones of days."""

    lang: str
    say: Say
    zones: Zones


def rows(line: Line, speech: Speech) -> Iterator[Row]:
    names = names_of(line, speech)
    say, lang = speech.say, speech.lang
    here = speech.zones(line.zone)
    for item in line.items:
        days = days_of(item, speech.zones(item.zone) if item.zone else here)
        yield Row(
            item,
            _when(item, days, speech),
            _clock(item, here, lang),
            tuple(_in(days, calendar, lang) for calendar in CALENDARS),
            names.get(item.who, ""),
            names.get(item.to, ""),
            what(item, lang, say),
            tuple(further(item, lang, say)),
            say(CERTAINTY[item.certainty]),
            entries(item.entries, lang, say),
        )


def names_of(line: Line, speech: Speech) -> dict[bytes, str]:
    """How each office is named here: in the page's language if its card has that; two of one name by their ids too."""
    plain = {one.office: _name(one, speech) for one in line.parties}
    often = Counter(plain.values())
    return {
        office: f"{name} \u2066({office.hex()[:_SHORT]})\u2069" if often[name] > 1 else name
        for office, name in plain.items()
    }


def _name(party: Party, speech: Speech) -> str:
    if not party.names:
        return speech.say("an office without a card here ({id})").format(id=party.office.hex()[:_SHORT])
    return for_screen(dict(party.names).get(speech.lang, party.names[0][1]))


def standing(party: Party, say: Say) -> str:
    return say(STANDINGS.get(party.standing, party.standing))


def days_of(item: Item, zone: tzinfo) -> Days:
    """The first and the last day on which it can have been, in that zone."""
    first, last = (None if at is None else _local(at, zone).date() for at in (item.span.earliest, item.span.latest))
    return first, last


def _local(at: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(zone)


def _when(item: Item, days: Days, speech: Speech) -> str:
    """Its date in Gregorian words: as it was written, its day or days, or what bounds it."""
    say, lang = speech.say, speech.lang
    if item.written:
        return edtf_in_words(parse_edtf(item.written).words, lang, say)
    if days == (None, None):
        return say(WHEN["unknown"])
    first, last = (day_in_words(day, "gregorian", lang) if day else "" for day in days)
    if item.kind != "gap" and first == last:
        return first
    known = "between" if first and last else "after" if first else "before"
    if item.kind == "gap":
        known = "unknown-" + known
    elif item.kind not in ("letter", "custody") and known == "between":
        known = "lasting"
    return say(WHEN[known]).format(first=first, last=last)


def _in(days: Days, calendar: str, lang: str) -> str:
    """The day, or the first and the last, in a calendar; "…" where no bound is known."""
    if days == (None, None):
        return ""
    first, last = (day_in_words(day, calendar, lang) if day else "…" for day in days)
    return first if first == last else f"{first} – {last}"


def _clock(item: Item, zone: tzinfo, lang: str) -> tuple[str, str]:
    """Of one instant, or of the beginning of a talk."""
    at = item.span.earliest
    if at is None or item.written or not (item.span.exact or item.kind in ("meeting", "readout")):
        return "", ""
    return digits(f"{_local(at, zone):%H:%M}", lang), digits(f"{datetime.fromtimestamp(at, UTC):%H:%M}", lang)


def line_json(line: Line, zones: Zones) -> dict[str, Any]:
    """The line for machines. Times are Unix seconds; days are those of the zone named, in each calendar."""
    here = zones(line.zone)
    return {
        "office": line.parties[0].office.hex(),
        "zone": line.zone,
        "made_at": line.made_at,
        "from": line.span.earliest,
        "to": line.span.latest,
        "calendars": CALENDAR_RULES,
        "parties": [
            {"office": one.office.hex(), "names": dict(one.names), "standing": one.standing} for one in line.parties
        ],
        "items": [_item_json(one, zones(one.zone) if one.zone else here) for one in line.items],
    }


CALENDAR_RULES: Final = {
    "gregorian": "proleptic",
    "umm-al-qura": "the published table (hijridate)",
    "jalali": "33-year arithmetic rule (jdatetime)",
}


def _item_json(item: Item, zone: tzinfo) -> dict[str, Any]:
    days = days_of(item, zone)
    return {
        "kind": item.kind,
        "what": item.what,
        "earliest": item.span.earliest,
        "latest": item.span.latest,
        "days": {calendar: [_figures(day, calendar) for day in days] for calendar in CALENDARS},
        "written": item.written or None,
        "zone": item.zone or None,
        "certainty": item.certainty,
        "who": item.who.hex() or None,
        "to": item.to.hex() or None,
        "numbers": list(item.numbers) if item.numbers else None,
        "form": item.form or None,
        "text": item.text or None,
        "source": item.source or None,
        "of": item.of or None,
        "entries": list(item.entries),
        "links": [list(one) for one in item.links],
        "marks": list(item.marks),
    }


def _figures(day: date | None, calendar: str) -> str | None:
    found = civil(day, calendar) if day is not None else None
    return f"{found[0]:04}-{found[1]:02}-{found[2]:02}" if found else None
