"""Clauses and acts in plain words, for screen, page and paper.   Spec: docs/spec/terms.md, "Showing"."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from backchannel.letters.clauses import Act, Clause, Link, Provision, Ref, unsound
from backchannel.letters.deadlines import Deadline
from backchannel.letters.limits import Whole
from backchannel.text import for_screen
from backchannel.values import dataclass, field

Say = Callable[[str], str]


def N_(message: str) -> str:
    return message


@dataclass(frozen=True, slots=True)
class Names:
    """How this desk names what a clause or act names by id. when: a date in words.

    say: translates our own words; what a letter says is never touched.
    """

    office: Callable[[bytes], str]
    letter: Callable[[bytes], str]
    when: Callable[[Deadline], str]
    say: Say


@dataclass(frozen=True, slots=True)
class Shown:
    """A clause as it is shown. head: its number and kind; facts: what is typed beside the text, a line each.

    texts: by language; none where it is not to be read here, and the facts say why. limited_by: to be shown inside it.
    """

    number: str
    head: str
    facts: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    limited_by: tuple["Shown", ...] = ()

    def text_in(self, lang: str) -> tuple[str, str] | None:
        """(language, text): in this language, else in another; of a clause of a letter in other languages."""
        for of in (lang, *self.texts):
            if of in self.texts:
                return of, self.texts[of]
        return None


def shown(whole: Whole, names: Names) -> Shown:
    """The clause in words, with all that limits it."""
    _, clause = names.say, whole.clause
    inside = tuple(shown(one, names) for one in whole.limited_by)
    number = whole.ref.clause or ""
    where = _("in entry {n}").format(n=whole.n) if whole.n else ""
    if clause is None:
        if whole.again:
            what = _("as above: {number} {where}")
        elif whole.deeper:
            what = _("clause {number} {where}, and perhaps more: limits within limits, too many to be shown")
        elif whole.n:
            what = _("clause {number} {where}, not read here: read it with that letter")
        elif number:
            what = _("clause {number} of {letter}, which is not here")
        else:
            what = _("all that {letter} says")
        letter = names.letter(whole.ref.letter or b"")
        head = what.format(number=number, where=where, letter=letter).strip()
        return Shown(number, head, limited_by=inside)
    head = " ".join(piece for piece in (number, _(_KINDS[clause.kind]), f"({where})" if where else "") if piece)
    return Shown(number, head, tuple(facts(clause, names)), dict(clause.text), inside)


def facts(clause: Clause, names: Names) -> list[str]:
    """What is typed beside a clause's text, a line each."""
    _ = names.say
    lines: list[str] = []
    if clause.bound is not None:
        lines.append(
            (_("{who} is bound to do this") if clause.doing else _("{who} is bound not to do this")).format(
                who=names.office(clause.bound)
            )
        )
    if clause.behalf is not None:
        lines.append(_("on behalf of {who}").format(who=names.office(clause.behalf)))
    if clause.towards:
        lines.append(_("towards {whom}").format(whom=", ".join(names.office(one) for one in clause.towards)))
    if clause.how != "once":
        lines.append(_(_HOW[clause.how]))
    if clause.kind == "condition":
        lines += _condition(clause, names)
    if clause.provision is not None:
        lines += _provision(clause.provision, names)
    lines += [_(_DATES[of]).format(when=names.when(date)) for of, date in clause.dates]
    lines += [_link(link, names) for link in clause.links]
    lines += [_("amount: {amount}").format(amount=f"{one.number} {one.unit}") for one in clause.amounts]
    return lines


def _condition(clause: Clause, names: Names) -> list[str]:
    _ = names.say
    lines = []
    if clause.benefits is not None:
        lines.append(_("for the benefit of {who}").format(who=names.office(clause.benefits)))
    if isinstance(clause.declares, bytes):
        lines.append(_("whether it is met is for {who} to say").format(who=names.office(clause.declares)))
        lines.append(_(_SILENT[clause.silent]))
    else:
        lines.append(_(_DECLARES[clause.declares]))
    return lines


def _provision(rule: Provision, names: Names) -> list[str]:
    _ = names.say
    if rule.rule in ("lapses_at", "irrevocable_until") or (rule.rule, rule.value) == ("in_force", "date"):
        return []  # its date says it
    if rule.rule in ("counts_on", "in_force"):
        return [_(_CHOICES[rule.rule, rule.value])]
    value = rule.value
    if rule.rule == "usual_time":
        value = duration(rule.value, _)
    elif rule.rule == "zones":
        value = ", ".join(rule.value)
    elif rule.rule == "prevails" and rule.value == "equal":
        return [_("all languages are equal")]
    elif rule.agreed is not None:
        value = reference(rule.agreed, names)
    return [_(_RULES[rule.rule]).format(value=for_screen(str(value)) if rule.rule == "prevails" else value)]


def duration(seconds: int, _: Say) -> str:
    for size, words in ((86_400, N_("{count} days")), (3_600, N_("{count} hours")), (60, N_("{count} minutes"))):
        if seconds % size == 0:
            return _(words).format(count=seconds // size)
    return _("{count} seconds").format(count=seconds)


def _link(link: Link, names: Names) -> str:
    _ = names.say
    outcome = "" if link.kind in ("limits", "replaces") else _(_OUTCOMES[link.outcome])
    return _(_LINKS[link.kind]).format(other=reference(link.to, names), outcome=outcome)


def reference(ref: Ref, names: Names) -> str:
    """What a link or an act names."""
    _ = names.say
    if ref.letter is None:
        return ref.clause or ""
    letter = names.letter(ref.letter)
    if ref.clause is not None:
        return _("{clause} of {letter}").format(clause=ref.clause, letter=letter)
    return letter if ref.act is None else _("act {act} of {letter}").format(act=ref.act, letter=letter)


def act_line(act: Act, names: Names) -> str:
    """What an act does, in one line."""
    _ = names.say
    on = "" if act.on is None else reference(act.on, names)
    line = _(_ACTS[act.kind]).format(on=on)
    more = []
    if act.outcome is not None:
        more.append(_(_OUTCOMES[act.outcome]))
    if act.part is not None:
        more.append(for_screen(act.part))
    if act.since is not None:
        more.append(_("since {when}").format(when=f"{act.since.written} {act.since.zone}"))
    if act.date is not None:
        more.append(_(_DATES[act.of_date]).format(when=names.when(act.date)))
    if act.parties:
        more.append(_("to {whom} alike").format(whom=", ".join(names.office(one) for one in act.parties)))
    if act.ground is not None:
        more.append(_("because: {why}").format(why=for_screen(act.ground)))
    return ": ".join((line, "; ".join(more))) if more else line


def warnings(clauses: Sequence[Clause], acts: Sequence[Act], names: Names) -> list[str]:
    """What a letter that came says and cannot mean."""
    _ = names.say
    found = []
    for why, which in unsound(tuple(clauses), tuple(acts)):
        if why == "circle":
            found.append(_("{which} wait for each other: none of them would ever hold").format(which=", ".join(which)))
        else:
            lines = " / ".join(act_line(acts[int(at) - 1], names) for at in which)
            found.append(_("this letter contradicts itself: {lines}").format(lines=lines))
    return found


_KINDS: Final = {
    "undertaking": N_("undertaking"),
    "condition": N_("condition"),
    "consequence": N_("consequence"),
    "reservation": N_("reservation"),
    "exclusion": N_("not covered"),
    "provision": N_("rule of the exchange"),
}
_HOW: Final = {"throughout": N_("throughout"), "each": N_("each time")}
_DATES: Final = {
    "lapses_at": N_("the offer lapses: {when}"),
    "irrevocable_until": N_("may not be revoked until: {when}"),
    "reply_by": N_("an answer is wished by: {when}"),
    "due": N_("due: {when}"),
    "latest_delivery": N_("to be handed over by: {when}"),
    "in_force": N_("in force from: {when}"),
}
_LINKS: Final = {
    "only_if": N_("holds only once {other} is {outcome}"),
    "until": N_("ends once {other} is {outcome}"),
    "unless": N_("does not hold once {other} is {outcome}"),
    "in_return_for": N_("in return for {other}: waits until that is {outcome}"),
    "limits": N_("limits {other}"),
    "replaces": N_("replaces {other}"),
}
_OUTCOMES: Final = {
    "met": N_("met"),
    "not_met": N_("not met"),
    "kept": N_("kept"),
    "broken": N_("broken"),
    "in_part": N_("met or kept in part"),
}
_DECLARES: Final = {
    "either": N_("either side may say whether it is met"),
    "jointly": N_("both sides say together whether it is met"),
}
_SILENT: Final = {
    "jointly": N_("if that office stays silent past the date, both sides say together"),
    "either": N_("if that office stays silent past the date, either side may say"),
    "met": N_("if that office stays silent past the date, it counts as met"),
    "not_met": N_("if that office stays silent past the date, it counts as not met"),
}
_RULES: Final = {
    "prevails": N_("what the text says in {value} decides"),
    "until_withdrawn": N_("open until withdrawn"),
    "zones": N_("dates go by these zones: {value}"),
    "usual_time": N_("usual time on the way: {value}"),
    "silence_is_consent": N_("silence is consent, as agreed in {value}"),
}
_CHOICES: Final = {
    ("counts_on", "arrival"): N_("an acceptance counts when it is handed over"),
    ("counts_on", "leaving"): N_("an acceptance counts when it leaves"),
    ("in_force", "acceptance"): N_("in force once accepted"),
    ("in_force", "second_handover"): N_("in force once the second of the two letters is handed over"),
    ("in_force", "later_notice"): N_("in force on the later of two notices"),
    ("in_force", "condition"): N_("in force once its condition is met"),
}
_ACTS: Final = {
    "propose": N_("makes an offer of its clauses"),
    "counter": N_("makes another offer in place of {on}"),
    "accept": N_("accepts {on}"),
    "decline": N_("declines {on}"),
    "withdraw": N_("withdraws {on}"),
    "recall": N_("recalls {on}"),
    "confirm": N_("takes the late acceptance in {on} as in time"),
    "object": N_("objects to the late acceptance in {on}"),
    "extend": N_("gives {on} another date"),
    "declare": N_("says what came of {on}"),
    "dispute": N_("disputes {on}"),
    "waive": N_("waives {on}"),
    "suspend": N_("suspends {on}"),
    "end": N_("ends {on}"),
    "reserve": N_("makes a reservation to {on}"),
    "interpret": N_("says how it understands {on}"),
    "correct": N_("corrects {on}"),
    "ratify": N_("ratifies {on}"),
    "disown": N_("disowns {on}"),
    "notify": N_("gives notice of {on}"),
}
