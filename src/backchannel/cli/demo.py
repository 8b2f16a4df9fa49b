"""backchannel demo: two offices, a relay, one letter and its answer; every step a real process and a real file."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Final

import click

from backchannel.cli.text import _
from backchannel.errors import Unreachable

_LETTER: Final = """---
form: proposal
reply_by: 2099-12-24T18:00[Asia/Tehran]
prevails: equal
---
=== en

# A meeting in Muscat

Each side sends **one** envoy. We leave the place to you.

=== fa

# دیدار در مسقط

هر طرف **یک** فرستاده می‌فرستد. انتخاب جا با شماست.
"""
_ANSWER: Final = """---
form: reply
lang: en
---
# Agreed

The house by the harbour, at ten.
"""


@click.command()
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="Keep the two offices in this new folder."
)
def demo(keep: Path | None) -> None:
    """A tour: a letter in English and Persian goes through a relay to another office and is answered.

    Takes a few seconds; nothing outside a temporary folder is touched.
    """
    if keep is not None:
        keep.mkdir(parents=True)
        _Tour(keep).run()
        return
    with tempfile.TemporaryDirectory(prefix="backchannel-demo-") as folder:
        _Tour(Path(folder)).run()


class _Tour:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        (folder / "passphrase").write_text("a passphrase for show only\n")
        (folder / "passphrase").chmod(0o600)

    def run(self) -> None:
        _title(_("A relay, which keeps pouches for anyone and knows no one"))
        store = str(self.folder / "relay.db")
        command = ["relay", "run", "--store", store, "--port", str(self.port), "--segment-seconds", "1"]
        with subprocess.Popen(_python(command), stderr=subprocess.DEVNULL) as relay:
            try:
                _wait_for(self.url)
                self._story()
            finally:
                relay.send_signal(signal.SIGTERM)
                relay.wait(20)

    def _story(self) -> None:
        _title(_("Two offices, each in a folder of its own"))
        for name, names in (("north", ["en=North", "fa=شمال"]), ("south", ["en=South", "ar=الجنوب"])):
            options = [part for one in names for part in ("--name", one)]
            self.do(
                name,
                "setup",
                *options,
                "--zone",
                "Asia/Tehran",
                "--relay",
                self.url,
                "--yes",
                "--card",
                str(self.folder / f"{name}.card.txt"),
            )
        for name in ("north", "south"):
            self.do(name, "desk", "unlock", locked=True)
        _title(_("They take each other's cards, and compare the safety number by telephone"))
        for name, other in (("north", "south"), ("south", "north")):
            self.do(name, "card", "import", str(self.folder / f"{other}.card.txt"), "--name", other, "--clerk", "ada")
            digits = self.do(name, "card", "number", other)
            self.do(name, "card", "verify", other, "--digits", digits, "--clerk", "ada")
        _title(_("North writes in English and Persian, and seals"))
        draft, answer = self.folder / "proposal.md", self.folder / "answer.md"
        draft.write_text(_LETTER, encoding="utf-8")
        answer.write_text(_ANSWER, encoding="utf-8")
        self.do("north", "letter", "send", str(draft), "--to", "south", "--yes", "--clerk", "ada")
        _title(_("North's station posts; South's collects; South's desk opens and destroys the key"))
        self.do("north", "station", "once", locked=True)
        time.sleep(1.2)
        self.do("south", "station", "once", "--wait", "5", locked=True)
        listed = self.do("south", "letter", "list")
        entry = listed.split()[0]
        self.do("south", "letter", "read", entry, "--page", str(self.folder / "letter.html"))
        _title(_("South answers on the return envelope: deniable"))
        self.do("south", "letter", "send", str(answer), "--to", "north", "--reply-to", entry, "--deniable", "--yes")
        self.do("south", "station", "once", locked=True)
        time.sleep(1.2)
        self.do("north", "station", "once", "--wait", "5", locked=True)
        _title(_("Both registers"))
        for name in ("north", "south"):
            self.do(name, "letter", "list")
            self.do(name, "register", "list")
            self.do(name, "register", "verify")
        for name in ("north", "south"):
            self.do(name, "desk", "lock", locked=True)

    def do(self, office: str, *command: str, locked: bool = False) -> str:
        """Run a command as that office would, showing it and what it says; its standard output."""
        folder = str(self.folder / office)
        full = [*command, "--office", folder]
        if command[0] == "setup" or command[:2] == ("desk", "unlock"):
            full += ["--passphrase-file", str(self.folder / "passphrase")]
        click.secho(f"\n{office}$ backchannel " + " ".join(_short(part, self.folder) for part in command), bold=True)
        done = subprocess.run(_python(full), capture_output=True, text=True, check=False, encoding="utf-8")
        for line in (done.stderr + done.stdout).splitlines():
            click.echo("  " + line.replace(str(self.folder), "..."))
        if done.returncode:
            raise Unreachable(f"the demonstration stopped at: {' '.join(command[:2])}", next_step="Report it.")
        return done.stdout.strip()


def _python(command: list[str]) -> list[str]:
    return [sys.executable, "-m", "backchannel", *command]


def _short(part: str, folder: Path) -> str:
    part = part.replace(str(folder) + os.sep, "")
    return f'"{part}"' if " " in part else part


def _title(text: str) -> None:
    click.secho(f"\n== {text}", fg="cyan", bold=True)


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
    raise Unreachable("the relay of the demonstration did not start")
