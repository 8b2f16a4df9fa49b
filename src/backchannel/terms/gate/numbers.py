"""Numbers in words and digits, in three languages.   Spec: docs/spec/gate.md, "Numbers"."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from backchannel.terms.gate.lexicon import Lexicon, Number
from backchannel.terms.gate.words import Token

_SUFFIXES: Final = {"en": ("st", "nd", "rd", "th"), "fa": ("ام", "م", "مین", "امین", "اُم"), "ar": ()}
_LETTERS: Final = frozenset(("k", "m", "م", "bn", "mn", "tn", "mio"))
_STARTS_WITH_AND: Final = frozenset(("واحد", "واحده", "و"))


def number(lexicon: Lexicon, found: Sequence[Token], i: int) -> Number | None:
    """The number that starts at token i: its kind (number, ordinal, either), what it may mean,
    where it ends, whether it surely counts."""
    if i >= len(found) or found[i].kind not in ("word", "number", "ratio"):
        return None
    both = lexicon.phrases["both"].at(found, i)
    if both is not None:
        return "number", (2,), both[0], False
    return _Parse(lexicon, found, i).read()


_OUT_OF: Final = {
    "en": ((2, ("in",)), (3, ("out", "of"))),
    "ar": ((3, ("من", "کل")), (3, ("من", "اصل"))),
}
_DAYPARTS: Final = frozenset(("صبح", "شب", "عصر", "بامداد", "بعدازظهر", "غروب"))

_AFTER_SHARE: Final = frozenset(("of", "over", "in", "by", "to", "from", "until", ".", ",", ";"))

# A share where a vowel is written on it or the whole follows; else a number.
_SHARES: Final = {"خمس": 5, "سبع": 7, "ثمن": 8, "تسع": 9, "عشر": 10}


class _Parse:
    def __init__(self, lexicon: Lexicon, found: Sequence[Token], i: int) -> None:
        self._lex, self._tokens, self._i = lexicon, found, i

    def _at(self, name: str, i: int) -> tuple[int, int] | None:
        return self._lex.phrases[name].at(self._tokens, i) if i < len(self._tokens) else None

    def _form(self, i: int) -> str:
        return self._tokens[i].form if i < len(self._tokens) else ""

    def _joined(self, i: int) -> bool:
        """Whether "and" is written onto the word."""
        form = self._form(i)
        if self._lex.lang == "en" or form in _STARTS_WITH_AND or not form.startswith("و"):
            return False
        return self._tokens[i].kind == "word" and (self._lex.lang == "ar" or self._tokens[i].glued)

    def read(self) -> Number | None:
        lang, i = self._lex.lang, self._i
        if self._at("vague", i):
            return None
        if self._tokens[i].kind == "ratio":
            return self._ratio(i)
        if self._tokens[i].kind == "number":
            values = digits(self._form(i))
            end = i + 1
            if self._form(end) in _SUFFIXES[lang] and self._tokens[end].glued:
                return "ordinal", values, end + 1, True
            scaled = self._scaled(values, end)
            return scaled or ("number", values, end, True)
        start = i + 1 if lang == "en" and self._form(i) in ("a", "an") else i
        if start > i and not (self._at("scales", start) or self._form(start) == "dozen"):
            return self._article_fraction(start)
        if self._form(i) in ("one", "واحد", "واحده"):
            of = (
                next((i + n for n, words in _OUT_OF[lang] if self._words_at(i + 1, words)), None)
                if lang in _OUT_OF
                else None
            )
            many = self._at("cardinals", of) if of is not None else None
            if many is not None and many[1] > 1:
                return "number", (Fraction(1, many[1]),), many[0], True  # "one in ten"
        share = self._fraction(i)
        if share is not None:
            return share
        whole = self._words(start, start > i)
        if whole is None:
            one = self._at("one", i)
            return ("number", (1,), one[0], False) if (one and not self._joined(i)) or (one and lang == "ar") else None
        return whole

    def _ratio(self, i: int) -> Number | None:
        above, below = self._form(i).split("/")
        if int(below) == 0 or len(above) > 2 or len(below) > 2:
            return None
        decimal = Fraction(int(above)) + Fraction(int(below), 10 ** len(below))
        values: tuple[int | Fraction, ...] = (
            (Fraction(int(above), int(below)), decimal)
            if self._lex.lang == "fa"
            else (Fraction(int(above), int(below)),)
        )
        return self._scaled(values, i + 1) or ("number", values, i + 1, True)

    def _scaled(self, values: tuple[int | Fraction, ...], i: int) -> Number | None:
        """Digits and a scale in words: "2.5 million", "۳ هزار و ۵۰۰"."""
        scale = self._at("scales", i)
        if scale is None or self._joined(i) or (self._form(i) in _LETTERS and not self._tokens[i].glued):
            half = self._half_more(i)
            if half is not None and self._at("scales", half):
                scale = self._at("scales", half)
                assert scale is not None
                return "number", tuple((value + Fraction(1, 2)) * scale[1] for value in values), scale[0], True
            return None
        total = tuple(value * scale[1] for value in values)
        rest = self._more(scale[0], scale[1])
        if rest is not None:
            return "number", tuple(value + rest[0] for value in total), rest[1], True
        half = self._half_more(scale[0])
        if half is not None:
            return "number", tuple(value + Fraction(scale[1], 2) for value in total), self._again(half), True
        return "number", total, scale[0], True

    def _again(self, i: int) -> int:
        """After the scale said once more: "مليون ونصف المليون"."""
        scale = self._at("scales", i)
        return scale[0] if scale and self._lex.lang == "ar" and not self._joined(i) else i

    def _half_more(self, i: int) -> int | None:
        """Where "and a half" ends, before a scale or after one."""
        if self._lex.lang == "en":
            if self._form(i) == "and" and self._form(i + 1) in ("a", "one") and self._form(i + 2) == "half":
                return i + 3
            return None
        if self._lex.lang == "fa":
            return (
                i + 2
                if self._form(i) == "و" and self._form(i + 1) == "نیم"
                else i + 1
                if self._form(i) == "ونیم"
                else None
            )
        return (
            i + 1 if self._form(i) == "ونصف" else i + 2 if self._form(i) == "و" and self._form(i + 1) == "نصف" else None
        )

    def _more(self, i: int, cap: int) -> tuple[int | Fraction, int] | None:
        """What is added after a scale, smaller than it."""
        at = self._and(i)
        if at is None or at >= len(self._tokens):
            return None
        if self._tokens[at].kind == "number":
            value = digits(self._form(at))[0]
            scale = self._at("scales", at + 1)
            if scale is not None and not self._joined(at + 1) and value * scale[1] < cap:
                rest = self._more(scale[0], scale[1])
                return (value * scale[1] + rest[0], rest[1]) if rest else (value * scale[1], scale[0])
            plain = self._lex.lang != "en" and value < cap and cap >= 1000 and value == int(value)
            return (value, at + 1) if plain else None
        words = self._words(at, False, cap)
        return (words[1][0], words[2]) if words is not None and words[0] == "number" else None

    def _and(self, i: int) -> int | None:
        """Where the next part starts, if "and" stands here."""
        if self._form(i) == ("and" if self._lex.lang == "en" else "و"):
            return i + 1
        return i if i < len(self._tokens) and self._joined(i) else None

    def _words(self, i: int, article: bool, below: int = 10**18) -> Number | None:
        """A number in words that starts at token i and is smaller than `below`."""
        lang = self._lex.lang
        total: int | Fraction = 0
        group: int | Fraction | None = 1 if article else None
        cap, scale_cap, j, kind, started = below, below, i, "number", article
        while True:
            at, joined = j, not started
            if started:
                after = self._and(j)
                if after is not None and (lang != "en" or cap >= 100):
                    at, joined = after, True
            if at >= len(self._tokens) or self._tokens[at].kind != "word":
                break
            spoken = lang == "en"  # English and scales need no "and"
            scale = self._at("scales", at)
            if scale is not None and self._scale_fits(scale[1], group, scale_cap, at, joined, started):
                value = scale[1]
                if value == 100 and lang == "en":
                    group, cap = (group or 1) * 100, 100
                else:
                    total, group, cap, scale_cap = total + (1 if group is None else group) * value, None, value, value
                j, started = scale[0], True
                half = self._half_more(j)
                if half is not None and value >= 1000:
                    total += Fraction(value, 2)
                    return "number", (total,), self._again(half), True
                continue
            ordinal = self._at("ordinals", at)
            card = self._at("cardinals", at) or (self._unit_one(at) if started or self._teen(at + 1) else None)
            if (
                ordinal is not None
                and (joined or spoken)
                and ordinal[1] < cap
                and not (card and card[0] > ordinal[0])
                and kind == "number"
            ):
                value, j, kind = ordinal[1], ordinal[0], "ordinal"
                if lang == "ar":
                    value, j = self._arabic_ordinal(value, j)
                group, started = (group or 0) + value, True
                break
            if card is None or not (joined or (spoken and at == j)):
                if lang == "ar" and started and card and card[1] == 10 and at == j and group and 0 < group % 100 < 10:
                    group, j, cap = group + 10, card[0], 1
                    continue
                break
            value = card[1]
            if lang == "ar" and started and 20 <= value <= 90 and group and 0 < group % 100 < 10 and cap == 1:
                group, j = group + value, card[0]
                continue
            if value >= cap or (lang == "fa" and self._form(at) == "نه" and not self._nine(at, started)):
                break
            if value >= 1000:  # Arabic duals: two thousand, two million
                base = value // 2
                total, group, cap, scale_cap = total + value, None, base, base
                half = self._half_more(card[0])
                if half is not None:
                    return "number", (total + Fraction(base, 2),), self._again(half), True
            else:
                group = (group or 0) + value
                cap = 100 if value >= 100 else 10 if value >= 20 else 1
                if value == 12 and self._form(at) == "dozen" and article:
                    group = 12
            j, started = card[0], True
            if lang == "en" and value == 12 and self._form(at) == "dozen":
                break
        if not started or (article and j == i):
            return None
        half = self._half_more(j)
        if half is not None and self._at("scales", half):
            scale = self._at("scales", half)
            assert scale is not None
            return "number", ((total + (group or 0) + Fraction(1, 2)) * scale[1],), scale[0], True
        if kind == "number" and half is not None:
            return "number", (total + (group or 0) + Fraction(1, 2),), half, True
        whole = total + (group or 0)
        if kind == "number" and lang == "ar" and self._form(i).startswith("ال") and 20 <= whole < 100:
            kind = "either"
        return kind, (whole,), j, True

    def _scale_fits(
        self, value: int, group: int | Fraction | None, cap: int, at: int, joined: bool, started: bool
    ) -> bool:
        if self._form(at) in _LETTERS or value >= cap:
            return False
        if value == 100:
            return self._lex.lang == "en" and group is not None and group < 100
        if not started:
            return self._lex.lang != "en"
        return not self._joined(at) if group is not None else (joined and self._and(at) is not None) or joined

    def _unit_one(self, at: int) -> tuple[int, int] | None:
        one = self._at("one", at)
        return (one[0], 1) if one else None

    def _teen(self, at: int) -> bool:
        """Whether an Arabic "ten" or a scale or an "and" number follows, so that "one" is a digit here."""
        if at >= len(self._tokens):
            return False
        if self._lex.lang == "ar":
            if self._form(at) in ("عشر", "عشره"):
                return True
            card = self._at("cardinals", at)
            return bool(card and self._joined(at) and 20 <= card[1] <= 90)
        scale = self._at("scales", at)
        return scale is not None and self._form(at) not in _LETTERS

    def _arabic_ordinal(self, value: int, j: int) -> tuple[int, int]:
        if value < 10 and self._form(j) in ("عشر", "عشره"):
            return value + 10, j + 1
        card = self._at("cardinals", j)
        if value < 10 and card and self._joined(j) and 20 <= card[1] <= 90:
            return value + card[1], card[0]
        return value, j

    def _nine(self, at: int, started: bool) -> bool:
        after = at + 1
        if (
            self._form(at - 1) in ("ساعت", "راس", "شماره")
            or (self._form(at - 1) == "از" and self._form(after) in ("به", "تا"))
            or self._form(after) in _DAYPARTS
        ):
            return True
        if self._form(after) == "و" and self._form(after + 1) in ("نیم", "ربع"):
            return True
        if self._tokens[at].end - self._tokens[at].start > len("نه"):
            return True  # written with its vowel: nine, not no
        return started or any(self._at(name, after) for name in ("units", "nine", "scales", "percent"))

    def _article_fraction(self, i: int) -> Number | None:
        """English "a third of", "a quarter of"; "a half"."""
        ordinal = self._at("ordinals", i)
        if ordinal and ordinal[1] >= 3 and (self._form(ordinal[0]) in _AFTER_SHARE or ordinal[0] >= len(self._tokens)):
            return "number", (Fraction(1, ordinal[1]),), ordinal[0], True
        if self._form(i) == "quarter" and self._form(i + 1) in ("of", "million"):
            return self._share_of(Fraction(1, 4), i + 1)
        if self._form(i) == "half":
            return self._share_of(Fraction(1, 2), i + 1)
        return None

    def _words_at(self, i: int, words: tuple[str, ...]) -> bool:
        return all(self._form(i + n) == word for n, word in enumerate(words))

    def _fraction(self, i: int) -> Number | None:
        two = self._at("two_parts", i)
        if two is not None and (
            self._form(i) != self._form(i).removesuffix("ا") and not self._form(two[0]).startswith("ال")
        ):
            two = None  # "أربعا وعشرين", "خمسا"
        if two is not None:
            return "number", (Fraction(2, two[1]),), two[0], True
        alone = self._at("fractions", i)
        if self._form(i) == "خمسه" and self._tokens[i + 1 : i + 2] and self._tokens[i + 1].kind != "sign":
            alone = None  # five of what follows, not a fifth of it
        vowelled = self._tokens[i].end - self._tokens[i].start > len(self._form(i))
        if not self._form(i).startswith("ال"):
            vowelled = vowelled or self._form(i + 1).startswith("ال")
        bare = self._form(i).removeprefix("ال")
        if self._lex.lang == "ar" and bare in _SHARES and vowelled:
            alone = i + 1, _SHARES[bare]  # "خُمس التركة"
        if alone is not None and not (self._lex.lang == "en" and not self._form(i).startswith("hal")):
            beside = (
                self._at("ordinals", alone[0]) if self._lex.lang == "ar" else self._at("ordinals", i - 1) if i else None
            )
            share = self._share_of(Fraction(1, alone[1]), alone[0])
            return (*share[:3], False) if beside else share
        card = self._at("cardinals", i) or self._unit_one(i)
        if card is None or card[1] >= 20:
            return None
        part = self._at("fractions", card[0])
        if part is not None and not self._joined(card[0]):
            return self._share_of(Fraction(card[1], part[1]), part[0])
        ordinal = self._at("ordinals", card[0])
        if (
            self._lex.lang != "ar"
            and ordinal is not None
            and (ordinal[1] >= 3 or (self._lex.lang == "fa" and self._tokens[card[0]].glued))
            and ordinal[0] == card[0] + 1
            and card[1] < 10
        ):
            return self._share_of(Fraction(card[1], ordinal[1]), ordinal[0])
        if self._lex.lang == "en" and self._form(card[0]) == "quarter" and card[1] == 1:
            return self._share_of(Fraction(1, 4), card[0] + 1)
        return None

    def _share_of(self, share: Fraction, i: int) -> Number:
        """A share of a scale or unit: "half a million", "نصف مليون", "half an hour"."""
        j = i
        if self._lex.lang == "en":
            if self._form(j) == "of" and self._form(j + 1) in ("a", "an"):
                j += 2
            elif self._form(j) in ("a", "an"):
                j += 1
            elif j > i:
                j = i
        scale = self._at("scales", j)
        if scale is not None and not self._joined(j):
            return "number", (share * scale[1],), scale[0], True
        if j > i and self._at("units", j):
            return "number", (share,), j, True
        return "number", (share,), i, True


def digits(form: str) -> tuple[int | Fraction, ...]:
    """What digits with marks may mean. A point before three digits may be either mark."""
    plain = form.translate(str.maketrans("", "", "\u00a0\u202f '’"))
    if "،" in plain:
        plain = plain.replace("،", ",")
    commas, points = plain.count(","), plain.count(".")
    if commas and points:
        last = max(plain.rfind(","), plain.rfind("."))
        return (_decimal(plain[:last].replace(",", "").replace(".", "") + "." + plain[last + 1 :]),)
    mark = "," if commas else "."
    pieces = plain.split(mark)
    thousands = (
        len(pieces) > 1
        and all(len(piece) == 3 for piece in pieces[1:])
        and 1 <= len(pieces[0]) <= 3
        and pieces[0] != "0"
    )
    if len(pieces) == 1:
        return (int(plain),)
    if thousands and (commas or len(pieces) > 2):
        return (int("".join(pieces)),)
    if len(pieces) > 2:
        return (int("".join(pieces)),)
    decimal = _decimal(".".join(pieces))
    return (decimal, int("".join(pieces))) if thousands else (decimal,)


def _decimal(form: str) -> int | Fraction:
    value = Fraction(form)
    return int(value) if value.denominator == 1 else value
