"""Time zones from the pinned tzdata package, not from whatever this machine has.   Spec: docs/spec/letters.md."""

from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises KeyError for one that is not in the tables."""
    parts = name.split("/")
    if not all(part and part not in (".", "..") and part[0].isalpha() for part in parts):
        raise KeyError(name)
    try:
        with resources.files("tzdata").joinpath("zoneinfo", *parts).open("rb") as file:
            return ZoneInfo.from_file(file, key=name)
    except (OSError, ValueError) as error:
        raise KeyError(name) from error
