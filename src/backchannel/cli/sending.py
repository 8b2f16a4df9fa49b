"""backchannel letter check, send, write, again and forge: what begins with a draft or seals a letter."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from backchannel.cli import aloud, authority, clauses, mandates, talks, words
from backchannel.cli.asking import ask_letter, keep
from backchannel.cli.common import confirm, note, show_error, show_json, spoken_option, with_desk, write_new
from backchannel.cli.text import _
from backchannel.conveyance.covering import CARRIAGE, CUSTODY, PRECEDENCE
from backchannel.desk.sealing import ASK_ABOVE_POUCHES, Order, Route
from backchannel.desk.talks import talk_in
from backchannel.errors import BackchannelError, NotPossible
from backchannel.letters.draft_values import as_envoy
from backchannel.letters.drafts import MOST_BYTES, Draft, Source
from backchannel.letters.matter import VERBS
from backchannel.text import for_screen
from backchannel.values import replace

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk

F = TypeVar("F", bound=Callable[..., Any])


def _sources(files: tuple[str, ...]) -> tuple[list[Source], Path]:
    sources: list[Source] = []
    for name in files:
        try:
            with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise NotPossible(f"{name} cannot be read: {error.strerror}") from error
        sources.append(Source("standard input" if name == "-" else name, data))
    return sources, Path.cwd() if files[0] == "-" else Path(files[0]).parent


@click.command()
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


@click.command()
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


@click.command()
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


@click.command()
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


@click.command()
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
