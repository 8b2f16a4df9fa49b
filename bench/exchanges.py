"""Large exchanges made up for measuring."""

from backchannel.letters.clauses import Act, Clause, Link, Provision, Ref
from backchannel.letters.dates import Moment
from backchannel.letters.spans import TimeSpan
from backchannel.terms.records import LetterRecord, Records, Said

NORTH, SOUTH, START = b"N" * 32, b"S" * 32, 1_600_000_000


def many_offers(letters: int) -> Records:
    """So many letters: every other one an offer of ten clauses, accepted by the next, which says a condition is met."""
    made: list[LetterRecord] = []
    for at in range(0, letters, 2):
        sent, number = START + at * 3600, at // 2 + 1
        offer, answer = b"N%031d" % at, b"S%031d" % at
        made.append(
            LetterRecord(
                offer,
                NORTH,
                SOUTH,
                number,
                signed=True,
                clauses=_clauses(number, sent),
                acts=(Act("propose"),),
                languages=("en",),
                left=(_said(sent, "sender"),),
                reached=(_said(sent + 100, "carrier"),),
            )
        )
        acts = Act("accept", Ref(offer)), Act("declare", Ref(offer, "C1"), outcome="met")
        left, reached = (_said(sent + 3600, "carrier"),), (_said(sent + 3700, "station"),)
        made.append(LetterRecord(answer, SOUTH, NORTH, number, signed=True, acts=acts, left=left, reached=reached))
    return Records(tuple(made))


def _clauses(number: int, sent: int) -> tuple[Clause, ...]:
    lapse = ("lapses_at", _moment(sent + 500_000))
    return (
        Clause("C1", "condition", (("en", f"Condition {number}."),)),
        *(
            Clause(
                f"U{at}",
                "undertaking",
                (("en", f"Undertaking {number}/{at}."), ("fa", f"تعهد {number}/{at}.")),
                bound=NORTH,
                links=(Link("only_if", Ref(None, "C1")),),
                dates=(("due", _moment(sent + at * 86_400)),),
            )
            for at in range(1, 9)
        ),
        Clause("P1", "provision", (("en", "It lapses."),), provision=Provision("lapses_at"), dates=(lapse,)),
    )


def _said(at: int, by: str) -> Said:
    return Said(TimeSpan.at(at), by)


def _moment(at: int) -> Moment:
    return Moment(at, "UTC", 0, "gregorian", "")
