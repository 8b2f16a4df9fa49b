"""backchannel register."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from backchannel.cli.common import moment, show_json, with_desk
from backchannel.cli.text import _

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk


@click.group()
def register() -> None:
    """The desk's record, entry by entry."""


@register.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk(clerk=False)
def list_(desk: Desk, as_json: bool) -> None:
    """Every entry: when, what, by which clerk."""
    entries = list(desk.entries())
    if as_json:
        show_json(
            [
                {
                    "entry": e.n,
                    "at": e.at or None,
                    "clerk": e.clerk,
                    "kind": type(e.event).__name__ if e.event else None,
                }
                for e in entries
            ]
        )
        return
    for entry in entries:
        if entry.event is None:
            click.echo(f"{entry.n:>5}  " + _("burnt"))
        else:
            click.echo(f"{entry.n:>5}  {moment(entry.at)}  {type(entry.event).__name__}  {entry.clerk or ''}".rstrip())


@register.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk(quiet=True, clerk=False)
def verify(desk: Desk, as_json: bool) -> None:
    """Check that every entry is as it was written."""
    n, chain = desk.verify_register()
    if as_json:
        show_json({"entries": n, "chain": chain.hex()})
        return
    click.echo(_("{n} entries, unaltered; chain {chain}").format(n=n, chain=chain.hex()))
