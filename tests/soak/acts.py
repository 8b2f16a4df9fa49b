"""What offices do in a soak, one command each, and how it shows in the register that it was done."""

from collections.abc import Callable
from dataclasses import dataclass

from soak.killing import OFFICES, Town

from backchannel.desk import conveying
from backchannel.desk import events as ev

MANY_WORDS = "and the tide at the harbour " * 2400  # three pouches


@dataclass(frozen=True)
class Act:
    """kind: what is alike in its durable steps. count: which entry shows that it was done; None: none does, and it may
    be done again at will."""

    kind: str
    office: str
    line: str
    count: Callable[[ev.Event], bool] | None = None


def choose(town: Town) -> Act:
    """Something that can be done now."""
    dice = town.dice
    while True:
        act = dice.choices((_send, _station, _status, _tray, _letter, _house), (4, 5, 3, 4, 4, 1))[0](town)
        if act is not None:
            return act


def _station(town: Town) -> Act:
    if town.dice.random() < 0.5:
        town.move(seconds=2)  # segments close
    return Act("station", town.dice.choice(OFFICES), "station once")


def _status(town: Town) -> Act:
    return Act("status", town.dice.choice(OFFICES), "desk status")


def _send(town: Town) -> Act:
    town.letters += 1
    text = MANY_WORDS if town.dice.random() < 0.1 else "at the harbour, at ten"
    draft = town.draft(f"letter-{town.letters:05}", text)
    by, to = town.dice.sample(("north", "south"), 2)
    how = town.dice.choice(("", " --deniable", " --signed"))
    way = town.dice.choice(("", "", " --via ferry", " --via ferry", " --via ferry --direct"))
    if town.dice.random() < 0.1:
        by, to, way = "ferry", by, ""
    return Act("send" + way, by, f"letter send {draft} --to {to} --yes{how}{way}", _is_letter)


def _is_letter(event: ev.Event) -> bool:
    return isinstance(event, ev.Written) and event.form == "letter"


def _tray(town: Town) -> Act | None:
    with town.look("ferry") as office:
        charges = [one for one in conveying.tray(office) if one.came.addressee != office.state.office]
        open_ = [one for one in charges if one.status in ("waiting", "accepted", "held") and not one.discharged]
        if not open_:
            return None
        one = town.dice.choice(open_)
    names = {"accept": "accepted", "hold": "held", "decline": "declined", "return": "returned", "pass": "passed"}
    possible = ["pass", "pass", "pass", "hold", "accept" if one.status == "waiting" else "return"]
    if one.status == "waiting":
        possible.append("decline")
    verb = town.dice.choice(possible)
    more = {"hold": " --until 6h --why closed", "decline": " --why watched --yes", "return": " --why closed --yes"}

    def count(event: ev.Event) -> bool:
        return isinstance(event, ev.Handled) and event.of == one.n and event.act == names[verb]

    return Act(verb, "ferry", f"tray {verb} {one.n}" + more.get(verb, " --yes"), count)


def _letter(town: Town) -> Act | None:
    """Something done with a letter that is kept."""
    name = town.dice.choice(("north", "south"))
    with town.look(name) as office:
        kept = [one for one in office.state.letters.values() if one.event is not None and one.event.form == "letter"]
        if not kept:
            return None
        one = town.dice.choice(kept)
        n = one.n
        if town.dice.random() < 0.3:
            return Act("burn", name, f"letter burn {n} --yes", lambda event: _of(event, ev.Burnt, n))
        if not one.ours and one.read_at is None:
            if town.dice.random() < 0.3:
                return Act(
                    "decline letter", name, f"letter decline {n} --yes", lambda event: _of(event, ev.Declined, n)
                )
            return Act("read", name, f"letter read {n} --anyway", lambda event: _of(event, ev.Read, n))
        if one.ours and "recalls" not in one.acted_on:
            return Act("recall", name, f"letter recall {n} --yes", lambda event: _recalls(event, n))
    return None


def _recalls(event: ev.Event, n: int) -> bool:
    return isinstance(event, ev.Written) and ("recalls", n) in event.acts


def _of(event: ev.Event, kind: type, n: int) -> bool:
    return isinstance(event, kind) and event.of == n  # type: ignore[attr-defined]


def _house(town: Town) -> Act:
    name = town.dice.choice(OFFICES)
    town.letters += 1
    if town.dice.random() < 0.5:
        return Act("passphrase", name, "passphrase")
    return Act("backup", name, f"desk backup {town.folder}/backups/{name}-{town.letters}")
