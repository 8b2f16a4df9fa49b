"""What a desk holds of an exchange, as far as standing needs it.   Spec: docs/spec/standing.md, "Records"."""

from collections.abc import Callable, Iterable
from datetime import tzinfo
from typing import Final

from backchannel.letters.clauses import Act, Clause
from backchannel.letters.spans import ANY_TIME, TimeSpan, intersection
from backchannel.values import dataclass, replace

# Whose word of a time counts before whose: of leaving, and of reaching.
LEFT_RANKS: Final = ("carrier", "sender")
REACHED_RANKS: Final = ("carrier", "station")
NEVER: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Said:
    """One statement of when a letter left, or reached its reader.

    by: `carrier` (a go-between, or the relay's segment in which it was found), `sender`, or the reader's `station`.
    way: which sealing of the letter. signed: whether the statement can be shown to an outsider. heard: when it came to
    the office whose records these are, None if with the letter.
    """

    span: TimeSpan
    by: str
    way: int = 0
    signed: bool = False
    heard: TimeSpan | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """For whom an envoy wrote, and whether the credence that its reader held when the letter reached covers it."""

    principal: bytes
    within: bool


@dataclass(frozen=True, slots=True)
class LetterRecord:
    """One letter. number: in the series from author to reader in `epoch`. sealed: by its own word.

    languages: those whose text decides; none: all. opened: (epoch, number) up to which, by its view, its author had
    opened the reader's letters. reader_for: the principal whose envoy reads it, within its credence. draft: not sealed.
    """

    id: bytes
    author: bytes
    reader: bytes
    number: int
    epoch: bytes = b""
    signed: bool = False
    exercise: bool = False
    sealed: TimeSpan = ANY_TIME
    left: tuple[Said, ...] = ()
    reached: tuple[Said, ...] = ()
    clauses: tuple[Clause, ...] = ()
    acts: tuple[Act, ...] = ()
    languages: tuple[str, ...] = ()
    latest_delivery: int | None = None
    authority: Authority | None = None
    opened: tuple[bytes, int] | None = None
    reader_for: bytes | None = None
    draft: bool = False

    @property
    def party(self) -> bytes:
        """Whom it binds: an envoy's principal, once its authority is shown or the principal ratifies."""
        return self.authority.principal if self.authority else self.author

    @property
    def reading_party(self) -> bytes:
        """Whom it reaches: its reader, or the principal whose envoy that is."""
        return self.reader_for or self.reader

    @property
    def sides(self) -> tuple[bytes, bytes]:
        """The parties between whom it stands, its writer's first."""
        return self.party, self.reading_party


@dataclass(frozen=True, slots=True)
class Hole:
    """Letters `first` to `last` from author to reader that are not readable here. why: missing, burnt, unopened."""

    author: bytes
    reader: bytes
    epoch: bytes
    first: int
    last: int
    why: str = "missing"


@dataclass(frozen=True, slots=True)
class Records:
    """All that one office holds; any order, repeats allowed."""

    letters: tuple[LetterRecord, ...] = ()
    holes: tuple[Hole, ...] = ()


@dataclass(frozen=True, slots=True)
class Tables:
    """Zone and calendar tables of a named version."""

    zones: Callable[[str], tzinfo]
    version: str = ""


def merged(letters: Iterable[LetterRecord]) -> dict[bytes, LetterRecord]:
    """One record a letter, by id in rising order, with all that was said of its times: evidence only grows."""
    copies: dict[bytes, list[LetterRecord]] = {}
    for one in letters:
        copies.setdefault(one.id, []).append(one)
    found: dict[bytes, LetterRecord] = {}
    for id in sorted(copies):
        same = copies[id]
        first = same[0] if len(same) == 1 else min(same, key=_whole)
        left, reached = _each_once(one.left for one in same), _each_once(one.reached for one in same)
        changed = left != first.left or reached != first.reached
        found[id] = replace(first, left=left, reached=reached) if changed else first
    return found


def _whole(letter: LetterRecord) -> tuple[str, list[str | None], list[object]]:
    """To choose between records of one letter that are no copies, whichever came first: all of it, texts too."""
    return repr(letter), [act.ground for act in letter.acts], [clause.text for clause in letter.clauses]


def _each_once(said: Iterable[tuple[Said, ...]]) -> tuple[Said, ...]:
    """The statements of all, each once, in an order of their own."""
    every = [one for some in said for one in some]
    return tuple(every) if len(every) < 2 else tuple(sorted(dict.fromkeys(every), key=repr))


@dataclass(frozen=True, slots=True)
class Timing:
    """When one thing happened, as far as its statements agree. span: None where nobody said, or they cannot stand.

    by: the highest rank among those that stand. signed: whether one of them, of that rank, convinces an outsider.
    aside: what was set aside, with why: `future`, `too_late` (after what it must precede), `outranked`, `contradicts`.
    """

    span: TimeSpan | None = None
    by: str = ""
    signed: bool = False
    aside: tuple[tuple[Said, str], ...] = ()

    @property
    def clashes(self) -> bool:
        return any(why == "contradicts" for _, why in self.aside)


NOTHING_SAID: Final = Timing()


def at_latest(span: TimeSpan | None) -> int:
    """By when it was, for ordering: what is not known, or has no bound, comes after all."""
    return span.latest if span is not None and span.latest is not None else NEVER


def settle(said: tuple[Said, ...], ranks: tuple[str, ...], now: int, limit: int | None = None) -> Timing:
    """What the statements of one event come to; of several ways, the first.

    Each way's spans are intersected. Where they do not meet, the lower rank is set aside, at equal rank both.
    limit: nothing that began after it can be of this event.
    """
    if not said:
        return NOTHING_SAID
    if len(said) == 1:  # nearly always
        one = said[0]
        if not _is_late(one, now, limit):
            return Timing(one.span, one.by, one.signed)
    aside: list[tuple[Said, str]] = []
    ways: dict[int, list[Said]] = {}
    for one in said:
        if why := _is_late(one, now, limit):
            aside.append((one, why))
        else:
            ways.setdefault(one.way, []).append(one)
    found = [stands for way in sorted(ways) if (stands := _of_way(ways[way], ranks, aside))]
    if not found:
        return Timing(None, aside=tuple(aside))
    first = TimeSpan(
        _least([span.earliest for span, _, _ in found], below=True), _least([s.latest for s, _, _ in found])
    )
    top = min(ranks.index(by) for _, by, _ in found)
    return Timing(first, ranks[top], any(signed for _, by, signed in found if ranks.index(by) == top), tuple(aside))


def _of_way(
    said: list[Said], ranks: tuple[str, ...], aside: list[tuple[Said, str]]
) -> tuple[TimeSpan, str, bool] | None:
    stands: tuple[TimeSpan, str, bool] | None = None
    for rank in ranks:
        own = [one for one in said if one.by == rank]
        if not own:
            continue
        span = intersection(*(one.span for one in own))
        if span is None:
            aside += [(one, "contradicts") for one in own]
        elif stands is None:
            stands = span, rank, any(one.signed for one in own)
        elif both := intersection(stands[0], span):
            stands = both, stands[1], stands[2]
        else:
            aside += [(one, "outranked") for one in own]
    return stands


def _is_late(one: Said, now: int, limit: int | None) -> str:
    earliest = one.span.earliest
    heard = one.heard.earliest if one.heard is not None else None
    if (earliest is not None and earliest > now) or (heard is not None and heard > now):
        return "future"
    if earliest is None:
        return ""
    return "too_late" if limit is not None and earliest > limit else ""


def _least(bounds: list[int | None], *, below: bool = False) -> int | None:
    """The least of the bounds; an open one is the least below, and the greatest above."""
    known = [one for one in bounds if one is not None]
    return None if not known or (below and len(known) < len(bounds)) else min(known)
