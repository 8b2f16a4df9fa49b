"""The exchange of 2024 as a person runs it: real desks, a real relay, dates moved by hand."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_exchange_of_2024_runs_and_what_it_makes_can_be_kept(tmp_path):
    """Warning, reply, a visitor who speaks for itself only, a question by another way, a reply by a third."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"}
    script = ROOT / "examples" / "2024" / "exchange.py"
    done = subprocess.run(
        [sys.executable, script, tmp_path / "kept"],
        capture_output=True, text=True, check=False, env=environment, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout
    assert "Haste:    immediate: a life is at stake" in said
    assert "SPEAKS FOR ITSELF ONLY: it names no credence" in said
    assert "SPEAKS FOR ITSELF ONLY: no authority was claimed" in said
    assert "no comment" in said
    assert "opened, as their letter 1 shows" in said
    assert "convinces this desk alone" in said
    assert "can prove it" not in said.split("What can be proved")[1].replace("cannot prove it", "")
    assert "which never wrote it" in said
    kept = {path.name for path in (tmp_path / "kept").iterdir()}
    assert {"washington", "tehran", "bern", "muscat", "visitor", "relay.db", "forged.sealed"} <= kept
