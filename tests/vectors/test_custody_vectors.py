"""The vectors of go-betweens hold for the product and for an opener written from the spec alone."""

import json
import random
import re
from pathlib import Path

import custody
import opener
import pytest

from backchannel.conveyance import bundle as bundles
from backchannel.conveyance.covering import read_covering
from backchannel.conveyance.evidence import (
    Said,
    check_writer,
    holds,
    read_evidence,
    read_statement,
    reference,
)
from backchannel.conveyance.tracking import Given, Word, _leg, track
from backchannel.encoding import decode, digest, labelled
from backchannel.errors import Refused
from backchannel.letters.letter import read_contents
from backchannel.seals.keys import KemKey, LinkKey
from backchannel.seals.seal import NO_TOKEN, read_sealed, seal_id_of, unlock, unwrap
from backchannel.seals.signatures import SigningPublic

VECTORS = Path(__file__).parents[2] / "vectors"
MOST = 1 << 26
x = bytes.fromhex


def load(name):
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


CONVEYANCE, EVIDENCE, OFFICES = load("conveyance"), load("evidence"), load("offices")


def each(cases):
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in cases])


def both(case, ours, theirs):
    """What both make of it; None where both refuse it, at the very mark."""
    data = x(case["hex"])
    if case["expect"] == "accepted":
        return ours(data), theirs(data)
    mark = re.search(r"\[(\w+)\]", case["expect"])[1]
    with pytest.raises(Refused) as refused:
        ours(data)
    with pytest.raises(opener.No) as no:
        theirs(data)
    assert (refused.value.mark, str(no.value)) == (mark, mark)
    return None


@each(CONVEYANCE["cases"])
def test_covering_letters(case):
    read = both(
        case,
        lambda data: read_covering(decode(data, limit=MOST)),
        lambda data: custody.read_covering(opener.decode(data, "E")),
    )
    if read:
        ours, theirs = read
        assert ours.matter().value == theirs


def ours_opens(office, data):
    """The letter of sealed bytes, by the product's rooms; on the standing seal of the office, with a zero token."""
    keys = OFFICES[office]
    me, sealed = x(keys["office_id"]), read_sealed(data)
    if sealed.slot != x(keys["standing_seal_slot"]):
        raise Refused("S16", "not this office's key")
    inner = unwrap(sealed, KemKey.from_seed(x(keys["standing_seal_seed"])), me)
    dh = LinkKey.from_seed(x(keys["link_private"])).shared(inner.writer.link_public)
    said, _ = unlock(sealed, inner, me, dh, [NO_TOKEN])
    return read_contents(said)


def theirs_opens(writer, office, data):
    known = {"reader": OFFICES[office], "writer": OFFICES[writer], "standby_tokens": []}
    return opener.Reader(known).open(data)


def sees(step):
    """What the reader of a covering letter sees, as ours and the stranger's opener find it."""
    data = x(step["hex"])
    letter, theirs = ours_opens(step["to"], data), theirs_opens(step["from"], step["to"], data)
    assert letter.letter_id == theirs["id"] == x(step["letter_id"])
    assert (theirs["key"], theirs["dh"]) == (x(step["key"]), x(step["dh"]))
    ours = read_covering(letter.matters[0].value)
    stranger = custody.read_covering(theirs["parts"][0][2])
    assert ours.matter().value == stranger
    seen = step["sees"]
    giver, addressee, seal_id = x(OFFICES[step["from"]]["office_id"]), stranger["for"], x(seen["enclosure_seal_id"])
    assert addressee == x(OFFICES[seen["for"]]["office_id"])
    assert letter.sheet.sender == giver
    assert seal_id_of(ours.enclosure) == opener.H("sealed", stranger["enclosure"]) == seal_id
    assert (len(ours.enclosure), ours.blind) == (seen["enclosure_bytes"], x(seen["blind"]))
    assert (ours.custody, ours.by, ours.taken) == (seen["custody"], seen["by"], seen["taken"])
    ref = custody.reference(stranger["blind"], seal_id, giver, addressee)
    assert ref == reference(ours.blind, seal_id, giver, addressee) == x(seen["ref"])
    return ours.enclosure


def test_a_nested_way_opens_hand_by_hand():
    steps = CONVEYANCE["way"]["steps"]
    assert sees(steps["first"]) == sees(steps["over"]) == x(steps["second"]["hex"])
    assert sees(steps["second"]) == sees(steps["handed"]) == x(steps["last"]["hex"])
    last = ours_opens("south", x(steps["last"]["hex"]))
    assert last.letter_id == theirs_opens("north", "south", x(steps["last"]["hex"]))["id"]
    assert [way.kind for way in last.docket.ways] == ["go-between"]


@pytest.mark.parametrize(("step", "office"), [("second", "ferry"), ("last", "harbour"), ("last", "ferry")])
def test_who_carries_an_enclosure_cannot_open_it(step, office):
    data = x(CONVEYANCE["way"]["steps"][step]["hex"])
    with pytest.raises(Refused, match="key"):
        ours_opens(office, data)
    with pytest.raises(opener.No, match="S16"):
        theirs_opens("north", office, data)


def test_two_legs_share_no_value():
    seen = [step["sees"] for step in CONVEYANCE["way"]["steps"].values() if "sees" in step]
    assert len({one["blind"] for one in seen}) == len({one["ref"] for one in seen}) == len(seen) == 4


@each(CONVEYANCE["enclosed"])
def test_an_enclosure_is_judged_apart_from_its_covering_letter(case):
    enclosure = sees(case)
    inside = {"expect": case["expect"], "hex": enclosure.hex()}
    read = both(inside, lambda data: ours_opens("south", data), lambda data: theirs_opens("north", "south", data))
    if read:
        covering = ours_opens("south", x(case["hex"]))
        assert (covering.sheet.type != read[0].sheet.type) is case["conflict"]


@pytest.mark.parametrize("case", EVIDENCE["references"], ids=["own leg", "later leg"])
def test_references(case):
    blind, seal_id, giver, addressee = (x(case[name]) for name in ("blind", "seal_id", "giver", "addressee"))
    assert labelled("custody", blind, seal_id, giver, addressee).hex() == case["hashed"]
    assert custody.reference(blind, seal_id, giver, addressee).hex() == case["ref"]
    assert reference(blind, seal_id, giver, addressee).hex() == case["ref"]


@each(EVIDENCE["statements"])
def test_statements(case):
    read = both(case, read_statement, custody.read_statement)
    if read:
        ours, theirs = read
        event, ref, by, at, mode, reasons = case["fields"]
        assert theirs == {"event": event, "ref": x(ref), "by": x(by), "at": at, "mode": mode, "reasons": reasons}
        assert (ours.event, ours.ref, ours.by, ours.at, ours.mode) == (event, x(ref), x(by), at, mode)
        assert [list(one) for one in ours.reasons] == reasons


@each(EVIDENCE["signed"]["cases"])
def test_signed_statements(case):
    keys = [x(EVIDENCE["signed"]["office"][name]) for name in ("ed25519_public", "mldsa_public")]
    statement, signature = x(case["statement"]), x(case["signature"])
    assert digest("evidence", statement).hex() == case["digest"]
    public = SigningPublic(*keys)
    assert labelled("signature/evidence", public.signing_id, x(case["digest"])).hex() == case["message"]
    assert holds(Said(read_statement(statement), signature), public) is case["holds"]
    assert custody.holds(*keys, statement, signature) is case["holds"]


@each(EVIDENCE["evidence"])
def test_evidence(case):
    writer = x(case["writer"])
    read = both(
        case,
        lambda data: check_writer(read_evidence(decode(data, limit=MOST)), writer),
        lambda data: custody.read_evidence(opener.decode(data, "E"), writer),
    )
    if read:
        ours, theirs = read
        assert [one.statement.ref for one in ours.said] == [one["ref"] for one in theirs["said"]]
        assert [one.said.statement.ref for one in ours.passed_on] == [one["ref"] for one in theirs["passed_on"]]


def word(name, one, ref=b"", by=b"", giver=b"", addressee=b""):
    reasons = tuple((code, words) for code, words in one["reasons"])
    return Word(
        one["event"],
        ref,
        by,
        one["at"],
        one["mode"],
        reasons,
        one["proof"],
        giver,
        addressee,
        b"",
        one["heard_at"],
        name,
    )


def orders(words):
    """As listed, backwards, and shuffled."""
    yield words
    yield words[::-1]
    for seed in range(8):
        yield random.Random(seed).sample(words, len(words))


@each(EVIDENCE["merging"])
def test_merging_in_any_order(case):
    aside = dict(map(tuple, case["aside"]))
    given = Given(b"", b"", b"", case["given_at"], 0, "oral", case["waited_at"])
    for words in orders([{"name": at, **one} for at, one in enumerate(case["words"])]):
        leg = _leg(b"", b"", b"", given, [word(one["name"], one) for one in words])
        assert [one.entry for one in leg.words] == case["stands"]
        assert {one.entry: why for one, why in leg.aside} == aside
        assert (leg.standing, leg.at) == (case["standing"], case["at"])
        theirs = custody.merge(words, case["given_at"], case["waited_at"])
        assert [one["name"] for one in theirs["stands"]] == case["stands"]
        assert (theirs["aside"], theirs["standing"], theirs["at"]) == (aside, case["standing"], case["at"])


@each(EVIDENCE["ways"])
def test_the_legs_of_a_way_in_any_order(case):
    ids = {name: x(one) for name, one in case["offices"].items()} | {"nobody": bytes(32)}
    names = {one: name for name, one in ids.items()}
    given = case["given"]
    mine = Given(ids[given["carrier"]], ids[given["addressee"]], x(given["ref"]), given["at"], 0, "oral", None)
    expected = [tuple(leg.values()) for leg in case["legs"]]
    for words in orders([{"name": at, **one} for at, one in enumerate(case["words"])]):
        heard = [
            word(one["name"], one, x(one["ref"]), ids[one["by"]], ids[one["giver"]], ids[one["addressee"]])
            for one in words
        ]
        ours = [
            (names[leg.giver], names[leg.carrier], [one.entry for one in leg.words], leg.standing, leg.is_hole)
            for leg in track(ids[case["owner"]], mine, heard)
        ]
        theirs = [
            (leg["giver"], leg["carrier"], [one["name"] for one in leg["stands"]], leg["standing"], leg["hole"])
            for leg in custody.draw({**case, "words": words})
        ]
        assert ours == theirs == expected


@each(load("bundle"))
def test_bundles(case):
    read = both(case, lambda data: bundles.verify(bundles.read_bundle(data)), custody.read_bundle)
    if read:
        ours, theirs = read
        expected = [
            (one["finding"], one["event"], x(one["by"]), one["at"], x(one["seal_id"])) for one in case["findings"]
        ]
        found = [(one.verdict, one.item.said.statement, one.seal_id) for one in ours]
        assert [(verdict, said.event, said.by, said.at, seal_id) for verdict, said, seal_id in found] == expected
        assert [(one["finding"], one["event"], one["by"], one["at"], one["seal_id"]) for one in theirs] == expected


@pytest.mark.parametrize("name", ["opener.py", "custody.py"])
def test_the_stranger_shares_no_code_with_the_product(name):
    source = (Path(__file__).parent / name).read_text(encoding="utf-8")
    assert not re.search(r"^\s*(import|from)\s+backchannel", source, re.MULTILINE)
