"""Strict deterministic CBOR and labelled hashes.   Spec: docs/spec/notation.md, "Encoding".

RFC 8949 section 4.2.1, cut down to what letters need: integers of 64 bits, byte and text strings, arrays, maps with
text keys, true, false and null. Whatever else, and every second way of writing the same value, is refused.
"""

import hashlib
from typing import Any, Final

from backchannel.errors import Refused

LABEL_PREFIX: Final = "backchannel/v1/"
MAX_DEPTH: Final = 16
MAX_ITEMS: Final = 100_000

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_SIMPLE_VALUES: Final = {0xF4: False, 0xF5: True, 0xF6: None}


def encode(value: Any) -> bytes:
    """The one encoding of a value; a value outside the subset is a bug and raises TypeError or ValueError."""
    out = bytearray()
    _write(value, out, 0)
    return bytes(out)


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
    return _Reader(data).item(0)


def labelled(purpose: str, *items: Any) -> bytes:
    """The array that is hashed, derived from or signed: its own label first, then the items."""
    return encode([LABEL_PREFIX + purpose, *items])


def digest(purpose: str, *items: Any) -> bytes:
    """SHA-256 of the labelled array, 32 bytes."""
    return hashlib.sha256(labelled(purpose, *items)).digest()


def _head(major: int, number: int, out: bytearray) -> None:
    if number < 24:
        out.append(major << 5 | number)
        return
    for extra, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            out.append(major << 5 | extra)
            out += number.to_bytes(size, "big")
            return
    raise ValueError("integer beyond 64 bits")


def _write(value: Any, out: bytearray, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    match value:
        case bool() | None:
            out.append({False: 0xF4, True: 0xF5, None: 0xF6}[value])
        case int():
            _head(_UNSIGNED, value, out) if value >= 0 else _head(_NEGATIVE, -1 - value, out)
        case bytes():
            _head(_BYTES, len(value), out)
            out += value
        case str():
            raw = value.encode()
            _head(_TEXT, len(raw), out)
            out += raw
        case list() | tuple():
            _head(_ARRAY, len(value), out)
            for item in value:
                _write(item, out, depth + 1)
        case dict():
            _head(_MAP, len(value), out)
            if not all(isinstance(key, str) for key in value):
                raise TypeError("map keys are text")
            for key in sorted(value, key=lambda k: (len(k.encode()), k.encode())):
                _write(key, out, depth + 1)
                _write(value[key], out, depth + 1)
        case _:
            raise TypeError(f"{type(value).__name__} has no encoding")


class _Reader:
    """One pass over the bytes; every count is checked against what is left before anything is made."""

    __slots__ = ("at", "data", "items")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.items = 0

    def item(self, depth: int) -> tuple[Any, int]:
        return self._value(depth), self.at

    def _take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self.data):
            raise Refused("E3", "the item is cut short")
        taken = self.data[self.at : end]
        self.at = end
        return taken

    def _number(self, extra: int) -> int:
        if extra < 24:
            return extra
        if extra > 27:
            raise Refused("E4", "an indefinite or reserved length")
        size = 1 << extra - 24
        number = int.from_bytes(self._take(size), "big")
        if number < 24 or (size > 1 and number < 1 << 4 * size):
            raise Refused("E5", "a number not written in its shortest form")
        return number

    def _value(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise Refused("E6", "nested too deeply")
        self.items += 1
        if self.items > MAX_ITEMS:
            raise Refused("E6", "too many items")
        first = self._take(1)[0]
        major, extra = first >> 5, first & 31
        if major == _SIMPLE:
            if first not in _SIMPLE_VALUES:
                raise Refused("E7", "a kind of value that is not used here")
            return _SIMPLE_VALUES[first]
        if major == _TAG:
            raise Refused("E7", "a kind of value that is not used here")
        number = self._number(extra)
        if major == _UNSIGNED:
            return number
        if major == _NEGATIVE:
            return -1 - number
        if number > len(self.data) - self.at:  # every item takes a byte at least: nothing is made for a false count
            raise Refused("E3", "the item is cut short")
        if major == _BYTES:
            return self._take(number)
        if major == _TEXT:
            try:
                return self._take(number).decode()
            except UnicodeDecodeError as error:
                raise Refused("E8", "text that is not UTF-8") from error
        if major == _ARRAY:
            return [self._value(depth + 1) for _ in range(number)]
        return self._map(number, depth)

    def _map(self, count: int, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        before = b""
        for _ in range(count):
            start = self.at
            key = self._value(depth + 1)
            raw = self.data[start : self.at]
            if not isinstance(key, str):
                raise Refused("E7", "a map key that is not text")
            # Bytewise order of the encoded keys also finds a key given twice.
            if raw <= before:
                raise Refused("E9", "map keys out of order or given twice")
            before = raw
            found[key] = self._value(depth + 1)
        return found
