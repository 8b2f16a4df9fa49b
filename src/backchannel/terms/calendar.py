"""The dates of a board, and as a file for calendar programs.   Spec: docs/spec/standing.md, "Calendar"; RFC 5545."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from backchannel.encoding import digest
from backchannel.letters.spans import TimeSpan
from backchannel.terms.standing import Board
from backchannel.values import dataclass

LIVE: Final = ("on_its_way", "open", "unclear")
OWED: Final = ("in_force", "waiting", "past_undeclared", "open", "not_yet_in_force", "unclear")
ALARMS_SECONDS: Final = (7 * 86_400, 86_400, 2 * 3600)
WEEK_SECONDS: Final = 7 * 86_400
_OCTETS: Final = 75


@dataclass(frozen=True, slots=True)
class Due:
    """One date. kind: lapses, due, or until (when somebody may still speak). clause: "" for the offer's own.

    order: which of several due dates of the clause. live: whether it still matters; moved: how often it was extended.
    """

    letter: bytes
    clause: str
    kind: str
    at: TimeSpan
    order: int = 0
    live: bool = True
    moved: int = 0

    @property
    def uid(self) -> str:
        """The same for this date in every file, whatever becomes of it; it tells nothing without the letter."""
        return digest("calendar", self.letter, self.clause, self.kind, self.order).hex()[:32] + "@backchannel"


def dates(board: Board) -> list[Due]:
    """Every date of operations on the board, soonest first. Exercises have a calendar of their own: none here."""
    found: list[Due] = []
    drills = {offer.letter.id for offer in board.offers if offer.letter.exercise}
    for offer in board.offers:
        if offer.lapses is not None:
            moved = len([act for act in board.facts.of(offer.letter.id, "extend") if act.act.of_date == "lapses_at"])
            found.append(Due(offer.letter.id, "", "lapses", offer.lapses, live=offer.state in LIVE, moved=moved))
        if offer.until is not None:
            found.append(Due(offer.letter.id, "", "until", TimeSpan.at(offer.until)))
    for one in board.clauses:
        moved = len([reason for reason in one.reasons if reason.code == "extended"])
        found += [
            Due(one.letter, one.clause.number, "due", due, order, one.state in OWED, moved)
            for order, due in enumerate(one.due)
        ]
    return sorted((one for one in found if one.letter not in drills), key=lambda one: (_when(one.at), one.uid))


def soon(board: Board) -> tuple[list[Due], list[Due]]:
    """What is due next (three at most, and all of the coming week), and what has passed within the last."""
    every = dates(board)
    coming = [one for one in every if one.live and _when(one.at)[1] >= board.now]
    week = [one for one in coming if _when(one.at)[0] <= board.now + WEEK_SECONDS]
    passed = [one for one in every if board.now - WEEK_SECONDS <= _when(one.at)[1] < board.now]
    return (week if len(week) > 3 else coming[:3]), passed


@dataclass(frozen=True, slots=True)
class Told:
    """A date with the words for it. text: any number of lines."""

    due: Due
    summary: str
    text: str


def calendar(told: Iterable[Told], now: int) -> bytes:
    """The file: an event for each date, with alarms a week, a day and two hours before; what no longer matters is
    cancelled, so that a calendar that has it lets go of it.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Backchannel//Terms//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]
    for one in told:
        lines += _event(one, now)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(one: Told, now: int) -> Iterator[str]:
    due = one.due
    start, end = due.at.earliest, due.at.latest
    if start is None or end is None:
        start = end = start if start is not None else end
    if start is None or end is None:
        return
    yield "BEGIN:VEVENT"
    yield f"UID:{due.uid}"
    yield f"DTSTAMP:{_utc(now)}"
    yield f"DTSTART:{_utc(start)}"
    if end > start:
        yield f"DTEND:{_utc(end)}"
    yield f"SEQUENCE:{due.moved + (0 if due.live else 1)}"
    yield f"SUMMARY:{_escaped(one.summary)}"
    yield f"DESCRIPTION:{_escaped(one.text)}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:TRANSPARENT"
    yield f"STATUS:{'CONFIRMED' if due.live else 'CANCELLED'}"
    for before in ALARMS_SECONDS if due.live else ():
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"TRIGGER:-PT{before // 3600}H"
        yield f"DESCRIPTION:{_escaped(one.summary)}"
        yield "END:VALARM"
    yield "END:VEVENT"


def _utc(unix: int) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    r"""RFC 5545 3.3.11: \, ; and , escaped, a line break as \n; control characters have no place here."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(one for one in text if one >= " " and one != "\x7f")


def _folded(line: str) -> bytes:
    """RFC 5545 3.1: at most 75 octets a line, never inside a character; further ones begin with a space."""
    out, rest = bytearray(), line.encode()
    room = _OCTETS
    while len(rest) > room:
        cut = room
        while rest[cut] & 0xC0 == 0x80:
            cut -= 1
        out += rest[:cut] + b"\r\n "
        rest, room = rest[cut:], _OCTETS - 1
    return bytes(out + rest + b"\r\n")


def _when(span: TimeSpan) -> tuple[int, int]:
    first = span.earliest if span.earliest is not None else span.latest if span.latest is not None else 0
    return first, span.latest if span.latest is not None else first
