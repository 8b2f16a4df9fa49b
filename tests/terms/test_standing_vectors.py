"""Every case of vectors/standing.json comes out as a person reading docs/spec/standing.md works it out."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from records import read_date, zones

from backchannel.terms.feed import board_json, read_records
from backchannel.terms.records import Tables
from backchannel.terms.standing import standing

CASES = json.loads((Path(__file__).parents[2] / "vectors" / "standing.json").read_text(encoding="utf-8"))


def board(records: dict[str, Any]) -> dict[str, Any]:
    held, owner, now = read_records(records, read_date)
    return board_json(standing(held, owner, now, Tables(zones)))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    found, expect = board(case["records"]), case["expect"]
    offers = {offer["letter"]: offer for offer in found["offers"]}
    for letter, wanted in expect.get("offers", {}).items():
        rules = [reason["rule"] for reason in offers[letter]["reasons"]]
        assert offers[letter]["state"] == wanted["state"], rules
        assert wanted.get("rule", rules[-1]) in rules
        for name in wanted.keys() - {"state", "rule"}:
            assert _same(offers[letter].get(name), wanted[name]), (name, offers[letter].get(name))
    states = {f"{one['letter']}/{one['clause']}": one for one in found["clauses"]}
    for key, state in expect.get("clauses", {}).items():
        assert states[key]["state"] == state, states[key]["reasons"]
    for key, instances in expect.get("instances", {}).items():
        assert [one["state"] for one in states[key]["instances"]] == instances
    for letter, why in expect.get("barred", {}).items():
        assert (letter, why) in {(one["letter"], one["why"]) for one in found["barred"]}
    for letter, why in expect.get("unverified", {}).items():
        assert (letter, why) in {(one["letter"], one["why"]) for one in found["unverified"]}
    assert [one["letter"] for one in found["pending"]] == expect.get("pending", [])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_any_order_and_repeats(case: dict[str, Any]) -> None:
    """The same records in another order, some twice, give the same board."""
    records, dice = case["records"], random.Random(7)
    letters = records["letters"] + dice.choices(records["letters"], k=2)
    holes = records.get("holes", []) * 2
    dice.shuffle(letters)
    assert board({**records, "letters": letters, "holes": holes}) == board(records)


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, str) and wanted.endswith("Z"):
        return found is not None and datetime.fromisoformat(found) == datetime.fromisoformat(wanted).astimezone(UTC)
    return bool(found == wanted)
