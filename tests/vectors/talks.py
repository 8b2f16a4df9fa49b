"""What the opener knows of meetings and calls, from docs/spec/talks.md alone; nothing of ours."""

from typing import Any

from opener import No, _check_moment, decode

PEOPLE = ("principal", "envoy", "official", "expert", "interpreter", "private")
UNSEEN = ("\n", "\u200b", "\u202e")  # of the characters that the rules of text leave out, those of the vectors


def line(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value.encode()) <= 1024 and not set(value) & {*UNSEEN}


def several(value: Any, least: int, most: int) -> bool:
    return isinstance(value, list) and least <= len(value) <= most


def attendees(value: Any, least: int = 1) -> bool:
    return several(value, least, 64) and all(
        isinstance(one, list) and len(one) == 2 and one[0] in PEOPLE and line(one[1]) for one in value
    )


def moment(value: Any) -> bool:
    _check_moment(value)
    return True


FIELDS: dict[str, Any] = {
    "purpose": line,
    "how": lambda v: v in ("in_person", "call"),
    "times": lambda v: several(v, 1, 16) and len({one[0] for one in v}) == len(v) and all(map(moment, v)),
    "minutes": lambda v: type(v) is int and 1 <= v <= 10_080,
    "meeting": lambda v: isinstance(v, bytes) and len(v) == 32,
    "answer": lambda v: v in ("agreed", "declined"),
    "time": moment,
    "place": line,
    "began": moment,
    "met": attendees,
    "points": lambda v: several(v, 1, 256) and all(map(line, v)),
    "agrees": lambda v: isinstance(v, bytes) and len(v) == 32,
}
SHAPES = {
    "meeting": ("M1", {"purpose", "how", "times", "who"}, {"minutes"}),
    "meeting-answer": ("M2", {"meeting", "answer", "time", "place", "who"}, set()),
    "readout": ("M4", {"how", "began", "who", "met", "points"}, {"minutes", "place", "agrees"}),
}


def read_talk(kind: str, data: bytes) -> dict[str, Any]:
    mark, needed, optional = SHAPES[kind]
    value = decode(data, "E")
    if kind == "meeting-answer" and isinstance(value, dict) and value.get("answer") == "declined":
        needed = {"meeting", "answer"}
    if not isinstance(value, dict) or not needed <= set(value) <= needed | optional:
        raise No(mark)
    for name, one in value.items():
        right = attendees(one, 0 if kind == "meeting-answer" else 1) if name == "who" else FIELDS[name](one)
        if not right:
            raise No(mark)
    return value


def check_tie(kind: str, value: dict[str, Any], replies: list[bytes], named: tuple[str, dict[str, Any]] | None) -> None:
    """named: the kind of what the letter named says, and what; None where it is not here."""
    mark, letter_id = ("M3", value.get("meeting")) if kind == "meeting-answer" else ("M5", value.get("agrees"))
    if letter_id is None:
        return
    if letter_id not in replies:
        raise No(mark)
    if named is None:
        return
    if kind == "meeting-answer":
        asked = named[0] == "meeting" and (
            value["answer"] == "declined" or value["time"][0] in [one[0] for one in named[1]["times"]]
        )
        if not asked:
            raise No("M3")
    elif named[0] != "readout" or value != named[1] | {
        "who": named[1]["met"], "met": named[1]["who"], "agrees": letter_id,
    }:  # fmt: skip
        raise No("M5")
