"""The vectors of meetings and records hold for the product and for a reader written from the specification alone."""

import pycddl
import pytest
import talks as stranger
from test_vectors import cddl, check, load

from backchannel.encoding import decode, encode
from backchannel.letters.matter import Matter
from backchannel.letters.talks import check_named, check_replies, read_talk

TALKS = load("talks")


def read(kind, data):
    return read_talk(Matter(kind, decode(data, limit=1 << 20)))


@pytest.mark.parametrize("case", TALKS["matters"], ids=lambda case: case["name"])
def test_what_is_said_of_a_meeting(case):
    kind = case["kind"]
    both = check(case, lambda data: read(kind, data), lambda data: stranger.read_talk(kind, data))
    if both:
        assert encode(both[0].matter().value) == encode(both[1]) == bytes.fromhex(case["hex"])
        pycddl.Schema(f"start = {kind}\n{cddl()}").validate_cbor(bytes.fromhex(case["hex"]))


@pytest.mark.parametrize("case", TALKS["ties"], ids=lambda case: case["name"])
def test_what_is_said_fits_the_letter_it_names(case):
    kind, replies, named = case["kind"], [bytes.fromhex(one) for one in case["replies"]], case["named"]
    beside = named and (named["kind"], bytes.fromhex(named["hex"]))

    def ours(data):
        said = read(kind, data)
        check_replies(said, replies)
        if beside:
            check_named(said, read(*beside))

    def theirs(data):
        value = stranger.read_talk(kind, data)
        stranger.check_tie(kind, value, replies, beside and (beside[0], stranger.read_talk(*beside)))

    check(case, ours, theirs)
