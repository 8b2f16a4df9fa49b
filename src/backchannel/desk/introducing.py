"""Introductions: given by this office, and taken from others.   Spec: docs/spec/introductions.md.

Only the word of an introducer whose card a person here has accepted or verified counts: it vouches, or it stops
everything. What any other office says of a third is kept with its letter and waits.
"""

from collections.abc import Callable
from datetime import tzinfo

from backchannel.conveyance.introductions import Introduction, read_introduction
from backchannel.desk import events as ev
from backchannel.desk.office import Change, Office, read_kept
from backchannel.desk.sealing import Order, check_order, hand_down, write_in
from backchannel.desk.states import Correspondent
from backchannel.desk.trust import SAME_NAME, likenesses, mixed_scripts
from backchannel.errors import NotPossible
from backchannel.letters.letter import Letter
from backchannel.letters.parts import Body
from backchannel.seals.cards import Card, compare, has_run_out, is_ahead

UNDER_ITS_NAME = "an introduced card bears its name with other keys"
UNDER_A_KNOWN_NAME = "introduced under a known name with other keys"
LOOK_ALIKE = "look-alike name"


def introduce(
    office: Office,
    named: str,
    to: str,
    zones: Callable[[str], tzinfo],
    *,
    words: Body | None = None,
    signed: bool = False,
    exercise: bool = False,
    each_other: bool = False,
) -> tuple[int, ...]:
    """Introduce an office to another, and with `each_other` that one to the first; the entries of the letters.

    words: our own, a separate item marked as the intermediary's. Raises NotPossible.
    """
    one, other = office.find(named), office.find(to)
    pairs = [(one, other), (other, one)] if each_other else [(one, other)]
    orders = [_order(office, introduced, reader, words, exercise) for introduced, reader in pairs]
    for order in orders:
        check_order(office, order)
    with office.changing() as change:
        entries = tuple(write_in(change, order, signed, zones) for order in orders)
    hand_down(change)
    return entries


def _order(
    office: Office, introduced: Correspondent, reader: Correspondent, words: Body | None, exercise: bool
) -> Order:
    if introduced.office == reader.office:
        raise NotPossible("an office is not introduced to itself")
    if not introduced.is_taken:
        raise NotPossible(
            "no person here has accepted the card of the office to be introduced, or an alarm stands against it",
            next_step="Look at it with `backchannel card show`, then `card accept`, `verify` or `settle`.",
        )
    if has_run_out(introduced.card, office.clock()):
        raise NotPossible("the card of the office to be introduced has run out", next_step="Wait for its next one.")
    introduction = Introduction(introduced.card, introduced.trust, introduced.card_came[1])
    return Order(
        reader.office,
        "introduction",
        () if words is None else (words,),
        "exercise" if exercise else "operation",
        "intermediary",
        matters=(introduction.matter(),),
    )


def read_letter(letter: Letter) -> Introduction | None:
    """What a letter kept here introduces, if it does."""
    sheet = letter.sheet
    value = next((one.value for one in letter.matters if one.kind == "introduction"), None)
    return None if value is None else read_introduction(value, sheet.sender, sheet.recipient)


def take(change: Change, n: int, letter: Letter, introduction: Introduction) -> None:
    """Record letter n's introduction: vouch and keep the card, raise an alarm, or let it wait."""
    introducer, card = letter.sheet.sender, introduction.card
    outcome = _outcome(change.office, letter, introduction)
    if outcome in ("vouched", "run-out"):
        _weigh(change, introducer, card, keep=outcome == "vouched")
    elif outcome == "exercise":
        _keep_for_exercise(change, card)
    change.add(
        ev.Introduced(
            of=n,
            introducer=introducer,
            office=card.office_id,
            standing=introduction.standing,
            since=introduction.since,
            signed=letter.signature is not None,
            outcome=outcome,
        )
    )


def take_waiting(office: Office) -> None:
    """Those whose introducer has been accepted since, or whose card's day has come. Safe to repeat."""
    for n in office.state.introductions_waiting:
        letter = read_kept(office, n)
        introduction = read_letter(letter)
        assert introduction is not None
        if _outcome(office, letter, introduction) != office.state.introduced[n].outcome:
            with office.changing() as change:
                take(change, n, letter, introduction)


def _outcome(office: Office, letter: Letter, introduction: Introduction) -> str:
    if not office.state.of(letter.sheet.sender).is_taken:
        return "waits"
    if letter.sheet.type == "exercise":
        return "exercise"
    if has_run_out(introduction.card, office.clock()):
        return "run-out"
    return "ahead" if is_ahead(introduction.card, office.clock()) else "vouched"


def _weigh(change: Change, introducer: bytes, card: Card, *, keep: bool) -> None:
    """Keep the card, and stop sealing to both offices where it disagrees with one known here."""
    known = change.state.correspondents.get(card.office_id)
    looked_at = known is not None and known.is_taken and known.card.body.names == card.body.names
    likes = () if looked_at else likenesses(change.office, card)
    mixed = not looked_at and bool(mixed_scripts(card))
    for like in likes:
        other = change.state.correspondents.get(like.office)
        heard = (introducer, card.office_id)
        if like.match.reason in SAME_NAME and other and other.alarm is None and heard not in other.heard_against:
            change.add(ev.CardAlarm(other.office, card.data, UNDER_ITS_NAME, card.office_id, introducer))
    if not keep:
        return
    _keep(change, introducer, card)
    introduced = change.state.of(card.office_id)
    found_right_against = {against for _, against in introduced.heard_against}
    for like in likes:
        if introduced.alarm is None and like.office not in found_right_against:
            same = like.match.reason in SAME_NAME
            why = UNDER_A_KNOWN_NAME if same else LOOK_ALIKE
            change.add(ev.CardAlarm(card.office_id, like.card.data, why, like.office, introducer))
    if mixed and introduced.alarm is None and b"" not in found_right_against:
        change.add(ev.CardAlarm(card.office_id, card.data, LOOK_ALIKE, b"", introducer))


def _keep(change: Change, introducer: bytes, card: Card) -> None:
    """Unknown: kept, not accepted. Known: a newer one of the same epoch; a new epoch only its own letter brings."""
    other = change.state.of(card.office_id)
    if not other.card_data:
        change.add(ev.CardKept(card.office_id, card.data, "introduction", accepted=False))
        return
    standing = compare(card, other.card)
    if standing == "newer" and other.epoch in (b"", card.body.epoch):
        change.add(ev.CardKept(card.office_id, card.data, "introduction", accepted=other.accepted))
    elif standing == "conflict" and (introducer, card.office_id) not in other.heard_against:
        change.add(ev.CardAlarm(card.office_id, card.data, "two cards under one serial", card.office_id, introducer))


def _keep_for_exercise(change: Change, card: Card) -> None:
    """An exercise touches nothing in earnest: only a card that is new here and like no other is kept."""
    other = change.state.of(card.office_id)
    unfit = has_run_out(card, change.office.clock()) or is_ahead(card, change.office.clock())
    if not (other.card_data or unfit or likenesses(change.office, card) or mixed_scripts(card)):
        change.add(ev.CardKept(card.office_id, card.data, "introduction", accepted=False))
