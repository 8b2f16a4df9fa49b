"""The vectors of dates hold for the product and for a reader written from the specification alone."""

from datetime import date
from zoneinfo import ZoneInfo

import dating
import pytest
from test_vectors import load, mark

from backchannel.encoding import decode
from backchannel.errors import Refused
from backchannel.letters.calendars import civil, day_of
from backchannel.letters.deadlines import deadline_from_wire, resolve
from backchannel.letters.edtf import Edtf
from backchannel.letters.spans import TimeSpan


def _pick(kind):
    return [pytest.param(case, id=case["name"]) for case in load("dates")[kind]]


@pytest.mark.parametrize("case", _pick("uncertain"))
def test_an_uncertain_date(case):
    """What was written names these seconds and no others, for both readers; or both refuse it."""
    if case["expect"] != "accepted":
        with pytest.raises(Refused) as ours:
            Edtf.from_wire(case["written"])
        with pytest.raises(dating.No) as theirs:
            dating.uncertain(case["written"])
        assert ours.value.mark == str(theirs.value) == mark(case)
        return
    date = Edtf.from_wire(case["written"])
    for name, span in {
        "span": date.span(ZoneInfo(case["zone"])),
        "sure": date.sure(ZoneInfo(case["zone"])),
        "anywhere": date.span(None),
    }.items():
        assert [span.earliest, span.latest] == case[name], name
    assert [" ".join(code) for code in date.words] == case["words"]
    ranges, words = dating.uncertain(case["written"])
    assert words == case["words"]
    assert dating.span(ranges, case["zone"]) == case["span"]
    assert dating.span(ranges, case["zone"], sure=True) == case["sure"]
    assert dating.span(ranges, None) == case["anywhere"]


@pytest.mark.parametrize("case", _pick("counted"))
def test_a_counted_date(case):
    """So long after this event is that span, for both readers; or both refuse it at this mark."""
    wire = decode(bytes.fromhex(case["hex"]), limit=1 << 16)
    if case["expect"] != "accepted":
        with pytest.raises(Refused) as ours:
            deadline_from_wire(wire)
        with pytest.raises(dating.No) as theirs:
            dating.counted(wire)
        assert ours.value.mark == str(theirs.value) == mark(case)
        return
    span = resolve(deadline_from_wire(wire, "due"), TimeSpan(*case["event"]), ZoneInfo)
    assert [span.earliest, span.latest] == case["span"]
    assert dating.when(dating.counted(wire), case["event"]) == case["span"]


def test_what_each_type_counts_from():
    for case in load("dates")["of_types"]:
        wire = ["after", 2, "months", case["event"], None, "gregorian", "UTC", None, "last", None]
        wire[4] = "T1" if case["event"] == "met" else None
        if case["expect"] == "accepted":
            assert deadline_from_wire(wire, case["type"]).to_wire() == dating.counted(wire, case["type"]) == wire
            continue
        with pytest.raises(Refused) as ours:
            deadline_from_wire(wire, case["type"])
        with pytest.raises(dating.No) as theirs:
            dating.counted(wire, case["type"])
        assert ours.value.mark == str(theirs.value) == mark(case) == "D5"


@pytest.mark.parametrize("case", load("dates")["calendars"], ids=lambda case: case["gregorian"])
def test_a_day_in_three_calendars(case):
    """The same day by our libraries, by arithmetic of the page alone, and as it is written down."""
    day = date.fromisoformat(case["gregorian"])
    for calendar, written in case.items():
        shown = written and tuple(int(part) for part in written.split("-"))
        assert civil(day, calendar) == dating.in_calendar(day, calendar) == shown
        assert shown is None or day_of(calendar, *shown) == day


def test_leap_years_of_the_jalali_calendar():
    """1403 is leap and 1404 is not: software of the 2,820-year rule has it the other way round."""
    years = load("dates")["leap_jalali"]
    assert years == [year for year in range(1300, 1500) if dating.leap(year)]
    assert [year for year in years if 1370 <= year <= 1410] == [
        1370,
        1375,
        1379,
        1383,
        1387,
        1391,
        1395,
        1399,
        1403,
        1408,
    ]
