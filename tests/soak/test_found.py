"""What kills have brought to light, each by itself."""

import errno
import os
import stat
from zoneinfo import ZoneInfo

import pytest
from hostile import letters, settle

from backchannel import durable
from backchannel.desk import founding, reading, sealing, standing
from backchannel.desk.sealing import Order, Route
from backchannel.letters.parts import Body


def sealed_and_killed(by, to, form="letter"):
    """Sealed and durable; the process ended before the station had it."""
    bodies = () if form == "empty" else (Body("en", "prevailing", "Held up", "At the harbour, at ten."),)
    with by.changing() as change:
        return sealing.write_in(change, Order(to.state.office, form, bodies, routes=(Route(),)), False, ZoneInfo)


def test_what_a_crash_held_up_leaves_before_what_is_sealed_later(town):
    """A letter without a token is refused once its reader has seen one: overtaken, it would be lost for good."""
    north, south = settle(town, "North", "South")
    town.exchange(south, north)
    sealed_and_killed(south, north)  # without a token: North has not answered yet
    founding.issue_card(south)
    town.write(north, south)
    town.carry()
    assert town.keep_house(south).empties == 1  # the card, on an envelope that has just come
    town.carry()
    assert town.keep_house(north).intake.refused == ()
    assert not north.state.of(south.state.office).zero_allowed
    assert [one.number for one in letters(north)] == [1, 2]


def test_an_empty_letter_that_a_crash_held_up_leaves_too(town):
    """It brings card and envelopes, and nothing else would: the card counts as sent once it is sealed."""
    north, south = settle(town, "North", "South")
    town.exchange(north, south)
    founding.issue_card(north)
    n = sealed_and_killed(north, south, "empty")
    for _ in range(2):
        town.keep_house(north)
        town.carry()
    town.keep_house(south)
    assert south.state.of(north.state.office).card_data == north.state.card_data
    assert north.register.blob(n, "sealed") is None
    assert n not in north.hatch.outgoing()
    assert town.on_the_way == []


def test_what_was_held_up_until_its_readers_card_ran_out_stops_nothing(town):
    """A year later the desk still opens, and the letter waits for a new card."""
    north, south = settle(town, "North", "South")
    n = sealed_and_killed(north, south)
    town.clock.move(days=400)
    founding.confirm_clock(north)
    assert town.keep_house(north).clock is None
    assert n not in north.hatch.outgoing()


def test_a_board_stands_when_the_letter_that_showed_ours_opened_is_burnt(town):
    north, south = settle(town, "North", "South")
    town.exchange(north, south)
    _, answer = town.exchange(south, north)
    reading.burn(north, answer)
    assert standing.board_of(north).offers == ()


def test_a_board_stands_when_the_clock_was_set_back(town):
    """That ours was opened is then shown before it was written."""
    north, south = settle(town, "North", "South")
    town.exchange(north, south)
    town.clock.move(days=-1)
    town.exchange(south, north)
    assert standing.board_of(north).offers == ()


def test_a_station_whose_file_fails_takes_nothing_back(town):
    """A letter that is in the register is sealed, whatever comes after: who is told otherwise writes it again."""
    north, south = settle(town, "North", "South")
    north.hatch._db.pragma("query_only", True)
    n = town.write(north, south)
    assert north.held_up is not None
    assert n not in north.hatch.outgoing()
    north.hatch._db.pragma("query_only", False)
    town.keep_house(north)
    town.carry()
    town.keep_house(south)
    assert [one.number for one in letters(south)] == [1]


def test_a_name_that_the_disk_does_not_keep_is_not_there(tmp_path, monkeypatch):
    """A backup or a file whose folder cannot be synced is refused: it must not be found under its name all the same."""
    really = os.fsync

    def sync(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EIO, "Input/output error")
        really(handle)

    durable.write(tmp_path / "b.part", b"whole")
    monkeypatch.setattr(os, "fsync", sync)
    with pytest.raises(durable.Unsynced):
        durable.appear(tmp_path / "b.part", tmp_path / "b")
    assert list(tmp_path.iterdir()) == []
