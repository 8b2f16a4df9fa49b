"""A relay that does what it likes with what it is given and asked: no letter comes twice, none is lost in silence."""

from functools import partial
from random import Random

import pytest
from attacker import Attacker, attacking
from bounds import bounded
from hostile import settle

from backchannel.desk import founding
from backchannel.relay.client import RelayClient
from backchannel.relay.http import POUCH_BYTES
from backchannel.seals.cards import RelayAddress, relay_id
from backchannel.station import run
from backchannel.station.hatch import Home
from backchannel.station.run import Station


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr("backchannel.relay.client.CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(run, "RelayClient", partial(RelayClient, answer_seconds=0.15))


def moved_to(office, url, shard):
    address = RelayAddress(url, relay_id(url), None, bytes([shard]) * 8)
    founding.set_homes(office, (Home(address),), None)


def at_attacker(town, url):
    """North and South, whose cards name the attacker's relay, each a shard of its own."""
    north, south = settle(town, "North", "South")
    moved_to(north, url, 1)
    moved_to(south, url, 2)
    town.introduce(north, south)
    town.introduce(south, north)
    return north, south


def round_of(town, *offices):
    said = []
    for office in offices:
        with bounded(mebibytes=256, seconds=60):
            said += Station(office.hatch, town.dice.randbytes, town.clock).once().trouble
            town.take_in(office)
    town.clock.move(minutes=10)
    return said


def numbers(reader, writer):
    """Of all that was opened, repeats and all."""
    return sorted(one.number for one in reader.state.letters.values() if not one.ours and one.office == writer)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_a_relay_does_each_letter_comes_once_or_is_said_to_be_missing(town, impatient, seed):
    attacker = Attacker(Random(seed), lambda: int(town.clock().timestamp()), 0.6)
    with attacking(attacker) as url:
        north, south = at_attacker(town, url)
        written = []
        for n in range(5):
            written.append(town.write(north, south, f"Letter {n}"))
            for _ in range(3):
                round_of(town, north, south)
        attacker.odds = 0
        for _ in range(2):
            round_of(town, north, south)
        refused = [n for n in written if north.hatch.outgoing()[n].refused]
        written.append(town.write(north, south, "The last, and nothing is done to it"))
        for _ in range(2):
            assert round_of(town, north, south) == []
    there = numbers(south, north.state.office)
    gaps = {n for gap in south.state.of(north.state.office).missing() for n in range(gap.first, gap.last + 1)}
    assert len(set(there)) == len(there)
    assert set(there) | gaps == set(range(1, 7))
    assert not set(there) & gaps
    assert 6 in there
    assert len(gaps) <= attacker.lost + attacker.did["swap"] + len(refused)
    assert [n for n in written if north.hatch.outgoing()[n].waiting] == refused
    south.register.verify()


def test_a_relay_that_counted_far_ahead_once_holds_nothing_back_for_good(town, impatient):
    """It says that a segment has an absurd number, then is honest: what it has under the true ones is collected."""
    attacker = Attacker(Random(1), lambda: int(town.clock().timestamp()), 0)
    with attacking(attacker) as url:
        north, south = at_attacker(town, url)
        town.write(north, south)
        round_of(town, north, south)
        (home,) = south.hatch.homes()
        south.hatch.collected(home, 10**15 - 2, 0, 0, [])
        town.write(north, south, "Another")
        round_of(town, north)
        assert "counts its segments anew" in "".join(round_of(town, south))
        assert round_of(town, south) == []
    assert numbers(south, north.state.office) == [1, 2]


def test_a_relay_put_back_from_a_copy_loses_no_later_letter(town, impatient):
    """It has fewer segments than were collected, or others under the same numbers."""
    attacker = Attacker(Random(1), lambda: int(town.clock().timestamp()), 0)
    with attacking(attacker) as url:
        north, south = at_attacker(town, url)
        for n in range(3):
            town.write(north, south, f"Letter {n}")
            round_of(town, north, south)
        (shard,) = (name for name in attacker.shards if attacker.shards[name])
        del attacker.shards[shard][1:]
        for n in range(3, 6):
            town.write(north, south, f"Letter {n}")
            round_of(town, north)
        round_of(town, south)
    assert numbers(south, north.state.office) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("url", ["http://10.0.0.1", "http://abcdefghijklmnop.onion", "http://127.0.0.1:1"])
def test_a_relay_that_cannot_be_reached_does_not_hold_up_what_goes_to_others(town, impatient, url):
    """A correspondent's card may name any relay: what is for others is posted, and theirs waits."""
    attacker = Attacker(Random(1), lambda: int(town.clock().timestamp()), 0)
    with attacking(attacker) as good:
        north, south = at_attacker(town, good)
        dark = town.office("Dark")
        moved_to(dark, url, 3)
        town.introduce(north, dark)
        n = town.write(north, dark)
        town.write(north, south)
        assert round_of(town, north)
        round_of(town, south)
    assert numbers(south, north.state.office) == [1]
    assert north.hatch.outgoing()[n].posted_at is None
    assert north.hatch.outgoing()[n].refused is None


def test_a_relay_that_never_answers_keeps_no_key_alive(town, impatient):
    """Pouch keys outlive their time by what a relay keeps at the longest, and no more."""
    north = town.office("North")
    moved_to(north, "http://127.0.0.1:1", 1)
    first = min(period for period, _ in north.hatch.pouch_keys())
    for _ in range(3):
        assert round_of(town, north)
        town.clock.move(days=30)
        north.hatch.note_clock(int(town.clock().timestamp()))
    assert round_of(town, north)
    assert min(period for period, _ in north.hatch.pouch_keys()) > first


class Endless(Attacker):
    """It has one segment more, whatever was collected."""

    def collected(self, to, shard, start):
        named = {"Backchannel-Segment": str(start), "Backchannel-Closed": str(self.clock())}
        to.answer(200, bytes(POUCH_BYTES), named)


def test_a_relay_that_always_has_more_ends_its_turn(town, impatient, monkeypatch):
    """A home at an endless relay keeps nothing from the other home, and the round says so."""
    monkeypatch.setattr(run, "_TURN_SECONDS", 0.3)
    good, endless = (kind(Random(1), lambda: int(town.clock().timestamp()), 0) for kind in (Attacker, Endless))
    with attacking(good) as url, attacking(endless) as other:
        north, south = at_attacker(town, url)
        town.write(north, south)
        round_of(town, north)
        homes = [Home(RelayAddress(one, relay_id(one), None, bytes([2]) * 8)) for one in (other, url)]
        south.hatch.set_homes(homes)
        assert round_of(town, south) == ["a relay has more than was collected in one turn"]
    assert numbers(south, north.state.office) == [1]
