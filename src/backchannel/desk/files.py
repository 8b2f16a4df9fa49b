"""Sealing and opening files of any size, a MiB at a time.   Spec: docs/spec/files.md.

What is made takes its name only when its last byte is certain and on the disk: nothing half-made is left, and nothing
that was not authenticated to its end is found under the name that was asked for.
"""

import contextlib
import errno
import fcntl
import mmap
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from backchannel import durable
from backchannel.desk.keyfile import Cost, stretch
from backchannel.desk.office import Office
from backchannel.desk.reach import check_copy, check_spoken, own_standing_key, standing_seal, tokens_for, with_card
from backchannel.errors import NotPossible, Refused
from backchannel.seals.files import (
    LENGTH_BYTES,
    MAGIC,
    SALT_BYTES,
    ForOffice,
    Head,
    UnderPassphrase,
    altered,
    head_for,
    head_under,
    office_key,
    passphrase_key,
    read_head,
    read_start,
    unwrap_head,
)
from backchannel.seals.seal import NO_TOKEN
from backchannel.values import dataclass

Random = Callable[[int], bytes]

CHUNK_BYTES: Final = 16 * 1024
UNIT: Final = 128 * 1024
BLOCK: Final = 1024 * 1024
# What one unit may become: the library may have held back a chunk of the one before, and adds tags and its own head.
_ROOM: Final = UNIT + UNIT // CHUNK_BYTES * 16 + 2 * CHUNK_BYTES
_ALIGNED: Final = 4096  # bytes: what the disk takes at once
_DIRECT: Final[int] = getattr(os, "O_DIRECT", 0)


@dataclass(frozen=True, slots=True)
class Opened:
    """From which office a file certainly is: its id and name."""

    office: bytes
    name: str


def seal_for(office: Office, to: bytes, source: BinaryIO, target: Path, *, spoken: bool) -> int:
    """Seal a file to an office's standing seal of a month ahead; Unix seconds after which it opens no more.

    Raises NotPossible: as sealing a letter does; `target` is there, or cannot be written.
    """
    other = with_card(office, to)
    check_copy(office)
    check_spoken(other, spoken)
    chosen = standing_seal(office, other, office.clock() + timedelta(days=30), else_last=True)
    dh = office.link.shared(other.card.body.link_public)
    head, key = head_for(office.writer, to, dh, chosen.target, office.random(32))
    _seal(head, key, source, target)
    return chosen.key_until


def seal_under(passphrase: str, source: BinaryIO, target: Path, random: Random, cost: Cost) -> None:
    """Seal a file under a passphrase, which the caller has found long enough. Raises NotPossible."""
    salt = random(SALT_BYTES)
    stretched = stretch(passphrase, salt, cost)
    head, key = head_under(stretched, cost.memory_kib, cost.passes, cost.lanes, salt)
    _seal(head, key, source, target)


def read_file_head(source: BinaryIO) -> Head:
    """The head of a sealed file, read from its start. Raises Refused [F1, F2, E3 to E9]."""
    data = source.read(read_start(source.read(len(MAGIC) + LENGTH_BYTES)))
    return read_head(data)


def open_for(office: Office, head: ForOffice, source: BinaryIO, target: Path) -> Opened:
    """Open a file that was sealed for this office, from behind its head; from whom it is.

    1 the slot's key [F3]  2 HPKE and the writer [F4], who is another office, with a card here [F6]
    3 token and commitment [F5], a zero token while it counts [F7]  4 every chunk, to the last [F8].
    Raises Refused, and NotPossible if `target` is there or cannot be written; then nothing is left.
    """
    key = own_standing_key(office, head.slot)  # 1
    if key is None:
        raise Refused("F3", "the file is sealed to a key that is not here: another office's, expired, or destroyed")
    inner = unwrap_head(head, key, office.state.office)  # 2
    other = office.state.correspondents.get(inner.writer.office_id)
    if other is None or not other.card_data:
        raise Refused(
            "F6",
            "the file is from an office whose card is not here",
            next_step="Import the card of the office that sealed it.",
        )
    tokens, _ = tokens_for(office, other)  # 3
    body_key, fitted = office_key(
        head, inner, office.state.office, office.link.shared(inner.writer.link_public), tokens
    )
    if tokens[fitted] == NO_TOKEN and not other.zero_allowed:
        raise Refused("F7", "the file comes without the token this office has shown to hold")
    _open(head, body_key, source, target)  # 4
    return Opened(other.office, other.display)


def open_under(passphrase: str, head: UnderPassphrase, source: BinaryIO, target: Path) -> None:
    """Open a file under its passphrase, from behind its head. Raises Locked, Refused [F8], NotPossible."""
    stretched = stretch(passphrase, head.salt, Cost(head.memory_kib, head.passes, head.lanes))
    _open(head, passphrase_key(head, stretched), source, target)


def _seal(head: bytes, key: bytes, source: BinaryIO, target: Path) -> None:
    body = Cobblestone256Encryptor(key, head)  # draws its salt itself
    before = MAGIC + len(head).to_bytes(LENGTH_BYTES, "big") + head
    with _new_file(target) as handle:
        _pour(source, handle, before, body)


def _open(head: Head, key: bytes, source: BinaryIO, target: Path) -> None:
    body = Cobblestone256Decryptor(key, head.data)
    with _new_file(target) as handle:
        try:
            _pour(source, handle, b"", body)
        except InvalidTag as error:
            raise altered() from error


def _pour(
    source: BinaryIO, handle: int, before: bytes, body: Cobblestone256Encryptor | Cobblestone256Decryptor
) -> None:
    """Write `before`, then what becomes of all that is left of the source, turned while the block before is written."""
    unit, block, other = memoryview(bytearray(UNIT)), _buffer(), _buffer()
    block[: len(before)] = before
    filled, written = len(before), None
    with ThreadPoolExecutor(1) as writer:
        while size := source.readinto(unit):  # type: ignore[attr-defined]
            filled += body.update_into(unit[:size], block[filled:])
            if filled < BLOCK:
                continue
            if written is not None:
                written.result()
            whole = filled - filled % _ALIGNED
            written = writer.submit(_write, handle, block[:whole])
            other[: filled - whole] = block[whole:filled]
            filled, block, other = filled - whole, other, block
        if written is not None:
            written.result()
    last = body.finalize()
    _set_direct(handle, False)
    _write(handle, bytes(block[:filled]) + last)


def _buffer() -> memoryview:
    return memoryview(mmap.mmap(-1, BLOCK + _ROOM))


def _write(handle: int, data: bytes | memoryview) -> None:
    left = memoryview(data)
    while left:
        try:
            left = left[os.write(handle, left) :]
        except OSError as error:
            if error.errno != errno.EINVAL or not _set_direct(handle, False):
                raise


def _set_direct(handle: int, wanted: bool) -> bool:
    """Write past the page cache, or no longer; whether that changed anything. Not every file system can.

    A gibibyte through the cache and then synced took three times as long and ten times the CPU.
    """
    flags = fcntl.fcntl(handle, fcntl.F_GETFL)
    asked = flags | _DIRECT if wanted else flags & ~_DIRECT
    try:
        fcntl.fcntl(handle, fcntl.F_SETFL, asked)
    except OSError:
        return False
    return asked != flags


@contextmanager
def _new_file(target: Path) -> Iterator[int]:
    """A descriptor to write to; durable under its name once the block has ended well, else nothing is left.

    Raises NotPossible if there is a file of that name, or it cannot be read or written.
    """
    if target.exists():
        raise NotPossible(f"there is a file {target} already", next_step="Choose another name.")
    partial = target.with_name(target.name + ".part")
    try:
        partial.unlink(missing_ok=True)  # left by a crash
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _set_direct(handle, True)
            yield handle
            durable.sync(handle)
        finally:
            os.close(handle)
        durable.appear(partial, target)
    except OSError as error:
        raise NotPossible(f"{target} cannot be written: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
