"""What text may hold, and the one way in which outside text reaches a screen or a path.   Spec: docs/spec/text.md.

What a reader sees must be what the writer saw: no character that hides, reorders or imitates. The table below decides,
not the interpreter's Unicode version.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from backchannel.errors import Refused

Kind = Literal["prose", "line"]

# Characters nobody sees: controls, formats, fillers, variation selectors, tags, private use, surrogates, noncharacters.
# First and last of each range, ascending.
HIDDEN: Final = (
    (0x0000, 0x001F), (0x007F, 0x009F), (0x00AD, 0x00AD), (0x034F, 0x034F), (0x0600, 0x0605), (0x061C, 0x061C),
    (0x06DD, 0x06DD), (0x070F, 0x070F), (0x0890, 0x0891), (0x08E2, 0x08E2), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xD800, 0xF8FF),
    (0xFDD0, 0xFDEF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0xFFFE, 0xFFFF),
    (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A),
    *((plane | 0xFFFE, plane | 0xFFFF) for plane in range(0x10000, 0xE0000, 0x10000)),
    (0xE0000, 0x10FFFF),
)  # fmt: skip
_STARTS: Final = [first for first, _ in HIDDEN]
# Joiners, marks and isolates that Arabic, Persian and mixed lines need.
_PROSE_MAY: Final = frozenset("\n\u200c\u200d\u200e\u200f\u061c\u2066\u2067\u2068\u2069")
_LINE_MAY: Final = frozenset("\u200c")  # without it many Persian names cannot be written
_OPENS: Final = frozenset("\u2066\u2067\u2068")
_CLOSES: Final = "\u2069"
_DIGITS: Final = (0x30, 0x660, 0x6F0)
_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-[a-z0-9]{5,8})*")
_RTL_LANGUAGES: Final = frozenset(("ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"))
_RTL_SCRIPTS: Final = frozenset(("Arab", "Hebr", "Syrc", "Thaa", "Nkoo"))


@dataclass(frozen=True, slots=True)
class Breach:
    """Where a text breaks a rule. mark: T1-T7. line and column count from 1; character: its code point, or ""."""

    mark: str
    line: int
    column: int
    character: str
    why: str

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}"
        return f"{place}: {self.why} ({self.character})" if self.character else f"{place}: {self.why}"


def is_hidden(character: str) -> bool:
    point = ord(character)
    at = bisect_right(_STARTS, point) - 1
    return at >= 0 and point <= HIDDEN[at][1]


def breaches(text: str, kind: Kind) -> list[Breach]:
    """Every place where the text breaks the rules, in order.

    kind: `prose` for bodies; `line` for names, titles, references and file names, which hold no control at all.
    """
    found = list(_characters(text, kind))
    if not found and not unicodedata.is_normalized("NFC", text):
        at = next(i for i in range(1, len(text) + 1) if not unicodedata.is_normalized("NFC", text[:i])) - 1
        found.append(_breach("T1", text, at, "characters that are not in the composed form (NFC)"))
    return sorted(found, key=lambda breach: (breach.line, breach.column))


def check(text: str, kind: Kind, where: str) -> str:
    """The text. Raises Refused [T1-T7] at the first breach, with its place; `where` names what holds it."""
    for breach in breaches(text, kind):
        raise Refused(breach.mark, f"{where}: {breach}", next_step="Take out the character named and try again.")
    return text


def _characters(text: str, kind: Kind) -> Iterator[Breach]:
    may = _PROSE_MAY if kind == "prose" else _LINE_MAY
    open_isolates: list[int] = []
    digits = -1  # the set the digit before belongs to
    for at, character in enumerate(text):
        if is_hidden(character) and character not in may:
            why = "a line break in what must be one line" if character == "\n" else "a character nobody can see"
            yield _breach("T2", text, at, why)
        if character in _OPENS:
            open_isolates.append(at)
        elif character == _CLOSES:
            if open_isolates:
                open_isolates.pop()
            else:
                yield _breach("T3", text, at, "an end of a direction that was not begun")
        elif character == "\n":
            if text[at - 1 : at].isspace() and text[at - 1] != "\n":
                yield _breach("T4", text, at - 1, "a space at the end of a line")
            if text[at + 1 : at + 2] == "\n":
                yield from (_breach("T3", text, begun, "a direction begun and not ended") for begun in open_isolates)
                open_isolates.clear()
        digits_before, digits = digits, next((base for base in _DIGITS if base <= ord(character) <= base + 9), -1)
        if -1 not in (digits_before, digits) and digits != digits_before:
            yield _breach("T5", text, at, "digits of two kinds in one number")
    yield from (_breach("T3", text, begun, "a direction begun and not ended") for begun in open_isolates)
    if kind == "line" and text and (text[0].isspace() or text[-1].isspace()):
        yield _breach("T4", text, 0 if text[0].isspace() else len(text) - 1, "a space at the edge")


def _breach(mark: str, text: str, at: int, why: str) -> Breach:
    before = text[:at]
    line = before.count("\n") + 1
    return Breach(mark, line, at - (before.rfind("\n") + 1) + 1, code_point(text[at]), why)


def markdown_breaches(text: str) -> list[Breach]:
    """Where prose leaves the subset of CommonMark: raw HTML, images, reference definitions [T6]."""
    from markdown_it import MarkdownIt

    environment: dict[str, dict[str, dict[str, object]]] = {}
    found: list[Breach] = []
    for token in MarkdownIt("commonmark").parse(text, environment):
        line = (token.map or [0])[0] + 1
        inner = token.children or ()
        if token.type == "html_block" or any(child.type == "html_inline" for child in inner):
            found.append(Breach("T6", line, 1, "", "HTML, which letters do not hold"))
        if any(child.type == "image" for child in inner):
            found.append(Breach("T6", line, 1, "", "an image: attach it as a file"))
    for reference in environment.get("references", {}).values():
        place = reference.get("map")
        line = place[0] + 1 if isinstance(place, list) and place else 1
        found.append(Breach("T6", line, 1, "", "a reference definition: write the link where it stands"))
    return found


def check_language(tag: str) -> str:
    """A BCP 47 tag of language, script, region and variants. Raises Refused [T7]."""
    if not _TAG.fullmatch(tag) or len(tag) > 35:
        raise Refused("T7", f"{tag[:40]!a} is no language tag", next_step="Write it like en, fa or zh-Hant.")
    return tag


def direction(tag: str) -> Literal["rtl", "ltr"]:
    """The direction a language is written in; its script decides if the tag names one."""
    parts = tag.split("-")
    if len(parts) > 1 and len(parts[1]) == 4:
        return "rtl" if parts[1] in _RTL_SCRIPTS else "ltr"
    return "rtl" if parts[0] in _RTL_LANGUAGES else "ltr"


def code_point(character: str) -> str:
    """How a character is named on screen: U+202E."""
    return f"U+{ord(character):04X}"


def code_points(text: str) -> str:
    """A text in breach, as code points only: nothing of it can act on the screen."""
    return " ".join(code_point(character) for character in text)


def for_screen(text: str) -> str:
    """A name, title or file name from outside, safe on a screen and in a sentence.

    Hidden characters become their code points; what is written right to left is isolated (U+2068 … U+2069).
    """
    safe = "".join(f"<{code_point(c)}>" if is_hidden(c) and c not in _LINE_MAY else c for c in text)
    if any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in safe):
        return f"\u2068{safe}\u2069"
    return safe


def prose_for_screen(text: str) -> str:
    """A body from outside: as it is where it keeps the rules, as code points where not."""
    return code_points(text) if breaches(text, "prose") else text


_FOLDED: Final = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ی", "ي": "ی", "ئ": "ی", "ۍ": "ی", "ې": "ی", "ك": "ک", "ڪ": "ک",
        "ة": "ه", "ۀ": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه", "ۂ": "ه", "ؤ": "و", "ء": None, "ـ": None,
        **{chr(0x660 + digit): str(digit) for digit in range(10)},
        **{chr(0x6F0 + digit): str(digit) for digit in range(10)},
    }
)  # fmt: skip


def fold(text: str) -> str:
    """The text as search compares it: no case, marks, tatweel or hidden characters, one letter for its variants.

    Arabic and Persian yeh, kaf, heh and alef become one each; both digit sets become ASCII. A zero-width non-joiner
    joins, so that Persian compounds are found however they were typed.
    """
    text = unicodedata.normalize("NFKC", text).translate(_FOLDED)
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_FOLDED)
    return "".join(c for c in plain if not unicodedata.combining(c) and not (is_hidden(c) and not c.isspace()))


def words(text: str) -> list[str]:
    """The folded words of a text, in order: runs of letters and digits."""
    return re.findall(r"\w+", fold(text))
