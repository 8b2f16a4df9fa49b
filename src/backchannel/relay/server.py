"""Running a relay until it is told to stop; nothing is logged about who.   Spec: docs/operating.md."""

import asyncio
import resource
import signal
import ssl
from pathlib import Path
from typing import Final

from backchannel.errors import NotPossible
from backchannel.relay.http import Relay, Service
from backchannel.relay.sqlite_store import SqliteStore
from backchannel.relay.store import Limits
from backchannel.relay.wire import Bounds, Wire
from backchannel.values import dataclass, field, replace

_CLOSING_SECONDS: Final = 10.0
_BACKLOG: Final = 256
_OTHER_FILES: Final = 64


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
    bounds: Bounds = field(default_factory=Bounds)


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
        backlog, connections = _files_for(options.bounds.connections)
        bounds = replace(options.bounds, connections=connections)
        asyncio.run(_run(relay, Wire(relay, bounds), options, backlog))
    finally:
        store.close()


def _files_for(connections: int) -> tuple[int, int]:
    """How many to take in at once, and to hold, where each needs a file: accepting without one fails, over and over."""
    wanted = connections + 4 * _BACKLOG + _OTHER_FILES  # those that give way are closed a few rounds later
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    free = (wanted if soft == resource.RLIM_INFINITY else soft) - _OTHER_FILES
    backlog = max(1, min(_BACKLOG, free // 8))
    return backlog, max(1, min(connections, free - 4 * backlog))


async def _run(relay: Relay, wire: Wire, options: RelayOptions, backlog: int) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    context = _context(options)
    try:
        server = await loop.create_server(
            wire.connection if context is None else lambda: wire.handshake(context),
            options.host,
            options.port,
            backlog=backlog,
        )
    except OSError as error:
        raise NotPossible(
            f"nothing can listen on {options.host} port {options.port}",
            next_step="Check whether another program listens there, or choose another port.",
        ) from error
    always = [asyncio.create_task(relay.expire()), asyncio.create_task(wire.sweep())]
    await stop.wait()
    server.close()
    relay.stop_waiting()
    await wire.close(_CLOSING_SECONDS)
    for task in always:
        task.cancel()


def _context(options: RelayOptions) -> ssl.SSLContext | None:
    if options.certificate is None:
        return None
    try:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.key)
    except OSError as error:
        raise NotPossible(
            "the relay's certificate or key cannot be read", next_step="Check the two PEM files."
        ) from error
    return context


def _read_ca(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotPossible("the CA certificate cannot be read", next_step="Check the file.") from error
