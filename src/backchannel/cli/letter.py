"""backchannel letter."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from backchannel.cli import aloud, authority, clauses, mandates, recalls, talks, translations, ways, words
from backchannel.cli.asking import ask_letter, keep
from backchannel.cli.common import confirm, moment, note, show_error, show_json, spoken_option, with_desk, write_new
from backchannel.cli.introductions import introduced, introduced_json
from backchannel.cli.text import _
from backchannel.conveyance.covering import CARRIAGE, CUSTODY, PRECEDENCE
from backchannel.desk.desk import Desk
from backchannel.desk.events import Opened
from backchannel.desk.reading import Shown
from backchannel.desk.sealing import ASK_ABOVE_POUCHES, Order, Route
from backchannel.desk.states import LetterState
from backchannel.desk.talks import talk_in
from backchannel.errors import BackchannelError, NotPossible
from backchannel.letters.docket import VERBS
from backchannel.letters.draft_values import as_envoy
from backchannel.letters.drafts import Draft, Source
from backchannel.text import code_points, direction, for_screen

F = TypeVar("F", bound=Callable[..., Any])


@click.group()
def letter() -> None:
    """Letters: write, seal, read, answer, burn."""


letter.add_command(recalls.recall)
letter.add_command(recalls.put_away)
letter.add_command(aloud.read_aloud)
letter.add_command(aloud.confirm_readback)
letter.add_command(translations.translate)


def _sources(files: tuple[str, ...]) -> tuple[list[Source], Path]:
    sources: list[Source] = []
    for name in files:
        try:
            data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            raise NotPossible(f"{name} cannot be read: {error.strerror}") from error
        sources.append(Source("standard input" if name == "-" else name, data))
    return sources, Path.cwd() if files[0] == "-" else Path(files[0]).parent


@letter.command()
@click.argument("files", nargs=-1, required=True, metavar="DRAFT...")
@click.option("--reply-to", "replies", multiple=True, type=int, metavar="N", help="The entry of a letter it answers.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def check(desk: Desk, files: tuple[str, ...], replies: tuple[int, ...], as_json: bool) -> int:
    """Say every reason why a draft cannot be sealed.

    Example:  backchannel letter check proposal.en.md proposal.fa.md
    """
    sources, _folder = _sources(files)
    draft, problems = desk.examine(sources, replies)
    if as_json:
        show_json([{"file": one.file, "line": one.line, "mark": one.mark, "why": one.why} for one in problems])
    else:
        for one in problems:
            click.echo(str(one))
        if draft is not None:
            click.echo(_("The draft can be sealed."))
    return 0 if draft is not None else 7


def _ways(command: F) -> F:
    """Which ways a letter takes, and what is asked of who carries it."""
    for option in (
        click.option("--instructions", metavar="TEXT", help="What else you ask of the go-betweens."),
        click.option("--because", metavar="TEXT", help="Why it cannot wait: for immediate and flash."),
        click.option("--precedence", type=click.Choice(PRECEDENCE), help="How much haste."),
        click.option("--carriage", type=click.Choice(CARRIAGE), help="How it is to be carried."),
        click.option(
            "--custody",
            type=click.Choice(CUSTODY),
            help="Evidence to ask for: oral (usual) convinces you alone, signed anybody.",
        ),
        click.option(
            "--by",
            multiple=True,
            metavar="WHEN",
            help="Hand it over by then, like 2026-12-24T18:00[Asia/Baghdad]: one for all ways, or one for each --via.",
        ),
        click.option("--direct", is_flag=True, help="Also over its reader's relay."),
        click.option(
            "--via",
            multiple=True,
            metavar="OFFICE[,OFFICE...]",
            help="Through these go-betweens, in order; again for a further way beside it.",
        ),
    ):
        command = option(command)
    return command


def _routes(desk: Desk, via: tuple[str, ...], direct: bool, by: tuple[str, ...], asked: dict[str, Any]) -> list[Route]:
    if len(by) not in (0, 1, len(via)):
        raise NotPossible("there is not one --by for each --via", next_step="Give one for all, or one for each way.")
    times = by if len(by) == len(via) > 0 else (by[0] if by else None,) * len(via)
    found = [desk.route(way, by=when, **asked) for way, when in zip(via, times, strict=True)]
    if not via and (by or any(asked.values())):
        found.append(desk.route(None, by=by[0] if by else None, **asked))  # refused: there is nobody to ask it of
    return [*found, Route(receipt=False)] if direct else found


@letter.command()
@click.argument("files", nargs=-1, required=True, metavar="DRAFT...")
@click.option("--to", metavar="OFFICE", help="To whom; otherwise as the draft says.")
@click.option("--signed", "signed", flag_value=True, type=bool, default=None, help="Sign it: anyone can be shown it.")
@click.option("--deniable", "signed", flag_value=False, type=bool, help="Do not sign it: only its reader is certain.")
@click.option("--reply-to", "replies", multiple=True, type=int, metavar="N", help="The entry of a letter it answers.")
@click.option("--corrects", type=int, metavar="N", help="The entry of a letter of yours that it corrects; both stand.")
@click.option("--as-envoy-of", metavar="OFFICE", help="Write as the envoy of this principal, on its credence.")
@click.option("--verb", type=click.Choice(VERBS), help="What you do for it, as the credence allows.")
@click.option("--matter", metavar="TEXT", help="On what, as the credence words it.")
@click.option("--beyond", is_flag=True, help="Though the credence does not cover it: its reader will see that.")
@spoken_option
@_ways
@click.option("--page", type=click.Path(path_type=Path), help="Write how it will look as an HTML file.")
@click.option("--dry-run", is_flag=True, help="Show what would happen; seal nothing.")
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@with_desk()
def send(
    desk: Desk,
    files: tuple[str, ...],
    to: str | None,
    signed: bool | None,
    replies: tuple[int, ...],
    corrects: int | None,
    as_envoy_of: str | None,
    verb: str | None,
    matter: str | None,
    beyond: bool,
    spoken: bool,
    via: tuple[str, ...],
    direct: bool,
    by: tuple[str, ...],
    page: Path | None,
    dry_run: bool,
    yes: bool,
    **asked: str | None,
) -> None:
    """Seal a letter and hand it to the station.

    DRAFT is Markdown, one file a language or one with all ("-": standard input). You confirm to whom, deniable or
    signed, and which way, before it is sealed.

    Without --via it goes the way the last letter from there came, or over its reader's relay. Through go-betweens:
    each way is sealed afresh, and what a go-between cannot do is in the panel.

    Example:  backchannel letter send reply.md --to south --reply-to 12

    Example:  backchannel letter send note.md --to south --via ferry,harbour --via cleric

    Example:  backchannel letter send word.md --to south --as-envoy-of north --verb explore --matter prisoners
    """
    sources, folder = _sources(files)
    draft = as_envoy(desk.read_draft(sources, replies), as_envoy_of, verb, matter)
    routes = tuple(_routes(desk, via, direct, by, asked))
    order = desk.order(draft, folder, to=to, signed=signed, routes=routes, beyond=beyond)
    acts = {"corrects": corrects} if corrects else {}
    _send(desk, draft, replace(order, spoken=spoken, acts=acts), page, dry_run, yes)


def _send(desk: Desk, draft: Draft, order: Order, page: Path | None, dry_run: bool, yes: bool) -> None:
    plan = desk.plan(order)
    judgement = desk.judge_order(order)
    banner = tuple(authority.judged(desk, judgement)) if judgement else aloud.planned(order)
    talk = talk_in(plan.letter)
    said = tuple(talks.lines_of(desk, order.to, talk)) if talk else ()
    for line in (*banner, *said, *mandates.plan_lines(plan), *clauses.plan_lines(desk, plan), *words.plan_lines(plan)):
        click.echo(line, err=True)
    if page is not None:
        write_new(page, desk.draft_page(draft, plan, order, _, banner, said).encode(), private=True)
    if dry_run:
        note(_("Nothing was sealed: this was a dry run."))
        return
    if plan.outside:
        confirm(_("This letter is outside the mandate of this channel. Go on?"), yes)
    if plan.pouches > ASK_ABOVE_POUCHES:
        confirm(_("That is {pouches} pouches. Go on?").format(pouches=plan.pouches), yes)
    confirm(_("Seal it and send it?"), yes)
    n = desk.seal(order)
    state = desk.state.letters[n]
    click.echo(
        _("Letter {number} is sealed: entry {n}, {where}.").format(
            number=state.number, n=n, where=words.where(desk.whereabouts(state))
        )
    )


@letter.command()
@click.option("--to", required=True, metavar="OFFICE", help="To whom.")
@click.option("--exercise", is_flag=True, help="An exercise, not an operation.")
@click.option("--save", type=click.Path(path_type=Path), help="Keep the draft in this file instead of sealing it.")
@spoken_option
@with_desk()
def write(desk: Desk, to: str, exercise: bool, save: Path | None, spoken: bool) -> int:
    """Write a letter step by step: form, languages, titles, texts, date.

    What you typed is offered to be kept in a file if it is not sealed.

    Example:  backchannel letter write --to south
    """
    for line in mandates.lines_of(desk, to):
        click.echo(line, err=True)
    text, replies = ask_letter(desk, to, exercise=exercise)
    if save is not None:
        write_new(save, text.encode(), private=True)
        return 0
    try:
        draft = desk.read_draft([Source(_("what you typed"), text.encode())], replies)
        order = replace(desk.order(draft, Path.cwd(), to=to, signed=None), spoken=spoken)
        _send(desk, draft, order, None, False, False)
    except click.Abort:
        keep(text)
        raise
    except BackchannelError as error:
        show_error(error)
        keep(text)
        return error.exit_status
    return 0


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
                "introduces": introduced_json(desk, shown),
                "talk": talks.shown_json(desk, shown),
                "translations_here": translations.as_json(shown),
            }
        )
        return
    _print(desk, shown)


def _says(desk: Desk, shown: Shown) -> tuple[str, ...]:
    """What a letter says besides its text, of another office or of a meeting."""
    return (*words.version_lines(shown.letter), *introduced(desk, shown), *talks.shown_lines(desk, shown))


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
@_ways
@with_desk()
def again(
    desk: Desk, n: int, spoken: bool, via: tuple[str, ...], direct: bool, by: tuple[str, ...], **asked: str | None
) -> None:
    """Put the same sealed letter into fresh pouches, or send it by a further way: for one that seems lost.

    For a further way, and for one that the other side's restored desk no longer has, it is sealed afresh, with the same
    number and text: whichever comes first is opened.

    Example:  backchannel letter again 12 --via harbour
    """
    desk.again(n, spoken=spoken, routes=tuple(_routes(desk, via, direct, by, asked)))
    click.echo(_("Letter {n} goes out once more; if the first arrives too, it counts once.").format(n=n))


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
        click.echo(_("Letter {n} is burnt; destruction pending: another process is reading the register.").format(n=n))


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


@letter.command()
@click.argument("files", nargs=-1, required=True, metavar="DRAFT...")
@click.option("--from", "claimed", required=True, metavar="OFFICE", help="Who is to seem its writer.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="A new file for the sealed letter."
)
@with_desk()
def forge(desk: Desk, files: tuple[str, ...], claimed: str, output: Path) -> None:
    """Make a deniable letter as received: the reason why nobody can prove one.

    All that makes an unsigned letter certain to you, you can compute yourself. This makes such a letter that the
    other office never wrote; your own desk would open it as theirs. Nothing is put into the register.

    Example:  backchannel letter forge draft.md --from south -o forged.sealed
    """
    sources, folder = _sources(files)
    order = desk.order(desk.read_draft(sources), folder, to=claimed, signed=False)
    sealed, made = desk.forge(order)
    opened = desk.try_to_open(sealed)
    write_new(output, sealed, private=True)
    click.echo(
        _("{file}: your desk opens it as a letter of {office}, which never wrote it (title: {title}).").format(
            file=output, office=words.office_name(desk.find(claimed)), title=for_screen(opened.bodies[0].title)
        )
    )
    assert opened.letter_id == made.letter_id
