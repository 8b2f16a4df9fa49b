"""Reading decoded maps into typed values.   Spec: docs/spec/letters.md, "Structures".

Every reader of a wire structure asks here for its fields, so that a wrong type has one answer in one place.
"""

from collections.abc import Iterable
from typing import Any, Final

from backchannel.errors import Refused

MOST_SECONDS: Final = (1 << 37) - 1  # in the year 6325, as of moments: past 9999 nothing here can show an instant


class Fields:
    """A decoded map with the mark under which anything wrong in it is refused."""

    __slots__ = ("_map", "_mark", "_what")

    def __init__(self, value: Any, mark: str, what: str) -> None:
        """Raises Refused [mark] if value is no map. what: the structure's name, for messages."""
        self._mark = mark
        self._what = what
        if not isinstance(value, dict):
            raise self.wrong("is not a map")
        self._map: dict[str, Any] = value

    def wrong(self, how: str) -> Refused:
        return Refused(self._mark, f"the {self._what} {how}")

    def only(self, known: Iterable[str]) -> None:
        """Refuses an unknown field: the structure is strict."""
        for name in self._map.keys() - set(known):
            raise self.wrong(f"has a field this version does not know: {name[:40]!a}")

    def unknown(self, known: Iterable[str]) -> dict[str, Any]:
        """The fields that are not known: the structure may grow."""
        return {name: self._map[name] for name in self._map if name not in set(known)}

    def has(self, name: str) -> bool:
        return name in self._map

    def raw(self, name: str) -> Any:
        if name not in self._map:
            raise self.wrong(f"lacks {name}")
        return self._map[name]

    def text(self, name: str, *, most: int = 4096) -> str:
        value = self.raw(name)
        if not isinstance(value, str) or len(value.encode()) > most:
            raise self.wrong(f"has no text of at most {most:,} bytes in {name}")
        return value

    def octets(self, name: str, size: int | None = None) -> bytes:
        value = self.raw(name)
        if not isinstance(value, bytes) or (size is not None and len(value) != size):
            raise self.wrong(f"has no bytes of the right length in {name}")
        return value

    def whole(self, name: str, *, least: int = 0, most: int = MOST_SECONDS) -> int:
        value = self.raw(name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.wrong(f"has no whole number from {least:,} to {most:,} in {name}")
        return value

    def choice(self, name: str, allowed: Iterable[str]) -> str:
        value = self.raw(name)
        if not isinstance(value, str) or value not in set(allowed):
            raise self.wrong(f"has a value this version does not know in {name}")
        return value

    def items(self, name: str, *, most: int, least: int = 0) -> list[Any]:
        value = self.raw(name)
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise self.wrong(f"has no list of {least:,} to {most:,} in {name}")
        return value

    def ids(self, name: str, *, size: int = 32, most: int) -> tuple[bytes, ...]:
        """A list of byte strings of one size, in order, none twice."""
        found = self.items(name, most=most)
        if any(not isinstance(item, bytes) or len(item) != size for item in found) or len(set(found)) != len(found):
            raise self.wrong(f"has no list of different ids in {name}")
        return tuple(found)
