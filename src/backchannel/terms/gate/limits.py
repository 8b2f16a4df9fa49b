"""Negation, strength and limiters, and whether two clauses agree in them.   Spec: docs/spec/gate.md, "Limits"."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import product
from typing import Final

from backchannel.terms.gate.lexicon import Lexicon, Rule, Said
from backchannel.terms.gate.quantities import Item
from backchannel.terms.gate.words import Token
from backchannel.values import dataclass, replace

# Of these it matters whether they are said, not how often.
PRESENCE: Final = frozenset(("IF", "OR", "NOW", "EFFORT", "COND"))
CONTRARY: Final = frozenset(("ALL", "SOME"))
_ENDS: Final = frozenset(".;؛؟?!")
_UPPER: Final = frozenset(("UNTIL", "BY", "WITHIN", "ATMOST"))
_NEAR: Final = {"far": 8, "date": 3, "duration": 4, "number": 1, "count": 1, "next": 2}
_SUITS: Final = {
    "far": ("date", "month", "weekday", "time", "duration"),
    "date": ("date", "month", "weekday", "time"),
    "duration": ("duration", "often"),
    "next": ("number", "amount", "percent", "duration", "measure", "ordinal", "date", "month", "weekday", "time"),
    "count": ("number", "amount", "percent", "measure"),
    "number": ("number", "amount", "percent", "duration", "measure", "ordinal"),
}


@dataclass(slots=True)
class Mark:
    """One thing said: its class and alternatives, whether surely, and its tokens."""

    classes: tuple[str, ...]
    hard: bool
    start: int
    end: int
    real: bool = False  # it was sure before grammar made it a repetition
    again: bool = False  # a negation said again of a second verb, which English leaves out


def idioms(lexicon: Lexicon, found: Sequence[Token]) -> frozenset[int]:
    """The tokens in which no number is read."""
    hidden: set[int] = set()
    for i in range(len(found)):
        match = lexicon.phrases["limits"].at(found, i)
        if match is not None and any(said.hides for said in match[1]):
            hidden.update(range(i, match[0]))
    return frozenset(hidden)


def marks(
    lexicon: Lexicon, found: Sequence[Token], items: Sequence[Item], named: Sequence[tuple[int, int]]
) -> list[Mark]:
    """What the clause says, in order."""
    made: list[Mark] = []
    i = 0
    starts = {item.start: item for item in items}
    while i < len(found):
        match = lexicon.phrases["limits"].at(found, i)
        negative = match is None and _negative(lexicon, found[i])
        if lexicon.lang == "fa" and found[i].form == "نه" and any(item.start <= i < item.end for item in items):
            match = None  # nine
        if match is not None and any(item.hard and item.start <= i and match[0] <= item.end for item in items):
            match = (
                None if lexicon.lang == "ar" and match[0] == i + 1 else match
            )  # "تسعون" is ninety, not "they strive"
        if (
            match is not None
            and match[0] == i + 1
            and found[i].form in ("پیش", "پس")
            and found[i + 1 : i + 2]
            and found[i + 1].glued
        ):
            match = None  # "پیش‌پرداخت": the first part of a compound
        if lexicon.lang == "ar" and found[i].form.endswith("قد") and not _perhaps(found, i):
            match = None  # "has", not "may"
        if lexicon.lang == "en" and found[i].form == "some" and i + 1 in starts:
            match = None  # "some 1,200": about
        if negative:
            made.append(Mark(("NEG",), True, i, i + 1, True))
        if lexicon.lang == "ar" and _free_to(found, i, made):
            made.append(Mark(("MAY",), True, i, i + 1, True))
        if lexicon.lang == "ar" and _bound_to(found, i):
            made.append(Mark(("MUST", "DUTY"), False, i, i + 1))
        if match is None:
            if lexicon.lang == "ar" and found[i].form[:1] == "س" and found[i].form[1:] in found[i].forms:
                made.append(Mark(("MUST",), False, i, i + 1))  # the future
            if (
                lexicon.lang == "fa"
                and found[i].form in ("هرگز", "ابدا", "اصلا", "هیچ", "خیر")
                and found[i + 1 : i + 2]
                and found[i + 1].kind == "sign"
            ):
                made.append(Mark(("NEG",), False, i, i + 1))
            if lexicon.lang == "ar" and found[i].form in ("ما", "وما") and (i == 0 or found[i - 1].kind == "sign"):
                made.append(Mark(("NEG",), False, i, i + 1))
            if (
                lexicon.lang == "ar"
                and found[i].form in ("لما", "ولما")
                and any(t.form in ("لو", "ولو") for t in found[:i])
            ):
                made.append(Mark(("NEG",), True, i, i + 1, True))  # "لو علمنا لما وقعنا"
            if lexicon.lang == "fa" and found[i].form == "بی" and i + 1 < len(found) and found[i + 1].kind == "word":
                made.append(Mark(("NEG", "WITHOUT", "UN"), False, i, i + 2))
            if not negative and found[i].kind == "word" and lexicon.negative(found[i].form):
                made.append(Mark(("NEG", "UN"), False, i, i + 1))
            i += 1
            continue
        end, meanings = match
        if lexicon.lang == "en" and found[i].form == "should" and _if_should(found, i):
            made.append(Mark(("IF",), True, i, end, True))
        elif not (lexicon.lang == "en" and (_is_number_sign(found, i) or _is_month(found, i))):
            _say(made, meanings, i, end, partial(_follows, starts, found, end))
        if lexicon.lang == "ar" and found[i].form.startswith("ولا"):
            made.append(Mark(("OR",), False, i, end))
        i = end
    _soften(lexicon, found, made, items)
    _between(made, [*((item.start, item.end) for item in items if item.hard), *named])
    return _one_bound(made, found, items)


def _say(made: list[Mark], meanings: Sequence[Said], start: int, end: int, follows: Callable[[str], bool]) -> None:
    if any(not said.classes for said in meanings):
        return
    sure = False
    for said in sorted(meanings, key=lambda one: (not one.hard, not (one.before and follows(one.before)))):
        suits = not said.before or follows(said.before)
        hard = said.hard and not sure and suits
        if not suits and (not said.hard or said.before.endswith("!")):
            continue
        if not hard and sure and not any(classes[0] in _BESIDE for classes in said.classes):
            continue
        made += [Mark(classes, hard, start, end, hard) for classes in said.classes]
        sure = sure or hard


# What a phrase that surely says something else may also say.
_BESIDE: Final = frozenset(("IF", "OR", "NOW", "EFFORT", "FREE", "ALL", "SOME", "SHOULD"))


def _negative(lexicon: Lexicon, token: Token) -> bool:
    if lexicon.lang != "fa" or token.kind != "word":
        return False
    if token.form.startswith(("غیرنظامی", "غیردولتی", "غیرمتعهد")):
        return False
    if token.form.startswith("نمی") and len(token.form) > 4:
        return True
    return lexicon.phrases["negative_verbs"].at([token], 0) is not None


def _is_number_sign(found: Sequence[Token], i: int) -> bool:
    """English "No. 5"."""
    after = [token.form for token in found[i + 1 : i + 3]]
    return found[i].form == "no" and len(after) == 2 and after[0] == "." and after[1][:1].isdigit()


# Words that begin with the letter that also means "to".
_WITH_L: Final = frozenset(
    (
        "لیس",
        "لیست",
        "لیسوا",
        "لکن",
        "لدی",
        "لقد",
        "لان",
        "لین",
        "لجنه",
        "لجان",
        "لقاء",
        "لحظه",
        "لغه",
        "لبنان",
        "لیبیا",
        "لیله",
        "لیل",
        "لون",
    )
)


def _free_to(found: Sequence[Token], i: int, made: Sequence[Mark]) -> bool:
    """Arabic "للمجلس أن يعلق": the council may; where no other word says so before it."""
    form = found[i].form
    if form in _WITH_L:
        return False
    onto = form.startswith("لل") or (form.startswith("ل") and found[i].forms[-1] != form)
    if not onto or (i and found[i - 1].kind != "sign" and not found[i].form.startswith("ول")):
        return False
    if made and made[-1].classes[0] in ("MAY", "MUST", "SHOULD", "NEG") and i - made[-1].end <= 1:
        return False
    return any("=أن" in token.forms for token in found[i + 1 : i + 5])


def _bound_to(found: Sequence[Token], i: int) -> bool:
    """Arabic "على الطرفين أن", "عليكم أن": they must; at the start of a sentence or part of one."""
    if found[i].form not in _ONTO or (i and found[i - 1].kind != "sign" and not found[i].form.startswith(("و", "ف"))):
        return False
    return any("=أن" in token.forms for token in found[i + 1 : i + 5])


_ONTO: Final = frozenset(
    before + word
    for before in ("", "و", "ف")
    for word in ("علی", "علیه", "علیها", "علیهم", "علیهما", "علیک", "علیکم", "علینا", "علیهن")
)


def _if_should(found: Sequence[Token], i: int) -> bool:
    """English "Should it fail, ..."; "...; should they be stopped, ..."."""
    if found[i].capital:
        return _begins(found, i)
    after = found[i + 1].form if i + 1 < len(found) else ""
    return i > 0 and found[i - 1].form in _JOINTS and after in _SUBJECTS


_JOINTS: Final = frozenset((";", ",", ":", "-", "and", "or", "but"))
_SUBJECTS: Final = frozenset(
    (
        "it",
        "he",
        "she",
        "they",
        "we",
        "you",
        "i",
        "any",
        "either",
        "the",
        "a",
        "an",
        "one",
        "both",
        "no",
        "there",
        "this",
        "that",
    )
)


def _perhaps(found: Sequence[Token], i: int) -> bool:
    """Whether an Arabic "qad" stands before what may be: "قد تحال", not "فقد سمعك"."""
    return found[i].form in ("قد", "وقد") and i + 1 < len(found) and found[i + 1].form[:1] in ("ی", "ت", "ن", "ا")


def _begins(found: Sequence[Token], i: int) -> bool:
    """Whether a sentence begins at token i: "Should it fail, ..." is a condition."""
    return i == 0 or found[i - 1].form in _ENDS or found[i - 1].form in ":,-"


def _is_month(found: Sequence[Token], i: int) -> bool:
    """English "May", not where a sentence begins."""
    return found[i].form == "may" and found[i].capital == 1 and i > 0 and found[i - 1].kind != "sign"


def _follows(starts: dict[int, Item], found: Sequence[Token], end: int, kinds: str) -> bool:
    return any(_follows_one(starts, found, end, kind) for kind in kinds.removesuffix("!").split())


def _follows_one(starts: dict[int, Item], found: Sequence[Token], end: int, kind: str) -> bool:
    if kind == "amount":
        return any(end <= i < end + 3 or end - 6 <= i < end for i in starts if starts[i].hard)
    if kind == "to":  # Arabic "to" is written onto the next word
        return end < len(found) and found[end].form.startswith("ل") and not found[end].form.startswith("لا")
    for i in range(end, min(end + _NEAR[kind], len(found))):
        if i in starts:
            return starts[i].kind in _SUITS[kind]
        if found[i].form in _ENDS:
            return False
    return False


def _sentence(found: Sequence[Token], i: int) -> int:
    """The number of the sentence that token i stands in."""
    return sum(1 for token in found[:i] if token.form in _ENDS)


_ANDS: Final = frozenset(("و", "یا", "او", "and", "or", "،", ","))
_NO_SUBJECT: Final = frozenset(("no", "neither", "none", "nobody", "nothing", "nor"))


def _soften(lexicon: Lexicon, found: Sequence[Token], made: list[Mark], items: Sequence[Item]) -> None:
    """What grammar repeats or leaves out may stand alone."""
    sentence = {mark.start: _sentence(found, mark.start) for mark in made}
    negations = [mark for mark in made if "NEG" in mark.classes]
    made += _not_bound(lexicon, found, made, negations, sentence)
    for mark in list(made):
        if mark.hard:
            here = sentence[mark.start]
            near = [other for other in negations if sentence[other.start] == here and other is not mark]
            again = any(
                other.hard and other.classes[0] == mark.classes[0] and sentence[other.start] == here
                for other in made
                if other.start < mark.start and not any(t.form in _BUT for t in found[other.end : mark.start])
            )
            bound = any(other.hard and other.start == mark.end and other.classes[0] in _UPPER for other in made)
            if mark.classes[0] == "ONLY" and bound:  # "only up to"
                mark.hard = False
                continue
            mark.hard = not _repeats(lexicon.lang, found, items, mark, near, again)
            if mark.classes == ("NEG",) and lexicon.lang == "fa" and _until_not(found, mark):
                made.append(
                    Mark(("EXC", "UNTIL", "BEFORE"), False, mark.start, mark.end, True)
                )  # "تا نیاید": unless he comes
                sentence[mark.start] = here
            mark.again = not mark.hard and mark.classes == ("NEG",) and _of_a_verb(lexicon.lang, found, mark, near)
    if lexicon.lang == "ar" and negations and any(token.form == "فحسب" for token in found):  # "not only ... but"
        for mark in made:
            mark.hard = mark.hard and mark.classes[0] not in ("NEG", "ONLY")
    if lexicon.lang == "fa":  # "اجازهٔ ... ندارد" grants nothing
        made[:] = [
            mark for mark in made if mark.hard or mark.classes[0] != "MAY" or not _denied(found, mark, made, sentence)
        ]


def _of_a_verb(lang: str, found: Sequence[Token], mark: Mark, near: Sequence[Mark]) -> bool:
    """Whether what is negated again is a verb: "ولا يعود", "نکند"."""
    if lang == "ar":
        after = found[mark.end].form if mark.end < len(found) else ""
        you = any(
            found[other.start].form == "لا" and found[other.end].form.startswith("ت")
            for other in near
            if other.start < mark.start
        )
        return after[:1] in (("ی", "ن", "ت") if you else ("ی", "ن")) and len(after) >= 4
    verb = found[mark.start].form.startswith("ن") and found[mark.start].form != "نه"
    return lang == "fa" and verb and not _while_not(found, mark, near) and not _or_not(found, mark.start)


def _denied(found: Sequence[Token], mark: Mark, made: Sequence[Mark], sentence: dict[int, int]) -> bool:
    here = sentence.get(mark.start)
    return any(
        other.real
        and other.start > mark.start
        and sentence.get(other.start) == here
        and other.classes == ("NEG",)
        and found[other.start].form.startswith("ند")
        for other in made
    )


def _while_not(found: Sequence[Token], mark: Mark, near: Sequence[Mark]) -> bool:
    """Persian says "as long as it has not" for "until it has"."""
    start = max((other.end for other in near if other.start < mark.start), default=0)
    before = [token.form for token in found[max(start, mark.start - 10) : mark.start]]
    if any(form in ("تا", "مادامی", "مادام") for form in before) and "که" in before:
        return True
    return any(other.start > mark.start for other in near) and _until_not(found, mark)


def _until_not(found: Sequence[Token], mark: Mark) -> bool:
    """Whether what is negated is what a clause that begins with "until" waits for: "تا اعتراف نکنند"."""
    begins = max((i + 1 for i in range(mark.start) if found[i].form in _PAUSES), default=0)
    return any(token.form in ("تا", "مادام", "مادامیکه") for token in found[begins : begins + 2]) and not any(
        token.form == "که" for token in found[begins : mark.start]
    )


def _or_not(found: Sequence[Token], at: int) -> bool:
    """Persian "whether it has lapsed or not": "خواه منقضی شده باشد خواه نه"."""
    before = [token.form for token in found[max(0, at - 10) : at]]
    return before[-1:] in (["خواه"], ["چه"], ["یا"]) or before.count("چه") + before.count("خواه") >= 2


def _no_verb(found: Sequence[Token], i: int) -> bool:
    """Whether an Arabic "no" stands before something else than what is done."""
    return i < len(found) and found[i].form in (
        "من",
        "فی",
        "علی",
        "الی",
        "عن",
        "مع",
        "بعد",
        "قبل",
        "عند",
        "حتی",
        "بسبب",
    )


_PAUSES: Final = frozenset((",", "،", ";", "؛", ".", ":", "-", "و", "ولی", "اما"))
_BUT: Final = frozenset(
    ("but", "however", "whereas", "while", "ولکن", "لکن", "اما", "ولی", "غیر", "بینما", "بل", "حال")
)


def _repeats(
    lang: str, found: Sequence[Token], items: Sequence[Item], mark: Mark, near: Sequence[Mark], again: bool
) -> bool:
    """Whether the mark may stand alone. near: the negations of its sentence; again: its class was said before."""
    earlier = [other for other in near if other.start < mark.start]
    form = found[mark.start].form
    match mark.classes[0], lang:
        case "MAY", "en" if found[mark.start].capital and _begins(found, mark.start):
            return True  # "Can you tell me"
        case "NEG", "en" if form == "no" and mark.end < len(found) and found[mark.end].kind == "sign":
            return True  # "our answer remains no."
        case "MAY", "en" if form == "can" and _so_that(found, mark.start):
            return True
        case "MAY", "en" if any(mark.end <= other.start <= mark.end + 2 for other in near):
            return True  # "there can be no"
        case "MAY", "en":  # "no party may": not "no party", but what it may
            return again or any(
                found[other.start].form in _NO_SUBJECT or other.end == mark.start or found[other.start].capital
                for other in earlier
                if other.hard
            )
        case "MAY", "ar":
            return again or any(other.hard and mark.start - other.end <= 4 for other in earlier)
        case "MAY", _:
            if any(other.end == mark.start for other in earlier):  # "نه می‌توان ... و نه"
                return True
            after = any(found[other.start].form.startswith("ن") and other.start > mark.start for other in near)
            return again or (after and mark.end == mark.start + 1 and not form.startswith("می"))  # "مجاز به خروج نیست"
        case "SHOULD" | "ONLY", _:
            return again
        case "UNTIL", _:
            return _from(found, items, mark.start, lang)
        case "BEFORE", "ar" | "fa":  # "24 hours before" is "24 hours' notice"
            return any(item.kind == "duration" and item.start == mark.end for item in items)
        case "AFTER", "ar":  # "لم يصل بعد": not yet
            return mark.end >= len(found) or found[mark.end].kind == "sign"
        case "NEG", "fa" if _or_not(found, mark.start):
            return True
        case "NEG", "fa" if form == "نه":
            return any(other.hard for other in near)
        case "NEG", "fa" if any(other.hard for other in near) and _while_not(found, mark, near):
            return True
        case "NEG", "fa" if any(other.hard for other in earlier):
            between = found[max(other.end for other in earlier) : mark.start]
            return any(token.form in _ANDS for token in between)
        case "NEG", "ar" if form == "لا" and earlier and _no_verb(found, mark.end):
            return True  # "لا يكشف ... لا من جانب المحكمة ولا ..."
        case "NEG", "ar":
            return form.startswith("ولا") and mark.end == mark.start + 1 and bool(earlier)
    return False


# Of these the denial is a ban: "نباید".
_BARE_MUST: Final = frozenset(
    ("forced", "compelled", "باید", "بایستی", "میبایست", "میبایستی", "is", "are", "shall", "must", "یجب")
)


def _not_bound(
    lexicon: Lexicon,
    found: Sequence[Token],
    made: Sequence[Mark],
    negations: Sequence[Mark],
    sentence: dict[int, int],
) -> list[Mark]:
    """A duty denied elsewhere in the sentence is leave: "ملزم به پاسخ نیست", "لا يكون الطرف ملزماً"."""
    leave = []
    for mark in made:
        if mark.classes[0] == "MUST" and found[mark.start].form not in _BARE_MUST:
            for other in negations:
                near = other.start > mark.start if lexicon.lang == "fa" else 0 <= mark.start - other.end <= 4
                if other.hard and near and sentence[other.start] == sentence[mark.start]:
                    leave.append(Mark(("FREE",), False, mark.start, mark.end))
                    break
    return leave


_SO_THAT: Final = frozenset(
    ("before", "until", "so", "that", "which", "who", "where", "when", "what", "how", "whether", "if", "as")
)


def _so_that(found: Sequence[Token], at: int) -> bool:
    """Whether an English "can" stands in a clause of purpose, time or relation: "before talks can begin"."""
    for token in reversed(found[max(0, at - 7) : at]):
        if token.kind == "sign":
            return False
        if token.form in _SO_THAT:
            return True
    return False


_FROM: Final = {"en": ("from", "between"), "ar": ("من", "بین"), "fa": ("از", "بین", "میان")}


def _from(found: Sequence[Token], items: Sequence[Item], at: int, lang: str) -> bool:
    """Whether "from" and a date or time stand before: "from June until September" is "between June and September"."""
    for item in items:
        if 0 <= at - item.end <= 3 and item.kind in ("date", "month", "weekday", "time", "number", "ordinal"):
            return any(
                word in token.forms for word in _FROM[lang] for token in found[max(0, item.start - 3) : item.start + 1]
            )
    return False


def _between(made: Sequence[Mark], counted: Sequence[tuple[int, int]]) -> None:
    """An "or" counts where it stands between two quantities or names; elsewhere translators choose freely."""
    for mark in made:
        if mark.classes[0] == "OR" and mark.hard:
            before = any(0 <= mark.start - end <= 1 for _, end in counted)
            mark.hard = mark.real = before and any(0 <= start - mark.end <= 1 for start, _ in counted)


def _one_bound(made: list[Mark], found: Sequence[Token], items: Sequence[Item]) -> list[Mark]:
    """Two words for one upper bound are one ("within a period not exceeding 30 days")."""
    kept: list[Mark] = []
    for mark in made:
        at = next((k for k in reversed(range(len(kept))) if kept[k].hard), None)
        last = kept[at] if at is not None else None
        if (
            last is not None
            and at is not None
            and mark.hard
            and last.classes[0] in _UPPER
            and mark.classes[0] in _UPPER
            and mark.start - last.end <= 6
            and found[mark.start].form not in ("until", "till")
        ):
            between = found[last.end : mark.start]
            counted = [
                item
                for item in items
                if last.end <= item.start < mark.start and item.hard and item.kind not in _SUITS["date"]
            ]
            if len(counted) <= 1 and not any(token.form in _ENDS for token in between):
                kept[at] = Mark(tuple(dict.fromkeys((*last.classes, *mark.classes))), True, last.start, mark.end, True)
                continue
        if mark.classes[0] == "AFTER" and any(
            item.kind == "duration" and 0 <= mark.start - item.end <= 2 for item in items
        ):
            mark.hard, mark.real = False, True
        kept.append(mark)
    return kept


def unlike(
    equals: Sequence[Rule], one: list[Mark], other: list[Mark], each_verb: bool
) -> list[tuple[Mark | None, Mark | None]]:
    """What one clause says and the other does not, in pairs where one stands for the other.

    each_verb: both languages negate each verb, so that how often matters.
    """
    if each_verb:
        one, other = ([replace(m, hard=m.hard or m.again) for m in side] for side in (one, other))
    bounds = [rule for rule in equals if set(rule.one) <= _BOUNDS]
    # What is perhaps said explains, or two ways to say one bound do, or two ways to say anything.
    for first, before_all in (((), False), (bounds, False), ([rule for rule in equals if not rule.beside], True)):
        left, right, shared = _match(one, other, first, before_all)
        _explain(equals, left, right, shared, False)
        rest = (
            [m for m in left if m.hard and _differs(m, one, other)],
            [m for m in right if m.hard and _differs(m, other, one)],
        )
        if not any(rest):
            return []
    return _pairs(*rest)


def _explain(equals: Sequence[Rule], left: list[Mark], right: list[Mark], shared: set[str], before_all: bool) -> None:
    """Takes away what one side says in another way."""
    for sure in (True,) if before_all else (True, False):
        changed = True
        while changed and (any(m.hard for m in left) or any(m.hard for m in right)):
            sides = ((left, right), (right, left))
            changed = any(_stands_for(rule, a, b, shared, sure) for rule in equals for a, b in sides)


_RESTRICTS: Final = frozenset(("ONLY", "ATMOST", "EXC", "WITHOUT"))
_BOUNDS: Final = frozenset(("ATMOST", "ATLEAST", "WITHIN", "BY", "EARLIEST", "ONLY", "MAY", "AFTER"))

# A bound that one side says and the other leaves out is mostly said there in words that no list has;
# it differs if the other side says its contrary more often.
_AGAINST: Final = {
    **dict.fromkeys(("BEFORE", "UNTIL", "BY", "WITHIN", "WHILE"), frozenset(("AFTER",))),
    "AFTER": frozenset(("BEFORE", "UNTIL", "BY", "WITHIN", "WHILE")),
    "MORE": frozenset(("LESS", "ATMOST", "ATLEAST")),
    "LESS": frozenset(("MORE", "ATMOST", "ATLEAST")),
}


def _differs(mark: Mark, here: Sequence[Mark], there: Sequence[Mark]) -> bool:
    if mark.classes[0] == "MAY":  # "may only", "at most three may": the bound is what counts
        bound = all(any(m.hard and m.classes[0] in _RESTRICTS for m in side) for side in (here, there))
        return not bound and "ABLE" not in mark.classes
    if mark.classes[0] == "FREE":
        return any("DUTY" in m.classes or "BANNED" in m.classes for m in there)
    against = _AGAINST.get(mark.classes[0])
    if against is None:
        return True
    measured = mark.classes[0] in ("BY", "WITHIN")  # "within a week after" is no "after a week"
    said, answered = (
        sum(
            m.classes[0] in against
            and (
                m.hard
                or (side is there and m.classes[0] in ("MORE", "LESS"))
                or (not measured and (m.real or m.classes[0] == "UNTIL" or "SINCE" in m.classes))
            )
            for m in side
        )
        for side in (here, there)
    )
    return answered > said


# Words that say no without "not": what one side says with them and the other too is no negation for another.
_FAMILIES: Final = frozenset(("REFUSE", "PREVENT", "LACK", "AVOID", "FAIL", "CEASE", "UN"))


def _fits(a: Mark, b: Mark, same_first: bool) -> bool:
    return a.classes[0] == b.classes[0] if same_first else bool(set(a.classes) & set(b.classes))


def _match(
    one: list[Mark], other: list[Mark], equals: Sequence[Rule], before_all: bool
) -> tuple[list[Mark], list[Mark], set[str]]:
    """What either side alone says; the classes that both say. equals: used before what is soft.

    before_all: also before what is sure."""
    left, right = (
        [m for m in side if m.classes[0] not in PRESENCE | CONTRARY and m.classes[0] != "MUST"] for side in (one, other)
    )
    shared: set[str] = set()
    for name in sorted(_FAMILIES):
        for a in [m for m in left if name in m.classes]:
            b = next((m for m in right if name in m.classes), None)
            if b is not None:
                left = [m for m in left if m is not a]
                right = [m for m in right if m is not b]
    for hard_a, hard_b in ((True, True), (True, False), (False, True)):
        if (hard_a, hard_b) == ((True, True) if before_all else (True, False)):
            _explain(equals, left, right, shared, before_all)
        for same_first in (True, False):
            for a in sorted((m for m in left if m.hard == hard_a), key=lambda m: len(m.classes)):
                fits = [b for b in right if b.hard == hard_b and _fits(a, b, same_first)]
                if fits:
                    b = min(fits, key=lambda m: len(m.classes))
                    left = [m for m in left if m is not a]
                    right = [m for m in right if m is not b]
                    shared |= set(a.classes) & set(b.classes)
    for name in sorted(PRESENCE):
        said = {"IF", "EXC", "REQ", "ONLY", "WHILE"} if name in ("IF", "COND") else {name}
        in_a, in_b = ([m for m in side if said & set(m.classes)] for side in (one, other))
        shared |= {name} if in_a and in_b else set()
        left += [m for m in in_a if name in m.classes] if not in_b else ()
        right += [m for m in in_b if name in m.classes] if not in_a else ()
    for this, that in _CONTRARY:
        (this_a, that_a), (this_b, that_b) = (
            [[m for m in side if set(m.classes) & names] for names in (this, that)] for side in (one, other)
        )
        if this_a and that_b and not that_a and not this_b:
            left, right = [*left, _sure(this_a[0])], [*right, _sure(that_b[0])]
    for name_a, name_b in (("RIGHT", "MUST"), ("MUST", "RIGHT")):
        said_a, said_b = ([m for m in side if name in m.classes] for side, name in ((one, name_a), (other, name_b)))
        bound = other if name_b == "MUST" else one
        free = one if name_b == "MUST" else other
        if (
            said_a
            and said_b
            and not any("MAY" in m.classes for m in bound)
            and not any(m.classes[0] == "MUST" for m in free)
        ):
            left, right = [*left, _sure(said_a[0])], [*right, _sure(said_b[0])]
    for (here, there), (must, may) in product(
        ((one, other), (other, one)),
        (
            (_only_bound, _only_free),
            (_only_surely, _only_perhaps),
            (_only_banned, _only_released),
            (_only_told, _only_advised),
        ),
    ):
        if must is _only_bound and all(
            any(m.hard and m.classes[0] == "ATMOST" for m in side) for side in (here, there)
        ):
            continue  # "not more than three shall" is "at most three may"
        duty, leave = must(here), may(there)
        if duty is not None and leave is not None:
            left, right = (
                [*left, _sure(duty if here is one else leave)],
                [*right, _sure(leave if here is one else duty)],
            )
            break
    return left, right, shared


def _only_banned(side: Sequence[Mark]) -> Mark | None:
    """What forbids, in a clause that releases nobody."""
    if any("FREE" in m.classes for m in side):
        return None
    return next((m for m in side if "BANNED" in m.classes), None)


def _only_released(side: Sequence[Mark]) -> Mark | None:
    """What releases from a duty, in a clause that forbids nothing."""
    if any("BANNED" in m.classes for m in side):
        return None
    return next((m for m in side if "FREE" in m.classes and (m.real or _is_negated(m, side))), None)


def _is_negated(mark: Mark, side: Sequence[Mark]) -> bool:
    return any("NEG" in m.classes and m.start != mark.start for m in side)


def _only_perhaps(side: Sequence[Mark]) -> Mark | None:
    """What says that something will perhaps be, in a clause that says of nothing that it will."""
    if any(m.classes[0] == "MUST" for m in side):
        return None
    return next((m for m in side if "MIGHT" in m.classes), None)


def _only_surely(side: Sequence[Mark]) -> Mark | None:
    """What says that something will be, in a clause with no perhaps."""
    if any({"MAY", "POSS", "SHOULD", "RIGHT", "FREE"} & set(m.classes) and (m.hard or not m.real) for m in side):
        return None
    return next((m for m in side if m.classes[0] == "MUST"), None)


def _only_advised(side: Sequence[Mark]) -> Mark | None:
    """What advises, in a clause that binds nobody."""
    if any("DUTY" in m.classes for m in side):
        return None
    return next((m for m in side if "ADVISE" in m.classes), None)


def _only_told(side: Sequence[Mark]) -> Mark | None:
    """What says that somebody must, in a clause that advises nothing."""
    if any("SHOULD" in m.classes for m in side):
        return None
    return next((m for m in side if "DUTY" in m.classes), None)


def _only_bound(side: Sequence[Mark]) -> Mark | None:
    """What says that somebody must, in a clause that gives no leave."""
    if any(m.classes[0] in ("MAY", "RIGHT", "FREE") and "POSS" not in m.classes for m in side):
        return None
    return next((m for m in side if "DUTY" in m.classes), None)


def _only_free(side: Sequence[Mark]) -> Mark | None:
    """What says that somebody may, in a clause that binds nobody."""
    if any("DUTY" in m.classes for m in side):
        return None
    return next((m for m in side if m.real and m.classes[0] == "MAY"), None)


# One side says the one and never the other, the other side the reverse.
_CONTRARY: Final[Sequence[tuple[set[str], set[str]]]] = (
    ({"ALL"}, {"SOME"}),
    ({"SOME"}, {"ALL"}),
)


def _sure(mark: Mark) -> Mark:
    return replace(mark, hard=True)


# In a rule these may stand where they are only perhaps said.
_AROUND: Final = frozenset(("IF", "AFTER", "BEFORE", "UNTIL", "WHILE", "MORE", "LESS", "REQ"))


def _stands_for(rule: Rule, a: list[Mark], b: list[Mark], shared: set[str], sure: bool) -> bool:
    """Takes away what one rule explains: its first side from a, its second from b. sure: all of it must be."""
    if not set(rule.beside) <= shared:
        return False
    sure = sure or "REQ" in rule.one or rule.other == ("NEG", "NEG")
    taken_a, taken_b = _take(rule.one, a, sure), _take(rule.other, b, sure)
    if taken_a is None or taken_b is None or not any(m.hard for m in (*taken_a, *taken_b)):
        return False
    around = (bool(rule.beside) and {*rule.one, *rule.other} <= _AROUND) or "REQ" in rule.one
    exclusive = rule.one == ("ONLY",) and rule.other == ("NEG", "EXC")  # said of one thing, however often
    if not around and not all(any(m.hard or exclusive for m in side) for side in (taken_a, taken_b)):
        return False
    a[:] = [m for m in a if not any(m is t for t in taken_a)]
    b[:] = [m for m in b if not any(m is t for t in taken_b)]
    return True


def _take(classes: Iterable[str], said: Sequence[Mark], sure: bool) -> list[Mark] | None:
    taken: list[Mark] = []
    for name in classes:
        fits = [
            m
            for m in said
            if name in m.classes
            and not any(m is t for t in taken)
            and (name == "REQ" or (m.hard if sure else m.real or (name in _AROUND and "WEAK" not in m.classes)))
        ]
        if not fits:
            return None
        taken.append(max(fits, key=lambda m: m.hard))
    return taken


_KINDS: Final = {
    "NEG": "negation",
    "BAN": "negation",
    "WITHOUT": "negation",
    "MAY": "strength",
    "FREE": "strength",
    "SHOULD": "strength",
    "EFFORT": "strength",
    "MUST": "strength",
    "MIGHT": "strength",
}


def category(mark: Mark) -> str:
    """negation, strength or limiter."""
    return _KINDS.get(mark.classes[0], "limiter")


def _pairs(left: list[Mark], right: list[Mark]) -> list[tuple[Mark | None, Mark | None]]:
    pairs: list[tuple[Mark | None, Mark | None]] = []
    rest = list(right)
    for mark in left:
        like = next((other for other in rest if category(other) == category(mark)), None)
        if like is not None:
            rest.remove(like)
        pairs.append((mark, like))
    return [*pairs, *((None, mark) for mark in rest)]
