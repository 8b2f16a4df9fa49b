"""The vectors of meetings and records: what letters say of them, and what fits what they name."""

from random import Random
from typing import Any

from vector_desks import DATE, bad, good

from backchannel.encoding import encode
from backchannel.letters.dates import Moment
from backchannel.letters.meetings import Attendee, Meeting, MeetingAnswer
from backchannel.letters.readouts import Readout
from backchannel.letters.talks import Talk
from backchannel.values import replace

HOUR = Moment(1_796_108_400, "Asia/Baghdad", 180, "gregorian", "2026-12-01T10:00")
SAME_HOUR = Moment(1_796_108_400, "UTC", 0, "gregorian", "2026-12-01T07:00")
OTHER_HOUR = Moment(1_796_194_800, "UTC", 0, "gregorian", "2026-12-02T07:00")


def talks() -> dict[str, Any]:
    """`matters`: read by themselves. `ties`: what a letter says with what it replies to, beside the letter it names."""
    dice = Random(9)
    letter_id, other_id = dice.randbytes(32), dice.randbytes(32)
    envoy, principal = Attendee("envoy", "the deputy minister"), Attendee("principal", "رئیس‌جمهور")
    asked = Meeting("the prisoners", "in_person", (HOUR, DATE), (envoy, Attendee("interpreter", "one")), 90)
    agreed = MeetingAnswer(letter_id, "agreed", HOUR, "the old customs house", (envoy,))
    declined = MeetingAnswer(letter_id, "declined")
    record = Readout("call", DATE, (principal,), (principal, envoy), ("Both want calm.", "No date was named."), 15)

    def reads(name: str, what: Talk, mark: str = "", why: str = "", **changes: Any) -> dict[str, Any]:
        matter = what.matter()
        data = encode({key: one for key, one in (matter.value | changes).items() if one != ""})
        return (bad(name, data, mark, why) if mark else good(name, data)) | {"kind": matter.kind}

    def tied(
        name: str,
        said: Talk,
        named: Talk | None,
        mark: str = "",
        why: str = "",
        replies: tuple[bytes, ...] = (letter_id,),
    ) -> dict[str, Any]:
        matter, data = said.matter(), encode(said.matter().value)
        found = bad(name, data, mark, why) if mark else good(name, data)
        beside = named.matter() if named is not None else None
        return found | {
            "kind": matter.kind,
            "replies": [one.hex() for one in replies],
            "named": beside and {"kind": beside.kind, "hex": encode(beside.value).hex()},
        }

    restated = record.restated(letter_id)
    off = [*HOUR.to_wire()[:4], "2026-12-01T11:00"]
    return {
        "letter_id": letter_id.hex(),
        "matters": [
            reads("request", asked),
            reads("request without a length", replace(asked, minutes=None, how="call")),
            reads("agreed", agreed),
            reads("agreed, nobody named", replace(agreed, who=())),
            reads("declined", declined),
            reads("record", record),
            reads("record with a place", replace(record, place="the line of the embassy")),
            reads("record that agrees", restated),
            reads("a place", asked, "M1", "who asks does not choose it", place="here"),
            reads("no purpose", asked, "M1", "needed", purpose=""),
            reads("a blank purpose", asked, "M1", "a line says something", purpose=" "),
            reads("a purpose of two lines", asked, "M1", "one line", purpose="a\nb"),
            reads("a long purpose", asked, "M1", "1,024 bytes at most", purpose="é" * 513),
            reads("no time", asked, "M1", "one at least", times=[]),
            reads("one time twice", asked, "M1", "in two zones", times=[HOUR.to_wire(), SAME_HOUR.to_wire()]),
            reads("seventeen times", asked, "M1", "16 at most", times=[HOUR.to_wire()] * 17),
            reads("a time that is another", asked, "D2", "as in every date", times=[off]),
            reads("nobody comes", asked, "M1", "one at least", who=[]),
            reads("a capacity", asked, "M1", "no such capacity", who=[["chief", "x"]]),
            reads("a bare name", asked, "M1", "in which capacity?", who=["the deputy minister"]),
            reads("no minutes", asked, "M1", "from 1", minutes=0),
            reads("more than a week", asked, "M1", "10,080 minutes at most", minutes=10_081),
            reads("a way to meet", asked, "M1", "no such way", how="by letter"),
            reads("agreed without a place", agreed, "M2", "needed", place=""),
            reads("agreed without a time", agreed, "M2", "needed", time=""),
            reads("declined with a place", declined, "M2", "a refusal says nothing else", place="here"),
            reads("declined with a reason", declined, "M2", "a refusal gives none", reason="no time"),
            reads("perhaps", agreed, "M2", "no such answer", answer="perhaps"),
            reads("half an id", agreed, "M2", "a letter-id has 32 bytes", meeting=bytes(16)),
            reads("no points", record, "M4", "one at least", points=[]),
            reads("a point of two lines", record, "M4", "one line each", points=["a\nb"]),
            reads("257 points", record, "M4", "256 at most", points=["x"] * 257),
            reads("met nobody", record, "M4", "one at least", met=[]),
            reads("a verdict", record, "M4", "the map is strict", result="positive"),
            reads("half an id in a record", record, "M4", "a letter-id has 32 bytes", agrees=bytes(16)),
            reads("no beginning", record, "M4", "needed", began=""),
        ],
        "ties": [
            tied("one of the times", agreed, asked),
            tied("that time by another clock", replace(agreed, time=SAME_HOUR), asked),
            tied("a refusal", declined, asked),
            tied("a request that is not here", agreed, None),
            tied("another time", replace(agreed, time=OTHER_HOUR), asked, "M3", "that would be a new request"),
            tied("no reply to it", agreed, asked, "M3", "its letter replies to another", (other_id,)),
            tied("no request", agreed, record, "M3", "that letter asks for nothing"),
            tied("restated", restated, record),
            tied("its own record", record, None),
            tied("a record that is not here", restated, None),
            tied("people not exchanged", replace(record, agrees=letter_id), record, "M5", "as the other side had them"),
            tied("a point less", replace(restated, points=record.points[:1]), record, "M5", "not every word"),
            tied("no length", replace(restated, minutes=None), record, "M5", "not every value"),
            tied("no reply to the record", restated, record, "M5", "its letter replies to another", (other_id,)),
            tied("no record", restated, asked, "M5", "that letter records nothing"),
        ],
    }  # fmt: skip
