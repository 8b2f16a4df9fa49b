"""Coverage-guided fuzzing of one target after another, for as long as one likes: `make fuzz`.

    python -m fuzz.fuzz [--seconds 3600] [--corpus FOLDER] [TARGET ...]

What is new in coverage is kept in FOLDER/TARGET, beside the committed corpus, for the next time. The first input on
which a target falls ends its turn and is kept as FOLDER/TARGET-fell-...; the exit status is then 1.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Final

HERE: Final = Path(__file__).parent
MEMORY_MIB: Final = 512
SECONDS_AN_INPUT: Final = 5
ASKED: Final = "relay"  # a process that is asked over its line, by what its document says; not guided by coverage


def main() -> int:
    from fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "targets", nargs="*", metavar="TARGET", help=f"of {', '.join([*TARGETS, ASKED])}; all of them if none is named"
    )
    parser.add_argument("--seconds", type=int, default=3600, help="for all of them together")
    parser.add_argument("--corpus", type=Path, default=Path(".fuzz"))
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    given = parser.parse_args()
    names = given.targets or [*TARGETS, ASKED]
    if unknown := set(names) - {*TARGETS, ASKED}:
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    fell = []
    for name in names:
        seconds = max(given.seconds // len(names), 1)
        print(f"{name}: {seconds} seconds", flush=True)
        command = [sys.executable, "-m", "fuzz.fuzz", "--one", name, str(given.corpus), str(seconds), str(given.seed)]
        if name == ASKED:
            command = [sys.executable, "-m", "fuzz.asking", str(seconds), str(given.seed)]
        if subprocess.run(command, check=False).returncode:
            fell.append(name)
    print(f"fell: {', '.join(fell)}" if fell else "nothing fell")
    return bool(fell)


def one(name: str, corpus: str, seconds: str, seed: str) -> None:
    import atheris

    with atheris.instrument_imports(include=["backchannel"]):
        from fuzz.mutate import mutated
        from fuzz.targets import TARGETS
    target = TARGETS[name]
    kept = Path(corpus) / name
    kept.mkdir(parents=True, exist_ok=True)
    for at, data in enumerate(target.seeds()):
        if len(data) <= target.most:
            (kept / f"seed-{at}").write_bytes(data)

    def further(data: bytes, most: int, seed: int) -> bytes:
        dice = Random(seed)
        if dice.random() < 0.3:
            return bytes(atheris.Mutate(data, most))
        return mutated(data, target.shape, dice, most, data)

    committed = HERE / "corpus" / name
    arguments = [
        name,
        str(kept),
        *([str(committed)] if committed.exists() else []),
        f"-artifact_prefix={corpus}/{name}-fell-",
        f"-max_total_time={seconds}",
        f"-max_len={target.most}",
        f"-timeout={SECONDS_AN_INPUT}",
        f"-rss_limit_mb={MEMORY_MIB}",
        f"-seed={seed}",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    atheris.Setup(arguments, target.feed, custom_mutator=further)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:])
    else:
        sys.exit(main())
