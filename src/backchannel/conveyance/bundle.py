"""A bundle of signed custody statements: what one office can show to anybody.   Spec: docs/spec/evidence.md, "Bundle".

It holds all that is needed to check it on a machine that knows nothing else: the sealed bytes, each statement with its
signature and the blind of its leg, and the signers' cards. Whose card a card is, it cannot show.
"""

from collections.abc import Sequence
from typing import Any, Final, Literal

from backchannel.conveyance.evidence import Said, holds, is_about, read_said
from backchannel.encoding import decode, encode
from backchannel.errors import Refused
from backchannel.seals.cards import Card, read_card
from backchannel.seals.seal import seal_id_of
from backchannel.values import dataclass, field

VERSION: Final = 1
MOST_BUNDLE_BYTES: Final = 64 << 20
MOST_CARDS: Final = 64
MOST_SEALINGS: Final = 64
MOST_ITEMS: Final = 256

Verdict = Literal["proved", "no-card", "signature-fails", "about-other-bytes"]


@dataclass(frozen=True, slots=True)
class Item:
    """A signed statement with what shows what it is about: the blind, giver and addressee of its leg."""

    said: Said
    blind: bytes = field(repr=False)
    giver: bytes
    addressee: bytes


@dataclass(frozen=True, slots=True)
class About:
    """The sealed bytes of one leg, and the statements about them."""

    sealed: bytes = field(repr=False)
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """cards: of the signers, each as it travels."""

    cards: tuple[bytes, ...] = field(repr=False)
    about: tuple[About, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What checking one statement showed. seal_id: of the bytes beside it, computed from them. card: the signer's."""

    item: Item
    seal_id: bytes
    card: Card | None = field(repr=False)
    verdict: Verdict


def make_bundle(bundle: Bundle) -> bytes:
    """The bytes of a bundle."""
    about = [[one.sealed, [_item_wire(item) for item in one.items]] for one in bundle.about]
    return encode([VERSION, list(bundle.cards), about])


def read_bundle(data: bytes) -> Bundle:
    """The bundle of these bytes. Raises Refused [W4 structure or version, W1, W2 statements, C1-C7 cards, E1-E9]."""
    match decode(data, limit=MOST_BUNDLE_BYTES):
        case [int(version), list(cards), list(about)] if (
            version == VERSION and version is not True and len(cards) <= MOST_CARDS and 0 < len(about) <= MOST_SEALINGS
        ):
            pass
        case _:
            raise Refused("W4", "this is no bundle of evidence of a version this program knows")
    if not all(isinstance(card, bytes) for card in cards):
        raise Refused("W4", "a card in the bundle is not bytes")
    for card in cards:
        read_card(card)
    return Bundle(tuple(cards), tuple(_about(one) for one in about))


def verify(bundle: Bundle) -> tuple[Finding, ...]:
    """Every statement checked against the bytes beside it and its signer's card, in order."""
    cards = {card.office_id: card for card in map(read_card, bundle.cards)}
    return tuple(
        _check(item, seal_id_of(about.sealed), cards.get(item.said.statement.by))
        for about in bundle.about
        for item in about.items
    )


def _check(item: Item, seal_id: bytes, card: Card | None) -> Finding:
    verdict: Verdict = "proved"
    if card is None:
        verdict = "no-card"
    elif not holds(item.said, card.body.signing):
        verdict = "signature-fails"
    elif not is_about(item.said.statement, item.blind, seal_id, item.giver, item.addressee):
        verdict = "about-other-bytes"
    return Finding(item, seal_id, card, verdict)


def _item_wire(item: Item) -> list[Any]:
    return [*item.said.to_wire(), item.blind, item.giver, item.addressee]


def _about(value: Any) -> About:
    match value:
        case [bytes(sealed), list(items)] if 0 < len(items) <= MOST_ITEMS:
            return About(sealed, tuple(_item(one) for one in items))
    raise Refused("W4", "a bundle does not bring sealed bytes and statements about them")


def _item(value: Any) -> Item:
    match value:
        case [bytes() as data, bytes() as signature, bytes(blind), bytes(giver), bytes(addressee)] if (
            len(blind) == len(giver) == len(addressee) == 32
        ):
            return Item(read_said([data, signature]), blind, giver, addressee)
    raise Refused("W4", "a statement in the bundle is unsigned, or does not bring what shows what it is about")


def signers(items: Sequence[Item]) -> tuple[bytes, ...]:
    """Office-ids of who signed, each once, in order."""
    return tuple(dict.fromkeys(item.said.statement.by for item in items))
