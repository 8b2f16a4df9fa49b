"""The sheet: all that a signature ever covers.   Spec: docs/spec/letters.md, "Sheet"."""

from typing import Any, Final

from backchannel.encoding import decode, digest, encode
from backchannel.errors import Refused
from backchannel.letters.dates import Moment
from backchannel.letters.fields import Fields
from backchannel.letters.parts import MOST_PARTS
from backchannel.values import dataclass, field

VERSION: Final = 1
MOST_BYTES: Final = 64 * 1024
TYPES: Final = ("operation", "exercise")
ORIGINS: Final = ("principal", "envoy", "intermediary", "joint", "unattributed")
_FIELDS: Final = (
    "v",
    "nonce",
    "from",
    "to",
    "form",
    "type",
    "origin",
    "date",
    "reference",
    "reply_by",
    "latest_delivery",
    "answers",
    "parts",
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Who says what to whom, in which form; the parts by digest.

    data: the exact bytes; the letter-id is their digest. sender and recipient: office ids, 32 bytes.
    answers: ids of earlier signed letters this one answers or acts on.
    """

    nonce: bytes = field(repr=False)
    sender: bytes
    recipient: bytes
    form: str
    type: str
    origin: str
    date: Moment
    parts: tuple[bytes, ...]
    reference: str | None = None
    reply_by: Moment | None = None
    latest_delivery: Moment | None = None
    answers: tuple[bytes, ...] = ()
    data: bytes = field(default=b"", repr=False)

    @property
    def letter_id(self) -> bytes:
        """32 bytes: H["letter", sheet]."""
        return digest("letter", self.data)

    def encoded(self) -> bytes:
        """The bytes of a sheet being made; one that was read keeps its own in `data`."""
        wire: dict[str, Any] = {
            "v": VERSION,
            "nonce": self.nonce,
            "from": self.sender,
            "to": self.recipient,
            "form": self.form,
            "type": self.type,
            "origin": self.origin,
            "date": self.date.to_wire(),
            "parts": list(self.parts),
        }
        if self.reference is not None:
            wire["reference"] = self.reference
        if self.reply_by is not None:
            wire["reply_by"] = self.reply_by.to_wire()
        if self.latest_delivery is not None:
            wire["latest_delivery"] = self.latest_delivery.to_wire()
        if self.answers:
            wire["answers"] = list(self.answers)
        return encode(wire)


def read_sheet(data: bytes) -> Sheet:
    """The sheet of these bytes. Raises Refused [E1-E9, L1 unknown version, L2, and the marks of moments]."""
    sheet = Fields(decode(data, limit=MOST_BYTES), "L2", "sheet")
    if sheet.raw("v") != VERSION or sheet.raw("v") is True:
        raise Refused(
            "L1", "the letter is of a version this program does not know", next_step="Bring the program up to date."
        )
    sheet.only(_FIELDS)

    def moment(name: str) -> Moment | None:
        return Moment.from_wire(sheet.raw(name)) if sheet.has(name) else None

    return Sheet(
        nonce=sheet.octets("nonce", 16),
        sender=sheet.octets("from", 32),
        recipient=sheet.octets("to", 32),
        form=sheet.text("form", most=64),
        type=sheet.choice("type", TYPES),
        origin=sheet.choice("origin", ORIGINS),
        date=Moment.from_wire(sheet.raw("date")),
        parts=sheet.ids("parts", most=MOST_PARTS),
        reference=sheet.text("reference", most=255) if sheet.has("reference") else None,
        reply_by=moment("reply_by"),
        latest_delivery=moment("latest_delivery"),
        answers=sheet.ids("answers", most=64) if sheet.has("answers") else (),
        data=data,
    )
