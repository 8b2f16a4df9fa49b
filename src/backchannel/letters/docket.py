"""The docket: handling, history and return envelopes; never signed, never shown to others.

Spec: docs/spec/letters.md, "Docket". A map that may grow: unknown fields are kept, named on screen, otherwise ignored.
Cards and batches are carried here as the bytes and values that travelled; `seals` gives them types.
"""

from typing import Any, Final

from backchannel.encoding import decode, encode
from backchannel.errors import Refused
from backchannel.letters.clauses import Act, act_to_wire, read_acts
from backchannel.letters.fields import MOST_SECONDS, Fields
from backchannel.letters.matter import CAPACITIES
from backchannel.letters.series import MOST_NUMBER, Span
from backchannel.letters.versions import Mismatch, Translation, read_mismatch, read_translations
from backchannel.values import dataclass, field

MOST_BYTES: Final = 256 * 1024
MOST_NAME: Final = 255  # bytes
_KNOWN: Final = (
    "number", "epoch", "replies", "handling", "view", "batch", "card", "ways", "acts", "authority", "terms",
    "paraphrase",
    "translations", "mismatch",
)  # fmt: skip
PARAPHRASES: Final = ("answer", "readback")
PARAPHRASED: Final = ("intermediary", "unattributed")  # whose words one is
ON_THEIRS: Final = ("declines", "confirms")  # acts on a letter of the reader's; the others on one of the writer's
ACTS: Final = ("recalls", "corrects", "declines", "confirms")
# What an envoy may do for its principal; none implies another.
_HANDLING: Final = (
    "distribution",
    "attribution",
    "comment_policy",
    "retention",
    "carriage",
    "may_know",
    "exempted",
    "instructions",
)


@dataclass(frozen=True, slots=True)
class Exempted:
    """Who must not be told: an office here known, or a name alone."""

    office: bytes | None
    name: str


@dataclass(frozen=True, slots=True)
class Handling:
    """How the writer wants the letter treated. A request to people, not a lock: the reader's desk shows it."""

    distribution: str | None = None
    attribution: str | None = None
    comment_policy: str | None = None
    retention: str | None = None
    carriage: str | None = None
    may_know: tuple[str, ...] = ()
    exempted: tuple[Exempted, ...] = ()
    instructions: str | None = None

    def to_wire(self) -> dict[str, Any]:
        wire: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("distribution", "attribution", "comment_policy", "retention", "carriage", "instructions")
            if getattr(self, name) is not None
        }
        if self.may_know:
            wire["may_know"] = list(self.may_know)
        if self.exempted:
            wire["exempted"] = [[one.office, one.name] for one in self.exempted]
        return wire


@dataclass(frozen=True, slots=True)
class Way:
    """One way a letter was sent. kind: `relay` or `go-between`, others in later versions. hops: the relay-id, or the
    office-ids of the go-betweens known to the writer, the first one first. sealed: Unix seconds. by: the convey-by time
    asked, Unix seconds, or None. So a delay shows at its reader even if a carrier is silent.
    """

    kind: str
    hops: tuple[bytes, ...]
    sealed: int
    by: int | None = None

    def to_wire(self) -> list[Any]:
        return [self.kind, list(self.hops), self.sealed, self.by]


@dataclass(frozen=True, slots=True)
class View:
    """The exchange as the writer saw it when this letter was sealed, this letter not counted.

    mine: what the docket's writer has written to its reader; yours: what it has opened of the reader's.
    """

    mine: Span
    yours: Span


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """The letter tells in its writer's words what was said by who heard letter `of`, read aloud: it is nobody's text.

    what: `answer`, or `readback`: what was understood, for that letter's author to confirm or correct. hearers: by
    capacity.
    """

    what: str
    of: bytes
    hearers: tuple[str, ...]

    def to_wire(self) -> dict[str, Any]:
        return {"what": self.what, "of": self.of, "hearers": list(self.hearers)}


@dataclass(frozen=True, slots=True)
class Docket:
    """number: in the series from this writer to this reader in the writer's `epoch`; None in an empty letter.

    replies: letter-ids this one replies to. batch: the wire value, see `seals.envelopes`. card: the writer's own.
    ways: how it was sent, one for each sealing. acts: what the letter does to an earlier one, by letter-id: `recalls`
    or `corrects` one of the writer's own, `declines` unread one of the reader's or
    `confirms` its readback. authority: the wire value by which an envoy names the credence it speaks on, see
    `conveyance.credence`. terms: acts that no signature may cover. translations, mismatch: of its versions. unknown:
    fields of later versions.
    """

    epoch: bytes
    number: int | None = None
    replies: tuple[bytes, ...] = ()
    handling: Handling = Handling()
    view: View | None = None
    batch: Any = field(default=None, repr=False)
    card: bytes | None = field(default=None, repr=False)
    ways: tuple[Way, ...] = ()
    acts: dict[str, bytes] = field(default_factory=dict)
    authority: Any = None
    terms: tuple[Act, ...] = ()
    paraphrase: Paraphrase | None = None
    translations: tuple[Translation, ...] = ()
    mismatch: Mismatch | None = None
    unknown: dict[str, Any] = field(default_factory=dict, repr=False)

    def encoded(self) -> bytes:
        wire: dict[str, Any] = {**self.unknown, "epoch": self.epoch}
        if self.number is not None:
            wire["number"] = self.number
        if self.replies:
            wire["replies"] = list(self.replies)
        if handling := self.handling.to_wire():
            wire["handling"] = handling
        if self.view is not None:
            wire["view"] = {"mine": self.view.mine.to_wire(), "yours": self.view.yours.to_wire()}
        if self.batch is not None:
            wire["batch"] = self.batch
        if self.card is not None:
            wire["card"] = self.card
        if self.ways:
            wire["ways"] = [way.to_wire() for way in self.ways]
        if self.acts:
            wire["acts"] = self.acts
        if self.authority is not None:
            wire["authority"] = self.authority
        if self.terms:
            wire["terms"] = [act_to_wire(act) for act in self.terms]
        if self.paraphrase is not None:
            wire["paraphrase"] = self.paraphrase.to_wire()
        if self.translations:
            wire["translations"] = [one.to_wire() for one in self.translations]
        if self.mismatch is not None:
            wire["mismatch"] = self.mismatch.to_wire()
        return encode(wire)


def read_docket(data: bytes) -> Docket:
    """The docket of these bytes. Raises Refused [E1-E9, L5, K2, K3]."""
    docket = Fields(decode(data, limit=MOST_BYTES), "L5", "docket")
    return Docket(
        epoch=docket.octets("epoch", 16),
        number=docket.whole("number", least=1, most=MOST_NUMBER - 1) if docket.has("number") else None,
        replies=docket.ids("replies", most=64) if docket.has("replies") else (),
        handling=_handling(docket.raw("handling")) if docket.has("handling") else Handling(),
        view=_view(docket.raw("view")) if docket.has("view") else None,
        batch=docket.raw("batch") if docket.has("batch") else None,
        card=docket.octets("card") if docket.has("card") else None,
        ways=tuple(_way(way) for way in docket.items("ways", most=64)) if docket.has("ways") else (),
        acts=_acts(docket.raw("acts")) if docket.has("acts") else {},
        authority=docket.raw("authority") if docket.has("authority") else None,
        terms=read_acts(docket.raw("terms")) if docket.has("terms") else (),
        paraphrase=_paraphrase(docket.raw("paraphrase")) if docket.has("paraphrase") else None,
        translations=read_translations(docket),
        mismatch=read_mismatch(docket),
        unknown=docket.unknown(_KNOWN),
    )


def _handling(value: Any) -> Handling:
    handling = Fields(value, "L5", "handling")

    def text(name: str, most: int = 64) -> str | None:
        return handling.text(name, most=most) if handling.has(name) else None

    may_know = handling.items("may_know", most=64) if handling.has("may_know") else []
    if any(not isinstance(name, str) or len(name.encode()) > MOST_NAME for name in may_know):
        raise handling.wrong("names nobody in may_know")
    return Handling(
        distribution=text("distribution"),
        attribution=text("attribution"),
        comment_policy=text("comment_policy"),
        retention=text("retention"),
        carriage=text("carriage"),
        may_know=tuple(may_know),
        exempted=tuple(_exempted(one) for one in handling.items("exempted", most=64))
        if handling.has("exempted")
        else (),
        instructions=text("instructions", 4096),
    )


def _exempted(value: Any) -> Exempted:
    match value:
        case [None, str(name)] if len(name.encode()) <= MOST_NAME:
            return Exempted(None, name)
        case [bytes(office), str(name)] if len(office) == 32 and len(name.encode()) <= MOST_NAME:
            return Exempted(office, name)
    raise Refused("L5", "the docket exempts nobody that can be named")


def _way(value: Any) -> Way:
    match value:
        case [str(kind), list(hops), int(sealed), None | int() as by] if (
            len(kind.encode()) <= 64
            and len(hops) <= 8
            and all(isinstance(hop, bytes) and len(hop) <= 64 for hop in hops)
            and not isinstance(sealed, bool)
            and not isinstance(by, bool)
            and 0 <= sealed <= MOST_SECONDS
            and (by is None or 0 <= by <= MOST_SECONDS)
        ):
            return Way(kind, tuple(hops), sealed, by)
    raise Refused("L5", "the docket names a way that is none")


def _acts(value: Any) -> dict[str, bytes]:
    acts = Fields(value, "L5", "docket's acts")
    acts.only(ACTS)
    return {name: acts.octets(name, 32) for name in ACTS if acts.has(name)}


def _paraphrase(value: Any) -> Paraphrase:
    found = Fields(value, "L5", "paraphrase")
    found.only(("what", "of", "hearers"))
    hearers = found.items("hearers", least=1, most=16)
    if any(not isinstance(one, str) or one not in CAPACITIES for one in hearers):
        raise found.wrong("names a hearer without a capacity")
    return Paraphrase(found.choice("what", PARAPHRASES), found.octets("of", 32), tuple(hearers))


def _view(value: Any) -> View:
    view = Fields(value, "L5", "view of the exchange")
    view.only(("mine", "yours"))
    return View(Span.from_wire(view.raw("mine")), Span.from_wire(view.raw("yours")))
