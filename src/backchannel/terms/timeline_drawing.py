"""A stretch of the line of time, drawn: a lane for each office, ways as strokes, spans as bars, holes as holes.

Spec: docs/spec/timeline.md, "The page". SVG without style of its own or anything fetched; time runs as the language.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from html import escape
from typing import Final

from backchannel.conveyance.evidence import TAKES
from backchannel.letters.rendering import numbers_in_order
from backchannel.letters.spans import TimeSpan
from backchannel.letters.spoken_dates import MONTHS, digits
from backchannel.terms.timeline import Item
from backchannel.text import direction, for_screen, text_direction
from backchannel.values import dataclass

WIDTH: Final = 1000
MOST_STROKES: Final = 150  # of one drawing; past them letters are counted by month
MOST_LABELS: Final = 24
_EDGE: Final = 14
_HEAD: Final = 34
_LANE: Final = 52
_OUTSIDE: Final = b""
_LABEL: Final = 40
_Point = tuple[float, float]
_DAY: Final = 86_400
_TOOK: Final = (*TAKES, "carried", "accepted")
_END: Final = ("ContentHandover", "opened-there", "reached", "opened")


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is drawn, and in which words.

    first, last: Unix seconds. names: of the offices by id. outside: how the lane of outside events is called.
    words: what each item is, by its position, for who rests a pointer on it.
    """

    items: Sequence[Item]
    first: int
    last: int
    names: Mapping[bytes, str]
    outside: str
    words: Sequence[str]
    me: bytes
    lang: str
    zone: tzinfo
    label: str

    @property
    def rtl(self) -> bool:
        return direction(self.lang) == "rtl"


def draw(stretch: Stretch) -> str:
    """The drawing as one <svg> element."""
    lanes = _lanes(stretch)
    if not lanes:
        return ""
    events = [(at, item) for at, item in enumerate(stretch.items) if item.kind == "event"]
    rows = _label_rows(stretch, events)
    height = _HEAD + _LANE * len(lanes) + (14 * rows if _OUTSIDE in lanes else 0)
    scale = _Scale(stretch, lanes, height)
    parts = [*_ticks(scale), *_lane_lines(scale), *_gaps(scale)]
    letters = _by_letter(stretch)
    if len(letters) > MOST_STROKES:
        parts += _counted(scale)
    else:
        parts += [part for steps in letters.values() for part in _stroke(scale, steps)]
    parts += [part for at, item in enumerate(stretch.items) for part in _mark(scale, at, item)]
    parts += [*_events(scale, events, rows), *_lane_names(scale, 27 if len(letters) > MOST_STROKES else 9)]
    way = direction(stretch.lang)
    opening = f'<svg viewBox="0 0 {WIDTH} {height}" role="img" direction="{way}" aria-label="{escape(stretch.label)}">'
    return "\n".join([opening, *parts, "</svg>"])


@dataclass(frozen=True, slots=True)
class _Scale:
    stretch: Stretch
    lanes: dict[bytes, int]
    height: int

    def x(self, at: int) -> float:
        first, last = self.stretch.first, self.stretch.last
        along = _EDGE + (at - first) * (WIDTH - 2 * _EDGE) / max(1, last - first)
        return round(WIDTH - along if self.stretch.rtl else along, 1)

    def y(self, office: bytes) -> int:
        return self.lanes[office]

    def bar(self, first: int, last: int, least: float = 4) -> tuple[float, float]:
        """Left edge and width of what lasts from first to last, as far as it is in the drawing."""
        low, high = max(first, self.stretch.first), min(last, self.stretch.last)
        one, other = sorted((self.x(low), self.x(max(low, high))))
        return (one, round(other - one, 1)) if other - one >= least else (one - least / 2, least)


def _lanes(stretch: Stretch) -> dict[bytes, int]:
    """This office first, others as they appear, what was outside last; each with its height in the drawing."""
    seen = [office for item in stretch.items for office in (item.who, item.to) if office]
    order = [stretch.me, *seen] if seen else []
    order += [_OUTSIDE] if any(item.kind == "event" for item in stretch.items) else []
    return {office: _HEAD + _LANE * at + 30 for at, office in enumerate(dict.fromkeys(order))}


def _by_letter(stretch: Stretch) -> dict[int, list[Item]]:
    found: dict[int, list[Item]] = defaultdict(list)
    for item in stretch.items:
        if item.kind in ("letter", "custody") and item.certainty != "aside":
            found[item.of or item.entries[0]].append(item)
    return found


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'


def _outside_text(x: float, y: float, text: str, kind: str, rtl: bool) -> str:
    """A text from outside in its own direction, from x on in that of the page; its numbers in the order written."""
    way = text_direction(text)
    anchor = "start" if (way == "rtl") == rtl else "end"
    shown = numbers_in_order(for_screen(text).strip("\u2068\u2069"), way)
    shown = shown.replace('<bdo dir="ltr">', '<tspan direction="ltr" unicode-bidi="bidi-override">')
    shown = shown.replace("</bdo>", "</tspan>")
    return f'<text x="{x}" y="{y}" class="{kind}" direction="{way}" text-anchor="{anchor}">{shown}</text>'


def _lane_lines(scale: _Scale) -> Iterator[str]:
    for office, y in scale.lanes.items():
        kind = "lane" if office else "lane outside"
        yield f'<line x1="0" y1="{y}" x2="{WIDTH}" y2="{y}" class="{kind}"/>'


def _lane_names(scale: _Scale, above: int) -> Iterator[str]:
    start = WIDTH - 4 if scale.stretch.rtl else 4
    for office, y in scale.lanes.items():
        name = scale.stretch.names.get(office, "") if office else scale.stretch.outside
        yield _outside_text(start, y - above, name.strip("\u2068\u2069")[:60], "name", scale.stretch.rtl)


def _ticks(scale: _Scale) -> Iterator[str]:
    """Years, months or days, as many as are readable."""
    stretch = scale.stretch
    for at, label in _dates(stretch):
        x = scale.x(at)
        yield f'<line x1="{x}" y1="18" x2="{x}" y2="{scale.height}" class="tick"/>'
        yield _text(x, 13, label, "date", "middle")


def _dates(stretch: Stretch) -> Iterator[tuple[int, str]]:
    first, last = (
        datetime.fromtimestamp(at, UTC).astimezone(stretch.zone).date() for at in (stretch.first, stretch.last)
    )
    years = last.year - first.year
    names = MONTHS[stretch.lang]["gregorian"]
    if years > 2:
        every = years // 14 + 1
        days = [(date(year, 1, 1), str(year)) for year in range(first.year, last.year + 1) if year % every == 0]
    elif (last - first).days > 45:
        months = [(year, month) for year in range(first.year, last.year + 1) for month in range(1, 13)]
        every = max(1, (last - first).days // 300)
        days = [(date(y, m, 1), f"{names[m - 1]} {y}") for y, m in months if (m - 1) % every == 0]
    else:
        span = (last - first).days + 1
        every = span // 16 + 1
        shown = [first + timedelta(days=at) for at in range(0, span, every)]
        days = [(day, str(day.day)) for day in shown]
    for day, label in days:
        at = int(datetime(day.year, day.month, day.day, tzinfo=stretch.zone).timestamp())
        if stretch.first <= at <= stretch.last:
            yield at, digits(label, stretch.lang)


def _stroke(scale: _Scale, steps: Sequence[Item]) -> Iterator[str]:
    """A letter from its writer's lane over its carriers' to its reader's; open at the end if nothing says it came."""
    head = next((one for one in steps if one.of == 0 and one.what in ("written", "left")), None)
    if head is None or head.place is None:
        return
    stretch, left = scale.stretch, head.place
    title = stretch.words[next(n for n, item in enumerate(stretch.items) if item is head)]
    yield f'<g class="{"ours" if head.who == stretch.me else "theirs"}"><title>{escape(title)}</title>'
    points = [(scale.x(left), scale.y(head.who))]
    for carrier, at, is_hole in _hands(steps, left):
        if carrier in scale.lanes and carrier not in (head.who, head.to):
            points.append((scale.x(at), scale.y(carrier)))
            yield _line(points[-2], points[-1], "hole" if is_hole else "way")
            yield _dot(points[-1], "hand")
    ends = [one for one in steps if one.what in _END and one.place is not None and head.to in (one.who, one.to)]
    if ends:
        yield from _arrival(scale, points[-1], head.to, min((one.span for one in ends), key=_last), left)
    elif head.to in scale.lanes:
        x, y = points[-1]
        half = (x + (-14 if stretch.rtl else 14), y + (scale.y(head.to) - y) * 0.45)
        yield _line((x, y), half, "open")
        yield _dot(half, "nobody")
    yield _dot(points[0], "start") + "</g>"


def _last(span: TimeSpan) -> int:
    assert span.latest is not None
    return span.latest


def _hands(steps: Sequence[Item], left: int) -> Iterator[tuple[bytes, int, bool]]:
    """Whose hands it came into, when, and whether nobody says so."""
    for one in sorted(steps, key=lambda one: one.place or 0):
        if one.kind == "custody" and one.place is not None:
            if one.what in _TOOK:
                yield one.who, max(one.place, left), False
            elif one.what == "hole":
                yield one.to, max(one.place, left), True


def _arrival(scale: _Scale, start: _Point, reader: bytes, span: TimeSpan, left: int) -> Iterator[str]:
    """Where the stroke meets the reader's lane: at one instant, or somewhere along a bar."""
    first, last = max(left, span.earliest if span.earliest is not None else left), max(left, _last(span))
    y = scale.y(reader)
    end = (scale.x(last), y)
    if scale.bar(first, last, 0)[1] > 8:
        x, width = scale.bar(first, last, 0)
        yield _line(start, (scale.x(first), y), "open")
        yield f'<rect x="{x}" y="{y - 3}" width="{width}" height="6" class="somewhen"/>'
    else:
        yield _line(start, end, "way")
    yield _dot(end, "end")


def _dot(at: _Point, kind: str) -> str:
    return f'<circle cx="{at[0]}" cy="{at[1]}" r="{3 if kind == "hand" else 3.5}" class="{kind}"/>'


def _line(one: _Point, other: _Point, kind: str) -> str:
    return f'<line x1="{one[0]}" y1="{one[1]}" x2="{other[0]}" y2="{other[1]}" class="{kind}"/>'


def _counted(scale: _Scale) -> Iterator[str]:
    """Letters too many for strokes: how many left each lane in each month, by the height of a bar."""
    stretch = scale.stretch
    counts: Counter[tuple[bytes, int, int]] = Counter()
    for item in stretch.items:
        if item.kind == "letter" and not item.of and item.place is not None and item.what in ("written", "left"):
            local = datetime.fromtimestamp(item.place, UTC).astimezone(stretch.zone)
            counts[item.who, local.year, local.month] += 1
    most = max(counts.values(), default=1)
    for (office, year, month), number in sorted(counts.items()):
        first = int(datetime(year, month, 1, tzinfo=stretch.zone).timestamp())
        x, width = scale.bar(first, first + 30 * _DAY, 2)
        height = round(3 + 19 * number / most, 1)
        kind = "ours" if office == stretch.me else "theirs"
        title = digits(f"{MONTHS[stretch.lang]['gregorian'][month - 1]} {year}: {number}", stretch.lang)
        yield (
            f'<g class="{kind}"><title>{escape(title)}</title><rect x="{x}" y="{scale.y(office) - height}"'
            f' width="{max(width - 1, 1.5)}" height="{height}" class="count"/></g>'
        )


def _gaps(scale: _Scale) -> Iterator[str]:
    """A hollow box as long as the time in which it can have been."""
    stretch = scale.stretch
    for at, item in enumerate(stretch.items):
        if item.kind == "gap" and item.numbers:
            first, last = item.span.earliest, item.span.latest
            begin, end = stretch.first if first is None else first, stretch.last if last is None else last
            x, width = scale.bar(begin, end, 10)
            y = scale.y(item.who)
            numbers = "–".join(str(one) for one in dict.fromkeys(item.numbers))
            yield f"<g><title>{escape(stretch.words[at])}</title>"
            yield f'<rect x="{x}" y="{y - 7}" width="{width}" height="14" rx="3" class="gap"/>'
            if width > 60:
                yield _text(x + width / 2, y + 19, digits(numbers, stretch.lang), "number", "middle")
            yield "</g>"


def _mark(scale: _Scale, at: int, item: Item) -> Iterator[str]:
    """Talks, contacts, tombstones, and statements that do not stand."""
    if item.who not in scale.lanes or not item.who or item.place is None:
        return
    x, y = scale.x(item.place), scale.y(item.who)
    shape = ""
    if item.kind in ("meeting", "readout") and item.to in scale.lanes:
        other = scale.y(item.to)
        ends = _dot((x, y), "with") + _dot((x, other), "with")
        kind, shape = "talk", f'<line x1="{x}" y1="{y}" x2="{x}" y2="{other}"/>{ends}'
    elif item.kind == "contact":
        kind, shape = "contact", f'<rect x="{x - 4}" y="{y - 4}" width="8" height="8"/>'
    elif item.certainty == "aside" or (item.kind == "letter" and item.what in ("burnt", "declined")):
        kind, shape = "gone", f'<path d="M{x - 4} {y - 4}l8 8m0 -8l-8 8"/>'
    if shape:
        yield f'<g class="{kind}"><title>{escape(scale.stretch.words[at])}</title>{shape}</g>'


def _label_rows(stretch: Stretch, events: Sequence[tuple[int, Item]]) -> int:
    return min(4, len(events)) if events and len(events) <= MOST_LABELS else 0


def _events(scale: _Scale, events: Sequence[tuple[int, Item]], rows: int) -> Iterator[str]:
    """Events from outside: a bar as long as the date is uncertain or lasts; labels in rows where there is room."""
    stretch = scale.stretch
    taken = [-1.0e9] * rows
    for at, item in events:
        first, last = item.span.earliest, item.span.latest
        if first is None and last is None:
            continue
        begin, end = stretch.first if first is None else first, stretch.last if last is None else last
        x, width = scale.bar(begin, end)
        y = scale.y(_OUTSIDE)
        kinds = ["event", *(one for one in item.marks if one == "struck")]
        kinds += ["fuzzy"] if item.written[-1:] in ("?", "~", "%") else []
        yield f'<g class="{" ".join(kinds)}"><title>{escape(stretch.words[at])}</title>'
        yield f'<rect x="{x}" y="{y - 5}" width="{width}" height="10"/></g>'
        text = item.text if len(item.text) <= _LABEL else item.text[: _LABEL - 1] + "…"
        wide = 6.6 * len(text)
        along = max(0, min(WIDTH - (x + width) if stretch.rtl else x, WIDTH - wide - 2))
        for row in range(rows):
            if taken[row] < along:
                taken[row] = along + wide + 8
                x = WIDTH - along if stretch.rtl else along
                yield _outside_text(x, y + 18 + 14 * row, text, "word", stretch.rtl)
                break
