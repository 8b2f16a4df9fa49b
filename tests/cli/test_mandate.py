"""What a channel may be used for, as people type it and whoever drafts is shown it."""

LETTER = "---\nform: letter\nlang: en\n---\n# Prisoners\n\nTwelve of them.\n"
WARNING = "---\nform: warning\nlang: en\nprevails: en\n---\n# Guns\n\nHand them over.\n"
SET = (
    "card mandate south 'prisoners; nothing military' --matter prisoners --form letter --set-by 'the minister'"
    " --until 2099-03-01T00:00[UTC]"
)


def test_whoever_drafts_is_shown_the_mandate_and_asked_outside_it(shell):
    """With the card, where a letter is begun, and in the plan; outside it nothing is sealed without a yes."""
    assert shell.json("north", "card mandate south") is None
    assert "Nobody has said" in shell("north", "card mandate south").out
    inside, warning = shell.draft("prisoners.md", LETTER), shell.draft("guns.md", WARNING)
    assert "Mandate" not in shell("north", f"letter send {warning} --to south --dry-run").err
    said = shell("north", SET).out
    for line in (
        "Mandate: prisoners; nothing military",
        "  on: prisoners",
        "  in the forms: letter",
        "set by the minister, ",
        "until 2099-03-01 00:00 UTC",
    ):
        assert line in said
        assert line in shell("north", "card show south").out
    found = shell.json("north", "card show south")["mandate"]
    assert (found["text"], found["matters"], found["forms"]) == (
        "prisoners; nothing military", ["prisoners"], ["letter"],
    )  # fmt: skip
    assert (found["set_by"], found["ended"]) == ("the minister", None)

    shown = shell("north", f"letter send {inside} --to south --yes").err
    assert "Mandate: prisoners; nothing military" in shown
    assert "OUTSIDE" not in shown
    letters = len(shell.json("north", "letter list"))
    refused = shell("north", f"letter send {warning} --to south", status=7).err
    assert "OUTSIDE THE MANDATE: this channel is not for the form warning" in refused
    assert "OUTSIDE THE MANDATE: the letter names none of the matters of this channel" in refused
    assert "confirmation" in refused
    assert len(shell.json("north", "letter list")) == letters
    assert "OUTSIDE THE MANDATE" in shell("north", f"letter send {warning} --to south --yes").err
    begun = shell("north", "letter write --to south --save begun.md", stdin="", status=1).err
    assert begun.index("Mandate: prisoners") < begun.index("Form")

    ended = shell("north", "card mandate south --end --set-by 'the next minister'").out
    assert "ENDED " in ended
    assert "by the next minister" in ended
    assert "OUTSIDE THE MANDATE: it has ended" in shell("north", f"letter send {inside} --to south --dry-run").err
    assert shell.json("north", "card mandate south")["ended_by"] == "the next minister"


def test_half_a_mandate_is_none(shell):
    """Who has set it, and the words, are needed."""
    for line in ("'prisoners'", "--matter prisoners", "--end", "'prisoners' --end --set-by me"):
        shell("south", f"card mandate north {line}", status=7)
    assert shell.json("south", "card mandate north") is None
