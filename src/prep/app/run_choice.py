"""Which solution a run takes: the learner's when it is complete, else the reference.

Of a bug hunt it takes the learner's as it is, else the starter with its bugs.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from prep.app.workspace import find_solution
from prep.errors import PrepError, UsageError
from prep.exercises.opened import is_unfinished
from prep.grading.copies import is_same_text, read_solution
from prep.model.judgement import Note
from prep.model.run import Choice

if TYPE_CHECKING:
    from prep.exercises.catalog import Shelf
    from prep.store.store import Store

AUTO, MINE, REFERENCE = "", "mine", "reference"


def choose_solution(shelf: Shelf, wanted: str, store: Store) -> Choice:
    """Return what `--solution` names; nothing named is the learner's own, if it is complete."""
    reference = str(shelf.folder / "reference.py")
    if wanted == REFERENCE:
        return Choice("reference", reference, Note("run-reference"))
    if wanted not in {AUTO, MINE}:
        if not Path(wanted).exists():
            raise UsageError("file-missing", path=wanted)
        return Choice("file", wanted, Note("run-file", {"path": wanted}))
    mine = find_solution(store, shelf.exercise.id)
    if mine is None and wanted == MINE:
        raise UsageError("not-started", id=shelf.exercise.id)
    if shelf.exercise.is_hunt:
        return _hunted(shelf, mine)
    if mine is None:
        return Choice("reference", reference, Note("run-not-started", {"id": shelf.exercise.id}))
    lacks = incomplete(mine, shelf.folder / "starter.py")
    if lacks is None:
        return Choice("mine", str(mine), Note("run-mine", {"path": str(mine)}))
    if wanted == MINE:
        raise UsageError(lacks.refused, id=shelf.exercise.id, **lacks.values)
    return Choice("reference", reference, Note(lacks.instead, lacks.values))


def _hunted(shelf: Shelf, mine: Path | None) -> Choice:
    """Choose the code with the bugs: a run is there to show what they do."""
    if mine is None:
        starter = str(shelf.folder / "starter.py")
        return Choice("starter", starter, Note("run-hunt", {"id": shelf.exercise.id}))
    _parsed(mine, solution_source(mine))
    return Choice("mine", str(mine), Note("run-mine", {"path": str(mine)}))


class Unfinished(Struct, frozen=True):
    """What is still to write: the sentences for a refusal and for the reference instead."""

    refused: str
    instead: str
    values: dict[str, str]


def incomplete(file: Path, starter: Path) -> Unfinished | None:
    """Return what is still to write in `file`, or None. It is read, never run."""
    source = solution_source(file)
    if is_same_text(source, starter.read_bytes()):
        return Unfinished("run-refused-starter", "run-instead-starter", {"path": str(file)})
    todo = _unwritten(_parsed(file, source))
    if todo is None:
        return None
    name, line = todo
    values = {"path": str(file), "name": name, "line": str(line)}
    return Unfinished("run-refused-todo", "run-instead-todo", values)


def solution_source(file: Path) -> bytes:
    """Return the bytes of a solution, or raise why it is none."""
    source = read_solution(file)
    if isinstance(source, Note):
        raise PrepError(source.code, **source.values)
    return source


def _parsed(file: Path, source: bytes) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        text = getattr(error, "msg", None) or str(error)
        raise PrepError("run-syntax", path=str(file), line=line, text=text) from error


def _unwritten(tree: ast.Module) -> tuple[str, int] | None:
    """Return the first function that raises NotImplementedError, and the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Raise) and is_unfinished(inner):
                    return node.name, inner.lineno
    return None
