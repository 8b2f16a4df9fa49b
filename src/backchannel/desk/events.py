"""What the register records. Every state is derived from these and nothing else.   Spec: docs/spec/desk.md, "Events".

What a letter says, and its ids, stand only in its own entry (`Written`, `Opened`) and beside it, so that burning
that entry leaves them nowhere. What must outlive a burnt letter (numbers, spent slots, batches) has entries of its own.
"""

from typing import Any, Final

from backchannel.encoding import decode, encode
from backchannel.values import dataclass, field, names

MOST_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Event:
    """The base of all events."""


@dataclass(frozen=True, slots=True)
class Founded(Event):
    """The office was made. names: (language, name) pairs."""

    office: bytes
    names: tuple[tuple[str, str], ...]
    zone: str


@dataclass(frozen=True, slots=True)
class EpochBegun(Event):
    """A new epoch: numbers, batches and tokens count afresh. why: founded, restored or copy."""

    epoch: bytes
    why: str


@dataclass(frozen=True, slots=True)
class SealMade(Event):
    """A standing seal of a period; its seed is a secret of the register."""

    period: int
    slot: bytes


@dataclass(frozen=True, slots=True)
class SealDestroyed(Event):
    period: int


@dataclass(frozen=True, slots=True)
class CardIssued(Event):
    data: bytes = field(repr=False)
    serial: int


@dataclass(frozen=True, slots=True)
class HomesSet(Event):
    """Where the office collects; each the wire form of an address. socks: the proxy, or None."""

    addresses: tuple[Any, ...] = field(repr=False)
    socks: str | None


@dataclass(frozen=True, slots=True)
class ClockConfirmed(Event):
    """A person has said that the clock is right."""


@dataclass(frozen=True, slots=True)
class CopyNoticed(Event):
    """This register is an old copy put back. by: the office whose view names a letter not in it; empty: the station."""

    by: bytes


@dataclass(frozen=True, slots=True)
class CardKept(Event):
    """A card of another office. how: import, letter or introduction. accepted: a person has looked at it."""

    office: bytes
    data: bytes = field(repr=False)
    how: str
    accepted: bool
    second_clerk: str | None = None


@dataclass(frozen=True, slots=True)
class CardAlarm(Event):
    """A card that contradicts one kept: nothing is sealed to `office` until two people have settled it.

    data: that card. against: the office it is of. by: the introducer that brought it, or empty.
    """

    office: bytes
    data: bytes = field(repr=False)
    why: str
    against: bytes = b""
    by: bytes = b""


@dataclass(frozen=True, slots=True)
class AlarmSettled(Event):
    office: bytes
    second_clerk: str


@dataclass(frozen=True, slots=True)
class Verified(Event):
    """A person has compared the safety number."""

    office: bytes


@dataclass(frozen=True, slots=True)
class Introduced(Event):
    """Letter `of` from `introducer` introduced `office`; standing, since: as the introducer says (`Introduction`).

    outcome: vouched; exercise (counts for nothing else); run-out (the card); ahead (kept aside until the card's day);
    or waits, until a person here has accepted or verified the introducer and no alarm stands against it.
    """

    of: int
    introducer: bytes
    office: bytes
    standing: str
    since: int
    signed: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class Named(Event):
    """A short name for the command line, chosen here."""

    office: bytes
    name: str


@dataclass(frozen=True, slots=True)
class BatchMade(Event):
    """Return envelopes made for an office: (slot, until) each; keys and tokens are secrets."""

    office: bytes
    number: int
    slots: tuple[tuple[bytes, int], ...]


@dataclass(frozen=True, slots=True)
class BatchesEnded(Event):
    """Batches below `opened` have ended; their keys go when no letter below `number` is missing, or after 30 days."""

    office: bytes
    opened: int
    number: int


@dataclass(frozen=True, slots=True)
class SlotsDestroyed(Event):
    """Keys of envelopes destroyed unused: too old, or of an ended batch."""

    office: bytes
    slots: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SlotSpent(Event):
    """An envelope was opened once; its key is gone. counts: by a letter; an empty one calls for no refill."""

    office: bytes
    slot: bytes
    counts: bool


@dataclass(frozen=True, slots=True)
class Shown(Event):
    """The office has shown that it holds batch `number` of this epoch."""

    office: bytes
    number: int


@dataclass(frozen=True, slots=True)
class Enclosed(Event):
    """Return envelopes an office gave us: (slot, until) each; keys and tokens are secrets."""

    office: bytes
    epoch: bytes
    number: int
    slots: tuple[tuple[bytes, int], ...]


@dataclass(frozen=True, slots=True)
class EpochSeen(Event):
    """An office has begun a new epoch: what it gave us before is void, and zero tokens count again."""

    office: bytes
    epoch: bytes


@dataclass(frozen=True, slots=True)
class ViewSeen(Event):
    """What the other side's view said: how far it opened ours of `epoch`, how far it wrote, whether they agree.

    by: number of the letter that said so, 0 for an empty one.
    """

    office: bytes
    epoch: bytes
    opened_to: int
    their_epoch: bytes
    announced: int
    agrees: bool | None
    by: int


@dataclass(frozen=True, slots=True)
class Written(Event):
    """A letter sealed here; its contents and sealed bytes are kept beside this entry. number 0: an empty letter.

    via: envelope, standby or zero. batch: of theirs, 0 on a standing seal. key_until: Unix seconds by which the
    reader's key is gone. replies: entries. card_serial: of the card enclosed, 0 for none. acts: what it does, and to
    the letter of which entry. seen: up to which letter of its reader's it says that they were opened: (epoch, number).
    paraphrase: of what (`docket.PARAPHRASES`), said by who heard the letter of which entry, 0 if not here; "" for none.
    """

    office: bytes
    number: int
    epoch: bytes
    form: str
    letter_id: bytes
    seal_id: bytes
    slot: bytes
    via: str
    batch: int
    key_until: int
    signed: bool
    exercise: bool
    origin: str
    replies: tuple[int, ...]
    card_serial: int
    pouches: int
    acts: tuple[tuple[str, int], ...] = ()
    seen: tuple[bytes, int] = (b"", 0)
    paraphrase: tuple[str, int] = ("", 0)


@dataclass(frozen=True, slots=True)
class Opened(Event):
    """A letter opened here, its contents kept beside this entry. number 0: an empty letter.

    via: envelope, standby or zero. weaker: why an unsigned letter is weaker proof, or None. left_by and reached:
    Unix seconds. twin_of: entry of another text under the same number, or 0. late: sealed on an envelope past its date.
    by: the go-between that handed it over, empty over a relay; covering: its covering letter's entry, or 0. acts: what
    it does, and to the letter of which entry. acted_on: what letters that came before it do to it.
    seen, paraphrase: as in `Written`.
    """

    office: bytes
    number: int
    epoch: bytes
    form: str
    letter_id: bytes
    seal_id: bytes
    slot: bytes
    via: str
    signed: bool
    exercise: bool
    origin: str
    weaker: str | None
    left_by: int
    reached: int
    replies: tuple[int, ...]
    twin_of: int
    late: bool
    by: bytes = b""
    covering: int = 0
    acts: tuple[tuple[str, int], ...] = ()
    acted_on: tuple[tuple[str, int], ...] = ()
    seen: tuple[bytes, int] = (b"", 0)
    paraphrase: tuple[str, int] = ("", 0)


@dataclass(frozen=True, slots=True)
class Duplicate(Event):
    """A letter that was opened already came again, by the same sealing or another."""

    of: int
    seal_id: bytes
    another_way: bool


@dataclass(frozen=True, slots=True)
class CameAfterBurning(Event):
    """What was burnt came again and was destroyed."""

    office: bytes
    epoch: bytes
    number: int


@dataclass(frozen=True, slots=True)
class RefusedArrivals(Event):
    """Sealed letters that were refused in one collection: (mark, reason, how many)."""

    counts: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Read(Event):
    of: int


@dataclass(frozen=True, slots=True)
class Declined(Event):
    """A person has refused to read; the text is burnt. office, epoch, number: which it was."""

    of: int
    office: bytes
    epoch: bytes
    number: int


@dataclass(frozen=True, slots=True)
class SentAgain(Event):
    """The sealed bytes kept beside an entry of ours go down to the station once more."""

    of: int


@dataclass(frozen=True, slots=True)
class Burnt(Event):
    """A letter destroyed for good. ours: written here. backups: names of backups made while it was kept."""

    of: int
    office: bytes
    epoch: bytes
    number: int
    ours: bool
    backups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SealedAlso(Event):
    """A further sealing of letter `of`, for another way, on a key of its own."""

    of: int
    office: bytes
    slot: bytes
    via: str
    batch: int
    key_until: int


@dataclass(frozen=True, slots=True)
class Leg(Event):
    """We gave the sealing `seal_id` of entry `of` to `carrier`, for `addressee`, in covering letter `covering`.

    of: a letter of ours, or what was entrusted to us and we passed on. by: Unix seconds after which silence is a
    statement. custody: what was asked for, oral or signed. receipt: whether evidence was asked for at all.
    """

    of: int
    way: int
    carrier: bytes
    addressee: bytes
    ref: bytes
    seal_id: bytes
    by: int
    custody: str
    receipt: bool
    covering: int


@dataclass(frozen=True, slots=True)
class Entrusted(Event):
    """Covering letter `of` brought an enclosure for `addressee`: for us to open, or to carry.

    seal_id: of the enclosure. taken: what the giver says of when it took it, 0 if it does not. reached: when it came.
    """

    of: int
    giver: bytes
    addressee: bytes
    ref: bytes
    seal_id: bytes
    custody: str
    receipt: bool
    by: int
    taken: int
    reached: int
    exercise: bool
    precedence: str = "routine"


@dataclass(frozen=True, slots=True)
class Unwrapped(Event):
    """The enclosure of covering letter `of`, which was for us: opened as entry `letter`, or 0 with why not."""

    of: int
    letter: int
    again: bool
    mark: str
    why: str


@dataclass(frozen=True, slots=True)
class Handled(Event):
    """What a go-between did with what covering letter `of` brought.

    act: accepted, held, declined, returned, passed or recalled. office: whom it was passed to. until: Unix seconds of
    a hold, 0 for none. code, why: the reason.
    """

    of: int
    act: str
    office: bytes
    until: int
    code: str
    why: str
    signed: bool


@dataclass(frozen=True, slots=True)
class Stated(Event):
    """A statement of ours, sent in `letter`: about what covering letter `of` brought, or about
    letter `of` itself, to its writer: its recall, or that it was read aloud."""

    of: int
    event: str
    ref: bytes
    at: int
    mode: str
    reasons: tuple[tuple[str, str], ...]
    signed: bool
    letter: int


@dataclass(frozen=True, slots=True)
class Heard(Event):
    """A custody statement that evidence letter `letter` brought about leg `leg` of entry `of`, or about a later leg on
    the same way; with leg 0 about letter `of` itself, or, `of` 0 too, about nothing known here.

    position: which of that letter's statements; own ones first, then those passed on. bringer: who sent that letter.
    proof: oral, signed, forged, or unchecked where the signer's card is not here. giver and addressee: of the leg.
    """

    of: int
    leg: int
    letter: int
    position: int
    bringer: bytes
    event: str
    ref: bytes
    by: bytes
    at: int
    mode: str
    reasons: tuple[tuple[str, str], ...]
    proof: str
    giver: bytes
    addressee: bytes


@dataclass(frozen=True, slots=True)
class PassedBack(Event):
    """Statements heard at entries `heard` went on to who had entrusted `of` to us, in evidence letter `letter`."""

    of: int
    heard: tuple[int, ...]
    letter: int


@dataclass(frozen=True, slots=True)
class Waited(Event):
    """Our own statement that leg `leg` of entry `of` was not heard of as handed over by its time."""

    of: int
    leg: int


@dataclass(frozen=True, slots=True)
class Discharged(Event):
    """What a covering letter enclosed, and its blind, are destroyed: our last statement about it has left."""

    of: int
    office: bytes
    epoch: bytes
    number: int
    ours: bool


@dataclass(frozen=True, slots=True)
class Accredited(Event):
    """Letter `of` carries what accredits, recalls, asks, answers or ratifies: its matter of that kind, encoded.

    by: its writer. reached: Unix seconds at which it came, or was written here.
    """

    of: int
    kind: str
    data: bytes = field(repr=False)
    by: bytes
    reached: int
    signed: bool
    exercise: bool


@dataclass(frozen=True, slots=True)
class Claimed(Event):
    """Letter `of` says on whose authority it speaks: the docket's wire value, encoded."""

    of: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Terms(Event):
    """Letter `of` holds clauses or acts: each clause, and the list of acts (empty: none), in wire form, encoded.

    languages: whose texts decide. latest_delivery: Unix seconds, 0 for none. limits: what its clauses limit in other
    letters, by letter-id and clause, "" for all of it.
    """

    of: int
    clauses: tuple[bytes, ...] = field(repr=False)
    acts: bytes = field(repr=False)
    languages: tuple[str, ...]
    latest_delivery: int
    limits: tuple[tuple[bytes, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Translated(Event):
    """Letter `of`, of another office, was translated here; the text is kept beside this entry.

    by: who did, in words; machine: by a program. made_from: the language of the text it is of. parts: digests of that
    text and of each clause that is translated.
    """

    of: int
    lang: str
    by: str = field(repr=False)
    machine: bool
    made_from: str
    parts: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ContactNoted(Event):
    """A meeting of people without a mandate, as this office tells it; its text is kept beside this entry.

    who: (capacity claimed, words) each. began: a moment in wire form. authority: on whose it was said to be, or None.
    """

    asked_by: str = field(repr=False)
    place: str = field(repr=False)
    place_by: str = field(repr=False)
    who: tuple[tuple[str, str], ...] = field(repr=False)
    began: tuple[Any, ...]
    lasted: str | None
    tone: str | None = field(repr=False)
    authority: str | None = field(repr=False)
    lang: str


@dataclass(frozen=True, slots=True)
class ContactMarked(Event):
    """What was said at the meeting of note `of` was later ratified or disowned, as this office has learnt."""

    of: int
    mark: str
    by: str = field(repr=False)
    why: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ContactBurnt(Event):
    """A contact note destroyed for good. backups: names of backups made while it was kept."""

    of: int
    backups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reconciled(Event):
    """What is held of the exchange with an office was compared. how: telephone or list. listed_at: when theirs was
    made.

    found: (what, writer, epoch, numbers), see `letters.comparing.Compared`. doubts: (what, writer, epoch, numbers,
    entry, restored), see `letters.comparing.Doubt`. numbers: first, last, first, last …
    cut: there were too many to keep.
    """

    office: bytes
    how: str
    exercise: bool
    listed_at: int
    found: tuple[tuple[str, bytes, bytes, tuple[int, ...]], ...]
    doubts: tuple[tuple[str, bytes, bytes, tuple[int, ...], int, bool], ...]
    cut: bool = False


@dataclass(frozen=True, slots=True)
class MandateSet(Event):
    """What this office may use its channel to another for. It replaces what was set before, and is never sent.

    matters, forms: what it is for, none for any. by: who has set it. until: Unix seconds, 0 for no end.
    """

    office: bytes
    text: str = field(repr=False)
    matters: tuple[str, ...] = field(repr=False)
    forms: tuple[str, ...]
    by: str
    until: int


@dataclass(frozen=True, slots=True)
class MandateEnded(Event):
    """The mandate of a channel was ended by a person. by: who has ended it."""

    office: bytes
    by: str


@dataclass(frozen=True, slots=True)
class Noted(Event):
    """An event from outside that a person put into the timeline, which no later entry changes, only strikes out.

    what: one of `timeline.EVENTS`. when: EDTF, "" where nobody knows; zone: of its days. source: who says so.
    """

    what: str
    when: str
    zone: str
    text: str = field(repr=False)
    source: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Struck(Event):
    """What entry `of` noted does not stand, and why."""

    of: int
    why: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LeakNoted(Event):
    """x-LeakNoted: something was published that nobody here made public. what: existence, gist or text, as it claims.

    letters: the entries of those it concerns; office: with whom the exchange is, where none is named. when: `When` in
    wire form. where, source: of the publication, in this office's words.
    """

    letters: tuple[int, ...]
    office: bytes
    when: tuple[Any, ...]
    where: str = field(repr=False)
    source: str = field(repr=False)
    what: str


@dataclass(frozen=True, slots=True)
class Disclosed(Event):
    """x-Disclosed: an announcement. letters, office, when, where, what: as in `LeakNoted`. by: us or them.

    found: (code, letter's entry or 0) of what the gate found; because: why it was made all the same. agreed: the entry
    of their letter that agrees to the line, or 0. went: False where the gate stopped it.
    """

    letters: tuple[int, ...]
    office: bytes
    by: str
    when: tuple[Any, ...]
    where: str = field(repr=False)
    what: str
    found: tuple[tuple[str, int], ...]
    because: str = field(repr=False)
    agreed: int
    went: bool


@dataclass(frozen=True, slots=True)
class PublicationTied(Event):
    """Announcement `of` was about these letters, as is known since."""

    of: int
    letters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Embargoed(Event):
    """These letters are not to be public before `until`, a moment in wire form. The last one stands."""

    letters: tuple[int, ...]
    until: tuple[Any, ...]
    why: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ToldOf(Event):
    """Somebody was to be told of letter `of`, 0 for one not sealed. by: copy, addressee or go-between.

    office: its id where it is known here. blocked: it must not be told.
    """

    of: int
    office: bytes
    who: str = field(repr=False)
    by: str
    blocked: bool


@dataclass(frozen=True, slots=True)
class BackupBegun(Event):
    """A file of this name may hold a copy of this register from now on."""

    name: str


@dataclass(frozen=True, slots=True)
class BackupMade(Event):
    """The backup of entry `of` is whole and durable."""

    of: int


@dataclass(frozen=True, slots=True)
class BackupFailed(Event):
    """The backup of entry `of` was not written after all."""

    of: int


@dataclass(frozen=True, slots=True)
class Restored(Event):
    """This register was put back from a backup. made_at: when that was made; head: its last entry."""

    made_at: int
    head: int


KINDS: Final = {kind.__name__: kind for kind in Event.__subclasses__()}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the register. at: Unix seconds. clerk: the name given, not proved. event: None where burnt."""

    n: int
    at: int
    clerk: str | None
    event: Event | None


def subjects(event: Event) -> tuple[int, ...]:
    """Entries the event is about, by which the way of a letter is found without reading the whole register."""
    found = [getattr(event, name) for name in ("of", "covering", "letter") if hasattr(event, name)]
    return tuple(dict.fromkeys(n for n in found if n))


def to_bytes(event: Event, at: int, clerk: str | None) -> bytes:
    """How an event is stored."""
    values = {name: getattr(event, name) for name in names(event)}
    return encode({"kind": type(event).__name__, "at": at, "clerk": clerk, "is": values})


def from_bytes(n: int, data: bytes | None) -> Entry:
    """The entry of a stored event. Its bytes are ours: the register has authenticated them."""
    if data is None:
        return Entry(n, 0, None, None)
    value = decode(data, limit=MOST_BYTES)
    kind = KINDS[value["kind"]]
    known = names(kind)
    return Entry(
        n, value["at"], value["clerk"], kind(**{name: _frozen(v) for name, v in value["is"].items() if name in known})
    )


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
