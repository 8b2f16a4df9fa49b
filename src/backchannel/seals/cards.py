"""Cards: what an office hands out so that others can write to it.   Spec: docs/spec/cards.md."""

import re
from datetime import datetime
from typing import Any, Final, Literal

from backchannel.encoding import decode, digest, encode
from backchannel.errors import Refused
from backchannel.seals.keys import (
    PERIOD_SECONDS,
    check_kem_public,
    office_id,
    period_of,
    standing_slot,
)
from backchannel.seals.points import is_ed25519, is_x25519
from backchannel.seals.seal import Writer
from backchannel.seals.signatures import ED25519_BYTES, MLDSA_BYTES, SigningKey, SigningPublic
from backchannel.text import breaches, check_language
from backchannel.values import dataclass, field

VERSION: Final = 1
PERIODS: Final = 3
MOST_BYTES: Final = 24 * 1024
MOST_NAMES: Final = 16
MOST_ADDRESSES: Final = 8
AHEAD_SECONDS: Final = 86_400
_URL: Final = re.compile(r"https?://[a-z0-9.-]{1,253}(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]{0,128})?", re.ASCII)
_ZONE: Final = re.compile(r"[A-Za-z0-9_+/-]{1,64}", re.ASCII)
_FIELDS: Final = {"names", "signing", "link", "zone", "serial", "until", "epoch", "addresses", "seals", "pouch"}


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """Where pouches for an office rest.

    ca: SHA-256 of the relay's own CA certificate (DER), or None. shard: 8 bytes.
    """

    url: str
    relay_id: bytes
    ca: bytes | None
    shard: bytes
    posting_pass: str | None = field(default=None, repr=False)

    def to_wire(self) -> list[Any]:
        return ["relay", self.url, self.relay_id, self.ca, self.shard, self.posting_pass]


@dataclass(frozen=True, slots=True)
class KeyOfPeriod:
    """A public KEM key, 1216 bytes, and the 30-day period it is for."""

    period: int
    public: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardBody:
    """What the signature of a card covers.

    names: by language tag, ascending. serial: Unix seconds, rising. until: Unix seconds, end of the third period.
    epoch: 16 random bytes, new when the desk is made or restored. seals: standing seals; pouch: the station's keys;
    three each, of following periods. other_addresses: kinds of later versions, kept and unused.
    """

    names: tuple[tuple[str, str], ...]
    signing: SigningPublic
    link_public: bytes
    zone: str
    serial: int
    until: int
    epoch: bytes
    addresses: tuple[RelayAddress, ...]
    seals: tuple[KeyOfPeriod, ...] = field(repr=False)
    pouch: tuple[KeyOfPeriod, ...] = field(repr=False)
    other_addresses: tuple[Any, ...] = ()

    @property
    def writer(self) -> Writer:
        return Writer(self.signing.signing_id, self.link_public)

    @property
    def office_id(self) -> bytes:
        return office_id(self.signing.signing_id, self.link_public)

    @property
    def name(self) -> str:
        """The name to show where one must do: English if there is one, else the first."""
        return dict(self.names).get("en", self.names[0][1])

    def seal_of(self, period: int) -> KeyOfPeriod | None:
        return next((key for key in self.seals if key.period == period), None)

    def pouch_of(self, period: int) -> KeyOfPeriod | None:
        return next((key for key in self.pouch if key.period == period), None)

    def encoded(self) -> bytes:
        return encode(
            {
                "names": dict(self.names),
                "signing": [self.signing.ed25519, self.signing.mldsa],
                "link": self.link_public,
                "zone": self.zone,
                "serial": self.serial,
                "until": self.until,
                "epoch": self.epoch,
                "addresses": [*(one.to_wire() for one in self.addresses), *self.other_addresses],
                "seals": [[key.period, key.public] for key in self.seals],
                "pouch": [[key.period, key.public] for key in self.pouch],
            }
        )


@dataclass(frozen=True, slots=True)
class Card:
    """A card whose signature holds. data: as it travelled."""

    body: CardBody
    data: bytes = field(repr=False)

    @property
    def office_id(self) -> bytes:
        return self.body.office_id


def relay_id(url: str) -> bytes:
    """16 bytes that name a relay: the first of H["relay", URL]."""
    return digest("relay", url)[:16]


def check_url(url: str) -> str:
    """A relay's URL: scheme, host in lower case, port, plain path. Raises Refused [C6]."""
    if not _URL.fullmatch(url) or len(url) > 300 or url.endswith("/"):
        raise Refused("C6", "the relay's address is not a plain http(s) URL", next_step="Check the address.")
    return url


def until_of(first_period: int) -> int:
    return (first_period + PERIODS) * PERIOD_SECONDS


def make_card(body: CardBody, key: SigningKey) -> bytes:
    """The signed card."""
    encoded = body.encoded()
    return encode([VERSION, encoded, key.sign("card", digest("card", encoded))])


def read_card(data: bytes) -> Card:
    """The card of these bytes.

    Raises Refused: C1 unknown version, C2 structure, C3 names, C4 keys, C5 periods or dates, C6 address, C7 signature,
    S1 a KEM key that is none, or E1-E9.
    """
    value = decode(data, limit=MOST_BYTES)
    match value:
        case [int(version), *_] if version != VERSION or version is True:
            raise Refused("C1", "the card is of a version this program does not know")
        case [int(), bytes(encoded), bytes(signature)]:
            body = _read_body(decode(encoded, limit=MOST_BYTES))
        case _:
            raise Refused("C2", "this is no card")
    if not body.signing.verifies("card", digest("card", encoded), signature):
        raise Refused("C7", "the card is not signed by the office it names")
    return Card(body, data)


def _read_body(value: Any) -> CardBody:
    if not isinstance(value, dict) or value.keys() != _FIELDS:
        raise Refused("C2", "this is no card")
    names, signing, link = value["names"], value["signing"], value["link"]
    if not isinstance(names, dict) or not 1 <= len(names) <= MOST_NAMES:
        raise Refused("C3", "the card does not name its office")
    for lang, name in names.items():
        check_language(lang)
        if not isinstance(name, str) or not 1 <= len(name) <= 128 or breaches(name, "line"):
            raise Refused("C3", "a name on the card is empty, too long or holds hidden characters")
    match signing:
        case [bytes(ed25519), bytes(mldsa)] if (
            len(ed25519) == ED25519_BYTES and len(mldsa) == MLDSA_BYTES and is_ed25519(ed25519)
        ):
            public = SigningPublic(ed25519, mldsa)
        case _:
            raise Refused("C4", "the card's signing keys are not in order")
    if not isinstance(link, bytes) or len(link) != 32 or not is_x25519(link):
        raise Refused("C4", "the card's link key is not in order")
    zone, serial, until, epoch = value["zone"], value["serial"], value["until"], value["epoch"]
    if not isinstance(zone, str) or not _ZONE.fullmatch(zone):
        raise Refused("C2", "this is no card")
    if not isinstance(epoch, bytes) or len(epoch) != 16:
        raise Refused("C2", "this is no card")
    if not _is_instant(serial) or not _is_instant(until):
        raise Refused("C5", "the card's dates are not in order")
    seals, pouch = _keys(value["seals"]), _keys(value["pouch"])
    if [key.period for key in seals] != [key.period for key in pouch] or until != until_of(seals[0].period):
        raise Refused("C5", "the card's dates are not in order")
    addresses, others = _addresses(value["addresses"])
    return CardBody(tuple(names.items()), public, link, zone, serial, until, epoch, addresses, seals, pouch, others)


def _is_instant(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 37


def _keys(value: Any) -> tuple[KeyOfPeriod, ...]:
    if not isinstance(value, list) or len(value) != PERIODS:
        raise Refused("C5", "the card does not bring keys of three periods")
    found: list[KeyOfPeriod] = []
    for item in value:
        match item:
            case [int(period), bytes(public)] if type(period) is int and period >= 0:
                check_kem_public(public)
                found.append(KeyOfPeriod(period, public))
            case _:
                raise Refused("C5", "the card does not bring keys of three periods")
    if [key.period for key in found] != list(range(found[0].period, found[0].period + PERIODS)):
        raise Refused("C5", "the card does not bring keys of three periods")
    return tuple(found)


def _addresses(value: Any) -> tuple[tuple[RelayAddress, ...], tuple[Any, ...]]:
    if not isinstance(value, list) or len(value) > MOST_ADDRESSES:
        raise Refused("C6", "the card's addresses are not in order")
    known: list[RelayAddress] = []
    others: list[Any] = []
    for item in value:
        match item:
            case [
                "relay",
                str(url),
                bytes(named),
                None | bytes() as ca,
                bytes(shard),
                None | str() as posting_pass,
            ] if (
                len(shard) == 8
                and (ca is None or len(ca) == 32)
                and (posting_pass is None or re.fullmatch(r"[A-Za-z0-9_-]{1,64}", posting_pass, re.ASCII))
            ):
                if named != relay_id(check_url(url)):
                    raise Refused("C6", "the card names a relay by another's id")
                known.append(RelayAddress(url, named, ca, shard, posting_pass))
            case [str(kind), *_] if kind != "relay":
                others.append(item)
            case _:
                raise Refused("C6", "the card's addresses are not in order")
    return tuple(known), tuple(others)


Standing = Literal["newer", "same", "older", "conflict"]


def compare(new: Card, old: Card) -> Standing:
    """How a card of the same office stands to the one kept: two cards under one serial are an alarm."""
    assert new.office_id == old.office_id
    if new.data == old.data:
        return "same"
    if new.body.serial == old.body.serial:
        return "conflict"
    return "newer" if new.body.serial > old.body.serial else "older"


def is_ahead(card: Card, now: datetime) -> bool:
    """Whether the card is dated more than a day ahead of this clock."""
    return card.body.serial > int(now.timestamp()) + AHEAD_SECONDS


def has_run_out(card: Card, now: datetime) -> bool:
    return int(now.timestamp()) >= card.body.until


def standing_target(card: Card, now: datetime) -> tuple[bytes, KeyOfPeriod] | None:
    """Slot and standing seal for a letter opened today, or None when the card has none for this period."""
    key = card.body.seal_of(period_of(now))
    return None if key is None else (standing_slot(key.public), key)
