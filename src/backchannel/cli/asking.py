"""A letter asked for step by step; what was typed is never lost."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from backchannel.cli.common import note, write_new
from backchannel.cli.text import _
from backchannel.errors import BackchannelError
from backchannel.letters.draft_values import write_draft
from backchannel.letters.drafts import Draft
from backchannel.letters.forms import FORMS, WRITTEN
from backchannel.letters.parts import Body
from backchannel.text import check, check_language

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.letters.dates import Moment

T = TypeVar("T")


def ask_letter(desk: Desk, to: str, *, exercise: bool) -> tuple[str, tuple[int, ...]]:
    """The draft, as the file it could be, and the entry of the letter it answers. Wrong answers are asked for again."""
    form = FORMS[click.prompt(_("Form"), type=click.Choice(WRITTEN), default="letter", err=True)]
    languages = _ask(_("Languages, the first one first, like en fa"), _languages, "en")
    prevails = languages[0]
    if len(languages) > 1 or form.binding:
        choices = click.Choice([*languages, "equal"])
        prevails = click.prompt(_("Which language prevails"), type=choices, default=prevails, err=True)
    bodies = []
    for language in languages:
        title = _ask(_("Title in {language}").format(language=language), lambda said: check(said, "line", _("title")))
        status = "equal" if prevails == "equal" else ("prevailing" if language == prevails else "courtesy")
        bodies.append(Body(language, status, title, _text(language)))
    date = _ask(
        _("Date of the letter, like 2026-12-24T18:00[Asia/Tehran], or now"), lambda s: _moment(desk, s, "now"), "now"
    )
    reply_by = None
    if form.asks:
        reply_by = _ask(
            _("Reply by, like 2026-12-24T18:00[Asia/Tehran], or none"), lambda s: _moment(desk, s, "none"), "none"
        )
    replies: tuple[int, ...] = ()
    if form.replies:
        replies = (click.prompt(_("Entry of the letter it answers"), type=int, err=True),)
    kind = "exercise" if exercise else "operation"
    draft = Draft(form=form, type=kind, bodies=tuple(bodies), to=to, date=date, reply_by=reply_by)
    return write_draft(draft), replies


def keep(text: str) -> None:
    """Offer to keep in a file what could not be sealed, or should not be."""
    while sys.stdin.isatty():
        name = click.prompt(_("Keep what you typed in which file (- for none)"), default="-", err=True)
        if name == "-":
            return
        try:
            write_new(Path(name), text.encode(), private=True)
        except BackchannelError as error:
            note(_(str(error)))
        else:
            note(_("The draft is in {file}: send it with `backchannel letter send`.").format(file=name))
            return


def _ask(question: str, read: Callable[[str], T], default: str | None = None) -> T:
    while True:
        try:
            return read(click.prompt(question, default=default, err=True))
        except BackchannelError as error:
            note(_(str(error)))
            if not sys.stdin.isatty():
                raise


def _languages(said: str) -> list[str]:
    return [check_language(one) for one in dict.fromkeys(said.split())] or ["en"]


def _moment(desk: Desk, said: str, without: str) -> Moment | None:
    return None if said.strip() == without else desk.moment(said.strip())


def _text(language: str) -> str:
    click.echo(_("Text in {language}; a line with a single full stop ends it:").format(language=language), err=True)
    lines = []
    while (line := sys.stdin.readline()) and line.rstrip("\n") != ".":
        lines.append(line.rstrip())
    return "\n".join(lines).strip("\n")
