"""An exercise's folder as the rules see it: what its files say, and where."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from msgspec import Struct

from prep.bank.nodes import compose, place_below
from prep.bank.places import START, Findings, Place
from prep.bank.schema import BAD, reader
from prep.model.exercise import Exercise

if TYPE_CHECKING:
    from pathlib import Path

    from prep.bank.nodes import Node

YAML = "exercise.yaml"


class Opened(Struct, frozen=True):
    """An exercise that could be read, its folder, and the node that it was read from."""

    exercise: Exercise
    folder: Path
    root: Node

    def findings(self, file: str) -> Findings:
        """Return an empty list for the findings on one of its files."""
        return Findings(f"{self.folder.name}/{file}")

    def place(self, *path: str | int) -> Place:
        """Return where a key of exercise.yaml, and keys or numbers below it, is written."""
        return place_below(self.root, *path)

    def text(self, file: str) -> str:
        """Return a file's text, "" when there is no such file or it is not UTF-8."""
        try:
            return (self.folder / file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def tree(self, file: str) -> ast.Module:
        """Return the tree of a Python file; an empty one when there is none or it is broken."""
        try:
            return ast.parse(self.text(file))
        except (SyntaxError, ValueError):
            return ast.Module([], [])

    def has(self, file: str) -> bool:
        """Return whether it holds this file."""
        return (self.folder / file).is_file()


def open_folder(folder: Path) -> tuple[Opened | None, Findings]:
    """Read exercise.yaml; None when it cannot be read, with findings that say why."""
    findings = Findings(f"{folder.name}/{YAML}")
    try:
        data = (folder / YAML).read_bytes()
    except OSError as error:
        findings.add(START, "unreadable", problem=error.strerror or type(error).__name__)
        return None, findings
    root = compose(data, findings)
    if root is None:
        return None, findings
    exercise = reader(Exercise)(root, findings)
    return (None if exercise is BAD else Opened(exercise, folder, root)), findings


def at(node: ast.AST) -> Place:
    """Return where a node of a Python file begins."""
    return Place(node.lineno, node.col_offset + 1)  # type: ignore[attr-defined]


def is_unfinished(node: ast.AST) -> bool:
    """Return whether a node raises NotImplementedError."""
    if not isinstance(node, ast.Raise):
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def defined(tree: ast.Module) -> dict[str, ast.stmt]:
    """Return the functions and classes at the top of a file, and other names set there."""
    found: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            names = [each.id for each in node.targets if isinstance(each, ast.Name)]
            found |= dict.fromkeys(names, node)
    return found


def parameters(node: ast.stmt | None) -> list[str] | None:
    """Return the names of a function's parameters, or of a class's `__init__` without `self`."""
    if isinstance(node, ast.ClassDef):
        made = [each for each in node.body if getattr(each, "name", "") == "__init__"]
        found = parameters(made[0]) if made else None
        return found[1:] if found else found
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    told = node.args
    stars = [f"*{told.vararg.arg}"] if told.vararg else []
    stars += [f"**{told.kwarg.arg}"] if told.kwarg else []
    return [each.arg for each in (*told.posonlyargs, *told.args, *told.kwonlyargs)] + stars
