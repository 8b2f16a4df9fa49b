"""What must hold after every kill, asked of the files alone.

Each office once: chain whole and only longer than before; what is dead is in no file, not even decrypted; no text of a
letter in any file; each thing done once. Relay: what was posted stays, once, in segments that never change.
"""

import hashlib
import shutil
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import apsw
from soak.killing import MARKER, PASSPHRASE, Town

from backchannel.desk import events as ev
from backchannel.desk.office import Office, own_envelope_name, standing_name, their_envelope_name
from backchannel.desk.register import connect
from backchannel.pouches.fragments import Fragment, read_fragment
from backchannel.pouches.packet import peel
from backchannel.seals.keys import KemKey
from backchannel.seals.seal import seal_id_of

KEPT = {"desk.key"} | {name + log for name in ("register.db", "station.db") for log in ("", "-wal", "-shm")}


@dataclass
class Known:
    """What was seen of one office before. alive: every key it held."""

    chain: list[bytes] = field(default_factory=list)
    alive: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Verdicts:
    town: Town
    known: dict[str, Known] = field(default_factory=lambda: defaultdict(Known))
    segments: dict[tuple[bytes, int], bytes] = field(default_factory=dict)
    pouches: dict[bytes, None] = field(default_factory=dict)
    pieces: dict[bytes, dict[int, bytes]] = field(default_factory=lambda: defaultdict(dict))
    posted: Counter[bytes] = field(default_factory=Counter)
    """How often each sealed letter was posted, in pouches of its own each time; by seal-id."""
    read: dict[Path, tuple[int, int, int]] = field(default_factory=dict)
    keys: list[KemKey] = field(default_factory=list)

    def files(self) -> None:
        """No text of a letter, no passphrase, no master key in any file of offices and relay."""
        needles = [MARKER.encode(), PASSPHRASE.encode(), *self.town.masters.values()]
        for folder in (*self.town.homes.values(), self.town.store.parent, self.town.folder / "backups"):
            for path in folder.rglob("*"):
                found = path.stat()
                if path.is_file() and self.read.get(path) != (
                    stamp := (found.st_ino, found.st_mtime_ns, found.st_size)
                ):
                    data = path.read_bytes()
                    assert not any(needle in data for needle in needles), f"{path} holds what no file may"
                    self.read[path] = stamp

    def office(self, name: str) -> None:
        known = self.known[name]
        self.files()
        with self.town.look(name) as office:
            assert not office.register.pending, f"{name}: destruction pending, and nobody in the way"
            office.register.verify()
            chain = [one for (one,) in office.register._db.execute("SELECT chain FROM entries ORDER BY n")]
            assert chain[: len(known.chain)] == known.chain, f"{name}: an entry that stood is another or gone"
            known.chain = chain
            once(office)
            alive = living(office)
            self.keys = list(
                {key.seed: key for key in (*self.keys, *dict(office.hatch.pouch_keys()).values())}.values()
            )
            dead = {key: value for key, value in known.alive.items() if alive.get(key) != value}
            known.alive = alive
        if dead:
            self._is_gone(name, dead, set(alive.values()))

    def _is_gone(self, name: str, dead: dict[str, bytes], alive: set[bytes]) -> None:
        """Destroyed keys are in no file, read with the master key in hand."""
        home, copy = self.town.homes[name], self.town.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(home, copy)
        db = connect(copy / "register.db", self.town.masters[name])
        db.execute("PRAGMA journal_mode = DELETE").fetchall()
        db.pragma("rekey", "")  # every page in the clear, free ones too
        db.close()
        data = b"".join(path.read_bytes() for path in (*copy.iterdir(), *home.iterdir()) if path.is_file())
        shutil.rmtree(copy)
        for key, value in dead.items():
            assert value in alive or value not in data, f"{name}: {key} should be dead and is in a file"

    def leftovers(self, name: str) -> None:
        """No half file. Asked when everything that was killed was done again."""
        left = {path.name for path in self.town.homes[name].iterdir()} - KEPT
        assert not left, f"{name}: left behind: {left}"

    def relay(self) -> None:
        """With the relay down or at rest."""
        db = apsw.Connection(str(self.town.store), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            rows = db.execute(
                "SELECT shard, number, body FROM pouches p JOIN segments s ON s.id = p.id >> 16 ORDER BY p.id"
            ).fetchall()
            assert db.execute("SELECT count(*) FROM pouches").fetchone() == (len(rows),)
            counted = db.execute("SELECT shard, number, closed, pouches FROM segments").fetchall()
            shards = dict(db.execute("SELECT shard, pouches FROM shards").fetchall())
        finally:
            db.close()
        bodies = defaultdict(list)
        for shard, number, body in rows:
            bodies[shard, number].append(body)
        assert Counter(shard for shard, _, _ in rows) == Counter(shards)
        hashes = [hashlib.sha256(body).digest() for _, _, body in rows]
        assert len(set(hashes)) == len(hashes), "the relay holds a pouch twice"
        for shard, number, closed, pouches in counted:
            held = bodies[shard, number]
            assert len(held) == pouches
            whole = hashlib.sha256(b"".join(held)).digest()
            if closed:
                assert self.segments.setdefault((shard, number), whole) == whole, "a closed segment has changed"
        assert set(self.segments) <= {(shard, number) for shard, number, _, _ in counted}, "a closed segment is gone"
        assert set(self.pouches) <= set(hashes), "a pouch is gone"
        for hashed, (_, _, body) in zip(hashes, rows, strict=True):
            if hashed not in self.pouches:
                self.pouches[hashed] = None
                self._piece(body)

    def _piece(self, body: bytes) -> None:
        delivered = next((one for key in self.keys if (one := peel(body, key)) is not None), None)
        assert delivered is not None, "a pouch is for nobody"
        self._pile(read_fragment(delivered.inner))

    def _pile(self, fragment: Fragment) -> None:
        pile = self.pieces[fragment.message_id]
        assert fragment.index not in pile, "a piece of a letter was posted in two pouches"
        pile[fragment.index] = fragment.data
        if len(pile) == fragment.count:
            self.posted[seal_id_of(b"".join(pile[index] for index in sorted(pile)))] += 1


def living(office: Office) -> dict[str, bytes]:
    """Every key the desk and its station hold, by what it is."""
    found = {
        f"key of entry {n}": key for n, key in office.register._db.execute("SELECT n, key FROM entry_keys") if any(key)
    }
    found |= {f"secret {one.name.hex()}": one.value for one in office.register.secrets()}
    return found | {f"pouch key {period}": key.seed for period, key in office.hatch.pouch_keys()}


def once(office: Office) -> None:
    """Nothing happened twice, keys are as the entries say, and what is burnt is burnt with all that was beside it."""
    register, state = office.register, office.state
    entries = [ev.from_bytes(n, data) for n, data in register.events()]
    seen: Counter[object] = Counter()
    epochs = 0
    for one in entries:
        match one.event:
            case ev.EpochBegun():
                epochs += 1
            case ev.Written(number=number) as event if number:
                seen["written", event.office, event.epoch, number] += 1
            case ev.Opened() as event:
                seen["opened", event.seal_id] += 1
                seen["opened as", event.office, event.epoch, event.letter_id] += 1
            case ev.Stated() as event:
                seen["stated", event.of, event.event] += 1
            case ev.Heard() as event:
                seen["heard", event.letter, event.position] += 1
            case ev.Duplicate(another_way=False) as event:
                raise AssertionError(f"entry {event.of} came again, in the same bytes")
            case ev.Duplicate() | ev.Unwrapped() | ev.Read() | ev.Declined() | ev.Burnt() as event:
                seen[type(event).__name__, event.of] += 1
            case ev.Handled(act=act) as event if act != "held":
                seen["handled", event.of, act] += 1
            case ev.SealMade(period=period) | ev.SealDestroyed(period=period) as event:
                seen[type(event).__name__, period, epochs] += 1
            case ev.BatchMade() as event:
                seen["batch", event.office, event.number, epochs] += 1
    twice = {what for what, many in seen.items() if many > 1}
    assert not twice, f"done twice: {twice}"
    for slot in state.spent:
        assert register.secret(own_envelope_name(slot)) is None, "the key of a spent envelope is alive"
    kept = {one.name for one in register.secrets()}
    assert {name for name in kept if name.startswith(b"seal/")} == {standing_name(period) for period in state.seals}
    for one in entries:
        match one.event:
            case ev.Burnt(of=of) | ev.Declined(of=of):
                assert register.event(of) is None, f"entry {of} was burnt and is not"
                assert not register.blob_names(of)
            case ev.Written(via="envelope", office=other, slot=slot):
                assert their_envelope_name(other, slot) not in kept, "an envelope of theirs was used and is kept"
    down = Counter(office.hatch._rows("SELECT entry, turn FROM down"))
    assert all(many == 1 for many in down.values()), "a letter was handed down twice"


def settled(verdicts: Verdicts) -> None:
    """Nothing is under way any more: every letter that was sealed is at its reader's once, but for what was burnt."""
    town = verdicts.town
    written: dict[tuple[bytes, bytes], dict[int, bool]] = {}
    for name in town.homes:
        with town.look(name) as office:
            custody = office.state.custody
            burnt = any(one.ours and one.gone for one in office.state.letters.values())  # and its legs forgotten
            assert burnt or not custody.strays, f"{name}: evidence about nothing: {custody.strays}"
            for other in office.state.correspondents.values():
                written[office.state.office, other.office] = {
                    number: one.gone or one.n in custody.legs for (_, number), one in other.written.items()
                }
            _posted_once(name, office, verdicts.posted)
    for name in town.homes:
        with town.look(name) as office:
            for other in office.state.correspondents.values():
                sent = written[other.office, office.state.office]
                came = {number for _, number in other.received}
                lost = {number for number, may_miss in sent.items() if not may_miss} - came
                assert not lost, f"{name}: never came: {lost}"
                assert came <= set(sent)
            assert not office.state.refused, f"{name}: refused {office.state.refused}"


def _posted_once(name: str, office: Office, posted: Counter[bytes]) -> None:
    for n, data in office.register.events():
        event = ev.from_bytes(n, data).event
        if isinstance(event, ev.Written) and n not in office.state.custody.legs:
            assert posted[event.seal_id] == 1, (
                f"{name}: entry {n}, {event.form}, was posted {posted[event.seal_id]} times"
            )
