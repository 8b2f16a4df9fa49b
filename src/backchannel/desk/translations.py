"""Translations made at the reader's desk: beside a letter, never instead of it.   Spec: docs/spec/desk.md.

Nobody at the other side has seen one: it counts for nothing, and says of which text it is, by the digests of its parts.
"""

from collections.abc import Callable, Iterator
from datetime import tzinfo
from typing import Final

from backchannel.desk import events as ev
from backchannel.desk.office import Office
from backchannel.desk.states import LetterState, State
from backchannel.encoding import decode, encode
from backchannel.errors import NotPossible, Refused
from backchannel.letters.clauses import Clause
from backchannel.letters.draft_clauses import heading
from backchannel.letters.draft_values import Problem, Source
from backchannel.letters.drafts import Reader
from backchannel.letters.frontmatter import Node
from backchannel.letters.letter import Letter, read_contents
from backchannel.letters.parts import Body, Part
from backchannel.text import body_breaches, check, check_language
from backchannel.values import dataclass, field

MOST_BY_BYTES: Final = 255
_MOST_BYTES: Final = 16 * 1024 * 1024
_BLOB: Final = "translation"


@dataclass(frozen=True, slots=True)
class Translation:
    """One as kept. n: its entry. said: by whom, from what. back: the same translated back, None where nobody did.

    missing: clauses of the letter that it leaves out. corrected: the entry of a letter that corrects that letter.
    """

    n: int
    said: ev.Translated
    title: str = field(repr=False)
    text: str = field(repr=False)
    back: str | None = field(default=None, repr=False)
    missing: tuple[str, ...] = ()
    corrected: int = 0

    @property
    def body(self) -> Body:
        return Body(self.said.lang, "machine" if self.said.machine else "courtesy", self.title, self.text)


class NotKept(NotPossible):
    """A translation that breaks a rule, with every reason."""

    next_step = "Mend the lines named and try again."

    def __init__(self, problems: list[Problem]) -> None:
        lines = "\n".join(f"  {one}" for one in dict.fromkeys(problems))
        super().__init__("the translation cannot be kept:\n" + lines)


def translate(
    office: Office,
    n: int,
    lang: str,
    source: Source,
    by: str,
    zones: Callable[[str], tzinfo],
    *,
    machine: bool = False,
    back: Source | None = None,
    of: str | None = None,
) -> int:
    """Keep a translation of letter n; its entry. of: the language it was made from, the text that prevails if None.

    source: a title after `#`, prose, and a heading for each clause translated. back: it, translated back.
    Raises NotPossible where n is no letter of theirs that was read here, or with every reason [D.., T..].
    """
    with office.changing() as change:
        letter = _readable(office, change.state, n)
        parts = [part for part in letter.parts if isinstance(part.content, Body) and of in (None, part.content.lang)]
        parts.sort(key=lambda part: isinstance(part.content, Body) and part.content.status != "prevailing")
        made_from = next((part.content.lang for part in parts if isinstance(part.content, Body)), None)
        if made_from is None:
            raise NotPossible(f"letter {n} has no text to translate" + (f" in {of}" if of else ""))
        if made_from == lang:
            raise NotPossible(f"letter {n} is in {lang}", next_step="Say into which other language with --lang.")
        if not check(by, "line", "by").strip() or len(by.encode()) > MOST_BY_BYTES:
            raise NotPossible("a translation is somebody's", next_step="Say whose with --by.")
        clauses = _clauses(letter)
        title, text, numbers = _read(office, lang, source, list(clauses), zones)
        told = None if back is None else _back(office, back, zones)
        digests = (parts[0].digest, *(clauses[number].digest for number in numbers))
        entry = change.add(ev.Translated(n, lang, by, machine, made_from, digests))
        change.tx.put_blob(entry, _BLOB, encode([title, text, told]))
    return entry


def made_here(office: Office, n: int) -> tuple[Translation, ...]:
    """The translations of a letter that is kept, the latest last."""
    kept = office.register.blob(n, "contents")
    if kept is None or n not in office.state.translations:
        return ()
    clauses, letter = _clauses(read_contents(kept)), office.state.letters[n]
    found: list[Translation] = []
    for entry, said in office.state.translations[n]:
        title, text, back = decode(office.register.blob(entry, _BLOB) or b"", limit=_MOST_BYTES)
        missing = tuple(number for number, part in clauses.items() if part.digest not in said.parts)
        found.append(Translation(entry, said, title, text, back, missing, letter.acted_on.get("corrects", 0)))
    return tuple(found)


def before_accepting(office: Office, letter: LetterState) -> Iterator[str]:
    """What speaks against accepting a letter by the translations of it here, if there are any."""
    found = made_here(office, letter.n)
    if not found:
        old = [n for act, n in letter.event.acts if act == "corrects"] if letter.event is not None else []
        if any(n in office.state.translations for n in old):
            yield f"only letter {old[0]} is translated here, which letter {letter.n} corrects"
        return
    if found[0].corrected:
        by = found[0].corrected
        yield f"letter {letter.n} was corrected in entry {by}: the translation here is of the text before"
    missing = min((one.missing for one in found), key=len)
    if missing:
        yield f"the translation of letter {letter.n} here leaves {', '.join(missing)} untranslated"


def _readable(office: Office, state: State, n: int) -> Letter:
    letter = state.letters.get(n)
    kept = office.register.blob(n, "contents")
    if letter is None or letter.ours or letter.event is None or kept is None:
        raise NotPossible(f"entry {n} is no letter from another office that is kept here")
    if letter.read_at is None:
        raise NotPossible(f"letter {n} was not read here", next_step=f"Read it first: `backchannel letter read {n}`.")
    return read_contents(kept)


def _clauses(letter: Letter) -> dict[str, Part]:
    return {part.content.number: part for part in letter.parts if isinstance(part.content, Clause)}


def _read(
    office: Office, lang: str, source: Source, known: list[str], zones: Callable[[str], tzinfo]
) -> tuple[str, str, list[str]]:
    """Title, text with its clauses under their headings, and the numbers of those."""
    reader = Reader(zones, office.clock(), known=())
    try:
        check_language(lang)
    except Refused as error:
        reader.problem(source.name, 1, error.mark, f"{error}: write it like en, fa or zh-Hant")
    found = reader.file(source)
    if known:
        reader.fields["clauses"] = (source.name, Node({number: Node("", 1) for number in known}, 1))
    if found is not None:
        name, own, body, first = found
        for key, node in own.items():
            reader.problem(name, node.line, "D12", f"a translation has no {key}")
        reader.text(name, first, lang, "courtesy", None, body.split("\n"), first)
    reader.unsaid()
    if reader.problems:
        raise NotKept(reader.problems)
    (text,) = reader.texts
    pieces = {number: reader.pieces[number][lang] for number in known if number in reader.pieces}
    whole = [text.text, *(f"{heading(number)}\n\n{piece}" for number, piece in pieces.items())]
    return text.title, "\n\n".join(whole), list(pieces)


def _back(office: Office, source: Source, zones: Callable[[str], tzinfo]) -> str:
    reader = Reader(zones, office.clock(), known=())
    found = reader.file(source)
    if found is not None:
        reader.in_breach(found[0], found[3], body_breaches(found[2]))
    if reader.problems or found is None:
        raise NotKept(reader.problems)
    return found[2].strip("\n")
