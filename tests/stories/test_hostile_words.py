"""A correspondent whose every word attacks the terminal, the page and the folder: no command lets any of it through."""

import json
import re

import click
import pytest
from bounds import bounded
from click.testing import CliRunner
from conftest import PASSPHRASE
from hostile import BODY, arrives, composed, cover, sealed_by, settle, tell, write

from backchannel.cli.common import show_error
from backchannel.cli.main import cli
from backchannel.conveyance.credence import Credence
from backchannel.encoding import digest, encode
from backchannel.errors import BackchannelError
from backchannel.letters.matter import Matter
from backchannel.text import is_hidden

# Clipboard (OSC 52), a link (OSC 8), cursor, colours, C1 forms, overrides of direction, what nobody sees, new lines.
EVIL = (
    "\x1b]52;c;ZXZpbA==\x07\x1b]8;;http://evil.example\x1b\\x\x1b]8;;\x1b\\\x1b[2J\x9b31m\x9d0;t\x9c\x85"
    "\u202egpj.exe\u202c\u2066\u200b\u2060\u2028\u2029\ufeff\U000e0041\x00\x7f\r\nلبيك"
)
SHORT = "\x1b[2J\x9b1m\u202e\u200b\r\n"
FLOOD = "q" + "\u0301" * 60
SHOWING = {"list", "show", "read", "track", "where", "status", "board", "explain", "search", "number", "verify"}
_SHOWN = []  # what the commands showed: asked once


def hostile_letter(north, south):
    sheet, _, signature, docket = composed(north, south)
    salt = bytes(16)
    refs = [None, "T1", None]
    names = [
        EVIL,
        "../../etc/passwd",
        "/etc/shadow",
        "a\0b",
        "x" * 255,
        "x" * 255,
        "",
        ".",
        "..",
        "CON",
        "\u202egpj.exe",
    ]
    made = [
        ["body", salt, {"lang": "en", "status": "prevailing", "title": EVIL, "text": EVIL + FLOOD}],
        *(["attachment", salt, {"name": name, "media": SHORT, "data": b"x"}] for name in names),
        ["attachment", b"2" * 16, {"name": "bomb.zip", "media": "application/zip", "data": bytes(99_999)}],
        [SHORT, salt, {"any": "thing"}],
        ["clause", salt, {"number": "T1", "kind": "undertaking", "text": {"en": EVIL}, "bound": north.state.office,
                          "towards": [south.state.office], "amounts": []}],
        ["clause", salt, {"number": "R1", "kind": "reservation", "text": {"en": EVIL},
                          "links": [["limits", refs, "met"]]}],
    ]  # fmt: skip
    made = list({encode(one): None for one in made})
    handling = dict.fromkeys(("distribution", "attribution", "comment_policy", "retention", "carriage"), SHORT)
    handling |= {"may_know": [EVIL], "exempted": [[None, EVIL]], "instructions": EVIL, SHORT: 1}
    more = {
        "handling": handling,
        SHORT: EVIL,
        "translations": [["en", EVIL, bytes(32)]],
        "mismatch": {"by": [EVIL, FLOOD], "why": EVIL, "found": [["T1", SHORT, "en", "fa"]]},
        "terms": [{"act": "propose", "ground": EVIL, "part": EVIL}],
        "ways": [[SHORT, [b"x"], (1 << 37) - 1, (1 << 37) - 1]],
    }
    sheet |= {"reference": EVIL, "parts": [digest("part", one) for one in made]}
    return [sheet, made, signature, docket | more]


@pytest.fixture
def shown(town, tmp_path, monkeypatch):
    """What South's commands show after North and Ferry have said all that they can, by command; and its folder."""
    if _SHOWN:
        return _SHOWN[0]
    north, south, ferry = settle(town, "North", "South", "Ferry")
    assert arrives(town, south, sealed_by(north, south, hostile_letter(north, south))).refused == ()
    ref, late = bytes(32), (1 << 37) - 1
    people = [["envoy", FLOOD]]
    date = [1_800_000_000, "UTC", 0, "gregorian", "2027-01-15T08:00"]
    others = {
        "meeting-request": Matter("meeting", {"purpose": FLOOD, "how": "in_person", "times": [date], "who": people}),
        "readout": Matter("readout", {"how": "call", "began": date, "who": people, "met": people, "points": [FLOOD]}),
        "credence": Credence(
            id=bytes(16), principal=ferry.state.office, envoy=north.state.office, audience=south.state.office,
            verbs=("carry",), matters=(EVIL[:40],), limits=EVIL, serial=late - 9, since=late - 9, until=late,
            pass_on=False,
        ).matter(),
        "introduction": Matter("introduction", {"card": north.state.card_data, "standing": "verified", "since": late}),
    }  # fmt: skip
    for form, matter in others.items():
        write(ferry, south, form, matter, bodies=(BODY,) * (form in ("meeting-request", "readout")))
    cover(ferry, north, b"no letter", addressee=south, instructions=EVIL, by=late, taken=late)
    cover(ferry, south, b"no letter", addressee=north, because=EVIL, precedence="flash", instructions=EVIL, by=late)
    said = ["x-CustodyHeld", ref, ferry.state.office, late, "manual", [["other", EVIL[:99]], ["waiting", SHORT]]]
    tell(town, ferry, south, raw={"said": [[encode(said), None]], "passed_on": []})
    town.carry()
    town.take_in(south)
    entries = sorted(south.state.letters)
    names = [other.display for other in south.state.correspondents.values()]
    south.close()
    del town.offices["South"]
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    (tmp_path / "clock").write_text(f"{town.clock():%Y-%m-%dT%H:%MZ}\n")
    monkeypatch.setenv("BACKCHANNEL_CLOCK", str(tmp_path / "clock"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    folder = town.folder / "south"
    _SHOWN.append(({line: run(folder, tmp_path, line) for line in lines(entries, names, tmp_path)}, tmp_path))
    return _SHOWN[0]


def leaves(group, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
            if command.invoke_without_command:
                yield (*path, name), command
        else:
            yield (*path, name), command


def lines(entries, names, folder):
    """Every command that only shows, for every entry and office; and what is saved and drawn."""
    for path, command in leaves(cli):
        if path[-1] not in SHOWING and path != ("timeline",):
            continue
        takes = [one.name for one in command.params if isinstance(one, click.Argument) and one.required]
        given = {
            (): [()],
            ("n",): [(str(n),) for n in entries],
            ("office",): [(name,) for name in names],
            ("words_",): [("a",)],
            ("id_",): [("00" * 16,)],
            ("ref",): [("1/T1",)],
        }.get(tuple(takes), [])
        more = [("--json",)] if any("--json" in one.opts for one in command.params) else []
        more += [("--all",)] if any("--all" in one.opts for one in command.params) else []
        for arguments in given:
            for options in [(), *more]:
                yield (*path, *arguments, *options)
    for n in entries:
        yield ("letter", "read", str(n), "--page", str(folder / f"{n}.html"), "--save", str(folder / f"saved-{n}"))


def run(folder, tmp_path, line):
    """What it shows, and how it ended."""
    options = ["--office", str(folder), "--passphrase-file", str(tmp_path / "passphrase")]
    command, name = cli, ""
    for name in line:
        if not isinstance(command, click.Group) or command.get_command(click.Context(command), name) is None:
            break
        command = command.get_command(click.Context(command), name)
    takes = any("--office" in one.opts for one in command.params)
    result = CliRunner().invoke(cli, [*line, *(options if takes else [])])
    if result.exception is None or isinstance(result.exception, SystemExit):
        return result.output
    assert isinstance(result.exception, BackchannelError), (line, result.exception)
    said = CliRunner().invoke(click.Command("error", callback=lambda: show_error(result.exception)))
    return result.output + said.output


def attacks(text):
    """What of it a terminal or a page would act on, or draw where nobody looks for it."""
    found = {hex(ord(one)) for one in text if is_hidden(one) and one not in "\n\u200c\u2068\u2069"}
    found |= {"isolates"} if text.count("\u2068") != text.count("\u2069") else set()
    return found | ({"flood"} if "\u0301" * 20 in text else set())


def test_no_command_lets_a_word_from_outside_act_on_the_screen(shown):
    said, folder = shown
    assert len(said) > 100
    assert {line: attacks(text) for line, text in said.items() if attacks(text)} == {}
    for page in folder.glob("*.html"):
        assert attacks(page.read_text()) == set()


def test_what_machines_read_says_the_same_as_it_was_written(shown):
    said, _ = shown
    (text,) = (
        one for line, one in said.items() if line[:2] == ("letter", "read") and EVIL[-4:] in one and "--json" in line
    )
    assert json.loads(text[text.index("{") :])["bodies"][0]["title"] == EVIL


def test_attachments_are_saved_under_plain_names_in_the_folder_named(shown):
    _, folder = shown
    saved = sorted(one for one in folder.rglob("*") if "saved-" in str(one) and one.is_file())
    assert len(saved) == 11
    assert all(one.parent.parent == folder and re.fullmatch(r"[0-9]{2}-[\w.-]*", one.name) for one in saved)
    assert max(one.stat().st_size for one in saved) == 99_999


@pytest.mark.parametrize(("line", "mark"), [("card import", "C8"), ("letter check", "D10")])
def test_a_file_without_end_is_not_read_to_its_end(town, tmp_path, monkeypatch, line, mark):
    """Ten GiB given as a card or as a draft are refused in little memory."""
    settle(town, "North", "South")[1].close()
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with (tmp_path / "huge.en.md").open("wb") as file:
        file.truncate(10 << 30)
    with bounded(mebibytes=200):
        said = run(town.folder / "south", tmp_path, (*line.split(), str(tmp_path / "huge.en.md")))
    assert "refused" in said or mark in said
