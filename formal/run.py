#!/usr/bin/env python3
"""Run the models and compare each query with what its comment expects; then the mutants, which must fail.

    python3 formal/run.py PROVERIF [--record] [NAME...]

PROVERIF: the program, version 2.05. NAME: models to run, with their mutants; all without one. --record writes what was
seen to results.json, beside the digest of what was run, so that a later change of a model shows, and the tables of
README.md. Exit status 1 if anything is not as expected.

A query's comment is `(* NUMBER WORD: what it says *)`, the word one of

    proved      holds for any number of offices, letters and sessions
    reached     a check that the model can do what it is about: ProVerif finds the trace
    limit       an attack exists, as the specification says
    equivalent  the two worlds cannot be told apart
    told        they can, as the specification says

A mutant is a model with a protection taken out (mutants.toml): of the queries that hold in the model, an attack must be
found on exactly those it names.
"""

import hashlib
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE / "README.md"
SECONDS = 600
MEMORY_BYTES = 8_000_000_000
OUTCOME = {"proved": "true", "reached": "false", "limit": "false", "equivalent": "equivalent", "told": "told"}
HOLDS = ("true", "equivalent")
ATTACKED = ("false", "told")
_EXPECTED = re.compile(r"\(\* (\d+) (proved|reached|limit|equivalent|told): (.*?) ?\*\)", re.S)
_LIBRARY = re.compile(r"^\(\* library: (\w+)\n")
_RESULT = re.compile(r"^RESULT (Observational equivalence )?.*?(is true|is false|cannot be proved)[^\n]*\.$", re.M)


@dataclass(frozen=True)
class Case:
    """One run. expected: outcome by query number. fails: the queries a mutant must break, None for a model itself."""

    name: str
    library: str | None
    text: str
    expected: dict[str, str]
    fails: tuple[str, ...] | None = None

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.library}\0{self.text}".encode()).hexdigest()

    def surprises(self, seen: dict[str, str]) -> tuple[str, ...]:
        """A model's queries that came out otherwise than expected; a mutant's that held and now have an attack."""
        if self.fails is None:
            return tuple(number for number, outcome in self.expected.items() if seen.get(number) != outcome)
        return tuple(n for n, outcome in self.expected.items() if outcome in HOLDS and seen.get(n) in ATTACKED)

    def is_as_expected(self, seen: dict[str, str]) -> bool:
        return set(seen) == set(self.expected) and self.surprises(seen) == (self.fails or ())


def expectations(text: str) -> dict[str, str]:
    """The word of each query, by its number, in the order of the model."""
    return {number: word for number, word, _ in _EXPECTED.findall(text)}


def models() -> dict[str, Case]:
    found = {}
    for path in sorted(HERE.glob("*.pv")):
        text = path.read_text(encoding="utf-8")
        named = _LIBRARY.match(text)
        library = (HERE / f"{named[1]}.pvl").read_text(encoding="utf-8") if named else None
        found[path.stem] = Case(path.stem, library, text, {n: OUTCOME[w] for n, w in expectations(text).items()})
    return found


def mutants() -> list[Case]:
    """Each change must apply, once or more, to the model or its library. Raises ValueError where it does not."""
    whole = models()
    found = []
    for one in tomllib.loads((HERE / "mutants.toml").read_text(encoding="utf-8"))["mutant"]:
        model = whole[one["model"]]
        name = f"{model.name}: {one['without']}"
        library, text = model.library, model.text
        for before, after in one["change"]:
            if before not in text and before not in (library or ""):
                raise ValueError(f"{name}: nothing to change: {before}")
            text, library = text.replace(before, after), library and library.replace(before, after)
        found.append(Case(name, library, text, model.expected, tuple(str(n) for n in one["fails"])))
    return found


def run(proverif: str, case: Case) -> tuple[dict[str, str], str]:
    """The outcome of each query by its number, and what to say where ProVerif did not answer."""
    with tempfile.TemporaryDirectory() as folder:
        library, model = Path(folder, "library.pvl"), Path(folder, "model.pv")
        library.write_text(case.library or "", encoding="utf-8")
        model.write_text(case.text, encoding="utf-8")
        command = [proverif, *(["-lib", str(library)] if case.library else []), str(model)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=SECONDS, check=False, preexec_fn=_bound_memory
            )
        except subprocess.TimeoutExpired:
            return {}, f"no answer in {SECONDS} s"
    seen = _outcomes(done.stdout)
    if len(seen) != len(case.expected):
        return {}, f"{len(seen)} results for {len(case.expected)} queries\n{done.stdout[-600:]}{done.stderr[-300:]}"
    return dict(zip(case.expected, seen, strict=True)), ""


def _bound_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _outcomes(output: str) -> list[str]:
    found = _RESULT.findall(output)
    if not any(equivalence for equivalence, _ in found):
        return [{"is true": "true", "is false": "false"}.get(verdict, "unknown") for _, verdict in found]
    # An equivalence that is not proved at first is tried again in a simpler form: one question, several answers.
    if any(verdict == "is true" for _, verdict in found):
        return ["equivalent"]
    return ["told" if "A trace has been found" in output else "unknown"]


def tables(record: dict[str, Any]) -> str:
    """The part of README.md between its headings "Results" and "Not modelled"."""
    lines = ["## Results", "", "| model | seconds | query | what it says |", "|---|---|---|---|"]
    for model in models().values():
        for place, (number, word, says) in enumerate(_EXPECTED.findall(model.text)):
            first = (f"`{model.name}`", record[model.name]["seconds"]) if place == 0 else ("", "")
            lines.append(f"| {first[0]} | {first[1]} | {number} {word} | {' '.join(says.split())} |")
    lines += ["", "| without | in | attack found on |", "|---|---|---|"]
    for mutant in mutants():
        name, without = mutant.name.split(": ", 1)
        lines.append(f"| {without} | `{name}` | {', '.join(mutant.fails or ()) or 'none'} |")
    return "\n".join([*lines, "", ""])


def _write_tables(record: dict[str, Any]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    start, end = page.index("## Results\n"), page.index("## Not modelled\n")
    PAGE.write_text(page[:start] + tables(record) + page[end:], encoding="utf-8")


def main() -> int:
    options = [one for one in sys.argv[1:] if one.startswith("--")]
    proverif, *wanted = [one for one in sys.argv[1:] if not one.startswith("--")] or [""]
    if not proverif or set(options) - {"--record"}:
        print((__doc__ or "").split("\n\n")[1].strip(), file=sys.stderr)
        return 2
    cases = [*models().values(), *mutants()]
    record = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    wrong = 0
    for case in cases:
        if wanted and case.name.split(":")[0] not in wanted:
            continue
        began = time.monotonic()
        seen, trouble = run(proverif, case)
        seconds = round(time.monotonic() - began, 1)
        good = case.is_as_expected(seen)
        wrong += not good
        shown = "as expected" if good else f"UNEXPECTED: {', '.join(case.surprises(seen)) or 'none'} {trouble}"
        if good and case.fails is not None:
            shown = f"attacked as it must be: {', '.join(case.fails)}" if case.fails else "a spare, as expected"
        print(f"{seconds:7.1f} s  {case.name:70}  {shown}", flush=True)
        record[case.name] = {"digest": case.digest, "seconds": seconds, "seen": seen}
    if "--record" in options:
        kept = {case.name: record[case.name] for case in cases if case.name in record}
        RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        if len(kept) == len(cases):
            _write_tables(kept)
    print(f"{wrong} not as expected" if wrong else "all as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
