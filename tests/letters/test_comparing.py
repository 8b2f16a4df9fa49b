"""What two offices hold, set side by side: every number in its place, and no walk over what the other side claims."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backchannel.errors import Refused
from backchannel.letters.comparing import (
    Claim,
    Compared,
    Doubt,
    Letter,
    Search,
    Series,
    View,
    claims_of,
    compare,
    doubts,
    heard,
    in_common,
    runs,
    spoken,
)
from backchannel.letters.series import MOST_NUMBER, START, Span, running_hash

SERIES = Series(b"n" * 32, b"e" * 16)
numbers = st.sets(st.integers(1, 40))


def within(given: tuple[tuple[int, int], ...]) -> set[int]:
    return {n for first, last in given for n in range(first, last + 1)}


@given(numbers, numbers)
def test_what_is_read_out_is_heard_as_it_was_meant(held, burnt):
    """In digits of any script and with any spaces."""
    claim = Claim(runs(held), runs(burnt - held))
    line = f"48213: {spoken(claim)}"
    assert heard(line) == ("48213", claim)
    assert heard(line.replace(" ", "").translate(str.maketrans("0123456789,", "۰۱۲۳۴۵۶۷۸۹،"))) == ("48213", claim)


@pytest.mark.parametrize(
    "line",
    ["", "4821: 1", "48213 1-3", "48213: 3-1", "48213: 1, 2", "48213: 0", "48213: 1-", "48213: 1 / 2 / 3", "48213: x",
     f"48213: {MOST_NUMBER}", "48213: " + ", ".join(str(n) for n in range(1, 131, 2)), "48213: " + " " * 5_000],
)  # fmt: skip
def test_a_line_that_is_none_is_refused(line):
    """Runs that fall, touch or are more than 64, a number beyond all, another shape: it is read out again."""
    with pytest.raises(Refused) as caught:
        heard(line)
    assert caught.value.mark == "Q4"


@given(numbers, numbers, numbers, numbers, st.data())
def test_every_number_has_its_place_and_only_one(kept, burnt, claimed, claimed_burnt, data):
    """Held by both: the same, differing or not compared. Held by one: said so, unless the other burnt it."""
    burnt, claimed_burnt = burnt - kept, claimed_burnt - claimed
    here = {n: (b"%032d" % n,) for n in kept} | dict.fromkeys(burnt)
    theirs = {SERIES: Claim(runs(claimed), runs(claimed_burnt))}
    common = in_common({SERIES: here}, theirs)
    assert [one.number for one in common] == sorted(kept & claimed)
    found = [data.draw(st.sampled_from(["same", "differing", "unsure"])) for _ in common]
    same, differing = (
        [one for one, what in zip(common, found, strict=True) if what == it] for it in ("same", "differing")
    )
    (one,) = compare({SERIES: here}, theirs, same, differing)

    assert within(one.same) == {letter.number for letter in same}
    assert within(one.differing) == {letter.number for letter in differing}
    assert within(one.same + one.differing + one.unsure) == kept & claimed
    assert within(one.only_here) == kept - claimed - claimed_burnt
    assert within(one.only_there) == claimed - kept - burnt
    assert within(one.burnt_here) == burnt
    assert within(one.burnt_there) == claimed_burnt - burnt
    assert claims_of({SERIES: here}) == {SERIES: Claim(runs(kept), runs(burnt))}


def test_a_claim_of_all_numbers_costs_no_more_than_one():
    """Only what is here is walked."""
    theirs = {SERIES: Claim(((1, MOST_NUMBER - 1),))}
    here = {SERIES: {5: (b"x",), MOST_NUMBER - 2: (b"y",)}}
    assert in_common(here, theirs) == (Letter(SERIES, 5, (b"x",)), Letter(SERIES, MOST_NUMBER - 2, (b"y",)))
    (one,) = compare(here, theirs, in_common(here, theirs), ())
    assert one.only_there == ((1, 4), (6, MOST_NUMBER - 3), (MOST_NUMBER - 1, MOST_NUMBER - 1))


def test_a_series_that_one_side_does_not_know_is_compared_too():
    other = Series(b"s" * 32, b"f" * 16)
    found = compare({SERIES: {1: (b"x",)}}, {other: Claim(((2, 3),), ((5, 5),))}, (), ())
    assert [(one.only_here, one.only_there, one.burnt_there) for one in found] == [
        (((1, 1),), (), ()),
        ((), ((2, 3),), ((5, 5),)),
    ]


@settings(max_examples=200)
@given(st.lists(st.booleans(), max_size=70))
def test_every_difference_is_found_by_asking_for_ranges(differs):
    """The first one soon; to the end, no range is asked for whose answer is known."""
    search, questions, first_found = Search(len(differs)), 0, 0
    while search.asked is not None:
        first, last = search.asked
        assert first < last <= len(differs)
        search.answer(not any(differs[first:last]))
        questions += 1
        first_found = first_found or (questions if search.differing else 0)
    assert search.differing == [at for at, one in enumerate(differs) if one]
    assert search.same == [at for at, one in enumerate(differs) if not one]
    if search.differing:
        assert first_found <= math.ceil(math.log2(len(differs))) + 1


ME, EPOCH = b"m" * 32, b"e" * 16
OURS, THEIRS = Series(ME, EPOCH), Series(b"n" * 32, EPOCH)
IDS = {n: b"%032d" % n for n in range(1, 6)}
NONE = Span(b"x" * 16, 1, 0, START)


def span(first: int, last: int) -> Span:
    return Span(EPOCH, first, last, running_hash(IDS[n] for n in range(first, last + 1)))


def test_who_denies_what_its_own_letter_says_it_held_is_told_by_the_newest():
    """Each number once, by the newest letter that speaks of it; of letters without a view of that series, nothing."""
    views = [View(3, NONE, span(1, 2), False), View(9, NONE, span(1, 4), True), View(12, NONE, NONE, False)]
    found = Compared(OURS, only_here=((2, 5),))
    assert doubts(ME, [found], {OURS: IDS}, views) == (Doubt("denies", OURS, ((2, 4),), 9, True),)
    assert doubts(ME, [found], {OURS: IDS}, views[:1]) == (Doubt("denies", OURS, ((2, 2),), 3, False),)
    assert doubts(ME, [Compared(OURS)], {OURS: IDS}, views) == ()


def test_who_changes_what_its_own_letter_says_is_told_only_if_that_letter_agrees():
    """What it wrote is in `mine`. A letter whose running hash was another's says nothing of a change."""
    found = Compared(THEIRS, differing=((2, 2), (5, 5)))
    held = {THEIRS: IDS}
    views = [View(4, span(1, 3), NONE, False), View(7, span(1, 2), NONE, False)]
    assert doubts(ME, [found], held, views) == (Doubt("changed", THEIRS, ((2, 2),), 7, False),)
    assert doubts(ME, [found], held, [View(4, Span(EPOCH, 1, 3, bytes(32)), NONE, False)]) == ()
    assert doubts(ME, [Compared(OURS, differing=((2, 2),))], {OURS: IDS}, views) == ()  # theirs, not ours


def test_letters_that_were_never_written_or_heard_of_are_told():
    """Of ours this register knows all. Of theirs nothing is unheard of up to the highest that anything here names."""
    named = Compared(OURS, only_there=((4, 8),), burnt_there=((10, 10),))
    assert doubts(ME, [named], {OURS: IDS}, ()) == (Doubt("not-written", OURS, ((6, 8), (10, 10))),)
    named = Compared(THEIRS, only_there=((4, 8),), burnt_there=((10, 10),))
    assert doubts(ME, [named], {THEIRS: IDS}, ()) == (Doubt("unheard", THEIRS, ((6, 8), (10, 10))),)
    heard_of = [View(4, Span(EPOCH, 1, 7, bytes(32)), NONE, False)]
    assert doubts(ME, [named], {THEIRS: IDS}, heard_of) == (Doubt("unheard", THEIRS, ((8, 8), (10, 10))),)
    assert doubts(ME, [named], {THEIRS: {}}, ()) == (Doubt("unheard", THEIRS, ((4, 8), (10, 10))),)
    assert doubts(ME, [named], {}, ()) == ()  # a series of which nothing is here
    assert doubts(ME, [Compared(OURS, only_there=((2, 3),))], {OURS: IDS}, ()) == ()
