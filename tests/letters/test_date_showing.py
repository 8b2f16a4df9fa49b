"""One instant in several zones and calendars, and a date that is over for one party and not for the other."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from backchannel.letters.calendars import civil
from backchannel.letters.date_showing import RULES, beside, deadline_words, passed, passed_words
from backchannel.letters.dates import moment_of
from backchannel.letters.deadline_text import parse_deadline
from backchannel.letters.deadlines import BusinessDays
from backchannel.letters.edtf import parse_edtf

CARDS = {"Tehran": "Asia/Tehran", "Washington": "America/New_York"}


def utc(*parts):
    return int(datetime(*parts, tzinfo=UTC).timestamp())


def same(text):
    return text


def words(text, **more):
    return deadline_words(parse_deadline("due", text, ZoneInfo, **more), same)


def test_one_instant_in_three_zones_and_three_calendars():
    """The evening of 24 November 2014 is 3 Azar 1393 and 2 Safar 1436, each with the name of its rule."""
    tehran, washington, muscat = beside(
        utc(2014, 11, 24, 20, 29, 59), ["Asia/Tehran", "America/New_York", "Asia/Muscat"], ZoneInfo
    )
    assert (tehran.zone, tehran.offset_minutes, tehran.clock) == ("Asia/Tehran", 210, "23:59:59")
    assert [(one.calendar, one.date) for one in tehran.days] == [
        ("gregorian", "2014-11-24"), ("umm-al-qura", "1436-02-02"), ("jalali", "1393-09-03")
    ]  # fmt: skip
    assert [one.rule for one in tehran.days] == [
        "Gregorian", "Hijri, Umm al-Qura table (hijridate, 1343 to 1500)", "Jalali, 33-year rule (jdatetime)"
    ]  # fmt: skip
    assert (washington.clock, washington.offset_minutes) == ("15:29:59", -300)
    assert [one.date for one in muscat.days] == ["2014-11-25", "1436-02-03", "1393-09-04"]


def test_where_a_calendar_ends_it_says_so():
    """Out of its table the Hijri date is empty, never an extrapolated one."""
    (shown,) = beside(utc(2080, 1, 1, 12), ["UTC"], ZoneInfo)
    assert [(one.calendar, one.date) for one in shown.days][1] == ("umm-al-qura", "")
    assert "umm-al-qura: its table does not reach so far" in words("2080-01-01[UTC]")


def test_a_date_without_a_zone_is_passed_in_tehran_and_still_open_in_washington():
    """At half past eight in the evening, UTC, of 24 November 2014."""
    day = parse_edtf("2014-11-24")
    at = utc(2014, 11, 24, 20, 30)
    assert passed_words(passed(day, at, CARDS, ZoneInfo), same) == "passed for Tehran, still open for Washington"
    assert passed_words(passed(day, at - 1, CARDS, ZoneInfo), same) == "still open for Tehran, Washington"
    assert passed_words(passed(day, utc(2014, 11, 25, 5), CARDS, ZoneInfo), same) == "passed for Tehran, Washington"
    assert [one.ends for one in passed(day, at, CARDS, ZoneInfo)] == [at - 1, utc(2014, 11, 25, 4, 59, 59)]


def test_about_a_day_is_not_clear_for_anybody():
    states = passed(parse_edtf("2014-11-24~"), utc(2020, 1, 1), CARDS, ZoneInfo)
    assert passed_words(states, same) == "not clear for Tehran, Washington"


def test_a_deadline_in_words():
    """An end of day shows its second; a counted date says from what, by whose months, to the end of which day."""
    assert words("2014-11-24[Asia/Tehran]") == (
        "2014-11-24 23:59:59 gregorian [Asia/Tehran] = 1436-02-02 23:59:59 umm-al-qura, 1393-09-03 23:59:59 jalali"
    )
    assert words("jalali 1403-12-30T18:00[Asia/Tehran]").startswith(
        "1403-12-30 18:00 jalali [Asia/Tehran] = 2025-03-20"
    )
    assert words("2 months from handover of this letter [Asia/Tehran]") == (
        "2 months (gregorian) from the first handover of this letter, to the end of that day [Asia/Tehran]"
    )
    assert words("jalali 1 month from met of clause T1 at 18:00 [UTC]") == (
        "1 month (jalali) from when T1 is met, at 18:00 on that day [UTC]"
    )
    assert words("72 hours from acceptance of this letter") == "72 hours from acceptance"
    courts = BusinessDays("courts", "Gazette", frozenset({5}), date(2025, 1, 1), date(2025, 12, 31))
    assert words("5 business days (courts) from leaving of this letter [UTC]", business={"courts": courts}) == (
        "5 business days of courts (Gazette) from when this letter left, to the end of that day [UTC]"
    )


@given(st.integers(utc(1972, 1, 1), utc(2100, 1, 1)), st.sampled_from(sorted(CARDS.values())))
def test_what_stands_beside_is_the_same_instant(unix, zone):
    """Each calendar's day is the day that a moment shows in that zone."""
    (shown,) = beside(unix, [zone, zone], ZoneInfo)
    local = datetime.fromtimestamp(unix, ZoneInfo(zone))
    assert (shown.clock, shown.days[0].date) == (f"{local:%H:%M:%S}", f"{local:%Y-%m-%d}")
    for one in shown.days:
        moment = moment_of(local, zone, ZoneInfo, one.calendar)
        assert one.date == moment.written[:10]
        assert one.rule == RULES[one.calendar]
        assert bool(one.date) == (civil(local.date(), one.calendar) is not None)
