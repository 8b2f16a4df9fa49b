"""What a letter offers, binds and waits for, and the acts that answer it.   Spec: docs/spec/terms.md.

A clause is a part of its letter; its text stands there in every language of the letter. An act names its object by
letter-id, and by clause or act where it is of one alone.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from backchannel.errors import Refused
from backchannel.letters.dates import ZONE, Moment
from backchannel.letters.deadlines import TYPES as DATE_TYPES
from backchannel.letters.deadlines import Anchored, Deadline, deadline_from_wire, deadline_to_wire
from backchannel.letters.fields import Fields
from backchannel.values import dataclass, field

KINDS: Final = ("undertaking", "condition", "consequence", "reservation", "exclusion", "provision")
LINKS: Final = ("only_if", "until", "unless", "in_return_for", "limits", "replaces")
OUTCOMES: Final = ("met", "not_met", "kept", "broken", "in_part")
# lapses_at, irrevocable_until and in_force "date" have their date among the clause's dates.
RULES: Final = (
    "prevails", "lapses_at", "until_withdrawn", "irrevocable_until", "zones", "usual_time", "counts_on", "in_force",
    "silence_is_consent",
)  # fmt: skip
ACTS: Final = (
    "propose", "counter", "accept", "decline", "withdraw", "recall", "confirm", "object", "extend", "declare",
    "dispute", "waive", "suspend", "end", "reserve", "interpret", "correct", "ratify", "disown", "notify",
)  # fmt: skip
# Acts that bind only once the other side accepts them by name.
BY_CONSENT: Final = ("extend", "suspend", "end", "reserve", "interpret", "correct")
OFFERS: Final = ("propose", "counter")
DECLARERS: Final = ("either", "jointly")
COUNTS: Final = ("arrival", "leaving")
IN_FORCE: Final = ("acceptance", "second_handover", "date", "later_notice", "condition")
# What a clause of each kind may say beside its number, text, dates, links and amounts.
SAYS: Final = {
    "undertaking": ("bound", "towards", "behalf", "doing", "how"),
    "condition": ("benefits", "declares", "silent", "behalf"),
    "consequence": ("bound", "towards", "behalf", "doing", "how"),
    "reservation": ("behalf",),
    "exclusion": ("behalf",),
    "provision": ("provision", "behalf"),
}
LIMITERS: Final = ("reservation", "exclusion")
# Acts of which one letter can mean only one towards one object.
# Acts of which at most one of each row can be meant; to withdraw and to recall is one.
_EXCLUDE: Final = (
    ({"counter"}, {"accept"}, {"decline"}, {"withdraw", "recall"}),
    ({"confirm"}, {"object"}),
    ({"extend"}, {"withdraw", "recall"}),
    ({"declare"}, {"dispute"}),
    ({"ratify"}, {"disown"}),
)
MOST_CLAUSES: Final = 128
MOST_LIMITS: Final = 16  # one within another, the clause that they limit counted
MOST_USUAL_SECONDS: Final = 400 * 86_400
MOST_ACTS: Final = 64
MOST_TEXT: Final = 64 * 1024
MOST_BYTES: Final = 512 * 1024  # of all clauses and acts of a letter
NUMBER: Final = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,3}", re.ASCII)
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,9})?", re.ASCII)
_UNIT: Final = re.compile(r"[A-Za-z%][A-Za-z0-9/%-]{0,31}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ref:
    """What a link or an act is about. letter: None is the letter it stands in. clause: its number; act: its position
    among that letter's acts, from 1; neither: the whole offer, or the whole letter.
    """

    letter: bytes | None = None
    clause: str | None = None
    act: int | None = None

    def to_wire(self) -> list[Any]:
        return [self.letter, self.clause, self.act]

    @classmethod
    def from_wire(cls, value: Any) -> "Ref":
        """Raises Refused [K3]."""
        match value:
            case [None | bytes() as letter, None | str() as clause, None | int() as act] if (
                (letter is None or len(letter) == 32)
                and (clause is None or NUMBER.fullmatch(clause))
                and (act is None or (not isinstance(act, bool) and 1 <= act <= MOST_ACTS and clause is None))
            ):
                return cls(letter, clause, act)
        raise Refused("K3", "a link or an act names nothing that a letter can hold")


@dataclass(frozen=True, slots=True)
class Link:
    """How a clause hangs on another. outcome: which state of the other it asks for, `met` where nothing is said."""

    kind: str
    to: Ref
    outcome: str = "met"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as ASCII decimal, and a currency (ISO 4217) or unit: typed beside the text, never read out of it."""

    number: str
    unit: str


@dataclass(frozen=True, slots=True)
class Provision:
    """A rule of the exchange itself. value: by rule, a language or `equal`, zones, seconds, or a choice; else None.

    agreed: for silence_is_consent, the provision already in force that allows it.
    """

    rule: str
    value: Any = None
    agreed: Ref | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause. number: unique in its letter. text: by language. bound: who shall do or refrain; on whose behalf an
    envoy speaks is `behalf`. doing: False for an undertaking to refrain. how: once, throughout, or each time.
    dates: (type, value) as the draft orders them. benefits: for whose benefit a condition stands, None for both.
    declares: who may say that it was met: `either`, `jointly` or a named third office; silent: who may, or what holds,
    once that office is silent past the due date.
    """

    number: str
    kind: str
    text: tuple[tuple[str, str], ...] = field(repr=False)
    bound: bytes | None = None
    towards: tuple[bytes, ...] = ()
    behalf: bytes | None = None
    doing: bool = True
    how: str = "once"
    dates: tuple[tuple[str, Deadline], ...] = ()
    links: tuple[Link, ...] = ()
    amounts: tuple[Amount, ...] = ()
    benefits: bytes | None = None
    declares: str | bytes = "either"
    silent: str = "jointly"
    provision: Provision | None = None

    def text_in(self, lang: str) -> str | None:
        return next((text for of, text in self.text if of == lang), None)

    def same(self, other: "Clause", languages: tuple[str, ...]) -> bool:
        """Whether both say the same: equal values, and equal bytes in the languages that decide."""
        mine, yours = dict(self.text), dict(other.text)
        return all(
            mine.get(lang) == yours.get(lang) for lang in languages or mine.keys() | yours.keys()
        ) and clause_to_wire(self) | {"text": {}} == clause_to_wire(other) | {"text": {}}


@dataclass(frozen=True, slots=True)
class Act:
    """What a letter does to an offer, clause or act. on: None for `propose`, which is about this letter's clauses.

    outcome, part, since, ground: of what is declared. date: the new date of `extend`, of the type `of_date`.
    group: the number that one offer to several carries over equal clauses; parties: to whom, the reader included.
    """

    kind: str
    on: Ref | None = None
    outcome: str | None = None
    part: str | None = None
    since: Moment | None = None
    ground: str | None = field(default=None, repr=False)
    date: Deadline | None = None
    of_date: str = "lapses_at"
    group: bytes | None = None
    parties: tuple[bytes, ...] = ()


def clause_to_wire(clause: Clause) -> dict[str, Any]:
    wire: dict[str, Any] = {"number": clause.number, "kind": clause.kind, "text": dict(clause.text)}
    for name in ("bound", "behalf", "benefits"):
        if (value := getattr(clause, name)) is not None:
            wire[name] = value
    if clause.towards:
        wire["towards"] = list(clause.towards)
    if not clause.doing:
        wire["doing"] = False
    for name, usual in (("how", "once"), ("declares", "either"), ("silent", "jointly")):
        if (value := getattr(clause, name)) != usual:
            wire[name] = value
    if clause.dates:
        wire["dates"] = [[type_, deadline_to_wire(date)] for type_, date in clause.dates]
    if clause.links:
        wire["links"] = [[link.kind, link.to.to_wire(), link.outcome] for link in clause.links]
    if clause.amounts:
        wire["amounts"] = [[amount.number, amount.unit] for amount in clause.amounts]
    if (rule := clause.provision) is not None:
        value = list(rule.value) if isinstance(rule.value, tuple) else rule.value
        wire["provision"] = [rule.rule, value, rule.agreed.to_wire() if rule.agreed else None]
    return wire


def read_clause(value: Any) -> Clause:
    """The clause of a part. Raises Refused [K1, K3, and the marks of dates]."""
    clause = Fields(value, "K1", "clause")
    number, kind = clause.text("number", most=8), clause.choice("kind", KINDS)
    clause.only(("number", "kind", "text", "dates", "links", "amounts", *SAYS[kind]))
    if not NUMBER.fullmatch(number):
        raise clause.wrong("has no number like T1")
    if clause.has("doing") and clause.raw("doing") is not False:
        raise clause.wrong("says neither to do nor to refrain")
    return _sound(
        clause,
        Clause(
            number=number,
            kind=kind,
            text=_text(clause),
            bound=_office(clause, "bound"),
            towards=clause.ids("towards", most=16) if clause.has("towards") else (),
            behalf=_office(clause, "behalf"),
            doing=not clause.has("doing"),
            how=clause.choice("how", ("throughout", "each")) if clause.has("how") else "once",
            dates=tuple(_date(one, "K1") for one in clause.items("dates", most=32)) if clause.has("dates") else (),
            links=tuple(_link(one) for one in clause.items("links", most=32)) if clause.has("links") else (),
            amounts=tuple(_amount(one) for one in clause.items("amounts", most=32)) if clause.has("amounts") else (),
            benefits=_office(clause, "benefits"),
            declares=_declares(clause),
            silent=clause.choice("silent", ("either", "met", "not_met")) if clause.has("silent") else "jointly",
            provision=_provision(clause.raw("provision")) if kind == "provision" else None,
        ),
    )


def _sound(fields: Fields, clause: Clause) -> Clause:
    limits = [link for link in clause.links if link.kind == "limits"]
    if (clause.kind == "reservation" and not limits) or (limits and clause.kind not in LIMITERS):
        raise fields.wrong("limits nothing, or is of a kind that cannot limit another")
    types = [of for of, _ in clause.dates]
    if clause.provision is not None:
        rule, value = clause.provision.rule, clause.provision.value
        dated = rule if rule in ("lapses_at", "irrevocable_until") or (rule, value) == ("in_force", "date") else None
        if types != ([dated] if dated else []):
            raise fields.wrong("is a provision without its date, or with another")
        if (rule, value) == ("in_force", "condition") and not any(link.kind == "only_if" for link in clause.links):
            raise fields.wrong("is in force on a condition and names none")
    elif len(set(types)) != len(types):
        raise fields.wrong("has two dates of one type")
    return clause


def act_to_wire(act: Act) -> dict[str, Any]:
    wire: dict[str, Any] = {"act": act.kind}
    if act.on is not None:
        wire["on"] = act.on.to_wire()
    for name in ("outcome", "part", "ground", "group"):
        if (value := getattr(act, name)) is not None:
            wire[name] = value
    if act.since is not None:
        wire["since"] = act.since.to_wire()
    if act.date is not None:
        wire["date"] = [act.of_date, deadline_to_wire(act.date)]
    if act.parties:
        wire["parties"] = list(act.parties)
    return wire


def read_acts(value: Any) -> tuple[Act, ...]:
    """The acts of a part or docket. Raises Refused [K2, K3, and the marks of dates]."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_ACTS:
        raise Refused("K2", f"a letter's acts are not a list of 1 to {MOST_ACTS}")
    return tuple(_act(one) for one in value)


def _act(value: Any) -> Act:
    act = Fields(value, "K2", "act")
    act.only(("act", "on", "outcome", "part", "since", "ground", "date", "group", "parties"))
    kind = act.choice("act", ACTS)
    on = Ref.from_wire(act.raw("on")) if act.has("on") else None
    if (act.has("group") or act.has("parties")) and kind not in ("propose", "counter", "notify"):
        raise act.wrong("names others to whom it is not made")
    if (on is None) != (kind == "propose") or (on is not None and on.letter is None):
        raise act.wrong("does not name another letter, or is an offer and does")
    if (kind == "declare") != act.has("outcome") or (kind == "extend") != act.has("date"):
        raise act.wrong("lacks what it declares or the new date, or has one for nothing")
    of_date, date = _date(act.raw("date"), "K2") if act.has("date") else ("lapses_at", None)
    return Act(
        kind=kind,
        on=on,
        outcome=act.choice("outcome", OUTCOMES) if act.has("outcome") else None,
        part=act.text("part", most=255) if act.has("part") else None,
        since=Moment.from_wire(act.raw("since")) if act.has("since") else None,
        ground=act.text("ground") if act.has("ground") else None,
        date=date,
        of_date=of_date,
        group=act.octets("group", 16) if act.has("group") else None,
        parties=act.ids("parties", most=64) if act.has("parties") else (),
    )


def check_terms(clauses: tuple[Clause, ...], acts: tuple[Act, ...]) -> None:
    """What one letter may not do: two clauses of one number, links within it to nothing, or a limit without end.

    Two acts that contradict each other are taken, and leave their object unclear: see `unsound`. Raises Refused [K3].
    """
    numbers = {clause.number for clause in clauses}
    if len(numbers) != len(clauses):
        raise Refused("K3", "two clauses of one letter have one number")
    for clause in clauses:
        for link in clause.links:
            if link.to.letter is None and link.to.clause not in numbers:
                raise Refused("K3", f"clause {clause.number} hangs on one that the letter does not have")
    dates = [date for clause in clauses for _, date in clause.dates] + [act.date for act in acts]
    if any(isinstance(date, Anchored) and date.of is not None and date.of not in numbers for date in dates):
        raise Refused("K3", "a date is counted from a clause that the letter does not have")
    if _cycle(clauses, ("limits",)):
        raise Refused("K3", "clauses of one letter limit each other in a circle")
    if _is_too_deep(clauses):
        raise Refused("K3", f"clauses of one letter limit each other more than {MOST_LIMITS} deep")
    if sum(act.kind in OFFERS for act in acts) > 1:
        raise Refused("K3", "one letter makes two offers")


def contradictions(acts: tuple[Act, ...]) -> Iterator[tuple[int, ...]]:
    """Positions, from 1, of acts of one letter towards one object that cannot all be meant, for each reason.

    Spec: terms, "What cannot be meant".
    """
    by_object: dict[Ref | None, list[tuple[int, Act]]] = {}
    for position, act in enumerate(acts, 1):
        by_object.setdefault(act.on, []).append((position, act))
    for same in by_object.values() if len(by_object) < len(acts) else ():
        kinds = {act.kind for _, act in same}
        for apart in _EXCLUDE:
            if sum(not kinds.isdisjoint(one) for one in apart) > 1:
                yield tuple(position for position, act in same if any(act.kind in one for one in apart))
        said: dict[str, dict[int, object]] = {}
        for position, act in same:
            if act.kind == "declare":
                said.setdefault("declare", {})[position] = act.outcome, act.part, act.since
            elif act.kind == "extend":
                said.setdefault(act.of_date, {})[position] = act.date
        yield from (tuple(one) for one in said.values() if len(set(one.values())) > 1)


def unsound(clauses: tuple[Clause, ...], acts: tuple[Act, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What makes a letter of no use that still is one: not sealed, and marked where it is received.

    (`circle`, clauses that wait for each other) or (`contradict`, positions of such acts as text, from 1).
    """
    if circle := _cycle(clauses, ("only_if", "in_return_for")):
        yield "circle", circle
    yield from (("contradict", tuple(map(str, positions))) for positions in contradictions(acts))


def lacks(clauses: tuple[Clause, ...], acts: tuple[Act, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What an offer must say and does not: (`clauses`, `lapses_at`, `zones`) or (`zone`, one of its dates has)."""
    if not any(act.kind in OFFERS for act in acts):
        return
    rules = {clause.provision.rule: clause.provision for clause in clauses if clause.provision is not None}
    if all(clause.kind == "provision" for clause in clauses):
        yield "clauses", ()
    if not rules.keys() & {"lapses_at", "until_withdrawn"}:
        yield "lapses_at", ()
    if "zones" not in rules:
        yield "zones", ()
        return
    used = {zone for clause in clauses for _, date in clause.dates if (zone := date.zone)}
    yield from (("zone", (zone,)) for zone in sorted(used - set(rules["zones"].value)))


def _is_too_deep(clauses: Iterable[Clause]) -> bool:
    limits = {
        one.number: [link.to.clause for link in one.links if link.kind == "limits" and link.to.letter is None]
        for one in clauses
    }
    left = set(limits)
    for _ in range(MOST_LIMITS):
        left = {number for number in left if any(to in left for to in limits[number])}
    return bool(left)


def _cycle(clauses: Iterable[Clause], kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Numbers of clauses of one letter that lead to each other by such links, the first such circle; or none."""
    links = {
        clause.number: [link.to.clause for link in clause.links if link.kind in kinds and link.to.letter is None]
        for clause in clauses
    }
    done: set[str | None] = set()
    for start in links:
        path: list[str] = []
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            number, at = stack.pop()
            if at == 0:
                if number in path:
                    return tuple(path[path.index(number) :])
                if number in done:
                    continue
                path.append(number)
            if at < len(links.get(number, ())):
                stack += [(number, at + 1), (links[number][at] or "", 0)]
            else:
                done.add(number)
                path.pop()
    return ()


def _text(clause: Fields) -> tuple[tuple[str, str], ...]:
    text = clause.raw("text")
    if (
        not isinstance(text, dict)
        or not 1 <= len(text) <= 32
        or any(not isinstance(one, str) or not one or len(one.encode()) > MOST_TEXT for one in text.values())
        or any(not isinstance(lang, str) or not 1 <= len(lang) <= 35 for lang in text)
    ):
        raise clause.wrong("has no text by language")
    return tuple(sorted(text.items()))


def _office(fields: Fields, name: str) -> bytes | None:
    return fields.octets(name, 32) if fields.has(name) else None


def _declares(clause: Fields) -> str | bytes:
    if not clause.has("declares"):
        return "either"
    return (
        clause.octets("declares", 32)
        if isinstance(clause.raw("declares"), bytes)
        else clause.choice("declares", ("jointly",))
    )


def _date(value: Any, mark: str) -> tuple[str, Deadline]:
    match value:
        case [str(type_), date] if type_ in DATE_TYPES:
            return type_, deadline_from_wire(date, type_)
    raise Refused(mark, "a date is not one of the six types")


def _link(value: Any) -> Link:
    match value:
        case [str(kind), to, str(outcome)] if kind in LINKS and outcome in OUTCOMES:
            if (on := Ref.from_wire(to)).act is None:
                return Link(kind, on, outcome)
    raise Refused("K1", "a link is not of a kind that this version knows")


def _amount(value: Any) -> Amount:
    match value:
        case [str(number), str(unit)] if _DECIMAL.fullmatch(number) and _UNIT.fullmatch(unit):
            return Amount(number, unit)
    raise Refused("K1", "an amount is not a decimal number and its unit")


def _provision(value: Any) -> Provision:
    match value:
        case ["prevails", str(lang), None] if 1 <= len(lang) <= 35:
            return Provision("prevails", lang)
        case ["lapses_at" | "until_withdrawn" | "irrevocable_until" as rule, None, None]:
            return Provision(rule)
        case ["zones", list(zones), None] if 1 <= len(zones) <= 8 and all(
            isinstance(zone, str) and ZONE.fullmatch(zone) for zone in zones
        ):
            return Provision("zones", tuple(zones))
        case ["usual_time", int(seconds), None] if not isinstance(seconds, bool) and 0 < seconds <= MOST_USUAL_SECONDS:
            return Provision("usual_time", seconds)
        case ["counts_on", str(what), None] if what in COUNTS:
            return Provision("counts_on", what)
        case ["in_force", str(when), None] if when in IN_FORCE:
            return Provision("in_force", when)
        case ["silence_is_consent", None, list() as agreed]:
            return Provision("silence_is_consent", None, Ref.from_wire(agreed))
    raise Refused("K1", "a provision is not one of the closed list")
