"""A lean load: so many posters, each with one connection and one pouch at a time, in one process and one loop.

    python bench/load.py KIND PORT POSTERS SECONDS [FACTS]   says {"pouches": …, "seconds": …, "cpu": …, "middle_ms": …}
    python bench/load.py collect PORT                        takes every segment there is, the same figures

FACTS: JSON that a kind needs (Synapse: rooms and tokens). Every kind waits for the answer that says: it is accepted.
"""

import base64
import json
import os
import select
import socket
import statistics
import sys
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

POUCH = 32_768
SHARDS = 16
REST = os.urandom(POUCH)

# What is sent, and whether what came is the whole answer; None: ready for the next pouch, the last was accepted.
Turn = tuple[bytes, Callable[[bytes], bool]] | None
Poster = Generator[Turn, None, None]


def fresh() -> bytes:
    return os.urandom(16) + REST[16:]


def line(start: bytes) -> Callable[[bytes], bool]:
    def done(got: bytes) -> bool:
        assert got[: len(start)] == start[: len(got)], got[:200]
        return got.endswith(b"\r\n") and len(got) > len(start)

    return done


def relay(at: int, _facts: Any) -> Poster:
    path = f"/v1/shards/{at % SHARDS:x}000000000000000/pouches"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: {POUCH}\r\n\r\n"
    )
    while True:
        yield None
        yield head.encode() + fresh(), line(b"HTTP/1.1 204 ")


def redis(_at: int, _facts: Any) -> Poster:
    head = b"*5\r\n$4\r\nXADD\r\n$5\r\npouch\r\n$1\r\n*\r\n$1\r\nb\r\n$%d\r\n" % POUCH
    while True:
        yield None
        yield head + fresh() + b"\r\n", lambda got: got.startswith(b"$") and got.count(b"\r\n") == 2


def nats(at: int, _facts: Any) -> Poster:
    yield b"", lambda got: got.startswith(b"INFO ") and got.endswith(b"\r\n")
    yield b'CONNECT {"verbose":false}\r\nSUB r.%d 1\r\nPING\r\n' % at, lambda got: got == b"PONG\r\n"
    if at == 0:
        made = json.dumps({"name": "P", "subjects": ["p.*"], "storage": "file", "retention": "workqueue"}).encode()
        yield b"PUB $JS.API.STREAM.CREATE.P r.0 %d\r\n%s\r\n" % (len(made), made), _nats_said
    while True:
        yield None
        yield b"PUB p.%d r.%d %d\r\n" % (at, at, POUCH) + fresh() + b"\r\n", _nats_said


def _nats_said(got: bytes) -> bool:
    assert b'"error"' not in got or b"already in use" in got, got
    return got.startswith(b"MSG ") and got.count(b"\r\n") == 2


def prosody(at: int, _facts: Any) -> Poster:
    stream = (
        b"<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='jabber:client'"
        b" xmlns:stream='http://etherx.jabber.org/streams'>"
    )
    auth = base64.b64encode(b"\0s%d\0pw" % at)
    yield stream, lambda got: b"</stream:features>" in got
    yield (
        b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" + auth + b"</auth>",
        lambda got: b"<success" in got and got.endswith(b">"),
    )
    yield stream, lambda got: b"</stream:features>" in got
    bind = b"<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
    yield bind, lambda got: b"</iq>" in got
    yield b"<enable xmlns='urn:xmpp:sm:3'/>", lambda got: b"<enabled" in got
    rest = base64.b64encode(REST[:-15])
    while True:
        yield None
        body = base64.b64encode(os.urandom(15)) + rest
        yield (
            b"<message to='bob@localhost' type='chat'><body>" + body + b"</body></message><r xmlns='urn:xmpp:sm:3'/>",
            lambda got: b"<a " in got and got.endswith(b">"),
        )


def mail(at: int, _facts: Any) -> Poster:
    yield b"", line(b"220 ")
    yield b"EHLO bench.invalid\r\n", lambda got: b"\r\n250 " in got and got.endswith(b"\r\n")
    rest = base64.encodebytes(REST[57:]).replace(b"\n", b"\r\n")
    head = b"From: s%d@bench.invalid\r\nTo: bob@bench.invalid\r\nContent-Transfer-Encoding: base64\r\n\r\n" % at
    start = b"MAIL FROM:<s%d@bench.invalid>\r\nRCPT TO:<bob@bench.invalid>\r\nDATA\r\n" % at
    while True:
        yield None
        yield start, lambda got: b"354 " in got and got.endswith(b"\r\n")
        first = base64.b64encode(os.urandom(57)) + b"\r\n"
        yield head + first + rest + b".\r\n", line(b"250 ")


def synapse(at: int, facts: Any) -> Poster:
    room, token = facts[at]
    rest = base64.b64encode(REST[:-15]).decode()
    sent = 0
    while True:
        yield None
        sent += 1
        text = base64.b64encode(os.urandom(15)).decode() + rest
        body = json.dumps({"msgtype": "m.text", "body": text}).encode()
        path = f"/_matrix/client/v3/rooms/{room}/send/m.room.message/{os.getpid()}-{sent}"
        head = f"PUT {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
        yield head.encode() + body, _synapse_said


def _synapse_said(got: bytes) -> bool:
    assert got[:12] == b"HTTP/1.1 200"[: len(got)], got[:300]
    return got.rstrip().endswith((b"}", b"}\r\n0"))


KINDS = {one.__name__: one for one in (relay, redis, nats, prosody, mail, synapse)}


class Connection:
    """One poster: what it still has to send, what it has got."""

    def __init__(self, port: int, poster: Poster, poll: select.epoll) -> None:
        self.poster, self.poll = poster, poll
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self.socket.setblocking(False)
        self.left, self.got = memoryview(b""), b""
        self.done: Callable[[bytes], bool] | None = None
        self.began = 0.0
        poll.register(self.socket, select.EPOLLIN)

    def go_on(self) -> bool:
        """Send what comes next; True when a pouch was accepted (or all is ready for the first)."""
        turn = next(self.poster)
        self.got = b""
        if turn is None:
            return True
        data, self.done = turn
        self.left = memoryview(data)
        self.send()
        return False

    def send(self) -> None:
        with suppress(BlockingIOError):
            self.left = self.left[self.socket.send(self.left) :]
        self.poll.modify(self.socket, select.EPOLLOUT if self.left else select.EPOLLIN)

    def on_event(self) -> bool:
        if self.left:
            self.send()
            return False
        came = self.socket.recv(65_536)
        assert came, "closed"
        self.got += came
        return self.done is not None and self.done(self.got) and self.go_on()


def post(kind: str, port: int, posters: int, seconds: float, facts: Any) -> dict[str, float]:
    poll = select.epoll()
    named: dict[int, Connection] = {}
    for at in range(posters):
        one = Connection(port, KINDS[kind](at, facts), poll)
        named[one.socket.fileno()] = one
        ready = one.go_on()
        while not ready:
            for fd, _ in answered(poll):
                ready = named[fd].on_event()
    took: list[float] = []
    cpu, start = time.process_time(), time.perf_counter()
    for one in named.values():
        one.began = time.perf_counter()
        one.go_on()
    live = posters
    while live:
        for fd, _ in answered(poll):
            if (one := named[fd]).on_event():
                at = time.perf_counter()
                took.append(at - one.began)
                one.began = at
                if at - start < seconds:
                    one.go_on()
                else:
                    live -= 1
    return _said(len(took), time.perf_counter() - start, time.process_time() - cpu, took)


def answered(poll: select.epoll) -> list[tuple[int, int]]:
    came = poll.poll(30)
    assert came, "no answer within half a minute"
    return came


def collect(port: int) -> dict[str, float]:
    buffer, peer, count = bytearray(1 << 20), socket.create_connection(("127.0.0.1", port)), 0
    cpu, start, took = time.process_time(), time.perf_counter(), []
    for shard in range(SHARDS):
        number = 1
        while True:
            before = time.perf_counter()
            path = f"/v1/shards/{shard:x}000000000000000/segments/{number}"
            peer.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            head = b""
            while b"\r\n\r\n" not in head:
                head += peer.recv(65_536)
            named, _, body = head.partition(b"\r\n\r\n")
            if named.startswith(b"HTTP/1.1 204"):
                break
            fields = dict(one.split(b": ", 1) for one in named.split(b"\r\n")[1:])
            left = int(fields[b"content-length"]) - len(body)
            count += int(fields[b"content-length"]) // POUCH
            while left:
                got = peer.recv_into(buffer, min(left, len(buffer)))
                assert got, "closed"
                left -= got
            number = int(fields[b"backchannel-segment"]) + 1
            took.append(time.perf_counter() - before)
    return _said(count, time.perf_counter() - start, time.process_time() - cpu, took)


def _said(pouches: int, seconds: float, cpu: float, took: list[float]) -> dict[str, float]:
    middle = statistics.median(took) * 1e3 if took else 0.0
    return {"pouches": pouches, "seconds": seconds, "cpu": cpu, "middle_ms": middle}


if __name__ == "__main__":
    if sys.argv[1] == "collect":
        print(json.dumps(collect(int(sys.argv[2]))))
    else:
        given = json.loads(sys.argv[5]) if len(sys.argv) > 5 else None
        print(json.dumps(post(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), given)))
