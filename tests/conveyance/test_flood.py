"""A carrier that says very much: sorting it takes time in proportion, not its square."""

from work import work

from backchannel.conveyance.tracking import Given, Word, track

ME, CARRIER, READER = (bytes([n]) * 32 for n in (1, 2, 3))
OWN = b"r" * 32


def word(event, at, *, ref=OWN, by=CARRIER, giver=ME, entry=0):
    return Word(event, ref, by, at, "manual", (), "oral", giver, READER, CARRIER, 0, entry)


def sorted_out(many):
    """Contradicting words about one leg, and as many later legs each given by the one before."""
    words = [word("ContentHandover" if n % 2 else "SubmissionRejection", n, entry=n) for n in range(many)]
    before = READER
    for n in range(many):
        after = n.to_bytes(32)
        words.append(word("ContentConsignment", n, ref=b"R" + n.to_bytes(31), by=after, giver=before, entry=many + n))
        before = after
    return track(ME, Given(CARRIER, READER, OWN, 0, 0, "oral", None), words)


def test_four_times_as_many_statements_and_legs_are_four_times_the_work():
    _, few = work(lambda: sorted_out(500))
    legs, many = work(lambda: sorted_out(2_000))
    assert many < 5 * few
    assert len(legs) == 2_001
    assert legs[0].standing == "unclear"
    assert len(legs[0].aside) == 2_000
