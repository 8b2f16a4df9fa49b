"""Opening: the desk's act, done by itself when it is unlocked.   Spec: docs/spec/desk.md, "Opening".

Each letter is one transaction: read, checked, stored, and its envelope's key destroyed. A failure changes nothing
and spends nothing.
"""

from collections import Counter
from collections.abc import Callable
from typing import Final

from backchannel.conveyance.covering import Covering, read_covering
from backchannel.conveyance.credence import read_claim
from backchannel.desk import clauses
from backchannel.desk import events as ev
from backchannel.desk.judging import note_claim
from backchannel.desk.matters import Typed, take_matter, typed
from backchannel.desk.office import (
    Change,
    Intake,
    Office,
    own_envelope_name,
    own_token_name,
    read_kept,
    their_envelope_name,
    their_token_name,
)
from backchannel.desk.reach import own_standing_key, tokens_for
from backchannel.desk.sealing import search_text
from backchannel.desk.states import Correspondent, State
from backchannel.desk.talks import check_talk
from backchannel.desk.trust import meet_stranger
from backchannel.encoding import decode, encode
from backchannel.errors import Refused
from backchannel.letters.docket import ON_THEIRS
from backchannel.letters.letter import Letter, contents, read_contents
from backchannel.letters.series import agrees
from backchannel.seals.cards import Card, compare, is_ahead, read_card
from backchannel.seals.envelopes import Batch, read_batch
from backchannel.seals.keys import KemKey
from backchannel.seals.seal import NO_TOKEN, Sealed, Writer, read_sealed, unlock, unwrap
from backchannel.station.hatch import Arrival
from backchannel.values import dataclass, field

MOST_REASONS: Final = 20
MOST_COVERS: Final = 4  # covering letters for one reader, one in another; honest go-betweens make one


@dataclass(frozen=True, slots=True)
class Came:
    """How and when a sealed letter came. by: the go-between that handed it over, in covering letter `covering`."""

    left_by: int
    reached: int
    by: bytes = b""
    covering: int = 0


@dataclass(frozen=True, slots=True)
class _Key:
    """The private key a sealed letter names. giver: the office an envelope was made for, or None. batch: of it."""

    key: KemKey = field(repr=False)
    via_envelope: bool
    token: bytes = field(repr=False)
    office: bytes | None
    batch: int


@dataclass(frozen=True, slots=True)
class _Checked:
    """A letter that is certain, with all that its storing needs."""

    sealed: Sealed
    letter: Letter = field(repr=False)
    writer: Writer
    via: str
    batch: int
    card: Card | None
    enclosed: Batch | None = field(repr=False)
    matter: Typed | None = field(repr=False)


def take_in(office: Office, progress: Callable[[int, int], None] = lambda done, of: None) -> Intake:
    """Open all that the station holds."""
    opened: list[int] = []
    again = 0
    refused: Counter[tuple[str, str]] = Counter()
    arrivals = office.hatch.arrived()
    for done, arrival in enumerate(arrivals, 1):
        try:
            n = open_one(office, arrival)
        except Refused as error:
            refused[error.mark, str(error)] += 1
        else:
            if n is None:
                again += 1
            elif n in office.state.letters:
                opened.append(n)
        office.hatch.taken([arrival.id])  # after it is durable; a crash before this makes a duplicate, which is known
        progress(done, len(arrivals))
    counts = tuple((mark, why, number) for (mark, why), number in refused.most_common(MOST_REASONS))
    if counts:
        with office.changing() as change:
            change.add(ev.RefusedArrivals(counts))
    inside = unwrap_enclosures(office)
    return Intake((*opened, *inside.opened), again + inside.again, (*counts, *inside.refused))


def open_one(office: Office, arrival: Arrival) -> int | None:
    """Open one sealed letter; its entry, or None if it came before. Raises Refused, nothing then changed."""
    with office.changing() as change:
        sealed = read_sealed(arrival.sealed)
        seen = office.state.seal_ids.get(sealed.seal_id)
        if seen is not None:
            if _is_same_arrival(office, seen, arrival):
                return seen  # opened before a crash, and still in the hatch
            change.add(ev.Duplicate(seen, sealed.seal_id, another_way=False))
            return None
        checked = _check(office, sealed)
        return _store(change, checked, Came(arrival.left_by, arrival.reached))


def unwrap_enclosures(office: Office) -> Intake:
    """Open what covering letters brought for this office, each in a transaction of its own; what is inside them too.

    A refused enclosure is noted at its covering letter, which stays.
    """
    opened: list[int] = []
    again = 0
    refused: Counter[tuple[str, str]] = Counter()
    while waiting := office.state.custody.wrapped(office.state.office):
        for charge in waiting:
            try:
                n = _unwrap_one(office, charge.n)
            except Refused as error:
                refused[error.mark, str(error)] += 1
                with office.changing() as change:
                    if not _is_unwrapped(office, charge.n):
                        change.add(ev.Unwrapped(charge.n, 0, again=False, mark=error.mark, why=str(error)))
            else:
                again += n is None
                opened += [n] if n is not None and n in office.state.letters else []
    return Intake(tuple(opened), again, tuple((mark, why, number) for (mark, why), number in refused.items()))


def _is_unwrapped(office: Office, n: int) -> bool:
    """Whether another process was faster, or has burnt it since."""
    charge = office.state.custody.charges.get(n)
    return charge is None or charge.unwrapped is not None or charge.discharged


def _covers(office: Office, n: int) -> int:
    """In how many covering letters, one in another, what covering letter n encloses came here."""
    letter = office.state.letters.get(n)
    before = letter.event.covering if letter is not None and isinstance(letter.event, ev.Opened) else 0
    return 1 + (_covers(office, before) if before else 0)


def _unwrap_one(office: Office, of: int) -> int | None:
    with office.changing() as change:
        if _is_unwrapped(office, of):
            return None
        if _covers(office, of) > MOST_COVERS:
            raise Refused("V2", f"the letter came in more than {MOST_COVERS} covering letters, one in another")
        charge = office.state.custody.charges[of]
        came = charge.came
        covering = read_covering_kept(office, of)
        sealed = read_sealed(covering.enclosure)
        seen = office.state.seal_ids.get(sealed.seal_id)
        if seen is not None:
            change.add(ev.Duplicate(seen, sealed.seal_id, another_way=False))
            change.add(ev.Unwrapped(charge.n, seen, again=True, mark="", why=""))
            return None
        checked = _check(office, sealed)
        left_by = min(came.taken or came.reached, came.reached)  # nobody lets go of what was here already
        arrived = Came(left_by, came.reached, came.giver, charge.n)
        n = _store(change, checked, arrived)
        found = n or office.state.entry_of(checked.letter.letter_id)
        change.add(ev.Unwrapped(charge.n, found, again=n is None, mark="", why=""))
        return n


def read_covering_kept(office: Office, n: int) -> Covering:
    """The covering letter kept at an entry. Raises NotPossible if what it enclosed has gone on."""
    letter = read_kept(office, n)
    return read_covering(next(one.value for one in letter.matters if one.kind == "conveyance"))


def _is_same_arrival(office: Office, n: int, arrival: Arrival) -> bool:
    data = office.register.event(n)
    event = None if data is None else ev.from_bytes(n, data).event
    return isinstance(event, ev.Opened) and (event.left_by, event.reached) == (arrival.left_by, arrival.reached)


def try_to_open(office: Office, sealed_bytes: bytes) -> Letter:
    """The letter these bytes hold for this office, every check made and nothing changed. Raises Refused."""
    return _check(office, read_sealed(sealed_bytes)).letter


def _check(office: Office, sealed: Sealed) -> _Checked:
    """All that makes a letter certain.

    1 the slot's key [S16]  2 HPKE and the writer [S5, S6]  3 on an envelope, the office it was given to [S9]
    4 token and commitment [S7], body [S8]  5 the letter itself [L…]  6 from and to [S10]  7 the card [S12, S14, C…]
    8 zero token [S13]  9 the signature [S11]  10 the batch [S15]  11 what it carries besides text [V…, W…, N…,
    A1-A3, M1, M2, M4],
    and on whose authority it says it speaks [A4, A5]
    12 what it answers or acts on is of its own type [L15], its to act on [L16], and no paraphrase is made a
    text [L18]; an answer to a request to meet fits what was asked [M3], and a record the one it agrees with [M5].
    """
    state = office.state
    found = _key_of(office, sealed.slot)  # 1
    inner = unwrap(sealed, found.key, state.office)  # 2
    writer = inner.writer
    sender = writer.office_id
    if sender == state.office:
        raise Refused("S10", "the letter claims to be from this very office")
    if found.office is not None and found.office != sender:  # 3
        raise Refused("S9", "the letter came on an envelope that was given to another office")
    other = state.correspondents.get(sender) or Correspondent(sender)
    tokens, batches = ([found.token], [found.batch]) if found.via_envelope else tokens_for(office, other)  # 4
    padded, fitted = unlock(sealed, inner, state.office, office.link.shared(writer.link_public), tokens)
    letter = read_contents(padded)  # 5
    if letter.sheet.sender != sender or letter.sheet.recipient != state.office:  # 6
        raise Refused("S10", "the letter inside names other offices than its seal")
    card = _card_of(office, letter, writer, other)  # 7
    via = "envelope" if found.via_envelope else ("zero" if tokens[fitted] == NO_TOKEN else "standby")
    if via == "zero" and not (other.zero_allowed or (card is not None and _is_new_epoch(card, other))):  # 8
        raise Refused("S13", "the letter comes without the token this office has shown to hold")
    if letter.signature is not None:  # 9
        signer = card.body.signing if card is not None else other.card.body.signing
        if not signer.verifies("letter", letter.letter_id, letter.signature):
            raise Refused("S11", "the letter is signed, and the signature is not its office's")
    enclosed = None if letter.docket.batch is None else read_batch(letter.docket.batch)  # 10
    matter = next((typed(one, sender, state.office) for one in letter.matters), None)  # 11
    if letter.docket.authority is not None:
        read_claim(letter.docket.authority, letter.sheet.origin)
    _check_type(state, letter)  # 12
    _check_acts(state, letter)
    check_talk(office, sender, letter.docket.replies, matter, ours=False)
    return _Checked(sealed, letter, writer, via, batches[fitted], card, enclosed, matter)


def _key_of(office: Office, slot: bytes) -> _Key:
    state = office.state
    if slot in state.own_slots:
        kept = office.register.secret(own_envelope_name(slot))
        if kept is not None:
            seed, token = decode(kept, limit=256)
            giver, batch = state.own_slots[slot]
            return _Key(KemKey.from_seed(seed), True, token, giver, batch)
    if (key := own_standing_key(office, slot)) is not None:
        return _Key(key, False, NO_TOKEN, None, 0)
    if slot in state.spent:
        raise Refused("S16", "the letter is on a return envelope that was used before")
    raise Refused("S16", "the letter is sealed to a key that is not here: another office's, expired, or destroyed")


def _card_of(office: Office, letter: Letter, writer: Writer, other: Correspondent) -> Card | None:
    """The card the letter brings, if it does; a writer unknown here must bring one."""
    if letter.docket.card is None:
        if not other.card_data:
            raise Refused(
                "S14",
                "the letter is from an office whose card is not here",
                next_step="Ask for its card and for the letter to be sent again.",
            )
        return None
    card = read_card(letter.docket.card)
    if card.body.writer != writer:
        raise Refused("S12", "the letter brings a card of another office than its own")
    if not other.card_data and is_ahead(card, office.clock()):
        raise Refused("C13", "the card is dated more than a day ahead of this clock", next_step="Check the clock.")
    return card


def _check_type(state: State, letter: Letter) -> None:
    """An exercise is never tied to an operation."""
    named = {*letter.docket.replies, *letter.sheet.answers, *letter.docket.acts.values()}
    named |= set(clauses.named(letter.clauses, letter.acts))
    exercise = letter.sheet.type == "exercise"
    found = (state.by_letter_id.get(one) for one in named)
    if any(one is not None and one.event is not None and one.event.exercise != exercise for one in found):
        raise Refused(
            "L15",
            "the letter is tied to one of the other type: an exercise to an operation, or an operation to an exercise",
        )


def _check_acts(state: State, letter: Letter) -> None:
    """Its writer acts on what is its own to act on so, and makes no text of a paraphrase."""
    for act, named in letter.docket.acts.items():
        found = state.by_letter_id.get(named)
        if found is not None and (found.office != letter.sheet.sender or found.ours != (act in ON_THEIRS)):
            raise Refused("L16", f"the letter {act} one that is not its writer's to act on so")
        if act == "confirms" and found is not None and found.paraphrase != "readback":
            raise Refused("L18", "the letter confirms one that reads nothing back")
    for named in clauses.named(letter.clauses, letter.acts):
        found = state.by_letter_id.get(named)
        if found is not None and found.paraphrase:
            raise Refused("L18", "the letter's terms name a paraphrase, which is no text of an office")
    if letter.docket.paraphrase is not None:
        found = state.by_letter_id.get(letter.docket.paraphrase.of)
        if found is not None and (found.office != letter.sheet.sender or not found.ours):
            raise Refused("L18", "the letter paraphrases what was said of one that is not this office's to its writer")


def _acts(state: State, letter: Letter) -> tuple[tuple[str, int], ...]:
    """What it does, and to which entry; 0 where that letter is not here."""
    return tuple((act, state.entry_of(named)) for act, named in letter.docket.acts.items())


def _paraphrase(state: State, letter: Letter) -> tuple[str, int]:
    said = letter.docket.paraphrase
    if said is None:
        return "", 0
    return said.what, state.entry_of(said.of)


def _acted_on(office: Office, letter: Letter) -> tuple[tuple[str, int], ...]:
    """What letters of its writer's that came before it do to it: a recall may overtake what it recalls."""
    waiting = [
        one.n
        for one in office.state.letters.values()
        if one.office == letter.sheet.sender
        and isinstance(one.event, ev.Opened)
        and any(not n for _, n in one.event.acts)
    ]
    kept = ((n, read_kept(office, n).docket.acts) for n in waiting)
    return tuple((act, n) for n, acts in kept for act, named in acts.items() if named == letter.letter_id)


def _is_new_epoch(card: Card, other: Correspondent) -> bool:
    return not other.card_data or (card.body.serial > other.card.body.serial and card.body.epoch != other.epoch)


def _store(change: Change, checked: _Checked, arrival: Came) -> int | None:
    """Everything a letter changes, in the transaction of its opening; None if it was here before."""
    state, letter = change.state, checked.letter
    sender = letter.sheet.sender
    other = state.of(sender)
    docket = letter.docket
    number = docket.number or 0
    late = _is_late(state, checked, arrival)  # before the slot is spent
    _spend(change, checked, sender)
    before = other.received.get((docket.epoch, number)) if number else None
    if before is not None and before.event is None:
        change.add(ev.CameAfterBurning(sender, docket.epoch, number))
        return None
    if before is not None and before.event is not None and before.event.letter_id == letter.letter_id:
        change.add(ev.Duplicate(before.n, checked.sealed.seal_id, another_way=True))
        return None
    of_card = other.card.body.epoch if other.card_data else b""  # before a newer one is kept
    ahead = _take_card(change, checked, other)
    if docket.epoch != other.epoch and not (ahead and other.epoch):
        _see_epoch(change, other, docket.epoch, of_card)
    # What comes late from before a new epoch shows no token of ours: the desk of today may hold none.
    if checked.via != "zero" and docket.epoch == other.epoch:
        _see_batch(change, other, checked.batch, number or (docket.view.mine.last + 1 if docket.view else 1))
    if checked.enclosed is not None and docket.epoch == other.epoch:
        _keep_batch(change, other, checked.enclosed)
    _see_view(change, other, letter)
    n = change.add(
        ev.Opened(
            office=sender,
            number=number,
            epoch=docket.epoch,
            form=letter.sheet.form,
            letter_id=letter.letter_id,
            seal_id=checked.sealed.seal_id,
            slot=checked.sealed.slot,
            via=checked.via,
            signed=letter.signature is not None,
            exercise=letter.sheet.type == "exercise",
            origin=letter.sheet.origin,
            weaker=_weaker(checked, other, state),
            left_by=arrival.left_by,
            reached=arrival.reached,
            replies=_replied(state, letter),
            acts=_acts(state, letter),
            acted_on=_acted_on(change.office, letter),
            twin_of=before.n if before is not None else 0,
            late=late,
            by=arrival.by,
            covering=arrival.covering,
            seen=clauses.seen(letter),
            paraphrase=_paraphrase(state, letter),
        )
    )
    if number:
        change.tx.put_blob(n, "contents", contents(letter))
        change.tx.index(n, search_text(letter, other))
    note_claim(change, n, letter)
    clauses.note_terms(change, n, letter)
    if checked.matter is not None:
        take_matter(change, n, letter, checked.matter, arrival.reached)
    return n


def _spend(change: Change, checked: _Checked, sender: bytes) -> None:
    if checked.via == "envelope":
        change.tx.drop_secret(own_envelope_name(checked.sealed.slot))
        change.add(ev.SlotSpent(sender, checked.sealed.slot, counts=not checked.letter.is_empty))


def _take_card(change: Change, checked: _Checked, other: Correspondent) -> bool:
    """Keep the card a letter brought if it is newer; whether it is dated too far ahead to be kept yet."""
    card = checked.card
    if card is None:
        return False
    if is_ahead(card, change.office.clock()):
        return True
    if not other.card_data:
        change.add(ev.CardKept(card.office_id, card.data, "letter", accepted=False))
        meet_stranger(change, card)
        return False
    standing = compare(card, other.card)
    if standing == "newer":
        change.add(ev.CardKept(card.office_id, card.data, "letter", accepted=other.accepted))
    elif standing == "conflict":
        change.add(ev.CardAlarm(card.office_id, card.data, "two cards under one serial"))
    return False


def _see_epoch(change: Change, other: Correspondent, epoch: bytes, of_card: bytes) -> None:
    """Another epoch of theirs: what they gave us before is void, and so is what we gave them.

    of_card: that of the card kept before this letter; of an office not heard before it is the epoch known so far.
    """
    if not other.epoch and of_card not in (b"", epoch) and _is_card_epoch(other, epoch):
        change.add(ev.EpochSeen(other.office, of_card))
    if other.epoch:
        if not _is_card_epoch(other, epoch):
            return  # a late letter of an older epoch: read, but nothing of it counts
        for secret in change.office.register.secrets(their_envelope_name(other.office, b"")):
            change.tx.drop_secret(secret.name)
        change.tx.drop_secret(their_token_name(other.office))
    change.add(ev.EpochSeen(other.office, epoch))


def _is_card_epoch(other: Correspondent, epoch: bytes) -> bool:
    return bool(other.card_data) and other.card.body.epoch == epoch


def _see_batch(change: Change, other: Correspondent, batch: int, number: int) -> None:
    """They hold this batch: older tokens are destroyed, older batches end."""
    if other.shown is not None and batch <= other.shown and not other.zero_allowed:
        return
    # A repeated token stands under several numbers: the newest value stays wherever it is the same.
    kept = change.office.register.secret(own_token_name(other.office, batch))
    for older in range(1, batch):
        name = own_token_name(other.office, older)
        if (value := change.office.register.secret(name)) is not None and value != kept:
            change.tx.drop_secret(name)
    change.add(ev.Shown(other.office, batch))
    if any(older < batch and one.ended is None for older, one in other.own_batches.items()):
        change.add(ev.BatchesEnded(other.office, batch, number))


def _keep_batch(change: Change, other: Correspondent, batch: Batch) -> None:
    """Keep a newer batch; older envelopes of theirs are dropped, because only the newest is ever used."""
    if other.their_batches and batch.number <= max(other.their_batches):
        return
    for secret in change.office.register.secrets(their_envelope_name(other.office, b"")):
        change.tx.drop_secret(secret.name)
    for one in batch.envelopes:
        change.tx.put_secret(their_envelope_name(other.office, one.slot), encode([one.public, one.token]), one.until)
    change.tx.put_secret(their_token_name(other.office), batch.standby)
    change.add(
        ev.Enclosed(other.office, other.epoch, batch.number, tuple((one.slot, one.until) for one in batch.envelopes))
    )


def _see_view(change: Change, other: Correspondent, letter: Letter) -> None:
    view, state = letter.docket.view, change.state
    if view is None:
        return
    old = other.view
    announced = max(view.mine.last, letter.docket.number or 0)
    opened_to = view.yours.last if view.yours.epoch == state.epoch else 0
    if old is not None and old.epoch == state.epoch and old.their_epoch == letter.docket.epoch:
        announced = max(announced, old.announced)
        opened_to = max(opened_to, old.opened_to)  # a letter that comes late knows less
    held = other.written_ids(view.yours.epoch)
    agreed = agrees(view.yours, held)
    if view.yours.epoch == state.epoch and view.yours.last > max(held, default=0):
        agreed = False
    # It holds a letter of ours that is not in this register. Believed of those whom a person here knows.
    if agreed is False and view.yours.epoch == state.epoch and state.copy is None and other.in_reach(state.epoch):
        change.add(ev.CopyNoticed(other.office))
    change.add(
        ev.ViewSeen(
            office=other.office,
            epoch=state.epoch,
            opened_to=opened_to,
            their_epoch=letter.docket.epoch,
            announced=announced,
            agrees=agreed,
            by=letter.docket.number or 0,
        )
    )


def _weaker(checked: _Checked, other: Correspondent, state: State) -> str | None:
    """Why an unsigned letter without a token is weaker proof."""
    if checked.letter.signature is not None or checked.via != "zero":
        return None
    return "restored" if any(of != other.epoch for of, _ in other.received) else "first"


def _replied(state: State, letter: Letter) -> tuple[int, ...]:
    """Entries of the letters it replies to, as far as they are here."""
    return tuple(state.by_letter_id[one].n for one in letter.docket.replies if one in state.by_letter_id)


def _is_late(state: State, checked: _Checked, arrival: Came) -> bool:
    if checked.via != "envelope":
        return False
    for batch in state.of(checked.letter.sheet.sender).own_batches.values():
        if checked.sealed.slot in batch.slots:
            return arrival.left_by > batch.slots[checked.sealed.slot]
    return False
