"""The embedded store: one SQLite file, one writer, many appends a commit.   Spec: docs/spec/relay.md, "Store"."""

import hashlib
import os
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final

import apsw

from backchannel import durable
from backchannel.errors import NotPossible
from backchannel.relay.store import MOST_AHEAD_SECONDS, Full, Head, Health, Limits, Segment

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS segments(
    shard BLOB NOT NULL, number INTEGER NOT NULL, closes INTEGER NOT NULL, closed INTEGER NOT NULL DEFAULT 0,
    pouches INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (shard, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pouches(
    id INTEGER PRIMARY KEY, shard BLOB NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL, body BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS pouches_once ON pouches(shard, hash);
CREATE INDEX IF NOT EXISTS pouches_paged ON pouches(shard, number, id);
CREATE TABLE IF NOT EXISTS clock(id INTEGER PRIMARY KEY CHECK (id = 1), expired_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS shards(
    shard BLOB PRIMARY KEY, last INTEGER NOT NULL, pouches INTEGER NOT NULL) WITHOUT ROWID;
"""
_MOST_AT_ONCE: Final = 64


class SqliteStore:
    """A `Store` in one file. Writes go through one thread that commits all that wait at once."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Raises NotPossible if the file cannot be opened for writing."""
        self._limits = limits
        self._work: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._writer = _connect(path)
            self._writer.execute(_SCHEMA)
            self._reader = _connect(path)
        except (OSError, apsw.Error) as error:
            raise NotPossible(
                "the relay's store cannot be opened", next_step="Check the folder and who owns it."
            ) from error
        self._reading = threading.Lock()
        self._held: int = self._read("SELECT coalesce(sum(pouches), 0) FROM shards", ())[0][0]
        self._writable = True
        self._thread = threading.Thread(target=self._write_all, name="store", daemon=True)
        self._thread.start()

    def append(self, shard: bytes, pouches: Sequence[bytes], now: int) -> None:
        self._written(lambda: self._append(shard, pouches, now))

    def page(self, shard: bytes, from_segment: int, now: int) -> Segment | None:
        row = self._read(
            "SELECT number, closes, closed FROM segments WHERE shard = ? AND number >= ? ORDER BY number LIMIT 1",
            (shard, from_segment),
        )
        if not row:
            return None
        number, closes, closed = row[0]
        if not closed:
            if not self._is_over(closes, now):
                return None
            # Durable before anyone is shown it: after a clock that goes back it stays closed.
            closes = self._written(lambda: self._close(shard, number, closes, now))
        bodies = self._read("SELECT body FROM pouches WHERE shard = ? AND number = ? ORDER BY id", (shard, number))
        return Segment(number, closes, tuple(body for (body,) in bodies))

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
        gone: int = self._written(lambda: self._expire(now))
        return gone

    def health(self) -> Health:
        return Health(self._held, self._writable)

    def close(self) -> None:
        """Finish what waits and close the file."""
        self._work.put(None)
        self._thread.join()
        with self._reading:
            self._reader.close()
        self._writer.close()

    def _read(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        with self._reading:
            return self._reader.execute(sql, values).fetchall()

    def _written(self, work: Callable[[], Any]) -> Any:
        future: Future[Any] = Future()
        self._work.put((work, future))
        return future.result()

    def _write_all(self) -> None:
        while (first := self._work.get()) is not None:
            jobs = [first]
            while len(jobs) < _MOST_AT_ONCE and not self._work.empty():
                job = self._work.get()
                if job is None:
                    self._work.put(None)
                    break
                jobs.append(job)
            self._commit(jobs)

    def _commit(self, jobs: list[tuple[Callable[[], Any], Future[Any]]]) -> None:
        """One transaction for all jobs; each in a savepoint of its own, so that one refused leaves the others."""
        results: list[tuple[Future[Any], Any, BaseException | None]] = []
        held = self._held
        try:
            with self._writer:
                for work, future in jobs:
                    before = self._held
                    try:
                        with self._writer:
                            results.append((future, work(), None))
                    except Full as error:
                        self._held = before
                        results.append((future, None, error))
            self._writable = True
        except apsw.Error:
            self._held = held
            self._writable = False
            for _, future in jobs:
                future.set_exception(Full("the relay cannot store anything now"))
            return
        for future, result, refused in results:
            if refused is None:
                future.set_result(result)
            else:
                future.set_exception(refused)

    def _append(self, shard: bytes, pouches: Sequence[bytes], now: int) -> None:
        run = self._writer.execute
        row: Any = run("SELECT last, pouches FROM shards WHERE shard = ?", (shard,)).fetchone()
        last, count = row or (0, 0)
        current: Any = run(
            "SELECT number, closes, closed, pouches FROM segments WHERE shard = ? AND number = ?", (shard, last)
        ).fetchone()
        for pouch in pouches:
            hashed = hashlib.sha256(pouch).digest()
            if run("SELECT 1 FROM pouches WHERE shard = ? AND hash = ?", (shard, hashed)).fetchone():
                continue
            if count >= self._limits.shard_pouches or self._held >= self._limits.total_pouches:
                raise Full("this shard is full" if count >= self._limits.shard_pouches else "the relay is full")
            if (
                current is None
                or current[2]
                or self._is_over(current[1], now)
                or current[3] >= self._limits.segment_pouches
            ):
                if current is not None and not current[2]:
                    self._close(shard, current[0], current[1], now)
                last += 1
                current = (last, now + self._limits.segment_seconds, 0, 0)
                run("INSERT INTO segments(shard, number, closes) VALUES (?, ?, ?)", (shard, last, current[1]))
            run("INSERT INTO pouches(shard, number, hash, body) VALUES (?, ?, ?, ?)", (shard, last, hashed, pouch))
            current = (last, current[1], 0, current[3] + 1)
            full = current[3] >= self._limits.segment_pouches
            if full:
                current = (last, min(current[1], now), 1, current[3])
            run(
                "UPDATE segments SET pouches = ?, closes = ?, closed = ? WHERE shard = ? AND number = ?",
                (current[3], current[1], current[2], shard, last),
            )
            count += 1
            self._held += 1
        run("INSERT OR REPLACE INTO shards VALUES (?, ?, ?)", (shard, last, count))

    def _is_over(self, closes: int, now: int) -> bool:
        """Whether an open segment is to be closed. One that closes later than any begun now would comes from a clock
        that has gone back since: its pouches would wait until then."""
        return not now < closes <= now + self._limits.segment_seconds

    def _close(self, shard: bytes, number: int, closes: int, now: int) -> int:
        closes = min(closes, now)
        sql = "UPDATE segments SET closed = 1, closes = ? WHERE shard = ? AND number = ?"
        self._writer.execute(sql, (closes, shard, number))
        return closes

    def _expire(self, now: int) -> int:
        run = self._writer.execute
        gone = 0
        last: Any = run("SELECT expired_at FROM clock").fetchone()
        at = min(now, last[0] + MOST_AHEAD_SECONDS) if last else now
        run("INSERT OR REPLACE INTO clock VALUES (1, ?)", (at,))
        before = at - self._limits.retention_seconds
        old: list[Any] = run("SELECT shard, number, pouches FROM segments WHERE closes < ?", (before,)).fetchall()
        for shard, number, pouches in old:
            run("DELETE FROM pouches WHERE shard = ? AND number = ?", (shard, number))
            run("DELETE FROM segments WHERE shard = ? AND number = ?", (shard, number))
            run("UPDATE shards SET pouches = pouches - ? WHERE shard = ?", (pouches, shard))
            gone += pouches
        self._held -= gone
        return gone


def _connect(path: Path) -> apsw.Connection:
    db = apsw.Connection(os.fspath(path))
    db.set_busy_timeout(10_000)
    durable.count_commits(db)
    db.execute(
        "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768"
    )
    return db
