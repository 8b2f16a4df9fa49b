"""Who could show what to an outsider, and what the other side knows.   Spec: docs/spec/standing.md, "Shown".

Nobody can show that nothing came. What an unsigned letter said stays between the two, whatever custody was signed.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from backchannel.terms.facts import Dated, Facts
from backchannel.terms.offers import Offer
from backchannel.terms.performance import Standing
from backchannel.values import dataclass

CHANGED_BY: Final = {
    "on_its_way": ("handover", "withdraw"),
    "open": ("accept", "decline", "counter", "withdraw"),
    "lapsed": ("evidence", "extend"),
    "lapsed late": ("confirm", "evidence", "extend"),
    "not_open": ("extend",),
    "unmandated": ("ratify",),
    "accepted": ("object", "evidence"),
    "accepted silent": ("evidence",),
    "awaiting_others": ("accept", "decline", "counter", "notify"),
    "ended_for_all": ("evidence", "extend"),
    "not_yet_in_force": ("entry",),
    "offered": ("accept", "decline", "counter", "withdraw"),
    "not_agreed": ("evidence", "extend", "ratify"),
    "unclear": ("evidence",),
    "waiting": ("declare", "waive"),
    "open condition": ("declare", "waive"),
    "in_force": ("declare",),
    "past_undeclared": ("declare",),
    "agreed": ("evidence",),
}
"""By state, and what kind of it where that matters."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What could be shown of one letter: whose signed word there is of its text, its leaving and its reaching.

    Each is `author` or `carrier`, or None: between us only.
    """

    letter: bytes
    text: str | None
    left: str | None
    reached: str | None


def shown(facts: Facts, letters: Iterable[bytes]) -> Iterator[Shown]:
    for id in letters:
        dated = facts.letters.get(id)
        if dated is None:
            continue
        signed = dated.letter.signed
        yield Shown(
            id,
            "author" if signed else None,
            dated.left.by if signed and dated.left.signed else None,
            dated.reached.by if signed and dated.reached.signed else None,
        )


def known_to_other(facts: Facts, letters: Iterable[bytes]) -> Iterator[tuple[bytes, str]]:
    """Of each letter: `theirs`; `opened` by the other's own view; `in_their_hands`, opened or not; or `not_known`.

    The other is whoever the letter was written to, or by.
    """
    for id in letters:
        dated = facts.letters.get(id)
        if dated is None:
            continue
        if dated.letter.author != facts.owner:
            yield id, "theirs"
        elif _opened(facts, dated):
            yield id, "opened"
        elif dated.reached.span is not None:
            yield id, "in_their_hands"
        else:
            yield id, "not_known"


@dataclass(frozen=True, slots=True)
class Lack:
    """What nothing shows that the other side has: a letter, or a deciding statement of when it left or reached."""

    letter: bytes
    event: str = ""
    by: str = ""


def may_lack(facts: Facts, letters: Iterable[bytes]) -> Iterator[Lack]:
    """Of these letters, what the other side's board may differ by. Its own words it has."""
    for id in letters:
        dated = facts.letters.get(id)
        if dated is None:
            continue
        ours = dated.letter.author == facts.owner
        if ours and dated.reached.span is None:
            yield Lack(id)
        if dated.left.by and not (dated.left.by == "sender" and not ours):
            yield Lack(id, "left", dated.left.by)
        if dated.reached.by and not (dated.reached.by == "station" and ours):
            yield Lack(id, "reached", dated.reached.by)


def changes_of_offer(offer: Offer) -> tuple[str, ...]:
    """What would change an offer that stands so far: acts by name, or `evidence` of an act that counted earlier."""
    late = "late" if offer.state == "lapsed" and offer.until is not None else ""
    silent = "silent" if offer.state == "accepted" and offer.by is None else ""
    return _changed_by(offer.state, late or silent) if offer.so_far else ()


def changes_of_clause(one: Standing) -> tuple[str, ...]:
    return _changed_by(one.state, one.clause.kind) if one.so_far else ()


def _changed_by(state: str, more: str) -> tuple[str, ...]:
    return CHANGED_BY.get(f"{state} {more}", CHANGED_BY.get(state, ()))


def _opened(facts: Facts, dated: Dated) -> bool:
    letter = dated.letter
    return 0 < letter.number <= facts.views.get((letter.author, letter.reader, letter.epoch), 0)
