"""Other offices' cards and how far they are trusted.   Spec: docs/spec/desk.md, "Trust"."""

from typing import Final

from backchannel.desk import events as ev
from backchannel.desk.office import Change, Office
from backchannel.desk.states import Correspondent, Vouch
from backchannel.errors import NotPossible, Refused
from backchannel.seals.armor import armor, dearmor
from backchannel.seals.cards import Card, compare, has_run_out, is_ahead, read_card
from backchannel.seals.lookalike import Match, alike
from backchannel.seals.safety import matches, safety_number
from backchannel.text import check
from backchannel.values import dataclass, field

SAME_NAME: Final = ("same-name", "variant-letters")
OTHER_KEYS: Final = "its name on a card with other keys"


class CardStops(NotPossible):
    """A card that is not taken without a second look: both cards are on it, to be shown side by side."""

    code = "card-stops"

    def __init__(self, message: str, new: Card, old: Card | None, *, next_step: str) -> None:
        super().__init__(message, next_step=next_step, kept="The card kept here is as it was.")
        self.new = new
        self.old = old


@dataclass(frozen=True, slots=True)
class Side:
    """One of the cards that disagree.

    came, since: how its first card came here, and when; empty and 0 of a card that is not kept. by: the introducer that
    brought it. vouches: of all who introduced it, whether they count or not.
    """

    card: Card = field(repr=False)
    came: str
    since: int
    by: bytes
    vouches: tuple[Vouch, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """A known office whose name the new card's could be taken for."""

    office: bytes
    match: Match
    card: Card = field(repr=False)


def read_card_text(data: bytes) -> Card:
    """The card of a file or of pasted text, whichever it is."""
    if data[:1] == b"\x83":
        return read_card(data)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Refused("C8", "this is neither a card file nor a card as text") from error
    return read_card(dearmor(text))


def own_card(office: Office, *, as_text: bool) -> bytes:
    """This office's present card. Raises NotPossible before it has an address."""
    data = office.state.card_data
    if not data:
        raise NotPossible(
            "this office has no card yet: it has no address", next_step="Set one with `backchannel station home URL`."
        )
    return armor(data).encode() if as_text else data


def likenesses(office: Office, card: Card) -> tuple[Likeness, ...]:
    """Known offices, and this one, whose names the card's names could be taken for."""
    found: list[Likeness] = []
    known = [(one.office, one.card) for one in office.state.correspondents.values() if one.card_data]
    if office.state.card_data:
        known.append((office.state.office, read_card(office.state.card_data)))
    for other, theirs in known:
        if other == card.office_id:
            continue
        names = [name for _, name in theirs.body.names]
        for _, name in card.body.names:
            found += [Likeness(other, match, theirs) for match in alike(name, names) if match.reason != "mixed-scripts"]
    return tuple(found)


def mixed_scripts(card: Card) -> tuple[str, ...]:
    """Names on the card with words of more than one script."""
    return tuple(name for _, name in card.body.names if any(m.reason == "mixed-scripts" for m in alike(name, ())))


def import_card(office: Office, card: Card, *, second_clerk: str | None = None, name: str | None = None) -> str:
    """Keep a card; what it was: new, newer or same.

    A look-alike name, or a known name with other keys, is taken only when a second clerk of another name confirms.
    Raises CardStops (with both cards), NotPossible or Refused [C11 run out, C12 older, C13 ahead of the clock].
    """
    now = office.clock()
    if card.office_id == office.state.office:
        raise NotPossible("this is the card of this very office")
    if has_run_out(card, now):
        raise Refused("C11", "the card has run out", next_step="Ask for the present one.")
    if is_ahead(card, now):
        raise Refused("C13", "the card is dated more than a day ahead of this clock", next_step="Check the clock.")
    if name is not None:
        check(name, "line", "the short name")
    known = office.state.correspondents.get(card.office_id)
    if known is not None and known.card_data:
        return _renew(office, known, card, name)
    likes = likenesses(office, card)
    if (likes or mixed_scripts(card)) and not _two_people(office, second_clerk):
        _alarm_same_names(office, card, likes)
        raise CardStops(
            "the name on this card could be taken for one already known, or mixes scripts",
            card,
            likes[0].card if likes else None,
            next_step="Compare both by another way; then two people confirm: --clerk ONE --second-clerk TWO.",
        )
    _free_name(office, name, card.office_id)
    with office.changing() as change:
        change.add(ev.CardKept(card.office_id, card.data, "import", accepted=True, second_clerk=second_clerk))
        if name is not None:
            change.add(ev.Named(card.office_id, name))
    return "new"


def _alarm_same_names(office: Office, card: Card, likes: tuple[Likeness, ...]) -> None:
    """A known name with other keys stops everything with the office that is known by it, until two people settle it."""
    for like in likes:
        known = office.state.correspondents.get(like.office)
        if like.match.reason in SAME_NAME and known is not None and known.alarm is None:
            with office.changing() as change:
                change.add(ev.CardAlarm(like.office, card.data, OTHER_KEYS, card.office_id))


def _renew(office: Office, known: Correspondent, card: Card, name: str | None) -> str:
    standing = compare(card, known.card)
    if standing == "conflict":
        with office.changing() as change:
            change.add(ev.CardAlarm(card.office_id, card.data, "two cards under one serial"))
        raise CardStops(
            "two different cards of one office bear the same serial: nothing is sealed to it until this is settled",
            card,
            known.card,
            next_step="Reach the office another way, then use `backchannel card settle`.",
        )
    if standing == "older":
        raise Refused("C12", "the card is older than the one kept", next_step="Ask for the present one.")
    _free_name(office, name, card.office_id)
    with office.changing() as change:
        if standing == "newer" or not known.accepted:
            change.add(ev.CardKept(card.office_id, card.data, "import", accepted=True))
        if name is not None:
            change.add(ev.Named(card.office_id, name))
    return standing


def accept(office: Office, named: str) -> None:
    """A person has looked at a card that came in a letter or by an introduction."""
    other = office.find(named)
    if other.alarm is not None:
        raise NotPossible("a contradicting card is not settled yet", next_step="Use `backchannel card settle` first.")
    with office.changing() as change:
        change.add(ev.CardKept(other.office, other.card_data, "letter", accepted=True))


def number_with(office: Office, named: str) -> str:
    """The 60 digits of the safety number with that office."""
    return safety_number(office.state.office, office.find(named).office)


def verify(office: Office, named: str, typed: str) -> None:
    """A person has the number from the other side; raises NotPossible if it is another."""
    other = office.find(named)
    if other.alarm is not None:
        raise NotPossible("a contradicting card is not settled yet", next_step="Use `backchannel card settle` first.")
    if not matches(typed, safety_number(office.state.office, other.office)):
        raise NotPossible(
            "these are not the digits: one side holds another card",
            next_step="Do not write before you know why. Compare the cards by a way you trust.",
            kept="The office stays unverified.",
        )
    with office.changing() as change:
        change.add(ev.Verified(other.office))


def settle(office: Office, named: str, second_clerk: str | None) -> None:
    """Two people have found out which card is right: the one kept. The office is unverified again."""
    other = office.find(named)
    if other.alarm is None:
        raise NotPossible("there is nothing to settle with that office")
    if not _two_people(office, second_clerk):
        raise NotPossible("two people settle this", next_step="Give both names: --clerk ONE --second-clerk TWO.")
    assert second_clerk is not None
    with office.changing() as change:
        change.add(ev.AlarmSettled(other.office, second_clerk))


def meet_stranger(change: Change, card: Card) -> None:
    """A card that came in its office's own first letter: a look-alike stops it, never an office known by hand.

    An office of that very name that is known by letters or introductions only is stopped too: either could be false.
    """
    likes = likenesses(change.office, card)
    if likes or mixed_scripts(card):
        change.add(ev.CardAlarm(card.office_id, card.data, "look-alike name"))
    for like in likes:
        known = change.state.correspondents.get(like.office)
        if known is None or known.alarm is not None or like.match.reason not in SAME_NAME:
            continue
        if known.introductions and not (known.by_hand or known.verified):
            change.add(ev.CardAlarm(known.office, card.data, OTHER_KEYS, card.office_id))


def side_by_side(office: Office, named: str) -> tuple[Side, ...]:
    """The card of that office, and every one that an alarm sets against it; the first is the one named."""
    other = office.find(named)
    sides = [_kept_side(office, other)]
    alike_here = {one.office for one in likenesses(office, other.card)} - {office.state.office}
    others = {one: office.state.of(one) for one in sorted(alike_here)}
    sides += [_kept_side(office, one) for one in others.values() if one.alarm is not None or other.alarm is not None]
    alarms = [one.alarm for one in (other, *others.values()) if one.alarm is not None]
    for alarm in alarms:
        if alarm.data not in {side.card.data for side in sides} | {office.state.card_data}:
            card = read_card(alarm.data)
            if card.office_id == alarm.office or card.office_id not in {side.card.office_id for side in sides}:
                sides.append(Side(card, "", 0, alarm.by, ()))
    return tuple(sides)


def _kept_side(office: Office, other: Correspondent) -> Side:
    vouches = tuple(sorted(other.introductions.values(), key=lambda one: one.letter))
    return Side(other.card, *other.card_came, b"", vouches)


def name_office(office: Office, named: str, short: str) -> None:
    """Give an office a short name for the command line."""
    other = office.find(named)
    check(short, "line", "the short name")
    _free_name(office, short, other.office)
    with office.changing() as change:
        change.add(ev.Named(other.office, short))


def _free_name(office: Office, name: str | None, wanted_for: bytes) -> None:
    for one in office.state.correspondents.values():
        if name is not None and one.name == name and one.office != wanted_for:
            raise NotPossible("another office has that short name already")


def _two_people(office: Office, second_clerk: str | None) -> bool:
    """Whether two names were given that nobody could take for one. Names, not proofs."""
    if not office.clerk or not second_clerk:
        return False
    check(second_clerk, "line", "the second clerk's name")
    return all(match.reason == "mixed-scripts" for match in alike(second_clerk, (office.clerk,)))
