"""Sealing: from what a person ordered to bytes handed down to the station.   Spec: docs/spec/desk.md, "Sealing"."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from backchannel.conveyance.covering import BLIND_BYTES, NEEDS_REASON, Covering, read_covering
from backchannel.conveyance.credence import read_claim
from backchannel.conveyance.evidence import reference
from backchannel.desk import checks, clauses
from backchannel.desk import events as ev
from backchannel.desk.judging import judge_before_sealing, note_accrediting, note_claim
from backchannel.desk.mandates import outside
from backchannel.desk.office import (
    Change,
    Office,
    own_envelope_name,
    own_token_name,
    read_kept,
    their_envelope_name,
)
from backchannel.desk.paraphrases import paraphrase_of
from backchannel.desk.reach import Chosen, check_copy, check_spoken, standing_seal, with_card
from backchannel.desk.states import Correspondent, refuse_notes
from backchannel.desk.talks import check_before_sealing
from backchannel.desk.versions import accepted_mismatch
from backchannel.encoding import decode, encode
from backchannel.errors import NotPossible, Refused
from backchannel.letters.clauses import Act, Clause
from backchannel.letters.dates import Moment, moment_of
from backchannel.letters.docket import ON_THEIRS, Docket, Handling, View, Way
from backchannel.letters.forms import form_of
from backchannel.letters.letter import Letter, contents, read_contents
from backchannel.letters.limits import Whole
from backchannel.letters.matter import Matter
from backchannel.letters.parts import Acts, Attachment, Body, Content, Part, make_part
from backchannel.letters.sheet import Sheet
from backchannel.letters.versions import Translation
from backchannel.pouches.fragments import count_for
from backchannel.pouches.geometry import POUCH
from backchannel.seals.cards import RelayAddress
from backchannel.seals.envelopes import KEPT_AFTER_SECONDS, MOST_TOKENS, Batch, make_batch, tokens_to_try
from backchannel.seals.keys import period_of
from backchannel.seals.panel import Facts, Line, who_could
from backchannel.seals.seal import Target, read_sealed, seal, seal_id_of
from backchannel.text import fold
from backchannel.values import dataclass, field, replace

ASK_ABOVE_POUCHES: Final = 64
POSTED_A_SECOND: Final = 20
SEGMENT_SECONDS: Final = 60
USUAL_SECONDS: Final = 7 * 86_400  # a way's usual time, where the writer asks for no other


class MustNotKnow(NotPossible):
    """An office that the letter says must not be told would be told. by: addressee or go-between."""

    def __init__(self, message: str, office: bytes, by: str, next_step: str) -> None:
        super().__init__(message, next_step=next_step)
        self.office = office
        self.by = by


@dataclass(frozen=True, slots=True)
class Route:
    """One way a letter shall take.

    hops: office-ids of go-betweens in the order in which they carry it, as far as the writer knows the way; none: over
    the addressee's relay. by: convey-by time, Unix seconds, or None. The rest is asked of each carrier (`conveyance`).
    """

    hops: tuple[bytes, ...] = ()
    by: int | None = None
    custody: str = "oral"
    carriage: str = "any"
    precedence: str = "routine"
    because: str | None = None
    instructions: str | None = None
    receipt: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be sealed. signed: None takes the default. replies: entries of letters it answers.

    routes: none takes the way back (`Correspondent.way_back`). matters: what it carries besides text. clauses; terms:
    its acts on offers, clauses and letters. translators: who made the text of a language. accepted, accepted_why: who
    answers for versions that differ. acts: by name, the entry of the letter it recalls, corrects or declines.
    authority: an envoy's credence, as it travels; beyond: that it is claimed although this office's own copy does not
    cover the letter, as its reader will see. spoken: a person has spoken with that office by another way, since its
    desk was restored. paraphrase: of an answer or readback, and the entry of the letter that was heard.
    """

    to: bytes
    form: str
    bodies: tuple[Body, ...] = field(repr=False)
    type: str = "operation"
    origin: str = "principal"
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)
    date: Moment | None = None
    reference: str | None = None
    reply_by: Moment | None = None
    latest_delivery: Moment | None = None
    replies: tuple[int, ...] = ()
    handling: Handling = field(default_factory=Handling)
    signed: bool | None = None
    routes: tuple[Route, ...] = ()
    matters: tuple[Matter, ...] = field(default=(), repr=False)
    clauses: tuple[Clause, ...] = field(default=(), repr=False)
    terms: tuple[Act, ...] = field(default=(), repr=False)
    translators: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    accepted: tuple[str, ...] = field(default=(), repr=False)
    accepted_why: str | None = field(default=None, repr=False)
    acts: dict[str, int] = field(default_factory=dict)
    authority: Any = None
    beyond: bool = False
    spoken: bool = False
    paraphrase: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class PlannedRoute:
    """One way as it will be. via, key_until: of this sealing. carriers: in order, none over a relay.

    by: Unix seconds after which silence becomes a statement; None over a relay. pouches: what leaves here by this way.
    """

    route: Route
    carriers: tuple[Correspondent, ...] = field(repr=False)
    via: str
    key_until: datetime
    by: int | None
    address: RelayAddress
    pouches: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What sealing will do, to be shown before it is done. via: envelope, standby or zero.

    default_signed: signed because the other side is verified and has not answered yet. key_until: the last instant at
    which the reader's private key may still exist, on the first way. sealed_bytes: its size; pouches: what leaves here.
    seconds: about how long posting takes, both stations running; a go-between's time is its own. clauses: as they will
    be shown. findings: what its clauses, acts and dates may come to that was not meant.
    outside: what of it is outside the mandate of this channel (`mandates.outside`), for a person to confirm.
    """

    to: Correspondent = field(repr=False)
    form: str
    exercise: bool
    signed: bool
    default_signed: bool
    via: str
    key_until: datetime
    sealed_bytes: int
    pouches: int
    seconds: int
    routes: tuple[PlannedRoute, ...]
    panel: tuple[Line, ...]
    letter: Letter = field(repr=False)
    clauses: tuple[Whole, ...] = field(default=(), repr=False)
    findings: tuple[checks.Finding, ...] = ()
    outside: tuple[str, ...] = ()
    mandate_ended: int = 0


def choose_signed(office: Office, order: Order) -> tuple[bool, bool]:
    """Whether the letter is signed, and whether only by default. Raises NotPossible against the form's own rule."""
    rules, other = form_of(order.form), office.state.of(order.to)
    if order.paraphrase is not None:
        if order.signed:
            raise NotPossible("a paraphrase is never signed", next_step="Leave it unsigned.")
        return False, False
    if rules.signing == "always":
        if order.signed is False:
            raise NotPossible(f"the form {order.form} is always signed", next_step="Choose another form, or sign it.")
        return True, False
    if rules.signing == "never":
        if order.signed is True:
            raise NotPossible(f"the form {order.form} is never signed", next_step="Choose another form.")
        return False, False
    if order.signed is None:
        default = other.verified and not other.answered
        return default, default
    return order.signed, False


def plan(office: Office, order: Order, zones: Callable[[str], tzinfo]) -> Plan:
    """What sealing this order would do; nothing is changed. Raises NotPossible or Refused, with why."""
    other = check_order(office, order)
    signed, by_default = choose_signed(office, order)
    routes = routes_of(other, order)
    batch, _ = make_batch(1, None, office.now, office.random)
    letter = _compose(office, order, other, signed, 1, batch, routes, zones)
    planned: list[PlannedRoute] = []
    taken: set[bytes] = set()
    size = 0
    for route in routes:
        chosen = _choose(office, other, route, taken)
        taken.add(chosen.target.slot)
        sealed = _seal(office, other, letter, chosen)
        size = len(sealed)
        planned.append(_plan_route(office, other, route, chosen, sealed, batch, zones))
    first = planned[0]
    pouches = sum(one.pouches for one in planned)
    facts = Facts(
        signed=signed,
        on_envelope=first.via == "envelope",
        token=first.via != "zero",
        key_until=max(one.key_until for one in planned),
        trust=other.trust,
        through_tor=bool(office.state.homes and office.state.homes.socks),
        carriers=sum(len(one.carriers) for one in planned),
        signed_custody=any(one.route.custody == "signed" for one in planned),
    )
    return Plan(
        to=other,
        form=order.form,
        exercise=order.type == "exercise",
        signed=signed,
        default_signed=by_default,
        via=first.via,
        key_until=first.key_until,
        sealed_bytes=size,
        pouches=pouches,
        seconds=pouches // POSTED_A_SECOND + SEGMENT_SECONDS,
        routes=tuple(planned),
        panel=who_could(facts),
        letter=letter,
        clauses=clauses.whole_clauses(office, letter, order.to),
        findings=checks.findings(office, order, letter, routes),
        outside=tuple(outside(other.mandate, order.form, _said(letter, order), office.now)),
        mandate_ended=other.mandate.ended_at(office.now) if other.mandate else 0,
    )


def _plan_route(
    office: Office,
    other: Correspondent,
    route: Route,
    chosen: Chosen,
    sealed: bytes,
    batch: Batch,
    zones: Callable[[str], tzinfo],
) -> PlannedRoute:
    """How large it leaves here: each covering letter composed and sealed as it will be, and thrown away."""
    carriers = tuple(office.state.of(hop) for hop in route.hops)
    addressee = other
    for carrier in reversed(carriers):
        order = _covering_order(office, carrier, addressee, route, sealed)
        cover = _compose(office, order, carrier, False, 1, batch, (Route(),), zones)
        sealed = _seal(office, carrier, cover, _choose(office, carrier, Route(), set()))
        addressee = carrier
    until = datetime.fromtimestamp(chosen.key_until, UTC)
    address, _ = _way(office, addressee)
    return PlannedRoute(route, carriers, chosen.via, until, _silence_at(office, route), address, count_for(len(sealed)))


def routes_of(other: Correspondent, order: Order) -> tuple[Route, ...]:
    """The ways the letter takes: those ordered, else the way back; an empty letter only ever over a relay."""
    if order.routes or order.form == "empty" or not other.way_back:
        return order.routes or (Route(receipt=False),)
    return (Route((other.way_back,), receipt=order.form != "evidence"),)


def seal_letter(office: Office, order: Order, zones: Callable[[str], tzinfo]) -> int:
    """Seal it, keep it and hand it down to the station; the register entry. All or nothing.

    Number, batch and key are chosen inside the transaction: two clerks at once take different ones.
    """
    check_order(office, order)
    signed, _ = choose_signed(office, order)
    with office.changing() as change:
        n = write_in(change, order, signed, zones)
    hand_down(change)
    return n


def hand_down(change: Change) -> None:
    """All that was sealed in a transaction that has ended, to the station. What fails here housekeeping mends."""
    with change.office.done():
        for n in change.sealed:
            hand_down_entry(change.office, n)


def seal_empty(office: Office, to: bytes, zones: Callable[[str], tzinfo]) -> int:
    """An empty letter: card, view and fresh envelopes, no number, never shown. Not to whom no person here knows."""
    if not office.state.of(to).in_reach(office.state.epoch):
        raise NotPossible("nothing is sent by itself to an office no person here has written to or accepted")
    with office.changing() as change:
        n = write_in(change, Order(to, "empty", ()), False, zones)
    hand_down(change)
    return n


def again(
    office: Office,
    n: int,
    zones: Callable[[str], tzinfo],
    *,
    spoken: bool = False,
    routes: tuple[Route, ...] = (),
) -> None:
    """Put the same sealed bytes into fresh pouches; of a letter given to go-betweens, its covering letters.

    routes: further ways, for which it is sealed afresh. So is a letter that a restored desk no longer has; spoken: as
    in `Order`. Raises NotPossible if the bytes are gone or were opened.
    """
    letter = office.state.letters.get(n)
    if letter is None or not letter.ours or letter.gone:
        raise NotPossible(f"entry {n} is no letter of ours that is kept")
    other = office.state.of(letter.office)
    check_copy(office)
    check_spoken(with_card(office, letter.office), spoken)
    lost = letter.epoch == office.state.epoch and letter.number in other.lost(letter.epoch)
    if routes or lost:
        _seal_afresh(office, n, other, routes, zones)
        return
    posted = [one for one in _posted_for(office, n) if office.register.blob(one, "sealed") is not None]
    if not posted:
        raise NotPossible("the other side has opened that letter: there is nothing to send again")
    with office.changing() as change:
        for one in posted:
            change.add(ev.SentAgain(one))
            change.sealed.append(one)
    hand_down(change)


def _seal_afresh(
    office: Office, n: int, other: Correspondent, routes: tuple[Route, ...], zones: Callable[[str], tzinfo]
) -> None:
    """The letter of entry `n` as it was, with envelopes, card, view and ways of today beside it."""
    letter = read_kept(office, n)
    sheet = letter.sheet
    order = Order(other.office, sheet.form, (), type=sheet.type, handling=letter.docket.handling, routes=routes)
    for route in routes:
        _check_route(office, order, route)
    with office.changing() as change:
        ways = routes_of(other, order)
        docket = replace(
            letter.docket,
            view=View(other.written_span(office.state.epoch), other.received_span()),
            batch=_new_batch(change, other).to_wire(),
            card=office.state.card_data,
            ways=(*letter.docket.ways, *(_docket_way(office, other, route) for route in ways)),
        )
        letter = replace(letter, docket=docket)
        for way, route in enumerate(ways, len(letter.docket.ways) - len(ways)):
            chosen = _choose(office, other, route, set())
            sealed = _seal(office, other, letter, chosen)
            change.add(ev.SealedAlso(n, other.office, chosen.target.slot, chosen.via, chosen.batch, chosen.key_until))
            if chosen.via == "envelope":
                change.tx.drop_secret(their_envelope_name(other.office, chosen.target.slot))
            if route.hops:
                give(change, n, way, route, other.office, sealed, zones)
            else:
                change.tx.put_blob(n, "sealed", sealed)
                change.add(ev.SentAgain(n))
                change.sealed.append(n)
    hand_down(change)


def _posted_for(office: Office, n: int) -> list[int]:
    """The entries whose pouches bear letter n: itself, or the covering letters that left here for it."""
    legs = office.state.custody.legs.get(n, [])
    return [n, *(one for leg in legs for one in _posted_for(office, leg.given.covering))]


def check_order(office: Office, order: Order) -> Correspondent:
    """To whom it goes. Raises NotPossible where it cannot be sealed, with why; nothing is changed."""
    state = office.state
    refuse_notes(state, (*order.replies, *order.acts.values()))
    other = with_card(office, order.to)
    check_copy(office)
    check_spoken(other, order.spoken)
    if form_of(order.form).replies and not order.replies:
        raise NotPossible("a reply says which letter it answers", next_step="Name it with --reply-to.")
    if is_exempted(other, order.handling):
        raise MustNotKnow(
            "the draft says that this very office must not be told",
            other.office,
            "addressee",
            "Change the draft or the addressee.",
        )
    _check_authority(office, order)
    if order.clauses or order.terms:
        checks.check(office, order, signed=choose_signed(office, order)[0])
    for route in routes_of(other, order):
        _check_route(office, order, route)
    for n in (*order.replies, *order.acts.values()):
        letter = state.letters.get(n)
        if letter is None or letter.office != order.to:
            raise NotPossible(f"entry {n} is no letter from or to that office")
        if letter.gone:
            raise NotPossible(f"letter {n} is burnt: nothing can be tied to it")
        if any(entry == n and letter.ours == (act in ON_THEIRS) for act, entry in order.acts.items()):
            raise NotPossible(f"letter {n} cannot be recalled, corrected, declined or read back by this office")
        if letter.event is not None and letter.event.exercise != (order.type == "exercise"):
            raise NotPossible(
                f"letter {n} and this one are not of the same type: an exercise and an operation are never tied",
                next_step="Choose the type of the letter it answers, or tie it to none.",
            )
    check_before_sealing(office, order.to, order.replies, order.matters)
    if order.paraphrase is not None:
        paraphrase_of(office, order.to, *order.paraphrase)
    return other


def _check_authority(office: Office, order: Order) -> None:
    """An envoy's claim is inside the credence it holds, or said to be beyond it. Raises NotPossible."""
    if order.authority is None:
        return
    if order.origin != "envoy":
        raise NotPossible("who speaks on another's authority writes an envoy's words", next_step="Write origin: envoy.")
    found = judge_before_sealing(office.state, order.authority, order.to, order.type == "exercise", office.now)
    if found.verdict != "valid" and not order.beyond:
        raise NotPossible(
            f"the credence this office holds does not cover that letter ({found.verdict})",
            next_step="Change it, ask the principal, or say that it goes beyond with --beyond: its reader will see.",
        )


def is_exempted(other: Correspondent, handling: Handling) -> bool:
    """Whether it must not be told, by its id or one of its names."""
    names = {fold(name) for _, name in other.card.body.names} | ({fold(other.name)} if other.name else set())
    return any(one.office == other.office or fold(one.name) in names for one in handling.exempted)


def _check_route(office: Office, order: Order, route: Route) -> None:
    """Go-betweens who may be told, none twice, none an end; a time that is not past. Raises NotPossible."""
    ends = {order.to, office.state.office}
    if len(set(route.hops)) != len(route.hops) or ends & set(route.hops):
        raise NotPossible("a way leads through other offices, each once", next_step="Choose another way.")
    for hop in route.hops:
        check_spoken(with_card(office, hop), False)
        if is_exempted(with_card(office, hop), order.handling):
            raise MustNotKnow(
                "the draft says that one of the go-betweens must not be told", hop, "go-between", "Choose another way."
            )
    if route.by is not None and route.by <= office.now:
        raise NotPossible("the time by which it should be handed over is past", next_step="Choose a later one.")
    if route.precedence in NEEDS_REASON and not route.because:
        raise NotPossible(f"{route.precedence} needs a reason", next_step="Say why with --because.")
    if not route.hops and replace(route, receipt=True) != Route():
        raise NotPossible("a time, custody and carriage are asked of a go-between", next_step="Name one with --via.")


def _silence_at(office: Office, route: Route) -> int | None:
    """When silence on this way becomes a statement: at its convey-by time, else after the usual time of a way."""
    if not route.hops:
        return None
    return route.by if route.by is not None else office.now + USUAL_SECONDS


def _opened_by(office: Office, route: Route) -> datetime:
    """In which period it should be opened: that of the convey-by time, a month ahead by go-betweens without one."""
    if route.by is not None:
        return datetime.fromtimestamp(route.by, UTC)
    return office.clock() + timedelta(days=30) if route.hops else office.clock()


def _choose(office: Office, other: Correspondent, route: Route, taken: set[bytes]) -> Chosen:
    """Newest first: an envelope of the highest batch, else the standing seal with the standby token or none.

    taken: slots that another sealing of the same letter uses already.
    """
    now = office.now
    if other.their_batches:
        newest = max(other.their_batches)
        for slot, until in other.their_batches[newest].items():
            kept = office.register.secret(their_envelope_name(other.office, slot))
            if kept is not None and now < until and slot not in taken:
                public, token = decode(kept, limit=4096)
                return Chosen(Target(slot, public, token), "envelope", newest, until + KEPT_AFTER_SECONDS)
    # Without a time asked for, a card that ends within a month gives the key that lives longest.
    return standing_seal(office, other, _opened_by(office, route), else_last=route.by is None)


def _way(office: Office, other: Correspondent) -> tuple[RelayAddress, bytes]:
    """Where it is posted, and the pouch key of the station there."""
    body = other.card.body
    if not body.addresses:
        raise NotPossible("the card of that office names no relay", next_step="Ask for a card with an address.")
    key = body.pouch_of(period_of(office.clock()))
    if key is None:
        raise NotPossible("the card of that office has run out", next_step="Ask for a new card.")
    return body.addresses[0], key.public


def write_in(change: Change, order: Order, signed: bool, zones: Callable[[str], tzinfo]) -> int:
    """The body of sealing, inside the transaction; the entry. Every way gets a sealing of its own, on its own key."""
    office, state = change.office, change.state
    other = with_card(office, order.to)
    check_copy(office)
    check_spoken(other, order.spoken)
    empty = order.form == "empty"
    routes = routes_of(other, order)
    written = [number for epoch, number in other.written if epoch == state.epoch]
    number = 0 if empty else max(written, default=0) + 1
    batch = _new_batch(change, other)
    letter = _compose(office, order, other, signed, number, batch, routes, zones)
    chosen: list[Chosen] = []
    for route in routes:
        chosen.append(_choose(office, other, route, {one.target.slot for one in chosen if one.batch}))
    sealings = [_seal(office, other, letter, one) for one in chosen]
    posted = sum(count_for(len(one)) for one, route in zip(sealings, routes, strict=True) if not route.hops)
    n = change.add(
        ev.Written(
            office=other.office,
            number=number,
            epoch=state.epoch,
            form=order.form,
            letter_id=letter.letter_id,
            seal_id=read_sealed(sealings[0]).seal_id,
            slot=chosen[0].target.slot,
            via=chosen[0].via,
            batch=chosen[0].batch,
            key_until=max(one.key_until for one in chosen),
            signed=signed,
            exercise=order.type == "exercise",
            origin=order.origin,
            replies=order.replies,
            card_serial=state.card_serial if letter.docket.card else 0,
            pouches=posted,
            acts=tuple(order.acts.items()),
            seen=clauses.seen(letter),
            paraphrase=order.paraphrase or ("", 0),
        )
    )
    for one in chosen[1:]:
        change.add(ev.SealedAlso(n, other.office, one.target.slot, one.via, one.batch, one.key_until))
    for one in chosen:
        if one.via == "envelope":
            change.tx.drop_secret(their_envelope_name(other.office, one.target.slot))
    if not empty:
        change.tx.put_blob(n, "contents", contents(letter))
        change.tx.index(n, search_text(letter, other))
    note_claim(change, n, letter)
    clauses.note_terms(change, n, letter)
    note_accrediting(change, n, letter, office.now)
    for way, (route, sealed) in enumerate(zip(routes, sealings, strict=True)):
        if route.hops:
            give(change, n, way, route, other.office, sealed, zones)
        else:
            change.tx.put_blob(n, "sealed", sealed)
            change.sealed.append(n)
    return n


def give(
    change: Change,
    of: int,
    way: int,
    route: Route,
    addressee: bytes,
    sealed: bytes,
    zones: Callable[[str], tzinfo],
    *,
    taken: int | None = None,
    words: Body | None = None,
    origin: str = "principal",
    spoken: bool = False,
) -> int:
    """Enclose sealed bytes to the last go-between of a way, whose covering letter takes the way before it; its entry.

    of: the entry whose sealing it is. taken: when it was entrusted to us, told only to the addressee itself.
    words: our own, beside the enclosure; origin: whose they are. spoken: as in `Order`, with the last go-between.
    """
    office, carrier = change.office, change.state.of(route.hops[-1])
    order = _covering_order(office, carrier, change.state.of(addressee), route, sealed, taken)
    exercise = change.state.letters[of].event
    order = replace(
        order,
        type="exercise" if exercise is not None and exercise.exercise else "operation",
        bodies=() if words is None else (words,),
        origin=origin,
        spoken=spoken,
    )
    n = write_in(change, order, False, zones)
    covering = read_covering(order.matters[0].value)
    seal_id = seal_id_of(sealed)
    change.add(
        ev.Leg(
            of=of,
            way=way,
            carrier=carrier.office,
            addressee=addressee,
            ref=reference(covering.blind, seal_id, change.state.office, addressee),
            seal_id=seal_id,
            by=_silence_at(office, route) or 0,
            custody=route.custody,
            receipt=route.receipt,
            covering=n,
        )
    )
    return n


def _covering_order(
    office: Office,
    carrier: Correspondent,
    addressee: Correspondent,
    route: Route,
    sealed: bytes,
    taken: int | None = None,
) -> Order:
    """The covering letter to one carrier. The part of the way before it becomes its own route."""
    at = route.hops.index(carrier.office) if carrier.office in route.hops else len(route.hops)
    before = (replace(route, hops=route.hops[:at]) if at else Route(receipt=False),)
    covering = Covering(
        addressee=addressee.office,
        enclosure=sealed,
        blind=office.random(BLIND_BYTES),
        custody=route.custody,
        receipt=route.receipt,
        by=route.by,
        taken=taken,
        carriage=route.carriage,
        precedence=route.precedence,
        because=route.because,
        instructions=route.instructions,
    )
    return Order(carrier.office, "conveyance", (), matters=(covering.matter(),), routes=before)


def _new_batch(change: Change, other: Correspondent) -> Batch:
    office = change.office
    number = other.made_batches + 1
    kept = {
        made: token
        for made in range(1, other.made_batches + 1)
        if (token := office.register.secret(own_token_name(other.office, made))) is not None
    }
    live = tokens_to_try(kept, other.shown)
    repeated = live[0] if len(live) >= MOST_TOKENS else None
    batch, own = make_batch(number, repeated, office.now, office.random)
    change.tx.put_secret(own_token_name(other.office, number), batch.standby)
    for one in own:
        change.tx.put_secret(
            own_envelope_name(one.envelope.slot),
            encode([one.seed, one.envelope.token]),
            one.envelope.until + KEPT_AFTER_SECONDS,
        )
    change.add(ev.BatchMade(other.office, number, tuple((one.slot, one.until) for one in batch.envelopes)))
    return batch


def _compose(
    office: Office,
    order: Order,
    other: Correspondent,
    signed: bool,
    number: int,
    batch: Batch,
    routes: Sequence[Route],
    zones: Callable[[str], tzinfo],
) -> Letter:
    state = office.state
    covered, uncovered = clauses.placed(state, order.terms, signed=signed)
    said: list[Content] = [*order.bodies, *order.clauses, *([Acts(covered)] if covered else ())]
    said += [*order.matters, *order.attachments]
    parts = tuple(make_part(one, office.random(16)) for one in said)
    events = [state.letters[n].event for n in order.replies if n in state.letters]
    replied = [event for event in events if event is not None]
    acted = {name: event for name, n in order.acts.items() if (event := state.letters[n].event) is not None}
    tied = dict.fromkeys(event.letter_id for event in (*replied, *acted.values()) if event.signed)
    tied |= dict.fromkeys(clauses.named(order.clauses, covered))
    sheet = Sheet(
        nonce=office.random(16),
        sender=state.office,
        recipient=order.to,
        form=order.form,
        type=order.type,
        origin=order.origin,
        date=order.date or moment_of(office.clock(), state.zone, zones),
        parts=tuple(part.digest for part in parts),
        reference=order.reference,
        reply_by=order.reply_by,
        latest_delivery=order.latest_delivery,
        answers=tuple(tied) if signed else (),
    )
    sheet = replace(sheet, data=sheet.encoded())
    docket = Docket(
        epoch=state.epoch,
        number=number or None,
        replies=tuple(event.letter_id for event in replied) if number else (),
        handling=order.handling,
        view=View(other.written_span(state.epoch), other.received_span()),
        batch=batch.to_wire(),
        card=state.card_data if _lacks_card(office, other) else None,
        ways=tuple(_docket_way(office, other, route) for route in routes),
        acts={name: event.letter_id for name, event in acted.items()},
        authority=order.authority,
        terms=uncovered,
        paraphrase=paraphrase_of(office, order.to, *order.paraphrase) if order.paraphrase else None,
        translations=_translations(order, parts),
        mismatch=accepted_mismatch(office, order),
    )
    signature = office.signing.sign("letter", sheet.letter_id) if signed else None
    letter = Letter(sheet, parts, docket, signature)
    _check_readable(letter)
    return letter


def _translations(order: Order, parts: Sequence[Part]) -> tuple[Translation, ...]:
    """Each from the text that prevails; where none does, from the first of the others."""
    texts = [(part.content, part.digest) for part in parts if isinstance(part.content, Body)]
    texts.sort(key=lambda text: text[0].status != "prevailing")
    found = []
    for lang, by in order.translators:
        source = next((digest for body, digest in texts if body.lang != lang), None)
        if source is not None:
            found.append(Translation(lang, by, source))
    return tuple(found)


def _docket_way(office: Office, other: Correspondent, route: Route) -> Way:
    if route.hops:
        return Way("go-between", route.hops, office.now, route.by)
    address, _ = _way(office, other)
    return Way("relay", (address.relay_id,), office.now)


def _lacks_card(office: Office, other: Correspondent) -> bool:
    """Until the other side has shown that it opened a letter of ours that brought our present card."""
    serial, number = other.card_sent
    opened = other.opened_to(office.state.epoch)
    return not (serial == office.state.card_serial and number and opened >= number)


def _check_readable(letter: Letter) -> None:
    """What leaves here must open there: read it as the other side will."""
    try:
        read_contents(contents(letter))
    except Refused as error:
        raise NotPossible(f"the letter could not be opened as it is: {error}", next_step="Change the draft.") from error


def _seal(office: Office, other: Correspondent, letter: Letter, chosen: Chosen) -> bytes:
    dh = office.link.shared(other.card.body.link_public)
    sealed = seal(contents(letter), office.writer, other.office, dh, chosen.target, office.random(32))
    if count_for(len(sealed)) > POUCH.most_fragments:
        raise NotPossible(
            "the letter is larger than 16 MiB in all, covering letters included",
            next_step="Send fewer or smaller attachments.",
        )
    return sealed


def hand_down_entry(office: Office, n: int) -> None:
    """To the station, once for each time that it is to leave here: another process may mend what is no crash."""
    sealed = office.register.blob(n, "sealed")
    event = ev.from_bytes(n, office.register.event(n)).event
    assert sealed is not None
    assert isinstance(event, ev.Written)
    address, pouch_key = _way(office, office.state.of(event.office))
    letter = office.state.letters.get(n)  # an empty letter is none, and goes once
    office.hatch.send(n, sealed, address, pouch_key, turn=letter.again if letter else 0)


def search_text(letter: Letter, other: Correspondent) -> str:
    """What a search finds a letter by: titles, texts, reference, names of files and of the other office."""
    return fold(" ".join([*_pieces(letter), *(name for _, name in other.card.body.names)]))


def _pieces(letter: Letter) -> Iterator[str]:
    yield from (body.title + " " + body.text for body in letter.bodies)
    yield from (text for clause in letter.clauses for _, text in clause.text)
    yield from (one.name for one in letter.attachments)
    yield letter.sheet.reference or ""


def _said(letter: Letter, order: Order) -> str:
    """All that it says, what it says of a meeting and the matter on which an envoy claims to speak included."""
    claim = read_claim(order.authority, "envoy") if order.authority is not None else None
    matters = (text for matter in letter.matters for text in _texts(matter.value))
    return " ".join([*_pieces(letter), *matters, claim.matter or "" if claim else ""])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
