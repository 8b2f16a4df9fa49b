"""backchannel reconcile: two offices compare what they hold, by telephone or by closed lists."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from backchannel.cli.common import moment, note, show_error, show_json, with_desk, write_new
from backchannel.cli.text import _, several
from backchannel.cli.words import N_, office_name
from backchannel.desk.later import imported_when_used
from backchannel.errors import NotPossible, Refused

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.desk.reconciling import Result, Talk
    from backchannel.letters.comparing import Doubt, Runs, Series

with imported_when_used():
    from backchannel.seals import reconcile as lists
    from backchannel.seals import safety

WHAT: Final = {
    "same": N_("the same at both: {numbers}"),
    "differing": N_("DIFFERING, another letter under the same number: {numbers}"),
    "only_here": N_("ONLY HERE: {numbers}"),
    "only_there": N_("ONLY THERE: {numbers}"),
    "burnt_here": N_("burnt here, not compared: {numbers}"),
    "burnt_there": N_("burnt there: {numbers}"),
    "unsure": N_("held by both, not compared to the end: {numbers}"),
}
DOUBTS: Final = {
    "denies": N_("they do not have {numbers}, but by their own letter, entry {n}, they did"),
    "changed": N_("under {numbers} they have another letter, but by their own letter, entry {n}, they had the same"),
    "unheard": N_("no letter of theirs here speaks of {numbers}"),
    "not-written": N_("this register never wrote {numbers}: it was put back from a backup, or they say what is not so"),
}
_MOST_SHOWN: Final = 40


@click.command()
@click.argument("office", metavar="OFFICE")
@click.option("--exercise", is_flag=True, help="Compare exercises; otherwise they are left out.")
@click.option(
    "--export",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a closed list of what is held here, for that office alone, instead of telephoning.",
)
@click.option(
    "--read",
    "list_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Compare with the list that the other side made.",
)
@click.option("--last", is_flag=True, help="What came of the last comparison.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def reconcile(
    desk: Desk, office: str, exercise: bool, export: Path | None, list_file: Path | None, last: bool, as_json: bool
) -> None:
    """Compare what you and another office hold, and see what only one of you has. No text is shown.

    By telephone, unless you say otherwise: both type this command at the same time, and read digits to each other.
    Without a telephone each makes a list (--export), which goes in a letter or by hand, and reads the other's (--read).

    Example:  backchannel reconcile south
    """
    if sum((export is not None, list_file is not None, last)) > 1:
        raise click.UsageError(_("choose one of --export, --read and --last"))
    if export is not None:
        write_new(export, desk.list_for(office, exercise=exercise), private=True)
        click.echo(_("{file} can be read by {office} alone.").format(file=export, office=_name(desk, office)))
        return
    if last:
        results = [one for one in desk.compared(office) if one.exercise == exercise]
        if not results:
            raise NotPossible("nothing was compared with that office yet")
        result = results[-1]
    elif list_file is not None:
        result = desk.compare_list(office, _data(list_file), exercise=exercise)
    else:
        result = _telephone(desk.compare_by_telephone(office, exercise=exercise), _name(desk, office))
    if as_json:
        show_json(_as_json(desk, result))
        return
    for line in _lines(desk, result):
        click.echo(line)


def _name(desk: Desk, office: str) -> str:
    return office_name(desk.find(office))


def _data(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(lists.MOST_BYTES + 1)


def _telephone(talk: Talk, name: str) -> Result:
    note(_("Speak with {office}, who types the same command now.").format(office=name))
    note(_("Read out: {digits}").format(digits=talk.ours))
    while True:
        try:
            talk.meet(_ask(_("What they read out")))
            break
        except NotPossible as error:
            show_error(error)
    _hear(talk)
    while (code := talk.code) is not None:
        same = _compare(talk, code)
        if same is None:
            break
        try:
            talk.answer(same)
        except NotPossible as error:
            show_error(error)
            _hear(talk)
    return talk.finish()


def _hear(talk: Talk) -> None:
    """What both hold, read out and typed."""
    note(_("Read out, line by line, what is held of each series and, after the stroke, what is burnt:"))
    for line in talk.lines or (_("nothing"),):
        click.echo(f"  {line}", err=True)
    while True:
        typed: list[str] = []
        while line := _ask(_("A line that they read out; nothing after the last")):
            typed.append(line)
        try:
            talk.hear(typed)
            return
        except Refused as error:
            show_error(error)


def _compare(talk: Talk, code: str) -> bool | None:
    """Whether the next code fits; None to stop. What does not fit is asked for twice: digits are easily misheard."""
    about = several("{number} letter", "{number} letters", talk.asked) if talk.asked else _("what you both read out")
    note(_("About {what}, read out: {digits}").format(what=about, digits=safety.in_groups(code)))
    same = talk.fits(_ask(_("What they read out")))
    if not same:
        typed = _ask(_("That does not fit: ask for it once more, or nothing to stop"))
        if not typed:
            return None
        same = talk.fits(typed)
    note((_("THE SAME: {what}") if same else _("NOT THE SAME: {what}")).format(what=about))
    return same


def _ask(what: str) -> str:
    return str(click.prompt(what, default="", show_default=False, err=True)).strip()


def _lines(desk: Desk, result: Result) -> list[str]:
    other = desk.state.of(result.office)
    kind = _("EXERCISE") if result.exercise else _("OPERATION")
    lines = [f"{kind} - " + _("compared with {office}, entry {n}").format(office=office_name(other), n=result.n)]
    if result.listed_at:
        lines.append(_("Their list was made {when}, by their clock.").format(when=moment(result.listed_at)))
    for one in result.found:
        lines.append(_series(desk, one.series, result))
        for what, text in WHAT.items():
            if numbers := getattr(one, what):
                lines.append("  " + _(text).format(numbers=_numbers(numbers)))
        lines += ["  " + _doubt(doubt) for doubt in result.doubts if doubt.series == one.series]
    if result.cut:
        lines.append(_("There was more than an entry has room for: compare again to see all of it."))
    if result.agrees:
        lines.append(_("Both hold the same."))
    return lines


def _series(desk: Desk, series: Series, result: Result) -> str:
    who = _("Written here") if series.writer == desk.state.office else _("Written there")
    if len(series.epoch) != len(desk.state.epoch):
        return who + ", " + _("in an epoch that is not known here")
    own = desk.state.epoch if series.writer == desk.state.office else desk.state.of(result.office).epoch
    return who if series.epoch == own else who + ", " + _("in an earlier epoch")


def _doubt(doubt: Doubt) -> str:
    said = _(DOUBTS[doubt.what]).format(numbers=_numbers(doubt.numbers), n=doubt.n)
    return said + ("; " + _("their desk began a new epoch since") if doubt.restored else "")


def _numbers(numbers: Runs) -> str:
    shown = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in numbers[:_MOST_SHOWN])
    return _("letters {numbers}").format(numbers=shown) + (", …" if len(numbers) > _MOST_SHOWN else "")


def _as_json(desk: Desk, result: Result) -> dict[str, Any]:
    def of(series: Series) -> dict[str, Any]:
        return {"ours": series.writer == desk.state.office, "epoch": series.epoch.hex()}

    return {
        "entry": result.n,
        "at": result.at,
        "office": result.office.hex(),
        "exercise": result.exercise,
        "listed_at": result.listed_at or None,
        "agrees": result.agrees,
        "cut": result.cut,
        "series": [of(one.series) | {name: getattr(one, name) for name in WHAT} for one in result.found],
        "doubts": [
            of(one.series)
            | {"what": one.what, "numbers": one.numbers, "entry": one.n or None, "restored": one.restored}
            for one in result.doubts
        ],
    }
