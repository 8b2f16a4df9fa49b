"""HTTP/1.1 as the relay speaks it, parsed by llhttp: every bound on what a client may take stands here.

Spec: docs/spec/relay.md, "Connections". Why no server of others: docs/decisions/018-wire.md.
"""

import asyncio
from collections import deque
from http import HTTPStatus
from typing import Final, Protocol
from urllib.parse import unquote

import httptools

from backchannel.relay.http import BATCH_POUCHES, MOST_WAIT, POUCH_BYTES, Answer, Problem, Request
from backchannel.values import dataclass

_READ_BYTES: Final = 64 * 1024
_SWEEPS_A_DEADLINE: Final = 20
_SWEEP_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one client, and all together, may take.

    head_bytes: most of a request's line and headers. body_bytes: most of its body. request_seconds: for all of a
    request, and idle between two. answer_seconds: from a whole request until its answer has been taken.
    """

    connections: int = 1024
    head_bytes: int = 16 * 1024
    body_bytes: int = BATCH_POUCHES * POUCH_BYTES
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
        self.connections: set[Connection] = set()
        self.buffer = memoryview(bytearray(_READ_BYTES))  # one for all: what is read is parsed before the next read
        self.closing = False

    def connection(self) -> "Connection":
        return Connection(self, asyncio.get_running_loop())

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


class Connection(asyncio.BufferedProtocol):
    """One client: its requests are answered one after the other, in their order."""

    def __init__(self, wire: Wire, loop: asyncio.AbstractEventLoop) -> None:
        self._wire, self._loop = wire, loop
        self._bounds = wire.bounds
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[tuple[Request | Problem, bool]] = deque()
        self._answering: asyncio.Task[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._deaf = False  # nothing more is read from who was refused in the middle of a request
        self._in_head = False
        self._url = b""
        self._headers: dict[str, str] = {}
        self._head_bytes = self._body_bytes = 0
        self._body: list[bytes] = []
        self._request: Request | None = None
        self._problem: Problem | None = None

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._wire.closing or len(self._wire.connections) >= self._bounds.connections:
            self._deaf = True
            transport.abort()
            return
        self._wire.connections.add(self)
        self.deadline = self._loop.time() + self._bounds.request_seconds

    def connection_lost(self, exc: Exception | None) -> None:
        self._wire.connections.discard(self)
        self._deaf = True
        self._waiting.clear()
        self.resume_writing()
        if self._answering is not None:
            self._answering.cancel()

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._wire.buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self._deaf:
            return
        before = self._head_bytes
        try:
            self._parser.feed_data(self._wire.buffer[:nbytes])
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._refuse("request")
        if self._in_head and self._head_bytes == before:
            # Not one header has ended in all that came.
            self._head_bytes += nbytes
            if self._head_bytes > self._bounds.head_bytes:
                self._refuse("request")

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # What llhttp calls

    def on_message_begin(self) -> None:
        self._url, self._headers, self._body = b"", {}, []
        self._head_bytes = self._body_bytes = 0
        self._request = self._problem = None
        self._in_head = True

    def on_url(self, url: bytes) -> None:
        self._url += url
        self._count_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count_head(len(name) + len(value))
        self._headers[name.lower().decode("latin-1")] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self._in_head = False
        if self._deaf:
            return
        path, _, query = self._url.partition(b"?")
        method = self._parser.get_method().decode("ascii")
        text = path.decode("latin-1")
        self._request = Request(method, unquote(text) if "%" in text else text, query.decode("latin-1"), self._headers)
        length = self._headers.get("content-length", "0")
        try:
            if not length.isdecimal() or int(length) > self._bounds.body_bytes:
                raise Problem("too-large")
            self._wire.answering.admit(self._request)
        except Problem as problem:
            if length != "0" or "transfer-encoding" in self._headers:
                self._refuse(problem.code)
            else:
                self._problem = problem
            return
        if self._headers.get("expect", "").lower() == "100-continue" and self._answering is None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if self._body_bytes > self._bounds.body_bytes:
            self._refuse("too-large")
        if not self._deaf:
            self._body.append(body)

    def on_message_complete(self) -> None:
        if self._deaf:
            return
        assert self._request is not None
        self._request.body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        self._body = []
        self._queue(self._problem or self._request, self._parser.should_keep_alive())

    # What follows from it

    def abort(self) -> None:
        self._transport.abort()

    def close_if_idle(self) -> None:
        if self._answering is None:
            self._transport.close()

    def _count_head(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > self._bounds.head_bytes:
            self._refuse("request")

    def _refuse(self, code: str) -> None:
        """The last answer here: what else comes is not read."""
        if not self._deaf:
            self._deaf = True
            self._body = []
            self._queue(Problem(code), False)

    def _queue(self, item: Request | Problem, keep: bool) -> None:
        self._waiting.append((item, keep))
        if self._answering is None:
            self._next()
        elif not self._deaf:
            self._transport.pause_reading()

    def _next(self) -> None:
        item, keep = self._waiting.popleft()
        self.deadline = self._loop.time() + self._bounds.answer_seconds
        self._answering = self._loop.create_task(self._answer(item, keep))

    async def _answer(self, item: Request | Problem, keep: bool) -> None:
        """Write one answer and begin the next. Whatever escapes is a bug: it is shown, and the connection ends."""
        try:
            if isinstance(item, Problem):
                answer, method = item.answer(), ""
            else:
                method = item.method
                try:
                    answer = await self._wire.answering.answer(item)
                except Problem as problem:
                    answer = problem.answer()
            keep = keep and not self._wire.closing
            head = _head(answer, keep)
            if method == "HEAD":
                self._transport.write(head)
            elif isinstance(answer.body, bytes):
                self._transport.write(head + answer.body)
            else:
                self._transport.write(head)
                keep = await self._stream(answer) and keep
        except Exception:
            self._transport.abort()
            raise
        self._answering = None
        if not keep:
            self._leave()
            return
        self.deadline = self._loop.time() + self._bounds.request_seconds
        if self._waiting:
            self._next()
        else:
            self._transport.resume_reading()

    async def _stream(self, answer: Answer) -> bool:
        sent = 0
        assert not isinstance(answer.body, bytes)
        async for piece in answer.body:
            if self._transport.is_closing():
                return False
            self._transport.write(piece)
            sent += len(piece)
            if self._writable is not None:
                await self._writable
        if sent != answer.size:
            self._transport.abort()  # it went while it was read: cut short is not taken for whole
        return sent == answer.size

    def _leave(self) -> None:
        """Close. Who was refused while sending reads the answer first: closing at once would take it away again."""
        if self._deaf and self._transport.can_write_eof() and not self._transport.is_closing():
            self.deadline = self._loop.time() + self._bounds.request_seconds
            self._transport.write_eof()
        else:
            self._transport.close()


_PHRASES: Final = {int(status): status.phrase for status in HTTPStatus}


def _head(answer: Answer, keep: bool) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {_PHRASES[answer.status]}", "cache-control: no-store"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    if answer.status != 204:
        lines.append(f"content-length: {answer.size}")
    if not keep:
        lines.append("connection: close")
    return "\r\n".join([*lines, "\r\n"]).encode("latin-1")
