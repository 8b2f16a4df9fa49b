"""Contact notes, as people type them."""

VISIT = """---
asked_by: the visitor
place: a residence in New York
place_by: the host
began: 2024-11-11T15:00[America/New_York]
lasted: over one hour
tone: positive
who:
  - private: the visitor
  - envoy: of this office
---

He spoke of an opening.
"""
ACCEPTS = """---
form: letter
lang: en
act: accept %s
---
# Yes

We accept.
"""


def test_a_visit_is_noted_shown_and_never_answered(shell):
    """The banner at every step; no letter names it, and none is made of it; burnt, it is gone."""
    note = shell.draft("visit.md", VISIT)
    said = shell("north", f"contact note {note}").out
    assert "SPEAKS FOR ITSELF ONLY: no authority was claimed" in said
    assert "can be explored, never offered or accepted" in said
    n = shell.json("north", "contact list")[-1]["entry"]
    shown = shell("north", f"contact show {n}").out
    assert shown.startswith("SPEAKS FOR ITSELF ONLY")
    for line in (
        "Began: 2024-11-11T15:00 [America/New_York]",
        "Lasted: over one hour",
        "Asked for by: the visitor",
        "Place chosen by: the host",
        "Tone, the hearer's word: positive",
        "Authority claimed: none",
        "There: private person, as claimed - the visitor",
        "He spoke of an opening.",
    ):
        assert line in shown
    found = shell.json("north", f"contact show {n}")
    assert (found["standing"], found["offer"], found["authority"], found["began"]["zone"]) == (
        "itself", False, None, "America/New_York",
    )  # fmt: skip
    letters = shell.json("north", "letter list --all")
    reply = shell.draft("reply.md", "---\nform: reply\nlang: en\n---\n# Yes\n\nWe agree.\n")
    for line in (
        f"letter send {reply} --to south --reply-to {n} --yes",
        f"letter send {reply} --to south --corrects {n} --reply-to {n} --yes",
        f"letter send {shell.draft('accepts.md', ACCEPTS % n)} --to south --yes",
        f"letter recall {n} --yes",
    ):
        refused = shell("north", line, status=7).err
        assert "what people without a mandate said can be explored, never offered or accepted" in refused, line
    for line in (f"letter read {n}", f"letter burn {n} --yes", f"evidence export {n} -o x.evidence --yes"):
        assert "no letter" in shell("north", line, status=7).err
    assert shell.json("north", "letter list --all") == letters
    marked = shell("north", f"contact mark {n} disowned --by 'a spokesman' --why 'said it was news to him'").out
    assert marked.startswith("DISOWNED by a spokesman, as noted ")
    assert "DISOWNED" in shell("north", "contact list").out
    shell("north", f"contact burn {n} --yes")
    assert "burnt" in shell("north", f"contact show {n}", status=7).err
    assert shell.json("north", "contact list")[-1]["standing"] == "burnt"
    assert [one["kind"] for one in shell.json("north", "register list")][-1] == "ContactBurnt"


def test_a_note_of_fields_alone_and_what_is_wrong_with_one(shell):
    """A file need not be there; what is missing, unknown or against the rules is told at once."""
    shell(
        "north",
        "contact note --asked-by 'the visitor' --place 'a hotel' --place-by 'not known' --who private:visitor"
        " --who 'envoy: of ours' --authority 'the winner of the election'",
    )
    n = shell.json("north", "contact list")[-1]["entry"]
    assert (
        "nobody confirms the authority claimed, the winner of the election" in shell("north", f"contact show {n}").out
    )
    ratified = shell("north", f"contact mark {n} ratified --by 'the office' --why 'its letter 4'").out
    assert ratified.startswith("RATIFIED by the office")
    assert "never offered or accepted" in ratified
    entries = len(shell.json("north", "register list"))
    wrong = shell("north", "contact note --place 'a hotel' --who spy:x --began 2099-01-01T00:00[UTC]", status=7).err
    assert "asked_by" in wrong
    assert "[D13]" in wrong
    assert "[D16]" in wrong
    assert len(shell.json("north", "register list")) == entries
