"""Dates of paper and press: kept as written, and no surer than they are."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backchannel.errors import NotPossible, Refused
from backchannel.letters.calendars import civil, day_of, end_of_day, start_of_day
from backchannel.letters.edtf import Edtf, compare, parse_edtf
from backchannel.letters.spans import TimeSpan, intersection

ZONES = ["Asia/Tehran", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Africa/Monrovia", "UTC"]
days = st.dates(datetime(1583, 1, 1).date(), datetime(2999, 12, 31).date())


def utc(*parts):
    return int(datetime(*parts, tzinfo=UTC).timestamp())


def test_the_first_half_of_2009_is_before_or_after_what_it_does_not_touch():
    """An event in July is after it, one in December 2008 before it; one in May cannot be told."""
    half, tehran = parse_edtf("2009-40"), ZoneInfo("Asia/Tehran")
    assert half.words == (("half", "1", "2009"),)
    assert compare(half, TimeSpan.at(utc(2009, 7, 1)), tehran) == "before"
    assert compare(half, TimeSpan.at(utc(2008, 12, 31)), tehran) == "after"
    assert compare(half, TimeSpan.at(utc(2009, 5, 1)), tehran) == "unclear"
    assert half.to_wire() == "2009-40"


def test_the_zone_decides_the_last_day():
    """24 November 2014 was over in Tehran while it lasted in Washington; without a zone nothing is said too early."""
    day, at = parse_edtf("2014-11-24"), TimeSpan.at(utc(2014, 11, 24, 20, 30))
    answers = [compare(day, at, ZoneInfo(zone)) for zone in ("Asia/Tehran", "Asia/Baghdad", "America/New_York")]
    assert answers == ["before", "unclear", "unclear"]
    assert compare(day, at, None) == "unclear"


@pytest.mark.parametrize("written", ["2009~", "2009?", "2009%", "2009-06~/2010~", "[2009,2010?]"])
def test_about_is_never_sure(written):
    """How far off an approximate date may be nobody knows, so it decides nothing."""
    date = parse_edtf(written)
    assert compare(date, TimeSpan.at(utc(1900, 1, 1)), ZoneInfo("UTC")) in ("unclear", "after")
    assert compare(date, TimeSpan.at(utc(2100, 1, 1)), ZoneInfo("UTC")) == "unclear"
    assert date.span(ZoneInfo("UTC")).latest is not None


def test_an_interval_is_as_sure_as_each_of_its_ends():
    date, zone = parse_edtf("2009~/2010-02"), ZoneInfo("UTC")
    assert date.sure(zone) == TimeSpan(None, utc(2010, 2, 28, 23, 59, 59))
    assert compare(date, TimeSpan.at(utc(2011, 1, 1)), zone) == "before"
    assert compare(date, TimeSpan.at(utc(2001, 1, 1)), zone) == "unclear"


def test_a_year_of_another_calendar_is_not_taken_for_a_gregorian_one():
    with pytest.raises(NotPossible, match="of other calendars say the Gregorian year"):
        parse_edtf("1393-09")


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("[2009,..2010]", "only the first may begin"), ("[2009..,2010]", "only the first may begin"),
        ("[..]", "only the first may begin"), ("2009-06-30T12:00:00Z/2010", "dates without times"),
        ("2010/2009", "ends before it begins"), ("3000", "from 1583 to 2999"),
        ("2009-XX-05", "day of an unknown month"),
        ("2009-06-30T12:00:00+18:01", "so far from UTC"), ("2009-06-30T12:00:00+01:60", "so far from UTC"),
        ("2009-06~-30", "at the end of a date"), ("2009-06-30T12", "hh:mm:ss"), ("Y17000", "longer than four digits"),
        ("2X09", "left out from the right"), ("June 2009", "no date of EDTF"), ("2009-02-30", "there is no 2009-02-30"),
        ("2009-42", "no month 42"),
    ],
)  # fmt: skip
def test_why_it_is_no_uncertain_date_is_said(written, why):
    with pytest.raises(NotPossible) as refused:
        parse_edtf(written)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    "written",
    ["[..2009,2010..]", "2999", "2009-06-30T12:00:00+18:00", "2009-06-30T12:00:00-18:00", "2009-06-30T12:00:00+01:59"],
)
def test_the_furthest_that_can_be_said_is_read(written):
    assert parse_edtf(written).written == written


@pytest.mark.parametrize("value", [None, 2009, b"2009", ["2009"], "200", "2009-06-30T12:00:00Z\n", "2" * 201])
def test_what_is_no_uncertain_date_is_refused(value):
    with pytest.raises(Refused) as refused:
        Edtf.from_wire(value)
    assert refused.value.mark == "D3"


@given(st.one_of(st.text("0123456789X-/.?~%[]{},TZ:+", max_size=24), st.text(max_size=40)))
def test_whatever_arrives_is_a_span_or_refused(text):
    """No text does anything but be read or be refused, and what is read has a span in every zone."""
    try:
        date = Edtf.from_wire(text)
    except Refused:
        return
    assert date.to_wire() == text
    for zone in (ZoneInfo("Asia/Tehran"), None):
        assert intersection(date.span(zone), date.sure(zone)) == date.span(zone)


@given(days, st.sampled_from(ZONES), st.sampled_from(["", "?", "~", "%"]))
def test_a_wider_date_holds_a_narrower_one(day, zone, mark):
    """A day lies in its month, its month in its year, its year in its decade; and anywhere holds every zone."""
    texts = [f"{day}", f"{day}"[:7], f"{day.year}-XX", f"{day.year}", f"{day.year}"[:3] + "X", f"{day.year}"[:2] + "XX"]
    spans = []
    for text in texts:
        try:
            date = parse_edtf(text + mark)
        except NotPossible:
            assert int(text[:2]) == 15  # the decade or century begins before the calendar
            continue
        spans.append(date.span(ZoneInfo(zone)))
        assert intersection(spans[-1], date.span(None)) == spans[-1] or zone == "Africa/Monrovia"
    for narrow, wide in pairwise(spans):
        assert intersection(narrow, wide) == narrow


@given(st.dates(datetime(1925, 1, 1).date(), datetime(2077, 1, 1).date()), st.sampled_from(ZONES))
def test_a_day_has_its_first_and_last_second_in_any_zone(day, zone):
    """One second earlier, and one later, is another day there; days follow each other without a hole."""
    tables = ZoneInfo(zone)
    start, end = start_of_day(day, tables), end_of_day(day, tables)
    if start is None or end is None:
        assert (zone, f"{day}") == ("Pacific/Apia", "2011-12-30")
        return
    shown = [datetime.fromtimestamp(at, tables).date() for at in (start - 1, start, end, end + 1)]
    assert shown[1] == shown[2] == day
    assert shown[0] < day < shown[3]


@given(days, st.sampled_from(["gregorian", "umm-al-qura", "jalali"]))
def test_a_day_of_a_calendar_is_that_day_again(day, calendar):
    """Out of its table a calendar has no day, rather than a wrong one."""
    shown = civil(day, calendar)
    if shown is None:
        assert calendar == "umm-al-qura"
        assert not day_of("umm-al-qura", 1343, 1, 1) <= day <= day_of("umm-al-qura", 1500, 12, 30)
    else:
        assert day_of(calendar, *shown) == day


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        ((2014, 3, 22), (2014, 3, 21, 20, 30), (2014, 3, 22, 19, 29, 59)),  # Tehran: midnight was skipped
        ((2014, 9, 21), (2014, 9, 20, 19, 30), (2014, 9, 21, 20, 29, 59)),  # Tehran: the last hour came twice
    ],
)
def test_a_day_at_whose_edge_clocks_jump(day, start, end):
    """It begins at the jump, and ends with the second of two last hours."""
    day, tehran = datetime(*day).date(), ZoneInfo("Asia/Tehran")
    assert (start_of_day(day, tehran), end_of_day(day, tehran)) == (utc(*start), utc(*end))
