"""The vectors of sealed files: for an office, under a passphrase, and files that are refused."""

import hashlib
from typing import Any

from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from vector_desks import DICE, HARBOUR, NORTH, SOUTH, Desk, bad

from backchannel.encoding import encode, labelled
from backchannel.seals.files import CHUNK_BYTES, MAGIC, ForOffice, head_for, head_under, read_head, unwrap_head
from backchannel.seals.keys import KemKey, standing_slot
from backchannel.seals.seal import NO_TOKEN, Target

PASSPHRASE = "a long pássphrase"
COST = (64, 1, 1)


def _file(head: bytes, key: bytes, said: bytes) -> bytes:
    body = Cobblestone256Encryptor(key, head)
    return MAGIC + len(head).to_bytes(2, "big") + head + body.update(said) + body.finalize()


def _for_office(said: bytes, token: bytes, reader: Desk = SOUTH, writer: Desk = NORTH) -> dict[str, Any]:
    kem = KemKey.from_seed(SOUTH.seal_seeds[0])
    target = Target(standing_slot(kem.public), kem.public, token)
    dh, secret = writer.link.shared(reader.link.public), DICE.randbytes(32)
    head, key = head_for(writer.writer, reader.id, dh, target, secret)
    parts = read_head(head)
    assert isinstance(parts, ForOffice)
    assert reader is not SOUTH or unwrap_head(parts, kem, reader.id).secret == secret
    return {
        "hex": _file(head, key, said).hex(),
        "token": token.hex(),
        "info": labelled("file", reader.id, target.slot).hex(),
        "secret": secret.hex(),
        "dh": dh.hex(),
        "salt": hashlib.sha256(parts.hpke_ct).hexdigest(),
        "keys_info": labelled("file-keys", writer.id, reader.id, target.slot).hex(),
        "key": key.hex(),
        "commitment": parts.commitment.hex(),
        "said": said.hex(),
    }


def _under(said: bytes) -> dict[str, Any]:
    salt = DICE.randbytes(32)
    memory, passes, lanes = COST
    stretched = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory).derive(
        PASSPHRASE.encode()
    )
    head, key = head_under(stretched, *COST, salt)
    made = {"stretched": stretched.hex(), "key": key.hex(), "commitment": read_head(head).commitment.hex()}
    return {"hex": _file(head, key, said).hex(), "salt": salt.hex(), **made, "said": said.hex()}


def files() -> dict[str, Any]:
    token, said = DICE.randbytes(32), "Minutes of the meeting, جلسه".encode()

    def accepted(name: str, **values: Any) -> dict[str, Any]:
        return {"name": name, "expect": "accepted", **values}

    whole = bytes.fromhex(_for_office(said, token)["hex"])
    start = len(MAGIC) + 2
    length = int.from_bytes(whole[len(MAGIC) : start], "big")
    head, body = whole[start : start + length], whole[start + length :]
    full = bytes.fromhex(_under(bytes(CHUNK_BYTES))["hex"])

    def wrong(name: str, made: dict[str, Any], mark: str, why: str) -> dict[str, Any]:
        return bad(name, bytes.fromhex(made["hex"]), mark, why)

    def other_head(data: bytes) -> bytes:
        return MAGIC + len(data).to_bytes(2, "big") + data + body

    kind, slot, ct, commitment = "office", head[9:25], head[28:1267], head[1269:]
    return {
        "reader": SOUTH.described(),
        "writers": {"north": NORTH.described()},
        "standby_tokens": [token.hex()],
        "passphrase": PASSPHRASE,
        "cases": [
            accepted("for an office, with the standby token", **_for_office(said, token)),
            accepted("for an office, zero token", **_for_office(b"", NO_TOKEN)),
            accepted("under a passphrase", **_under(said)),
            accepted("one whole chunk, and the empty one after it", **_under(bytes(CHUNK_BYTES))),
            bad("version 2", whole.replace(b"FILE 1", b"FILE 2", 1), "F1", "otherwise in order"),
            bad("a head of no bytes", MAGIC + bytes(2) + body, "F2", "there is nothing to read"),
            bad("a head too long", MAGIC + b"\x08\x01" + bytes(2049), "F2", "2,049 bytes"),
            bad("a head of another kind", other_head(encode(["desk", slot, ct, commitment])), "F2", "its first word"),
            bad("a short slot", other_head(encode([kind, slot[1:], ct, commitment])), "F2", "15 bytes"),
            bad(
                "too many passes", other_head(encode(["passphrase", 64, 17, 1, bytes(32), bytes(32)])), "F2",
                "an opener that goes by it works as long as a stranger wishes",
            ),
            bad("cut in its head", whole[: start + 600], "E3", "the head says more than is there"),
            bad("unknown slot", other_head(encode([kind, bytes(16), ct, commitment])), "F3", "no key of the reader"),
            wrong("another reader", _for_office(said, token, HARBOUR), "F4", "the info names another"),
            wrong("a writer unknown here", _for_office(said, token, writer=HARBOUR), "F6", "no card"),
            wrong("another token", _for_office(said, DICE.randbytes(32)), "F5", "none fits"),
            bad("altered", whole[:-1] + bytes([whole[-1] ^ 1]), "F8", "the last bit of the last tag"),
            bad("cut in its salt", whole[: start + length + 12], "F8", "no commitment"),
            bad("without a chunk", whole[: start + length + 56], "F8", "even an empty file has one"),
            bad("continued", whole + bytes(16), "F8", "bytes after the last chunk"),
            bad("without the empty last chunk", full[:-16], "F8", "all that is there is certain, and no end"),
        ],
    }  # fmt: skip
