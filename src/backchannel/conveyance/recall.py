"""Whether a recall came in time, from what was said of it.   Spec: docs/spec/conveyance.md, "Recall"."""

from collections.abc import Iterable
from typing import Final, Literal

from backchannel.conveyance.evidence import READ_ALOUD
from backchannel.conveyance.tracking import LegTrack
from backchannel.encoding import digest

IN_TIME: Final = "x-Recalled"
TOO_LATE: Final = "x-RecallTooLate"
Outcome = Literal["in-time", "too-late", "unknown"]


def recall_reference(recall: bytes, letter: bytes) -> bytes:
    """What its reader's statements about a recall bear: H["recall", recall's letter-id, letter-id it recalls].

    Only who holds both letters can tell what such a statement is about; it is never signed.
    """
    return digest("recall", recall, letter)


def outcome(said: Iterable[str], *, declined: bool, answered: bool, stopped: Iterable[bool]) -> Outcome:
    """Whether the letter was read. said: what its reader said of the letter. declined: its reader burnt it unread.

    answered: a letter of the reader's answers it. stopped: for each way it was sent, whether its carriers gave it up
    before its reader had it; a relay stops nothing. A reader that says both things is held to have read it.
    """
    heard = set(said)
    if heard & {TOO_LATE, READ_ALOUD} or answered:
        return "too-late"
    ways = list(stopped)
    return "in-time" if IN_TIME in heard or declined or (ways and all(ways)) else "unknown"


def is_stopped(legs: Iterable[LegTrack]) -> bool:
    """Whether a carrier to whom this office gave it says that it does not have it any more, and nobody after it."""
    return any(leg.given is not None and leg.standing in ("declined", "returned", "recalled") for leg in legs)
