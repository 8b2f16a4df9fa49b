"""Codes and lists by which two offices compare what they hold.   Spec: docs/spec/reconcile.md.

Everything is keyed by the two link keys: who overhears it, or finds it, can test no guess, and each of the two could
have made all of it alone.
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backchannel.encoding import decode_prefix, digest, encode, labelled
from backchannel.errors import Refused
from backchannel.letters.comparing import MOST_SPOKEN, Claim, Held, Ids, Letter, Series, check_runs, claims_of, flat
from backchannel.letters.fields import MOST_SECONDS
from backchannel.values import dataclass, field

CALL_DIGITS: Final = 5
CODE_DIGITS: Final = 10
SALT_BYTES: Final = 32
TAG_BYTES: Final = 16
MOST_BYTES: Final = 4 * 1024 * 1024
MOST_RUNS: Final = 10_000
_UNIT: Final = 4096
_NONCE: Final = bytes(12)  # each salt makes one list


def comparing_key(dh: bytes, one: bytes, other: bytes) -> bytes:
    """32 bytes that the two offices share. dh: of their link keys. one, other: their office-ids, in either order."""
    info = labelled("reconcile", *sorted((one, other)))
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(dh)


@dataclass(frozen=True, slots=True)
class Call:
    """One comparison by telephone.

    kind: operation or exercise. call: the five digits of both, those of the office with the lower id first.
    """

    key: bytes = field(repr=False)
    me: bytes
    other: bytes
    kind: str
    call: str

    def label(self, series: Series) -> str:
        """Five digits by which both know a series; even if the office with the lower id writes it."""
        if len(series.epoch) == CALL_DIGITS:
            return series.epoch.decode()
        mac = self._mac("reconcile/series", series.writer, series.epoch)
        return f"{int.from_bytes(mac[:8], 'big') % 50_000 * 2 + (series.writer == max(self.me, self.other)):05}"

    def unknown(self, label: str) -> Series:
        """The series of a label that fits none here: its writer, and the label in place of the epoch."""
        return Series((min, max)[int(label) % 2](self.me, self.other), label.encode())

    def said(self, ours: Mapping[Series, Claim], theirs: Mapping[Series, Claim]) -> bytes:
        """What both have said, the lower office first: part of every code, so that nothing misheard passes."""
        both = [(self.me, ours), (self.other, theirs)]
        return digest("reconcile/said", *(self._lines(claims) for _, claims in sorted(both, key=lambda one: one[0])))

    def code(self, speaker: bytes, said: bytes, letters: Sequence[Letter]) -> str:
        """The ten digits that the office `speaker` reads out for these letters; of none: for what was said alone.

        Each side reads other digits: who only repeats what it heard is wrong.
        """
        named = [[one.series.writer, one.series.epoch, one.number, list(one.ids)] for one in letters]
        # One hash over the letters, since an array here may be long: the code is over that.
        mac = self._mac("reconcile/code", speaker, said, digest("reconcile/letters", named))
        return f"{int.from_bytes(mac[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}}"

    def _lines(self, claims: Mapping[Series, Claim]) -> list[Any]:
        named = ([self.label(series), flat(one.held), flat(one.burnt)] for series, one in claims.items())
        return sorted((line for line in named if line[1] or line[2]), key=lambda line: str(line[0]))

    def _mac(self, purpose: str, *items: Any) -> bytes:
        return hmac.digest(self.key, labelled(purpose, self.call, self.kind, *items), "sha256")


@dataclass(frozen=True, slots=True)
class Listed:
    """A list taken apart: what its maker holds. at: Unix seconds, by its maker's clock."""

    kind: str
    at: int
    claims: dict[Series, Claim]
    salt: bytes = field(repr=False)
    tags: dict[tuple[Series, int], bytes] = field(repr=False)
    """By the first number of each run held: the tags of its letters, 16 bytes each."""

    def tag(self, series: Series, number: int) -> bytes:
        """Of a number that the maker claims to hold."""
        first = next(first for first, last in self.claims[series].held if first <= number <= last)
        at = TAG_BYTES * (number - first)
        return self.tags[series, first][at : at + TAG_BYTES]


def tag(key: bytes, salt: bytes, kind: str, series: Series, number: int, ids: Ids) -> bytes:
    """16 bytes that stand for what is held under a number."""
    named = labelled("reconcile/letter", salt, kind, series.writer, series.epoch, number, list(ids))
    return hmac.digest(key, named, "sha256")[:TAG_BYTES]


def make_list(key: bytes, maker: bytes, reader: bytes, kind: str, at: int, held: Held, salt: bytes) -> bytes:
    """A closed list of what is held, for `reader` alone. salt: 32 random bytes, used for nothing else."""
    assert len(salt) == SALT_BYTES
    rows: list[Any] = []
    for series, claim in claims_of(held).items():
        letters = sorted(held[series].items())
        tags = b"".join(tag(key, salt, kind, series, number, ids) for number, ids in letters if ids is not None)
        rows.append([series.writer, series.epoch, flat(claim.held), flat(claim.burnt), tags])
    plain = encode([1, kind, at, rows])
    plain += bytes(-len(plain) % _UNIT)
    return salt + AESGCM(_list_key(key, salt, maker, reader)).encrypt(_NONCE, plain, b"")


def read_list(key: bytes, data: bytes, maker: bytes, reader: bytes) -> Listed:
    """Raises Refused: Q1 no list of that office's for this one, or altered; Q2 one's own; Q3 structure; Q4 numbers."""
    plain = _opened(key, data, maker, reader)
    if plain is None:
        if _opened(key, data, reader, maker) is not None:
            raise Refused("Q2", "this is the list that this office made, not the other one's")
        raise Refused(
            "Q1",
            "this is no list that this office made for yours, or it was altered",
            next_step="Ask for it again; see that it was made for your office.",
        )
    value, end = decode_prefix(plain)
    match value:
        case [int(version), str(kind), int(at), list(rows)] if (
            version == 1
            and type(version) is type(at) is int
            and kind in ("operation", "exercise")
            and 0 <= at <= MOST_SECONDS
            and len(rows) <= MOST_SPOKEN
            and not any(plain[end:])
        ):
            return _taken(kind, at, rows, data[:SALT_BYTES], {maker, reader})
    raise Refused("Q3", "the list is not in the form of one")


def _taken(kind: str, at: int, rows: list[Any], salt: bytes, writers: set[bytes]) -> Listed:
    claims: dict[Series, Claim] = {}
    tags: dict[tuple[Series, int], bytes] = {}
    left = MOST_RUNS
    for row in rows:
        match row:
            case [bytes(writer), bytes(epoch), list(held), list(burnt), bytes(all_tags)] if (
                writer in writers and len(epoch) == 16 and all(type(n) is int for n in (*held, *burnt))
            ):
                series = Series(writer, epoch)
                claim = Claim(check_runs(held, left), check_runs(burnt, left - len(held) // 2))
                left -= len(held) // 2 + len(burnt) // 2
            case _:
                raise Refused("Q3", "the list is not in the form of one")
        if series in claims:
            raise Refused("Q3", "the list names one series twice")
        if sum(last - first + 1 for first, last in claim.held) * TAG_BYTES != len(all_tags):
            raise Refused("Q4", "the list has not one tag for each letter it names")
        claims[series] = claim
        start = 0
        for first, last in claim.held:
            size = TAG_BYTES * (last - first + 1)
            tags[series, first] = all_tags[start : start + size]
            start += size
    return Listed(kind, at, claims, salt, tags)


def _opened(key: bytes, data: bytes, maker: bytes, reader: bytes) -> bytes | None:
    if len(data) > MOST_BYTES:
        return None
    salt = data[:SALT_BYTES]
    try:
        return AESGCM(_list_key(key, salt, maker, reader)).decrypt(_NONCE, data[SALT_BYTES:], b"")
    except InvalidTag:
        return None


def _list_key(key: bytes, salt: bytes, maker: bytes, reader: bytes) -> bytes:
    return hmac.digest(key, labelled("reconcile/list", salt, maker, reader), "sha256")
