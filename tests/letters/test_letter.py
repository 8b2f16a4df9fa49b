"""A letter reads back as it was made, and what is no letter is refused at its own mark."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backchannel.encoding import decode, encode
from backchannel.errors import Refused
from backchannel.letters.dates import Moment
from backchannel.letters.docket import Docket, Exempted, Handling, View, Way, read_docket
from backchannel.letters.fields import MOST_SECONDS
from backchannel.letters.letter import Letter, contents, read_contents
from backchannel.letters.parts import Attachment, Body, UnknownPart, make_part
from backchannel.letters.series import Gap, Span, agrees, gaps, running_hash, span
from backchannel.letters.sheet import Sheet
from backchannel.values import replace

DICE = Random(4)
DATE = Moment(1_772_375_400, "Asia/Tehran", 210, "jalali", "1404-12-10T18:00")
EPOCH = DICE.randbytes(16)
PARTS = (
    make_part(Body("en", "prevailing", "Title", "Text."), DICE.randbytes(16)),
    make_part(Body("fa", "courtesy", "عنوان", "متن."), DICE.randbytes(16)),
    make_part(Attachment("map.bin", "application/octet-stream", b"\x00\x01"), DICE.randbytes(16)),
)


def a_letter(form="letter", parts=PARTS, docket=None, signature=None, **sheet) -> Letter:
    made = Sheet(
        DICE.randbytes(16), b"n" * 32, b"s" * 32, form, "operation", "principal", DATE,
        tuple(part.digest for part in parts), **sheet,
    )  # fmt: skip
    return Letter(replace(made, data=made.encoded()), parts, docket or Docket(EPOCH, 1), signature)


MANY = tuple(make_part(Body(f"a{chr(97 + n)}", "equal", "Title", "Text."), DICE.randbytes(16)) for n in range(17))
LARGE = [make_part(Attachment("map.bin", "application/octet-stream", bytes(9 << 20)), DICE.randbytes(16)) for _ in "ab"]


def mark(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        read_contents(data)
    return caught.value.mark


def outer(letter: Letter) -> list:
    return decode(contents(letter), limit=1 << 24)


def with_sheet(**changes) -> bytes:
    letter = a_letter()
    value = {**decode(letter.sheet.data, limit=1 << 20), **changes}
    return encode([encode(value), *outer(letter)[1:]])


def with_docket(**changes) -> bytes:
    letter = a_letter()
    return encode([*outer(letter)[:3], encode({"epoch": EPOCH, "number": 1, **changes})])


def test_a_letter_reads_back_with_its_padding():
    handling = Handling(
        "limited",
        "chatham",
        may_know=("Ada",),
        exempted=(Exempted(None, "West"), Exempted(b"o" * 32, "")),
        instructions="x",
    )
    view = View(Span(EPOCH, 1, 2, bytes(32)), Span(EPOCH, 1, 0, bytes(32)))
    docket = Docket(
        EPOCH,
        7,
        (b"r" * 32,),
        handling,
        view,
        ways=(Way("relay", (b"i" * 16,), 5), Way("go-between", (b"f" * 32,), 5, 9)),
    )
    docket = replace(docket, batch={"number": 1}, card=b"card", acts={"recalls": b"l" * 32}, authority={"of": "x"})
    letter = a_letter(docket=docket, reference="A/1", reply_by=DATE, latest_delivery=DATE)
    assert read_contents(contents(letter) + bytes(100)) == letter


def test_sixteen_texts_are_read():
    assert len(read_contents(contents(a_letter(parts=MANY[:16]))).bodies) == 16


def test_the_most_that_a_way_may_say_is_read():
    for way in (["x" * 64, [b"h" * 64] * 8, MOST_SECONDS, MOST_SECONDS], ["", [], 0, 0]):
        (found,) = read_contents(with_docket(ways=[way])).docket.ways
        assert found.to_wire() == way


def test_the_prevailing_text_comes_first():
    turned = (PARTS[1], PARTS[0])
    assert [body.lang for body in a_letter(parts=turned).bodies] == ["en", "fa"]


def test_an_unknown_part_is_kept_and_named():
    strange = encode(["sketch", DICE.randbytes(16), {"x": 1}])
    letter = a_letter()
    from backchannel.letters.parts import read_part

    parts = (*PARTS, read_part(strange))
    found = read_contents(contents(a_letter(parts=parts)))
    assert found.unknown_parts == (UnknownPart("sketch"),)
    assert letter.unknown_parts == ()


def test_a_letter_is_in_breach_if_any_of_its_lines_or_texts_is():
    """One hidden character anywhere, and all of it is shown as code points."""
    assert not a_letter(reference="A/1").in_breach
    assert a_letter(reference="A\u202e1").in_breach
    for part in (
        Body("en", "equal", "Ti\u200btle", "Text."),
        Body("en", "equal", "Title", "Te\u200bxt."),
        Attachment("ma\u202ep.bin", "application/octet-stream", b""),
    ):
        assert a_letter(parts=(*PARTS, make_part(part, bytes(16)))).in_breach


def test_an_unknown_field_of_the_docket_is_kept_and_of_the_sheet_refused():
    assert read_contents(with_docket(later=5)).docket.unknown == {"later": 5}
    assert mark(with_sheet(later=5)) == "L2"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (with_sheet(v=2), "L1"),
        (with_sheet(v=True), "L1"),
        (with_sheet(nonce=b""), "L2"),
        (with_sheet(type="game"), "L2"),
        (with_sheet(origin="god"), "L2"),
        (with_sheet(parts=[b"x"]), "L2"),
        (with_sheet(date=[1, "UTC", 0, "gregorian", "2026-01-01T00:00"]), "D2"),
        (with_sheet(date=[1]), "D1"),
        (with_sheet(form="conveyance"), "L14"),
        (with_sheet(form="song"), "L10"),
        (with_sheet(form="note-verbale"), "L11"),
        (with_sheet(answers=[b"a" * 32]), "L11"),
        (with_sheet(form="empty"), "L12"),
        (with_docket(number=0), "L5"),
        (with_docket(epoch=b""), "L5"),
        (with_docket(replies=[b"x"]), "L5"),
        (with_docket(replies=[1]), "L5"),
        (with_docket(replies=[b"x" * 32] * 2), "L5"),
        (contents(a_letter(form="empty", parts=(), docket=Docket(EPOCH, 1))), "L12"),
        (contents(a_letter(form="empty", parts=(), docket=Docket(EPOCH, replies=(b"r" * 32,)))), "L12"),
        (with_docket(handling=[]), "L5"),
        (with_docket(handling={"exempted": [["x", "y"]]}), "L5"),
        (with_docket(handling={"exempted": [[b"o" * 31, "y"]]}), "L5"),
        (with_docket(handling={"may_know": [1]}), "L5"),
        (with_docket(handling={"may_know": ["x" * 1_000]}), "L5"),
        (with_docket(view={"mine": [EPOCH, 1, 0, bytes(32)]}), "L5"),
        (with_docket(view={"mine": [EPOCH, 5, 1, bytes(32)], "yours": []}), "L6"),
        (with_docket(view={"mine": [EPOCH, True, 1, bytes(32)], "yours": [EPOCH, 1, 0, bytes(32)]}), "L6"),
        (with_docket(view={"mine": [EPOCH, 1, False, bytes(32)], "yours": [EPOCH, 1, 0, bytes(32)]}), "L6"),
        (with_docket(ways=[["relay"]]), "L5"),
        (with_docket(ways=[["relay", [b"x"], 5]]), "L5"),
        *(
            (with_docket(ways=[way]), "L5")
            for way in (
                ["x" * 65, [], 5, None],
                ["\u0645" * 33, [], 5, None],
                ["relay", [b"x"] * 9, 5, None],
                ["relay", [b"x" * 65], 5, None],
                ["relay", ["x"], 5, None],
                ["relay", [], -1, None],
                ["relay", [], True, None],
                ["relay", [], False, None],
                ["relay", [], MOST_SECONDS + 1, None],
                ["relay", [], 5, True],
                ["relay", [], 5, -1],
                ["relay", [], 5, MOST_SECONDS + 1],
                ["relay", [], 5, "x"],
            )
        ),
        (with_docket(acts={"burns": bytes(32)}), "L5"),
        (with_docket(acts={"recalls": bytes(31)}), "L5"),
        (encode([*outer(a_letter())[:3]]), "L7"),
        (encode([outer(a_letter())[0], [b""] * 257, None, outer(a_letter())[3]]), "L7"),
        (encode([outer(a_letter())[0], [None], None, outer(a_letter())[3]]), "L7"),
        (encode([outer(a_letter())[0], [encode(["body", bytes(16)])], None, outer(a_letter())[3]]), "L3"),
        (encode([outer(a_letter())[0], outer(a_letter())[1], b"short", outer(a_letter())[3]]), "L7"),
        (contents(a_letter()) + b"\0\0\1", "L8"),
        (contents(replace(a_letter(), parts=PARTS[:2])), "L9"),
        (contents(a_letter(parts=(*PARTS, *LARGE))), "L9"),
        (contents(replace(a_letter(), parts=PARTS[::-1])), "L9"),
        (contents(a_letter(parts=())), "L13"),
        (contents(a_letter(parts=MANY)), "L13"),
        (contents(a_letter(parts=(PARTS[0], make_part(Body("en", "equal", "t", "t"), bytes(16))))), "L13"),
        (contents(a_letter(form="non-paper", signature=bytes(3373))), "L11"),
        (encode([outer(a_letter())[0], [encode(["body", b"", {}])], None, outer(a_letter())[3]]), "L3"),
        (encode([outer(a_letter())[0], [encode(["body", bytes(16), {}])], None, outer(a_letter())[3]]), "L4"),
    ],
)
def test_each_wrong_thing_has_its_own_refusal(data, expected):
    assert mark(data) == expected


def test_a_letter_without_a_number_is_refused():
    assert mark(contents(a_letter(docket=Docket(EPOCH)))) == "L12"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=500))
def test_arbitrary_bytes_raise_only_refused(data):
    with pytest.raises(Refused):
        read_contents(data)
    with pytest.raises(Refused):
        read_docket(data or b"\xff")


def test_the_salt_hides_a_short_text():
    one, other = (make_part(Body("en", "equal", "", "yes"), DICE.randbytes(16)) for _ in range(2))
    assert one.digest != other.digest


@given(st.sets(st.integers(1, 60)), st.integers(0, 70))
def test_gaps_are_exactly_what_is_missing(held, announced):
    missing = {number for gap in gaps(held, announced) for number in range(gap.first, gap.last + 1)}
    assert missing == set(range(1, max(held | {announced, 0}) + 1)) - held


def test_an_announced_number_costs_nothing():
    assert gaps([1, 3], 1 << 60) == (Gap(2, 2), Gap(4, 1 << 60))


def test_a_span_starts_after_what_was_burnt_and_ends_at_a_gap():
    ids = {1: None, 2: b"2" * 32, 3: b"3" * 32, 5: b"5" * 32}
    found = span(EPOCH, ids)
    assert (found.first, found.last) == (2, 3)
    assert found.hash == running_hash([b"2" * 32, b"3" * 32])
    assert agrees(found, ids)
    assert agrees(replace(found, hash=bytes(32)), ids) is False
    assert agrees(replace(found, first=1), ids) is None
    assert agrees(replace(found, last=1 << 30), ids) is None
    assert span(EPOCH, {}) == Span(EPOCH, 1, 0, bytes(32))
