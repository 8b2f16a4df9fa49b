"""A town of real offices: real cryptography, registers on disk, a clock moved by hand, pouches carried in memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random as Dice
from zoneinfo import ZoneInfo

import pytest

from backchannel.desk import backup, founding, housekeeping, keyfile, opening, reading, sealing, trust
from backchannel.desk import events as ev
from backchannel.desk.keyfile import CHEAP
from backchannel.desk.office import Office
from backchannel.desk.sealing import Order
from backchannel.letters.parts import Body
from backchannel.pouches.fragments import cut, read_fragment
from backchannel.pouches.packet import build, peel
from backchannel.seals.cards import RelayAddress, read_card, relay_id
from backchannel.station.hatch import Home

URL = "https://relay.example"
PASSPHRASE = "correct horse battery"


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Town:
    folder: Path
    clock: Clock = field(default_factory=Clock)
    dice: Dice = field(default_factory=lambda: Dice(7))
    offices: dict[str, Office] = field(default_factory=dict)
    lost: Callable[[bytes], bool] = lambda pouch: False
    on_the_way: list[bytes] = field(default_factory=list)
    carried: list[bytes] = field(default_factory=list)

    def office(
        self, name: str, *, also: dict[str, str] | None = None, of: str = "", zone: str = "Asia/Tehran"
    ) -> Office:
        """A new office with a card and an address. of: whose false one it is, under a name that another bears."""
        folder = self.folder / (name + of).lower()
        random = self.dice.randbytes
        names = {"en": name, **(also or {})}
        master = founding.found(folder, PASSPHRASE, names, zone, clock=self.clock, random=random, cost=CHEAP)
        office = Office.open(folder, master, clerk="ada", clock=self.clock, random=random)
        self.offices[name + of] = office
        shard = bytes([16 * len(self.offices), 0, 0, 0, 0, 0, 0, 0])
        founding.set_homes(office, (Home(RelayAddress(URL, relay_id(URL), None, shard)),), None)
        return office

    def clerk(self, name: str, directory: Path, random: Callable[[int], bytes] | None = None) -> Office:
        """A program of the desk in this folder, beside any other; whoever asks closes it."""
        master = keyfile.unwrap(directory / keyfile.NAME, PASSPHRASE)
        return Office.open(directory, master, clerk=name, clock=self.clock, random=random or self.dice.randbytes)

    def put_aside(self, office: Office) -> None:
        """A backup, of which the desk itself keeps no note."""
        master = keyfile.unwrap(office.directory / keyfile.NAME, PASSPHRASE)
        backup.write(office.register, master, self.folder / "aside.backup", office.now)

    def restore(self, name: str) -> Office:
        """The office again, from the backup put aside, in a folder of its own."""
        self.offices[name].close()
        folder = self.folder / (name + "-again")
        _, made = backup.restore(self.folder / "aside.backup", folder, PASSPHRASE)
        again = self.clerk("ada", folder)
        with again.changing() as change:
            change.add(ev.Restored(made.at, made.head))
        self.offices[name] = again
        founding.begin_epoch(again, "restored")
        return again

    def pair(self, *names: str, verified: bool = True) -> tuple[Office, Office]:
        """Two offices that hold each other's cards, and have compared their numbers unless told otherwise."""
        one, other = (self.office(name) for name in names)
        self.introduce(one, other, verified=verified)
        self.introduce(other, one, verified=verified)
        return one, other

    def introduce(self, to: Office, whom: Office, *, verified: bool = True) -> None:
        trust.import_card(to, read_card(whom.state.card_data))
        if verified:
            trust.verify(to, whom.state.name, trust.number_with(to, whom.state.name))

    def write(self, by: Office, to: Office, title: str = "Meeting", **more: object) -> int:
        """Seal a letter; its entry."""
        text = str(more.pop("text", "Will you meet?"))
        form = str(more.pop("form", "letter"))
        body = Body("en", "prevailing", title, text)
        return sealing.seal_letter(by, Order(to.state.office, form, (body,), **more), ZoneInfo)  # type: ignore[arg-type]

    def carry(self) -> None:
        """All that is handed down goes into pouches and to whoever can open them, but what is lost."""
        now = int(self.clock().timestamp())
        for office in self.offices.values():
            for down, sealed, key in office.hatch.uncut():
                office.hatch.put_pouches(
                    down, [build(key, inner, self.dice.randbytes) for inner in cut(sealed, self.dice.randbytes)]
                )
            while (batch := office.hatch.to_post(64)) is not None:
                _, pouches, down = batch
                self.on_the_way += [body for _, body in pouches]
                office.hatch.posted(down, [one for one, _ in pouches], now, now + 30 * 86_400)
        going, self.on_the_way = [one for one in self.on_the_way if not self.lost(one)], []
        self.carried += going
        self.deliver(going)

    def deliver(self, pouches: list[bytes]) -> None:
        now = int(self.clock().timestamp())
        for number, pouch in enumerate(pouches, 1):
            for office in self.offices.values():
                for period, key in office.hatch.pouch_keys():
                    delivered = peel(pouch, key)
                    if delivered is not None:
                        fragment = read_fragment(delivered.inner)
                        office.hatch.collected(
                            office.hatch.homes()[0], number, now, now, [(period, delivered.tag, fragment)]
                        )

    def keep_house(self, office: Office) -> housekeeping.News:
        return housekeeping.keep_house(office, ZoneInfo)

    def take_in(self, office: Office) -> opening.Intake:
        return opening.take_in(office)

    def exchange(self, by: Office, to: Office, title: str = "Meeting", **more: object) -> tuple[int, int]:
        """Write, carry, open; the entries on both sides."""
        n = self.write(by, to, title, **more)
        self.carry()
        opened = self.take_in(to).opened
        assert len(opened) == 1
        return n, opened[0]

    def title(self, office: Office, n: int) -> str:
        return reading.show(office, n).letter.bodies[0].title


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    for office in town.offices.values():
        office.close()
