"""Through whom a letter goes unasked, and what relays and carriers in league can do."""

import contextlib
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

from backchannel.desk import conveying, trust
from backchannel.desk import events as ev
from backchannel.desk.sealing import Route
from backchannel.desk.tracking import track_letter
from backchannel.errors import NotPossible, Refused
from backchannel.letters.docket import Exempted, Handling
from backchannel.letters.parts import Body


@pytest.fixture
def harbour_town(town):
    return town, *settle(town, "North", "South", "Ferry", "Harbour")


def written_to(to, by, after):
    written = [one for one in entries(by) if one.n > after and isinstance(one.event, ev.Written)]
    return [one for one in written if one.event.office == to.state.office]


def standing(office, n):
    return [leg.standing for way in track_letter(office, n) for leg in way.legs]


def test_who_is_not_to_know_carries_no_answer_either(harbour_town):
    """The way back leads through Ferry: a letter of which Ferry must not be told does not take it unasked."""
    town, north, south, ferry, _ = harbour_town
    _, charge = given(town, north, south, ferry)
    conveying.pass_on(ferry, charge.n, ZoneInfo)
    rounds(town, south)
    before = south.register.head()
    handling = Handling(exempted=(Exempted(None, "Ferry"),))
    with pytest.raises(NotPossible, match="must not be told"):
        send(south, north, title="not by Ferry", handling=handling)
    assert south.register.head() == before
    m = send(south, north, Route(), title="not by Ferry", handling=handling)
    assert m not in south.state.custody.legs


def test_a_go_between_whose_card_is_contradicted_gets_nothing(harbour_town):
    """An alarm on Ferry's card: no answer through it, no covering letter, no statement to it, until it is settled."""
    town, north, south, ferry, _ = harbour_town
    _, charge = given(town, north, south, ferry)
    conveying.pass_on(ferry, charge.n, ZoneInfo)
    rounds(town, south)
    cover(ferry, south, b"closed", addressee=north)
    rounds(town, south)
    waiting = conveying.tray(south)[-1]
    with south.changing() as change:
        change.add(ev.CardAlarm(ferry.state.office, ferry.state.card_data, "two cards under one serial"))
    before = south.register.head()
    with pytest.raises(NotPossible, match="contradicts"):
        send(south, north)
    for act in (
        lambda: conveying.accept(south, waiting.n, ZoneInfo),
        lambda: conveying.decline(south, waiting.n, "unsafe", "", ZoneInfo),
        lambda: conveying.pass_on(south, waiting.n, ZoneInfo),
    ):
        with pytest.raises(NotPossible, match="contradicts"):
            act()
    town.keep_house(south)
    assert not {"Written", "Handled", "Stated"} & set(kinds(south, before[0]))
    assert conveying.tray(south)[-1].status == "waiting"


def test_an_office_is_no_way_to_itself(harbour_town):
    """Ferry hands South a letter of its own as if it carried it: the answer goes straight to Ferry."""
    town, _, south, ferry, _ = harbour_town
    m = write(ferry, south, "letter", bodies=(Body("en", "prevailing", "ours", "ours"),))
    ferry.hatch.forget(m)
    hand_over(town, ferry, south, sealed_of(ferry, m))
    (letter,) = letters(south)
    assert letter.event.by == ferry.state.office
    town.exchange(south, ferry, "Answer", form="reply", replies=(letter.n,))
    assert not south.state.custody.legs


def test_nothing_goes_through_a_stranger_by_itself(harbour_town):
    """Nobody at South knows Stranger, which handed over North's letter: receipts to North do not go through it."""
    town, north, south, ferry, _ = harbour_town
    stranger = town.office("Stranger")
    for office in (north, ferry, south):
        town.introduce(stranger, office)
    _, charge = given(town, north, south, ferry)
    cover(north, south, b"closed", addressee=ferry)
    conveying.decline(ferry, charge.n, "other", "", ZoneInfo)
    rounds(town, south)
    conveying.pass_on(south, conveying.tray(south)[-1].n, ZoneInfo)
    rounds(town, ferry)
    n = write(north, south, "letter", bodies=(Body("en", "prevailing", "by a stranger", "x"),))
    north.hatch.forget(n)
    hand_over(town, stranger, south, sealed_of(north, n))
    assert south.state.of(north.state.office).way_back == stranger.state.office
    before = head(south)
    rounds(town, south, ferry)
    assert not written_to(stranger, south, before)
    assert not south.state.of(stranger.state.office).person_wrote
    trust.accept(south, "Stranger")
    town.keep_house(south)
    assert written_to(stranger, south, before)


def test_a_relay_and_a_carrier_who_compare_find_no_common_bytes(harbour_town):
    """Pouches of every leg and what each carrier holds: no eight bytes in common after the fixed head."""
    town, north, south, ferry, harbour = harbour_town
    town.exchange(south, north, "envelopes")
    del town.carried[:]
    _n, by_ferry = given(town, north, south, ferry, (ferry,), (harbour,))
    rounds(town, harbour)
    (by_harbour,) = conveying.tray(harbour)
    one, other = enclosure_of(ferry, by_ferry), enclosure_of(harbour, by_harbour)
    conveying.pass_on(ferry, by_ferry.n, ZoneInfo)
    conveying.pass_on(harbour, by_harbour.n, ZoneInfo)
    rounds(town, south, ferry, harbour, north)
    assert letters(south)[0].duplicates == 1
    seen = [*town.carried, one, other]
    assert len(seen) > 10
    pieces: set[bytes] = set()
    for blob in seen:
        own = {blob[at : at + 8] for at in range(3, len(blob) - 8)}
        assert not own & pieces
        pieces |= own


def test_a_relay_in_league_drops_injects_and_replays_and_nothing_moves_but_time(harbour_town):
    """It holds back all of North's, brings Ferry's twice and noise of its own: one letter, opened once, or silence."""
    town, north, south, ferry, harbour = harbour_town
    by = now(town) + 3600
    n = send(north, south, Route((ferry.state.office,), by=by), Route((harbour.state.office,), by=by))
    town.carry()
    town.keep_house(ferry)
    (charge,) = conveying.tray(ferry)
    conveying.pass_on(ferry, charge.n, ZoneInfo)
    town.carry()
    replayed = list(town.carried)
    for pouch in replayed:
        flipped = bytearray(pouch)
        flipped[len(pouch) // 2] ^= 1
        for one in (bytes(flipped), town.dice.randbytes(len(pouch)), pouch):
            with contextlib.suppress(Refused):  # as the station counts and skips it
                town.deliver([one])
    news = [town.keep_house(office).intake for office in (south, harbour)]
    assert [marks(one) for one in news] == [[], []]
    assert len(letters(south)) == 1
    town.lost = lambda pouch: True  # and from here on nothing more reaches anybody
    town.clock.move(hours=2)
    rounds(town, south, ferry, harbour, north)
    assert standing(north, n) == ["silent", "silent"]
    assert letters(south)[0].duplicates == 0
