"""Letters with clauses and acts, and each way in which one is no clause, no act, or stands where it may not."""

from typing import Any

from vector_desks import DATE, DICE, NORTH, SOUTH, bad, described, good, letter

from backchannel.letters.clauses import (
    MOST_ACTS,
    MOST_CLAUSES,
    Act,
    Amount,
    Clause,
    Link,
    Provision,
    Ref,
    act_to_wire,
    clause_to_wire,
)
from backchannel.letters.deadlines import Anchored
from backchannel.letters.docket import Docket
from backchannel.letters.letter import contents
from backchannel.letters.matter import Matter
from backchannel.letters.parts import Acts, Body, Part, make_part

EARLIER, OTHER = bytes([7]) * 32, bytes([8]) * 32


def terms() -> list[dict[str, Any]]:
    """Contents of letters, as in `letters.json`; `clauses`: by number, the digest of the part; `acts`: in order."""
    plain = Docket(NORTH.epoch, 4)
    english, persian = (
        _part(Body("en", "prevailing", "Offer", "This.")),
        _part(Body("fa", "courtesy", "پیشنهاد", "این.")),
    )
    offer = [
        _clause("T1", "undertaking", bound=NORTH.id, towards=(SOUTH.id,), how="throughout", dates=(("due", DATE),),
                links=(Link("only_if", Ref(None, "T2")),), amounts=(Amount("1000000", "USD"), Amount("-0.5", "%"))),
        _clause("T2", "condition", benefits=NORTH.id, declares=SOUTH.id, silent="not_met"),
        _clause("T3", "undertaking", bound=SOUTH.id, doing=False,
                links=(Link("in_return_for", Ref(None, "T1"), "kept"),)),
        _clause("C1", "consequence", links=(Link("only_if", Ref(None, "T2"), "not_met"),)),
        _clause("R1", "reservation", links=(Link("limits", Ref(None, "T1")), Link("limits", Ref(None, "T3")))),
        _clause("X1", "exclusion"),
        _clause("P1", "provision", provision=Provision("prevails", "en")),
        _clause("P2", "provision", provision=Provision("lapses_at"), dates=(("lapses_at", DATE),)),
        _clause("P3", "provision", provision=Provision("zones", ("Asia/Tehran", "America/New_York"))),
        _clause("P4", "provision", provision=Provision("usual_time", 518_400)),
        _clause("P5", "provision", provision=Provision("counts_on", "leaving")),
        _clause("P6", "provision", provision=Provision("in_force", "condition"),
                links=(Link("only_if", Ref(None, "T2")),)),
        _clause("P7", "provision", provision=Provision("silence_is_consent", None, Ref(EARLIER, "P4"))),
    ]  # fmt: skip
    several = Act("propose", group=bytes(16), parties=(SOUTH.id, OTHER))
    answers = (
        Act("accept", Ref(EARLIER)),
        Act("declare", Ref(EARLIER, "T2"), outcome="in_part", part="half", since=DATE, ground="It was seen."),
        Act("extend", Ref(EARLIER, "T1"), date=DATE, of_date="due"),
        Act("accept", Ref(EARLIER, None, 2)),
    )

    def accepted(name: str, *said: Any, docket: Docket = plain, **more: Any) -> dict[str, Any]:
        one = letter(said=_parts(said), docket=docket, **more)
        return good(
            name, contents(one), **described(one), clauses=_digests(one.parts), acts=[_kind(a) for a in one.acts]
        )

    def refused(name: str, mark: str, why: str, *said: Any, docket: Docket = plain, **more: Any) -> dict[str, Any]:
        return bad(name, contents(letter(said=_parts((english, *said)), docket=docket, **more)), mark, why)

    def clause(name: str, why: str, mark: str = "K1", base: Clause | None = None, **changes: Any) -> dict[str, Any]:
        wire = clause_to_wire(base or _clause("T1", "undertaking", languages=("en",))) | changes
        return refused(name, mark, why, Matter("clause", wire))

    def act(name: str, why: str, mark: str = "K2", **changes: Any) -> dict[str, Any]:
        wire = act_to_wire(Act("waive", Ref(EARLIER))) | changes
        return refused(name, mark, why, docket=_docket([{k: v for k, v in wire.items() if v is not None}]))

    alone = _clause("T1", "exclusion", languages=("en",))
    limit = _clause("R1", "reservation", languages=("en",), links=(Link("limits", Ref(None, "T1")),))
    return [
        accepted("an offer in two languages", english, persian, *offer, Acts((several,)), signed=True,
                 answers=(EARLIER,)),
        accepted("acts of both places", english, Acts(answers), signed=True, answers=(EARLIER,), docket=Docket(
            NORTH.epoch, 4, terms=(Act("waive", Ref(OTHER, "T2")),), acts={"recalls": OTHER, "declines": EARLIER})),
        accepted("acts on unsigned letters, unsigned", english, docket=Docket(NORTH.epoch, 4, terms=answers)),
        accepted("a reservation to a clause of another letter", english, _clause(
            "R1", "reservation", languages=("en",), links=(Link("limits", Ref(EARLIER, "T1")),))),
        accepted("a date counted from a condition", english, _clause("T1", "undertaking", languages=("en",), dates=(
            ("due", Anchored(2, "weeks", "met", "T2", zone="Asia/Tehran")),)),
            _clause("T2", "condition", languages=("en",))),
        clause("a lapse counted from acceptance", "an offer that is accepted cannot lapse", "D5",
               dates=[["lapses_at", Anchored(1, "months", "acceptance").to_wire()]]),
        clause("number", "T01 is none", number="T01"),
        clause("no such kind", "what is bound must be understood", kind="promise"),
        clause("unknown field", "what is bound must be understood", later=1),
        clause("another kind's field", "an undertaking benefits nobody", benefits=NORTH.id),
        clause("a language too many", "the letter has no such text", text={"en": "x", "fa": "x"}),
        clause("a language missing", "the letter has such a text", text={"fa": "x"}),
        clause("empty text", "it would bind to nothing", text={"en": ""}),
        clause("to do, said twice", "absent means to do", doing=True),
        clause("no such date", "not one of the six", dates=[["soon", DATE.to_wire()]]),
        clause("two due dates", "which one counts", dates=[["due", DATE.to_wire()]] * 2),
        clause("a date of another instant", "what is written is another day", "D2",
               dates=[["due", [*DATE.to_wire()[:4], "1405-09-04T12:30"]]]),
        clause("amount", "no exponent", amounts=[["1e6", "USD"]]),
        clause("a link to an act", "only acts name acts", links=[["only_if", [EARLIER, None, 1], "met"]]),
        clause("no such link", "not one of the six", links=[["if", [None, "T1", None], "met"]]),
        clause("a limit by what cannot limit", "an undertaking limits nothing",
               links=[["limits", [None, "T1", None], "met"]]),
        clause("a link to half an id", "a letter-id has 32 bytes", "K3",
               links=[["only_if", [bytes(31), "T1", None], "met"]]),
        clause("a limit of nothing", "a reservation limits something", base=limit, links=[]),
        clause("a provision and none", "it has no rule", kind="provision"),
        clause("no such rule", "not of the closed list", base=offer[5], kind="provision", text={"en": "x"},
               provision=["majority", None, None]),
        clause("a lapse without its date", "when?", base=offer[5], kind="provision", text={"en": "x"},
               provision=["lapses_at", None, None]),
        clause("another text prevails", "the letter's texts say en", base=offer[5], kind="provision", text={"en": "x"},
               provision=["prevails", "fa", None]),
        refused("too many clauses", "K1", "at most 128", *(
            _clause(f"T{n}", "exclusion", languages=("en",)) for n in range(1, MOST_CLAUSES + 2))),
        refused("two of one number", "K3", "which one is meant", alone, alone),
        refused("a link to nothing", "K3", "there is no T1", limit),
        refused("a date counted from nothing", "K3", "there is no T2", _clause(
            "T1", "exclusion", languages=("en",), dates=(("due", Anchored(2, "weeks", "met", "T2")),))),
        refused("limits in a circle", "K3", "neither could be shown", _limit("R1", "R2"), _limit("R2", "R1")),
        act("no such act", "what a letter does must be understood", act="burn"),
        act("unknown field of an act", "what a letter does must be understood", later=1),
        act("an act on nothing", "what is waived", on=None),
        act("an act on its own letter", "another letter is named", on=[None, "T1", None]),
        act("an outcome of a waiver", "only a declaration has one", outcome="met"),
        act("a declaration of nothing", "met or not", act="declare"),
        act("an extension to no date", "until when", act="extend"),
        act("an offer that names a letter", "it is about its own clauses", act="propose"),
        act("parties to a waiver", "only offers and notices name them", parties=[SOUTH.id]),
        act("the 65th act", "at most 64", "K3", on=[EARLIER, None, MOST_ACTS + 1]),
        refused("no acts", "K2", "an empty list is none", docket=_docket([])),
        refused("two lists", "K2", "which comes first", Acts((Act("propose"),)), Acts((Act("propose"),)), signed=True),
        refused("two offers", "K3", "which one would be accepted", docket=Docket(
            NORTH.epoch, 4, terms=(Act("propose"), Act("counter", Ref(EARLIER))))),
        refused("signed acts, unsigned", "K4", "nothing covers them", Acts((Act("propose"),))),
        refused("a signed act on a letter not answered", "K4", "the sheet must name it", Acts(answers), signed=True),
        refused("a signed clause on a letter not answered", "K4", "the sheet must name it", _clause(
            "R1", "reservation", languages=("en",), links=(Link("limits", Ref(EARLIER)),)), signed=True),
        accepted("limits sixteen deep", english, _clause("R1", "exclusion", languages=("en",)), *(
            _limit(f"R{n}", f"R{n - 1}") for n in range(2, 17))),
        refused("limits seventeen deep", "K3", "nobody could show them", _clause(
            "R1", "exclusion", languages=("en",)), *(_limit(f"R{n}", f"R{n - 1}") for n in range(2, 18))),
    ]  # fmt: skip


def _limit(number: str, of: str) -> Clause:
    return _clause(number, "reservation", languages=("en",), links=(Link("limits", Ref(None, of)),))


def _clause(number: str, kind: str, languages: tuple[str, ...] = ("en", "fa"), **more: Any) -> Clause:
    text = {"en": f"What {number} says.", "fa": f"متن {number}."}
    return Clause(number, kind, tuple((lang, text[lang]) for lang in languages), **more)


def _parts(said: tuple[Any, ...]) -> tuple[Part, ...]:
    return tuple(one if isinstance(one, Part) else _part(one) for one in said)


def _part(content: Any) -> Part:
    return make_part(content, DICE.randbytes(16))


def _docket(terms: list[Any]) -> Docket:
    """With acts that our own types could not hold."""
    return Docket(NORTH.epoch, 4, unknown={"terms": terms})


def _digests(parts: tuple[Part, ...]) -> dict[str, str]:
    return {part.content.number: part.digest.hex() for part in parts if isinstance(part.content, Clause)}


def _kind(act: Act) -> list[Any]:
    on = act.on
    return [act.kind, None if on is None or on.letter is None else on.letter.hex(), on and on.clause, on and on.act]
