"""Public keys and signatures on vectors that others published, through our own handling of keys.

A test gathers the ids of cases that come out wrong. docs/decisions/017-points.md says why what is refused is refused.
"""

import hashlib
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from taken import field, taken, x

from backchannel.encoding import decode, digest, encode
from backchannel.errors import Refused
from backchannel.seals.cards import CardBody, KeyOfPeriod, make_card, read_card, until_of
from backchannel.seals.envelopes import make_batch, read_batch
from backchannel.seals.keys import MLKEM_BYTES, KemKey, LinkKey, check_kem_public, kem_seal
from backchannel.seals.points import is_ed25519, is_x25519
from backchannel.seals.signatures import SigningKey, SigningPublic

P = 2**255 - 19
ORDER_8 = (
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
)
LOW_U = (0, 1, P - 1, *(int.from_bytes(x(u), "little") for u in ORDER_8))
LOW_Y = (0, 1, P - 1, *((u - 1) * pow(u + 1, -1, P) % P for u in LOW_U[3:]))
DICE = Random(11)
OURS = SigningKey.from_seeds(DICE.randbytes(32), DICE.randbytes(32))
LINK = LinkKey.from_seed(DICE.randbytes(32))
KEM = KemKey.from_seed(DICE.randbytes(32)).public
MLKEM, X25519 = KEM[:MLKEM_BYTES], KEM[MLKEM_BYTES:]


def mark(call: Callable[[], Any]) -> str | None:
    try:
        call()
    except Refused as refused:
        return refused.mark
    return None


def encodings(coordinate: int) -> list[bytes]:
    """Every 32 bytes that a library takes for this coordinate, the highest bit left out of account."""
    ways = [way for way in (coordinate, coordinate + P) if way < 2**255]
    return [(way + top).to_bytes(32, "little") for way in ways for top in (0, 2**255)]


def test_link_keys_share_what_wycheproof_says_or_nothing():
    """Points on the twist, and other ways of writing a point, are multiplied rightly; what shares zero is refused."""
    cases = taken("x25519")
    wrong = []
    for case in cases:
        link, public = LinkKey.from_seed(x(case["private"])), x(case["public"])
        try:
            right = link.shared(public) == x(case["shared"]) != bytes(32)
        except Refused as refused:
            right = refused.mark == "S2" and "ZeroSharedSecret" in case["flags"]
        wrong += [] if right else [case["id"]]
    assert (len(cases), wrong) == (518, [])


def test_points_that_wycheproof_marks_are_no_public_keys():
    """Low order and non-canonical: refused as a link key and as half of a KEM key; nothing else is."""
    marked = [case for case in taken("x25519") if {"LowOrderPublic", "NonCanonicalPublic"} & set(case["flags"])]
    assert len(marked) > 40
    for case in taken("x25519"):
        assert is_x25519(x(case["public"])) == (case not in marked), case["id"]
        assert mark(lambda case=case: check_kem_public(MLKEM + x(case["public"]))) == ("S1" if case in marked else None)


@pytest.mark.parametrize("u", LOW_U, ids=hex)
def test_a_point_of_low_order_is_refused_wherever_it_is_read(u):
    """A reader that took it would find out when it seals: the library cannot encapsulate to it."""
    for public in encodings(u):
        assert mark(lambda public=public: LINK.shared(public)) == "S2"
        assert mark(lambda public=public: kem_seal(MLKEM + public, b"", b"")) == "S1"
        assert mark(lambda public=public: read_batch(batch_with(MLKEM + public))) == "S1"
        assert mark(lambda public=public: read_card(card(seals=[[700, MLKEM + public]] * 3))) == "S1"
        assert mark(lambda public=public: read_card(card(link=public))) == "C4"


def test_a_second_encoding_of_a_key_is_refused():
    """2 is a coordinate of a proper point; with the highest bit, or 2^255 - 19 more, it is the same point to X25519."""
    one, *others = encodings(2)
    assert len(others) == 3
    assert mark(lambda: check_kem_public(MLKEM + one)) is None
    for other in others:
        assert LINK.shared(other) == LINK.shared(one)
        assert mark(lambda other=other: check_kem_public(MLKEM + other)) == "S1"
        assert mark(lambda other=other: read_card(card(link=other))) == "C4"


@pytest.mark.parametrize("y", LOW_Y, ids=hex)
def test_a_signing_key_of_low_order_is_on_no_card(y):
    """Under such a key the library finds signatures good that nobody made; only the other half would still count."""
    held = 0
    for public in encodings(y):
        assert not is_ed25519(public)
        assert mark(lambda public=public: read_card(card(signing=[public, OURS.public.mldsa]))) == "C4"
        for n in range(24):
            message = b"%d" % n
            held += holds(public, message, (1).to_bytes(32, "little") + bytes(32))
    assert held > 0


def test_ed25519_is_verified_without_the_cofactor():
    """A key of order 8 makes the difference: with the cofactor all of these would hold. Two programs must agree."""
    public = encodings(LOW_Y[3])[0]
    held = [holds(public, b"%d" % n, (1).to_bytes(32, "little") + bytes(32)) for n in range(64)]
    assert 0 < sum(held) < 32


def test_a_second_encoding_of_a_signing_key_is_refused():
    """y = 3 and 2^255 - 19 more are one point. The library takes both ways of writing one, as 1 shows."""
    for way in (1, 1 + P):
        assert holds(way.to_bytes(32, "little"), b"", (1).to_bytes(32, "little") + bytes(32))
    for way in (3, 3 + P):
        public = way.to_bytes(32, "little")
        assert is_ed25519(public) == (way == 3)
        assert mark(lambda public=public: read_card(card(signing=[public, OURS.public.mldsa]))) == (
            "C7" if way == 3 else "C4"
        )


def test_ed25519_signatures_of_wycheproof_hold_or_do_not():
    """Each as half of a signature of ours whose other half holds: the published half decides."""
    cases = taken("ed25519")
    wrong = [
        case["id"]
        for case in cases
        if holds(x(case["public"]), field(case, "msg"), field(case, "sig")) != (case["result"] == "valid")
        or not is_ed25519(x(case["public"]))
    ]
    assert (len(cases), wrong) == (151, [])


def holds(ed25519: bytes, message: bytes, signature: bytes) -> bool:
    other = MLDSA65PrivateKey.from_seed_bytes(OURS.mldsa_seed).sign(message)
    return SigningPublic(ed25519, OURS.public.mldsa).verifies_bare(message, signature + other)


def test_mldsa_signatures_of_wycheproof_hold_or_do_not():
    """Each as half of a signature whose Ed25519 half holds. Ours have the empty context: with another none holds."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    cases, wrong = taken("mldsa"), []
    for case in cases:
        message, public = field(case, "msg"), x(case["public"])
        signature = Ed25519PrivateKey.from_private_bytes(OURS.ed25519_seed).sign(message) + field(case, "sig")
        expected = case["result"] == "valid" and "ctx" not in case
        if SigningPublic(OURS.public.ed25519, public).verifies_bare(message, signature) != expected:
            wrong.append(case["id"])
    assert (len(cases), wrong) == (162, [])


def test_mldsa_with_a_context_holds_in_the_library():
    """By the library call, as no format of ours has a context: what is refused above is refused for it alone."""
    valid = [case for case in taken("mldsa") if case.get("ctx") and case["result"] == "valid"]
    assert len(valid) == 2
    for case in valid:
        MLDSA65PublicKey.from_public_bytes(x(case["public"])).verify(x(case["sig"]), field(case, "msg"), x(case["ctx"]))


def test_mldsa_keys_come_from_their_seeds():
    for case in taken("mldsa_seeds"):
        public = SigningKey.from_seeds(bytes(32), x(case["seed"])).public
        assert hashlib.sha256(public.mldsa).hexdigest() == case["public_sha256"]


def test_mlkem_keys_out_of_range_or_size_are_refused():
    """Every coefficient from q to 4095 and every position (FIPS 203, section 7.2), beside a proper X25519 half."""
    keys = taken("mlkem_bad_keys")
    taken_for_keys = [key[:16] for key in keys if mark(lambda key=key: check_kem_public(x(key) + X25519)) != "S1"]
    assert (len(keys), taken_for_keys) == (910, [])


def test_mlkem_keys_come_from_their_seeds():
    """By the library call: ours have 32 bytes, of which SHAKE256 makes these 64. A seed of another size is none."""
    for case in taken("mlkem"):
        if len(case["seed"]) != 128:
            with pytest.raises(ValueError, match="seed"):
                MLKEM768PrivateKey.from_seed_bytes(x(case["seed"]))
            continue
        public = MLKEM768PrivateKey.from_seed_bytes(x(case["seed"])).public_key().public_bytes_raw()
        assert hashlib.sha256(public).hexdigest() == case["public_sha256"]
        assert mark(lambda public=public: check_kem_public(public + X25519)) is None
        MLKEM768PublicKey.from_public_bytes(public)


def batch_with(public: bytes) -> dict[str, Any]:
    wire = make_batch(1, None, 1_800_000_000, DICE.randbytes)[0].to_wire()
    wire["envelopes"][0][1] = public
    return wire


def card(**changes: Any) -> bytes:
    """A card, signed, with one thing changed."""
    body = {**decode(BODY.encoded(), limit=1 << 16), **changes}
    data = encode(body)
    return encode([1, data, OURS.sign("card", digest("card", data))])


KEYS = tuple(KeyOfPeriod(period, KEM) for period in (700, 701, 702))
BODY = CardBody(
    (("en", "N"),), OURS.public, LINK.public, "UTC", 1_800_000_000, until_of(700), bytes(16), (), KEYS, KEYS
)


def test_the_card_without_a_change_is_in_order():
    assert read_card(make_card(BODY, OURS)).body == BODY
    assert read_card(card()).body == BODY
