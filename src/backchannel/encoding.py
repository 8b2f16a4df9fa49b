"""Strict deterministic CBOR and labelled hashes.   Spec: docs/spec/notation.md, "Encoding".

RFC 8949 section 4.2.1, cut down to what letters need: integers of 64 bits, byte and text strings, arrays, maps with
text keys, true, false and null. Whatever else, and every second way of writing the same value, is refused.
"""

import hashlib
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from backchannel.errors import Refused

LABEL_PREFIX: Final = "backchannel/v1/"
MAX_DEPTH: Final = 16
MAX_ITEMS: Final = 100_000

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_SIMPLE_VALUES: Final = {0xF4: False, 0xF5: True, 0xF6: None}
_FALSE, _TRUE, _NULL = b"\xf4", b"\xf5", b"\xf6"


def encode(value: Any) -> bytes:
    """The one encoding of a value; a value outside the subset is a bug and raises TypeError or ValueError."""
    out: list[bytes] = []
    _write(value, out, 0)
    return b"".join(out)


def decode(data: bytes, *, limit: int) -> Any:
    """The value of exactly these bytes.

    limit: most bytes accepted; bytes beyond one item are refused.
    Raises Refused [E1-E9].
    """
    if len(data) > limit:
        raise Refused("E1", f"{len(data):,} bytes where at most {limit:,} are allowed")
    value, end = decode_prefix(data)
    if end != len(data):
        raise Refused("E2", "bytes follow the end of the item")
    return value


def decode_prefix(data: bytes) -> tuple[Any, int]:
    """The first item and where it ends. The caller bounds the size. Raises Refused [E3-E9]."""
    return _read(data, 0, 0, [1])


def labelled(purpose: str, *items: Any) -> bytes:
    """The array that is hashed, derived from or signed: its own label first, then the items."""
    return encode([LABEL_PREFIX + purpose, *items])


def digest(purpose: str, *items: Any) -> bytes:
    """SHA-256 of the labelled array, 32 bytes."""
    return hashlib.sha256(labelled(purpose, *items)).digest()


def _head(major: int, number: int) -> bytes:
    if number < 256:
        return _HEADS[major][number]
    for extra, size in ((25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes((major << 5 | extra,)) + number.to_bytes(size, "big")
    raise ValueError("integer beyond 64 bits")


_HEADS: Final = [
    [bytes((major << 5 | number,) if number < 24 else (major << 5 | 24, number)) for number in range(256)]
    for major in range(_TAG)
]


def _key(text: Any) -> bytes:
    """A map's key, encoded: the order of these bytes is the order of the keys."""
    if not isinstance(text, str):
        raise TypeError("map keys are text")
    return _usual_key(text) if len(text) <= _USUAL_KEY else _text(text)


def _text(text: str) -> bytes:
    raw = text.encode()
    return _head(_TEXT, len(raw)) + raw


_USUAL_KEY: Final = 32  # characters: a letter may bring a key of 256 KiB, which is not remembered
_usual_key: Final = lru_cache(512)(_text)


def _write(value: Any, out: list[bytes], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    match value:
        case bytes():
            out += _head(_BYTES, len(value)), value
        case str():
            raw = value.encode()
            out += _head(_TEXT, len(raw)), raw
        case bool() | None:
            out.append(_TRUE if value else _NULL if value is None else _FALSE)
        case int():
            out.append(_head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value))
        case list() | tuple():
            out.append(_head(_ARRAY, len(value)))
            for item in value:
                _write(item, out, depth + 1)
        case dict():
            out.append(_head(_MAP, len(value)))
            if value and depth == MAX_DEPTH:
                raise ValueError("nested too deeply")
            for key, item in sorted(((_key(key), item) for key, item in value.items()), key=itemgetter(0)):
                out.append(key)
                _write(item, out, depth + 1)
        case _:
            raise TypeError(f"{type(value).__name__} has no encoding")


def _read(data: bytes, at: int, depth: int, seen: list[int]) -> tuple[Any, int]:
    """The item at this place and where it ends; every count is checked against what is left before anything is made.

    seen: how many items there are in the arrays and maps so far.
    """
    if depth > MAX_DEPTH:
        raise Refused("E6", "nested too deeply")
    if at >= len(data):
        raise _short()
    first = data[at]
    at += 1
    major, number = first >> 5, first & 31
    if major >= _TAG:
        if first not in _SIMPLE_VALUES:
            raise Refused("E7", "a kind of value that is not used here")
        return _SIMPLE_VALUES[first], at
    if number >= 24:
        number, at = _long(data, at, number)
    if major <= _NEGATIVE:
        return number if major == _UNSIGNED else -1 - number, at
    end = at + number
    if end > len(data):  # every item takes a byte at least: nothing is made for a false count
        raise _short()
    if major == _BYTES:
        return data[at:end], end
    if major == _TEXT:
        try:
            return data[at:end].decode(), end
        except UnicodeDecodeError as error:
            raise Refused("E8", "text that is not UTF-8") from error
    seen[0] += number if major == _ARRAY else 2 * number
    if seen[0] > MAX_ITEMS:
        raise Refused("E6", "too many items")
    if major == _MAP:
        return _read_map(data, at, number, depth, seen)
    found = []
    for _ in range(number):
        value, at = _read(data, at, depth + 1, seen)
        found.append(value)
    return found, at


def _read_map(data: bytes, at: int, count: int, depth: int, seen: list[int]) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    before = b""
    for _ in range(count):
        key, end = _read(data, at, depth + 1, seen)
        if not isinstance(key, str):
            raise Refused("E7", "a map key that is not text")
        # Bytewise order of the encoded keys also finds a key given twice.
        if (raw := data[at:end]) <= before:
            raise Refused("E9", "map keys out of order or given twice")
        before = raw
        found[key], at = _read(data, end, depth + 1, seen)
    return found, at


def _long(data: bytes, at: int, extra: int) -> tuple[int, int]:
    """A number of more than five bits, and where it ends."""
    if extra > 27:
        raise Refused("E4", "an indefinite or reserved length")
    size = 1 << extra - 24
    end = at + size
    if end > len(data):
        raise _short()
    number = int.from_bytes(data[at:end], "big")
    if number < 24 or (size > 1 and number < 1 << 4 * size):
        raise Refused("E5", "a number not written in its shortest form")
    return number, end


def _short() -> Refused:
    return Refused("E3", "the item is cut short")
