"""Large files: seal and open a gibibyte, beside age and the machine's own limits."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from measure import Figure, Goal, Runs, Spent, command, peak_mib
from offices import town

ROUNDS = 5
SIZE = int(os.environ.get("BENCH_FILE_MIB", "1024")) << 20
LEFT_OUT = [] if shutil.which("age") else ["age is not installed"]
WHY = "Ours ends when the file is on the disk, age's when it is in memory: it would need a disk as fast as memory."


def figures(folder: Path) -> Iterator[Figure]:
    north, south = town(folder, "North", "South")
    north.close()
    south.close()
    (folder / "passphrase").write_text("a long passphrase\n")
    plain, sealed, opened = folder / "plain", folder / "sealed", folder / "opened"
    _fill(plain)

    def ours(what: str, source: Path, to: Path, office: str, *more: str) -> list[object]:
        start = [sys.executable, "-m", "backchannel", "file", what, source, "-o", to]
        return [*start, "--office", folder / office, "--passphrase-file", folder / "passphrase", *more]

    acts = {
        "ours": (
            ours("seal", plain, sealed, "North", "--to", "South"),
            ours("open", sealed, opened, "South"),
        )
    }
    if not LEFT_OUT:
        subprocess.run(["age-keygen", "-o", folder / "age.key"], check=True, capture_output=True)
        recipient = re.search(r"age1\w+", (folder / "age.key").read_text())[0]  # type: ignore[index]
        acts["age"] = (
            ["age", "-r", recipient, "-o", sealed, plain],
            ["age", "-d", "-i", folder / "age.key", "-o", opened, sealed],
        )
    for name in list(acts):
        if name != "ours":
            acts[f"{name}, then a sync"] = acts[name]
    runs = {what: {name: Runs() for name in [*acts, "cp"]} for what in ("seal", "open")}
    for round_ in range(1 + ROUNDS):
        for name, (seal, open_) in acts.items():
            sync = name.endswith("a sync")
            for what, argv, source, made in (("seal", seal, plain, sealed), ("open", open_, sealed, opened)):
                made.unlink(missing_ok=True)
                _settle(source)
                _note(runs[what][name], command(argv), command(["sync", made]) if sync else None, round_)
            opened.unlink()
        _settle(plain)
        copied = command(["cp", "--reflink=never", plain, opened])
        for what in runs:
            _note(runs[what]["cp"], copied, None, round_)
        opened.unlink()
    for what, least in (("seal", 1 / 1.8), ("open", 1 / 1.4)):
        for unit, of in (("wall ms", "wall"), ("CPU ms", "cpu")):
            found = {name: getattr(one, of) for name, one in runs[what].items()}
            yield Figure(
                f"{what} a file of {SIZE >> 20} MiB{'' if of == 'wall' else ', CPU'}",
                unit,
                found["ours"],
                peers={name: found[name] for name in acts if name != "ours"},
                limits={"cp, without a sync": found["cp"]},
                goals=[Goal(round(least, 3), "age", WHY)] if of == "wall" else [],
            )
    sealed.unlink()
    memory = [peak_mib(acts["ours"][0]), peak_mib(acts["ours"][1])]
    why = "Python, click, cryptography and SQLite are most of it before the first byte is read."
    yield Figure(
        f"memory for {SIZE >> 20} MiB, the larger of seal and open", "MiB", [max(memory)], goals=[Goal(40, "", why)]
    )


def _fill(path: Path) -> None:
    block = os.urandom(1 << 20)
    with path.open("wb") as file:
        for _ in range(SIZE >> 20):
            file.write(block)
    os.sync()


def _settle(source: Path) -> None:
    """Nothing is waiting for the disk, and what is read comes from memory, for all alike."""
    os.sync()
    command(["cat", source])


def _note(runs: Runs, spent: Spent, more: Spent | None, round_: int) -> None:
    if round_:
        runs.wall.append(spent.wall + (more.wall if more else 0))
        runs.cpu.append(spent.cpu + (more.cpu if more else 0))
