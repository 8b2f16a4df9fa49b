"""What every store must do; a later driver joins the list and passes the same tests."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import apsw
import pytest

from backchannel.errors import NotPossible
from backchannel.relay.sqlite_store import SqliteStore
from backchannel.relay.store import Batch, Full, Limits, Segment

SHARD, OTHER = bytes(8), b"\x10" + bytes(7)
LIMITS = Limits(retention_seconds=1000, segment_seconds=60, segment_pouches=5, shard_pouches=20, total_pouches=30)


@pytest.fixture(params=[SqliteStore])
def make(request, tmp_path):
    made = []

    def make(limits=LIMITS):
        store = request.param(tmp_path / "store.db", limits)
        made.append(store)
        return store

    yield make
    for store in made:
        store.close()


def pouches(*names: str) -> list[bytes]:
    return [name.encode().ljust(64, b".") for name in names]


def post(store, shard, pouches, now):
    (refused,) = store.append([Batch(shard, pouches)], now)
    if refused is not None:
        raise refused


def collect(store, shard, from_segment, now, most=2):
    page = store.page(shard, from_segment, now)
    if page is None:
        return None
    pouches = []
    while found := store.pouches(shard, page.number, len(pouches), most):
        pouches += found
    assert len(pouches) == page.count
    return Segment(page.number, page.closed, tuple(pouches))


def test_a_segment_is_shown_only_when_it_has_closed(make):
    store = make()
    post(store, SHARD, pouches("a", "b"), now=100)
    assert collect(store, SHARD, 1, now=159) is None
    assert store.head(SHARD, now=159).closes == 160
    segment = collect(store, SHARD, 1, now=160)
    assert (segment.number, segment.closed, segment.pouches) == (1, 160, tuple(pouches("a", "b")))


def test_a_full_segment_closes_at_once_and_numbers_have_no_holes(make):
    store = make()
    post(store, SHARD, pouches(*"abcdefghijkl"), now=100)
    found = [collect(store, SHARD, n, now=100) for n in (1, 2, 3)]
    assert [one and (one.number, len(one.pouches)) for one in found] == [(1, 5), (2, 5), None]


def test_a_closed_segment_is_never_reopened_even_if_the_clock_goes_back(make):
    store = make()
    post(store, SHARD, pouches("a"), now=100)
    before = collect(store, SHARD, 1, now=200)
    post(store, SHARD, pouches("b"), now=110)
    assert collect(store, SHARD, 1, now=200) == before
    assert collect(store, SHARD, 2, now=300).pouches == tuple(pouches("b"))


def test_the_same_pouch_is_stored_once(make):
    store = make()
    post(store, SHARD, pouches("a"), now=100)
    post(store, SHARD, pouches("a", "b"), now=101)
    post(store, OTHER, pouches("a"), now=101)
    assert collect(store, SHARD, 1, now=200).pouches == tuple(pouches("a", "b"))
    assert store.health().pouches == 3


def test_a_batch_is_whole_or_refused_whole(make):
    store = make()
    post(store, SHARD, pouches(*"abcdefghijklmnopqr"), now=100)
    with pytest.raises(Full):
        post(store, SHARD, pouches("1", "2", "3"), now=100)
    assert store.health().pouches == 18
    post(store, SHARD, pouches("1", "2"), now=100)
    assert collect(store, SHARD, 4, now=500).pouches == tuple(pouches("p", "q", "r", "1", "2"))


def test_the_relay_as_a_whole_has_a_limit(make):
    store = make()
    post(store, SHARD, pouches(*(f"a{k}" for k in range(20))), now=100)
    post(store, OTHER, pouches(*(f"b{k}" for k in range(10))), now=100)
    with pytest.raises(Full):
        post(store, b"\x20" + bytes(7), pouches("c"), now=100)


def test_batches_that_come_together_are_refused_one_by_one(make):
    """One commit for all: who goes beyond the limit is refused whole, the others are stored, what is twice is once."""
    store = make()
    batches = [
        Batch(SHARD, pouches(*(f"a{k}" for k in range(18)))),
        Batch(SHARD, pouches("b1", "b2", "b3")),
        Batch(OTHER, pouches("c", "c")),
        Batch(SHARD, pouches("a0", "d", "d", "a1", "e")),
        Batch(SHARD, pouches("f")),
    ]
    results = store.append(batches, now=100)
    assert [isinstance(result, Full) for result in results] == [False, True, False, False, True]
    assert store.health().pouches == 21
    assert collect(store, SHARD, 4, now=500).pouches == tuple(pouches("a15", "a16", "a17", "d", "e"))
    assert collect(store, OTHER, 1, now=500).pouches == tuple(pouches("c"))
    assert store.append([Batch(SHARD, pouches("a0", "b1"))], now=500)[0] is not None
    assert store.append([Batch(SHARD, pouches("a0", "e"))], now=500) == [None]


def test_what_is_known_opens_no_segment(make):
    store = make()
    post(store, SHARD, pouches("a"), now=100)
    post(store, SHARD, pouches("a"), now=200)
    post(store, SHARD, pouches("b"), now=300)
    assert [collect(store, SHARD, n, now=400).number for n in (1, 2)] == [1, 2]
    assert collect(store, SHARD, 3, now=400) is None


def test_the_file_is_set_as_it_says(make):
    """Durable at the commit, what expires is overwritten, and the log is emptied once in some eight hundred pouches."""
    store = make()
    for db in (store._writer, store._reader):
        found = {
            name: db.pragma(name) for name in ("journal_mode", "synchronous", "secure_delete", "wal_autocheckpoint")
        }
        assert found == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "wal_autocheckpoint": 8192}


def test_a_file_of_another_version_is_not_touched(tmp_path):
    path = tmp_path / "old.db"
    db = apsw.Connection(str(path))
    db.execute("CREATE TABLE pouches(id INTEGER PRIMARY KEY, body BLOB)")
    db.close()
    before = path.read_bytes()
    with pytest.raises(NotPossible, match="another version"):
        SqliteStore(path, LIMITS)
    assert path.read_bytes()[100:] == before[100:]


def test_what_expires_goes_from_the_front_and_numbers_go_on(make):
    store = make()
    post(store, SHARD, pouches("a"), now=100)
    post(store, SHARD, pouches("b"), now=1000)
    assert store.expire(now=1161) == 1
    assert collect(store, SHARD, 1, now=1161).number == 2
    assert store.expire(now=4000) == 1
    post(store, SHARD, pouches("a"), now=5000)
    assert collect(store, SHARD, 1, now=6000).number == 3


YEAR = 365 * 86_400


def test_by_a_clock_a_year_ahead_nothing_goes_before_its_time(make):
    """The clock is wrong for a day, while the relay asks every ten minutes what has expired, and starts again twice."""
    limits = Limits(segment_seconds=60)
    store = make(limits)
    post(store, SHARD, pouches("a"), now=100)
    assert store.expire(now=200) == 0
    for again in range(144):
        store = make(limits) if again % 50 == 0 else store
        assert store.expire(now=YEAR + 600 * again) == 0
    assert store.expire(now=300) == 0
    assert collect(store, SHARD, 1, now=300).pouches == tuple(pouches("a"))


def test_what_was_posted_by_a_clock_a_year_ahead_is_served_when_it_is_right_again(make):
    """Its segment would close in a year; it closes at once, and the time it is said to have closed is the right one."""
    store = make()
    post(store, SHARD, pouches("a"), now=YEAR)
    assert collect(store, SHARD, 1, now=YEAR) is None
    served = collect(store, SHARD, 1, now=500)
    assert (served.pouches, served.closed) == (tuple(pouches("a")), 500)
    post(store, SHARD, pouches("b"), now=YEAR)
    post(store, SHARD, pouches("c"), now=600)
    assert collect(store, SHARD, 2, now=600).pouches == tuple(pouches("b"))
    assert collect(store, SHARD, 3, now=700).pouches == tuple(pouches("c"))


def test_what_was_posted_by_a_clock_a_year_behind_is_there_when_it_is_right_again(make):
    """It is older than all retention at once, and goes when it could have been collected, not before."""
    store = make(Limits(segment_seconds=60))
    store.expire(now=YEAR)
    post(store, SHARD, pouches("a"), now=100)
    store.expire(now=100)
    assert store.expire(now=YEAR + 600) == 0
    assert collect(store, SHARD, 1, now=YEAR + 700).pouches == tuple(pouches("a"))


def test_all_is_there_after_opening_again(make):
    post(make(), SHARD, pouches("a"), now=100)
    assert collect(make(), SHARD, 1, now=200).pouches == tuple(pouches("a"))


WRITER = """
import sys
from pathlib import Path
from backchannel.relay.sqlite_store import SqliteStore
from backchannel.relay.store import Batch, Limits
store = SqliteStore(Path(sys.argv[1]), Limits())
for k in range(100_000):
    assert store.append([Batch(bytes(8), [b"%08d" % k * 4096])], 100) == [None]
    print(k, flush=True)
"""


def test_killed_at_any_moment_nothing_accepted_is_lost(tmp_path):
    """What was answered is there; what was posted again is there once."""
    path = tmp_path / "store.db"
    with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True) as process:
        time.sleep(1.0)
        process.send_signal(signal.SIGKILL)
        accepted = [int(line) for line in process.stdout.read().split()]
    store = SqliteStore(Path(path), Limits())
    post(store, bytes(8), [b"%08d" % k * 4096 for k in accepted[-10:]], 100)
    found, number = [], 1
    while (segment := collect(store, bytes(8), number, now=10_000)) is not None:
        found += [int(pouch[:8]) for pouch in segment.pouches]
        number = segment.number + 1
    store.close()
    assert len(accepted) > 10
    assert sorted(found) == list(range(len(found)))
    assert len(found) >= len(accepted)
    assert os.stat(path).st_mode & 0o077 == 0
