"""The guide and the README are run as they stand: real processes, a person's terminal, and answers typed when asked."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PASSPHRASE = "a long passphrase"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end_session(leader: int) -> None:
    """What a block left running in its own session ends with it, also where a test fails."""
    for one in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(ProcessLookupError):
            if os.getsid(int(one.name)) == leader:
                os.kill(int(one.name), signal.SIGKILL)


@dataclass
class Machine:
    """A home, a folder to work in, and the windows that stay open."""

    home: Path
    windows: list[subprocess.Popen[bytes]] = field(default_factory=list)
    terminals: list[int] = field(default_factory=list)

    def start(self, text: str, on: int) -> subprocess.Popen[bytes]:
        (self.home / "run").mkdir(mode=0o700, parents=True, exist_ok=True)
        environment = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.home / "run"),
            "LANG": "C.UTF-8",
            "PS1": "",
        }
        return subprocess.Popen(
            ["bash", "-e", "-c", text], stdin=on, stdout=on, stderr=on, cwd=self.home, env=environment,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip

    def window(self, text: str) -> None:
        """Open until the end; what it prints is let go."""
        inside, outside = pty.openpty()
        self.windows.append(self.start(text, outside))
        os.close(outside)
        self.terminals.append(inside)

    def type(self, text: str, answers: dict[str, str]) -> str:
        """What is shown until the block ends; each question is answered when it is asked. Fails if a command does."""
        inside, outside = pty.openpty()
        process = self.start(text, outside)
        os.close(outside)
        try:
            return self._talk(inside, process, text, answers)
        finally:
            os.close(inside)
            end_session(process.pid)

    def _talk(self, inside: int, process: subprocess.Popen[bytes], text: str, answers: dict[str, str]) -> str:
        shown, asked_at, ends = "", 0, time.monotonic() + 120
        while True:
            assert time.monotonic() < ends, f"{text}\nwaits after:\n{shown}"
            if not select.select([inside], [], [], 0.2)[0]:
                question = shown[asked_at:].rstrip().rsplit("\n", 1)[-1]
                answer = next((said for asked, said in answers.items() if asked in question), None)
                if answer is not None:
                    asked_at = len(shown)
                    os.write(inside, answer.encode() + b"\n")
                continue
            try:
                data = os.read(inside, 65536)
            except OSError:  # the other end is closed: Linux says so by EIO
                break
            if not data:
                break
            shown += ESCAPES.sub("", data.decode(errors="replace")).replace("\r", "")
        assert process.wait(30) == 0, f"{text}\n{shown}"
        return shown

    def close(self) -> None:
        """A window that is closed hangs up on what runs in it."""
        for terminal in self.terminals:
            os.close(terminal)
        for window in self.windows:
            assert window.wait(30) in (0, -signal.SIGHUP)


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[dict[str, Machine]]:
    found = {name: Machine(tmp_path / name) for name in ("north", "south", "relay")}
    yield found
    for name in ("north", "south"):
        found[name].type("backchannel desk lock", {})
    for one in found.values():
        one.close()


def steps(page: str) -> Iterator[tuple[list[str], str]]:
    """Each block with the words of its fence, and each comment that says what hands do, in order."""
    for found in re.finditer(r"^```(\w.*?)\n(.*?)^```|^<!-- (.*?) -->", page, re.M | re.S):
        yield (found[1].split(), found[2]) if found[1] else (["hands"], found[3])


def test_the_guide_leads_two_offices_to_a_verified_exchange(machines):
    """Every block of docs/guide/two-offices.md, on three machines, typed by people who answer what they are asked."""
    port = free_port()
    page = (ROOT / "docs/guide/two-offices.md").read_text(encoding="utf-8").replace("8470", str(port))
    entry: dict[str, str] = {}
    seen: dict[str, str] = {"north": "", "south": ""}
    until = ""
    for (kind, *where), text in steps(page):
        if kind == "hands":
            if found := re.match(r"hand over: (\S+) from (\w+) to (\w+)", text):
                name, giver, taker = found.groups()
                (machines[taker].home / name).write_bytes((machines[giver].home / name).read_bytes())
            else:
                until = text.removeprefix("again until: ")
            continue
        office = where[0]
        machine = machines[office]
        if kind == "markdown":
            (machine.home / where[1]).write_text(text, encoding="utf-8")
            continue
        if kind != "sh":
            continue
        text = re.sub(r"\bN\b", entry.get(office, "N"), text)
        if where[1:] == ["window"]:
            if "relay run" in text:
                text = text.replace("relay run", f"relay run --port {port}")
            machine.window(text)
            continue
        shown = machine.type(text, answers(office, port, seen["south" if office == "north" else "north"]))
        ends = time.monotonic() + 120  # a station that waits for news posts what is new 20 seconds later at the most
        while until not in shown and time.monotonic() < ends:
            time.sleep(0.5)
            shown = machine.type(text, {})
        assert until in shown
        until = ""
        if "letter list" in text:
            entry[office] = re.findall(r"^ *(\d+)  2", shown, re.M)[-1]
        seen[office] += shown
    for office, other in (("north", "South"), ("south", "North")):
        assert f"Verified: {other}" in seen[office]
    assert "Will you meet?" in seen["south"]
    assert "SIGNED, because this office has not answered yet" in seen["north"]
    assert "On Monday, at the harbour." in seen["north"]
    assert "opened, as their letter 1 shows" in seen["north"]
    assert "north-second.backup: destroy it yourself" in seen["north"]
    assert "is burnt" in seen["north"]
    assert "<!doctype html>" in (machines["south"].home / "letter.html").read_text(encoding="utf-8")


def answers(office: str, port: int, read_out: str) -> dict[str, str]:
    """What people say when asked. read_out: what the other side has on its screen, the digits among it."""
    found = {
        "Name of the office": f"en={office.capitalize()}",
        "Time zone": {"north": "Asia/Tehran", "south": "Asia/Muscat"}[office],
        "URL of the relay": f"http://127.0.0.1:{port}",
        "Backup file": f"{office}-first.backup",
        "Passphrase": PASSPHRASE,
        "Repeat for confirmation": PASSPHRASE,
        "[y/N]": "y",
        "Form": "letter",
        "Languages": "en",
        "Title in en": "A question",
        "a single full stop ends it:": "Will you meet?\n.",
        "Date of the letter": "now",
    }
    if digits := re.findall(r"^(?:\d{5}\s+){12}", read_out, re.M):
        found["Type the digits"] = " ".join(digits[0].split())
    return found


def test_the_readmes_session_runs(tmp_path):
    """ "Try it" is pasted into one shell; only the installing is left out, which test_wheel does."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    session = page.split("## Try it", 1)[1].split("\n## ", 1)[0]
    lines = [line[4:] for line in session.splitlines() if line.startswith("    ")]
    assert "pip install ." in lines.pop(0)
    script = "\n".join(lines).replace("8470", str(port := free_port()))
    script = script.replace("relay run", f"relay run --port {port}")
    machine = Machine(tmp_path / "one")
    shown = machine.type("set -m\n" + script, {})
    assert re.search(r"from North \(north\) \[unverified\]  no\. 1  letter .* unread", shown)
    assert re.search(r"^ *\d+  .*North \(north\)", shown.rsplit("unread", 1)[1], re.M)
    assert shown.count("The desk is locked.") == 2
