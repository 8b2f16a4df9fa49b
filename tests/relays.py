"""A relay as a process of its own, and clients that are not ours: bytes on a socket."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from backchannel.errors import Unreachable
from backchannel.relay.client import RelayClient
from backchannel.relay.http import POUCH_BYTES, PROBLEM
from backchannel.relay.store import Full

_BOUNDED = """
import json, sys
from pathlib import Path
from backchannel.relay.server import *
from backchannel.relay.store import Limits
given = json.loads(sys.argv[3])
limits = Limits(segment_seconds=1, **given.pop("limits", {}))
serve(RelayOptions(Path(sys.argv[1]), port=int(sys.argv[2]), limits=limits, bounds=Bounds(**given)))
"""


@dataclass
class Running:
    port: int
    process: subprocess.Popen
    log: Path
    ca: bytes | None = None

    @property
    def url(self) -> str:
        return f"http{'s' if self.ca else ''}://127.0.0.1:{self.port}"

    def client(self) -> RelayClient:
        return RelayClient(self.url, self.ca)

    def said(self) -> str:
        """What it wrote, but for the line that it listens."""
        return re.sub("(?m)^backchannel: The relay listens on .*\n", "", self.log.read_text())

    def peak(self) -> int:
        """Most bytes it ever held resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024

    def sockets(self) -> int:
        """How many it has open."""
        found = 0
        for one in Path(f"/proc/{self.process.pid}/fd").iterdir():
            with suppress(OSError):
                found += os.readlink(one).startswith("socket:")
        return found

    def connect(self, **options: int) -> socket.socket:
        peer = socket.socket()
        for name, value in options.items():
            peer.setsockopt(socket.SOL_SOCKET, getattr(socket, name), value)
        peer.settimeout(30)
        peer.connect(("127.0.0.1", self.port))
        return peer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(client: RelayClient) -> None:
    for _ in range(400):
        try:
            client.info()
            return
        except Unreachable:
            time.sleep(0.05)


@contextmanager
def running(folder: Path, *more: str, ca: bytes | None = None, files: int = 0, **bounds):
    """A relay with segments of a second until it is told to stop, by the command line or with other bounds.

    ca: of its own, when it speaks TLS. files: as many as it may open, if that is to be less than it likes.
    It must end as done, and have said nothing about who or what.
    """
    port, log = free_port(), folder / "log"
    store = folder / "relay.db"
    command = ["-m", "backchannel", "relay", "run", "--store", store, "--port", str(port), "--segment-seconds", "1"]
    if bounds:
        command = ["-c", _BOUNDED, store, str(port), json.dumps(bounds)]
    with log.open("wb") as to:
        limited = ["sh", "-c", f'ulimit -n {files}; exec "$@"', "sh"] if files else []
        process = subprocess.Popen([*limited, sys.executable, *command, *more], stderr=to, stdout=to)
    relay = Running(port, process, log, ca)
    try:
        wait_for(relay.client())
        yield relay
    finally:
        process.send_signal(signal.SIGTERM)
        status = process.wait(30)
    assert status == 0
    assert relay.said() == ""


@contextmanager
def besieged(folder: Path, *more: str, **options):
    """The same, and once all clients are gone it must hold no connection."""
    with running(folder, *more, **options) as relay:
        at_rest = relay.sockets()
        yield relay
        until = time.monotonic() + 20
        while relay.sockets() > at_rest and time.monotonic() < until:
            time.sleep(0.05)
        assert relay.sockets() <= at_rest


def everything(peer: socket.socket) -> bytes:
    """All that comes until the other side ends it."""
    got = b""
    try:
        while chunk := peer.recv(65_536):
            got += chunk
    except ConnectionError:
        pass
    return got


def ask(relay: Running, request: bytes) -> bytes:
    with relay.connect() as peer:
        with suppress(ConnectionError):
            peer.sendall(request)
        return everything(peer)


def answers(said: bytes, heads: int = 0) -> list[tuple[int, str]]:
    """Answers one after the other, read by RFC 9112 alone: status, and problem code if any.

    heads: how many of the first were asked for with HEAD and have no body.
    """
    found = []
    while said:
        head, end, said = said.partition(b"\r\n\r\n")
        line, *fields = head.split(b"\r\n")
        status = int(re.fullmatch(rb"HTTP/1\.1 ([1-5]\d\d) [A-Za-z -]+", line)[1])
        assert end
        if status == 100:
            continue
        named = {name.lower(): value.strip() for name, value in (one.split(b":", 1) for one in fields)}
        assert len(named) == len(fields)
        size = 0 if status == 204 or len(found) < heads else int(named[b"content-length"])
        body, said = said[:size], said[size:]
        assert len(body) == size
        assert (status >= 400) == (named.get(b"content-type") == b"application/problem+json")
        value = json.loads(body) if status >= 400 and body else {}
        assert value.get("status", status) == status
        found.append((status, value.get("type", "").removeprefix(PROBLEM)))
    return found


def honest(relay: Running, seconds: float = 40) -> None:
    """Someone who posts and someone who collects get through; who is cut off comes again, as a station does."""
    shard, pouch, until, asked = b"\x50" + bytes(7), os.urandom(POUCH_BYTES), time.monotonic() + seconds, 1
    posted = False
    while time.monotonic() < until:
        try:
            if not posted:
                relay.client().post(shard, [pouch])
                posted = True
            if segment := relay.client().segment(shard, asked, wait=1):
                if pouch in segment.pouches:
                    return
                asked = segment.number + 1
        except (Unreachable, Full):
            time.sleep(0.1)
    raise AssertionError("nobody honest was served")
