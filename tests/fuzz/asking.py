"""Requests made from the relay's OpenAPI document, kept and broken, and whether the answers are as it says.

    python -m fuzz.asking SECONDS [SEED]

Against a process. After each batch of requests everything is collected: it must be what was answered with 204, no more.
"""

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import quote

import jsonschema_rs
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from relays import Running, ask, running

from backchannel.relay.client import RelayClient
from backchannel.relay.http import BATCH_POUCHES, POUCH_BYTES, PROBLEM, PROBLEMS

POST, COLLECT = "letmein", "letmeout"
PREFIX_BITS = 1
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD", "PROPFIND", "FETCH")
BUSY = {"503", "507"}


@dataclass
class Asked:
    """One request. path: of the document, None when it was spoilt. whole: nothing in it is a reason to refuse it."""

    method: str
    path: str | None
    target: str
    headers: list[tuple[str, str]]
    body: bytes = field(repr=False)
    shard: bytes | None
    whole: bool

    def sent(self) -> bytes:
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers), "", ""]
        return "\r\n".join(lines).encode("latin-1") + self.body


_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF), max_size=20)
_HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40)
_NAME = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True).filter(
    lambda name: name.lower() not in {"content-length", "transfer-encoding", "content-type", "expect", "connection"}
)


def _kept(schema: dict) -> st.SearchStrategy[str]:
    if schema["type"] == "integer":
        return st.integers(schema["minimum"], schema["maximum"]).map(str)
    return st.from_regex(re.compile(schema.get("pattern", "[A-Za-z]*"), re.ASCII), fullmatch=True)


def _keeps(schema: dict, text: str) -> bool:
    if schema["type"] == "integer":
        return re.fullmatch("0|[1-9][0-9]*", text) is not None and schema["minimum"] <= int(text) <= schema["maximum"]
    return re.fullmatch(schema.get("pattern", ".*").removesuffix("$"), text, re.ASCII) is not None


@st.composite
def asked(draw, document: dict) -> Asked:
    """A request: each part is kept to the document nine times in ten."""

    def broken() -> bool:
        return draw(st.integers(0, 9)) == 9

    paths = sorted(document["paths"])
    template = draw(st.sampled_from([*paths, *(path for path in paths if "{" in path)] * 2))
    item = document["paths"][template]
    known: str | None = template
    whole = True
    method = draw(st.sampled_from(METHODS)) if broken() else draw(st.sampled_from(sorted(item))).upper()
    operation = item.get(method.lower())
    whole &= operation is not None
    declared = operation or next(iter(item.values()))
    path, query, headers, shard = template, [], [("Host", "x"), ("Connection", "close")], None
    for one in declared.get("parameters", ()):
        name, schema = one["name"], one["schema"]
        if one["in"] == "header":
            right = POST if "post" in item else COLLECT
            value = draw(st.none() | _HEADER | st.sampled_from([POST, COLLECT])) if broken() else right
            whole &= value == right
            if value is not None:
                headers.append((name, value))
            continue
        value = draw(_TEXT | _kept(schema)) if broken() else draw(_kept(schema))
        if name == "wait" and value.isascii() and value.isdecimal() and 0 < int(value) <= 60:
            value = "0"  # the waits themselves are tested elsewhere
        if name == "shard" and not broken():
            value = draw(st.sampled_from(["0", "8"])) + "0" * 15
        if one["in"] == "query":
            if not draw(st.booleans()):
                query.append(f"{name}={quote(value, safe='')}")
                whole &= _keeps(schema, value)
            continue
        if not _keeps(schema, value):
            whole, known = False, None
        elif name == "shard":
            shard = bytes.fromhex(value)
            whole &= int(value, 16) & ((1 << 64 - PREFIX_BITS) - 1) == 0
        path = path.replace("{" + name + "}", quote(value, safe=""))
    if broken():
        query.append(quote(draw(_TEXT), safe="=&"))
        whole &= "{from}" not in template or query == [""]
    if broken():
        headers += draw(st.lists(st.tuples(_NAME, _HEADER.map(str.strip)), max_size=3))
    if broken():
        at = draw(st.integers(1, len(path)))
        path, whole, known = path[:at] + quote(draw(_TEXT), safe="/.;") + path[at:], False, None
    body = b""
    if "requestBody" in declared or broken():
        pouches = draw(st.integers(1, 3))
        body = b"".join(draw(st.binary(min_size=4, max_size=4)) * (POUCH_BYTES // 4) for _ in range(pouches))
        if broken():
            size = draw(st.sampled_from([0, 100, POUCH_BYTES - 1, POUCH_BYTES + 1, BATCH_POUCHES * POUCH_BYTES + 1]))
            body = body[:size] or b""
            body += bytes(size - len(body))
        kind = draw(_HEADER).strip() if broken() else "application/octet-stream"
        headers.append(("Content-Type", kind))
        if "requestBody" in declared:
            whole &= (
                kind == "application/octet-stream" and 0 < len(body) <= 3 * POUCH_BYTES and not len(body) % POUCH_BYTES
            )
        else:
            whole &= len(body) <= BATCH_POUCHES * POUCH_BYTES
        headers.append(("Content-Length", str(len(body))))
    target = path + (f"?{'&'.join(query)}" if query else "")
    return Asked(method, known, target, headers, body, shard, whole)


class Verdicts:
    """The document a relay gives, and what must be in its store by its own answers."""

    def __init__(self, relay: Running) -> None:
        self.relay = relay
        said = ask(relay, b"GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        self.document = json.loads(said.partition(b"\r\n\r\n")[2])
        self.stored: dict[bytes, set[bytes]] = {}
        self.codes: set[str] = set()

    def schema(self, schema: dict):
        return jsonschema_rs.validator_for({**schema, "components": self.document["components"]})

    def tried(self, one: Asked) -> None:
        head, end, body = ask(self.relay, one.sent()).partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        status = re.fullmatch(r"HTTP/1\.1 (\d{3}) [A-Za-z -]+", first)[1]
        kind = headers.get("content-type")
        assert end
        assert status < "500" or status in BUSY
        if one.method == "HEAD":
            assert (status, body) == ("405", b"")
            return
        assert len(body) == int(headers.get("content-length", "0"))
        if status == "204" and one.method == "POST":
            pouches = {one.body[at : at + POUCH_BYTES] for at in range(0, len(one.body), POUCH_BYTES)}
            self.stored.setdefault(one.shard, set()).update(pouches)
        if one.whole:
            assert status < "400"
        elif kind == "application/problem+json":
            self.refused(one, status, json.loads(body))
        operation = self.document["paths"].get(one.path, {}).get(one.method.lower())
        if operation is not None:
            self.as_said(operation["responses"][status], headers, body)

    def refused(self, one: Asked, status: str, problem: dict) -> None:
        code = problem["type"].removeprefix(PROBLEM)
        self.codes.add(code)
        self.schema({"$ref": "#/components/schemas/Problem"}).validate(problem)
        assert PROBLEMS[code][0] == problem["status"] == int(status)
        assert one.method != "FETCH" or code == "request"

    def as_said(self, response: dict, headers: dict[str, str], body: bytes) -> None:
        if "$ref" in response:
            response = self.document["components"]["responses"][response["$ref"].rpartition("/")[2]]
        kind = headers.get("content-type")
        assert (kind is None) == ("content" not in response)
        if kind == "application/octet-stream":
            assert body
            assert len(body) % POUCH_BYTES == 0
        elif kind is not None and "schema" in response["content"][kind]:
            self.schema(response["content"][kind]["schema"]).validate(json.loads(body))
        for name, header in response.get("headers", {}).items():
            self.schema(header["schema"]).validate(int(headers[name.lower()]))

    def the_store_holds_what_was_answered(self) -> None:
        client = RelayClient(self.relay.url, collecting_pass=COLLECT)
        for shard in (bytes(8), b"\x80" + bytes(7)):
            wanted, after, got = self.stored.get(shard, set()), 0, []
            until = time.monotonic() + 30
            while len(got) < len(wanted) and time.monotonic() < until:
                if segment := client.segment(shard, after + 1, wait=5):
                    after, got = segment.number, [*got, *segment.pouches]
            assert sorted(got) == sorted(wanted)
            assert client.segment(shard, after + 1, wait=2) is None


@contextmanager
def guarded(folder: Path) -> Iterator[Verdicts]:
    """A relay that asks for passes; at the end its store is compared with what it answered."""
    for name, word in (("post", POST), ("collect", COLLECT)):
        (folder / name).write_text(word + "\n")
    (folder / "ca").write_text("-----BEGIN CERTIFICATE-----\n")
    files = [f"--posting-pass-file={folder}/post", f"--collecting-pass-file={folder}/collect", f"--ca={folder}/ca"]
    with running(folder, *files, "--prefix-bits", str(PREFIX_BITS)) as relay:
        verdicts = Verdicts(relay)
        yield verdicts
        verdicts.the_store_holds_what_was_answered()


def try_all(verdicts: Verdicts, examples: int, seed: int) -> None:
    @seeded(seed)
    @settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(asked(verdicts.document))
    def tried(one: Asked) -> None:
        verdicts.tried(one)

    tried()


def main(seconds: int, seed: int) -> None:
    until, dice = time.monotonic() + seconds, Random(seed or None)
    while time.monotonic() < until:
        drawn = dice.getrandbits(32)
        print(f"seed {drawn}", flush=True)
        with tempfile.TemporaryDirectory() as folder, guarded(Path(folder)) as verdicts:
            try_all(verdicts, 1000, drawn)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
