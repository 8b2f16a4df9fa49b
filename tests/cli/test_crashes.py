"""kill -9 at any moment: nothing accepted is lost, nothing visible is repeated."""

import random
import signal
import time


def test_killing_the_writer_the_station_and_the_reader(shell):
    """Each command is killed many times somewhere on its way; every letter that was sealed arrives exactly once."""
    dice = random.Random(11)
    draft = shell.draft("crash.md", "---\nlang: en\nform: letter\n---\n# Crash\n\nstill here\n")
    for _ in range(8):
        _killed(shell, dice, "north", f"letter send {draft} --to south --yes --deniable")
        _killed(shell, dice, "north", "station once")
        _killed(shell, dice, "south", "station once")
        _killed(shell, dice, "south", "letter list")
    shell("north", f"letter send {draft} --to south --yes")
    for office in ("north", "south"):
        shell(office, "register verify")
    sent = shell.json("north", "letter list")
    shell.carry("north", "south")
    shell.carry("north", "south")
    came = shell.json("south", "letter list")
    assert [one["number"] for one in sent] == list(range(1, len(sent) + 1))
    assert [one["number"] for one in came] == [one["number"] for one in sent]
    kinds = [one["kind"] for one in shell.json("south", "register list")]
    assert "Duplicate" not in kinds
    assert "RefusedArrivals" not in kinds


def _killed(shell, dice, office, line):
    process = shell.start(office, line)
    time.sleep(dice.uniform(0.1, 0.7))
    process.send_signal(signal.SIGKILL)
    process.communicate()
