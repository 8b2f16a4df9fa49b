"""What a relay's store must do: six calls.   Spec: docs/spec/relay.md, "Store"."""

from collections.abc import Sequence
from typing import Final, Protocol

from backchannel.errors import BackchannelError
from backchannel.values import dataclass, field

MOST_AHEAD_SECONDS: Final = 3600


class Full(BackchannelError):
    """The relay, or one shard of it, holds all it may; nothing of the batch was stored."""

    code = "full"
    exit_status = 4
    next_step = "Try again later, or choose another relay."
    kept = "Nothing of the batch was stored."


@dataclass(frozen=True, slots=True)
class Limits:
    """What a store keeps. Bytes count pouches only."""

    retention_seconds: int = 30 * 86_400
    segment_seconds: int = 60
    segment_pouches: int = 512
    shard_pouches: int = 131_072
    total_pouches: int = 1_048_576


@dataclass(frozen=True, slots=True)
class Batch:
    """Pouches for one shard, which are stored all or not at all."""

    shard: bytes
    pouches: Sequence[bytes | memoryview] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Segment:
    """A closed segment of a shard: never reopened, the same for everybody. closed: Unix seconds."""

    number: int
    closed: int
    pouches: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """What is said of a closed segment before its pouches are read. closed: Unix seconds."""

    number: int
    closed: int
    count: int


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a shard. last: number of the newest segment, 0 if none. closes: when it closes; None if it has."""

    last: int
    closes: int | None


@dataclass(frozen=True, slots=True)
class Health:
    pouches: int
    writable: bool


class Store(Protocol):
    """Safe to call from any thread. `now` is in Unix seconds; a clock that goes back never reopens a segment."""

    def append(self, batches: Sequence[Batch], now: int) -> list[Full | None]:
        """One durable step for all batches: None for each that is durable when this returns, Full for each refused.

        What a shard holds already is not stored again. Raises nothing: where nothing can be stored, all are Full.
        """

    def page(self, shard: bytes, from_segment: int, now: int) -> Page | None:
        """The first closed segment kept with this number or a higher one; None if there is none."""

    def pouches(self, shard: bytes, number: int, first: int, most: int) -> list[bytes]:
        """At most `most` pouches of a closed segment from the one at `first` (0 is the first); empty past the end."""

    def head(self, shard: bytes, now: int) -> Head:
        """Where the shard ends now."""

    def expire(self, now: int) -> int:
        """Drop segments closed longer ago than the retention; how many pouches went.

        The time by which they go is at most `MOST_AHEAD_SECONDS` after that of the call before: by a clock that steps
        ahead nothing is lost before someone can set it right.
        """

    def health(self) -> Health:
        """Whether the store still takes pouches, and how many it holds."""
