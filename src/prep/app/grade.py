"""Grade one solution of one exercise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.errors import UsageError
from prep.exercises.catalog import find_exercise
from prep.grading.job import Job
from prep.grading.supervise import grade
from prep.model.exercise import Exercise  # noqa: TC001 - msgspec reads annotations at run time
from prep.model.verdict import Report  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from prep.wire.messages import Began, Checked

from msgspec import Struct


class Graded(Struct, frozen=True):
    """A report, and the exercise that has the words for it."""

    exercise: Exercise
    report: Report


def grade_file(
    root: Path,
    name: str,
    file: Path,
    *,
    seed: int,
    listener: Callable[[Began | Checked], None] | None = None,
) -> Graded:
    """Grade `file` as a solution of the exercise `name` under `root`."""
    shelf = find_exercise(root, name)
    if not file.exists() and not file.is_symlink():
        raise UsageError("file-missing", path=str(file))
    job = Job(exercise=shelf.exercise, folder=shelf.folder, file=file, seed=seed)
    return Graded(shelf.exercise, grade(job, listener=listener))
