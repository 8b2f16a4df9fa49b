"""The who-could panel: who could read, prove, forge or notice a letter, until when.   Spec: docs/spec/panel.md.

Computed from facts only. Each line has a code for which the screen has one sentence; nothing here is prose.
"""

from datetime import datetime
from typing import Final, Literal

from backchannel.values import dataclass

Question = Literal["read", "prove", "forge", "notice"]
QUESTIONS: Final = ("read", "prove", "forge", "notice")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one sealed letter.

    on_envelope: sealed to a return envelope, else to the standing seal. token: a standby token was used (true on
    every envelope). key_until: the last day the reader's private key may exist unless the letter is opened before;
    None if it is destroyed already. trust: of the other side's card. through_tor: posted through a proxy. carriers:
    go-betweens it is given to. signed_custody: whether one of them is asked for signed evidence.
    """

    signed: bool
    on_envelope: bool
    token: bool
    key_until: datetime | None
    trust: str
    through_tor: bool
    carriers: int = 0
    signed_custody: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One can or cannot. code: which sentence. until: when it ends, if it does."""

    question: Question
    can: bool
    code: str
    until: datetime | None = None


def who_could(facts: Facts) -> tuple[Line, ...]:
    """The panel, in the order of its questions: read, prove, forge, notice; what can be before what cannot."""
    lines: list[Line] = [Line("read", True, "both-desks")]
    if facts.trust != "verified":
        lines.append(Line("read", True, "impostor-vouched" if facts.trust == "vouched" else "impostor-card"))
    if facts.key_until is None:
        lines.append(Line("read", False, "key-destroyed"))
    elif facts.on_envelope:
        lines.append(Line("read", True, "thief-of-envelope", facts.key_until))
    elif facts.token:
        lines.append(Line("read", True, "thief-of-standing-and-token", facts.key_until))
    else:
        lines.append(Line("read", True, "thief-of-standing", facts.key_until))
    lines.append(Line("read", False, "relay-and-line"))
    if facts.signed:
        lines.append(Line("prove", True, "anyone-shown-signed"))
    else:
        lines.append(Line("prove", False, "nobody-unsigned"))
    if facts.signed_custody:
        lines.append(Line("prove", True, "custody-beside-letter"))
    if facts.signed:
        lines.append(Line("forge", True, "thief-of-signing-keys"))
    elif facts.token:
        lines.append(Line("forge", True, "thief-of-token-and-link"))
    else:
        lines.append(Line("forge", True, "thief-of-link"))
    if facts.carriers:
        lines.append(Line("read", False, "go-betweens-cannot"))
        lines.append(Line("notice", True, "go-betweens"))
    lines.append(Line("notice", True, "line-tor" if facts.through_tor else "line-direct"))
    lines.append(Line("notice", True, "relay-when-tor" if facts.through_tor else "relay-when"))
    lines.append(Line("notice", False, "relay-who"))
    return tuple(sorted(lines, key=lambda line: (QUESTIONS.index(line.question), not line.can)))
