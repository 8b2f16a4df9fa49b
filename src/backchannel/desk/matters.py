"""What a letter that came carries besides text: given its type at the edge, recorded in the letter's transaction.

Spec: docs/spec/desk.md, "Matters". Each kind has one reader, from the room that gives it its meaning, and one keeper
here.
"""

from backchannel.conveyance.covering import Covering, read_covering
from backchannel.conveyance.credence import Accrediting, check_parties, read_accrediting
from backchannel.conveyance.evidence import (
    READ_ALOUD,
    Evidence,
    PassedOn,
    Said,
    Statement,
    check_writer,
    holds,
    read_evidence,
    reference,
)
from backchannel.conveyance.introductions import Introduction, read_introduction
from backchannel.desk import events as ev
from backchannel.desk import introducing
from backchannel.desk.aloud import read_aloud_of
from backchannel.desk.custody import LegState
from backchannel.desk.judging import note_accrediting
from backchannel.desk.office import Change
from backchannel.desk.recalling import recall_spoken_of
from backchannel.errors import Refused
from backchannel.letters.forms import CREDENCES
from backchannel.letters.letter import Letter
from backchannel.letters.matter import Matter
from backchannel.letters.meetings import Meeting, MeetingAnswer
from backchannel.letters.readouts import Readout
from backchannel.letters.talks import KINDS, Talk, read_talk
from backchannel.seals.seal import seal_id_of

Typed = Covering | Evidence | Introduction | Accrediting | Talk


def typed(matter: Matter, sender: bytes, reader: bytes) -> Typed:
    """The typed value of a matter that `sender` wrote to `reader`.

    Raises Refused with the marks of its kind; the letter is then refused whole.
    """
    match matter.kind:
        case "conveyance":
            return read_covering(matter.value)
        case "evidence":
            return check_writer(read_evidence(matter.value), sender)
        case "introduction":
            return read_introduction(matter.value, sender, reader)
    if matter.kind in CREDENCES:
        return check_parties(read_accrediting(matter.kind, matter.value), sender, reader)
    if matter.kind in KINDS:
        return read_talk(matter)
    raise Refused("L14", f"this version does not take what a letter of the kind {matter.kind} carries")


def take_matter(change: Change, n: int, letter: Letter, matter: Typed, reached: int) -> None:
    """Record what letter `n` carries, in the transaction that opens it."""
    match matter:
        case Covering():
            _take_covering(change, n, letter, matter, reached)
        case Evidence():
            _take_evidence(change, n, letter, matter)
        case Introduction():
            introducing.take(change, n, letter, matter)
        case Meeting() | MeetingAnswer() | Readout():
            pass  # read from the letter itself when it is shown: burnt with it
        case _:
            note_accrediting(change, n, letter, reached)


def _take_covering(change: Change, n: int, letter: Letter, covering: Covering, reached: int) -> None:
    giver = letter.sheet.sender
    seal_id = seal_id_of(covering.enclosure)
    change.add(
        ev.Entrusted(
            of=n,
            giver=giver,
            addressee=covering.addressee,
            ref=reference(covering.blind, seal_id, giver, covering.addressee),
            seal_id=seal_id,
            custody=covering.custody,
            receipt=covering.receipt,
            by=covering.by or 0,
            taken=covering.taken or 0,
            reached=reached,
            exercise=letter.sheet.type == "exercise",
            precedence=covering.precedence,
        )
    )


def _take_evidence(change: Change, n: int, letter: Letter, evidence: Evidence) -> None:
    bringer = letter.sheet.sender
    custody = change.state.custody
    for position, said in enumerate(evidence.said):
        leg = custody.by_ref.get(said.statement.ref)
        if leg is not None and (leg.given.carrier != bringer or not _is_of_type(change, leg, letter)):
            leg = None  # what another office says of a leg it does not carry is about nothing known here
        addressee = leg.given.addressee if leg else bytes(32)
        about = 0 if leg else _letter_spoken_of(change, letter, said.statement)
        _hear(change, n, position, bringer, said, leg, change.state.office, addressee, about)
    for position, passed in enumerate(evidence.passed_on, len(evidence.said)):
        _hear(
            change,
            n,
            position,
            bringer,
            passed.said,
            _leg_passed(change, letter, passed),
            passed.giver,
            passed.addressee,
        )


def _letter_spoken_of(change: Change, letter: Letter, statement: Statement) -> int:
    """Our letter of which its reader speaks, where it speaks of no leg: of its recall, or of reading it aloud."""
    by = letter.sheet.sender
    if statement.event == READ_ALOUD:
        return read_aloud_of(change, by, statement.ref, exercise=letter.sheet.type == "exercise")
    return recall_spoken_of(change, by, statement.ref)


def _leg_passed(change: Change, letter: Letter, passed: PassedOn) -> LegState | None:
    """Which of our legs with this carrier a later leg's statement continues: its blind shows it, or none.

    Nobody brings our own statements here, nor another's about a leg that the bringer itself carries.
    """
    bringer, said = letter.sheet.sender, passed.said.statement
    for leg in change.state.custody.by_entry.values():
        if leg.given.carrier == bringer and said.ref == reference(
            passed.blind, leg.given.seal_id, passed.giver, passed.addressee
        ):
            others = said.by != change.state.office and (said.ref != leg.given.ref or said.by == bringer)
            return leg if others and _is_of_type(change, leg, letter) else None
    return None


def _is_of_type(change: Change, leg: LegState, letter: Letter) -> bool:
    """Whether evidence is of the type of what was given: an exercise is never tied to an operation."""
    covering = change.state.letters.get(leg.given.covering)
    if covering is None or covering.event is None:
        return True
    return covering.event.exercise == (letter.sheet.type == "exercise")


def _hear(
    change: Change,
    n: int,
    position: int,
    bringer: bytes,
    said: Said,
    leg: LegState | None,
    giver: bytes,
    addressee: bytes,
    about: int = 0,
) -> None:
    """about: our letter of which it speaks, where it speaks of no leg."""
    one = said.statement
    change.add(
        ev.Heard(
            of=leg.given.of if leg else about,
            leg=leg.n if leg else 0,
            letter=n,
            position=position,
            bringer=bringer,
            event=one.event,
            ref=one.ref,
            by=one.by,
            at=one.at,
            mode=one.mode,
            reasons=one.reasons,
            proof=_proof(change, said),
            giver=giver,
            addressee=addressee,
        )
    )


def _proof(change: Change, said: Said) -> str:
    if said.signature is None:
        return "oral"
    signer = change.state.correspondents.get(said.statement.by)
    if signer is None or not signer.card_data:
        return "unchecked"
    return "signed" if holds(said, signer.card.body.signing) else "forged"
