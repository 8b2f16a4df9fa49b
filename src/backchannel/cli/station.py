"""backchannel station."""

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backchannel.cli.common import ca_digest, default_office, note, pass_from, relay_passes, show_json, with_desk
from backchannel.cli.text import _, several

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk  # a station knows no desk: it starts in half the time without one


@click.group()
def station() -> None:
    """The always-on half: posts and collects while the desk is locked."""


@station.command()
@click.argument("url")
@click.option("--ca", metavar="HEX", help="SHA-256 of the relay's own CA certificate, as its operator told you.")
@relay_passes
@click.option("--socks", help="A SOCKS5 proxy, like socks5://127.0.0.1:9050 for Tor.")
@with_desk()
def home(
    desk: "Desk",
    url: str,
    ca: str | None,
    posting_pass_file: Path | None,
    collecting_pass_file: Path | None,
    socks: str | None,
) -> None:
    """Collect at this relay from now on; a new card says so.

    Example:  backchannel station home https://relay.example
    """
    from backchannel.relay.client import RelayClient

    digest = ca_digest(ca)
    info = RelayClient(url, digest, socks=socks).info()
    desk.set_home(
        url,
        desk.draw_shard(info.prefix_bits),
        ca=digest,
        posting_pass=pass_from(posting_pass_file),
        collecting_pass=pass_from(collecting_pass_file),
        socks=socks,
    )
    click.echo(_("This office collects at {url}. Export its new card with `backchannel card export`.").format(url=url))


def _open(folder: Path):  # type: ignore[no-untyped-def]
    from backchannel.station.hatch import Hatch

    return Hatch.open(folder)


_office = click.option(
    "--office",
    "office_folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_office,
    help="The office's folder; otherwise $BACKCHANNEL_OFFICE or the usual place.",
)


@station.command()
@click.option("--wait", type=click.IntRange(0, 60), default=0, help="Wait so many seconds for news.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@_office
def once(wait: int, as_json: bool, office_folder: Path) -> int:
    """Post all that waits and collect all that is there, once. Needs no passphrase."""
    import os

    from backchannel.station.run import Station

    posted = [0]

    def progress(number: int) -> None:
        posted[0] += number
        if posted[0] > number:
            click.echo(_("\rposted {number}").format(number=posted[0]), err=True, nl=False)

    with _open(office_folder) as hatch:
        report = Station(hatch, os.urandom).once(wait, progress)
    if posted[0] > 64:
        click.echo("", err=True)
    if as_json:
        show_json(
            {
                "posted": report.posted,
                "looked_at": report.looked_at,
                "letters": report.letters,
                "trouble": report.trouble,
            }
        )
    else:
        click.echo(several("{number} pouch posted.", "{number} pouches posted.", report.posted))
        click.echo(
            several("{number} letter waits for the desk.", "{number} letters wait for the desk.", report.letters)
        )
    for trouble in report.trouble:
        note(_(trouble))
    return 4 if report.trouble else 0


@station.command()
@_office
def run(office_folder: Path) -> None:
    """Keep posting and collecting until stopped. Needs no passphrase."""
    import os

    from backchannel.station.run import Station

    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    with _open(office_folder) as hatch:
        note(_("The station runs; stop it with Ctrl-C. The line shows that it runs."))
        Station(hatch, os.urandom).run(stop)


@station.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@_office
def status(as_json: bool, office_folder: Path) -> None:
    """What the station holds: how much waits to go, how much has come."""
    with _open(office_folder) as hatch:
        out = [one for one in hatch.outgoing().values() if one.posted_at is None]
        here = hatch.arrived()
        homes = hatch.homes()
    if as_json:
        show_json({"waiting": len(out), "arrived": len(here), "relays": [one.address.url for one in homes]})
        return
    click.echo(several("{number} letter waits to be posted.", "{number} letters wait to be posted.", len(out)))
    click.echo(several("{number} letter waits for the desk.", "{number} letters wait for the desk.", len(here)))
