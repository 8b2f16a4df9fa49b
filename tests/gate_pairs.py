"""The clause pairs written for the language gate, and how often it is right about them.

python tests/gate_pairs.py [--write]   prints the rates by category, or writes them into docs/guide/languages.md
"""

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from backchannel.desk.gate_tables import gate_tables
from backchannel.terms.gate import Name, compare

HERE = Path(__file__).parent / "terms/gate"
LANGS = ("en", "ar", "fa")
PAGE = Path(__file__).parents[1] / "docs/guide/languages.md"
_COMPARED: dict[int, bool] = {}
BEGINS, ENDS = "<!-- measured: begin -->\n", "<!-- measured: end -->"


@dataclass(frozen=True)
class Pair:
    """Two versions of one clause; kind: "" if they say the same, else the category of the one fault."""

    clause: str
    kind: str
    source_lang: str
    source: str
    target_lang: str
    target: str
    names: tuple[Name, ...]

    def stopped(self) -> bool:
        if id(self) not in _COMPARED:  # pairs() keeps every pair
            sides = (self.source, self.source_lang, self.target, self.target_lang)
            _COMPARED[id(self)] = bool(compare(gate_tables(), *sides, self.names))
        return _COMPARED[id(self)]

    def __str__(self) -> str:
        return f"{self.clause} ({self.kind or 'faithful'})\n  {self.source}\n  {self.target}"


@cache
def pairs() -> tuple[Pair, ...]:
    """Every committed pair: each clause in its languages, two by two; each faulty version beside the others."""
    return tuple(pair for path in sorted(HERE.glob("pairs.*.toml")) for pair in _of(path))


def _of(path: Path) -> Iterator[Pair]:
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    for pair in said.get("pair", ()):
        source, target = sorted((lang for lang in LANGS if lang in pair), key=lambda lang: lang != pair["source"])
        yield Pair(pair["id"], pair.get("fault", ""), source, pair[source], target, pair[target], ())
    for clause in said.get("clause", ()):
        langs = [lang for lang in LANGS if lang in clause]
        names = tuple(
            Name(one["key"], {lang: one[lang] for lang in langs if lang in one}) for one in clause.get("names", ())
        )
        for one, other in combinations(langs, 2):
            yield Pair(clause["id"], "", one, clause[one], other, clause[other], names)
        for k, fault in enumerate(clause.get("faults", ())):
            text = clause[fault["lang"]]
            assert text.count(fault["old"]) == 1, (
                f"{clause['id']}: {fault['old']} stands there {text.count(fault['old'])} times"
            )
            faulty = text.replace(fault["old"], fault["new"])
            for n, other in enumerate(lang for lang in langs if lang != fault["lang"]):
                sides = (other, clause[other], fault["lang"], faulty)
                yield Pair(clause["id"], fault["kind"], *(sides if (k + n) % 2 else sides[2:] + sides[:2]), names)


@dataclass(frozen=True)
class Rate:
    """Of `of` pairs, `stopped` were stopped."""

    stopped: int
    of: int

    def __str__(self) -> str:
        return f"{self.stopped} of {self.of} ({100 * self.stopped / self.of:.1f} %)"


def rate(some: list[Pair]) -> Rate:
    return Rate(sum(pair.stopped() for pair in some), len(some))


def table() -> str:
    """The measured rates, as the guide shows them."""
    every = pairs()
    kinds = sorted({pair.kind for pair in every} - {""})
    rows = [(f"fault: {kind}", [pair for pair in every if pair.kind == kind]) for kind in kinds]
    faithful = [pair for pair in every if not pair.kind]
    rows += [("**any fault**", [pair for pair in every if pair.kind]), ("**faithful pairs**", faithful)]
    for one, other in combinations(LANGS, 2):
        same = [pair for pair in faithful if {pair.source_lang, pair.target_lang} == {one, other}]
        rows += [(f"faithful, {one} and {other}", same)]
    lines = [f"| {what} | {rate(some)} |" for what, some in rows]
    return "\n".join(["| | stopped |", "|---|---|", *lines, ""])


if __name__ == "__main__":
    if "--write" in sys.argv:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGINS)
        PAGE.write_text(before + BEGINS + table() + ENDS + rest.split(ENDS)[1], encoding="utf-8")
    for missed in (pair for pair in pairs() if pair.stopped() != bool(pair.kind)):
        print("WRONG", missed)
    print(table())
