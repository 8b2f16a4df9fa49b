"""What is sure of when something was, and nothing more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backchannel.letters.spans import ANY_TIME, TimeSpan, before, hull, in_time, intersection, shift

seconds = st.integers(-50, 50)


@st.composite
def spans(draw):
    one, other = sorted((draw(seconds), draw(seconds)))
    return TimeSpan(draw(st.sampled_from([one, None])), draw(st.sampled_from([other, None])))


def inside(span):
    """Some instants that the span leaves possible."""
    low = -60 if span.earliest is None else span.earliest
    high = 60 if span.latest is None else span.latest
    return range(low, high + 1)


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        (TimeSpan(1, 4), TimeSpan(5, 9), True),
        (TimeSpan(5, 9), TimeSpan(1, 4), False),
        (TimeSpan(1, 5), TimeSpan(5, 9), None),
        (TimeSpan.at(5), TimeSpan.at(5), None),
        (TimeSpan(None, 4), TimeSpan(5, None), True),
        (TimeSpan(1, None), TimeSpan(5, 9), None),
        (ANY_TIME, TimeSpan(5, 9), None),
    ],
)
def test_two_instants_are_ordered_only_if_their_spans_do_not_overlap(one, other, answer):
    """A shared second, or a missing bound, leaves the order open."""
    assert before(one, other) is answer


@pytest.mark.parametrize(
    ("event", "limit", "answer"),
    [
        (TimeSpan.at(5), TimeSpan.at(5), True),
        (TimeSpan.at(6), TimeSpan.at(5), False),
        (TimeSpan(1, 6), TimeSpan.at(5), None),
        (TimeSpan(1, 5), TimeSpan(5, 9), True),
        (TimeSpan(None, 5), TimeSpan(5, None), True),
        (TimeSpan(1, None), TimeSpan.at(5), None),
        (TimeSpan(6, None), TimeSpan.at(5), False),
        (TimeSpan(6, None), TimeSpan(1, None), None),
    ],
)
def test_the_last_second_of_a_limit_is_in_time(event, limit, answer):
    """Ends are included: what happens in the last second is not late."""
    assert in_time(event, limit) is answer


@given(spans(), spans())
def test_an_answer_holds_for_whatever_the_instants_were(one, other):
    """True and False hold for every instant the spans allow; the order of the question only turns the answer."""
    answer, timely = before(one, other), in_time(one, other)
    if answer is not None:
        assert {a < b for a in inside(one) for b in inside(other)} == {answer}
        assert before(other, one) is (not answer)
    else:
        assert before(other, one) is None
    if timely is not None and None not in (one.latest, other.earliest):
        assert {a <= b for a in inside(one) for b in inside(other)} == {timely}


@given(spans(), spans(), spans())
def test_statements_meet_in_what_all_leave_possible(one, other, third):
    """An intersection is what every statement allows, in any order; none if they contradict each other."""
    met = intersection(one, other, third)
    shared = set(inside(one)) & set(inside(other)) & set(inside(third))
    assert (set(inside(met)) if met else set()) == shared
    assert met == intersection(third, one, other)
    assert intersection() == ANY_TIME


@given(spans(), spans(), st.integers(-9, 9))
def test_a_hull_holds_both_and_a_shift_moves_both_ends(one, other, far):
    assert set(inside(hull(one, other))) >= set(inside(one)) | set(inside(other))
    assert intersection(one, hull(one, other)) == one
    assert shift(shift(one, far), -far) == one


def test_a_span_does_not_end_before_it_begins():
    with pytest.raises(ValueError, match="end before"):
        TimeSpan(2, 1)
