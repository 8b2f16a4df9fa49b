"""What must be in no tracked file: machine paths, private hosts, unfinished work.

python scripts/check_repository.py
"""

import re
import subprocess
import sys
from pathlib import Path

FORBIDDEN = {
    "a path outside the repository": re.compile(r"\.\./" + "shared|/wo" + "rk/|/ro" + "ot/|/ho" + r"me/[a-z]"),
    "a package index or its host": re.compile(r"--(extra-)?index" + r"-url|--find" + r"-links|--trusted" + "-host"),
    "unfinished work": re.compile(r"\b(TO" + "DO|FIX" + "ME|XX" + r"X)\b"),
}
LOCKS = ("requirements.txt", "requirements-dev.txt")


def main() -> int:
    tracked = subprocess.run(["git", "ls-files", "-z"], capture_output=True, check=True, text=True).stdout.split("\0")
    found: list[str] = []
    for name in filter(None, tracked):
        try:
            text = Path(name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):  # a link's target is looked at itself
            continue
        for number, line in enumerate(text.splitlines(), 1):
            found += [f"{name}:{number}: {what}" for what, pattern in FORBIDDEN.items() if pattern.search(line)]
    for name in LOCKS:
        if "://" in Path(name).read_text(encoding="utf-8"):
            found.append(f"{name}: records an address")
    print("\n".join(found) or "the repository is clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
