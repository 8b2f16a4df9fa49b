"""Records and boards as JSON, for files and other programs.   Spec: docs/spec/standing.md, "In a file".

Ids are names of any kind; 64 hex digits stand for the 32 bytes of a real one. What is written here reads as the same
records.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

from backchannel.errors import BackchannelError, Refused
from backchannel.letters.clauses import (
    ACTS,
    COUNTS,
    DECLARERS,
    IN_FORCE,
    KINDS,
    LINKS,
    MOST_USUAL_SECONDS,
    NUMBER,
    OUTCOMES,
    RULES,
    Act,
    Amount,
    Clause,
    Link,
    Provision,
    Ref,
)
from backchannel.letters.dates import Moment
from backchannel.letters.deadlines import TYPES, Deadline
from backchannel.letters.spans import ANY_TIME, TimeSpan
from backchannel.terms.facts import Fact
from backchannel.terms.knowing import changes_of_clause, changes_of_offer, known_to_other, may_lack, shown
from backchannel.terms.offers import Offer, Reason
from backchannel.terms.performance import Standing
from backchannel.terms.records import Authority, Hole, LetterRecord, Records, Said
from backchannel.terms.standing import Board

_HEX: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = b"\xff"  # before a name of 32 bytes: no text begins with it
_PLACE: Final = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_FIRST: Final = -62_135_596_800
_LAST: Final = 1 << 37

ReadDate = Callable[[str], Deadline]


def wrong(what: str) -> Refused:
    return Refused("K5", f"the records cannot be read: {what}", next_step="Compare it with docs/spec/standing.md.")


def read_records(value: Any, read_date: ReadDate) -> tuple[Records, bytes, int]:
    """Records, owner and instant of decoded JSON. read_date: of a date as drafts write it. Raises Refused [K5]."""
    try:
        records = Records(
            tuple(_letter(one, read_date) for one in _list(value, "letters")),
            tuple(_hole(one) for one in _list(value, "holes")),
        )
        return records, to_id(value["owner"]), instant(value["now"])
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError) as error:
        raise wrong(f"{type(error).__name__} {str(error)[:80]}") from error
    except BackchannelError as error:
        raise error if isinstance(error, Refused) else wrong(str(error)) from error


# --- reading ---


def to_id(name: str) -> bytes:
    if not isinstance(name, str) or not 1 <= len(name) <= 64:
        raise wrong("an id is a text of 1 to 64 characters")
    if _HEX.fullmatch(name):
        return bytes.fromhex(name)
    id = name.encode()
    return _NAME + id if len(id) == 32 else id  # else it would be taken for a real one


def to_name(id: bytes) -> str:
    return id.hex() if len(id) == 32 else id.removeprefix(_NAME).decode()


def instant(value: Any) -> int:
    """Unix seconds of `2014-11-24T20:30:00Z`, or of a whole number; in years 1 to 6325."""
    if isinstance(value, int) and not isinstance(value, bool):
        at = value
    else:
        given = datetime.fromisoformat(value)
        if given.tzinfo is None:
            raise wrong(f"{value!a} has no zone")
        at = int(given.timestamp())
    if not _FIRST <= at <= _LAST:
        raise wrong("a time is in no year that can be written")
    return at


def span(value: Any) -> TimeSpan:
    if isinstance(value, list):
        earliest, latest = value
        return TimeSpan(*(None if one is None else instant(one) for one in (earliest, latest)))
    at = instant(value)
    return TimeSpan(at, at)


def _letter(one: dict[str, Any], read_date: ReadDate) -> LetterRecord:
    _only(one, "id", "from", "to", "number", "epoch", "signed", "exercise", "sealed", "left", "reached", "clauses",
          "acts", "languages", "latest_delivery", "authority", "opened", "reader_for", "draft")  # fmt: skip
    authority = one.get("authority")
    opened = one.get("opened")
    if isinstance(opened, int):
        opened = ["", opened]
    numbers = [clause["number"] for clause in _list(one, "clauses")]
    if len(set(numbers)) != len(numbers):
        raise wrong("two clauses of one letter have one number")
    return LetterRecord(
        id=to_id(one["id"]),
        author=to_id(one["from"]),
        reader=to_id(one["to"]),
        number=_whole(one.get("number", 0)),
        epoch=_text(one.get("epoch", "")).encode(),
        signed=_flag(one, "signed"),
        exercise=_flag(one, "exercise"),
        sealed=span(one["sealed"]) if "sealed" in one else TimeSpan(None, None),
        left=tuple(_said(said, ("carrier", "sender")) for said in _list(one, "left")),
        reached=tuple(_said(said, ("carrier", "station")) for said in _list(one, "reached")),
        clauses=tuple(_clause(clause, read_date) for clause in _list(one, "clauses")),
        acts=tuple(_act(act, read_date) for act in _list(one, "acts")),
        languages=tuple(_text(lang) for lang in _list(one, "languages")),
        latest_delivery=instant(one["latest_delivery"]) if one.get("latest_delivery") is not None else None,
        authority=Authority(to_id(authority["principal"]), _flag(authority, "within")) if authority else None,
        opened=(_text(opened[0]).encode(), _whole(opened[1])) if opened is not None else None,
        reader_for=_maybe(one, "reader_for"),
        draft=_flag(one, "draft"),
    )


def _said(one: Any, ranks: tuple[str, ...]) -> Said:
    if not isinstance(one, dict):
        return Said(span(one), ranks[0])
    _only(one, "at", "by", "way", "signed", "heard")
    return Said(
        span(one["at"]),
        _choice(one.get("by", ranks[0]), ranks),
        _whole(one.get("way", 0)),
        _flag(one, "signed"),
        span(one["heard"]) if one.get("heard") is not None else None,
    )


def _clause(one: dict[str, Any], read_date: ReadDate) -> Clause:
    _only(one, "number", "kind", "text", "bound", "towards", "behalf", "doing", "how", "dates", "links", "amounts",
          "benefits", "declares", "silent", "provision")  # fmt: skip
    declares = one.get("declares", "either")
    number, text = one["number"], one.get("text", {"en": one["number"]})
    if not NUMBER.fullmatch(number):
        raise wrong(f"{number[:40]!a} is no number like T1")
    return Clause(
        number=number,
        kind=_choice(one["kind"], KINDS),
        text=tuple(sorted((_text(lang), _text(said)) for lang, said in text.items())),
        bound=_maybe(one, "bound"),
        towards=tuple(to_id(name) for name in _list(one, "towards")),
        behalf=_maybe(one, "behalf"),
        doing=_flag(one, "doing", absent=True),
        how=_choice(one.get("how", "once"), ("once", "throughout", "each")),
        dates=tuple((_choice(type_, TYPES), read_date(date)) for type_, date in _list(one, "dates")),
        links=tuple(_link(link) for link in _list(one, "links")),
        amounts=tuple(Amount(_text(amount), _text(unit)) for amount, unit in _list(one, "amounts")),
        benefits=_maybe(one, "benefits"),
        declares=declares if declares in DECLARERS else to_id(declares),
        silent=_choice(one.get("silent", "jointly"), ("jointly", "either", "met", "not_met")),
        provision=_provision(one["provision"]) if "provision" in one else None,
    )


def _provision(value: Any) -> Provision:
    rule, given = (value, None) if isinstance(value, str) else value
    match _choice(rule, RULES), given:
        case "silence_is_consent", str():
            return Provision(rule, None, _ref(given))
        case "usual_time", int() if not isinstance(given, bool) and 0 < given <= MOST_USUAL_SECONDS:
            return Provision(rule, given)
        case "counts_on", str() if given in COUNTS:
            return Provision(rule, given)
        case "in_force", str() if given in IN_FORCE:
            return Provision(rule, given)
        case "prevails", str():
            return Provision(rule, given)
        case "zones", list():
            return Provision(rule, tuple(_text(zone) for zone in given))
        case "lapses_at" | "until_withdrawn" | "irrevocable_until", None:
            return Provision(rule)
    raise wrong(f"{rule} is not written like this")


def _link(value: list[str]) -> Link:
    kind, to, *outcome = value
    return Link(_choice(kind, LINKS), _ref(to), _choice(outcome[0], OUTCOMES) if outcome else "met")


def _act(one: dict[str, Any], read_date: ReadDate) -> Act:
    _only(one, "act", "on", "outcome", "part", "since", "ground", "date", "of_date", "group", "parties")
    since = read_date(one["since"]) if one.get("since") else None
    if since is not None and not isinstance(since, Moment):
        raise wrong("since is one instant")
    return Act(
        kind=_choice(one["act"], ACTS),
        on=_ref(one["on"], whole=True) if one.get("on") else None,
        outcome=_choice(one["outcome"], OUTCOMES) if one.get("outcome") else None,
        part=_text(one["part"]) if one.get("part") is not None else None,
        since=since,
        ground=_text(one["ground"]) if one.get("ground") is not None else None,
        date=read_date(one["date"]) if one.get("date") else None,
        of_date=_choice(one.get("of_date", "lapses_at"), TYPES),
        group=_text(one["group"]).encode() if one.get("group") else None,
        parties=tuple(to_id(name) for name in _list(one, "parties")),
    )


def _ref(value: Any, *, whole: bool = False) -> Ref:
    """`T1` of this letter, `N3/T1`, `N3` the whole letter, `N3#1` its first act."""
    letter, slash, rest = value.rpartition("/")
    if slash or not whole:
        if not NUMBER.fullmatch(rest):
            raise wrong(f"{value[:40]!a} names no clause")
        return Ref(to_id(letter) if letter else None, rest)
    letter, sharp, act = value.partition("#")
    if sharp and not _PLACE.fullmatch(act):
        raise wrong(f"{value[:40]!a} names no act")
    return Ref(to_id(letter), None, int(act) if sharp else None)


def _hole(one: dict[str, Any]) -> Hole:
    _only(one, "from", "to", "epoch", "first", "last", "why")
    first = _whole(one["first"])
    return Hole(
        to_id(one["from"]),
        to_id(one["to"]),
        _text(one.get("epoch", "")).encode(),
        first,
        _whole(one.get("last", first)),
        _choice(one.get("why", "missing"), ("missing", "burnt", "unopened", "restored")),
    )


def _only(one: dict[str, Any], *known: str) -> None:
    for name in one.keys() - set(known):
        raise wrong(f"{name[:40]!a} is no field of it")


def _list(one: dict[str, Any], name: str) -> list[Any]:
    value = one.get(name, [])
    if not isinstance(value, list):
        raise wrong(f"{name} is no list")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
        raise wrong(f"{str(value)[:40]!a} is no whole number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise wrong(f"{str(value)[:40]!a} is no text")
    value.encode()
    return value


def _flag(one: dict[str, Any], name: str, *, absent: bool = False) -> bool:
    value = one.get(name, absent)
    if not isinstance(value, bool):
        raise wrong(f"{name} is neither yes nor no")
    return value


def _choice(value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise wrong(f"{str(value)[:40]!a} is none of {', '.join(allowed)}")
    return str(value)


def _maybe(one: dict[str, Any], name: str) -> bytes | None:
    return to_id(one[name]) if one.get(name) else None


# --- writing ---


def board_json(board: Board) -> dict[str, Any]:
    """All that a board says, for machines; the order is that of letter-ids."""
    return {
        "owner": to_name(board.owner),
        "now": at_json(board.now),
        "tables": board.tables,
        "offers": [_offer_json(board, offer) for offer in board.offers],
        "clauses": [_standing_json(board, one) for one in board.clauses],
        "pending": [_fact_json(fact) for fact in board.pending],
        "barred": [{**_fact_json(fact), "why": why} for fact, why in board.barred],
        "unverified": [{"letter": to_name(id), "said": said_json(said), "why": why} for id, said, why in board.aside],
        "holes": [hole_json(hole) for hole in board.holes],
    }


def at_json(unix: int) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def span_json(value: TimeSpan | None) -> Any:
    if value is None:
        return None
    if value.earliest is not None and value.earliest == value.latest:
        return at_json(value.earliest)
    return [None if one is None else at_json(one) for one in (value.earliest, value.latest)]


def _offer_json(board: Board, offer: Offer) -> dict[str, Any]:
    letters = [offer.letter.id, *(letter for reason in offer.reasons for letter in reason.letters)]
    found = {
        "letter": to_name(offer.letter.id),
        "from": to_name(offer.letter.party),
        "to": to_name(offer.letter.reader),
        "exercise": offer.letter.exercise,
        "state": offer.state,
        "since": span_json(offer.since),
        "lapses": span_json(offer.lapses),
        "in_force": span_json(offer.in_force),
        "by": _fact_json(offer.by) if offer.by else None,
        "until": None if offer.until is None else at_json(offer.until),
        "so_far": offer.so_far,
        "settles": offer.settles,
        "twin": to_name(offer.twin) if offer.twin else None,
        "awaits": [to_name(one) for one in offer.awaits],
        "over_holes": [hole_json(hole) for hole in offer.holes],
        "changed_by": list(changes_of_offer(offer)),
    }
    return {**_tidy(found), "reasons": _reasons_json(offer.reasons), **_known_json(board, letters)}


def _standing_json(board: Board, one: Standing) -> dict[str, Any]:
    letters = [one.letter, *(letter for reason in one.reasons for letter in reason.letters)]
    found = {
        "letter": to_name(one.letter),
        "clause": one.clause.number,
        "kind": one.clause.kind,
        "bound": to_name(one.clause.bound) if one.clause.bound else None,
        "state": one.state,
        "since": span_json(one.since),
        "due": [span_json(due) for due in one.due],
        "outcome": one.outcome,
        "part": one.part,
        "declared_by": [to_name(party) for party in one.declared_by],
        "releases": one.releases,
        "waits_for": [f"{to_name(letter)}/{number}" for letter, number in one.waits],
        "instances": [{"due": span_json(due), "state": state} for due, state in one.instances],
        "so_far": one.so_far,
        "changed_by": list(changes_of_clause(one)),
        "settles": list(one.settles),
        "over_holes": [hole_json(hole) for hole in one.holes],
    }
    return {**_tidy(found), "reasons": _reasons_json(one.reasons), **_known_json(board, letters)}


def _known_json(board: Board, letters: list[bytes]) -> dict[str, Any]:
    ordered = list(dict.fromkeys(letters))
    return {
        "show": [
            {
                "letter": to_name(one.letter),
                "text": _who(one.text),
                "left": _who(one.left),
                "reached": _who(one.reached),
            }
            for one in shown(board.facts, ordered)
        ],
        "known_to_other": {to_name(id): how for id, how in known_to_other(board.facts, ordered)},
        "may_lack": [
            _tidy({"letter": to_name(one.letter), "event": one.event or None, "by": one.by or None})
            for one in may_lack(board.facts, ordered)
        ],
    }


def _who(word: str | None) -> str:
    return word or "between us only"


def _reasons_json(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    return [
        _tidy({"rule": one.code, "letters": [to_name(id) for id in one.letters], "at": span_json(one.at)})
        for one in reasons
    ]


def _fact_json(fact: Fact) -> dict[str, Any]:
    on = fact.act.on
    named = None
    if on is not None and on.letter is not None:
        named = to_name(on.letter) + (f"/{on.clause}" if on.clause else f"#{on.act}" if on.act else "")
    return _tidy(
        {"letter": to_name(fact.by.letter.id), "act": fact.act.kind, "on": named, "party": to_name(fact.party)}
    )


def said_json(said: Said) -> dict[str, Any]:
    return _tidy({"at": span_json(said.span), "by": said.by, "way": said.way, "signed": said.signed,
                  "heard": span_json(said.heard)})  # fmt: skip


def hole_json(hole: Hole) -> dict[str, Any]:
    return {"from": to_name(hole.author), "to": to_name(hole.reader), "epoch": _word(hole.epoch),
            "first": hole.first, "last": hole.last, "why": hole.why}  # fmt: skip


def _word(epoch: bytes) -> str:
    """An epoch or a group: as the text that a file gave, or in hex."""
    try:
        return epoch.decode("ascii")
    except UnicodeDecodeError:
        return epoch.hex()


def _tidy(value: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in value.items() if one not in (None, [], False) or name in ("since", "so_far")}


def records_json(records: Records, owner: bytes, now: int, write_date: Callable[[Deadline], str]) -> dict[str, Any]:
    """The records as `read_records` reads them. write_date: of a date as drafts write it."""
    return {
        "owner": to_name(owner),
        "now": at_json(now),
        "letters": [_letter_json(one, write_date) for one in records.letters],
        "holes": [hole_json(hole) for hole in records.holes],
    }


def _letter_json(one: LetterRecord, write_date: Callable[[Deadline], str]) -> dict[str, Any]:
    return _given({
        "id": to_name(one.id),
        "from": to_name(one.author),
        "to": to_name(one.reader),
        "number": one.number,
        "epoch": _word(one.epoch),
        "signed": one.signed,
        "exercise": one.exercise,
        "sealed": span_json(one.sealed) if one.sealed != ANY_TIME else None,
        "left": [said_json(said) for said in one.left],
        "reached": [said_json(said) for said in one.reached],
        "clauses": [_clause_json(clause, write_date) for clause in one.clauses],
        "acts": [_act_json(act, write_date) for act in one.acts],
        "languages": list(one.languages),
        "latest_delivery": None if one.latest_delivery is None else at_json(one.latest_delivery),
        "authority": one.authority and {"principal": to_name(one.authority.principal), "within": one.authority.within},
        "opened": [_word(one.opened[0]), one.opened[1]] if one.opened else None,
        "reader_for": _name(one.reader_for),
        "draft": one.draft,
    })  # fmt: skip


def _clause_json(one: Clause, write_date: Callable[[Deadline], str]) -> dict[str, Any]:
    rule = one.provision
    value = rule and (_ref_json(rule.agreed) if rule.agreed else rule.value)
    value = list(value) if isinstance(value, tuple) else value
    return _given({
        "number": one.number,
        "kind": one.kind,
        "bound": _name(one.bound),
        "towards": [to_name(office) for office in one.towards],
        "behalf": _name(one.behalf),
        "how": one.how,
        "dates": [[type_, write_date(date)] for type_, date in one.dates],
        "links": [[link.kind, _ref_json(link.to), link.outcome] for link in one.links],
        "amounts": [[amount.number, amount.unit] for amount in one.amounts],
        "benefits": _name(one.benefits),
        "declares": one.declares if isinstance(one.declares, str) else to_name(one.declares),
        "silent": one.silent,
        "provision": rule and (rule.rule if value is None else [rule.rule, value]),
    }) | {"text": dict(one.text)} | ({} if one.doing else {"doing": False})  # fmt: skip


def _act_json(one: Act, write_date: Callable[[Deadline], str]) -> dict[str, Any]:
    return _given({
        "act": one.kind,
        "on": _ref_json(one.on) if one.on else None,
        "outcome": one.outcome,
        "part": one.part,
        "since": write_date(one.since) if one.since else None,
        "ground": one.ground,
        "date": write_date(one.date) if one.date else None,
        "of_date": one.of_date if one.date else None,
        "group": one.group and _word(one.group),
        "parties": [to_name(party) for party in one.parties],
    })  # fmt: skip


def _ref_json(ref: Ref) -> str:
    letter = to_name(ref.letter) if ref.letter else ""
    if ref.clause:
        return f"{letter}/{ref.clause}" if letter else ref.clause
    return f"{letter}#{ref.act}" if ref.act else letter


def _name(id: bytes | None) -> str | None:
    return None if id is None else to_name(id)


def _given(value: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in value.items() if one not in (None, [], {}, "", False)}
