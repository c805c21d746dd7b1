"""What it means when torch refuses devices, and when a device was only simulated."""

from __future__ import annotations

from prep.grading.judge.outcomes import SolutionRaisedError, is_refused
from prep.model.judgement import Note
from prep.model.verdict import CheckResult


def when_simulated(result: CheckResult, error: BaseException | None) -> CheckResult:
    """Return what a check on the simulated device means: it fails only on what CUDA refuses too.

    Whatever else went wrong there may be the simulation's fault, so it counts for nothing.
    """
    if result.outcome == "passed" or result.verdict == "grader_error":
        return result
    note = Note("grade-simulated-otherwise")
    if isinstance(error, SolutionRaisedError):
        if is_refused(error.raised):
            return result
        problem = f"{error.raised.type}: {error.raised.text}"
        note = Note("grade-not-simulated", {"problem": problem[:300]})
    return CheckResult("", "not_run", note, counts=False)
