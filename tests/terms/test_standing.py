"""Boards over random exchanges: lossy, slow, re-ordering carriage, gaps, burnt letters, envoys, recalls.

What two desks hold differs; where they hold the same they say the same, and no board says more than its records.
"""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from records import zones

from backchannel.letters.clauses import ACTS, BY_CONSENT, Act, Clause, Link, Provision, Ref
from backchannel.letters.dates import Moment
from backchannel.letters.spans import TimeSpan
from backchannel.terms.feed import board_json
from backchannel.terms.records import Authority, Hole, LetterRecord, Records, Said, Tables
from backchannel.terms.standing import Board, standing
from backchannel.values import replace

NORTH, SOUTH = b"north", b"south"
TABLES = Tables(zones, "test")
START, DAY = 1_700_000_000, 86_400
# What no further letter or statement may turn into something else but an act, or by being set aside.
SETTLED = ("accepted", "declined", "countered", "revoked", "withdrawn")


def moment(unix: int) -> Moment:
    return Moment(unix, "UTC", 0, "gregorian", "")


def exchange(seed: int) -> Records:
    """A random exchange of 2 to 14 letters, as an observer who held everything would record it."""
    dice = Random(seed)
    letters: list[LetterRecord] = []
    numbers = {NORTH: 0, SOUTH: 0}
    clock = START
    for _ in range(dice.randint(2, 14)):
        clock += dice.randint(0, 4 * DAY)
        author = dice.choice((NORTH, SOUTH))
        numbers[author] += 1
        reader = SOUTH if author == NORTH else NORTH
        left = clock + dice.randint(0, DAY)
        reached = left + dice.choice((0, dice.randint(0, 3 * DAY), dice.randint(0, 20 * DAY)))
        opened = [one.number for one in letters if one.author == reader and dice.random() < 0.5]
        letters.append(
            LetterRecord(
                id=b"%s %d" % (author, numbers[author]),
                author=author,
                reader=reader,
                number=numbers[author],
                signed=dice.random() < 0.6,
                exercise=dice.random() < 0.05,
                sealed=TimeSpan.at(clock),
                left=tuple(
                    said(dice, left, by) for by in ("sender", "carrier") if by == "sender" or dice.random() < 0.6
                ),
                reached=tuple(said(dice, reached, by) for by in ("carrier", "station") if dice.random() < 0.7),
                acts=acts(dice, letters, clock),
                clauses=clauses(dice, letters, clock) if dice.random() < 0.6 else (),
                authority=Authority(author, dice.random() < 0.5) if dice.random() < 0.1 else None,
                opened=(b"", max(opened)) if opened else None,
            )
        )
    return Records(tuple(letters))


def said(dice: Random, at: int, by: str) -> Said:
    slack = dice.choice((0, 600, DAY))
    return Said(TimeSpan(at - slack, at + slack), by, dice.choice((0, 0, 1)), dice.random() < 0.3)


def acts(dice: Random, letters: list[LetterRecord], clock: int) -> tuple[Act, ...]:
    found: list[Act] = []
    if dice.random() < 0.4:
        found.append(Act("propose"))
    for _ in range(dice.randint(0, 2)):
        if not letters:
            break
        kind = dice.choice(ACTS[1:])
        to = dice.choice(letters)
        clause = (
            dice.choice([one.number for one in to.clauses])
            if to.clauses and kind in ("declare", "waive", "dispute")
            else None
        )
        on = Ref(to.id, clause, dice.choice((None, 1)) if kind == "accept" and dice.random() < 0.3 else None)
        outcome = dice.choice(("met", "not_met", "kept", "broken", "in_part")) if kind == "declare" else None
        date = moment(clock + dice.randint(-DAY, 30 * DAY)) if kind == "extend" else None
        found.append(Act(kind, on, outcome, date=date, of_date=dice.choice(("lapses_at", "due"))))
    return tuple(found)


def clauses(dice: Random, letters: list[LetterRecord], clock: int) -> tuple[Clause, ...]:
    made: list[Clause] = []
    for at in range(dice.randint(1, 4)):
        kind = dice.choice(("undertaking", "condition", "consequence", "reservation"))
        links = []
        for _ in range(dice.randint(0, 2)):
            other = dice.choice(letters) if letters and dice.random() < 0.3 else None
            to = Ref(other.id, f"T{dice.randint(1, 3)}") if other else Ref(None, f"T{dice.randint(1, 4)}")
            links.append(Link(dice.choice(("only_if", "until", "unless", "in_return_for", "replaces")), to))
        due = (("due", moment(clock + dice.randint(0, 40 * DAY))),) if dice.random() < 0.5 else ()
        bound = dice.choice((NORTH, SOUTH))
        made.append(
            Clause(
                f"T{at + 1}", kind, (("en", f"text {dice.randint(0, 2)}"),), bound=bound, links=tuple(links), dates=due
            )
        )
    if dice.random() < 0.7:
        lapse = ("lapses_at", moment(clock + dice.randint(0, 20 * DAY)))
        made.append(Clause("P1", "provision", (("en", "p"),), provision=Provision("lapses_at"), dates=(lapse,)))
    for number, rule in (
        ("P2", Provision("usual_time", 3 * DAY)),
        ("P3", Provision("counts_on", dice.choice(("arrival", "leaving")))),
    ):
        if dice.random() < 0.4:
            made.append(Clause(number, "provision", (("en", "p"),), provision=rule))
    return tuple(made)


def seen_from(records: Records, owner: bytes, dice: Random) -> Records:
    """What one desk holds of it: its own letters, what reached it, some of the evidence; holes where it lost some."""
    held: list[LetterRecord] = []
    holes: list[Hole] = []
    for letter in records.letters:
        if dice.random() < 0.15 or (letter.author != owner and not letter.reached):
            why = "burnt" if letter.author == owner else dice.choice(("missing", "unopened", "burnt"))
            holes.append(Hole(letter.author, letter.reader, b"", letter.number, letter.number, why))
        else:
            kept = tuple(one for one in letter.reached if one.by == "station" or dice.random() < 0.7)
            held.append(replace(letter, reached=kept))
    return Records(tuple(held), tuple(holes))


def board(records: Records, owner: bytes, now: int) -> Board:
    return standing(records, owner, now, TABLES)


def said_by(found: Board) -> dict[str, object]:
    """The answer without what is the owner's own: who owns it, and what the other knows."""
    value = board_json(found)
    for one in (*value["offers"], *value["clauses"]):
        one.pop("known_to_other")
        one.pop("may_lack")
    return {name: one for name, one in value.items() if name != "owner"}


SEEDS = st.integers(0, 2**32)
NOWS = st.integers(0, 90).map(lambda days: START + days * DAY)


@settings(max_examples=300, deadline=None)
@given(SEEDS, NOWS)
def test_total_and_the_same_at_both_desks(seed: int, now: int) -> None:
    """Any exchange has a board; two desks that hold the same records say the same, whatever order they came in."""
    records = exchange(seed)
    letters = list(records.letters) + Random(seed).choices(records.letters, k=3)
    Random(seed + 1).shuffle(letters)
    assert said_by(board(records, NORTH, now)) == said_by(board(Records(tuple(letters)), SOUTH, now))


@settings(max_examples=300, deadline=None)
@given(SEEDS, NOWS)
def test_boards_differ_only_where_records_do(seed: int, now: int) -> None:
    """Each desk's own lossy part, merged with the other's, is one board; before that, neither contradicts the other.

    Where one says accepted and the other that it ended, some record differs: an act, a time or a hole.
    """
    whole = exchange(seed)
    one, other = (seen_from(whole, owner, Random(seed + at)) for at, owner in enumerate((NORTH, SOUTH)))
    both = Records(one.letters + other.letters, one.holes + other.holes)
    flipped = Records(other.letters + one.letters, other.holes + one.holes)
    assert said_by(board(both, NORTH, now)) == said_by(board(flipped, SOUTH, now))
    mine = {offer.letter.id: offer for offer in board(one, NORTH, now).offers}
    yours = {offer.letter.id: offer for offer in board(other, SOUTH, now).offers}
    for id in mine.keys() & yours.keys():
        if mine[id].state != yours[id].state:
            assert records_about(one, id) != records_about(other, id) or one != other


def records_about(records: Records, id: bytes) -> set[object]:
    named = [one for one in records.letters if one.id == id or any(act.on and act.on.letter == id for act in one.acts)]
    return {*named, *records.holes}


@settings(max_examples=300, deadline=None)
@given(SEEDS, NOWS)
def test_a_hole_turns_absence_into_unclear(seed: int, now: int) -> None:
    """What rests on nothing having come is unclear once a later letter is missing; what is settled stays."""
    records = exchange(seed)
    before = {
        offer.letter.id: "" if offer.state == "accepted" and offer.so_far else offer.state
        for offer in board(records, NORTH, now).offers
    }
    holes = (Hole(SOUTH, NORTH, b"", 99, 99), Hole(NORTH, SOUTH, b"", 99, 99))
    for offer in board(replace(records, holes=holes), NORTH, now).offers:
        was = before[offer.letter.id]
        if was in ("open", "lapsed") and any(act.kind in ("propose", "counter") for act in offer.letter.acts):
            assert offer.state == "unclear" or offer.letter.reached == () or offer.since is None or was == "lapsed"
        elif was in SETTLED:
            assert offer.state == was


@settings(max_examples=300, deadline=None)
@given(SEEDS, NOWS, st.integers(1, 60))
def test_time_alone_only_ends_offers(seed: int, now: int, days: int) -> None:
    """As time passes without a letter, a settled offer stays, and nothing becomes accepted but what provides for it."""
    records = exchange(seed)
    latest = (
        max(one.span.latest or 0 for letter in records.letters for one in (*letter.left, *letter.reached))
        if any(letter.reached for letter in records.letters)
        else START
    )
    now = max(now, latest)  # later, no statement comes into force that was dated after now
    before = {offer.letter.id: offer for offer in board(records, NORTH, now).offers}
    for offer in board(records, NORTH, now + days * DAY).offers:
        was = before[offer.letter.id].state
        if was in SETTLED:
            assert offer.state == was
        if offer.state == "accepted":
            assert was in ("accepted", "not_yet_in_force")
        if was == "lapsed" and before[offer.letter.id].until is None:
            assert offer.state == "lapsed"


@settings(max_examples=200, deadline=None)
@given(SEEDS, NOWS)
def test_more_evidence_reverses_nothing_that_was_sure(seed: int, now: int) -> None:
    """A further statement that agrees with what is known changes an unclear or absent thing, never a settled one."""
    records = exchange(seed)
    dice = Random(seed)
    before = {offer.letter.id: offer for offer in board(records, NORTH, now).offers}
    more = tuple(
        replace(one, left=one.left + tuple(replace(said, signed=True) for said in one.left if dice.random() < 0.5))
        for one in records.letters
    )
    for offer in board(Records(more), NORTH, now).offers:
        if before[offer.letter.id].state in SETTLED:
            assert offer.state == before[offer.letter.id].state


def test_acts_by_consent_are_acts() -> None:
    assert set(BY_CONSENT) <= set(ACTS)
