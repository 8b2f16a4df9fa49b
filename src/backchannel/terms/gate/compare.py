"""Whether two versions of a clause say the same, seen without understanding.   Spec: docs/spec/gate.md."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from backchannel.terms.gate import days, limits
from backchannel.terms.gate.days import Day
from backchannel.terms.gate.lexicon import Lexicon, Tables
from backchannel.terms.gate.limits import Mark
from backchannel.terms.gate.names import Mention, Name, Names
from backchannel.terms.gate.persons import met, persons, skeleton
from backchannel.terms.gate.quantities import Item, Reader, Value
from backchannel.terms.gate.words import Token, tokens
from backchannel.values import dataclass, replace


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference.

    category: what it concerns. code: changed, missing (in the target), added (in the target), swapped, short or merged.
    source, target: what stands there, word for word, "" where nothing does. values: what each was read as.
    """

    category: str
    code: str
    source: str
    target: str
    values: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Reading:
    """A clause as the gate reads it."""

    text: str
    lang: str
    tokens: Sequence[Token]
    items: Sequence[Item]
    marks: Sequence[Mark]
    mentions: Sequence[Mention]
    persons: Sequence[Mention]
    opposites: Mapping[str, tuple[int, int]]

    def digits(self, item: Item) -> bool:
        """Whether a quantity is written in digits, which no reader misses."""
        return any(token.kind != "word" for token in self.tokens[item.start : item.end])

    def quote(self, start: int, end: int) -> str:
        return self.text[self.tokens[start].start : self.tokens[max(start, end - 1)].end]


def read(tables: Tables, text: str, lang: str, names: Names) -> Reading:
    """What a clause says. lang: en, ar or fa, or a tag that starts with one of them."""
    lexicon = tables.lexicons[lang.split("-")[0]]
    found = tokens(text, lexicon.lang)
    hidden = limits.idioms(lexicon, found)
    items = Reader(lexicon, found, hidden).items()
    money = {i for item in items if item.kind in ("amount", "currency") for i in range(item.start, item.end)}
    mentions = [mention for mention in names.mentions(lexicon.lang, found) if mention.start not in money]
    return Reading(
        text,
        lexicon.lang,
        found,
        items,
        limits.marks(lexicon, found, items, [(m.start, m.end) for m in mentions]),
        mentions,
        persons(tables, lexicon.lang, found, mentions),
        _opposites(lexicon, found),
    )


def _opposites(lexicon: Lexicon, found: Sequence[Token]) -> dict[str, tuple[int, int]]:
    said: dict[str, tuple[int, int]] = {}
    i = 0
    while i < len(found):
        match = lexicon.phrases["opposites"].at(found, i)
        if match is None:
            i += 1
            continue
        said.setdefault(match[1], (i, match[0]))
        i = match[0]
    return said


def compare(
    tables: Tables, source: str, source_lang: str, target: str, target_lang: str, names: Iterable[Name] = ()
) -> tuple[Finding, ...]:
    """The differences between two versions of one clause; none if nothing was seen. Each clause is read once.

    source_lang, target_lang: en, ar or fa (or a tag that starts so). names: offices and persons with their known
    spellings; states, cities and some bodies are known already. Raises KeyError for another language.
    """
    known = Names(tables, names)
    return findings(tables, read(tables, source, source_lang, known), read(tables, target, target_lang, known))


def findings(tables: Tables, source: Reading, target: Reading) -> tuple[Finding, ...]:
    """The differences between two clauses already read."""
    found = [
        *_quantities(source, target),
        *_parties(source, target),
        *_limits(tables, source, target),
        *_contrary(tables, source, target),
        *_length(source, target),
    ]
    return tuple(dict.fromkeys(found))


# Quantities


def _quantities(source: Reading, target: Reading) -> list[Finding]:
    left, right = list(source.items), list(target.items)
    _match(left, right, lambda a, b: _equal(a, b, source, target))
    _match(left, right, lambda a, b: a.hard and b.hard and _alike(a, b, source, target))
    found = _changed(source, target, left, right)
    _match(left, right, lambda a, b: _alike(a, b, source, target))
    repeated = [[one for one in side if one.hard] for side in (right, left)]
    left = [a for a in left if not any(_equal(a, b, source, target) for b in target.items)]
    right = [b for b in right if not any(_equal(a, b, source, target) for a in source.items)]
    found += [_finding(source, target, a, b) for a, b in _lacking(source, left, right, repeated[0])]
    found += [_finding(source, target, a, b) for b, a in _lacking(target, right, left, repeated[1])]
    return found + _currencies(source, target, found)


def _lacking(
    side: Reading, items: list[Item], others: list[Item], repeated: Sequence[Item]
) -> list[tuple[Item, Item | None]]:
    """What the other side lacks, with what stands in its place; taken away from both lists. repeated: what the other
    side says more often than this one."""
    found: list[tuple[Item, Item | None]] = []
    for a in [a for a in items if a.hard]:
        b = _instead(a, others) or next((b for b in repeated if b.kind == a.kind and b.unit == a.unit), None)
        items.remove(a)
        if b in others:
            others.remove(b)
        if b is not None or side.digits(a):
            found.append((a, b))
    return found


def _match(left: list[Item], right: list[Item], fits: Callable[[Item, Item], bool]) -> None:
    """Takes away what each side has that fits the other's."""
    for a in list(left):
        b = next((b for b in right if fits(a, b)), None)
        if b is not None:
            left.remove(a)
            right.remove(b)


def _changed(source: Reading, target: Reading, left: list[Item], right: list[Item]) -> list[Finding]:
    """Takes away what is surely said on both sides in one way, with another value."""
    found = []
    for a in [a for a in left if a.hard and not any(_equal(a, b, source, target) for b in target.items)]:
        for b in right:
            if b.hard and b.kind == a.kind and not any(_equal(one, b, source, target) for one in source.items):
                found.append(_finding(source, target, a, b))
                left.remove(a)
                right.remove(b)
                break
    return found


def _instead(a: Item, others: Sequence[Item]) -> Item | None:
    """What may stand in the place of a quantity that the other side lacks, the surest first."""
    fits = [b for b in others if _group(b) == _group(a) or a.unit == b.unit == "label"] or [
        b for b in others if b.hard and _close(a, b)
    ]
    return max(fits, key=lambda b: b.hard, default=None)


def _equal(a: Item, b: Item, source: Reading, target: Reading) -> bool:
    if a.kind in ("date", "month") and b.kind == a.kind:
        return any(
            days.same(one, other)
            for x in a.values
            for y in b.values
            if isinstance(x, Day) and isinstance(y, Day)
            for one in _in_year(x, source)
            for other in _in_year(y, target)
        )
    if a.kind != b.kind or not set(a.values) & set(b.values):
        return False
    if a.kind == "amount":
        return bool(set(a.unit.split()) & set(b.unit.split()))
    return a.kind not in ("duration", "measure", "often") or a.unit == b.unit


def _in_year(day: Day, side: Reading) -> tuple[Day, ...]:
    """A day without a year in the one year of its calendar that its side names, or in the next."""
    if day.year or not day.day:
        return (day,)
    years = {
        other.year
        for item in side.items
        if item.kind in ("date", "month")
        for other in item.values
        if isinstance(other, Day) and other.calendar == day.calendar and other.year
    }
    return tuple(replace(day, year=year + more) for year in years for more in (0, 1)) if len(years) == 1 else (day,)


def _alike(a: Item, b: Item, source: Reading, target: Reading) -> bool:
    """Whether they may be one quantity, said in two ways."""
    kinds = {a.kind, b.kind}
    if "dual" in (a.unit, b.unit) and not kinds <= {"number", "either"}:
        return False
    if kinds <= {"duration", "often"}:
        return a.unit == b.unit and bool(set(a.values) & set(b.values))
    if kinds <= {"number", "either", "ordinal"} and set(a.values) & set(b.values):
        return True
    if kinds == {"number", "ordinal"}:  # "another third"
        part, nth = (a, b) if a.kind == "number" else (b, a)
        if any(isinstance(n, int) and n > 2 and Fraction(1, n) in part.values for n in nth.values):
            return True
    if kinds == {"number"}:
        shares = {1 / Fraction(value) for value in b.values if isinstance(value, int | Fraction) and value}
        return bool(set(a.values) & shares) or _same_year(a, b)  # "one in ten" is a tenth
    for plain, counted, side in ((a, b, source), (b, a, target)):
        if {plain.kind, counted.kind} == {"amount", "currency"} and set(plain.values) & set(counted.values):
            return bool(set(plain.unit.split()) & set(counted.unit.split()))  # "a dollar"
        if counted.kind == "time" and plain.kind in (
            "number",
            "either",
            "ordinal",
        ):  # "after nine"
            hours = [value * 60 for value in plain.values if isinstance(value, int | Fraction) and value <= 24]
            if {hour + more for hour in hours for more in (0, 720)} & set(counted.values):
                return True
        if counted.unit == "time" and set(plain.values) & set(counted.values):
            return True
        if plain.unit == "tan" and counted.unit == "gram":  # Persian "تن": tonne, or a person
            return any(
                isinstance(value, int | Fraction) and value * 1_000_000 in counted.values for value in plain.values
            )
        if plain.kind in ("number", "either", "ordinal") and counted.kind in (
            "duration",
            "amount",
            "measure",
            "percent",
            "time",
        ):
            ages = {value / 12 for value in counted.values if isinstance(value, int | Fraction)}
            if counted.kind == "duration" and counted.times == 12 and set(plain.values) & ages:
                return True
            said = {value / counted.times for value in counted.values if isinstance(value, int | Fraction)}
            if set(plain.values) & said:
                units = set(counted.unit.split())
                if plain.unit == "label" or any(isinstance(value, Fraction) for value in plain.values):
                    return True  # "on the thirtieth day"; "a quarter" of an hour
                return not units or any(units & set(one.unit.split()) for one in side.items)
    return False


def _same_year(a: Item, b: Item) -> bool:
    for x in a.values:
        for y in b.values:
            if isinstance(x, int) and isinstance(y, int):
                for c in days.calendars_of(x):
                    for d in days.calendars_of(y):
                        if c != d and days.same(Day(c, x, 0, 0), Day(d, y, 0, 0)):
                            return True
    return False


_GROUPS: Final = {
    "either": "number",
    "often": "duration",
    "month": "date",
    "weekday": "date",
    "currency": "amount",
    "measure": "number",
}


def _group(item: Item) -> str:
    return _GROUPS.get(item.kind, item.kind)


def _close(a: Item, b: Item) -> bool:
    numbers = {"number", "amount", "duration", "percent", "ordinal", "time"}
    return _group(a) in numbers and _group(b) in numbers


def _finding(source: Reading, target: Reading, a: Item | None, b: Item | None) -> Finding:
    of = a or b
    assert of is not None
    code = "changed" if a and b else "missing" if a else "added"
    return Finding(
        _group(of),
        code,
        source.quote(a.start, a.end) if a else "",
        target.quote(b.start, b.end) if b else "",
        (_shown(a), _shown(b)),
    )


def _shown(item: Item | None) -> str:
    if item is None:
        return ""
    return " / ".join(
        " ".join(filter(None, (_value(value), item.unit if item.unit != "label" else ""))) for value in item.values
    )


def _value(value: Value) -> str:
    if isinstance(value, Day):
        return f"{value.calendar} {value.year or '?'}-{value.month or '?'}-{value.day or '?'}"
    return str(value)


def _currencies(source: Reading, target: Reading, found: Sequence[Finding]) -> list[Finding]:
    """A currency that only one side names, unless an amount was found to differ already."""
    if any(one.category == "amount" for one in found):
        return []
    money = [[item for item in side.items if item.kind in ("amount", "currency")] for side in (source, target)]
    made = []
    for mine, theirs, is_source in ((money[0], money[1], True), (money[1], money[0], False)):
        for item in mine:
            if not any(set(item.unit.split()) & set(other.unit.split()) for other in theirs) and (
                theirs or item.kind == "amount"
            ):
                made.append(_finding(source, target, item if is_source else None, None if is_source else item))
                break
    return made


# Parties


def _parties(source: Reading, target: Reading) -> list[Finding]:
    """Who is named on one side only or has changed places: among names, among roles, among persons with titles."""
    source, target = _named_by(source, target), _named_by(target, source)
    found: list[Finding] = []
    for role in (False, True):
        found += _among(
            *(replace(s, mentions=[m for m in s.mentions if (m.kind == "role") is role]) for s in (source, target))
        )
    return found or _swapped(
        *(replace(s, mentions=met(s.persons, by.persons)) for s, by in ((source, target), (target, source)))
    )


def _among(source: Reading, target: Reading) -> list[Finding]:
    in_source, in_target = {m.key for m in source.mentions}, {m.key for m in target.mentions}
    left = [m for m in source.mentions if not m.keys & {k for other in target.mentions for k in other.keys}]
    right = [m for m in target.mentions if not m.keys & {k for other in source.mentions for k in other.keys}]
    if not (left and right):
        left, right = _alone(left, source, target), _alone(right, target, source)
    found, done = [], set()
    for m in left:
        if m.key in done:
            continue
        done.add(m.key)
        other = next((r for r in right if r.key not in done), None)
        if other is not None:
            done.add(other.key)
        found.append(
            Finding(
                "party",
                "changed" if other else "missing",
                source.quote(m.start, m.end),
                target.quote(other.start, other.end) if other else "",
                (m.key, other.key if other else ""),
            )
        )
    for m in right:
        if m.key not in done:
            done.add(m.key)
            found.append(Finding("party", "added", "", target.quote(m.start, m.end), ("", m.key)))
    if not found and in_source == in_target:
        found += _swapped(source, target) or _other(source, target)
    return found


def _alone(mentions: Sequence[Mention], here: Reading, there: Reading) -> list[Mention]:
    """Those named on one side only that count: a state or a name given, which is not there in other letters."""
    spelled = {skeleton(token.form) for token in there.tokens}
    return [
        m
        for m in mentions
        if m.sure
        and (m.kind == "given" or (m.key.isupper() and m.kind == ""))
        and not any(
            len(bones := skeleton(token.form)) > 2 and any(bones in one for one in spelled)
            for token in here.tokens[m.start : m.end]
        )
    ]


def _named_by(side: Reading, other: Reading) -> Reading:
    """The side without words that are names only if the other side names the same."""
    known = {key for mention in other.mentions for key in mention.keys}
    return replace(side, mentions=[m for m in side.mentions if m.kind != "maybe" or m.keys & known])


def _swapped(source: Reading, target: Reading) -> list[Finding]:
    """Two names that have changed places: who does and to whom it is done."""
    orders = [list(dict.fromkeys(m.key for m in side.mentions)) for side in (source, target)]
    if len(orders[0]) != 2 or any(len(side.mentions) != 2 for side in (source, target)):
        return []
    if any(m.role == "and" for side in (source, target) for m in side.mentions):
        return []
    kinds = {mention.kind for side in (source, target) for mention in side.mentions}
    if len(kinds) > 1:
        return []
    if any(side.mentions[0].end == side.mentions[1].start and not side.mentions[1].role for side in (source, target)):
        return []  # "the Omani mediator"
    if not any(m.role for side in (source, target) for m in side.mentions):
        near = all(side.mentions[1].start - side.mentions[0].end <= 6 for side in (source, target))
        swapped = near and orders[0] != orders[1]
    else:
        swapped = _doer(source) != _doer(target)
    if not swapped:
        return []
    a_m, b_m = source.mentions, target.mentions
    return [
        Finding(
            "party",
            "swapped",
            source.quote(a_m[0].start, a_m[1].end),
            target.quote(b_m[0].start, b_m[1].end),
            (", ".join(orders[0]), ", ".join(orders[1])),
        )
    ]


def _other(source: Reading, target: Reading) -> list[Finding]:
    """A name that stands once in the place of another, which both sides name elsewhere too."""
    counts = [Counter(m.key for m in side.mentions) for side in (source, target)]
    fewer, more = counts[0] - counts[1], counts[1] - counts[0]
    if sum(fewer.values()) != 1 or sum(more.values()) != 1:
        return []
    gone, come = (next(iter(one)) for one in (fewer, more))
    here = [m for m in source.mentions if m.key == gone][-1]
    there = [m for m in target.mentions if m.key == come][-1]
    quotes = source.quote(here.start, here.end), target.quote(there.start, there.end)
    return [Finding("party", "changed", *quotes, (gone, come))]


def _doer(side: Reading) -> str:
    """Of two who are named, the one who does it, as far as "to", "by" and "from" or the order tell."""
    first, second = side.mentions
    if "from" in (first.role, second.role):
        return first.key if first.role == "from" else second.key
    return second.key if first.role == "to" else first.key


# Negation, strength, limiters; opposites; length


def _limits(tables: Tables, source: Reading, target: Reading) -> list[Finding]:
    found = []
    for a, b in limits.unlike(
        tables.equals, list(source.marks), list(target.marks), {source.lang, target.lang} == {"ar", "fa"}
    ):
        of = a or b
        assert of is not None
        if a is None or b is None:
            # Quote what stands where it should: the plain "shall" of the other side.
            kind = limits.category(of)
            side = source if a is None else target
            like = next((m for m in side.marks if kind == "strength" and limits.category(m) == kind), None)
            a, b = (a or like), (b or like)
        found.append(
            Finding(
                limits.category(of),
                "changed" if a and b else "missing" if a else "added",
                source.quote(a.start, a.end) if a else "",
                target.quote(b.start, b.end) if b else "",
                (a.classes[0].lower() if a else "", b.classes[0].lower() if b else ""),
            )
        )
    return found


def _contrary(tables: Tables, source: Reading, target: Reading) -> list[Finding]:
    found: list[Finding] = []
    if all(any(mark.classes[0] == "NEG" for mark in side.marks) for side in (source, target)):
        return found  # "accepts no" is "does not accept"
    for pair in tables.opposites:
        for one, other in (pair, pair[::-1]):
            if (
                one in source.opposites
                and other not in source.opposites
                and other in target.opposites
                and one not in target.opposites
            ):
                found.append(
                    Finding(
                        "opposite",
                        "changed",
                        source.quote(*source.opposites[one]),
                        target.quote(*target.opposites[other]),
                        (one, other),
                    )
                )
    return found


# How many letters a clause has beside the same in English; measured on the Universal Declaration of Human Rights.
_LONG: Final = {"en": 1.0, "ar": 0.73, "fa": 0.83}
_SHORT: Final = 60  # a clause of fewer letters is not judged by its length
_LEAST: Final = 0.52  # the shortest that a version may be beside the other


def size(reading: Reading) -> float:
    """How many letters the clause would have in English; a quantity counts the same in words and digits."""
    counted = {i for item in reading.items if item.hard for i in range(item.start, item.end)}
    letters = sum(t.end - t.start for i, t in enumerate(reading.tokens) if t.kind == "word" and i not in counted)
    return letters / _LONG[reading.lang] + 10 * sum(item.hard for item in reading.items)


def _length(source: Reading, target: Reading) -> list[Finding]:
    here, there = size(source), size(target)
    if max(here, there) < _SHORT or here * _LEAST <= there <= here / _LEAST:
        return []
    values = (f"{here:.0f}", f"{there:.0f}")
    if there < here:
        return [Finding("clause", "short", source.text, target.text, values)]
    return [Finding("clause", "added", source.text, target.text, values)]
