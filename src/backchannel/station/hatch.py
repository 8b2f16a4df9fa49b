"""The hatch between desk and station: one file of the station's behind a handful of calls.

Spec: docs/spec/station.md, "Hatch". Down go sealed letters, with addresses and pouch keys of others; up come sealed
letters with their times, and public halves of pouch keys. Nothing secret of the desk's is ever in it. Each side
deletes what the other has made durable.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import apsw

from backchannel import durable
from backchannel.clock import AHEAD_SECONDS
from backchannel.encoding import decode, encode
from backchannel.errors import Damaged, NotPossible, Refused
from backchannel.pouches.fragments import Fragment
from backchannel.seals.cards import RelayAddress, check_url, relay_id
from backchannel.seals.keys import SEED_BYTES, KemKey, Random, destroyed_at
from backchannel.values import dataclass, field

NAME: Final = "station.db"
MOST_UNFINISHED: Final = 256
MOST_UNFINISHED_BYTES: Final = 128 * 1024 * 1024
UNFINISHED_SECONDS: Final = 35 * 86_400
_CLOCK_STEP: Final = 3600

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pouch_keys(period INTEGER PRIMARY KEY, seed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS seen(period INTEGER NOT NULL, tag BLOB NOT NULL, PRIMARY KEY (period, tag)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS homes(relay BLOB NOT NULL, shard BLOB NOT NULL, wire BLOB NOT NULL, collecting TEXT,
    next INTEGER NOT NULL DEFAULT 1, closed INTEGER, PRIMARY KEY (relay, shard)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS down(id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, sealed BLOB, address BLOB NOT NULL,
    key BLOB NOT NULL, posted_at INTEGER, expires_at INTEGER, refused TEXT, turn INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS pouches(id INTEGER PRIMARY KEY, down INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS pouches_of ON pouches(down);
CREATE INDEX IF NOT EXISTS down_by_entry ON down(entry);
CREATE INDEX IF NOT EXISTS pouches_by_down ON pouches(down);
CREATE TABLE IF NOT EXISTS unfinished(message BLOB NOT NULL, piece INTEGER NOT NULL, count INTEGER NOT NULL,
    total INTEGER NOT NULL, data BLOB NOT NULL, closed INTEGER NOT NULL, collected INTEGER NOT NULL,
    PRIMARY KEY (message, piece)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS finished(message BLOB PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS arrived(id INTEGER PRIMARY KEY, sealed BLOB NOT NULL, left_by INTEGER NOT NULL,
    reached INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Home:
    """Where this office collects. next: number of the segment to ask for; closed: closing time of the one before."""

    address: RelayAddress
    collecting_pass: str | None = field(default=None, repr=False)
    next: int = 1
    closed: int | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Where one sealing of register entry `entry` is. Times in Unix seconds; refused: the relay's reason, or None.

    turn: how often it was handed down again.
    """

    entry: int
    waiting: int
    posted_at: int | None
    expires_at: int | None
    refused: str | None
    turn: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """A sealed letter that came. left_by: closing time of the segment of its last fragment; reached: when collected."""

    id: int
    sealed: bytes = field(repr=False)
    left_by: int
    reached: int


class Hatch:
    """The open file; any number of processes may hold it. Raises NotPossible or Damaged, nothing then changed."""

    __slots__ = ("_db", "_random", "path")

    def __init__(self, path: Path, db: apsw.Connection, random: Random) -> None:
        """Not called from outside: `open`."""
        self.path = path
        self._db = db
        self._random = random

    @classmethod
    def open(cls, directory: Path, random: Random = os.urandom, *, create: bool = False) -> Self:
        """The hatch of this folder, mode 0600."""
        path = directory / NAME
        if create:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        elif not path.exists():
            raise NotPossible("there is no station in this folder")
        with _ours():
            db = apsw.Connection(os.fspath(path), flags=apsw.SQLITE_OPEN_READWRITE)
            db.set_busy_timeout(10_000)
            durable.count_commits(db)
            # One by one: of several in one call, none after the first that answers would be done.
            for name, value in (("journal_mode", "WAL"), ("synchronous", "FULL"), ("secure_delete", "ON")):
                db.pragma(name, value)
            db.execute(_SCHEMA)
            for table, column, kind in (("down", "turn", "INTEGER NOT NULL DEFAULT 0"), ("homes", "closed", "INTEGER")):
                if column not in [row[1] for row in db.execute(f"PRAGMA table_info({table})")]:
                    db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
        return cls(path, db, random)

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    # What the desk does.

    def pouch_publics(self, first_period: int, count: int) -> tuple[tuple[int, bytes], ...]:
        """Public pouch keys of these periods, made where they are lacking."""
        found: list[tuple[int, bytes]] = []
        with self._changing():
            for period in range(first_period, first_period + count):
                row = self._one("SELECT seed FROM pouch_keys WHERE period = ?", period)
                seed = row[0] if row else self._random(32)
                if not row:
                    self._run("INSERT INTO pouch_keys VALUES (?, ?)", period, seed)
                found.append((period, _key(seed).public))
        return tuple(found)

    def set_homes(self, homes: Sequence[Home]) -> None:
        """Collect there and nowhere else; the position in a shard that stays is kept."""
        if {(one.address, one.collecting_pass) for one in homes} == {
            (one.address, one.collecting_pass) for one in self.homes()
        }:
            return  # each command says it again: without this a sync each
        with self._changing():
            old = {row[:2]: row[2:] for row in self._run("SELECT relay, shard, next, closed FROM homes")}
            self._run("DELETE FROM homes")
            for home in homes:
                place = home.address.relay_id, home.address.shard
                self._run(
                    "INSERT INTO homes(relay, shard, wire, collecting, next, closed) VALUES (?, ?, ?, ?, ?, ?)",
                    *place,
                    encode(home.address.to_wire()),
                    home.collecting_pass,
                    *old.get(place, (home.next, home.closed)),
                )

    def set_socks(self, socks: str | None) -> None:
        if socks != self.socks:
            self._put_meta("socks", socks)

    @property
    def socks(self) -> str | None:
        value: str | None = self._meta("socks", str)
        return value

    def send(self, entry: int, sealed: bytes, address: RelayAddress, pouch_public: bytes, *, turn: int = 0) -> None:
        """Hand down a sealed letter, once for each turn: a higher one goes out in fresh pouches, others not at all."""
        with self._changing():
            if self._one("SELECT 1 FROM down WHERE entry = ? AND turn >= ?", entry, turn) is not None:
                return
            self._run(
                "INSERT INTO down(entry, sealed, address, key, turn) VALUES (?, ?, ?, ?, ?)",
                entry,
                sealed,
                encode(address.to_wire()),
                pouch_public,
                turn,
            )

    def outgoing(self, *entries: int) -> dict[int, Outgoing]:
        """Where each of these entries is, by its last sealing; where none is named, all that the station has."""
        named = f"WHERE entry IN ({', '.join('?' * len(entries))})" if entries else ""
        found: dict[int, Outgoing] = {}
        for entry, waiting, posted, expires, refused, turn in self._typed(
            (int, int, int | None, int | None, str | None, int),
            "SELECT entry, (SELECT count(*) FROM pouches WHERE down = given.id), posted_at, expires_at, refused, turn"
            f" FROM down AS given {named} ORDER BY id",
            *entries,
        ):
            found[entry] = Outgoing(entry, waiting or (0 if posted else 1), posted, expires, refused, turn)
        return found

    def forget(self, entry: int) -> None:
        """The desk no longer needs to know where it is, or has burnt it: what has not left is not sent."""
        with self._changing():
            self._run("DELETE FROM pouches WHERE down IN (SELECT id FROM down WHERE entry = ?)", entry)
            self._run("DELETE FROM down WHERE entry = ?", entry)
        self._truncate()

    def arrived(self) -> list[Arrival]:
        rows = self._typed((int, bytes, int, int), "SELECT id, sealed, left_by, reached FROM arrived ORDER BY id")
        return [Arrival(*row) for row in rows]

    @property
    def has_arrivals(self) -> bool:
        return self._one("SELECT 1 FROM arrived LIMIT 1") is not None

    def taken(self, ids: Iterable[int]) -> None:
        """The desk has made these durable, or refused them."""
        with self._changing():
            for one in ids:
                self._run("DELETE FROM arrived WHERE id = ?", one)
        self._truncate()

    def note_entry(self, n: int) -> None:
        """The register's last entry number as the desk tells it: by it a copy put back is noticed."""
        if n > self.noted_entry():
            with self._changing():
                self._run("INSERT OR REPLACE INTO meta VALUES ('entry', max(?, ?))", n, self.noted_entry())

    def forget_entry(self) -> None:
        """A person has started a new epoch: the number counts afresh."""
        self._put_meta("entry", 0)

    def noted_entry(self) -> int:
        return self._meta("entry", int) or 0

    def note_clock(self, now: int) -> None:
        """The desk holds its clock to be right, or a person has said that it is."""
        last = self._meta("clock", int) or 0
        if not last <= now <= last + _CLOCK_STEP:
            self._put_meta("clock", now)

    # What the station does.

    def trusts_clock(self, now: int) -> bool:
        """Whether keys may be destroyed by it: no more than 40 days later than this, or the desk, has last trusted it.

        A station has nobody to ask: after a longer pause, or a jump, it waits for the desk.
        """
        last = self._meta("clock", int)
        if last is None or now > last + AHEAD_SECONDS:
            return False
        if now > last:
            self.note_clock(now)
        return True

    def homes(self) -> list[Home]:
        return [
            Home(_address(wire), collecting, following, closed)
            for wire, collecting, following, closed in self._typed(
                (bytes, str | None, int, int | None),
                "SELECT wire, collecting, next, closed FROM homes ORDER BY relay, shard",
            )
        ]

    def pouch_keys(self) -> list[tuple[int, KemKey]]:
        """The private pouch keys still held, newest first."""
        rows = self._typed((int, bytes), "SELECT period, seed FROM pouch_keys ORDER BY period DESC")
        return [(period, _key(seed)) for period, seed in rows]

    def destroy_keys(self, now: int) -> None:
        """Destroy the keys whose time is over, and what was seen under them. Call after collecting."""
        with self._changing():
            for (period,) in self._typed((int,), "SELECT period FROM pouch_keys"):
                if now >= destroyed_at(period):
                    self._run("DELETE FROM pouch_keys WHERE period = ?", period)
                    self._run("DELETE FROM seen WHERE period = ?", period)
            self._run("DELETE FROM unfinished WHERE collected < ?", now - UNFINISHED_SECONDS)
            self._run("DELETE FROM finished WHERE at < ?", now - UNFINISHED_SECONDS)
        self._truncate()

    def uncut(self) -> list[tuple[int, bytes, bytes]]:
        """Letters handed down and not yet in pouches: id, sealed, pouch key."""
        return self._typed((int, bytes, bytes), "SELECT id, sealed, key FROM down WHERE sealed IS NOT NULL ORDER BY id")

    def put_pouches(self, down: int, pouches: Sequence[bytes]) -> None:
        """The pouches of a letter take its place: from here on the same bytes are posted until they are accepted."""
        with self._changing():
            if self._one("SELECT 1 FROM down WHERE id = ? AND sealed IS NOT NULL", down) is None:
                return
            self._run("UPDATE down SET sealed = NULL WHERE id = ?", down)
            for body in pouches:
                self._run("INSERT INTO pouches(down, body) VALUES (?, ?)", down, body)

    def to_post(
        self, most: int, but: Collection[bytes] = ()
    ) -> tuple[RelayAddress, list[tuple[int, bytes]], int] | None:
        """The next batch for one relay and shard: address, pouches with their ids, the letter's id.

        but: relay-ids of those to which nothing is posted now.
        """
        for down, wire in self._typed(
            (int, bytes),
            "SELECT down.id, address FROM down JOIN (SELECT down, min(id) AS first FROM pouches GROUP BY down) "
            "ON down = down.id WHERE refused IS NULL ORDER BY first",
        ):
            if (address := _address(wire)).relay_id not in but:
                sql = "SELECT id, body FROM pouches WHERE down = ? ORDER BY id LIMIT ?"
                return address, self._typed((int, bytes), sql, down, most), down
        return None

    def posted(self, down: int, ids: Iterable[int], now: int, expires: int) -> None:
        """The relay has made these durable; the letter is posted when none is left."""
        with self._changing():
            for one in ids:
                self._run("DELETE FROM pouches WHERE id = ?", one)
            if self._one("SELECT 1 FROM pouches WHERE down = ?", down) is None:
                self._run("UPDATE down SET posted_at = ?, expires_at = ? WHERE id = ?", now, expires, down)

    def refused(self, down: int, why: str) -> None:
        """The relay will not take it; nothing more of it is posted."""
        with self._changing():
            self._run("UPDATE down SET refused = ? WHERE id = ?", why, down)
            self._run("DELETE FROM pouches WHERE down = ?", down)

    def collected(
        self, home: Home, number: int, closed: int, now: int, fragments: Sequence[tuple[int, bytes, Fragment]]
    ) -> int:
        """One segment's fragments and the next position, in one transaction; how many letters are whole by it.

        fragments: period and replay tag of the pouch, and what it held. A tag seen before is skipped in silence.
        """
        whole = 0
        with self._changing():
            for period, tag, fragment in fragments:
                if self._one("SELECT 1 FROM seen WHERE period = ? AND tag = ?", period, tag):
                    continue
                self._run("INSERT INTO seen VALUES (?, ?)", period, tag)
                whole += self._pile(fragment, closed, now)
            self._run(
                "UPDATE homes SET next = ?, closed = ? WHERE next <= ? AND relay = ? AND shard = ?",
                number + 1,
                closed,
                number,
                home.address.relay_id,
                home.address.shard,
            )
        return whole

    def _pile(self, fragment: Fragment, closed: int, now: int) -> int:
        """Put one fragment on the pile; 1 if that made a letter whole. The pile is bounded in number, bytes and age."""
        if self._one("SELECT 1 FROM finished WHERE message = ?", fragment.message_id):
            return 0
        first = self._one("SELECT count, total FROM unfinished WHERE message = ? LIMIT 1", fragment.message_id)
        if first is not None and first != (fragment.count, fragment.total):
            return 0  # one message id has one size: the first to come counts
        self._run(
            "INSERT OR IGNORE INTO unfinished VALUES (?, ?, ?, ?, ?, ?, ?)",
            fragment.message_id,
            fragment.index,
            fragment.count,
            fragment.total,
            fragment.data,
            closed,
            now,
        )
        rows = self._rows("SELECT data, closed FROM unfinished WHERE message = ? ORDER BY piece", fragment.message_id)
        if len(rows) == fragment.count:
            sealed = b"".join(data for data, _ in rows)
            left_by = min(max(when for _, when in rows), now)  # nothing leaves after it is here, whatever a relay says
            self._run("INSERT INTO arrived(sealed, left_by, reached) VALUES (?, ?, ?)", sealed, left_by, now)
            self._run("DELETE FROM unfinished WHERE message = ?", fragment.message_id)
            self._run("INSERT INTO finished VALUES (?, ?)", fragment.message_id, now)
            return 1
        self._bound()
        return 0

    def _bound(self) -> None:
        while True:
            messages, size = self._rows("SELECT count(DISTINCT message), total(length(data)) FROM unfinished")[0]
            if messages <= MOST_UNFINISHED and size <= MOST_UNFINISHED_BYTES:
                return
            # The one whose newest piece is oldest has the least hope.
            self._run(
                "DELETE FROM unfinished WHERE message = "
                "(SELECT message FROM unfinished GROUP BY message ORDER BY max(collected), message LIMIT 1)"
            )

    def begin_again(self, home: Home) -> None:
        """Collect from the first segment kept: what was seen before is known by its tag."""
        with self._changing():
            place = home.address.relay_id, home.address.shard
            self._run("UPDATE homes SET next = 1, closed = NULL WHERE relay = ? AND shard = ?", *place)

    def _meta(self, name: str, kind: type[str] | type[int]) -> Any:
        rows = self._typed((kind | None,), "SELECT value FROM meta WHERE name = ?", name)
        return rows[0][0] if rows else None

    def _put_meta(self, name: str, value: Any) -> None:
        with self._changing():
            self._run("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, value)

    def _one(self, sql: str, *values: Any) -> Any:
        return next(iter(self._rows(sql, *values)), None)

    def _rows(self, sql: str, *values: Any) -> list[Any]:
        with _ours():
            return self._db.execute(sql, values).fetchall()

    def _typed(self, kinds: tuple[Any, ...], sql: str, *values: Any) -> list[Any]:
        """Rows of these kinds: whoever can write the file, which nothing seals, can put anything there."""
        rows = self._rows(sql, *values)
        if not all(isinstance(value, kind) for row in rows for value, kind in zip(row, kinds, strict=True)):
            raise _damaged()
        return rows

    def _run(self, sql: str, *values: Any) -> apsw.Cursor:
        return self._db.execute(sql, values)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with _ours():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _truncate(self) -> None:
        """Deleted rows leave the write-ahead log too; a reader in the way only delays it to the next time."""
        with _ours():
            durable.empty_log(self._db)


def _address(wire: Any) -> RelayAddress:
    try:
        match decode(wire, limit=4096) if isinstance(wire, bytes) else None:
            case [_, str(url), bytes(named), None | bytes() as ca, bytes(shard), None | str() as posting_pass] if (
                named == relay_id(check_url(url)) and len(shard) == 8
            ):
                return RelayAddress(url, named, ca, shard, posting_pass)
    except Refused as error:
        raise _damaged() from error
    raise _damaged()


def _key(seed: Any) -> KemKey:
    if not isinstance(seed, bytes) or len(seed) != SEED_BYTES:
        raise _damaged()
    return KemKey.from_seed(seed)


def _damaged() -> Damaged:
    return Damaged("the station's file is damaged")


@contextmanager
def _ours() -> Iterator[None]:
    try:
        yield
    except (apsw.NotADBError, apsw.CorruptError, UnicodeDecodeError) as error:
        raise _damaged() from error
    except apsw.Error as error:
        raise NotPossible(
            "the station's file cannot be used now", next_step="Check the disk and who owns the folder, then try again."
        ) from error
