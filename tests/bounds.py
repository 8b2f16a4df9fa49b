"""Bounds on memory and time around what an attacker feeds: past them it falls like by any other exception."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def bounded(*, mebibytes: int = 512, seconds: int = 20) -> Iterator[None]:
    """No more memory than there was and so much, else MemoryError; no more time, for what would never end."""

    def endless(*_: object) -> None:
        raise AssertionError(f"no end after {seconds} seconds")

    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (mebibytes << 20), before[1]))
    handler = signal.signal(signal.SIGALRM, endless)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, handler)
        resource.setrlimit(resource.RLIMIT_AS, before)
