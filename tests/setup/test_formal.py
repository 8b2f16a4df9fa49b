"""The models are as they were run: a model that changes must be run again, and what was seen is what it expects."""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "formal"))

import run  # noqa: E402

RESULTS = json.loads((ROOT / "formal" / "results.json").read_text(encoding="utf-8"))
CASES = [*run.models().values(), *run.mutants()]


def test_what_was_run_is_what_is_here():
    """Every model and mutant, by the digest of its text, and nothing else."""
    assert {case.name: case.digest for case in CASES} == {name: one["digest"] for name, one in RESULTS.items()}


def test_what_was_seen_is_what_each_expects():
    """A model fails no query, a mutant exactly those it names, and each names one."""
    for case in CASES:
        assert case.expected, case.name
        assert set(RESULTS[case.name]["seen"]) == set(case.expected)
        assert case.is_as_expected(RESULTS[case.name]["seen"]), case.name
    assert all(case.fails for case in run.mutants())


def test_the_readme_tells_of_each_query():
    page = (ROOT / "formal" / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "formal").glob("*.pv"):
        assert f"| `{path.stem}` |" in page
        for number, word, says in re.findall(run._EXPECTED, path.read_text(encoding="utf-8")):
            assert f"| {number} {word} | {' '.join(says.split())} |" in page
