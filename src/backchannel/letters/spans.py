"""When something was, no better than it is known.   Spec: docs/spec/dates.md, "Spans".

No clock of another's is believed to the second, and paper says "the first half of 2009". A span says what is sure; two
instants are ordered only if their spans do not overlap.
"""

from typing import Final, Self

from backchannel.values import dataclass


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """An instant somewhere from `earliest` to `latest`, Unix seconds, both included; None: no bound is known.

    Raises ValueError if it would end before it begins: spans that do not meet have no intersection.
    """

    earliest: int | None = None
    latest: int | None = None

    def __post_init__(self) -> None:
        if self.earliest is not None and self.latest is not None and self.earliest > self.latest:
            raise ValueError("a span does not end before it begins")

    @classmethod
    def at(cls, unix: int) -> Self:
        """An instant that is known to the second."""
        return cls(unix, unix)

    @property
    def exact(self) -> bool:
        return self.earliest is not None and self.earliest == self.latest


ANY_TIME: Final = TimeSpan()


def before(one: TimeSpan, other: TimeSpan) -> bool | None:
    """Whether `one` was before `other`: True, False, or None where that cannot be told.

    Spans that share a second are not ordered. A limit, whose end is included, asks `in_time`.
    """
    if one.latest is not None and other.earliest is not None and one.latest < other.earliest:
        return True
    if other.latest is not None and one.earliest is not None and other.latest < one.earliest:
        return False
    return None


def in_time(event: TimeSpan, limit: TimeSpan) -> bool | None:
    """Whether `event` was no later than `limit`, the limit's last second included; None where that cannot be told."""
    if event.latest is not None and limit.earliest is not None and event.latest <= limit.earliest:
        return True
    return False if before(limit, event) else None


def intersection(*spans: TimeSpan) -> TimeSpan | None:
    """What all of several statements of one event leave possible; None if they do not meet. Of none: any time."""
    earliest = max((span.earliest for span in spans if span.earliest is not None), default=None)
    latest = min((span.latest for span in spans if span.latest is not None), default=None)
    if earliest is not None and latest is not None and earliest > latest:
        return None
    return TimeSpan(earliest, latest)


def hull(*spans: TimeSpan) -> TimeSpan:
    """From the earliest to the latest of one or more spans: the event was one of them."""
    earliest, latest = [span.earliest for span in spans], [span.latest for span in spans]
    return TimeSpan(
        None if None in earliest else min(one for one in earliest if one is not None),
        None if None in latest else max(one for one in latest if one is not None),
    )


def shift(span: TimeSpan, seconds: int) -> TimeSpan:
    """The span that many seconds later; earlier if negative."""
    return TimeSpan(
        None if span.earliest is None else span.earliest + seconds,
        None if span.latest is None else span.latest + seconds,
    )
