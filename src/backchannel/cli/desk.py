"""backchannel desk."""

from __future__ import annotations

from pathlib import Path

import click

from backchannel.cli.common import (
    confirm,
    moment,
    note,
    office_options,
    passphrase_from,
    show_json,
    typed_passphrase,
    with_desk,
)
from backchannel.cli.text import _
from backchannel.desk.later import imported_when_used
from backchannel.text import for_screen

with imported_when_used():
    from backchannel.desk import desk as door


@click.group()
def desk() -> None:
    """The desk itself: unlock, lock, back up, restore."""


def _passphrase(file: Path | None, descriptor: int | None, prompt: str) -> str:
    given = passphrase_from(file, descriptor)
    if given is not None:
        return given
    return typed_passphrase(
        prompt, lacking="nobody is there to type the passphrase", next_step="Use --passphrase-file."
    )


@desk.command()
@office_options
def unlock(office_folder: Path, passphrase_file: Path | None, passphrase_fd: int | None) -> None:
    """Ask for the passphrase once; the desk stays open until `desk lock` or 15 idle minutes."""
    passphrase = _passphrase(passphrase_file, passphrase_fd, _("Passphrase"))
    door.Desk.unlock(office_folder, passphrase)
    click.echo(_("The desk is open until `backchannel desk lock` or 15 idle minutes."))
    with door.Desk.open(office_folder, None) as opened:
        _tell_soon(opened)


def _tell_soon(opened: door.Desk) -> None:
    if opened.state.publicity.publications or opened.state.publicity.asked:
        from backchannel.cli.publicity import owner_lines

        for line in owner_lines(opened):
            click.echo(line)
    if opened.state.terms:
        from backchannel.cli.terms import soon_lines

        for line in soon_lines(opened):
            click.echo(line)


@desk.command()
@office_options
def lock(office_folder: Path, passphrase_file: Path | None, passphrase_fd: int | None) -> None:
    """Let go of the key."""
    click.echo(_("The desk is locked.") if door.Desk.lock(office_folder) else _("The desk was locked already."))


@desk.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def status(desk: door.Desk, as_json: bool) -> None:
    """What waits, what is missing, what is due."""
    state = desk.state
    unread = [one.n for one in desk.letters() if not one.ours and one.event is not None and one.read_at is None]
    waiting = [one.n for one in desk.letters() if one.ours and one.event and desk.whereabouts(one).place == "waiting"]
    missing = {
        one.display: [[g.first, g.last] for g in one.missing()]
        for one in state.correspondents.values()
        if one.card_data and one.missing()
    }
    differs = [
        one.display for one in state.correspondents.values() if one.card_data and one.view and one.view.agrees is False
    ]
    restored = [one for one in state.correspondents.values() if one.unspoken and one.card_data]
    lost = {one.display: one.lost(state.epoch) for one in state.correspondents.values() if one.lost(state.epoch)}
    copy = state.copy and (state.of(state.copy.by).display if state.copy.by else _("this office's own station"))
    if as_json:
        show_json(
            {
                "unread": unread,
                "waiting": waiting,
                "missing": missing,
                "views_differ": differs,
                "copy_put_back": copy,
                "restored": {one.display: one.restored_at for one in restored},
                "lost_by_restored": lost,
                "epoch": state.epoch.hex(),
                "epoch_why": state.epoch_why,
                "last_backup": state.last_backup_at or None,
                "entries": state.last_n,
            }
        )
        return
    click.echo(_("Unread: {entries}").format(entries=", ".join(map(str, unread)) or "-"))
    click.echo(_("Waiting for the station: {entries}").format(entries=", ".join(map(str, waiting)) or "-"))
    for name, gaps in missing.items():
        click.echo(_("Missing from {name}: {gaps}").format(name=name, gaps=gaps))
    for name in differs:
        click.echo(
            _("ALARM: {name} sees another exchange than this desk: a copy was put back, or a letter replaced").format(
                name=name
            )
        )
    if copy:
        click.echo(_("ALARM: this register is an old copy put back, as {who} shows").format(who=for_screen(copy)))
    for name, numbers in lost.items():
        listed = ", ".join(map(str, numbers))
        click.echo(_("Not on the restored desk of {name}: our letters {numbers}").format(name=name, numbers=listed))
    _tell_soon(desk)
    click.echo(_("Last backup: {when}").format(when=moment(state.last_backup_at or None)))


@desk.command()
@click.argument("file", type=click.Path(path_type=Path))
@with_desk()
def backup(desk: door.Desk, file: Path) -> None:
    """Write a backup: everything but the keys that open letters, under today's passphrase.

    Example:  backchannel desk backup north-2026-11.backup
    """
    made = desk.back_up(file)
    click.echo(_("The backup {file} holds the register up to entry {head}.").format(file=file, head=made.head))


@desk.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@office_options
def restore(
    file: Path, yes: bool, office_folder: Path, passphrase_file: Path | None, passphrase_fd: int | None
) -> None:
    """Put a backup into a new folder (--office), in a new epoch.

    Every envelope and token of before is void. The others are told by a new card; nothing is sealed again by itself.
    """
    confirm(_("Restore into {folder}, and begin a new epoch?").format(folder=office_folder), yes)
    passphrase = _passphrase(passphrase_file, passphrase_fd, _("Passphrase of the time of the backup"))
    with door.Desk.restore(file, office_folder, passphrase) as opened:
        note(_("Restored up to entry {n}. Tell your correspondents by another way.").format(n=opened.state.last_n))


@desk.command(name="new-epoch")
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@with_desk(quiet=True)
def new_epoch(desk: door.Desk, yes: bool) -> None:
    """After a copy was put back: make all that was shared before void, and say so in a new card."""
    confirm(_("Void every return envelope and token shared before now?"), yes)
    desk.new_epoch()
    click.echo(_("A new epoch has begun; the others learn it from the next card."))


@desk.command(name="confirm-clock")
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@with_desk(quiet=True)
def confirm_clock(desk: door.Desk, yes: bool) -> None:
    """Say that this machine's clock is right, though it stands oddly to the last entry."""
    now = moment(desk.office.clock())
    confirm(_("Is it {now}?").format(now=now), yes)
    desk.confirm_clock()
    click.echo(_("The clock is taken to be right."))


@desk.command()
@click.option(
    "--new-passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="First line: the new one.",
)
@office_options
def passphrase(
    new_passphrase_file: Path | None, office_folder: Path, passphrase_file: Path | None, passphrase_fd: int | None
) -> None:
    """Change the passphrase. Backups made before keep the old one."""
    old = _passphrase(passphrase_file, passphrase_fd, _("Present passphrase"))
    new = passphrase_from(new_passphrase_file, None)
    if new is None:
        new = click.prompt(_("New passphrase"), hide_input=True, confirmation_prompt=True, err=True)
    with door.Desk.open(office_folder, old) as opened:
        opened.change_passphrase(old, new or "")
    click.echo(_("The passphrase is changed."))
