"""What would keep a letter's clauses and acts from doing what they say, all of it at once, before it is sealed.

Spec: docs/spec/desk.md, "Before sealing". What stops is not sealed; of the rest the writer is told, and decides.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from backchannel.desk.clauses import is_signed, named, whole_clauses
from backchannel.desk.office import Office
from backchannel.desk.translations import before_accepting
from backchannel.desk.versions import told
from backchannel.errors import NotPossible
from backchannel.letters.clauses import Act, Clause, lacks, unsound
from backchannel.letters.dates import Moment
from backchannel.letters.draft_clauses import WANTED
from backchannel.letters.letter import Letter, read_contents
from backchannel.letters.spans import ANY_TIME
from backchannel.letters.versions import WHAT
from backchannel.text import for_screen
from backchannel.values import dataclass

if TYPE_CHECKING:
    from backchannel.desk.latency import Latency
    from backchannel.desk.sealing import Order, Route
    from backchannel.terms.gate import Difference as Found
    from backchannel.terms.standing import Board

_TO_THEIRS: Final = ("counter", "accept", "decline", "confirm", "object")
_TO_OURS: Final = ("withdraw", "recall")
_OF_OTHERS: Final = ("ratify", "disown", "notify")  # of letters that are not of this exchange
_OVER: Final = ("withdrawn", "not_open", "declined", "countered", "revoked", "lapsed", "ended_for_all")
_LIVE: Final = ("offered", "in_force", "waiting", "not_yet_in_force", "past_undeclared")
# What an answer needs beside its way: to decrypt, translate, print, decide and seal.
DESK_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing. where: the clause's number or the act, "" for the letter. why, mend: in plain words.

    stops: whether the letter is not sealed with it.
    """

    where: str
    why: str
    mend: str
    stops: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.why}" if self.where else self.why


def check(office: Office, order: "Order", *, signed: bool) -> None:
    """Raises NotPossible with everything that stops."""
    stops = list(_stops(office, order, signed))
    if not stops:
        return
    if len(stops) == 1:
        raise NotPossible(str(stops[0]), next_step=stops[0].mend or None)
    lines = "\n".join(f"  {one}" + (f" ({one.mend})" if one.mend else "") for one in stops)
    raise NotPossible(f"the clauses and acts cannot be sealed as they are:\n{lines}", next_step="Mend each of them.")


def _stops(office: Office, order: "Order", signed: bool) -> Iterator[Finding]:
    clauses, acts = order.clauses, order.terms
    for why, which in unsound(clauses, acts):
        if why == "circle":
            told = f"clauses {', '.join(which)} wait for each other: none of them would ever hold"
            yield Finding("", told, "Let one of them hold without the other, or in return for it step by step.")
        else:
            kinds = " and ".join(acts[int(at) - 1].kind for at in which)
            yield Finding("", f"{kinds} of one thing in one letter contradict each other", "Leave all but one out.")
    for what, wanted in lacks(clauses, acts):
        yield Finding("", WANTED[what].format(*wanted), "")
    for act in acts:
        if act.on is not None and act.on.letter is not None:
            yield from _of_act(office, order.to, act, signed and not clauses)
    for letter_id in dict.fromkeys(named(clauses, acts)):
        found = office.state.by_letter_id.get(letter_id)
        if found is not None and found.event is not None and found.event.exercise != (order.type == "exercise"):
            why = f"letter {found.n} and this one are not of the same type: an exercise and an operation are never tied"
            yield Finding("", why, "Choose the type of the letter it names.")
        if found is not None and found.paraphrase:
            why = f"letter {found.n} is a paraphrase, no text of an office: nothing is accepted of it or hangs on it"
            yield Finding("", why, "Ask that office to write it itself.")
    for clause in clauses:
        yield from _of_links(office, order.to, clause, signed)
    if not order.accepted:
        yield from _of_versions(office, order)


def _of_versions(office: Office, order: "Order") -> Iterator[Finding]:
    """What the language gate stops, unless two people answer for it."""
    for one in told(office, order):
        mend = "Mend one of them, or let two people answer for it: mismatch_accepted_by: and mismatch_why:."
        yield Finding(one.source_label or one.target_label, difference_told(one), mend)


def difference_told(one: "Found") -> str:
    """What stands in one version and not in the other, in a sentence."""
    found = one.finding
    here, there = (
        (lang, for_screen(said[:120]))
        for lang, said in ((one.source_lang, found.source), (one.target_lang, found.target))
    )
    match found.code, bool(here[1]), bool(there[1]):
        case "swapped", _, _:
            what = f'two names have changed places: {here[0]} says "{here[1]}", {there[0]} "{there[1]}"'
        case "short", _, _:
            what = f"{there[0]} says much less than {here[0]}; part of the clause may be missing"
        case "merged", _, _:
            what = f"what {here[0]} says in this clause seems to stand in another clause of {there[0]}"
        case "added", _, _ if found.category == "clause":
            what = f"{here[0]} says much less than {there[0]}; part of the clause may be missing"
        case _, True, True:
            what = f'{here[0]} says "{here[1]}" where {there[0]} says "{there[1]}"'
        case _, True, False:
            what = f'{here[0]} says "{here[1]}", and nothing in {there[0]} answers to it'
        case _, False, True:
            what = f'{there[0]} says "{there[1]}", and nothing in {here[0]} answers to it'
        case _:
            what = f"one of {here[0]} and {there[0]} has no text of it"
    return f"the versions in {one.source_lang} and {one.target_lang} differ in {WHAT[found.category]}: {what}"


def _of_links(office: Office, to: bytes, clause: Clause, signed: bool) -> Iterator[Finding]:
    for letter_id in dict.fromkeys(named([clause], ())):
        found = office.state.by_letter_id.get(letter_id)
        if found is None or found.office != to:
            why = f"clause {clause.number} hangs on a letter that is not of this exchange"
            yield Finding("", why, "Name a letter to or from that office.")
        elif signed and not is_signed(office.state, letter_id):
            yield Finding(
                "",
                f"clause {clause.number} names letter {found.n}, which is not signed: a signature would prove it",
                "Repeat in this letter what it hangs on, or leave this letter unsigned.",
            )


def _of_act(office: Office, to: bytes, act: Act, cites: bool) -> Iterator[Finding]:
    """cites: whether the letter is signed and repeats no clause."""
    assert act.on is not None
    assert act.on.letter is not None
    found = office.state.by_letter_id.get(act.on.letter)
    if found is None or found.event is None:
        if act.kind not in _OF_OTHERS:
            yield Finding("", f"{act.kind} names a letter that is not here", "Name a letter that this desk holds.")
        return
    if found.office != to and act.kind not in _OF_OTHERS:
        yield Finding("", f"entry {found.n} is no letter from or to that office", "Name a letter of this exchange.")
    if act.kind in (_TO_THEIRS if found.ours else _TO_OURS):
        whose = "ours" if found.ours else "theirs"
        yield Finding("", f"this office cannot {act.kind} letter {found.n}: it is {whose}", "Name another letter.")
    elif act.kind == "accept" and (kept := office.register.blob(found.n, "contents")) is None:
        yield Finding("", f"entry {found.n} holds no letter that can be read", "")
    elif act.kind == "accept" and kept is not None:
        letter = read_contents(kept)
        wholes = whole_clauses(office, letter, found.office)
        shown = not any(one.deeper for whole in wholes for one in whole.all())
        yield from _of_acceptance(letter, found.n, cites, shown)


def _of_acceptance(letter: Letter, n: int, cites: bool, shown: bool) -> Iterator[Finding]:
    if letter.unknown_parts or letter.in_breach or not shown:
        why = f"letter {n} cannot be accepted: this desk cannot show all that it says as it was meant"
        yield Finding("", why, "Bring the program up to date, or ask for it again.")
    elif cites and letter.clauses and letter.signature is None:
        yield Finding(
            "",
            f"letter {n} is not signed: a signed acceptance repeats what it accepts",
            "Put its clauses into this letter, unchanged, or leave it unsigned.",
        )


# --- what the writer is told, and decides ---


def findings(office: Office, order: "Order", letter: Letter, routes: tuple["Route", ...]) -> tuple[Finding, ...]:
    """What does not stop: dates that the way can hardly meet, acts that come to something else, clauses that clash."""
    found = [*_of_dates(office, order, letter, routes), *_of_translations(office, letter)]
    if office.state.terms and (order.clauses or order.terms):
        from backchannel.desk import standing

        board = standing.board_of(office)
        found += _against_board(office, letter, board)
    return tuple(found)


def _of_translations(office: Office, letter: Letter) -> Iterator[Finding]:
    """Who accepts by a translation accepts the letter: what the translation leaves out, and what has changed since."""
    named = dict.fromkeys(act.on.letter for act in letter.acts if act.kind == "accept" and act.on is not None)
    for letter_id in named:
        found = office.state.by_letter_id.get(letter_id or b"")
        for why in before_accepting(office, found) if found is not None else ():
            mend = "Have it translated as it now is, all of it: `backchannel letter translate`."
            yield Finding("accept", why, mend, stops=False)


def _of_dates(office: Office, order: "Order", letter: Letter, routes: tuple["Route", ...]) -> Iterator[Finding]:
    sheet = letter.sheet
    asked: list[tuple[str, str, Moment, int]] = []
    if sheet.latest_delivery is not None:
        asked.append(("", "latest_delivery", sheet.latest_delivery, 1))
    if sheet.reply_by is not None:
        asked.append(("", "reply_by", sheet.reply_by, 2))
    gone = {"lapses_at": 2, "due": 1}
    for clause in letter.clauses:
        asked += [
            (clause.number, of, date, gone[of]) for of, date in clause.dates if of in gone and isinstance(date, Moment)
        ]
    if not asked:
        return
    from backchannel.desk.latency import latency

    times = [latency(office, order.to, route.hops[0] if route.hops else b"") for route in routes]
    best = min((one for one in times if one is not None), key=lambda one: one.p90, default=None)
    if best is None:
        return
    for where, kind, date, ways in asked:
        yield from _of_date(office.now, best, where, kind, date, ways)


def _of_date(now: int, way: "Latency", where: str, kind: str, date: Moment, ways: int) -> Iterator[Finding]:
    """ways: how often the way is gone before then: there, or there and back."""
    desk = DESK_SECONDS if ways > 1 else 0
    usual, slow = now + ways * way.p50 + desk, now + ways * way.p90 + desk
    if date.unix >= slow:
        return
    hardly = "can hardly be met" if date.unix >= usual else "cannot be met"
    there = "there and back, with a day at their desk" if ways > 1 else "there"
    why = (
        f"{kind} {hardly}: by the {way.legs} recorded times of this way, {there} takes"
        f" {_days(ways * way.p50 + desk)}, nine times in ten at most {_days(ways * way.p90 + desk)}"
    )
    yield Finding(where, why, "Choose a later date, a date counted from handover, or a faster way.", stops=False)


def _days(seconds: int) -> str:
    return f"{seconds / 86_400:.1f} days" if seconds >= 86_400 else f"{seconds / 3600:.1f} hours"


def _against_board(office: Office, letter: Letter, board: "Board") -> Iterator[Finding]:
    from backchannel.desk.standing import record_of
    from backchannel.terms.facts import Dated, Fact
    from backchannel.terms.offers import whole
    from backchannel.terms.records import NOTHING_SAID

    offers = {offer.letter.id: offer for offer in board.offers}
    mine = record_of(office, letter)
    dated = Dated(mine, NOTHING_SAID, NOTHING_SAID, ANY_TIME)
    for position, act in enumerate(letter.acts, 1):
        offer = offers.get(act.on.letter or b"") if act.on is not None else None
        if act.on is None or offer is None:
            continue
        n = office.state.entry_of(offer.letter.id)
        if act.kind == "accept" and act.on.act is None:
            if whole(Fact(act, dated, position), offer.letter) == "changed":
                why = f"this changes something of letter {n}: it would be a counter-offer, and end the offer"
                yield Finding("accept", why, "Repeat its clauses unchanged, or write counter.", stops=False)
            if offer.state in _OVER:
                why = f"the offer of letter {n} has ended ({offer.state}): an acceptance does nothing"
                yield Finding("accept", why, "Ask its author to extend it, or make an offer of your own.", stops=False)
        if act.kind == "withdraw" and offer.state in ("accepted", "not_yet_in_force"):
            why = f"the offer of letter {n} is accepted: taking it back does nothing"
            yield Finding("withdraw", why, "Propose to end it.", stops=False)
        if act.kind == "declare" and act.on.clause:
            yield from _of_declaration(office, board, act, n)
    yield from _clashes(office, letter, board)


def _of_declaration(office: Office, board: "Board", act: Act, n: int) -> Iterator[Finding]:
    assert act.on is not None
    key = (act.on.letter, act.on.clause)
    one = next((one for one in board.clauses if one.key == key), None)
    if one is None:
        yield Finding("declare", f"letter {n} has no clause {act.on.clause}", "Name one that it has.", stops=False)
    elif one.state == "offered":
        why = f"the offer of letter {n} is open: a declaration is no acceptance, and its reader will ask"
        yield Finding("declare", why, "Accept the offer first.", stops=False)
    elif isinstance(one.clause.declares, bytes) and one.clause.declares != office.state.office:
        why = f"clause {n}/{act.on.clause} names another office to declare it: this is said, and releases nothing"
        yield Finding("declare", why, "Ask that office to declare it.", stops=False)


def _clashes(office: Office, letter: Letter, board: "Board") -> Iterator[Finding]:
    """Live clauses that this letter contradicts: the same text to do and not to do, two texts under one number."""
    replaced = {
        (link.to.letter, link.to.clause)
        for clause in letter.clauses
        for link in clause.links
        if link.kind == "replaces"
    }
    answered = {
        act.on.letter for act in letter.acts if act.on is not None and act.kind in ("accept", "counter", "correct")
    }
    ours = {body.lang for body in letter.bodies}
    for one in board.clauses:
        if one.state not in _LIVE or one.key in replaced or one.letter in answered or one.clause.kind == "provision":
            continue
        offer = board.facts.letters[one.letter].letter
        if {offer.author, offer.reader} != {office.state.office, letter.sheet.recipient}:
            continue
        n = office.state.entry_of(one.letter)
        for clause in letter.clauses:
            same = any(clause.text_in(lang) == one.clause.text_in(lang) for lang in ours)
            promises = clause.bound == one.clause.bound and clause.kind == one.clause.kind == "undertaking"
            if promises and same and clause.doing != one.clause.doing:
                why = f"contradicts {n}/{one.clause.number}: the same office is bound to do and not to do the same"
                mend = f"Write replaces: {n}/{one.clause.number}, or leave it out."
                yield Finding(clause.number, why, mend, stops=False)
            if clause.number == one.clause.number and clause.kind == one.clause.kind and not same:
                why = f"{n}/{one.clause.number} is live and says something else under the same number"
                mend = f"Give it another number, or write replaces: {n}/{one.clause.number}."
                yield Finding(clause.number, why, mend, stops=False)
