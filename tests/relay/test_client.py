"""What a station makes of an answer: what is none of a relay's is refused or waited out, and nothing else is read."""

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from backchannel.errors import NotPossible, Refused, Unreachable
from backchannel.relay.client import MOST_INFO, RelayClient, RelayInfo
from backchannel.relay.http import POUCH_BYTES, PROBLEM
from backchannel.relay.store import Full, Segment
from backchannel.seals.cards import relay_id

SHARD = bytes([0x30]) + bytes(7)
ONE = b"x" * POUCH_BYTES
INFO = {
    "version": 1, "prefix_bits": 4, "retention_seconds": 2_592_000, "segment_seconds": 60, "pouch_bytes": POUCH_BYTES,
    "passes": {"post": True, "collect": False},
}  # fmt: skip


class Answering(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        status, headers, answer = self.server.says
        self.send_response(status)
        for name, value in {"Content-Length": str(len(answer)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = answer

    def log_message(self, *args):
        pass


@pytest.fixture
def server() -> Iterator[http.server.HTTPServer]:
    with http.server.HTTPServer(("127.0.0.1", 0), Answering) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def client(server, **more) -> RelayClient:
    return RelayClient(f"http://127.0.0.1:{server.server_address[1]}", **more)


def info(server, value, status: int = 200) -> RelayInfo:
    server.says = status, {}, value if isinstance(value, bytes) else json.dumps(value).encode()
    return client(server).info()


def mark(call) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.mark


def problem(code: str) -> bytes:
    return json.dumps({"type": PROBLEM + code}).encode()


def test_what_a_relay_says_of_itself_is_read_to_its_bounds(server):
    assert info(server, INFO) == RelayInfo(4, 2_592_000, 60, True, False)
    assert server.asked[0][:2] == ("GET", "/v1/relay")
    other = INFO | {"passes": {"post": 1, "collect": True}}
    assert info(server, other) == RelayInfo(4, 2_592_000, 60, False, True)
    for few, many in ((("prefix_bits", 0), ("prefix_bits", 64)), (("segment_seconds", 1), ("segment_seconds", 86_400)),
                      (("retention_seconds", 60), ("retention_seconds", 1 << 31))):  # fmt: skip
        for name, value in (few, many):
            assert getattr(info(server, INFO | {name: value}), name) == value
    assert client(server).relay_id == relay_id(client(server).url)


@pytest.mark.parametrize(
    "value",
    [
        {"version": 2}, {"version": None}, {"pouch_bytes": 32_769}, {"prefix_bits": 65}, {"prefix_bits": -1},
        {"prefix_bits": True}, {"prefix_bits": "4"}, {"retention_seconds": 59}, {"retention_seconds": (1 << 31) + 1},
        {"segment_seconds": 0}, {"segment_seconds": 86_401}, {"passes": None}, {"passes": {"post": True}}, b"[]", b"4",
        b"{}", b"no", b"\xff", b"[" * 9_000,
    ],
)  # fmt: skip
def test_what_is_no_relay_of_this_version_is_refused(server, value):
    assert mark(lambda: info(server, value if isinstance(value, bytes) else INFO | value)) == "R1"
    assert mark(lambda: info(server, INFO, 404)) == "R1"


def test_an_answer_larger_than_any_is_refused(server):
    assert info(server, json.dumps(INFO).encode().ljust(MOST_INFO)) == RelayInfo(4, 2_592_000, 60, True, False)
    assert mark(lambda: info(server, json.dumps(INFO).encode().ljust(MOST_INFO + 1))) == "R5"


def test_pouches_go_out_as_they_are_with_the_pass_they_need(server):
    server.says = 204, {}, b""
    client(server).post(SHARD, [ONE, ONE])
    client(server, posting_pass="in", collecting_pass="out").post(SHARD, [ONE] * 64)
    (method, path, headers, body), (_, _, more, _) = server.asked
    assert (method, path, body) == ("POST", "/v1/shards/3000000000000000/pouches", ONE + ONE)
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Connection"] == "close"
    assert ("Backchannel-Pass" in headers, more["Backchannel-Pass"]) == (False, "in")


@pytest.mark.parametrize(
    ("status", "body", "error", "says"),
    [
        (507, problem("full"), Full, "full"),
        (403, problem("pass"), Refused, "another pass"),
        (400, problem("shard"), Refused, "does not have this shard"),
        (400, problem("size"), Refused, "status 400"),
        (200, problem("size"), Refused, "status 200"),
        (502, b"<html>", Unreachable, "no relay: status 502"),
        (502, b'{"type": "about:blank"}', Unreachable, "no relay: status 502"),
        (502, b'{"title": "x"}', Unreachable, "no relay"),
        (502, b"[1]", Unreachable, "no relay"),
        (502, b"[" * 9_000, Unreachable, "no relay"),
    ],
)
def test_a_post_is_taken_refused_or_tried_again(server, status, body, error, says):
    """A proxy's page is no word of the relay: what it did not take is kept and tried again."""
    server.says = status, {}, body
    with pytest.raises(error, match=says) as caught:
        client(server).post(SHARD, [ONE])
    assert getattr(caught.value, "mark", "R2") == "R2"


def test_a_segment_is_asked_for_and_read(server):
    named = {"Backchannel-Segment": "7", "Backchannel-Closed": "0"}
    server.says = 200, named, ONE + b"y" * POUCH_BYTES
    assert client(server).segment(SHARD, 7) == Segment(7, 0, (ONE, b"y" * POUCH_BYTES))
    assert client(server, posting_pass="in", collecting_pass="out").segment(SHARD, 5, wait=61).number == 7
    server.says = 204, {}, b""
    assert client(server).segment(SHARD, 5, wait=3) is None
    assert [path.removeprefix("/v1/shards/3000000000000000/segments/") for _, path, _, _ in server.asked] == [
        "7?wait=0", "5?wait=60", "5?wait=3",
    ]  # fmt: skip
    assert [headers.get("Backchannel-Pass") for _, _, headers, _ in server.asked] == [None, "out", None]


@pytest.mark.parametrize(
    ("status", "named", "body", "expected"),
    [
        (403, {}, problem("pass"), "R2"),
        (500, {}, b"", "R2"),
        (200, {}, ONE, "R3"),
        (200, {"Backchannel-Segment": "7"}, ONE, "R3"),
        (200, {"Backchannel-Segment": "6", "Backchannel-Closed": "5"}, ONE, "R3"),
        (200, {"Backchannel-Segment": str((1 << 50) + 1), "Backchannel-Closed": "5"}, ONE, "R3"),
        (200, {"Backchannel-Segment": "7", "Backchannel-Closed": "-1"}, ONE, "R3"),
        (200, {"Backchannel-Segment": "7", "Backchannel-Closed": str((1 << 37) + 1)}, ONE, "R3"),
        (200, {"Backchannel-Segment": "7", "Backchannel-Closed": "5"}, b"", "R3"),
        (200, {"Backchannel-Segment": "7", "Backchannel-Closed": "5"}, ONE + b"y", "R3"),
        (200, {"Content-Length": str(512 * POUCH_BYTES + 1)}, b"", "R5"),
    ],
)
def test_what_is_no_segment_is_refused(server, status, named, body, expected):
    """Another's number, a date beyond all, part of a pouch, more than a segment holds."""
    server.says = status, named, body
    assert mark(lambda: client(server).segment(SHARD, 7)) == expected


def test_a_body_cut_short_is_not_taken_for_whole(server):
    server.says = (
        200,
        {"Backchannel-Segment": "7", "Backchannel-Closed": "5", "Content-Length": str(2 * POUCH_BYTES)},
        ONE,
    )
    with pytest.raises(Unreachable):
        client(server).segment(SHARD, 7)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1", "http://[::1]:80", "http://localhost:1", "https://relay.example", "https://10.0.0.1"]
)
def test_plain_http_stays_on_this_machine(url):
    if "[" in url:  # no address of a card is written so
        assert mark(lambda: RelayClient(url)) == "C6"
    else:
        assert RelayClient(url).url == url


@pytest.mark.parametrize(
    "url", ["http://relay.example", "http://10.0.0.1:80", "http://localhost.example", "http://127.1.example"]
)
def test_plain_http_to_anywhere_else_is_not_possible(url):
    with pytest.raises(NotPossible, match="would show everything to the line"):
        RelayClient(url)
    with pytest.raises(NotPossible, match="would show everything to the line"):
        RelayClient(url, socks="socks5://127.0.0.1:9050")


def test_an_onion_is_reached_through_tor_alone_and_needs_no_certificate():
    for url in ("http://abcdefghij.onion", "https://abcdefghij.onion"):
        with pytest.raises(NotPossible, match="through Tor only"):
            RelayClient(url)
        assert RelayClient(url, socks="socks5://127.0.0.1:9050").url == url
    with pytest.raises(NotPossible, match="everything to the line"):
        RelayClient("http://onion.example", socks="socks5://127.0.0.1:9050")
    assert mark(lambda: RelayClient("relay.example")) == "C6"


def test_passes_and_the_proxy_are_in_no_repr():
    shown = repr(RelayClient("https://relay.example", None, "letmein", "letmeout", "socks5://user:word@127.0.0.1:9050"))
    assert "letme" not in shown
    assert "word" not in shown
    assert "pouches" not in repr(Segment(1, 2, (ONE,)))
