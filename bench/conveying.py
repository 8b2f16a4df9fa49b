"""Conveying and tracking."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from measure import Figure, Goal, take_turns
from offices import town

from backchannel.desk import events as ev
from backchannel.desk import sealing
from backchannel.desk.office import Office
from backchannel.desk.sealing import Order, Route
from backchannel.desk.tracking import track_letter
from backchannel.letters.parts import Body

EVENTS = 100_000
HEARD_A_LETTER = 8


def figures(folder: Path) -> Iterator[Figure]:
    offices = town(folder, "North", "South", "Ferry", "Harbour")
    yield from _legs(*offices)
    yield _way(*offices[:3])


def _legs(north: Office, south: Office, ferry: Office, harbour: Office) -> Iterator[Figure]:
    """What a leg costs, beside one sealing of the same letter: all of it, register and station included."""
    body = Body("en", "prevailing", "Will you meet?", "At the harbour, at ten.")

    def send(*hops: Office) -> Callable[[], int]:
        route = Route(tuple(hop.state.office for hop in hops), receipt=bool(hops))
        order = Order(south.state.office, "letter", (body,), signed=False, routes=(route,))
        return lambda: sealing.seal_letter(north, order, ZoneInfo)

    acts = {"over a relay": send(), "the same once more": send(), "one": send(ferry), "two": send(ferry, harbour)}
    runs = take_turns(acts, 15)
    direct, again = runs["over a relay"].cpu, runs["the same once more"].cpu
    yield Figure(
        "seal a letter, whole act (number, batch, seal, register, hand-down)",
        "CPU ms",
        direct,
        limits={"the same once more (noise)": again},
    )
    one = [through - plain for through, plain in zip(runs["one"].cpu, direct, strict=True)]
    two = [(through - plain) / 2 for through, plain in zip(runs["two"].cpu, direct, strict=True)]
    for name, leg in (("a leg through a go-between", one), ("each of two legs", two)):
        goals = [Goal(1, "one sealing")]
        yield Figure(f"{name}, besides the sealing", "CPU ms", leg, limits={"one sealing": direct}, goals=goals)


def _way(north: Office, south: Office, ferry: Office) -> Figure:
    """The way of one letter in a register of 100,000 entries, beside reading the register, and the least possible."""
    now = int((datetime.now(UTC) - timedelta(days=1)).timestamp())
    ferry_id, south_id = ferry.state.office, south.state.office
    first = north.register.head()[0] + 1
    with north.register.transaction() as tx:
        n = first - 1
        while n < EVENTS:
            n = _one_letter(tx, n + 1, now, ferry_id, south_id)
    wanted = first + ((EVENTS - first) // 2 // (4 + HEARD_A_LETTER)) * (4 + HEARD_A_LETTER)
    legs = track_letter(north, wanted)[0].legs
    assert len(legs[0].words) + len(legs[0].aside) == HEARD_A_LETTER
    box = AESGCM(secrets.token_bytes(32))
    sealed = [box.encrypt(bytes(12), bytes(400), None) for _ in range(4 + HEARD_A_LETTER)]
    runs = take_turns(
        {
            "view": lambda: track_letter(north, wanted),
            "least": lambda: [box.decrypt(bytes(12), one, None) for one in sealed],
        },
        15,
    )
    whole = take_turns({"whole": lambda: sum(1 for _ in north.register.events())}, 3)["whole"]
    return Figure(
        f"the way of one letter in a register of {EVENTS:,} entries",
        "CPU ms",
        runs["view"].cpu,
        limits={
            "only decrypting the entries about it": runs["least"].cpu,
            "reading the whole register instead": whole.cpu,
        },
        goals=[Goal(50)],
    )


def _one_letter(tx, n: int, now: int, carrier: bytes, reader: bytes) -> int:  # type: ignore[no-untyped-def]
    """A letter, its covering letter, its leg, an evidence letter and its statements; the last entry."""

    def add(event: ev.Event) -> int:
        added: int = tx.append(ev.to_bytes(event, now, "ada"), ev.subjects(event))
        return added

    def written(to: bytes, form: str) -> ev.Written:
        one = secrets.token_bytes(32)
        return ev.Written(
            to, n, bytes(16), form, one, one, one[:16], "standby", 0, now, False, False, "principal", (), 0, 2
        )

    letter = add(written(reader, "letter"))
    covering = add(written(carrier, "conveyance"))
    ref, seal_id = secrets.token_bytes(32), secrets.token_bytes(32)
    leg = add(ev.Leg(letter, 0, carrier, reader, ref, seal_id, now + 86_400, "oral", True, covering))
    evidence = add(written(carrier, "evidence"))
    events = ["SubmissionAcceptance", "x-CustodyHeld", "ContentConsignment", "ContentHandover"]
    last = evidence
    for position in range(HEARD_A_LETTER):
        event = events[position % len(events)]
        last = add(
            ev.Heard(
                letter, leg, evidence, position, carrier, event, ref, carrier, now + position, "manual", (), "oral",
                bytes(32), reader,
            )
        )  # fmt: skip
    return last
