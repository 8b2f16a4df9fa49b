"""The sentences for what the line of time has as codes, and all its fixed words in Arabic and Persian.

Spec: docs/spec/timeline.md, "In words". English is the key, as in a catalog; what is missing is shown in English.
"""

from collections.abc import Sequence
from typing import Final

from backchannel.letters.forms import FORMS
from backchannel.letters.spoken_dates import Say, digits
from backchannel.terms.timeline import Item
from backchannel.terms.timeline_catalog import CATALOG

WHAT: Final = {
    ("letter", "written"): "letter no. {n} written and sealed",
    ("letter", "left"): "letter no. {n} had left",
    ("letter", "reached"): "letter no. {n} reached this office",
    ("letter", "opened"): "letter no. {n} opened by this desk",
    ("letter", "opened-there"): "letter no. {n} opened by its reader's desk",
    ("letter", "read"): "letter no. {n} read by a person",
    ("letter", "burnt"): "letter no. {n} burnt: that it was is all that is left",
    ("letter", "declined"): "letter no. {n} declined unread and burnt",
    ("gap", "missing"): "letter no. {n} is not here: a gap, date unknown",
    ("gap", "several"): "letters no. {n} to {m} are not here: a gap, dates unknown",
    ("custody", "given"): "given to be carried",
    ("custody", "waited"): "this office waited and heard nothing",
    ("custody", "hole"): "a hole: nobody says that it was taken",
    ("custody", "carried"): "took what it brought here",
    ("custody", "entrusted"): "entrusted to this office to be carried",
    ("custody", "accepted"): "accepted to carry it",
    ("custody", "held"): "held it for now",
    ("custody", "declined"): "declined to carry it",
    ("custody", "returned"): "returned it unopened",
    ("custody", "passed"): "passed it on",
    ("custody", "recalled"): "gave it up: it was recalled in time",
    ("custody", "SubmissionAcceptance"): "took it",
    ("custody", "SubmissionRejection"): "declined to carry it",
    ("custody", "RelayAcceptance"): "the next one took it",
    ("custody", "RelayRejection"): "the next one declined it",
    ("custody", "RelayFailure"): "could not pass it on",
    ("custody", "NotificationForAcceptance"): "told its reader that it waits",
    ("custody", "ConsignmentAcceptance"): "agreed to take it",
    ("custody", "ConsignmentRejection"): "refused it",
    ("custody", "AcceptanceRejectionExpiry"): "heard nothing by the time asked",
    ("custody", "ContentConsignment"): "put it within its reader's reach",
    ("custody", "ContentConsignmentFailure"): "could not put it within its reader's reach",
    ("custody", "ContentHandover"): "it was handed over",
    ("custody", "ContentHandoverFailure"): "it could not be handed over",
    ("custody", "ContentAccessTracking"): "it was read",
    ("custody", "RelayToNonERDS"): "went on by another carrier",
    ("custody", "x-CustodyHeld"): "holds it for now",
    ("custody", "x-CustodyReleased"): "let go of it",
    ("custody", "x-ReadAloud"): "read it aloud",
    ("custody", "x-ReturnedUnopened"): "returned it unopened",
    ("custody", "x-Recalled"): "gave it up: it was recalled in time",
    ("custody", "x-RecallTooLate"): "the recall came too late",
    ("meeting", "in_person"): "a meeting agreed for then",
    ("meeting", "call"): "a call agreed for then",
    ("readout", "in_person"): "a meeting, by its records",
    ("readout", "call"): "a call, by its records",
    ("contact", "itself"): "people without a mandate met: it speaks for itself only",
    ("contact", "ratified"): "people without a mandate met: what was said was ratified since",
    ("contact", "disowned"): "people without a mandate met: what was said was disowned since",
    ("contact", "burnt"): "a contact note was burnt",
    ("act", "propose"): "offers",
    ("act", "counter"): "makes a counter-offer",
    ("act", "accept"): "accepts",
    ("act", "decline"): "declines",
    ("act", "withdraw"): "withdraws",
    ("act", "recall"): "takes back a letter",
    ("act", "confirm"): "lets a late acceptance stand",
    ("act", "object"): "objects to a late acceptance",
    ("act", "extend"): "moves a date",
    ("act", "declare"): "declares what became of a clause",
    ("act", "dispute"): "disputes a declaration",
    ("act", "waive"): "waives a clause",
    ("act", "suspend"): "suspends a clause",
    ("act", "end"): "ends a clause",
    ("act", "reserve"): "reserves",
    ("act", "interpret"): "says how it reads a clause",
    ("act", "correct"): "corrects a clause",
    ("act", "ratify"): "ratifies what an envoy did",
    ("act", "disown"): "disowns what an envoy did",
    ("act", "notify"): "gives notice",
    ("deadline", "lapses"): "an offer lapses",
    ("deadline", "due"): "a clause is due",
    ("deadline", "until"): "last day to let it stand or object",
    ("event", "event"): "event",
    ("event", "press"): "press report",
    ("event", "election"): "election",
    ("event", "deadline"): "deadline",
    ("event", "letter"): "letter outside this register",
    ("event", "call"): "call",
    ("event", "meeting"): "meeting",
    ("event", "leak"): "leak noted",
    ("event", "announced"): "announced",
    ("event", "stopped"): "announcement stopped",
}
CERTAINTY: Final = {
    "here": "this office's own record",
    "said": "by another's word",
    "signed": "by another's signed word",
    "unchecked": "signed, by an office whose card is not here",
    "aside": "kept aside: it does not stand",
    "noted": "noted here from outside",
    "unknown": "nobody says",
}
WHEN: Final = {
    "unknown": "date unknown",
    "between": "between {first} and {last}",
    "after": "not before {first}",
    "before": "not after {last}",
    "lasting": "from {first} to {last}",
    "unknown-between": "date unknown, between {first} and {last}",
    "unknown-after": "date unknown, not before {first}",
    "unknown-before": "date unknown, not after {last}",
}
LINKS: Final = {
    "answers": "answers entry {n}",
    "answered-by": "answered by entry {n}",
    "recalls": "recalls entry {n}",
    "recalled-by": "recalled by entry {n}",
    "corrects": "corrects entry {n}",
    "corrected-by": "corrected by entry {n}",
    "declines": "declines entry {n}",
    "declined-by": "declined by entry {n}",
    "crosses": "crossed entry {n}: its writer had not opened it",
    "same-number": "bears the number of entry {n}",
    "struck-by": "struck out by entry {n}",
    "about": "about entry {n}",
}
MARKS: Final = {
    "exercise": "EXERCISE",
    "came-again": "came more than once",
    "unread": "not read yet",
    "answers-withdrawn": "ANSWERS A LETTER THAT WAS WITHDRAWN OR CORRECTED",
    "more-crossed": "crossed more of ours",
    "struck": "STRUCK OUT",
    "not-submitted": "ANNOUNCED, NOT SUBMITTED",
    "not-delivered": "ANNOUNCED BEFORE IT WAS DELIVERED",
    "settled": "it no longer matters",
    "one-sided": "one side only",
    "agreed": "agreed by both sides",
    "alike": "both records say the same",
    "differing": "BOTH RECORDS STAND AND DIFFER",
    "again": "said before",
    "forged": "FORGED: its signature does not hold",
    "future": "dated after it was heard",
    "backdated": "dated before the letter was given",
    "contradictory": "contradicts another of its statements",
    "out-of-order": "cannot have happened before what the same office says came first",
}
CALENDARS: Final = {
    "gregorian": "Gregorian",
    "umm-al-qura": "Hijri, Umm al-Qura table",
    "jalali": "Solar Hijri (Jalali), 33-year rule",
}
STANDINGS: Final = {
    "this office": "this office",
    "verified": "verified",
    "vouched": "vouched for",
    "unverified": "not verified",
    "alarm": "ALARM: its card is contradicted",
    "no card": "no card here",
}

PAGE: Final = {
    "title": "Line of time",
    "of": "Line of time of {office}",
    "zone": "Times in the zone {zone}.",
    "made": "Made {when}.",
    "calendars": "The Gregorian date decides; the others stand beside it for information.",
    "outside": "outside",
    "nothing": "Nothing is in this span.",
    "undated": "Date unknown",
    "items": "items: {n}",
    "from": "From",
    "to": "To",
    "what": "What",
    "whose": "Whose word",
    "entries": "Entries",
    "source": "source: {source}",
}
LEGEND: Final = (
    (
        '<g class="ours"><line x1="4" y1="13" x2="40" y2="3" class="way"/><circle cx="4" cy="13" r="3" class="start"/>'
        '<circle cx="40" cy="3" r="3" class="end"/></g>',
        "a letter of this office",
    ),
    (
        '<g class="theirs"><line x1="4" y1="3" x2="40" y2="13" class="way"/><circle cx="4" cy="3" r="3" class="start"/>'
        '<circle cx="40" cy="13" r="3" class="end"/></g>',
        "a letter to this office",
    ),
    (
        '<g class="ours"><line x1="4" y1="12" x2="34" y2="6" class="open"/>'
        '<circle cx="38" cy="5" r="3" class="nobody"/></g>',
        "nothing says that it came",
    ),
    (
        '<g class="ours"><rect x="4" y="5" width="34" height="6" class="somewhen"/>'
        '<circle cx="38" cy="8" r="3" class="end"/></g>',
        "it came somewhere in this time",
    ),
    ('<g class="ours"><line x1="2" y1="12" x2="42" y2="4" class="hole"/></g>', "a hole: nobody says that it was taken"),
    ('<rect x="4" y="3" width="36" height="10" rx="3" class="gap"/>', "a gap in a series, somewhere in this time"),
    ('<g class="talk"><line x1="22" y1="1" x2="22" y2="15"/><circle cx="22" cy="3" r="3"/></g>', "a meeting or a call"),
    ('<g class="event fuzzy"><rect x="4" y="4" width="36" height="8"/></g>', "an event whose date is a span"),
    ('<g class="gone"><path d="M18 4l8 8m0 -8l-8 8"/></g>', "burnt, declined, or does not stand"),
)


def speaker(lang: str) -> Say:
    """Translates fixed words; English ones for a language without them."""
    words = CATALOG.get(lang, {})
    return lambda message: words.get(message, message)


def what(item: Item, lang: str, say: Say) -> str:
    """What an item is, in one phrase."""
    first, last = item.numbers or (0, 0)
    code = "several" if item.kind == "gap" and first != last else item.what
    phrase = say(WHAT.get((item.kind, code), code))
    return phrase.format(n=digits(str(first), lang), m=digits(str(last), lang))


def further(item: Item, lang: str, say: Say) -> list[str]:
    """What else there is to say of it, a phrase each: marks first, its form, what ties it to other entries."""
    phrases = [say(MARKS.get(mark, mark)) for mark in item.marks]
    phrases += [say(FORMS[item.form].title if item.form in FORMS else "form not known")] if item.form else []
    phrases += [say(LINKS.get(link, link + " {n}")).format(n=digits(str(n), lang)) for link, n in item.links]
    if item.of and item.entries != (item.of,):
        phrases.append(say("of entry {n}").format(n=digits(str(item.of), lang)))
    return phrases


def entries(numbers: Sequence[int], lang: str, say: Say) -> str:
    """Entry numbers of the register; "" for none."""
    if not numbers:
        return ""
    listed = ", ".join(digits(str(n), lang) for n in numbers)
    return (say("entry {n}") if len(numbers) == 1 else say("entries {n}")).format(n=listed)
