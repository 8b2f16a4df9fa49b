"""The clock of every process: the system's, or one moved by hand for an exercise.

If $BACKCHANNEL_CLOCK names a file, its first line is an instant like 2014-10-15T08:00Z. The clock showed it when the
file was written and has gone on since; writing the file anew moves it. Every command says so on the screen.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from backchannel.errors import NotPossible

VARIABLE: Final = "BACKCHANNEL_CLOCK"
AHEAD_SECONDS: Final = 40 * 86_400
"""A clock so much later than when it was last right is in doubt: nothing is destroyed by it."""


def now() -> datetime:
    """The instant that counts. Raises NotPossible if the file of a clock moved by hand cannot be read."""
    file = moved_by_hand()
    real = datetime.now(UTC)
    if file is None:
        return real
    try:
        first = file.read_text(encoding="ascii").split("\n", 1)[0].strip()
        shown = datetime.fromisoformat(first)
        written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except (OSError, ValueError) as error:
        raise NotPossible(
            f"the clock moved by hand, {file}, holds no instant",
            next_step=f"Write one into it like 2014-10-15T08:00Z, or take ${VARIABLE} away.",
        ) from error
    if shown.tzinfo is None:
        raise NotPossible(f"the clock moved by hand, {file}, names no zone", next_step="End it with Z for UTC.")
    return shown.astimezone(UTC) + (real - written)


def moved_by_hand() -> Path | None:
    """The file that moves the clock, or None."""
    name = os.environ.get(VARIABLE)
    return Path(name) if name else None
