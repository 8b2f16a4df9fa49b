"""The tray of a go-between, and the evidence a desk gives and passes back.   Spec: docs/spec/conveyance.md, "Tray".

What a person does is one transaction with the statement it leads to. What the desk does by itself (receipts, passing
evidence back, noticing silence) goes only to offices that a person here has written to or accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Final

from backchannel.conveyance.covering import NEEDS_REASON, Covering, read_covering
from backchannel.conveyance.evidence import MOST_STATEMENTS, Evidence, PassedOn, Said, read_evidence, state
from backchannel.desk import events as ev
from backchannel.desk.custody import LAST_ACTS, Charge, LegState
from backchannel.desk.later import imported_when_used
from backchannel.desk.office import Change, Office, read_kept
from backchannel.desk.tracking import RID, own_leg
from backchannel.errors import NotPossible
from backchannel.values import dataclass, replace

if TYPE_CHECKING:
    from backchannel.desk.sealing import Route
    from backchannel.letters.parts import Body

with imported_when_used():
    from backchannel.desk import sealing

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
_IN_VAIN: Final = ("SubmissionRejection", "x-ReturnedUnopened", "ContentHandoverFailure")


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


@dataclass(frozen=True, slots=True)
class _Due:
    """What one evidence letter will say. over: charges of which it says the last."""

    sayings: list[_Saying]
    passings: list[_Passing]
    over: list[Charge]


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


def accept(office: Office, n: int, zones: Zones, *, signed: bool | None = None, spoken: bool = False) -> None:
    """Take custody, and say so to the giver. signed: whether statements are signed; None does as the giver asks.

    spoken, here and below: as in `Order`, with the giver and the office it goes on to.
    """
    _act(office, n, "accepted", zones, signed=signed, spoken=spoken, says=[("SubmissionAcceptance", ())])


def hold(
    office: Office, n: int, until: int, why: str, zones: Zones, *, signed: bool | None = None, spoken: bool = False
) -> None:
    """Take custody and keep it for now. until: Unix seconds."""
    if until <= office.now:
        raise NotPossible("a hold ends later than now", next_step="Give a later time with --until.")
    says = [("x-CustodyHeld", (("waiting", why),))]
    _act(office, n, "held", zones, signed=signed, spoken=spoken, until=until, says=says)


def decline(office: Office, n: int, code: str, why: str, zones: Zones, *, spoken: bool = False) -> None:
    """Do not take it. The sealed letter is destroyed here; its writer has it."""
    _act(office, n, "declined", zones, spoken=spoken, says=[("SubmissionRejection", ((code, why),))])


def give_back(office: Office, n: int, code: str, why: str, zones: Zones, *, spoken: bool = False) -> None:
    """Return the sealed letter itself, unopened, after it was taken."""
    _act(office, n, "returned", zones, spoken=spoken, says=[("x-ReturnedUnopened", ((code, why),))])


def give_up(office: Office, charge: Charge, zones: Zones, *, told: bool) -> bool:
    """By the desk itself, once: destroy what its giver recalls, where it is still here, and say so; or that it went on.

    told: whether something may be sent to the giver. Returns whether a statement was sealed.
    """
    if not _may_give_up(charge, told):
        return False
    with office.changing() as change:
        charge = change.state.custody.charges[charge.n]
        if not _may_give_up(charge, told):
            return False  # another clerk's desk was faster
        here = _is_here(charge)
        if here:
            change.add(ev.Handled(charge.n, "recalled", b"", 0, "recalled", "", charge.signed))
        if told:
            saying = _saying(office, charge, "x-Recalled" if here else "x-RecallTooLate", mode="automatic")
            _send(change, charge.came.giver, [saying], [], None, zones)
        if here:
            _discharge(change, charge)
    sealing.hand_down(change)
    if here:
        office.forget_state()
    return told


def _may_give_up(charge: Charge, told: bool) -> bool:
    over = charge.discharged or charge.status in LAST_ACTS or charge.has_stated("x-RecallTooLate")
    return not over and (told or _is_here(charge))


def _is_here(charge: Charge) -> bool:
    return charge.status != "passed" and charge.unwrapped is None


def pass_on(
    office: Office,
    n: int,
    zones: Zones,
    *,
    via: bytes | None = None,
    words: Body | None = None,
    custody: str = "oral",
    signed: bool | None = None,
    spoken: bool = False,
) -> int:
    """Give it on: to its addressee, or to a further go-between; the entry of our covering letter.

    words: our own, a separate item marked as the intermediary's. The addressee alone is told when we took it.
    """
    with office.changing() as change:
        charge = _still_here(office, n, "passed")  # inside: of two clerks at once, one wins and the other is told
        route = _route_on(office, charge, via or charge.came.addressee, custody)
        exempt = route.hops[0] != charge.came.addressee
        change.add(ev.Handled(n, "passed", route.hops[0], 0, "", "", _agreed(charge, signed)))
        covered = sealing.give(
            change, n, len(charge.handled), route, charge.came.addressee, covering_of(office, charge).enclosure,
            zones, taken=None if exempt else charge.handled[0][0], words=words, origin="intermediary",
            spoken=spoken,
        )  # fmt: skip
        if charge.came.receipt and not charge.has_stated("SubmissionAcceptance"):
            says = [_saying(office, charge, "SubmissionAcceptance")]
            _send(change, charge.came.giver, says, [], None, zones, spoken=spoken)
    sealing.hand_down(change)
    return covered


def _route_on(office: Office, charge: Charge, carrier: bytes, custody: str) -> Route:
    """To whom it goes on, asked of that office what was asked of us. Raises NotPossible."""
    covering = covering_of(office, charge)
    if carrier in (charge.came.giver, office.state.office):
        raise NotPossible("it came from there", next_step="Return it with `backchannel tray return`.")
    other = office.state.correspondents.get(carrier)
    if other is None or not other.card_data or other.alarm is not None:
        raise NotPossible(
            "there is no card here, free of alarms, of the office it would go to",
            next_step="Import its card, pass it on through another office with --via, or decline it.",
        )
    exempt = carrier != charge.came.addressee
    return sealing.Route(
        (carrier,),
        by=covering.by if covering.by and covering.by > office.now else None,
        custody=custody,
        carriage=covering.carriage if exempt else "any",
        precedence=covering.precedence,
        because=covering.because,
        instructions=covering.instructions if exempt else None,
        receipt=covering.receipt,
    )


def _still_here(office: Office, n: int, act: str) -> Charge:
    """What covering letter n brought, if this can be done with it now. Raises NotPossible."""
    charge = charge_of(office, n)
    if charge.status in LAST_ACTS or charge.discharged:
        raise NotPossible(f"what covering letter {n} brought is {charge.status} already: it is not here any more")
    if charge.status == "passed" and not (act in ("passed", "returned") and passing_failed(office, charge)):
        raise NotPossible(f"what covering letter {n} brought was passed on already")
    if act == "accepted" and charge.handled:
        raise NotPossible(f"what covering letter {n} brought is {charge.status} already")
    if act == "declined" and charge.handled:
        raise NotPossible(
            f"what covering letter {n} brought was taken already", next_step="Return it with `backchannel tray return`."
        )
    if act == "returned" and not charge.handled:
        raise NotPossible(
            f"what covering letter {n} brought was not taken yet",
            next_step="Decline it with `backchannel tray decline`.",
        )
    return charge


def passing_failed(office: Office, charge: Charge) -> bool:
    """Whether the office it was passed to said that it does not take it, or could not hand it over."""
    legs = office.state.custody.legs.get(charge.n, [])
    return bool(legs) and any(word.event in _IN_VAIN for word in own_leg(office.state.office, legs[-1]).words)


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
    n: int,
    act: str,
    zones: Zones,
    *,
    says: Sequence[tuple[str, tuple[tuple[str, str], ...]]],
    signed: bool | None = None,
    spoken: bool = False,
    until: int = 0,
) -> None:
    """Whether it can be done is asked inside the transaction: of two clerks at once, one wins and the other is told."""
    code, why = says[0][1][0] if says[0][1] else ("", "")
    with office.changing() as change:
        charge = _still_here(office, n, act)
        returned = covering_of(office, charge).enclosure if act == "returned" else None
        change.add(ev.Handled(n, act, b"", until, code, why, _agreed(charge, signed)))
        sayings = [_saying(office, charge, event, reasons) for event, reasons in says]
        if act == "held" and not charge.has_stated("SubmissionAcceptance"):
            sayings.insert(0, _saying(office, charge, "SubmissionAcceptance"))
        if charge.came.receipt:
            _send(change, charge.came.giver, sayings, [], returned, zones, spoken=spoken)
        if act in LAST_ACTS:
            _discharge(change, charge)
    sealing.hand_down(change)
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
    *,
    spoken: bool = False,
) -> int:
    """One evidence letter with these statements of ours and of others; its entry."""
    office = change.office
    said = [_say(office, one) for one in sayings]
    evidence = Evidence(tuple(said), tuple(one.passed for one in passings), returned)
    charges = [one.charge for one in sayings] + [one.charge for one in passings]
    exercise = any(charge.came.exercise for charge in charges)
    kind = "exercise" if exercise else "operation"
    order = sealing.Order(giver, "evidence", (), matters=(evidence.matter(),), type=kind, spoken=spoken)
    n = sealing.write_in(change, order, False, zones)
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
    for giver, exercise in _givers(office):
        while _due(office, giver, exercise) is not None:
            try:
                with office.changing() as change:
                    due = _due(office, giver, exercise)  # asked again inside: another clerk's desk may have said it
                    if due is not None:
                        _send(change, giver, due.sayings, due.passings, None, zones)
                        for charge in due.over:
                            _discharge(change, charge)
            except NotPossible:
                break  # its card has run out: it waits
            sealing.hand_down(change)
            sent += due is not None
            if due is not None and due.over:
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


def _givers(office: Office) -> list[tuple[bytes, bool]]:
    """To whom evidence may be due by itself, exercises apart; strangers hear nothing, and nothing goes through them."""
    charges = office.state.custody.charges.values()
    asked = {(one.came.giver, one.came.exercise): None for one in charges if one.came.receipt and not one.discharged}
    return [(giver, exercise) for giver, exercise in asked if office.state.in_reach(giver)]


def _due(office: Office, giver: bytes, exercise: bool) -> _Due | None:
    """What one evidence letter can say of what there is to say to a giver; None if there is nothing."""
    due = _Due([], [], [])
    for charge in office.state.custody.charges.values():
        came = charge.came
        if (came.giver, came.exercise) != (giver, exercise) or not came.receipt or charge.discharged:
            continue
        sayings, passings = _due_of(office, charge)
        if len(due.sayings) + len(sayings) > MOST_STATEMENTS or len(due.passings) + len(passings) > MOST_STATEMENTS:
            break  # the rest in a letter of its own
        due.sayings.extend(sayings)
        due.passings.extend(passings)
        if _is_carried(office, charge) and any(one.event in _ENDS_CARRIAGE for one in sayings):
            due.over.append(charge)
    return due if due.sayings or due.passings else None


def _due_of(office: Office, charge: Charge) -> tuple[list[_Saying], list[_Passing]]:
    if not _is_carried(office, charge):
        if charge.unwrapped is None or charge.stated:
            return [], []
        failed = charge.unwrapped.mark
        event, reasons = ("ContentHandoverFailure", [("cannot-open", "")]) if failed else ("ContentHandover", [])
        return [replace(_saying(office, charge, event, reasons, "automatic"), at=charge.came.reached)], []
    sayings: list[_Saying] = []
    heard: list[tuple[LegState, int, ev.Heard]] = []
    for leg in office.state.custody.legs.get(charge.n, []):
        heard += [(leg, entry, one) for entry, _, one in leg.heard if one.proof != "forged"]
        for word in own_leg(office.state.office, leg).words:  # what is put aside leads to nothing
            follows = _FOLLOWS.get(word.event)
            said = charge.has_stated(follows or "") or any(one.event == follows for one in sayings)
            if follows is not None and not said:
                # The reason, and none of another office's words under our name.
                codes = tuple((code, "") for code, _ in word.reasons)
                at = max(word.at, leg.at)  # not before it left here, whatever the next office's clock says
                sayings.append(_Saying(charge, follows, at, "automatic", codes))
        posted = office.hatch.outgoing(leg.given.covering).get(leg.given.covering)
        handed = leg.given.carrier == leg.given.addressee
        if handed and posted and posted.posted_at and not charge.has_stated("ContentConsignment"):
            sayings.insert(0, _Saying(charge, "ContentConsignment", posted.posted_at, "automatic"))
    room = MOST_STATEMENTS - len(charge.passed_back)  # a flood about one letter ends here
    kept: dict[int, Evidence] = {}
    return sayings, [
        _Passing(charge, entry, _passed_on(office, leg, one, kept))
        for leg, entry, one in [part for part in heard if part[1] not in charge.passed_back][:room]
    ]


def _passed_on(office: Office, leg: LegState, heard: ev.Heard, kept: dict[int, Evidence]) -> PassedOn:
    """A statement as it goes back: one about our own leg with that leg's blind, one of a later leg as it came.

    kept: evidence letters read so far, by entry.
    """
    if heard.letter not in kept:
        letter = read_kept(office, heard.letter)
        kept[heard.letter] = read_evidence(next(one.value for one in letter.matters if one.kind == "evidence"))
    evidence = kept[heard.letter]
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
        asked = leg.given.receipt and leg.given.by and leg.given.by < office.now
        if not asked or letter.number <= office.state.of(letter.office).opened_to(letter.epoch):
            continue
        if own_leg(office.state.office, leg).standing in RID:
            continue
        with office.changing() as change:
            if change.state.custody.by_entry[leg.n].waited_at is None:
                change.add(ev.Waited(leg.given.of, leg.n))
