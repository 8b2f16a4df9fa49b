"""backchannel letter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backchannel.cli import aloud, authority, recalls, ways, words
from backchannel.cli.common import confirm, moment, note, show_json, spoken_option, with_desk, write_new
from backchannel.cli.group import LazyGroup
from backchannel.cli.text import _
from backchannel.desk.events import Opened
from backchannel.desk.later import imported_when_used
from backchannel.errors import NotPossible
from backchannel.text import code_points, direction, for_screen

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.desk.reading import Shown
    from backchannel.desk.states import LetterState

with imported_when_used():
    from backchannel.cli import clauses, introductions, talks, translations

_COMMANDS = {
    "again": "backchannel.cli.sending:again",
    "check": "backchannel.cli.sending:check",
    "confirm-readback": "backchannel.cli.aloud:confirm_readback",
    "forge": "backchannel.cli.sending:forge",
    "put-away": "backchannel.cli.recalls:put_away",
    "read-aloud": "backchannel.cli.aloud:read_aloud",
    "recall": "backchannel.cli.recalls:recall",
    "send": "backchannel.cli.sending:send",
    "translate": "backchannel.cli.translations:translate",
    "write": "backchannel.cli.sending:write",
}


@click.group(cls=LazyGroup, later=_COMMANDS)
def letter() -> None:
    """Letters: write, seal, read, answer, burn."""


@letter.command(name="list")
@click.option("--with", "office", metavar="OFFICE", help="Only the exchange with this office.")
@click.option("--all", "everything", is_flag=True, help="Also covering letters, and letters that bring evidence only.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def list_(desk: Desk, office: str | None, everything: bool, as_json: bool) -> None:
    """The letters of the register, ours and theirs, with gaps named."""
    wanted = desk.find(office).office if office else None
    letters = [one for one in desk.letters() if wanted in (None, one.office) and (everything or not _only_carries(one))]
    if as_json:
        show_json([_as_json(desk, one) for one in letters])
        return
    for one in letters:
        other = desk.state.of(one.office)
        way = _("to") if one.ours else _("from")
        event = one.event
        mark = _("EXERCISE") + " " if event is not None and event.exercise else ""
        form = f"{event.form} ({authority.brief(desk, one)})" if event is not None else "-"
        status = words.where(desk.whereabouts(one)) if one.ours and event is not None else words.state_word(one)
        status += recalls.short(desk, one) + aloud.short(one) + _public(desk, one.n)
        name = words.office_name(other)
        click.echo(f"{one.n:>5}  {moment(_when(one))}  {way:>4} {name}  no. {one.number}  {mark}{form}  {status}")
    for other in desk.state.correspondents.values():
        if wanted in (None, other.office):
            for gap in other.missing():
                click.echo(
                    _("Missing from {office}: letters {first} to {last}").format(
                        office=words.office_name(other), first=gap.first, last=gap.last
                    )
                )


def _when(one: LetterState) -> int | None:
    """When it was sealed or came; of one that is gone, when it went."""
    return one.at or one.burnt_at or one.declined_at


def _only_carries(one: LetterState) -> bool:
    """Whether it is a covering letter or brings evidence: what `tray` and `letter track` show."""
    return one.carried or (one.event is not None and one.event.form in ("conveyance", "evidence"))


def _as_json(desk: Desk, one: LetterState) -> dict[str, object]:
    event = one.event
    other = desk.state.of(one.office)
    found: dict[str, object] = {
        "entry": one.n,
        "ours": one.ours,
        "office": one.office.hex(),
        "name": other.display,
        "trust": other.trust,
        "number": one.number,
        "at": _when(one),
        "state": words.state_word(one),
        "form": event.form if event else None,
        "origin": event.origin if event else None,
        "authority": authority.as_json(desk, one),
        "signed": event.signed if event else None,
        "exercise": event.exercise if event else None,
        "answered_by": one.answered_by,
        "acts": dict(event.acts) if event else {},
        "acted_on": one.acted_on,
        "read_aloud": aloud.as_json(one),
        "paraphrase": aloud.paraphrase_json(desk, one),
        "clerk": one.clerk,
    }
    if isinstance(event, Opened):
        found |= {"left_by": event.left_by, "reached": event.reached, "weaker": event.weaker, "via": event.via}
    elif event is not None:
        found |= {"where": desk.whereabouts(one).place, "via": event.via}
    return found


@letter.command()
@click.argument("n", type=int)
@click.option(
    "--page",
    type=click.Path(path_type=Path),
    help="Write it as one HTML file: terminals draw Arabic and Persian wrongly.",
)
@click.option(
    "--save", type=click.Path(file_okay=False, path_type=Path), help="Write the attachments into this folder."
)
@click.option("--anyway", is_flag=True, help="Though its writer recalled it: the writer is told that it was read.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def read(desk: Desk, n: int, page: Path | None, save: Path | None, anyway: bool, as_json: bool) -> None:
    """Read a letter: who it is from, what it says, and who could do what with it.

    Example:  backchannel letter read 12 --page letter.html
    """
    shown = desk.read(n, anyway=anyway)
    if page is not None:
        notes = tuple(line.strip() for line in (*_says(desk, shown), *words.panel(shown.panel)))
        banner, beside = tuple(authority.banner(desk, shown.state)), tuple(map(translations.label, shown.translations))
        write_new(page, desk.page(shown, notes, _, banner, beside).encode(), private=True)
    if save is not None:
        _save(shown, save)
    if as_json:
        bodies = [{"lang": b.lang, "status": b.status, "title": b.title, "text": b.text} for b in shown.letter.bodies]
        files = [{"name": a.name, "media": a.media, "bytes": len(a.data)} for a in shown.letter.attachments]
        show_json(
            {
                **_as_json(desk, shown.state),
                "bodies": bodies,
                **clauses.as_json(shown.letter, shown.clauses),
                "attachments": files,
                "unknown_parts": [one.kind for one in shown.letter.unknown_parts],
                "in_breach": shown.in_breach,
                "handled": _handled(desk, n),
                "crossed": shown.crossed,
                "letter_id": shown.letter.letter_id.hex(),
                "ways": ways.came_json(desk, shown.state),
                "introduces": introductions.introduced_json(desk, shown),
                "talk": talks.shown_json(desk, shown),
                "translations_here": translations.as_json(shown),
            }
        )
        return
    _print(desk, shown)


def _says(desk: Desk, shown: Shown) -> tuple[str, ...]:
    """What a letter says besides its text, of another office or of a meeting."""
    return (*words.version_lines(shown.letter), *introductions.introduced(desk, shown), *talks.shown_lines(desk, shown))


def _save(shown: Shown, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for at, one in enumerate(shown.letter.attachments, 1):
        # A name from outside never becomes a path: only letters, digits, - _ and . of its last piece.
        plain = "".join(c for c in one.name.replace("\\", "/").split("/")[-1] if c.isalnum() or c in "-_.").lstrip(".")
        write_new(folder / f"{at:02}-{plain[:100] or 'attachment'}", one.data, private=True)


def _is_public(desk: Desk) -> bool:
    """Whether anything of any letter was published or announced: else what is said of that is not loaded."""
    return bool(desk.state.publicity.leaks or desk.state.publicity.publications)


def _public(desk: Desk, n: int) -> str:
    if not _is_public(desk):
        return ""
    from backchannel.cli.publicity import short

    return short(desk, n)


def _handled(desk: Desk, n: int) -> dict[str, Any] | None:
    if not _is_public(desk):
        return None
    from backchannel.cli.publicity import handled_json

    return handled_json(desk, n)


def _print(desk: Desk, shown: Shown) -> None:
    for line in (*authority.banner(desk, shown.state), *words.shown_head(shown), *recalls.tied_lines(shown.state)):
        click.echo(line)
    if _is_public(desk):
        from backchannel.cli.publicity import handled_lines

        for line in handled_lines(desk, shown.state.n):
            click.echo(line)
    for line in (
        *ways.came_lines(desk, shown.state),
        *authority.says(desk, shown.state.n),
        *_says(desk, shown),
    ):
        click.echo(line)
    bodies = shown.letter.bodies
    whole, acts = desk.terms_in_words(shown.letter, shown.clauses, _)
    for line in clauses.acts_lines(acts):
        click.echo(line)
    if shown.in_breach:
        click.echo(_("This letter breaks the text rules: it is shown as code points only."))
    others = ", ".join(f"{body.lang} ({_(body.status)})" for body in bodies)
    click.echo(_("Languages: {languages}").format(languages=others))
    for body in bodies:
        click.echo("")
        click.echo(f"--- {body.lang} ({_(body.status)}) ---")
        if shown.in_breach:
            click.echo(code_points(body.title))
            click.echo(code_points(body.text))
        else:
            click.echo(for_screen(body.title))
            click.echo("")
            click.echo(body.text)
        for clause in whole:
            click.echo("")
            for line in clauses.clause_lines(clause, [body.lang], "", points=shown.in_breach):
                click.echo(line)
        if not shown.in_breach and direction(body.lang) == "rtl":
            note(_("terminals draw this wrongly: use --page FILE"))
    for one in shown.letter.attachments:
        click.echo(
            _("Attachment: {name}, {media}, {size} bytes").format(
                name=for_screen(one.name), media=for_screen(one.media), size=len(one.data)
            )
        )
    for unknown in shown.letter.unknown_parts:
        click.echo(
            _("This letter has a part that this version cannot show: {kind}").format(kind=for_screen(unknown.kind))
        )
    for line in translations.lines(shown):
        click.echo(line)
    click.echo("")
    click.echo(_("Who could:"))
    for line in words.panel(shown.panel):
        click.echo(line)


@letter.command()
@click.argument("n", type=int)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def where(desk: Desk, n: int, as_json: bool) -> None:
    """Where a letter of ours is, in words."""
    one = desk.state.letters.get(n)
    if one is None or not one.ours:
        raise NotPossible(f"entry {n} is no letter of ours")
    found = desk.whereabouts(one)
    if as_json:
        until = int(found.until.timestamp()) if found.until else None
        show_json({"place": found.place, "until": until, "reason": found.reason, "shown_by": found.shown_by})
    else:
        click.echo(words.where(found))


@letter.command()
@click.argument("n", type=int)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def track(desk: Desk, n: int, as_json: bool) -> None:
    """The way of a letter of ours through go-betweens, drawn leg by leg, holes as holes.

    Example:  backchannel letter track 12
    """
    one = desk.state.letters.get(n)
    if one is None or not one.ours:
        raise NotPossible(f"entry {n} is no letter of ours")
    found = desk.track(n)
    if as_json:
        show_json(ways.as_json(found))
        return
    click.echo(
        _("Letter {number} to {office}, entry {n}: {where}").format(
            number=one.number,
            office=words.office_name(desk.state.of(one.office)),
            n=n,
            where=words.where(desk.whereabouts(one)),
        )
    )
    for line in (*aloud.lines(desk, one), *recalls.outcome_lines(desk, desk.recalled(n))):
        click.echo(line)
    if not found:
        click.echo(_("It went over a relay: nobody carried it."))
    for line in ways.drawn(desk, found):
        click.echo(line)


@letter.command()
@click.argument("n", type=int)
@spoken_option
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@with_desk()
def decline(desk: Desk, n: int, spoken: bool, yes: bool) -> None:
    """Refuse to read a letter: its text is burnt unread, and a refusal that says nothing else is sent."""
    confirm(_("Burn the unread text of letter {n} and send a refusal?").format(n=n), yes)
    answer = desk.decline(n, spoken=spoken)
    click.echo(_("Letter {n} is declined; the refusal is entry {answer}.").format(n=n, answer=answer))


@letter.command()
@click.argument("n", type=int)
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@with_desk()
def burn(desk: Desk, n: int, yes: bool) -> None:
    """Destroy a letter for good, and say what that does not reach."""
    reach = desk.before_burning(n)
    click.echo(_("Burning does not reach:"), err=True)
    for backup in reach.backups:
        click.echo(_("  the backup {name}: destroy it yourself").format(name=for_screen(backup)), err=True)
    if reach.seal_until is not None:
        until = moment(reach.seal_until)
        click.echo(
            _("  copies of its sealed bytes, until the standing key is destroyed: {until}").format(until=until),
            err=True,
        )
    for carrier in reach.carriers:
        click.echo(_("  the sealed letter that {office} may hold").format(office=ways.name_of(desk, carrier)), err=True)
    click.echo(_("  the other side's copy, paper, exports, and remnants on flash disks"), err=True)
    confirm(_("Burn letter {n}?").format(n=n), yes)
    if desk.burn(n):
        click.echo(_("Letter {n} is burnt.").format(n=n))
    else:
        click.echo(
            _("Letter {n} is burnt; destruction pending: a reader is in the way, or the disk failed.").format(n=n)
        )


@letter.command()
@click.argument("words_", nargs=-1, required=True, metavar="WORD...")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def search(desk: Desk, words_: tuple[str, ...], as_json: bool) -> None:
    """Letters that hold these words, in any language; letters' variants, marks and digits count as one."""
    found = [desk.state.letters[n] for n in desk.search(" ".join(words_))]
    if as_json:
        show_json([_as_json(desk, one) for one in found])
        return
    for one in found:
        click.echo(f"{one.n:>5}  {moment(one.at)}  {words.office_name(desk.state.of(one.office))}  no. {one.number}")
