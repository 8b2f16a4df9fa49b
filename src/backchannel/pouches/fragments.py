"""Letters in fragments, and the bounded pile they are put together on.   Spec: docs/spec/pouches.md, "Fragments"."""

from typing import Final

from backchannel.encoding import decode_prefix, encode
from backchannel.errors import Refused
from backchannel.pouches.geometry import POUCH
from backchannel.seals.keys import Random
from backchannel.values import dataclass, field

MESSAGE_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Fragment:
    """One of `count` pieces of a message of `total` bytes; index from 0."""

    message_id: bytes
    index: int
    count: int
    total: int
    data: bytes = field(repr=False)


def count_for(total: int) -> int:
    """How many pouches a message of that many bytes takes."""
    return -(-total // POUCH.fragment_data)


def cut(message: bytes, random: Random) -> tuple[bytes, ...]:
    """The insides of the pouches that carry the message, in order. Raises Refused [P6] if it is too long."""
    count = count_for(len(message))
    if not 1 <= count <= POUCH.most_fragments:
        raise Refused("P6", f"a letter of {len(message):,} bytes does not fit {POUCH.most_fragments:,} pouches")
    message_id = random(MESSAGE_ID_BYTES)
    inners: list[bytes] = []
    for index in range(count):
        data = message[index * POUCH.fragment_data : (index + 1) * POUCH.fragment_data]
        head = encode([message_id, index, count, len(message)])
        inners.append(
            head
            + bytes(POUCH.fragment_head - len(head))
            + data
            + random(POUCH.fragment_data - len(data) + POUCH.slip_area)
        )
    return tuple(inners)


def read_fragment(inner: bytes) -> Fragment:
    """The fragment of a delivered pouch. Raises Refused [P7]."""
    wrong = Refused("P7", "a pouch does not hold a piece of a letter")
    try:
        head, end = decode_prefix(inner[: POUCH.fragment_head])
    except Refused as error:
        raise wrong from error
    match head:
        case [bytes(message_id), int(index), int(count), int(total)] if (
            len(message_id) == MESSAGE_ID_BYTES
            and type(index) is type(count) is type(total) is int
            and count == count_for(total) <= POUCH.most_fragments
            and 0 <= index < count
            and not inner[end : POUCH.fragment_head].strip(b"\0")
        ):
            pass
        case _:
            raise wrong
    size = min(POUCH.fragment_data, total - index * POUCH.fragment_data)
    return Fragment(message_id, index, count, total, inner[POUCH.fragment_head : POUCH.fragment_head + size])
