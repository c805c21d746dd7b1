"""One grading of many, with the reference's answers of earlier ones, cut short where it can."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from prep.exercises.reach import FAR
from prep.grading.job import Job
from prep.grading.supervise import grade
from prep.model.verdict import WORST_FIRST, CheckResult, Report
from prep.wire.messages import Checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from prep.app.dev_crew import Crew
    from prep.exercises.catalog import Shelf
    from prep.grading.servers import Bench
    from prep.wire.messages import Began


class _EnoughError(Exception):
    """The rest of the checks tells nothing new."""

    def __init__(self, results: list[CheckResult]) -> None:
        super().__init__(results[-1].name)
        self.results = results


class Habits:
    """Which checks to run first.

    Those that have noticed a thing of this kind before; then those that use the spoilt name most
    directly; then quick ones.
    """

    def __init__(self, reached: Mapping[str, Mapping[str, int]]) -> None:
        self._reached = reached
        self._noticed: dict[tuple[str, str], int] = {}
        self._seconds: dict[str, float] = {}
        self.total = 0.0

    def learn(self, report: Report) -> None:
        """Take the seconds of all checks from a report of the reference."""
        self.total = sum(check.seconds for check in report.checks)
        self.see(report.checks)

    def see(self, results: Iterable[CheckResult]) -> None:
        """Take seconds: a check that finds a probe answered already is quicker than it will be."""
        for check in results:
            self._seconds[check.name] = max(check.seconds, self._seconds.get(check.name, 0.0))

    @property
    def slowest(self) -> float:
        """Return the seconds of the slowest check, 0 when none is known."""
        return max(self._seconds.values(), default=0.0)

    def add(self, kind: str, check: str) -> None:
        """Remember which check has noticed something."""
        self._noticed[kind, check] = self._noticed.get((kind, check), 0) + 1

    def order(self, kind: str, name: str, checks: Sequence[str]) -> list[str]:
        """Return the checks in the order to run for a thing of this kind, spoilt in `name`."""

        def key(check: str) -> tuple[int, int, float]:
            near = self._reached.get(check, {}).get(name, FAR)
            return (-self._noticed.get((kind, check), 0), near, self._seconds.get(check, 0.0))

        return sorted(checks, key=key)


class Spoilt(Struct, frozen=True):
    """What was made wrong on purpose: things of one kind are mostly noticed by the same check."""

    kind: str
    name: str


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
        self, file: Path, seed: int, bench: Bench, what: Spoilt, *, call_seconds: float = math.inf
    ) -> Report | CheckResult:
        """Return the first check that finds fault, or the report when there is none."""
        names = [check.name for check in self.shelf.exercise.checks]
        order = self.habits.order(what.kind, what.name, names)
        job = _hurried(_ordered(self._job(file, seed), order), call_seconds)
        # What could not be run here has noticed nothing.
        result = self._until(job, bench, lambda done: done[-1].verdict != "passed")
        if isinstance(result, Report):
            return result
        self.habits.see(result)
        self.habits.add(what.kind, result[-1].name)
        return result[-1]

    def named(self, file: Path, seed: int, bench: Bench, names: Sequence[str]) -> Report:
        """Grade a file with these checks only; the others count as not run."""
        known = [check.name for check in self.shelf.exercise.checks]
        first = [name for name in names if name in known]
        job = _ordered(self._job(file, seed), [*first, *(n for n in known if n not in first)])
        result = self._until(job, bench, lambda done: len(done) == len(first))
        return result if isinstance(result, Report) else _partial(job, result)

    def _until(
        self, job: Job, bench: Bench, enough: Callable[[list[CheckResult]], bool]
    ) -> Report | list[CheckResult]:
        """Grade until there is enough, and return what was heard by then."""
        done: list[CheckResult] = []

        def hear(message: Began | Checked) -> None:
            if isinstance(message, Checked):
                done.append(message.result)
                if enough(done):
                    raise _EnoughError(done)

        try:
            return grade(job, bench=bench, listener=hear, cancelled=self.crew.is_stopping)
        except _EnoughError as error:
            return error.results

    def _job(self, file: Path, seed: int) -> Job:
        return Job(
            exercise=self.shelf.exercise,
            folder=self.shelf.folder,
            file=file,
            seed=seed,
            answers=self.answers,
        )


def _ordered(job: Job, names: Sequence[str]) -> Job:
    """Return the job with its checks in this order."""
    checks = {check.name: check for check in job.exercise.checks}
    ordered = tuple(checks[name] for name in names)
    return structs.replace(job, exercise=structs.replace(job.exercise, checks=ordered))


def _hurried(job: Job, call_seconds: float) -> Job:
    """Return the job with calls that may take no longer than this."""
    limits = job.exercise.limits
    limits = structs.replace(limits, call_seconds=min(call_seconds, limits.call_seconds))
    return structs.replace(job, exercise=structs.replace(job.exercise, limits=limits))


def _partial(job: Job, results: list[CheckResult]) -> Report:
    """Return a report in which the checks that did not run say so."""
    told = {result.name: result for result in results}
    names = [check.name for check in job.exercise.checks]
    return Report(
        exercise=job.exercise.id,
        verdict=min((result.verdict for result in results), key=WORST_FIRST.index),
        checks=tuple(told.get(name, CheckResult(name, "not_run")) for name in names),
        weights=tuple(check.weight for check in job.exercise.checks),
        seed=job.seed,
        device=job.device,
        seconds=0.0,
    )
