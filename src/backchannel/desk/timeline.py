"""The line of time as this desk knows it, and what a person adds to it.   Spec: docs/spec/timeline.md.

Read from entries; of letters only meetings and records of talks are looked into, and no unread one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Final

from backchannel.desk import events as ev
from backchannel.desk import readouts, talks
from backchannel.desk.office import Office
from backchannel.desk.publicity import LeakState, PublicationState
from backchannel.desk.states import Correspondent, LetterState
from backchannel.desk.tracking import all_legs
from backchannel.desk.zones import zone
from backchannel.errors import NotPossible
from backchannel.letters.edtf import Edtf, parse_edtf
from backchannel.letters.series import gaps
from backchannel.letters.spans import ANY_TIME, TimeSpan, hull
from backchannel.terms import timeline as line
from backchannel.terms.timeline import EVENTS, Certainty, Item, Line, Party, Record, timeline, within
from backchannel.text import check

MOST_CHARACTERS: Final = 400
MOST_CROSSINGS: Final = 8  # of one letter that are named; past them only that there are more
_CARRYING: Final = ("conveyance", "evidence")  # shown as custody, not as letters
_ACTS: Final = {"recalls": "recalled-by", "corrects": "corrected-by", "declines": "declined-by"}


def line_of(office: Office, span: TimeSpan = ANY_TIME, *, brief: bool = False) -> Line:
    """Everything this desk knows of, in one order. span: only what can have been in it.

    brief: neither the steps of letters nor the letters that a talk is shown for.
    """
    me = office.state.office
    items = within(timeline(me, (record for source in SOURCES for record in source(office))), span)
    if brief:
        talks_of = {n for item in items if item.kind in ("meeting", "readout") for n in item.entries}
        items = tuple(
            item for item in items if not item.of and not (item.kind == "letter" and talks_of.issuperset(item.entries))
        )
    seen = dict.fromkeys([me, *(one for item in items for one in (item.who, item.to) if one)])
    return Line(office.state.zone, office.now, span, tuple(_party(office, one) for one in seen), items)


def span_of(office: Office, first: str | None, last: str | None) -> TimeSpan:
    """From the beginning of one EDTF date to the end of another, in the office's zone. Raises NotPossible."""
    here = zone(office.state.zone)
    earliest = parse_edtf(first).span(here).earliest if first else None
    latest = parse_edtf(last).span(here).latest if last else None
    if earliest is not None and latest is not None and latest < earliest:
        raise NotPossible("the span ends before it begins")
    return TimeSpan(earliest, latest)


def note(office: Office, what: str, when: str, text: str, source: str, zone_name: str | None = None) -> int:
    """Put an event from outside into the line; its entry. when: EDTF, or `unknown`. Raises NotPossible, Refused."""
    if what not in EVENTS:
        raise NotPossible(f"{what[:40]!a} is no kind of event", next_step=f"Choose among {', '.join(EVENTS)}.")
    named = zone_name or office.state.zone
    _zoned(named)
    written = "" if when == "unknown" else parse_edtf(when).written
    for words, where in ((text, "the event"), (source, "its source")):
        _check_line(words, where)
    with office.changing() as change:
        return change.add(ev.Noted(what, written, named if written else "", text, source))


def strike(office: Office, n: int, why: str) -> int:
    """Strike out an event that was noted; it stays to be seen, with the reason. Raises NotPossible, Refused."""
    _check_line(why, "the reason")
    with office.changing() as change:
        if n not in change.state.noted:
            raise NotPossible(f"entry {n} is no event that was noted here", next_step="See `backchannel timeline`.")
        if n in change.state.struck:
            raise NotPossible(f"entry {n} is struck out already, by entry {change.state.struck[n]}")
        return change.add(ev.Struck(n, why))


def _check_line(text: str, where: str) -> None:
    if not text.strip() or len(text) > MOST_CHARACTERS:
        raise NotPossible(f"{where} is one line of at most {MOST_CHARACTERS} characters, not empty")
    check(text, "line", where)


def _zoned(name: str) -> None:
    try:
        zone(name)
    except KeyError as error:
        raise NotPossible(f"the zone {name[:64]!a} is not known", next_step="Use one like Asia/Tehran.") from error


def _party(office: Office, one: bytes) -> Party:
    if one == office.state.office:
        return Party(one, office.state.names, "this office")
    other = office.state.correspondents.get(one)
    if other is None or not other.card_data:
        return Party(one, (), "no card")
    return Party(one, other.card.body.names, "alarm" if other.alarm else other.trust)


# Where items come from. A further source is a function of the office that gives records or items: put it here.


def _letters(office: Office) -> Iterator[Record]:
    exchanges = {one.office: _Exchange(office, one) for one in office.state.correspondents.values()}
    for letter in office.state.letters.values():
        event, exchange = letter.event, exchanges[letter.office]
        if event is None:
            if not letter.carried:
                yield _gone(letter)
        elif event.form in _CARRYING:
            continue
        elif isinstance(event, ev.Written):
            opened, links, marks = exchange.opened(letter), _links(office, letter, ()), _marks(office, letter)
            yield line.Written(letter.n, letter.at, letter.office, letter.number, event.form, opened, links, marks)
        else:
            crossed, more = exchange.crossed(letter.n, event)
            marks = (*_marks(office, letter), *(("more-crossed",) if more else ()))
            links = _links(office, letter, crossed)
            times = (event.left_by, event.reached, letter.at)
            by = event.by
            yield line.Came(
                letter.n, letter.office, letter.number, event.form, *times, by, letter.read_at, links, marks
            )


def _gone(letter: LetterState) -> line.Gone:
    at, what = (letter.burnt_at, "burnt") if letter.burnt_at else (letter.declined_at, "declined")
    return line.Gone(letter.n, at or 0, what, letter.office, letter.ours, letter.number)


class _Exchange:
    """Our letters to one office: which of them it had opened when, and which its own crossed."""

    def __init__(self, office: Office, other: Correspondent) -> None:
        self.letters, self.epoch = office.state.letters, office.state.epoch
        sent = [
            (number, one.n)
            for (epoch, number), one in sorted(other.written.items(), key=lambda one: one[0][1])
            if epoch == self.epoch and one.event is not None and one.event.form not in _CARRYING
        ]
        self.numbers, self.entries = [number for number, _ in sent], [n for _, n in sent]
        self.lost = {epoch: set(other.lost(epoch)) for epoch in {epoch for epoch, _ in other.written}}
        self.shown: dict[bytes, tuple[list[int], list[int]]] = {}
        for epoch, to, _, at in other.opened_shown:  # of one epoch, rising
            numbers, times = self.shown.setdefault(epoch, ([], []))
            numbers.append(to)
            times.append(at)

    def opened(self, letter: LetterState) -> TimeSpan | None:
        """When its reader had it open, by what it wrote later: not before it was written, not after word of it came."""
        if letter.number in self.lost.get(letter.epoch, ()):
            return None
        numbers, times = self.shown.get(letter.epoch, ([], []))
        at = bisect_left(numbers, letter.number)
        word = [times[at]] if at < len(times) else []
        word += [self.letters[n].at for n in letter.answered_by if not self.letters[n].ours]
        return TimeSpan(letter.at, max(letter.at, min(word))) if word else None

    def crossed(self, n: int, event: ev.Opened) -> tuple[tuple[int, ...], bool]:
        """Ours that were written before theirs came and that its writer had not opened; whether there are more."""
        epoch, number = event.seen
        if epoch not in (self.epoch, bytes(16)):
            return (), False
        first, last = bisect_right(self.numbers, number), bisect_right(self.entries, n)
        found = self.entries[first : min(last, first + MOST_CROSSINGS + 1)]
        return tuple(found[:MOST_CROSSINGS]), len(found) > MOST_CROSSINGS


def _links(office: Office, letter: LetterState, crossed: tuple[int, ...]) -> tuple[tuple[str, int], ...]:
    event = letter.event
    assert event is not None
    found = [("answers", n) for n in event.replies]
    found += [("answered-by", n) for n in letter.answered_by]
    found += list(event.acts)
    found += [(_ACTS[act], n) for act, n in letter.acted_on.items() if act in _ACTS]
    found += [("crosses", n) for n in crossed]
    if isinstance(event, ev.Opened) and event.twin_of:
        found.append(("same-number", event.twin_of))
    return tuple(sorted(set(found)))


def _marks(office: Office, letter: LetterState) -> tuple[str, ...]:
    event, letters = letter.event, office.state.letters
    assert event is not None
    withdrawn = any("recalls" in letters[n].acted_on or "corrects" in letters[n].acted_on for n in event.replies)
    found = {
        "exercise": event.exercise,
        "came-again": letter.duplicates,
        "unread": not letter.ours and letter.read_at is None,
        "answers-withdrawn": withdrawn,
    }
    return tuple(mark for mark, is_so in found.items() if is_so)


def _missing(office: Office) -> Iterator[Record]:
    """Gaps in the series of each office, of earlier epochs too."""
    for other in office.state.correspondents.values():
        held: dict[bytes, dict[int, LetterState]] = {}
        for (epoch, number), letter in other.received.items():
            held.setdefault(epoch, {})[number] = letter
        for epoch, letters in held.items():
            for gap in gaps(letters, 0 if epoch != other.epoch else _announced(other)):
                after, before = (_left(letters.get(number)) for number in (gap.first - 1, gap.last + 1))
                yield line.Missing(other.office, gap, after, before)
        if other.epoch not in held and (gap_of := other.missing()):
            yield from (line.Missing(other.office, gap) for gap in gap_of)


def _announced(other: Correspondent) -> int:
    return max((gap.last for gap in other.missing()), default=0)


def _left(letter: LetterState | None) -> int | None:
    return letter.event.left_by if letter is not None and isinstance(letter.event, ev.Opened) else None


def _custody(office: Office) -> Iterator[Record]:
    state = office.state
    carried = {leg.given.covering: n for n, legs in state.custody.legs.items() for leg in legs}
    for n, covering, legs in all_legs(office):
        of = n
        while of in carried:  # a covering letter that itself went by another hand: its legs are its letter's
            of = carried[of]
        for at, leg in enumerate(legs):
            until = next((word.at for later in legs[at + 1 :] for word in later.words), None)
            yield line.Leg(of, covering if not at else 0, leg, until)
    for charge in state.custody.charges.values():
        opened = charge.unwrapped.letter if charge.unwrapped is not None else 0
        handled = tuple((act.act, at, act.office) for at, act in charge.handled)
        marks = ("exercise",) if charge.came.exercise else ()
        came = charge.came
        yield line.Charge(
            charge.n, came.giver, came.addressee, came.taken or None, came.reached, opened, handled, marks
        )
    for letter in state.letters.values():
        for said in letter.said_of_it:
            yield line.Said(letter.n, said.by, said.event, said.at, said.proof)


def _contacts(office: Office) -> Iterator[Record]:
    for n, one in office.state.contacts.items():
        began, me = one.began, office.state.office
        at = began.unix if began is not None else one.burnt_at
        span = ANY_TIME if at is None else TimeSpan.at(at)
        yield Item("contact", one.standing, span, "here", me, entries=(n,))


def _noted(office: Office) -> Iterator[Record]:
    for n, event in office.state.noted.items():
        when = Edtf.from_wire(event.when) if event.when else None
        span = when.span(zone(event.zone)) if when else ANY_TIME
        struck = office.state.struck.get(n, 0)
        yield line.Outside(n, event.what, when, span, event.text, event.source, event.zone, struck)


def _publicity(office: Office) -> Iterator[Record]:
    """Leaks noted, and announcements with what had not been handed over when they were made."""
    publicity, me = office.state.publicity, office.state.office
    if not (publicity.leaks or publicity.publications):
        return
    from backchannel.desk.publishing import alarms

    for leak in publicity.leaks.values():
        yield _published(leak, "leak", leak.event.letters, source=leak.event.source)
    early: dict[int, set[str]] = {}
    for alarm in alarms(office, zone):
        early.setdefault(alarm.publication, set()).add(alarm.code)
    for one in publicity.publications.values():
        what = "announced" if one.event.went else "stopped"
        other = one.event.office or next((office.state.letters[n].office for n in one.letters), b"")
        who, to = (me, other) if one.event.by == "us" else (other, me)
        yield _published(one, what, one.letters, who, to, marks=tuple(sorted(early.get(one.n, ()))))


def _published(
    one: LeakState | PublicationState,
    what: str,
    letters: tuple[int, ...],
    who: bytes = b"",
    to: bytes = b"",
    *,
    source: str = "",
    marks: tuple[str, ...] = (),
) -> Item:
    when = one.when
    written = when.written if isinstance(when.said, Edtf) else ""
    return Item(
        "event",
        what,
        when.span(zone),
        "noted",
        who,
        to,
        (one.n,),
        text=one.event.where,
        source=source,
        written=written,
        zone=when.zone if written else "",
        links=tuple(("about", n) for n in letters),
        marks=marks,
    )


def _meetings(office: Office) -> Iterator[Record]:
    """What was agreed, for when it was agreed: not that it took place."""
    for one in talks.arranged(office):
        answer = one.answer
        if one.standing == "agreed" and answer is not None and answer.time is not None and one.asked is not None:
            until = answer.time.unix + 60 * (one.asked.minutes or 0)
            me, other = office.state.office, one.letter.office
            who, to = (me, other) if one.letter.ours else (other, me)
            entries = (one.letter.n, *(given.n for given in one.answers if given.stands))
            marks = ("exercise",) if one.letter.event is not None and one.letter.event.exercise else ()
            span = TimeSpan(answer.time.unix, until)
            yield Item("meeting", one.asked.how, span, "said", who, to, entries, marks=marks)


def _readouts(office: Office) -> Iterator[Record]:
    """Calls and meetings of which there is a record: both sides' times, if they differ."""
    for one in readouts.recorded(office):
        said = [record.said for record in (one.our, one.their) if record is not None and record.said is not None]
        if said:
            began = (TimeSpan(each.began.unix, each.began.unix + 60 * (each.minutes or 0)) for each in said)
            ours = one.our is not None
            event = one.letter.event
            marks = (one.standing, *(("exercise",) if event is not None and event.exercise else ()))
            me, other = office.state.office, one.letter.office
            who, to = (me, other) if ours else (other, me)
            yield Item(
                "readout", said[0].how, hull(*began), "here" if ours else "said", who, to, one.entries, marks=marks
            )


def _terms(office: Office) -> Iterator[Record]:
    """What letters do to offers and clauses, when it counts; and the dates of the board."""
    if not office.state.terms:
        return
    from backchannel.desk.standing import board_of
    from backchannel.terms.calendar import dates

    board, me = board_of(office), office.state.office
    held = office.state.by_letter_id
    for id, dated in board.facts.letters.items():
        n, letter = held[id].n, dated.letter
        for act in letter.acts:
            span = dated.reach or dated.leaving.span or letter.sealed
            about = held.get(act.on.letter or b"") if act.on is not None else None
            links = (("about", about.n),) if about is not None else ()
            marks = ("exercise",) if letter.exercise else ()
            certainty: Certainty = "here" if letter.author == me or dated.reached.by == "station" else "said"
            text = (act.on.clause or "") if act.on is not None else ""
            who, to = letter.author, letter.reader
            yield Item("act", act.kind, span, certainty, who, to, (n,), text=text, links=links, marks=marks)
    for due in dates(board):
        n = held[due.letter].n
        author = board.facts.letters[due.letter].letter.author
        marks = () if due.live else ("settled",)
        yield Item("deadline", due.kind, due.at, "here", author, entries=(n,), text=due.clause, marks=marks)


SOURCES: Final[tuple[Callable[[Office], Iterator[Record]], ...]] = (
    _letters,
    _missing,
    _custody,
    _meetings,
    _readouts,
    _contacts,
    _noted,
    _publicity,
    _terms,
)
