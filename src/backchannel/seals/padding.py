"""How large a sealed letter is made.   Spec: docs/spec/seals.md, "Padding".

Padmé: "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs" (Nikitin et al., 2019), section 4.
"""

from typing import Final

LEAST: Final = 32_768
UNIT: Final = 16_384


def padded_size(size: int) -> int:
    """The size a sealed letter of `size` bytes grows to: 32,768 at least, above it Padmé in units of 16,384."""
    units = -(-max(size, LEAST) // UNIT)
    exponent = units.bit_length() - 1
    step = 1 << exponent - exponent.bit_length()  # keep as many leading bits as the exponent has
    return -(-units // step) * step * UNIT
