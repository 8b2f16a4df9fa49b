"""Old copies: a desk restored from a backup, a disk put back, and what the others do about it."""

import shutil
from zoneinfo import ZoneInfo

import pytest
from conftest import PASSPHRASE

from backchannel.desk import events as ev
from backchannel.desk import founding, keyfile, reading, sealing
from backchannel.desk.office import Office
from backchannel.errors import NotPossible


@pytest.fixture
def restored(town):
    """North and South know each other; South has lost what came after its backup, and North has been told."""
    north, south = town.pair("North", "South")
    town.exchange(north, south, "kept")
    town.exchange(south, north)
    town.put_aside(south)
    n, _ = town.exchange(north, south, "lost")
    town.exchange(south, north)
    town.clock.move(hours=1)
    south = town.restore("South")
    town.keep_house(south)
    town.carry()
    return north, south, n, town.keep_house(north)


def test_nothing_goes_to_a_restored_desk_unless_a_person_chooses_so_for_each_letter(town, restored):
    """A thief of signing and link keys can stage a restoration: not even an empty letter goes by itself."""
    north, south, _, news = restored
    assert [one.office for one in news.restored] == [south.state.office]
    head = north.register.head()
    for _ in range(2):
        with pytest.raises(NotPossible, match="began a new epoch"):
            town.write(north, south)
    with pytest.raises(NotPossible):
        sealing.seal_empty(north, south.state.office, ZoneInfo)
    assert north.register.head() == head
    founding.issue_card(north)  # a changed card goes to whom we write to, but not to this one
    assert town.keep_house(north).empties == 0
    town.exchange(north, south, "after we spoke", spoken=True)
    with pytest.raises(NotPossible, match="began a new epoch"):
        town.write(north, south)
    town.exchange(south, north)
    assert town.keep_house(north).restored == ()
    town.exchange(north, south, "as ever")


def test_a_restored_desks_letter_is_declined_by_choice(town, restored):
    """The refusal goes to the restored desk too: only where a person has spoken with it."""
    north, south, *_ = restored
    town.write(south, north, "first word")
    town.carry()
    (came,) = town.keep_house(north).intake.opened
    with pytest.raises(NotPossible, match="began a new epoch"):
        reading.decline(north, came, ZoneInfo)
    assert north.state.letters[came].event is not None
    reading.decline(north, came, ZoneInfo, spoken=True)
    assert north.state.letters[came].event is None


def test_what_a_restored_desk_lost_is_listed_and_sealed_afresh_by_choice(town, restored):
    """The same letter, number and text, on new keys; the restored desk can answer it."""
    north, south, n, _ = restored
    other = north.state.of(south.state.office)
    assert other.lost(north.state.epoch) == (2,)
    assert reading.whereabouts(north, north.state.letters[n]).place == "lost"
    with pytest.raises(NotPossible, match="began a new epoch"):
        sealing.again(north, n, ZoneInfo)
    sealing.again(north, n, ZoneInfo, spoken=True)
    town.carry()
    (came,) = town.take_in(south).opened
    assert (town.title(south, came), south.state.letters[came].number) == ("lost", 2)
    assert south.state.letters[came].event.letter_id == north.state.letters[n].event.letter_id
    _, answer = town.exchange(south, north, "thank you", form="reply", replies=(came,))
    assert north.state.letters[answer].event.via == "envelope"
    assert north.state.of(south.state.office).lost(north.state.epoch) == ()
    assert reading.whereabouts(north, north.state.letters[n]).place == "opened"


def test_a_late_letter_of_before_shows_no_token_of_today(town):
    """It was on its way when its desk was lost: opened, and the restored desk is still heard without a token."""
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    town.exchange(south, north)
    town.put_aside(south)
    town.write(south, north, "on its way")
    ((_, *late),) = south.hatch.uncut()
    town.clock.move(hours=1)
    south = town.restore("South")
    town.keep_house(south)
    town.carry()
    town.keep_house(north)
    south.hatch.send(10**6, late[0], sealing._way(south, south.state.of(north.state.office))[0], late[1])
    town.carry()
    (came,) = town.keep_house(north).intake.opened
    assert town.title(north, came) == "on its way"
    assert north.state.of(south.state.office).unspoken
    town.exchange(south, north, "from the restored desk")


def test_a_copy_put_back_is_known_as_one_however_much_is_written_into_it(town):
    """Entries made on the copy soon reach the number that the station remembers: it stays a copy."""
    north, south = town.pair("North", "South")
    north.hatch.note_entry(north.register.head()[0] + 2)
    for _ in range(4):
        founding.confirm_clock(north)
    assert not north.copy_put_back
    assert town.keep_house(north).copy is not None
    with pytest.raises(NotPossible, match="copy was put back"):
        town.write(north, south)
    founding.begin_epoch(north, "copy")
    assert town.keep_house(north).copy is None
    town.write(north, south)


def test_a_view_that_names_a_letter_not_in_this_register_stops_all_sealing(town):
    """Station and desk were put back together: only the other side can notice. Letters still open."""
    north, south = town.pair("North", "South")
    west = town.office("West")
    town.introduce(north, west)
    town.exchange(north, south)
    town.exchange(south, north)
    disk = town.folder / "disk"
    shutil.copytree(north.directory, disk)
    town.exchange(north, south, "forgotten")
    north.close()
    master = keyfile.unwrap(disk / keyfile.NAME, PASSPHRASE)
    north = town.offices["North"] = Office.open(disk, master, clock=town.clock, random=town.dice.randbytes)
    assert town.keep_house(north).copy is None
    town.write(north, south, "on an envelope used before")
    town.carry()
    assert [mark for mark, _, _ in town.take_in(south).refused] == ["S16"]
    town.exchange(north, south, "number 3")
    town.exchange(south, north, "as you wrote")
    news = town.keep_house(north)
    assert news.copy is not None
    assert news.copy.by == south.state.office
    head = north.register.head()
    for reader in (south, west):
        with pytest.raises(NotPossible, match="copy was put back"):
            town.write(north, reader)
    assert north.register.head() == head
    town.exchange(south, north, "still read")
    founding.begin_epoch(north, "copy")
    town.keep_house(north)
    town.write(north, west)


def test_a_strangers_view_stops_nothing(town):
    """Whoever has our card could claim to hold a letter of ours: only an office we wrote to or accepted is believed."""
    north, south = town.pair("North", "South")
    false = town.office("West")
    town.introduce(false, north)
    other = false.state.of(north.state.office)
    with false.changing() as change:
        change.add(ev.EpochSeen(other.office, north.state.epoch))
        opened = ev.Opened(
            office=other.office, number=1, epoch=north.state.epoch, form="letter", letter_id=bytes(32),
            seal_id=bytes(32), slot=bytes(16), via="zero", signed=False, exercise=False, origin="principal",
            weaker=None, left_by=0, reached=0, replies=(), twin_of=0, late=False,
        )  # fmt: skip
        change.add(opened)
    town.exchange(false, north)
    assert north.state.of(false.state.office).view.agrees is False
    assert north.state.copy is None
    town.write(north, south)
