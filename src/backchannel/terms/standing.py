"""What is on the table, what binds, what is due: one pure function.   Spec: docs/spec/standing.md, "Standing".

`standing` gives the same answer for the same records in any order and however often each is repeated. Its cost grows
with the records but for sorting.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backchannel.letters.clauses import BY_CONSENT
from backchannel.letters.dates import Moment
from backchannel.letters.deadlines import Anchored, Deadline, resolve
from backchannel.letters.spans import TimeSpan, before
from backchannel.terms.facts import Dated, Fact, Facts, gather, provision_of
from backchannel.terms.offers import Offer, Reason, has_come, is_offer, offer_of, whole
from backchannel.terms.performance import Key, Performance, Standing, entry_conditions
from backchannel.terms.records import Hole, LetterRecord, Records, Said, Tables


@dataclass(frozen=True, slots=True)
class Board:
    """Offers and clauses by letter-id. pending: acts on letters not held. barred: acts that can do nothing, with why.

    aside: statements of times that cannot stand, by letter, with why: shown as *unverified*.
    """

    owner: bytes
    now: int
    tables: str
    offers: tuple[Offer, ...]
    clauses: tuple[Standing, ...]
    pending: tuple[Fact, ...]
    barred: tuple[tuple[Fact, str], ...]
    aside: tuple[tuple[bytes, Said, str], ...]
    holes: tuple[Hole, ...]
    facts: Facts


def standing(records: Records, owner: bytes, now: int, tables: Tables) -> Board:
    """The board of what `owner` holds, at `now` in Unix seconds. Raises nothing: what cannot be told is *unclear*."""
    facts = gather(records, owner, now, tables)
    work = _Work(facts)
    work.decide()
    clauses = work.performance.all()
    work.enter_into_force(clauses)
    return Board(
        owner,
        now,
        tables.version,
        tuple(work.offers.values()),
        tuple(clauses[key] for key in sorted(clauses)),
        tuple(facts.pending),
        tuple(facts.barred),
        tuple(_aside(facts)),
        tuple(hole for holes in facts.holes.values() for hole in holes),
        facts,
    )


class _Work:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.offers: dict[bytes, Offer] = {}
        self.performance = Performance(facts, self.offers, self.resolve)

    def decide(self) -> None:
        """What became of everything that was put forward."""
        later: list[Dated] = []
        for id, dated in self.facts.letters.items():
            if is_offer(dated.letter) or self._is_changed_acceptance(dated.letter):
                if any(one.provision and one.provision.rule == "silence_is_consent" for one in dated.letter.clauses):
                    later.append(dated)  # it rests on a provision that another offer brought into force
                else:
                    self.offers[id] = offer_of(self.facts, dated, self.resolve, lambda _: False)
            elif dated.letter.clauses and not any(act.kind == "accept" for act in dated.letter.acts):
                self.offers[id] = self._said(dated)
        agreed = {id for id, offer in self.offers.items() if offer.state == "accepted"}
        for dated in later:
            id = dated.letter.id
            self.offers[id] = offer_of(self.facts, dated, self.resolve, lambda ref: ref.letter in agreed)
        self.offers = dict(sorted(self.offers.items()))
        self._to_several()
        for offer in self.offers.values():
            if offer.state == "accepted":
                offer.in_force = self._in_force(offer)
        self._twins()
        self.performance = Performance(self.facts, self.offers, self.resolve)

    def _is_changed_acceptance(self, letter: LetterRecord) -> bool:
        if not letter.clauses:
            return False
        for fact in self._own_acts(letter, "accept"):
            of = self.facts.letters.get(fact.act.on.letter or b"") if fact.act.on else None
            if of is not None and is_offer(of.letter) and whole(fact, of.letter) == "changed":
                return True
        return False

    def _own_acts(self, letter: LetterRecord, kind: str) -> Iterator[Fact]:
        for act in letter.acts:
            if act.kind == kind and act.on is not None and act.on.letter is not None:
                for fact in self.facts.about.get(act.on.letter, ()):
                    if fact.by.letter is letter and fact.act is act:
                        yield fact

    def _said(self, dated: Dated) -> Offer:
        """Clauses that offer nothing: an assurance or a warning binds its author alone; others need consent."""
        offer = Offer(dated.letter)
        if dated.letter.draft:
            offer.become("drafted", "not_sealed", None, None)
        elif dated.mandate in ("beyond", "disowned"):
            offer.become("unmandated", dated.mandate, None, None)
        elif dated.undone:
            offer.become("withdrawn", "recalled", None, None)
        elif dated.reach is None:
            offer.become("on_its_way", "not_reached", None, dated.claimed_left)
            offer.so_far = True
        elif any(act.kind in BY_CONSENT for act in dated.letter.acts):
            self._by_consent(offer, dated)
        elif dated.undone is None:
            offer.unclear("recall_in_time_unclear", "when_reached")
        else:
            offer.become("stated", "stated", None, dated.reach)
            offer.in_force = dated.reach
        return offer

    def _by_consent(self, offer: Offer, dated: Dated) -> None:
        for answer in self.facts.of(dated.letter.id, "accept", "decline"):
            if answer.by.reach is not None:
                accepted = answer.act.kind == "accept"
                offer.become("accepted" if accepted else "declined", "consented", answer, answer.by.reach)
                return
        offer.become("open", "awaits_consent", None, dated.reach)
        offer.so_far = True

    # --- dates ---

    def resolve(self, dated: Dated, date: Deadline) -> TimeSpan | None:
        """When a date of this letter is; None while the event that it is counted from is not known."""
        if isinstance(date, Moment):
            return TimeSpan.at(date.unix)
        event = self._event(dated, date)
        return None if event is None else resolve(date, event, self.facts.tables.zones)

    def _event(self, dated: Dated, date: Anchored) -> TimeSpan | None:
        if date.event == "handover":
            return dated.reached.span
        if date.event == "leaving":
            return dated.sure_left if dated.left.span is not None else None
        offer = self.offers.get(dated.letter.id)
        if offer is None:
            return None
        if date.event == "acceptance":
            return offer.since if offer.state in ("accepted", "not_yet_in_force") else None
        if date.event == "entry-into-force":
            return self._met(dated, entry_conditions(dated.letter.clauses)) or offer.in_force
        return self._met(dated, [date.of or ""])

    def _met(self, dated: Dated, conditions: list[str]) -> TimeSpan | None:
        """When the last of these conditions was met; None while one is not."""
        met = [self.performance.done.get((dated.letter.id, number)) for number in conditions]
        released = [one.released_at for one in met if one is not None and one.releases == "met"]
        return max(released, key=_at_latest) if released and len(released) == len(conditions) else None

    # --- several offers ---

    def _to_several(self) -> None:
        """One offer to several is accepted when all have; one decline or counter ends it for all."""
        groups: dict[tuple[bytes, bytes], list[Offer]] = {}
        for offer in self.offers.values():
            for act in offer.letter.acts:
                if act.kind == "propose" and act.group is not None and len(act.parties) > 1:
                    groups.setdefault((offer.letter.author, act.group), []).append(offer)
        for offers in groups.values():
            parties = next(act.parties for act in offers[0].letter.acts if act.kind == "propose")
            self._undo_recalled(offers, parties)
            ended = next((one for one in offers if one.state in ("declined", "countered")), None)
            if ended is not None:
                for offer in offers:
                    if offer is not ended and offer.state not in ("declined", "countered", "withdrawn"):
                        offer.become("ended_for_all", f"another_{ended.state}", ended.by, ended.since)
                continue
            accepted = [one for one in offers if one.state == "accepted"]
            missing = tuple(sorted(set(parties) - {one.letter.reader for one in accepted}))
            last = max((one.since for one in accepted if one.since), key=_at_latest, default=None)
            for offer in accepted:
                told = self.facts.of(offer.letter.id, "notify", party=offer.letter.party)
                notice = next((fact for fact in told if fact.by.reach is not None), None)
                if not missing:
                    offer.since = last
                elif notice is not None:
                    offer.become("accepted", "others_by_authors_word", notice, notice.by.reach)
                else:
                    offer.awaits = missing
                    offer.become("awaiting_others", "awaits_others", offer.by, offer.since)

    def _undo_recalled(self, offers: list[Offer], parties: tuple[bytes, ...]) -> None:
        accepted = [one for one in offers if one.state == "accepted"]
        complete = len(accepted) == len(parties)
        last = max((one.since for one in accepted if one.since), key=_at_latest, default=None)
        for offer in accepted:
            recall = self.facts.recalls.get(offer.by.by.letter.id) if offer.by else None
            if recall is None or recall.by.reach is None:
                continue
            in_time = before(recall.by.reach, last) if complete and last else True
            if in_time:
                offer.become("open", "acceptance_recalled", recall, recall.by.reach)
            elif in_time is None:
                offer.unclear("recall_in_time_unclear", "when_reached", [recall])

    def _twins(self) -> None:
        """Equal offers that crossed do not accept each other; both accepted, they bind once, as of the earlier."""
        alike: dict[tuple[frozenset[bytes], tuple[str, ...], str], list[Offer]] = {}
        for offer in self.offers.values():
            letter = offer.letter
            if offer.state == "accepted" and letter.clauses and not any(act.group for act in letter.acts):
                numbers = tuple(clause.number for clause in letter.clauses)
                first = letter.clauses[0].text[0][1]
                alike.setdefault((frozenset((letter.author, letter.reader)), numbers, first), []).append(offer)
        for offers in alike.values():
            offers.sort(key=lambda one: (_at_latest(one.since), one.letter.id))
            for at, offer in enumerate(offers[1:], 1):
                for earlier in offers[:at]:
                    if earlier.letter.author != offer.letter.author and _equal(earlier.letter, offer.letter):
                        offer.twin = earlier.letter.id
                        earlier.twin = earlier.twin or earlier.letter.id
                        break

    # --- entry into force ---

    def _in_force(self, offer: Offer) -> TimeSpan | None:
        """When the clauses of an accepted offer bind; by a condition: not known yet here."""
        match provision_of(offer.letter, "in_force", "acceptance"):
            case "acceptance":
                return offer.since
            case "second_handover":
                return offer.by.by.reach if offer.by else None
            case "date":
                dated = self.facts.letters[offer.letter.id]
                dates = [date for clause in offer.letter.clauses for type_, date in clause.dates if type_ == "in_force"]
                return self.resolve(dated, dates[0]) if dates else None
            case "later_notice":
                return self._later_notice(offer)
        return None

    def _later_notice(self, offer: Offer) -> TimeSpan | None:
        first: dict[bytes, TimeSpan] = {}
        for fact in self.facts.about.get(offer.letter.id, ()):
            if fact.act.kind == "notify" and fact.by.reach is not None:
                known = first.get(fact.party)
                if known is None or _at_latest(fact.by.reach) < _at_latest(known):
                    first[fact.party] = fact.by.reach
        parties = {offer.letter.party, offer.letter.reader_for or offer.letter.reader}
        return max(first.values(), key=_at_latest) if parties <= first.keys() else None

    def enter_into_force(self, clauses: dict[Key, Standing]) -> None:
        """What is accepted and does not bind yet reads so; of several conditions the last to be met decides."""
        for id, offer in self.offers.items():
            if offer.state != "accepted":
                continue
            if conditions := entry_conditions(offer.letter.clauses):
                met = [clauses[id, number] for number in conditions if (id, number) in clauses]
                if met and all(one.releases == "met" for one in met):
                    offer.in_force = max((one.released_at for one in met), key=_at_latest)
            if not has_come(offer.in_force, self.facts.now):
                offer.state = "not_yet_in_force"
                offer.reasons.append(Reason("entry_into_force", (), offer.in_force))


def _equal(one: LetterRecord, other: LetterRecord) -> bool:
    languages = one.languages if one.languages == other.languages else ()
    return len(one.clauses) == len(other.clauses) and all(
        a.same(b, languages) for a, b in zip(one.clauses, other.clauses, strict=True)
    )


def _aside(facts: Facts) -> Iterator[tuple[bytes, Said, str]]:
    for id, dated in facts.letters.items():
        for said, why in (*dated.left.aside, *dated.reached.aside):
            yield id, said, why


def _at_latest(span: TimeSpan | None) -> int:
    return span.latest if span is not None and span.latest is not None else 1 << 62
