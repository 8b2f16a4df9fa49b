"""A person at a terminal: what is asked, what a wrong answer does, and that nothing typed is lost."""

import os
import pty
import select
import sys
import time

import pytest


class Terminal:
    """One command with a terminal of its own; answers are typed when it falls silent."""

    def __init__(self, shell, office):
        self.shell, self.office = shell, office

    def __call__(self, line, *answers, status):
        process, terminal = pty.fork()
        if process == 0:
            os.chdir(self.shell.folder)
            os.environ |= {
                "BACKCHANNEL_OFFICE": str(self.shell.folder / self.office),
                "BACKCHANNEL_CLERK": "ada",
                "XDG_RUNTIME_DIR": str(self.shell.folder / "run"),
                "PYTHONUTF8": "1",
            }
            os.execv(sys.executable, [sys.executable, "-m", "backchannel", *line.split()])
        said, waiting, end = b"", list(answers), time.monotonic() + 60
        while time.monotonic() < end:
            asked = said.rstrip().endswith((b":", b"]")) or (waiting and waiting[0].startswith("."))
            ready, _, _ = select.select([terminal], [], [], 0.3 if asked else 2)
            if ready:
                try:
                    said += os.read(terminal, 65536)
                except OSError:
                    break
            elif waiting:
                os.write(terminal, (waiting.pop(0) + "\n").encode())
        os.close(terminal)
        ended = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        text = said.decode()
        assert (ended, waiting) == (status, []), text
        return text


@pytest.fixture
def terminal(shell):
    return Terminal(shell, "north")


def test_a_letter_is_asked_for_step_by_step(terminal, shell):
    """A wrong answer is said and asked again; what is not sealed in the end is kept in a file."""
    before = shell("north", "register verify").out
    said = terminal(
        "letter write --to south --exercise",
        "assurance", "english", "en fa", "fa", "Ti\u202etle", "On grain", "We keep off.\n.", "درباره غله",
        "کاری نداریم.\n.", "30 Esfand", "now", "n", "kept.md", status=1,
    )  # fmt: skip
    assert "no language tag" in said
    assert "U+202E" in said
    assert "date, time and zone" in said
    assert "EXERCISE" in said
    assert shell("north", "register verify").out == before
    assert (shell.folder / "kept.md").stat().st_mode & 0o077 == 0
    assert "can be sealed" in shell("north", "letter check kept.md").out
    assert "=== fa prevailing" in (shell.folder / "kept.md").read_text(encoding="utf-8")


def test_what_cannot_be_sealed_is_kept_too(terminal, shell):
    said = terminal(
        "letter write --to south", "letter", "en", "A sum", "It is ٤5.\n.", "now", "sum.md", status=7
    )  # fmt: skip
    assert "digits of two kinds" in said
    assert "It is ٤5." in (shell.folder / "sum.md").read_text(encoding="utf-8")


def test_a_new_office_says_that_nobody_resets_the_passphrase_and_offers_a_backup(shell):
    said = Terminal(shell, "harbour")(
        "office create en=Harbour --zone Asia/Muscat", "y", "a long passphrase", "a long passphrase", "y",
        "harbour.backup", status=0,
    )  # fmt: skip
    assert "Nobody can reset the passphrase" in said
    assert "a long passphrase" not in said
    assert (shell.folder / "harbour.backup").exists()


def test_who_does_not_understand_gets_no_office(shell):
    Terminal(shell, "west")("office create en=West", "n", status=1)
    assert not (shell.folder / "west").exists()
