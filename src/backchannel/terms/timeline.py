"""One line of time: letters, custody, gaps, talks, events from outside.   Spec: docs/spec/timeline.md.

Items are made from records and put in one order, whatever order the records came in. What is not known stays a span,
a gap or a hole; nothing is filled in.
"""

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from backchannel.conveyance.evidence import TAKES
from backchannel.conveyance.tracking import LegTrack, Word
from backchannel.letters.edtf import Edtf
from backchannel.letters.series import Gap
from backchannel.letters.spans import ANY_TIME, TimeSpan, before
from backchannel.values import dataclass, field

Kind = Literal["letter", "custody", "gap", "meeting", "readout", "contact", "act", "deadline", "event"]
Certainty = Literal["here", "said", "signed", "unchecked", "aside", "noted", "unknown"]
KINDS: Final = ("gap", "letter", "custody", "meeting", "readout", "contact", "act", "deadline", "event")
CERTAINTIES: Final = ("here", "said", "signed", "unchecked", "aside", "noted", "unknown")
EVENTS: Final = ("event", "press", "election", "deadline", "letter", "call", "meeting")  # kinds of outside events
_PROOFS: Final[dict[str, Certainty]] = {"signed": "signed", "unchecked": "unchecked", "forged": "aside"}
# Of one second: in the order in which they happen to a letter.
_STEPS: Final = ("written", "left", "given", "entrusted", "reached", "opened", "opened-there", "read")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was, at an instant in `span`.

    what: a code of its kind. certainty: whose word it is. who, to: office-ids, b"" for none or one nobody names.
    entries: of the register. of: the entry of the letter of which this is a step, 0 if it stands for itself.
    numbers: of letters in their series, first and last. text, source, written, zone: of an event from outside; written:
    its date as EDTF. links: what ties it to letters of other entries. marks: codes of what must be noticed.
    """

    kind: Kind
    what: str
    span: TimeSpan
    certainty: Certainty
    who: bytes = b""
    to: bytes = b""
    entries: tuple[int, ...] = ()
    of: int = 0
    numbers: tuple[int, int] | None = None
    form: str = ""
    text: str = field(default="", repr=False)
    source: str = field(default="", repr=False)
    written: str = ""
    zone: str = ""
    links: tuple[tuple[str, int], ...] = ()
    marks: tuple[str, ...] = ()

    @property
    def place(self) -> int | None:
        """Where it stands in the line: what happened to a letter, when it had happened at the latest; all else, when it
        can have begun. None: nobody knows.
        """
        first, last = self.span.earliest, self.span.latest
        known = (last, first) if self.kind in ("letter", "custody", "gap") else (first, last)
        return known[0] if known[0] is not None else known[1]


@dataclass(frozen=True, slots=True)
class Written:
    """A letter written here. opened: when its reader opened it, by what it says; None while it has not."""

    entry: int
    at: int
    to: bytes
    number: int
    form: str
    opened: TimeSpan | None = None
    links: tuple[tuple[str, int], ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Came:
    """A letter that came. left: when it had left, as the relay or the go-between `by` says that brought it."""

    entry: int
    office: bytes
    number: int
    form: str
    left: int
    reached: int
    opened: int
    by: bytes = b""
    read: int | None = None
    links: tuple[tuple[str, int], ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """A letter `burnt` or `declined` here at `at`: that it was is all that is left of it."""

    entry: int
    at: int
    what: str
    office: bytes
    ours: bool
    number: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Letters of an office that are not here. after, before: when those on either side of them left, if any did."""

    office: bytes
    gap: Gap
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg of letter `of`, of which we gave covering letter `entry`, or 0. until: when the next one was taken."""

    of: int
    entry: int
    leg: LegTrack
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """What covering letter `entry` brought. of: the letter it held, opened here; 0: it was for another.

    handled: what was done with it, when, and to whom it went.
    """

    entry: int
    giver: bytes
    addressee: bytes
    taken: int | None
    reached: int
    of: int = 0
    handled: tuple[tuple[str, int, bytes], ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What the reader `by` says of letter `of`, of its recall or reading: `event`, at `at` as it claims."""

    of: int
    by: bytes
    event: str
    at: int
    proof: str


@dataclass(frozen=True, slots=True)
class Outside:
    """An event that a person noted. when: None if nobody knows. struck: the entry that strikes it out, or 0."""

    entry: int
    what: str
    when: Edtf | None
    span: TimeSpan
    text: str = field(repr=False)
    source: str = field(repr=False)
    zone: str
    struck: int = 0


Record = Written | Came | Gone | Missing | Leg | Charge | Said | Outside | Item


@dataclass(frozen=True, slots=True)
class Party:
    """An office in the line. names: (language, name) pairs of its card, its default first; none: no card is here."""

    office: bytes
    names: tuple[tuple[str, str], ...]
    standing: str


@dataclass(frozen=True, slots=True)
class Line:
    """The line of time, whole or of one span. parties: this office first, then by first appearance; made_at: when."""

    zone: str
    made_at: int
    span: TimeSpan
    parties: tuple[Party, ...]
    items: tuple[Item, ...]


def timeline(me: bytes, records: Iterable[Record]) -> tuple[Item, ...]:
    """All that is known of an exchange in one order, each thing once. me: the office whose records they are.

    Any order of the records, repeats allowed, gives the same line. What has no date stands last.
    """
    return tuple(sorted({item for record in records for item in _items(me, record)}, key=_order))


def within(items: Iterable[Item], span: TimeSpan) -> tuple[Item, ...]:
    """Those that can have been in `span`. What nobody can date is in any time, and in no narrower span.

    Of what has only one bound, that bound must be in it; an event from outside may go on without end.
    """
    return tuple(item for item in items if span == ANY_TIME or _meets(_known(item), span))


def _known(item: Item) -> TimeSpan:
    one_bound = item.span.earliest is None or item.span.latest is None
    return TimeSpan(item.place, item.place) if one_bound and item.kind != "event" else item.span


def _meets(one: TimeSpan, other: TimeSpan) -> bool:
    return one != ANY_TIME and before(one, other) is None


def _order(item: Item) -> tuple[object, ...]:
    place = item.place
    step = _STEPS.index(item.what) if item.what in _STEPS else len(_STEPS)
    last = item.span.latest if item.span.latest is not None else 1 << 62
    first = item.span.earliest if item.span.earliest is not None else -1
    about = item.of or (item.entries or (0,))[0]
    head = (place is None, place or 0, item.kind != "gap", about, step, last, first, item.kind, item.what)
    rest = (item.who, item.to, item.entries, item.numbers or (0, 0), item.form, item.certainty, item.links, item.marks)
    return *head, *rest, item.written, item.text, item.source


def _items(me: bytes, record: Record) -> Iterator[Item]:
    match record:
        case Written():
            yield from _written(me, record)
        case Came():
            yield from _came(me, record)
        case Gone():
            who, to = (me, record.office) if record.ours else (record.office, me)
            numbers = (record.number, record.number)
            at = TimeSpan.at(record.at)
            yield Item("letter", record.what, at, "here", who, to, (record.entry,), numbers=numbers)
        case Missing():
            yield _missing(me, record)
        case Leg():
            yield from _leg(record)
        case Charge():
            yield from _charge(me, record)
        case Said():
            at, proof = TimeSpan.at(record.at), _PROOFS.get(record.proof, "said")
            yield Item("custody", record.event, at, proof, record.by, me, (record.of,), record.of)
        case Outside():
            marks = ("struck",) if record.struck else ()
            links = (("struck-by", record.struck),) if record.struck else ()
            yield Item(
                "event",
                record.what,
                record.span,
                "noted",
                entries=(record.entry,),
                text=record.text,
                source=record.source,
                written=record.when.written if record.when else "",
                zone=record.zone if record.when else "",
                links=links,
                marks=marks,
            )
        case _:
            yield record


def _written(me: bytes, one: Written) -> Iterator[Item]:
    numbers, entries = (one.number, one.number), (one.entry,)
    at = TimeSpan.at(one.at)
    yield Item(
        "letter", "written", at, "here", me, one.to, entries, 0, numbers, one.form, links=one.links, marks=one.marks
    )
    if one.opened is not None:
        yield Item("letter", "opened-there", one.opened, "said", one.to, me, entries, one.entry, numbers)


def _came(me: bytes, one: Came) -> Iterator[Item]:
    numbers, entries = (one.number, one.number), (one.entry,)
    left = TimeSpan.at(one.left)
    yield Item(
        "letter", "left", left, "said", one.office, me, entries, 0, numbers, one.form, links=one.links, marks=one.marks
    )
    steps = (("reached", one.reached), ("opened", one.opened), ("read", one.read))
    for what, at in steps:
        if at is not None:
            who, to = (one.by or one.office, me) if what == "reached" else (me, b"")
            yield Item("letter", what, TimeSpan.at(at), "here", who, to, entries, one.entry, numbers)


def _missing(me: bytes, one: Missing) -> Item:
    """Clocks of relays and go-betweens may put the neighbours in another order: then nothing is known of its date."""
    ordered = one.after is None or one.before is None or one.after <= one.before
    span = TimeSpan(one.after, one.before) if ordered else ANY_TIME
    return Item("gap", "missing", span, "unknown", one.office, me, numbers=(one.gap.first, one.gap.last))


def _leg(one: Leg) -> Iterator[Item]:
    leg = one.leg
    if leg.given is not None:
        given, entries = TimeSpan.at(leg.given.at), (one.entry,) if one.entry else ()
        yield Item("custody", "given", given, "here", leg.giver, leg.carrier, entries, one.of)
        if leg.given.waited_at is not None:
            waited = TimeSpan.at(leg.given.waited_at)
            yield Item("custody", "waited", waited, "here", leg.giver, leg.carrier, entries, one.of)
    for word in leg.words:
        yield _word(one.of, word, _PROOFS.get(word.proof, "said"), ())
    for word, why in leg.aside:
        yield _word(one.of, word, "aside", (why,))
    if leg.is_hole and leg.standing not in ("no-word", "declined"):
        since = leg.given.at if leg.given is not None else None
        until = min((word.at for word in leg.words if word.event not in TAKES), default=one.until)
        span = TimeSpan(since, until) if since is None or until is None or since <= until else ANY_TIME
        yield Item("custody", "hole", span, "unknown", leg.giver, leg.carrier, (), one.of)


def _word(of: int, word: Word, certainty: Certainty, marks: tuple[str, ...]) -> Item:
    at, to = TimeSpan.at(word.at), word.addressee if word.addressee != word.by else b""
    return Item("custody", word.event, at, certainty, word.by, to, (word.entry,), of, marks=marks)


def _charge(me: bytes, one: Charge) -> Iterator[Item]:
    entries = (one.entry,)
    if one.taken is not None and one.of:
        yield Item("custody", "carried", TimeSpan.at(one.taken), "said", one.giver, me, entries, one.of)
    if not one.of:
        at = TimeSpan.at(one.reached)
        yield Item("custody", "entrusted", at, "here", one.giver, one.addressee, entries, marks=one.marks)
    for act, when, office in one.handled:
        yield Item("custody", act, TimeSpan.at(when), "here", me, office or one.addressee, entries, one.entry)
