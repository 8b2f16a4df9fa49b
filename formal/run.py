#!/usr/bin/env python3
"""Run the models and compare each query with what its comment expects; then the mutants, which must fail.

    python3 formal/run.py PROVERIF [--record] [NAME...]

PROVERIF: the program, version 2.05. NAME: models to run, with their mutants; all without one. --record writes what was
seen to results.json, beside the digest of what was run, so that a later change of a model shows. Exit status 1 if
anything is not as expected.

A query's comment is `(* NUMBER WORD: what it says *)`, the word one of

    proved      holds for any number of offices, letters and sessions
    reached     a check that the model can do what it is about: ProVerif finds the trace
    limit       an attack exists, as the specification says
    equivalent  the two worlds cannot be told apart
    told        they can, as the specification says

A mutant is a model with one protection taken out (mutants.toml): exactly the queries it names must then fail.
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

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
SECONDS = 600
MEMORY_BYTES = 8_000_000_000
OUTCOME = {"proved": "true", "reached": "false", "limit": "false", "equivalent": "equivalent", "told": "told"}
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
        """The queries that came out otherwise than the model expects."""
        return tuple(number for number, outcome in self.expected.items() if seen.get(number) != outcome)

    def is_as_expected(self, seen: dict[str, str]) -> bool:
        return set(self.surprises(seen)) == set(self.fails or ())


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
    seen = [_outcome(*found, done.stdout) for found in _RESULT.findall(done.stdout)]
    if len(seen) != len(case.expected):
        return {}, f"{len(seen)} results for {len(case.expected)} queries\n{done.stdout[-600:]}{done.stderr[-300:]}"
    return dict(zip(case.expected, seen, strict=True)), ""


def _bound_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _outcome(equivalence: str, verdict: str, output: str) -> str:
    if verdict == "cannot be proved" or not equivalence:
        told = equivalence and "A trace has been found" in output
        return "told" if told else {"is true": "true", "is false": "false"}.get(verdict, "unknown")
    return "equivalent" if verdict == "is true" else "told"


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
        shown = (
            "as expected" if good else f"UNEXPECTED: {', '.join(case.surprises(seen)) or 'nothing'} failed {trouble}"
        )
        if good and case.fails is not None:
            shown = f"fails as it must: {', '.join(case.fails)}" if case.fails else "fails nothing, as expected"
        print(f"{seconds:7.1f} s  {case.name:70}  {shown}", flush=True)
        record[case.name] = {"digest": case.digest, "seconds": seconds, "seen": seen}
    if "--record" in options:
        kept = {case.name: record[case.name] for case in cases if case.name in record}
        RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{wrong} not as expected" if wrong else "all as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
