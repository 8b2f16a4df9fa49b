"""What the pages of the spec say in numbers and hex is so."""

import re
from pathlib import Path

import pycddl
import pytest
from test_vectors import cddl, load

from backchannel.conveyance.covering import Covering
from backchannel.conveyance.evidence import Evidence, Said, Statement
from backchannel.encoding import decode, encode
from backchannel.seals.envelopes import make_batch
from backchannel.seals.padding import padded_size
from backchannel.values import names

PAGES = sorted((Path(__file__).parents[2] / "docs" / "spec").glob("*.md"))
SUM = re.compile(r"^ {4}(?P<name>\S.*?)(?: = | {2,})(?P<sum>[\d(].*?) += (?P<total>\d[\d,]*)", re.MULTILINE)
# A number that stands alone: `u32` is a name, and so is what stands in backticks.
TERM = re.compile(r"(?<![\w`-])\d[\d,]*(?![\w`])|[-+×/()](?= )|[()]")
HEX = re.compile(r"```hex (\S+)\n(.*?)```", re.DOTALL)


def sums():
    for page in PAGES:
        for found in SUM.finditer(page.read_text(encoding="utf-8")):
            if re.search(r"\d ?[+×/-] ?|\d .*[+×/-] ", found["sum"]):
                yield pytest.param(found["sum"], found["total"], id=f"{page.stem} {found['name']}")


@pytest.mark.parametrize(("expression", "total"), list(sums()))
def test_a_sum_is_right(expression, total):
    bare = "".join(TERM.findall(expression)).replace(",", "").replace("×", "*")
    assert eval(bare, {}) == int(total.replace(",", "")), bare


def test_the_sums_are_found():
    """The check above would hold of a spec without any."""
    assert {page.stem for page in PAGES if SUM.search(page.read_text(encoding="utf-8"))} >= {
        "letters", "cards", "seals", "envelopes", "pouches", "evidence", "conveyance", "relay"
    }  # fmt: skip


def examples():
    for page in PAGES:
        for rule, digits in HEX.findall(page.read_text(encoding="utf-8")):
            yield pytest.param(rule, bytes.fromhex(digits), id=f"{page.stem} {rule}")


def valid(rule, data):
    pycddl.Schema(f"start = {rule}\n{cddl()}").validate_cbor(data)


@pytest.mark.parametrize(("rule", "data"), list(examples()))
def test_an_example_is_of_its_rule(rule, data):
    assert encode(decode(data, limit=1 << 20)) == data
    valid(rule, data)


def test_what_go_betweens_say_is_as_the_page_describes():
    statement = Statement("x-CustodyHeld", bytes(32), bytes([1] * 32), 1_800_000_000, "manual", (("waiting", "snow"),))
    said = Said(Statement(**{**_fields(statement), "data": statement.encoded()}), bytes(3373))
    valid("statement", statement.encoded())
    valid("evidence", encode(Evidence((said,)).matter().value))
    covering = Covering(addressee=bytes(32), enclosure=b"sealed", blind=bytes(32), custody="oral", receipt=True)
    valid("conveyance", encode(covering.matter().value))
    with pytest.raises(pycddl.ValidationError):
        valid("conveyance", encode({**covering.matter().value, "blind": bytes(31)}))


def _fields(value):
    return {name: getattr(value, name) for name in names(value)}


def test_the_sizes_are_those_of_the_product():
    """The totals that the pages come to, of real objects."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    totals = {found["name"]: int(found["total"].replace(",", "")) for found in SUM.finditer(text)}
    card = bytes.fromhex(load("cards")[0]["hex"])
    batch, _ = make_batch(1, None, 1_800_000_000, lambda count: bytes([1]) * count)
    wire = batch.to_wire()
    assert totals["card"] == len(card)
    assert totals["card-body"] == len(decode(card, limit=1 << 20)[1])
    assert totals["envelope"] == len(encode(wire["envelopes"][0]))
    case = next(one for one in load("seals")["cases"] if one["expect"] == "accepted")
    assert totals["sealed"] == (len(case["hex"]) - len(case["contents"])) // 2
    assert padded_size(totals["room in 32,768"] + totals["sealed"]) == 32_768
