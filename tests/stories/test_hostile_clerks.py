"""Two clerks on one desk at once, and a desk killed at every step: one wins, nothing is lost, nothing is said twice."""

import os
import shutil
import signal
import threading
import time
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hostile import entries, given, head, letters, now, rounds, send, settle

from backchannel.desk import conveying, housekeeping, opening, reading, recalling, sealing
from backchannel.desk import events as ev
from backchannel.desk.sealing import Route
from backchannel.desk.tracking import track_letter
from backchannel.errors import NotPossible

WHY = ("other", "none")


@pytest.fixture
def harbour_town(town):
    return town, *settle(town, "North", "South", "Ferry", "Harbour")


def accept(office, n):
    conveying.accept(office, n, ZoneInfo)


def hold(office, n):
    conveying.hold(office, n, office.now + 3600, "the road is closed", ZoneInfo)


def decline(office, n):
    conveying.decline(office, n, *WHY, ZoneInfo)


def give_back(office, n):
    conveying.give_back(office, n, *WHY, ZoneInfo)


def pass_on(office, n):
    conveying.pass_on(office, n, ZoneInfo)


def keep_house(office, n=0):
    housekeeping.keep_house(office, ZoneInfo)


def settle_down(office):
    """Rounds until a desk has nothing left to do by itself."""
    for _ in range(3):
        keep_house(office)


def at_once(town, desk, n, *acts):
    """Each act by a clerk of its own, all with a first look behind them before any can write; what each was told."""
    told = [None] * len(acts)

    def work(position, act):
        with town.clerk(f"clerk {position}", desk.directory, os.urandom) as office:
            assert office.state.last_n
            ready.wait()
            try:
                act(office, n)
            except NotPossible as error:
                told[position] = str(error)

    ready = threading.Barrier(len(acts) + 1)
    threads = [threading.Thread(target=work, args=one) for one in enumerate(acts)]
    for one in threads:
        one.start()
    with town.clerk("third", desk.directory, os.urandom) as third, third.register.transaction():
        ready.wait()
        time.sleep(0.3)
    for one in threads:
        one.join()
    desk.forget_state()
    return told


def said(office, after):
    return Counter(one.event.event for one in entries(office) if one.n > after and isinstance(one.event, ev.Stated))


@pytest.mark.parametrize(
    ("acts", "before"),
    [
        ((accept, accept), None),
        ((accept, decline), None),
        ((decline, decline), None),
        ((pass_on, pass_on), None),
        ((decline, pass_on), None),
        ((give_back, pass_on), accept),
        ((give_back, give_back), accept),
        ((pass_on, pass_on, pass_on), hold),
    ],
)
def test_of_two_clerks_at_once_one_wins_and_the_other_is_told(harbour_town, acts, before):
    """Whichever is first: one act, its statements once, and the other clerk reads what was done."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry)
    if before is not None:
        before(ferry, charge.n)
    after = head(ferry)
    told = at_once(town, ferry, charge.n, *acts)
    assert sum(one is None for one in told) == 1
    assert all("already" in one for one in told if one)
    handled = [one.event for one in entries(ferry) if one.n > after and isinstance(one.event, ev.Handled)]
    assert len(handled) == 1
    winner = acts[told.index(None)]
    names = {"accepted": accept, "declined": decline, "passed": pass_on, "returned": give_back}
    assert names[handled[0].act] is winner
    assert set(said(ferry, after).values()) <= {1}
    assert conveying.tray(ferry)[0].status == handled[0].act
    rounds(town, south, ferry, north)
    assert len(letters(south)) == (winner is pass_on)
    assert all(one.duplicates == 0 for one in letters(south))
    leg = track_letter(north, n)[0].legs[0]
    assert leg.aside == ()
    assert {accept: "taken", decline: "declined", pass_on: "handed-over", give_back: "returned"}[winner] == leg.standing


def test_holding_and_accepting_at_once_both_count_and_the_taking_is_said_once(harbour_town):
    """Either order is possible: an acceptance may be followed by a hold, and a hold tells the acceptance too."""
    town, north, south, ferry, _ = harbour_town
    _, charge = given(town, north, south, ferry)
    after = head(ferry)
    at_once(town, ferry, charge.n, accept, hold)
    assert said(ferry, after) == {"SubmissionAcceptance": 1, "x-CustodyHeld": 1}


def open_arrivals(office, n):
    for arrival in office.hatch.arrived():
        opening.open_one(office, arrival)


def unwrap(office, n):
    opening.unwrap_enclosures(office)


def keep_up(office, n):
    conveying.keep_up(office, ZoneInfo)


def test_two_programs_of_one_desk_do_every_step_once(harbour_town):
    """The same covering letter opened, its enclosure unwrapped, receipted and passed back, by two processes at once."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry)
    pass_on(ferry, charge.n)
    town.carry()
    for desk, says in (
        (south, {"ContentHandover": 1}),
        (ferry, {"ContentHandover": 1, "ContentConsignment": 1}),
        (north, {}),
    ):
        after = head(desk)
        for step in (open_arrivals, unwrap, keep_up):
            assert at_once(town, desk, 0, step, step) == [None, None]
        desk.hatch.taken([one.id for one in desk.hatch.arrived()])
        once = ev.Stated | ev.Unwrapped | ev.PassedBack | ev.Opened | ev.Heard
        done = [one.event for one in entries(desk) if one.n > after and isinstance(one.event, once)]
        parts = ("of", "event", "letter_id", "letter", "position")
        what = [(type(one), *(getattr(one, part, None) for part in parts)) for one in done]
        assert len(set(what)) == len(what)
        assert said(desk, after) == says
        town.carry()
    assert [one.duplicates for one in letters(south)] == [0]
    assert track_letter(north, n)[0].legs[0].standing == "handed-over"


def test_two_programs_notice_one_silence(harbour_town):
    town, north, south, ferry, _ = harbour_town
    given(town, north, south, ferry, Route((ferry.state.office,), by=now(town) + 60))
    town.clock.move(hours=1)
    at_once(town, north, 0, keep_house, keep_house)
    assert sum(isinstance(one.event, ev.Waited) for one in entries(north)) == 1


@pytest.mark.parametrize(
    "act",
    [
        lambda office, n: reading.decline(office, n, ZoneInfo),
        lambda office, n: reading.burn(office, n),
    ],
    ids=["decline", "burn"],
)
def test_two_readers_destroy_a_letter_once(harbour_town, act):
    """One refusal goes back, not two."""
    town, north, south, *_ = harbour_town
    send(north, south, Route())
    rounds(town, south)
    (letter,) = letters(south)
    after = head(south)
    told = at_once(town, south, letter.n, act, act)
    assert sum(one is None for one in told) == 1
    done = [one for one in entries(south) if one.n > after and isinstance(one.event, ev.Declined | ev.Burnt)]
    assert len(done) == 1
    assert sum(isinstance(one.event, ev.Written) for one in entries(south) if one.n > after) <= 1


def test_two_clerks_recall_once(harbour_town):
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry)
    told = at_once(town, north, n, *[lambda office, m: recalling.recall(office, m, ZoneInfo)] * 2)
    assert sum(one is None for one in told) == 1
    rounds(town, ferry)
    after = head(ferry)
    at_once(town, ferry, charge.n, keep_house, keep_house)
    assert said(ferry, 0)["x-Recalled"] == 1
    assert not said(ferry, after)


# Killed.


def in_a_child(town, name, act, commits):
    """The act in a process of its own, killed before its commit of that number; whether it was."""
    child = os.fork()
    if not child:
        left = commits

        def before_commit():
            nonlocal left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            return False

        try:
            with town.clerk("ada", town.offices[name].directory, os.urandom) as office:
                office.register._db.set_commit_hook(before_commit)
                office.hatch._db.set_commit_hook(before_commit)
                act(office)
            os._exit(0)
        except BaseException:  # nothing of the parent's may run here
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def left_by(office, after):
    """What a desk has done and will send: kinds of entries, and how often each written letter was handed down."""
    office.forget_state()
    new = [one for one in entries(office) if one.n > after]
    done = Counter(type(one.event).__name__ for one in new)
    for one in new:
        if isinstance(one.event, ev.Stated):
            done["says " + one.event.event] += 1
    rows = office.hatch._rows("SELECT entry FROM down")
    sent = Counter(Counter(entry for (entry,) in rows).values())
    return done, sent


CHARGED = {
    "accept": (None, accept),
    "hold": (None, hold),
    "decline": (None, decline),
    "pass on": (None, pass_on),
    "pass on what was held": (hold, pass_on),
    "return": (accept, give_back),
}


@pytest.mark.parametrize("name", CHARGED)
def test_killed_at_any_commit_an_act_is_done_whole_or_not_at_all(harbour_town, name):
    """Before each commit of desk and station in turn: reopened, it is as if the act had been done once, or not yet."""
    town, north, south, ferry, _ = harbour_town
    before, act = CHARGED[name]
    _, charge = given(town, north, south, ferry)
    if before is not None:
        before(ferry, charge.n)
    handled = len(charge.handled)

    def finished(office):
        """What a person does who comes back: looks, and does it if it was not done."""
        found = conveying.tray(office)[0]
        if len(found.handled) == handled:
            act(office, charge.n)
        settle_down(office)

    kill_everywhere(town, ferry, lambda office: act(office, charge.n), finished)
    rounds(town, south, ferry, north)
    assert len(letters(south)) == name.startswith("pass")


def kill_everywhere(town, desk, act, finished):
    """Kill at each commit, each time from the same beginning; what is finished afterwards is always the same."""
    after = head(desk)
    name = next(key for key, one in town.offices.items() if one is desk)
    desk.close()
    aside = desk.directory.with_name("aside")
    shutil.copytree(desk.directory, aside)
    expected = None
    commits = 0
    while True:
        # First the act unharmed, to know what it leads to; then killed before its first commit, its second, …
        killed = in_a_child(town, name, act, commits)
        again = town.clerk("ada", desk.directory)
        desk.register, desk.hatch = again.register, again.hatch
        desk.forget_state()
        finished(desk)
        if expected is None:
            expected = left_by(desk, after)
            assert not killed
        assert left_by(desk, after) == expected, f"killed before commit {commits}"
        desk.register.verify()
        if commits and not killed:
            break
        commits += 1
        desk.close()
        shutil.rmtree(desk.directory)
        shutil.copytree(aside, desk.directory)
    assert commits > 2


def test_killed_while_it_passes_evidence_back_a_desk_says_everything_once(harbour_town):
    """Ferry's round after South's receipt came: statement, passing back and forgetting are one step."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry)
    pass_on(ferry, charge.n)
    rounds(town, south, times=1)
    town.carry()
    kill_everywhere(town, ferry, keep_house, settle_down)
    assert conveying.tray(ferry)[0].discharged
    rounds(town, north)
    leg = track_letter(north, n)[0].legs[0]
    assert (leg.standing, leg.aside) == ("handed-over", ())


def test_killed_while_it_opens_what_was_handed_over_a_desk_opens_it_once(harbour_town):
    """South's round: covering letter, enclosure and receipt, each a step of its own; none is lost, none comes twice."""
    town, north, south, ferry, _ = harbour_town
    n, charge = given(town, north, south, ferry)
    pass_on(ferry, charge.n)
    town.carry()
    kill_everywhere(town, south, keep_house, settle_down)
    (letter,) = letters(south)
    assert letter.duplicates == 0
    rounds(town, ferry, north)
    assert track_letter(north, n)[0].legs[0].standing == "handed-over"


def test_killed_while_a_letter_is_given_away_nothing_of_it_is_lost(harbour_town):
    """The writer's own act: letter, covering letter and leg are one transaction, and what it sealed leaves once."""
    town, north, south, ferry, _ = harbour_town
    written = head(north)

    def finished(office):
        if not any(isinstance(one.event, ev.Leg) for one in entries(office) if one.n > written):
            send(office, south, (ferry,))
        settle_down(office)

    kill_everywhere(town, north, lambda office: send(office, south, (ferry,)), finished)
    rounds(town, ferry)
    assert len(conveying.tray(ferry)) == 1
    assert opening.take_in(ferry).opened == ()


OTHERS = {
    "over a relay": ((), ()),
    "by a go-between": (("Ferry",), ()),
    "over a relay, then by a go-between too": ((), ("Ferry",)),
    "by a go-between, then over a relay too": (("Ferry",), None),
}


@pytest.mark.parametrize("name", OTHERS)
def test_killed_while_a_letter_is_sent_again_it_leaves_once_more(harbour_town, name):
    """A person's order that was durable is carried out at the next command, and no way is used that was not ordered."""
    town, north, south, _, _ = harbour_town
    first, then = (one and tuple(town.offices[hop] for hop in one) for one in OTHERS[name])
    n = send(north, south, *([first] if first else []))
    written = head(north)
    routes = (Route(),) if then is None else tuple(Route((hop.state.office,)) for hop in then)

    def again(office):
        sealing.again(office, n, ZoneInfo, routes=routes)

    def finished(office):
        if head(office) == written:
            again(office)
        settle_down(office)

    kill_everywhere(town, north, again, finished)
    assert len(north.hatch._rows("SELECT id FROM down")) == 2
