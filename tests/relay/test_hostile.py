"""What others than our clients send to a relay: one clear refusal each, bounded memory, and the honest are served.

All of it on sockets, against a process: who serves there does not matter.
"""

import os
import re
import select
import socket
import threading
import time
from contextlib import ExitStack, suppress
from random import Random

import pytest
from relays import Running, answers, ask, besieged, everything, honest

from backchannel.relay.client import RelayClient
from backchannel.relay.http import BATCH_POUCHES, POUCH_BYTES

BATCH = BATCH_POUCHES * POUCH_BYTES
MIB = 1 << 20
SHARD = "/v1/shards/0000000000000000"
CLOSE = b"Host: x\r\nConnection: close\r\n"
WAIT = f"GET {SHARD}/segments/1?wait=60 HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def get(target: bytes = b"/v1/relay", *headers: bytes, method: bytes = b"GET", version: bytes = b"HTTP/1.1") -> bytes:
    return b" ".join((method, target, version)) + b"\r\n" + CLOSE + b"".join(one + b"\r\n" for one in headers) + b"\r\n"


def post(*headers: bytes, body: bytes = b"", shard: str = SHARD, version: bytes = b"HTTP/1.1") -> bytes:
    fixed = (b"POST %s/pouches %s" % (shard.encode(), version), b"Host: x", b"Content-Type: application/octet-stream")
    return b"\r\n".join((*fixed, *headers)) + b"\r\n\r\n" + body


CHUNKED = b"Transfer-Encoding: chunked"
NO_REQUEST = {
    "a TLS hello": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(100),
    "HTTP/0.9": b"GET /v1/relay\r\n\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/2.0 in words": get(version=b"HTTP/2.0"),
    "HTTP/1.2": get(version=b"HTTP/1.2"),
    "no version": get(version=b"HTTP"),
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a method unknown": get(method=b"FETCH"),
    "a method in small letters": get(method=b"get"),
    "no target": b"GET HTTP/1.1\r\n\r\n",
    "a target without a root": get(b"v1/relay"),
    "NUL in the target": get(b"/v1/re\0lay"),
    "an escape sequence in the target": get(b"/v1/\x1b[31mrelay"),
    "bytes above ASCII in the target": get(b"/v1/\xff\xfe"),
    "NUL in a header": get(b"/v1/relay", b"X: a\0b"),
    "an escape sequence in a header": get(b"/v1/relay", b"X: \x1b[31m"),
    "a lone CR in a header": get(b"/v1/relay", b"X: a\rb"),
    "a folded header": get(b"/v1/relay", b"X: a\r\n b"),
    "a space before the colon": get(b"/v1/relay", b"X : a"),
    "a header without a colon": get(b"/v1/relay", b"X"),
    "LF alone": get().replace(b"\r\n", b"\n"),
    "two lengths": post(b"Content-Length: 1", b"Content-Length: 2", body=b"ab"),
    "the same length twice": post(b"Content-Length: 1", b"Content-Length: 1", body=b"a"),
    "lengths in a list": post(b"Content-Length: 1, 1", body=b"a"),
    "a length below zero": post(b"Content-Length: -1"),
    "a length with a sign": post(b"Content-Length: +1", body=b"a"),
    "a length in hex": post(b"Content-Length: 0x1", body=b"a"),
    "no length in the length": post(b"Content-Length:"),
    "a length of thirty digits": post(b"Content-Length: " + b"9" * 30),
    "chunked and a length": post(CHUNKED, b"Content-Length: 5", body=b"0\r\n\r\n"),
    "a length and chunked": post(b"Content-Length: 5", CHUNKED, body=b"0\r\n\r\n"),
    "chunked twice": post(b"Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n"),
    "chunked, then not": post(CHUNKED, b"Transfer-Encoding: identity", body=b"0\r\n\r\n"),
    "nearly chunked": post(b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n"),
    "chunked behind a vertical tab": post(b"Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n"),
    "compressed": post(b"Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"),
    "identity": post(b"Transfer-Encoding: identity"),
    "chunked in HTTP/1.0": post(CHUNKED, body=b"0\r\n\r\n", version=b"HTTP/1.0"),
    "a chunk below zero": post(CHUNKED, body=b"-1\r\n"),
    "a chunk of 2^72": post(CHUNKED, body=b"FFFFFFFFFFFFFFFFFF\r\n"),
    "a chunk longer than it says": post(CHUNKED, body=b"1\r\nab0\r\n\r\n"),
    "a chunk behind a space": post(CHUNKED, body=b" 1\r\na\r\n0\r\n\r\n"),
    "a length in the trailer": post(CHUNKED, body=b"1\r\na\r\n0\r\nContent-Length: 7\r\n\r\n"),
    "a long target": get(b"/" + b"a" * 20_000),
    "a long header": get(b"/v1/relay", b"X: " + b"a" * 20_000),
    "many headers": get(b"/v1/relay", *(b"X-%d: a" % n for n in range(4_000))),
}
ANSWERED = {
    "empty lines before it": (b"\r\n" * 1000 + get(), [(200, "")]),
    "a method that is not done here": (get(method=b"DELETE"), [(405, "method")]),
    "OPTIONS of all": (get(b"*", method=b"OPTIONS"), [(405, "method")]),
    "TRACE": (get(method=b"TRACE"), [(405, "method")]),
    "CONNECT": (get(b"elsewhere:443", method=b"CONNECT"), [(405, "method")]),
    "CONNECT and more": (get(b"elsewhere:443", method=b"CONNECT") + get(), [(405, "method")]),
    "an upgrade to WebSocket": (
        get().replace(b"close", b"Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a"),
        [(200, "")],
    ),
    "an upgrade to HTTP/2": (
        get().replace(b"close", b"Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ"),
        [(200, "")],
    ),
    "an upgrade while posting": (
        post(b"Connection: Upgrade", b"Upgrade: websocket", b"Content-Length: 3", body=b"abc"),
        [(400, "size")],
    ),
    "a target with a host": (get(b"http://elsewhere/v1/relay"), [(404, "not-found")]),
    "an expectation unknown": (
        post(b"Expect: the-moon", b"Content-Length: 1", b"Connection: close", body=b"a"),
        [(400, "size")],
    ),
    "much that is announced": (post(b"Content-Length: %d" % (BATCH + 1)), [(413, "too-large")]),
    "an extension of a chunk": (post(CHUNKED, b"Connection: close", body=b"1;a=b\r\na\r\n0\r\n\r\n"), [(400, "size")]),
    "garbage behind it": (get().replace(b"Connection: close\r\n", b"") + b"\0\xff\0", [(200, ""), (400, "request")]),
    "garbage behind the last": (get() + b"\0\xff\0", [(200, "")]),
    "another behind the last": (get() + get(), [(200, "")]),
    "more than wait": (
        get(b"/v1/health").replace(b"Connection: close\r\n", b"") * 100,
        [*[(200, "")] * 18, (400, "request")],
    ),
    "HTTP/1.0": (b"GET /v1/relay HTTP/1.0\r\n\r\n", [(200, "")]),
}
TARGETS = {
    b"/v1/%72elay": 200,
    b"/v1/relay?x": 200,
    b"/%2e%2e/v1/relay": 404,
    b"/v1/./relay": 404,
    b"//v1/relay": 404,
    b"/v1/relay/": 404,
    b"/V1/RELAY": 404,
    b"/v1/relay%00": 404,
    b"/v1/relay%0d%0aX: y": 400,
    b"/v1/%": 404,
    b"/v1/%zz": 404,
    b"/v1/%ff": 404,
    b"/v1/%c0%af": 404,
    b"/v1/relay;a=b": 404,
    b"/v1/relay#f": 404,
    b"/v1/shards/%30000000000000000/segments/1": 204,
    b"/v1/shards/000000000000000%D9%A0/segments/1": 404,
    b"/v1/shards/0000000000000000/segments/" + b"9" * 15: 204,
    b"/v1/shards/0000000000000000/segments/" + b"9" * 16: 404,
    b"/v1/shards/0000000000000000/segments/-1": 404,
    b"/v1/shards/0000000000000000/segments/1?wait=1&wait=2": 400,
    b"/v1/shards/0000000000000000/segments/1?wait=%31": 400,
    b"/v1/shards/0000000000000000/segments/1?wait=1e1": 400,
    b"/../../etc/passwd": 404,
    b"*": 404,
    b"?": 400,
}


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    with besieged(tmp_path_factory.mktemp("relay")) as relay:
        yield relay
        honest(relay)


@pytest.mark.parametrize("name", NO_REQUEST)
def test_what_is_no_request_has_one_refusal_and_the_connection_ends(relay, name):
    assert answers(ask(relay, NO_REQUEST[name])) == [(400, "request")]


@pytest.mark.parametrize("name", ANSWERED)
def test_every_request_has_one_answer_and_no_more(relay, name):
    request, expected = ANSWERED[name]
    assert answers(ask(relay, request)) == expected


def in_pieces(relay: Running, request: bytes, sizes) -> bytes:
    """The same, sent piece by piece; the client then closes its side."""
    with relay.connect() as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError):
            while request:
                size = sizes()
                peer.sendall(request[:size])
                request = request[size:]
                time.sleep(0.0001)
            peer.shutdown(socket.SHUT_WR)
        return everything(peer)


@pytest.mark.parametrize("name", [name for name in NO_REQUEST if len(NO_REQUEST[name]) < 1000])
def test_a_refusal_does_not_depend_on_how_it_was_cut_into_packets(relay, name):
    assert answers(in_pieces(relay, NO_REQUEST[name], lambda: 1)) == [(400, "request")]


def test_an_answer_does_not_depend_on_how_it_was_cut_into_packets(relay):
    for request, expected in ANSWERED.values():
        if len(request) < 1000:
            assert answers(in_pieces(relay, request, lambda: 1)) == expected


def test_spoilt_streams_are_answered_and_end(relay):
    """Requests one after the other with bytes changed, cut out, repeated and put elsewhere, in packets of any size."""
    dice = Random(1)
    known = [*NO_REQUEST.values(), *(request for request, _ in ANSWERED.values()), WAIT]
    for _ in range(300):
        stream = bytearray(b"".join(dice.choices([one for one in known if len(one) < 1000], k=dice.randint(1, 3))))
        for _ in range(dice.randint(0, 4)):
            at, size = dice.randrange(len(stream) + 1), dice.randint(0, 12)
            stream[at : at + dice.choice([0, size])] = dice.choice([
                b"", dice.randbytes(size), stream[at : at + size] * 2, b"\r\n", b"\0", b" ", b":", b"0", b"9" * size
            ])  # fmt: skip
        said = answers(in_pieces(relay, bytes(stream), lambda: dice.choice([1, 7, 100, 1000])))
        assert {status for status, _ in said} <= {200, 204, 400, 404, 405, 413, 415}
    assert relay.said() == ""


@pytest.mark.parametrize("target", TARGETS)
def test_targets_mean_what_they_say(relay, target):
    assert [status for status, _ in answers(ask(relay, get(target)))] == [TARGETS[target]]


@pytest.mark.parametrize("target", ["/v1/relay", "/nowhere", f"{SHARD}/pouches", f"{SHARD}/segments/1"])
def test_an_answer_to_head_has_no_body(relay, target):
    """Or a proxy in front would take it for the answer to the next request."""
    head = f"HEAD {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    assert answers(ask(relay, head + get()), heads=1)[1:] == [(200, "")]
    too_much = head.replace(b"Host", b"Content-Length: 99999999\r\nHost")
    assert len(answers(ask(relay, too_much), heads=1)) == 1


def test_whoever_has_said_all_it_will_is_still_answered(relay):
    """A client that closes its side and reads on: the whole is answered, a wait at once; half a request is refused."""
    pouch = os.urandom(POUCH_BYTES)
    for request, expected in (
        (get().replace(b"close", b"keep-alive"), (200, "")),
        (post(b"Content-Length: 32768", body=pouch), (204, "")),
        (WAIT.replace(b"0000000000000000", b"9000000000000000"), (204, "")),
        (post(b"Content-Length: 32768", body=pouch[:100]), (400, "request")),
        (b"GET /v1/re", (400, "request")),
    ):
        began = time.monotonic()
        with relay.connect() as peer:
            peer.sendall(request)
            peer.shutdown(socket.SHUT_WR)
            assert answers(everything(peer)) == [expected]
        assert time.monotonic() - began < 30  # a wait was for 60


def test_whoever_goes_away_takes_nothing_along(relay):
    """Closed or reset in the middle of everything, a hundred times: whole batches are stored, half ones are not."""
    shard = "/v1/shards/6000000000000000"
    for n in range(100):
        batch = bytes([n]) * POUCH_BYTES
        sent = (
            post(b"Content-Length: 65536", body=batch, shard=shard),
            WAIT.replace(b"0000000000000000", b"6000000000000000"),
            get() * 5 + b"\0",
            b"",
        )[n % 4]
        with relay.connect() as peer:
            if n % 8 < 4:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset
            peer.sendall(sent)
    honest(relay)
    assert RelayClient(relay.url).segment(b"\x60" + bytes(7), 1) is None


ENDLESS = {
    "a target": (b"GET /", b"a" * 65_536, "request"),
    "a method": (b"", b"G" * 65_536, "request"),
    "the name of a header": (b"GET / HTTP/1.1\r\n", b"a" * 65_536, "request"),
    "a header": (b"GET / HTTP/1.1\r\nX: ", b"a" * 65_536, "request"),
    "headers": (b"GET / HTTP/1.1\r\n", b"X: y\r\n" * 10_000, "request"),
    "empty lines": (b"", b"\r\n" * 32_768, "too-large"),
    "chunks": (post(CHUNKED), b"8000\r\n" + bytes(32_768) + b"\r\n", "too-large"),
    "chunks of one byte": (post(CHUNKED), b"1\r\na\r\n" * 10_000, "too-large"),
    "an extension of a chunk": (post(CHUNKED, body=b"5;"), b"a" * 65_536, "too-large"),
    "a trailer": (post(CHUNKED, body=b"0\r\nX: "), b"a" * 65_536, "too-large"),
    "trailers": (post(CHUNKED, body=b"0\r\n"), b"X: y\r\n" * 10_000, "too-large"),
    "what follows the last": (get(), b"a" * 65_536, ""),
    "what follows a refusal": (get(version=b"HTTP/2.0"), b"a" * 65_536, "request"),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_nothing_without_an_end_is_listened_to(relay, name):
    """It is refused, and cut off if it goes on; what was read is not kept."""
    begin, piece, code = ENDLESS[name]
    before = relay.peak()
    with relay.connect() as peer:
        peer.sendall(begin)
        said, sent = b"", 0
        with suppress(ConnectionError):
            while sent < 256 * MIB:
                peer.sendall(piece)
                sent += len(piece)
                if select.select([peer], [], [], 0)[0]:
                    said += peer.recv(65_536)
    assert sent < 64 * MIB  # cut off: what it sent beyond lies in buffers of the kernel
    assert answers(said) == [(400 if code == "request" else 413, code) if code else (200, "")]
    assert RelayClient(relay.url).info()
    assert relay.peak() - before < 16 * MIB


def many(relay: Running, peers: ExitStack, count: int, request: bytes, **options: int) -> list[socket.socket]:
    """So many clients that send this and then nothing; being cut off stops none."""
    opened = []
    for _ in range(count):
        with suppress(ConnectionError):
            opened.append(peers.enter_context(relay.connect(**options)))
            opened[-1].sendall(request)
    return opened


@pytest.mark.parametrize(
    "request_",
    [b"", WAIT, b"GET / HTTP/1.1\r\nX: ", post(b"Content-Length: 32768", body=b"a"), get() + WAIT],
    ids=["idle", "waiting", "in a header", "in a body", "answered"],
)
def test_more_connections_than_there_may_be_do_not_keep_the_honest_out(tmp_path, request_):
    with besieged(tmp_path, request_seconds=600.0, answer_seconds=600.0) as relay, ExitStack() as peers:
        before = relay.peak()
        many(relay, peers, 1200, request_)
        honest(relay)
        assert relay.peak() - before < 48 * MIB


def test_with_few_files_there_are_fewer_connections(tmp_path):
    """Accepting without a file left fails and is tried again at once; it is not let come to that."""
    with besieged(tmp_path, files=200) as relay, ExitStack() as peers:
        for _ in range(40):
            many(relay, peers, 8, b"")
            time.sleep(0.02)  # or the system's own queue is full, and makes each wait for seconds
        honest(relay)
        assert len(os.listdir(f"/proc/{relay.process.pid}/fd")) < 200


def test_clients_that_drip_are_ended_at_the_deadline_and_keep_nobody_out(tmp_path):
    """Headers byte by byte, bodies byte by byte, without end, by more clients than there may be connections."""
    with besieged(tmp_path, connections=64, request_seconds=2.0) as relay, ExitStack() as peers:
        opened = [
            *many(relay, peers, 40, b"GET /v1/relay HTTP/1.1\r\nX: "),
            *many(relay, peers, 40, post(b"Content-Length: 32768")),
        ]
        stop, ended, began = threading.Event(), set(), time.monotonic()

        def drip() -> None:
            while not stop.wait(0.2):
                for peer in opened:
                    try:
                        peer.sendall(b"a")
                    except OSError:
                        ended.add(peer)

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            honest(relay)
            while len(ended) < len(opened) and time.monotonic() - began < 30:
                time.sleep(0.1)
        finally:
            stop.set()
            dripping.join()
        assert len(ended) == len(opened)


def test_bodies_that_never_end_do_not_fill_the_memory(tmp_path):
    """Sixty clients send all of a batch but a byte; together they may take 16 MiB: who sends longest is refused."""
    with besieged(tmp_path, bodies_bytes=16 * MIB) as relay, ExitStack() as peers:
        before = relay.peak()
        opened = many(relay, peers, 60, post(b"Content-Length: %d" % BATCH, body=bytes(BATCH - 1)))
        honest(relay)
        assert relay.peak() - before < 48 * MIB
        assert answers(everything(opened[0])) == [(507, "full")]


def test_who_gives_way_to_a_body_far_too_large_is_answered_once(tmp_path):
    """What is dropped is counted once: counted again, it would make room that is not there."""
    with besieged(tmp_path, bodies_bytes=1024) as relay, ExitStack() as peers:
        (first,) = many(relay, peers, 1, post(b"Content-Length: 32768", body=bytes(500)))
        assert answers(everything(many(relay, peers, 1, get())[0]))  # by then the first has been heard
        (second,) = many(relay, peers, 1, post(b"Content-Length: 32768", body=bytes(30_000)))
        assert answers(everything(first)) == [(507, "full")]
        assert answers(everything(second)) == [(507, "full")]


def test_a_body_in_the_smallest_pieces_takes_no_more_memory(tmp_path):
    body = b"3\r\nabc\r\n" * 500_000
    with besieged(tmp_path) as relay, ExitStack() as peers:
        before = relay.peak()
        many(relay, peers, 4, post(CHUNKED, body=body))
        honest(relay)
        assert relay.peak() - before < 24 * MIB


def test_headers_that_nobody_asked_for_are_not_kept(tmp_path):
    """Five thousand of them in each of a hundred requests that wait."""
    names = b"".join(b"%c%c%c:\r\n" % (97 + n % 26, 97 + n // 26 % 26, 97 + n // 676) for n in range(5_000))
    with besieged(tmp_path) as relay, ExitStack() as peers:
        before = relay.peak()
        many(relay, peers, 100, WAIT[:-2] + names + b"\r\n")
        honest(relay)
        assert relay.peak() - before < 16 * MIB


def test_requests_sent_ahead_do_not_pile_up(tmp_path):
    """A hundred clients wait and send a thousand requests behind it."""
    with besieged(tmp_path) as relay, ExitStack() as peers:
        before = relay.peak()
        many(relay, peers, 100, WAIT + WAIT.replace(b"?wait=60", b"") * 1000)
        honest(relay)
        assert relay.peak() - before < 16 * MIB


def test_answers_that_nobody_takes_do_not_pile_up(tmp_path):
    """Ten clients ask for the same page two thousand times, a few times at once, and read none of it."""
    some = get(b"/v1/openapi.json").replace(b"Connection: close\r\n", b"") * 4
    with besieged(tmp_path) as relay, ExitStack() as peers:
        before = relay.peak()
        opened = many(relay, peers, 10, b"", SO_RCVBUF=4096)
        for _ in range(500):
            for peer in opened:
                with suppress(BlockingIOError, ConnectionError):
                    peer.send(some, socket.MSG_DONTWAIT)
            time.sleep(0.005)
        honest(relay)
        assert relay.peak() - before < 16 * MIB


def test_collectors_that_take_nothing_hold_little(tmp_path):
    """Eighty ask for 16 MiB each and read none of it."""
    with besieged(tmp_path, limits={"segment_pouches": 512}) as relay, ExitStack() as peers:
        for _ in range(8):
            RelayClient(relay.url).post(bytes(8), [os.urandom(POUCH_BYTES) for _ in range(64)])
        before = relay.peak()
        many(relay, peers, 80, WAIT, SO_RCVBUF=4096)
        time.sleep(2)
        honest(relay)
        assert relay.peak() - before < 96 * MIB


def test_a_crowd_that_waits_for_one_segment_takes_bounded_memory(tmp_path):
    """Three hundred wait for the same segment, are told at once, and read nothing."""
    with besieged(tmp_path) as relay, ExitStack() as peers:
        before = relay.peak()
        opened = many(relay, peers, 300, WAIT.replace(b"Host: x", b"Host: x\r\nConnection: close"), SO_RCVBUF=4096)
        batch = [os.urandom(POUCH_BYTES) for _ in range(64)]
        RelayClient(relay.url).post(bytes(8), batch)
        honest(relay)
        assert relay.peak() - before < 200 * MIB
        said = everything(opened[-1])
        assert said.endswith(b"".join(batch))


def test_what_is_refused_is_not_stored_and_not_told(tmp_path):
    """No pass, no target, no header reaches the log, and nothing that could be taken for a line of it."""
    (tmp_path / "pass").write_text("letmein\n")
    with besieged(tmp_path, "--posting-pass-file", str(tmp_path / "pass")) as relay:
        for name in (b"Backchannel-Pass", b"Authorization", b"Cookie", b"User-Agent", b"X-Forwarded-For"):
            for value in (b"letmein", b"letmeou", b"x\x1b[2J", b"x\r\n\r\nERROR: letmein"):
                secret = name + b": " + value
                ask(relay, post(secret, b"Content-Length: 32767", b"Connection: close", body=b"letmein" * 4681))
                ask(relay, get(b"/letmein?" + value, secret))
        assert answers(ask(relay, post(b"Content-Length: 32768", body=bytes(POUCH_BYTES)))) == [(403, "pass")]
        assert RelayClient(relay.url).segment(bytes(8), 1, wait=2) is None
        assert relay.said() == ""
        assert not re.search(rb"127\.0\.0\.1:\d", relay.log.read_bytes())
