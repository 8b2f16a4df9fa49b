"""backchannel leak and publish; and what letters say of what became public, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from backchannel.cli.common import moment, show_json, with_desk
from backchannel.cli.text import _, several
from backchannel.cli.ways import name_of
from backchannel.cli.words import N_
from backchannel.desk.later import imported_when_used
from backchannel.desk.publicity import WHAT
from backchannel.errors import NotPossible
from backchannel.text import for_screen

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.desk.publicity import LeakState, PublicationState
    from backchannel.letters.when import When

with imported_when_used():
    from backchannel.desk import publishing

PUBLISHED: Final = {
    "existence": N_("that there is a letter"),
    "gist": N_("what a letter is about"),
    "text": N_("words said to be a letter's"),
}
POLICIES: Final = {
    "neither": N_("Say neither that there is such a letter nor that there is none."),
    "joint": N_("Say only what both sides have agreed to say."),
    "free": N_("Its writer leaves to you what you say."),
    "unsaid": N_("Its writer has not said what may be said of it: ask first."),
    "unread": N_("It is not read yet: until then say nothing either way."),
    "gone": N_("It is burnt, and what its writer asked for with it: say nothing either way."),
}
LINE: Final = N_("We do not comment on private correspondence, whether or not there is any.")
FINDINGS: Final = {
    "neither": N_("its writer asked that nothing be said of it either way"),
    "joint": N_("a joint line only: name their letter that agrees to it with --agreed"),
    "joint-agreed": N_("a joint line, to which they have agreed"),
    "unsaid": N_("its writer has not said what may be said of it: ask first"),
    "unread": N_("it is not read yet: nobody here knows what its writer asked for"),
    "gone": N_("it is burnt, and what its writer asked for with it"),
    "addressee-only": N_("its writer wants it to reach its addressee only"),
    "exempted": N_("who must not be told would hear of it: {said}"),
    "exercise": N_("it is an EXERCISE and must not pass for an operation"),
    "deniable": N_("it is deniable: to announce it is to say whose it is"),
    "embargo": N_("it is under embargo until {said}"),
    "not-submitted": N_("ALARM: announced, not submitted: nothing says that it had been given to who carries it"),
    "not-delivered": N_("ALARM: announced before it was delivered: nothing says that it had been handed over"),
    "unclear": N_("whether it had been handed over by then cannot be told"),
    "none-here": N_("no letter is named: {said}"),
    "readout-one-sided": N_("only one side's record of the talk is here"),
    "readout-differing": N_("the two sides' records differ: both stand, see `readout show`"),
}
BY: Final = {"us": N_("announced by this office"), "them": N_("announced by the other side")}
TOLD: Final = {
    "copy": N_("asked for a copy"),
    "addressee": N_("was to be written to"),
    "go-between": N_("was to carry it"),
}


@click.group()
def leak() -> None:
    """Publications that nobody here made: noted, and what they change for your letters. Nothing is said to be true."""


@leak.command(name="note")
@click.argument("letters", nargs=-1, type=int, metavar="[LETTER]...")
@click.option(
    "--when", "happened", required=True, metavar="WHEN", help="Like 2014-11-06, 2014-11~ or with time and zone."
)
@click.option("--where", required=True, metavar="TEXT", help="In which paper, programme or place.")
@click.option("--source", required=True, metavar="TEXT", help="On whose word, as it says itself.")
@click.option("--what", type=click.Choice(WHAT), default="existence", show_default=True, help="What was published.")
@click.option("--with", "office", metavar="OFFICE", help="With whom the exchange is, where you can name no letter.")
@with_desk()
def note_leak(
    desk: Desk, letters: tuple[int, ...], happened: str, where: str, source: str, what: str, office: str | None
) -> None:
    """Note that something was published of these letters, and see how they are to be handled now.

    Example:  backchannel leak note 12 --when 2014-11-06 --where 'a newspaper' --source 'unnamed officials'
    """
    n = desk.note_leak(letters, office, desk.when(happened), where=where, source=source, what=what)
    for line in _leak_lines(desk, desk.leak(n)):
        click.echo(line)


@leak.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def list_leaks(desk: Desk, as_json: bool) -> None:
    """The leaks noted here."""
    if as_json:
        show_json([_leak_json(desk, one) for one in desk.leaks()])
        return
    for one in desk.leaks():
        click.echo(
            f"{one.n:>5}  {_when(one.when)}  {_(PUBLISHED[one.event.what])}  {for_screen(one.event.where)}"
            f"  {_numbers(one.event.letters)}"
        )


@leak.command(name="show")
@click.argument("n", type=int)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def show_leak(desk: Desk, n: int, as_json: bool) -> None:
    """A leak, and how the letters that it concerns are to be handled now.

    Example:  backchannel leak show 31
    """
    if as_json:
        show_json(_leak_json(desk, desk.leak(n)))
        return
    for line in _leak_lines(desk, desk.leak(n)):
        click.echo(line)


@click.group()
def publish() -> None:
    """The gate for announcements: what speaks against one, and what was announced."""


def _announcement(command: Any) -> Any:
    for option in (
        click.option(
            "--agreed", type=int, default=0, metavar="ENTRY", help="Their letter that agrees to a joint line."
        ),
        click.option("--when", "happens", metavar="WHEN", help="When it is announced; otherwise now."),
        click.option("--with", "office", metavar="OFFICE", help="With whom, where no letter is sealed yet."),
        click.option(
            "--what", type=click.Choice(WHAT), default="existence", show_default=True, help="What becomes public."
        ),
        click.argument("letters", nargs=-1, type=int, metavar="[LETTER]..."),
    ):
        command = option(command)
    return command


@publish.command()
@_announcement
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def check(
    desk: Desk, letters: tuple[int, ...], what: str, office: str | None, happens: str | None, agreed: int, as_json: bool
) -> int:
    """What speaks against making these letters public; nothing is recorded. Exit status 7 if anything stops it.

    Example:  backchannel publish check 12 --what gist
    """
    said = publishing.Announcement(letters, _id(desk, office), what, desk.when(happens), agreed=agreed)
    found = desk.examine_announcement(said)
    stopped = any(one.stops for one in found)
    if as_json:
        show_json({"stops": stopped, "findings": [_finding_json(one) for one in found], "line": _line(desk, letters)})
    else:
        for line in (*_finding_lines(found), *_line_lines(desk, letters)):
            click.echo(line)
        click.echo(_("STOPPED.") if stopped else _("Nothing stops it."))
    return NotPossible.exit_status if stopped else 0


@publish.command(name="note")
@_announcement
@click.option("--where", default="", metavar="TEXT", help="Where it is announced.")
@click.option("--by", type=click.Choice(tuple(BY)), default="us", show_default=True, help="Who announces it.")
@click.option("--because", default="", metavar="TEXT", help="Why it goes although something stops it.")
@with_desk()
def note_publication(
    desk: Desk,
    letters: tuple[int, ...],
    what: str,
    office: str | None,
    happens: str | None,
    agreed: int,
    where: str,
    by: str,
    because: str,
) -> int:
    """Announce these letters: through the gate, and recorded either way. Exit status 7 if it is stopped.

    Example:  backchannel publish note 12 --where 'on air' --because 'both principals have agreed by telephone'
    """
    said = publishing.Announcement(letters, _id(desk, office), what, desk.when(happens), where, by, agreed)
    noted, found = desk.announce(said, because=because)
    for line in (*_finding_lines(found), *_line_lines(desk, letters)):
        click.echo(line)
    if noted.event.went:
        click.echo(_("Recorded as announced: entry {n}.").format(n=noted.n))
        return 0
    click.echo(_("STOPPED, and recorded: entry {n}. To go on all the same, say why with --because.").format(n=noted.n))
    return NotPossible.exit_status


@publish.command()
@click.argument("n", type=int)
@click.argument("letters", nargs=-1, type=int, required=True, metavar="LETTER...")
@with_desk()
def tie(desk: Desk, n: int, letters: tuple[int, ...]) -> None:
    """Say which letters announcement N was about, once they are sealed or have come.

    Example:  backchannel publish tie 31 34
    """
    desk.tie_publication(n, letters)
    for line in _publication_lines(desk, desk.publication(n)):
        click.echo(line)


@publish.command()
@click.argument("letters", nargs=-1, type=int, required=True, metavar="LETTER...")
@click.option("--until", required=True, metavar="WHEN", help="Like 2026-12-24T18:00[Asia/Baghdad].")
@click.option("--why", required=True, metavar="TEXT", help="Who asked for it, and why.")
@with_desk()
def embargo(desk: Desk, letters: tuple[int, ...], until: str, why: str) -> None:
    """Keep these letters from the public until then: the gate stops what comes earlier.

    Example:  backchannel publish embargo 12 --until 2026-12-24T18:00[Asia/Baghdad] --why 'both sides asked'
    """
    n = desk.embargo(letters, until, why)
    click.echo(_("The embargo is kept: entry {n}.").format(n=n))


@publish.command()
@click.argument("n", type=int, metavar="LETTER")
@click.option("--who", required=True, metavar="OFFICE", help="Who asks: an office known here, or a name.")
@with_desk()
def asked(desk: Desk, n: int, who: str) -> int:
    """Somebody asks for a copy of a letter: recorded, and blocked if it must not be told. Exit status 7 if blocked.

    No copy is made here. What you pass on in a letter of your own is your word, not its writer's.

    Example:  backchannel publish asked 12 --who 'Allied Desk One'
    """
    entry, names = desk.copy_asked(n, who)
    if names is None:
        click.echo(
            _("{who} is not among those who must not be told; asked, entry {n}.").format(who=for_screen(who), n=entry)
        )
        for line in handled_lines(desk, n, always=True):
            click.echo(line)
        return 0
    if names:
        said = _("BLOCKED: {who} must not be told, as {names}. Recorded: entry {n}.")
    else:
        said = _("BLOCKED: nobody here knows who must not be told of it. Recorded: entry {n}.")
    click.echo(said.format(who=for_screen(who), names=", ".join(map(for_screen, names)), n=entry))
    return NotPossible.exit_status


@publish.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def list_publications(desk: Desk, as_json: bool) -> None:
    """What was announced or stopped, what had not been handed over, and who must not be told and asked."""
    state = desk.state.publicity
    if as_json:
        show_json(
            {
                "publications": [_publication_json(desk, one) for one in desk.publications()],
                "told": [
                    {
                        "entry": n,
                        "at": at,
                        "letter": one.of or None,
                        "who": one.who,
                        "by": one.by,
                        "blocked": one.blocked,
                    }
                    for n, at, one in state.asked
                ],
            }
        )
        return
    for one in desk.publications():
        for line in _publication_lines(desk, one):
            click.echo(line)
    for n, at, told in state.asked:
        mark = _("BLOCKED") + " " if told.blocked else ""
        about = _("letter {n}").format(n=told.of) if told.of else _("a letter not sealed")
        click.echo(f"{n:>5}  {moment(at)}  {mark}{for_screen(told.who)} {_(TOLD[told.by])}: {about}")


def owner_lines(desk: Desk) -> Iterator[str]:
    """What the owner of the desk must see: announced and not handed over, and who was kept from knowing."""
    publicity = desk.state.publicity
    if publicity.publications:
        yield from (_alarm_line(one) for one in desk.publication_alarms() if one.open)
    if blocked := sum(one.blocked for _n, _at, one in publicity.asked):
        yield several(
            "{number} time somebody who must not be told was kept from knowing: `publish list` says who.",
            "{number} times somebody who must not be told was kept from knowing: `publish list` says who.",
            blocked,
        )


def short(desk: Desk, n: int) -> str:
    """The same of a letter, for a list."""
    publicity = desk.state.publicity
    marks = []
    if any(n in one.event.letters for one in publicity.leaks.values()):
        marks.append(_("LEAK NOTED"))
    if any(n in one.letters and one.event.went for one in publicity.publications.values()):
        marks.append(_("ANNOUNCED"))
    return "".join(f", {mark}" for mark in marks)


def handled_lines(desk: Desk, n: int, *, always: bool = False) -> Iterator[str]:
    """How a letter is to be handled now. always: though nothing of it became public."""
    found = desk.handled(n)
    if not (found.leaks or found.publications or always):
        return
    for entry in found.leaks:
        one = desk.leak(entry)
        yield _("LEAK NOTED, entry {n}: {what}, {when}, {where}").format(
            n=entry, what=_(PUBLISHED[one.event.what]), when=_when(one.when), where=for_screen(one.event.where)
        )
    for entry in found.publications:
        yield _("Announced, entry {n}: {when}").format(n=entry, when=_when(desk.publication(entry).when))
    yield "  " + _(POLICIES[found.policy])
    if found.policy != "free":
        yield "  " + _("If asked: {line}").format(line=_(LINE))
    yield "  " + _("Ask first: {names}").format(names=", ".join(_asked(desk, one) for one in found.ask))
    if found.exempted:
        yield "  " + _("Must NOT be told: {names}").format(names=", ".join(map(for_screen, found.exempted)))


def handled_json(desk: Desk, n: int) -> dict[str, Any]:
    return _handled_json(desk.handled(n))


def _asked(desk: Desk, office: bytes) -> str:
    return _("this office") if office == desk.state.office else name_of(desk, office)


def _id(desk: Desk, named: str | None) -> bytes:
    return desk.find(named).office if named else b""


def _when(one: When) -> str:
    return f"{one.written} [{one.zone}]"


def _numbers(letters: tuple[int, ...]) -> str:
    return _("letters {numbers}").format(numbers=", ".join(map(str, letters))) if letters else _("no letter named")


def _line(desk: Desk, letters: tuple[int, ...]) -> str | None:
    """What to say if asked, where any of them may not be spoken of freely."""
    return _(LINE) if any(desk.handled(n).policy != "free" for n in letters) or not letters else None


def _line_lines(desk: Desk, letters: tuple[int, ...]) -> list[str]:
    line = _line(desk, letters)
    return [_("If asked: {line}").format(line=line)] if line else []


def _finding_lines(found: tuple[publishing.Finding, ...]) -> Iterator[str]:
    for one in found:
        said = one.said or (_("nothing of theirs had come by then") if one.code == "none-here" else "")
        if one.code == "none-here" and one.said:
            said = _("the last of theirs that had come by then is their no. {number}").format(number=one.said)
        where = _("letter {n}").format(n=one.letter) + ": " if one.letter else ""
        yield ("! " if one.stops else "  ") + where + _(FINDINGS[one.code]).format(said=for_screen(said))


def _alarm_line(one: publishing.Alarm) -> str:
    where = _("letter {n}").format(n=one.letter) if one.letter else _("a letter not sealed")
    since = _("nor since") if one.open else _("it has been since")
    return f"{where}, {_('announcement {n}').format(n=one.publication)}: {_(FINDINGS[one.code])} ({since})"


def _leak_lines(desk: Desk, one: LeakState) -> Iterator[str]:
    event = one.event
    yield _("Leak, entry {n}: {what}").format(n=one.n, what=_(PUBLISHED[event.what]))
    yield _("When: {when}").format(when=_when(one.when))
    yield _("Where: {where}").format(where=for_screen(event.where))
    yield _("Source: {source}").format(source=for_screen(event.source))
    yield _("Noted, not judged: whether it is true is not said here.")
    if event.office:
        yield _("Of the exchange with {office}").format(office=name_of(desk, event.office))
    for n in event.letters:
        yield _("Letter {n}:").format(n=n)
        yield from handled_lines(desk, n)
    if not event.letters:
        yield _("If asked: {line}").format(line=_(LINE))


def _publication_lines(desk: Desk, one: PublicationState) -> Iterator[str]:
    event = one.event
    head = _(BY[event.by]) if event.went else _("STOPPED at the gate")
    yield f"{one.n:>5}  {_when(one.when)}  {head}: {_(PUBLISHED[event.what])}  {_numbers(one.letters)}"
    if event.where:
        yield "       " + _("Where: {where}").format(where=for_screen(event.where))
    if event.because:
        yield "       " + _("All the same, because: {why}").format(why=for_screen(event.because))
    yield from ("       " + _alarm_line(alarm) for alarm in desk.publication_alarms(one.n))


def _when_json(desk: Desk, one: When) -> dict[str, Any]:
    span = desk.span(one)
    return {"written": one.written, "zone": one.zone, "earliest": span.earliest, "latest": span.latest}


def _leak_json(desk: Desk, one: LeakState) -> dict[str, Any]:
    event = one.event
    return {
        "entry": one.n,
        "event": "x-LeakNoted",
        "at": one.at,
        "clerk": one.clerk,
        "when": _when_json(desk, one.when),
        "where": event.where,
        "source": event.source,
        "what": event.what,
        "office": event.office.hex() or None,
        "letters": [{"entry": n, **_handled_json(desk.handled(n))} for n in event.letters],
    }


def _handled_json(found: publishing.Handled) -> dict[str, Any]:
    return {
        "policy": found.policy,
        "line": None if found.policy == "free" else _(LINE),
        "ask": [one.hex() for one in found.ask],
        "exempted": found.exempted,
        "leaks": found.leaks,
        "publications": found.publications,
    }


def _finding_json(one: publishing.Finding) -> dict[str, Any]:
    return {"code": one.code, "letter": one.letter or None, "said": one.said, "stops": one.stops}


def _publication_json(desk: Desk, one: PublicationState) -> dict[str, Any]:
    event = one.event
    return {
        "entry": one.n,
        "event": "x-Disclosed",
        "at": one.at,
        "clerk": one.clerk,
        "when": _when_json(desk, one.when),
        "where": event.where,
        "what": event.what,
        "by": event.by,
        "office": event.office.hex() or None,
        "letters": one.letters,
        "found": [{"code": code, "letter": n or None} for code, n in event.found],
        "because": event.because or None,
        "went": event.went,
        "alarms": [
            {"letter": alarm.letter or None, "code": alarm.code, "open": alarm.open}
            for alarm in desk.publication_alarms(one.n)
        ],
    }
