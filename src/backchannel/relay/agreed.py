"""What a relay and whoever speaks with it agree on.   Spec: docs/spec/relay.md."""

from typing import Final

POUCH_BYTES: Final = 32_768
BATCH_POUCHES: Final = 64
MOST_WAIT: Final = 60  # seconds
PROBLEM: Final = "urn:backchannel:problem:"  # before the code of a problem
