"""What this desk holds of its exchanges, as records of standing; and the board.   Spec: docs/spec/standing.md.

Reads entries only, no letter's text but its clauses. A time by the desk's own clock is a second; by another's, ten
minutes either way.
"""

import gc
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from backchannel.conveyance.credence import Ratification
from backchannel.conveyance.evidence import TAKES
from backchannel.conveyance.tracking import CLOCKS_SECONDS
from backchannel.desk import events as ev
from backchannel.desk.clauses import acts_of, clauses_of
from backchannel.desk.custody import LegState
from backchannel.desk.judging import judge_letter
from backchannel.desk.office import Office
from backchannel.desk.states import Correspondent, LetterState, State
from backchannel.desk.tracking import own_leg
from backchannel.desk.zones import zone
from backchannel.encoding import decode, encode
from backchannel.letters.clauses import Act, Ref
from backchannel.letters.dates import moment_of
from backchannel.letters.deadline_text import Choice, choices, deadline_text, parse_deadline
from backchannel.letters.deadlines import Anchored, Deadline, deadline_from_wire
from backchannel.letters.letter import Letter
from backchannel.letters.series import MOST_NUMBER
from backchannel.letters.spans import TimeSpan
from backchannel.terms.feed import board_json, instant, read_records, records_json
from backchannel.terms.records import (
    LEFT_RANKS,
    REACHED_RANKS,
    Authority,
    Hole,
    LetterRecord,
    Records,
    Said,
    Tables,
    settle,
)
from backchannel.terms.standing import Board, standing
from backchannel.values import dataclass

_ACTS = {"recalls": "recall", "declines": "decline"}
# Which verb of an envoy covers an act; the rest needs `commit`.
_VERBS = {"propose": ("negotiate", "commit"), "counter": ("negotiate", "commit"), "interpret": ("explain", "commit")}


def board_of(office: Office) -> Board:
    """The board of everything that this desk holds, now."""
    return board(records_of(office), office.state.office, office.now)


def board(records: Records, owner: bytes, now: int) -> Board:
    # Nothing here makes cycles: collecting them meanwhile costs as much as the board.
    paused = gc.isenabled()
    gc.disable()
    try:
        return standing(records, owner, now, tables())
    finally:
        if paused:
            gc.enable()


def board_from_json(value: Any) -> dict[str, Any]:
    """The board of records in a file, as JSON. Raises Refused [K5]."""
    records, owner, now = read_records(value, read_date)
    return board_json(board(records, owner, now))


def records_json_of(office: Office) -> dict[str, Any]:
    """What the board is computed from, in the form of files."""
    return records_json(records_of(office), office.state.office, office.now, write_date)


def read_date(text: str) -> Deadline:
    """A date as drafts write it, or an instant like 2014-11-24T20:30:00Z."""
    if text.startswith("hex "):
        return deadline_from_wire(decode(bytes.fromhex(text[4:]), limit=1 << 16))
    if "[" in text:
        return parse_deadline("due", text, zone)
    return moment_of(datetime.fromtimestamp(instant(text), UTC), "UTC", zone)


def write_date(date: Deadline) -> str:
    """As drafts write it; one of business days, whose calendar drafts only name, as its encoding."""
    if isinstance(date, Anchored) and date.business is not None:
        return f"hex {encode(date.to_wire()).hex()}"
    return deadline_text(date)


def tables() -> Tables:
    from importlib.metadata import version

    return Tables(
        zone, f"tzdata {version('tzdata')}, hijridate {version('hijridate')}, jdatetime {version('jdatetime')}"
    )


def records_of(office: Office) -> Records:
    """Letters with clauses or acts, those by which times are known, and the holes."""
    return _Reader(office.state).records()


def reached_at(state: State, letter: LetterState) -> int | None:
    """When a letter of ours reached its reader, at the latest, by what stands; None where nothing shows it."""
    reader = _Reader(state)
    found = [said.span.latest for said in reader.reached(letter) if said.span.latest is not None]
    return min(found, default=None)


def readings(
    office: Office, letter: LetterState, duration: tuple[int, str], thought_of: Mapping[str, int]
) -> tuple[Choice, ...]:
    """Every date that a duration without an anchor may mean, counted from what is known of a letter.

    thought_of: further events, by name, in Unix seconds.
    """
    reader = _Reader(office.state)
    record = reader.letter(letter)
    left = settle(record.left, LEFT_RANKS, office.now).span
    reached = settle(record.reached, REACHED_RANKS, office.now).span
    events = {name: TimeSpan.at(unix) for name, unix in thought_of.items()}
    events |= {name: span for name, span in (("leaving", left), ("handover", reached)) if span is not None}
    return choices(duration, events, zone, zones_between(office, letter.office))


def zones_between(office: Office, other: bytes) -> dict[str, str]:
    """The names of both sides, each with the zone that its card names; of one without a card, nothing."""
    found = office.state.of(other)
    card = {found.display: found.card.body.zone} if found.card_data else {}
    return {office.state.name: office.state.zone, **card}


def record_of(office: Office, letter: Letter) -> LetterRecord:
    """A letter about to be sealed, as a record."""
    sheet = letter.sheet
    return LetterRecord(
        b"",
        sheet.sender,
        sheet.recipient,
        0,
        signed=letter.signature is not None,
        clauses=letter.clauses,
        acts=letter.acts,
    )


@dataclass(slots=True)
class _Reader:
    state: State

    def records(self) -> Records:
        letters = [self.letter(one) for one in self.state.letters.values() if one.event is not None and one.number]
        holes = [hole for other in self.state.correspondents.values() for hole in self.holes(other)]
        return Records(tuple(letters), tuple(holes))

    def letter(self, one: LetterState) -> LetterRecord:
        event, state = one.event, self.state
        assert event is not None
        author, reader = (state.office, one.office) if one.ours else (one.office, state.office)
        terms = state.terms.get(one.n)
        acts = self.acts(one, terms)
        return LetterRecord(
            id=event.letter_id,
            author=author,
            reader=reader,
            number=one.number,
            epoch=one.epoch,
            signed=event.signed,
            exercise=event.exercise,
            sealed=TimeSpan.at(one.at) if one.ours else TimeSpan(),
            left=tuple(self.left(one)),
            reached=tuple(self.reached(one)),
            clauses=clauses_of(terms) if terms else (),
            acts=acts,
            languages=terms.languages if terms else (),
            latest_delivery=(terms.latest_delivery or None) if terms else None,
            authority=self.authority(one, acts),
            opened=event.seen if event.seen[1] else None,
        )

    def acts(self, one: LetterState, terms: ev.Terms | None) -> tuple[Act, ...]:
        """Those of the part first, then the docket's; then what older fields and credences do."""
        found = list(acts_of(terms)) if terms else []
        assert one.event is not None
        for name, n in one.event.acts:
            about = self.state.letters.get(n)
            if name in _ACTS and about is not None and about.event is not None:
                found.append(Act(_ACTS[name], Ref(about.event.letter_id)))
        said = self.state.credences.at(one.n)
        if said is not None and isinstance(said[0].what, Ratification):
            what = said[0].what
            found.append(Act("ratify" if what.word == "ratified" else "disown", Ref(what.letter)))
        return tuple(found)

    def authority(self, one: LetterState, acts: tuple[Act, ...]) -> Authority | None:
        """For whom an envoy writes, and whether what it holds covers every act of the letter."""
        judged = judge_letter(self.state, one)
        if judged is None or judged.claim is None:
            return None
        covered = all(judged.claim.verb in _VERBS.get(act.kind, ("commit",)) for act in acts)
        return Authority(judged.claim.principal, judged.verdict == "valid" and covered)

    # --- times ---

    def left(self, one: LetterState) -> Iterator[Said]:
        if one.ours:
            yield Said(TimeSpan.at(one.at), "sender")
            for leg in self.legs(one):
                for word in own_leg(self.state.office, leg).words:
                    if word.event in TAKES and word.by == leg.given.carrier:
                        yield Said(
                            _about(word.at),
                            "carrier",
                            leg.given.way,
                            word.proof == "signed",
                            TimeSpan.at(word.heard_at),
                        )
            return
        assert isinstance(one.event, ev.Opened)
        if one.event.covering:
            charge = self.state.custody.charges.get(one.event.covering)
            if charge is not None and charge.came.taken:
                yield Said(_about(charge.came.taken), "carrier")
        elif one.event.left_by:
            yield Said(TimeSpan(None, one.event.left_by), "carrier")

    def reached(self, one: LetterState) -> Iterator[Said]:
        if not one.ours:
            assert isinstance(one.event, ev.Opened)
            yield Said(TimeSpan.at(one.event.reached), "station")
            return
        for leg in self.legs(one):
            for word in own_leg(self.state.office, leg).words:
                if word.event == "ContentHandover":
                    by = "station" if word.by == one.office else "carrier"
                    yield Said(_about(word.at), by, leg.given.way, word.proof == "signed", TimeSpan.at(word.heard_at))
        if (seen := self.shown_opened(one)) is not None:
            yield Said(TimeSpan(min(one.at, seen), max(one.at, seen)), "station")  # our clock may have been set back

    def shown_opened(self, one: LetterState) -> int | None:
        """When the letter of theirs that first named it as opened came, be it burnt since: it had reached by then."""
        other = self.state.correspondents.get(one.office)
        if other is None or one.event is None:
            return None
        return next((at for epoch, to, _, at in other.opened_shown if epoch == one.epoch and to >= one.number), None)

    def legs(self, one: LetterState) -> list[LegState]:
        return self.state.custody.legs.get(one.n, [])

    # --- holes ---

    def holes(self, other: Correspondent) -> Iterator[Hole]:
        me = self.state.office
        for gap in other.missing():
            yield Hole(other.office, me, other.epoch, gap.first, gap.last)
        for (epoch, number), one in other.received.items():
            if one.gone:
                yield Hole(other.office, me, epoch, number, number, "burnt" if one.burnt_at else "unopened")
        for (epoch, number), one in other.written.items():
            if one.gone:
                yield Hole(me, other.office, epoch, number, number, "burnt")
        if self.state.epoch_why not in ("", "founded"):
            yield from self._lost(other)

    def _lost(self, other: Correspondent) -> Iterator[Hole]:
        """Letters of ours that this desk, restored since, may have written and does not have."""
        for epoch in {of for of, _ in other.written} - {self.state.epoch}:
            last = max(number for of, number in other.written if of == epoch)
            known = other.view is not None and other.view.epoch == epoch
            if not known or (other.view is not None and other.view.opened_to > last):
                yield Hole(self.state.office, other.office, epoch, last + 1, MOST_NUMBER, "restored")


def _about(at: int) -> TimeSpan:
    return TimeSpan(at - CLOCKS_SECONDS, at + CLOCKS_SECONDS)
