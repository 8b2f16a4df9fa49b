"""The dates of a board in a common calendar program's parser: stable, with alarms, and without a name."""

from datetime import UTC, datetime

import icalendar
import pytest
from records import read_date, zones

from backchannel.letters.spans import TimeSpan
from backchannel.terms.calendar import ALARMS_SECONDS, Due, Told, calendar, dates, soon
from backchannel.terms.feed import instant, read_records
from backchannel.terms.records import Tables
from backchannel.terms.standing import Board, standing

OFFER = {
    "id": "N1",
    "from": "north",
    "to": "south",
    "number": 1,
    "reached": ["2026-01-02T00:00:00Z"],
    "acts": [{"act": "propose"}],
    "clauses": [
        {"number": "T1", "kind": "undertaking", "bound": "north", "dates": [["due", "2026-03-01T12:00:00Z"]]},
        {
            "number": "P1",
            "kind": "provision",
            "provision": "lapses_at",
            "dates": [["lapses_at", "2026-01-20T00:00:00Z"]],
        },
    ],
}
ACCEPT = {
    "id": "S1",
    "from": "south",
    "to": "north",
    "number": 1,
    "acts": [{"act": "accept", "on": "N1"}],
    "reached": ["2026-01-10T00:00:00Z"],
}


def board(*letters: object, now: str = "2026-02-27T00:00:00Z") -> Board:
    records, owner, at = read_records({"owner": "north", "now": now, "letters": list(letters)}, read_date)
    return standing(records, owner, at, Tables(zones))


def file_of(found: Board) -> icalendar.Calendar:
    told = [Told(due, f"Due; {due.clause}, مهلت " + "x" * 90, "one\ntwo, three; four\\five") for due in dates(found)]
    data = calendar(told, found.now)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    return icalendar.Calendar.from_ical(data)


def test_it_opens_in_a_common_parser_with_its_alarms() -> None:
    events = {str(one["UID"]): one for one in file_of(board(OFFER, ACCEPT)).walk("VEVENT")}
    (due,) = [one for one in events.values() if one["STATUS"] == "CONFIRMED"]
    assert due.decoded("DTSTART") == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert str(due["SUMMARY"]) == "Due; T1, مهلت " + "x" * 90
    assert str(due["DESCRIPTION"]) == "one\ntwo, three; four\\five"
    alarms = [one.decoded("TRIGGER").total_seconds() for one in due.walk("VALARM")]
    assert alarms == [-before for before in ALARMS_SECONDS]


def test_a_date_keeps_its_id_and_what_ended_is_cancelled() -> None:
    """Imported again, the calendar moves what moved and lets go of what no longer matters."""
    before = {str(one["UID"]): one for one in file_of(board(OFFER, ACCEPT)).walk("VEVENT")}
    kept = {
        "id": "N2", "from": "north", "to": "south", "number": 2, "reached": ["2026-02-20T00:00:00Z"],
        "acts": [{"act": "waive", "on": "N1/T1"}],
    }  # fmt: skip
    waived = {**kept, "id": "S2", "from": "south", "to": "north"}
    after = {str(one["UID"]): one for one in file_of(board(OFFER, ACCEPT, waived)).walk("VEVENT")}
    assert before.keys() == after.keys()
    changed = [uid for uid in before if before[uid]["STATUS"] != after[uid]["STATUS"]]
    assert len(changed) == 1
    assert after[changed[0]]["STATUS"] == "CANCELLED"
    assert int(after[changed[0]]["SEQUENCE"]) > int(before[changed[0]]["SEQUENCE"])


def test_it_names_nobody() -> None:
    found = board(OFFER, ACCEPT)
    for due in dates(found):
        assert not any(name in due.uid for name in ("north", "south", "N1"))


def test_what_is_due_next_and_what_has_passed() -> None:
    coming, passed = soon(board(OFFER, ACCEPT))
    assert [(one.clause, one.kind) for one in coming] == [("T1", "due")]
    assert not passed
    coming, passed = soon(board(OFFER, ACCEPT, now="2026-03-02T00:00:00Z"))
    assert (coming, [one.clause for one in passed]) == ([], ["T1"])


def test_a_date_known_in_part_stands_where_it_is_known() -> None:
    """A span from its first second to its last; of one end, there; of a date of which nothing is known, nothing."""
    spans = [TimeSpan(60, 3660), TimeSpan(60, None), TimeSpan(None, 120), TimeSpan.at(180), TimeSpan(None, None)]
    told = [Told(Due(bytes(32), f"T{n}", "due", one, moved=n), f"T{n}", "") for n, one in enumerate(spans)]
    events = icalendar.Calendar.from_ical(calendar(told, 0)).walk("VEVENT")
    times = [
        (one.decoded("DTSTART").timestamp(), "DTEND" in one and one.decoded("DTEND").timestamp()) for one in events
    ]
    assert times == [(60, 3660), (60, False), (120, False), (180, False)]
    assert [one["SEQUENCE"] for one in events] == [0, 1, 2, 3]


@pytest.mark.parametrize("width", range(60, 80))
def test_a_line_is_folded_between_characters(width: int) -> None:
    """75 octets at most, the letters of two octets whole, and nothing lost."""
    text = "x" * width + "مهلت" * 40
    data = calendar([Told(Due(bytes(32), "T1", "due", TimeSpan.at(0)), text, "")], 0)
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines)
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert str(event["SUMMARY"]) == text


def test_until_when_somebody_may_still_speak_is_a_date_and_an_offer_without_an_end_has_none() -> None:
    found = board(OFFER, ACCEPT)
    found.offers[0].lapses, found.offers[0].until = None, 1_770_000_000
    assert [(one.kind, one.at.latest) for one in dates(found) if not one.clause] == [("until", 1_770_000_000)]


def test_an_exercise_has_no_date_in_the_calendar() -> None:
    drill = {**OFFER, "exercise": True}
    assert dates(board(drill)) == []
    assert instant("2026-01-20T00:00:00Z") > 0
