"""Clauses and acts read from docs/spec/terms.md alone; with `opener`, nothing of the product."""

import re
from typing import Any

import dating
import opener

WRITTEN = (
    "letter",
    "readout",
    "meeting-request",
    "reply",
    "warning",
    "assurance",
    "proposal",
    "note-verbale",
    "non-paper",
)
DUTY = {"bound", "towards", "doing", "how"}
SAYS = {
    "undertaking": DUTY,
    "condition": {"benefits", "declares", "silent"},
    "consequence": DUTY,
    "reservation": set(),
    "exclusion": set(),
    "provision": {"provision"},
}
DATES = {"lapses_at", "irrevocable_until", "reply_by", "due", "latest_delivery", "in_force"}
LINKS = {"only_if", "until", "unless", "in_return_for", "limits", "replaces"}
OUTCOMES = {"met", "not_met", "kept", "broken", "in_part"}
ACTS = {
    "propose", "counter", "accept", "decline", "withdraw", "recall", "confirm", "object", "extend", "declare",
    "dispute", "waive", "suspend", "end", "reserve", "interpret", "correct", "ratify", "disown", "notify",
}  # fmt: skip
NUMBER = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,3}\Z")


def check(sheet: dict[str, Any], parts: list[Any], docket: dict[str, Any], signature: Any) -> list[Any]:
    """The acts of a letter in their order, after every check of its clauses and acts."""
    clauses = [part[2] for part in parts if part[0] == "clause"]
    lists = [part[2] for part in parts if part[0] == "acts"]
    for clause in clauses:
        _clause(clause)
    for acts in (*lists, *([docket["terms"]] if "terms" in docket else [])):
        _acts(acts)
    if (clauses or lists or "terms" in docket) and sheet["form"] not in WRITTEN:
        raise opener.No("K4")
    size = sum(len(opener.cbor(part)) for part in parts if part[0] in ("clause", "acts"))
    languages = {part[2]["lang"]: part[2]["status"] for part in parts if part[0] == "body"}
    prevails = next((lang for lang, status in languages.items() if status == "prevailing"), "equal")
    if len(clauses) > 128 or size > 524_288 or any(clause["text"].keys() != languages.keys() for clause in clauses):
        raise opener.No("K1")
    acts = [act for one in (*lists, docket.get("terms", [])) for act in one]
    whole = {"recalls": "recall", "declines": "decline"}
    acts += [
        {"act": whole[name], "on": [of, None, None]} for name, of in docket.get("acts", {}).items() if name in whole
    ]
    if len(lists) > 1 or len(acts) > 64:
        raise opener.No("K2")
    links = [(clause["number"], *link) for clause in clauses for link in clause.get("links", [])]
    if signature is None and lists:
        raise opener.No("K4")
    covered = [act["on"][0] for one in lists for act in one if "on" in act] + [to[0] for _, _, to, _ in links if to[0]]
    if signature is not None and set(covered) - set(sheet.get("answers", [])):
        raise opener.No("K4")
    numbers = [clause["number"] for clause in clauses]
    own = [(number, kind, to[1]) for number, kind, to, _ in links if to[0] is None]
    limits = {number: {to for of, kind, to in own if kind == "limits" and of == number} for number in numbers}
    chain = set(numbers)
    for _ in range(16):
        chain = {number for number in chain if limits[number] & chain}
    for _ in numbers:
        limits = {number: tos | {far for to in tos for far in limits.get(to, set())} for number, tos in limits.items()}
    if len(set(numbers)) < len(numbers) or any(to not in numbers for _, _, to in own):
        raise opener.No("K3")
    counted = [date[4] for clause in clauses for _, date in clause.get("dates", []) if date[0] == "after"]
    counted += [act["date"][1][4] for act in acts if "date" in act and act["date"][1][0] == "after"]
    if any(one is not None and one not in numbers for one in counted):
        raise opener.No("K3")
    if any(number in tos for number, tos in limits.items()) or chain:
        raise opener.No("K3")
    if sum(act["act"] in ("propose", "counter") for act in acts) > 1:
        raise opener.No("K3")
    rules = [clause["provision"] for clause in clauses if "provision" in clause]
    if any(rule[0] == "prevails" and rule[1] != prevails for rule in rules):
        raise opener.No("K1")
    return acts


def _clause(clause: dict[str, Any]) -> None:
    kind = clause.get("kind")
    common = {"number", "kind", "text", "behalf", "dates", "links", "amounts"}
    if kind not in SAYS or not {"number", "kind", "text"} <= clause.keys() <= common | SAYS[kind]:
        raise opener.No("K1")
    if not NUMBER.match(clause["number"]) or clause.get("doing", False) is not False:
        raise opener.No("K1")
    if not all(clause["text"].values()) or any(len(text.encode()) > 65_536 for text in clause["text"].values()):
        raise opener.No("K1")
    types = [of for of, _ in clause.get("dates", [])]
    if len(set(types)) < len(types) or set(types) - DATES:
        raise opener.No("K1")
    for of, date in clause.get("dates", []):
        _deadline(of, date)
    for link, to, outcome in clause.get("links", []):
        if link not in LINKS or outcome not in OUTCOMES:
            raise opener.No("K1")
        _ref(to)
        if to[2] is not None:
            raise opener.No("K1")
    limits = any(link == "limits" for link, _, _ in clause.get("links", []))
    if (kind == "reservation" and not limits) or (limits and kind not in ("reservation", "exclusion")):
        raise opener.No("K1")
    for number, _ in clause.get("amounts", []):
        if not re.match(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?\Z", number):
            raise opener.No("K1")
    if kind == "provision":
        _provision(clause, types)


def _deadline(of: str, date: Any) -> None:
    if isinstance(date, list) and date[:1] == ["after"]:
        try:
            dating.counted(date, of)
        except dating.No as no:
            raise opener.No(str(no)) from no
    else:
        opener._check_moment(date)


def _provision(clause: dict[str, Any], types: list[str]) -> None:
    rule, value, agreed = clause.get("provision", [None, None, None])
    good = {
        "prevails": isinstance(value, str),
        "lapses_at": value is None,
        "until_withdrawn": value is None,
        "irrevocable_until": value is None,
        "zones": isinstance(value, list) and value,
        "usual_time": isinstance(value, int) and 0 < value <= 34_560_000,
        "counts_on": value in ("arrival", "leaving"),
        "in_force": value in ("acceptance", "second_handover", "date", "later_notice", "condition"),
        "silence_is_consent": value is None and agreed is not None,
    }
    if not good.get(rule):
        raise opener.No("K1")
    if agreed is not None:
        _ref(agreed)
    dated = rule in ("lapses_at", "irrevocable_until") or (rule, value) == ("in_force", "date")
    waits = any(link[0] == "only_if" for link in clause.get("links", []))
    if types != ([rule] if dated else []) or ((rule, value) == ("in_force", "condition") and not waits):
        raise opener.No("K1")


def _ref(ref: list[Any]) -> None:
    letter, clause, act = ref
    if (letter is not None and len(letter) != 32) or (clause is not None and not NUMBER.match(clause)):
        raise opener.No("K3")
    if act is not None and (clause is not None or not 1 <= act <= 64):
        raise opener.No("K3")


def _acts(acts: list[Any]) -> None:
    if not 1 <= len(acts) <= 64:
        raise opener.No("K2")
    known = {"act", "on", "outcome", "part", "since", "ground", "date", "group", "parties"}
    for act in acts:
        if act["act"] not in ACTS or not act.keys() <= known:
            raise opener.No("K2")
        if "on" in act:
            _ref(act["on"])
        if (act["act"] == "propose") == ("on" in act) or ("on" in act and act["on"][0] is None):
            raise opener.No("K2")
        if (act["act"] == "declare") != ("outcome" in act) or (act["act"] == "extend") != ("date" in act):
            raise opener.No("K2")
        if "date" in act:
            _deadline(*act["date"])
        if act.keys() & {"group", "parties"} and act["act"] not in ("propose", "counter", "notify"):
            raise opener.No("K2")
