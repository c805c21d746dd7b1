"""Automatic mutants of a reference: each differs in one place, and a check should notice.

Pure: text in, texts out. A mutant's name tells the function and the change, not the line, so that
it survives edits elsewhere.
"""

from __future__ import annotations

import ast
import difflib
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from prep.exercises.mutants_expressions import expression_edits
from prep.exercises.mutants_statements import decorator_edits, statement_edits
from prep.exercises.mutants_text import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

    from prep.exercises.mutants_statements import Function
    from prep.exercises.mutants_text import Edit

_TOP = "module"


class Mutant(Struct, frozen=True):
    """The reference with one change: `name` is `function: old -> new`, `text` the whole file."""

    name: str
    scope: str
    line: int
    text: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


def mutants(text: str) -> list[Mutant]:
    """Return all mutants of a file that compile to something else, in the order of the file."""
    source = Source(text)
    seen = [_essence(compile(source.tree, "x", "exec"))]
    made: list[Mutant] = []
    counts: dict[str, int] = {}
    for scope, edit in _edits(source):
        changed = source.changed(edit)
        essence = _compiled(changed)
        if essence is None or essence in seen:
            continue
        seen.append(essence)
        name = f"{scope}: {source.name(edit)}"
        counts[name] = counts.get(name, 0) + 1
        if counts[name] > 1:
            name += f" #{counts[name]}"
        made.append(_mutant(name, scope, text, changed))
    return made


def _mutant(name: str, scope: str, text: str, changed: str) -> Mutant:
    old, new = text.splitlines(), changed.splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    parts = [part for part in matcher.get_opcodes() if part[0] != "equal"]
    first, last = parts[0], parts[-1]
    removed, added = tuple(old[first[1] : last[2]]), tuple(new[first[3] : last[4]])
    return Mutant(name, scope, first[1] + 1, changed, removed, added)


def _edits(source: Source) -> Iterator[tuple[str, Edit]]:
    walker = _Walker(source)
    walker.visit(source.tree)
    yield from walker.found


class _Walker(ast.NodeVisitor):
    """Visits code that runs and can be noticed: no annotations, texts, messages or imports."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._scope: list[str] = []
        self._function: Function | None = None
        self._parents: list[ast.AST] = [source.tree]
        self.found: list[tuple[str, Edit]] = []

    def visit(self, node: ast.AST) -> None:
        """Collect the edits of a node, then those of its parts."""
        if isinstance(node, ast.stmt):
            self._collect(statement_edits(self._source, node, self._function))
        elif isinstance(node, ast.expr) and not self._is_type(node):
            self._collect(expression_edits(self._source, node, self._parents))
        self._parents.append(node)
        super().visit(node)
        self._parents.pop()

    def _is_type(self, node: ast.expr) -> bool:
        return self._function is None and isinstance(node, ast.Subscript)

    def _collect(self, found: Iterator[Edit]) -> None:
        scope = ".".join(self._scope) or _TOP
        self.found += [(scope, edit) for edit in found]

    def visit_FunctionDef(self, node: Function) -> None:
        outer = self._function
        self._function = node
        self._enter(node)
        self._function = outer

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._enter(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        told = {each.id for each in ast.walk(node.test) if isinstance(each, ast.Name)}
        if not told & {"__name__", "TYPE_CHECKING"}:
            self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        """Leave messages alone."""

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Outside functions it is a type."""
        if self._function is not None:
            self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Leave texts alone."""

    def visit_arg(self, node: ast.arg) -> None:
        """Leave annotations alone."""

    def _enter(self, node: Function | ast.ClassDef) -> None:
        self._scope.append(node.name)
        if not isinstance(node, ast.ClassDef):
            self._collect(decorator_edits(self._source, node))
            self._visit_defaults(node.args)
        for child in node.body:
            self.visit(child)
        self._scope.pop()

    def _visit_defaults(self, told: ast.arguments) -> None:
        places = [*told.posonlyargs, *told.args]
        pairs = [
            *zip(places[len(places) - len(told.defaults) :], told.defaults, strict=True),
            *zip(told.kwonlyargs, told.kw_defaults, strict=True),
        ]
        for argument, default in pairs:
            if default is not None:
                before = len(self.found)
                self.visit(default)
                self.found[before:] = [
                    (scope, _of_default(self._source, argument.arg, edit))
                    for scope, edit in self.found[before:]
                ]


def _of_default(source: Source, argument: str, edit: Edit) -> Edit:
    old, _, new = source.name(edit).partition(" -> ")
    return edit._replace(name=f"{argument}={old} -> {argument}={new}")


def _compiled(text: str) -> Any:  # noqa: ANN401
    try:
        return _essence(compile(text, "x", "exec"))
    except (SyntaxError, ValueError):
        return None


def _essence(code: CodeType) -> tuple[Any, ...]:
    """Return what a piece of code does, wherever it stands."""
    constants = tuple(
        _essence(each) if hasattr(each, "co_code") else (type(each).__name__, repr(each))
        for each in code.co_consts
    )
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return (code.co_code, constants, names, code.co_argcount, code.co_flags)
