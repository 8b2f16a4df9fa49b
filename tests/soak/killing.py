"""A small town whose every process can be killed: a relay, two offices and a go-between, all real.

A command runs in a forked child, which starts in milliseconds, so that thousands of kills are cheap; nothing of the
parent's is open in it, and nothing of the parent's runs in it after the command.
"""

import importlib
import os
import pkgutil
import shlex
import shutil
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import backchannel
from backchannel import clock, durable
from backchannel.cli.main import main
from backchannel.desk import events as ev
from backchannel.desk import keyfile
from backchannel.desk.desk import Desk
from backchannel.desk.office import Office
from backchannel.errors import BackchannelError
from backchannel.relay.server import RelayOptions, serve
from backchannel.relay.store import Limits
from backchannel.seals.cards import read_card

if TYPE_CHECKING:
    from soak.acts import Act

PASSPHRASE = "correct horse battery"
MARKER = "quinquereme"  # in every text, and in no file
for module in pkgutil.walk_packages(backchannel.__path__, "backchannel."):
    if not module.name.startswith(("backchannel.__main__", "backchannel.examples")):
        importlib.import_module(module.name)  # here once: not in every child
OFFICES = ("north", "south", "ferry")
KILLED = -signal.SIGKILL
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


Around = Callable[[Callable[[], object]], Callable[[], object]]


def as_it_is(work: Callable[[], object]) -> Callable[[], object]:
    return work


def in_a_child(work: Callable[[], object], *, kill_at: int = 0, kill_after: float = 0, out: Path | None = None) -> int:
    """Exit status of the work done in a process of its own; KILLED if it was. kill_after: seconds."""
    child = begun_in_a_child(work, kill_at, out)
    if kill_after:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    return ended(child)


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def begun_in_a_child(work: Callable[[], object], kill_at: int = 0, out: Path | None = None) -> int:
    """Its process id."""
    child = os.fork()
    if child:
        return child
    status = 99
    try:
        handle = os.open(out or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.stdout, sys.stderr, sys.stdin = open(1, "w"), open(2, "w"), open(0)  # noqa: SIM115
        os.environ.pop(durable.VARIABLE, None)
        if kill_at:
            os.environ[durable.VARIABLE] = str(kill_at)
        try:
            work()
            status = 0
        except SystemExit as ended:
            status = int(ended.code or 0)
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)  # nothing of the parent's may run here


@dataclass
class Town:
    """folder: of this town alone. Drafts and what was shown lie in `desktop`."""

    folder: Path
    dice: Random
    masters: dict[str, bytes] = field(default_factory=dict)
    relay: int = 0
    port: int = 0
    letters: int = 0

    @property
    def homes(self) -> dict[str, Path]:
        return {name: self.folder / name for name in OFFICES}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def desktop(self) -> Path:
        return self.folder / "desktop"

    @property
    def store(self) -> Path:
        return self.folder / "relay" / "relay.db"

    # Time.

    def set_clock(self, now: datetime) -> None:
        new = self.folder / "clock.new"
        new.write_text(now.isoformat() + "\n")
        new.replace(self.folder / "clock")
        os.environ[clock.VARIABLE] = str(self.folder / "clock")

    def move(self, **by: float) -> None:
        self.set_clock(clock.now() + timedelta(**by))

    # Processes.

    def out_of_step(self, days: int) -> Around:
        """What is done to a process whose clock differs from everybody's by so many days."""

        def around(work: Callable[[], object]) -> Callable[[], object]:
            def elsewhen() -> object:
                other = self.folder / f"clock-{os.getpid()}"
                other.write_text((clock.now() + timedelta(days=days)).isoformat() + "\n")
                os.environ[clock.VARIABLE] = str(other)
                return work()

            return elsewhen

        return around

    def start_relay(self, kill_at: int = 0, around: Around = as_it_is) -> None:
        options = RelayOptions(store=self.store, port=self.port, prefix_bits=8, limits=Limits(segment_seconds=1))
        self.relay = os.fork()
        if not self.relay:
            os.environ.pop(durable.VARIABLE, None)
            if kill_at:
                os.environ[durable.VARIABLE] = str(kill_at)
            try:
                quiet = os.open(os.devnull, os.O_RDWR)
                for stream in (0, 1, 2):
                    os.dup2(quiet, stream)
                around(lambda: serve(options))()
            finally:
                os._exit(0)
        for _ in range(2000):
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", self.port)):
                    return
            if os.waitpid(self.relay, os.WNOHANG)[0]:
                self.relay = 0
                return
            time.sleep(0.002)
        raise AssertionError("the relay does not start")

    def stop_relay(self) -> bool:
        """Kill it; whether it was dead already, by its own hand."""
        if not self.relay:
            return True
        gone, _ = os.waitpid(self.relay, os.WNOHANG)
        if not gone:
            os.kill(self.relay, signal.SIGKILL)
            os.waitpid(self.relay, 0)
        self.relay = 0
        return bool(gone)

    def command(
        self, office: str, line: str, *, kill_at: int = 0, kill_after: float = 0, around: Around = as_it_is
    ) -> int:
        """A command as typed. What it shows is in `shown`. around: what is done to its process."""
        work = around(self._typed(office, line))
        return in_a_child(work, kill_at=kill_at, kill_after=kill_after, out=self.desktop / "shown")

    def at_once(self, office: str, line: str, other: str) -> tuple[int, int]:
        """Two programs of one desk at the same time, each with its exit status; `shown` is what the first shows."""
        first = begun_in_a_child(self._typed(office, line), out=self.desktop / "shown")
        second = begun_in_a_child(self._typed(office, other), out=self.desktop / "shown-too")
        return ended(first), ended(second)

    def _typed(self, office: str, line: str) -> Callable[[], object]:
        words = shlex.split(line)
        needs_none = words[0] == "station" or words[:2] == ["office", "create"]
        if not needs_none:
            words += ["--passphrase-file", str(self.desktop / "passphrase")]

        def work() -> None:
            if line == "passphrase":  # at the price of a test, which no command offers
                try:
                    keyfile.change_passphrase(
                        self.homes[office] / keyfile.NAME, PASSPHRASE, PASSPHRASE, os.urandom, keyfile.CHEAP
                    )
                except BackchannelError as error:
                    sys.exit(error.exit_status)
                return
            os.environ["BACKCHANNEL_OFFICE"] = str(self.homes[office])
            os.environ["BACKCHANNEL_CLERK"] = "ada"
            os.chdir(self.desktop)
            main(words)

        return work

    @property
    def shown(self) -> str:
        return (self.desktop / "shown").read_text()

    def must(self, office: str, line: str, *statuses: int, around: Around = as_it_is) -> None:
        status = self.command(office, line, around=around)
        assert status in (statuses or (0,)), f"{office}: {line}: {status}\n{self.shown}"

    @contextmanager
    def look(self, office: str) -> Iterator[Office]:
        """The desk as it lies there, opened by nobody else."""
        if office not in self.masters:
            self.masters[office] = keyfile.unwrap(self.homes[office] / keyfile.NAME, PASSPHRASE)
        with Office.open(self.homes[office], self.masters[office]) as found:
            yield found

    def head(self, office: str) -> int:
        with self.look(office) as found:
            return found.register.head()[0]

    def count(self, act: "Act", after: int, status: int) -> int:
        """How many entries after that one show that it was done. Where none could, its exit status does."""
        if act.count is None:
            return int(status == 0)
        with self.look(act.office) as office:
            entries = (ev.from_bytes(n, data).event for n, data in office.register.events(after + 1))
            return sum(one is not None and act.count(one) for one in entries)

    def draft(self, name: str, text: str) -> str:
        (self.desktop / name).write_text(f"---\nlang: en\nform: letter\n---\n# {name}\n\n{MARKER} {text}\n")
        return name

    def carry(self) -> None:
        """What waits is posted, segments close, all is collected and opened, until nothing moves any more."""
        for _ in range(12):
            before = [self._heads()]
            for name in self.homes:
                self.must(name, "station once")
            self.move(seconds=3)
            for name in self.homes:
                self.must(name, "station once")
                self.must(name, "desk status")
            if before == [self._heads()] and not self._waiting():
                return
        raise AssertionError("the town does not come to rest")

    def _heads(self) -> dict[str, int]:
        return {name: self.head(name) for name in self.homes}

    def _waiting(self) -> bool:
        for name in self.homes:
            with self.look(name) as office:
                if office.hatch.arrived() or any(one.posted_at is None for one in office.hatch.outgoing().values()):
                    return True
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_FOUNDED: list[Town] = []


def build(folder: Path, dice: Random) -> Town:
    """North, South and Ferry, verified all round, who have written to each other; founded once, then copied."""
    if not _FOUNDED:
        _FOUNDED.append(_found(folder.parent / "founded"))
    shutil.copytree(_FOUNDED[0].folder, folder)
    town = Town(folder, dice, port=_FOUNDED[0].port, letters=_FOUNDED[0].letters)
    town.set_clock(START + timedelta(hours=1))
    town.start_relay()
    return town


def _found(folder: Path) -> Town:
    town = Town(folder, Random(0), port=free_port())
    for part in (town.desktop, folder / "relay", folder / "backups"):
        part.mkdir(parents=True)
    town.set_clock(START)
    (town.desktop / "passphrase").write_text(PASSPHRASE + "\n")
    for number, name in enumerate(OFFICES, 1):
        with Desk.found(town.homes[name], PASSPHRASE, {"en": name.capitalize()}, "Asia/Tehran", cheap=True) as desk:
            desk.set_home(town.url, bytes([number]) + bytes(7))
    for name, other in permutations(OFFICES, 2):
        with Desk.open(town.homes[other], PASSPHRASE) as theirs:
            card = theirs.state.card_data
        with Desk.open(town.homes[name], PASSPHRASE) as desk:
            desk.import_card(read_card(card), name=other)
            desk.verify(other, desk.safety_number(other))
    town.start_relay()
    try:
        for by, to, way in (("north", "south", ""), ("south", "north", ""), ("north", "south", "--via ferry")):
            town.letters += 1
            town.must(by, f"letter send {town.draft(f'letter-{town.letters:05}', 'first')} --to {to} --yes {way}")
            town.carry()
    finally:
        town.stop_relay()
    return town
