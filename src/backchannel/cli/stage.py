"""A stage on which an exchange is replayed: a relay, offices and a clock moved by hand, real processes and files."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import click

from backchannel.cli.text import _
from backchannel.errors import Unreachable

PASSPHRASE: Final = "a passphrase for show only"
_SEGMENT: Final = timedelta(minutes=1)


@dataclass
class Stage:
    """folder: where everything lies. Every command is shown as typed, with what it said."""

    folder: Path
    port: int = field(default_factory=lambda: _free_port())
    offices: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def running(self, began: str) -> Iterator[None]:
        """The relay runs. began: the first instant, like 2014-10-15T08:00Z."""
        (self.folder / "passphrase").write_text(PASSPHRASE + "\n")
        (self.folder / "passphrase").chmod(0o600)
        (self.folder / "run").mkdir(mode=0o700)
        self.clock(began)
        command = ["relay", "run", "--store", str(self.folder / "relay.db"), "--port", str(self.port)]
        with subprocess.Popen(
            _python([*command, "--segment-seconds", "60"]), stderr=subprocess.DEVNULL, env=self._environment()
        ) as relay:
            try:
                _wait_for(self.url)
                yield
            finally:
                for locking in [self._start(office, ["desk", "lock"]) for office in self.offices]:
                    locking.communicate(timeout=20)
                relay.send_signal(signal.SIGTERM)
                relay.wait(20)

    def title(self, text: str) -> None:
        click.secho(f"\n== {text}", fg="cyan", bold=True)

    def say(self, text: str) -> None:
        click.echo(f"   {text}")

    def clock(self, instant: str) -> None:
        """Move the clock of all to this instant."""
        self._set_clock(datetime.fromisoformat(instant))
        click.secho(f"\n-- {instant}", dim=True)

    def later(self, instant: str, *offices: str) -> None:
        """The clock moves far: people at these desks confirm it, which they ask after 40 days, and make a backup."""
        self.clock(instant)
        self.together(*((office, "desk confirm-clock --yes") for office in offices), quiet=True)
        name = instant[:10]
        self.together(*((office, f"desk backup {office}-{name}.backup") for office in offices), quiet=True)
        self.say(_("At each desk the clock is said to be right, and a backup is made."))

    def set_up(self, zones: dict[str, str], names: dict[str, Sequence[str]]) -> None:
        """Offices with a card each, unlocked. zones: by office; names: more names like fa=…, by office."""
        known = {office: [f"en={office.capitalize()}", *names.get(office, ())] for office in zones}
        self.together(
            *(
                (
                    office,
                    f"setup {' '.join(f'--name {shlex.quote(name)}' for name in known[office])} --zone {zone}"
                    f" --relay {self.url} --card {office}.card.txt --yes --passphrase-file passphrase",
                )
                for office, zone in zones.items()
            ),
            quiet=True,
        )
        self.offices += zones
        self.together(*((office, "desk unlock --passphrase-file passphrase") for office in zones), quiet=True)

    def know(self, *pairs: tuple[str, str]) -> None:
        """Each of a pair takes the other's card."""
        both = [*pairs, *((other, one) for one, other in pairs)]
        self.in_turn([(one, f"card import {other}.card.txt --name {other}") for one, other in both])

    def compare(self, *pairs: tuple[str, str]) -> None:
        """Each of a pair compares the safety number with the other by telephone."""
        both = [*pairs, *((other, one) for one, other in pairs)]
        digits = self.in_turn([(one, f"card number {other}") for one, other in pairs], quiet=True)
        numbers = [*digits, *digits]
        self.in_turn(
            [
                (one, f"card verify {other} --digits '{number.strip()}'")
                for (one, other), number in zip(both, numbers, strict=True)
            ]
        )

    def do(self, office: str, line: str, *, only: str = "", quiet: bool = False) -> str:
        """Run a command of an office; what it said on standard output. only: show lines holding this alone."""
        return self.together((office, line), only=only, quiet=quiet)[0]

    def send(self, office: str, line: str, *, only: str = "") -> int:
        """Seal a letter; its entry."""
        said = re.search(r"entry (\d+)", self.do(office, f"letter send {line} --yes", only=only))
        assert said is not None
        return int(said[1])

    def refused(self, office: str, line: str) -> str:
        """Run a command that must be refused; what it said."""
        process = self._start(office, shlex.split(line))
        out, err = process.communicate(timeout=120)
        self._show(office, line, err + out, "")
        if process.returncode == 0:
            raise Unreachable(f"this should have been refused: {line}", next_step="Report it.")
        return err

    def in_turn(self, commands: list[tuple[str, str]], *, quiet: bool = False) -> list[str]:
        """Commands at once, but those of one office one after another; what each said, in order."""
        said: dict[int, str] = {}
        left = list(enumerate(commands))
        while left:
            first: dict[str, tuple[int, str]] = {}
            for n, (office, line) in left:
                first.setdefault(office, (n, line))
            for (_office, (n, _line)), out in zip(
                first.items(),
                self.together(*((office, line) for office, (_n, line) in first.items()), quiet=quiet),
                strict=True,
            ):
                said[n] = out
            left = [one for one in left if one[0] not in said]
        return [said[n] for n in range(len(commands))]

    def together(self, *commands: tuple[str, str], only: str = "", quiet: bool = False) -> list[str]:
        """Commands of different offices at once; what each said on standard output."""
        started = [(office, line, self._start(office, shlex.split(line))) for office, line in commands]
        said = []
        for office, line, process in started:
            out, err = process.communicate(timeout=120)
            if not quiet or process.returncode:
                self._show(office, line, err + out, only)
            if process.returncode:
                raise Unreachable(f"the replay stopped at: {line}", next_step="Report it.")
            said.append(out)
        return said

    def carry(self, *offices: str) -> None:
        """Every station posts, a minute goes by, every station collects; every desk does what it does by itself."""
        self.together(*((one, "station once") for one in offices), quiet=True)
        self._set_clock(self._now() + _SEGMENT + timedelta(seconds=1))
        self.together(*((one, "station once") for one in offices), quiet=True)
        self.together(*((one, "letter list") for one in offices), quiet=True)

    def hand(self, by: str, to: str) -> None:
        """What lies at one desk comes to another: one station posts, a minute goes by, the other collects.

        Its desk opens it at its next command.
        """
        self.together((by, "station once"), quiet=True)
        self._set_clock(self._now() + _SEGMENT + timedelta(seconds=1))
        self.together((to, "station once"), quiet=True)

    def echo(self, *offices: str) -> None:
        """Evidence comes back along these offices: each desk on the way opens what came and says what follows."""
        for by, to in pairwise(offices):
            if by != offices[0]:
                self.do(by, "letter list", quiet=True)
            self.hand(by, to)

    def id(self, office: str) -> str:
        found: str = json.loads(self.together((office, "office show --json"), quiet=True)[0])["id"]
        return found

    def entry(self, office: str, line: str, **wanted: Any) -> int:
        """The entry of the newest of a list for which all that is wanted holds."""
        process = self._start(office, [*shlex.split(line), "--json"])
        rows = json.loads(process.communicate(timeout=120)[0])
        found: int = next(
            row["entry"] for row in reversed(rows) if all(row.get(key) == value for key, value in wanted.items())
        )
        return found

    def _show(self, office: str, line: str, said: str, only: str) -> None:
        click.secho(f"\n{office}$ backchannel {line}", bold=True)
        for one in said.replace(str(self.folder), "...").splitlines():
            if only in one and "clock is moved by hand" not in one:
                click.echo("  " + one)

    def _start(self, office: str, command: list[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            _python(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=self.folder,
            env=self._environment() | {"BACKCHANNEL_OFFICE": str(self.folder / office)},
        )

    def _environment(self) -> dict[str, str]:
        usual = dict(os.environ)
        if usual.pop("PYTHONDONTWRITEBYTECODE", None):
            usual["PYTHONPYCACHEPREFIX"] = str(self.folder / "pycache")  # compiled once, and not beside the source
        return usual | {
            "BACKCHANNEL_CLOCK": str(self.folder / "clock"),
            "BACKCHANNEL_CLERK": "clerk",
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PYTHONUTF8": "1",
        }

    def _now(self) -> datetime:
        file = self.folder / "clock"
        passed = timedelta(seconds=time.time() - file.stat().st_mtime)
        return datetime.fromisoformat(file.read_text().strip()) + passed

    def _set_clock(self, instant: datetime) -> None:
        partial = self.folder / "clock.part"
        partial.write_text(instant.isoformat() + "\n")
        partial.replace(self.folder / "clock")


def play(story: Callable[[Stage], None], keep: Path | None = None) -> None:
    """Play a story in a temporary folder, or in a new folder that is kept."""
    if keep is not None:
        keep.mkdir(parents=True)
        story(Stage(keep.resolve()))
        return
    with tempfile.TemporaryDirectory(prefix="backchannel-", ignore_cleanup_errors=True) as folder:
        story(Stage(Path(folder).resolve()))


def _python(command: list[str]) -> list[str]:
    return [sys.executable, "-m", "backchannel", *command]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _try in range(200):
        try:
            with opener.open(f"{url}/v1/health", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise Unreachable(_("the relay of the replay did not start"))
