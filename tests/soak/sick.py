"""A disk that is full, gone read-only, or does not make durable what it was given, under every process of a town.

    fiu-run -x python -m soak.sick --turns 100 --seed 1

libfiu (Debian: fiu-utils) stands between the process and the C library: from some write, sync or rename on, calls end
as they do on a sick disk. The verdicts are those after a kill; besides, a command must end as done or as a refusal,
never with a traceback.
"""

import argparse
import ctypes
import errno
import io
import os
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from mmap import mmap
from pathlib import Path
from random import Random
from typing import Any

from soak.acts import Act
from soak.killing import Town
from soak.soak import Soak

# What fails from the n-th call on, together, and with which errors.
WRITES = ("posix/io/rw/write", "posix/io/rw/pwrite", "posix/io/rw/ftruncate")
SYNCS = ("posix/io/sync/fsync", "posix/io/sync/fdatasync")
SICK = {
    "full": (WRITES, errno.ENOSPC),
    "read-only": ((*WRITES, "posix/io/dir/rename", "posix/io/dir/unlink"), errno.EROFS),
    "no sync": (SYNCS, errno.EIO),
    "no rename": (("posix/io/dir/rename",), errno.EIO),
}
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p, *[ctypes.c_void_p] * 3)
_kept: list[Any] = []  # callbacks that C holds


@dataclass
class Sickness:
    """What one process is given: its disk from the `first` such call on, or at that one alone."""

    how: str
    first: int
    once: bool
    fell: mmap = field(default_factory=lambda: mmap(-1, 1))  # shared with the process: whether any call failed

    def __str__(self) -> str:
        return f"{self.how}, from the {self.first}. call on" + (", once" if self.once else "")

    def around(self, work: Callable[[], object]) -> Callable[[], object]:
        """That work on such a disk. What it shows goes to the screen, which is none."""

        def sickly() -> None:
            screen = sys.stdout, sys.stderr
            sys.stdout = sys.stderr = said = io.TextIOWrapper(io.BytesIO(), write_through=True)
            try:
                with self._sick():
                    work()
            except Exception:
                traceback.print_exc()
                sys.exit(99)
            finally:
                sys.stdout, sys.stderr = screen
                sys.stdout.write(said.buffer.getvalue().decode())

        return sickly

    @contextmanager
    def _sick(self) -> Iterator[None]:
        points, error = SICK[self.how]
        fiu = ctypes.CDLL("libfiu.so.0")
        fiu.fiu_init(0)
        calls, well = count(1), False

        def fails(*_: Any) -> int:
            if well:
                return 0
            call = next(calls)
            failed = call == self.first if self.once else call >= self.first
            if failed:
                self.fell[0] = 1
            return int(failed)

        callback = _CALLBACK(fails)
        _kept.append(callback)
        for point in points:
            if fiu.fiu_enable_external(point.encode(), 1, ctypes.c_void_p(error), 0, callback):
                raise AssertionError(f"libfiu does not know {point}")
        try:
            yield
        finally:
            well = True


@dataclass
class Sick(Soak):
    """A soak in which nothing is killed: instead, its disks are sick."""

    fell: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    most: dict[tuple[str, str], int] = field(default_factory=dict)
    """After so many such calls at the most a process is given its first that fails."""

    def _try(self, town: Town, act: Act) -> int:
        how = self.dice.choice(list(SICK))
        kind = "relay" if act.kind == "station" and self.dice.random() < 0.4 else act.kind
        given = Sickness(how, self.dice.randint(1, self.most.get((kind, how), 4)), self.dice.random() < 0.4)
        if kind == "relay":
            town.stop_relay()
            town.start_relay(around=given.around)
            status = town.command(act.office, act.line)
            town.stop_relay()
            town.start_relay()
        else:
            status = town.command(act.office, act.line, around=given.around)
        assert "Traceback" not in town.shown, f"{given}\n{act.office}: {act.line}\n{town.shown}"
        if given.fell[0]:
            self.most[kind, how] = max(self.most.get((kind, how), 4), given.first * 2)
            self.fell[kind, how, "refused" if status else "done all the same"] += 1
        else:
            self.most[kind, how] = max(1, given.first - 1)
        return status

    @property
    def killed(self) -> int:
        return self.fell.total()


def run(turns: int, seed: int, folder: Path) -> Sick:
    soak = Sick(folder, Random(seed))
    while soak.killed < turns:
        soak.live(min(40, turns - soak.killed))
    return soak


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--turns", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    assert "fiu_posix_preload" in os.environ.get("LD_PRELOAD", ""), __doc__
    with tempfile.TemporaryDirectory(prefix="sick-") as folder:
        for (kind, how, end), many in sorted(run(given.turns, given.seed, Path(folder)).fell.items()):
            print(f"{many:6} {kind}, {how}: {end}")


if __name__ == "__main__":
    _main()
