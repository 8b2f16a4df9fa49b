"""A carrier that says very much: sorting it takes time in proportion, not its square."""

from time import process_time

from backchannel.conveyance.tracking import Given, Word, track

ME, CARRIER, READER = (bytes([n]) * 32 for n in (1, 2, 3))
OWN = b"r" * 32
MANY = 20_000


def word(event, at, *, ref=OWN, by=CARRIER, giver=ME, entry=0):
    return Word(event, ref, by, at, "manual", (), "oral", giver, READER, CARRIER, MANY, entry)


def test_many_statements_and_legs_are_sorted_out_in_seconds():
    """Twenty thousand contradicting words about one leg, and as many later legs each given by the one before."""
    words = [word("ContentHandover" if n % 2 else "SubmissionRejection", n, entry=n) for n in range(MANY)]
    before = READER
    for n in range(MANY):
        after = n.to_bytes(32)
        words.append(word("ContentConsignment", n, ref=b"R" + n.to_bytes(31), by=after, giver=before, entry=MANY + n))
        before = after
    given = Given(CARRIER, READER, OWN, 0, 0, "oral", None)
    start = process_time()
    legs = track(ME, given, words)
    assert process_time() - start < 5
    assert len(legs) == MANY + 1
    assert legs[0].standing == "unclear"
    assert len(legs[0].aside) == MANY
