"""Who translated what, and who answers for versions that differ: read strictly, and back as it was written."""

from typing import Any

import pytest

from backchannel.encoding import encode
from backchannel.errors import Refused
from backchannel.letters.docket import Docket, read_docket
from backchannel.letters.versions import Difference, Mismatch, Translation

EPOCH = bytes(16)


def test_it_comes_back_as_it_was_written() -> None:
    docket = Docket(
        EPOCH,
        translations=(Translation("fa", "the mission", bytes(32)),),
        mismatch=Mismatch(("Ada", "Ben"), "The figure is a date.", (Difference("T1", "number", "en", "fa"),)),
    )
    again = read_docket(docket.encoded())
    assert (again.translations, again.mismatch) == (docket.translations, docket.mismatch)
    assert not again.unknown


GOOD: dict[str, Any] = {"by": ["Ada", "Ben"], "why": "x", "found": [["T1", "number", "en", "fa"]]}


@pytest.mark.parametrize(
    "fields",
    [
        {"translations": []},
        {"translations": [["fa", "", bytes(32)]]},
        {"translations": [["fa", "x", bytes(31)]]},
        {"translations": [["fa", "x", bytes(32)]] * 2},
        {"mismatch": GOOD | {"by": ["Ada", "Ada"]}},
        {"mismatch": GOOD | {"by": ["Ada"]}},
        {"mismatch": GOOD | {"found": []}},
        {"mismatch": GOOD | {"found": [["T1", "", "en", "fa"]]}},
        {"mismatch": GOOD | {"more": 1}},
        {"mismatch": {"by": ["Ada", "Ben"]}},
    ],
)
def test_half_of_it_is_refused(fields: dict[str, Any]) -> None:
    """[L5] One person is not two, and nothing is accepted that was not found."""
    with pytest.raises(Refused) as refused:
        read_docket(encode({"epoch": EPOCH} | fields))
    assert refused.value.mark == "L5"
