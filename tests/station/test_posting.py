"""Only the relay itself can refuse a letter: whoever else answers in its place holds it up, and no longer."""

import http.server
import json
import threading
from contextlib import contextmanager
from random import Random

import pytest

from backchannel.relay.http import PROBLEM
from backchannel.seals.cards import RelayAddress, relay_id
from backchannel.seals.keys import KemKey
from backchannel.station.hatch import Hatch
from backchannel.station.run import Station

DICE = Random(5)
INFO = {
    "version": 1, "pouch_bytes": 32_768, "prefix_bits": 0, "retention_seconds": 86_400, "segment_seconds": 60,
    "passes": {"post": True, "collect": False},
}  # fmt: skip


@contextmanager
def answering(info, posting):
    """A server whose answers, (status, body), can be changed: to `GET /v1/relay`, and to posting."""
    answers = {"GET": info, "POST": posting}

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = answers[self.command]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", answers
    finally:
        server.shutdown()
        server.server_close()


RELAY = 200, json.dumps(INFO).encode()
REFUSAL = 403, json.dumps({"type": f"{PROBLEM}pass", "status": 403}).encode()
TAKEN = 204, b""


@pytest.mark.parametrize(
    ("info", "posting", "is_refused"),
    [
        (RELAY, REFUSAL, True),
        (RELAY, (507, b""), False),
        (RELAY, (502, b"<h1>Bad gateway</h1>"), False),
        (RELAY, (403, b"<h1>Sign in to the hotel's network</h1>"), False),
        (RELAY, (200, b"[" * 20_000), False),
        ((200, b"<h1>Sign in</h1>"), TAKEN, False),
        ((302, b""), TAKEN, False),
    ],
    ids=["the relay", "full", "a gateway", "a hotel", "too much", "another page", "elsewhere"],
)
def test_only_the_relay_refuses_a_letter(tmp_path, info, posting, is_refused):
    """Refused by another than the relay, it stays as it was, and leaves when the relay answers again."""
    with answering(info, posting) as (url, answers), Hatch.open(tmp_path, DICE.randbytes, create=True) as hatch:
        address = RelayAddress(url, relay_id(url), None, bytes(8), None)
        hatch.send(7, b"sealed", address, KemKey.from_seed(DICE.randbytes(32)).public)
        station = Station(hatch, DICE.randbytes)
        assert station.once().trouble
        assert (hatch.outgoing()[7].refused is not None) is is_refused
        answers |= {"GET": RELAY, "POST": TAKEN}
        assert station.once().posted == (not is_refused)
        assert (hatch.outgoing()[7].posted_at is None) is is_refused
