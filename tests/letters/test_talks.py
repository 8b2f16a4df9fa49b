"""Requests to meet, their answers, and records: what they may say, and how all else is refused."""

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backchannel.encoding import decode, encode
from backchannel.errors import Refused
from backchannel.letters.dates import parse_moment
from backchannel.letters.draft_values import Source, write_draft
from backchannel.letters.drafts import examine, read_draft
from backchannel.letters.matter import Matter
from backchannel.letters.meetings import (
    MOST_MINUTES,
    Attendee,
    Meeting,
    MeetingAnswer,
    check_answer,
    read_answer,
    read_meeting,
)
from backchannel.letters.readouts import Readout, Row, check_agreed, read_readout, side_by_side
from backchannel.letters.talks import KINDS, check_named, check_replies, read_talk
from backchannel.values import replace

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TEN = parse_moment("2026-12-01T10:00[Asia/Baghdad]", ZoneInfo)
LATER = parse_moment("jalali 1405-09-12T18:00[Asia/Tehran]", ZoneInfo)
ENVOY = Attendee("envoy", "the deputy minister")
ASKED = Meeting("The prisoners", "in_person", (TEN, LATER), (ENVOY, Attendee("interpreter", "one")), 90)
AGREED = MeetingAnswer(bytes(32), "agreed", LATER, "The old customs house", (ENVOY,))
BEGAN = parse_moment("2026-11-20T15:00[Europe/Vienna]", ZoneInfo)
PRINCIPAL = Attendee("principal", "the president")
RECORD = Readout(
    "call", BEGAN, (PRINCIPAL,), (PRINCIPAL, ENVOY), ("Both want calm.", "No date was named."), 15, "a line"
)


def wire(what):
    return dict(what.matter().value)


def mark(read, value):
    with pytest.raises(Refused) as refused:
        read(value)
    return refused.value.mark


def test_what_names_a_letter_fits_what_that_letter_says():
    """An answer names a request, a record a record. Of a letter in words no time is picked, nothing agreed."""
    answer, agreed = replace(AGREED, time=TEN), RECORD.restated(bytes(32))
    check_named(answer, ASKED)
    check_named(agreed, RECORD)
    for said in (replace(answer, time=None), ASKED):
        check_named(said, None)
    assert mark(lambda named: check_named(answer, named), None) == "M3"
    for named in (None, ASKED, replace(RECORD, minutes=16)):
        assert mark(lambda named: check_named(agreed, named), named) == "M5"
    assert mark(lambda named: check_named(replace(answer, time=None), named), RECORD) == "M3"
    assert mark(lambda named: check_replies(answer, named), (b"x" * 32,)) == "M3"
    assert mark(lambda named: check_replies(agreed, named), ()) == "M5"
    check_replies(answer, (b"x" * 32, bytes(32)))
    check_replies(ASKED, ())


@pytest.mark.parametrize(
    "what", [ASKED, AGREED, MeetingAnswer(bytes(32), "declined"), RECORD, RECORD.restated(bytes(32))]
)
def test_what_is_said_of_a_meeting_is_read_back(what):
    matter = what.matter()
    assert read_talk(Matter(matter.kind, decode(encode(matter.value), limit=1 << 16))) == what


@pytest.mark.parametrize(
    "changes",
    [
        {"place": "Here"},  # the asker never names it
        {"purpose": " "},
        {"purpose": "x\u202ey"},
        {"purpose": "x" * 1025},
        {"how": "by pigeon"},
        {"times": []},
        {"times": [TEN.to_wire()] * 2},
        {"times": [[*TEN.to_wire()[:1], "Asia/Tehran", 210, "gregorian", "2026-12-01T10:30"], TEN.to_wire()]},
        {"times": [[TEN.unix + at, "UTC", 0, "gregorian", "2026-12-01T07:00"] for at in range(17)]},
        {"who": []},
        {"who": [["boss", "x"]]},
        {"who": [["envoy", ""]]},
        {"who": [["envoy", "x", "y"]]},
        {"who": [["envoy", "x"]] * 65},
        {"minutes": 0},
        {"minutes": True},
        {"minutes": 10_081},
    ],
)
def test_a_request_out_of_order_is_refused(changes):
    assert mark(read_meeting, wire(ASKED) | changes) == "M1"


@pytest.mark.parametrize(
    "changes",
    [
        {"meeting": bytes(31)},
        {"answer": "perhaps"},
        {"place": ""},
        {"place": "a\nb"},
        {"time": None, "answer": "declined"},
        {"minutes": 90},
        {"who": None},
        {"answer": "declined"},  # and yet a time and a place
    ],
)
def test_an_answer_out_of_order_is_refused(changes):
    assert mark(read_answer, wire(AGREED) | changes) == "M2"


@pytest.mark.parametrize(
    "changes",
    [
        {"how": "by letter"},
        {"who": []},
        {"met": []},
        {"met": [["envoy", "x\u200by"]]},
        {"points": []},
        {"points": ["x", ""]},
        {"points": ["x\ny"]},
        {"points": ["x" * 1025]},
        {"points": ["x"] * 257},
        {"points": [1]},
        {"minutes": 0},
        {"place": ""},
        {"agrees": bytes(16)},
        {"result": "positive"},
    ],
)
def test_a_record_out_of_order_is_refused(changes):
    assert mark(read_readout, wire(RECORD) | changes) == "M4"
    for needed in ("how", "began", "who", "met", "points"):
        assert mark(read_readout, {name: one for name, one in wire(RECORD).items() if name != needed}) == "M4"


@pytest.mark.parametrize("minutes", [1, MOST_MINUTES])
def test_a_talk_lasts_a_minute_to_a_week(minutes):
    assert read_readout(wire(RECORD) | {"minutes": minutes}).minutes == minutes
    assert mark(read_readout, wire(RECORD) | {"minutes": MOST_MINUTES + 1}) == "M4"


def test_a_record_that_agrees_restates_the_others_word_for_word():
    agreed = RECORD.restated(b"i" * 32)
    assert (agreed.who, agreed.met, agreed.agrees) == (RECORD.met, RECORD.who, b"i" * 32)
    assert check_agreed(agreed, RECORD) == agreed
    assert check_agreed(RECORD, None) == RECORD  # its writer's own: it agrees with nothing
    for changes in (
        {"points": RECORD.points[:1]},
        {"minutes": None},
        {"minutes": 16},
        {"who": RECORD.who, "met": RECORD.met},
        {"place": None},
        {"began": TEN},
    ):
        assert mark(lambda one: check_agreed(one, RECORD), replace(agreed, **changes)) == "M5"
    assert mark(lambda one: check_agreed(one, None), agreed) == "M5"


def test_two_records_stand_side_by_side_line_by_line():
    """What both say stands once; what one says stands as its own, and nothing is put into the other's mouth."""
    theirs = Readout(
        "call",
        parse_moment("2026-11-20T17:30[Asia/Tehran]", ZoneInfo),
        (PRINCIPAL,),
        (PRINCIPAL,),
        ("No date was named.", "It was positive.", "It was positive."),
        12,
    )
    assert [row for row in side_by_side(RECORD, theirs) if not row.same] == [
        Row("minutes", "15", "12", same=False),
        Row("place", "a line", "", same=False),
        Row("met", "envoy: the deputy minister", "", same=False),
        Row("points", "Both want calm.", "", same=False),
        Row("points", "", "It was positive.", same=False),
        Row("points", "", "It was positive.", same=False),
    ]
    same = [row.what for row in side_by_side(RECORD, theirs) if row.same]
    assert same == ["how", "began", "who", "met", "points"]
    assert all(row.same for row in side_by_side(RECORD, RECORD.restated(bytes(32))))


@given(st.lists(st.sampled_from("abc"), max_size=5), st.lists(st.sampled_from("abc"), max_size=5))
def test_each_side_keeps_every_line(one, other):
    """Read down one side, the rows hold that side's lines, all of them and no others."""
    left, right = (replace(RECORD, points=tuple(points)) for points in (one, other))
    rows = [row for row in side_by_side(left, right.restated(bytes(32))) if row.what == "points"]
    assert [row.one for row in rows if row.one] == one
    assert sorted(row.other for row in rows if row.other) == sorted(other)
    assert all(row.same == (row.one == row.other) for row in rows)


def test_times_are_moments():
    """What is written must be the instant that counts, as in every date of a letter."""
    off = [TEN.unix, "Asia/Baghdad", 180, "gregorian", "2026-12-01T11:00"]
    assert mark(read_meeting, wire(ASKED) | {"times": [off]}) == "D2"
    assert mark(read_answer, wire(AGREED) | {"time": off}) == "D2"
    assert mark(read_answer, wire(AGREED) | {"time": None}) == "D1"


def test_an_answer_picks_one_of_the_times_asked():
    """The same instant by another clock is the same time; none is no time."""
    there = parse_moment("2026-12-01T07:00[UTC]", ZoneInfo)
    assert check_answer(MeetingAnswer(bytes(32), "agreed", there, "x"), ASKED).time == there
    assert check_answer(MeetingAnswer(bytes(32), "declined"), None).time is None
    for asked in (None, Meeting("x", "call", (LATER,), (ENVOY,))):
        assert mark(lambda one: check_answer(MeetingAnswer(bytes(32), "agreed", there, "x"), one), asked) == "M3"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 63), 1 << 63) | st.binary(max_size=33) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(KINDS), st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(kind, data):
    with suppress(Refused):
        assert read_talk(Matter(kind, decode(data, limit=1 << 16))).matter().kind == kind


@given(st.sampled_from([ASKED, AGREED, RECORD]), st.data())
def test_any_value_in_any_field_is_read_or_refused(what, data):
    matter = what.matter()
    name = data.draw(st.sampled_from([*sorted(matter.value), "more"]))
    value = matter.value | {name: data.draw(VALUES)}
    try:
        found = read_talk(Matter(matter.kind, value))
    except Refused:
        return
    assert found.matter().value == value


# As drafts say it.

REQUEST = """---
form: meeting-request
lang: en
reply_by: none
purpose: The prisoners
how: in person
times: ["2026-12-01T10:00[Asia/Baghdad]", "jalali 1405-09-12T18:00[Asia/Tehran]"]
minutes: ۹۰
who:
  - envoy: the deputy minister
  - interpreter: one
---
# A meeting

Will you meet?
"""
ANSWER = """---
form: reply
lang: en
replies: 12
answer: agreed
time: jalali 1405-09-12T18:00[Asia/Tehran]
place: The old customs house
who: {envoy: the deputy minister}
---
# Yes

We will.
"""
READOUT = """---
form: readout
lang: en
how: call
began: 2026-11-20T15:00[Europe/Vienna]
minutes: 15
place: a line
who: {principal: the president}
met:
  - principal: the president
  - envoy: the deputy minister
points:
  - Both want calm.
  - No date was named.
---
# The call

As we heard it.
"""
AGREES = """---
form: readout
lang: en
agrees: 12
---
# The call

So it was.
"""


def told(text):
    return [(one.line, one.mark) for one in examine([Source("a.md", text.encode())], ZoneInfo, NOW)[1]]


def without(text, *names):
    return "".join(line for line in text.splitlines(True) if line.split(":")[0] not in names)


@pytest.mark.parametrize(("text", "what"), [(REQUEST, ASKED), (ANSWER, AGREED), (READOUT, RECORD)])
def test_a_draft_says_it_in_its_fields(text, what):
    draft = read_draft([Source("a.md", text.encode())], ZoneInfo, NOW)
    assert draft.talk == what
    assert read_draft([Source("a.md", write_draft(draft).encode())], ZoneInfo, NOW) == draft
    assert "prisoners" not in repr(draft)
    assert "customs" not in repr(draft)
    assert "president" not in repr(draft)


def test_a_draft_that_agrees_names_the_record_it_restates():
    draft = read_draft([Source("a.md", AGREES.encode())], ZoneInfo, NOW)
    assert (draft.talk, draft.agrees, draft.replies) == (None, 12, (12,))
    assert read_draft([Source("a.md", write_draft(draft).encode())], ZoneInfo, NOW) == draft
    assert read_draft([Source("a.md", AGREES.encode())], ZoneInfo, NOW, replies=(12, 9)).replies == (12, 9)


def test_a_letter_may_ask_and_answer_in_words_only():
    words = without(REQUEST, "purpose", "how", "times", "minutes", "who", "  - envoy", "  - interpreter")
    assert read_draft([Source("a.md", words.encode())], ZoneInfo, NOW).talk is None


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (without(REQUEST, "purpose"), [(5, "D14")]),
        (without(REQUEST, "times"), [(5, "D14")]),
        (REQUEST.replace("who:\n  - envoy: the deputy minister\n  - interpreter: one\n", ""), [(5, "D14")]),
        (without(ANSWER, "place"), [(5, "D14")]),
        (without(ANSWER, "answer"), [(5, "D14")]),
        (REQUEST.replace("minutes", "place"), [(8, "D15")]),
        (REQUEST.replace("meeting-request", "letter"), [(line, "D15") for line in (5, 6, 7, 8, 9)]),
        (ANSWER.replace("agreed", "declined"), [(6, "D15"), (7, "D15"), (8, "D15")]),
        (ANSWER.replace("agreed", "maybe"), [(5, "D13")]),
        (REQUEST.replace("2026-12-01", "2026-11-01"), [(7, "D16")]),
        (ANSWER.replace("1405-09-12", "1405-08-12"), [(6, "D16")]),
        (REQUEST.replace("jalali 1405-09-12T18:00[Asia/Tehran]", "2026-12-01T07:00[UTC]"), [(7, "D15")]),
        (REQUEST.replace("times: [", "times: []\n#"), [(7, "D13")]),
        (REQUEST.replace("times: [", "times: [soon, "), [(7, "D16")]),
        (REQUEST.replace("who:\n  - envoy: the deputy minister\n  - interpreter: one\n", "who: []\n"), [(9, "D13")]),
        (REQUEST.replace("  - interpreter: one\n", "  - interpreter: one\n" * 70), [(9, "D13")]),
        (REQUEST.replace("۹۰", "long"), [(8, "D13")]),
        (REQUEST.replace("۹۰", "10081"), [(8, "D13")]),
        (REQUEST.replace("- envoy", "- chief"), [(10, "D13")]),
        (REQUEST.replace("- envoy: the deputy minister", "- the deputy minister"), [(10, "D13")]),
        (REQUEST.replace("the deputy minister", "[the, minister]"), [(10, "D13")]),
        (REQUEST.replace("prisoners", "priso\u200bners"), [(5, "T2")]),
        (without(READOUT, "began"), [(4, "D14")]),
        (READOUT.replace("2026-11-20", "2026-11-25"), [(5, "D16")]),
        (
            READOUT.replace("points:\n", "points: []\nreference:\n").replace(
                "  - Both want calm.\n  - No date was named.\n", "  x\n"
            ),
            [(12, "D13")],
        ),
        (READOUT.replace("how: call", "how: call\nagrees: 12"), [(line, "D15") for line in (4, 6, 7, 8, 9, 10, 13)]),
        (AGREES.replace("12", "none"), [(4, "D13")]),
        (AGREES.replace("readout", "letter"), [(4, "D15")]),
    ],
)
def test_what_a_draft_cannot_say_of_a_meeting(text, problems):
    assert told(text) == problems


def test_fields_in_two_files_say_one_thing():
    """The same people in two files of one letter are the same, wherever the lines stand."""
    other = REQUEST.replace("lang: en", "lang: fa\n").replace("\n---\n#", "\nprevails: en\n---\n#")
    texts = [("a.en.md", REQUEST.replace("\n---\n#", "\nprevails: en\n---\n#")), ("a.fa.md", other)]
    assert examine([Source(name, text.encode()) for name, text in texts], ZoneInfo, NOW)[1] == ()
    changed = [texts[0], ("a.fa.md", other.replace("deputy", "vice"))]
    marks = [one.mark for one in examine([Source(name, text.encode()) for name, text in changed], ZoneInfo, NOW)[1]]
    assert marks == ["D15"]
