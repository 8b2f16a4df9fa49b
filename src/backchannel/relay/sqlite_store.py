"""The embedded store: one SQLite file, all that waits in one commit.   Spec: docs/spec/relay.md, "Store"."""

import hashlib
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import apsw

from backchannel import durable
from backchannel.errors import NotPossible
from backchannel.relay.store import MOST_AHEAD_SECONDS, Batch, Full, Head, Health, Limits, Page
from backchannel.values import dataclass

# A pouch's id is its segment's id and its place there, so that a segment is one run of rows and needs no index.
# `once` is the start of SHA-256 over shard and pouch. 16 bytes do: who makes two alike loses one of his own.
_VERSION: Final = 1
_SCHEMA: Final = f"""
PRAGMA user_version = {_VERSION};
CREATE TABLE IF NOT EXISTS segments(
    id INTEGER PRIMARY KEY AUTOINCREMENT, shard BLOB NOT NULL, number INTEGER NOT NULL, closes INTEGER NOT NULL,
    closed INTEGER NOT NULL, pouches INTEGER NOT NULL, UNIQUE (shard, number));
CREATE TABLE IF NOT EXISTS pouches(id INTEGER PRIMARY KEY, once BLOB NOT NULL UNIQUE, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS clock(id INTEGER PRIMARY KEY CHECK (id = 1), expired_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS shards(
    shard BLOB PRIMARY KEY, last INTEGER NOT NULL, pouches INTEGER NOT NULL) WITHOUT ROWID;
"""
_PLACES: Final = 1 << 16
_ONCE_BYTES: Final = 16
_PRAGMAS: Final = {
    "page_size": 4096,
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "secure_delete": "ON",
    "cache_size": -8192,
    "wal_autocheckpoint": 8192,
}

_Hashed = list[tuple[bytes, bytes | memoryview]]


@dataclass(slots=True)
class _Tail:
    """The end of a shard while a commit is made. segment: id of its open segment, None if there is none."""

    shard: bytes
    last: int = 0
    held: int = 0
    segment: int | None = None
    closes: int = 0
    count: int = 0


class SqliteStore:
    """A `Store` in one file."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Raises NotPossible if the file cannot be opened for writing, or was made by another version."""
        assert limits.segment_pouches <= _PLACES
        self._limits = limits
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._writer = _connect(path)
            made = self._writer.pragma("user_version")
            empty = not self._writer.execute("SELECT 1 FROM sqlite_schema").fetchall()
            if made == _VERSION or empty:
                self._writer.execute(_SCHEMA)
            self._reader = _connect(path)
        except (OSError, apsw.Error) as error:
            raise NotPossible(
                "the relay's store cannot be opened", next_step="Check the folder and who owns it."
            ) from error
        if made != _VERSION and not empty:
            raise NotPossible(
                "the relay's store was made by another version",
                next_step="Start with a new file: see docs/operating.md, Backup.",
            )
        self._reading = threading.Lock()
        self._writing = threading.Lock()
        self._held: int = self._read("SELECT coalesce(sum(pouches), 0) FROM shards", ())[0][0]
        self._writable = True

    def append(self, batches: Sequence[Batch], now: int) -> list[Full | None]:
        hashed = [[(_once(batch.shard, pouch), pouch) for pouch in batch.pouches] for batch in batches]
        with self._writing:
            held = self._held
            tails: dict[bytes, _Tail] = {}
            try:
                with self._writer:
                    results = []
                    for batch, pouches in zip(batches, hashed, strict=True):
                        tail = tails.get(batch.shard) or tails.setdefault(batch.shard, self._tail(batch.shard))
                        results.append(self._take(tail, pouches, now))
                    for tail in tails.values():
                        self._keep(tail)
                self._writable = True
            except apsw.Error:
                self._held = held
                self._writable = False
                return [Full("the relay cannot store anything now") for _ in batches]
        return results

    def page(self, shard: bytes, from_segment: int, now: int) -> Page | None:
        columns = "number, closes, closed, pouches"
        sql = f"SELECT {columns} FROM segments WHERE shard = ? AND number >= ? ORDER BY number LIMIT 1"
        row = self._read(sql, (shard, from_segment))
        if not row:
            return None
        number, closes, closed, count = row[0]
        if not closed and not self._is_over(closes, now):
            return None
        if not closed:
            # Durable before anyone is shown it: after a clock that goes back it stays closed.
            self._close(shard, number, min(closes, now))
            _, closes, _, count = self._read(sql, (shard, number))[0]
        return Page(number, closes, count)

    def pouches(self, shard: bytes, number: int, first: int, most: int) -> list[bytes]:
        found = self._read("SELECT id FROM segments WHERE shard = ? AND number = ? AND closed", (shard, number))
        if not found:
            return []
        begin = found[0][0] * _PLACES
        sql = "SELECT body FROM pouches WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
        return [body for (body,) in self._read(sql, (begin + first, begin + _PLACES, most))]

    def head(self, shard: bytes, now: int) -> Head:
        row = self._read(
            "SELECT number, closes, closed FROM segments WHERE shard = ? ORDER BY number DESC LIMIT 1", (shard,)
        )
        if not row:
            last = self._read("SELECT last FROM shards WHERE shard = ?", (shard,))
            return Head(last[0][0] if last else 0, None)
        number, closes, closed = row[0]
        return Head(number, None if closed or self._is_over(closes, now) else closes)

    def expire(self, now: int) -> int:
        """A commit a segment: who posts meanwhile waits for one of them at most. Raises Full if none can be made."""
        gone = 0
        try:
            with self._writing, self._writer:
                run = self._writer.execute
                last: Any = run("SELECT expired_at FROM clock").fetchone()
                at = min(now, last[0] + MOST_AHEAD_SECONDS) if last else now
                run("INSERT OR REPLACE INTO clock VALUES (1, ?)", (at,))
                before = at - self._limits.retention_seconds
                old: list[Any] = run("SELECT id, shard, pouches FROM segments WHERE closes < ?", (before,)).fetchall()
            for segment, shard, count in old:
                with self._writing:
                    with self._writer:
                        run(
                            "DELETE FROM pouches WHERE id >= ? AND id < ?", (segment * _PLACES, (segment + 1) * _PLACES)
                        )
                        run("DELETE FROM segments WHERE id = ?", (segment,))
                        run("UPDATE shards SET pouches = pouches - ? WHERE shard = ?", (count, shard))
                    self._held -= count
                gone += count
        except apsw.Error as error:
            self._writable = False
            raise Full("the relay cannot store anything now") from error
        return gone

    def health(self) -> Health:
        return Health(self._held, self._writable)

    def close(self) -> None:
        """Wait for what is under way and close the file."""
        with self._writing, self._reading:
            self._reader.close()
            self._writer.close()

    def _read(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        with self._reading:
            return self._reader.execute(sql, values).fetchall()

    def _tail(self, shard: bytes) -> _Tail:
        row: Any = self._writer.execute(
            "SELECT last, shards.pouches, id, closes, segments.pouches FROM shards LEFT JOIN segments"
            " ON segments.shard = shards.shard AND number = last AND NOT closed WHERE shards.shard = ?",
            (shard,),
        ).fetchone()
        return _Tail(shard, *row) if row else _Tail(shard)

    def _take(self, tail: _Tail, hashed: _Hashed, now: int) -> Full | None:
        room = min(self._limits.shard_pouches - tail.held, self._limits.total_pouches - self._held)
        if len(hashed) > room and len(self._new(hashed)) > room:
            return Full("this shard is full" if self._limits.shard_pouches - tail.held == room else "the relay is full")
        run = self._writer.execute
        for once, pouch in hashed:
            if tail.segment is not None and self._is_over(tail.closes, now):
                self._end(tail, min(tail.closes, now))
            if tail.segment is None:
                if not self._new([(once, pouch)]):
                    continue
                tail.last, tail.closes, tail.count = tail.last + 1, now + self._limits.segment_seconds, 0
                sql = "INSERT INTO segments(shard, number, closes, closed, pouches) VALUES (?, ?, ?, 0, 0)"
                run(sql, (tail.shard, tail.last, tail.closes))
                tail.segment = self._writer.last_insert_rowid()
            run(
                "INSERT INTO pouches VALUES (?, ?, ?) ON CONFLICT(once) DO NOTHING",
                (tail.segment * _PLACES + tail.count, once, pouch),
            )
            if not self._writer.changes():
                continue
            tail.count += 1
            tail.held += 1
            self._held += 1
            if tail.count == self._limits.segment_pouches:
                self._end(tail, min(tail.closes, now))
        return None

    def _new(self, hashed: _Hashed) -> set[bytes]:
        sql = "SELECT 1 FROM pouches WHERE once = ?"
        return {once for once, _ in hashed if not self._writer.execute(sql, (once,)).fetchone()}

    def _end(self, tail: _Tail, closes: int) -> None:
        sql = "UPDATE segments SET closed = 1, closes = ?, pouches = ? WHERE id = ?"
        self._writer.execute(sql, (closes, tail.count, tail.segment))
        tail.segment = None

    def _keep(self, tail: _Tail) -> None:
        if tail.segment is not None:
            self._writer.execute("UPDATE segments SET pouches = ? WHERE id = ?", (tail.count, tail.segment))
        self._writer.execute("INSERT OR REPLACE INTO shards VALUES (?, ?, ?)", (tail.shard, tail.last, tail.held))

    def _is_over(self, closes: int, now: int) -> bool:
        """Whether an open segment is to be closed. One that closes later than any begun now would comes from a clock
        that has gone back since: its pouches would wait until then."""
        return not now < closes <= now + self._limits.segment_seconds

    def _close(self, shard: bytes, number: int, closes: int) -> None:
        sql = "UPDATE segments SET closed = 1, closes = ? WHERE shard = ? AND number = ? AND NOT closed"
        with self._writing, self._writer:
            self._writer.execute(sql, (closes, shard, number))


def _once(shard: bytes, pouch: bytes | memoryview) -> bytes:
    hashed = hashlib.sha256(shard)
    hashed.update(pouch)
    return hashed.digest()[:_ONCE_BYTES]


def _connect(path: Path) -> apsw.Connection:
    db = apsw.Connection(os.fspath(path))
    db.set_busy_timeout(10_000)
    durable.count_commits(db)
    # One by one: a statement that gives a row ends what is executed at once.
    for name, value in _PRAGMAS.items():
        db.pragma(name, value)
    return db
