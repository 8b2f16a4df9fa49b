"""A translation made at the reader's desk: whose it is, of what, and that it is never taken for the letter."""

from zoneinfo import ZoneInfo

import pytest
from hostile import rounds
from offers import OFFER, answer, deliver, order

from backchannel.desk import reading, sealing
from backchannel.desk.desk import Desk
from backchannel.desk.translations import before_accepting, made_here, translate
from backchannel.errors import NotPossible, Refused
from backchannel.letters.drafts import Source
from backchannel.letters.letter import read_contents
from backchannel.letters.parts import Body, Clause
from backchannel.values import replace

TEXT = "# Arbeit\n\nWir bieten dies an."
CLAUSES = {"T1": "Wir arbeiten.", "T2": "Eine Einigung.", "P1": "Es endet.", "P2": "Nach der Zeit von New York."}
WHOLE = "\n\n".join([TEXT, *(f"## {number}\n\n{text}" for number, text in CLAUSES.items())])


@pytest.fixture
def offered(town):
    """An offer of North's that South has read; its entry at South."""
    north, south = town.pair("North", "South")
    _, came = deliver(town, north, south, order(north, south, OFFER, signed=True))
    reading.read(south, came)
    return town, north, south, came


def made(south, came, text=WHOLE, lang="de", by="the interpreter", **more):
    return translate(south, came, lang, Source("offer.de.md", text.encode()), by, ZoneInfo, **more)


def told(south, north, came):
    asked = order(south, north, answer(f"accept {came}"), signed=True)
    return [str(one) for one in sealing.plan(south, asked, ZoneInfo).findings]


def test_it_says_whose_it_is_and_of_which_text(offered):
    """Tied to the digests of the text and of each clause translated; shown beside the letter, which is as it was."""
    _, _, south, came = offered
    before = reading.show(south, came).letter
    made(south, came, machine=True, back=Source("back.md", b"We offer this."))
    made(south, came, TEXT, of="fa")
    shown = reading.show(south, came)
    assert shown.letter == before
    one, other = shown.translations
    assert (one.said.by, one.said.machine, one.said.made_from, one.back) == (
        "the interpreter",
        True,
        "en",
        "We offer this.",
    )
    digests = {part.content.lang: part.digest for part in before.parts if isinstance(part.content, Body)}
    clauses = [part.digest for part in before.parts if isinstance(part.content, Clause)]
    assert one.said.parts == (digests["en"], *clauses)
    assert other.said.parts == (digests["fa"],)
    assert (one.missing, other.missing) == ((), ("T1", "T2", "P1", "P2"))
    assert "## T1\n\nWir arbeiten." in one.text


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"lang": "en"}, "is in en"),
        ({"of": "ar"}, "no text to translate in ar"),
        ({"by": ""}, "somebody"),
        ({"lang": "english!"}, "write it like en"),
        ({"text": "no title"}, "no title"),
        ({"text": WHOLE + "\n\n## T9\n\nMehr."}, "T9, which clauses does not list"),
        ({"text": "---\nlang: de\n---\n" + TEXT}, "has no lang"),
        ({"text": TEXT + "\u202e"}, "T2"),
        ({"back": Source("back.md", "x\u202e".encode())}, "T2"),
        ({"back": Source("back.md", b"\xff")}, "D10"),
    ],
)
def test_what_is_no_translation_of_it_is_not_kept(offered, changes, why):
    _, _, south, came = offered
    before = south.register.head()
    with pytest.raises((NotPossible, Refused), match=why):
        made(south, came, **changes)
    assert south.register.head() == before


def test_only_what_came_and_was_read_is_translated(town):
    north, south = town.pair("North", "South")
    n, came = deliver(town, north, south, order(north, south, OFFER, signed=True))
    with pytest.raises(NotPossible, match="was not read here"):
        made(south, came)
    with pytest.raises(NotPossible, match="no letter from another office"):
        made(north, n)


def test_it_is_burnt_with_its_letter_and_found_by_no_search(offered):
    """Its words are not the letter's: no search finds the letter by them, and nothing of it is left."""
    _, _, south, came = offered
    entry = made(south, came)
    assert reading.search(south, "offer") == [came]
    assert reading.search(south, "Wir bieten") == []
    assert south.register.blob(entry, "translation")
    reading.burn(south, came)
    assert (south.register.blob(entry, "translation"), south.register.event(entry)) == (None, None)
    assert (made_here(south, came), south.state.translations) == ((), {})


def test_it_is_kept_in_backups(offered):
    town, _, south, came = offered
    made(south, came)
    town.put_aside(south)
    again = town.restore("South")
    assert [one.title for one in made_here(again, came)] == ["Arbeit"]


def test_before_accepting_what_it_leaves_out_is_told(offered):
    """Until some translation is whole; without one nothing is said."""
    _, north, south, came = offered
    assert told(south, north, came) == []
    made(south, came, WHOLE.partition("## P1")[0])
    made(south, came, TEXT)
    assert told(south, north, came) == [f"accept: the translation of letter {came} here leaves P1, P2 untranslated"]
    made(south, came)
    assert told(south, north, came) == []


def test_before_accepting_a_text_that_was_since_corrected_is_told(offered):
    """Of the letter translated, and of the one that corrects it and is not translated."""
    town, north, south, came = offered
    made(south, came)
    mine = next(one.n for one in north.state.letters.values() if one.ours)
    sealing.seal_letter(north, replace(order(north, south, OFFER, signed=True), acts={"corrects": mine}), ZoneInfo)
    rounds(town, south)
    later = max(one.n for one in south.state.letters.values() if not one.ours)
    assert any(f"letter {came} was corrected in entry {later}" in one for one in told(south, north, came))
    assert any(f"only letter {came} is translated here" in one for one in told(south, north, later))
    reading.read(south, later)
    made(south, later)
    assert list(before_accepting(south, south.state.letters[later])) == []


def test_a_page_shows_it_after_the_letter_and_never_without_its_label(offered):
    _, _, south, came = offered
    made(south, came)
    desk, shown = Desk(south, b""), reading.show(south, came)
    page = desk.page(shown, (), beside=("translation made here, counts for nothing",))
    assert page.count("counts for nothing") == page.count("Wir bieten dies an.") == 1
    assert page.index("We offer this.") < page.index("counts for nothing") < page.index("Wir bieten dies an.")
    assert "Wir bieten dies an." not in desk.page(shown, ())
    assert read_contents(south.register.blob(came, "contents")) == shown.letter
