"""The way of a letter, leg by leg, from what was said of it.   Spec: docs/spec/evidence.md, "Merging".

Statements are a set that only grows: their order of arrival changes nothing, and none replaces another. What cannot
stand beside the rest is kept apart by name and smooths nothing over. What nobody spoke of is a hole, drawn as one.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from backchannel.conveyance.evidence import DECLINES, FAILS, TAKES
from backchannel.values import dataclass

_ENDS: Final = ("ContentHandover", "x-ReturnedUnopened", "x-Recalled", "SubmissionRejection")
_TOOK: Final = (*TAKES, "x-CustodyHeld", "ContentConsignment")
_AT_ANY_TIME: Final = frozenset((*TAKES, *DECLINES, *FAILS))
_NEVER: Final[Mapping[bytes, int]] = {}
CLOCKS_SECONDS: Final = 600  # how far two honest clocks may differ

Why = Literal["again", "forged", "future", "backdated", "contradictory", "out-of-order"]
Standing = Literal[
    "handed-over", "declined", "returned", "recalled", "failed", "in-reach", "read-aloud", "passed", "held", "taken",
    "unclear", "silent", "no-word",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One statement as this desk has it. at: its signer's claim; heard_at: when it came here; entry: where it stands.

    giver, addressee: of the leg it is about. proof: oral, signed, unchecked or forged. bringer: whose letter
    brought it.
    """

    event: str
    ref: bytes
    by: bytes
    at: int
    mode: str
    reasons: tuple[tuple[str, str], ...]
    proof: str
    giver: bytes
    addressee: bytes
    bringer: bytes
    heard_at: int
    entry: int


@dataclass(frozen=True, slots=True)
class Given:
    """What this desk knows of a leg by itself: what it gave, to whom, for whom, when; and when it gave up waiting."""

    carrier: bytes
    addressee: bytes
    ref: bytes
    at: int
    by: int
    custody: str
    waited_at: int | None


@dataclass(frozen=True, slots=True)
class LegTrack:
    """One leg: from `giver` into the hands of `carrier`, for `addressee`.

    given: None for a later leg, known only from what was passed back. words: what stands, in the order of its times.
    aside: what is kept apart, with why. standing: where it is on this leg; at: since when, as claimed.
    """

    giver: bytes
    carrier: bytes
    addressee: bytes
    given: Given | None
    words: tuple[Word, ...]
    aside: tuple[tuple[Word, Why], ...]
    standing: Standing
    at: int | None

    @property
    def is_hole(self) -> bool:
        """Whether nobody said that it was taken."""
        return not any(word.event in TAKES for word in self.words) and self.carrier != self.addressee


def track(owner: bytes, given: Given, words: Iterable[Word]) -> tuple[LegTrack, ...]:
    """The legs of one way in order: our own first, then later ones as far as word of them was passed back.

    words: all that was heard about this leg and later ones, any order, repeats allowed.
    """
    own: list[Word] = []
    others: dict[tuple[bytes, bytes], list[Word]] = {}
    for word in words:
        (own if word.ref == given.ref else others.setdefault((word.ref, word.by), [])).append(word)
    later = [_leg(said[0].giver, by, said[0].addressee, None, said) for (_, by), said in sorted(others.items())]
    return (_leg(owner, given.carrier, given.addressee, given, own), *_in_order(given.carrier, later))


def sort_out(words: Iterable[Word], given_at: int | None) -> tuple[tuple[Word, ...], tuple[tuple[Word, Why], ...]]:
    """What of one leg's statements can stand together, by time; and what is kept apart, with why.

    1 forged  2 dated after it was heard, or before the leg was given  3 said before, to the letter
    4 contradicting each other: all sides apart  5 against the order in which things can happen.
    """
    left: list[Word] = []
    aside: list[tuple[Word, Why]] = []
    seen: set[tuple[object, ...]] = set()
    for word in sorted(words, key=_by_time):
        what = (word.event, word.by, word.at, word.mode, word.reasons)
        if word.proof == "forged":  # 1
            aside.append((word, "forged"))
        elif word.at > word.heard_at + CLOCKS_SECONDS:  # 2
            aside.append((word, "future"))
        elif given_at is not None and word.at < given_at - CLOCKS_SECONDS:
            aside.append((word, "backdated"))
        elif what in seen:  # 3
            aside.append((word, "again"))
        else:
            seen.add(what)
            left.append(word)
    against = _contradicting(left)  # 4
    aside += [(word, "contradictory") for word in left if word in against]
    left = [word for word in left if word not in against]
    taken = _first_taken(left)  # 5
    early = {word for word in left if _not_before(word, taken) > word.at + CLOCKS_SECONDS}
    aside += [(word, "out-of-order") for word in left if word in early]
    stands = sorted((word for word in left if word not in early), key=lambda word: _by_time(word, taken))
    return tuple(stands), tuple(aside)


def _by_time(word: Word, taken: Mapping[bytes, int] = _NEVER) -> tuple[Any, ...]:
    """By time; of one second, in the order in which things happen (that of `_MEANS`); of one event, by what it says.

    The order of arrival decides between words that say the same, to the letter.
    """
    proof = "" if word.proof == "signed" else word.proof  # of two that say the same, the signed one stands
    step = list(_MEANS).index(word.event) if word.event in _MEANS else len(_MEANS)
    at = max(word.at, _not_before(word, taken))
    return at, step, word.by, word.at, proof, word.mode, word.reasons, word.heard_at, word.entry


def _contradicting(words: Sequence[Word]) -> set[Word]:
    """What one office says that cannot all be: two ends, or a refusal and an acceptance."""
    found: set[Word] = set()
    for by in {word.by for word in words}:
        own = [word for word in words if word.by == by]
        ends = [word for word in own if word.event in _ENDS]
        refusals = [word for word in own if word.event == "SubmissionRejection"]
        took = [word for word in own if word.event in _TOOK]
        if len({(word.event, word.at) for word in ends}) > 1:
            found.update(ends)
        if refusals and took:
            found.update(refusals, took)
    return found


def _first_taken(words: Sequence[Word]) -> dict[bytes, int]:
    """When each signer first took it, by its own word."""
    taken: dict[bytes, int] = {}
    for word in words:
        if word.event == "SubmissionAcceptance":
            taken[word.by] = min(word.at, taken.get(word.by, word.at))
    return taken


def _not_before(word: Word, taken: Mapping[bytes, int]) -> int:
    """The earliest time at which what it speaks of can have happened: most can only follow its signer's taking."""
    return 0 if word.event in _AT_ANY_TIME else taken.get(word.by, 0)


def _leg(giver: bytes, carrier: bytes, addressee: bytes, given: Given | None, said: Sequence[Word]) -> LegTrack:
    words, aside = sort_out(said, given.at if given else None)
    standing, at = _standing(words, aside, given)
    return LegTrack(giver, carrier, addressee, given, words, aside, standing, at)


_MEANS: Final[dict[str, Standing]] = {
    "SubmissionAcceptance": "taken",
    "ConsignmentAcceptance": "taken",
    "x-CustodyHeld": "held",
    "x-CustodyReleased": "passed",
    "RelayAcceptance": "passed",
    "RelayToNonERDS": "passed",
    "NotificationForAcceptance": "in-reach",
    "ContentConsignment": "in-reach",
    "x-ReadAloud": "read-aloud",
    "RelayFailure": "failed",
    "RelayRejection": "failed",
    "ContentConsignmentFailure": "failed",
    "ContentHandoverFailure": "failed",
    "AcceptanceRejectionExpiry": "failed",
    "ConsignmentRejection": "declined",
    "SubmissionRejection": "declined",
    "x-ReturnedUnopened": "returned",
    "x-Recalled": "recalled",
    "ContentHandover": "handed-over",
    "ContentAccessTracking": "handed-over",
}


def _standing(
    words: Sequence[Word], aside: Sequence[tuple[Word, Why]], given: Given | None
) -> tuple[Standing, int | None]:
    """The last thing said that stands; handed over stays so. Contradictions leave it unclear, silence says silent."""
    meant = [(_MEANS[word.event], word.at) for word in words if word.event in _MEANS]
    over = [at for means, at in meant if means == "handed-over"]
    if over:
        return "handed-over", over[0]
    if any(why == "contradictory" for _, why in aside):
        return "unclear", None
    if meant and meant[-1][0] in ("declined", "returned", "recalled"):
        return meant[-1]
    if given is not None and given.waited_at is not None:
        return "silent", given.waited_at
    return meant[-1] if meant else ("no-word", None)


def _in_order(after: bytes, legs: Sequence[LegTrack]) -> list[LegTrack]:
    """Later legs one after the other, each given by who carried the one before; those that hang on nothing last.

    legs: by reference and carrier, which decides where times are equal.
    """
    by_giver: dict[bytes, list[LegTrack]] = {}
    in_time = sorted(legs, key=lambda leg: (leg.words[0].at if leg.words else 0, leg.carrier))
    for leg in in_time:
        by_giver.setdefault(leg.giver, []).append(leg)
    ordered: list[LegTrack] = []
    hands = [after]
    while hands:
        following = [leg for hand in dict.fromkeys(hands) for leg in by_giver.pop(hand, [])]
        ordered += following
        hands = [leg.carrier for leg in following]
    return ordered + [leg for leg in in_time if leg.giver in by_giver]
