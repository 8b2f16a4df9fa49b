"""Clauses and acts of a draft: typed values in its fields, texts under headings.   Spec: docs/guide/drafts.md.

A draft names offices and letters as a person does. What it means for the wire is made here with those names still in it
(`Named`, `Numbered`, `Grouped`); the desk puts ids in their place, and the one reader of clauses and acts judges both.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Final, Protocol

from backchannel.encoding import digest
from backchannel.errors import NotPossible, Refused
from backchannel.letters.clauses import (
    ACTS,
    COUNTS,
    IN_FORCE,
    KINDS,
    LINKS,
    MOST_CLAUSES,
    NUMBER,
    OFFERS,
    OUTCOMES,
    RULES,
    SAYS,
    Act,
    Clause,
    check_terms,
    lacks,
    read_acts,
    read_clause,
    unsound,
)
from backchannel.letters.dates import Moment, Zones, parse_moment
from backchannel.letters.deadline_text import deadline_text, parse_deadline
from backchannel.letters.deadlines import TYPES as DATE_TYPES
from backchannel.letters.deadlines import Anchored, BusinessDays, deadline_from_wire, deadline_to_wire
from backchannel.letters.frontmatter import Node
from backchannel.values import dataclass, field

Wire = dict[str, Any]
DATED_RULES: Final = ("lapses_at", "irrevocable_until")
_OF_CLAUSE: Final = ("due", "in_force")
_HEADING: Final = re.compile(rf"##[ ]+({NUMBER.pattern})(?:[ ]+#+)?")
_LETTER: Final = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
_DURATION: Final = re.compile(r"([1-9][0-9]{0,5}) ?(second|minute|hour|day|week)s?", re.ASCII)
_SECONDS: Final = {"week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 1}
_ASCII_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_KEYS: Final = {"doing": "refrain", "behalf": "for"}
_BUSINESS: Final = ("source", "weekend", "first", "last", "holidays")
_YES: Final = ("yes", "true")


@dataclass(frozen=True, slots=True)
class Named:
    """An office as the writer names it: `us`, `them`, or a name that the desk knows."""

    name: str


@dataclass(frozen=True, slots=True)
class Numbered:
    """A letter by its entry in the register."""

    n: int


@dataclass(frozen=True, slots=True)
class Grouped:
    """One offer to several, by a word of the writer's own."""

    word: str


def settle(value: Any, office: Callable[[str], bytes], letter: Callable[[int], bytes], us: bytes) -> Any:
    """The wire form of a clause or act of a draft. us: whose draft it is, so that its words for offers are its own."""
    match value:
        case Named(name):
            return office(name)
        case Numbered(n):
            return letter(n)
        case Grouped(word):
            return digest("offer", us, word)[:16]
        case dict():
            return {key: settle(one, office, letter, us) for key, one in value.items()}
        case list() | tuple():
            return [settle(one, office, letter, us) for one in value]
    return value


class Notes(Protocol):
    """What the reader of a draft lends: its tables, and where problems are noted."""

    @property
    def zones(self) -> Zones: ...

    @property
    def now(self) -> datetime: ...

    def parties(self) -> Mapping[str, str]: ...

    def problem(self, file: str, line: int, mark: str, why: str) -> None: ...

    def word(self, file: str, node: Node, key: str) -> str | None: ...


Pieces = dict[str, dict[str, str]]
"""Texts of clauses as they stand in the draft: by number, by language."""


def cut(lines: Sequence[str]) -> tuple[list[str], list[tuple[str, int, list[str]]]]:
    """The prose of a text, and the texts of its clauses: (number, which line its heading is, its lines)."""
    starts = [(at, found[1]) for at, line in enumerate(lines) if (found := _HEADING.fullmatch(line))]
    ends = [*(at for at, _ in starts), len(lines)][1:]
    pieces = [(number, at, list(lines[at + 1 : end])) for (at, number), end in zip(starts, ends, strict=True)]
    return list(lines[: starts[0][0]] if starts else lines), pieces


def heading(number: str) -> str:
    return f"## {number}"


def _list(node: Node) -> list[Node]:
    return node.value if isinstance(node.value, list) else [node]


def _plain(node: Node) -> Any:
    return [_plain(one) for one in node.value] if isinstance(node.value, list) else node.value


def _listed(value: Any) -> list[str]:
    """The texts of a list, or of one text."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _is_text(node: Node | None) -> bool:
    return node is not None and isinstance(node.value, str)


def read_terms(
    notes: Notes, fields: Mapping[str, tuple[str, Node]], pieces: Pieces, languages: Mapping[str, tuple[str, int]]
) -> tuple[tuple[Wire, ...], tuple[Wire, ...]]:
    """The clauses and acts of a draft; what is wrong with them is noted. languages: each with where its text begins."""
    reader = _Terms(notes, pieces, languages)
    reader.read_business(fields)
    reader.read_clauses(fields)
    reader.read_acts(fields)
    reader.judge()
    return tuple(one for one, _, _ in reader.clauses.values()), tuple(one for one, _, _ in reader.acts)


@dataclass(slots=True)
class _Terms:
    notes: Notes
    pieces: Pieces
    languages: Mapping[str, tuple[str, int]]
    clauses: dict[str, tuple[Wire, str, int]] = field(default_factory=dict)
    acts: list[tuple[Wire, str, int]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    sound: bool = True
    business: dict[str, BusinessDays] = field(default_factory=dict)

    def wrong(self, file: str, line: int, mark: str, why: str) -> None:
        self.sound = False
        self.notes.problem(file, line, mark, why)

    def read_business(self, fields: Mapping[str, tuple[str, Node]]) -> None:
        """Which days somebody works, by name, for dates counted in business days."""
        file, node = fields.get("business", ("", Node({}, 1)))
        if not isinstance(node.value, dict):
            self.wrong(file, node.line, "D13", f"business takes names, each with {', '.join(_BUSINESS)}")
            return
        for name, one in node.value.items():
            said = {key: _plain(value) for key, value in one.value.items()} if isinstance(one.value, dict) else {}
            weekend, holidays = _listed(said.get("weekend")), _listed(said.get("holidays"))
            days = sorted(int(day) for day in weekend if day in tuple("1234567"))
            try:
                if said.keys() - set(_BUSINESS) or len(days) < len(weekend):
                    raise Refused("D6", f"business says {', '.join(_BUSINESS)}; a weekend is of days 1 (Monday) to 7")
                wire = [name, said.get("source"), days, said.get("first"), said.get("last"), sorted(holidays)]
                self.business[name] = BusinessDays.from_wire(wire)
            except Refused as error:
                self.wrong(file, one.line, error.mark, f"{name}: {error}")

    # --- clauses ---

    def read_clauses(self, fields: Mapping[str, tuple[str, Node]]) -> None:
        if "clauses" not in fields:
            return
        file, node = fields["clauses"]
        if not isinstance(node.value, dict) or not node.value:
            self.wrong(file, node.line, "D13", "clauses takes numbers and what each says, like T1: {kind: condition}")
            return
        if len(node.value) > MOST_CLAUSES:
            self.wrong(file, node.line, "D13", f"clauses holds more than {MOST_CLAUSES}")
            return
        for number, one in node.value.items():
            kind = one.value.get("kind") if isinstance(one.value, dict) else None
            self.kinds[number] = kind.value if kind is not None and isinstance(kind.value, str) else ""
        for number, one in node.value.items():
            self.clause(file, number, one)
        self.texts()

    def clause(self, file: str, number: str, node: Node) -> None:
        if not NUMBER.fullmatch(number):
            self.wrong(file, node.line, "D13", f"{number[:40]!a} is no number of a clause: write it like T1")
            return
        kind = self.kinds[number]
        if kind not in KINDS:
            self.wrong(file, node.line, "D13", f"{number}: kind is one of {', '.join(KINDS)}")
            return
        said: dict[str, Node] = node.value
        links = () if kind == "provision" else tuple(link for link in LINKS if link != "limits")
        limits = ("limits",) if kind in ("reservation", "exclusion") else ()
        own = tuple(_KEYS.get(key, key) for key in SAYS[kind] if key != "provision")
        dates = (*RULES, "only_if") if kind == "provision" else _OF_CLAUSE
        known = ("kind", *own, *dates, *links, *limits, *(() if kind == "provision" else ("amounts",)))
        for key, one in said.items():
            if key not in known:
                near = get_close_matches(key, known, 1)
                hint = f", did you mean {near[0]}?" if near else f": it says {', '.join(known[1:])}"
                self.wrong(file, one.line, "D12", f"{number}: {key[:40]!a} is no field of the kind {kind}{hint}")
        wire: Wire = {"number": number, "kind": kind, "text": dict(self.pieces.get(number, {}))}
        for key, one in said.items():
            if key in own:
                self.own(file, number, key, one, wire)
        if kind == "provision":
            self.provision(file, number, node.line, said, wire)
        dated = [(key, one) for key, one in said.items() if key in _OF_CLAUSE and kind != "provision"]
        found = [(key, self.date(file, f"{number}: {key}", key, one)) for key, one in dated]
        if found:
            wire["dates"] = [[key, date] for key, date in found if date is not None]
        linked = [
            link
            for key, one in said.items()
            if key in LINKS and key in known
            for link in self.links(file, number, key, one)
        ]
        if linked:
            wire["links"] = linked
        if "amounts" in said and "amounts" in known:
            wire["amounts"] = [amount for one in _list(said["amounts"]) if (amount := self.amount(file, number, one))]
        if kind == "undertaking" and "bound" not in said:
            self.wrong(file, node.line, "D14", f"{number}: who is bound? write bound: us, them, or an office")
        if kind == "reservation" and "limits" not in said:
            self.wrong(file, node.line, "D14", f"{number}: what does it limit? write limits: and a clause")
        self.clauses[number] = wire, file, node.line

    def own(self, file: str, number: str, key: str, node: Node, wire: Wire) -> None:
        what = f"{number}: {key}"
        if key in ("bound", "for", "benefits"):
            if (name := self.notes.word(file, node, what)) is not None and (key, name) != ("benefits", "both"):
                wire["behalf" if key == "for" else key] = Named(name.strip())
        elif key == "towards":
            names = [self.notes.word(file, one, what) for one in _list(node)]
            wire["towards"] = [Named(name.strip()) for name in names if name]
        elif key == "refrain":
            if self.choice(file, node, what, ("yes", "no", "true", "false")) in _YES:
                wire["doing"] = False
        elif key == "how":
            if (how := self.choice(file, node, what, ("once", "throughout", "each"))) not in (None, "once"):
                wire["how"] = how
        elif key == "silent":
            if (silent := self.choice(file, node, what, ("jointly", "either", "met", "not_met"))) not in (
                None,
                "jointly",
            ):
                wire["silent"] = silent
        else:  # declares
            name = self.notes.word(file, node, what)
            if name is not None and name.strip() != "either":
                wire["declares"] = "jointly" if name.strip() in ("jointly", "both") else Named(name.strip())

    def provision(self, file: str, number: str, line: int, said: dict[str, Node], wire: Wire) -> None:
        rules = [key for key in said if key in RULES]
        if len(rules) != 1:
            self.wrong(file, line, "D14", f"{number}: a provision says one of {', '.join(RULES)}")
            return
        rule, node = rules[0], said[rules[0]]
        what = f"{number}: {rule}"
        value: Any = None
        agreed: list[Any] | None = None
        if rule in DATED_RULES:
            if (date := self.date(file, what, rule, node)) is not None:
                wire["dates"] = [[rule, date]]
        elif rule == "in_force":
            word = node.value.strip().replace(" ", "_") if isinstance(node.value, str) else ""
            value = word if word in IN_FORCE and word != "date" else "date"
            if value == "date" and (date := self.date(file, what, rule, node)) is not None:
                wire["dates"] = [[rule, date]]
        elif rule == "until_withdrawn":
            self.choice(file, node, what, _YES)
        elif rule == "counts_on":
            value = self.choice(file, node, what, COUNTS)
        elif rule == "usual_time":
            text = self.notes.word(file, node, what) or ""
            found = _DURATION.fullmatch(text.strip().translate(_ASCII_DIGITS))
            if found is None:
                self.wrong(file, node.line, "D13", f"{what} takes a time like 6 days or 36 hours")
            value = int(found[1]) * _SECONDS[found[2]] if found else 1
        elif rule == "zones":
            value = [zone for one in _list(node) if (zone := self.zone(file, what, one))]
        elif rule == "silence_is_consent":
            agreed = self.reference(file, what, node, self.notes.word(file, node, what) or "")
        else:
            value = self.notes.word(file, node, what)
        wire["provision"] = [rule, value, agreed]

    def texts(self) -> None:
        for number in self.clauses:
            for lang, (file, line) in self.languages.items():
                if lang not in self.pieces.get(number, {}):
                    self.wrong(file, line, "D14", f"no text of {number} in {lang}: write it under {heading(number)}")

    def links(self, file: str, number: str, key: str, node: Node) -> Iterator[list[Any]]:
        what = f"{number}: {key}"
        for one in _list(node):
            if isinstance(one.value, dict):
                said: dict[str, Node] = one.value
                for other in said.keys() - {"letter", "clause", "outcome"}:
                    self.wrong(file, one.line, "D12", f"{what} says letter, clause and outcome, not {other[:40]!a}")
                text = "/".join(said[part].value for part in ("letter", "clause") if _is_text(said.get(part)))
                outcome = self.choice(file, said["outcome"], what, OUTCOMES) if "outcome" in said else ""
                negated = False
            else:
                text, outcome = self.notes.word(file, one, what) or "", ""
                negated, text = text.startswith("not "), text.removeprefix("not ").strip()
            ref = self.reference(file, what, one, text)
            if ref is not None and outcome is not None:
                yield [key, ref, outcome or self.usual_outcome(key, ref, negated)]

    def usual_outcome(self, key: str, ref: list[Any], negated: bool) -> str:
        """What a link asks for that does not say: of a promise that it be kept, of a condition that it be met."""
        promise = self.kinds.get(ref[1]) in ("undertaking", "consequence") if ref[0] is None else key == "in_return_for"
        if key in ("limits", "replaces"):
            return "met"
        return ("broken" if negated else "kept") if promise else ("not_met" if negated else "met")

    def reference(self, file: str, what: str, node: Node, text: str, *, acts: bool = False) -> list[Any] | None:
        """`T1`, `12/T1` or `12`; with acts also `12/2`, the second act of letter 12."""
        letter, divided, rest = text.translate(_ASCII_DIGITS).strip().partition("/")
        if not divided and not _LETTER.fullmatch(letter):
            letter, rest = "", letter
        act = int(rest) if acts and _LETTER.fullmatch(rest) and len(rest) < 3 else None
        if (letter and not _LETTER.fullmatch(letter)) or (act is None and rest and not NUMBER.fullmatch(rest)):
            rest, letter = "", ""
        if not rest and not letter:
            examples = (
                "a letter like 12, or of it a clause or act, like 12/T1 or 12/2"
                if acts
                else "a clause, like T1 or 12/T1"
            )
            self.wrong(file, node.line, "D13", f"{what} names {examples}")
            return None
        if not letter and rest not in self.kinds:
            self.wrong(file, node.line, "D15", f"{what} names {rest}, and this draft has no clause {rest}")
            return None
        return [Numbered(int(letter)) if letter else None, rest if act is None and rest else None, act]

    def date(self, file: str, what: str, type_: str, node: Node) -> Any:
        text = self.notes.word(file, node, what)
        if text is None:
            self.sound = False
            return None
        try:
            date = parse_deadline(
                type_,
                text,
                self.notes.zones,
                parties=self.notes.parties(),
                business=self.business,
                now=self.notes.now,
            )
        except NotPossible as error:
            self.wrong(file, node.line, "D16", f"{what}: {error}. {error.next_step}")
            return None
        if isinstance(date, Anchored) and date.of is not None and date.of not in self.kinds:
            self.wrong(file, node.line, "D15", f"{what} counts from {date.of}, and this draft has no clause {date.of}")
        return deadline_to_wire(date)

    def zone(self, file: str, what: str, node: Node) -> str | None:
        name = self.notes.word(file, node, what)
        try:
            if name is not None:
                self.notes.zones(name)
        except (KeyError, ValueError, OSError):
            self.wrong(file, node.line, "D16", f"{what}: the zone {name} is not known")
        return name

    def amount(self, file: str, number: str, node: Node) -> list[str] | None:
        text = (self.notes.word(file, node, f"{number}: amounts") or "").translate(_ASCII_DIGITS).split()
        if len(text) != 2:
            self.wrong(file, node.line, "D13", f"{number}: amounts takes a number and its unit, like 1000000 USD")
            return None
        return text

    def choice(self, file: str, node: Node, what: str, allowed: Sequence[str]) -> str | None:
        text = self.notes.word(file, node, what)
        value = None if text is None else text.strip().lower().replace("-", "_").replace(" ", "_")
        if value is None or value not in allowed:
            self.wrong(file, node.line, "D13", f"{what} is one of {', '.join(allowed)}")
            return None
        return value

    # --- acts ---

    def read_acts(self, fields: Mapping[str, tuple[str, Node]]) -> None:
        for key in ("act", "acts"):
            if key in fields:
                file, node = fields[key]
                for one in _list(node):
                    if (wire := self.act(file, one)) is not None:
                        self.acts.append((wire, file, one.line))

    def act(self, file: str, node: Node) -> Wire | None:
        said: dict[str, Node] = node.value if isinstance(node.value, dict) else {}
        if not said and isinstance(node.value, str):  # `propose`, `accept 12`
            word, _, on = node.value.strip().partition(" ")
            said = {"act": Node(word, node.line)} | ({"on": Node(on.strip(), node.line)} if on else {})
        if "act" not in said or (kind := self.choice(file, said["act"], "act", ACTS)) is None:
            if "act" not in said:
                self.wrong(file, node.line, "D13", f"acts takes what is done, like accept 12: one of {', '.join(ACTS)}")
            return None
        known = ("act", "on", "clause", "outcome", "part", "since", "ground", "group", "to", *DATE_TYPES)
        for key, one in said.items():
            if key not in known:
                self.wrong(file, one.line, "D12", f"{kind}: {key[:40]!a} is no field of an act")
        wire: Wire = {"act": kind}
        if "on" in said:
            text = self.notes.word(file, said["on"], f"{kind}: on") or ""
            if "clause" in said:
                text += "/" + (self.notes.word(file, said["clause"], f"{kind}: clause") or "")
            if (ref := self.reference(file, f"{kind}: on", said["on"], text, acts=True)) is not None:
                if ref[0] is None:
                    self.wrong(file, said["on"].line, "D13", f"{kind} names a letter, like 12 or 12/T1")
                wire["on"] = ref
        elif kind != "propose":
            self.wrong(file, node.line, "D14", f"{kind} names what it is about: write on: and a letter, like 12")
        if "outcome" in said:
            wire["outcome"] = self.choice(file, said["outcome"], f"{kind}: outcome", OUTCOMES)
        for key in ("part", "ground"):
            if key in said and (said_text := self.notes.word(file, said[key], f"{kind}: {key}")) is not None:
                wire[key] = said_text
        if "since" in said:
            wire["since"] = self.moment(file, f"{kind}: since", said["since"])
        dates = [
            (key, date)
            for key in DATE_TYPES
            if key in said and (date := self.date(file, f"{kind}: {key}", key, said[key]))
        ]
        if dates:
            wire["date"] = list(dates[0])
        if "group" in said and (group := self.notes.word(file, said["group"], f"{kind}: group")) is not None:
            wire["group"] = Grouped(group)
        if "to" in said:
            names = [self.notes.word(file, one, f"{kind}: to") for one in _list(said["to"])]
            wire["parties"] = [Named(name.strip()) for name in names if name]
        if kind == "declare" and "outcome" not in said:
            self.wrong(
                file, node.line, "D14", f"declare says what came of it: write outcome: and one of {', '.join(OUTCOMES)}"
            )
        if kind == "extend" and len(dates) != 1:
            self.wrong(file, node.line, "D14", f"extend gives one new date: write it as one of {', '.join(DATE_TYPES)}")
        return wire

    def moment(self, file: str, what: str, node: Node) -> Any:
        text = self.notes.word(file, node, what)
        try:
            return None if text is None else parse_moment(text, self.notes.zones).to_wire()
        except NotPossible as error:
            self.wrong(file, node.line, "D16", f"{what}: {error}")
            return None

    # --- together ---

    def judge(self) -> None:
        """What the reader of the letter would refuse, and what would be of no use to it."""
        if not self.sound or not (self.clauses or self.acts):
            return
        clauses: list[Clause] = []
        acts: list[Act] = []
        for wire, file, line in self.clauses.values():
            try:
                clauses.append(read_clause(self.stand_in(wire)))
            except Refused as error:
                self.wrong(file, line, error.mark, f"{wire['number']}: {error}")
        for wire, file, line in self.acts:
            try:
                acts += read_acts([self.stand_in(wire)])
            except Refused as error:
                self.wrong(file, line, error.mark, f"{wire['act']}: {error}")
        if not self.sound:
            return
        try:
            check_terms(tuple(clauses), tuple(acts))
        except Refused as error:
            _, file, line = (self.acts or list(self.clauses.values()))[0]
            self.wrong(file, line, error.mark, str(error))
        for why, which in unsound(tuple(clauses), tuple(acts)):
            if why == "circle":
                _, file, line = self.clauses[which[0]]
                self.wrong(file, line, "D15", f"{', '.join(which)} wait for each other: none of them would ever hold")
            else:
                wire, file, line = self.acts[int(which[-1]) - 1]
                self.wrong(
                    file, line, "D15", f"{wire['act']} contradicts {self.acts[int(which[0]) - 1][0]['act']} on the same"
                )
        for kind, wanted in lacks(tuple(clauses), tuple(acts)):
            _, file, line = next(one for one in self.acts if one[0]["act"] in OFFERS)
            self.wrong(file, line, "D14", WANTED[kind].format(*wanted))

    def stand_in(self, wire: Wire) -> Any:
        """With ids that only tell names apart: which office or letter it is, the desk knows."""
        return settle(wire, lambda name: digest("name", name), lambda n: digest("entry", n), bytes(32))


# --- writing ---


def business_fields(clauses: Sequence[Wire], acts: Sequence[Wire]) -> dict[str, Any]:
    """The calendars of business days by which their dates count, by name."""
    dates = [date for clause in clauses for _, date in clause.get("dates", ())]
    dates += [act["date"][1] for act in acts if "date" in act]
    found = {}
    for date in dates:
        if date[0] == "after" and date[-1] is not None:
            name, source, weekend, first, last, holidays = date[-1]
            days = {"weekend": [str(day) for day in weekend], "first": first, "last": last, "holidays": holidays}
            found[name] = {"source": source} | days
    return found


def clause_fields(wire: Wire) -> dict[str, Any]:
    """What the draft's fields say of a clause."""
    said: dict[str, Any] = {"kind": wire["kind"]}
    for key, value in wire.items():
        if key in ("bound", "benefits", "behalf"):
            said[_KEYS.get(key, key)] = value.name
        elif key == "towards":
            said[key] = [one.name for one in value]
        elif key == "doing":
            said["refrain"] = "yes"
        elif key in ("how", "silent", "declares"):
            said[key] = value.name if isinstance(value, Named) else value
        elif key == "amounts":
            said[key] = [" ".join(one) for one in value]
        elif key == "dates":
            said |= {of: _date_text(date) for of, date in value}
    if "provision" in wire:
        rule, value, agreed = wire["provision"]
        if rule == "usual_time":
            size = next(size for size in _SECONDS if value % _SECONDS[size] == 0)
            value = f"{value // _SECONDS[size]} {size}s"
        if agreed is not None:
            value = _ref_text(agreed)
        if rule not in said:
            said[rule] = "yes" if value is None else value
    for kind, ref, outcome in wire.get("links", ()):
        said.setdefault(kind, []).append(_link_text(ref, outcome))
    return said


def act_fields(wire: Wire) -> dict[str, Any]:
    """What the draft's fields say of an act."""
    said: dict[str, Any] = {"act": wire["act"]}
    for key, value in wire.items():
        if key == "on":
            said[key] = _ref_text(value)
        elif key in ("outcome", "part", "ground"):
            said[key] = value
        elif key == "since":
            said[key] = deadline_text(Moment.from_wire(value))
        elif key == "date":
            said[value[0]] = _date_text(value[1])
        elif key == "group":
            said[key] = value.word
        elif key == "parties":
            said["to"] = [one.name for one in value]
    return said


def _ref_text(ref: list[Any]) -> str:
    letter, clause, act = ref
    return "/".join(str(one) for one in (letter.n if letter else None, clause, act) if one is not None)


def _link_text(ref: list[Any], outcome: str) -> Any:
    letter, clause, _ = ref
    said: dict[str, Any] = {"letter": str(letter.n)} if letter else {}
    return said | ({"clause": clause} if clause else {}) | {"outcome": outcome}


def _date_text(date: Any) -> str:
    return deadline_text(deadline_from_wire(date))


WANTED: Final = {
    "clauses": "an offer holds what it offers: write clauses:",
    "lapses_at": "until when is the offer open? write a provision lapses_at: DATE, or until_withdrawn: yes",
    "zones": "which zones do its dates go by? write a provision zones: [Asia/Tehran, America/New_York]",
    "zone": "the zone {} of a date is not among the zones of the provision",
}
