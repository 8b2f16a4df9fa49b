"""Reads what was taken from published vectors: tests/published/README.md."""

import json
import lzma
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "published"
x = bytes.fromhex


def taken(name: str) -> Any:
    return json.loads(lzma.decompress((FOLDER / f"{name}.json.xz").read_bytes()))


def field(case: dict[str, Any], name: str) -> bytes:
    """Empty where the case has none."""
    return x(case.get(name, ""))
