"""Well-formed inputs of every decoder, from the published vectors where there are some."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

from backchannel.conveyance.covering import read_covering
from backchannel.conveyance.credence import read_accrediting
from backchannel.conveyance.evidence import read_evidence
from backchannel.conveyance.introductions import read_introduction
from backchannel.desk import backup, keyfile
from backchannel.desk.register import Register
from backchannel.encoding import decode, encode
from backchannel.errors import Refused
from backchannel.letters.letter import read_contents
from backchannel.letters.matter import Matter
from backchannel.letters.parts import MATTERS
from backchannel.letters.talks import KINDS, read_talk
from backchannel.seals.cards import RelayAddress, relay_id
from backchannel.seals.envelopes import make_batch
from backchannel.seals.keys import KemKey
from backchannel.station.hatch import Hatch, Home

ME, OTHER = b"\x01" * 32, b"\x02" * 32
VECTORS: Final = Path(__file__).parents[2] / "vectors"


@cache
def vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def published(*names: str, most: int = 4096) -> Iterator[bytes]:
    """Every value in hex of these vectors, each once."""
    found: dict[bytes, None] = {}

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            for one in value:
                walk(one)
        elif isinstance(value, str):
            with suppress(ValueError):
                found[bytes.fromhex(value)] = None

    for name in names:
        walk(vectors(name))
    yield from (data for data in found if 0 < len(data) <= most)


def texts(*lines: str) -> Callable[[], Iterator[bytes]]:
    return lambda: (line.encode() for line in lines)


def opened(*names: str) -> Iterator[Any]:
    """[sheet, parts, signature, docket] of the published letters, all of it decoded."""
    for data in published(*names, most=1 << 17):
        with suppress(Refused):
            letter = read_contents(data)
            yield [
                decode(letter.sheet.data, limit=1 << 20),
                [decode(part.data, limit=1 << 20) for part in letter.parts],
                letter.signature,
                decode(letter.docket.encoded(), limit=1 << 20),
            ]


def pieces(at: int) -> Callable[[], Iterator[bytes]]:
    """Sheets (0), or dockets (3)."""
    return lambda: (encode(one[at]) for one in opened("letters", "terms", "talks", "conveyance"))


def parts(*kinds: str) -> Iterator[list[Any]]:
    for one in opened("letters", "terms", "talks", "conveyance"):
        yield from (part for part in one[1] if not kinds or part[0] in kinds)


def batches() -> Iterator[bytes]:
    dice = Random(1)
    for count in (0, 1, 4):
        yield encode(make_batch(count + 1, None, 1_800_000_000, dice.randbytes, count)[0].to_wire())


def card_bodies() -> Iterator[bytes]:
    for data in published("cards", most=24 * 1024):
        with suppress(Refused):
            match decode(data, limit=24 * 1024):
                case [1, bytes(body), bytes()]:
                    yield body


def matters() -> Iterator[bytes]:
    """[kind, value] of all that letters carry besides text."""
    names = ("talks", "conveyance", "credences", "evidence", "introductions")
    yield from (encode([kind, value]) for kind, _, value in parts(*MATTERS))
    for name in names:
        for data in published(name, most=1 << 14):
            with suppress(Refused):
                value = decode(data, limit=1 << 14)
                if isinstance(value, dict):
                    yield from (encode([kind, value]) for kind in MATTERS if _is_matter(kind, value))


def _is_matter(kind: str, value: Any) -> bool:
    try:
        typed(kind, value)
    except Refused:
        return False
    return True


def typed(kind: str, value: Any) -> Any:
    match kind:
        case "conveyance":
            return read_covering(value)
        case "evidence":
            return read_evidence(value)
        case "introduction":
            return read_introduction(value, ME, OTHER)
    return read_talk(Matter(kind, value)) if kind in KINDS else read_accrediting(kind, value)


def lists() -> Iterator[bytes]:
    row = [ME, b"e" * 16, [1, 3], [4, 4], bytes(48)]
    yield encode([1, "operation", 1_700_000_000, [row]])
    yield encode([1, "exercise", 0, []]) + bytes(20)
    yield encode([1, "operation", 5, [row, [OTHER, b"f" * 16, [2, 2, 5, 9], [], bytes(96)]]])


def boards() -> Iterator[bytes]:
    for case in vectors("standing"):
        yield json.dumps(case["records"], ensure_ascii=False).encode()


@cache
def station_key() -> KemKey:
    return KemKey.from_seed(b"s" * 32)


def hatches() -> Iterator[bytes]:
    url = "https://relay.example"
    with TemporaryDirectory() as folder:
        with Hatch.open(Path(folder), Random(2).randbytes, create=True) as open_:
            address = RelayAddress(url, relay_id(url), None, bytes(8))
            open_.set_homes((Home(address, "pass"),))
            open_.pouch_publics(700, 2)
            open_.send(3, b"sealed" * 9, address, station_key().public)
            open_.note_entry(4)
        yield (Path(folder) / "station.db").read_bytes()


def file_heads() -> Iterator[bytes]:
    for case in vectors("files")["cases"]:
        data = bytes.fromhex(case["hex"])
        yield data[21 : 21 + int.from_bytes(data[19:21], "big")]


def key_files() -> Iterator[bytes]:
    yield keyfile.make("correct horse", Random(1).randbytes, keyfile.CHEAP)[1]
    yield keyfile.make("correct horse", Random(2).randbytes, keyfile.Cost(256, 2, 4))[1]


def backups() -> Iterator[bytes]:
    with TemporaryDirectory() as folder:
        where = Path(folder)
        master, file = keyfile.make("correct horse", Random(1).randbytes, keyfile.CHEAP)
        (where / keyfile.NAME).write_bytes(file)
        with Register.create(where, master, Random(1).randbytes) as register:
            backup.write(register, master, where / "aside", 1_800_000_000)
        yield (where / "aside").read_bytes()


def example(*names: str) -> Callable[[], Iterator[bytes]]:
    folder = Path(keyfile.__file__).parents[1] / "examples"
    return lambda: ((folder / name).read_bytes() for name in names)


DRAFT = """---
form: proposal
to: South
prevails: equal
date: "jalali 1393-09-03T10:00[Asia/Tehran]"
reply_by: 2027-01-01[Asia/Tehran]
latest_delivery: 2026-12-31T12:00[UTC]
exempted: [A, B]
act: propose
signed: yes
business: {usa: {source: a list, weekend: [6, 7], first: 2026-01-01, last: 2028-01-01, holidays: [2026-12-25]}}
clauses:
  T1: {kind: undertaking, bound: us, towards: them, due: "10 business days (usa) from handover of this letter [UTC]"}
  C1: {kind: condition, declares: jointly}
  P1: {kind: provision, until_withdrawn: yes}
  P2: {kind: provision, zones: [Asia/Tehran, UTC]}
---
=== en
# Title

Text

## T1

We do.

## C1

It is met.

## P1

Until we withdraw it.

## P2

Zones.

=== fa

# عنوان

متن

## T1

می‌کنیم

## C1

شد

## P1

تا پس گرفتن

## P2

تهران
"""
MEETING = """---
form: meeting-request
to: South
purpose: to speak
how: in person
times: ["2026-12-01T10:00[Asia/Tehran]"]
who: [{envoy: one of us}]
minutes: 30
reply_by: "2026-11-30T10:00[Asia/Tehran]"
lang: en
---
# Meeting

Shall we?
"""
REQUESTS: Final = texts(
    "GET /v1/relay HTTP/1.1\r\nHost: r\r\n\r\nGET /v1/openapi.json HTTP/1.1\r\nConnection: close\r\n\r\n",
    f"GET /v1/shards/{'0' * 16}/segments/1?wait=0 HTTP/1.1\r\nBackchannel-Pass: b\r\n\r\n",
    f"POST /v1/shards/{'0' * 16}/pouches HTTP/1.1\r\nContent-Type: application/octet-stream\r\nBackchannel-Pass: a\r\n"
    "Expect: 100-continue\r\nContent-Length: 4\r\n\r\nbody",
    f"POST /v1/shards/{'0' * 16}/pouches HTTP/1.1\r\nContent-Type: application/octet-stream\r\nBackchannel-Pass: a\r\n"
    "Transfer-Encoding: chunked\r\n\r\n4;x\r\nbody\r\n0\r\nA: b\r\n\r\n",
    "HEAD /v1/%72elay HTTP/1.0\r\nUpgrade: x\r\n\r\n",
)
ANSWERS: Final = texts(
    "HTTP/1.1 200 OK\r\nContent-Length: 182\r\n\r\n"
    '{"version": 1, "pouch_bytes": 32768, "prefix_bits": 0, "retention_seconds": 86400, "segment_seconds": 60, '
    '"segment_pouches": 512, "batch_pouches": 64, "passes": {"post": true, "collect": false}}',
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 200 OK\r\nBackchannel-Segment: 3\r\nBackchannel-Closed: 5\r\nTransfer-Encoding: chunked\r\n"
    "\r\n2\r\nab\r\n0\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 403 No\r\n\r\n" + '{"type": "urn:backchannel:problem:pass"}',
)
DATES: Final = texts(
    "due 2026-03-01T18:00[Asia/Tehran]",
    "due jalali 1404-12-10[Asia/Tehran]",
    "due umm-al-qura 1447-09-10T18:00[Asia/Riyadh]+03:00",
    "lapses_at 2 months from handover of this letter [Asia/Tehran]",
    "due 3 days from met of clause T1 at 12:00 [UTC]",
    "due ۷۲ ساعت از تحویل این نامه",
    "due 10 months from leaving of this letter else the next day [Asia/Tehran]",
    "due 01/02/2027",
    "due in about a month",
    "due in two weeks",
    "2014-11~",
    "2014-11-06[Asia/Tehran]",
)
EDTF: Final = texts(
    "2009", "2009-06", "2009-06-30", "2009-40", "2009~", "2009-06/2010", "2009/..", "[1667,1668,1670..1672]",
    "{..1983}", "1984-06-02?/2004-08-08~", "201X", "19XX", "2004-XX-XX", "2001-21/2003-31", "2011-12-29T23:59:59+14:00",
    "/2006",
)  # fmt: skip
TEXTS: Final = texts(
    "plain",
    "نامهٔ می‌گویم ۱۲",
    "\u2068isolated\u2069 \u202e reversed",
    "\x1b]52;c;ZXZpbA==\x07",
    "12٣ ۴٥",
    "e\u0301" * 20,
)
MARKDOWN: Final = texts(
    "# Title\n\n*one* **two** [three](http://x.example 'four') `five`\n\n"
    "> six\n\n1. seven\n   - eight\n\n```x\nnine\n```",
    "[a]: <b> 'c'\n\n[a] ![d](e) <f@g.h> &amp; <b>i</b>\n\n---\n\nj  \nk\\\nl",
    "[" * 40 + "](" * 40,
    "> " * 30 + "x",
)
GATE: Final = texts(
    "en,fa\nWe pay 5 million dollars by 3 March 2027, not later.\n@@@\nما ۵ میلیون دلار تا ۱۲ اسفند ۱۴۰۵ می‌پردازیم.",
    "en,ar\nNo more than 300 kg of uranium at 3.67% within 15 years.\n@@@\n"
    "لا يزيد على ٣٠٠ كغ من اليورانيوم بنسبة ٣٫٦٧٪ خلال ١٥ سنة.",
    "fa,en\nایران به آمریکا سی و پنج تن می‌دهد\n@@@\nIran gives thirty-five tons to America",
)
