"""When something outside the letters happened: an instant, or an uncertain date in a zone, as it was written."""

from zoneinfo import ZoneInfo

import pytest

from backchannel.errors import NotPossible, Refused
from backchannel.letters.when import When, parse_when


@pytest.mark.parametrize(
    ("text", "written", "zone"),
    [
        ("2014-11-06", "2014-11-06", "Asia/Tehran"),
        ("2014-11-06[America/New_York]", "2014-11-06", "America/New_York"),
        ("2014-11~", "2014-11~", "Asia/Tehran"),
        ("2009-40 [UTC]", "2009-40", "UTC"),
        ("[2013-10..2013-12]", "[2013-10..2013-12]", "Asia/Tehran"),
        ("2014-11-06T18:00[America/New_York]", "2014-11-06T18:00", "America/New_York"),
        ("jalali 1393-08-15T18:00[Asia/Tehran]", "1393-08-15T18:00", "Asia/Tehran"),
    ],
)
def test_when_it_was(text, written, zone):
    found = parse_when(text, "Asia/Tehran", ZoneInfo)
    assert (found.written, found.zone) == (written, zone)
    assert When.from_wire(found.to_wire()) == found
    span = found.span(ZoneInfo)
    assert span.earliest is None or span.earliest <= span.latest


@pytest.mark.parametrize("text", ["yesterday", "2014-11-06T18:00", "2014-11-06[Nowhere/At_All]", "6 November 2014", ""])
def test_when_that_can_be_read_two_ways_is_refused(text):
    with pytest.raises(NotPossible):
        parse_when(text, "Asia/Tehran", ZoneInfo)


@pytest.mark.parametrize("wire", [["date", "2014-11-06"], ["date", "2014-11-06", 7], ["day", "x", "UTC"], None])
def test_a_when_that_is_none_is_refused(wire):
    with pytest.raises(Refused) as refused:
        When.from_wire(wire)
    assert refused.value.mark == "D1"
