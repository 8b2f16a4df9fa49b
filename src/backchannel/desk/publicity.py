"""What is public, leaked or announced: the events, kept as they came.   Spec: docs/spec/publicity.md."""

from typing import TYPE_CHECKING, Any, Final

from backchannel.desk import events as ev
from backchannel.values import dataclass, field

WHAT: Final = ("existence", "gist", "text")

if TYPE_CHECKING:
    from backchannel.letters.when import When


@dataclass(frozen=True, slots=True)
class LeakState:
    """A publication that nobody here made. at: Unix seconds at which it was noted; when: at which it happened."""

    n: int
    at: int
    clerk: str | None
    event: ev.LeakNoted

    @property
    def when(self) -> "When":
        return _when(self.event.when)


@dataclass(slots=True)
class PublicationState:
    """What was announced, or stopped at the gate. letters: those it is about, with what was tied to it since."""

    n: int
    at: int
    clerk: str | None
    event: ev.Disclosed
    letters: tuple[int, ...]

    @property
    def when(self) -> "When":
        return _when(self.event.when)


@dataclass(slots=True)
class Publicity:
    """All of it, by entry. embargoes: by letter, the one that stands; asked: who was to be told, oldest first."""

    leaks: dict[int, LeakState] = field(default_factory=dict)
    publications: dict[int, PublicationState] = field(default_factory=dict)
    embargoes: dict[int, ev.Embargoed] = field(default_factory=dict)
    asked: list[tuple[int, int, ev.ToldOf]] = field(default_factory=list)

    def apply(self, entry: ev.Entry, event: ev.Event) -> None:
        match event:
            case ev.LeakNoted():
                self.leaks[entry.n] = LeakState(entry.n, entry.at, entry.clerk, event)
            case ev.Disclosed():
                self.publications[entry.n] = PublicationState(entry.n, entry.at, entry.clerk, event, event.letters)
            case ev.PublicationTied():
                if (found := self.publications.get(event.of)) is not None:
                    found.letters = tuple(dict.fromkeys((*found.letters, *event.letters)))
            case ev.Embargoed():
                self.embargoes |= dict.fromkeys(event.letters, event)
            case ev.ToldOf():
                self.asked.append((entry.n, entry.at, event))


def _when(wire: tuple[Any, ...]) -> "When":
    from backchannel.letters.when import When  # its tables are needed by few commands

    return When.from_wire(list(wire))
