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
DERIVED = (
    "All that a desk knows it derives anew from its entries when it is opened: no copy of it lies anywhere that burning"
    " would have to find. It would need tables in the register from which one letter's state is read at a time, kept by"
    " the same transaction as the entry, and shown equal to what the entries derive."
)
SEARCHED = (
    "Every text is decrypted and looked through, under a key of its own: no index holds words of a letter after it is"
    " burnt. It would need an index in the register whose words a burn overwrites, as it does the keys."
)
TEXT = (
    "the ships wait off the point until both sides have said that they may pass and nobody fires on them at night"
    " harbour envoy passage prisoners water relief corridor ceasefire minister reply tenth letter of the series "
)


def figures(folder: Path) -> Iterator[Figure]:
    north, south = town(folder, "North", "South")
    _fill(north, south)
    names = "open", "list", "search"
    opened = take_turns({"open": lambda: (north.forget_state(), north.state.last_n)}, 2, warm=0)
    later = take_turns({"list": lambda: _listed(north), "search": lambda: reading.search(north, "kiosk 77777")}, 3)
    whats = "open the desk and list its letters", "list them once it is open", "search their texts once it is open"
    for name, what, why in zip(names, whats, (DERIVED, "", SEARCHED), strict=True):
        yield Figure(what, "CPU ms", (opened | later)[name].cpu, goals=[Goal(50, "", why)])


def _listed(office: Office) -> list[tuple[int, int, str]]:
    """The last hundred, as a screen shows them."""
    letters = office.state.letters
    shown = [letters[n] for n in sorted(letters)[-100:]]
    return [(one.n, one.number, one.event.form if one.event else "-") for one in shown]


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
