"""Calls that a task forbids, found in the source before it is loaded."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

# Methods of tensors and functions of these modules do what the function of that name does.
_SAME = ("torch", "torch.nn.functional", "torch.special", "torch.Tensor", "torch.ops.aten")


class Use(NamedTuple):
    """A forbidden call, and where it stands."""

    call: str
    line: int


def forbidden_use(source: bytes, forbidden: Collection[str]) -> Use | None:
    """Return the first use of a forbidden name; raises what `ast.parse` raises."""
    tree = ast.parse(source)
    names = _Names(forbidden)
    names.visit(tree)
    return min(names.found, key=lambda use: use.line, default=None)


def spellings(forbidden: Collection[str]) -> dict[str, str]:
    """Return every dotted name that stands for a forbidden one."""
    table = {}
    for name in forbidden:
        module, _, last = name.rpartition(".")
        table[name] = name
        if module in _SAME and last[:1].islower():
            table |= {f"{place}.{last}": name for place in _SAME}
    return table


class _Names(ast.NodeVisitor):
    """Follow imports and attributes; a name that is rebound in other ways is not followed."""

    def __init__(self, forbidden: Collection[str]) -> None:
        self._table = spellings(forbidden)
        self._methods = {
            name.rpartition(".")[2]: name
            for name in forbidden
            if name.rpartition(".")[0] in _SAME and name.rpartition(".")[2][:1].islower()
        }
        self._known: dict[str, str] = {}
        self.found: list[Use] = []

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            top = alias.name.partition(".")[0]
            self._known[alias.asname or top] = alias.name if alias.asname else top
            self._judge(alias.name, node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            full = f"{node.module}.{alias.name}"
            self._known[alias.asname or alias.name] = full
            self._judge(full, node.lineno)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        full = self._full(node)
        if full is not None:
            self._judge(full, node.lineno)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func
        if isinstance(called, ast.Attribute) and self._full(called) is None:
            method = self._methods.get(called.attr)
            if method is not None:
                self.found.append(Use(method, node.lineno))
        self.generic_visit(node)

    def _full(self, node: ast.expr) -> str | None:
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self._known:
            return None
        return ".".join([self._known[node.id], *reversed(parts)])

    def _judge(self, full: str, line: int) -> None:
        """Find what is forbidden by name, or lies in a module that is."""
        parts = full.split(".")
        names = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
        name = next((name for name in names if name in self._table), None)
        if name is not None:
            self.found.append(Use(self._table[name], line))
