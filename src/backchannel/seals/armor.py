"""Cards as text one can paste, wrap, quote or type.   Spec: docs/spec/cards.md, "Armor".

    -----BEGIN BACKCHANNEL CARD-----
    001 k7dm q2xa … (fourteen groups of four) c4f2
    …
    check 370 12926 8f3k 2m7p …
    -----END BACKCHANNEL CARD-----

Each piece is its number, 35 bytes in Crockford's base32 (no i, l, o, u), and four characters of check. White space,
case, line ends and quote marks mean nothing; pieces may come in any order and more than once.
"""

import hashlib
import re
from typing import Final

from backchannel.encoding import digest
from backchannel.errors import Refused

BEGIN: Final = "-----BEGIN BACKCHANNEL CARD-----"
END: Final = "-----END BACKCHANNEL CARD-----"
PIECE_BYTES: Final = 35
MOST_TEXT: Final = 200_000
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_READ: Final = {c: i for i, c in enumerate(_ALPHABET)} | {"o": 0, "i": 1, "l": 1}


def armor(data: bytes) -> str:
    """The text of a card, 35 bytes a line, ending in a check group over all of it."""
    pieces = [data[at : at + PIECE_BYTES] for at in range(0, len(data), PIECE_BYTES)]
    lines = [
        f"{number:03} {_groups(_encode(piece))} {_check(number, len(pieces), piece)}"
        for number, piece in enumerate(pieces, 1)
    ]
    whole = _groups(_encode(digest("armor", data)[:10]))
    return "\n".join([BEGIN, *lines, f"check {len(pieces):03} {len(data):05} {whole}", END, ""])


def dearmor(text: str) -> bytes:
    """The bytes of a card whatever text is around it.

    Raises Refused: C8 no card in the text, C9 pieces missing or mistyped (all are named), C10 the check does not fit.
    """
    if len(text) > MOST_TEXT:
        raise Refused("C8", "the text is too long to be a card")
    begin = re.search(r"BEGIN[\s>|]+BACKCHANNEL[\s>|]+CARD", text, re.IGNORECASE)
    end = begin and re.compile(r"END[\s>|]+BACKCHANNEL[\s>|]+CARD", re.IGNORECASE).search(text, begin.end())
    if not begin or not end:
        raise Refused("C8", "there is no card in this text, or its first or last line is missing")
    # Everything but letters and digits was put there by mail programs.
    packed = re.sub(r"[^0-9a-z]", "", text[begin.end() : end.start()].lower())
    lines, _, tail = packed.rpartition("check")
    if not re.fullmatch(r"\d{8}[0-9a-z]{16}", tail, re.ASCII):
        raise Refused("C9", "the check line of the card is missing or damaged", next_step="Ask for the card again.")
    count, size, check = int(tail[:3]), int(tail[3:8]), tail[8:]
    if count == 0 or -(-size // PIECE_BYTES) != count:
        raise Refused("C9", "the check line of the card is missing or damaged", next_step="Ask for the card again.")
    pieces = _pieces(lines, count, size)
    missing = [number for number in range(1, count + 1) if number not in pieces]
    if missing:
        raise Refused(
            "C9",
            f"of the card's {count} lines these are missing or mistyped: {_runs(missing)}",
            next_step="Compare these lines with the original, or ask for the card again.",
        )
    data = b"".join(pieces[number] for number in range(1, count + 1))
    if _decode(check) != digest("armor", data)[:10]:
        raise Refused("C10", "the card's check group does not fit its lines", next_step="Ask for the card again.")
    return data


def _pieces(packed: str, count: int, size: int) -> dict[int, bytes]:
    """The pieces whose own check fits, wherever they stand: a damaged line costs that line only."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(packed):
        number = int(packed[at : at + 3]) if packed[at : at + 3].isdigit() else 0
        length = PIECE_BYTES if number < count else size - PIECE_BYTES * (count - 1)
        wide = -(-length * 8 // 5)
        code, check = packed[at + 3 : at + 3 + wide], packed[at + 3 + wide : at + 7 + wide]
        if 1 <= number <= count:
            piece = _decode(code)
            if piece is not None and _same(check, _check(number, count, piece)):
                found.setdefault(number, piece)
                at += 7 + wide
                continue
        at += 1
    return found


def _same(typed: str, right: str) -> bool:
    return [_READ.get(c) for c in typed] == [_READ.get(c) for c in right]


def _check(number: int, count: int, piece: bytes) -> str:
    return _encode(hashlib.sha256(bytes((number >> 8, number & 255, count >> 8, count & 255)) + piece).digest()[:3])[:4]


def _encode(data: bytes) -> str:
    bits = int.from_bytes(data, "big") << -len(data) * 8 % 5
    wide = -(-len(data) * 8 // 5)
    return "".join(_ALPHABET[bits >> 5 * (wide - 1 - i) & 31] for i in range(wide))


def _decode(text: str) -> bytes | None:
    bits = 0
    for character in text:
        value = _READ.get(character)
        if value is None:
            return None
        bits = bits << 5 | value
    spare = len(text) * 5 % 8
    if bits & (1 << spare) - 1:
        return None
    return (bits >> spare).to_bytes(len(text) * 5 // 8, "big")


def _groups(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _runs(numbers: list[int]) -> str:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs[:20])
