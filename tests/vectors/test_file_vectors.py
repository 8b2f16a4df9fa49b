"""The vectors of sealed files hold for the product's desk and for a reader written from the specification alone."""

import hashlib
import io

import filing
import pytest
from opener import No
from test_vectors import cases, load, mark

from backchannel.desk import files
from backchannel.encoding import labelled
from backchannel.errors import Refused
from backchannel.seals import files as heads
from backchannel.seals.keys import KemKey, LinkKey

VECTORS = load("files")
SOUTH = {name: bytes.fromhex(value) for name, value in VECTORS["reader"].items()}
NORTH = {name: bytes.fromhex(value) for name, value in VECTORS["writers"]["north"].items()}
TOKENS = [bytes.fromhex(one) for one in VECTORS["standby_tokens"]]


def ours(data: bytes, path) -> bytes:
    """As the desk opens it, with the keys of the vectors in place of a register's."""
    stream = io.BytesIO(data)
    head = files.read_file_head(stream)
    if isinstance(head, heads.UnderPassphrase):
        files.open_under(VECTORS["passphrase"], head, stream, path)
        return path.read_bytes()
    me = SOUTH["office_id"]
    if head.slot != SOUTH["standing_seal_slot"]:
        raise Refused("F3", "")
    inner = heads.unwrap_head(head, KemKey.from_seed(SOUTH["standing_seal_seed"]), me)
    if inner.writer.office_id != NORTH["office_id"]:
        raise Refused("F6", "")
    dh = LinkKey.from_seed(SOUTH["link_private"]).shared(inner.writer.link_public)
    key, _ = heads.office_key(head, inner, me, dh, [*TOKENS, bytes(32)])
    files._open(head, key, stream, path)
    return path.read_bytes()


@pytest.mark.parametrize("case", cases("files"))
def test_files(case, tmp_path):
    data, cards = bytes.fromhex(case["hex"]), {NORTH["office_id"]}
    if case["expect"] == "accepted":
        said, key = filing.open_file(data, SOUTH, cards, TOKENS, VECTORS["passphrase"])
        assert said.hex() == case["said"] == ours(data, tmp_path / "out").hex()
        assert key.hex() == case["key"]
        return
    with pytest.raises(No) as stranger:
        filing.open_file(data, SOUTH, cards, TOKENS, VECTORS["passphrase"])
    with pytest.raises(Refused) as refused:
        ours(data, tmp_path / "out")
    assert refused.value.mark == str(stranger.value) == mark(case)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("case", [one for one in cases("files") if "secret" in one.values[0]])
def test_files_step_by_step(case):
    head = heads.read_head(bytes.fromhex(case["hex"])[21 : 21 + 1301])
    inner = heads.unwrap_head(head, KemKey.from_seed(SOUTH["standing_seal_seed"]), SOUTH["office_id"])
    assert inner.secret.hex() == case["secret"]
    assert hashlib.sha256(head.hpke_ct).hexdigest() == case["salt"]
    assert labelled("file", SOUTH["office_id"], head.slot).hex() == case["info"]
    assert labelled("file-keys", NORTH["office_id"], SOUTH["office_id"], head.slot).hex() == case["keys_info"]
    assert head.commitment.hex() == case["commitment"]
