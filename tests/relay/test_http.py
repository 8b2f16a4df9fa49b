"""The relay over real HTTP: what it answers, what it refuses, and that slow or hostile peers cost nothing."""

import http.server
import json
import os
import socket
import threading
import time
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain, repeat
from pathlib import Path

import pytest
import relays

from backchannel.errors import NotPossible, Refused, Unreachable
from backchannel.relay.client import RelayClient
from backchannel.relay.http import POUCH_BYTES, PROBLEMS
from backchannel.relay.store import Full

SHARD = bytes(8)


@contextmanager
def running(folder, *more: str):
    with relays.running(folder, *more) as relay:
        yield relay.url


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with running(tmp_path_factory.mktemp("relay")) as url:
        yield url


def raw(url: str, request: bytes) -> bytes:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as peer:
        peer.sendall(request)
        answer = b""
        while chunk := peer.recv(65_536):
            answer += chunk
        return answer


def problem(url: str, method: str, path: str, body: bytes = b"", **headers: str) -> str:
    request = urllib.request.Request(url + path, data=body or None, method=method, headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.HTTPError) as caught:
        opener.open(request, timeout=10)
    assert caught.value.headers["content-type"] == "application/problem+json"
    value = json.loads(caught.value.read())
    assert value["status"] == caught.value.code
    return value["type"].removeprefix("urn:backchannel:problem:")


def test_what_is_posted_is_collected(url):
    client = RelayClient(url)
    batch = [os.urandom(POUCH_BYTES) for _ in range(3)]
    client.post(SHARD, batch)
    client.post(SHARD, batch)
    segment = client.segment(SHARD, 1, wait=20)
    assert segment.pouches == tuple(batch)
    assert client.segment(SHARD, segment.number + 1) is None


def test_every_refusal_has_its_code_and_stores_nothing(url):
    shard = "/v1/shards/3000000000000000/pouches"
    octets = {"Content-Type": "application/octet-stream"}
    assert problem(url, "POST", shard, b"x" * 100, **octets) == "size"
    assert problem(url, "POST", shard, b"x" * POUCH_BYTES, **{"Content-Type": "text/plain"}) == "media-type"
    assert problem(url, "POST", "/v1/shards/3000000000000001/pouches", b"x" * POUCH_BYTES, **octets) == "shard"
    assert problem(url, "GET", shard) == "method"
    assert problem(url, "GET", "/v1/shards/3000000000000000/segments/1?wait=61") == "wait"
    assert problem(url, "GET", "/etc/passwd") == "not-found"
    # Said before the body is sent: whoever announces too much is not listened to.
    announced = f"POST {shard} HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n"
    said = raw(url, f"{announced}Content-Length: {65 * POUCH_BYTES}\r\nConnection: close\r\n\r\n".encode())
    assert b" 413 " in said
    assert b"problem:too-large" in said
    assert RelayClient(url).segment(b"\x30" + bytes(7), 0) is None


def test_answers_come_in_the_order_of_the_requests(url):
    """Several requests in one packet; the last ends the connection. A wait in the middle holds up what follows it."""
    get = "GET {} HTTP/1.1\r\nHost: x\r\n\r\n"
    paths = ["/v1/health", "/v1/shards/7000000000000000/segments/1?wait=1", "/nowhere", "/v1/relay"]
    last = "HEAD /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    said = raw(url, ("".join(get.format(path) for path in paths) + last).encode())
    assert [int(answer[:3]) for answer in said.split(b"HTTP/1.1 ")[1:]] == [200, 204, 404, 200, 405]
    assert said.endswith(b"connection: close\r\n\r\n")  # to HEAD no body is sent


def test_what_is_no_request_or_too_long_a_head_is_refused(url):
    for request in (
        b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(100),
        b"GET /v1/relay HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /" + b"a" * 17_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 9_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nA: " + b"a" * 1_000_000,
    ):
        said = raw(url, request)
        assert said.startswith(b"HTTP/1.1 400 ")
        assert b"problem:request" in said
        assert said.count(b"HTTP/1.1 400 ") == 1


def test_a_body_in_pieces_is_measured_too(url):
    head = b"POST /v1/shards/4000000000000000/pouches HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n"
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n"
    chunk = b"%x\r\n" % POUCH_BYTES + b"4" * POUCH_BYTES + b"\r\n"
    assert b" 204 " in raw(url, chunked.replace(b"Host: x", b"Connection: close") + chunk + b"0\r\n\r\n")
    assert b"problem:too-large" in raw(url, chunked + chunk * 65)


def test_who_asks_before_sending_is_told_to_go_on_or_not(url):
    head = "POST /v1/shards/{}/pouches HTTP/1.1\r\nContent-Type: application/octet-stream\r\nContent-Length: 32768\r\n"
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as peer:
        peer.sendall(f"{head.format('4000000000000000')}Expect: 100-continue\r\n\r\n".encode())
        assert peer.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        peer.sendall(b"5" * POUCH_BYTES)
        assert peer.recv(100).startswith(b"HTTP/1.1 204 ")
    said = raw(url, f"{head.format('4000000000000001')}Expect: 100-continue\r\n\r\n".encode())
    assert b"problem:shard" in said
    assert b"Continue" not in said


def test_who_is_refused_while_sending_can_read_why(url):
    """The answer is not lost when a client reads only after it has sent all it had."""
    head = "POST /v1/shards/4000000000000000/pouches HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
    assert b"problem:media-type" in raw(url, f"{head}Content-Length: 2097152\r\n\r\n".encode() + bytes(2_097_152))


def test_beyond_the_most_connections_the_one_that_stands_longest_gives_way(tmp_path):
    with relays.running(tmp_path, connections=2) as relay, relay.connect() as first, relay.connect() as second:
        time.sleep(0.3)
        with relay.connect() as third:
            assert first.recv(1) == b""
            for peer in (second, third):
                peer.sendall(b"GET /v1/health HTTP/1.1\r\n\r\n")
                assert peer.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_a_segment_is_sent_as_it_is_taken(tmp_path):
    """Sixteen collectors ask for 16 MiB each and take none of it: the relay holds a little of each, not all."""
    with running(tmp_path, "--segment-seconds", "600") as url:
        batch = [os.urandom(POUCH_BYTES) for _ in range(64)]
        for round_ in range(8):
            RelayClient(url).post(SHARD, [bytes([round_]) + pouch[1:] for pouch in batch])
        host, port = url.removeprefix("http://").split(":")
        before = memory_of_children()
        with ExitStack() as open_:
            for _ in range(16):
                peer = open_.enter_context(socket.create_connection((host, int(port))))
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
                peer.sendall(b"GET /v1/shards/0000000000000000/segments/1 HTTP/1.1\r\nConnection: close\r\n\r\n")
            time.sleep(1.5)
            assert memory_of_children() - before < 64 * 2**20
            size = 0
            while chunk := peer.recv(1 << 20):
                size += len(chunk)
            assert size > 512 * POUCH_BYTES


def memory_of_children() -> int:
    """Bytes resident of all processes this one has started."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
            total += int(lines["VmRSS"].split()[0]) * 1024 if lines["PPid"].strip() == str(os.getpid()) else 0
    return total


def test_the_openapi_document_names_what_is_served(url):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url + "/v1/openapi.json") as answer:
        document = json.load(answer)
    assert set(document["paths"]) == {
        "/v1/relay", "/v1/ca", "/v1/health", "/v1/openapi.json", "/v1/shards/{shard}/pouches",
        "/v1/shards/{shard}/segments/{from}",
    }  # fmt: skip
    statuses = {int(code) for path in document["paths"].values() for one in path.values() for code in one["responses"]}
    assert {status for status, _, _ in PROBLEMS.values()} - statuses <= {405}


def test_passes_are_asked_for(tmp_path):
    (tmp_path / "post").write_text("letmein\n")
    (tmp_path / "collect").write_text("letmeout\n")
    options = ["--posting-pass-file", str(tmp_path / "post"), "--collecting-pass-file", str(tmp_path / "collect")]
    with running(tmp_path, *options) as url:
        with pytest.raises(Refused, match="another pass"):
            RelayClient(url).post(SHARD, [bytes(POUCH_BYTES)])
        RelayClient(url, posting_pass="letmein").post(SHARD, [bytes(POUCH_BYTES)])
        with pytest.raises(Refused, match="another pass"):
            RelayClient(url, collecting_pass="letmein").segment(SHARD, 1)
        assert RelayClient(url, collecting_pass="letmeout").segment(SHARD, 1, wait=10) is not None


def test_stopping_answers_who_waits(tmp_path):
    """At SIGTERM a request that waits for the next segment is answered, not cut off; the relay ends as done."""
    got = []
    with running(tmp_path) as url:
        waiting = threading.Thread(target=lambda: got.append(RelayClient(url).segment(SHARD, 1, wait=60)))
        waiting.start()
        time.sleep(0.5)
        began = time.monotonic()
    assert time.monotonic() - began < 20
    waiting.join(10)
    assert got == [None]


def test_a_shard_has_a_limit_of_its_own(tmp_path):
    """One shard full: others still take pouches."""
    with running(tmp_path, "--shard-pouches", "2", "--most-pouches", "100") as url:
        client = RelayClient(url)
        batch = [bytes([n]) * POUCH_BYTES for n in range(3)]
        with pytest.raises(Full):
            client.post(SHARD, batch)
        client.post(SHARD, batch[:2])
        client.post(b"\x30" + bytes(7), batch[:2])


def test_a_full_relay_says_so(tmp_path):
    with running(tmp_path, "--most-pouches", "2") as url:
        client = RelayClient(url)
        with pytest.raises(Full):
            client.post(SHARD, [os.urandom(POUCH_BYTES) for _ in range(3)])
        client.post(SHARD, [os.urandom(POUCH_BYTES) for _ in range(2)])


def test_a_slow_client_is_cut_off(tmp_path):
    """Half a header, and half a body, held open: closed at the deadline."""
    with relays.running(tmp_path, request_seconds=1.0) as relay:
        half = b"POST /v1/shards/0000000000000000/pouches HTTP/1.1\r\nHost: x\r\nContent-Length: 32768\r\n"
        assert raw(relay.url, half[:40]) == b""
        assert b"204" not in raw(relay.url, half + b"Content-Type: application/octet-stream\r\n\r\nabc")
        assert raw(relay.url, b"") == b""


@contextmanager
def hostile(answer):
    """A server that answers everything the same way: `answer` writes to the handler."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            answer(self)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def huge(handler):
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(1000):
            handler.wfile.write(b"x" * 1_000_000)
    except OSError:
        pass


def redirect(handler):
    handler.send_response(302)
    handler.send_header("Location", "http://127.0.0.1:1/")
    handler.end_headers()


def nonsense(handler):
    handler.send_response(200)
    handler.send_header("Backchannel-Segment", "-3")
    handler.send_header("Backchannel-Closed", "never")
    handler.end_headers()
    handler.wfile.write(b"[" * 10_000)


def dripping(handler):
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.2)
    except OSError:
        pass


@pytest.mark.parametrize(
    ("answer", "of_info", "of_segment"), [(huge, "R5", "R5"), (redirect, "R1", "R2"), (nonsense, "R1", "R3")]
)
def test_a_hostile_relay_is_refused(answer, of_info, of_segment):
    with hostile(answer) as url:
        client = RelayClient(url)
        with pytest.raises(Refused) as caught:
            client.info()
        assert caught.value.mark == of_info
        with pytest.raises(Refused) as caught:
            client.segment(SHARD, 1)
        assert caught.value.mark == of_segment


def test_a_dripping_relay_does_not_hold_the_station(monkeypatch):
    monkeypatch.setattr("backchannel.relay.client.CONNECT_SECONDS", 0.5)
    with hostile(dripping) as url, pytest.raises(Unreachable):
        RelayClient(url, answer_seconds=0.5).segment(SHARD, 1)


@contextmanager
def saying(first, again, pause):
    """A server that says one thing to whoever asks, then another over and over."""

    def speak(listener):
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer, suppress(OSError):
                peer.recv(1 << 16)
                for piece in chain([first], repeat(again)):
                    peer.sendall(piece)
                    time.sleep(pause)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=speak, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (CHUNKED + b"0\r\n", b"X: y\r\n"),
        (CHUNKED, b"1;" + b"x" * 60_000 + b"\r\na\r\n"),
    ],
    ids=["a line", "lines", "to be continued", "what follows the body", "chunks of nothing"],
)
@pytest.mark.parametrize("pause", [0.0, 0.05])
def test_no_part_of_an_answer_is_without_end(first, again, pause, monkeypatch):
    """Status lines, headers, trailers and chunks are counted against size and deadline as the body is."""
    monkeypatch.setattr("backchannel.relay.client.CONNECT_SECONDS", 0.5)
    with saying(first, again, pause) as url, pytest.raises((Refused, Unreachable)):
        RelayClient(url, answer_seconds=0.5).segment(SHARD, 1)


def test_plain_http_goes_nowhere_but_home():
    for url in ("http://relay.example", "http://10.0.0.1:80"):
        with pytest.raises(NotPossible, match="plain HTTP"):
            RelayClient(url)
    with pytest.raises(NotPossible, match="Tor"):
        RelayClient("http://abcdefghij.onion")


def test_nothing_leaks_around_the_proxy():
    """With a proxy set, the relay's name goes to the proxy and nowhere else."""
    seen = []

    def serve_once(listener):
        peer, _ = listener.accept()
        with peer:
            count = peer.recv(2)[1]
            peer.recv(count)
            peer.sendall(b"\x05\x00")
            head = peer.recv(5)
            name = peer.recv(head[4])
            seen.append((head[3], name, int.from_bytes(peer.recv(2), "big")))
            peer.sendall(b"\x05\x05\x00\x01" + bytes(6))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve_once, args=(listener,), daemon=True).start()
        proxy = f"socks5://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(Unreachable):
            RelayClient("http://abcdefghijklmnop.onion", socks=proxy).info()
    assert seen == [(3, b"abcdefghijklmnop.onion", 80)]  # 3: a name, not an address looked up here
