"""The register: what the office did and received, append-only and encrypted.   Spec: docs/spec/register.md.

One SQLite file, encrypted whole (ChaCha20-Poly1305 a page) under a key derived from the master key. In it:

- an **entry** is one event, AES-256-GCM under its own random key; the chain runs over the ciphertexts, so that it
  still holds when a key is gone: chain_n = H["register", chain_{n-1}, n, SHA-256(cipher_n)], chain_0 = 32 zero bytes;
- what belongs to an entry (search text, kept copies) is encrypted under the entry's key too: **burning** n destroys
  32 bytes and with them all of it;
- **secrets** are private keys and tokens, by name.

Keys are destroyed where they lie: their rows are only ever appended and then overwritten with zeros. SQLite's
`secure_delete` clears a deleted row, but a tree that is rebalanced moves rows and leaves their old places as they
were; in a table that only grows at its end and whose rows keep their size, nothing moves. Names of secrets have no
such care: a name must not be a secret.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import apsw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backchannel import durable
from backchannel.encoding import digest, labelled
from backchannel.errors import Damaged, NotPossible
from backchannel.values import dataclass, field

Random = Callable[[int], bytes]

NAME: Final = "register.db"
CHAIN_START: Final = bytes(32)
BUSY_SECONDS: Final = 10.0
_VERSION: Final = 1
_PLAIN_HEADER: Final = b"SQLite format 3"
_GONE: Final = bytes(32)  # the place of a key that was destroyed
_NONCE: Final = bytes(12)  # each event's key is used once
_BATCH_ROWS: Final = 512
_BATCH_BYTES: Final = 4 * 1024 * 1024

SCHEMA: Final = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE entries(n INTEGER PRIMARY KEY, chain BLOB NOT NULL, cipher BLOB NOT NULL);
CREATE TABLE entry_keys(n INTEGER PRIMARY KEY, key BLOB NOT NULL CHECK (length(key) = 32));
CREATE TABLE secret_values(id INTEGER PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE secret_names(name BLOB PRIMARY KEY, id INTEGER NOT NULL, destroy_after INTEGER) WITHOUT ROWID;
CREATE TABLE texts(n INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE blobs(n INTEGER NOT NULL, name TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (n, name));
CREATE TABLE about(subject INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (subject, n)) WITHOUT ROWID;

CREATE TRIGGER entries_follow BEFORE INSERT ON entries
    WHEN NEW.n <> (SELECT coalesce(max(n), 0) + 1 FROM entries)
    BEGIN SELECT raise(ABORT, 'entries are appended one by one'); END;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
    BEGIN SELECT raise(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entries_remain BEFORE DELETE ON entries
    BEGIN SELECT raise(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER keys_only_go BEFORE UPDATE ON entry_keys WHEN NEW.key <> zeroblob(32) OR NEW.n <> OLD.n
    BEGIN SELECT raise(ABORT, 'a key is only ever destroyed'); END;
CREATE TRIGGER keys_remain BEFORE DELETE ON entry_keys
    BEGIN SELECT raise(ABORT, 'a key is overwritten where it lies'); END;
CREATE TRIGGER values_only_go BEFORE UPDATE ON secret_values
    WHEN NEW.value <> zeroblob(length(OLD.value)) OR NEW.id <> OLD.id
    BEGIN SELECT raise(ABORT, 'a secret is only ever destroyed'); END;
CREATE TRIGGER values_remain BEFORE DELETE ON secret_values
    BEGIN SELECT raise(ABORT, 'a secret is overwritten where it lies'); END;
"""


@dataclass(frozen=True, slots=True)
class Secret:
    """A private key or token. destroy_after: Unix seconds after which it must be gone, or None."""

    name: bytes
    value: bytes = field(repr=False)
    destroy_after: int | None


class Register:
    """The open register. Not for two threads at once; any number of processes.

    No read stays open between calls: a reader that lingers would delay destruction.
    Every call raises Damaged (the file is not as we left it) or NotPossible (disk full, not writable, another
    process of this office wrote for ten seconds), and then nothing was changed.
    """

    __slots__ = ("_db", "_mac_key", "_random", "path")

    def __init__(self, path: Path, db: apsw.Connection, mac_key: bytes, random: Random) -> None:
        """Not called from outside: `create` or `open`."""
        self.path = path
        self._db = db
        self._mac_key = mac_key
        self._random = random

    @classmethod
    def create(cls, directory: Path, master: bytes, random: Random = os.urandom) -> Self:
        """An empty register in `directory`, mode 0600. Raises NotPossible if there is one."""
        path = directory / NAME
        if path.exists():
            raise NotPossible("this folder already has a register")
        temporary = path.with_name(NAME + ".new")
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()  # left by a crash
        try:
            create_file(temporary, master)
            durable.rename(temporary, path)
        except OSError as error:
            raise NotPossible(f"the register cannot be made here: {error.strerror}") from error
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        return cls.open(directory, master, random)

    @classmethod
    def open(cls, directory: Path, master: bytes, random: Random = os.urandom) -> Self:
        """The register of this folder. A destruction left pending is tried again at once (see `pending`).

        Raises NotPossible (none here), Damaged (not encrypted, altered, or of another desk).
        """
        path = directory / NAME
        try:
            if path.stat().st_size == 0:
                raise Damaged("the register is empty")
        except FileNotFoundError as error:
            raise NotPossible("there is no register in this folder") from error
        except OSError as error:
            raise NotPossible(f"the register cannot be read: {error.strerror}") from error
        try:
            with _ours():
                db = connect(path, master)
        except Damaged:
            if _is_plain(path):
                raise Damaged("the register is not encrypted: it is not a file this desk wrote") from None
            raise
        register = cls(path, db, _derive(master, "register-backup"), random)
        try:
            version = register.meta("version")
            if version != _VERSION:
                raise NotPossible("the register was written by another version of this program")
            with _ours():
                if db.pragma("journal_mode", "wal") != "wal":
                    raise NotPossible("the register's folder cannot hold a write-ahead log")
            if register.pending:
                with contextlib.suppress(NotPossible):
                    register.settle(wait_seconds=0)
        except BaseException:
            register.close()
            raise
        return register

    def close(self) -> None:
        """Drop the connection. The last process to close also empties the write-ahead log."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # --- writing ---

    @contextmanager
    def transaction(self) -> Iterator["Transaction"]:
        """All or nothing, durable when the block ends; waits up to ten seconds for another process's.

        After a block that destroyed anything the caller calls `settle` before showing anything.
        """
        assert not self._db.in_transaction, "transactions do not nest"
        with _ours():
            self._db.execute("BEGIN IMMEDIATE")
        transaction = Transaction(self._db, self._random)
        try:
            yield transaction
            transaction.finish()
        except BaseException:
            if self._db.in_transaction:  # SQLite has ended it itself when the disk is full
                self._db.execute("ROLLBACK")
            raise

    @property
    def pending(self) -> bool:
        """Whether something destroyed may still be in the write-ahead log (durable; the person is told)."""
        return int(self.meta("destroyed") or 0) > int(self.meta("settled") or 0)

    def settle(self, wait_seconds: float = 2.0) -> bool:
        """Empty the write-ahead log, the last place of what was destroyed; True when nothing is pending.

        False: a reader holds it, or the disk does not do it; say "destruction pending" and call again. It stays pending
        across restarts.
        """
        try:
            return self._settle(wait_seconds)
        except (NotPossible, OSError):
            return False

    def _settle(self, wait_seconds: float) -> bool:
        destroyed = int(self.meta("destroyed") or 0)
        if destroyed == int(self.meta("settled") or 0):
            return True
        with _ours():
            self._db.set_busy_timeout(int(wait_seconds * 1000))
            try:
                if not durable.empty_log(self._db):
                    return False
            finally:
                self._db.set_busy_timeout(int(BUSY_SECONDS * 1000))
        self._sync_log()
        with self.transaction() as tx:
            # Only what was destroyed before the checkpoint; another process may have destroyed more since.
            tx.put_meta("settled", max(destroyed, int(self.meta("settled") or 0)))
        return True

    def _sync_log(self) -> None:
        # SQLite cuts the log without a sync: after a power cut its old length could come back.
        log = self.path.with_name(self.path.name + "-wal")
        try:
            handle = os.open(log, os.O_RDONLY)
        except FileNotFoundError:
            return
        try:
            durable.sync(handle)
        finally:
            os.close(handle)

    # --- reading ---

    def events(self, from_n: int = 1) -> Iterator[tuple[int, bytes | None]]:
        """Entries from `from_n` on, in order, each event as it was appended, None where it was burnt.

        What other processes append meanwhile is included. About 100,000 small entries a second.
        """
        for n, _chain, cipher, key in self._entries(from_n):
            yield n, _open_event(n, cipher, key)

    def event(self, n: int) -> bytes | None:
        """The event of entry n; None if it was burnt. Raises NotPossible if there is no such entry."""
        for found, event in self.events(n):
            if found == n:
                return event
            break
        raise NotPossible(f"the register has no entry {n}")

    def secret(self, name: bytes) -> bytes | None:
        """The secret of this name, or None."""
        sql = "SELECT value FROM secret_names JOIN secret_values USING (id) WHERE name = ?"
        value: bytes | None = self._one(sql, (name,))
        return value

    def secrets(self, prefix: bytes = b"") -> tuple[Secret, ...]:
        """Secrets whose names start with `prefix`, by name."""
        sql = """SELECT name, value, destroy_after FROM secret_names JOIN secret_values USING (id)
                 WHERE name >= ?1 AND substr(name, 1, length(?1)) = ?1 ORDER BY name"""
        with _ours():
            return tuple(Secret(*row) for row in self._db.execute(sql, (prefix,)))

    def due(self, now_seconds: int) -> tuple[bytes, ...]:
        """Names of the secrets whose `destroy_after` is not after now, soonest first."""
        sql = "SELECT name FROM secret_names WHERE destroy_after <= ? ORDER BY destroy_after, name"
        with _ours():
            return tuple(name for (name,) in self._db.execute(sql, (now_seconds,)))

    def blob(self, n: int, name: str) -> bytes | None:
        """What was kept beside entry n under this name; None if never, dropped or burnt."""
        row = self._row("SELECT key, sealed FROM blobs JOIN entry_keys USING (n) WHERE n = ? AND name = ?", (n, name))
        return None if row is None else _unseal(_derive(row[0], "register-blob", n, name), n, row[1])

    def about(self, subject: int) -> list[tuple[int, bytes | None]]:
        """Entry `subject` itself and all that were appended as about it, lowest first; None for a burnt one."""
        with _ours():
            rows: list[Any] = self._db.execute(
                "SELECT n, cipher, key FROM entries JOIN entry_keys USING (n) WHERE n = ? OR n IN"
                " (SELECT n FROM about WHERE subject = ?) ORDER BY n",
                (subject, subject),
            ).fetchall()
        return [(n, _open_event(n, cipher, key)) for n, cipher, key in rows]

    def blob_names(self, n: int) -> tuple[str, ...]:
        """Names of what is kept beside entry n."""
        with _ours():
            return tuple(name for (name,) in self._db.execute("SELECT name FROM blobs WHERE n = ? ORDER BY name", (n,)))

    def search(self, folded_query: str) -> list[int]:
        """Entries whose text has, for every word of the query, a word that begins with it; lowest first.

        Reads and decrypts every text: about 200 MiB a second, nothing of them lies in an index that burning would
        have to find. A query without words finds nothing.
        """
        words = [" " + word for word in folded_query.split()]
        if not words:
            return []
        found: list[int] = []
        for n, sealed, key in self._batches(
            "SELECT n, sealed, key FROM texts JOIN entry_keys USING (n) WHERE n >= ? ORDER BY n", 1
        ):
            text = _unseal(_derive(key, "register-text", n), n, sealed).decode()
            if all(word in text for word in words):
                found.append(n)
        return found

    def meta(self, name: str) -> Any:
        """A number, text or bytes the desk keeps about the file itself, or None."""
        return self._one("SELECT value FROM meta WHERE name = ?", (name,))

    def head(self) -> tuple[int, bytes]:
        """Number and chain value of the last entry; (0, 32 zero bytes) when there is none."""
        row = self._row("SELECT n, chain FROM entries ORDER BY n DESC LIMIT 1", ())
        return (0, CHAIN_START) if row is None else (row[0], row[1])

    def verify(self) -> tuple[int, bytes]:
        """The head, after every entry was read, decrypted unless burnt, and chained to the one before.

        Raises Damaged naming the first entry that is not as it was written. Whole entries missing at the end leave
        a shorter register that is right in itself: compare the head with one noted elsewhere.
        """
        expected, chain = 1, CHAIN_START
        for n, stored, cipher, key in self._entries(1):
            chain = _chain(chain, expected, cipher)
            if n != expected or stored != chain:
                raise _not_as_written(expected)
            _open_event(n, cipher, key)
            expected += 1
        orphans = self._one("SELECT count(*) FROM entry_keys WHERE n NOT BETWEEN 1 AND ?", (expected - 1,))
        if orphans:
            raise _not_as_written(expected)
        return expected - 1, chain

    def copy(self, path: Path, master: bytes, keep_secrets: bytes, meta: dict[str, Any]) -> tuple[BinaryIO, int]:
        """A register file of its own, as of one moment, with only the secrets named `keep_secrets`...; its last entry.

        What is left out never reaches the new file, nor does any freed page. The file loses its name, `path`, before
        anything is in it, and is gone when it is closed, or by a crash: a copy knows nothing of what is burnt later.
        """
        create_file(path, master)
        with _ours():
            copy = connect(path, master)
        try:
            file = path.open("rb")
            path.unlink()
            with _ours():
                copy.pragma("journal_mode", "off")
                copy.pragma("synchronous", "off")
                head = self._fill(copy, keep_secrets, meta)
        finally:
            copy.close()
        return file, head

    def _fill(self, copy: apsw.Connection, keep_secrets: bytes, meta: dict[str, Any]) -> int:
        copy.execute("BEGIN IMMEDIATE")
        self._db.execute("BEGIN")
        try:
            for table, columns in (("entries", 3), ("entry_keys", 2), ("texts", 2), ("blobs", 3), ("about", 2)):
                marks = ",".join("?" * columns)
                copy.executemany(f"INSERT INTO {table} VALUES ({marks})", self._db.execute(f"SELECT * FROM {table}"))
            for secret in self.secrets(keep_secrets):
                Transaction(copy, self._random).put_secret(secret.name, secret.value, secret.destroy_after)
            head, _ = self.head()
        finally:
            self._db.execute("ROLLBACK")
        for name, value in meta.items():
            copy.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
        copy.execute("COMMIT")
        return head

    @property
    def mac_key(self) -> bytes:
        """The key that authenticates this office's backups, 32 bytes, derived from the master key."""
        return self._mac_key

    def _entries(self, from_n: int) -> Iterator[tuple[int, bytes, bytes, bytes | None]]:
        # LEFT JOIN: an entry without its key row must be noticed, not skipped.
        sql = """SELECT n, chain, cipher, key FROM entries LEFT JOIN entry_keys USING (n) WHERE n >= ? ORDER BY n"""
        return self._batches(sql, from_n)

    def _batches(self, sql: str, from_n: int) -> Iterator[Any]:
        """The rows of a query over `n >= ?`, read in batches, so that no read is open while the caller works."""
        while True:
            batch: list[Any] = []
            size = 0
            try:
                with _ours():
                    cursor = self._db.cursor()
                    for row in cursor.execute(sql, (from_n,)):
                        batch.append(row)
                        size += 64 + sum(len(item) for item in row if isinstance(item, bytes))
                        if len(batch) >= _BATCH_ROWS or size >= _BATCH_BYTES:
                            break
                    cursor.close()
            except Damaged as error:
                yield from batch
                raise _not_as_written(batch[-1][0] + 1 if batch else from_n) from error
            yield from batch
            if not batch:
                return
            from_n = batch[-1][0] + 1

    def _row(self, sql: str, values: tuple[Any, ...]) -> Any:
        with _ours():
            return self._db.execute(sql, values).fetchone()

    def _one(self, sql: str, values: tuple[Any, ...]) -> Any:
        row = self._row(sql, values)
        return None if row is None else row[0]


class Transaction:
    """What one transaction may do; reads through the register see it at once. Made by `Register.transaction`."""

    __slots__ = ("_db", "_destroys", "_random")

    def __init__(self, db: apsw.Connection, random: Random) -> None:
        self._db = db
        self._random = random
        self._destroys = False

    def append(self, event: bytes, about: Iterable[int] = ()) -> int:
        """The new entry's number, one above the last. about: entries by which it can be found (`Register.about`)."""
        last = self._run("SELECT n, chain FROM entries ORDER BY n DESC LIMIT 1").fetchone() or (0, CHAIN_START)
        n = last[0] + 1
        key = self._random(32)
        cipher = AESGCM(key).encrypt(_NONCE, event, _aad(n))
        self._run("INSERT INTO entries VALUES (?, ?, ?)", n, _chain(last[1], n, cipher), cipher)
        self._run("INSERT INTO entry_keys VALUES (?, ?)", n, key)
        for subject in about:
            self._run("INSERT INTO about VALUES (?, ?)", subject, n)
        return n

    def put_secret(self, name: bytes, value: bytes, destroy_after: int | None = None) -> None:
        """Keep a secret; one of the same name is destroyed. destroy_after: Unix seconds, see `Register.due`."""
        assert value, "a secret has at least one byte"
        self.drop_secret(name)
        self._run("INSERT INTO secret_values(value) VALUES (?)", value)
        self._run("INSERT INTO secret_names VALUES (?, ?, ?)", name, self._db.last_insert_rowid(), destroy_after)

    def drop_secret(self, name: bytes) -> bool:
        """Destroy a secret; False if there was none. Done when `settle` has said so."""
        row = self._run("SELECT id FROM secret_names WHERE name = ?", name).fetchone()
        if row is None:
            return False
        self._run("UPDATE secret_values SET value = zeroblob(length(value)) WHERE id = ?", row[0])
        self._run("DELETE FROM secret_names WHERE name = ?", name)
        self._destroys = True
        return True

    def burn(self, n: int) -> bool:
        """Destroy entry n's key, and with it the event, its text and all kept beside it; the chain stays whole.

        False if it was burnt before. Done when `settle` has said so. Raises NotPossible if there is no such entry.
        """
        if self._key(n) == _GONE:
            return False
        self._run("UPDATE entry_keys SET key = zeroblob(32) WHERE n = ?", n)
        self._run("DELETE FROM texts WHERE n = ?", n)
        self._run("DELETE FROM blobs WHERE n = ?", n)
        self._destroys = True
        return True

    def index(self, n: int, folded_text: str) -> None:
        """What a search finds entry n by, already folded; replaces what was there."""
        text = " " + " ".join(folded_text.split())
        self._run("INSERT OR REPLACE INTO texts VALUES (?, ?)", n, self._sealed(text.encode(), "register-text", n))

    def put_blob(self, n: int, name: str, data: bytes) -> None:
        """Keep bytes beside entry n, under its key; replaces what had the name."""
        self._run(
            "INSERT OR REPLACE INTO blobs VALUES (?, ?, ?)", n, name, self._sealed(data, "register-blob", n, name)
        )

    def drop_blob(self, n: int, name: str) -> None:
        """Free the space of a kept copy. This destroys no key: only `burn` does."""
        self._run("DELETE FROM blobs WHERE n = ? AND name = ?", n, name)

    def put_meta(self, name: str, value: int | str | bytes | None) -> None:
        """A number, text or bytes about the file itself; None takes it away."""
        if value is None:
            self._run("DELETE FROM meta WHERE name = ?", name)
        else:
            self._run("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, value)

    def finish(self) -> None:
        """Called by `Register.transaction` at the end of the block."""
        if self._destroys:
            self._run("UPDATE meta SET value = value + 1 WHERE name = 'destroyed'")
        self._run("COMMIT")

    def _key(self, n: int) -> bytes:
        row = self._run("SELECT key FROM entry_keys WHERE n = ?", n).fetchone()
        if row is None:
            raise NotPossible(f"the register has no entry {n}")
        key: bytes = row[0]
        return key

    def _sealed(self, data: bytes, label: str, n: int, *name: str) -> bytes:
        key = self._key(n)
        if key == _GONE:
            raise NotPossible(f"entry {n} was burnt")
        nonce = self._random(12)
        return nonce + AESGCM(_derive(key, label, n, *name)).encrypt(nonce, data, None)

    def _run(self, sql: str, *values: Any) -> apsw.Cursor:
        with _ours():
            # After a full disk SQLite has rolled back by itself; a statement now would stand alone.
            assert self._db.in_transaction, "the transaction is over"
            return self._db.execute(sql, values)


def connect(path: Path, master: bytes) -> apsw.Connection:
    """A connection with the key and all our settings; the first page has been read. Raises apsw errors."""
    db = apsw.Connection(os.fspath(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        db.set_busy_timeout(int(BUSY_SECONDS * 1000))
        durable.count_commits(db)
        # Without the cipher library the key would be ignored and the file plain: ask it for its name.
        if db.pragma("cipher", "chacha20") != "chacha20":
            raise NotPossible("the encryption of the register is not installed")
        db.pragma("key", "raw:" + _derive(master, "register-file").hex())
        for setting, value in (("temp_store", "memory"), ("secure_delete", "on"), ("synchronous", "full")):
            db.pragma(setting, value)
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        db.close()
        raise
    return db


def create_file(path: Path, master: bytes) -> None:
    """An empty register file, mode 0600, durable, header checked not to be plain SQLite. Raises FileExistsError."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with _ours():
        db = connect(path, master)
        try:
            db.pragma("journal_mode", "memory")  # what a crash leaves is no register yet, and no second file beside it
            db.execute("BEGIN IMMEDIATE")
            db.execute(SCHEMA)
            db.execute("INSERT INTO meta VALUES ('version', ?), ('destroyed', 0), ('settled', 0)", (_VERSION,))
            db.execute("COMMIT")
        finally:
            db.close()
    with path.open("rb") as file:  # only here, where no connection is open: closing a file drops its locks
        if file.read(len(_PLAIN_HEADER)) == _PLAIN_HEADER:
            raise NotPossible("the register would not be encrypted")


def _is_plain(path: Path) -> bool:
    """Whether the file opens without a key. Asked of SQLite: reading it ourselves would drop this process's locks."""
    try:
        db = apsw.Connection(os.fspath(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            db.close()
    except apsw.Error:
        return False
    return True


@contextmanager
def _ours() -> Iterator[None]:
    """SQLite's errors as ours. SQLite has undone what it could not finish."""
    try:
        yield
    except (apsw.NotADBError, apsw.CorruptError) as error:
        raise Damaged("the register is damaged, or belongs to another desk") from error
    except apsw.FullError as error:
        raise NotPossible("the disk is full", next_step="Make room and try again.") from error
    except apsw.BusyError as error:
        raise NotPossible(
            "another process of this office is still writing", next_step="Wait until it has ended and try again."
        ) from error
    except (apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError) as error:
        raise NotPossible(
            "the register cannot be opened for writing",
            next_step="Check who owns the folder and whether it may be written.",
        ) from error
    except apsw.IOError as error:
        raise NotPossible(
            "the disk did not read or write the register", next_step="Check the disk and try again."
        ) from error


def _derive(key: bytes, label: str, *items: Any) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=labelled(label, *items)).derive(key)


def _unseal(key: bytes, n: int, sealed: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], None)
    except (InvalidTag, ValueError) as error:
        raise Damaged(f"what is kept with entry {n} of the register is damaged") from error


def _open_event(n: int, cipher: bytes, key: bytes | None) -> bytes | None:
    if key == _GONE:
        return None
    if key is None:
        raise _not_as_written(n)
    try:
        return AESGCM(key).decrypt(_NONCE, cipher, _aad(n))
    except InvalidTag as error:
        raise _not_as_written(n) from error


def _not_as_written(n: int) -> Damaged:
    return Damaged(f"entry {n} of the register is not as it was written")


def _aad(n: int) -> bytes:
    return labelled("register-entry", n)


def _chain(before: bytes, n: int, cipher: bytes) -> bytes:
    return digest("register", before, n, hashlib.sha256(cipher).digest())
