"""The language gate: the goal on the committed pairs, and what each rule is for."""

import pytest
from gate_pairs import BEGINS, ENDS, PAGE, pairs, rate, table

from backchannel.desk.gate_tables import gate_tables
from backchannel.terms.gate import Name, compare, compare_texts, compare_versions


def found(
    source: str, source_lang: str, target: str, target_lang: str, *names: Name
) -> list[tuple[str, str, str, str]]:
    findings = compare(gate_tables(), source, source_lang, target, target_lang, names)
    return [(one.category, one.code, one.source, one.target) for one in findings]


def test_there_are_enough_pairs_of_every_category_and_direction():
    every = pairs()
    assert len(every) >= 300
    assert len({pair.clause for pair in every}) >= 29
    faults = [pair for pair in every if pair.kind]
    categories = {
        "number",
        "amount",
        "date",
        "time",
        "duration",
        "percent",
        "ordinal",
        "party",
        "negation",
        "strength",
        "limiter",
    }
    assert categories <= {pair.kind for pair in faults}
    directions = {(pair.source_lang, pair.target_lang) for pair in faults}
    assert directions == {(a, b) for a in ("en", "ar", "fa") for b in ("en", "ar", "fa") if a != b}


def test_of_a_hundred_faults_ninety_five_are_stopped():
    faults = rate([pair for pair in pairs() if pair.kind])
    assert faults.stopped >= 0.95 * faults.of, str(faults)


def test_of_a_hundred_faithful_pairs_three_are_stopped_at_most():
    faithful = rate([pair for pair in pairs() if not pair.kind])
    assert faithful.stopped <= 0.03 * faithful.of, str(faithful)


def test_the_guide_gives_the_rates_as_measured():
    page = PAGE.read_text(encoding="utf-8")
    assert page.split(BEGINS)[1].split(ENDS)[0] == table(), "run: python tests/gate_pairs.py --write"


@pytest.mark.parametrize(
    "other",
    [
        "3 آذر 1393 هجري شمسي",
        "2 صفر 1436",
        "24 تشرين الثاني 2014",
        "24 نونبر 2014",
        "الرابع والعشرين من نوفمبر سنة 2014",
        "2014/11/24",
    ],
)
def test_one_day_in_three_calendars(other):
    said = "The offer lapses on 24 November 2014."
    assert found(said, "en", f"ينتهي العرض في {other}.", "ar") == []
    wrong = found(said.replace("24", "25"), "en", f"ينتهي العرض في {other}.", "ar")
    assert [(one[0], one[2]) for one in wrong] == [("date", "25 November 2014")]


@pytest.mark.parametrize(
    ("english", "arabic", "persian"),
    [
        ("forty-five", "خمسة وأربعين", "چهل‌وپنج"),
        ("45", "٤٥", "۴۵"),
        ("1,250", "١٬٢٥٠", "هزار و دویست و پنجاه"),
        ("two and a half million", "مليونين ونصف المليون", "۲٫۵ میلیون"),
        ("two hundred", "مئتي", "دویست"),
        ("eleven", "أحد عشر", "یازده"),
        ("three quarters", "ثلاثة أرباع", "سه‌چهارم"),
    ],
)  # fmt: skip
def test_a_number_is_the_same_in_words_and_digits(english, arabic, persian):
    said = {
        "en": f"{english} of the trucks passed.",
        "ar": f"عبرت {arabic} من الشاحنات.",
        "fa": f"{persian} از کامیون‌ها گذشتند.",
    }
    for one, other in (("en", "ar"), ("en", "fa"), ("ar", "fa")):
        assert found(said[one], one, said[other], other) == []
    assert [one[:2] for one in found("46 of the trucks passed.", "en", said["fa"], "fa")] == [("number", "changed")]


@pytest.mark.parametrize(
    ("english", "arabic"),
    [
        ("They may not leave unless the guard agrees.", "لا يجوز لهم المغادرة إلا إذا وافق الحارس."),
        ("They may not leave unless the guard agrees.", "لا يجوز لهم المغادرة إذا لم يوافق الحارس."),
        ("They may leave only with the guard's consent.", "لا يجوز لهم المغادرة إلا بموافقة الحارس."),
        ("They may not leave without the guard's consent.", "لا يجوز لهم المغادرة إلا بموافقة الحارس."),
        ("They shall not leave.", "يُحظر عليهم المغادرة."),
        ("They shall refrain from leaving.", "يمتنعون عن المغادرة."),
        ("They shall not leave before the guard arrives.", "لا يغادرون إلا بعد وصول الحارس."),
        ("No more than ten may leave.", "لا يجوز أن يغادر أكثر من عشرة."),
    ],
)  # fmt: skip
def test_two_ways_to_say_one_thing_are_no_finding(english, arabic):
    assert found(english, "en", arabic, "ar") == []
    positive = (
        arabic.replace("لا يجوز", "يجوز")
        .replace("لا يغادرون", "يغادرون")
        .replace("يُحظر عليهم", "عليهم")
        .replace("يمتنعون عن", "يواصلون")
    )
    assert found(english, "en", positive, "ar") != []


@pytest.mark.parametrize(
    ("english", "arabic", "reversed_"),
    [
        ("Only holders of a permit may enter.", "لا يدخل إلا من يحمل تصريحاً.", "يدخل من يحمل تصريحاً."),
        ("No one who does not have a permit may enter.", "لا يدخل أحد دون تصريح.", "يدخل كل أحد دون تصريح."),
        ("At most three may attend.", "يقتصر الحضور على ثلاثة.", "يحضر ثلاثة على الأقل."),
        ("Payment falls due within 14 days of receipt.", "يجب ألا يتأخر الدفع عن 14 يوماً.", "يُدفع بعد 14 يوماً."),
        ("They need not answer.", "ليس عليهم أن يجيبوا.", "لا يجوز لهم أن يجيبوا."),
        ("The sum shall be repaid.", "سيُسدَّد المبلغ.", "قد يُسدَّد المبلغ."),
        ("You are advised to leave.", "ننصحكم بالمغادرة.", "عليكم أن تغادروا."),
    ],
)  # fmt: skip
def test_free_renderings_pass_and_what_reverses_them_does_not(english, arabic, reversed_):
    assert found(english, "en", arabic, "ar") == []
    assert found(english, "en", reversed_, "ar") != []


def test_what_one_side_says_in_words_alone_is_no_difference_until_the_other_has_something_in_its_place():
    assert found("A third of the fuel came.", "en", "وصل جزء من الوقود.", "ar") == []
    assert found("A third of the fuel came.", "en", "وصل ربع الوقود.", "ar") != []
    assert found("12 lorries came.", "en", "وصلت شاحنات.", "ar") != []


def test_persons_with_titles_are_met_by_their_consonants():
    said = "Judge Moreau presides; Mr. Tahiri takes the minutes."
    assert found(said, "en", "ریاست با قاضی مورو است؛ آقای طاهری صورت‌جلسه می‌نویسد.", "fa") == []
    assert found(said, "en", "ریاست با آقای طاهری است؛ قاضی مورو صورت‌جلسه می‌نویسد.", "fa")[0][:2] == (
        "party",
        "swapped",
    )


def test_a_word_that_is_also_a_name_counts_only_where_the_other_side_names_it():
    assert found("They are safe.", "en", "آنان در امان‌اند.", "fa") == []
    assert found("Two Turkish observers stay.", "en", "دو ناظر ترک می‌مانند.", "fa") == []


def test_spellings_do_not_matter():
    assert found("لا يجوز إدخال الأسلحة قبل خمسة عشر يوماً", "ar", "لا يجوز ادخال الاسلحه قبل خمسه عشر يوما", "ar") == []
    assert found("طرفین نمی‌توانند ظرف ۳۰ روز", "fa", "طرفين نمي توانند ظرف 30 روز", "fa") == []


def test_alef_with_its_hamza_below_or_above_is_not_one_word():
    assert found("on condition that they do not leave", "en", "بشرط ألا يغادروا", "ar") == []
    assert found("on condition that they leave", "en", "بشرط ألا يغادروا", "ar") == [("negation", "added", "", "ألا")]


def test_a_name_is_known_by_the_spellings_given():
    ferry = Name("ferry", {"en": ["Ferry House"], "ar": ["بيت العبّارة"], "fa": ["خانهٔ کرجی"]})
    north = Name("north", {"en": ["North Office"], "ar": ["مكتب الشمال"], "fa": ["دفتر شمال"]})
    assert found("Ferry House keeps the key.", "en", "يحتفظ بيت العبارة بالمفتاح.", "ar", ferry, north) == []
    assert found("Ferry House keeps the key.", "en", "يحتفظ مكتب الشمال بالمفتاح.", "ar", ferry, north) == [
        ("party", "changed", "Ferry House", "مكتب الشمال")
    ]
    assert found("Ferry House pays North Office.", "en", "مكتب الشمال يدفع لبيت العبارة.", "ar", ferry, north)[0][
        :2
    ] == ("party", "swapped")


def test_a_finding_quotes_what_stands_there():
    assert found("The truce lasts ninety (90) days.", "en", "تستمر الهدنة تسعة أيام.", "ar") == [
        ("duration", "changed", "ninety (90) days", "تسعة أيام")
    ]
    assert found("They should leave.", "en", "يجب أن يغادروا.", "ar") == [("strength", "changed", "should", "يجب")]


def test_a_clause_missing_or_merged_is_named():
    english = {
        "T1": "The guns fall silent on 1 March 2026.",
        "T2": "Each side releases fifty prisoners.",
        "T3": "The crossing at Basra opens.",
    }
    persian = {
        "T1": "توپ‌ها در ۱۰ اسفند ۱۴۰۴ خاموش می‌شوند.",
        "T2": "هر طرف پنجاه زندانی را آزاد می‌کند.",
        "T3": "گذرگاه بصره باز می‌شود.",
    }
    assert compare_versions(gate_tables(), {"en": english, "fa": persian}) == ()
    (one,) = compare_versions(gate_tables(), {"en": english, "fa": {key: persian[key] for key in ("T1", "T3")}})
    assert (one.source_label, one.finding.category, one.finding.code) == ("T2", "clause", "missing")
    merged = {"T1": persian["T1"], "T2": f"{persian['T2']} {persian['T3']}"}
    codes = {
        (one.source_label, one.finding.category, one.finding.code)
        for one in compare_versions(gate_tables(), {"en": english, "fa": merged})
    }
    assert ("T3", "clause", "merged") in codes


def test_paragraphs_without_labels_are_aligned():
    english = "\n\n".join(
        ("The guns fall silent on 1 March 2026.", "Each side releases fifty prisoners.", "Basra opens at 06:00.")
    )
    persian = "\n\n".join(
        ("توپ‌ها در ۱۰ اسفند ۱۴۰۴ خاموش می‌شوند.", "هر طرف پنجاه زندانی را آزاد می‌کند.", "بصره ساعت ۶ صبح باز می‌شود.")
    )
    assert compare_texts(gate_tables(), english, "en", persian, "fa") == ()
    first, _, third = persian.split("\n\n")
    (one,) = compare_texts(gate_tables(), english, "en", f"{first}\n\n{third}", "fa")
    assert (one.source_label, one.target_label, one.finding.code) == ("2", "", "missing")


def test_the_same_lists_give_the_same_findings_and_say_their_version():
    tables = gate_tables()
    assert set(tables.versions) == {"calendar", "currencies", "limits", "names", "numbers", "opposites", "units"}
    source, target = (
        "Not before 5 p.m. in Oslo, unless Iraq pays 5 dollars.",
        "لا قبل السادسة مساء في مسقط إذا دفعت إيران 6 يورو.",
    )
    first = compare(tables, source, "en", target, "ar")
    assert first
    assert all(compare(tables, source, "en", target, "ar") == first for _ in range(3))


def test_another_language_is_refused():
    with pytest.raises(KeyError):
        compare(gate_tables(), "a", "en", "b", "de")
