"""Days and uncertain dates in words, in the languages of pages.   Spec: docs/spec/timeline.md, "In words".

Months stand in words and digits in those of the language: a date of figures and signs is drawn in another order where
the line runs from right to left.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from backchannel.letters.calendars import civil
from backchannel.letters.edtf import Words

Say = Callable[[str], str]
LANGUAGES: Final = ("en", "ar", "fa")
_DIGITS: Final = {"ar": "٠١٢٣٤٥٦٧٨٩", "fa": "۰۱۲۳۴۵۶۷۸۹"}
_TABLES: Final = {lang: str.maketrans("0123456789", own) for lang, own in _DIGITS.items()}

_EN: Final = {
    "gregorian": "January February March April May June July August September October November December",
    "umm-al-qura": (
        "Muharram Safar Rabi_I Rabi_II Jumada_I Jumada_II Rajab Shaban Ramadan Shawwal Dhu_al-Qada Dhu_al-Hijja"
    ),
    "jalali": "Farvardin Ordibehesht Khordad Tir Mordad Shahrivar Mehr Aban Azar Dey Bahman Esfand",
}
_AR: Final = {
    "gregorian": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "umm-al-qura": ("محرم صفر ربيع_الأول ربيع_الآخر جمادى_الأولى جمادى_الآخرة رجب شعبان رمضان شوال ذو_القعدة ذو_الحجة"),
    "jalali": "فروردين أرديبهشت خرداد تير مرداد شهريور مهر آبان آذر دي بهمن إسفند",
}
_FA: Final = {
    "gregorian": "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
    "umm-al-qura": (
        "محرم صفر ربیع\u200cالاول ربیع\u200cالثانی جمادی\u200cالاول جمادی\u200cالثانی رجب شعبان رمضان شوال ذیقعده ذیحجه"
    ),
    "jalali": "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند",
}
MONTHS: Final = {
    lang: {calendar: tuple(one.replace("_", " ") for one in names.split()) for calendar, names in table.items()}
    for lang, table in (("en", _EN), ("ar", _AR), ("fa", _FA))
}
# What `Edtf.words` says, by its codes; of parts of a year by code and which.
SENTENCES: Final = {
    "decade": "the ten years from {year}",
    "century": "the hundred years from {year}",
    "some-month": "a month of {date}",
    "some-day": "a day of {date}",
    "uncertain": "(uncertain)",
    "approximate": "(about)",
    "uncertain-and-approximate": "(uncertain, about)",
    "from": "from",
    "to": "to",
    "open-start": "open beginning",
    "open-end": "and on",
    "unknown-start": "beginning not known",
    "unknown-end": "end not known",
    "one-of": "one of:",
    "all-of": "all of:",
    "half 1": "the first half of {year}",
    "half 2": "the second half of {year}",
    "third 1": "the first four months of {year}",
    "third 2": "the second four months of {year}",
    "third 3": "the last four months of {year}",
    "quarter 1": "the first quarter of {year}",
    "quarter 2": "the second quarter of {year}",
    "quarter 3": "the third quarter of {year}",
    "quarter 4": "the fourth quarter of {year}",
    "spring": "spring of {year}",
    "summer": "summer of {year}",
    "autumn": "autumn of {year}",
    "winter": "winter of {year}",
    "north": "(northern)",
    "south": "(southern)",
}


def digits(text: str, lang: str) -> str:
    """The text with ASCII digits as that language writes them."""
    return text.translate(_TABLES[lang]) if lang in _TABLES else text


def month_in_words(year: int, month: int, calendar: str, lang: str) -> str:
    return digits(f"{MONTHS[lang][calendar][month - 1]} {year}", lang)


def day_in_words(day: date, calendar: str, lang: str) -> str:
    """Like "2 Safar 1436"; "" where that calendar's table ends."""
    found = civil(day, calendar)
    return digits(f"{found[2]} ", lang) + month_in_words(found[0], found[1], calendar, lang) if found else ""


def edtf_in_words(words: Words, lang: str, say: Say) -> str:
    """An uncertain date, as `Edtf.words` gives it. say: translates SENTENCES."""
    return " ".join(_phrase(code, args, lang, say) for code, *args in words)


def _phrase(code: str, args: Sequence[str], lang: str, say: Say) -> str:
    match code, args:
        case "year", [year]:
            return digits(year, lang)
        case "month" | "day", [written]:
            return _date(written, lang)
        case "time", [day, clock, offset]:
            zone = {"": "", "Z": " UTC"}.get(offset, f" UTC{offset}")
            return f"{_date(day, lang)} \u2066{digits(clock, lang)}{zone}\u2069"
        case "season", [name, where, year]:
            season = say(SENTENCES[name]).format(year=digits(year, lang))
            return f"{season} {say(SENTENCES[where])}" if where else season
        case "half" | "third" | "quarter", [which, year]:
            return say(SENTENCES[f"{code} {which}"]).format(year=digits(year, lang))
        case _, [written]:
            return say(SENTENCES[code]).format(year=digits(written, lang), date=_date(written, lang))
    return say(SENTENCES[code])


def _date(written: str, lang: str) -> str:
    """YYYY, YYYY-MM or YYYY-MM-DD."""
    parts = [int(part) for part in written.split("-")]
    if len(parts) == 3:
        return day_in_words(date(*parts), "gregorian", lang)
    return month_in_words(parts[0], parts[1], "gregorian", lang) if len(parts) == 2 else digits(written, lang)
