"""Making bytes durable: every place where a crash could come between two states of the disk.

If $BACKCHANNEL_KILL_AT is a number n, a process kills itself (SIGKILL) right before its n-th durable step: a commit, a
sync, a name changed, a log emptied. Tests set it; without it a step costs one look into the environment.
"""

import contextlib
import os
import signal
from itertools import count
from pathlib import Path
from typing import Final

import apsw

VARIABLE: Final = "BACKCHANNEL_KILL_AT"
_steps = count(1)


class Unsynced(OSError):
    """A name was changed, and the disk did not say that it keeps it: a power cut may undo it."""


def step() -> None:
    """What comes next will be durable when it returns."""
    if VARIABLE in os.environ and next(_steps) == int(os.environ[VARIABLE]):
        os.kill(os.getpid(), signal.SIGKILL)


def count_commits(db: apsw.Connection) -> None:
    """Each commit of this connection is a step."""
    if VARIABLE in os.environ:
        db.set_commit_hook(_before_commit)


def _before_commit() -> bool:
    step()
    return False  # it commits


def empty_log(db: apsw.Connection) -> bool:
    """Move the write-ahead log into the file and cut it; False if a reader was in the way. Raises apsw errors."""
    step()
    try:
        # The documented answer to a reader in the way is the first column, not an error; both occur.
        busy, frames, _done = next(iter(db.execute("PRAGMA wal_checkpoint(TRUNCATE)")))
    except (apsw.BusyError, apsw.LockedError):
        return False
    return not busy and frames == 0


def sync(handle: int) -> None:
    """Raises OSError."""
    step()
    os.fsync(handle)


def sync_folder(folder: Path) -> None:
    """Make the folder's list of names durable: a renamed file is not there after a power cut without it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        sync(handle)
    finally:
        os.close(handle)


def rename(old: Path, new: Path) -> None:
    """Durable when it returns. What was at `new` is replaced; a folder only if it is empty.

    Raises OSError: nothing was renamed; or Unsynced.
    """
    step()
    os.rename(old, new)
    try:
        sync_folder(new.parent)
    except OSError as error:
        raise Unsynced(error.errno, error.strerror) from error


def appear(partial: Path, path: Path) -> None:
    """What was made aside takes a name that was not there, durable when it returns. Raises OSError: then it has not."""
    try:
        rename(partial, path)
    except Unsynced:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def write(path: Path, data: bytes, mode: int = 0o600) -> None:
    """A file at `path` that was not there, durable but for its name. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        sync(file.fileno())
