"""Standing in plain words: states, why, and what would settle it.   Spec: docs/spec/standing.md."""

from typing import Final

from backchannel.cli.text import _
from backchannel.cli.words import N_

OFFERS: Final = {
    "drafted": N_("drafted, not sealed"),
    "unmandated": N_("nobody's: its envoy had no authority for it, and nobody has ratified"),
    "withdrawn": N_("withdrawn"),
    "not_open": N_("not open: it was delivered too late"),
    "on_its_way": N_("on its way, so far"),
    "open": N_("OPEN, so far"),
    "accepted": N_("ACCEPTED"),
    "not_yet_in_force": N_("ACCEPTED, not yet in force"),
    "awaiting_others": N_("accepted by one; waits for the others"),
    "ended_for_all": N_("ended: another to whom it was made has declined or countered it"),
    "declined": N_("declined"),
    "countered": N_("answered by a counter-offer"),
    "revoked": N_("revoked"),
    "lapsed": N_("lapsed, so far"),
    "unclear": N_("UNCLEAR"),
    "stated": N_("stated: it binds its writer alone"),
}
CLAUSES: Final = {
    "offered": N_("offered"),
    "not_agreed": N_("not agreed"),
    "unclear": N_("UNCLEAR"),
    "twin": N_("binds through the equal offer that was accepted earlier"),
    "claimed": N_("claimed: nobody has agreed to it"),
    "not_yet_in_force": N_("agreed, not yet in force"),
    "in_force": N_("IN FORCE"),
    "open": N_("open, so far: nobody has declared it"),
    "waiting": N_("waiting"),
    "past_undeclared": N_("PAST ITS DATE, undeclared"),
    "said_met": N_("met, by the word of {who}"),
    "said_not_met": N_("not met, by the word of {who}"),
    "said_kept": N_("kept, by the word of {who}"),
    "said_broken": N_("BROKEN, by the word of {who}"),
    "in_part": N_("in part, by the word of {who}"),
    "agreed": N_("agreed by both: {outcome}"),
    "disputed": N_("DISPUTED"),
    "waived": N_("waived"),
    "suspended": N_("suspended"),
    "ended": N_("ended"),
}
OUTCOMES: Final = {
    "met": N_("met"),
    "not_met": N_("not met"),
    "kept": N_("kept"),
    "broken": N_("broken"),
    "in_part": N_("in part"),
}
KNOWN: Final = {
    "theirs": N_("theirs"),
    "opened": N_("they have opened it"),
    "in_their_hands": N_("in their hands, opened or not"),
    "not_known": N_("nothing shows that they have it"),
}
SETTLES: Final = {
    "when_left": N_("show when it left, by the word of who carried it"),
    "when_reached": N_("show when it reached"),
    "restated_whole": N_("accept it again, with all its clauses repeated"),
    "confirm_or_object": N_("its author confirms or objects"),
    "missing_letters": N_("the letters that are missing or not opened"),
    "its_author": N_("who wrote it says what is meant"),
    "when_lapse_began": N_("show from when its last day is counted"),
}
WORDS: Final = {
    "carrier": N_("carrier"),
    "station": N_("reader's station"),
    "sender": N_("sender"),
}
CHANGES: Final = {
    "handover": N_("that it is handed over"),
    "accept": N_("an acceptance"),
    "decline": N_("a decline"),
    "counter": N_("a counter-offer"),
    "withdraw": N_("its author takes it back"),
    "extend": N_("its author makes it longer"),
    "confirm": N_("its author confirms"),
    "object": N_("its author objects"),
    "ratify": N_("its principal ratifies"),
    "notify": N_("its author says that the others have accepted"),
    "entry": N_("what it enters into force by"),
    "declare": N_("a declaration"),
    "waive": N_("who benefits waives it"),
    "evidence": N_("evidence of an act that counted before"),
}
BARRED: Final = {
    "type": N_("an exercise is not an operation"),
    "not_theirs": N_("it is not theirs to do"),
    "not_to_them": N_("it went to somebody else"),
    "beyond": N_("its envoy went beyond its credence"),
    "disowned": N_("its principal has disowned it"),
    "recalled": N_("it was recalled in time"),
}
ASIDE: Final = {
    "future": N_("it is dated after now"),
    "too_late": N_("it is dated later than it can be"),
    "outranked": N_("another's word goes before it"),
    "contradicts": N_("it contradicts another of its kind"),
}
WHY: Final = {
    "accepted_in_time": N_("an acceptance of all of it counted in time"),
    "late_sent_in_time": N_(
        "the acceptance came late, and a carrier shows that it left in time:"
        " it holds unless the author objects without delay"
    ),
    "late_sent_late": N_(
        "the acceptance came late and had left late: it holds only if the author confirms without delay"
    ),
    "late_confirmed": N_("the acceptance came late, and the author confirms it"),
    "late_objected": N_("the acceptance came late, and the author objected"),
    "late_left_by_own_word": N_("the acceptance came late, and only its own writer says that it left in time"),
    "late_and_no_usual_time": N_("the acceptance came late, and the offer names no usual time to measure by"),
    "late_sent_in_time_unclear": N_("the acceptance came late, and when it left is not known closely enough"),
    "accepted_in_time_unclear": N_("whether the acceptance counted in time cannot be told"),
    "accepted_or_declined_first": N_("whether it was accepted or declined first cannot be told"),
    "accepted_or_countered_first": N_("whether it was accepted or countered first cannot be told"),
    "accepted_or_revoked_first": N_("whether the acceptance had left when the revocation reached cannot be told"),
    "accepted_after_declined": N_("the acceptance came after a decline"),
    "accepted_after_countered": N_("the acceptance came after a counter-offer"),
    "accepted_after_revoked": N_("the acceptance left after the revocation reached"),
    "accepted_under_way": N_("an acceptance is under way"),
    "under_way": N_("an acceptance is under way"),
    "after_lapse": N_("an act came after the offer had lapsed: it does nothing"),
    "accepted_without_effect": N_("it was accepted, and could not be: that does nothing. Ask what was meant"),
    "contradicts_itself": N_("a letter says two things that cannot both be meant"),
    "ratified_unclear": N_("whether its principal ratified it cannot be told"),
    "accepted_over_a_hole": N_("an answer that would end it may lie among letters that are missing"),
    "silence_not_yet_agreed": N_("whether what makes silence consent was already in force cannot be told"),
    "countered_in_time_unclear": N_("whether a counter-offer left in time cannot be told"),
    "not_restated": N_("a signed acceptance of an offer without signature must repeat all its clauses"),
    "irrevocable": N_("a revocation came while it was irrevocable: it does nothing"),
    "confirm_too_late": N_("the author confirms too late"),
    "object_too_late": N_("the author objected too late"),
    "confirm_in_time_unclear": N_("whether the author confirms without delay cannot be told"),
    "object_in_time_unclear": N_("whether the author objected without delay cannot be told"),
    "confirmed_or_objected_first": N_("whether the author confirms or objects first cannot be told"),
    "recall_in_time_unclear": N_("whether the recall or the letter came first cannot be told"),
    "times_contradict": N_("what is said of when it reached contradicts itself"),
    "not_reached": N_("nothing shows that it reached"),
    "not_sealed": N_("it is a draft"),
    "withdrawn_in_time": N_("the withdrawal reached before or with the offer"),
    "withdrawal_or_offer_first": N_("whether the withdrawal or the offer reached first cannot be told"),
    "delivered_too_late": N_("it was to be handed over earlier; its author can extend it"),
    "delivery_in_time_unclear": N_("whether it was handed over in time cannot be told"),
    "lapsed": N_("its last day has passed"),
    "lapsed_on_its_way": N_("its last day has passed, and nothing shows that it reached"),
    "lapse_not_known": N_("its last day is counted from something whose time is not known closely enough"),
    "lapsed_over_a_hole": N_("its last day has passed, and an answer may lie among letters that are missing"),
    "open_over_a_hole": N_("an act may lie among letters that are missing or not opened"),
    "open": N_("nothing has ended it"),
    "declined": N_("it was declined"),
    "countered": N_("something was changed, added or left out"),
    "revoked": N_("its author took it back, and no acceptance had left"),
    "declined_unclear": N_("whether it was declined cannot be told"),
    "countered_unclear": N_("whether it was countered cannot be told"),
    "revoked_unclear": N_("whether it could still be taken back cannot be told"),
    "decline_left_in_time": N_("a decline left in time, so silence is no consent"),
    "declined_in_time_unclear": N_("whether a decline left in time cannot be told"),
    "silence_is_consent": N_("nobody declined in time, and a provision in force makes silence consent"),
    "extension_in_time_unclear": N_("whether the author's extension left in time cannot be told"),
    "extension_not_longer": N_("an extension names no later date: it does nothing"),
    "beyond": N_("its envoy went beyond its credence"),
    "disowned": N_("its principal has disowned it"),
    "recalled": N_("it was recalled in time"),
    "stated": N_("it offers nothing"),
    "consented": N_("the other side has answered it by name"),
    "awaits_consent": N_("it binds once the other side accepts it by name"),
    "awaits_others": N_("all to whom it was made must accept"),
    "another_declined": N_("another to whom it was made declined it"),
    "another_countered": N_("another to whom it was made countered it"),
    "another_lapsed": N_("another to whom it was made let it lapse"),
    "another_revoked": N_("its author took it back from another to whom it was made"),
    "another_withdrawn": N_("its author took it back from another to whom it was made"),
    "another_not_open": N_("it was delivered too late to another to whom it was made"),
    "copies_differ": N_("its copies to others are not equal"),
    "others_by_authors_word": N_("its author says that the others have accepted"),
    "acceptance_recalled": N_("the acceptance was recalled before the last one reached"),
    "entry_into_force": N_("what it enters into force by has not come"),
    "twin": N_("an equal offer crossed it and was accepted earlier: both bind once"),
    "corrected": N_("both took a correction of its text"),
    "correction_unclear": N_("whether both took a correction of its text cannot be told"),
    "extension_unclear": N_("whether both moved its date cannot be told"),
    "reserved": N_("both took a reservation to it"),
    "reserved_unclear": N_("whether both took a reservation to it cannot be told"),
    "interpreted": N_("both took a reading of it"),
    "interpreted_unclear": N_("whether both took a reading of it cannot be told"),
    "ended_unclear": N_("whether both ended it cannot be told"),
    "suspended_unclear": N_("whether both suspended it cannot be told"),
    "extended": N_("both moved its date"),
    "replaced": N_("a clause agreed later replaces it"),
    "ended_by_both": N_("both ended it"),
    "suspended_by_both": N_("both suspended it"),
    "waived": N_("who it benefits waived it"),
    "not_theirs_to_waive": N_("somebody waived it who does not benefit from it: that does nothing"),
    "not_theirs_to_declare": N_("somebody declared it who may not: that does nothing"),
    "said_by_one_not_named": N_("somebody declared it, and the clause names another office for that"),
    "declares_what_it_cannot_be": N_("a declaration says what such a clause cannot be: that does nothing"),
    "declared_on_an_open_offer": N_(
        "a declaration about it came while the offer is open: it is no acceptance. Ask what was meant"
    ),
    "stated_for_another": N_("its writer cannot bind another"),
    "declared_last_unclear": N_("which of two declarations by one side is the later cannot be told"),
    "declared_of_no_date": N_("a declaration does not say of which time it is: that does nothing"),
    "named_office_fell_away": N_("the office named to declare it will not"),
    "named_office_in_time_unclear": N_("whether the office named to declare it spoke in time cannot be told"),
    "named_office_silent_over_a_hole": N_("its declaration may lie among letters that are missing"),
    "named_office_silent": N_("the office named to declare it has been silent past the date"),
    "each_waits_for_the_other": N_("it and another clause wait for each other"),
    "hangs_on_what_is_not_here": N_("it hangs on a clause that is not here"),
    "past_its_date": N_("its date has passed, and nobody has said what became of it"),
    "date_not_known_exactly": N_("its date may have passed: what it is counted from is not known closely enough"),
    "until_met": N_("it held until a condition was met"),
    "until_not_met": N_("it held until a condition was not met"),
    "unless_met": N_("it does not hold: what it excepts was met"),
    "unless_not_met": N_("it does not hold: what it excepts was not met"),
    "only_if_failed": N_("its condition was not met"),
    "in_return_for_failed": N_("what it was in return for was broken"),
    "agreed": N_("both sides say the same"),
    "disputed": N_("the two sides say different things"),
    "said_met": N_("declared met"),
    "said_not_met": N_("declared not met"),
    "said_kept": N_("declared kept"),
    "said_broken": N_("declared broken"),
    "said_in_part": N_("declared met or kept in part"),
}  # fmt: skip


def why(code: str) -> str:
    """A reason in words. Those that say how another clause or the offer stands are made of that state's words."""
    if code in WHY:
        return _(WHY[code])
    if code.startswith("waits_"):
        return _("it waits for another clause: {state}").format(state=_clause_word(code.removeprefix("waits_")))
    if code.startswith("offer_"):
        return _("the offer: {state}").format(state=_(OFFERS[code.removeprefix("offer_")]))
    kind = code.split("_", 1)[0]
    return _("what it hangs on came out so that it ended ({kind})").format(kind=kind)


def _clause_word(state: str) -> str:
    return clause_state(state, "", "")


def clause_state(state: str, who: str, outcome: str) -> str:
    """A clause's state in words. who: by whose word; outcome: what both agree on."""
    word = _(OUTCOMES[outcome]) if outcome in OUTCOMES else ""
    return _(CLAUSES[state]).format(who=who or _("one side"), outcome=word)
