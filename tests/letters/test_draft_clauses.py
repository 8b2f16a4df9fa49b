"""Clauses and acts as a lawyer types them: read as they were meant, or every reason why not, each at its line."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from backchannel.letters.clauses import Act, Amount, Clause, Link, Provision, Ref, read_acts, read_clause
from backchannel.letters.dates import parse_moment
from backchannel.letters.deadlines import Anchored
from backchannel.letters.draft_clauses import settle
from backchannel.letters.drafts import Draft, Source, examine, read_draft, write_draft

NOW = datetime(2014, 10, 15, tzinfo=UTC)
US, THEM, THIRD = b"u" * 32, b"t" * 32, b"3" * 32
DUE = "2014-11-24T23:59[America/New_York]"

OFFER = f"""---
form: letter
to: tehran
prevails: en
act: propose
clauses:
  T1: {{kind: undertaking, bound: us, towards: them, due: "{DUE}", only_if: T2, amounts: [1000000 USD]}}
  T2: {{kind: condition, declares: jointly, benefits: us, due: "{DUE}"}}
  T3: {{kind: undertaking, bound: them, refrain: yes, how: throughout, in_return_for: T1, unless: not 12/T3}}
  C1: {{kind: consequence, only_if: {{clause: T2, outcome: not_met}}}}
  R1: {{kind: reservation, limits: [T1, T2]}}
  P1: {{kind: provision, usual_time: 6 days}}
  P2: {{kind: provision, counts_on: arrival}}
  P3: {{kind: provision, lapses_at: "{DUE}"}}
  P4: {{kind: provision, zones: [America/New_York]}}
---

=== en

# Work against the common enemy

We offer this.

## Why now

It is late.

## T1

We work with you.

## A heading of T1's own

More of it.

## T2

A comprehensive agreement.

## T3

You hold back.

## C1

Nothing follows.

## R1

Not together in the field.

## P1

Six days on the way.

## P2

It counts on arrival.

## P3

Until the day of the talks.

## P4

New York time.
"""
OFFER_FA = (
    "=== fa\n\n# کار\n\nپیشنهاد می‌کنیم.\n\n"
    + "\n\n".join(f"## {n}\n\nمتن." for n in ("T1", "T2", "T3", "C1", "R1", "P1", "P2", "P3", "P4"))
    + "\n"
)


def names(name: str) -> bytes:
    return {"us": US, "them": THEM}.get(name, THIRD)


def letters(n: int) -> bytes:
    return bytes([n]) * 32


def clauses_of(draft: Draft) -> dict[str, Clause]:
    return {one["number"]: read_clause(settle(one, names, letters, US)) for one in draft.clauses}


def acts_of(draft: Draft) -> tuple[Act, ...]:
    return read_acts([settle(one, names, letters, US) for one in draft.acts])


def examined(text: str) -> tuple[Draft | None, list[tuple[int, str, str]]]:
    draft, problems = examine([Source("a.md", text.encode())], ZoneInfo, NOW)
    return draft, [(one.line, one.mark, one.why) for one in problems]


def test_an_offer_is_read_as_it_was_meant():
    draft = read_draft([Source("offer.md", (OFFER + OFFER_FA).encode())], ZoneInfo, NOW)
    found, due = clauses_of(draft), parse_moment(DUE, ZoneInfo)
    assert list(found) == ["T1", "T2", "T3", "C1", "R1", "P1", "P2", "P3", "P4"]
    assert found["T1"] == Clause(
        "T1",
        "undertaking",
        (("en", "We work with you.\n\n## A heading of T1's own\n\nMore of it."), ("fa", "متن.")),
        bound=US,
        towards=(THEM,),
        dates=(("due", due),),
        links=(Link("only_if", Ref(None, "T2"), "met"),),
        amounts=(Amount("1000000", "USD"),),
    )
    assert (found["T2"].declares, found["T2"].benefits, found["T2"].silent) == ("jointly", US, "jointly")
    assert (found["T3"].doing, found["T3"].how) == (False, "throughout")
    # What is promised is kept, what is awaited is met; another letter's clause is named by that letter's entry.
    assert found["T3"].links == (
        Link("in_return_for", Ref(None, "T1"), "kept"),
        Link("unless", Ref(letters(12), "T3"), "not_met"),
    )
    assert found["C1"].links == (Link("only_if", Ref(None, "T2"), "not_met"),)
    assert found["R1"].links == (Link("limits", Ref(None, "T1")), Link("limits", Ref(None, "T2")))
    assert [found[f"P{n}"].provision for n in (1, 2, 3, 4)] == [
        Provision("usual_time", 6 * 86_400),
        Provision("counts_on", "arrival"),
        Provision("lapses_at"),
        Provision("zones", ("America/New_York",)),
    ]
    assert found["P3"].dates == (("lapses_at", due),)
    assert acts_of(draft) == (Act("propose"),)
    assert draft.bodies[0].text == "We offer this.\n\n## Why now\n\nIt is late."  # prose, and none of the clauses


def test_what_is_written_down_reads_as_the_same_draft():
    draft = read_draft([Source("offer.md", (OFFER + OFFER_FA).encode())], ZoneInfo, NOW)
    assert read_draft([Source("again.md", write_draft(draft).encode())], ZoneInfo, NOW) == draft


def test_every_field_of_a_clause_is_read_and_written_down():
    """What the offer above does not say: who speaks, silence, and each rule of the exchange."""
    rules = {
        "in_force": ("second handover", Provision("in_force", "second_handover")),
        "until_withdrawn": ("yes", Provision("until_withdrawn")),
        "silence_is_consent": ("12/P1", Provision("silence_is_consent", None, Ref(letters(12), "P1"))),
        "prevails": ("en", Provision("prevails", "en")),
        "usual_time": ("36 hours", Provision("usual_time", 36 * 3600)),
        "zones": ("[UTC, Asia/Tehran]", Provision("zones", ("UTC", "Asia/Tehran"))),
        "counts_on": ("leaving", Provision("counts_on", "leaving")),
    }
    draft = a_draft(
        "T1: {kind: undertaking, bound: us, for: them, how: each, refrain: no}",
        "T2: {kind: condition, declares: them, silent: not met, benefits: both}",
        "T3: {kind: condition, declares: both, silent: jointly}",
        "T4: {kind: condition, declares: either, benefits: them}",
        f'D1: {{kind: provision, irrevocable_until: "{DUE}"}}',
        f'D2: {{kind: provision, in_force: "{DUE}"}}',
        *(f"P{n}: {{kind: provision, {rule}: {said}}}" for n, (rule, (said, _)) in enumerate(rules.items(), 1)),
        texts=("T1", "T2", "T3", "T4", "D1", "D2", *(f"P{n}" for n in range(1, 8))),
    )
    read = read_draft([Source("a.md", draft.encode())], ZoneInfo, NOW)
    found = clauses_of(read)
    assert (found["T1"].behalf, found["T1"].how, found["T1"].doing) == (THEM, "each", True)
    assert (found["T2"].declares, found["T2"].silent, found["T2"].benefits) == (THEM, "not_met", None)
    assert (found["T3"].declares, found["T3"].silent) == ("jointly", "jointly")
    assert (found["T4"].declares, found["T4"].benefits) == ("either", THEM)
    due = parse_moment(DUE, ZoneInfo)
    assert (found["D1"].provision, found["D1"].dates) == (Provision("irrevocable_until"), (("irrevocable_until", due),))
    assert (found["D2"].provision, found["D2"].dates) == (Provision("in_force", "date"), (("in_force", due),))
    assert [found[f"P{n}"].provision for n in range(1, 8)] == [provision for _, provision in rules.values()]
    assert read_draft([Source("b.md", write_draft(read).encode())], ZoneInfo, NOW) == read


ACTS = f"""---
form: reply
replies: 12
prevails: en
lang: en
acts:
  - accept 12
  - {{act: declare, on: 12, clause: T1, outcome: in part, part: half, since: "{DUE}", ground: It was seen.}}
  - {{act: extend, on: 14/T2, due: "2015-06-30T23:59[America/New_York]"}}
  - {{act: accept, on: ۱۵/۲}}
  - {{act: notify, on: 16, group: the spring offer, to: [west, us]}}
---

# An answer

We accept.
"""


def test_dates_that_count_from_an_event_are_read_and_written_down():
    """Two months from handover, and a month of Iran from a condition: seal and draft hold the same."""
    text = OFFER.replace(
        f'lapses_at: "{DUE}"', 'lapses_at: "two months from handover of this letter [America/New_York]"'
    )
    text = text.replace(f'them, due: "{DUE}"', 'them, due: "jalali 1 month from met of clause T2 [America/New_York]"')
    draft = read_draft([Source("offer.md", text.encode())], ZoneInfo, NOW)
    found = clauses_of(draft)
    assert found["P3"].dates == (("lapses_at", Anchored(2, "months", "handover", zone="America/New_York")),)
    assert found["T1"].dates == (("due", Anchored(1, "months", "met", "T2", "jalali", "America/New_York")),)
    assert read_draft([Source("again.md", write_draft(draft).encode())], ZoneInfo, NOW) == draft


def test_acts_are_read_as_they_were_meant():
    draft = read_draft([Source("a.md", ACTS.encode())], ZoneInfo, NOW)
    found = acts_of(draft)
    assert found[0] == Act("accept", Ref(letters(12)))
    assert found[1] == Act(
        "declare",
        Ref(letters(12), "T1"),
        outcome="in_part",
        part="half",
        since=parse_moment(DUE, ZoneInfo),
        ground="It was seen.",
    )
    new = parse_moment("2015-06-30T23:59[America/New_York]", ZoneInfo)
    assert found[2] == Act("extend", Ref(letters(14), "T2"), date=new, of_date="due")
    assert found[3] == Act("accept", Ref(letters(15), None, 2))
    assert (found[4].parties, len(found[4].group or b"")) == ((THIRD, US), 16)
    assert read_draft([Source("b.md", write_draft(draft).encode())], ZoneInfo, NOW) == draft


def test_an_offer_to_several_has_one_number_in_each_copy_and_another_with_another_word():
    def group(word: str, us: bytes = US) -> bytes | None:
        draft = read_draft([Source("a.md", ACTS.replace("the spring offer", word).encode())], ZoneInfo, NOW)
        return read_acts([settle(draft.acts[-1], names, letters, us)])[0].group

    assert group("x") == group("x")
    assert len({group("x"), group("y"), group("x", THEM)}) == 3


def a_draft(*clauses: str, act: str = "", texts: tuple[str, ...] = ("T1",), fields: str = "prevails: en") -> str:
    head = [
        "---",
        "form: letter",
        "lang: en",
        fields,
        *([act] if act else []),
        "clauses:",
        *(f"  {c}" for c in clauses),
    ]
    return "\n".join([*head, "---", "# Title", "Prose.", *(line for n in texts for line in (f"## {n}", "Text."))])


UNDERTAKING = "T1: {kind: undertaking, bound: us}"
PROVISION = "T1: {kind: provision, %s}"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (a_draft(UNDERTAKING, fields="reference: x"), [(1, "D14", "clauses bind: say what prevails")]),
        (a_draft(UNDERTAKING, texts=()), [(3, "D14", "no text of T1 in en: write it under ## T1")]),
        (a_draft(UNDERTAKING, texts=("T1", "T2")), [(12, "D15", "a text of T2, which clauses does not list")]),
        (a_draft(UNDERTAKING, texts=("T1", "T1")), [(12, "D15", "a second text of T1 in en")]),
        (a_draft(UNDERTAKING) + "x" * 66_000, [(3, "D14", "no text of T1"), (10, "D13", "longer than 65,536")]),
        (a_draft(UNDERTAKING) + "\n\n## T1\n", [(13, "D14", "no text under ## T1")]),
        (a_draft("t1: {kind: undertaking, bound: us}", texts=()), [(6, "D13", "no number of a clause")]),
        (a_draft("T1: undertaking"), [(6, "D13", "kind is one of")]),
        (a_draft(UNDERTAKING, fields="prevails: en\nbusiness: iran"), [(5, "D13", "business takes names")]),
        (a_draft(UNDERTAKING, fields="prevails: en\nbusiness: {iran: weekends}"), [(5, "D6", "iran: ")]),
        (a_draft("T1: {kind: undertaking, bound: {us: them}}"), [(6, "D13", "T1: bound takes")]),
        (
            a_draft().replace("clauses:", "clauses: {}"),
            [(5, "D13", "clauses takes numbers"), (9, "D15", "a text of T1")],
        ),
        (
            a_draft(*(f"A{n}: {{kind: exclusion}}" for n in range(1, 258))),
            [(5, "D13", "clauses holds more than 128"), (266, "D15", "a text of T1")],
        ),
        (
            a_draft("T1: {kind: exclusion, limits: {clause: T1, way: x}}"),
            [(6, "D12", "says letter, clause and outcome, not 'way'")],
        ),
        (a_draft("T1: {kind: undertaking, bound: us, due: [a]}"), [(6, "D13", "T1: due takes")]),
        (a_draft(PROVISION % "zones: [[UTC]]"), [(6, "D13", "T1: zones takes"), (6, "K1", "closed list")]),
        (a_draft(UNDERTAKING, act="act: {act: accept, on: it}"), [(5, "D13", "accept: on names a letter")]),
        (a_draft(UNDERTAKING, act="act: {act: declare, on: 12/T1, outcome: met, since: now}"), [(5, "D16", "since")]),
        (a_draft("T1: {kind: promise}"), [(6, "D13", "kind is one of")]),
        (a_draft("T1: {kind: undertaking}"), [(6, "D14", "who is bound?")]),
        (
            a_draft("T1: {kind: undertaking, bound: us, decl: x}"),
            [(6, "D12", "'decl' is no field of the kind undertaking")],
        ),
        (a_draft("T1: {kind: condition, bound: us}"), [(6, "D12", "'bound' is no field of the kind condition")]),
        (a_draft("T1: {kind: undertaking, bound: us, limits: T1}"), [(6, "D12", "limits")]),
        (a_draft("T1: {kind: reservation}"), [(6, "D14", "what does it limit?")]),
        (a_draft("T1: {kind: reservation, limits: T9}"), [(6, "D15", "this draft has no clause T9")]),
        (a_draft("T1: {kind: reservation, limits: T1}"), [(6, "K3", "limit each other in a circle")]),
        (a_draft("T1: {kind: undertaking, bound: us, only_if: the talks}"), [(6, "D13", "names a clause")]),
        (a_draft("T1: {kind: undertaking, bound: us, only_if: T1}"), [(6, "D15", "T1 wait for each other")]),
        (a_draft("T1: {kind: undertaking, bound: us, due: in two months}"), [(6, "D16", "T1: due: ")]),
        (a_draft("T1: {kind: undertaking, bound: us, due: 2014-11-24}"), [(6, "D16", "T1: due: ")]),
        (a_draft("T1: {kind: undertaking, bound: us, due: 2 months}"), [(6, "D16", "Write 2 months from handover of")]),
        (
            a_draft(PROVISION % 'lapses_at: "1 day from acceptance of this letter [UTC]"'),
            [(6, "D16", "cannot be counted")],
        ),
        (
            a_draft("T1: {kind: undertaking, bound: us, due: '2 weeks from met of clause T9 [UTC]'}"),
            [(6, "D15", "this draft has no clause T9")],
        ),
        (a_draft("T1: {kind: undertaking, bound: us, how: often}"), [(6, "D13", "how is one of")]),
        (a_draft("T1: {kind: undertaking, bound: us, refrain: maybe}"), [(6, "D13", "refrain is one of")]),
        (a_draft("T1: {kind: undertaking, bound: us, amounts: [much]}"), [(6, "D13", "a number and its unit")]),
        (a_draft("T1: {kind: undertaking, bound: us, amounts: [1e9 USD]}"), [(6, "K1", "an amount is not")]),
        (a_draft(PROVISION % "bound: us"), [(6, "D12", "bound"), (6, "D14", "a provision says one of")]),
        (a_draft(PROVISION % "counts_on: reading"), [(6, "D13", "counts_on is one of")]),
        (a_draft(PROVISION % "usual_time: soon"), [(6, "D13", "a time like 6 days")]),
        (a_draft(PROVISION % "usual_time: 500 days"), [(6, "K1", "closed list")]),
        (a_draft(PROVISION % "zones: [Asia/Atlantis]"), [(6, "D16", "Asia/Atlantis is not known")]),
        (a_draft(PROVISION % "in_force: soon"), [(6, "D16", "T1: in_force")]),
        (a_draft(PROVISION % "in_force: condition"), [(6, "K1", "names none")]),
        (a_draft(PROVISION % "until_withdrawn: no"), [(6, "D13", "until_withdrawn is one of")]),
        (
            a_draft(UNDERTAKING, act="act: propose"),
            [(5, "D14", "until when is the offer open?"), (5, "D14", "which zones do its dates go by?")],
        ),
        (a_draft(UNDERTAKING, act="act: burn"), [(5, "D13", "act is one of")]),
        (a_draft(UNDERTAKING, act="act: accept"), [(5, "D14", "accept names what it is about")]),
        (a_draft(UNDERTAKING, act="act: accept T1"), [(5, "D13", "accept names a letter")]),
        (a_draft(UNDERTAKING, act="act: {on: 12}"), [(5, "D13", "acts takes what is done")]),
        (a_draft(UNDERTAKING, act="act: {act: declare, on: 12}"), [(5, "D14", "declare says what came of it")]),
        (a_draft(UNDERTAKING, act="act: {act: extend, on: 12}"), [(5, "D14", "extend gives one new date")]),
        (a_draft(UNDERTAKING, act="act: {act: waive, on: 12, why: x}"), [(5, "D12", "'why' is no field of an act")]),
        (a_draft(UNDERTAKING, act="act: {act: waive, on: 12, outcome: met}"), [(5, "K2", "has one for nothing")]),
        (a_draft(UNDERTAKING, act="acts: [accept 12, decline 12]"), [(5, "D15", "decline contradicts accept")]),
    ],
)
def test_what_is_wrong_is_said_at_its_line(text, problems):
    draft, found = examined(text)
    assert draft is None
    assert [(line, mark) for line, mark, _ in found] == [(line, mark) for line, mark, _ in problems], found
    for (_, _, why), (_, _, wanted) in zip(found, problems, strict=True):
        assert wanted in why


def test_everything_is_said_at_once():
    broken = OFFER.replace("bound: us, towards", "bond: us, towards").replace("limits: [T1, T2]", "limits: T8")
    broken = broken.replace("usual_time: 6 days", "usual_time: long").replace("## T2", "## T4")
    _, found = examined(broken)
    assert [(line, mark) for line, mark, _ in found] == [
        (7, "D12"),
        (7, "D14"),
        (11, "D15"),
        (12, "D13"),
        (18, "D14"),
        (36, "D15"),
    ]


BUSINESS = OFFER.replace(
    f'P3: {{kind: provision, lapses_at: "{DUE}"}}',
    'P3: {kind: provision, lapses_at: "10 business days (iran) from handover of this letter [Asia/Tehran]"}',
).replace(
    "act: propose",
    """act: propose
business:
  iran: {source: Calendar 1393, weekend: [4, 5], first: 2014-03-21, last: 2015-03-20, holidays: [2014-11-03]}""",
)


def test_business_days_count_by_a_calendar_that_the_draft_gives():
    draft = read_draft(
        [
            Source(
                "a.md", BUSINESS.replace("zones: [America/New_York]", "zones: [America/New_York, Asia/Tehran]").encode()
            )
        ],
        ZoneInfo,
        NOW,
    )
    ((_, date),) = clauses_of(draft)["P3"].dates
    assert (date.count, date.unit, date.business.name, date.business.weekend) == (10, "business-days", "iran", {4, 5})
    assert read_draft([Source("b.md", write_draft(draft).encode())], ZoneInfo, NOW) == draft
    for old, new, mark in (
        ("(iran)", "(oman)", "D16"),
        ("weekend: [4, 5]", "weekend: [Friday]", "D6"),
        ("weekend: [4, 5]", 'weekend: [""]', "D6"),
        ("weekend: [4, 5]", "weekend: [45]", "D6"),
        ("last: 2015-03-20", "last: soon", "D6"),
        ("source:", "sauce:", "D6"),
    ):
        _, found = examined(BUSINESS.replace(old, new))
        assert mark in [one for _, one, _ in found]


def test_what_a_date_may_mean_is_laid_out_in_the_zones_of_both():
    text = OFFER.replace(f'due: "{DUE}", only_if', "due: 2014-11-24, only_if")
    _, problems = examine(
        [Source("a.md", text.encode())],
        ZoneInfo,
        NOW,
        (),
        lambda to: {"Washington": "America/New_York", to: "Asia/Tehran"},
    )
    (problem,) = problems
    assert "2014-11-24[Asia/Tehran] (tehran" in problem.why
    assert "2014-11-24[America/New_York] (Washington" in problem.why


def test_without_clauses_a_heading_is_a_heading():
    text = "---\nform: letter\nlang: en\n---\n# Title\n\nProse.\n\n## T1\n\nMore."
    draft, _ = examined(text)
    assert draft is not None
    assert draft.bodies[0].text.endswith("## T1\n\nMore.")
    assert draft.clauses == ()


def test_one_file_a_language_and_fields_in_any_of_them():
    front, _, english = OFFER.partition("=== en\n")
    persian = OFFER_FA.partition("=== fa\n")[2]
    sources = [Source("offer.fa.md", persian.encode()), Source("offer.en.md", (front + english).encode())]
    draft = read_draft(sources, ZoneInfo, NOW)
    whole = read_draft([Source("offer.md", (OFFER + OFFER_FA).encode())], ZoneInfo, NOW)
    assert clauses_of(draft) == clauses_of(whole)


def test_an_offer_names_the_zones_of_its_dates():
    _, found = examined(OFFER.replace("zones: [America/New_York]", "zones: [Asia/Tehran]"))
    assert [(line, mark) for line, mark, _ in found] == [(5, "D14")]
    assert "America/New_York" in found[0][2]
