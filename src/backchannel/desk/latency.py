"""How long a way has taken so far, to measure a date by.   Spec: docs/spec/desk.md, "Before sealing"."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from backchannel.desk.office import Office
from backchannel.desk.standing import reached_at
from backchannel.desk.states import LetterState
from backchannel.values import dataclass

LEAST_LEGS: Final = 3  # fewer tell nothing about the tenth of ten
MOST_LEGS: Final = 50


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from sealing to its reader's hands: the middle one, and nine of ten. legs: letters it is taken from."""

    p50: int
    p90: int
    legs: int


def latency(office: Office, to: bytes, first: bytes) -> Latency | None:
    """Of the last letters to that office by this way. first: its first go-between, empty over a relay.

    None where fewer than LEAST_LEGS are shown to have reached.
    """
    taken = sorted(islice(_taken(office, to, first), MOST_LEGS))
    if len(taken) < LEAST_LEGS:
        return None
    return Latency(taken[len(taken) // 2], taken[min(len(taken) - 1, len(taken) * 9 // 10)], len(taken))


def _taken(office: Office, to: bytes, first: bytes) -> Iterator[int]:
    """The newest letter first."""
    for letter in reversed(office.state.letters.values()):
        if letter.ours and letter.office == to and letter.event is not None and _by(office, letter, first):
            reached = reached_at(office.state, letter)
            if reached is not None and reached >= letter.at:
                yield reached - letter.at


def _by(office: Office, letter: LetterState, first: bytes) -> bool:
    legs = office.state.custody.legs.get(letter.n, [])
    return any(leg.given.carrier == first for leg in legs) if first else not legs
