"""What is on the table, what binds, what is due: one pure function.   Spec: docs/spec/standing.md, "Standing".

`standing` gives the same answer for the same records in any order and however often each is repeated. Its cost grows
with the records but for sorting.
"""

from collections import deque
from collections.abc import Iterator
from typing import Final

from backchannel.letters.clauses import OFFERS, Act, Ref
from backchannel.letters.dates import Moment
from backchannel.letters.deadlines import Anchored, Deadline, resolve
from backchannel.letters.spans import TimeSpan, before, hull, in_time
from backchannel.terms.facts import Dated, Fact, Facts, gather, provision_of, rule_of
from backchannel.terms.offers import (
    Offer,
    Reason,
    consent_to,
    is_offer,
    names_offer,
    needs_consent,
    offer_of,
    takes,
)
from backchannel.terms.performance import Key, Performance, Standing, later_of
from backchannel.terms.records import Hole, LetterRecord, Records, Said, Tables, at_latest
from backchannel.values import dataclass

_OVER: Final = ("lapsed", "revoked", "withdrawn", "not_open")


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
    return Board(
        owner,
        now,
        tables.version,
        tuple(work.offers.values()),
        tuple(work.clauses[key] for key in sorted(work.clauses)),
        tuple(facts.pending),
        tuple(facts.barred),
        tuple(_aside(facts)),
        tuple(hole for epochs in facts.holes.values() for holes in epochs.values() for hole in holes),
        facts,
    )


class _Work:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.offers: dict[bytes, Offer] = {}
        self.consents: dict[tuple[bytes, int], Offer] = {}
        """Of acts that bind by consent only: whether that was given."""
        self.clauses: dict[Key, Standing] = {}
        self.performance: Performance | None = None
        self.offering = self._offering()

    def decide(self) -> None:
        """What became of everything that was put forward, and then of every clause."""
        silent: list[Dated] = []
        for id, dated in self.facts.letters.items():
            if id not in self.offering:
                if (found := self._no_offer(dated)) is not None:
                    self.offers[id] = found
            elif rule_of(dated.letter, "silence_is_consent") is not None:
                silent.append(dated)  # it rests on a provision that another offer brought into force
            else:
                self.offers[id] = offer_of(self.facts, dated, self.resolve)
        self._settle(list(self.offers.values()))
        if silent:
            provided = _Provided(self.offers, self._stand())
            later = {one.letter.id: offer_of(self.facts, one, self.resolve, provided.in_force) for one in silent}
            self.offers = dict(sorted((self.offers | later).items()))
            self._settle(list(later.values()))
        self._twins()
        self.clauses = self._stand()
        for offer in self.offers.values():
            if offer.state == "accepted" and (offer.in_force is None or offer.date_to_come):
                offer.state, offer.so_far = "not_yet_in_force", True
                offer.reasons.append(Reason("entry_into_force", (), offer.in_force))

    def _stand(self) -> dict[Key, Standing]:
        """Every clause; offers that enter into force on conditions learn when these were met."""
        self.performance = Performance(self.facts, self.offers, self.consents, self.resolve)
        found = self.performance.all()
        for id in self.performance.entry:
            self.offers[id].in_force = self.performance.in_force(self.offers[id])
        return found

    def _settle(self, offers: list[Offer]) -> None:
        self._to_several(offers)
        for offer in offers:
            if offer.state in ("accepted", "stated"):
                offer.in_force = self._in_force(offer)

    # --- what is put forward ---

    def _offering(self) -> set[bytes]:
        """Letters that make an offer: by name, or as an acceptance that changes one."""
        found = {id for id, dated in self.facts.letters.items() if is_offer(dated.letter)}
        look = list(found)
        while look:
            of = self.facts.letters[look.pop()].letter
            for fact in self.facts.about.get(of.id, ()):
                letter = fact.by.letter
                changes = fact.act.kind == "accept" and letter.clauses and letter.id not in found
                if changes and names_offer(fact.act, of) and takes(self.facts, fact, of) == "changed":
                    found.add(letter.id)
                    look.append(letter.id)
        return found

    def _no_offer(self, dated: Dated) -> Offer | None:
        """What is no offer: acts that need consent, and clauses that are stated by one side alone."""
        letter = dated.letter
        accepted = [act.on.letter for act in letter.acts if act.kind == "accept" and act.on is not None]
        asks = (
            [fact for fact in self.facts.acts.get(letter.id, ()) if needs_consent(self.facts, letter, fact.act)]
            if letter.acts
            else []
        )
        together: Offer | None = None  # of acts that nobody answers one by one
        for fact in asks:
            alone = fact.contradicted or bool(dated.acts) or self.facts.is_named(*fact.key)
            found = consent_to(self.facts, fact, self.resolve) if alone or together is None else together
            together = together if alone else found
            self.consents[fact.key] = found
        if any(id in self.offering or id not in self.facts.letters for id in accepted):
            return None  # an acceptance, with what it repeats
        if asks:
            return self._asked(letter, [self.consents[fact.key] for fact in asks])
        return self._stated(dated) if letter.clauses else None

    def _asked(self, letter: LetterRecord, found: list[Offer]) -> Offer:
        """A letter whose acts need consent, by what became of all of them; of several, by what is not settled yet."""
        order = ("open", "unclear", "on_its_way", "not_open", "lapsed", "declined", "countered", "revoked")
        first = min(found, key=lambda one: order.index(one.state) if one.state in order else len(order))
        first.reasons.append(Reason("consented" if first.state == "accepted" else "awaits_consent"))
        return first

    def _stated(self, dated: Dated) -> Offer:
        """An assurance or a warning binds its author alone."""
        offer = Offer(dated.letter)
        if dated.letter.draft:
            offer.become("drafted", "not_sealed", None, None)
        elif dated.acts_for_nobody:
            offer.become("unmandated", dated.mandate, None, None)
            offer.so_far = dated.mandate == "beyond"
        elif dated.undone:
            offer.become("withdrawn", "recalled", None, None)
        elif dated.undone is None or dated.doubtful:
            offer.unclear("ratified_unclear" if dated.doubtful else "recall_in_time_unclear", "when_reached")
        elif dated.reach is None:
            offer.become("on_its_way", "not_reached", None, dated.leaving.span)
            offer.so_far = True
        else:
            offer.become("stated", "stated", None, dated.reach)
        return offer

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
        id, offer = dated.letter.id, self.offers.get(dated.letter.id)
        if date.event == "met":
            return self.performance.met(id, date.of or "") if self.performance is not None else None
        if offer is None or offer.state not in ("accepted", "not_yet_in_force"):
            return None
        if date.event == "acceptance":
            return offer.since
        return self.performance.in_force(offer) if self.performance is not None else offer.in_force

    # --- several offers ---

    def _to_several(self, offers: list[Offer]) -> None:
        """One offer to several is accepted when all have; one decline or counter ends it for all."""
        groups: dict[tuple[bytes, bytes, bool], list[Offer]] = {}
        for offer in offers:
            group = _group(offer.letter)
            if group is not None and not offer.letter.draft and offer.state != "unmandated":
                key = offer.letter.party, group.group or b"", offer.letter.exercise
                groups.setdefault(key, []).append(offer)
        for copies in groups.values():
            self._one_to_several(copies)

    def _one_to_several(self, copies: list[Offer]) -> None:
        parties = {party for offer in copies if (act := _group(offer.letter)) for party in act.parties}
        if any(one.letter.clauses != copies[0].letter.clauses for one in copies[1:]):
            for offer in copies:
                if offer.state == "accepted":
                    offer.unclear("copies_differ", "its_author")
            return
        self._undo_recalled(copies, parties)
        copies = [self.offers[one.letter.id] for one in copies]
        ended = min((one for one in copies if one.state in ("declined", "countered")), key=_since, default=None)
        if ended is not None:
            for offer in copies:
                if offer.state in ("accepted", "open", "on_its_way", "unclear"):
                    offer.settles.clear()
                    offer.become("ended_for_all", f"another_{ended.state}", ended.by, ended.since)
            return
        accepted = [one for one in copies if one.state == "accepted"]
        missing = parties - {reader for one in accepted for reader in _readers(one.letter)}
        if not missing and accepted:
            last = max(accepted, key=_since)
            for offer in accepted:
                offer.since, offer.so_far = last.since, any(one.so_far for one in accepted)
            return
        over = next((one for one in copies if one.state in _OVER), None)
        held = {reader for one in copies for reader in _readers(one.letter)}
        for offer in accepted:
            told = [fact for fact in self._notices(offer) if fact.party == offer.letter.party]
            notice = min(told, key=lambda fact: (at_latest(fact.by.reach), fact.key), default=None)
            if over is not None:
                offer.become("ended_for_all", f"another_{over.state}", over.by, over.since)
                offer.so_far = over.state == "lapsed"
            elif notice is not None and missing.isdisjoint(held):
                offer.become("accepted", "others_by_authors_word", notice, notice.by.reach)
            else:
                offer.awaits = tuple(sorted(missing))
                offer.become("awaiting_others", "awaits_others", offer.by, offer.since)
                offer.so_far = True

    def _undo_recalled(self, copies: list[Offer], parties: set[bytes]) -> None:
        """An acceptance can be recalled until the last has reached."""
        accepted = [one for one in copies if one.state == "accepted"]
        complete = parties <= {reader for one in accepted for reader in _readers(one.letter)}
        last = max(accepted, key=_since).since if accepted and complete else None
        for offer in accepted:
            taken, place = offer.by.key if offer.by is not None else (b"", 0)
            for recall in self.facts.recalls.get(taken, ()):
                if recall.act.on is None or recall.act.on.act not in (None, place):
                    continue
                in_time = before(recall.by.reach, last) if last and recall.by.reach else True
                if in_time and recall.sure:
                    id = offer.letter.id
                    self.facts.about[id] = [one for one in self.facts.about[id] if one.by.letter.id != taken]
                    again = offer_of(self.facts, self.facts.letters[id], self.resolve)
                    self.offers[id] = again
                    again.reasons.append(Reason("acceptance_recalled", (recall.by.letter.id,), recall.by.reach))
                    break
                if in_time is not False:
                    offer.unclear("recall_in_time_unclear", "when_reached", [recall])
                    break

    def _twins(self) -> None:
        """Equal offers that crossed do not accept each other; both accepted, they bind once, as of the earlier."""
        alike: dict[object, list[Offer]] = {}
        for offer in self.offers.values():
            letter = offer.letter
            if offer.state == "accepted" and letter.id in self.offering and letter.clauses and _group(letter) is None:
                numbers = tuple(clause.number for clause in letter.clauses)
                sides = frozenset(letter.sides)
                key = sides, letter.exercise, letter.languages, numbers, letter.clauses[0].text[:1]
                alike.setdefault(key, []).append(offer)
        for some in alike.values():
            if len({offer.letter.party for offer in some}) < 2:
                continue
            equal: dict[object, list[Offer]] = {}
            for offer in some:
                equal.setdefault(_content(offer.letter), []).append(offer)
            for offers in equal.values():
                _pair(sorted(offers, key=lambda one: (_since(one), one.letter.id)))

    # --- entry into force ---

    def _in_force(self, offer: Offer) -> TimeSpan | None:
        """When the clauses of an accepted offer bind, not before it is accepted; on a condition: not known yet here."""
        match provision_of(offer.letter, "in_force", "acceptance"):
            case "acceptance":
                return offer.since
            case "second_handover":
                return later_of(offer.since, offer.by.by.reach) if offer.by else offer.since
            case "date":
                dated = self.facts.letters[offer.letter.id]
                dates = [date for clause in offer.letter.clauses for type_, date in clause.dates if type_ == "in_force"]
                at = self.resolve(dated, dates[0]) if dates else None
                for moved, to in self._moved(offer.letter.id, "in_force"):
                    at = to if moved.state == "accepted" else hull(at, to) if moved.state == "unclear" and at else at
                offer.date_to_come = at is not None and (at.latest is None or at.latest > self.facts.now)
                return later_of(offer.since, at)
            case "later_notice":
                return self._later_notice(offer)
        return None

    def _moved(self, letter: bytes, type_: str) -> Iterator[tuple[Offer, TimeSpan]]:
        """What both sides agreed, or may have agreed, that a date of this type shall be."""
        found: list[tuple[tuple[bytes, int], Offer, TimeSpan]] = []
        for fact in self.facts.of(letter, "extend"):
            consent = self.consents.get(fact.key) if names_offer(fact.act, self.offers[letter].letter) else None
            to = self.resolve(fact.by, fact.act.date) if fact.act.date is not None else None
            if consent is not None and to is not None and fact.act.of_date == type_:
                found.append((fact.key, consent, to))
        for _, consent, to in sorted(found, key=lambda one: (_since(one[1]), one[0])):
            yield consent, to

    def _notices(self, offer: Offer) -> list[Fact]:
        found = self.facts.of(offer.letter.id, "notify")
        return [fact for fact in found if fact.by.reach and fact.sure and names_offer(fact.act, offer.letter)]

    def _later_notice(self, offer: Offer) -> TimeSpan | None:
        first: dict[bytes, TimeSpan] = {}
        for fact in self._notices(offer):
            known = first.get(fact.party)
            if fact.by.reach is not None and (known is None or at_latest(fact.by.reach) < at_latest(known)):
                first[fact.party] = fact.by.reach
        theirs = next((first[one] for one in _readers(offer.letter) if one in first), None)
        return later_of(offer.since, first.get(offer.letter.party), theirs)


@dataclass(slots=True)
class _Provided:
    """Whether a clause bound the two sides of another offer when that reached them, as silence needs it to."""

    offers: dict[bytes, Offer]
    clauses: dict[Key, Standing]

    def in_force(self, ref: Ref, dated: Dated) -> bool | None:
        offer = self.offers.get(ref.letter or b"")
        clause = self.clauses.get((ref.letter or b"", ref.clause or ""))
        if offer is None or clause is None or offer.in_force is None or offer.date_to_come or dated.reach is None:
            return False
        if (
            offer.state != "accepted"
            or offer.by is None
            or frozenset(offer.letter.sides) != frozenset(dated.letter.sides)
        ):
            return False
        if offer.letter.exercise != dated.letter.exercise:
            return False
        if clause.state in ("ended", "suspended") and clause.since is not None:
            held = before(dated.reach, clause.since)
            if not held:
                return held
        return in_time(offer.in_force, dated.reach)


def _group(letter: LetterRecord) -> Act | None:
    """The act by which a letter makes an offer to several."""
    return next((act for act in letter.acts if act.kind in OFFERS and act.group and len(act.parties) > 1), None)


def _readers(letter: LetterRecord) -> tuple[bytes, ...]:
    return (letter.reader,) if letter.reader_for is None else (letter.reader, letter.reader_for)


def _content(letter: LetterRecord) -> tuple[object, ...]:
    """All that a letter's clauses say in the languages that decide."""
    decide = letter.languages
    return tuple(
        (repr(clause), tuple(one for one in clause.text if not decide or one[0] in decide)) for clause in letter.clauses
    )


def _pair(offers: list[Offer]) -> None:
    """Of equal offers, earliest first, each binds through one of the other side that has no twin yet."""
    single: dict[bytes, deque[Offer]] = {}
    for offer in offers:
        other = next((queue for party, queue in single.items() if party != offer.letter.party and queue), None)
        if other is None:
            single.setdefault(offer.letter.party, deque()).append(offer)
        else:
            earlier = other.popleft()
            offer.twin = earlier.twin = earlier.letter.id


def _aside(facts: Facts) -> Iterator[tuple[bytes, Said, str]]:
    for id, dated in facts.letters.items():
        for said, why in (*dated.left.aside, *dated.reached.aside):
            yield id, said, why


def _since(offer: Offer) -> int:
    return at_latest(offer.since)
