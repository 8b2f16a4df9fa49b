"""The hatch keeps what it took, gives it once, and is bounded against floods."""

from datetime import UTC, datetime
from random import Random

import pytest

from backchannel.errors import Damaged
from backchannel.pouches.fragments import Fragment
from backchannel.seals.cards import RelayAddress, relay_id
from backchannel.seals.keys import KemKey, destroyed_at
from backchannel.station import hatch as module
from backchannel.station.hatch import Hatch, Home
from backchannel.station.run import Station

URL = "https://relay.example"
ADDRESS = RelayAddress(URL, relay_id(URL), None, bytes(8), None)
HOME = Home(ADDRESS)
DICE = Random(2)


@pytest.fixture
def hatch(tmp_path):
    with Hatch.open(tmp_path, DICE.randbytes, create=True) as hatch:
        hatch.set_homes([HOME])
        yield hatch


def piece(message: bytes, index: int, count: int) -> Fragment:
    return Fragment(message, index, count, 16_384 * (count - 1) + 5, b"x" * (5 if index == count - 1 else 16_384))


def collect(hatch, *pieces, number=1, now=100):
    return hatch.collected(HOME, number, now, now, [(700, DICE.randbytes(16), one) for one in pieces])


def test_fragments_in_any_order_make_one_letter(hatch):
    message = DICE.randbytes(16)
    assert collect(hatch, piece(message, 2, 3), piece(message, 0, 3)) == 0
    assert hatch.arrived() == []
    assert collect(hatch, piece(message, 1, 3), number=2, now=200) == 1
    (arrival,) = hatch.arrived()
    assert len(arrival.sealed) == 16_384 * 2 + 5
    assert (arrival.left_by, arrival.reached) == (200, 200)
    assert hatch.homes()[0].next == 3


def test_a_replayed_pouch_is_skipped_in_silence(hatch):
    message, tag = DICE.randbytes(16), DICE.randbytes(16)
    for number in (1, 2):
        hatch.collected(HOME, number, 1, 1, [(700, tag, piece(message, 0, 1))])
    assert len(hatch.arrived()) == 1


def test_a_finished_letter_does_not_come_twice(hatch):
    message = DICE.randbytes(16)
    collect(hatch, piece(message, 0, 1))
    collect(hatch, piece(message, 0, 1), number=2)
    assert len(hatch.arrived()) == 1


def test_a_contradicting_fragment_is_ignored(hatch):
    message = DICE.randbytes(16)
    collect(hatch, piece(message, 0, 2), piece(message, 0, 3), piece(message, 2, 3), piece(message, 1, 2))
    assert len(hatch.arrived()) == 1


def test_unfinished_letters_are_bounded(hatch, monkeypatch):
    """A flood of first fragments costs the flooder's oldest, not the disk."""
    monkeypatch.setattr(module, "MOST_UNFINISHED", 4)
    for k in range(10):
        collect(hatch, piece(bytes([k]) * 16, 0, 2), number=k + 1, now=100 + k)
    assert hatch._rows("SELECT count(DISTINCT message) FROM unfinished") == [(4,)]
    assert collect(hatch, piece(bytes([9]) * 16, 1, 2), number=11) == 1


def test_pouch_keys_are_destroyed_by_date_and_not_before(hatch):
    hatch.pouch_publics(700, 3)
    hatch.destroy_keys(destroyed_at(700) - 1)
    assert [period for period, _ in hatch.pouch_keys()] == [702, 701, 700]
    seed = hatch._rows("SELECT seed FROM pouch_keys WHERE period = 700")[0][0]
    hatch.destroy_keys(destroyed_at(700))
    assert [period for period, _ in hatch.pouch_keys()] == [702, 701]
    for path in hatch.path.parent.iterdir():
        assert seed not in path.read_bytes()


def test_the_same_pouches_are_posted_until_accepted(hatch):
    """A crash between posting and noting it posts the same bytes again, which a relay keeps once."""
    key = KemKey.from_seed(DICE.randbytes(32)).public
    hatch.send(7, b"sealed", ADDRESS, key)
    (down, sealed, _) = hatch.uncut()[0]
    assert sealed == b"sealed"
    hatch.put_pouches(down, [b"a", b"b"])
    assert hatch.uncut() == []
    first, again = hatch.to_post(64), hatch.to_post(64)
    assert first == again
    hatch.posted(down, [one for one, _ in first[1]], 10, 99)
    assert hatch.to_post(64) is None
    assert hatch.outgoing()[7].posted_at == 10


def test_each_turn_of_a_letter_is_handed_down_once(hatch):
    """Two processes may both mend what one of them was about to do; only a later turn goes out in fresh pouches."""
    key = KemKey.from_seed(DICE.randbytes(32)).public
    for turn in (0, 0, 1, 1, 0):
        hatch.send(7, b"sealed", ADDRESS, key, turn=turn)
    assert len(hatch.uncut()) == 2
    assert hatch.outgoing()[7].turn == 1


def test_a_file_made_before_turns_were_counted_opens(hatch):
    hatch.send(7, b"sealed", ADDRESS, KemKey.from_seed(DICE.randbytes(32)).public)
    hatch._run("ALTER TABLE down DROP COLUMN turn")
    with Hatch.open(hatch.path.parent) as reopened:
        assert reopened.outgoing()[7].turn == 0


def test_what_is_forgotten_is_in_no_file(hatch):
    key = KemKey.from_seed(DICE.randbytes(32)).public
    hatch.send(7, b"the sealed bytes of a letter" * 10, ADDRESS, key)
    hatch.forget(7)
    for path in hatch.path.parent.iterdir():
        assert b"the sealed bytes of a letter" not in path.read_bytes()


def test_the_registers_number_only_rises(hatch):
    hatch.note_entry(5)
    hatch.note_entry(3)
    assert hatch.noted_entry() == 5


YEAR = 365 * 86_400


def test_a_station_whose_clock_steps_a_year_ahead_destroys_nothing(hatch):
    """Pouches on their way could never be opened. It waits for the desk, whose clock a person confirms."""
    start = destroyed_at(699)
    hatch.pouch_publics(700, 3)
    hatch.set_homes([])
    station = Station(hatch, DICE.randbytes, lambda: datetime.fromtimestamp(now, UTC))
    for now, left in (
        (start, 3),  # no desk has spoken yet
        (start + YEAR, 3),
        (start, 3),
        (start + YEAR, 3),
    ):
        station.once()
        assert len(hatch.pouch_keys()) == left
        if now == start:
            hatch.note_clock(now)
    hatch.note_clock(now)
    station.once()
    assert hatch.pouch_keys() == []


def test_a_station_that_runs_follows_its_clock_without_a_desk(hatch):
    """The desk may be locked for months: keys go by date all the same."""
    now = destroyed_at(699)
    hatch.pouch_publics(700, 3)
    hatch.note_clock(now)
    hatch.set_homes([])
    station = Station(hatch, DICE.randbytes, lambda: datetime.fromtimestamp(now, UTC))
    for _ in range(20):
        now += 30 * 86_400
        station.once()
    assert hatch.pouch_keys() == []


@pytest.mark.parametrize(
    "spoilt",
    [
        "UPDATE homes SET wire = 5",
        "UPDATE homes SET wire = x'80'",
        "UPDATE homes SET wire = x'83'",
        "UPDATE homes SET next = 'later'",
        "UPDATE homes SET collecting = CAST(x'a0' AS TEXT)",
        "UPDATE pouch_keys SET seed = x'00'",
        "UPDATE pouch_keys SET seed = 'no bytes'",
        "INSERT INTO meta VALUES ('entry', 'many')",
        "INSERT INTO meta VALUES ('clock', x'00')",
        "INSERT INTO arrived VALUES (1, 'no bytes', 0, 0)",
        "INSERT INTO down VALUES (1, 1, x'00', x'00', 'no bytes', NULL, NULL, NULL, 0)",
    ],
)
def test_a_file_that_holds_what_it_cannot_is_damaged_and_says_so(hatch, spoilt):
    """It is not encrypted: whoever reaches the folder can write anything there."""
    hatch.pouch_publics(700, 1)
    hatch._run(spoilt)

    def read(reopened):
        reopened.homes()
        reopened.pouch_keys()
        reopened.noted_entry()
        reopened.trusts_clock(0)
        reopened.arrived()
        reopened.uncut()

    with Hatch.open(hatch.path.parent) as reopened, pytest.raises(Damaged):
        read(reopened)
