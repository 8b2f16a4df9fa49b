"""A clause as words that can be looked up, whatever their spelling.   Spec: docs/spec/gate.md, "Words".

Spellings of one word meet: marks and stretching fall away, kaf and yeh are one, alef has one form (the form with its
hamza is kept beside it: two Arabic words differ by nothing else), and an Arabic word is also offered without what is
written onto its front. Places are kept, so that a finding can quote what stands there.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from backchannel.values import dataclass

LANGUAGES: Final = ("en", "ar", "fa")
MARKS: Final = (*range(0x0610, 0x061B), *range(0x064B, 0x0660), 0x0640, 0x0670, 0x200D, 0x200E, 0x200F)
_SAME: Final = {"ك": "ک", "ي": "ی", "ې": "ی", "ۀ": "ه", "ە": "ه", "ھ": "ه", "ہ": "ه", "ٱ": "ا"}
_HAMZA: Final = {"أ": "ا", "إ": "ا", "آ": "ا", "ؤ": "و", "ئ": "ی", "ى": "ی", "ة": "ه"}
_LIGHT: Final = str.maketrans(_SAME | dict.fromkeys(map(chr, MARKS), ""))
_HEAVY: Final = str.maketrans(_HAMZA)
DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬", "01234567890123456789.,")
_D: Final = "[0-9٠-٩۰-۹]"
_LETTER: Final = r"A-Za-zÀ-ɏ\u0621-\u065f\u0670-\u06d3\u06fa-\u06ff\u0640"
_TOKEN: Final = re.compile(
    rf"(?P<date>{_D}{{1,4}}([-/.]){_D}{{1,2}}\2{_D}{{1,4}}(?!{_D}))"
    r"|(?P<part>[AaPp]\.\s?[Mm]\b\.?)"
    rf"|(?P<time>{_D}{{1,2}}:{_D}{{2}}(?::{_D}{{2}})?)"
    rf"|(?P<ratio>{_D}{{1,4}}/{_D}{{1,4}}(?![/{_D[1:-1]}]))"
    rf"|(?P<number>{_D}{{1,3}}(?:[\u00a0\u202f]{_D}{{3}})+(?!{_D})|{_D}{{1,3}}(?: {_D}{{3}}){{2,}}(?!{_D})"
    rf"|{_D}{{1,3}} 000(?!{_D})"
    rf"|{_D}+(?:[.,٫٬،'’]{_D}+)*)"
    rf"|(?P<word>[{_LETTER}](?:['’]?[{_LETTER}\u0610-\u061a\u200c\u200d])*)"
    r"|(?P<sign>[^\s\u2066-\u2069\u200e\u200f\u061c*_])"
)
_SPLIT_NOT: Final = {"can't": "can", "won't": "will", "shan't": "shall", "cannot": "can"}
_PERSIAN_ENDINGS: Final = (
    *("ها", "های", "هایی", "هایشان", "هایش", "ی", "ای", "یی", "ام", "ات", "اش", "مان", "تان", "شان"),
    *("اند", "ایم", "اید", "تر", "ترین"),
)


_COMPOUND: Final = re.compile(
    "(یک|دو|سه|چهار|پنج|شش|هفت|هشت|نه|ده|دوازده|پانزده|بیست|سی|چهل|پنجاه|شصت|نود|صد)"
    "(سوم|چهارم|پنجم|ششم|هفتم|هشتم|نهم|دهم|نفره|ساله|ماهه|روزه|ساعته|هفته‌ای|درصدی|گانه|جانبه|مرحله‌ای|عضوی|کشوری|طبقه|برابر|صفحه|مرحله|هفته|ماده|طرفه|زبانه|سویه|بخشی|متری|کیلومتری|تنی|بندی)"
)


@dataclass(slots=True)
class Token:
    """A word, number or sign, and its place. forms: what it may be looked up as, nearest first."""

    kind: str
    form: str
    start: int
    end: int
    forms: tuple[str, ...]
    capital: int = 0  # 1: the first letter is one; 2: all are
    glued: bool = False


def light(word: str) -> str:
    """One spelling of the letters; hamza kept."""
    return word.translate(_LIGHT)


def fold(word: str) -> str:
    """One spelling of the word."""
    return light(word).translate(_HEAVY).casefold()


def tokens(text: str, lang: str) -> list[Token]:
    """The words, numbers and signs of a clause, in order. lang: one of LANGUAGES."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        start, end = match.span()
        glued = bool(found) and found[-1].end == start
        if kind == "part":
            form = match[0][0].lower() + "m"
            found.append(Token("word", form, start, end, (form,), glued=glued))
        elif kind == "word":
            for part, at in _parts(match[0], start, lang):
                _word(found, part, at, lang, glued or at > start)
        elif kind == "sign" and match[0] in "-‐‑" and glued and text[end : end + 1].isalpha():
            continue  # a hyphen inside a word
        else:
            form = match[0] if kind == "sign" else match[0].translate(DIGITS)
            found.append(Token(kind, form, start, end, (form,), glued=glued))
    return found


def _parts(word: str, start: int, lang: str) -> list[tuple[str, int]]:
    if lang == "en":
        lower = word.lower().replace("’", "'")
        if lower in _SPLIT_NOT:
            return [(_SPLIT_NOT[lower], start), ("not", start)]
        if lower.endswith("n't"):
            return [(word[:-3], start), ("not", start)]
        return [(word[: -2 if lower.endswith("'s") else None].rstrip("'’"), start)]
    parts, at = [], start
    for part in word.split("\u200c"):
        compound = _COMPOUND.fullmatch(part) if lang == "fa" and part != "چهاردهم" else None
        if compound is not None:  # "چهارنفره" is "چهار نفره"
            parts += [(compound[1], at), (compound[2], at + compound.start(2))]
        elif part:
            parts.append((part, at))
        at += len(part) + 1
    return parts


def _word(found: list[Token], part: str, at: int, lang: str, glued: bool) -> None:
    form, end = fold(part), at + len(part)
    if not form:
        return
    last = found[-1] if found and found[-1].kind == "word" else None
    if lang == "fa" and last is not None:
        if last.form in ("می", "نمی") and len(form) > 1:
            found[-1] = Token("word", last.form + form, last.start, end, (last.form + form,), glued=last.glued)
            return
        if form in _PERSIAN_ENDINGS and (glued or form in ("ها", "های", "هایی")) and last.form not in ("می", "نمی"):
            whole = last.form + form
            found[-1] = Token("word", whole, last.start, end, (whole, last.form), glued=last.glued)
            return
    if lang == "en" and glued and form == "not" and last is not None and last.start == at:
        end = last.end
    if lang == "ar":
        forms = arabic_forms(form, light(part))
    elif lang == "fa":
        bare = (form[1:],) if glued and form.startswith("و") and len(form) > 2 else ()
        forms = ("=" + light(part), form, *bare)
    else:
        forms = (form,)
    found.append(Token("word", form, at, end, forms, part[:1].isupper() + part.isupper(), glued))


# In these the first letter is part of the word.
_WHOLE: Final = frozenset(("واحد", "واحده", "بلا"))


@cache
def arabic_forms(form: str, written: str) -> tuple[str, ...]:
    """The word as written (after "="), folded, and without the particles that may be written onto it."""
    found = ["=" + written, form]
    if form in _WHOLE:
        return tuple(found)
    bare, bare_written = form, written
    if bare[:1] in ("و", "ف") and len(bare) > 2:
        bare, bare_written = bare[1:], bare_written[1:]
        found += ["=" + bare_written, bare]
    if bare[:2] == "لل" and len(bare) > 3:
        found += [bare[2:], "ا" + bare[1:]]
    elif bare[:1] in ("ب", "ل") and len(bare) > 2:
        found += ["=" + bare_written[1:], bare[1:]]
        if bare[1:3] == "ال" and len(bare) > 4:
            found.append(bare[3:])
    elif bare[:2] == "ال" and len(bare) > 3:
        found.append(bare[2:])
    elif bare[:3] == "کال" and len(bare) > 5:
        found.append(bare[3:])
    elif bare[:1] == "س" and bare[1:2] in ("ی", "ت", "ن") and len(bare) > 4:
        found.append(bare[1:])
    return tuple(dict.fromkeys(found))


class Phrases:
    """Phrases of one language, each with what it means; the longest that stands at a place is found."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._root: dict[str, Any] = {}

    def add(self, phrases: Iterable[str], meaning: Any, several: bool = False) -> None:
        """Phrases as a list of words writes them: `~` before a word is any person of an Arabic imperfect, `+` after it
        any ending, `=` before it exact as to hamza, a zero-width non-joiner any of joined, split and spaced.

        several: a phrase may have several meanings, which are tuples then; else the last one counts."""
        for phrase in phrases:
            for words in _spellings(phrase, self._lang):
                node = self._root
                for word in words[:-1]:
                    node = node.setdefault(word, {})
                last = node.setdefault(words[-1], {})
                last[""] = last[""] + meaning if isinstance(meaning, tuple) and several and "" in last else meaning

    def at(self, tokens: Sequence[Token], i: int) -> tuple[int, Any] | None:
        """Where the longest phrase from token i ends, with its meaning; None if no phrase stands there."""
        best = None
        stack = [(self._root, i)]
        while stack:
            node, j = stack.pop()
            if "" in node and (best is None or j > best[0]):
                best = (j, node[""])
            if j < len(tokens):
                stack += [(node[form], j + 1) for form in reversed(tokens[j].forms) if form in node]
        return best


_ENDINGS: Final = {
    "en": ("", "s", "es", "d", "ed", "ing", "ly"),
    "ar": (
        "",
        "ه",
        "ها",
        "هم",
        "هما",
        "هن",
        "ک",
        "کم",
        "نا",
        "ون",
        "وا",
        "وه",
        "ان",
        "ین",
        "ا",
        "ات",
        "ت",
        "تان",
        "تین",
        "ی",
        "یه",
    ),
    "fa": ("", "ی", "یی", "ها", "های", "هایی", "ای", "م", "د", "یم", "ید", "ند", "ه", "ش", "شان", "اش", "شان را"),
}
_PERSONS: Final = ("ی", "ت", "ن", "ا")


def _spellings(phrase: str, lang: str) -> list[tuple[str, ...]]:
    made: list[tuple[str, ...]] = [()]
    for word in phrase.replace("-", " ").split():
        made = [(*before, *one) for before in made for one in _one_word(word, lang)]
    return made


def _one_word(word: str, lang: str) -> list[tuple[str, ...]]:
    exact, any_person, any_ending = word.startswith("="), word.startswith("~"), word.endswith("+")
    bare = word.strip("=~+")
    stem = "=" + light(bare) if exact else fold(bare)
    stems = [person + stem for person in _PERSONS] if any_person else [stem]
    whole = [one + ending for one in stems for ending in (_ENDINGS[lang] if any_ending else ("",))]
    forms: list[tuple[str, ...]] = []
    for one in whole:
        pieces = [piece for piece in one.split("\u200c") if piece]
        forms.append(("".join(pieces),))
        if len(pieces) > 1 and pieces[0] not in ("می", "نمی"):
            forms.append(tuple(pieces))
    return forms
