"""Who has what in hand: legs of our letters, and what was entrusted to us.   Spec: docs/spec/conveyance.md, "Tray".

Derived from events alone, and from those about one letter as well as from all of them.
"""

from typing import Final

from backchannel.desk import events as ev
from backchannel.values import dataclass, field

OPEN_ACTS: Final = ("accepted", "held")
LAST_ACTS: Final = ("declined", "returned", "recalled")


@dataclass(slots=True)
class LegState:
    """One leg: what we gave, to whom, and what was said of it. n: the entry of `Leg`; at: when it was given.

    heard: entries of `Heard` with the moment each came in, about this leg or a later one on its way.
    """

    n: int
    at: int
    given: ev.Leg
    heard: list[tuple[int, int, ev.Heard]] = field(default_factory=list)
    waited_at: int | None = None


@dataclass(slots=True)
class Charge:
    """What one covering letter brought. n: its entry. handled: what was done with it, in order, with times.

    unwrapped: what became of an enclosure for us. stated: our statements about it. passed_back: entries of `Heard`
    that went on to its giver.
    """

    n: int
    came: ev.Entrusted
    handled: list[tuple[int, ev.Handled]] = field(default_factory=list)
    unwrapped: ev.Unwrapped | None = None
    stated: list[ev.Stated] = field(default_factory=list)
    passed_back: set[int] = field(default_factory=set)
    discharged: bool = False

    @property
    def status(self) -> str:
        """waiting, or the last thing done with it: accepted, held, declined, returned, passed, recalled."""
        return self.handled[-1][1].act if self.handled else "waiting"

    @property
    def signed(self) -> bool:
        """Whether statements about it are signed: it was asked for, and agreed to."""
        return self.came.custody == "signed" and any(act.signed for _, act in self.handled)

    def has_stated(self, event: str) -> bool:
        return any(one.event == event for one in self.stated)


@dataclass(slots=True)
class Custody:
    """Legs by the entry of what was given (a letter of ours or a charge), and charges by covering letter."""

    legs: dict[int, list[LegState]] = field(default_factory=dict)
    charges: dict[int, Charge] = field(default_factory=dict)
    strays: list[tuple[int, int, ev.Heard]] = field(default_factory=list)
    """Statements about nothing known here."""

    by_entry: dict[int, LegState] = field(default_factory=dict)
    by_ref: dict[bytes, LegState] = field(default_factory=dict)

    def apply(self, entry: ev.Entry, event: ev.Event) -> None:
        match event:
            case ev.Leg():
                leg = LegState(entry.n, entry.at, event)
                self.legs.setdefault(event.of, []).append(leg)
                self.by_entry[entry.n] = self.by_ref[event.ref] = leg
            case ev.Entrusted():
                self.charges[event.of] = Charge(event.of, event)
            case ev.Heard():
                if event.leg in self.by_entry:
                    self.by_entry[event.leg].heard.append((entry.n, entry.at, event))
                elif not event.leg and not event.of:  # else it is about a leg that was burnt, or a recall
                    self.strays.append((entry.n, entry.at, event))
            case ev.Waited():
                if event.leg in self.by_entry:
                    self.by_entry[event.leg].waited_at = entry.at
            case ev.Handled() | ev.Unwrapped() | ev.Stated() | ev.PassedBack() | ev.Discharged():
                if (charge := self.charges.get(event.of)) is not None:
                    _handle(charge, entry, event)
            case _:
                pass

    def wrapped(self, office: bytes) -> list[Charge]:
        """What came for this office itself and is still to be opened."""
        return [
            one
            for one in self.charges.values()
            if one.came.addressee == office and one.unwrapped is None and not one.discharged
        ]


def _handle(charge: Charge, entry: ev.Entry, event: ev.Event) -> None:
    match event:
        case ev.Handled():
            charge.handled.append((entry.at, event))
        case ev.Unwrapped():
            charge.unwrapped = event
        case ev.Stated():
            charge.stated.append(event)
        case ev.PassedBack():
            charge.passed_back.update(event.heard)
        case ev.Discharged():
            charge.discharged = True
        case _:
            pass
