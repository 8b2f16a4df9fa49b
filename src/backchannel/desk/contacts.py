"""Contact notes: meetings of people without a mandate, kept by this desk alone.   Spec: docs/spec/desk.md.

A note is no letter and never becomes one: what was said there can be explored, never offered or accepted. No office
stands behind it, so nothing that an office writes may answer it, accept it or hang on it, ratified or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Final

from backchannel.desk import events as ev
from backchannel.errors import NotPossible, Refused
from backchannel.letters.dates import Moment, moment_of
from backchannel.letters.draft_talks import people_of
from backchannel.letters.drafts import Reader
from backchannel.letters.frontmatter import Node
from backchannel.letters.meetings import MOST_LINE_BYTES, Attendee
from backchannel.text import body_breaches, check, check_language
from backchannel.values import dataclass, field

if TYPE_CHECKING:
    from backchannel.desk.office import Office
    from backchannel.desk.states import ContactState, State
    from backchannel.letters.draft_values import Problem, Source

MARKS: Final = ("ratified", "disowned")
NEEDED: Final = ("asked_by", "place", "place_by", "who")
FIELDS: Final = (*NEEDED, "began", "lasted", "tone", "authority", "lang")
_TYPED: Final = "what you typed"
_TEXT: Final = "note"


@dataclass(frozen=True, slots=True)
class Note:
    """A meeting as this office tells it, in its own words.

    asked_by, place_by: who asked for it, who chose the place. who: each in the capacity claimed. tone: the hearer's
    word. authority: on whose it was said to be, None where on nobody's. text: prose in language `lang`, "" for none.
    """

    asked_by: str
    place: str
    place_by: str
    who: tuple[Attendee, ...]
    began: Moment
    lasted: str | None = None
    tone: str | None = None
    authority: str | None = None
    lang: str = "en"
    text: str = field(default="", repr=False)


class NotKept(NotPossible):
    """A contact note that breaks a rule, with every reason."""

    next_step = "Mend the lines named and try again."

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__("the contact note cannot be kept:\n" + "\n".join(f"  {one}" for one in problems))


def read_note(office: Office, source: Source | None, typed: Mapping[str, Any], zones: Callable[[str], tzinfo]) -> Note:
    """The note of a file like a draft, or of fields alone. typed: fields said beside it, which go first.

    A value of `who` is a list of (capacity, words). Raises NotPossible with every reason [D.., T..].
    """
    reader = Reader(zones, office.clock(), known=FIELDS)
    found = reader.file(source) if source is not None else None
    name, own, text, first = found or (_TYPED, {}, "", 1)
    reader.fields |= {key: (name, node) for key, node in own.items()}
    reader.fields |= {key: (_TYPED, _node(value)) for key, value in typed.items() if value}
    for key in [key for key in own if key not in FIELDS]:
        reader.problem(*reader.at(key, name), "D12", f"a contact note has no {key}")
    for key in [key for key in NEEDED if key not in reader.fields]:
        reader.problem(name, 1, "D14", f"no {key}: write it, or that it is not known")
    lines = {key: reader.given(key, MOST_LINE_BYTES) for key in (*NEEDED[:3], "lasted", "tone", "authority")}
    lang = reader.given("lang") or "en"
    try:
        check_language(lang)
    except Refused as error:
        reader.problem(*reader.at("lang", name), error.mark, str(error))
    began = reader.moment("began")
    if began is not None and began.unix > reader.now.timestamp():
        reader.problem(*reader.at("began", name), "D16", "began: that time is still to come")
    who = people_of(reader, "who")
    reader.in_breach(name, first, body_breaches(text))
    reader.unsaid()
    if reader.problems:
        raise NotKept(dict.fromkeys(reader.problems))
    began = began or moment_of(office.clock(), office.state.zone, zones)
    return Note(who=who, began=began, lang=lang, text=text.strip("\n"), **lines)  # type: ignore[arg-type]


def _node(value: Any) -> Node:
    if isinstance(value, str):
        return Node(value, 1)
    return Node([Node({capacity: Node(words, 1)}, 1) for capacity, words in value], 1)


def note(office: Office, said: Note) -> int:
    """Keep a note, its text beside the entry; the entry."""
    with office.changing() as change:
        n = change.add(
            ev.ContactNoted(
                asked_by=said.asked_by,
                place=said.place,
                place_by=said.place_by,
                who=tuple((one.capacity, one.words) for one in said.who),
                began=tuple(said.began.to_wire()),
                lasted=said.lasted,
                tone=said.tone,
                authority=said.authority,
                lang=said.lang,
            )
        )
        if said.text:
            change.tx.put_blob(n, _TEXT, said.text.encode())
    return n


def kept(state: State, n: int) -> ContactState:
    """The note of an entry. Raises NotPossible where there is none, or it is burnt."""
    found = state.contacts.get(n)
    if found is None:
        raise NotPossible(f"entry {n} is no contact note", next_step="See `backchannel contact list`.")
    if found.event is None:
        raise NotPossible(f"contact note {n} is burnt", next_step="Nothing brings it back.")
    return found


def text_of(office: Office, n: int) -> str:
    """The text beside a note, "" where it has none. Raises NotPossible."""
    kept(office.state, n)
    return (office.register.blob(n, _TEXT) or b"").decode()


def mark(office: Office, n: int, word: str, by: str, why: str) -> None:
    """Keep that somebody has since ratified or disowned what was said: no offer either way. The last word counts."""
    for text, what in ((by, "who"), (why, "why")):
        if not check(text, "line", what).strip() or len(text.encode()) > MOST_LINE_BYTES:
            raise NotPossible(f"{what} takes one line of text")
    with office.changing() as change:
        kept(change.state, n)
        change.add(ev.ContactMarked(n, word, by, why))


def burn(office: Office, n: int) -> bool:
    """Destroy a note for good, what was said of it later with it; False while destruction is pending."""
    with office.changing() as change:
        kept(change.state, n)
        for entry, data in office.register.about(n):
            if data is not None and isinstance(ev.from_bytes(entry, data).event, ev.ContactMarked):
                change.tx.burn(entry)
        change.tx.burn(n)
        change.add(ev.ContactBurnt(n, change.state.backups_after(n)))
    office.forget_state()
    return office.register.settle()
