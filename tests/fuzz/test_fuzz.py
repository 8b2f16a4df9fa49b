"""Every decoder gives a value of ours or a refusal of ours, in bounded memory, whatever it is fed.

The bounded run: what was kept of hours of `make fuzz`, then inputs made by fixed dice from well-formed ones.
"""

import resource
import signal
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from fuzz.mutate import mutated
from fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
MEMORY_BYTES = 512 << 20
SECONDS_AN_INPUT = 20  # a loop without end, not a slow machine
INPUTS = 300


@contextmanager
def bounded():
    """No more memory than there was and 512 MiB; a MemoryError then falls like any other exception."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_BYTES, before[1]))
    try:
        yield
    finally:
        signal.alarm(0)
        resource.setrlimit(resource.RLIMIT_AS, before)


def _endless(*_):
    raise AssertionError(f"no end after {SECONDS_AN_INPUT} seconds")


def corpus(name):
    return [file.read_bytes() for file in sorted((CORPUS / name).glob("*"))]


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_is_fed_gives_a_value_or_a_refusal(name, monkeypatch):
    target, dice = TARGETS[name], Random(name)
    kept = [one for one in (*corpus(name), *target.seeds()) if len(one) <= target.most]
    signal.signal(signal.SIGALRM, _endless)
    made = (
        mutated(dice.choice(kept), target.shape, dice, target.most, dice.choice(kept))
        for _ in range(INPUTS // 15 if target.costly else INPUTS)
    )
    with bounded():
        for data in (*kept, *made):
            signal.alarm(SECONDS_AN_INPUT)
            try:
                target.feed(data)
            except Exception as error:
                pytest.fail(f"{name} fell on {data[:200]!r}{'…' * (len(data) > 200)}: {error!r}")


def test_the_corpus_stays_small_and_each_part_has_its_target():
    assert {one.name for one in CORPUS.iterdir() if one.is_dir()} <= set(TARGETS)
    assert sum(one.stat().st_size for one in CORPUS.rglob("*") if one.is_file()) < 400_000
