"""The heads of sealed files: for whom they open, and what else they refuse."""

import hmac
from random import Random

import pytest

from backchannel.encoding import decode, encode, labelled
from backchannel.errors import Locked, Refused
from backchannel.seals import files
from backchannel.seals.keys import KemKey, LinkKey, kem_seal, office_id
from backchannel.seals.seal import NO_TOKEN, Target, Writer

DICE = Random(23)
NORTH, SOUTH = (LinkKey.from_seed(DICE.randbytes(32)) for _ in range(2))
WRITER = Writer(DICE.randbytes(32), NORTH.public)
READER, TOKEN, DH = DICE.randbytes(32), DICE.randbytes(32), NORTH.shared(SOUTH.public)
KEM = KemKey.from_seed(DICE.randbytes(32))
TARGET = Target(bytes(16), KEM.public, TOKEN)
HEAD, KEY = files.head_for(WRITER, READER, DH, TARGET, DICE.randbytes(32))


def opened(data: bytes, kem: KemKey = KEM, reader: bytes = READER, dh: bytes = DH, tokens=(TOKEN, NO_TOKEN)):
    head = files.read_head(data)
    return files.office_key(head, files.unwrap_head(head, kem, reader), reader, dh, tokens)


def refused(mark, act, *args, **more):
    with pytest.raises(Refused) as caught:
        act(*args, **more)
    assert caught.value.mark == mark


def test_the_head_of_a_file_gives_its_key_to_its_reader():
    head = files.read_head(HEAD)
    assert files.unwrap_head(head, KEM, READER).writer.office_id == office_id(WRITER.signing_id, NORTH.public)
    assert opened(HEAD) == (KEY, 0)
    assert opened(HEAD, tokens=(NO_TOKEN, TOKEN)) == (KEY, 1)


def test_another_key_office_link_or_token_does_not_open_a_file():
    other = DICE.randbytes(32)
    refused("F4", opened, HEAD, kem=KemKey.from_seed(other))
    refused("F4", opened, HEAD, reader=other)
    refused("F5", opened, HEAD, dh=other)
    refused("F5", opened, HEAD, tokens=(other, NO_TOKEN))


def test_the_head_of_a_file_with_any_part_changed_does_not_open():
    kind, *parts = decode(HEAD, limit=4096)
    for at, mark in ((0, "F4"), (1, "F4"), (2, "F5")):
        changed = list(parts)
        changed[at] = bytes([parts[at][0] ^ 1]) + parts[at][1:]
        refused(mark, opened, encode([kind, *changed]))


def test_a_payload_that_names_no_writer_is_refused():
    info = files._info(READER, TARGET.slot)
    for payload in ([bytes(33), bytes(32), bytes(31)], [bytes(32), bytes(32), "x" * 32]):
        hpke_ct = kem_seal(KEM.public, info, encode(payload))
        refused("F4", opened, encode(["office", TARGET.slot, hpke_ct, bytes(32)]))


def test_the_head_of_a_file_that_is_none_is_refused():
    office = decode(HEAD, limit=4096)
    under = decode(files.head_under(bytes(32), 64, 1, 1, bytes(32))[0], limit=4096)
    wrong = [
        ["office"], office[:-1], [*office, 0], ["OFFICE", *office[1:]], [*office[:3], bytes(31)],
        ["office", bytes(15), *office[2:]], ["office", office[1], office[2][:-1], office[3]], {}, [], None,
        [under[0], 7, *under[2:]], [under[0], True, *under[2:]], [under[0], (1 << 20) + 1, *under[2:]],
        [under[0], 200, 1, 17, *under[4:]], [under[0], 64, True, *under[3:]], [under[0], 64, 1, True, *under[4:]],
        [*under[:2], 17, *under[3:]], [*under[:2], 0, *under[3:]], [*under[:3], 17, *under[4:]],
        [*under[:3], 9, *under[4:]], [*under[:4], bytes(31), under[5]], [*under[:5], bytes(33)], under[:-1],
    ]  # fmt: skip
    for one in wrong:
        refused("F2", files.read_head, encode(one))
    refused("E2", files.read_head, HEAD + b"\0")
    refused("E3", files.read_head, HEAD[:-1])


def test_the_start_of_a_file_says_how_long_its_head_is():
    assert files.read_start(files.MAGIC + b"\x05\x15") == 1301 == len(HEAD)
    refused("F1", files.read_start, b"")
    refused("F1", files.read_start, files.MAGIC.replace(b"1", b"2") + b"\x05\x15")
    assert [files.read_start(files.MAGIC + length) for length in (b"\0\1", b"\x08\0")] == [1, 2048]
    for length in (b"", b"\x05", b"\0\0", b"\x08\x01"):
        refused("F2", files.read_start, files.MAGIC + length)


def test_the_most_that_a_head_may_ask_of_a_machine_is_read():
    for memory, passes, lanes in ((1 << 20, 16, 16), (8, 1, 1)):
        head = files.read_head(files.head_under(bytes(32), memory, passes, lanes, bytes(32))[0])
        assert (head.memory_kib, head.passes, head.lanes) == (memory, passes, lanes)


def test_the_key_under_a_passphrase_is_hkdf_of_what_was_stretched():
    """As the specification has it, worked out by hand: the cost is part of the key."""
    extracted = hmac.digest(b"salt" * 8, b"s" * 32, "sha256")
    info = labelled("file-passphrase", 64, 2, 1)
    first = hmac.digest(extracted, info + b"\1", "sha256")
    data, key = files.head_under(b"s" * 32, 64, 2, 1, b"salt" * 8)
    assert key == first
    assert files.read_head(data).commitment == hmac.digest(extracted, first + info + b"\2", "sha256")


def test_another_passphrase_or_cost_opens_nothing():
    data, key = files.head_under(b"s" * 32, 64, 2, 1, b"salt" * 8)
    head = files.read_head(data)
    assert files.passphrase_key(head, b"s" * 32) == key
    with pytest.raises(Locked):
        files.passphrase_key(head, b"t" * 32)
    kind, memory, _, *rest = decode(data, limit=4096)
    with pytest.raises(Locked):
        files.passphrase_key(files.read_head(encode([kind, memory, 1, *rest])), b"s" * 32)


def test_a_head_at_its_bounds_is_read():
    for cost in ((1 << 20, 16, 16), (8, 1, 1), (128, 1, 16), (1 << 20, 1, 1)):
        head = files.read_head(files.head_under(bytes(32), *cost, bytes(32))[0])
        assert (head.memory_kib, head.passes, head.lanes) == cost
    for length in (1, 2047, 2048):
        assert files.read_start(files.MAGIC + length.to_bytes(2, "big")) == length


def test_the_secrets_of_a_file_are_not_in_repr():
    under = files.read_head(files.head_under(bytes(32), 64, 1, 1, bytes(32))[0])
    head = files.read_head(HEAD)
    shown = repr(head) + repr(under)
    assert not any(repr(one)[2:-1] in shown for one in (head.hpke_ct, head.commitment, under.commitment))
    assert len(shown) < 400
