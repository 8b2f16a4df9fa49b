"""A correspondent that seals whatever it likes: each absurdity has one refusal, costs little and changes nothing."""

import pytest
from bounds import bounded
from hostile import arrives, composed, sealed_by, settle, unchanged

from backchannel.desk import reading
from backchannel.encoding import digest, encode
from backchannel.letters.clause_words import Names
from backchannel.letters.clause_words import shown as in_words
from backchannel.letters.page import Party, page, page_of_letter
from backchannel.letters.rendering import text_as_html
from backchannel.seals.envelopes import make_batch


def with_sheet(**changes):
    return lambda letter: [letter[0] | changes, *letter[1:]]


def with_docket(**changes):
    return lambda letter: [*letter[:3], letter[3] | changes]


def with_parts(*parts):
    """These parts, as encoded, named rightly by the sheet."""
    return lambda letter: [letter[0] | {"parts": [digest("part", one) for one in parts]}, list(parts), *letter[2:]]


def body(lang="en", text="x", **more):
    return encode(["body", bytes(16), {"lang": lang, "status": "equal", "title": "t", "text": text} | more])


def file(name, data=b"", salt=bytes(16)):
    return encode(["attachment", salt, {"name": name, "media": "application/zip", "data": data}])


def date(unix, written, offset=0):
    return with_sheet(date=[unix, "UTC", offset, "gregorian", written])


SPAN = [bytes(16), 1, 0, bytes(32)]
ONE = make_batch(1, None, 0, lambda n: b"\x07" * n, 1)[0].to_wire()["envelopes"][0]
ABSURD = {
    "number 0": (with_docket(number=0), "L5"),
    "number 2^60": (with_docket(number=1 << 60), "L5"),
    "number 2^64-1": (with_docket(number=(1 << 64) - 1), "L5"),
    "number -2^63": (with_docket(number=-(1 << 63)), "L5"),
    "number yes": (with_docket(number=True), "L5"),
    "batch 2^60": (with_docket(batch={"number": 1 << 60, "standby": b"s" * 32, "envelopes": []}), "S15"),
    "17 envelopes": (with_docket(batch={"number": 9, "standby": b"s" * 32, "envelopes": [ONE] * 17}), "S15"),
    "10,000 envelopes": (with_docket(batch={"number": 9, "standby": b"s" * 32, "envelopes": [ONE] * 10_000}), "E1"),
    "an envelope for ever": (
        with_docket(batch={"number": 9, "standby": b"s" * 32, "envelopes": [[*ONE[:3], 1 << 63]]}),
        "S15",
    ),
    "a view of 2^60": (with_docket(view={"mine": [bytes(16), 1, 1 << 60, bytes(32)], "yours": SPAN}), "L6"),
    "a way of 2^60": (with_docket(ways=[["relay", [], 1 << 60, None]]), "L5"),
    "100,000 replies": (with_docket(replies=[bytes(2)] * 99_000), "E1"),
    "65 replies": (with_docket(replies=[bytes([n]) * 32 for n in range(65)]), "L5"),
    "year 0": (date(0, "0000-01-01T00:00"), "D2"),
    "year 9999": (date(253_402_300_000, "9999-12-31T23:13"), "D1"),
    "before 1970": (date(-1, "1969-12-31T23:59"), "D1"),
    "2^63": (date(1 << 63, "2026-01-01T00:00"), "D1"),
    "2^37": (date(1 << 37, "6325-04-08T15:04"), "D1"),
    "another date than written": (date(0, "2026-01-01T00:00"), "D2"),
    "an offset of a month": (date(0, "1970-01-01T00:00", 43_200), "D1"),
    "50,000 keys": (with_docket(later={f"{n:05}": None for n in range(50_000)}), "E1"),
    "a huge count": (lambda letter: [*letter[:3], (b"\xbb" + b"\xff" * 8)], "E3"),
    "nested arrays": (lambda letter: [*letter[:3], (b"\x81" * 60_000)], "E6"),
    "100,001 items": (lambda letter: [*letter[:3], (b"\x9a\x00\x01\x86\xa1" + bytes(100_001))], "E6"),
    "257 parts": (with_parts(*[encode(["x", bytes(15) + b"1", n]) for n in range(257)]), "L7"),
    "17 languages": (with_parts(*[body(f"a{chr(97 + n)}") for n in range(17)]), "L13"),
    "a name of 4,096 bytes": (with_parts(file("x" * 4096)), "L4"),
    "a title of 1,025 bytes": (with_parts(body(title="x" * 1025)), "L4"),
}  # fmt: skip


@pytest.fixture
def pair(town):
    return settle(town, "North", "South")


@pytest.mark.parametrize("name", ABSURD)
def test_each_absurdity_is_refused_for_one_reason_and_changes_nothing(town, pair, name):
    north, south = pair
    change, mark = ABSURD[name]
    letter = change(composed(north, south))
    with bounded(mebibytes=400, seconds=60):
        assert unchanged(town, south, sealed_by(north, south, letter))[0] == mark
    south.register.verify()


PARTY = Party("North", "verified")
NAMES = Names(bytes.hex, bytes.hex, str, str)
BOMBS = {
    "brackets": "[" * 131_000,
    "closed brackets": "[a" * 32_000 + "]" * 32_000,
    "quotes in quotes": "> " * 65_000 + "x",
    "lists in lists": "".join("  " * n + "- a\n" for n in range(350)),
    "a very long link": "[a](http://" + "x" * 130_000 + ")",
    "links in links": "[a](b " * 21_000,
    "paragraphs": "a\n\n" * 43_000,
    "references": "&#x202e;" * 16_000,
    "definitions": "[a]: b\n" * 18_000,
    "emphasis": "*a **a ***a " * 10_000,
    "stars": "*" * 131_000,
    "code": "".join("`" * n + " " for n in range(1, 500)),
    "more than is read as Markdown": "[" * 4_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_text_made_to_explode_is_shown_in_bounded_memory(town, pair, name):
    """A letter of Markdown at its worst is opened, read and drawn as a page."""
    north, south = pair
    letter = with_parts(body(text=BOMBS[name], status="prevailing"))(composed(north, south))
    with bounded(mebibytes=400, seconds=120):
        (n,) = arrives(town, south, sealed_by(north, south, letter)).opened
        shown = reading.read(south, n)
        assert len(page(page_of_letter(shown.letter, PARTY, PARTY))) < 40 * len(BOMBS[name]) + 20_000


def test_a_limit_made_to_be_slow_costs_once_however_often_it_is_drawn(town, pair):
    """One reservation of 60 KiB in each of 32 clauses."""
    north, south = pair
    of = [f"T{n}" for n in range(1, 33)]
    slow = {"number": "R1", "kind": "reservation", "text": {"en": "a\n\n" * 20_000}}
    clauses = [{"number": one, "kind": "exclusion", "text": {"en": "This."}} for one in of]
    clauses.append(slow | {"links": [["limits", [None, one, None], "met"] for one in of]})
    parts = [body(status="prevailing"), *(encode(["clause", bytes(16), one]) for one in clauses)]
    (n,) = arrives(town, south, sealed_by(north, south, with_parts(*parts)(composed(north, south)))).opened
    shown = reading.read(south, n)
    assert [len(one.limited_by) for one in shown.clauses] == [1] * 32
    before = text_as_html.cache_info().misses
    drawn = tuple(in_words(one, NAMES) for one in shown.clauses)
    page(page_of_letter(shown.letter, PARTY, PARTY, clauses=drawn))
    assert text_as_html.cache_info().misses - before <= 3


def test_what_is_enclosed_as_a_file_is_never_looked_into(town, pair):
    """A bomb for unpackers is bytes here: nothing opens, guesses or previews it, and its size is what it takes."""
    north, south = pair
    zipped = b"PK\x03\x04" + b"\0" * 100_000
    files = [file(f"{n}.zip", zipped, bytes([n]) * 16) for n in range(9)]
    letter = with_parts(body(status="prevailing"), *files)(composed(north, south))
    with bounded(mebibytes=100):
        (n,) = arrives(town, south, sealed_by(north, south, letter)).opened
        assert {one.data for one in reading.read(south, n).letter.attachments} == {zipped}


def test_what_is_refused_again_and_again_takes_one_entry(town, pair):
    north, south = pair
    sealed = sealed_by(north, south, with_docket(number=1 << 60)(composed(north, south)))
    head = south.register.head()[0]
    assert arrives(town, south, sealed, times=100).refused[0][2] == 100
    assert south.register.head()[0] == head + 1
