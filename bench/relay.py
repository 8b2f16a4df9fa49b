"""The relay beside other stores of what is to be collected later.

Every server is durable before it answers and runs on loopback with its files on the same disk; they take turns, under
the same load (bench/load.py): pouches of 32 KiB, each poster waiting for one answer before it sends the next.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from load import POUCH
from measure import Figure, Goal, Runs, take_turns
from servers import SEGMENT_SECONDS, Mail, Nats, Prosody, Redis, Relay, Server, Synapse

from backchannel.relay.sqlite_store import SqliteStore
from backchannel.relay.store import Batch, Limits

LEFT_OUT: list[str] = []
LOAD = Path(__file__).with_name("load.py")
ROUNDS, SECONDS = 5, 1.0
MANY, FEW = 1_000_000, 10_000
SYNCS = re.compile(r"\b(?:fsync|fdatasync|sync_file_range|msync|syncfs)\(")


def figures(folder: Path) -> Iterator[Figure]:
    peers = [one for one in (Nats, Redis, Prosody, Mail, Synapse) if not _left_out(one)]
    with ExitStack() as running:
        servers = {}
        for kind in (Relay, *peers):
            servers[kind.name] = kind(folder)
            running.callback(servers[kind.name].stop)
        yield from _accepting(servers)
        yield from _syncs(servers, folder)
        relay = servers[Relay.name]
        assert isinstance(relay, Relay)
        yield from _collecting(relay)
        yield Figure("memory of the relay at most, after all this", "MiB", [relay.memory("VmHWM")], goals=[Goal(80)])
        yield from _starting(servers)
    yield _disk(relay)
    yield from _growth(folder)


def _left_out(kind: type[Server]) -> bool:
    if why := kind.missing():
        LEFT_OUT.append(why)
    return bool(why)


def _posted(server: Server, posters: int, seconds: float = SECONDS) -> dict[str, float]:
    """What one load came to, in seconds; settled: until all was where it is collected; cpu: of the server."""
    before = server.cpu()
    argv = [sys.executable, LOAD, server.kind, server.port, posters, seconds, json.dumps(server.facts)]
    said = json.loads(subprocess.run([str(one) for one in argv], check=True, capture_output=True, timeout=120).stdout)
    at = time.perf_counter()
    server.settle(said["pouches"])
    return said | {"settled": time.perf_counter() - at, "cpu": server.cpu() - before, "load": said["cpu"]}


def _accepting(servers: dict[str, Server]) -> Iterator[Figure]:
    for posters in (1, 32):
        rates: dict[str, list[float]] = {name: [] for name in servers}
        cpus: dict[str, list[float]] = {name: [] for name in servers}
        loads = []
        for round_ in range(1 + ROUNDS):
            for name, server in servers.items():
                said = _posted(server, posters)
                if round_:
                    rates[name].append(said["pouches"] / (said["seconds"] + said["settled"]))
                    cpus[name].append(said["cpu"] * 1e3 / said["pouches"])
                    loads.append(said["load"] * 1e3 / said["pouches"]) if server.kind == "relay" else None
        who = "one poster" if posters == 1 else f"{posters} posters"
        asked = {1: {"Synapse": 15.0}, 32: {"NATS JetStream": 1, "Prosody": 5, "Postfix → Dovecot": 7, "Synapse": 30}}
        goals = [Goal(ratio, of, BUSY if posters == 1 else "") for of, ratio in asked[posters].items()]
        if posters == 32:
            goals.append(Goal(1, Redis.name, f"Not asked, but wished for. {REDIS}"))
        how = "; ".join(f"{one.name}: {one.how}" for one in servers.values())
        yield Figure(
            f"pouches accepted, {who}", "a second", rates.pop(Relay.name), rates, goals=goals, more=True, note=how
        )
        asked_cpu = {"Synapse": 1 / 20, "Prosody": 1 / 3, "Postfix → Dovecot": 1 / 4} if posters == 32 else {}
        ours = cpus.pop(Relay.name)
        yield Figure(
            f"server's CPU a pouch, {who}", "CPU ms", ours, cpus, {"the load itself": loads},
            [Goal(ratio, of) for of, ratio in asked_cpu.items()],
        )  # fmt: skip


BUSY = (
    "Where others use the disk a sync takes long, and of syncs Synapse needs twelve a pouch: more than twelve times "
    "as many is not to be had then. Runs here gave 13 to 51 times."
)
REDIS = "Redis appends to one log and sends from it; SQLite writes each page to its log and later to its place."


def _syncs(servers: dict[str, Server], folder: Path) -> Iterator[Figure]:
    """Counted by strace, in loads of their own."""
    if subprocess.run(["strace", "-V"], capture_output=True).returncode:
        LEFT_OUT.append("syncs: strace is not installed")
        return
    for posters, most, who in ((1, 1.0, "one poster"), (32, 0.15, "32 posters")):
        found = {}
        for name, server in servers.items():
            out = folder / "syncs"
            pids = [arg for pid in server.pids() for arg in ("-p", str(pid))]
            trace = ["strace", "-f", "-qq", "-o", str(out), "-e", "trace=fsync,fdatasync,sync_file_range,msync,syncfs"]
            tracer = subprocess.Popen([*trace, *pids], stderr=subprocess.DEVNULL)
            time.sleep(1)
            try:
                # Long enough to see ours empty its log, even alone.
                said = _posted(server, posters, 10 if server.kind == "relay" else 2)
            except subprocess.CalledProcessError:
                said = {}
            time.sleep(0.5)
            tracer.send_signal(signal.SIGINT)
            tracer.wait(20)
            if said:
                found[name] = [len(SYNCS.findall(out.read_text(encoding="utf-8"))) / said["pouches"]]
            else:
                LEFT_OUT.append(f"syncs of {name}, {who}: it does not answer under strace")
        limits = {} if posters == 1 else {"one for 32": [1 / 32]}
        goal = Goal(most, "", CHECKPOINT if posters == 1 else "")
        yield Figure(f"syncs a pouch, {who}", "syncs", found.pop(Relay.name), found, limits, [goal])


CHECKPOINT = (
    "A commit is one sync; SQLite's log is emptied into the file once in some 700 pouches, which is three "
    "more. A store that is one log would need none."
)


def _collecting(relay: Relay) -> Iterator[Figure]:
    time.sleep(SEGMENT_SECONDS + 1)  # the last segments close
    rates, cpus = [], []
    for _ in range(1 + ROUNDS):
        before = relay.cpu()
        said = json.loads(
            subprocess.run([sys.executable, LOAD, "collect", str(relay.port)], check=True, capture_output=True).stdout
        )
        rates.append(said["pouches"] / said["seconds"])
        cpus.append((relay.cpu() - before) * 1e3 / said["pouches"])
    note = "Where others use the two cores it waits for them; its own CPU would do for twice as many."
    yield Figure("pouches collected by one", "a second", rates[1:], goals=[Goal(10_000, missed=note)], more=True)
    yield Figure(
        "server's CPU a pouch collected", "CPU ms", cpus[1:], goals=[Goal(0.1)], note="10,000 a second of one core"
    )


def _starting(servers: dict[str, Server]) -> Iterator[Figure]:
    peers = {name: [one.started] for name, one in servers.items() if name != Relay.name}
    goals = [Goal(0.5, Synapse.name)]
    yield Figure("from start to the first connection", "wall s", [servers[Relay.name].started], peers, goals=goals)


def _disk(relay: Relay) -> Figure:
    """After it has stopped: while it runs there are up to 35 MiB of log besides, however much is stored."""
    stored = SqliteStore(relay.store, Limits())
    held = stored.health().pouches
    stored.close()
    size = sum(one.stat().st_blocks * 512 for one in relay.store.parent.glob(f"{relay.store.name}*"))
    name = "bytes on disk for a byte of pouches"
    note = f"of {held:,} pouches; up to 35 MiB of log come to it while the relay runs, however much it holds"
    return Figure(name, "bytes", [size / (held * POUCH)], goals=[Goal(1.05)], note=note)


def _growth(folder: Path) -> Iterator[Figure]:
    """Stores that hold little and much: the pouches held are of 64 bytes, since a million of 32 KiB would be 34 GB."""
    stores = {count: _filled(folder / f"{count}.db", count) for count in (FEW, MANY)}

    def act(store: SqliteStore) -> None:
        assert store.append([_one(at, POUCH) for at in range(32)], 2_000_000) == [None] * 32

    runs = take_turns({str(count): lambda store=store: act(store) for count, store in stores.items()}, 25, warm=3)
    for store in stores.values():
        store.close()
    few, many = (Runs([at / 32 for at in runs[str(n)].wall], [at / 32 for at in runs[str(n)].cpu]) for n in (FEW, MANY))
    note = "commits of 32; what the stores hold before is of 64 bytes each: the same rows and indexes, smaller bodies"
    yield Figure(
        "storing a pouch where a million are", "CPU ms", many.cpu, limits={"where 10,000 are": few.cpu},
        goals=[Goal(1.3, "where 10,000 are")], note=note,
    )  # fmt: skip
    yield Figure(
        "the same, by the clock", "wall ms", many.wall, limits={"where 10,000 are": few.wall},
        goals=[Goal(1.3, "where 10,000 are")],
    )  # fmt: skip
    (folder / "million").mkdir()
    relay = _Held(folder / "million")
    try:
        _posted(relay, 32, 3)
        yield Figure("memory of the relay with a million pouches", "MiB", [relay.memory()], goals=[Goal(60)])
    finally:
        relay.stop()


def _filled(path: Path, count: int) -> SqliteStore:
    store = SqliteStore(path, Limits(segment_pouches=512, shard_pouches=2 * MANY, total_pouches=4 * MANY))
    for at in range(0, count, 1600):
        store.append([_one(n, 64) for n in range(at, min(at + 1600, count))], 1_000_000 + at // 100)
    return store


def _one(at: int, size: int) -> Batch:
    return Batch(bytes([at % 16 * 16]) + bytes(7), [os.urandom(16) + bytes(size - 16)])


class _Held(Relay):
    """A relay on the store that has been filled."""

    def start(self) -> None:
        self.store = self.folder.parents[1] / f"{MANY}.db"
        run: Sequence[object] = ("-m", "backchannel", "relay", "run", "--store", self.store, "--port", self.port)
        self.run(sys.executable, *run, "--most-pouches", 4 * MANY, "--shard-pouches", 2 * MANY)
