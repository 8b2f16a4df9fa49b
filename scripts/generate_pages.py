"""The pages made from the program itself: docs/guide/commands.md.

    python scripts/generate_pages.py [--check]

--check: change nothing; fail if a page is not what the program says today.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from backchannel.cli.main import cli

PAGE = Path("docs/guide/commands.md")
HEAD = "# Commands\n\nMade from the program's own help by `scripts/generate_pages.py`; do not change it by hand.\n"


def commands() -> str:
    """Every command's help, in order."""
    context = click.Context(cli, info_name="backchannel", max_content_width=100, terminal_width=100)
    return HEAD + "".join(_sections(cli, context))


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"\n## {context.command_path}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _sections(
                inner, click.Context(inner, info_name=name, parent=context, max_content_width=100, terminal_width=100)
            )


def main() -> int:
    made = commands()
    if "--check" in sys.argv:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != made:
            print(f"{PAGE} is not current: run python scripts/generate_pages.py")
            return 1
        print("pages are current")
        return 0
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
