"""Evidence forged, back-dated, said for others, told of other letters, in floods: what each party then sees."""

from zoneinfo import ZoneInfo

import pytest
from hostile import (
    enclosure_of,
    entries,
    given,
    hand_over,
    head,
    kinds,
    letters,
    marks,
    next_leg,
    now,
    passing,
    rounds,
    send,
    settle,
    stating,
    tell,
    write,
)

from backchannel.conveyance.bundle import read_bundle, verify
from backchannel.conveyance.evidence import Evidence, Said
from backchannel.desk import conveying, exporting, reading, recalling, sealing
from backchannel.desk import events as ev
from backchannel.desk.sealing import Route
from backchannel.desk.tracking import track_letter
from backchannel.letters.letter import contents
from backchannel.letters.parts import Body
from backchannel.seals.cards import read_card
from backchannel.seals.keys import period_of, standing_slot
from backchannel.seals.seal import NO_TOKEN, Target, seal
from backchannel.values import replace

BLIND = b"B" * 32


@pytest.fixture
def harbour_town(town):
    return town, *settle(town, "North", "South", "Ferry", "Harbour")


def leg_of(office, n):
    return track_letter(office, n)[0].legs[0]


def shown(leg):
    """What stands, and what is put aside and why."""
    return [word.event for word in leg.words], [(word.event, why) for word, why in leg.aside]


def later(office, n):
    return track_letter(office, n)[0].legs[1:]


def only_heard(office, before):
    """That a letter of evidence changed nothing but what is heard, and what any letter brings."""
    return set(kinds(office, before)) <= {"Opened", "Heard", "Shown", "EpochSeen", "Enclosed", "ViewSeen", "SlotSpent"}


def said_by(office, n):
    """What this desk said of a charge, in its own name."""
    return [(one.event, one.at, one.reasons) for one in office.state.custody.charges[n].stated]


@pytest.mark.parametrize("signed", [False, True])
def test_what_another_office_says_of_a_leg_it_does_not_carry_is_about_nothing_known(harbour_town, signed):
    """Harbour and Ferry are in league: Harbour says, even signed, of Ferry's leg that it is handed over."""
    town, north, south, ferry, harbour = harbour_town
    n, charge = given(town, north, south, ferry)
    before = head(north)
    intake = tell(town, harbour, north, [stating(harbour, charge, "ContentHandover", now(town), signed=signed)])
    assert marks(intake) == []
    assert shown(leg_of(north, n)) == ([], [])
    assert leg_of(north, n).standing == "no-word"
    assert only_heard(north, before)
    ((_, _, heard),) = north.state.custody.strays
    assert (heard.by, heard.of, heard.leg) == (harbour.state.office, 0, 0)


def test_nobody_speaks_in_anothers_name(harbour_town):
    """As South to North, as North to South: refused whole [W3], whatever else the letter says."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry)
    for to, whose in ((north, south), (south, north)):
        before = head(to)
        for signed in (False, True):
            said = [
                stating(ferry, charge, "SubmissionAcceptance", now(town)),
                stating(ferry, charge, "ContentHandover", now(town), by=whose, signed=signed),
            ]
            assert marks(tell(town, ferry, to, said)) == ["W3"]
        assert set(kinds(to, before)) == {"RefusedArrivals"}
    assert leg_of(north, n).standing == "no-word"


def test_a_carrier_does_not_bring_the_readers_word_about_its_own_leg(harbour_town):
    """Ferry knows the blind of its leg: what it brings as South's or as North's own about it counts for nothing."""
    town, north, south, ferry, harbour = harbour_town
    n, charge = given(town, north, south, ferry)
    own = conveying.covering_of(ferry, charge).blind
    passed = [
        passing(stating(ferry, charge, "ContentHandover", now(town), by=whose), own, north, south)
        for whose in (south, north, harbour)
    ]
    ref = next_leg(charge, BLIND, ferry, south)
    passed.append(passing(stating(ferry, charge, "ContentHandover", now(town), by=north, ref=ref), BLIND, ferry, south))
    assert marks(tell(town, ferry, north, passed_on=passed)) == []
    assert len(track_letter(north, n)[0].legs) == 1
    assert leg_of(north, n).standing == "no-word"
    assert len(north.state.custody.strays) == 4


def test_a_later_leg_out_of_the_air_is_drawn_as_the_carriers_word_and_moves_nothing(harbour_town):
    """Ferry invents that South has it: oral hearsay, shown with who brings it; the leg that North gave has no word."""
    town, north, south, ferry, harbour = harbour_town
    n, charge = given(town, north, south, ferry, Route((ferry.state.office,), by=now(town) + 60))
    ref = next_leg(charge, BLIND, ferry, south)
    true = stating(ferry, charge, "ContentHandover", now(town), by=south, ref=ref)
    bad = Said(true.statement, bytes(3373))
    by_harbour = stating(ferry, charge, "ContentHandover", now(town), by=harbour, ref=ref)
    wrong = passing(true, b"W" * 32, ferry, south)
    other = passing(true, BLIND, harbour, south)
    passed = [passing(one, BLIND, ferry, south) for one in (true, bad, by_harbour)]
    tell(town, ferry, north, passed_on=[*passed, wrong, other])
    assert len(north.state.custody.strays) == 2  # wrong blind, wrong giver
    by_south = next(leg for leg in later(north, n) if leg.carrier == south.state.office)
    assert [(word.proof, word.bringer) for word in by_south.words] == [("oral", ferry.state.office)]
    assert [(word.proof, why) for word, why in by_south.aside] == [("forged", "forged")]
    assert {leg.carrier for leg in later(north, n)} == {south.state.office, harbour.state.office}
    assert shown(leg_of(north, n)) == ([], [])
    town.clock.move(minutes=5)
    town.keep_house(north)
    assert leg_of(north, n).standing == "silent"
    assert reading.whereabouts(north, north.state.letters[n]).place == "carried"


def test_dates_that_cannot_be_are_put_aside_and_stop_no_waiting(harbour_town):
    """Before the letter was given, after it was heard: shown apart, and the waiting desk still says that it waited."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry, Route((ferry.state.office,), by=now(town) + 3600))
    tell(town, ferry, north, [stating(ferry, charge, "ContentHandover", now(town) + 86_400)])
    tell(town, ferry, north, [stating(ferry, charge, "ContentHandover", 0)])
    assert shown(leg_of(north, n)) == ([], [("ContentHandover", "backdated"), ("ContentHandover", "future")])
    assert leg_of(north, n).standing == "no-word"
    assert leg_of(north, n).is_hole
    town.clock.move(hours=2)
    town.keep_house(north)
    assert leg_of(north, n).standing == "silent"
    assert reading.before_burning(north, n).carriers == (ferry.state.office,)
    town.clock.move(days=2)  # what was dated ahead stays apart when its day has come
    assert shown(leg_of(north, n)) == ([], [("ContentHandover", "backdated"), ("ContentHandover", "future")])


def test_a_forged_signature_is_shown_and_leads_to_nothing(harbour_town):
    """Not silence ended, not the recall spared, not the carrier taken off the list of who may hold a copy."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry, Route((ferry.state.office,), by=now(town) + 3600, custody="signed"))
    good = stating(ferry, charge, "ContentHandover", now(town), signed=True)
    for bad in (bytes(3373), good.signature[:64] + bytes(3309), bytes(64) + good.signature[64:]):
        tell(town, ferry, north, [Said(good.statement, bad)])
    other = stating(ferry, charge, "x-ReturnedUnopened", now(town), (("other", ""),), signed=True)
    tell(town, ferry, north, [Said(good.statement, other.signature)])  # a true signature, of another statement
    assert [why for _, why in leg_of(north, n).aside] == ["forged"] * 4
    assert leg_of(north, n).words == ()
    assert reading.before_burning(north, n).carriers == (ferry.state.office,)
    town.clock.move(hours=2)
    town.keep_house(north)
    assert leg_of(north, n).standing == "silent"
    recalling.recall(north, n, ZoneInfo)
    assert ferry.state.office in recalling.recalled(north, n).told


def test_who_says_both_is_shown_with_both_and_believed_in_neither(harbour_town):
    """Handed over and returned; refused and accepted; handed over before it was taken. Silence still counts."""
    town, north, south, ferry, _ = harbour_town
    by = now(town) + 3600
    n, one = given(town, north, south, ferry, Route((ferry.state.office,), by=by))
    m, two = given(town, north, south, ferry, Route((ferry.state.office,), by=by), title="two")
    k, three = given(town, north, south, ferry, Route((ferry.state.office,), by=by), title="three")
    at = now(town)
    why = (("other", "lost"),)
    tell(town, ferry, north, [
        stating(ferry, one, "SubmissionAcceptance", at),
        stating(ferry, one, "ContentHandover", at + 1),
        stating(ferry, one, "x-ReturnedUnopened", at + 2, why),
    ])  # fmt: skip
    tell(town, ferry, north, [stating(ferry, two, "SubmissionRejection", at, why)])
    tell(town, ferry, north, [stating(ferry, two, "SubmissionAcceptance", at + 1)])
    tell(town, ferry, north, [stating(ferry, three, "ContentHandover", at - 300)])
    tell(town, ferry, north, [stating(ferry, three, "SubmissionAcceptance", at + 301)])
    assert shown(leg_of(north, n)) == (
        ["SubmissionAcceptance"],
        [("ContentHandover", "contradictory"), ("x-ReturnedUnopened", "contradictory")],
    )
    assert leg_of(north, n).standing == "unclear"
    assert shown(leg_of(north, m)) == (
        [],
        [("SubmissionRejection", "contradictory"), ("SubmissionAcceptance", "contradictory")],
    )
    assert shown(leg_of(north, k)) == (["SubmissionAcceptance"], [("ContentHandover", "out-of-order")])
    assert leg_of(north, k).standing == "taken"
    p, four = given(town, north, south, ferry, Route((ferry.state.office,), by=by), title="four")
    tell(town, ferry, north, [stating(ferry, four, "ContentHandover", at - 300)])
    tell(town, ferry, north, [stating(ferry, four, "SubmissionAcceptance", at + 300)])
    assert shown(leg_of(north, p)) == (["SubmissionAcceptance", "ContentHandover"], [])  # a clock set between
    town.clock.move(hours=2)
    town.keep_house(north)
    assert sum(isinstance(one.event, ev.Waited) for one in entries(north)) == 3


def test_evidence_about_one_letter_says_nothing_of_another(harbour_town):
    """Ferry has both letters; a statement for letter one, told of letter two, is about letter one alone."""
    town, north, south, ferry, harbour = harbour_town
    n, one = given(town, north, south, ferry, title="one")
    m, _ = given(town, north, south, ferry, title="two")
    k, of_harbour = given(town, harbour, south, ferry, title="of Harbour")
    tell(town, ferry, north, [
        stating(ferry, one, "SubmissionAcceptance", now(town)),
        stating(ferry, of_harbour, "SubmissionAcceptance", now(town)),
        stating(ferry, one, "ContentHandover", now(town), ref=b"r" * 32),
    ])  # fmt: skip
    assert leg_of(north, n).standing == "taken"
    assert leg_of(north, m).standing == "no-word"
    assert leg_of(harbour, k).standing == "no-word"
    assert len(north.state.custody.strays) == 2


def test_evidence_of_the_other_type_is_about_nothing_known(harbour_town):
    """An exercise is never tied to an operation: not by a custody statement either, oral or passed on."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry)
    m, drill = given(town, north, south, ferry, title="drill", type="exercise")
    ref = next_leg(charge, BLIND, ferry, south)
    hearsay = passing(stating(ferry, charge, "ContentHandover", now(town), by=south, ref=ref), BLIND, ferry, south)
    own = stating(ferry, charge, "SubmissionAcceptance", now(town))
    tell(town, ferry, north, [own], [hearsay], kind="exercise")
    tell(town, ferry, north, [stating(ferry, drill, "SubmissionAcceptance", now(town))])
    assert [leg_of(north, one).standing for one in (n, m)] == ["no-word", "no-word"]
    assert later(north, n) == ()
    # An honest desk with both to speak of writes two letters.
    for one in (charge, drill):
        conveying.pass_on(ferry, one.n, ZoneInfo)
    rounds(town, south, ferry, north)
    assert [leg_of(north, one).standing for one in (n, m)] == ["handed-over", "handed-over"]
    types = [one.event.exercise for one in south.state.letters.values() if one.ours and one.event.form == "evidence"]
    assert sorted(types) == [False, True]


def test_a_go_between_says_nothing_false_that_the_next_one_says(harbour_town):
    """Harbour dates its word to 1970 and to next year, and makes up South's: Ferry says none of it."""
    town, north, south, ferry, harbour = harbour_town
    n, charge = given(town, north, south, ferry, Route((ferry.state.office,), custody="signed"))
    conveying.pass_on(ferry, charge.n, ZoneInfo, via=harbour.state.office)
    rounds(town, harbour, north)
    (theirs,) = conveying.tray(harbour)
    before = said_by(ferry, charge.n)
    ref = next_leg(theirs, BLIND, harbour, south)
    hearsay = passing(stating(harbour, theirs, "ContentHandover", now(town), by=south, ref=ref), BLIND, harbour, south)
    lies = [
        stating(harbour, theirs, "SubmissionAcceptance", 0),
        stating(harbour, theirs, "ContentHandover", now(town) + 366 * 86_400),
        Said(stating(harbour, theirs, "ContentHandover", now(town)).statement, bytes(3373)),
    ]
    tell(town, harbour, ferry, lies, [hearsay])
    rounds(town, ferry, north)
    assert said_by(ferry, charge.n) == before
    assert not conveying.tray(ferry)[0].discharged
    assert leg_of(north, n).standing == "taken"
    assert [word.event for word in leg_of(north, n).words] == ["SubmissionAcceptance"]
    passed = {word.event: why for leg in later(north, n) for word, why in leg.aside}
    assert passed == {"ContentHandover": "future"}  # passed back as heard; only the forged one is not
    assert [word.at for leg in later(north, n) for word in leg.words if word.by == harbour.state.office] == [0]
    # The words of a reason are another office's: its code is repeated, they are not.
    words = (("no-way", "Ferry's people talk in the market"),)
    tell(town, harbour, ferry, [stating(harbour, theirs, "RelayFailure", now(town), words)])
    rounds(town, ferry, north)
    assert [one for one in said_by(ferry, charge.n) if one not in before] == [
        ("RelayFailure", now(town), (("no-way", ""),))
    ]


def test_a_false_refusal_of_the_next_office_lets_nothing_out_of_hand(harbour_town):
    """Only what stands makes *passed on in vain*: a forged refusal does not let Ferry pass it on a second time."""
    town, north, south, ferry, harbour = harbour_town
    _, charge = given(town, north, south, ferry)
    conveying.pass_on(ferry, charge.n, ZoneInfo, via=harbour.state.office)
    rounds(town, harbour)
    (theirs,) = conveying.tray(harbour)
    no = stating(harbour, theirs, "SubmissionRejection", now(town), (("unsafe", ""),))
    tell(town, harbour, ferry, [Said(no.statement, bytes(3373))])
    assert not conveying.passing_failed(ferry, conveying.tray(ferry)[0])
    tell(town, harbour, ferry, [no])
    assert conveying.passing_failed(ferry, conveying.tray(ferry)[0])


def test_a_flood_about_one_letter_hides_nothing_about_another(harbour_town):
    """Harbour says the same thing in 200 ways: North hears 64 of them, and all there is about its other letter."""
    town, north, south, ferry, harbour = harbour_town
    n, one = given(town, north, south, ferry, title="one")
    m, two = given(town, north, south, ferry, title="two")
    conveying.pass_on(ferry, one.n, ZoneInfo, via=harbour.state.office)
    conveying.pass_on(ferry, two.n, ZoneInfo)
    rounds(town, harbour, north)
    (theirs,) = conveying.tray(harbour)
    for batch in range(4):
        said = [stating(harbour, theirs, "ContentConsignment", now(town) - i - 64 * batch) for i in range(64)]
        write(harbour, ferry, "evidence", Evidence(tuple(said)).matter())
    town.carry()
    town.keep_house(south)
    town.carry()
    town.keep_house(ferry)  # in one round: the flood and South's receipt
    rounds(town, ferry, north)
    assert leg_of(north, m).standing == "handed-over"
    assert [leg.standing for leg in later(north, m)] == ["handed-over"]
    flood = [len(leg.words) + len(leg.aside) for leg in later(north, n)]
    assert sum(flood) == 64
    assert leg_of(north, n).standing == "in-reach"
    passed = sum(len(one.event.heard) for one in entries(ferry) if isinstance(one.event, ev.PassedBack))
    assert passed == 64 + 1
    assert not conveying.tray(ferry)[0].discharged
    assert conveying.tray(ferry)[1].discharged


@pytest.mark.parametrize(
    ("raw", "mark"),
    [
        ({"said": [], "passed_on": [], "more": 1}, "W1"),
        ({"said": {}, "passed_on": []}, "W1"),
        ({"said": [[b"\x80", None]] * 65, "passed_on": []}, "W1"),
        ({"said": [[b"\x80", None]], "passed_on": []}, "W1"),
        ({"said": [], "passed_on": [[b"\x80", None, bytes(31), bytes(32), bytes(32)]]}, "W1"),
        ({"said": [[b"\x81" * 17 + b"\x00", None]], "passed_on": []}, "E6"),
        ({"said": [[bytes(9000), None]], "passed_on": []}, "E1"),
    ],
)
def test_malformed_evidence_is_refused_whole(harbour_town, raw, mark):
    town, north, south, ferry, _ = harbour_town
    n, _ = given(town, north, south, ferry)
    before = head(north)
    assert marks(tell(town, ferry, north, raw=raw)) == [mark]
    assert kinds(north, before) == ["RefusedArrivals"]
    assert leg_of(north, n).standing == "no-word"


def test_a_refusal_made_by_the_carrier_is_refused(harbour_town):
    """Harbour has the letter-id from South: in a letter of Harbour's it declines, recalls, corrects nothing [L16]."""
    town, north, south, ferry, harbour = harbour_town
    n, _ = given(town, north, south, ferry)
    m = write(harbour, north, "letter", bodies=(Body("en", "prevailing", "Declined unread", "x"),))
    harbour.hatch.forget(m)
    letter = sealing.read_kept(harbour, m)
    named = north.state.letters[n].event.letter_id
    body = read_card(north.state.card_data).body
    key = next(one for one in body.seals if one.period == period_of(town.clock()))
    for act in ("declines", "recalls", "corrects"):
        forged = replace(letter, docket=replace(letter.docket, acts={act: named}))
        target = Target(standing_slot(key.public), key.public, NO_TOKEN)
        dh = harbour.link.shared(body.link_public)
        sealed = seal(contents(forged), harbour.writer, north.state.office, dh, target, town.dice.randbytes(32))
        assert marks(hand_over(town, ferry, north, sealed)) == ["L16"]
    assert north.state.letters[n].acted_on == {}
    assert reading.whereabouts(north, north.state.letters[n]).place == "carried"
    assert letters(north) == []


def test_contradictions_a_carrier_signed_can_both_be_shown_to_anybody(harbour_town):
    """Signed custody is what makes a lie cost something: both statements are proved, about the same bytes."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry, Route((ferry.state.office,), custody="signed"))
    tell(town, ferry, north, [
        stating(ferry, charge, "ContentHandover", now(town), signed=True),
        stating(ferry, charge, "SubmissionRejection", now(town), (("unsafe", ""),), signed=True),
        stating(ferry, charge, "SubmissionAcceptance", now(town)),
    ])  # fmt: skip
    made = exporting.bundle_of(north, n)
    findings = verify(read_bundle(made.data))
    assert [(one.item.said.statement.event, one.verdict) for one in findings] == [
        ("ContentHandover", "proved"),
        ("SubmissionRejection", "proved"),
    ]
    assert made.oral == 1


def test_what_comes_back_is_believed_only_as_a_word(harbour_town):
    """Ferry says that it returns the letter and keeps it: North sees its word; the reader may still get the letter."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry)
    enclosed = enclosure_of(ferry, charge)
    conveying.accept(ferry, charge.n, ZoneInfo)
    conveying.give_back(ferry, charge.n, "no-way", "", ZoneInfo)
    rounds(town, north)
    assert leg_of(north, n).standing == "returned"
    hand_over(town, ferry, south, enclosed)
    assert len(letters(south)) == 1
    send(south, north, Route(), title="I have it")
    rounds(town, north)
    assert reading.whereabouts(north, north.state.letters[n]).place == "opened"  # the reader's own view
