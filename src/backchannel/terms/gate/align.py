"""Whole versions beside each other: clauses missing, merged or different.   Spec: docs/spec/gate.md, "Versions"."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from backchannel.terms.gate.compare import Finding, Reading, findings, read, size
from backchannel.terms.gate.days import Day, ordinal
from backchannel.terms.gate.lexicon import Tables
from backchannel.terms.gate.names import Name, Names
from backchannel.terms.gate.quantities import Item
from backchannel.values import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """A finding, and where: the languages, and the labels of the clauses compared ("" where there is none)."""

    source_lang: str
    target_lang: str
    source_label: str
    target_label: str
    finding: Finding


def compare_versions(
    tables: Tables, versions: Mapping[str, Mapping[str, str]], names: Iterable[Name] = ()
) -> tuple[Difference, ...]:
    """The differences between versions whose clauses bear labels.

    versions: by language, each clause's text by its label; the first language is compared with each of the others.
    A clause without words counts as missing; one that stands in the clause before or after it instead, as merged.
    """
    known = Names(tables, names)
    readings = {lang: _read(tables, clauses.items(), lang, known) for lang, clauses in versions.items()}
    first, *others = versions
    made: list[Difference] = []
    for other in others:
        source, target = readings[first], readings[other]
        labels = list(dict.fromkeys((*versions[first], *versions[other])))
        for label in labels:
            one, two = source.get(label), target.get(label)
            if one is not None and two is not None:
                steps = findings(tables, one, two)
            else:
                steps = _absent(tables, labels, label, source, target)
            made += [Difference(first, other, label if one else "", label if two else "", step) for step in steps]
    return tuple(made)


def compare_texts(
    tables: Tables, source: str, source_lang: str, target: str, target_lang: str, names: Iterable[Name] = ()
) -> tuple[Difference, ...]:
    """The differences between two texts whose paragraphs bear no labels; labels are their numbers."""
    known = Names(tables, names)
    sides = [
        list(_read(tables, ((str(n), part) for n, part in enumerate(paragraphs(text), 1)), lang, known).items())
        for text, lang in ((source, source_lang), (target, target_lang))
    ]
    made: list[Difference] = []
    for left, right in _align([one for _, one in sides[0]], [one for _, one in sides[1]]):
        here, there = ([sides[n][i] for i in run] for n, run in enumerate((left, right)))
        labels = ["+".join(label for label, _ in side) for side in (here, there)]
        texts = ["\n".join(one.text for _, one in side) for side in (here, there)]
        if here and there and len(here) == len(there):
            steps = findings(tables, here[0][1], there[0][1])
        elif here and there:
            steps = (Finding("clause", "merged", texts[0], texts[1], (str(len(here)), str(len(there)))),)
            steps += findings(
                tables, read(tables, texts[0], source_lang, known), read(tables, texts[1], target_lang, known)
            )
        else:
            steps = (Finding("clause", "missing" if here else "added", texts[0], texts[1]),)
        made += [Difference(source_lang, target_lang, labels[0], labels[1], step) for step in steps]
    return tuple(made)


_PARAGRAPH: Final = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+]|#+|\(?[\w]{1,4}[.)])\s)")


def paragraphs(text: str) -> list[str]:
    """The paragraphs and items of a text."""
    return [part.strip() for part in _PARAGRAPH.split(text) if re.search(r"\w", part)]


def _read(tables: Tables, clauses: Iterable[tuple[str, str]], lang: str, known: Names) -> dict[str, Reading]:
    return {label: read(tables, text, lang, known) for label, text in clauses if re.search(r"\w", text)}


def _absent(
    tables: Tables, labels: Sequence[str], label: str, source: Mapping[str, Reading], target: Mapping[str, Reading]
) -> tuple[Finding, ...]:
    """A clause that one side lacks: merged into a neighbour there, or missing."""
    held, other = (source, target) if label in source else (target, source)
    if label not in held:
        return ()
    at = labels.index(label)
    for near in (labels[at - 1] if at else "", labels[at + 1] if at + 1 < len(labels) else ""):
        if near in held and near in other:
            both, one = size(held[label]) + size(held[near]), size(other[near])
            if abs(both - one) < abs(size(held[near]) - one):
                texts = (held[label].text, other[near].text)
                return (Finding("clause", "merged", *(texts if held is source else texts[::-1]), values=(label, near)),)
    text = held[label].text
    return (Finding("clause", "missing", text, "") if held is source else Finding("clause", "added", "", text),)


_STEPS: Final = ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2))
_PRICE: Final = {(1, 1): 0.0, (1, 0): 1.2, (0, 1): 1.2, (2, 1): 0.9, (1, 2): 0.9}


def _align(source: Sequence[Reading], target: Sequence[Reading]) -> list[tuple[range, range]]:
    """Which clauses stand for which: the cheapest way through both (after Gale and Church, 1993, with what is counted
    and who is named beside the length)."""
    best: dict[tuple[int, int], tuple[float, tuple[int, int] | None]] = {(0, 0): (0.0, None)}
    for i in range(len(source) + 1):
        for j in range(len(target) + 1):
            if (i, j) not in best:
                continue
            for a, b in _STEPS:
                if i + a > len(source) or j + b > len(target):
                    continue
                price = best[i, j][0] + _PRICE[a, b] + _unlike(source[i : i + a], target[j : j + b])
                if (i + a, j + b) not in best or price < best[i + a, j + b][0]:
                    best[i + a, j + b] = price, (i, j)
    path = [(len(source), len(target))]
    while (before := best[path[-1]][1]) is not None:
        path.append(before)
    return [(range(a, c), range(b, d)) for (a, b), (c, d) in pairwise(reversed(path))]


def _fact(item: Item) -> str:
    value = item.values[0]
    return f"day {ordinal(value)}" if isinstance(value, Day) else str(value)


def _unlike(left: Sequence[Reading], right: Sequence[Reading]) -> float:
    if not left or not right:
        return 0.0
    long = [sum(size(one) for one in side) for side in (left, right)]
    facts = [
        {_fact(item) for one in side for item in one.items if item.hard}
        | {mention.key for one in side for mention in one.mentions}
        for side in (left, right)
    ]
    shared = len(facts[0] & facts[1]) / max(1, len(facts[0] | facts[1])) if facts[0] | facts[1] else 0.5
    return abs(long[0] - long[1]) / (max(long) + 30) * 2 + 1 - shared
