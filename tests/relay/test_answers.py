"""What the relay answers, to each request and at each time, asked over sockets of this one process."""

import asyncio
import json
import time
from collections.abc import Iterator

import apsw
import pytest

from backchannel.relay.http import BATCH_POUCHES, POUCH_BYTES, PROBLEMS, Relay, Service
from backchannel.relay.sqlite_store import SqliteStore
from backchannel.relay.store import Batch, Limits
from backchannel.relay.wire import Bounds, Wire

POUCHES, SEGMENTS = "/v1/shards/3000000000000000/pouches", "/v1/shards/3000000000000000/segments/"
ONE = b"x" * POUCH_BYTES
OCTETS = {"content-type": "application/octet-stream"}


@pytest.fixture
def store(tmp_path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "relay.db", Limits(segment_seconds=1, segment_pouches=2, shard_pouches=200))
    yield store
    store.close()


async def said(relay: Relay, method: str, path: str, *body: bytes, query: str = "", gone: bool = False, **headers):
    """Status, headers and body, over a socket of this process. gone: the peer closes its side before the last byte."""
    server = await asyncio.get_running_loop().create_server(Wire(relay, Bounds()).connection, "127.0.0.1", 0)
    async with server:
        reading, writing = await asyncio.open_connection(*server.sockets[0].getsockname())
        named = {"host": "x", "connection": "close", "content_length": str(sum(map(len, body))), **headers}
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in named.items()]
        head = "\r\n".join([f"{method} {path}{query and '?' + query} HTTP/1.1", *lines, "", ""])
        writing.write(head.encode() + b"".join(body)[: -1 if gone else None])
        if gone:
            writing.write_eof()
        answer = await reading.read()
        writing.close()
    head, _, data = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    found = dict(line.split(": ") for line in lines)
    assert found.pop("cache-control") == "no-store"
    assert found.pop("connection") == "close"
    assert found.pop("content-length", "0") == str(len(data))
    return int(first.split()[1]), found, data


def ask(relay: Relay, method: str, path: str, *body: bytes, **more):
    return asyncio.run(said(relay, method, path, *body, **more))


def problem(relay: Relay, method: str, path: str, *body: bytes, **more) -> str:
    """The code of a refusal, all of which say the same of it: RFC 9457."""
    status, headers, data = ask(relay, method, path, *body, **more)
    value = json.loads(data)
    code = value["type"].removeprefix("urn:backchannel:problem:")
    assert headers["content-type"] == "application/problem+json"
    assert (status, value["title"], value["detail"]) == PROBLEMS[code]
    assert value["status"] == status
    return code


def test_it_says_how_it_is_run(store):
    """A station learns from this alone how to post and collect."""
    relay = Relay(store, Service(5, "in", None, 10, 20, 30))
    status, headers, body = ask(relay, "GET", "/v1/relay")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert json.loads(body) == {
        "version": 1, "prefix_bits": 5, "retention_seconds": 10, "segment_seconds": 20, "segment_pouches": 30,
        "batch_pouches": 64, "pouch_bytes": 32_768, "passes": {"post": True, "collect": False},
    }  # fmt: skip
    other = json.loads(ask(Relay(store, Service(collecting_pass="out")), "GET", "/v1/relay")[2])
    assert other["passes"] == {"post": False, "collect": True}
    assert (other["prefix_bits"], other["retention_seconds"]) == (4, 30 * 86_400)
    assert (other["segment_seconds"], other["segment_pouches"]) == (60, 512)


def test_its_own_certificate_and_its_interface_are_there_for_all(store):
    relay = Relay(store, Service(ca_pem=b"PEM"))
    assert ask(relay, "GET", "/v1/ca")[2] == b"PEM"
    assert ask(relay, "GET", "/v1/ca")[1]["content-type"] == "application/x-pem-file"
    assert problem(Relay(store, Service()), "GET", "/v1/ca") == "not-found"
    status, headers, body = ask(relay, "GET", "/v1/openapi.json")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert json.loads(body)["openapi"]


@pytest.mark.parametrize("path", ["/v1/relay", "/v1/health", "/v1/openapi.json", "/v1/ca", SEGMENTS + "1", POUCHES])
def test_what_is_asked_in_another_way_is_refused(store, path):
    assert problem(Relay(store, Service(ca_pem=b"PEM")), "PUT", path) == "method"


def test_secrets_of_the_service_are_in_no_repr():
    assert "letme" not in repr(Service(posting_pass="letmein", collecting_pass="letmeout"))


def test_only_the_free_bits_of_a_shard_may_be_set(store):
    """The shards of a relay are few: who could choose all 64 bits would stand alone in one."""
    relay = Relay(store, Service(prefix_bits=4))
    assert ask(relay, "POST", "/v1/shards/f000000000000000/pouches", ONE, **OCTETS)[0] == 204
    assert problem(relay, "POST", "/v1/shards/0800000000000000/pouches", ONE, **OCTETS) == "shard"
    assert problem(relay, "GET", "/v1/shards/0000000000000001/segments/0") == "shard"
    assert problem(relay, "GET", "/v1/shards/F000000000000000/segments/0") == "not-found"


def test_a_body_is_whole_pouches_one_to_sixty_four(store):
    relay = Relay(store, Service())
    assert problem(relay, "POST", POUCHES, **OCTETS) == "size"
    assert problem(relay, "POST", POUCHES, ONE[1:], **OCTETS) == "size"
    assert problem(relay, "POST", POUCHES, ONE, gone=True, **OCTETS) == "request"
    assert problem(relay, "POST", POUCHES, ONE, content_type="text/plain") == "media-type"
    assert problem(relay, "POST", POUCHES, ONE) == "media-type"
    batch = [n.to_bytes(2, "big") * (POUCH_BYTES // 2) for n in range(BATCH_POUCHES)]
    assert problem(relay, "POST", POUCHES, content_length=str(BATCH_POUCHES * POUCH_BYTES + 1), **OCTETS) == "too-large"
    assert store.health().pouches == 0
    assert ask(relay, "POST", POUCHES, *batch, **OCTETS) == (204, {}, b"")
    assert store.health().pouches == 64


def test_each_pass_opens_its_own_door(store):
    relay = Relay(store, Service(posting_pass="in", collecting_pass="out"))
    assert problem(relay, "POST", POUCHES, ONE, **OCTETS) == "pass"
    assert problem(relay, "POST", POUCHES, ONE, backchannel_pass="out", **OCTETS) == "pass"
    assert ask(relay, "POST", POUCHES, ONE, backchannel_pass="in", **OCTETS)[0] == 204
    assert problem(relay, "GET", SEGMENTS + "1", backchannel_pass="in") == "pass"
    assert ask(relay, "GET", SEGMENTS + "1", backchannel_pass="out")[0] == 204


@pytest.mark.parametrize("query", ["wait=61", "wait=", "wait=1000", "wait=-1", "wait=1&", "more=1"])
def test_a_wait_is_a_minute_at_most(store, query):
    assert problem(Relay(store, Service()), "GET", SEGMENTS + "1", query=query) == "wait"


def test_a_segment_bears_its_number_and_when_it_closed(store):
    now = [100.9]
    relay = Relay(store, Service(), lambda: now[0])
    ask(relay, "POST", POUCHES, ONE + ONE[::-1].replace(b"x", b"y"), **OCTETS)
    status, headers, body = ask(relay, "GET", SEGMENTS + "0", query="wait=60")
    assert (status, headers["content-type"]) == (200, "application/octet-stream")
    assert (headers["backchannel-segment"], headers["backchannel-closed"]) == ("1", "100")
    assert body == ONE + b"y" * POUCH_BYTES
    assert ask(relay, "GET", SEGMENTS + "2", query="wait=0")[0] == 204
    ask(relay, "POST", POUCHES, b"z" * POUCH_BYTES, **OCTETS)
    assert ask(relay, "GET", SEGMENTS + "2")[0] == 204
    now[0] += 1
    assert ask(relay, "GET", SEGMENTS + "2")[2] == b"z" * POUCH_BYTES


def test_who_waits_is_answered_when_the_segment_closes(store):
    """By its last pouch, by its time, by the end of the wait or of the relay: not before, and not a minute later."""

    async def waiting(number: int, then=None, wait: str = "wait=30"):
        relay = Relay(store, Service(), time.time)
        began = time.monotonic()
        asked = asyncio.create_task(said(relay, "GET", f"{SEGMENTS}{number}", query=wait))
        await asyncio.sleep(0.1)
        assert not asked.done()
        if then is not None:
            await then(relay)
        status, _, _ = await asked
        return status, time.monotonic() - began

    async def two(relay):
        assert (await said(relay, "POST", POUCHES, ONE + b"y" * POUCH_BYTES, **OCTETS))[0] == 204

    async def one(relay):
        assert (await said(relay, "POST", POUCHES, b"z" * POUCH_BYTES, **OCTETS))[0] == 204

    async def stop(relay):
        relay.stop_waiting()

    status, took = asyncio.run(waiting(1, two))
    assert status == 200
    assert took < 1
    status, took = asyncio.run(waiting(2, one))
    assert status == 200
    assert took < 5
    status, took = asyncio.run(waiting(3, stop))
    assert status == 204
    assert took < 1
    status, took = asyncio.run(waiting(3, wait="wait=1"))
    assert status == 204
    assert 0.9 < took < 5


def test_a_store_that_cannot_write_is_full_and_says_so(store, tmp_path):
    relay = Relay(store, Service())
    assert ask(relay, "GET", "/v1/health")[::2] == (200, b'{"writable": true}')
    with apsw.Connection(str(tmp_path / "relay.db")) as other:
        other.execute("ALTER TABLE pouches RENAME TO hidden")
    assert problem(relay, "POST", POUCHES, ONE, **OCTETS) == "full"
    assert ask(relay, "GET", "/v1/health")[::2] == (503, b'{"writable": false}')
    with apsw.Connection(str(tmp_path / "relay.db")) as other:
        other.execute("ALTER TABLE hidden RENAME TO pouches")
    assert ask(relay, "POST", POUCHES, ONE, **OCTETS)[0] == 204
    assert ask(relay, "GET", "/v1/health")[0] == 200
    assert store.health().pouches == 1


def test_what_has_expired_goes_when_the_relay_starts(store):
    store.append([Batch(bytes(8), [ONE])], 100)
    asked = []
    relay = Relay(store, Service(), lambda: asked.append(1) or 100 + 31 * 86_400)

    async def lives():
        expiring = asyncio.create_task(relay.expire())
        while store.health().pouches:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert len(asked) == 1  # and not again for ten minutes
        expiring.cancel()

    asyncio.run(asyncio.wait_for(lives(), 20))
