"""What was said by who heard a letter read aloud: an account in another's words, the text of nobody."""

from zoneinfo import ZoneInfo

import pytest
from hostile import marks, rounds, send, settle, write

from backchannel.desk import reading, sealing
from backchannel.desk.aloud import confirm_readback, say_read_aloud, told
from backchannel.desk.sealing import Order
from backchannel.errors import NotPossible
from backchannel.letters.clauses import Act, Ref
from backchannel.letters.parts import Body
from backchannel.values import replace

PRESENT = (("reader", "envoy"), ("interpreter", "interpreter"), ("hearer", "principal"))
SAID = Body("en", "prevailing", "What was said", "That it will be thought about.")


@pytest.fixture
def heard(town):
    """A letter of North's that South's envoy has read to its hearer: its entry at North, and at South."""
    north, south, harbour = settle(town, "North", "South", "Harbour")
    n = send(north, south)
    rounds(town, south)
    (came,) = [one.n for one in south.state.letters.values() if not one.ours]
    reading.read(south, came)
    say_read_aloud(south, came, PRESENT, ZoneInfo)
    return town, north, south, harbour, n, came


def order(to, came, what="answer", **more):
    origin = more.pop("origin", "intermediary")
    found = Order(to.state.office, "reply", (SAID,), origin=origin, replies=(came,), paraphrase=(what, came))
    return replace(found, **more)


def sent(heard, what="answer", **more):
    """A paraphrase that came: its entry at North."""
    town, north, south, _, _, came = heard
    sealing.seal_letter(south, order(north, came, what, **more), ZoneInfo)
    rounds(town, north)
    return max(one.n for one in north.state.letters.values() if not one.ours and one.event.form == "reply")


def test_it_arrives_as_an_account_of_what_was_said(heard):
    """Of which letter, said by whom by capacity, in whose words; by itself never signed, though first letters are."""
    _, north, south, _, n, came = heard
    at = sent(heard)
    letter = north.state.letters[at]
    assert (letter.paraphrase, letter.event.signed, letter.event.origin) == ("answer", False, "intermediary")
    found = told(north, letter)
    assert (found.said.hearers, found.heard, found.said_aloud) == (("principal",), n, True)
    ours = max(one.n for one in south.state.letters.values() if one.ours and one.event.form == "reply")
    assert told(south, south.state.letters[ours]).heard == came
    assert told(north, north.state.letters[n]) is None


def test_nothing_is_told_of_what_nobody_heard(town):
    """Not read, not read aloud, one's own, burnt, or another office's."""
    north, south, harbour = settle(town, "North", "South", "Harbour")
    n = send(north, south)
    rounds(town, south)
    (came,) = [one.n for one in south.state.letters.values() if not one.ours]
    before = south.register.head()
    for step in (lambda: None, lambda: reading.read(south, came)):
        step()
        with pytest.raises(NotPossible, match="was not read aloud here"):
            sealing.seal_letter(south, order(north, came), ZoneInfo)
    with pytest.raises(NotPossible, match="nobody heard it"):
        sealing.seal_letter(north, order(south, n), ZoneInfo)
    say_read_aloud(south, came, PRESENT, ZoneInfo)
    with pytest.raises(NotPossible, match="no letter from or to"):
        sealing.seal_letter(south, order(harbour, came), ZoneInfo)
    reading.burn(south, came)
    with pytest.raises(NotPossible, match="burnt"):
        sealing.seal_letter(south, order(north, came), ZoneInfo)
    assert before != south.register.head()
    assert not [one for one in south.state.letters.values() if one.ours and one.event.form == "reply"]


def test_it_is_sealed_as_nobodys_text_only(heard):
    """Unsigned, in an intermediary's words, a reply, without acts."""
    _, north, south, _, _, came = heard
    theirs = south.state.letters[came].event.letter_id
    for changes, why in (
        ({"signed": True}, "never signed"),
        ({"origin": "principal"}, "paraphrase is an unsigned reply"),
        ({"form": "letter"}, "paraphrase is an unsigned reply"),
        ({"terms": (Act("accept", Ref(theirs)),)}, "commits nobody"),
    ):
        with pytest.raises(NotPossible, match=why):
            sealing.seal_letter(south, order(north, came, **changes), ZoneInfo)


def test_it_cannot_be_accepted_here_or_by_a_program_without_rules(heard):
    """Its text never becomes a text of the other side: no act may name it, and one that does is refused [L18]."""
    town, north, south, *_ = heard
    at = sent(heard)
    accept = (Act("accept", Ref(north.state.letters[at].event.letter_id)),)
    with pytest.raises(NotPossible, match="is a paraphrase, no text of an office"):
        sealing.seal_letter(north, Order(south.state.office, "letter", (SAID,), terms=accept), ZoneInfo)
    write(north, south, "letter", bodies=(SAID,), terms=accept)
    town.carry()
    assert marks(town.take_in(south)) == ["L18"]


def test_the_author_confirms_a_readback_or_corrects_it_by_a_letter(heard):
    """What was understood comes back to who wrote the letter; its word is told to who reads back, and shown at both."""
    town, north, south, _, n, came = heard
    right, wrong = sent(heard, "readback"), sent(heard, "readback")
    with pytest.raises(NotPossible, match="was not read here"):
        confirm_readback(north, right, ZoneInfo)
    for at in (right, wrong):
        reading.read(north, at)
    confirm_readback(north, right, ZoneInfo)
    better = replace(order(south, wrong, origin="principal"), acts={"corrects": n}, paraphrase=None, form="letter")
    sealing.seal_letter(north, better, ZoneInfo)
    with pytest.raises(NotPossible, match="is right already"):
        confirm_readback(north, right, ZoneInfo)
    rounds(town, south)
    for office, letters in ((north, (right, wrong)), (south, readbacks(south))):
        one, other = (told(office, office.state.letters[at]) for at in letters)
        assert (bool(one.confirmed), bool(one.corrected)) == (True, False)
        assert (bool(other.confirmed), bool(other.corrected)) == (False, True)
    assert south.state.letters[came].acted_on.keys() == {"corrects"}


def readbacks(office):
    return [n for n, one in sorted(office.state.letters.items()) if one.ours and one.paraphrase == "readback"]


def test_only_the_author_confirms_and_only_a_readback(heard):
    """Not an answer, not one's own, not what came from nowhere; from a program without rules: refused [L18, L16]."""
    town, north, south, _, n, _ = heard
    answer, readback = sent(heard), sent(heard, "readback")
    reading.read(north, answer)
    for office, at in ((north, answer), (north, n), (south, readbacks(south)[0])):
        with pytest.raises(NotPossible, match="no readback from another office"):
            confirm_readback(office, at, ZoneInfo)
    mine = readbacks(south)[0]
    for by, to, at in ((north, south, answer), (south, north, mine)):
        write(by, to, "reply", bodies=(SAID,), replies=(at,), acts={"confirms": at})
    rounds(town)
    assert marks(town.take_in(south)) == ["L18"]
    assert marks(town.take_in(north)) == ["L16"]
    assert told(north, north.state.letters[readback]).confirmed == 0


def test_burnt_it_leaves_no_trace_of_what_it_was(heard):
    _, north, *_ = heard
    at = sent(heard, "readback")
    reading.burn(north, at)
    assert (north.state.letters[at].paraphrase, told(north, north.state.letters[at])) == ("", None)
