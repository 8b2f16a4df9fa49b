"""What the pages say is there, is there: links, and the tests they name."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [path.relative_to(ROOT) for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md"))]


@cache
def known_tests() -> dict[str, list[str]]:
    """Every test by its name, with the files that hold one of that name."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M):
            found.setdefault(name, []).append(str(path.relative_to(ROOT)))
    return found


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", sorted(set(PAGES)), ids=str)
def test_every_link_leads_somewhere(page):
    """Files and headings; nothing outside the repository is linked but by its full address."""
    text = re.sub(r"```.*?```|^ {4}.*?$", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.S | re.M)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, heading = target.partition("#")
        path = (ROOT / page).parent / name if name else ROOT / page
        if not path.exists() or not path.resolve().is_relative_to(ROOT) or (heading and heading not in anchors(path)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", sorted(set(PAGES)), ids=str)
def test_every_test_a_page_names_exists(page):
    """A claim that names its test would else outlive it; two tests of one name would leave open which is meant."""
    named = set(re.findall(r"\btest_\w+\b(?!\.py|/)", (ROOT / page).read_text(encoding="utf-8")))
    assert {name: known_tests().get(name) for name in named if len(known_tests().get(name, [])) != 1} == {}


def test_the_table_of_coverage_leaves_nothing_out():
    """Every requirement, mission row and scenario step has one row, with a test or with what is missing."""
    rows = re.findall(r"^\| ([RSAB]\d+) \| (.*?) \|(.*?)\|(.*?)\|$", (ROOT / "docs/coverage.md").read_text(), re.M)
    wanted = [f"S{n}" for n in range(1, 18)] + [f"R{n:02}" for n in range(1, 41)]
    wanted += [f"A{n:02}" for n in range(1, 15)] + [f"B{n:02}" for n in range(1, 12)]
    assert [name for name, *_ in rows] == wanted
    assert [name for name, what, tests, missing in rows if not what.strip() or not (tests + missing).strip()] == []


def test_every_file_of_vectors_is_explained():
    named = re.findall(r"^\| `(\w+\.json)` \|", (ROOT / "vectors/README.md").read_text(encoding="utf-8"), re.M)
    assert sorted(named) == sorted(path.name for path in (ROOT / "vectors").glob("*.json"))
