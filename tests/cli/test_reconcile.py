"""Two offices compare what they hold, as people do: on the telephone, and by files."""

import os
import re

import pytest

LETTER = "---\nform: letter\nlang: en\n---\n# Ships\n\nTwelve ships.\n"


class Side:
    """One side of a call: what its program says, and what its person types."""

    def __init__(self, shell, office, other):
        self.process = shell.start(office, f"reconcile {other} --json", stdin="")
        self.said = ""

    def until(self, pattern):
        """What it says up to and with this."""
        while not (found := re.search(pattern, self.said)):
            more = os.read(self.process.stderr.fileno(), 4096).decode()
            assert more, self.said
            self.said += more
        text, self.said = self.said[: found.end()], self.said[found.end() :]
        return text

    def type(self, *lines):
        for line in lines:
            self.process.stdin.write(line + "\n")
        self.process.stdin.flush()


@pytest.fixture(scope="module")
def written(shell):
    draft = shell.draft("ships.md", LETTER)
    for _ in range(2):
        shell("north", f"letter send {draft} --to south --yes")
    shell.carry("north", "south")
    shell("south", "letter list")
    shell("north", f"letter send {draft} --to south --yes")  # not carried
    return shell


def test_by_telephone(written):
    """Each types what the other reads out; a wrong digit is asked for again; both see what only one has."""
    shell = written
    sides = Side(shell, "north", "south"), Side(shell, "south", "north")
    digits = [re.search(r"Read out: (\d{5})", side.until(r"What they read out: "))[1] for side in sides]
    for side, theirs in zip(sides, reversed(digits), strict=True):
        side.type(theirs)
    lines = [re.findall(r"^  (\d{5}:.*)$", side.until(r"after the last: "), re.MULTILINE) for side in sides]
    assert [line.split(": ")[1] for said in lines for line in said] == ["1-3", "1-2"]
    sides[0].type("1234")
    sides[0].type("")
    sides[0].until(r"five digits, a colon(.|\n)*after the last: ")
    for side, theirs in zip(sides, reversed(lines), strict=True):
        side.type(*theirs, "")
    about = r"About 2 letters, read out: (\d{5} \d{5})\n"
    codes = [re.search(about, side.until(about))[1] for side in sides]
    sides[0].type("00000 00000")
    sides[0].until("once more")
    for side, theirs in zip(sides, reversed(codes), strict=True):
        side.type(theirs)
    for side in sides:
        side.until("THE SAME: 2 letters")
        out, _ = side.process.communicate(timeout=60)
        assert side.process.returncode == 0
        assert '"same": [\n        [\n          1,\n          2\n' in out
    north, south = (
        shell.json(office, f"reconcile {other} --last") for office, other in (("north", "south"), ("south", "north"))
    )
    assert [one["only_here"] for one in north["series"]] == [[[3, 3]]]
    assert [one["only_there"] for one in south["series"]] == [[[3, 3]]]
    assert "ONLY HERE: letters 3" in shell("north", "reconcile south --last").out


def test_by_lists(written):
    shell = written
    said = shell("south", "reconcile north --export south.list").out
    assert "can be read by North" in said
    shown = shell("north", "reconcile south --read south.list").out
    assert "the same at both: letters 1-2" in shown
    assert "ONLY HERE: letters 3" in shown
    assert "OPERATION - compared with South" in shown
    assert "Ships" not in shown
    assert "this office made" in shell("south", "reconcile north --read south.list", status=3).err
    assert "choose one" in shell("south", "reconcile north --read south.list --last", status=2).err
    assert "nothing was compared" in shell("south", "reconcile north --last --exercise", status=7).err
    (shell.folder / "no.list").write_bytes(os.urandom(5000))
    assert "was altered" in shell("north", "reconcile south --read no.list", status=3).err
