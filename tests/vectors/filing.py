"""A reader of sealed files written from docs/spec/files.md and c2sp.org/chunked-encryption alone: nothing of ours."""

import hashlib
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from opener import SUITE, H, No, decode, kem, labelled

START = b"BACKCHANNEL FILE 1\n"
CHUNK = 16_384


def open_file(data, reader, cards, tokens, passphrase):
    """What is in it, and the key. reader: private keys and office-id; cards: link key and signing-id by office-id."""
    if not data.startswith(START):
        raise No("F1")
    length = int.from_bytes(data[19:21], "big")
    if not 0 < length <= 2048:
        raise No("F2")
    head, body = data[21 : 21 + length], data[21 + length :]
    match decode(head, "E3"):
        case ["office", bytes(slot), bytes(ct), bytes(commitment)] if (len(slot), len(ct), len(commitment)) == (
            16,
            1239,
            32,
        ):
            key = _of_office(slot, ct, commitment, reader, cards, tokens)
        case ["passphrase", int(memory), int(passes), int(lanes), bytes(salt), bytes(commitment)] if (
            max(8, 8 * lanes) <= memory <= 1 << 20 and 1 <= passes <= 16 and 1 <= lanes <= 16
        ):
            assert (len(salt), len(commitment)) == (32, 32)
            text = unicodedata.normalize("NFC", passphrase).encode()
            stretched = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory).derive(text)
            info = labelled("file-passphrase", memory, passes, lanes)
            both = HKDF(SHA256(), 64, salt, info).derive(stretched)
            if both[32:] != commitment:
                raise No("passphrase")
            key = both[:32]
        case _:
            raise No("F2")
    return cobblestone(key, head, body), key


def _of_office(slot, ct, commitment, reader, cards, tokens):
    if slot != reader["standing_seal_slot"]:
        raise No("F3")
    me = reader["office_id"]
    try:
        payload = decode(SUITE.decrypt(ct, kem(reader["standing_seal_seed"])[0], labelled("file", me, slot)), "F4")
    except (InvalidTag, ValueError) as error:
        raise No("F4") from error
    secret, signing_id, link = payload
    writer = H("office", signing_id, link)
    if writer == me or writer not in cards:
        raise No("F6")
    dh = X25519PrivateKey.from_private_bytes(reader["link_private"]).exchange(X25519PublicKey.from_public_bytes(link))
    for token in [*tokens, bytes(32)]:
        info = labelled("file-keys", writer, me, slot)
        both = HKDF(SHA256(), 64, hashlib.sha256(ct).digest(), info).derive(secret + dh + token)
        if both[32:] == commitment:
            return both[:32]
    raise No("F5")


def cobblestone(input_key, context, body):
    """The message; F8 for whatever is not one."""
    salt, commitment, chunks = body[:24], body[24:56], body[56:]
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + context
    derived = HKDFExpand(SHA512(), 32 + 12 + 32, info).derive(input_key)
    if len(salt) < 24 or derived[44:] != commitment:
        raise No("F8")
    aead, base, said, number = AESGCM(derived[:32]), int.from_bytes(derived[32:44], "big"), b"", 0
    while True:
        chunk, chunks = chunks[: CHUNK + 16], chunks[CHUNK + 16 :]
        try:
            said += aead.decrypt((base ^ number).to_bytes(12, "big"), chunk, None)
        except (InvalidTag, ValueError) as error:
            raise No("F8") from error
        if len(chunk) < CHUNK + 16:
            return said
        number += 1
