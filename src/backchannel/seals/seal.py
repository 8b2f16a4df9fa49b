"""The seal: one writer, one reader.   Spec: docs/spec/seals.md, "Seal".

    hpke-ct = HPKE.Seal(target key, info, CBOR[secret, signing-id, link public key])
    key ‖ commitment = HKDF(salt = SHA-256(hpke-ct), ikm = secret ‖ dh ‖ token, info = [label, S, R, slot], 64)
    body = AES-256-GCM(key, zero nonce, contents ‖ zeros, aad = H["seal-body", slot, hpke-ct, commitment])
    sealed = CBOR[1, slot, hpke-ct, commitment, body]

Everything that makes a letter certain (the dh and the token) its reader could have computed too. That is why an
unsigned letter convinces its reader and nobody else, and why `seal` serves forging as well as sealing.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backchannel.encoding import decode, digest, encode, labelled
from backchannel.errors import Refused
from backchannel.seals.keys import KEM_OVERHEAD, KemKey, kem_seal, office_id
from backchannel.seals.padding import padded_size
from backchannel.values import dataclass, field

VERSION: Final = 1
SLOT_BYTES: Final = 16
TOKEN_BYTES: Final = 32
NO_TOKEN: Final = bytes(TOKEN_BYTES)
# Three byte strings of 32 bytes, two bytes of head each, in an array of three.
_PAYLOAD_BYTES: Final = 1 + 3 * (2 + 32)
HPKE_CT_BYTES: Final = KEM_OVERHEAD + _PAYLOAD_BYTES
MOST_BYTES: Final = 18 * 1024 * 1024
_NONCE: Final = bytes(12)  # each key seals one body only


@dataclass(frozen=True, slots=True)
class Target:
    """What a letter is sealed to: a return envelope, or a standing seal with a standby token or none.

    slot: 16 bytes naming the key. public: 1216. token: 32, zeros for none.
    """

    slot: bytes
    public: bytes = field(repr=False)
    token: bytes = field(default=NO_TOKEN, repr=False)


@dataclass(frozen=True, slots=True)
class Writer:
    """The public half of who seals: what the reader computes the office-id from."""

    signing_id: bytes
    link_public: bytes

    @property
    def office_id(self) -> bytes:
        return office_id(self.signing_id, self.link_public)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed letter taken apart; `data` is what travelled."""

    slot: bytes
    hpke_ct: bytes = field(repr=False)
    commitment: bytes = field(repr=False)
    body: bytes = field(repr=False)
    data: bytes = field(repr=False)

    @property
    def seal_id(self) -> bytes:
        return seal_id_of(self.data)


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The inner secret of a sealed letter, and who it says sealed it: not yet certain."""

    writer: Writer
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealKeys:
    """The body's key and its commitment, 32 bytes each."""

    key: bytes = field(repr=False)
    commitment: bytes = field(repr=False)


def seal(contents: bytes, writer: Writer, reader: bytes, dh: bytes, target: Target, secret: bytes) -> bytes:
    """The sealed letter of these contents, padded.

    reader: office id. dh: the 32 bytes of the two link keys. secret: 32 random bytes, used for nothing else.
    Raises Refused [S1] for a target key that is none.
    """
    assert len(dh) == len(secret) == len(target.token) == 32
    assert len(target.slot) == SLOT_BYTES
    payload = encode([secret, writer.signing_id, writer.link_public])
    hpke_ct = kem_seal(target.public, seal_info(reader, target.slot), payload)
    keys = seal_keys(secret, dh, target.token, hpke_ct, keys_info(writer, reader, target.slot))
    bare = sealed_size(len(contents))
    zeros = padded_size(bare) - bare
    # The head of the body's byte string may have grown with it.
    zeros -= sealed_size(len(contents) + zeros) - padded_size(bare)
    aad = digest("seal-body", target.slot, hpke_ct, keys.commitment)
    body = AESGCM(keys.key).encrypt(_NONCE, contents + bytes(zeros), aad)
    return encode([VERSION, target.slot, hpke_ct, keys.commitment, body])


def sealed_size(contents: int) -> int:
    """The size of a sealed letter of that many bytes of contents, padding included in them."""
    head = 1 + 1 + (1 + SLOT_BYTES) + (3 + HPKE_CT_BYTES) + (2 + 32)
    body = contents + 16
    return head + (3 if body < 1 << 16 else 5) + body


def seal_id_of(data: bytes) -> bytes:
    """32 bytes that name a sealed letter, whoever may open it: H["sealed", sealed]."""
    return digest("sealed", data)


def read_sealed(data: bytes) -> Sealed:
    """The outside of a sealed letter. Raises Refused [E1-E9, S3 unknown version, S4 structure]."""
    value = decode(data, limit=MOST_BYTES)
    match value:
        case [int(version), *_] if type(version) is not int or version != VERSION:
            raise Refused(
                "S3",
                "the letter is sealed in a way this program does not know",
                next_step="Bring the program up to date.",
            )
        case [int(), bytes(slot), bytes(hpke_ct), bytes(commitment), bytes(body)] if (
            len(slot) == SLOT_BYTES and len(hpke_ct) == HPKE_CT_BYTES and len(commitment) == 32 and len(body) >= 16
        ):
            return Sealed(slot, hpke_ct, commitment, body, data)
    raise Refused("S4", "this is no sealed letter")


def unwrap(sealed: Sealed, key: KemKey, reader: bytes) -> Unwrapped:
    """The secret and the writer named with it. Raises Refused [S5 not sealed to this key and office, S6 structure]."""
    payload = key.open(seal_info(reader, sealed.slot), sealed.hpke_ct)
    if payload is None:
        raise Refused("S5", "the letter was not sealed to this key of this office, or was altered on its way")
    match decode(payload, limit=_PAYLOAD_BYTES):
        case [bytes(secret), bytes(signing_id), bytes(link_public)] if (
            len(secret) == len(signing_id) == len(link_public) == 32
        ):
            return Unwrapped(Writer(signing_id, link_public), secret)
    raise Refused("S6", "the letter does not say who sealed it")


def unlock(sealed: Sealed, inner: Unwrapped, reader: bytes, dh: bytes, tokens: Sequence[bytes]) -> tuple[bytes, int]:
    """The contents with their padding, and which of the tokens fitted.

    tokens: in the order to try. Each is compared by its commitment, so that one seal-id has one text.
    Raises Refused [S7 no token fits, S8 the body was altered].
    """
    info = keys_info(inner.writer, reader, sealed.slot)
    for position, token in enumerate(tokens):
        keys = seal_keys(inner.secret, dh, token, sealed.hpke_ct, info)
        if hmac.compare_digest(keys.commitment, sealed.commitment):
            aad = digest("seal-body", sealed.slot, sealed.hpke_ct, sealed.commitment)
            try:
                return AESGCM(keys.key).decrypt(_NONCE, sealed.body, aad), position
            except InvalidTag as error:
                raise Refused("S8", "the letter was altered on its way or is not complete") from error
    raise Refused("S7", "the letter is not certain to be from the office it names")


def seal_info(reader: bytes, slot: bytes) -> bytes:
    """The HPKE info: a copy moved to another office or slot does not open."""
    return labelled("seal", reader, slot)


def keys_info(writer: Writer, reader: bytes, slot: bytes) -> bytes:
    """What the keys of a letter's body are for."""
    return labelled("seal-keys", writer.office_id, reader, slot)


def seal_keys(secret: bytes, dh: bytes, token: bytes, hpke_ct: bytes, info: bytes) -> SealKeys:
    """The body key and its commitment.

    hpke_ct: as it travelled; its SHA-256 is the salt. info: between whom, in which slot, and for what.
    Spec: docs/spec/seals.md, "Keys of the body" (HKDF-SHA-256, RFC 5869).
    """
    salt = hashlib.sha256(hpke_ct).digest()
    both = HKDF(algorithm=SHA256(), length=64, salt=salt, info=info).derive(secret + dh + token)
    return SealKeys(both[:32], both[32:])
