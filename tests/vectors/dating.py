"""Reads dates from docs/spec/dates.md alone, with nothing of ours: a second opinion for the vectors."""

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
