"""Leaks noted, and the gate for announcements: what a writer asked for stands, whatever the papers say."""

from zoneinfo import ZoneInfo

import pytest
from hostile import given, rounds, settle

from backchannel.desk import conveying, publishing, reading, sealing
from backchannel.desk.desk import Desk
from backchannel.desk.publishing import Announcement
from backchannel.desk.sealing import Order, Route
from backchannel.desk.timeline import line_of
from backchannel.errors import NotPossible, Refused
from backchannel.letters.docket import Exempted, Handling
from backchannel.letters.edtf import Edtf
from backchannel.letters.meetings import Attendee
from backchannel.letters.parts import Body
from backchannel.letters.readouts import Readout
from backchannel.letters.when import When, parse_when

NEITHER = Handling(comment_policy="neither_confirm_nor_deny", distribution="addressee_only")
WORDS = Body("en", "prevailing", "Meeting", "Will you meet?")


@pytest.fixture
def pair(town):
    return (town, *settle(town, "North", "South", "Ferry", "West"))


def when(text, zone="Asia/Tehran"):
    return parse_when(text, zone, ZoneInfo)


def now(office):
    return publishing.when(office, None, ZoneInfo)


def codes(found):
    return [one.code for one in found]


def examine(desk, *letters, what="existence", **more):
    said = Announcement(letters, more.pop("office", b""), what, more.pop("when", None) or now(desk), **more)
    return publishing.examine(desk, said, ZoneInfo)


def announce(desk, *letters, because="", **more):
    said = Announcement(letters, more.pop("office", b""), "existence", more.pop("when", None) or now(desk), **more)
    return publishing.announce(desk, said, ZoneInfo, because=because)


def leak(office, *letters, **more):
    happened = more.pop("when", None) or now(office)
    about = {"where": "a paper", "source": "unnamed officials", "what": "existence"} | more
    return publishing.note_leak(office, letters, about.pop("other", b""), happened, ZoneInfo, **about)


def delivered(town, by, to, **more):
    """A signed letter, opened and answered by an empty one."""
    n, came = town.exchange(by, to, **({"signed": True} | more))
    reading.read(to, came)
    town.exchange(to, by, "Answer")
    town.clock.move(days=1)
    return n, came


def test_a_leak_is_noted_and_loosens_nothing(pair):
    """What the writer asked for stands on both sides, and the writer is who may be asked."""
    town, north, south, *_ = pair
    n, came = delivered(town, north, south, handling=NEITHER)
    before = publishing.handled(south, came)
    entry = leak(south, came, when=when("2026-11-25"), what="text")
    for office, letter in ((south, came), (north, n)):
        found = publishing.handled(office, letter)
        assert found.policy == "neither"
        assert found.ask == (north.state.office,)
    assert publishing.handled(south, came).leaks == (entry,)
    assert (before.leaks, before.policy) == ((), "neither")
    noted = publishing.leak(south, entry)
    assert (noted.when.written, noted.when.zone, noted.event.what) == ("2026-11-25", "Asia/Tehran", "text")
    span = noted.when.span(ZoneInfo)
    assert span.latest - span.earliest == 86_399
    south.forget_state()
    assert publishing.leak(south, entry).when == When(Edtf.from_wire("2026-11-25"), "Asia/Tehran")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("neither_confirm_nor_deny", "neither"),
        ("joint_line_only", "joint"),
        ("free", "free"),
        (None, "unsaid"),
        ("say what you like", "neither"),
    ],
)
def test_what_a_writer_asked_for_decides_what_is_said(pair, policy, expected):
    """A policy that nobody knows is no licence; of a joint line both may be asked."""
    town, north, south, *_ = pair
    _, came = delivered(town, north, south, handling=Handling(comment_policy=policy))
    leak(south, came)
    found = publishing.handled(south, came)
    assert found.policy == expected
    others = (south.state.office,) if expected == "joint" else ()
    assert found.ask == (north.state.office, *others)


def test_what_is_unread_or_burnt_is_not_looked_into(pair):
    town, north, south, *_ = pair
    _, came = town.exchange(north, south, handling=Handling(comment_policy="free"))
    assert publishing.handled(south, came).policy == "unread"
    assert "unread" in codes(examine(south, came))
    reading.read(south, came)
    assert publishing.handled(south, came).policy == "free"
    reading.burn(south, came)
    assert publishing.handled(south, came).policy == "gone"
    assert "gone" in codes(examine(south, came))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"when": When(Edtf.from_wire("2027"), "UTC")}, NotPossible),
        ({"what": "truth"}, NotPossible),
        ({"source": "a" * 1001}, NotPossible),
        ({"where": "a \u202eword"}, Refused),
        ({"other": b"w" * 32}, NotPossible),
    ],
)
def test_a_leak_that_cannot_be_noted_changes_nothing(pair, change, error):
    town, north, south, *_ = pair
    n, _ = town.exchange(north, south)
    head = north.register.head()
    with pytest.raises(error):
        leak(north, n, **change)
    with pytest.raises(NotPossible):
        leak(north)
    with pytest.raises(NotPossible):
        leak(north, 99_999)
    with pytest.raises(NotPossible):
        publishing.leak(north, n)
    assert north.register.head() == head


def test_the_gate_stops_what_its_writer_asked_not_to_be_said(pair):
    """It is recorded that it was tried; with a reason it goes, and the reason stands beside it."""
    town, north, south, *_ = pair
    n, _ = delivered(town, north, south, handling=NEITHER)
    assert codes(examine(north, n)) == ["neither"]
    assert codes(examine(north, n, what="gist")) == ["neither", "addressee-only"]
    stopped, _ = announce(north, n)
    assert not stopped.event.went
    assert publishing.handled(north, n).publications == ()
    went, found = announce(north, n, because="both principals agreed by telephone")
    assert went.event.went
    assert (codes(found), went.event.because) == (["neither"], "both principals agreed by telephone")
    assert publishing.handled(north, n).publications == (went.n,)
    assert [one.event.went for one in north.state.publicity.publications.values()] == [False, True]


def test_a_free_letter_that_has_arrived_passes(pair):
    town, north, south, *_ = pair
    n, came = delivered(town, north, south, handling=Handling(comment_policy="free"))
    assert examine(north, n) == ()
    assert announce(north, n)[0].event.went
    assert codes(examine(south, came)) == []


def test_a_joint_line_needs_their_word(pair):
    """Their letter that agrees, read and kept here: not ours, not unread, not another office's."""
    town, north, south, _, west = pair
    n, came = delivered(town, north, south, handling=Handling(comment_policy="joint_line_only"))
    assert codes(examine(north, n)) == ["joint"]
    _, agrees = town.exchange(south, north, "The line", form="reply", replies=(came,))
    _, other = town.exchange(west, north)
    reading.read(north, other)
    for wrong in (n, agrees, other):
        with pytest.raises(NotPossible, match="could agree"):
            examine(north, n, agreed=wrong)
    reading.read(north, agrees)
    assert codes(examine(north, n, agreed=agrees)) == ["joint-agreed"]
    assert announce(north, n, agreed=agrees)[0].event.went


def test_who_must_not_be_told_would_hear_of_it(pair):
    town, north, south, *_ = pair
    handling = Handling(comment_policy="free", exempted=(Exempted(None, "West"), Exempted(None, "Harbour")))
    n, _ = delivered(town, north, south, handling=handling)
    (found,) = examine(north, n)
    assert (found.code, found.said, found.stops) == ("exempted", "West, Harbour", True)


def test_an_exercise_and_a_deniable_letter_are_no_announcement(pair):
    town, north, south, *_ = pair
    n, _ = delivered(town, north, south, signed=False, handling=Handling(comment_policy="free"))
    assert codes(examine(north, n)) == ["deniable"]
    n, _ = town.exchange(north, south, type="exercise", signed=True, handling=Handling(comment_policy="free"))
    assert "exercise" in codes(examine(north, n))


def test_an_embargo_stops_until_its_hour(pair):
    town, north, south, *_ = pair
    n, _ = delivered(town, north, south, handling=Handling(comment_policy="free"))
    until = publishing.when(north, "2026-12-01T18:00[Asia/Tehran]", ZoneInfo).said
    publishing.embargo(north, (n,), until, "both sides asked")
    (found,) = examine(north, n)
    assert (found.code, found.said) == ("embargo", "2026-12-01T18:00 [Asia/Tehran]")
    assert codes(examine(north, n, when=when("2026-12-01"))) == ["embargo"]  # the day begins before the hour
    assert codes(examine(north, n, when=when("2026-12-01T18:00[Asia/Tehran]"))) == []
    earlier = publishing.when(north, "2026-11-01T18:00[Asia/Tehran]", ZoneInfo).said
    publishing.embargo(north, (n,), earlier, "they say otherwise now")
    assert codes(examine(north, n)) == []
    with pytest.raises(NotPossible):
        publishing.embargo(north, (), until, "none")


def test_announced_before_it_was_submitted_then_before_it_was_delivered(pair):
    """On the way through a go-between: nothing given, then taken, then handed over; the alarm stays with its time."""
    town, north, south, ferry, _ = pair
    north_desk = Desk(north, b"")
    none, _ = announce(north, office=south.state.office, because="on air", when=when("2026-11-24"))
    town.clock.move(days=4)
    n, charge = given(town, north, south, ferry, signed=True, handling=Handling(comment_policy="free"))
    assert codes(examine(north, n)) == ["not-submitted"]
    assert [(one.letter, one.code, one.open) for one in north_desk.publication_alarms()] == [(0, "not-submitted", True)]
    publishing.tie(north, none.n, (n,))
    conveying.accept(ferry, charge.n, ZoneInfo)
    rounds(town, north, ferry)
    town.clock.move(days=1)
    assert codes(examine(north, n)) == ["not-delivered"]
    second, _ = announce(north, n, because="again")
    assert [(one.publication, one.letter, one.code, one.open) for one in north_desk.publication_alarms()] == [
        (none.n, n, "not-submitted", True),
        (second.n, n, "not-delivered", True),
    ]
    town.clock.move(days=1)
    conveying.pass_on(ferry, charge.n, ZoneInfo)
    rounds(town, south, ferry, north)
    town.clock.move(days=1)
    assert codes(examine(north, n)) == []
    assert [(one.code, one.open) for one in north_desk.publication_alarms()] == [
        ("not-submitted", False),
        ("not-delivered", False),
    ]
    third, _ = announce(north, n)
    assert third.event.went
    with pytest.raises(NotPossible):
        publishing.tie(north, third.n, (town.write(north, pair[4]),))


def test_a_day_within_which_it_was_delivered_is_unclear(pair):
    """A date is not taken for an hour: the same day may be before or after."""
    town, north, south, *_ = pair
    n, came = delivered(town, north, south, handling=Handling(comment_policy="free"))
    assert codes(examine(north, n, when=when("2026-11-24"))) == ["unclear"]
    assert codes(examine(south, came, when=when("2026-11-24"))) == ["unclear"]
    assert codes(examine(north, n, when=when("2026-11-20"))) == ["not-submitted"]


def test_what_the_other_side_announces_and_nobody_here_has(pair):
    """Nothing stops them; that nothing had come is what this desk can say, and what came later is tied to it."""
    town, north, south, *_ = pair
    said, found = announce(south, office=north.state.office, by="them", where="on air")
    assert said.event.went
    assert [(one.code, one.said) for one in found] == [("none-here", "")]
    town.clock.move(days=5)
    _, came = town.exchange(north, south)
    publishing.tie(south, said.n, (came,))
    (alarm,) = publishing.alarms(south, ZoneInfo)
    assert (alarm.letter, alarm.code, alarm.open) == (came, "not-delivered", False)
    (found,) = examine(south, office=north.state.office, by="them")
    assert (found.code, found.said) == ("none-here", "1")


def test_a_copy_asked_for_by_who_must_not_be_told_is_blocked_and_recorded(pair):
    """By its name, its short name, another spelling or a name that looks like it; anybody else is recorded too."""
    town, north, south, _, west = pair
    handling = Handling(exempted=(Exempted(west.state.office, "West"), Exempted(None, "Allied Desk One")))
    n, came = delivered(town, north, south, handling=handling)
    for who in ("West", "west", "Allied Desk One", "allied  desk one", "Alli\u0435d Desk One"):  # a Cyrillic e
        for office, letter in ((north, n), (south, came)):
            entry, names = publishing.copy_asked(office, letter, who)
            assert names, who
            assert office.state.publicity.asked[-1][0] == entry
            assert office.state.publicity.asked[-1][2].blocked
    _, names = publishing.copy_asked(north, n, "Ferry")
    assert names is None
    assert not north.state.publicity.asked[-1][2].blocked
    reading.burn(north, n)
    assert publishing.copy_asked(north, n, "Ferry")[1] == ()


def test_what_would_tell_them_by_another_path_is_blocked_and_recorded(pair):
    """As addressee, as go-between, and as a further way of a letter that is sealed: nothing goes, the owner sees it."""
    town, north, south, ferry, west = pair
    desk = Desk(north, b"")
    handling = Handling(exempted=(Exempted(None, "West"),))
    orders = (
        Order(west.state.office, "letter", (WORDS,), handling=handling),
        Order(south.state.office, "letter", (WORDS,), handling=handling, routes=(Route((west.state.office,)),)),
    )
    for order in orders:
        for attempt in (desk.plan, desk.seal):
            with pytest.raises(NotPossible, match="must not be told") as error:
                attempt(order)
            assert "is recorded" in error.value.kept
    n = town.write(north, south, handling=handling)
    with pytest.raises(NotPossible, match="must not be told"):
        desk.again(n, routes=(Route((ferry.state.office, west.state.office)),))
    told = [(one.by, one.of, one.blocked, one.who) for _, _, one in north.state.publicity.asked]
    assert told == [("addressee", 0, True, "West")] * 2 + [("go-between", 0, True, "West")] * 2 + [
        ("go-between", n, True, "West")
    ]
    assert [one.number for one in north.state.letters.values()] == [1]


def test_a_channel_disclosed_on_purpose_sixteen_months_later(pair):
    """A joint line, agreed; who was not to be told hears of it now, and why stands in the record, with both dates."""
    town, north, south, *_ = pair
    exempted = (Exempted(None, "West"),)
    n, came = delivered(town, north, south, handling=Handling(comment_policy="joint_line_only", exempted=exempted))
    _, agrees = town.exchange(south, north, "The line", form="reply", replies=(came,))
    reading.read(north, agrees)
    town.clock.move(days=480)
    assert codes(examine(north, n, agreed=agrees)) == ["joint-agreed", "exempted"]
    assert not announce(north, n, agreed=agrees)[0].event.went
    why = "the agreement is signed"
    told, _ = announce(north, n, agreed=agrees, because=why, where="in Geneva", when=when("2028-03~"))
    assert (told.event.went, told.event.because, told.event.agreed) == (True, why, agrees)
    assert told.at - north.state.letters[n].at > 479 * 86_400
    assert list(publishing.alarms(north, ZoneInfo)) == []


def test_a_record_that_stands_alone_or_differs_is_stopped(pair):
    """Of a call: alone it is one side's; beside another that differs both are kept; restated by the other it passes."""
    town, north, south, *_ = pair
    began = when("2026-11-20T10:00[Asia/Tehran]").said
    us, them = (Attendee("principal", "one"),), (Attendee("principal", "other"),)
    record = Readout("call", began, us, them, ("prisoners",), 15)

    def seal(by, to, said, *replies):
        order = Order(
            to.state.office, "readout", (WORDS,), matters=(said.matter(),), handling=free, signed=True, replies=replies
        )
        n = sealing.seal_letter(by, order, ZoneInfo)
        town.carry()
        (came,) = town.take_in(to).opened
        reading.read(to, came)
        return n, came

    free = Handling(comment_policy="free")
    n, came = seal(north, south, record)
    assert "readout-one-sided" in codes(examine(south, came))
    seal(south, north, Readout("call", began, them, us, ("ships",), 20))
    assert "readout-differing" in codes(examine(north, n))
    assert "readout-differing" in codes(examine(south, came))
    seal(south, north, record.restated(north.state.letters[n].event.letter_id), came)
    assert not any(one.startswith("readout") for one in codes(examine(north, n)))


def test_leaks_and_announcements_stand_in_the_line_of_time(pair):
    """With their own dates, tied to their letters; the alarm beside the announcement, and no letter's text."""
    town, north, south, *_ = pair
    n, _ = delivered(town, north, south, handling=NEITHER)
    early, _ = announce(north, n, when=when("2026-11-20"), because="on air", where="on air")
    announce(north, n)
    town.clock.move(days=3)
    noted = leak(north, n, when=when("2026-11-26[America/New_York]"), what="gist")
    items = [one for one in line_of(north).items if one.kind == "event"]
    assert [(one.what, one.entries, one.text, one.written, one.links) for one in items] == [
        ("announced", (early.n,), "on air", "2026-11-20", (("about", n),)),
        ("stopped", (early.n + 1,), "", "", (("about", n),)),
        ("leak", (noted,), "a paper", "2026-11-26", (("about", n),)),
    ]
    assert [one.marks for one in items] == [("not-submitted",), (), ()]
    assert (items[0].who, items[0].to) == (north.state.office, south.state.office)
    assert (items[2].zone, items[2].source) == ("America/New_York", "unnamed officials")
