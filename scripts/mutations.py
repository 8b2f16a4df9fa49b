"""The mistakes `mutate.py` makes in a file, one at a time: what a tired hand or a wrong merge would leave behind.

Left alone is what no test of ours should hold: annotations, docstrings, `assert` (for what cannot happen), the
sentences of refusals and of the screen (strings with a space in a call of an error or of `_`), and decorators.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitAnd,
}
# What they are called with is read by people: their sentences, and what a `Fields` calls itself in its refusals.
TOLD = {
    "Refused",
    "Unreachable",
    "Locked",
    "Damaged",
    "NotPossible",
    "Full",
    "ValueError",
    "_",
    "N_",
    "wrong",
    "problem",
    "no",
}

SYMMETRIC = {"compare_digest", "max", "min", "_xor", "_same", "update"}  # in what they are given


@dataclass(frozen=True)
class Mutant:
    """One change of one file.

    change: what stood and what stands, as `was -> is`. inside: the qualified name of the outermost function, "" for
    what runs when the module is loaded. lines: where the changed statement stands. apply: changes the tree.
    """

    file: str
    line: int
    lines: range
    text: str
    change: str
    inside: str
    apply: Callable[[], None]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.file, self.text, self.change


def mutants(source: Path, file: str) -> tuple[ast.Module, list[Mutant]]:
    """The tree of a file and everything that can be done to it; `apply` changes the tree."""
    text = source.read_text(encoding="utf-8")
    tree = ast.parse(text)
    return tree, list(_Walk(file, text.splitlines()).block(tree.body, ""))


class _Walk:
    def __init__(self, file: str, lines: list[str]) -> None:
        self.file, self.source = file, lines
        self.inside = ""
        self.lines = range(0)
        self.telling = False  # within what people read

    def block(self, body: list[ast.stmt], path: str) -> Iterator[Mutant]:
        for at, node in enumerate(body):
            yield from self.statement(body, at, node, path)

    def statement(self, body: list[ast.stmt], at: int, node: ast.stmt, path: str) -> Iterator[Mutant]:
        match node:
            case ast.Assert() | ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Global() | ast.Nonlocal():
                return
            case ast.Expr(ast.Constant()):
                return
            case ast.If(test=ast.Name("TYPE_CHECKING")):
                return
            case ast.Assign(value=ast.Subscript()) if not self.inside:  # a type by another name
                return
        was, self.lines = self.lines, self._head(node)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                for default in [*node.args.defaults, *node.args.kw_defaults]:
                    if default is not None:
                        yield from self.expression(node.args, default)
                outer = self.inside
                self.inside = outer or (f"{path}.{node.name}" if path else node.name)
                yield from self.block(node.body, path)
                self.inside = outer
            case ast.ClassDef():
                yield from self.block(node.body, f"{path}.{node.name}" if path else node.name)
            case ast.Match():
                yield from self.expression(node, node.subject)
                for case in node.cases:
                    self.lines = range(case.pattern.lineno, case.body[0].lineno + 1)
                    yield from self.case(case)
                    yield from self.block(case.body, path)
            case ast.Try():
                for handler in node.handlers:
                    yield from self.handler(handler)
                for part in (node.body, *(one.body for one in node.handlers), node.orelse, node.finalbody):
                    yield from self.block(part, path)
            case _:
                yield from self.removed(body, at, node)
                for name, value in ast.iter_fields(node):
                    if name in {"annotation", "type_comment"}:
                        continue
                    if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                        yield from self.block(value, path)
                        self.lines = self._head(node)
                    else:
                        for one in value if isinstance(value, list) else [value]:
                            if isinstance(one, ast.expr):
                                yield from self.expression(node, one)
                            elif isinstance(one, ast.withitem):
                                yield from self.expression(one, one.context_expr)
        self.lines = was

    def removed(self, body: list[ast.stmt], at: int, node: ast.stmt) -> Iterator[Mutant]:
        """A statement gone, a condition that no longer asks, a value not returned."""

        def put(new: ast.stmt) -> Callable[[], None]:
            return lambda: body.__setitem__(at, ast.copy_location(new, node))

        local = bool(self.inside)
        match node:
            case ast.Return(value) if value is not None and not _is_none(value):
                yield self.made(node, "return None", put(ast.Return(ast.Constant(None))))
            case ast.Raise() | ast.Expr() | ast.Delete() | ast.Continue() | ast.AugAssign():
                yield self.made(node, "pass", put(ast.Pass()))
            case ast.Break():
                yield self.made(node, "continue", put(ast.Continue()))
            case ast.Assign() if local:
                yield self.made(node, "pass", put(ast.Pass()))
            case ast.If() | ast.While():
                for value in (True, False) if isinstance(node, ast.If) else (False,):
                    yield self.set(node, "test", node.test, ast.Constant(value))
        if isinstance(node, ast.AugAssign) and type(node.op) in COUNTED:
            yield self.set(node, "op", node.op, COUNTED[type(node.op)](), node)

    def handler(self, handler: ast.ExceptHandler) -> Iterator[Mutant]:
        self.lines = range(handler.lineno, handler.lineno + 1)
        nothing = ast.Tuple([], ast.Load())
        match handler.type:
            case ast.Tuple(elts):
                for one in elts:
                    rest = ast.Tuple([other for other in elts if other is not one], ast.Load())
                    yield self.set(handler, "type", handler.type, rest)
            case ast.expr():
                yield self.set(handler, "type", handler.type, nothing)

    def case(self, case: ast.match_case) -> Iterator[Mutant]:
        was = case.guard
        if was is None:
            shown = ast.unparse(case.pattern)
            yield self.made(case.pattern, "never", lambda: setattr(case, "guard", ast.Constant(False)), f"case {shown}")
        else:
            for value in (True, False):
                yield self.set(case, "guard", was, ast.Constant(value))
            yield from self.expression(case, was)
        for part in ast.walk(case.pattern):
            if isinstance(part, ast.MatchValue):
                yield from self.expression(part, part.value)

    def expression(self, parent: ast.AST, node: ast.expr) -> Iterator[Mutant]:
        if self.telling and isinstance(node, ast.Constant) and " " in str(node.value):
            return
        yield from self.changed(parent, node)
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    yield from self.expression(part, part.value)
            return
        called = ast.unparse(node.func).split(".")[-1] if isinstance(node, ast.Call) else ""
        was, told = self.telling, called in TOLD
        self.telling = was or told
        for _, value in ast.iter_fields(node):
            for one in value if isinstance(value, list) else [value]:
                match one:
                    case ast.Constant(str()) if called == "Fields" and one is node.args[-1]:
                        continue
                    case ast.keyword(arg, ast.Constant(str())) if told and arg == "next_step":
                        continue
                    case ast.keyword():
                        yield from self.expression(one, one.value)
                    case ast.comprehension():
                        yield from self.comprehension(one)
                    case ast.arguments():
                        for default in one.defaults:
                            yield from self.expression(one, default)
                    case ast.expr():
                        yield from self.expression(node, one)
        self.telling = was

    def comprehension(self, node: ast.comprehension) -> Iterator[Mutant]:
        yield from self.expression(node, node.iter)
        for at, test in enumerate(node.ifs):
            yield self.put_in(node.ifs, at, test, ast.Constant(True))
            yield from self.expression(node, test)

    def changed(self, parent: ast.AST, node: ast.expr) -> Iterator[Mutant]:
        match node:
            case ast.Compare(ops=ops):
                for at, op in enumerate(ops):
                    for other in COMPARED[type(op)]:
                        yield self.put_in(ops, at, op, other(), node)
            case ast.BoolOp(op, values):
                yield self.set(node, "op", op, ast.And() if isinstance(op, ast.Or) else ast.Or(), node)
                for value in values:
                    rest = [other for other in values if other is not value]
                    new = rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
                    yield self.replaced(parent, node, new)
            case ast.UnaryOp(ast.Not() | ast.USub() | ast.Invert(), operand):
                yield self.replaced(parent, node, operand)
            case ast.BinOp(op=op) if type(op) in COUNTED:
                yield self.set(node, "op", op, COUNTED[type(op)](), node)
            case ast.IfExp(test=test):
                for value in (True, False):
                    yield self.set(node, "test", test, ast.Constant(value), node)
            case ast.Constant(value) if (new := _other(value)) is not None:
                yield self.set(node, "value", value, new, node)
            case ast.Call(func=func, args=args) if ast.unparse(func).split(".")[-1] not in SYMMETRIC:
                for at in range(len(args) - 1):
                    one, other = args[at], args[at + 1]
                    if not any(isinstance(each, ast.Constant | ast.Starred) for each in (one, other)) and ast.dump(
                        one
                    ) != ast.dump(other):
                        yield self.swapped(node, at)

    def set(self, on: ast.AST, name: str, was: Any, new: Any, shown: ast.AST | None = None) -> Mutant:
        """A field of a node with another value; shown: the node to show, else the value."""
        if shown is None:
            return self.made(was, ast.unparse(new) or "()", lambda: setattr(on, name, new))
        before = ast.unparse(shown)
        setattr(on, name, new)
        after = ast.unparse(shown)
        setattr(on, name, was)
        return self.made(shown, after, lambda: setattr(on, name, new), before)

    def put_in(self, values: list[Any], at: int, was: Any, new: Any, shown: ast.AST | None = None) -> Mutant:
        before = ast.unparse(shown or was)
        values[at] = new
        after = ast.unparse(shown or new)
        values[at] = was
        return self.made(shown or was, after, lambda: values.__setitem__(at, new), before)

    def swapped(self, call: ast.Call, at: int) -> Mutant:
        args, before = call.args, ast.unparse(call)

        def swap() -> None:
            args[at], args[at + 1] = args[at + 1], args[at]

        swap()
        after = ast.unparse(call)
        swap()
        return self.made(call, after, swap, before)

    def replaced(self, parent: ast.AST, node: ast.expr, new: ast.expr) -> Mutant:
        name, value = next(
            (name, value)
            for name, value in ast.iter_fields(parent)
            if value is node or (isinstance(value, list) and any(one is node for one in value))
        )
        if value is node:
            return self.made(node, ast.unparse(new), lambda: setattr(parent, name, new))
        at = next(at for at, one in enumerate(value) if one is node)
        return self.made(node, ast.unparse(new), lambda: value.__setitem__(at, new))

    def made(self, node: ast.AST, after: str, apply: Callable[[], None], before: str | None = None) -> Mutant:
        before = before or ast.unparse(node)
        line = getattr(node, "lineno", self.lines.start)
        change = f"{_short(before)} -> {_short(after)}"
        return Mutant(self.file, line, self.lines, self.source[line - 1].strip(), change, self.inside, apply)

    @staticmethod
    def _head(node: ast.stmt) -> range:
        """The lines of a statement without its block."""
        body = getattr(node, "body", None)
        last = body[0].lineno if isinstance(body, list) and body else (node.end_lineno or node.lineno) + 1
        return range(node.lineno, max(last, node.lineno + 1))


def _other(value: object) -> object:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return value + "~" if value else "~"
        case bytes():
            return value + b"~"
    return None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) < 150 else text[:147] + "..."
