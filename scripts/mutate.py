"""Break a room in one place at a time and see whether its tests notice.

    python scripts/mutate.py ROOM [--again] [--inside] [--every N] [--file PART]     # one room, or a part of it
    python scripts/mutate.py --list                                       # only that every survivor listed exists

A mutant that no test kills is a line whose tests say nothing: write the test, delete the line, or explain it in
tests/mutants/survivors.toml. Fails on a survivor not listed, and on a listed one that is killed or no longer exists.

How it stays quick: the room's tests are run once, noting which test touches which line and for how long. A program with
everything imported then forks for each mutant, gives the function its changed code, and runs the tests that touch the
line, quickest first, to the first failure. What runs when a module is loaded (constants, tables, fields) is imported
anew in a fork that has everything but the product.
"""

import argparse
import contextlib
import gc
import hashlib
import importlib
import json
import mmap
import os
import pickle
import re
import resource
import signal
import sys
import tempfile
import time
import tomllib
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from mutations import Mutant, mutants

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "backchannel"
LISTED = ROOT / "tests" / "mutants" / "survivors.toml"
KEPT = ROOT / "build" / "mutants"
ROOMS = {
    "seals": ["tests/seals", "tests/vectors", "tests/published", "tests/stories/test_reconcile.py"],
    "letters": ["tests/letters", "tests/vectors", "tests/text"],
    "conveyance": ["tests/conveyance", "tests/vectors"],
    "pouches": ["tests/pouches", "tests/vectors"],
    "terms": ["tests/terms", "tests/vectors"],
    "relay": ["tests/relay"],
}
ELSEWHERE = {"relay/server.py"}  # run in a process of its own: no change made in this one reaches it
MOST_SECONDS = 20.0  # of tests for one mutant, of CPU, unless --seconds says otherwise
MOST_MEMORY = 6 << 30


@dataclass
class Known:
    """What one run of the tests showed.

    touching: file and line -> tests. importing: file and line -> test files that run it while they are loaded, "" for
    the product itself. seconds: of CPU, by test. modules: what was imported for it.
    """

    touching: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    importing: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    seconds: dict[str, float] = field(default_factory=dict)
    modules: list[str] = field(default_factory=list)
    most: float = MOST_SECONDS


class Watching:
    """A plugin for the one run: a context of coverage for each test, and for the loading of each file."""

    def __init__(self, cov: Any) -> None:
        self.cov, self.seconds, self.failed = cov, {}, []

    def pytest_collectstart(self, collector: Any) -> None:
        if isinstance(collector, pytest.Module):
            self.cov.switch_context("import " + collector.nodeid)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.cov.switch_context(item.nodeid)
        began = time.process_time()
        yield
        self.seconds[item.nodeid] = time.process_time() - began

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed or report.skipped:
            self.failed.append(report.nodeid)


class Chosen:
    """A plugin that runs these tests only, in this order."""

    def __init__(self, tests: list[str]) -> None:
        self.order = {test: at for at, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os._exit(KILLED)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((one for one in items if one.nodeid in self.order), key=lambda one: self.order[one.nodeid])


class Forking:
    """A plugin that, in place of running the tests, runs for each mutant those it needs, in a child."""

    def __init__(self, run: Callable[[dict[str, pytest.Item]], None]) -> None:
        self.run = run

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.run({item.nodeid: item for item in session.items})
        return True


def pytest_in_process(paths: Iterable[str], *plugins: object) -> int:
    calm()
    return int(pytest.main([*paths, "-q", "-p", "no:cacheprovider", "-p", "no:xdist"], plugins=list(plugins)))


def calm() -> None:
    from hypothesis import HealthCheck, Phase, settings

    settings.register_profile(
        "mutants", derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),
    )  # fmt: skip
    settings.load_profile("mutants")


def look(tests: list[str]) -> Known:
    """Run the tests once and note what each touches; from the shelf if nothing has changed since."""
    state = hashlib.sha256(repr(tests).encode())
    for path in sorted([*SOURCE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "vectors").glob("*.json")]):
        state.update(path.read_bytes())
    shelf = KEPT / f"known-{state.hexdigest()[:16]}.pickle"
    if not shelf.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        if in_child(lambda: _look(tests, shelf), 3600) != 0:
            sys.exit("no test passes as they stand")
    return pickle.loads(shelf.read_bytes())


def _look(tests: list[str], shelf: Path) -> int:
    import coverage

    sys.path[:0] = [str(ROOT / part) for part in ("src", "tests", "tests/vectors")]
    cov = coverage.Coverage(data_file=None, source=[str(SOURCE)], config_file=False)
    cov.start()
    for path in sorted(SOURCE.rglob("*.py")):
        if path.stem != "__main__" and "examples" not in path.parts:
            importlib.import_module(".".join(path.relative_to(SOURCE.parent).with_suffix("").parts))
    watching = Watching(cov)
    pytest_in_process(tests, watching)
    cov.stop()
    print(*(f"left out, for it does not pass: {test}" for test in dict.fromkeys(watching.failed)), sep="\n")
    known = Known(seconds={t: s for t, s in watching.seconds.items() if t not in watching.failed})
    data = cov.get_data()
    for file in data.measured_files():
        name = str(Path(file).relative_to(SOURCE))
        for line, contexts in data.contexts_by_lineno(file).items():
            for context in contexts:
                if context in known.seconds:
                    known.touching[name, line].add(context)
                elif context not in watching.failed:
                    known.importing[name, line].add(context.removeprefix("import "))
    known.modules = [name for name in sys.modules if not name.startswith(("backchannel", "test", "conftest"))]
    shelf.write_bytes(pickle.dumps(known))
    return 0 if known.seconds else 1


def in_child(work: Callable[[], int], seconds: float) -> int:
    """The exit status of a piece of work in a child, 200 if it took too long, 100 and the signal if it died.

    seconds: of CPU; of time, ten times as many, for it may wait or the machine be busy.
    """
    pid = os.fork()
    if pid == 0:
        status = 99
        try:
            os.setsid()
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(10 * int(seconds) + 10)
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))
            status = work()
        except BaseException as error:
            status = 98
            if not isinstance(error, MemoryError | SystemExit):
                print("child:", repr(error)[:300], file=sys.__stderr__, flush=True)
        finally:
            os._exit(status)
    _, ended = os.waitpid(pid, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)  # a server that a test began
    if os.WIFSIGNALED(ended):
        return (
            200 if os.WTERMSIG(ended) in (signal.SIGALRM, signal.SIGXCPU, signal.SIGKILL) else 100 + os.WTERMSIG(ended)
        )
    return os.waitstatus_to_exitcode(ended)


def _quickest(tests: Iterable[str], known: Known, killers: Counter[str]) -> tuple[list[str], float]:
    """Tests that killed before, then by their time, as many as a mutant may cost; and how long to wait for them."""
    chosen, total = [], 0.0
    there = (one for one in tests if one in known.seconds)
    for test in sorted(there, key=lambda one: (-killers[one] / (0.05 + known.seconds[one]), known.seconds[one], one)):
        total += known.seconds[test]
        if total > known.most and chosen:
            break
        chosen.append(test)
    return chosen, 3 + 3 * total


class Uses:
    """Who is touched by what a module's own statements define: by name, through constants, tables and classes."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.parts: list[tuple[str, range, frozenset[str], frozenset[str], bool]] = []
        import ast

        for path in sorted(SOURCE.rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            lines = text.splitlines()
            for node in ast.parse(text).body:
                if isinstance(node, ast.Import | ast.ImportFrom):
                    continue
                where = range(
                    min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]),
                    (node.end_lineno or 0) + 1,
                )
                words = frozenset(re.findall(r"\w+", "\n".join(lines[where.start - 1 : where.stop - 1])))
                is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                defines = (
                    {getattr(node, "name", "")}
                    | {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
                    if not is_function
                    else {node.name}
                )
                self.parts.append(
                    (str(path.relative_to(SOURCE)), where, words, frozenset(defines - {"", "_"}), is_function)
                )

    def tests(self, file: str, line: int) -> set[str]:
        names: set[str] = set()
        found: set[str] = set()
        files: set[str] = set()
        todo = [part for part in self.parts if part[0] == file and line in part[1]]
        seen = set()
        while todo:
            part = todo.pop()
            if part[:2] in seen:
                continue
            seen.add(part[:2])
            for at in part[1]:
                found |= self.known.touching.get((part[0], at), set())
                files |= self.known.importing.get((part[0], at), set())
            new = part[3] - names
            if not part[4] or len(seen) == 1:
                names |= new
                todo += [other for other in self.parts if other[2] & new]
        files.discard("")
        return found | {test for test in self.known.seconds if test.split("::")[0] in files}


def functions() -> dict[tuple[str, str, int], list[types.FunctionType]]:
    found = defaultdict(list)
    for one in gc.get_objects():
        if type(one) is types.FunctionType and one.__code__.co_filename.startswith(str(SOURCE)):
            code = one.__code__
            found[code.co_filename, code.co_qualname, code.co_firstlineno].append(one)
    return found


def compiled(mutant: Mutant, tree: Any) -> types.CodeType:
    import ast

    mutant.apply()
    return compile(ast.fix_missing_locations(tree), str(SOURCE / mutant.file), "exec", dont_inherit=True)


def codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield one
            yield from codes(one)


ANEW, SURVIVED, KILLED = 97, 0, 1
KILLER = mmap.mmap(-1, 2)  # shared with the child: which test it was at


def change_and_run(mutant: Mutant, tree: Any, index: Any, items: dict[str, pytest.Item], tests: list[str]) -> int:
    """In a child: give the function its changed code, run the tests. ANEW if it cannot be changed where it stands."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    changed = False
    for code in codes(compiled(mutant, tree)):
        if code.co_qualname == mutant.inside:
            for function in index.get((code.co_filename, code.co_qualname, code.co_firstlineno), ()):
                try:
                    function.__code__ = code
                except ValueError:
                    return ANEW
                changed = True
    if not changed:
        return ANEW
    for at, test in enumerate(tests):
        KILLER[:2] = at.to_bytes(2, "big")
        if any(report.failed for report in runtestprotocol(items[test], log=False, nextitem=None)):
            return KILLED
    return SURVIVED


def import_and_run(mutant: Mutant, tree: Any, tests: list[str]) -> int:
    """In a child without the product: import it with the change, run the tests."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    target, code, was = str(SOURCE / mutant.file), compiled(mutant, tree), SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, name: str) -> types.CodeType | None:
        return code if self.path == target else was(self, name)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    quiet()
    failed = pytest_in_process(sorted({test.split("::")[0] for test in tests}), Chosen(tests)) != 0
    return KILLED if failed else SURVIVED


def quiet() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def each(room: str, todo: list[tuple[Mutant, Any]], known: Known, told: Callable[[Mutant, int], None]) -> None:
    uses = Uses(known)
    anew: list[tuple[Mutant, Any]] = []

    def loaded(items: dict[str, pytest.Item]) -> None:
        with os.fdopen(answers, "w") as out:
            index = functions()
            gc.collect()
            gc.freeze()
            killers: dict[str, Counter[str]] = defaultdict(Counter)
            for at, (mutant, tree) in enumerate(todo):
                if not mutant.inside:
                    print(at, ANEW, file=out, flush=True)
                    continue
                touching = set().union(
                    *(known.touching.get((mutant.file, line), set()) for line in {*mutant.lines, mutant.line})
                )
                loading = set().union(*(known.importing.get((mutant.file, line), set()) for line in mutant.lines))
                tests, seconds = _quickest(touching & items.keys(), known, killers[mutant.file])
                status = SURVIVED
                if tests:
                    status = in_child(lambda: change_and_run(mutant, tree, index, items, tests), seconds)  # noqa: B023
                    if status == KILLED:
                        killers[mutant.file][tests[int.from_bytes(KILLER[:2], "big")]] += 1
                print(at, ANEW if status == SURVIVED and loading else status, file=out, flush=True)

    source, answers = os.pipe()
    if os.fork() == 0:
        os.close(source)
        for name in known.modules:
            try:
                importlib.import_module(name)
            except BaseException:
                continue
        quiet()
        pytest_in_process(ROOMS[room], Forking(loaded))
        os._exit(0)
    os.close(answers)
    with os.fdopen(source) as lines:
        for line in lines:
            at, status = map(int, line.split())
            anew.append(todo[at]) if status == ANEW else told(todo[at][0], status)
    os.wait()
    for name in known.modules:
        try:
            importlib.import_module(name)
        except BaseException:
            continue
    for mutant, tree in anew:
        touching = (
            set()
            if not mutant.inside
            else set().union(*(known.touching.get((mutant.file, line), set()) for line in mutant.lines))
        )
        tests, seconds = _quickest(touching | uses.tests(mutant.file, mutant.line), known, Counter())
        told(mutant, in_child(lambda: import_and_run(mutant, tree, tests), seconds + 10) if tests else SURVIVED)  # noqa: B023


def listed(path: Path) -> list[dict[str, str]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))["survivor"]


def of_room(room: str) -> Iterator[tuple[Mutant, Any]]:
    for path in sorted((SOURCE / room).rglob("*.py")):
        tree, found = mutants(path, str(path.relative_to(SOURCE)))
        if found and found[0].file in ELSEWHERE:
            continue
        yield from ((one, tree) for one in found)


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("room", nargs="?", choices=[*ROOMS])
    ask.add_argument("--list", action="store_true", help="only check that what is listed exists")
    ask.add_argument("--survivors", type=Path, default=LISTED, metavar="FILE", help="those explained")
    ask.add_argument("--again", action="store_true", help="only what survived last time")
    ask.add_argument("--every", type=int, default=1, metavar="N", help="a sample: one mutant of N")
    ask.add_argument("--file", default="", metavar="PART", help="only files with this in their name")
    ask.add_argument("--inside", action="store_true", help="only what is inside functions: ten times as quick")
    ask.add_argument("--seconds", type=float, default=MOST_SECONDS, metavar="S", help="of tests for one mutant, of CPU")
    args = ask.parse_args()
    os.chdir(ROOT)
    sys.setrecursionlimit(5000)
    explained = {(one["file"], one["line"], one["change"]) for one in listed(args.survivors)}
    gone = sorted(key for key in explained if not args.room or key[0].startswith(args.room + "/"))
    for file in {key[0] for key in gone}:
        there = {one.key for one in mutants(SOURCE / file, file)[1]} if (SOURCE / file).exists() else set()
        gone = [key for key in gone if key not in there]
    for key in gone:
        print("listed, and no longer there:", *key, sep="\n    ")
    if args.list or not args.room:
        print(f"{len(explained)} survivors explained, {len(gone)} of them no longer there")
        return 1 if gone else 0
    shelf = KEPT / f"{args.room}.json"
    last = json.loads(shelf.read_text()) if shelf.exists() else {}
    todo = [pair for pair in of_room(args.room) if args.file in pair[0].file]
    names = {id(one): f"{one.file}:{one.line}: {one.change}" for one, _ in todo}
    todo = [pair for pair in todo if pair[0].inside or not args.inside][:: args.every]
    if args.again:
        survived = {tuple(key) for key in last.get("survived", [])}
        todo = [pair for pair in todo if pair[0].key in survived]
    known = look(ROOMS[args.room])
    known.most = args.seconds
    counted: Counter[str] = Counter()
    bad: list[Mutant] = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = folder

        def told(mutant: Mutant, status: int) -> None:
            how = "survived" if status == SURVIVED else "killed"
            if status == 200:
                how = "timed out"
            counted[how] += 1
            if how == "survived" and mutant.key not in explained:
                bad.append(mutant)
                print(f"survived: {names[id(mutant)]}\n    {mutant.text}", flush=True)
            elif how != "survived" and mutant.key in explained:
                counted["listed, and killed"] += 1
                print(f"listed, and killed: {names[id(mutant)]}", flush=True)
            done = sum(counted[each] for each in ("survived", "killed", "timed out"))
            if done % 100 == 0:
                print(f"  {done} of {len(todo)}: {dict(counted)}", file=sys.stderr, flush=True)

        each(args.room, todo, known, told)
    KEPT.mkdir(parents=True, exist_ok=True)
    shelf.write_text(json.dumps({"survived": [one.key for one in bad]}))
    print(f"{args.room}: {len(todo)} mutants, {dict(counted)}, {len(bad)} neither killed nor explained")
    return 1 if bad or gone or counted["listed, and killed"] else 0


if __name__ == "__main__":
    sys.exit(main())
