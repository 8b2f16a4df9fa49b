"""The vectors of dates hold for the product and for a reader written from the specification alone."""

from zoneinfo import ZoneInfo

import dating
import pytest
from test_vectors import load, mark

from backchannel.errors import Refused
from backchannel.letters.edtf import Edtf


def _pick(kind):
    return [pytest.param(case, id=case["name"]) for case in load("dates")[kind]]


@pytest.mark.parametrize("case", _pick("uncertain"))
def test_an_uncertain_date(case):
    """What was written names these seconds and no others, for both readers; or both refuse it."""
    if case["expect"] != "accepted":
        with pytest.raises(Refused) as ours:
            Edtf.from_wire(case["written"])
        with pytest.raises(dating.No) as theirs:
            dating.uncertain(case["written"])
        assert ours.value.mark == str(theirs.value) == mark(case)
        return
    date = Edtf.from_wire(case["written"])
    for name, span in {
        "span": date.span(ZoneInfo(case["zone"])),
        "sure": date.sure(ZoneInfo(case["zone"])),
        "anywhere": date.span(None),
    }.items():
        assert [span.earliest, span.latest] == case[name], name
    assert [" ".join(code) for code in date.words] == case["words"]
    ranges, words = dating.uncertain(case["written"])
    assert words == case["words"]
    assert dating.span(ranges, case["zone"]) == case["span"]
    assert dating.span(ranges, case["zone"], sure=True) == case["sure"]
    assert dating.span(ranges, None) == case["anywhere"]
