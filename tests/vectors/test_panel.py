"""The panel is what its page says, for every letter there can be."""

import re
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from backchannel.cli.words import PANEL
from backchannel.seals.panel import QUESTIONS, Facts, who_could

PAGE = (Path(__file__).parents[2] / "docs" / "spec" / "panel.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| (yes|no) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.M)
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def holds(when, facts):
    """Whether all that the page asks of a letter is so."""
    key = "envelope" if facts.on_envelope else "token" if facts.token else "zero"
    is_so = {"always", key, facts.trust, "signed" if facts.signed else "unsigned"}
    is_so |= {"proxy"} if facts.through_tor else set()
    is_so |= {"destroyed"} if facts.key_until is None else set()
    is_so |= {"carriers"} if facts.carriers else set()
    is_so |= {"signed custody"} if facts.signed_custody else set()
    return all(
        (one.split(" ", 1)[1] not in is_so) if one.startswith(("not ", "no ")) else one in is_so
        for one in when.split(", ")
    )


def every_letter():
    keys = ((True, True), (False, True), (False, False))
    trusts = ("unverified", "vouched", "verified")
    for signed, key, until, trust, tor, carriers, custody in product(
        (True, False), keys, (None, LATER), trusts, (True, False), (0, 2), (True, False)
    ):
        yield Facts(signed, *key, until, trust, tor, carriers, custody)


def test_the_lines_are_those_of_the_page_in_its_order():
    for facts in every_letter():
        expected = [row for row in ROWS if holds(row[3], facts)]
        expected.sort(key=lambda row: (QUESTIONS.index(row[1]), row[2] == "no"))
        lines = who_could(facts)
        assert [(one.code, one.question, "yes" if one.can else "no") for one in lines] == [row[:3] for row in expected]
        assert [one.until for one in lines] == [LATER if "*until*" in row[4] else None for row in expected]


def test_every_line_has_its_words():
    assert {row[0] for row in ROWS} == set(PANEL)
