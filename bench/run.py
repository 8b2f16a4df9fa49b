"""How fast, side by side in one run, as ratios; CPU time of this process, median of several runs with their spread.

    make bench        (or: python bench/run.py [NAME ...])

Each line has its spread in brackets; where the same thing is measured twice, the ratio is the machine's noise.
"""

import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backchannel.desk import events as ev
from backchannel.desk import founding, sealing, trust
from backchannel.desk.keyfile import CHEAP
from backchannel.desk.office import Office
from backchannel.desk.sealing import Order, Route
from backchannel.desk.tracking import track_letter
from backchannel.letters.parts import Body
from backchannel.seals.cards import RelayAddress, read_card, relay_id
from backchannel.station.hatch import Home

URL = "https://relay.example"
RUNS = 25
EVENTS = 100_000
HEARD_A_LETTER = 8


def cpu(*acts: Callable[[], object], runs: int = RUNS) -> list[list[float]]:
    """Milliseconds of CPU of each run of each act, taking turns, after one that warms up."""
    found: list[list[float]] = [[] for _ in acts]
    for run in range(runs + 1):
        for act, times in zip(acts, found, strict=True):
            before = time.process_time_ns()
            act()
            if run:
                times.append((time.process_time_ns() - before) / 1e6)
    return found


def line(what: str, times: list[float], against: list[float] | None = None) -> None:
    middle = statistics.median(times)
    ratio = f"   {middle / statistics.median(against):5.2f} x" if against else " " * 10
    print(f"{what:<64} {middle:9.3f} ms  ({min(times):.3f} - {max(times):.3f}){ratio}")


def office(folder: Path, name: str, shard: int) -> Office:
    master = founding.found(folder / name, "a long passphrase", {"en": name}, "UTC", cost=CHEAP)
    made = Office.open(folder / name, master)
    founding.set_homes(made, (Home(RelayAddress(URL, relay_id(URL), None, bytes([shard] + [0] * 7))),), None)
    return made


def town(folder: Path) -> list[Office]:
    offices = [office(folder, name, n) for n, name in enumerate(("North", "South", "Ferry", "Harbour"))]
    for one in offices:
        for other in offices:
            if one is not other:
                trust.import_card(one, read_card(other.state.card_data))
    return offices


def conveying(folder: Path) -> None:
    """What a leg costs, beside one sealing of the same letter: all of it, register and station included."""
    north, south, ferry, harbour = town(folder)
    body = Body("en", "prevailing", "Will you meet?", "At the harbour, at ten.")

    def send(*hops: Office) -> Callable[[], int]:
        route = Route(tuple(hop.state.office for hop in hops), receipt=bool(hops))
        order = Order(south.state.office, "letter", (body,), signed=False, routes=(route,))
        return lambda: sealing.seal_letter(north, order, ZoneInfo)

    print("\nConveying: CPU of sealing a letter, whole act (number, batch, seal, register, hand-down)")
    direct, again, one, two = cpu(send(), send(), send(ferry), send(ferry, harbour))
    line("over a relay", direct)
    line("over a relay, the same once more (noise)", again, direct)
    line("through one go-between", one, direct)
    line("through two go-betweens", two, direct)
    base = statistics.median(direct + again)
    legs = [statistics.median(one) - base, (statistics.median(two) - base) / 2]
    print(f"  a leg costs {legs[0] / base:.2f} and {legs[1] / base:.2f} sealings (asked: no more than 1)")


def tracking(folder: Path) -> None:
    """The way of one letter in a register of 100,000 entries, beside reading the register, and the least possible."""
    north, south, ferry, _ = town(folder)
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
    print(f"\nTracking: CPU of the way of one letter, in a register of {north.register.head()[0]:,} entries")
    rows = [bytes(400)] * (4 + HEARD_A_LETTER)
    box = AESGCM(secrets.token_bytes(32))
    sealed = [box.encrypt(bytes(12), row, None) for row in rows]
    view, least = cpu(
        lambda: track_letter(north, wanted), lambda: [box.decrypt(bytes(12), one, None) for one in sealed]
    )
    (whole,) = cpu(lambda: sum(1 for _ in north.register.events()), runs=3)
    line("the view", view)
    line("reading and decrypting the whole register instead", whole, view)
    line("only decrypting the entries about that letter (the limit)", least, view)
    print(f"  the view takes {statistics.median(view):.1f} ms (asked: under 50)")


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


def board(folder: Path) -> None:
    """Goal: 10,000 letters with 50,000 clauses in under one second of CPU, growing linearly up to ten times that."""
    from exchanges import many_offers

    from backchannel.desk import standing

    small, large = many_offers(10_000), many_offers(100_000)
    owner, now = small.letters[0].author, 2_000_000_000
    ten, hundred = cpu(lambda: standing.board(small, owner, now), lambda: standing.board(large, owner, now), runs=3)
    line("the board of 10,000 letters with 50,000 clauses", ten)
    line("of 100,000 letters with 500,000 clauses", hundred, ten)


CLAUSES = (
    (
        "en", "North shall pay South 1,250,000 US dollars within 30 days of the handover of this letter, unless South"
        " has by then refused passage to more than three convoys.",
        "fa", "شمال باید ظرف ۳۰ روز از تحویل این نامه مبلغ ۱٬۲۵۰٬۰۰۰ دلار آمریکا به جنوب بپردازد،"
        " مگر آنکه جنوب تا آن زمان مانع عبور بیش از سه کاروان شده باشد.",
    ),
    (
        "en", "The ceasefire begins on 24 November 2014 at 06:00 and shall not be extended without written consent.",
        "ar", "يبدأ وقف إطلاق النار في ٢٤ نوفمبر ٢٠١٤ الساعة ٠٦:٠٠ ولا يجوز تمديده دون موافقة خطية.",
    ),
)  # fmt: skip


def gate(folder: Path) -> None:
    """Goal: under 5 ms of CPU a clause pair."""
    from backchannel.desk.gate_tables import gate_tables
    from backchannel.terms.gate import compare

    tables = gate_tables()
    for lang, text, other, version in CLAUSES:
        (times,) = cpu(lambda a=text, b=lang, c=version, d=other: compare(tables, a, b, c, d))
        line(f"the language gate, a clause pair, {lang} and {other}", times)


BENCHES = {"board": board, "gate": gate, "conveying": conveying, "tracking": tracking}


def main() -> None:
    for name in sys.argv[1:] or BENCHES:
        with tempfile.TemporaryDirectory() as folder:
            BENCHES[name](Path(folder))


if __name__ == "__main__":
    main()
