"""Backups: the register and its key file in one file, without the keys that open letters.   Spec: docs/spec/desk.md,
"Backup".

    "BACKCHANNEL BACKUP 1\\n" ‖ length of key file, 4 ‖ key file ‖ register file ‖ HMAC-SHA-256 over all before, 32

The register in it is encrypted as the register is; it holds no seal, pouch or envelope keys and no tokens, so that an
old backup revives nothing that was destroyed.
"""

import contextlib
import hmac
from collections.abc import Callable
from pathlib import Path
from typing import Final

from backchannel import durable
from backchannel.desk import keyfile
from backchannel.desk.office import FILES
from backchannel.desk.register import NAME as REGISTER_NAME
from backchannel.desk.register import Register
from backchannel.errors import Damaged, NotPossible
from backchannel.values import dataclass

HEAD: Final = b"BACKCHANNEL BACKUP 1\n"
MAC_BYTES: Final = 32
_KEPT: Final = b"office/"


@dataclass(frozen=True, slots=True)
class Made:
    """When a backup was made, in Unix seconds, and the register's last entry then."""

    at: int
    head: int


def write(register: Register, master: bytes, path: Path, now: int) -> Made:
    """One backup file, durable, mode 0600. Raises NotPossible if `path` exists or cannot be written."""
    if path.exists():
        raise NotPossible("there is a file of that name already", next_step="Choose another name.")
    partial = path.with_name(path.name + ".part")
    try:
        partial.unlink(missing_ok=True)  # left by a crash
        key_file = (register.path.parent / keyfile.NAME).read_bytes()
        copy, head = register.copy(partial, master, _KEPT, {"backup_at": now})
        with copy:
            data = HEAD + len(key_file).to_bytes(4, "big") + key_file + copy.read()
        durable.write(partial, data + hmac.digest(register.mac_key, data, "sha256"))
        durable.appear(partial, path)
    except durable.Unsynced as error:
        raise NotPossible(f"the disk did not say that it keeps the backup: {error.strerror}") from error
    except OSError as error:
        raise NotPossible(f"the backup cannot be written: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
    return Made(now, head)


def restore(
    path: Path,
    directory: Path,
    passphrase: str,
    begin: Callable[[bytes, Made], None] = lambda master, made: None,
) -> tuple[bytes, Made]:
    """Put a backup into a new folder; the master key and what the backup is.

    begin: what else belongs to it, done in the folder before it is an office's: a crash leaves none without it.

    Raises NotPossible (folder not empty), Locked (passphrase), Damaged (cut short or altered); then nothing is left.
    """
    damaged = Damaged("the backup is damaged or not complete", next_step="Use another backup.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotPossible(f"the backup cannot be read: {error.strerror}") from error
    if not data.startswith(HEAD) or len(data) < len(HEAD) + 4 + MAC_BYTES:
        raise damaged
    at = len(HEAD) + 4
    length = int.from_bytes(data[len(HEAD) : at], "big")
    key_file, register_file = data[at : at + length], data[at + length : -MAC_BYTES]
    if length > keyfile.MAX_FILE_BYTES or len(key_file) != length or not register_file:
        raise damaged
    master = keyfile.unwrap_bytes(key_file, passphrase)
    with keyfile.office_folder(directory, key_file, FILES):
        durable.write(directory / REGISTER_NAME, register_file)
        with Register.open(directory, master) as register:
            wanted = hmac.digest(register.mac_key, data[:-MAC_BYTES], "sha256")
            if not hmac.compare_digest(wanted, data[-MAC_BYTES:]):
                raise damaged
            head, _ = register.verify()
            made = Made(int(register.meta("backup_at") or 0), head)
        begin(master, made)
    return master, made
