"""What a clause counts: numbers, shares, amounts, times, dates.   Spec: docs/spec/gate.md, "Quantities"."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from backchannel.terms.gate import days
from backchannel.terms.gate.days import JALALI, Day
from backchannel.terms.gate.lexicon import Lexicon, Number
from backchannel.terms.gate.numbers import number
from backchannel.terms.gate.words import Token
from backchannel.values import dataclass

Value = int | Fraction | Day
_STOPS: Final = frozenset(".;:!?؛؟،,")


@dataclass(slots=True)
class Item:
    """One quantity. kind: number, ordinal, percent, amount, duration, often, measure, time, date, month, weekday.

    values: what it may mean (one of them is meant). unit: the base unit, the currency codes, the label beside it.
    start, end: its tokens. hard: it must have its like on the other side. times: how many base units its unit is.
    """

    kind: str
    values: tuple[Value, ...]
    unit: str
    start: int
    end: int
    hard: bool = True
    times: int | Fraction = 1


class Reader:
    """Reads the quantities of one clause."""

    def __init__(self, lexicon: Lexicon, found: Sequence[Token], skip: frozenset[int]) -> None:
        self._lex, self._tokens, self._skip = lexicon, found, skip
        self._items: list[Item] = []

    def items(self) -> list[Item]:
        i = 0
        while i < len(self._tokens):
            i = i + 1 if i in self._skip else self._one(i)
        for one, other in pairwise(self._items):
            self._range(one, other)
            self._range(other, one)
        return self._items

    def _range(self, plain: Item, timed: Item) -> None:
        """A number beside a time is one too: "between 10 and 12 o'clock"."""
        first, second = sorted((plain, timed), key=lambda item: item.start)
        between = self._tokens[first.end : second.start]
        joined = all(token.form in _RANGE for token in between)
        if not between:
            joined = self._tokens[second.start].form.startswith("و")
        if timed.kind == "time" and plain.kind in ("number", "ordinal", "either") and plain.hard and joined:
            hours = [int(value) for value in plain.values if isinstance(value, int) and 0 < value <= 24]
            if len(hours) == len(plain.values) and len(between) <= 2:
                plain.kind, plain.unit = "time", ""
                plain.values = tuple(
                    {hour * 60 % 1440 for hour in hours} | {hour * 60 + 720 for hour in hours if hour <= 12}
                )

    def _one(self, i: int) -> int:
        """Reads what starts at token i; gives where to go on."""
        readers: tuple[Callable[[int], int | None], ...] = (
            self._digits_date, self._clock, self._weekday, self._number_last,
            self._month_first, self._money_first, self._number_first, self._often, self._single,
        )  # fmt: skip
        for reader in readers:
            end = reader(i)
            if end is not None:
                return end
        return i + 1

    def _add(
        self,
        kind: str,
        values: Sequence[Value],
        unit: str,
        start: int,
        end: int,
        hard: bool = True,
        times: int | Fraction = 1,
    ) -> int:
        self._items.append(Item(kind, tuple(dict.fromkeys(values)), unit, start, end, hard, times))
        return end

    def _is(self, i: int, *forms: str) -> bool:
        return 0 <= i < len(self._tokens) and self._tokens[i].form in forms

    def _phrase(self, name: str, i: int) -> tuple[int, Any] | None:
        return self._lex.phrases[name].at(self._tokens, i) if 0 <= i < len(self._tokens) else None

    def _unit(self, i: int) -> tuple[int, Any] | None:
        """The unit at token i; "وثانية" is no unit of the number before it."""
        if self._lex.lang == "ar" and 0 <= i < len(self._tokens) and self._tokens[i].form.startswith("و"):
            return None
        return self._phrase("units", i)

    def _skips(self, name: str, i: int, most: int = 3) -> int:
        """After up to `most` words of a list."""
        for _ in range(most):
            found = self._phrase(name, i)
            if found is None:
                break
            i = found[0]
        return i

    # Dates

    def _digits_date(self, i: int) -> int | None:
        token = self._tokens[i]
        if token.kind != "date":
            return None
        mark = next(c for c in token.form if not c.isdigit())
        parts = token.form.split(mark)
        numbers = [int(part) for part in parts]
        if len(parts[0]) == 4:
            orders = [(numbers[0], numbers[1], numbers[2])]
        elif len(parts[2]) == 4:
            orders = [(numbers[2], numbers[1], numbers[0]), (numbers[2], numbers[0], numbers[1])]
        else:
            orders = [(2000 + numbers[2], numbers[1], numbers[0]), (1400 + numbers[0], numbers[1], numbers[2])]
        end, era = self._era(i + 1)
        found = [
            Day(calendar, *order)
            for order in orders
            for calendar in ((era,) if era else days.calendars_of(order[0]))
            if days.could_be(Day(calendar, *order)) and order[1] and order[2]
        ]
        return self._add("date", found, "", i, end) if found else None

    def _era(self, i: int) -> tuple[int, str]:
        j = i + 1 if self._is(i, "(") else i
        found = self._phrase("eras", j)
        if found is None:
            return i, ""
        end, era = found
        more = self._phrase("eras", end)
        if more is not None:
            end, era = more[0], (JALALI if JALALI in (era, more[1]) else more[1])
        return end + (1 if j > i and self._is(end, ")") else 0), era

    def _month(self, i: int) -> tuple[int, list[tuple[str, int]], bool] | None:
        """Month names at token i ("آذار/مارس" is one): where they end, what they may be, whether surely."""
        found = self._phrase("months", i)
        if found is None:
            return None
        end, months = found
        sure = self._phrase("loose", i) is None
        if self._lex.lang == "en" and not self._tokens[i].capital and not sure:
            return None
        if self._is(end, "/", "(", "-"):
            second = self._phrase("months", end + 1)
            if second is not None:
                closing = 1 if self._is(end, "(") and self._is(second[0], ")") else 0
                months = (
                    sorted({*months, *second[1]})
                    if not set(months) & set(second[1])
                    else sorted(set(months) & set(second[1]))
                )
                end, sure = second[0] + closing, True
        return end, list(months), sure

    def _month_first(self, i: int) -> int | None:
        """November 24, 2014; November 2014; شهر مارس; آذرماه."""
        found = self._month(i)
        if found is None:
            return None
        end, months, sure = found
        day, after = 0, end
        if self._lex.lang == "en":
            j = self._skips("joins", end, 1) if self._is(end, ".") or self._is(end, "the") else end
            number = self._number(j)
            if number is not None and _small(number[1], 31) and not self._is(number[2], "%"):
                year_here = self._year(number[2])
                day, after = int(number[1][0]), number[2]
                if year_here is None and self._unit(number[2]) is not None:
                    day, after = 0, end
        year = self._year(after)
        last = self._items[-1] if self._items else None
        worded = bool(self._phrase("month_word", i - 1) or self._phrase("month_word", end))
        if not worded and not self._phrase("rarest", i):
            beside = last is not None and last.kind in ("month", "date") and i - last.end <= 2
            worded = beside or self._phrase("month_before", i - 1) is not None
        if not sure and not day and year is None and not worded:
            return None
        return self._date(i, year[0] if year else after, months, day, year[1] if year else (0, ""))

    def _date(self, start: int, end: int, months: list[tuple[str, int]], day: int, year: tuple[int, str]) -> int | None:
        end, era = (end, year[1]) if year[1] else self._era(end)
        found = [
            Day(calendar, year[0], month, day)
            for calendar, month in months
            if (not era or calendar == era) and days.could_be(Day(calendar, year[0], month, day))
        ]
        return self._add("date" if day else "month", found, "", start, end) if found else None

    def _year(self, i: int) -> tuple[int, tuple[int, str]] | None:
        """A year after a month: where it ends, the year and its era if said."""
        j = self._skips("joins", i, 3)
        number = self._number(j)
        if number is None or number[0] != "number" or not isinstance(number[1][0], int | Fraction):
            return None
        year = int(number[1][0])
        if not days.calendars_of(year) or number[1][0] != year:
            return None
        end, era = self._era(number[2])
        return end, (year, era)

    def _weekday(self, i: int) -> int | None:
        found = self._phrase("weekdays", i)
        if found is None:
            return None
        if self._lex.lang == "en" and not self._tokens[i].capital:
            return None
        loose = self._phrase("loose_weekdays", i) is not None
        worded = i > 0 and self._phrase("weekday_word", i - 1) is not None
        number = self._number(i)
        if loose and not worded and number is not None and (number[2] > found[0] or number[1] == (2,)):
            return None  # "أحد عشر", "اثنين"
        return self._add("weekday", [found[1]], "", i, found[0], hard=not loose or worded)

    # Times of day

    def _clock(self, i: int) -> int | None:
        token = self._tokens[i]
        worded = self._phrase("clock", i) if self._lex.lang != "en" else None
        j = worded[0] if worded else i
        if worded and self._is(j, "ال"):
            j += 1
        if j < len(self._tokens) and self._tokens[j].kind == "time":
            hour, minute = (int(part) for part in self._tokens[j].form.split(":")[:2])
            if hour > 24 or minute > 59:
                return None
            fixed = hour > 12 or self._tokens[j].form.startswith("0")
            return self._time(i, j + 1, hour * 60 + minute, fixed)
        for name, at in (("midnight", 0), ("noon", 720)):
            named = self._phrase(name, i)
            if named is not None:
                return self._add("time", [at], "", i, named[0], hard=name == "midnight" or self._lex.lang == "en")
        if worded:
            number = self._number(j)
            unit = self._unit(number[2]) if number is not None else None
            if number is not None and _hour(number[1], 24) and (unit is None or unit[1] == ("day", Fraction(1))):
                minutes, end = self._minutes(number[2])
                return self._time(i, end, int(number[1][0] * 60) + minutes, False)
        elif token.kind in ("number", "word"):
            number = self._number(i)
            if number is not None and (number[0] == "number" or (number[0] == "ordinal" and self._lex.lang == "ar")):
                value = number[1][0]
                if (
                    self._lex.lang == "en"
                    and token.kind == "number"
                    and len(token.form) == 4
                    and self._is(number[2], "hours", "hrs")
                ):
                    return self._time(i, number[2] + 1, int(token.form[:2]) * 60 + int(token.form[2:]), True)
                minutes, hour_end = self._minutes(number[2])
                if number[0] == "ordinal" and hour_end > number[2] and _small(number[1], 12):
                    return self._time(i, hour_end, int(value) * 60 + minutes, False)
                part = self._daypart(hour_end) or (self._lex.lang != "en" and self._phrase("noon", hour_end))
                if _hour(number[1], 12) and (part or self._is(number[2], "o'clock") or self._is(number[2], "o")):
                    return self._time(i, hour_end, int(value * 60) + minutes, False)
                if self._at_hour(i, number):
                    return self._time(i, number[2], int(value) * 60, False)
                if token.kind == "number" and "." in token.form and part:
                    hours, _, minutes_said = token.form.partition(".")
                    if int(hours) <= 12 and len(minutes_said) == 2 and int(minutes_said) < 60:
                        return self._time(i, number[2], int(hours) * 60 + int(minutes_said), False)
        if self._lex.lang == "en" and self._is(i, "a") and self._is(i + 1, "quarter") and self._is(i + 2, "past", "to"):
            return self._clock(i + 1)
        if self._lex.lang == "en" and self._is(i, "half", "quarter") and self._is(i + 1, "past", "to"):
            number = self._number(i + 2)
            if number is not None and _small(number[1], 12):
                minutes = (30 if self._is(i, "half") else 15) * (1 if self._is(i + 1, "past") else -1)
                return self._time(i, number[2], int(number[1][0]) * 60 + minutes, False)
        return None

    def _at_hour(self, i: int, number: Number) -> bool:
        """English "at 7", where no unit or noun follows."""
        end = number[2]
        after = end >= len(self._tokens) or self._tokens[end].kind == "sign" or self._is(end, *_AFTER_HOUR)
        return self._lex.lang == "en" and self._is(i - 1, *_BEFORE_HOUR) and _small(number[1], 12) and after

    def _minutes(self, i: int) -> tuple[int, int]:
        """Minutes said after an hour: "والنصف", "و نیم", "و ده دقیقه"."""
        j = i + 1 if self._is(i, "و") else i
        sign = 1
        if self._is(j, "الا"):
            j, sign = j + 1, -1
        if j >= len(self._tokens) or (j == i and not self._tokens[j].form.startswith("و")):
            return 0, i
        forms = set(self._tokens[j].forms)
        if forms & {"نصف", "نیم"}:
            return sign * 30, j + 1
        if forms & {"ربع", "ربعا"}:
            return sign * 15, j + 1
        if forms & {"ثلث", "ثلثا"}:
            return sign * 20, j + 1
        number = self._number(j)
        if number is not None and _small(number[1], 59):
            unit = self._unit(number[2])
            if unit is not None and unit[1] == ("minute", Fraction(1)):
                return sign * int(number[1][0]), unit[0]
        return 0, i

    def _daypart(self, i: int) -> tuple[int, str] | None:
        for name in ("evening", "morning"):
            found = self._phrase(name, i)
            if found is not None:
                both = self._phrase("morning", i) if name == "evening" else None
                return (both and both[0] > found[0] and (both[0], "morning")) or (found[0], name)
        return None

    def _time(self, start: int, end: int, minutes: int, fixed: bool) -> int:
        if self._is(end, "hours", "hrs", "o'clock"):
            end += 1
        elif self._is(end, "o") and self._is(end + 1, "clock"):
            end += 2
        part = self._daypart(end)
        hour = minutes // 60
        if part is not None:
            end = part[0]
            if self._is(end, ".") and self._tokens[end - 1].form == "m":
                end += 1
            if not fixed and hour <= 12:
                night = self._tokens[part[0] - 1].form in ("شب", "لیلا", "night") and hour < 6
                add = 0 if part[1] == "morning" or night else 720
                values = [minutes % 720 + add]
                if part[1] != "morning" and hour == 12:
                    values = (
                        [720 + minutes % 60, minutes % 60]
                        if self._tokens[part[0] - 1].form in ("شب", "لیلا", "night")
                        else [720 + minutes % 60]
                    )
                return self._add("time", values, "", start, end)
        noon = self._phrase("noon", end) or self._phrase("midnight", end)
        if noon is not None and hour == 12:
            return self._add("time", [0 if self._phrase("midnight", end) else 720], "", start, noon[0])
        return self._add(
            "time", [minutes % 1440] if fixed or hour > 12 else [minutes % 720, minutes % 720 + 720], "", start, end
        )

    # Numbers and what they count

    def _number(self, i: int) -> Number | None:
        return number(self._lex, self._tokens, i)

    def _money_first(self, i: int) -> int | None:
        currency = self._phrase("currencies", i)
        if currency is None or (
            self._tokens[currency[0] - 1].kind == "word"
            and self._tokens[currency[0] - 1].form.isalpha()
            and not self._tokens[i].capital
        ):
            return None
        number = self._number(currency[0])
        if number is None or number[0] != "number":
            return None
        return self._amount(number[1], currency[1], i, self._gloss(number[2], number[1]))

    def _amount(self, values: Sequence[int | Fraction], currency: tuple[str, int], start: int, end: int) -> int:
        codes, times = currency
        return self._add("amount", [value * times for value in values], codes, start, end, times=times)

    def _gloss(self, i: int, values: Sequence[int | Fraction]) -> int:
        """After "(30)" or "(thirty)" if it repeats the number before it."""
        if self._is(i, "("):
            number = self._number(i + 1)
            if number is not None and self._is(number[2], ")") and set(number[1]) & set(values):
                return number[2] + 1
        return i

    def _number_first(self, i: int) -> int | None:
        number = self._number(i)
        if number is None:
            return None
        kind, end, hard = number[0], number[2], number[3]
        values: Sequence[int | Fraction] = number[1]
        end = self._gloss(end, values)
        percent = self._phrase("percent", end) or (self._phrase("percent", end + 1) if self._is(end, "a") else None)
        if kind == "number" and percent is not None:
            return self._add("percent", values, "", i, percent[0])
        dated = self._dated(i, values, end)
        if dated is not None:
            return dated
        if kind == "ordinal" and values == (1,):
            hard = False  # "first", "at first", "initial"
        if (
            kind == "ordinal"
            and values == (3,)
            and (
                self._is(end, "party", "parties", "person", "persons")
                or self._is(i - 1, "طرف", "شخص", "اشخاص")
                or self._is(i, "ثالث")
            )
        ):
            hard = False  # "third parties" are others
        if (
            kind == "ordinal"
            and self._lex.lang == "ar"
            and self._is(i - 1, "دون", "سن", "فوق", "تحت", "عمر", "بلوغ", "یبلغ", "بلغ", "اتم")
        ):
            kind = "either"  # an age
        if kind == "ordinal" and values == (2,) and self._is(i - 1, "per", "في", "فی"):
            return self._add("ordinal", values, "", i, end, hard=False)  # "per second"
        if kind == "ordinal" and self._is(i - 1, "every"):
            hard = False  # "every second Sunday"
        if kind == "ordinal":
            return self._add("ordinal", values, self._label(i, end), i, end, hard)
        here = end
        currency = self._phrase("currencies", end) or self._phrase("currencies", self._skips("between", end, 2))
        if currency is not None:
            return self._amount(values, currency[1], i, currency[0])
        for j in dict.fromkeys((end, self._skips("between", end, 2))):
            unit = self._unit(j)
            if unit is not None:
                values, here = self._and_a_half(values, unit[0], unit[1][1])
                base, times = unit[1]
                kind = "duration" if base in _TIMES else "measure"
                if not hard and base not in _TIMES:
                    hard = False
                elif not hard:
                    hard = base != "time" and (self._lasting(i) or self._is(i, "one", "واحد", "یک"))
                if self._lex.lang == "fa" and self._lex.phrases["ordinals"].at(self._tokens, here) and base == "month":
                    hard = False  # "سه‌ماههٔ نخست": the first quarter
                return self._add(kind, [value * times for value in values], base, i, here, hard, times)
        label = "tan" if self._lex.lang == "fa" and self._is(end, "تن") else self._label(i, end)
        return self._add(kind, values, label, i, end, hard)

    def _and_a_half(
        self, values: Sequence[int | Fraction], i: int, times: Fraction
    ) -> tuple[Sequence[int | Fraction], int]:
        """A part said after the unit: "سنة ونصف", "یک سال و نیم", "a year and a half"."""
        part = self._part(i)
        if part is None:
            return values, i
        return [value + part[0] for value in values], part[1]

    def _part(self, i: int) -> tuple[Fraction, int] | None:
        if self._lex.lang == "en":
            if not self._is(i, "and") or not self._is(i + 1, "a", "one") or not self._is(i + 2, "half", "quarter"):
                return None
            return Fraction(1, 2 if self._is(i + 2, "half") else 4), i + 3
        j = i + 1 if self._is(i, "و") else i
        if j >= len(self._tokens) or (j == i and not self._tokens[j].form.startswith("و")):
            return None
        forms = set(self._tokens[j].forms)
        for names, share in (({"نصف", "نیم"}, Fraction(1, 2)), ({"ربع"}, Fraction(1, 4)), ({"ثلث"}, Fraction(1, 3))):
            if forms & names:
                unit = self._unit(j + 1)
                return share, unit[0] if unit and self._lex.lang == "ar" else j + 1
        return None

    def _lasting(self, i: int) -> bool:
        return i > 0 and self._phrase("lasting", i - 1) is not None

    def _label(self, i: int, end: int) -> str:
        near = (self._phrase("labels", i - 1) if i else None, self._phrase("labels", end))
        return (
            "label"
            if any(near) or (i > 1 and self._is(i - 1, "(", ".", "و", "and") and self._phrase("labels", i - 2))
            else ""
        )

    def _dated(self, i: int, values: Sequence[int | Fraction], end: int) -> int | None:
        """A number that is the day of a month: "24 November 2014", "الخامس من آذار", "سوم آذر"."""
        labelled = i and self._phrase("labels", i - 1) and self._tokens[i - 1].form not in _DAY_WORDS
        if not _small(values, 31) or (labelled and self._tokens[i].kind != "number"):
            return None
        for j in dict.fromkeys((end, self._skips("joins", end, 3))):
            month = self._month(j)
            if month is not None:
                year = self._year(month[0])
                whole, said = year if year else (month[0], (0, ""))
                return self._date(i, whole, month[1], int(values[0]), said)
        return None

    def _number_last(self, i: int) -> int | None:
        """Arabic "الأسابيع الستة": the number after what it counts."""
        if self._lex.lang != "ar" or not self._tokens[i].form.lstrip("وفبل").startswith("ا"):
            return None
        unit = self._unit(i)
        number = self._number(unit[0]) if unit is not None else None
        if unit is None or number is None or number[0] != "number" or not number[3]:
            return None
        if (
            self._phrase("weekdays", unit[0])
            or not self._tokens[unit[0]].form.startswith("ال")
            or unit[1][0] not in _TIMES
        ):
            return None
        base, times = unit[1]
        return self._add("duration", [value * times for value in number[1]], base, i, number[2], times=times)

    def _often(self, i: int) -> int | None:
        found = self._phrase("often", i)
        if found is None:
            return None
        base, times = found[1]
        longer = self._unit(found[0] - 1)
        if longer is not None and longer[0] > found[0]:
            return None  # "هر روز کاری": on any working day
        if self._phrase("weekdays", found[0]):
            return None  # "كل يوم أحد": every Sunday
        return self._add("often", [times], base, i, found[0])

    def _single(self, i: int) -> int | None:
        """A unit that stands without a number: a dual, "a month", "خلال شهر"; or a currency."""
        dual = self._phrase("duals", i)
        if dual is not None:
            values, end = self._and_a_half([Fraction(2)], dual[0], dual[1][1])
            base, times = dual[1]
            return self._add(
                "duration" if base in _TIMES else "measure",
                [value * times for value in values],
                base,
                i,
                end,
                times=times,
            )
        dual = self._phrase("currency_duals", i)
        if dual is not None:
            return self._amount([2], dual[1], i, dual[0])
        if (
            self._lex.lang == "en"
            and self._is(i, "a")
            and self._is(i + 1, "quarter")
            and not self._is(i + 2, "past", "to")
        ):
            return self._add("number", [Fraction(1, 4)], "", i, i + 2)
        article = self._lex.lang == "en" and self._is(i, "a", "an")
        start = i + 1 if article else i
        unit = self._unit(start)
        if unit is not None and unit[1][0] in _TIMES and self._singular(start):
            after = self._number(unit[0])
            values, end = self._and_a_half([Fraction(1)], unit[0], unit[1][1])
            if (
                (end == unit[0] and (after is not None and not article and after[3]))
                or self._month(unit[0])
                or self._phrase("weekdays", unit[0])
            ):
                return None
            base, times = unit[1]
            hard = (
                self._lasting(i)
                and (article or (self._lex.lang == "ar" and self._tokens[start].form == self._tokens[start].forms[-1]))
            ) or end > unit[0]
            if self._lex.lang == "ar" and after is not None and not after[3]:
                hard, end = True, after[2]
            if self._lex.lang == "ar" and base == "time":
                hard = False
            return self._add("duration", [value * times for value in values], base, i, end, hard, times)
        currency = self._phrase("currencies", i)
        if currency is not None:
            return self._add("currency", [1], currency[1][0], i, currency[0], hard=False)
        if self._lex.lang == "ar" and self._tokens[i].kind == "word" and _looks_dual(self._tokens[i].form):
            return self._add("number", [2], "dual", i, i + 1, hard=False)
        return None

    def _singular(self, i: int) -> bool:
        return self._lex.phrases["plurals"].at(self._tokens, i) is None


_RANGE: Final = frozenset(("and", "to", "-", "–", "until", "till", "و", "تا", "الی", "حتی", "او"))
_TIMES: Final = frozenset(("minute", "day", "workday", "month", "night", "time"))


_BEFORE_HOUR: Final = ("at", "until", "till", "by", "before", "after", "from", "around", "about", "past", "since")
_AFTER_HOUR: Final = (
    "and",
    "on",
    "every",
    "each",
    "in",
    "local",
    "sharp",
    "tomorrow",
    "today",
    "daily",
    "to",
    "for",
    "tonight",
    "this",
)
_DAY_WORDS: Final = frozenset(("یوم", "الیوم", "روز", "day"))


def _small(values: Sequence[int | Fraction], most: int) -> bool:
    return all(0 < value <= most and value == int(value) for value in values)


def _hour(values: Sequence[int | Fraction], most: int) -> bool:
    """Whether it may be an hour, or one with a quarter or a half."""
    return _small(values, most) or all(1 <= value <= most and value * 4 == int(value * 4) for value in values)


def _looks_dual(form: str) -> bool:
    return (len(form) >= 5 and form.endswith(("ان", "ین"))) or (len(form) >= 6 and form.endswith(("تا", "تی")))
