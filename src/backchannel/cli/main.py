"""The command `backchannel`."""

import os
import sys
from typing import Any, Final

import click

from backchannel import __version__
from backchannel.cli.group import LazyGroup
from backchannel.errors import BackchannelError

_COMMANDS: Final = {
    "card": "backchannel.cli.card:card",
    "contact": "backchannel.cli.contact:contact",
    "credence": "backchannel.cli.credence:credence",
    "demo": "backchannel.cli.demo:demo",
    "desk": "backchannel.cli.desk:desk",
    "evidence": "backchannel.cli.evidence:evidence",
    "file": "backchannel.cli.file:file",
    "leak": "backchannel.cli.publicity:leak",
    "letter": "backchannel.cli.letter:letter",
    "meeting": "backchannel.cli.talks:meeting",
    "office": "backchannel.cli.office:office",
    "publish": "backchannel.cli.publicity:publish",
    "readout": "backchannel.cli.readouts:readout",
    "reconcile": "backchannel.cli.reconcile:reconcile",
    "register": "backchannel.cli.register:register",
    "relay": "backchannel.cli.relay:relay",
    "setup": "backchannel.cli.office:setup",
    "station": "backchannel.cli.station:station",
    "terms": "backchannel.cli.terms:terms",
    "timeline": "backchannel.cli.timeline:timeline",
    "tray": "backchannel.cli.tray:tray",
}


@click.group(
    cls=LazyGroup,
    later=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="backchannel")
def cli() -> None:
    """Sealed letters between offices that do not talk to each other.

    Begin with `backchannel setup`, or watch an exchange with `backchannel demo`.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 failed, 2 misused, 3-7 see docs/errors.md."""
    try:
        _say_clock()
        status: Any = cli.main(arguments, prog_name="backchannel", standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.exceptions.Abort:
        click.echo("\nbackchannel: stopped; nothing further was done", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BackchannelError as error:
        from backchannel.cli.common import show_error

        show_error(error)
        sys.exit(error.exit_status)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(1)


def _say_clock() -> None:
    """A clock moved by hand shows at every command: what is done under it is dated by it."""
    if "BACKCHANNEL_CLOCK" not in os.environ:
        return
    from backchannel.cli.text import _
    from backchannel.clock import now

    text = _("backchannel: the clock is moved by hand: {when}").format(when=now().strftime("%Y-%m-%d %H:%M UTC"))
    click.echo(text, err=True)
