"""backchannel readout: both sides' records of a meeting or call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from backchannel.cli.common import show_json, with_desk
from backchannel.cli.talks import HOW, lines_of, said_json, time_line
from backchannel.cli.text import _
from backchannel.cli.ways import name_of
from backchannel.cli.words import N_
from backchannel.text import for_screen

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.desk.readouts import Record, Sides

STANDINGS: Final = {
    "one-sided": N_("ONE SIDE ONLY: no record of the other to put beside it"),
    "agreed": N_("AGREED: one side restates the other's record"),
    "alike": N_("ALIKE: both say the same, each in its own record"),
    "differing": N_("DIFFERING: both stand"),
}
WHAT: Final = {
    "how": N_("How"),
    "began": N_("Began"),
    "minutes": N_("Minutes"),
    "place": N_("Place"),
    "who": N_("For this office"),
    "met": N_("For the other side"),
    "points": N_("Point"),
}


@click.group()
def readout() -> None:
    """Records of meetings and calls: each side's own, beside the other's, agreed or differing.

    Write one, or agree with theirs, with a draft (`letter send`): the fields are in docs/guide/drafts.md.
    """


@readout.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def list_(desk: Desk, as_json: bool) -> None:
    """The talks of which there is a record, ours or theirs, and whether the two agree."""
    if as_json:
        show_json([_as_json(desk, one) for one in desk.records()])
        return
    for one in desk.records():
        click.echo(f"{one.entries[0]:>5}  {_head(desk, one)}  {_(STANDINGS[one.standing])}")
        for line in _about(one):
            click.echo("       " + line)


@readout.command()
@click.argument("n", type=int)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def show(desk: Desk, n: int, as_json: bool) -> None:
    """Both records of a talk, line by line: what both say, what only one does. N: the entry of either, or the request.

    Example:  backchannel readout show 12
    """
    one = desk.record(n)
    if as_json:
        show_json(_as_json(desk, one))
        return
    click.echo(f"{_head(desk, one)}: {_(STANDINGS[one.standing])}")
    for line in (*_about(one), *_lines(desk, one)):
        click.echo(line)


def _head(desk: Desk, one: Sides) -> str:
    event, record = one.letter.event, one.our or one.their
    mark = _("EXERCISE") + " " if event is not None and event.exercise else ""
    said = record.said if record is not None else None
    when = "" if said is None else f", {_(HOW[said.how])}, {time_line(desk, one.letter.office, said.began)}"
    return mark + name_of(desk, one.letter.office) + when


def _about(one: Sides) -> Iterator[str]:
    """Whose records there are, what ties them, and which are put aside."""
    for records, words in ((one.ours, _("ours: entry {n}")), (one.theirs, _("theirs: entry {n}"))):
        standing = one.our if records is one.ours else one.their
        for record in records:
            line = words.format(n=record.letter.n)
            if record.said is None:
                line += ", " + _("not read yet")
            elif "recalls" in record.letter.acted_on:
                line += ", " + _("withdrawn by its writer")
            elif record is not standing:
                line += ", " + _("an earlier one: the newest is shown")
            yield line
    if one.of:
        yield _("of the meeting asked for in entry {n}").format(n=one.of)
    if one.by_day:
        yield _("Neither names the other: they are put together because they begin less than 12 hours apart.")


def _lines(desk: Desk, one: Sides) -> Iterator[str]:
    record = one.our or one.their
    if not one.rows and record is not None and record.said is not None:
        yield from lines_of(desk, one.letter.office, record.said)
    for row in one.rows:
        if row.same and (row.one or row.other):
            yield _("  both    {line}").format(line=_line(row.what, row.one))
        if not row.same and row.one:
            yield _("  OURS    {line}").format(line=_line(row.what, row.one))
        if not row.same and row.other:
            yield _("  THEIRS  {line}").format(line=_line(row.what, row.other))


def _line(what: str, text: str) -> str:
    return f"{_(WHAT[what])}: {_(HOW[text]) if what == 'how' else for_screen(text)}"


def _as_json(desk: Desk, one: Sides) -> dict[str, Any]:
    event = one.letter.event
    return {
        "entries": one.entries,
        "office": one.letter.office.hex(),
        "exercise": event.exercise if event else None,
        "of": one.of or None,
        "by_day": one.by_day,
        "standing": one.standing,
        "ours": [_record_json(desk, each, one.our) for each in one.ours],
        "theirs": [_record_json(desk, each, one.their) for each in one.theirs],
        "rows": [{"what": row.what, "ours": row.one, "theirs": row.other, "same": row.same} for row in one.rows],
    }


def _record_json(desk: Desk, one: Record, standing: Record | None) -> dict[str, Any]:
    said = said_json(desk, one.letter.office, one.said) if one.said else None
    return {"entry": one.letter.n, "stands": one is standing, "record": said}
