"""backchannel timeline: everything of an exchange in one line of time, and events from outside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backchannel.cli.common import note, office_options, show_json, with_desk, write_new
from backchannel.cli.text import _
from backchannel.errors import NotPossible
from backchannel.letters.spoken_dates import LANGUAGES
from backchannel.terms.timeline import EVENTS, Line
from backchannel.terms.timeline_page import page
from backchannel.terms.timeline_show import Row, Speech, line_json, rows
from backchannel.terms.timeline_words import CALENDARS, speaker
from backchannel.text import direction, for_screen

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk


@click.group(invoke_without_command=True)
@click.option("--month", metavar="YYYY-MM", help="Only what can have been in this month.")
@click.option("--from", "first", metavar="DATE", help="Only from this date on, like 2014, 2014-11 or 2014-11-24.")
@click.option("--to", "last", metavar="DATE", help="Only up to this date.")
@click.option("--brief", is_flag=True, help="Only what stands for itself, not the steps of each letter.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="The language of the words.")
@click.option("--html", type=click.Path(path_type=Path), help="Write it as one HTML file, for screen and paper.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@office_options
@click.pass_context
def timeline(context: click.Context, /, **asked: Any) -> None:
    """One line of time: letters, whose hands they passed through, gaps, talks, and events from outside.

    What is not known exactly is a span, what is missing a gap, what nobody spoke of a hole.

    Example:  backchannel timeline --from 2014-10 --to 2014-12
    """
    if context.invoked_subcommand is None:
        show: Any = _shown
        show(**asked)


@with_desk(clerk=False)
def _shown(
    desk: Desk,
    month: str | None,
    first: str | None,
    last: str | None,
    brief: bool,
    lang: str,
    html: Path | None,
    as_json: bool,
) -> None:
    if month and (first or last):
        raise NotPossible("a month is a span of its own", next_step="Use --month, or --from and --to.")
    line = desk.timeline(month or first, month or last, brief=brief)
    speech = Speech(lang, _ if lang == "en" else speaker(lang), desk.zones)
    if html:
        write_new(html, page(line, speech).encode(), private=True)
    if as_json:
        show_json(line_json(line, desk.zones))
    if html or as_json:
        return
    for text in _lines(line, speech):
        click.echo(text)


def _lines(line: Line, speech: Speech) -> Iterator[str]:
    say = speech.say
    yield say("Times in the zone {zone}.").format(zone=line.zone)
    yield say("Calendars: {calendars}.").format(calendars=" | ".join(say(one) for one in CALENDARS.values()))
    day = ""
    for row in rows(line, speech):
        head = " | ".join((row.when, *row.calendars[1:])) if any(row.calendars) else row.when
        if head != day:
            yield ""
            yield head
        day = head
        yield from _row(row, speech)
    if not line.items:
        yield say("Nothing is in this span.")


def _row(row: Row, speech: Speech) -> Iterator[str]:
    item, say = row.item, speech.say
    who, to, text, source = (
        _isolated(one, speech.lang) for one in (row.who, row.to, for_screen(item.text), for_screen(item.source))
    )
    ends = say("{who} to {to}").format(who=who, to=to) if who and to else who
    facts = [
        f"{row.what}: {text}" if text else row.what,
        *row.further,
        say("source: {source}").format(source=source) if source else "",
        row.certainty,
        say("days of the zone {zone}").format(zone=_isolated(item.zone, speech.lang)) if item.zone else "",
        row.entries,
    ]
    step = "  " if item.of else ""
    yield f"  {row.clock[0]:5}  {step}{ends + ': ' if ends else ''}{' · '.join(one for one in facts if one)}"


def _isolated(text: str, lang: str) -> str:
    """In a line from right to left every name keeps its own direction."""
    return f"\u2068{text}\u2069" if text and direction(lang) == "rtl" else text


@timeline.command(name="note")
@click.argument("text")
@click.option("--kind", "what", type=click.Choice(EVENTS), default="event", help="What kind of event it is.")
@click.option(
    "--when",
    required=True,
    metavar="DATE",
    help="2014-11-24, 2014-11, 2009~ (about), 2009-40 (first half), or unknown.",
)
@click.option("--zone", metavar="ZONE", help="Of whose days the date is; otherwise the office's own zone.")
@click.option("--source", required=True, metavar="TEXT", help="Who says so.")
@with_desk()
def note_(desk: Desk, text: str, what: str, when: str, zone: str | None, source: str) -> None:
    """Put an event from outside into the line: an election, a press report, a deadline.

    TEXT is one line. It is kept as typed, with its source, and never changed: `timeline strike` strikes it out.

    Example:  backchannel timeline note 'The other house changes hands' --kind election --when 2014-11-04 --source press
    """
    note(_("Noted as entry {n}.").format(n=desk.note_event(what, when, text, source, zone)))


@timeline.command()
@click.argument("n", type=int)
@click.argument("why")
@with_desk()
def strike(desk: Desk, n: int, why: str) -> None:
    """Strike out an event that entry N noted. It stays to be seen, struck out; WHY is kept.

    Example:  backchannel timeline strike 31 'that was another meeting'
    """
    note(_("Entry {n} strikes it out.").format(n=desk.strike_event(n, why)))
