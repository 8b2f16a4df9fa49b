"""One line of time, as each of two offices knows it: letters, hands, gaps, talks, events from outside."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import offers
import pytest
from hostile import rounds

from backchannel.desk import conveying, founding, reading, recalling, sealing, timeline
from backchannel.desk.sealing import Order, Route
from backchannel.desk.zones import zone
from backchannel.errors import NotPossible, Refused
from backchannel.letters.dates import parse_moment
from backchannel.letters.meetings import Attendee
from backchannel.letters.parts import Body
from backchannel.letters.readouts import Readout
from backchannel.letters.spans import ANY_TIME, TimeSpan
from backchannel.terms.timeline_show import line_json


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def move_to(town, text):
    """Month by month: the desks keep their cards and envelopes fresh meanwhile."""
    town.clock.now = at(text)
    for office in town.offices.values():
        founding.confirm_clock(office)
        town.keep_house(office)


def told(line):
    return [(one.kind, one.what) for one in line.items]


def brief(office):
    return timeline.line_of(office, brief=True).items


PRINCIPAL = Attendee("principal", "the president")


def call(office, to, began, minutes, *points):
    record = Readout("call", parse_moment(began, ZoneInfo), (PRINCIPAL,), (PRINCIPAL,), points, minutes)
    words = Body("en", "prevailing", "The call", "As it was.")
    order = Order(to.state.office, "readout", (words,), matters=(record.matter(),))
    return sealing.seal_letter(office, order, ZoneInfo)


def test_the_timeline_of_2014_in_order(town):
    """Scenario A as Tehran knows it, ten rows; letter no. 3 is a gap whose date nobody knows."""
    town.clock.now = at("2009-03-01T09:00")
    was, teh, bgd = (town.office(name) for name in ("Washington", "Tehran", "Baghdad"))
    offices = (was, teh, bgd)

    def cards():
        for one in offices:
            for other in offices:
                if one is not other:
                    town.introduce(one, other)

    cards()
    # A01, A02, A03.
    town.write(was, teh, "One")
    rounds(town, teh, times=1)
    town.clock.move(days=30)
    town.write(was, teh, "Two")
    rounds(town, teh, times=1)
    two = max(teh.state.letters)
    town.write(teh, was, "Received", form="reply", replies=(two,))
    rounds(town, was, times=1)
    town.lost = lambda pouch: True
    town.write(was, teh, "Three")
    town.carry()
    town.lost = lambda pouch: False
    # A05, A06 and A08: four through Baghdad, handed over three days later.
    move_to(town, "2013-09-27T20:00")
    cards()
    call(teh, was, "2013-09-27T22:30[Asia/Tehran]", 15, "Both want an agreement.")
    rounds(town, was, times=1)
    move_to(town, "2014-10-15T08:00")
    cards()
    town.write(was, teh, "Four", routes=(Route((bgd.state.office,)),))
    rounds(town, bgd, times=1)
    (charge,) = conveying.tray(bgd)
    conveying.accept(bgd, charge.n, ZoneInfo)
    move_to(town, "2014-10-18T06:00")
    conveying.pass_on(bgd, charge.n, ZoneInfo)
    rounds(town, teh, bgd, was)
    # A14.
    move_to(town, "2015-02-10T09:00")
    cards()
    rounds(town, *offices, times=1)
    four = next(one for one in teh.state.letters.values() if one.number == 4 and not one.ours)
    reading.read(teh, four.n)
    town.write(teh, was, "Noted", form="reply", replies=(four.n,))
    rounds(town, bgd, times=1)
    # A04, A10, A11 as outside events; typed in any order.
    timeline.note(teh, "press", "2014-11-06", "A newspaper reports the letter", "a newspaper")
    timeline.note(teh, "election", "2014-11-04", "The legislature changes hands", "public record")
    timeline.note(teh, "event", "2012-07/2013-11~", "A second channel, in Muscat", "disclosed later")

    rows = brief(teh)
    assert [(one.kind, one.what, one.numbers, one.text) for one in rows] == [
        ("letter", "left", (1, 1), ""),
        ("letter", "left", (2, 2), ""),
        ("letter", "written", (1, 1), ""),
        ("event", "event", None, "A second channel, in Muscat"),
        ("readout", "call", None, ""),
        ("gap", "missing", (3, 3), ""),
        ("letter", "left", (4, 4), ""),
        ("event", "election", None, "The legislature changes hands"),
        ("event", "press", None, "A newspaper reports the letter"),
        ("letter", "written", (3, 3), ""),
    ]
    assert [one.written for one in rows[3:4]] == ["2012-07/2013-11~"]
    gap = rows[5]
    assert (gap.certainty, gap.span) == ("unknown", TimeSpan(rows[1].span.latest, rows[6].span.earliest))
    found = line_json(timeline.line_of(teh), zone)
    days = [one["days"] for one in found["items"] if one["what"] == "left" and one["numbers"] == [4, 4]]
    assert days[0]["umm-al-qura"] == ["1435-12-21", "1435-12-21"]
    assert days[0]["jalali"] == ["1393-07-23", "1393-07-23"]

    # The writer's desk has the same letter with whose hands it passed through, in the order of their times.
    steps = [(one.what, one.certainty) for one in timeline.line_of(was).items if one.of and one.kind == "custody"]
    assert steps == [
        ("given", "here"),
        ("SubmissionAcceptance", "said"),
        ("ContentConsignment", "said"),
        ("ContentHandover", "said"),
        ("ContentHandover", "said"),
    ]
    # The go-between's desk knows of it only what it did with it.
    assert ("custody", "entrusted") in told(timeline.line_of(bgd))
    assert not any(kind == "letter" for kind, _ in told(timeline.line_of(bgd)))


def test_what_is_burnt_or_declined_leaves_a_tombstone(town):
    """A burnt letter keeps its number and the time of its burning, no form and no date, before and after a restart."""
    north, south = town.pair("North", "South")
    n, _ = town.exchange(north, south, "One")
    _, there = town.exchange(north, south, "Two")
    town.clock.move(hours=1)
    reading.decline(south, there, ZoneInfo)
    reading.burn(north, n)
    for office, what, numbers in ((north, "burnt", (1, 1)), (south, "declined", (2, 2))):
        line = timeline.line_of(office)
        (stone,) = [one for one in line.items if one.what == what and one.numbers]
        assert (stone.numbers, stone.form, stone.links, stone.of) == (numbers, "", (), 0)
        assert stone.span == TimeSpan.at(office.now)
        office.forget_state()
        assert timeline.line_of(office) == line
    assert "One" not in repr(timeline.line_of(north))


def test_crossed_withdrawn_and_answered_letters_are_tied(town):
    """What crossed, answers a letter since withdrawn, or was answered, says so at its row; nothing is resolved."""
    north, south = town.pair("North", "South")
    first, there = town.exchange(north, south, "One")
    reading.read(south, there)
    recalling.recall(north, first, ZoneInfo)
    answer = town.write(south, north, "Yes", form="reply", replies=(there,))
    town.carry()
    (came,) = [n for n in town.take_in(north).opened if north.state.letters[n].event.form == "reply"]
    town.take_in(south)

    here = {one.entries[0]: one for one in timeline.line_of(north).items if one.kind == "letter" and not one.of}
    recall = north.state.letters[first].acted_on["recalls"]
    assert ("recalled-by", recall) in here[first].links
    assert ("answered-by", came) in here[first].links
    assert ("crosses", recall) in here[came].links
    assert ("answers", first) in here[came].links
    assert "answers-withdrawn" in here[came].marks
    opened = [one for one in timeline.line_of(north).items if one.what == "opened-there" and one.of == first]
    assert [one.span.earliest for one in opened] == [north.state.letters[first].at]
    there_too = {one.entries[0]: one for one in timeline.line_of(south).items if not one.of}
    assert "answers-withdrawn" in there_too[answer].marks


def test_records_of_a_call_are_one_row_and_an_unread_one_is_not_looked_into(town):
    north, south = town.pair("North", "South")
    call(north, south, "2026-11-24T10:00[Europe/Vienna]", 15, "Calm.")
    town.carry()
    (n,) = town.take_in(south).opened
    assert ("readout", "call") not in told(timeline.line_of(south))
    reading.read(south, n)
    call(south, north, "2026-11-24T12:35[Asia/Tehran]", 12, "Nothing was promised.")
    (row,) = [one for one in timeline.line_of(south).items if one.kind == "readout"]
    began = int(at("2026-11-24T09:00").timestamp())
    assert row.span == TimeSpan(began, began + 300 + 720)
    assert row.marks == ("differing",)


def test_an_event_is_noted_with_its_source_and_struck_out_never_edited(town):
    office = town.office("North")
    n = timeline.note(office, "press", "2009-40", "Letters are reported", "a newspaper", "Asia/Baghdad")
    timeline.note(office, "letter", "unknown", "Letter no. 3 on paper", "an archive")
    (first, unknown) = timeline.line_of(office).items
    assert (first.written, first.zone, first.certainty) == ("2009-40", "Asia/Baghdad", "noted")
    assert first.span == TimeSpan(int(at("2008-12-31T21:00").timestamp()), int(at("2009-06-30T20:59:59").timestamp()))
    assert (unknown.span, unknown.written) == (ANY_TIME, "")
    by = timeline.strike(office, n, "it was another year")
    (struck, _) = timeline.line_of(office).items
    assert (struck.text, struck.marks, struck.links) == ("Letters are reported", ("struck",), (("struck-by", by),))
    for again in (n, by):
        with pytest.raises(NotPossible):
            timeline.strike(office, again, "once more")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"text": "two\nlines"}, "T2"),
        ({"source": "\u202eevil"}, "T2"),
        ({"text": "x" * 401}, "at most 400"),
        ({"text": " "}, "not empty"),
        ({"when": "1393-07-23"}, "years from 1583"),
        ({"when": ""}, "EDTF|reads|date"),
        ({"what": "rumour"}, "no kind of event"),
        ({"zone_name": "Europe/Atlantis"}, "not known"),
    ],
)
def test_what_a_person_notes_keeps_the_rules_of_text_and_dates(town, change, why):
    office = town.office("North")
    given = {"what": "press", "when": "2014-11", "text": "A report", "source": "a newspaper", **change}
    before = office.register.head()
    with pytest.raises((NotPossible, Refused)) as caught:
        timeline.note(office, **given)
    assert re.search(why, f"{caught.value} [{getattr(caught.value, 'mark', '')}]")
    assert office.register.head() == before


def test_a_span_holds_what_can_have_been_in_it(town):
    """A month shows what began or ended in it, and what may have been then; an end nobody knows reaches nowhere."""
    office = town.office("North")
    for when in ("2014-10", "2014-11-24", "2014", "2014-12/..", "unknown"):
        timeline.note(office, "event", when, when, "press")

    def written(first, last):
        return [one.text for one in timeline.line_of(office, timeline.span_of(office, first, last)).items]

    assert written("2014-11", "2014-11") == ["2014", "2014-11-24"]
    assert written("2015", None) == ["2014-12/.."]
    assert written(None, None) == ["2014", "2014-10", "2014-11-24", "2014-12/..", "unknown"]
    with pytest.raises(NotPossible, match="ends before"):
        timeline.span_of(office, "2015", "2014")


def test_acts_and_dates_of_terms_stand_in_the_line(town):
    """What letters do to an offer, when it counts, and the dates of the board; a date that is past says no more."""
    north, south = town.pair("North", "South")
    n, came = offers.deliver(town, north, south, offers.order(north, south, offers.OFFER, signed=True))
    offers.deliver(town, south, north, offers.order(south, north, offers.answer(f"accept {came}"), signed=True))
    items = timeline.line_of(north).items
    acts = [(one.what, one.links) for one in items if one.kind == "act"]
    assert acts == [("propose", ()), ("accept", (("about", n),))]
    dates = {(one.what, one.text): one.marks for one in items if one.kind == "deadline"}
    assert dates == {("lapses", ""): ("settled",), ("due", "T1"): (), ("due", "T2"): ()}
