"""The house rules are checked by a program that is itself checked."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "check_house.py"


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True, check=False)


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
