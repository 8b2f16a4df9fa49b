"""The acts of an exchange, when each counts and what it is about.   Spec: docs/spec/standing.md, "Acts in force".

Here times, ratification, recall and what cannot act are settled, once for all acts; what they do to an offer or clause
is for `offers` and `performance`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Final, Literal

from backchannel.letters.clauses import OFFERS, Act, Clause, Provision, Ref, contradictions
from backchannel.letters.spans import TimeSpan, before, intersection
from backchannel.terms.records import (
    LEFT_RANKS,
    NEVER,
    REACHED_RANKS,
    Hole,
    LetterRecord,
    Records,
    Tables,
    Timing,
    at_latest,
    merged,
    settle,
)
from backchannel.values import dataclass, field, replace

ON_LEAVING: Final = ("confirm", "object", "extend")
ANSWERS: Final = ("counter", "accept", "decline")
TAKES_BACK: Final = ("withdraw", "recall")
# Of one letter towards one object, only one of each set can be meant. To withdraw and to recall is the same.
Mandate = Literal["own", "within", "ratified", "beyond", "disowned"]
Series = tuple[bytes, bytes, bytes]


@dataclass(slots=True)
class Dated:
    """A letter, or one act of it, with its times settled. sure_left: what others than its writer show of its leaving,
    which decides where leaving decides; never after it reached. undone: recalled before it reached; None where that is
    unclear. doubtful: whether it was ratified is unclear.
    """

    letter: LetterRecord
    left: Timing
    reached: Timing
    sure_left: TimeSpan
    mandate: Mandate = "own"
    ratified_by: "Dated | None" = None
    undone: bool | None = False
    doubtful: bool = False
    acts: "dict[int, Dated]" = field(default_factory=dict)
    """Acts that were ratified or disowned by themselves, by position."""

    @property
    def reach(self) -> TimeSpan | None:
        """When what it does reached its reader: of an act beyond a credence, when its ratification did."""
        return self.binding.reached.span

    @property
    def leave(self) -> TimeSpan:
        return self.binding.sure_left

    @property
    def leaving(self) -> Timing:
        return self.binding.left

    @property
    def binding(self) -> "Dated":
        return self.ratified_by or self

    @property
    def acts_for_nobody(self) -> bool:
        return self.mandate in ("beyond", "disowned")


@dataclass(slots=True)
class Fact:
    """One act of one letter. position: among the letter's acts, from 1; 0: what its clauses do. contradicted: by
    another act of the letter.
    """

    act: Act
    by: Dated
    position: int
    contradicted: bool = False

    @property
    def party(self) -> bytes:
        return self.by.letter.party

    @property
    def sure(self) -> bool:
        """Whether it does what it says, if it counts at all."""
        return self.by.undone is False and not self.by.doubtful and not self.contradicted

    @property
    def key(self) -> tuple[bytes, int]:
        return self.by.letter.id, self.position


@dataclass(slots=True)
class Facts:
    """Letters by id, and acts by the letter they are about. pending: acts on letters not held. barred: acts that can do
    nothing here, with why: `type` (an exercise and an operation), `not_theirs`, `not_to_them` (it went to somebody
    else), `beyond`, `disowned`, `recalled`.
    """

    owner: bytes
    now: int
    tables: Tables
    letters: dict[bytes, Dated] = field(default_factory=dict)
    about: dict[bytes, list[Fact]] = field(default_factory=dict)
    acts: dict[bytes, list[Fact]] = field(default_factory=dict)
    """By the letter they stand in, but for those barred."""
    pending: list[Fact] = field(default_factory=list)
    barred: list[tuple[Fact, str]] = field(default_factory=list)
    holes: dict[tuple[bytes, bytes], dict[bytes, list[Hole]]] = field(default_factory=dict)
    """By author and reader, then by epoch, by last number."""
    views: dict[Series, int] = field(default_factory=dict)
    """By writer, reader and epoch of letters: up to which number the reader's views name them as opened."""
    recalls: dict[bytes, list[Fact]] = field(default_factory=dict)
    """Recalls that came after what they recall, by that letter: of an offer to several they may still be in time."""

    clauses: dict[bytes, dict[str, Clause]] = field(default_factory=dict)
    taken: dict[tuple[bytes, bytes, bool], str] = field(default_factory=dict)
    """How letters take offers, by letter, offer and whether a clause is named: see `offers.takes`."""
    by_place: dict[bytes, dict[int | None, list[Fact]]] = field(default_factory=dict)

    def of(self, letter: bytes, *kinds: str, party: bytes | None = None) -> list[Fact]:
        """Acts on this letter, of these kinds and this party, by letter-id."""
        return [
            fact
            for fact in self.about.get(letter, ())
            if fact.act.kind in kinds and (party is None or fact.party == party)
        ]

    def about_act(self, letter: bytes, position: int) -> list[Fact]:
        """Acts on this act, or on all of its letter."""
        places = self._places(letter)
        return places.get(None, []) + places.get(position, [])

    def is_named(self, letter: bytes, position: int) -> bool:
        """Whether any act is about this one alone."""
        return position in self._places(letter)

    def _places(self, letter: bytes) -> dict[int | None, list[Fact]]:
        if letter not in self.by_place:
            places = self.by_place[letter] = {}
            for fact in self.about.get(letter, ()):
                places.setdefault(fact.act.on.act if fact.act.on is not None else None, []).append(fact)
        return self.by_place[letter]

    def clause(self, letter: bytes, number: str) -> Clause | None:
        """A clause of a letter that is held."""
        if letter not in self.clauses:
            held = self.letters.get(letter)
            self.clauses[letter] = {one.number: one for one in held.letter.clauses} if held is not None else {}
        return self.clauses[letter].get(number)

    def named_declarer(self, act: Act) -> bytes | None:
        clause = self.clause(act.on.letter or b"", act.on.clause or "") if act.on is not None else None
        return clause.declares if clause is not None and isinstance(clause.declares, bytes) else None

    def is_towards(self, act: Act, party: bytes) -> bool:
        clause = self.clause(act.on.letter or b"", act.on.clause or "") if act.on is not None else None
        return clause is not None and party in clause.towards


def gather(records: Records, owner: bytes, now: int, tables: Tables) -> Facts:
    """The facts of these records at this instant (Unix seconds)."""
    facts = Facts(owner, now, tables)
    letters = merged(records.letters)
    facts.letters = {letter.id: _dated(letter, now) for letter in letters.values()}
    _order(facts)
    facts.holes = _holes(records.holes, letters.values())
    _recall(facts)
    _ratify(facts)
    for dated in facts.letters.values():
        if dated.letter.draft:
            continue
        for fact in _facts_of(facts, dated):
            _place(facts, fact)
    return facts


def _facts_of(facts: Facts, dated: Dated) -> Iterator[Fact]:
    letter = dated.letter
    if not letter.acts:
        return
    contradicted = _contradicted(letter.acts)
    for position, act in enumerate(letter.acts, 1):
        yield Fact(act, dated.acts.get(position, dated), position, position in contradicted)
    if any(act.kind in OFFERS for act in letter.acts):
        own = offer_dated(dated)
        for id in sorted(_replaced(facts, letter)):
            yield Fact(Act("withdraw", Ref(id)), own, 0)


def offer_dated(dated: Dated) -> Dated:
    """A letter as its offer stands: of a letter beyond a credence, the offer may be ratified by itself."""
    if not dated.acts:
        return dated
    at = next((position for position, act in enumerate(dated.letter.acts, 1) if act.kind in OFFERS), 0)
    return dated.acts.get(at, dated)


def _contradicted(acts: tuple[Act, ...]) -> set[int]:
    """Positions of the acts of one letter that cannot be meant beside another of them."""
    return {position for apart in contradictions(acts) for position in apart}


# --- times ---


def _dated(letter: LetterRecord, now: int) -> Dated:
    reached = settle(letter.reached, REACHED_RANKS, now)
    limit = reached.span.latest if reached.span else None
    left = settle(letter.left, LEFT_RANKS, now, limit)
    by_then = TimeSpan(None, limit)
    if reached.clashes:
        reached = Timing(TimeSpan(), reached.by, aside=reached.aside)
    shown = left.span if left.span and left.by != "sender" and not left.clashes else by_then
    mandate: Mandate = "own" if letter.authority is None else "within" if letter.authority.within else "beyond"
    return Dated(letter, left, reached, intersection(shown, by_then) or by_then, mandate)


def _order(facts: Facts) -> None:
    """What letters show of each other's times: one that is about another, or whose view names it as opened, left after
    that had reached.
    """
    series: dict[Series, list[Dated]] = {}
    views: dict[Series, list[tuple[int, Dated]]] = {}
    pairs: list[tuple[Dated, Dated]] = []
    for dated in facts.letters.values():
        letter = dated.letter
        if letter.draft:
            continue
        series.setdefault((letter.author, letter.reader, letter.epoch), []).append(dated)
        if letter.opened:
            key, to = (letter.reader, letter.author, letter.opened[0]), letter.opened[1]
            views.setdefault(key, []).append((to, dated))
            facts.views[key] = max(facts.views.get(key, 0), to)
        for act in letter.acts:
            of = facts.letters.get(act.on.letter or b"") if act.on is not None else None
            if of is None or of.letter.draft:
                continue
            if letter.author in (of.letter.reader, of.letter.reader_for):
                pairs.append((of, dated))
    by: dict[bytes, int] = {}
    for earlier, later in pairs:
        _at_most(by, earlier, at_latest(later.sure_left))
    for key, seen in views.items():
        seen.sort(key=lambda one: one[0])
        series.setdefault(key, []).sort(key=lambda one: one.letter.number)
        _by_views(by, series[key], list(seen))
    for id, latest in by.items():
        _reached_by(facts.letters[id], None if latest == NEVER else latest)
    after: dict[bytes, int] = {}
    for earlier, later in pairs:
        span = earlier.reached.span
        if span is not None and span.earliest is not None:
            after[later.letter.id] = max(after.get(later.letter.id, span.earliest), span.earliest)
    for key, seen in views.items():
        opened, at = series[key], 0
        last: int | None = None
        for to, later in seen:
            while at < len(opened) and opened[at].letter.number <= to:
                span = opened[at].reached.span
                if span is not None and span.earliest is not None and opened[at].letter.number > 0:
                    last = span.earliest if last is None else max(last, span.earliest)
                at += 1
            if last is not None:
                after[later.letter.id] = max(after.get(later.letter.id, last), last)
    for id, earliest in after.items():
        later = facts.letters[id]
        later.sure_left = intersection(later.sure_left, TimeSpan(earliest, None)) or later.sure_left


def _by_views(by: dict[bytes, int], opened: list[Dated], seen: list[tuple[int, Dated]]) -> None:
    """By when each letter of a series had reached: the earliest leaving of all whose view names it or a later one."""
    least: int | None = None
    for dated in reversed(opened):
        while seen and seen[-1][0] >= dated.letter.number:
            left = at_latest(seen.pop()[1].sure_left)
            least = left if least is None else min(least, left)
        if least is not None and dated.letter.number > 0:
            _at_most(by, dated, least)


def _at_most(by: dict[bytes, int], dated: Dated, latest: int) -> None:
    by[dated.letter.id] = min(by.get(dated.letter.id, latest), latest)


def _reached_by(dated: Dated, latest: int | None) -> None:
    """An earlier handing over than all that was stated was one that nobody here stated."""
    span = dated.reached.span or TimeSpan()
    earliest = span.earliest if latest is None or (span.earliest or 0) <= latest else None
    known = [one for one in (span.latest, latest) if one is not None]
    reached = TimeSpan(earliest, min(known) if known else None)
    if reached != dated.reached.span:
        dated.reached = replace(dated.reached, span=reached)
        dated.sure_left = intersection(dated.sure_left, TimeSpan(None, reached.latest)) or dated.sure_left


def _holes(
    holes: Iterable[Hole], letters: Iterable[LetterRecord]
) -> dict[tuple[bytes, bytes], dict[bytes, list[Hole]]]:
    """What is missing of each series, less what is held."""
    runs: dict[tuple[bytes, bytes, bytes, str], list[tuple[int, int]]] = {}
    for hole in holes:
        if hole.first <= hole.last:
            key = hole.author, hole.reader, hole.epoch, hole.why
            runs.setdefault(key, []).append((hole.first, hole.last))
    held: dict[Series, list[int]] = {}
    for letter in letters if runs else ():
        held.setdefault((letter.author, letter.reader, letter.epoch), []).append(letter.number)
    found: dict[tuple[bytes, bytes], dict[bytes, list[Hole]]] = {}
    for author, reader, epoch, why in sorted(runs):
        missing = found.setdefault((author, reader), {}).setdefault(epoch, [])
        numbers = sorted(held.get((author, reader, epoch), ()))
        for first, last in _joined(sorted(runs[author, reader, epoch, why])):
            for number in numbers[bisect_left(numbers, first) : bisect_right(numbers, last)]:
                if first < number:
                    missing.append(Hole(author, reader, epoch, first, number - 1, why))
                first = number + 1
            if first <= last:
                missing.append(Hole(author, reader, epoch, first, last, why))
        missing.sort(key=lambda hole: (hole.last, hole.first, hole.why))
        if not missing:
            del found[author, reader][epoch]
    return found


def _joined(runs: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    first, last = runs[0]
    for one, other in runs[1:]:
        if one > last + 1:
            yield first, last
            first = one
        last = max(last, other)
    yield first, last


# --- recall and ratification ---


def _recall(facts: Facts) -> None:
    """A letter, or an act of it, that was recalled before it reached, or together with it, does nothing (CISG 22)."""
    recalls: dict[bytes, list[Fact]] = {}
    for dated in facts.letters.values():
        contradicted: set[int] | None = None
        for position, act in enumerate(dated.letter.acts, 1):
            of = _named(facts, act) if act.kind in TAKES_BACK else None
            if of is None or dated.acts_for_nobody or dated.letter.draft or dated.reach is None:
                continue
            contradicted = _contradicted(dated.letter.acts) if contradicted is None else contradicted
            fact = Fact(act, dated, position, position in contradicted)
            if act.on is None or act.on.clause is not None or _bar(facts, fact, of.letter):
                continue
            late = together_or_before(dated.reach, of.reach) is False
            (facts.recalls if late else recalls).setdefault(of.letter.id, []).append(fact)
    # First what recalls and is not recalled itself; a chain of ten thousand is walked, not climbed.
    waits = {id: sum(fact.by.letter.id in recalls for fact in many) for id, many in recalls.items()}
    then: dict[bytes, list[bytes]] = {}
    for id, many in recalls.items():
        for fact in many:
            then.setdefault(fact.by.letter.id, []).append(id)
    ready = [id for id, count in waits.items() if count == 0]
    while ready:
        id = ready.pop()
        _undo(facts.letters[id], recalls[id])
        for other in then.get(id, ()):
            waits[other] -= 1
            if waits[other] == 0:
                ready.append(other)
    circle = [id for id, count in waits.items() if count > 0]
    for id in circle:
        facts.letters[id].undone = None
    for id in circle:  # what recalls each other is unclear, unless something else recalls it
        _undo(facts.letters[id], recalls[id])
    for many in facts.recalls.values():
        many[:] = [fact for fact in many if not _stands(fact).by.undone]


def _undo(of: Dated, recalls: list[Fact]) -> None:
    for fact in map(_stands, recalls):
        if fact.by.undone:
            continue
        undone = of if fact.act.on is None or fact.act.on.act is None else _alone(of, fact.act.on.act)
        sure = together_or_before(fact.by.reach, of.reach) and fact.sure
        undone.undone = True if sure or undone.undone else None
    for one in of.acts.values():
        one.undone = True if of.undone or one.undone else None if of.undone is None else one.undone


def _stands(fact: Fact) -> Fact:
    """The fact with what has become of this act alone."""
    fact.by = fact.by.acts.get(fact.position, fact.by)
    return fact


def _ratify(facts: Facts) -> None:
    """An act beyond its envoy's credence binds from its ratification; what was within cannot be disowned."""
    words: dict[bytes, list[Fact]] = {}
    for dated in facts.letters.values():
        contradicted: set[int] | None = None
        for position, act in enumerate(dated.letter.acts, 1):
            of = _named(facts, act) if act.kind in ("ratify", "disown") else None
            if of is None or of.mandate != "beyond" or dated.acts_for_nobody or dated.letter.draft:
                continue
            contradicted = _contradicted(dated.letter.acts) if contradicted is None else contradicted
            fact = Fact(act, dated, position, position in contradicted)
            stands = dated.reach is not None and not dated.undone and not _bar(facts, fact, of.letter)
            if stands and act.on is not None and act.on.clause is None:
                words.setdefault(of.letter.id, []).append(fact)
    for id, many in words.items():
        of, whole = facts.letters[id], [fact for fact in many if fact.act.on and fact.act.on.act is None]
        by_act: dict[int, list[Fact]] = {}
        for fact in many:
            if fact.act.on is not None and fact.act.on.act is not None:
                by_act.setdefault(fact.act.on.act, []).append(fact)
        for position, some in by_act.items():
            _mandate(_alone(of, position), [*whole, *some])
        _mandate(of, whole)
        for position in of.acts.keys() - by_act.keys():
            _mandate(of.acts[position], whole)


def _mandate(of: Dated, words: list[Fact]) -> None:
    """The first word of its principal that reached counts; which that was may be unclear."""
    ratified, disowned = (_first(fact for fact in words if fact.act.kind == kind) for kind in ("ratify", "disown"))
    if ratified is None or (disowned is not None and _came_before(disowned, ratified)):
        of.mandate = of.mandate if disowned is None else "disowned"
        return
    of.mandate, of.ratified_by = "ratified", ratified.by
    of.doubtful = not ratified.sure or (disowned is not None and not _came_before(ratified, disowned))


def _first(facts: Iterable[Fact]) -> Fact | None:
    return min(facts, key=lambda fact: (at_latest(fact.by.reach), fact.key), default=None)


def _came_before(one: Fact, other: Fact) -> bool | None:
    return before(one.by.reach or TimeSpan(), other.by.reach or TimeSpan())


def _alone(of: Dated, position: int) -> Dated:
    """The act at this position by itself, whatever becomes of the rest of its letter."""
    if position not in of.acts:
        of.acts[position] = replace(of, acts={})
    return of.acts[position]


def together_or_before(one: TimeSpan | None, other: TimeSpan | None) -> bool | None:
    """Whether one came before or with the other; what has not come yet is after all."""
    if one is None or other is None or (one == other and one.exact):
        return one is not None
    return before(one, other)


# --- what an act is about, and whose it is ---


def _named(facts: Facts, act: Act) -> Dated | None:
    return facts.letters.get(act.on.letter or b"") if act.on is not None else None


def _replaced(facts: Facts, letter: LetterRecord) -> set[bytes]:
    """Own offers that this offer's clauses replace: of a live one, that is a withdrawal."""
    named = {
        link.to.letter
        for clause in letter.clauses
        for link in clause.links
        if link.kind == "replaces" and link.to.letter
    }
    return {
        id
        for id in named
        if id in facts.letters and letter.party in (facts.letters[id].letter.author, facts.letters[id].letter.party)
    }


def _on_leaving(facts: Facts, act: Act) -> bool:
    if act.kind in ON_LEAVING:
        return True
    offer = _named(facts, act) if act.kind == "accept" else None
    return offer is not None and provision_of(offer.letter, "counts_on", "arrival") == "leaving"


def _place(facts: Facts, fact: Fact) -> None:
    on, by = fact.act.on, fact.by
    if by.undone is not False and by.mandate in ("own", "within") and _on_leaving(facts, fact.act):
        fact.by = by = replace(by, undone=False)  # it has counted when it left: no recall undoes it
    if by.mandate in ("beyond", "disowned"):
        facts.barred.append((fact, by.mandate))
    elif by.undone:
        facts.barred.append((fact, "recalled"))
    elif on is None or on.letter is None:
        return
    elif (of := facts.letters.get(on.letter)) is None:
        facts.pending.append(fact)
        facts.acts.setdefault(by.letter.id, []).append(fact)
    elif why := _bar(facts, fact, of.letter):
        facts.barred.append((fact, why))
    else:
        facts.about.setdefault(on.letter, []).append(fact)
        facts.acts.setdefault(by.letter.id, []).append(fact)


def _bar(facts: Facts, fact: Fact, of: LetterRecord) -> str:
    """Why this act can do nothing to this letter, if it cannot. Who may declare is the clause's to say."""
    letter, kind = fact.by.letter, fact.act.kind
    if of.exercise != letter.exercise:
        return "type"
    writers, readers = {of.author, of.party}, {of.reader, of.reading_party}
    to = (letter.reader, letter.reading_party)
    # An envoy writes for its principal alone, and answers what it read for whomever.
    writes, reads = letter.party in writers, letter.party in readers or letter.author in readers
    if kind in ("ratify", "disown"):
        theirs = of.authority is not None and of.authority.principal == letter.party
    elif kind in TAKES_BACK:
        theirs = writes
    elif kind in ANSWERS or kind in ("confirm", "object"):
        theirs = reads or (kind == "decline" and facts.named_declarer(fact.act) == letter.party)
    else:
        theirs = writes or reads or kind == "declare" or (kind == "waive" and facts.is_towards(fact.act, letter.party))
    if not theirs:
        return "not_theirs"
    reached = readers if writes and not (reads and kind in ANSWERS) else writers if reads else writers | readers
    return "not_to_them" if reached.isdisjoint(to) else ""


def provision_of(letter: LetterRecord, rule: str, otherwise: object = None) -> object:
    """The value of a provision of this letter's own clauses."""
    found = rule_of(letter, rule)
    return otherwise if found is None else found[1].value


def rule_of(letter: LetterRecord, rule: str) -> tuple[Clause, Provision] | None:
    for clause in letter.clauses:
        if clause.provision is not None and clause.provision.rule == rule:
            return clause, clause.provision
    return None


def sealed_after(one: LetterRecord, other: LetterRecord) -> bool:
    """Whether `one` names `other` among what its author had opened: it was then sealed after `other` was opened."""
    return (
        one.author == other.reader
        and one.reader == other.author
        and one.opened is not None
        and one.opened[0] == other.epoch
        and one.opened[1] >= other.number > 0
    )
