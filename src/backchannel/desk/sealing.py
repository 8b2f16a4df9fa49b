"""Sealing: from what a person ordered to bytes handed down to the station.   Spec: docs/spec/desk.md, "Sealing"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Final

from backchannel.desk import events as ev
from backchannel.desk.office import (
    Change,
    Office,
    own_envelope_name,
    own_token_name,
    their_envelope_name,
    their_token_name,
)
from backchannel.desk.states import Correspondent
from backchannel.encoding import decode, encode
from backchannel.errors import NotPossible, Refused
from backchannel.letters.dates import Moment, moment_of
from backchannel.letters.docket import Docket, Handling, View
from backchannel.letters.forms import form_of
from backchannel.letters.letter import Letter, contents, read_contents
from backchannel.letters.parts import Attachment, Body, make_part
from backchannel.letters.sheet import Sheet
from backchannel.pouches.fragments import count_for
from backchannel.pouches.geometry import POUCH
from backchannel.seals.cards import KeyOfPeriod, RelayAddress, has_run_out, standing_target
from backchannel.seals.envelopes import KEPT_AFTER_SECONDS, MOST_TOKENS, Batch, make_batch, tokens_to_try
from backchannel.seals.keys import destroyed_at, period_of
from backchannel.seals.panel import Facts, Line, who_could
from backchannel.seals.seal import NO_TOKEN, Target, read_sealed, seal
from backchannel.text import fold

ASK_ABOVE_POUCHES: Final = 64
POSTED_A_SECOND: Final = 20
SEGMENT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Order:
    """What a person wants sealed. signed: None takes the default. replies: entries of letters it answers."""

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


@dataclass(frozen=True, slots=True)
class Plan:
    """What sealing will do, to be shown before it is done. via: envelope, standby or zero.

    default_signed: signed because the other side is verified and has not answered yet. key_until: the last instant at
    which the reader's private key may still exist. sealed_bytes and pouches: its size on the way.
    seconds: about how long it takes to be there, both stations running.
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
    address: RelayAddress
    panel: tuple[Line, ...]
    letter: Letter = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The key a letter is sealed to, and what is known of it."""

    target: Target
    via: str
    batch: int
    key_until: int


def choose_signed(office: Office, order: Order) -> tuple[bool, bool]:
    """Whether the letter is signed, and whether only by default. Raises NotPossible against the form's own rule."""
    rules, other = form_of(order.form), office.state.of(order.to)
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
    other = _check_order(office, order)
    signed, by_default = choose_signed(office, order)
    chosen = _choose(office, other)
    batch, _ = make_batch(1, None, office.now, office.random)
    letter = _compose(office, order, other, signed, 1, batch, zones)
    sealed = _seal(office, other, letter, chosen)
    address, _ = _way(office, other)
    until = datetime.fromtimestamp(chosen.key_until, UTC)
    facts = Facts(
        signed=signed,
        on_envelope=chosen.via == "envelope",
        token=chosen.via != "zero",
        key_until=until,
        trust=other.trust,
        through_tor=bool(office.state.homes and office.state.homes.socks),
    )
    return Plan(
        to=other,
        form=order.form,
        exercise=order.type == "exercise",
        signed=signed,
        default_signed=by_default,
        via=chosen.via,
        key_until=until,
        sealed_bytes=len(sealed),
        pouches=count_for(len(sealed)),
        seconds=count_for(len(sealed)) // POSTED_A_SECOND + SEGMENT_SECONDS,
        address=address,
        panel=who_could(facts),
        letter=letter,
    )


def seal_letter(office: Office, order: Order, zones: Callable[[str], tzinfo]) -> int:
    """Seal it, keep it and hand it down to the station; the register entry. All or nothing.

    Number, batch and key are chosen inside the transaction: two clerks at once take different ones.
    """
    _check_order(office, order)
    signed, _ = choose_signed(office, order)
    with office.changing() as change:
        n = _write(change, order, signed, zones)
    _hand_down(office, n)
    return n


def seal_empty(office: Office, to: bytes, zones: Callable[[str], tzinfo]) -> int:
    """An empty letter: card, view and fresh envelopes, no number, never shown. Not to whom no person here knows."""
    if not office.state.of(to).in_reach(office.state.epoch):
        raise NotPossible("nothing is sent by itself to an office no person here has written to or accepted")
    with office.changing() as change:
        n = _write(change, Order(to, "empty", ()), False, zones)
    _hand_down(office, n)
    return n


def again(office: Office, n: int) -> None:
    """Put the same sealed bytes into fresh pouches. Raises NotPossible if they are gone or were opened."""
    letter = office.state.letters.get(n)
    if letter is None or not letter.ours or letter.gone:
        raise NotPossible(f"entry {n} is no letter of ours that is kept")
    if office.register.blob(n, "sealed") is None:
        raise NotPossible("the other side has opened that letter: there is nothing to send again")
    with office.changing() as change:
        change.add(ev.SentAgain(n))
    _hand_down(office, n)


def read_kept(office: Office, n: int) -> Letter:
    """The letter kept beside an entry. Raises NotPossible if it is burnt or was never there."""
    kept = office.register.blob(n, "contents")
    if kept is None:
        raise NotPossible(f"entry {n} holds no letter that can be read", kept="The register is as it was.")
    return read_contents(kept)


def _check_order(office: Office, order: Order) -> Correspondent:
    state = office.state
    other = state.correspondents.get(order.to)
    if other is None or not other.card_data:
        raise NotPossible("there is no card of that office here", next_step="Import its card first.")
    if other.alarm is not None:
        raise NotPossible(
            "a card that contradicts this office's came in: nothing is sealed to it until that is settled",
            next_step="Compare safety numbers by another way, then use `backchannel card settle`.",
        )
    if office.hatch.noted_entry() > office.register.head()[0]:
        raise NotPossible(
            "this register is older than the station remembers: a copy was put back, and nothing is sealed by it",
            next_step="If you know why, begin a new epoch with `backchannel desk new-epoch`.",
        )
    if form_of(order.form).replies and not order.replies:
        raise NotPossible("a reply says which letter it answers", next_step="Name it with --reply-to.")
    names = {fold(name) for _, name in other.card.body.names} | ({fold(other.name)} if other.name else set())
    if any(one.office == order.to or fold(one.name) in names for one in order.handling.exempted):
        raise NotPossible(
            "the draft says that this very office must not be told", next_step="Change the draft or the addressee."
        )
    for n in order.replies:
        letter = state.letters.get(n)
        if letter is None or letter.office != order.to:
            raise NotPossible(f"entry {n} is no letter from or to that office")
        if letter.gone:
            raise NotPossible(f"letter {n} is burnt: nothing can be tied to it")
    return other


def _choose(office: Office, other: Correspondent) -> _Chosen:
    """Newest first: an envelope of the highest batch, else the standing seal with the standby token or none."""
    now = office.now
    if other.their_batches:
        newest = max(other.their_batches)
        for slot, until in other.their_batches[newest].items():
            kept = office.register.secret(their_envelope_name(other.office, slot))
            if kept is not None and now < until:
                public, token = decode(kept, limit=4096)
                return _Chosen(Target(slot, public, token), "envelope", newest, until + KEPT_AFTER_SECONDS)
    if has_run_out(other.card, office.clock()):
        raise NotPossible(
            "the card of that office has run out and no return envelope is left",
            next_step="Ask for a new card, or wait for its next letter.",
            kept="The letter is not sealed; keep the draft.",
        )
    standing: tuple[bytes, KeyOfPeriod] | None = standing_target(other.card, office.clock())
    if standing is None:
        raise NotPossible(
            "the card of that office has no key for today", next_step="Check the clock, or ask for a card."
        )
    token = office.register.secret(their_token_name(other.office)) or NO_TOKEN
    via = "zero" if token == NO_TOKEN else "standby"
    return _Chosen(Target(standing[0], standing[1].public, token), via, 0, destroyed_at(period_of(office.clock())))


def _way(office: Office, other: Correspondent) -> tuple[RelayAddress, bytes]:
    """Where it is posted, and the pouch key of the station there."""
    body = other.card.body
    if not body.addresses:
        raise NotPossible("the card of that office names no relay", next_step="Ask for a card with an address.")
    key = body.pouch_of(period_of(office.clock()))
    if key is None:
        raise NotPossible("the card of that office has run out", next_step="Ask for a new card.")
    return body.addresses[0], key.public


def _write(change: Change, order: Order, signed: bool, zones: Callable[[str], tzinfo]) -> int:
    """The body of sealing, inside the transaction; the entry."""
    office, state = change.office, change.state
    other = state.of(order.to)
    empty = order.form == "empty"
    chosen = _choose(office, other)
    written = [number for epoch, number in other.written if epoch == state.epoch]
    number = 0 if empty else max(written, default=0) + 1
    batch = _new_batch(change, other)
    letter = _compose(office, order, other, signed, number, batch, zones)
    sealed = _seal(office, other, letter, chosen)
    n = change.add(
        ev.Written(
            office=other.office,
            number=number,
            epoch=state.epoch,
            form=order.form,
            letter_id=letter.letter_id,
            seal_id=read_sealed(sealed).seal_id,
            slot=chosen.target.slot,
            via=chosen.via,
            batch=chosen.batch,
            key_until=chosen.key_until,
            signed=signed,
            exercise=order.type == "exercise",
            origin=order.origin,
            replies=order.replies,
            card_serial=state.card_serial if letter.docket.card else 0,
            pouches=count_for(len(sealed)),
        )
    )
    if chosen.via == "envelope":
        change.tx.drop_secret(their_envelope_name(other.office, chosen.target.slot))
    change.tx.put_blob(n, "sealed", sealed)
    if not empty:
        change.tx.put_blob(n, "contents", contents(letter))
        change.tx.index(n, search_text(letter, other))
    return n


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
    zones: Callable[[str], tzinfo],
) -> Letter:
    state = office.state
    said: list[Body | Attachment] = [*order.bodies, *order.attachments]
    parts = tuple(make_part(one, office.random(16)) for one in said)
    events = [state.letters[n].event for n in order.replies if n in state.letters]
    replied = [event for event in events if event is not None]
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
        answers=tuple(event.letter_id for event in replied if event.signed) if signed else (),
    )
    sheet = replace(sheet, data=sheet.encoded())
    address, _ = _way(office, other)
    docket = Docket(
        epoch=state.epoch,
        number=number or None,
        replies=tuple(event.letter_id for event in replied) if number else (),
        handling=order.handling,
        view=View(other.written_span(state.epoch), other.received_span()),
        batch=batch.to_wire(),
        card=state.card_data if _lacks_card(office, other) else None,
        ways=(("relay", address.relay_id, office.now),),
    )
    signature = office.signing.sign("letter", sheet.letter_id) if signed else None
    letter = Letter(sheet, parts, docket, signature)
    _check_readable(letter)
    return letter


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


def _seal(office: Office, other: Correspondent, letter: Letter, chosen: _Chosen) -> bytes:
    dh = office.link.shared(other.card.body.link_public)
    sealed = seal(contents(letter), office.writer, other.office, dh, chosen.target, office.random(32))
    if count_for(len(sealed)) > POUCH.most_fragments:
        raise NotPossible("the letter is larger than 16 MiB in all", next_step="Send fewer or smaller attachments.")
    return sealed


def _hand_down(office: Office, n: int) -> None:
    """To the station. A crash before this line is mended at the next command (`resume`)."""
    sealed = office.register.blob(n, "sealed")
    event = ev.from_bytes(n, office.register.event(n)).event
    assert sealed is not None
    assert isinstance(event, ev.Written)
    address, pouch_key = _way(office, office.state.of(event.office))
    office.hatch.send(n, sealed, address, pouch_key)


def resume(office: Office, written: Sequence[int]) -> None:
    """Hand down what was sealed but did not reach the station: a crash came between."""
    known = office.hatch.outgoing()
    for n in written:
        gone = office.state.letters[n].event is None
        if n not in known and not gone and office.register.blob(n, "sealed") is not None:
            _hand_down(office, n)


def search_text(letter: Letter, other: Correspondent) -> str:
    """What a search finds a letter by: titles, texts, reference, names of files and of the other office."""
    pieces = [body.title + " " + body.text for body in letter.bodies]
    pieces += [one.name for one in letter.attachments]
    pieces += [letter.sheet.reference or "", *(name for _, name in other.card.body.names)]
    return fold(" ".join(pieces))
