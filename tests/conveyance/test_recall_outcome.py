"""Whether a recall came in time: only what somebody said counts, and nothing said leaves it open."""

import pytest

from backchannel.conveyance.evidence import READ_ALOUD, aloud_reference
from backchannel.conveyance.recall import IN_TIME, TOO_LATE, is_stopped, outcome, recall_reference
from backchannel.conveyance.tracking import Given, LegTrack
from backchannel.encoding import digest


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
    assert recall_reference(b"a" * 32, b"b" * 32) == digest("recall", b"a" * 32, b"b" * 32)
    assert aloud_reference(b"a" * 32) == digest("read-aloud", b"a" * 32)
    aloud = {aloud_reference(one * 32) for one in (b"a", b"b")}
    assert len(aloud) == 2
    assert not aloud & (found | {b"a" * 32, b"b" * 32})


@pytest.mark.parametrize("standing", ["declined", "returned", "recalled"])
def test_a_way_is_stopped_by_the_carrier_to_whom_this_office_gave_it(standing):
    """What a later carrier is said to have stopped may be another's doing, or another's word."""
    given = Given(b"f" * 32, b"s" * 32, bytes(32), 100, 200, "oral", None)

    def leg(standing: str, given: Given | None) -> LegTrack:
        return LegTrack(b"n" * 32, b"f" * 32, b"s" * 32, given, (), (), standing, None)

    assert is_stopped([leg("passed", None), leg(standing, given)])
    assert not is_stopped([leg("passed", given), leg(standing, None)])
    assert not is_stopped([])
