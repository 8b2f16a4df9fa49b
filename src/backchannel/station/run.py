"""The station's work: cut, post, collect, put together.   Spec: docs/spec/station.md.

Each step makes durable what it decided before it acts; after a crash it does the step again, which nobody notices:
the same pouches are posted until they are accepted, and relays keep one of each.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from backchannel.clock import now
from backchannel.errors import BackchannelError, NotPossible, Refused, Unreachable
from backchannel.pouches.fragments import Fragment, cut, read_fragment
from backchannel.pouches.packet import build, peel
from backchannel.relay.agreed import BATCH_POUCHES
from backchannel.relay.client import RelayClient
from backchannel.relay.store import Full
from backchannel.seals.cards import RelayAddress
from backchannel.seals.keys import KemKey, Random
from backchannel.station.hatch import Hatch, Home
from backchannel.values import dataclass, replace

WAIT_SECONDS: Final = 20
_LEAST_PAUSE: Final = 2.0
_MOST_PAUSE: Final = 300.0
_MOST_SEGMENTS: Final = 10_000
_TURN_SECONDS: Final = 300.0
_LOOK_BACK_SECONDS: Final = 6 * 3600.0
_KEPT_SECONDS: Final = 30 * 86_400  # what relays keep longer is lost with its key


@dataclass(frozen=True, slots=True)
class Report:
    """What one round did: pouches posted, pouches looked at, letters made whole; and why a relay was not reached."""

    posted: int = 0
    looked_at: int = 0
    letters: int = 0
    trouble: tuple[str, ...] = ()


class Station:
    """One office's station over its hatch."""

    def __init__(self, hatch: Hatch, random: Random, clock: Callable[[], datetime] = now) -> None:
        self._hatch = hatch
        self._random = random
        self._clock = clock
        self._clients: dict[tuple[bytes, str | None], RelayClient] = {}
        self._retention: dict[bytes, int] = {}
        self._looked_back: dict[tuple[bytes, bytes], float] = {}

    def once(self, wait: int = 0, progress: Callable[[int], None] = lambda _: None) -> Report:
        """Post all that waits and collect all that is there. A relay out of reach is reported, not raised.

        wait: seconds to wait for a next segment if nothing was there. progress: called with each pouch posted.
        """
        report = self._post(progress)
        for home in self._hatch.homes():
            try:
                report = self._collect(home, wait, report)
            except (Unreachable, Refused, Full) as error:
                report = replace(report, trouble=(*report.trouble, str(error)))
        if self._hatch.trusts_clock(self._now()):
            # A station that was off collects first; but no relay keeps a key alive by never answering.
            self._hatch.destroy_keys(self._now() - (_KEPT_SECONDS if report.trouble else 0))
        return report

    def run(self, stop: threading.Event) -> None:
        """Until told to stop. Trouble makes the pauses longer, up to five minutes."""
        pause = _LEAST_PAUSE
        while not stop.is_set():
            started = time.monotonic()
            try:
                trouble = self.once(WAIT_SECONDS).trouble
            except BackchannelError:
                trouble = ("",)
            pause = min(pause * 2, _MOST_PAUSE) if trouble else _LEAST_PAUSE
            # Spread, so that many stations do not come back in one moment.
            spread = pause * (0.5 + self._random(1)[0] / 255)
            stop.wait(spread if trouble or time.monotonic() - started < 1 else 0)

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _client(self, address: RelayAddress, collecting_pass: str | None = None) -> RelayClient:
        key = address.relay_id, collecting_pass
        client = self._clients.get(key)
        socks = self._hatch.socks
        if client is None or client.socks != socks or client.posting_pass != address.posting_pass:
            try:
                client = RelayClient(address.url, address.ca, address.posting_pass, collecting_pass, socks)
            except NotPossible as error:
                raise Unreachable(str(error), next_step=error.next_step) from error
            self._clients[key] = client
        return client

    def _post(self, progress: Callable[[int], None]) -> Report:
        for down, sealed, key in self._hatch.uncut():
            try:
                pouches = [build(key, inner, self._random) for inner in cut(sealed, self._random)]
            except Refused as error:
                self._hatch.refused(down, str(error))
                continue
            self._hatch.put_pouches(down, pouches)
        posted, trouble = 0, list[str]()
        failed: set[bytes] = set()  # whoever chose that relay, what goes to others leaves
        while (batch := self._hatch.to_post(BATCH_POUCHES, failed)) is not None:
            address, pouches_with_ids, down = batch
            try:
                client = self._client(address)
                if address.relay_id not in self._retention:
                    self._retention[address.relay_id] = client.info().retention_seconds
                client.post(address.shard, [body for _, body in pouches_with_ids])
            except BackchannelError as error:
                trouble.append(str(error))
                if isinstance(error, Refused) and error.mark == "R2":
                    self._hatch.refused(down, str(error))
                else:  # not the relay's word: it stays and is tried again
                    failed.add(address.relay_id)
                continue
            now = self._now()
            self._hatch.posted(down, [one for one, _ in pouches_with_ids], now, now + self._retention[address.relay_id])
            posted += len(pouches_with_ids)
            progress(len(pouches_with_ids))
        return Report(posted=posted, trouble=tuple(trouble))

    def _collect(self, home: Home, wait: int, report: Report) -> Report:
        client = self._client(home.address, home.collecting_pass)
        keys = self._hatch.pouch_keys()
        position, until = home.next, time.monotonic() + _TURN_SECONDS
        if anew := self._counts_anew(client, home):
            self._hatch.begin_again(home)
            position = 1
        for _ in range(_MOST_SEGMENTS):
            segment = client.segment(home.address.shard, position, wait)
            if segment is None:
                return report
            if anew:
                anew, said = False, "the relay counts its segments anew: all that it has is collected again"
                report = replace(report, trouble=(*report.trouble, said))
            wait = 0
            found = [one for pouch in segment.pouches if (one := _look(pouch, keys)) is not None]
            whole = self._hatch.collected(home, segment.number, segment.closed, self._now(), found)
            position = segment.number + 1
            report = replace(report, looked_at=report.looked_at + len(segment.pouches), letters=report.letters + whole)
            if time.monotonic() > until:
                break
        return replace(report, trouble=(*report.trouble, "a relay has more than was collected in one turn"))

    def _counts_anew(self, client: RelayClient, home: Home) -> bool:
        """Whether the last segment collected is another now, or the relay ends before it: it was put back, or it lied.

        Asked when a station starts, and every six hours: else what came under lower numbers would never be collected.
        """
        place = home.address.relay_id, home.address.shard
        asked, at = self._looked_back.get(place), time.monotonic()
        if home.next == 1 or (asked is not None and at - asked < _LOOK_BACK_SECONDS):
            return False
        found = client.page(home.address.shard, home.next - 1)
        self._looked_back[place] = at
        return found is None or (found[0] == home.next - 1 and home.closed not in (None, found[1]))


def _look(pouch: bytes, keys: list[tuple[int, KemKey]]) -> tuple[int, bytes, Fragment] | None:
    """Period, replay tag and fragment if the pouch is ours; None otherwise. Another's, or altered: silence."""
    for period, key in keys:
        try:
            delivered = peel(pouch, key)
            if delivered is not None:
                return period, delivered.tag, read_fragment(delivered.inner)
        except Refused:
            return None
    return None
