"""Whose word an envoy carries: accreditation, recall, question, answer, ratification.   Spec: docs/spec/credence.md.

What an envoy claims is judged from what its reader held when the letter reached it, and from nothing else: no clock of
the envoy, no word of the envoy, no choice of a clerk makes a letter the principal's.
"""

from collections.abc import Iterator
from typing import Any, Final

from backchannel.errors import Refused
from backchannel.letters.fields import MOST_SECONDS, Fields
from backchannel.letters.matter import VERBS, Matter
from backchannel.values import dataclass, field

ANSWERS: Final = ("yes", "no", "no-comment")
WORDS: Final = ("ratified", "disowned")
ID_BYTES: Final = 16
USUAL_SECONDS: Final = 30 * 86_400
MOST_LIFE_SECONDS: Final = 90 * 86_400
MOST_MATTERS: Final = 64
MOST_MATTER_BYTES: Final = 255
MOST_LIMITS_BYTES: Final = 4096
MOST_CHAIN: Final = 3
_CREDENCE: Final = (
    "id", "principal", "envoy", "audience", "verbs", "matters", "limits", "serial", "since", "until", "pass_on",
    "under",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Credence:
    """An envoy's accreditation with one audience.

    id: of the accreditation; a later issue of it has a higher serial. verbs: what the envoy may do, none implies
    another. matters: on what; none: on any. limits: in words, for people to judge. serial: Unix seconds at which it was
    issued. since, until: Unix seconds, both included, at most 90 days after serial. pass_on: whether the envoy may
    accredit another, for less. under: the id of the accreditation it is passed on from, by that one's envoy.
    """

    id: bytes
    principal: bytes
    envoy: bytes
    audience: bytes
    verbs: tuple[str, ...]
    serial: int
    since: int
    until: int
    matters: tuple[str, ...] = ()
    limits: str | None = None
    pass_on: bool = False
    under: bytes | None = None

    def matter(self) -> Matter:
        wire: dict[str, Any] = {
            "id": self.id,
            "principal": self.principal,
            "envoy": self.envoy,
            "audience": self.audience,
            "verbs": list(self.verbs),
            "matters": list(self.matters),
            "serial": self.serial,
            "since": self.since,
            "until": self.until,
            "pass_on": self.pass_on,
        }
        return Matter("credence", wire | _given(limits=self.limits, under=self.under))


@dataclass(frozen=True, slots=True)
class Recall:
    """The end of an accreditation, by who gave it, for good. at: Unix seconds."""

    id: bytes
    at: int

    def matter(self) -> Matter:
        return Matter("credence-recall", {"id": self.id, "at": self.at})


@dataclass(frozen=True, slots=True)
class Query:
    """Does this envoy carry your word? question: 16 random bytes. letter: the letter-id in question, if it is one."""

    question: bytes
    envoy: bytes
    credence: bytes | None = None
    letter: bytes | None = None

    def matter(self) -> Matter:
        return Matter(
            "credence-query",
            {"question": self.question, "envoy": self.envoy} | _given(credence=self.credence, letter=self.letter),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """The principal's answer. at: Unix seconds. It says nothing about other envoys or, if one is named, credences."""

    question: bytes
    envoy: bytes
    answer: str
    at: int
    credence: bytes | None = None

    def matter(self) -> Matter:
        wire = {"question": self.question, "envoy": self.envoy, "answer": self.answer, "at": self.at}
        return Matter("credence-answer", wire | _given(credence=self.credence))


@dataclass(frozen=True, slots=True)
class Ratification:
    """The principal's later word on a letter of an envoy's: ratified or disowned. letter: its letter-id."""

    letter: bytes
    envoy: bytes
    word: str
    at: int

    def matter(self) -> Matter:
        wire = {"letter": self.letter, "envoy": self.envoy, "word": self.word, "at": self.at}
        return Matter("ratification", wire)


Accrediting = Credence | Recall | Query | Answer | Ratification


@dataclass(frozen=True, slots=True)
class Claim:
    """On what an envoy says that it speaks: the docket's `authority`. matter: on what, as the credence words it."""

    principal: bytes
    credence: bytes
    verb: str
    matter: str | None = None

    def to_wire(self) -> dict[str, Any]:
        wire = {"principal": self.principal, "credence": self.credence, "verb": self.verb}
        return wire | _given(matter=self.matter)


@dataclass(frozen=True, slots=True)
class Word:
    """Something of these kinds as a desk holds it.

    by: who wrote it. reached: Unix seconds at which it came into this office's keeping. n: where it is kept.
    """

    what: Accrediting
    by: bytes
    reached: int
    signed: bool = False
    n: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a letter's claim is worth. verdict: one of VERDICTS. carried: the claim is inside a credence that counts.

    chain: the credences it rests on, the envoy's own first, as far as they were found. confirmed: Unix seconds of the
    principal's clock at which it last said so, or None. later: its word on this letter afterwards, or None.
    since_ended: that the credence was recalled or denied after the letter came.
    """

    verdict: str
    claim: Claim | None = None
    chain: tuple[Word, ...] = field(default=())
    confirmed: int | None = None
    later: Word | None = None
    since_ended: bool = False

    @property
    def carried(self) -> bool:
        """Whether the letter counts as spoken for the principal; else its envoy speaks for itself only."""
        return self.verdict in ("valid", "ratified")


# In the order in which they are looked for. itself: no claim is made.
VERDICTS: Final = (
    "itself", "ratified", "unknown", "copied", "other-audience", "recalled", "denied", "not-yet", "expired", "wider",
    "beyond-verb", "beyond-matter", "unverified", "valid",
)  # fmt: skip


def read_accrediting(kind: str, value: Any) -> Accrediting:
    """The typed value of a matter of these kinds. Raises Refused [A1 structure, A2 period]."""
    match kind:
        case "credence":
            return _read_credence(Fields(value, "A1", "credence"))
        case "credence-recall":
            recall = _strict(value, ("id", "at"))
            return Recall(recall.octets("id", ID_BYTES), recall.whole("at"))
        case "credence-query":
            query = _strict(value, ("question", "envoy", "credence", "letter"))
            return Query(
                query.octets("question", ID_BYTES),
                query.octets("envoy", 32),
                query.octets("credence", ID_BYTES) if query.has("credence") else None,
                query.octets("letter", 32) if query.has("letter") else None,
            )
        case "credence-answer":
            answer = _strict(value, ("question", "envoy", "answer", "at", "credence"))
            return Answer(
                answer.octets("question", ID_BYTES),
                answer.octets("envoy", 32),
                answer.choice("answer", ANSWERS),
                answer.whole("at"),
                answer.octets("credence", ID_BYTES) if answer.has("credence") else None,
            )
        case "ratification":
            said = _strict(value, ("letter", "envoy", "word", "at"))
            return Ratification(
                said.octets("letter", 32), said.octets("envoy", 32), said.choice("word", WORDS), said.whole("at")
            )
    raise Refused("A1", f"{kind[:64]!a} is nothing that accredits")


def check_parties(what: Accrediting, writer: bytes, reader: bytes) -> Accrediting:
    """What was read, which its writer may say to this reader. Raises Refused [A3]."""
    if isinstance(what, Credence):
        direct = what.under is None
        envoys = {what.principal, what.audience, writer}
        if (
            direct != (what.principal == writer)
            or what.envoy in envoys
            or what.audience in (what.principal, writer)
            or reader not in (what.envoy, what.audience)
        ):
            raise Refused("A3", "a credence names parties who cannot be those of this letter")
    elif not isinstance(what, Recall) and what.envoy == (reader if isinstance(what, Query) else writer):
        raise Refused("A3", "an office is asked about, or speaks of, itself as its own envoy")
    return what


def read_claim(value: Any, origin: str) -> Claim:
    """The claim of a docket. origin: of the sheet. Raises Refused [A4 structure, A5 words that are not an envoy's]."""
    claim = Fields(value, "A4", "authority")
    claim.only(("principal", "credence", "verb", "matter"))
    read = Claim(
        claim.octets("principal", 32),
        claim.octets("credence", ID_BYTES),
        claim.choice("verb", VERBS),
        claim.text("matter", most=MOST_MATTER_BYTES) if claim.has("matter") else None,
    )
    if origin != "envoy":
        raise Refused("A5", "a letter claims another's authority and does not say that its words are an envoy's")
    return read


def judge(
    claim: Claim | None,
    letter_id: bytes,
    sender: bytes,
    audience: bytes,
    at: int,
    words: tuple[Word, ...],
    trusted: frozenset[bytes],
    *,
    own: bool = False,
) -> Judgement:
    """What the claim of a letter from `sender` to `audience` is worth, that reached its reader at `at`.

    words: all that the judging desk holds. trusted: offices whose card it trusts. own: the desk is the envoy's, which
    need not hold the credence that its own is passed on from, nor trust the card of its principal more than its own
    people do. Spec: docs/spec/credence.md, "Judging".
    """
    known = tuple(one for one in words if one.reached <= at)
    later = _later_word(claim, letter_id, sender, words, trusted)
    ratified = later is not None and isinstance(later.what, Ratification) and later.what.word == "ratified"
    if claim is None:
        return Judgement("ratified" if ratified else "itself", later=later)
    verdict, chain = _judge_chain(claim.principal, claim.credence, sender, audience, at, known, own)
    if verdict == "valid":
        verdict = _judge_scope(claim, chain)
    if verdict == "valid" and not own and claim.principal not in trusted:
        verdict = "unverified"
    if ratified and verdict != "valid":
        verdict = "ratified"
    last = max((confirmed(one, words) for one in chain), default=None)
    ended = any(_ended(one, words) for one in chain) and not any(_ended(one, known) for one in chain)
    return Judgement(verdict, claim, chain, last, later, ended)


def standing(credence: Word, now: int, words: tuple[Word, ...], *, own: bool = False) -> str:
    """Whether a credence counts at `now`, whoever looks: valid, or the verdict that ends it."""
    what = credence.what
    assert isinstance(what, Credence)
    return _judge_chain(what.principal, what.id, what.envoy, what.audience, now, words, own)[0]


def _judge_chain(
    principal: bytes,
    named: bytes,
    envoy: bytes,
    audience: bytes,
    at: int,
    known: tuple[Word, ...],
    own: bool,
    below: Credence | None = None,
    depth: int = 1,
) -> tuple[str, tuple[Word, ...]]:
    """The accreditation of that id, and those it is passed on from: `valid`, or the first thing that is wrong.

    Each giver's is judged apart, the principal's first: no other office can spoil it by giving one of the same id.
    """
    if depth > MOST_CHAIN:
        return "wider", ()
    found = [
        (one.what.envoy, one.by, one.what.serial, one)
        for one in known
        if isinstance(one.what, Credence) and (one.what.id, one.what.principal) == (named, principal)
    ]
    if not found:
        return ("valid" if own and below is not None else "unknown"), ()
    fitting = sorted((one for one in found if one[0] == envoy), key=lambda one: one[2])
    newest = {by: one for _, by, _, one in fitting}
    if not newest:
        return "copied", ()
    judged = []
    for by in sorted(newest, key=lambda by: (by != principal, by)):
        word = newest[by]
        what = word.what
        assert isinstance(what, Credence)
        above: tuple[Word, ...] = ()
        verdict = _judge_one(word, what, audience, at, known)
        if verdict == "valid" and below is not None and not is_narrower(below, what):
            verdict = "wider"
        if verdict == "valid" and what.under is not None:
            verdict, above = _judge_chain(principal, what.under, by, audience, at, known, own, what, depth + 1)
        judged.append((verdict, (word, *above)))
    return next((one for one in judged if one[0] == "valid"), judged[0])


def _judge_one(word: Word, what: Credence, audience: bytes, at: int, known: tuple[Word, ...]) -> str:
    if what.audience != audience:
        return "other-audience"
    if _recall_of(word, known):
        return "recalled"
    if _denial_of(word, known):
        return "denied"
    if at < what.since:
        return "not-yet"
    return "expired" if at > what.until else "valid"


def _judge_scope(claim: Claim, chain: tuple[Word, ...]) -> str:
    credence = chain[0].what
    assert isinstance(credence, Credence)
    if claim.verb not in credence.verbs:
        return "beyond-verb"
    if credence.matters and claim.matter not in credence.matters:
        return "beyond-matter"
    return "valid"


def is_narrower(below: Credence, above: Credence) -> bool:
    """Whether what an envoy passes on is no more than it has, in verbs, matters, limits and period."""
    within = above.since <= below.since and below.until <= above.until
    on = not above.matters or (bool(below.matters) and set(below.matters) <= set(above.matters))
    limits = above.limits is None or (below.limits or "").startswith(above.limits)
    return above.pass_on and within and on and limits and set(below.verbs) <= set(above.verbs)


def _recall_of(word: Word, known: tuple[Word, ...]) -> bool:
    """Only who gave it recalls it; a recall is for good."""
    credence = word.what
    assert isinstance(credence, Credence)
    return any(isinstance(one.what, Recall) and one.by == word.by and one.what.id == credence.id for one in known)


def _answers(word: Word, known: tuple[Word, ...]) -> Iterator[Answer]:
    """The principal's own answers about this envoy that name this accreditation, or none."""
    credence = word.what
    assert isinstance(credence, Credence)
    for one in known:
        if (
            isinstance(one.what, Answer)
            and one.by == credence.principal
            and one.what.envoy == credence.envoy
            and one.what.credence in (None, credence.id)
        ):
            yield one.what


def _denial_of(word: Word, known: tuple[Word, ...]) -> bool:
    """The principal's latest word about it is a no."""
    credence = word.what
    assert isinstance(credence, Credence)
    said = [(one.at, one.answer == "no") for one in _answers(word, known) if one.answer != "no-comment"]
    at, no = max(said, default=(0, False))
    return no and at >= credence.serial


def _ended(word: Word, known: tuple[Word, ...]) -> bool:
    return _recall_of(word, known) or _denial_of(word, known)


def confirmed(word: Word, known: tuple[Word, ...]) -> int:
    """When its giver or principal last said so, in Unix seconds of their clock: its serial, or a later yes."""
    credence = word.what
    assert isinstance(credence, Credence)
    return max([credence.serial, *(one.at for one in _answers(word, known) if one.answer == "yes")])


def _later_word(
    claim: Claim | None, letter_id: bytes, sender: bytes, words: tuple[Word, ...], trusted: frozenset[bytes]
) -> Word | None:
    """The last word on this letter afterwards, by the office it claims to speak for, or any where it claims none."""
    found = [
        ((one.what.at, one.what.word == "disowned"), one)
        for one in words
        if isinstance(one.what, Ratification)
        and (one.what.letter, one.what.envoy) == (letter_id, sender)
        and one.by in trusted
        and (claim is None or one.by == claim.principal)
    ]
    return max(found, key=lambda one: one[0], default=(None, None))[1]


def _read_credence(value: Fields) -> Credence:
    value.only(_CREDENCE)
    verbs, matters = value.items("verbs", least=1, most=len(VERBS)), value.items("matters", most=MOST_MATTERS)
    if any(one not in VERBS for one in verbs) or len(set(verbs)) != len(verbs):
        raise value.wrong("has a verb twice, or one this version does not know")
    if any(not isinstance(one, str) or not 0 < len(one.encode()) <= MOST_MATTER_BYTES for one in matters):
        raise value.wrong("has a matter that is no short text")
    pass_on = value.raw("pass_on")
    if not isinstance(pass_on, bool):
        raise value.wrong("does not say whether it may be passed on")
    serial, since, until = (value.whole(name, most=MOST_SECONDS) for name in ("serial", "since", "until"))
    if not (since < until and serial < until <= serial + MOST_LIFE_SECONDS):
        raise Refused("A2", "a credence ends before it begins, or more than 90 days after it was issued")
    return Credence(
        id=value.octets("id", ID_BYTES),
        principal=value.octets("principal", 32),
        envoy=value.octets("envoy", 32),
        audience=value.octets("audience", 32),
        verbs=tuple(verbs),
        matters=tuple(matters),
        limits=value.text("limits", most=MOST_LIMITS_BYTES) if value.has("limits") else None,
        serial=serial,
        since=since,
        until=until,
        pass_on=pass_on,
        under=value.octets("under", ID_BYTES) if value.has("under") else None,
    )


def _strict(value: Any, known: tuple[str, ...]) -> Fields:
    fields = Fields(value, "A1", "word about an envoy")
    fields.only(known)
    return fields


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
