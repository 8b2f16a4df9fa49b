"""A station's side of the relay: certificates checked, nothing leaking around the proxy.   Spec: docs/spec/relay.md."""

import hashlib
import http.client
import io
import ipaddress
import json
import re
import socket
import ssl
import time
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from backchannel.errors import NotPossible, Refused, Unreachable
from backchannel.relay.agreed import BATCH_POUCHES, MOST_WAIT, POUCH_BYTES, PROBLEM
from backchannel.relay.store import Full, Segment
from backchannel.seals.cards import check_url, relay_id
from backchannel.values import dataclass, field

CONNECT_SECONDS: Final = 20.0
ANSWER_SECONDS: Final = 60.0
MOST_SEGMENT: Final = 512 * POUCH_BYTES
MOST_NUMBER: Final = 10**15 - 1  # the next one can still be asked for
MOST_INFO: Final = 16 * 1024
MOST_HEADS: Final = 128 * 1024  # and of chunks, as many bytes again as of the body


@dataclass(frozen=True, slots=True)
class RelayInfo:
    """What a relay says of itself."""

    prefix_bits: int
    retention_seconds: int
    segment_seconds: int
    post_pass: bool
    collect_pass: bool


@dataclass(slots=True)
class RelayClient:
    """One relay. Opens a connection a call: the relay sees as little as can be of what belongs together.

    ca: SHA-256 of the relay's own CA certificate (DER); None trusts the system's authorities.
    socks: socks5://host:port; with it every connection, and every look-up of a name, goes through the proxy.
    """

    url: str
    ca: bytes | None = None
    posting_pass: str | None = field(default=None, repr=False)
    collecting_pass: str | None = field(default=None, repr=False)
    socks: str | None = field(default=None, repr=False)
    answer_seconds: float = ANSWER_SECONDS
    _context: ssl.SSLContext | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Raises Refused [C6] for a URL that is none, NotPossible for plain HTTP to anywhere but this machine."""
        check_url(self.url)
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        onion = host.endswith(".onion")
        if onion and self.socks is None:
            raise NotPossible(
                "an .onion relay is reached through Tor only", next_step="Name Tor's SOCKS proxy, like 127.0.0.1:9050."
            )
        if parts.scheme == "http" and not onion and not _is_loopback(host):
            raise NotPossible(
                f"plain HTTP to {host} would show everything to the line", next_step="Use an https address."
            )

    @property
    def relay_id(self) -> bytes:
        return relay_id(self.url)

    def info(self) -> RelayInfo:
        """Raises Unreachable, or Refused [R1] for an answer that is none."""
        status, _, body = self._call("GET", "/v1/relay", most=MOST_INFO)
        wrong = Refused("R1", "what answers there is no relay of this version")
        if status != 200:
            raise wrong
        try:
            value = json.loads(body)
            passes = value["passes"]
            info = RelayInfo(
                _whole(value["prefix_bits"], 0, 64),
                _whole(value["retention_seconds"], 60, 1 << 31),
                _whole(value["segment_seconds"], 1, 86_400),
                passes["post"] is True,
                passes["collect"] is True,
            )
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise wrong from error
        if value.get("version") != 1 or value.get("pouch_bytes") != POUCH_BYTES:
            raise wrong
        return info

    def post(self, shard: bytes, pouches: Sequence[bytes]) -> None:
        """Store a batch of at most 64; they are durable there when it returns. Safe to repeat.

        Raises Unreachable, Full, or Refused [R2] when the relay itself says that it will not take them.
        """
        assert 1 <= len(pouches) <= BATCH_POUCHES
        headers = {"Content-Type": "application/octet-stream"}
        if self.posting_pass is not None:
            headers["Backchannel-Pass"] = self.posting_pass
        path = f"/v1/shards/{shard.hex()}/pouches"
        status, _, body = self._call("POST", path, most=MOST_INFO, body=b"".join(pouches), headers=headers)
        if status == 507:
            raise Full("the relay is full")
        if status != 204 and not _problem(body):
            raise Unreachable(f"what answers in place of the relay is no relay: status {status}")
        if status != 204:
            raise _refused("R2", status, body)

    def segment(self, shard: bytes, from_segment: int, wait: int = 0) -> Segment | None:
        """The first closed segment from a number on; None if none closes within `wait` seconds, 60 at most.

        Raises Unreachable, or Refused [R2 not allowed, R3 an answer that is no segment].
        """
        found = self._page(shard, from_segment, wait, MOST_SEGMENT)
        if found is None:
            return None
        number, closed, body = found
        if not body or len(body) % POUCH_BYTES:
            raise _no_segment()
        return Segment(number, closed, tuple(body[at : at + POUCH_BYTES] for at in range(0, len(body), POUCH_BYTES)))

    def page(self, shard: bytes, from_segment: int) -> tuple[int, int] | None:
        """Number and closing time of what `segment` would give, without its pouches. Raises as `segment`."""
        found = self._page(shard, from_segment, 0, 0)
        return None if found is None else found[:2]

    def _page(self, shard: bytes, from_segment: int, wait: int, most: int) -> tuple[int, int, bytes] | None:
        headers = {} if self.collecting_pass is None else {"Backchannel-Pass": self.collecting_pass}
        path = f"/v1/shards/{shard.hex()}/segments/{from_segment}?wait={min(wait, MOST_WAIT)}"
        status, named, body = self._call("GET", path, most=most, headers=headers, wait=wait)
        if status == 204:
            return None
        if status != 200:
            raise _refused("R2", status, body)
        found = [named.get(name, "") for name in ("backchannel-segment", "backchannel-closed")]
        if not all(re.fullmatch("[0-9]{1,15}", one, re.ASCII) for one in found):
            raise _no_segment()
        number, closed = (int(one) for one in found)
        if not (from_segment <= number < MOST_NUMBER and closed <= 1 << 37):
            raise _no_segment()
        return number, closed, body

    def ca_digest(self) -> bytes | None:
        """SHA-256 of the CA certificate the relay offers as its own, None if none: to be compared, not believed."""
        offered = self._offered_ca()
        return None if offered is None else hashlib.sha256(offered).digest()

    def _call(
        self,
        method: str,
        path: str,
        *,
        most: int,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        wait: int = 0,
    ) -> tuple[int, dict[str, str], bytes]:
        context = None
        if self.url.startswith("https:"):
            context = self._context = self._context or self._trusting()
        return self._exchange(context, method, path, most, body, headers or {}, wait)

    def _exchange(
        self,
        context: ssl.SSLContext | None,
        method: str,
        path: str,
        most: int,
        body: bytes | None,
        headers: dict[str, str],
        wait: int,
    ) -> tuple[int, dict[str, str], bytes]:
        deadline = time.monotonic() + CONNECT_SECONDS + self.answer_seconds + wait
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
        try:
            sock = self._connect(context, parts.hostname or "", parts.port)
            connection.sock = sock
            sock.settimeout(self.answer_seconds + wait)
            # No redirects, no environment proxies, no cookies: http.client knows none of them.
            connection.request(method, parts.path + path, body=body, headers={"Connection": "close", **headers})
            with http.client.HTTPResponse(_Answer(sock, most, deadline), method=method) as answer:  # type: ignore[arg-type]
                answer.begin()
                named = {name.lower(): value for name, value in answer.getheaders()}
                return answer.status, named, _bounded(answer, most) if most else b""
        except ssl.SSLCertVerificationError as error:
            raise Refused(
                "R4",
                "the relay did not show the certificate it must have",
                next_step="Do not go on before you know why: ask whoever runs the relay by another way.",
            ) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unreachable("the relay cannot be reached, or broke off") from error
        finally:
            connection.close()

    def _connect(self, context: ssl.SSLContext | None, host: str, port: int | None) -> socket.socket:
        port = port or (443 if context else 80)
        if self.socks is None:
            raw = socket.create_connection((host, port), CONNECT_SECONDS)
        else:
            raw = _through(self.socks, host, port)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context is None:
            return raw
        try:
            return context.wrap_socket(raw, server_hostname=host)
        except BaseException:
            raw.close()
            raise

    def _trusting(self) -> ssl.SSLContext:
        """A context that believes the system's authorities, or the relay's own CA alone if the address names one."""
        if self.ca is None:
            return ssl.create_default_context()
        offered = self._offered_ca()
        if offered is None or hashlib.sha256(offered).digest() != self.ca:
            raise Refused("R4", "the relay's own CA certificate is not the one its address names")
        return ssl.create_default_context(cadata=offered)

    def _offered_ca(self) -> bytes | None:
        """The DER certificate at /v1/ca, fetched from whoever answers: to be compared before it is believed."""
        unchecked = None
        if self.url.startswith("https:"):
            unchecked = ssl.create_default_context()
            unchecked.check_hostname = False
            unchecked.verify_mode = ssl.CERT_NONE
        status, _, body = self._exchange(unchecked, "GET", "/v1/ca", MOST_INFO, None, {}, 0)
        if status != 200:
            return None
        try:
            return ssl.PEM_cert_to_DER_cert(body.decode("ascii").strip())
        except ValueError:
            return None


def _through(socks: str, host: str, port: int) -> socket.socket:
    from python_socks import ProxyError, ProxyTimeoutError
    from python_socks.sync import Proxy

    try:
        # rdns: the proxy looks the name up, not this machine.
        found: socket.socket = Proxy.from_url(socks, rdns=True).connect(host, port, timeout=CONNECT_SECONDS)
    except (ProxyError, ProxyTimeoutError) as error:
        raise ConnectionError("the proxy did not connect") from error
    return found


class _Answer(io.RawIOBase):
    """All that a relay says until a deadline, heads included: it may drip, or never come to an end."""

    def __init__(self, sock: socket.socket, most: int, deadline: float) -> None:
        super().__init__()
        self._sock, self._deadline = sock, deadline
        self._left = 2 * most + MOST_HEADS

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        count = self._sock.recv_into(buffer)
        self._left -= count
        if self._left < 0:
            raise _too_large()
        return count


def _no_segment() -> Refused:
    return Refused("R3", "the relay answered with something that is no segment")


def _too_large() -> Refused:
    return Refused("R5", "the relay's answer is larger than any it may give")


def _bounded(answer: http.client.HTTPResponse, most: int) -> bytes:
    """The body, refused when it is larger than `most`."""
    length = answer.getheader("content-length", "")
    if length.isdigit() and int(length) > most:
        raise _too_large()
    body = bytearray()
    while chunk := answer.read1(64 * 1024):
        body += chunk
        if len(body) > most:
            raise _too_large()
    if length.isdigit() and len(body) != int(length):
        raise ConnectionError("cut short")
    return bytes(body)


def _refused(mark: str, status: int, body: bytes) -> Refused:
    titles = {"pass": "the relay wants another pass", "shard": "the relay does not have this shard"}
    return Refused(
        mark, titles.get(_problem(body), f"the relay answered with status {status}"), next_step="Check the address."
    )


def _problem(body: bytes) -> str:
    """The code of a relay's own refusal; empty where the answer is none: a proxy's page, say."""
    try:
        kind = str(json.loads(body)["type"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return kind.removeprefix(PROBLEM) if kind.startswith(PROBLEM) else ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _whole(value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError("not a whole number in range")
    return value
