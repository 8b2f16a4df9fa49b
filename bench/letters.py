"""Letters: seal and open in one process, beside the bare hybrid HPKE and pyrage."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PublicKey, Suite
from measure import Figure, Goal, take_turns

from backchannel.letters.dates import Moment
from backchannel.letters.docket import Docket
from backchannel.letters.letter import Letter, contents, read_contents
from backchannel.letters.parts import Body, make_part
from backchannel.letters.sheet import Sheet
from backchannel.seals.envelopes import make_batch, read_batch
from backchannel.seals.keys import MLKEM_BYTES, KemKey, LinkKey, office_id
from backchannel.seals.seal import Target, Writer, read_sealed, seal, unlock, unwrap
from backchannel.seals.signatures import SigningKey
from backchannel.values import replace

try:
    import pyrage
except ImportError:
    pyrage = None

LEFT_OUT = [] if pyrage else ["pyrage is not installed"]
SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
NOW = 1_795_510_800
GOALS = [
    Goal(1.6, "bare HPKE, 4 KiB", "The key of an envelope is made from its bytes, which the bare call finds made.")
]
ENCODING = (
    "Ours encodes and decodes a letter and four envelopes in Python, and checks every value that came;"
    " pyrage takes bytes. The encoding would have to be compiled."
)
LINE = "The ships wait off the point until both sides have said that they may pass. "


class Pair:
    """North, who writes, and South, who reads, with an envelope of South's; the two link keys' secret is known."""

    def __init__(self) -> None:
        self.signing, link, other = SigningKey.from_seeds(*_seeds(2)), *(LinkKey.from_seed(one) for one in _seeds(2))
        self.writer = Writer(self.signing.public.signing_id, link.public)
        self.reader = office_id(secrets.token_bytes(32), other.public)
        self.dh = link.shared(other.public)
        self.kem = KemKey.from_seed(secrets.token_bytes(32))
        self.target = Target(secrets.token_bytes(16), self.kem.public, secrets.token_bytes(32))
        self.batch = make_batch(1, None, NOW, secrets.token_bytes)[0].to_wire()

    def letter(self, text: str, *, signed: bool = False) -> Letter:
        parts = (make_part(Body("en", "prevailing", "Ships", text), secrets.token_bytes(16)),)
        form, date = "proposal" if signed else "letter", Moment(NOW, "UTC", 0, "gregorian", "2026-11-24T09:00")
        sheet = Sheet(
            secrets.token_bytes(16), self.writer.office_id, self.reader, form, "operation", "principal", date,
            tuple(part.digest for part in parts),
        )  # fmt: skip
        sheet = replace(sheet, data=sheet.encoded())
        docket = Docket(epoch=bytes(16), number=1, batch=self.batch)
        return Letter(sheet, parts, docket, self.signing.sign("letter", sheet.letter_id) if signed else None)

    def seal(self, text: str, *, signed: bool = False) -> bytes:
        said = contents(self.letter(text, signed=signed))
        return seal(said, self.writer, self.reader, self.dh, self.target, secrets.token_bytes(32))

    def open(self, data: bytes) -> Letter:
        sealed = read_sealed(data)
        inner = unwrap(sealed, self.kem, self.reader)
        letter = read_contents(unlock(sealed, inner, self.reader, self.dh, [self.target.token])[0])
        read_batch(letter.docket.batch)
        if letter.signature is not None:
            assert self.signing.public.verifies("letter", letter.letter_id, letter.signature)
        return letter


def _seeds(count: int) -> list[bytes]:
    return [secrets.token_bytes(32) for _ in range(count)]


def text(size: int) -> str:
    return (LINE * (size // len(LINE) + 1))[: size - 1] + "."


def figures(folder: Path) -> Iterator[Figure]:
    pair, four, most = Pair(), text(4096), text(32_768 - 1314 - 5700)
    plain, halves = secrets.token_bytes(4096), (pair.kem.public[:MLKEM_BYTES], pair.kem.public[MLKEM_BYTES:])
    mlkem, x25519 = MLKEM768PublicKey.from_public_bytes(halves[0]), X25519PublicKey.from_public_bytes(halves[1])
    bare_public = MLKEM768X25519PublicKey(mlkem, x25519)

    said = contents(pair.letter(four))

    def alone() -> None:
        sealed = read_sealed(seal(said, pair.writer, pair.reader, pair.dh, pair.target, secrets.token_bytes(32)))
        unlock(sealed, unwrap(sealed, pair.kem, pair.reader), pair.reader, pair.dh, [pair.target.token])

    def both(signed: bool) -> Callable[[], object]:
        return lambda: pair.open(pair.seal(four, signed=signed))

    def bare() -> None:
        SUITE.decrypt(SUITE.encrypt(plain, bare_public, b"info"), pair.kem._private, b"info")

    runs = take_turns({"seal": alone, "letter": both(False), "signed": both(True), "bare": bare}, runs=15, times=40)
    limit = {"bare HPKE, 4 KiB": runs["bare"].cpu}
    yield Figure(
        "seal and open the contents of a letter of 4 KiB", "CPU ms", runs["seal"].cpu, limits=limit, goals=GOALS
    )
    yield Figure(
        "write, seal, open and read it, four envelopes enclosed",
        "CPU ms",
        runs["letter"].cpu,
        limits=limit,
        note="encoding, text rules, and the check of every value that came; the goal is asked of sealing and opening",
    )
    yield Figure("the same signed", "CPU ms", runs["signed"].cpu, goals=[Goal(10)])
    sealed = pair.seal(most)
    assert len(sealed) == 32_768

    def unseal() -> None:
        found = read_sealed(sealed)
        unlock(found, unwrap(found, pair.kem, pair.reader), pair.reader, pair.dh, [pair.target.token])

    acts: dict[str, Callable[[], object]] = {
        "seal": lambda: pair.seal(most), "open": unseal, "read": lambda: pair.open(sealed),
    }  # fmt: skip
    if pyrage:
        identity, plain = pyrage.x25519.Identity.generate(), secrets.token_bytes(32_768)
        to, closed = [identity.to_public()], pyrage.encrypt(plain, [identity.to_public()])
        acts["their seal"] = lambda: pyrage.encrypt(plain, to)
        acts["their open"] = lambda: pyrage.decrypt(closed, [identity])
    runs = take_turns(acts, runs=15, times=40)
    for act, beside, what, goals in (
        ("seal", "seal", "write and seal a letter of 32 KiB, four envelopes enclosed", [Goal(2, "pyrage", ENCODING)]),
        ("open", "open", "open the contents of a letter of 32 KiB", [Goal(1, "pyrage")]),
        ("read", "open", "open and read it, every value checked", []),
    ):
        peers = {"pyrage": runs[f"their {beside}"].cpu} if pyrage else {}
        yield Figure(what, "CPU ms", runs[act].cpu, peers=peers, goals=goals)
