"""KEM, AEAD, HKDF and HMAC on vectors that others published.

The library draws the randomness of a sealing itself, so that published ciphertexts cannot be made, only opened. What
HPKE puts around the KEM is worked out here from RFC 9180, checked on published keys, and handed to `KemKey.open`.
"""

import hashlib
import hmac

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from taken import field, taken, x

from backchannel.seals.keys import KEM_ENC_BYTES, KemKey, kem_seal

SUITE = b"HPKE" + bytes.fromhex("647a00010002")  # MLKEM768-X25519, HKDF-SHA256, AES-256-GCM
INFO, PLAINTEXT = b"published", b"what was sealed"


def key_schedule(shared: bytes, suite: bytes, info: bytes) -> tuple[bytes, bytes]:
    """Key 32 and base nonce 12 of HPKE in base mode.   Source: RFC 9180, sections 4 and 5.1."""

    def extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return hmac.digest(salt, b"HPKE-v1" + suite + label + ikm, "sha256")

    def expand(label: bytes, length: int) -> bytes:
        about = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context
        return HKDFExpand(SHA256(), length, about).derive(secret)

    context = b"\0" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(shared, b"secret", b"")
    return expand(b"key", 32), expand(b"base_nonce", 12)


def sealed(enc: bytes, shared: bytes, info: bytes = INFO) -> bytes:
    """What a writer with this shared secret would have sent."""
    key, nonce = key_schedule(shared, SUITE, info)
    return enc + AESGCM(key).encrypt(nonce, PLAINTEXT, b"")


def combined(mlkem: bytes, x25519: bytes, enc: bytes, public: bytes) -> bytes:
    """The shared secret of both halves.   Source: draft-connolly-cfrg-xwing-kem, section 5.3."""
    return hashlib.sha3_256(mlkem + x25519 + enc + public + b"\\.//^\\").digest()


def test_keys_and_ciphertexts_of_x_wing_and_hpke_pq_are_ours():
    """The same 32-byte seed gives the same key, and what was encapsulated to it opens."""
    cases = taken("kem")
    assert [case["of"] for case in cases] == ["x-wing"] * 3 + ["hpke-pq"]
    for case in cases:
        key = KemKey.from_seed(x(case["seed"]))
        assert key.public == x(case["public"])
        assert len(x(case["enc"])) == KEM_ENC_BYTES
        assert key.open(INFO, sealed(x(case["enc"]), x(case["shared"]))) == PLAINTEXT
        assert key.open(b"another", sealed(x(case["enc"]), x(case["shared"]))) is None


def test_the_key_schedule_of_these_tests_is_that_of_hpke_pq():
    """Its published case is of another AEAD than ours: checked by key and nonce, which say the suite."""
    case = taken("kem")[3]
    assert x(case["suite"])[:-1] == SUITE[:-1]
    assert key_schedule(x(case["shared"]), x(case["suite"]), x(case["info"])) == (x(case["key"]), x(case["nonce"]))


def test_decapsulations_of_wycheproof_open():
    """Each ciphertext gives the published secret, and those that were altered the one that FIPS 203 gives in its place.

    Our seeds have 32 bytes: the key is put together from the published 64 and an X25519 key.
    """
    x25519, once = X25519PrivateKey.from_private_bytes(bytes(31) + b"1"), X25519PrivateKey.from_private_bytes(b"2" * 32)
    public, enc = x25519.public_key().public_bytes_raw(), once.public_key().public_bytes_raw()
    share = once.exchange(X25519PublicKey.from_public_bytes(public))
    cases = [case for case in taken("mlkem") if len(case["seed"]) == 128]
    wrong = []
    for case in cases:
        mlkem = MLKEM768PrivateKey.from_seed_bytes(x(case["seed"]))
        key = KemKey(b"", b"", MLKEM768X25519PrivateKey(mlkem, x25519))
        shared = combined(field(case, "K"), share, enc, public)
        expected = PLAINTEXT if case["result"] == "valid" else None
        if key.open(INFO, sealed(x(case["c"]) + enc, shared)) != expected:
            wrong.append(case["id"])
    assert ({case["result"] for case in cases}, len(cases), wrong) == ({"valid", "invalid"}, 173, [])


def test_a_ciphertext_whose_x25519_half_shares_nothing_does_not_open():
    """It is not for us, as any other that does not open: no error of the library comes out of trial opening."""
    key = KemKey.from_seed(bytes(32))
    for case in taken("x25519"):
        if "ZeroSharedSecret" in case["flags"]:
            ct = kem_seal(key.public, INFO, PLAINTEXT)
            assert key.open(INFO, ct[:1088] + x(case["public"]) + ct[KEM_ENC_BYTES:]) is None


def test_aes_gcm_of_wycheproof():
    """By the library call: our keys come out of HKDF and most of our nonces are zero."""
    cases = taken("aes_gcm")
    assert len(cases) == 66
    for case in cases:
        cipher, ct = AESGCM(x(case["key"])), field(case, "ct") + x(case["tag"])
        nonce, aad, message = x(case["iv"]), field(case, "aad"), field(case, "msg")
        if case["result"] == "valid":
            assert cipher.encrypt(nonce, message, aad) == ct
            assert cipher.decrypt(nonce, ct, aad) == message
        else:
            with pytest.raises(InvalidTag):
                cipher.decrypt(nonce, ct, aad)


def test_hkdf_of_wycheproof():
    """By the library call: each of our keys has one label and one length. No salt is the empty one."""
    cases = taken("hkdf")
    assert len(cases) == 86
    for case in cases:
        salt = field(case, "salt") or None
        if case["result"] == "valid":
            hkdf = HKDF(algorithm=SHA256(), length=case["size"], salt=salt, info=field(case, "info"))
            assert hkdf.derive(field(case, "ikm")) == x(case["okm"])
        else:
            with pytest.raises(ValueError, match="larger than 8160"):
                HKDF(algorithm=SHA256(), length=case["size"], salt=salt, info=field(case, "info"))


def test_hmac_of_wycheproof():
    """By the library call; the shorter tags as we cut ours."""
    cases = taken("hmac")
    assert len(cases) == 174
    for case in cases:
        tag = x(case["tag"])
        whole = hmac.digest(field(case, "key"), field(case, "msg"), "sha256")
        assert hmac.compare_digest(whole[: len(tag)], tag) == (case["result"] == "valid"), case["id"]
