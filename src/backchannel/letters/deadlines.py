"""Dates of clauses.   Spec: docs/spec/terms.md, "Clauses"."""

from typing import Any, Final

from backchannel.letters.dates import Moment

TYPES: Final = ("lapses_at", "irrevocable_until", "reply_by", "due", "latest_delivery", "in_force")
Deadline = Moment


def deadline_to_wire(deadline: Deadline) -> list[Any]:
    return deadline.to_wire()


def deadline_from_wire(value: Any) -> Deadline:
    """Raises Refused with the marks of moments."""
    return Moment.from_wire(value)
