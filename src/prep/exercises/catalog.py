"""The exercises of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from prep.errors import PrepError, UsageError
from prep.model.exercise import Exercise

if TYPE_CHECKING:
    from pathlib import Path

    from prep.model.finding import Finding

_FILE = "exercise.yaml"


class Shelf(Struct, frozen=True):
    """An exercise and the folder it is in."""

    exercise: Exercise
    folder: Path


def exercise_ids(root: Path) -> list[str]:
    """Return the names of the folders that hold an exercise."""
    return sorted(path.parent.name for path in root.glob(f"*/{_FILE}"))


def read_exercise(folder: Path) -> tuple[Exercise | None, list[Finding]]:
    """Return what exercise.yaml says, or None and what is wrong with it."""
    # YAML takes 20 ms to import: the names of the exercises need none of it.
    from prep.bank.nodes import compose  # noqa: PLC0415
    from prep.bank.places import Findings  # noqa: PLC0415
    from prep.bank.schema import BAD, reader  # noqa: PLC0415

    findings = Findings(f"{folder.name}/{_FILE}")
    root = compose((folder / _FILE).read_bytes(), findings)
    if root is None:
        return None, list(findings)
    exercise = reader(Exercise)(root, findings)
    return (None if exercise is BAD else exercise), list(findings)


def find_exercise(root: Path, name: str) -> Shelf:
    """Return one exercise, or raise what is wrong."""
    folder = root / name
    if name not in exercise_ids(root):
        raise UsageError("no-such-exercise", id=name, known=", ".join(exercise_ids(root)))
    exercise, findings = read_exercise(folder)
    if exercise is None or findings:
        raise PrepError("exercise-broken", path=str(folder / _FILE), count=len(findings))
    return Shelf(exercise, folder)
