"""Takes from vectors that others published what the tests use: tests/published/*.json.xz.

    python scripts/take_published.py FOLDER

FOLDER holds `wycheproof/`, `cctv/`, `hpke-pq/` and `x-wing/` as tests/published/README.md names their sources.
"""

import gzip
import hashlib
import json
import lzma
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

OUT = Path(__file__).parents[1] / "tests" / "published"
Case = dict[str, Any]


def wycheproof(folder: Path, name: str) -> Iterator[tuple[Case, Case]]:
    """Every test of a file, with its group."""
    for group in json.loads((folder / "wycheproof" / f"{name}_test.json").read_text())["testGroups"]:
        yield from ((group, test) for test in group["tests"])


def picked(test: Case, *names: str) -> Case:
    return {"id": test["tcId"], **{name: test[name] for name in ("result", "flags", *names) if test.get(name)}}


def digest_of(public: str | None) -> Case:
    """A key that follows from its seed is kept as its SHA-256."""
    return {"public_sha256": hashlib.sha256(bytes.fromhex(public)).hexdigest()} if public else {}


def x25519(folder: Path) -> list[Case]:
    return [picked(test, "public", "private", "shared") for _, test in wycheproof(folder, "x25519")]


def ed25519(folder: Path) -> list[Case]:
    return [
        picked(test, "msg", "sig") | {"public": group["publicKey"]["pk"]}
        for group, test in wycheproof(folder, "ed25519")
    ]


def mldsa(folder: Path) -> list[Case]:
    """Without those whose only point is that signing them took many steps."""
    return [
        picked(test, "msg", "sig", "ctx") | {"public": group["publicKey"]}
        for group, test in wycheproof(folder, "mldsa_65_verify")
        if "ManySteps" not in test["flags"]
    ]


def mldsa_seeds(folder: Path) -> list[Case]:
    found = {
        group["privateSeed"]: digest_of(group["publicKey"])
        for group, _ in wycheproof(folder, "mldsa_65_sign_seed")
        if len(group.get("privateSeed", "")) == 64
    }
    return [{"seed": seed, **public} for seed, public in found.items()]


def mlkem(folder: Path) -> list[Case]:
    """Decapsulations; their seeds hold those of the key generation file."""
    return [picked(test, "seed", "c", "K") | digest_of(test.get("ek")) for _, test in wycheproof(folder, "mlkem_768")]


def mlkem_bad_keys(folder: Path) -> list[str]:
    """Encapsulation keys to refuse: Wycheproof's, then CCTV's (each value from q to 4095, each position)."""
    bad = [test["ek"] for _, test in wycheproof(folder, "mlkem_768_encaps") if test["result"] == "invalid"]
    more = gzip.decompress((folder / "cctv" / "ML-KEM" / "modulus" / "ML-KEM-768.txt.gz").read_bytes()).decode()
    return list(dict.fromkeys([*bad, *more.split()]))


def aes_gcm(folder: Path) -> list[Case]:
    """Those of the sizes used here: key 256, nonce 96, tag 128 bits."""
    return [
        picked(test, "key", "iv", "aad", "msg", "ct", "tag")
        for group, test in wycheproof(folder, "aes_gcm")
        if (group["keySize"], group["ivSize"], group["tagSize"]) == (256, 96, 128)
    ]


def hkdf(folder: Path) -> list[Case]:
    return [picked(test, "ikm", "salt", "info", "size", "okm") for _, test in wycheproof(folder, "hkdf_sha256")]


def hmac(folder: Path) -> list[Case]:
    return [picked(test, "key", "msg", "tag") for _, test in wycheproof(folder, "hmac_sha256")]


def kem(folder: Path) -> list[Case]:
    """X-Wing, then HPKE with the same KEM and HKDF-SHA256."""
    xwing = json.loads((folder / "x-wing" / "test-vectors.json").read_text())
    hpke = json.loads((folder / "hpke-pq" / "test-vectors.json").read_text())
    one = [{"of": "x-wing", "seed": t["sk"], "public": t["pk"], "enc": t["ct"], "shared": t["ss"]} for t in xwing]
    return one + [
        {"of": "hpke-pq", "seed": t["skRm"], "public": t["pkRm"], "enc": t["enc"], "shared": t["shared_secret"]}
        | {"info": t["info"], "suite": t["suite_id"], "key": t["key"], "nonce": t["base_nonce"]}
        for t in hpke
        if (t["kem_id"], t["kdf_id"]) == (0x647A, 1)
    ]


def age_stream(folder: Path) -> dict[str, str]:
    """Names of the age test kit's cases of its payload stream, and what each expects. The files are of no use here."""
    files = sorted((folder / "cctv" / "age" / "testdata").glob("stream_*"))
    return {path.name: path.read_bytes().split(b"\n")[0].decode().removeprefix("expect: ") for path in files}


TAKEN: dict[str, Callable[[Path], Any]] = {
    one.__name__: one
    for one in (
        x25519, ed25519, mldsa, mldsa_seeds, mlkem, mlkem_bad_keys, aes_gcm, hkdf, hmac, kem, age_stream,
    )
}  # fmt: skip


def main() -> None:
    for name, take in TAKEN.items():
        data = json.dumps(take(Path(sys.argv[1])), separators=(",", ":")).encode()
        (OUT / f"{name}.json.xz").write_bytes(lzma.compress(data, preset=9))


if __name__ == "__main__":
    main()
