"""Making a deniable letter as received: the reason why nobody can prove one.   Spec: docs/spec/seals.md, "Deniability".

Everything that makes an unsigned letter certain for its reader — the two link keys' common secret, the token — its
reader has too. So the reader can make any such letter itself, and a stranger shown one cannot tell who made it.
"""

from collections.abc import Callable
from datetime import tzinfo

from backchannel.desk.office import Office, own_token_name
from backchannel.desk.sealing import Order
from backchannel.desk.states import Correspondent
from backchannel.errors import NotPossible
from backchannel.letters.dates import moment_of
from backchannel.letters.docket import Docket
from backchannel.letters.forms import form_of
from backchannel.letters.letter import Letter, contents
from backchannel.letters.parts import Content, make_part
from backchannel.letters.sheet import Sheet
from backchannel.seals.keys import period_of, standing_slot
from backchannel.seals.seal import NO_TOKEN, Target, seal
from backchannel.values import replace


def forge(office: Office, order: Order, zones: Callable[[str], tzinfo]) -> tuple[bytes, Letter]:
    """A sealed letter to this office that `order.to` never wrote, and what is in it; nothing is kept.

    Raises NotPossible for a form that is always signed: that is what a signature is for.
    """
    if order.signed or form_of(order.form).signing == "always":
        raise NotPossible("a signed letter cannot be made for another office: that is what a signature is for")
    state = office.state
    other: Correspondent = state.of(order.to)
    said: list[Content] = [*order.bodies, *order.clauses, *order.matters, *order.attachments]
    parts = tuple(make_part(one, office.random(16)) for one in said)
    sheet = Sheet(
        nonce=office.random(16),
        sender=other.office,
        recipient=state.office,
        form=order.form,
        type=order.type,
        origin=order.origin,
        date=order.date or moment_of(office.clock(), _zone_of(other, zones), zones),
        parts=tuple(part.digest for part in parts),
        reference=order.reference,
        reply_by=order.reply_by,
        latest_delivery=order.latest_delivery,
    )
    sheet = replace(sheet, data=sheet.encoded())
    number = max((number for of, number in other.received if of == other.epoch), default=0) + 1
    epoch = other.epoch or other.card.body.epoch
    docket = Docket(epoch=epoch, number=number, handling=order.handling, authority=order.authority, terms=order.terms)
    letter = Letter(sheet, parts, docket, None)
    key = office.standing_key(period_of(office.clock()))
    if key is None:
        raise NotPossible("this office has no seal for today", next_step="Check the clock.")
    token = office.register.secret(own_token_name(other.office, other.made_batches)) if other.made_batches else None
    target = Target(standing_slot(key.public), key.public, token or NO_TOKEN)
    dh = office.link.shared(other.card.body.link_public)  # the same 32 bytes the other office would compute
    return seal(contents(letter), other.card.body.writer, state.office, dh, target, office.random(32)), letter


def _zone_of(other: Correspondent, zones: Callable[[str], tzinfo]) -> str:
    """The zone on its card, if our tables know it."""
    try:
        zones(other.card.body.zone)
    except KeyError:
        return "UTC"
    return other.card.body.zone
