"""To whom anything may be sealed, on which key, and with which keys what they seal is opened.

Spec: docs/spec/envelopes.md and docs/spec/desk.md, "Sealing".
"""

from datetime import UTC, datetime

from backchannel.desk.office import Office, own_token_name, their_token_name
from backchannel.desk.states import Correspondent
from backchannel.errors import NotPossible
from backchannel.seals.cards import has_run_out, standing_target
from backchannel.seals.envelopes import tokens_to_try
from backchannel.seals.keys import KemKey, destroyed_at, period_of
from backchannel.seals.seal import NO_TOKEN, Target
from backchannel.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Chosen:
    """The key something is sealed to, and what is known of it. key_until: when its private half is gone."""

    target: Target = field(repr=False)
    via: str
    batch: int
    key_until: int


def with_card(office: Office, to: bytes) -> Correspondent:
    """The office with a card here that nothing contradicts. Raises NotPossible."""
    other = office.state.correspondents.get(to)
    if other is None or not other.card_data:
        raise NotPossible("there is no card of that office here", next_step="Import its card first.")
    if other.alarm is not None:
        raise NotPossible(
            "a card that contradicts this office's came in: nothing is sealed to it until that is settled",
            next_step="Compare safety numbers by another way, then use `backchannel card settle`.",
        )
    return other


def check_copy(office: Office) -> None:
    """Raises NotPossible in a register that was put back."""
    if office.copy_put_back or office.state.copy is not None:
        raise NotPossible(
            "this register is an old copy: a copy was put back, and nothing is sealed by it",
            next_step="If you know why, begin a new epoch with `backchannel desk new-epoch`.",
        )


def check_spoken(other: Correspondent, spoken: bool) -> None:
    """Who stole an office's signing and link keys can stage a restoration, and the safety number stays the same."""
    if other.unspoken and not spoken:
        raise NotPossible(
            "that office's desk began a new epoch: nothing is sealed to it unless a person chooses so for each letter",
            next_step="Speak with that office by another way, then say so with --spoken.",
        )


def standing_seal(office: Office, other: Correspondent, when: datetime, *, else_last: bool) -> Chosen:
    """The other office's standing seal of the day on which it should be opened, with its standby token if it gave one.

    else_last: where the card ends before that day, the last key it names. Raises NotPossible if there is none.
    """
    if has_run_out(other.card, office.clock()):
        raise NotPossible(
            "the card of that office has run out and no return envelope is left",
            next_step="Ask for a new card, or wait for its next letter.",
            kept="The letter is not sealed; keep the draft.",
        )
    standing = standing_target(other.card, when)
    if standing is None and else_last:
        when = datetime.fromtimestamp(other.card.body.until - 1, UTC)
        standing = standing_target(other.card, when)
    if standing is None:
        raise NotPossible(
            "the card of that office has no key for the day on which the letter should be opened",
            next_step="Choose an earlier day, check the clock, or ask for a new card.",
        )
    token = office.register.secret(their_token_name(other.office)) or NO_TOKEN
    via = "zero" if token == NO_TOKEN else "standby"
    return Chosen(Target(standing[0], standing[1].public, token), via, 0, destroyed_at(period_of(when)))


def own_standing_key(office: Office, slot: bytes) -> KemKey | None:
    """The private key of this office's standing seal that the slot names, while it lives."""
    for period, named in office.state.seals.items():
        if named == slot:
            return office.standing_key(period)
    return None


def tokens_for(office: Office, other: Correspondent) -> tuple[list[bytes], list[int]]:
    """The tokens to try on a standing seal, newest first, and the batch each belongs to (0: none)."""
    kept = {
        number: token
        for number in range(max(other.shown or 1, 1), other.made_batches + 1)
        if (token := office.register.secret(own_token_name(other.office, number))) is not None
    }
    tokens = list(tokens_to_try(kept, other.shown))
    # A repeated token stands under several numbers: the lowest is all that is sure.
    batches = [min(number for number, token in kept.items() if token == one) for one in tokens]
    # Zero last, and always tried: whether it counts is decided when it is known what the letter brings.
    return [*tokens, NO_TOKEN], [*batches, 0]
