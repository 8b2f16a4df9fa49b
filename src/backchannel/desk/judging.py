"""On whose authority a letter speaks, as far as this desk can tell.   Spec: docs/spec/credence.md, "Judging"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backchannel.desk import events as ev
from backchannel.desk.later import imported_when_used
from backchannel.desk.office import Change
from backchannel.desk.states import LetterState, State
from backchannel.encoding import encode
from backchannel.letters.forms import CREDENCES

if TYPE_CHECKING:
    from backchannel.conveyance.credence import Claim, Judgement
    from backchannel.letters.letter import Letter

with imported_when_used():
    from backchannel.conveyance import credence


def trusted(state: State) -> frozenset[bytes]:
    """Offices whose card may stand behind another's words: known better than by its own say, and without an alarm."""
    others = state.correspondents.values()
    return frozenset(one.office for one in others if one.card_data and one.trust != "unverified" and one.alarm is None)


def judge_letter(state: State, letter: LetterState) -> Judgement | None:
    """What the claim of a letter is worth; None where it is in its office's own words, or is gone.

    A letter that came is judged at the time it reached this office; one of ours at the time it was written.
    """
    event = letter.event
    if event is None:
        return None
    claim = state.credences.claims.get(letter.n)
    words = state.credences.words(event.exercise)
    if claim is None and event.origin != "envoy" and not words:
        return None
    if letter.ours:
        sender, reader, at = state.office, letter.office, letter.at
    else:
        assert isinstance(event, ev.Opened)
        sender, reader, at = letter.office, state.office, event.reached
    found = credence.judge(claim, event.letter_id, sender, reader, at, words, trusted(state), own=letter.ours)
    return found if claim is not None or event.origin == "envoy" or found.later is not None else None


def judge_before_sealing(state: State, authority: Any, to: bytes, exercise: bool, now: int) -> Judgement:
    """What a claim to be sealed would be worth, as far as the envoy's own copy of the credence shows."""
    claim: Claim = credence.read_claim(authority, "envoy")
    words = state.credences.words(exercise)
    return credence.judge(claim, bytes(32), state.office, to, now, words, trusted(state), own=True)


def note_accrediting(change: Change, n: int, letter: Letter, reached: int) -> None:
    """Record what letter `n` says about envoys, whoever wrote it."""
    for matter in letter.matters:
        if matter.kind in CREDENCES:
            sheet = letter.sheet
            signed, exercise = letter.signature is not None, sheet.type == "exercise"
            change.add(ev.Accredited(n, matter.kind, encode(matter.value), sheet.sender, reached, signed, exercise))


def note_claim(change: Change, n: int, letter: Letter) -> None:
    """Record on whose authority letter `n` says that it speaks."""
    if letter.docket.authority is not None:
        change.add(ev.Claimed(n, encode(letter.docket.authority)))
