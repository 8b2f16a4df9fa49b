"""Bytes that are no public key.   Spec: docs/spec/seals.md, "Keys".

Of Curve25519 a library takes any 32 bytes. Multiplied by 8 these points are zero: an exchange with one shares nothing,
and a signature under one holds for messages nobody signed. And a key has one encoding, as every value here.
"""

from typing import Final

_P: Final = 2**255 - 19
_OF_ORDER_8: Final = (
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
)
_LOW_U: Final = frozenset({0, 1, _P - 1, *_OF_ORDER_8})
# The same points on Ed25519, RFC 7748 section 4.1: y = (u - 1) / (u + 1).
_LOW_Y: Final = frozenset({0, 1, _P - 1, *((u - 1) * pow(u + 1, -1, _P) % _P for u in _OF_ORDER_8)})
# Of 768 numbers of 12 bits every other one, each with 12 bits of room above it: what they say, 1 at the first bit of
# the room, and what must be added to reach it from the modulus.
_EVERY_OTHER: Final = sum(0xFFF << 24 * at for at in range(384))
_OVER: Final = sum(1 << 24 * at + 12 for at in range(384))
_TO_OVER: Final = sum((1 << 12) - 3329 << 24 * at for at in range(384))


def is_mlkem768(public: bytes) -> bool:
    """Whether the 1184 bytes are an ML-KEM-768 public key: each of the 768 numbers below 3329.

    Source: FIPS 203 section 7.2, the modulus check; all of them are looked at in one addition.
    """
    numbers = int.from_bytes(public[:1152], "little")
    return not ((numbers & _EVERY_OTHER) + _TO_OVER | (numbers >> 12 & _EVERY_OTHER) + _TO_OVER) & _OVER


def is_x25519(public: bytes) -> bool:
    """Whether 32 bytes are an X25519 public key: u below 2^255 - 19 and of no low order."""
    u = int.from_bytes(public, "little")
    return u < _P and u not in _LOW_U


def is_ed25519(public: bytes) -> bool:
    """Whether 32 bytes may be an Ed25519 public key: y, without the sign of x, below 2^255 - 19 and of no low order.

    About half of these name no point; nothing verifies under them.
    """
    y = int.from_bytes(public, "little") & (1 << 255) - 1
    return y < _P and y not in _LOW_Y
