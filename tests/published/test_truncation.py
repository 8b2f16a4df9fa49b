"""The age test kit's ways of damaging a stream, done to what is sealed as a whole here.

age seals a file in units with a counter and a mark on the last; so are large files here, in another format
(`tests/stories/test_files.py`). A letter and a closed list are one AES-GCM body each, a backup is an encrypted register
under one HMAC. The kit's files cannot be fed in; what it does to a stream is done to these three: a unit cut, repeated,
put in between; a tag missing or not right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import pytest
from conftest import PASSPHRASE
from taken import taken

from backchannel.desk import backup, keyfile
from backchannel.encoding import decode, encode
from backchannel.errors import Damaged, Refused
from backchannel.letters.comparing import Series
from backchannel.seals.keys import KemKey, LinkKey
from backchannel.seals.reconcile import make_list, read_list
from backchannel.seals.seal import Target, Writer, read_sealed, seal, unlock, unwrap


@dataclass(frozen=True, slots=True)
class Stream:
    """What a reader gets: `head` (salt, key file), `body` of three units or more, `tag` over both."""

    head: bytes
    body: bytes
    tag: bytes
    unit: int

    def __add__(self, more: bytes) -> bytes:
        return self.head + self.body + self.tag + more


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


DAMAGE: dict[str, Callable[[Stream], bytes]] = {
    "stream_no_nonce": lambda s: b"",
    "stream_short_nonce": lambda s: s.head[:12],
    "stream_no_chunks": lambda s: s.head,
    "stream_short_chunk": lambda s: s.head + s.body[: len(s.tag) - 1],
    "stream_missing_tag": lambda s: s.head + s.body,
    "stream_bad_tag": lambda s: s.head + s.body + flipped(s.tag, 0),
    "stream_bad_tag_second_chunk": lambda s: s.head + flipped(s.body, s.unit + 9) + s.tag,
    "stream_bad_tag_second_chunk_full": lambda s: s.head + flipped(s.body, len(s.body) - 1) + s.tag,
    "stream_no_final": lambda s: s.head + s.body[:-1] + s.tag,
    "stream_no_final_full": lambda s: s.head + s.body[: -s.unit] + s.tag,
    "stream_no_final_two_chunks": lambda s: s.head + s.body[: s.unit + 9] + s.tag,
    "stream_no_final_two_chunks_full": lambda s: s.head + s.body[: 2 * s.unit],
    "stream_short_second_chunk": lambda s: s.head + s.body[: 2 * s.unit - 9] + s.body[2 * s.unit :] + s.tag,
    "stream_last_chunk_empty": lambda s: s + s.tag,
    "stream_two_final_chunks": lambda s: s + s.body[-s.unit :] + s.tag,
    "stream_two_final_chunks_full": lambda s: s.head + s.body + s.body[-s.unit :] + s.tag,
    "stream_two_final_chunks_second": lambda s: s.head + s.body[: s.unit] + s.tag + s.body[s.unit :] + s.tag,
    "stream_two_final_chunks_short": lambda s: s + s.body[:1] + s.tag,
    "stream_trailing_garbage_short": lambda s: s + b"\1",
    "stream_trailing_garbage_long": lambda s: s + bytes(s.unit),
}
MORE: dict[str, Callable[[Stream], bytes]] = {
    "units swapped": lambda s: s.head + s.body[s.unit : 2 * s.unit] + s.body[: s.unit] + s.body[2 * s.unit :] + s.tag,
    "a zero byte before the tag": lambda s: s.head + s.body + b"\0" + s.tag,
}
WHOLE = {"empty_payload", "last_chunk_full", "last_chunk_full_second", "two_chunks", "three_chunks"}
NO_COUNTER = {"257_chunks", "257_chunks_full", "258_chunks"}
every_damage = pytest.mark.parametrize("damage", [*DAMAGE.items(), *MORE.items()], ids=lambda damage: damage[0])

DICE = Random(17)
KEM, NORTH, SOUTH = (KemKey.from_seed(DICE.randbytes(32)), *(LinkKey.from_seed(DICE.randbytes(32)) for _ in range(2)))
READER, TOKEN, DH = DICE.randbytes(32), DICE.randbytes(32), NORTH.shared(SOUTH.public)


def test_every_case_of_the_kit_has_its_place():
    """Files whose units are counted beyond one byte have no counterpart: none of the three counts units."""
    expected = taken("age_stream")
    assert set(DAMAGE) == {name for name, expect in expected.items() if expect != "success"}
    assert {name.removeprefix("stream_") for name in set(expected) - set(DAMAGE)} == WHOLE | NO_COUNTER


def letter(contents: bytes) -> bytes:
    writer = Writer(READER[::-1], NORTH.public)
    return seal(contents, writer, READER, DH, Target(bytes(16), KEM.public, TOKEN), DICE.randbytes(32))


def opened(data: bytes) -> bytes:
    sealed = read_sealed(data)
    return unlock(sealed, unwrap(sealed, KEM, READER), READER, DH, [TOKEN])[0]


LETTER = letter(DICE.randbytes(60_000))


@pytest.mark.parametrize("size", [0, 1, 31_453, 31_454, 31_455, 65_504, 65_505, 65_535, 65_536, 65_537])
def test_a_letter_of_any_size_opens_whole(size):
    """About where the padding takes the next step and the body's length is written in more bytes."""
    contents = DICE.randbytes(size)
    padded = opened(letter(contents))
    assert padded[:size] == contents
    assert not any(padded[size:])


@every_damage
def test_a_damaged_body_of_a_letter_is_refused(damage):
    """The outside says the new length, so that the body alone is wrong. Its nonce is zero and does not travel."""
    parts = decode(LETTER, limit=1 << 20)
    body = damage[1](Stream(b"", parts[4][:-16], parts[4][-16:], 16_384))
    with pytest.raises(Refused) as caught:
        opened(encode([*parts[:4], body]))
    assert caught.value.mark == ("S4" if len(body) < 16 else "S8")


def test_a_letter_cut_or_continued_anywhere_is_refused():
    for at in range(0, len(LETTER), 173):
        with pytest.raises(Refused) as caught:
            opened(LETTER[:at])
        assert caught.value.mark == "E3"
    with pytest.raises(Refused) as caught:
        opened(LETTER + b"\0")
    assert caught.value.mark == "E2"


@every_damage
def test_a_damaged_list_is_refused(damage):
    held = {Series(READER, bytes(16)): {n: (DICE.randbytes(32),) for n in range(1, 700)}}
    data = make_list(TOKEN, READER, READER[::-1], "operation", 1_800_000_000, held, DICE.randbytes(32))
    assert read_list(TOKEN, data, READER, READER[::-1]).salt == data[:32]
    with pytest.raises(Refused) as caught:
        read_list(TOKEN, damage[1](Stream(data[:32], data[32:-16], data[-16:], 4096)), READER, READER[::-1])
    assert caught.value.mark == "Q1"


@pytest.fixture
def stream(town, tmp_path) -> Stream:
    """A backup taken apart."""
    office = town.office("North")
    master = keyfile.unwrap(office.directory / keyfile.NAME, PASSPHRASE)
    backup.write(office.register, master, tmp_path / "whole", office.now)
    data = (tmp_path / "whole").read_bytes()
    start = len(backup.HEAD) + 4 + (office.directory / keyfile.NAME).stat().st_size
    return Stream(data[:start], data[start : -backup.MAC_BYTES], data[-backup.MAC_BYTES :], 4096)


def test_a_damaged_backup_is_refused_and_leaves_nothing(stream, tmp_path):
    """Whatever was done to it, nothing of it is put where an office would be; the whole one is restored."""
    assert len(stream.body) > 3 * stream.unit
    assert backup.restore(tmp_path / "whole", tmp_path / "again", PASSPHRASE)
    cuts = [(f"cut at {at}", lambda s, at=at: (s + b"")[:at]) for at in range(0, len(stream + b""), 16_384)]
    for name, damage in [*DAMAGE.items(), *MORE.items(), *cuts]:
        (tmp_path / "damaged").write_bytes(damage(stream))
        with pytest.raises(Damaged):
            backup.restore(tmp_path / "damaged", tmp_path / "new", PASSPHRASE)
        assert not (tmp_path / "new").exists() or not list((tmp_path / "new").iterdir()), name
