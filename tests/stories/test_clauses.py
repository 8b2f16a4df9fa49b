"""What is offered, limited and answered between two real offices, and what stays of it when a letter is burnt."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hostile import entries, marks
from offers import OFFER, answer, deliver, order

from backchannel.desk import clauses, opening, reading, sealing
from backchannel.desk import events as ev
from backchannel.desk.desk import Desk
from backchannel.desk.forging import forge
from backchannel.desk.sealing import Order
from backchannel.errors import NotPossible, Refused
from backchannel.letters.clauses import Act, Clause, Link, Ref
from backchannel.letters.drafts import Source, read_draft
from backchannel.letters.parts import Body
from backchannel.station.hatch import Arrival

ASSURANCE = """---
form: assurance
prevails: fa
clauses:
  A1: {kind: undertaking, bound: us, towards: them, refrain: yes, how: throughout}
  R1: {kind: reservation, limits: A1}
---

=== fa

# اطمینان

پاسخ ما چنین است.

## A1

در پی کشتن او نیستیم.

## R1

مگر پیگیری قانونی کشتار ۲۰۲۰.

=== en

# Assurance

Our answer is this.

## A1

We do not seek to kill him.

## R1

Except that we pursue the killing of 2020 by legal means.
"""


def force(town, by, to, asked: Order, *, signed: bool = False) -> opening.Intake:
    """What a program of its own would seal."""
    with by.changing() as change:
        sealing.write_in(change, asked, signed, ZoneInfo)
    sealing.hand_down(change)
    town.carry()
    return town.take_in(to)


def letter_of(office, n):
    return sealing.read_kept(office, n)


def words(office, n) -> str:
    """The page of a letter, as text."""
    return Desk(office, b"").page(reading.show(office, n), ())


def test_one_thing_conditional_on_another(town):
    """A07: both desks hold the same clauses, in both languages, and can know what stands without opening a letter."""
    north, south = town.pair("North", "South")
    asked = order(north, south, OFFER)
    made = sealing.plan(north, asked, ZoneInfo)
    assert [one.ref.clause for one in made.clauses] == ["T1", "T2", "P1", "P2"]
    n, came = deliver(town, north, south, asked)
    ours, theirs = letter_of(north, n), letter_of(south, came)
    assert theirs.clauses == ours.clauses == asked.clauses
    assert theirs.acts == (Act("propose"),)
    assert theirs.clauses[0].links == (Link("only_if", Ref(None, "T2")),)
    for office, entry in ((north, n), (south, came)):
        terms = office.state.terms[entry]
        assert clauses.clauses_of(terms) == asked.clauses
        assert clauses.acts_of(terms) == (Act("propose"),)
        assert (terms.languages, terms.latest_delivery) == (("en",), 0)
    shown = words(south, came)
    assert "holds only once T2 is met" in shown
    assert "due: 2026-12-24 23:59 gregorian [America/New_York]" in shown
    assert "در برابر دشمن مشترک کار می‌کنیم" in shown
    assert reading.search(south, "comprehensive agreement") == [came]


def test_a_reservation_stays_attached_in_every_language(town):
    """B03: the assurance is nowhere without what limits it, whichever language is cut out."""
    north, south = town.pair("North", "South")
    _, came = deliver(town, south, north, order(south, north, ASSURANCE))
    (whole,) = reading.show(north, came).clauses
    assert [one.ref.clause for one in whole.all()] == ["A1", "R1"]
    shown = words(north, came)
    for lang, promise, limit in (("fa", "در پی کشتن او", "مگر پیگیری"), ("en", "not seek to kill", "Except that we")):
        at = shown.index(promise)
        inside = shown[shown.rindex('<div class="clause">', 0, at) :]
        depth, end = 0, 0
        for end in range(len(inside)):  # to where the clause's own element closes
            depth += inside.startswith("<div", end) - inside.startswith("</div", end)
            if depth == 0 and end:
                break
        assert limit in inside[:end], lang


def test_a_warning_has_its_consequence(town):
    """B01: deniable, no date; what follows hangs on what happens."""
    north, south = town.pair("North", "South")
    text = """---
form: warning
lang: en
prevails: en
signed: no
clauses:
  W1: {kind: condition, declares: either}
  C1: {kind: consequence, bound: us, only_if: W1}
---
# A warning
This is meant.
## W1
An attempt on the life of a candidate.
## C1
It is treated as an act of war.
"""
    _, came = deliver(town, north, south, order(north, south, text))
    letter = letter_of(south, came)
    assert letter.signature is None
    assert [(one.number, one.kind) for one in letter.clauses] == [("W1", "condition"), ("C1", "consequence")]
    assert letter.clauses[1].links == (Link("only_if", Ref(None, "W1"), "met"),)
    assert not letter.acts


def test_both_give_a_condition_more_time(town):
    """A13: one side extends the date by name, the other accepts that act by its number; nothing else is touched."""
    north, south = town.pair("North", "South")
    n, came = deliver(town, north, south, order(north, south, OFFER, signed=True))
    text = answer(f'{{act: extend, on: {n}/T2, due: "2027-06-30T23:59[America/New_York]"}}')
    m, asked = deliver(town, north, south, order(north, south, text, signed=True))
    k, agreed = deliver(town, south, north, order(south, north, answer(f"accept {asked}/1"), signed=True))
    first, more, yes = (letter_of(north, one) for one in (n, m, agreed))
    (extension,) = more.acts
    assert (extension.on, extension.of_date) == (Ref(first.letter_id, "T2"), "due")
    assert yes.acts == (Act("accept", Ref(more.letter_id, None, 1)),)
    assert yes.sheet.answers == (more.letter_id,)
    assert "gives T2 of their letter 1" in words(south, asked)
    assert "due: 2027-06-30 23:59 gregorian [America/New_York]" in words(south, asked)
    assert "accepts act 1 of our letter 2" in words(north, agreed)
    assert letter_of(south, came).clauses == first.clauses
    assert k


@pytest.mark.parametrize("offer_signed", [True, False])
@pytest.mark.parametrize("answer_signed", [True, False])
def test_a_signature_covers_no_act_on_an_unsigned_letter(town, offer_signed, answer_signed):
    """Else one signed answer would prove the unsigned letter that it names."""
    north, south = town.pair("North", "South")
    n, came = deliver(town, north, south, order(north, south, OFFER, signed=offer_signed))
    offer = letter_of(north, n)
    assert bool(offer.signed_acts) == offer_signed
    assert bool(offer.docket.terms) != offer_signed
    text = answer(f"accept {came}", f"{{act: declare, on: {came}/T2, outcome: met}}")
    asked = order(south, north, text, signed=answer_signed)
    if answer_signed and not offer_signed:  # then it repeats what it accepts
        repeated = order(south, north, OFFER.replace("act: propose", f"act: accept {came}"))
        with pytest.raises(NotPossible, match="a signed acceptance repeats what it accepts"):
            sealing.plan(south, asked, ZoneInfo)
        asked = Order(
            north.state.office, "letter", repeated.bodies, clauses=offer.clauses, terms=asked.terms, signed=True
        )
    m, back = deliver(town, south, north, asked)
    covered = offer_signed and answer_signed
    assert letter_of(north, back).acts == asked.terms
    assert letter_of(south, m).sheet.answers == ((offer.letter_id,) if covered else ())
    assert letter_of(south, m).signed_acts == (asked.terms if covered else ())
    assert letter_of(south, m).docket.terms == (() if covered else asked.terms)
    assert offer.letter_id in letter_of(south, m).docket.encoded() or covered


def test_a_signed_clause_names_no_unsigned_letter(town):
    north, south = town.pair("North", "South")
    _, came = deliver(town, south, north, order(south, north, ASSURANCE, signed=False))
    text = ASSURANCE.replace("limits: A1", f"limits: {came}/A1")
    with pytest.raises(NotPossible, match="not signed: a signature would prove it"):
        sealing.plan(north, order(north, south, text, signed=True), ZoneInfo)
    sealing.plan(north, order(north, south, text, signed=False), ZoneInfo)


def test_what_would_do_nothing_or_two_things_is_not_sealed(town):
    north, south = town.pair("North", "South")
    west = town.office("West")
    town.introduce(north, west)
    town.introduce(west, north)
    n, came = deliver(town, north, south, order(north, south, OFFER))
    body = Body("en", "prevailing", "Answer", "Our answer.")
    offer, own = Ref(letter_of(north, n).letter_id), Ref(letter_of(south, came).letter_id)
    head = north.register.head()
    for to, said, why in (
        (south, {"terms": (Act("accept", offer),)}, "cannot accept letter"),
        (south, {"terms": (Act("withdraw", offer), Act("extend", offer))}, "contradict each other"),
        (south, {"terms": (Act("extend", Ref(b"x" * 32)),)}, "is not here"),
        (west, {"terms": (Act("withdraw", offer),)}, "no letter from or to that office"),
        (south, {"terms": (Act("withdraw", offer),), "type": "exercise"}, "not of the same type"),
        (south, {"terms": (Act("propose"),)}, "an offer holds what it offers"),
        (south, {"clauses": (circling("T1", "T2"), circling("T2", "T1"))}, "wait for each other"),
        (south, {"clauses": (circling("T1", "T1"),)}, "wait for each other"),
        (west, {"clauses": (Clause("R1", "reservation", (("en", "x"),), links=(Link("limits", offer),)),)}, "exchange"),
        (south, {"clauses": (Clause("T1", "exclusion", (("fa", "x"),)),)}, "languages of the letter"),
        (south, {"clauses": tuple(Clause(f"T{k}", "exclusion", (("en", "x"),)) for k in range(1, 130))}, "128"),
    ):
        with pytest.raises(NotPossible, match=why):
            sealing.plan(north, Order(to.state.office, "letter", (body,), signed=False, **said), ZoneInfo)
    asked = Order(north.state.office, "letter", (body,), terms=(Act("withdraw", own),))
    with pytest.raises(NotPossible, match="cannot withdraw letter"):
        sealing.plan(south, asked, ZoneInfo)
    assert north.register.head() == head
    reading.burn(north, n)
    with pytest.raises(NotPossible, match="no letter that is here"):
        clauses.settled(north, south.state.office, (), order_acts(f"withdraw {n}"))


def circling(number: str, to: str) -> Clause:
    return Clause(number, "exclusion", (("en", "Text."),), links=(Link("only_if", Ref(None, to)),))


def order_acts(act: str):
    return read_draft([Source("a.md", answer(act).encode())], ZoneInfo, datetime(2026, 11, 24, tzinfo=UTC)).acts


def test_what_came_and_contradicts_itself_is_kept_and_marked(town):
    """A hostile desk seals it all the same: it is read, and its page says what is wrong with it."""
    north, south = town.pair("North", "South")
    _, came = deliver(town, north, south, order(north, south, OFFER))
    offer = Ref(letter_of(south, came).letter_id)
    body = Body("en", "prevailing", "Answer", "Our answer.")
    both = (Act("accept", offer), Act("decline", offer))
    circle = (circling("T1", "T2"), circling("T2", "T1"))
    asked = Order(north.state.office, "letter", (body,), clauses=circle, terms=both)
    (n,) = force(town, south, north, asked).opened
    shown = words(north, n)
    assert "this letter contradicts itself" in shown
    assert "wait for each other" in shown
    assert clauses.acts_of(north.state.terms[n]) == both


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        ((Clause("T1", "exclusion", (("fa", "x"),)),), "K1"),
        ((Clause("T1", "exclusion", (("en", "x"),)),) * 2, "K3"),
        ((Clause("R1", "reservation", (("en", "x"),), links=(Link("limits", Ref(None, "T9")),)),), "K3"),
    ],
)
def test_what_is_refused_changes_nothing(town, said, mark):
    """A program without our rules seals what is no clause: here South's own, which can make any unsigned letter."""
    north, south = town.pair("North", "South")
    head = south.register.head()
    body = Body("en", "prevailing", "Offer", "Our offer.")
    sealed, _ = forge(south, Order(north.state.office, "letter", (body,), clauses=said), ZoneInfo)
    with pytest.raises(Refused) as caught:
        opening.open_one(south, Arrival(1, sealed, south.now, south.now))
    assert caught.value.mark == mark
    assert south.register.head() == head


def test_a_letter_that_acts_on_one_of_the_other_type_is_refused(town):
    north, south = town.pair("North", "South")
    n, came = deliver(town, north, south, order(north, south, OFFER))
    act = (Act("accept", Ref(letter_of(north, n).letter_id)),)
    body = Body("en", "prevailing", "Answer", "Yes.")
    asked = Order(north.state.office, "letter", (body,), "exercise", terms=act)
    assert marks(force(town, south, north, asked)) == ["L15"]
    assert came


def test_a_later_reservation_shows_in_what_it_limits(town):
    """Read or not: an unread one is named and says nothing yet; only one of the same exchange and type is shown."""
    north, south = town.pair("North", "South")
    n, came = deliver(town, north, south, order(north, south, ASSURANCE, signed=False))
    limit = ASSURANCE.replace(
        "  A1: {kind: undertaking, bound: us, towards: them, refrain: yes, how: throughout}\n", ""
    )
    limit = limit.replace("limits: A1", f"limits: {came}/A1").replace("form: assurance", "form: letter")
    limit = limit.replace("## A1\n\nدر پی کشتن او نیستیم.\n\n", "").replace(
        "## A1\n\nWe do not seek to kill him.\n\n", ""
    )
    limit = limit.replace("Except that we pursue the killing of 2020 by legal means.", "Only until spring.")
    limit = limit.replace("مگر پیگیری قانونی کشتار ۲۰۲۰.", "فقط تا بهار.")
    reading.read(south, came)
    m, back = deliver(town, south, north, order(south, north, limit, signed=False))
    assert "Only until spring." not in words(north, n)
    assert f"in entry {back}, not read here" in words(north, n)
    reading.read(north, back)
    for office, entry in ((north, n), (north, back), (south, came), (south, m)):
        shown = words(office, entry)
        assert "We do not seek to kill him." in shown
        assert "Only until spring." in shown
    reading.burn(south, came)
    assert "which is not here" in words(south, m)
    assert "We do not seek to kill him." not in words(south, m)


def test_another_office_limits_nothing_here(town):
    """A third office that learnt a letter's id cannot hang its own words on that letter's clauses."""
    north, south = town.pair("North", "South")
    west = town.office("West")
    town.introduce(west, north)
    town.introduce(north, west)
    n, _ = deliver(town, north, south, order(north, south, ASSURANCE))
    foreign = Clause(
        "R9", "reservation", (("en", "It is void."),), links=(Link("limits", Ref(letter_of(north, n).letter_id, "A1")),)
    )
    body = Body("en", "prevailing", "Note", "A note.")
    (m,) = force(town, west, north, Order(north.state.office, "letter", (body,), clauses=(foreign,))).opened
    reading.read(north, m)
    assert "It is void." not in words(north, n)
    assert "which is not here" not in words(north, n)
    assert "It is void." in words(north, m)
    assert "We do not seek to kill him." not in words(north, m)


def test_burning_forgets_what_was_agreed_and_keeps_the_number(town):
    north, south = town.pair("North", "South")
    n, came = deliver(town, north, south, order(north, south, OFFER))
    for office, entry in ((north, n), (south, came)):
        number = office.state.letters[entry].number
        assert reading.burn(office, entry)
        assert office.state.terms == {}
        assert not any(isinstance(one.event, ev.Terms) for one in entries(office))
        assert not any(b"common enemy" in data for _, data in office.register.events() if data)
        gone = office.state.letters[entry]
        assert (gone.number, gone.gone, gone.event) == (number, True, None)


def test_a_letter_declined_unread_leaves_no_terms_and_its_refusal_is_an_act(town):
    north, south = town.pair("North", "South")
    n, came = deliver(town, north, south, order(north, south, OFFER))
    refusal = reading.decline(south, came, ZoneInfo)
    assert came not in south.state.terms
    acts = (Act("decline", Ref(letter_of(north, n).letter_id)),)
    assert clauses.acts_of(south.state.terms[refusal]) == acts
    town.carry()
    (back,) = town.take_in(north).opened
    assert clauses.acts_of(north.state.terms[back]) == acts


def test_what_its_writer_had_opened_is_kept_of_every_letter(town):
    """So that it is known which letters a letter could answer, without opening it."""
    north, south = town.pair("North", "South")
    n, came = town.exchange(north, south)
    m, back = town.exchange(south, north)
    assert north.state.letters[n].event.seen == south.state.letters[came].event.seen == (b"", 0)
    expected = (north.state.epoch, 1)
    assert south.state.letters[m].event.seen == north.state.letters[back].event.seen == expected


def test_what_cannot_be_shown_whole_cannot_be_accepted(town):
    north, south = town.pair("North", "South")
    text = Body("en", "prevailing", "Offer", "Hidden\u200b words.")
    found = order(north, south, OFFER).clauses
    found = tuple(Clause(c.number, c.kind, (c.text[0],), provision=c.provision, dates=c.dates) for c in found)
    (came,) = force(town, north, south, Order(south.state.office, "letter", (text,), clauses=found)).opened
    with pytest.raises(NotPossible, match="cannot show all that it says"):
        sealing.plan(south, order(south, north, answer(f"accept {came}")), ZoneInfo)


def test_limits_too_deep_to_be_shown_over_several_letters_bar_accepting(town):
    """A correspondent whose letters limit one another without end: all are read, none whole, and none accepted."""
    north, south = town.pair("North", "South")
    text, came, ids = Body("en", "prevailing", "Offer", "It is."), [], []
    for _ in range(3):
        links = [Link("limits", Ref(ids[-1], "R9")), Link("limits", Ref(ids[0], "T1"))] if ids else []
        said = [
            Clause("R1" if ids else "T1", "reservation" if ids else "exclusion", (("en", "But."),), links=tuple(links))
        ]
        for n in range(2, 10):
            to = Link("limits", Ref(None, said[-1].number))
            said.append(Clause(f"R{n}", "reservation", (("en", "But."),), links=(to,)))
        asked = Order(south.state.office, "letter", (text,), clauses=tuple(said), terms=(Act("propose"),))
        came += force(town, north, south, asked).opened
        ids.append(south.state.letters[came[-1]].event.letter_id)
    assert any(one.deeper for whole in reading.read(south, came[0]).clauses for one in whole.all())
    with pytest.raises(NotPossible, match="cannot show all that it says"):
        sealing.plan(south, order(south, north, answer(f"accept {came[0]}")), ZoneInfo)


def test_the_reader_can_make_the_same_offer(town):
    """A deniable offer is one that its reader could have made: clauses and acts included."""
    north, south = town.pair("North", "South")
    asked = order(south, north, OFFER, signed=False)
    sealed, made = forge(south, asked, ZoneInfo)
    found = opening.try_to_open(south, sealed)
    assert (found.clauses, found.acts, found.letter_id) == (asked.clauses, asked.terms, made.letter_id)
