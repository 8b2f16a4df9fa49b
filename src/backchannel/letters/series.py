"""Which letters of a series are there, and whether both sides hold the same.   Spec: docs/spec/letters.md, "Series"."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Self

from backchannel.encoding import digest
from backchannel.errors import Refused
from backchannel.values import dataclass

START: Final = bytes(32)
MOST_NUMBER: Final = 1 << 38


@dataclass(frozen=True, slots=True)
class Gap:
    """Letters `first` to `last`, both included, are missing."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Span:
    """The letters of one direction and epoch from `first` to `last` without a gap, and their running hash.

    last is first - 1 when there are none; the hash is then 32 zero bytes.
    """

    epoch: bytes
    first: int
    last: int
    hash: bytes

    def to_wire(self) -> list[Any]:
        return [self.epoch, self.first, self.last, self.hash]

    @classmethod
    def from_wire(cls, value: Any) -> Self:
        """Raises Refused [L6]."""
        match value:
            case [bytes(epoch), int(first), int(last), bytes(running)] if (
                len(epoch) == 16
                and len(running) == 32
                and type(first) is type(last) is int
                and 1 <= first <= last + 1 <= MOST_NUMBER
            ):
                return cls(epoch, first, last, running)
        raise Refused("L6", "the view of the exchange does not say from which letter to which")


def running_hash(letter_ids: Iterable[bytes]) -> bytes:
    """hash_k = H["view", hash_{k-1}, letter-id_k], from 32 zero bytes."""
    running = START
    for letter_id in letter_ids:
        running = digest("view", running, letter_id)
    return running


def span(epoch: bytes, held: Mapping[int, bytes | None]) -> Span:
    """What one side can say of a direction.

    held: letter-ids by number; None for a letter that was burnt: the span then starts after it.
    """
    last = 0
    while last + 1 in held:
        last += 1
    first = next((number + 1 for number in range(last, 0, -1) if held[number] is None), 1)
    return Span(epoch, first, last, running_hash(_id(held, number) for number in range(first, last + 1)))


def agrees(claimed: Span, held: Mapping[int, bytes | None]) -> bool | None:
    """Whether the other side's span is the same as ours; None where it cannot be told (a letter burnt or missing)."""
    ids: list[bytes] = []
    # Walk the letters, not the numbers: the other side may claim 2**37.
    if claimed.last - claimed.first + 1 > len(held):
        return None
    for number in range(claimed.first, claimed.last + 1):
        letter_id = held.get(number)
        if letter_id is None:
            return None
        ids.append(letter_id)
    return running_hash(ids) == claimed.hash


def gaps(held: Iterable[int], announced: int = 0) -> tuple[Gap, ...]:
    """Runs of missing numbers, lowest first.

    held: numbers of the letters we have or had, any order, repeats allowed; a series starts at 1.
    announced: the highest number the other side says it has written; 0 if it has not said.
    """
    found: list[Gap] = []
    expected = 1
    for number in sorted(set(held)):
        if number > expected:
            found.append(Gap(expected, number - 1))
        expected = number + 1
    if announced >= expected:
        found.append(Gap(expected, announced))
    return tuple(found)


def _id(held: Mapping[int, bytes | None], number: int) -> bytes:
    letter_id = held[number]
    assert letter_id is not None
    return letter_id
