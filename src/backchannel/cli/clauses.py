"""Clauses and acts of a letter on the screen: each clause with what limits it inside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from backchannel.cli.text import _
from backchannel.letters.clauses import act_to_wire, clause_to_wire
from backchannel.text import code_points, prose_for_screen

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.desk.sealing import Plan
    from backchannel.letters.clause_words import Shown
    from backchannel.letters.letter import Letter
    from backchannel.letters.limits import Whole


def plan_lines(desk: Desk, plan: Plan) -> Iterator[str]:
    """What the letter will do and bind, in every language, before it is sealed."""
    whole, acts = desk.terms_in_words(plan.letter, plan.clauses, _)
    yield from acts_lines(acts)
    for one in whole:
        yield from clause_lines(one, [body.lang for body in plan.letter.bodies])
    if whole or acts:
        yield ""


def acts_lines(acts: Sequence[str]) -> Iterator[str]:
    if acts:
        yield _("What this letter does:")
    yield from (f"  {line}" for line in acts)


def clause_lines(clause: Shown, languages: Sequence[str], indent: str = "  ", *, points: bool = False) -> Iterator[str]:
    """A clause in these languages, and inside it all that limits it. points: as code points, for a letter in breach."""
    yield indent + clause.head
    yield from (f"{indent}  {fact}" for fact in clause.facts)
    found = dict.fromkeys(one for lang in languages if (one := clause.text_in(lang)) is not None)
    for lang, text in found:
        shown = code_points(text) if points else prose_for_screen(text)
        first, *others = shown.split("\n")
        yield f"{indent}  {lang}: {first}"
        yield from (f"{indent}      {line}" for line in others)
    if clause.limited_by:
        yield indent + "  " + _("It is limited by:")
    for limit in clause.limited_by:
        yield from clause_lines(limit, languages, indent + "    ", points=points)


def as_json(letter: Letter, whole: Sequence[Whole]) -> dict[str, Any]:
    """For machines: clauses as they travel, each with what limits it inside."""
    return {
        "clauses": [_clause(one) for one in whole],
        "acts": [_plain(act_to_wire(act)) for act in letter.acts],
    }


def _clause(whole: Whole) -> dict[str, Any]:
    said = {} if whole.clause is None else _plain(clause_to_wire(whole.clause))
    return {
        "number": whole.ref.clause,
        "letter": whole.ref.letter.hex() if whole.ref.letter else None,
        "entry": whole.n or None,
        **said,
        "limited_by": [_clause(one) for one in whole.limited_by],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
