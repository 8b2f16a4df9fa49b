"""Uncertain dates in words: each of the ways in which one can be known is said, in the reader's digits."""

from datetime import date

import pytest

from backchannel.letters.edtf import parse_edtf
from backchannel.letters.spoken_dates import day_in_words, edtf_in_words


@pytest.mark.parametrize(
    ("written", "english", "persian"),
    [
        ("2014", "2014", "۲۰۱۴"),
        ("2014-11", "November 2014", "نوامبر ۲۰۱۴"),
        ("2014-11-06", "6 November 2014", "۶ نوامبر ۲۰۱۴"),
        ("2014-11-06T18:00:00", "6 November 2014 \u206618:00:00\u2069", "۶ نوامبر ۲۰۱۴ \u2066۱۸:۰۰:۰۰\u2069"),
        ("2014-11-06T18:00:00Z", "6 November 2014 \u206618:00:00 UTC\u2069", "۶ نوامبر ۲۰۱۴ \u2066۱۸:۰۰:۰۰ UTC\u2069"),
        (
            "2014-11-06T18:00:00+03:30",
            "6 November 2014 \u206618:00:00 UTC+03:30\u2069",
            "۶ نوامبر ۲۰۱۴ \u2066۱۸:۰۰:۰۰ UTC+03:30\u2069",
        ),
        ("2014-21", "spring of 2014", "spring of ۲۰۱۴"),
        ("2014-25", "spring of 2014 (northern)", "spring of ۲۰۱۴ (northern)"),
        ("2014-32", "winter of 2014 (southern)", "winter of ۲۰۱۴ (southern)"),
        ("2014-35", "the third quarter of 2014", "the third quarter of ۲۰۱۴"),
        ("2014-37", "the first four months of 2014", "the first four months of ۲۰۱۴"),
        ("2014-41", "the second half of 2014", "the second half of ۲۰۱۴"),
        ("201X", "the ten years from 2010", "the ten years from ۲۰۱۰"),
        ("20XX", "the hundred years from 2000", "the hundred years from ۲۰۰۰"),
        ("2014-XX", "a month of 2014", "a month of ۲۰۱۴"),
        ("2014-11-XX", "a day of November 2014", "a day of نوامبر ۲۰۱۴"),
        ("2014?", "2014 (uncertain)", "۲۰۱۴ (uncertain)"),
        ("2014-11~", "November 2014 (about)", "نوامبر ۲۰۱۴ (about)"),
        ("2014-11-06%", "6 November 2014 (uncertain, about)", "۶ نوامبر ۲۰۱۴ (uncertain, about)"),
        ("2014/2015", "from 2014 to 2015", "from ۲۰۱۴ to ۲۰۱۵"),
        ("../2014", "open beginning to 2014", "open beginning to ۲۰۱۴"),
        ("2014/", "from 2014 end not known", "from ۲۰۱۴ end not known"),
        ("{2014,2015}", "all of: 2014 2015", "all of: ۲۰۱۴ ۲۰۱۵"),
    ],
)
def test_each_way_of_knowing_a_date_has_its_words(written, english, persian):
    words = parse_edtf(written).words
    assert edtf_in_words(words, "en", str) == english
    assert edtf_in_words(words, "fa", str) == persian


def test_a_day_in_words_goes_as_far_as_its_calendar():
    assert day_in_words(date(2014, 11, 24), "umm-al-qura", "en") == "2 Safar 1436"
    assert day_in_words(date(2014, 11, 24), "jalali", "fa") == "۳ آذر ۱۳۹۳"
    assert day_in_words(date(2014, 11, 24), "gregorian", "ar") == "٢٤ نوفمبر ٢٠١٤"
    assert day_in_words(date(2200, 1, 1), "umm-al-qura", "en") == ""
