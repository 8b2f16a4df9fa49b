"""Who is named, whatever the spelling.   Spec: docs/spec/gate.md, "Names"."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from backchannel.terms.gate.lexicon import Known, Tables
from backchannel.terms.gate.words import LANGUAGES, Phrases, Token
from backchannel.values import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """One party: a key, and its known spellings by language."""

    key: str
    spellings: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a party is named.

    keys: whom the words may name; key: the first of them. role: to, from, and, or "". sure: a name, not a common noun.
    kind: "", given, place, role, or maybe: perhaps another word, and a name only where the other side names it.
    """

    key: str
    keys: frozenset[str]
    role: str
    start: int
    end: int
    sure: bool
    kind: str


class Names:
    """The parties known when a clause is read: those of the tables and those given."""

    def __init__(self, tables: Tables, given: Iterable[Name] = ()) -> None:
        self._tables = tables
        self._given: dict[str, Phrases] = {lang: Phrases(lang) for lang in LANGUAGES}
        for name in given:
            for lang, spellings in name.spellings.items():
                if lang in self._given:
                    self._given[lang].add(spellings, Known((name.key,), True, False, "given"))

    def mentions(self, lang: str, found: Sequence[Token]) -> list[Mention]:
        """Every mention, in order."""
        made: list[Mention] = []
        i = 0
        while i < len(found):
            matches = [
                match
                for phrases in (self._given[lang], self._tables.names[lang])
                if (match := phrases.at(found, i)) is not None
            ]
            end, known = max(matches, key=lambda match: match[0], default=(i, None))
            small = known is not None and lang == "en" and known.sure and found[i].capital < 1 + known.capitals
            if known is None or (small and known.capitals):
                i += 1
                continue
            role = role_before(self._tables, lang, found, i, made)
            kind = "maybe" if small else known.kind
            made.append(Mention(known.keys[0], frozenset(known.keys), role, i, end, known.sure, kind))
            i = end
        return made


# After these "to" names who may or should: "يجوز للطرف".
_ALLOWS: Final = frozenset(("یحق", "یجوز", "ینبغی", "یمکن", "یسمح", "تجوز", "جاز", "حق", "یسع", "لایحق"))


# What one has from somebody who does nothing else: "إذن خطي من المؤجر".
_CONSENTS: Final = frozenset(
    (
        "permission",
        "consent",
        "approval",
        "licence",
        "leave",
        "اذن",
        "باذن",
        "موافقه",
        "بموافقه",
        "اجازه",
        "موافقت",
        "رضایت",
        "مجوز",
    )
)


def role_before(tables: Tables, lang: str, found: Sequence[Token], i: int, made: Sequence[Mention]) -> str:
    """What stands before a name: "to", "by" or "from", or "and" after another name."""
    j = i - 1
    while j >= 0 and j > i - 5 and tables.titles[lang].at([found[j]], 0):
        j -= 1
    first = found[j + 1]
    if lang == "ar" and first.forms[-1] != first.form:  # something is written onto it
        if first.form.startswith("ل") and not first.form.startswith("لا"):
            return "" if j >= 0 and found[j].form in _ALLOWS else "to"
        if first.form.startswith("و") and made and made[-1].end == j + 1:
            return "and"
    for start in (j - 1, j):
        if start >= 0:
            match = tables.roles[lang].at(found, start)
            if match is not None and match[0] == j + 1:
                if match[1] == "from" and any(token.form in _CONSENTS for token in found[max(0, start - 2) : start]):
                    return ""
                return "" if match[1] == "and" and not (made and made[-1].end >= j - 1) else str(match[1])
    return ""
