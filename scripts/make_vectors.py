"""Make `vectors/` anew: one JSON file a layer, with intermediate values, and failures that have one reason each.

    PYTHONPATH=src python scripts/make_vectors.py [NAME ...]

Everything is drawn from fixed dice but HPKE sealing, ML-DSA signing and the salts of files, which draw their own: a new
run makes other bytes there, and every vector stays true. A layer that is added makes only its own file anew.
"""

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from vector_conveyance import bundle, conveyance, evidence, letters_that_carry
from vector_dates import dates
from vector_desks import DATE, DICE, FERRY, HARBOUR, NORTH, SOUTH, URL, Desk, bad, described, good, letter, small_seal
from vector_files import files
from vector_reconcile import reconcile
from vector_standing import standing as standing_cases
from vector_talks import talks
from vector_terms import terms
from vector_textbook import textbook

from backchannel.conveyance.credence import Answer, Claim, Credence, Query, Ratification, Recall
from backchannel.encoding import digest, encode, labelled
from backchannel.letters.clauses import Act, Ref
from backchannel.letters.docket import Docket, Paraphrase
from backchannel.letters.letter import Letter, contents
from backchannel.letters.series import running_hash
from backchannel.pouches.fragments import cut
from backchannel.pouches.geometry import POUCH
from backchannel.pouches.packet import HOP_INFO, assemble, pouch_keys
from backchannel.seals.armor import armor
from backchannel.seals.cards import make_card, relay_id, until_of
from backchannel.seals.envelopes import make_batch
from backchannel.seals.keys import KemKey, kem_seal, standing_slot
from backchannel.seals.padding import padded_size
from backchannel.seals.safety import half, safety_number
from backchannel.seals.seal import NO_TOKEN, seal_info
from backchannel.seals.signatures import SigningPublic
from backchannel.values import replace

FOLDER = Path("vectors")


def encoding() -> list[dict[str, Any]]:
    x = bytes.fromhex
    values = [0, 23, 24, -1, 1 << 32, b"", b"ab", "", "شمال", [], [1, [2]], {}, {"a": 1, "b": None, "aa": True}, False]
    cases = [good(f"value {at}", encode(value), json=_json(value)) for at, value in enumerate(values)]
    return [
        *cases,
        bad("trailing byte", x("0000"), "E2", "an opener that reads one item only accepts this"),
        bad("cut short", x("42 00"), "E3", "two bytes are promised, one is there"),
        bad("huge count", x("9b ffffffffffffffff"), "E3", "an opener that makes the array first runs out of memory"),
        bad("indefinite", x("9f ff"), "E4", "allowed by CBOR, not by its deterministic form"),
        bad("long number", x("18 17"), "E5", "23 has a shorter form"),
        bad("long length", x("58 01 00"), "E5", "so has a length of 1"),
        bad("deep", x("81" * 40 + "00"), "E6", "deeper than 16"),
        bad("tag", x("c0 60"), "E7", "tags are not used"),
        bad("float", x("f9 0000"), "E7", "floats are not used"),
        bad("number as key", x("a1 00 00"), "E7", "keys are text"),
        bad("bad text", x("61 ff"), "E8", "not UTF-8"),
        bad("keys out of order", x("a2 61 62 00 61 61 00"), "E9", "b before a"),
        bad("key twice", x("a2 61 61 00 61 61 00"), "E9", "a twice"),
    ]


def _json(value: Any) -> Any:
    match value:
        case bytes():
            return {"bytes": value.hex()}
        case list():
            return [_json(item) for item in value]
        case dict():
            return {"map": {key: _json(item) for key, item in value.items()}}
    return value


def cards() -> list[dict[str, Any]]:
    body = SOUTH.card_body()
    card = make_card(body, SOUTH.signing)
    encoded = body.encoded()
    fields = {
        "office_id": SOUTH.id.hex(), "names": dict(body.names), "serial": body.serial, "until": body.until,
        "epoch": body.epoch.hex(), "digest": digest("card", encoded).hex(), "armor": armor(card),
    }  # fmt: skip

    def signed(**changes: Any) -> bytes:
        from backchannel.encoding import decode

        value = {**decode(encoded, limit=1 << 20), **changes}
        data = encode(value)
        return encode([1, data, SOUTH.signing.sign("card", digest("card", data))])

    def high(public: bytes) -> bytes:
        return public[:31] + bytes([public[31] | 128])

    def unsigned() -> bytes:
        identity = (1).to_bytes(32, "little")
        public = SigningPublic(identity, SOUTH.signing.public.mldsa)
        data = replace(body, signing=public).encoded()
        message = labelled("signature/card", public.signing_id, digest("card", data))
        rest = MLDSA65PrivateKey.from_seed_bytes(SOUTH.signing.mldsa_seed).sign(message)
        return encode([1, data, identity + bytes(32) + rest])

    pouch = [[key.period, key.public[:1184] + bytes(32)] for key in body.pouch]
    signature = SOUTH.signing.sign("card", digest("card", encoded))
    other = NORTH.signing.sign("card", digest("card", encoded))
    halves = [bytes(64) + signature[64:], signature[:64] + bytes(3309)]
    return [
        good("South's card", card, **fields),
        bad("version 2", encode([2, encoded, signature]), "C1", "otherwise in order"),
        bad("unknown field", signed(more=1), "C2", "the map is strict; the signature holds"),
        bad("hidden character", signed(names={"en": "So\u202euth"}), "C3", "it would turn what follows around"),
        bad("link of low order", signed(link=bytes(32)), "C4", "every exchange with it is zero"),
        bad(
            "link written otherwise",
            signed(link=high(SOUTH.link.public)),
            "C4",
            "the same point; the highest bit is set",
        ),
        bad("signing key of low order", unsigned(), "C4", "under it the Ed25519 half holds, and nobody made it"),
        bad("two periods", signed(seals=[[692, b""], [693, b""]]), "C5", "three are needed"),
        bad("until", signed(until=until_of(693)), "C5", "not the end of the third period"),
        bad("relay id", signed(addresses=[["relay", URL, bytes(16), None, bytes(8), None]]), "C6", "of another URL"),
        bad("no key", signed(seals=[[p, b"\xff" * 1216] for p in (692, 693, 694)]), "S1", "coefficients out of range"),
        bad("half a key", signed(pouch=pouch), "S1", "X25519's is of low order: who seals to it fails"),
        bad("half a signature", encode([1, encoded, halves[0]]), "C7", "only ML-DSA verifies"),
        bad("other half", encode([1, encoded, halves[1]]), "C7", "only Ed25519 verifies"),
        bad("another's signature", encode([1, encoded, other]), "C7", "North signed South's card"),
    ]


def letters() -> list[dict[str, Any]]:
    from backchannel.encoding import decode

    plain, signed = letter(reference="N/7", reply_by=DATE), letter("proposal", signed=True)
    empty = letter("empty", said=(), docket=Docket(epoch=NORTH.epoch))

    def outer(one: Letter) -> list[Any]:
        return list(decode(contents(one), limit=1 << 24))

    def sheet(**changes: Any) -> bytes:
        value = {**decode(plain.sheet.data, limit=1 << 20), **changes}
        return encode([encode(value), *outer(plain)[1:]])

    def docket(**changes: Any) -> bytes:
        value = {**decode(plain.docket.encoded(), limit=1 << 20), **changes}
        return encode([*outer(plain)[:3], encode(value)])

    one = outer(plain)
    return [
        good("deniable, with zeros", contents(plain) + bytes(37), **described(plain)),
        good("signed", contents(signed), **described(signed)),
        good("empty", contents(empty), **described(empty)),
        good("a docket may grow", docket(later=[1]), **described(plain) | {"docket": None}),
        bad("version 2", sheet(v=2), "L1", "otherwise in order"),
        bad("unknown field", sheet(later=1), "L2", "what is signed must be understood"),
        bad("no such origin", sheet(origin="oracle"), "L2", "nobody would know whose words these are"),
        bad("date", sheet(date=[*DATE.to_wire()[:4], "1405-09-04T12:30"]), "D2", "a day later than what counts"),
        bad("calendar", sheet(date=[*DATE.to_wire()[:3], "julian", "x"]), "D1", "no such calendar"),
        bad("part kind", encode([one[0], [encode(["body", b"", {}])], None, one[3]]), "L3", "its salt is missing"),
        bad("part body", encode([one[0], [encode(["body", bytes(16), {}])], None, one[3]]), "L4", "no language"),
        bad("docket", docket(number=0), "L5", "numbers begin at 1"),
        bad("view", docket(view={"mine": [NORTH.epoch, 3, 1, bytes(32)], "yours": 0}), "L6", "from 3 to 1"),
        bad("no docket", encode(one[:3]), "L7", "three items of four"),
        bad("not zero", contents(plain) + b"\0\1", "L8", "a second text could hide behind the first"),
        bad("a part less", encode([one[0], one[1][:2], None, one[3]]), "L9", "the sheet names three"),
        bad("parts swapped", encode([one[0], one[1][::-1], None, one[3]]), "L9", "the same parts in another order"),
        bad("unknown form", sheet(form="song"), "L10", "no such form"),
        bad("unsigned note", sheet(form="note-verbale"), "L11", "that form is always signed"),
        bad("empty with parts", sheet(form="empty"), "L12", "it would never be shown"),
        bad("nothing said", contents(letter(said=())), "L13", "a letter without a text"),
        bad("nothing enclosed", sheet(form="conveyance"), "L14", "a covering letter that covers nothing"),
        bad("an unknown act", docket(acts={"burns": bytes(32)}), "L5", "what a letter does must be understood"),
        bad("an act on no letter", docket(acts={"recalls": bytes(31)}), "L5", "a letter-id has 32 bytes"),
        bad("a way without its time", docket(ways=[["relay", [relay_id(URL)]]]), "L5", "kind, hops, when and by"),
        bad("a way too long", docket(ways=[["go-between", [FERRY.id] * 9, 1, None]]), "L5", "at most 8 hops"),
        bad("a way of no time", docket(ways=[["relay", [relay_id(URL)], True, None]]), "L5", "a number"),
        bad("a way by no time", docket(ways=[["go-between", [FERRY.id], 1, -1]]), "L5", "by is a time or null"),
        *letters_that_carry(),
        *_paraphrases(),
    ]


def _paraphrases() -> list[dict[str, Any]]:
    """What was said of a letter read aloud, in an intermediary's words."""
    heard = DICE.randbytes(32)
    said = Paraphrase("readback", heard, ("principal",))

    def told(form: str = "reply", origin: str = "intermediary", more: Any = None, **changes: Any) -> bytes:
        docket = Docket(NORTH.epoch, 4, replies=(heard,), paraphrase=said)
        return contents(letter(form, origin=origin, docket=replace(docket, **changes), **(more or {})))

    def marked(value: Any) -> bytes:
        return told(paraphrase=None, unknown={"paraphrase": value})

    whole = letter("reply", origin="unattributed", docket=Docket(NORTH.epoch, 4, replies=(heard,), paraphrase=said))
    wire = said.to_wire()
    act = Act("accept", Ref(heard))
    return [
        good("a paraphrase", contents(whole), **described(whole)),
        bad("a signed paraphrase", told(more={"signed": True}), "L18", "nobody's text cannot be proved anybody's"),
        bad("a paraphrase as a proposal", told("proposal"), "L18", "it is a reply"),
        bad("a paraphrase in the principal's words", told(origin="principal"), "L18", "it is another's account"),
        bad(
            "a paraphrase of what it does not answer", told(replies=(bytes(32),)), "L18", "it replies to what was heard"
        ),
        bad("a paraphrase that accepts", told(terms=(act,)), "L18", "it does nothing"),
        bad("a paraphrase that recalls", told(acts={"recalls": heard}), "L18", "nor to a whole letter"),
        bad("a paraphrase on a credence", told(authority=[1]), "L18", "it speaks for nobody"),
        bad("a paraphrase nobody heard", marked(wire | {"hearers": []}), "L5", "somebody heard the letter"),
        bad("a paraphrase by name", marked(wire | {"hearers": ["Mary"]}), "L5", "capacities, not names"),
        bad("a paraphrase of another kind", marked(wire | {"what": "offer"}), "L5", "of an answer or a readback"),
        bad("a paraphrase that grows", marked(wire | {"binding": True}), "L5", "its map is strict"),
    ]


def series() -> list[dict[str, Any]]:
    ids = [DICE.randbytes(32) for _ in range(4)]
    return [{"ids": [one.hex() for one in ids[:count]], "hash": running_hash(ids[:count]).hex()} for count in range(5)]


def seals() -> dict[str, Any]:
    standing = KemKey.from_seed(SOUTH.seal_seeds[0])
    slot = standing_slot(standing.public)
    batch, own = make_batch(1, None, 1_795_510_800, DICE.randbytes)
    envelope = own[0]
    card = make_card(NORTH.card_body(), NORTH.signing)
    token = batch.standby
    first = contents(letter(docket=Docket(NORTH.epoch, 1, card=card)))
    signed = contents(letter("proposal", signed=True, docket=Docket(NORTH.epoch, 1, card=card)))
    later = contents(letter(docket=Docket(NORTH.epoch, 2, batch=make_batch(1, None, 0, DICE.randbytes)[0].to_wire())))
    on = envelope.envelope

    def accepted(name: str, **values: Any) -> dict[str, Any]:
        return {"name": name, "expect": "accepted", **values}

    def refused(name: str, mark: str, why: str, said: bytes = later, *, to: Any = None, **more: Any) -> dict[str, Any]:
        target = to or (on.slot, on.public, on.token)
        return {"name": name, "expect": f"refused [{mark}]", "why": why} | small_seal(said, SOUTH, *target, **more)

    thief = Desk("South")
    thief.name = "North"
    no_sign = letter("proposal", signed=True, docket=Docket(NORTH.epoch, 2))
    spoiled = replace(no_sign, signature=(no_sign.signature or b"")[:64] + bytes(3309))
    wrong_card = contents(letter(docket=Docket(NORTH.epoch, 2, card=make_card(SOUTH.card_body(), SOUTH.signing))))
    tampered = small_seal(later, SOUTH, on.slot, on.public, on.token)
    cut_short = bytearray.fromhex(tampered["hex"])
    cut_short[-1] ^= 1
    half_batch = contents(
        letter(docket=Docket(NORTH.epoch, 2, batch={"number": 1, "standby": bytes(32), "envelopes": []}))
    )
    return {
        "reader": SOUTH.described(),
        "writer": NORTH.described(),
        "envelope": {
            "slot": on.slot.hex(),
            "seed": envelope.seed.hex(),
            "public": on.public.hex(),
            "token": on.token.hex(),
            "given_to": NORTH.id.hex(),
            "until": on.until,
        },
        "standby_tokens": [token.hex()],
        "cases": [
            accepted(
                "first letter: standing seal, zero token", **small_seal(first, SOUTH, slot, standing.public, NO_TOKEN)
            ),
            accepted("signed first letter", **small_seal(signed, SOUTH, slot, standing.public, NO_TOKEN)),
            accepted("standing seal, standby token", **small_seal(later, SOUTH, slot, standing.public, token)),
            accepted("return envelope", **small_seal(later, SOUTH, on.slot, on.public, on.token)),
            refused("version 2", "S3", "otherwise in order", version=2),
            {
                "name": "no sealed letter",
                "expect": "refused [S4]",
                "why": "four items",
                "hex": encode([1, b"", b"", b""]).hex(),
            },
            refused("unknown slot", "S16", "the key it names is not here", to=(bytes(16), on.public, on.token)),
            refused(
                "another slot's key",
                "S5",
                "sealed to the standing key under the envelope's slot",
                to=(on.slot, standing.public, on.token),
            ),
            refused("another reader", "S5", "the HPKE info names another office", info=seal_info(NORTH.id, on.slot)),
            refused(
                "no writer",
                "S6",
                "the payload is two strings of 32, padded to size",
                payload=encode([bytes(32), bytes(66)])[:103].ljust(103, b"\0"),
            ),
            refused("another office on the envelope", "S9", "the envelope was given to North", writer=thief),
            refused(
                "zero token on an envelope",
                "S7",
                "the commitment fits a zero token only",
                to=(on.slot, on.public, NO_TOKEN),
            ),
            refused(
                "commitment",
                "S7",
                "the body decrypts; an opener that skips the check accepts this",
                commitment=bytes(32),
            ),
            {
                **tampered,
                "name": "body",
                "expect": "refused [S8]",
                "why": "the last bit of the tag",
                "hex": cut_short.hex(),
            },
            refused("from another", "S10", "the sheet names South as its writer", contents(letter(sender=SOUTH.id))),
            refused("to another", "S10", "the sheet names North as its reader", contents(letter(recipient=NORTH.id))),
            refused("another's card", "S12", "the docket brings South's own card", wrong_card),
            refused("half a signature", "S11", "only Ed25519 verifies", contents(spoiled)),
            refused("batch", "S15", "a zero standby token", half_batch),
            refused(
                "zero token after one was shown",
                "S13",
                "North has shown a token before: `shown` is true",
                later,
                to=(slot, standing.public, NO_TOKEN),
            )
            | {"shown": True},
            refused(
                "no card",
                "S14",
                "the writer is unknown here: `unknown` is true",
                later,
                to=(slot, standing.public, NO_TOKEN),
            )
            | {"unknown": True},
        ],
    }


def padding() -> list[dict[str, int]]:
    sizes = [1, 32_768, 32_769, 49_152, 49_153, 147_456, 300_000, 1_000_000, 16_777_216]
    return [{"bytes": size, "padded": padded_size(size)} for size in sizes]


def safety() -> dict[str, Any]:
    return {
        "one": NORTH.id.hex(), "other": SOUTH.id.hex(), "half_of_one": half(NORTH.id),
        "half_of_other": half(SOUTH.id), "number": safety_number(NORTH.id, SOUTH.id),
    }  # fmt: skip


def pouches() -> dict[str, Any]:
    key = KemKey.from_seed(SOUTH.pouch_seeds[0])
    message = DICE.randbytes(16_384 + 100)
    cases: list[dict[str, Any]] = []
    for at, inner in enumerate(cut(message, DICE.randbytes)):
        seed = DICE.randbytes(32)
        pouch = assemble(seed, kem_seal(key.public, HOP_INFO, seed), inner, DICE.randbytes)
        keys = pouch_keys(seed)
        cases.append(
            good(f"fragment {at}", pouch, seed=seed.hex(), mac_key=keys.mac.hex(), header_key=keys.header.hex(),
                 payload_keys=[one.hex() for one in keys.payload], replay_tag=keys.tag.hex(),
                 message_id=inner[2:18].hex(), index=at, count=2, total=len(message))
        )  # fmt: skip

    def flipped(name: str, at: int, mark: str, why: str) -> dict[str, Any]:
        return {"name": name, "expect": mark, "why": why, "of": "fragment 0", "xor_01_at": at}

    return {
        "station_seed": key.seed.hex(),
        "message_sha256": hashlib.sha256(message).hexdigest(),
        "cases": cases,
        "spoiled": [
            flipped("in the ciphertext", 5, "another's", "it opens for nobody: silence"),
            flipped("in the header", POUCH.ct + 5, "refused [P2]", "the mac covers ct and beta"),
            flipped("in the mac", POUCH.header - 1, "refused [P2]", "compared whole"),
            flipped("first of the payload", POUCH.header, "refused [P5]", "the permutation spreads one bit over all"),
            flipped("last of the payload", POUCH.pouch - 1, "refused [P5]", "so does the last"),
        ],
    }


def introductions() -> dict[str, Any]:
    """North introduces South to an office of which only the id is needed."""
    reader = bytes(range(32))
    value = {"card": make_card(SOUTH.card_body(), SOUTH.signing), "standing": "verified", "since": 1_795_510_000}
    spoiled = value["card"][:-1] + bytes([value["card"][-1] ^ 1])
    without = {name: one for name, one in value.items() if name != "since"}
    return {
        "introducer": NORTH.id.hex(),
        "reader": reader.hex(),
        "cases": [
            good("South", encode(value), office_id=SOUTH.id.hex(), standing="verified", since=1_795_510_000),
            bad("unknown field", encode(value | {"words": "trust me"}), "N1", "words are the letter's own text"),
            bad("no date", encode(without), "N1", "all three fields are there"),
            bad("standing", encode(value | {"standing": "certain"}), "N1", "no such step of the ladder"),
            bad("before 1970", encode(value | {"since": -1}), "N1", "seconds count from 1970"),
            bad("a text", encode(value | {"card": "South"}), "N1", "a card is bytes"),
            bad("no map", encode([value["card"], "verified", 0]), "N1", "the same three in a list"),
            bad("another card", encode(value | {"card": spoiled}), "C7", "the card's own signature does not hold"),
            bad(
                "itself",
                encode(value | {"card": make_card(NORTH.card_body(), NORTH.signing)}),
                "N2",
                "North's own card",
            ),
            bad("its reader", encode(value), "N3", "South is told of South", reader=SOUTH.id.hex()),
        ],
    }


def credences() -> dict[str, Any]:
    """What accredits, read; and letters judged from what was held. Ids are drawn from dice of their own."""
    dice = Random(4)
    north, envoy, south, harbour = (dice.randbytes(32) for _ in range(4))
    named, lower, letter_id = dice.randbytes(16), dice.randbytes(16), dice.randbytes(32)
    given = Credence(named, north, envoy, south, ("explain", "explore"), 1000, 1000, 90_000, ("prisoners",), "no sums")
    may = replace(given, pass_on=True)
    passed = Credence(
        lower, north, harbour, south, ("explain",), 2000, 2000, 80_000, ("prisoners",), "no sums in May", under=named
    )
    ask, say = Query(bytes(16), envoy, named, letter_id), Answer(bytes(16), envoy, "no-comment", 3000, named)
    ratified = Ratification(letter_id, envoy, "ratified", 9000)

    def read(what: Any, writer: bytes = north, reader: bytes = south, **changes: Any) -> dict[str, Any]:
        kind = changes.pop("kind", what.matter().kind)
        value = {key: one for key, one in (what.matter().value | changes).items() if one is not None}
        return {"kind": kind, "writer": writer.hex(), "reader": reader.hex(), "hex": encode(value).hex()}

    def fine(name: str, *of: Any, **more: Any) -> dict[str, Any]:
        return {"name": name, "expect": "accepted"} | read(*of, **more)

    def wrong(name: str, mark: str, why: str, *of: Any, **more: Any) -> dict[str, Any]:
        return {"name": name, "expect": f"refused [{mark}]", "why": why} | read(*of, **more)

    matters = [
        fine("credence", given),
        fine("its copy for the envoy", given, north, envoy),
        fine("passed on", passed, envoy, south),
        fine("recall", Recall(named, 3000)),
        fine("question", ask, south, north),
        fine("answer", say),
        fine("ratification", ratified),
        wrong("a verb more", "A1", "a verb that is not understood", given, verbs=["explain", "rule"]),
        wrong("a verb twice", "A1", "a verb stands at most once", given, verbs=["explain", "explain"]),
        wrong("a matter of nothing", "A1", "a matter has 1 byte at least", given, matters=[""]),
        wrong("no word on passing on", "A1", "it must be said", given, pass_on=None),
        wrong("a field more", "A1", "the map is strict", given, later=1),
        wrong("an answer more", "A1", "yes, no or no-comment", say, answer="perhaps"),
        wrong("a word more", "A1", "ratified or disowned", ratified, word="noted"),
        wrong("ends at its beginning", "A2", "since is before until", given, until=1000),
        wrong("ends before it was issued", "A2", "serial is before until", given, serial=90_000),
        wrong("91 days", "A2", "90 days after it was issued at most", given, until=1000 + 91 * 86_400),
        wrong("another's word given", "A3", "without `under` the writer is the principal", given, harbour),
        wrong("passed on by the principal", "A3", "`under` is for envoys", passed, north),
        wrong("told to a third", "A3", "neither envoy nor audience", given, north, harbour),
        wrong("an envoy to itself", "A3", "the envoy is its audience", given, envoy=south),
        wrong("asked of the envoy", "A3", "it would be asked about itself", ask, south, envoy),
        wrong("ratified by the envoy", "A3", "its own words", ratified, envoy, south),
    ]
    claim = Claim(north, named, "explore", "prisoners").to_wire()

    def claimed(name: str, expect: str, origin: str = "envoy", **changes: Any) -> dict[str, Any]:
        return {"name": name, "expect": expect, "origin": origin, "hex": encode(claim | changes).hex()}

    claims = [
        claimed("claim", "accepted"),
        claimed("verb", "refused [A4]", verb="rule"),
        claimed("id", "refused [A4]", credence=bytes(15)),
        claimed("field", "refused [A4]", later=1),
        claimed("own words", "refused [A5]", "principal"),
    ]
    lower_claim = Claim(north, lower, "explain", "prisoners").to_wire()
    both: list[tuple[Any, bytes, int]] = [(may, north, 1100), (passed, envoy, 2100)]
    yes, no = Answer(bytes(16), envoy, "yes", 4000), Answer(bytes(16), envoy, "no", 5000)

    def judged(
        verdict: str, at: int, *held: tuple[Any, bytes, int], sender: bytes = envoy, audience: bytes = south,
        trusted: tuple[bytes, ...] = (north,), claim: dict[str, Any] | None = claim, name: str = "", **changes: Any,
    ) -> dict[str, Any]:  # fmt: skip
        words = [
            {"kind": what.matter().kind, "by": by.hex(), "reached": reached, "hex": encode(what.matter().value).hex()}
            for what, by, reached in held
        ]
        wire = None if claim is None else encode(claim | changes).hex()
        return {
            "name": name or verdict, "verdict": verdict, "claim": wire, "letter_id": letter_id.hex(),
            "sender": sender.hex(), "audience": audience.hex(), "reached": at, "held": words,
            "trusted": [one.hex() for one in trusted],
        }  # fmt: skip

    held = (given, north, 1100)
    judging = [
        judged("valid", 2000, held),
        judged("valid", 90_000, held, name="valid to the last second"),
        judged("expired", 90_001, held),
        judged("not-yet", 1999, (replace(given, since=2000), north, 1100)),
        judged("unknown", 1099, held, name="unknown: the credence came later"),
        judged("valid", 1100, held, name="valid: reached together"),
        judged("unknown", 2000, held, name="unknown: of another principal", principal=harbour),
        judged("copied", 2000, held, sender=harbour),
        judged("other-audience", 2000, held, audience=harbour),
        judged("beyond-verb", 2000, held, verb="commit"),
        judged("beyond-matter", 2000, held, matter="Prisoners"),
        judged("unverified", 2000, held, trusted=()),
        judged("recalled", 4000, held, (Recall(named, 3000), north, 4000)),
        judged("valid", 3999, held, (Recall(named, 3000), north, 4000), name="valid: the recall came later"),
        judged("valid", 4000, held, (Recall(named, 3000), harbour, 3500), name="valid: recalled by another office"),
        judged("denied", 6000, held, (no, north, 5100), (yes, north, 4100)),
        judged("valid", 6000, held, (replace(no, at=3999), north, 5100), (yes, north, 4100), name="valid: a later yes"),
        judged("valid", 6000, held, (say, north, 3100), name="valid: no comment"),
        judged("valid", 6000, held, (no, harbour, 5100), name="valid: another office says no"),
        judged("beyond-verb", 6000, held, (replace(given, verbs=("carry",), serial=2000), north, 2100), name="last"),
        judged("valid", 3000, *both, sender=harbour, claim=lower_claim, name="valid: passed on"),
        judged("wider", 3000, held, both[1], sender=harbour, claim=lower_claim, name="wider: not to be passed on"),
        judged(
            "wider", 3000, (may, north, 1100), (replace(passed, verbs=("commit",)), envoy, 2100), sender=harbour,
            claim=lower_claim, name="wider: a verb", verb="commit",
        ),
        judged(
            "wider", 3000, (may, north, 1100), (replace(passed, limits=None), envoy, 2100), sender=harbour,
            claim=lower_claim, name="wider: a limit left out",
        ),
        judged("recalled", 3000, *both, (Recall(named, 2500), north, 2600), sender=harbour, claim=lower_claim,
               name="recalled above"),
        judged("copied", 3000, (may, north, 1100), (passed, harbour, 2100), sender=harbour, claim=lower_claim,
               name="copied above: passed on by who is not the envoy"),
        judged("valid", 3000, *both, (replace(passed, serial=2500, verbs=("commit",)), bytes(32), 2600), sender=harbour,
               claim=lower_claim, name="valid: an intruder's of the same id"),
        judged("unknown", 3000, both[1], sender=harbour, claim=lower_claim, name="unknown above"),
        judged("ratified", 2000, held, (ratified, north, 9100), verb="commit"),
        judged("unverified", 2000, held, (ratified, north, 9100), trusted=(), name="ratified by who is not trusted"),
        judged("valid", 2000, held, (ratified, north, 9100), name="valid needs no ratification"),
        judged("beyond-verb", 2000, held, (ratified, harbour, 9100), verb="commit", trusted=(north, harbour),
               name="ratified by another office"),
        judged("beyond-verb", 2000, held, (ratified, north, 9100),
               (replace(ratified, word="disowned", at=9500), north, 9600), verb="commit", name="disowned after"),
        judged("valid", 2000, held, (replace(ratified, word="disowned"), north, 9100), name="cannot be disowned"),
        judged("itself", 2000, held, claim=None),
        judged("ratified", 2000, (ratified, harbour, 9100), trusted=(harbour,), claim=None, name="ratified, no claim"),
    ]  # fmt: skip
    return {"matters": matters, "claims": claims, "judging": judging}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    makers: dict[str, Callable[[], Any]] = {
        "offices": lambda: {desk.name.lower(): desk.described() for desk in (NORTH, SOUTH, FERRY, HARBOUR)},
        "encoding": encoding,
        "cards": cards,
        "letters": letters,
        "dates": dates,
        "series": series,
        "seals": seals,
        "padding": padding,
        "safety": safety,
        "pouches": pouches,
        "introductions": introductions,
        "credences": credences,
        "conveyance": conveyance,
        "evidence": evidence,
        "bundle": bundle,
        "files": files,
        "reconcile": reconcile,
        "standing": lambda: [*standing_cases(), *textbook()],
        "talks": talks,
        "terms": terms,
    }
    for name in sys.argv[1:] or makers:
        made = makers[name]()
        if name == "standing":  # a case a line: there are many, and each is read as a whole
            text = "[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in made) + "\n]\n"
        else:
            text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
