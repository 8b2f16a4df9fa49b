"""A desk put back from a backup, or as an old disk, while a letter is on its way: what each of the three then sees."""

import shutil
from zoneinfo import ZoneInfo

import pytest
from hostile import enclosure_of, entries, given, hand_over, head, letters, marks, now, rounds, send, settle

from backchannel.desk import conveying, reading, sealing
from backchannel.desk import events as ev
from backchannel.desk.sealing import Route
from backchannel.desk.tracking import track_letter
from backchannel.errors import NotPossible


@pytest.fixture
def harbour_town(town):
    return town, *settle(town, "North", "South", "Ferry", "Harbour")


def leg_of(office, n):
    return track_letter(office, n)[0].legs[0]


def sealed_since(office, after, *forms):
    """What was sealed after that entry, by form and reader."""
    written = [one.event for one in entries(office) if one.n > after and isinstance(one.event, ev.Written)]
    return [one for one in written if one.form in (forms or ("letter", "reply", "conveyance", "evidence"))]


def restored(town, name, *others):
    """The desk from the backup put aside, an hour later; the others have seen that it began a new epoch."""
    town.clock.move(hours=1)
    desk = town.restore(name)
    before = head(desk)
    rounds(town, desk, *others)
    assert sealed_since(desk, before) == []  # nothing but empty letters, which bring its new card
    return desk


def test_a_go_between_restored_to_before_it_passed_on(harbour_town):
    """Its tray holds the letter again. North keeps what it heard; Ferry's second round makes nothing of it undone."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry)
    conveying.accept(ferry, charge.n, ZoneInfo)
    town.put_aside(ferry)
    town.clock.move(minutes=5)
    conveying.pass_on(ferry, charge.n, ZoneInfo)
    rounds(town, south, ferry, north)
    assert leg_of(north, n).standing == "handed-over"

    ferry = restored(town, "Ferry", north, south)
    assert [one.status for one in conveying.tray(ferry)] == ["accepted"]
    befores = head(north), head(south)
    conveying.pass_on(ferry, charge.n, ZoneInfo)
    rounds(town, south, ferry, north)
    (letter,) = letters(south)
    assert letter.duplicates == 1
    # South's receipt and North's letters wait until a person has spoken with Ferry by another way.
    assert sealed_since(south, befores[1]) == sealed_since(north, befores[0]) == []
    assert [one.display for one in town.keep_house(north).restored] == ["Ferry"]
    with pytest.raises(NotPossible, match="began a new epoch"):
        send(north, south, (ferry,))
    assert leg_of(north, n).standing == "handed-over"


def test_a_go_between_that_says_it_again_after_it_was_restored_undoes_nothing(harbour_town):
    """Accepted a second time, later than the handing over: an earlier word of its own stands, and so does the end."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry)
    town.put_aside(ferry)
    conveying.accept(ferry, charge.n, ZoneInfo)
    conveying.pass_on(ferry, charge.n, ZoneInfo)
    rounds(town, south, ferry, north)
    ferry = restored(town, "Ferry", north, south)
    (again,) = conveying.tray(ferry)
    assert again.status == "waiting"
    conveying.accept(ferry, again.n, ZoneInfo)
    rounds(town, north)
    leg = leg_of(north, n)
    assert (leg.standing, leg.aside) == ("handed-over", ())
    assert [word.event for word in leg.words] == [
        "SubmissionAcceptance", "ContentConsignment", "ContentHandover", "SubmissionAcceptance",
    ]  # fmt: skip


def test_a_writer_restored_to_before_it_wrote(harbour_town):
    """It knows nothing of the letter: evidence is about nothing, the letter is read as of an epoch gone by."""
    town, north, south, ferry, _ = harbour_town
    town.exchange(north, south, "earlier")
    town.put_aside(north)
    _, charge = given(town, north, south, ferry)
    north = restored(town, "North", south, ferry)
    town.exchange(north, ferry, "we were restored")
    before = head(ferry)
    for act in (conveying.accept, conveying.pass_on):
        with pytest.raises(NotPossible, match="began a new epoch"):
            act(ferry, charge.n, ZoneInfo)  # it seals a statement to North
    assert sealed_since(ferry, before) == []
    assert conveying.tray(ferry)[0].status == "waiting"
    conveying.pass_on(ferry, charge.n, ZoneInfo, spoken=True)
    rounds(town, south, ferry, north)
    assert [town.title(south, one.n) for one in letters(south)] == ["earlier", "Will you meet?"]
    assert north.state.custody.legs == {}
    assert {heard.event for _, _, heard in north.state.custody.strays} >= {"SubmissionAcceptance"}
    (came,) = [one for one in letters(south) if town.title(south, one.n) == "Will you meet?"]
    before = head(south)
    with pytest.raises(NotPossible, match="began a new epoch"):
        town.write(south, north, "Yes", form="reply", replies=(came.n,), routes=(Route(),))
    assert sealed_since(south, before) == []
    _, answer = town.exchange(south, north, "Yes", form="reply", replies=(came.n,), routes=(Route(),), spoken=True)
    assert town.title(north, answer) == "Yes"
    assert north.state.letters[answer].event.replies == ()  # to a letter that is not here


def test_a_writer_restored_to_after_it_wrote_still_tracks(harbour_town):
    """It waits for its letter as before; what Ferry would say by itself waits for a person there."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry, Route((ferry.state.office,), by=now(town) + 86_400))
    conveying.accept(ferry, charge.n, ZoneInfo)
    rounds(town, north)
    town.put_aside(north)
    conveying.pass_on(ferry, charge.n, ZoneInfo)
    north = restored(town, "North", ferry, south)
    assert leg_of(north, n).standing == "taken"
    before = head(ferry)
    rounds(town, south, ferry)
    assert not [one for one in sealed_since(ferry, before) if one.office == north.state.office]
    town.clock.move(days=2)
    town.keep_house(north)
    assert leg_of(north, n).standing == "silent"
    assert len(letters(south)) == 1


@pytest.mark.parametrize("on_envelope", [False, True])
def test_a_reader_restored_to_before_it_came(harbour_town, on_envelope):
    """The closed copy a carrier kept opens no more; its writer sees it as lost, and seals it afresh by choice."""
    town, north, south, ferry, _ = harbour_town
    if on_envelope:
        town.exchange(south, north)
    town.put_aside(south)
    n, charge = given(town, north, south, ferry)
    enclosed = enclosure_of(ferry, charge)
    conveying.pass_on(ferry, charge.n, ZoneInfo)
    rounds(town, south, ferry, north)
    assert len(letters(south)) == 1
    south = restored(town, "South", north, ferry)
    assert letters(south) == []
    for other in (ferry, north):
        town.exchange(south, other, "we were restored")
    before = head(south)
    assert marks(hand_over(town, ferry, south, enclosed)) == ["S16"]
    rounds(town, ferry, north)
    assert letters(south) == []
    assert leg_of(north, n).standing == "handed-over"  # Ferry's word, true when it was said
    assert reading.whereabouts(north, north.state.letters[n]).place == "lost"
    sealing.again(north, n, ZoneInfo, spoken=True, routes=(Route(),))
    rounds(town, south)
    assert [town.title(south, one.n) for one in letters(south)] == ["Will you meet?"]
    assert not sealed_since(south, before, "letter", "reply", "conveyance")


@pytest.mark.parametrize("who", ["North", "South", "Ferry"])
def test_an_old_disk_put_back_beside_its_station_seals_nothing(harbour_town, who):
    """Register of before, station of today: known as a copy, its tray acts on nothing and its house says nothing."""
    town, north, south, ferry, _ = harbour_town
    cover = Route((ferry.state.office,), by=now(town) + 60)
    n, charge = given(town, north, south, ferry, cover)
    desk = town.offices[who]
    aside = town.folder / "register-aside"
    aside.mkdir()
    desk.register.settle()
    desk.close()
    for path in desk.directory.glob("register.db*"):
        shutil.copy(path, aside)
    desk = reopened(town, who)
    charges = conveying.tray(town.offices["Ferry"])
    conveying.pass_on(town.offices["Ferry"], charges[0].n, ZoneInfo)
    rounds(town, *(town.offices[one] for one in ("South", "Ferry", "North")))
    send(desk, town.offices["Harbour"], Route())
    desk.close()
    for path in desk.directory.glob("register.db*"):
        path.unlink()
    for path in aside.iterdir():
        shutil.copy(path, desk.directory)
    desk = reopened(town, who)
    before = head(desk)
    town.clock.move(hours=1)
    for _ in range(2):
        assert town.keep_house(desk).copy is not None
    assert sealed_since(desk, before, "empty", "letter", "reply", "conveyance", "evidence") == []
    if who == "Ferry":
        for act in (conveying.accept, conveying.pass_on):
            with pytest.raises(NotPossible, match="copy was put back"):
                act(desk, charge.n, ZoneInfo)
        with pytest.raises(NotPossible, match="copy was put back"):
            conveying.decline(desk, charge.n, "other", "", ZoneInfo)
        assert conveying.tray(desk)[0].status == "waiting"
    if who == "North":
        assert not [one for one in entries(desk) if isinstance(one.event, ev.Waited)]
        assert n in desk.state.letters


def reopened(town, name):
    town.offices[name] = town.clerk("ada", town.offices[name].directory)
    return town.offices[name]


def test_who_was_never_written_to_learns_of_a_restoration_by_a_letter_alone(harbour_town):
    """Ferry tells North, to whom it wrote, by itself; Harbour, whose card it has, when a person there writes."""
    town, north, _, ferry, harbour = harbour_town
    send(ferry, north)
    rounds(town, north, ferry)
    town.put_aside(ferry)
    ferry = restored(town, "Ferry", north, harbour)
    assert [one.display for one in town.keep_house(north).restored] == ["Ferry"]
    assert town.keep_house(harbour).restored == ()
    send(harbour, ferry)  # sealed as before
    send(ferry, harbour)
    rounds(town, harbour)
    assert [one.display for one in town.keep_house(harbour).restored] == ["Ferry"]
