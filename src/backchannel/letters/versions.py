"""What the docket says of a letter's versions in several languages.   Spec: docs/spec/letters.md, "Versions".

Who translated what from which text, and who answers for versions that the language gate found to differ.
"""

from typing import Any, Final

from backchannel.letters.fields import Fields
from backchannel.values import dataclass, field

MOST_NAME: Final = 255  # bytes
MOST_WHY: Final = 4096
MOST_FOUND: Final = 256
MOST_LANGUAGES: Final = 32
# What a reader is told of a category of the language gate.
WHAT: Final = {
    "number": "a number",
    "amount": "an amount of money",
    "percent": "a share",
    "duration": "a length of time",
    "date": "a date",
    "time": "a time of day",
    "ordinal": "a place in an order",
    "party": "who is named",
    "negation": "whether something is or is not",
    "strength": "whether one must, should or may",
    "limiter": "a limit or condition",
    "opposite": "a word and its opposite",
    "clause": "a clause or part of one that is missing or added",
}


@dataclass(frozen=True, slots=True)
class Translation:
    """The text in `lang` was made by `by` from the part whose digest is `source`: 32 bytes."""

    lang: str
    by: str = field(repr=False)
    source: bytes

    def to_wire(self) -> list[Any]:
        return [self.lang, self.by, self.source]


@dataclass(frozen=True, slots=True)
class Difference:
    """In that clause ("" for none) the gate found a difference of this category between two languages."""

    clause: str
    category: str
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Two named people at the writer's desk accept the differences found, for a reason."""

    by: tuple[str, str] = field(repr=False)
    why: str = field(repr=False)
    found: tuple[Difference, ...]

    def to_wire(self) -> dict[str, Any]:
        found = [[one.clause, one.category, one.one, one.other] for one in self.found]
        return {"by": list(self.by), "why": self.why, "found": found}


def read_translations(docket: Fields) -> tuple[Translation, ...]:
    """Raises Refused [L5]."""
    if not docket.has("translations"):
        return ()
    found: list[Translation] = []
    for one in docket.items("translations", most=MOST_LANGUAGES, least=1):
        match one:
            case [str(lang), str(by), bytes(source)] if len(lang) <= 35 and 0 < len(by.encode()) <= MOST_NAME:
                if len(source) == 32 and lang not in [done.lang for done in found]:
                    found.append(Translation(lang, by, source))
                    continue
        raise docket.wrong("says of a translation neither whose nor of what")
    return tuple(found)


def read_mismatch(docket: Fields) -> Mismatch | None:
    """Raises Refused [L5]."""
    if not docket.has("mismatch"):
        return None
    said = Fields(docket.raw("mismatch"), "L5", "acceptance of a mismatch")
    said.only(("by", "why", "found"))
    match said.raw("by"):
        case [str(one), str(other)] if one != other and all(0 < len(by.encode()) <= MOST_NAME for by in (one, other)):
            found = tuple(_difference(said, value) for value in said.items("found", most=MOST_FOUND, least=1))
            return Mismatch((one, other), said.text("why", most=MOST_WHY), found)
    raise said.wrong("is not by two people")


def _difference(said: Fields, value: Any) -> Difference:
    match value:
        case [str(clause), str(category), str(one), str(other)] if (
            len(clause) <= 8 and 0 < len(category) <= 32 and len(one) <= 35 and len(other) <= 35
        ):
            return Difference(clause, category, one, other)
    raise said.wrong("names a difference that is none")
