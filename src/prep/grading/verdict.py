"""From what was heard to one report. A check without a positive result is never a pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.grading.noise import without_folders, without_noise
from prep.grading.workers import Stream
from prep.model.judgement import Note
from prep.model.verdict import WORST_FIRST, CheckResult, Report

if TYPE_CHECKING:
    from prep.grading.job import Job
    from prep.model.verdict import Frame, Verdict
    from prep.wire.messages import Finished, Walled


class Heard:
    """What judge, keeper and pipes have told so far."""

    def __init__(self) -> None:
        self.results: list[CheckResult] = []
        self.finished: Finished | None = None
        self.running = ""
        self.streams = (Stream(), Stream())
        self.notes: list[Note] = []
        self.walled: Walled | None = None
        self.sha256 = ""
        self.verdict: Verdict | None = None
        self.note: Note | None = None

    @property
    def over(self) -> bool:
        """Return whether nothing more will be heard."""
        return self.finished is not None or self.verdict is not None

    def stop(self, verdict: Verdict, note: Note) -> None:
        """End the grading as a whole; the first reason stays."""
        if self.verdict is None:
            self.verdict, self.note = verdict, note

    def leave(self, walled: Walled | None, leftovers: int) -> None:
        """Take down what is known of a worker that is about to end."""
        self.walled = walled or self.walled
        if leftovers:
            self.notes.append(Note("grade-leftovers", {"count": str(leftovers)}))


def conclude(job: Job, heard: Heard, seconds: float) -> Report:
    """Return the report."""
    checks = _checks(job, heard)
    verdict, note, frames = _verdict(heard, checks)
    walled, told = heard.walled, heard.finished
    out, err = heard.streams
    return Report(
        exercise=job.exercise.id,
        verdict=verdict,
        checks=checks,
        weights=tuple(check.weight for check in job.exercise.checks),
        seed=job.seed,
        device=job.device,
        seconds=round(seconds, 3),
        note=note,
        notes=tuple(heard.notes),
        frames=frames,
        isolation=tuple(walled.measures) if walled else (),
        missing=tuple(walled.missing) if walled else (),
        stdout=without_folders(out.output()),
        stderr=without_folders(without_noise(err.output())),
        sha256=heard.sha256,
        loading=round(told.loading, 3) if told else 0,
        longest_call=round(told.longest_call, 3) if told else 0,
    )


def _checks(job: Job, heard: Heard) -> tuple[CheckResult, ...]:
    """Return a result for every check of exercise.yaml, in its order."""
    names = [check.name for check in job.exercise.checks]
    if heard.finished is not None and heard.verdict is None:
        collected = sorted(heard.finished.collected)
        if collected != sorted(names) or heard.finished.problem:
            problem = heard.finished.problem or f"{collected} are not {sorted(names)}"
            heard.stop("grader_error", Note("grade-collected", {"problem": problem}))
    told = {result.name: result for result in reversed(heard.results)}
    return tuple(told.get(name, _silent(name, heard)) for name in names)


def _silent(name: str, heard: Heard) -> CheckResult:
    late = heard.verdict == "timed_out" and heard.running == name
    return CheckResult(name, "timed_out" if late else "not_run")


def _verdict(
    heard: Heard, checks: tuple[CheckResult, ...]
) -> tuple[Verdict, Note | None, tuple[Frame, ...]]:
    if heard.verdict is not None:
        return heard.verdict, heard.note, ()
    if all(check.outcome == "passed" for check in checks if check.counts):
        return "passed", None, ()
    some_passed = any(check.outcome == "passed" for check in checks)
    worst = min(checks, key=lambda check: WORST_FIRST.index(_weight(check, some=some_passed)))
    verdict = _weight(worst, some=some_passed)
    if verdict == "passed":  # something is not passed and nobody said why
        return "grader_error", Note("grade-silent"), ()
    whole = worst.note if worst.outcome == "not_run" or verdict != "failed" else None
    return verdict, whole, worst.frames if worst.outcome == "not_run" else ()


def _weight(check: CheckResult, *, some: bool) -> Verdict:
    """Return a check's verdict: that nothing was attempted is said of the whole only."""
    if check.verdict == "not_attempted" and some:
        return "failed"
    return check.verdict
