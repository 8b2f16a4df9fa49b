"""Two offices write to each other: what each can be sure of, at every step."""

from zoneinfo import ZoneInfo

import pytest
from conftest import PASSPHRASE

from backchannel.desk import backup, founding, keyfile, reading, sealing
from backchannel.desk import events as ev
from backchannel.desk.forging import forge
from backchannel.desk.office import Office
from backchannel.desk.opening import open_one, try_to_open
from backchannel.errors import NotPossible, Refused
from backchannel.letters.parts import Body
from backchannel.values import replace


def test_a_letter_is_opened_by_its_reader_and_answered(town):
    """What is written is what is read; the answer rides on a return envelope and is tied to what it answers."""
    north, south = town.pair("North", "South")
    _, there = town.exchange(north, south, "Meeting")
    answer, back = town.exchange(south, north, "Yes", form="reply", replies=(there,))

    assert town.title(south, there) == "Meeting"
    assert town.title(north, back) == "Yes"
    opened = north.state.letters[back].event
    assert opened.via == "envelope"
    assert opened.replies == (1 + next(n for n, one in north.state.letters.items() if one.ours) - 1,)
    assert south.state.letters[there].answered_by == [answer]


def test_the_first_letter_to_a_verified_office_is_signed_and_the_next_is_not(town):
    """Until the other side has answered, letters are signed by default; afterwards they are deniable."""
    north, south = town.pair("North", "South")
    first, there = town.exchange(north, south)
    town.exchange(south, north)
    second, _ = town.exchange(north, south)
    assert north.state.letters[first].event.signed
    assert south.state.letters[there].event.signed
    assert not north.state.letters[second].event.signed


def test_opening_destroys_the_envelopes_key(town):
    """After opening, neither the key nor the token of the envelope is anywhere in the register."""
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    _, back = town.exchange(south, north)
    slot = north.state.letters[back].event.slot
    assert north.register.secret(b"envelope/" + slot) is None
    assert slot in north.state.spent


def test_the_same_bytes_again_are_a_duplicate(town):
    """A letter that comes twice is opened once; the second is recorded and spends nothing."""
    north, south = town.pair("North", "South")
    n, there = town.exchange(north, south)
    town.clock.move(minutes=5)
    sealing.again(north, n, ZoneInfo)
    town.carry()
    intake = town.take_in(south)
    assert intake.opened == ()
    assert intake.again == 1
    assert south.state.letters[there].duplicates == 1


def test_two_letters_before_any_answer_and_crossing_letters(town):
    """Letters that cross, or come out of order, keep their numbers; that they crossed is shown; nothing is missing."""
    north, south = town.pair("North", "South")
    town.write(north, south, "one")
    town.write(north, south, "two")
    town.write(south, north, "crossing")
    town.carry()
    town.take_in(south)
    town.take_in(north)
    other = south.state.of(north.state.office)
    assert sorted(number for _, number in other.received) == [1, 2]
    assert other.missing() == ()
    (crossing,) = [n for n, one in north.state.letters.items() if not one.ours]
    assert reading.show(north, crossing).crossed == (1, 2)
    _, after = town.exchange(south, north, "having read them")
    assert reading.show(north, after).crossed == ()


def test_a_lost_letter_is_noticed_at_the_next(town):
    """The next letter's number and view show the gap."""
    north, south = town.pair("North", "South")
    town.lost = lambda pouch: True
    town.write(north, south, "lost")
    town.carry()
    town.lost = lambda pouch: False
    town.exchange(north, south, "found")
    (gap,) = south.state.of(north.state.office).missing()
    assert (gap.first, gap.last) == (1, 1)


def test_the_next_letter_shows_that_ours_was_opened(town):
    """Where a letter is: waiting here, on the relay, opened as their next letter shows; an empty one too."""
    north, south = town.pair("North", "South")
    n = town.write(north, south)
    letter = north.state.letters[n]
    assert reading.whereabouts(north, letter).place == "waiting"
    town.carry()
    assert reading.whereabouts(north, letter).place == "posted"
    town.take_in(south)
    sealing.seal_empty(south, north.state.office, ZoneInfo)
    town.carry()
    town.take_in(north)
    assert reading.whereabouts(north, north.state.letters[n]).place == "opened"
    assert len(north.state.letters) == 1  # the empty letter is never shown


def test_running_out_of_envelopes_falls_back_to_the_standing_seal_with_a_token(town):
    """Five letters without an answer: four on envelopes, the fifth on the standing seal with the standby token."""
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    vias = [south_event(south, town.write(south, north, f"{k}")).via for k in range(5)]
    town.carry()
    assert vias == ["envelope"] * 4 + ["standby"]
    assert len(town.take_in(north).opened) == 5


def south_event(office, n):
    return office.state.letters[n].event


def test_a_zero_token_is_refused_once_the_other_side_has_shown_one(town):
    """Who stole only our link key can no longer write as the other office."""
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    town.exchange(south, north)
    town.exchange(north, south)
    # North forgets what South gave it, as a thief of North's link key would not have it.
    with north.changing() as change:
        for secret in north.register.secrets(b"theirs/"):
            change.tx.drop_secret(secret.name)
        change.tx.drop_secret(b"their-standby/" + south.state.office)
    before = south.register.head()
    n = town.write(north, south)
    assert north.state.letters[n].event.via == "zero"
    town.carry()
    intake = town.take_in(south)
    assert [mark for mark, _, _ in intake.refused] == ["S13"]
    assert south.register.head()[0] == before[0] + 1  # only the note of the refusal
    assert isinstance(ev.from_bytes(before[0] + 1, south.register.event(before[0] + 1)).event, ev.RefusedArrivals)


def test_a_letter_for_another_office_is_refused(town):
    """Wrong recipient: refused, nothing opened."""
    north, south = town.pair("North", "South")
    west = town.office("West")
    n = town.write(north, south)
    sealed = north.register.blob(n, "sealed")
    with pytest.raises(Refused, match="key that is not here") as caught:
        try_to_open(west, sealed)
    assert caught.value.mark == "S16"
    assert west.state.letters == {}


def test_an_unknown_office_brings_its_card_and_changes_nothing_it_could_notice(town):
    """A stranger's letter is opened, shown as unverified, and nothing is sent to it by itself."""
    north, south = town.office("North"), town.office("South")
    town.introduce(north, south)
    town.exchange(north, south)
    other = south.state.of(north.state.office)
    assert other.trust == "unverified"
    assert not other.accepted
    town.clock.move(days=31)
    news = town.keep_house(south)
    assert news.empties == 0
    with pytest.raises(NotPossible):
        sealing.seal_empty(south, north.state.office, ZoneInfo)


def test_a_correspondent_silent_for_sixty_days_can_still_be_reached(town):
    """The card names keys of three periods."""
    north, south = town.pair("North", "South")
    town.clock.move(days=39)
    town.keep_house(south)
    town.clock.move(days=20)
    town.keep_house(south)
    _, there = town.exchange(north, south, "still there?")
    assert town.title(south, there) == "still there?"


def test_three_used_envelopes_bring_a_refill_once_a_day(town):
    """When three of a batch are used, an empty letter brings new ones; an empty letter never calls for another."""
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    for k in range(3):
        town.write(south, north, f"{k}")
    town.carry()
    assert town.keep_house(north).empties == 1
    assert town.keep_house(north).empties == 0
    town.carry()
    town.keep_house(south)
    town.carry()
    assert town.keep_house(north).empties == 0
    assert south.state.letters[town.write(south, north)].event.via == "envelope"


def test_burning_keeps_only_which_letter_it_was(town):
    """A burnt letter is gone from both lists of what can be read; its number stays known, and it cannot come again."""
    north, south = town.pair("North", "South")
    n, there = town.exchange(north, south)
    letter_id = south.state.letters[there].event.letter_id
    assert reading.burn(south, there)
    assert south.state.letters[there].event is None
    with pytest.raises(NotPossible, match="burnt"):
        reading.show(south, there)
    assert reading.search(south, "meeting") == []
    for path in sorted(south.directory.iterdir()):
        assert letter_id not in path.read_bytes()
    assert all(letter_id not in (data or b"") for _, data in south.register.events())
    sealing.again(north, n, ZoneInfo)
    town.carry()
    town.take_in(south)
    assert south.state.letters[there].event is None
    kinds = [type(ev.from_bytes(k, data).event).__name__ for k, data in south.register.events()]
    assert kinds[-1] == "CameAfterBurning"


def test_declining_burns_the_unread_text_and_says_nothing_else(town):
    """The writer learns that it was declined; the reader's desk no longer has it."""
    north, south = town.pair("North", "South")
    _, there = town.exchange(north, south)
    reading.decline(south, there, ZoneInfo)
    town.carry()
    (back,) = town.take_in(north).opened
    assert town.title(north, back) == reading.DECLINED_TITLE
    with pytest.raises(NotPossible, match="declined"):
        reading.show(south, there)


def test_search_finds_a_letter_by_folded_words(town):
    """Search folds case and letters."""
    north, south = town.pair("North", "South")
    n = town.write(north, south, "گفتگو", text="كتاب و ديدار")
    assert reading.search(north, "کتاب") == [n]
    assert reading.search(north, "nothing") == []


def test_a_letter_left_in_the_hatch_by_a_crash_is_opened_once(town):
    """Killed between opening and telling the station: not opened again, and no duplicate."""
    north, south = town.pair("North", "South")
    town.write(north, south)
    town.carry()
    (arrival,) = south.hatch.arrived()
    n = open_one(south, arrival)  # and here the process dies
    head = south.register.head()
    assert town.take_in(south).opened == (n,)
    assert south.register.head() == head
    assert south.hatch.arrived() == []


def test_a_letter_sealed_before_a_crash_is_handed_down_at_the_next_command(town):
    """Sealed and durable, but the station was never told: nothing is lost."""
    north, south = town.pair("North", "South")
    n = town.write(north, south)
    north.hatch.forget(n)  # as if the process had died before handing it down
    town.keep_house(north)
    town.carry()
    assert len(town.take_in(south).opened) == 1


def test_what_expired_on_the_relay_is_not_sent_again_by_itself(town):
    """After the relay's retention there is no sign of the letter; only a person sends it again."""
    north, south = town.pair("North", "South")
    n = town.write(north, south)
    town.lost = lambda pouch: True
    town.carry()
    town.clock.move(days=31)
    town.keep_house(north)
    assert reading.whereabouts(north, north.state.letters[n]).place == "no-sign"
    assert north.hatch.uncut() == [] or all(down[0] != n for down in north.hatch.uncut())


def test_a_clock_that_jumps_asks_before_it_destroys(town):
    """Forty days ahead or a step back: nothing is issued or destroyed until a person confirms, whatever comes in."""
    north, south = town.pair("North", "South")
    town.write(north, south)
    town.carry()
    seals = dict(south.state.seals)
    town.clock.move(days=50)
    assert town.keep_house(south).clock == "ahead"
    assert town.keep_house(south).clock == "ahead"
    assert south.state.seals == seals
    founding.confirm_clock(south)
    assert town.keep_house(south).clock is None
    assert min(south.state.seals) > min(seals)
    town.clock.move(days=-2)
    assert town.keep_house(south).clock == "behind"


def test_a_strangers_look_alike_name_is_an_alarm(town):
    """A letter from an office that calls itself almost as one we know: shown with an alarm, and nothing goes to it."""
    north, south = town.pair("North", "South")
    false = town.office("Nοrth")
    town.introduce(false, south)
    town.exchange(false, south)
    other = south.state.of(false.state.office)
    assert other.alarm is not None
    with pytest.raises(NotPossible, match="contradicts"):
        town.write(south, false)
    assert south.state.of(north.state.office).alarm is None


def test_a_restored_desk_heals_and_sends_nothing_again(town, tmp_path):
    """After restoring: a new epoch, told by an empty letter; old envelopes are void; letters flow again."""
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    town.exchange(south, north)
    made = backup.write(south.register, south_master(town), tmp_path / "south.backup", south.now)
    town.exchange(north, south, "after the backup")
    town.exchange(south, north)
    south.close()
    master, back = backup.restore(tmp_path / "south.backup", tmp_path / "again", PASSPHRASE)
    assert back == made
    again = Office.open(tmp_path / "again", master, clerk="ada", clock=town.clock, random=town.dice.randbytes)
    town.offices["South"] = again
    founding.begin_epoch(again, "restored")
    assert town.keep_house(again).empties == 1
    assert again.hatch.outgoing() != {}
    assert not [n for n in again.hatch.outgoing() if n in again.state.letters]
    town.carry()
    town.keep_house(north)
    assert north.state.of(again.state.office).their_batches != {}
    _, there = town.exchange(north, again, "welcome back", spoken=True)
    assert again.state.letters[there].event.via == "envelope"
    _, back_home = town.exchange(again, north, "thank you")
    assert north.state.letters[back_home].event.via == "envelope"


def south_master(town):
    return keyfile.unwrap(town.offices["South"].directory / keyfile.NAME, PASSPHRASE)


def test_a_register_put_back_seals_nothing_until_a_new_epoch(town):
    """The station remembers a later entry than the register holds: a copy was put back."""
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    north.hatch.note_entry(north.register.head()[0] + 5)
    assert town.keep_house(north).copy is not None
    with pytest.raises(NotPossible, match="copy was put back"):
        town.write(north, south)
    founding.begin_epoch(north, "copy")
    town.exchange(north, south, "in a new epoch")


def test_forging_makes_what_our_own_desk_opens_as_theirs(town):
    """Whoever receives a deniable letter could have made it: so nobody can prove one."""
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    town.exchange(south, north)
    head = south.register.head()
    order = sealing.Order(
        north.state.office, "letter", (Body("en", "prevailing", "Never said", "We yield."),), signed=False
    )
    sealed, letter = forge(south, order, ZoneInfo)
    assert try_to_open(south, sealed) == letter
    assert letter.sheet.sender == north.state.office
    assert south.register.head() == head
    with pytest.raises(NotPossible, match="signed"):
        forge(south, replace(order, form="note-verbale", signed=None), ZoneInfo)
