"""The sentences for on whose authority a letter speaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from backchannel.cli.aloud import paraphrase_lines
from backchannel.cli.common import moment
from backchannel.cli.text import _
from backchannel.cli.ways import name_of
from backchannel.cli.words import N_
from backchannel.desk.later import imported_when_used
from backchannel.text import for_screen

if TYPE_CHECKING:
    from backchannel.conveyance.credence import Judgement, Word
    from backchannel.desk.desk import Desk
    from backchannel.desk.states import LetterState

with imported_when_used():
    from backchannel.conveyance import credence

VERBS: Final = {
    "carry": N_("carry"),
    "explain": N_("explain"),
    "explore": N_("explore"),
    "negotiate": N_("negotiate"),
    "initial": N_("initial"),
    "commit": N_("commit"),
}
WHY: Final = {
    "itself": N_("it names no credence"),
    "unknown": N_("no such credence is here"),
    "copied": N_("the credence it names is another envoy's"),
    "other-audience": N_("its credence is for another audience"),
    "recalled": N_("its credence was recalled"),
    "denied": N_("the principal, asked, said no"),
    "not-yet": N_("its credence had not begun when it came"),
    "expired": N_("its credence had run out when it came"),
    "wider": N_("it was passed more than its giver had, or what was not to be passed on"),
    "beyond-verb": N_("its credence does not let it do that"),
    "beyond-matter": N_("its credence is about other matters"),
    "unverified": N_("the card of its principal was never verified here"),
}
STANDINGS: Final = {**WHY, "valid": N_("counts today"), "not-yet": N_("not yet"), "expired": N_("run out")}
STANDINGS.update({"recalled": N_("recalled"), "denied": N_("denied by its principal")})
ANSWERS: Final = {"yes": N_("yes"), "no": N_("no"), "no-comment": N_("no comment")}


def banner(desk: Desk, letter: LetterState) -> list[str]:
    """On whose authority a letter speaks, the verdict first; nothing where it is in its office's own words."""
    found = desk.judge(letter)
    if found is None:
        return list(paraphrase_lines(desk, letter))
    envoy = desk.state.office if letter.ours else letter.office
    letter_id = letter.event.letter_id if letter.event else b""
    return [*judged(desk, found), *_asked(desk, envoy, letter_id)]


def judged(desk: Desk, found: Judgement) -> Iterator[str]:
    """What a judgement says, a line each, the verdict first."""
    claim, later = found.claim, found.later
    if found.verdict == "ratified" and later is not None:
        yield _("RATIFIED by {principal}, {when}, {how}").format(
            principal=name_of(desk, later.by),
            when=moment(_at(later)),
            how=_("signed") if later.signed else _("unsigned"),
        )
    elif found.carried and claim is not None:
        yield _("SPOKEN FOR {principal}").format(principal=name_of(desk, claim.principal))
    else:
        yield _("SPEAKS FOR ITSELF ONLY: {why}").format(why=_(WHY[found.verdict]))
    if claim is not None:
        yield _("It claims to carry the word of {principal}, to {verb}, on: {matter}").format(
            principal=name_of(desk, claim.principal),
            verb=_(VERBS[claim.verb]),
            matter=for_screen(claim.matter) if claim.matter else _("no matter named"),
        )
    for one in found.chain:
        yield from _credence(desk, one)
    if found.confirmed is not None:
        yield _("Its giver last stood by it {when}, by its own clock").format(when=moment(found.confirmed))
    if found.since_ended:
        yield _("Since then the credence has been recalled or denied")
    if later is not None and isinstance(later.what, credence.Ratification) and later.what.word == "disowned":
        yield _("{principal} has disowned it since, {when}").format(
            principal=name_of(desk, later.by), when=moment(_at(later))
        )


def brief(desk: Desk, letter: LetterState) -> str:
    """The same in a word or two, for lists; the origin where it is in its office's own words."""
    found = desk.judge(letter)
    if found is None and letter.paraphrase:
        return _("PARAPHRASE") + ", " + _(letter.event.origin if letter.event else "")
    if found is None:
        return _(letter.event.origin) if letter.event else ""
    if not found.carried:
        return _("SPEAKS FOR ITSELF ONLY")
    principal = found.later.by if found.verdict == "ratified" and found.later else found.claim and found.claim.principal
    return _("for {principal}").format(principal=name_of(desk, principal or b""))


def as_json(desk: Desk, letter: LetterState) -> dict[str, Any] | None:
    """The judgement for machines; None where a letter is in its office's own words."""
    found = desk.judge(letter)
    if found is None:
        return None
    claim = found.claim
    return {
        "verdict": found.verdict,
        "speaks_for": _speaks_for(found),
        "principal": claim.principal.hex() if claim else None,
        "credence": claim.credence.hex() if claim else None,
        "verb": claim.verb if claim else None,
        "matter": claim.matter if claim else None,
        "chain": [one.by.hex() for one in found.chain],
        "confirmed": found.confirmed,
        "since_ended": found.since_ended,
        "later": found.later.what.word if found.later and isinstance(found.later.what, credence.Ratification) else None,
    }


def _speaks_for(found: Judgement) -> str | None:
    if not found.carried:
        return None
    if found.verdict == "ratified" and found.later is not None:
        return found.later.by.hex()
    return found.claim.principal.hex() if found.claim else None


def _at(word: Word) -> int:
    assert isinstance(word.what, credence.Ratification)
    return word.what.at


def _credence(desk: Desk, one: Word) -> Iterator[str]:
    what = one.what
    assert isinstance(what, credence.Credence)
    yield _("By credence {id} of {giver}, {since} to {until}").format(
        id=what.id.hex()[:12], giver=name_of(desk, one.by), since=moment(what.since), until=moment(what.until)
    )
    if what.limits:
        yield _("Limits: {limits}").format(limits=for_screen(what.limits))


def _asked(desk: Desk, envoy: bytes, letter_id: bytes) -> Iterator[str]:
    """What this office asked about the envoy, or that letter, and was answered."""
    for word, answer in desk.questions():
        query = word.what
        if isinstance(query, credence.Query) and word.by == desk.state.office and query.envoy == envoy:
            if query.letter not in (None, letter_id):
                continue
            said = _("no answer so far")
            if answer is not None and isinstance(answer.what, credence.Answer):
                said = _(ANSWERS[answer.what.answer])
            yield _("Asked {principal} whether it carries their word: {answer}").format(
                principal=name_of(desk, desk.state.letters[word.n].office), answer=said
            )


def says(desk: Desk, n: int) -> Iterator[str]:
    """What a letter of the form credence says, a line each."""
    found = desk.state.credences.at(n)
    if found is None:
        return
    what = found[0].what
    match what:
        case credence.Credence():
            yield from credence_lines(desk, found[0], what)
        case credence.Recall():
            yield _("Recalls credence {id}, for good, {when}").format(id=what.id.hex()[:12], when=moment(what.at))
        case credence.Query():
            yield _("Asks whether {envoy} carries this word").format(envoy=name_of(desk, what.envoy))
            if what.credence:
                yield _("By credence {id}").format(id=what.credence.hex()[:12])
            if what.letter:
                yield _("In the letter {id}").format(id=what.letter.hex())
        case credence.Answer():
            yield _("Does {envoy} carry its word? {answer}, {when}").format(
                envoy=name_of(desk, what.envoy), answer=_(ANSWERS[what.answer]), when=moment(what.at)
            )
        case credence.Ratification():
            text = _("Ratifies what {envoy} wrote") if what.word == "ratified" else _("Disowns what {envoy} wrote")
            yield text.format(envoy=name_of(desk, what.envoy))
            yield _("In the letter {id}").format(id=what.letter.hex())


def credence_lines(desk: Desk, word: Word, what: credence.Credence) -> Iterator[str]:
    """An accreditation as people read it."""
    yield _("Credence {id}, issued {when} by {giver}").format(
        id=what.id.hex(), when=moment(what.serial), giver=name_of(desk, word.by)
    )
    yield _("Principal: {office}").format(office=name_of(desk, what.principal))
    yield _("Envoy:     {office}").format(office=name_of(desk, what.envoy))
    yield _("Audience:  {office}").format(office=name_of(desk, what.audience))
    yield _("May:       {verbs}").format(verbs=", ".join(_(VERBS[verb]) for verb in what.verbs))
    matters = "; ".join(for_screen(one) for one in what.matters)
    yield _("On:        {matters}").format(matters=matters or _("any matter"))
    if what.limits:
        yield _("Limits:    {limits}").format(limits=for_screen(what.limits))
    yield _("Period:    {since} to {until}").format(since=moment(what.since), until=moment(what.until))
    yield _("It may be passed on, for less") if what.pass_on else _("It may not be passed on")
    if what.under:
        yield _("Passed on from credence {id}").format(id=what.under.hex()[:12])
