"""The edges of time, size and trust."""

from zoneinfo import ZoneInfo

import pytest
from conftest import PASSPHRASE

from backchannel.desk import founding, keyfile, reading, sealing, trust
from backchannel.desk.office import Office
from backchannel.desk.trust import CardStops
from backchannel.errors import NotPossible, Refused
from backchannel.letters.docket import Exempted, Handling
from backchannel.letters.parts import Attachment, Body
from backchannel.pouches.fragments import cut
from backchannel.pouches.packet import build
from backchannel.seals.cards import make_card, read_card
from backchannel.values import replace


def test_a_letter_on_an_envelope_past_its_date_is_shown_as_late(town):
    """Sealed in time, found long after: opened while the key is kept, and said to be late."""
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    n = town.write(south, north)
    assert south.state.letters[n].event.via == "envelope"
    town.clock.move(days=370)
    town.carry()
    (came,) = town.take_in(north).opened
    assert north.state.letters[came].event.late


def test_an_expired_envelope_is_not_used(town):
    """After its date a letter goes to the standing seal instead, if the card still serves."""
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    town.clock.move(days=366)
    with pytest.raises(NotPossible, match="run out"):
        town.write(south, north)
    founding.confirm_clock(north)
    town.keep_house(north)
    trust.import_card(south, read_card(north.state.card_data))
    assert south.state.letters[town.write(south, north)].event.via == "standby"


def test_an_expired_key_refuses_and_changes_nothing(town):
    """A letter to a standing seal that is destroyed cannot be opened any more, and that is said."""
    north, south = town.pair("North", "South")
    town.write(north, south)
    town.clock.move(days=39)
    town.keep_house(south)
    town.carry()
    ((mark, why, number),) = town.take_in(south).refused
    assert (mark, number) == ("S16", 1)
    assert "destroyed" in why


def test_a_large_letter_travels_in_fragments_out_of_order(town):
    """Three megabytes in shuffled pouches, one of them twice."""
    north, south = town.pair("North", "South")
    data = town.dice.randbytes(3_000_000)
    body = Body("en", "prevailing", "Map", "Enclosed.")
    order = sealing.Order(south.state.office, "letter", (body,), attachments=(Attachment("m", "image/png", data),))
    plan = sealing.plan(north, order, ZoneInfo)
    assert plan.pouches == -(-plan.sealed_bytes // 16_384) > 64
    sealing.seal_letter(north, order, ZoneInfo)
    town.lost = lambda pouch: True
    town.carry()
    town.lost = lambda pouch: False
    sealing.again(north, max(north.state.letters), ZoneInfo)
    for down, sealed, key in north.hatch.uncut():
        pouches = [build(key, inner, town.dice.randbytes) for inner in cut(sealed, town.dice.randbytes)]
        north.hatch.put_pouches(down, pouches)
        town.dice.shuffle(pouches)
        town.deliver([pouches[0], *pouches])
    (came,) = town.take_in(south).opened
    assert reading.show(south, came).letter.attachments[0].data == data


def test_more_than_sixteen_mebibytes_is_refused(town):
    north, south = town.pair("North", "South")
    head = north.register.head()
    body = Body("en", "prevailing", "Map", "Enclosed.")
    large = Attachment("m", "image/png", bytes(16 * 1024 * 1024))
    order = sealing.Order(south.state.office, "letter", (body,), attachments=(large,))
    with pytest.raises(NotPossible):
        sealing.seal_letter(north, order, ZoneInfo)
    assert north.register.head() == head


def test_an_exempted_office_is_never_written_to(town):
    """Who must not be told wins over the addressee."""
    north, south = town.pair("North", "South")
    body = Body("en", "prevailing", "T", "x")
    for exempted in (Exempted(None, "SOUTH"), Exempted(south.state.office, "?")):
        order = sealing.Order(south.state.office, "letter", (body,), handling=Handling(exempted=(exempted,)))
        with pytest.raises(NotPossible, match="must not be told"):
            sealing.seal_letter(north, order, ZoneInfo)
    assert north.state.letters == {}


def test_a_known_name_with_other_keys_stops_everything_until_two_people_settle_it(town):
    north, south = town.pair("North", "South")
    false = _another(town, "South")
    with pytest.raises(CardStops) as stop:
        trust.import_card(north, read_card(false.state.card_data))
    assert stop.value.old is not None
    assert stop.value.old.office_id == south.state.office
    with pytest.raises(NotPossible, match="contradicts"):
        town.write(north, south)
    with pytest.raises(NotPossible, match="two people"):
        trust.settle(north, south.state.office.hex(), "Ada")
    trust.settle(north, south.state.office.hex(), "ben")
    assert north.state.of(south.state.office).trust == "unverified"
    town.write(north, south)


def _another(town, name):
    town.offices[name + "1"] = town.offices.pop(name)
    town.folder = town.folder / "other"
    return town.office(name)


def test_two_cards_under_one_serial_raise_an_alarm(town):
    north, south = town.pair("North", "South")
    card = read_card(south.state.card_data)
    twin = make_card(replace(card.body, zone="UTC"), south.signing)
    with pytest.raises(CardStops, match="same serial"):
        trust.import_card(north, read_card(twin))
    assert north.state.of(south.state.office).alarm is not None


def test_cards_that_are_older_run_out_or_ahead_are_refused(town):
    north, south = town.pair("North", "South")
    old = read_card(south.state.card_data)
    town.clock.move(days=20)
    town.keep_house(south)
    new = read_card(south.state.card_data)
    assert new.body.serial > old.body.serial
    assert trust.import_card(north, new) == "newer"
    west = town.office("West")
    card = read_card(west.state.card_data)
    head = north.register.head()
    for wrong, mark in ((old, "C12"), (card, "C11")):
        if mark == "C11":
            town.clock.move(days=100)
        with pytest.raises(Refused) as caught:
            trust.import_card(north, wrong)
        assert caught.value.mark in (mark, "C11")
    town.clock.move(days=-100, hours=-30)
    with pytest.raises(Refused) as caught:
        trust.import_card(north, card)
    assert caught.value.mark == "C13"
    assert north.register.head() == head


def test_the_wrong_digits_verify_nothing(town):
    north, south = town.pair("North", "South", verified=False)
    number = trust.number_with(north, "South")
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    with pytest.raises(NotPossible, match="not the digits"):
        trust.verify(north, "South", wrong)
    assert north.state.of(south.state.office).trust == "unverified"


def test_two_clerks_at_once_take_different_numbers_and_envelopes(town):
    """Two open desks of one office seal at the same time."""
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    master = keyfile.unwrap(south.directory / keyfile.NAME, PASSPHRASE)
    with Office.open(south.directory, master, clerk="ben", clock=town.clock) as second:
        entries = [town.write(desk, north) for desk in (south, second, south, second)]
        events = [second.state.letters[n].event for n in entries]
        assert sorted(event.number for event in events) == [1, 2, 3, 4]
        assert len({event.slot for event in events}) == 4
        assert [second.state.letters[n].clerk for n in entries] == ["ada", "ben", "ada", "ben"]
    town.carry()
    assert len(town.take_in(north).opened) == 4


def test_a_letter_whose_text_breaks_the_rules_is_kept_and_shown_as_code_points(town):
    """A hostile desk can seal what ours would not: it is opened, and nothing of it acts on the screen."""
    north, south = town.pair("North", "South")
    town.exchange(north, south, "Pay\u202e", text="left\u202eright")
    n = max(south.state.letters)
    shown = reading.show(south, n)
    assert shown.in_breach


def test_old_batches_end_when_a_newer_one_is_used(town):
    """One round trip after a theft, what the thief holds is void."""
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    town.exchange(south, north)
    town.exchange(north, south)
    stolen = {name.name for name in north.register.secrets(b"envelope/")}
    town.exchange(south, north)
    town.keep_house(north)
    town.exchange(north, south)
    town.exchange(south, north)
    town.keep_house(north)
    left = {name.name for name in north.register.secrets(b"envelope/")}
    assert not stolen & left
