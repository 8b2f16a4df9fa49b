"""What text may hold, and the one way in which outside text reaches a screen or a path.   Spec: docs/spec/text.md.

What a reader sees must be what the writer saw: no character that hides, reorders or imitates. The table below decides,
not the interpreter's Unicode version.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Final, Literal, TypeVar

from backchannel.assigned import unassigned
from backchannel.errors import Refused
from backchannel.values import dataclass

Kind = Literal["prose", "line"]
_T = TypeVar("_T")

# Characters nobody sees: controls, formats, fillers, variation selectors, tags, private use, surrogates, noncharacters.
# First and last of each range, ascending.
HIDDEN: Final = (
    (0x0000, 0x001F), (0x007F, 0x009F), (0x00AD, 0x00AD), (0x034F, 0x034F), (0x0600, 0x0605), (0x061C, 0x061C),
    (0x06DD, 0x06DD), (0x070F, 0x070F), (0x0890, 0x0891), (0x08E2, 0x08E2), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164),
    (0xD800, 0xF8FF), (0xFDD0, 0xFDEF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFC),
    (0xFFFE, 0xFFFF), (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1343F), (0x16FE4, 0x16FE4),
    (0x1BCA0, 0x1BCA3), (0x1D159, 0x1D159), (0x1D173, 0x1D17A),
    *((plane | 0xFFFE, plane | 0xFFFF) for plane in range(0x10000, 0xE0000, 0x10000)),
    (0xE0000, 0x10FFFF),
)  # fmt: skip
_STARTS: Final = [first for first, _ in HIDDEN]
# Joiners, marks and isolates that Arabic, Persian and mixed lines need.
_PROSE_MAY: Final = frozenset("\n\u200c\u200d\u200e\u200f\u061c\u2066\u2067\u2068\u2069")
_LINE_MAY: Final = frozenset("\u200c")  # without it many Persian names cannot be written
_OPENS: Final = frozenset("\u2066\u2067\u2068")
_CLOSES: Final = "\u2069"
_ISOLATES: Final = re.compile("[\u2066-\u2069]|\n(?=\n)")
_SPACE: Final = "[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_LINE_ENDS: Final = re.compile(f"{_SPACE}(?=\n|\\Z)")
_EDGES: Final = re.compile(f"\\A{_SPACE}|{_SPACE}\\Z")
_BETWEEN: Final = "[-.,:/\u066b\u066c]?"
_TWO_KINDS: Final = re.compile(
    f"[0-9]{_BETWEEN}[\u0660-\u0669\u06f0-\u06f9]"
    f"|[\u0660-\u0669]{_BETWEEN}[0-9\u06f0-\u06f9]"
    f"|[\u06f0-\u06f9]{_BETWEEN}[0-9\u0660-\u0669]"
)
_MARKUP: Final = re.compile(r"[<&]|!\[|\]:")  # HTML, a character reference, an image, a definition: each holds its own
MOST_BREACHES: Final = 100
MOST_MARKS: Final = 8  # on one letter: more than any language of letters, fewer than hide the lines around it
MOST_CHARACTERS: Final = 131_072  # of one body: some sixty pages; more belongs into an attachment
_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*")
_RTL_LANGUAGES: Final = frozenset(
    (
        "ar",
        "arc",
        "ckb",
        "dv",
        "fa",
        "glk",
        "he",
        "lrc",
        "mzn",
        "nqo",
        "pnb",
        "prs",
        "ps",
        "sd",
        "syr",
        "ug",
        "ur",
        "yi",
    )
)
_RTL_SCRIPTS: Final = frozenset(("Adlm", "Arab", "Aran", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"))


@dataclass(frozen=True, slots=True)
class Breach:
    """Where a text breaks a rule: mark T1-T6 or T8-T10.

    line and column count from 1; character: its code point, or "".
    """

    mark: str
    line: int
    column: int
    character: str
    why: str

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}"
        return f"{place}: {self.why} ({self.character})" if self.character else f"{place}: {self.why}"


def is_hidden(character: str) -> bool:
    """Whether a reader cannot see that it is there, or cannot be sure to see what the writer saw."""
    return bisect_right(_bounds(), ord(character)) % 2 == 1


def breaches(text: str, kind: Kind) -> list[Breach]:
    """The places where the text breaks the rules of characters, in order, at most MOST_BREACHES.

    kind: `prose` for bodies; `line` for names, titles, references and file names, which hold no control at all.
    """
    places = [(at, *_why(text[at])) for at in _hidden(text, _PROSE_MAY if kind == "prose" else _LINE_MAY)]
    places += _isolates(text) if kind == "prose" else ()
    spaces = _LINE_ENDS if kind == "prose" else _EDGES
    places += [(found.start(), "T4", "a space where a line ends or begins") for found in _first(spaces.finditer(text))]
    places += [(at, "T5", "digits of two kinds in one number") for at in _mixed_digits(text)]
    places += [(at, "T10", f"more than {MOST_MARKS} marks on one letter") for at in _first(_floods(text))]
    if not places and not unicodedata.is_normalized("NFC", text):
        composed = unicodedata.normalize("NFC", text)
        at = next((i for i, (a, b) in enumerate(zip(text, composed, strict=False)) if a != b), len(composed) - 1)
        places.append((at, "T1", "characters that are not in the composed form (NFC)"))
    return [_breach(text, *place) for place in sorted(places)[:MOST_BREACHES]]


def body_breaches(text: str) -> list[Breach]:
    """The places where the text of a letter breaks any rule: characters, length [T9], Markdown [T6]."""
    if len(text) > MOST_CHARACTERS:
        return [Breach("T9", 1, 1, "", f"a text longer than {MOST_CHARACTERS:,} characters: attach it as a file")]
    return sorted(breaches(text, "prose") + markdown_breaches(text), key=lambda breach: (breach.line, breach.column))


def check(text: str, kind: Kind, where: str) -> str:
    """The text. Raises Refused [T1-T5, T8, T10] at the first breach, with its place; `where` names what holds it."""
    for breach in breaches(text, kind):
        raise Refused(breach.mark, f"{where}: {breach}", next_step="Take out the character named and try again.")
    return text


@cache
def _bounds() -> list[int]:
    """Where what is hidden begins, where it ends, where it begins again: hidden is what has an odd number before it."""
    found = [0, 0]
    for first, last in sorted((*HIDDEN, *unassigned())):
        if first > found[-1]:
            found += (first, last + 1)
        found[-1] = max(found[-1], last + 1)
    return found


def _hidden(text: str, may: frozenset[str]) -> Iterable[int]:
    """Where the text holds what is hidden, the first of them; `may`: what it may hold all the same."""
    found = {character for character in {*text} - may if is_hidden(character)}
    return _first(at for at, character in enumerate(text) if character in found) if found else ()


def _floods(text: str) -> Iterator[int]:
    """Where marks stand on marks, past the most that one letter bears; at the head of a text they have no letter."""
    if text.isascii():
        return
    marks = 0
    for at, character in enumerate(text):
        marks = marks + 1 if character >= "\u0300" and unicodedata.category(character) in ("Mn", "Me") else 0
        if marks > MOST_MARKS:
            yield at


def _first(found: Iterable[_T]) -> Iterator[_T]:
    # A hostile text may be nothing but breaches: a hundred are enough to refuse it and to mend it.
    return islice(found, MOST_BREACHES)


def _why(character: str) -> tuple[str, str]:
    if character == "\n":
        return "T2", "a line break in what must be one line"
    at = bisect_right(_STARTS, ord(character)) - 1
    if at >= 0 and ord(character) <= HIDDEN[at][1]:
        return "T2", "a character nobody can see"
    return "T8", "a character that not every reader can show"


def _isolates(text: str) -> list[tuple[int, str, str]]:
    """Isolates left open, or closed without having been opened, within a paragraph."""
    found: list[tuple[int, str, str]] = []
    begun: list[int] = []
    for mark in _ISOLATES.finditer(text):
        if len(found) >= MOST_BREACHES:
            break
        if mark[0] in _OPENS:
            begun.append(mark.start())
        elif mark[0] == _CLOSES:
            if begun:
                begun.pop()
            else:
                found.append((mark.start(), "T3", "an end of a direction that was not begun"))
        else:
            found += [(at, "T3", "a direction begun and not ended") for at in begun]
            begun.clear()
    return found + [(at, "T3", "a direction begun and not ended") for at in begun]


def _mixed_digits(text: str) -> Iterator[int]:
    """Where the digits of a number change their kind, a single mark between them or none."""
    for found in _first(_TWO_KINDS.finditer(text)):
        yield found.end() - 1


def _breach(text: str, at: int, mark: str, why: str) -> Breach:
    line = text.count("\n", 0, at) + 1
    return Breach(mark, line, at - text.rfind("\n", 0, at), code_point(text[at]), why)


def markdown_breaches(text: str) -> list[Breach]:
    """Where prose leaves the subset of CommonMark: HTML, images, character references, link definitions [T6].

    The caller bounds the length: parsing takes more than proportionally long.
    """
    if not _MARKUP.search(text):
        return []
    from markdown_it import MarkdownIt

    environment: dict[str, dict[str, dict[str, object]]] = {}
    found: list[Breach] = []
    # Without text_join a character reference stays a token of its own; joined it would be the character itself.
    for token in MarkdownIt("commonmark").disable("text_join").parse(text, environment):
        line = (token.map or [0])[0] + 1
        if token.type == "html_block":
            found.append(Breach("T6", line, 1, "", "HTML, which letters do not hold"))
        for child in token.children or ():
            line += child.type in ("softbreak", "hardbreak")
            if child.type == "html_inline":
                found.append(Breach("T6", line, 1, "", "HTML, which letters do not hold"))
            elif child.type == "image":
                found.append(Breach("T6", line, 1, "", "an image: attach it as a file"))
            elif child.type == "text_special" and child.info == "entity":
                found.append(
                    Breach("T6", line, 1, "", "a character given by number or name: write the character itself")
                )
    for reference in environment.get("references", {}).values():
        place = reference.get("map")
        line = place[0] + 1 if isinstance(place, list) and place else 1
        found.append(Breach("T6", line, 1, "", "a reference definition: write the link where it stands"))
    return sorted(found, key=lambda breach: breach.line)[:MOST_BREACHES]


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


def text_direction(text: str) -> Literal["rtl", "ltr"]:
    """The direction of a text whose language nobody names: that of its first letter."""
    strong = (unicodedata.bidirectional(character) for character in text)
    return "ltr" if next((one for one in strong if one in ("L", "R", "AL")), "L") == "L" else "rtl"


def code_point(character: str) -> str:
    """How a character is named on screen: U+202E."""
    return f"U+{ord(character):04X}"


def code_points(text: str) -> str:
    """A text in breach, as code points only: nothing of it can act on the screen."""
    return " ".join(code_point(character) for character in text)


def for_screen(text: str) -> str:
    """A name, title or file name from outside, safe on a screen and in a sentence.

    Hidden characters, and marks past the most that a letter bears, become their code points; what is written right to
    left is isolated (U+2068 … U+2069).
    """
    unseen = set(_floods(text))
    safe = "".join(
        f"<{code_point(c)}>" if at in unseen or (is_hidden(c) and c not in _LINE_MAY) else c
        for at, c in enumerate(text)
    )
    if any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in safe):
        return f"\u2068{safe}\u2069"
    return safe


def json_for_screen(said: str) -> str:
    """JSON that says the same to a machine, and does nothing to a terminal: hidden characters and floods escaped."""
    unseen = set(_floods(said))
    found = {c for c in {*said} - {"\n"} - _LINE_MAY if is_hidden(c)}
    if not unseen and not found:
        return said
    return "".join(_escaped(c) if c in found or at in unseen else c for at, c in enumerate(said))


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


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
    gone = [c for c in {*plain} if unicodedata.combining(c) or (is_hidden(c) and not c.isspace())]
    return plain.translate(dict.fromkeys(map(ord, gone)))


def words(text: str) -> list[str]:
    """The folded words of a text, in order: runs of letters and digits."""
    return re.findall(r"\w+", fold(text))
