"""Persons with a title whom no list knows, met in two scripts by consonants.   Spec: docs/spec/gate.md, "Names"."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from backchannel.terms.gate.lexicon import Tables
from backchannel.terms.gate.names import Mention, role_before
from backchannel.terms.gate.words import Token
from backchannel.values import replace

_TWO: Final = {"sh": "س", "kh": "ک", "gh": "گ", "th": "ت", "ph": "ف", "ch": "گ", "ck": "ک", "zh": "گ", "dh": "د"}
_ONE: Final = dict(
    zip("bpckqgjxfdtzslmnrبپتطثجچژگشسصذزظضدخغقکلمنرف", "ببکککگگکفدتسسلمنرببتتتگگگگسسسسسسددکگککلمنرف", strict=True)
)


@cache
def skeleton(form: str) -> str:
    """The consonants of a word that both scripts write; one letter for those rendered now so, now otherwise."""
    made, i = "", 0
    while i < len(form):
        two = _TWO.get(form[i : i + 2], "")
        letter = two or _ONE.get(form[i], "")
        made += letter if not made.endswith(letter) else ""
        i += 2 if two else 1
    return made


def persons(tables: Tables, lang: str, found: Sequence[Token], known: Sequence[Mention]) -> list[Mention]:
    """Who is named with a title ("Judge Moreau"), in order; not whom `known` names already."""
    taken = {i for mention in known for i in range(mention.start, mention.end)}
    made: list[Mention] = []
    i = 0
    while i < len(found):
        title = tables.honorifics[lang].at(found, i)
        if title is None:
            i += 1
            continue
        start = end = title[0] + (1 if title[0] < len(found) and found[title[0]].form == "." else 0)
        while end < min(len(found), start + 2) and end not in taken and _names(lang, found[end]):
            end += 1
        keys = frozenset(filter(None, (skeleton(token.form) for token in found[start:end])))
        if keys and not (lang == "en" and not found[i].capital):
            made.append(Mention(min(keys), keys, role_before(tables, lang, found, i, made), i, end, True, "person"))
        i = max(end, i + 1)
    return made


def _names(lang: str, token: Token) -> bool:
    return token.kind == "word" and (lang != "en" or token.capital == 1)


def met(one: Sequence[Mention], other: Sequence[Mention]) -> list[Mention]:
    """Those of the one side whom the other names too, under the key that both have."""
    known = {key for mention in other for key in mention.keys}
    return [replace(m, key=min(m.keys & known)) for m in one if m.keys & known]
