"""A letter of any contents, sealed rightly by an office that South knows: taken in, and shown by every list and page.

What a desk takes in stays: a letter that it opens and cannot show would end its lists for good.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from click.testing import CliRunner
from conftest import PASSPHRASE, Town
from fuzz.seeds import matters, opened
from hostile import arrives, composed, settle, standing

from backchannel.cli.main import cli
from backchannel.encoding import decode, digest, encode
from backchannel.errors import BackchannelError, Refused
from backchannel.letters.forms import FORMS
from backchannel.letters.letter import read_contents
from backchannel.seals.seal import seal

MOST_LETTERS: Final = 40  # before the offices are put back as they were
SHOWS: Final = (
    "letter list --all", "letter list --json", "letter read {n}", "letter read {n} --json",
    "letter read {n} --page {page}",
    "letter search a", "timeline", "timeline --json", "terms board --all", "terms board --json",
    "terms calendar -o {page}.ics",
    "tray list --all", "tray list --json", "card list", "card list --json", "credence list",
    "credence list --json", "meeting list", "readout list", "desk status", "register list --json",
)  # fmt: skip


class _Place:
    """North and South, put back after some letters."""

    def __init__(self) -> None:
        self.kept = TemporaryDirectory(prefix="fuzz-")
        self.taken = MOST_LETTERS
        self.round = 0

    def offices(self) -> tuple[Any, Any, Any]:
        if self.taken >= MOST_LETTERS:
            self.round, self.taken = self.round + 1, 0
            if self.round > 1:
                for office in self.town.offices.values():
                    office.close()
            self.town = Town(Path(self.kept.name) / str(self.round))
            self.town.folder.mkdir()
            settle(self.town, "North", "South")
            (self.town.folder / "passphrase").write_text(PASSPHRASE + "\n")
        return self.town, self.town.offices["North"], self.town.offices["South"]


@cache
def _place() -> _Place:
    return _Place()


def desk(data: bytes) -> None:
    try:
        value = decode(data, limit=1 << 18)
    except Refused:
        return
    match value:
        case [dict(sheet), list(parts), signed, dict(docket)] if len(parts) <= 256:
            pass
        case _:
            return
    town, north, south = _place().offices()
    known = [one.event.letter_id for one in south.state.letters.values() if one.event is not None]
    parts, docket = ([_tied(one, known, north, south) for one in parts], _tied(docket, known, north, south))
    made = [encode(one) for one in parts]
    sheet |= {"from": north.state.office, "to": south.state.office, "parts": [digest("part", one) for one in made]}
    docket |= {"epoch": north.state.epoch, "card": north.state.card_data}
    letter_id = digest("letter", encode(sheet))
    signature = None if signed is None else north.signing.sign("letter", letter_id)
    contents = encode([encode(sheet), made, signature, encode(docket)])
    try:
        read_contents(contents)
    except Refused:
        return
    target = standing(south, town.clock)
    dh = north.link.shared(north.state.of(south.state.office).card.body.link_public)
    sealed = seal(contents, north.writer, south.state.office, dh, target, town.dice.randbytes(32))
    taken = arrives(town, south, sealed).opened
    south.register.verify()
    south.close()  # else each command would wait for a reader in its way
    for n in taken:
        _place().taken += 1
        for line in SHOWS:
            _show(town.folder, line.format(n=n, page=town.folder / f"{n}.html"))
    town.offices["South"] = town.clerk("ada", town.folder / "south")


def _tied(value: Any, known: list[bytes], *offices: Any) -> Any:
    """The value with letters that are here in place of those it names: each letter hangs on the ones before."""
    match value:
        case bytes() if len(value) == 32 and known and value not in [one.state.office for one in offices]:
            return known[value[0] % len(known)]
        case list():
            return [_tied(one, known, *offices) for one in value]
        case dict():
            return {name: _tied(one, known, *offices) for name, one in value.items()}
    return value


def _show(folder: Path, line: str) -> None:
    options = ["--office", str(folder / "south"), "--passphrase-file", str(folder / "passphrase")]
    result = CliRunner().invoke(cli, [*line.split(), *options])
    error = result.exception
    if error is not None and not isinstance(error, SystemExit | BackchannelError):
        raise error
    assert result.exit_code != 2, result.output


def letters() -> Iterator[bytes]:
    """Published letters, and a letter of each form that carries something, with each such thing published."""
    _, north, south = _place().offices()
    sheet, (body,), _, docket = composed(north, south)
    body = decode(body, limit=1 << 20)
    yield encode([sheet, [body], None, docket])
    yield from map(encode, opened("letters", "terms", "talks", "conveyance", "credences", "introductions", "evidence"))
    for matter in matters():
        kind, value = decode(matter, limit=1 << 20)
        for form in (one for one in FORMS.values() if kind in one.must_carry + one.may_carry):
            parts = [[kind, bytes(16), value], *([body] if form.by_hand else [])]
            yield encode([sheet | {"form": form.name}, parts, True if form.signing == "always" else None, docket])
