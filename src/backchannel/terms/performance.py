"""Where each clause stands: waiting, in force, declared, kept.   Spec: docs/spec/standing.md, "Clauses in time".

That a condition was met or a promise kept is only ever somebody's declaration: no date decides it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from backchannel.letters.clauses import Clause, Link
from backchannel.letters.deadlines import Anchored, Deadline
from backchannel.letters.spans import TimeSpan
from backchannel.terms.facts import Dated, Fact, Facts
from backchannel.terms.offers import Offer, Reason, has_come, holes_over
from backchannel.terms.records import LetterRecord

Key = tuple[bytes, str]
AGREED_ON: Final = ("accepted", "not_yet_in_force", "stated")
LIVE: Final = ("drafted", "on_its_way", "open")
# A promise that was kept is to a link what a condition met is.
_ON_CONDITION: Final = ("in_force", "condition")
ANSWERS: Final = ("propose", "counter", "accept", "decline", "withdraw", "recall", "notify")
_AS_MET: Final = {"kept": "met", "broken": "not_met"}


@dataclass(slots=True)
class Standing:
    """Where one clause stands. releases: on which outcome what hangs on it may rest (met, not_met, in_part), or None.

    outcome: as declared, released or not; declared_by: who said so. waits: what it hangs on that is not settled.
    due: its dates, soonest first. instances: of an undertaking due each time, (date, state) of every one.
    """

    letter: bytes
    clause: Clause
    state: str
    since: TimeSpan | None = None
    outcome: str | None = None
    part: str | None = None
    declared_by: tuple[bytes, ...] = ()
    releases: str | None = None
    released_at: TimeSpan | None = None
    waits: tuple[Key, ...] = ()
    due: tuple[TimeSpan, ...] = ()
    instances: tuple[tuple[TimeSpan, str], ...] = ()
    so_far: bool = False
    reasons: tuple[Reason, ...] = ()

    @property
    def key(self) -> Key:
        return self.letter, self.clause.number

    def because(self, code: str, *facts: Fact, at: TimeSpan | None = None) -> None:
        self.reasons += (Reason(code, tuple(fact.by.letter.id for fact in facts), at),)


class Performance:
    """All clauses of an exchange. resolve: when a date is, see `offers.Resolve`."""

    def __init__(
        self, facts: Facts, offers: dict[bytes, Offer], resolve: Callable[[Dated, Deadline], TimeSpan | None]
    ) -> None:
        self.facts, self.offers, self.resolve = facts, offers, resolve
        self.clauses: dict[Key, Clause] = {
            (id, clause.number): clause for id, offer in offers.items() for clause in offer.letter.clauses
        }
        self.done: dict[Key, Standing] = {}
        self.entry = {id: found for id, offer in offers.items() if (found := entry_conditions(offer.letter.clauses))}
        """By letter, the conditions of its entry into force."""
        self.acts: dict[bytes, dict[str | None, list[Fact]]] = {}
        self.replaced: dict[Key, list[Key]] = {}
        for key, clause in self.clauses.items():
            for link in clause.links:
                if link.kind == "replaces" and (to := _target(key, link)) in self.clauses:
                    self.replaced.setdefault(to, []).append(key)

    def all(self) -> dict[Key, Standing]:
        """The standing of every clause, by letter-id and number."""
        # A stack, not recursion: another side may chain ten thousand clauses.
        done = self.done
        for start in sorted(self.clauses):
            if start in done:
                continue
            needs_first = self.needs(start)
            if all(one in done for one in needs_first):
                done[start] = self._standing(start)
                continue
            stack = [(start, iter(needs_first))]
            open_: set[Key] = {start}
            while stack:
                key, needs = stack[-1]
                need = next((one for one in needs if one not in done and one not in open_), None)
                if need is None:
                    done[key] = self._standing(key)
                    open_.discard(key)
                    stack.pop()
                else:
                    open_.add(need)
                    stack.append((need, iter(self.needs(need))))
        return done

    def needs(self, key: Key) -> list[Key]:
        """What must be known before this clause is."""
        clause = self.clauses[key]
        found = [_target(key, link) for link in clause.links if link.kind not in ("limits", "replaces")]
        numbers = [*self.entry.get(key[0], ()), *(named for _, date in clause.dates if (named := anchor_clause(date)))]
        found += [(key[0], number) for number in numbers if number != clause.number]
        return [one for one in found if one in self.clauses]

    # --- one clause ---

    def _standing(self, key: Key) -> Standing:
        offer, clause = self.offers[key[0]], self.clauses[key]
        found = Standing(key[0], clause, "in_force", offer.since)
        if not self._binds(found, offer):
            return found
        acts = self._acts_on(key)
        found.clause = clause = self._corrected(found, acts, clause)
        found.due = self._due(found, acts, clause)
        if self._ended(found, acts) or self._gated(found, clause):
            return found
        if clause.kind == "condition":
            self._condition(found, offer, acts)
        elif clause.kind in ("undertaking", "consequence"):
            self._undertaking(found, offer, acts)
        return found

    def _binds(self, found: Standing, offer: Offer) -> bool:
        clause = found.clause
        if offer.state not in AGREED_ON:
            found.state = "offered" if offer.state in LIVE else "unclear" if offer.state == "unclear" else "not_agreed"
            found.since, found.so_far = None, offer.so_far
            found.because(f"offer_{offer.state}")
            for fact in self._acts_on(found.key):
                if fact.act.kind == "declare" and fact.by.reach is not None and found.state != "not_agreed":
                    found.because("declared_on_an_open_offer", fact)
            return False
        if offer.twin is not None and offer.twin != offer.letter.id:
            found.state = "twin"
            found.reasons += (Reason("twin", (offer.twin,)),)
            return False
        if offer.state == "stated" and clause.bound not in (None, offer.letter.party):
            found.state = "claimed"
            found.because("stated_for_another")
            return False
        if clause.number in self.entry.get(offer.letter.id, ()):
            return True
        in_force = self._in_force(offer)
        if not has_come(in_force, self.facts.now):
            found.state, found.since = "not_yet_in_force", None
            found.reasons += (Reason("entry_into_force", (), in_force),)
            return False
        found.since = in_force
        return True

    def _in_force(self, offer: Offer) -> TimeSpan | None:
        """When the clauses of an offer bind: where a condition says so, when that was met."""
        conditions = self.entry.get(offer.letter.id)
        if not conditions:
            return offer.in_force
        met = [self.done.get((offer.letter.id, number)) for number in conditions]
        if any(one is None or one.releases != "met" for one in met):
            return None
        return max((one.released_at for one in met if one and one.released_at), key=_latest, default=None)

    def _acts_on(self, key: Key) -> list[Fact]:
        """Acts on this clause, or on all of its letter."""
        if key[0] not in self.facts.about:
            return []
        by_clause = self.acts.get(key[0])
        if by_clause is None:
            by_clause = self.acts[key[0]] = {}
            for fact in self.facts.about[key[0]]:
                # Answers to the offer as a whole are settled; of the rest, an act names a clause or all of them.
                if fact.act.on is not None and fact.act.on.act is None and fact.act.kind not in ANSWERS:
                    by_clause.setdefault(fact.act.on.clause, []).append(fact)
        return by_clause.get(None, []) + by_clause.get(key[1], [])

    def _consented(self, acts: list[Fact], *kinds: str) -> Iterator[tuple[Fact, Fact]]:
        for fact in acts:
            if fact.act.kind in kinds and (accepted := self.facts.accepted(fact)):
                yield fact, accepted

    def _corrected(self, found: Standing, acts: list[Fact], clause: Clause) -> Clause:
        """A correction that both took replaces a text as of its original date (VCLT 79)."""
        for fact, accepted in self._consented(acts, "correct"):
            for new in fact.by.letter.clauses:
                if new.number == clause.number and new.kind == clause.kind:
                    found.because("corrected", fact, accepted)
                    clause = new
        return clause

    def _due(self, found: Standing, acts: list[Fact], clause: Clause) -> tuple[TimeSpan, ...]:
        dated = self.facts.letters[found.letter]
        moved: list[tuple[Dated, Deadline]] = []
        for fact, accepted in self._consented(acts, "extend"):
            if fact.act.of_date == "due" and fact.act.date is not None:
                found.because("extended", fact, accepted)
                moved = [(fact.by, fact.act.date)]
        given = moved or [(dated, date) for type_, date in clause.dates if type_ == "due"]
        found_due = [due for of, date in given if (due := self.resolve(of, date))]
        return tuple(sorted(found_due, key=_latest) if len(found_due) > 1 else found_due)

    def _ended(self, found: Standing, acts: list[Fact]) -> bool:
        for other in self.replaced.get(found.key, ()):
            offer = self.offers[other[0]]
            if offer.state == "accepted" and offer.in_force is not None:
                found.state, found.since = "ended", offer.in_force
                found.reasons += (Reason("replaced", (other[0],), offer.in_force),)
                return True
        if not acts:
            return False
        for kind, state in (("end", "ended"), ("suspend", "suspended")):
            for fact, accepted in self._consented(acts, kind):
                found.state, found.since = state, accepted.by.reach
                found.because(f"{state}_by_both", fact, accepted, at=accepted.by.reach)
                return True
        for fact in acts:
            if fact.act.kind == "waive" and fact.by.reach is not None:
                if self._benefits(found, fact.party):
                    found.state, found.since = "waived", fact.by.reach
                    found.releases, found.released_at = "met", fact.by.reach
                    found.because("waived", fact, at=fact.by.reach)
                    return True
                found.because("not_theirs_to_waive", fact)
        return False

    def _benefits(self, found: Standing, party: bytes) -> bool:
        clause, letter = found.clause, self.offers[found.letter].letter
        if clause.kind == "condition":
            return clause.benefits in (None, party) and party in _parties(letter)
        return party in clause.towards if clause.towards else party in _parties(letter) and party != clause.bound

    # --- links ---

    def _gated(self, found: Standing, clause: Clause) -> bool:
        """Whether what it hangs on keeps it from holding; says so and why."""
        waits: list[Key] = []
        for link in clause.links:
            if link.kind in ("limits", "replaces"):
                continue
            to = _target(found.key, link)
            other = self.done.get(to)
            if other is None:
                waits.append(to)
                found.because("each_waits_for_the_other" if to in self.clauses else "hangs_on_what_is_not_here")
                continue
            wanted = _AS_MET.get(link.outcome, link.outcome)
            if link.kind in ("until", "unless"):
                if other.releases == wanted:
                    found.state, found.since = "ended", other.released_at
                    found.reasons += (Reason(f"{link.kind}_{link.outcome}", (other.letter,), other.released_at),)
                    return True
            elif other.releases is not None and other.releases != wanted and other.releases != "in_part":
                found.state, found.since = "ended", other.released_at
                found.reasons += (Reason(f"{link.kind}_failed", (other.letter,), other.released_at),)
                return True
            elif other.releases != wanted:
                waits.append(to)
                found.reasons += (Reason(f"waits_{other.state}", (other.letter,)),)
        if waits:
            found.state, found.since, found.waits = "waiting", None, tuple(waits)
        return bool(waits)

    # --- declarations ---

    def _condition(self, found: Standing, offer: Offer, acts: list[Fact]) -> None:
        said = self._declared(found, acts, ("met", "not_met", "in_part"))
        due = found.due[-1] if found.due else None
        passed = due is not None and due.latest is not None and self.facts.now > due.latest
        declares: str | bytes = found.clause.declares
        if isinstance(declares, bytes) and passed and declares not in said:
            found.because("named_office_silent", at=due)
            if found.clause.silent in ("met", "not_met"):
                found.outcome = found.releases = found.clause.silent
                found.state, found.since, found.released_at = "agreed", due, due
                return
            declares = found.clause.silent
        if not self._decide(found, offer, acts, said, declares):
            self._past_or(found, passed, "open")
            if found.state == "open" and holes_over(self.facts, offer.letter):
                found.state = "unclear"
                found.because("open_over_a_hole")

    def _undertaking(self, found: Standing, offer: Offer, acts: list[Fact]) -> None:
        if found.clause.how == "each" and found.due:
            self._each(found, offer, acts)
            return
        said = self._declared(found, acts, ("kept", "broken", "in_part"))
        if not self._decide(found, offer, acts, said, found.clause.declares):
            due = found.due[-1] if found.due else None
            self._past_or(found, due is not None and due.latest is not None and self.facts.now > due.latest, "in_force")

    def _past_or(self, found: Standing, passed: bool, otherwise: str) -> None:
        found.state, found.so_far = ("past_undeclared" if passed else otherwise), True
        if passed:
            found.since = found.due[-1]
            found.because("past_its_date", at=found.due[-1])
        elif found.due and (earliest := found.due[-1].earliest) is not None and self.facts.now > earliest:
            found.because("date_not_known_exactly", at=found.due[-1])

    def _declared(self, found: Standing, acts: list[Fact], outcomes: tuple[str, ...]) -> dict[bytes, Fact]:
        """The last declaration of each party, of those who may declare."""
        letter = self.offers[found.letter].letter
        may = {*_parties(letter)} | ({found.clause.declares} if isinstance(found.clause.declares, bytes) else set())
        said: dict[bytes, Fact] = {}
        for fact in acts:
            if fact.act.kind != "declare" or fact.by.reach is None or fact.act.on is None or not fact.act.on.clause:
                continue
            if fact.act.outcome not in outcomes:
                found.because("declares_what_it_cannot_be", fact)
            elif fact.party not in may:
                found.because("not_theirs_to_declare", fact)
            else:
                before_it = said.get(fact.party)
                if before_it is None or before_it.by.letter.number <= fact.by.letter.number:
                    said[fact.party] = fact
        return said

    def _decide(
        self, found: Standing, offer: Offer, acts: list[Fact], said: dict[bytes, Fact], declares: str | bytes
    ) -> bool:
        """What the declarations come to; False if nobody has declared who may."""
        if isinstance(declares, bytes):
            if declares not in said:
                for fact in said.values():
                    found.because("said_by_one_not_named", fact)
                return False
            return self._take(found, "said", [said[declares]], release=True)
        sides = [fact for party, fact in sorted(said.items()) if party in _parties(offer.letter)]
        if not sides:
            return False
        outcomes = {fact.act.outcome for fact in sides}
        if len(sides) > 1:
            return self._take(found, "agreed" if len(outcomes) == 1 else "disputed", sides, release=len(outcomes) == 1)
        disputes = [fact for fact in self._disputes(acts, sides[0]) if fact.party != sides[0].party]
        if disputes:
            return self._take(found, "disputed", [*sides, *disputes], release=False)
        return self._take(found, "said", sides, release=declares == "either")

    def _disputes(self, acts: list[Fact], of: Fact) -> list[Fact]:
        named = [
            fact
            for fact in self.facts.of(of.by.letter.id, "dispute")
            if fact.act.on is not None and fact.act.on.act in (None, of.position)
        ]
        return [fact for fact in [*acts, *named] if fact.act.kind == "dispute" and fact.by.reach is not None]

    def _take(self, found: Standing, how: str, facts: list[Fact], *, release: bool) -> bool:
        first = facts[0]
        outcome = first.act.outcome or ""
        at = max((fact.by.reach for fact in facts if fact.by.reach), key=_latest)
        found.state = how if how in ("agreed", "disputed") else "in_part" if outcome == "in_part" else f"said_{outcome}"
        found.outcome, found.part, found.since = outcome, first.act.part, at
        found.declared_by = tuple(fact.party for fact in facts if fact.act.kind == "declare")
        if release:
            found.releases, found.released_at = _AS_MET.get(outcome, outcome), at
        found.because(how if how != "said" else f"said_{outcome}", *facts, at=at)
        return True

    def _each(self, found: Standing, offer: Offer, acts: list[Fact]) -> None:
        """Every time by itself: what is declared belongs to the first date not before it."""
        instances: list[tuple[TimeSpan, str]] = []
        for at, due in enumerate(found.due):
            since = found.due[at - 1].latest if at else None
            mine = [
                fact
                for fact in acts
                if fact.act.kind != "declare"
                or (fact.act.since is not None and _within(fact.act.since.unix, since, due.latest))
            ]
            one = Standing(found.letter, found.clause, "in_force", found.since, due=(due,))
            said = self._declared(one, mine, ("kept", "broken", "in_part"))
            if not self._decide(one, offer, mine, said, found.clause.declares):
                self._past_or(one, due.latest is not None and self.facts.now > due.latest, "in_force")
            found.reasons += one.reasons
            instances.append((due, one.state))
        found.instances = tuple(instances)
        passed = [state for due, state in instances if due.latest is not None and self.facts.now > due.latest]
        found.state, found.so_far = ("past_undeclared" if "past_undeclared" in passed else "in_force"), True


def entry_conditions(clauses: tuple[Clause, ...]) -> list[str]:
    """The conditions on which all clauses of an offer enter into force."""
    rules = [one for one in clauses if one.provision and (one.provision.rule, one.provision.value) == _ON_CONDITION]
    links = [link for clause in rules for link in clause.links if link.kind == "only_if" and link.to.letter is None]
    return [link.to.clause for link in links if link.to.clause]


def anchor_clause(date: Deadline) -> str | None:
    """The clause of the same letter that a date is counted from."""
    return date.of if isinstance(date, Anchored) else None


def _target(key: Key, link: Link) -> Key:
    return link.to.letter or key[0], link.to.clause or ""


def _parties(letter: LetterRecord) -> tuple[bytes, bytes]:
    return letter.party, letter.reader_for or letter.reader


def _within(at: int, after: int | None, until: int | None) -> bool:
    return (after is None or at > after) and (until is None or at <= until)


def _latest(span: TimeSpan | None) -> int:
    return span.latest if span is not None and span.latest is not None else 1 << 62
