"""What became of each offer.   Spec: docs/spec/standing.md, "Offers". Sources: CISG 14-24, UNIDROIT Principles ch. 2.

Every order of two instants is asked of spans, and answers yes, no or *unclear*; nothing here guesses.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from backchannel.letters.clauses import Ref
from backchannel.letters.deadlines import Deadline
from backchannel.letters.spans import TimeSpan, before, hull, in_time, shift
from backchannel.terms.facts import OFFERS, Dated, Fact, Facts, provision_of, rule_of, sealed_after, together_or_before
from backchannel.terms.records import Hole, LetterRecord

WITHOUT_DELAY_SECONDS: Final = 72 * 3600
_ENDED_BY: Final = {"decline": "declined", "counter": "countered", "accept": "countered"}
_ORDER: Final = ("declined", "countered", "revoked")

Resolve = Callable[[Dated, Deadline], TimeSpan | None]
"""(letter, its date) -> when that is; None while the event it is counted from is not known."""
InForce = Callable[[Ref], bool]
"""Whether a clause of another letter is in force."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why. code: which rule of the spec's table; letters: what it rests on; at: what instant decided, if one did."""

    code: str
    letters: tuple[bytes, ...] = ()
    at: TimeSpan | None = None


@dataclass(slots=True)
class Offer:
    """One offer. since: when its state began. lapses: None until withdrawn, or while its anchor is not known.

    by: the act that decided. until: when a state that stands *unless* somebody acts becomes firm. so_far: it rests on
    nothing having come. settles: what would settle an unclear one. in_force: when its clauses bind; None: not yet.
    twin: the equal offer that crossed it and binds for both, the earlier of the two. awaits: parties of an offer to
    several who have not accepted, as far as known.
    """

    letter: LetterRecord
    state: str = "on_its_way"
    since: TimeSpan | None = None
    lapses: TimeSpan | None = None
    by: Fact | None = None
    until: int | None = None
    so_far: bool = False
    in_force: TimeSpan | None = None
    reasons: list[Reason] = field(default_factory=list)
    settles: list[str] = field(default_factory=list)
    holes: tuple[Hole, ...] = ()
    twin: bytes | None = None
    awaits: tuple[bytes, ...] = ()

    def become(self, state: str, code: str, by: Fact | None, at: TimeSpan | None) -> None:
        self.state, self.by, self.since = state, by, at
        self.reasons.append(Reason(code, (by.by.letter.id,) if by else (), at))

    def unclear(self, code: str, settles: str, facts: Iterable[Fact] = ()) -> None:
        self.state, self.by, self.since = "unclear", None, None
        self.reasons.append(Reason(code, tuple(fact.by.letter.id for fact in facts)))
        self.settles.append(settles)


def is_offer(letter: LetterRecord) -> bool:
    return any(act.kind in OFFERS for act in letter.acts)


def whole(answer: Fact, offer: LetterRecord) -> str:
    """How an acceptance takes an offer: `cited`, `restated`, `changed`, or `not_restated` where it had to be.

    Anything changed, added, left out or reserved makes it a counter-offer (CISG 19(1); 19(2) is not followed); with an
    `interpret` it stands. A signed acceptance of an unsigned offer restates it whole.
    """
    letter, on = answer.by.letter, answer.act.on
    if (on is not None and on.clause is not None) or any(
        act.kind == "reserve" and act.on and act.on.letter == offer.id for act in letter.acts
    ):
        return "changed"
    if not letter.clauses:
        return "not_restated" if letter.signed and not offer.signed else "cited"
    offered = {clause.number: clause for clause in offer.clauses}
    same = len(letter.clauses) == len(offered) and all(
        clause.number in offered and clause.same(offered[clause.number], offer.languages) for clause in letter.clauses
    )
    return "restated" if same else "changed"


def offer_of(facts: Facts, dated: Dated, resolve: Resolve, in_force: InForce) -> Offer:
    """What became of the offer that this letter makes, not counting what others were offered the same."""
    return _Case(facts, dated, resolve, in_force).decide()


@dataclass(slots=True)
class _Ending:
    """What ends an offer but its lapse. sure: False where it may have been recalled, or made while irrevocable."""

    state: str
    fact: Fact
    at: TimeSpan
    sure: bool = True


@dataclass(slots=True)
class _Verdict:
    """Of one acceptance: whether it binds (None: unclear), by which rule, as of when."""

    fact: Fact
    binds: bool | None
    code: str
    settles: str = ""
    at: TimeSpan | None = None
    until: int | None = None
    so_far: bool = False


class _Case:
    def __init__(self, facts: Facts, dated: Dated, resolve: Resolve, in_force: InForce) -> None:
        self.facts, self.dated, self.resolve, self.clause_in_force = facts, dated, resolve, in_force
        self.letter = dated.letter
        self.offer = Offer(self.letter)
        self.answers = [fact for fact in facts.of(self.letter.id, "accept", "decline", "counter") if _is_of_all(fact)]
        self.withdrawals = [fact for fact in facts.of(self.letter.id, "withdraw", "recall") if _is_of_all(fact)]
        self.lapse: TimeSpan | None = None
        self.lapsed_before: TimeSpan | None = None
        """When it lapsed first, where its author made it anew since."""
        self.anew_at: TimeSpan | None = None

    def decide(self) -> Offer:
        offer, dated = self.offer, self.dated
        if self.letter.draft:
            offer.become("drafted", "not_sealed", None, None)
        elif dated.mandate in ("beyond", "disowned"):
            offer.become("unmandated", dated.mandate, None, None)
        else:
            self._read_lapse()
            offer.lapses = self.lapse
            if not self._never_open():
                if dated.reach is None:
                    self._not_reached()
                else:
                    self._contest()
            if offer.state in ("open", "lapsed", "on_its_way"):
                self._over_holes()
        return offer

    # --- how long it is open ---

    def _read_lapse(self) -> None:
        self.lapse = self.date("lapses_at")
        for fact in self.extensions():
            new = self.resolve(fact.by, fact.act.date) if fact.act.date else None
            if new is None:
                continue
            if self.lapse is not None and in_time(new, self.lapse):
                self.offer.reasons.append(Reason("extension_not_longer", (fact.by.letter.id,)))
                continue
            timely = True if self.lapse is None else in_time(fact.by.leave, self.lapse)
            if timely:
                self.lapse = new
            elif timely is False and fact.by.reach is not None:
                self.lapsed_before, self.anew_at, self.lapse = self.lapse, fact.by.reach, new
            elif timely is None:
                self.offer.reasons.append(Reason("extension_in_time_unclear", (fact.by.letter.id,)))
                self.lapse = hull(self.lapse, new) if self.lapse else new

    def extensions(self) -> list[Fact]:
        """Its author's own extensions of the offer, by when they left."""
        found = [
            fact
            for fact in self.facts.of(self.letter.id, "extend", party=self.letter.party)
            if fact.act.of_date == "lapses_at" and _is_of_all(fact)
        ]
        return sorted(found, key=lambda fact: (fact.by.leave.latest or 0, fact.key))

    def date(self, type_: str) -> TimeSpan | None:
        """The soonest date of this type in the offer."""
        found = [
            date
            for clause in self.letter.clauses
            for of, given in clause.dates
            if of == type_ and (date := self.resolve(self.dated, given))
        ]
        return min(found, key=_when) if found else None

    # --- before it is open ---

    def _never_open(self) -> bool:
        """Withdrawn before or with the offer (CISG 15(2)), or delivered too late to be one."""
        offer, reach = self.offer, self.dated.reach
        for fact in self.withdrawals:
            if fact.by.reach is None:
                continue
            if reach is None or (timely := together_or_before(fact.by.reach, reach)):
                offer.become("withdrawn", "withdrawn_in_time", fact, fact.by.reach)
                return True
            if timely is None:
                offer.unclear("withdrawal_or_offer_first", "when_reached", [fact])
                return True
        latest = self.letter.latest_delivery
        if latest is None or self.extensions():
            return False
        timely = self.facts.now <= latest if reach is None else in_time(reach, TimeSpan(latest, latest))
        if timely is None:
            offer.unclear("delivery_in_time_unclear", "when_reached")
        elif not timely:
            offer.become("not_open", "delivered_too_late", None, reach)
            offer.so_far = reach is None
        return not timely

    def _not_reached(self) -> None:
        offer = self.offer
        offer.so_far = True
        if self.dated.reached.clashes:
            offer.unclear("times_contradict", "when_reached")
        elif self.answers:
            offer.unclear("answered_and_not_reached", "when_reached", self.answers)
        elif self.has_passed(self.lapse):
            offer.become("lapsed", "lapsed_on_its_way", None, self.lapse)
        else:
            offer.become("on_its_way", "not_reached", None, self.dated.claimed_left)

    # --- once it is open ---

    def _contest(self) -> None:
        """Which of acceptance, decline, counter, revocation and lapse came first."""
        offer = self.offer
        ends = self._endings()
        verdicts = [
            _Verdict(fact, None, how, "restated_whole") if how == "not_restated" else self._judge(fact, ends)
            for fact in self.answers
            if fact.act.kind == "accept" and (how := whole(fact, self.letter)) != "changed"
        ]
        if won := [one for one in verdicts if one.binds]:
            best = min(won, key=lambda one: (one.until is not None, _when(one.at), one.fact.key))
            offer.until, offer.so_far = best.until, best.so_far
            offer.become("accepted", best.code, best.fact, best.at)
            return
        if doubtful := [one for one in verdicts if one.binds is None and one.code != "under_way"]:
            first = doubtful[0]
            offer.until = first.until
            offer.unclear(first.code, first.settles, [one.fact for one in doubtful])
            return
        for one in verdicts:
            offer.reasons.append(Reason(one.code, (one.fact.by.letter.id,), one.at))
        self._end(ends, bool([one for one in verdicts if one.code == "under_way"]))
        if offer.state == "lapsed":
            offer.until = next((one.until for one in verdicts if one.until is not None), None)

    def _endings(self) -> list[_Ending]:
        found = [
            _Ending(_ENDED_BY[fact.act.kind], fact, fact.by.reach, fact.by.undone is False)
            for fact in self.answers
            if fact.by.reach is not None and (fact.act.kind != "accept" or whole(fact, self.letter) == "changed")
        ]
        irrevocable = self.date("irrevocable_until")
        for fact in self.withdrawals:
            reach = fact.by.reach
            if reach is None:
                continue
            held = irrevocable is not None and in_time(reach, irrevocable)
            if held:
                self.offer.reasons.append(Reason("irrevocable", (fact.by.letter.id,), irrevocable))
            else:
                found.append(_Ending("revoked", fact, reach, held is False and fact.by.undone is False))
        return found

    def _judge(self, fact: Fact, ends: list[_Ending]) -> _Verdict:
        by, on_leaving = fact.by, provision_of(self.letter, "counts_on") == "leaving"
        counts = by.leave if on_leaving else by.reach
        settles = "when_left" if on_leaving else "when_reached"
        if by.undone is None:
            return _Verdict(fact, None, "recall_in_time_unclear", "when_reached")
        if by.reached.clashes:
            return _Verdict(fact, None, "times_contradict", "when_reached")
        if counts is None or (on_leaving and counts == TimeSpan(None, None)):
            passed = self.has_passed(self.lapse) or any(end.sure for end in ends)
            return _Verdict(fact, None, "not_reached" if passed else "under_way", settles)
        for end in ends:
            wins = self._beats(fact, counts, end)
            if wins is None or (not wins and not end.sure):
                what = "when_left" if end.state == "revoked" else settles
                return _Verdict(fact, None, f"accepted_or_{end.state}_first", what)
            if not wins:
                return _Verdict(fact, False, f"accepted_after_{end.state}", at=end.at)
        timely = self._in_time(counts)
        if timely:
            return _Verdict(fact, True, "accepted_in_time", at=counts)
        if timely is None:
            return _Verdict(fact, None, "accepted_in_time_unclear", settles)
        return self._late(fact)

    def _beats(self, fact: Fact, counts: TimeSpan, end: _Ending) -> bool | None:
        """Whether an acceptance came before what would end the offer.

        A decline or counter counts on reaching; a revocation loses to an acceptance that had left (CISG 16(1)).
        """
        if end.fact.by is fact.by:
            return None  # one letter that contradicts itself
        if end.state != "revoked":
            return before(counts, end.at)
        if sealed_after(fact.by.letter, end.fact.by.letter):
            return False
        return before(fact.by.leave, end.at)

    def _in_time(self, counts: TimeSpan) -> bool | None:
        if self.lapse is None:
            return True
        timely = in_time(counts, self.lapse)
        if timely and self.lapsed_before is not None and self.anew_at is not None:
            return in_time(counts, self.lapsed_before) or before(self.anew_at, counts)
        return timely

    def _late(self, fact: Fact) -> _Verdict:
        """A late acceptance (CISG 21): what evidence shows of when it left, and what the author said of it."""
        by, usual = fact.by, provision_of(self.letter, "usual_time")
        assert isinstance(usual, int | None)
        lapse = self.lapse
        if self.lapsed_before and self.anew_at and by.reach and before(by.reach, self.anew_at):
            lapse = self.lapsed_before
        assert lapse is not None
        shown = by.leaving.by == "carrier" and by.leaving.span is not None
        limit = self._without_delay(by, usual)
        answered = self._author_said(fact, limit)
        if answered is not None:
            return answered
        until = limit.latest if limit.latest is not None and self.facts.now <= limit.latest else None
        if usual is None:
            return _Verdict(fact, None, "late_and_no_usual_time", "confirm_or_object", until=until)
        if not shown:
            return _Verdict(fact, None, "late_left_by_own_word", "when_left", until=until)
        timely = in_time(shift(by.leave, usual), lapse)
        if timely is None:
            return _Verdict(fact, None, "late_sent_in_time_unclear", "when_left", until=until)
        if timely:
            return _Verdict(fact, True, "late_sent_in_time", at=by.reach, until=until, so_far=True)
        return _Verdict(fact, False, "late_sent_late", at=by.reach, until=until, so_far=True)

    def _without_delay(self, by: Dated, usual: int | None) -> TimeSpan:
        """Until when the author of a late-accepted offer may speak: from reaching, or from when it learnt more."""
        start = by.reach or TimeSpan(None, None)
        for said in by.letter.left:
            if said.by == "carrier" and said.heard is not None and before(start, said.heard):
                start = said.heard
        return shift(start, max(usual or 0, WITHOUT_DELAY_SECONDS))

    def _author_said(self, fact: Fact, limit: TimeSpan) -> _Verdict | None:
        timely: list[Fact] = []
        for said in self.facts.of(fact.by.letter.id, "confirm", "object"):
            left = in_time(said.by.leave, limit)
            if left is None:
                return _Verdict(fact, None, f"{said.act.kind}_in_time_unclear", "when_left")
            if left:
                timely.append(said)
            else:
                self.offer.reasons.append(Reason(f"{said.act.kind}_too_late", (said.by.letter.id,)))
        if not timely:
            return None
        first = timely[0]
        for said in timely[1:]:
            if said.act.kind != first.act.kind:
                order = before(said.by.leave, first.by.leave)
                if order is None:
                    return _Verdict(fact, None, "confirmed_or_objected_first", "when_left")
                first = said if order else first
        confirmed = first.act.kind == "confirm"
        return _Verdict(fact, confirmed, "late_confirmed" if confirmed else "late_objected", at=fact.by.reach)

    # --- how it ends ---

    def _end(self, ends: list[_Ending], under_way: bool) -> None:
        offer = self.offer
        counting = []
        for end in ends:
            if self.lapse is not None and self._in_time(end.at) is False:
                offer.reasons.append(Reason("after_lapse", (end.fact.by.letter.id,), end.at))
            else:
                counting.append(end)
        if counting:
            first = min(counting, key=lambda end: (_when(end.at), _ORDER.index(end.state), end.fact.key))
            if first.sure:
                offer.become(first.state, first.state, first.fact, first.at)
            else:
                offer.unclear(f"{first.state}_unclear", "when_reached", [first.fact])
            return
        offer.so_far = True
        if self.has_passed(self.lapse):
            if self._silence(offer):
                return
            offer.become("lapsed", "lapsed", None, self.lapse)
        elif self.lapse is not None and (self.lapse.earliest is None or self.facts.now > self.lapse.earliest):
            offer.unclear("lapse_not_known", "when_lapse_began")
        else:
            offer.become("open", "accepted_under_way" if under_way else "open", None, self.anew_at or self.dated.reach)

    def _silence(self, offer: Offer) -> bool:
        """Silence binds only by a provision in force that the offer names; a decline that left in time breaks it."""
        found = rule_of(self.letter, "silence_is_consent")
        if found is None or found[1].agreed is None or not self.clause_in_force(found[1].agreed):
            return False
        assert self.lapse is not None
        for fact in self.answers:
            if fact.act.kind == "decline" and (left := in_time(fact.by.leave, self.lapse)) is not False:
                if left is None:
                    offer.unclear("declined_in_time_unclear", "when_left", [fact])
                else:
                    offer.become("declined", "decline_left_in_time", fact, fact.by.leave)
                return True
        offer.become("accepted", "silence_is_consent", None, self.lapse)
        return True

    def has_passed(self, date: TimeSpan | None) -> bool:
        return date is not None and date.latest is not None and self.facts.now > date.latest

    def _over_holes(self) -> None:
        """Open, or lapsed, over a hole that could hold an act is unclear: absence is not evidence."""
        offer = self.offer
        if found := holes_over(self.facts, self.letter):
            offer.holes = found
            if offer.state != "on_its_way":
                offer.unclear(f"{offer.state}_over_a_hole", "missing_letters")


def holes_over(facts: Facts, letter: LetterRecord) -> tuple[Hole, ...]:
    """The holes between its two offices that could hold an act on this letter."""
    if not facts.holes:
        return ()
    pairs = (letter.reader, letter.author), (letter.author, letter.reader)
    return tuple(hole for pair in pairs for hole in facts.holes.get(pair, ()) if _could_act(hole, letter))


def has_come(at: TimeSpan | None, now: int) -> bool:
    """Whether an instant is surely past."""
    return at is not None and at.latest is not None and at.latest <= now


def _could_act(hole: Hole, on: LetterRecord) -> bool:
    """Whether a letter of this hole can have been written after the letter it would act on.

    Not one with a lower number by the same author, nor one that the author of `on` had opened when it sealed that.
    """
    if hole.author == on.author:
        return hole.epoch != on.epoch or hole.last > on.number
    return on.opened is None or on.opened[0] != hole.epoch or on.opened[1] < hole.last


def _is_of_all(fact: Fact) -> bool:
    return (
        fact.act.on is not None
        and fact.act.on.act is None
        and (fact.act.on.clause is None or fact.act.kind == "accept")
    )


def _when(span: TimeSpan | None) -> tuple[bool, int, int]:
    """By when it can have been at the latest; what is not known comes last."""
    if span is None or span.latest is None:
        return True, 0, 0
    return False, span.latest, span.earliest or 0
