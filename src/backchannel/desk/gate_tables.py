"""The word lists of the language gate, read from the package.   Spec: docs/spec/gate.md."""

import tomllib
from functools import lru_cache
from importlib import resources

from backchannel.terms.gate import Tables, tables_from


@lru_cache(maxsize=1)
def gate_tables() -> Tables:
    """The tables that every comparison is handed; read once a process, at first use."""
    folder = resources.files("backchannel.terms.gate") / "lists"
    return tables_from(
        {
            file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8"))
            for file in folder.iterdir()
            if file.name.endswith(".toml")
        }
    )
