"""The exchange of 2014 (scenario A), step by step, by offices only; times and words chosen for the replay.

Steps that wait for later work (terms) are named in docs/coverage.md as not covered.
"""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backchannel.desk import conveying, founding, publishing, reading, sealing, standing
from backchannel.desk.publishing import Announcement
from backchannel.desk.sealing import Order, Route
from backchannel.desk.tracking import came_by, track_letter
from backchannel.errors import NotPossible
from backchannel.letters.date_showing import passed
from backchannel.letters.docket import Exempted, Handling
from backchannel.letters.drafts import Source, read_draft
from backchannel.letters.edtf import parse_edtf
from backchannel.letters.parts import Body

ALLIES = ("Allied Desk One", "Allied Desk Two", "Allied Desk Three")
EXAMPLES = Path(__file__).parents[2] / "examples" / "2014"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Exchange:
    """Washington, Tehran, Baghdad, a cleric's office, and an allied desk."""

    def __init__(self, town):
        self.town = town
        town.clock.now = at("2009-03-01T09:00")
        self.was = town.office("Washington", zone="America/New_York")
        self.teh = town.office("Tehran", zone="Asia/Tehran")
        self.bgd, self.bgc = (town.office(name, zone="Asia/Baghdad") for name in ("Baghdad", "Cleric"))
        self.ally = town.office("Allied Desk One")
        self.offices = (self.was, self.teh, self.bgd, self.bgc, self.ally)
        self.exchange_cards()

    def exchange_cards(self):
        for one in self.offices:
            for other in self.offices:
                if one is not other:
                    self.town.introduce(one, other)

    def move_to(self, text):
        self.town.clock.now = at(text)
        for office in self.offices:
            founding.confirm_clock(office)
            self.town.keep_house(office)

    def send(self, by, to, *routes, form="letter", title="Letter", text="Words.", **more):
        body = Body("en", "prevailing", title, text)
        return sealing.seal_letter(by, Order(to.state.office, form, (body,), routes=routes, **more), ZoneInfo)

    def rounds(self, *offices, times=3):
        for _ in range(times):
            self.town.carry()
            for office in offices:
                self.town.keep_house(office)
        self.town.carry()


def draft_of_letter_4():
    names = ("letter.en.md", "letter.fa.md")
    sources = [Source(name, (EXAMPLES / name).read_bytes()) for name in names]
    return read_draft(sources, ZoneInfo, at("2014-10-15T08:00"))


@pytest.fixture
def exchange(town):
    return Exchange(town)


def test_the_exchange_of_2014(exchange):
    x, town = exchange, exchange.town
    was, teh, bgd, bgc = x.was, x.teh, x.bgd, x.bgc

    # A01: letters 1 and 2 in the first half of 2009. A02: one reply on record.
    first = x.send(was, teh, title="One")
    x.rounds(teh, times=1)
    town.clock.move(days=30)
    second = x.send(was, teh, title="Two")
    x.rounds(teh, times=1)
    (_, two) = [one for one in teh.state.letters.values() if not one.ours]
    reply = x.send(teh, was, form="reply", replies=(two.n,), title="Received")
    x.rounds(was, times=1)
    assert was.state.letters[second].answered_by
    assert was.state.letters[first].number == 1

    # A03: number 3, date unknown: it never reaches Tehran.
    town.lost = lambda pouch: True
    x.send(was, teh, title="Three")
    town.carry()
    town.lost = lambda pouch: False

    # A06: letter 4, signed, two languages, exempted desks, on 15 October 2014. Five years on, they hand over new cards.
    x.move_to("2014-10-15T08:00")
    x.exchange_cards()
    draft = draft_of_letter_4()
    assert [(body.lang, body.status) for body in draft.bodies] == [("en", "prevailing"), ("fa", "courtesy")]
    assert draft.handling.distribution == "addressee_only"
    assert draft.handling.comment_policy == "neither_confirm_nor_deny"
    assert {one.name for one in draft.handling.exempted} == set(ALLIES)
    by = int(at("2014-10-20T15:00").timestamp())
    order = Order(
        teh.state.office,
        draft.form.name,
        draft.bodies,
        reference=draft.reference,
        reply_by=draft.reply_by,
        handling=draft.handling,
        signed=True,
        routes=(Route((bgd.state.office,), by=by, custody="signed"),),
    )
    four = sealing.seal_letter(was, order, ZoneInfo)
    assert was.state.letters[four].number == 4

    # A08: taken, held for 36 hours, put within reach, handed over on 18 October; a chain without a hole.
    x.rounds(bgd, times=1)
    (charge,) = conveying.tray(bgd)
    conveying.accept(bgd, charge.n, ZoneInfo)
    conveying.hold(bgd, charge.n, int(at("2014-10-16T20:00").timestamp()), "the envoy is travelling", ZoneInfo)
    x.move_to("2014-10-18T06:00")
    conveying.pass_on(bgd, charge.n, ZoneInfo)
    x.rounds(teh, bgd, was)
    (way,) = track_letter(was, four)
    events = [word.event for leg in way.legs for word in leg.words]
    assert events == [
        "SubmissionAcceptance",
        "x-CustodyHeld",
        "ContentConsignment",
        "ContentHandover",
        "ContentHandover",
    ]
    assert not any(leg.is_hole for leg in way.legs)
    assert {word.proof for word in way.legs[0].words} == {"signed"}
    assert way.legs[-1].words[-1].at >= at("2014-10-18T06:00").timestamp()
    letter = next(one for one in teh.state.letters.values() if not one.ours and one.number == 4)
    shown = reading.read(teh, letter.n)
    assert shown.letter.sheet.reply_by.shown("umm-al-qura").startswith("1436-02-02")  # 2 Safar 1436, Umm al-Qura
    assert [(gap.first, gap.last) for gap in teh.state.of(was.state.office).missing()] == [(3, 3)]  # A03: a gap

    # A09: an assurance by two ways: one letter, two chains; the cleric's gloss is the intermediary's text.
    routes = (Route((bgd.state.office,)), Route((bgc.state.office,)))
    five = x.send(was, teh, *routes, form="assurance", title="What we aim at", signed=False)
    x.rounds(bgd, bgc, times=1)
    (_, by_bgd), (by_bgc,) = conveying.tray(bgd), conveying.tray(bgc)
    assert conveying.covering_of(bgd, by_bgd).enclosure != conveying.covering_of(bgc, by_bgc).enclosure
    gloss = Body("en", "prevailing", "From this office", "They mean it.")
    conveying.pass_on(bgc, by_bgc.n, ZoneInfo, words=gloss)
    x.rounds(teh, bgc, was)
    conveying.pass_on(bgd, by_bgd.n, ZoneInfo)
    x.rounds(teh, bgd, was)
    assurance = next(one for one in teh.state.letters.values() if one.event and one.event.form == "assurance")
    assert assurance.duplicates == 1
    assert [way.reached is not None for way in came_by(teh, assurance.n)] == [True, True]
    assert [leg.standing for way in track_letter(was, five) for leg in way.legs] == ["handed-over"] * 4
    covering = reading.show(teh, assurance.event.covering).letter
    assert (covering.sheet.origin, covering.bodies[0].text) == ("intermediary", "They mean it.")
    assert reading.show(teh, assurance.n).letter.sheet.origin == "principal"

    # A10: another majority is no succession: no office key changes.
    keys = was.writer
    x.move_to("2014-11-04T12:00")
    assert was.writer == keys
    assert was.state.card_data
    assert teh.state.of(was.state.office).verified

    # A11: the press. What may be said is what the letter asked for; both sides are shown the same line.
    x.move_to("2014-11-06T18:00")
    for office, n in ((was, four), (teh, letter.n)):
        happened = publishing.when(office, "2014-11-06[America/New_York]", ZoneInfo)
        about = {"where": "a newspaper", "source": "people briefed on it", "what": "gist"}
        publishing.note_leak(office, (n,), b"", happened, ZoneInfo, **about)
        found = publishing.handled(office, n)
        assert (found.policy, found.ask) == ("neither", (was.state.office,))
        assert set(found.exempted) == set(ALLIES)
        said = Announcement((n,), b"", "existence", publishing.when(office, None, ZoneInfo))
        assert {one.code for one in publishing.examine(office, said, ZoneInfo)} == {"neither", "exempted"}
    # An allied desk asks for a copy: blocked and recorded, by any of its names.
    for name in ("Allied Desk One", "allied desk one"):
        assert publishing.copy_asked(was, four, name)[1] == ("Allied Desk One",)
    assert [one.blocked for _, _, one in was.state.publicity.asked] == [True, True]
    for name in ("Allied Desk One", "allied desk one"):
        handling = Handling(exempted=(Exempted(None, name),))
        before = was.register.head()
        with pytest.raises(NotPossible, match="must not be told"):
            x.send(was, x.ally, title="Copy", handling=handling)
        assert was.register.head() == before

    # A12: the deadline is one instant, in every zone; a draft without a zone is not sealed.
    assert draft.reply_by.at == at("2014-11-24T20:29")
    text = (EXAMPLES / "letter.en.md").read_text(encoding="utf-8").replace("[Asia/Tehran]", "")
    with pytest.raises(NotPossible, match="D16"):
        read_draft([Source("letter.en.md", text.encode())], ZoneInfo, at("2014-10-15T08:00"))
    # What the press calls "by 24 November" is over for one and not for the other.
    x.move_to("2014-11-24T21:00")
    parties = standing.zones_between(was, teh.state.office)
    found = passed(parse_edtf("2014-11-24"), was.now, parties, ZoneInfo)
    assert [(one.zone, one.state) for one in found] == [("America/New_York", "open"), ("Asia/Tehran", "passed")]

    # A14: the answer, in February 2015, on a return envelope, the way the letter came; Washington sees its own opened.
    for month in ("2014-12-04T12:00", "2015-01-04T12:00", "2015-02-10T09:00"):
        x.move_to(month)  # the desks issue new cards by the month, and they travel
        x.rounds(*x.offices, times=1)
    n = x.send(teh, was, form="reply", replies=(letter.n,), title="Noted", signed=False)
    assert teh.state.letters[n].event.via == "envelope"
    assert teh.state.custody.legs[n][0].given.carrier in (bgd.state.office, bgc.state.office)
    x.rounds(bgd, bgc, times=1)
    (carrier,) = [one for one in (bgd, bgc) if conveying.tray(one)[-1].status == "waiting"]
    conveying.pass_on(carrier, conveying.tray(carrier)[-1].n, ZoneInfo)
    x.rounds(was, carrier)
    answer = [one for one in was.state.letters.values() if one.event and one.event.form == "reply"][-1]
    assert answer.event.weaker is None
    assert reading.whereabouts(was, was.state.letters[four]).place == "opened"
    assert was.state.letters[four].answered_by == [answer.n]

    # A14: the second report. The reply asks for nothing; its writer is who may be asked.
    x.move_to("2015-02-13T18:00")
    reading.read(was, answer.n)
    happened = publishing.when(was, "2015-02-13[America/New_York]", ZoneInfo)
    about = {"where": "a newspaper", "source": "a diplomat", "what": "existence"}
    publishing.note_leak(was, (four, answer.n), b"", happened, ZoneInfo, **about)
    assert [one.when.written for one in was.state.publicity.leaks.values()] == ["2014-11-06", "2015-02-13"]
    assert (publishing.handled(was, answer.n).policy, publishing.handled(was, answer.n).ask) == (
        "unsaid",
        (teh.state.office,),
    )

    # The exempted desks were never told anything.
    assert not x.ally.state.letters
    assert reply
