"""Every refusal has a mark that the spec names and a test or vector exercises; and every mark named is raised.

    python scripts/check_marks.py [ROOT]

A mark is a capital and a number: `"S7"` in the source, S7 in docs/spec and docs/guide/drafts.md, tests and vectors. A
refusal that nobody names would be tidied away one day; one that is named and not raised is a promise nobody keeps.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

RAISED = re.compile(r'"([A-Z]\d{1,2})"')
NAMED = re.compile(r"\b([A-Z])([1-9]\d?)(?: to \1([1-9]\d?))?\b")


def marks_in(text: str) -> set[str]:
    """The marks a text names, those in between in "L10 to L14" included."""
    found = NAMED.findall(text)
    return {f"{letter}{n}" for letter, first, last in found for n in range(int(first), int(last or first) + 1)}


def breaches(root: Path) -> Iterator[str]:
    raised = set(RAISED.findall(_text((root / "src").rglob("*.py"))))
    letters = {mark[0] for mark in raised}
    spec = _text([*(root / "docs" / "spec").glob("*.md"), *(root / "docs" / "guide").glob("drafts.md")])
    # Pages hold other capitals with numbers, in hex and code points: brackets and rows of tables name marks.
    places = re.findall(r"\[[^\]\n]*\]|^\| [A-Z]\d{1,2} \|.*?$", spec, re.MULTILINE)
    named = {mark for mark in marks_in("\n".join(places)) if mark[0] in letters}
    tested = marks_in(_text([*(root / "tests").rglob("*.py"), *(root / "vectors").rglob("*.json")]))
    # T1 is a clause's number as well: only the tests of the rules of text mean the mark.
    of_text = marks_in(_text((root / "tests" / "text").rglob("*.py")))
    tested = {mark for mark in tested if mark[0] != "T" or mark in of_text}
    yield from (f"{mark}: raised, and no page of docs/spec names it" for mark in sorted(raised - named))
    yield from (f"{mark}: raised, and no test or vector names it" for mark in sorted(raised - tested))
    yield from (f"{mark}: named in docs/spec, and nothing raises it" for mark in sorted(named - raised))


def _text(paths: Iterable[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def main() -> int:
    found = list(breaches(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
    print("\n".join(found) or "every mark is raised, named and tested")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
