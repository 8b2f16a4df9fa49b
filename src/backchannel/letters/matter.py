"""What a letter carries besides text and files, and the words that several kinds of it share.

Spec: docs/spec/letters.md, "Parts". The rooms that give matters their types need nothing else of a letter.
"""

from typing import Any, Final

from backchannel.values import dataclass, field

CAPACITIES: Final = ("principal", "envoy", "official", "expert", "interpreter", "private")
VERBS: Final = ("carry", "explain", "explore", "negotiate", "initial", "commit")


@dataclass(frozen=True, slots=True)
class Matter:
    """What a letter carries besides text and files, of a kind that a later room gives its type; `value` as decoded."""

    kind: str
    value: Any = field(repr=False)
