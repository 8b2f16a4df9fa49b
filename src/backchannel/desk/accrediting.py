"""What a person does about envoys: accredit, recall, ask, answer, ratify.   Spec: docs/spec/credence.md, "At the desk".

A credence goes to its audience and a copy of it to the envoy, each sealed to its reader alone. A recall does not go by
the envoy it ends unless a person says so: who carries a letter can hold it back.
"""

from collections.abc import Callable
from datetime import tzinfo

from backchannel.conveyance.credence import (
    ID_BYTES,
    USUAL_SECONDS,
    Accrediting,
    Answer,
    Claim,
    Credence,
    Query,
    Ratification,
    Recall,
    Word,
    check_parties,
    confirmed,
    is_narrower,
    read_accrediting,
    standing,
)
from backchannel.desk.office import Change, Office
from backchannel.desk.sealing import Order, Route, check_order, hand_down, write_in
from backchannel.errors import NotPossible, Refused
from backchannel.text import check, fold
from backchannel.values import dataclass, replace

Zones = Callable[[str], tzinfo]


@dataclass(frozen=True, slots=True)
class Accredit:
    """What a principal, or an envoy that passes on what it has, wants said of an envoy.

    since: None begins now. until: None ends 30 days after it began. under: id of the own credence to pass on.
    renews: id of an accreditation to be issued anew. routes: of the audience's letter; none: the envoy carries it.
    """

    envoy: bytes
    audience: bytes
    verbs: tuple[str, ...]
    matters: tuple[str, ...] = ()
    limits: str | None = None
    since: int | None = None
    until: int | None = None
    pass_on: bool = False
    under: bytes | None = None
    renews: bytes | None = None
    routes: tuple[Route, ...] = ()
    signed: bool = False
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What was sealed. audience, envoy: the entries of the two letters. credence: what both say."""

    credence: Credence
    audience: int
    envoy: int


def give(office: Office, wanted: Accredit, zones: Zones) -> Given:
    """Accredit an envoy: one letter to its audience, carried by the envoy, and a copy to the envoy. All or nothing."""
    for text in (*wanted.matters, *([wanted.limits] if wanted.limits else [])):
        check(text, "line", "the credence")
    credence = _credence(office, wanted)
    with office.changing() as change:
        copy = _say(change, wanted.envoy, credence, (), wanted.signed, wanted.exercise, zones)
        routes = wanted.routes or (Route((wanted.envoy,)),)
        n = _say(change, wanted.audience, credence, routes, wanted.signed, wanted.exercise, zones)
    hand_down(change)
    return Given(credence, n, copy)


def _credence(office: Office, wanted: Accredit) -> Credence:
    state = office.state
    words = state.credences.words(wanted.exercise)
    mine = [one.what for one in words if one.by == state.office and isinstance(one.what, Credence)]
    before = [one for one in mine if one.id == wanted.renews]
    if wanted.renews and (
        not before or any((one.envoy, one.audience) != (wanted.envoy, wanted.audience) for one in before)
    ):
        raise NotPossible("there is no credence of ours with that id for this envoy and audience")
    if wanted.renews and any(isinstance(one.what, Recall) and one.what.id == wanted.renews for one in words):
        raise NotPossible("that credence was recalled, and a recall is for good", next_step="Give a new one.")
    serial = max([office.now, *(one.serial + 1 for one in before)])
    since = serial if wanted.since is None else wanted.since
    made = Credence(
        id=wanted.renews or office.random(ID_BYTES),
        principal=state.office,
        envoy=wanted.envoy,
        audience=wanted.audience,
        verbs=wanted.verbs,
        matters=wanted.matters,
        limits=wanted.limits,
        serial=serial,
        since=since,
        until=since + USUAL_SECONDS if wanted.until is None else wanted.until,
        pass_on=wanted.pass_on,
        under=wanted.under,
    )
    if wanted.under is None:
        return made
    above = _own_above(office, wanted, words)
    made = replace(
        made, principal=above.principal, until=min(made.until, above.until) if not wanted.until else made.until
    )
    if above.limits and not (made.limits or "").startswith(above.limits):
        made = replace(made, limits=above.limits + (" " + made.limits if made.limits else ""))
    if not is_narrower(made, above):
        raise NotPossible(
            "what is passed on is more than this office has from its principal",
            next_step="Choose among its verbs and matters, within its period; it must allow to be passed on.",
        )
    return made


def _own_above(office: Office, wanted: Accredit, words: tuple[Word, ...]) -> Credence:
    """Our own credence that is passed on, while it counts."""
    for one in own_credences(office, wanted.audience, wanted.exercise):
        what = one.what
        if (
            isinstance(what, Credence)
            and what.id == wanted.under
            and standing(one, office.now, words, own=True) == "valid"
        ):
            return what
    raise NotPossible("this office holds no credence of that id for this audience that counts today")


def own_credences(office: Office, audience: bytes, exercise: bool = False) -> list[Word]:
    """Accreditations of this office as an envoy with this audience, the last one issued first."""
    state = office.state
    found = [
        one
        for one in state.credences.accreditations(exercise)
        if isinstance(one.what, Credence) and (one.what.envoy, one.what.audience) == (state.office, audience)
    ]
    return sorted(found, key=lambda one: -one.what.serial)  # type: ignore[union-attr]


def claim_for(
    office: Office, principal: bytes, audience: bytes, verb: str, matter: str | None, *, exercise: bool = False
) -> Claim:
    """The claim with which this office speaks for a principal: on the newest credence that counts, else the newest.

    matter: in the credence's own wording, however it was typed.
    Raises NotPossible if it never had one from that principal for this audience.
    """
    held = [one for one in own_credences(office, audience, exercise) if _of(one).principal == principal]
    words = office.state.credences.words(exercise)
    counts = [one for one in held if standing(one, office.now, words, own=True) == "valid"]
    if not held:
        raise NotPossible(
            "this office holds no credence of that principal for this audience",
            next_step="Ask the principal for one; without it, this office speaks for itself only.",
        )
    chosen = _of((counts or held)[0])
    worded = [one for one in chosen.matters if matter is not None and fold(one) == fold(matter)]
    return Claim(principal, chosen.id, verb, worded[0] if worded else matter)


def _of(word: Word) -> Credence:
    assert isinstance(word.what, Credence)
    return word.what


def recall(office: Office, named: bytes, routes: tuple[Route, ...], zones: Zones) -> list[int]:
    """End an accreditation of ours for good; the entries of the letters to its audience and to its envoy.

    routes: of the letter to the audience; none: its usual way, if that is not by the envoy.
    """
    found = next(
        (one for one in listed(office) if one.credence.id == named and one.word.by == office.state.office), None
    )
    if found is None:
        raise NotPossible("there is no credence of ours with that id", next_step="See `backchannel credence list`.")
    credence, word, exercise = found.credence, found.word, found.exercise
    what = Recall(credence.id, max(office.now, credence.serial))
    with office.changing() as change:
        around = routes or not_by(office, credence.audience, credence.envoy)
        entries = [_say(change, credence.audience, what, around, word.signed, exercise, zones)]
        entries.append(_say(change, credence.envoy, what, (), word.signed, exercise, zones))
    hand_down(change)
    return entries


def not_by(office: Office, to: bytes, envoy: bytes) -> tuple[Route, ...]:
    """The usual way to an office. Raises NotPossible if that is through this envoy: a person names another."""
    if office.state.of(to).way_back == envoy:
        raise NotPossible(
            "the usual way there is through the very office it is about",
            next_step="Name another way with --via, or its reader's relay with --direct.",
        )
    return ()


def ask(
    office: Office,
    principal: bytes,
    envoy: bytes,
    zones: Zones,
    *,
    credence: bytes | None = None,
    letter: int | None = None,
    routes: tuple[Route, ...] = (),
    exercise: bool = False,
) -> int:
    """Ask a principal, by another way than the envoy, whether it carries its word; the entry of the question."""
    if any(envoy in route.hops for route in routes):
        raise NotPossible(
            "the question would go through the very office it is about", next_step="Choose another way with --via."
        )
    letter_id = None
    if letter is not None:
        found = office.state.letters.get(letter)
        if found is None or found.event is None or found.office != envoy:
            raise NotPossible(f"entry {letter} is no letter of that envoy")
        letter_id, exercise = found.event.letter_id, found.event.exercise
    what = Query(office.random(ID_BYTES), envoy, credence, letter_id)
    return _send(office, principal, what, routes or not_by(office, principal, envoy), False, exercise, zones)


def answer(
    office: Office, n: int, said: str, zones: Zones, *, signed: bool = False, routes: tuple[Route, ...] = ()
) -> int:
    """Answer question n: yes, no or no-comment; the entry of the answer."""
    asker, query, exercise = _question(office, n)
    what = Answer(query.question, query.envoy, said, office.now, query.credence)
    ways = routes or not_by(office, asker, query.envoy)
    return _send(office, asker, what, ways, signed, exercise, zones, replies=(n,))


def ratify(
    office: Office,
    audience: bytes,
    envoy: bytes,
    letter_id: bytes,
    zones: Zones,
    *,
    disown: bool = False,
    signed: bool = False,
    routes: tuple[Route, ...] = (),
    exercise: bool = False,
) -> int:
    """Say to an audience, afterwards, that what the envoy wrote in that letter was our word, or was not; the entry."""
    what = Ratification(letter_id, envoy, "disowned" if disown else "ratified", office.now)
    ways = routes or not_by(office, audience, envoy)
    return _send(office, audience, what, ways, signed, exercise, zones)


def ratify_asked(
    office: Office,
    n: int,
    zones: Zones,
    *,
    disown: bool = False,
    signed: bool = False,
    routes: tuple[Route, ...] = (),
) -> int:
    """Ratify, or disown, the letter that question n named."""
    asker, query, exercise = _question(office, n)
    if query.letter is None:
        raise NotPossible(f"question {n} names no letter", next_step="Name the letter-id, the envoy and the audience.")
    return ratify(
        office, asker, query.envoy, query.letter, zones, disown=disown, signed=signed, routes=routes, exercise=exercise
    )


def _question(office: Office, n: int) -> tuple[bytes, Query, bool]:
    found = office.state.credences.at(n)
    if found is None or not isinstance(found[0].what, Query) or found[0].by == office.state.office:
        raise NotPossible(f"entry {n} asks nothing about an envoy", next_step="See `backchannel credence list`.")
    return found[0].by, found[0].what, found[1]


def _send(
    office: Office,
    to: bytes,
    what: Accrediting,
    routes: tuple[Route, ...],
    signed: bool,
    exercise: bool,
    zones: Zones,
    replies: tuple[int, ...] = (),
) -> int:
    with office.changing() as change:
        n = _say(change, to, what, routes, signed, exercise, zones, replies)
    hand_down(change)
    return n


def _say(
    change: Change,
    to: bytes,
    what: Accrediting,
    routes: tuple[Route, ...],
    signed: bool,
    exercise: bool,
    zones: Zones,
    replies: tuple[int, ...] = (),
) -> int:
    """One letter of the form credence, checked as its reader will check it."""
    matter = what.matter()
    try:
        check_parties(read_accrediting(matter.kind, matter.value), change.state.office, to)
    except Refused as error:
        raise NotPossible(f"its reader would refuse that: {error}", next_step="Change the parties or times.") from error
    kind = "exercise" if exercise else "operation"
    order = Order(to, "credence", (), type=kind, matters=(matter,), routes=routes, replies=replies)
    check_order(change.office, order)
    return write_in(change, order, signed, zones)


def kept_questions(office: Office) -> list[tuple[Word, Word | None]]:
    """Every question about an envoy, asked or received, with its answer if there is one, in the order they came."""
    said = [one for words in office.state.credences.said.values() for one in words]
    answers = {one.what.question: one for one in said if isinstance(one.what, Answer)}
    return [(one, answers.get(one.what.question)) for one in said if isinstance(one.what, Query)]


@dataclass(frozen=True, slots=True)
class Listed:
    """An accreditation as this desk knows it. standing: valid today, or the verdict that ends it. confirmed: Unix
    seconds of its giver's clock."""

    word: Word
    credence: Credence
    exercise: bool
    standing: str
    confirmed: int


def listed(office: Office) -> list[Listed]:
    """Every accreditation given, held as an envoy, or addressed to this office; the oldest first."""
    found: list[Listed] = []
    for exercise in (False, True):
        words = office.state.credences.words(exercise)
        for one in office.state.credences.accreditations(exercise):
            own = office.state.office != _of(one).audience
            counts = standing(one, office.now, words, own=own)
            found.append(Listed(one, _of(one), exercise, counts, confirmed(one, words)))
    return sorted(found, key=lambda one: one.word.n)


def find(office: Office, named: str) -> Listed:
    """The accreditation whose id begins with these hexadecimal digits. Raises NotPossible."""
    found = [one for one in listed(office) if one.credence.id.hex().startswith(named.lower())]
    if len({(one.word.by, one.credence.id) for one in found}) != 1:
        raise NotPossible("no credence, or more than one, has that id", next_step="See `backchannel credence list`.")
    return found[0]
