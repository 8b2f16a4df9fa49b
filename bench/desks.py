"""A desk of 100,000 letters."""

import secrets
from collections.abc import Iterator
from pathlib import Path

from measure import Figure, Goal, take_turns
from offices import town

from backchannel.desk import events as ev
from backchannel.desk import reading
from backchannel.desk.office import Office

LETTERS = 100_000
TEXT = (
    "the ships wait off the point until both sides have said that they may pass and nobody fires on them at night"
    " harbour envoy passage prisoners water relief corridor ceasefire minister reply tenth letter of the series "
)


def figures(folder: Path) -> Iterator[Figure]:
    north, south = town(folder, "North", "South")
    _fill(north, south)
    reopen = take_turns({"derive": lambda: (north.forget_state(), north.state.last_n)}, 3)["derive"]
    yield Figure(f"open a desk of {LETTERS:,} letters: what they say of themselves", "CPU ms", reopen.cpu, goals=[Goal(50)])
    runs = take_turns(
        {
            "list": lambda: [one for one in north.state.letters.values()],
            "search": lambda: reading.search(north, "kiosk 77777"),
        },
        5,
    )
    yield Figure("list its letters once it is open", "CPU ms", runs["list"].cpu, goals=[Goal(50)])
    yield Figure("search their texts once it is open", "CPU ms", runs["search"].cpu, goals=[Goal(50)])


def _fill(north: Office, south: Office) -> None:
    """Every other letter is North's; each is about 1 KiB of text."""
    epoch, other = secrets.token_bytes(16), south.state.office
    with north.register.transaction() as tx:
        for at in range(LETTERS):
            number, ids = at // 2 + 1, [secrets.token_bytes(32) for _ in range(2)]
            common = (other, number, epoch, "letter", *ids, secrets.token_bytes(16), "envelope")
            event: ev.Event
            if at % 2:
                event = ev.Written(*common, 1, 1_800_000_000, False, False, "principal", (), 0, 1)
            else:
                when = 1_700_000_000 + at
                event = ev.Opened(*common, False, False, "principal", None, when, when, (), 0, False)
            n = tx.append(ev.to_bytes(event, 1_700_000_000 + at, "ada"), ev.subjects(event))
            tx.index(n, TEXT * 4 + f"kiosk {at}")
