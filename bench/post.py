"""A letter from desk to desk over a relay on this machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from measure import Figure, Goal, Runs, Spent, take_turns
from offices import town

from backchannel.desk import opening, sealing
from backchannel.desk.office import Office
from backchannel.desk.sealing import Order
from backchannel.letters.parts import Body
from backchannel.relay.client import RelayClient
from backchannel.station.run import Station

LETTERS = 40
# A segment closes with its first pouch: nothing is waited for but work.
RELAY = """
import sys
from pathlib import Path
from backchannel.relay.server import RelayOptions, serve
from backchannel.relay.store import Limits
serve(RelayOptions(store=Path(sys.argv[1]), port=int(sys.argv[2]), limits=Limits(segment_pouches=1)))
"""
WHY = (
    "A letter is some twenty durable transactions of two desks, two stations and a relay, one after another, and each"
    " waits for the disk; most of the CPU is theirs. It would need one for all that a round of the station did."
)


def figures(folder: Path) -> Iterator[Figure]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    relay = subprocess.Popen([sys.executable, "-c", RELAY, folder / "relay.db", str(port)], **quiet)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url)
        offices = town(folder, "North", "South", url=url)
        yield from _letters(*offices)
    finally:
        relay.terminate()
        relay.wait(30)


def _letters(north: Office, south: Office) -> Iterator[Figure]:
    desks = {one.state.office: (one, Station(one.hatch, os.urandom)) for one in (north, south)}
    spent: list[tuple[float, ...]] = []

    def send(writer: Office, reader: Office, signed: bool) -> Spent:
        body = Body("en", "prevailing", "Will you meet?", "At the harbour, at ten.")
        order = Order(reader.state.office, "letter", (body,), signed=signed)
        at, cpu = [time.perf_counter()], time.process_time()
        sealing.seal_letter(writer, order, ZoneInfo)
        at.append(time.perf_counter())
        desks[writer.state.office][1].once()
        at.append(time.perf_counter())
        desks[reader.state.office][1].once(wait=2)
        assert opening.take_in(reader).opened
        at.append(time.perf_counter())
        spent.append(tuple((b - a) * 1e3 for a, b in pairwise(at)))
        return Spent((at[-1] - at[0]) * 1e3, (time.process_time() - cpu) * 1e3)

    send(north, south, True)  # with cards and the first envelopes
    send(south, north, True)
    runs: dict[str, Runs] = take_turns(
        {"unsigned": lambda: send(north, south, False), "answer": lambda: send(south, north, True)}, LETTERS, warm=2
    )
    unsigned, signed = runs["unsigned"], runs["answer"]
    yield Figure(
        "from sealing to opened, an unsigned letter", "wall ms", unsigned.wall, goals=[Goal(100, "", WHY)],
        note="sealed, posted, collected and opened one after another, the desks and stations resident; a segment"
        " closes with its first pouch",
    )  # fmt: skip
    yield Figure("from sealing to opened, a signed letter", "wall ms", signed.wall, goals=[Goal(100, "", WHY)])
    yield Figure("CPU of both desks and stations, unsigned", "CPU ms", unsigned.cpu)
    yield Figure("CPU of both desks and stations, signed", "CPU ms", signed.cpu, goals=[Goal(10, "", WHY)])


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            RelayClient(url).info()
            return
        except Exception:
            time.sleep(0.05)
    raise RuntimeError("the relay does not answer")
