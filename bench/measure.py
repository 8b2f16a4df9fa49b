"""Measuring side by side: runs by turns after a warm-up, CPU beside wall; a figure with its peers, limits and goals."""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Spent:
    """What one run took: milliseconds of wall clock and of CPU."""

    wall: float
    cpu: float


@dataclass(slots=True)
class Runs:
    """The runs of one act, in the order they were made."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


Act = Callable[[], object]


def take_turns(
    acts: Mapping[str, Act], runs: int = 7, times: int = 1, warm: int = 1, rest: Act | None = None
) -> dict[str, Runs]:
    """Run each act in turn, so that the machine's moods hit all alike; per act the time of one of its `times` calls.

    An act that returns a Spent (a command does) has measured itself; of any other the time of this process is taken.
    warm: rounds that are not counted. rest: called after every act, not measured.
    """
    found = {name: Runs() for name in acts}
    for round_ in range(warm + runs):
        for name, act in acts.items():
            spent = _once(act, times)
            if round_ >= warm:
                found[name].wall.append(spent.wall)
                found[name].cpu.append(spent.cpu)
            if rest:
                rest()
    return found


def _once(act: Act, times: int) -> Spent:
    wall, cpu = time.perf_counter_ns(), time.process_time_ns()
    for _ in range(times):
        said = act()
    if isinstance(said, Spent):
        return said
    return Spent((time.perf_counter_ns() - wall) / 1e6 / times, (time.process_time_ns() - cpu) / 1e6 / times)


def command(argv: Sequence[object], **popen: Any) -> Spent:
    """Run a whole process to its end: its wall time, and its CPU with that of the children it waited for.

    Raises RuntimeError with what it said if it ends with another status than 0.
    """
    started = time.perf_counter_ns()
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    child = subprocess.Popen([str(one) for one in argv], **(quiet | popen))
    said = child.stderr.read() if child.stderr else b""
    _, status, used = os.wait4(child.pid, 0)
    wall = (time.perf_counter_ns() - started) / 1e6
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.stderr:
        child.stderr.close()
    if child.returncode:
        raise RuntimeError(f"{argv[0]} ended with {child.returncode}: {said.decode(errors='replace')[-400:]}")
    return Spent(wall, cpu_ms(used))


def cpu_ms(used: resource.struct_rusage) -> float:
    return (used.ru_utime + used.ru_stime) * 1e3


SMALL = "import os,sys; at=os.posix_spawnp(sys.argv[1],sys.argv[1:],os.environ); print(os.wait4(at,0)[2].ru_maxrss)"


def peak_mib(argv: Sequence[object]) -> float:
    """The largest size in memory of a whole process, MiB.

    A small process starts it: Linux counts what started a process as its size until it has loaded its own program.
    """
    started = [sys.executable, "-ISc", SMALL, *map(str, argv)]
    done = subprocess.run(started, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1]) / 1024


def yardstick() -> float:
    """Milliseconds of CPU of a fixed piece of Python, median of five: what CPU figures are divided by."""

    def work() -> int:
        held: dict[int, int] = {}
        for at in range(60_000):
            held[at & 1023] = held.get(at & 1023, 0) * 31 + at & 0xFFFF
        return len(held)

    return statistics.median(take_turns({"yardstick": work}, runs=5)["yardstick"].cpu)


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should reach: at most (or, of a figure where more is better, at least) `ratio` times `of`.

    of: a peer's or limit's name in the figure, or "" for `ratio` in the figure's own unit.
    missed: why, and what would be needed; shown while the goal is missed.
    """

    ratio: float
    of: str = ""
    missed: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured, in one run beside its peers and its limit.

    name: what is measured, the same for ever: the baseline is kept by it.
    unit: "CPU ms", "wall ms", "MiB", "a second", "syncs a pouch", "bytes a byte"…
    ours, peers, limits: the values of the runs, by name; a limit is what the machine or the bare library can do.
    more: whether more is better. cpu: our CPU milliseconds, if `ours` counts something else; watched by the baseline.
    """

    name: str
    unit: str
    ours: Sequence[float]
    peers: Mapping[str, Sequence[float]] = field(default_factory=dict)
    limits: Mapping[str, Sequence[float]] = field(default_factory=dict)
    goals: Sequence[Goal] = ()
    more: bool = False
    cpu: Sequence[float] = ()
    note: str = ""
