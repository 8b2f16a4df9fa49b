"""backchannel relay."""

from pathlib import Path

import click

from backchannel.cli.common import note
from backchannel.cli.text import _


@click.group()
def relay() -> None:
    """Run a relay: where pouches rest."""


@relay.command()
@click.option("--store", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The store's file.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8470, show_default=True, help="The port to listen on.")
@click.option("--certificate", type=click.Path(exists=True, path_type=Path), help="TLS certificate chain, PEM.")
@click.option("--key", type=click.Path(exists=True, path_type=Path), help="Its private key, PEM.")
@click.option(
    "--ca", type=click.Path(exists=True, path_type=Path), help="Your own CA's certificate, PEM, offered at /v1/ca."
)
@click.option(
    "--prefix-bits", type=click.IntRange(0, 32), default=4, show_default=True, help="Free leading bits of a shard."
)
@click.option(
    "--retention-days", type=click.IntRange(1, 365), default=30, show_default=True, help="How long pouches are kept."
)
@click.option(
    "--segment-seconds", type=click.IntRange(1, 3600), default=60, show_default=True, help="When a segment closes."
)
@click.option(
    "--most-pouches", type=click.IntRange(1), default=1_048_576, show_default=True, help="Most pouches kept in all."
)
@click.option(
    "--shard-pouches", type=click.IntRange(1), default=131_072, show_default=True, help="Most pouches a shard."
)
@click.option(
    "--posting-pass-file", type=click.Path(exists=True, path_type=Path), help="A pass for posting: first line."
)
@click.option(
    "--collecting-pass-file", type=click.Path(exists=True, path_type=Path), help="A pass for collecting: first line."
)
def run(
    store: Path,
    host: str,
    port: int,
    certificate: Path | None,
    key: Path | None,
    ca: Path | None,
    prefix_bits: int,
    retention_days: int,
    segment_seconds: int,
    most_pouches: int,
    shard_pouches: int,
    posting_pass_file: Path | None,
    collecting_pass_file: Path | None,
) -> None:
    """Run until stopped. Nothing is logged about who posts or collects.

    Example:  backchannel relay run --store relay.db --port 8470
    """
    from backchannel.relay.server import RelayOptions, serve
    from backchannel.relay.store import Limits

    options = RelayOptions(
        store=store,
        host=host,
        port=port,
        prefix_bits=prefix_bits,
        limits=Limits(
            retention_seconds=retention_days * 86_400,
            segment_seconds=segment_seconds,
            shard_pouches=shard_pouches,
            total_pouches=most_pouches,
        ),
        posting_pass=_first_line(posting_pass_file),
        collecting_pass=_first_line(collecting_pass_file),
        certificate=certificate,
        key=key,
        ca=ca,
    )
    note(_("The relay listens on {host} port {port}.").format(host=host, port=port))
    serve(options)


def _first_line(path: Path | None) -> str | None:
    return None if path is None else path.read_text(encoding="ascii").split("\n", 1)[0].strip()
