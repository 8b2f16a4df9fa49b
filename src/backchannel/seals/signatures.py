"""Signatures of an office: Ed25519 and ML-DSA-65, both must hold.   Spec: docs/spec/seals.md, "Signatures".

Ed25519: RFC 8032. ML-DSA-65: FIPS 204, empty context. A forger has to break both.
"""

from typing import Final, Literal, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey

from backchannel.encoding import digest, labelled
from backchannel.values import dataclass, field

Purpose = Literal["letter", "card", "evidence"]

ED25519_BYTES: Final = 32
MLDSA_BYTES: Final = 1952
SIGNATURE_BYTES: Final = 64 + 3309


@dataclass(frozen=True, slots=True)
class SigningPublic:
    """The public halves: Ed25519 32 bytes, ML-DSA-65 1952."""

    ed25519: bytes
    mldsa: bytes = field(repr=False)

    @property
    def signing_id(self) -> bytes:
        """32 bytes: H["signing-keys", ed25519, mldsa]."""
        return digest("signing-keys", self.ed25519, self.mldsa)

    def verifies(self, purpose: Purpose, what: bytes, signature: bytes) -> bool:
        """Whether both halves of a 3373-byte signature over this 32-byte digest hold for these keys."""
        return self.verifies_bare(labelled(f"signature/{purpose}", self.signing_id, what), signature)

    def verifies_bare(self, message: bytes, signature: bytes) -> bool:
        """As `verifies`, over a message that bears no label: published vectors are such."""
        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.ed25519).verify(signature[:64], message)
            MLDSA65PublicKey.from_public_bytes(self.mldsa).verify(signature[64:], message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private halves, as seeds of 32 bytes each."""

    ed25519_seed: bytes = field(repr=False)
    mldsa_seed: bytes = field(repr=False)
    public: SigningPublic

    @classmethod
    def from_seeds(cls, ed25519_seed: bytes, mldsa_seed: bytes) -> Self:
        ed25519 = Ed25519PrivateKey.from_private_bytes(ed25519_seed).public_key().public_bytes_raw()
        mldsa = MLDSA65PrivateKey.from_seed_bytes(mldsa_seed).public_key().public_bytes_raw()
        return cls(ed25519_seed, mldsa_seed, SigningPublic(ed25519, mldsa))

    def sign(self, purpose: Purpose, what: bytes) -> bytes:
        """3373 bytes = Ed25519 64 ‖ ML-DSA-65 3309, over the label, our signing-id and the 32-byte digest.

        The library draws ML-DSA's randomness itself.
        """
        message = labelled(f"signature/{purpose}", self.public.signing_id, what)
        return Ed25519PrivateKey.from_private_bytes(self.ed25519_seed).sign(
            message
        ) + MLDSA65PrivateKey.from_seed_bytes(self.mldsa_seed).sign(message)
