"""Reads dates from docs/spec/dates.md alone, with nothing of ours: a second opinion for the vectors."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1)
NORTH = {0: "0301 0622", 1: "0601 0924", 2: "0901 1223", 3: "-1201 +0321"}
SEASONS = ("spring", "summer", "autumn", "winter")


class No(Exception):
    """Refused; its text is the mark."""


def local(unix, zone):
    return datetime.fromtimestamp(unix, ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def seconds_of_day(day, zone):
    """First and last second of a day, found by walking: no rule of transitions is used."""
    middle = int((datetime(day.year, day.month, day.day, 12) - EPOCH).total_seconds())
    quarters = [at for at in range(middle - 40 * 3600, middle + 40 * 3600, 900) if local(at, zone).date() == day]
    if not quarters:
        after = next(at for at in range(middle - 40 * 3600, middle + 40 * 3600, 900) if local(at, zone).date() > day)
        while local(after - 1, zone).date() > day:
            after -= 1
        return after - 1, after
    first, last = quarters[0], quarters[-1]
    first = min(at for at in range(first - 900, first + 1) if local(at, zone).date() == day)
    return first, max(at for at in range(last, last + 901) if local(at, zone).date() == day)


def uncertain(text):
    """(ranges, words): each range a pair of ends, an end (days or time, mark, word) or what kind of no date."""
    if not text.isascii() or len(text) > 200 or not text:
        raise No("D3")
    if (text[0], text[-1]) in (("[", "]"), ("{", "}")):
        ranges = []
        members = text[1:-1].split(",")
        for at, member in enumerate(members):
            if ".." not in member:
                ranges.append((end(member), end(member)))
                continue
            one, other = member.split("..", 1)
            if not (one or other) or (not one and at) or (not other and at != len(members) - 1):
                raise No("D3")
            ranges.append((end(one) if one else "open", end(other) if other else "open"))
        words = ["one-of" if text[0] == "[" else "all-of"]
    elif "/" in text:
        if text.count("/") > 1:
            raise No("D3")
        ranges = [tuple({"": "unknown", "..": "open"}.get(part) or end(part) for part in text.split("/"))]
        if all(isinstance(one, str) for one in ranges[0]):
            raise No("D3")
        words = []
    else:
        one = timed(text) if "T" in text else end(text)
        return [(one, one)], say(one)
    for one, other in ranges:
        if not isinstance(one, str) and not isinstance(other, str) and one[0][0] > other[0][1]:
            raise No("D3")
        if one == other:
            words += say(one) if "/" not in text else ["from", *say(one), "to", *say(other)]
        else:
            words += [f"{one}-start"] if isinstance(one, str) else ["from", *say(one)]
            words += [f"{other}-end"] if isinstance(other, str) else ["to", *say(other)]
    return ranges, words


def say(one):
    doubt = {"?": "uncertain", "~": "approximate", "%": "uncertain-and-approximate"}
    return [one[2], *([doubt[one[1]]] if one[1] else [])]


def timed(text):
    day, clock = text.split("T", 1)
    zoned = clock[8:]
    if len(day) != 10 or "X" in day or len(clock) < 8 or clock[2] + clock[5] != "::" or text[-1] in "?~%":
        raise No("D3")
    first = end(day)[0][0]
    try:
        when = datetime(first.year, first.month, first.day, int(clock[:2]), int(clock[3:5]), int(clock[6:8]))
    except ValueError:
        raise No("D3") from None
    offset = None
    if zoned:
        hours, minutes = (0, 0) if zoned == "Z" else (int(zoned[1:3]), int(zoned[4:] or 0))
        offset = (-1 if zoned[0] == "-" else 1) * (hours * 60 + minutes)
        if abs(offset) > 1080:
            raise No("D3")
    return ((first, first), "", f"time {day} {clock[:8]} {zoned}", when, offset)


def end(text):
    mark = text[-1:] if text[-1:] in ("?", "~", "%") else ""
    parts = text.removesuffix(mark).split("-")
    if [len(part) for part in parts] not in ([4], [4, 2], [4, 2, 2]) or not set("".join(parts)) <= set("0123456789X"):
        raise No("D3")
    year = parts[0]
    unknown = len(year) - len(year.rstrip("X"))
    if "X" in year.rstrip("X") or unknown > 2 or (unknown and parts[1:]):
        raise No("D3")
    first, last = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if first < 1583 or last > 2999:
        raise No("D3")
    if unknown or parts[1:] in ([], ["XX"], ["XX", "XX"]):
        word = ["some-month", "some-day"][len(parts) - 2] if parts[1:] else ["year", "decade", "century"][unknown]
        return ((date(first, 1, 1), date(last, 12, 31)), mark, f"{word} {first}")
    if "X" in parts[1]:
        raise No("D3")
    month = int(parts[1])
    if month > 20 and len(parts) == 2:
        return (*part(first, month, mark),)
    if not 1 <= month <= 12:
        raise No("D3")
    month_end = (date(first + month // 12, month % 12 + 1, 1) - timedelta(1)).day
    if parts[2:] in ([], ["XX"]):
        word = "some-day" if parts[2:] else "month"
        return ((date(first, month, 1), date(first, month, month_end)), mark, f"{word} {year}-{parts[1]}")
    if "X" in parts[2] or not 1 <= int(parts[2]) <= month_end:
        raise No("D3")
    day = date(first, month, int(parts[2]))
    return ((day, day), mark, f"day {day}")


def part(year, number, mark):
    if number <= 32:
        which, where = (number - 21) % 4, (number - 21) // 4
        northern = {0: [which, (which + 2) % 4], 1: [which], 2: [(which + 2) % 4]}[where]
        edges = [[edge(year, one) for one in NORTH[at].split()] for at in northern]
        words = f"season {SEASONS[which]} {['', 'north', 'south'][where]} {year}"
        return (min(one[0] for one in edges), max(one[1] for one in edges)), mark, words
    for word, base, months in (("quarter", 33, 3), ("third", 37, 4), ("half", 40, 6)):
        if base <= number < base + 12 // months:
            begins = (number - base) * months + 1
            after = begins + months
            last = date(year + after // 13, (after - 1) % 12 + 1, 1) - timedelta(1)
            return (date(year, begins, 1), last), mark, f"{word} {number - base + 1} {year}"
    raise No("D3")


def edge(year, text):
    years = {"-": -1, "+": 1}.get(text[0], 0)
    return date(year + years, int(text[-4:-2]), int(text[-2:]))


def span(ranges, zone, sure=False):
    """[earliest, latest]; zone None: anywhere on Earth."""
    lows, highs = [], []
    for one, other in ranges:
        lows.append(None if isinstance(one, str) or (sure and one[1]) else seconds(one, zone)[0])
        highs.append(None if isinstance(other, str) or (sure and other[1]) else seconds(other, zone)[1])
    return [None if None in lows else min(lows), None if None in highs else max(highs)]


def seconds(one, zone):
    if len(one) == 5:
        naive = int((one[3] - EPOCH).total_seconds())
        if one[4] is not None:
            return (naive - one[4] * 60,) * 2
        if zone is None:
            return naive - 14 * 3600, naive + 12 * 3600
        offsets = {local(naive + far, zone) - EPOCH - timedelta(seconds=naive + far) for far in (-90000, 90000)}
        read = [naive - int(offset.total_seconds()) for offset in offsets]
        shown = [at for at in read if local(at, zone) == one[3]] or read
        return min(shown), max(shown)
    (first, last), *_ = one
    if zone is None:
        far = lambda day, clock: int((datetime(day.year, day.month, day.day, *clock) - EPOCH).total_seconds())  # noqa: E731
        return far(first, (0, 0, 0)) - 14 * 3600, far(last, (23, 59, 59)) + 12 * 3600
    return seconds_of_day(first, zone)[0], seconds_of_day(last, zone)[1]


# Counted dates.

EVENTS_OF = {
    "lapses_at": {"handover", "leaving"},
    "irrevocable_until": {"handover", "leaving"},
    "reply_by": {"handover", "leaving"},
    "due": {"handover", "leaving", "acceptance", "entry-into-force", "met"},
    "latest_delivery": {"leaving"},
    "in_force": {"handover", "leaving", "acceptance"},
}
MOST = {
    "minutes": 9999,
    "hours": 9999,
    "days": 9999,
    "weeks": 5200,
    "months": 1200,
    "years": 100,
    "business-days": 9999,
}


def counted(value, type_="due"):
    """The value itself, or No."""
    if not isinstance(value, list) or len(value) != 10 or value[0] != "after":
        raise No("D4")
    _, count, unit, event, of, calendar, zone, at, month_end, business = value
    good = (
        type(count) is int
        and unit in MOST
        and 1 <= count <= MOST[unit]
        and event in EVENTS_OF["due"]
        and (re.fullmatch("[A-Z]{1,3}[1-9][0-9]{0,3}", of or "") is not None if event == "met" else of is None)
        and calendar in ("gregorian", "umm-al-qura", "jalali")
        and re.fullmatch("[A-Za-z0-9_+/-]{1,64}", zone)
        and (at is None or (unit not in ("minutes", "hours") and re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", at)))
        and (month_end == "last" or (month_end == "next" and unit in ("months", "years")))
        and (business is not None) == (unit == "business-days")
    )
    if not good:
        raise No("D4")
    if business is not None:
        _business(business)
    if event not in EVENTS_OF[type_]:
        raise No("D5")
    return value


def _business(value):
    name, source, weekend, first, last, holidays = value
    try:
        days = [date.fromisoformat(day) for day in (first, *holidays, last)]
    except ValueError:
        raise No("D6") from None
    good = (
        re.fullmatch("[a-z][a-z0-9-]{0,63}", name)
        and 1 <= len(source.encode()) <= 255
        and weekend == sorted(set(weekend) & set(range(1, 8)))
        and len(weekend) < 7
        and holidays == sorted(set(holidays))
        and days[0] <= days[-1]
        and all(days[0] <= day <= days[-1] for day in days)
    )
    if not good:
        raise No("D6")


def when(value, event):
    """[no earlier, no later] of a counted date, for an event's span."""
    return [_one(value, event[0])[0], _one(value, event[1])[1]]


def _one(value, at):
    _, count, unit, _, _, calendar, zone, time, month_end, business = value
    if unit in ("minutes", "hours"):
        return (at + count * (60 if unit == "minutes" else 3600),) * 2
    day = local(at, zone).date()
    if seconds_of_day(day + timedelta(1), zone)[0] <= at:
        day += timedelta(1)
    table = date(2077, 11, 16)
    if unit in ("days", "weeks"):
        found = day + timedelta(count * (7 if unit == "weeks" else 1))
    elif business:
        free = {date.fromisoformat(one) for one in business[5]}
        found, left, last = day, count, date.fromisoformat(business[4])
        if found + timedelta(1) < date.fromisoformat(business[3]):
            return at, None
        table = last
        while left and found <= last:
            found += timedelta(1)
            left -= found.isoweekday() not in business[2] and found not in free
        found = found if found <= last else None
    else:
        found = months_later(day, count * (12 if unit == "years" else 1), calendar, month_end)
    if found is None:
        return max(at, seconds_of_day(table, zone)[1]), None
    first, last = seconds_of_day(found, zone)
    if local(first, zone).date() != found:
        last = first  # the zone skipped the day: first is the second before the jump
    if time is not None:
        hour, minute = map(int, time.split(":"))
        clock = datetime(found.year, found.month, found.day, hour, minute)
        shown = [one for one in range(first, last + 1, 60) if local(one, zone) == clock]
        last = shown[-1] if shown else next(one for one in range(first, last + 1) if local(one, zone) > clock)
    return last, last


def months_later(day, months, calendar, month_end):
    shown = in_calendar(day, calendar)
    if shown is None:
        return None
    at = shown[0] * 12 + shown[1] - 1 + months
    begins, after = (first_of(at // 12, at % 12 + 1, calendar), first_of((at + 1) // 12, (at + 1) % 12 + 1, calendar))
    if begins is None or after is None:
        return None
    if shown[2] <= (after - begins).days:
        return begins + timedelta(shown[2] - 1)
    return after if month_end == "next" else after - timedelta(1)


def first_of(year, month, calendar):
    if calendar == "gregorian":
        return date(year, month, 1)
    if calendar == "jalali":
        return nowruz(year) + timedelta(31 * (month - 1) - max(0, month - 7))
    from hijridate import Hijri

    if (year, month) == (1501, 1):
        return date(2077, 11, 17)
    try:
        return date(*Hijri(year, month, 1).to_gregorian().datetuple())
    except OverflowError:
        return None


def leap(year):
    return year % 33 in (1, 5, 9, 13, 17, 22, 26, 30)


def nowruz(year):
    """1 Farvardin, counted year by year from 1 Farvardin 1403, 20 March 2024."""
    days = sum(365 + leap(one) for one in range(1403, year)) - sum(365 + leap(one) for one in range(year, 1403))
    return date(2024, 3, 20) + timedelta(days)


def in_calendar(day, calendar):
    if calendar == "gregorian":
        return day.year, day.month, day.day
    for year in (day.year - 622, day.year - 621) if calendar == "jalali" else range(day.year - 584, day.year - 575):
        for month in range(1, 13):
            begins = first_of(year, month, calendar)
            after = first_of(year + month // 12, month % 12 + 1, calendar)
            if begins and after and begins <= day < after:
                return year, month, (day - begins).days + 1
    return None
