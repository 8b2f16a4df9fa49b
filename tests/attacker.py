"""A relay that keeps what it is given and does whatever it likes besides: the dice say what, to each request."""

import http.server
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random
from time import sleep

from backchannel.relay.http import POUCH_BYTES, PROBLEM

INFO = {
    "version": 1, "pouch_bytes": POUCH_BYTES, "prefix_bits": 64, "retention_seconds": 30 * 86_400,
    "segment_seconds": 60, "passes": {"post": False, "collect": False},
}  # fmt: skip


class Attacker:
    """odds: how often it does not do what it should. lost: how many pouches it took and threw away."""

    def __init__(self, dice: Random, clock: Callable[[], int], odds: float) -> None:
        self.dice, self.clock, self.odds = dice, clock, odds
        self.shards: defaultdict[str, list[tuple[int, bytes]]] = defaultdict(list)
        self.first = 1  # number of the first segment: moves when it counts anew
        self.lost = 0
        self.did: defaultdict[str, int] = defaultdict(int)

    def tempted(self, ways: str) -> str:
        if self.dice.random() >= self.odds:
            return ""
        way = self.dice.choice(ways.split())
        self.did[way] += 1
        return way

    def posted(self, to: "Handler", shard: str, body: bytes) -> None:
        now, keep = self.clock(), self.shards[shard]
        pouches = [body[at : at + POUCH_BYTES] for at in range(0, len(body), POUCH_BYTES)]
        way = self.tempted("drop forget fail swap reverse twice part refuse page elsewhere hang-up drip")
        match way:
            case "drop" | "refuse" | "page" | "elsewhere" | "forget":
                self.lost += len(pouches) * (way == "drop")
            case "swap":
                self.shards[self.dice.choice(sorted(self.shards))] += [(now, one) for one in pouches]
            case "reverse":
                keep += [(now, one) for one in reversed(pouches)]
            case "twice":
                keep += [(now, one) for one in pouches * 2]
            case "part":
                keep += [(now, one) for one in pouches[1:]]
                self.lost += 1
            case _:
                keep += [(now, one) for one in pouches]
        match way:
            case "refuse":
                to.answer(403, json.dumps({"type": f"{PROBLEM}pass"}).encode(), {})
            case "page":
                to.answer(200, b"<h1>Welcome</h1>", {"Content-Type": "text/html"})
            case "forget":
                to.answer(200, b"", {})
            case "fail":
                to.answer(500, b"", {})
            case "elsewhere":
                to.answer(307, b"", {"Location": f"http://127.0.0.1:1{to.path}"})
            case "hang-up":
                pass
            case "drip":
                to.drip(b"HTTP/1.1 204 No Content\r\n" + b"X: y\r\n" * 50 + b"\r\n")
            case _:
                to.answer(204, b"", {})

    def collected(self, to: "Handler", shard: str, start: int) -> None:
        keep = self.shards[shard]
        at = max(start - self.first, 0)
        number, pouches, closed = self.first + at, [one for _, one in keep[at : at + 1]], self.clock()
        if keep[at:]:
            closed = keep[at][0]
        way = self.tempted(
            "nothing cut tail number-low number-high number-huge number-text number-beyond closed-far closed-text "
            "replay others garbage endless-body chunks elsewhere problem page hang-up drip too-much anew"
        )
        named = {"Backchannel-Segment": str(number), "Backchannel-Closed": str(closed)}
        body = b"".join(pouches)
        match way:
            case "nothing":
                body = b""
            case "cut":
                body = body[:-1]
            case "tail":
                body += b"x" * 100
            case "number-low":
                named["Backchannel-Segment"] = str(start - 1)
            case "number-high":
                named["Backchannel-Segment"] = str(number + self.dice.randrange(1, 1 << 40))
            case "number-huge":
                named["Backchannel-Segment"] = str(10**15 - 2)
            case "number-beyond":
                named["Backchannel-Segment"] = "9" * 5000
            case "number-text":
                named["Backchannel-Segment"] = self.dice.choice(["-1", "one", "", "1e3", "0x10", "٣", "1_0", " 5 5"])
            case "closed-far":
                named["Backchannel-Closed"] = str((1 << 37) - 1)
            case "closed-text":
                named["Backchannel-Closed"] = self.dice.choice(["-5", "soon", str(1 << 200)])
            case "replay":
                every = [one for _, one in keep]
                body = b"".join(self.dice.choices(every, k=3)) if every else body
            case "others":
                body += b"".join(one for other in sorted(self.shards) for _, one in self.shards[other][-3:])
            case "garbage":
                body += self.dice.randbytes(POUCH_BYTES)
            case "anew":
                self.first += self.dice.choice((-1, 1)) * self.dice.randrange(1, 50) if self.first > 50 else 60
                body = b""
        match way:
            case "endless-body":
                to.endless(b"HTTP/1.1 200 OK\r\n" + _heads(named) + b"\r\n", bytes(1 << 20))
            case "chunks":
                to.endless(
                    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + _heads(named) + b"\r\n", b"1\r\nx\r\n" * 999
                )
            case "too-much":
                to.answer(200, b"", {**named, "Content-Length": str(1 << 62)})
            case "elsewhere":
                to.answer(302, b"", {"Location": "http://127.0.0.1:1/"})
            case "problem":
                to.answer(403, json.dumps({"type": f"{PROBLEM}shard"}).encode(), {})
            case "page":
                to.answer(200, b"<h1>Welcome</h1>" * 4096, {"Content-Type": "text/html", **named})
            case "hang-up":
                pass
            case "drip":
                to.drip(b"HTTP/1.1 200 OK\r\n" + _heads(named) + b"\r\n" + body[:200])
            case _:
                to.answer(200, body, {"Content-Type": "text/plain", **named}) if body else to.answer(204, b"", {})


def _heads(named: dict[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in named.items()).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    attacker: Attacker

    def do_GET(self) -> None:
        if self.path == "/v1/relay":
            way = self.attacker.tempted("page nested fail")
            info = json.dumps(INFO).encode()
            return self.answer(
                500 if way == "fail" else 200, {"page": b"<h1>", "nested": b"[" * 9999}.get(way, info), {}
            )
        _, _, _, shard, _, start = self.path.partition("?")[0].split("/")
        return self.attacker.collected(self, shard, int(start))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.attacker.posted(self, self.path.split("/")[3], body)

    def answer(self, status: int, body: bytes, named: dict[str, str]) -> None:
        with suppress(OSError):
            lines = {"Content-Length": str(len(body)), **named} if status != 204 else named
            self.wfile.write(f"HTTP/1.1 {status} As you like\r\n".encode() + _heads(lines) + b"\r\n" + body)

    def endless(self, first: bytes, again: bytes) -> None:
        with suppress(OSError):
            self.wfile.write(first)
            while True:
                self.wfile.write(again)

    def drip(self, said: bytes) -> None:
        with suppress(OSError):
            for at in range(len(said)):
                self.wfile.write(said[at : at + 1])
                sleep(0.02)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def attacking(attacker: Attacker) -> Iterator[str]:
    """Its URL."""
    handler = type("Handler", (Handler,), {"attacker": attacker})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
