"""Choose from what fuzzing found the smallest inputs that together go every way: for the committed corpus.

    python -m fuzz.keep [--corpus FOLDER] [--most BYTES] [TARGET ...]

An input is kept as `corpus/TARGET/DIGEST` where it takes a step, from one line to another, that no smaller one took.
Inputs with names are kept whatever they do: each is the first on which something fell.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from fuzz.targets import TARGETS

HERE = Path(__file__).parent / "corpus"


def steps(feed: Callable[[bytes], None], data: bytes) -> set[tuple[str, int, int]]:
    """Pairs of lines of this house that came one after the other."""
    found: set[tuple[str, int, int]] = set()
    last: dict[FrameType, int] = {}

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        name = frame.f_code.co_filename
        if "/backchannel/" not in name:
            return None
        found.add((name, last.get(frame, 0), frame.f_lineno))
        last[frame] = frame.f_lineno
        return trace

    sys.settrace(trace)
    try:
        feed(data)
    except Exception:
        found.add(("fell", 0, 0))
    finally:
        sys.settrace(None)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--corpus", type=Path, default=Path(".fuzz"))
    parser.add_argument("--most", type=int, default=2048, help="bytes of an input that is kept")
    given = parser.parse_args()
    for name in given.targets or TARGETS:
        target, seen = TARGETS[name], set[tuple[str, int, int]]()
        for data in target.seeds():
            seen |= steps(target.feed, data)
        folder = HERE / name
        named = {one for one in folder.glob("*") if len(one.name) != 16}
        known = {one.read_bytes() for place in (folder, given.corpus / name) for one in place.glob("*")}
        chosen = dict[str, bytes]()
        for data in sorted((one for one in known if len(one) <= given.most), key=lambda one: (len(one), one)):
            new = steps(target.feed, data) - seen
            if new:
                seen |= new
                chosen[hashlib.sha256(data).hexdigest()[:16]] = data
        folder.mkdir(parents=True, exist_ok=True)
        for one in set(folder.glob("*")) - named:
            one.unlink()
        for digest, data in chosen.items():
            (folder / digest).write_bytes(data)
        print(f"{name}: {len(chosen)} of {len(known)} kept, {sum(map(len, chosen.values())):,} bytes", flush=True)


if __name__ == "__main__":
    main()
