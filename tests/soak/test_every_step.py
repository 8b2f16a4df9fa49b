"""Making, backing up, restoring and renewing an office, killed before every durable step in turn."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from soak.killing import KILLED, PASSPHRASE, in_a_child

from backchannel import clock
from backchannel.desk import backup, founding, keyfile
from backchannel.desk import events as ev
from backchannel.desk.desk import Desk
from backchannel.desk.office import Office, standing_name
from backchannel.seals.cards import RelayAddress, read_card, relay_id
from backchannel.station.hatch import Home

URL = "https://relay.example"


def killed_before_each_step(work, least):
    """Runs the work, killed at its first step, its second, …; each number once it was killed, 0 when it got through."""
    for n in count(1):
        status = in_a_child(work, kill_at=n)
        assert status in (0, KILLED)
        if status == 0:
            assert n > least, "the work has fewer steps than it should"
            yield 0
            return
        yield n


def found(folder):
    Desk.found(folder, PASSPHRASE, {"en": "North"}, "Asia/Tehran", cheap=True).close()


@pytest.fixture
def north(tmp_path):
    found(tmp_path / "north")
    with Desk.open(tmp_path / "north", PASSPHRASE) as desk:
        founding.set_homes(desk.office, (Home(RelayAddress(URL, relay_id(URL), None, bytes(8)), None),), None)
    return tmp_path / "north"


def entries(office):
    return [ev.from_bytes(n, data).event for n, data in office.register.events()]


def kinds(office):
    return [type(one).__name__ for one in entries(office)]


def test_a_founding_is_whole_or_can_be_tried_again(tmp_path):
    """There is an office in the folder once its key file bears its name; before that the folder is as good as empty."""
    folder = tmp_path / "north"
    for _ in killed_before_each_step(lambda: found(folder), 6):
        if (folder / keyfile.NAME).exists():
            with Desk.open(folder, PASSPHRASE) as desk:
                assert desk.state.epoch_why == "founded"
                assert desk.state.seals
            shutil.rmtree(folder)
        assert {path.name for path in tmp_path.iterdir()} <= {"north"}


def test_a_crashed_founding_makes_no_folder_fair_game(tmp_path):
    """What is cleared away is what a founding leaves, nothing else, and never beside a key file."""
    folder = tmp_path / "north"
    assert in_a_child(lambda: found(folder), kill_at=4) == KILLED
    (folder / "diary").write_text("mine")
    names = {path.name for path in folder.iterdir()}
    assert in_a_child(lambda: found(folder)) != 0
    assert {path.name for path in folder.iterdir()} == names
    (folder / "diary").unlink()
    (folder / keyfile.UNFINISHED).rename(folder / keyfile.NAME)
    assert in_a_child(lambda: found(folder)) != 0
    assert (folder / "register.db").exists()


def test_a_restored_desk_is_in_its_new_epoch_or_is_none(tmp_path, north):
    """Else it would go on in the old one, with numbers that were given out before."""
    with Desk.open(north, PASSPHRASE) as desk:
        desk.back_up(tmp_path / "b")
        before = desk.state.epoch
    again = tmp_path / "again"
    for _ in killed_before_each_step(lambda: Desk.restore(tmp_path / "b", again, PASSPHRASE).close(), 6):
        if (again / keyfile.NAME).exists():
            with Desk.open(again, PASSPHRASE) as desk:
                assert (desk.state.epoch_why, desk.state.epoch != before) == ("restored", True)
                assert read_card(desk.state.card_data).body.epoch == desk.state.epoch
                desk.keep_house()
                assert desk.state.copy is None
            shutil.rmtree(again)


def test_a_new_epoch_after_a_copy_was_put_back_is_begun_once(tmp_path, north):
    """Not half, without a card that says so; and never is the epoch just begun taken for a copy itself."""
    shutil.copytree(north, tmp_path / "old")
    with Desk.open(north, PASSPHRASE) as desk:
        founding.issue_card(desk.office)
    for path in (tmp_path / "old").glob("register.db*"):
        shutil.copy(path, north)
    shutil.copytree(north, tmp_path / "aside")

    def begin():
        with Desk.open(north, PASSPHRASE) as desk:
            desk.new_epoch()

    for _ in killed_before_each_step(begin, 2):
        with Desk.open(north, PASSPHRASE) as desk:
            desk.keep_house()
            begun = desk.state.epoch_why == "copy"
            assert (desk.state.copy is None) == begun
            if not begun:
                desk.new_epoch()
                desk.keep_house()
            assert desk.state.copy is None
            assert (kinds(desk.office).count("CopyNoticed"), kinds(desk.office).count("EpochBegun")) == (1, 2)
            assert read_card(desk.state.card_data).body.epoch == desk.state.epoch
        shutil.rmtree(north)
        shutil.copytree(tmp_path / "aside", north)


def test_a_backup_is_whole_or_not_there_and_named_if_it_is(tmp_path, north):
    """Burning names every file that may hold a copy; the last backup is one that is whole; nothing else is left."""
    (tmp_path / "stick").mkdir()
    at = tmp_path / "stick" / "b"

    def back_up():
        with Desk.open(north, PASSPHRASE) as desk:
            desk.back_up(at)

    for _ in killed_before_each_step(back_up, 6):
        left = {path.name for path in at.parent.iterdir()}
        assert left <= {"b", "b.part"}
        with Desk.open(north, PASSPHRASE) as desk:
            named = [name for _, _, name in desk.state.backups]
            assert set(named) == {"b"} or not left
            if desk.state.last_backup_at:
                assert at.exists()
        if at.exists():
            backup.restore(at, tmp_path / "again", PASSPHRASE)
            shutil.rmtree(tmp_path / "again")
            at.unlink()
        assert not any(path.name.startswith((".", "b")) for path in north.iterdir())
    back_up()
    assert {path.name for path in at.parent.iterdir()} == {"b"}


def test_a_passphrase_is_the_old_one_or_the_new(north):
    key = north / keyfile.NAME

    def change():
        keyfile.change_passphrase(key, PASSPHRASE, "another " + PASSPHRASE, os.urandom, keyfile.CHEAP)

    masters = {keyfile.unwrap(key, PASSPHRASE)}
    old = key.read_bytes()
    for _ in killed_before_each_step(change, 2):
        is_old = key.read_bytes() == old
        masters.add(keyfile.unwrap(key, PASSPHRASE if is_old else "another " + PASSPHRASE))
        key.write_bytes(old)
    assert len(masters) == 1
    with Office.open(north, masters.pop()) as office:
        office.register.verify()


def test_a_new_period_makes_its_keys_once_and_ends_the_old_ones(tmp_path, north, monkeypatch):
    """However often it is cut off: a card names the keys that are there, and what is past its time is gone."""
    now = datetime.now(UTC)

    def keep():
        with Desk.open(north, PASSPHRASE) as desk:
            desk.keep_house()

    (tmp_path / "clock").write_text(now.isoformat())
    monkeypatch.setenv(clock.VARIABLE, str(tmp_path / "clock"))
    for days in (35, 70):
        (tmp_path / "clock").write_text((now + timedelta(days=days)).isoformat())
        shutil.copytree(north, tmp_path / "aside")
        for _ in killed_before_each_step(keep, 1):
            keep()
            with Desk.open(north, PASSPHRASE) as desk:
                made = [one.period for one in entries(desk.office) if isinstance(one, ev.SealMade)]
                assert len(set(made)) == len(made)
                assert {standing_name(one) for one in desk.state.seals} == {
                    one.name for one in desk.office.register.secrets() if one.name.startswith(b"seal/")
                }
                assert {one.period for one in read_card(desk.state.card_data).body.seals} <= set(desk.state.seals)
                ended = set(made) - set(desk.state.seals)
            shutil.rmtree(north)
            shutil.copytree(tmp_path / "aside", north)
        keep()
        shutil.rmtree(tmp_path / "aside")
    assert ended
