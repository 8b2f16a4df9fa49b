"""One instant, however it was written; what can be read two ways is refused."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backchannel.errors import NotPossible, Refused
from backchannel.letters.calendars import CALENDARS
from backchannel.letters.dates import Moment, moment_of, parse_moment

ZONES = ["Asia/Tehran", "Asia/Baghdad", "Asia/Muscat", "America/New_York", "Europe/London", "UTC", "Asia/Kathmandu"]


def unix(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("given_text", "instant", "calendar", "written"),
    [
        ("2014-11-24T23:59[Asia/Tehran]", unix(2014, 11, 24, 20, 29), "gregorian", "2014-11-24T23:59"),
        ("2014-11-24 23:59 [America/New_York]", unix(2014, 11, 25, 4, 59), "gregorian", "2014-11-24T23:59"),
        ("jalali 1393-09-03T12:00[UTC]", unix(2014, 11, 24, 12), "jalali", "1393-09-03T12:00"),
        ("jalali ۱۳۹۳-۰۹-۰۳T۱۲:۰۰[UTC]", unix(2014, 11, 24, 12), "jalali", "1393-09-03T12:00"),
        ("umm-al-qura 1436-02-02T12:00[UTC]", unix(2014, 11, 24, 12), "umm-al-qura", "1436-02-02T12:00"),
        ("umm-al-qura ١٤٤٦-٠٤-١١T١٢:٠٠[UTC]", unix(2024, 10, 14, 12), "umm-al-qura", "1446-04-11T12:00"),
        ("jalali 1403-12-30T00:00[UTC]", unix(2025, 3, 20), "jalali", "1403-12-30T00:00"),
        ("  2026-03-01   18:00[Asia/Tehran]+03:30 ", unix(2026, 3, 1, 14, 30), "gregorian", "2026-03-01T18:00"),
    ],
)
def test_a_date_is_one_instant(given_text, instant, calendar, written):
    """Date, time and zone in any of three calendars and three sets of digits mean one instant."""
    moment = parse_moment(given_text, ZoneInfo)
    assert (moment.unix, moment.calendar, moment.written) == (instant, calendar, written)


@pytest.mark.parametrize(
    ("given_text", "why"),
    [
        ("two months", "does not say one instant"),
        ("by 24 November", "does not say one instant"),
        ("2026-03-01", "does not say one instant"),
        ("2026-03-01T18:00", "does not say one instant"),
        ("2026-03-01T18:00Z", "does not say one instant"),
        ("01.03.2026 18:00[UTC]", "does not say one instant"),
        ("", "does not say one instant"),
        ("2026-02-30T18:00[UTC]", "there is no 2026-02-30"),
        ("2026-03-01T24:00[UTC]", "there is no 2026-03-01 24:00"),
        ("jalali 1404-12-30T12:00[Asia/Tehran]", "there is no 1404-12-30"),
        ("umm-al-qura 1446-13-01T12:00[UTC]", "there is no 1446-13-01"),
        ("umm-al-qura 1600-01-01T12:00[UTC]", "there is no 1600-01-01"),
        ("1404-12-10T18:00[Asia/Tehran]", "looks like another calendar's"),
        ("1969-12-31T18:00[UTC]", "is before letters can name a date"),
        ("1971-06-01T18:00[Africa/Monrovia]", "is before letters can name a date"),
        ("9999-12-31T23:59[America/New_York]", "is after letters can name a date"),
        ("jalali 2014-11-24T18:00[UTC]", "looks like another calendar's"),
        ("julian 2026-03-01T18:00[UTC]", "the calendar julian is not known"),
        ("2026-03-01T18:00[Asia/Atlantis]", "the zone Asia/Atlantis is not known"),
        ("2026-03-01T18:00[../../etc/passwd]", "does not say one instant"),
        ("2026-03-29T01:30[Europe/London]", "the clocks go forward"),
        ("2026-03-08T02:30[America/New_York]", "the clocks go forward"),
        ("2026-10-25T01:30[Europe/London]", "happens twice"),
        ("2026-10-25T01:30[Europe/London]+03:30", "is not at +03:30 then"),
        ("2026-03-01T18:00[Asia/Tehran]+03:00", "is not at +03:00 then"),
    ],
)
def test_what_can_be_read_two_ways_is_refused(given_text, why):
    """No deadline is guessed: the writer is told what is missing or impossible."""
    with pytest.raises(NotPossible) as failed:
        parse_moment(given_text, ZoneInfo)
    assert why in str(failed.value)


def test_an_hour_that_happens_twice_is_settled_by_its_offset():
    """When clocks go back, the offset says which of the two instants is meant."""
    first = parse_moment("2026-10-25T01:30[Europe/London]+01:00", ZoneInfo)
    second = parse_moment("2026-10-25T01:30[Europe/London]+00:00", ZoneInfo)
    assert (first.unix, second.unix) == (unix(2026, 10, 25, 0, 30), unix(2026, 10, 25, 1, 30))


def test_mixed_digits_do_not_pass_for_a_number():
    """Digits outside the three sets are no date."""
    with pytest.raises(NotPossible):
        parse_moment("２０２６-03-01T18:00[UTC]", ZoneInfo)


@given(st.integers(0, (1 << 37) - 1), st.sampled_from(ZONES), st.sampled_from(CALENDARS))
def test_what_is_sent_is_what_is_read(instant, zone, calendar):
    """Every moment survives the way, to the second, wherever the calendar's table reaches."""
    try:
        now = datetime.fromtimestamp(instant, UTC)
        moment = moment_of(now, zone, ZoneInfo, calendar)
    except OverflowError:
        return
    if moment.written:
        assert Moment.from_wire(moment.to_wire()) == moment
        assert moment.at == now


@given(st.integers(unix(1980, 1, 1), unix(2070, 1, 1)), st.sampled_from(ZONES), st.sampled_from(CALENDARS))
def test_what_is_shown_reads_as_the_same_instant(instant, zone, calendar):
    """Written with its offset, any minute reads back as itself, in every zone and calendar."""
    instant -= instant % 60
    moment = moment_of(datetime.fromtimestamp(instant, UTC), zone, ZoneInfo, calendar)
    sign = "-" if moment.offset_minutes < 0 else "+"
    hours, minutes = divmod(abs(moment.offset_minutes), 60)
    again = parse_moment(f"{calendar} {moment.written}[{zone}]{sign}{hours:02}:{minutes:02}", ZoneInfo)
    assert again == moment


@pytest.mark.parametrize(
    "wire",
    [
        None,
        [],
        [1, "UTC", 0, "gregorian"],
        [-1, "UTC", 0, "gregorian", "1970-01-01T00:00"],
        [1 << 40, "UTC", 0, "gregorian", "1970-01-01T00:00"],
        [0, "", 0, "gregorian", "1970-01-01T00:00"],
        [0, "\u202eUTC", 0, "gregorian", "1970-01-01T00:00"],
        [0, "UTC", 5000, "gregorian", "1970-01-01T00:00"],
        [0, "UTC", 0, "julian", "1970-01-01T00:00"],
        [0, "UTC", 0, "gregorian", "1 January 1970"],
        [0, "UTC", 0, "gregorian", "1970-01-01T00:00\n"],
        [0, "UTC", 0, "gregorian", "١٩٧٠-01-01T00:00"],
        [True, "UTC", 0, "gregorian", "1970-01-01T00:00"],
        [0, "UTC", False, "gregorian", "1970-01-01T00:00"],
        [b"0", "UTC", 0, "gregorian", "1970-01-01T00:00"],
    ],
)
def test_a_date_of_the_wrong_shape_is_refused(wire):
    """A date that is no instant with zone, offset and calendar is refused."""
    with pytest.raises(Refused) as refused:
        Moment.from_wire(wire)
    assert refused.value.mark == "D1"


@pytest.mark.parametrize(
    "wire",
    [
        [0, "UTC", 0, "gregorian", "1970-01-01T00:01"],
        [0, "UTC", 60, "gregorian", "1970-01-01T00:00"],
        [0, "UTC", 0, "jalali", "1970-01-01T00:00"],
        [(1 << 37) - 1, "UTC", 0, "umm-al-qura", "1500-01-01T00:00"],
    ],
)
def test_a_reader_is_not_shown_one_date_and_held_to_another(wire):
    """What is written must be the instant that counts."""
    with pytest.raises(Refused) as refused:
        Moment.from_wire(wire)
    assert refused.value.mark == "D2"
