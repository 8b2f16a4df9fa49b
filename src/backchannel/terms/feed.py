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
    DECLARERS,
    KINDS,
    LINKS,
    OUTCOMES,
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
from backchannel.terms.knowing import known_to_other, shown
from backchannel.terms.offers import Offer, Reason
from backchannel.terms.performance import Standing
from backchannel.terms.records import Authority, Hole, LetterRecord, Records, Said
from backchannel.terms.standing import Board

_HEX: Final = re.compile(r"[0-9a-f]{64}")

ReadDate = Callable[[str], Deadline]


def wrong(what: str) -> Refused:
    return Refused("K5", f"the records cannot be read: {what}", next_step="Compare it with docs/spec/standing.md.")


def read_records(value: Any, read_date: ReadDate) -> tuple[Records, bytes, int]:
    """Records, owner and instant of decoded JSON. read_date: of a date as drafts write it. Raises Refused [K5]."""
    try:
        records = Records(
            tuple(_letter(one, read_date) for one in value.get("letters", [])),
            tuple(_hole(one) for one in value.get("holes", [])),
        )
        return records, to_id(value["owner"]), instant(value["now"])
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise wrong(f"{type(error).__name__} {str(error)[:80]}") from error
    except BackchannelError as error:
        raise error if isinstance(error, Refused) else wrong(str(error)) from error


# --- reading ---


def to_id(name: str) -> bytes:
    if not isinstance(name, str) or not 1 <= len(name) <= 64:
        raise wrong("an id is a text of 1 to 64 characters")
    return bytes.fromhex(name) if _HEX.fullmatch(name) else name.encode()


def to_name(id: bytes) -> str:
    return id.hex() if len(id) == 32 else id.decode()


def instant(value: Any) -> int:
    """Unix seconds of `2014-11-24T20:30:00Z`, or of a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise wrong(f"{value!a} has no zone")
    return int(at.timestamp())


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
    return LetterRecord(
        id=to_id(one["id"]),
        author=to_id(one["from"]),
        reader=to_id(one["to"]),
        number=int(one.get("number", 0)),
        epoch=str(one.get("epoch", "")).encode(),
        signed=bool(one.get("signed", False)),
        exercise=bool(one.get("exercise", False)),
        sealed=span(one["sealed"]) if "sealed" in one else TimeSpan(None, None),
        left=tuple(_said(said, ("carrier", "sender")) for said in one.get("left", [])),
        reached=tuple(_said(said, ("carrier", "station")) for said in one.get("reached", [])),
        clauses=tuple(_clause(clause, read_date) for clause in one.get("clauses", [])),
        acts=tuple(_act(act, read_date) for act in one.get("acts", [])),
        languages=tuple(one.get("languages", [])),
        latest_delivery=instant(one["latest_delivery"]) if one.get("latest_delivery") is not None else None,
        authority=Authority(to_id(authority["principal"]), bool(authority["within"])) if authority else None,
        opened=(str(opened[0]).encode(), int(opened[1])) if opened else None,
        reader_for=to_id(one["reader_for"]) if one.get("reader_for") else None,
        draft=bool(one.get("draft", False)),
    )


def _said(one: Any, ranks: tuple[str, ...]) -> Said:
    if not isinstance(one, dict):
        return Said(span(one), ranks[0])
    _only(one, "at", "by", "way", "signed", "heard")
    return Said(
        span(one["at"]),
        _choice(one.get("by", ranks[0]), ranks),
        int(one.get("way", 0)),
        bool(one.get("signed", False)),
        span(one["heard"]) if one.get("heard") is not None else None,
    )


def _clause(one: dict[str, Any], read_date: ReadDate) -> Clause:
    _only(one, "number", "kind", "text", "bound", "towards", "behalf", "doing", "how", "dates", "links", "amounts",
          "benefits", "declares", "silent", "provision")  # fmt: skip
    declares = one.get("declares", "either")
    text = one.get("text", {"en": one["number"]})
    return Clause(
        number=one["number"],
        kind=_choice(one["kind"], KINDS),
        text=tuple(sorted(text.items())) if isinstance(text, dict) else (("en", str(text)),),
        bound=_maybe(one, "bound"),
        towards=tuple(to_id(name) for name in one.get("towards", [])),
        behalf=_maybe(one, "behalf"),
        doing=bool(one.get("doing", True)),
        how=_choice(one.get("how", "once"), ("once", "throughout", "each")),
        dates=tuple((_choice(type_, TYPES), read_date(date)) for type_, date in one.get("dates", [])),
        links=tuple(_link(link) for link in one.get("links", [])),
        amounts=tuple(Amount(number, unit) for number, unit in one.get("amounts", [])),
        benefits=_maybe(one, "benefits"),
        declares=declares if declares in DECLARERS else to_id(declares),
        silent=_choice(one.get("silent", "jointly"), ("jointly", "either", "met", "not_met")),
        provision=_provision(one["provision"]) if "provision" in one else None,
    )


def _provision(value: Any) -> Provision:
    rule, given = (value, None) if isinstance(value, str) else value
    if rule == "silence_is_consent":
        return Provision(rule, None, _ref(given))
    return Provision(rule, tuple(given) if isinstance(given, list) else given)


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
        part=one.get("part"),
        since=since,
        ground=one.get("ground"),
        date=read_date(one["date"]) if one.get("date") else None,
        of_date=_choice(one.get("of_date", "lapses_at"), TYPES),
        group=str(one["group"]).encode() if one.get("group") else None,
        parties=tuple(to_id(name) for name in one.get("parties", [])),
    )


def _ref(value: Any, *, whole: bool = False) -> Ref:
    """`T1` of this letter, `N3/T1`, `N3` the whole letter, `N3#1` its first act."""
    letter, slash, rest = value.rpartition("/")
    if slash or not whole:
        found = re.fullmatch(r"[A-Z]{1,3}[1-9][0-9]{0,3}", rest)
        if found is None:
            raise wrong(f"{value[:40]!a} names no clause")
        return Ref(to_id(letter) if letter else None, rest)
    letter, _, act = value.partition("#")
    return Ref(to_id(letter), None, int(act) if act else None)


def _hole(one: dict[str, Any]) -> Hole:
    _only(one, "from", "to", "epoch", "first", "last", "why")
    first = int(one["first"])
    return Hole(
        to_id(one["from"]),
        to_id(one["to"]),
        str(one.get("epoch", "")).encode(),
        first,
        int(one.get("last", first)),
        _choice(one.get("why", "missing"), ("missing", "burnt", "unopened", "restored")),
    )


def _only(one: dict[str, Any], *known: str) -> None:
    for name in one.keys() - set(known):
        raise wrong(f"{name[:40]!a} is no field of it")


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
    return {"from": to_name(hole.author), "to": to_name(hole.reader), "epoch": _epoch(hole.epoch),
            "first": hole.first, "last": hole.last, "why": hole.why}  # fmt: skip


def _epoch(epoch: bytes) -> str:
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
        "epoch": _epoch(one.epoch),
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
        "opened": [_epoch(one.opened[0]), one.opened[1]] if one.opened else None,
        "reader_for": _name(one.reader_for),
        "draft": one.draft,
    })  # fmt: skip


def _clause_json(one: Clause, write_date: Callable[[Deadline], str]) -> dict[str, Any]:
    rule = one.provision
    value = rule and (_ref_json(rule.agreed) if rule.agreed else rule.value)
    return _given({
        "number": one.number,
        "kind": one.kind,
        "text": dict(one.text),
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
    }) | ({} if one.doing else {"doing": False})  # fmt: skip


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
        "group": one.group and one.group.hex(),
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
