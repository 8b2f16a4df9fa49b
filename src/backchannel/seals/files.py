"""A file of any size, sealed for one office or under a passphrase.   Spec: docs/spec/files.md.

    file = "BACKCHANNEL FILE 1\\n" ‖ length of head, 2 ‖ head ‖ Cobblestone-256(key, context = head)

The body is the library's chunked format (C2SP chunked-encryption): every 16 KiB are authenticated where they stand, and
the last chunk is shorter than the others, so that a file that was cut or continued does not open.
"""

import hmac
from collections.abc import Sequence
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backchannel.encoding import decode, encode, labelled
from backchannel.errors import Locked, Refused
from backchannel.seals.keys import KemKey, kem_seal
from backchannel.seals.seal import HPKE_CT_BYTES, SLOT_BYTES, SealKeys, Target, Unwrapped, Writer, seal_keys
from backchannel.values import dataclass, field

MAGIC: Final = b"BACKCHANNEL FILE 1\n"
LENGTH_BYTES: Final = 2
MOST_HEAD_BYTES: Final = 2048
SALT_BYTES: Final = 32
# What a stranger's file may ask of the machine before its passphrase is even tried.
MOST_MEMORY_KIB, MOST_PASSES, MOST_LANES = 1024 * 1024, 16, 16


@dataclass(frozen=True, slots=True)
class ForOffice:
    """The head of a file sealed for an office. data: as it travelled."""

    slot: bytes
    hpke_ct: bytes = field(repr=False)
    commitment: bytes = field(repr=False)
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class UnderPassphrase:
    """The head of a file sealed under a passphrase: what one guess costs (Argon2id). data: as it travelled."""

    memory_kib: int
    passes: int
    lanes: int
    salt: bytes
    commitment: bytes = field(repr=False)
    data: bytes = field(repr=False)


Head = ForOffice | UnderPassphrase


def head_for(writer: Writer, reader: bytes, dh: bytes, target: Target, secret: bytes) -> tuple[bytes, bytes]:
    """The head of a file for an office, and the key of its body.

    reader: office id. dh: the 32 bytes of the two link keys. target: its standing seal. secret: 32 random bytes.
    """
    payload = encode([secret, writer.signing_id, writer.link_public])
    hpke_ct = kem_seal(target.public, _info(reader, target.slot), payload)
    keys = _office_keys(secret, dh, target.token, hpke_ct, writer, reader, target.slot)
    return encode(["office", target.slot, hpke_ct, keys.commitment]), keys.key


def head_under(stretched: bytes, memory_kib: int, passes: int, lanes: int, salt: bytes) -> tuple[bytes, bytes]:
    """The head of a file under a passphrase, and the key of its body.

    stretched: the 32 bytes that Argon2id makes of the passphrase, with a salt of 32 random bytes.
    """
    keys = _passphrase_keys(stretched, memory_kib, passes, lanes, salt)
    return encode(["passphrase", memory_kib, passes, lanes, salt, keys.commitment]), keys.key


def read_start(data: bytes) -> int:
    """The length of the head, from the file's first 21 bytes. Raises Refused [F1, F2]."""
    if data[: len(MAGIC)] != MAGIC:
        raise Refused("F1", "this is no sealed file of a version this program knows")
    length = int.from_bytes(data[len(MAGIC) :], "big")
    if len(data) != len(MAGIC) + LENGTH_BYTES or not 0 < length <= MOST_HEAD_BYTES:
        raise _no_head()
    return length


def read_head(data: bytes) -> Head:
    """The head of these bytes. Raises Refused [F2, E3 to E9]."""
    match decode(data, limit=MOST_HEAD_BYTES):
        case ["office", bytes(slot), bytes(hpke_ct), bytes(commitment)] if (
            len(slot) == SLOT_BYTES and len(hpke_ct) == HPKE_CT_BYTES and len(commitment) == 32
        ):
            return ForOffice(slot, hpke_ct, commitment, data)
        case ["passphrase", memory, passes, lanes, bytes(salt), bytes(commitment)] if (
            _whole(memory, MOST_MEMORY_KIB)
            and _whole(passes, MOST_PASSES)
            and _whole(lanes, MOST_LANES)
            and memory >= 8 * lanes
            and len(salt) == SALT_BYTES
            and len(commitment) == 32
        ):
            return UnderPassphrase(memory, passes, lanes, salt, commitment, data)
    raise _no_head()


def unwrap_head(head: ForOffice, key: KemKey, reader: bytes) -> Unwrapped:
    """The inner secret and the writer named with it: not yet certain. Raises Refused [F4]."""
    payload = key.open(_info(reader, head.slot), head.hpke_ct)
    if payload is not None:
        match decode(payload, limit=HPKE_CT_BYTES):
            case [bytes(secret), bytes(signing_id), bytes(link_public)] if (
                len(secret) == len(signing_id) == len(link_public) == 32
            ):
                return Unwrapped(Writer(signing_id, link_public), secret)
    raise Refused("F4", "the file was not sealed to this key of this office, or was altered on its way")


def office_key(
    head: ForOffice, inner: Unwrapped, reader: bytes, dh: bytes, tokens: Sequence[bytes]
) -> tuple[bytes, int]:
    """The key of the body, and which of the tokens fitted; they are tried in their order. Raises Refused [F5]."""
    for position, token in enumerate(tokens):
        keys = _office_keys(inner.secret, dh, token, head.hpke_ct, inner.writer, reader, head.slot)
        if hmac.compare_digest(keys.commitment, head.commitment):
            return keys.key, position
    raise Refused("F5", "the file is not certain to be from the office it names")


def passphrase_key(head: UnderPassphrase, stretched: bytes) -> bytes:
    """The key of the body. Raises Locked for another passphrase; a head that was altered looks the same."""
    keys = _passphrase_keys(stretched, head.memory_kib, head.passes, head.lanes, head.salt)
    if not hmac.compare_digest(keys.commitment, head.commitment):
        raise Locked("the passphrase does not open this file", next_step="Try the passphrase again.")
    return keys.key


def altered() -> Refused:
    return Refused("F8", "the file was altered on its way or is not complete")


def _no_head() -> Refused:
    return Refused("F2", "the head of the sealed file is not in order")


def _whole(value: Any, most: int) -> bool:
    return type(value) is int and 1 <= value <= most


def _info(reader: bytes, slot: bytes) -> bytes:
    """The HPKE info: the head of a file is never taken for a letter's, nor that of another office or slot."""
    return labelled("file", reader, slot)


def _office_keys(
    secret: bytes, dh: bytes, token: bytes, hpke_ct: bytes, writer: Writer, reader: bytes, slot: bytes
) -> SealKeys:
    return seal_keys(secret, dh, token, hpke_ct, labelled("file-keys", writer.office_id, reader, slot))


def _passphrase_keys(stretched: bytes, memory_kib: int, passes: int, lanes: int, salt: bytes) -> SealKeys:
    info = labelled("file-passphrase", memory_kib, passes, lanes)
    both = HKDF(algorithm=SHA256(), length=64, salt=salt, info=info).derive(stretched)
    return SealKeys(both[:32], both[32:])
