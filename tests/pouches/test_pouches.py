"""Every pouch has one size and opens only at its station, unaltered."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backchannel.encoding import encode
from backchannel.errors import Refused
from backchannel.pouches import packet
from backchannel.pouches.fragments import count_for, cut, read_fragment
from backchannel.pouches.geometry import POUCH
from backchannel.pouches.packet import assemble, build, peel, permute, pouch_keys, unpermute
from backchannel.seals.keys import KemKey, kem_seal

DICE = Random(9)
KEY = KemKey.from_seed(DICE.randbytes(32))
INNER = DICE.randbytes(POUCH.payload - POUCH.integrity)


def test_the_sizes_are_those_of_the_final_format():
    assert (POUCH.ct, POUCH.slot, POUCH.beta, POUCH.header, POUCH.payload, POUCH.slip_area) == (
        1168, 1296, 6480, 7680, 25_088, 8_608,
    )  # fmt: skip


def test_a_pouch_opens_at_its_station_only():
    pouch = build(KEY.public, INNER, DICE.randbytes)
    assert len(pouch) == POUCH.pouch
    assert peel(pouch, KEY).inner == INNER
    assert peel(pouch, KemKey.from_seed(DICE.randbytes(32))) is None


@settings(max_examples=150, deadline=None)
@given(st.integers(0, POUCH.pouch - 1), st.integers(0, 7))
def test_any_flipped_bit_is_refused_or_another_s(at, bit):
    pouch = bytearray(build(KEY.public, INNER, DICE.randbytes))
    pouch[at] ^= 1 << bit
    if at < POUCH.ct:
        assert peel(bytes(pouch), KEY) is None
        return
    with pytest.raises(Refused) as caught:
        peel(bytes(pouch), KEY)
    assert caught.value.mark == ("P2" if at < POUCH.header else "P5")


@pytest.mark.parametrize(
    ("command", "mark"),
    [
        (["forward", bytes(16), bytes(8), 60], "P4"),
        (["slip", bytes(16)], "P4"),
        (["deliver", 1], "P3"),
        (["bring"], "P3"),
        ("deliver", "P3"),
        (["forward", bytes(16), bytes(8), -1], "P3"),
        (["forward", bytes(16), bytes(8), 86_400], "P4"),
        (["forward", bytes(16), bytes(8), 0], "P4"),
        (["forward", bytes(16), bytes(8), 86_401], "P3"),
        (["forward", bytes(16), bytes(8), False], "P3"),
        (["forward", bytes(16), bytes(8), True], "P3"),
        (["forward", bytes(15), bytes(8), 60], "P3"),
        (["forward", bytes(16), bytes(9), 60], "P3"),
        (["slip", bytes(15)], "P3"),
    ],
)
def test_other_commands_are_refused(monkeypatch, command, mark):
    """What this version does not carry has a reason of its own; what is none, another."""
    seed = DICE.randbytes(32)
    real = encode
    monkeypatch.setattr(packet, "encode", lambda value: real(command if value == ["deliver"] else value))
    pouch = assemble(seed, kem_seal(KEY.public, packet.HOP_INFO, seed), INNER, DICE.randbytes)
    with pytest.raises(Refused) as caught:
        peel(pouch, KEY)
    assert caught.value.mark == mark
    if mark == "P4":
        assert f"a pouch to {command[0]}" in str(caught.value)


@pytest.mark.parametrize("field", [b"\xff", b"", encode(["deliver"]) + b"\1", encode(["deliver"]) + b"~"])
def test_a_command_that_is_no_value_or_is_followed_by_one_is_refused(monkeypatch, field):
    """What stands behind the command would be a way to mark a pouch."""
    seed = DICE.randbytes(32)
    monkeypatch.setattr(packet, "_padded", lambda _: field.ljust(POUCH.command, b"\0" if field else b"\xff"))
    pouch = assemble(seed, kem_seal(KEY.public, packet.HOP_INFO, seed), INNER, DICE.randbytes)
    with pytest.raises(Refused) as caught:
        peel(pouch, KEY)
    assert caught.value.mark == "P3"


def test_keys_and_what_a_pouch_holds_are_in_no_repr():
    keys = pouch_keys(b"s" * 32)
    for secret in (keys.header, keys.mac, *keys.payload):
        assert repr(secret)[2:-1] not in repr(keys)
    assert len(repr(peel(build(KEY.public, INNER, DICE.randbytes), KEY))) < 300


def test_the_last_hop_cannot_tell_how_long_the_way_was():
    """Behind the command nothing is zero."""
    seed = DICE.randbytes(32)
    pouch = assemble(seed, kem_seal(KEY.public, packet.HOP_INFO, seed), INNER, DICE.randbytes)
    beta = pouch[POUCH.ct : POUCH.ct + POUCH.beta]
    plain = packet._xor_stream(pouch_keys(seed).header, beta)
    assert plain[: POUCH.command].rstrip(b"\0") == encode(["deliver"])
    assert plain[POUCH.command :].count(0) < len(plain) // 64


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=33, max_size=3_000))
def test_the_permutation_is_one(block):
    keys = pouch_keys(b"s" * 32).payload
    assert unpermute(keys, permute(keys, block)) == block


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 200_000))
def test_a_letter_in_fragments_is_whole_again(size):
    message = DICE.randbytes(size)
    pieces = [read_fragment(inner) for inner in cut(message, DICE.randbytes)]
    assert len(pieces) == count_for(size)
    assert {len(inner) for inner in cut(message, DICE.randbytes)} == {POUCH.payload - POUCH.integrity}
    assert b"".join(piece.data for piece in pieces) == message
    assert {(piece.message_id, piece.count, piece.total) for piece in pieces} == {
        (pieces[0].message_id, len(pieces), size)
    }


@pytest.mark.parametrize(
    "head",
    [
        [bytes(16), 0, 0, 0], [bytes(16), 0, 0, -1], [bytes(16), -1, 1, 5],
        [bytes(16), 0, 1, 0], [bytes(16), 1, 1, 5], [bytes(16), 0, 2, 5], [bytes(15), 0, 1, 5], [bytes(16), 0, 1],
        [bytes(16), False, 1, 5], [bytes(16), 0, True, 5], [bytes(16), 0, 1, True],
        [bytes(16), 0, 2_000, 16_384 * 2_000], "x",
    ],
)  # fmt: skip
def test_a_head_that_is_none_is_refused(head):
    refuses_head(encode(head))


def test_a_head_that_is_no_value_or_is_followed_by_one_is_refused():
    refuses_head(b"\xff")
    for behind in (b"\1", b"~"):
        refuses_head(encode([bytes(16), 0, 1, 5]) + behind)


def refuses_head(data):
    inner = data + bytes(POUCH.fragment_head - len(data)) + bytes(POUCH.fragment_data + POUCH.slip_area)
    with pytest.raises(Refused) as caught:
        read_fragment(inner)
    assert caught.value.mark == "P7"


def test_the_largest_letter_goes_into_eleven_hundred_pouches():
    inners = cut(bytes(POUCH.most_fragments * POUCH.fragment_data), bytes)
    assert len(inners) == 1_100
    last = read_fragment(inners[-1])
    assert len(repr(last)) < 300
    assert (last.index, last.count, last.total, len(last.data)) == (1_099, 1_100, 1_100 * 16_384, 16_384)


def test_a_letter_too_large_is_refused():
    with pytest.raises(Refused) as caught:
        cut(bytes(POUCH.most_fragments * POUCH.fragment_data + 1), DICE.randbytes)
    assert caught.value.mark == "P6"


def test_a_pouch_of_another_size_is_refused():
    with pytest.raises(Refused) as caught:
        peel(bytes(POUCH.pouch - 1), KEY)
    assert caught.value.mark == "P1"
