"""The vectors of comparing: codes of a call, a closed list, and lists that are refused."""

from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from vector_desks import NORTH, SOUTH

from backchannel.encoding import encode
from backchannel.letters.comparing import Held, Series, claims_of, in_common, spoken
from backchannel.seals.reconcile import Call, _list_key, comparing_key, make_list

EPOCHS = (b"N" * 16, b"S" * 16, b"O" * 16)
SALT = bytes(range(32))


def _held(north: dict[int, Any], south: dict[int, Any], old: dict[int, Any]) -> Held:
    series = (Series(NORTH.id, EPOCHS[0]), Series(SOUTH.id, EPOCHS[1]), Series(NORTH.id, EPOCHS[2]))
    return {one: letters for one, letters in zip(series, (north, south, old), strict=True) if letters}


def _id(text: str) -> tuple[bytes, ...]:
    return tuple(sorted(bytes([ord(letter)]) * 32 for letter in text))


HERE = _held({1: _id("a"), 2: _id("b"), 3: None, 4: _id("c"), 6: _id("de")}, {1: _id("f"), 2: _id("g")}, {1: _id("h")})
THERE = _held({1: _id("a"), 2: _id("x"), 3: _id("y"), 4: _id("c"), 6: _id("d")}, {1: _id("f"), 3: None}, {})


def reconcile() -> dict[str, Any]:
    key = comparing_key(NORTH.link.shared(SOUTH.link.public), SOUTH.id, NORTH.id)
    return {"key": key.hex(), "calls": [_call(key)], "lists": list(_lists(key))}


def _call(key: bytes) -> dict[str, Any]:
    call = Call(key, NORTH.id, SOUTH.id, "operation", "0123498765")
    ours, theirs = claims_of(HERE), claims_of(THERE)
    said = call.said(ours, theirs)
    ranges = []
    common = in_common(HERE, theirs)
    for first, last in ((0, len(common)), (0, 0), (0, (len(common) + 1) // 2)):
        codes = {desk.name.lower(): call.code(desk.id, said, common[first:last]) for desk in (NORTH, SOUTH)}
        ranges.append({"first": first, "last": last, "codes_of_what_north_holds": codes})
    return {
        "name": "a call",
        "expect": "accepted",
        "type": "operation",
        "call": call.call,
        "north_holds": _rows(HERE),
        "south_holds": _rows(THERE),
        "lines": {
            "north": [f"{call.label(one)}: {spoken(claim)}" for one, claim in ours.items()],
            "south": [f"{call.label(one)}: {spoken(claim)}" for one, claim in theirs.items()],
        },
        "said": said.hex(),
        "common": [[one.series.writer.hex(), one.series.epoch.hex(), one.number] for one in common],
        "ranges": ranges,
    }


def _rows(held: Held) -> list[Any]:
    return [
        [one.writer.hex(), one.epoch.hex(), number, None if ids is None else [i.hex() for i in ids]]
        for one, letters in held.items()
        for number, ids in sorted(letters.items())
    ]


def _lists(key: bytes) -> Any:
    good = make_list(key, SOUTH.id, NORTH.id, "operation", 1_772_375_400, THERE, SALT)
    yield {"name": "a list", "expect": "accepted", "hex": good.hex(), "at": 1_772_375_400, "holds": _rows(THERE)}
    yield _case("altered", "Q1", "one bit is another", good[:50] + bytes([good[50] ^ 1]) + good[51:])
    own = make_list(key, NORTH.id, SOUTH.id, "operation", 0, HERE, SALT)
    yield _case("one's own", "Q2", "the maker is the reader", own)
    row = [SOUTH.id, EPOCHS[1]]
    for name, mark, why, rows in (
        ("a stranger's letters", "Q3", "the writer is neither office", [[bytes(32), EPOCHS[0], [], [], b""]]),
        ("one series twice", "Q3", "which of the two counts would depend on the reader", [[*row, [], [], b""]] * 2),
        ("a short epoch", "Q3", "an epoch has 16 bytes", [[SOUTH.id, b"e" * 15, [], [], b""]]),
        ("beyond all numbers", "Q4", "who walks the numbers never ends", [[*row, [], [1, 2**60], b""]]),
        ("backwards", "Q4", "first is after last", [[*row, [], [3, 1], b""]]),
        ("runs that touch", "Q4", "one content has one form", [[*row, [], [1, 1, 2, 2], b""]]),
        ("from nought", "Q4", "a series starts at 1", [[*row, [], [0, 1], b""]]),
        ("an odd end", "Q4", "first without last", [[*row, [], [1], b""]]),
        ("too few tags", "Q4", "a number would be held without a tag", [[*row, [1, 2], [], bytes(16)]]),
    ):
        yield _case(name, mark, why, _closed(key, [1, "operation", 0, rows]))
    yield _case("version 2", "Q3", "nobody knows what it says", _closed(key, [2, "operation", 0, []]))
    yield _case("of no type", "Q3", "it is neither", _closed(key, [1, "drill", 0, []]))
    yield _case("more behind it", "Q3", "a byte that is not zero", _closed(key, [1, "operation", 0, []], b"\0\1"))
    yield _case("of exercises", "Q5", "an operation was asked for", _closed(key, [1, "exercise", 0, []]))


def _case(name: str, mark: str, why: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "expect": f"refused [{mark}]", "why": why, "hex": data.hex()}


def _closed(key: bytes, contents: Any, after: bytes = b"") -> bytes:
    inner = _list_key(key, SALT, SOUTH.id, NORTH.id)
    return SALT + AESGCM(inner).encrypt(bytes(12), encode(contents) + after, b"")
