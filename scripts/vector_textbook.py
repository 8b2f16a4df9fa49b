"""Cases from books and courts as cases of standing: what was decided, and what this exchange of letters makes of it.

Each names its source. Where a court held that an acceptance counts when posted, the offer has the provision that it
counts on leaving; where our answer is another than the court's, the case says why. Days are moved to 2026.
"""

# A case a line, as in a table.
# ruff: noqa: E501
# fmt: off

from vector_standing import (
    EAST,
    NORTH,
    SOUTH,
    Case,
    accept,
    act,
    case,
    clauses,
    day,
    letter,
    of,
    offer,
    provision,
    sent,
)

SALE = {"number": "T1", "kind": "undertaking", "bound": NORTH, "towards": [SOUTH], "text": {"en": "We shall deliver."}}
DEARER = {**SALE, "text": {"en": "We shall deliver, for more."}}
OPEN = provision("P1", "until_withdrawn")
LEAVING = provision("P3", "counts_on", "leaving")
USUAL = provision("P2", "usual_time", 5 * 86_400)


def until(when: str) -> Case:
    return provision("P1", "lapses_at", dates=[["lapses_at", when]])


def sale(*more: Case, at: object = day(2), **other: object) -> Case:
    return offer(at=at, clauses=[SALE, OPEN, *more], **other)


def textbook() -> list[Case]:
    withdraw = {"act": "withdraw", "on": "N1"}
    return [
        # Acceptances by post
        case("Adams v Lindsell (1818), by arrival", "CISG 18(2): on reaching, though the offer went astray and the goods were sold meanwhile without a word", [sale(at=day(5)), accept(day(9), sent(day(5)))], of("accepted", since=day(9))),
        case("Adams v Lindsell (1818), as decided", "the acceptance counts when posted", [sale(LEAVING, at=day(5)), accept(day(9), sent(day(5)))], of("accepted", since=day(5))),
        case("Dunlop v Higgins (1848)", "delayed in the post, counts when posted", [sale(LEAVING, until(day(8))), accept(day(10), sent(day(7)))], of("accepted", "accepted_in_time", since=day(7))),
        case("Household Fire v Grant (1879), as decided", "posted and lost: it binds all the same", [sale(LEAVING), accept(None, sent(day(5)))], of("accepted", since=day(5))),
        case("Household Fire v Grant (1879), by arrival", "CISG 18(2): at the desk of who wrote it, under way for ever", [sale(), accept(None, sent(day(5)))], of("open", "accepted_under_way"), owner=SOUTH),
        case("Re London and Northern Bank (1900)", "handed to somebody who does not take letters: nobody but its writer says that it left", [sale(LEAVING, until(day(8))), accept(day(10), sent(day(7), "sender"))], of("unclear", settles=["when_left"])),
        case("Holwell v Hughes (1974)", "notice was to arrive; posted and lost: the last day passed", [sale(until(day(8)))], of("lapsed")),
        case("Holwell v Hughes (1974), at the other desk", "nothing shows that it reached", [sale(until(day(8))), accept(None, sent(day(5)))], of("unclear", "not_reached", settles=["when_reached"]), owner=SOUTH),
        case("Entores v Miles Far East (1955)", "at once: left and reached in one second", [sale(), accept(day(5), sent(day(5)))], of("accepted", since=day(5))),
        case("The Brimnes (1975)", "a withdrawal is there when it is in the addressee's hands, read or not (CISG 24)", [sale(), letter("N2", 2, withdraw, at=[{"at": day(5), "by": "carrier"}])], of("revoked", since=day(5)), now=day(6)),
        case("Caldwell v Cline (1930)", "open for eight days is from when it came: counted from handover", [offer(at=day(2), clauses=[SALE, provision("P1", "lapses_at", dates=[["lapses_at", "8 days from handover of this letter [UTC]"]])]), accept(day(10))], of("accepted", "accepted_in_time")),
        case("Yates v Pulleyn (1975)", "another way than the one asked for, as good: any way counts that reached", [sale(until(day(8))), accept([{"at": day(7), "by": "carrier", "way": 1}])], of("accepted")),
        # Revocations that cross
        case("Byrne v Van Tienhoven (1880)", "a revocation counts when it reaches, and the acceptance had left", [sale(at=day(11)), letter("N2", 2, withdraw, at=day(20), left=sent(day(8))), accept(day(25), sent(day(11)))], of("accepted")),
        case("Henthorn v Fraser (1892)", "accepted by post at ten to four; the withdrawal, posted at noon, reached at half past five (CISG 16(1))", [sale(until(day(16))), letter("N2", 2, withdraw, at="2026-01-08T17:30:00Z", left=sent("2026-01-08T12:00:00Z")), accept(day(9), sent("2026-01-08T15:50:00Z"))], of("accepted")),
        case("Stevenson v McLean (1880)", "asking whether more time is given is no counter-offer; accepted by wire at 1.34, the revocation reached at 1.46", [sale(), letter("S1", 1, at=day(5)), letter("S2", 2, act("accept"), at="2026-01-05T14:00:00Z", left=sent("2026-01-05T13:34:00Z")), letter("N2", 2, withdraw, at="2026-01-05T13:46:00Z")], of("accepted")),
        case("Dickinson v Dodds (1876), not followed", "held revoked because the other heard of the sale from a third; here only its author's own word takes it back", [sale(until(day(12))), letter("X1", 1, withdraw, at=day(10)), accept(day(11.5))], {**of("accepted"), "barred": {"X1": "not_theirs"}}),
        case("Payne v Cave (1789)", "taken back before it was accepted", [sale(), letter("N2", 2, withdraw, at=day(3)), accept(day(5), sent(day(4)))], of("revoked")),
        case("Routledge v Grant (1828), not followed where it is promised", "held revocable within the six weeks; CISG 16(2)(a): what is irrevocable is not revoked", [sale(until(day(20)), provision("P4", "irrevocable_until", dates=[["irrevocable_until", day(20)]])), letter("N2", 2, withdraw, at=day(4)), accept(day(6))], of("accepted", "accepted_in_time")),
        # Counter-offers, silence, crossing offers
        case("Hyde v Wrench (1840)", "a counter-offer ends the offer; accepting it afterwards is nothing (CISG 17)", [sale(), letter("S1", 1, act("counter"), at=day(8), clauses=[DEARER, OPEN]), letter("N2", 2, act("decline", "S1"), at=day(27)), letter("S2", 2, act("accept"), at=day(29))], {"offers": {"N1": {"state": "countered"}, "S1": {"state": "declined"}}}),
        case("Jones v Daniel (1894)", "an acceptance with a term of its own is a counter-offer (CISG 19(1))", [sale(), accept(day(5), clauses=[SALE, OPEN, {**SALE, "number": "T2", "bound": SOUTH}])], {"offers": {"N1": {"state": "countered"}, "S1": {"state": "open"}}}),
        case("Butler Machine Tool v Ex-Cell-O (1979)", "own terms in return, and the slip torn off and returned: the last terms bind", [sale(), letter("S1", 1, act("counter"), at=day(5), clauses=[DEARER, OPEN]), letter("N2", 2, act("accept", "S1"), at=day(8))], {"offers": {"N1": {"state": "countered"}, "S1": {"state": "accepted", "since": day(8)}}, "clauses": {"N1/T1": "not_agreed", "S1/T1": "in_force"}}),
        case("Felthouse v Bindley (1862)", "silence is no consent (CISG 18(1))", [sale(until(day(8)))], of("lapsed")),
        case("Tinn v Hoffmann (1873)", "equal offers that cross: neither accepts the other", [sale(), letter("S1", 1, {"act": "propose"}, at=day(2), clauses=[SALE, OPEN])], {"offers": {"N1": {"state": "open"}, "S1": {"state": "open"}}}),
        # Acceptances taken back
        case("Dunmore v Alexander (1830)", "an acceptance and its recall, handed over together: nothing (CISG 22)", [sale(), accept(day(5)), letter("S2", 2, act("recall", "S1"), at=day(5))], {**of("open"), "barred": {"S1": "recalled"}}),
        case("Morrison v Thoelke (1963), as decided", "posted, then taken back by telephone before it came: it had counted", [sale(LEAVING), accept(day(5), sent(day(3))), letter("S2", 2, act("recall", "S1"), at=day(4))], of("accepted", since=day(3))),
        case("Bal v Van Staden (1902), by arrival", "CISG 22: taken back before it came", [sale(), accept(day(5), sent(day(3))), letter("S2", 2, act("recall", "S1"), at=day(4))], of("open")),
        # Restatement (Second) of Contracts
        case("Restatement 63, a rejection that overtakes an acceptance", "accepted when it left; the rejection that came first is none", [sale(LEAVING), accept(day(8), sent(day(3))), letter("S2", 2, act("decline"), at=day(6), left=sent(day(5)))], of("accepted", since=day(3))),
        case("Restatement 40, an acceptance that overtakes a rejection", "who declined first and then accepted is bound only if the acceptance came first", [sale(), letter("S1", 1, act("decline"), at=day(8), left=sent(day(3))), letter("S2", 2, act("accept"), at=day(6), left=sent(day(5)))], of("accepted", since=day(6))),
        case("Restatement 40, a rejection that comes first", "the acceptance is then nothing here, and no counter-offer unless it says so", [sale(), letter("S1", 1, act("decline"), at=day(6), left=sent(day(3))), letter("S2", 2, act("accept"), at=day(8), left=sent(day(5)))], of("declined")),
        case("Restatement 42", "a revocation counts when it is received", [sale(), letter("N2", 2, withdraw, left=sent(day(3))), accept(day(5))], of("accepted")),
        # CISG
        case("CISG 15(2)", "withdrawn before it reached, though irrevocable", [sale(provision("P4", "irrevocable_until", dates=[["irrevocable_until", day(20)]])), letter("N2", 2, withdraw, at=day(1.5))], of("withdrawn")),
        case("CISG 16(2)", "no effect while irrevocable, and none later", [sale(provision("P4", "irrevocable_until", dates=[["irrevocable_until", day(10)]])), letter("N2", 2, withdraw, at=day(5)), accept(day(15))], of("accepted")),
        case("CISG 17", "declined: ended, though irrevocable", [sale(provision("P4", "irrevocable_until", dates=[["irrevocable_until", day(20)]])), letter("S1", 1, act("decline"), at=day(5)), letter("S2", 2, act("accept"), at=day(8))], of("declined")),
        case("CISG 19(2), not followed", "even what alters nothing that matters is a counter-offer", [sale(), accept(day(5), clauses=[{**SALE, "text": {"en": "We shall deliver!"}}, OPEN])], of("countered")),
        case("CISG 21(1)", "late, and its author says without delay that it counts", [sale(until(day(8)), USUAL), accept(day(10), sent(day(9))), letter("N2", 2, act("confirm", "S1"), at=day(12), left=sent(day(11)))], of("accepted", "late_confirmed", since=day(10))),
        case("CISG 21(2)", "late, and it shows that by the usual time it would have come in time", [sale(until(day(8)), USUAL), accept(day(10), sent(day(3)))], of("accepted", "late_sent_in_time")),
        case("CISG 21(2), its author objects", "without delay, that it had lapsed", [sale(until(day(8)), USUAL), accept(day(10), sent(day(3))), letter("N2", 2, act("object", "S1"), at=day(12), left=sent(day(11)))], of("lapsed", "late_objected")),
        case("CISG 22", "withdrawn before the acceptance would have counted", [sale(), accept(day(6)), letter("S2", 2, act("recall", "S1"), at=day(5))], of("open")),
        # UNIDROIT Principles
        case("UNIDROIT 2.1.9, illustration 1", "three days after 31 March; its author, still interested, says so at once", [sale(until(day(31, 3))), accept(day(3, 4)), letter("N2", 2, act("confirm", "S1"), left=sent(day(4, 4)))], of("accepted", "late_confirmed", since=day(3, 4)), now=day(10, 4)),
        case("UNIDROIT 2.1.9, illustration 2", "sent in time, and the post was slow: it counts unless its author says otherwise at once", [sale(until(day(31, 3)), USUAL), accept(day(3, 4), sent(day(25, 3)))], of("accepted", "late_sent_in_time"), now=day(20, 4)),
        case("UNIDROIT 2.1.5", "a rejection ends it before its day has come", [sale(until(day(31))), letter("S1", 1, act("decline"), at=day(5)), letter("S2", 2, act("accept"), at=day(6))], of("declined")),
        case("UNIDROIT 2.1.10", "an acceptance taken back together with its coming", [sale(), accept(day(5)), letter("S2", 2, act("recall", "S1"), at=day(5))], of("open")),
        case("UNIDROIT 5.3.1, a condition that suspends", "binds, and holds once it is met", [sale({"number": "T2", "kind": "condition"}, {**SALE, "number": "T3", "links": [["only_if", "T2"]]}), accept(day(5)), letter("S2", 2, act("declare", "N1/T2", outcome="met"), at=day(8))], clauses(T2="said_met", T3="in_force")),
        case("UNIDROIT 5.3.1, a condition that ends", "holds until it is met", [sale({"number": "T2", "kind": "condition"}, {**SALE, "number": "T3", "links": [["until", "T2"]]}), accept(day(5)), letter("S2", 2, act("declare", "N1/T2", outcome="met"), at=day(8))], clauses(T3="ended")),
        # Vienna Convention on the Law of Treaties
        case("VCLT 8", "an act without powers, confirmed afterwards by its state", [sale(), letter("X1", 1, act("accept"), at=day(5), authority={"principal": SOUTH, "within": False}), letter("S1", 1, act("ratify", "X1"), at=day(9))], of("accepted", since=day(9))),
        case("VCLT 13", "an exchange of letters that binds when the second is handed over", [sale(LEAVING, provision("P4", "in_force", "second_handover")), accept(day(9), sent(day(5)))], of("accepted", since=day(5), in_force=day(9))),
        case("VCLT 16, 24(2)", "in force on the later of two notices", [sale(provision("P4", "in_force", "later_notice")), accept(day(5)), letter("S2", 2, act("notify"), at=day(7)), letter("N2", 2, act("notify"), at=day(9))], of("accepted", in_force=day(9))),
        case("VCLT 19, 20", "a reservation made later needs the other's consent", [sale(), accept(day(5)), letter("S2", 2, act("reserve", "N1/T1"), at=day(7), clauses=[{"number": "R1", "kind": "reservation", "links": [["limits", "N1/T1"]]}]), letter("N2", 2, act("decline", "S2"), at=day(9))], {"clauses": {"S2/R1": "not_agreed", "N1/T1": "in_force"}}),
        case("VCLT 40(4), several", "all to whom it was made must take it", [{**sale(), "acts": [{"act": "propose", "group": "g", "parties": [SOUTH, EAST]}]}, accept(day(5))], of("awaiting_others"), now=day(6)),
        case("VCLT 47", "what its powers covered it cannot take back by saying that they did not", [sale(), letter("X1", 1, act("accept"), at=day(5), authority={"principal": SOUTH, "within": True}), letter("S1", 1, act("disown", "X1"), at=day(9))], of("accepted", since=day(5))),
        case("VCLT 54, 57", "ended by both", [sale(), accept(day(5)), letter("S2", 2, act("end"), at=day(7)), letter("N2", 2, act("accept", "S2"), at=day(9))], clauses(T1="ended", P1="ended")),
        case("VCLT 79", "an error corrected by both: as if it had stood so from the beginning", [sale({**SALE, "number": "T2", "dates": [["due", day(1, 2)]]}), accept(day(5)), letter("N2", 2, act("correct", "N1/T2"), at=day(7), clauses=[{**SALE, "number": "T2", "dates": [["due", day(1, 3)]]}]), letter("S2", 2, act("accept", "N2"), at=day(9))], clauses(T2="in_force")),
    ]
