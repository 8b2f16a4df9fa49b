"""Introductions by go-betweens: honest, agreeing, contradicting and lying ones, and what each office sees."""

from zoneinfo import ZoneInfo

import pytest

from backchannel.desk import founding, introducing, reading, sealing, trust
from backchannel.desk.sealing import Order
from backchannel.errors import NotPossible, Refused
from backchannel.letters.matter import Matter
from backchannel.letters.parts import Body
from backchannel.seals.cards import make_card, read_card
from backchannel.values import replace

WORDS = Body("en", "prevailing", "Words of the introducer", "I have known them for years.")


def id_of(office):
    return office.state.office


def seen(by, whom):
    """How one office knows another."""
    return by.state.correspondents.get(id_of(whom))


def names_of(vouchers):
    return [one.by.display for one in vouchers]


def introduce(by, whom, to, **more):
    named = {"named": id_of(whom).hex(), "to": id_of(to).hex()}
    return introducing.introduce(by, **named, zones=ZoneInfo, **more)


def rounds(town, *offices, times=2):
    for _ in range(times):
        town.carry()
        for office in offices:
            town.keep_house(office)
    town.carry()


def card_of(office):
    return read_card(office.state.card_data)


def bring(town, by, to, value, **more):
    """A letter of introduction whose matter is whatever its writer likes; what its reader refuses of it."""
    matter = value if isinstance(value, Matter) else Matter("introduction", value)
    more = {"signed": False, "origin": "intermediary", **more}
    sealing.seal_letter(by, Order(id_of(to), "introduction", (), matters=(matter,), **more), ZoneInfo)
    town.carry()
    return town.take_in(to)


def say(office, standing="verified", since=0, **more):
    return {"card": office.state.card_data, "standing": standing, "since": since, **more}


@pytest.fixture
def between(town):
    """North and South, who do not know each other; Ferry and Harbour, whom both know and who know both."""
    north, south, ferry, harbour = (town.office(name) for name in ("North", "South", "Ferry", "Harbour"))
    for go_between in (ferry, harbour):
        for end in (north, south):
            town.introduce(go_between, end)
            town.introduce(end, go_between)
    return town, north, south, ferry, harbour


# Honest ones.


def test_a_go_between_introduces_two_offices_to_each_other(between):
    """Each has the other's card, vouched for by name, and not accepted before a person here has looked at it."""
    town, north, south, ferry, _ = between
    introduce(ferry, south, north, each_other=True, words=WORDS)
    rounds(town, north, south)
    for one, other in ((north, south), (south, north)):
        known = seen(one, other)
        assert known.card_data == other.state.card_data
        assert known.trust == "vouched"
        assert names_of(known.vouchers) == ["Ferry"]
        assert known.vouchers[0].standing == "verified"
        assert not known.vouchers[0].signed
        assert not known.accepted
    (n,) = (one.n for one in north.state.letters.values() if not one.ours)
    shown = reading.read(north, n)
    assert shown.state.event.origin == "intermediary"
    assert [body.text for body in shown.letter.bodies] == [WORDS.text]
    assert introducing.read_letter(shown.letter).card.data == south.state.card_data

    town.exchange(north, south, "Good morning")
    assert trust.number_with(north, "South") == trust.number_with(south, "North")
    trust.verify(north, "South", trust.number_with(south, "North"))
    assert seen(north, south).trust == "verified"


def test_nothing_goes_by_itself_to_who_was_only_introduced(between):
    """No card, no refill, until a person here accepts that card or writes."""
    town, north, south, ferry, _ = between
    introduce(ferry, south, north)
    rounds(town, north)
    assert not seen(north, south).in_reach(north.state.epoch)
    town.clock.move(days=31)  # a new period: cards change, and go to who is within reach
    town.keep_house(north)
    assert not any(one.office == id_of(south) for one in north.state.letters.values())
    with pytest.raises(NotPossible, match="sent by itself"):
        sealing.seal_empty(north, id_of(south), ZoneInfo)
    trust.accept(north, "South")
    assert seen(north, south).in_reach(north.state.epoch)
    assert seen(north, south).trust == "vouched"


def test_two_that_agree_are_shown_as_such(between):
    """Both names, each with what it says; whether they are independent is not the program's to say."""
    town, north, south, ferry, harbour = between
    introduce(ferry, south, north)
    introduce(harbour, south, north, signed=True)
    rounds(town, north)
    known = seen(north, south)
    assert names_of(known.vouchers) == ["Ferry", "Harbour"]
    assert [one.signed for one in known.vouchers] == [False, True]
    assert known.alarm is None
    introduce(ferry, south, north)  # the same again is not a third
    rounds(town, north)
    assert sorted(names_of(seen(north, south).vouchers)) == ["Ferry", "Harbour"]


def test_who_knows_it_from_others_only_says_so(between):
    """Harbour has South from Ferry: its introduction is no second, independent one, and says so."""
    town, north, south, ferry, _ = between
    bridge = town.office("Bridge")
    for one in (north, ferry):
        town.introduce(bridge, one)
        town.introduce(one, bridge)
    introduce(ferry, south, bridge)
    rounds(town, bridge)
    with pytest.raises(NotPossible, match="accepted"):
        introduce(bridge, south, north)
    trust.accept(bridge, "South")
    introduce(bridge, south, north)
    rounds(town, north)
    assert [one.standing for one in seen(north, south).vouchers] == ["vouched"]


def test_an_introduction_brings_a_newer_card_but_never_a_new_epoch(between):
    """The card is signed by its own office; what voids envelopes comes from that office itself."""
    town, north, south, ferry, _ = between
    town.introduce(south, north)
    town.exchange(south, north, "first")
    before = seen(north, south).card_data
    town.clock.move(days=30)
    town.keep_house(south)
    bring(town, ferry, north, say(south))
    assert seen(north, south).card_data == south.state.card_data != before
    kept = seen(north, south).card_data
    founding.begin_epoch(south, "restored")
    assert card_of(south).body.epoch != read_card(kept).body.epoch
    bring(town, ferry, north, say(south))
    assert seen(north, south).card_data == kept
    assert seen(north, south).trust == "vouched"


# Whose word counts.


def test_the_word_of_a_stranger_waits_until_a_person_accepts_it(between):
    """It neither vouches nor stops anything, nor puts a name into the list of offices; then it does."""
    town, north, south, _, _ = between
    stranger = town.office("Stranger")
    false = town.office("Harbour", of="Stranger")
    town.introduce(stranger, north)
    bring(town, stranger, north, say(south))
    bring(town, stranger, north, say(false))
    town.keep_house(north)
    assert seen(north, south) is None or not seen(north, south).card_data
    assert all(one.alarm is None for one in north.state.correspondents.values())
    trust.accept(north, "Stranger")
    town.keep_house(north)
    assert names_of(seen(north, south).vouchers) == ["Stranger"]
    assert seen(north, false).alarm is not None


def test_an_alarm_against_the_introducer_takes_its_word_away(between):
    town, north, south, ferry, _ = between
    introduce(ferry, south, north)
    rounds(town, north)
    false = town.office("Ferry", of="Harbour")
    with pytest.raises(trust.CardStops):
        trust.import_card(north, card_of(false))
    assert seen(north, south).trust == "unverified"
    trust.settle(north, id_of(ferry).hex(), "bob")
    assert seen(north, south).trust == "vouched"


def test_an_exercise_vouches_for_nothing_in_earnest_and_stops_nothing(between):
    town, north, south, ferry, _ = between
    introduce(ferry, south, north, exercise=True)
    rounds(town, north)
    known = seen(north, south)
    assert known.trust == "unverified"
    assert [one.exercise for one in known.introductions.values()] == [True]
    false = town.office("Harbour", of="Ferry")
    bring(town, ferry, north, say(false), type="exercise")
    assert all(one.alarm is None for one in north.state.correspondents.values())
    assert seen(north, false) is None or not seen(north, false).card_data


# Those that disagree.


@pytest.fixture
def contradicted(between):
    """Ferry introduces a false South to North; Harbour the true one."""
    town, north, south, ferry, harbour = between
    false = town.office("South", of="Ferry")
    bring(town, ferry, north, say(false))
    assert seen(north, false).trust == "vouched"
    trust.accept(north, id_of(false).hex())
    introduce(harbour, south, north)
    rounds(town, north)
    return town, north, south, false, ferry, harbour


def test_two_that_disagree_stop_everything_and_show_both_cards(contradicted):
    town, north, south, false, _ferry, harbour = contradicted
    for one in (south, false):
        assert seen(north, one).alarm is not None
        with pytest.raises(NotPossible, match="contradicts"):
            town.write(north, one)
        with pytest.raises(NotPossible, match="settled"):
            trust.accept(north, id_of(one).hex())
        with pytest.raises(NotPossible, match="settled"):
            trust.verify(north, id_of(one).hex(), trust.number_with(north, id_of(one).hex()))
        with pytest.raises(NotPossible):
            introduce(north, one, harbour)
    sides = trust.side_by_side(north, id_of(false).hex())
    assert [side.card.data for side in sides] == [false.state.card_data, south.state.card_data]
    assert [names_of(side.vouches) for side in sides] == [["Ferry"], ["Harbour"]]
    assert [side.came for side in sides] == ["introduction", "introduction"]
    assert trust.side_by_side(north, id_of(south).hex())[0].card.data == south.state.card_data


def test_only_two_people_settle_it_each_office_for_itself(contradicted):
    town, north, south, false, _ferry, _harbour = contradicted
    with pytest.raises(NotPossible, match="two people"):
        trust.settle(north, id_of(south).hex(), None)
    with pytest.raises(NotPossible, match="two people"):
        trust.settle(north, id_of(south).hex(), "ADA")
    trust.settle(north, id_of(south).hex(), "bob")
    assert seen(north, south).alarm is None
    assert seen(north, south).trust == "unverified"
    town.write(north, south)
    with pytest.raises(NotPossible, match="contradicts"):
        town.write(north, false)
    assert seen(north, false).alarm is not None


def test_what_was_settled_is_not_raised_again_by_the_same_word(contradicted):
    town, north, south, false, ferry, harbour = contradicted
    trust.settle(north, id_of(south).hex(), "bob")
    bring(town, ferry, north, say(false))
    introduce(harbour, south, north)
    rounds(town, north)
    assert seen(north, south).alarm is None
    assert names_of(seen(north, south).vouchers) == ["Harbour"]
    assert seen(north, false).alarm is not None
    bridge = town.office("Bridge")
    town.introduce(bridge, north)
    town.introduce(north, bridge)
    bring(town, bridge, north, say(false))  # another office says so too: that is new
    assert seen(north, south).alarm.by == id_of(bridge)


def test_a_known_and_verified_office_is_stopped_too(between):
    """Its name under other keys, brought by an office whose word counts."""
    town, north, south, ferry, _ = between
    town.introduce(north, south)
    false = town.office("South", of="Ferry")
    bring(town, ferry, north, say(false))
    assert seen(north, south).alarm.by == id_of(ferry)
    assert seen(north, south).alarm.against == id_of(false)
    assert seen(north, false).alarm is not None
    with pytest.raises(NotPossible, match="contradicts"):
        town.write(north, south)


def test_a_card_that_has_run_out_is_not_taken_but_contradicts_all_the_same(between):
    town, north, south, ferry, harbour = between
    false = town.office("South", of="Ferry")
    old = south.state.card_data
    for _ in range(4):
        town.clock.move(days=30)
        rounds(town, north, south, ferry, harbour, false)
    for go_between in (ferry, harbour):
        town.introduce(go_between, north)
        town.introduce(north, go_between)
    bring(town, ferry, north, say(false))
    assert seen(north, false).trust == "vouched"
    bring(town, harbour, north, {"card": old, "standing": "verified", "since": 0})
    assert seen(north, false).alarm.against == id_of(south)
    assert seen(north, south) is None
    (side,) = [one for one in trust.side_by_side(north, id_of(false).hex()) if one.card.data == old]
    assert side.by == id_of(harbour)


def test_an_introduced_name_that_its_own_letter_contradicts_stops(between):
    """The true South writes by itself to who knows only the false one: both stop, though South is a stranger."""
    town, north, south, ferry, _ = between
    false = town.office("South", of="Ferry")
    bring(town, ferry, north, say(false))
    town.introduce(south, north)
    town.write(south, north)
    rounds(town, north)
    assert seen(north, south).alarm is not None
    assert seen(north, false).alarm is not None


# The lying go-between.


@pytest.fixture
def posing(between):
    """Ferry poses as South to North and as North to South: it introduced both, with keys of its own."""
    town, north, south, ferry, harbour = between
    false_south, false_north = town.office("South", of="Ferry"), town.office("North", of="Ferry")
    bring(town, ferry, north, say(false_south))
    bring(town, ferry, south, say(false_north))
    town.introduce(false_south, north)
    town.introduce(false_north, south)
    trust.accept(north, "South")
    trust.accept(south, "North")
    return town, north, south, ferry, harbour, false_south, false_north


def test_alone_it_reads_and_rewrites_and_nobody_is_shown_more_than_its_word(posing):
    """What it can: everything. What each is shown: vouched for by Ferry alone, the number not compared."""
    town, north, south, _ferry, _, false_south, false_north = posing
    n = town.write(north, false_south, "We accept")
    town.carry()
    (read,) = town.take_in(false_south).opened
    assert town.title(false_south, read) == "We accept"
    town.write(false_north, south, "We refuse")
    town.carry()
    (came,) = town.take_in(south).opened
    assert town.title(south, came) == "We refuse"
    assert south.state.letters[came].event.signed  # with keys of Ferry's: a signature shows whose card one holds
    for office, entry, shown_as in ((north, n, false_south), (south, came, false_north)):
        shown = reading.show(office, entry)
        assert shown.other.office == id_of(shown_as)
        assert shown.other.trust == "vouched"
        assert names_of(shown.other.vouchers) == ["Ferry"]
        assert "impostor-vouched" in {line.code for line in shown.panel}


def test_it_is_found_by_comparing_the_safety_number(posing):
    """Each side reads its digits to the other: there is no key for which both are the same."""
    _town, north, south, _, _, _, _ = posing
    for office, named, other, back in ((north, "South", south, "North"), (south, "North", north, "South")):
        digits = trust.number_with(other, back)
        assert digits != trust.number_with(office, named)
        with pytest.raises(NotPossible, match="not the digits"):
            trust.verify(office, named, digits)
        assert office.find(named).trust == "vouched"


def test_it_is_found_by_one_honest_introduction(posing):
    """Harbour introduces the two as they are: both stop, and see whose word stands against whose."""
    town, north, south, _ferry, harbour, false_south, false_north = posing
    introduce(harbour, south, north, each_other=True)
    rounds(town, north, south)
    for office, true, false in ((north, south, false_south), (south, north, false_north)):
        with pytest.raises(NotPossible, match="contradicts"):
            town.write(office, false)
        with pytest.raises(NotPossible, match="contradicts"):
            town.write(office, true)
        sides = trust.side_by_side(office, id_of(false).hex())
        assert [names_of(side.vouches) for side in sides] == [["Ferry"], ["Harbour"]]
    # The two people compare the true number by telephone, and go on with the office it is of.
    trust.settle(north, id_of(south).hex(), "bob")
    trust.verify(north, id_of(south).hex(), trust.number_with(south, id_of(north).hex()))
    town.write(north, south, "At last")


# With the relay's help.


def test_a_relay_that_drops_the_honest_introduction_leaves_a_gap(posing):
    """Nothing shows at first, and nothing is shown as more than Ferry's word; the next letter shows that one is
    missing, and sent again it stops everything."""
    town, north, south, _ferry, harbour, false_south, _ = posing
    (n,) = introduce(harbour, south, north)
    town.lost = lambda pouch: True
    rounds(town, north)
    assert seen(north, false_south).trust == "vouched"
    town.lost = lambda pouch: False
    town.exchange(harbour, north, "Have you met?")
    assert [(gap.first, gap.last) for gap in seen(north, harbour).missing()] == [(1, 1)]
    sealing.again(harbour, n, ZoneInfo)
    rounds(town, north)
    assert seen(north, harbour).missing() == ()
    assert seen(north, false_south).alarm is not None


def test_a_relay_that_withholds_it_only_delays(posing):
    town, north, south, _, harbour, false_south, _ = posing
    introduce(harbour, south, north)
    held = []
    town.lost = lambda pouch: held.append(pouch) is None
    rounds(town, north)
    town.clock.move(days=20)
    town.deliver(held)
    town.keep_house(north)
    assert seen(north, false_south).alarm is not None


def test_a_relay_that_injects_makes_no_second_voucher(posing):
    """What came once comes again, altered, or what another office was told: nothing of it vouches."""
    town, north, south, _ferry, harbour, false_south, false_north = posing
    introduce(harbour, north, south)  # told to South, not to North
    town.carry()
    for pouch in list(town.carried):
        town.deliver([pouch])
        with pytest.raises(Refused, match="altered"):  # which a station drops without a word
            town.deliver([pouch[:9000] + bytes([pouch[9000] ^ 1]) + pouch[9001:]])
    before = len(north.state.letters)
    town.keep_house(north)
    assert len(north.state.letters) == before
    assert names_of(seen(north, false_south).vouchers) == ["Ferry"]
    assert seen(north, false_north) is None


def test_two_that_lie_together_agree(posing):
    """What the program cannot tell: that is why it names both, and says that the number was not compared."""
    town, north, _, _, harbour, false_south, _ = posing
    bring(town, harbour, north, say(false_south))
    assert names_of(seen(north, false_south).vouchers) == ["Ferry", "Harbour"]
    assert seen(north, false_south).trust == "vouched"


# Hostile introductions.


def altered(office):
    data = bytearray(office.state.card_data)
    data[-1] ^= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("what", "mark"),
    [
        (lambda north, south, ferry: say(ferry), "N2"),
        (lambda north, south, ferry: say(north), "N3"),
        (lambda north, south, ferry: say(south, more=1), "N1"),
        (lambda north, south, ferry: say(south, standing="certain"), "N1"),
        (lambda north, south, ferry: say(south, since=-1), "N1"),
        (lambda north, south, ferry: say(south) | {"card": "South"}, "N1"),
        (lambda north, south, ferry: {"standing": "verified", "since": 0}, "N1"),
        (lambda north, south, ferry: [], "N1"),
        (lambda north, south, ferry: say(south) | {"card": altered(south)}, "C7"),
        (lambda north, south, ferry: say(south) | {"card": b""}, "E3"),
        (lambda north, south, ferry: say(south) | {"card": bytes(30_000)}, "E1"),
    ],
)
def test_what_is_no_introduction_is_refused_whole(between, what, mark):
    """The letter is not opened, nothing is kept of it, and its envelope stays."""
    town, north, south, ferry, _ = between
    before = len(north.state.letters), set(north.state.correspondents)
    intake = bring(town, ferry, north, what(north, south, ferry))
    assert [(found, number) for found, _, number in intake.refused] == [(mark, 1)]
    assert intake.opened == ()
    assert (len(north.state.letters), set(north.state.correspondents)) == before
    assert north.state.introduced == {}


def test_an_older_card_vouches_for_the_keys_and_replaces_nothing(between):
    town, north, south, ferry, _ = between
    old = south.state.card_data
    town.clock.move(days=30)
    town.keep_house(south)
    town.introduce(north, south, verified=False)
    bring(town, ferry, north, {"card": old, "standing": "verified", "since": 0})
    assert seen(north, south).card_data == south.state.card_data != old
    assert seen(north, south).trust == "vouched"


def test_a_card_dated_ahead_waits_until_its_day(between):
    town, north, south, ferry, _ = between
    body = card_of(south).body
    ahead = make_card(replace(body, serial=body.serial + 3 * 86_400), south.signing)
    bring(town, ferry, north, {"card": ahead, "standing": "verified", "since": 0})
    town.keep_house(north)
    assert [one.outcome for one in north.state.introduced.values()] == ["ahead"]
    assert not seen(north, south)
    town.clock.move(days=3)
    town.keep_house(north)
    assert seen(north, south).trust == "vouched"


def test_two_cards_under_one_serial_stop_that_office(between):
    town, north, south, ferry, _ = between
    town.introduce(north, south)
    twin = make_card(replace(card_of(south).body, zone="Europe/Paris"), south.signing)
    bring(town, ferry, north, {"card": twin, "standing": "verified", "since": 0})
    assert seen(north, south).alarm.by == id_of(ferry)
    sides = trust.side_by_side(north, "South")
    assert [side.card.data for side in sides] == [south.state.card_data, twin]
    assert sides[1].by == id_of(ferry)


@pytest.mark.parametrize("name", ["S0uth", "Sοuth", "Nоrth"])
def test_a_name_that_only_looks_like_another_stops_the_new_one_alone(between, name):
    """The last looks like this office's own."""
    town, north, south, ferry, _ = between
    town.introduce(north, south)
    false = town.office(name)
    bring(town, ferry, north, say(false))
    assert seen(north, false).alarm is not None
    assert seen(north, south).alarm is None
    town.write(north, south)
    assert len(trust.side_by_side(north, id_of(false).hex())) >= 1


def test_an_introducer_under_whose_name_it_introduces_another_stops_itself(between):
    town, north, _, ferry, _ = between
    false = town.office("Ferry", of="Ferry")
    bring(town, ferry, north, say(false))
    assert seen(north, ferry).alarm is not None
    assert seen(north, false).alarm is not None


def test_a_burnt_introduction_has_vouched_and_one_that_waited_never_does(between):
    town, north, south, ferry, _ = between
    introduce(ferry, south, north)
    rounds(town, north)
    (n,) = north.state.introduced
    reading.burn(north, n)
    assert seen(north, south).trust == "vouched"
    stranger = town.office("Stranger")
    town.introduce(stranger, north)
    bring(town, stranger, north, say(south))
    reading.burn(north, max(north.state.introduced))
    trust.accept(north, "Stranger")
    town.keep_house(north)
    assert names_of(seen(north, south).vouchers) == ["Ferry"]


def test_what_cannot_be_introduced(between):
    town, north, south, ferry, _harbour = between
    with pytest.raises(NotPossible, match="to itself"):
        introduce(ferry, north, north)
    for _ in range(4):
        town.clock.move(days=30)
        town.keep_house(ferry)
    with pytest.raises(NotPossible, match="run out"):
        introduce(ferry, south, north)
