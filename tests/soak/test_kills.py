"""Several hundred kills of desk, station and relay, and what must hold after each; `make soak` for thousands."""

import pytest
from soak.soak import run


@pytest.mark.parametrize("seed", range(3))
def test_killed_anywhere_nothing_is_lost_repeated_or_left(tmp_path, seed):
    """Each act is killed before any of its durable steps and at moments of chance; what is asked: `verdicts.py`."""
    soak = run(110, seed, tmp_path, a_town=55, tell=False)
    assert soak.killed >= 110
    assert {kind.split(" ")[0] for kind, _ in soak.kills} >= {"send", "station", "relay", "status"}
