"""A command loads what it uses: none of it is timed, what is loaded is looked at."""

import os
import subprocess
import sys

import pytest

# Loaded for what few commands do; each was seen to cost a start between 5 and 60 ms.
HEAVY = {
    "asyncio", "confusable_homoglyphs", "csv", "dataclasses", "email", "hijridate", "httptools", "http",
    "importlib.metadata", "importlib.resources", "jdatetime", "markdown_it", "python_socks", "ssl", "subprocess",
    "tomllib",
}  # fmt: skip
LOADED = """
import sys
from backchannel.__main__ import main
try:
    main()
finally:
    kinds = {name: type(module).__name__ for name, module in [*sys.modules.items()]}
    print("LOADED", *(name for name, kind in kinds.items() if kind != "_LazyModule"), file=sys.stderr)
"""


def loaded(line, **environment):
    """The modules that were run by the end of a command."""
    command = [sys.executable, "-c", LOADED, *line.split()]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.partition("LOADED")[2].split())


def heavy(modules, *more, but=frozenset()):
    return (modules | {name.split(".")[0] for name in modules}) & ({*HEAVY, *more} - but)


def test_the_version_is_told_without_anything_else(monkeypatch):
    monkeypatch.delenv("BACKCHANNEL_CLOCK", raising=False)
    found = loaded("--version")
    assert heavy(found, "click", "typing", "apsw", "cryptography") == set()
    assert {name for name in found if name.startswith("backchannel")} == {"backchannel", "backchannel.__main__"}


@pytest.mark.parametrize("moved", [None, "clock"])
def test_the_version_is_told_in_the_same_words_by_both_ways(moved, tmp_path, monkeypatch):
    """Under a clock moved by hand the line that says so comes first, as with every command."""
    monkeypatch.delenv("BACKCHANNEL_CLOCK", raising=False)
    if moved:
        (tmp_path / moved).write_text("2014-10-15T08:00+00:00\n")
        monkeypatch.setenv("BACKCHANNEL_CLOCK", str(tmp_path / moved))
    said = []
    for start in ["backchannel.__main__", "backchannel.cli.main"]:
        code = f"from {start} import main; main()"
        command = [sys.executable, "-c", code, "--version"]
        said.append(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60))
    assert said[0].stdout == said[1].stdout
    assert said[0].stderr == said[1].stderr
    assert bool(said[0].stderr) == bool(moved)


def test_help_loads_no_database():
    assert heavy(loaded("--help"), "apsw", "yaml") == set()


def test_completing_loads_nothing_heavy():
    typed = {"COMP_WORDS": "backchannel letter s", "COMP_CWORD": "2"}
    assert heavy(loaded("", _BACKCHANNEL_COMPLETE="bash_complete", **typed), "yaml") == set()


def test_a_desk_loads_what_its_command_uses(shell, monkeypatch):
    """Reading and sealing: no server, no calendars of other kinds, no lists of the gate, no parser of Markdown."""
    draft = shell.draft(
        "plain.md", "---\nto: south\nform: letter\nlang: en\n---\n\n# Will you meet?\n\nAt the harbour, at ten.\n"
    )
    office = {"BACKCHANNEL_OFFICE": str(shell.folder / "north"), "XDG_RUNTIME_DIR": str(shell.folder / "run")}
    monkeypatch.chdir(shell.folder)
    for line in "letter list", "office show", "desk status", "tray list":
        assert heavy(loaded(line, **office), "yaml") == set(), line
    assert heavy(loaded(f"letter send {draft} --yes", **office)) == set()
    network = {"email", "http", "ssl"}
    assert heavy(loaded("station once", **office), "yaml", but=network) == set()
    # What the board was computed with is said with it, by the packages' own word.
    packages = {"csv", "email", "importlib.metadata", "importlib.resources"}
    assert heavy(loaded("terms board", **office), but=packages) == set()
