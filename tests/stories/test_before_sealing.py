"""What a writer is told before a letter is sealed: everything at once, each thing with the way to mend it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from offers import OFFER, answer, deliver, order

from backchannel.desk import sealing
from backchannel.desk.latency import latency
from backchannel.errors import NotPossible
from backchannel.letters.clauses import Act, Clause, Link, Ref
from backchannel.letters.dates import moment_of


def told(office, asked) -> list[str]:
    return [str(one) for one in sealing.plan(office, asked, ZoneInfo).findings]


def test_everything_that_stops_is_told_at_once(town):
    north, south = town.pair("North", "South")
    n, came = deliver(town, north, south, order(north, south, OFFER, signed=True))
    letter = north.state.letters[n].event.letter_id
    clause = Clause("T1", "undertaking", (("en", "x"),), links=(Link("only_if", Ref(bytes(32), "T1")),))
    acts = (Act("accept", Ref(letter)), Act("decline", Ref(letter)), Act("withdraw", Ref(bytes(32))))
    asked = sealing.Order(
        south.state.office,
        "letter",
        order(north, south, answer("decline 1").replace("acts:\n  - decline 1\n", "")).bodies,
        clauses=(clause,),
        terms=acts,
        signed=True,
    )
    before = north.state.last_n
    with pytest.raises(NotPossible) as refused:
        sealing.seal_letter(north, asked, ZoneInfo)
    said = str(refused.value)
    for what in (
        "contradict each other",
        f"cannot accept letter {n}",
        "names a letter that is not here",
        "hangs on a letter",
    ):
        assert what in said
    assert north.state.last_n == before
    assert came


def test_an_acceptance_that_changes_something_is_said_to_be_a_counter_offer(town):
    north, south = town.pair("North", "South")
    _, came = deliver(town, north, south, order(north, south, OFFER, signed=True))
    part = order(south, north, answer(f"{{act: accept, on: {came}/T1}}"), signed=True)
    assert any("counter-offer" in one for one in told(south, part))
    assert told(south, order(south, north, answer(f"accept {came}"), signed=True)) == []


def test_an_acceptance_of_what_has_lapsed(town):
    north, south = town.pair("North", "South")
    _, came = deliver(town, north, south, order(north, south, OFFER, signed=True))
    town.clock.move(days=60)
    assert any("has ended (lapsed)" in one for one in told(south, order(south, north, answer(f"accept {came}"))))


def test_a_declaration_on_an_open_offer_is_no_acceptance(town):
    north, south = town.pair("North", "South")
    _, came = deliver(town, north, south, order(north, south, OFFER, signed=True))
    said = order(south, north, answer(f"{{act: declare, on: {came}/T2, outcome: met}}"))
    assert any("no acceptance" in one for one in told(south, said))


def test_one_office_bound_to_do_and_not_to_do(town):
    north, south = town.pair("North", "South")
    deliver(town, north, south, order(north, south, OFFER, signed=True))
    against = OFFER.replace("kind: undertaking, bound: us", "kind: undertaking, refrain: yes, bound: us").replace(
        "T1", "T7"
    )
    assert any("bound to do and not to do" in one for one in told(north, order(north, south, against, signed=True)))
    other = OFFER.replace("We work against", "We shall work hard against").replace("در برابر دشمن", "در برابر هر دشمن")
    assert any("under the same number" in one for one in told(north, order(north, south, other, signed=True)))


def test_a_date_that_the_way_cannot_meet(town):
    """R21: by the recorded times of this way; with fewer than three nothing is said of it."""
    north, south = town.pair("North", "South")
    for _ in range(4):
        town.exchange(north, south)
        town.clock.move(days=3)
        town.exchange(south, north)  # its view shows that ours was opened by then
    found = latency(north, south.state.office, b"")
    assert found is not None
    assert found.legs >= 3
    assert found.p90 >= 3 * 86_400
    plain = answer("decline 1").replace("acts:\n  - decline 1\n", "")

    def in_days(days: int):
        return moment_of(town.clock() + timedelta(days=days), "UTC", ZoneInfo)

    (finding,) = told(north, order(north, south, plain, reply_by=in_days(1)))
    assert "reply_by cannot be met" in finding
    assert told(north, order(north, south, plain, reply_by=in_days(40))) == []
