"""Disks that are full, read-only, or fail to sync or to rename, under desk, station and relay; see `sick.py`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


@pytest.mark.skipif(shutil.which("fiu-run") is None, reason="libfiu (Debian: fiu-utils) is not installed")
def test_on_a_sick_disk_nothing_is_lost_repeated_or_half_done():
    """Each act is done or refused, never both; what was taken is kept; and once the disk is well all is done."""
    said = subprocess.run(
        ["fiu-run", "-x", "-f", "", sys.executable, "-m", "soak.sick", "--turns", "45", "--seed", "4"],
        env={**os.environ, "PYTHONPATH": f"{TESTS.parent / 'src'}:{TESTS}"},
        capture_output=True,
        text=True,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    for how in ("full", "read-only", "no sync"):
        assert f", {how}: refused" in said.stdout
