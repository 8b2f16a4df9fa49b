"""Each bad input: the exact answer, and that nothing changed."""

import pytest
from hostile import arrives, composed, sealed_by, standing, unchanged

from backchannel.desk import founding, sealing
from backchannel.desk.sealing import Route
from backchannel.encoding import decode, encode
from backchannel.seals.cards import read_card, standing_target
from backchannel.seals.keys import period_of


@pytest.fixture
def pair(town):
    """North has answered South and South North: each holds envelopes and a token of the other."""
    north, south = town.pair("North", "South")
    town.exchange(north, south)
    town.exchange(south, north)
    return north, south


def with_sheet(letter, **changes):
    return [letter[0] | changes, *letter[1:]]


def with_docket(letter, **changes):
    return [*letter[:3], letter[3] | changes]


@pytest.mark.parametrize(
    ("change", "mark", "why"),
    [
        (lambda letter: with_sheet(letter, v=2), "L1", "the letter is of a version this program does not know"),
        (lambda letter: with_sheet(letter, form="ultimatum"), "L10", "the form 'ultimatum' is not known"),
        (
            lambda letter: with_sheet(letter, type="drill"),
            "L2",
            "the sheet has a value this version does not know in type",
        ),
        (
            lambda letter: with_sheet(letter, origin="angel"),
            "L2",
            "the sheet has a value this version does not know in origin",
        ),
        (lambda letter: with_sheet(letter, extra=1), "L2", "the sheet has a field this version does not know: 'extra'"),
        (lambda letter: with_sheet(letter, to=bytes(32)), "S10", "the letter inside names other offices than its seal"),
        (lambda letter: [letter[0], letter[1] * 2, *letter[2:]], "L9", "the parts are not those the sheet names"),
        (lambda letter: [letter[0], [], *letter[2:]], "L9", "the parts are not those the sheet names"),
        (
            lambda letter: [*letter[:2], bytes(3373), letter[3]],
            "S11",
            "the letter is signed, and the signature is not its office's",
        ),
        (
            lambda letter: with_docket(letter, batch={"number": 9}),
            "S15",
            "the return envelopes enclosed are not in order",
        ),
        (
            lambda letter: with_docket(letter, acts={"forgives": bytes(32)}),
            "L5",
            "the docket's acts has a field this version does not know: 'forgives'",
        ),
        (lambda letter: with_docket(letter, card=b"\x83\x01\x40\x40"), "E3", "the item is cut short"),
    ],
)
def test_a_letter_that_is_not_as_it_must_be(town, pair, change, mark, why):
    """Sealed rightly by a hostile desk of a known office: refused whole, and its envelope can still be used."""
    north, south = pair
    said = unchanged(town, south, sealed_by(north, south, change(composed(north, south))))
    assert said == (mark, why)
    town.exchange(north, south, "on the envelope that was not spent")


def test_a_seal_of_an_unknown_version(town, pair):
    north, south = pair
    parts = decode(sealed_by(north, south, composed(north, south)), limit=1 << 20)
    assert unchanged(town, south, encode([2, *parts[1:]]))[0] == "S3"


@pytest.mark.parametrize(("at", "mark"), [(2, "S5"), (3, "S7"), (4, "S8")])
def test_a_seal_altered_on_its_way(town, pair, at, mark):
    """One bit of the HPKE ciphertext, the commitment, the body."""
    north, south = pair
    parts = decode(sealed_by(north, south, composed(north, south)), limit=1 << 20)
    parts[at] = parts[at][:-1] + bytes([parts[at][-1] ^ 1])
    assert unchanged(town, south, encode(parts))[0] == mark


def test_an_envelope_given_to_another_office(town, pair):
    """West cannot write on an envelope that South made for North."""
    north, south = pair
    west = town.office("West")
    town.introduce(west, south)
    target = sealing._choose(north, north.state.of(south.state.office), Route(), set()).target
    assert unchanged(town, south, sealed_by(west, south, composed(west, south), target=target))[0] == "S9"


def test_an_envelope_used_before(town, pair):
    north, south = pair
    target = sealing._choose(north, north.state.of(south.state.office), Route(), set()).target
    town.exchange(north, south)
    mark, why = unchanged(town, south, sealed_by(north, south, composed(north, south), target=target))
    assert (mark, "used before" in why) == ("S16", True)


def test_a_zero_token_from_an_office_that_has_one(town, pair):
    north, south = pair
    town.exchange(north, south)
    sealed = sealed_by(north, south, composed(north, south), target=standing(south, town.clock))
    mark, why = unchanged(town, south, sealed)
    assert (mark, "without the token" in why) == ("S13", True)


def test_a_key_that_is_destroyed(town, pair):
    """Sealed to a standing key whose period ended more than seven days ago."""
    north, south = pair
    sealed = sealed_by(north, south, composed(north, south), target=standing(south, town.clock))
    for _ in range(2):
        town.clock.move(days=20)
        town.keep_house(south)
    mark, why = unchanged(town, south, sealed)
    assert (mark, "destroyed" in why) == ("S16", True)


def test_a_letter_for_another_office(town, pair):
    north, south = pair
    west = town.office("West")
    town.introduce(north, west)
    sealed = sealed_by(north, west, composed(north, west), target=standing(west, town.clock))
    mark, why = unchanged(town, south, sealed)
    assert (mark, "another office's" in why) == ("S16", True)


def test_a_stranger_without_a_card(town, pair):
    _, south = pair
    west = town.office("West")
    town.introduce(west, south)
    letter = composed(west, south)
    letter[3].pop("card")
    mark, why = unchanged(town, south, sealed_by(west, south, letter))
    assert (mark, "card is not here" in why) == ("S14", True)


def test_a_letter_with_anothers_card(town, pair):
    north, south = pair
    west = town.office("West")
    letter = with_docket(composed(north, south), card=west.state.card_data)
    assert unchanged(town, south, sealed_by(north, south, letter))[0] == "S12"


def test_another_text_under_a_number_already_used(town, pair):
    """Kept, beside the first, and an alarm: never resolved by the program."""
    north, south = pair
    _, came = town.exchange(north, south, "the second")
    letter = composed(north, south)
    letter[3]["number"] = south.state.letters[came].number
    (twin,) = arrives(town, south, sealed_by(north, south, letter)).opened
    assert south.state.letters[twin].event.twin_of == came
    assert town.title(south, came) == "the second"


def test_keys_rotate_and_the_others_learn_it(town, pair):
    """A new period brings a new card in an empty letter; letters on the old key are opened for seven days more."""
    north, south = pair
    old = standing(south, town.clock)
    days_left = (period_of(town.clock()) + 1) * 30 - town.clock().timestamp() / 86_400
    before = read_card(south.state.card_data).body.serial
    town.clock.move(days=days_left + 1)
    assert town.keep_house(south).empties == 1
    town.carry()
    town.keep_house(north)
    card = north.state.of(south.state.office).card
    assert card.body.serial > before
    assert standing_target(card, town.clock())[0] != old.slot
    west = town.office("West")
    town.introduce(west, south, verified=False)
    assert arrives(town, south, sealed_by(west, south, composed(west, south), target=old)).opened != ()
    founding.keep_periods(south)
    assert old.slot in south.state.seals.values()


@pytest.mark.parametrize(
    ("of", "refused"),
    [
        (lambda other: next(iter(other.written.values())).event.letter_id, ["L18"]),
        (lambda other: next(iter(other.received.values())).event.letter_id, []),
        (lambda _: bytes(32), []),
    ],
)
def test_a_paraphrase_of_what_its_writer_was_not_sent_is_refused(town, pair, of, refused):
    """Of its own letter, by whoever writes such a program; of one that is not here it is shown as just that."""
    north, south = pair
    heard = of(north.state.of(south.state.office))
    letter = composed(north, south)
    letter[0] |= {"form": "reply", "origin": "unattributed"}
    letter[3] |= {"replies": [heard], "paraphrase": {"what": "answer", "of": heard, "hearers": ["principal"]}}
    news = arrives(town, south, sealed_by(north, south, letter))
    assert [mark for mark, _, _ in news.refused] == refused
    assert [south.state.letters[n].paraphrase for n in news.opened] == ["answer"] * (not refused)
