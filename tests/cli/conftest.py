"""A relay and offices as a person runs them: real processes, real files, commands as typed."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

PASSPHRASE = "a long passphrase"


@dataclass
class Shell:
    """Runs commands for offices that live in `folder`."""

    folder: Path
    url: str
    offices: list[str] = field(default_factory=list)

    def start(self, office: str, line: str, *, stdin: str | None = None) -> subprocess.Popen[str]:
        environment = os.environ | {
            "BACKCHANNEL_OFFICE": str(self.folder / office),
            "BACKCHANNEL_CLERK": "ada",
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "PYTHONUTF8": "1",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "backchannel", *shlex.split(line)],
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=environment,
        )

    def __call__(self, office: str, line: str, *, status: int = 0, stdin: str | None = None) -> "Said":
        process = self.start(office, line, stdin=stdin)
        out, err = process.communicate(stdin, timeout=120)
        assert process.returncode == status, f"{line}\n{out}\n{err}"
        return Said(out, err)

    def json(self, office: str, line: str) -> Any:
        return json.loads(self(office, line + " --json").out)

    def setup(self, office: str) -> None:
        (self.folder / "passphrase").write_text(PASSPHRASE + "\n")
        self(
            office,
            f"setup --name en={office.capitalize()} --zone Asia/Tehran --relay {self.url} --yes"
            f" --card {office}.card.txt --passphrase-file passphrase",
        )
        self(office, "desk unlock --passphrase-file passphrase")
        self.offices.append(office)

    def meet(self, one: str, other: str) -> None:
        for here, there in ((one, other), (other, one)):
            self(here, f"card import {there}.card.txt --name {there}")
            digits = self(here, f"card number {there}").out.strip()
            self(here, f"card verify {there} --digits '{digits}'")

    def carry(self, by: str, to: str) -> None:
        """The stations post and collect: a segment closes after a second."""
        self(by, "station once")
        time.sleep(1.1)
        self(to, "station once --wait 5")

    def draft(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return name


@dataclass
class Said:
    out: str
    err: str


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("relay")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["relay", "run", "--store", str(folder / "relay.db"), "--port", str(port), "--segment-seconds", "1"]
    process = subprocess.Popen([sys.executable, "-m", "backchannel", *command], stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(400):
        try:
            opener.open(url + "/v1/health", timeout=1).close()
            break
        except OSError:
            time.sleep(0.05)
    yield url
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory, relay: str) -> Iterator[Shell]:
    """North and South, verified, both unlocked."""
    folder = tmp_path_factory.mktemp("offices")
    (folder / "run").mkdir(mode=0o700)
    shell = Shell(folder, relay)
    for name in ("north", "south"):
        shell.setup(name)
    shell.meet("north", "south")
    yield shell
    for name in shell.offices:
        shell(name, "desk lock")
