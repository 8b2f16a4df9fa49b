"""The relay and its peers as processes of their own, each set to be durable before it answers, on loopback."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

PEERS = Path(os.environ.get("PEERS", Path(__file__).parents[1] / ".peers"))
SEGMENT_SECONDS = 10  # a minute by default, which nobody wants to wait for
TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A server that is measured. kind: of bench/load.py. started: seconds until it listened."""

    name, kind, how = "", "", ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / self.kind
        self.folder.mkdir()
        self.port, self.facts = free_port(), None
        self.log = (folder / f"{self.kind}.log").open("ab")
        self.processes: list[subprocess.Popen[bytes]] = []
        try:
            self.start()
            self.wait_for(self.port)
            self.started = time.perf_counter() - self.began
            self.prepare()
        except BaseException:
            self.stop()
            raise

    @classmethod
    def missing(cls) -> str:
        """Why it cannot be measured here; empty if it can."""
        raise NotImplementedError

    def start(self) -> None:
        raise NotImplementedError

    def prepare(self) -> None:
        """What must be there before the first pouch."""

    def settle(self, pouches: int) -> None:
        """Return when so many are where they are collected, if that is later than the answer."""

    def run(self, *argv: object, **popen: Any) -> None:
        if not self.processes:
            self.began = time.perf_counter()
        said = [str(one) for one in argv]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": self.log, "stderr": self.log, "start_new_session": True}
        self.processes.append(subprocess.Popen(said, **(quiet | popen)))

    def wait_for(self, port: int) -> None:
        for _ in range(2000):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError(f"{self.name} does not listen")

    def pids(self) -> list[int]:
        """Of its processes and of all they have started."""
        parents = dict(_parents())
        found = [one.pid for one in self.processes]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def cpu(self) -> float:
        """Seconds, with those of processes that have ended."""
        return sum(sum(map(int, stat[11:15])) for pid in self.pids() if (stat := _stat(pid))) / TICK

    def memory(self, field: str = "VmRSS") -> float:
        """MiB resident of the first process (VmHWM: at most until now)."""
        status = Path(f"/proc/{self.processes[0].pid}/status").read_text(encoding="ascii")
        return int(status.split(f"{field}:")[1].split()[0]) / 1024

    def stop(self) -> None:
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        for one in self.processes:
            try:
                one.wait(20)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
        self.processes = []
        self.log.close()


def _parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").glob("[0-9]*"):
        if stat := _stat(int(entry.name)):
            yield int(entry.name), int(stat[1])


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except OSError:
        return []


class Relay(Server):
    name, kind, how = "relay", "relay", "SQLite, synchronous=FULL, one commit for all that wait"

    @classmethod
    def missing(cls) -> str:
        return ""

    def start(self) -> None:
        self.store = self.folder / "relay.db"
        run = ("-m", "backchannel", "relay", "run", "--store", self.store, "--port", self.port)
        self.run(sys.executable, *run, "--segment-seconds", SEGMENT_SECONDS)


class Nats(Server):
    name, kind, how = "NATS JetStream", "nats", "sync_interval: always"

    @classmethod
    def missing(cls) -> str:
        return "" if (PEERS / "nats-server").exists() else "NATS: no nats-server of 2.10 or later in the peers' folder"

    def start(self) -> None:
        conf = self.folder / "nats.conf"
        kept = f'jetstream {{ store_dir: "{self.folder}", sync_interval: always }}'
        conf.write_text(f'listen: "127.0.0.1:{self.port}"\n{kept}\n', encoding="utf-8")
        self.run(PEERS / "nats-server", "-c", conf)


class Redis(Server):
    name, kind, how = "Redis Streams", "redis", "appendfsync always: one sync a turn of its loop"

    @classmethod
    def missing(cls) -> str:
        return "" if shutil.which("redis-server") else "Redis: not installed"

    def start(self) -> None:
        kept = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")
        self.run("redis-server", "--port", self.port, "--bind", "127.0.0.1", "--dir", self.folder, *kept)


class Prosody(Server):
    name, kind, how = "Prosody", "prosody", "mod_offline in SQLite, the acknowledgement of XEP-0198 waited for"

    @classmethod
    def missing(cls) -> str:
        return "" if shutil.which("prosody") else "Prosody: not installed"

    def start(self) -> None:
        accounts = self.folder / "localhost" / "accounts"
        accounts.mkdir(parents=True)
        for name in ("bob", *(f"s{at}" for at in range(32))):
            (accounts / f"{name}.dat").write_text('return {\n\t["password"] = "pw";\n};\n', encoding="utf-8")
        conf = self.folder / "prosody.cfg.lua"
        conf.write_text(PROSODY.format(folder=self.folder, port=self.port), encoding="utf-8")
        self.run("prosody", "--config", conf, "-F")


PROSODY = """run_as_root = true
pidfile = "{folder}/prosody.pid"
data_path = "{folder}"
modules_enabled = {{ "saslauth", "offline", "smacks", "message", "presence" }}
modules_disabled = {{ "s2s" }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
storage = {{ accounts = "internal" }}
default_storage = "sql"
sql = {{ driver = "SQLite3", database = "x.sqlite" }}
c2s_ports = {{ {port} }}
c2s_interfaces = {{ "127.0.0.1" }}
s2s_ports = {{ }}
http_ports = {{ }}
https_ports = {{ }}
log = {{ warn = "*console" }}
VirtualHost "localhost"
"""


class Mail(Server):
    name, kind, how = "Postfix → Dovecot", "mail", "until it is in the box: queue file, LMTP, maildir"

    @classmethod
    def missing(cls) -> str:
        if os.geteuid():
            return "Postfix → Dovecot: must be started by root"
        there = all(map(shutil.which, ("postfix", "dovecot"))) and Path("/usr/lib/dovecot/lmtp").exists()
        return "" if there else "Postfix → Dovecot: not installed"

    def start(self) -> None:
        for one in Path(self.folder).parents:  # the servers' own users must come in
            if one.stat().st_uid == os.geteuid() and len(one.parts) > 2:
                one.chmod(one.stat().st_mode | 0o011)
        self.folder.chmod(0o755)
        self.lmtp = free_port()
        for name, owner in (("queue", "root"), ("data", "postfix"), ("box", "mail")):
            (self.folder / name).mkdir()
            shutil.chown(self.folder / name, owner)
        dovecot, postfix = self.folder / "dovecot.conf", self.folder / "postfix"
        dovecot.write_text(DOVECOT.format(folder=self.folder, port=self.lmtp), encoding="utf-8")
        self.run("dovecot", "-F", "-c", dovecot)
        self.wait_for(self.lmtp)
        postfix.mkdir()
        (postfix / "main.cf").write_text(POSTFIX.format(folder=self.folder, lmtp=self.lmtp), encoding="utf-8")
        (postfix / "master.cf").write_text(MASTER.format(port=self.port), encoding="utf-8")
        env = os.environ | {"MAIL_CONFIG": str(postfix)}
        subprocess.run(["postfix", "-c", postfix, "check"], env=env, capture_output=True)
        self.run("postfix", "-c", postfix, "start-fg", env=env)

    def settle(self, pouches: int) -> None:
        box, until = self.folder / "box" / "bob" / "new", time.monotonic() + 60
        while time.monotonic() < until and (not box.is_dir() or len(os.listdir(box)) < pouches):
            time.sleep(0.02)
        for one in box.iterdir():
            one.unlink()


POSTFIX = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
myhostname = bench.invalid
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = bench.invalid
virtual_mailbox_maps = static:ok
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no
in_flow_delay = 0
disable_dns_lookups = yes
alias_maps =
maillog_file = /var/log/postfix-bench.log
"""

MASTER = """127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
scache unix - - n - 1 scache
error unix - - n - - error
retry unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
"""

DOVECOT = """protocols = lmtp
base_dir = {folder}/run
log_path = /dev/null
ssl = no
mail_location = maildir:{folder}/box/%n
first_valid_uid = 1
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/box/%n allow_all_users=yes
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {port}
  }}
  process_limit = 100
}}
"""


class Synapse(Server):
    name, kind, how = "Synapse", "synapse", "SQLite as it sets it; each poster alone in a room of its own"

    @classmethod
    def missing(cls) -> str:
        there = (PEERS / "synapse" / "bin" / "python").exists()
        return "" if there else "Synapse: no environment of that name in the peers' folder"

    def start(self) -> None:
        conf, home = self.folder / "homeserver.yaml", (PEERS / "synapse/bin/python", "-m", "synapse.app.homeserver")
        made = ("-H", "bench.invalid", "-c", conf, "--generate-config", "--report-stats=no", "--data-directory")
        subprocess.run([*home, *made, self.folder], check=True, capture_output=True, cwd=self.folder)
        text = conf.read_text(encoding="utf-8").replace("port: 8008", f"port: {self.port}").replace("    - ::1\n", "")
        text = text.split("trusted_key_servers:")[0] + SYNAPSE
        conf.write_text(text, encoding="utf-8")
        for one in self.folder.glob("*.log.config"):
            one.write_text(one.read_text(encoding="utf-8").replace("level: INFO", "level: WARNING"), encoding="utf-8")
        self.run(*home, "-c", conf, cwd=self.folder)

    def prepare(self) -> None:
        self.facts = []
        for at in range(32):
            person = {"username": f"s{at}", "password": "pw", "auth": {"type": "m.login.dummy"}}
            token = self._call("register", person)["access_token"]
            self.facts.append((self._call("createRoom", {"preset": "private_chat"}, token)["room_id"], token))

    def _call(self, what: str, body: object, token: str = "") -> Any:
        url = f"http://127.0.0.1:{self.port}/_matrix/client/v3/{what}"
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.load(answer)


SYNAPSE = """
enable_registration: true
enable_registration_without_verification: true
bcrypt_rounds: 4
trusted_key_servers: []
rc_message: {per_second: 1000000, burst_count: 1000000}
rc_registration: {per_second: 1000000, burst_count: 1000000}
rc_room_creation: {per_second: 1000000, burst_count: 1000000}
"""
