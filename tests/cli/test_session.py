"""What a person types, what is shown, and what is left behind."""

import os
import stat

LETTER = """---
form: letter
prevails: en
---
=== en

# A question

Will you meet?

=== fa

# یک پرسش

آیا دیدار می‌کنید؟
"""


def test_a_letter_goes_and_is_answered(shell):
    """The whole way by commands alone: send, collect, read as a page, reply, and see that ours was opened."""
    draft = shell.draft("question.md", LETTER)
    shown = shell("north", f"letter send {draft} --to south --yes")
    assert "SIGNED, because this office has not answered yet" in shown.err
    assert "who steals the reader's standing key" in shown.err
    (sent,) = shell.json("north", "letter list")
    assert sent["where"] == "waiting"
    shell.carry("north", "south")
    (came,) = shell.json("south", "letter list")
    assert (came["state"], came["signed"], came["number"]) == ("unread", True, 1)
    read = shell("south", f"letter read {came['entry']} --page page.html")
    assert "Will you meet?" in read.out
    page = (shell.folder / "page.html").read_text(encoding="utf-8")
    assert 'dir="rtl"' in page
    assert "<script" not in page
    answer = shell.draft("answer.md", "---\nform: reply\nlang: en\n---\n# Yes\n\nOn Monday.\n")
    shell("south", f"letter send {answer} --to north --reply-to {came['entry']} --yes")
    shell.carry("south", "north")
    listed = shell("north", "letter list").out
    assert "opened, as their letter 1 shows" in listed
    mine = shell.json("north", "letter list")
    assert mine[0]["answered_by"] == [mine[1]["entry"]]
    assert mine[1]["signed"] is False


def test_a_draft_tells_every_reason_with_its_line(shell):
    """Nothing is sealed, and all that is wrong is named at once."""
    before = shell("north", "register verify").out
    draft = shell.draft("bad.md", "---\nform: propsal\nto: south\ntpye: exercise\n---\n# Ti\u202etle\n\ntext \nmore\n")
    said = shell("north", f"letter send {draft} --to south --yes", status=7)
    for reason in ("form", "tpye", "U+202E"):
        assert reason in said.err
    assert "bad.md:" in said.err
    assert shell("north", "register verify").out == before


def test_nobody_is_asked_nothing_is_sealed(shell):
    """Without a person to confirm, and without --yes, the command refuses."""
    before = shell("north", "register verify").out
    draft = shell.draft("quick.md", "---\nlang: en\nform: letter\n---\n# T\n\nx\n")
    said = shell("north", f"letter send {draft} --to south", status=7)
    assert "--yes" in said.err
    assert shell("north", "register verify").out == before


def test_a_dry_run_changes_nothing(shell):
    """It shows the plan and the page, and the register is as it was."""
    before = shell("north", "register verify").out
    draft = shell.draft("dry.md", "---\nlang: en\nform: letter\ntype: exercise\n---\n# Drill\n\nx\n")
    said = shell("north", f"letter send {draft} --to south --dry-run --page dry.html")
    assert "EXERCISE" in said.err
    assert "EXERCISE" in (shell.folder / "dry.html").read_text(encoding="utf-8")
    assert shell("north", "register verify").out == before


def test_a_form_the_desk_makes_cannot_be_drafted(shell):
    draft = shell.draft("conv.md", "---\nlang: en\nform: conveyance\n---\n# T\n\nx\n")
    said = shell("north", f"letter send {draft} --to south --yes", status=7)
    assert "nobody drafts the form conveyance" in said.err


def test_an_unknown_office_is_named(shell):
    draft = shell.draft("w.md", "---\nlang: en\nform: letter\n---\n# T\n\nx\n")
    said = shell("north", f"letter send {draft} --to west --yes", status=7)
    assert "no office of that name" in said.err
    assert "south" in said.err


def test_a_locked_desk_says_so(shell):
    """Without the passphrase, and with a wrong one, nothing is shown."""
    shell("north", "desk lock")
    assert "next: Unlock the desk" in shell("north", "letter list", status=5).err
    (shell.folder / "wrong").write_text("not the passphrase\n")
    assert shell("north", "letter list --passphrase-file wrong", status=5).out == ""
    shell("north", "letter list --passphrase-file passphrase")
    shell("north", "desk unlock --passphrase-file passphrase")


def test_an_attachment_comes_out_as_it_went_in(shell):
    """Its name never becomes a path; files are this user's alone."""
    data = os.urandom(50_000)
    (shell.folder / "map.bin").write_bytes(data)
    draft = shell.draft("map.md", "---\nlang: en\nform: letter\nattachments: [map.bin]\n---\n# The map\n\nEnclosed.\n")
    shell("north", f"letter send {draft} --to south --yes")
    shell.carry("north", "south")
    entry = shell.json("south", "letter search enclosed")[0]["entry"]
    shell("south", f"letter read {entry} --save saved")
    (saved,) = (shell.folder / "saved").iterdir()
    assert saved.read_bytes() == data
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


def test_burning_says_what_it_does_not_reach(shell):
    """Backups made while the letter was kept are named."""
    shell("south", "desk backup south.backup")
    draft = shell.draft("burn.md", "---\nlang: en\nform: letter\n---\n# To be burnt\n\nzanzibar\n")
    shell("south", f"letter send {draft} --to north --yes")
    entry = shell.json("south", "letter search zanzibar")[0]["entry"]
    shell("south", "desk backup second.backup")
    said = shell("south", f"letter burn {entry} --yes")
    assert "second.backup" in said.err
    assert "south.backup" not in said.err
    assert shell.json("south", "letter search zanzibar") == []
    assert "burnt" in shell("south", f"letter read {entry}", status=7).err
    assert shell("south", "register verify").out


def test_a_forged_letter_opens_at_home(shell):
    draft = shell.draft("forged.md", "---\nlang: en\nform: letter\n---\n# Never said\n\nx\n")
    said = shell("south", f"letter forge {draft} --from north -o forged.sealed")
    assert "which never wrote it" in said.out
    assert (shell.folder / "forged.sealed").stat().st_size == 32_768


def test_a_card_as_text_survives_a_mail(shell):
    """Quoted, wrapped and in capitals it is the same card; with a line lost, the line is named."""
    text = (shell.folder / "south.card.txt").read_text()
    shell.draft("mail.txt", "Dear,\n" + "\n".join("> " + line.upper() for line in text.splitlines()) + "\nBye\n")
    assert "kept already" in shell("north", "card import mail.txt").out
    lines = text.splitlines()
    del lines[4]
    shell.draft("torn.txt", "\n".join(lines))
    said = shell("north", "card import torn.txt", status=3)
    assert "missing or mistyped: 4" in said.err


def test_no_secret_is_an_argument_and_files_are_private(shell):
    """The office's folder and files are for its user alone."""
    folder = shell.folder / "north"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert shell("north", "letter list --passphrase x", status=2).err


def test_an_existing_file_is_not_overwritten(shell):
    said = shell("north", "card export -o north.card.txt", status=7)
    assert "already" in said.err
