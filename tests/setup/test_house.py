"""The house rules are checked by a program that is itself checked."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(folder: Path, script: str = "check_house.py") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / script, folder], capture_output=True, text=True, check=False
    )


def test_this_house_is_in_order():
    """No room imports one above it; no pure room touches clock, dice, file or socket."""
    assert run(ROOT / "src" / "backchannel").returncode == 0


@pytest.mark.parametrize(
    ("file", "source", "why"),
    [
        ("seals/keys.py", "import os\n", "imports os"),
        ("letters/dates.py", "from datetime import datetime\nx = datetime.now()\n", "calls .now()"),
        ("pouches/packet.py", "def f():\n    import socket\n", "imports socket"),
        ("seals/cards.py", "x = open('y')\n", "calls open()"),
        ("letters/sheet.py", "from backchannel.seals.keys import KemKey\n", "imports seals"),
        ("relay/http.py", "from backchannel import desk\n", "imports desk"),
        ("utils.py", "", "is no room"),
    ],
)
def test_a_breach_is_named_with_its_place(tmp_path, file, source, why):
    """Each rule fails on a file that breaks it."""
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    done = run(tmp_path)
    assert done.returncode == 1
    assert f"{path}:" in done.stdout
    assert why in done.stdout


def test_every_mark_is_raised_named_and_tested():
    """A refusal nobody names would be tidied away one day."""
    assert run(ROOT, "check_marks.py").stdout == "every mark is raised, named and tested\n"


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        ("src/a.py", 'Refused("S2", "")', "S2: raised, and no page of docs/spec names it"),
        ("src/a.py", 'Refused("S2", "")', "S2: raised, and no test or vector names it"),
        ("tests/test_a.py", "S01", "S1: raised, and no test or vector names it"),
        ("src/seal.py", 'Refused("T1", "")', "T1: raised, and no test or vector names it"),
        ("docs/spec/more.md", "refused [S7 to S8]", "S8: named in docs/spec, and nothing raises it"),
        ("docs/spec/more.md", "| S9 | the last |", "S9: named in docs/spec, and nothing raises it"),
    ],
)
def test_a_mark_that_is_not_everywhere_is_named(tmp_path, file, text, why):
    pieces = {"src/seal.py": 'Refused("S1", "")', "docs/spec/seals.md": "refused [S1]", "tests/test_a.py": "S1 T1"}
    for name, content in {**pieces, file: text}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    done = run(tmp_path, "check_marks.py")
    assert done.returncode == 1
    assert why in done.stdout.splitlines()
