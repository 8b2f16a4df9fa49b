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
