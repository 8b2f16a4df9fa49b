"""Custody statements: who took a sealed letter, held it, let go of it, and when.   Spec: docs/spec/evidence.md.

A statement names nobody but its signer. What it is about stands in `ref`, a hash that only who holds the blind of that
leg can take apart. Unsigned inside a sealed letter it convinces its receiver alone; signed, whoever is shown the blind.
"""

from collections.abc import Sequence
from typing import Any, Final

from backchannel.encoding import decode, digest, encode
from backchannel.errors import Refused
from backchannel.letters.fields import MOST_SECONDS, Fields
from backchannel.letters.matter import CAPACITIES, Matter
from backchannel.seals.signatures import SIGNATURE_BYTES, SigningKey, SigningPublic
from backchannel.values import dataclass, field

KIND: Final = "evidence"
# ETSI EN 319 522 event names, and those beyond it (`x-`).
TAKES: Final = ("SubmissionAcceptance", "RelayAcceptance")
DECLINES: Final = ("SubmissionRejection", "RelayRejection")
FAILS: Final = ("RelayFailure", "ContentConsignmentFailure", "ContentHandoverFailure", "AcceptanceRejectionExpiry")
EVENTS: Final = (
    *TAKES,
    *DECLINES,
    *FAILS,
    "NotificationForAcceptance",
    "ConsignmentAcceptance",
    "ConsignmentRejection",
    "ContentConsignment",
    "ContentHandover",
    "ContentAccessTracking",
    "RelayToNonERDS",
    "x-CustodyHeld",
    "x-CustodyReleased",
    "x-ReadAloud",
    "x-ReturnedUnopened",
    "x-Recalled",
    "x-RecallTooLate",
)
NEEDS_REASON: Final = (*DECLINES, *FAILS, "x-CustodyHeld")
MODES: Final = ("manual", "automatic")
# Reasons a screen has a sentence for; others travel as free text under "other".
REASONS: Final = (
    "no-way", "unknown-office", "unsafe", "not-asked", "too-late", "too-large", "waiting", "refused", "cannot-open",
    "recalled", "office-succeeded", "other",
)  # fmt: skip
# What stands in place of reasons where something was read aloud: in which capacity somebody did what, and no name.
READ_ALOUD: Final = "x-ReadAloud"
PRESENT: Final = ("reader", "interpreter", "hearer")
MOST_REASONS: Final = 8
MOST_REASON_BYTES: Final = 512
MOST_STATEMENTS: Final = 64
MOST_STATEMENT_BYTES: Final = 8192
_PURPOSE: Final = "evidence"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one office says happened. at: Unix seconds, the signer's claim. reasons: (code, words) pairs.

    Of what was read aloud, the pairs are (`PRESENT`, capacity).

    mode: whether a person did it or the desk by itself. data: the exact bytes; a signature is over their digest.
    """

    event: str
    ref: bytes
    by: bytes
    at: int
    mode: str
    reasons: tuple[tuple[str, str], ...] = ()
    data: bytes = field(default=b"", repr=False)

    def encoded(self) -> bytes:
        return encode([self.event, self.ref, self.by, self.at, self.mode, [list(one) for one in self.reasons]])


@dataclass(frozen=True, slots=True)
class Said:
    """A statement as it is handed over: with its signature, or None where it is oral."""

    statement: Statement
    signature: bytes | None = field(default=None, repr=False)

    def to_wire(self) -> list[Any]:
        return [self.statement.data, self.signature]


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A later leg's statement, with what shows what it is about: the blind, giver and addressee of that leg."""

    said: Said
    blind: bytes = field(repr=False)
    giver: bytes
    addressee: bytes

    def to_wire(self) -> list[Any]:
        return [*self.said.to_wire(), self.blind, self.giver, self.addressee]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a letter of this form brings: the writer's own statements, and those of later legs.

    returned: the sealed letter itself, where it comes back unopened.
    """

    said: tuple[Said, ...]
    passed_on: tuple[PassedOn, ...] = ()
    returned: bytes | None = field(default=None, repr=False)

    def matter(self) -> Matter:
        wire: dict[str, Any] = {
            "said": [one.to_wire() for one in self.said],
            "passed_on": [one.to_wire() for one in self.passed_on],
        }
        if self.returned is not None:
            wire["returned"] = self.returned
        return Matter(KIND, wire)


def reference(blind: bytes, seal_id: bytes, giver: bytes, addressee: bytes) -> bytes:
    """What statements about one leg bear: H["custody", blind, seal-id, giver's office-id, addressee's office-id].

    giver: who handed it to the one who states. addressee: whom the enclosure is for. Two legs share no value; without
    the 32-byte blind nobody can show which letter it is.
    """
    return digest("custody", blind, seal_id, giver, addressee)


def aloud_reference(letter: bytes) -> bytes:
    """What its reader's statement bears that it was read aloud: H["read-aloud", letter-id]; it is never signed."""
    return digest("read-aloud", letter)


def state(
    event: str,
    ref: bytes,
    by: bytes,
    at: int,
    mode: str,
    reasons: Sequence[tuple[str, str]] = (),
    key: SigningKey | None = None,
) -> Said:
    """A statement, signed if a key is given. at: Unix seconds."""
    bare = Statement(event, ref, by, at, mode, tuple(reasons))
    statement = read_statement(bare.encoded())
    return Said(statement, None if key is None else key.sign(_PURPOSE, digest("evidence", statement.data)))


def holds(said: Said, public: SigningPublic) -> bool:
    """Whether the signature is there and is this office's, over these very bytes."""
    return said.signature is not None and public.verifies(
        _PURPOSE, digest("evidence", said.statement.data), said.signature
    )


def is_about(statement: Statement, blind: bytes, seal_id: bytes, giver: bytes, addressee: bytes) -> bool:
    """Whether a statement is about these sealed bytes on this leg."""
    return statement.ref == reference(blind, seal_id, giver, addressee)


def read_statement(data: bytes) -> Statement:
    """The statement of these bytes. Raises Refused [W1 structure, W2 event, mode or reasons, E1-E9]."""
    match decode(data, limit=MOST_STATEMENT_BYTES):
        case [str(event), bytes(ref), bytes(by), int(at), str(mode), list(reasons)] if (
            len(ref) == len(by) == 32 and not isinstance(at, bool) and 0 <= at <= MOST_SECONDS
        ):
            pass
        case _:
            raise Refused("W1", "a custody statement is not event, reference, office, time, mode and reasons")
    if event not in EVENTS or mode not in MODES or len(reasons) > MOST_REASONS:
        raise Refused("W2", "a custody statement says something this version does not know")
    if event in NEEDS_REASON and not reasons:
        raise Refused("W2", f"a custody statement {event} gives no reason")
    if event == READ_ALOUD:
        return Statement(event, ref, by, at, mode, _present(reasons), data)
    return Statement(event, ref, by, at, mode, tuple(_reason(one) for one in reasons), data)


def read_evidence(value: Any) -> Evidence:
    """The evidence of a decoded matter. Raises Refused [W1, W2, W3 who brings it, E1-E9]."""
    evidence = Fields(value, "W1", "evidence")
    evidence.only(("said", "passed_on", "returned"))
    return Evidence(
        tuple(read_said(one) for one in evidence.items("said", most=MOST_STATEMENTS)),
        tuple(_passed_on(one) for one in evidence.items("passed_on", most=MOST_STATEMENTS)),
        evidence.octets("returned") if evidence.has("returned") else None,
    )


def check_writer(evidence: Evidence, writer: bytes) -> Evidence:
    """The evidence, whose own statements all name its writer. Raises Refused [W3]."""
    if any(one.statement.by != writer for one in evidence.said):
        raise Refused("W3", "the evidence says what another office did as if it were its writer's own act")
    return evidence


def read_said(value: Any) -> Said:
    """A statement and its signature, or none, as handed over. Raises Refused [W1, W2, E1-E9]."""
    match value:
        case [bytes(data), None | bytes() as signature] if signature is None or len(signature) == SIGNATURE_BYTES:
            return Said(read_statement(data), signature)
    raise Refused("W1", "a custody statement is not its bytes and a signature or none")


def _passed_on(value: Any) -> PassedOn:
    match value:
        case [bytes() as data, signature, bytes(blind), bytes(giver), bytes(addressee)] if (
            len(blind) == len(giver) == len(addressee) == 32
        ):
            return PassedOn(read_said([data, signature]), blind, giver, addressee)
    raise Refused("W1", "a statement passed on does not bring what shows what it is about")


def _reason(value: Any) -> tuple[str, str]:
    match value:
        case [str(code), str(words)] if code in REASONS and len(words.encode()) <= MOST_REASON_BYTES:
            return code, words
    raise Refused("W2", "a custody statement says something this version does not know")


def _present(value: Sequence[Any]) -> tuple[tuple[str, str], ...]:
    """Who was there: one reader and somebody who heard it, at least."""
    found: list[tuple[str, str]] = []
    for one in value:
        match one:
            case [str(role), str(capacity)] if role in PRESENT and capacity in CAPACITIES:
                found.append((role, capacity))
            case _:
                raise Refused("W2", "a custody statement of reading aloud says something this version does not know")
    roles = [role for role, _ in found]
    if roles.count("reader") != 1 or "hearer" not in roles:
        raise Refused("W2", "a custody statement of reading aloud says not who read, or not who heard it")
    return tuple(found)
