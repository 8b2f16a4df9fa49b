"""What breaks the rooms to try their tests is itself tried: on a file of its own, and on the list of survivors."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from mutations import mutants  # noqa: E402

TOY = '''"""A file."""
LEAST: int = 3


def sized(data, most=9):
    """Its size."""
    assert len(data)
    if LEAST <= len(data) < most and not data.startswith(b"x"):
        return len(data)
    raise Refused("X1", "a sentence", clamp(data, most))
'''


def test_each_place_is_broken_once_in_each_way(tmp_path):
    """Comparisons, conditions, constants, what is returned, statements, arguments; no docstring, type or sentence."""
    (tmp_path / "toy.py").write_text(TOY)
    _, found = mutants(tmp_path / "toy.py", "toy.py")
    changes = [one.change.split(" -> ")[1] for one in found]
    assert changes[:2] == ["4", "10"]
    for one in (
        "True", "False", "LEAST < len(data) < most", "LEAST > len(data) < most", "LEAST <= len(data) <= most",
        "LEAST <= len(data) < most or not data.startswith(b'x')", "not data.startswith(b'x')", "b'x~'",
        "data.startswith(b'x')", "return None", "pass", "'X1~'", "clamp(most, data)",
    ):  # fmt: skip
        assert one in changes, one
    assert not any("sentence~" in one or "size" in one or "A file" in one for one in changes)
    assert {one.inside for one in found} == {"", "sized"}


def test_a_change_is_made_in_the_tree_and_in_one_place(tmp_path):
    (tmp_path / "toy.py").write_text(TOY)
    count = len(mutants(tmp_path / "toy.py", "toy.py")[1])
    seen = set()
    for at in range(count):
        tree, found = mutants(tmp_path / "toy.py", "toy.py")
        found[at].apply()
        seen.add(ast.unparse(ast.fix_missing_locations(tree)))
    assert len(seen) == count
    assert ast.unparse(ast.parse(TOY)) not in seen


def run(*more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "mutate.py", "--list", *more], capture_output=True, text=True, check=False
    )


def test_what_is_explained_is_there():
    done = run()
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", ["seals/padding.py", "seals/nothing.py"])
def test_an_explanation_of_what_is_gone_is_told(tmp_path, file):
    (tmp_path / "list.toml").write_text(f'[[survivor]]\nfile = "{file}"\nline = "x"\nchange = "1 -> 2"\nwhy = "-"\n')
    done = run("--survivors", tmp_path / "list.toml")
    assert done.returncode == 1
    assert "listed, and no longer there" in done.stdout
