"""The covering letter: a sealed letter enclosed to who carries it, or to who receives it.

Spec: docs/spec/conveyance.md, "Covering letter". It is the matter `conveyance` of a letter of that form.
"""

from typing import Any, Final

from backchannel.letters.fields import MOST_SECONDS, Fields
from backchannel.letters.matter import Matter
from backchannel.values import dataclass, field

KIND: Final = "conveyance"
CUSTODY: Final = ("oral", "signed")
CARRIAGE: Final = ("any", "hand_only", "in_person", "read_aloud_only", "open_letter")
PRECEDENCE: Final = ("routine", "priority", "immediate", "flash")
NEEDS_REASON: Final = ("immediate", "flash")
BLIND_BYTES: Final = 32
MOST_INSTRUCTIONS: Final = 4096
_FIELDS: Final = (
    "for", "enclosure", "blind", "custody", "receipt", "by", "taken", "carriage", "precedence", "because",
    "instructions",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Covering:
    """What a giver asks of who takes the enclosure.

    addressee: office-id of whom the enclosure is for; the reader of this covering letter itself when it is handed over.
    enclosure: a sealed letter, as it is handed on. blind: 32 random bytes, new for each leg (`evidence.reference`).
    custody: whether the carrier's statements are asked for as `signed` ones. receipt: whether any are wanted at all.
    by: Unix seconds before which it should be handed over. taken: Unix seconds at which a go-between says it took what
    it now hands over; told to the addressee alone. because: why it cannot wait, where `precedence` needs a reason.
    """

    addressee: bytes
    enclosure: bytes = field(repr=False)
    blind: bytes = field(repr=False)
    custody: str = "oral"
    receipt: bool = True
    by: int | None = None
    taken: int | None = None
    carriage: str = "any"
    precedence: str = "routine"
    because: str | None = None
    instructions: str | None = None

    def matter(self) -> Matter:
        """The part that carries it."""
        wire: dict[str, Any] = {
            "for": self.addressee,
            "enclosure": self.enclosure,
            "blind": self.blind,
            "custody": self.custody,
            "receipt": self.receipt,
            "carriage": self.carriage,
            "precedence": self.precedence,
        }
        for name in ("by", "taken", "because", "instructions"):
            if getattr(self, name) is not None:
                wire[name] = getattr(self, name)
        return Matter(KIND, wire)


def read_covering(value: Any) -> Covering:
    """The covering letter of a decoded matter. Raises Refused [V1]."""
    covering = Fields(value, "V1", "covering letter")
    covering.only(_FIELDS)
    receipt = covering.raw("receipt")
    precedence = covering.choice("precedence", PRECEDENCE)
    because = covering.text("because", most=MOST_INSTRUCTIONS) if covering.has("because") else None
    if not isinstance(receipt, bool):
        raise covering.wrong("does not say whether evidence is wanted")
    if precedence in NEEDS_REASON and not because:
        raise covering.wrong(f"asks to be {precedence} and does not say why")
    return Covering(
        addressee=covering.octets("for", 32),
        enclosure=covering.octets("enclosure"),
        blind=covering.octets("blind", BLIND_BYTES),
        custody=covering.choice("custody", CUSTODY),
        receipt=receipt,
        by=covering.whole("by", most=MOST_SECONDS) if covering.has("by") else None,
        taken=covering.whole("taken", most=MOST_SECONDS) if covering.has("taken") else None,
        carriage=covering.choice("carriage", CARRIAGE),
        precedence=precedence,
        because=because,
        instructions=covering.text("instructions", most=MOST_INSTRUCTIONS) if covering.has("instructions") else None,
    )
