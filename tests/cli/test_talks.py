"""Letters taken back and corrected, meetings and what is known of them, as people type it."""

LETTER = "---\nform: letter\nlang: en\n---\n# Ships\n\nTwelve ships.\n"


def last(shell, office, ours):
    return [one for one in shell.json(office, "letter list") if one["ours"] is ours][-1]


def test_a_letter_is_corrected_then_taken_back(shell):
    """Both letters are shown tied; the recalled one is not read by accident, and its writer hears what became of it."""
    draft = shell.draft("ships.md", LETTER)
    shell("north", f"letter send {draft} --to south --yes")
    n = last(shell, "north", True)["entry"]
    shell("north", f"letter send {draft} --to south --corrects {n} --yes")
    shell("north", f"letter recall {n}", status=7)
    assert shell.json("north", f"letter recall {n}") is None
    said = shell("north", f"letter recall {n} --yes").out
    assert "UNKNOWN" in said
    shell.carry("north", "south")
    old, new, recall = [one["entry"] for one in shell.json("south", "letter list") if not one["ours"]][-3:]
    assert f"Corrects entry {old}" in shell("south", f"letter read {new}").out
    assert f"Recalls entry {old}" in shell("south", f"letter read {recall}").out
    refused = shell("south", f"letter read {old}", status=7).err
    assert "put-away" in refused
    assert "--anyway" in refused
    assert f"RECALLED by entry {recall}, not read" in shell("south", "letter list").out
    shell("south", f"letter put-away {old} --yes")
    shell.carry("south", "north")
    assert shell.json("north", f"letter recall {n}")["outcome"] == "in-time"
    assert "put away unread" in shell("north", f"letter track {n}").out
    assert "IN TIME" in shell("north", "letter list").out


ASKS = """---
form: meeting-request
lang: en
reply_by: none
purpose: the prisoners
how: call
times: ["2099-12-01T10:00[Asia/Baghdad]", "2099-12-02T10:00[Asia/Baghdad]"]
minutes: 15
who: [envoy: the deputy minister]
---
# A call

Will you speak with us?
"""
AGREES = """---
form: reply
lang: en
answer: agreed
time: 2099-12-02T10:30[Asia/Tehran]
place: by the line of the embassy
---
# Yes

We will be there.
"""


def test_a_call_is_asked_for_and_agreed(shell):
    """What is asked shows before sealing; nothing shows before it is read; then both sides see time and place."""
    said = shell("north", f"letter send {shell.draft('asks.md', ASKS)} --to south --yes").err
    assert "Asks to meet: the prisoners" in said
    n = last(shell, "north", True)["entry"]
    assert "ASKED: no answer yet" in shell("north", "meeting list").out
    shell.carry("north", "south")
    there = last(shell, "south", False)["entry"]
    unread = shell("south", f"meeting show {there}").out
    assert "UNREAD" in unread
    assert "prisoners" not in unread + shell("south", "meeting list").out
    read = shell("south", f"letter read {there}").out
    assert "How: by call, about 15 minutes" in read
    assert "2099-12-01T10:00 [Asia/Baghdad]: here 2099-12-01T10:30 [Asia/Tehran], there 2099-12-01T10:30" in read

    draft = shell.draft("agrees.md", AGREES)
    wrong = shell.draft("wrong.md", AGREES.replace("10:30", "11:30"))
    assert (
        "was not among those asked"
        in shell("south", f"letter send {wrong} --to north --reply-to {there}", status=7).err
    )
    shell("south", f"letter send {draft} --to north --reply-to {there} --yes --page answer.html")
    assert "by the line of the embassy" in (shell.folder / "answer.html").read_text(encoding="utf-8")
    assert "AGREED: 2099-12-02T10:30" in shell("south", "meeting list").out
    shell.carry("south", "north")
    came = last(shell, "north", False)["entry"]
    assert f"Entry {came} answers it and is not read yet." in shell("north", f"meeting show {n}").out
    shell("north", f"letter read {came}")
    shown = shell("north", f"meeting show {came}").out
    assert "Comes for its writer: envoy - the deputy minister" in shown
    assert "Place: by the line of the embassy" in shown
    (one,) = shell.json("north", "meeting list")
    assert (one["standing"], one["past"], one["answer"]["place"]) == ("agreed", False, "by the line of the embassy")
    assert one["answer"]["time"]["here"] == ["2099-12-02T10:30", "Asia/Tehran"]
    assert shell.json("north", f"letter read {came}")["talk"]["kind"] == "meeting-answer"
    assert shell.json("north", f"meeting show {n}") == one
    assert "asks for no meeting" in shell("north", "meeting show 1", status=7).err


RECORD = """---
form: readout
lang: en
how: call
began: 2013-09-27T14:30[America/New_York]
minutes: 15
who: [principal: our president]
met: [principal: their president]
points: [Both want calm., It was positive.]
---
# The call

As we heard it.
"""
THEIRS = """---
form: readout
lang: en
how: call
began: 2013-09-27T22:00[Asia/Tehran]
who: [principal: their president]
met: [principal: our president]
points: [Both want calm.]
---
# The call

As we heard it.
"""


def test_a_call_is_recorded_by_both(shell):
    """Each desk shows its own record beside the other's, line by line; then one agrees with the other's."""
    shell("north", f"letter send {shell.draft('record.md', RECORD)} --to south --yes")
    n = last(shell, "north", True)["entry"]
    assert "ONE SIDE ONLY" in shell("north", f"readout show {n}").out
    shell.carry("north", "south")
    there = last(shell, "south", False)["entry"]
    assert "It was positive" not in shell("south", f"readout show {there}").out
    assert f"readout show {there}" in shell("south", f"letter read {there}").out
    assert "It was positive" in shell("south", f"readout show {there}").out
    shell("south", f"letter send {shell.draft('theirs.md', THEIRS)} --to north --yes")
    shell.carry("south", "north")
    came = last(shell, "north", False)["entry"]
    assert f"theirs: entry {came}, not read yet" in shell("north", "readout list").out
    shell("north", f"letter read {came}")
    shown = shell("north", f"readout show {came}").out
    assert "DIFFERING: both stand" in shown
    assert "Neither names the other" in shown
    assert "  both    For the other side: principal: their president" in shown
    assert "  OURS    Minutes: 15" in shown
    assert "  OURS    Point: It was positive." in shown
    assert "THEIRS" not in shown
    (one,) = shell.json("north", "readout list")
    assert (one["standing"], one["by_day"], one["entries"]) == ("differing", True, [n, came])
    assert [row["what"] for row in one["rows"] if not row["same"]] == ["minutes", "points"]

    agrees = shell.draft("agrees.md", f"---\nform: readout\nlang: en\nagrees: {there}\n---\n# The call\n\nSo it was.\n")
    said = shell("south", f"letter send {agrees} --to north --yes").err
    assert "It agrees with the other side's record, which it restates." in said
    shell.carry("south", "north")
    came = last(shell, "north", False)["entry"]
    assert "Its writer's record of a talk, by call, about 15 minutes" in shell("north", f"letter read {came}").out
    shown = shell("north", f"readout show {n}").out
    assert "AGREED: one side restates the other's record" in shown
    assert "OURS" not in shown
    assert shell.json("north", f"readout show {n}")["standing"] == "agreed"
    assert "no record" in shell("north", "readout show 1", status=7).err
