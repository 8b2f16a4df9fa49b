"""The keys an office reads with, and their periods.   Spec: docs/spec/seals.md, "Keys".

The KEM is MLKEM768-X25519 (HPKE KEM id 0x647a, draft-ietf-hpke-pq; the same bytes as X-Wing) with HKDF-SHA256 and
AES-256-GCM. A private key is kept as its 32-byte seed.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from backchannel.encoding import digest
from backchannel.errors import Refused
from backchannel.seals.points import is_mlkem768, is_x25519
from backchannel.values import dataclass, field

Random = Callable[[int], bytes]

SEED_BYTES: Final = 32
MLKEM_BYTES: Final = 1184
KEM_PUBLIC_BYTES: Final = MLKEM_BYTES + 32
KEM_ENC_BYTES: Final = 1088 + 32
KEM_OVERHEAD: Final = KEM_ENC_BYTES + 16

PERIOD_SECONDS: Final = 30 * 86_400
GRACE_SECONDS: Final = 7 * 86_400
_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class KemKey:
    """A private KEM key with its public half, 1216 bytes = ML-KEM-768 1184 ‖ X25519 32."""

    seed: bytes = field(repr=False)
    public: bytes = field(repr=False)
    _private: Any = field(repr=False, compare=False)

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key of a 32-byte seed: SHAKE256(seed, 96) = ML-KEM seed 64 ‖ X25519 private key 32."""
        assert len(seed) == SEED_BYTES
        expanded = hashlib.shake_256(seed).digest(96)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
        public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        return cls(seed, public, MLKEM768X25519PrivateKey(mlkem, x25519))

    def open(self, info: bytes, sealed: bytes) -> bytes | None:
        """What was sealed to this key under `info`; None if it was not (most of what is tried is not for us)."""
        try:
            return _SUITE.decrypt(sealed, self._private, info)
        except (InvalidTag, ValueError):
            return None


def kem_seal(public: bytes, info: bytes, plaintext: bytes) -> bytes:
    """HPKE base mode, single shot: enc 1120 ‖ ciphertext ‖ tag 16.   Source: RFC 9180 section 6.1.

    The library draws the randomness; nothing else in the pure rooms does but signing.
    Raises Refused [S1] if `public` is not a key.
    """
    check_kem_public(public)
    mlkem = MLKEM768PublicKey.from_public_bytes(public[:MLKEM_BYTES])
    x25519 = X25519PublicKey.from_public_bytes(public[MLKEM_BYTES:])
    return _SUITE.encrypt(plaintext, MLKEM768X25519PublicKey(mlkem, x25519), info)


def check_kem_public(public: bytes) -> None:
    """Refuse what is no key of 1216 bytes, each half looked at as its standard asks. Raises Refused [S1].

    Found here, at the reading of a card or letter: the library would find it at sealing, with an error of its own. It
    is not asked here, since to check an ML-KEM half it makes the key, at ten times the cost.
    """
    if len(public) != KEM_PUBLIC_BYTES:
        raise Refused("S1", f"a key of {len(public):,} bytes where {KEM_PUBLIC_BYTES:,} belong")
    if not is_x25519(public[MLKEM_BYTES:]) or not is_mlkem768(public[:MLKEM_BYTES]):
        raise Refused("S1", "a key that is not one")


@dataclass(frozen=True, slots=True)
class LinkKey:
    """An office's X25519 key, the one that makes unsigned letters certain for their reader."""

    private: bytes = field(repr=False)
    public: bytes

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key whose private half is these 32 bytes."""
        return cls(seed, X25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())

    def shared(self, other_public: bytes) -> bytes:
        """The 32 bytes both offices can compute. Raises Refused [S2] for a key that would make them zero."""
        try:
            return X25519PrivateKey.from_private_bytes(self.private).exchange(
                X25519PublicKey.from_public_bytes(other_public)
            )
        except ValueError as error:
            raise Refused("S2", "a link key that shares nothing") from error


@lru_cache(1024)
def office_id(signing_id: bytes, link_public: bytes) -> bytes:
    """Who an office is, 32 bytes, as long as its signing and link keys stay."""
    return digest("office", signing_id, link_public)


def standing_slot(public: bytes) -> bytes:
    """The 16 bytes that name a standing seal's key on the outside of a sealed letter."""
    return digest("slot", public)[:16]


def period_of(now: datetime) -> int:
    """The 30-day period an instant lies in, the same for all offices: Unix seconds // 2,592,000."""
    return int(now.timestamp()) // PERIOD_SECONDS


def destroyed_at(period: int) -> int:
    """Unix seconds at which a private key of this period is destroyed: 7 days after its end."""
    return (period + 1) * PERIOD_SECONDS + GRACE_SECONDS
