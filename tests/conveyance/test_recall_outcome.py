"""Whether a recall came in time: only what somebody said counts, and nothing said leaves it open."""

import pytest

from backchannel.conveyance.evidence import READ_ALOUD
from backchannel.conveyance.recall import IN_TIME, TOO_LATE, outcome, recall_reference


@pytest.mark.parametrize(
    ("said", "declined", "answered", "stopped", "expected"),
    [
        ([], False, False, [], "unknown"),
        ([IN_TIME], False, False, [], "in-time"),
        ([], True, False, [], "in-time"),
        ([TOO_LATE], False, False, [True], "too-late"),
        ([READ_ALOUD], False, False, [True], "too-late"),
        ([], False, True, [True], "too-late"),
        ([IN_TIME, TOO_LATE], True, False, [True], "too-late"),
        ([], False, False, [True, True], "in-time"),
        ([], False, False, [True, False], "unknown"),
    ],
)
def test_a_letter_was_read_if_anything_says_so(said, declined, answered, stopped, expected):
    """Who says both is held to have read it; carriers stop it only if each of its ways was stopped."""
    assert outcome(said, declined=declined, answered=answered, stopped=stopped) == expected


def test_a_statement_about_a_recall_fits_one_recall_of_one_letter():
    found = {recall_reference(one * 32, other * 32) for one in (b"a", b"b") for other in (b"a", b"b")}
    assert len(found) == 4
