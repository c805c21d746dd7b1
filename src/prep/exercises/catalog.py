"""The exercises of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from prep.errors import PrepError, UsageError
from prep.model.exercise import Exercise  # noqa: TC001 - msgspec reads annotations at run time

if TYPE_CHECKING:
    from collections.abc import Sequence
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
    from prep.exercises.opened import open_folder  # noqa: PLC0415

    opened, findings = open_folder(folder)
    return (opened.exercise if opened is not None else None), list(findings)


def known_ids(root: Path, names: Sequence[str]) -> list[str]:
    """Return the ids of all exercises; raises UsageError when `names` holds another."""
    known = exercise_ids(root)
    for name in names:
        if name not in known:
            raise UsageError("no-such-exercise", id=name, known=", ".join(known))
    return known


def find_exercise(root: Path, name: str) -> Shelf:
    """Return one exercise, or raise what is wrong."""
    known_ids(root, [name])
    folder = root / name
    exercise, findings = read_exercise(folder)
    if exercise is None or findings:
        raise PrepError("exercise-broken", path=str(folder / _FILE), count=len(findings))
    return Shelf(exercise, folder)
