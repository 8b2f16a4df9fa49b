"""Only the reader opens a sealed letter, only from its writer, and only as it was sealed."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from backchannel.encoding import decode, encode
from backchannel.errors import Refused
from backchannel.seals import envelopes
from backchannel.seals.envelopes import ended_batches, make_batch, read_batch, tokens_to_try
from backchannel.seals.keys import KemKey, LinkKey, check_kem_public, destroyed_at, kem_seal, period_of
from backchannel.seals.padding import LEAST, UNIT, padded_size
from backchannel.seals.panel import Facts, who_could
from backchannel.seals.points import is_mlkem768
from backchannel.seals.seal import (
    NO_TOKEN,
    Target,
    Writer,
    read_sealed,
    seal,
    seal_info,
    seal_keys,
    sealed_size,
    unlock,
    unwrap,
)
from backchannel.seals.signatures import SigningKey
from backchannel.values import replace

DICE = Random(3)
KEY = KemKey.from_seed(DICE.randbytes(32))
NORTH, SOUTH = LinkKey.from_seed(DICE.randbytes(32)), LinkKey.from_seed(DICE.randbytes(32))
WRITER = Writer(DICE.randbytes(32), NORTH.public)
READER = DICE.randbytes(32)
TOKEN = DICE.randbytes(32)
SLOT = DICE.randbytes(16)


def sealed(contents: bytes = b"hello", token: bytes = TOKEN) -> bytes:
    return seal(
        contents, WRITER, READER, NORTH.shared(SOUTH.public), Target(SLOT, KEY.public, token), DICE.randbytes(32)
    )


def opened(data: bytes, tokens=(TOKEN,), reader: bytes = READER, key: KemKey = KEY, link: LinkKey = SOUTH) -> bytes:
    found = read_sealed(data)
    inner = unwrap(found, key, reader)
    contents, _ = unlock(found, inner, reader, link.shared(inner.writer.link_public), tokens)
    return contents


def mark(call) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.mark


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=80_000))
def test_what_is_sealed_opens_the_same(contents):
    data = sealed(contents)
    assert opened(data)[: len(contents)] == contents
    assert len(data) == padded_size(len(data))


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 32_767), st.integers(0, 7))
def test_any_flipped_bit_is_refused(at, bit):
    data = bytearray(sealed())
    data[at % len(data)] ^= 1 << bit
    with pytest.raises(Refused):
        opened(bytes(data))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2_000))
def test_arbitrary_bytes_raise_only_refused(data):
    with pytest.raises(Refused):
        read_sealed(data)


def test_another_key_office_link_or_token_does_not_open():
    """Each of the four secrets is needed: without it the letter is refused at its own check."""
    data = sealed()
    assert mark(lambda: opened(data, key=KemKey.from_seed(DICE.randbytes(32)))) == "S5"
    assert mark(lambda: opened(data, reader=DICE.randbytes(32))) == "S5"
    assert mark(lambda: opened(data, link=LinkKey.from_seed(DICE.randbytes(32)))) == "S7"
    assert mark(lambda: opened(data, tokens=(NO_TOKEN,))) == "S7"


def test_a_copy_moved_to_another_slot_does_not_open():
    parts = decode(sealed(), limit=1 << 20)
    parts[1] = bytes(16)
    assert mark(lambda: opened(encode(parts))) == "S5"


def test_the_commitment_is_checked_before_the_body():
    """One seal-id has one text: a body that would decrypt under a wrong commitment is refused at the commitment."""
    parts = decode(sealed(), limit=1 << 20)
    parts[3] = bytes(32)
    assert mark(lambda: opened(encode(parts))) == "S7"


def test_an_unknown_version_says_so():
    parts = decode(sealed(), limit=1 << 20)
    for version in (2, True):
        assert mark(lambda version=version: read_sealed(encode([version, *parts[1:]]))) == "S3"


def test_what_is_of_another_size_is_no_sealed_letter():
    _, slot, hpke_ct, commitment, body = decode(sealed(), limit=1 << 20)
    for parts in (
        [slot[1:], hpke_ct, commitment, body], [slot, hpke_ct + b"x", commitment, body],
        [slot, hpke_ct, commitment + b"x", body], [slot, hpke_ct, commitment, body[:15]], [slot, hpke_ct, commitment],
    ):  # fmt: skip
        assert mark(lambda parts=parts: read_sealed(encode([1, *parts]))) == "S4"
    assert read_sealed(encode([1, slot, hpke_ct, commitment, body[:16]])).body == body[:16]


def test_a_secret_that_names_no_writer_is_refused():
    """It opens with the right key, and what is in it is not three times 32 bytes."""
    for payload in ([bytes(32), bytes(33), bytes(31)], [bytes(32), bytes(32), "x" * 32], [bytes(32)]):
        hpke_ct = kem_seal(KEY.public, seal_info(READER, SLOT), encode(payload))
        found = replace(read_sealed(sealed()), hpke_ct=hpke_ct)
        assert mark(lambda found=found: unwrap(found, KEY, READER)) == "S6"


def test_the_writer_is_bound_by_its_link_key():
    """A card that borrows another's link key makes another office, and its letters do not open as the first's."""
    thief = Writer(DICE.randbytes(32), NORTH.public)
    assert thief.office_id != WRITER.office_id


def test_the_reader_can_make_the_same_letter():
    """All that makes an unsigned letter certain the reader has too: that is why it is deniable."""
    target = Target(SLOT, KEY.public, TOKEN)
    forged = seal(b"never said", WRITER, READER, SOUTH.shared(NORTH.public), target, DICE.randbytes(32))
    assert opened(forged).startswith(b"never said")


def test_padding_is_32_kib_then_padme():
    assert [padded_size(n) for n in (1, LEAST, LEAST + 1, 9 * UNIT, 19 * UNIT - 5, 33 * UNIT)] == [
        LEAST, LEAST, 3 * UNIT, 10 * UNIT, 20 * UNIT, 36 * UNIT,
    ]  # fmt: skip
    for size in range(1, 4_000_000, 77_777):
        assert size <= padded_size(size) <= max(LEAST, int(size * 1.12) + 2 * UNIT)


@pytest.mark.parametrize("size", [0, 31_400, 31_500, 64_250, 64_300, 65_000, 65_519, 65_520, 65_600])
def test_a_sealed_letter_has_one_of_the_few_sizes(size):
    """Also where padding makes the head of the body longer by two bytes."""
    assert sealed_size(65_520) - sealed_size(65_519) == 3  # one byte more, and two of head
    data = sealed(bytes(size))
    assert len(data) == padded_size(len(data)) == padded_size(sealed_size(size))


def test_a_zero_link_key_is_refused():
    assert mark(lambda: NORTH.shared(bytes(32))) == "S2"


def test_opening_a_batch_ends_the_older_ones_and_no_other():
    """What a reader shows of batch 4 it shows of all before; the same and later ones stay."""
    assert ended_batches([5, 4, 1, 3], 4) == (1, 3)
    assert ended_batches([4, 5], 4) == ()


def test_a_key_outlives_its_period_by_seven_days():
    last = datetime.fromtimestamp(701 * 30 * 86_400 - 1, UTC)
    assert period_of(last) == 700
    assert period_of(last + timedelta(seconds=1)) == 701
    assert destroyed_at(700) == last.timestamp() + 1 + 7 * 86_400


def test_what_is_too_short_was_sealed_to_nobody():
    assert KEY.open(b"", bytes(1135)) is None
    assert KEY.open(b"", bytes(1136)) is None


def test_a_signature_of_another_size_or_purpose_is_none():
    """Half of one, one with something after it, or one of another kind of thing."""
    key = SigningKey.from_seeds(DICE.randbytes(32), DICE.randbytes(32))
    signature = key.sign("letter", bytes(32))
    assert key.public.verifies("letter", bytes(32), signature)
    assert not key.public.verifies("card", bytes(32), signature)
    for wrong in (signature[:64], signature + b"x", b""):
        assert not key.public.verifies("letter", bytes(32), wrong)


def test_keys_that_are_none_are_refused():
    assert mark(lambda: check_kem_public(b"\xff" * 1216)) == "S1"
    with pytest.raises(Refused, match="a key of 1,215 bytes where 1,216 belong") as caught:
        check_kem_public(KEY.public[:-1])
    assert caught.value.mark == "S1"


def test_a_batch_reads_back_and_nothing_else_does():
    batch, own = make_batch(3, None, 1_800_000_000, DICE.randbytes)
    assert read_batch(batch.to_wire()) == batch
    assert [KemKey.from_seed(one.seed).public for one in own] == [one.public for one in batch.envelopes]
    slot, public, token, until = batch.to_wire()["envelopes"][0]
    most = make_batch((1 << 38) - 1, TOKEN, (1 << 37) - 1 - 365 * 86_400, DICE.randbytes, count=16)[0]
    assert read_batch(most.to_wire()) == most
    assert read_batch({**batch.to_wire(), "envelopes": [[slot, public, token, 0]]}).envelopes[0].until == 0
    assert most.standby == TOKEN != batch.standby != make_batch(3, None, 0, DICE.randbytes)[0].standby
    assert {one.until for one in batch.envelopes} == {1_800_000_000 + 365 * 86_400}
    for spoil in (
        {"number": 0}, {"number": True}, {"number": b""}, {"number": 1 << 38},
        {"standby": bytes(32)}, {"standby": b"x"},
        {"standby": None}, {"more": 1}, {"envelopes": {}}, {"envelopes": [[]]},
        {"envelopes": batch.to_wire()["envelopes"] * 2},
        {"envelopes": most.to_wire()["envelopes"] + [[slot, public, token, until]]},
        *({"envelopes": [one]} for one in (
            [slot[1:], public, token, until], [slot, public[1:], token, until], [slot, public, token[1:], until],
            [slot, public, bytes(32), until], [slot, public, token, -1], [slot, public, token, 1 << 37],
            [slot, public, token, True], [slot, public, token, False],
        )),
        {"envelopes": [[slot, public, token, until], [bytes(16), public, token, until]]},
        {"envelopes": [[slot, public, token, until], [slot, public, TOKEN, until]]},
    ):  # fmt: skip
        wrong = {**batch.to_wire(), **spoil}
        with pytest.raises(Refused) as caught:
            read_batch(wrong)
        assert caught.value.mark == "S15", spoil
    for wrong in ([], {"number": 3, "envelopes": []}):
        with pytest.raises(Refused) as caught:
            read_batch(wrong)
        assert caught.value.mark == "S15"


def test_how_many_envelopes_there_are_and_how_long_they_live_is_as_specified():
    """docs/spec/envelopes.md: who counts otherwise seals to keys that are gone, or keeps keys that should be."""
    day = 86_400
    assert (envelopes.BATCH_ENVELOPES, envelopes.MOST_ENVELOPES, envelopes.MOST_TOKENS) == (4, 16, 32)
    assert (365 * day, 60 * day) == (envelopes.LIFE_SECONDS, envelopes.KEPT_AFTER_SECONDS)
    assert (30 * day, 3, day) == (envelopes.ENDED_KEPT_SECONDS, envelopes.REFILL_WHEN_USED, envelopes.REFILL_SECONDS)


def test_tokens_are_tried_newest_first_down_to_the_newest_shown():
    made = {1: b"a", 2: b"b", 3: b"c", 4: b"c"}
    assert tokens_to_try(made, None) == (b"c", b"b", b"a")
    assert tokens_to_try(made, 2) == (b"c", b"b")


UNTIL = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "can", "cannot"),
    [
        (
            {},
            "read both-desks, read thief-of-envelope, forge thief-of-token-and-link, "
            "notice line-direct, notice relay-when",
            "read relay-and-line, prove nobody-unsigned, notice relay-who",
        ),
        (
            {"on_envelope": False, "trust": "unverified", "through_tor": True},
            "read both-desks, read impostor-card, read thief-of-standing-and-token, forge thief-of-token-and-link, "
            "notice line-tor, notice relay-when-tor",
            "read relay-and-line, prove nobody-unsigned, notice relay-who",
        ),
        (
            {"on_envelope": False, "token": False, "trust": "vouched", "carriers": 2, "signed_custody": True},
            "read both-desks, read impostor-vouched, read thief-of-standing, prove custody-beside-letter, "
            "forge thief-of-link, notice go-betweens, notice line-direct, notice relay-when",
            "read relay-and-line, read go-betweens-cannot, prove nobody-unsigned, notice relay-who",
        ),
        (
            {"signed": True, "key_until": None},
            "read both-desks, prove anyone-shown-signed, forge thief-of-signing-keys, "
            "notice line-direct, notice relay-when",
            "read key-destroyed, read relay-and-line, notice relay-who",
        ),
    ],
)
def test_the_panel_says_all_that_the_facts_allow_and_no_more(facts, can, cannot):
    """A signed letter can be proved by anyone, a deniable one by nobody; a destroyed key reads nothing."""
    base = {"signed": False, "on_envelope": True, "token": True, "key_until": UNTIL, "trust": "verified"}
    found = who_could(Facts(**{"through_tor": False, **base, **facts}))
    assert ", ".join(f"{one.question} {one.code}" for one in found if one.can) == can
    assert ", ".join(f"{one.question} {one.code}" for one in found if not one.can) == cannot
    assert {one.code for one in found if one.until} == {one.code for one in found if one.code.startswith("thief-of-")
                                                        and one.question == "read"}  # fmt: skip
    assert {one.until for one in found} <= {None, UNTIL}
    questions = [(one.question, one.can) for one in found]
    order = [(question, can) for question in ("read", "prove", "forge", "notice") for can in (True, False)]
    assert questions == sorted(questions, key=order.index)


def test_secrets_are_not_in_repr():
    """What is printed or logged by mistake gives nothing away: no key, token, text or ciphertext is in a repr."""
    found = read_sealed(sealed())
    inner = unwrap(found, KEY, READER)
    batch, (own, *_) = make_batch(1, TOKEN, 0, DICE.randbytes)
    keys = seal_keys(inner.secret, bytes(32), TOKEN, found.hpke_ct, b"")
    signing = SigningKey.from_seeds(DICE.randbytes(32), DICE.randbytes(32))
    secret = (
        KEY.seed, NORTH.private, inner.secret, TOKEN, own.seed, own.envelope.token, keys.key, keys.commitment,
        found.commitment, signing.ed25519_seed, signing.mldsa_seed,
    )  # fmt: skip
    for one in (KEY, NORTH, Target(SLOT, KEY.public, TOKEN), found, inner, batch, own, own.envelope, keys, signing):
        shown = repr(one)
        assert not any(repr(each)[2:-1] in shown for each in secret)
        assert len(shown) < 1200, "bytes that travelled, or a key of a kilobyte"


def test_what_is_no_ml_kem_key_is_found_as_the_library_finds_it():
    """Each of the 768 numbers at, above and below the modulus, among honest ones."""
    key = MLKEM768PrivateKey.from_seed_bytes(bytes(64)).public_key().public_bytes_raw()
    numbers = int.from_bytes(key[:1152], "little")
    for at in range(768):
        rest = numbers & ~(0xFFF << 12 * at)
        for value in (0, 3328, 3329, 4095):
            changed = (rest | value << 12 * at).to_bytes(1152, "little") + key[1152:]
            assert is_mlkem768(changed) == (value < 3329)
    with pytest.raises(ValueError, match="ML-KEM"):
        MLKEM768PublicKey.from_public_bytes((numbers & ~0xFFF | 3329).to_bytes(1152, "little") + key[1152:])
    assert MLKEM768PublicKey.from_public_bytes((numbers & ~0xFFF | 3328).to_bytes(1152, "little") + key[1152:])
