"""Letters through offices that carry them: what each party sees, and can show, at every step."""

from zoneinfo import ZoneInfo

import pytest

from backchannel.conveyance.bundle import read_bundle, verify
from backchannel.desk import conveying, exporting, reading, sealing
from backchannel.desk import events as ev
from backchannel.desk.sealing import Order, Route
from backchannel.desk.tracking import came_by, track_letter
from backchannel.errors import NotPossible
from backchannel.letters.docket import Exempted, Handling
from backchannel.letters.parts import Body
from backchannel.values import replace


def acquaint(town, *offices):
    for one in offices:
        for other in offices:
            if one is not other:
                town.introduce(one, other)


@pytest.fixture
def harbour_town(town):
    """North and South, and two go-betweens both know."""
    north, south, ferry, harbour = (town.office(name) for name in ("North", "South", "Ferry", "Harbour"))
    acquaint(town, north, south, ferry, harbour)
    return town, north, south, ferry, harbour


def send(by, to, *routes, title="Will you meet?", **more):
    body = Body("en", "prevailing", title, "At the harbour, at ten.")
    routes = tuple(
        Route(tuple(hop.state.office for hop in hops)) if isinstance(hops, tuple) else hops for hops in routes
    )
    return sealing.seal_letter(by, Order(to.state.office, "letter", (body,), routes=routes, **more), ZoneInfo)


def rounds(town, *offices, times=3):
    """Post, collect and keep house until nothing moves."""
    for _ in range(times):
        town.carry()
        for office in offices:
            town.keep_house(office)
    town.carry()


def only_charge(office):
    (charge,) = conveying.tray(office)
    return charge


def received(office):
    return [one for one in office.state.letters.values() if not one.ours and one.event and one.event.form == "letter"]


def test_a_letter_is_carried_accepted_handed_over_and_seen_to_arrive(harbour_town):
    """North -> Ferry -> South: opened as North's, and North sees who had it and when."""
    town, north, south, ferry, _ = harbour_town
    n = send(north, south, (ferry,))
    rounds(town, ferry)
    charge = only_charge(ferry)
    assert charge.status == "waiting"
    assert charge.came.giver == north.state.office
    assert charge.came.addressee == south.state.office
    town.clock.move(hours=2)
    conveying.accept(ferry, charge.n, ZoneInfo)
    town.clock.move(hours=1)
    conveying.pass_on(ferry, charge.n, ZoneInfo)
    rounds(town, south, ferry, north)

    (letter,) = received(south)
    assert town.title(south, letter.n) == "Will you meet?"
    assert letter.office == north.state.office
    assert letter.event.by == ferry.state.office
    (way,) = track_letter(north, n)
    first, second = way.legs
    assert [word.event for word in first.words] == ["SubmissionAcceptance", "ContentConsignment", "ContentHandover"]
    assert [word.mode for word in first.words] == ["manual", "automatic", "automatic"]
    assert first.standing == "handed-over"
    assert (second.giver, second.carrier) == (ferry.state.office, south.state.office)
    assert second.words[0].event == "ContentHandover"
    assert second.words[0].by == south.state.office
    assert first.aside == second.aside == ()


def test_the_carrier_forgets_what_it_carried(harbour_town):
    """Once its last statement has left, enclosure and blinds are nowhere on the carrier's desk."""
    town, north, south, ferry, _ = harbour_town
    n = send(north, south, (ferry,))
    rounds(town, ferry)
    charge = only_charge(ferry)
    conveying.accept(ferry, charge.n, ZoneInfo)
    conveying.pass_on(ferry, charge.n, ZoneInfo)
    rounds(town, south, ferry, north)
    (charge,) = conveying.tray(ferry)
    assert charge.discharged
    with pytest.raises(NotPossible, match="forgotten"):
        conveying.covering_of(ferry, charge)
    assert ferry.register.event(charge.n) is None
    assert track_letter(north, n)[0].legs[0].standing == "handed-over"
    ferry.forget_state()
    assert conveying.tray(ferry)[0].status == "passed"


def test_the_answer_returns_the_same_way(harbour_town):
    """A reply to a letter that came by a go-between is given to that go-between, unless its writer says otherwise."""
    town, north, south, ferry, _ = harbour_town
    send(north, south, (ferry,))
    rounds(town, ferry)
    conveying.pass_on(ferry, only_charge(ferry).n, ZoneInfo)
    rounds(town, south)
    (letter,) = received(south)
    body = Body("en", "prevailing", "Yes", "At ten.")
    m = sealing.seal_letter(south, Order(north.state.office, "reply", (body,), replies=(letter.n,)), ZoneInfo)
    assert south.state.custody.legs[m][0].given.carrier == ferry.state.office
    rounds(town, ferry)
    charge = conveying.tray(ferry)[-1]
    assert charge.came.addressee == north.state.office
    conveying.pass_on(ferry, charge.n, ZoneInfo)
    rounds(town, north)
    answer = next(
        one for one in north.state.letters.values() if not one.ours and one.event and one.event.form == "reply"
    )
    assert answer.event.via == "envelope"
    assert town.title(north, answer.n) == "Yes"


def test_two_ways_share_no_bytes_and_the_second_arrival_is_the_same_letter(harbour_town):
    """Sealed afresh for each way; the first opens, the second is recorded against it."""
    town, north, south, ferry, harbour = harbour_town
    town.exchange(south, north, "first")  # South's envelopes are here: each sealing gets one of its own
    n = send(north, south, (ferry,), (harbour,))
    rounds(town, ferry, harbour)
    one = conveying.covering_of(ferry, only_charge(ferry))
    other = conveying.covering_of(harbour, only_charge(harbour))
    head = 3  # array of 5, version 1, and the head of the slot: the same in every sealed letter
    pieces = {one.enclosure[at : at + 8] for at in range(head, len(one.enclosure) - 8)}
    assert not any(other.enclosure[at : at + 8] in pieces for at in range(head, len(other.enclosure) - 8))
    assert one.blind != other.blind
    conveying.pass_on(ferry, only_charge(ferry).n, ZoneInfo)
    rounds(town, south, ferry, north)
    conveying.pass_on(harbour, only_charge(harbour).n, ZoneInfo)
    rounds(town, south, harbour, north)
    (letter,) = received(south)
    assert letter.duplicates == 1
    assert [way.legs[0].standing for way in track_letter(north, n)] == ["handed-over", "handed-over"]
    assert len(came_by(south, letter.n)) == 2
    assert all(way.reached for way in came_by(south, letter.n))


def test_a_way_by_which_nothing_came_shows_at_the_reader(harbour_town):
    """The docket names both ways and the time asked: a silent delay shows."""
    town, north, south, ferry, harbour = harbour_town
    by = int(town.clock().timestamp()) + 86_400
    send(north, south, Route((ferry.state.office,), by=by), Route((harbour.state.office,), by=by))
    rounds(town, ferry, harbour)
    conveying.pass_on(ferry, only_charge(ferry).n, ZoneInfo)
    rounds(town, south)
    (letter,) = received(south)
    came, silent = came_by(south, letter.n)
    assert came.reached is not None
    assert came.taken is not None
    assert silent.reached is None
    assert silent.way.hops == (harbour.state.office,)
    assert silent.way.by == by


def test_a_way_known_in_advance_is_sealed_leg_by_leg(harbour_town):
    """North -> Ferry -> Harbour -> South: Ferry sees only Harbour, Harbour sees North and South."""
    town, north, south, ferry, harbour = harbour_town
    n = send(north, south, (ferry, harbour))
    rounds(town, ferry)
    charge = only_charge(ferry)
    assert charge.came.addressee == harbour.state.office
    conveying.pass_on(ferry, charge.n, ZoneInfo)
    rounds(town, harbour)
    charge = only_charge(harbour)
    assert charge.came.giver == north.state.office
    assert charge.came.addressee == south.state.office
    conveying.pass_on(harbour, charge.n, ZoneInfo)
    rounds(town, south, harbour)
    (letter,) = received(south)
    assert town.title(south, letter.n) == "Will you meet?"
    # Harbour's evidence returns the way its covering letter came: through Ferry, which passes it on like any letter.
    for _ in range(4):
        rounds(town, harbour, ferry, north, times=1)
        for waiting in conveying.tray(ferry):
            if waiting.status == "waiting":
                conveying.pass_on(ferry, waiting.n, ZoneInfo)
    rounds(town, harbour, ferry, north)
    (way,) = track_letter(north, n)
    assert [(leg.carrier, leg.standing) for leg in way.legs][:2] == [
        (ferry.state.office, "handed-over"),
        (harbour.state.office, "handed-over"),
    ] or [leg.carrier for leg in way.legs] == [
        ferry.state.office, harbour.state.office, harbour.state.office, south.state.office,
    ]  # fmt: skip


def test_a_leg_costs_one_sealing(harbour_town):
    """Each way one for the letter and one for each go-between on it, and nothing else is written."""
    _, north, south, ferry, harbour = harbour_town
    for hops, sealings in (((), 1), ((ferry,), 2), ((ferry, harbour), 3)):
        before = north.register.head()[0]
        send(north, south, hops)
        written = [one.event for one in entries(north) if one.n > before and isinstance(one.event, ev.Written)]
        assert len(written) == sealings


def test_a_go_between_passes_on_through_another(harbour_town):
    """The way the sender did not know: later legs are shown with what was passed back."""
    town, north, south, ferry, harbour = harbour_town
    n = send(north, south, (ferry,))
    rounds(town, ferry)
    conveying.pass_on(ferry, only_charge(ferry).n, ZoneInfo, via=harbour.state.office)
    rounds(town, harbour)
    charge = only_charge(harbour)
    assert charge.came.giver == ferry.state.office
    assert charge.came.taken == 0  # told to the addressee alone
    conveying.pass_on(harbour, charge.n, ZoneInfo)
    rounds(town, south, harbour, ferry, north, times=4)
    (letter,) = received(south)
    assert letter.event.by == harbour.state.office
    (way,) = track_letter(north, n)
    assert [leg.carrier for leg in way.legs] == [ferry.state.office, harbour.state.office, south.state.office]
    assert way.legs[0].standing == "handed-over"
    assert [word.event for word in way.legs[1].words][-1] == "ContentHandover"
    (first,) = [way for way in came_by(south, letter.n) if way.way.hops == (ferry.state.office,)]
    assert first.reached is None  # it came by another than the writer knew of
    assert [way.way.hops for way in came_by(south, letter.n)][-1] == (harbour.state.office,)


def test_held_declined_and_returned_are_said_with_their_reasons(harbour_town):
    town, north, south, ferry, harbour = harbour_town
    held = send(north, south, (ferry,))
    declined = send(north, south, (harbour,))
    rounds(town, ferry, harbour)
    until = int(town.clock().timestamp()) + 36 * 3600
    conveying.hold(ferry, only_charge(ferry).n, until, "the road is closed", ZoneInfo)
    conveying.decline(harbour, only_charge(harbour).n, "unsafe", "we are watched", ZoneInfo)
    rounds(town, north)
    assert track_letter(north, held)[0].legs[0].standing == "held"
    leg = track_letter(north, declined)[0].legs[0]
    assert leg.standing == "declined"
    assert leg.words[0].reasons == (("unsafe", "we are watched"),)
    with pytest.raises(NotPossible, match="not here any more"):
        conveying.pass_on(harbour, only_charge(harbour).n, ZoneInfo)
    conveying.give_back(ferry, only_charge(ferry).n, "no-way", "still closed", ZoneInfo)
    rounds(town, north)
    leg = track_letter(north, held)[0].legs[0]
    assert leg.standing == "returned"
    assert [word.event for word in leg.words] == ["SubmissionAcceptance", "x-CustodyHeld", "x-ReturnedUnopened"]


def test_a_carrier_that_cannot_be_reached_is_gone_round(harbour_town):
    """The same letter by a further way, sealed afresh: the reader opens it and sees by which way nothing came."""
    town, north, south, ferry, harbour = harbour_town
    n = send(north, south, (ferry,))
    rounds(town, ferry)
    town.clock.move(days=8)
    rounds(town, north)
    assert track_letter(north, n)[0].legs[0].standing == "silent"
    sealing.again(north, n, ZoneInfo, routes=(Route((harbour.state.office,)),))
    rounds(town, harbour)
    assert conveying.covering_of(harbour, only_charge(harbour)).enclosure != (
        conveying.covering_of(ferry, only_charge(ferry)).enclosure
    )
    conveying.pass_on(harbour, only_charge(harbour).n, ZoneInfo)
    rounds(town, south, harbour, north)
    (letter,) = received(south)
    assert letter.number == north.state.letters[n].number
    assert [(way.way.hops[0], way.reached is not None) for way in came_by(south, letter.n)] == [
        (ferry.state.office, False), (harbour.state.office, True),
    ]  # fmt: skip
    assert [way.legs[0].standing for way in track_letter(north, n)] == ["silent", "handed-over"]
    conveying.pass_on(ferry, only_charge(ferry).n, ZoneInfo)
    rounds(town, south, ferry, north)
    assert len(received(south)) == 1
    m = send(north, south, (ferry,), handling=Handling(exempted=(Exempted(None, "Harbour"),)))
    with pytest.raises(NotPossible, match="must not be told"):
        sealing.again(north, m, ZoneInfo, routes=(Route((harbour.state.office,)),))


def test_silence_becomes_a_statement_of_the_waiting_desk(harbour_town):
    """After the time of each way, and not before; what comes later still counts."""
    town, north, south, ferry, harbour = harbour_town
    soon = int(town.clock().timestamp()) + 3600
    n = send(north, south, Route((ferry.state.office,), by=soon), (harbour,))
    rounds(town, ferry, harbour, north)
    assert [way.legs[0].standing for way in track_letter(north, n)] == ["no-word", "no-word"]
    town.clock.move(hours=2)
    rounds(town, north)
    assert [way.legs[0].standing for way in track_letter(north, n)] == ["silent", "no-word"]
    conveying.pass_on(ferry, only_charge(ferry).n, ZoneInfo)
    rounds(town, south, ferry, north)
    assert track_letter(north, n)[0].legs[0].standing == "handed-over"
    assert sum(isinstance(entry.event, ev.Waited) for entry in entries(north)) == 1


def entries(office):
    return [ev.from_bytes(n, data) for n, data in office.register.events()]


def test_an_exempted_office_carries_nothing(harbour_town):
    """Who must not be told cannot be the go-between either."""
    _, north, south, ferry, _ = harbour_town
    before = north.register.head()
    with pytest.raises(NotPossible, match="must not be told"):
        send(north, south, (ferry,), handling=Handling(exempted=(Exempted(None, "Ferry"),)))
    assert north.register.head() == before


def test_the_carriers_own_words_are_a_separate_item(harbour_town):
    """A gloss stands in the covering letter, marked as the intermediary's, and never in the text it carries."""
    town, north, south, ferry, _ = harbour_town
    send(north, south, (ferry,))
    rounds(town, ferry)
    gloss = Body("en", "prevailing", "From Ferry", "They mean it well.")
    conveying.pass_on(ferry, only_charge(ferry).n, ZoneInfo, words=gloss)
    rounds(town, south)
    (letter,) = received(south)
    covering = reading.show(south, letter.event.covering)
    assert covering.letter.sheet.origin == "intermediary"
    assert covering.letter.bodies[0].text == "They mean it well."
    assert "They mean it well." not in reading.show(south, letter.n).letter.bodies[0].text


def test_signed_custody_only_where_both_agree(harbour_town):
    """Asked for by the giver and agreed to by the carrier: signed. Either alone: oral, or refused."""
    town, north, south, ferry, harbour = harbour_town
    n = send(north, south, Route((ferry.state.office,), custody="signed"), Route((harbour.state.office,)))
    rounds(town, ferry, harbour)
    with pytest.raises(NotPossible, match="did not ask"):
        conveying.accept(harbour, only_charge(harbour).n, ZoneInfo, signed=True)
    assert only_charge(harbour).status == "waiting"
    conveying.accept(ferry, only_charge(ferry).n, ZoneInfo)
    conveying.accept(harbour, only_charge(harbour).n, ZoneInfo)
    rounds(town, north)
    by_ferry, by_harbour = (way.legs[0].words[0] for way in track_letter(north, n))
    assert by_ferry.proof == "signed"
    assert by_harbour.proof == "oral"


def test_its_reader_declines_unread_and_nobody_else_can(harbour_town):
    """The refusal is a sealed letter of the reader's: to its carrier one more letter, and none can be forged."""
    town, north, south, ferry, _ = harbour_town
    n = send(north, south, (ferry,))
    rounds(town, ferry)
    conveying.pass_on(ferry, only_charge(ferry).n, ZoneInfo)
    rounds(town, south)
    (letter,) = received(south)
    covering = letter.event.covering
    reading.decline(south, letter.n, ZoneInfo)
    with pytest.raises(NotPossible, match="declined unread"):
        reading.show(south, letter.n)
    assert south.register.event(covering) is None
    rounds(town, ferry)
    refusal = conveying.tray(ferry)[-1]
    assert refusal.came.addressee == north.state.office
    assert len(conveying.covering_of(ferry, refusal).enclosure) == 32_768  # as any letter
    conveying.pass_on(ferry, refusal.n, ZoneInfo)
    rounds(town, north)
    found = reading.whereabouts(north, north.state.letters[n])
    assert (found.place, found.shown_by) == ("declined", 1)
    answer = north.state.letters[north.state.letters[n].acted_on["declines"]]
    assert reading.show(north, answer.n).letter.bodies[0].title == reading.DECLINED_TITLE

    m = send(north, south, (ferry,), title="another")
    forged = Order(north.state.office, "letter", (Body("en", "prevailing", "no", "no"),), acts={"declines": m})
    with pytest.raises(NotPossible, match="no letter from or to that office"):
        sealing.seal_letter(ferry, forged, ZoneInfo)


def test_an_act_on_what_is_not_ones_own_is_refused(harbour_town):
    """A letter that recalls its reader's own letter, or declines its writer's own: refused [L16], nothing changed."""
    town, north, south, *_ = harbour_town
    n, there = town.exchange(north, south, "a question")
    for writer, reader, acts in ((south, north, {"recalls": there}), (north, south, {"declines": n})):
        order = Order(reader.state.office, "letter", (Body("en", "prevailing", "t", "x"),), acts=acts)
        with pytest.raises(NotPossible, match="by this office"):
            sealing.seal_letter(writer, order, ZoneInfo)
        with writer.changing() as change:  # as a program would that has no such rule
            sealing.write_in(change, order, False, ZoneInfo)
        sealing.hand_down(change)
        letters = len(reader.state.letters)
        town.carry()
        assert [mark for mark, _, _ in town.take_in(reader).refused] == ["L16"]
        assert len(reader.state.letters) == letters


def carried_to_the_end(town, north, south, ferry, n, **asked):
    rounds(town, ferry)
    conveying.accept(ferry, only_charge(ferry).n, ZoneInfo)
    conveying.pass_on(ferry, only_charge(ferry).n, ZoneInfo)
    rounds(town, south, ferry, north)
    return n


def test_signed_evidence_is_shown_to_anybody_who_knows_nothing_else(harbour_town):
    """A bundle proves that this carrier took exactly these bytes; a byte changed anywhere and it does not."""
    town, north, south, ferry, _ = harbour_town
    n = send(north, south, Route((ferry.state.office,), custody="signed"))
    carried_to_the_end(town, north, south, ferry, n)
    made = exporting.bundle_of(north, n)
    bundle = read_bundle(made.data)
    assert made.signed == 3
    assert made.oral == 1  # South's own receipt, passed back: it convinces North alone
    findings = verify(bundle)
    assert [one.verdict for one in findings] == ["proved"] * 3
    assert {one.card.office_id for one in findings} == {ferry.state.office}
    (about,) = bundle.about
    changed = about.sealed[:-1] + bytes([about.sealed[-1] ^ 1])
    assert {one.verdict for one in verify(replace(bundle, about=(replace(about, sealed=changed),)))} == {
        "about-other-bytes"
    }
    swapped = replace(about, items=tuple(replace(item, giver=item.addressee) for item in about.items))
    assert {one.verdict for one in verify(replace(bundle, about=(swapped,)))} == {"about-other-bytes"}
    forged = tuple(replace(item, said=replace(item.said, signature=bytes(3373))) for item in about.items)
    assert {one.verdict for one in verify(replace(bundle, about=(replace(about, items=forged),)))} == {
        "signature-fails"
    }
    assert {one.verdict for one in verify(replace(bundle, cards=()))} == {"no-card"}


def test_oral_evidence_cannot_be_taken_out(harbour_town):
    """There is nothing to show: what was said unsigned convinces this desk alone, and the person is told so."""
    town, north, south, ferry, _ = harbour_town
    n = carried_to_the_end(town, north, south, ferry, send(north, south, (ferry,)))
    before = north.register.head()
    with pytest.raises(NotPossible, match="convinces this desk alone"):
        exporting.bundle_of(north, n)
    assert north.register.head() == before


def test_burning_takes_what_travelled_with_the_letter(harbour_town):
    """Covering letters, evidence about it alone and entries naming its sealed bytes go too, on both sides."""
    town, north, south, ferry, harbour = harbour_town
    n = carried_to_the_end(town, north, south, ferry, send(north, south, (ferry,)))
    kept = send(north, south, (harbour,), title="kept")
    rounds(town, harbour)
    conveying.accept(harbour, only_charge(harbour).n, ZoneInfo)
    rounds(town, north)
    leg = north.state.custody.legs[n][0].given
    assert reading.before_burning(north, n).carriers == ()
    assert reading.before_burning(north, kept).carriers == (harbour.state.office,)
    (letter,) = received(south)
    seal_id = letter.event.seal_id
    assert leg.seal_id == seal_id
    covering = letter.event.covering
    assert reading.burn(north, n)
    assert reading.burn(south, letter.n)
    assert north.register.event(leg.covering) is None
    assert south.register.event(covering) is None
    for office in (north, south):
        kept_bytes = [data for _, data in office.register.events() if data is not None]
        assert not any(seal_id in data for data in kept_bytes)
    north.forget_state()
    assert north.state.custody.strays == []
    assert track_letter(north, kept)[0].legs[0].standing == "taken"
    rounds(town, north, south, ferry)  # everything goes on
