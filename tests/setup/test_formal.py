"""The models are as they were run, say what the pages claim, and speak of what the code speaks of.

See formal/README.md.
"""

import json
import re
import sys
from pathlib import Path
from typing import get_args

import pytest

from backchannel.conveyance.evidence import EVENTS, MODES
from backchannel.letters.docket import ACTS
from backchannel.letters.parts import MATTERS
from backchannel.seals.signatures import Purpose

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "formal"))

import run  # noqa: E402

RESULTS = json.loads(run.RESULTS.read_text(encoding="utf-8"))
PAGE = run.PAGE.read_text(encoding="utf-8")
CASES = [*run.models().values(), *run.mutants()]
MODELS = sorted((*run.HERE.glob("*.pv"), *run.HERE.glob("*.pvl")))
CODE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
SPEC = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "spec").glob("*.md"))
LABELS = set(re.findall(r"\b(?:digest|labelled)\(\s*\"([a-z-]+)\"", CODE))
KNOWN = {
    "H": LABELS,
    "I": LABELS,
    "P": set(get_args(Purpose)),
    "E": set(EVENTS),
    "M": set(MODES),
    "K": set(MATTERS),
    "D": {*ACTS, "authority"},
}


def unknown(text: str) -> list[str]:
    """Names of the models' convention (see seal.pvl) that stand for nothing in the code, or take more or fewer values.

    A hash is given as many values as its formula in the specification, where there is one.
    """
    found = []
    text = re.sub(r"\(\*.*?\*\)", "", text, flags=re.S)
    for kind, name in sorted(set(re.findall(r"\b([HIPEMKD])_(\w+)", text))):
        if not {name, name.replace("_", "-")} & KNOWN[kind]:
            found.append(f"{kind}_{name}")
    for name, given in re.findall(r"^fun H_(\w+)\(([^)]*)\)", text, re.M):
        formulas = re.findall(rf'H\["{name.replace("_", "-")}", ([^\[\]"]+)\]', SPEC)
        given = given.replace("mpk, xpk", "public key")  # one value, in two halves
        if formulas and given.count(",") not in {one.count(",") for one in formulas}:
            found.append(f"H_{name}({given})")
    return found


def test_what_was_run_is_what_is_here():
    """Every model and mutant, by the digest of its text, and nothing else."""
    assert {case.name: case.digest for case in CASES} == {name: one["digest"] for name, one in RESULTS.items()}


def test_what_was_seen_is_what_each_expects():
    """A model fails no query; on a mutant an attack was found on exactly those it names."""
    for case in CASES:
        assert case.expected, case.name
        assert case.is_as_expected(RESULTS[case.name]["seen"]), case.name


def test_each_model_has_a_mutant_that_is_attacked():
    assert {case.name.split(":")[0] for case in run.mutants() if case.fails} == set(run.models())


def test_the_readme_shows_what_was_seen():
    assert run.tables(RESULTS) in PAGE


def test_each_claim_names_queries_that_are_there_and_each_query_is_claimed():
    """In the table of claims: queries that hold or are limits, each at least once; a claim without one says none."""
    rows = PAGE.split("## Claims")[1].split("## Results")[0].split("\n|")[3:]
    claimed = set()
    for row in rows:
        model = row.split("|")[2].strip()
        cited = re.findall(r"`([a-z-]+)` (\d+(?:, \d+)*)", model)
        assert cited or model == "none", row
        claimed |= {(name, number) for name, numbers in cited for number in numbers.split(", ")}
    assert claimed == {
        (name, number)
        for name, case in run.models().items()
        for number, word in run.expectations(case.text).items()
        if word != "reached"
    }


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_the_models_speak_of_what_the_code_speaks_of(path):
    assert unknown(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "H_custodian(x)",
        "E_Handover",
        "P_seal",
        "K_covering",
        "D_refuses",
        "fun H_custody(bitstring, id, id): bitstring.",
    ],
)
def test_a_name_that_drifted_is_found(text):
    assert unknown(text)


def test_a_mutant_that_proves_nothing_is_not_as_expected():
    """No answer, an unproved query, or another attack than named: none passes for the attack that was asked for."""
    case = run.Case("x", None, "", {"1": "false", "2": "true", "3": "true"}, ("2",))
    assert case.is_as_expected({"1": "false", "2": "false", "3": "true"})
    assert not case.is_as_expected({})
    assert not case.is_as_expected({"1": "false", "2": "unknown", "3": "true"})
    assert not case.is_as_expected({"1": "false", "2": "false", "3": "false"})
