"""What letters say of meetings and calls, whichever kind of it.   Spec: docs/spec/talks.md."""

from collections.abc import Sequence
from typing import Final

from backchannel.errors import Refused
from backchannel.letters.matter import Matter
from backchannel.letters.meetings import (
    ANSWERED,
    ASKED,
    Meeting,
    MeetingAnswer,
    check_answer,
    read_answer,
    read_meeting,
)
from backchannel.letters.readouts import RECORDED, Readout, check_agreed, read_readout

Talk = Meeting | MeetingAnswer | Readout
KINDS: Final = (ASKED, ANSWERED, RECORDED)


def read_talk(matter: Matter) -> Talk:
    """The typed value of a matter of these kinds. Raises Refused [M1, M2, M4, D1, D2]."""
    if matter.kind == RECORDED:
        return read_readout(matter.value)
    return read_meeting(matter.value) if matter.kind == ASKED else read_answer(matter.value)


def named_by(said: Talk) -> bytes | None:
    """The letter-id of the other side's letter that this answers or agrees with, if it does."""
    match said:
        case MeetingAnswer():
            return said.meeting
        case Readout():
            return said.agrees
    return None


def check_replies(said: Talk, replies: Sequence[bytes]) -> None:
    """What names a letter stands in one that replies to it. replies: of its docket. Raises Refused [M3, M5]."""
    named = named_by(said)
    if named is not None and named not in replies:
        raise misfit(said, "stands in a letter that does not reply to the one it names")


def check_named(said: Talk, named: Talk | None) -> None:
    """What answers or agrees fits what it names. named: what that letter says; None: only words. Raises [M3, M5]."""
    match said:
        case MeetingAnswer():
            check_answer(said, named if isinstance(named, Meeting) else None)
            if named is not None and not isinstance(named, Meeting):
                raise misfit(said, "names a letter that asks for no meeting")
        case Readout():
            check_agreed(said, named if isinstance(named, Readout) else None)


def misfit(said: Talk, why: str) -> Refused:
    """How what a letter says of a meeting does not fit what it names."""
    if isinstance(said, MeetingAnswer):
        return Refused("M3", "the answer to a request to meet " + why)
    return Refused("M5", "the readout that agrees " + why)
