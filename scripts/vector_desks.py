"""The offices of the vectors, and what is made of them: letters, and seals with every intermediate value named."""

import hashlib
from random import Random
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backchannel.encoding import digest, encode, labelled
from backchannel.letters.dates import Moment
from backchannel.letters.docket import Docket, Handling, View, Way
from backchannel.letters.letter import Letter
from backchannel.letters.parts import Attachment, Body, Part, make_part
from backchannel.letters.series import Span, running_hash
from backchannel.letters.sheet import Sheet
from backchannel.seals.cards import CardBody, KeyOfPeriod, RelayAddress, relay_id, until_of
from backchannel.seals.keys import KemKey, LinkKey, kem_seal, office_id, standing_slot
from backchannel.seals.seal import Writer, seal_info, seal_keys
from backchannel.seals.signatures import SigningKey
from backchannel.values import replace

DICE = Random(20261124)
DATE = Moment(1_795_510_800, "Asia/Tehran", 210, "jalali", "1405-09-03T12:30")
URL = "https://relay.example"


class Desk:
    """The secrets of one office of the vectors."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.seeds = DICE.randbytes(32), DICE.randbytes(32), DICE.randbytes(32)
        self.signing = SigningKey.from_seeds(*self.seeds[:2])
        self.link = LinkKey.from_seed(self.seeds[2])
        self.id = office_id(self.signing.public.signing_id, self.link.public)
        self.writer = Writer(self.signing.public.signing_id, self.link.public)
        self.epoch = DICE.randbytes(16)
        self.seal_seeds = [DICE.randbytes(32) for _ in range(3)]
        self.pouch_seeds = [DICE.randbytes(32) for _ in range(3)]

    def card_body(self) -> CardBody:
        def keys(seeds: list[bytes]) -> tuple[KeyOfPeriod, ...]:
            return tuple(KeyOfPeriod(692 + at, KemKey.from_seed(seed).public) for at, seed in enumerate(seeds))

        farsi = {"North": "شمال", "South": "جنوب", "Ferry": "گذر", "Harbour": "بندر"}
        names = (("en", self.name), ("fa", farsi[self.name]))
        address = RelayAddress(URL, relay_id(URL), None, b"\x30" + bytes(7), None)
        return CardBody(
            names, self.signing.public, self.link.public, "Asia/Tehran", 1_795_510_000, until_of(692), self.epoch,
            (address,), keys(self.seal_seeds), keys(self.pouch_seeds),
        )  # fmt: skip

    def described(self) -> dict[str, Any]:
        return {
            "ed25519_seed": self.seeds[0].hex(),
            "mldsa_seed": self.seeds[1].hex(),
            "link_private": self.seeds[2].hex(),
            "ed25519_public": self.signing.public.ed25519.hex(),
            "mldsa_public": self.signing.public.mldsa.hex(),
            "link_public": self.link.public.hex(),
            "signing_id": self.signing.public.signing_id.hex(),
            "office_id": self.id.hex(),
            "standing_seal_seed": self.seal_seeds[0].hex(),
            "standing_seal_public": KemKey.from_seed(self.seal_seeds[0]).public.hex(),
            "standing_seal_slot": standing_slot(KemKey.from_seed(self.seal_seeds[0]).public).hex(),
            "pouch_key_seed": self.pouch_seeds[0].hex(),
        }


NORTH, SOUTH, FERRY, HARBOUR = Desk("North"), Desk("South"), Desk("Ferry"), Desk("Harbour")


def good(name: str, data: bytes, **more: Any) -> dict[str, Any]:
    return {"name": name, "expect": "accepted", "hex": data.hex(), **more}


def bad(name: str, data: bytes, mark: str, why: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "expect": f"refused [{mark}]", "why": why, "hex": data.hex(), **more}


def parts() -> tuple[Part, ...]:
    return (
        make_part(Body("en", "prevailing", "A meeting", "Each side sends one envoy."), DICE.randbytes(16)),
        make_part(Body("fa", "courtesy", "دیدار", "هر طرف یک فرستاده می‌فرستد."), DICE.randbytes(16)),
        make_part(Attachment("map.bin", "application/octet-stream", b"\x00\x01\x02"), DICE.randbytes(16)),
    )


def letter(form: str = "letter", *, signed: bool = False, said: tuple[Part, ...] | None = None, **more: Any) -> Letter:
    said = parts() if said is None else said
    ids = [DICE.randbytes(32) for _ in range(2)]
    docket = more.pop("docket", None) or Docket(
        epoch=NORTH.epoch,
        number=3,
        replies=(ids[0],),
        handling=Handling("limited", may_know=("the minister",), instructions="by hand"),
        view=View(Span(NORTH.epoch, 1, 2, running_hash(ids)), Span(SOUTH.epoch, 1, 0, bytes(32))),
        ways=(Way("relay", (relay_id(URL),), 1_795_510_800),),
    )
    sheet = Sheet(
        DICE.randbytes(16),
        more.pop("sender", NORTH.id),
        more.pop("recipient", SOUTH.id),
        form,
        more.pop("type", "operation"),
        more.pop("origin", "principal"),
        DATE,
        tuple(part.digest for part in said),
        **more,
    )
    sheet = replace(sheet, data=sheet.encoded())
    return Letter(sheet, said, docket, NORTH.signing.sign("letter", sheet.letter_id) if signed else None)


def described(one: Letter) -> dict[str, Any]:
    return {
        "sheet": one.sheet.data.hex(),
        "letter_id": one.letter_id.hex(),
        "form": one.sheet.form,
        "part_digests": [part.digest.hex() for part in one.parts],
        "texts": {body.lang: body.text for body in one.bodies},
        "docket": one.docket.encoded().hex(),
        "signature": one.signature.hex() if one.signature else None,
    }


def small_seal(said: bytes, reader: Desk, slot: bytes, public: bytes, token: bytes, **more: Any) -> dict[str, Any]:
    """A sealed letter without padding, every intermediate value named; `more` spoils one thing."""
    secret, writer = DICE.randbytes(32), more.get("writer", NORTH)
    dh = writer.link.shared(reader.link.public)
    payload = encode([secret, writer.writer.signing_id, writer.writer.link_public])
    ct = kem_seal(public, more.get("info", seal_info(reader.id, slot)), more.get("payload", payload))
    keys = seal_keys(secret, dh, token, ct, writer.id, reader.id, slot)
    commitment = more.get("commitment", keys.commitment)
    aad = digest("seal-body", slot, ct, commitment)
    body = AESGCM(keys.key).encrypt(bytes(12), said, aad)
    sealed = encode([more.get("version", 1), slot, ct, commitment, more.get("body", body)])
    return {
        "hex": sealed.hex(),
        "slot": slot.hex(),
        "token": token.hex(),
        "info": seal_info(reader.id, slot).hex(),
        "secret": secret.hex(),
        "payload": payload.hex(),
        "dh": dh.hex(),
        "salt": hashlib.sha256(ct).hexdigest(),
        "keys_info": labelled("seal-keys", writer.id, reader.id, slot).hex(),
        "key": keys.key.hex(),
        "commitment": keys.commitment.hex(),
        "aad": aad.hex(),
        "contents": said.hex(),
        "seal_id": digest("sealed", sealed).hex(),
    }
