"""Covering letters and custody statements as values: what they say is what is read, and each wrong thing is refused."""

from random import Random

import pytest

from backchannel.conveyance.covering import Covering, read_covering
from backchannel.conveyance.evidence import (
    READ_ALOUD,
    Evidence,
    PassedOn,
    check_writer,
    holds,
    is_about,
    read_evidence,
    read_statement,
    reference,
    state,
)
from backchannel.encoding import encode
from backchannel.errors import Refused
from backchannel.letters.fields import MOST_SECONDS
from backchannel.seals.signatures import SigningKey

DICE = Random(5)
FERRY, NORTH, SOUTH = (DICE.randbytes(32) for _ in range(3))
BLIND, SEAL_ID = DICE.randbytes(32), DICE.randbytes(32)
KEY = SigningKey.from_seeds(DICE.randbytes(32), DICE.randbytes(32))


def covering(**changes):
    return {**Covering(SOUTH, b"sealed", BLIND).matter().value, **changes}


def mark(call):
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.mark


def test_a_covering_letter_reads_as_it_was_written():
    asked = Covering(
        SOUTH, b"sealed", BLIND, "signed", True, 5, 4, "hand_only", "immediate", "lives depend on it", "to him alone"
    )
    assert read_covering(asked.matter().value) == asked
    assert BLIND.hex() not in repr(asked)


@pytest.mark.parametrize(
    "changes",
    [
        {"for": b"x"},
        {"blind": bytes(31)},
        {"enclosure": "text"},
        {"custody": "notarised"},
        {"receipt": 1},
        {"carriage": "pigeon"},
        {"precedence": "immediate"},
        {"precedence": "flash", "because": ""},
        {"by": -1},
        {"taken": True},
        {"later": 1},
    ],
)
def test_each_wrong_covering_letter_is_refused(changes):
    assert mark(lambda: read_covering(covering(**changes))) == "V1"


def test_a_statement_names_nobody_but_its_signer_and_two_legs_share_no_value():
    """Only who holds the blind of a leg can show what its statement is about."""
    first = reference(BLIND, SEAL_ID, NORTH, SOUTH)
    second = reference(DICE.randbytes(32), SEAL_ID, FERRY, SOUTH)
    said = state("SubmissionAcceptance", first, FERRY, 7, "manual")
    assert first != second
    assert is_about(said.statement, BLIND, SEAL_ID, NORTH, SOUTH)
    assert not is_about(said.statement, bytes(32), SEAL_ID, NORTH, SOUTH)
    for name in (NORTH, SOUTH, SEAL_ID):
        assert name not in said.statement.data


def test_a_signature_holds_for_the_very_bytes_and_this_signer_alone():
    ref = reference(BLIND, SEAL_ID, NORTH, SOUTH)
    said = state("ContentHandover", ref, FERRY, 7, "automatic", key=KEY)
    other = SigningKey.from_seeds(DICE.randbytes(32), DICE.randbytes(32))
    assert holds(said, KEY.public)
    assert not holds(said, other.public)
    later = state("ContentHandover", ref, FERRY, 8, "automatic")
    assert not holds(type(said)(later.statement, said.signature), KEY.public)
    assert not holds(later, KEY.public)  # an oral one is signed by nobody


def test_evidence_reads_as_it_was_written():
    said = state("SubmissionRejection", SEAL_ID, FERRY, 7, "manual", [("unsafe", "the road is watched")], KEY)
    whole = Evidence((said,), (PassedOn(said, BLIND, FERRY, SOUTH),), b"sealed")
    assert read_evidence(whole.matter().value) == whole


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (["ContentHandover", SEAL_ID, FERRY, 7, "manual"], "W1"),
        (["ContentHandover", b"", FERRY, 7, "manual", []], "W1"),
        (["ContentHandover", SEAL_ID, FERRY, -7, "manual", []], "W1"),
        (["ContentHandover", SEAL_ID, FERRY, True, "manual", []], "W1"),
        (["x-Burnt", SEAL_ID, FERRY, 7, "manual", []], "W2"),
        (["ContentHandover", SEAL_ID, FERRY, 7, "guessed", []], "W2"),
        (["ContentHandover", SEAL_ID, FERRY, 7, "manual", [["because", ""]]], "W2"),
        (["SubmissionRejection", SEAL_ID, FERRY, 7, "manual", []], "W2"),
        (["ContentHandover", SEAL_ID, FERRY, 7, "manual", [["other", "x" * 513]]], "W2"),
    ],
)
def test_each_wrong_statement_is_refused(data, expected):
    assert mark(lambda: read_statement(encode(data))) == expected


def test_evidence_in_another_shape_is_refused():
    said = state("ContentHandover", SEAL_ID, FERRY, 7, "manual")
    for wrong in (
        {"said": [[said.statement.data, b"short"]], "passed_on": []},
        {"said": [], "passed_on": [[said.statement.data, None, bytes(31), FERRY, SOUTH]]},
        {"said": [said.to_wire()] * 65, "passed_on": []},
        {"said": [], "passed_on": [], "more": 1},
    ):
        assert mark(lambda wrong=wrong: read_evidence(wrong)) == "W1"


def test_nobody_says_for_another_what_that_other_did():
    """A go-between that writes another office's statement as its own writer's is refused whole."""
    said = state("ContentHandover", SEAL_ID, SOUTH, 7, "manual")
    assert mark(lambda: check_writer(Evidence((said,)), FERRY)) == "W3"
    assert check_writer(Evidence((said,)), SOUTH).said == (said,)


def said_aloud(*present):
    return [READ_ALOUD, SEAL_ID, FERRY, 7, "manual", list(present)]


READER, HEARER = ["reader", "envoy"], ["hearer", "principal"]


@pytest.mark.parametrize(
    "data",
    [
        ["ContentHandover", SEAL_ID, FERRY, 0, "automatic", []],
        ["ContentHandover", SEAL_ID, FERRY, MOST_SECONDS, "manual", [["other", "x" * 512]] * 8],
        ["x-CustodyHeld", SEAL_ID, FERRY, 7, "manual", [["waiting", ""]]],
        said_aloud(READER, HEARER),
        said_aloud(READER, ["interpreter", "interpreter"], HEARER, HEARER),
    ],
)
def test_the_most_and_least_that_a_statement_may_say_is_read(data):
    found = read_statement(encode(data))
    assert [found.event, found.ref, found.by, found.at, found.mode, [list(one) for one in found.reasons]] == data
    assert found.data == found.encoded() == encode(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (["ContentHandover", SEAL_ID, FERRY, MOST_SECONDS + 1, "manual", []], "W1"),
        (["ContentHandover", SEAL_ID[1:], FERRY, 7, "manual", []], "W1"),
        (["ContentHandover", SEAL_ID, FERRY + b"x", 7, "manual", []], "W1"),
        (["ContentHandover", SEAL_ID[1:], FERRY[1:], 7, "manual", []], "W1"),
        (["ContentHandover", SEAL_ID, FERRY, 7, "manual", [["other", "x"]] * 9], "W2"),
        (["x-CustodyHeld", SEAL_ID, FERRY, 7, "manual", []], "W2"),
        (["RelayFailure", SEAL_ID, FERRY, 7, "manual", []], "W2"),
        (["ContentHandover", SEAL_ID, FERRY, 7, "manual", [["other", 1]]], "W2"),
        (["ContentHandover", SEAL_ID, FERRY, 7, "manual", [["other"]]], "W2"),
        (said_aloud(), "W2"),
        (said_aloud(READER), "W2"),
        (said_aloud(HEARER), "W2"),
        (said_aloud(READER, READER, HEARER), "W2"),
        (said_aloud(READER, ["hearer", "spy"]), "W2"),
        (said_aloud(READER, HEARER, ["guard", "envoy"]), "W2"),
        (said_aloud(READER, HEARER, ["reader"]), "W2"),
    ],
)
def test_a_statement_beyond_what_one_may_say_is_refused(data, expected):
    assert mark(lambda: read_statement(encode(data))) == expected


def test_evidence_brings_sixty_four_statements_of_each_kind_and_no_more():
    said = state("ContentHandover", SEAL_ID, FERRY, 7, "manual")
    passed = [*said.to_wire(), BLIND, NORTH, SOUTH]
    most = {"said": [said.to_wire()] * 64, "passed_on": [passed] * 64}
    assert [len(one) for one in (read_evidence(most).said, read_evidence(most).passed_on)] == [64, 64]
    for wrong in (
        {"passed_on": [passed] * 65}, {"passed_on": [passed[:4]]}, {"passed_on": [[*passed[:3], NORTH[1:], SOUTH]]},
        {"passed_on": [[*passed[:4], SOUTH[1:]]]}, {"passed_on": [[None, *passed[1:]]]}, {"said": [[None, None]]},
        {"said": [[said.statement.data, bytes(3372)]]}, {"said": [[said.statement.data]]}, {"returned": "x"},
    ):  # fmt: skip
        assert mark(lambda wrong=wrong: read_evidence({"said": [], "passed_on": [], **wrong})) == "W1"


def test_a_statement_is_about_one_leg_of_one_letter():
    said = state("ContentHandover", reference(BLIND, SEAL_ID, NORTH, SOUTH), FERRY, 7, "manual").statement
    leg = (BLIND, SEAL_ID, NORTH, SOUTH)
    assert is_about(said, *leg)
    for at in range(4):
        assert not is_about(said, *leg[:at], DICE.randbytes(32), *leg[at + 1 :])
    assert not is_about(said, BLIND, SEAL_ID, SOUTH, NORTH)


def test_what_travels_with_evidence_is_in_no_repr():
    said = state("ContentHandover", SEAL_ID, FERRY, 7, "manual", key=KEY)
    whole = Evidence((said,), (PassedOn(said, BLIND, FERRY, SOUTH),), b"the sealed bytes")
    for secret in (said.signature, BLIND, b"the sealed bytes", said.statement.data):
        assert repr(secret)[2:-1] not in repr(whole)
    asked = Covering(SOUTH, b"the sealed bytes", BLIND)
    assert not any(repr(one)[2:-1] in repr(asked) for one in (b"the sealed bytes", BLIND))


def test_what_a_covering_letter_may_say_at_most():
    """The last second, a reason of 4096 bytes; precedence needs a reason only where it is said to."""
    most = covering(by=MOST_SECONDS, taken=0, because="x" * 4096, instructions="x" * 4096, precedence="flash")
    assert read_covering(most).because == "x" * 4096
    assert read_covering(covering(precedence="priority")).because is None
    assert Covering(SOUTH, b"", BLIND).custody == read_covering(covering()).custody == "oral"
    for wrong in (
        {"by": MOST_SECONDS + 1}, {"taken": MOST_SECONDS + 1}, {"because": "x" * 4097}, {"instructions": "x" * 4097},
        {"for": SOUTH[1:]}, {"precedence": "soon"}, {"precedence": "flash"}, {"receipt": None},
    ):  # fmt: skip
        assert mark(lambda wrong=wrong: read_covering(covering(**wrong))) == "V1"
