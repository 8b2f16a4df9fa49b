"""What a desk does by itself when it is unlocked.   Spec: docs/spec/desk.md, "Housekeeping".

In this order: notice a copy put back, hand down what a crash held up (before anything that is sealed later: its reader
may refuse what it overtakes), open all that came, take introductions that waited, make and destroy keys by date, tell
correspondents of a changed card, refill envelopes. Nothing goes to strangers.
"""

import contextlib
from collections.abc import Callable
from datetime import tzinfo
from typing import Final

from backchannel.desk import events as ev
from backchannel.desk.founding import keep_periods, tell_station
from backchannel.desk.later import imported_when_used
from backchannel.desk.office import Intake, Office, check_clock, own_envelope_name
from backchannel.desk.states import Correspondent, slots_to_destroy
from backchannel.errors import NotPossible
from backchannel.seals.envelopes import KEPT_AFTER_SECONDS, REFILL_SECONDS, REFILL_WHEN_USED
from backchannel.values import dataclass

with imported_when_used():
    from backchannel.desk import conveying, introducing, opening, recalling, sealing

BACKUP_SECONDS: Final = 30 * 86_400


@dataclass(frozen=True, slots=True)
class News:
    """What there is to tell. clock: behind or ahead if a person must confirm it. pending: destruction not done yet.

    copy: why the register is held to be an old copy put back. restored: offices that began a new epoch and have not
    been written to since.
    """

    intake: Intake
    clock: str | None
    copy: ev.CopyNoticed | None
    restored: tuple[Correspondent, ...]
    pending: bool
    backup_old: bool
    empties: int


def keep_house(office: Office, zones: Callable[[str], tzinfo]) -> News:
    """One round; safe to repeat after a crash anywhere."""
    if office.copy_put_back:
        with office.changing():
            pass  # the change itself notes it
    clock = check_clock(office)  # before anything is written under it
    if clock is None:
        office.hatch.note_clock(office.now)
    tell_station(office)
    # A copy that only another office's view speaks of still opens letters: one office could stop all the others' else.
    stopped = office.state.copy is not None and not office.state.copy.by
    if office.state.copy is None:
        _hand_down_held_up(office)
    intake = opening.take_in(office) if _something_came(office) and not stopped else Intake()
    empties = 0
    if office.state.copy is None and clock is None:
        if office.state.introductions_waiting:
            introducing.take_waiting(office)
        keep_periods(office)
        _destroy_due(office)
        empties = _send_empties(office, zones)
        if office.state.custody.charges or office.state.custody.by_entry:
            empties += conveying.keep_up(office, zones)
        if any("recalls" in one.acted_on for one in office.state.letters.values()):
            empties += recalling.keep_up(office, zones)
    _forget_opened(office)
    state = office.state
    oldest = state.last_backup_at or state.epoch_at
    return News(
        intake=intake,
        clock=clock,
        copy=state.copy,
        restored=tuple(one for one in state.correspondents.values() if one.unspoken and one.card_data),
        pending=not office.register.settle(wait_seconds=0.2),
        backup_old=office.now - oldest > BACKUP_SECONDS,
        empties=empties,
    )


def _something_came(office: Office) -> bool:
    return office.hatch.has_arrivals or bool(office.state.custody.wrapped(office.state.office))


def _hand_down_held_up(office: Office) -> None:
    """What was sealed, or was to be sent again, but did not reach the station: a crash came between."""
    known, state = office.hatch.outgoing(), office.state
    empty = [other.last_empty for other in state.correspondents.values() if other.last_empty is not None]
    for one in sorted([*state.letters.values(), *empty], key=lambda letter: letter.n):
        if (
            one.ours
            and one.epoch == state.epoch
            and one.event is not None
            and (one.n not in known or known[one.n].turn < one.again)
            and office.register.blob(one.n, "sealed") is not None
        ):
            with contextlib.suppress(NotPossible):  # a card has run out meanwhile: it waits for the next one
                sealing.hand_down_entry(office, one.n)


def _destroy_due(office: Office) -> None:
    for other in list(office.state.correspondents.values()):
        due = slots_to_destroy(other, office.now, KEPT_AFTER_SECONDS)
        if due:
            with office.changing() as change:
                for slot in due:
                    change.tx.drop_secret(own_envelope_name(slot))
                change.add(ev.SlotsDestroyed(other.office, due))


def _send_empties(office: Office, zones: Callable[[str], tzinfo]) -> int:
    """A changed card, or fresh envelopes, to those whom a person here has written to or accepted."""
    sent = 0
    state = office.state
    for other in list(state.correspondents.values()):
        if (
            other.in_reach(state.epoch)
            and not other.way_back  # who is reached by go-betweens gets card and envelopes with the next letter
            and state.homes is not None
            and (_card_due(office, other) or _refill_due(office, other))
        ):
            try:
                sealing.seal_empty(office, other.office, zones)
            except NotPossible:
                continue  # its card has run out or names no relay: it waits for the next one
            sent += 1
    return sent


def _card_due(office: Office, other: Correspondent) -> bool:
    """Our card has changed since the last one sent; an office never written to waits for the first letter."""
    state = office.state
    return bool(state.card_serial and other.person_wrote and other.card_sent[0] < state.card_serial)


def _refill_due(office: Office, other: Correspondent) -> bool:
    newest = other.made_batches
    return (
        newest > 0
        and other.used_of_batch.get(newest, 0) >= REFILL_WHEN_USED
        and (other.last_empty is None or office.now >= other.last_empty.at + REFILL_SECONDS)
    )


def _forget_opened(office: Office) -> None:
    """Sealed copies and notes of the station go once the letter is burnt, or the other side's view shows it opened;
    those of an empty one once it is posted.
    """
    for n, out in office.hatch.outgoing().items():
        letter = office.state.letters.get(n)
        if letter is not None and letter.event is None:
            office.hatch.forget(n)  # a crash came between burning and this
            continue
        if letter is None:
            done = out.posted_at is not None  # an empty one, which nobody sends again
        else:
            opened_to = office.state.of(letter.office).opened_to(letter.epoch)
            done = letter.epoch == office.state.epoch and letter.number <= opened_to
        if done:
            with office.changing() as change:
                change.tx.drop_blob(n, "sealed")
            office.hatch.forget(n)
