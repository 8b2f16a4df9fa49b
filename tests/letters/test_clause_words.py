"""No clause or act that can be sent is without words, and none of its values is left out of them."""

from dataclasses import replace
from itertools import product

import pytest

from backchannel.letters.clause_words import Names, act_line, duration, facts, shown, warnings
from backchannel.letters.clauses import (
    ACTS,
    COUNTS,
    IN_FORCE,
    KINDS,
    LINKS,
    OUTCOMES,
    Act,
    Amount,
    Clause,
    Link,
    Provision,
    Ref,
)
from backchannel.letters.dates import Moment
from backchannel.letters.limits import Whole

US, THEM, THIRD, HERE = b"u" * 32, b"t" * 32, b"3" * 32, b"h" * 32
DATE = Moment(1_772_375_400, "Asia/Tehran", 210, "gregorian", "2026-03-01T18:00")
NAMES = Names(
    {US: "Us", THEM: "Them", THIRD: "Third"}.__getitem__, lambda letter: "letter 12", lambda date: "a day", str
)
TEXT = (("en", "Text."), ("fa", "متن."))
UNDERTAKING = Clause("T1", "undertaking", TEXT, bound=US, towards=(THEM,))
ON = Ref(b"x" * 32, "T3")


def test_who_is_bound_to_what_towards_whom_is_said():
    full = replace(
        UNDERTAKING, doing=False, behalf=THIRD, how="each", dates=(("due", DATE),), amounts=(Amount("5.50", "USD"),)
    )
    assert facts(full, NAMES) == [
        "Us is bound not to do this", "on behalf of Third", "towards Them", "each time", "due: a day",
        "amount: 5.50 USD",
    ]  # fmt: skip
    assert facts(UNDERTAKING, NAMES)[0] == "Us is bound to do this"


@pytest.mark.parametrize(("kind", "outcome"), [*product(LINKS, OUTCOMES)])
def test_what_a_clause_hangs_on_is_said(kind, outcome):
    (line,) = facts(replace(UNDERTAKING, bound=None, towards=(), links=(Link(kind, ON, outcome),)), NAMES)
    assert "T3 of letter 12" in line
    others = {facts(replace(UNDERTAKING, links=(Link(kind, ON, other),)), NAMES)[-1] for other in OUTCOMES}
    assert len(others) == (1 if kind in ("limits", "replaces") else len(OUTCOMES))


def test_whose_word_a_condition_waits_for_is_said_and_what_silence_means():
    condition = Clause("T2", "condition", TEXT)
    own = {says: tuple(facts(replace(condition, declares=says), NAMES)) for says in ("either", "jointly")}
    third = {
        silent: tuple(facts(replace(condition, declares=THIRD, silent=silent, benefits=US), NAMES))
        for silent in ("jointly", "either", "met", "not_met")
    }
    assert len({*own.values(), *third.values()}) == 6
    assert all(
        lines[:2] == ("for the benefit of Us", "whether it is met is for Third to say") for lines in third.values()
    )


PROVISIONS = [
    *(Provision("counts_on", value) for value in COUNTS),
    *(Provision("in_force", value) for value in IN_FORCE if value != "date"),
    Provision("prevails", "en"),
    Provision("prevails", "equal"),
    Provision("until_withdrawn"),
    Provision("zones", ("UTC", "Asia/Tehran")),
    Provision("usual_time", 86_400),
    Provision("silence_is_consent", None, Ref(None, "P9")),
]


def test_every_rule_of_the_exchange_is_said_in_words_of_its_own():
    said = [facts(Clause("P1", "provision", TEXT, provision=rule), NAMES) for rule in PROVISIONS]
    assert all(len(lines) == 1 for lines in said)
    assert len({lines[0] for lines in said}) == len(PROVISIONS)
    for value in ("UTC, Asia/Tehran", "1 days", "P9"):
        assert any(value in lines[0] for lines in said)
    for rule in (Provision("lapses_at"), Provision("irrevocable_until"), Provision("in_force", "date")):
        clause = Clause("P1", "provision", TEXT, provision=rule, dates=((rule.rule, DATE),))
        assert len(facts(clause, NAMES)) == 1  # the date, and nothing beside it


@pytest.mark.parametrize("kind", ACTS)
def test_every_act_is_said_with_all_it_holds(kind):
    act = Act(kind, ON, "in_part", "the first half", DATE, "a strike", DATE, "due", b"g" * 16, (US, THEM))
    line = act_line(act, NAMES)
    assert kind == "propose" or "T3 of letter 12" in line
    for value in (
        "met or kept in part",
        "the first half",
        "2026-03-01T18:00 Asia/Tehran",
        "due: a day",
        "Us, Them",
        "a strike",
    ):
        assert value in line
    bare = {act_line(Act(one, Ref(b"x" * 32)), NAMES) for one in ACTS}
    assert len(bare) == len(ACTS)
    assert act_line(Act("dispute", Ref(b"x" * 32, None, 2)), NAMES).endswith("act 2 of letter 12")


def test_what_an_act_quotes_cannot_turn_the_line_around():
    line = act_line(Act("waive", ON, ground="a\u202eb", part="c\x1b[2J"), NAMES)
    assert "\u202e" not in line
    assert "\x1b" not in line


def test_a_clause_that_is_not_here_is_named_and_never_left_out():
    """As above, in a letter not read here, not here at all, or a whole letter: four heads, and no text."""
    elsewhere = Ref(b"x" * 32, "R1")
    inside = (
        Whole(Ref(HERE, "T1"), None, 0, again=True),
        Whole(elsewhere, None, 12),
        Whole(elsewhere, None),
        Whole(Ref(b"x" * 32), None),
    )
    found = shown(Whole(Ref(HERE, "T1"), UNDERTAKING, 7, limited_by=inside), NAMES)
    assert found.head == "T1 undertaking (in entry 7)"
    assert [one.head for one in found.limited_by] == [
        "as above: T1",
        "clause R1 in entry 12, not read here: read it with that letter",
        "clause R1 of letter 12, which is not here",
        "all that letter 12 says",
    ]
    assert all(one.text_in("en") is None for one in found.limited_by)
    assert (found.text_in("fa"), found.text_in("ar")) == (("fa", "متن."), ("en", "Text."))


def test_every_kind_of_clause_has_a_name():
    heads = {shown(Whole(Ref(HERE, "T1"), Clause("T1", kind, TEXT), 0), NAMES).head for kind in KINDS}
    assert len(heads) == len(KINDS)


@pytest.mark.parametrize(
    ("seconds", "words"), [(172_800, "2 days"), (90_000, "25 hours"), (90 * 60, "90 minutes"), (61, "61 seconds")]
)
def test_a_time_is_said_in_the_largest_unit_that_fits(seconds, words):
    assert duration(seconds, str) == words


def test_a_letter_that_cannot_mean_what_it_says_is_shown_with_a_warning():
    circle = [
        replace(UNDERTAKING, number=number, links=(Link("only_if", Ref(None, other), "kept"),))
        for number, other in (("T1", "T2"), ("T2", "T1"))
    ]
    both = [Act("accept", Ref(b"x" * 32)), Act("decline", Ref(b"x" * 32))]
    waiting, contradicting = warnings(circle, both, NAMES)
    assert waiting == "T1, T2 wait for each other: none of them would ever hold"
    assert contradicting == "this letter contradicts itself: accepts letter 12 / declines letter 12"
