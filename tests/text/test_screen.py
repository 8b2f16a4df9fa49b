"""What reaches a screen, how search compares, and which way a language runs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backchannel.errors import Refused
from backchannel.text import (
    check_language,
    direction,
    fold,
    for_screen,
    is_hidden,
    json_for_screen,
    prose_for_screen,
    words,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("South", "South"),
        ("terms\u202efdp.exe", "terms<U+202E>fdp.exe"),
        ("\x1b[2Jgone", "<U+001B>[2Jgone"),
        ("a\nb", "a<U+000A>b"),
        ("جنوب", "\u2068جنوب\u2069"),
        ("نامه‌ها", "\u2068نامه‌ها\u2069"),
        ("٢٠٢٤-١٠-١٤", "\u2068٢٠٢٤-١٠-١٤\u2069"),
        ("q" + "\u0301" * 9 + "q", "q" + "\u0301" * 8 + "<U+0301>q"),
        ("\u2069جنوب\u2066", "\u2068<U+2069>جنوب<U+2066>\u2069"),
    ],
)
def test_names_from_outside_cannot_act_on_the_screen(text, shown):
    """Controls become code points; what runs right to left is isolated, so that it cannot reorder the sentence."""
    assert for_screen(text) == shown


@given(st.text(max_size=60))
def test_nothing_hidden_reaches_the_screen(text):
    """Whatever comes, only the outer isolate and the Persian joiner are left of what nobody sees."""
    shown = for_screen(text)
    if shown.startswith("\u2068"):
        shown = shown[1:-1]
    assert not any(is_hidden(c) for c in shown if c != "\u200c")


@given(st.text(max_size=60))
def test_json_says_the_same_and_does_nothing_to_a_terminal(text):
    text += "\u009b31m\u202e\U000e0041q" + "\u0301" * 20
    said = json_for_screen(json.dumps({"a": text}, ensure_ascii=False, indent=1))
    assert json.loads(said) == {"a": text}
    assert not any(is_hidden(one) for one in said if one not in "\n\u200c")
    assert "\u0301" * 9 not in said


def test_a_body_in_breach_is_shown_as_code_points_only():
    """A letter that breaks the rules is kept and shown so that nothing in it can act."""
    assert prose_for_screen("a\u202eb") == "U+0061 U+202E U+0062"
    assert prose_for_screen("two\nlines") == "two\nlines"


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("الإتفاق", "الاتفاق"),
        ("مسؤولية", "مسوولیه"),
        ("كتابي", "کتابی"),
        ("مُحَمَّد", "محمد"),
        ("محـــمد", "محمد"),
        ("می‌کنیم", "میکنیم"),
        ("سال ۱۴۰۴", "سال 1404"),
        ("سنة ١٤٤٦", "سنة 1446"),
        ("على", "علی"),
        ("ﻻ", "لا"),
        ("خانهٔ", "خانه"),
        ("Straße CAFÉ", "strasse cafe"),
        ("أُعيدت", "اعيدت"),
    ],
)
def test_search_folds_what_writers_vary(written, sought):
    """Hamza, alef, yeh, kaf, teh marbuta, marks, tatweel, joiners, digits and case do not hide a letter from search."""
    assert fold(written) == fold(sought)


@pytest.mark.parametrize(
    ("one", "other"), [("باب", "ناب"), ("پدر", "بدر"), ("گل", "کل"), ("cat", "cut"), ("1404", "1405")]
)
def test_folding_keeps_words_apart(one, other):
    """Letters that are not variants of one another stay different."""
    assert fold(one) != fold(other)


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    """A folded text is its own fold: indexing and asking meet."""
    assert fold(fold(text)) == fold(text)


def test_words_are_what_search_indexes():
    """Words come folded and in order, without marks between them."""
    assert words("The Agreement, الإتفاق (۱۴۰۴)!") == ["the", "agreement", "الاتفاق", "1404"]


@pytest.mark.parametrize("tag", ["en", "fa", "ar", "zh-Hant", "pt-BR", "es-419", "az-Arab-IR", "de-1996", "sl-rozaj"])
def test_language_tags_are_kept(tag):
    """Language, script, region and variants are enough for letters."""
    assert check_language(tag) == tag


@pytest.mark.parametrize(
    "tag", ["", "e", "EN", "english", "en_GB", "en-gb", "x-north", "en\n", "fa-\u202e", "en-" + "a" * 40, "ｆａ"]
)
def test_what_is_no_language_tag_is_refused(tag):
    """A tag that no browser or reader would understand the same way is refused."""
    with pytest.raises(Refused) as refused:
        check_language(tag)
    assert refused.value.mark == "T7"


@pytest.mark.parametrize(
    ("tag", "way"),
    [
        ("fa", "rtl"),
        ("ar-EG", "rtl"),
        ("az-Arab", "rtl"),
        ("ar-Latn", "ltr"),
        ("en", "ltr"),
        ("az", "ltr"),
        ("prs", "rtl"),
    ],
)
def test_a_language_has_a_direction(tag, way):
    """The script decides where the tag names one, the language otherwise."""
    assert direction(tag) == way
