"""Every decoder gives a value of ours or a refusal of ours, in bounded memory, whatever it is fed.

The bounded run: what was kept of hours of `make fuzz`, then inputs made by fixed dice from well-formed ones.
"""

from pathlib import Path
from random import Random

import pytest
from bounds import bounded
from fuzz.mutate import mutated
from fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"


def corpus(name):
    return [file.read_bytes() for file in sorted((CORPUS / name).glob("*"))]


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_is_fed_gives_a_value_or_a_refusal(name):
    target, dice = TARGETS[name], Random(name)
    kept = [one for one in (*corpus(name), *target.seeds()) if len(one) <= target.most]
    made = (mutated(dice.choice(kept), target.shape, dice, target.most, dice.choice(kept)) for _ in range(target.tries))
    for data in (*kept, *made):
        with bounded():
            try:
                target.feed(data)
            except Exception as error:
                pytest.fail(f"{name} fell on {data[:200]!r}{'…' * (len(data) > 200)}: {error!r}")


def test_the_corpus_stays_small_and_each_part_has_its_target():
    assert {one.name for one in CORPUS.iterdir() if one.is_dir()} <= set(TARGETS)
    assert sum(one.stat().st_size for one in CORPUS.rglob("*") if one.is_file()) < 400_000
