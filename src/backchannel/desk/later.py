"""Modules that are run when they are first used: a command pays for what it does, not for all a desk can do."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType


class _Later:
    """Finds modules as ever; what it finds waits (`importlib.util.LazyLoader`)."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


@contextmanager
def imported_when_used() -> Iterator[None]:
    """Modules that are imported inside are run at the first use of a name in them.

    For `from package import module` only: `from module import name` is a use. A mistake in such a module shows when it
    is used.
    """
    sys.meta_path.insert(0, _Later)
    try:
        yield
    finally:
        sys.meta_path.remove(_Later)
