"""Starting a command: the whole process, from its first instruction to its last."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from measure import Figure, Goal, Spent, command, take_turns
from offices import town
from run import PEERS

import backchannel

RUNS = 15
TEXT = "The ships wait off the point until both sides have said that they may pass. "
# What pip writes as `backchannel`.
SCRIPT = """
import re
import sys
from backchannel.__main__ import main
sys.exit(main())
"""
# The same libraries with nothing of ours: a key is decrypted, 32 KiB are sealed, a row is durable in an encrypted file.
FLOOR = """
import sys
import apsw
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PublicKey, Suite
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
key = AESGCM(bytes(32)).decrypt(bytes(12), AESGCM(bytes(32)).encrypt(bytes(12), bytes(32), b""), b"")
lattice = MLKEM768PrivateKey.from_seed_bytes(2 * key).public_key().public_bytes_raw()
curve = X25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
public = MLKEM768X25519PublicKey(
    MLKEM768PublicKey.from_public_bytes(lattice), X25519PublicKey.from_public_bytes(curve)
)
suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
with open(sys.argv[1], "rb") as file:
    sealed = suite.encrypt(file.read(), public)
db = apsw.Connection(sys.argv[2])
db.pragma("cipher", "chacha20")
db.pragma("key", "raw:" + key.hex())
db.pragma("synchronous", "full")
db.execute("CREATE TABLE IF NOT EXISTS letters(sealed BLOB)")
db.execute("INSERT INTO letters VALUES (?)", (sealed,))
db.close()
"""


def peers() -> dict[str, Path]:
    found = {"httpie": PEERS / "commands/bin/http", "magic-wormhole": PEERS / "commands/bin/wormhole"}
    return {name: path for name, path in found.items() if path.exists()}


LEFT_OUT = [f"{name} is not installed" for name in ("httpie", "magic-wormhole") if name not in peers()]


def figures(folder: Path) -> Iterator[Figure]:
    for name, text in {"script": SCRIPT, "floor": FLOOR, "passphrase": "a long passphrase\n"}.items():
        (folder / name).write_text(text)
    letter = "---\nto: South\nform: letter\nlang: en\n---\n\n# Ships\n\n" + (TEXT * 500)[: 32 * 1024]
    (folder / "letter.md").write_text(letter.rstrip() + "\n")
    for one in town(folder, "North", "South"):
        one.close()
    environment = os.environ | {
        "BACKCHANNEL_OFFICE": str(folder / "North"),
        "PYTHONPATH": str(Path(backchannel.__file__).parents[1]),
        "PYTHONPYCACHEPREFIX": str(folder / "pyc"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed command is compiled

    def python(*argv: object) -> Callable[[], Spent]:
        return lambda: command([sys.executable, *argv], env=environment, cwd=folder)

    def ours(line: str) -> Callable[[], Spent]:
        return python("script", *line.split())

    asked = {name: lambda path=path: command([path, "--version"]) for name, path in peers().items()}
    runs = take_turns({"ours": ours("--version"), "python -c pass": python("-c", "pass"), **asked}, RUNS)
    yield Figure(
        "backchannel --version",
        "CPU ms",
        runs.pop("ours").cpu,
        limits={"python -c pass": runs.pop("python -c pass").cpu},
        peers={name: one.cpu for name, one in runs.items()},
        goals=[Goal(2.5, "python -c pass"), Goal(1 / 7, "httpie"), Goal(1 / 12, "magic-wormhole")],
    )
    lines = {
        "backchannel --help": "--help",
        "backchannel letter list, of a few letters": "letter list --passphrase-file passphrase",
        "backchannel terms board, of a few letters": "terms board --passphrase-file passphrase",
    }
    for name, line in lines.items():
        runs = take_turns({"ours": ours(line), "python -c pass": python("-c", "pass")}, RUNS)
        yield Figure(name, "CPU ms", runs["ours"].cpu, limits={"python -c pass": runs["python -c pass"].cpu})
    age = shutil.which("age")
    acts = {
        "ours": ours("letter send letter.md --deniable --yes --passphrase-file passphrase"),
        "the bare libraries": python("floor", "letter.md", folder / "floor.db"),
    }
    if age:
        public = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
        acts["age"] = lambda: command([age, "-r", public, "-o", folder / "letter.age", folder / "letter.md"])
    runs = take_turns(acts, RUNS)
    yield Figure(
        "seal a letter of 32 KiB from the command line, but for the passphrase",
        "CPU ms",
        runs.pop("ours").cpu,
        limits={"the bare libraries": runs.pop("the bare libraries").cpu},
        peers={name: one.cpu for name, one in runs.items()},
        goals=[
            Goal(
                1.6,
                "the bare libraries",
                "Seven tenths of it is importing (click, YAML, 120 modules of ours), which the bare libraries go"
                " without; the rest checks the draft, reads the register and writes it and the station's file. It would"
                " take a process that stays, to which the command only speaks.",
            )
        ],
    )
