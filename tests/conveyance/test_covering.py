"""Covering letters and custody statements as values: what they say is what is read, and each wrong thing is refused."""

from random import Random

import pytest

from backchannel.conveyance.covering import Covering, read_covering
from backchannel.conveyance.evidence import (
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
