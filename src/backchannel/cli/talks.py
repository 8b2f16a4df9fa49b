"""backchannel meeting; and what letters say of meetings and calls, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from backchannel.cli.common import show_json, with_desk
from backchannel.cli.text import _
from backchannel.cli.ways import name_of
from backchannel.cli.words import CAPACITIES, N_
from backchannel.desk.talks import Arranged, talk_in
from backchannel.letters.meetings import Attendee, Meeting, MeetingAnswer
from backchannel.letters.readouts import Readout
from backchannel.text import for_screen

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.desk.reading import Shown
    from backchannel.letters.dates import Moment
    from backchannel.letters.talks import Talk

HOW: Final = {"in_person": N_("in person"), "call": N_("by call")}
STANDINGS: Final = {
    "unread": N_("UNREAD: read the letter first"),
    "asked": N_("ASKED: no answer yet"),
    "agreed": N_("AGREED"),
    "declined": N_("DECLINED"),
    "out-of-date": N_("OUT OF DATE: every time asked has passed without an answer"),
    "withdrawn": N_("WITHDRAWN by its writer"),
}


@click.group()
def meeting() -> None:
    """Meetings and calls: asked for by one side, who then leaves the place to the other.

    Ask and answer with drafts (`letter send`): the fields are in docs/guide/drafts.md.
    """


@meeting.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def list_(desk: Desk, as_json: bool) -> None:
    """Requests to meet, ours and theirs, and how each stands."""
    if as_json:
        show_json([_as_json(desk, one) for one in desk.meetings()])
        return
    for one in desk.meetings():
        click.echo(
            f"{one.letter.n:>5}  {_head(desk, one)}" + (f"  {for_screen(one.asked.purpose)}" if one.asked else "")
        )
        for line in _standing(desk, one):
            click.echo("       " + line)


@meeting.command()
@click.argument("n", type=int)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def show(desk: Desk, n: int, as_json: bool) -> None:
    """A request to meet with its answers, in the hours of both sides. N: the entry of the request, or of an answer.

    Example:  backchannel meeting show 12
    """
    one = desk.meeting(n)
    if as_json:
        show_json(_as_json(desk, one))
        return
    click.echo(_("Entry {n}: {head}").format(n=one.letter.n, head=_head(desk, one)))
    if one.asked is not None:
        for line in lines_of(desk, one.letter.office, one.asked):
            click.echo(line)
    for answer in one.answers:
        if answer.said is None:
            click.echo(_("Entry {n} answers it and is not read yet.").format(n=answer.n))
            continue
        click.echo(
            _("Entry {n} answers it:").format(n=answer.n)
            if answer.stands
            else _("Entry {n}, replaced:").format(n=answer.n)
        )
        for line in lines_of(desk, one.letter.office, answer.said):
            click.echo("  " + line)
    for line in _standing(desk, one):
        click.echo(line)


def lines_of(desk: Desk, other: bytes, said: Talk) -> Iterator[str]:
    """What a letter to or from that office says of a meeting."""
    match said:
        case Meeting():
            yield _("Asks to meet: {purpose}").format(purpose=for_screen(said.purpose))
            yield _("How: {how}").format(how=_(HOW[said.how])) + _lasting(said.minutes)
            yield _("Times to choose from:")
            yield from ("  " + time_line(desk, other, one) for one in said.times)
            yield from _people(_("Comes for its writer"), said.who)
        case MeetingAnswer():
            yield _("To the request to meet: {answer}").format(answer=_(STANDINGS[said.answer]))
            if said.time is not None:
                yield _("Time: {time}").format(time=time_line(desk, other, said.time))
                yield _("Place: {place}").format(place=for_screen(said.place or ""))
                yield from _people(_("Comes for its writer"), said.who)
        case Readout():
            yield _("Its writer's record of a talk, {how}").format(how=_(HOW[said.how])) + _lasting(said.minutes)
            yield _("Began: {time}").format(time=time_line(desk, other, said.began))
            if said.place is not None:
                yield _("Place: {place}").format(place=for_screen(said.place))
            yield from _people(_("For its writer"), said.who)
            yield from _people(_("For the other side"), said.met)
            yield from ("  - " + for_screen(one) for one in said.points)
            if said.agrees is not None:
                yield _("It agrees with the other side's record, which it restates.")


def shown_lines(desk: Desk, shown: Shown) -> Iterator[str]:
    """The same of a letter on the screen, and whether what it answers is here."""
    said = talk_in(shown.letter)
    if said is None:
        return
    yield from lines_of(desk, shown.other.office, said)
    if isinstance(said, MeetingAnswer) and not any(_is(desk, n, said.meeting) for n in desk.state.letters):
        yield _("That request is not here: the answer is to nothing known to this office.")
    if isinstance(said, Readout):
        if said.agrees is not None and not any(_is(desk, n, said.agrees) for n in desk.state.letters):
            yield _("The record it agrees with is not here: it agrees with nothing known to this office.")
        yield _("Beside the other side's record: `backchannel readout show {n}`").format(n=shown.state.n)


def shown_json(desk: Desk, shown: Shown) -> dict[str, Any] | None:
    """The same for machines; null for a letter that says nothing of a meeting."""
    said = talk_in(shown.letter)
    return None if said is None else said_json(desk, shown.other.office, said)


def time_line(desk: Desk, other: bytes, moment: Moment) -> str:
    """A time as it was written, and by the clocks of both sides."""
    found = desk.hours(other, moment)
    written = f"{moment.written} [{moment.zone}]" + ("" if moment.calendar == "gregorian" else f" {moment.calendar}")
    here = f"{found.here[0]} [{found.here[1]}]"
    there = f"{found.there[0]} [{found.there[1]}]" if found.there else _("unknown")
    return _("{written}: here {here}, there {there}").format(written=written, here=here, there=there)


def _is(desk: Desk, n: int, letter_id: bytes) -> bool:
    event = desk.state.letters[n].event
    return event is not None and event.letter_id == letter_id


def _head(desk: Desk, one: Arranged) -> str:
    event = one.letter.event
    mark = _("EXERCISE") + " " if event is not None and event.exercise else ""
    by = _("you ask {office}") if one.letter.ours else _("{office} asks")
    return mark + by.format(office=name_of(desk, one.letter.office))


def _standing(desk: Desk, one: Arranged) -> Iterator[str]:
    found = _(STANDINGS[one.standing])
    if one.answer is not None and one.answer.time is not None:
        found += ", " + _("that time has passed") if one.past else ""
        found += ": " + time_line(desk, one.letter.office, one.answer.time) + "; " + for_screen(one.answer.place or "")
    yield found
    for answer in one.answers:
        if answer.said is None:
            yield _("Entry {n} answers it and is not read yet.").format(n=answer.n)


def _lasting(minutes: int | None) -> str:
    return "" if minutes is None else ", " + _("about {minutes} minutes").format(minutes=minutes)


def _people(who: str, people: tuple[Attendee, ...]) -> Iterator[str]:
    for one in people:
        yield f"{who}: {_(CAPACITIES[one.capacity])} - {for_screen(one.words)}"


def _as_json(desk: Desk, one: Arranged) -> dict[str, Any]:
    other, event = one.letter.office, one.letter.event
    return {
        "entry": one.letter.n,
        "ours": one.letter.ours,
        "office": other.hex(),
        "exercise": event.exercise if event else None,
        "standing": one.standing,
        "past": one.past,
        "asked": said_json(desk, other, one.asked) if one.asked else None,
        "answer": said_json(desk, other, one.answer) if one.answer else None,
        "answers": [
            {"entry": a.n, "stands": a.stands, "answer": a.said.answer if a.said else None} for a in one.answers
        ],
    }


def said_json(desk: Desk, other: bytes, said: Talk) -> dict[str, Any]:
    match said:
        case Meeting():
            times = [_time_json(desk, other, one) for one in said.times]
            found: dict[str, Any] = {"kind": "meeting", "purpose": said.purpose, "how": said.how, "times": times}
            return found | {"minutes": said.minutes, "who": _people_json(said.who)}
        case MeetingAnswer():
            time = _time_json(desk, other, said.time) if said.time else None
            found = {"kind": "meeting-answer", "meeting": said.meeting.hex(), "answer": said.answer, "time": time}
            return found | {"place": said.place, "who": _people_json(said.who)}
        case Readout():
            found = {"kind": "readout", "how": said.how, "began": _time_json(desk, other, said.began)}
            found |= {"minutes": said.minutes, "place": said.place, "who": _people_json(said.who)}
            agrees = said.agrees.hex() if said.agrees else None
            return found | {"met": _people_json(said.met), "points": list(said.points), "agrees": agrees}


def _time_json(desk: Desk, other: bytes, moment: Moment) -> dict[str, Any]:
    found = desk.hours(other, moment)
    return {
        "at": moment.unix,
        "written": moment.written,
        "zone": moment.zone,
        "calendar": moment.calendar,
        "here": found.here,
        "there": found.there,
    }


def _people_json(people: tuple[Attendee, ...]) -> list[dict[str, str]]:
    return [{"capacity": one.capacity, "words": one.words} for one in people]
