"""Backups: the register and its key file in one file, without the keys that open letters.   Spec: docs/spec/desk.md,
"Backup".

    "BACKCHANNEL BACKUP 1\\n" ‖ length of key file, 4 ‖ key file ‖ register file ‖ HMAC-SHA-256 over all before, 32

The register in it is encrypted as the register is; it holds no seal, pouch or envelope keys and no tokens, so that an
old backup revives nothing that was destroyed.
"""

import hmac
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backchannel import durable
from backchannel.desk import keyfile
from backchannel.desk.register import NAME as REGISTER_NAME
from backchannel.desk.register import Register
from backchannel.errors import Damaged, NotPossible

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
    key_file = (register.path.parent / keyfile.NAME).read_bytes()
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
            copy = Path(folder) / REGISTER_NAME
            head, _ = register.copy_to(copy, master, _KEPT, {"backup_at": now})
            data = HEAD + len(key_file).to_bytes(4, "big") + key_file + copy.read_bytes()
        partial = path.with_name(path.name + ".part")
        durable.write(partial, data + hmac.digest(register.mac_key, data, "sha256"))
        durable.rename(partial, path)
    except OSError as error:
        raise NotPossible(f"the backup cannot be written: {error.strerror}") from error
    return Made(now, head)


def restore(path: Path, directory: Path, passphrase: str) -> tuple[bytes, Made]:
    """Put a backup into a new folder; the master key and what the backup is.

    Raises NotPossible (folder not empty), Locked (passphrase), Damaged (cut short or altered); then nothing is left.
    """
    if directory.exists() and any(directory.iterdir()):
        raise NotPossible("that folder is not empty", next_step="Choose a folder that does not exist yet.")
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
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    try:
        durable.write(directory / REGISTER_NAME, register_file)
        with Register.open(directory, master) as register:
            wanted = hmac.digest(register.mac_key, data[:-MAC_BYTES], "sha256")
            if not hmac.compare_digest(wanted, data[-MAC_BYTES:]):
                raise damaged
            head, _ = register.verify()
            made = Made(int(register.meta("backup_at") or 0), head)
        durable.write(directory / keyfile.NAME, key_file)
        durable.sync_folder(directory)
    except BaseException:
        for left in directory.iterdir():
            left.unlink()
        raise
    return master, made
