"""What is, derived from what happened: pure functions over entries.   Spec: docs/spec/desk.md, "States"."""

from collections.abc import Iterable
from typing import Any, Final, Literal

from backchannel.clock import AHEAD_SECONDS
from backchannel.desk import events as ev
from backchannel.desk.credences import Credences
from backchannel.desk.custody import Custody
from backchannel.desk.later import imported_when_used
from backchannel.desk.publicity import Publicity
from backchannel.errors import NotPossible
from backchannel.letters.dates import Moment
from backchannel.letters.series import Gap, Span, gaps, span
from backchannel.seals.cards import Card, read_card
from backchannel.seals.envelopes import ENDED_KEPT_SECONDS
from backchannel.values import dataclass, field, replace

with imported_when_used():
    from backchannel.conveyance import evidence

CLOCK_BEHIND_SECONDS: Final = 60

Trust = Literal["unverified", "vouched", "verified"]


@dataclass(slots=True)
class LetterState:
    """One letter as the register knows it. n: its entry. event: None once burnt or declined. sealed_at: last sealed.

    carried: it was a covering letter, and what it enclosed has gone on and is forgotten here. acted_on: by act
    (recalls, corrects, declines), the entry of the first letter that did it to this one.
    """

    n: int
    at: int
    ours: bool
    office: bytes
    epoch: bytes
    number: int
    event: ev.Written | ev.Opened | None
    clerk: str | None = None
    read_at: int | None = None
    declined_at: int | None = None
    burnt_at: int | None = None
    carried: bool = False
    sealed_at: int = 0
    again: int = 0
    duplicates: int = 0
    answered_by: list[int] = field(default_factory=list)
    acted_on: dict[str, int] = field(default_factory=dict)
    stated: list[str] = field(default_factory=list)
    """What this desk said to its writer of it or of its recall, by event."""
    said_of_it: list[ev.Heard] = field(default_factory=list)
    """What its reader said of its recall, and of reading it aloud."""

    @property
    def recalled_unread(self) -> int:
        """The entry of the recall of a letter that came and was not read; 0 if it was read, or not recalled."""
        return 0 if self.ours or self.read_at is not None else self.acted_on.get("recalls", 0)

    @property
    def heard_aloud(self) -> ev.Heard | None:
        """What the reader of a letter of ours first said of reading it aloud."""
        heard = (one for one in self.said_of_it if one.proof != "forged")
        return next((one for one in heard if one.event == evidence.READ_ALOUD), None)

    @property
    def read_aloud(self) -> bool:
        """Whether its writer was told that it was read aloud here."""
        return any(one == evidence.READ_ALOUD for one in self.stated)

    @property
    def gone(self) -> bool:
        return self.burnt_at is not None or self.declined_at is not None

    @property
    def paraphrase(self) -> str:
        """Of what it is a paraphrase (`docket.PARAPHRASES`), "" if it is its office's own text, or gone."""
        return self.event.paraphrase[0] if self.event is not None else ""


@dataclass(slots=True)
class ContactState:
    """A contact note by its entry. event: None once burnt. marks: (when, what) since, in order; the last one counts."""

    n: int
    at: int
    clerk: str | None
    event: ev.ContactNoted | None
    marks: list[tuple[int, ev.ContactMarked]] = field(default_factory=list)
    burnt_at: int | None = None

    @property
    def began(self) -> Moment | None:
        """When the meeting began, with its zone; None once burnt."""
        return Moment.from_wire(self.event.began) if self.event is not None else None

    @property
    def standing(self) -> Literal["itself", "ratified", "disowned", "burnt"]:
        """On whose authority it speaks: for itself only, unless somebody has since taken it up or disowned it."""
        if self.event is None:
            return "burnt"
        found: Any = self.marks[-1][1].mark if self.marks else "itself"
        return found  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Vouch:
    """One office's introduction of another. letter: the entry that brought it, at Unix seconds `at`."""

    by: "Correspondent" = field(repr=False, compare=False)
    letter: int
    at: int
    standing: str
    since: int
    signed: bool
    exercise: bool

    @property
    def counts(self) -> bool:
        return self.by.is_taken and not self.exercise


@dataclass(slots=True)
class OwnBatch:
    """Envelopes made for one office, neither spent nor destroyed: until by slot. ended: (when, below which number)."""

    slots: dict[bytes, int]
    ended: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Mandate:
    """What the channel to an office may be used for. at: Unix seconds. ended: when and by whom, if by a person."""

    said: ev.MandateSet
    at: int
    clerk: str | None
    ended: tuple[int, str] | None = None

    def ended_at(self, now: int) -> int:
        """When it ended, by its own date or by a person; 0 while it holds."""
        if self.ended is not None:
            return self.ended[0]
        return self.said.until if 0 < self.said.until <= now else 0


@dataclass(slots=True)
class Correspondent:
    """Another office, as this desk knows it."""

    office: bytes
    card_data: bytes = b""
    accepted: bool = False
    verified: bool = False
    name: str | None = None
    alarm: ev.CardAlarm | None = None
    heard_against: set[tuple[bytes, bytes]] = field(default_factory=set)
    """(introducer or empty, office) of every alarm there was, and of who had spoken for that office when it was
    settled: what was settled is not raised again by the same word."""
    card_came: tuple[str, int] = ("", 0)
    """How the first card of it came, and when."""
    by_hand: bool = False
    """Whether a person here imported a card of it: else it is known by letters and introductions only."""
    introductions: dict[tuple[bytes, bool], Vouch] = field(default_factory=dict)
    """Who introduced it, the latest word of each, in earnest and in exercises."""
    epoch: bytes = b""
    zero_allowed: bool = True
    shown: int | None = None
    restored_at: int = 0
    """When it was last seen to have begun a new epoch: its desk was restored, or a copy of it put back."""
    unspoken: bool = False
    """Whether it has yet to show that it holds a letter which a person here chose to seal to it since."""
    person_wrote: bool = False
    answered: bool = False
    own_batches: dict[int, OwnBatch] = field(default_factory=dict)
    made_batches: int = 0
    batch_made_at: int = 0
    used_of_batch: dict[int, int] = field(default_factory=dict)
    their_batches: dict[int, dict[bytes, int]] = field(default_factory=dict)
    written: dict[tuple[bytes, int], LetterState] = field(default_factory=dict)
    received: dict[tuple[bytes, int], LetterState] = field(default_factory=dict)
    view: ev.ViewSeen | None = None
    opened_shown: list[tuple[bytes, int, int, int]] = field(default_factory=list)
    """(epoch of ours, opened to, by which letter of theirs, when that was opened here), rising."""
    last_empty: "LetterState | None" = None
    """The last empty letter to it: no letter otherwise, and in no list."""
    way_back: bytes = b""
    """The go-between by which the last letter went or came, by whom it is reached unless a person says otherwise.

    Empty: over its relay.
    """
    card_sent: tuple[int, int] = (0, 0)
    """Serial of the card last enclosed, and the number of the letter that brought it (0: an empty letter)."""
    mandate: Mandate | None = None
    """What the channel to it may be used for, if anybody here has said so; also after it has ended."""
    _card: Card | None = field(default=None, repr=False)

    @property
    def card(self) -> Card:
        if self._card is None or self._card.data != self.card_data:
            self._card = read_card(self.card_data)
        return self._card

    @property
    def is_taken(self) -> bool:
        """Whether a person here has accepted its card or compared its number, and nothing contradicts it."""
        return (self.accepted or self.verified) and self.alarm is None

    @property
    def vouchers(self) -> tuple[Vouch, ...]:
        """Who vouches for it, by when they did. More than one: they agree, or an alarm would stand."""
        return tuple(sorted((one for one in self.introductions.values() if one.counts), key=lambda one: one.letter))

    @property
    def trust(self) -> Trust:
        if self.verified:
            return "verified"
        return "vouched" if self.vouchers else "unverified"

    @property
    def display(self) -> str:
        """Its own name from its card; what is chosen here stands beside it on screens."""
        return self.card.body.name

    def written_span(self, epoch: bytes) -> Span:
        return span(epoch, {number: _id(one) for (of, number), one in self.written.items() if of == epoch})

    def received_span(self) -> Span:
        return span(self.epoch or bytes(16), self.held_ids(self.epoch))

    def held_ids(self, epoch: bytes) -> dict[int, bytes | None]:
        """Letter-ids of what was opened of theirs, by number; None for what was burnt."""
        return {number: _id(one) for (of, number), one in self.received.items() if of == epoch}

    def written_ids(self, epoch: bytes) -> dict[int, bytes | None]:
        return {number: _id(one) for (of, number), one in self.written.items() if of == epoch}

    def missing(self) -> tuple[Gap, ...]:
        """Letters of theirs, in their current epoch, that have not arrived."""
        announced = self.view.announced if self.view and self.view.their_epoch == self.epoch else 0
        return gaps((number for of, number in self.received if of == self.epoch), announced)

    def opened_to(self, epoch: bytes) -> int:
        """How far they say they have opened ours of this epoch, without a gap."""
        return self.view.opened_to if self.view and self.view.epoch == epoch else 0

    def in_reach(self, epoch: bytes) -> bool:
        """Whether something may be sent to it without a person asking: a person here wrote to it or took its card."""
        known = self.person_wrote or self.accepted
        return known and self.alarm is None and bool(self.card_data) and not self.unspoken

    def lost(self, epoch: bytes) -> tuple[int, ...]:
        """Numbers of letters of ours, last sealed before its new epoch, that by its own word it does not have."""
        if not self.restored_at:
            return ()
        return tuple(
            number
            for (of, number), one in sorted(self.written.items())
            if of == epoch and number > self.opened_to(epoch) and one.sealed_at <= self.restored_at and not one.gone
        )


@dataclass(slots=True)
class State:
    """All there is to know without opening a letter."""

    office: bytes = b""
    names: tuple[tuple[str, str], ...] = ()
    zone: str = "UTC"
    epoch: bytes = b""
    epoch_why: str = ""
    epoch_at: int = 0
    seals: dict[int, bytes] = field(default_factory=dict)
    card_data: bytes = b""
    card_serial: int = 0
    homes: ev.HomesSet | None = None
    correspondents: dict[bytes, Correspondent] = field(default_factory=dict)
    letters: dict[int, LetterState] = field(default_factory=dict)
    by_letter_id: dict[bytes, LetterState] = field(default_factory=dict)
    """Of the letters that are kept: one that is burnt or declined is found by its entry only."""
    seal_ids: dict[bytes, int] = field(default_factory=dict)
    own_slots: dict[bytes, tuple[bytes, int]] = field(default_factory=dict)
    spent: dict[bytes, bytes] = field(default_factory=dict)
    backups: list[tuple[int, int, str]] = field(default_factory=list)
    """(entry, when, name) of each that was begun and did not fail: a crash may have left one that is whole."""
    last_backup_at: int = 0
    """When the last one was begun that is known to be whole; 0 if none is."""
    last_n: int = 0
    last_at: int = 0
    copy: ev.CopyNoticed | None = None
    """Why this register is held to be an old copy put back; None once a person has begun a new epoch."""
    clock_doubt: str | None = None
    """behind or ahead: an entry was made under a clock that no person has confirmed since."""
    refused: list[tuple[int, tuple[tuple[str, str, int], ...]]] = field(default_factory=list)
    custody: Custody = field(default_factory=Custody)
    credences: Credences = field(default_factory=Credences)
    terms: dict[int, ev.Terms] = field(default_factory=dict)
    """Clauses and acts of letters that are kept, by entry."""
    translations: dict[int, list[tuple[int, ev.Translated]]] = field(default_factory=dict)
    """(entry, what) of those made here, by the entry of the letter translated."""
    contacts: dict[int, ContactState] = field(default_factory=dict)
    """Contact notes by entry. They are no letters: nothing in `letters` bears the same number."""
    publicity: Publicity = field(default_factory=Publicity)
    reconciled: list[tuple[int, int, ev.Reconciled]] = field(default_factory=list)
    """(entry, when, what came of it)."""
    introduced: dict[int, ev.Introduced] = field(default_factory=dict)
    """What each letter of introduction came to, by its entry."""
    noted: dict[int, ev.Noted] = field(default_factory=dict)
    """Events from outside that a person noted, by entry."""
    struck: dict[int, int] = field(default_factory=dict)
    """Of those struck out, by which entry."""

    def of(self, office: bytes) -> Correspondent:
        return self.correspondents.setdefault(office, Correspondent(office))

    def entry_of(self, letter_id: bytes) -> int:
        """The entry of a kept letter by its id; 0 if it is burnt or not here."""
        found = self.by_letter_id.get(letter_id)
        return found.n if found is not None else 0

    def backups_after(self, n: int) -> tuple[str, ...]:
        """Names of the backups made while entry n was kept."""
        return tuple(name for made, _, name in self.backups if made > n)

    def in_reach(self, to: bytes) -> bool:
        """Whether something may be sent there by itself, and through whom it would go: persons here know both."""
        return all(self.of(one).in_reach(self.epoch) for one in (to, self.of(to).way_back) if one)

    @property
    def introductions_waiting(self) -> list[int]:
        """Letters of introduction that wait for their introducer to be accepted, or for the day of their card."""
        waiting = (n for n, one in self.introduced.items() if one.outcome in ("waits", "ahead"))
        return [n for n in waiting if self.letters[n].event is not None]

    @property
    def name(self) -> str:
        return dict(self.names).get("en", self.names[0][1] if self.names else "")


def _id(letter: LetterState) -> bytes | None:
    return letter.event.letter_id if letter.event is not None else None


def derive(entries: Iterable[ev.Entry], state: State | None = None) -> State:
    """The state after these entries; with `state`, after those that follow it."""
    state = state or State()
    for entry in entries:
        state.last_n = entry.n
        if entry.event is not None:
            state.clock_doubt = state.clock_doubt or clock_doubt(state.last_at, entry.at)
            state.last_at = max(state.last_at, entry.at)
            _apply(state, entry, entry.event)
    return state


def clock_doubt(last: int, now: int) -> str | None:
    """Whether a clock at `now` stands before the last entry, or more than 40 days after it."""
    if last and now < last - CLOCK_BEHIND_SECONDS:
        return "behind"
    return "ahead" if last and now > last + AHEAD_SECONDS else None


def _apply(state: State, entry: ev.Entry, event: ev.Event) -> None:
    match event:
        case ev.ClockConfirmed():
            state.clock_doubt, state.last_at = None, entry.at
        case ev.CopyNoticed():
            state.copy = event
        case ev.Founded():
            state.office, state.names, state.zone = event.office, event.names, event.zone
        case ev.EpochBegun():
            _begin_epoch(state, entry, event)
        case ev.SealMade():
            state.seals[event.period] = event.slot
        case ev.SealDestroyed():
            state.seals.pop(event.period, None)
        case ev.CardIssued():
            state.card_data, state.card_serial = event.data, event.serial
        case ev.HomesSet():
            state.homes = event
        case ev.Written():
            _written(state, entry, event)
        case ev.Opened():
            _opened(state, entry, event)
        case ev.Duplicate():
            state.seal_ids[event.seal_id] = event.of
            if event.of in state.letters:
                state.letters[event.of].duplicates += 1
        case ev.Read():
            if event.of in state.letters:
                state.letters[event.of].read_at = entry.at
        case ev.SentAgain():
            if event.of in state.letters:
                state.letters[event.of].again += 1
        case ev.Declined() | ev.Burnt() | ev.Discharged():
            _gone(state, entry, event)
            state.custody.apply(entry, event)
        case ev.BackupBegun():
            state.backups.append((entry.n, entry.at, event.name))
        case ev.BackupMade():
            state.last_backup_at = max((at for n, at, _ in state.backups if n == event.of), default=0)
        case ev.BackupFailed():
            state.backups = [one for one in state.backups if one[0] != event.of]
        case ev.RefusedArrivals():
            state.refused.append((entry.at, event.counts))
        case ev.Terms():
            state.terms[event.of] = event
        case ev.Translated():
            state.translations.setdefault(event.of, []).append((entry.n, event))
        case ev.LeakNoted() | ev.Disclosed() | ev.PublicationTied() | ev.Embargoed() | ev.ToldOf():
            state.publicity.apply(entry, event)
        case ev.Reconciled():
            state.reconciled.append((entry.n, entry.at, event))
        case ev.Accredited() | ev.Claimed():
            state.credences.apply(event)
        case ev.ContactNoted() | ev.ContactMarked() | ev.ContactBurnt():
            _contact(state, entry, event)
        case ev.Noted():
            state.noted[entry.n] = event
        case ev.Struck():
            state.struck.setdefault(event.of, entry.n)
        case _:
            _correspondence(state, entry, event)


def _correspondence(state: State, entry: ev.Entry, event: ev.Event) -> None:
    match event:
        case ev.CardKept():
            other = state.of(event.office)
            other.card_data = event.data
            other.accepted = other.accepted or event.accepted
            other.by_hand = other.by_hand or event.how == "import"
            other.card_came = other.card_came if other.card_came[1] else (event.how, entry.at)
        case ev.CardAlarm():
            other = state.of(event.office)
            other.alarm = event
            other.heard_against.add((event.by, event.against))
        case ev.AlarmSettled():
            other = state.of(event.office)
            other.alarm, other.verified = None, False
            other.introductions.clear()
            for against in {office for _, office in other.heard_against} & state.correspondents.keys():
                spoken = state.correspondents[against].introductions
                other.heard_against |= {(introducer, against) for introducer, _ in spoken}
        case ev.Introduced():
            state.introduced[event.of] = event
            if event.outcome in ("vouched", "exercise"):
                exercise = event.outcome == "exercise"
                vouch = Vouch(
                    state.of(event.introducer),
                    event.of,
                    entry.at,
                    event.standing,
                    event.since,
                    event.signed,
                    exercise,
                )
                state.of(event.office).introductions[event.introducer, exercise] = vouch
        case ev.Verified():
            state.of(event.office).verified = True
        case ev.Named():
            state.of(event.office).name = event.name
        case ev.MandateSet():
            state.of(event.office).mandate = Mandate(event, entry.at, entry.clerk)
        case ev.MandateEnded() if (mandate := state.of(event.office).mandate) is not None:
            state.of(event.office).mandate = replace(mandate, ended=(entry.at, event.by))
        case ev.BatchMade():
            other = state.of(event.office)
            other.own_batches[event.number] = OwnBatch(dict(event.slots))
            other.made_batches = max(other.made_batches, event.number)
            other.batch_made_at = entry.at
            state.own_slots.update({slot: (event.office, event.number) for slot, _ in event.slots})
        case ev.BatchesEnded():
            for number, batch in state.of(event.office).own_batches.items():
                if number < event.opened and batch.ended is None:
                    batch.ended = (entry.at, event.number)
        case ev.SlotsDestroyed():
            for slot in event.slots:
                _drop_slot(state, slot)
        case ev.SlotSpent():
            if event.counts and (slot_of := state.own_slots.get(event.slot)):
                used = state.of(event.office).used_of_batch
                used[slot_of[1]] = used.get(slot_of[1], 0) + 1
            _drop_slot(state, event.slot)
            state.spent[event.slot] = event.office
        case ev.Shown():
            other = state.of(event.office)
            other.shown = max(other.shown or 0, event.number)
            other.zero_allowed, other.unspoken = False, False
        case ev.Enclosed():
            other = state.of(event.office)
            if event.epoch == other.epoch:
                other.their_batches[event.number] = dict(event.slots)
        case ev.EpochSeen():
            other = state.of(event.office)
            if other.epoch:
                other.their_batches.clear()
                other.zero_allowed, other.unspoken, other.restored_at = True, True, entry.at
            other.epoch = event.epoch
        case ev.ViewSeen():
            other = state.of(event.office)
            other.view = event
            before = max((to for of, to, *_ in other.opened_shown if of == event.epoch), default=0)
            if event.opened_to > before:
                other.opened_shown.append((event.epoch, event.opened_to, event.by, entry.at))
        case ev.SealedAlso():
            if event.of in state.letters:
                state.letters[event.of].sealed_at = entry.at
            if event.batch:
                state.of(event.office).their_batches.get(event.batch, {}).pop(event.slot, None)
        case ev.Leg():
            state.custody.apply(entry, event)
            if event.of in state.letters and state.letters[event.of].ours:
                state.of(event.addressee).way_back = event.carrier
        case ev.Stated() | ev.Heard() if (letter := state.letters.get(event.of)) is not None:
            if isinstance(event, ev.Stated):
                letter.stated.append(event.event)
            elif not event.leg:
                letter.said_of_it.append(event)
            state.custody.apply(entry, event)
        case _:
            state.custody.apply(entry, event)


def _begin_epoch(state: State, entry: ev.Entry, event: ev.EpochBegun) -> None:
    state.epoch, state.epoch_why, state.epoch_at = event.epoch, event.why, entry.at
    state.copy = None
    if event.why == "founded":
        return
    # No key or token of before is here any more: all that hung on them ends.
    state.own_slots.clear()
    state.seals.clear()
    for other in state.correspondents.values():
        other.own_batches.clear()
        other.their_batches.clear()
        other.used_of_batch.clear()
        other.made_batches, other.shown, other.zero_allowed, other.card_sent = 0, None, True, (0, 0)


def _drop_slot(state: State, slot: bytes) -> None:
    found = state.own_slots.pop(slot, None)
    if found is None:
        return
    batch = state.of(found[0]).own_batches.get(found[1])
    if batch is not None:
        batch.slots.pop(slot, None)


def _written(state: State, entry: ev.Entry, event: ev.Written) -> None:
    other = state.of(event.office)
    letter = LetterState(entry.n, entry.at, True, event.office, event.epoch, event.number, event, entry.clerk)
    letter.sealed_at = entry.at
    if event.batch:
        other.their_batches.get(event.batch, {}).pop(event.slot, None)
    if event.card_serial:
        other.card_sent = (event.card_serial, event.number)
    if not event.number:
        other.last_empty = letter
        return
    state.letters[entry.n] = state.by_letter_id[event.letter_id] = letter
    other.written[event.epoch, event.number] = letter
    other.person_wrote = True
    other.way_back = b""  # a leg to a go-between, if it takes one, says so in an event of its own
    _tie(state, letter, event)


def _opened(state: State, entry: ev.Entry, event: ev.Opened) -> None:
    other = state.of(event.office)
    state.seal_ids[event.seal_id] = entry.n
    other.answered = True
    if not event.number:
        return
    other.way_back = event.by if event.by != event.office else b""  # what an office hands over of its own is no way
    letter = LetterState(entry.n, entry.at, False, event.office, event.epoch, event.number, event, entry.clerk)
    state.letters[entry.n] = state.by_letter_id[event.letter_id] = letter
    if not event.twin_of:
        other.received[event.epoch, event.number] = letter
    _tie(state, letter, event)


def _tie(state: State, letter: LetterState, event: ev.Written | ev.Opened) -> None:
    for n in event.replies:
        if n in state.letters:
            state.letters[n].answered_by.append(letter.n)
    for act, n in event.acts:
        if n in state.letters:
            state.letters[n].acted_on.setdefault(act, letter.n)
    letter.acted_on.update(event.acted_on if isinstance(event, ev.Opened) else ())


def _gone(state: State, entry: ev.Entry, event: ev.Declined | ev.Burnt | ev.Discharged) -> None:
    """Entry `of` is unreadable by now: what is left of it is which it was."""
    other = state.of(event.office)
    ours = not isinstance(event, ev.Declined) and event.ours
    letter = state.letters.get(event.of) or LetterState(
        event.of, 0, ours, event.office, event.epoch, event.number, None
    )
    if letter.event is not None:
        state.seal_ids.pop(letter.event.seal_id, None)
        state.by_letter_id.pop(letter.event.letter_id, None)
    letter.event = None
    state.terms.pop(event.of, None)
    state.translations.pop(event.of, None)
    letter.answered_by.clear()
    if isinstance(event, ev.Declined):
        letter.declined_at = entry.at
    else:
        letter.burnt_at = entry.at
    letter.carried = isinstance(event, ev.Discharged)
    state.letters[event.of] = letter
    (other.written if ours else other.received)[event.epoch, event.number] = letter
    if ours:
        other.person_wrote = True
    else:
        other.answered = True


def _contact(state: State, entry: ev.Entry, event: ev.ContactNoted | ev.ContactMarked | ev.ContactBurnt) -> None:
    match event:
        case ev.ContactNoted():
            state.contacts[entry.n] = ContactState(entry.n, entry.at, entry.clerk, event)
        case ev.ContactMarked():
            state.contacts[event.of].marks.append((entry.at, event))
        case ev.ContactBurnt():
            state.contacts[event.of] = ContactState(event.of, 0, None, None, burnt_at=entry.at)


def refuse_notes(state: State, entries: Iterable[int]) -> None:
    """Raises NotPossible where an entry that a letter names is a contact note, burnt or not."""
    for n in entries:
        if n in state.contacts:
            raise NotPossible(
                f"entry {n} is a contact note: what people without a mandate said can be explored, never offered or"
                " accepted, and no letter is tied to it",
                next_step="Write what your office itself says, or ask the principal with `backchannel credence ask`.",
                kept="Nothing was sealed.",
            )


def slots_to_destroy(other: Correspondent, now: int, kept_after: int) -> tuple[bytes, ...]:
    """Slots whose keys are due: `until` passed by `kept_after` seconds, or of an ended batch with nothing missing."""
    due: list[bytes] = []
    missing = other.missing()
    for batch in other.own_batches.values():
        ended = batch.ended is not None and (
            now > batch.ended[0] + ENDED_KEPT_SECONDS or not any(gap.first < batch.ended[1] for gap in missing)
        )
        due += [slot for slot, until in batch.slots.items() if ended or now > until + kept_after]
    return tuple(due)
