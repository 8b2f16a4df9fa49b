"""What accredits an envoy, as values: what it says is what is read, and each wrong thing is refused."""

from itertools import pairwise
from random import Random

import pytest

from backchannel.conveyance.credence import (
    MOST_LIFE_SECONDS,
    Answer,
    Claim,
    Credence,
    Query,
    Ratification,
    Recall,
    Word,
    check_parties,
    is_narrower,
    judge,
    read_accrediting,
    read_claim,
    standing,
)
from backchannel.errors import Refused

DICE = Random(4)
NORTH, ENVOY, SOUTH, HARBOUR = (DICE.randbytes(32) for _ in range(4))
ID = DICE.randbytes(16)
CREDENCE = Credence(ID, NORTH, ENVOY, SOUTH, ("explain", "explore"), 100, 100, 1000, ("prisoners",), "no sums")
ALL = [
    CREDENCE,
    Recall(ID, 200),
    Query(bytes(16), ENVOY, ID, bytes(32)),
    Query(bytes(16), ENVOY),
    Answer(bytes(16), ENVOY, "no-comment", 300, ID),
    Ratification(bytes(32), ENVOY, "ratified", 400),
]


def mark(call):
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.mark


@pytest.mark.parametrize("what", ALL, ids=lambda one: type(one).__name__)
def test_it_reads_as_it_was_written(what):
    matter = what.matter()
    assert read_accrediting(matter.kind, matter.value) == what
    assert mark(lambda: read_accrediting(matter.kind, matter.value | {"more": 1})) == "A1"
    assert mark(lambda: read_accrediting(matter.kind, [])) == "A1"
    for name in set(matter.value) - {"limits", "under", "credence", "letter"}:
        short = {key: value for key, value in matter.value.items() if key != name}
        assert mark(lambda short=short: read_accrediting(matter.kind, short)) == "A1"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"verbs": []}, "A1"),
        ({"verbs": ["rule"]}, "A1"),
        ({"verbs": [["carry"]]}, "A1"),
        ({"verbs": ["carry", "carry"]}, "A1"),
        ({"matters": [""]}, "A1"),
        ({"matters": [1]}, "A1"),
        ({"matters": ["x"] * 65}, "A1"),
        ({"pass_on": 1}, "A1"),
        ({"id": bytes(15)}, "A1"),
        ({"since": True}, "A1"),
        ({"until": 100}, "A2"),
        ({"since": 1000}, "A2"),
        ({"serial": 1000, "since": 900}, "A2"),
        ({"until": 100 + MOST_LIFE_SECONDS + 1}, "A2"),
    ],
)
def test_a_wrong_credence_is_refused(changes, expected):
    assert mark(lambda: read_accrediting("credence", CREDENCE.matter().value | changes)) == expected


def test_nothing_else_accredits():
    assert mark(lambda: read_accrediting("meeting", {})) == "A1"


@pytest.mark.parametrize(
    ("changes", "writer", "reader"),
    [
        ({}, HARBOUR, SOUTH),  # another than the principal accredits
        ({"under": bytes(16)}, NORTH, SOUTH),  # a principal passes on
        ({}, NORTH, HARBOUR),  # told to a third
        ({"envoy": NORTH}, NORTH, SOUTH),
        ({"envoy": SOUTH}, NORTH, SOUTH),
        ({"audience": NORTH}, NORTH, ENVOY),
        ({"under": bytes(16), "envoy": HARBOUR}, HARBOUR, SOUTH),
        ({"under": bytes(16), "audience": HARBOUR}, HARBOUR, ENVOY),
    ],
)
def test_parties_who_cannot_be_are_refused(changes, writer, reader):
    what = read_accrediting("credence", CREDENCE.matter().value | changes)
    assert mark(lambda: check_parties(what, writer, reader)) == "A3"


def test_nobody_is_its_own_envoy():
    assert mark(lambda: check_parties(Query(bytes(16), ENVOY), SOUTH, ENVOY)) == "A3"
    assert mark(lambda: check_parties(Answer(bytes(16), ENVOY, "yes", 1), ENVOY, SOUTH)) == "A3"
    assert mark(lambda: check_parties(Ratification(bytes(32), ENVOY, "ratified", 1), ENVOY, SOUTH)) == "A3"
    for reader in (ENVOY, SOUTH):
        assert check_parties(CREDENCE, NORTH, reader) == CREDENCE


def test_a_claim_is_an_envoys_or_none():
    claim = Claim(NORTH, ID, "explore", "prisoners")
    assert read_claim(claim.to_wire(), "envoy") == claim
    assert mark(lambda: read_claim(claim.to_wire(), "principal")) == "A5"
    for changes in ({"verb": "rule"}, {"credence": bytes(15)}, {"more": 1}, {"matter": "x" * 256}):
        assert mark(lambda changes=changes: read_claim(claim.to_wire() | changes, "envoy")) == "A4"


def test_a_chain_ends_after_three():
    """Principal to envoy, and passed on twice: whoever gets it the third time has nothing."""
    from backchannel.values import replace

    offices = [DICE.randbytes(32) for _ in range(4)]
    passed = replace(CREDENCE, envoy=offices[0], pass_on=True)
    words = [Word(passed, NORTH, 110)]
    for step, (giver, taker) in enumerate(pairwise(offices), start=1):
        passed = replace(passed, id=bytes([step] * 16), envoy=taker, under=passed.id)
        words.append(Word(passed, giver, 120 + step))

    def verdict(step: int) -> str:
        claim = Claim(NORTH, words[step].what.id, "explain", "prisoners")
        found = judge(claim, bytes(32), offices[step], SOUTH, 500, tuple(words), frozenset({NORTH}))
        assert found.carried == (found.verdict == "valid")
        return found.verdict

    assert [verdict(step) for step in range(4)] == ["valid", "valid", "valid", "wider"]
    assert standing(words[2], 500, tuple(words)) == "valid"
    assert standing(words[3], 500, tuple(words)) == "wider"
    assert standing(words[2], 1001, tuple(words)) == "expired"


def test_words_in_any_order_judge_alike():
    """A verdict depends on what is held, not on the order in which it was recorded."""
    passed = Credence(
        bytes(16), NORTH, HARBOUR, SOUTH, ("explain",), 150, 150, 900, ("prisoners",), "no sums", under=ID
    )
    from backchannel.values import replace

    first = replace(CREDENCE, pass_on=True)
    words = [
        Word(first, NORTH, 110), Word(passed, ENVOY, 160), Word(Recall(ID, 500), NORTH, 510),
        Word(Answer(bytes(16), ENVOY, "yes", 450), NORTH, 460), Word(replace(first, serial=120), NORTH, 130),
        Word(Recall(bytes(16), 200), HARBOUR, 210), Word(Ratification(b"r" * 32, HARBOUR, "ratified", 700), NORTH, 720),
    ]  # fmt: skip
    assert is_narrower(passed, first)
    claim, trusted = Claim(NORTH, bytes(16), "explain", "prisoners"), frozenset({NORTH})
    for _ in range(20):
        DICE.shuffle(words)
        at = {n: judge(claim, bytes(32), HARBOUR, SOUTH, n, tuple(words), trusted) for n in (100, 140, 200, 509, 510)}
        assert [at[n].verdict for n in sorted(at)] == ["unknown", "unknown", "valid", "valid", "recalled"]
        assert at[200].confirmed == 450
        assert at[200].since_ended
        ratified = judge(claim, b"r" * 32, HARBOUR, SOUTH, 600, tuple(words), trusted)
        assert (ratified.verdict, ratified.carried) == ("ratified", True)
        assert judge(claim, b"r" * 32, HARBOUR, SOUTH, 200, tuple(words), trusted).verdict == "valid"
