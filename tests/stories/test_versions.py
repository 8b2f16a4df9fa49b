"""Versions that do not say the same are stopped before they are sealed, unless two people answer for them by name."""

from zoneinfo import ZoneInfo

import pytest
from offers import OFFER, deliver, order

from backchannel.cli.words import version_lines
from backchannel.desk import sealing
from backchannel.desk.checks import difference_told
from backchannel.errors import NotPossible
from backchannel.letters.versions import WHAT
from backchannel.terms.gate import Difference, Finding
from backchannel.text import for_screen

DRIFTED = OFFER.replace("We work against the common enemy.\n", "We shall pay 5,000 dollars within 30 days.\n").replace(
    "در برابر دشمن مشترک کار می‌کنیم.\n", "ما ظرف ۳۰ روز ۵۰٬۰۰۰ دلار خواهیم پرداخت.\n"
)
ANSWERED_FOR = DRIFTED.replace(
    "act: propose", "act: propose\nmismatch_accepted_by: [Ada, Ben]\nmismatch_why: The sum is agreed by telephone."
)


def test_a_mismatch_stops_the_seal(town):
    """R15: nothing is sealed, and the writer is told the clause, what differs and both places."""
    north, south = town.pair("North", "South")
    before = north.state.last_n
    with pytest.raises(NotPossible) as refused:
        sealing.seal_letter(north, order(north, south, DRIFTED), ZoneInfo)
    said = str(refused.value)
    persian = for_screen("۵۰٬۰۰۰ دلار")
    assert said.splitlines()[0].startswith(
        f'T1: the versions in en and fa differ in an amount of money: en says "5,000 dollars" where fa says "{persian}"'
    )
    assert north.state.last_n == before


@pytest.mark.parametrize(
    ("finding", "told"),
    [
        (("number", "changed", "ten", "دوازده"), 'a number: en says "ten" where fa says "{fa}"'),
        (("negation", "missing", "not", ""), 'whether something is or is not: en says "not", and nothing'),
        (("party", "added", "", "قطر"), 'who is named: fa says "{fa}", and nothing in en answers to it'),
        (("party", "swapped", "A pays B", "ب"), 'who is named: two names have changed places: en says "A pays B"'),
        (("clause", "short", "long", "ک"), "{clause}: fa says much less than en"),
        (("clause", "added", "s", "ب"), "{clause}: en says much less than fa"),
        (("clause", "merged", "s", ""), "{clause}: what en says in this clause"),
        (("clause", "missing", "", ""), "{clause}: one of en and fa has no text"),
    ],
)  # fmt: skip
def test_every_difference_is_told_in_a_sentence(finding, told):
    """No code of the gate is shown to people: what stands in one version and not in the other is."""
    said = difference_told(Difference("en", "fa", "1", "1", Finding(*finding)))
    assert said.startswith(
        "the versions in en and fa differ in " + told.format(fa=for_screen(finding[3]), clause=WHAT["clause"])
    )


def test_two_people_answer_for_it_and_both_sides_see_that(town):
    """It travels in the docket, is never signed, and stands above the text at both desks."""
    north, south = town.pair("North", "South")
    n, came = deliver(town, north, south, order(north, south, ANSWERED_FOR))
    for office, entry in ((north, n), (south, came)):
        letter = sealing.read_kept(office, entry)
        assert letter.docket.mismatch is not None
        assert {one.clause for one in letter.docket.mismatch.found} == {"T1"}
        lines = version_lines(letter)
        assert lines[0] == "THE VERSIONS DIFFER. Ada and Ben accept that: The sum is agreed by telephone."
        assert lines[1] == "  T1: the texts in en and fa differ in an amount of money"


def test_what_does_not_differ_is_not_accepted(town):
    """Two names beside versions that agree accept nothing: the docket says only what was found."""
    north, south = town.pair("North", "South")
    agreeing = OFFER.replace(
        "act: propose", "act: propose\nmismatch_accepted_by: [Ada, Ben]\nmismatch_why: To be sure."
    )
    n, _ = deliver(town, north, south, order(north, south, agreeing))
    assert sealing.read_kept(north, n).docket.mismatch is None


def test_who_translated_is_told(town):
    """R35: the reader sees who made which text, and from which."""
    north, south = town.pair("North", "South")
    text = OFFER.replace("act: propose", "act: propose\ntranslators: {fa: the mission's own}")
    _, came = deliver(town, north, south, order(north, south, text))
    assert version_lines(sealing.read_kept(south, came)) == [
        "The text in fa was translated by the mission's own from en"
    ]
