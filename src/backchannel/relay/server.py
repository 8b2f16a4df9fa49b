"""Running a relay: uvicorn with deadlines for slow clients, and nothing logged about who.   Spec: docs/operating.md."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from backchannel.errors import NotPossible
from backchannel.relay.http import MOST_WAIT, Relay, Service
from backchannel.relay.sqlite_store import SqliteStore
from backchannel.relay.store import Limits
from backchannel.values import dataclass, field

REQUEST_SECONDS: Final = 30.0
ANSWER_SECONDS: Final = MOST_WAIT + 60.0


@dataclass(frozen=True, slots=True)
class RelayOptions:
    """How to run a relay. Passes are ASCII letters, digits, - and _. Certificate and key: PEM files."""

    store: Path
    host: str = "127.0.0.1"
    port: int = 8470
    prefix_bits: int = 4
    limits: Limits = field(default_factory=Limits)
    posting_pass: str | None = field(default=None, repr=False)
    collecting_pass: str | None = field(default=None, repr=False)
    certificate: Path | None = None
    key: Path | None = None
    ca: Path | None = None
    most_connections: int = 1024
    request_seconds: float = REQUEST_SECONDS


class DeadlineProtocol(HttpToolsProtocol):
    """Closes a connection whose request does not come, or whose answer is not taken, in time (slow clients)."""

    request_seconds = REQUEST_SECONDS
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._arm(self.request_seconds)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._arm(self.request_seconds)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._arm(ANSWER_SECONDS)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing():
            self._arm(self.request_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def _arm(self, seconds: float) -> None:
        self._disarm()
        self._timer = self.loop.call_later(seconds, self.transport.abort)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Server(Server):
    def __init__(self, config: Config, relay: Relay) -> None:
        super().__init__(config)
        self._relay = relay

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGTERM or SIGINT and end as done: uvicorn would raise the signal once more at the end."""
        before = {one: signal.signal(one, self.handle_exit) for one in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def handle_exit(self, sig: int, frame: Any) -> None:
        self._relay.stop_waiting()
        super().handle_exit(sig, frame)


def serve(options: RelayOptions) -> None:
    """Run until SIGTERM or SIGINT; requests under way are answered. Raises NotPossible if it cannot start."""
    store = SqliteStore(options.store, options.limits)
    try:
        service = Service(
            prefix_bits=options.prefix_bits,
            posting_pass=options.posting_pass,
            collecting_pass=options.collecting_pass,
            retention_seconds=options.limits.retention_seconds,
            segment_seconds=options.limits.segment_seconds,
            segment_pouches=options.limits.segment_pouches,
            ca_pem=_read_ca(options.ca),
        )
        relay = Relay(store, service)
        protocol = type("Deadlines", (DeadlineProtocol,), {"request_seconds": options.request_seconds})
        config = Config(
            relay,
            host=options.host,
            port=options.port,
            loop="asyncio",
            http=protocol,
            ws="none",
            lifespan="on",
            access_log=False,
            log_level="warning",
            server_header=False,
            date_header=False,
            proxy_headers=False,
            limit_concurrency=options.most_connections,
            timeout_keep_alive=int(max(options.request_seconds, 1)),
            timeout_graceful_shutdown=10,
            ssl_certfile=options.certificate,
            ssl_keyfile=options.key,
        )
        try:
            _Server(config, relay).run()
        except SystemExit as error:
            if error.code:
                raise NotPossible(
                    f"nothing can listen on {options.host} port {options.port}",
                    next_step="Check whether another program listens there, or choose another port.",
                ) from error
        except OSError as error:
            raise NotPossible(
                "the relay's certificate or key cannot be read", next_step="Check the two PEM files."
            ) from error
    finally:
        store.close()


def _read_ca(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotPossible("the CA certificate cannot be read", next_step="Check the file.") from error
