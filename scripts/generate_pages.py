"""The pages made from the program itself: docs/guide/commands.md and docs/errors.md.

    python scripts/generate_pages.py [--check]

--check: change nothing; fail if a page is not what the program says today.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from backchannel import errors as families
from backchannel.cli.main import cli

MARK = re.compile(r"[A-Z]\d{1,2}")
COMMANDS = """# Commands

Made from the program's own help by `scripts/generate_pages.py`; do not change it by hand.
"""
ERRORS = """# Errors

Made from the program by `scripts/generate_pages.py`; do not change it by hand.

A command that fails says what happened, then `next:` what you can do, then `kept:` what was left as it was. It leaves
no half-made file.

## How a command ends

For scripts: the exit status.

| status | word | what happened | what to do next, unless the message says otherwise |
|---|---|---|---|
| 0 | | done | |
| 2 | | the command was typed wrongly; nothing was done | `--help` shows how it is typed |
"""
MARKS = """
Two commands answer with their status: `evidence verify` ends with 1 if anything in the bundle is not proved,
`letter check` with 7 if the draft cannot be sealed.

## Refusals

What comes from outside is not what it claims to be, or a draft cannot be sealed. Each reason has a mark, which stays
the same in every language and version: name it when you ask for help. `…` stands for what differs. A refused letter is
dropped and nothing else changes; its writer can send it again with `letter again`.
"""


def commands() -> str:
    """Every command's help, in order."""
    context = click.Context(cli, info_name="backchannel", max_content_width=100, terminal_width=100)
    return COMMANDS + "".join(_sections(cli, context))


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"\n## {context.command_path}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _sections(
                inner, click.Context(inner, info_name=name, parent=context, max_content_width=100, terminal_width=100)
            )


def errors() -> str:
    """Exit statuses, then every mark with what is said and the page that defines it."""
    found = [one for one in vars(families).values() if isinstance(one, type)]
    rows = [f"| {one.exit_status} | {one.code} | {_what(one)} | {one.next_step} |\n" for one in found]
    return ERRORS + "".join(rows) + MARKS + "".join(_marks())


def _what(family: type[families.BackchannelError]) -> str:
    if family is families.BackchannelError:
        return "what has no name of its own; or you stopped it"
    line = (family.__doc__ or "").split("\n", 1)[0].rstrip(".")
    return line[0].lower() + line[1:]


def _marks() -> Iterator[str]:
    where = (*sorted(Path("docs/spec").glob("*.md")), Path("docs/guide/drafts.md"))
    pages = {path: path.read_text(encoding="utf-8") for path in where}
    said = _said()
    by_page: dict[Path, list[str]] = {}
    for mark in sorted(said, key=lambda one: (one[0], int(one[1:]))):
        by_page.setdefault(_page_of(mark, pages), []).append(mark)
    for path, marks in sorted(by_page.items(), key=lambda one: one[1][0]):
        title = pages[path].split("\n", 1)[0].removeprefix("# ")
        yield f"\n### {title}: [{path.name}]({path.relative_to('docs')})\n\n| mark | what is said |\n|---|---|\n"
        for mark in marks:
            what = "; ".join(said[mark]) or _row(mark, pages[path])
            yield f"| {mark} | {what.replace('|', chr(92) + '|')} |\n"


def _page_of(mark: str, pages: dict[Path, str]) -> Path:
    """The page of the spec with the mark in a table's first column; else the one with most marks of its letter."""
    named = [path for path, text in pages.items() if re.search(rf"\b{mark}\b", text)]
    named = [path for path in named if path.parent.name == "spec"] or named
    named = [path for path in named if _row(mark, pages[path])] or named
    if not named:
        raise SystemExit(f"{mark}: no page of docs/spec names it")
    return max(named, key=lambda path: len(re.findall(rf"\b{mark[0]}\d{{1,2}}\b", pages[path])))


def _row(mark: str, text: str) -> str:
    found = re.search(rf"^\| {mark} \| ([^|]*?) \|", text, re.M)
    return found[1] if found else ""


def _said() -> dict[str, list[str]]:
    """What the program says with each mark: the text that stands after it wherever one is given."""
    said: dict[str, list[str]] = {}
    for path in sorted(Path("src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            items = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else []
            for at, item in enumerate(items):
                if not (isinstance(item, ast.Constant) and isinstance(item.value, str) and MARK.fullmatch(item.value)):
                    continue
                found = said.setdefault(item.value, [])
                text = next(filter(None, map(_text, items[at + 1 :])), "")
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fields":
                    text = f"a fault in the {text}, which is named"
                if text not in found and re.search("[a-z]{3}", text):
                    found.append(text)
    return said


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return re.sub(
            "…+", "…", "".join(str(one.value) if isinstance(one, ast.Constant) else "…" for one in node.values)
        )
    return ""


PAGES = {Path("docs/guide/commands.md"): commands, Path("docs/errors.md"): errors}


def main() -> int:
    old = []
    for page, make in PAGES.items():
        made = make()
        if page.exists() and page.read_text(encoding="utf-8") == made:
            continue
        old.append(page)
        if "--check" not in sys.argv:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(made, encoding="utf-8")
    if "--check" in sys.argv:
        print(
            "\n".join(f"{page} is not current: run python scripts/generate_pages.py" for page in old)
            or "pages are current"
        )
        return 1 if old else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
