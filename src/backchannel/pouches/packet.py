"""The packet: Sphinx with a KEM a hop; here with one layer.   Spec: docs/spec/pouches.md, "Packet".

Sources: Sphinx (Danezis and Goldberg, 2009), section 3; KEM Sphinx as in Katzenpost; LIONESS (Anderson and Biham,
1996). The byte layout is that of five hops, so that more layers change nothing an outsider could see.
"""

import hmac
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backchannel.encoding import decode_prefix, encode, labelled
from backchannel.errors import Refused
from backchannel.pouches.geometry import POUCH
from backchannel.seals.keys import KemKey, Random, kem_seal
from backchannel.values import dataclass, field

HOP_INFO: Final = labelled("pouch-hop")
_KEYS_INFO: Final = labelled("pouch-keys")
_LEFT: Final = 32


@dataclass(frozen=True, slots=True)
class PouchKeys:
    """What one hop derives from its seed. tag: 16 bytes by which a station knows a pouch it has peeled before."""

    mac: bytes = field(repr=False)
    header: bytes = field(repr=False)
    payload: tuple[bytes, bytes, bytes, bytes] = field(repr=False)
    tag: bytes


@dataclass(frozen=True, slots=True)
class Delivered:
    """A pouch that ends here. inner: the payload after its 32 zero bytes. tag: see PouchKeys."""

    tag: bytes
    inner: bytes = field(repr=False)


def pouch_keys(seed: bytes) -> PouchKeys:
    """HKDF-SHA-256 of the seed, empty salt: mac key 32 ‖ header stream 32 ‖ payload 4 x 32 ‖ replay tag 16."""
    raw = HKDF(algorithm=SHA256(), length=32 + 32 + 128 + 16, salt=None, info=_KEYS_INFO).derive(seed)
    return PouchKeys(raw[:32], raw[32:64], (raw[64:96], raw[96:128], raw[128:160], raw[160:192]), raw[192:])


def build(station_public: bytes, inner: bytes, random: Random) -> bytes:
    """One pouch for the station of this pouch key, 1216 bytes. Raises Refused [S1] for a key that is none."""
    seed = random(POUCH.seed)
    ct = kem_seal(station_public, HOP_INFO, seed)
    return assemble(seed, ct, inner, random)


def assemble(seed: bytes, ct: bytes, inner: bytes, random: Random) -> bytes:
    """The pouch of a seed and its ciphertext: everything but the HPKE call, so that vectors can repeat it."""
    assert len(inner) == POUCH.payload - POUCH.integrity
    keys = pouch_keys(seed)
    # Behind the command all is random: zeros would tell the last station how long the way was.
    command = _padded(encode(["deliver"]))
    beta = _xor_stream(keys.header, command + random(POUCH.beta - POUCH.command))
    mac = hmac.digest(keys.mac, ct + beta, "sha256")
    return ct + beta + mac + permute(keys.payload, bytes(POUCH.integrity) + inner)


def peel(pouch: bytes, key: KemKey) -> Delivered | None:
    """What a pouch holds for this station; None if it is not sealed to this key (most pouches are another's).

    Raises Refused: P1 size, P2 header altered, P3 a command that is none, P4 a command this version does not carry,
    P5 payload altered.
    """
    if len(pouch) != POUCH.pouch:
        raise Refused("P1", f"a pouch of {len(pouch):,} bytes")
    ct, beta = pouch[: POUCH.ct], pouch[POUCH.ct : POUCH.ct + POUCH.beta]
    seed = key.open(HOP_INFO, ct)
    if seed is None:  # what opens is 32 bytes: the ciphertext has one size
        return None
    keys = pouch_keys(seed)
    mac = pouch[POUCH.ct + POUCH.beta : POUCH.header]
    if not hmac.compare_digest(hmac.digest(keys.mac, ct + beta, "sha256"), mac):
        raise Refused("P2", "the header of a pouch was altered")
    _check_command(_xor_stream(keys.header, beta + bytes(POUCH.slot))[: POUCH.command])
    payload = unpermute(keys.payload, pouch[POUCH.header :])
    if not hmac.compare_digest(payload[: POUCH.integrity], bytes(POUCH.integrity)):
        raise Refused("P5", "the payload of a pouch was altered")
    return Delivered(keys.tag, payload[POUCH.integrity :])


def _padded(command: bytes) -> bytes:
    return command + bytes(POUCH.command - len(command))


def _check_command(field_bytes: bytes) -> None:
    try:
        command, end = decode_prefix(field_bytes)
    except Refused as error:
        raise Refused("P3", "a pouch without a command") from error
    if field_bytes[end:].strip(b"\0"):
        raise Refused("P3", "a pouch without a command")
    match command:
        case ["deliver"]:
            return
        case ["forward", bytes(relay), bytes(shard), int(hold)] if (
            len(relay) == 16 and len(shard) == 8 and type(hold) is int and 0 <= hold <= 86_400
        ):
            pass
        case ["slip", bytes(slip)] if len(slip) == 16:
            pass
        case _:
            raise Refused("P3", "a pouch without a command")
    raise Refused("P4", f"a pouch to {command[0]}, which this version does not carry")


def permute(keys: tuple[bytes, bytes, bytes, bytes], block: bytes) -> bytes:
    """LIONESS over AES-256-CTR and HMAC-SHA-256: every bit of the result hangs on every bit of the block."""
    left, right = block[:_LEFT], block[_LEFT:]
    right = _xor_stream(_xor(left, keys[0]), right)
    left = _xor(left, hmac.digest(keys[1], right, "sha256"))
    right = _xor_stream(_xor(left, keys[2]), right)
    left = _xor(left, hmac.digest(keys[3], right, "sha256"))
    return left + right


def unpermute(keys: tuple[bytes, bytes, bytes, bytes], block: bytes) -> bytes:
    """The inverse of `permute`."""
    left, right = block[:_LEFT], block[_LEFT:]
    left = _xor(left, hmac.digest(keys[3], right, "sha256"))
    right = _xor_stream(_xor(left, keys[2]), right)
    left = _xor(left, hmac.digest(keys[1], right, "sha256"))
    return left + _xor_stream(_xor(left, keys[0]), right)


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(len(one), "big")


def _xor_stream(key: bytes, data: bytes) -> bytes:
    # Counter from zero: each key encrypts once (one pouch, or one LIONESS round of one pouch).
    encryptor = Cipher(algorithms.AES256(key), modes.CTR(bytes(16))).encryptor()
    return encryptor.update(data) + encryptor.finalize()
