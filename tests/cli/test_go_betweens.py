"""Letters through go-betweens as people type them: real processes, a real relay."""

import json
from datetime import UTC, datetime, timedelta

import pytest

SOON = (datetime.now(UTC) + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M[UTC]")
LETTER = "---\nform: letter\nlang: en\n---\n# Will you meet?\n\nAt the harbour, at ten.\n"


def only(rows):
    (row,) = rows
    return row


@pytest.fixture(scope="module")
def ferry(shell):
    shell.setup("ferry")
    for one in ("north", "south"):
        shell.meet(one, "ferry")


@pytest.mark.usefixtures("ferry")
def test_a_letter_goes_through_an_office_that_cannot_read_it(shell):
    """Sent via the ferry, shown in its tray before it is taken, passed on, read, tracked, exported and checked."""
    draft = shell.draft("meet.md", LETTER)
    asked = f"--by {SOON} --custody signed --carriage in_person"
    shown = shell("north", f"letter send {draft} --to south --via ferry {asked} --yes")
    assert "Way:" in shown.err
    assert "signed evidence" in shown.err
    assert "also what they say" in shown.err
    entry = only(one for one in shell.json("north", "letter list") if one["form"] == "letter")["entry"]
    shell.carry("north", "ferry")

    charge = only(shell.json("ferry", "tray list"))
    assert charge["status"] == "waiting"
    told = shell("ferry", f"tray show {charge['entry']}").out
    assert "in person" in told
    assert "SIGNED is asked for" in told
    assert "harbour" not in told
    shell("ferry", f"tray accept {charge['entry']}", status=7)
    shell("ferry", f"tray accept {charge['entry']} --yes")
    (shell.folder / "gloss.txt").write_text("They mean it well.\n")
    shell("ferry", f"tray pass {charge['entry']} --words gloss.txt --yes")
    shell.carry("ferry", "south")

    came = only(one for one in shell.json("south", "letter list") if one["form"] == "letter")
    read = shell("south", f"letter read {came['entry']}").out
    assert "Came by: Ferry (ferry) [verified], which says it took it" in read
    assert "The carrier's own words, not the writer's" in read
    assert "They mean it well." not in read
    gloss = only(shell.json("south", f"letter read {came['entry']}")["ways"])
    words = shell("south", f"letter read {gloss['covering']}").out
    assert "Words of: intermediary" in words
    assert "They mean it well." in words
    shell.carry("south", "ferry")
    shell("ferry", "tray list")
    shell.carry("ferry", "north")

    (way,) = shell.json("north", f"letter track {entry}")
    assert [leg["standing"] for leg in way["legs"]] == ["handed-over", "handed-over"]
    drawn = shell("north", f"letter track {entry}").out
    assert "took it (SubmissionAcceptance, by hand, signed)" in drawn
    assert "with go-betweens: handed over" in shell("north", "letter list").out

    shell("north", f"evidence export {entry} -o way.evidence --yes")
    checked = shell("nowhere", "evidence verify way.evidence")
    assert checked.out.count("PROVED") == 3
    assert "NOT PROVED" not in checked.out
    assert "compare each signer's 30 digits" in checked.out
    data = bytearray((shell.folder / "way.evidence").read_bytes())
    data[-40] ^= 1
    (shell.folder / "changed.evidence").write_bytes(data)
    assert "NOT PROVED" in shell("nowhere", "evidence verify changed.evidence", status=1).out
    (shell.folder / "broken.evidence").write_bytes(bytes(data[:-1]))
    assert "cut short" in shell("nowhere", "evidence verify broken.evidence", status=3).err


@pytest.mark.usefixtures("ferry")
def test_what_is_asked_of_nobody_is_refused(shell):
    """A time or custody without a go-between, haste without a reason: nothing is sealed."""
    before = shell("north", "register verify").out
    draft = shell.draft("meet.md", LETTER)
    said = shell("north", f"letter send {draft} --to south --custody signed --yes", status=7)
    assert "--via" in said.err
    said = shell("north", f"letter send {draft} --to south --via ferry --precedence flash --yes", status=7)
    assert "--because" in said.err
    said = shell("north", f"letter send {draft} --to south --via ferry --by 2026-12-24 --yes", status=7)
    assert "zone" in said.err
    assert shell("north", "register verify").out == before


@pytest.mark.usefixtures("ferry")
def test_the_tray_declines_holds_and_returns(shell):
    """Each with a reason that its giver sees."""
    draft = shell.draft("meet.md", LETTER)
    for _ in range(2):
        shell("north", f"letter send {draft} --to south --via ferry --yes")
    shell.carry("north", "ferry")
    first, second = [one["entry"] for one in shell.json("ferry", "tray list") if one["status"] == "waiting"]
    shell("ferry", f"tray decline {first} --reason unsafe --why 'we are watched' --yes")
    shell("ferry", f"tray hold {second} --until {SOON} --why 'the road is closed'")
    shell("ferry", f"tray return {second} --reason no-way --why 'still closed' --yes")
    assert shell.json("ferry", "tray list") == []
    shell.carry("ferry", "north")
    sent = [one["entry"] for one in shell.json("north", "letter list") if one["ours"]][-2:]
    drawn = [shell("north", f"letter track {entry}").out for entry in sent]
    assert "declined to carry it: not safe: we are watched" in drawn[0]
    assert "holds it for now: waiting: the road is closed" in drawn[1]
    assert "returned it unopened: no way there: still closed" in drawn[1]
    assert json.loads(shell("north", f"letter track {sent[0]} --json").out)[0]["legs"][0]["standing"] == "declined"


def test_a_letter_is_read_aloud(shell):
    """Said once, of a letter that was read, with who heard it; shown to its writer."""
    shell("north", f"letter send {shell.draft('aloud.md', LETTER)} --to south --direct --yes")
    shell.carry("north", "south")
    entry, came = (shell.json(office, "letter list")[-1]["entry"] for office in ("north", "south"))
    aloud = f"letter read-aloud {came} --reader envoy --interpreter interpreter"
    shell("south", f"{aloud} --hearer principal --yes", status=7)
    shell("south", f"letter read {came}")
    shell("south", f"{aloud} --yes", status=2)
    shell("south", f"{aloud} --hearer principal --yes")
    assert "read aloud: its writer was told" in shell("south", "letter list").out
    shell.carry("south", "north")
    assert shell.json("north", f"letter read {entry}")["read_aloud"]["present"][-1] == ["hearer", "principal"]
    told = shell("north", f"letter track {entry}").out
    assert "READ ALOUD, as South (south) [verified] says" in told
    assert "read by: envoy, through: interpreter, heard by: principal" in told


def test_what_was_answered_is_shown_as_a_paraphrase_everywhere(shell):
    """Screen, list, page and before sealing, each with its label; a readback is confirmed by its author."""
    shell("north", f"letter send {shell.draft('heard.md', LETTER)} --to south --direct --yes")
    shell.carry("north", "south")
    came = shell.json("south", "letter list")[-1]["entry"]
    text = "---\nform: reply\nlang: en\n{}: " + str(came) + "\n---\n# What was understood\n\nThat you ask to meet."
    readback = shell.draft("readback.md", text.format("readback_of"))
    shell("south", f"letter send {readback} --to north --direct --yes", status=7)
    shell("south", f"letter read {came}")
    shell("south", f"letter read-aloud {came} --reader envoy --hearer principal --yes")
    sealing = shell("south", f"letter send {readback} --to north --direct --yes --page draft.html")
    assert "PARAPHRASE" in sealing.err
    assert "PARAPHRASE" in (shell.folder / "draft.html").read_text()
    shell.carry("south", "north")
    at = shell.json("north", "letter list")[-1]["entry"]
    assert "PARAPHRASE, intermediary" in shell("north", "letter list").out
    shown = shell("north", f"letter read {at} --page readback.html").out
    assert shown.startswith("PARAPHRASE: another's account of what was said, the text of nobody")
    assert "read aloud to: principal; the words here are of: intermediary" in shown
    assert "neither said that it is right nor corrected it" in shown
    page = (shell.folder / "readback.html").read_text()
    assert page.count("PARAPHRASE") >= 1 + page.count("What was understood")
    shell("north", f"letter confirm-readback {at} --yes")
    shell.carry("north", "south")
    mine = next(one for one in shell.json("south", "letter list") if one["paraphrase"])
    assert mine["paraphrase"]["confirmed"] == shell.json("south", "letter list")[-1]["entry"]
    assert "Its author has said that it is right" in shell("south", f"letter read {mine['entry']}").out
