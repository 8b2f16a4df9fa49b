"""What a draft says of a meeting in its fields: a request, an answer or a record.   Spec: docs/guide/drafts.md."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from backchannel.letters.dates import Moment
from backchannel.letters.forms import Form
from backchannel.letters.matter import CAPACITIES
from backchannel.letters.meetings import (
    ANSWERS,
    HOW,
    MOST_LINE_BYTES,
    MOST_MINUTES,
    MOST_PEOPLE,
    MOST_TIMES,
    Attendee,
    Meeting,
    MeetingAnswer,
)
from backchannel.letters.readouts import MOST_POINTS, Readout
from backchannel.letters.talks import Talk

if TYPE_CHECKING:
    from backchannel.letters.drafts import Reader

_OF_FORM: Final = {
    "meeting-request": ("purpose", "how", "times", "minutes", "who"),
    "reply": ("answer", "time", "place", "who"),
    "readout": ("how", "began", "minutes", "place", "who", "met", "points", "agrees"),
}
FIELDS: Final = tuple(dict.fromkeys(name for names in _OF_FORM.values() for name in names))
_NO_ID: Final = bytes(32)  # put in by the desk, which knows the letters


def talk_of(reader: "Reader", form: Form | None) -> Talk | None:
    """What the fields say, or None if they say nothing of a meeting. Notes every reason why they cannot say so."""
    said = [name for name in reader.fields if name in FIELDS]
    if form is None or not said:
        return None
    allowed = _OF_FORM.get(form.name, ())
    for name in said:
        if name not in allowed:
            reader.problem(*reader.at(name, ""), "D15", f"{name} does not go with the form {form.name}")
    match form.name:
        case "meeting-request":
            return _request(reader, said)
        case "reply":
            return _answer(reader, said)
        case "readout":
            return _record(reader, said)
    return None


def _request(reader: "Reader", said: list[str]) -> Meeting:
    _needs(reader, said, ("purpose", "how", "times", "who"))
    return Meeting(
        reader.given("purpose", MOST_LINE_BYTES) or "",
        reader.choice("how", HOW) or HOW[0],
        tuple(_times(reader)),
        people_of(reader, "who"),
        reader.number("minutes", MOST_MINUTES),
    )


def _answer(reader: "Reader", said: list[str]) -> MeetingAnswer:
    _needs(reader, said, ("answer",))
    answer = reader.choice("answer", ANSWERS)
    if answer == "agreed":
        _needs(reader, said, ("time", "place"))
    elif answer == "declined":
        for name in said:
            if name != "answer":
                reader.problem(*reader.at(name, ""), "D15", f"who declines says nothing of {name}")
    time = reader.moment("time")
    _to_come(reader, "time", time)
    place, who = reader.given("place", MOST_LINE_BYTES), people_of(reader, "who")
    return MeetingAnswer(_NO_ID, answer or "declined", *((time, place, who) if answer == "agreed" else ()))


def _record(reader: "Reader", said: list[str]) -> Readout | None:
    if "agrees" in said:
        for name in said:
            if name != "agrees":
                reader.problem(*reader.at(name, ""), "D15", f"who agrees restates the other record: leave out {name}")
        return None
    _needs(reader, said, ("how", "began", "who", "met", "points"))
    how, began, minutes = reader.choice("how", HOW), reader.moment("began"), reader.number("minutes", MOST_MINUTES)
    place, who, met = reader.given("place", MOST_LINE_BYTES), people_of(reader, "who"), people_of(reader, "met")
    if began is not None and began.unix > reader.now.timestamp():
        reader.problem(*reader.at("began", ""), "D16", "began: that time is still to come")
    points = tuple(text for text, _ in reader.names("points", MOST_POINTS, MOST_LINE_BYTES))
    if not points and "points" in said:
        reader.problem(*reader.at("points", ""), "D13", f"points has from 1 to {MOST_POINTS} lines")
    return None if how is None or began is None else Readout(how, began, who, met, points, minutes, place)


def _needs(reader: "Reader", said: list[str], names: tuple[str, ...]) -> None:
    for name in names:
        if name not in said:
            reader.problem(*reader.at(said[0], ""), "D14", f"{said[0]} is written: write {name} too")


def _times(reader: "Reader") -> Iterator[Moment]:
    seen: set[int] = set()
    if not (named := reader.names("times", MOST_TIMES)) and "times" in reader.fields:
        reader.problem(*reader.at("times", ""), "D13", f"times names from 1 to {MOST_TIMES}")
    for text, _ in named:
        moment = reader.instant("times", text)
        _to_come(reader, "times", moment)
        if moment is not None and moment.unix in seen:
            reader.problem(*reader.at("times", ""), "D15", "times names one time twice")
        elif moment is not None:
            seen.add(moment.unix)
            yield moment


def _to_come(reader: "Reader", key: str, moment: Moment | None) -> None:
    if moment is not None and moment.unix <= reader.now.timestamp():
        reader.problem(*reader.at(key, ""), "D16", f"{key}: that time has passed when the letter is written")


def people_of(reader: "Reader", key: str) -> tuple[Attendee, ...]:
    """People by capacity: a list of lines like `envoy: the deputy minister`."""
    if key not in reader.fields:
        return ()
    file, node = reader.fields[key]
    nodes = node.value if isinstance(node.value, list) else [node]
    found: list[Attendee] = []
    for one in nodes:
        for capacity, words in one.value.items() if isinstance(one.value, dict) else [(None, one)]:
            if capacity not in CAPACITIES:
                why = f"{key} takes lines like envoy: the deputy minister, with one of {', '.join(CAPACITIES)}"
                reader.problem(file, one.line, "D13", why)
            elif (text := reader.word(file, words, key, MOST_LINE_BYTES)) is not None:
                found.append(Attendee(capacity, text))
    if len(found) > MOST_PEOPLE or not nodes:
        reader.problem(file, node.line, "D13", f"{key} names from 1 to {MOST_PEOPLE}")
    return tuple(found)


def talk_fields(talk: Talk, written: Callable[[Moment | None], str | None]) -> Iterator[tuple[str, Any]]:
    """The fields that make this of a draft. written: how a moment is written there."""
    match talk:
        case Meeting():
            yield from (("purpose", talk.purpose), ("how", talk.how), ("times", [written(one) for one in talk.times]))
            yield from (("minutes", str(talk.minutes or "")), ("who", _lines(talk.who)))
        case MeetingAnswer():
            yield from (("answer", talk.answer), ("time", written(talk.time)), ("place", talk.place))
            yield "who", _lines(talk.who)
        case _:
            yield from (("how", talk.how), ("began", written(talk.began)), ("minutes", str(talk.minutes or "")))
            yield from (("place", talk.place), ("who", _lines(talk.who)), ("met", _lines(talk.met)))
            yield "points", list(talk.points)


def _lines(people: tuple[Attendee, ...]) -> list[dict[str, str]]:
    return [{one.capacity: one.words} for one in people]
