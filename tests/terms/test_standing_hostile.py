"""Boards of records made to be slow: circles, chains, crowds of acts, holes and statements. Each grows linearly."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from records import read_date, zones
from work import work

from backchannel.terms.feed import board_json, read_records
from backchannel.terms.records import Tables
from backchannel.terms.standing import Board, standing

Json = dict[str, Any]
START = 1_767_225_600
PROPOSE = {"act": "propose"}
CONDITION = {"number": "T1", "kind": "condition"}


def number(at: int) -> str:
    return f"{'TUVWX'[at // 9999]}{at % 9999 + 1}"


def letter(id: str, writer: str, to: str, n: int, at: int, *acts: Json, **more: Any) -> Json:
    when = {"reached": [START + at], "left": [START + at]}
    return {"id": id, "from": writer, "to": to, "number": n, **when, "acts": list(acts), **more}


def act(kind: str, on: str, **more: Any) -> Json:
    return {"act": kind, "on": on, **more}


def promise(at: int, *links: list[str]) -> Json:
    return {"number": number(at), "kind": "undertaking", "bound": "n", "links": list(links)}


def agreed(*clauses: Json) -> list[Json]:
    return [
        letter("N1", "n", "s", 1, 0, PROPOSE, clauses=list(clauses)),
        letter("S1", "s", "n", 1, 10, act("accept", "N1")),
    ]


def declared(many: int, outcome: str = "kept") -> list[Json]:
    return [
        letter(f"N{k + 2}", "n", "s", k + 2, 20 + k, act("declare", f"N1/{number(k)}", outcome=outcome))
        for k in range(many)
    ]


def board(letters: list[Json], holes: list[Json] | None = None) -> Board:
    records, owner, now = read_records(
        {"owner": "n", "now": START + 10**7, "letters": letters, "holes": holes or []}, read_date
    )
    return standing(records, owner, now, Tables(zones))


def states(found: Board) -> Counter[str]:
    return Counter(one.state for one in found.clauses)


def test_a_circle_of_ten_thousand_waits() -> None:
    n = 10_000
    found = board(agreed(*(promise(k, ["in_return_for", number((k + 1) % n)]) for k in range(n))))
    assert states(found) == {"waiting": n}
    assert all(one.reasons[-1].code == "each_waits_for_the_other" for one in found.clauses)


def test_a_chain_of_ten_thousand_is_released_link_by_link() -> None:
    n = 10_000
    chain = agreed(*(promise(k, *[["in_return_for", number(k + 1)]][: n - 1 - k]) for k in range(n)))
    assert states(board(chain)) == {"waiting": n - 1, "in_force": 1}
    assert states(board(chain + declared(n))) == {"said_kept": n}


def test_a_chain_across_letters() -> None:
    n = 5_000
    letters = []
    for k in range(n):
        links = [["only_if", f"N{k - 1}/T1"]] if k else []
        letters.append(letter(f"N{k}", "n", "s", k + 1, k, PROPOSE, clauses=[{**CONDITION, "links": links}]))
        letters.append(letter(f"S{k}", "s", "n", k + 1, k, act("accept", f"N{k}")))
        letters.append(letter(f"D{k}", "s", "n", n + k + 1, k + 1, act("declare", f"N{k}/T1", outcome="met")))
    assert states(board(letters)) == {"said_met": n}


def test_recalls_of_recalls_of_recalls() -> None:
    """Each reached before what it recalls: every second one stands."""
    n = 10_000
    letters = [*agreed(CONDITION), letter("R0", "n", "s", 2, n + 20, act("declare", "N1/T1", outcome="met"))]
    letters += [letter(f"R{k + 1}", "n", "s", k + 3, n + 19 - k, act("recall", f"R{k}")) for k in range(n)]
    found = board(letters)
    assert sum(why == "recalled" for _, why in found.barred) == n // 2
    assert states(found) == {"said_met": 1}


def test_a_hundred_thousand_acts_on_one_clause() -> None:
    said = [act("declare", "N1/T1", outcome="met")] * 50
    many = [letter(f"S{k + 2}", "s", "n", k + 2, 20 + k, *said) for k in range(2_000)]
    assert states(board(agreed(CONDITION) + many)) == {"said_met": 1}


def until_circle(n: int) -> list[Json]:
    return agreed(*(promise(k, ["until", number((k + 1) % n), "kept"]) for k in range(n))) + declared(n)


def fan(n: int) -> list[Json]:
    conditions = [{**CONDITION, "number": number(k)} for k in range(n)]
    entry = {"number": "P1", "kind": "provision", "provision": ["in_force", "condition"],
             "links": [["only_if", number(k)] for k in range(n)]}  # fmt: skip
    return agreed(*conditions, entry) + declared(n, "met")


def changed_acceptances(n: int) -> list[Json]:
    other = [{"number": "T2", "kind": "condition"}]
    offer = letter("N1", "n", "s", 1, 0, PROPOSE, clauses=[CONDITION])
    return [offer] + [letter(f"S{k}", "s", "n", k + 1, 10 + k, act("accept", "N1"), clauses=other) for k in range(n)]


def consents(n: int) -> list[Json]:
    ends = letter("N2", "n", "s", 2, 20, *[act("end", "N1/T1")] * n)
    return [
        *agreed(CONDITION),
        ends,
        *(letter(f"S{k + 2}", "s", "n", k + 2, 30, act("accept", "N2")) for k in range(n)),
    ]


def corrections(n: int) -> list[Json]:
    wide = [promise(k) for k in range(n)]
    correct = letter("N2", "n", "s", 2, 20, act("correct", "N1"), clauses=wide)
    return [*agreed(*wide), correct, letter("S2", "s", "n", 2, 30, act("accept", "N2"))]


def ratifications(n: int) -> list[Json]:
    envoy = letter("X1", "x", "n", 1, 10, *[act("accept", "N1")] * n, authority={"principal": "s", "within": False})
    ratified = [letter(f"S{k}", "s", "n", k + 1, 20 + k, act("ratify", f"X1#{k + 1}")) for k in range(n)]
    return [letter("N1", "n", "s", 1, 0, PROPOSE, clauses=[CONDITION]), envoy, *ratified]


def twins(n: int) -> list[Json]:
    return [
        letter(f"{a}{k}", a.lower(), b.lower(), k + 1, k, PROPOSE, act("accept", f"{b}{k}"), clauses=[CONDITION])
        for k in range(n)
        for a, b in (("N", "S"), ("S", "N"))
    ]


def group(n: int) -> list[Json]:
    several = {**PROPOSE, "group": "g", "parties": [f"o{k}" for k in range(64)]}
    return [
        one
        for k in range(n)
        for one in (
            letter(f"N{k}", "n", f"o{k}", 1, k, several, clauses=[CONDITION]),
            letter(f"S{k}", f"o{k}", "n", 1, k + 10, act("accept", f"N{k}")),
            letter(f"R{k}", f"o{k}", "n", 2, k + 20, act("recall", f"S{k}")),
        )
    ]


def copies(n: int) -> list[Json]:
    offer = letter("N1", "n", "s", 1, 0, PROPOSE, clauses=[CONDITION])
    return [{**offer, "reached": [{"at": [START + k, START + 10**6], "way": k % 7}]} for k in range(n)]


def views(n: int) -> list[Json]:
    offers = [letter(f"N{k}", "n", "s", k + 1, k, PROPOSE, clauses=[CONDITION]) for k in range(n)]
    return offers + [letter(f"S{k}", "s", "n", k + 1, k, opened=k + 1) for k in range(n)]


def replaced(n: int) -> list[Json]:
    letters = agreed(CONDITION)
    for k in range(2, n):
        instead = {**CONDITION, "links": [["replaces", "N1/T1"], ["replaces", f"N{k - 1}/T1"]]}
        letters.append(letter(f"N{k}", "n", "s", k, 30 + k, PROPOSE, clauses=[instead]))
        letters.append(letter(f"S{k}", "s", "n", k, 30 + k, act("accept", f"N{k}")))
    return letters


@pytest.mark.parametrize(
    "hostile",
    [
        until_circle,
        fan,
        changed_acceptances,
        consents,
        corrections,
        ratifications,
        twins,
        group,
        copies,
        views,
        replaced,
    ],
)
def test_four_times_as_much_is_four_times_the_work(hostile: Callable[[int], list[Json]]) -> None:
    _, few = work(lambda: board(hostile(100)))
    found, many = work(lambda: board(hostile(400)))
    assert many < 5 * few  # with the square it would be near sixteen times
    board_json(found)


@pytest.mark.parametrize("low", [True, False])
def test_many_holes_under_many_offers(low: bool) -> None:
    def boards(n: int) -> Board:
        offers = [letter(f"N{k}", "n", "s", 3 * n + k, k, PROPOSE, clauses=[CONDITION]) for k in range(n)]
        first = 1 if low else 9 * n
        return board(offers, [{"from": "n", "to": "s", "first": first + 2 * k} for k in range(n)])

    _, few = work(lambda: boards(200))
    found, many = work(lambda: boards(800))
    assert many < 5 * few
    assert {offer.state for offer in found.offers} == {"open" if low else "unclear"}
    assert all(len(offer.holes) <= 16 for offer in found.offers)


def test_absurd_numbers() -> None:
    """Dates at the ends of time and holes without end: a board all the same."""
    first, last = -62_135_596_800, 1 << 37
    ends = [{"number": "P1", "kind": "provision", "provision": "lapses_at",
             "dates": [["lapses_at", datetime.fromtimestamp(last, UTC).isoformat()]]},
            {"number": "P2", "kind": "provision", "provision": ["usual_time", 400 * 86_400]}]  # fmt: skip
    letters = [
        {**letter("N1", "n", "s", 1, 0, PROPOSE, clauses=ends), "reached": [[first, last]], "left": [[None, None]]},
        {**letter("S1", "s", "n", (1 << 63) - 1, 0, act("accept", "N1")), "reached": [[None, last]], "left": []},
    ]
    holes = [{"from": "s", "to": "n", "first": k, "last": (1 << 63) - 1} for k in range(1_000)]
    found = board(letters, holes)
    assert [offer.state for offer in found.offers] == ["accepted"]
    assert board_json(found)["offers"][0]["state"] == "accepted"
