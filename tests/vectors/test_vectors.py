"""The vectors hold for the product and for an opener written from the spec alone, and the spec names every refusal."""

import hashlib
import json
import re
from pathlib import Path

import opener
import pycddl
import pytest

from backchannel.conveyance.credence import Word, check_parties, judge, read_accrediting, read_claim
from backchannel.conveyance.introductions import read_introduction
from backchannel.encoding import decode, decode_prefix, encode
from backchannel.errors import Refused
from backchannel.letters.clauses import act_to_wire
from backchannel.letters.letter import read_contents
from backchannel.letters.series import running_hash
from backchannel.pouches.fragments import read_fragment
from backchannel.pouches.packet import peel
from backchannel.seals.armor import armor, dearmor
from backchannel.seals.cards import read_card
from backchannel.seals.keys import KemKey, LinkKey, office_id, standing_slot
from backchannel.seals.padding import padded_size
from backchannel.seals.safety import half, safety_number
from backchannel.seals.seal import read_sealed, unlock, unwrap
from backchannel.seals.signatures import SigningKey

ROOT = Path(__file__).parents[2]


def load(name):
    return json.loads((ROOT / "vectors" / f"{name}.json").read_text(encoding="utf-8"))


def cases(name):
    found = load(name)
    return [pytest.param(case, id=case["name"]) for case in (found["cases"] if isinstance(found, dict) else found)]


def mark(case):
    return re.search(r"\[(\w+)\]", case["expect"])[1]


def check(case, read, theirs):
    """Both readers accept, or both refuse; ours at the very mark, the stranger's too."""
    data = bytes.fromhex(case["hex"])
    if case["expect"] == "accepted":
        return read(data), theirs(data)
    with pytest.raises(Refused) as ours:
        read(data)
    assert ours.value.mark == mark(case)
    with pytest.raises(opener.No) as stranger:
        theirs(data)
    assert str(stranger.value) == mark(case)
    return None


@pytest.mark.parametrize("case", cases("encoding"))
def test_encoding(case):
    data = bytes.fromhex(case["hex"])
    if case["expect"] == "accepted":
        assert encode(decode(data, limit=1000)) == data
        return
    with pytest.raises(Refused) as caught:
        decode(data, limit=1000)
    assert caught.value.mark == mark(case)


@pytest.mark.parametrize("name", ["north", "south", "ferry", "harbour"])
def test_offices(name):
    x = {key: bytes.fromhex(value) for key, value in load("offices")[name].items()}
    public = SigningKey.from_seeds(x["ed25519_seed"], x["mldsa_seed"]).public
    link = LinkKey.from_seed(x["link_private"])
    seal = KemKey.from_seed(x["standing_seal_seed"])
    assert (public.ed25519, public.mldsa, link.public) == (x["ed25519_public"], x["mldsa_public"], x["link_public"])
    assert office_id(public.signing_id, link.public) == x["office_id"]
    assert (seal.public, standing_slot(seal.public)) == (x["standing_seal_public"], x["standing_seal_slot"])
    assert opener.kem(x["standing_seal_seed"])[1] == seal.public


@pytest.mark.parametrize("case", cases("cards"))
def test_cards(case):
    both = check(case, read_card, opener.read_card)
    if both:
        ours, theirs = both
        assert ours.office_id == theirs["office"] == bytes.fromhex(case["office_id"])
        assert dict(ours.body.names) == case["names"]
        assert armor(ours.data) == case["armor"]
        assert dearmor(case["armor"]) == ours.data


@pytest.mark.parametrize("case", cases("letters") + cases("terms"))
def test_letters(case):
    both = check(case, read_contents, opener.read_letter)
    if both:
        ours, theirs = both
        assert ours.letter_id == theirs["id"] == bytes.fromhex(case["letter_id"])
        assert {body.lang: body.text for body in ours.bodies} == case["texts"]
        assert ours.sheet.data.hex() == case["sheet"]
        assert [part.digest.hex() for part in ours.parts] == case["part_digests"]
        assert [kind for kind, _, _ in theirs["parts"]] == [_kind(part) for part in ours.parts]
        if "acts" in case:
            assert _named([act_to_wire(act) for act in ours.acts]) == _named(theirs["acts"]) == case["acts"]
            numbers = {
                part[2]["number"]: opener.H("part", opener.cbor(part)).hex()
                for part in theirs["parts"]
                if part[0] == "clause"
            }
            assert numbers == case["clauses"]
        if case["docket"]:
            assert ours.docket.encoded() == theirs["docket_bytes"] == bytes.fromhex(case["docket"])


def _named(acts):
    named = [(act["act"], *act.get("on", (None, None, None))) for act in acts]
    return [[kind, letter and letter.hex(), clause, act] for kind, letter, clause, act in named]


def _kind(part):
    return decode(part.data, limit=1 << 20)[0]


@pytest.mark.parametrize("case", cases("seals"))
def test_seals(case, town):
    vectors = load("seals")
    reader = opener.Reader(vectors)
    flags = {name: True for name in ("shown", "unknown") if case.get(name)}
    data = bytes.fromhex(case["hex"])
    if case["expect"] == "accepted":
        opened = reader.open(data)
        assert opened["contents"].hex() == case["contents"]
        assert opened["key"].hex() == case["key"]
        assert opened["dh"].hex() == case["dh"]
        assert read_sealed(data).seal_id.hex() == case["seal_id"]
    else:
        with pytest.raises(opener.No) as stranger:
            reader.open(data, **flags)
        assert str(stranger.value) == mark(case)
    _through_the_desk(town, vectors, case)


def _through_the_desk(town, vectors, case):
    """A real desk that holds the reader's keys answers the same."""
    from backchannel.desk import events as ev
    from backchannel.desk.opening import try_to_open

    x = {key: bytes.fromhex(value) for key, value in vectors["reader"].items()}
    writer = bytes.fromhex(vectors["writer"]["office_id"])
    envelope = {
        key: value if isinstance(value, int) else bytes.fromhex(value) for key, value in vectors["envelope"].items()
    }
    desk = town.office("South")
    card = next(one for one in load("seals")["cases"] if one["name"].startswith("first"))
    north = read_contents(bytes.fromhex(card["contents"])).docket.card
    with desk.changing() as change:
        for name, key in (
            (b"office/ed25519", "ed25519_seed"),
            (b"office/mldsa", "mldsa_seed"),
            (b"office/link", "link_private"),
        ):
            change.tx.put_secret(name, x[key])
        change.tx.put_secret(b"seal/000692", x["standing_seal_seed"])
        change.tx.put_secret(b"envelope/" + envelope["slot"], encode([envelope["seed"], envelope["token"]]))
        change.tx.put_secret(b"standby/" + writer + b"/%012d" % 1, bytes.fromhex(vectors["standby_tokens"][0]))
        change.add(ev.Founded(x["office_id"], (("en", "South"),), "UTC"))
        change.add(ev.SealMade(692, x["standing_seal_slot"]))
        change.add(ev.BatchMade(writer, 1, ((envelope["slot"], envelope["until"]),)))
        if not case.get("unknown"):
            change.add(ev.CardKept(writer, north, "import", True))
        if case.get("shown"):
            change.add(ev.Shown(writer, 1))
    data = bytes.fromhex(case["hex"])
    if case["expect"] == "accepted":
        assert try_to_open(desk, data).letter_id == read_contents(bytes.fromhex(case["contents"])).letter_id
        return
    with pytest.raises(Refused) as caught:
        try_to_open(desk, data)
    assert caught.value.mark == mark(case)


@pytest.mark.parametrize("case", [one for one in cases("seals") if one.values[0]["expect"] == "accepted"])
def test_seals_step_by_step(case):
    """Every intermediate value of the vector is ours."""
    vectors = load("seals")
    reader = bytes.fromhex(vectors["reader"]["office_id"])
    sealed = read_sealed(bytes.fromhex(case["hex"]))
    on_envelope = case["slot"] == vectors["envelope"]["slot"]
    seed = vectors["envelope"]["seed"] if on_envelope else vectors["reader"]["standing_seal_seed"]
    inner = unwrap(sealed, KemKey.from_seed(bytes.fromhex(seed)), reader)
    assert inner.secret.hex() == case["secret"]
    assert hashlib.sha256(sealed.hpke_ct).hexdigest() == case["salt"]
    said, _ = unlock(sealed, inner, reader, bytes.fromhex(case["dh"]), [bytes.fromhex(case["token"])])
    assert said.hex() == case["contents"]


@pytest.mark.parametrize("case", cases("introductions"))
def test_introductions(case):
    told = load("introductions")
    introducer, reader = bytes.fromhex(told["introducer"]), bytes.fromhex(case.get("reader", told["reader"]))
    both = check(
        case,
        lambda data: read_introduction(decode(data, limit=1 << 20), introducer, reader),
        lambda data: opener.read_introduction(data, introducer, reader),
    )
    if both:
        ours, theirs = both
        assert ours.card.office_id == theirs["office"] == bytes.fromhex(case["office_id"])
        assert (ours.standing, ours.since) == (theirs["standing"], theirs["since"]) == (case["standing"], case["since"])
        assert ours.matter().value == decode(bytes.fromhex(case["hex"]), limit=1 << 20)
        pycddl.Schema(f"start = introduction\n{cddl()}").validate_cbor(bytes.fromhex(case["hex"]))


@pytest.mark.parametrize("case", load("credences")["matters"], ids=lambda case: case["name"])
def test_what_accredits(case):
    writer, reader = bytes.fromhex(case["writer"]), bytes.fromhex(case["reader"])

    def read(data):
        return check_parties(read_accrediting(case["kind"], decode(data, limit=1 << 20)), writer, reader)

    both = check(case, read, lambda data: opener.read_accrediting(case["kind"], data, writer, reader))
    if both:
        assert both[0].matter().value == both[1]


@pytest.mark.parametrize("case", load("credences")["claims"], ids=lambda case: case["name"])
def test_claims(case):
    both = check(
        case,
        lambda data: read_claim(decode(data, limit=1 << 20), case["origin"]),
        lambda data: opener.read_claim(data, case["origin"]),
    )
    if both:
        assert both[0].to_wire() == both[1]


@pytest.mark.parametrize("case", load("credences")["judging"], ids=lambda case: case["name"])
def test_judging(case):
    """The product and the stranger reach the verdict of the vector from the same words."""
    held = tuple(
        Word(
            read_accrediting(one["kind"], decode(bytes.fromhex(one["hex"]), limit=1 << 20)),
            bytes.fromhex(one["by"]),
            one["reached"],
        )
        for one in case["held"]
    )
    claim = case["claim"] and read_claim(decode(bytes.fromhex(case["claim"]), limit=1 << 20), "envoy")
    letter_id, sender, audience = (bytes.fromhex(case[name]) for name in ("letter_id", "sender", "audience"))
    trusted = frozenset(map(bytes.fromhex, case["trusted"]))
    assert judge(claim, letter_id, sender, audience, case["reached"], held, trusted).verdict == case["verdict"]
    assert opener.judge(case) == case["verdict"]


def test_series_padding_and_safety_numbers():
    for case in load("series"):
        assert running_hash(bytes.fromhex(one) for one in case["ids"]).hex() == case["hash"]
    for case in load("padding"):
        assert padded_size(case["bytes"]) == case["padded"]
    case = load("safety")
    one, other = bytes.fromhex(case["one"]), bytes.fromhex(case["other"])
    assert (half(one), half(other), safety_number(one, other)) == (
        case["half_of_one"], case["half_of_other"], case["number"],
    )  # fmt: skip


def test_pouches():
    vectors = load("pouches")
    seed = bytes.fromhex(vectors["station_seed"])
    key = KemKey.from_seed(seed)
    message = b""
    for case in vectors["cases"]:
        pouch = bytes.fromhex(case["hex"])
        ours, theirs = peel(pouch, key), opener.peel(pouch, seed)
        assert ours.tag == theirs["tag"] == bytes.fromhex(case["replay_tag"])
        piece = read_fragment(ours.inner)
        assert (piece.message_id, piece.index, piece.data) == (theirs["message"], theirs["index"], theirs["data"])
        assert (piece.message_id.hex(), piece.index, piece.count, piece.total) == (
            case["message_id"], case["index"], case["count"], case["total"],
        )  # fmt: skip
        message += piece.data
    assert hashlib.sha256(message).hexdigest() == vectors["message_sha256"]
    for case in vectors["spoiled"]:
        pouch = bytearray.fromhex(vectors["cases"][0]["hex"])
        pouch[case["xor_01_at"]] ^= 1
        if case["expect"] == "another's":
            assert peel(bytes(pouch), key) is None
            assert opener.peel(bytes(pouch), seed) is None
            continue
        with pytest.raises(Refused) as caught:
            peel(bytes(pouch), key)
        assert caught.value.mark == mark(case)
        with pytest.raises(opener.No, match=mark(case)):
            opener.peel(bytes(pouch), seed)


def cddl():
    pages = sorted((ROOT / "docs" / "spec").glob("*.md"))
    return "\n".join(block for page in pages for block in re.findall(r"```cddl\n(.*?)```", page.read_text(), re.DOTALL))


def test_the_cddl_of_the_spec_describes_the_vectors():
    rules = cddl()

    def valid(rule, data):
        pycddl.Schema(f"start = {rule}\n{rules}").validate_cbor(data)

    card = bytes.fromhex(load("cards")[0]["hex"])
    valid("card", card)
    valid("card-body", decode(card, limit=1 << 20)[1])
    for case in load("letters") + load("terms"):
        if case["expect"] == "accepted":
            (sheet, parts, _, docket), end = decode_prefix(bytes.fromhex(case["hex"]))
            valid("contents", bytes.fromhex(case["hex"])[:end])
            valid("sheet", sheet)
            valid("docket", docket)
            for part in parts:
                valid("part", part)
                kind, _, content = decode(part, limit=1 << 20)
                if kind != "tablet":  # a part of a later kind
                    valid(kind, encode(content))
    for case in load("credences")["matters"]:
        if case["expect"] == "accepted":
            valid(case["kind"], bytes.fromhex(case["hex"]))
    for case in load("credences")["claims"]:
        if case["expect"] == "accepted":
            valid("authority", bytes.fromhex(case["hex"]))
    for case in load("seals")["cases"]:
        if case["expect"] == "accepted":
            valid("sealed", bytes.fromhex(case["hex"]))
            valid("payload", bytes.fromhex(case["payload"]))
            docket = read_contents(bytes.fromhex(case["contents"])).docket
            if docket.batch is not None:
                valid("batch", encode(docket.batch))
    shapes = {"conveyance": load("conveyance")["cases"], "evidence": load("evidence")["evidence"]}
    shapes |= {"statement": load("evidence")["statements"], "bundle": load("bundle")}
    beyond = {"immediate without a reason", "flash, reason empty", "long reason", "long instructions"}  # not for CDDL
    beyond |= {
        "after the last time",
        "taken after the last time",
        "no statement in it",
        "an unknown event in it",
        "too many",
    }
    for rule, cases in shapes.items():
        for case in cases:
            if case["expect"] == "accepted":
                valid(rule, bytes.fromhex(case["hex"]))
            elif re.search("V1|W1|W4", case["expect"]) and case["name"] not in beyond:
                with pytest.raises(pycddl.ValidationError):
                    valid(rule, bytes.fromhex(case["hex"]))


RELAY = ["relay", "https://relay.example", bytes(16), bytes(32), bytes(8), "pass"]
CONTENTS = [b"sheet", [b"part"], bytes(3373), b"docket"]
ITEM = [b"statement", bytes(3373), bytes(32), bytes(32), bytes(32)]
BUNDLE = [1, [b"card"], [[b"sealed", [ITEM, ITEM]], [b"sealed", [ITEM]]]]


@pytest.mark.parametrize(
    ("rule", "value", "changes"),
    [
        ("relay-address", RELAY, {0: "e-mail", 1: b"url", 2: bytes(15), 3: bytes(31), 4: bytes(9), 5: 7}),
        ("contents", CONTENTS, {0: "sheet", 1: ["part"], 2: bytes(3372), 3: None}),
        ("bundle", BUNDLE, {0: 2, 1: ["card"], 2: []}),
        ("about", BUNDLE[2][0], {0: "sealed", 1: []}),
        ("item", ITEM, {0: "statement", 1: None, 2: bytes(31), 3: None, 4: b""}),
    ],
)
def test_the_cddl_of_the_spec_refuses_what_is_not_so(rule, value, changes):
    """A checker that misreads a rule takes everything, or nothing: each of the members counts."""
    schema = pycddl.Schema(f"start = {rule}\n{cddl()}")
    schema.validate_cbor(encode(value))
    for at in {"relay-address": (3, 5), "contents": (2,)}.get(rule, ()):
        schema.validate_cbor(encode([*value[:at], None, *value[at + 1 :]]))
    assert len(changes) == len(value)
    for bad in (value[:-1], [*value, None], *([*value[:at], one, *value[at + 1 :]] for at, one in changes.items())):
        with pytest.raises(pycddl.ValidationError):
            schema.validate_cbor(encode(bad))


def test_the_addresses_of_the_vectors_are_as_described():
    schema = pycddl.Schema(f"start = relay-address\n{cddl()}")
    addresses = [
        address
        for case in load("cards")
        if case["expect"] == "accepted"
        for address in decode(decode(bytes.fromhex(case["hex"]), limit=1 << 20)[1], limit=1 << 20)["addresses"]
        if address[0] == "relay"
    ]
    assert addresses
    for address in addresses:
        schema.validate_cbor(encode(address))
