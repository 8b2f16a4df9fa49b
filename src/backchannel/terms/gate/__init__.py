"""The language gate: whether versions of a clause in two languages say the same.   Spec: docs/spec/gate.md."""

from backchannel.terms.gate.align import Difference, compare_texts, compare_versions
from backchannel.terms.gate.compare import Finding, compare
from backchannel.terms.gate.lexicon import Tables, tables_from
from backchannel.terms.gate.names import Name

__all__ = ["Difference", "Finding", "Name", "Tables", "compare", "compare_texts", "compare_versions", "tables_from"]
