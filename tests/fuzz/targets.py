"""Every decoder, what is fed to it, and the verdict: a value of ours or a refusal of ours, whatever the bytes.

A target takes bytes and returns nothing. Whatever leaves it is a fault of the decoder: another exception, or a value
that does not come back the same from its own encoding. What stands behind a seal, a digest or a signature is fed from
within, where only the office that wrote it could have put it; otherwise nothing but the check in front would be tried.
"""

import asyncio
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fuzz.desk import desk, letters
from fuzz.seeds import (
    ANSWERS,
    DATES,
    DRAFT,
    EDTF,
    GATE,
    MARKDOWN,
    ME,
    MEETING,
    OTHER,
    REQUESTS,
    TEXTS,
    backups,
    batches,
    boards,
    card_bodies,
    example,
    file_heads,
    hatches,
    key_files,
    lists,
    matters,
    opened,
    parts,
    pieces,
    published,
    station_key,
    texts,
    typed,
)

from backchannel.conveyance.bundle import make_bundle, read_bundle, verify
from backchannel.conveyance.credence import read_claim
from backchannel.conveyance.evidence import read_statement
from backchannel.desk import agent, backup, keyfile
from backchannel.desk.gate_tables import gate_tables
from backchannel.desk.standing import board, board_from_json, read_date, write_date
from backchannel.desk.trust import read_card_text
from backchannel.desk.zones import zone
from backchannel.encoding import decode, decode_prefix, digest, encode
from backchannel.errors import BackchannelError, Damaged, Locked, NotPossible, Refused
from backchannel.letters.clause_words import Names, act_line, shown, warnings
from backchannel.letters.clauses import act_to_wire, check_terms, clause_to_wire, read_acts, read_clause
from backchannel.letters.dates import parse_moment
from backchannel.letters.deadline_text import deadline_text, parse_deadline
from backchannel.letters.deadlines import TYPES, Anchored, deadline_from_wire, resolve
from backchannel.letters.docket import read_docket
from backchannel.letters.drafts import Source, read_draft, write_draft
from backchannel.letters.edtf import Edtf, parse_edtf
from backchannel.letters.letter import contents, read_contents
from backchannel.letters.limits import wholes
from backchannel.letters.page import Party, page, page_of_letter
from backchannel.letters.parts import UnknownPart, make_part, read_part
from backchannel.letters.rendering import text_as_html
from backchannel.letters.sheet import read_sheet
from backchannel.letters.spans import TimeSpan
from backchannel.letters.when import parse_when
from backchannel.pouches.fragments import read_fragment
from backchannel.pouches.geometry import POUCH
from backchannel.pouches.packet import _check_command, build, peel
from backchannel.relay.client import RelayClient
from backchannel.relay.http import PROBLEM, Relay, Service
from backchannel.relay.sqlite_store import SqliteStore
from backchannel.relay.store import Limits
from backchannel.relay.wire import Bounds, Wire
from backchannel.seals.armor import armor, dearmor
from backchannel.seals.cards import _read_body, read_card
from backchannel.seals.envelopes import read_batch
from backchannel.seals.files import ForOffice, UnderPassphrase, read_head
from backchannel.seals.reconcile import _list_key, read_list
from backchannel.seals.seal import read_sealed
from backchannel.station.hatch import Hatch
from backchannel.terms.calendar import Told, calendar, dates
from backchannel.terms.feed import read_records, records_json
from backchannel.terms.gate import compare_texts
from backchannel.text import body_breaches, breaches, code_points, fold, for_screen, is_hidden, prose_for_screen, words
from backchannel.values import replace

NOW: Final = datetime(2014, 10, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Target:
    """feed: what is tried. seeds: well-formed inputs. shape: what mutations know of the input. most: bytes of input.

    tries: inputs made in the bounded run; fewer where each takes long.
    """

    feed: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    shape: str = "bytes"
    most: int = 4096
    tries: int = 300


def refusing(*kinds: type[BackchannelError]) -> Any:
    return suppress(*(kinds or (Refused,)))


def same(value: Any, again: Any) -> None:
    assert value == again, "what is encoded again is read as something else"


# --- encoding ---


def encoding(data: bytes) -> None:
    with refusing():
        assert encode(decode(data, limit=1 << 16)) == data
    with refusing():
        value, end = decode_prefix(data)
        assert encode(value) == data[:end]


# --- letters ---


def sheet(data: bytes) -> None:
    with refusing():
        read = read_sheet(data)
        same(replace(read, data=b""), replace(read_sheet(read.encoded()), data=b""))


def docket(data: bytes) -> None:
    with refusing():
        read = read_docket(data)
        same(read, read_docket(read.encoded()))


def part(data: bytes) -> None:
    with refusing():
        read = read_part(data)
        if not isinstance(read.content, UnknownPart):
            same(read.content, read_part(make_part(read.content, bytes(16)).data).content)


_NAMES: Final = Names(lambda one: one.hex()[:8], lambda one: one.hex()[:8], str, str)


def letter(data: bytes) -> None:
    """The parts get their digests: no writer would leave them wrong."""
    with refusing():
        value = decode(data, limit=1 << 20)
        match value:
            case [dict(sheet), list(listed), signature, docket] if len(listed) <= 300:
                made = [encode(one) for one in listed]
                known = {"parts": [digest("part", one) for one in made]} if "parts" in sheet else {}
                data = encode([encode(sheet | known), made, signature, encode(docket)]) + bytes(9)
        read = read_contents(data)
        same(read, read_contents(contents(read)))
        lines = [shown(one, _NAMES) for one in wholes(read.letter_id, read.clauses)]
        acts = [act_line(one, _NAMES) for one in read.acts]
        acts += warnings(read.clauses, read.acts, _NAMES)
        party = Party("Office", "verified")
        made_page = page(page_of_letter(read, party, party, clauses=tuple(lines), acts=tuple(acts)))
        assert "<script" not in made_page
        assert isinstance(read.in_breach, bool)


def clause(data: bytes) -> None:
    with refusing():
        value = decode(data, limit=1 << 16)
        read = read_clause(value)
        same(read, read_clause(clause_to_wire(read)))
        check_terms((read,), ())
        for one in wholes(ME, [read]):
            shown(one, _NAMES)


def acts(data: bytes) -> None:
    with refusing():
        read = read_acts(decode(data, limit=1 << 16))
        same(read, read_acts([act_to_wire(one) for one in read]))
        check_terms((), read)
        for one in read:
            act_line(one, _NAMES)
        warnings((), read, _NAMES)


def matter(data: bytes) -> None:
    with refusing():
        match decode(data, limit=1 << 20):
            case [str(kind), value]:
                read = typed(kind, value)
                same(read, typed(kind, decode(encode(read.matter().value), limit=1 << 20)))
            case [str(origin), value, None]:
                read_claim(value, origin)


def when(data: bytes) -> None:
    """Moments and deadlines as they travel, and what they resolve to."""
    with refusing():
        match decode(data, limit=1 << 16):
            case [int(at), written] if 0 <= at < 1 << 38:
                read = deadline_from_wire(written)
                if isinstance(read, Anchored):
                    first, last = resolve(read, TimeSpan(at, at), zone), resolve(read, TimeSpan(at, at + 99_999), zone)
                    assert first.earliest is None or last.earliest == first.earliest
                else:
                    for one in ("gregorian", "umm-al-qura", "jalali"):
                        read.shown(one)
            case str() as written:
                read = Edtf.from_wire(written)
            case written:
                read = deadline_from_wire(written)
        same(read, type(read).from_wire(read.to_wire()))


def text(data: bytes) -> None:
    """Whatever text comes from outside, on its way to a screen."""
    said = data.decode(errors="replace")
    inside = for_screen(said).removeprefix("\u2068").removesuffix("\u2069")
    assert not any(is_hidden(one) and one != "\u200c" for one in inside)
    assert not breaches(prose_for_screen(said), "prose")
    body_breaches(said)
    assert fold(fold(said)) == fold(said)
    words(said)
    code_points(said[:500])


def markdown(data: bytes) -> None:
    said = data.decode(errors="replace")
    for way in ("ltr", "rtl"):
        html, _ = text_as_html(said, way)
        assert "<script" not in html.lower()
        assert "<a " not in html.lower()


def drafts(data: bytes) -> None:
    """One file or, at a line of @@@, several. What is a draft comes back from what it is written as."""
    files = data.split(b"\n@@@\n")[:4]
    sources = [Source(f"draft.{lang}.md", one) for lang, one in zip(("en", "fa", "ar"), files, strict=False)]
    with refusing(NotPossible):
        read = read_draft(sources, zone, NOW, (), lambda _: {"North": "Asia/Tehran", "South": "America/New_York"})
        again = read_draft([Source("again.md", write_draft(read).encode())], zone, NOW)
        same(again, read)


def dates_in_drafts(data: bytes) -> None:
    said = data.decode(errors="replace")
    type_, _, given = said.partition(" ") if said.split(" ")[0] in TYPES else ("due", "", said)
    parties = {"North": "Asia/Tehran", "South": "America/New_York"}
    with refusing(NotPossible):
        read = parse_deadline(type_, given, zone, parties=parties, now=NOW)
        same(read, type(read).from_wire(read.to_wire()))
        same(read, parse_deadline(type_, deadline_text(read), zone))
    for parse in (lambda: parse_moment(said, zone), lambda: parse_when(said, "Asia/Tehran", zone)):
        with refusing(NotPossible):
            made = parse()
            same(made, type(made).from_wire(made.to_wire()))


def edtf(data: bytes) -> None:
    said = data.decode(errors="replace")
    with refusing(NotPossible):
        read = parse_edtf(said)
        same(read, Edtf.from_wire(read.to_wire()))
        for where in (None, zone("Asia/Tehran"), zone("Pacific/Apia"), zone("America/New_York")):
            span = read.span(where)
            sure = read.sure(where)
            assert sure.earliest is None or span.earliest == sure.earliest
            assert read.words


# --- seals ---


def armored(data: bytes) -> None:
    said = data.decode(errors="replace")
    with refusing():
        found = dearmor(said)
        assert dearmor(armor(found)) == found
    with refusing():
        read_card_text(data)


def sealed(data: bytes) -> None:
    with refusing():
        read = read_sealed(data)
        assert encode([1, read.slot, read.hpke_ct, read.commitment, read.body]) == data


def file_head(data: bytes) -> None:
    with refusing():
        head = read_head(data)
        kind = ["office", head.slot, head.hpke_ct] if isinstance(head, ForOffice) else under(head)
        assert encode([*kind, head.commitment]) == data


def under(head: UnderPassphrase) -> list[Any]:
    return ["passphrase", head.memory_kib, head.passes, head.lanes, head.salt]


def envelopes(data: bytes) -> None:
    with refusing():
        value = decode(data, limit=1 << 16)
        same(read_batch(value).to_wire(), value)


def card(data: bytes) -> None:
    """The body too, which is read before its signature is checked."""
    with refusing():
        read_card(data)
    with refusing():
        body = _read_body(decode(data, limit=1 << 16))
        same(_read_body(decode(body.encoded(), limit=1 << 16)), body)


def reconcile(data: bytes) -> None:
    """A list that its maker closed rightly."""
    salt, key = bytes(32), b"k" * 32
    closed = salt + AESGCM(_list_key(key, salt, ME, OTHER)).encrypt(bytes(12), data, b"")
    with refusing():
        read = read_list(key, closed, ME, OTHER)
        for series, claim in read.claims.items():
            for first, last in claim.held:
                read.tag(series, first)
                assert len(read.tag(series, last)) == 16


# --- conveyance ---


def statement(data: bytes) -> None:
    with refusing():
        assert read_statement(data).encoded() == data


def bundle(data: bytes) -> None:
    with refusing():
        read = read_bundle(data)
        assert make_bundle(read) == data
        verify(read)


# --- terms ---


def records(data: bytes) -> None:
    """Records of a file, the board computed from them, and its calendar."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return
    with refusing():
        read, owner, now = read_records(value, read_date)
        again = records_json(read, owner, now, write_date)
        same(records_json(*read_records(again, read_date), write_date), again)
        json.dumps(board_from_json(value))
        made = board(read, owner, now)
        calendar([Told(due, f"{due.clause}", "a, line\nand another") for due in dates(made)], now)


def gate(data: bytes) -> None:
    """Two versions of a text, the second after a line of @@@; the first line names their languages."""
    said = data.decode(errors="replace")
    langs, _, rest = said.partition("\n")
    one, _, other = rest.partition("\n@@@\n")
    known = [lang for lang in langs.split(",") if lang in ("en", "ar", "fa")]
    first, second = (*known, "en", "fa")[:2]
    compare_texts(gate_tables(), one, first, other, second)


# --- pouches ---


def pouch(data: bytes) -> None:
    """A pouch for this station that holds any command, or any piece of a letter."""
    with refusing():
        read_fragment(data.ljust(POUCH.fragment_head + POUCH.fragment_data, b"\0"))
    with refusing():
        _check_command(data[: POUCH.command].ljust(POUCH.command, b"\0"))


def pouches(data: bytes) -> None:
    """Bytes of a pouch altered: offset and mask, four bytes each time."""
    whole = bytearray(_pouch())
    for at in range(0, len(data) - 3, 4):
        whole[int.from_bytes(data[at : at + 3]) % len(whole)] ^= data[at + 3]
    with refusing():
        found = peel(bytes(whole), station_key())
        assert found is None or whole == bytearray(_pouch())


@cache
def _pouch() -> bytes:
    return build(station_key().public, bytes(POUCH.payload - POUCH.integrity), Random(1).randbytes)


# --- station, relay, desk ---


@cache
def _folder() -> Path:
    kept = TemporaryDirectory(prefix="fuzz-")
    _KEPT.append(kept)
    return Path(kept.name)


_KEPT: list[TemporaryDirectory[str]] = []


def hatch(data: bytes) -> None:
    """The station's file as anybody on this machine could leave it."""
    folder = _folder()
    for one in folder.iterdir():
        one.unlink()
    (folder / "station.db").write_bytes(data)
    with refusing(Damaged, NotPossible), Hatch.open(folder, Random(3).randbytes) as opened_:
        opened_.homes()
        opened_.pouch_keys()
        opened_.uncut()
        opened_.to_post(64)
        opened_.outgoing()
        opened_.arrived()
        opened_.noted_entry()
        opened_.trusts_clock(1_800_000_000)
        opened_.pouch_publics(700, 2)
        opened_.destroy_keys(1_800_000_000)


def request(data: bytes) -> None:
    """Whatever a client sends to the relay, over a socket: nothing escapes, and a refusal is a problem of ours."""
    loop, wire = _relay()
    escaped: list[Any] = []
    loop.set_exception_handler(lambda _, context: escaped.append(context.get("exception", context)))
    near, far = socket.socketpair()

    async def ask() -> bytes:
        await loop.connect_accepted_socket(wire.connection, far)
        near.setblocking(False)
        said = bytearray()
        with suppress(BrokenPipeError, ConnectionResetError):
            await loop.sock_sendall(near, data)
            near.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            while chunk := await asyncio.wait_for(loop.sock_recv(near, 1 << 16), 5):
                said += chunk
        return bytes(said)

    with near:
        said = loop.run_until_complete(ask())
    assert not escaped, escaped
    assert not said or said.startswith(b"HTTP/1.1 ")
    for problem in re.findall(rb"\r\n\r\n(\{\"type\".*?\})", said):
        assert json.loads(problem)["type"].startswith(PROBLEM)


@cache
def _relay() -> tuple[asyncio.AbstractEventLoop, Wire]:
    kept = TemporaryDirectory(prefix="fuzz-")
    _KEPT.append(kept)
    store = SqliteStore(Path(kept.name) / "relay.db", Limits(shard_pouches=64))
    service = Service(posting_pass="a", collecting_pass="b")
    return asyncio.new_event_loop(), Wire(Relay(store, service, lambda: 1.8e9), Bounds())


def answer(data: bytes) -> None:
    """Whatever a relay answers, to three questions."""

    class Client(RelayClient):
        def _connect(self, *_: Any) -> socket.socket:
            near, far = socket.socketpair()

            def speak() -> None:
                with far, suppress(OSError):
                    far.sendall(data)
                    far.shutdown(socket.SHUT_WR)
                    while far.recv(1 << 16):
                        pass

            threading.Thread(target=speak, daemon=True).start()
            return near

    client = Client("http://127.0.0.1:1", answer_seconds=2.0)
    for ask in (
        client.info,
        lambda: client.post(bytes(8), [b""]),
        lambda: client.segment(bytes(8), 1),
        client.ca_digest,
    ):
        with refusing(BackchannelError):
            ask()


def held_open(data: bytes) -> None:
    """Whatever answers in place of the process that holds a desk open."""
    path = agent._socket_path(_folder())
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        server.listen(2)

        def speak() -> None:
            for _ in range(2):
                peer, _ = server.accept()
                with peer, suppress(OSError):
                    peer.recv(1)
                    peer.sendall(data)

        speaking = threading.Thread(target=speak, daemon=True)
        speaking.start()
        assert agent.fetch(_folder()) in (None, data)
        assert agent.stop(_folder()) == (data == b"B")
        speaking.join()
    path.unlink()


def key_file(data: bytes) -> None:
    """Costs are read and bounded, and only a cheap one is paid here."""
    with refusing(Damaged, Locked):
        cost = keyfile._parse(data)[1]
        if cost.memory_kib * cost.passes <= 4096:
            keyfile.unwrap_bytes(data, "wrong horse")


def backed_up(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "aside").write_bytes(data)
        with refusing(Damaged, Locked, NotPossible):
            backup.restore(Path(folder) / "aside", Path(folder) / "desk", "correct horse")
            return
        assert not (Path(folder) / "desk").exists() or not list((Path(folder) / "desk").iterdir())


TARGETS: Final = {
    "encoding": Target(encoding, lambda: published("encoding"), "cbor"),
    "sheet": Target(sheet, pieces(0), "cbor"),
    "docket": Target(docket, pieces(3), "cbor", 16_384),
    "part": Target(part, lambda: (encode(one) for one in parts() if len(encode(one)) < 4096), "cbor"),
    "letter": Target(letter, lambda: map(encode, opened("letters", "terms", "talks", "conveyance")), "cbor", 8192),
    "clause": Target(clause, lambda: (encode(one[2]) for one in parts("clause")), "cbor"),
    "acts": Target(acts, lambda: (encode(one[2]) for one in parts("acts")), "cbor"),
    "matter": Target(matter, matters, "cbor", 16_384),
    "when": Target(when, lambda: published("dates"), "cbor"),
    "text": Target(text, TEXTS, "text"),
    "markdown": Target(markdown, MARKDOWN, "text"),
    "draft": Target(
        drafts,
        lambda: (
            one
            for made in (
                example("2014/letter.en.md", "2014/extension.en.md", "2024/visit.md", "2024/warning.md"),
                texts(DRAFT, MEETING),
            )
            for one in made()
        ),
        "text",
    ),
    "dates": Target(dates_in_drafts, DATES, "text", 400),
    "edtf": Target(edtf, EDTF, "text", 200),
    "armor": Target(armored, texts(armor(b"card" * 30), "> " + armor(b"x")), "text"),
    "file-head": Target(file_head, file_heads, "cbor", 2048),
    "sealed": Target(sealed, lambda: published("seals", most=40_000), "cbor", 40_000),
    "envelopes": Target(envelopes, batches, "cbor", 16_384),
    "card": Target(card, lambda: (encode(decode(one, limit=1 << 16)) for one in card_bodies()), "cbor", 16_384),
    "reconcile": Target(reconcile, lists, "cbor"),
    "statement": Target(statement, lambda: published("evidence", most=1000), "cbor"),
    "bundle": Target(bundle, lambda: published("bundle", most=60_000), "cbor", 60_000),
    "records": Target(records, boards, "json", 16_384),
    "gate": Target(gate, GATE, "text"),
    "pouch": Target(
        pouch,
        lambda: iter(
            (
                encode(["deliver"]),
                encode(["forward", bytes(16), bytes(8), 5]),
                encode(["slip", bytes(16)]),
                encode([bytes(16), 0, 2, 20_000]),
            )
        ),
        "cbor",
        96,
    ),
    "pouch-bytes": Target(pouches, lambda: iter((b"\0\0\0\1", b"\0\7\0\x80\0\x40\0\1")), most=64, tries=20),
    "hatch": Target(hatch, hatches, most=1 << 17, tries=20),
    "request": Target(request, REQUESTS, "text", tries=20),
    "answer": Target(answer, ANSWERS, "text", tries=20),
    "agent": Target(held_open, lambda: iter((b"B", b"k" * 32, b"k" * 33)), most=128, tries=20),
    "desk": Target(desk, letters, "cbor", 16_384, tries=8),
    "key-file": Target(key_file, key_files, "cbor", 1024),
    "backup": Target(backed_up, backups, most=1 << 17, tries=20),
}
