"""What a channel may be used for: shown to whoever drafts, with what of a letter is outside it."""

from zoneinfo import ZoneInfo

import pytest

from backchannel.desk import mandates, sealing
from backchannel.desk.sealing import Order
from backchannel.errors import NotPossible, Refused
from backchannel.letters.meetings import Attendee, Meeting
from backchannel.letters.parts import Body


def of_prisoners(north, south, **more):
    more = {"by": "the minister", "matters": ("prisoners", "lost ships"), "forms": ("letter", "reply")} | more
    mandates.set_mandate(north, south.state.office, "prisoners and ships; nothing military", **more)


def order(south, form="letter", title="Prisoners", text="Twelve of them.", **more):
    return Order(south.state.office, form, (Body("en", "prevailing", title, text),), **more)


def outside(north, wanted):
    return sealing.plan(north, wanted, ZoneInfo).outside


def test_what_is_outside_the_mandate_is_said_before_sealing(town):
    """Another form, or no matter named, each by itself; a letter inside it, or to another office, raises nothing."""
    north, south = town.pair("North", "South")
    east = town.office("East")
    town.introduce(north, east)
    assert outside(north, order(south, "warning", "Guns")) == ()
    of_prisoners(north, south)
    assert outside(north, order(south)) == ()
    assert outside(north, order(south, title="A word", text="The ships that were lost off the coast.")) == ()
    assert outside(north, order(south, title="A word", text="Hand over the guns.")) == ("matter",)
    assert outside(north, order(south, title="A word", text="All is lost.")) == ("matter",)
    assert outside(north, order(south, title="A word", reference="PRISONERS/12")) == ()
    assert outside(north, order(south, "warning", text="Hand over the guns.")) == ("form",)
    assert outside(north, order(south, "warning", "Guns")) == ("form", "matter")
    assert outside(north, order(east, "warning", "Guns")) == ()


def test_a_meeting_is_on_the_matter_it_is_asked_for(town):
    """The purpose in the fields counts as what the text says."""
    north, south = town.pair("North", "South")
    of_prisoners(north, south, forms=())
    for purpose, found in (("the prisoners of May", ()), ("the harbour", ("matter",))):
        who = (Attendee("envoy", "the deputy minister"),)
        asked = Meeting(purpose, "call", (sealing.moment_of(town.clock(), "UTC", ZoneInfo),), who)
        wanted = order(south, "meeting-request", "A call", "Shall we?", matters=(asked.matter(),))
        assert outside(north, wanted) == found


def test_a_mandate_in_another_script_is_found_as_a_search_finds(town):
    """Letters' variants and marks count as one: a matter is found however it was typed."""
    north, south = town.pair("North", "South")
    of_prisoners(north, south, matters=("زندانیان",))
    text = "نام زندانيان در پیوست است."  # the Arabic yeh
    assert outside(north, Order(south.state.office, "letter", (Body("fa", "prevailing", "نامه", text),))) == ()


def test_a_mandate_ends_by_its_date_or_by_a_person_and_says_so(town):
    """It stays to be seen, as ended; a new one replaces it; what does not hold cannot be ended."""
    north, south = town.pair("North", "South")
    with pytest.raises(NotPossible, match="no mandate that holds"):
        mandates.end(north, south.state.office, "the minister")
    until = north.now + 3600
    of_prisoners(north, south, until=until)
    assert outside(north, order(south)) == ()
    town.clock.move(hours=1)
    plan = sealing.plan(north, order(south), ZoneInfo)
    assert (plan.outside, plan.mandate_ended) == (("ended",), until)
    with pytest.raises(NotPossible, match="no mandate that holds"):
        mandates.end(north, south.state.office, "the minister")
    of_prisoners(north, south)
    assert outside(north, order(south)) == ()
    town.clock.move(hours=1)
    mandates.end(north, south.state.office, "the next minister")
    north.forget_state()
    found = north.state.of(south.state.office).mandate
    assert (found.said.by, found.ended) == ("the minister", (north.now, "the next minister"))
    assert outside(north, order(south)) == ("ended",)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (" ", {}),
        ("a\u202eb", {}),
        ("x" * 4097, {}),
        ("a", {"by": ""}),
        ("a", {"by": "a\nb"}),
        ("a", {"matters": ("-",)}),
        ("a", {"matters": ("a\u200bb",)}),
        ("a", {"matters": ("a",) * 33}),
        ("a", {"forms": ("conveyance",)}),
        ("a", {"forms": ("treaty",)}),
        ("a", {"until": 1}),
    ],
)
def test_what_could_mislead_whoever_drafts_is_no_mandate(town, text, more):
    """Hidden characters, a matter without words, a form nobody drafts, a date gone by: refused, nothing is kept."""
    north, south = town.pair("North", "South")
    head = north.register.head()
    with pytest.raises((NotPossible, Refused)):
        mandates.set_mandate(north, south.state.office, text, **({"by": "the minister"} | more))
    assert north.register.head() == head


def test_the_other_side_is_sent_nothing_of_it(town):
    """It is this office's own: no letter, and nothing in a letter, says what the channel may be used for."""
    north, south = town.pair("North", "South")
    mandates.set_mandate(north, south.state.office, "a-word-found-nowhere-else", by="the minister")
    _, came = town.exchange(north, south)
    assert b"a-word-found-nowhere-else" not in south.register.blob(came, "contents")
    assert south.state.of(north.state.office).mandate is None
