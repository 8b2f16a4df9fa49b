"""A bundle of evidence reads back, and nothing else does."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backchannel.conveyance.bundle import About, Bundle, Item, make_bundle, read_bundle, signers
from backchannel.conveyance.evidence import Said, Statement
from backchannel.encoding import decode, encode
from backchannel.errors import Refused
from backchannel.values import replace

CARDS = json.loads((Path(__file__).parents[2] / "vectors" / "cards.json").read_text(encoding="utf-8"))
CARD = bytes.fromhex(next(one["hex"] for one in CARDS if one["expect"] == "accepted"))
BARE = Statement("SubmissionAcceptance", bytes(32), bytes([1] * 32), 1_800_000_000, "manual", ())
STATEMENT = replace(BARE, data=BARE.encoded())
SAID = Said(STATEMENT, bytes(3373))
BUNDLE = Bundle((), (About(b"sealed", (Item(SAID, bytes(32), bytes(32), bytes(32)),)),))


def wrong(change):
    wire = decode(make_bundle(BUNDLE), limit=1 << 20)
    return encode(change(wire))


def item(wire):
    return wire[2][0][1][0]


def test_a_bundle_reads_back():
    assert make_bundle(read_bundle(make_bundle(BUNDLE))) == make_bundle(BUNDLE)


def test_the_most_that_a_bundle_may_hold_is_read():
    """64 cards, 64 sealings, 256 statements about one of them."""
    (about,) = BUNDLE.about
    found = read_bundle(make_bundle(Bundle((CARD,) * 64, (about,) * 63 + (replace(about, items=about.items * 256),))))
    assert (len(found.cards), len(found.about), len(found.about[-1].items)) == (64, 64, 256)
    shown = repr(found.about[0])
    assert "sealed=" not in shown
    assert "blind=" not in shown
    assert "signature=" not in shown


def test_whose_cards_a_bundle_needs_is_known_from_its_statements():
    """Each who signed once, in the order in which the statements stand."""
    items = [Item(replace(SAID, statement=replace(STATEMENT, by=by)), b"", b"", b"") for by in (b"2", b"1", b"2")]
    assert signers(items) == (b"2", b"1")


@pytest.mark.parametrize(
    "change",
    [
        lambda wire: [2, *wire[1:]],
        lambda wire: [1, [None], wire[2]],
        lambda wire: [1, [], []],
        lambda wire: [1, [], [[b"sealed", []]]],
        lambda wire: [1, [], [["sealed", [item(wire)]]]],
        lambda wire: [1, [], [[b"sealed", [item(wire)[:4]]]]],
        lambda wire: [1, [], [[b"sealed", [[item(wire)[0], None, *item(wire)[2:]]]]]],
        *(
            lambda wire, at=at: [1, [], [[b"sealed", [[*item(wire)[:at], bytes(31), *item(wire)[at + 1 :]]]]]]
            for at in (2, 3, 4)
        ),
        lambda wire: [True, *wire[1:]],
        lambda wire: [1, [b""] * 65, wire[2]],
        lambda wire: [1, [], wire[2] * 65],
        lambda wire: [1, [], [[b"sealed", [item(wire)] * 257]]],
        lambda wire: [1, [], [[b"sealed"]]],
    ],
)
def test_another_shape_or_version_is_refused(change):
    """Another version, no statement at all, an unsigned one, a blind of another size [W4]."""
    with pytest.raises(Refused) as caught:
        read_bundle(wrong(change))
    assert caught.value.mark == "W4"


def test_a_bundle_with_a_card_that_is_none_is_refused():
    with pytest.raises(Refused) as caught:
        read_bundle(wrong(lambda wire: [1, [CARD, b"\x80"], wire[2]]))
    assert caught.value.mark == "C2"


@given(st.binary(max_size=300))
def test_arbitrary_bytes_raise_only_refused(data):
    with pytest.raises(Refused):
        read_bundle(data)
