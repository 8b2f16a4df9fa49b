"""The key file: an office's master key under its passphrase.   Spec: docs/spec/register.md, "Key file".

    desk.key = CBOR[bstr header, nonce 12, wrapped 48]
    header   = CBOR{"v": 1, "kdf": "argon2id", "memory": KiB, "time": passes, "lanes": lanes, "salt": 16}
    wrapped  = AES-256-GCM(Argon2id(passphrase in NFC, UTF-8), nonce, master key 32, aad = header)

The passphrase is normalised (NFC), because keyboards of two systems write the same letters in different bytes.
"""

import contextlib
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from backchannel import durable
from backchannel.encoding import decode, encode
from backchannel.errors import Damaged, Locked, NotPossible, Refused
from backchannel.values import dataclass

Random = Callable[[int], bytes]

NAME: Final = "desk.key"
UNFINISHED: Final = NAME + ".unfinished"
MASTER_BYTES: Final = 32
MAX_FILE_BYTES: Final = 1024
# A key file from a stranger's backup must not take the machine down before its passphrase is even tried.
_MAX_MEMORY_KIB, _MAX_PASSES, _MAX_LANES = 2 * 1024 * 1024, 64, 64
_FIELDS: Final = {"v", "kdf", "memory", "time", "lanes", "salt"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at the passphrase costs (Argon2id, RFC 9106). Kept in the key file, not in the program."""

    memory_kib: int = 256 * 1024
    passes: int = 3
    lanes: int = 4


USUAL: Final = Cost()
CHEAP: Final = Cost(memory_kib=64, passes=1, lanes=1)  # for tests and the demo only: guards nothing


def make(passphrase: str, random: Random, cost: Cost = USUAL) -> tuple[bytes, bytes]:
    """A new master key, 32 bytes, and its key file. The caller has checked the passphrase's length."""
    master = random(MASTER_BYTES)
    return master, _wrap(master, passphrase, random, cost)


@contextmanager
def office_folder(directory: Path, key_file: bytes, others: tuple[str, ...]) -> Iterator[None]:
    """A new folder that is an office's once the block has ended, by the name its key file then takes, and not before.

    others: names that its other files begin with. After an error nothing is left; what a crash leaves is taken away by
    the next try. Raises NotPossible if there is anything else in the folder, or it cannot be written.
    """

    def clear() -> None:
        for path in directory.iterdir():
            path.unlink()

    try:
        names = [path.name for path in directory.iterdir()] if directory.exists() else []
        crashed = UNFINISHED in names and all(name == UNFINISHED or name.startswith(others) for name in names)
        if names and not crashed:
            raise NotPossible("that folder is not empty", next_step="Choose a folder that does not exist yet.")
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.chmod(0o700)
        clear()
        try:
            durable.write(directory / UNFINISHED, key_file)
            yield
            durable.rename(directory / UNFINISHED, directory / NAME)
            durable.sync_folder(directory.parent)
        except BaseException:
            clear()
            raise
    except OSError as error:
        raise NotPossible(f"the office's folder cannot be written: {error.strerror}") from error


def unwrap(path: Path, passphrase: str) -> bytes:
    """The master key. Takes as long as the file's cost says (about a second).

    Raises Locked (wrong passphrase), Damaged (not a key file), NotPossible (no key file, or too little memory).
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise NotPossible("there is no key file in this folder", next_step="Name the office's folder.") from error
    except OSError as error:
        raise NotPossible(f"the key file cannot be read: {error.strerror}") from error
    return unwrap_bytes(data, passphrase)


def unwrap_bytes(data: bytes, passphrase: str) -> bytes:
    """As `unwrap`, from a key file's bytes (a backup carries them)."""
    header, cost, salt, nonce, wrapped = _parse(data)
    try:
        return AESGCM(stretch(passphrase, salt, cost)).decrypt(nonce, wrapped, header)
    except InvalidTag as error:
        # A wrong passphrase and a damaged key file look the same; the first is far likelier.
        raise Locked("the passphrase does not open this desk", next_step="Try the passphrase again.") from error


def change_passphrase(path: Path, old: str, new: str, random: Random, cost: Cost = USUAL) -> bytes:
    """The same master key under a new passphrase; returns it.

    Raises as `unwrap`, and then nothing was changed; and NotPossible where the disk failed, saying which one opens.

    Backups made before keep opening with the old passphrase, and so does a copy taken of the old key file.
    """
    master = unwrap(path, old)
    _write(path, _wrap(master, new, random, cost))
    return master


def stretch(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """32 bytes that cost that much. Raises NotPossible where there is too little memory."""
    secret = unicodedata.normalize("NFC", passphrase).encode()
    try:
        return Argon2id(
            salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
        ).derive(secret)
    except MemoryError as error:
        need = cost.memory_kib // 1024
        raise NotPossible(
            f"checking the passphrase needs {need} MiB of free memory", next_step="Close other programs and try again."
        ) from error


def _wrap(master: bytes, passphrase: str, random: Random, cost: Cost) -> bytes:
    salt, nonce = random(16), random(12)
    header = encode(
        {
            "v": 1,
            "kdf": "argon2id",
            "memory": cost.memory_kib,
            "time": cost.passes,
            "lanes": cost.lanes,
            "salt": salt,
        }
    )
    return encode([header, nonce, AESGCM(stretch(passphrase, salt, cost)).encrypt(nonce, master, header)])


def _parse(data: bytes) -> tuple[bytes, Cost, bytes, bytes, bytes]:
    try:
        whole = decode(data, limit=MAX_FILE_BYTES)
        if not (isinstance(whole, list) and len(whole) == 3 and all(isinstance(item, bytes) for item in whole)):
            raise Damaged("the key file is not complete or was altered")
        header, nonce, wrapped = whole
        fields: Any = decode(header, limit=MAX_FILE_BYTES)
    except Refused as error:
        raise Damaged("the key file is not complete or was altered") from error
    if not isinstance(fields, dict) or set(fields) != _FIELDS or (fields["v"], fields["kdf"]) != (1, "argon2id"):
        raise Damaged("the key file is of a version this program does not know")
    memory, passes, lanes, salt = fields["memory"], fields["time"], fields["lanes"], fields["salt"]
    if not (_whole(memory, _MAX_MEMORY_KIB) and _whole(passes, _MAX_PASSES) and _whole(lanes, _MAX_LANES)):
        raise Damaged("the key file asks for a cost outside the limits")
    if memory < 8 * lanes or not isinstance(salt, bytes) or (len(salt), len(nonce), len(wrapped)) != (16, 12, 48):
        raise Damaged("the key file is not complete or was altered")
    return header, Cost(memory, passes, lanes), salt, nonce, wrapped


def _whole(value: Any, most: int) -> bool:
    return type(value) is int and 1 <= value <= most


def _write(path: Path, data: bytes) -> None:
    """Whole and durable at `path`, or not at all."""
    temporary = path.with_name(path.name + ".new")
    try:
        temporary.unlink(missing_ok=True)  # left by a crash
        durable.write(temporary, data)
        durable.rename(temporary, path)
    except durable.Unsynced as error:
        raise NotPossible(
            f"the disk did not say that it keeps the new key file: {error.strerror}",
            kept="The new passphrase opens this desk; after a power cut, perhaps the old one.",
            next_step="Check the disk, then change the passphrase again.",
        ) from error
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise NotPossible(f"the key file cannot be written: {error.strerror}") from error
