"""A letter read aloud to somebody who gets no copy: who may say so, of what, and what its writer sees."""

from zoneinfo import ZoneInfo

import pytest
from hostile import given, now, rounds, send, settle, stating, tell, write

from backchannel.conveyance.evidence import READ_ALOUD, Evidence, aloud_reference, state
from backchannel.desk import conveying, reading, recalling
from backchannel.desk.aloud import say_read_aloud
from backchannel.desk.sealing import Route
from backchannel.desk.tracking import track_letter
from backchannel.errors import NotPossible, Refused

PRESENT = (("reader", "envoy"), ("interpreter", "interpreter"), ("hearer", "principal"))


@pytest.fixture
def harbour_town(town):
    return town, *settle(town, "North", "South", "Ferry", "Harbour")


def say(office, n, present=PRESENT):
    say_read_aloud(office, n, present, ZoneInfo)


def test_the_writer_hears_who_read_it_to_whom(town):
    """By capacity; by hand; once; and a recall of it is then too late."""
    north, south = town.pair("North", "South")
    n, came = town.exchange(north, south)
    reading.read(south, came)
    say(south, came)
    rounds(town, north)
    heard = north.state.letters[n].heard_aloud
    assert (heard.reasons, heard.mode, heard.proof, heard.by) == (PRESENT, "manual", "oral", south.state.office)
    with pytest.raises(NotPossible, match="said already"):
        say(south, came)
    recalling.recall(north, n, ZoneInfo)
    assert recalling.recalled(north, n).outcome == "too-late"


def test_what_nobody_here_read_or_heard_was_not_read_aloud(town):
    north, south = town.pair("North", "South")
    n, came = town.exchange(north, south)
    before = south.register.head()
    with pytest.raises(NotPossible, match="was not read here"):
        say(south, came)
    with pytest.raises(NotPossible, match="no letter from another office"):
        say(north, n)
    assert south.register.head() == before
    assert south.state.letters[came].read_at is None
    reading.read(south, came)
    for present in (PRESENT[:2], PRESENT[1:], (*PRESENT, ("hearer", "Mary"))):
        with pytest.raises(Refused, match="reading aloud"):
            say(south, came, present)
    reading.burn(south, came)
    with pytest.raises(NotPossible, match="no letter from another office"):
        say(south, came)
    rounds(town, north)
    assert north.state.letters[n].heard_aloud is None


def test_a_carrier_that_says_it_read_aloud_has_handed_over_nothing(harbour_town):
    """Its word is drawn as such: no letter is shown as opened by it, silence follows, and it may still hold a copy."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry, Route((ferry.state.office,), by=now(town) + 3600))
    tell(town, ferry, north, [stating(ferry, charge, READ_ALOUD, now(town), PRESENT)])
    leg = track_letter(north, n)[0].legs[0]
    assert (leg.standing, leg.is_hole) == ("read-aloud", True)
    assert reading.whereabouts(north, north.state.letters[n]).place == "carried"
    assert north.state.letters[n].heard_aloud is None
    town.clock.move(hours=2)
    town.keep_house(north)
    assert track_letter(north, n)[0].legs[0].standing == "silent"
    assert reading.before_burning(north, n).carriers == (ferry.state.office,)


def test_only_its_reader_says_so_of_a_letter(harbour_town):
    """Not Harbour, though it has the letter-id; not South in an exercise, nor of a letter to another office."""
    town, north, south, _, harbour = harbour_town
    n = send(north, south)
    m = send(north, harbour)
    rounds(town, south, harbour)
    ids = [north.state.letters[one].event.letter_id for one in (n, m)]
    for by, letter_id, kind in (
        (harbour, ids[0], "operation"),
        (south, ids[0], "exercise"),
        (south, ids[1], "operation"),
    ):
        said = state(READ_ALOUD, aloud_reference(letter_id), by.state.office, now(town), "manual", PRESENT)
        write(by, north, "evidence", Evidence((said,)).matter(), type=kind)
    rounds(town, north)
    assert [north.state.letters[one].heard_aloud for one in (n, m)] == [None, None]
    assert len(north.state.custody.strays) == 3


def test_it_goes_back_through_a_go_between_like_any_other_letter(harbour_town):
    """Ferry learns nothing: the writer is told in a letter of its own, not by what goes back along the way."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry)
    conveying.pass_on(ferry, charge.n, ZoneInfo)
    rounds(town, south, ferry, north)
    (came,) = [one for one in south.state.letters.values() if not one.ours and one.event.form == "letter"]
    reading.read(south, came.n)
    say(south, came.n)
    rounds(town, ferry)
    for waiting in [one for one in conveying.tray(ferry) if one.status == "waiting"]:
        conveying.pass_on(ferry, waiting.n, ZoneInfo)
    rounds(town, north, ferry, south)
    assert north.state.letters[n].heard_aloud.reasons == PRESENT
    legs = [leg for found in ferry.state.custody.legs.values() for leg in found]
    assert READ_ALOUD not in [heard.event for leg in legs for _, _, heard in leg.heard]
