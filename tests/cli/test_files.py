"""Large files, as a person seals and opens them."""

import os


def test_for_an_office(shell):
    """South opens what North sealed, and is told from whom; what was spoiled is refused, and nothing is left of it."""
    data = os.urandom(700_000)
    (shell.folder / "archive.tar").write_bytes(data)
    sealed = shell.folder / "archive.tar.sealed"
    assert "Only south can open it, until 20" in shell("north", "file seal archive.tar --to south").err
    shell("north", "file seal archive.tar --to south", status=7)  # there already
    shell("south", f"file open {sealed.name}", status=7)  # the name is taken: nothing is written over
    told = shell("south", f"file open {sealed.name} -o opened")
    assert told.out == "opened\n"
    assert "certain to be from North" in told.err
    assert (shell.folder / "opened").read_bytes() == data
    shell("north", f"file open {sealed.name} -o not-for-north", status=3)
    sealed.write_bytes(sealed.read_bytes()[:-20_000])
    said = shell("south", f"file open {sealed.name} -o half", status=3)
    assert "not complete" in said.err
    assert not list(shell.folder.glob("half*")) + list(shell.folder.glob("not-for*"))


def test_under_a_passphrase(shell):
    (shell.folder / "notes").write_bytes(b"text")
    (shell.folder / "own").write_text("a passphrase of its own\n")
    (shell.folder / "other").write_text("another passphrase\n")
    (shell.folder / "short").write_text("short\n")
    assert shell("north", "file seal notes --passphrase-file own").out == "notes.sealed\n"
    shell("south", "file open notes.sealed -o again --passphrase-file other", status=5)
    shell("south", "file open notes.sealed -o again --passphrase-file own")
    assert (shell.folder / "again").read_bytes() == b"text"
    shell("north", "file seal notes -o more --passphrase-file short", status=7)
    assert "nobody is there" in shell("north", "file seal notes -o more", status=7).err
    assert not (shell.folder / "more").exists()


def test_from_standard_input(shell):
    assert "no name" in shell("north", "file seal - --to south", stdin="piped", status=7).err
    shell("north", "file seal - --to south -o piped.sealed", stdin="piped")
    shell("south", "file open piped.sealed")
    assert (shell.folder / "piped").read_bytes() == b"piped"
