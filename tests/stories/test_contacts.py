"""Meetings of people without a mandate: noted, found again, ratified, disowned, burnt, and never tied to a letter."""

from zoneinfo import ZoneInfo

import pytest

from backchannel.desk import clauses, contacts, reading, recalling, sealing
from backchannel.desk.contacts import read_note
from backchannel.desk.sealing import Order
from backchannel.errors import NotPossible, Refused
from backchannel.letters.dates import parse_moment
from backchannel.letters.draft_clauses import Numbered
from backchannel.letters.draft_values import Source
from backchannel.letters.meetings import Attendee
from backchannel.letters.parts import Body
from backchannel.values import replace

VISIT = """---
asked_by: the visitor
place: a residence in New York
place_by: the host
began: 2026-11-11T15:00[America/New_York]
lasted: over one hour
tone: positive
who:
  - private: the visitor
  - envoy: of this office
---

He spoke of an opening. Nothing was asked in writing.
"""
FIELDS = {
    "asked_by": "the visitor",
    "place": "a hotel",
    "place_by": "the host",
    "who": [("private", "the visitor")],
}


def noted(office, text=VISIT):
    return contacts.note(office, read_note(office, Source("visit.md", text.encode()), {}, ZoneInfo))


def answer(office, n, **more):
    order = Order(office, "letter", (Body("en", "prevailing", "Yes", "We accept."),))
    return replace(order, **({"replies": (n,)} | more))


def test_a_visit_is_noted_as_it_was_told(town):
    """Every field is kept, the moment with its zone; a past date is taken; it speaks for itself only."""
    north, _ = town.pair("North", "South")
    n = noted(north)
    found = north.state.contacts[n]
    assert (found.standing, found.clerk) == ("itself", "ada")
    assert found.began == parse_moment("2026-11-11T15:00[America/New_York]", ZoneInfo)
    assert (found.event.asked_by, found.event.place_by, found.event.tone) == ("the visitor", "the host", "positive")
    assert found.event.who == (("private", "the visitor"), ("envoy", "of this office"))
    assert found.event.authority is None
    assert contacts.text_of(north, n) == "He spoke of an opening. Nothing was asked in writing."
    north.forget_state()
    assert north.state.contacts[n] == found
    assert n not in north.state.letters
    assert not reading.search(north, "opening")


def test_what_is_typed_goes_first_and_now_is_the_date(town):
    """Fields alone make a note, by this office's own clock; beside a file they replace what it says."""
    north = town.office("North")
    said = read_note(north, None, FIELDS, ZoneInfo)
    assert (said.began.zone, said.began.unix) == ("Asia/Tehran", north.now)
    assert (said.who, said.text) == ((Attendee("private", "the visitor"),), "")
    both = read_note(north, Source("visit.md", VISIT.encode()), {"place": "a hotel", "authority": "the lead"}, ZoneInfo)
    assert (both.place, both.authority, both.tone) == ("a hotel", "the lead", "positive")


TIES = {
    "replies": lambda office, to, n: sealing.seal_letter(office, answer(to, n), ZoneInfo),
    "act": lambda office, to, n: clauses.settled(
        office, to, (), ({"kind": "accept", "on": [Numbered(n), None, None]},)
    ),
    "recall": lambda office, _to, n: recalling.recall(office, n, ZoneInfo),
    "read": lambda office, _to, n: reading.read(office, n),
    "corrects": lambda office, to, n: sealing.plan(office, answer(to, n, replies=(), acts={"corrects": n}), ZoneInfo),
    "declines": lambda office, to, n: sealing.plan(office, answer(to, n, replies=(), acts={"declines": n}), ZoneInfo),
}


@pytest.mark.parametrize("tie", TIES)
@pytest.mark.parametrize("mark", [None, "ratified", "burnt"])
def test_nothing_that_is_sealed_names_a_contact_note(town, tie, mark):
    """Not answered, accepted, corrected, recalled nor declined, ratified or burnt; told why; nothing is changed."""
    north, south = town.pair("North", "South")
    n = noted(north)
    if mark == "ratified":
        contacts.mark(north, n, "ratified", "South", "its letter 1")
    elif mark == "burnt":
        contacts.burn(north, n)
    head, before = north.register.head(), north.hatch.outgoing()
    why = "is no letter" if tie == "read" else "can be explored, never offered or accepted"
    with pytest.raises(NotPossible, match=why):
        TIES[tie](north, south.state.office, n)
    assert (north.register.head(), north.hatch.outgoing()) == (head, before)


def test_it_is_ratified_or_disowned_and_the_last_word_counts(town):
    """Every word stays, with who and why; a note that is none, or burnt, takes none."""
    north, _ = town.pair("North", "South")
    n = noted(north)
    contacts.mark(north, n, "ratified", "the incoming office", "said so to the envoy")
    contacts.mark(north, n, "disowned", "the incoming office", "its letter of 2 December")
    found = north.state.contacts[n]
    assert found.standing == "disowned"
    assert [one.mark for _, one in found.marks] == ["ratified", "disowned"]
    head = north.register.head()
    for entry, by, why in ((n + 50, "a", "b"), (n, " ", "b"), (n, "a", "b\u202e")):
        with pytest.raises((NotPossible, Refused)):
            contacts.mark(north, entry, "ratified", by, why)
    assert north.register.head() == head


def test_a_burnt_note_is_in_no_file(town):
    """The fields, the text and what was marked go with one key; the backups that hold them are named."""
    north, _ = town.pair("North", "South")
    other, n = noted(north), noted(north)
    contacts.mark(north, n, "disowned", "a spokesman", "said it was news to him")
    with north.changing() as change:
        change.add(contacts.ev.BackupBegun("north.backup"))
    assert contacts.burn(north, n)
    kept = [data for _, data in north.register.events() if data]
    assert not any(b"spokesman" in data for data in kept)
    assert sum(b"residence" in data for data in kept) == 1  # of the note beside it
    assert north.register.blob(n, "note") is None
    north.forget_state()
    found = north.state.contacts[n]
    assert (found.standing, found.began, found.marks) == ("burnt", None, [])
    assert found.burnt_at == north.now
    assert contacts.kept(north.state, other).standing == "itself"
    with pytest.raises(NotPossible, match="burnt"):
        contacts.text_of(north, n)
    burnt = [one.event for one in entries(north) if isinstance(one.event, contacts.ev.ContactBurnt)]
    assert [one.backups for one in burnt] == [("north.backup",)]


def entries(office):
    return [contacts.ev.from_bytes(n, data) for n, data in office.register.events()]


@pytest.mark.parametrize(
    ("field", "value", "mark"),
    [
        *((field, "a\u202eb", "T2") for field in ("asked_by", "place", "place_by", "lasted", "tone", "authority")),
        ("who", [("private", "a\u202eb")], "T2"),
        ("who", [("spy", "a")], "D13"),
        ("place", "x" * 1025, "D13"),
        ("began", "yesterday", "D16"),
        ("began", "2026-11-25T18:00[Asia/Tehran]", "D16"),  # tomorrow
        ("lang", "English", "T7"),
    ],
)
def test_every_field_keeps_the_rules(town, field, value, mark):
    """What breaks a rule of text, or tells of what is to come, is refused with its mark, and nothing is kept."""
    north = town.office("North")
    with pytest.raises(NotPossible, match=rf"\[{mark}\]"):
        read_note(north, None, {**FIELDS, field: value}, ZoneInfo)


@pytest.mark.parametrize(
    ("old", "new", "mark"),
    [
        ("He spoke", "He\u202e spoke", "T2"),
        ("He spoke", "He ![spoke](x.png)", "T6"),
        ("tone: positive", "mood: positive", "D12"),
        ("tone: positive", "title: A visit", "D12"),
        ("tone: positive", "tone: [a, b]", "D13"),
        ("asked_by: the visitor\n", "", "D14"),
        ("asked_by: the visitor", "asked_by: &a the visitor", "D11"),
    ],
)
def test_every_line_of_a_file_keeps_the_rules(town, old, new, mark):
    """As of a draft: each reason with its mark, and nothing is kept."""
    north = town.office("North")
    head = north.register.head()
    with pytest.raises(NotPossible, match=rf"\[{mark}\]"):
        noted(north, VISIT.replace(old, new, 1))
    assert north.register.head() == head


def test_a_note_comes_back_with_a_backup(town):
    """It is the office's memory: a restored desk has it, and still ties no letter to it."""
    north, south = town.pair("North", "South")
    n = noted(north)
    town.put_aside(north)
    again = town.restore("North")
    assert contacts.text_of(again, n).startswith("He spoke")
    with pytest.raises(NotPossible, match="contact note"):
        sealing.plan(again, answer(south.state.office, n), ZoneInfo)
