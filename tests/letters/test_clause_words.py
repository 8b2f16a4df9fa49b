"""Clauses and acts in words: whatever is typed beside a text is said, each thing in its own line, and nothing else."""

import pytest

from backchannel.letters.clause_words import Names, act_line, duration, reference, shown, warnings
from backchannel.letters.clauses import Act, Amount, Clause, Link, Provision, Ref
from backchannel.letters.dates import Moment
from backchannel.letters.limits import Whole

US, THEM, LETTER = b"u" * 32, b"t" * 32, b"l" * 32
DUE = Moment(1_416_891_599, "UTC", 0, "gregorian", "2014-11-25T04:59:59")
NAMES = Names(
    office=lambda one: {US: "West", THEM: "East"}[one],
    letter=lambda one: "entry 12" if one == LETTER else "a letter of East",
    when=lambda one: one.written,
    say=str,
)


def clause(**said) -> Clause:
    return Clause(**{"number": "T1", "kind": "undertaking", "text": (("en", "We agree."), ("fa", "می‌پذیریم."))} | said)


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ({}, []),
        (
            {"bound": US, "behalf": THEM, "towards": (THEM, US), "how": "throughout"},
            ["West is bound to do this", "on behalf of East", "towards East, West", "throughout"],
        ),
        ({"bound": THEM, "doing": False, "how": "each"}, ["East is bound not to do this", "each time"]),
        (
            {
                "dates": (("due", DUE),),
                "amounts": (Amount("1000000", "USD"),),
                "links": (Link("only_if", Ref(None, "T2")),),
            },
            ["due: 2014-11-25T04:59:59", "holds only once T2 is met", "amount: 1000000 USD"],
        ),
        ({"links": (Link("unless", Ref(LETTER, "T3"), "kept"),)}, ["does not hold once T3 of entry 12 is kept"]),
        ({"links": (Link("until", Ref(LETTER, "T3"), "broken"),)}, ["ends once T3 of entry 12 is broken"]),
        (
            {"links": (Link("in_return_for", Ref(LETTER, None, 2), "not_met"),)},
            ["in return for act 2 of entry 12: waits until that is not met"],
        ),
        ({"kind": "reservation", "links": (Link("limits", Ref(LETTER)),)}, ["limits entry 12"]),
        ({"links": (Link("replaces", Ref(US, "T9")),)}, ["replaces T9 of a letter of East"]),
        ({"kind": "condition"}, ["either side may say whether it is met"]),
        (
            {"kind": "condition", "benefits": US, "declares": "jointly"},
            ["for the benefit of West", "both sides say together whether it is met"],
        ),
        (
            {"kind": "condition", "declares": THEM, "silent": "not_met"},
            [
                "whether it is met is for East to say",
                "if that office stays silent past the date, it counts as not met",
            ],
        ),
        *(
            ({"kind": "provision", "provision": provision}, lines)
            for provision, lines in (
                (Provision("lapses_at"), []),
                (Provision("irrevocable_until"), []),
                (Provision("in_force", "date"), []),
                (Provision("in_force", "condition"), ["in force once its condition is met"]),
                (Provision("in_force", "acceptance"), ["in force once accepted"]),
                (Provision("counts_on", "leaving"), ["an acceptance counts when it leaves"]),
                (Provision("counts_on", "arrival"), ["an acceptance counts when it is handed over"]),
                (Provision("until_withdrawn"), ["open until withdrawn"]),
                (Provision("usual_time", 6 * 86_400), ["usual time on the way: 6 days"]),
                (Provision("zones", ("UTC", "Asia/Tehran")), ["dates go by these zones: UTC, Asia/Tehran"]),
                (Provision("prevails", "equal"), ["all languages are equal"]),
                (Provision("prevails", "fa"), ["what the text says in fa decides"]),
                (
                    Provision("silence_is_consent", None, Ref(LETTER, "P1")),
                    ["silence is consent, as agreed in P1 of entry 12"],
                ),
            )
        ),
    ],
)
def test_a_clause_says_all_that_is_typed_beside_it(said, lines):
    found = shown(Whole(Ref(None, "T1"), clause(**said)), NAMES)
    assert list(found.facts) == lines


@pytest.mark.parametrize(
    ("whole", "head"),
    [
        (Whole(Ref(None, "T1"), clause()), "T1 undertaking"),
        (Whole(Ref(LETTER, "R1"), clause(kind="exclusion"), 12), "R1 not covered (in entry 12)"),
        (Whole(Ref(LETTER, "R1"), None, 12), "clause R1 in entry 12, not read here: read it with that letter"),
        (Whole(Ref(LETTER, "R1"), None, 12, again=True), "as above: R1 in entry 12"),
        (Whole(Ref(US, "R1"), None), "clause R1 of a letter of East, which is not here"),
        (Whole(Ref(US), None), "all that a letter of East says"),
        (Whole(Ref(None, "T1"), None, again=True), "as above: T1"),
        (
            Whole(Ref(LETTER, "R1"), None, 12, deeper=True),
            "clause R1 in entry 12, and perhaps more: limits within limits, too many to be shown",
        ),
    ],
)
def test_a_clause_is_named_with_where_it_stands(whole, head):
    assert shown(whole, NAMES).head == head


def test_no_clause_is_shown_without_what_limits_it():
    """Neither one that is read here nor one that is only named."""
    limit = Whole(Ref(None, "R1"), clause(number="R1", kind="reservation"))
    found = shown(Whole(Ref(None, "T1"), clause(), limited_by=(limit,)), NAMES)
    assert [one.head for one in found.limited_by] == ["R1 reservation"]
    assert [one.head for one in shown(Whole(Ref(LETTER, "T1"), None, 3, (limit,)), NAMES).limited_by] == [
        "R1 reservation"
    ]
    assert found.text_in("fa") == ("fa", "می‌پذیریم.")
    assert found.text_in("ar") == ("en", "We agree.")
    assert shown(Whole(Ref(LETTER), None), NAMES).text_in("en") is None
    assert "agree" not in repr(found)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(86_400, "1 days"), (129_600, "36 hours"), (5_400, "90 minutes"), (61, "61 seconds")],
)
def test_a_duration_is_said_in_its_largest_whole_unit(seconds, words):
    assert duration(seconds, str) == words


@pytest.mark.parametrize(
    ("act", "line"),
    [
        (Act("propose"), "makes an offer of its clauses"),
        (Act("accept", Ref(LETTER)), "accepts entry 12"),
        (Act("withdraw", Ref(LETTER, None, 1)), "withdraws act 1 of entry 12"),
        (
            Act("declare", Ref(LETTER, "T1"), outcome="in_part", part="half of\u202e it", since=DUE, ground="seen"),
            "says what came of T1 of entry 12: met or kept in part; half of<U+202E> it; "
            "since 2014-11-25T04:59:59 UTC; because: seen",
        ),
        (Act("extend", Ref(LETTER), date=DUE, of_date="due"), "gives entry 12 another date: due: 2014-11-25T04:59:59"),
        (Act("propose", parties=(US, THEM)), "makes an offer of its clauses: to West, East alike"),
    ],
)
def test_an_act_is_one_line(act, line):
    assert act_line(act, NAMES) == line


def test_what_a_letter_cannot_mean_is_told():
    """Clauses that wait for each other, and two words on one thing."""
    circle = [
        clause(links=(Link("only_if", Ref(None, "T2")),)),
        clause(number="T2", links=(Link("only_if", Ref(None, "T1")),)),
    ]
    assert warnings(circle, (), NAMES) == ["T1, T2 wait for each other: none of them would ever hold"]
    acts = (Act("accept", Ref(LETTER)), Act("decline", Ref(LETTER)))
    assert warnings((), acts, NAMES) == ["this letter contradicts itself: accepts entry 12 / declines entry 12"]
    assert warnings((clause(),), acts[:1], NAMES) == []
    assert reference(Ref(None, "T1"), NAMES) == "T1"
