"""The bare wheel, installed alone, works: version, completion, and the tour."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A fresh environment that holds the wheel and its locked requirements, and nothing of this repository."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT], check=True, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv" / "bin" / "python"
    into = ["--python", python, "install", "--only-binary", ":all:"]
    subprocess.run([*pip, *into, "--require-hashes", "-r", ROOT / "requirements.txt"], check=True, cwd=folder)
    subprocess.run([*pip, *into, "--no-deps", wheel], check=True, cwd=folder)
    return python.parent


def run(installed: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")} | more
    return subprocess.run(
        [installed / "backchannel", *command],
        capture_output=True, text=True, check=False, cwd=installed, env=environment, encoding="utf-8",
    )  # fmt: skip


def test_the_bare_wheel_says_its_version(installed):
    assert run(installed, "--version").stdout.startswith("backchannel, version ")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_bare_wheel_completes_in_a_shell(installed, shell):
    """The line that the guide gives defines it; what it then asks of the program is answered."""
    assert "backchannel" in run(installed, _BACKCHANNEL_COMPLETE=f"{shell}_source").stdout
    typed = {"COMP_WORDS": "backchannel letter se", "COMP_CWORD": "se" if shell == "fish" else "2"}
    answered = run(installed, _BACKCHANNEL_COMPLETE=f"{shell}_complete", **typed).stdout
    assert "send" in answered
    assert "search" in answered
    assert "decline" not in answered


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_itself_completes(installed):
    """Loaded as the guide says, a tab offers the commands."""
    script = (
        'eval "$(_BACKCHANNEL_COMPLETE=bash_source backchannel)";'
        "COMP_WORDS=(backchannel letter se); COMP_CWORD=2; _backchannel_completion backchannel;"
        'echo "${COMPREPLY[@]}"'
    )
    path = f"{installed}:{os.environ['PATH']}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env={"PATH": path}, check=False)
    assert sorted(done.stdout.split()) == ["search", "send"]


def test_the_bare_wheel_gives_the_tour(installed):
    """The exchange of 2014 from the wheel alone: through two go-betweens, answered, drawn, and proved where it can."""
    done = run(installed, "demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "دشمن مشترک" in done.stdout
    assert "opened, as their letter 1 shows" in done.stdout
    assert "it was handed over (ContentHandover, by itself, signed)" in done.stdout
    assert "a hole: nobody says that it was taken" in done.stdout
    assert "  PROVED" in done.stdout
    assert "NOT PROVED" not in done.stdout
    assert "convinces this desk alone" in done.stdout
    board = done.stdout.split("== The board")[1]
    assert "OPEN, so far" in board
    assert "A comprehensive agreement is reached by **30 June 2015, 19:29 UTC**." in board
    assert "timeline --html timeline.html" in board
