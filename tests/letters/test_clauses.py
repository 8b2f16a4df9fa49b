"""Clauses and acts read back as they were written, stand where they may, and are shown with what limits them."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backchannel.encoding import decode, encode
from backchannel.errors import Refused
from backchannel.letters.clauses import (
    ACTS,
    LINKS,
    MOST_CLAUSES,
    OUTCOMES,
    Act,
    Amount,
    Clause,
    Link,
    Provision,
    Ref,
    act_to_wire,
    check_terms,
    clause_to_wire,
    contradictions,
    lacks,
    read_acts,
    read_clause,
    unsound,
)
from backchannel.letters.dates import Moment
from backchannel.letters.deadlines import Anchored
from backchannel.letters.docket import Docket, read_docket
from backchannel.letters.letter import Letter, contents, read_contents
from backchannel.letters.limits import Other, Whole, limited_elsewhere, wholes
from backchannel.letters.parts import Acts, Body, make_part, read_part
from backchannel.letters.sheet import Sheet
from backchannel.values import replace

DICE = Random(5)
DATE = Moment(1_416_891_540, "America/New_York", -300, "gregorian", "2014-11-24T23:59")
LATER = Moment(1_435_708_740, "America/New_York", -240, "gregorian", "2015-06-30T19:59")
US, THEM, LETTER, OTHER = b"u" * 32, b"t" * 32, b"l" * 32, b"o" * 32
BODY = Body("en", "prevailing", "An offer", "We offer this.")


def a_clause(number="T1", kind="undertaking", text="We work.", **more) -> Clause:
    return Clause(number, kind, (("en", text),), **more)


def limit(number="R1", of="T1", letter=None, **more) -> Clause:
    return a_clause(number, "reservation", "But not together.", links=(Link("limits", Ref(letter, of)),), **more)


def a_letter(*said, form="letter", signature=None, answers=(), docket=None) -> Letter:
    parts = tuple(make_part(one, DICE.randbytes(16)) for one in (BODY, *said))
    sheet = Sheet(
        bytes(16), US, THEM, form, "operation", "principal", DATE, tuple(p.digest for p in parts), answers=answers
    )  # fmt: skip
    return Letter(replace(sheet, data=sheet.encoded()), parts, docket or Docket(bytes(16), 1), signature)


def again(value):
    return decode(encode(value), limit=1 << 20)


def mark(letter: Letter) -> str:
    with pytest.raises(Refused) as caught:
        read_contents(contents(letter))
    return caught.value.mark


def mark_of(read, value) -> str:
    with pytest.raises(Refused) as caught:
        read(again(value))
    return caught.value.mark


WIRE = clause_to_wire(
    a_clause(
        bound=US,
        towards=(THEM,),
        behalf=OTHER,
        doing=False,
        how="each",
        dates=(("due", DATE),),
        links=(Link("only_if", Ref(None, "T2")), Link("unless", Ref(LETTER, "T3"), "not_met")),
        amounts=(Amount("-1000000.50", "USD"),),
    )
)
CONDITION = clause_to_wire(a_clause("T2", "condition", benefits=US, declares=OTHER, silent="not_met"))
PROVISION = clause_to_wire(a_clause("P1", "provision", provision=Provision("zones", ("UTC", "Asia/Tehran"))))
RESERVATION = clause_to_wire(limit())


@pytest.mark.parametrize("wire", [WIRE, CONDITION, PROVISION, RESERVATION])
def test_a_clause_reads_back(wire):
    read = read_clause(again(wire))
    assert encode(clause_to_wire(read)) == encode(wire)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"number": "t1"}, "K1"),
        ({"number": "T0"}, "K1"),
        ({"number": "T" + "9" * 5}, "K1"),
        ({"kind": "promise"}, "K1"),
        ({"text": {}}, "K1"),
        ({"text": {"en": ""}}, "K1"),
        ({"text": {"en": "x" * 65_537}}, "K1"),
        ({"text": {"e" * 36: "x"}}, "K1"),
        ({"text": {f"l{n}": "x" for n in range(33)}}, "K1"),
        ({"bound": b"us"}, "K1"),
        ({"towards": [US, US]}, "K1"),
        ({"doing": True}, "K1"),
        ({"how": "once"}, "K1"),
        ({"declares": "jointly"}, "K1"),
        ({"provision": ["until_withdrawn", None, None]}, "K1"),
        ({"later": 1}, "K1"),
        ({"dates": [["someday", DATE.to_wire()]]}, "K1"),
        ({"dates": [["due", DATE.to_wire()], ["due", LATER.to_wire()]]}, "K1"),
        ({"dates": [["due", [1, "UTC", 0, "gregorian", "2026-01-01T00:00"]]]}, "D2"),
        ({"links": [["only_if", [None, "T2", None], "perhaps"]]}, "K1"),
        ({"links": [["because", [None, "T2", None], "met"]]}, "K1"),
        ({"links": [["limits", [None, "T2", None], "met"]]}, "K1"),
        ({"links": [["only_if", [None, None, 1], "met"]]}, "K1"),
        ({"links": [["only_if", [b"short", "T2", None], "met"]]}, "K3"),
        ({"links": [["only_if", [None, "T2", 1], "met"]]}, "K3"),
        ({"amounts": [["1e9", "USD"]]}, "K1"),
        ({"amounts": [["1" * 20, "USD"]]}, "K1"),
        ({"amounts": [["1", "two words"]]}, "K1"),
    ],
)
def test_what_is_no_clause_is_refused(changes, expected):
    assert mark_of(read_clause, WIRE | changes) == expected


@pytest.mark.parametrize(
    "rule",
    [
        ["lapses_at", None, None],  # without its date
        ["usual_time", 0, None],
        ["usual_time", True, None],
        ["usual_time", 1 << 40, None],
        ["zones", [], None],
        ["zones", ["\u202e"], None],
        ["counts_on", "reading", None],
        ["in_force", "soon", None],
        ["in_force", "condition", None],  # without the condition
        ["in_force", "date", None],
        ["silence_is_consent", None, None],
        ["majority", None, None],
    ],
)
def test_a_provision_is_of_the_closed_list(rule):
    assert mark_of(read_clause, PROVISION | {"provision": rule}) == "K1"
    assert mark_of(read_clause, {key: value for key, value in PROVISION.items() if key != "provision"}) == "K1"


def test_a_reservation_limits_something():
    assert mark_of(read_clause, {key: value for key, value in RESERVATION.items() if key != "links"}) == "K1"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([], "K2"),
        ({}, "K2"),
        ([{"act": "propose"}] * 65, "K2"),
        ([{"act": "burn"}], "K2"),
        ([{"act": "propose", "on": [LETTER, None, None]}], "K2"),
        ([{"act": "accept"}], "K2"),
        ([{"act": "accept", "on": [None, "T1", None]}], "K2"),
        ([{"act": "accept", "on": [LETTER, None, 65]}], "K3"),
        ([{"act": "accept", "on": [LETTER, None, True]}], "K3"),
        ([{"act": "declare", "on": [LETTER, "T1", None]}], "K2"),
        ([{"act": "accept", "on": [LETTER, None, None], "outcome": "met"}], "K2"),
        ([{"act": "extend", "on": [LETTER, None, None]}], "K2"),
        ([{"act": "extend", "on": [LETTER, None, None], "date": ["whenever", DATE.to_wire()]}], "K2"),
        ([{"act": "accept", "on": [LETTER, None, None], "parties": [US]}], "K2"),
        ([{"act": "propose", "group": b"x"}], "K2"),
        ([{"act": "propose", "later": 1}], "K2"),
    ],
)
def test_what_are_no_acts_is_refused(value, expected):
    assert mark_of(read_acts, value) == expected
    if isinstance(value, list):
        with pytest.raises(Refused) as caught:
            read_docket(encode({"epoch": bytes(16), "number": 1, "terms": value}))
        assert caught.value.mark == expected


refs = st.builds(
    Ref,
    st.just(LETTER) | st.just(OTHER),
    st.none() | st.sampled_from(("T1", "R12", "ABC9999")),
) | st.builds(Ref, st.just(LETTER), st.none(), st.integers(1, 64))
acts = st.sampled_from(ACTS).flatmap(
    lambda kind: st.builds(
        Act,
        st.just(kind),
        st.none() if kind == "propose" else refs,
        outcome=st.sampled_from(OUTCOMES) if kind == "declare" else st.none(),
        part=st.none() | st.text(max_size=20),
        since=st.none() | st.just(DATE),
        ground=st.none() | st.text(max_size=20),
        date=st.just(LATER) if kind == "extend" else st.none(),
        group=st.none() | st.binary(min_size=16, max_size=16) if kind in ("propose", "notify") else st.none(),
        parties=st.sampled_from(((), (US, THEM))) if kind == "counter" else st.just(()),
    )
)


@given(st.lists(acts, min_size=1, max_size=8))
def test_acts_read_back(made):
    assert read_acts(again([act_to_wire(act) for act in made])) == tuple(made)
    assert read_part(make_part(Acts(tuple(made)), bytes(16)).data).content == Acts(tuple(made))
    docket = Docket(bytes(16), 1, terms=tuple(made))
    assert read_docket(docket.encoded()) == docket


def test_a_letter_holds_clauses_and_acts_and_they_read_back():
    signed_acts, docket = (
        (Act("propose"), Act("accept", Ref(LETTER))),
        Docket(bytes(16), 1, terms=(Act("waive", Ref(OTHER, "T1")),)),
    )
    letter = a_letter(
        a_clause(), limit(), Acts(signed_acts), signature=bytes(64 + 3309), answers=(LETTER,), docket=docket
    )
    read = read_contents(contents(letter) + bytes(9))
    assert read == letter
    assert read.clauses == (a_clause(), limit())
    assert read.acts == (*signed_acts, *docket.terms)  # the part first


def test_a_recall_and_a_decline_of_a_whole_letter_are_acts():
    letter = a_letter(docket=Docket(bytes(16), 1, acts={"recalls": LETTER, "corrects": OTHER, "declines": OTHER}))
    assert letter.acts == (Act("recall", Ref(LETTER)), Act("decline", Ref(OTHER)))


@pytest.mark.parametrize(
    ("letter", "expected"),
    [
        (a_letter(a_clause(), a_clause()), "K3"),
        (a_letter(limit()), "K3"),  # of nothing
        (a_letter(limit("R1", "R2"), limit("R2", "R1")), "K3"),
        (a_letter(limit("R1", "R1")), "K3"),
        (a_letter(a_clause(links=(Link("only_if", Ref()),))), "K3"),
        (a_letter(a_clause(dates=(("due", Anchored(2, "weeks", "met", "T9")),))), "K3"),
        (a_letter(replace(a_clause(), text=(("en", "We work."), ("fa", "کار می‌کنیم.")))), "K1"),
        (a_letter(replace(a_clause(), text=(("fa", "کار می‌کنیم."),))), "K1"),
        (a_letter(*(a_clause(f"T{n}") for n in range(1, MOST_CLAUSES + 2))), "K1"),
        (a_letter(*(a_clause(f"T{n}", text="x" * 60_000) for n in range(1, 10))), "K1"),
        (a_letter(a_clause("P1", "provision", provision=Provision("prevails", "fa"))), "K1"),
        (a_letter(Acts((Act("propose"),))), "K4"),  # not signed
        (a_letter(Acts((Act("accept", Ref(LETTER)),)), signature=bytes(3373)), "K4"),  # the sheet does not name it
        (a_letter(limit(letter=LETTER), signature=bytes(3373)), "K4"),
        (a_letter(Acts((Act("propose"),)), Acts((Act("propose"),)), signature=bytes(3373)), "K2"),
        (a_letter(Acts((Act("propose"), Act("counter", Ref(LETTER)))), signature=bytes(3373), answers=(LETTER,)), "K3"),
        (a_letter(docket=Docket(bytes(16), 1, terms=(Act("propose"),)), form="evidence"), "L14"),
    ],
)
def test_a_letter_with_what_may_not_stand_there_is_refused(letter, expected):
    assert mark(letter) == expected


def test_only_what_people_write_holds_clauses_or_acts():
    from backchannel.letters.matter import Matter

    for said, docket in ((a_clause(), None), (None, Docket(bytes(16), 1, terms=(Act("propose"),)))):
        parts = (Matter("evidence", {}), *([said] if said else []))
        assert mark(a_letter(*parts, form="evidence", docket=docket)) == "K4"


def test_a_clause_and_its_languages_may_be_all_that_the_letter_has():
    fa = Body("fa", "courtesy", "پیشنهاد", "این را پیشنهاد می‌کنیم.")
    both = replace(a_clause(), text=(("en", "We work."), ("fa", "کار می‌کنیم.")))
    assert read_contents(contents(a_letter(fa, both))).clauses == (both,)


# --- what one letter cannot mean ---


def on(kind, clause=None, **more) -> Act:
    return Act(kind, Ref(LETTER, clause), **more)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (on("accept"), on("decline")),
        (on("counter"), on("accept")),
        (on("withdraw"), on("extend", date=DATE)),
        (on("recall"), on("extend", date=DATE)),
        (on("accept"), on("recall")),
        (on("confirm"), on("object")),
        (on("declare", "T1", outcome="met"), on("declare", "T1", outcome="not_met")),
        (on("declare", "T1", outcome="met"), on("dispute", "T1")),
        (on("extend", date=DATE), on("extend", date=LATER)),
        (on("ratify"), on("disown")),
    ],
)
def test_two_acts_that_contradict_each_other(one, other):
    assert list(contradictions((one, other))) == list(contradictions((other, one))) == [(1, 2)]
    assert list(contradictions((one, replace(other, on=Ref(OTHER))))) == []
    assert list(contradictions((one, one))) == []
    assert list(unsound((), (on("waive", "T9"), one, other))) == [("contradict", ("2", "3"))]
    check_terms((), (one, other))  # it is read: what is unclear is for the board to say


def test_acts_that_go_together():
    together = (
        on("accept"),
        on("interpret"),
        on("declare", "T1", outcome="met"),
        on("declare", "T2", outcome="not_met"),
    )
    assert list(unsound((), together)) == []
    assert list(unsound((), (on("withdraw"), on("recall")))) == []  # one thing, said twice
    grounds = tuple(on("declare", "T1", outcome="met", ground=ground) for ground in ("seen", "told"))
    assert list(unsound((), grounds)) == []


def waits(number, *for_, kind="only_if") -> Clause:
    return a_clause(number, links=tuple(Link(kind, Ref(None, one)) for one in for_))


def test_clauses_that_wait_for_each_other_are_named():
    circle = (waits("T1", "T2"), waits("T2", "T3", kind="in_return_for"), waits("T3", "T1"), waits("T4", "T1"))
    ((why, which),) = unsound(circle, ())
    assert (why, set(which)) == ("circle", {"T1", "T2", "T3"})
    assert list(unsound((waits("T1", "T2", "T3"), waits("T2", "T3"), a_clause("T3")), ())) == []
    assert list(unsound((waits("T1", "T2"), waits("T2", "T1", kind="unless")), ())) == []


@given(st.dictionaries(st.integers(1, 6), st.sets(st.integers(1, 6)), min_size=1))
def test_a_circle_is_found_exactly_where_there_is_one(graph):
    clauses = tuple(waits(f"T{n}", *(f"T{to}" for to in sorted(tos) if to in graph)) for n, tos in graph.items())
    reach = {n: {to for to in tos if to in graph} for n, tos in graph.items()}
    for _ in graph:
        reach = {n: tos | {far for to in tos for far in reach[to]} for n, tos in reach.items()}
    found = list(unsound(clauses, ()))
    assert bool(found) == any(n in tos for n, tos in reach.items())
    for _, circle in found:
        for one, to in pairwise((*circle, circle[0])):
            assert int(to[1:]) in graph[int(one[1:])]


def test_what_an_offer_must_say():
    offer = (Act("propose"),)
    assert [what for what, _ in lacks((), offer)] == ["clauses", "lapses_at", "zones"]
    open_until = a_clause("P1", "provision", provision=Provision("lapses_at"), dates=(("lapses_at", DATE),))
    zones = a_clause("P2", "provision", provision=Provision("zones", ("Asia/Tehran",)))
    assert list(lacks((a_clause(), open_until, zones), offer)) == [("zone", ("America/New_York",))]
    zones = replace(zones, provision=Provision("zones", ("Asia/Tehran", "America/New_York")))
    assert list(lacks((a_clause(), open_until, zones), offer)) == []
    assert list(lacks((), (on("accept"),))) == []


# --- limits ---


def numbers(found: tuple[Whole, ...]) -> list:
    return [(one.ref.clause, numbers(one.limited_by)) for one in found]


def test_a_reservation_stands_inside_what_it_limits():
    clauses = (
        a_clause(),
        a_clause("T2"),
        limit("R1", "T1"),
        limit("R2", "R1"),
        replace(limit("R3"), links=(Link("limits", Ref(None, "T1")), Link("limits", Ref(None, "T2")))),
    )
    assert numbers(wholes(LETTER, clauses)) == [("T1", [("R1", [("R2", [])]), ("R3", [])]), ("T2", [("R3", [])])]


def test_a_reservation_to_their_clause_brings_that_clause_and_the_other_way_round():
    theirs, ours = (a_clause(), a_clause("T2")), (limit("R1", "T1", letter=LETTER), a_clause("T7"))
    shown = wholes(OTHER, ours, [Other(LETTER, 12, theirs)])
    assert numbers(shown) == [("T1", [("R1", [])]), ("T7", [])]
    assert (shown[0].n, shown[0].clause) == (12, theirs[0])
    shown = wholes(LETTER, theirs, [Other(OTHER, 14, ours)])
    assert numbers(shown) == [("T1", [("R1", [])]), ("T2", [])]
    assert shown[0].limited_by[0].clause == ours[0]


def test_what_a_letter_limits_in_others_is_known():
    ours = (
        limit("R1", "T1", letter=LETTER),
        limit("R2", "T7"),
        limit("R3", "T1", letter=LETTER),
        limit("R4", "T7", OTHER),
    )
    waits = a_clause("T7", links=(Link("only_if", Ref(LETTER, "T2")),))
    assert limited_elsewhere(OTHER, (*ours, waits)) == (Ref(LETTER, "T1"),)
    assert numbers(wholes(OTHER, (waits,))) == [("T7", [])]


def test_versions_of_a_clause_are_the_same_in_the_languages_that_decide():
    one = replace(a_clause(), text=(("en", "We work."), ("fa", "می‌کنیم.")))
    other = replace(one, text=(("en", "We work."), ("fa", "کار می‌کنیم.")))
    assert one.text_in("fa") == "می‌کنیم."
    assert one.text_in("ar") is None
    assert one.same(other, ("en",))
    assert not one.same(other, ("en", "fa"))
    assert not one.same(other, ())
    assert one.same(replace(one, text=one.text[:1]), ("en",))
    assert not one.same(replace(one, text=one.text[:1]), ())
    assert not one.same(replace(one, bound=THEM), ("en",))


def test_what_is_not_here_or_not_read_is_named_and_not_said():
    (missing,) = wholes(OTHER, (limit("R1", "T1", letter=LETTER),))
    assert (missing.ref, missing.clause, missing.n) == (Ref(LETTER, "T1"), None, 0)
    (whole,) = wholes(LETTER, (a_clause(),), [Other(OTHER, 14, (limit("R1", "T1", letter=LETTER),), read=False)])
    assert [(one.ref.clause, one.clause, one.n) for one in whole.limited_by] == [("R1", None, 14)]


@given(
    st.lists(
        st.tuples(st.sampled_from(("undertaking", "reservation")), st.sets(st.integers(1, 8), min_size=1)), max_size=8
    )
)
def test_every_clause_is_shown_and_no_limited_one_without_its_limits(made):
    clauses = tuple(
        a_clause(f"T{n}")
        if kind == "undertaking"
        else replace(limit(f"T{n}"), links=tuple(Link("limits", Ref(None, f"T{to}")) for to in sorted(of)))
        for n, (kind, of) in enumerate(made, 1)
    )
    try:
        check_terms(clauses, ())
    except Refused:
        return  # a limit without end, or of nothing
    shown = [one for root in wholes(LETTER, clauses) for one in root.all()]
    assert {one.ref.clause for one in shown} == {clause.number for clause in clauses}
    for one in shown:
        if one.again:
            assert one.clause is None  # named, and not said
            continue
        limits = {c.number for c in clauses if any(link.to.clause == one.ref.clause for link in c.links)}
        assert {inside.ref.clause for inside in one.limited_by} == limits


def test_what_limits_many_is_drawn_once_in_each():
    """A hostile letter whose reservations all limit all before them is no tree without end."""
    clauses = [a_clause("T1")]
    for n in range(1, 16):
        before = ("T1", *(f"R{k}" for k in range(1, n)))
        clauses.append(replace(limit(f"R{n}"), links=tuple(Link("limits", Ref(None, one)) for one in before)))
    (root,) = wholes(LETTER, clauses)
    whole = [one for one in root.all() if not one.again]
    assert len(whole) == len({one.ref for one in whole}) == 16
    assert not any(one.deeper for one in whole)
    assert len(list(root.all())) < 16 * 16


def test_limits_that_go_on_over_letters_end_after_sixteen():
    """Each letter's reservation limits that of the letter before: it is said where they are no longer shown."""
    ids = [bytes([n]) * 32 for n in range(200)]
    others = [
        Other(ids[n], n, (replace(limit("R1"), links=(Link("limits", Ref(ids[n - 1], "R1")),)),)) for n in range(1, 200)
    ]
    (root,) = wholes(ids[0], [a_clause("R1")], others)
    drawn = list(root.all())
    assert [one.deeper for one in drawn] == [False] * 16 + [True]


def test_limits_seventeen_deep_are_refused():
    def chain(most):
        names = ["T1", *(f"R{n}" for n in range(1, most))]
        links = [(Link("limits", Ref(None, one)),) for one in names]
        return (a_clause("T1"), *(replace(limit(one), links=to) for one, to in zip(names[1:], links, strict=False)))

    check_terms(chain(16), ())
    with pytest.raises(Refused) as caught:
        check_terms(chain(17), ())
    assert caught.value.mark == "K3"


def test_every_kind_of_link_reads_back():
    for kind in LINKS:
        of = "reservation" if kind == "limits" else "undertaking"
        links = (Link("limits", Ref(None, "T2")),) if of == "reservation" else ()
        clause = a_clause("T1", of, links=(*links, Link(kind, Ref(LETTER, "T3"))))
        assert read_clause(again(clause_to_wire(clause))) == clause
