"""The relay's HTTP service, as a bare ASGI application.   Spec: docs/spec/relay.md, "Requests"; RFC 9457 problems.

It keeps no account and writes no log about who posts or collects.
"""

import asyncio
import hmac
import json
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from importlib import resources
from typing import Any, Final

from backchannel.clock import now
from backchannel.relay.store import Full, Segment, Store
from backchannel.values import dataclass, field

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

POUCH_BYTES: Final = 32_768
BATCH_POUCHES: Final = 64
MOST_WAIT: Final = 60
_EXPIRE_EVERY: Final = 600
_POUCHES: Final = re.compile(r"/v1/shards/([0-9a-f]{16})/pouches", re.ASCII)
_SEGMENTS: Final = re.compile(r"/v1/shards/([0-9a-f]{16})/segments/([0-9]{1,15})", re.ASCII)

# What each problem says, by its code: status, title, what to do.
PROBLEM: Final = "urn:backchannel:problem:"
PROBLEMS: Final = {
    "not-found": (404, "There is nothing here", "See /v1/openapi.json."),
    "method": (405, "That is not done here", "See /v1/openapi.json."),
    "size": (400, "The body is not 1 to 64 pouches of 32,768 bytes", "Send whole pouches."),
    "too-large": (413, "The body is larger than 64 pouches", "Send smaller batches."),
    "media-type": (415, "Pouches are application/octet-stream", "Set the content type."),
    "shard": (400, "This shard is not one of this relay's", "Ask /v1/relay for the number of free bits."),
    "wait": (400, "The wait is not a whole number of seconds from 0 to 60", "Choose a shorter wait."),
    "pass": (403, "The pass is missing or wrong", "Ask whoever runs the relay."),
    "full": (507, "The relay holds all it may", "Try again later."),
}


@dataclass(frozen=True, slots=True)
class Service:
    """How this relay is run. prefix_bits: how many leading bits of a shard are free."""

    prefix_bits: int = 4
    posting_pass: str | None = field(default=None, repr=False)
    collecting_pass: str | None = field(default=None, repr=False)
    retention_seconds: int = 30 * 86_400
    segment_seconds: int = 60
    segment_pouches: int = 512
    ca_pem: bytes | None = None


class Problem(Exception):
    """An answer that is a refusal; `code` is a key of PROBLEMS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Relay:
    """The ASGI application."""

    def __init__(self, store: Store, service: Service, clock: Callable[[], float] = lambda: now().timestamp()) -> None:
        self._store = store
        self._service = service
        self._clock = clock
        self._news: defaultdict[bytes, asyncio.Event] = defaultdict(asyncio.Event)
        self._closing = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        try:
            status, headers, body = await self._answer(scope, receive)
        except Problem as problem:
            status, headers, body = _problem(problem.code)
        headers = {"content-length": str(len(body)), "cache-control": "no-store", **headers}
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            }
        )
        await send({"type": "http.response.body", "body": body})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        expiring: asyncio.Task[None] | None = None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                expiring = asyncio.create_task(self._expire())
                await send({"type": "lifespan.startup.complete"})
            else:
                if expiring is not None:
                    expiring.cancel()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def stop_waiting(self) -> None:
        """Let every waiting request answer now: the server is closing."""
        self._closing.set()
        for event in self._news.values():
            event.set()

    async def _expire(self) -> None:
        while True:
            await asyncio.to_thread(self._store.expire, int(self._clock()))
            await asyncio.sleep(_EXPIRE_EVERY)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, dict[str, str], bytes]:
        path, method = scope["path"], scope["method"]
        if found := _POUCHES.fullmatch(path):
            _only(method, "POST")
            return await self._post(self._shard(found[1]), scope, receive)
        if found := _SEGMENTS.fullmatch(path):
            _only(method, "GET")
            return await self._segment(self._shard(found[1]), int(found[2]), scope)
        match path:
            case "/v1/relay":
                _only(method, "GET")
                return _json(200, self._about())
            case "/v1/health":
                _only(method, "GET")
                health = self._store.health()
                return _json(200 if health.writable else 503, {"writable": health.writable})
            case "/v1/openapi.json":
                _only(method, "GET")
                return 200, {"content-type": "application/json"}, _openapi()
            case "/v1/ca" if self._service.ca_pem is not None:
                _only(method, "GET")
                return 200, {"content-type": "application/x-pem-file"}, self._service.ca_pem
        raise Problem("not-found")

    def _about(self) -> dict[str, Any]:
        service = self._service
        return {
            "version": 1,
            "prefix_bits": service.prefix_bits,
            "retention_seconds": service.retention_seconds,
            "segment_seconds": service.segment_seconds,
            "segment_pouches": service.segment_pouches,
            "batch_pouches": BATCH_POUCHES,
            "pouch_bytes": POUCH_BYTES,
            "passes": {"post": service.posting_pass is not None, "collect": service.collecting_pass is not None},
        }

    def _shard(self, text: str) -> bytes:
        shard = bytes.fromhex(text)
        if int.from_bytes(shard, "big") & ((1 << 64 - self._service.prefix_bits) - 1):
            raise Problem("shard")
        return shard

    async def _post(self, shard: bytes, scope: Scope, receive: Receive) -> tuple[int, dict[str, str], bytes]:
        headers = _headers(scope)
        _check_pass(headers, self._service.posting_pass)
        if headers.get("content-type", "") != "application/octet-stream":
            raise Problem("media-type")
        body = await _body(receive, headers)
        if not body or len(body) % POUCH_BYTES:
            raise Problem("size")
        pouches = [body[at : at + POUCH_BYTES] for at in range(0, len(body), POUCH_BYTES)]
        try:
            await asyncio.to_thread(self._store.append, shard, pouches, int(self._clock()))
        except Full as error:
            raise Problem("full") from error
        if (event := self._news.get(shard)) is not None:
            event.set()
        return 204, {}, b""

    async def _segment(self, shard: bytes, number: int, scope: Scope) -> tuple[int, dict[str, str], bytes]:
        _check_pass(_headers(scope), self._service.collecting_pass)
        until = self._clock() + _wait(scope.get("query_string", b""))
        while True:
            self._news[shard].clear()
            segment: Segment | None = await asyncio.to_thread(self._store.page, shard, number, int(self._clock()))
            if segment is not None:
                named = {
                    "content-type": "application/octet-stream",
                    "backchannel-segment": str(segment.number),
                    "backchannel-closed": str(segment.closed),
                }
                return 200, named, b"".join(segment.pouches)
            left = until - self._clock()
            if left <= 0 or self._closing.is_set():
                return 204, {}, b""
            head = self._store.head(shard, int(self._clock()))
            if head.closes is not None and head.last >= number:
                left = min(left, max(head.closes - self._clock(), 0.05))
            try:
                await asyncio.wait_for(self._news[shard].wait(), left)
            except TimeoutError:
                continue


def _only(method: str, allowed: str) -> None:
    if method != allowed:
        raise Problem("method")


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _check_pass(headers: dict[str, str], wanted: str | None) -> None:
    given = headers.get("backchannel-pass", "")
    if wanted is not None and not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Problem("pass")


def _wait(query: bytes) -> int:
    found = re.fullmatch(rb"(?:wait=([0-9]{1,3}))?", query)
    if found is None or int(found[1] or 0) > MOST_WAIT:
        raise Problem("wait")
    return int(found[1] or 0)


async def _body(receive: Receive, headers: dict[str, str]) -> bytes:
    """The whole body, never more than a batch of it in memory."""
    most = BATCH_POUCHES * POUCH_BYTES
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > most:
        raise Problem("too-large")
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem("size")
        body += message.get("body", b"")
        if len(body) > most:
            raise Problem("too-large")
        if not message.get("more_body"):
            return bytes(body)


def _json(status: int, value: Any) -> tuple[int, dict[str, str], bytes]:
    return status, {"content-type": "application/json"}, json.dumps(value).encode()


def _problem(code: str) -> tuple[int, dict[str, str], bytes]:
    status, title, detail = PROBLEMS[code]
    body = {"type": f"{PROBLEM}{code}", "title": title, "status": status, "detail": detail}
    return status, {"content-type": "application/problem+json"}, json.dumps(body).encode()


@cache
def _openapi() -> bytes:
    return resources.files("backchannel.relay").joinpath("openapi.json").read_bytes()
