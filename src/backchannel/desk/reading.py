"""What a person does with letters: read, decline, burn, look for them.   Spec: docs/spec/desk.md, "Reading"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Final

from backchannel.conveyance.recall import IN_TIME
from backchannel.desk import events as ev
from backchannel.desk.later import imported_when_used
from backchannel.desk.office import Change, Office, read_kept
from backchannel.desk.states import Correspondent, LetterState
from backchannel.desk.tracking import RID, own_leg, track_letter
from backchannel.errors import NotPossible
from backchannel.seals.keys import destroyed_at
from backchannel.seals.panel import Facts, Line, who_could
from backchannel.text import fold
from backchannel.values import dataclass

if TYPE_CHECKING:
    from backchannel.conveyance.tracking import LegTrack
    from backchannel.desk.translations import Translation
    from backchannel.letters.letter import Letter
    from backchannel.letters.limits import Whole
    from backchannel.station.hatch import Outgoing

with imported_when_used():
    from backchannel.desk import clauses, recalling, sealing, translations
    from backchannel.letters import parts

DECLINED_TITLE = "Declined unread"
DECLINED_TEXT = "This office declines to read the letter this answers."
# Entries that name the sealed bytes of a letter, or hold what it says: burnt with it.
_NAME_SEALINGS: Final = (ev.Leg, ev.Entrusted, ev.Duplicate, ev.Accredited, ev.Claimed, ev.Terms, ev.Translated)


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter for the screen. in_breach: its text breaks the text rules and is shown as code points only.
    clauses: each with all that limits it, in whichever letter that stands.

    crossed: numbers of ours that were sealed before this letter of theirs came, and which its writer had not opened.
    translations: made here, to be shown under it.
    """

    state: LetterState
    other: Correspondent
    letter: Letter
    in_breach: bool
    panel: tuple[Line, ...]
    clauses: tuple[Whole, ...] = ()
    crossed: tuple[int, ...] = ()
    translations: tuple[Translation, ...] = ()


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a letter of ours is.

    place: waiting, posted, carried, no-sign, opened, refused (by the relay), declined (by its reader, unread), or lost
    by a restored desk. until: on the relay. reason: the relay's. shown_by: number of their letter that says so, 0 for
    an empty one. leg: of what is carried, the leg on which word of it is furthest.
    """

    place: str
    until: datetime | None = None
    reason: str | None = None
    shown_by: int = 0
    leg: LegTrack | None = None


def get(office: Office, n: int) -> LetterState:
    """The letter of an entry. Raises NotPossible."""
    letter = office.state.letters.get(n)
    if letter is None:
        raise NotPossible(f"entry {n} is no letter", next_step="See `backchannel letter list`.")
    return letter


def show(office: Office, n: int) -> Shown:
    """A letter to be shown; nothing is recorded. Raises NotPossible if it is burnt or declined."""
    state = get(office, n)
    if state.event is None:
        what = "declined unread and burnt" if state.declined_at else "burnt"
        raise NotPossible(f"letter {n} was {what}", next_step="Nothing brings it back.", kept="Its number is kept.")
    other = office.state.of(state.office)
    letter = read_kept(office, n)
    return Shown(
        state,
        other,
        letter,
        letter.in_breach,
        _panel(office, state, other),
        clauses.whole_clauses(office, letter, state.office),
        _crossed(office, state, letter),
        translations.made_here(office, n),
    )


def _crossed(office: Office, one: LetterState, letter: Letter) -> tuple[int, ...]:
    view = letter.docket.view
    if one.ours or view is None or view.yours.epoch not in (office.state.epoch, bytes(16)):  # zeros: opened none yet
        return ()
    ours = office.state.of(one.office).written
    return tuple(
        number
        for (epoch, number), sent in sorted(ours.items())
        if epoch == office.state.epoch and number > view.yours.last and sent.n < one.n and not sent.gone
    )


def read(office: Office, n: int, *, anyway: bool = False) -> Shown:
    """A person reads: recorded once for a letter that came. anyway: though its writer recalled it before it was read.

    Raises NotPossible where that was not said; nothing is then recorded.
    """
    shown = show(office, n)
    by = shown.state.recalled_unread
    if by and not anyway:
        raise NotPossible(
            f"letter {n} was recalled by its writer, in entry {by}, before it was read",
            next_step=f"Put it away unread with `backchannel letter put-away {n}`, or read it all the same with"
            " --anyway: its writer is told which.",
            kept="The letter is kept as it came.",
        )
    if not shown.state.ours and shown.state.read_at is None:
        with office.changing() as change:
            change.add(ev.Read(n))
    return shown


def decline(office: Office, n: int, zones: Callable[[str], tzinfo], *, spoken: bool = False) -> int:
    """Burn the unread text and send a refusal that says nothing else; its entry. spoken: as in `Order`."""
    with office.changing() as change:
        letter = get(office, n)
        if letter.ours or letter.event is None or letter.read_at is not None:
            raise NotPossible(f"letter {n} cannot be declined: it is ours, gone, or was read")
        body = parts.Body("en", "prevailing", DECLINED_TITLE, DECLINED_TEXT)
        kind = "exercise" if letter.event.exercise else "operation"
        order = sealing.Order(
            letter.office, "reply", (body,), kind, replies=(n,), signed=False, acts={"declines": n}, spoken=spoken
        )
        sealing.check_order(office, order)
        refusal = sealing.write_in(change, order, False, zones)
        beside = _burn_beside(change, n)
        change.tx.burn(n)
        change.add(ev.Declined(n, letter.office, letter.epoch, letter.number))
    sealing.hand_down(change)
    _forget(office, (n, *beside))
    return refusal


def put_away(office: Office, n: int, zones: Callable[[str], tzinfo]) -> None:
    """Burn unread what its writer recalled, and tell the writer that it came in time."""
    with office.changing() as change:
        letter = get(office, n)
        if letter.event is None or not letter.recalled_unread:
            raise NotPossible(f"letter {n} cannot be put away: it was not recalled, was read, or is gone")
        recalling.say(change, letter, IN_TIME, "manual", zones)
        beside = _burn_beside(change, n)
        change.tx.burn(n)
        change.add(ev.Burnt(n, letter.office, letter.epoch, letter.number, False, ()))
    sealing.hand_down(change)
    _forget(office, (n, *beside))


@dataclass(frozen=True, slots=True)
class NotReached:
    """What burning a letter does not reach. carriers: office-ids of go-betweens that may hold it, sealed, still."""

    backups: tuple[str, ...]
    seal_until: datetime | None
    carriers: tuple[bytes, ...] = ()


def before_burning(office: Office, n: int) -> NotReached:
    """What stays after burning: backups made while it was kept, sealed copies while a standing key lives."""
    letter = get(office, n)
    until = None
    if letter.event is not None and letter.event.via != "envelope":
        periods = [period for period, slot in office.state.seals.items() if slot == letter.event.slot]
        if periods:
            until = datetime.fromtimestamp(destroyed_at(periods[0]), UTC)
        elif isinstance(letter.event, ev.Written):
            until = datetime.fromtimestamp(letter.event.key_until, UTC)
    legs = office.state.custody.legs.get(n, [])
    carriers = (one.given.carrier for one in legs if own_leg(office.state.office, one).standing not in RID)
    return NotReached(office.state.backups_after(n), until, tuple(dict.fromkeys(carriers)))


def burn(office: Office, n: int) -> bool:
    """Destroy a letter for good; False while the destruction is still pending in the write-ahead log."""
    with office.changing() as change:
        letter = get(office, n)
        if letter.event is None:
            raise NotPossible(f"letter {n} is burnt already")
        reach = before_burning(office, n)
        beside = _burn_beside(change, n)
        change.tx.burn(n)
        change.add(ev.Burnt(n, letter.office, letter.epoch, letter.number, letter.ours, reach.backups))
    _forget(office, (n, *beside))
    return office.register.settle()


def _forget(office: Office, burnt: tuple[int, ...]) -> None:
    office.forget_state()
    with office.done():
        for n in burnt:
            office.hatch.forget(n)  # housekeeping does it if a crash comes here


def _burn_beside(change: Change, n: int) -> tuple[int, ...]:
    """Burn what travelled with letter n: its covering letters, evidence about it alone, entries naming its sealings."""
    beside = tuple(dict.fromkeys(_beside(change, n)))
    for m in (n, *beside):
        for entry, data in change.office.register.about(m):
            if data is not None and isinstance(ev.from_bytes(entry, data).event, _NAME_SEALINGS):
                change.tx.burn(entry)
    for m in beside:
        letter = change.state.letters.get(m)
        if letter is not None and letter.event is not None and change.tx.burn(m):
            change.add(ev.Burnt(m, letter.office, letter.epoch, letter.number, letter.ours, ()))
    return beside


def _beside(change: Change, n: int) -> Iterator[int]:
    """Entries of the covering letters in which letter n went or came, and of the evidence letters solely about it."""
    custody, event = change.state.custody, change.state.letters[n].event
    coverings = [leg.given.covering for leg in custody.legs.get(n, [])]
    coverings += [m for m, charge in custody.charges.items() if charge.unwrapped and charge.unwrapped.letter == n]
    if isinstance(event, ev.Opened) and event.covering:
        coverings.append(event.covering)
    for covering in coverings:
        if covering in change.state.letters:
            yield from _beside(change, covering)
        yield covering
    about = {n, *coverings}
    letters: dict[int, set[int]] = {}
    for leg in custody.by_entry.values():
        for _, _, heard in leg.heard:
            letters.setdefault(heard.letter, set()).add(leg.given.of)
    for charge in custody.charges.values():
        for stated in charge.stated:
            letters.setdefault(stated.letter, set()).add(charge.n)
    yield from (letter for letter, subjects in letters.items() if subjects <= about)


def search(office: Office, query: str) -> list[int]:
    """Entries of letters in which every word of the query begins a word, in any of their languages."""
    letters = office.state.letters
    return [n for n in office.register.search(fold(query)) if n in letters and letters[n].event is not None]


def whereabouts(office: Office, letter: LetterState) -> Whereabouts:
    """Where a letter of ours is, from what the station did and what the other side's view showed."""
    other = office.state.of(letter.office)
    if "declines" in letter.acted_on:
        return Whereabouts("declined", shown_by=office.state.letters[letter.acted_on["declines"]].number)
    for epoch, opened_to, by, _ in other.opened_shown if letter.number not in other.lost(letter.epoch) else ():
        if epoch == letter.epoch and 0 < letter.number <= opened_to:
            return Whereabouts("opened", shown_by=by)
    if answers := [one.number for n in letter.answered_by if not (one := office.state.letters[n]).ours]:
        return Whereabouts("opened", shown_by=answers[0])  # past a letter that is missing the view shows nothing
    legs = office.state.custody.legs.get(letter.n, [])
    ways = track_letter(office, letter.n) if legs else ()
    handed_down = [leg.given.covering for leg in legs] or [letter.n]
    out = office.hatch.outgoing(*handed_down)
    if letter.number in other.lost(letter.epoch):
        return Whereabouts("lost")
    if ways and any(one is None or one.posted_at for one in map(out.get, handed_down)):
        return Whereabouts("carried", leg=_furthest([leg for way in ways for leg in way.legs]))
    found: Outgoing | None = out.get(handed_down[0])
    if found is None or (found.expires_at is not None and found.expires_at < office.now):
        return Whereabouts("no-sign")
    if found.refused is not None:
        return Whereabouts("refused", reason=found.refused)
    if found.posted_at is None or found.expires_at is None:
        return Whereabouts("waiting")
    return Whereabouts("posted", datetime.fromtimestamp(found.expires_at, UTC))


def _furthest(legs: list[LegTrack]) -> LegTrack:
    """The leg of which the last word that stands came; the first leg while nobody has spoken."""
    return max(legs, key=lambda leg: (leg.standing == "handed-over", leg.at or 0))


def _panel(office: Office, letter: LetterState, other: Correspondent) -> tuple[Line, ...]:
    event = letter.event
    assert event is not None
    until: datetime | None = None
    if isinstance(event, ev.Written):
        if not (0 < letter.number <= other.opened_to(letter.epoch) and event.via == "envelope"):
            until = datetime.fromtimestamp(event.key_until, UTC)
    else:
        periods = [period for period, slot in office.state.seals.items() if slot == event.slot]
        until = datetime.fromtimestamp(destroyed_at(periods[0]), UTC) if periods else None
    homes = office.state.homes
    legs = office.state.custody.legs.get(letter.n, [])
    return who_could(
        Facts(
            signed=event.signed,
            on_envelope=event.via == "envelope",
            token=event.via != "zero",
            key_until=until,
            trust=other.trust,
            through_tor=bool(homes and homes.socks),
            carriers=len(legs) + bool(isinstance(event, ev.Opened) and event.by),
            signed_custody=any(leg.given.custody == "signed" for leg in legs),
        )
    )
