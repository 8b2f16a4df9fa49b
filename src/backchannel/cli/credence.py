"""backchannel credence: which envoy carries whose word."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from backchannel.cli.authority import ANSWERS, STANDINGS, VERBS, credence_lines
from backchannel.cli.common import confirm, moment, show_json, with_desk
from backchannel.cli.text import _
from backchannel.cli.ways import name_of
from backchannel.desk.later import imported_when_used
from backchannel.errors import NotPossible

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk

with imported_when_used():
    from backchannel.conveyance import credence as words
    from backchannel.desk import accrediting, sealing

F = TypeVar("F", bound=Callable[..., Any])


@click.group()
def credence() -> None:
    """Envoys: accredit one, recall it, ask its principal, ratify what it went beyond."""


def _ways(command: F) -> F:
    command = click.option("--direct", is_flag=True, help="Over its reader's relay.")(command)
    option = click.option(
        "--via", multiple=True, metavar="OFFICE[,OFFICE...]", help="Through these go-betweens, in order."
    )
    return option(command)


def _routes(desk: Desk, via: tuple[str, ...], direct: bool) -> tuple[sealing.Route, ...]:
    found = tuple(desk.route(one) for one in via)
    return (*found, sealing.Route(receipt=False)) if direct else found


@credence.command()
@click.argument("envoy", metavar="ENVOY")
@click.option("--to", "audience", required=True, metavar="OFFICE", help="With whom the envoy speaks.")
@click.option(
    "--verb",
    "verbs",
    multiple=True,
    required=True,
    type=click.Choice(list(VERBS)),
    help="What it may do; again for a further one. None implies another.",
)
@click.option("--matter", "matters", multiple=True, metavar="TEXT", help="On what; again for more. Without: on any.")
@click.option("--limits", metavar="TEXT", help="What it may not, in words: its audience sees them.")
@click.option("--from", "since", metavar="WHEN", help="From then on, like 2026-12-24T18:00[Asia/Baghdad]; else now.")
@click.option("--until", metavar="WHEN", help="Until then, at most 90 days; else 30 days.")
@click.option("--pass-on", is_flag=True, help="It may accredit another envoy, for less.")
@click.option("--under", metavar="ID", help="Pass on your own credence: you are an envoy yourself.")
@click.option("--renew", metavar="ID", help="Issue an accreditation anew: what it said before no longer counts.")
@click.option("--signed", is_flag=True, help="Sign it: anyone can be shown it. Otherwise its audience alone is sure.")
@click.option("--exercise", is_flag=True, help="For exercises only.")
@_ways
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@with_desk()
def give(
    desk: Desk,
    envoy: str,
    audience: str,
    verbs: tuple[str, ...],
    matters: tuple[str, ...],
    limits: str | None,
    since: str | None,
    until: str | None,
    pass_on: bool,
    under: str | None,
    renew: str | None,
    signed: bool,
    exercise: bool,
    via: tuple[str, ...],
    direct: bool,
    yes: bool,
) -> None:
    """Accredit an envoy with an audience: a sealed letter that the envoy carries and cannot open.

    A copy tells the envoy what it may do. Unsigned, it convinces its audience and nobody else.

    Example:  backchannel credence give ferry --to south --verb carry --verb explore --matter prisoners
    """
    wanted = accrediting.Accredit(
        envoy=desk.find(envoy).office,
        audience=desk.find(audience).office,
        verbs=verbs,
        matters=matters,
        limits=limits,
        since=desk.instant(since) if since else None,
        until=desk.instant(until) if until else None,
        pass_on=pass_on,
        under=desk.credence(under).credence.id if under else None,
        renews=desk.credence(renew).credence.id if renew else None,
        routes=_routes(desk, via, direct),
        signed=signed,
        exercise=exercise,
    )
    confirm(
        _("Accredit {envoy} with {audience}, to {verbs}?").format(
            envoy=name_of(desk, wanted.envoy),
            audience=name_of(desk, wanted.audience),
            verbs=", ".join(_(VERBS[verb]) for verb in verbs),
        ),
        yes,
    )
    given = desk.accredit(wanted)
    click.echo(
        _("Credence {id} is sealed: entry {n} to its audience, entry {copy} to the envoy; it ends {until}.").format(
            id=given.credence.id.hex()[:12], n=given.audience, copy=given.envoy, until=moment(given.credence.until)
        )
    )


@credence.command()
@click.argument("id_", metavar="ID")
@_ways
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@with_desk()
def recall(desk: Desk, id_: str, via: tuple[str, ...], direct: bool, yes: bool) -> None:
    """End an accreditation of yours, for good. It counts when it reaches the audience.

    It does not go by the envoy unless you say so with --via: who carries a recall can hold it back. If the usual
    way is by the envoy, you name another.

    Example:  backchannel credence recall 5f2a90 --via harbour
    """
    routes = _routes(desk, via, direct)
    found = desk.credence(id_).credence
    confirm(_("Recall the credence of {envoy}, for good?").format(envoy=name_of(desk, found.envoy)), yes)
    entries = desk.recall_credence(id_, routes)
    if any(found.envoy in route.hops for route in routes):
        click.echo(_("The envoy itself carries the recall: until it arrives, the audience believes the credence."))
    click.echo(
        _("It is recalled: entry {n} to its audience, entry {copy} to the envoy.").format(n=entries[0], copy=entries[1])
    )


@credence.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def list_(desk: Desk, as_json: bool) -> None:
    """Accreditations given, held and shown to this office, and questions asked about envoys."""
    if as_json:
        show_json(
            {
                "credences": [_as_json(one) for one in desk.credences()],
                "questions": [_question_json(desk, n.n) for n, _answer in desk.questions()],
            }
        )
        return
    for one in desk.credences():
        what = one.credence
        mark = _("EXERCISE") + " " if one.exercise else ""
        click.echo(
            f"{what.id.hex()[:12]}  {mark}"
            + _("{envoy} for {principal} with {audience}").format(
                envoy=name_of(desk, what.envoy),
                principal=name_of(desk, what.principal),
                audience=name_of(desk, what.audience),
            )
            + f": {', '.join(_(VERBS[verb]) for verb in what.verbs)}  {_(STANDINGS[one.standing])}  "
            + _("until {until}, its giver last stood by it {when}").format(
                until=moment(what.until), when=moment(one.confirmed)
            )
        )
    for word, answer in desk.questions():
        query = word.what
        assert isinstance(query, words.Query)
        letter = desk.state.letters[word.n]
        said = _("no answer so far")
        if answer is not None and isinstance(answer.what, words.Answer):
            said = _(ANSWERS[answer.what.answer])
        text = _("{n}: you asked {office} about {envoy}") if letter.ours else _("{n}: {office} asks about {envoy}")
        asked = text.format(n=word.n, office=name_of(desk, letter.office), envoy=name_of(desk, query.envoy))
        click.echo(f"{asked}: {said}")


def _as_json(one: accrediting.Listed) -> dict[str, Any]:
    what = one.credence
    return {
        "id": what.id.hex(),
        "by": one.word.by.hex(),
        "principal": what.principal.hex(),
        "envoy": what.envoy.hex(),
        "audience": what.audience.hex(),
        "verbs": list(what.verbs),
        "matters": list(what.matters),
        "limits": what.limits,
        "serial": what.serial,
        "since": what.since,
        "until": what.until,
        "pass_on": what.pass_on,
        "under": what.under.hex() if what.under else None,
        "signed": one.word.signed,
        "exercise": one.exercise,
        "standing": one.standing,
        "confirmed": one.confirmed,
        "entry": one.word.n,
    }


def _question_json(desk: Desk, n: int) -> dict[str, Any]:
    word, answer = next(one for one in desk.questions() if one[0].n == n)
    query = word.what
    assert isinstance(query, words.Query)
    return {
        "entry": n,
        "ours": word.by == desk.state.office,
        "with": desk.state.letters[n].office.hex(),
        "envoy": query.envoy.hex(),
        "credence": query.credence.hex() if query.credence else None,
        "letter": query.letter.hex() if query.letter else None,
        "answer": answer.what.answer if answer and isinstance(answer.what, words.Answer) else None,
    }


@credence.command()
@click.argument("id_", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def show(desk: Desk, id_: str, as_json: bool) -> None:
    """All that an accreditation says, and whether it counts today."""
    one = desk.credence(id_)
    if as_json:
        show_json(_as_json(one))
        return
    for line in credence_lines(desk, one.word, one.credence):
        click.echo(line)
    click.echo(_("Today:     {standing}").format(standing=_(STANDINGS[one.standing])))
    click.echo(_("Its giver last stood by it {when}, by its own clock").format(when=moment(one.confirmed)))


@credence.command()
@click.argument("principal", metavar="PRINCIPAL")
@click.option("--about", "envoy", required=True, metavar="OFFICE", help="The envoy.")
@click.option("--credence", "named", metavar="ID", help="Only about this accreditation.")
@click.option("--letter", "n", type=int, metavar="N", help="About this letter of the envoy's: its id goes along.")
@_ways
@with_desk()
def ask(
    desk: Desk, principal: str, envoy: str, named: str | None, n: int | None, via: tuple[str, ...], direct: bool
) -> None:
    """Ask a principal, by another way than the envoy, whether it carries its word.

    Example:  backchannel credence ask north --about ferry --letter 12
    """
    entry = desk.ask(principal, envoy, credence=named, letter=n, routes=_routes(desk, via, direct))
    click.echo(_("The question is sealed: entry {n}. Silence answers nothing.").format(n=entry))


@credence.command()
@click.argument("n", type=int)
@click.argument("said", type=click.Choice(list(ANSWERS)), metavar="yes|no|no-comment")
@click.option("--signed", is_flag=True, help="Sign it: anyone can be shown it.")
@_ways
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@with_desk()
def answer(desk: Desk, n: int, said: str, signed: bool, via: tuple[str, ...], direct: bool, yes: bool) -> None:
    """Answer a question about an envoy. A yes confirms what it was given, a no ends it, no comment changes nothing.

    Example:  backchannel credence answer 31 no-comment
    """
    confirm(_("Answer: {answer}?").format(answer=_(ANSWERS[said])), yes)
    entry = desk.answer(n, said, signed=signed, routes=_routes(desk, via, direct))
    click.echo(_("The answer is sealed: entry {n}.").format(n=entry))


@credence.command()
@click.argument("n", type=int, required=False)
@click.option("--letter-id", metavar="HEX", help="The letter, if no question named it: 64 digits.")
@click.option("--envoy", metavar="OFFICE", help="Who wrote it.")
@click.option("--to", "audience", metavar="OFFICE", help="To whom it was written.")
@click.option("--disown", is_flag=True, help="Say that it was not your word.")
@click.option("--signed", is_flag=True, help="Sign it: anyone can be shown it.")
@_ways
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@with_desk()
def ratify(
    desk: Desk,
    n: int | None,
    letter_id: str | None,
    envoy: str | None,
    audience: str | None,
    disown: bool,
    signed: bool,
    via: tuple[str, ...],
    direct: bool,
    yes: bool,
) -> None:
    """Say afterwards that what an envoy wrote was your word.

    N is the entry of a question that named the letter.

    Example:  backchannel credence ratify 31 --signed
    """
    routes = _routes(desk, via, direct)
    confirm(_("Disown that letter?") if disown else _("Make that letter your word?"), yes)
    if n is not None:
        entry = desk.ratify_asked(n, disown=disown, signed=signed, routes=routes)
    else:
        if not (letter_id and envoy and audience):
            raise NotPossible(
                "nothing says which letter is meant",
                next_step="Name the entry of a question, or --letter-id, --envoy and --to.",
            )
        named = _letter_id(letter_id)
        entry = desk.ratify(audience, envoy, named, disown=disown, signed=signed, routes=routes)
    click.echo(_("It is sealed: entry {n}.").format(n=entry))


def _letter_id(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != 32:
        raise NotPossible("a letter-id has 64 hexadecimal digits", next_step="See `backchannel letter read --json`.")
    return found
