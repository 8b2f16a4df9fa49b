"""Names that could be taken for one another.   Spec: docs/spec/cards.md, "Look-alike names"."""

import unicodedata
from collections.abc import Iterable
from typing import Literal

from backchannel.text import fold
from backchannel.values import dataclass

Reason = Literal["same-name", "variant-letters", "confusable", "mixed-scripts"]


@dataclass(frozen=True, slots=True)
class Match:
    """A known name the new one could be taken for, and why. mixed-scripts: `known` is the new name itself."""

    known: str
    reason: Reason


def alike(name: str, known: Iterable[str]) -> tuple[Match, ...]:
    """Every known name that `name` could be taken for, and a note if it mixes scripts within one word."""
    found: list[Match] = []
    if any(len(_scripts(word)) > 1 for word in name.split()):
        found.append(Match(name, "mixed-scripts"))
    looks = skeleton(name)
    for other in known:
        if name == other:
            found.append(Match(other, "same-name"))
        elif fold(name) == fold(other):
            found.append(Match(other, "variant-letters"))
        elif looks == skeleton(other):
            found.append(Match(other, "confusable"))
    return tuple(found)


def skeleton(name: str) -> str:
    """The name with every character replaced by the plainest one it looks like (Unicode TR 39, section 4).

    The table is that of the package confusable-homoglyphs.
    """
    from confusable_homoglyphs import confusables

    plain: list[str] = []
    for character in fold(name):
        if character.isascii():
            plain.append({"0": "o", "1": "l", "i": "l", "|": "l"}.get(character, character))
            continue
        same = confusables.is_confusable(character, preferred_aliases=[]) or []
        likes = sorted(like["c"] for entry in same for like in entry["homoglyphs"] if like["c"].isascii())
        likes = [fold(like) for like in likes if like.isalnum()]
        plain.append(("l" if likes[0] == "i" else likes[0]) if likes else character)
    return "".join("".join(plain).replace("rn", "m").replace("vv", "w").split())


def _scripts(word: str) -> set[str]:
    return {unicodedata.name(c, "?").split()[0] for c in word if c.isalpha()} - {"?"}
