"""What was said of one leg: what can stand together does, and each thing put aside has its reason."""

import pytest

from backchannel.conveyance.tracking import CLOCKS_SECONDS, Given, Word, sort_out, track
from backchannel.values import replace

ME, FERRY, SOUTH = (bytes([n]) * 32 for n in (1, 2, 3))
REF = b"r" * 32


def word(event, at, *, by=FERRY, entry=0, heard_at=10_000, proof="oral", mode="manual", reasons=(), ref=REF):
    return Word(event, ref, by, at, mode, reasons, proof, ME, SOUTH, by, heard_at, entry)


def sorted_out(*words, given_at=None):
    stands, aside = sort_out(words, given_at)
    return [one.event for one in stands], [(one.event, why) for one, why in aside]


def test_only_one_offices_own_words_contradict_each_other():
    """What another says beside it is another's word; who both takes and declines is unclear."""
    over, declined = word("ContentHandover", 50, by=SOUTH), word("SubmissionRejection", 40)
    assert sorted_out(over, declined) == (["SubmissionRejection", "ContentHandover"], [])
    taken = word("SubmissionAcceptance", 30, by=SOUTH)
    assert sorted_out(taken, declined) == (["SubmissionAcceptance", "SubmissionRejection"], [])
    both = sorted_out(word("SubmissionAcceptance", 30), declined)
    assert both == ([], [("SubmissionAcceptance", "contradictory"), ("SubmissionRejection", "contradictory")])
    ends = sorted_out(word("ContentHandover", 50), word("x-Recalled", 60), word("SubmissionAcceptance", 10))
    assert ends[0] == ["SubmissionAcceptance"]
    assert {why for _, why in ends[1]} == {"contradictory"}
    assert sorted_out(word("ContentHandover", 50), word("ContentHandover", 51))[0] == []


@pytest.mark.parametrize("event", ["RelayFailure", "RelayRejection", "ContentHandoverFailure"])
def test_a_failure_may_be_before_it_was_taken_and_little_else(event):
    late = CLOCKS_SECONDS + 101
    taken = word("SubmissionAcceptance", late)
    assert sorted_out(taken, word(event, 100))[1] == []
    assert sorted_out(taken, word("x-CustodyHeld", 100))[1] == [("x-CustodyHeld", "out-of-order")]
    assert sorted_out(taken, word("x-CustodyHeld", 101))[1] == []
    assert sorted_out(taken, word("x-CustodyHeld", 100, by=SOUTH))[1] == []
    earlier = word("SubmissionAcceptance", 90)
    assert sorted_out(taken, earlier, word("x-CustodyHeld", 100))[1] == []


def test_dates_are_believed_within_ten_minutes():
    """Of the hearing, and of the giving."""
    assert sorted_out(word("RelayFailure", 10_600)) == (["RelayFailure"], [])
    assert sorted_out(word("RelayFailure", 10_601)) == ([], [("RelayFailure", "future")])
    assert sorted_out(word("RelayFailure", 400), given_at=1000) == (["RelayFailure"], [])
    assert sorted_out(word("RelayFailure", 399), given_at=1000) == ([], [("RelayFailure", "backdated")])
    assert sorted_out(word("RelayFailure", 400, proof="forged")) == ([], [("RelayFailure", "forged")])
    again = [word("RelayFailure", 400, entry=n) for n in (2, 1)]
    assert sort_out(again, None) == ((again[1],), ((again[0], "again"),))
    assert sorted_out(word("RelayFailure", 400), word("RelayFailure", 400, mode="automatic"))[1] == []
    signed = word("RelayFailure", 400, proof="signed", entry=9)
    assert sort_out((again[1], signed), None)[0] == (signed,)


@pytest.mark.parametrize(
    ("words", "waited", "expected"),
    [
        ((), None, ("no-word", None)),
        ((), 900, ("silent", 900)),
        ((word("SubmissionAcceptance", 50),), None, ("taken", 50)),
        ((word("SubmissionAcceptance", 50),), 900, ("silent", 900)),
        ((word("SubmissionRejection", 50),), 900, ("declined", 50)),
        ((word("SubmissionAcceptance", 50), word("x-ReturnedUnopened", 60)), 900, ("returned", 60)),
        ((word("SubmissionAcceptance", 50), word("x-Recalled", 60)), 900, ("recalled", 60)),
        ((word("SubmissionAcceptance", 50), word("x-CustodyReleased", 60)), None, ("passed", 60)),
        ((word("ContentHandover", 60), word("x-CustodyHeld", 70)), 900, ("handed-over", 60)),
        ((word("SubmissionAcceptance", 50), word("SubmissionRejection", 60)), 900, ("unclear", None)),
        ((word("SubmissionAcceptance", 50), word("ContentHandoverFailure", 60)), None, ("failed", 60)),
        ((word("NotificationForAcceptance", 50),), None, ("in-reach", 50)),
        ((word("x-ReadAloud", 50),), None, ("read-aloud", 50)),
    ],
)
def test_where_it_is_is_the_last_thing_said_that_stands(words, waited, expected):
    (leg,) = track(ME, Given(FERRY, SOUTH, REF, 10, 2000, "oral", waited), words)
    assert (leg.standing, leg.at) == expected
    assert leg.is_hole == (not any(one.event == "SubmissionAcceptance" for one in leg.words))


def test_later_legs_follow_each_other_and_what_hangs_on_nothing_comes_last():
    """Each given by who carried the one before; those known from nobody's word that reaches us, by their time."""
    a, b, c = (bytes([n]) * 32 for n in (10, 11, 12))

    def leg(giver, by, at):
        return Word("RelayAcceptance", giver, by, at, "manual", (), "oral", giver, SOUTH, by, 10_000, at)

    said = [leg(a, b, 30), leg(FERRY, a, 20), leg(c, bytes(32), 5), word("SubmissionAcceptance", 15)]
    legs = track(ME, Given(FERRY, SOUTH, REF, 10, 2000, "oral", None), said)
    assert [(one.giver, one.carrier) for one in legs] == [(ME, FERRY), (FERRY, a), (a, b), (c, bytes(32))]
    assert [one.given is not None for one in legs] == [True, False, False, False]
    split = [leg(FERRY, a, 30), leg(FERRY, b, 20), leg(FERRY, c, 0)]
    split.append(replace(leg(FERRY, bytes(32), 40), proof="forged"))
    legs = track(ME, Given(FERRY, SOUTH, REF, 10, 2000, "oral", None), split)
    assert [one.carrier for one in legs] == [FERRY, bytes(32), c, b, a]  # of a forged word alone, no time is known
    to_the_reader = track(ME, Given(SOUTH, SOUTH, REF, 10, 2000, "oral", None), ())
    assert not to_the_reader[0].is_hole
