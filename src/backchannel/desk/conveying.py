"""The tray of a go-between, and the evidence a desk gives and passes back.   Spec: docs/spec/conveyance.md, "Tray".

What a person does is one transaction with the statement it leads to. What the desk does by itself (receipts, passing
evidence back, noticing silence) goes only to offices that a person here has written to or accepted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

from backchannel.conveyance.covering import NEEDS_REASON, Covering, read_covering
from backchannel.conveyance.evidence import Evidence, PassedOn, Said, read_evidence, state
from backchannel.desk import events as ev
from backchannel.desk.custody import LAST_ACTS, Charge, LegState
from backchannel.desk.office import Change, Office
from backchannel.desk.sealing import Order, Route, give, hand_down, read_kept, write_in
from backchannel.errors import NotPossible
from backchannel.letters.parts import Body

Zones = Callable[[str], tzinfo]
Reasons = Sequence[tuple[str, str]]

# What the go-between itself then says of its own leg, when the next one has said this of the next.
_FOLLOWS: Final = {
    "SubmissionAcceptance": "RelayAcceptance",
    "RelayAcceptance": "RelayAcceptance",
    "SubmissionRejection": "RelayFailure",
    "RelayFailure": "RelayFailure",
    "x-ReturnedUnopened": "RelayFailure",
    "ContentConsignment": "ContentConsignment",
    "ContentHandover": "ContentHandover",
    "ContentHandoverFailure": "ContentHandoverFailure",
    "ConsignmentRejection": "ConsignmentRejection",
}
_ENDS_CARRIAGE: Final = ("ContentHandover", "SubmissionRejection", "x-ReturnedUnopened", "x-Recalled")


@dataclass(frozen=True, slots=True)
class _Saying:
    """A statement to be made about a charge."""

    charge: Charge
    event: str
    at: int
    mode: str
    reasons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Passing:
    """A statement heard, to be passed back to who gave the charge."""

    charge: Charge
    heard: int
    passed: PassedOn


def tray(office: Office) -> list[Charge]:
    """What was entrusted to this office to carry, oldest first."""
    charges = office.state.custody.charges
    return [charges[n] for n in sorted(charges) if charges[n].came.addressee != office.state.office]


def haste(office: Office, giver: bytes) -> tuple[int, int]:
    """How many letters this office has given here to carry as immediate or flash, and how many in all."""
    given = [one.came for one in tray(office) if one.came.giver == giver]
    return sum(one.precedence in NEEDS_REASON for one in given), len(given)


def charge_of(office: Office, n: int) -> Charge:
    """What covering letter n brought for this office to carry. Raises NotPossible."""
    charge = office.state.custody.charges.get(n)
    if charge is None or charge.came.addressee == office.state.office:
        raise NotPossible(f"entry {n} is nothing to carry", next_step="See `backchannel tray list`.")
    return charge


def covering_of(office: Office, charge: Charge) -> Covering:
    """What its giver asks. Raises NotPossible once it has gone on and is forgotten here."""
    if charge.discharged:
        raise NotPossible(f"what covering letter {charge.n} enclosed has gone on and is forgotten here")
    letter = read_kept(office, charge.n)
    return read_covering(next(one.value for one in letter.matters if one.kind == "conveyance"))


def accept(office: Office, n: int, zones: Zones, *, signed: bool | None = None) -> None:
    """Take custody, and say so to the giver. signed: whether statements are signed; None does as the giver asks."""
    charge = _still_here(office, n, "accepted")
    if charge.handled:
        raise NotPossible(f"what covering letter {n} brought is {charge.status} already")
    _act(office, charge, "accepted", zones, signed=signed, says=[("SubmissionAcceptance", ())])


def hold(office: Office, n: int, until: int, why: str, zones: Zones, *, signed: bool | None = None) -> None:
    """Take custody and keep it for now. until: Unix seconds."""
    charge = _still_here(office, n, "held")
    if until <= office.now:
        raise NotPossible("a hold ends later than now", next_step="Give a later time with --until.")
    _act(office, charge, "held", zones, signed=signed, until=until, says=[("x-CustodyHeld", (("waiting", why),))])


def decline(office: Office, n: int, code: str, why: str, zones: Zones) -> None:
    """Do not take it. The sealed letter is destroyed here; its writer has it."""
    charge = _still_here(office, n, "declined")
    if charge.handled:
        raise NotPossible(
            f"what covering letter {n} brought was taken already", next_step="Return it with `backchannel tray return`."
        )
    _act(office, charge, "declined", zones, signed=None, says=[("SubmissionRejection", ((code, why),))])


def give_back(office: Office, n: int, code: str, why: str, zones: Zones) -> None:
    """Return the sealed letter itself, unopened, after it was taken."""
    charge = _still_here(office, n, "returned")
    if not charge.handled:
        raise NotPossible(
            f"what covering letter {n} brought was not taken yet",
            next_step="Decline it with `backchannel tray decline`.",
        )
    returned = covering_of(office, charge).enclosure
    says = [("x-ReturnedUnopened", ((code, why),))]
    _act(office, charge, "returned", zones, signed=None, says=says, returned=returned)


def give_up(office: Office, charge: Charge, zones: Zones, *, told: bool) -> bool:
    """By the desk itself, once: destroy what its giver recalls, where it is still here, and say so; or that it went on.

    told: whether something may be sent to the giver. Returns whether a statement was sealed.
    """
    if charge.discharged or charge.status in LAST_ACTS or charge.has_stated("x-RecallTooLate"):
        return False
    here = charge.status != "passed" and charge.unwrapped is None
    if not here and not told:
        return False
    with office.changing() as change:
        if here:
            change.add(ev.Handled(charge.n, "recalled", b"", 0, "recalled", "", charge.signed))
        if told:
            saying = _saying(office, charge, "x-Recalled" if here else "x-RecallTooLate", mode="automatic")
            _send(change, charge.came.giver, [saying], [], None, zones)
        if here:
            _discharge(change, charge)
    hand_down(change)
    if here:
        office.forget_state()
    return told


def pass_on(
    office: Office,
    n: int,
    zones: Zones,
    *,
    via: bytes | None = None,
    words: Body | None = None,
    custody: str = "oral",
    signed: bool | None = None,
) -> int:
    """Give it on: to its addressee, or to a further go-between; the entry of our covering letter.

    words: our own, a separate item marked as the intermediary's. The addressee alone is told when we took it.
    """
    charge = _still_here(office, n, "passed")
    covering = covering_of(office, charge)
    carrier = via or charge.came.addressee
    if carrier in (charge.came.giver, office.state.office):
        raise NotPossible("it came from there", next_step="Return it with `backchannel tray return`.")
    other = office.state.correspondents.get(carrier)
    if other is None or not other.card_data or other.alarm is not None:
        raise NotPossible(
            "there is no card here, free of alarms, of the office it would go to",
            next_step="Import its card, pass it on through another office with --via, or decline it.",
        )
    exempt = carrier != charge.came.addressee
    route = Route(
        (carrier,),
        by=covering.by if covering.by and covering.by > office.now else None,
        custody=custody,
        carriage=covering.carriage if exempt else "any",
        precedence=covering.precedence,
        because=covering.because,
        instructions=covering.instructions if exempt else None,
        receipt=covering.receipt,
    )
    with office.changing() as change:
        acted = ev.Handled(n, "passed", carrier, 0, "", "", _agreed(charge, signed))
        change.add(acted)
        taken = None if exempt else charge.handled[0][0]
        covered = give(
            change, n, len(charge.handled), route, charge.came.addressee, covering.enclosure, zones,
            taken=taken, words=words, origin="intermediary",
        )  # fmt: skip
        if charge.came.receipt and not charge.has_stated("SubmissionAcceptance"):
            _send(change, charge.came.giver, [_saying(office, charge, "SubmissionAcceptance")], [], None, zones)
    hand_down(change)
    return covered


def _still_here(office: Office, n: int, act: str) -> Charge:
    charge = charge_of(office, n)
    if charge.status in LAST_ACTS or charge.discharged:
        raise NotPossible(f"what covering letter {n} brought is {charge.status} already: it is not here any more")
    if charge.status == "passed" and not (act in ("passed", "returned") and passing_failed(office, charge)):
        raise NotPossible(f"what covering letter {n} brought was passed on already")
    return charge


def passing_failed(office: Office, charge: Charge) -> bool:
    """Whether the office it was passed to said that it does not take it, or could not hand it over."""
    legs = office.state.custody.legs.get(charge.n, [])
    said = [heard.event for _, _, heard in legs[-1].heard] if legs else []
    return any(one in ("SubmissionRejection", "x-ReturnedUnopened", "ContentHandoverFailure") for one in said)


def _agreed(charge: Charge, signed: bool | None) -> bool:
    """Whether statements are signed: the giver asked for it, and a person here agrees for this letter."""
    if signed and charge.came.custody != "signed":
        raise NotPossible(
            "the giver did not ask for signed evidence: it is signed only where both agree for this letter"
        )
    return charge.came.custody == "signed" and (
        charge.signed if charge.handled and signed is None else signed is not False
    )


def _act(
    office: Office,
    charge: Charge,
    act: str,
    zones: Zones,
    *,
    signed: bool | None,
    says: Sequence[tuple[str, tuple[tuple[str, str], ...]]],
    until: int = 0,
    returned: bytes | None = None,
) -> None:
    code, why = says[0][1][0] if says[0][1] else ("", "")
    with office.changing() as change:
        agreed = _agreed(charge, signed)
        change.add(ev.Handled(charge.n, act, b"", until, code, why, agreed))
        sayings = [_saying(office, charge, event, reasons) for event, reasons in says]
        if act == "held" and not charge.has_stated("SubmissionAcceptance"):
            sayings.insert(0, _saying(office, charge, "SubmissionAcceptance"))
        if charge.came.receipt:
            _send(change, charge.came.giver, sayings, [], returned, zones)
        if act in LAST_ACTS:
            _discharge(change, charge)
    hand_down(change)
    if act in LAST_ACTS:
        office.forget_state()


def _saying(office: Office, charge: Charge, event: str, reasons: Reasons = (), mode: str = "manual") -> _Saying:
    return _Saying(charge, event, office.now, mode, tuple(reasons))


def _send(
    change: Change,
    giver: bytes,
    sayings: Sequence[_Saying],
    passings: Sequence[_Passing],
    returned: bytes | None,
    zones: Zones,
) -> int:
    """One evidence letter with these statements of ours and of others; its entry."""
    office = change.office
    said = [_say(office, one) for one in sayings]
    evidence = Evidence(tuple(said), tuple(one.passed for one in passings), returned)
    charges = [one.charge for one in sayings] + [one.charge for one in passings]
    exercise = any(charge.came.exercise for charge in charges)
    order = Order(giver, "evidence", (), matters=(evidence.matter(),), type="exercise" if exercise else "operation")
    n = write_in(change, order, False, zones)
    for saying, one in zip(sayings, said, strict=True):
        made = one.statement
        signed = one.signature is not None
        change.add(ev.Stated(saying.charge.n, made.event, made.ref, made.at, made.mode, made.reasons, signed, n))
    for of in sorted({passing.charge.n for passing in passings}):
        change.add(ev.PassedBack(of, tuple(passing.heard for passing in passings if passing.charge.n == of), n))
    return n


def _say(office: Office, saying: _Saying) -> Said:
    came = saying.charge.came
    key = office.signing if saying.charge.signed else None
    return state(saying.event, came.ref, office.state.office, saying.at, saying.mode, saying.reasons, key)


def _discharge(change: Change, charge: Charge) -> None:
    """Forget the enclosure and the blinds: the covering letter that brought it, and ours that took it on."""
    state = change.state
    for n in (charge.n, *(leg.given.covering for leg in state.custody.legs.get(charge.n, []))):
        letter = state.letters.get(n)
        if letter is None or letter.event is None:
            continue
        change.tx.burn(n)
        change.add(ev.Discharged(n, letter.office, letter.epoch, letter.number, letter.ours))


# What the desk does by itself.


def keep_up(office: Office, zones: Zones) -> int:
    """Receipts, evidence passed back, silence noticed; how many evidence letters were sealed. Safe to repeat."""
    _notice_silence(office)
    _forget_unasked(office)
    sent = 0
    for giver, sayings, passings in _due(office):
        other = office.state.correspondents.get(giver)
        if other is None or not other.in_reach(office.state.epoch):
            continue  # nothing is sent by itself to an office no person here has written to or accepted
        try:
            with office.changing() as change:
                _send(change, giver, sayings, passings, None, zones)
                over = [
                    one.charge for one in sayings if one.event in _ENDS_CARRIAGE and _is_carried(office, one.charge)
                ]
                for charge in over:
                    _discharge(change, charge)
        except NotPossible:
            continue  # its card has run out: it waits
        hand_down(change)
        sent += 1
        if over:
            office.forget_state()
    return sent


def _forget_unasked(office: Office) -> None:
    """What went on without evidence being wanted is forgotten once it was posted."""
    out = office.hatch.outgoing()
    for charge in list(office.state.custody.charges.values()):
        legs = office.state.custody.legs.get(charge.n, [])
        posted = [out.get(leg.given.covering) for leg in legs]
        if charge.came.receipt or charge.discharged or not posted or not all(one and one.posted_at for one in posted):
            continue
        with office.changing() as change:
            _discharge(change, charge)
        office.forget_state()


def _is_carried(office: Office, charge: Charge) -> bool:
    return charge.came.addressee != office.state.office


def _due(office: Office) -> list[tuple[bytes, list[_Saying], list[_Passing]]]:
    """What is to be said, one letter for each giver."""
    found: dict[bytes, tuple[list[_Saying], list[_Passing]]] = {}
    for charge in office.state.custody.charges.values():
        if not charge.came.receipt or charge.discharged:
            continue
        sayings, passings = _due_of(office, charge)
        if sayings or passings:
            says, passes = found.setdefault(charge.came.giver, ([], []))
            says += sayings
            passes += passings
    return [(giver, says[:64], passes[:64]) for giver, (says, passes) in found.items()]


def _due_of(office: Office, charge: Charge) -> tuple[list[_Saying], list[_Passing]]:
    if not _is_carried(office, charge):
        if charge.unwrapped is None or charge.stated:
            return [], []
        failed = charge.unwrapped.mark
        event, reasons = ("ContentHandoverFailure", [("cannot-open", "")]) if failed else ("ContentHandover", [])
        return [replace(_saying(office, charge, event, reasons, "automatic"), at=charge.came.reached)], []
    sayings: list[_Saying] = []
    passings: list[_Passing] = []
    for leg in office.state.custody.legs.get(charge.n, []):
        for entry, _, heard in leg.heard:
            if entry in charge.passed_back or heard.proof == "forged":
                continue
            passings.append(_Passing(charge, entry, _passed_on(office, leg, heard)))
            follows = _FOLLOWS.get(heard.event)
            said = charge.has_stated(follows or "") or any(one.event == follows for one in sayings)
            if follows is not None and not said:
                sayings.append(_Saying(charge, follows, heard.at, "automatic", heard.reasons))
        posted = office.hatch.outgoing().get(leg.given.covering)
        handed = leg.given.carrier == leg.given.addressee
        if handed and posted and posted.posted_at and not charge.has_stated("ContentConsignment"):
            sayings.insert(0, _Saying(charge, "ContentConsignment", posted.posted_at, "automatic"))
    return sayings, passings


def _passed_on(office: Office, leg: LegState, heard: ev.Heard) -> PassedOn:
    """A statement as it goes back: one about our own leg with that leg's blind, one of a later leg as it came."""
    letter = read_kept(office, heard.letter)
    evidence = read_evidence(next(one.value for one in letter.matters if one.kind == "evidence"))
    if heard.position >= len(evidence.said):
        return evidence.passed_on[heard.position - len(evidence.said)]
    ours = read_kept(office, leg.given.covering)
    blind = read_covering(next(one.value for one in ours.matters if one.kind == "conveyance")).blind
    return PassedOn(evidence.said[heard.position], blind, office.state.office, leg.given.addressee)


def _notice_silence(office: Office) -> None:
    """After the time of a way, silence becomes a statement of the waiting desk, once for each leg."""
    custody, letters = office.state.custody, office.state.letters
    for leg in custody.by_entry.values():
        letter = letters.get(leg.given.of)
        if letter is None or not letter.ours or letter.event is None or leg.waited_at is not None:
            continue
        over = any(heard.event in ("ContentHandover", *_ENDS_CARRIAGE) for _, _, heard in leg.heard)
        opened = letter.number <= office.state.of(letter.office).opened_to(letter.epoch)
        if leg.given.receipt and leg.given.by and leg.given.by < office.now and not over and not opened:
            with office.changing() as change:
                change.add(ev.Waited(leg.given.of, leg.n))
