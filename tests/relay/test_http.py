"""The relay over real HTTP: what it answers, what it refuses, and that slow or hostile peers cost nothing."""

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager

import pytest

from backchannel.errors import NotPossible, Refused, Unreachable
from backchannel.relay.client import RelayClient
from backchannel.relay.http import POUCH_BYTES, PROBLEMS
from backchannel.relay.store import Full

SHARD = bytes(8)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(folder, *more: str):
    port = free_port()
    command = [sys.executable, "-m", "backchannel", "relay", "run", "--store", str(folder / "relay.db")]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--segment-seconds", "1", *more], stderr=subprocess.PIPE, text=True
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(400):
        try:
            RelayClient(url).info()
            break
        except Unreachable:
            time.sleep(0.05)
    try:
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "127.0.0.1:" not in said.replace("listens on", "")  # nothing about who


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


def test_a_slow_client_is_cut_off(tmp_path, monkeypatch):
    """Half a header, and half a body, held open: closed at the deadline."""
    program = (
        "import sys; from pathlib import Path; from backchannel.relay.server import *\n"
        "serve(RelayOptions(Path(sys.argv[1]), port=int(sys.argv[2]), request_seconds=1.0))"
    )
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", program, tmp_path / "r.db", str(port)], stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(400):
            try:
                RelayClient(url).info()
                break
            except Unreachable:
                time.sleep(0.05)
        half = b"POST /v1/shards/0000000000000000/pouches HTTP/1.1\r\nHost: x\r\nContent-Length: 32768\r\n"
        assert raw(url, half[:40]) == b""
        assert b"204" not in raw(url, half + b"Content-Type: application/octet-stream\r\n\r\nabc")
        assert raw(url, b"") == b""
    finally:
        process.terminate()
        process.wait(20)


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
