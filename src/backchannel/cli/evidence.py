"""backchannel evidence: what can be shown to anybody about the way of a letter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backchannel.cli.common import confirm, moment, show_json, with_desk, write_new
from backchannel.cli.text import _, several
from backchannel.cli.ways import EVENTS, MODES
from backchannel.cli.words import N_
from backchannel.desk.later import imported_when_used
from backchannel.errors import NotPossible
from backchannel.text import for_screen

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk

with imported_when_used():
    from backchannel.conveyance import bundle as bundles
    from backchannel.seals import safety

VERDICTS = {
    "proved": N_("PROVED"),
    "no-card": N_("NOT PROVED: the bundle holds no card of the office that is to have signed it"),
    "signature-fails": N_("NOT PROVED: the signature is not that office's over these words"),
    "about-other-bytes": N_("NOT PROVED: it is about other bytes, another giver or another addressee"),
}


@click.group()
def evidence() -> None:
    """Signed custody statements, to be shown to anybody; checked on any machine."""


@evidence.command()
@click.argument("n", type=int)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="A new file for the bundle.")
@click.option("--yes", is_flag=True, help="Ask for no confirmation.")
@with_desk()
def export(desk: Desk, n: int, output: Path, yes: bool) -> None:
    """Write the signed evidence about a letter of ours into a file that anyone can check.

    Example:  backchannel evidence export 12 -o way.evidence
    """
    made = desk.evidence_bundle(n)
    click.echo(
        _(
            "Whoever has this file can show that these carriers took exactly these sealed bytes from you, for whom,"
            " and when they say. Together with a reader that kept its key it shows what they say, even of a letter"
            " that is not signed."
        ),
        err=True,
    )
    confirm(_("Write it?"), yes)
    write_new(output, made.data, private=True)
    click.echo(several("{number} signed statement written.", "{number} signed statements written.", made.signed))
    if made.oral:
        click.echo(
            several(
                "{number} oral statement stays here: it convinces this desk alone.",
                "{number} oral statements stay here: they convince this desk alone.",
                made.oral,
            )
        )


@evidence.command()
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def verify(bundle: Path, as_json: bool) -> int:
    """Check a bundle, with nothing but the bundle; say what it proves and what it does not.

    Needs no office. Ends with status 1 if anything in it is not proved.

    Example:  backchannel evidence verify way.evidence
    """
    with bundle.open("rb") as file:
        data = file.read(bundles.MOST_BUNDLE_BYTES + 1)
    if len(data) > bundles.MOST_BUNDLE_BYTES:
        raise NotPossible("the file is larger than a bundle can be")
    findings = bundles.verify(bundles.read_bundle(data))
    status = 0 if all(one.verdict == "proved" for one in findings) else 1
    if as_json:
        show_json([_as_json(one) for one in findings])
        return status
    for one in findings:
        for line in _lines(one):
            click.echo(line)
        click.echo("")
    click.echo(_("What this does not show:"))
    for line in (
        _("  whose cards these are: compare each signer's 30 digits by another way"),
        _("  when it happened: a time is the signer's claim"),
        _("  what the sealed bytes say, or that the giver named gave them"),
        _("  that anything was read, or that what is missing here did not happen"),
    ):
        click.echo(line)
    return status


def _lines(one: bundles.Finding) -> list[str]:
    said = one.item.said.statement
    name = for_screen(one.card.body.name) if one.card else _("an office without a card in the bundle")
    lines = [
        _(VERDICTS[one.verdict]),
        _("  signer:    {name}, by its own card; digits {digits}").format(
            name=name, digits=safety.in_groups(safety.half(said.by))
        ),
        _("  says:      {what} ({event}, {mode})").format(
            what=_(EVENTS[said.event]), event=said.event, mode=_(MODES[said.mode])
        ),
        _("  at:        {when}, as it says").format(when=moment(said.at)),
        _("  of:        the sealed bytes {id}").format(id=one.seal_id.hex()[:24]),
        _("  given by:  office {id}").format(id=one.item.giver.hex()[:24]),
        _("  meant for: office {id}").format(id=one.item.addressee.hex()[:24]),
    ]
    lines += [_("  because:   {code}: {words}").format(code=c, words=for_screen(w)) for c, w in said.reasons]
    return lines


def _as_json(one: bundles.Finding) -> dict[str, Any]:
    said = one.item.said.statement
    return {
        "verdict": one.verdict,
        "event": said.event,
        "by": said.by.hex(),
        "name": one.card.body.name if one.card else None,
        "at": said.at,
        "mode": said.mode,
        "reasons": [list(reason) for reason in said.reasons],
        "seal_id": one.seal_id.hex(),
        "giver": one.item.giver.hex(),
        "addressee": one.item.addressee.hex(),
    }
