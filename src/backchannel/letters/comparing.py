"""What two offices hold of their exchange, set side by side by numbers.   Spec: docs/spec/reconcile.md.

Nothing here walks the numbers that the other side names: it may claim 2**37 letters.
"""

import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from itertools import chain
from typing import Final, Literal, NamedTuple

from backchannel.errors import Refused
from backchannel.letters.series import MOST_NUMBER, Span, agrees
from backchannel.values import dataclass

Runs = tuple[tuple[int, int], ...]
"""Numbers as (first, last), both included: rising, and no two that touch."""
Ids = tuple[bytes, ...]
"""The letter-ids known under one number, sorted: more than one where two texts came under it."""

MOST_SPOKEN: Final = 64  # runs in one line, series in one comparison
_ASCII_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹،", "01234567890123456789,")


class Series(NamedTuple):
    """The letters of one writer in one epoch. Under an epoch not known here, its label of the call stands for it."""

    writer: bytes
    epoch: bytes


Held = Mapping[Series, Mapping[int, Ids | None]]
"""What is here, by series and number; None: burnt."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What an office says it holds of one series, and what it has burnt."""

    held: Runs = ()
    burnt: Runs = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """One series, number by number. unsure: held by both, not compared to the end."""

    series: Series
    same: Runs = ()
    differing: Runs = ()
    only_here: Runs = ()
    only_there: Runs = ()
    burnt_here: Runs = ()
    burnt_there: Runs = ()
    unsure: Runs = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter that both say they hold, as it is here."""

    series: Series
    number: int
    ids: Ids


def runs(numbers: Iterable[int]) -> Runs:
    """These numbers, in any order."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return tuple(found)


def flat(numbers: Runs) -> list[int]:
    """first, last, first, last …, as runs travel."""
    return list(chain.from_iterable(numbers))


def ascii_digits(typed: str) -> str:
    """What a person typed, with digits of any of three scripts as ASCII ones."""
    return typed.translate(_ASCII_DIGITS)


def check_runs(given: Sequence[int], most: int) -> Runs:
    """Runs as first, last, first, last … Raises Refused [Q4]."""
    pairs = tuple(zip(given[::2], given[1::2], strict=False))
    last = -1
    for first, end in pairs:
        if not (first >= 1 and last + 1 < first <= end < MOST_NUMBER):
            raise Refused("Q4", "numbers of letters do not rise from 1, or are beyond all numbers")
        last = end
    if len(given) % 2 or len(pairs) > most:
        raise Refused("Q4", f"numbers of letters are not first and last, or are more than {most:,} runs")
    return pairs


def claims_of(held: Held) -> dict[Series, Claim]:
    """What an office would say of this."""
    return {
        series: Claim(
            runs(n for n, ids in letters.items() if ids is not None),
            runs(n for n, ids in letters.items() if ids is None),
        )
        for series, letters in sorted(held.items())
    }


def spoken(claim: Claim) -> str:
    """`1-12, 15 / 5, 7`: held, then burnt if anything is."""
    return _say(claim.held) + (f" / {_say(claim.burnt)}" if claim.burnt else "")


def heard(line: str) -> tuple[str, Claim]:
    """Label and claim of a line as a person typed it, in digits of any of three scripts. Raises Refused [Q4]."""
    plain = ascii_digits(line)
    found = re.fullmatch(r"\s*(\d{5})\s*:([\d\s,-]*)(?:/([\d\s,-]*))?", plain, re.ASCII)
    if found is None or len(plain) > 4096:
        raise Refused("Q4", "this is not five digits, a colon and numbers, like 48213: 1-12, 15 / 5")
    held, burnt = (_numbers(part or "") for part in found.groups()[1:])
    return found[1], Claim(held, burnt)


def in_common(held: Held, theirs: Mapping[Series, Claim]) -> tuple[Letter, ...]:
    """What both say they hold, in the order that both know: by writer, epoch and number."""
    found: list[Letter] = []
    for series, letters in sorted(held.items()):
        claim = theirs.get(series, Claim())
        numbers = [n for n in sorted(letters) if letters[n] is not None]
        found += [Letter(series, n, letters[n] or ()) for n in _inside(numbers, claim.held)]
    return tuple(found)


def compare(
    held: Held, theirs: Mapping[Series, Claim], same: Iterable[Letter], differing: Iterable[Letter]
) -> tuple[Compared, ...]:
    """All of it, series by series. same, differing: what is known of the letters in common."""
    alike = {(one.series, one.number) for one in same}
    unlike = {(one.series, one.number) for one in differing}
    found: list[Compared] = []
    for series in sorted({*held, *theirs}):
        here, there = held.get(series, {}), theirs.get(series, Claim())
        kept = sorted(n for n, ids in here.items() if ids is not None)
        both = _inside(kept, there.held)
        gone = runs(n for n, ids in here.items() if ids is None)
        found.append(
            Compared(
                series,
                same=runs(n for n in both if (series, n) in alike),
                differing=runs(n for n in both if (series, n) in unlike),
                only_here=_without(_without(runs(kept), there.held), there.burnt),
                only_there=_without(there.held, runs(here)),
                burnt_here=gone,
                burnt_there=_without(there.burnt, gone),
                unsure=runs(n for n in both if (series, n) not in alike | unlike),
            )
        )
    return tuple(found)


class Search:
    """Where two lists of the same length differ, asked range by range: the first difference after few questions.

    Both sides run it over the same list; after each answer both know the next range. Of n letters, one that differs is
    found in about log2(n) + 1 questions.
    """

    def __init__(self, count: int) -> None:
        self.same: list[int] = []
        self.differing: list[int] = []
        self._steps = self._look(0, count, False)
        self.asked: tuple[int, int] | None = None
        """Which positions to compare next, the second not included; None when nothing is left to ask."""
        self._go(None)

    def answer(self, same: bool) -> None:
        self._go(same)

    def _go(self, answer: bool | None) -> None:
        try:
            self.asked = next(self._steps) if answer is None else self._steps.send(answer)
        except StopIteration:
            self.asked = None

    def _look(self, first: int, last: int, differs: bool) -> Generator[tuple[int, int], bool, bool]:
        """differs: known without asking, since both halves together differ and the first one does not."""
        if first == last or (not differs and (yield first, last)):
            self.same += range(first, last)
            return True
        if last - first == 1:
            self.differing.append(first)
            return False
        middle = (first + last + 1) // 2
        left = yield from self._look(first, middle, False)
        yield from self._look(middle, last, left)
        return False


@dataclass(frozen=True, slots=True)
class View:
    """What a letter of theirs, kept here as entry `n`, says of the exchange.

    mine: what they had written; yours: what they had opened of ours. before: whether they have begun a new epoch since.
    """

    n: int
    mine: Span
    yours: Span
    before: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """What the other side says now and a letter of its own, entry `n`, speaks against.

    denies: by that letter it held them. changed: by that letter it held the same as is here. unheard: no letter of
    theirs here speaks of ones so high (n: 0). not-written: this register never wrote them (n: 0). restored: its desk
    has begun a new epoch since that letter, which may be why.
    """

    what: Literal["denies", "changed", "unheard", "not-written"]
    series: Series
    numbers: Runs
    n: int = 0
    restored: bool = False


def doubts(
    me: bytes,
    found: Iterable[Compared],
    ids: Mapping[Series, Mapping[int, bytes | None]],
    views: Sequence[View],
) -> tuple[Doubt, ...]:
    """What their own letters say against what they say now; the newest letter that says it.

    ids: the letter-ids here, of both types: a view covers operations and exercises alike.
    """
    said: list[Doubt] = []
    for one in found:
        missing, other = one.only_here, one.differing
        for view in sorted(views, key=lambda view: view.n, reverse=True):
            span = view.yours if one.series.writer == me else view.mine
            if span.epoch != one.series.epoch or span.last < span.first:
                continue
            reach = ((span.first, span.last),)
            if denied := _without(missing, _without(missing, reach)):
                said.append(Doubt("denies", one.series, denied, view.n, view.before))
                missing = _without(missing, reach)
            changed = _without(other, _without(other, reach))
            if changed and agrees(span, ids.get(one.series, {})):
                said.append(Doubt("changed", one.series, changed, view.n, view.before))
                other = _without(other, reach)
        if one.series not in ids:
            continue
        never = _without(tuple(sorted(one.only_there + one.burnt_there)), runs(ids[one.series]))
        if one.series.writer == me and never:
            said.append(Doubt("not-written", one.series, never))
        elif one.series.writer != me:
            reached = [view.mine.last for view in views if view.mine.epoch == one.series.epoch]
            high = max([*reached, *ids[one.series]], default=0)
            if beyond := _without(never, ((1, high),) if high else ()):
                said.append(Doubt("unheard", one.series, beyond))
    return tuple(said)


def _say(numbers: Runs) -> str:
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in numbers)


def _numbers(text: str) -> Runs:
    given: list[int] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = re.fullmatch(r"(\d{1,12})(?:\s*-\s*(\d{1,12}))?", part, re.ASCII)
        if found is None:
            raise Refused("Q4", f"{part[:40]!a} is no number of a letter and no two with a dash between them")
        given += [int(found[1]), int(found[2] or found[1])]
    return check_runs(given, MOST_SPOKEN)


def _inside(numbers: Sequence[int], within: Runs) -> list[int]:
    """Of rising numbers those in the runs."""
    found: list[int] = []
    at = 0
    for number in numbers:
        while at < len(within) and within[at][1] < number:
            at += 1
        if at < len(within) and within[at][0] <= number:
            found.append(number)
    return found


def _without(some: Runs, others: Runs) -> Runs:
    """The numbers of some that are not among the others."""
    found: list[tuple[int, int]] = []
    at = 0
    for first, last in some:
        while at < len(others) and others[at][1] < first:
            at += 1
        here = at
        while here < len(others) and others[here][0] <= last:
            if others[here][0] > first:
                found.append((first, others[here][0] - 1))
            first = others[here][1] + 1
            here += 1
        if first <= last:
            found.append((first, last))
    return tuple(found)
