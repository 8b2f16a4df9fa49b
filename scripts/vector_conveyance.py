"""The vectors of go-betweens: covering letters, custody statements and how they are merged, bundles of evidence."""

from typing import Any

from vector_desks import DICE, FERRY, HARBOUR, NORTH, SOUTH, Desk, bad, described, good, letter, small_seal

from backchannel.conveyance.bundle import About, Bundle, Item, make_bundle
from backchannel.conveyance.covering import Covering
from backchannel.conveyance.evidence import Evidence, PassedOn, Said, reference, state
from backchannel.encoding import decode, digest, encode, labelled
from backchannel.letters.docket import Docket, Way
from backchannel.letters.letter import contents
from backchannel.letters.matter import Matter
from backchannel.letters.parts import Body, Part, UnknownPart, make_part
from backchannel.seals.cards import make_card
from backchannel.seals.keys import KemKey, standing_slot
from backchannel.seals.seal import NO_TOKEN, seal_id_of
from backchannel.seals.signatures import SIGNATURE_BYTES
from backchannel.values import replace

TAKEN = 1_795_600_000


def _part(matter: Matter) -> Part:
    return make_part(matter, DICE.randbytes(16))


def _text(lang: str = "en", status: str = "prevailing") -> Part:
    return make_part(Body(lang, status, "A meeting", "Each side sends one envoy."), DICE.randbytes(16))


def _covering(**changes: Any) -> Covering:
    return replace(Covering(SOUTH.id, b"\x80sealed", DICE.randbytes(32)), **changes)


def letters_that_carry() -> list[dict[str, Any]]:
    """Letters with matters, ways and acts, and each way in which a form forbids or lacks one."""
    covering, other = _part(_covering().matter()), _part(_covering().matter())
    words = make_part(Body("en", "prevailing", "Our own words", "We took it on Monday."), DICE.randbytes(16))
    said = state("SubmissionAcceptance", DICE.randbytes(32), NORTH.id, TAKEN, "manual")
    brought = _part(Evidence((said,)).matter())
    ways = (
        Way("go-between", (FERRY.id, HARBOUR.id), TAKEN, TAKEN + 604_800),
        Way("go-between", (FERRY.id,), TAKEN),
        Way("pigeon", (), TAKEN),
    )
    plain = Docket(NORTH.epoch, 4)
    acting = replace(plain, ways=ways, acts={"corrects": DICE.randbytes(32), "declines": DICE.randbytes(32)})

    def accepted(name: str, *said: Part, form: str = "letter", docket: Docket = plain, **more: Any) -> dict[str, Any]:
        one = letter(form, said=said, docket=docket, **more)
        return good(name, contents(one), **described(one))

    def refused(
        name: str, mark: str, why: str, *said: Part, form: str = "letter", docket: Docket = plain, **more: Any
    ) -> dict[str, Any]:
        return bad(name, contents(letter(form, said=said, docket=docket, **more)), mark, why)

    later = Part(UnknownPart("tablet"), encode(["tablet", bytes(16), 1]))
    return [
        accepted("covering letter", covering, form="conveyance"),
        accepted("covering letter, the carrier's own words", covering, words, form="conveyance", origin="intermediary"),
        accepted("evidence", brought, form="evidence"),
        accepted("signed where agreed", brought, form="evidence", signed=True),
        accepted("ways and acts", _text(), docket=acting),
        accepted("a part of a later kind", later),
        refused("two enclosures", "L14", "exactly one", covering, other, form="conveyance"),
        refused("evidence as a covering letter", "L14", "not the kind of its name", brought, form="conveyance"),
        refused("a covering letter as evidence", "L14", "not the kind of its name", covering, form="evidence"),
        refused("no evidence", "L14", "exactly one, beside any text", _text(), form="evidence"),
        refused("an enclosure in a letter", "L14", "a letter carries none", _text(), covering),
        refused("evidence in a reply", "L14", "a reply carries a meeting-answer only", _text(), brought, form="reply"),
        refused(
            "a covering letter without a number",
            "L12",
            "only an empty letter has none",
            covering,
            form="conveyance",
            docket=Docket(NORTH.epoch),
        ),
        refused("two texts in one language", "L13", "which one counts", _text(), _text("en", "equal")),
        refused("two texts that prevail", "L13", "which one counts", _text(), _text("fa")),
    ]


def _standing(desk: Desk) -> tuple[bytes, bytes, bytes]:
    public = KemKey.from_seed(desk.seal_seeds[0]).public
    return standing_slot(public), public, NO_TOKEN


def _sealed(writer: Desk, reader: Desk, said: tuple[Part, ...], form: str, **more: Any) -> dict[str, Any]:
    one = letter(
        form,
        said=said,
        sender=writer.id,
        recipient=reader.id,
        docket=Docket(writer.epoch, 1, **more.pop("docket", {})),
        **more,
    )
    sealed = small_seal(contents(one), reader, *_standing(reader), writer=writer)
    kept = {name: sealed[name] for name in ("hex", "slot", "dh", "key", "seal_id")}
    return {"from": writer.name.lower(), "to": reader.name.lower(), **kept, "letter_id": one.letter_id.hex()}


def _covered(writer: Desk, reader: Desk, addressee: Desk, enclosed: bytes, **more: Any) -> dict[str, Any]:
    """A sealed covering letter and what its reader sees of what it encloses."""
    covering = Covering(addressee.id, enclosed, DICE.randbytes(32), **more)
    origin = "principal" if writer is NORTH else "intermediary"
    seal_id = seal_id_of(enclosed)
    return {
        **_sealed(writer, reader, (_part(covering.matter()),), "conveyance", origin=origin),
        "sees": {
            "from": writer.name.lower(),
            "for": addressee.name.lower(),
            "enclosure_bytes": len(enclosed),
            "enclosure_seal_id": seal_id.hex(),
            "blind": covering.blind.hex(),
            "ref": reference(covering.blind, seal_id, writer.id, addressee.id).hex(),
            "custody": covering.custody,
            "by": covering.by,
            "taken": covering.taken,
        },
    }


def conveyance() -> dict[str, Any]:
    full = _covering(
        custody="signed",
        receipt=False,
        by=TAKEN + 86_400,
        taken=TAKEN,
        carriage="hand_only",
        precedence="immediate",
        because="Lives depend on it.",
        instructions="To the minister alone.",
    )
    plain = _covering()

    def spoiled(name: str, why: str, **changes: Any) -> dict[str, Any]:
        value = {key: value for key, value in {**plain.matter().value, **changes}.items() if value is not ...}
        return bad(name, encode(value), "V1", why)

    way = {"docket": {"ways": (Way("go-between", (FERRY.id, HARBOUR.id), TAKEN, TAKEN + 604_800),)}}
    last = _sealed(NORTH, SOUTH, (_text(),), "letter", **way)
    inner = bytes.fromhex(last["hex"])
    second = _covered(NORTH, HARBOUR, SOUTH, inner, custody="signed", by=TAKEN + 604_800)
    middle = bytes.fromhex(second["hex"])
    first = _covered(NORTH, FERRY, HARBOUR, middle, custody="signed", by=TAKEN + 604_800)
    over = _covered(FERRY, HARBOUR, HARBOUR, middle, taken=TAKEN)
    handed = _covered(HARBOUR, SOUTH, SOUTH, inner, taken=TAKEN + 3600)
    cut = bytes([*inner[:-1], inner[-1] ^ 1])
    test = _sealed(NORTH, SOUTH, (_text(),), "letter", type="exercise")
    return {
        "cases": [
            good("shortest", encode(plain.matter().value)),
            good("everything asked", encode(full.matter().value)),
            good("a reason where none is needed", encode(replace(plain, because="").matter().value)),
            spoiled("unknown field", "what is asked of a carrier must be understood", later=1),
            spoiled("for nobody", "an office-id has 32 bytes", **{"for": bytes(31)}),
            spoiled("text enclosed", "a sealed letter is bytes", enclosure="sealed"),
            spoiled("nothing enclosed", "the field is missing", enclosure=...),
            spoiled("short blind", "32 bytes, or it can be guessed", blind=bytes(31)),
            spoiled("custody", "no such custody", custody="notarised"),
            spoiled("receipt", "true or false, not a number", receipt=1),
            spoiled("carriage", "no such carriage", carriage="pigeon"),
            spoiled("precedence", "no such precedence", precedence="urgent"),
            spoiled("immediate without a reason", "it asks others to drop what they do", precedence="immediate"),
            spoiled("flash, reason empty", "an empty reason is none", precedence="flash", because=""),
            spoiled("long reason", "at most 4,096 bytes of UTF-8, here 4,098 in 2,049 letters", because="ф" * 2049),
            spoiled("long instructions", "at most 4,096 bytes", instructions="x" * 4097),
            spoiled("by before 1970", "a time is not negative", by=-1),
            spoiled("taken after the last time", "a time is below 2^37", taken=1 << 37),
        ],
        "way": {
            "about": "North to South through Ferry and Harbour, nested: Ferry takes `first` out of North's hands and "
            "hands what it encloses to Harbour in `over`; Harbour opens that, and hands what it encloses to South in "
            "`handed`. On standing seals with a zero token; every writer is known to its reader; nothing is padded.",
            "steps": {"first": first, "second": second, "over": over, "handed": handed, "last": last},
        },
        "enclosed": [
            _enclosed("as it left North", "accepted", inner),
            _enclosed("one bit of it flipped by the carrier", "refused [S8]", cut),
            _enclosed("another's letter", "refused [S16]", middle),
            _enclosed("no sealed letter", "refused [S4]", encode([1])),
            _enclosed(
                "an exercise inside an operation: opened, the conflict shown",
                "accepted",
                bytes.fromhex(test["hex"]),
                conflict=True,
            ),
        ],
    }


def _enclosed(name: str, expect: str, enclosed: bytes, *, conflict: bool = False) -> dict[str, Any]:
    """What Harbour hands to South: the covering letter stands whatever is inside."""
    return {"name": name, "expect": expect, "conflict": conflict, **_covered(HARBOUR, SOUTH, SOUTH, enclosed)}


def evidence() -> dict[str, Any]:
    seal_id, blind = DICE.randbytes(32), DICE.randbytes(32)
    later_blind = DICE.randbytes(32)
    ref = reference(blind, seal_id, NORTH.id, SOUTH.id)
    later = reference(later_blind, seal_id, FERRY.id, SOUTH.id)
    oral = state("SubmissionAcceptance", ref, FERRY.id, TAKEN, "manual")
    signed = state("ContentHandover", ref, FERRY.id, TAKEN + 60, "automatic", key=FERRY.signing)
    passed = PassedOn(
        state("ContentHandover", later, SOUTH.id, TAKEN + 30, "automatic", key=SOUTH.signing),
        later_blind,
        FERRY.id,
        SOUTH.id,
    )
    reason = [["no-way", "The road is closed."]]
    signature = signed.signature or b""
    halves = [bytes(64) + signature[64:], signature[:64] + bytes(3309)]

    def statement(name: str, mark: str, why: str, at: int, value: Any) -> dict[str, Any]:
        items = ["ContentHandover", ref, FERRY.id, TAKEN, "manual", []]
        items[at] = value
        return bad(name, encode(items), mark, why)

    def brought(name: str, *said: Said, passed_on: tuple[PassedOn, ...] = (), **more: Any) -> dict[str, Any]:
        value = Evidence(said, passed_on, **more).matter().value
        return good(name, encode(value), writer=FERRY.id.hex())

    def spoiled(name: str, mark: str, why: str, **changes: Any) -> dict[str, Any]:
        value = {**Evidence((oral,), (passed,)).matter().value, **changes}
        return bad(name, encode(value), mark, why, writer=FERRY.id.hex())

    def reading(name: str, data: bytes) -> dict[str, Any]:
        return good(name, data, fields=_json(decode(data, limit=8192)))

    def signing(name: str, said: Said, signature: bytes, *, holds: bool) -> dict[str, Any]:
        what = digest("evidence", said.statement.data)
        message = labelled("signature/evidence", FERRY.signing.public.signing_id, what)
        return {
            "name": name,
            "holds": holds,
            "statement": said.statement.data.hex(),
            "digest": what.hex(),
            "message": message.hex(),
            "signature": signature.hex(),
        }

    long = [["other", "x" * 512]] * 8

    def aloud(name: str, *present: str, why: str = "") -> dict[str, Any]:
        roles = [one.split(" ") for one in present]
        data = encode(["x-ReadAloud", ref, FERRY.id, TAKEN, "manual", roles])
        return bad(name, data, "W2", why) if why else reading(name, data)

    return {
        "references": [
            {
                "blind": one.hex(),
                "seal_id": seal_id.hex(),
                "giver": giver.hex(),
                "addressee": SOUTH.id.hex(),
                "hashed": labelled("custody", one, seal_id, giver, SOUTH.id).hex(),
                "ref": reference(one, seal_id, giver, SOUTH.id).hex(),
            }
            for one, giver in ((blind, NORTH.id), (later_blind, FERRY.id))
        ],
        "statements": [
            reading("taken", oral.statement.data),
            reading(
                "declined",
                state(
                    "SubmissionRejection", ref, FERRY.id, TAKEN, "manual", [("no-way", "The road is closed.")]
                ).statement.data,
            ),
            reading("eight reasons", encode(["x-CustodyHeld", ref, FERRY.id, TAKEN, "manual", long])),
            bad("five items", encode(["ContentHandover", ref, FERRY.id, TAKEN, "manual"]), "W1", "no reasons"),
            statement("short reference", "W1", "32 bytes", 1, ref[:31]),
            statement("short office", "W1", "32 bytes", 2, FERRY.id[:31]),
            statement("before 1970", "W1", "a time is not negative", 3, -1),
            statement("after the last time", "W1", "a time is below 2^37", 3, 1 << 37),
            statement("true as a time", "W1", "not a number", 3, True),
            statement("false as a time", "W1", "not a number", 3, False),
            statement("unknown event", "W2", "what a carrier says must be understood", 0, "x-Burnt"),
            statement("unknown mode", "W2", "a person did it or the desk", 4, "guessed"),
            statement("unknown reason", "W2", "no such code", 5, [["because", ""]]),
            statement("a reason alone", "W2", "code and words", 5, [["other"]]),
            statement(
                "long reason", "W2", "at most 512 bytes of UTF-8, here 514 in 257 letters", 5, [["other", "ф" * 257]]
            ),
            statement("nine reasons", "W2", "at most 8", 5, [["other", ""]] * 9),
            statement("a failure without a reason", "W2", "why it failed is asked", 0, "RelayFailure"),
            statement("a refusal without a reason", "W2", "why it was refused is asked", 0, "SubmissionRejection"),
            statement("held without a reason", "W2", "why it is held is asked", 0, "x-CustodyHeld"),
            aloud("read aloud", "reader official", "interpreter interpreter", "hearer principal", "hearer expert"),
            aloud("read aloud to nobody", "reader official", why="nobody heard it"),
            aloud("read aloud by nobody", "hearer principal", why="nobody read it"),
            aloud("read aloud by two", "reader envoy", "reader envoy", "hearer principal", why="one reads"),
            aloud("read aloud to a name", "reader envoy", "hearer Mary", why="a capacity, not a name"),
            aloud(
                "read aloud, with a reason", "reader envoy", "hearer envoy", "other envoy", why="a reason is no role"
            ),
            statement("a reader of what was declined", "W2", "a role is no reason", 5, [["reader", "envoy"]]),
        ],
        "signed": {
            "office": {
                "ed25519_public": FERRY.signing.public.ed25519.hex(),
                "mldsa_public": FERRY.signing.public.mldsa.hex(),
                "office_id": FERRY.id.hex(),
            },
            "cases": [
                signing("as signed", signed, signature, holds=True),
                signing("of another statement", oral, signature, holds=False),
                signing("only ML-DSA", signed, halves[0], holds=False),
                signing("only Ed25519", signed, halves[1], holds=False),
                signing(
                    "another purpose",
                    signed,
                    FERRY.signing.sign("letter", digest("evidence", signed.statement.data)),
                    holds=False,
                ),
            ],
        },
        "evidence": [
            brought("oral", oral),
            brought("signed, and passed on", oral, signed, passed_on=(passed,)),
            brought(
                "returned unopened",
                state("x-ReturnedUnopened", ref, FERRY.id, TAKEN, "manual", [("refused", "")]),
                returned=b"\x80sealed",
            ),
            brought("nothing said"),
            spoiled("unknown field", "W1", "the map is strict", more=1),
            spoiled("no list", "W1", "said is a list", said={}),
            spoiled("too many", "W1", "at most 64 of each sort", said=[oral.to_wire()] * 65),
            spoiled(
                "short signature", "W1", "3373 bytes or null", said=[[oral.statement.data, bytes(SIGNATURE_BYTES - 1)]]
            ),
            spoiled("a statement that is not bytes", "W1", "its very bytes are signed", said=[[reason, None]]),
            spoiled(
                "nothing shows what it is about",
                "W1",
                "a blind has 32 bytes",
                passed_on=[[oral.statement.data, None, bytes(31), FERRY.id, SOUTH.id]],
            ),
            spoiled("returned as text", "W1", "a sealed letter is bytes", returned="sealed"),
            spoiled(
                "an unknown event in it",
                "W2",
                "the letter is refused whole",
                said=[[encode(["x-Burnt", ref, FERRY.id, TAKEN, "manual", []]), None]],
            ),
            spoiled(
                "another's act as one's own", "W3", "South's handover, said by Ferry", said=[passed.said.to_wire()]
            ),
        ],
        "merging": merging(),
        "ways": ways(),
    }


def _json(value: Any) -> Any:
    return (
        value.hex() if isinstance(value, bytes) else [_json(one) for one in value] if isinstance(value, list) else value
    )


def _word(
    event: str, at: int, heard: int, proof: str = "oral", reasons: Any = (), mode: str = "manual"
) -> dict[str, Any]:
    """Times are seconds after the leg was given."""
    return {
        "event": event,
        "at": TAKEN + at,
        "mode": mode,
        "reasons": list(reasons),
        "proof": proof,
        "heard_at": TAKEN + heard,
    }


def merging() -> list[dict[str, Any]]:
    """What one carrier said about one leg; what stands, what is put aside and why, written by hand."""
    took, over = _word("SubmissionAcceptance", 100, 200), _word("ContentHandover", 900, 1000, mode="automatic")
    why = [["waiting", "until Monday"]]
    held = _word("x-CustodyHeld", 300, 400, reasons=why)
    no = _word("SubmissionRejection", 300, 400, reasons=[["unsafe", ""]])
    back = _word("x-ReturnedUnopened", 500, 600, reasons=[["refused", ""]])

    def case(
        name: str, words: list[dict[str, Any]], stands: list[int], standing: str, at: int | None, **more: Any
    ) -> dict[str, Any]:
        aside = [list(one) for one in more.pop("aside", [])]
        waited = more.pop("waited", None)
        return {
            "name": name,
            "given_at": TAKEN,
            "waited_at": None if waited is None else TAKEN + waited,
            "words": words,
            "stands": stands,
            "aside": aside,
            "standing": standing,
            "at": None if at is None else TAKEN + at,
        }

    return [
        case("nothing said", [], [], "no-word", None),
        case("silence", [], [], "silent", 5000, waited=5000),
        case("taken, then silence", [took], [0], "silent", 5000, waited=5000),
        case(
            "handed over after the silence",
            [took, {**over, "heard_at": TAKEN + 9000}],
            [0, 1],
            "handed-over",
            900,
            waited=5000,
        ),
        case("declined before the silence", [no], [0], "declined", 300, waited=5000),
        case("by their times, not as heard", [over, held, took], [2, 1, 0], "handed-over", 900),
        case("held is the last thing said", [took, held], [0, 1], "held", 300),
        case(
            "of one second, in the order of the table", [{**over, "at": TAKEN + 100}, took], [1, 0], "handed-over", 100
        ),
        case(
            "handed over stays so",
            [took, over, _word("RelayFailure", 950, 1000, reasons=[["other", ""]])],
            [0, 1, 2],
            "handed-over",
            900,
        ),
        case(
            "an event that says nothing of where it is",
            [took, _word("x-RecallTooLate", 400, 500)],
            [0, 1],
            "taken",
            100,
        ),
        case("forged", [took, {**over, "proof": "forged"}], [0], "taken", 100, aside=[(1, "forged")]),
        case("unchecked stands", [took, {**over, "proof": "unchecked"}], [0, 1], "handed-over", 900),
        case("within what clocks differ", [_word("SubmissionAcceptance", 600, 0)], [0], "taken", 600),
        case("future", [_word("SubmissionAcceptance", 601, 0)], [], "no-word", None, aside=[(0, "future")]),
        case("as early as clocks differ", [_word("SubmissionAcceptance", -600, 0)], [0], "taken", -600),
        case("backdated", [_word("SubmissionAcceptance", -601, 0)], [], "no-word", None, aside=[(0, "backdated")]),
        case(
            "again: the signed one stands",
            [took, {**took, "proof": "signed", "heard_at": TAKEN + 900}],
            [1],
            "taken",
            100,
            aside=[(0, "again")],
        ),
        case(
            "again: the first heard stands",
            [{**took, "heard_at": TAKEN + 900}, took],
            [1],
            "taken",
            100,
            aside=[(0, "again")],
        ),
        case(
            "not again: another reason",
            [held, _word("x-CustodyHeld", 300, 500, reasons=[["waiting", "longer"]])],
            [1, 0],
            "held",
            300,
        ),
        case("taken and declined", [took, no], [], "unclear", None, aside=[(0, "contradictory"), (1, "contradictory")]),
        case("two ends", [took, over, back], [0], "unclear", None, aside=[(1, "contradictory"), (2, "contradictory")]),
        case(
            "one end at two times",
            [took, over, {**over, "at": TAKEN + 901}],
            [0],
            "unclear",
            None,
            aside=[(1, "contradictory"), (2, "contradictory")],
        ),
        case(
            "the next one declined it, then it was returned",
            [took, _word("RelayRejection", 400, 450, reasons=[["refused", ""]]), back],
            [0, 1, 2],
            "returned",
            500,
        ),
        case(
            "out of order",
            [_word("ContentHandover", 99, 800), {**took, "at": TAKEN + 700, "heard_at": TAKEN + 800}],
            [1],
            "taken",
            700,
            aside=[(0, "out-of-order")],
        ),
        case(
            "read aloud is not handed over: silence follows",
            [took, _word("x-ReadAloud", 900, 1000, reasons=[["reader", "official"], ["hearer", "principal"]])],
            [0, 1],
            "silent",
            5000,
            waited=5000,
        ),
        case(
            "read aloud, then returned",
            [took, _word("x-ReadAloud", 400, 1000, reasons=[["reader", "official"], ["hearer", "principal"]]), back],
            [0, 1, 2],
            "returned",
            500,
        ),
        case(
            "read aloud",
            [_word("x-ReadAloud", 100, 1000, reasons=[["reader", "official"], ["hearer", "principal"]]), took],
            [1, 0],
            "read-aloud",
            100,
        ),
        case(
            "as early as clocks differ, it follows the taking",
            [_word("x-CustodyReleased", 100, 800), {**took, "at": TAKEN + 700, "heard_at": TAKEN + 800}],
            [1, 0],
            "passed",
            100,
        ),
        case(
            "of one time and event, by what it says, not as heard",
            [
                _word("x-CustodyHeld", 300, 400, reasons=[["waiting", "b"]]),
                _word("x-CustodyHeld", 300, 500, reasons=[["waiting", "a"]]),
                _word("x-CustodyHeld", 300, 600, reasons=[["waiting", "c"]], mode="automatic"),
            ],
            [2, 1, 0],
            "held",
            300,
        ),
    ]


def ways() -> list[dict[str, Any]]:
    """North gave to Ferry for South; Ferry passed it to Harbour, Harbour handed it over; word of it in any order."""
    names = {desk.name.lower(): desk.id.hex() for desk in (NORTH, SOUTH, FERRY, HARBOUR)}
    refs = {leg: DICE.randbytes(32).hex() for leg in ("north", "ferry", "harbour", "nobody")}

    def word(giver: str, by: str, event: str, at: int, addressee: str = "south") -> dict[str, Any]:
        return {**_word(event, at, at + 60), "ref": refs[giver], "by": by, "giver": giver, "addressee": addressee}

    words = [
        word("harbour", "south", "ContentHandover", 900),
        word("north", "ferry", "SubmissionAcceptance", 100),
        word("ferry", "harbour", "ContentHandover", 900),
        word("ferry", "harbour", "SubmissionAcceptance", 500),
        word("nobody", "south", "ContentHandover", 50),
        word("north", "ferry", "RelayAcceptance", 500),
    ]
    return [
        {
            "name": "three legs, one that hangs on nothing",
            "offices": names,
            "owner": "north",
            "given": {"carrier": "ferry", "addressee": "south", "ref": refs["north"], "at": TAKEN},
            "words": words,
            "legs": [
                {"giver": "north", "carrier": "ferry", "stands": [1, 5], "standing": "passed", "hole": False},
                {"giver": "ferry", "carrier": "harbour", "stands": [3, 2], "standing": "handed-over", "hole": False},
                {"giver": "harbour", "carrier": "south", "stands": [0], "standing": "handed-over", "hole": False},
                {"giver": "nobody", "carrier": "south", "stands": [4], "standing": "handed-over", "hole": False},
            ],
        },
        {
            "name": "nobody said that it was taken",
            "offices": names,
            "owner": "north",
            "given": {"carrier": "ferry", "addressee": "south", "ref": refs["north"], "at": TAKEN},
            "words": [word("ferry", "harbour", "x-CustodyReleased", 500)],
            "legs": [
                {"giver": "north", "carrier": "ferry", "stands": [], "standing": "no-word", "hole": True},
                {"giver": "ferry", "carrier": "harbour", "stands": [0], "standing": "passed", "hole": True},
            ],
        },
        {
            "name": "two legs of one time and carrier, by their references",
            "offices": names,
            "owner": "north",
            "given": {"carrier": "ferry", "addressee": "south", "ref": refs["north"], "at": TAKEN},
            "words": [
                word("ferry", "harbour", "x-CustodyReleased", 500),
                {**word("ferry", "harbour", "SubmissionAcceptance", 500), "ref": "00" * 32},
                {**word("ferry", "harbour", "ContentHandover", 500), "ref": "ff" * 32},
                {**word("nobody", "harbour", "ContentHandover", 500), "ref": "fe" * 32},
                {**word("nobody", "harbour", "SubmissionAcceptance", 500), "ref": "01" * 32},
                {**word("nobody", "harbour", "x-CustodyReleased", 500), "ref": "80" * 32, "giver": "south"},
            ],
            "legs": [
                {"giver": "north", "carrier": "ferry", "stands": [], "standing": "no-word", "hole": True},
                {"giver": "ferry", "carrier": "harbour", "stands": [1], "standing": "taken", "hole": False},
                {"giver": "ferry", "carrier": "harbour", "stands": [0], "standing": "passed", "hole": True},
                {"giver": "ferry", "carrier": "harbour", "stands": [2], "standing": "handed-over", "hole": True},
                {"giver": "nobody", "carrier": "harbour", "stands": [4], "standing": "taken", "hole": False},
                {"giver": "south", "carrier": "harbour", "stands": [5], "standing": "passed", "hole": True},
                {"giver": "nobody", "carrier": "harbour", "stands": [3], "standing": "handed-over", "hole": True},
            ],
        },
    ]


def bundle() -> list[dict[str, Any]]:
    blind, later_blind = DICE.randbytes(32), DICE.randbytes(32)
    sealed = encode([1, b"any", b"sealed", b"letter"])
    seal_id = seal_id_of(sealed)
    ref = reference(blind, seal_id, NORTH.id, SOUTH.id)
    card = make_card(FERRY.card_body(), FERRY.signing)
    took = Item(
        state("SubmissionAcceptance", ref, FERRY.id, TAKEN, "manual", key=FERRY.signing), blind, NORTH.id, SOUTH.id
    )
    by_other = Item(
        state("ContentHandover", ref, FERRY.id, TAKEN, "manual", key=HARBOUR.signing), blind, NORTH.id, SOUTH.id
    )
    next_ref = reference(later_blind, seal_id, FERRY.id, SOUTH.id)
    later = Item(
        state("ContentHandover", next_ref, HARBOUR.id, TAKEN, "manual", key=HARBOUR.signing),
        later_blind,
        FERRY.id,
        SOUTH.id,
    )
    other_leg = replace(took, giver=HARBOUR.id)
    whole = Bundle((card,), (About(sealed, (took, later, by_other, other_leg)), About(sealed + b"\0", (took,))))
    wire = decode(make_bundle(Bundle((), (About(sealed, (later,)),))), limit=1 << 20)
    item = wire[2][0][1][0]

    def case(name: str, bundle: Bundle, *findings: str) -> dict[str, Any]:
        ids = [seal_id_of(one.sealed).hex() for one in bundle.about for _ in one.items]
        said = [one.said.statement for about in bundle.about for one in about.items]
        return good(
            name,
            make_bundle(bundle),
            findings=[
                {"finding": finding, "event": one.event, "by": one.by.hex(), "at": one.at, "seal_id": seal_id}
                for finding, one, seal_id in zip(findings, said, ids, strict=True)
            ],
        )

    def refused(
        name: str, mark: str, why: str, *, first: Any = 1, cards: Any = (), about: Any = None
    ) -> dict[str, Any]:
        return bad(name, encode([first, list(cards), wire[2] if about is None else about]), mark, why)

    def with_item(*values: Any) -> list[Any]:
        return [[sealed, [list(values)]]]

    burnt = encode(["x-Burnt", next_ref, HARBOUR.id, TAKEN, "manual", []])
    other = encode([2, *decode(card, limit=1 << 20)[1:]])
    return [
        case(
            "one of each finding",
            whole,
            "proved",
            "no-card",
            "signature-fails",
            "about-other-bytes",
            "about-other-bytes",
        ),
        case("no cards", Bundle((), (About(sealed, (later,)),)), "no-card"),
        refused("version 2", "W4", "otherwise in order", first=2),
        refused("version true", "W4", "not a number", first=True),
        bad(
            "two items",
            encode([1, []]),
            "W4",
            "cards and no evidence",
        ),
        refused("about nothing", "W4", "1 to 64 sealings", about=[]),
        refused("no statement", "W4", "1 to 256 statements", about=[[sealed, []]]),
        refused("too many cards", "W4", "at most 64", cards=[b""] * 65),
        refused("a card that is not bytes", "W4", "cards are bytes", cards=[1]),
        refused("sealed bytes missing", "W4", "bytes and items", about=[[wire[2][0][1]]]),
        refused("oral", "W4", "what is not signed convinces nobody else", about=with_item(item[0], None, *item[2:])),
        refused("short blind", "W4", "32 bytes", about=with_item(*item[:2], bytes(31), *item[3:])),
        refused("no addressee", "W4", "five items", about=with_item(*item[:4])),
        refused("short signature", "W1", "3373 bytes", about=with_item(item[0], bytes(64), *item[2:])),
        refused("no statement in it", "W1", "a list of six", about=with_item(encode([]), *item[1:])),
        refused("an unknown event", "W2", "what is said must be understood", about=with_item(burnt, *item[1:])),
        refused("a card of version 2", "C1", "otherwise in order", cards=[other]),
    ]
