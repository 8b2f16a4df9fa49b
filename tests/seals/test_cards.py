"""A card is what its office signed, or it is refused; as text it survives mail programs."""

import re
import textwrap
from datetime import UTC, datetime, timedelta
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
    has_run_out,
    is_ahead,
    make_card,
    read_card,
    relay_id,
    standing_target,
    until_of,
)
from backchannel.seals.keys import KemKey, LinkKey, standing_slot
from backchannel.seals.lookalike import alike, skeleton
from backchannel.seals.safety import half, in_groups, matches, safety_number
from backchannel.seals.signatures import SigningKey

DICE = Random(5)
SIGNING = SigningKey.from_seeds(DICE.randbytes(32), DICE.randbytes(32))
URL = "https://relay.example"
LONG = f"https://{'relay.' * 28}example/".ljust(300, "x")


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


def periods(*three: int) -> dict[str, object]:
    """Keys of these periods on a card that runs out with them."""
    listed = [[n, BODY.seals[0].public] for n in three]
    return {"seals": listed, "pouch": listed, "until": until_of(three[0])}


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
        ({"names": []}, "C3"),
        ({"names": ["North"]}, "C3"),
        ({"names": {"en": 1}}, "C3"),
        ({"names": {"en": "x" * 129}}, "C3"),
        ({"names": {f"a{chr(97 + n)}": "North" for n in range(17)}}, "C3"),
        ({"names": {"en": "No\u202erth"}}, "C3"),
        ({"names": {"en": ""}}, "C3"),
        ({"names": {"en": "No\nrth"}}, "C3"),
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
        ({"seals": [[700, None]] * 3}, "C5"),
        (periods(True, 2, 3), "C5"),
        (periods(False, 1, 2), "C5"),
        (periods(-1, 0, 1), "C5"),
        (periods(700, 701, 703), "C5"),
        ({"pouch": periods(701, 702, 703)["pouch"]}, "C5"),
        ({"until": b""}, "C5"),
        ({"addresses": [["paper", n] for n in range(9)]}, "C6"),
        ({"seals": [[700, b"x"]] * 3}, "S1"),
        ({"signing": [BODY.signing.ed25519, b""]}, "C4"),
        ({"signing": [bytes(32), BODY.signing.mldsa]}, "C4"),
        ({"signing": [BODY.signing.ed25519[1:], BODY.signing.mldsa]}, "C4"),
        ({"link": None}, "C4"),
        ({"link": bytes(32)}, "C4"),
        ({"link": BODY.link_public[1:]}, "C4"),
        ({"zone": 1}, "C2"),
        ({"epoch": 16}, "C2"),
        ({"serial": True}, "C5"),
        ({"serial": 1 << 37}, "C5"),
        ({"serial": b""}, "C5"),
        ({"until": None}, "C5"),
        ({"until": BODY.until + 1}, "C5"),
        ({"seals": 3}, "C5"),
        ({"seals": [[n, BODY.seals[0].public] for n in (700, 701, 703)]}, "C5"),
        ({"seals": [[n, BODY.seals[0].public] for n in (701, 702, 703)]}, "C5"),
        (periods(53_022, 53_023, 53_024), "C5"),
        ({"addresses": {}}, "C6"),
        ({"addresses": [[]]}, "C6"),
        ({"addresses": [[1]]}, "C6"),
        ({"addresses": [["relay", URL, relay_id(URL), None, bytes(7), None]]}, "C6"),
        ({"addresses": [["relay", URL, relay_id(URL), bytes(31), bytes(8), None]]}, "C6"),
        ({"addresses": [["relay", URL, relay_id(URL), None, bytes(8), ""]]}, "C6"),
        ({"addresses": [["relay", URL, relay_id(URL), None, bytes(8), "x" * 65]]}, "C6"),
        ({"addresses": [["relay", URL + "/", relay_id(URL + "/"), None, bytes(8), None]]}, "C6"),
        ({"addresses": [["relay", LONG + "x", relay_id(LONG + "x"), None, bytes(8), None]]}, "C6"),
        ({"addresses": [["relay", URL, bytes(16), None, bytes(8), None]]}, "C6"),
        ({"addresses": [["relay", "ftp://x", relay_id("ftp://x"), None, bytes(8), None]]}, "C6"),
        ({"addresses": [["relay"]]}, "C6"),
    ],
)
def test_each_wrong_field_has_its_own_refusal(changes, expected):
    assert mark(signed(**changes)) == expected


def test_a_card_of_another_version_says_so():
    _, body, signature = decode(CARD, limit=1 << 20)
    assert mark(encode([2, body, signature])) == mark(encode([True, body, signature])) == "C1"


def test_what_may_be_on_a_card_is_read():
    """The largest and the smallest of everything."""
    languages = {f"a{chr(97 + n)}": "N" * 128 for n in range(16)}
    relay = ["relay", LONG, relay_id(LONG), bytes(32), bytes(8), "Aa0_-".ljust(64, "x")]
    body = read_card(signed(names=languages, serial=0, addresses=[relay] * 8)).body
    assert dict(body.names) == languages
    assert body.name == "N" * 128
    assert body.addresses == (RelayAddress(LONG, relay_id(LONG), bytes(32), bytes(8), relay[-1]),) * 8
    assert BODY.name == "North"
    assert read_card(signed(names={"ar": "Qutb", "en": "North"})).body.name == "North"
    assert read_card(signed(names={"ar": "Qutb", "fa": "Shomal"})).body.name == "Qutb"
    assert relay[-1] not in repr(body)
    assert len(repr(read_card(CARD))) < 2000
    for first in (0, 53_021):
        assert read_card(signed(**periods(first, first + 1, first + 2))).body.pouch_of(first) is not None


def test_a_card_is_24_kib_at_most():
    def card(size: int) -> bytes:
        return signed(addresses=[["paper", bytes(size)]])

    size = 24 * 1024 - len(card(12_000)) + 12_000
    assert len(card(size)) == 24 * 1024
    assert read_card(card(size)).body.other_addresses == (["paper", bytes(size)],)
    assert mark(card(size + 1)) == "E1"


@pytest.mark.parametrize(
    "data", [b"\x80", b"\xf6", encode([1, b"", None]), encode([1, BODY.encoded()]), encode([1, b"\x80", b""])]
)
def test_what_is_no_card_is_refused(data):
    assert mark(data) == "C2"


def test_a_card_is_for_its_three_periods_and_no_others():
    """Whoever seals takes the key of today; outside the periods there is none, and at the end the card has run out."""
    card, day = read_card(CARD), 86_400
    for n, key in enumerate(BODY.seals):
        now = datetime.fromtimestamp((700 + n) * 30 * day, UTC)
        assert standing_target(card, now) == (standing_slot(key.public), key)
        assert BODY.pouch_of(700 + n) == BODY.pouch[n]
        assert not has_run_out(card, now)
    end = datetime.fromtimestamp(BODY.until, UTC)
    assert not has_run_out(card, end - timedelta(seconds=1))
    assert has_run_out(card, end)
    assert standing_target(card, end) is None
    assert BODY.pouch_of(699) is None


def test_a_card_dated_more_than_a_day_ahead_is_noticed():
    now = datetime.fromtimestamp(BODY.serial - 86_400, UTC)
    assert not is_ahead(read_card(CARD), now)
    assert is_ahead(read_card(CARD), now - timedelta(seconds=1))


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


CHECK_LINE = "the check line of the card is missing or damaged"


@pytest.mark.parametrize(
    ("spoil", "expected", "why"),
    [
        (lambda text: "", "C8", "no card"),
        (lambda text: text.ljust(200_001), "C8", "too long"),
        (lambda text: text.replace("END", "FIN"), "C8", "no card"),
        (lambda text: text.replace("BEGIN", "FIN"), "C8", "no card"),
        (lambda text: text.replace("BEGIN", "end").replace("END", "begin"), "C8", "no card"),
        (lambda text: text.replace("check", "cheek"), "C9", CHECK_LINE),
        (lambda text: re.sub(r"check \d+", "check 000", text), "C9", CHECK_LINE),
        (lambda text: re.sub(r"(check \d+) \d+", r"\1 00001", text), "C9", CHECK_LINE),
        (lambda text: armor(b""), "C9", CHECK_LINE),
        (lambda text: re.sub(r"^(001 )\w", r"\1u", text, flags=re.MULTILINE), "C9", "mistyped: 1$"),
        (lambda text: re.sub(r"^001 ", "x01 ", text, flags=re.MULTILINE), "C9", "mistyped: 1$"),
        (lambda text: re.sub(r"\n[^\n]*\n(check)", r"\n\1", text), "C9", f"mistyped: {-(-len(CARD) // 35)}$"),
        (lambda text: re.sub(r"(check \d+ \d+ )\w{4}", r"\1zzzz", text), "C10", "check group"),
    ],
)
def test_each_fault_of_the_text_has_its_own_refusal(spoil, expected, why):
    """No card, a line missing or mistyped, or lines that fit each by itself and not together."""
    with pytest.raises(Refused, match=why) as caught:
        dearmor(spoil(armor(CARD)))
    assert caught.value.mark == expected


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=120))
def test_bytes_of_any_number_survive_armor(data):
    assert dearmor(armor(data)) == data


def test_text_around_and_letters_between_the_lines_cost_nothing():
    """As long as text may be, with the last line of another card before it and a stray letter before each piece."""
    text = re.sub(r"\n(?=\d)", "\nz ", armor(CARD))
    assert dearmor(("END BACKCHANNEL CARD\n" + text).ljust(200_000)) == CARD


def test_what_a_hand_copies_wrong_reads_the_same():
    """Zero as o, one as i or l, in letters large or small; a dash of any kind at the ends."""
    text = re.sub(r"(?m)(?<=^\d{3} ).*", lambda line: line[0].replace("0", "o").replace("1", "i"), armor(CARD))
    assert text.count("o") > 100
    assert dearmor(text) == dearmor(text.upper()) == dearmor(text.replace("i", "l")) == CARD
    assert dearmor(armor(CARD).replace("-", "\u2014")) == CARD


def test_armor_looks_as_the_specification_shows_it():
    lines = armor(bytes(70)).splitlines()
    assert (lines[0], lines[-1]) == ("-----BEGIN BACKCHANNEL CARD-----", "-----END BACKCHANNEL CARD-----")
    assert lines[1].startswith("001 " + "0000 " * 14)
    assert lines[3].startswith("check 002 00070 ")
    assert len(lines) == 5


def test_a_piece_has_one_writing():
    """The bits that fill up a last letter are zero: else the line would read the same and be another."""
    text = armor(b"\0")
    assert text.splitlines()[1].startswith("001 00 ")
    with pytest.raises(Refused, match=r"mistyped: 1$"):
        dearmor(text.replace("001 00 ", "001 01 "))


def test_a_run_of_missing_lines_is_named_as_one():
    lines = armor(CARD).splitlines()
    with pytest.raises(Refused, match=r"missing or mistyped: 3-5, 8$"):
        dearmor("\n".join([*lines[:3], *lines[6:8], *lines[9:]]))
    with pytest.raises(Refused, match=rf"mistyped: {', '.join(str(n) for n in range(1, 41, 2))}$"):
        dearmor("\n".join([*lines[:61:2], *lines[62:]]))


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
    assert in_groups(number[:11]) == f"{number[:5]} {number[5:10]} {number[10]}"
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


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("N0rth 1Il|", "northllll"), ("\u04c0\u0131", "ll"), ("Modern VVay", "modemway"),
        ("\u041d\u043er\u04bb", "\u043dorh"), ("Þ ¼ ŉ", "þl⁄4ʼn"), ("\u1d0f\u0966", "oo"), ("شمال", "شمال"),
    ],
)  # fmt: skip
def test_a_name_is_made_plain_by_what_its_letters_look_like(name, plain):
    """Only into letters and digits of ASCII; a letter that looks like none stays."""
    assert skeleton(name) == plain


def test_scripts_mixed_within_a_word_are_noticed():
    """Digits, signs and two words of different scripts are no mixture."""
    (mixed,) = alike("N\u043erth", [])
    assert (mixed.known, mixed.reason) == ("N\u043erth", "mixed-scripts")
    for name in ("North-2", "North شمال", "\U00017000", "N\U00017000"):
        assert alike(name, []) == ()


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
