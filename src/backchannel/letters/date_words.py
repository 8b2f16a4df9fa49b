"""Words with which drafts count time, in English, Arabic and Persian.   Spec: docs/spec/dates.md, "In drafts".

Each stands for one token of the grammar in deadline_text.py. Letters are folded first: ي and ك as Persian ی and ک.
"""

from typing import Final

# Token by token; several words are one phrase.
_UNITS: Final = {
    "minutes": "minute minutes; دقیقه; دقائق دقیقة دقايق",
    "hours": "hour hours; ساعت; ساعة ساعات",
    "days": "day days; روز; یوم أیام ایام یوما یوماً",
    "weeks": "week weeks; هفته; أسبوع أسابیع أسبوعا أسبوعاً اسبوع اسابیع",
    "months": "month months; ماه; شهر أشهر اشهر شهور شهرا شهراً",
    "years": "year years; سال; سنة سنوات سنین عام أعوام عاما عاماً",
}
_DUALS: Final = {
    "minutes": "دقیقتان دقیقتین",
    "hours": "ساعتان ساعتین",
    "days": "یومان یومین",
    "weeks": "أسبوعان أسبوعین",
    "months": "شهران شهرین",
    "years": "سنتان سنتین عامان عامین",
}
_NUMBERS: Final = (
    "one a an یک", "two دو", "three سه ثلاثة ثلاث", "four چهار أربعة أربع", "five پنج خمسة خمس", "six شش ستة ست",
    "seven هفت سبعة سبع", "eight هشت ثمانیة ثمانی ثمان", "nine نه تسعة تسع", "ten ده عشرة عشر", "eleven یازده",
    "twelve دوازده", "thirteen سیزده", "fourteen چهارده", "fifteen پانزده", "sixteen شانزده", "seventeen هفده",
    "eighteen هجده", "nineteen نوزده", "twenty بیست عشرون عشرین",
)  # fmt: skip
_TENS: Final = {
    30: "thirty سی ثلاثون ثلاثین", 40: "forty چهل أربعون أربعین", 50: "fifty پنجاه خمسون خمسین",
    60: "sixty شصت ستون ستین", 90: "ninety نود تسعون تسعین",
}  # fmt: skip
_PHRASES: Final = {
    "unit:business-days": ("business day", "business days", "working day", "working days", "روز کاری", "یوم عمل",
                           "أیام عمل"),
    "from": ("from", "after", "از", "پس از", "بعد از", "من", "بعد", "ابتداء من"),
    "event:handover": ("handover", "handing over", "تحویل", "تسلیم"),
    "event:leaving": ("leaving", "خروج", "مغادرة"),
    "event:acceptance": ("acceptance", "پذیرش", "قبول"),
    "event:entry-into-force": ("entry into force", "entry-into-force", "لازم‌الاجرا شدن", "دخول حیز النفاذ"),
    "event:met": ("met", "meeting", "تحقق"),
    "this": ("this letter", "این نامه", "هذه الرسالة"),
    "of": ("of", "clause", "condition", "بند", "شرط", "البند", "الشرط"),
    "at": ("at", "ساعت", "الساعة"),
    "month-end:last": ("else the last day",),
    "month-end:next": ("else the next day",),
    "calendar:gregorian": ("gregorian", "میلادی"),
    "calendar:jalali": ("jalali", "جلالی", "شمسی"),
    "calendar:umm-al-qura": ("umm-al-qura", "أم القرى", "ام القری", "ام‌القری"),
    "and": ("and", "و"),
    "lead": ("open", "for", "within", "in", "until", "by", "during", "before", "on", "the", "ظرف", "خلال", "لمدة",
             "تا", "برای", "طی", "حتى", "حتی", "مدت"),
}  # fmt: skip
# Months that a writer may name; a day with one of them is never taken, only laid out. Numbers are of the calendar.
MONTHS: Final = {
    "gregorian": (
        "january jan ژانویه ینایر", "february feb فوریه فبرایر شباط", "march mar مارس آذار",
        "april apr آوریل أبریل نیسان",
        "may مه مای مایو أیار", "june jun ژوئن یونیو حزیران", "july jul ژوئیه یولیو تموز", "august aug اوت أغسطس آب",
        "september sept sep سپتامبر سبتمبر أیلول", "october oct اکتبر أکتوبر", "november nov نوامبر نوفمبر",
        "december dec دسامبر دیسمبر",
    ),
    "jalali": (
        "farvardin فروردین", "ordibehesht اردیبهشت", "khordad خرداد", "tir تیر", "mordad مرداد", "shahrivar شهریور",
        "mehr مهر", "aban آبان", "azar آذر", "dey دی", "bahman بهمن", "esfand اسفند",
    ),
    "umm-al-qura": (
        "muharram محرم", "safar صفر", "rabi-i", "rabi-ii", "jumada-i", "jumada-ii", "rajab رجب", "shaban شعبان",
        "ramadan رمضان", "shawwal شوال", "dhu-al-qada", "dhu-al-hijja",
    ),
}  # fmt: skip


def _tokens() -> dict[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for token, phrases in _PHRASES.items():
        found |= {tuple(phrase.split()): (token,) for phrase in phrases}
    for unit, words in _UNITS.items():
        found |= {(word,): (f"unit:{unit}",) for word in words.replace(";", "").split()}
    for unit, words in _DUALS.items():
        found |= {(word,): ("count:2", f"unit:{unit}") for word in words.split()}
    for number, words in (*enumerate(_NUMBERS, 1), *_TENS.items()):
        found |= {(word,): (f"count:{number}",) for word in words.split()}
    return found


TOKENS: Final = _tokens()
LONGEST: Final = max(map(len, TOKENS))
# Persian and Arabic words do not say whose months and years are meant.
ENGLISH: Final = frozenset(f"{unit[:-1]}{s}" for unit in _UNITS for s in ("", "s"))
EVENT_WORDS: Final = {
    "handover": "handover of this letter",
    "leaving": "leaving of this letter",
    "acceptance": "acceptance of this letter",
    "entry-into-force": "entry into force of this letter",
}
