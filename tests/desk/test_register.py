"""The register: encrypted, append-only, chained; what is destroyed is gone; crashes lose nothing that was durable."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import apsw
import pytest

from backchannel.desk import agent, backup, keyfile
from backchannel.desk.register import NAME, Register, connect
from backchannel.errors import Damaged, Locked, NotPossible

MASTER = bytes(range(32))


@pytest.fixture
def register(tmp_path):
    with Register.create(tmp_path, MASTER) as register:
        yield register


def append(register, *events: bytes) -> list[int]:
    with register.transaction() as tx:
        return [tx.append(event) for event in events]


def test_what_is_appended_is_read_back_in_order(register):
    assert append(register, b"one", b"two") == [1, 2]
    assert list(register.events()) == [(1, b"one"), (2, b"two")]
    assert register.verify() == register.head()


def test_an_undone_transaction_leaves_nothing(register):
    with contextlib.suppress(ZeroDivisionError), register.transaction() as tx:
        tx.append(b"one")
        tx.put_secret(b"s", b"value")
        raise ZeroDivisionError
    assert list(register.events()) == []
    assert register.secret(b"s") is None


def test_the_file_is_encrypted_and_a_plain_one_is_refused(tmp_path, register):
    append(register, b"a secret sentence")
    register.close()
    assert b"SQLite format 3" not in (tmp_path / NAME).read_bytes()
    assert b"a secret sentence" not in (tmp_path / NAME).read_bytes()
    (tmp_path / NAME).unlink()
    with sqlite3.connect(tmp_path / NAME) as plain:
        plain.execute("CREATE TABLE entries(n)")
    with pytest.raises(Damaged, match="not encrypted"):
        Register.open(tmp_path, MASTER)


def test_another_key_does_not_open_it(tmp_path, register):
    register.close()
    with pytest.raises(Damaged):
        Register.open(tmp_path, bytes(32))


def test_entries_cannot_be_changed_or_taken_out(tmp_path, register):
    append(register, b"one", b"two", b"three")
    db = connect(tmp_path / NAME, MASTER)
    for statement in ("UPDATE entries SET cipher = x'00'", "DELETE FROM entries", "DELETE FROM entry_keys"):
        with pytest.raises(apsw.ConstraintError):
            db.execute(statement)
    # Whoever has the key and drops the guards is noticed by the chain.
    db.execute("DROP TRIGGER entries_stay; UPDATE entries SET cipher = zeroblob(length(cipher)) WHERE n = 2")
    db.close()
    with pytest.raises(Damaged, match="entry 2"):
        register.verify()


def test_a_burnt_entry_leaves_the_chain_whole(register):
    append(register, b"one", b"two")
    head = register.head()
    with register.transaction() as tx:
        tx.index(1, "words of one")
        tx.put_blob(1, "contents", b"more")
        assert tx.burn(1)
    assert register.settle()
    assert list(register.events()) == [(1, None), (2, b"two")]
    assert register.blob(1, "contents") is None
    assert register.search("words") == []
    assert register.verify() == head


WRITER = """
import sys
from pathlib import Path
from backchannel.desk.register import Register
with Register.open(Path(sys.argv[1]), bytes(range(32))) as register:
    for k in range(int(sys.argv[2])):
        with register.transaction() as tx:
            n = tx.append(b"%s %d" % (sys.argv[3].encode(), k))
            tx.put_secret(b"last/" + sys.argv[3].encode(), b"%d" % k)
        print(n, flush=True)
"""


def writer(folder, count, name):
    return subprocess.Popen([sys.executable, "-c", WRITER, folder, str(count), name], stdout=subprocess.PIPE, text=True)


def test_two_processes_write_without_losing_an_entry(tmp_path, register):
    both = [writer(tmp_path, 60, name) for name in ("a", "b")]
    numbers = [int(line) for process in both for line in process.communicate(timeout=60)[0].split()]
    assert sorted(numbers) == list(range(1, 121))
    register.verify()


def test_killed_at_any_moment_what_was_durable_is_there(tmp_path, register):
    process = writer(tmp_path, 100_000, "a")
    time.sleep(0.8)
    process.send_signal(signal.SIGKILL)
    accepted = [int(line) for line in process.communicate()[0].split()]
    n, _ = register.verify()
    assert len(accepted) > 5
    assert n >= accepted[-1]
    assert register.secret(b"last/a") == b"%d" % (n - 1)


def test_the_key_file_opens_with_its_passphrase_only(tmp_path):
    path = tmp_path / keyfile.NAME
    master, key_file = keyfile.make("one passphrase", os.urandom, keyfile.CHEAP)
    path.write_bytes(key_file)
    assert keyfile.unwrap(path, "one passphrase") == master
    with pytest.raises(Locked):
        keyfile.unwrap(path, "another")
    keyfile.change_passphrase(path, "one passphrase", "two passphrases", os.urandom, keyfile.CHEAP)
    assert keyfile.unwrap(path, "two passphrases") == master
    with pytest.raises(Locked):
        keyfile.unwrap(path, "one passphrase")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises((Locked, Damaged)):
        keyfile.unwrap(path, "two passphrases")


def test_the_cost_of_a_guess_is_that_of_the_plan():
    """256 MiB, three passes (RFC 9106): guessing is slow for whoever has the file."""
    assert keyfile.Cost() == keyfile.Cost(memory_kib=256 * 1024, passes=3, lanes=4)


@pytest.fixture
def runtime(monkeypatch):
    """A short path: socket names have at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="bc-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


def test_the_agent_holds_the_key_until_told_or_idle(tmp_path, runtime):
    agent.start(tmp_path, MASTER, idle_seconds=30)
    assert agent.fetch(tmp_path) == MASTER
    assert agent.stop(tmp_path)
    assert agent.fetch(tmp_path) is None
    agent.start(tmp_path, MASTER, idle_seconds=1)
    deadline = time.monotonic() + 20
    while list(runtime.rglob("*.sock")) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert agent.fetch(tmp_path) is None


def test_the_agent_is_closed_to_others(tmp_path, runtime):
    """A folder others may enter is refused; the key is in no argument and no environment."""
    (runtime / "backchannel").mkdir()
    (runtime / "backchannel").chmod(0o755)
    assert agent.fetch(tmp_path) is None
    with pytest.raises(NotPossible):
        agent.start(tmp_path, MASTER)
    (runtime / "backchannel").chmod(0o700)
    agent.start(tmp_path, MASTER)
    try:
        (found,) = runtime.rglob("*.sock")
        assert found.stat().st_mode & 0o177 == 0
        said = list(_processes())
        assert any(os.fsencode(tmp_path) in one for one in said)
        assert not any(MASTER in one or MASTER.hex().encode() in one for one in said)
    finally:
        agent.stop(tmp_path)


def _processes():
    """Arguments and environment of every process that can be read."""
    for folder in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            with contextlib.suppress(OSError):
                yield (folder / name).read_bytes()


def test_a_long_runtime_folder_is_no_obstacle(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / ("x" * 100)))
    agent.start(tmp_path, MASTER)
    assert agent.stop(tmp_path)


@pytest.fixture
def office(tmp_path):
    """A register with its key file, an office secret and an envelope's key."""
    folder = tmp_path / "office"
    folder.mkdir()
    master, key_file = keyfile.make("a passphrase", os.urandom, keyfile.CHEAP)
    (folder / keyfile.NAME).write_bytes(key_file)
    with Register.create(folder, master) as register:
        append(register, b"one", b"two")
        with register.transaction() as tx:
            tx.put_secret(b"office/link", b"L" * 32)
            tx.put_secret(b"envelope/x", b"E" * 32)
        yield register, master


def test_a_backup_comes_back_without_the_keys_that_open_letters(tmp_path, office):
    register, master = office
    made = backup.write(register, master, tmp_path / "b", 1234)
    restored, found = backup.restore(tmp_path / "b", tmp_path / "again", "a passphrase")
    assert (restored, found) == (master, made)
    with Register.open(tmp_path / "again", master) as again:
        assert list(again.events()) == [(1, b"one"), (2, b"two")]
        assert again.secret(b"office/link") == b"L" * 32
        assert again.secret(b"envelope/x") is None
        db = connect(tmp_path / "again" / NAME, master)
        assert db.execute("SELECT count(*) FROM secret_values WHERE value = ?", (b"E" * 32,)).fetchall() == [(0,)]
        db.close()


def test_a_backup_overwrites_nothing_and_goes_into_an_empty_folder_only(tmp_path, office):
    register, master = office
    backup.write(register, master, tmp_path / "b", 1)
    before = (tmp_path / "b").read_bytes()
    with pytest.raises(NotPossible):
        backup.write(register, master, tmp_path / "b", 2)
    assert (tmp_path / "b").read_bytes() == before
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(NotPossible):
        backup.restore(tmp_path / "b", tmp_path / "full", "a passphrase")


def test_a_spoiled_backup_is_refused_and_leaves_nothing(tmp_path, office):
    register, master = office
    backup.write(register, master, tmp_path / "b", 1)
    data = (tmp_path / "b").read_bytes()
    with pytest.raises(Locked):
        backup.restore(tmp_path / "b", tmp_path / "new", "wrong passphrase")
    for spoiled in (data[:-1], data[:100], b"", data[:-5000] + bytes(1) + data[-4999:], data + b"x"):
        (tmp_path / "spoiled").write_bytes(spoiled)
        with pytest.raises(Damaged):
            backup.restore(tmp_path / "spoiled", tmp_path / "new", "a passphrase")
        assert not list((tmp_path / "new").iterdir()) if (tmp_path / "new").exists() else True
