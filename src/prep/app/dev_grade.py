"""One grading of many, with the reference's answers of earlier ones, cut short where it can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, structs

from prep.grading.job import Job
from prep.grading.supervise import grade
from prep.wire.messages import Checked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from prep.app.dev_crew import Crew
    from prep.exercises.catalog import Shelf
    from prep.grading.servers import Bench
    from prep.model.verdict import CheckResult, Report
    from prep.wire.messages import Began


class _NoticedError(Exception):
    def __init__(self, result: CheckResult) -> None:
        super().__init__(result.name)
        self.result = result


class Habits:
    """Which checks to run first: those that have noticed a thing of this kind, then quick ones."""

    def __init__(self) -> None:
        self._noticed: dict[tuple[str, str], int] = {}
        self._seconds: dict[str, float] = {}

    def learn(self, report: Report) -> None:
        """Take the seconds of the checks from a report of the reference."""
        self._seconds = {check.name: check.seconds for check in report.checks}

    @property
    def slowest(self) -> float:
        """Return the seconds of the slowest check, 0 when none is known."""
        return max(self._seconds.values(), default=0.0)

    def add(self, kind: str, check: str) -> None:
        """Remember which check has noticed something."""
        self._noticed[kind, check] = self._noticed.get((kind, check), 0) + 1

    def order(self, kind: str, checks: Sequence[str]) -> list[str]:
        """Return the checks in the order to run."""
        return sorted(
            checks,
            key=lambda name: (-self._noticed.get((kind, name), 0), self._seconds.get(name, 0.0)),
        )


class Desk(Struct, frozen=True):
    """What the gradings of one exercise share."""

    shelf: Shelf
    answers: Path
    crew: Crew
    habits: Habits

    def grade(self, file: Path, seed: int, bench: Bench) -> Report:
        """Grade a file with all checks; raises GradingCancelledError."""
        return grade(self._job(file, seed), bench=bench, cancelled=self.crew.is_stopping)

    def notice(
        self, file: Path, seed: int, bench: Bench, *, kind: str, call_seconds: float | None = None
    ) -> Report | CheckResult:
        """Return the first check that does not pass, or the report when there is none."""
        job = self._job(file, seed)
        checks = {check.name: check for check in job.exercise.checks}
        ordered = tuple(checks[name] for name in self.habits.order(kind, list(checks)))
        limits = job.exercise.limits
        if call_seconds is not None:
            shorter = min(call_seconds, limits.call_seconds)
            limits = structs.replace(limits, call_seconds=shorter)
        exercise = structs.replace(job.exercise, checks=ordered, limits=limits)
        job = structs.replace(job, exercise=exercise)
        try:
            return grade(job, bench=bench, listener=_stop_early, cancelled=self.crew.is_stopping)
        except _NoticedError as noticed:
            self.habits.add(kind, noticed.result.name)
            return noticed.result

    def _job(self, file: Path, seed: int) -> Job:
        return Job(
            exercise=self.shelf.exercise,
            folder=self.shelf.folder,
            file=file,
            seed=seed,
            answers=self.answers,
        )


def _stop_early(message: Began | Checked) -> None:
    if isinstance(message, Checked) and message.result.outcome != "passed":
        raise _NoticedError(message.result)
