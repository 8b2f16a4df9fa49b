"""backchannel file: large files, backups and attachments, sealed and opened piece by piece."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, cast

import click

from backchannel.cli.common import moment, note, office_options, open_desk, passphrase_from, typed_passphrase
from backchannel.cli.text import _
from backchannel.desk.later import imported_when_used
from backchannel.errors import NotPossible
from backchannel.text import for_screen

with imported_when_used():
    from backchannel.desk import desk as door
    from backchannel.seals import files

ENDING = ".sealed"


@click.group()
def file() -> None:
    """Files of any size, sealed for an office or under a passphrase.

    For what is too large for a letter, and for what you keep. It travels however you like: on a stick, over any server.
    """


@file.command()
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--to", metavar="OFFICE", help="The office that can open it; otherwise a passphrase opens it.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A new file; otherwise FILE.sealed.")
@click.option("--spoken", is_flag=True, help="You have spoken with this office since its desk was restored.")
@office_options
def seal(
    source: str,
    to: str | None,
    output: Path | None,
    spoken: bool,
    office_folder: Path,
    passphrase_file: Path | None,
    passphrase_fd: int | None,
) -> None:
    """Seal a file ("-": standard input).

    For an office, the desk's passphrase is asked for if it is locked. Without --to, the passphrase is the file's own:
    whoever has both reads it, and nobody can reset it.

    Example:  backchannel file seal archive.tar --to south
    """
    target = output or _beside(source)
    given = passphrase_from(passphrase_file, passphrase_fd)
    with cast(BinaryIO, click.open_file(source, "rb")) as stream:
        if to is None:
            door.Desk.seal_file_under(given if given is not None else _passphrase(again=True), stream, target)
        else:
            with open_desk(office_folder, given, None) as desk:
                until = desk.seal_file(to, stream, target, spoken=spoken)
            note(_("Only {office} can open it, until {when}.").format(office=for_screen(to), when=moment(until)))
    click.echo(str(target))


@file.command(name="open")
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A new file; otherwise FILE without .sealed.")
@office_options
def open_(
    source: Path,
    output: Path | None,
    office_folder: Path,
    passphrase_file: Path | None,
    passphrase_fd: int | None,
) -> None:
    """Open a sealed file, and say who sealed it.

    Nothing appears under the new name before the file is certain to its last byte. The passphrase is the file's own,
    or, for a file that an office sealed for you, your desk's.

    Example:  backchannel file open archive.tar.sealed
    """
    target = output or _without(source)
    given = passphrase_from(passphrase_file, passphrase_fd)
    with source.open("rb", buffering=0) as stream:
        head = door.Desk.read_file_head(stream)
        if isinstance(head, files.UnderPassphrase):
            door.Desk.open_file_under(given if given is not None else _passphrase(again=False), head, stream, target)
        else:
            with open_desk(office_folder, given, None) as desk:
                opened = desk.open_file(head, stream, target)
            note(_("It is certain to be from {office}.").format(office=for_screen(opened.name)))
    click.echo(str(target))


def _beside(source: str) -> Path:
    if source == "-":
        raise NotPossible("what comes in on standard input has no name", next_step="Name the new file with -o FILE.")
    return Path(source + ENDING)


def _without(source: Path) -> Path:
    if source.suffix != ENDING:
        raise NotPossible(f"the name of the file does not end in {ENDING}", next_step="Name the new file with -o FILE.")
    return source.with_suffix("")


def _passphrase(*, again: bool) -> str:
    return typed_passphrase(
        _("Passphrase"),
        lacking="a passphrase is needed, and nobody is there to type it",
        next_step="Use --passphrase-file or --passphrase-fd, or --to OFFICE.",
        again=again,
    )
