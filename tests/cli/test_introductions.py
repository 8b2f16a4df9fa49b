"""Introductions as typed: who vouches stands wherever the name does, and two cards stand side by side."""


def false_office(shell, name):
    line = f"setup --name en={name.capitalize()} --zone UTC --relay {shell.url} --yes --card false.card.txt"
    shell("false", line + " --passphrase-file passphrase")


def introduced(shell, office):
    """Entries of the letters of introduction that came, oldest first."""
    return [one["entry"] for one in shell.json(office, "letter list") if one["form"] == "introduction"]


def test_two_go_betweens_introduce_an_office_and_one_of_them_then_a_false_one(shell):
    for name in ("ferry", "harbour", "west"):
        shell.setup(name)
    for go_between in ("ferry", "harbour"):
        shell.meet(go_between, "north")
        shell.meet(go_between, "west")
    shell("ferry", "card introduce west --to north", status=7)  # nobody there to confirm
    (shell.folder / "words.txt").write_text("I have known them for years.\n")
    shell("ferry", "card introduce west --to north --each-other --words words.txt --yes")
    shell.carry("ferry", "north")
    assert "West [vouched for by Ferry]" in shell("north", "card list").out
    (n,) = introduced(shell, "north")
    read = shell("north", f"letter read {n}").out
    for line in (
        "Words of: intermediary",
        "I have known them for years.",
        "Introduces: West (id ",
        "it says that it has compared the safety number",
        "its writer vouches for that office",
        "that office here: West [vouched for by Ferry]",
    ):
        assert line in read
    told = shell.json("north", f"letter read {n} --page told.html")["introduces"]
    assert (told["names"], told["standing"], told["outcome"]) == ({"en": "West"}, "verified", "vouched")
    assert "Introduces: West" in (shell.folder / "told.html").read_text()

    shell("harbour", "card introduce west --to north --sign --yes")
    shell.carry("harbour", "north")
    shown = shell("north", "card show west").out
    assert "West [vouched for by Ferry, Harbour, who agree]" in shown
    assert "whether they are independent of each other is for you to judge" in shown
    assert [one["signed"] for one in shell.json("north", "card show west")["introduced_by"]] == [False, True]
    assert "Accepted: West" in shell("north", "card accept west").out
    draft = shell.draft("west.md", "---\nlang: en\nform: letter\n---\n# Meeting\n\nWill you meet?\n")
    said = shell("north", f"letter send {draft} --to west --dry-run --page west.html").err
    assert "can read it: the go-betweens who vouched for this office, if all of them lie" in said
    assert "vouched: Ferry, Harbour" in (shell.folder / "west.html").read_text()

    false_office(shell, "west")
    shell("ferry", "card import false.card.txt --name false --second-clerk ben")
    shell("ferry", "card introduce false --to north --yes")
    shell.carry("ferry", "north")
    listed = [line for line in shell("north", "card list").out.splitlines() if "West" in line]
    assert len(listed) == 2
    assert all("ALARM: " in line for line in listed)
    for line in listed:
        beside = shell("north", f"card show {line.split()[0]}").err
        assert beside.count("its half of the safety number") == 2
        assert beside.count("came by an introduction on ") == 2
        assert beside.count("introduced by Ferry (ferry) [verified] on ") == 2
        assert beside.count("introduced by Harbour (harbour) [verified] on ") == 1
        assert "it says that it has not compared the safety number" in beside
    true = next(line.split()[0] for line in listed if "agree" in line)
    assert "contradicts" in shell("north", f"letter send {draft} --to {true} --yes", status=7).err
    shell("north", f"card settle {true}", status=7)
    assert "Settled: West [unverified]" in shell("north", f"card settle {true} --second-clerk ben").out
    shell("north", f"letter send {draft} --to {true} --yes")
