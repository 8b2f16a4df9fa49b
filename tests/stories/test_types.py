"""Exercises and operations are never tied to each other, on either side."""

from zoneinfo import ZoneInfo

import pytest

from backchannel.desk import reading, sealing
from backchannel.desk.sealing import Order
from backchannel.errors import NotPossible
from backchannel.letters.parts import Body

BODY = Body("en", "prevailing", "An answer", "Yes.")


@pytest.mark.parametrize(("first", "second"), [("operation", "exercise"), ("exercise", "operation")])
def test_a_letter_tied_to_one_of_the_other_type_is_neither_sealed_nor_opened(town, first, second):
    """A drill on an operational thread, or the reverse: refused by the writer's desk, and by the reader's [L15]."""
    north, south = town.pair("North", "South")
    town.exchange(south, north)
    sent, came = town.exchange(north, south, type=first)
    head = south.register.head()
    tied = Order(north.state.office, "reply", (BODY,), second, replies=(came,), signed=False)
    for attempt in (sealing.seal_letter, sealing.plan):
        with pytest.raises(NotPossible, match="not of the same type"):
            attempt(south, tied, ZoneInfo)
    assert south.register.head() == head
    with south.changing() as change:  # a hostile desk seals it all the same
        sealing.write_in(change, tied, False, ZoneInfo)
    sealing.hand_down(change)
    town.carry()
    before = dict(north.state.letters)
    slots = dict(north.state.own_slots)
    ((mark, why, number),) = town.take_in(north).refused
    assert (mark, number) == ("L15", 1)
    assert "exercise" in why
    assert north.state.letters == before
    assert north.state.own_slots == slots  # no envelope was spent
    assert north.state.letters[sent].answered_by == []


def test_an_exercise_is_answered_by_an_exercise(town):
    """Its reply and its refusal are exercises too."""
    north, south = town.pair("North", "South")
    _, came = town.exchange(north, south, type="exercise")
    _, answer = town.exchange(south, north, "Yes", form="reply", type="exercise", replies=(came,))
    assert north.state.letters[answer].event.exercise
    _, second = town.exchange(north, south, "Second", type="exercise")
    refusal = reading.decline(south, second, ZoneInfo)
    assert south.state.letters[refusal].event.exercise
    town.carry()
    assert len(town.take_in(north).opened) == 1
