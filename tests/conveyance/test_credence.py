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
from backchannel.letters.matter import VERBS
from backchannel.values import replace

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
    bare = Claim(NORTH, ID, "carry")
    assert read_claim(bare.to_wire(), "envoy") == bare
    longest = replace(claim, matter="x" * 255)
    assert read_claim(longest.to_wire(), "envoy") == longest
    assert mark(lambda: read_claim(claim.to_wire(), "principal")) == "A5"
    for changes in ({"verb": "rule"}, {"credence": bytes(15)}, {"more": 1}, {"matter": "x" * 256}):
        assert mark(lambda changes=changes: read_claim(claim.to_wire() | changes, "envoy")) == "A4"


def test_a_chain_ends_after_three():
    """Principal to envoy, and passed on twice: whoever gets it the third time has nothing."""
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


@pytest.mark.parametrize(
    "changes",
    [
        {"verbs": list(VERBS)},
        {"matters": [f"{n:02}" for n in range(64)]},
        {"matters": ["x" * 255, "x"]},
        {"limits": "x" * 4096},
        {"until": 100 + MOST_LIFE_SECONDS},
        {"since": 999},
        {"serial": 999},
        {"serial": 0, "since": 0},
    ],
)
def test_the_most_that_a_credence_may_say_is_read(changes):
    value = CREDENCE.matter().value | changes
    assert read_accrediting("credence", value).matter().value == value


@pytest.mark.parametrize(
    "changes",
    [
        {"matters": [f"{n:02}" for n in range(65)]},
        {"matters": ["x" * 256]},
        {"matters": ["\u0645" * 128]},
        {"limits": "x" * 4097},
        {"principal": bytes(31)},
        {"envoy": bytes(33)},
        {"audience": None},
        {"under": bytes(17)},
        {"verbs": [*VERBS, "carry"]},
    ],
)
def test_a_credence_that_says_more_is_refused(changes):
    assert mark(lambda: read_accrediting("credence", CREDENCE.matter().value | changes)) == "A1"


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        (ALL[1], {"id": bytes(15)}),
        (ALL[2], {"question": bytes(17)}),
        (ALL[2], {"envoy": bytes(31)}),
        (ALL[2], {"credence": bytes(15)}),
        (ALL[2], {"letter": bytes(31)}),
        (ALL[4], {"question": b""}),
        (ALL[4], {"envoy": b""}),
        (ALL[4], {"answer": "perhaps"}),
        (ALL[4], {"at": True}),
        (ALL[4], {"credence": bytes(32)}),
        (ALL[5], {"letter": bytes(16)}),
        (ALL[5], {"envoy": bytes(16)}),
        (ALL[5], {"word": "regretted"}),
        (ALL[5], {"at": -1}),
    ],
)
def test_a_word_about_an_envoy_that_is_none_is_refused(what, changes):
    matter = what.matter()
    assert mark(lambda: read_accrediting(matter.kind, matter.value | changes)) == "A1"


CLAIM = Claim(NORTH, ID, "explain", "prisoners")


def verdict(*words, at=500, claim=CLAIM, trusted=frozenset({NORTH}), **more):
    held = tuple(Word(what, by, reached) for what, by, reached in words)
    return judge(claim, b"l" * 32, more.pop("sender", ENVOY), more.pop("audience", SOUTH), at, held, trusted, **more)


GIVEN = (CREDENCE, NORTH, 100)


def answer(word, at, credence=ID, envoy=ENVOY):
    return (Answer(bytes(16), envoy, word, at, credence), NORTH, at)


@pytest.mark.parametrize(
    ("words", "more", "expected"),
    [
        ([GIVEN], {}, "valid"),
        ([(replace(CREDENCE, serial=0, since=0), NORTH, 100)], {}, "valid"),
        ([GIVEN], {"at": 1000}, "valid"),
        ([GIVEN], {"at": 1001}, "expired"),
        ([GIVEN], {"at": 99}, "unknown"),
        ([(replace(CREDENCE, since=501), NORTH, 100)], {}, "not-yet"),
        ([(replace(CREDENCE, since=500), NORTH, 100)], {}, "valid"),
        ([GIVEN], {"sender": HARBOUR}, "copied"),
        ([GIVEN], {"audience": HARBOUR}, "other-audience"),
        ([GIVEN], {"trusted": frozenset({ENVOY})}, "unverified"),
        ([GIVEN], {"trusted": frozenset(), "own": True}, "valid"),
        ([], {"own": True}, "unknown"),
        ([GIVEN], {"claim": replace(CLAIM, verb="commit")}, "beyond-verb"),
        ([GIVEN], {"claim": replace(CLAIM, matter="oil")}, "beyond-matter"),
        ([GIVEN], {"claim": replace(CLAIM, matter=None)}, "beyond-matter"),
        ([(replace(CREDENCE, matters=()), NORTH, 100)], {"claim": replace(CLAIM, matter="oil")}, "valid"),
        ([GIVEN], {"claim": None}, "itself"),
        ([GIVEN, (Recall(ID, 200), NORTH, 500)], {}, "recalled"),
        ([GIVEN, (Recall(ID, 200), HARBOUR, 300)], {}, "valid"),
        ([GIVEN, (Recall(bytes(16), 200), NORTH, 300)], {}, "valid"),
        ([GIVEN, answer("no", 100)], {}, "denied"),
        ([GIVEN, answer("no", 99)], {}, "valid"),
        ([GIVEN, answer("no", 300), answer("yes", 301)], {}, "valid"),
        ([GIVEN, answer("yes", 300), answer("no", 300)], {}, "denied"),
        ([GIVEN, answer("no", 300), answer("no-comment", 400)], {}, "denied"),
        ([GIVEN, answer("no", 300, None)], {}, "denied"),
        ([GIVEN, answer("no", 300, bytes(16))], {}, "valid"),
        ([GIVEN, answer("no", 300, ID, HARBOUR)], {}, "valid"),
        ([GIVEN, (Answer(bytes(16), ENVOY, "no", 300, ID), HARBOUR, 300)], {}, "valid"),
    ],
)
def test_a_claim_is_worth_what_is_held_when_the_letter_comes(words, more, expected):
    assert verdict(*words, **more).verdict == expected


def test_what_a_principal_says_afterwards_is_told_beside_the_verdict():
    """By whom the letter claims to speak for, and of this letter alone; at one second a no goes before a yes."""
    said = {word: (Ratification(b"l" * 32, ENVOY, word, 700), NORTH, 700) for word in ("ratified", "disowned")}
    assert verdict(said["ratified"]).verdict == "ratified"
    assert verdict(GIVEN, said["ratified"]).verdict == "valid"
    assert verdict(GIVEN, said["ratified"]).later.what.word == "ratified"
    assert verdict(said["ratified"], claim=None).verdict == "ratified"
    assert verdict(said["ratified"], claim=None, trusted=frozenset()).verdict == "itself"
    assert verdict(said["ratified"], said["disowned"]).verdict == "unknown"
    assert verdict(said["disowned"], said["ratified"]).later.what.word == "disowned"
    other = (Ratification(b"l" * 32, ENVOY, "ratified", 700), HARBOUR, 700)
    assert verdict(other, trusted=frozenset({NORTH, HARBOUR})).later is None
    assert verdict((replace(said["ratified"][0], letter=bytes(32)), NORTH, 700)).later is None
    assert verdict((replace(said["ratified"][0], envoy=HARBOUR), NORTH, 700)).later is None
    later = (replace(said["ratified"][0], at=701), NORTH, 701)
    assert verdict(said["disowned"], later).verdict == "ratified"


def test_what_ended_after_the_letter_came_is_told_beside_it():
    found = verdict(GIVEN, (Recall(ID, 600), NORTH, 600))
    assert (found.verdict, found.since_ended) == ("valid", True)
    assert verdict(GIVEN, answer("no", 600)).since_ended
    assert not verdict(GIVEN, (Recall(ID, 400), NORTH, 400)).since_ended
    assert not verdict(GIVEN).since_ended
    assert (verdict(GIVEN).confirmed, verdict().confirmed) == (100, None)
    assert verdict(GIVEN, answer("yes", 450)).confirmed == 450
    assert verdict(GIVEN, answer("no-comment", 450)).confirmed == 100
    assert (verdict(GIVEN).chain, verdict().chain) == ((Word(*GIVEN),), ())


PASSED = replace(CREDENCE, id=bytes(16), envoy=HARBOUR, under=ID, verbs=("explain",))


@pytest.mark.parametrize(
    ("above", "below", "narrower"),
    [
        ({}, {}, True),
        ({"pass_on": False}, {}, False),
        ({}, {"verbs": ("negotiate",)}, False),
        ({}, {"since": 99}, False),
        ({}, {"until": 1001}, False),
        ({}, {"until": 1000, "since": 100}, True),
        ({}, {"matters": ()}, False),
        ({}, {"matters": ("prisoners", "oil")}, False),
        ({"matters": ()}, {"matters": ("oil",)}, True),
        ({"matters": ("prisoners", "oil")}, {"matters": ("oil",)}, True),
        ({}, {"limits": None}, False),
        ({}, {"limits": "no sums; no dates"}, True),
        ({}, {"limits": "no dates"}, False),
        ({"limits": "~"}, {"limits": None}, False),
        ({"limits": None}, {"limits": "any"}, True),
        ({"limits": None}, {"limits": None}, True),
    ],
)
def test_what_is_passed_on_is_never_more(above, below, narrower):
    first, second = replace(CREDENCE, **{"pass_on": True} | above), replace(PASSED, **below)
    assert is_narrower(second, first) == narrower
    words = [(first, NORTH, 100), (second, ENVOY, 120)]
    matter = second.matters[0] if second.matters else None
    claim = Claim(NORTH, bytes(16), second.verbs[0], matter)
    found = verdict(*words, claim=claim, sender=HARBOUR)
    assert found.verdict == ("valid" if narrower else "wider")
    assert [one.what for one in found.chain] == [second, first]


def test_the_envoys_own_desk_need_not_hold_what_its_credence_rests_on():
    claim = Claim(NORTH, bytes(16), "explain", "prisoners")
    assert verdict((PASSED, ENVOY, 120), claim=claim, sender=HARBOUR).verdict == "unknown"
    assert verdict((PASSED, ENVOY, 120), claim=claim, sender=HARBOUR, own=True).verdict == "valid"
    newer = replace(PASSED, serial=130, until=400)
    words = ((newer, ENVOY, 130), (PASSED, ENVOY, 120))
    assert verdict(*words, claim=claim, sender=HARBOUR, own=True).verdict == "expired"
    by_the_principal = replace(PASSED, under=None)
    words = ((replace(PASSED, until=400), ENVOY, 120), (by_the_principal, NORTH, 110))
    assert verdict(*words, claim=claim, sender=HARBOUR).verdict == "valid"


def test_the_first_thing_that_is_wrong_is_told():
    """From the envoy up, and of two givers the principal's own."""
    claim = Claim(NORTH, bytes(16), "explain", "prisoners")
    ended = replace(CREDENCE, pass_on=False, until=400)
    assert verdict((ended, NORTH, 100), (PASSED, ENVOY, 120), claim=claim, sender=HARBOUR).verdict == "expired"
    for giver in (bytes(32), b"\xff" * 32):
        given = ((replace(PASSED, under=None, until=400), NORTH, 110), (replace(PASSED, audience=ENVOY), giver, 120))
        assert verdict(*given, claim=claim, sender=HARBOUR).verdict == "expired"
