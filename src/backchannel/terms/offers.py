"""What became of each offer.   Spec: docs/spec/standing.md, "Offers". Sources: CISG 14-24, UNIDROIT Principles ch. 2.

Every order of two instants is asked of spans, and answers yes, no or *unclear*; nothing here guesses.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Final

from backchannel.letters.clauses import BY_CONSENT, OFFERS, Act, Ref
from backchannel.letters.deadlines import Deadline
from backchannel.letters.spans import TimeSpan, before, hull, in_time, shift
from backchannel.terms.facts import (
    TAKES_BACK,
    Dated,
    Fact,
    Facts,
    offer_dated,
    provision_of,
    rule_of,
    sealed_after,
    together_or_before,
)
from backchannel.terms.records import Hole, LetterRecord
from backchannel.values import dataclass, field

WITHOUT_DELAY_SECONDS: Final = 72 * 3600
MOST_HOLES_NAMED: Final = 16
"""Of one offer; the board names all once."""
_ENDED_BY: Final = {"decline": "declined", "counter": "countered", "accept": "countered"}
_ORDER: Final = ("declined", "countered", "revoked")
_HOPES: Final = ("open", "lapsed")
"""States that rest on no letter having come."""

Resolve = Callable[[Dated, Deadline], TimeSpan | None]
"""(letter, its date) -> when that is; None while the event it is counted from is not known."""
InForce = Callable[[Ref, Dated], bool | None]
"""Whether a clause of another letter bound the two offices of this one when it reached; None: unclear."""


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
    nothing having come. settles: what would settle an unclear one. in_force: when its clauses bind, None: not yet;
    date_to_come: nor then, before that date. twin: the equal offer that crossed it and binds for both, the earlier of
    the two. awaits: parties of an offer to several who have not accepted, as far as known.
    """

    letter: LetterRecord
    state: str = "on_its_way"
    since: TimeSpan | None = None
    lapses: TimeSpan | None = None
    by: Fact | None = None
    until: int | None = None
    so_far: bool = False
    in_force: TimeSpan | None = None
    date_to_come: bool = False
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


def names_offer(act: Act, offer: LetterRecord) -> bool:
    """Whether an act is about the offer that a letter makes, not about another act of it."""
    if act.on is None or act.on.act is None:
        return True
    by = OFFERS if is_offer(offer) else ("accept",)  # an acceptance that changes something is an offer too
    return act.on.act <= len(offer.acts) and offer.acts[act.on.act - 1].kind in by


def needs_consent(facts: Facts, letter: LetterRecord, act: Act) -> bool:
    """Whether an act binds only once the other side accepts it by name. Its author alone makes its own offer longer."""
    if act.kind not in BY_CONSENT:
        return False
    of = facts.letters.get(act.on.letter or b"") if act.on is not None else None
    own = of is not None and of.letter.party == letter.party
    return not (act.kind == "extend" and act.of_date in ("lapses_at", "latest_delivery") and own)


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
        return "not_restated" if letter.signed and not offer.signed and offer.clauses else "cited"
    offered = {clause.number: clause for clause in offer.clauses}
    same = len(letter.clauses) == len(offered) and all(
        clause.number in offered and clause.same(offered[clause.number], offer.languages) for clause in letter.clauses
    )
    return "restated" if same else "changed"


def takes(facts: Facts, answer: Fact, offer: LetterRecord) -> str:
    """`whole`, worked out once however often a letter says it."""
    key = answer.by.letter.id, offer.id, answer.act.on is not None and answer.act.on.clause is not None
    if key not in facts.taken:
        facts.taken[key] = whole(answer, offer)
    return facts.taken[key]


def offer_of(facts: Facts, dated: Dated, resolve: Resolve, in_force: InForce = lambda _, __: False) -> Offer:
    """What became of the offer that this letter makes, not counting what others were offered the same."""
    return _Case(facts, offer_dated(dated), resolve, in_force).decide()


def consent_to(facts: Facts, fact: Fact, resolve: Resolve) -> Offer:
    """What became of an act that binds by consent only: as of an offer that its reader accepts by naming it."""
    return _Case(facts, fact.by, resolve, lambda _, __: False, fact).decide()


@dataclass(slots=True)
class _Ending:
    """What ends an offer but its lapse. sure: False where it may have been recalled, or made while irrevocable."""

    state: str
    fact: Fact
    at: TimeSpan
    sure: bool = True


@dataclass(slots=True)
class _Gap:
    """From its lapse until it was made anew an offer was not open. sure: False where that may have been in time."""

    start: TimeSpan
    end: TimeSpan
    sure: bool


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
    """One offer before us; with `consent`, one act of a letter that binds by consent, and no more of that letter."""

    def __init__(
        self, facts: Facts, dated: Dated, resolve: Resolve, in_force: InForce, consent: Fact | None = None
    ) -> None:
        self.facts, self.dated, self.resolve, self.clause_in_force = facts, dated, resolve, in_force
        self.letter, self.consent = dated.letter, consent
        self.offer = Offer(self.letter)
        self.accepts: list[tuple[Fact, str]] = []
        """Acceptances, with how each takes the offer."""
        self.refusals: list[Fact] = []
        self.withdrawals: list[Fact] = []
        self.extensions: list[Fact] = []
        id = self.letter.id
        for fact in facts.about_act(id, consent.position) if consent is not None else facts.about.get(id, ()):
            self._sort_in(fact)
        self.lapse: TimeSpan | None = None
        self.gaps: list[_Gap] = []

    def _sort_in(self, fact: Fact) -> None:
        on, kind = fact.act.on, fact.act.kind
        if on is None or not self._is_this(fact.act):
            return
        if kind == "accept":
            how = takes(self.facts, fact, self.letter) if self.consent is None else self._consents(fact)
            if how != "changed":
                self.accepts.append((fact, how))
            else:
                self.refusals.append(fact)
        elif kind == "counter" or (kind == "decline" and self._reads(fact)):
            self.refusals.append(fact)
        elif kind in TAKES_BACK:
            self.withdrawals.append(fact)
        elif kind == "extend" and on.clause is None and fact.party == self.letter.party:
            self.extensions.append(fact)

    def _consents(self, fact: Fact) -> str:
        """Consent is to an act: clauses beside it that repeat none of its letter's are another matter."""
        repeats = any(self.facts.clause(self.letter.id, clause.number) for clause in fact.by.letter.clauses)
        return takes(self.facts, fact, self.letter) if repeats or not fact.by.letter.clauses else "cited"

    def _is_this(self, act: Act) -> bool:
        if self.consent is None:
            return names_offer(act, self.letter)
        return act.on is not None and act.on.act in (None, self.consent.position)

    def _reads(self, fact: Fact) -> bool:
        readers = (self.letter.reader, self.letter.reader_for)
        return fact.party in readers or fact.by.letter.author in readers

    def decide(self) -> Offer:
        offer, dated = self.offer, self.dated
        if self.letter.draft:
            offer.become("drafted", "not_sealed", None, None)
        elif dated.acts_for_nobody:
            offer.become("unmandated", dated.mandate, None, None)
            offer.so_far = dated.mandate == "beyond"
        elif dated.doubtful:
            offer.unclear("ratified_unclear", "when_reached")
        elif self.consent is not None and self.consent.contradicted:
            offer.unclear("contradicts_itself", "its_author")
        else:
            self._read_lapse()
            offer.lapses = self.lapse
            if not self._never_open():
                if dated.reach is None:
                    self._not_reached()
                elif dated.binding.reached.clashes and dated.reach.latest is None:
                    offer.unclear("times_contradict", "when_reached")
                else:
                    self._contest()
            self._over_holes()
        if offer.state in ("withdrawn", "not_open", "unmandated"):
            self._without_effect([fact for fact, _ in self.accepts])
        return offer

    def _without_effect(self, accepts: list[Fact]) -> None:
        """An acceptance of what cannot be accepted does nothing; the board asks what was meant."""
        for fact in accepts:
            if fact.by.reach is not None:
                self.offer.reasons.append(Reason("accepted_without_effect", (fact.by.letter.id,), fact.by.reach))

    # --- how long it is open ---

    def _read_lapse(self) -> None:
        self.lapse = self.date("lapses_at")
        for fact in self._by_leaving("lapses_at"):
            new = self.resolve(fact.by, fact.act.date) if fact.act.date else None
            if new is None:
                continue
            if self.lapse is None or in_time(new, self.lapse):
                self.offer.reasons.append(Reason("extension_not_longer", (fact.by.letter.id,)))
                continue
            timely, reach = in_time(fact.by.leave, self.lapse), fact.by.reach
            if timely and fact.sure:
                self.lapse = new
            elif fact.sure and reach is not None:
                # In time or not, it is open from when that reached; only between the two it may not be.
                self.gaps.append(_Gap(self.lapse, reach, timely is False))
                self.lapse = new
            elif timely is not False or reach is not None:
                self.offer.reasons.append(Reason("extension_in_time_unclear", (fact.by.letter.id,)))
                self.lapse = hull(self.lapse, new)

    def _by_leaving(self, type_: str) -> list[Fact]:
        """Its author's own extensions of the offer that have left, as they left."""
        found = [fact for fact in self.extensions if fact.act.of_date == type_ and has_left(fact.by)]
        return sorted(found, key=lambda fact: (*_when(fact.by.leave), fact.key))

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
        doubtful: list[Fact] = []
        for fact in self.withdrawals:
            timely = together_or_before(fact.by.reach, reach) if fact.by.reach is not None else False
            if timely and fact.sure:
                offer.become("withdrawn", "withdrawn_in_time", fact, fact.by.reach)
                return True
            if timely is not False:
                doubtful.append(fact)
        if doubtful:
            offer.unclear("withdrawal_or_offer_first", "when_reached", doubtful)
            return True
        return self._delivered_too_late()

    def _delivered_too_late(self) -> bool:
        offer, reach, latest = self.offer, self.dated.reach, self.letter.latest_delivery
        if latest is None:
            return False
        limit = TimeSpan.at(latest)
        timely = self.facts.now <= latest if reach is None else in_time(reach, limit)
        if timely:
            return False
        longer = [
            fact.by.reach
            for type_ in ("latest_delivery", "lapses_at")
            for fact in self._by_leaving(type_)
            if fact.sure and fact.by.reach is not None and (type_ == "lapses_at" or self._allows(fact))
        ]
        if longer:
            self.gaps.append(_Gap(limit, min(longer, key=_when), timely is False))
            return False
        if timely is None:
            offer.unclear("delivery_in_time_unclear", "when_reached")
        else:
            offer.become("not_open", "delivered_too_late", None, reach)
            offer.so_far = True
        return True

    def _allows(self, fact: Fact) -> bool:
        """Whether an extension of the day of delivery is to a later one than when it was delivered."""
        moved = self.resolve(fact.by, fact.act.date) if fact.act.date else None
        return moved is not None and bool(in_time(self.dated.reach or TimeSpan.at(self.facts.now), moved))

    def _not_reached(self) -> None:
        offer = self.offer
        offer.so_far = True
        if self.has_passed(self.lapse):
            offer.become("lapsed", "lapsed_on_its_way", None, self.lapse)
        else:
            offer.become("on_its_way", "not_reached", None, self.dated.leaving.span)

    # --- once it is open ---

    def _contest(self) -> None:
        """Which of acceptance, decline, counter, revocation and lapse came first."""
        offer = self.offer
        ends = self._endings()
        verdicts = [self._judge(fact, how, ends) for fact, how in self.accepts]
        if won := [one for one in verdicts if one.binds]:
            best = min(won, key=lambda one: (one.so_far, _when(one.at), one.fact.key))
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
        self._end(ends, under_way=any(one.code == "under_way" for one in verdicts))
        if offer.state == "lapsed":
            offer.until = max((one.until for one in verdicts if one.until is not None), default=None)

    def _endings(self) -> list[_Ending]:
        found = [
            _Ending(_ENDED_BY[fact.act.kind], fact, fact.by.reach, fact.sure)
            for fact in self.refusals
            if fact.by.reach is not None
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
                found.append(_Ending("revoked", fact, reach, held is False and fact.sure))
        return found

    def _judge(self, fact: Fact, how: str, ends: list[_Ending]) -> _Verdict:
        """One acceptance: what surely defeats it does; any doubt makes it unclear, unless the author settles it."""
        by = fact.by
        on_leaving = self.consent is None and provision_of(self.letter, "counts_on") == "leaving"
        counts = by.leave if on_leaving else by.reach
        settles = "when_left" if on_leaving else "when_reached"
        if counts is None or (on_leaving and by.reach is None and not _carried(by)):
            over = self.has_passed(self.lapse) or any(end.sure for end in ends)
            return _Verdict(fact, None, "not_reached" if over else "under_way", settles)
        doubts: list[tuple[str, str]] = []
        if fact.contradicted:
            doubts.append(("contradicts_itself", "its_author"))
        if by.undone is None:
            doubts.append(("recall_in_time_unclear", "when_reached"))
        if by.doubtful:
            doubts.append(("ratified_unclear", "when_reached"))
        if by.binding.reached.clashes:
            doubts.append(("times_contradict", "when_reached"))
        if how == "not_restated":
            doubts.append((how, "restated_whole"))
        for end in ends:
            wins = self._beats(fact, counts, end)
            if wins is False and end.sure:
                return _Verdict(fact, False, f"accepted_after_{end.state}", at=end.at)
            if not wins:
                doubts.append((f"accepted_or_{end.state}_first", "when_left" if end.state == "revoked" else settles))
        missed = self._missed(counts)
        if missed is None and not doubts:
            return _Verdict(fact, True, "accepted_in_time", at=counts)
        usual = provision_of(self.letter, "usual_time")
        usual = usual if isinstance(usual, int) else None
        limit = self._without_delay(by, usual)
        until = limit.latest if limit.latest is not None and self.facts.now <= limit.latest else None
        spoken = self._author_said(fact, limit, of_lateness=missed is not None)
        if spoken is not None:
            return spoken
        if missed is not None:
            lapse, surely = missed
            found = self._late(fact, lapse, usual) if surely else _unclear(fact, "accepted_in_time_unclear", settles)
            found.until = until
            if found.binds is False or not doubts:
                return found
        code, settled_by = doubts[0]
        return _Verdict(fact, None, code, settled_by, until=until if missed else None)

    def _beats(self, fact: Fact, counts: TimeSpan, end: _Ending) -> bool | None:
        """Whether an acceptance came before what would end the offer.

        A decline or counter counts on reaching; a revocation loses to an acceptance that had left (CISG 16(1)).
        """
        if end.fact.by.letter is fact.by.letter:
            return None  # one letter that contradicts itself
        if end.state != "revoked":
            return before(counts, end.at)
        if sealed_after(fact.by.letter, end.fact.by.letter):
            return False
        return before(fact.by.leave, end.at)

    def _missed(self, counts: TimeSpan) -> tuple[TimeSpan, bool] | None:
        """The lapse that what counted then has missed, and whether surely; None: it was in time."""
        maybe: tuple[TimeSpan, bool] | None = None
        if self.lapse is not None and not (timely := in_time(counts, self.lapse)):
            if timely is False:
                return self.lapse, True
            maybe = self.lapse, False
        for gap in self.gaps:
            early = in_time(counts, gap.start)
            # What came with the extension came when it was open again.
            late = counts.earliest is not None and gap.end.latest is not None and counts.earliest >= gap.end.latest
            if early or late:
                continue
            if gap.sure and early is False and before(counts, gap.end):
                return gap.start, True
            maybe = gap.start, False
        return maybe

    def _late(self, fact: Fact, lapse: TimeSpan, usual: int | None) -> _Verdict:
        """A late acceptance (CISG 21): what evidence shows of when it left."""
        by = fact.by
        if usual is None:
            return _unclear(fact, "late_and_no_usual_time", "confirm_or_object")
        timely = in_time(shift(by.leave, usual), lapse)
        if timely is None:
            return _unclear(fact, "late_sent_in_time_unclear" if _carried(by) else "late_left_by_own_word", "when_left")
        code = "late_sent_in_time" if timely else "late_sent_late"
        return _Verdict(fact, timely, code, at=by.reach, so_far=True)

    def _without_delay(self, by: Dated, usual: int | None) -> TimeSpan:
        """Until when the author of a late-accepted offer may speak: from reaching, or from when it learnt more."""
        start = by.reach or TimeSpan()
        for said in by.binding.letter.left:
            if said.by == "carrier" and said.heard is not None and before(start, said.heard):
                start = said.heard
        return shift(start, max(usual or 0, WITHOUT_DELAY_SECONDS))

    def _author_said(self, fact: Fact, limit: TimeSpan, *, of_lateness: bool) -> _Verdict | None:
        """A confirmation settles any doubt; an objection only whether it was late."""
        timely: list[Fact] = []
        for said in self.facts.of(fact.by.letter.id, "confirm", "object"):
            if not has_left(said.by) or (said.act.kind == "object" and not of_lateness):
                continue
            left = in_time(said.by.leave, limit)
            if left is None or (left and not said.sure):
                return _unclear(fact, f"{said.act.kind}_in_time_unclear", "when_left")
            if left:
                timely.append(said)
            else:
                self.offer.reasons.append(Reason(f"{said.act.kind}_too_late", (said.by.letter.id,)))
        if not timely:
            return None
        first = min(timely, key=lambda said: (_when(said.by.leave), said.key))
        others = [said for said in timely if said.act.kind != first.act.kind]
        if not all(before(first.by.leave, said.by.leave) for said in others):
            return _unclear(fact, "confirmed_or_objected_first", "when_left")
        confirmed = first.act.kind == "confirm"
        return _Verdict(fact, confirmed, "late_confirmed" if confirmed else "late_objected", at=fact.by.reach)

    # --- how it ends ---

    def _end(self, ends: list[_Ending], *, under_way: bool) -> None:
        offer = self.offer
        counting: list[_Ending] = []
        for end in ends:
            missed = self._missed(end.at)
            if missed is not None and missed[1]:
                offer.reasons.append(Reason("after_lapse", (end.fact.by.letter.id,), end.at))
            else:
                end.sure = end.sure and missed is None
                counting.append(end)
        if counting:
            first = min(counting, key=lambda end: (not end.sure, _when(end.at), _ORDER.index(end.state), end.fact.key))
            if first.sure:
                offer.become(first.state, first.state, first.fact, first.at)
            else:
                offer.unclear(f"{first.state}_unclear", "when_reached", [first.fact])
            return
        offer.so_far = True
        if self.has_passed(self.lapse):
            if not self._silence(offer):
                offer.become("lapsed", "lapsed", None, self.lapse)
        elif self.lapse is not None and (self.lapse.earliest is None or self.facts.now > self.lapse.earliest):
            moved = any(reason.code == "extension_in_time_unclear" for reason in offer.reasons)
            offer.unclear("lapse_not_known", "when_left" if moved else "when_lapse_began")
        else:
            since = max((gap.end for gap in self.gaps), key=_when) if self.gaps else self.dated.reach
            offer.become("open", "accepted_under_way" if under_way else "open", None, since)

    def _silence(self, offer: Offer) -> bool:
        """Silence binds only by a provision in force that the offer names; an answer that left in time breaks it."""
        found = rule_of(self.letter, "silence_is_consent")
        if found is None or found[1].agreed is None or self.lapse is None:
            return False
        provided = self.clause_in_force(found[1].agreed, self.dated)
        if provided is None:
            offer.unclear("silence_not_yet_agreed", "when_reached")
        elif provided:
            for fact in self.refusals:
                state, left = _ENDED_BY[fact.act.kind], in_time(fact.by.leave, self.lapse)
                if left is False or not has_left(fact.by):
                    continue
                if left is None or not fact.sure:
                    offer.unclear(f"{state}_in_time_unclear", "when_left", [fact])
                else:
                    offer.become(state, "decline_left_in_time", fact, fact.by.leave)
                return True
            offer.become("accepted", "silence_is_consent", None, self.lapse)
        return provided is not False

    def has_passed(self, date: TimeSpan | None) -> bool:
        return date is not None and date.latest is not None and self.facts.now > date.latest

    def _over_holes(self) -> None:
        """What rests on no letter having come is unclear over a hole that could hold one: absence is not evidence."""
        offer = self.offer
        if not self.facts.holes:
            return
        offer.holes = holes_over(self.facts, self.letter)
        if offer.state == "accepted" and offer.so_far:  # by silence; or late, unless its author objects
            if offer.by is not None:
                own = holes_over(self.facts, offer.by.by.letter)
                offer.holes = tuple(hole for hole in own if hole.author != offer.by.by.letter.author)
        elif offer.state not in _HOPES:
            return
        if offer.holes:
            offer.unclear(f"{offer.state}_over_a_hole", "missing_letters")


def _unclear(fact: Fact, code: str, settles: str) -> _Verdict:
    return _Verdict(fact, None, code, settles)


def _carried(dated: Dated) -> bool:
    """Whether a carrier says when it left."""
    return dated.leaving.by == "carrier" and dated.leaving.span is not None and not dated.leaving.clashes


def has_left(dated: Dated) -> bool:
    """Whether anything says that it left: its writer's word too."""
    return dated.reach is not None or dated.leaving.span is not None


def holes_over(facts: Facts, letter: LetterRecord, *others: bytes) -> tuple[Hole, ...]:
    """The first holes between its two sides, and from others to either, that could hold an act on this letter."""
    if not facts.holes:
        return ()
    writers = dict.fromkeys((letter.author, letter.party))
    readers = dict.fromkeys((letter.reader, letter.reading_party))
    pairs = [(a, b) for one in writers for other in readers for a, b in ((other, one), (one, other))]
    pairs += [(other, one) for other in others for one in (*writers, *readers) if other != one]
    found: list[Hole] = []
    for pair in dict.fromkeys(pairs):
        for epoch, holes in facts.holes.get(pair, {}).items():
            after = bisect_right(holes, _cannot_act(pair, epoch, letter), key=lambda hole: hole.last)
            found += holes[after : after + MOST_HOLES_NAMED]
            if len(found) >= MOST_HOLES_NAMED:
                return tuple(found[:MOST_HOLES_NAMED])
    return tuple(found)


def _cannot_act(pair: tuple[bytes, bytes], epoch: bytes, on: LetterRecord) -> int:
    """Up to which number letters of a series cannot have been written after the letter that they would act on: below
    its own, by its author to its reader; up to what that author had opened when it sealed it, the other way.
    """
    if pair == (on.author, on.reader) and epoch == on.epoch:
        return on.number
    if pair == (on.reader, on.author) and on.opened is not None and epoch == on.opened[0]:
        return on.opened[1]
    return 0


def _when(span: TimeSpan | None) -> tuple[bool, int, int]:
    """By when it can have been at the latest; what is not known comes last."""
    if span is None:
        return True, 0, 0
    earliest = -(1 << 62) if span.earliest is None else span.earliest
    return (True, 0, earliest) if span.latest is None else (False, span.latest, earliest)
