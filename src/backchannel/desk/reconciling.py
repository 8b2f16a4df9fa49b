"""What this office and another hold of their exchange, compared.   Spec: docs/spec/reconcile.md.

By telephone (`Talk`) or by closed lists. What comes of it is recorded, as numbers only.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from backchannel.desk import events as ev
from backchannel.desk.office import Office, read_kept
from backchannel.desk.states import Correspondent
from backchannel.errors import NotPossible, Refused
from backchannel.letters.comparing import (
    MOST_SPOKEN,
    Claim,
    Compared,
    Doubt,
    Held,
    Ids,
    Letter,
    Runs,
    Search,
    Series,
    View,
    ascii_digits,
    claims_of,
    compare,
    doubts,
    flat,
    heard,
    in_common,
    spoken,
)
from backchannel.seals.reconcile import (
    CALL_DIGITS,
    SALT_BYTES,
    Call,
    comparing_key,
    make_list,
    read_list,
    tag,
)
from backchannel.seals.safety import matches
from backchannel.values import dataclass

_FIELDS: Final = ("same", "differing", "only_here", "only_there", "burnt_here", "burnt_there", "unsure")
_MOST_KEPT: Final = 10_000  # runs of each kind in one entry, which holds 1 MiB and 100,000 items


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a comparison. n: its entry. listed_at: Unix seconds at which their list was made, 0 by telephone.
    cut: the entry had no room for all of it.
    """

    n: int
    at: int
    office: bytes
    exercise: bool
    found: tuple[Compared, ...]
    doubts: tuple[Doubt, ...]
    listed_at: int = 0
    cut: bool = False

    @property
    def agrees(self) -> bool:
        """Whether both hold the same, and nothing was left open."""
        return not any(
            one.differing or one.only_here or one.only_there or one.unsure or one.burnt_here or one.burnt_there
            for one in self.found
        )


class Talk:
    """A comparison by telephone, step by step: each side reads out, and types what the other reads out.

    1 `ours` and theirs to `meet`  2 `lines` and theirs to `hear`  3 `code` and theirs to `answer`, until it is None.
    """

    def __init__(self, office: Office, named: str, *, exercise: bool = False) -> None:
        self.other = _reachable(office, named)
        self.ours = _digits(office)
        self._office = office
        self._exercise = exercise
        self._held = held_of(office, self.other, exercise=exercise)
        self._call: Call | None = None
        self._theirs: dict[Series, Claim] = {}
        self._common: tuple[Letter, ...] = ()
        self._search = Search(0)
        self._checking = False  # whether it is what was said that is compared, not letters

    def meet(self, typed: str) -> None:
        """Their five digits. Raises NotPossible."""
        theirs = _only_digits(typed)
        if len(theirs) != CALL_DIGITS:
            raise NotPossible(f"they read out {CALL_DIGITS} digits", next_step="Ask for them again.")
        me, other = self._office.state.office, self.other.office
        call = "".join(digits for _, digits in sorted(((me, self.ours), (other, theirs))))
        kind = "exercise" if self._exercise else "operation"
        self._call = Call(_key(self._office, self.other), me, other, kind, call)
        if len({self._call.label(series) for series in self._held}) < len(self._held):
            raise NotPossible("two series would have one label", next_step="Begin again: the digits will be others.")

    @property
    def lines(self) -> tuple[str, ...]:
        """What to read out: a line for each series held. Raises NotPossible where it is too much to say."""
        claims = claims_of(self._held)
        if len(claims) > MOST_SPOKEN or any(max(len(c.held), len(c.burnt)) > MOST_SPOKEN for c in claims.values()):
            raise NotPossible("there is too much to read out", next_step="Exchange lists: --export FILE, --read FILE.")
        return tuple(f"{self._on.label(series)}: {spoken(claim)}" for series, claim in claims.items())

    def hear(self, lines: Sequence[str]) -> None:
        """Their lines. Raises Refused [Q4]; nothing is then taken."""
        labels = {self._on.label(series): series for series in self._held}
        theirs: dict[Series, Claim] = {}
        if len(lines) > MOST_SPOKEN:
            raise Refused("Q4", f"more than {MOST_SPOKEN} lines")
        for label, claim in map(heard, lines):
            series = labels.get(label) or self._on.unknown(label)
            if series in theirs:
                raise Refused("Q4", f"the line {label} is given twice")
            theirs[series] = claim
        self._theirs = theirs
        self._common = in_common(self._held, theirs)
        self._search, self._checking = Search(len(self._common)), False
        if not self._common:
            self._checking = True

    @property
    def code(self) -> str | None:
        """The ten digits to read out next; None when there is nothing left to compare."""
        return None if self._asked is None else self._code(self._office.state.office)

    @property
    def asked(self) -> int:
        """How many letters the next code is about; 0: about what was said alone."""
        return len(self._asked or ())

    def fits(self, typed: str) -> bool:
        """Whether what they read out is what they would read if they held the same."""
        return matches(typed, self._code(self.other.office))

    def answer(self, same: bool) -> None:
        """Go on to the next. Raises NotPossible if what was said and heard is not the same: `hear` again."""
        if self._checking:
            self._checking = False
            if not same:
                raise NotPossible(
                    "what you typed is not what they read out, or it is not that office",
                    next_step="Read both out again and type theirs again. If it fails again, it is not that office.",
                )
            return
        first = self._search.asked == (0, len(self._common))
        self._search.answer(same)
        self._checking = first and not same  # was it a letter, or something misheard?

    def finish(self) -> Result:
        """What came of it, recorded. What was not compared to the end is said to be unsure."""
        same = [self._common[at] for at in self._search.same]
        differing = [self._common[at] for at in self._search.differing]
        found = compare(self._held, self._theirs, same, differing)
        return _note(self._office, self.other, found, "telephone", self._exercise)

    @property
    def _on(self) -> Call:
        assert self._call is not None, "their digits come first"
        return self._call

    @property
    def _asked(self) -> tuple[Letter, ...] | None:
        if self._checking:
            return ()
        return None if self._search.asked is None else self._common[slice(*self._search.asked)]

    def _code(self, speaker: bytes) -> str:
        return self._on.code(speaker, self._on.said(claims_of(self._held), self._theirs), self._asked or ())


def export(office: Office, named: str, *, exercise: bool = False) -> bytes:
    """A closed list of what is held, for that office alone."""
    other = _reachable(office, named)
    return make_list(
        _key(office, other),
        office.state.office,
        other.office,
        "exercise" if exercise else "operation",
        office.now,
        held_of(office, other, exercise=exercise),
        office.random(SALT_BYTES),
    )


def take(office: Office, named: str, data: bytes, *, exercise: bool = False) -> Result:
    """Compare with a list of theirs, and record what came of it. Raises Refused [Q1 to Q5]."""
    other = _reachable(office, named)
    key = _key(office, other)
    listed = read_list(key, data, other.office, office.state.office)
    if (listed.kind == "exercise") != exercise:
        raise Refused(
            "Q5", "the list is of exercises, or you asked for them", next_step="Say --exercise for exercises only."
        )
    held = held_of(office, other, exercise=exercise)
    alike: list[Letter] = []
    unlike: list[Letter] = []
    for one in in_common(held, listed.claims):
        own = tag(key, listed.salt, listed.kind, one.series, one.number, one.ids)
        (alike if own == listed.tag(one.series, one.number) else unlike).append(one)
    return _note(office, other, compare(held, listed.claims, alike, unlike), "list", exercise, listed.at)


def results(office: Office, named: str) -> list[Result]:
    """What came of all comparisons with that office, oldest first."""
    other = office.find(named)
    return [_of(n, at, event) for n, at, event in office.state.reconciled if event.office == other.office]


def held_of(office: Office, other: Correspondent, *, exercise: bool) -> Held:
    """What is here of one type. Of what is burnt the type is burnt too: it stands in both."""
    me = office.state.office
    held: dict[Series, dict[int, Ids | None]] = {}
    for writer, letters in ((me, other.written), (other.office, other.received)):
        for (epoch, number), letter in letters.items():
            if letter.event is None:
                held.setdefault(Series(writer, epoch), {})[number] = None
            elif letter.event.exercise == exercise:
                held.setdefault(Series(writer, epoch), {})[number] = (letter.event.letter_id,)
    for letter in office.state.letters.values():  # another text under a number already used
        event = letter.event
        if not isinstance(event, ev.Opened) or not event.twin_of or letter.office != other.office:
            continue
        if event.exercise == exercise:
            texts = held.setdefault(Series(other.office, letter.epoch), {})
            texts[letter.number] = tuple(sorted({*(texts.get(letter.number) or ()), event.letter_id}))
    return held


def _note(
    office: Office,
    other: Correspondent,
    found: tuple[Compared, ...],
    how: str,
    exercise: bool,
    listed_at: int = 0,
) -> Result:
    me = office.state.office
    ids = {Series(me, epoch): other.written_ids(epoch) for epoch, _ in other.written}
    ids |= {Series(other.office, epoch): other.held_ids(epoch) for epoch, _ in other.received}
    raised = doubts(me, found, ids, list(_views(office, other)))
    rows = [(name, *one.series, getattr(one, name)) for one in found for name in _FIELDS if getattr(one, name)]
    kept, cut = _fit([numbers for *_, numbers in rows])
    said, more_cut = _fit([one.numbers for one in raised])
    event = ev.Reconciled(
        other.office,
        how,
        exercise,
        listed_at,
        tuple((*row[:3], numbers) for row, numbers in zip(rows, kept, strict=False)),
        tuple(
            (one.what, *one.series, numbers, one.n, one.restored) for one, numbers in zip(raised, said, strict=False)
        ),
        cut or more_cut,
    )
    with office.changing() as change:
        n = change.add(event)
    return Result(n, office.now, other.office, exercise, found, raised, listed_at)


def _fit(given: Sequence[Runs]) -> tuple[list[tuple[int, ...]], bool]:
    """As many as an entry of the register has room for, and whether that is less than all."""
    kept: list[tuple[int, ...]] = []
    left = _MOST_KEPT
    for numbers in given:
        kept.append(tuple(flat(numbers[:left])))
        left -= len(numbers)
        if left < 0:
            return kept, True
    return kept, False


def _of(n: int, at: int, event: ev.Reconciled) -> Result:
    by_series: dict[Series, dict[str, Runs]] = {}
    for what, writer, epoch, numbers in event.found:
        by_series.setdefault(Series(writer, epoch), {})[what] = _pairs(numbers)
    found = tuple(Compared(series, **one) for series, one in by_series.items())
    said = tuple(
        Doubt(what, Series(writer, epoch), _pairs(numbers), by, restored)  # type: ignore[arg-type]
        for what, writer, epoch, numbers, by, restored in event.doubts
    )
    return Result(n, at, event.office, event.exercise, found, said, event.listed_at, event.cut)


def _pairs(numbers: tuple[int, ...]) -> Runs:
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _views(office: Office, other: Correspondent) -> Iterator[View]:
    for letter in office.state.letters.values():
        if letter.ours or letter.office != other.office or letter.event is None:
            continue
        view = read_kept(office, letter.n).docket.view
        if view is not None:
            yield View(letter.n, view.mine, view.yours, letter.epoch != other.epoch)


def _reachable(office: Office, named: str) -> Correspondent:
    other = office.find(named)
    if other.alarm is not None:
        raise NotPossible(
            "a card that contradicts this office's came in: nothing is compared with it until that is settled",
            next_step="Compare safety numbers by another way, then use `backchannel card settle`.",
        )
    return other


def _key(office: Office, other: Correspondent) -> bytes:
    dh = office.link.shared(other.card.body.link_public)
    return comparing_key(dh, office.state.office, other.office)


def _digits(office: Office) -> str:
    return f"{int.from_bytes(office.random(8), 'big') % 10**CALL_DIGITS:0{CALL_DIGITS}}"


def _only_digits(typed: str) -> str:
    return "".join(c for c in ascii_digits(typed) if c.isdigit())
