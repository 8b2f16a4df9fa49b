"""An opener written from docs/spec alone: `cryptography`, a CBOR library and hashlib, nothing of ours.

It shares no code with the product, so a mistake has to be made twice to stay hidden.
"""

import hashlib
import hmac
import io
from datetime import UTC, datetime
from typing import Any

import cbor2
import terms
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class No(Exception):
    """Refused, at this mark."""


SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def cbor(value: Any) -> bytes:
    return cbor2.dumps(value, canonical=True)


def labelled(label: str, *items: Any) -> bytes:
    return cbor(["backchannel/v1/" + label, *items])


def H(label: str, *items: Any) -> bytes:
    return hashlib.sha256(labelled(label, *items)).digest()


def decode(data: bytes, mark: str) -> Any:
    value, end = decode_prefix(data, mark)
    if end != len(data):
        raise No(mark)
    return value


def decode_prefix(data: bytes, mark: str) -> tuple[Any, int]:
    stream = io.BytesIO(data)
    try:
        value = cbor2.CBORDecoder(stream, read_size=1).decode()
        end = stream.tell()
        if cbor(value) != data[:end]:
            raise No(mark)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError) as error:
        raise No(mark) from error
    return value, end


def hkdf(salt: bytes | None, ikm: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(ikm)


def kem(seed: bytes) -> tuple[MLKEM768X25519PrivateKey, bytes]:
    raw = hashlib.shake_256(seed).digest(96)
    one, two = MLKEM768PrivateKey.from_seed_bytes(raw[:64]), X25519PrivateKey.from_private_bytes(raw[64:])
    public = one.public_key().public_bytes_raw() + two.public_key().public_bytes_raw()
    return MLKEM768X25519PrivateKey(one, two), public


def verify(ed: bytes, mldsa: bytes, purpose: str, what: bytes, signature: bytes) -> bool:
    message = labelled("signature/" + purpose, H("signing-keys", ed, mldsa), what)
    try:
        Ed25519PublicKey.from_public_bytes(ed).verify(signature[:64], message)
        MLDSA65PublicKey.from_public_bytes(mldsa).verify(signature[64:], message)
    except InvalidSignature:
        return False
    return True


P = 2**255 - 19


def _check_point(u: int, mark: str) -> None:
    """A coordinate of X25519; one that any private key takes to zero is of low order."""
    try:
        if u >= P:
            raise No(mark)
        X25519PrivateKey.from_private_bytes(bytes(32)).exchange(
            X25519PublicKey.from_public_bytes(u.to_bytes(32, "little"))
        )
    except ValueError as error:
        raise No(mark) from error


def read_card(data: bytes) -> dict[str, Any]:
    card = decode(data, "C2")
    if not isinstance(card, list) or not card:
        raise No("C2")
    if card[0] != 1:
        raise No("C1")
    body = decode(card[1], "C2")
    fields = {"names", "signing", "link", "zone", "serial", "until", "epoch", "addresses", "seals", "pouch"}
    if set(body) != fields:
        raise No("C2")
    if not 1 <= len(body["names"]) <= 16 or any("\u202a" <= c <= "\u202e" for n in body["names"].values() for c in n):
        raise No("C3")
    _check_point(int.from_bytes(body["link"], "little"), "C4")
    y = int.from_bytes(body["signing"][0], "little") % 2**255
    if y >= P or y == 1:
        raise No("C4")
    _check_point((1 + y) * pow(1 - y, -1, P) % P, "C4")
    for keys in (body["seals"], body["pouch"]):
        if len(keys) != 3:
            raise No("C5")
        for _, public in keys:
            try:
                MLKEM768PublicKey.from_public_bytes(public[:1184])
            except ValueError as error:
                raise No("S1") from error
            _check_point(int.from_bytes(public[1184:], "little"), "S1")
    if body["until"] != (body["seals"][0][0] + 3) * 2_592_000:
        raise No("C5")
    for address in body["addresses"]:
        if address[0] == "relay" and address[2] != H("relay", address[1])[:16]:
            raise No("C6")
    if not verify(*body["signing"], "card", H("card", card[1]), card[2]):
        raise No("C7")
    body["office"] = H("office", H("signing-keys", *body["signing"]), body["link"])
    return body


MATTER_OF = {
    "conveyance": ["conveyance"],
    "evidence": ["evidence"],
    "introduction": ["introduction"],
    "credence": ["credence", "credence-recall", "credence-query", "credence-answer", "ratification"],
}
MAY_CARRY = {"reply": ["meeting-answer"], "readout": ["readout"], "meeting-request": ["meeting"]}
MATTERS = {kind for kinds in (*MATTER_OF.values(), *MAY_CARRY.values()) for kind in kinds}


def read_letter(data: bytes) -> dict[str, Any]:
    value, end = decode_prefix(data, "L7")
    if not isinstance(value, list) or len(value) != 4:
        raise No("L7")
    if data[end:].strip(b"\0"):
        raise No("L8")
    sheet_bytes, parts, signature, docket_bytes = value
    sheet = decode(sheet_bytes, "L2")
    if sheet.get("v") != 1:
        raise No("L1")
    needed = {"v", "nonce", "from", "to", "form", "type", "origin", "date", "parts"}
    optional = {"reference", "reply_by", "latest_delivery", "answers"}
    if not needed <= set(sheet) <= needed | optional:
        raise No("L2")
    if sheet["origin"] not in ("principal", "envoy", "intermediary", "joint", "unattributed"):
        raise No("L2")
    for name in ("date", "reply_by", "latest_delivery"):
        if name in sheet:
            _check_moment(sheet[name])
    read = [_read_part(part) for part in parts]
    if [H("part", part) for part in parts] != sheet["parts"]:
        raise No("L9")
    docket = decode(docket_bytes, "L5")
    if docket.get("number", 1) < 1 or len(docket["epoch"]) != 16:
        raise No("L5")
    acts = docket.get("acts", {})
    if set(acts) - {"recalls", "corrects", "declines", "confirms"} or any(len(one) != 32 for one in acts.values()):
        raise No("L5")
    if len(docket.get("ways", [])) > 64 or not all(_is_way(way) for way in docket.get("ways", [])):
        raise No("L5")
    told = docket.get("paraphrase")
    if told is not None and not (
        set(told) == {"what", "of", "hearers"}
        and told["what"] in ("answer", "readback")
        and len(told["of"]) == 32
        and 1 <= len(told["hearers"]) <= 16
        and set(told["hearers"]) <= {"principal", "envoy", "official", "expert", "interpreter", "private"}
    ):
        raise No("L5")
    for span in docket.get("view", {}).values():
        if not isinstance(span, list) or not 1 <= span[1] <= span[2] + 1:
            raise No("L6")
    form = sheet["form"]
    forms = [
        "letter",
        "readout",
        "meeting-request",
        "reply",
        "warning",
        "assurance",
        "proposal",
        "note-verbale",
        "non-paper",
        "empty",
        *MATTER_OF,
    ]
    if form not in forms:
        raise No("L10")
    if (form == "note-verbale" and not signature) or (form in ("non-paper", "empty") and signature):
        raise No("L11")
    if (form == "empty") == ("number" in docket) or (form == "empty" and parts):
        raise No("L12")
    matters = [part[0] for part in read if part[0] in MATTERS]
    must = MATTER_OF.get(form, [])
    if (
        len(matters) > 1
        or (must and not matters)
        or any(kind not in must + MAY_CARRY.get(form, []) for kind in matters)
    ):
        raise No("L14")
    shown = MATTERS | {"attachment", "clause", "acts"}
    if form != "empty" and not must and all(part[0] in shown for part in read):
        raise No("L13")
    texts = [part[2] for part in read if part[0] == "body"]
    if len({text["lang"] for text in texts}) < len(texts):
        raise No("L13")
    if sum(text["status"] == "prevailing" for text in texts) > 1:
        raise No("L13")
    if told is not None and (
        signature
        or form != "reply"
        or sheet["origin"] not in ("intermediary", "unattributed")
        or told["of"] not in docket.get("replies", [])
        or any(part[0] in MATTERS | {"clause", "acts"} for part in read)
        or set(docket) & {"terms", "authority"}
        or set(acts) - {"corrects"}
    ):
        raise No("L18")
    acts = terms.check(sheet, read, docket, signature)
    return {
        "id": H("letter", sheet_bytes), "acts": acts, "sheet": sheet, "parts": read, "docket": docket,
        "signature": signature, "docket_bytes": docket_bytes,
    }  # fmt: skip


def _is_way(way: Any) -> bool:
    if not isinstance(way, list) or len(way) != 4 or not isinstance(way[0], str) or len(way[0].encode()) > 64:
        return False
    _, hops, when, by = way
    times = [when] if by is None else [when, by]
    return (
        len(hops) <= 8
        and all(isinstance(hop, bytes) and len(hop) <= 64 for hop in hops)
        and all(type(time) is int and 0 <= time < 2**37 for time in times)
    )


def _check_moment(moment: Any) -> None:
    unix, _, offset, calendar, written = moment
    if calendar not in ("gregorian", "umm-al-qura", "jalali"):
        raise No("D1")
    local = datetime.fromtimestamp(unix + offset * 60, UTC)
    if calendar == "jalali":
        import jdatetime

        local = jdatetime.datetime.utcfromtimestamp(unix + offset * 60)
    if calendar != "umm-al-qura" and local.strftime("%Y-%m-%dT%H:%M") != written:
        raise No("D2")


def _read_part(data: bytes) -> Any:
    part = decode(data, "L3")
    if len(part) != 3 or len(part[1]) != 16:
        raise No("L3")
    if part[0] == "body" and set(part[2]) != {"lang", "status", "title", "text"}:
        raise No("L4")
    return part


def read_introduction(data: bytes, introducer: bytes, reader: bytes) -> dict[str, Any]:
    value = decode(data, "N1")
    _fits(value, {"card": bytes, "standing": str, "since": int}, {}, "N1")
    if value["standing"] not in ("unverified", "vouched", "verified") or not 0 <= value["since"] < 1 << 37:
        raise No("N1")
    office = read_card(value["card"])["office"]
    if office == introducer:
        raise No("N2")
    if office == reader:
        raise No("N3")
    return value | {"office": office}


VERBS = {"carry", "explain", "explore", "negotiate", "initial", "commit"}
OFFICE, ID = 32, 16
ACCREDITING: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "credence": (
        {"id": ID, "principal": OFFICE, "envoy": OFFICE, "audience": OFFICE, "verbs": list, "matters": list,
         "serial": int, "since": int, "until": int, "pass_on": bool},
        {"limits": str, "under": ID},
    ),
    "credence-recall": ({"id": ID, "at": int}, {}),
    "credence-query": ({"question": ID, "envoy": OFFICE}, {"credence": ID, "letter": 32}),
    "credence-answer": ({"question": ID, "envoy": OFFICE, "answer": str, "at": int}, {"credence": ID}),
    "ratification": ({"letter": 32, "envoy": OFFICE, "word": str, "at": int}, {}),
}  # fmt: skip


def _fits(value: dict[str, Any], needed: dict[str, Any], optional: dict[str, Any], mark: str) -> None:
    if not isinstance(value, dict) or not set(needed) <= set(value) <= set(needed) | set(optional):
        raise No(mark)
    for name, sort in (needed | optional).items():
        if name in value:
            right = len(value[name]) == sort if isinstance(sort, int) else type(value[name]) is sort
            if not right:
                raise No(mark)


def read_accrediting(kind: str, data: bytes, writer: bytes, reader: bytes) -> dict[str, Any]:
    value = decode(data, "A1")
    _fits(value, *ACCREDITING[kind], "A1")
    if kind == "credence":
        verbs = value["verbs"]
        if not verbs or not set(verbs) <= VERBS or len(set(verbs)) != len(verbs):
            raise No("A1")
        if not all(isinstance(one, str) and 1 <= len(one.encode()) <= 255 for one in value["matters"]):
            raise No("A1")
        if not (value["since"] < value["until"] and value["serial"] < value["until"] <= value["serial"] + 90 * 86_400):
            raise No("A2")
        principal, envoy, audience = value["principal"], value["envoy"], value["audience"]
        if (principal == writer) == ("under" in value) or envoy in (principal, audience, writer):
            raise No("A3")
        if audience in (principal, writer) or reader not in (envoy, audience):
            raise No("A3")
    elif kind != "credence-recall":
        if value.get("answer", "yes") not in ("yes", "no", "no-comment"):
            raise No("A1")
        if value.get("word", "ratified") not in ("ratified", "disowned"):
            raise No("A1")
        if value["envoy"] == (reader if kind == "credence-query" else writer):
            raise No("A3")
    return value


def read_claim(data: bytes, origin: str) -> dict[str, Any]:
    value = decode(data, "A4")
    _fits(value, {"principal": OFFICE, "credence": ID, "verb": str}, {"matter": str}, "A4")
    if value["verb"] not in VERBS or len(value.get("matter", "").encode()) > 255:
        raise No("A4")
    if origin != "envoy":
        raise No("A5")
    return value


def judge(case: dict[str, Any]) -> str:
    """The verdict on a letter, from the table of docs/spec/credence.md."""
    words = [(one["kind"], cbor2.loads(bytes.fromhex(one["hex"])), bytes.fromhex(one["by"]), one["reached"])
             for one in case["held"]]  # fmt: skip
    claim = None if case["claim"] is None else cbor2.loads(bytes.fromhex(case["claim"]))
    sender, audience = bytes.fromhex(case["sender"]), bytes.fromhex(case["audience"])
    trusted = [bytes.fromhex(one) for one in case["trusted"]]
    verdict = "itself" if claim is None else _claimed(claim, sender, audience, case["reached"], words, trusted)
    later = [
        (value["at"], value["word"] == "disowned")
        for kind, value, by, _ in words
        if kind == "ratification" and value["letter"].hex() == case["letter_id"] and value["envoy"] == sender
        and by in trusted and (claim is None or by == claim["principal"])
    ]  # fmt: skip
    return "ratified" if later and not max(later)[1] and verdict != "valid" else verdict


def _claimed(
    claim: dict[str, Any], sender: bytes, audience: bytes, at: int, words: list[Any], trusted: list[bytes]
) -> str:
    held = [one for one in words if one[3] <= at]
    verdict, credence = _chain(claim["principal"], claim["credence"], sender, audience, at, held, None, 1)
    if verdict != "valid" or credence is None:
        return verdict
    if claim["verb"] not in credence["verbs"]:
        return "beyond-verb"
    if credence["matters"] and claim.get("matter") not in credence["matters"]:
        return "beyond-matter"
    return "valid" if claim["principal"] in trusted else "unverified"


def _chain(
    principal: bytes, wanted: bytes, envoy: bytes, audience: bytes, at: int, held: list[Any], below: Any, link: int
) -> tuple[str, Any]:
    if link > 3:
        return "wider", None
    of_id = [(v, by) for kind, v, by, _ in held if kind == "credence" and v["id"] == wanted]
    of_id = [(v, by) for v, by in of_id if v["principal"] == principal]
    if not of_id:
        return "unknown", None
    of_envoy = [(v, by) for v, by in of_id if v["envoy"] == envoy]
    if not of_envoy:
        return "copied", None
    found = []
    for giver in sorted({by for _, by in of_envoy}, key=lambda by: (by != principal, by)):
        value = max((v for v, by in of_envoy if by == giver), key=lambda v: v["serial"])
        verdict = _link(value, giver, audience, at, held)
        if verdict == "valid" and below is not None and not _less(below, value):
            verdict = "wider"
        if verdict == "valid" and "under" in value:
            verdict, _ = _chain(principal, value["under"], giver, audience, at, held, value, link + 1)
        found.append((verdict, value))
    return next((one for one in found if one[0] == "valid"), found[0])


def _link(value: dict[str, Any], giver: bytes, audience: bytes, at: int, held: list[Any]) -> str:
    if value["audience"] != audience:
        return "other-audience"
    if any(kind == "credence-recall" and v["id"] == value["id"] and who == giver for kind, v, who, _ in held):
        return "recalled"
    said = [
        (v["at"], v["answer"] == "no")
        for kind, v, who, _ in held
        if kind == "credence-answer" and who == value["principal"] and v["envoy"] == value["envoy"]
        and v.get("credence", value["id"]) == value["id"] and v["answer"] != "no-comment"
    ]  # fmt: skip
    if said and max(said)[1] and max(said)[0] >= value["serial"]:
        return "denied"
    if at < value["since"]:
        return "not-yet"
    return "expired" if at > value["until"] else "valid"


def _less(below: dict[str, Any], above: dict[str, Any]) -> bool:
    matters = not above["matters"] or (below["matters"] and set(below["matters"]) <= set(above["matters"]))
    return bool(
        above["pass_on"]
        and matters
        and set(below["verbs"]) <= set(above["verbs"])
        and above["since"] <= below["since"]
        and below["until"] <= above["until"]
        and below.get("limits", "").startswith(above.get("limits", ""))
    )


class Reader:
    """The secrets of one reader, and what it knows of one writer."""

    def __init__(self, vectors: dict[str, Any]) -> None:
        x = {key: bytes.fromhex(value) for key, value in vectors["reader"].items()}
        self.office = H("office", H("signing-keys", x["ed25519_public"], x["mldsa_public"]), x["link_public"])
        assert self.office == x["office_id"]
        self.link = X25519PrivateKey.from_private_bytes(x["link_private"])
        self.standing, public = kem(x["standing_seal_seed"])
        self.standing_slot = H("slot", public)[:16]
        self.envelope_slot = b""
        if "envelope" in vectors:
            envelope = vectors["envelope"]
            self.envelope, _ = kem(bytes.fromhex(envelope["seed"]))
            self.envelope_slot, self.envelope_token = bytes.fromhex(envelope["slot"]), bytes.fromhex(envelope["token"])
            self.given_to = bytes.fromhex(envelope["given_to"])
        self.tokens = [bytes.fromhex(token) for token in vectors["standby_tokens"]]
        writer = {key: bytes.fromhex(value) for key, value in vectors["writer"].items()}
        self.writer_keys = writer["ed25519_public"], writer["mldsa_public"]

    def open(self, data: bytes, *, shown: bool = False, unknown: bool = False) -> dict[str, Any]:
        sealed = decode(data, "S4")
        if sealed[0] != 1:
            raise No("S3")
        if len(sealed) != 5 or len(sealed[1]) != 16 or len(sealed[2]) != 1239 or len(sealed[3]) != 32:
            raise No("S4")
        _, slot, ct, commitment, body = sealed
        on_envelope = slot == self.envelope_slot
        if not on_envelope and slot != self.standing_slot:
            raise No("S16")
        key = self.envelope if on_envelope else self.standing
        try:
            payload = SUITE.decrypt(ct, key, labelled("seal", self.office, slot))
        except InvalidTag as error:
            raise No("S5") from error
        three = decode(payload, "S6")
        if len(three) != 3 or any(len(one) != 32 for one in three):
            raise No("S6")
        secret, signing_id, link = three
        writer = H("office", signing_id, link)
        if on_envelope and writer != self.given_to:
            raise No("S9")
        dh = self.link.exchange(X25519PublicKey.from_public_bytes(link))
        for token in [self.envelope_token] if on_envelope else [*self.tokens, bytes(32)]:
            info = labelled("seal-keys", writer, self.office, slot)
            keys = hkdf(hashlib.sha256(ct).digest(), secret + dh + token, info, 64)
            if hmac.compare_digest(keys[32:], commitment):
                break
        else:
            raise No("S7")
        try:
            contents = AESGCM(keys[:32]).decrypt(bytes(12), body, H("seal-body", slot, ct, commitment))
        except InvalidTag as error:
            raise No("S8") from error
        letter = read_letter(contents)
        if letter["sheet"]["from"] != writer or letter["sheet"]["to"] != self.office:
            raise No("S10")
        signing = self.writer_keys
        if "card" in letter["docket"]:
            card = read_card(letter["docket"]["card"])
            if card["office"] != writer:
                raise No("S12")
            signing = tuple(card["signing"])
        elif unknown:
            raise No("S14")
        if token == bytes(32) and shown:
            raise No("S13")
        if letter["signature"] and not verify(*signing, "letter", letter["id"], letter["signature"]):
            raise No("S11")
        if "batch" in letter["docket"] and letter["docket"]["batch"]["standby"] == bytes(32):
            raise No("S15")
        return {**letter, "key": keys[:32], "dh": dh, "contents": contents}


def peel(pouch: bytes, seed: bytes) -> dict[str, Any] | None:
    key, _ = kem(seed)
    ct, beta, mac, payload = pouch[:1168], pouch[1168:7648], pouch[7648:7680], pouch[7680:]
    try:
        hop = SUITE.decrypt(ct, key, labelled("pouch-hop"))
    except InvalidTag:
        return None
    keys = hkdf(None, hop, labelled("pouch-keys"), 208)
    if not hmac.compare_digest(hmac.digest(keys[:32], ct + beta, "sha256"), mac):
        raise No("P2")
    command = ctr(keys[32:64], beta + bytes(1296))[:96]
    if command != cbor(["deliver"]).ljust(96, b"\0"):
        raise No("P3")
    k1, k2, k3, k4 = (keys[at : at + 32] for at in range(64, 192, 32))
    left, right = payload[:32], payload[32:]
    left = xor(left, hmac.digest(k4, right, "sha256"))
    right = ctr(xor(left, k3), right)
    left = xor(left, hmac.digest(k2, right, "sha256"))
    right = ctr(xor(left, k1), right)
    if left != bytes(32):
        raise No("P5")
    head, _ = decode_prefix(right[:64], "P7")
    message, index, count, total = head
    size = min(16_384, total - 16_384 * index)
    return {"tag": keys[192:], "message": message, "index": index, "count": count, "data": right[64 : 64 + size]}


def ctr(key: bytes, data: bytes) -> bytes:
    return Cipher(algorithms.AES256(key), modes.CTR(bytes(16))).encryptor().update(data)


def xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
