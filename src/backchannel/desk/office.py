"""The open office: its register, its station's hatch, clock and dice, and the state derived so far.

Spec: docs/spec/desk.md. The other modules of this room are its operations; each takes an `Office` first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from backchannel.clock import now as clock_now
from backchannel.desk import events as ev
from backchannel.desk.later import imported_when_used
from backchannel.desk.register import NAME as REGISTER_NAME
from backchannel.desk.register import Register, Transaction
from backchannel.desk.states import Correspondent, State, clock_doubt, derive
from backchannel.errors import Damaged, NotPossible
from backchannel.seals.keys import KemKey, LinkKey, Random
from backchannel.seals.seal import Writer
from backchannel.seals.signatures import SigningKey
from backchannel.station.hatch import NAME as HATCH_NAME
from backchannel.station.hatch import Hatch
from backchannel.text import fold
from backchannel.values import dataclass, field

if TYPE_CHECKING:
    from backchannel.letters.letter import Letter

with imported_when_used():
    from backchannel.letters import letter as letters

FILES: Final = (REGISTER_NAME, HATCH_NAME)  # with what SQLite lays beside them: all there is but the key file
ED25519_SEED: Final = b"office/ed25519"
MLDSA_SEED: Final = b"office/mldsa"
LINK_SEED: Final = b"office/link"


@dataclass(slots=True)
class Office:
    """One office's desk, open. clerk: the name given for this command; a name, not a proof.

    held_up: what failed after a transaction had ended: what was done stands, and housekeeping does the rest.
    """

    directory: Path
    register: Register
    hatch: Hatch
    clerk: str | None = None
    clock: Callable[[], datetime] = clock_now
    random: Random = os.urandom
    held_up: str | None = None
    _state: State = field(default_factory=State)

    @classmethod
    def open(
        cls,
        directory: Path,
        master: bytes,
        *,
        clerk: str | None = None,
        clock: Callable[[], datetime] = clock_now,
        random: Random = os.urandom,
    ) -> Office:
        """Raises what the register and the hatch raise."""
        register = Register.open(directory, master, random)
        try:
            return cls(directory, register, Hatch.open(directory, random, create=True), clerk, clock, random)
        except BaseException:
            register.close()
            raise

    def close(self) -> None:
        self.hatch.close()
        self.register.close()

    def __enter__(self) -> Office:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def state(self) -> State:
        """The state after the last entry of any process."""
        for n, data in self.register.events(self._state.last_n + 1):
            derive([ev.from_bytes(n, data)], self._state)
        return self._state

    def forget_state(self) -> None:
        """Derive afresh: needed after a burn, which takes entries away from under the state."""
        self._state = State()

    @property
    def now(self) -> int:
        return int(self.clock().timestamp())

    @contextmanager
    def changing(self) -> Iterator[Change]:
        """One transaction. Everything read inside it is what will be true when it ends.

        At its end the station is told the register's last number, and what was destroyed is out of the log if it can.
        """
        try:
            with self.register.transaction() as tx:
                change = Change(self, tx)
                # Noticed in the register itself: the entries that follow would soon reach the number remembered.
                if self.copy_put_back and self.state.copy is None:
                    change.add(ev.CopyNoticed(b""))
                yield change
        except BaseException:
            self.forget_state()  # it may have read what was then undone
            raise
        with self.done():
            self.register.settle()
            self.hatch.note_entry(self.register.head()[0])

    @contextmanager
    def done(self) -> Iterator[None]:
        """Around what follows a transaction that has ended: a failure here takes nothing back."""
        try:
            yield
        except NotPossible as error:
            self.held_up = str(error)

    @property
    def copy_put_back(self) -> bool:
        """Whether the station remembers a later entry than this register holds."""
        return self.hatch.noted_entry() > self.register.head()[0]

    @property
    def signing(self) -> SigningKey:
        return SigningKey.from_seeds(self._office_secret(ED25519_SEED), self._office_secret(MLDSA_SEED))

    @property
    def link(self) -> LinkKey:
        return LinkKey.from_seed(self._office_secret(LINK_SEED))

    @property
    def writer(self) -> Writer:
        return Writer(self.signing.public.signing_id, self.link.public)

    def _office_secret(self, name: bytes) -> bytes:
        value = self.register.secret(name)
        if value is None:
            raise Damaged("the office's own keys are not in the register")
        return value

    def standing_key(self, period: int) -> KemKey | None:
        seed = self.register.secret(standing_name(period))
        return None if seed is None else KemKey.from_seed(seed)

    def find(self, named: str) -> Correspondent:
        """The other office of this short name, card name or beginning of its id. Raises NotPossible."""
        others = [one for one in self.state.correspondents.values() if one.card_data]
        exact = [one for one in others if one.name == named] or [
            one for one in others if any(fold(name) == fold(named) for _, name in one.card.body.names)
        ]
        exact = exact or [one for one in others if len(named) >= 6 and one.office.hex().startswith(named.lower())]
        if len(exact) > 1:
            raise NotPossible(
                "more than one office has that name",
                next_step="Use the first digits of its id, or give each a short name with `backchannel card name`.",
            )
        if not exact:
            known = ", ".join(sorted(one.name or one.display for one in others)) or "none yet"
            raise NotPossible(
                "no office of that name is known here", next_step=f"Import its card first. Known here: {known}."
            )
        return exact[0]


@dataclass(frozen=True, slots=True)
class Intake:
    """What one collection brought: entries of letters opened, how many came again, and what was refused, by reason."""

    opened: tuple[int, ...] = ()
    again: int = 0
    refused: tuple[tuple[str, str, int], ...] = ()


@dataclass(slots=True)
class Change:
    """What one transaction does to the register. sealed: entries to hand to the station when it has ended."""

    office: Office
    tx: Transaction
    sealed: list[int] = field(default_factory=list)

    def add(self, event: ev.Event) -> int:
        """Append an event under this clerk's name and the present time; the entry's number. The state follows."""
        n = self.tx.append(ev.to_bytes(event, self.office.now, self.office.clerk), ev.subjects(event))
        _ = self.office.state
        return n

    @property
    def state(self) -> State:
        return self.office.state


def read_kept(office: Office, n: int) -> Letter:
    """The letter kept beside an entry. Raises NotPossible if it is burnt or was never there."""
    kept = office.register.blob(n, "contents")
    if kept is None:
        raise NotPossible(f"entry {n} holds no letter that can be read", kept="The register is as it was.")
    return letters.read_contents(kept)


def standing_name(period: int) -> bytes:
    return b"seal/%06d" % period


def own_envelope_name(slot: bytes) -> bytes:
    return b"envelope/" + slot


def own_token_name(office: bytes, number: int) -> bytes:
    return b"standby/" + office + b"/%012d" % number


def their_envelope_name(office: bytes, slot: bytes) -> bytes:
    return b"theirs/" + office + b"/" + slot


def their_token_name(office: bytes) -> bytes:
    return b"their-standby/" + office


def check_clock(office: Office) -> str | None:
    """Why this clock must be confirmed by a person before keys are issued or destroyed; None if it need not be."""
    state = office.state
    return state.clock_doubt or clock_doubt(state.last_at, office.now)
