"""HTTP/1.1 as the relay speaks it, parsed by llhttp: every bound on what a client may take stands here.

Spec: docs/spec/relay.md, "Connections". Why no server of others: docs/decisions/018-wire.md.
"""

import asyncio
import ssl
from asyncio.sslproto import SSLProtocol
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from http import HTTPStatus
from typing import Final, Protocol
from urllib.parse import unquote

import httptools

from backchannel.relay.agreed import BATCH_POUCHES, MOST_WAIT, POUCH_BYTES
from backchannel.relay.http import Answer, Problem, Request
from backchannel.values import dataclass

_READ_BYTES: Final = 64 * 1024
_TLS_BYTES: Final = 32 * 1024
_SWEEPS_A_DEADLINE: Final = 20
_SWEEP_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one client, and all together, may take.

    head_bytes: most of a request's line and headers. body_bytes: most of its body; wire_bytes: with all that is sent
    around it. bodies_bytes: of all bodies that are not answered yet, together. ahead: requests that wait on one
    connection behind another. request_seconds: for all of a request, and idle between two. answer_seconds: from a whole
    request until its answer has been taken.
    """

    connections: int = 1024
    head_bytes: int = 16 * 1024
    body_bytes: int = BATCH_POUCHES * POUCH_BYTES
    wire_bytes: int = 2 * BATCH_POUCHES * POUCH_BYTES
    bodies_bytes: int = 32 * BATCH_POUCHES * POUCH_BYTES
    ahead: int = 16
    request_seconds: float = 30.0
    answer_seconds: float = MOST_WAIT + 60.0


class Answering(Protocol):
    def admit(self, request: Request) -> None:
        """Raises Problem for what can be refused before its body is read."""

    async def answer(self, request: Request) -> Answer:
        """Raises Problem."""


class Wire:
    """All connections of one listener."""

    def __init__(self, answering: Answering, bounds: Bounds) -> None:
        self.answering = answering
        self.bounds = bounds
        self.connections: set[Connection | Handshake] = set()
        self.buffer = memoryview(bytearray(_READ_BYTES))  # one for all: what is read is parsed before the next read
        self.bodies_bytes = 0
        self.closing = False

    def connection(self) -> "Connection":
        return Connection(self, asyncio.get_running_loop())

    def handshake(self, context: ssl.SSLContext) -> "Handshake":
        return Handshake(self, context, asyncio.get_running_loop())

    def admit(self, one: "Connection | Handshake") -> None:
        """Whoever stands longest where it stands gives way to one beyond the most."""
        if len(self.connections) >= self.bounds.connections:
            min(self.connections, key=lambda other: other.since).abort()
        self.connections.add(one)

    def hold(self, size: int) -> None:
        """Count bytes of bodies. Beyond the most, whoever has been sending longest is refused."""
        self.bodies_bytes += size
        while self.bodies_bytes > self.bounds.bodies_bytes:
            sending = [one for one in self.connections if isinstance(one, Connection) and one.is_sending]
            if not sending:
                return
            min(sending, key=lambda one: one.since).refuse("full")

    async def sweep(self) -> None:
        """Cut off whoever is past a deadline, until cancelled."""
        pause = min(_SWEEP_SECONDS, self.bounds.request_seconds / _SWEEPS_A_DEADLINE)
        while True:
            await asyncio.sleep(pause)
            at = asyncio.get_running_loop().time()
            for one in [one for one in self.connections if one.deadline < at]:
                one.abort()

    async def close(self, seconds: float) -> None:
        """Let what is being answered end, for so long; cut off the rest."""
        self.closing = True
        for one in list(self.connections):
            one.close_if_idle()
        until = asyncio.get_running_loop().time() + seconds
        while self.connections and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.01)
        for one in list(self.connections):
            one.abort()


class Handshake(asyncio.Protocol):
    """A client of whom TLS is wanted: it counts, and gives way, from the moment it has connected."""

    def __init__(self, wire: Wire, context: ssl.SSLContext, loop: asyncio.AbstractEventLoop) -> None:
        self._wire, self._context, self._loop = wire, context, loop
        SSLProtocol.max_size = _TLS_BYTES  # each has a buffer of so many bytes all its life; asyncio's are of 256 KiB

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()
        self._transport = transport
        self.since = self._loop.time()
        self.deadline = self.since + self._wire.bounds.request_seconds
        self._wire.admit(self)
        self._shaking = self._loop.create_task(self._shake())

    async def _shake(self) -> None:
        one = self._wire.connection()
        if self._transport.is_closing():
            return
        try:
            secured = await self._loop.start_tls(self._transport, one, self._context, server_side=True)
        except OSError:
            return
        finally:
            self._wire.connections.discard(self)
        if secured is not None:
            one.connection_made(secured)

    def abort(self) -> None:
        self._wire.connections.discard(self)
        self._transport.abort()

    close_if_idle = abort


class Connection(asyncio.BufferedProtocol):
    """One client: its requests are answered one after the other, in their order."""

    def __init__(self, wire: Wire, loop: asyncio.AbstractEventLoop) -> None:
        self._wire, self._loop = wire, loop
        self._bounds = wire.bounds
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[tuple[Request | Problem, str, bool]] = deque()
        self._answering: asyncio.Task[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._deaf = False  # nothing more is listened to from who was refused in the middle of a request
        self._in_head = False
        self._url = b""
        self._headers: dict[str, str] = {}
        self._head_bytes = self._wire_bytes = 0
        self._body = bytearray()
        self._begun = False
        self._request: Request | None = None
        self._problem: Problem | None = None
        self._ended = False  # the client has closed its side
        self._early: bytes | None = b""  # what came with the end of a handshake, before this knows of its transport
        self._answered: Request | Problem | None = None

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._wire.closing or transport.is_closing():
            self._deaf = True
            transport.abort()
            return
        self._begin(self._bounds.request_seconds)
        self._wire.admit(self)
        early, self._early = self._early or b"", None
        for at in range(0, len(early), _READ_BYTES):
            piece = early[at : at + _READ_BYTES]
            self._wire.buffer[: len(piece)] = piece
            self.buffer_updated(len(piece))

    def connection_lost(self, exc: Exception | None) -> None:
        self._wire.connections.discard(self)
        self._deaf = True
        self._drop_body()
        while self._waiting:
            self._free(self._waiting.popleft()[0])
        self.resume_writing()
        self._hurry()

    def eof_received(self) -> bool:
        """Whoever has said all it will is answered, without a wait, before the connection ends."""
        if self._begun:
            self.refuse("request")
        self._deaf = self._ended = True
        self._hurry()
        return self._answering is not None and self._transport.can_write_eof()

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._wire.buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self._early is not None:
            self._early += bytes(self._wire.buffer[:nbytes])
            return
        self._wire_bytes += nbytes
        if self._deaf:
            if self._wire_bytes > 2 * self._bounds.wire_bytes:
                self.abort()
            return
        try:
            self._parser.feed_data(self._wire.buffer[:nbytes])
        except httptools.HttpParserUpgrade:
            self._hear_no_more()  # its request is answered as any other; nothing else is spoken here
        except httptools.HttpParserError:
            self.refuse("request")
        if self._in_head and self._wire_bytes > self._bounds.head_bytes:
            self.refuse("request")
        elif self._wire_bytes > self._bounds.wire_bytes:
            self.refuse("too-large")

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # What llhttp calls

    def on_message_begin(self) -> None:
        self._url, self._headers = b"", {}
        self._head_bytes = self._wire_bytes = 0
        self._request = self._problem = None
        self._begun = self._in_head = True

    def on_url(self, url: bytes) -> None:
        self._url += url
        self._count_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:
            self._count_head(len(name) + len(value))
            if (name := name.lower()) in _KEPT:
                self._headers[name.decode("latin-1")] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self._in_head = False
        if self._deaf:
            return
        path, _, query = self._url.partition(b"?")
        method = self._parser.get_method().decode("ascii")
        text = path.decode("latin-1")
        self._request = Request(method, unquote(text) if "%" in text else text, query.decode("latin-1"), self._headers)
        length, coding = self._headers.get("content-length", "0"), self._headers.get("transfer-encoding")
        version = self._parser.get_http_version()
        try:
            if version not in ("1.0", "1.1") or (coding and (version == "1.0" or coding.strip().lower() != "chunked")):
                raise Problem("request")
            if not length.isdecimal() or int(length) > self._bounds.body_bytes:
                raise Problem("too-large")
            self._wire.answering.admit(self._request)
        except Problem as problem:
            if length != "0" or coding or problem.code == "request":
                self.refuse(problem.code)
            else:
                self._problem = problem
            return
        if self._headers.get("expect", "").lower() == "100-continue" and self._answering is None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        if not self._deaf:
            self._body += body
            self._wire.hold(len(body))
            if len(self._body) > self._bounds.body_bytes:
                self.refuse("too-large")

    def on_message_complete(self) -> None:
        if self._deaf:
            return
        assert self._request is not None
        self._request.body, self._body = self._body, bytearray()
        self._begun = False
        self._queue(self._problem or self._request, self._parser.should_keep_alive())
        if len(self._waiting) > self._bounds.ahead:
            self.refuse("request")

    # What follows from it

    @property
    def is_sending(self) -> bool:
        return bool(self._body) and not self._deaf

    def abort(self) -> None:
        self._wire.connections.discard(self)
        self._transport.abort()

    def refuse(self, code: str) -> None:
        """The last answer here: what else comes is not listened to."""
        if not self._deaf:
            self._drop_body()
            self._queue(Problem(code), False)
            self._hear_no_more()

    def close_if_idle(self) -> None:
        if self._answering is None:
            self._transport.close()

    def _hear_no_more(self) -> None:
        """What comes is dropped, until the client closes its side."""
        self._deaf = True
        self._transport.resume_reading()

    def _begin(self, seconds: float) -> None:
        self.since = self._loop.time()
        self.deadline = self.since + seconds

    def _count_head(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > self._bounds.head_bytes:
            self.refuse("request")

    def _drop_body(self) -> None:
        dropped, self._body = len(self._body), bytearray()
        self._wire.hold(-dropped)

    def _queue(self, item: Request | Problem, keep: bool) -> None:
        method = self._request.method if self._request is not None else ""
        self._waiting.append((item, method, keep))
        if self._answering is None:
            self._next()
        else:
            self._transport.pause_reading()

    def _next(self) -> None:
        item, method, keep = self._waiting.popleft()
        self._begin(self._bounds.answer_seconds)
        self._answered = item
        if self._ended:
            self._hurry()
        self._answering = self._loop.create_task(self._answer(item, method, keep))

    def _hurry(self) -> None:
        if isinstance(self._answered, Request):
            self._answered.hurry()

    async def _answer(self, item: Request | Problem, method: str, keep: bool) -> None:
        """Write one answer and begin the next. Whatever escapes is a bug: it is shown, and the connection ends."""
        try:
            if isinstance(item, Problem):
                answer = item.answer()
            else:
                try:
                    answer = await self._wire.answering.answer(item)
                except Problem as problem:
                    answer = problem.answer()
            keep = keep and not self._wire.closing and not (self._deaf and not self._waiting)
            keep = await self._write(answer, method, keep) and keep
        except Exception:
            self._transport.abort()
            raise
        finally:
            self._free(item)
        self._answering = self._answered = None
        if not keep:
            self._leave()
            return
        self._begin(self._bounds.request_seconds)
        if self._waiting:
            self._next()
        else:
            self._transport.resume_reading()

    def _free(self, item: Request | Problem) -> None:
        if isinstance(item, Request):
            self._wire.hold(-len(item.body))

    async def _write(self, answer: Answer, method: str, keep: bool) -> bool:
        """Until it has been taken; whether all of it was there."""
        head = _head(answer, keep)
        if method == "HEAD":
            self._transport.write(head)
        elif isinstance(answer.body, bytes):
            self._transport.write(head + answer.body)
        else:
            self._transport.write(head)
            return await self._stream(answer.body, answer.size)
        if self._writable is not None:
            await self._writable
        return True

    async def _stream(self, pieces: AsyncIterator[bytes], size: int) -> bool:
        sent = 0
        async for piece in pieces:
            if self._transport.is_closing():
                return False
            self._transport.write(piece)
            sent += len(piece)
            del piece  # what is not taken yet is in memory once
            if self._writable is not None:
                await self._writable
        if sent != size:
            self._transport.abort()  # it went while it was read: cut short is not taken for whole
        return sent == size

    def _leave(self) -> None:
        """Close. Who was refused while sending reads the answer first: closing at once would take it away again."""
        if self._deaf and not self._ended and self._transport.can_write_eof() and not self._transport.is_closing():
            self._begin(self._bounds.request_seconds)
            self._wire_bytes = 0
            with suppress(OSError):  # it is gone
                self._transport.write_eof()
        else:
            self._transport.close()


_KEPT: Final = frozenset(
    (b"content-type", b"content-length", b"transfer-encoding", b"expect", b"backchannel-pass")
)  # what else a client sends is not held in memory
_PHRASES: Final = {int(status): status.phrase for status in HTTPStatus}


def _head(answer: Answer, keep: bool) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {_PHRASES[answer.status]}", "cache-control: no-store"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    if answer.status != 204:
        lines.append(f"content-length: {answer.size}")
    if not keep:
        lines.append("connection: close")
    return "\r\n".join([*lines, "\r\n"]).encode("latin-1")
