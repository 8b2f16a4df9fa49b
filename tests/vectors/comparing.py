"""A reader of docs/spec/reconcile.md written from that page alone: nothing of ours."""

import hmac
import io

import cbor2
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from opener import H, No, labelled


def key_of(private: bytes, public: bytes, one: bytes, other: bytes) -> bytes:
    dh = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(public))
    info = labelled("reconcile", min(one, other), max(one, other))
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(dh)


def mac(key, purpose, *items):
    return hmac.digest(key, labelled(f"reconcile/{purpose}", *items), "sha256")


def rows(held):
    """By (writer, epoch): numbers with their ids, None for burnt."""
    found = {}
    for writer, epoch, number, ids in held:
        series = bytes.fromhex(writer), bytes.fromhex(epoch)
        found.setdefault(series, {})[number] = None if ids is None else [bytes.fromhex(one) for one in ids]
    return found


def flat(numbers):
    out = []
    for number in sorted(numbers):
        if out and out[-1] == number - 1:
            out[-1] = number
        else:
            out += [number, number]
    return out


class Call:
    def __init__(self, key, kind, call, offices):
        self.key, self.kind, self.call = key, kind, call
        self.low, self.high = sorted(offices)

    def label(self, series):
        number = int.from_bytes(mac(self.key, "series", self.call, self.kind, *series)[:8], "big")
        return f"{number % 50_000 * 2 + (series[0] == self.high):05}"

    def lines(self, held):
        """As they are hashed."""
        return sorted(
            [self.label(series), flat(n for n, ids in one.items() if ids), flat(n for n, ids in one.items() if not ids)]
            for series, one in held.items()
        )

    def spoken(self, held):
        """As they are read out."""
        out = []
        for label, kept, burnt in self.lines(held):
            said = [
                ", ".join(f"{a}-{b}" if a != b else f"{a}" for a, b in zip(part[::2], part[1::2], strict=True))
                for part in (kept, burnt)
            ]
            out.append(f"{label}: {said[0]}" + (f" / {said[1]}" if burnt else ""))
        return out

    def said(self, held):
        """held: by office."""
        return H("reconcile/said", self.lines(held[self.low]), self.lines(held[self.high]))

    def code(self, speaker, said, letters):
        named = [[*series, number, ids] for series, number, ids in letters]
        made = mac(self.key, "code", self.call, self.kind, speaker, said, H("reconcile/letters", named))
        return f"{int.from_bytes(made[:8], 'big') % 10**10:010}"


def common(here, there):
    return [
        (series, number, here[series][number])
        for series in sorted(here)
        for number in sorted(here[series])
        if here[series][number] and there.get(series, {}).get(number)
    ]


def opened(key, data, maker, reader):
    salt = data[:32]
    try:
        return AESGCM(mac(key, "list", salt, maker, reader)).decrypt(bytes(12), data[32:], b"")
    except InvalidTag:
        return None


def read_list(key, data, maker, reader, kind):
    """When it was made, and each series with its numbers, their tags and what is burnt."""
    plain = opened(key, data, maker, reader)
    if plain is None:
        raise No("Q1" if opened(key, data, reader, maker) is None else "Q2")
    stream = io.BytesIO(plain)
    contents = cbor2.load(stream)
    if contents[0] != 1 or contents[1] not in ("operation", "exercise") or any(plain[stream.tell() :]):
        raise No("Q3")
    found = {}
    for writer, epoch, held, burnt, tags in contents[3]:
        if writer not in (maker, reader) or len(epoch) != 16 or (writer, epoch) in found:
            raise No("Q3")
        for given in (held, burnt):
            last = -1
            for first, end in zip(given[::2], given[1::2], strict=False):
                if not 1 <= first <= end < 1 << 38 or first <= last + 1:
                    raise No("Q4")
                last = end
            if len(given) % 2:
                raise No("Q4")
        spans = list(zip(held[::2], held[1::2], strict=True))
        if sum(end - first + 1 for first, end in spans) * 16 != len(tags):
            raise No("Q4")
        numbers = [n for first, end in spans for n in range(first, end + 1)]
        found[writer, epoch] = {n: tags[16 * at : 16 * at + 16] for at, n in enumerate(numbers)}, burnt
    if contents[1] != kind:
        raise No("Q5")
    return contents[2], found


def tag(key, salt, kind, series, number, ids):
    return mac(key, "letter", salt, kind, *series, number, ids)[:16]
