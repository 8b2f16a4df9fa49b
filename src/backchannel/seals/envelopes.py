"""Return envelopes: one-time keys enclosed for the answer.   Spec: docs/spec/envelopes.md.

A batch has a number (by direction and by its maker's epoch), a standby token for sealing to the maker's standing
seal, and up to 16 envelopes, four by default, each for one sealing.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from backchannel.errors import Refused
from backchannel.seals.keys import KEM_PUBLIC_BYTES, SEED_BYTES, KemKey, Random, check_kem_public
from backchannel.seals.seal import SLOT_BYTES, TOKEN_BYTES
from backchannel.values import dataclass, field

BATCH_ENVELOPES: Final = 4
MOST_ENVELOPES: Final = 16
MOST_TOKENS: Final = 32
LIFE_SECONDS: Final = 365 * 86_400
KEPT_AFTER_SECONDS: Final = 60 * 86_400
ENDED_KEPT_SECONDS: Final = 30 * 86_400
REFILL_WHEN_USED: Final = 3
REFILL_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class Envelope:
    """One envelope as it is enclosed. until: Unix seconds after which nobody seals to it."""

    slot: bytes
    public: bytes = field(repr=False)
    token: bytes = field(repr=False)
    until: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What one letter encloses. number: from 1, by direction and epoch of the maker."""

    number: int
    standby: bytes = field(repr=False)
    envelopes: tuple[Envelope, ...]

    def to_wire(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "standby": self.standby,
            "envelopes": [[one.slot, one.public, one.token, one.until] for one in self.envelopes],
        }


@dataclass(frozen=True, slots=True)
class OwnEnvelope:
    """An envelope with the seed only its maker keeps."""

    envelope: Envelope
    seed: bytes = field(repr=False)


def make_batch(
    number: int, standby: bytes | None, now: int, random: Random, count: int = BATCH_ENVELOPES
) -> tuple[Batch, tuple[OwnEnvelope, ...]]:
    """A fresh batch and the seeds of its keys.

    standby: the token to repeat, or None for a fresh one (see MOST_TOKENS). now: Unix seconds.
    """
    own: list[OwnEnvelope] = []
    for _ in range(count):
        seed = random(SEED_BYTES)
        public = KemKey.from_seed(seed).public
        own.append(OwnEnvelope(Envelope(random(SLOT_BYTES), public, random(TOKEN_BYTES), now + LIFE_SECONDS), seed))
    batch = Batch(number, standby or random(TOKEN_BYTES), tuple(one.envelope for one in own))
    return batch, tuple(own)


def read_batch(value: Any) -> Batch:
    """The batch of a docket. Raises Refused [S1 a key that is none, S15 structure]."""
    wrong = Refused("S15", "the return envelopes enclosed are not in order")
    if not isinstance(value, dict) or value.keys() != {"number", "standby", "envelopes"}:
        raise wrong
    number, standby, listed = value["number"], value["standby"], value["envelopes"]
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number < 1 << 38:
        raise wrong
    if not isinstance(standby, bytes) or len(standby) != TOKEN_BYTES or standby == bytes(TOKEN_BYTES):
        raise wrong
    if not isinstance(listed, list) or len(listed) > MOST_ENVELOPES:
        raise wrong
    envelopes: list[Envelope] = []
    for item in listed:
        match item:
            case [bytes(slot), bytes(public), bytes(token), int(until)] if (
                len(slot) == SLOT_BYTES
                and len(public) == KEM_PUBLIC_BYTES
                and len(token) == TOKEN_BYTES
                and token != bytes(TOKEN_BYTES)
                and type(until) is int
                and 0 <= until < 1 << 37
            ):
                check_kem_public(public)
                envelopes.append(Envelope(slot, public, token, until))
            case _:
                raise wrong
    if len({one.slot for one in envelopes}) != len(envelopes) or len({one.token for one in envelopes}) != len(
        envelopes
    ):
        raise wrong
    return Batch(number, standby, tuple(envelopes))


def tokens_to_try(made: Mapping[int, bytes], newest_shown: int | None) -> tuple[bytes, ...]:
    """The standby tokens a standing seal may bear, newest first, none twice.

    made: by batch number. newest_shown: the highest batch the other side is known to have opened; older ones than it
    are no longer accepted.
    """
    kept = [made[number] for number in sorted(made, reverse=True) if newest_shown is None or number >= newest_shown]
    return tuple(dict.fromkeys(kept))


def ended_batches(numbers: Iterable[int], opened: int) -> tuple[int, ...]:
    """The batches that end when a letter on batch `opened` was opened: all older ones, lowest first."""
    return tuple(sorted(number for number in numbers if number < opened))
