"""Meetings between two offices: who asks does not choose the place, who answers picks a time that was asked.

Afterwards each side keeps its own record; they stand side by side.
"""

from zoneinfo import ZoneInfo

import pytest
from hostile import marks, write
from work import work

from backchannel.desk import reading, readouts, recalling, sealing, talks
from backchannel.desk.sealing import Order
from backchannel.errors import NotPossible
from backchannel.letters.dates import parse_moment
from backchannel.letters.draft_values import Source
from backchannel.letters.drafts import read_draft
from backchannel.letters.meetings import Attendee, Meeting, MeetingAnswer
from backchannel.letters.parts import Body
from backchannel.letters.readouts import Readout
from backchannel.values import replace

TEN = parse_moment("2026-12-01T10:00[Asia/Baghdad]", ZoneInfo)
NINE = parse_moment("2026-12-02T09:00[Asia/Baghdad]", ZoneInfo)
NEVER = parse_moment("2026-12-03T09:00[Asia/Baghdad]", ZoneInfo)
WORDS = Body("en", "prevailing", "A meeting", "Will you meet?")
ENVOY = Attendee("envoy", "the deputy minister")
MEETING = Meeting("The prisoners", "in_person", (TEN, NINE), (ENVOY,), 90)
PRINCIPAL = Attendee("principal", "the president")
OURS = Readout(
    "call",
    parse_moment("2026-11-24T10:00[Europe/Vienna]", ZoneInfo),
    (PRINCIPAL,),
    (PRINCIPAL, ENVOY),
    ("Both want calm.", "The talk was positive."),
    15,
)
THEIRS = replace(OURS, who=OURS.met, met=OURS.who, points=("Both want calm.", "Nothing was promised."), minutes=12)
AGREES = "---\nform: readout\nlang: en\nagrees: {n}\n---\n# The call\n\nSo it was.\n"
YES = """---
form: reply
lang: en
replies: {n}
answer: agreed
time: 2026-12-02T09:30[Asia/Tehran]
place: The old customs house
---
# Yes

We will be there.
"""


def id_of(office, n):
    return office.state.letters[n].event.letter_id


def seal(by, to, form, matter, **more):
    """As a person seals it, by this program."""
    order = Order(to.state.office, form, (WORDS,), matters=(matter,) if matter else (), **more)
    return sealing.seal_letter(by, order, ZoneInfo)


def bring(town, to, *, read=True):
    """What is carried there, opened and read."""
    town.carry()
    intake = town.take_in(to)
    for n in intake.opened if read else ():
        reading.read(to, n)
    return intake


def standing(office, n):
    return talks.find(office, n).standing


def order_of(office, to, text):
    """What a draft orders, as `Desk.order` makes it."""
    draft = read_draft([Source("a.md", text.encode())], ZoneInfo, office.clock())
    matters = talks.carried(office, draft, to.state.office)
    return Order(to.state.office, draft.form.name, draft.bodies, replies=draft.replies, matters=matters)


@pytest.fixture
def asked(town):
    """North has asked South to meet, and South has read it."""
    north, south = town.pair("North", "South")
    n = seal(north, south, "meeting-request", MEETING.matter())
    (there,) = bring(town, south).opened
    return town, north, south, n, there


def test_one_side_asks_and_the_other_picks_the_place(asked):
    """Time and place stand at both desks, in the hours of both."""
    town, north, south, n, there = asked
    assert (standing(north, n), standing(south, there)) == ("asked", "asked")
    assert talks.find(south, there).asked == MEETING
    found = talks.hours(south, north.state.office, TEN, ZoneInfo)
    assert (found.written, found.here, found.there) == (TEN, *[("2026-12-01T10:30", "Asia/Tehran")] * 2)

    m = sealing.seal_letter(south, order_of(south, north, YES.format(n=there)), ZoneInfo)
    (came,) = bring(town, north).opened
    for office, request, answer in ((south, there, m), (north, n, came)):
        one = talks.find(office, request)
        assert (one.standing, one.past) == ("agreed", False)
        assert (one.answer.time.unix, one.answer.place) == (NINE.unix, "The old customs house")
        assert talks.find(office, answer) == one
        assert [each.letter.n for each in talks.arranged(office)] == [request]
    town.clock.move(days=9)
    assert talks.find(north, n).past


def test_who_declines_says_nothing_else(asked):
    town, north, south, n, there = asked
    no = YES.replace("agreed", "declined").replace(
        "time: 2026-12-02T09:30[Asia/Tehran]\nplace: The old customs house\n", ""
    )
    sealing.seal_letter(south, order_of(south, north, no.format(n=there)), ZoneInfo)
    bring(town, north)
    assert (standing(south, there), standing(north, n)) == ("declined", "declined")
    assert talks.find(north, n).answer == MeetingAnswer(id_of(north, n), "declined")


def test_a_request_nobody_answers_runs_out(asked):
    town, north, south, n, there = asked
    town.clock.move(days=7)
    assert (standing(north, n), standing(south, there)) == ("asked", "asked")  # the second time is still to come
    town.clock.move(days=1)
    assert (standing(north, n), standing(south, there)) == ("out-of-date", "out-of-date")


def test_what_is_unread_is_not_looked_into(town):
    """A letter can be declined unread: no list may have shown before what it asks or answers."""
    north, south = town.pair("North", "South")
    n = seal(north, south, "meeting-request", MEETING.matter())
    (there,) = bring(town, south, read=False).opened
    one = talks.find(south, there)
    assert (one.standing, one.asked) == ("unread", None)
    assert [each.standing for each in talks.arranged(south)] == ["unread"]
    reading.read(south, there)
    seal(south, north, "reply", MeetingAnswer(id_of(south, there), "agreed", TEN, "Here").matter(), replies=(there,))
    (came,) = bring(town, north, read=False).opened
    one = talks.find(north, n)
    assert (one.standing, one.answer, [(each.n, each.said) for each in one.answers]) == ("asked", None, [(came, None)])
    reading.read(north, came)
    assert standing(north, n) == "agreed"


def test_the_newest_answer_stands_whatever_order_they_come_in(asked):
    """Its number decides, not who carried it faster; and one that its writer takes back does not stand."""
    town, north, south, n, there = asked
    named = id_of(south, there)
    seal(south, north, "reply", MeetingAnswer(named, "agreed", TEN, "Here").matter(), replies=(there,))
    slow = []
    town.lost = lambda pouch: not slow.append(pouch)
    town.carry()
    town.lost = lambda pouch: False
    m = seal(south, north, "reply", MeetingAnswer(named, "agreed", NINE, "There").matter(), replies=(there,))
    bring(town, north)
    town.deliver(slow)
    bring(town, north)
    for office, request in ((south, there), (north, n)):
        one = talks.find(office, request)
        assert (one.answer.place, [each.stands for each in one.answers]) == ("There", [False, True])
    recalling.recall(south, m, ZoneInfo)
    bring(town, north)
    assert [talks.find(office, one).answer.place for office, one in ((south, there), (north, n))] == ["Here", "Here"]


def test_a_request_taken_back_and_one_burnt(asked):
    town, north, south, n, there = asked
    recalling.recall(north, n, ZoneInfo)
    bring(town, south)
    assert (standing(north, n), standing(south, there)) == ("withdrawn", "withdrawn")
    reading.burn(south, there)
    with pytest.raises(NotPossible, match="asks for no meeting"):
        talks.find(south, there)
    assert list(talks.arranged(south)) == []


def test_a_request_in_words_only_is_a_letter(town):
    """It is in no list; nobody can agree to a time that nobody asked by its field."""
    north, south = town.pair("North", "South")
    seal(north, south, "meeting-request", None)
    (there,) = bring(town, south).opened
    assert list(talks.arranged(south)) == []
    with pytest.raises(NotPossible, match="not among those asked"):
        seal(south, north, "reply", MeetingAnswer(id_of(south, there), "agreed", TEN, "x").matter(), replies=(there,))


@pytest.mark.parametrize("time", ["2026-12-02T09:00[Asia/Tehran]", "2026-12-04T10:00[Asia/Tehran]"])
def test_an_answer_that_does_not_fit_is_not_sealed(asked, time):
    _, north, south, _, there = asked
    head = south.register.head()
    draft = YES.format(n=there).replace("2026-12-02T09:30[Asia/Tehran]", time)
    with pytest.raises(NotPossible, match="not among those asked"):
        sealing.plan(south, order_of(south, north, draft), ZoneInfo)
    assert south.register.head() == head


def test_an_answer_says_which_request_it_answers(asked):
    """Not one's own, not two at once, not another letter, not another office's."""
    town, north, south, _, there = asked
    again = seal(north, south, "meeting-request", MEETING.matter())
    (second,) = bring(town, south).opened
    _, letter = town.exchange(north, south)
    own = seal(south, north, "meeting-request", MEETING.matter())
    west = town.office("West")
    town.introduce(south, west)
    for answered in (f"[{there}, {second}]", str(letter), str(own)):
        with pytest.raises(NotPossible, match="one such request"):
            order_of(south, north, YES.format(n=answered))
    with pytest.raises(NotPossible, match="one such request"):
        order_of(south, west, YES.format(n=there))
    assert again in north.state.letters


@pytest.mark.parametrize(
    ("changes", "mark"),
    [
        ({"time": NEVER.to_wire()}, "M3"),
        ({"meeting": bytes(32)}, "M3"),
        ({"place": ""}, "M2"),
        ({"answer": "declined"}, "M2"),
        ({"answer": "moved"}, "M2"),
    ],
)
def test_a_hostile_answer_is_refused_and_changes_nothing(asked, changes, mark):
    """A time nobody asked for, an answer to nothing the letter replies to, half an answer."""
    town, north, south, n, there = asked
    matter = MeetingAnswer(id_of(south, there), "agreed", TEN, "Here").matter()
    matter = replace(matter, value=matter.value | changes)
    write(south, north, "reply", matter, bodies=(WORDS,), replies=(there,))
    before = set(north.state.letters)
    assert marks(bring(town, north)) == [mark]
    assert set(north.state.letters) == before
    assert (standing(north, n), talks.find(north, n).answers) == ("asked", ())


def test_nobody_answers_their_own_request_or_one_of_another_office(asked):
    """South agrees in North's name to what South asked; and West to what North asked South."""
    town, north, south, n, _ = asked
    own = seal(south, north, "meeting-request", MEETING.matter())
    bring(town, north)
    answer = MeetingAnswer(id_of(south, own), "agreed", TEN, "Here").matter()
    write(south, north, "reply", answer, bodies=(WORDS,), replies=(own,))
    assert marks(bring(town, north)) == ["M3"]

    west = town.office("West")
    town.introduce(north, west)
    town.introduce(west, north)
    m = seal(north, west, "meeting-request", MEETING.matter())
    (came,) = bring(town, west).opened
    told = MeetingAnswer(id_of(north, n), "agreed", TEN, "Here").matter()  # South let West know the letter-id
    west.state.letters[came].event = replace(west.state.letters[came].event, letter_id=id_of(north, n))
    write(west, north, "reply", told, bodies=(WORDS,), replies=(came,))
    assert marks(bring(town, north)) == ["M3"]
    assert (standing(north, n), standing(north, m)) == ("asked", "asked")


def test_an_answer_to_a_request_that_is_burnt_is_to_nothing_known(asked):
    """It is kept and shown as what it is: no list takes it for an agreement."""
    town, north, south, n, there = asked
    reading.burn(north, n)
    seal(south, north, "reply", MeetingAnswer(id_of(south, there), "agreed", TEN, "Here").matter(), replies=(there,))
    (came,) = bring(town, north).opened
    assert talks.talk_in(reading.show(north, came).letter).place == "Here"
    assert list(talks.arranged(north)) == []
    with pytest.raises(NotPossible, match="answers no such request"):
        talks.find(north, came)


def test_an_exercise_is_no_answer_to_an_operation(asked):
    town, north, south, n, there = asked
    answer = MeetingAnswer(id_of(south, there), "agreed", TEN, "Here").matter()
    with pytest.raises(NotPossible, match="not of the same type"):
        seal(south, north, "reply", answer, replies=(there,), type="exercise")
    write(south, north, "reply", answer, bodies=(WORDS,), replies=(there,), type="exercise")
    assert marks(bring(town, north)) == ["L15"]
    assert standing(north, n) == "asked"


# Records.


def talk(office, n):
    """The standing of a talk, the entries of both sides, and what is said differently."""
    one = readouts.find(office, n)
    return one.standing, one.entries, [(row.what, row.one, row.other) for row in one.rows if not row.same]


@pytest.fixture
def recorded(town):
    """North and South spoke; North has sent South its record."""
    north, south = town.pair("North", "South")
    n = seal(north, south, "readout", OURS.matter())
    (there,) = bring(town, south).opened
    return town, north, south, n, there


def test_both_records_of_a_call_stand_side_by_side(recorded):
    """Fifteen minutes, two versions: each desk shows both, its own first, and neither changes the other's."""
    town, north, south, n, there = recorded
    assert talk(south, there) == ("one-sided", (there,), [])
    m = seal(south, north, "readout", THEIRS.matter(), replies=(there,))
    (came,) = bring(town, north).opened
    says = [("minutes", "15", "12"), ("points", "The talk was positive.", ""), ("points", "", "Nothing was promised.")]
    assert talk(north, n) == talk(north, came) == ("differing", (n, came), says)
    assert talk(south, m)[:2] == ("differing", (there, m))
    assert sorted(talk(south, m)[2]) == sorted((what, other, one) for what, one, other in says)
    assert [one.our.said for one in readouts.recorded(north)] == [OURS]
    assert [one.our.said for one in readouts.recorded(south)] == [THEIRS]


def test_one_side_agrees_with_the_others_record(recorded):
    """It restates it word for word, so both hold the same; said by whom, each knows."""
    town, north, south, n, there = recorded
    m = sealing.seal_letter(south, order_of(south, north, AGREES.format(n=there)), ZoneInfo)
    (came,) = bring(town, north).opened
    assert talk(north, n) == ("agreed", (n, came), [])
    assert talk(south, there) == ("agreed", (there, m), [])
    assert readouts.find(north, n).their.said == OURS.restated(id_of(north, n))
    # Its writer thinks again: the newer record stands beside the old one, and they no longer agree.
    seal(north, south, "readout", THEIRS.matter(), acts={"corrects": n})
    bring(town, south)
    assert [talk(office, one)[0] for office, one in ((north, n), (south, there))] == ["differing", "differing"]
    assert len(readouts.find(south, there).theirs) == 2


def test_the_same_words_without_agreeing_are_alike(recorded):
    town, north, south, n, there = recorded
    seal(south, north, "readout", replace(OURS, who=OURS.met, met=OURS.who).matter(), replies=(there,))
    bring(town, north)
    assert talk(north, n)[0] == "alike"


def test_records_of_a_meeting_name_it(asked):
    """A record that answers the request, or the answer to it, is of that meeting, whatever day it says it was."""
    town, north, south, n, there = asked
    m = sealing.seal_letter(south, order_of(south, north, YES.format(n=there)), ZoneInfo)
    (came,) = bring(town, north).opened
    ours = seal(north, south, "readout", OURS.matter(), replies=(came,))
    later = parse_moment("2027-01-02T09:00[Asia/Tehran]", ZoneInfo)
    theirs = seal(south, north, "readout", replace(THEIRS, began=later).matter(), replies=(there,))
    bring(town, north)
    bring(town, south)
    one = readouts.find(north, n)
    assert (one.of, one.by_day, one.standing) == (n, False, "differing")
    assert (readouts.find(south, theirs).of, readouts.find(south, theirs).by_day) == (there, False)
    assert ours in one.entries
    assert m not in readouts.find(south, theirs).entries


def record(by, to, began, **more):
    said = replace(OURS, began=parse_moment(began, ZoneInfo))
    return seal(by, to, "readout", said.matter(), **more)


def test_records_that_name_nothing_are_put_together_by_the_day(town):
    """Where one record of each side fits, and only then: what can be read two ways is not guessed."""
    north, south = town.pair("North", "South")
    n = record(north, south, "2026-11-20T15:00[Europe/Vienna]")
    record(south, north, "2026-11-20T17:31[Asia/Tehran]")
    record(south, north, "2026-11-22T17:31[Asia/Tehran]")
    bring(town, north)
    one = readouts.find(north, n)
    assert (one.by_day, one.standing, len(one.entries)) == (True, "differing", 2)
    assert len(readouts.recorded(north)) == 2
    record(south, north, "2026-11-20T23:00[Asia/Tehran]")
    bring(town, north)
    assert readouts.find(north, n).standing == "one-sided"
    assert len(readouts.recorded(north)) == 4


def test_an_exercise_is_never_beside_an_operation(town):
    """Not by the day, not by name."""
    north, south = town.pair("North", "South")
    n = seal(north, south, "readout", OURS.matter())
    (there,) = bring(town, south).opened
    seal(south, north, "readout", THEIRS.matter(), type="exercise")
    bring(town, north)
    assert talk(north, n)[0] == "one-sided"
    agreed = OURS.restated(id_of(north, n)).matter()
    write(south, north, "readout", agreed, bodies=(WORDS,), replies=(there,), type="exercise")
    assert marks(bring(town, north)) == ["L15"]
    order = replace(order_of(south, north, AGREES.format(n=there)), type="exercise")
    with pytest.raises(NotPossible, match="not of the same type"):
        sealing.plan(south, order, ZoneInfo)


def test_a_record_unread_stays_unread(recorded):
    """It stands in the list by its entry alone, is compared with nothing, and nobody agrees to it."""
    town, north, south, n, there = recorded
    m = seal(south, north, "readout", THEIRS.matter(), replies=(there,))
    (came,) = bring(town, north, read=False).opened
    one = readouts.find(north, n)
    assert (one.standing, [each.said for each in one.theirs], one.rows) == ("one-sided", [None], ())
    with pytest.raises(NotPossible, match="not read yet"):
        order_of(north, south, AGREES.format(n=came))
    reading.read(north, came)
    assert talk(north, n)[0] == "differing"
    recalling.recall(south, m, ZoneInfo)
    bring(town, north)
    assert talk(north, n)[0] == "one-sided"


def test_a_record_that_falsely_agrees_is_refused(recorded):
    """Whoever says *agreed* to something else, to its own record, or to what its letter does not answer."""
    town, north, south, _, there = recorded
    named = id_of(south, there)
    own = seal(south, north, "readout", THEIRS.matter())
    seal(north, south, "meeting-request", MEETING.matter())
    (request,) = bring(town, south).opened
    bring(town, north)
    before = set(north.state.letters)
    for said, replied in (
        (replace(OURS.restated(named), points=("All was granted.",)), there),
        (replace(OURS.restated(named), minutes=None), there),
        (replace(OURS, agrees=named), there),  # as if North's people were South's
        (OURS.restated(named), request),
        (THEIRS.restated(id_of(south, own)), own),
        (OURS.restated(id_of(south, request)), request),
    ):
        write(south, north, "readout", said.matter(), bodies=(WORDS,), replies=(replied,))
        assert marks(bring(town, north)) == ["M5"]
    write(south, north, "readout", replace(OURS.matter(), value={}), bodies=(WORDS,), replies=(there,))
    assert marks(bring(town, north)) == ["M4"]
    assert set(north.state.letters) == before


def test_what_is_agreed_with_must_be_a_record_of_theirs(recorded):
    town, north, south, _, there = recorded
    m = seal(south, north, "readout", THEIRS.matter())
    west = town.office("West")
    town.introduce(south, west)
    for office, to, named in ((south, north, m), (south, west, there), (south, north, 1)):
        with pytest.raises(NotPossible, match="no record of that office"):
            order_of(office, to, AGREES.format(n=named))


def test_a_record_agreed_with_and_burnt_agrees_with_nothing_known(recorded):
    town, north, south, n, there = recorded
    reading.burn(north, n)
    sealing.seal_letter(south, order_of(south, north, AGREES.format(n=there)), ZoneInfo)
    (came,) = bring(town, north).opened
    assert talk(north, came) == ("one-sided", (came,), [])


def test_a_flood_of_records_is_sorted_out(town):
    """Thousands of records of one day, all of the other side's: the list stays one pass over them."""
    north, south = town.pair("North", "South")
    seal(north, south, "readout", OURS.matter())
    (came,) = bring(town, south).opened
    one = readouts.find(south, came)
    mine = [replace(one, ours=one.theirs, theirs=()) for _ in range(20)]
    flood = [replace(one) for _ in range(3000)]
    few = work(lambda: list(readouts._by_day([*mine, *flood[:750]])))[1]
    found, many = work(lambda: list(readouts._by_day([*mine, *flood])))
    assert len(found) == 3020
    assert many < 5 * few  # compared pair by pair it would be sixteen times
