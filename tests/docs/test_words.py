"""No word on the screen that the glossary does not explain, but everyday English.

All text a person can be shown is taken from the source: what goes through gettext, the help of commands, what errors
say. Each word of it must be in docs/guide/glossary.md, or in everyday.txt beside this file. A new word fails until
someone has decided: is it everyday English, or does it need its line?
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
EVERYDAY = Path(__file__).parent / "everyday.txt"
SAYS = re.compile(
    r"^(_|N_|several|say|note|warn|confirm|problem|wrong|Form|Fields)$"
    r"|Refused|NotPossible|Unreachable|Locked|Damaged|NotSealable|CardStops|Full|Breach"
)
NOT_WORDS = re.compile(
    r"`[^`]*`|\{[^}]*\}|Example:.*|\S+://\S*"  # code, values, examples, addresses
    r"|\$?\b[A-Z_]{4,}\b|(?<!\w)--?[a-z][\w-]*"  # names of arguments and options
    r"|\S*[\w/]\.[a-z]{2,4}\b|\w+/\w+|\w+=\S*|\w+_\w+|U\+\w*"  # file names, zones, fields
)


@cache
def glossary() -> dict[str, str]:
    """Each word or phrase in lower case, with its line."""
    page = (ROOT / "docs/guide/glossary.md").read_text(encoding="utf-8")
    found = {}
    for words, line in re.findall(r"^\| (?!word |---)(.*?) \| (.*?) \|$", page, re.M):
        for word in words.split(", "):
            assert word.lower() not in found, f"{word} has two lines"
            found[word.lower()] = line
    return found


def messages() -> Iterator[tuple[str, str]]:
    """Each text a person can be shown, with where it stands."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for text in (said for part in _shown(node, path) for said in _texts(part)):
                yield text, f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def _shown(node: ast.AST, path: Path) -> list[ast.expr]:
    """The parts of this node that reach a screen."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if SAYS.search(name):
            return [*node.args, *(one.value for one in node.keywords if one.arg in ("next_step", "kept"))]
        if name == "option":
            return [one.value for one in node.keywords if one.arg == "help"]
    if isinstance(node, ast.Assign | ast.AnnAssign) and path.name == "errors.py" and node.value is not None:
        return [node.value]
    if isinstance(node, ast.FunctionDef) and any(
        re.search("command|group", ast.unparse(x)) for x in node.decorator_list
    ):
        return [ast.Constant(ast.get_docstring(node) or "")]
    return []


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield " ".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    elif isinstance(node, ast.BinOp):
        yield from (*_texts(node.left), *_texts(node.right))


def words(message: str) -> set[str]:
    """The words of a message in lower case, phrases of the glossary and what is no word taken out."""
    text = NOT_WORDS.sub(" ", message).lower()
    for phrase in sorted(glossary(), key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(phrase)}(?:s|es|d|ed|ing)?\b", " ", text)
    text = re.sub(r"\b\w*\d\w*\b", " ", text)
    return {word.removesuffix("'s") for word in re.findall(r"[^\W\d_][\w']*\w", text)}


def test_every_word_on_the_screen_is_everyday_or_explained():
    everyday = set(EVERYDAY.read_text(encoding="utf-8").split())
    unknown: dict[str, str] = {}
    for message, where in messages():
        for word in words(message) - everyday:
            unknown.setdefault(word, f"{where}: {message[:60]}")
    assert unknown == {}, "put each into docs/guide/glossary.md or, if everybody knows it, tests/docs/everyday.txt"


def test_the_lists_hold_nothing_else():
    """The everyday words are those in use, none of them explained; each line of the glossary stands somewhere."""
    everyday = EVERYDAY.read_text(encoding="utf-8").split()
    used = set().union(*(words(message) for message, _ in messages()))
    assert sorted(set(everyday) - used) == []
    assert everyday == sorted(set(everyday))
    assert set(everyday) & set(glossary()) == set()
    pages = [path for path in (ROOT / "docs").rglob("*.md") if path.name != "glossary.md"]
    shown = " ".join(path.read_text(encoding="utf-8") for path in pages) + " ".join(
        message for message, _ in messages()
    )
    shown = shown.lower().replace("_", " ")
    assert [word for word in glossary() if word not in shown] == []


def test_a_line_of_the_glossary_is_one_line():
    for word, line in glossary().items():
        assert 10 < len(line) < 200, word


def test_a_term_of_art_is_found_and_what_is_explained_is_not():
    """The check finds what it is there for."""
    found = words("ratchet the return envelopes of `desk lock` with --via {office}, on a standing seal")
    assert found == {"ratchet", "the", "of", "with", "on"}
