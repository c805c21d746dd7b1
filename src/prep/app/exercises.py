"""Which exercises there are, and the learner's first step into one."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from prep.errors import PrepError, UsageError
from prep.exercises.catalog import exercise_ids, find_exercise

if TYPE_CHECKING:
    from pathlib import Path

    from prep.model.exercise import Exercise
    from prep.model.text import Language

SOLUTION = "solution.py"


def exercises(root: Path) -> list[Exercise]:
    """Return all exercises but drafts, the easiest first."""
    found = [find_exercise(root, name).exercise for name in exercise_ids(root)]
    done = [exercise for exercise in found if not exercise.draft]
    return sorted(done, key=lambda exercise: (exercise.level, exercise.id))


def start_exercise(root: Path, name: str, target: Path, language: Language) -> Path:
    """Copy starter and task to `target` and return the file to work on.

    A file that is there already is somebody's work: nothing is overwritten.
    """
    shelf = find_exercise(root, name)
    solution = target / SOLUTION
    if solution.exists() or solution.is_symlink():
        raise UsageError("started-already", path=str(solution), id=name)
    try:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shelf.folder / f"task.{language}.md", target / "task.md")
        with solution.open("xb") as file:
            file.write((shelf.folder / "starter.py").read_bytes())
    except OSError as error:
        raise PrepError("file-unwritable", path=str(target), problem=str(error)) from error
    return solution
