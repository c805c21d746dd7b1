"""The samples of an exercise: solutions that must pass, and wrong ones that name their checks."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from pathlib import Path

_FAILS: Final = re.compile(r"^\s*fails:\s*(.*?)\s*$", re.MULTILINE)


def named_checks(source: str) -> tuple[str, ...]:
    """Return what the docstring of a wrong sample names after `fails:`."""
    try:
        told = ast.get_docstring(ast.parse(source)) or ""
    except (SyntaxError, ValueError):
        return ()
    found = _FAILS.search(told)
    return tuple(part.strip() for part in found[1].split(",") if part.strip()) if found else ()


def sample_files(folder: Path, kind: Literal["right", "wrong"]) -> list[Path]:
    """Return the samples of one kind."""
    return sorted((folder / "samples" / kind).glob("*.py"))
