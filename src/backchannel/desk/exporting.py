"""What this office can show to anybody about the way of a letter.   Spec: docs/spec/evidence.md, "Bundle"."""

from backchannel.conveyance.bundle import About, Bundle, Item, make_bundle, signers
from backchannel.conveyance.covering import read_covering
from backchannel.conveyance.evidence import read_evidence
from backchannel.desk import events as ev
from backchannel.desk.custody import LegState
from backchannel.desk.office import Office, read_kept
from backchannel.errors import NotPossible
from backchannel.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle. signed: statements in it; oral: statements left out, because they convince this desk alone."""

    data: bytes = field(repr=False)
    signed: int
    oral: int


def bundle_of(office: Office, n: int) -> Made:
    """The signed evidence about letter n of ours. Raises NotPossible if none is signed."""
    letter = office.state.letters.get(n)
    if letter is None or not letter.ours or letter.gone:
        raise NotPossible(f"entry {n} is no letter of ours that is kept")
    found: list[About] = []
    oral = 0
    for leg in _legs_of(office, n):
        covering = read_covering(_matter(office, leg.given.covering, "conveyance"))
        items: list[Item] = []
        for _, _, heard in leg.heard:
            if heard.proof not in ("signed", "unchecked"):
                oral += heard.proof == "oral"
                continue
            items.append(_item(office, leg, heard, covering.blind))
        if items:
            found.append(About(covering.enclosure, tuple(items)))
    if not found:
        raise NotPossible(
            "no evidence about that letter is signed: what was said of it convinces this desk alone",
            next_step="Ask for signed custody with --custody signed when a letter is given to a go-between.",
        )
    said = [item for one in found for item in one.items]
    correspondents = office.state.correspondents
    cards = [correspondents[by].card_data for by in signers(said) if by in correspondents]
    return Made(make_bundle(Bundle(tuple(card for card in cards if card), tuple(found))), len(said), oral)


def _legs_of(office: Office, n: int) -> list[LegState]:
    """Our legs of a letter, and those of the covering letters that left here for it."""
    legs = office.state.custody.legs.get(n, [])
    return [one for leg in legs for one in (*_legs_of(office, leg.given.covering), leg)]


def _item(office: Office, leg: LegState, heard: ev.Heard, blind: bytes) -> Item:
    evidence = read_evidence(_matter(office, heard.letter, "evidence"))
    if heard.position >= len(evidence.said):
        passed = evidence.passed_on[heard.position - len(evidence.said)]
        return Item(passed.said, passed.blind, passed.giver, passed.addressee)
    return Item(evidence.said[heard.position], blind, office.state.office, leg.given.addressee)


def _matter(office: Office, n: int, kind: str) -> object:
    return next(one.value for one in read_kept(office, n).matters if one.kind == kind)
