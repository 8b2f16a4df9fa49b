"""The parts of a letter, each with a salt of its own.   Spec: docs/spec/letters.md, "Parts".

The salt lets one part be shown later without the others: the sheet names each by digest only, and a short text
cannot be guessed from it.
"""

from typing import Any, Final

from backchannel.encoding import decode, digest, encode
from backchannel.errors import Refused
from backchannel.letters.clauses import Act, Clause, act_to_wire, clause_to_wire, read_acts, read_clause
from backchannel.letters.fields import Fields
from backchannel.letters.matter import Matter
from backchannel.values import dataclass, field

SALT_BYTES: Final = 16
MOST_BYTES: Final = 16 * 1024 * 1024
MOST_PARTS: Final = 256
MOST_BODIES: Final = 16  # each costs its reader up to seconds: Markdown takes more than proportionally long
STATUSES: Final = ("prevailing", "equal", "courtesy", "machine")
MATTERS: Final = (
    "conveyance",
    "evidence",
    "introduction",
    "credence",
    "credence-recall",
    "credence-query",
    "credence-answer",
    "ratification",
    "meeting",
    "meeting-answer",
    "readout",
)


@dataclass(frozen=True, slots=True)
class Body:
    """The text in one language. status: what it counts for beside the other languages."""

    lang: str
    status: str
    title: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file. media: its media type as the writer gave it, believed by nobody."""

    name: str = field(repr=False)
    media: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Acts:
    """What a signed letter does to signed ones, or offers."""

    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class UnknownPart:
    """A part this version cannot show: kept and named; bars accepting, forwarding and printing as complete."""

    kind: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part as it travels: `data` is what its digest is of."""

    content: "Content | UnknownPart"
    data: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        return digest("part", self.data)


Content = Body | Clause | Acts | Attachment | Matter


def make_part(content: Content, salt: bytes) -> Part:
    """The part with its 16-byte salt."""
    assert len(salt) == SALT_BYTES
    match content:
        case Body():
            wire: dict[str, Any] = {
                "lang": content.lang,
                "status": content.status,
                "title": content.title,
                "text": content.text,
            }
            return Part(content, encode(["body", salt, wire]))
        case Attachment():
            wire = {"name": content.name, "media": content.media, "data": content.data}
            return Part(content, encode(["attachment", salt, wire]))
        case Clause():
            return Part(content, encode(["clause", salt, clause_to_wire(content)]))
        case Acts():
            return Part(content, encode(["acts", salt, [act_to_wire(act) for act in content.acts]]))
    return Part(content, encode([content.kind, salt, content.value]))


def read_part(data: bytes) -> Part:
    """The part of these bytes. Raises Refused [E1-E9, L3, L4, K1-K3]."""
    value = decode(data, limit=MOST_BYTES)
    if not isinstance(value, list) or len(value) != 3:
        raise Refused("L3", "a part is not its kind, salt and content")
    kind, salt, content = value
    if not isinstance(kind, str) or not isinstance(salt, bytes) or len(salt) != SALT_BYTES or len(kind.encode()) > 64:
        raise Refused("L3", "a part is not its kind, salt and content")
    if kind == "body":
        body = Fields(content, "L4", "text of the letter")
        body.only(("lang", "status", "title", "text"))
        return Part(
            Body(
                body.text("lang", most=35),
                body.choice("status", STATUSES),
                body.text("title", most=1024),
                body.text("text", most=MOST_BYTES),
            ),
            data,
        )
    if kind == "attachment":
        file = Fields(content, "L4", "attachment")
        file.only(("name", "media", "data"))
        return Part(Attachment(file.text("name", most=255), file.text("media", most=127), file.octets("data")), data)
    if kind == "clause":
        return Part(read_clause(content), data)
    if kind == "acts":
        return Part(Acts(read_acts(content)), data)
    if kind in MATTERS:
        return Part(Matter(kind, content), data)
    return Part(UnknownPart(kind), data)
