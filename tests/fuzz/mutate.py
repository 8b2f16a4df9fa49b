"""Inputs made from others, by dice: bytes, texts, and values that are encoded rightly after one of them was changed.

Bytes changed at random seldom pass a strict encoding; a value changed and encoded again always does, and reaches what
is behind it.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any, Final

from backchannel.encoding import decode, encode
from backchannel.errors import Refused

NUMBERS: Final = (
    0,
    1,
    -1,
    2,
    16,
    23,
    24,
    255,
    256,
    65_535,
    1 << 31,
    (1 << 37) - 1,
    1 << 38,
    1 << 60,
    (1 << 63),
    -(1 << 63),
    (1 << 64) - 1,
)
WORDS: Final = (
    "",
    "T1",
    "en",
    "fa",
    "after",
    "met",
    "gregorian",
    "UTC",
    "Asia/Tehran",
    "9999-12-31T23:59",
    "\0",
    "\x1b[2J",
    "\u202e",
    "ا۱",
    "x" * 300,
)
SNIPPETS: Final = (
    "\0", "\n", "\r\n", "---\n", "&a ", "*a", "!!x ", "[", "{", "]", "}", ": ", "- ", "> ", "`", "```\n", "](", "\\",
    "\u202e", "\u2066", "\u2069", "\u200b", "\u0301", "\ud7ff", "\U0010ffff",
    "۰", "٠", "0000", "9999", "-1", "1e999", "\x1b]8;;",
    "[Asia/Tehran]", "T24:00", "XX", "..", "?", "~", "null", "true", "\"\"", "99999999999999999999",
    "=== en\n", "# ", "## T1\n",
)  # fmt: skip


def mutated(data: bytes, shape: str, dice: Random, most: int, other: bytes = b"") -> bytes:
    """One input more. other: one to take pieces from."""
    ways: list[Callable[[bytes, Random, bytes], bytes]] = [_bytes]
    if shape == "cbor":
        ways = [_bytes, _cbor, _cbor, _cbor]
    elif shape in ("text", "json"):
        ways = [_bytes, _text, _text, *([_json] * 4 if shape == "json" else [])]
    for _ in range(1 + int(dice.expovariate(1))):
        data = dice.choice(ways)(data, dice, other)[:most]
    return data


def _bytes(data: bytes, dice: Random, other: bytes) -> bytes:
    made = bytearray(data)
    at = dice.randrange(len(made) + 1)
    match dice.randrange(6):
        case 0 if made:
            made[at % len(made)] ^= 1 << dice.randrange(8)
        case 1 if made:
            made[at % len(made)] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
        case 2:
            made[at : at + dice.randrange(1, 9)] = b""
        case 3:
            made[at:at] = dice.randbytes(dice.randrange(1, 9))
        case 4:
            made[at:at] = made[at : at + dice.randrange(64)] * dice.randrange(1, 4)
        case _:
            start = dice.randrange(len(other) + 1)
            made[at:at] = other[start : start + dice.randrange(1, 64)]
    return bytes(made)


def _text(data: bytes, dice: Random, other: bytes) -> bytes:
    said = data.decode(errors="replace")
    at = dice.randrange(len(said) + 1)
    match dice.randrange(5):
        case 0:
            return (said[:at] + dice.choice(SNIPPETS) * dice.choice((1, 1, 1, 2, 50)) + said[at:]).encode()
        case 1:
            lines = said.split("\n")
            dice.shuffle(lines) if dice.random() < 0.1 else lines.insert(
                dice.randrange(len(lines) + 1), dice.choice(lines)
            )
            return "\n".join(lines).encode()
        case 2:
            return (said[:at] + said[at + dice.randrange(1, 20) :]).encode()
        case 3:
            return (
                said[:at]
                + chr(dice.choice((dice.randrange(0xD800), dice.randrange(0xE000, 0x110000), dice.randrange(128))))
                + said[at + 1 :]
            ).encode()
        case _:
            theirs = other.decode(errors="replace").split("\n")
            return (said[:at] + dice.choice(theirs) + said[at:]).encode()


def _cbor(data: bytes, dice: Random, other: bytes) -> bytes:
    value: Any = None
    with suppress(Refused):
        value = decode(data, limit=1 << 20)
        theirs = decode(other, limit=1 << 20) if other else None
    with suppress(ValueError, TypeError, UnboundLocalError):
        return encode(_changed(value, dice, theirs))
    return data


def _json(data: bytes, dice: Random, other: bytes) -> bytes:
    with suppress(ValueError, TypeError, RecursionError):
        return json.dumps(_changed(json.loads(data), dice, json.loads(other or b"0")), ensure_ascii=False).encode()
    return data


def _changed(value: Any, dice: Random, other: Any) -> Any:
    """The value with one of its values changed, somewhere in it."""
    spots: list[tuple[Any, Any]] = []
    holder = [value]
    pile: list[Any] = [holder]
    while pile:
        one = pile.pop()
        for key in one if isinstance(one, dict) else range(len(one)):
            spots.append((one, key))
            if isinstance(one[key], list | dict):
                pile.append(one[key])
    where, key = dice.choice(spots)
    match dice.randrange(8):
        case 0 if where is not holder:
            del where[key]
        case 1 if isinstance(where, list) and where is not holder:
            where.insert(key, dice.choice(where))
        case 2 if isinstance(where, dict):
            where[dice.choice((*where, *WORDS))] = where[key]
        case 3:
            donor, at = dice.choice(spots)
            where[key] = (
                donor[at] if donor is not where or not isinstance(donor[at], list | dict) else _other(where[key], dice)
            )
        case 4 if isinstance(other, list | dict) and other:
            where[key] = dice.choice(list(other.values()) if isinstance(other, dict) else other)
        case 5 if isinstance(where[key], list):
            where[key] = where[key] * dice.choice((0, 2, 3))
        case _:
            where[key] = _other(where[key], dice)
    return holder[0]


def _other(value: Any, dice: Random) -> Any:
    if dice.random() < 0.2:
        return dice.choice((None, True, False, 0, "", b"", [], {}, [[]], {"": 0}))
    if isinstance(value, bool) or value is None:
        return dice.choice((None, True, False))
    if isinstance(value, int):
        return dice.choice((*NUMBERS, value + 1, value - 1, -value, value * 2))
    if isinstance(value, str):
        at = dice.randrange(len(value) + 1)
        return dice.choice((dice.choice(WORDS), value[:at], value[:at] + dice.choice(SNIPPETS) + value[at:], value * 2))
    if isinstance(value, bytes):
        return dice.choice((b"", value[:-1], value + b"\0", bytes(len(value)), _bytes(value, dice, value)))
    return dice.choice((None, 0, "", []))
