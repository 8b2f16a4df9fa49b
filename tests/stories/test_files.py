"""Files of any size between real offices: sealed, damaged in every way, opened."""

import io
import resource
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import PASSPHRASE

from backchannel.desk import backup, files, founding, keyfile, trust
from backchannel.desk.housekeeping import keep_house
from backchannel.desk.keyfile import CHEAP
from backchannel.desk.zones import zone
from backchannel.errors import Locked, NotPossible, Refused

CHUNK = 16_384
BODY = 19 + 2 + 1301 + 56


@pytest.fixture
def pair(town):
    return town.pair("North", "South")


def sealed(north, south, data: bytes, path: Path, **more) -> bytes:
    files.seal_for(north, south.state.office, io.BytesIO(data), path, spoken=False, **more)
    return path.read_bytes()


def opened(office, data: bytes, path: Path) -> bytes:
    stream = io.BytesIO(data)
    found = files.open_for(office, files.read_file_head(stream), stream, path)
    assert found.name == "North"
    return path.read_bytes()


def refused(mark: str, office, data: bytes, path: Path) -> None:
    """Refused at the mark, and nothing is left that could be taken for the file."""
    with pytest.raises(Refused) as caught:
        opened(office, data, path)
    assert caught.value.mark == mark
    assert not list(path.parent.glob(path.name + "*"))


BLOCK = files.BLOCK
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, files.UNIT, BLOCK - 1, BLOCK, BLOCK + 1, 4 * BLOCK + 7]


def test_a_file_of_any_size_opens_whole(town, pair, tmp_path):
    north, south = pair
    for at, size in enumerate(SIZES):
        data = town.dice.randbytes(size)
        one = sealed(north, south, data, tmp_path / f"{at}.sealed")
        assert len(one) == BODY + size + 16 * (size // CHUNK + 1)
        assert opened(south, one, tmp_path / f"{at}") == data
    assert (tmp_path / "0").stat().st_mode & 0o777 == 0o600


def test_a_file_cut_continued_or_put_together_otherwise_is_refused(town, pair, tmp_path):
    """The age kit's ways of damaging a stream, as far as they apply, and more: nothing of it is left."""
    north, south = pair
    data = town.dice.randbytes(3 * CHUNK + 100)
    whole = sealed(north, south, data, tmp_path / "whole")
    other = sealed(north, south, data, tmp_path / "other")
    head, body = whole[: BODY - 56], whole[BODY - 56 :]
    start, step = body[:56], CHUNK + 16
    first, second, third, last = (body[56 + step * n : 56 + step * (n + 1)] for n in range(4))
    assert opened(south, head + start + first + second + third + last, tmp_path / "again") == data
    damaged = {
        "no body": b"",
        "half a salt": start[:12],
        "no chunks": start,
        "a tag cut": body[:-1],
        "no tag": body[:-16],
        "less than a tag": body[: -len(last) + 15],
        "no last chunk": start + first + second + third,
        "one chunk only": start + first,
        "the last chunk first": start + last,
        "the last chunk twice": body + last,
        "a chunk twice": start + first + first + second + third + last,
        "a chunk missing": start + first + third + last,
        "chunks swapped": start + second + first + third + last,
        "an empty last chunk more": body + last[-16:],
        "a byte more": body + b"\1",
        "a chunk of zeros more": body + bytes(step),
        "a short chunk in between": start + first + second[:-9] + third + last,
        "the same chunk of another sealing": start + other[BODY : BODY + step] + second + third + last,
        "another sealing's body": other[BODY - 56 :],
        "another salt": bytes(24) + body[24:],
    }
    for at in (0, 23, 24, 55, 56, 56 + step - 1, 56 + step, len(body) - 17, len(body) - 1):
        damaged[f"a bit at {at}"] = body[:at] + bytes([body[at] ^ 4]) + body[at + 1 :]
    for name, one in damaged.items():
        assert one != body, name
        refused("F8", south, head + one, tmp_path / "out")
    full = sealed(north, south, data[: 2 * CHUNK], tmp_path / "full")
    refused("F8", south, full[:-16], tmp_path / "out")  # at the border of a chunk, without the empty last one


def test_a_file_cut_in_its_head_is_refused(town, pair, tmp_path):
    north, south = pair
    whole = sealed(north, south, b"text", tmp_path / "whole")
    for at, mark in ((0, "F1"), (18, "F1"), (20, "F2"), (21, "E3"), (600, "E3"), (BODY - 57, "E3")):
        refused(mark, south, whole[:at], tmp_path / "out")
    refused("F1", south, b"age-encryption.org/v1\n" + whole, tmp_path / "out")


def test_a_file_opens_at_its_office_only_and_while_its_key_lives(town, pair, tmp_path):
    north, south = pair
    harbour = town.office("Harbour")
    town.introduce(harbour, north)
    until = files.seal_for(north, south.state.office, io.BytesIO(b"text"), tmp_path / "a", spoken=False)
    data = (tmp_path / "a").read_bytes()
    refused("F3", harbour, data, tmp_path / "out")
    refused("F3", north, data, tmp_path / "out")
    town.clock.now += timedelta(seconds=until - int(town.clock().timestamp()) - 3600)
    founding.confirm_clock(south)
    keep_house(south, zone)
    assert opened(south, data, tmp_path / "out") == b"text"
    town.clock.move(hours=2)
    keep_house(south, zone)
    refused("F3", south, data, tmp_path / "late")


def test_a_file_of_an_office_without_a_card_is_refused(town, tmp_path):
    """Nobody to be certain of: who it says it is from could be anyone."""
    north, south = town.office("North"), town.office("South")
    town.introduce(north, south)
    data = sealed(north, south, b"text", tmp_path / "a")
    refused("F6", south, data, tmp_path / "out")
    trust.import_card(south, trust.read_card_text(trust.own_card(north, as_text=True)))
    assert opened(south, data, tmp_path / "out") == b"text"


def test_a_file_without_the_token_is_refused_once_a_token_is_shown(town, pair, tmp_path):
    """Before any letter a file may come without; after South has shown that it holds North's token, it may not."""
    north, south = pair
    old = sealed(north, south, b"first", tmp_path / "a")
    assert opened(south, old, tmp_path / "1") == b"first"
    for writer, reader in ((south, north), (north, south)):
        town.write(writer, reader)
        town.carry()
        keep_house(reader, zone)
    refused("F7", south, old, tmp_path / "2")
    assert opened(south, sealed(north, south, b"now", tmp_path / "b"), tmp_path / "3") == b"now"


def test_nothing_is_sealed_to_an_office_that_a_letter_could_not_be_sealed_to(town, pair, tmp_path):
    north, south = pair
    harbour = town.office("Harbour")
    with pytest.raises(NotPossible, match="no card"):
        files.seal_for(north, harbour.state.office, io.BytesIO(b""), tmp_path / "a", spoken=False)
    town.clock.move(days=100)
    with pytest.raises(NotPossible, match="run out"):
        files.seal_for(north, south.state.office, io.BytesIO(b""), tmp_path / "a", spoken=False)
    assert not list(tmp_path.glob("a*"))


def test_a_file_under_a_passphrase_opens_with_it_alone(town, tmp_path):
    files.seal_under(PASSPHRASE, io.BytesIO(b"text"), tmp_path / "a", town.dice.randbytes, CHEAP)

    def opened(passphrase: str) -> None:
        with (tmp_path / "a").open("rb") as stream:
            files.open_under(passphrase, files.read_file_head(stream), stream, tmp_path / "out")

    with pytest.raises(Locked):
        opened(PASSPHRASE + "!")
    assert not (tmp_path / "out").exists()
    opened(PASSPHRASE)
    assert (tmp_path / "out").read_bytes() == b"text"


def test_what_is_there_is_not_written_over_and_what_a_crash_left_is(town, pair, tmp_path):
    north, south = pair
    (tmp_path / "there").write_bytes(b"mine")
    with pytest.raises(NotPossible, match="already"):
        sealed(north, south, b"text", tmp_path / "there")
    assert (tmp_path / "there").read_bytes() == b"mine"
    (tmp_path / "new.part").write_bytes(b"left by a crash" * 1000)
    assert opened(south, sealed(north, south, b"text", tmp_path / "new"), tmp_path / "out") == b"text"
    with pytest.raises(NotPossible, match="cannot be written"):
        sealed(north, south, b"text", tmp_path / "nowhere" / "new")


def test_a_disk_that_takes_no_more_leaves_nothing(town, pair, tmp_path):
    north, south = pair
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3 * files.BLOCK, before[1]))
    try:
        with pytest.raises(NotPossible, match="too large"):
            sealed(north, south, bytes(9 * files.BLOCK), tmp_path / "a")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(tmp_path.glob("a*"))


def test_the_size_of_a_file_does_not_show_in_memory(town, pair, tmp_path):
    """64 MiB, sealed and opened, in less than three: buffers, whatever the size."""
    north, south = pair
    with (tmp_path / "big").open("wb") as big:
        big.truncate(64 << 20)
    tracemalloc.start()
    with (tmp_path / "big").open("rb") as stream:
        files.seal_for(north, south.state.office, stream, tmp_path / "a", spoken=False)
    with (tmp_path / "a").open("rb") as stream:
        files.open_for(south, files.read_file_head(stream), stream, tmp_path / "out")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "out").stat().st_size == 64 << 20
    assert most < 3 << 20


def test_a_restored_desk_opens_no_file_of_before(town, pair, tmp_path):
    """A backup holds no key that opens letters, and none that opens files."""
    north, south = pair
    data = sealed(north, south, b"text", tmp_path / "a")
    master = keyfile.unwrap(south.directory / keyfile.NAME, PASSPHRASE)
    backup.write(south.register, master, tmp_path / "b", south.now)
    backup.restore(tmp_path / "b", tmp_path / "again", PASSPHRASE)
    with town.clerk("ada", tmp_path / "again") as again:
        refused("F3", again, data, tmp_path / "out")
