"""Items of the line of time, made from records by a function that knows no order of arrival."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backchannel.conveyance.tracking import Given, Word, track
from backchannel.letters.forms import FORMS
from backchannel.letters.series import Gap
from backchannel.letters.spans import ANY_TIME, TimeSpan
from backchannel.letters.spoken_dates import SENTENCES
from backchannel.terms import timeline as line
from backchannel.terms.timeline import Item, timeline, within
from backchannel.terms.timeline_catalog import CATALOG
from backchannel.terms.timeline_words import (
    CALENDARS,
    CERTAINTY,
    LEGEND,
    LINKS,
    MARKS,
    PAGE,
    STANDINGS,
    WHAT,
    WHEN,
    speaker,
)

ME, OTHER, CARRIER = (bytes([n]) * 32 for n in (1, 2, 3))
REF = bytes(32)


def word(event, at, *, by=CARRIER, proof="oral", entry=50):
    return Word(event, REF, by, at, "manual", (), proof, ME, OTHER, by, at + 10, entry)


def legs(*words, waited=None):
    given = Given(CARRIER, OTHER, REF, 1000, 0, "oral", waited)
    return [line.Leg(7, 8 if not at else 0, leg) for at, leg in enumerate(track(ME, given, words))]


RECORDS = [
    line.Written(7, 900, OTHER, 1, "letter", TimeSpan(900, 5000)),
    line.Came(9, OTHER, 1, "reply", 4000, 4500, 4600, read=4700, links=(("answers", 7),)),
    line.Came(12, OTHER, 3, "letter", 9000, 9000, 9100, marks=("unread",)),
    line.Missing(OTHER, Gap(2, 2), 4000, 9000),
    line.Gone(5, 800, "burnt", OTHER, True, 0),
    line.Said(7, OTHER, "x-RecallTooLate", 5200, "oral"),
    line.Charge(20, OTHER, CARRIER, None, 7000, 0, (("passed", 7100, b""),)),
    *legs(word("SubmissionAcceptance", 1100), word("ContentHandover", 2000, proof="signed")),
]


@given(st.randoms(use_true_random=False), st.integers(0, 5))
def test_the_order_of_records_and_repeats_change_nothing(random: Random, again):
    records = RECORDS + RECORDS[:again]
    random.shuffle(records)
    assert timeline(ME, records) == timeline(ME, RECORDS)


def test_a_letter_and_its_steps_stand_by_their_times():
    found = timeline(ME, RECORDS)
    assert [(one.what, one.of) for one in found if one.kind == "letter"] == [
        ("burnt", 0),
        ("written", 0),
        ("left", 0),
        ("reached", 9),
        ("opened", 9),
        ("read", 9),
        ("opened-there", 7),
        ("left", 0),
        ("reached", 12),
        ("opened", 12),
    ]
    (gap,) = [one for one in found if one.kind == "gap"]
    assert (gap.span, gap.numbers, gap.certainty) == (TimeSpan(4000, 9000), (2, 2), "unknown")
    assert found.index(gap) == next(at for at, one in enumerate(found) if one.entries == (12,)) - 1


def test_neighbours_whose_clocks_disagree_date_nothing():
    """The letter before a gap cannot have left after the one behind it: then nobody knows when the missing one did."""
    (gap,) = timeline(ME, [line.Missing(OTHER, Gap(2, 2), 9000, 4000)])
    assert gap.span == ANY_TIME


def test_a_hole_is_from_what_was_given_to_what_was_next_said():
    found = timeline(ME, legs(word("ContentHandover", 2000, by=OTHER)))
    (hole,) = [one for one in found if one.what == "hole"]
    assert (hole.span, hole.who, hole.to, hole.certainty) == (TimeSpan(1000, 2000), ME, CARRIER, "unknown")
    assert not [one for one in timeline(ME, legs()) if one.what == "hole"]  # nobody has spoken yet: no hole is claimed
    whole = timeline(ME, legs(word("SubmissionAcceptance", 1100), word("ContentHandover", 2000)))
    assert not [one for one in whole if one.what == "hole"]


def test_what_does_not_stand_is_shown_aside_with_why():
    taken, forged = word("SubmissionAcceptance", 1100), word("ContentHandover", 1200, proof="forged", entry=51)
    found = timeline(ME, legs(taken, forged, waited=3000))
    assert [(one.what, one.certainty, one.marks) for one in found] == [
        ("given", "here", ()),
        ("SubmissionAcceptance", "said", ()),
        ("ContentHandover", "aside", ("forged",)),
        ("waited", "here", ()),
    ]


def test_what_has_no_date_stands_last_and_in_no_span():
    unknown = Item("event", "event", ANY_TIME, "noted", text="Somewhen")
    found = timeline(ME, [unknown, *RECORDS])
    assert found[-1] == unknown
    assert unknown not in within(found, TimeSpan(0, 10_000))
    assert within(found, ANY_TIME) == found


@pytest.mark.parametrize("lang", ["ar", "fa"])
def test_every_word_is_in_every_language_with_the_same_places(lang):
    tables = (WHAT, CERTAINTY, LINKS, MARKS, STANDINGS, CALENDARS, WHEN, SENTENCES, PAGE, dict(LEGEND))
    shown = {sentence for table in tables for sentence in table.values()}
    shown |= {form.title for form in FORMS.values() if form.name not in ("empty", "conveyance", "evidence")}
    assert not shown - CATALOG[lang].keys()
    for english, own in CATALOG[lang].items():
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", own))
        assert re.search(r"[\u0600-\u06ff]", own)
    phrases = set(WHAT.values())
    assert len({CATALOG[lang][one] for one in phrases}) == len(phrases)  # what differs is said differently
    assert speaker(lang)("never seen") == "never seen"


def test_no_word_says_confirmed():
    assert not [one for one in CATALOG["ar"] if "confirm" in one.lower()]
