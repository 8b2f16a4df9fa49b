"""A clock moved by hand: every process goes by it, and every command says so."""

import os


def test_dates_are_moved_by_hand(shell, monkeypatch):
    """What is done is dated by it, each command says it, and the desk asks before it destroys anything by it."""
    clock = shell.folder / "clock"
    clock.write_text("2035-10-15T08:00Z\n")
    monkeypatch.setenv("BACKCHANNEL_CLOCK", str(clock))
    said = shell("north", "letter list")
    assert "the clock is moved by hand: 2035-10-15 08:0" in said.err
    assert "confirm-clock" in said.err
    shell("north", "desk backup moved.backup")
    assert "2035-10-15 08:" in shell("north", "register list").out


def test_a_clock_that_cannot_be_read_stops_everything(shell, monkeypatch):
    """Neither the real time nor another is guessed."""
    before = shell("south", "register verify").out
    monkeypatch.setenv("BACKCHANNEL_CLOCK", str(shell.folder / "none"))
    assert "holds no instant" in shell("south", "letter list", status=7).err
    (shell.folder / "zoneless").write_text("2035-10-15T08:00\n")
    monkeypatch.setenv("BACKCHANNEL_CLOCK", str(shell.folder / "zoneless"))
    assert "names no zone" in shell("south", "letter list", status=7).err
    monkeypatch.delenv("BACKCHANNEL_CLOCK")
    assert shell("south", "register verify").out == before
    assert os.environ.get("BACKCHANNEL_CLOCK") is None
