"""The board of terms as people ask for it."""

import json

import icalendar
from offers import OFFER, answer


def last(shell, office, ours):
    return [one for one in shell.json(office, "letter list") if one["ours"] is ours][-1]["entry"]


def test_an_offer_on_both_boards(shell):
    """Offered, accepted and explained: each side sees how it stands, why, and what could be shown."""
    assert "Nothing is offered" in shell("north", "terms board").out
    shell("north", f"letter send {shell.draft('offer.md', OFFER)} --to south --signed --yes")
    n = last(shell, "north", True)
    shell.carry("north", "south")
    there = last(shell, "south", False)
    assert "OPEN, so far" in shell("south", "terms board").out
    accept = shell.draft("accept.md", answer(f"accept {there}"))
    shell("south", f"letter send {accept} --to north --signed --yes")
    shell.carry("south", "north")
    board = shell("north", "terms board").out
    assert f"Entry {n}, this office to " in board
    assert "ACCEPTED" in board
    assert "waits for T2" in board
    said = shell("north", f"terms explain {n}/T1").out
    assert "We work against the common enemy." in said
    assert "it waits for another clause" in said
    assert "by its writer's signature" in said
    assert "Nobody can show that nothing came." in said
    assert shell("north", f"terms explain {n}/T9", status=7).err

    records = shell("north", "terms board --records").out
    (shell.folder / "records.json").write_text(records, encoding="utf-8")
    computed = json.loads(shell("north", f"terms compute {shell.folder / 'records.json'}").out)
    assert [one["state"] for one in computed["offers"]] == ["accepted"]
    assert shell.json("north", "terms board")["clauses"] == computed["clauses"]
    (shell.folder / "wrong.json").write_text("{", encoding="utf-8")
    assert "no JSON" in shell("north", f"terms compute {shell.folder / 'wrong.json'}", status=3).err

    file = shell.folder / "terms.ics"
    shell("north", f"terms calendar -o {file}")
    events = icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert {str(one["SUMMARY"]) for one in events} >= {f"Due: {n}/T1", f"Due: {n}/T2"}
    assert b"outh" not in file.read_bytes()
    assert f"Due next: Due: {n}/T1" in shell("north", "desk status").out


def test_for_whom_a_date_without_a_zone_has_passed(shell):
    assert shell("north", "terms passed 1999-11-24 south").out.startswith("passed for ")
    said = shell("north", "terms passed 2999-11-24 south").out
    assert said.startswith("still open for ")
    assert "[Asia/Tehran]: 2999-11-24 20:29 UTC is its last minute" in said
    assert "no sure end" in shell("north", "terms passed 1999-11-24~ south").out
    assert shell("north", "terms passed 24/11/1999 south", status=7).err
