"""What the opener knows of go-betweens, from docs/spec/conveyance.md and evidence.md alone; nothing of ours."""

from typing import Any

from opener import H, No, decode, read_card, verify

LATEST = 2**37 - 1
COVERING = {
    "for": lambda v: is_bytes(v, 32),
    "enclosure": lambda v: isinstance(v, bytes),
    "blind": lambda v: is_bytes(v, 32),
    "custody": lambda v: v in ("oral", "signed"),
    "receipt": lambda v: isinstance(v, bool),
    "carriage": lambda v: v in ("any", "hand_only", "in_person", "read_aloud_only", "open_letter"),
    "precedence": lambda v: v in ("routine", "priority", "immediate", "flash"),
}
ASKED = {
    "because": lambda v: is_text(v, 4096),
    "instructions": lambda v: is_text(v, 4096),
    "by": lambda v: is_time(v),
    "taken": lambda v: is_time(v),
}
# The table of evidence.md: event, whether it needs a reason, where the letter then is.
EVENTS: dict[str, tuple[bool, str | None]] = {
    "SubmissionAcceptance": (False, "taken"),
    "ConsignmentAcceptance": (False, "taken"),
    "x-CustodyHeld": (True, "held"),
    "x-CustodyReleased": (False, "passed"),
    "RelayAcceptance": (False, "passed"),
    "RelayToNonERDS": (False, "passed"),
    "NotificationForAcceptance": (False, "in-reach"),
    "ContentConsignment": (False, "in-reach"),
    "x-ReadAloud": (False, "read-aloud"),
    "RelayFailure": (True, "failed"),
    "RelayRejection": (True, "failed"),
    "ContentConsignmentFailure": (True, "failed"),
    "ContentHandoverFailure": (True, "failed"),
    "AcceptanceRejectionExpiry": (True, "failed"),
    "ConsignmentRejection": (False, "declined"),
    "SubmissionRejection": (True, "declined"),
    "x-ReturnedUnopened": (False, "returned"),
    "x-Recalled": (False, "recalled"),
    "ContentHandover": (False, "handed-over"),
    "ContentAccessTracking": (False, "handed-over"),
    "x-RecallTooLate": (False, None),
}
REASONS = ("no-way", "unknown-office", "unsafe", "not-asked", "too-late", "too-large", "waiting", "refused",
           "cannot-open", "recalled", "office-succeeded", "other")  # fmt: skip
ROLES = ("reader", "interpreter", "hearer")
CAPACITIES = ("principal", "envoy", "official", "expert", "interpreter", "private")
ENDS = ("ContentHandover", "x-ReturnedUnopened", "x-Recalled", "SubmissionRejection")
NOT_AFTER_REFUSING = ("SubmissionAcceptance", "RelayAcceptance", "x-CustodyHeld", "ContentConsignment")


def is_bytes(value: Any, size: int) -> bool:
    return isinstance(value, bytes) and len(value) == size


def is_text(value: Any, most: int) -> bool:
    return isinstance(value, str) and len(value.encode()) <= most


def is_time(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LATEST


def is_signature(value: Any) -> bool:
    return is_bytes(value, 3373)


def read_covering(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not set(COVERING) <= set(value) <= set(COVERING) | set(ASKED):
        raise No("V1")
    if not all((COVERING | ASKED)[name](one) for name, one in value.items()):
        raise No("V1")
    if value["precedence"] in ("immediate", "flash") and not value.get("because"):
        raise No("V1")
    return value


def read_statement(data: bytes) -> dict[str, Any]:
    match decode(data, "E"):
        case [str(event), ref, by, at, str(mode), list(reasons)] if (
            is_bytes(ref, 32) and is_bytes(by, 32) and is_time(at)
        ):
            pass
        case _:
            raise No("W1")
    if event not in EVENTS or mode not in ("manual", "automatic") or len(reasons) > 8:
        raise No("W2")
    if event == "x-ReadAloud":
        roles = [role for role, _ in reasons]
        if not all(role in ROLES and capacity in CAPACITIES for role, capacity in reasons):
            raise No("W2")
        if roles.count("reader") != 1 or "hearer" not in roles:
            raise No("W2")
    for reason in reasons if event != "x-ReadAloud" else ():
        if len(reason) != 2 or reason[0] not in REASONS or not is_text(reason[1], 512):
            raise No("W2")
    if EVENTS[event][0] and not reasons:
        raise No("W2")
    return {"event": event, "ref": ref, "by": by, "at": at, "mode": mode, "reasons": reasons}


def read_said(value: Any) -> dict[str, Any]:
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], bytes):
        raise No("W1")
    if value[1] is not None and not is_signature(value[1]):
        raise No("W1")
    return read_statement(value[0])


def read_evidence(value: Any, writer: bytes) -> dict[str, Any]:
    if not isinstance(value, dict) or not {"said", "passed_on"} <= set(value) <= {"said", "passed_on", "returned"}:
        raise No("W1")
    for sort in ("said", "passed_on"):
        if not isinstance(value[sort], list) or len(value[sort]) > 64:
            raise No("W1")
    if not isinstance(value.get("returned", b""), bytes):
        raise No("W1")
    said = [read_said(one) for one in value["said"]]
    passed_on = []
    for one in value["passed_on"]:
        if not isinstance(one, list) or len(one) != 5 or not all(is_bytes(item, 32) for item in one[2:]):
            raise No("W1")
        passed_on.append(read_said(one[:2]))
    if any(one["by"] != writer for one in said):
        raise No("W3")
    return {"said": said, "passed_on": passed_on}


def reference(blind: bytes, seal_id: bytes, giver: bytes, addressee: bytes) -> bytes:
    return H("custody", blind, seal_id, giver, addressee)


def holds(ed: bytes, mldsa: bytes, statement: bytes, signature: bytes) -> bool:
    return verify(ed, mldsa, "evidence", H("evidence", statement), signature)


def read_bundle(data: bytes) -> list[dict[str, Any]]:
    """Each item's statement, the seal-id it stands beside, and its finding."""
    bundle = decode(data, "E")
    if not isinstance(bundle, list) or len(bundle) != 3 or type(bundle[0]) is not int or bundle[0] != 1:
        raise No("W4")
    _, cards, about = bundle
    if not isinstance(cards, list) or len(cards) > 64 or not isinstance(about, list) or not 1 <= len(about) <= 64:
        raise No("W4")
    if not all(isinstance(card, bytes) for card in cards):
        raise No("W4")
    keys = {}
    for card in cards:
        body = read_card(card)
        keys[body["office"]] = body["signing"]
    findings = []
    for one in about:
        if not isinstance(one, list) or len(one) != 2 or not isinstance(one[0], bytes) or not 1 <= len(one[1]) <= 256:
            raise No("W4")
        findings += [_finding(item, H("sealed", one[0]), keys) for item in one[1]]
    return findings


def _finding(item: Any, seal_id: bytes, keys: dict[bytes, Any]) -> dict[str, Any]:
    if len(item) != 5 or not all(isinstance(one, bytes) for one in item) or any(len(one) != 32 for one in item[2:]):
        raise No("W4")
    said = read_said(item[:2])
    if said["by"] not in keys:
        finding = "no-card"
    elif not holds(*keys[said["by"]], *item[:2]):
        finding = "signature-fails"
    elif said["ref"] != reference(item[2], seal_id, item[3], item[4]):
        finding = "about-other-bytes"
    else:
        finding = "proved"
    return {"finding": finding, "seal_id": seal_id, **said}


def merge(words: list[dict[str, Any]], given_at: int | None, waited_at: int | None) -> dict[str, Any]:
    """What one carrier said about one leg: the names of what stands, of what is aside and why, and where the letter is.

    A word is a statement with its `name`, `proof` and `heard_at`.
    """
    table = list(EVENTS)
    proofs = ["signed", "oral", "unchecked", "forged"]

    def rank(word: dict[str, Any], at: int | None = None) -> tuple[Any, ...]:
        when = word["at"] if at is None else max(at, word["at"])
        says = word["mode"].encode(), [[part.encode() for part in one] for one in word["reasons"]]
        return when, table.index(word["event"]), word["at"], proofs.index(word["proof"]), says, word["heard_at"]

    aside: dict[int, str] = {}
    left: list[dict[str, Any]] = []
    for word in sorted(words, key=rank):
        same = [all(word[k] == other[k] for k in ("event", "at", "mode", "reasons")) for other in left]
        if word["proof"] == "forged":
            aside[word["name"]] = "forged"
        elif word["at"] - word["heard_at"] > 600:
            aside[word["name"]] = "future"
        elif given_at is not None and given_at - word["at"] > 600:
            aside[word["name"]] = "backdated"
        elif any(same):
            aside[word["name"]] = "again"
        else:
            left.append(word)
    against = [word for word in left if any(_cannot_both_be(word, other) for other in left)]
    aside |= {word["name"]: "contradictory" for word in against}
    left = [word for word in left if word not in against]
    taken = [word["at"] for word in left if word["event"] == "SubmissionAcceptance"]
    before = [word for word in left if taken and min(taken) > word["at"] and _follows_taking(word["event"])]
    early = [word for word in before if min(taken) - word["at"] > 600]
    aside |= {word["name"]: "out-of-order" for word in early}
    left = [word for word in left if word not in early]
    left.sort(key=lambda word: rank(word, min(taken) if word in before else None))

    where = [(EVENTS[word["event"]][1], word["at"]) for word in left if EVENTS[word["event"]][1]]
    over = [one for one in where if one[0] == "handed-over"]
    if over:
        standing, at = over[0]
    elif "contradictory" in aside.values():
        standing, at = "unclear", None
    elif where and where[-1][0] in ("declined", "returned", "recalled"):
        standing, at = where[-1]
    elif waited_at is not None:
        standing, at = "silent", waited_at
    else:
        standing, at = where[-1] if where else ("no-word", None)
    return {"stands": left, "aside": aside, "standing": standing, "at": at}


def _cannot_both_be(one: dict[str, Any], other: dict[str, Any]) -> bool:
    events = one["event"], other["event"]
    if all(event in ENDS for event in events):
        return events[0] != events[1] or one["at"] != other["at"]
    return "SubmissionRejection" in events and any(event in NOT_AFTER_REFUSING for event in events)


def _follows_taking(event: str) -> bool:
    return event == "x-CustodyHeld" or (
        event not in ("SubmissionAcceptance", "RelayAcceptance") and not EVENTS[event][0]
    )


def draw(way: dict[str, Any]) -> list[dict[str, Any]]:
    """The legs of a way in order, each merged."""
    given, owner = way["given"], way["owner"]
    legs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for word in way["words"]:
        legs.setdefault((word["ref"], word["by"]), []).append(word)
    own = legs.pop((given["ref"], given["carrier"]), [])
    found = [_leg(owner, given["carrier"], given["addressee"], own, given["at"])]
    later = [
        _leg(said[0]["giver"], by, said[0]["addressee"], said, None)
        for (ref, by), said in sorted(legs.items(), key=lambda one: one[0])
        if ref != given["ref"]
    ]
    offices = way["offices"]
    later.sort(key=lambda leg: (leg["stands"][0]["at"] if leg["stands"] else 0, offices[leg["carrier"]]))
    hands = {given["carrier"]}
    while hands:
        following = [leg for leg in later if leg["giver"] in hands]
        later = [leg for leg in later if leg["giver"] not in hands]
        hands = {leg["carrier"] for leg in following}
        found += following
    return found + later


def _leg(giver: str, carrier: str, addressee: str, words: list[dict[str, Any]], given_at: int | None) -> dict[str, Any]:
    merged = merge(words, given_at, None)
    took = any(word["event"] in ("SubmissionAcceptance", "RelayAcceptance") for word in merged["stands"])
    return {"giver": giver, "carrier": carrier, "hole": not took and carrier != addressee, **merged}
