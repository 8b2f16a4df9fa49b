"""Records in a file: read as they are written, or refused in one piece."""

import json
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records import read_date, zones

from backchannel.desk.standing import write_date
from backchannel.errors import Refused
from backchannel.letters.deadlines import Anchored, BusinessDays
from backchannel.terms.feed import board_json, hole_json, read_records, records_json
from backchannel.terms.records import Tables
from backchannel.terms.standing import standing
from backchannel.values import replace

CASES = json.loads((Path(__file__).parents[2] / "vectors" / "standing.json").read_text(encoding="utf-8"))
AFTER = write_date(Anchored(2, "days", "handover"))
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_written_records_read_the_same(case: dict[str, Any]) -> None:
    records, owner, now = read_records(case["records"], read_date)
    again, *_ = read_records(json.loads(json.dumps(records_json(records, owner, now, write_date))), read_date)
    tables = Tables(zones)
    assert board_json(standing(again, owner, now, tables)) == board_json(standing(records, owner, now, tables))


def test_a_date_of_business_days_carries_its_calendar() -> None:
    """A draft names the calendar; records hold it, so that the file alone gives the board."""
    courts = BusinessDays("courts", "Gazette", frozenset({5, 6}), date(2026, 1, 1), date(2026, 12, 31))
    five = Anchored(5, "business-days", "handover", business=courts)
    assert read_date(write_date(five)) == five


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("owner", None),
        ("now", "2026-01-01T00:00:00"),
        ("letters", [{"id": "N1"}]),
        ("letters", [{"id": "N1", "from": "n", "to": "s", "acts": [{"act": "promise"}]}]),
        ("letters", [{"id": "N1", "from": "n", "to": "s", "acts": [{"act": "accept", "on": "S1", "more": 1}]}]),
        ("letters", [{"id": "N1", "from": "n", "to": "s", "reached": [["2026-01-02T00:00Z", "2026-01-01T00:00Z"]]}]),
        ("letters", [{"id": "N1", "from": "n", "to": "s", "left": [{"at": 1, "by": "station"}]}]),
        ("holes", [{"from": "n", "to": "s", "first": "many"}]),
        ("holes", [{"from": "n", "to": "s", "first": -1}]),
        ("holes", {"from": "n"}),
        ("now", 10**15),
        ("now", "0000-01-01T00:00:00Z"),
        ("letters", "N1"),
        *(
            ("letters", [{"id": "N1", "from": "n", "to": "s", **wrong}])
            for wrong in (
                {"signed": "no"},
                {"number": True},
                {"number": 1 << 70},
                {"opened": []},
                {"opened": ["e"]},
                {"languages": [1]},
                {"authority": {"principal": "n", "within": 1}},
                {"acts": [{"act": "accept", "on": "S1#0"}]},
                {"acts": [{"act": "accept", "on": "S1#-1"}]},
                {"acts": [{"act": "declare", "on": "S1/T1", "outcome": "met", "part": 3}]},
                {"acts": [{"act": "declare", "on": "S1/T1", "outcome": "met", "since": AFTER}]},
                {"acts": [{"act": "accept", "on": "S1/the first"}]},
                {"acts": [{"act": "accept", "on": "S1#first"}]},
                {"clauses": [{"number": "1", "kind": "condition"}]},
                {"clauses": [{"number": 1, "kind": "condition"}]},
                {"clauses": [{"number": "T1", "kind": "condition"}, {"number": "T1", "kind": "condition"}]},
                {"clauses": [{"number": "T1", "kind": "condition", "text": {"en": 1}}]},
                {"clauses": [{"number": "T1", "kind": "condition", "links": "T2"}]},
                {"clauses": [{"number": "P1", "kind": "provision", "provision": ["usual_time", 10**30]}]},
                {"clauses": [{"number": "P1", "kind": "provision", "provision": ["usual_time", "long"]}]},
                {"clauses": [{"number": "P1", "kind": "provision", "provision": ["in_force", "some day"]}]},
                {"clauses": [{"number": "P1", "kind": "provision", "provision": "any"}]},
            )
        ),
    ],
)
def test_refused_in_one_piece(where: str, value: Any) -> None:
    """[K5] Nothing is guessed from a file that is not of the form."""
    with pytest.raises(Refused) as refused:
        read_records({"owner": "n", "now": 0, "letters": [], where: value}, read_date)
    assert refused.value.mark == "K5"


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["owner", "now", "letters", "holes"]), ANY), ANY)
def test_anything_is_read_or_refused(value: Any, other: Any) -> None:
    for one in (value, other):
        with suppress(Refused):
            read_records(one, read_date)


def test_every_rule_and_hole_is_written_as_it_was_read() -> None:
    """A real id in hex, an epoch of bytes or a name, and each rule of the exchange."""
    rules = [
        ["silence_is_consent", "N1/P1"], ["usual_time", 86_400], ["counts_on", "arrival"], ["in_force", "acceptance"],
        ["prevails", "en"], ["zones", ["UTC"]], "until_withdrawn",
    ]  # fmt: skip
    clauses = [{"number": f"P{n}", "kind": "provision", "provision": rule} for n, rule in enumerate(rules, 1)]
    letter = {"id": "ab" * 32, "from": "n", "to": "s", "number": 1, "epoch": "cd" * 16, "clauses": clauses}
    holes = [{"from": "s", "to": "n", "epoch": one, "first": 1, "last": 2} for one in ("e", "ef" * 16)]
    value = {"owner": "n", "now": 0, "letters": [letter], "holes": holes}
    records, owner, now = read_records(value, read_date)
    written = records_json(records, owner, now, write_date)
    assert [one["provision"] for one in written["letters"][0]["clauses"]] == rules
    assert written["letters"][0]["id"] == "ab" * 32
    assert written["letters"][0]["epoch"] == "cd" * 16
    assert [one["epoch"] for one in written["holes"]] == ["e", "ef" * 16]
    assert read_records(written, read_date) == (records, owner, now)
    of_a_desk = replace(records.holes[0], epoch=b"\xef" * 16)  # which draws its epochs
    assert hole_json(of_a_desk)["epoch"] == "ef" * 16


def test_names_as_long_as_ids_stay_names() -> None:
    """A name of 32 characters is as long as an id; it comes out as it went in."""
    name = "n" * 32
    value = {"owner": name, "now": 0, "letters": [{"id": name, "from": name, "to": "s"}]}
    records, owner, now = read_records(value, read_date)
    assert records_json(records, owner, now, write_date)["letters"][0]["id"] == name


def test_what_is_written_is_what_was_read() -> None:
    """An offer to several keeps its group, and a clause without a text gets none."""
    propose = {"act": "propose", "group": "g", "parties": ["s", "e"]}
    bare = {"number": "T1", "kind": "undertaking", "text": {}}
    letter = {"id": "N1", "from": "n", "to": "s", "acts": [propose], "clauses": [bare]}
    read = read_records({"owner": "n", "now": 0, "letters": [letter]}, read_date)
    assert read_records(records_json(*read, write_date), read_date) == read
