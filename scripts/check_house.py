"""The rules of the house, checked: which room imports which, and what the pure rooms never touch.

    python scripts/check_house.py [SRC]

SRC: the folder that holds the package's rooms, `src/backchannel` by default. Prints each breach with its place.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

# From the ground up; a room imports only itself and rooms before it.
ROOMS = (
    "values",
    "errors",
    "assigned",
    "encoding",
    "text",
    "letters",
    "seals",
    "conveyance",
    "terms",
    "pouches",
    "clock",
    "durable",
    "relay",
    "station",
    "desk",
    "cli",
    "examples",
)
PURE = ("errors", "assigned", "encoding", "text", "letters", "seals", "conveyance", "terms", "pouches")
BANNED_MODULES = {
    "asyncio", "glob", "io", "os", "pathlib", "random", "requests", "secrets", "select", "shutil", "socket", "ssl",
    "subprocess", "tempfile", "threading", "time", "urllib", "uuid", "zoneinfo",
}  # fmt: skip
BANNED_CALLS = {"open", "input", "print", "exec", "eval", "breakpoint"}
BANNED_METHODS = {"now", "utcnow", "today", "generate", "urandom"}
# The tables a pure room ships with its code, read once, in one place.
MAY_READ_DATA = {"assigned.py"}


def breaches(source: Path) -> Iterator[str]:
    """Each breach as `file:line: why`."""
    for path in sorted(source.rglob("*.py")):
        inside = path.relative_to(source)
        room = inside.parts[0].removesuffix(".py")
        if room not in ROOMS:
            if room not in ("__init__", "__main__"):
                yield f"{path}:1: {room} is no room of the house"
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            for why in _imports(node, room):
                yield f"{path}:{node.lineno}: {why}"  # type: ignore[attr-defined]
            if room in PURE:
                for why in _impure(node, inside.name in MAY_READ_DATA):
                    yield f"{path}:{node.lineno}: {why}"  # type: ignore[attr-defined]


def _imports(node: ast.AST, room: str) -> Iterator[str]:
    for name in _imported(node):
        if not name.startswith("backchannel."):
            continue
        other = name.split(".")[1]
        if other in ROOMS and ROOMS.index(other) > ROOMS.index(room):
            yield f"{room} imports {other}, which stands above it"


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def _impure(node: ast.AST, may_read_data: bool) -> Iterator[str]:
    for name in _imported(node):
        top = name.split(".")[0]
        if top in BANNED_MODULES or (name.startswith("importlib.resources") and not may_read_data):
            yield f"a pure room imports {name}"
    if isinstance(node, ast.Call):
        called = node.func
        if isinstance(called, ast.Name) and called.id in BANNED_CALLS:
            yield f"a pure room calls {called.id}()"
        if isinstance(called, ast.Attribute) and called.attr in BANNED_METHODS:
            yield f"a pure room calls .{called.attr}()"


def main() -> int:
    source = Path(sys.argv[1] if len(sys.argv) > 1 else "src/backchannel")
    found = list(breaches(source))
    print("\n".join(found) or "the house is in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
