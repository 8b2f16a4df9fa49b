"""One office introduces another: its card, and how the introducer knows it.

Spec: docs/spec/introductions.md. It is the matter `introduction` of a letter of that form; words of the introducer's
own are that letter's text, a separate item.
"""

from typing import Final

from backchannel.errors import Refused
from backchannel.letters.fields import Fields
from backchannel.letters.matter import Matter
from backchannel.seals.cards import Card, read_card
from backchannel.values import dataclass, field

KIND: Final = "introduction"
STANDINGS: Final = ("unverified", "vouched", "verified")


@dataclass(frozen=True, slots=True)
class Introduction:
    """What an introducer says of another office.

    card: of the introduced office, signed by itself, as it travelled. standing: how far the introducer trusts it, by
    its own word: whether it has compared the safety number, or knows it from others only. since: Unix seconds since
    when it has had a card of that office.
    """

    card: Card = field(repr=False)
    standing: str
    since: int

    def matter(self) -> Matter:
        """The part that carries it."""
        return Matter(KIND, {"card": self.card.data, "standing": self.standing, "since": self.since})


def read_introduction(value: object, introducer: bytes, reader: bytes) -> Introduction:
    """The introduction of a decoded matter, in a letter from `introducer` to `reader` (office-ids).

    Raises Refused: N1 structure, N2 an office introduces itself, N3 it introduces its reader; or the card's own marks.
    """
    fields = Fields(value, "N1", "introduction")
    fields.only(("card", "standing", "since"))
    data, standing, since = fields.octets("card"), fields.choice("standing", STANDINGS), fields.whole("since")
    card = read_card(data)
    if card.office_id == introducer:
        raise Refused("N2", "an office introduces itself", next_step="Its own card comes in its letters or by hand.")
    if card.office_id == reader:
        raise Refused("N3", "the letter introduces the office that it is sent to")
    return Introduction(card, standing, since)
