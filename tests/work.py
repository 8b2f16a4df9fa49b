"""How much work something is, counted in lines run: the same on every machine, however busy."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")


def work(act: Callable[[], T]) -> tuple[T, int]:
    """What `act` gives, and the lines of Python it ran; each round of a loop counts. What C runs does not."""
    lines = 0

    def count(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        return act(), lines
    finally:
        sys.settrace(before)
