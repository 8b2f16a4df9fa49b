"""What this desk holds about envoys, and what letters claim.   Spec: docs/spec/desk.md, "States".

Derived from events alone; judged by `conveyance.credence`. An exercise accredits for exercises only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backchannel.desk import events as ev
from backchannel.desk.later import imported_when_used
from backchannel.encoding import decode
from backchannel.values import dataclass, field

if TYPE_CHECKING:
    from backchannel.conveyance.credence import Claim, Word

with imported_when_used():
    from backchannel.conveyance import credence

MOST_BYTES = 1 << 20


@dataclass(slots=True)
class Credences:
    """Words by message type (operation, exercise), in the order in which they were recorded; claims by letter."""

    said: dict[bool, list[Word]] = field(default_factory=lambda: {False: [], True: []})
    claims: dict[int, Claim] = field(default_factory=dict)

    def apply(self, event: ev.Accredited | ev.Claimed) -> None:
        value = decode(event.data, limit=MOST_BYTES)
        match event:
            case ev.Accredited():
                what = credence.read_accrediting(event.kind, value)
                self.said[event.exercise].append(credence.Word(what, event.by, event.reached, event.signed, event.of))
            case ev.Claimed():
                self.claims[event.of] = credence.read_claim(value, "envoy")

    def words(self, exercise: bool) -> tuple[Word, ...]:
        return tuple(self.said[exercise])

    def at(self, n: int) -> tuple[Word, bool] | None:
        """What letter n says of these kinds, and whether it is an exercise."""
        return next(((one, kind) for kind, said in self.said.items() for one in said if one.n == n), None)

    def accreditations(self, exercise: bool = False) -> list[Word]:
        """The newest issue of each accreditation, one for each giver, id, envoy and audience."""
        newest: dict[tuple[bytes, bytes, bytes, bytes], Word] = {}
        for one in self.said[exercise]:
            if isinstance(one.what, credence.Credence):
                key = (one.by, one.what.id, one.what.envoy, one.what.audience)
                before = newest.get(key)
                if before is None or _serial(before) < one.what.serial:
                    newest[key] = one
        return list(newest.values())

    def queries(self) -> list[Word]:
        return [one for said in self.said.values() for one in said if isinstance(one.what, credence.Query)]


def _serial(word: credence.Word) -> int:
    assert isinstance(word.what, credence.Credence)
    return word.what.serial
