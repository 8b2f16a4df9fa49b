"""A card is what its office signed, or it is refused; as text it survives mail programs."""

import re
import textwrap
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backchannel.encoding import decode, encode
from backchannel.errors import Refused
from backchannel.seals.armor import armor, dearmor
from backchannel.seals.cards import (
    CardBody,
    KeyOfPeriod,
    RelayAddress,
    compare,
    make_card,
    read_card,
    relay_id,
    until_of,
)
from backchannel.seals.keys import KemKey, LinkKey
from backchannel.seals.lookalike import alike
from backchannel.seals.safety import half, in_groups, matches, safety_number
from backchannel.seals.signatures import SigningKey

DICE = Random(5)
SIGNING = SigningKey.from_seeds(DICE.randbytes(32), DICE.randbytes(32))
URL = "https://relay.example"


def keys(first: int = 700, count: int = 3) -> tuple[KeyOfPeriod, ...]:
    return tuple(KeyOfPeriod(p, KemKey.from_seed(DICE.randbytes(32)).public) for p in range(first, first + count))


BODY = CardBody(
    (("en", "North"), ("fa", "شمال")),
    SIGNING.public,
    LinkKey.from_seed(DICE.randbytes(32)).public,
    "Asia/Tehran",
    1_800_000_000,
    until_of(700),
    DICE.randbytes(16),
    (RelayAddress(URL, relay_id(URL), None, bytes(8), None),),
    keys(),
    keys(),
)
CARD = make_card(BODY, SIGNING)


def signed(**changes) -> bytes:
    """A card whose body is changed before it is signed: only the change is wrong with it."""
    from backchannel.encoding import digest

    body = {**decode(BODY.encoded(), limit=1 << 20), **changes}
    body = {key: value for key, value in body.items() if value is not ...}
    data = encode(body)
    return encode([1, data, SIGNING.sign("card", digest("card", data))])


def mark(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        read_card(data)
    return caught.value.mark


def test_a_card_reads_back():
    assert read_card(CARD).body == BODY


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"names": {}}, "C3"),
        ({"names": {"en": "No\u202erth"}}, "C3"),
        ({"names": {"en": ""}}, "C3"),
        ({"names": {"EN!": "North"}}, "T7"),
        ({"signing": [b"", b""]}, "C4"),
        ({"link": b"x"}, "C4"),
        ({"until": until_of(701)}, "C5"),
        ({"serial": -1}, "C5"),
        ({"epoch": b""}, "C2"),
        ({"zone": "../etc"}, "C2"),
        ({"more": 1}, "C2"),
        ({"link": ...}, "C2"),
        ({"seals": []}, "C5"),
        ({"seals": [[700, b"x"]] * 3}, "S1"),
        ({"addresses": [["relay", URL, bytes(16), None, bytes(8), None]]}, "C6"),
        ({"addresses": [["relay", "ftp://x", bytes(16), None, bytes(8), None]]}, "C6"),
        ({"addresses": [["relay"]]}, "C6"),
    ],
)
def test_each_wrong_field_has_its_own_refusal(changes, expected):
    assert mark(signed(**changes)) == expected


def test_an_unknown_kind_of_address_is_kept():
    assert read_card(signed(addresses=[["paper", "by hand"]])).body.other_addresses == (["paper", "by hand"],)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(CARD) - 1), st.integers(0, 7))
def test_any_flipped_bit_of_a_card_is_refused(at, bit):
    data = bytearray(CARD)
    data[at] ^= 1 << bit
    with pytest.raises(Refused):
        read_card(bytes(data))


def test_both_signatures_must_hold():
    """Half a forgery is none: either signature broken, the card is refused."""
    version, body, signature = decode(CARD, limit=1 << 20)
    for at in (10, 2000):
        spoiled = bytearray(signature)
        spoiled[at] ^= 1
        assert mark(encode([version, body, bytes(spoiled)])) == "C7"


def test_two_cards_under_one_serial_are_a_conflict():
    old = read_card(CARD)
    assert compare(read_card(signed(zone="UTC")), old) == "conflict"
    assert compare(read_card(signed(serial=BODY.serial + 1)), old) == "newer"
    assert compare(read_card(signed(serial=BODY.serial - 1)), old) == "older"
    assert compare(old, old) == "same"


@settings(max_examples=30, deadline=None)
@given(st.integers(20, 200), st.sampled_from(["", "> ", "| ", "\u00a0"]), st.booleans())
def test_armor_survives_wrapping_quoting_and_case(width, quote, upper):
    text = armor(CARD)
    lines = [quote + line for line in textwrap.wrap(text, width)]
    mangled = "Dear colleague,\n" + "\n".join(lines) + "\nRegards"
    assert dearmor(mangled.upper() if upper else mangled) == CARD


def test_armor_names_the_lines_that_are_missing_or_mistyped():
    lines = armor(CARD).splitlines()
    del lines[5]
    lines[8] = re.sub(r"\b\w{4}$", "zzzz", lines[8])
    with pytest.raises(Refused, match="missing or mistyped: 5, 9") as caught:
        dearmor("\n".join(lines))
    assert caught.value.mark == "C9"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_arbitrary_text_raises_only_refused(text):
    with pytest.raises(Refused):
        dearmor(f"BEGIN BACKCHANNEL CARD {text} END BACKCHANNEL CARD")


def test_the_safety_number_is_the_same_on_both_sides_and_each_can_print_its_half():
    one, other = DICE.randbytes(32), DICE.randbytes(32)
    number = safety_number(one, other)
    assert number == safety_number(other, one)
    assert len(number) == 60
    assert number.isdigit()
    assert {half(one), half(other)} == {number[:30], number[30:]}
    persian = in_groups(number).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert matches(persian, number)
    assert not matches(number[:-1], number)


@pytest.mark.parametrize(
    ("name", "known", "reason"),
    [
        ("North", "North", "same-name"),
        ("Nоrth", "North", "confusable"),  # Cyrillic o
        ("N0rth", "North", "confusable"),
        ("شمالي", "شمالی", "variant-letters"),
        ("كتاب", "کتاب", "variant-letters"),
        ("NORTH", "North", "variant-letters"),
    ],
)
def test_look_alike_names_are_found_with_the_reason(name, known, reason):
    assert reason in {match.reason for match in alike(name, [known])}


def test_different_names_are_not_alike():
    assert alike("South", ["North", "شمال"]) == ()


def test_text_without_a_card_and_a_wrong_check_are_refused():
    with pytest.raises(Refused) as caught:
        dearmor("Dear colleague, the card is enclosed.")
    assert caught.value.mark == "C8"
    text = armor(CARD)
    at = text.index("check") + len("check 370 12926 ")
    spoiled = text[:at] + ("1" if text[at] == "0" else "0") + text[at + 1 :]
    with pytest.raises(Refused) as caught:
        dearmor(spoiled)
    assert caught.value.mark == "C10"
