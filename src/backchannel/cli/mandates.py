"""backchannel card mandate; and what a channel may be used for, as whoever drafts is shown it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from backchannel.cli.common import moment, show_json, with_desk
from backchannel.cli.text import _
from backchannel.cli.words import N_
from backchannel.errors import NotPossible
from backchannel.letters.forms import WRITTEN
from backchannel.text import for_screen

if TYPE_CHECKING:
    from backchannel.desk.desk import Desk
    from backchannel.desk.sealing import Plan
    from backchannel.desk.states import Mandate

OUTSIDE: Final = {
    "ended": N_("OUTSIDE THE MANDATE: it has ended"),
    "form": N_("OUTSIDE THE MANDATE: this channel is not for the form {form}"),
    "matter": N_("OUTSIDE THE MANDATE: the letter names none of the matters of this channel"),
}


@click.command()
@click.argument("office")
@click.argument("text", required=False)
@click.option("--matter", "matters", multiple=True, metavar="TEXT", help="On what; again for more. Without: on any.")
@click.option(
    "--form", "forms", multiple=True, type=click.Choice(WRITTEN), help="In which form; again for more. Without: in any."
)
@click.option("--set-by", metavar="TEXT", help="Who has set it, or ended it.")
@click.option("--until", metavar="WHEN", help="Until then, like 2026-12-24T18:00[Asia/Baghdad]; else without an end.")
@click.option("--end", is_flag=True, help="It ends now.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_desk()
def mandate(
    desk: Desk,
    office: str,
    text: str | None,
    matters: tuple[str, ...],
    forms: tuple[str, ...],
    set_by: str | None,
    until: str | None,
    end: bool,
    as_json: bool,
) -> None:
    """What the channel to an office may be used for: set it with TEXT, end it, or show it.

    It stays at this desk and replaces what was set before. Whoever drafts a letter to that office is shown it, and is
    asked before a letter outside it is sealed.

    Example:  backchannel card mandate south 'prisoners; nothing military' --matter prisoners --set-by 'the minister'
    """
    if text is None and (matters or forms or until):
        raise NotPossible("what the channel may be used for is said in words too", next_step="Add a text.")
    if (text is not None or end) and set_by is None:
        raise NotPossible("a mandate says who has set it, or ended it", next_step="Say so with --set-by.")
    if text is not None and end:
        raise NotPossible("a mandate is set or ended, not both at once")
    if text is not None:
        desk.set_mandate(office, text, by=set_by or "", matters=matters, forms=forms, until=until)
    elif end:
        desk.end_mandate(office, set_by or "")
    if as_json:
        show_json(mandate_json(desk, office))
        return
    for line in lines_of(desk, office) or [_("Nobody has said what this channel may be used for.")]:
        click.echo(line)


def lines_of(desk: Desk, office: str) -> list[str]:
    """The mandate of the channel to an office, a line each; none where nobody has set one."""
    found = desk.mandate(office)
    return list(_lines(*found)) if found is not None else []


def plan_lines(plan: Plan) -> Iterator[str]:
    """The mandate, and what of a letter to be sealed is outside it."""
    if plan.to.mandate is None:
        return
    yield from _lines(plan.to.mandate, plan.mandate_ended)
    yield from (_(OUTSIDE[one]).format(form=plan.form) for one in plan.outside)
    yield ""


def _lines(found: Mandate, ended: int) -> Iterator[str]:
    said = found.said
    yield _("Mandate: {text}").format(text=for_screen(said.text))
    if said.matters:
        yield _("  on: {matters}").format(matters="; ".join(for_screen(one) for one in said.matters))
    if said.forms:
        yield _("  in the forms: {forms}").format(forms=", ".join(said.forms))
    yield _("  set by {who}, {when}").format(who=for_screen(said.by), when=moment(found.at)) + (
        _(", until {when}").format(when=moment(said.until)) if said.until else ""
    )
    if found.ended is not None:
        yield _("  ENDED {when} by {who}").format(when=moment(ended), who=for_screen(found.ended[1]))
    elif ended:
        yield _("  ENDED {when}").format(when=moment(ended))


def mandate_json(desk: Desk, office: str) -> dict[str, Any] | None:
    """The same for machines; null where nobody has set one."""
    found = desk.mandate(office)
    if found is None:
        return None
    said, ended = found[0].said, found[1]
    return {
        "text": said.text,
        "matters": list(said.matters),
        "forms": list(said.forms),
        "set_by": said.by,
        "at": found[0].at,
        "clerk": found[0].clerk,
        "until": said.until or None,
        "ended": ended or None,
        "ended_by": found[0].ended[1] if found[0].ended else None,
    }
