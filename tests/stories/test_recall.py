"""Letters taken back and corrected: what each side sees, and what the writer may honestly say became of it."""

from zoneinfo import ZoneInfo

import pytest
from stories.test_go_betweens import harbour_town, only_charge, received, rounds, send  # noqa: F401

from backchannel.conveyance.evidence import Evidence, state
from backchannel.desk import conveying, reading, recalling, sealing
from backchannel.desk.sealing import Order
from backchannel.desk.tracking import track_letter
from backchannel.errors import NotPossible
from backchannel.letters.parts import Body


def outcome(office, n):
    return recalling.recalled(office, n).outcome


def pass_on_all(office):
    for waiting in [one for one in conveying.tray(office) if one.status == "waiting"]:
        conveying.pass_on(office, waiting.n, ZoneInfo)


def test_recalled_before_it_was_read(town):
    """The reader's desk says so and hides nothing; put away unread it is destroyed, and the writer told: in time."""
    north, south = town.pair("North", "South")
    n, came = town.exchange(north, south, text="We strike at dawn.")
    by = recalling.recall(north, n, ZoneInfo)
    assert outcome(north, n) == "unknown"
    town.carry()
    town.keep_house(south)
    letter = south.state.letters[came]
    assert letter.acted_on["recalls"]
    head = south.register.head()
    with pytest.raises(NotPossible, match="recalled by its writer"):
        reading.read(south, came)
    assert south.register.head() == head
    rounds(town, north)
    assert outcome(north, n) == "unknown"  # nothing is said before a person has chosen
    reading.put_away(south, came, ZoneInfo)
    with pytest.raises(NotPossible, match="burnt"):
        reading.show(south, came)
    assert not any(b"strike" in data for _, data in south.register.events() if data)
    rounds(town, north)
    found = recalling.recalled(north, n)
    assert (found.by, found.outcome, [one.event for one in found.said]) == (by, "in-time", ["x-Recalled"])


def test_recalled_after_it_was_read_or_read_all_the_same(town):
    """Too late either way, and the writer is told by the reader's desk itself, once."""
    north, south = town.pair("North", "South")
    n, came = town.exchange(north, south)
    m, came_too = town.exchange(north, south)
    reading.read(south, came)
    for one in (n, m):
        recalling.recall(north, one, ZoneInfo)
    rounds(town, south, north)
    assert (outcome(north, n), outcome(north, m)) == ("too-late", "unknown")
    reading.read(south, came_too, anyway=True)
    rounds(town, south, north)
    assert outcome(north, m) == "too-late"
    with pytest.raises(NotPossible, match="was read"):
        reading.put_away(south, came_too, ZoneInfo)
    rounds(town, south, north)
    assert [len(recalling.recalled(north, one).said) for one in (n, m)] == [1, 1]


def test_answered_is_too_late_and_declined_is_in_time(town):
    """What the reader did itself says as much as a statement."""
    north, south = town.pair("North", "South")
    n, came = town.exchange(north, south)
    m, came_too = town.exchange(north, south)
    town.exchange(south, north, "Yes", form="reply", replies=(came,))
    reading.decline(south, came_too, ZoneInfo)
    town.carry()
    town.take_in(north)
    for one in (n, m):
        recalling.recall(north, one, ZoneInfo)
    assert (outcome(north, n), outcome(north, m)) == ("too-late", "in-time")


def test_a_recall_that_overtakes_its_letter(town):
    """The letter comes after its recall and is marked at once."""
    north, south = town.pair("North", "South")
    n = town.write(north, south)
    slow: list[bytes] = []
    town.lost = lambda pouch: not slow.append(pouch)
    town.carry()
    town.lost = lambda pouch: False
    recalling.recall(north, n, ZoneInfo)
    rounds(town, south, north)
    town.deliver(slow)
    (came,) = [one for one in town.take_in(south).opened if south.state.letters[one].number == 1]
    assert south.state.letters[came].recalled_unread
    south.forget_state()
    assert south.state.letters[came].recalled_unread
    reading.put_away(south, came, ZoneInfo)
    rounds(town, north)
    assert outcome(north, n) == "in-time"


def test_a_carrier_gives_up_by_itself_what_it_still_holds(harbour_town):  # noqa: F811
    """Destroyed in its tray, said to the writer; with one carrier on one way that is in time."""
    town, north, south, ferry, _ = harbour_town
    n = send(north, south, (ferry,))
    rounds(town, ferry)
    conveying.accept(ferry, only_charge(ferry).n, ZoneInfo)
    recalling.recall(north, n, ZoneInfo)
    assert recalling.recalled(north, n).told == (ferry.state.office,)
    rounds(town, ferry, north)
    charge = conveying.tray(ferry)[0]
    assert (charge.status, charge.discharged) == ("recalled", True)
    assert ferry.register.blob(charge.n, "contents") is None
    with pytest.raises(NotPossible, match="not here any more"):
        conveying.pass_on(ferry, charge.n, ZoneInfo)
    assert track_letter(north, n)[0].legs[0].standing == "recalled"
    assert outcome(north, n) == "in-time"


def test_a_recall_that_comes_after_the_letter_went_on(harbour_town):  # noqa: F811
    """The carrier says too late; what its reader did stays unknown until the reader says it."""
    town, north, south, ferry, harbour = harbour_town
    n = send(north, south, (ferry,), (harbour,))
    rounds(town, ferry, harbour)
    conveying.pass_on(ferry, only_charge(ferry).n, ZoneInfo)
    recalling.recall(north, n, ZoneInfo)
    rounds(town, ferry, harbour, north)
    said = {way.legs[0].carrier: [word.event for word in way.legs[0].words] for way in track_letter(north, n)}
    assert "x-RecallTooLate" in said[ferry.state.office]
    assert said[harbour.state.office] == ["x-Recalled"]
    assert outcome(north, n) == "unknown"
    pass_on_all(ferry)  # the recall to South itself
    rounds(town, south)
    letter = next(one for one in received(south) if one.number == 1)
    assert letter.recalled_unread
    reading.put_away(south, letter.n, ZoneInfo)
    for _ in range(3):
        rounds(town, ferry, north)
        pass_on_all(ferry)
    rounds(town, ferry, north)
    assert outcome(north, n) == "in-time"


def test_only_its_reader_speaks_of_a_recall(harbour_town):  # noqa: F811
    """The same statement from another office, or one with another reference, counts for nothing."""
    town, north, south, ferry, _ = harbour_town
    n, _ = town.exchange(north, south)
    by = recalling.recall(north, n, ZoneInfo)
    ids = [north.state.letters[one].event.letter_id for one in (by, n)]
    right = recalling.recall_reference(*ids)
    for liar, ref in ((ferry, right), (south, recalling.recall_reference(*ids[::-1]))):
        said = state("x-Recalled", ref, liar.state.office, liar.now, "manual")
        order = Order(north.state.office, "evidence", (), matters=(Evidence((said,)).matter(),))
        sealing.seal_letter(liar, order, ZoneInfo)
    rounds(town, north)
    assert outcome(north, n) == "unknown"
    assert len(north.state.custody.strays) == 2


def test_what_cannot_be_recalled(town):
    """Another office's letter, a recall, a letter recalled before, a burnt one: nothing is sealed."""
    north, south = town.pair("North", "South")
    n, came = town.exchange(north, south)
    by = recalling.recall(north, n, ZoneInfo)
    burnt = town.write(north, south)
    reading.burn(north, burnt)
    heads = north.register.head(), south.register.head()
    for office, entry, why in (
        (south, came, "no letter of this office"),
        (north, n, "recalled already"),
        (north, by, "a recall is not recalled"),
        (north, burnt, "no letter of this office"),
    ):
        with pytest.raises(NotPossible, match=why):
            recalling.recall(office, entry, ZoneInfo)
    assert (north.register.head(), south.register.head()) == heads


def test_a_correction_stands_beside_what_it_corrects(town):
    """A new letter that quotes the old id, under the signature where both are signed; neither replaces the other."""
    north, south = town.pair("North", "South")
    n, came = town.exchange(north, south, text="Twelve ships.", signed=True)
    reading.read(south, came)
    m, corrected = town.exchange(north, south, text="Two ships.", signed=True, acts={"corrects": n})
    for office, old, new in ((north, n, m), (south, came, corrected)):
        assert office.state.letters[old].acted_on == {"corrects": new}
        assert office.state.letters[new].event.acts == (("corrects", old),)
        assert [reading.show(office, one).letter.bodies[0].text for one in (old, new)] == [
            "Twelve ships.",
            "Two ships.",
        ]
    old_id = north.state.letters[n].event.letter_id
    assert reading.show(south, corrected).letter.sheet.answers == (old_id,)
    body = Body("en", "prevailing", "Correction", "They were ours.")
    with pytest.raises(NotPossible, match="by this office"):
        sealing.seal_letter(south, Order(north.state.office, "letter", (body,), acts={"corrects": came}), ZoneInfo)
