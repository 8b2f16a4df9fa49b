"""Dates counted from an event: no surer than the event; what can be read two ways is refused with the choices."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backchannel.encoding import decode, encode
from backchannel.errors import NotPossible, Refused
from backchannel.letters.calendars import CALENDARS, civil, day_of
from backchannel.letters.dates import Moment
from backchannel.letters.deadline_text import Choice, choices, deadline_text, parse_deadline, parse_instant
from backchannel.letters.deadlines import (
    EVENTS_OF,
    SECONDS,
    TYPES,
    UNITS,
    Anchored,
    BusinessDays,
    deadline_from_wire,
    deadline_to_wire,
    resolve,
)
from backchannel.letters.spans import ANY_TIME, TimeSpan, intersection

PARTIES = {
    "Tehran": "Asia/Tehran", "Baghdad": "Asia/Baghdad", "Muscat": "Asia/Muscat", "Washington": "America/New_York"
}  # fmt: skip
COURTS = BusinessDays(
    "north-courts", "Gazette of North, 2024", frozenset({5, 6}), date(2025, 1, 1), date(2025, 12, 31),
    frozenset({date(2025, 3, 20), date(2025, 3, 23)}),
)  # fmt: skip
NOW = datetime(2014, 10, 1, tzinfo=UTC)


def utc(*parts):
    return int(datetime(*parts, tzinfo=UTC).timestamp())


def at(*parts):
    return TimeSpan.at(utc(*parts))


def z(span):
    """The bounds of a span as text."""
    return [one and f"{datetime.fromtimestamp(one, UTC):%Y-%m-%dT%H:%M:%SZ}" for one in (span.earliest, span.latest)]


def read(text, type_="due", **more):
    return parse_deadline(type_, text, ZoneInfo, parties=PARTIES, business={"north-courts": COURTS}, now=NOW, **more)


def refused(text, type_="due"):
    with pytest.raises(NotPossible) as failed:
        read(text, type_)
    return str(failed.value), failed.value.next_step


anchored = st.builds(
    Anchored,
    st.integers(1, 100),
    st.sampled_from([unit for unit in UNITS if unit not in SECONDS]),
    st.sampled_from(["handover", "leaving", "acceptance", "entry-into-force"]),
    st.none(),
    st.sampled_from(CALENDARS),
    st.sampled_from(["Asia/Tehran", "America/New_York", "Pacific/Apia", "America/Toronto", "UTC"]),
    st.sampled_from([None, "00:30", "02:30", "23:59"]),
).map(lambda one: Anchored(*one.to_wire()[1:9], COURTS if one.unit == "business-days" else None))
instants = st.integers(utc(1972, 1, 1), utc(2080, 1, 1))


@pytest.mark.parametrize(
    ("text", "event", "ends"),
    [
        ("2 months from handover of this letter [Asia/Tehran]", (2025, 3, 12, 9), "2025-05-12T20:29:59Z"),
        ("2 months from handover of this letter [Asia/Tehran]", (2025, 3, 12, 21), "2025-05-13T20:29:59Z"),
        ("2 months from handover of this letter at 18:00 [Asia/Tehran]", (2025, 3, 12, 9), "2025-05-12T14:30:00Z"),
        ("1 month from handover of this letter [UTC]", (2025, 1, 31), "2025-02-28T23:59:59Z"),
        ("1 month from handover of this letter else the next day [UTC]", (2025, 1, 31), "2025-03-01T23:59:59Z"),
        ("1 year from handover of this letter [UTC]", (2024, 2, 29), "2025-02-28T23:59:59Z"),
        ("jalali 1 month from handover of this letter [Asia/Tehran]", (2025, 2, 18, 12), "2025-03-20T20:29:59Z"),
        ("jalali 1 year from handover of this letter [Asia/Tehran]", (2025, 3, 20, 12), "2026-03-20T20:29:59Z"),
        ("umm-al-qura 2 months from handover of this letter [Asia/Muscat]", (2014, 11, 24, 12), "2015-01-22T19:59:59Z"),
        ("21 days from leaving of this letter [America/New_York]", (2025, 3, 1, 3), "2025-03-22T03:59:59Z"),
        ("3 weeks from leaving of this letter [America/New_York]", (2025, 3, 1, 3), "2025-03-22T03:59:59Z"),
        ("72 hours from handover of this letter", (2025, 3, 8, 12), "2025-03-11T12:00:00Z"),
        ("90 minutes from handover of this letter", (2025, 3, 8, 12), "2025-03-08T13:30:00Z"),
        ("5 business days (north-courts) from handover of this letter [UTC]", (2025, 3, 17, 9), "2025-03-26T23:59:59Z"),
        ("1 day from handover of this letter at 02:30 [America/New_York]", (2025, 3, 8, 12), "2025-03-09T07:00:00Z"),
        ("1 day from handover of this letter at 01:30 [America/New_York]", (2025, 11, 1, 12), "2025-11-02T06:30:00Z"),
        ("1 day from handover of this letter [Pacific/Apia]", (2011, 12, 29, 12), "2011-12-30T09:59:59Z"),
    ],
)
def test_a_duration_counts_from_its_event(text, event, ends):
    """The event's day is not counted, months are its calendar's, and the day ends with its last second in its zone."""
    assert z(resolve(read(text), at(*event), ZoneInfo)) == [ends, ends]


def test_what_is_not_known_of_the_event_is_not_known_of_the_date():
    """A handover between two days gives a span; one of which nothing is known, no date."""
    date_ = read("2 months from handover of this letter [Asia/Tehran]")
    span = resolve(date_, TimeSpan(utc(2025, 3, 11, 12), utc(2025, 3, 12, 9)), ZoneInfo)
    assert z(span) == ["2025-05-11T20:29:59Z", "2025-05-12T20:29:59Z"]
    assert resolve(date_, ANY_TIME, ZoneInfo) == ANY_TIME
    assert z(resolve(date_, TimeSpan(utc(2025, 3, 11, 12), None), ZoneInfo)) == ["2025-05-11T20:29:59Z", None]


@pytest.mark.parametrize(
    ("date_", "event", "span"),
    [
        (Anchored(1, "months", "handover", None, "umm-al-qura"), (2077, 11, 1), ["2077-11-16T23:59:59Z", None]),
        (Anchored(1, "months", "handover", None, "umm-al-qura"), (2080, 1, 1), ["2080-01-01T00:00:00Z", None]),
        (Anchored(5, "business-days", "handover", business=COURTS), (2025, 12, 30), ["2025-12-31T23:59:59Z", None]),
        (Anchored(5, "business-days", "handover", business=COURTS), (2024, 12, 30), ["2024-12-30T00:00:00Z", None]),
        (Anchored(5, "days", "handover"), (6400, 1, 1), ["6400-01-01T00:00:00Z", None]),
        (Anchored(5, "days", "handover", zone="Asia/Atlantis"), (2025, 1, 1), ["2025-01-01T00:00:00Z", None]),
    ],
)
def test_where_a_table_ends_the_date_is_open_and_not_guessed(date_, event, span):
    assert z(resolve(date_, at(*event), ZoneInfo)) == span


@given(anchored, st.lists(instants, min_size=2, max_size=4))
def test_a_later_event_never_gives_an_earlier_date(date_, events):
    """Dates keep the order of events, whatever the zone, calendar and clocks, and never come before their event.

    Business days may be known of the later event alone: their table begins somewhere.
    """
    spans = [resolve(date_, TimeSpan.at(event), ZoneInfo) for event in sorted(events)]
    for one, other in pairwise(spans):
        assert one.earliest <= other.earliest
        assert date_.business is not None or other.latest is None or one.latest <= other.latest
    assert all(span.earliest >= event for span, event in zip(spans, sorted(events), strict=True))


@given(anchored, st.tuples(instants, instants, instants))
def test_the_date_of_an_event_lies_in_the_date_of_what_is_known_of_it(date_, events):
    """To learn more of an event only narrows the date."""
    first, middle, last = sorted(events)
    wide = resolve(date_, TimeSpan(first, last), ZoneInfo)
    narrow = resolve(date_, TimeSpan.at(middle), ZoneInfo)
    if wide.latest is None or narrow.latest is not None:
        assert intersection(wide, narrow) == narrow


@given(anchored, instants)
def test_months_end_on_the_same_day_or_the_last(date_, event):
    """A month from the 12th ends on the 12th; from the 31st, on the last day there is, in that calendar."""
    if date_.unit not in ("months", "years") or date_.zone != "UTC":
        return
    found = resolve(Anchored(*date_.to_wire()[1:7]), TimeSpan.at(event), ZoneInfo)
    if found.latest is None:
        return
    day = civil(datetime.fromtimestamp(event, UTC).date(), date_.calendar)
    ends = datetime.fromtimestamp(found.latest, UTC).date()
    shown = civil(ends, date_.calendar)
    assert shown[2] == day[2] or (shown[2] < day[2] and civil(ends + timedelta(1), date_.calendar)[2] == 1)
    months = date_.count * (12 if date_.unit == "years" else 1)
    assert (shown[0] - day[0]) * 12 + shown[1] - day[1] == months


@given(anchored)
def test_what_is_sent_and_what_is_drafted_is_what_is_read(date_):
    """Every counted date survives the way, and the draft."""
    assert deadline_from_wire(decode(encode(deadline_to_wire(date_)), limit=1 << 16), "due") == date_
    assert read(deadline_text(date_)) == date_


WIRE = ["after", 2, "months", "handover", None, "gregorian", "Asia/Tehran", None, "last", None]
BUSINESS = COURTS.to_wire()


def but(wire, **changes):
    return [changes.get(f"at{at}", one) for at, one in enumerate(wire)]


@pytest.mark.parametrize(
    "wire",
    [
        WIRE[:9], [*WIRE, None], but(WIRE, at1=0), but(WIRE, at1=1201), but(WIRE, at1=True), but(WIRE, at1="2"),
        but(WIRE, at2="fortnights"), but(WIRE, at2="years", at1=101), but(WIRE, at3="announcement"),
        but(WIRE, at3="met"), but(WIRE, at4="T1"), but(WIRE, at3="met", at4="t1"), but(WIRE, at3="met", at4=1),
        but(WIRE, at5="julian"), but(WIRE, at6=""), but(WIRE, at6="\u202eUTC"), but(WIRE, at7="24:00"),
        but(WIRE, at7=""), but(WIRE, at2="hours", at7="18:00"), but(WIRE, at8="first"),
        but(WIRE, at2="days", at8="next"), but(WIRE, at9=BUSINESS), but(WIRE, at2="business-days"),
    ],
)  # fmt: skip
def test_a_counted_date_of_the_wrong_shape_is_refused(wire):
    with pytest.raises(Refused) as failed:
        deadline_from_wire(wire)
    assert failed.value.mark == "D4"


@pytest.mark.parametrize(
    "business",
    [
        [], BUSINESS[:5], but(BUSINESS, at0="North Courts"), but(BUSINESS, at0=""), but(BUSINESS, at1=""),
        but(BUSINESS, at1="a\u202eb"), but(BUSINESS, at1="a" * 256), but(BUSINESS, at2=[6, 5]),
        but(BUSINESS, at2=[5, 5]), but(BUSINESS, at2=[0]), but(BUSINESS, at2=[1, 2, 3, 4, 5, 6, 7]),
        but(BUSINESS, at2=[True]), but(BUSINESS, at3="2026-01-01"), but(BUSINESS, at3="2025-02-30"),
        but(BUSINESS, at3=2025), but(BUSINESS, at5=["2025-03-23", "2025-03-20"]), but(BUSINESS, at5=["2024-03-20"]),
        but(BUSINESS, at5=["2025-3-20"]), but(BUSINESS, at5=["2025-03-20"] * 2),
    ],
)  # fmt: skip
def test_a_calendar_of_business_days_of_the_wrong_shape_is_refused(business):
    with pytest.raises(Refused) as failed:
        deadline_from_wire(but(WIRE, at2="business-days", at9=business))
    assert failed.value.mark == "D6"


def test_a_calendar_of_business_days_holds_a_thousand_holidays():
    """Two years of weekdays would be more than any calendar has; source and weekend are as long as they may be."""
    days = [f"{date(2020, 1, 1) + timedelta(n)}" for n in range(1001)]
    most = but(BUSINESS, at1="a" * 255, at2=[1, 2, 3, 4, 5, 6], at3="2020-01-01", at4="2025-12-31", at5=days[:1000])
    assert len(deadline_from_wire(but(WIRE, at2="business-days", at9=most)).business.holidays) == 1000
    with pytest.raises(Refused):
        deadline_from_wire(but(WIRE, at2="business-days", at9=but(most, at5=days)))


def test_a_year_that_is_not_named_is_the_next_in_which_the_day_comes():
    """It is the first of October 2014: that day is this year's, the day before it the next one's."""
    for text, day in (("30 September", "2015-09-30"), ("1 October", "2014-10-01"), ("24 November", "2014-11-24")):
        said, how = refused(f"{text} [UTC]")
        assert "names no year" in said
        assert f"Write {day}[UTC]" in how


def test_a_date_does_not_count_from_what_it_decides():
    """An offer does not lapse a month after it was accepted, nor is it in force from when it is in force."""
    for type_ in TYPES:
        for event in EVENTS_OF["due"]:
            wire = but(WIRE, at3=event, at4="T1" if event == "met" else None)
            if event in EVENTS_OF[type_]:
                assert deadline_from_wire(wire, type_).event == event
                continue
            with pytest.raises(Refused) as failed:
                deadline_from_wire(wire, type_)
            assert failed.value.mark == "D5"
            said, how = refused(deadline_text(Anchored.from_wire(wire)), type_)
            assert f"{type_} cannot be counted from {event}" in said
            assert EVENTS_OF[type_][0] in how


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=9), st.binary(max_size=3))


@given(st.lists(st.one_of(scalars, st.lists(scalars, max_size=6)), max_size=11), st.sampled_from([*TYPES, None]))
def test_whatever_arrives_is_a_date_or_refused(wire, type_):
    for value in (wire, ["after", *wire], [*WIRE[:9], wire], but(WIRE, at2="business-days", at9=wire)):
        try:
            assert deadline_from_wire(value, type_).to_wire() == value
        except Refused:
            continue


PIECES = re.findall(
    r"\S+",
    "2 ۲ two months hours ماه from after of met handover this letter T1 at 18:00 [UTC] [Asia/Tehran] +03:30 jalali"
    " 2014-11-24 24 november 30 esfand 1404 ( north-courts ) business days open for until دو یوم else the next day",
)


@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
    ),
    st.sampled_from(TYPES),
)  # fmt: skip
def test_whatever_is_drafted_is_one_date_or_refused_with_a_way_to_mend_it(text, type_):
    try:
        found = read(text, type_)
    except NotPossible:
        assert refused(text, type_)[1].startswith(("Write", "Use", "Choose"))
        return
    assert deadline_from_wire(found.to_wire(), type_) == found
    assert read(deadline_text(found), type_) == found


@pytest.mark.parametrize(
    "text",
    [
        "2 months from handover of this letter [Asia/Tehran]", "two months after handover of this letter [Asia/Tehran]",
        "within two months from handover of this letter [Asia/Tehran]",
        "gregorian ۲ ماه پس از تحویل این نامه [Asia/Tehran]", "دو ماه میلادی از تحویل این نامه [Asia/Tehran]",
        "gregorian شهران من تسليم هذه الرسالة [Asia/Tehran]", "gregorian ٢ شهر بعد تسليم هذه الرسالة [Asia/Tehran]",
    ],
)  # fmt: skip
def test_three_languages_say_the_same_date(text):
    assert read(text) == Anchored(2, "months", "handover", None, "gregorian", "Asia/Tehran")


def test_counts_in_words_and_hours_of_the_day_in_persian():
    text = "بیست و یک روز پس از خروج این نامه ساعت ۱۸:۰۰ [Asia/Tehran]"
    assert read(text) == Anchored(21, "days", "leaving", zone="Asia/Tehran", time="18:00")
    assert read("٧٢ ساعة من تسليم هذه الرسالة") == read("seventy-two hours from handover of this letter".replace(
        "seventy-two", "72"
    ))  # fmt: skip
    assert read("twenty-one days from handover of this letter [UTC]") == Anchored(21, "days", "handover", zone="UTC")
    assert read("thirty days from met of clause T1 [UTC]") == Anchored(30, "days", "met", "T1")


def test_a_day_without_an_hour_is_its_last_second_there():
    """24 November ends when it ends in its zone; the draft is written back as the day."""
    moment = read("2014-11-24[America/New_York]")
    assert (moment.unix, moment.written) == (utc(2014, 11, 25, 4, 59, 59), "2014-11-24T23:59")
    assert Moment.from_wire(moment.to_wire()) == moment
    assert deadline_text(moment) == "2014-11-24[America/New_York]"
    assert read("jalali 1403-12-30[Asia/Tehran]").unix == utc(2025, 3, 20, 20, 29, 59)
    assert read("2014-09-21[Asia/Tehran]").unix == utc(2014, 9, 21, 20, 29, 59)  # its last hour came twice
    assert parse_instant("reply_by", "2014-11-24[Asia/Tehran]", ZoneInfo).unix == utc(2014, 11, 24, 20, 29, 59)


@pytest.mark.parametrize("text", ["by 24 November", "by 24 November 2014", "2014-11-24", "until 24 Nov. 2014"])
def test_a_date_without_a_zone_is_laid_out_for_each_party(text):
    """Nine hours lie between its ends: the writer sees each and chooses."""
    said, how = refused(text)
    assert "names no" in said
    assert how == (
        "Write 2014-11-24[Asia/Tehran] (Tehran, ends 2014-11-24T20:29:59Z);"
        " or 2014-11-24[Asia/Baghdad] (Baghdad, ends 2014-11-24T20:59:59Z);"
        " or 2014-11-24[Asia/Muscat] (Muscat, ends 2014-11-24T19:59:59Z);"
        " or 2014-11-24[America/New_York] (Washington, ends 2014-11-25T04:59:59Z)."
    )


@pytest.mark.parametrize(
    ("text", "why", "choice"),
    [
        ("open for 21 days", "from what is it counted?", "21 days from handover of this letter [Asia/Tehran] (Tehran)"),
        ("two months", "from what is it counted?", "2 months from leaving of this letter [America/New_York]"),
        ("two months [Asia/Muscat]", "from what is it counted?", "2 months from handover of this letter [Asia/Muscat]"),
        ("دو ماه", "of which calendar?", "jalali دو ماه"),
        ("ظرف ۲۱ روز", "from what is it counted?", "21 days from handover of this letter [Asia/Tehran]"),
        ("خلال أسبوعين", "from what is it counted?", "2 weeks from handover of this letter [Asia/Muscat]"),
        ("۲ ماه پس از تحویل این نامه [Asia/Tehran]", "of which calendar?", "umm-al-qura ۲ ماه پس از تحویل"),
        ("2 months from handover of this letter", "in which zone", "2 months from handover of this letter [Asia/"),
        ("5 business days from handover of this letter [UTC]", "whose business days?", "5 business days (north"),
        ("5 business days (south) from handover of this letter [UTC]", "whose business days?", "(north-courts)"),
        ("2 days (north-courts) from handover of this letter [UTC]", "only with business days", "2 months from"),
        ("2 days from met of this letter [UTC]", "met of a clause", "2 days from met of clause T1 [UTC]"),
        ("2 days from handover of T1 [UTC]", "met of a clause", "2 days from met of clause T1 [UTC]"),
        ("2014-11-24T18:00", "names no zone", "2014-11-24T18:00[Asia/Tehran] (Tehran, ends 2014-11-24T14:30:00Z)"),
        ("24 November 2014 [UTC]", "the month as a number", "2014-11-24[UTC]"),
        ("24 November [UTC]", "names no year", "2014-11-24[UTC]"),
        ("24 November 2014 [UTC]+00:00", "an offset goes only with a time", "Write"),
        ("2014-11-24[U TC]", "no date", "Write"),
        ("2026-03-08T02:30", "names no zone", "2026-03-08T02:30[America/New_York] (Washington)."),
        ("۳ آذر ۱۳۹۳", "names no zone", "jalali 1393-09-03[Asia/Tehran] (Tehran, ends 2014-11-24T20:"),
        ("01.03.2026", "either way round", "2026-01-03[Asia/Tehran]"),
        ("31/12/2026", "the year stands first", "2026-12-31[Asia/Tehran]"),
        ("jalali 1404-12-30[Asia/Tehran]", "that month has 29 days", "jalali 1404-12-29[Asia/Tehran] or jalali 1405-"),
        ("30 Esfand 1404", "that month has 29 days", "jalali 1404-12-29"),
        ("2014-11-31[UTC]", "that month has 30 days", "2014-11-30[UTC] or 2014-12-01[UTC]"),
        ("umm-al-qura 1446-05-30[UTC]", "that month has 29 days", "umm-al-qura 1446-05-29[UTC] or umm-al-qura 1446-06"),
        ("1393-09-03[UTC]", "another calendar's", "jalali 1393-09-03[UTC] or umm-al-qura 1393-09-03[UTC]"),
        ("2026-03-29T01:30[Europe/London]", "clocks go forward", "2026-03-29T00:59[Europe/London] or 2026-03-29T02"),
        ("2026-10-25T01:30[Europe/London]", "happens twice", "01:30[Europe/London]+01:00, which is 00:30Z or 2026"),
        ("2011-12-30[Pacific/Apia]", "skipped that day", "2011-12-29[Pacific/Apia]; or 2011-12-31[Pacific/Apia]"),
        ("2014-11-24[Asia/Atlantis]", "is not known", "Write"),
        ("2014-11-24[UTC]+00:00", "only with a time", "Write"),
        ("۲۰14-11-24[UTC]", "digits of two kinds", "Write"),
        ("101 years from handover of this letter [UTC]", "cannot be counted so", "Write"),
        ("next week", "no date", "Write"), ("tomorrow", "no date", "Write"), ("", "no date", "Write"),
        ("x" * 201, "longer than", "Write"), ("x" * 200, "no date", "Write"), ("2014-11-24[UTC", "no date", "Write"),
    ],
)  # fmt: skip
def test_what_can_be_read_two_ways_is_laid_out(text, why, choice):
    """No phrase is settled for the writer: the refusal says why and what could have been meant."""
    said, how = refused(text)
    assert why in said
    assert choice in how


def test_until_withdrawn_is_a_provision_of_its_own():
    assert "until_withdrawn: yes" in refused("until withdrawn", "lapses_at")[1]


def test_a_date_of_the_sheet_is_known_when_it_is_written():
    """Nothing on the sheet is counted from what comes later."""
    for text in ("2 months from handover of this letter [UTC]", "two months"):
        with pytest.raises(NotPossible, match="stands on the sheet as one instant"):
            parse_instant("reply_by", text, ZoneInfo)


def test_without_a_clock_nothing_says_which_year_is_meant():
    with pytest.raises(NotPossible, match="it names no year and no zone"):
        parse_deadline("due", "24 November", ZoneInfo)


def test_two_months_without_an_anchor_may_be_three_dates_or_none_yet():
    """Announced on the 7th, given to the carrier on the 11th, handed over on the 12th of March 2025."""
    known = {"announced": at(2025, 3, 7, 15), "leaving": at(2025, 3, 11, 10), "handover": at(2025, 3, 12, 9)}
    found = choices((2, "months"), known, ZoneInfo, {"South": "Asia/Tehran"})
    assert [(one.write, one.ends and z(one.ends)[1]) for one in found] == [
        ("2025-05-07[Asia/Tehran]", "2025-05-07T20:29:59Z"),
        ("2 months from leaving of this letter [Asia/Tehran]", "2025-05-11T20:29:59Z"),
        ("2 months from handover of this letter [Asia/Tehran]", "2025-05-12T20:29:59Z"),
        ("until_withdrawn: yes", None),
    ]
    unsent = choices((2, "months"), {"announced": known["announced"]}, ZoneInfo, {"South": "Asia/Tehran"})
    assert [one.ends is None for one in unsent] == [False, True, True, True]
    vague = choices((2, "months"), {"announced": TimeSpan(0, None)}, ZoneInfo, {"South": "Asia/Tehran"})
    assert [one.event for one in vague] == ["handover", "leaving", ""]
    assert str(unsent[0]) == "2025-05-07[Asia/Tehran] (South, from when it was announced, ends 2025-05-07T20:29:59Z)"
    for one in found[:3]:
        chosen = read(one.write, "lapses_at")
        span = TimeSpan.at(chosen.unix) if isinstance(chosen, Moment) else resolve(chosen, known[one.event], ZoneInfo)
        assert span == one.ends


def test_each_zone_is_a_choice_of_its_own_and_a_shared_one_is_one():
    known = {"handover": at(2025, 3, 12, 21)}
    found = choices(
        (2, "months"), known, ZoneInfo, {"North": "Asia/Muscat", "South": "Asia/Tehran", "Ferry": "Asia/Muscat"}
    )
    assert [(one.party, one.ends and z(one.ends)[1]) for one in found if one.event == "handover"] == [
        ("North and Ferry", "2025-05-13T19:59:59Z"), ("South", "2025-05-13T20:29:59Z")
    ]  # fmt: skip
    assert found[-1] == Choice("until_withdrawn: yes", "", "", None)


@pytest.mark.parametrize(
    ("calendar", "shown", "day"),
    [
        ("jalali", (1393, 9, 3), (2014, 11, 24)), ("umm-al-qura", (1436, 2, 2), (2014, 11, 24)),
        ("jalali", (1403, 7, 23), (2024, 10, 14)), ("umm-al-qura", (1446, 4, 11), (2024, 10, 14)),
        ("jalali", (1403, 11, 1), (2025, 1, 20)), ("umm-al-qura", (1446, 7, 20), (2025, 1, 20)),
        ("jalali", (1403, 12, 30), (2025, 3, 20)), ("umm-al-qura", (1448, 4, 3), (2026, 9, 14)),
    ],
)  # fmt: skip
def test_days_that_went_into_history_are_those_days(calendar, shown, day):
    assert day_of(calendar, *shown) == date(*day)
    assert civil(date(*day), calendar) == shown
