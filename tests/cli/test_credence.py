"""Envoys as people type them: whose word it is, on the screen, on the page and in the JSON."""

import pytest

LETTER = """---
form: letter
lang: en
as_envoy_of: north
verb: explore
matter: prisoners
---
# A word

They could meet in May.
"""


@pytest.fixture(scope="module")
def ferry(shell):
    shell.setup("ferry")
    for one in ("north", "south"):
        shell.meet(one, "ferry")


@pytest.mark.usefixtures("ferry")
def test_an_envoy_is_accredited_speaks_goes_beyond_and_is_ratified(shell):
    """Whose word it is stands in the list, above the letter, on the page and in the JSON, and follows no wish."""
    shell("north", "credence give ferry --to south --verb explore", status=7)
    given = shell("north", "credence give ferry --to south --verb carry --verb explore --matter prisoners --yes").out
    assert "is sealed" in given
    shell.carry("north", "ferry")
    (charge,) = shell.json("ferry", "tray list")
    shell("ferry", f"tray pass {charge['entry']} --yes")
    shell.carry("ferry", "south")
    (held,) = shell.json("south", "credence list")["credences"]
    assert (held["standing"], held["verbs"], held["signed"]) == ("valid", ["carry", "explore"], False)
    assert "may not be passed on" in shell("south", f"credence show {held['id'][:8]}").out

    draft = shell.draft("word.md", LETTER)
    sent = shell("ferry", f"letter send {draft} --to south --direct --yes --page draft.html")
    assert "SPOKEN FOR North" in sent.err
    beyond = f"letter send {draft} --to south --direct --yes --verb commit"
    assert "beyond-verb" in shell("ferry", beyond, status=7).err
    shell("ferry", beyond + " --beyond")
    plain = shell.draft(
        "own.md", LETTER.replace("as_envoy_of: north\nverb: explore\nmatter: prisoners", "origin: envoy")
    )
    shell("ferry", f"letter send {plain} --to south --direct --yes")
    assert "an envoy's" in shell("ferry", f"letter send {plain} --to south --direct --yes --verb commit", status=7).err
    shell.carry("ferry", "south")

    inside, outside, own = (one for one in shell.json("south", "letter list") if one["form"] == "letter")
    north = held["principal"]
    assert [one["authority"]["verdict"] for one in (inside, outside, own)] == ["valid", "beyond-verb", "itself"]
    assert [one["authority"]["speaks_for"] for one in (inside, outside, own)] == [north, None, None]
    listed = shell("south", "letter list").out
    assert listed.count("SPEAKS FOR ITSELF ONLY") == 2
    assert listed.count("(for North (north) [verified])") == 1
    read = shell("south", f"letter read {inside['entry']} --page inside.html").out
    assert read.startswith("SPOKEN FOR North (north) [verified]")
    assert "Its giver last stood by it" in read
    read = shell("south", f"letter read {outside['entry']} --page outside.html").out
    assert read.startswith("SPEAKS FOR ITSELF ONLY: its credence does not let it do that")
    pages = {name: (shell.folder / f"{name}.html").read_text() for name in ("draft", "inside", "outside")}
    assert "<strong>SPOKEN FOR North" in pages["draft"]
    assert "<strong>SPOKEN FOR North" in pages["inside"]
    assert "<strong>SPEAKS FOR ITSELF ONLY" in pages["outside"]
    assert "SPOKEN FOR" not in pages["outside"]

    shell("south", f"credence ask north --about ferry --letter {outside['entry']}", status=7)
    shell("south", f"credence ask north --about ferry --letter {outside['entry']} --direct")
    assert "no answer so far" in shell("south", f"letter read {outside['entry']}").out
    shell.carry("south", "north")
    (question,) = shell.json("north", "credence list")["questions"]
    assert question["letter"] == shell.json("south", f"letter read {outside['entry']}")["letter_id"]
    assert "Asks whether Ferry" in shell("north", f"letter read {question['entry']}").out
    shell("north", f"credence answer {question['entry']} no-comment --direct --yes")
    shell("north", f"credence ratify {question['entry']} --signed --direct --yes")
    shell.carry("north", "south")
    assert "no comment" in shell("south", "credence list").out
    assert shell("south", f"letter read {outside['entry']}").out.startswith("RATIFIED by North (north) [verified]")

    shell("north", f"credence recall {held['id'][:8]} --direct --yes")
    shell.carry("north", "south")
    assert "recalled" in shell("south", f"credence show {held['id'][:8]}").out
    assert "Since then" in shell("south", f"letter read {inside['entry']}").out
    shell("north", "credence ratify --yes", status=7)
    shell("north", "credence ratify --letter-id 00 --envoy ferry --to south --yes", status=7)
