"""Leaks noted, and the gate through which an announcement goes.   Spec: docs/spec/publicity.md.

Nothing here says whether what was published is true. A leak loosens nothing: what a letter's writer asked for stands.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from backchannel.conveyance.tracking import CLOCKS_SECONDS
from backchannel.desk import events as ev
from backchannel.desk import readouts
from backchannel.desk.office import Office, read_kept
from backchannel.desk.publicity import WHAT, LeakState, PublicationState
from backchannel.desk.reading import get, whereabouts
from backchannel.desk.sealing import is_exempted
from backchannel.desk.states import LetterState
from backchannel.desk.tracking import track_letter
from backchannel.errors import NotPossible
from backchannel.letters.dates import Moment, Zones, moment_of
from backchannel.letters.docket import Exempted, Handling
from backchannel.letters.spans import TimeSpan, before
from backchannel.letters.when import When, parse_when
from backchannel.seals.lookalike import Match, alike
from backchannel.text import check
from backchannel.values import dataclass

MOST_CHARACTERS: Final = 1000

Policy = Literal["neither", "joint", "free", "unsaid", "unread", "gone"]
_POLICIES: Final[dict[str | None, Policy]] = {
    "neither_confirm_nor_deny": "neither",
    "joint_line_only": "joint",
    "free": "free",
    None: "unsaid",
}
Code = Literal[
    "neither", "joint", "joint-agreed", "unsaid", "unread", "gone", "addressee-only", "exempted", "exercise",
    "deniable", "embargo", "not-submitted", "not-delivered", "unclear", "none-here", "readout-one-sided",
    "readout-differing",
]  # fmt: skip
STOPS: Final = frozenset(
    {
        "neither", "joint", "unsaid", "unread", "gone", "addressee-only", "exempted", "exercise", "deniable", "embargo",
        "not-submitted", "not-delivered", "readout-one-sided", "readout-differing",
    }
)  # fmt: skip
ALARMS: Final = frozenset({"not-submitted", "not-delivered"})


@dataclass(frozen=True, slots=True)
class Handled:
    """How a letter is to be treated now. policy: what its writer asked to be said of it.

    ask: office-ids of those who may be asked what to say, the writer first. exempted: who must not be told, by name.
    leaks, publications: entries.
    """

    policy: Policy
    ask: tuple[bytes, ...]
    exempted: tuple[str, ...]
    leaks: tuple[int, ...]
    publications: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing at the gate. letter: its entry, 0 where none is named. said: whose names, or until when."""

    code: Code
    letter: int
    said: str = ""

    @property
    def stops(self) -> bool:
        return self.code in STOPS


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is to become public. when: at which it is announced. by: us, or them whose exchange it is.

    letters: entries; office: with whom, where no letter is named. agreed: the entry of their letter that agrees to a
    joint line, or 0.
    """

    letters: tuple[int, ...]
    office: bytes
    what: str
    when: When
    where: str = ""
    by: str = "us"
    agreed: int = 0


@dataclass(frozen=True, slots=True)
class Alarm:
    """An announcement of what had not been handed over then. open: nor has it been since, as far as is known here."""

    publication: int
    letter: int
    code: Code
    open: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """When a letter was given to who carries it, and when it was handed over; None: no word of it."""

    submitted: TimeSpan | None
    delivered: TimeSpan | None


def when(office: Office, given: str | None, zones: Zones) -> When:
    """As a person writes it; otherwise now. Raises NotPossible."""
    if given is None:
        return When(moment_of(office.clock(), office.state.zone, zones), office.state.zone)
    return parse_when(given, office.state.zone, zones)


def note_leak(
    office: Office,
    letters: Sequence[int],
    other: bytes,
    happened: When,
    zones: Zones,
    *,
    where: str,
    source: str,
    what: str,
) -> int:
    """Its entry. Raises NotPossible, Refused [T1 to T8]."""
    _check_named(office, letters, other, what, {"where": where, "source": source})
    _check_past(office, happened, zones)
    with office.changing() as change:
        return change.add(ev.LeakNoted(tuple(letters), other, tuple(happened.to_wire()), where, source, what))


def leak(office: Office, n: int) -> LeakState:
    """Raises NotPossible."""
    found = office.state.publicity.leaks.get(n)
    if found is None:
        raise NotPossible(f"entry {n} notes no leak", next_step="See `backchannel leak list`.")
    return found


def handled(office: Office, n: int) -> Handled:
    """How letter `n` is to be treated from now on; what is unread is not looked into. Raises NotPossible."""
    letter = get(office, n)
    found = _handling(office, letter)
    me, other = office.state.office, letter.office
    policy = _policy(letter, found)
    writer, reader = (me, other) if letter.ours else (other, me)
    ask = (writer, reader) if policy == "joint" else (writer,)
    publicity = office.state.publicity
    return Handled(
        policy,
        ask,
        tuple(one.name for one in found.exempted) if found else (),
        tuple(one.n for one in publicity.leaks.values() if n in one.event.letters),
        tuple(one.n for one in publicity.publications.values() if n in one.letters and one.event.went),
    )


def examine(office: Office, said: Announcement, zones: Zones) -> tuple[Finding, ...]:
    """All that the gate finds, letter by letter. Raises NotPossible."""
    _check_named(office, said.letters, said.office, said.what, {"where": said.where})
    if said.by not in ("us", "them"):
        raise NotPossible(
            "an announcement is by us or by them", next_step="For anybody else's, see `backchannel leak note`."
        )
    if said.agreed:
        _check_agreed(office, said)
    at = said.when.span(zones)
    found: list[Finding] = []
    for n in said.letters:
        found += _of_letter(office, get(office, n), said, at)
    if not said.letters and said.by == "us":
        found.append(Finding("not-submitted", 0))
    elif not said.letters:
        came = [one for one in office.state.of(said.office).received.values() if _came_by(one, at)]
        found.append(Finding("none-here", 0, str(max((one.number for one in came), default=""))))
    return tuple(found)


def _came_by(letter: LetterState, at: TimeSpan) -> bool:
    reached = letter.event.reached if isinstance(letter.event, ev.Opened) else letter.at
    return at.latest is None or reached <= at.latest


def announce(
    office: Office, said: Announcement, zones: Zones, *, because: str = ""
) -> tuple[PublicationState, tuple[Finding, ...]]:
    """Through the gate, and recorded either way. It goes if nothing stops it, or `because` says why it goes anyway.

    What they announce nothing here can stop. Raises NotPossible where it cannot be examined; nothing is then recorded.
    """
    found = examine(office, said, zones)
    _check_past(office, said.when, zones)
    check(because, "line", "the reason")
    went = said.by == "them" or bool(because) or not any(one.stops for one in found)
    event = ev.Disclosed(
        said.letters,
        said.office,
        said.by,
        tuple(said.when.to_wire()),
        said.where,
        said.what,
        tuple((one.code, one.letter) for one in found),
        because,
        said.agreed,
        went,
    )
    with office.changing() as change:
        n = change.add(event)
    return office.state.publicity.publications[n], found


def publication(office: Office, n: int) -> PublicationState:
    """Raises NotPossible."""
    found = office.state.publicity.publications.get(n)
    if found is None:
        raise NotPossible(f"entry {n} is no announcement", next_step="See `backchannel publish list`.")
    return found


def tie(office: Office, n: int, letters: Sequence[int]) -> None:
    """Say which letters announcement `n` was about. Raises NotPossible."""
    found = publication(office, n)
    _check_named(office, letters, b"", "existence", {})
    if not letters or {get(office, one).office for one in letters} - (
        {found.event.office} if found.event.office else set()
    ):
        raise NotPossible("it was about letters of another exchange", next_step="Name letters with that office.")
    with office.changing() as change:
        change.add(ev.PublicationTied(n, tuple(letters)))


def embargo(office: Office, letters: Sequence[int], until: Moment, why: str) -> int:
    """These are not to be public before then; its entry. Raises NotPossible, Refused [T..]."""
    _check_named(office, letters, b"", "existence", {"why": why})
    if not letters:
        raise NotPossible("an embargo is on letters", next_step="Name them by their entries.")
    with office.changing() as change:
        return change.add(ev.Embargoed(tuple(letters), tuple(until.to_wire()), why))


def alarms(office: Office, zones: Zones, only: int = 0) -> Iterator[Alarm]:
    """Announcements made of what had not been handed over when they were made. only: of this one, by its entry."""
    publications = office.state.publicity.publications
    for one in [publications[only]] if only else publications.values():
        if not one.event.went:
            continue
        at = one.when.span(zones)
        if not one.letters and one.event.by == "us":
            yield Alarm(one.n, 0, "not-submitted", True)
        for n in one.letters:
            letter = office.state.letters.get(n)
            code = _early(office, letter, at) if letter is not None and letter.event is not None else None
            if letter is not None and code in ALARMS:
                assert code is not None
                yield Alarm(one.n, n, code, delivery(office, letter).delivered is None)


def copy_asked(office: Office, n: int, who: str) -> tuple[int, tuple[str, ...] | None]:
    """Somebody asks for a copy of letter `n`: recorded. Its entry; by which names it must not be told, None if it may.

    who: an office known here, or a name. A name that could be taken for one that must not be told counts as that one;
    of a letter that is gone nobody knows who must not be told, so nobody is. Raises NotPossible, Refused [T..].
    """
    letter = get(office, n)
    check(who, "line", "who asks")
    found = _handling(office, letter)
    try:
        other = office.find(who)
    except NotPossible:
        other = None
    names: tuple[str, ...] = ()
    if found is not None:
        if other is not None and is_exempted(other, found):
            names = (other.display,)
        own = [who, *(name for _, name in other.card.body.names)] if other is not None else [who]
        names = names or tuple(dict.fromkeys(one.known for name in own for one in _taken_for(name, found.exempted)))
    blocked = bool(names) or found is None
    with office.changing() as change:
        entry = change.add(ev.ToldOf(n, other.office if other else b"", who, "copy", blocked))
    return entry, names if blocked else None


def note_blocked(office: Office, who: bytes, by: str, n: int = 0) -> int:
    """An office that must not be told was to be told: recorded, for the owner of this desk to see."""
    name = office.state.of(who).display
    with office.changing() as change:
        return change.add(ev.ToldOf(n, who, name, by, True))


def delivery(office: Office, letter: LetterState) -> Delivery:
    """What is known of its way, no clock of another's believed to the second."""
    event = letter.event
    if isinstance(event, ev.Opened):
        return Delivery(TimeSpan(None, event.left_by), TimeSpan.at(event.reached))
    legs = [leg for way in track_letter(office, letter.n) for leg in way.legs]
    taken = [word.at for leg in legs for word in leg.words if word.event == "SubmissionAcceptance"]
    handed = [word.at for leg in legs for word in leg.words if word.event == "ContentHandover"]
    submitted, delivered = _about(letter, taken), _about(letter, handed)
    where = whereabouts(office, letter)
    out = office.hatch.outgoing(letter.n).get(letter.n)
    if submitted is None and where.place == "posted" and out is not None and out.posted_at:
        submitted = TimeSpan.at(out.posted_at)
    if delivered is None and where.place in ("opened", "declined"):
        delivered = TimeSpan(letter.at, max(letter.at, _shown_at(office, letter)))
    if submitted is None and delivered is not None:
        submitted = TimeSpan(letter.at, delivered.latest)
    return Delivery(submitted, delivered)


def _about(letter: LetterState, claimed: list[int]) -> TimeSpan | None:
    """The first of these claims, as far as clocks may differ, and never before the letter was sealed."""
    if not claimed:
        return None
    first = max(min(claimed), letter.at)
    return TimeSpan(max(letter.at, first - CLOCKS_SECONDS), first + CLOCKS_SECONDS)


def _shown_at(office: Office, letter: LetterState) -> int:
    """When a letter of theirs first showed that ours was opened or declined."""
    other, letters = office.state.of(letter.office), office.state.letters
    shown = [at for epoch, to, _, at in other.opened_shown if epoch == letter.epoch and to >= letter.number]
    entries = [*letter.answered_by, *([letter.acted_on["declines"]] if "declines" in letter.acted_on else [])]
    return min([*shown, *(letters[n].at for n in entries)], default=office.now)


def _early(office: Office, letter: LetterState, at: TimeSpan) -> Code | None:
    """Whether what was announced then had not been handed over; `unclear` where the times do not tell."""
    known = delivery(office, letter)
    if known.delivered is not None and before(known.delivered, at):
        return None
    if known.submitted is None or before(at, known.submitted):
        return "not-submitted"
    if known.delivered is None or before(at, known.delivered):
        return "not-delivered"
    return "unclear"


def _of_letter(office: Office, letter: LetterState, said: Announcement, at: TimeSpan) -> Iterator[Finding]:
    n = letter.n
    found = _handling(office, letter)
    policy = _policy(letter, found)
    if policy == "joint" and said.agreed:
        yield Finding("joint-agreed", n)
    elif policy != "free" and not (policy == "unsaid" and letter.ours):
        yield Finding(policy, n)
    if found is not None and found.exempted:
        yield Finding("exempted", n, ", ".join(one.name for one in found.exempted))
    if found is not None and said.what != "existence" and found.distribution in ("addressee_only", "exclusive"):
        yield Finding("addressee-only", n)
    if letter.event is not None and letter.event.exercise:
        yield Finding("exercise", n)
    if letter.event is not None and not letter.event.signed and said.by == "us":
        yield Finding("deniable", n)
    held_back = office.state.publicity.embargoes.get(n)
    if held_back is not None:
        until = Moment.from_wire(list(held_back.until))
        if at.earliest is None or at.earliest < until.unix:
            yield Finding("embargo", n, f"{until.written} [{until.zone}]")
    if letter.event is not None and (early := _early(office, letter, at)) is not None:
        yield Finding(early, n)
    if letter.event is not None and letter.event.form == "readout":
        yield from _of_record(office, n)


def _of_record(office: Office, n: int) -> Iterator[Finding]:
    try:
        standing = readouts.find(office, n).standing
    except NotPossible:
        return
    if standing == "one-sided":
        yield Finding("readout-one-sided", n)
    elif standing == "differing":
        yield Finding("readout-differing", n)


def _handling(office: Office, letter: LetterState) -> Handling | None:
    """What its writer asked for; None where it is gone, or unread and not looked into."""
    if letter.event is None or (not letter.ours and letter.read_at is None):
        return None
    return read_kept(office, letter.n).docket.handling


def _policy(letter: LetterState, found: Handling | None) -> Policy:
    if found is None:
        return "gone" if letter.event is None else "unread"
    return _POLICIES.get(found.comment_policy, "neither")  # an unknown policy is no licence


def _taken_for(name: str, exempted: Sequence[Exempted]) -> Iterator[Match]:
    return (one for one in alike(name, [one.name for one in exempted]) if one.reason != "mixed-scripts")


def _check_named(office: Office, letters: Sequence[int], other: bytes, what: str, texts: dict[str, str]) -> None:
    found = [get(office, n) for n in letters]
    if not letters and not other and texts:
        raise NotPossible(
            "it concerns letters, or an office", next_step="Name letters by their entries, or --with OFFICE."
        )
    if what not in WHAT:
        raise NotPossible(f"what was published is one of {', '.join(WHAT)}")
    if other and any(one.office != other for one in found):
        raise NotPossible("those letters are of another exchange", next_step="Leave out --with, or name others.")
    for name, text in texts.items():
        check(text, "line", name)
        if len(text) > MOST_CHARACTERS:
            raise NotPossible(f"{name} is longer than {MOST_CHARACTERS} characters")


def _check_past(office: Office, happened: When, zones: Zones) -> None:
    earliest = happened.span(zones).earliest
    if earliest is not None and earliest > office.now:
        raise NotPossible("that is still to come", next_step="Note it when it has happened.")


def _check_agreed(office: Office, said: Announcement) -> None:
    letter = get(office, said.agreed)
    others = {get(office, n).office for n in said.letters} | ({said.office} if said.office else set())
    if letter.ours or letter.event is None or letter.read_at is None or {letter.office} != others:
        raise NotPossible(
            f"entry {said.agreed} is no letter of theirs, read and kept here, that could agree to a line",
            next_step="Name their letter that agrees with --agreed.",
        )
