"""All sizes of the pouch, in bytes.   Spec: docs/spec/pouches.md, "Sizes"."""

from typing import Final

from backchannel.seals.keys import KEM_OVERHEAD
from backchannel.values import dataclass


@dataclass(frozen=True, slots=True)
class Geometry:
    """One pouch. Every size is here or a sum of these."""

    pouch: int = 32_768
    hops: int = 5
    seed: int = 32
    command: int = 96
    mac: int = 32
    integrity: int = 32
    fragment_head: int = 64
    fragment_data: int = 16_384
    most_fragments: int = 1_100

    @property
    def ct(self) -> int:
        """HPKE of one hop's seed: 1120 + 16 + 32."""
        return KEM_OVERHEAD + self.seed

    @property
    def slot(self) -> int:
        """What one hop takes of the header: command, next mac, next ct."""
        return self.command + self.mac + self.ct

    @property
    def beta(self) -> int:
        return self.hops * self.slot

    @property
    def header(self) -> int:
        return self.ct + self.beta + self.mac

    @property
    def payload(self) -> int:
        return self.pouch - self.header

    @property
    def slip_area(self) -> int:
        return self.payload - self.integrity - self.fragment_head - self.fragment_data


POUCH: Final = Geometry()
