"""Safety numbers: 60 digits two offices compare by another way.   Spec: docs/spec/cards.md, "Safety number".

30 digits for each office, the lower first. Digits, because both sides may share no script; halves, because each side
can print its own. Each half is PBKDF2-HMAC-SHA-512 of the office-id (RFC 8018), so that looking for keys with
chosen digits costs 100,000 hashes a try.
"""

from typing import Final

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from backchannel.encoding import labelled

ROUNDS: Final = 100_000
HALF_DIGITS: Final = 30
_ASCII_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def half(office: bytes) -> str:
    """The 30 digits of one office: six groups of five, each a 5-byte big-endian number modulo 100,000."""
    raw = PBKDF2HMAC(SHA512(), 30, labelled("safety-number"), ROUNDS).derive(office)
    return "".join(f"{int.from_bytes(raw[at : at + 5], 'big') % 100_000:05}" for at in range(0, 30, 5))


def safety_number(one: bytes, other: bytes) -> str:
    """The 60 digits of two offices, the same on both sides."""
    return "".join(sorted((half(one), half(other))))


def in_groups(digits: str) -> str:
    """The digits as they are read aloud, five at a time."""
    return " ".join(digits[at : at + 5] for at in range(0, len(digits), 5))


def matches(typed: str, number: str) -> bool:
    """Whether what a person typed is that number; spaces, dashes and Arabic or Persian digits are allowed."""
    return "".join(c for c in typed.translate(_ASCII_DIGITS) if c.isdigit()) == number
