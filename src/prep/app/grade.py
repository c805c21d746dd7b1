"""Grade solutions: which ones, on which bench, and what is remembered of it."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - msgspec reads annotations at run time
from typing import TYPE_CHECKING, Protocol, Self

from msgspec import Struct

from prep.errors import PrepError, UsageError
from prep.exercises.catalog import Shelf, exercise_ids, find_exercise
from prep.grading.benches import Benches
from prep.grading.job import Job
from prep.grading.scaling import grade_fairly
from prep.model.verdict import Report  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prep.app.outside import Outside
    from prep.model.exercise import Exercise
    from prep.store.store import Store
    from prep.wire.messages import Began, Checked


class Task(Struct, frozen=True):
    """An exercise and the file to grade; `given` says that the learner named the file."""

    shelf: Shelf
    file: Path
    given: bool = False

    @property
    def exercise(self) -> Exercise:
        """Return the exercise, which has the words for reports."""
        return self.shelf.exercise


class Graded(Struct, frozen=True):
    """A report, its task, and why it could not be remembered, if it could not."""

    task: Task
    report: Report
    trouble: PrepError | None = None


class Audience(Protocol):
    """Whoever watches a grading."""

    def begin(self, task: Task) -> None:
        """See that a grading begins: its libraries may have to be loaded first."""

    def heard(self, message: Began | Checked) -> None:
        """See that a check has begun or ended."""

    def measuring(self) -> None:
        """See that the reference runs, to learn how fast this machine is; then all begins again."""

    def cancelled(self) -> bool:
        """Be called about every 30 ms; return whether the grading is not wanted any more."""


def named_task(root: Path, name: str, file: Path) -> Task:
    """Return the task to grade the file that the learner named."""
    shelf = find_exercise(root, name)
    if not file.exists() and not file.is_symlink():
        raise UsageError("file-missing", path=str(file))
    return Task(shelf, file, given=True)


def started_tasks(root: Path, store: Store, names: Sequence[str]) -> list[Task]:
    """Return the tasks to grade the learner's own files: of these exercises, or all started ones.

    Raises UsageError when there is none.
    """
    from prep.app.workspace import solution_file, started  # noqa: PLC0415 - not with a file

    if names:
        shelves = [find_exercise(root, name) for name in dict.fromkeys(names)]
        return [Task(shelf, solution_file(store, shelf.exercise.id)) for shelf in shelves]
    known = exercise_ids(root)
    found = [(name, file) for name, file in started(store) if name in known]
    if not found:
        raise UsageError("nothing-started")
    return [Task(find_exercise(root, name), file) for name, file in found]


class Grader:
    """Grades tasks one after the other; those that need the same libraries share a bench."""

    def __init__(self, cache: Path, device: str, *, warm: bool = False) -> None:
        self._cache, self._device = cache, device
        self._benches = Benches(device, warm=warm)

    def load(self, task: Task) -> None:
        """Begin to load what a task needs, and wait for nothing."""
        self._benches.of(task.exercise.needs)

    def grade(self, task: Task, seed: int, audience: Audience) -> Report:
        """Grade one task; raises GradingCancelledError when the audience does not want it."""
        job = Job(
            exercise=task.exercise,
            folder=task.shelf.folder,
            file=task.file,
            seed=seed,
            device=self._device,
        )
        audience.begin(task)
        return grade_fairly(
            job,
            self._benches.of(task.exercise.needs),
            self._cache,
            listener=audience.heard,
            cancelled=audience.cancelled,
            measuring=audience.measuring,
        )

    def keep_for(self, tasks: Sequence[Task]) -> None:
        """End the benches that none of these tasks needs."""
        self._benches.keep_only({task.exercise.needs for task in tasks})

    def __enter__(self) -> Self:
        """Return this grader."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all benches."""
        self._benches.keep_only(())


def remembered(task: Task, report: Report, store: Callable[[], Store], outside: Outside) -> Graded:
    """Store the attempt, if it is one; a store that cannot be used must not hide a report."""
    from prep.app.attempts import record_attempt  # noqa: PLC0415 - after the grading

    try:
        record_attempt(store(), outside, report)
    except PrepError as trouble:
        return Graded(task, report, trouble)
    return Graded(task, report)
