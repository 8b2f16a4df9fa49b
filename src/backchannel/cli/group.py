"""Groups of commands that are imported when they are used: start-up is part of speed."""

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """A group that imports a command when it is asked for. later: where each stands, as `module:attribute`, by name."""

    def __init__(self, *args: Any, later: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.later = later

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted({*self.commands, *self.later})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.later:
            return super().get_command(context, name)
        module, attribute = self.later[name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return _translated(command)


def _translated(command: click.Command) -> click.Command:
    """The command with its help, and that of all under it, in the person's language."""
    from backchannel.cli.text import _

    command.help = _(command.help) if command.help else None
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            parameter.help = _(parameter.help)
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _translated(inner)
    return command
