"""What happens seldom on a board: letters that recall each other, duties that come again, what nobody sealed."""

import pytest
from records import read_date, zones

from backchannel.letters.spans import TimeSpan
from backchannel.terms.feed import board_json, read_records
from backchannel.terms.knowing import known_to_other, may_lack, shown
from backchannel.terms.records import Tables
from backchannel.terms.standing import Board, standing

UNDERTAKING = {"number": "T1", "kind": "undertaking", "bound": "north"}


def board(*letters: dict, **more: object) -> Board:
    records, owner, at = read_records(
        {"owner": "north", "now": "2026-02-27T00:00:00Z", "letters": list(letters), **more}, read_date
    )
    return standing(records, owner, at, Tables(zones))


def letter(id: str, day: int, *acts: dict, clauses: tuple = (), **more: object) -> dict:
    """Written by north (N1) or south (S1), reached on that day of January."""
    sides = ("north", "south") if id[0] == "N" else ("south", "north")
    return {
        "id": id, "from": sides[0], "to": sides[1], "number": int(id[1:]), "acts": list(acts), "clauses": list(clauses),
        "reached": [f"2026-01-{day:02}T00:00:00Z"], **more,
    }  # fmt: skip


OFFER = letter("N1", 1, {"act": "propose"}, clauses=(UNDERTAKING,))


def test_letters_that_recall_each_other_are_unclear() -> None:
    """Together: neither came first. What something else recalls as well is recalled; the other stays unclear."""
    accepts = letter("S1", 5, {"act": "accept", "on": "N1"}, {"act": "recall", "on": "S2"})
    recalls = letter("S2", 5, {"act": "recall", "on": "S1"})
    for more, state in (
        ([], "unclear"),
        ([letter("S3", 4, {"act": "recall", "on": "S2"})], "unclear"),
        ([letter("S3", 4, {"act": "recall", "on": "S1"})], "open"),
    ):
        letters = [OFFER, accepts, recalls, *more]
        assert [one.state for one in board(*letters).offers] == [state]
        assert [one.state for one in board(*reversed(letters)).offers] == [state]


def test_each_time_of_a_duty_is_declared_by_itself() -> None:
    """By the first date not before its `since`; without one, or after the last, it is of no date."""
    each = UNDERTAKING | {"how": "each", "dates": [["due", f"2026-02-{day}T00:00:00Z"] for day in ("01", "10")]}
    kept = {"act": "declare", "on": "N1/T1", "outcome": "kept"}
    letters = [
        letter("N1", 1, {"act": "propose"}, clauses=(each,)),
        letter("S1", 2, {"act": "accept", "on": "N1"}),
        letter("S2", 3, kept),
        letter("S3", 4, kept | {"since": "2026-02-05T00:00:00Z"}),
        letter("S4", 5, kept | {"since": "2026-03-05T00:00:00Z"}),
    ]
    (found,) = board(*letters).clauses
    assert [state for _, state in found.instances] == ["past_undeclared", "said_kept"]
    assert found.state == "past_undeclared"
    assert [one.code for one in found.reasons if one.code == "declared_of_no_date"] == ["declared_of_no_date"]
    (found,) = board(*letters, letter("S5", 6, kept | {"since": "2026-02-01T00:00:00Z"})).clauses
    assert [state for _, state in found.instances] == ["said_kept", "said_kept"]
    assert found.state == "in_force"


@pytest.mark.parametrize(("acts", "state"), [([{"act": "propose"}], "drafted"), ([], "drafted")])
def test_what_is_not_sealed_binds_nobody(acts: list, state: str) -> None:
    (found,) = board(letter("N1", 1, *acts, clauses=(UNDERTAKING,), draft=True)).offers
    assert found.state == state


def test_of_a_letter_that_is_not_here_nothing_is_said() -> None:
    facts = board(OFFER).facts
    for told in (shown, known_to_other, may_lack):
        assert list(told(facts, [b"nowhere"])) == []
    assert [how for _, how in known_to_other(facts, [b"N1"])] == ["in_their_hands"]


def test_a_hole_that_ends_before_it_begins_is_none() -> None:
    hole = {"from": "south", "to": "north", "epoch": "", "first": 3, "last": 2}
    assert board_json(board(OFFER, holes=[hole]))["holes"] == []
    assert len(board_json(board(OFFER, holes=[hole | {"last": 3}]))["holes"]) == 1
    assert TimeSpan(None, None) == TimeSpan()
