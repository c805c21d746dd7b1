"""The bugs of a bug hunt, as differences of texts: what each changes, and what fixing it alone is.

A planted bug is a wrong sample whose every difference from the reference is one of the starter's.
Other wrong samples are wrong fixes.
"""

from __future__ import annotations

import ast
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from msgspec import Struct

from prep.exercises.samples import named_checks, sample_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


class Edit(Struct, frozen=True):
    """Lines `start` to `end` of the reference become `lines`."""

    start: int
    end: int
    lines: tuple[str, ...]


class Bug(Struct, frozen=True):
    """A planted bug: its sample's file name, the checks that find it, and what it changes."""

    file: str
    checks: tuple[str, ...]
    edits: tuple[Edit, ...]


class Hunt(Struct, frozen=True):
    """A bug hunt: the lines of the reference, those of the starter, and the planted bugs."""

    reference: tuple[str, ...]
    starter: tuple[str, ...]
    bugs: tuple[Bug, ...]

    def fixed(self, bug: Bug) -> str:
        """Return the starter in which this bug alone is fixed."""
        return "\n".join(_with(self.reference, (each for each in self.bugs if each != bug)))

    def is_whole(self) -> bool:
        """Return whether the reference with all the bugs is the starter."""
        return _with(self.reference, self.bugs) == list(self.starter)


def read_hunt(folder: Path) -> Hunt:
    """Return the bug hunt in a folder; raises OSError, SyntaxError and ValueError."""
    reference, starter = (_body(_text(folder / name)) for name in ("reference.py", "starter.py"))
    planted = set(_edits(reference, starter))
    bugs = []
    for file in sample_files(folder, "wrong"):
        text = _text(file)
        edits = _edits(reference, _body(text))
        if planted.issuperset(edits):
            bugs.append(Bug(file.name, named_checks(text), edits))
    return Hunt(reference, starter, tuple(bugs))


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _body(text: str) -> tuple[str, ...]:
    """Return the lines after the docstring, which differs in each file."""
    tree = ast.parse(text)
    end = tree.body[0].end_lineno if ast.get_docstring(tree) is not None else 0
    return tuple("\n".join(text.splitlines()[end:]).strip("\n").split("\n"))


def _edits(before: Sequence[str], after: Sequence[str]) -> tuple[Edit, ...]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return tuple(
        Edit(start, end, tuple(after[first:last]))
        for kind, start, end, first, last in matcher.get_opcodes()
        if kind != "equal"
    )


def _with(lines: Sequence[str], bugs: Iterable[Bug]) -> list[str]:
    """Return the lines with these bugs, put in from the last to the first."""
    made = list(lines)
    edits = [edit for bug in bugs for edit in bug.edits]
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        made[edit.start : edit.end] = edit.lines
    return made
