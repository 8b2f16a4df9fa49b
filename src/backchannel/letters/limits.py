"""Clauses with what limits them, never apart.   Spec: docs/spec/terms.md, "Limits".

Whatever shows, quotes, cuts out or translates clauses asks here: a promise without its reservation is another promise.
"""

from collections.abc import Iterator, Sequence

from backchannel.letters.clauses import MOST_LIMITS, Clause, Ref
from backchannel.values import dataclass


@dataclass(frozen=True, slots=True)
class Other:
    """Another letter of the exchange whose clauses limit some of the letter shown, or are limited by some of it.

    n: its entry. read: False withholds what its clauses say, and nothing else.
    """

    letter: bytes
    n: int
    clauses: tuple[Clause, ...]
    read: bool = True


@dataclass(frozen=True, slots=True)
class Whole:
    """A clause and all that limits it. n: the entry of another letter in which it stands; 0: the letter shown.

    clause: None where nobody here has read that letter (n is then known), where it is not here, or of a whole letter.
    again: it limits more than one of what stands in the same clause, and is there already, with its own limits.
    deeper: it stands in MOST_LIMITS others, and what it says and what limits it is not shown: so not all is shown.
    """

    ref: Ref
    clause: Clause | None
    n: int = 0
    limited_by: tuple["Whole", ...] = ()
    again: bool = False
    deeper: bool = False

    def all(self) -> Iterator["Whole"]:
        """Itself, and all that limits it."""
        yield self
        for one in self.limited_by:
            yield from one.all()


def wholes(letter: bytes, clauses: Sequence[Clause], others: Sequence[Other] = ()) -> tuple[Whole, ...]:
    """The clauses of one letter, in its order, each inside what it limits. others: as in `Other`, by entry.

    A clause that limits several stands in each; what it limits in another letter is shown with it.
    """
    return _Limits(letter, tuple(clauses), tuple(others)).roots()


def limited_elsewhere(letter: bytes, clauses: Sequence[Clause]) -> tuple[Ref, ...]:
    """What clauses of this letter limit in other letters."""
    found = (link.to for clause in clauses for link in clause.links if link.kind == "limits")
    return tuple(dict.fromkeys(ref for ref in found if ref.letter not in (None, letter)))


class _Limits:
    def __init__(self, letter: bytes, clauses: tuple[Clause, ...], others: tuple[Other, ...]) -> None:
        self.letter, self.clauses = letter, clauses
        self.found: dict[Ref, Whole] = {}
        self.limiters: dict[Ref, list[Ref]] = {}
        self._add(letter, clauses, 0, True)
        for other in others:
            self._add(other.letter, other.clauses, other.n, other.read)

    def _add(self, letter: bytes, clauses: tuple[Clause, ...], n: int, read: bool) -> None:
        for clause in clauses:
            ref = Ref(letter, clause.number)
            self.found[ref] = Whole(ref, clause if read else None, n)
            for link in clause.links:
                if link.kind == "limits":
                    self.limiters.setdefault(Ref(link.to.letter or letter, link.to.clause), []).append(ref)

    def roots(self) -> tuple[Whole, ...]:
        refs: dict[Ref, None] = {}
        for clause in self.clauses:
            limits = [
                Ref(link.to.letter or self.letter, link.to.clause) for link in clause.links if link.kind == "limits"
            ]
            if not limits:
                refs[Ref(self.letter, clause.number)] = None
            refs |= dict.fromkeys(ref for ref in limits if ref.letter != self.letter)
        return tuple(self._whole(ref, set(), 0) for ref in refs)

    def _whole(self, ref: Ref, there: set[Ref], depth: int) -> Whole:
        """there: what stands in the same clause already. Else what limits many would be drawn without end."""
        one = self.found.get(ref) or Whole(ref, None)
        if ref in there:
            return Whole(ref, None, one.n, again=True)
        there.add(ref)
        if depth == MOST_LIMITS:  # over several letters they may go on for ever
            return Whole(ref, None, one.n, deeper=True)
        inside = tuple(self._whole(by, there, depth + 1) for by in self.limiters.get(ref, ()))
        return Whole(ref, one.clause, one.n, inside)
