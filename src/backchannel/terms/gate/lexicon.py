"""The word lists of one language, made ready to be looked up.   Spec: docs/spec/gate.md, "Word lists"."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from backchannel.terms.gate.words import LANGUAGES, Phrases, fold
from backchannel.values import dataclass

Number = tuple[str, tuple[int | Fraction, ...], int, bool]


@dataclass(frozen=True, slots=True)
class Said:
    """What a phrase says of negation, strength or limits: each of `classes` (alternatives), surely or perhaps."""

    classes: tuple[tuple[str, ...], ...]
    hard: bool
    before: str
    hides: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Whom a spelling names: one of `keys`. sure: a name, not a role; capitals: it is written in capitals."""

    keys: tuple[str, ...]
    sure: bool
    capitals: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What is said with `one` may be said with `other`, where both sides also say `beside`."""

    one: tuple[str, ...]
    other: tuple[str, ...]
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What one language's words mean to the gate: lists of phrases by name."""

    lang: str
    phrases: Mapping[str, Phrases]
    negative: Callable[[str], bool]  # whether a word looks like the negative of another


@dataclass(frozen=True, slots=True)
class Tables:
    """All word lists. equals: what may be said in two ways; names: places and bodies that everybody knows."""

    versions: Mapping[str, str]
    lexicons: Mapping[str, Lexicon]
    equals: tuple[Rule, ...]
    opposites: tuple[tuple[str, str], ...]
    names: Mapping[str, Phrases]
    titles: Mapping[str, Phrases]
    roles: Mapping[str, Phrases]
    honorifics: Mapping[str, Phrases]


def split(line: str) -> list[str]:
    """The phrases of one line of a list."""
    return [phrase.strip() for phrase in line.split("|") if phrase.strip()]


def tables_from(lists: Mapping[str, Mapping[str, Any]]) -> Tables:
    """The tables, from the lists as parsed; the caller reads the files. Raises KeyError on lists of another form."""
    return Tables(
        {name: str(one["version"]) for name, one in lists.items()},
        {lang: _lexicon(lang, lists) for lang in LANGUAGES},
        tuple(sorted((_rule(one) for one in lists["limits"]["equal"]), key=lambda rule: -len(rule.one + rule.other))),
        tuple((one["one"]["name"], one["other"]["name"]) for one in lists["opposites"]["pair"]),
        {lang: _names(lang, lists["names"]["name"]) for lang in LANGUAGES},
        {lang: _plain(lang, lists["names"]["titles"][lang], True) for lang in LANGUAGES},
        {lang: _roles(lang, lists["names"]["roles"]) for lang in LANGUAGES},
        {lang: _plain(lang, lists["names"]["honorifics"][lang], True) for lang in LANGUAGES},
    )


def _plain(lang: str, line: str, meaning: object) -> Phrases:
    made = Phrases(lang)
    made.add(split(line), meaning)
    return made


def _roles(lang: str, roles: Mapping[str, Mapping[str, str]]) -> Phrases:
    made = Phrases(lang)
    for role, by_language in roles.items():
        made.add(split(by_language.get(lang, "")), role)
    return made


def _rule(one: Mapping[str, str]) -> Rule:
    return Rule(tuple(one["one"].split()), tuple(one["other"].split()), tuple(one.get("beside", "").split()))


def _names(lang: str, names: Iterable[Mapping[str, Any]]) -> Phrases:
    made = Phrases(lang)
    for one in names:
        for spelling in split(one.get(lang, "")):
            made.add(
                [spelling],
                Known(tuple(one["key"].split("/")), one.get("kind") != "role", spelling.isupper(), one.get("kind", "")),
            )
    return made


_NUMBERS: Final = ("cardinals", "scales", "ordinals", "fractions", "two_parts")
_PLAIN: Final = (
    ("numbers", ("one", "both", "percent", "labels", "vague", "nine")),
    ("units", ("between", "lasting")),
    (
        "calendar",
        (
            "loose",
            "rarest",
            "month_before",
            "month_word",
            "year_word",
            "joins",
            "clock",
            "noon",
            "midnight",
            "morning",
            "evening",
        ),
    ),
)


def _lexicon(lang: str, lists: Mapping[str, Mapping[str, Any]]) -> Lexicon:
    made: dict[str, Phrases] = {}

    def add(name: str, line: str, meaning: object) -> None:
        made.setdefault(name, Phrases(lang)).add(split(line), meaning)

    for name in _NUMBERS:
        add(name, "", None)
        for value, by_language in lists["numbers"][name].items():
            line = by_language.get(lang, "")
            if lang == "fa" and name in ("ordinals", "scales"):
                line += "".join(f" | {phrase}ی" for phrase in split(line))
            add(name, line, int(value))
    for source, names in _PLAIN:
        for name in names:
            add(name, lists[source][name].get(lang, ""), True)
    _units(lang, lists["units"]["unit"], add)
    calendar = lists["calendar"]
    _months(lang, calendar, add)
    for number, line in enumerate(calendar["weekdays"][lang]):
        add("weekdays", line, number)
    add("loose_weekdays", calendar["weekdays"]["loose"] if lang == "ar" else "", True)
    add("weekday_word", calendar["weekdays"]["word"] if lang == "ar" else "", True)
    for era, by_language in calendar["eras"].items():
        add("eras", by_language[lang], era)
    add("currency_duals", "", None)
    for one in lists["currencies"]["currency"]:
        meaning = (one.get("same", one["codes"]), one.get("times", 1))
        add("currencies", one.get(lang, ""), meaning)
        duals = [
            word
            for word in split(one.get(lang, ""))
            if lang == "ar" and " " not in word and word.endswith(("ان", "ين")) and len(word) > 4
        ]
        add("currency_duals", " | ".join(duals), meaning)
    _limits(lang, lists, made, add)
    return Lexicon(lang, made, _looks_negative(lang, lists["limits"]["prefixes"]))


def _looks_negative(lang: str, prefixes: Mapping[str, str]) -> Callable[[str], bool]:
    starts, never, ends = (
        tuple(fold(one) for one in split(prefixes.get(lang + part, ""))) for part in ("", "_not", "_ends")
    )

    def looks(word: str) -> bool:
        if len(word) < 6:
            return False
        if lang == "en" and word.startswith(("in", "im", "ir", "il")) and word.endswith(ends):
            return True
        if lang == "fa" and word.endswith(ends):
            return True
        return word.startswith(starts) and not word.startswith(never) if starts else False

    return looks


def _units(lang: str, units: Iterable[Mapping[str, Any]], add: Any) -> None:
    for name in ("units", "duals", "often", "plurals"):
        add(name, "", None)
    for unit in units:
        meaning = (unit["base"], Fraction(unit["is"]))
        add("units", unit.get(lang, ""), meaning)
        add("often", unit.get("often", {}).get(lang, ""), meaning)
        if lang == "en":
            add("duals", unit.get("twice", ""), meaning)
        if lang == "ar":
            add("units", unit.get("dual", ""), meaning)
            add("duals", unit.get("dual", ""), meaning)
        add("plurals", " | ".join(split(unit.get(lang, ""))[1::2]) if lang == "en" else "", True)


def _months(lang: str, calendar: Mapping[str, Any], add: Any) -> None:
    by_phrase: dict[str, set[tuple[str, int]]] = {}
    for name in ("gregorian", "jalali", "umm-al-qura"):
        for number, line in enumerate(calendar[name][lang], 1):
            for phrase in split(line):
                by_phrase.setdefault(phrase, set()).add((name, number))
    for phrase, months in by_phrase.items():
        add("months", phrase, sorted(months))


def _limits(lang: str, lists: Mapping[str, Mapping[str, Any]], made: dict[str, Phrases], add: Any) -> None:
    made["limits"] = Phrases(lang)
    for one in lists["limits"]["list"]:
        classes = tuple(tuple(each.split("/")) for each in one["says"].split())
        said = Said(classes, not one.get("soft"), one.get("before", ""), bool(one.get("hides")))
        made["limits"].add(split(one.get(lang, "")), (said,), several=True)
    add("opposites", "", None)
    for pair in lists["opposites"]["pair"]:
        for side in ("one", "other"):
            add("opposites", pair[side].get(lang, ""), pair[side]["name"])
    add("negative_verbs", "", None)
    if lang == "fa":
        add(
            "negative_verbs",
            " | ".join(
                _negatives(
                    split(lists["limits"]["verbs"]["fa"]),
                    split(lists["limits"]["verbs"]["spoken"]),
                    split(lists["limits"]["not_verbs"]["fa"]),
                )
            ),
            True,
        )


def _negatives(verbs: Sequence[str], spoken: Sequence[str], never: Iterable[str]) -> Iterable[str]:
    """The negative forms of Persian verbs given as past/present stem, as they are written and as they are spoken."""
    found: set[str] = set()
    for verb in verbs:
        past, present = verb.split("/")
        for stem, endings in ((past, _PAST), (present, _PRESENT)):
            glides = [stem] if stem[0] not in "آا" else ["ی" + stem[1:], "ی" + stem.replace("آ", "ا")]
            if stem is present and stem[-1] in "او":
                glides += [glide + "ی" for glide in glides]
            found |= {before + "ن" + glide + ending for before in _PREVERBS for glide in glides for ending in endings}
    for verb in spoken:
        past, present = verb.split("/")
        found |= {"ن" + past + ending for ending in _PAST}
        found |= {"ن" + present + ending for ending in _PRESENT if len(present) > 1 or len(ending) > 1}
    return found - {word.strip("/") for word in never}


_PREVERBS: Final = ("", "باز", "بر", "در", "فرو", "وا", "فرا")
_PAST: Final = ("", "م", "ی", "یم", "ید", "ند", "ین", "ه", "ن", "ه‌است", "ه‌اند", "ه‌ایم", "ه‌ام")
_PRESENT: Final = ("م", "ی", "د", "یم", "ید", "ند", "ه", "ین", "ن", "")
