"""Leaks and announcements as people type them; and that no word on screen says that anything was confirmed."""

import ast
from pathlib import Path

import pytest

import backchannel

LETTER = """---
form: letter
lang: en
comment_policy: neither_confirm_nor_deny
exempted: [Allied Desk One]
---
# Ships

Twelve ships.
"""


@pytest.fixture(scope="module")
def sent(shell):
    """North's letter, read by South, and South's answer: their entries at North and South."""
    shell("north", f"letter send {shell.draft('ships.md', LETTER)} --to south --signed --yes")
    shell.carry("north", "south")
    n = shell.json("north", "letter list")[-1]["entry"]
    came = shell.json("south", "letter list")[-1]["entry"]
    return shell, n, came


def test_a_leak_noted_shows_with_its_letter(sent):
    shell, _, came = sent
    shell("south", f"letter read {came}")
    assert "LEAK" not in shell("south", f"letter read {came}").out
    noted = shell(
        "south",
        f"leak note {came} --when 2026-01-06[America/New_York] --where 'a newspaper' --source 'unnamed officials'"
        " --what gist",
    ).out
    assert "Noted, not judged" in noted
    assert "When: 2026-01-06 [America/New_York]" in noted
    for said in (noted, shell("south", f"letter read {came}").out):
        assert "Say neither that there is such a letter nor that there is none." in said
        assert "If asked: We do not comment on private correspondence, whether or not there is any." in said
        assert "Ask first: North" in said
        assert "Must NOT be told: Allied Desk One" in said
    assert "LEAK NOTED" in shell("south", "letter list").out
    (one,) = shell.json("south", "leak list")
    assert (one["event"], one["what"], one["where"], one["when"]["zone"]) == (
        "x-LeakNoted", "gist", "a newspaper", "America/New_York",
    )  # fmt: skip
    assert one["when"]["latest"] - one["when"]["earliest"] == 86_399
    assert one["letters"][0]["policy"] == "neither"
    assert shell.json("south", f"leak show {one['entry']}") == one
    assert "a newspaper" in shell("south", "leak list").out
    assert "Source: unnamed officials" in shell("south", f"leak show {one['entry']}").out
    assert shell.json("south", f"letter read {came}")["handled"]["leaks"] == [one["entry"]]
    assert "still to come" in shell("south", f"leak note {came} --when 2999 --where x --source y", status=7).err


def test_the_gate_stops_records_and_gives_way_to_a_reason(sent):
    shell, n, _ = sent
    seen = shell("north", f"publish check {n} --what gist", status=7).out
    assert f"! letter {n}: its writer asked that nothing be said of it either way" in seen
    assert "who must not be told would hear of it: Allied Desk One" in seen
    assert "ALARM: announced" in seen
    assert "STOPPED." in seen
    assert shell("north", "publish list").out == ""
    assert "STOPPED, and recorded" in shell("north", f"publish note {n} --where 'on air'", status=7).out
    went = shell("north", f"publish note {n} --where 'on air' --because 'the principals agreed'").out
    assert "Recorded as announced" in went
    stopped, gone = shell.json("north", "publish list")["publications"]
    assert (stopped["went"], gone["went"], gone["because"]) == (False, True, "the principals agreed")
    assert (gone["event"], gone["where"], gone["alarms"][0]["open"]) == ("x-Disclosed", "on air", True)
    assert {one["code"] for one in gone["found"]} >= {"neither", "exempted"}
    assert "ALARM: announced" in shell("north", "desk status").out
    assert "STOPPED at the gate" in shell("north", "publish list").out
    assert ", ANNOUNCED" in shell("north", "letter list").out


def test_announced_and_nothing_sealed_then_tied(sent):
    """South announces a letter it has not sealed; North, who has none, notes what it can say."""
    shell, _, _ = sent
    assert "announced, not submitted" in shell("south", "publish note --with north", status=7).out
    shell("south", "publish note --with north --because 'on air already' --when 2026-01-07")
    entry = shell.json("south", "publish list")["publications"][-1]["entry"]
    free = LETTER.replace("neither_confirm_nor_deny", "free")
    shell("south", f"letter send {shell.draft('free.md', free)} --to north --signed --yes")
    m = shell.json("south", "letter list")[-1]["entry"]
    tied = shell("south", f"publish tie {entry} {m}").out
    assert "announced, not submitted" in tied
    assert "nothing of theirs had come by then" in shell("north", "publish note --with south --by them").out
    assert "until 2099-01-01T12:00" in (
        shell("south", f"publish embargo {m} --until 2099-01-01T12:00[Asia/Tehran] --why 'both asked'").out
        + shell("south", f"publish check {m}", status=7).out
    )
    assert shell("north", "publish check", status=7).err
    assert "no announcement" in shell("south", f"publish tie {m} {m}", status=7).err


def test_a_copy_asked_for_is_blocked_or_noted(sent):
    shell, n, _ = sent
    assert (
        "BLOCKED: allied desk one must not be told, as Allied Desk One"
        in shell("north", f"publish asked {n} --who 'allied desk one'", status=7).out
    )
    assert "is not among those who must not be told" in shell("north", f"publish asked {n} --who 'A paper'").out
    assert "was kept from knowing" in shell("north", "desk status").out
    listed = shell("north", "publish list").out
    assert "BLOCKED allied desk one asked for a copy" in listed
    first, second = shell.json("north", "publish list")["told"]
    assert (first["blocked"], second["blocked"]) == (True, False)
    draft = LETTER.replace("Allied Desk One", "South")
    said = shell("north", f"letter send {shell.draft('no.md', draft)} --to south --yes", status=7).err
    assert "that it was tried is recorded" in said


def strings(path):
    """What a file may put on a screen: every text in it but docstrings, names and comments."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    if path.parent.name == "cli":  # there the docstring of a command is its help
        commands = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.decorator_list)
        bare -= {id(node.body[0].value) for node in commands if isinstance(node.body[0], ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and " " in node.value
            and id(node) not in bare
        ):
            yield node.value


def test_no_word_on_screen_says_that_anything_was_confirmed():
    """Whoever looks at a screen, or is shown it, cannot quote the program as having confirmed a letter."""
    source = Path(backchannel.__file__).parent
    texts = [text for path in source.rglob("*.py") for text in strings(path)]
    assert len(texts) > 1000
    assert [text for text in texts if "confirmed" in text.lower()] == []


def test_the_line_for_the_press_says_neither():
    """The one line that the program suggests would be true with a letter and without."""
    from backchannel.cli.publicity import LINE

    words = set(LINE.lower().replace(",", "").replace(".", "").split())
    assert not words & {"letter", "yes", "no", "received", "sent", "confirm", "deny", "our", "their", "this", "that"}
    assert "whether or not there is any" in LINE
