"""The vectors of comparing hold for the product and for a reader written from the specification alone."""

import comparing
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from opener import No
from test_vectors import load, mark

from backchannel.encoding import encode
from backchannel.errors import Refused
from backchannel.letters.comparing import Claim, Series, claims_of, heard, in_common, spoken
from backchannel.letters.fields import MOST_SECONDS
from backchannel.seals import reconcile
from backchannel.seals.keys import LinkKey

OFFICES = load("offices")
NORTH, SOUTH = (bytes.fromhex(OFFICES[name]["office_id"]) for name in ("north", "south"))
VECTORS = load("reconcile")
KEY = bytes.fromhex(VECTORS["key"])


def typed(held):
    """As the product holds it."""
    return {
        Series(*series): {n: None if ids is None else tuple(ids) for n, ids in one.items()}
        for series, one in comparing.rows(held).items()
    }


def test_the_key_is_the_same_from_both_sides():
    for mine, theirs in (("north", "south"), ("south", "north")):
        private = bytes.fromhex(OFFICES[mine]["link_private"])
        public = bytes.fromhex(OFFICES[theirs]["link_public"])
        assert comparing.key_of(private, public, NORTH, SOUTH) == KEY
        assert reconcile.comparing_key(LinkKey.from_seed(private).shared(public), NORTH, SOUTH) == KEY


@pytest.mark.parametrize("case", VECTORS["calls"], ids=lambda case: case["name"])
def test_a_call(case):
    """Labels, lines, what was said, what is in common and every code, for both readers."""
    kind, digits = case["type"], case["call"]
    theirs = comparing.Call(KEY, kind, digits, (NORTH, SOUTH))
    held = {NORTH: comparing.rows(case["north_holds"]), SOUTH: comparing.rows(case["south_holds"])}
    both = {NORTH: typed(case["north_holds"]), SOUTH: typed(case["south_holds"])}
    ours = reconcile.Call(KEY, NORTH, SOUTH, kind, digits)
    for office, name in ((NORTH, "north"), (SOUTH, "south")):
        assert sorted(theirs.spoken(held[office])) == sorted(case["lines"][name])
        claims = claims_of(both[office])
        assert [f"{ours.label(one)}: {spoken(claim)}" for one, claim in claims.items()] == case["lines"][name]
        assert dict(map(heard, case["lines"][name])) == {ours.label(one): claim for one, claim in claims.items()}
    said = ours.said(claims_of(both[NORTH]), claims_of(both[SOUTH]))
    assert theirs.said(held) == said == bytes.fromhex(case["said"])
    letters = in_common(both[NORTH], claims_of(both[SOUTH]))
    plain = comparing.common(held[NORTH], held[SOUTH])
    assert [[*(part.hex() for part in one[0]), one[1]] for one in plain] == case["common"]
    assert [[one.series.writer.hex(), one.series.epoch.hex(), one.number] for one in letters] == case["common"]
    for one in case["ranges"]:
        for office, name in ((NORTH, "north"), (SOUTH, "south")):
            code = one["codes_of_what_north_holds"][name]
            assert ours.code(office, said, letters[one["first"] : one["last"]]) == code
            assert theirs.code(office, said, plain[one["first"] : one["last"]]) == code


@pytest.mark.parametrize("case", VECTORS["lists"], ids=lambda case: case["name"])
def test_a_list(case):
    """South's list for North, as both readers have it; or refused by both at the same mark."""
    data = bytes.fromhex(case["hex"])
    if case["expect"] != "accepted":
        with pytest.raises(No) as theirs:
            comparing.read_list(KEY, data, SOUTH, NORTH, "operation")
        assert str(theirs.value) == mark(case)
        if mark(case) == "Q5":  # the desk's refusal, who knows what was asked for
            assert reconcile.read_list(KEY, data, SOUTH, NORTH).kind == "exercise"
            return
        with pytest.raises(Refused) as ours:
            reconcile.read_list(KEY, data, SOUTH, NORTH)
        assert ours.value.mark == mark(case)
        return
    at, rows = comparing.read_list(KEY, data, SOUTH, NORTH, "operation")
    listed = reconcile.read_list(KEY, data, SOUTH, NORTH)
    assert at == listed.at == case["at"]
    held = comparing.rows(case["holds"])
    for series, one in held.items():
        tags, burnt = rows[series]
        kept = {n: ids for n, ids in one.items() if ids is not None}
        assert tags == {n: comparing.tag(KEY, data[:32], "operation", series, n, ids) for n, ids in kept.items()}
        assert tags == {n: listed.tag(Series(*series), n) for n in kept}
        assert burnt == comparing.flat(n for n, ids in one.items() if ids is None)
    assert listed.claims == claims_of(typed(case["holds"]))
    assert len(data) % 4096 == 32 + 16


def test_a_label_that_fits_no_series_names_its_writer_all_the_same():
    """Even: the office with the lower id. What was heard has its label in place of the epoch, and keeps it."""
    ours = reconcile.Call(KEY, NORTH, SOUTH, "operation", "1234512345")
    for label in ("48212", "48213"):
        series = ours.unknown(label)
        assert series.writer == sorted((NORTH, SOUTH))[int(label) % 2]
        assert ours.label(series) == label


def test_what_was_said_is_of_series_of_which_something_was():
    """Held or burnt; a series of which an office has nothing is as one it never heard of."""
    ours = reconcile.Call(KEY, NORTH, SOUTH, "operation", "1234512345")
    one, other = Series(NORTH, bytes(16)), Series(SOUTH, bytes(16))
    kept, burnt = Claim(((1, 2),)), Claim((), ((3, 3),))
    assert ours.said({one: kept, other: Claim()}, {}) == ours.said({one: kept}, {})
    assert ours.said({one: burnt}, {}) != ours.said({}, {})
    assert ours.said({one: kept}, {other: burnt}) != ours.said({other: burnt}, {one: kept})


def test_a_list_is_made_as_it_is_read():
    """By South for North; nobody else reads it, and its maker is told that it is its own."""
    held = typed(VECTORS["lists"][0]["holds"])
    made = reconcile.make_list(KEY, SOUTH, NORTH, "exercise", 5, held, bytes(32))
    listed = reconcile.read_list(KEY, made, SOUTH, NORTH)
    assert (listed.kind, listed.at, listed.claims) == ("exercise", 5, claims_of(held))
    assert len(made) % 4096 == 32 + 16
    at, rows = comparing.read_list(KEY, made, SOUTH, NORTH, "exercise")
    assert at == 5
    for series, (tags, _) in rows.items():
        kept = {n: ids for n, ids in held[Series(*series)].items() if ids is not None}
        for n, ids in kept.items():
            ours = reconcile.tag(KEY, bytes(32), "exercise", Series(*series), n, ids)
            assert tags[n] == ours == comparing.tag(KEY, bytes(32), "exercise", series, n, ids)
        assert tags.keys() == kept.keys()
    for key, maker, reader, expected in (
        (KEY, NORTH, SOUTH, "Q2"), (KEY, SOUTH, SOUTH, "Q1"), (bytes(32), SOUTH, NORTH, "Q1"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            reconcile.read_list(key, made, maker, reader)
        assert refused.value.mark == expected
    for size in (0, 47, reconcile.MOST_BYTES + 1):
        with pytest.raises(Refused) as refused:
            reconcile.read_list(KEY, bytes(size), SOUTH, NORTH)
        assert refused.value.mark == "Q1"
    assert reconcile.comparing_key(bytes(32), NORTH, SOUTH) == reconcile.comparing_key(bytes(32), SOUTH, NORTH)
    assert reconcile.comparing_key(bytes(32), NORTH, SOUTH) != KEY


def closed(value, behind: bytes = b"") -> bytes:
    """What South closes for North with the right key, whatever it says."""
    key = comparing.mac(KEY, "list", bytes(32), SOUTH, NORTH)
    return bytes(32) + AESGCM(key).encrypt(bytes(12), encode(value) + behind, b"")


ROW = [SOUTH, bytes(16), [1, 2], [5, 5], bytes(32)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([True, "operation", 5, []], "Q3"),
        ([2, "operation", 5, []], "Q3"),
        ([1, "drill", 5, []], "Q3"),
        ([1, "operation", True, []], "Q3"),
        ([1, "operation", False, []], "Q3"),
        ([1, "operation", -1, []], "Q3"),
        ([1, "operation", MOST_SECONDS + 1, []], "Q3"),
        ([1, "operation", 5, [[SOUTH, n.to_bytes(16, "big"), [], [1, 1], b""] for n in range(65)]], "Q3"),
        ([1, "operation", 5], "Q3"),
        ([1, "operation", 5, [ROW[:4]]], "Q3"),
        ([1, "operation", 5, [[bytes(32), *ROW[1:]]]], "Q3"),
        ([1, "operation", 5, [[SOUTH, bytes(15), *ROW[2:]]]], "Q3"),
        ([1, "operation", 5, [[SOUTH, bytes(16), [True, 2], [], bytes(32)]]], "Q3"),
        ([1, "operation", 5, [[SOUTH, bytes(16), [1, 1], [3, True], bytes(16)]]], "Q3"),
        ([1, "operation", 5, [ROW, ROW]], "Q3"),
        ([1, "operation", 5, [[*ROW[:4], bytes(31)]]], "Q4"),
        ([1, "operation", 5, [[*ROW[:4], bytes(48)]]], "Q4"),
        ([1, "operation", 5, [[SOUTH, bytes(16), [n for k in range(1, 10_002) for n in (2 * k,) * 2], [], b""]]], "Q4"),
        (
            [
                1, "operation", 5,
                [[SOUTH, bytes(16), [2, 2], [n for k in range(2, 10_002) for n in (2 * k,) * 2], bytes(16)]],
            ],
            "Q4",
        ),
        (
            [
                1, "operation", 5,
                [
                    [SOUTH, bytes(16), [2, 2], [n for k in range(2, 10_001) for n in (2 * k,) * 2], bytes(16)],
                    [SOUTH, bytes([1]) * 16, [2, 2], [], bytes(16)],
                ],
            ],
            "Q4",
        ),
    ],
)  # fmt: skip
def test_a_list_that_says_what_none_says_is_refused(value, expected):
    with pytest.raises(Refused) as refused:
        reconcile.read_list(KEY, closed(value), SOUTH, NORTH)
    assert refused.value.mark == expected


def test_the_most_that_a_list_may_say_is_read():
    """64 series, 10,000 runs in all, the last second; zeros behind it and nothing else."""
    rows = [[NORTH, n.to_bytes(16, "big"), [1, 2], [5, 5], bytes(32)] for n in range(64)]
    for at in (0, MOST_SECONDS):
        listed = reconcile.read_list(KEY, closed([1, "exercise", at, rows], bytes(9)), SOUTH, NORTH)
        assert (listed.at, len(listed.claims), len(listed.tags)) == (at, 64, 64)
    with pytest.raises(Refused, match="the form of one"):
        reconcile.read_list(KEY, closed([1, "exercise", 5, rows], b"\0\1"), SOUTH, NORTH)
    size = len(closed([1, "exercise", 5, rows]))
    full = closed([1, "exercise", 5, rows], bytes(reconcile.MOST_BYTES - size))
    assert len(reconcile.read_list(KEY, full, SOUTH, NORTH).claims) == 64
    with pytest.raises(Refused, match="no list that this office made"):
        reconcile.read_list(KEY, closed([1, "exercise", 5, rows], bytes(len(full) - size + 1)), SOUTH, NORTH)
    many = [n for k in range(1, 5_001) for n in (2 * k,) * 2]
    tags = b"".join(k.to_bytes(16, "big") for k in range(1, 5_001))
    listed = reconcile.read_list(
        KEY, closed([1, "exercise", 5, [[SOUTH, bytes(16), many, [n + 20_000 for n in many], tags]]]), SOUTH, NORTH
    )
    series = Series(SOUTH, bytes(16))
    assert listed.tag(series, 4_000) == (2_000).to_bytes(16, "big")
    assert (len(listed.claims[series].held), len(listed.claims[series].burnt)) == (5_000, 5_000)
    halves = (
        [[SOUTH, bytes([n]) * 16, many, [], tags] for n in (1, 2)],
        [[SOUTH, bytes([n]) * 16, [], many, b""] for n in (1, 2)],
    )
    for rows in halves:
        assert len(reconcile.read_list(KEY, closed([1, "exercise", 5, rows]), SOUTH, NORTH).claims) == 2
    for secret in (b"\1" * 16, tags[:16], bytes(32)):
        assert repr(secret)[2:-1] not in repr(listed)
