"""Clauses and acts at the desk: from names to ids, into the register, and out again.   Spec: docs/spec/desk.md.

What standing needs of a letter is an entry of its own, burnt with it, so that no letter is opened to know what stands.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from backchannel.desk import events as ev
from backchannel.desk.office import Change, Office
from backchannel.desk.states import State, refuse_notes
from backchannel.encoding import decode, encode
from backchannel.errors import NotPossible
from backchannel.letters.clause_words import Names
from backchannel.letters.clauses import (
    Act,
    Clause,
    act_to_wire,
    clause_to_wire,
    read_acts,
    read_clause,
)
from backchannel.letters.date_showing import deadline_words
from backchannel.letters.draft_clauses import Wire, settle
from backchannel.letters.letter import Letter
from backchannel.letters.limits import Other, Whole, limited_elsewhere, wholes
from backchannel.text import for_screen

MOST_BYTES = 1 << 20


def settled(
    office: Office, them: bytes, clauses: Sequence[Wire], acts: Sequence[Wire]
) -> tuple[tuple[Clause, ...], tuple[Act, ...]]:
    """The clauses and acts of a draft to `them`, with ids in place of names. Raises NotPossible for a name unknown."""

    def of_office(name: str) -> bytes:
        return {"us": office.state.office, "them": them}.get(name) or office.find(name).office

    def of_letter(n: int) -> bytes:
        refuse_notes(office.state, [n])
        letter = office.state.letters.get(n)
        if letter is None or letter.event is None:
            raise NotPossible(f"entry {n}, which a clause or act names, is no letter that is here")
        return letter.event.letter_id

    def of(wire: Any) -> Any:
        return settle(wire, of_office, of_letter, office.state.office)

    return tuple(read_clause(of(one)) for one in clauses), read_acts([of(one) for one in acts]) if acts else ()


def named(clauses: Sequence[Clause], acts: Sequence[Act]) -> Iterator[bytes]:
    """Ids of the letters that they name."""
    yield from (link.to.letter for clause in clauses for link in clause.links if link.to.letter is not None)
    yield from (act.on.letter for act in acts if act.on is not None and act.on.letter is not None)


def is_signed(state: State, letter_id: bytes) -> bool:
    found = state.by_letter_id.get(letter_id)
    return found is not None and found.event is not None and found.event.signed


def placed(state: State, acts: tuple[Act, ...], *, signed: bool) -> tuple[tuple[Act, ...], tuple[Act, ...]]:
    """Which acts a signature covers, and which stand in the docket: under it none may name a letter without one."""
    covered = [signed and (act.on is None or act.on.letter is None or is_signed(state, act.on.letter)) for act in acts]
    return (
        tuple(act for act, is_covered in zip(acts, covered, strict=True) if is_covered),
        tuple(act for act, is_covered in zip(acts, covered, strict=True) if not is_covered),
    )


def seen(letter: Letter) -> tuple[bytes, int]:
    """Up to which letter of its reader's the writer had opened them when it was sealed: (epoch, number)."""
    view = letter.docket.view
    return (view.yours.epoch, view.yours.last) if view is not None and view.yours.last else (b"", 0)


def note_terms(change: Change, n: int, letter: Letter) -> None:
    """Record what standing needs of letter n, in the transaction that seals or opens it."""
    clauses, acts, sheet = letter.clauses, letter.acts, letter.sheet
    if not clauses and not acts:
        return
    status = {body.lang: body.status for body in letter.bodies}
    decide = [lang for lang in status if status[lang] == "prevailing"]
    change.add(
        ev.Terms(
            of=n,
            clauses=tuple(encode(clause_to_wire(clause)) for clause in clauses),
            acts=encode([act_to_wire(act) for act in acts]) if acts else b"",
            languages=tuple(decide or (lang for lang in status if status[lang] == "equal")),
            latest_delivery=sheet.latest_delivery.unix if sheet.latest_delivery else 0,
            limits=tuple((ref.letter or b"", ref.clause or "") for ref in limited_elsewhere(letter.letter_id, clauses)),
        )
    )


def clauses_of(terms: ev.Terms) -> tuple[Clause, ...]:
    return tuple(read_clause(decode(one, limit=MOST_BYTES)) for one in terms.clauses)


def acts_of(terms: ev.Terms) -> tuple[Act, ...]:
    return read_acts(decode(terms.acts, limit=MOST_BYTES)) if terms.acts else ()


def whole_clauses(office: Office, letter: Letter, other: bytes) -> tuple[Whole, ...]:
    """The clauses of a letter of the exchange with `other`, each with what limits it there, in whichever letter."""
    state, exercise = office.state, letter.sheet.type == "exercise"
    names = {ref.letter for ref in limited_elsewhere(letter.letter_id, letter.clauses)}
    tied: list[Other] = []
    for n, terms in state.terms.items():
        one = state.letters.get(n)
        if one is None or one.event is None or one.office != other or one.event.exercise != exercise:
            continue
        of = one.event.letter_id
        if of != letter.letter_id and (of in names or any(to == letter.letter_id for to, _ in terms.limits)):
            tied.append(Other(of, n, clauses_of(terms), one.ours or one.read_at is not None))
    return wholes(letter.letter_id, letter.clauses, tied)


def names(office: Office, say: Callable[[str], str]) -> Names:
    """How this desk names offices and letters."""
    state = office.state

    def of_office(one: bytes) -> str:
        if one == state.office:
            return f"{for_screen(state.name)} ({say('this office')})"
        other = state.correspondents.get(one)
        if other is None or not other.card_data:
            return say("an office not known here, {id}").format(id=one.hex()[:16])
        return f"{for_screen(other.display)} ({say(other.trust)})"

    def of_letter(one: bytes) -> str:
        found = state.by_letter_id.get(one)
        if found is None:
            return say("a letter that is not here, {id}").format(id=one.hex()[:16])
        whose = say("our letter {number} (entry {n})") if found.ours else say("their letter {number} (entry {n})")
        return whose.format(number=found.number, n=found.n)

    return Names(of_office, of_letter, lambda date: deadline_words(date, say), say)
