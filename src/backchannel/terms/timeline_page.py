"""The line of time as one HTML file, for screen and A4.   Spec: docs/spec/timeline.md, "The page".

No script, nothing fetched. The whole is drawn above; each month can be opened by itself. A row is what `timeline_show`
makes of an item, and holds every fact of it.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from html import escape
from itertools import groupby
from typing import Final

from backchannel.letters.calendars import CALENDARS, civil
from backchannel.letters.paper import ISOLATES, PAPER, code, head
from backchannel.letters.rendering import numbers_in_order
from backchannel.letters.spoken_dates import day_in_words, digits, month_in_words
from backchannel.terms.timeline import Line
from backchannel.terms.timeline_drawing import Stretch, draw
from backchannel.terms.timeline_show import Row, Speech, names_of, rows, standing
from backchannel.terms.timeline_words import CALENDARS as TITLES
from backchannel.terms.timeline_words import LEGEND, PAGE
from backchannel.text import for_screen, text_direction

MOST_OPEN: Final = 120  # of a page with more rows, no month is open at first
Month = tuple[int, int] | None


def page(line: Line, speech: Speech) -> str:
    """The whole file."""
    say, lang = speech.say, speech.lang
    names = names_of(line, speech)
    shown = list(rows(line, speech))
    office = _isolated(names[line.parties[0].office])
    title = say(PAGE["title"])
    made = datetime.fromtimestamp(line.made_at, UTC)
    clock = f'<bdi dir="ltr">{digits(f"{made:%H:%M}", lang)} UTC</bdi>'
    notes = (
        say(PAGE["zone"]).format(zone=_zone(line.zone)),
        say(PAGE["made"]).format(when=f"<bdi>{day_in_words(made.date(), 'gregorian', lang)}</bdi> {clock}"),
        say(PAGE["calendars"]),
    )
    lines = [
        head(f"{title} · {names[line.parties[0].office].strip(ISOLATES)}", _style(speech), lang),
        "<body>",
        "<main>",
        f"<h1>{escape(say(PAGE['of'])).format(office=office)}</h1>",
        f'<p class="note">{"<br>".join(notes)}</p>',
        _parties(line, names, speech),
        _overview(line, names, shown, speech),
        *_years(line, names, shown, speech),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(one for one in lines if one) + "\n"


def _isolated(text: str) -> str:
    return f"<bdi>{escape(text.strip(ISOLATES))}</bdi>"


def _zone(name: str) -> str:
    return f'<bdi dir="ltr">{escape(name)}</bdi>'


def _words(text: str) -> str:
    """A text from outside in its own direction, its numbers in the order they were written in."""
    way = text_direction(text)
    return f'<bdi dir="{way}">{numbers_in_order(for_screen(text).strip(ISOLATES), way)}</bdi>'


def _parties(line: Line, names: dict[bytes, str], speech: Speech) -> str:
    cells = "".join(
        f"<tr><td>{_isolated(names[one.office])}</td><td>{escape(standing(one, speech.say))}</td>"
        f"<td>{code(one.office.hex()[:12])}</td></tr>"
        for one in line.parties
    )
    return f'<table class="parties">{cells}</table>'


def _overview(line: Line, names: dict[bytes, str], shown: Sequence[Row], speech: Speech) -> str:
    bounds = [at for item in line.items for at in (item.span.earliest, item.span.latest) if at is not None]
    if not bounds:
        return f'<p class="note">{escape(speech.say(PAGE["nothing"]))}</p>'
    first, last = min(bounds), max(bounds)
    margin = max(3600, (last - first) // 50)
    drawing = _drawing(line, names, shown, speech, first - margin, last + margin, speech.say(PAGE["title"]))
    legend = "".join(
        f'<li><svg viewBox="0 0 44 16" class="key" aria-hidden="true">{shape}</svg> {escape(speech.say(word))}</li>'
        for shape, word in LEGEND
    )
    return f'<figure class="overview">\n{drawing}\n<figcaption><ul class="legend">{legend}</ul></figcaption>\n</figure>'


def _drawing(
    line: Line, names: dict[bytes, str], shown: Sequence[Row], speech: Speech, first: int, last: int, label: str
) -> str:
    words = [_tip(row) for row in shown]
    return draw(
        Stretch(
            [row.item for row in shown],
            first,
            last,
            names,
            speech.say(PAGE["outside"]),
            words,
            line.parties[0].office,
            speech.lang,
            speech.zones(line.zone),
            label,
        )
    )


def _tip(row: Row) -> str:
    return " · ".join(one for one in (row.when, row.clock[0], row.what, row.item.text) if one)


def _years(line: Line, names: dict[bytes, str], shown: Sequence[Row], speech: Speech) -> Iterator[str]:
    """Months one after the other, by year; what has no date last."""
    zone = speech.zones(line.zone)

    def month(row: Row) -> Month:
        if row.item.place is None:
            return None
        local = datetime.fromtimestamp(row.item.place, UTC).astimezone(zone)
        return local.year, local.month

    by_letter: dict[int, list[Row]] = {}
    for row in shown:
        if row.item.kind in ("letter", "custody"):
            by_letter.setdefault(row.item.of or row.item.entries[0], []).append(row)
    is_open = " open" if len(shown) <= MOST_OPEN else ""
    for year, of_year in groupby(shown, key=lambda row: (month(row) or (None,))[0]):
        inside = list(of_year)
        if year is None:
            heading = escape(speech.say(PAGE["undated"]))
            yield f'<details class="year" open><summary>{heading}</summary>{_table(line, inside, speech)}</details>'
            continue
        yield f'<details class="year" id="y{year}"{is_open}><summary>{_count(str(year), len(inside), speech)}</summary>'
        for at, of_month in groupby(inside, key=month):
            assert at is not None
            rows_of = list(of_month)
            whole = {id(row): row for row in rows_of}
            for row in rows_of:  # a letter is drawn whole in every month in which something happened to it
                if row.item.kind in ("letter", "custody"):
                    whole |= {id(one): one for one in by_letter.get(row.item.of or row.item.entries[0], ())}
            first, last = date(*at, 1), _last_day(*at)
            ends = (_unix(first, zone), _unix(last + timedelta(days=1), zone) - 1)
            title = month_in_words(*at, "gregorian", speech.lang)
            drawn = [row for row in shown if id(row) in whole] if len(whole) < len(shown) else list(shown)
            yield f'<details class="month" id="m{at[0]}-{at[1]:02}"{is_open}>'
            yield f"<summary>{_count(title, len(rows_of), speech, tuple(_others(first, last, speech)))}</summary>"
            if len(rows_of) > 1:
                yield f"<figure>{_drawing(line, names, drawn, speech, *ends, title)}</figure>"
            yield _table(line, rows_of, speech)
            yield "</details>"
        yield "</details>"


def _last_day(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _unix(day: date, zone: object) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())  # type: ignore[arg-type]


def _count(title: str, number: int, speech: Speech, others: Sequence[str] = ()) -> str:
    said = speech.say(PAGE["items"]).format(n=digits(str(number), speech.lang))
    plain = " · ".join(f"<bdi>{escape(one)}</bdi>" for one in (*others, said))
    return f'<bdi>{escape(digits(title, speech.lang))}</bdi> <span class="plain">· {plain}</span>'


def _others(first: date, last: date, speech: Speech) -> Iterator[str]:
    """The months of the other calendars that this one touches."""
    for calendar in CALENDARS[1:]:
        found = [civil(day, calendar) for day in (first, last)]
        months = dict.fromkeys(month_in_words(one[0], one[1], calendar, speech.lang) for one in found if one)
        if months:
            yield f"{' – '.join(months)} ({speech.say(TITLES[calendar])})"


def _table(line: Line, shown: Sequence[Row], speech: Speech) -> str:
    say = speech.say
    heads = [say(TITLES[one]) for one in CALENDARS]
    heads += [say(PAGE[one]) for one in ("from", "to", "what", "whose", "entries")]
    top = "".join(f"<th>{escape(one)}</th>" for one in heads)
    body = "\n".join(_row(row, speech) for row in shown)
    return f'<table class="items">\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody></table>'


def _row(row: Row, speech: Speech) -> str:
    item = row.item
    kinds = [item.kind, *(["step"] if item.of else []), *(one for one in item.marks if one in ("exercise", "struck"))]
    when = [f"<bdi>{escape(row.when)}</bdi>"]
    if row.clock[0]:
        here, utc = row.clock
        when.append(f'<bdi dir="ltr" class="clock">{here}</bdi> <bdi dir="ltr" class="small utc">{utc} UTC</bdi>')
    if item.zone:
        when.append(f'<span class="small zone">{_zone(item.zone)}</span>')
    cells = [("gregorian", "<br>".join(when))]
    cells += [(name, f"<bdi>{escape(one)}</bdi>") for name, one in zip(CALENDARS, row.calendars, strict=True)][1:]
    cells += [(name, _isolated(one) if one else "") for name, one in (("who", row.who), ("to", row.to))]
    cells += [("said", _said(row, speech)), ("whose", escape(row.certainty)), ("entries", escape(row.entries))]
    inside = "".join(f'<td class="{name}">{cell}</td>' for name, cell in cells)
    return f'<tr class="{" ".join(kinds)}">{inside}</tr>'


def _said(row: Row, speech: Speech) -> str:
    item = row.item
    parts = [("what", escape(row.what)), ("text", _words(item.text) if item.text else "")]
    if item.source:
        parts.append(("source", escape(speech.say(PAGE["source"])).format(source=_words(item.source))))
    # Marks come first among what is further said, an exercise first of all.
    loud = len(item.marks)
    parts += [("fact mark" if at < loud else "fact", escape(one)) for at, one in enumerate(row.further)]
    return " ".join(f'<span class="{kind}">{part}</span>' for kind, part in parts if part)


def _style(speech: Speech) -> str:
    """On a narrow screen a row is a block, and what stood at the head of its column stands before each value."""
    heads = {one: TITLES[one] for one in CALENDARS} | {"who": PAGE["from"], "to": PAGE["to"]}
    named = (f'td.{one}:not(:empty)::before {{ content: "{speech.say(word)}: "; }}' for one, word in heads.items())
    return f"{STYLE}@media screen and (max-width: 48rem) {{\n  " + "\n  ".join(named) + f"\n{_NARROW}}}\n"


_NARROW: Final = """  main { margin: 0; padding: 1rem; } .month { margin: 0; }
  .items thead { display: none; } .items, .items tbody, .items tr, .items td { display: block; }
  .items td { border: 0; padding: 0; } .items td:empty { display: none; }
  .items tr { border-bottom: 1px solid #d8d4cb; padding: .5rem 0; }
"""
STYLE: Final = (
    PAPER
    + """
body { font-family: "Noto Sans", "Vazirmatn", "Noto Sans Arabic", sans-serif; line-height: 1.45; }
main { max-width: 76rem; }
figure { margin: 1rem 0; break-inside: avoid; break-after: avoid; }
svg { width: 100%; height: auto; display: block; overflow: hidden; }
.parties { width: auto; } .parties td { border: 0; padding-block: 0; }
.legend { list-style: none; padding: 0; margin: .5rem 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem;
  font-size: .8rem; color: #5c5952; }
.legend li { display: flex; align-items: center; gap: .4rem; } .key { width: 44px; height: 16px; flex: none; }
summary { cursor: pointer; break-after: avoid; } .year > summary { font-size: 1.15rem; margin-top: 1rem; }
.month { margin-inline-start: 1rem; } .month > summary { font-size: 1rem; margin-top: .5rem; }
.items { font-size: .8rem; table-layout: fixed; } .items td, .items th { overflow-wrap: break-word; }
.items th:nth-child(1) { width: 15%; } .items th:nth-child(6) { width: 25%; } .items th:nth-child(8) { width: 7%; }
.items thead { display: table-header-group; }
.items th { white-space: normal; vertical-align: bottom; }
.items td.umm-al-qura, .items td.jalali { color: #5c5952; }
.items .step .what { color: #3d3a34; } .items tr:not(.step) .what { font-weight: bold; }
.items .fact, .items .source { display: block; color: #5c5952; } .items .text { display: block; }
.items .mark { color: #1d1d1b; font-weight: bold; } .items .exercise .mark { color: #8a2d00; }
tr.exercise { background: #fff6d6; border: 0; color: inherit; }
.struck .what, .struck .text { text-decoration: line-through; }
.gap td { background: #fbf3e6; }  .small { font-size: .7rem; color: #5c5952; }
[dir=rtl] .key { transform: scaleX(-1); }
text { fill: #5c5952; font-size: 12px; font-family: inherit; paint-order: stroke; stroke: #fff; stroke-width: 3px; }
.name { font-size: 13px; fill: #1d1d1b; } .number { font-size: 11px; fill: #b45309; }
.date { font-size: 11px; } .word { font-size: 11px; fill: #1d1d1b; }
.lane { stroke: #b9b3a4; stroke-width: 1.5; } .lane.outside { stroke-dasharray: 1 5; }
.tick { stroke: #eceae4; stroke-width: 1; }
.ours { --ink: #1f4e79; } .theirs { --ink: #9a3412; }
.way { stroke: var(--ink); stroke-width: 1.6; } .start, .hand, .count { fill: var(--ink); }
.somewhen { fill: var(--ink); fill-opacity: .3; } .end { fill: #fff; stroke: var(--ink); stroke-width: 2; }
.open { stroke: var(--ink); stroke-width: 1.4; stroke-dasharray: 4 3; }
.nobody { fill: none; stroke: var(--ink); stroke-width: 1.4; stroke-dasharray: 2 2; }
.hole { stroke: var(--ink); stroke-width: 1.6; stroke-dasharray: 2 6; }
rect.gap { fill: #fbf3e6; stroke: #b45309; stroke-width: 1.6; stroke-dasharray: 4 3; }
.talk line { stroke: #4d7c0f; stroke-width: 2; } .talk circle { fill: #4d7c0f; } .contact rect { fill: #6b21a8; }
.gone path { stroke: #1d1d1b; stroke-width: 2; } .event rect { fill: #57534e; } .fuzzy rect { fill-opacity: .45; }
.struck rect { fill: #d6d3d1; }
@page { size: A4 landscape; margin: 12mm; }
@media print {
  details::details-content { content-visibility: visible; block-size: auto; }
  .items { font-size: 7.5pt; } main { padding: 0; } .month { margin: 0; } summary { list-style: none; }
}
"""
)
