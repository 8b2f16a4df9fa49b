"""backchannel letter translate; and how a translation made here is shown under its letter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backchannel.cli.common import note, with_desk
from backchannel.cli.text import _
from backchannel.errors import NotPossible
from backchannel.letters.drafts import Source
from backchannel.text import direction, for_screen

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.desk.reading import Shown
    from backchannel.desk.translations import Translation


@click.command()
@click.argument("n", type=int)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--lang", required=True, metavar="LANGUAGE", help="Into which language, like en.")
@click.option("--by", required=True, metavar="NAME", help="Who translated it.")
@click.option("--machine", is_flag=True, help="A program did.")
@click.option(
    "--from", "of", metavar="LANGUAGE", help="From which of the letter's texts; otherwise the one that prevails."
)
@click.option("--back", type=click.Path(path_type=Path), help="A file with the same, translated back.")
@with_desk()
def translate(
    desk: Desk, n: int, file: Path, lang: str, by: str, machine: bool, of: str | None, back: Path | None
) -> None:
    """Keep a translation of a letter that came, for this desk alone: shown under the letter, never instead of it.

    FILE begins with a line of # and the title; each clause translated stands under its heading, like ## T1.

    Example:  backchannel letter translate 14 offer.en.md --lang en --by "the interpreter"
    """
    told = None if back is None else _source(back)
    entry = desk.translate(n, lang, _source(file), by, machine=machine, back=told, of=of)
    click.echo(
        _("The translation of letter {n} is kept, entry {entry}; it counts for nothing.").format(n=n, entry=entry)
    )
    made = desk.show(n).translations[-1]
    if made.missing:
        note(_missing(made))


def _source(path: Path) -> Source:
    try:
        return Source(path.name, path.read_bytes())
    except OSError as error:
        raise NotPossible(f"{path} cannot be read: {error.strerror}") from error


def label(one: Translation) -> str:
    """Whose it is, and that it counts for nothing; with what it leaves out and what came since."""
    said = one.said
    whose = _("MACHINE translation made here by {name}") if said.machine else _("translation made here by {name}")
    lines = [whose.format(name=for_screen(said.by)) + ", " + _("from {lang}").format(lang=said.made_from)]
    lines.append(_("counts for nothing"))
    if one.missing:
        lines.append(_missing(one))
    if one.corrected:
        lines.append(_("of a text corrected since, in entry {n}").format(n=one.corrected))
    return "; ".join(lines)


def _missing(one: Translation) -> str:
    return _("not translated: {numbers}").format(numbers=", ".join(one.missing))


def lines(shown: Shown) -> Iterator[str]:
    """The translations made here, under the letter."""
    for one in shown.translations:
        yield from ("", f"--- {one.said.lang} ({label(one)}) ---", for_screen(one.title), "", one.text)
        if one.back is not None:
            yield from ("", _("Translated back into {lang}:").format(lang=one.said.made_from), one.back)
        if direction(one.said.lang) == "rtl":
            note(_("terminals draw this wrongly: use --page FILE"))


def as_json(shown: Shown) -> list[dict[str, Any]]:
    return [
        {
            "entry": one.n,
            "lang": one.said.lang,
            "by": one.said.by,
            "machine": one.said.machine,
            "from": one.said.made_from,
            "source": one.said.parts[0].hex(),
            "title": one.title,
            "text": one.text,
            "back": one.back,
            "missing": list(one.missing),
            "corrected": one.corrected,
        }
        for one in shown.translations
    ]
