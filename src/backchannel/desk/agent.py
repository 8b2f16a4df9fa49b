"""Holding the desk open for this user until it is locked or idle.   Spec: docs/spec/desk.md, "Unlocking".

A process of its own holds the master key and hands it to processes of the same user over a Unix socket. It takes the
key through a pipe, never as an argument, may not be traced or dumped, and ends after the idle time, counted by a clock
that runs on while the machine sleeps.
"""

import contextlib
import hashlib
import os
import signal
import socket
import struct
import sys
import time
from pathlib import Path
from typing import Final

from backchannel.errors import NotPossible

IDLE_SECONDS: Final = 15 * 60
_FETCH, _STOP = b"F", b"S"
_MASTER_BYTES: Final = 32
_PR_SET_DUMPABLE: Final = 4
_PEER_SECONDS: Final = 2.0
_MOST_PATH: Final = 100


def start(directory: Path, master: bytes, idle_seconds: float = IDLE_SECONDS) -> None:
    """Hold the desk of this folder open; one that was held before is let go. Raises NotPossible."""
    assert len(master) == _MASTER_BYTES
    stop(directory)
    import subprocess

    process = subprocess.Popen(
        [sys.executable, "-m", "backchannel.desk.agent", os.fspath(directory.resolve()), str(idle_seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(master)
        process.stdin.close()
    ready = process.stdout.read(1)
    process.stdout.close()
    if ready != b"R":
        raise NotPossible("the desk cannot be held open here", next_step="Give the passphrase with each command.")


def fetch(directory: Path) -> bytes | None:
    """The master key if the desk is held open; the idle time begins anew."""
    master = _ask(directory, _FETCH)
    return master if len(master) == _MASTER_BYTES else None


def stop(directory: Path) -> bool:
    """Let go of the key; whether one was held."""
    return _ask(directory, _STOP) == b"B"


def _ask(directory: Path, what: bytes) -> bytes:
    try:
        path = _socket_path(directory)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.settimeout(_PEER_SECONDS)
            peer.connect(os.fspath(path))
            if _uid(peer) != os.getuid():
                return b""
            peer.sendall(what)
            answer = b""
            while len(answer) <= _MASTER_BYTES and (chunk := peer.recv(64)):
                answer += chunk
            return answer
    except (OSError, NotPossible):
        return b""


def _socket_path(directory: Path) -> Path:
    """A short name in a folder only this user can enter: socket names have at most 107 bytes."""
    name = hashlib.sha256(os.fsencode(directory.resolve())).hexdigest()[:32] + ".sock"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(runtime or "/") / "backchannel"
    if not runtime or len(os.fsencode(folder / name)) > _MOST_PATH:
        import tempfile

        folder = Path(tempfile.gettempdir()) / f"backchannel-{os.getuid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077 or not folder.is_dir() or folder.is_symlink():
        raise NotPossible(f"{folder} is not this user's alone", next_step="Remove it and try again.")
    return folder / name


def _uid(peer: socket.socket) -> int:
    _, uid, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return int(uid)


def _hold(directory: Path, idle_seconds: float) -> None:
    """The holding process: ends by itself."""
    os.chdir("/")
    _keep_out_of_dumps()
    master = sys.stdin.buffer.read(_MASTER_BYTES)
    path = _socket_path(directory)
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        os.umask(0o177)
        server.bind(os.fspath(path))
        server.listen(8)
        inode = path.stat().st_ino
        sys.stdout.buffer.write(b"R")
        sys.stdout.buffer.flush()
        os.close(1)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        server.settimeout(1.0)
        last = _now()
        while _now() - last < idle_seconds and _is_ours(path, inode):
            try:
                peer, _ = server.accept()
            except TimeoutError:
                continue
            with peer, contextlib.suppress(OSError):
                peer.settimeout(_PEER_SECONDS)
                if _uid(peer) != os.getuid():
                    continue
                asked = peer.recv(1)
                if _now() - last >= idle_seconds:
                    break
                if asked == _FETCH:
                    last = _now()
                    peer.sendall(master)
                elif asked == _STOP:
                    peer.sendall(b"B")
                    break
        if _is_ours(path, inode):
            path.unlink()


def _is_ours(path: Path, inode: int) -> bool:
    try:
        return path.stat().st_ino == inode
    except OSError:
        return False


def _now() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _keep_out_of_dumps() -> None:
    """No core file, no tracing by other processes of this user. Python cannot wipe memory: the process ends instead."""
    import ctypes
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.mlockall(3)  # best effort: ordinary users may lock little


if __name__ == "__main__":
    _hold(Path(sys.argv[1]), float(sys.argv[2]))
