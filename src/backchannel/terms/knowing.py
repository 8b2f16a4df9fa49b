"""Who could show what to an outsider, and what the other side knows.   Spec: docs/spec/standing.md, "Shown".

Nobody can show that nothing came. What an unsigned letter said stays between the two, whatever custody was signed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backchannel.terms.facts import Dated, Facts, sealed_after


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


def _opened(facts: Facts, dated: Dated) -> bool:
    last = facts.views.get((dated.letter.reader, dated.letter.author, dated.letter.epoch))
    return last is not None and sealed_after(last, dated.letter)
