"""Time zones from the pinned tzdata package, not from whatever this machine has.   Spec: docs/spec/letters.md."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises KeyError for one that is not in the tables."""
    from zoneinfo import ZoneInfo

    import tzdata

    parts = name.split("/")
    if not all(part and part not in (".", "..") and part[0].isalpha() for part in parts):
        raise KeyError(name)
    try:
        with Path(tzdata.__path__[0], "zoneinfo", *parts).open("rb") as file:
            return ZoneInfo.from_file(file, key=name)
    except (OSError, ValueError) as error:
        raise KeyError(name) from error
