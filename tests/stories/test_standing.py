"""Two real offices look at their boards: what each holds gives the same answer, and a gap gives none."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from offers import OFFER, answer, deliver, order

from backchannel.desk import sealing, standing
from backchannel.desk.desk import Desk


def states(office) -> tuple[dict[int, str], dict[str, str]]:
    """Offers and clauses of an office's board, by entry."""
    desk, board = Desk(office, b""), standing.board_of(office)
    return (
        {desk.entry_of(offer.letter.id): offer.state for offer in board.offers},
        {f"{desk.entry_of(one.letter)}/{one.clause.number}": one.state for one in board.clauses},
    )


def test_offered_accepted_met_and_kept(town):
    """A07 played to its end: T1 waits for T2, both declare it, and only a declaration ends anything."""
    north, south = town.pair("North", "South")
    n, came = deliver(town, north, south, order(north, south, OFFER, signed=True))
    assert states(north)[0][n] in ("on_its_way", "open")
    assert states(south)[0][came] == "open"
    accepted, _ = deliver(town, south, north, order(south, north, answer(f"accept {came}"), signed=True))
    for office, entry in ((north, n), (south, came)):
        offers, clauses = states(office)
        if office is north:  # South does not know yet that its acceptance has reached
            assert offers[entry] == "accepted"
            assert (clauses[f"{entry}/T1"], clauses[f"{entry}/T2"]) == ("waiting", "open")
        else:
            assert offers[entry] == "open"
    deliver(town, north, south, order(north, south, answer(f"{{act: declare, on: {n}/T2, outcome: met}}"), signed=True))
    assert states(south)[0][came] == "accepted"  # North's view names the acceptance as opened
    assert states(south)[1][f"{came}/T2"] == "said_met"
    assert states(south)[1][f"{came}/T1"] == "waiting"  # jointly: one side's word releases nothing
    deliver(
        town, south, north, order(south, north, answer(f"{{act: declare, on: {came}/T2, outcome: met}}"), signed=True)
    )
    assert states(north)[1][f"{n}/T2"] == "agreed"
    assert states(north)[1][f"{n}/T1"] == "in_force"
    assert accepted


def test_lapsed_over_a_letter_that_was_not_opened_is_unclear(town):
    """A letter of theirs that is missing may hold an acceptance: the board does not say that the offer lapsed."""
    north, south = town.pair("North", "South")
    n, came = deliver(town, north, south, order(north, south, OFFER))
    sealing.seal_letter(south, order(south, north, answer(f"accept {came}")), ZoneInfo)
    town.lost = lambda pouch: True
    town.carry()
    town.lost = lambda pouch: False
    deliver(town, south, north, order(south, north, answer("decline 99").replace("acts:\n  - decline 99\n", "")))
    town.clock.move(days=60)
    assert states(north)[0][n] == "unclear"
    (offer,) = standing.board_of(north).offers
    assert offer.settles == ["missing_letters"]
    assert [(hole.first, hole.last, hole.why) for hole in offer.holes] == [(1, 1, "missing")]


def test_records_written_for_others_give_the_same_board(town):
    """What `--records` writes is enough for another program to compute the board."""
    from backchannel.terms.feed import board_json

    north, south = town.pair("North", "South")
    n, came = deliver(town, north, south, order(north, south, OFFER, signed=True))
    deliver(town, south, north, order(south, north, answer(f"accept {came}"), signed=True))
    written = Desk(north, b"").records_json()
    assert standing.board_from_json(written) == board_json(standing.board_of(north))
    assert n


def test_two_months_of_a_letter_have_three_ends_or_none(town):
    """B10: announced on the 7th, given on the 11th, handed over on the 12th: one must be chosen."""
    town.clock.now = datetime(2025, 3, 11, 9, tzinfo=UTC)
    north, south = town.pair("North", "South")
    n, _ = deliver(town, north, south, order(north, south, OFFER.replace("2026-12-24", "2025-12-24")))
    town.clock.now = datetime(2025, 3, 12, 9, tzinfo=UTC)
    deliver(town, south, north, order(south, north, answer("decline 1").replace("acts:\n  - decline 1\n", "")))
    desk = Desk(north, b"")
    found = desk.readings(n, (2, "months"), {"announced": "2025-03-07T18:00[UTC]"})
    ends = {one.event: one.ends for one in found if one.ends is not None}
    days = {event: datetime.fromtimestamp(span.latest, UTC).date().isoformat() for event, span in ends.items()}
    assert days == {"announced": "2025-05-07", "leaving": "2025-05-11", "handover": "2025-05-12"}
    assert found[-1].write == "until_withdrawn: yes"
