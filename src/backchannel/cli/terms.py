"""backchannel terms: what was offered, what binds, what is due, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backchannel.cli.clauses import clause_lines
from backchannel.cli.common import moment, show_json, with_desk, write_new
from backchannel.cli.reasons import ASIDE, BARRED, CHANGES, KNOWN, OFFERS, SETTLES, WORDS, clause_state, why
from backchannel.cli.text import _
from backchannel.cli.ways import name_of
from backchannel.cli.words import N_
from backchannel.errors import NotPossible, Refused
from backchannel.letters.date_showing import passed_words
from backchannel.terms.calendar import Due, Told, dates, soon
from backchannel.terms.calendar import calendar as write_calendar
from backchannel.terms.feed import board_json
from backchannel.terms.knowing import changes_of_clause, changes_of_offer, known_to_other, may_lack, shown
from backchannel.text import for_screen, prose_for_screen

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.letters.clause_words import Shown
    from backchannel.letters.spans import TimeSpan
    from backchannel.terms.offers import Offer, Reason
    from backchannel.terms.performance import Standing
    from backchannel.terms.standing import Board

DATES = {
    "lapses": N_("Entry {what} lapses"),
    "due": N_("Due: {what}"),
    "until": N_("Last day to speak about entry {what}"),
}
MOST_FILE_BYTES = 256 * 1024 * 1024


@click.group()
def terms() -> None:
    """What is on the table, what binds, what is due: computed from the letters and evidence this desk holds."""


@terms.command(name="board")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option("--records", is_flag=True, help="Write the records it is computed from, as JSON, instead.")
@click.option("--all", "everything", is_flag=True, help="Also what has ended.")
@with_desk()
def board_(desk: Desk, as_json: bool, records: bool, everything: bool) -> None:
    """Every offer and clause, and how each stands.

    Where papers, clocks or gaps leave a question open it reads UNCLEAR, with what would settle it.

    Example:  backchannel terms board
    """
    if records:
        show_json(desk.records_json())
        return
    found = desk.board()
    if as_json:
        show_json(board_json(found))
        return
    for line in _board(desk, found, everything):
        click.echo(line)


@terms.command()
@click.argument("ref")
@with_desk()
def explain(desk: Desk, ref: str) -> None:
    """Why an offer or clause stands as it does, who could show it, and what the other side knows.

    REF is a letter's entry, or its entry and a clause, like 12 or 12/T1.

    Example:  backchannel terms explain 12/T1
    """
    found = desk.board()
    for line in _explained(desk, found, ref):
        click.echo(line)


@terms.command()
@click.argument("count", type=click.IntRange(1, 999))
@click.argument("unit", type=click.Choice(["days", "weeks", "months", "years"]))
@click.argument("n", type=int)
@click.option(
    "--from", "events", multiple=True, metavar="EVENT=WHEN", help="A further event to count from, like announced=..."
)
@with_desk()
def readings(desk: Desk, count: int, unit: str, n: int, events: tuple[str, ...]) -> None:
    """What "two months" in letter N may mean, where it does not say from when.

    Nothing is chosen for you: write one of them into a letter, and have it accepted.

    Example:  backchannel terms readings 2 months 12 --from "announced=2025-03-07T18:00[America/New_York]"
    """
    named = dict(event.partition("=")[::2] for event in events)
    for one in desk.readings(n, (count, unit), named):
        click.echo(str(one))


@terms.command()
@click.argument("date")
@click.argument("office")
@with_desk()
def passed(desk: Desk, date: str, office: str) -> None:
    """Whether a DATE that names no zone has passed here and for OFFICE, each by the zone of its card.

    No letter is sealed with such a date; the press and old papers have them. DATE is like 2014-11-24 or 2014-11-24~.

    Example:  backchannel terms passed 2014-11-24 Washington
    """
    found = desk.passed(date, desk.find(office).office)
    click.echo(passed_words(found, _))
    for one in found:
        ends = (
            _("{when} is its last minute").format(when=moment(one.ends)) if one.ends is not None else _("no sure end")
        )
        click.echo(f"  {for_screen(one.party)} [{one.zone}]: {ends}")


@terms.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="A new file, like terms.ics.")
@click.option("--names", is_flag=True, help="Name correspondents. Whoever sees your calendar sees them.")
@with_desk()
def calendar(desk: Desk, output: Path, names: bool) -> None:
    """Write the dates of the board for a calendar program, with alarms.

    It names no correspondent unless asked. Written again and imported again, dates that moved move, and those that no
    longer matter go.

    Example:  backchannel terms calendar -o terms.ics
    """
    found = dates(desk.board())
    write_new(output, write_calendar([_told(desk, one, names) for one in found], desk.office.now), private=True)
    click.echo(
        _("Dates written: {number}, of which {live} matter now.").format(
            number=len(found), live=sum(one.live for one in found)
        )
    )


@terms.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def compute(file: Path) -> None:
    """The board of records in a FILE, as JSON. Needs no office.

    Its form is in docs/spec/standing.md, "In a file"; `terms board --records` writes one.

    Example:  backchannel terms compute records.json
    """
    from backchannel.desk.standing import board_from_json

    if file.stat().st_size > MOST_FILE_BYTES:
        raise NotPossible(f"the file is larger than {MOST_FILE_BYTES:,} bytes")
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Refused("K5", "the file is no JSON", next_step="Compare it with docs/spec/standing.md.") from error
    show_json(board_from_json(value))


def _told(desk: Desk, due: Due, names: bool) -> Told:
    """A date as its owner reads it in a calendar: by entry and clause, with the instant in every calendar."""
    n = desk.entry_of(due.letter)
    what = f"{n}/{due.clause}" if due.clause else str(n)
    summary = _(DATES[due.kind]).format(what=what)
    if names:
        summary += f" ({for_screen(desk.state.of(desk.state.letters[n].office).display)})"
    when = due.at.latest if due.at.latest is not None else due.at.earliest
    lines = desk.in_calendars(when, desk.state.letters[n].office) if when is not None else []
    return Told(due, summary, "\n".join([*lines, _("See: backchannel terms explain {what}").format(what=what)]))


def soon_lines(desk: Desk) -> Iterator[str]:
    """What is due next, what has passed, and what the other side may not know yet. Nothing where there are no terms."""
    if not desk.state.terms:
        return
    found = desk.board()
    coming, passed = soon(found)
    for head, due in ((_("Due next"), coming), (_("Passed in the last seven days"), passed)):
        for one in due:
            n = desk.entry_of(one.letter)
            what = _(DATES[one.kind]).format(what=f"{n}/{one.clause}" if one.clause else str(n))
            yield f"{head}: {what}, {_when(one.at)}"
    ours = [id for id, dated in found.facts.letters.items() if dated.letter.acts or dated.letter.clauses]
    unknown = [desk.entry_of(id) for id, how in known_to_other(found.facts, ours) if how == "not_known"]
    if unknown:
        listed = ", ".join(map(str, sorted(unknown)))
        yield _("Nothing shows yet that the other side has: {entries}").format(entries=listed)


def _board(desk: Desk, found: Board, everything: bool) -> Iterator[str]:
    """By offer, then its clauses. What has ended is counted unless everything is asked for."""
    by_letter: dict[bytes, list[Standing]] = {}
    for one in found.clauses:
        by_letter.setdefault(one.letter, []).append(one)
    ended = 0
    order = sorted(found.offers, key=lambda offer: (offer.letter.exercise, desk.entry_of(offer.letter.id)))
    for offer in order:
        if not everything and offer.state in (
            "withdrawn",
            "not_open",
            "declined",
            "countered",
            "revoked",
            "ended_for_all",
        ):
            ended += 1
            continue
        yield from _offer(desk, offer)
        n = desk.entry_of(offer.letter.id)
        words = {one.number: one for one in desk.clauses_of(n, _)}
        for one in by_letter.get(offer.letter.id, ()):
            yield from _clause(desk, one)
            if one.clause.number in words:
                yield from _text(words[one.clause.number], offer.letter.languages, "     ")
        yield ""
    if ended:
        yield _("Ended, not shown: {number}. `--all` shows them.").format(number=ended)
    for fact in found.pending:
        yield _("Entry {n} acts on a letter that is not here ({act}).").format(
            n=desk.entry_of(fact.by.letter.id), act=fact.act.kind
        )
    for fact, reason in found.barred:
        yield _("Entry {n} does nothing by {act}: {why}").format(
            n=desk.entry_of(fact.by.letter.id), act=fact.act.kind, why=_(BARRED[reason])
        )
    for letter, said, reason in found.aside:
        yield _("Unverified: when entry {n} left or reached, by the {by}, {when}: {why}").format(
            n=desk.entry_of(letter), by=_(WORDS[said.by]), when=_when(said.span), why=_(ASIDE[reason])
        )
    for hole in found.holes:
        who = name_of(desk, hole.author)
        yield _("A hole: letters of {who} from no. {first} to {last} are {why}.").format(
            who=who, first=hole.first, last=hole.last if hole.last < 1 << 38 else "?", why=_(hole.why)
        )
    if not found.offers and not found.pending:
        yield _("Nothing is offered and nothing binds.")


def _offer(desk: Desk, offer: Offer) -> Iterator[str]:
    letter = offer.letter
    drill = _("EXERCISE  ") if letter.exercise else ""
    yield _("{drill}Entry {n}, {author} to {reader}: {state}").format(
        drill=drill,
        n=desk.entry_of(letter.id),
        author=name_of(desk, letter.author),
        reader=name_of(desk, letter.reader),
        state=_(OFFERS[offer.state]),
    )
    if offer.since is not None:
        yield "  " + _("since {when}").format(when=_when(offer.since))
    if offer.lapses is not None and offer.state in ("open", "on_its_way", "unclear"):
        yield "  " + _("lapses {when}").format(when=_when(offer.lapses))
    if offer.until is not None:
        yield "  " + _("its author may still speak until {when}").format(when=moment(offer.until))
    for party in offer.awaits:
        yield "  " + _("has not accepted, as far as is known: {who}").format(who=name_of(desk, party))
    if offer.reasons and offer.state not in ("open", "on_its_way", "drafted"):
        yield "  " + why(offer.reasons[-1].code)
    for one in offer.settles:
        yield "  " + _("what would settle it: {what}").format(what=_(SETTLES[one]))


def _clause(desk: Desk, one: Standing) -> Iterator[str]:
    who = ", ".join(name_of(desk, party) for party in one.declared_by[:1])
    bound = f" ({name_of(desk, one.clause.bound)})" if one.clause.bound else ""
    yield f"  {one.clause.number}{bound}: {clause_state(one.state, who, one.outcome or '')}"
    if one.part:
        yield "     " + for_screen(one.part)
    for due in one.due[-1:]:
        yield "     " + _("due {when}").format(when=_when(due))
        if due.latest is not None:
            other = desk.state.letters[desk.entry_of(one.letter)].office
            yield from (f"         {line}" for line in desk.in_calendars(due.latest, other))
    for due, state in one.instances:
        yield f"     {_when(due)}: {clause_state(state, who, '')}"
    if one.waits:
        waits = ", ".join(_ref(desk, letter, number, one.letter) for letter, number in one.waits)
        yield "     " + _("waits for {waits}").format(waits=waits)


def _text(clause: Shown, languages: tuple[str, ...], indent: str) -> Iterator[str]:
    """What a clause says in the language that decides, and inside it what limits it: never one without the other."""
    yield from (indent + fact for fact in clause.facts)
    found = clause.text_in(languages[0] if languages else "")
    if found is not None:
        yield from (indent + line for line in prose_for_screen(found[1]).split("\n"))
    for limit in clause.limited_by:
        yield indent + _("It is limited by:") + " " + limit.head
        yield from _text(limit, languages, indent + "    ")


def _explained(desk: Desk, found: Board, ref: str) -> Iterator[str]:
    entry, _slash, number = ref.partition("/")
    letter = desk.state.letters.get(int(entry)) if entry.isdigit() else None
    if letter is None or letter.event is None:
        raise NotPossible(f"there is no letter {ref[:20]!a} here", next_step="`backchannel terms board` lists entries.")
    id = letter.event.letter_id
    offer = next((one for one in found.offers if one.letter.id == id), None)
    clause = next((one for one in found.clauses if one.letter == id and one.clause.number == number), None)
    if offer is None or (number and clause is None):
        raise NotPossible(f"{ref[:20]!a} names no offer or clause", next_step="`backchannel terms board` lists them.")
    yield from _offer(desk, offer)
    reasons: Iterable[Reason] = offer.reasons
    if clause is not None:
        yield from _clause(desk, clause)
        whole = [one for one in desk.clauses_of(letter.n, _) if one.number == number]
        for one in whole:
            yield from clause_lines(one, list(one.texts), "     ")
        reasons = clause.reasons
    yield ""
    yield _("Why")
    named: dict[bytes, None] = {id: None}
    for reason in reasons:
        named |= dict.fromkeys(reason.letters)
        where = ", ".join(str(desk.entry_of(one)) for one in reason.letters)
        at = f", {_when(reason.at)}" if reason.at is not None else ""
        yield f"  - {why(reason.code)}" + (f" ({_('entry')} {where}{at})" if where else f" ({at[2:]})" if at else "")
    changes = changes_of_clause(clause) if clause is not None else changes_of_offer(offer)
    if changes:
        yield "  " + _("So far. It would be changed by: {changes}").format(
            changes="; ".join(_(CHANGES[one]) for one in changes)
        )
    yield ""
    yield _("Who could show what to an outsider")
    for proof in shown(found.facts, named):
        words = [
            _("its text: {who}").format(who=_signer(proof.text)),
            _("when it left: {who}").format(who=_signer(proof.left)),
            _("when it reached: {who}").format(who=_signer(proof.reached)),
        ]
        yield f"  {_('entry')} {desk.entry_of(proof.letter)}: " + "; ".join(words)
    yield "  " + _("Nobody can show that nothing came.")
    yield ""
    yield _("What the other side can be known to know")
    for letter_id, how in known_to_other(found.facts, named):
        yield f"  {_('entry')} {desk.entry_of(letter_id)}: {_(KNOWN[how])}"
    for lack in may_lack(found.facts, named):
        if lack.event:
            yield "  " + _("entry {n}: they may not have the word of the {by} by which this desk counts").format(
                n=desk.entry_of(lack.letter), by=_(WORDS[lack.by])
            )


def _signer(word: str | None) -> str:
    match word:
        case "author":
            return _("by its writer's signature")
        case None:
            return _("between us only")
    return _("by a signed statement")


def _when(span: TimeSpan) -> str:
    if span.exact:
        return moment(span.earliest)
    earliest = moment(span.earliest) if span.earliest is not None else "..."
    latest = moment(span.latest) if span.latest is not None else "..."
    return f"{earliest} - {latest}"


def _ref(desk: Desk, letter: bytes, number: str, here: bytes) -> str:
    return number if letter == here else f"{desk.entry_of(letter) or '?'}/{number}"
