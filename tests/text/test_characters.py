"""Which characters a text may hold, and where a breach is said to be."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backchannel.assigned import END, unassigned
from backchannel.errors import Refused
from backchannel.text import (
    HIDDEN,
    MOST_BREACHES,
    MOST_CHARACTERS,
    body_breaches,
    breaches,
    check,
    code_points,
    is_hidden,
    markdown_breaches,
)

PERSIAN = "پیشنهاد می‌کنیم که در مسقط دیدار کنیم.\n\nبا احترام"
ARABIC = "نقترح اللقاء في مسقط يوم ١٤ أكتوبر."


@pytest.mark.parametrize("text", ["", "A plain line.", PERSIAN, ARABIC, "\u2067متن\u2069 and back", "l\u200dl", "café"])
def test_what_writers_need_is_allowed(text):
    """Joiners, marks and balanced isolates that Arabic, Persian and mixed lines need are no breach."""
    assert breaches(text, "prose") == []


@pytest.mark.parametrize("isolates", ["\u2069", "\u2067", "\u2067\n\n"])
def test_a_text_of_nothing_but_isolates_is_told_in_a_hundred_breaches(isolates):
    """Whoever floods a reader with breaches gets a bounded list."""
    assert len(breaches(isolates * 5_000, "prose")) == MOST_BREACHES


@pytest.mark.parametrize(
    ("text", "mark", "line", "column", "character"),
    [
        ("terms\u202efdp.exe", "T2", 1, 6, "U+202E"),
        ("a\nb\u200bc", "T2", 2, 2, "U+200B"),
        ("a\tb", "T2", 1, 2, "U+0009"),
        ("a\r\nb", "T2", 1, 2, "U+000D"),
        ("\ufeffa", "T2", 1, 1, "U+FEFF"),
        ("a\u00adb", "T2", 1, 2, "U+00AD"),
        ("a\u3164b", "T2", 1, 2, "U+3164"),
        ("a\u2800b", "T2", 1, 2, "U+2800"),
        ("a\U000e0041", "T2", 1, 2, "U+E0041"),
        ("a\ue000", "T2", 1, 2, "U+E000"),
        ("x\u2066y", "T3", 1, 2, "U+2066"),
        ("x\u2069y", "T3", 1, 2, "U+2069"),
        ("a \nb", "T4", 1, 2, "U+0020"),
        ("a\u00a0\nb", "T4", 1, 2, "U+00A0"),
        ("yours ", "T4", 1, 6, "U+0020"),
        ("sum ٤5", "T5", 1, 6, "U+0035"),
        ("sum 5٤", "T5", 1, 6, "U+0664"),
        ("sum ۴٤", "T5", 1, 6, "U+0664"),
        ("1,٢", "T5", 1, 3, "U+0662"),
        ("cafe\u0301", "T1", 1, 4, "U+0065"),
        ("a\U0001fae8", "T8", 1, 2, "U+1FAE8"),
        ("q" + "\u0301" * 9, "T10", 1, 10, "U+0301"),
    ],
)
def test_every_breach_is_named_with_its_place(text, mark, line, column, character):
    """What hides, reorders, imitates or cannot be shown is refused with its line, column and code point."""
    (breach,) = breaches(text, "prose")
    assert (breach.mark, breach.line, breach.column, breach.character) == (mark, line, column, character)
    with pytest.raises(Refused) as refused:
        check(text, "prose", "the text")
    assert refused.value.mark == mark
    assert f"line {line}, column {column}" in str(refused.value)
    assert character in str(refused.value)
    assert text not in str(refused.value)


def test_an_isolate_ends_with_its_paragraph():
    """A direction begun in one paragraph cannot reach the next."""
    found = breaches("\u2067a\n\nb\u2069", "prose")
    assert [(breach.mark, breach.line) for breach in found] == [("T3", 1), ("T3", 3)]
    assert breaches("\u2067a\nb\u2069", "prose") == []


@pytest.mark.parametrize("character", "\n\u200d\u200e\u200f\u061c\u2066\u2067\u2068\u2069\u202a\t\x00\x1b")
def test_names_hold_no_control(character):
    """A name, title or file name is one line without any control; only the joiner-less space of Persian is kept."""
    assert [breach.mark for breach in breaches(f"a{character}b", "line")] == ["T2"]
    assert breaches("نامه‌ها", "line") == []


@pytest.mark.parametrize("text", [" a", "a ", "\u3000a"])
def test_names_have_no_space_at_the_edge(text):
    """Two names that differ by an unseen space are refused before they can be taken for one another."""
    assert [breach.mark for breach in breaches(text, "line")] == ["T4"]


@given(st.text(max_size=60), st.sampled_from(["prose", "line"]))
def test_what_passes_holds_nothing_unseen(text, kind):
    """Whatever the text, what passes is composed and holds only what may be there."""
    if not breaches(text, kind):
        assert unicodedata.is_normalized("NFC", text)
        spared = "\n\u200c\u200d\u200e\u200f\u061c\u2066\u2067\u2068\u2069" if kind == "prose" else "\u200c"
        assert not any(is_hidden(c) for c in text if c not in spared)


MARKUP = ["<", "&", "!", "[", "]", ":", "a", "\n", "> ", "- ", "`", "*", "\\", "(/)", "amp;", "    ", "# ", " "]


@given(st.lists(st.sampled_from(MARKUP), max_size=40).map("".join))
def test_a_text_that_is_not_parsed_holds_no_markup(text):
    """The parser is left out where nothing can be found; a lone `<` at the end brings it in and changes nothing."""
    if not markdown_breaches(text):
        assert not markdown_breaches(text + "\n\n<")


def test_every_control_and_format_character_is_hidden():
    """No control, format, surrogate, private or separator character is missing from the table."""
    unseen = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Cn"}
    missing = [hex(c) for c in range(0x110000) if unicodedata.category(chr(c)) in unseen and not is_hidden(chr(c))]
    newer = {hex(c) for first, last in unassigned() for c in range(first, last + 1)}
    assert set(missing) <= newer


@pytest.mark.skipif(unicodedata.unidata_version != "14.0.0", reason="compares with an interpreter of Unicode 14.0")
def test_the_table_is_unicode_14():
    """The shipped table is Unicode 14.0, code point by code point."""
    empty = {c for first, last in unassigned() for c in range(first, last + 1)}
    assert empty == {c for c in range(END) if unicodedata.category(chr(c)) == "Cn"}


def test_a_hostile_text_costs_a_hundred_breaches():
    """A text of nothing but breaches is refused without a list as long as the text."""
    assert len(breaches("\u202e" * 50_000, "prose")) == MOST_BREACHES
    assert len(breaches("\u2066" * 50_000, "prose")) == MOST_BREACHES
    assert len(breaches("a \n" * 50_000, "prose")) == MOST_BREACHES


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("Hello\nto <b>you</b>", 2, "HTML"),
        ("a\n\n<script>x</script>", 3, "HTML"),
        ("a\n<!-- unseen -->", 2, "HTML"),
        ("a\n![map](map.png)", 2, "image"),
        ("a [b]\n\n[b]: https://a.example", 3, "reference definition"),
        ("a\n&#x202e;b", 2, "given by number"),
        ("a &amp; b", 1, "given by number"),
    ],
)
def test_markdown_outside_the_subset_is_refused(text, line, why):
    """HTML, images, character references and definitions elsewhere can show other than what was written."""
    breach = body_breaches(text)[0]
    assert (breach.mark, breach.line) == ("T6", line)
    assert why in breach.why


@pytest.mark.parametrize(
    "text", ["AT&T, a < b", "*a* **b** `c`", "> a\n\n- b\n\n1. c", "[a](https://a.example)", "a\\\nb"]
)
def test_markdown_of_the_subset_is_kept(text):
    """Ordinary prose, emphasis, lists, quotes and links whose target is shown are no breach."""
    assert body_breaches(text) == []


def test_a_text_too_long_is_no_letter():
    """The bound on one text is exact and named."""
    assert body_breaches("a" * MOST_CHARACTERS) == []
    assert [breach.mark for breach in body_breaches("a" * (MOST_CHARACTERS + 1))] == ["T9"]


def test_all_breaches_of_a_body_are_told_together():
    """A writer hears of characters and Markdown in one go."""
    assert [breach.mark for breach in body_breaches("a <b>c\nd\u200b")] == ["T6", "T2"]


def test_code_points_show_without_acting():
    """A text in breach is shown as code points, nothing of it as itself."""
    assert code_points("a\u202eb") == "U+0061 U+202E U+0062"


SPEC = (Path(__file__).parents[2] / "docs/spec/text.md").read_text("utf-8")


def test_the_spec_lists_the_hidden_characters():
    """A stranger finds the whole table in the spec, range by range."""
    block = SPEC.split("```")[1].split("and the last two")[0].split()
    listed = {(int(one.split("-")[0], 16), int(one.split("-")[-1], 16)) for one in block}
    assert listed == {pair for pair in HIDDEN if pair[0] & 0xFFFF != 0xFFFE} | {(0xFFFE, 0xFFFF)}


@pytest.mark.parametrize(
    ("hexadecimal", "kind", "mark"),
    [
        ("7465726d73e280ae6664702e657865", "line", "T2"),
        ("73756d20d9a435", "prose", "T5"),
        ("63616665cc81", "prose", "T1"),
        ("d985db8ce2808cdaa9d986db8cd985", "line", None),
    ],
)
def test_the_specs_examples_hold(hexadecimal, kind, mark):
    """The bytes the spec shows have the answer it gives."""
    assert hexadecimal in SPEC.replace(" ", "")
    text = bytes.fromhex(hexadecimal).decode()
    assert [breach.mark for breach in breaches(text, kind)] == ([mark] if mark else [])


def test_the_spec_names_every_mark():
    """Every reason to refuse a text has its line in the spec."""
    for number in range(1, 11):
        assert f"| T{number} | " in SPEC
