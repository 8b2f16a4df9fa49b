"""A bundle of evidence in any other shape is refused before anything in it is believed."""

import pytest

from backchannel.conveyance.bundle import read_bundle
from backchannel.encoding import encode
from backchannel.errors import Refused

ITEM = [b"statement", None, bytes(32), bytes(32), bytes(32)]


@pytest.mark.parametrize(
    "value",
    [
        [2, [], [[b"sealed", [ITEM]]]],
        [1, [], []],
        [1, ["card"], [[b"sealed", [ITEM]]]],
        [1, [], [[b"sealed", []]]],
        [1, [], [["sealed", [ITEM]]]],
        [1, [], [[b"sealed", [ITEM]]]],  # unsigned: it could be shown to nobody
        [1, [], [[b"sealed", [[b"statement", bytes(3373), bytes(31), bytes(32), bytes(32)]]]]],
    ],
)
def test_each_wrong_bundle_is_refused(value):
    with pytest.raises(Refused) as caught:
        read_bundle(encode(value))
    assert caught.value.mark == "W4"
