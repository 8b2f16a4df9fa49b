"""One value has one encoding, and nothing else is read.   Spec: docs/spec/notation.md, "Encoding"."""

import tracemalloc
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backchannel.encoding import decode, digest, encode, labelled
from backchannel.errors import Refused

scalars = st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.binary() | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(values)
def test_what_is_encoded_is_read_back_and_another_library_agrees(value: Any) -> None:
    """Our encoding is RFC 8949's deterministic one: cbor2 writes the same bytes and reads the same value."""
    data = encode(value)
    assert decode(data, limit=len(data)) == value
    assert cbor2.loads(data) == value
    assert cbor2.dumps(value, canonical=True) == data


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_in_one_way_or_refused(data: bytes) -> None:
    """Whatever is read encodes to the very bytes it came from; nothing but Refused is ever raised."""
    try:
        value = decode(data, limit=1000)
    except Refused:
        return
    assert encode(value) == data


@pytest.mark.parametrize(
    ("mark", "data"),
    [
        ("E1", b"\x43abc" + bytes(2000)),
        ("E2", b"\x01\x01"),
        ("E3", b"\x43ab"),
        ("E3", b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff"),
        ("E4", b"\x9f\x01\xff"),
        ("E5", b"\x18\x01"),
        ("E5", b"\x19\x00\xff"),
        ("E6", b"\x81" * 40 + b"\x01"),
        ("E7", b"\xc0\x61a"),
        ("E7", b"\xf9\x00\x00"),
        ("E7", b"\xa1\x01\x01"),
        ("E8", b"\x61\xff"),
        ("E9", b"\xa2\x61b\x01\x61a\x01"),
        ("E9", b"\xa2\x61a\x01\x61a\x02"),
    ],
)
def test_each_fault_is_refused_by_its_own_mark(mark: str, data: bytes) -> None:
    """A second way of writing a value is refused, each for its own reason."""
    with pytest.raises(Refused) as caught:
        decode(data, limit=1000)
    assert caught.value.mark == mark


def test_many_small_items_are_refused_before_they_fill_memory() -> None:
    """A megabyte of one-byte items would become many times that in objects."""
    data = b"\x9a\x00\x01\x86\xa0" + b"\x00" * 100_000
    with pytest.raises(Refused, match="too many items") as caught:
        decode(data, limit=len(data))
    assert caught.value.mark == "E6"
    assert len(decode(b"\x9a\x00\x01\x86\x9f" + b"\x00" * 99_999, limit=len(data))) == 99_999


@pytest.mark.parametrize(
    ("value", "error"),
    [(2**64, ValueError), (-(2**64) - 1, ValueError), ({1: 2}, TypeError), ({b"a": 2}, TypeError), (1.5, TypeError)],
)
def test_what_has_no_encoding_is_never_written(value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        encode([value])


def test_nothing_is_written_that_a_reader_would_refuse_as_too_deep() -> None:
    deep: Any = 0
    for _ in range(16):
        deep = [deep]
    assert decode(encode(deep), limit=100) == deep
    with pytest.raises(ValueError, match="deep"):
        encode([deep])


def test_a_hash_begins_with_its_own_label() -> None:
    """Two purposes never share a hash, whatever they hash."""
    assert labelled("card", b"x").startswith(b"\x82\x73backchannel/v1/card")
    assert digest("card", b"x") != digest("letter", b"x")


def test_a_key_that_a_letter_brings_is_not_remembered():
    """Keys are encoded once; those of hundreds of hostile letters would fill the memory."""
    tracemalloc.start()
    try:
        for n in range(600):
            encode({f"{n:0100000}": n})
        assert tracemalloc.get_traced_memory()[0] < 5_000_000
    finally:
        tracemalloc.stop()
