"""Cases of standing, each with what a person reading docs/spec/standing.md works out for it: nothing here is computed.

A case changes one thing of the same small exchange: North offers on 1 January 2026 (reached on the 2nd) to open a
crossing if the prisoners are home; the offer lapses on the 20th, and five days are its usual time.
"""

# A case a line, as in a table.
# ruff: noqa: E501
# fmt: off

from typing import Any

NORTH, SOUTH, EAST, THIRD = "north", "south", "east", "third"
Case = dict[str, Any]


def day(number: float, month: int = 1) -> str:
    """An instant of 2026: day 2.5 is noon of the 2nd."""
    whole = int(number)
    seconds = round((number - whole) * 86_400)
    return f"2026-{month:02}-{whole:02}T{seconds // 3600:02}:{seconds % 3600 // 60:02}:00Z"


def provision(number: str, rule: str, value: Any = None, **more: Any) -> Case:
    return {"number": number, "kind": "provision", "provision": rule if value is None else [rule, value], **more}


LAPSE = provision("P1", "lapses_at", dates=[["lapses_at", day(20)]])
USUAL = provision("P2", "usual_time", 5 * 86_400)
OPEN_CROSSING = {
    "number": "T1", "kind": "undertaking", "bound": NORTH, "towards": [SOUTH], "text": {"en": "We shall open the crossing."},
    "dates": [["due", day(1, 3)]], "links": [["only_if", "T2"]],
}
PRISONERS = {
    "number": "T2",
    "kind": "condition",
    "text": {"en": "The prisoners are home."},
    "dates": [["due", day(15, 2)]],
}
CLAUSES = [OPEN_CROSSING, PRISONERS, LAPSE, USUAL]


def letter(id: str, number: int, *acts: Case, at: Any = None, left: Any = None, to: str = "", **more: Any) -> Case:
    """A letter of the office its id begins with: N, S, E or X (a third office)."""
    writer = {"N": NORTH, "S": SOUTH, "E": EAST, "X": THIRD}[id[0]]
    found: Case = {
        "id": id,
        "from": writer,
        "to": to or (SOUTH if writer == NORTH else NORTH),
        "number": number,
        "signed": True,
    }
    if left is not None:
        found["left"] = left if isinstance(left, list) else [left]
    if at is not None:
        found["reached"] = at if isinstance(at, list) else [at]
    return {**found, **({"acts": list(acts)} if acts else {}), **more}


REACHED = day(2)


def offer(*changes: Case, at: Any = REACHED, clauses: list[Case] | None = None, **more: Any) -> Case:
    """The offer; a change takes the place of the clause of its number, or is added."""
    by_number = {clause["number"]: clause for clause in clauses or CLAUSES}
    by_number.update({clause["number"]: clause for clause in changes})
    return letter("N1", 1, {"act": "propose"}, at=at, **{"clauses": list(by_number.values()), **more})


def accept(at: Any, left: Any = None, **more: Any) -> Case:
    return letter("S1", 1, act("accept"), at=at, left=left, **more)


def act(kind: str, on: str = "N1", **more: Any) -> Case:
    return {"act": kind, "on": on, **more}


def sent(at: Any, by: str = "carrier", **more: Any) -> Case:
    return {"at": at, "by": by, **more}


def case(
    name: str, why: str, letters: list[Case], expect: Case, *, now: str = day(10, 2), owner: str = NORTH, **more: Any
) -> Case:
    return {
        "name": name,
        "why": why,
        "records": {"owner": owner, "now": now, "letters": letters, **more},
        "expect": expect,
    }


def of(state: str, rule: str | None = None, **more: Any) -> Case:
    """What is expected of the offer N1."""
    return {"offers": {"N1": {"state": state, **({"rule": rule} if rule else {}), **more}}}


def clauses(**states: str) -> Case:
    return {"clauses": {f"N1/{number}": state for number, state in states.items()}}


AGREED = [offer(), accept(day(10))]
IN_TIME = sent(day(10))


def standing() -> list[Case]:
    return [
        *_offers(),
        *_late(),
        *_crossing(),
        *_recalls(),
        *_provisions(),
        *_times(),
        *_holes(),
        *_envoys(),
        *_several(),
        *_clauses(),
        *_counted(),
    ]


def _counted() -> list[Case]:
    ten_days = provision("P1", "lapses_at", dates=[["lapses_at", "10 days from handover of this letter [UTC]"]])
    iran = provision("P1", "lapses_at", dates=[["lapses_at", "10 days from handover of this letter [Asia/Tehran]"]])
    left = provision("P1", "lapses_at", dates=[["lapses_at", "10 days from leaving of this letter [UTC]"]])
    month = {**PRISONERS, "dates": [["due", "30 days from acceptance of this letter [UTC]"]]}
    week = {**OPEN_CROSSING, "dates": [["due", "7 days from met of clause T2 [UTC]"]]}
    binds = {**PRISONERS, "dates": [["due", "7 days from entry into force of this letter [UTC]"]]}
    between = [[day(2), day(5)]]
    met = letter("S2", 2, act("declare", "N1/T2", outcome="met"), at=day(20))
    longer = letter("N2", 2, act("extend", date="10 days from handover of this letter [UTC]", of_date="lapses_at"), at=day(8), left=sent(day(7)))
    second = provision("P3", "in_force", "second_handover")
    return [
        case("counted: open on its last day", "ten days from handover on the 2nd, the day not counted", [offer(ten_days)], of("open"), now="2026-01-12T23:59:59Z"),
        case("counted: lapsed", "the 12th is over", [offer(ten_days)], of("lapsed"), now=day(13)),
        case("counted: lapsed in its zone", "the 12th ends at 20:29:59Z in Tehran", [offer(iran)], of("lapsed"), now="2026-01-12T20:30:00Z"),
        case("counted: accepted on its last day", "", [offer(ten_days), accept(day(12.5))], of("accepted", "accepted_in_time")),
        case("counted: handed over between two days", "open on the 12th whatever the day was", [offer(ten_days, at=between)], of("open"), now=day(12)),
        case("counted: handed over between two days, later", "the lapse lies between the 12th and the 15th", [offer(ten_days, at=between)], of("unclear"), now=day(14)),
        case("counted: handed over between two days, after both", "lapsed whatever the day was", [offer(ten_days, at=between)], of("lapsed"), now=day(16)),
        case("counted: not handed over", "nothing lapses before it reached", [offer(ten_days, at=None)], of("on_its_way"), now=day(10, 2)),
        case("counted: from leaving, shown by the carrier", "ten days from the 1st", [offer(left, left=sent(day(1)))], of("lapsed"), now=day(12)),
        case("counted: from leaving, by the sender's word alone", "where leaving decides, that is not enough", [offer(left, left=sent(day(1), "sender"))], of("unclear"), now=day(12)),
        case("counted: extended", "ten days from the handover of the letter that extends, on the 8th", [offer(), longer], of("open"), now=day(18)),
        case("counted: from acceptance", "30 days from the 10th end with 9 February", [offer(month), accept(day(10))], clauses(T2="open"), now="2026-02-09T23:59:59Z"),
        case("counted: from acceptance, past", "", [offer(month), accept(day(10))], clauses(T2="past_undeclared"), now=day(10, 2)),
        case("counted: from acceptance, not accepted", "no date yet", [offer(month)], {**of("open"), **clauses(T2="offered")}, now=day(10)),
        case("counted: from a condition", "a week from when it was met, on the 20th", [offer(week), accept(day(10)), met], clauses(T1="in_force", T2="said_met"), now="2026-01-27T23:59:59Z"),
        case("counted: from a condition, past", "", [offer(week), accept(day(10)), met], clauses(T1="past_undeclared", T2="said_met"), now=day(28)),
        case("counted: from a condition not met", "no date yet", [offer(week), accept(day(10))], clauses(T1="waiting", T2="open"), now=day(28)),
        case("counted: from entry into force", "when the acceptance was handed over, on the 10th", [offer(binds, second), accept(day(10))], clauses(T2="past_undeclared"), now=day(18)),
    ]


def _offers() -> list[Case]:
    gone = clauses(T1="not_agreed", T2="not_agreed")
    return [
        case("drafted", "nothing is on the table before it is sealed", [offer(at=None, draft=True)], of("drafted")),
        case("on its way", "sealing is not reaching", [offer(at=None)], of("on_its_way"), now=day(5)),
        case("lapsed on its way", "an offer that nothing shows to have reached still lapses", [offer(at=None)], of("lapsed", "lapsed_on_its_way")),
        case("open", "reached, not answered", [offer()], {**of("open"), **clauses(T1="offered")}, now=day(5)),
        case("open at the last instant", "an end counts as within", [offer()], of("open"), now=day(20)),
        case("lapsed", "a clock can end an offer", [offer()], {**of("lapsed"), **gone}, now="2026-01-20T00:00:01Z"),
        case("no lapse", "until withdrawn", [offer(provision("P1", "until_withdrawn"))], of("open")),
        case("accepted", "CISG 18(2): on reaching", AGREED, {**of("accepted", "accepted_in_time", since=day(10)), **clauses(T1="waiting", T2="open")}),
        case("accepted at the last instant", "an end counts as within", [offer(), accept(day(20))], of("accepted")),
        case("restated", "equal clauses accept", [offer(), accept(day(10), clauses=CLAUSES)], of("accepted")),
        case(
            "changed",
            "CISG 19(1); 19(2) is not followed: one word is a counter-offer",
            [offer(), accept(day(10), clauses=[{**OPEN_CROSSING, "text": {"en": "We shall open the crossings."}}, PRISONERS, LAPSE, USUAL])],
            {"offers": {"N1": {"state": "countered"}, "S1": {"state": "lapsed"}}},
        ),
        case("one clause left out", "CISG 19(1)", [offer(), accept(day(10), clauses=[OPEN_CROSSING, PRISONERS, LAPSE])], of("countered")),
        case("one clause accepted", "an acceptance is of all", [offer(), letter("S1", 1, act("accept", "N1/T1"), at=day(10))], of("countered")),
        case(
            "the courtesy text differs",
            "only what prevails decides",
            [
                offer({**OPEN_CROSSING, "text": {"en": "We shall open the crossing.", "fa": "a"}}, languages=["en"]),
                accept(day(10), clauses=[{**OPEN_CROSSING, "text": {"en": "We shall open the crossing.", "fa": "b"}}, PRISONERS, LAPSE, USUAL]),
            ],
            of("accepted"),
        ),
        case("with a reservation", "CISG 19(1)", [offer(), letter("S1", 1, act("accept"), act("reserve", "N1/T1"), at=day(10))], of("countered")),
        case("with an interpretation", "says how it is read, changes nothing", [offer(), letter("S1", 1, act("accept"), act("interpret", "N1/T1", ground="one crossing"), at=day(10))], of("accepted")),
        case("signed, of an unsigned offer, cited", "it must be restated whole", [offer(signed=False), accept(day(10))], of("unclear", "not_restated", settles=["restated_whole"])),
        case("unsigned, of an unsigned offer, cited", "nobody can show either", [offer(signed=False), accept(day(10), signed=False)], of("accepted")),
        case("declined", "CISG 17", [offer(), letter("S1", 1, act("decline"), at=day(5))], {**of("declined", since=day(5)), **gone}, now=day(6)),
        case("declined though irrevocable", "CISG 17 ends it, irrevocable or not", [offer(provision("P3", "irrevocable_until", dates=[["irrevocable_until", day(15)]])), letter("S1", 1, act("decline"), at=day(5))], of("declined"), now=day(6)),
        case("declined, then accepted", "what has ended cannot be accepted", [offer(), letter("S1", 1, act("decline"), at=day(5)), letter("S2", 2, act("accept"), at=day(6))], of("declined")),
        case("accepted, then declined", "no decline undoes an acceptance", [*AGREED, letter("S2", 2, act("decline"), at=day(11))], of("accepted")),
        case("accepted and declined in one letter", "it contradicts itself", [offer(), letter("S1", 1, act("accept"), act("decline"), at=day(10))], of("unclear")),
        case("a decline overtakes an acceptance", "CISG 22: reached before it", [offer(), accept(day(10)), letter("S2", 2, act("decline"), at=day(9))], of("declined")),
        case("countered", "CISG 17, 19", [offer(), letter("S1", 1, act("counter"), at=day(5), clauses=[PRISONERS, provision("P1", "until_withdrawn")])], {"offers": {"N1": {"state": "countered"}, "S1": {"state": "open"}}}, now=day(6)),
        case("withdrawn before it reached", "CISG 15(2)", [offer(), letter("N2", 2, act("withdraw"), at=day(1.5))], of("withdrawn", "withdrawn_in_time"), now=day(5)),
        case("withdrawn together with it", "CISG 15(2): or at the same time", [offer(), letter("N2", 2, act("withdraw"), at=day(2))], of("withdrawn"), now=day(5)),
        case("withdrawn in time though irrevocable", "CISG 15(2)", [offer(provision("P3", "irrevocable_until", dates=[["irrevocable_until", day(15)]])), letter("N2", 2, act("withdraw"), at=day(2))], of("withdrawn"), now=day(5)),
        case("withdrawal or offer first", "spans overlap", [offer(at=[[day(1), day(3)]]), letter("N2", 2, act("withdraw"), at=day(2))], of("unclear", "withdrawal_or_offer_first"), now=day(5)),
        case("revoked", "CISG 16(1)", [offer(), letter("N2", 2, act("withdraw"), at=day(4))], of("revoked", since=day(4)), now=day(5)),
        case("a recall of an offer is a withdrawal", "CISG 15(2), 16", [offer(), letter("N2", 2, act("recall"), at=day(4))], of("revoked"), now=day(5)),
        case("revoked while irrevocable", "CISG 16(2): no effect, then or later", [offer(provision("P3", "irrevocable_until", dates=[["irrevocable_until", day(15)]])), letter("N2", 2, act("withdraw"), at=day(4))], of("open"), now=day(16)),
        case("revoked after it was irrevocable", "irrevocable_until is not lapses_at", [offer(provision("P3", "irrevocable_until", dates=[["irrevocable_until", day(10)]])), letter("N2", 2, act("withdraw"), at=day(12))], of("revoked"), now=day(13)),
        case("replaced", "a clause that replaces withdraws the live offer", [offer(), letter("N2", 2, {"act": "propose"}, at=day(4), clauses=[{"number": "T1", "kind": "condition", "links": [["replaces", "N1/T1"]]}])], {"offers": {"N1": {"state": "revoked"}, "N2": {"state": "open"}}}, now=day(5)),
        case("delivered too late", "past latest_delivery it is not open", [offer(latest_delivery=day(1.5))], of("not_open", "delivered_too_late"), now=day(5)),
        case("delivered too late, extended", "until its author extends it", [offer(latest_delivery=day(1.5)), letter("N2", 2, act("extend", date=day(25)), at=day(3), left=sent(day(2.5)))], of("open", lapses=day(25)), now=day(5)),
        case("extended", "its author alone, leaving before the lapse", [offer(), letter("N2", 2, act("extend", date=day(28)), at=day(22), left=sent(day(19)))], of("open", lapses=day(28)), now=day(25)),
        case("extended too late", "made anew from when that reached", [offer(), letter("N2", 2, act("extend", date=day(28)), at=day(23), left=sent(day(22)))], of("open", since=day(23)), now=day(25)),
        case("accepted between lapse and a late extension", "it is late, of an offer that had lapsed", [offer(), accept(day(22), left=sent(day(21))), letter("N2", 2, act("extend", date=day(28)), at=day(24), left=sent(day(23)))], of("open"), now=day(25)),
        case("not theirs to accept", "a third office that learnt of it", [offer(), letter("X1", 1, act("accept"), at=day(10))], {**of("open"), "barred": {"X1": "not_theirs"}}, now=day(12)),
        case("an exercise", "types do not mix", [offer(), accept(day(10), exercise=True)], {**of("open"), "barred": {"S1": "type"}}, now=day(12)),
        case("an act on a letter not held", "pending", [letter("S1", 1, act("accept", "N9"), at=day(10))], {"pending": ["S1"]}),
        case("accepted, and nobody says that it reached", "who answers it has it", [offer(at=None), accept(day(10))], of("accepted", "accepted_in_time", since=day(10))),
        case("an assurance", "stated, it binds its author", [letter("N1", 1, at=day(2), clauses=[{"number": "T1", "kind": "undertaking", "bound": NORTH}, {"number": "T2", "kind": "undertaking", "bound": SOUTH}])], {**of("stated"), **clauses(T1="in_force", T2="claimed")}, now=day(5)),
        case("silence without a provision", "is no consent (CISG 18(1))", [offer()], of("lapsed")),
        case("declined, and nobody says that it reached", "who answers it has it", [offer(at=None), letter("S1", 1, act("decline"), at=day(5))], of("declined"), now=day(6)),
        case("a view shows that it reached", "by when the letter with that view reached at the latest", [offer(at=None), letter("S1", 1, opened=1, at=day(5))], of("open", since=[None, day(5)]), now=day(6)),
        case("answered before the handing over that was stated", "of several handings over the first counts", [offer(at=day(6)), accept(day(5))], of("accepted", since=day(5)), now=day(7)),
        case("accepted by the place of the act", "N1#1 is the offer", [offer(), letter("S1", 1, act("accept", "N1#1"), at=day(10))], of("accepted")),
        case("accepted in a letter to somebody else", "it has not reached who offered", [offer(), accept(day(10), to=EAST)], {**of("open"), "barred": {"S1": "not_to_them"}}, now=day(12)),
        case("withdrawn in a letter to somebody else", "nor this who was offered", [offer(), letter("N2", 2, act("withdraw"), at=day(4), to=EAST)], {**of("open"), "barred": {"N2": "not_to_them"}}, now=day(5)),
        case("replaced in an offer to somebody else", "nor this", [offer(), letter("N2", 2, {"act": "propose"}, at=day(4), to=EAST, clauses=[{"number": "T1", "kind": "condition", "links": [["replaces", "N1/T1"]]}])], of("open"), now=day(5)),
        case("one clause declined", "an offer is taken whole or not", [offer(), letter("S1", 1, act("decline", "N1/T1"), at=day(5))], of("declined"), now=day(6)),
        case("withdrawn, and accepted later", "no effect: the board asks", [offer(), letter("N2", 2, act("withdraw"), at=day(2)), accept(day(10))], of("withdrawn", "accepted_without_effect")),
        case("delivered too late, and accepted", "no effect: the board asks", [offer(latest_delivery=day(1.5)), accept(day(10))], of("not_open", "accepted_without_effect"), now=day(12)),
        case("delivered too late, a later delivery allowed", "from when its author says so", [offer(latest_delivery=day(1.5)), letter("N2", 2, act("extend", date=day(3), of_date="latest_delivery"), at=day(4), left=sent(day(3)))], of("open", since=day(4)), now=day(5)),
        case("delivered too late, and too late for the new day", "no help", [offer(latest_delivery=day(1.5)), letter("N2", 2, act("extend", date=day(1.75), of_date="latest_delivery"), at=day(4), left=sent(day(3)))], of("not_open"), now=day(5)),
        case("an extension under way", "only its writer says that it left: open until the later day, or not", [offer(), letter("N2", 2, act("extend", date=day(28)), left=sent(day(19), "sender"))], of("unclear", "lapse_not_known", settles=["when_left"]), now=day(25)),
        case("an extension that may have left too late", "open from when it reached, either way", [offer(), letter("N2", 2, act("extend", date=day(28)), at=day(22), left=sent(day(19), "sender"))], of("open", lapses=day(28)), now=day(25)),
        case("accepted after an extension that may have left too late", "in time, either way", [offer(), letter("N2", 2, act("extend", date=day(28)), at=day(22), left=sent(day(19), "sender")), accept(day(25), left=sent(day(24)))], of("accepted", "accepted_in_time")),
        case("accepted between the lapse and an extension that may have left too late", "in time, or late", [offer(), letter("N2", 2, act("extend", date=day(28)), at=day(22), left=sent(day(19), "sender")), accept(day(21), left=sent(day(20.5)))], of("unclear", "accepted_in_time_unclear")),
        case("two late extensions, accepted between the first two days", "late, whatever came later", [offer(), accept(day(21.5), left=sent(day(20.5))), letter("N2", 2, act("extend", date=day(25)), at=day(23), left=sent(day(22))), letter("N3", 3, act("extend", date=day(30)), at=day(27), left=sent(day(26)))], of("open", "late_sent_late", lapses=day(30)), now=day(28)),
        case("an extension to an earlier day", "one's own offer is made longer, not shorter", [offer(), letter("N2", 2, act("extend", date=day(10)), at=day(5), left=sent(day(4)))], of("open", "extension_not_longer", lapses=day(20)), now=day(12)),
        case("extended to two days in one letter", "it contradicts itself", [offer(), letter("N2", 2, act("extend", date=day(25)), act("extend", date=day(28)), at=day(5), left=sent(day(4)))], of("unclear", "lapse_not_known"), now=day(23)),
        case("extended and withdrawn in one letter", "it contradicts itself", [offer(), letter("N2", 2, act("extend", date=day(28)), act("withdraw"), at=day(5), left=sent(day(4)))], of("unclear", "revoked_unclear"), now=day(6)),
        case("declined and countered in one letter", "it contradicts itself", [offer(), letter("S1", 1, act("decline"), act("counter"), at=day(5), clauses=[PRISONERS, provision("P1", "until_withdrawn")])], of("unclear"), now=day(6)),
        case("declined about the lapse", "declined, or lapsed", [offer(), letter("S1", 1, act("decline"), at=[[day(19), day(21)]])], of("unclear", "declined_unclear")),
        case("perhaps revoked, surely declined", "what is sure is said", [offer(provision("P3", "irrevocable_until", dates=[["irrevocable_until", day(4)]])), letter("N2", 2, act("withdraw"), at=[[day(3), day(5)]]), letter("S1", 1, act("decline"), at=day(6))], of("declined"), now=day(7)),
        case("two acceptances in two letters", "as of the earlier", [offer(), accept(day(12)), letter("S2", 2, act("accept"), at=day(10))], of("accepted", since=day(10))),
        case("a counter-offer by a changed acceptance, itself accepted with a change", "each ends the one before", [offer(), accept(day(5), clauses=[OPEN_CROSSING, LAPSE]), letter("N2", 2, act("accept", "S1"), at=day(7), clauses=[PRISONERS, LAPSE])], {"offers": {"N1": {"state": "countered"}, "S1": {"state": "countered"}, "N2": {"state": "open"}}}, now=day(8)),
        case("an assurance beside a consent", "it is no repetition of an offer", [offer({**OPEN_CROSSING, "links": []}), accept(day(10)), letter("N2", 2, act("end", "N1/T1"), at=day(14)), letter("S2", 2, act("accept", "N2"), at=day(15), clauses=[{"number": "T5", "kind": "undertaking", "bound": SOUTH}])], {"offers": {"S2": {"state": "stated"}}, "clauses": {"N1/T1": "ended", "S2/T5": "in_force"}}),
        case("an assurance recalled in time", "CISG 22", [letter("N1", 1, at=day(2), clauses=[{"number": "T1", "kind": "undertaking", "bound": NORTH}]), letter("N2", 2, act("recall"), at=day(2))], {**of("withdrawn", "recalled"), **clauses(T1="not_agreed")}, now=day(5)),
        case("delivered too late, accepted before it was allowed", "it was not open then", [offer(provision("P1", "until_withdrawn"), latest_delivery=day(1.5)), accept(day(3)), letter("N2", 2, act("extend", date=day(3), of_date="latest_delivery"), at=day(4), left=sent(day(3)))], of("open", "late_sent_late", since=day(4))),
    ]


def _late() -> list[Case]:
    return [
        case("late, sent in time", "CISG 21(2): the carrier shows that five days before the lapse it had left", [offer(), accept(day(25), sent(day(14)))], of("accepted", "late_sent_in_time", so_far=True)),
        case("late, sent in time, still to object", "unless the author objects without delay: five days are more than 72 hours", [offer(), accept(day(25), sent(day(14)))], of("accepted", until=day(30)), now=day(26)),
        case("late, sent in time, evidence later", "from when the evidence reached", [offer(), accept(day(25), sent(day(14), heard=day(28)))], of("accepted", until=day(2, 2)), now=day(1, 2)),
        case("late, sent in time, objected", "CISG 21(2)", [offer(), accept(day(25), sent(day(14))), letter("N2", 2, act("object", "S1"), at=day(28), left=sent(day(27)))], of("lapsed", "late_objected")),
        case("late, sent in time, objected too late", "with delay", [offer(), accept(day(25), sent(day(14))), letter("N2", 2, act("object", "S1"), at=day(5, 2), left=sent(day(3, 2)))], of("accepted", "late_sent_in_time")),
        case("objected by own word", "leaving decides, and only its writer says when", [offer(), accept(day(25), sent(day(14))), letter("N2", 2, act("object", "S1"), at=day(5, 2), left=sent(day(27), "sender"))], of("unclear", "object_in_time_unclear", settles=["when_left"])),
        case("late, only the acceptor's word", "show when it left", [offer(), accept(day(25), sent(day(14), "sender"))], of("unclear", "late_left_by_own_word", settles=["when_left"])),
        case("late, only the acceptor's word, at its own desk", "both desks say the same", [offer(), accept(day(25), sent(day(14), "sender"))], of("unclear", "late_left_by_own_word"), owner=SOUTH),
        case("late, no usual time", "nothing to measure by", [offer(clauses=[OPEN_CROSSING, PRISONERS, LAPSE]), accept(day(25), sent(day(14)))], of("unclear", "late_and_no_usual_time", settles=["confirm_or_object"])),
        case("late and sent late", "CISG 21(1)", [offer(), accept(day(25), sent(day(19)))], of("lapsed", "lapsed")),
        case("late and sent late, still to confirm", "CISG 21(1): unless the author confirms", [offer(), accept(day(25), sent(day(19)))], of("lapsed", until=day(30)), now=day(26)),
        case("late and sent late, confirmed", "as of its reaching", [offer(), accept(day(25), sent(day(19))), letter("N2", 2, act("confirm", "S1"), left=sent(day(26)))], of("accepted", "late_confirmed", since=day(25))),
        case("unclear, confirmed", "either settles it", [offer(), accept(day(25), sent(day(14), "sender")), letter("N2", 2, act("confirm", "S1"), at=day(27), left=sent(day(26)))], of("accepted", "late_confirmed")),
        case("unclear, objected", "either settles it", [offer(), accept(day(25), sent(day(14), "sender")), letter("N2", 2, act("object", "S1"), at=day(27), left=sent(day(26)))], of("lapsed", "late_objected")),
        case("confirmed, then objected", "the first that left counts", [offer(), accept(day(25), sent(day(19))), letter("N2", 2, act("confirm", "S1"), at=day(27), left=sent(day(26))), letter("N3", 3, act("object", "S1"), at=day(28), left=sent(day(27)))], of("accepted", "late_confirmed")),
        case("sent in time by a span", "the span ends too late to tell", [offer(), accept(day(25), sent([day(14), day(16)]))], of("unclear", "late_sent_in_time_unclear")),
        case("reached about the lapse", "spans overlap", [offer(), accept([[day(19), day(21)]])], of("unclear", "accepted_in_time_unclear", settles=["when_reached"])),
        case("late, sent late by its own view", "it left after it had what reached on the 18th", [offer(), letter("N2", 2, at=day(18)), accept(day(25), sent(day(14), "sender"), opened=2)], of("lapsed", "late_sent_late")),
        case("about the lapse, confirmed", "either settles it", [offer(), accept([[day(19), day(21)]]), letter("N2", 2, act("confirm", "S1"), at=day(23), left=sent(day(22)))], of("accepted", "late_confirmed")),
        case("about the lapse, objected", "either settles it", [offer(), accept([[day(19), day(21)]]), letter("N2", 2, act("object", "S1"), at=day(23), left=sent(day(22)))], of("lapsed", "late_objected")),
        case("confirmed and objected in one letter", "it contradicts itself", [offer(), accept(day(25), sent(day(19))), letter("N2", 2, act("confirm", "S1"), act("object", "S1"), at=day(27), left=sent(day(26)))], of("unclear")),
        case("confirmed by the acceptor", "not theirs", [offer(), accept(day(25), sent(day(19))), letter("S2", 2, act("confirm", "S1"), at=day(27), left=sent(day(26)))], {**of("lapsed"), "barred": {"S2": "not_theirs"}}),
        case("confirmed, and nothing says that it left", "not yet, as far as is known", [offer(), accept(day(25), sent(day(19))), letter("N2", 2, act("confirm", "S1"))], of("lapsed", "late_sent_late"), now=day(27)),
        case("objected to what was in time", "nobody ends what is agreed", [offer(), accept(day(19)), letter("N2", 2, act("object", "S1"), at=day(21), left=sent(day(20)))], of("accepted", "accepted_in_time")),
    ]


def _crossing() -> list[Case]:
    revoke = letter("N2", 2, act("withdraw"), at=day(11))
    return [
        case("accepted, left before the revocation reached", "CISG 16(1): despatch of the acceptance", [offer(), accept(day(12), sent(day(10))), revoke], of("accepted")),
        case("revocation reached before the acceptance left", "CISG 16(1)", [offer(), accept(day(13), sent(day(12))), revoke], of("revoked", "revoked")),
        case("crossing, only the acceptor's word", "show when it left", [offer(), accept(day(12), sent(day(10), "sender")), revoke], of("unclear", "accepted_or_revoked_first", settles=["when_left"])),
        case("crossing, spans overlap", "neither is shown to be first", [offer(), accept(day(12), sent([day(10), day(11.5)])), revoke], of("unclear", "accepted_or_revoked_first")),
        case("acceptance reached before the revocation did", "it had left, then", [offer(), accept(day(10), sent(day(9), "sender")), revoke], of("accepted")),
        case("its own view names the revocation", "it was sealed after that was opened", [offer(), accept(day(12), opened=2), revoke], of("revoked")),
        case("a view that lacks the revocation", "orders nothing", [offer(), accept(day(12), opened=1), revoke], of("unclear")),
        case("revoked after the acceptance reached", "too late (CISG 16(1))", [*AGREED, letter("N2", 2, act("withdraw"), at=day(12))], of("accepted")),
        case("equal offers that cross", "neither accepts the other", [offer(), letter("S1", 1, {"act": "propose"}, at=day(3), clauses=CLAUSES)], {"offers": {"N1": {"state": "open"}, "S1": {"state": "open"}}}, now=day(5)),
        case("equal offers that cross, both accepted", "twins bind once, as of the earlier", [offer(), letter("S1", 1, {"act": "propose"}, at=day(3), clauses=CLAUSES), letter("S2", 2, act("accept"), at=day(6)), letter("N2", 2, act("accept", "S1"), at=day(7))], {"offers": {"N1": {"state": "accepted"}, "S1": {"state": "accepted", "twin": "N1"}}, "clauses": {"N1/T1": "waiting", "S1/T1": "twin"}}, now=day(8)),
        case("crossing, and surely declined before", "what surely fails defeats it", [offer(), accept(day(12), sent([day(10), day(11.5)])), revoke, letter("S2", 2, act("decline"), at=day(9))], of("declined")),
        case("crossing, confirmed", "its author may", [offer(), accept(day(12), sent([day(10), day(11.5)])), revoke, letter("N3", 3, act("confirm", "S1"), at=day(14), left=sent(day(13)))], of("accepted", "late_confirmed")),
        case("crossing, objected", "that it was revoked is not settled by saying so again", [offer(), accept(day(12), sent([day(10), day(11.5)])), revoke, letter("N3", 3, act("object", "S1"), at=day(14), left=sent(day(13)))], of("unclear", "accepted_or_revoked_first")),
        case("two equal offers and one that crosses", "one twin each: two bind", [offer(), letter("N2", 2, {"act": "propose"}, at=day(2.5), clauses=CLAUSES), letter("S1", 1, {"act": "propose"}, at=day(3), clauses=CLAUSES), letter("S2", 2, act("accept"), act("accept", "N2"), at=day(6)), letter("N3", 3, act("accept", "S1"), at=day(7))], {"offers": {"N1": {"state": "accepted"}, "S1": {"state": "accepted", "twin": "N1"}}, "clauses": {"N1/T1": "waiting", "N2/T1": "waiting", "S1/T1": "twin"}}, now=day(8)),
        case("an exercise that is equal", "types do not mix", [offer(), letter("S1", 1, {"act": "propose"}, at=day(3), clauses=CLAUSES, exercise=True), letter("S2", 2, act("accept"), at=day(6)), letter("N2", 2, act("accept", "S1"), at=day(7), exercise=True)], {"clauses": {"N1/T1": "waiting", "S1/T1": "waiting"}}, now=day(8)),
    ]


def _recalls() -> list[Case]:
    return [
        case("acceptance recalled before it reached", "CISG 22", [offer(), accept(day(10)), letter("S2", 2, act("recall", "S1"), at=day(9))], {**of("open"), "barred": {"S1": "recalled"}}, now=day(12)),
        case("acceptance recalled together with it", "CISG 22", [offer(), accept(day(10)), letter("S2", 2, act("recall", "S1"), at=day(10))], of("open"), now=day(12)),
        case("acceptance recalled too late", "CISG 22", [offer(), accept(day(10)), letter("S2", 2, act("recall", "S1"), at=day(11))], of("accepted")),
        case("recall or acceptance first", "spans overlap", [offer(), accept([[day(9), day(11)]]), letter("S2", 2, act("recall", "S1"), at=day(10))], of("unclear", "recall_in_time_unclear")),
        case("recalled by another", "only its author can", [offer(), accept(day(10)), letter("N2", 2, act("recall", "S1"), at=day(9))], of("accepted")),
        case("recall of what counts on leaving", "it has counted", [offer(provision("P3", "counts_on", "leaving")), accept(day(10), sent(day(8))), letter("S2", 2, act("recall", "S1"), at=day(9))], of("accepted")),
        case("a recall that was itself recalled", "it does nothing", [offer(), accept(day(10)), letter("S2", 2, act("recall", "S1"), at=day(9)), letter("S3", 3, act("recall", "S2"), at=day(8))], {**of("accepted", since=day(10)), "barred": {"S2": "recalled"}}),
        case("a recall that was recalled too late", "it has done what it does", [offer(), accept(day(10)), letter("S2", 2, act("recall", "S1"), at=day(9)), letter("S3", 3, act("recall", "S2"), at=day(9.5))], of("open"), now=day(12)),
        case("a withdrawal that was recalled", "it does nothing", [offer(), letter("N2", 2, act("withdraw"), at=day(5)), letter("N3", 3, act("recall", "N2"), at=day(4))], of("open"), now=day(6)),
        case("a recall in a letter to somebody else", "it has not reached who was to have the acceptance", [offer(), accept(day(10)), letter("S2", 2, act("recall", "S1"), at=day(9), to=EAST)], {**of("accepted"), "barred": {"S2": "not_to_them"}}),
        case("one act recalled", "the others stand", [offer(), letter("S1", 1, act("accept"), act("notify"), at=day(10)), letter("S2", 2, act("recall", "S1#2"), at=day(9))], {**of("accepted"), "barred": {"S1": "recalled"}}),
        case("an envoy's acceptance recalled by its principal", "it is its own (CISG 22)", [offer(), letter("X1", 1, act("accept"), at=day(10), authority={"principal": SOUTH, "within": True}), letter("S2", 2, act("recall", "X1"), at=day(9))], {**of("open"), "barred": {"X1": "recalled"}}, now=day(12)),
        case("a counter-offer recalled in time", "then nothing was countered", [offer(), letter("S1", 1, act("counter"), at=day(5), clauses=[PRISONERS, provision("P1", "until_withdrawn")]), letter("S2", 2, act("recall", "S1"), at=day(4))], {"offers": {"N1": {"state": "open"}, "S1": {"state": "withdrawn"}}}, now=day(6)),
        case("the act that recalls, recalled alone", "it does nothing", [offer(), accept(day(10)), letter("S2", 2, act("recall", "S1"), act("notify"), at=day(9)), letter("S3", 3, act("recall", "S2#1"), at=day(8))], of("accepted")),
    ]


def _provisions() -> list[Case]:
    leaving = provision("P3", "counts_on", "leaving")
    condition = provision("P3", "in_force", "condition", links=[["only_if", "T2"]])
    free = {**OPEN_CROSSING, "links": []}
    silence = {
        "number": "P3", "kind": "provision", "provision": ["silence_is_consent", "S9/P1"],
    }
    rules = letter("S9", 9, {"act": "propose"}, at=day(1), clauses=[provision("P1", "until_withdrawn")])
    agreed = letter("N9", 9, act("accept", "S9"), at=day(1.5))
    return [
        case("counts on leaving", "left before the lapse", [offer(leaving), accept(day(25), sent(day(19)))], of("accepted", "accepted_in_time", since=day(19))),
        case("counts on leaving, only own word", "leaving decides", [offer(leaving), accept(day(25), sent(day(19), "sender"))], of("unclear", "accepted_in_time_unclear", settles=["when_left"])),
        case("counts on leaving, reached in time", "then it had left", [offer(leaving), accept(day(19), sent(day(18), "sender"))], of("accepted")),
        case("in force on a date", "accepted, not yet in force", [offer(provision("P3", "in_force", "date", dates=[["in_force", day(1, 3)]])), accept(day(10))], {**of("not_yet_in_force"), **clauses(T1="not_yet_in_force")}),
        case("in force on a date that has come", "", [offer(provision("P3", "in_force", "date", dates=[["in_force", day(1, 2)]])), accept(day(10))], of("accepted", in_force=day(1, 2))),
        case("in force by the second handover", "when the acceptance was handed over", [offer(provision("P3", "in_force", "second_handover"), leaving | {"number": "P4"}), accept(day(25), sent(day(19)))], of("accepted", since=day(19), in_force=day(25))),
        case("in force by notices, one missing", "on the later of two", [offer(provision("P3", "in_force", "later_notice")), accept(day(10)), letter("N2", 2, act("notify"), at=day(12))], of("not_yet_in_force")),
        case("in force by notices", "on the later of two", [offer(provision("P3", "in_force", "later_notice")), accept(day(10)), letter("N2", 2, act("notify"), at=day(12)), letter("S2", 2, act("notify"), at=day(14))], of("accepted", in_force=day(14))),
        case("in force when a condition is met, not yet", "a condition of every clause", [offer(condition, free), accept(day(10))], {**of("not_yet_in_force"), **clauses(T1="not_yet_in_force", T2="open")}),
        case("in force when a condition is met", "", [offer(condition, free), accept(day(10)), letter("S2", 2, act("declare", "N1/T2", outcome="met"), at=day(14))], {**of("accepted", in_force=day(14)), **clauses(T1="in_force", T2="said_met")}),
        case("silence by a provision in force", "only by a provision that the offer names", [rules, agreed, offer(silence)], of("accepted", "silence_is_consent", since=day(20))),
        case("silence, declined in time", "a decline that left in time breaks it", [rules, agreed, offer(silence), letter("S1", 1, act("decline"), at=day(22), left=sent(day(19)))], of("declined", "decline_left_in_time")),
        case("silence by a provision not accepted", "it is not in force", [rules, offer(silence)], of("lapsed")),
        case("counts on leaving, and never seen to reach", "it has counted", [offer(leaving), accept(None, sent(day(19)))], of("accepted", "accepted_in_time", since=day(19))),
        case("counts on leaving, never seen to reach, second handover", "accepted; nothing shows the handover that it binds by", [offer(leaving, provision("P4", "in_force", "second_handover")), accept(None, sent(day(19)))], {**of("not_yet_in_force", since=day(19)), **clauses(T1="not_yet_in_force")}),
        case("counts on leaving, only own word, never seen to reach", "unclear once the last day has passed", [offer(leaving), accept(None, sent(day(19), "sender"))], of("unclear", "not_reached", settles=["when_left"])),
        case("in force by notices given before", "not before it is accepted", [offer(provision("P3", "in_force", "later_notice")), letter("N2", 2, act("notify"), at=day(3)), letter("S2", 2, act("notify"), at=day(4)), accept(day(10))], of("accepted", in_force=day(10))),
        case("in force on a date before acceptance", "not before it is accepted", [offer(provision("P3", "in_force", "date", dates=[["in_force", day(5)]])), accept(day(10))], of("accepted", in_force=day(10))),
        case("in force on a date that both moved", "any date, as both agree", [offer(provision("P3", "in_force", "date", dates=[["in_force", day(1, 2)]])), accept(day(10)), letter("N2", 2, act("extend", date=day(1, 3), of_date="in_force"), at=day(12), left=sent(day(11))), letter("S2", 2, act("accept", "N2"), at=day(14))], {**of("not_yet_in_force", in_force=day(1, 3)), **clauses(T2="not_yet_in_force")}),
        case("in force on two conditions, one hangs on the other", "the last to be met decides", [offer(provision("P3", "in_force", "condition", links=[["only_if", "T2"], ["only_if", "T3"]]), free, {"number": "T3", "kind": "condition", "links": [["only_if", "T2"]]}), accept(day(10)), letter("S2", 2, act("declare", "N1/T2", outcome="met"), at=day(14)), letter("S3", 3, act("declare", "N1/T3", outcome="met"), at=day(16))], {**of("accepted", in_force=day(16)), **clauses(T1="in_force", T3="said_met")}),
        case("in force on a condition that waits for what is not in force", "a circle holds nothing", [offer(condition, free, {**PRISONERS, "links": [["only_if", "T1", "kept"]]}), accept(day(10)), letter("S2", 2, act("declare", "N1/T2", outcome="met"), at=day(14)), letter("N2", 2, act("declare", "N1/T1", outcome="kept"), at=day(15))], {**of("not_yet_in_force"), **clauses(T1="not_yet_in_force", T2="waiting")}),
        case("silence by a clause that is not there", "it names nothing", [rules, agreed, offer({**silence, "provision": ["silence_is_consent", "S9/P7"]})], of("lapsed")),
        case("silence by what others agreed", "not between these two", [letter("E9", 9, {"act": "propose"}, at=day(1), clauses=[provision("P1", "until_withdrawn")]), letter("N9", 9, act("accept", "E9"), at=day(1.5), to=EAST), offer({**silence, "provision": ["silence_is_consent", "E9/P1"]})], of("lapsed")),
        case("silence by what was agreed only later", "it is to be in force already", [rules, letter("N9", 9, act("accept", "S9"), at=day(15)), offer(silence)], of("lapsed")),
        case("silence by what was ended before", "it is to be in force still", [rules, agreed, letter("S8", 10, act("end", "S9/P1"), at=day(1.6)), letter("N8", 10, act("accept", "S8"), at=day(1.7)), offer(silence)], of("lapsed")),
        case("silence, countered in time", "a counter-offer is no silence", [rules, agreed, offer(silence), letter("S1", 1, act("counter"), at=day(22), left=sent(day(19)), clauses=[PRISONERS, provision("P1", "until_withdrawn")])], of("countered", "decline_left_in_time")),
        case("silence over a hole", "a decline may lie in it", [rules, agreed, offer(silence)], of("unclear", "accepted_over_a_hole", settles=["missing_letters"]), holes=[{"from": SOUTH, "to": NORTH, "first": 11, "why": "missing"}]),
    ]


def _times() -> list[Case]:
    def said(at: Any, by: str, way: int = 0) -> Case:
        return {"at": at, "by": by, "way": way}

    return [
        case("two that agree", "spans are intersected", [offer(), accept([said([day(19), day(21)], "carrier"), said([day(18), day(20)], "station")])], of("accepted", since=[day(19), day(20)])),
        case("two ranks that do not meet", "the lower is set aside", [offer(), accept([said(day(19), "carrier"), said(day(25), "station")])], {**of("accepted", since=day(19)), "unverified": {"S1": "outranked"}}),
        case("equal ranks that do not meet", "both are set aside", [offer(), accept([said(day(19), "carrier"), said(day(25), "carrier")])], {**of("unclear", "times_contradict"), "unverified": {"S1": "contradicts"}}),
        case("two ways", "the first that reached", [offer(), accept([said(day(25), "carrier"), said(day(19), "carrier", 1)])], of("accepted", since=day(19))),
        case("dated after now", "set aside", [offer(), accept([said(day(1, 4), "carrier"), said(day(10), "station")])], {**of("accepted", since=day(10)), "unverified": {"S1": "future"}}),
        case("left after it reached", "set aside", [offer(), accept(day(10), sent(day(12)))], {**of("accepted"), "unverified": {"S1": "too_late"}}),
        case("one letter twice", "counts once", [offer(), accept(day(10)), accept(day(10))], of("accepted")),
        case("heard after now", "set aside", [offer(), accept([{"at": day(10), "by": "carrier", "heard": day(1, 4)}, said(day(12), "station")])], {**of("accepted", since=day(12)), "unverified": {"S1": "future"}}),
        case("contradictory, and nothing else asked", "a declaration that reached, whenever, counts", [*AGREED, letter("S2", 2, act("declare", "N1/T2", outcome="met"), at=[said(day(14), "carrier"), said(day(16), "carrier")])], clauses(T2="said_met")),
        case("reached between then and later than now", "it has: what is known has happened", [offer(provision("P1", "until_withdrawn")), accept([[day(9), day(30)]])], {**of("accepted", in_force=[day(9), day(30)]), **clauses(T1="waiting", T2="open")}, now=day(20)),
    ]


def _holes() -> list[Case]:
    def hole(writer: str, first: int, why: str = "missing") -> Case:
        return {"from": writer, "to": SOUTH if writer == NORTH else NORTH, "first": first, "last": first, "why": why}

    return [
        case("open over a hole", "a letter of theirs is missing", [offer()], of("unclear", "open_over_a_hole", settles=["missing_letters"]), now=day(5), holes=[hole(SOUTH, 1)]),
        case("lapsed over a hole", "an acceptance may lie in it", [offer()], of("unclear", "lapsed_over_a_hole"), holes=[hole(SOUTH, 1, "unopened")]),
        case("a hole of before", "the offer names it as opened", [offer(opened=1)], of("open"), now=day(5), holes=[hole(SOUTH, 1, "burnt")]),
        case("a hole of our own, of before", "lower numbers cannot act on it", [{**offer(), "number": 3}], of("open"), now=day(5), holes=[hole(NORTH, 2, "burnt")]),
        case("a hole of our own, of after", "a restored desk may have withdrawn it", [offer()], of("unclear"), now=day(5), holes=[hole(NORTH, 2, "restored")]),
        case("accepted over a hole", "no letter to come can undo it", AGREED, of("accepted"), holes=[hole(SOUTH, 2)]),
        case("declined over a hole", "nor this", [offer(), letter("S1", 1, act("decline"), at=day(5))], of("declined"), holes=[hole(SOUTH, 2)]),
        case("a condition over a hole", "a declaration may lie in it", AGREED, clauses(T2="unclear"), holes=[hole(SOUTH, 2)]),
        case("a hole that was filled", "what is held is not missing", [offer(), letter("S1", 1, at=day(3)), letter("S2", 2, at=day(3)), letter("S3", 3, at=day(4))], of("open"), now=day(5), holes=[{"from": SOUTH, "to": NORTH, "first": 1, "last": 3, "why": "missing"}]),
        case("a hole filled in part", "the rest is missing", [offer(), letter("S2", 2, at=day(3))], of("unclear", over_holes=[{"from": SOUTH, "to": NORTH, "epoch": "", "first": 1, "last": 1, "why": "missing"}, {"from": SOUTH, "to": NORTH, "epoch": "", "first": 3, "last": 3, "why": "missing"}]), now=day(5), holes=[{"from": SOUTH, "to": NORTH, "first": 1, "last": 3, "why": "missing"}]),
        case("accepted late over a hole of its author", "an objection may lie in it", [offer(), accept(day(25), sent(day(14)))], of("unclear", "accepted_over_a_hole"), owner=SOUTH, holes=[hole(NORTH, 2)]),
        case("accepted late over a hole of the other side", "no objection can", [offer(), accept(day(25), sent(day(14)))], of("accepted", "late_sent_in_time"), holes=[hole(SOUTH, 2)]),
        case("a hole between others", "it holds no act on this", [offer()], of("open"), now=day(5), holes=[{"from": EAST, "to": NORTH, "first": 1}]),
        case("a hole of the principal", "who may answer what its envoy was given", [{**offer(), "to": "xenia", "reader_for": SOUTH}], of("unclear"), now=day(5), holes=[hole(SOUTH, 1)]),
        case("another epoch", "a restored desk began anew: its letters came later", [{**offer(), "number": 7}], of("unclear"), now=day(5), holes=[{**hole(NORTH, 1), "epoch": "e2"}]),
        case("holes of both sides", "each could hold an act", [offer()], of("unclear", over_holes=[{**hole(SOUTH, 1), "epoch": ""}, {**hole(NORTH, 2, "restored"), "epoch": ""}]), now=day(5), holes=[hole(SOUTH, 1), hole(NORTH, 2, "restored")]),
    ]


def _envoys() -> list[Case]:
    def envoy(within: bool) -> Case:
        return letter("X1", 1, act("accept"), at=day(10), authority={"principal": SOUTH, "within": within})

    return [
        case("an envoy within its credence", "binds its principal", [offer(), envoy(True)], of("accepted")),
        case("an envoy beyond its credence", "binds nobody (VCLT 8)", [offer(), envoy(False)], {**of("open"), "barred": {"X1": "beyond"}}, now=day(12)),
        case("ratified", "as of the ratification", [offer(), envoy(False), letter("S1", 1, act("ratify", "X1"), at=day(15))], of("accepted", since=day(15))),
        case("ratified after the lapse", "too late, as an acceptance then", [offer(), envoy(False), letter("S1", 1, act("ratify", "X1"), at=day(25), left=sent(day(24)))], of("lapsed")),
        case("ratified, left before a revocation reached", "CISG 16(1)", [offer(), envoy(False), letter("S1", 1, act("ratify", "X1"), at=day(15), left=sent(day(12))), letter("N2", 2, act("withdraw"), at=day(14))], of("accepted")),
        case("disowned", "for good", [offer(), envoy(False), letter("S1", 1, act("disown", "X1"), at=day(15))], {**of("open"), "barred": {"X1": "disowned"}}, now=day(16)),
        case("within, disowned", "it cannot be (VCLT 47)", [offer(), envoy(True), letter("S1", 1, act("disown", "X1"), at=day(15))], of("accepted")),
        case("ratified by another", "not its principal", [offer(), envoy(False), letter("E1", 1, act("ratify", "X1"), at=day(15))], of("open"), now=day(16)),
        case("an offer beyond its credence", "nobody's", [letter("X1", 1, {"act": "propose"}, at=day(2), clauses=CLAUSES, authority={"principal": SOUTH, "within": False})], {"offers": {"X1": {"state": "unmandated"}}}),
        case("ratified, then disowned", "the first word counts", [offer(), envoy(False), letter("S1", 1, act("ratify", "X1"), at=day(15)), letter("S2", 2, act("disown", "X1"), at=day(16))], of("accepted", since=day(15))),
        case("disowned, then ratified", "the first word counts", [offer(), envoy(False), letter("S2", 2, act("ratify", "X1"), at=day(16)), letter("S1", 1, act("disown", "X1"), at=day(15))], {**of("open"), "barred": {"X1": "disowned"}}, now=day(17)),
        case("ratified and disowned in one letter", "it contradicts itself", [offer(), envoy(False), letter("S1", 1, act("ratify", "X1"), act("disown", "X1"), at=day(15))], of("unclear"), now=day(17)),
        case("one act ratified", "the other stays nobody's", [offer(), letter("X1", 1, act("accept"), act("notify"), at=day(10), authority={"principal": SOUTH, "within": False}), letter("S1", 1, act("ratify", "X1#1"), at=day(15))], {**of("accepted", since=day(15)), "barred": {"X1": "beyond"}}),
        case("an offer ratified by naming one clause", "an offer is ratified whole", [letter("X1", 1, {"act": "propose"}, at=day(2), clauses=CLAUSES, authority={"principal": SOUTH, "within": False}), letter("S1", 1, act("ratify", "X1/T1"), at=day(3))], {"offers": {"X1": {"state": "unmandated"}}}, now=day(4)),
        case("an offer ratified by its act", "as of the ratification", [letter("X1", 1, {"act": "propose"}, at=day(2), clauses=CLAUSES, authority={"principal": SOUTH, "within": False}), letter("S1", 1, act("ratify", "X1#1"), at=day(3))], {"offers": {"X1": {"state": "open", "since": day(3)}}}, now=day(4)),
        case("a ratification recalled in time", "it does nothing", [offer(), envoy(False), letter("S1", 1, act("ratify", "X1"), at=day(15)), letter("S2", 2, act("recall", "S1"), at=day(14))], {**of("open"), "barred": {"X1": "beyond"}}, now=day(16)),
        case("ratified in a letter to somebody else", "it has not reached whom the envoy spoke to", [offer(), envoy(False), letter("S1", 1, act("ratify", "X1"), at=day(15), to=EAST)], of("open"), now=day(16)),
        case("ratified after a decline reached", "before the offer ended, or not at all", [offer(), envoy(False), letter("S1", 1, act("decline"), at=day(12)), letter("S2", 2, act("ratify", "X1"), at=day(15))], of("declined")),
        case("given to an envoy", "who reads for its principal: that one answers", [{**offer(), "to": "xenia", "reader_for": SOUTH}, accept(day(10))], of("accepted")),
        case("an envoy of two", "what it wrote for one it does not take back for the other", [letter("X1", 1, {"act": "propose"}, at=day(2), clauses=CLAUSES, authority={"principal": NORTH, "within": True}, to=SOUTH), letter("X2", 2, act("withdraw", "X1"), at=day(4), authority={"principal": EAST, "within": True}, to=SOUTH)], {"offers": {"X1": {"state": "open"}}, "barred": {"X2": "not_theirs"}}, now=day(5)),
    ]


def _several() -> list[Case]:
    def to(id: str, number: int, reader: str, at: str) -> Case:
        return letter(
            id, number, {"act": "propose", "group": "g", "parties": [SOUTH, EAST]}, at=at, to=reader, clauses=CLAUSES
        )

    both = [to("N1", 1, SOUTH, day(2)), to("N2", 1, EAST, day(3))]
    east = letter("E1", 1, act("accept", "N2"), at=day(12))
    return [
        case("one of two has accepted", "all must", [*both, accept(day(10))], {"offers": {"N1": {"state": "awaiting_others"}, "N2": {"state": "open"}}}, now=day(11)),
        case("both have accepted", "as of the last", [*both, accept(day(10)), east], {"offers": {"N1": {"state": "accepted", "since": day(12)}, "N2": {"state": "accepted", "since": day(12)}}}),
        case("one declines", "ends it for all", [*both, accept(day(10)), letter("E1", 1, act("decline", "N2"), at=day(12))], {"offers": {"N1": {"state": "ended_for_all"}, "N2": {"state": "declined"}}}),
        case("acceptance recalled before the last", "it can be, until then", [*both, accept(day(10)), letter("S2", 2, act("recall", "S1"), at=day(11)), east], {"offers": {"N1": {"state": "open"}, "N2": {"state": "awaiting_others"}}}, now=day(13)),
        case("acceptance recalled after the last", "too late", [*both, accept(day(10)), letter("S2", 2, act("recall", "S1"), at=day(13)), east], {"offers": {"N1": {"state": "accepted"}}}),
        case("on the board of one of them", "it knows only its own", [both[0], accept(day(10))], {"offers": {"N1": {"state": "awaiting_others"}}}, owner=SOUTH),
        case("on the board of one of them, told", "by the author's word", [both[0], accept(day(10)), letter("N3", 3, act("notify"), at=day(14))], {"offers": {"N1": {"state": "accepted", "rule": "others_by_authors_word"}}}, owner=SOUTH),
        case("the other's has lapsed", "all must, and one did not", [*both, accept(day(10))], {"offers": {"N1": {"state": "ended_for_all", "rule": "another_lapsed"}, "N2": {"state": "lapsed"}}}, now=day(25)),
        case("copies that differ", "one number over clauses that are not equal", [both[0], {**both[1], "clauses": [OPEN_CROSSING, LAPSE]}, accept(day(10)), east], {"offers": {"N1": {"state": "unclear", "rule": "copies_differ", "settles": ["its_author"]}, "N2": {"state": "unclear"}}}),
        case("the other is an exercise", "types do not mix", [both[0], {**both[1], "exercise": True}, accept(day(10)), {**east, "exercise": True}], {"offers": {"N1": {"state": "awaiting_others"}, "N2": {"state": "awaiting_others"}}}),
        case("told, and the other's copy is here, not accepted", "what is seen is not overruled by a notice", [*both, accept(day(10)), letter("N3", 3, act("notify"), at=day(14))], {"offers": {"N1": {"state": "awaiting_others"}, "N2": {"state": "open"}}}, now=day(15)),
        case("acceptance recalled before the last, past the lapse", "then it was not accepted in time", [*both, accept(day(10)), letter("S2", 2, act("recall", "S1"), at=day(11))], {"offers": {"N1": {"state": "lapsed"}, "N2": {"state": "lapsed"}}}),
        case("a counter-offer to several", "as an offer to several", [letter("N1", 1, {"act": "propose"}, at=day(1), clauses=[PRISONERS, provision("P1", "until_withdrawn")]), {**letter("S1", 1, {"act": "counter", "on": "N1", "group": "g", "parties": [NORTH, EAST]}, at=day(2), clauses=CLAUSES)}, letter("N2", 2, act("accept", "S1"), at=day(5))], {"offers": {"N1": {"state": "countered"}, "S1": {"state": "awaiting_others"}}}, now=day(6)),
        case("another act recalled", "the acceptance stands", [*both, letter("S1", 1, act("accept"), act("notify"), at=day(10)), letter("S2", 2, act("recall", "S1#2"), at=day(11))], {"offers": {"N1": {"state": "awaiting_others"}}}, now=day(13)),
    ]


def _clauses() -> list[Case]:
    def said(id: str, number: int, at: float, clause: str, outcome: str, **more: Any) -> Case:
        return letter(id, number, act("declare", f"N1/{clause}", outcome=outcome, **more), at=day(at))

    met = said("S2", 2, 14, "T2", "met")
    late = day(10, 3)
    plain = {**OPEN_CROSSING, "links": []}
    jointly, named = {**PRISONERS, "declares": "jointly"}, {**PRISONERS, "declares": THIRD}
    plainly = [offer(plain), accept(day(10))]

    def linked(kind: str, outcome: str = "met") -> list[Case]:
        return [offer({**OPEN_CROSSING, "links": [[kind, "T2", outcome]]}), accept(day(10))]

    third = letter("X1", 1, act("declare", "N1/T2", outcome="met"), at=day(14))
    step = {
        "number": "T3",
        "kind": "undertaking",
        "bound": SOUTH,
        "towards": [NORTH],
        "links": [["in_return_for", "T1"]],
    }
    return [
        case("a condition open", "nobody has declared it", AGREED, clauses(T2="open", T1="waiting")),
        case("a condition past its date", "no clock decides it", AGREED, clauses(T2="past_undeclared", T1="waiting"), now=day(20, 2)),
        case("met, said by one side", "releases at once", [*AGREED, met], clauses(T2="said_met", T1="in_force")),
        case("met, disputed", "back to waiting", [*AGREED, met, letter("N2", 2, act("dispute", "N1/T2"), at=day(16))], clauses(T2="disputed", T1="waiting")),
        case("met, the declaration disputed", "by naming the act", [*AGREED, met, letter("N2", 2, act("dispute", "S2#1"), at=day(16))], clauses(T2="disputed", T1="waiting")),
        case("met, agreed", "both say so", [*AGREED, met, said("N2", 2, 16, "T2", "met")], clauses(T2="agreed", T1="in_force")),
        case("met and not met", "they differ", [*AGREED, met, said("N2", 2, 16, "T2", "not_met")], clauses(T2="disputed", T1="waiting")),
        case("not met", "only if is ended by it", [*AGREED, said("S2", 2, 14, "T2", "not_met")], clauses(T2="said_not_met", T1="ended")),
        case("met in part", "waits", [*AGREED, said("S2", 2, 14, "T2", "in_part", part="three of five")], clauses(T2="in_part", T1="waiting")),
        case("said again", "the later letter of one side counts", [*AGREED, said("S2", 2, 14, "T2", "not_met"), said("S3", 3, 15, "T2", "met")], clauses(T2="said_met", T1="in_force")),
        case("jointly, one has", "waits for both", [offer(jointly), accept(day(10)), met], clauses(T2="said_met", T1="waiting")),
        case("jointly, both have", "", [offer(jointly), accept(day(10)), met, said("N2", 2, 16, "T2", "met")], clauses(T2="agreed", T1="in_force")),
        case("a named office declares", "a dispute does not change it", [offer(named), accept(day(10)), third, letter("N2", 2, act("dispute", "N1/T2"), at=day(16))], clauses(T2="said_met", T1="in_force")),
        case("not the named office", "said, not released", [offer(named), accept(day(10)), met], clauses(T2="open", T1="waiting")),
        case("the named office is silent", "both jointly, then", [offer(named), accept(day(10)), met, said("N2", 2, 16, "T2", "met")], clauses(T2="agreed", T1="in_force"), now=day(20, 2)),
        case("the named office is silent, and that is provided for", "not met", [offer({**named, "silent": "not_met"}), accept(day(10))], clauses(T2="agreed", T1="ended"), now=day(20, 2)),
        case("unless, met", "does not hold", [*linked("unless"), met], clauses(T1="ended")),
        case("unless, not met", "holds", [*linked("unless"), said("S2", 2, 14, "T2", "not_met")], clauses(T1="in_force")),
        case("until, open", "holds", linked("until"), clauses(T1="in_force")),
        case("until, met", "ends", [*linked("until"), met], clauses(T1="ended")),
        case("a consequence of not met", "follows only when that is declared", linked("only_if", "not_met"), clauses(T1="waiting"), now=day(20, 2)),
        case("a consequence of not met, declared", "", [*linked("only_if", "not_met"), said("S2", 2, 14, "T2", "not_met")], clauses(T1="in_force")),
        case("past its date, undeclared", "not broken: nobody has said so", plainly, clauses(T1="past_undeclared"), now=late),
        case("said kept", "by the bound", [*plainly, said("N2", 2, 14, "T1", "kept")], clauses(T1="said_kept"), now=late),
        case("said broken", "by the other", [*plainly, said("S2", 2, 14, "T1", "broken")], clauses(T1="said_broken"), now=late),
        case("kept, agreed", "", [*plainly, said("N2", 2, 14, "T1", "kept"), said("S2", 2, 15, "T1", "kept")], clauses(T1="agreed"), now=late),
        case("kept and broken", "", [*plainly, said("N2", 2, 14, "T1", "kept"), said("S2", 2, 15, "T1", "broken")], clauses(T1="disputed"), now=late),
        case("kept in part", "", [*plainly, said("N2", 2, 14, "T1", "in_part", part="one lane")], clauses(T1="in_part"), now=late),
        case("in return for, not kept yet", "step by step", [offer(plain, step), accept(day(10))], clauses(T1="in_force", T3="waiting")),
        case("in return for, kept", "", [offer(plain, step), accept(day(10)), said("N2", 2, 14, "T1", "kept")], clauses(T3="in_force")),
        case("in return for, broken", "", [offer(plain, step), accept(day(10)), said("N2", 2, 14, "T1", "broken")], clauses(T3="ended")),
        case("each waits for the other", "a cycle holds nothing", [offer({**OPEN_CROSSING, "links": [["in_return_for", "T3"]]}, step), accept(day(10))], clauses(T1="waiting", T3="waiting")),
        case("waived", "by whom the condition benefits", [offer({**PRISONERS, "benefits": NORTH}), accept(day(10)), letter("N2", 2, act("waive", "N1/T2"), at=day(14))], clauses(T2="waived", T1="in_force")),
        case("not theirs to waive", "", [offer({**PRISONERS, "benefits": NORTH}), accept(day(10)), letter("S2", 2, act("waive", "N1/T2"), at=day(14))], clauses(T2="open", T1="waiting")),
        case("an undertaking waived", "by those it is towards", [*plainly, letter("S2", 2, act("waive", "N1/T1"), at=day(14))], clauses(T1="waived")),
        case("ended by one", "needs both", [*plainly, letter("N2", 2, act("end", "N1/T1"), at=day(14))], clauses(T1="in_force")),
        case("ended by both", "", [*plainly, letter("N2", 2, act("end", "N1/T1"), at=day(14)), letter("S2", 2, act("accept", "N2#1"), at=day(16))], clauses(T1="ended")),
        case("suspended by both", "", [*plainly, letter("N2", 2, act("suspend", "N1/T1"), at=day(14)), letter("S2", 2, act("accept", "N2#1"), at=day(16))], clauses(T1="suspended")),
        case("due extended by both", "also after it has passed", [*plainly, letter("N2", 2, act("extend", "N1/T1", date=day(30, 6), of_date="due"), at=day(2, 3)), letter("S2", 2, act("accept", "N2#1"), at=day(4, 3))], clauses(T1="in_force"), now=late),
        case("due extended by one", "needs both", [*plainly, letter("N2", 2, act("extend", "N1/T1", date=day(30, 6), of_date="due"), at=day(2, 3))], clauses(T1="past_undeclared"), now=late),
        case("corrected", "VCLT 79: as of its original date", [offer({**plain, "dates": [["due", day(1, 2)]]}), accept(day(10)), letter("N2", 2, act("correct", "N1/T1"), at=day(14), clauses=[plain]), letter("S2", 2, act("accept", "N2#1"), at=day(16))], clauses(T1="in_force")),
        case("replaced by an agreed clause", "", [*plainly, letter("N2", 2, {"act": "propose"}, at=day(14), clauses=[{"number": "T9", "kind": "undertaking", "bound": NORTH, "links": [["replaces", "N1/T1"]]}]), letter("S2", 2, act("accept", "N2"), at=day(16))], {"clauses": {"N1/T1": "ended", "N2/T9": "in_force"}}),
        case("declared on an open offer", "is no acceptance: the board asks", [offer(), said("S1", 1, 5, "T2", "met")], {**of("open"), **clauses(T2="offered")}, now=day(6)),
        case("not theirs to declare", "a stranger's word", [*AGREED, letter("E1", 1, act("declare", "N1/T2", outcome="met"), at=day(14))], clauses(T2="open", T1="waiting")),
        case("kept on its way", "a declaration counts on reaching", [*plainly, letter("N2", 2, act("declare", "N1/T1", outcome="kept"))], clauses(T1="in_force")),
        case("due each time", "each date by itself", [offer({**plain, "how": "each", "dates": [["due", day(1, 2)], ["due", day(1, 3)], ["due", day(1, 4)]]}), accept(day(10)), letter("N2", 2, act("declare", "N1/T1", outcome="kept", since=day(31)), at=day(2, 2))], {**clauses(T1="past_undeclared"), "instances": {"N1/T1": ["said_kept", "past_undeclared", "in_force"]}}, now=late),
        case("hangs on what is not here", "waits, and says so", [offer({**OPEN_CROSSING, "links": [["only_if", "S7/T1"]]}), accept(day(10))], clauses(T1="waiting")),
        case("declared before acceptance", "it counts from acceptance", [offer(), said("S2", 2, 5, "T2", "met"), accept(day(10))], clauses(T2="said_met", T1="in_force")),
        case("disputed by a stranger", "not theirs", [*AGREED, met, letter("E1", 1, act("dispute", "N1/T2"), at=day(16))], {**clauses(T2="said_met", T1="in_force"), "barred": {"E1": "not_theirs"}}),
        case("disputed, then declared anew", "the dispute was of what had been declared", [*AGREED, said("S2", 2, 14, "T2", "not_met"), letter("N2", 2, act("dispute", "N1/T2"), at=day(15)), said("S3", 3, 16, "T2", "met")], clauses(T2="said_met", T1="in_force")),
        case("met and not met in one letter", "it contradicts itself", [*AGREED, letter("S2", 2, act("declare", "N1/T2", outcome="met"), act("declare", "N1/T2", outcome="not_met"), at=day(14))], clauses(T2="unclear", T1="waiting")),
        case("declared in two epochs", "a restored desk counts anew: which reached last", [*AGREED, said("S2", 7, 14, "T2", "not_met"), {**said("S3", 1, 16, "T2", "met"), "epoch": "e2"}], clauses(T2="said_met", T1="in_force")),
        case("declared in two epochs, which last is unclear", "they differ, and neither is shown to be the last", [*AGREED, {**said("S2", 7, 14, "T2", "not_met"), "reached": [[day(14), day(17)]]}, {**said("S3", 1, 16, "T2", "met"), "epoch": "e2"}], clauses(T2="unclear", T1="waiting")),
        case("the named office speaks late", "it was silent on the day: both jointly, then", [offer(named), accept(day(10)), {**third, "reached": [day(20, 2)]}], clauses(T2="past_undeclared", T1="waiting"), now=day(25, 2)),
        case("the named office speaks about the day", "in time or not", [offer(named), accept(day(10)), {**third, "reached": [[day(14, 2), day(16, 2)]]}], clauses(T2="unclear", T1="waiting"), now=day(25, 2)),
        case("the named office falls away", "it declines to say; both jointly, then", [offer(named), accept(day(10)), letter("X1", 1, act("decline", "N1/T2"), at=day(12)), met, said("N2", 2, 16, "T2", "met")], clauses(T2="agreed", T1="in_force")),
        case("the named office falls away, and that is provided for", "", [offer({**named, "silent": "either"}), accept(day(10)), letter("X1", 1, act("decline", "N1/T2"), at=day(12)), met], clauses(T2="said_met", T1="in_force")),
        case("the named office's letters are missing", "its silence is not shown", [offer({**named, "silent": "not_met"}), accept(day(10))], clauses(T2="unclear", T1="waiting"), now=day(20, 2), holes=[{"from": THIRD, "to": NORTH, "first": 1}]),
        case("kept, then ended by until", "what it released stays released", [offer({**plain, "links": [["until", "T2"]]}, step), accept(day(10)), said("N2", 2, 12, "T1", "kept"), said("S2", 2, 14, "T2", "met")], clauses(T1="ended", T3="in_force")),
        case("ended by until, then said kept", "it had ended: nothing is released", [offer({**plain, "links": [["until", "T2"]]}, step), accept(day(10)), said("S2", 2, 12, "T2", "met"), said("N2", 2, 14, "T1", "kept")], clauses(T1="ended", T3="waiting")),
        case("kept, then ended by both", "what it released stays released", [offer(plain, step), accept(day(10)), said("N2", 2, 12, "T1", "kept"), letter("N3", 3, act("end", "N1/T1"), at=day(14)), letter("S2", 2, act("accept", "N3"), at=day(16))], clauses(T1="ended", T3="in_force")),
        case("steps in return for each other", "one after the other", [offer(plain, step, {"number": "T4", "kind": "undertaking", "bound": NORTH, "links": [["in_return_for", "T3"]]}), accept(day(10)), said("N2", 2, 12, "T1", "kept"), said("S2", 2, 14, "T3", "kept")], clauses(T1="said_kept", T3="said_kept", T4="in_force")),
        case("kept before its turn", "released at the later of the two", [offer(OPEN_CROSSING, step), accept(day(10)), said("N2", 2, 12, "T1", "kept"), met], clauses(T1="said_kept", T3="in_force")),
        case("a circle broken by a waiver", "who waits waives", [offer({**OPEN_CROSSING, "links": [["in_return_for", "T3"]]}, step), accept(day(10)), letter("N2", 2, act("waive", "N1/T3"), at=day(14))], clauses(T3="waived", T1="in_force")),
        case("a circle of until", "the first to happen ends the other", [offer({**plain, "links": [["until", "T3", "kept"]]}, {**step, "links": [["until", "T1", "kept"]]}), accept(day(10)), said("N2", 2, 12, "T1", "kept"), said("S2", 2, 14, "T3", "kept")], clauses(T1="said_kept", T3="ended")),
        case("waived by one of two", "it lets itself wait no longer", [*AGREED, letter("N2", 2, act("waive", "N1/T2"), at=day(14))], clauses(T2="open", T1="in_force")),
        case("waived by the other of two", "who does not wait has nothing to waive", [*AGREED, letter("S2", 2, act("waive", "N1/T2"), at=day(14))], clauses(T2="open", T1="waiting")),
        case("waived by both", "as if it were met", [*AGREED, letter("N2", 2, act("waive", "N1/T2"), at=day(14)), letter("S2", 2, act("waive", "N1/T2"), at=day(15))], clauses(T2="waived", T1="in_force")),
        case("an end waived", "it goes on", [offer({**OPEN_CROSSING, "links": [["until", "T2"]]}, {**PRISONERS, "benefits": NORTH}), accept(day(10)), letter("N2", 2, act("waive", "N1/T2"), at=day(14))], clauses(T2="waived", T1="in_force")),
        case("waived by one of those it is towards", "all must", [offer({**plain, "towards": [SOUTH, EAST]}), accept(day(10)), letter("S2", 2, act("waive", "N1/T1"), at=day(14))], clauses(T1="in_force")),
        case("ended by a stranger", "whatever the other accepts", [*plainly, letter("E1", 1, act("end", "N1/T1"), at=day(14)), letter("N2", 2, act("accept", "E1"), at=day(16), to=EAST)], {**clauses(T1="in_force"), "barred": {"E1": "not_theirs"}}),
        case("to end it, declined", "consent is not given", [*plainly, letter("N2", 2, act("end", "N1/T1"), at=day(14)), letter("S2", 2, act("decline", "N2"), at=day(16)), letter("S3", 3, act("accept", "N2"), at=day(18))], {**clauses(T1="in_force"), "offers": {"N2": {"state": "declined"}}}),
        case("to end it, taken back", "as an offer is", [*plainly, letter("N2", 2, act("end", "N1/T1"), at=day(14)), letter("N3", 3, act("withdraw", "N2"), at=day(15)), letter("S2", 2, act("accept", "N2"), at=day(18), left=sent(day(17)))], {**clauses(T1="in_force"), "offers": {"N2": {"state": "revoked"}}}),
        case("to end it, open", "the other side is asked", [*plainly, letter("N2", 2, act("end", "N1/T1"), at=day(14))], {**clauses(T1="in_force"), "offers": {"N2": {"state": "open"}}}),
        case("a later reservation", "binds with consent", [*plainly, letter("S2", 2, act("reserve", "N1/T1"), at=day(14), clauses=[{"number": "R1", "kind": "reservation", "links": [["limits", "N1/T1"]]}]), letter("N2", 2, act("accept", "S2"), at=day(16))], {"clauses": {"S2/R1": "in_force", "N1/T1": "in_force"}}),
        case("a later reservation, not taken", "binds nobody", [*plainly, letter("S2", 2, act("reserve", "N1/T1"), at=day(14), clauses=[{"number": "R1", "kind": "reservation", "links": [["limits", "N1/T1"]]}])], {"clauses": {"S2/R1": "offered", "N1/T1": "in_force"}}),
        case("a correction not taken", "the text stands", [offer({**plain, "dates": [["due", day(1, 2)]]}), accept(day(10)), letter("N2", 2, act("correct", "N1/T1"), at=day(14), clauses=[plain])], clauses(T1="past_undeclared")),
        case("replaced by what is not in force yet", "it stands until then", [*plainly, letter("N2", 2, {"act": "propose"}, at=day(14), clauses=[{"number": "T9", "kind": "undertaking", "bound": NORTH, "links": [["replaces", "N1/T1"]]}, provision("P3", "in_force", "date", dates=[["in_force", day(1, 3)]])]), letter("S2", 2, act("accept", "N2"), at=day(16))], {"clauses": {"N1/T1": "in_force", "N2/T9": "not_yet_in_force"}}),
        case("replaced by what waits", "it stands until that holds", [*plainly, letter("N2", 2, {"act": "propose"}, at=day(14), clauses=[{"number": "T9", "kind": "undertaking", "bound": NORTH, "links": [["replaces", "N1/T1"], ["only_if", "N1/T2"]]}]), letter("S2", 2, act("accept", "N2"), at=day(16))], {"clauses": {"N1/T1": "in_force", "N2/T9": "waiting"}}),
        case("replaced by what others agreed", "not theirs to replace", [*plainly, letter("N2", 2, {"act": "propose"}, at=day(14), to=EAST, clauses=[{"number": "T9", "kind": "undertaking", "bound": NORTH, "links": [["replaces", "N1/T1"]]}]), letter("E2", 2, act("accept", "N2"), at=day(16))], {"clauses": {"N1/T1": "in_force", "N2/T9": "in_force"}}),
        case("replaced, and replaced again", "the last stands", [*plainly, *[one for n, of in ((2, "N1/T1"), (3, "N2/T9")) for one in (letter(f"N{n}", n, {"act": "propose"}, at=day(10 + 2 * n), clauses=[{"number": "T9", "kind": "undertaking", "bound": NORTH, "links": [["replaces", of]]}]), letter(f"S{n}", n, act("accept", f"N{n}"), at=day(11 + 2 * n)))]], {"clauses": {"N1/T1": "ended", "N2/T9": "ended", "N3/T9": "in_force"}}),
        case("hangs on an exercise", "types do not mix", [letter("S7", 7, {"act": "propose"}, at=day(2), exercise=True, clauses=[{"number": "T1", "kind": "condition"}]), letter("N7", 7, act("accept", "S7"), at=day(3), exercise=True), letter("S8", 8, act("declare", "S7/T1", outcome="met"), at=day(4), exercise=True), offer({**OPEN_CROSSING, "links": [["only_if", "S7/T1"]]}), accept(day(10))], {"clauses": {"S7/T1": "said_met", "N1/T1": "waiting"}}),
        case("due each time, kept each time", "then it is kept", [offer({**plain, "how": "each", "dates": [["due", day(1, 2)], ["due", day(5, 2)]]}, step), accept(day(10)), letter("N2", 2, act("declare", "N1/T1", outcome="kept", since=day(31)), at=day(2, 2)), letter("N3", 3, act("declare", "N1/T1", outcome="kept", since=day(4, 2)), at=day(5, 2))], {**clauses(T3="in_force"), "instances": {"N1/T1": ["said_kept", "said_kept"]}}),
        case("kept, then waived", "what it released stays released: the end too", [offer(plain, {**step, "links": [["until", "T1", "kept"]]}), accept(day(10)), said("N2", 2, 12, "T1", "kept"), letter("S2", 2, act("waive", "N1/T1"), at=day(14))], clauses(T1="waived", T3="ended")),
        case("replaced by what was suspended later", "it had held", [*plainly, letter("N2", 2, {"act": "propose"}, at=day(14), clauses=[{"number": "T9", "kind": "undertaking", "bound": NORTH, "links": [["replaces", "N1/T1"]]}]), letter("S2", 2, act("accept", "N2"), at=day(16)), letter("N3", 3, act("suspend", "N2/T9"), at=day(18)), letter("S3", 3, act("accept", "N3"), at=day(20))], {"clauses": {"N1/T1": "ended", "N2/T9": "suspended"}}),
        case("replaced by what never held", "it stands", [*plainly, said("S2", 2, 12, "T2", "met"), letter("N2", 2, {"act": "propose"}, at=day(14), clauses=[{"number": "T9", "kind": "undertaking", "bound": NORTH, "links": [["replaces", "N1/T1"], ["unless", "N1/T2"]]}]), letter("S3", 3, act("accept", "N2"), at=day(16))], {"clauses": {"N1/T1": "in_force", "N2/T9": "ended"}}),
        case("an assurance on a condition", "stated, and in force once it is met", [letter("N1", 1, at=day(2), clauses=[{"number": "T1", "kind": "undertaking", "bound": NORTH}, PRISONERS, provision("P3", "in_force", "condition", links=[["only_if", "T2"]])])], {**of("stated"), **clauses(T1="not_yet_in_force", T2="open")}, now=day(5)),
        case("ended by the place of the offer's act", "all of it", [*plainly, letter("N2", 2, act("end", "N1#1"), at=day(14)), letter("S2", 2, act("accept", "N2"), at=day(16))], clauses(T1="ended", T2="ended")),
    ]
