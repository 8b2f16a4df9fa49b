"""The sentences for what the desk knows as codes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from backchannel.cli.common import moment
from backchannel.cli.text import _
from backchannel.desk.events import Opened, Written
from backchannel.desk.later import imported_when_used
from backchannel.text import for_screen

if TYPE_CHECKING:
    from backchannel.desk.reading import Shown, Whereabouts
    from backchannel.desk.sealing import Plan, PlannedRoute
    from backchannel.desk.states import Correspondent, LetterState
    from backchannel.letters.letter import Letter
    from backchannel.seals.panel import Line

with imported_when_used():
    from backchannel.letters import forms, parts, versions


def N_(message: str) -> str:
    return message


PANEL: Final = {
    "both-desks": N_("both desks, as long as they keep it"),
    "impostor-card": N_("whoever handed you a false card: the safety number was not compared"),
    "impostor-vouched": N_(
        "the go-betweens who vouched for this office, if all of them lie: the safety number was not compared"
    ),
    "key-destroyed": N_("nobody from the sealed bytes: the key that opens them is destroyed"),
    "thief-of-envelope": N_(
        "who steals this envelope's key and token from the reader's desk before it is opened, until {until}"
    ),
    "thief-of-standing-and-token": N_("who steals the reader's standing key, link key and this token, until {until}"),
    "thief-of-standing": N_("who steals the reader's standing key and link key, until {until}"),
    "go-betweens-cannot": N_("the go-betweens that carry it"),
    "go-betweens": N_("each go-between: from whom it takes a sealed letter, for whom, and when"),
    "custody-beside-letter": N_(
        "you, with a signed custody statement and this letter's sealed bytes: that this carrier took exactly these"
        " bytes from you for this reader; and together with a reader that kept its key, also what they say"
    ),
    "relay-and-line": N_("the relay, and who watches the line"),
    "anyone-shown-signed": N_("whoever is shown it can prove that its writer wrote it to its reader, for ever"),
    "nobody-unsigned": N_("anyone at all, the reader included: the reader could have made it alone"),
    "thief-of-signing-keys": N_("who steals the writer's signing keys"),
    "thief-of-token-and-link": N_("who steals a link key and this token; and the reader, for the reader's own eyes"),
    "thief-of-link": N_("who steals the reader's link key; and the reader, for the reader's own eyes"),
    "line-direct": N_("who watches your line: that this station speaks with the relay, and when it posts"),
    "line-tor": N_("who watches your line: that this station uses the proxy, and when"),
    "relay-when": N_("the relay: that your address posted, when and how much"),
    "relay-when-tor": N_("the relay: that someone posted to this shard, when and how much"),
    "relay-who": N_("the relay: which of the shard's offices receives it, or what it is"),
}
QUESTIONS: Final = {
    ("read", True): N_("can read it"),
    ("read", False): N_("cannot read it"),
    ("prove", True): N_("can prove it"),
    ("prove", False): N_("cannot prove it"),
    ("forge", True): N_("can forge one like it"),
    ("forge", False): N_("cannot forge one like it"),
    ("notice", True): N_("can notice it"),
    ("notice", False): N_("cannot notice"),
}
VIA: Final = {
    "envelope": N_("on one of their return envelopes (its key is destroyed when it is opened)"),
    "standby": N_(
        "on their standing seal with a standby token (no return envelope is left: the key lives until its period ends)"
    ),
    "zero": N_("on their standing seal, without a token yet (a first letter)"),
}

# In which capacity somebody takes part in a meeting, or reads, interprets or hears a letter.
CAPACITIES: Final = {
    "principal": N_("principal"),
    "envoy": N_("envoy"),
    "official": N_("official"),
    "expert": N_("expert"),
    "interpreter": N_("interpreter"),
    "private": N_("private person"),
}
STANDINGS: Final = {
    "handed-over": N_("handed over"),
    "declined": N_("declined"),
    "returned": N_("returned unopened"),
    "recalled": N_("given up: recalled in time"),
    "failed": N_("not passed on"),
    "in-reach": N_("within its reader's reach"),
    "read-aloud": N_("read aloud, not handed over"),
    "passed": N_("passed on"),
    "held": N_("held for now"),
    "taken": N_("taken"),
    "unclear": N_("unclear: statements contradict each other"),
    "silent": N_("silent: no word by the time asked"),
    "no-word": N_("no word yet"),
}


def panel(lines: tuple[Line, ...]) -> list[str]:
    """The who-could panel, a line each."""
    return [
        "  " + _(QUESTIONS[line.question, line.can]) + ": " + _(PANEL[line.code]).format(until=moment(line.until))
        for line in lines
    ]


def signed_or_not(signed: bool, by_default: bool = False) -> str:
    if not signed:
        return _("DENIABLE: the reader is certain it is yours and can prove it to nobody")
    if by_default:
        return _(
            "SIGNED, because this office has not answered yet: provable by whoever is shown it (--deniable changes it)"
        )
    return _("SIGNED: provable by whoever is shown it")


def office_name(other: Correspondent) -> str:
    """Its name with its trust: never one without the other."""
    own = f" ({for_screen(other.name)})" if other.name and other.name != other.display else ""
    alarm = ", " + _("ALARM: {why}").format(why=_(other.alarm.why)) if other.alarm else ""
    return f"{for_screen(other.display)}{own} [{trust_of(other)}{alarm}]"


def trust_of(other: Correspondent) -> str:
    """How far its card is trusted; of one that is vouched for, by whom."""
    if other.trust != "vouched":
        return _(other.trust)
    names = ", ".join(for_screen(one.by.display) for one in other.vouchers)
    if len(other.vouchers) == 1:
        return _("vouched for by {name}").format(name=names)
    return _("vouched for by {names}, who agree").format(names=names)


def plan_lines(plan: Plan) -> list[str]:
    """What is about to happen."""
    return [
        _("To:      {office}").format(office=office_name(plan.to)),
        _("Form:    {form} - {title}").format(form=plan.form, title=_(forms.FORMS[plan.form].title)),
        _("Type:    {type}").format(type=_("EXERCISE") if plan.exercise else _("OPERATION")),
        _("It is    {how}").format(how=signed_or_not(plan.signed, plan.default_signed)),
        _("Sealed   {via}").format(via=_(VIA[plan.via])),
        *(route_line(plan, route) for route in plan.routes),
        _("Size:    {pouches} pouches of 32 KiB; posted in about {minutes} min, both stations running").format(
            pouches=plan.pouches, minutes=-(-plan.seconds // 60)
        ),
        _("It can be opened until {until}").format(until=moment(plan.key_until)),
        *(_("MIND     {finding}").format(finding=for_screen(f"{one}. {one.mend}")) for one in plan.findings),
        "",
        *panel(plan.panel),
    ]


def route_line(plan: Plan, planned: PlannedRoute) -> str:
    """One way, carrier by carrier."""
    if not planned.carriers:
        return _("Way:     relay {url}").format(url=for_screen(planned.address.url))
    ends = [*planned.carriers, plan.to]
    custody = _("signed evidence") if planned.route.custody == "signed" else _("oral evidence")
    return _("Way:     {way}; {custody}; silence counts from {when}").format(
        way=" > ".join(office_name(one) for one in ends), custody=custody, when=moment(planned.by)
    )


def where(found: Whereabouts) -> str:
    """Where a letter of ours is, in words."""
    match found.place:
        case "waiting":
            return _("waiting here for the station")
        case "posted":
            return _("on the relay until {until}").format(until=moment(found.until))
        case "opened":
            if found.shown_by:
                return _("opened, as their letter {number} shows").format(number=found.shown_by)
            return _("opened, as an empty letter of theirs shows")
        case "declined":
            return _("declined unread by its reader, as their letter {number} says").format(number=found.shown_by)
        case "carried":
            assert found.leg is not None
            return _("with go-betweens: {where}").format(where=_(STANDINGS[found.leg.standing]))
        case "lost":
            return _("no longer on their desk, which was restored: `letter again` seals it afresh")
        case "refused":
            return _("refused by the relay: {why}").format(why=_(found.reason or ""))
    return _("no sign yet")


def proof(letter: LetterState) -> str:
    """How certain a letter that came is."""
    event = letter.event
    if not isinstance(event, Opened):
        return ""
    if event.signed:
        return _("signed")
    if event.weaker == "first":
        return _("unsigned, weaker proof: a first letter, whoever stole our link key could have made it")
    if event.weaker == "restored":
        return _("unsigned, weaker proof: their desk says it was restored and has no token of ours")
    return _("unsigned, certain for us alone")


def state_word(letter: LetterState) -> str:
    if letter.declined_at:
        return _("declined")
    if letter.burnt_at:
        return _("burnt")
    if letter.ours:
        return _("sent")
    return _("read") if letter.read_at else _("unread")


def until_words(at: datetime | None) -> str:
    return moment(at)


def version_lines(letter: Letter) -> list[str]:
    """Who translated what, and who answers for versions that differ. Of a text that is not here, it says so."""
    docket = letter.docket
    texts = {part.digest: part.content.lang for part in letter.parts if isinstance(part.content, parts.Body)}
    lines = [
        _("The text in {lang} was translated by {by} from {source}").format(
            lang=one.lang, by=for_screen(one.by), source=texts.get(one.source) or _("a text that is not in this letter")
        )
        for one in docket.translations
    ]
    if docket.mismatch is not None:
        one, other = (for_screen(name) for name in docket.mismatch.by)
        lines.append(
            _("THE VERSIONS DIFFER. {one} and {other} accept that: {why}").format(
                one=one, other=other, why=for_screen(docket.mismatch.why)
            )
        )
        for found in docket.mismatch.found:
            what = _(versions.WHAT.get(found.category, "")) or for_screen(found.category)
            clause = f"{for_screen(found.clause)}: " if found.clause else ""
            told = _("the texts in {one} and {other} differ in {what}")
            lines.append(
                "  " + clause + told.format(one=for_screen(found.one), other=for_screen(found.other), what=what)
            )
    return lines


def shown_head(shown: Shown) -> list[str]:
    """What stands above a letter's text."""
    sheet, event = shown.letter.sheet, shown.state.event
    assert event is not None
    kind = _("EXERCISE") if sheet.type == "exercise" else _("OPERATION")
    way = _("To") if shown.state.ours else _("From")
    lines = [
        f"{kind} - {sheet.form}",
        f"{way}: {office_name(shown.other)}",
        _("Number: {number}   Entry: {n}").format(number=shown.state.number, n=shown.state.n),
        _("Words of: {origin}").format(origin=_(sheet.origin)),
        _("Date: {date}").format(date=f"{sheet.date.written} [{sheet.date.zone}] {sheet.date.calendar}"),
    ]
    if sheet.reference:
        lines.append(_("Reference: {reference}").format(reference=for_screen(sheet.reference)))
    for name, value in ((_("Reply by"), sheet.reply_by), (_("Deliver by"), sheet.latest_delivery)):
        if value is not None:
            others = ", ".join(
                f"{c} {value.shown(c)}" for c in ("gregorian", "umm-al-qura", "jalali") if value.shown(c)
            )
            lines.append(f"{name}: {others} [{value.zone}]")
    if isinstance(event, Opened):
        lines.append(_("Proof: {proof}").format(proof=proof(shown.state)))
        lines.append(
            _("Left by {left}, reached this office {reached}").format(
                left=moment(event.left_by), reached=moment(event.reached)
            )
        )
        if shown.crossed:
            numbers = ", ".join(map(str, shown.crossed))
            lines.append(
                _("CROSSED: written before your letters no. {numbers} were opened there").format(numbers=numbers)
            )
        if event.late:
            lines.append(_("LATE: sealed on a return envelope past its date"))
        if event.twin_of:
            lines.append(_("ALARM: another text came under the same number, entry {n}").format(n=event.twin_of))
    if isinstance(event, Written):
        lines.append(signed_or_not(event.signed))
    handling = shown.letter.docket.handling
    lines += [
        f"{_(name.replace('_', ' ').capitalize())}: {for_screen(value)}"
        for name in ("distribution", "attribution", "comment_policy", "retention", "carriage")
        if (value := getattr(handling, name))
    ]
    if handling.exempted:
        names = ", ".join(for_screen(one.name) for one in handling.exempted)
        lines.append(_("Must NOT be told: {names}").format(names=names))
    if handling.may_know:
        lines.append(_("May be told: {names}").format(names=", ".join(for_screen(one) for one in handling.may_know)))
    if handling.instructions:
        lines.append(_("Instructions: {text}").format(text=for_screen(handling.instructions)))
    if shown.letter.docket.unknown:
        lines.append(
            _("The docket has fields this version does not know: {names}").format(
                names=", ".join(for_screen(name) for name in shown.letter.docket.unknown)
            )
        )
    return lines
