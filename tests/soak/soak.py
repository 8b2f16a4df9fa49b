"""Kill, look, go on: one town after another.

    make soak                       10,000 kills
    make soak KILLS=500 SEED=3      so many, from that seed

Each turn is one act of `acts.py`, killed before one of its durable steps or at a moment of chance; then everything in
`verdicts.py` is asked, and a person comes back, looks whether it was done, and does it if it was not. Between towns all
that is under way arrives, and every letter is compared at both ends. The first verdict that fails ends the run; the
same seed brings the same acts, and the same steps, but not the same moments of chance.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from soak.acts import Act, choose
from soak.killing import KILLED, OFFICES, Town, build
from soak.verdicts import Verdicts, settled

FAILED = (3, 4, 7)  # refused, out of reach, not possible: nothing was done


@dataclass
class Soak:
    """folder: for the towns. kills: so far, by kind of act and how. steps: the most durable steps seen of each kind."""

    folder: Path
    dice: Random
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    steps: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    towns: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    """What was done besides: two programs of one desk at once, clocks a year out of step."""

    @property
    def killed(self) -> int:
        return sum(self.kills.values())

    def live(self, kills: int) -> None:
        """One town, until so many more processes were killed in it."""
        self.towns += 1
        town = build(self.folder / f"town-{self.towns}", self.dice)
        until = self.killed + kills
        try:
            verdicts = Verdicts(town)
            for name in OFFICES:
                verdicts.office(name)
            while self.killed < until:
                self.turn(town, verdicts, choose(town))
            town.carry()
            for name in OFFICES:
                verdicts.office(name)
                verdicts.leftovers(name)
            verdicts.relay()
            settled(verdicts)
        finally:
            town.stop_relay()
        shutil.rmtree(town.folder)

    def turn(self, town: Town, verdicts: Verdicts, act: Act) -> None:
        """One act, killed once or several times on its way, looked at each time, and done in the end."""
        before = town.head(act.office)
        if self.dice.random() < 0.1:
            self._out_of_step(town, verdicts, act.office)
        if self.dice.random() < 0.1:
            other = self.dice.choice(("desk status", "station once", "letter list"))
            status, beside = town.at_once(act.office, act.line, other)
            self.aside["two at once"] += 1
            done = town.count(act, before, status)
            assert done == (status == 0), _what(town, act, status, done)
            assert {status, beside} <= {0, *FAILED}, _what(town, act, status, done) + f"beside {other}: {beside}"
            verdicts.office(act.office)
            if done:
                return
        status = KILLED
        while status == KILLED:
            status = self._try(town, act)
            verdicts.office(act.office)
            if act.kind == "station":
                verdicts.relay()
            done = town.count(act, before, status)
            assert done == (status == 0) or (status == KILLED and done <= 1), _what(town, act, status, done)
            assert status in (0, KILLED, *FAILED), _what(town, act, status, done)
            if done:
                return
            if status == KILLED and self.dice.random() < 0.4:
                break
        if status:
            status = town.command(act.office, act.line)
            done = town.count(act, before, status)
            assert (status, done) == (0, 1) or (status in FAILED and not done), _what(town, act, status, done)

    def _out_of_step(self, town: Town, verdicts: Verdicts, office: str) -> None:
        """A clock a year ahead or behind, of a desk or of the relay: nothing is lost by it, whatever is refused."""
        days = self.dice.choice((-366, 366))
        if self.dice.random() < 0.3:
            town.stop_relay()
            town.start_relay(around=town.out_of_step(days))
            town.must(office, "station once", 0, *FAILED)
            town.stop_relay()
            town.start_relay()
            verdicts.relay()
        else:
            for line in ("station once", "desk status"):
                town.must(office, line, 0, *FAILED, around=town.out_of_step(days))
        self.aside[f"{days} days"] += 1
        verdicts.office(office)

    def _try(self, town: Town, act: Act) -> int:
        """The act, to be killed before a durable step, or by chance; or the relay is, while the act needs it."""
        if act.kind == "station" and self.dice.random() < 0.4:
            town.stop_relay()
            town.start_relay(kill_at=self._step("relay"))
            status = town.command(act.office, act.line)
            if town.stop_relay():
                self.kills["relay", "at a step"] += 1
            town.start_relay()
            return status
        kill_at, kill_after = 0, 0.0
        if self.dice.random() < 0.75:
            kill_at = self._step(act.kind)
        else:
            kill_after = self.dice.uniform(0.001, self.seconds.get(act.kind, 0.2))
        started = time.monotonic()
        status = town.command(act.office, act.line, kill_at=kill_at, kill_after=kill_after)
        if status == KILLED:
            self.kills[act.kind, "at a step" if kill_at else "by chance"] += 1
            self.steps[act.kind] = max(self.steps.get(act.kind, 0), kill_at)
        else:
            self.seconds[act.kind] = time.monotonic() - started
        return status

    def _step(self, kind: str) -> int:
        """One of those it has, or one after: so their number is found."""
        return self.dice.randint(1, self.steps.get(kind, 0) + 2)


def _what(town: Town, act: Act, status: int, done: int) -> str:
    return f"{act.office}: {act.line}: ended with {status}, done {done} times\n{town.shown}"


def run(kills: int, seed: int, folder: Path, a_town: int = 60, tell: bool = True) -> Soak:
    soak = Soak(folder, Random(seed))
    started = time.monotonic()
    while soak.killed < kills:
        soak.live(min(a_town, kills - soak.killed))
        if tell:
            print(f"{soak.killed} killed in {soak.towns} towns, {time.monotonic() - started:.0f} s", flush=True)
    return soak


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="work here, and leave the town that fell as it lies")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="soak-"))
    soak = run(given.kills, given.seed, folder)
    for (kind, how), many in sorted(soak.kills.items()):
        print(f"{many:6} {kind}, {how}")
    for what, many in sorted(soak.aside.items()):
        print(f"{many:6} {what}")
    if given.keep is None:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
