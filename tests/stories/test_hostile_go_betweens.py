"""A go-between that does what it likes with what it carries: what each party then sees, and that nothing else moves."""

from zoneinfo import ZoneInfo

import pytest
from hostile import (
    cover,
    enclosure_of,
    entries,
    given,
    hand_over,
    head,
    kinds,
    letters,
    marks,
    now,
    rounds,
    sealed_of,
    send,
    settle,
    write,
)

from backchannel.conveyance.covering import Covering
from backchannel.desk import conveying, opening, reading, sealing
from backchannel.desk import events as ev
from backchannel.desk.sealing import Order, Route
from backchannel.desk.tracking import came_by, track_letter
from backchannel.encoding import decode, encode
from backchannel.errors import NotPossible, Refused
from backchannel.letters.letter import contents
from backchannel.letters.matter import Matter
from backchannel.letters.parts import Body
from backchannel.seals.cards import read_card
from backchannel.seals.keys import LinkKey, period_of, standing_slot
from backchannel.seals.seal import NO_TOKEN, Target, seal, seal_id_of
from backchannel.station.hatch import Arrival
from backchannel.values import replace


@pytest.fixture
def harbour_town(town):
    return town, *settle(town, "North", "South", "Ferry", "Harbour")


def standing(office, n):
    return [leg.standing for way in track_letter(office, n) for leg in way.legs]


def test_a_dropped_letter_shows_as_silence_and_the_next_shows_the_gap(harbour_town):
    """Ferry burns what it took: North's desk waits and says so; South misses number 1 once number 2 is there."""
    town, north, south, ferry, _ = harbour_town
    by = now(town) + 3600
    n, charge = given(town, north, south, ferry, Route((ferry.state.office,), by=by))
    conveying.accept(ferry, charge.n, ZoneInfo)
    rounds(town, north, south)
    assert standing(north, n) == ["taken"]
    town.clock.move(hours=2)
    rounds(town, north, south)
    assert standing(north, n) == ["silent"]
    assert letters(south) == []
    m = send(north, south, Route())
    rounds(town, south)
    (letter,) = letters(south)
    assert letter.number == 2
    (gap,) = south.state.of(north.state.office).missing()
    assert (gap.first, gap.last) == (1, 1)
    assert north.state.letters[m].number == 2


def test_a_delay_and_a_lie_about_it_stand_beside_what_the_reader_knows(harbour_town):
    """`taken` is the carrier's word: shown as such beside when it came, and it makes nothing late or early."""
    town, north, south, ferry, harbour = harbour_town
    town.exchange(south, north)  # North now writes on envelopes of South's
    _n, charge = given(town, north, south, ferry, (ferry,), (harbour,))
    town.clock.move(days=5)
    for lie in (1, now(town) - 60, now(town) + 40 * 365 * 86_400):
        assert marks(hand_over(town, ferry, south, enclosure_of(ferry, charge), taken=lie)) == []
    (letter,) = letters(south)
    assert letter.event.left_by <= letter.event.reached
    assert not letter.event.late
    first, other = came_by(south, letter.n)
    assert (first.taken, first.reached) == (1, now(town))
    assert other.reached is None
    assert other.way.hops == (harbour.state.office,)
    sealed_at = first.way.sealed
    assert first.taken < sealed_at < first.reached - 4 * 86_400  # the docket says when it was sealed: the lie shows


def test_a_time_to_come_of_the_carriers_does_not_make_a_letter_late(harbour_town):
    """An envelope's letter that a carrier dates to the next century is still not called late."""
    town, north, south, ferry, _ = harbour_town
    town.exchange(south, north)
    _, charge = given(town, north, south, ferry)
    assert ferry.state.office
    hand_over(town, ferry, south, enclosure_of(ferry, charge), taken=now(town) + 100 * 365 * 86_400)
    (letter,) = letters(south)
    assert letter.event.via == "envelope"
    assert not letter.event.late
    assert letter.event.left_by == letter.event.reached


def test_the_letter_of_another_reader_does_not_open_and_its_own_still_does(harbour_town):
    """South is given what is for Harbour: refused, said to the giver, and nothing of it is kept but the refusal."""
    town, north, south, ferry, harbour = harbour_town
    n, for_south = given(town, north, south, ferry)
    m, for_harbour = given(town, north, harbour, ferry, title="for Harbour")
    before = head(south)
    intake = hand_over(town, ferry, south, enclosure_of(ferry, for_harbour))
    assert marks(intake) == ["S16"]
    about = {"Opened", "Entrusted", "Unwrapped", "Shown", "EpochSeen", "Enclosed", "ViewSeen"}  # the covering letter
    assert set(kinds(south, before)) <= about
    assert letters(south) == []
    conveying.pass_on(ferry, for_south.n, ZoneInfo)
    conveying.pass_on(ferry, for_harbour.n, ZoneInfo)
    rounds(town, south, harbour, ferry, north)
    assert [town.title(south, one.n) for one in letters(south)] == ["Will you meet?"]
    assert [town.title(harbour, one.n) for one in letters(harbour)] == ["for Harbour"]
    assert standing(north, n)[0] == standing(north, m)[0] == "handed-over"


def test_one_writers_letter_is_not_taken_for_anothers(harbour_town):
    """Whose letter it is stands in the seal, not in what the carrier says."""
    town, north, south, ferry, harbour = harbour_town
    _, of_north = given(town, north, south, ferry, title="of North")
    _, of_harbour = given(town, harbour, south, ferry, title="of Harbour")
    conveying.pass_on(ferry, of_north.n, ZoneInfo)
    conveying.pass_on(ferry, of_harbour.n, ZoneInfo)
    words = Body("en", "prevailing", "From North", "This is from North, whatever it says.")
    covering = Covering(south.state.office, enclosure_of(ferry, of_harbour), b"c" * 32)
    write(ferry, south, "conveyance", covering.matter(), bodies=(words,), origin="principal")
    rounds(town, south)
    whose = {town.title(south, one.n): one.office for one in letters(south)}
    assert whose == {"of North": north.state.office, "of Harbour": harbour.state.office}


def test_nothing_cut_pasted_or_flipped_opens(harbour_town):
    """Every field of one sealed letter in another's place, each flipped and cut: refused, the true one then opens."""
    town, north, south, ferry, _ = harbour_town
    _, one = given(town, north, south, ferry, title="one")
    _, two = given(town, north, south, ferry, title="two")
    a, b = (decode(enclosure_of(ferry, each), limit=1 << 20) for each in (one, two))
    spoiled = [[*a[:2], *b[2:4], *a[4:]], [2, *a[1:]], a[:4], [*a, b""], [*a[:4], a[4][:-16]]]
    spoiled.append([*a[:4], b[4][:16] + a[4][16:]])
    for field in range(1, 5):
        if a[field] != b[field]:  # the slot of the standing seal is the same
            spoiled.append([*a[:field], b[field], *a[field + 1 :]])
        for at in (0, len(a[field]) // 2, -1):
            flipped = bytearray(a[field])
            flipped[at] ^= 1
            spoiled.append([*a[:field], bytes(flipped), *a[field + 1 :]])
    raw = [encode(each) for each in spoiled]
    whole, other = enclosure_of(ferry, one), enclosure_of(ferry, two)
    half = len(whole) // 2
    raw += [b"", whole[:-1], whole + b"\0", whole + whole, whole[:half] + other[half:]]
    for spoil in raw:
        assert len(marks(hand_over(town, ferry, south, spoil))) == 1
        assert letters(south) == []
    assert not [one for one in entries(south) if isinstance(one.event, ev.SlotSpent | ev.CardAlarm)]
    for each in (one, two):
        hand_over(town, ferry, south, enclosure_of(ferry, each))
    assert [town.title(south, each.n) for each in letters(south)] == ["one", "two"]


def test_what_is_replayed_opens_once(harbour_town):
    """The same covering letter, the same enclosure in a new one, on another's, and to another office."""
    town, north, south, ferry, harbour = harbour_town
    n, charge = given(town, north, south, ferry)
    enclosed = enclosure_of(ferry, charge)
    m = conveying.pass_on(ferry, charge.n, ZoneInfo)
    covering = sealed_of(ferry, m)
    town.carry()
    pouches = list(town.carried)
    assert len(town.take_in(south).opened) == 2
    town.deliver(pouches)  # the relay again
    assert town.take_in(south).opened == ()
    before = head(south)
    for by in (ferry, harbour):
        intake = hand_over(town, by, south, enclosed)
        assert intake.again == 1
        assert marks(intake) == []
    assert marks(hand_over(town, ferry, south, covering)) == []  # our own covering letter as an enclosure: known too
    assert marks(hand_over(town, ferry, harbour, enclosed)) == ["S16"]
    (letter,) = letters(south)
    assert letter.duplicates == 2
    assert [way.way.hops for way in came_by(south, letter.n)] == [(ferry.state.office,), (harbour.state.office,)]
    assert not {"SlotSpent", "CardAlarm", "Burnt"} & set(kinds(south, before))
    rounds(town, south, harbour, ferry, north)
    assert standing(north, n)[0] == "handed-over"


@pytest.mark.parametrize("on_envelope", [False, True])
def test_what_was_burnt_does_not_come_back_by_a_go_between(harbour_town, on_envelope):
    """A closed copy kept by the carrier: on an envelope its key is gone, on the standing seal it is known as burnt."""
    town, north, south, ferry, _ = harbour_town
    if on_envelope:
        town.exchange(south, north)
    _, charge = given(town, north, south, ferry)
    enclosed = enclosure_of(ferry, charge)
    hand_over(town, ferry, south, enclosed)
    (letter,) = letters(south)
    reading.burn(south, letter.n)
    intake = hand_over(town, ferry, south, enclosed)
    assert intake.opened != ()  # the covering letter
    assert marks(intake) == (["S16"] if on_envelope else [])
    assert letters(south) == []
    burnt = [one.event for one in entries(south) if isinstance(one.event, ev.CameAfterBurning)]
    assert len(burnt) == (0 if on_envelope else 1)
    assert north.state.office in south.state.correspondents


def test_a_letter_sealed_with_the_writers_public_card_alone_is_not_the_writers(harbour_town):
    """Ferry has North's card and South's: without North's link key no letter of North's comes of it."""
    town, north, south, ferry, _ = harbour_town
    n = write(north, south, "letter", bodies=(Body("en", "prevailing", "true", "true"),))
    north.hatch.forget(n)
    letter = sealing.read_kept(north, n)
    period = period_of(town.clock())
    souths = read_card(south.state.card_data).body
    key = next(one for one in souths.seals if one.period == period)
    target = Target(standing_slot(key.public), key.public, NO_TOKEN)
    other = read_card(north.state.card_data).body.writer
    for dh in (ferry.link.shared(souths.link_public), LinkKey.from_seed(b"x" * 32).shared(other.link_public)):
        forged = seal(contents(letter), other, south.state.office, dh, target, town.dice.randbytes(32))
        assert marks(hand_over(town, ferry, south, forged)) == ["S7"]
    own = seal(
        contents(letter), ferry.writer, south.state.office, ferry.link.shared(souths.link_public), target, bytes(32)
    )
    assert len(marks(hand_over(town, ferry, south, own))) == 1  # its own seal around North's sheet
    assert letters(south) == []
    assert south.state.of(north.state.office).received == {}


def test_covering_letters_in_one_another_end_after_four(harbour_town):
    """Each for South, one in another: the fifth is not opened [V2]. One letter cannot fill a register."""
    town, north, south, ferry, _ = harbour_town
    _n, charge = given(town, north, south, ferry)
    enclosed = enclosure_of(ferry, charge)
    with ferry.changing() as change:
        for _ in range(7):
            covering = Covering(south.state.office, enclosed, town.dice.randbytes(32))
            matters = (covering.matter(),)
            order = Order(south.state.office, "conveyance", (), matters=matters, routes=(Route(receipt=False),))
            m = sealing.write_in(change, order, False, ZoneInfo)
            enclosed = sealed_of(ferry, m)
        change.sealed[:] = change.sealed[-1:]
    sealing.hand_down(change)
    town.carry()
    before = head(south)
    intake = town.take_in(south)
    assert marks(intake) == ["V2"]
    assert kinds(south, before).count("Entrusted") == 5
    assert letters(south) == []
    hand_over(town, ferry, south, enclosure_of(ferry, charge))  # as it should be
    assert [town.title(south, one.n) for one in letters(south)] == ["Will you meet?"]
    (letter,) = letters(south)
    assert reading.burn(south, letter.n)


def test_an_enclosure_that_is_its_own_covering_letter_goes_round_once(harbour_town):
    """No sealed letter can hold itself; the nearest, an earlier covering letter with the same enclosure, opens once."""
    town, north, south, ferry, _ = harbour_town
    _, charge = given(town, north, south, ferry)
    m = cover(ferry, south, enclosure_of(ferry, charge))
    around = sealed_of(ferry, m)
    cover(ferry, south, around)
    town.carry()
    intake = town.take_in(south)
    assert len(letters(south)) == 1
    assert intake.again == 1  # the inner covering letter came both ways
    assert marks(intake) == []
    # North's own covering letter to Ferry, handed to South: sealed to Ferry, and to nobody else.
    of_north = north.state.custody.legs
    ours = next(leg.given.covering for legs in of_north.values() for leg in legs)
    assert marks(hand_over(town, ferry, south, sealed_of(north, ours))) == ["S16"]


def test_what_is_for_its_own_giver_goes_back_only_as_declined(harbour_town):
    """North asks Ferry to carry to North: not passed on to it, not taken in by Ferry, declined like anything else."""
    town, north, south, ferry, _harbour = harbour_town
    _, charge = given(town, north, south, ferry)
    enclosed = enclosure_of(ferry, charge)
    cover(north, ferry, enclosed, addressee=north)
    cover(north, ferry, enclosed, addressee=ferry)
    town.carry()
    intake = town.take_in(ferry)
    assert marks(intake) == ["S16"]
    back = conveying.tray(ferry)[-1]
    assert back.came.addressee == north.state.office
    with pytest.raises(NotPossible, match="came from there"):
        conveying.pass_on(ferry, back.n, ZoneInfo)
    conveying.decline(ferry, back.n, "other", "it is yours", ZoneInfo)
    assert conveying.tray(ferry)[-1].status == "declined"


@pytest.mark.parametrize(
    ("change", "mark"),
    [
        ({"for": b"short"}, "V1"),
        ({"enclosure": "text"}, "V1"),
        ({"blind": bytes(31)}, "V1"),
        ({"custody": "notarised"}, "V1"),
        ({"receipt": 1}, "V1"),
        ({"by": -1}, "V1"),
        ({"by": 1 << 40}, "V1"),
        ({"taken": True}, "V1"),
        ({"precedence": "flash"}, "V1"),
        ({"instructions": "x" * 4097}, "V1"),
        ({"more": [[[[[[]]]]]]}, "V1"),
    ],
)
def test_a_malformed_covering_letter_is_refused_whole(harbour_town, change, mark):
    """Nothing of it reaches the tray, the register or the screen but the count of what was refused."""
    town, north, _, ferry, _ = harbour_town
    wire = Covering(north.state.office, b"closed", bytes(32)).matter().value | change
    write(north, ferry, "conveyance", Matter("conveyance", wire))
    before = head(ferry)
    town.carry()
    assert marks(town.take_in(ferry)) == [mark]
    assert kinds(ferry, before) == ["RefusedArrivals"]
    assert conveying.tray(ferry) == []


def test_a_huge_enclosure_is_carried_or_refused_and_breaks_nothing(harbour_town):
    """Close to the most a letter may hold: it reaches the tray; what does not fit is not sealed."""
    town, north, south, ferry, _ = harbour_town
    m = cover(north, ferry, bytes((16 << 20) - 4096), addressee=south)
    opening.open_one(ferry, Arrival(1, sealed_of(north, m), now(town), now(town)))
    (charge,) = conveying.tray(ferry)
    before = ferry.register.head()
    with pytest.raises((NotPossible, Refused)):
        cover(ferry, south, bytes(20 << 20))
    assert ferry.register.head() == before
    conveying.decline(ferry, charge.n, "too-large", "more than we carry", ZoneInfo)
    assert ferry.register.blob(charge.n, "contents") is None


def test_what_is_enclosed_is_opaque_to_who_carries_it(harbour_town):
    """A sealed letter of a version to come, or of none, is carried as it is; its reader refuses what it cannot open."""
    town, north, south, ferry, _ = harbour_town
    for enclosed in (encode([2, "to come"]), b"\xff" * 40, b""):
        cover(north, ferry, enclosed, addressee=south, blind=town.dice.randbytes(32))
        rounds(town, ferry)
        charge = conveying.tray(ferry)[-1]
        conveying.accept(ferry, charge.n, ZoneInfo)
        conveying.pass_on(ferry, charge.n, ZoneInfo)
        (leg,) = ferry.state.custody.legs[charge.n]
        assert leg.given.seal_id == seal_id_of(enclosed)
        town.carry()
        assert len(marks(town.take_in(south))) == 1
    assert letters(south) == []


def test_another_outer_type_is_shown_as_a_conflict_and_decides_nothing(harbour_town):
    """An operation's letter in an exercise's covering letter: the letter's own type counts, the reader is told."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry)
    asked = replace(conveying.covering_of(ferry, charge), carriage="read_aloud_only", precedence="routine")
    hand_over(town, ferry, south, asked.enclosure, kind="exercise", carriage="open_letter", instructions="Print it.")
    (letter,) = letters(south)
    assert not letter.event.exercise
    (way,) = came_by(south, letter.n)
    assert way.conflict
    assert way.way.hops == (ferry.state.office,)
    # South's receipt is of the type of what it answers; at Ferry's desk and North's it ties nothing together.
    rounds(town, south, ferry, north)
    (said,) = [one for one in south.state.letters.values() if one.ours and one.event.form == "evidence"]
    assert said.event.exercise
    assert standing(north, n) == ["no-word"]
