"""What the relay answers, whoever carries the requests.   Spec: docs/spec/relay.md, "Requests"; RFC 9457 problems.

It keeps no account and writes no log about who posts or collects.
"""

import asyncio
import hmac
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from functools import cache
from importlib import resources
from typing import Any, Final

from backchannel.clock import now
from backchannel.relay.agreed import BATCH_POUCHES, MOST_WAIT, POUCH_BYTES, PROBLEM
from backchannel.relay.store import Batch, Full, Head, Page, Store
from backchannel.values import dataclass, field

_EXPIRE_EVERY: Final = 600
_COMMIT_POUCHES: Final = 256
_MOST_PIECE, _LEAST_PIECE, _ALL_PIECES = 32, 4, 1024  # pouches of a segment in memory: for one collector, for all
_POUCHES: Final = re.compile(r"/v1/shards/([0-9a-f]{16})/pouches", re.ASCII)
_SEGMENTS: Final = re.compile(r"/v1/shards/([0-9a-f]{16})/segments/([0-9]{1,15})", re.ASCII)

# What each problem says, by its code: status, title, what to do.
PROBLEMS: Final = {
    "request": (400, "This is not one whole request with a head of at most 16 KiB", "See /v1/openapi.json."),
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


@dataclass(slots=True)
class Request:
    """One request. headers: names in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str] = field(repr=False)
    body: bytes | bytearray = field(default=b"", repr=False)
    hurried: bool = False
    news: asyncio.Event | None = field(default=None, repr=False)

    def hurry(self) -> None:
        """Wait no longer: whoever asks is gone, or going."""
        self.hurried = True
        if self.news is not None:
            self.news.set()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. size: bytes of the body, which may come in pieces."""

    status: int
    headers: Mapping[str, str]
    size: int = 0
    body: bytes | AsyncIterator[bytes] = field(default=b"", repr=False)


class Problem(Exception):
    """An answer that is a refusal; `code` is a key of PROBLEMS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def answer(self) -> Answer:
        status, title, detail = PROBLEMS[self.code]
        return _json(
            status,
            {"type": f"{PROBLEM}{self.code}", "title": title, "status": status, "detail": detail},
            "application/problem+json",
        )


class Relay:
    """The answers. Used in one event loop."""

    def __init__(self, store: Store, service: Service, clock: Callable[[], float] = lambda: now().timestamp()) -> None:
        self._store = store
        self._service = service
        self._clock = clock
        self._posts: list[tuple[Batch, asyncio.Future[None]]] = []
        self._committing: asyncio.Task[None] | None = None
        self._waiting: dict[bytes, dict[asyncio.Event, Head]] = {}
        self._collectors = 0
        self._closing = False

    def admit(self, request: Request) -> None:
        """Raises Problem for what can be refused before its body is read."""
        if found := _POUCHES.fullmatch(request.path):
            _only(request, "POST")
            self._shard(found[1])
            _check_pass(request, self._service.posting_pass)
            if request.headers.get("content-type", "") != "application/octet-stream":
                raise Problem("media-type")

    async def answer(self, request: Request) -> Answer:
        """Raises Problem."""
        path = request.path
        if found := _POUCHES.fullmatch(path):
            return await self._post(bytes.fromhex(found[1]), request.body)
        _only(request, "GET")
        if found := _SEGMENTS.fullmatch(path):
            return await self._segment(self._shard(found[1]), int(found[2]), request)
        match path:
            case "/v1/relay":
                return _json(200, self._about())
            case "/v1/health":
                health = self._store.health()
                return _json(200 if health.writable else 503, {"writable": health.writable})
            case "/v1/openapi.json":
                return _whole(_openapi(), "application/json")
            case "/v1/ca" if self._service.ca_pem is not None:
                return _whole(self._service.ca_pem, "application/x-pem-file")
        raise Problem("not-found")

    def stop_waiting(self) -> None:
        """Let every waiting request answer now: the server is closing."""
        self._closing = True
        for waiting in self._waiting.values():
            for event in waiting:
                event.set()

    async def expire(self) -> None:
        """Drop what is too old, now and every ten minutes, until cancelled."""
        while True:
            with suppress(Full):  # the health tells; the next time may do it
                await asyncio.to_thread(self._store.expire, int(self._clock()))
            await asyncio.sleep(_EXPIRE_EVERY)

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

    async def _post(self, shard: bytes, body: bytes | bytearray) -> Answer:
        if not body or len(body) % POUCH_BYTES:
            raise Problem("size")
        view = memoryview(body)
        pouches = [view[at : at + POUCH_BYTES] for at in range(0, len(body), POUCH_BYTES)]
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._posts.append((Batch(shard, pouches), done))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit())
        try:
            await done
        except Full as error:
            raise Problem("full") from error
        return _DONE

    async def _commit(self) -> None:
        """Write what waits, again and again until nothing does: what comes during one commit shares the next."""
        while self._posts:
            pouches, count = 0, 0
            while count < len(self._posts) and pouches < _COMMIT_POUCHES:
                pouches += len(self._posts[count][0].pouches)
                count += 1
            posts, self._posts = self._posts[:count], self._posts[count:]
            batches = [batch for batch, _ in posts]
            results: list[Full | Exception | None]
            try:
                results = [*await asyncio.to_thread(self._store.append, batches, int(self._clock()))]
            except Exception as error:  # ours: whoever waits must not wait for ever
                results = [error] * count
            for (_, done), result in zip(posts, results, strict=True):
                if not done.done():
                    done.set_result(None) if result is None else done.set_exception(result)
            for shard in {batch.shard for batch in batches} & self._waiting.keys():
                self._tell(shard)
        self._committing = None

    def _tell(self, shard: bytes) -> None:
        """Wake who waits for a shard whose end is no longer as they saw it: most posts change nothing for them."""
        head = self._store.head(shard, int(self._clock()))
        for event, seen in self._waiting[shard].items():
            if seen != head:
                event.set()

    async def _segment(self, shard: bytes, number: int, request: Request) -> Answer:
        _check_pass(request, self._service.collecting_pass)
        until = self._clock() + _wait(request.query)
        while True:
            head = self._store.head(shard, int(self._clock()))
            page = await asyncio.to_thread(self._store.page, shard, number, int(self._clock()))
            if page is not None:
                return self._paged(shard, page)
            left = until - self._clock()
            if left <= 0 or self._closing or request.hurried:
                return _NOTHING
            if head.closes is not None and head.last >= number:
                left = min(left, max(head.closes - self._clock(), 0.05))
            await self._news(request, shard, head, left)

    async def _news(self, request: Request, shard: bytes, seen: Head, seconds: float) -> None:
        event = request.news = asyncio.Event()
        waiting = self._waiting.setdefault(shard, {})
        waiting[event] = seen
        try:
            if self._store.head(shard, int(self._clock())) == seen:
                await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            pass
        finally:
            del waiting[event]
            if not waiting:
                del self._waiting[shard]

    def _paged(self, shard: bytes, page: Page) -> Answer:
        named = {
            "content-type": "application/octet-stream",
            "backchannel-segment": str(page.number),
            "backchannel-closed": str(page.closed),
        }
        return Answer(200, named, page.count * POUCH_BYTES, self._pieces(shard, page))

    async def _pieces(self, shard: bytes, page: Page) -> AsyncIterator[bytes]:
        """A segment's pouches, read as they are sent: a slow collector costs one piece, smaller the more there are."""
        first = 0
        self._collectors += 1
        try:
            while first < page.count:
                most = max(_LEAST_PIECE, min(_MOST_PIECE, _ALL_PIECES // self._collectors))
                for pouch in await asyncio.to_thread(self._store.pouches, shard, page.number, first, most):
                    yield pouch
                first += most
        finally:
            self._collectors -= 1


def _only(request: Request, allowed: str) -> None:
    if request.method != allowed:
        raise Problem("method")


def _check_pass(request: Request, wanted: str | None) -> None:
    given = request.headers.get("backchannel-pass", "")
    if wanted is not None and not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Problem("pass")


def _wait(query: str) -> int:
    found = re.fullmatch(r"(?:wait=([0-9]{1,3}))?", query, re.ASCII)
    if found is None or int(found[1] or 0) > MOST_WAIT:
        raise Problem("wait")
    return int(found[1] or 0)


def _json(status: int, value: Any, kind: str = "application/json") -> Answer:
    return _whole(json.dumps(value).encode(), kind, status)


def _whole(body: bytes, kind: str, status: int = 200) -> Answer:
    return Answer(status, {"content-type": kind}, len(body), body)


_DONE: Final = Answer(204, {})
_NOTHING: Final = _DONE


@cache
def _openapi() -> bytes:
    return resources.files("backchannel.relay").joinpath("openapi.json").read_bytes()
