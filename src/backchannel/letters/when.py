"""When something outside the letters happened, no better than it is known.   Spec: docs/spec/dates.md, "Outside"."""

import re
from typing import Any, Final, Self

from backchannel.errors import NotPossible, Refused
from backchannel.letters.dates import ZONE, Moment, Zones, parse_moment
from backchannel.letters.edtf import Edtf, parse_edtf
from backchannel.letters.spans import TimeSpan
from backchannel.values import dataclass

_IN_ZONE: Final = re.compile(r"(.+?) ?\[([A-Za-z][A-Za-z0-9_+/-]{0,63})\]", re.ASCII)
_CLOCK: Final = re.compile(r"\d[T ]\d{1,2}:\d{2}(?!:)")


@dataclass(frozen=True, slots=True)
class When:
    """An instant, or an uncertain date in a zone, as it was written."""

    said: Moment | Edtf
    zone: str

    @property
    def written(self) -> str:
        return self.said.written

    def span(self, zones: Zones) -> TimeSpan:
        """From the first to the last second that it can have been."""
        return TimeSpan.at(self.said.unix) if isinstance(self.said, Moment) else self.said.span(zones(self.zone))

    def to_wire(self) -> list[Any]:
        return (
            ["date", self.said.written, self.zone] if isinstance(self.said, Edtf) else ["moment", *self.said.to_wire()]
        )

    @classmethod
    def from_wire(cls, value: Any) -> Self:
        """Raises Refused [D1, D2, D3]."""
        match value:
            case ["date", written, str(zone)] if ZONE.fullmatch(zone):
                return cls(Edtf.from_wire(written), zone)
            case ["moment", *moment]:
                said = Moment.from_wire(moment)
                return cls(said, said.zone)
        raise Refused("D1", "this is neither an instant nor an uncertain date in a zone")


def parse_when(given: str, zone: str, zones: Zones) -> When:
    """What a writer means: an instant like 2014-11-06T18:00[Asia/Tehran], or a date of EDTF like 2014-11-06, 2014-11~.

    A date may name its zone, 2014-11-06[Asia/Tehran]; otherwise it is of `zone`. Raises NotPossible.
    """
    found = _IN_ZONE.fullmatch(given.strip())
    if _CLOCK.search(given) or (found is not None and " " in found[1]):
        moment = parse_moment(given, zones)
        return When(moment, moment.zone)
    written, named = found.groups() if found is not None else (given.strip(), zone)
    try:
        zones(named)
    except (KeyError, ValueError, OSError) as error:
        raise NotPossible(f"the zone {named} is not known", next_step="Use one like Asia/Tehran.") from error
    return When(parse_edtf(written), named)
