"""Where each clause stands: waiting, in force, declared, kept.   Spec: docs/spec/standing.md, "Clauses in time".

That a condition was met or a promise kept is only ever somebody's declaration: no date decides it. What a declaration
releases is carried from clause to clause, the earliest first: a circle waits, and a chain of ten thousand is walked.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from typing import Final

from backchannel.letters.clauses import Clause, Link
from backchannel.letters.deadlines import Anchored, Deadline
from backchannel.letters.spans import TimeSpan, before, hull, in_time
from backchannel.terms.facts import ANSWERS, TAKES_BACK, Dated, Fact, Facts
from backchannel.terms.offers import Offer, Reason, holes_over, names_offer
from backchannel.terms.records import Hole, at_latest
from backchannel.values import dataclass, field

Key = tuple[bytes, str]
AGREED_ON: Final = ("accepted", "not_yet_in_force", "stated")
LIVE: Final = ("drafted", "on_its_way", "open")
_ON_CONDITION: Final = ("in_force", "condition")
_OF_THE_WHOLE: Final = ("propose", *ANSWERS, *TAKES_BACK, "notify")
# A promise that was kept is to a link what a condition met is.
_AS_MET: Final = {"kept": "met", "broken": "not_met"}
_NEVER_HELD: Final = ("offered", "not_agreed", "unclear", "twin", "claimed", "not_yet_in_force", "waiting")
_DECLARES: Final = ("declare", "dispute")
_NONE: Final[list[Fact]] = []
_RELEASES, _HOLDS = 0, 1


@dataclass(slots=True)
class Standing:
    """Where one clause stands. releases: on which outcome what hangs on it may rest (met, not_met, in_part), or None;
    by_waiver: though nothing was declared, and only what waits for it.

    outcome: as declared, released or not; declared_by: who said so. waits: what it hangs on that is not settled.
    due: its dates, soonest first. instances: of an undertaking due each time, (date, state) of every one.
    settles: what would settle an unclear one. holes: letters not here in which it may be declared.
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
    by_waiver: bool = False
    waits: tuple[Key, ...] = ()
    due: tuple[TimeSpan, ...] = ()
    instances: tuple[tuple[TimeSpan, str], ...] = ()
    so_far: bool = False
    settles: tuple[str, ...] = ()
    holes: tuple[Hole, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def key(self) -> Key:
        return self.letter, self.clause.number

    def because(self, code: str, *facts: Fact, at: TimeSpan | None = None) -> None:
        self.reasons += (Reason(code, tuple(fact.by.letter.id for fact in facts), at),)

    def unclear(self, code: str, settles: str, *facts: Fact) -> None:
        self.state, self.since, self.settles = "unclear", None, (settles,)
        self.because(code, *facts)

    def stop(self, state: str, reason: Reason) -> None:
        """It stands no longer; what it released before that stays released."""
        if self.released_at is not None and reason.at is not None and before(reason.at, self.released_at):
            self.releases = self.released_at = None
        self.state, self.since, self.so_far, self.waits, self.settles = state, reason.at, False, (), ()
        self.reasons += (reason,)


@dataclass(slots=True)
class _Gate:
    """What the links of a clause come to so far. waits: those not released, by place; opened: when the last one was.
    ended: why, and when, it ended by a link or by a clause in its place.
    """

    waits: dict[int, Link] = field(default_factory=dict)
    opened: TimeSpan | None = None
    ended: Reason | None = None


class Performance:
    """All clauses of an exchange. consents: what became of acts that need it. resolve: when a date is, see
    `offers.Resolve`. entered: of offers that enter into force on conditions, when all were met.
    """

    def __init__(
        self,
        facts: Facts,
        offers: dict[bytes, Offer],
        consents: dict[tuple[bytes, int], Offer],
        resolve: Callable[[Dated, Deadline], TimeSpan | None],
    ) -> None:
        self.facts, self.offers, self.consents, self.resolve = facts, offers, consents, resolve
        self.done: dict[Key, Standing] = {}
        self.entered: dict[bytes, TimeSpan | None] = {}
        self.clauses: dict[Key, Clause] = {
            (id, clause.number): clause for id, offer in offers.items() for clause in offer.letter.clauses
        }
        self.corrections: dict[Key, list[Reason]] = {}
        self.gates: dict[Key, _Gate] = {}
        self.hang: dict[Key, list[tuple[Key, int, Link]]] = {}
        """By clause, the links that lead to it, each with its place."""
        self.dated_by: dict[Key, list[Key]] = {}
        """By clause, those with a date that is counted from when it was met."""
        self.replacing: dict[Key, list[Key]] = {}
        """Clauses that stand in the place of others once they hold."""
        self.queue: list[tuple[int, int, Key]] = []
        self.fired: set[Key] = set()
        conditions = {id: entry_conditions(offer.letter.clauses) for id, offer in offers.items()}
        self.entry = {id: found for id, found in conditions.items() if found}
        self.not_met = {id: set(found) for id, found in self.entry.items()}
        self._acts = {id: found for id in offers if (found := _by_clause(facts.about.get(id, ()), offers[id]))}
        self._holes: dict[tuple[bytes, str], tuple[Hole, ...]] = {}

    def all(self) -> dict[Key, Standing]:
        """The standing of every clause, by letter-id and number."""
        for key, clause in self.clauses.items():
            if key[0] in self._acts and (acts := self._acts_on(key)):
                clause = self._correct(key, clause, acts)
            if clause.links:
                self._link(key, clause)
            for _, date in clause.dates:
                if isinstance(date, Anchored) and date.of is not None:
                    self.dated_by.setdefault((key[0], date.of), []).append(key)
        for key in self.hang:
            self._waive_links(key)
        for key in self.clauses:  # what waits is looked at when it is released, or else last
            gate = self.gates.get(key)
            if gate is None or not gate.waits or (key[0] in self._acts and self._acts_on(key)):
                self._settle(key)
        self._release()
        for key in self.clauses:
            if key not in self.done:
                self._settle(key)
        self._release()
        self._name_circles()
        return self.done

    # --- from clause to clause ---

    def _link(self, key: Key, clause: Clause) -> None:
        gate = self.gates[key] = _Gate()
        for place, link in enumerate(clause.links):
            if link.kind == "replaces" and self._may_replace(key, _target(key, link)):
                self.replacing.setdefault(key, []).append(_target(key, link))
            if link.kind in ("limits", "replaces"):
                continue
            if link.kind in ("only_if", "in_return_for"):
                gate.waits[place] = link
            to = _target(key, link)
            if to in self.clauses and (to[0] == key[0] or self._same_type(to[0], key[0])):
                self.hang.setdefault(to, []).append((key, place, link))

    def _may_replace(self, key: Key, to: Key) -> bool:
        if to not in self.clauses or to == key or not self._same_type(key[0], to[0]):
            return False
        mine, other = self.offers[key[0]].letter, self.offers[to[0]].letter
        return set(mine.sides) == set(other.sides)

    def _same_type(self, one: bytes, other: bytes) -> bool:
        return self.offers[one].letter.exercise == self.offers[other].letter.exercise

    def _settle(self, key: Key) -> None:
        found = self.done[key] = self._standing(key)
        if found.releases is not None and key not in self.fired:
            heappush(self.queue, (at_latest(found.released_at), _RELEASES, key))
        if key in self.replacing and self._held_from(found) is not None:
            heappush(self.queue, (at_latest(self._held_from(found)), _HOLDS, key))

    def _held_from(self, found: Standing) -> TimeSpan | None:
        """From when a clause that both agreed on holds, if it ever did."""
        offer, gate = self.offers[found.letter], self.gates[found.key]
        if gate.waits or found.state in _NEVER_HELD or offer.state != "accepted":
            return None
        held = later_of(self.in_force(offer) or offer.since, *([gate.opened] if gate.opened is not None else []))
        stopped = found.since if found.state in ("ended", "suspended") else None
        return held if held is None or stopped is None or before(held, stopped) else None

    def _release(self) -> None:
        """What happens, one after another, the earliest first: a clause releases what hangs on it, or holds in the
        place of another.
        """
        while self.queue:
            at, what, key = heappop(self.queue)
            found = self.done[key]
            if what == _HOLDS:
                held = self._held_from(found)
                if key in self.replacing and held is not None and at_latest(held) == at:
                    for to in self.replacing.pop(key):
                        self._end(to, Reason("replaced", (key[0],), held))
                continue
            if key in self.fired or found.releases is None or at_latest(found.released_at) != at:
                continue
            self.fired.add(key)
            for other, place, link in self.hang.get(key, ()):
                self._pass_on(found, other, place, link)
            for other in self.dated_by.get(key, ()):
                if other in self.done:
                    self._settle(other)
            self._enter(found)

    def _end(self, key: Key, reason: Reason) -> None:
        """The first that ends a clause counts."""
        gate = self.gates.setdefault(key, _Gate())
        if gate.ended is None or at_latest(reason.at) < at_latest(gate.ended.at):
            gate.ended = reason
            self._settle(key)

    def _pass_on(self, found: Standing, key: Key, place: int, link: Link) -> None:
        """What this outcome of one clause does to another through a link."""
        gate, wanted = self.gates[key], _AS_MET.get(link.outcome, link.outcome)
        ended = Reason(f"{link.kind}_failed", (found.letter,), found.released_at)
        if link.kind in ("until", "unless"):
            if found.releases != wanted or found.by_waiver:
                return  # who waives an end lets it go on
            ended = Reason(f"{link.kind}_{link.outcome}", (found.letter,), found.released_at)
        elif place not in gate.waits:
            return
        elif found.releases == wanted:
            self._open(key, place, found.released_at)
            if not gate.waits:
                self._settle(key)
            return
        elif found.releases == "in_part":
            return
        self._end(key, ended)

    def _open(self, key: Key, place: int, at: TimeSpan | None) -> None:
        gate = self.gates[key]
        del gate.waits[place]
        gate.opened = at if gate.opened is None else later_of(gate.opened, at)

    def _enter(self, found: Standing) -> None:
        """Once all conditions of its entry into force are met, the rest of a letter binds."""
        id, number = found.key
        if found.releases != "met" or number not in self.not_met.get(id, ()):
            return
        self.not_met[id].discard(number)
        known = self.entered.get(id) or self.offers[id].since
        self.entered[id] = later_of(known, found.released_at)
        if not self.not_met[id]:
            for clause in self.offers[id].letter.clauses:
                if clause.number not in self.entry[id] and (id, clause.number) in self.done:
                    self._settle((id, clause.number))

    def _waive_links(self, key: Key) -> None:
        """A link benefits whom it lets wait: one of two who can waive a condition together waives its own waiting."""
        if self.offers[key[0]].state not in AGREED_ON:
            return
        waived = self._waived(key)
        if waived and not self._needed(key) <= waived.keys():
            for other, place, _ in self.hang[key]:
                fact = waived.get(self.clauses[other].bound or b"")
                if fact is not None and place in self.gates[other].waits:
                    self._open(other, place, fact.by.reach)

    def _name_circles(self) -> None:
        """Of what waits, say what waits for itself in the end: neither first nor last of what waits for what waits."""
        waiting = {key for key, one in self.done.items() if one.state == "waiting"}
        edges = {key: [to for to in self.done[key].waits if to in waiting] for key in waiting}
        back: dict[Key, list[Key]] = {}
        for key, many in edges.items():
            for to in many:
                back.setdefault(to, []).append(key)
        for out, into in ((edges, back), (back, edges)):
            left = {key: sum(to in waiting for to in out.get(key, ())) for key in waiting}
            ready = [key for key, count in left.items() if count == 0]
            while ready:
                key = ready.pop()
                waiting.discard(key)
                for other in into.get(key, ()):
                    if other in left and other in waiting:
                        left[other] -= 1
                        if left[other] == 0:
                            ready.append(other)
        for key in waiting:
            self.done[key].because("each_waits_for_the_other")

    # --- one clause ---

    def _standing(self, key: Key) -> Standing:
        offer, clause = self.offers[key[0]], self.clauses[key]
        found = Standing(key[0], clause, "in_force", offer.since)
        if not self._binds(found, offer):
            return found
        acts = self._acts_on(key)
        found.reasons += tuple(self.corrections.get(key, ()))
        found.due = self._due(found, acts, clause)
        gate = self.gates.get(key)
        if gate is not None and gate.waits:
            self._wait(found, gate)
        else:
            if clause.kind == "condition":
                self._condition(found, offer, acts)
            elif clause.kind in ("undertaking", "consequence"):
                self._undertaking(found, offer, acts)
            if found.releases is not None:
                begun = gate.opened if gate is not None and gate.opened is not None else found.released_at
                found.released_at = later_of(found.released_at, begun, self.in_force(offer) or found.released_at)
        if gate is not None and gate.ended is not None:
            found.stop("ended", gate.ended)
        if any(fact.act.kind not in _DECLARES for fact in acts):
            self._stopped(found, acts)
        return found

    def _binds(self, found: Standing, offer: Offer) -> bool:
        clause = found.clause
        if offer.state not in AGREED_ON:
            found.state = "offered" if offer.state in LIVE else "unclear" if offer.state == "unclear" else "not_agreed"
            if offer.state == "awaiting_others":
                found.state = "offered"
            found.since, found.so_far, found.settles = None, offer.so_far, tuple(offer.settles)
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
        in_force = self.in_force(offer)
        if in_force is None or offer.date_to_come:
            found.state, found.since, found.so_far = "not_yet_in_force", None, True
            found.reasons += (Reason("entry_into_force", (), in_force),)
            return False
        found.since = in_force
        return True

    def in_force(self, offer: Offer) -> TimeSpan | None:
        """When the clauses of an offer bind; where conditions say so, None until all were met."""
        id = offer.letter.id
        if id not in self.entry:
            return offer.in_force
        return None if self.not_met[id] else self.entered.get(id)

    def met(self, letter: bytes, number: str) -> TimeSpan | None:
        """When a condition was met, if it was."""
        found = self.done.get((letter, number))
        return found.released_at if found is not None and found.releases == "met" else None

    def _acts_on(self, key: Key) -> list[Fact]:
        """Acts on this clause, or on all of its letter."""
        by_clause = self._acts.get(key[0])
        if by_clause is None:
            return _NONE
        acts, of_all = by_clause.get(key[1], _NONE), by_clause.get(None)
        return of_all + acts if of_all else acts

    def _consents(self, acts: list[Fact], *kinds: str) -> Iterator[tuple[Fact, Offer]]:
        """Acts of these kinds that both agreed on, or may have, in the order in which they did."""
        found = [(fact, self.consents.get(fact.key)) for fact in acts if fact.act.kind in kinds]
        if not found:
            return
        given = [(fact, offer) for fact, offer in found if offer is not None and offer.state in ("accepted", "unclear")]
        yield from sorted(given, key=lambda one: (one[1].state != "accepted", at_latest(one[1].since), one[0].key))

    def _correct(self, key: Key, clause: Clause, acts: list[Fact]) -> Clause:
        """A correction that both took replaces a text as of its original date (VCLT 79)."""
        for fact, offer in self._consents(acts, "correct"):
            new = self.facts.clause(fact.by.letter.id, clause.number)
            if new is not None and new.kind == clause.kind:
                sure = offer.state == "accepted"
                clause = self.clauses[key] = new if sure else clause
                code = "corrected" if sure else "correction_unclear"
                self.corrections.setdefault(key, []).append(Reason(code, (fact.by.letter.id,), offer.since))
        return clause

    def _due(self, found: Standing, acts: list[Fact], clause: Clause) -> tuple[TimeSpan, ...]:
        """Its dates; an extension that both took moves the last."""
        dated = self.facts.letters[found.letter]
        given = [due for of, date in clause.dates if of == "due" and (due := self.resolve(dated, date))]
        given.sort(key=at_latest)
        for fact, offer in self._consents(acts, "extend") if acts else ():
            to = self.resolve(fact.by, fact.act.date) if fact.act.date is not None else None
            if fact.act.of_date == "due" and to is not None:
                sure = offer.state == "accepted"
                found.because("extended" if sure else "extension_unclear", fact, at=to)
                given[-1:] = [to if sure or not given else hull(given[-1], to)]
        return tuple(given)

    def _stopped(self, found: Standing, acts: list[Fact]) -> None:
        """Waived by whom it benefits; suspended or ended by both."""
        waived, needed = self._waived(found.key), self._needed(found.key)
        if needed and needed <= waived.keys():
            facts = [waived[party] for party in sorted(needed)]
            at = later_of(*(fact.by.reach for fact in facts))
            found.stop("waived", Reason("waived", tuple(fact.by.letter.id for fact in facts), at))
            if found.releases is None:
                found.releases, found.released_at, found.by_waiver = "met", at, True
        for fact in acts:
            if fact.act.kind == "waive" and fact.by.reach is not None and fact.party not in needed:
                found.because("not_theirs_to_waive", fact)
        for kind, code in (("reserve", "reserved"), ("interpret", "interpreted")):
            for fact, offer in self._consents(acts, kind):
                found.because(code if offer.state == "accepted" else f"{code}_unclear", fact, at=offer.since)
        for kind, state in (("suspend", "suspended"), ("end", "ended")):
            for fact, offer in self._consents(acts, kind):
                if offer.state == "unclear":
                    found.unclear(f"{state}_unclear", offer.settles[0] if offer.settles else "when_reached", fact)
                else:
                    letters = (fact.by.letter.id, *((offer.by.by.letter.id,) if offer.by else ()))
                    found.stop(state, Reason(f"{state}_by_both", letters, offer.since))
                break

    def _waived(self, key: Key) -> dict[bytes, Fact]:
        """The first waiver of each party that may."""
        found: dict[bytes, Fact] = {}
        for fact in self._acts_on(key):
            if fact.act.kind == "waive" and fact.by.reach is not None and fact.sure:
                other = found.get(fact.party)
                if other is None or at_latest(fact.by.reach) < at_latest(other.by.reach):
                    found[fact.party] = fact
        return found

    def _needed(self, key: Key) -> set[bytes]:
        """Who must waive a clause for all of it to be waived."""
        clause, parties = self.clauses[key], set(self.offers[key[0]].letter.sides)
        if clause.kind == "condition":
            return parties if clause.benefits is None else {clause.benefits}
        return set(clause.towards) or parties - {clause.bound}

    def _wait(self, found: Standing, gate: _Gate) -> None:
        waits = [_target(found.key, link) for link in gate.waits.values()]
        found.state, found.since, found.so_far, found.waits = "waiting", None, True, tuple(waits)
        for to in dict.fromkeys(waits):
            other = self.done.get(to)
            if other is not None:
                found.reasons += (Reason(f"waits_{other.state}", (other.letter,)),)
            elif to not in self.clauses:
                found.because("hangs_on_what_is_not_here")

    # --- declarations ---

    def _condition(self, found: Standing, offer: Offer, acts: list[Fact]) -> None:
        said, doubtful = self._declared(found, acts, ("met", "not_met", "in_part"))
        passed = self._passed(found.due)
        declares: str | bytes = found.clause.declares
        if isinstance(declares, bytes):
            fallen = [fact for fact in acts if fact.act.kind == "decline" and fact.party == declares and fact.by.reach]
            late = self._late(found.due, said.get(declares))
            if late is None and not fallen:
                found.unclear("named_office_in_time_unclear", "when_reached", said[declares])
                return
            if fallen or late or (passed and declares not in said):
                since = fallen[0].by.reach if fallen else found.due[-1]
                if not fallen and not late and (holes := self._over_holes(offer, declares)):
                    found.holes = holes
                    found.unclear("named_office_silent_over_a_hole", "missing_letters")
                    return
                found.because("named_office_fell_away" if fallen else "named_office_silent", *fallen[:1], at=since)
                said.pop(declares, None)
                declares = found.clause.silent
                if declares in ("met", "not_met"):
                    found.outcome = found.releases = declares
                    found.state, found.since, found.released_at, found.so_far = "agreed", since, since, not fallen
                    return
        if doubtful:
            found.unclear(*doubtful)
        elif not said or not self._decide(found, offer, acts, said, declares):
            self._past_or(found, passed, "open")
            found.holes = self._over_holes(offer, found.clause.declares) if self.facts.holes else ()
            if found.holes and found.state == "open":
                found.unclear("open_over_a_hole", "missing_letters")

    def _late(self, due: tuple[TimeSpan, ...], said: Fact | None) -> bool | None:
        """Whether the named office spoke after its last day; None: unclear."""
        if said is None or not due:
            return False
        timely = in_time(said.by.reach or TimeSpan(), due[-1])
        return None if timely is None else not timely

    def _over_holes(self, offer: Offer, declares: str | bytes) -> tuple[Hole, ...]:
        key = offer.letter.id, declares if isinstance(declares, str) else declares.hex()
        if key not in self._holes:
            others = (declares,) if isinstance(declares, bytes) else ()
            self._holes[key] = holes_over(self.facts, offer.letter, *others)
        return self._holes[key]

    def _passed(self, due: tuple[TimeSpan, ...]) -> bool:
        return bool(due) and due[-1].latest is not None and self.facts.now > due[-1].latest

    def _undertaking(self, found: Standing, offer: Offer, acts: list[Fact]) -> None:
        if found.clause.how == "each" and found.due:
            self._each(found, offer, acts)
            return
        said, doubtful = self._declared(found, acts, ("kept", "broken", "in_part"))
        if doubtful:
            found.unclear(*doubtful)
        elif not said or not self._decide(found, offer, acts, said, "either"):
            self._past_or(found, self._passed(found.due), "in_force")
            found.holes = self._over_holes(offer, "either") if self.facts.holes else ()

    def _past_or(self, found: Standing, passed: bool, otherwise: str) -> None:
        found.state, found.so_far = ("past_undeclared" if passed else otherwise), True
        if passed:
            found.since = found.due[-1]
            found.because("past_its_date", at=found.due[-1])
        elif found.due and (earliest := found.due[-1].earliest) is not None and self.facts.now > earliest:
            found.because("date_not_known_exactly", at=found.due[-1])

    def _declared(
        self, found: Standing, acts: list[Fact], outcomes: tuple[str, ...]
    ) -> tuple[dict[bytes, Fact], tuple[str, str, Fact] | None]:
        """The last declaration of each party that may declare; and why one of them is unclear, if it is."""
        if not acts:
            return {}, None
        named = found.clause.declares
        may = {*self.offers[found.letter].letter.sides, *((named,) if isinstance(named, bytes) else ())}
        said: dict[bytes, Fact] = {}
        doubts: dict[bytes, tuple[str, str, Fact]] = {}
        for fact in acts:
            if fact.act.kind != "declare" or fact.by.reach is None or fact.act.on is None or not fact.act.on.clause:
                continue
            if fact.act.outcome not in outcomes:
                found.because("declares_what_it_cannot_be", fact)
                continue
            if fact.party not in may:
                found.because("not_theirs_to_declare", fact)
                continue
            before_it = said.get(fact.party)
            order = True if before_it is None else _said_later(fact, before_it)
            if order is False:
                continue
            said[fact.party] = fact
            doubts.pop(fact.party, None)
            if not fact.sure:
                code = "contradicts_itself" if fact.contradicted else "recall_in_time_unclear"
                doubts[fact.party] = code, "its_author" if fact.contradicted else "when_reached", fact
            elif order is None and before_it is not None and before_it.act.outcome != fact.act.outcome:
                doubts[fact.party] = "declared_last_unclear", "when_reached", fact
        return said, next((doubts[party] for party in sorted(doubts)), None)

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
        sides = [fact for party, fact in sorted(said.items()) if party in offer.letter.sides]
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
        """Disputes of a declaration by name, and of its clause once it was declared."""
        named = [
            fact
            for fact in self.facts.of(of.by.letter.id, "dispute")
            if fact.act.on is not None and fact.act.on.act in (None, of.position) and fact.by.reach is not None
        ]
        declared = of.by.reach or TimeSpan()
        return named + [
            fact
            for fact in acts
            if fact.act.kind == "dispute" and fact.by.reach is not None and not before(fact.by.reach, declared)
        ]

    def _take(self, found: Standing, how: str, facts: list[Fact], *, release: bool) -> bool:
        first = facts[0]
        outcome = first.act.outcome or ""
        at = later_of(*(fact.by.reach for fact in facts))
        found.state = how if how in ("agreed", "disputed") else "in_part" if outcome == "in_part" else f"said_{outcome}"
        found.outcome, found.part, found.since = outcome, first.act.part, at
        found.declared_by = tuple(fact.party for fact in facts if fact.act.kind == "declare")
        if release:
            found.releases, found.released_at = _AS_MET.get(outcome, outcome), at
        found.because(how if how != "said" else f"said_{outcome}", *facts, at=at)
        return True

    def _each(self, found: Standing, offer: Offer, acts: list[Fact]) -> None:
        """Every time by itself: a declaration belongs to the first date not before its `since`."""
        ends = [at_latest(due) for due in found.due]
        mine: list[list[Fact]] = [[] for _ in found.due]
        disputes = [fact for fact in acts if fact.act.kind == "dispute"]
        for fact in acts:
            if fact.act.kind == "declare" and fact.act.since is None:
                found.because("declared_of_no_date", fact)
            elif fact.act.kind == "declare" and fact.act.since is not None:
                at = bisect_left(ends, fact.act.since.unix)
                if at < len(mine):
                    mine[at].append(fact)
        instances: list[Standing] = []
        for due, some in zip(found.due, mine, strict=True):
            one = Standing(found.letter, found.clause, "in_force", found.since, due=(due,))
            said, doubtful = self._declared(one, some, ("kept", "broken", "in_part"))
            if doubtful:
                one.unclear(*doubtful)
            elif not said or not self._decide(one, offer, disputes, said, "either"):
                self._past_or(one, self._passed(one.due), "in_force")
            found.reasons += one.reasons
            instances.append(one)
        found.instances = tuple((one.due[0], one.state) for one in instances)
        found.state = "past_undeclared" if any(one.state == "past_undeclared" for one in instances) else "in_force"
        found.so_far, found.holes = True, self._over_holes(offer, "either")
        if all(one.releases == "met" for one in instances):
            found.releases, found.released_at = "met", later_of(*(one.released_at for one in instances))


def _by_clause(facts: Iterable[Fact], offer: Offer) -> dict[str | None, list[Fact]]:
    """Acts on a letter by the clause they name; answers to the offer as a whole are settled elsewhere."""
    found: dict[str | None, list[Fact]] = {}
    for fact in facts:
        on, kind = fact.act.on, fact.act.kind
        # A clause's declarer may decline to be that.
        if on is None or (kind in _OF_THE_WHOLE and not (kind == "decline" and on.clause)):
            continue
        if on.act is None or (offer.state != "stated" and names_offer(fact.act, offer.letter)):
            found.setdefault(on.clause, []).append(fact)
    return found


def entry_conditions(clauses: tuple[Clause, ...]) -> frozenset[str]:
    """The conditions on which all clauses of an offer enter into force."""
    rules = [one for one in clauses if one.provision and (one.provision.rule, one.provision.value) == _ON_CONDITION]
    links = [link for clause in rules for link in clause.links if link.kind == "only_if" and link.to.letter is None]
    return frozenset(link.to.clause for link in links if link.to.clause)


def later_of(*spans: TimeSpan | None) -> TimeSpan | None:
    """When the last of several things was; None while one of them has not come."""
    known = [span for span in spans if span is not None]
    if len(known) < len(spans) or not known:
        return None
    earliest = [span.earliest for span in known if span.earliest is not None]
    latest = [span.latest for span in known if span.latest is not None]
    return TimeSpan(max(earliest, default=None), max(latest) if len(latest) == len(known) else None)


def _said_later(one: Fact, other: Fact) -> bool | None:
    """Whether of two declarations of a party `one` is the later: by number in one series, else by when they reached."""
    mine, yours = one.by.letter, other.by.letter
    if (mine.author, mine.reader, mine.epoch) == (yours.author, yours.reader, yours.epoch):
        return (mine.number, one.position) > (yours.number, other.position)
    return before(other.by.reach or TimeSpan(), one.by.reach or TimeSpan())


def _target(key: Key, link: Link) -> Key:
    return link.to.letter or key[0], link.to.clause or ""
