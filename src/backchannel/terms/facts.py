"""The acts of an exchange, when each counts and what it is about.   Spec: docs/spec/standing.md, "Facts".

Here ratification, recall and what cannot act is settled, once for all acts; what they do to an offer or clause is for
`offers` and `clauses`.
"""

from dataclasses import astuple, dataclass, field
from typing import Final, Literal

from backchannel.letters.clauses import Act, Clause, Provision, Ref
from backchannel.letters.spans import TimeSpan, before, intersection
from backchannel.terms.records import (
    LEFT_RANKS,
    REACHED_RANKS,
    Hole,
    LetterRecord,
    Records,
    Tables,
    Timing,
    merged,
    settle,
)

ON_LEAVING: Final = ("confirm", "object", "extend")
OFFERS: Final = ("propose", "counter")
Mandate = Literal["own", "within", "ratified", "beyond", "disowned"]


@dataclass(slots=True)
class Dated:
    """A letter with its times settled. sure_left: what others than its writer show of its leaving, which decides where
    leaving decides; never after it reached. undone: recalled before it reached; None where that is unclear.
    """

    letter: LetterRecord
    left: Timing
    reached: Timing
    sure_left: TimeSpan
    mandate: Mandate = "own"
    ratified_by: "Dated | None" = None
    undone: bool | None = False

    @property
    def reach(self) -> TimeSpan | None:
        """When what it does reached its reader: of an act beyond a credence, when its ratification did."""
        return self._binding.reached.span

    @property
    def leave(self) -> TimeSpan:
        return self._binding.sure_left

    @property
    def claimed_left(self) -> TimeSpan | None:
        return self._binding.left.span

    @property
    def leaving(self) -> Timing:
        return self._binding.left

    @property
    def _binding(self) -> "Dated":
        return self.ratified_by or self


@dataclass(slots=True)
class Fact:
    """One act of one letter. position: among the letter's acts, from 1."""

    act: Act
    by: Dated
    position: int

    @property
    def party(self) -> bytes:
        return self.by.letter.party

    @property
    def counts(self) -> TimeSpan | None:
        """When it takes effect; None while nothing shows that."""
        return self.by.claimed_left if self.act.kind in ON_LEAVING else self.by.reach

    @property
    def key(self) -> tuple[bytes, int]:
        return self.by.letter.id, self.position


@dataclass(slots=True)
class Facts:
    """Letters by id, and acts by the letter they are about. pending: acts on letters not held. barred: acts that can do
    nothing here, with why: `type` (an exercise and an operation), `not_theirs`, `beyond`, `disowned`, `recalled`.
    """

    owner: bytes
    now: int
    tables: Tables
    letters: dict[bytes, Dated] = field(default_factory=dict)
    about: dict[bytes, list[Fact]] = field(default_factory=dict)
    pending: list[Fact] = field(default_factory=list)
    barred: list[tuple[Fact, str]] = field(default_factory=list)
    holes: dict[tuple[bytes, bytes], list[Hole]] = field(default_factory=dict)
    views: dict[tuple[bytes, bytes, bytes], LetterRecord] = field(default_factory=dict)
    """By writer, reader and the reader's epoch: the letter whose view names most of what the reader wrote."""
    recalls: dict[bytes, Fact] = field(default_factory=dict)
    """Recalls that came after what they recall, by that letter: of an offer to several they may still be in time."""

    def of(self, letter: bytes, *kinds: str, party: bytes | None = None) -> list[Fact]:
        """Acts on this letter, of these kinds and this party, by letter-id."""
        return [
            fact
            for fact in self.about.get(letter, ())
            if fact.act.kind in kinds and (party is None or fact.party == party)
        ]

    def accepted(self, fact: Fact) -> Fact | None:
        """The first acceptance, by name, of an act that binds by consent only."""
        other = fact.by.letter.reader
        for answer in self.about.get(fact.by.letter.id, ()):
            on = answer.act.on
            names = on is not None and (on.act == fact.position or (on.act is None and on.clause is None))
            if answer.act.kind == "accept" and names and answer.party == other and answer.by.reach is not None:
                return answer
        return None


def gather(records: Records, owner: bytes, now: int, tables: Tables) -> Facts:
    """The facts of these records at this instant (Unix seconds)."""
    facts = Facts(owner, now, tables)
    letters = merged(records.letters)
    for letter in letters.values():
        facts.letters[letter.id] = _dated(letter, now)
        if letter.opened:
            key = (letter.author, letter.reader, letter.opened[0])
            if key not in facts.views or (facts.views[key].opened or (b"", 0))[1] < letter.opened[1]:
                facts.views[key] = letter
    held = {(one.author, one.reader, one.epoch, one.number) for one in letters.values()} if records.holes else set()
    for hole in sorted(set(records.holes), key=astuple):
        if hole.first == hole.last and (hole.author, hole.reader, hole.epoch, hole.first) in held:
            continue  # it has been filled
        facts.holes.setdefault((hole.author, hole.reader), []).append(hole)
    every = [
        Fact(act, one, position) for one in facts.letters.values() for position, act in enumerate(one.letter.acts, 1)
    ]
    every += [
        Fact(Act("withdraw", ref), one, 0) for one in facts.letters.values() for ref in _replaced(facts, one.letter)
    ]
    _ratify(facts, every)
    _recall(facts, every)
    for fact in every:
        _place(facts, fact)
    return facts


def _dated(letter: LetterRecord, now: int) -> Dated:
    reached = settle(letter.reached, REACHED_RANKS, now)
    limit = reached.span.latest if reached.span else None
    left = settle(letter.left, LEFT_RANKS, now, limit)
    at_latest = TimeSpan(None, limit)
    if reached.clashes:
        reached = Timing(None, aside=reached.aside)
    shown = left.span if left.span and left.by != "sender" and not left.clashes else at_latest
    mandate: Mandate = "own" if letter.authority is None else "within" if letter.authority.within else "beyond"
    return Dated(letter, left, reached, intersection(shown, at_latest) or at_latest, mandate)


def _ratify(facts: Facts, every: list[Fact]) -> None:
    """An act beyond its envoy's credence binds from its ratification; what was within cannot be disowned."""
    for fact in every:
        if fact.act.kind not in ("ratify", "disown") or fact.act.on is None or fact.by.reach is None:
            continue
        of = facts.letters.get(fact.act.on.letter or b"")
        if of is None or of.letter.authority is None or of.letter.authority.principal != fact.party:
            continue
        if of.mandate == "within" or of.letter.exercise != fact.by.letter.exercise:
            continue
        if fact.act.kind == "ratify":
            earlier = of.ratified_by
            if earlier is None or _first(fact.by, earlier):
                of.mandate, of.ratified_by = "ratified", fact.by
        elif of.mandate == "beyond":
            of.mandate = "disowned"


def _replaced(facts: Facts, letter: LetterRecord) -> set[Ref]:
    """Own offers that this offer's clauses replace: on a live one, that withdraws it."""
    if not any(act.kind in OFFERS for act in letter.acts):
        return set()
    named = {
        link.to.letter
        for clause in letter.clauses
        for link in clause.links
        if link.kind == "replaces" and link.to.letter
    }
    return {Ref(id) for id in named if id in facts.letters and facts.letters[id].letter.author == letter.author}


def _first(one: Dated, other: Dated) -> bool:
    return _sort_key(one.reached.span) < _sort_key(other.reached.span)


def _recall(facts: Facts, every: list[Fact]) -> None:
    """A letter recalled before it reached, or together with it, does nothing (CISG 15(2), 22)."""
    for fact in every:
        if fact.act.kind not in ("recall", "withdraw") or fact.act.on is None or fact.by.reach is None:
            continue
        of = facts.letters.get(fact.act.on.letter or b"")
        if of is None or of.letter.author != fact.by.letter.author or of.letter.exercise != fact.by.letter.exercise:
            continue
        is_offer = any(act.kind in OFFERS for act in of.letter.acts)
        if is_offer or any(_on_leaving(facts, act) for act in of.letter.acts):
            continue  # of an offer it is a withdrawal; what counts on leaving has counted
        in_time = together_or_before(fact.by.reach, of.reach)
        if in_time:
            of.undone = True
        elif in_time is None and of.undone is False:
            of.undone = None
        else:
            facts.recalls.setdefault(of.letter.id, fact)


def _on_leaving(facts: Facts, act: Act) -> bool:
    if act.kind in ON_LEAVING:
        return True
    offer = facts.letters.get(act.on.letter or b"") if act.kind == "accept" and act.on else None
    return offer is not None and provision_of(offer.letter, "counts_on", "arrival") == "leaving"


def together_or_before(one: TimeSpan, other: TimeSpan | None) -> bool | None:
    """Whether one came before or with the other; what has not come yet is after all."""
    if other is None or (one == other and one.earliest == one.latest):
        return True
    return before(one, other)


def _place(facts: Facts, fact: Fact) -> None:
    on, letter = fact.act.on, fact.by.letter
    if letter.draft:
        return
    if fact.by.mandate in ("beyond", "disowned"):
        facts.barred.append((fact, fact.by.mandate))
    elif fact.by.undone:
        facts.barred.append((fact, "recalled"))
    elif on is None or on.letter is None:
        return
    elif (of := facts.letters.get(on.letter)) is None:
        facts.pending.append(fact)
    elif of.letter.exercise != letter.exercise:
        facts.barred.append((fact, "type"))
    elif not _may(fact, of.letter):
        facts.barred.append((fact, "not_theirs"))
    else:
        facts.about.setdefault(on.letter, []).append(fact)


def _may(fact: Fact, of: LetterRecord) -> bool:
    """Whether an act is its party's to do to this letter. Who may declare is the clause's to say."""
    writers, readers = (of.author, of.party), (of.reader, of.reader_for)
    match fact.act.kind:
        case "counter" | "accept" | "decline":
            return fact.party in readers or fact.by.letter.author in readers
        case "withdraw" | "recall":
            return fact.party in writers or fact.by.letter.author in writers
        case "confirm" | "object":
            return fact.party in readers or fact.by.letter.author in readers
    return True


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
        and one.opened is not None
        and one.opened[0] == other.epoch
        and one.opened[1] >= other.number > 0
    )


def _sort_key(span: TimeSpan | None) -> tuple[bool, int]:
    earliest = span.earliest if span else None
    return (earliest is None, earliest or 0)
