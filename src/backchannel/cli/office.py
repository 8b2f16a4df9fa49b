"""backchannel office, backchannel setup."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from backchannel.cli.common import (
    ca_digest,
    confirm,
    moment,
    note,
    offer_backup,
    office_options,
    pass_from,
    passphrase_from,
    relay_passes,
    show_json,
    typed_passphrase,
    with_desk,
    write_new,
)
from backchannel.cli.text import _
from backchannel.desk.later import imported_when_used
from backchannel.errors import NotPossible
from backchannel.text import for_screen

with imported_when_used():
    from backchannel.desk import desk as door
    from backchannel.relay import client


@click.group()
def office() -> None:
    """Make an office, and see it."""


def _names(given: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in given:
        language, mark, name = one.partition("=")
        if not mark:
            language, name = "en", one
        found[language.strip()] = name.strip()
    return found


def _new_passphrase(file: Path | None, descriptor: int | None) -> str:
    given = passphrase_from(file, descriptor)
    if given is not None:
        return given
    return typed_passphrase(
        _("Passphrase"),
        lacking="a new office needs a passphrase, and nobody is there to type it",
        next_step="Use --passphrase-file or --passphrase-fd.",
        again=True,
    )


@office.command()
@click.argument("names", nargs=-1, required=True, metavar="LANG=NAME...")
@click.option("--zone", default="UTC", show_default=True, help="The office's time zone, like Asia/Tehran.")
@click.option("--yes", is_flag=True, help="Nobody is asked: you know that no one can reset the passphrase.")
@office_options
def create(
    names: tuple[str, ...],
    zone: str,
    yes: bool,
    office_folder: Path,
    passphrase_file: Path | None,
    passphrase_fd: int | None,
) -> None:
    """Make an office in a new folder.

    Example:  backchannel office create en=North "fa=شمال" --zone Asia/Tehran
    """
    _warn_passphrase(yes)
    with door.Desk.found(office_folder, _new_passphrase(passphrase_file, passphrase_fd), _names(names), zone) as desk:
        note(_("The office is in {folder}.").format(folder=office_folder))
        offer_backup(desk, None, yes)


def _warn_passphrase(yes: bool) -> None:
    note(_("Nobody can reset the passphrase: without it everything this office keeps is lost."))
    confirm(_("Do you understand, and have a safe place for it?"), yes)


@office.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def show(desk: door.Desk, as_json: bool) -> None:
    """This office: its names, id, address and dates."""
    state = desk.state
    url = state.homes.addresses[0][1] if state.homes and state.homes.addresses else None
    if as_json:
        show_json(
            {
                "id": state.office.hex(),
                "names": dict(state.names),
                "zone": state.zone,
                "relay": url,
                "card_serial": state.card_serial or None,
                "letters": len(state.letters),
                "correspondents": len([one for one in state.correspondents.values() if one.card_data]),
                "last_backup": state.last_backup_at or None,
            }
        )
        return
    for language, name in state.names:
        click.echo(f"{language}: {for_screen(name)}")
    click.echo(_("Id: {id}").format(id=state.office.hex()))
    click.echo(_("Zone: {zone}").format(zone=state.zone))
    click.echo(_("Relay: {url}").format(url=url or "-"))
    click.echo(_("Last backup: {when}").format(when=moment(state.last_backup_at or None)))


@click.command()
@click.option("--name", "names", multiple=True, metavar="LANG=NAME", help="A name of the office; repeat it.")
@click.option("--zone", help="The office's time zone, like Asia/Tehran.")
@click.option("--relay", "url", help="The relay's URL.")
@click.option("--ca", metavar="HEX", help="SHA-256 of the relay's own CA certificate, as its operator told you.")
@click.option("--socks", help="A SOCKS5 proxy, like socks5://127.0.0.1:9050 for Tor.")
@relay_passes
@click.option("--card", "card_file", type=click.Path(path_type=Path), help="Where to write the card to hand over.")
@click.option("--backup", "backup_file", type=click.Path(path_type=Path), help="Where to write a first backup.")
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@office_options
def setup(
    names: tuple[str, ...],
    zone: str | None,
    url: str | None,
    ca: str | None,
    socks: str | None,
    posting_pass_file: Path | None,
    collecting_pass_file: Path | None,
    card_file: Path | None,
    backup_file: Path | None,
    yes: bool,
    office_folder: Path,
    passphrase_file: Path | None,
    passphrase_fd: int | None,
) -> None:
    """A few questions, and an office with a card to hand over.

    Example:  backchannel setup --name en=North --zone Asia/Tehran --relay https://relay.example
    """
    asked = sys.stdin.isatty()
    if not names:
        names = (_ask(_("Name of the office, like en=North"), asked),)
    zone = zone or _ask(_("Time zone, like Asia/Tehran"), asked)
    url = url or _ask(_("URL of the relay"), asked)
    target = card_file or Path(_names(names).get("en", "office").lower().replace(" ", "-") + ".card.txt")
    for file in (target, backup_file):
        if file is not None and file.exists():
            raise NotPossible(f"there is a file {file} already", next_step="Choose another name.")
    digest = ca_digest(ca)
    info = client.RelayClient(url, digest, socks=socks).info()
    _warn_passphrase(yes)
    passphrase = _new_passphrase(passphrase_file, passphrase_fd)
    with door.Desk.found(office_folder, passphrase, _names(names), zone) as desk:
        desk.set_home(
            url,
            desk.draw_shard(info.prefix_bits),
            ca=digest,
            posting_pass=pass_from(posting_pass_file),
            collecting_pass=pass_from(collecting_pass_file),
            socks=socks,
        )
        card = desk.own_card(as_text=True)
        write_new(target, card)
        offer_backup(desk, backup_file, yes)
    note(_("The office is in {folder}. Hand over its card: {file}").format(folder=office_folder, file=target))
    note(_("Next: `backchannel station run` in a window of its own, and `backchannel card import` with their card."))


def _ask(question: str, asked: bool) -> str:
    if not asked:
        raise NotPossible(f"nobody is there to answer: {question}", next_step="Give it as an option.")
    answer: str = click.prompt(question, err=True)
    return answer
