"""The result of a grading: values only; `ui` has the words."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

from prep.model.judgement import Note
from prep.model.text import Text

# Worst first.
Verdict = Literal[
    "grader_error",
    "cannot_run",
    "broken",
    "missing",
    "not_attempted",
    "exited",
    "crashed",
    "out_of_memory",
    "timed_out",
    "limit",
    "failed",
    "passed",
]
WORST_FIRST: tuple[Verdict, ...] = get_args(Verdict)
# Nothing was tried, or it was not the learner's doing.
NOT_AN_ATTEMPT: frozenset[Verdict] = frozenset(WORST_FIRST[:5])
Outcome = Literal["passed", "failed", "error", "timed_out", "not_run"]


class Frame(Struct, frozen=True):
    """One line of the learner's file that was running."""

    line: int
    function: str
    text: str


class CheckResult(Struct, frozen=True):
    """What one check gave.

    `note` says why it is not passed; its values `expected`, `got` and `where` are text that was
    measured. `said` is the author's own sentence. `verdict` is what the check makes of the whole.
    A check that does not count could not be made here; neither verdict nor score know it.
    """

    name: str
    outcome: Outcome
    note: Note | None = None
    said: Text | None = None
    frames: tuple[Frame, ...] = ()
    verdict: Verdict = "passed"
    seconds: float = 0.0
    counts: bool = True


class Output(Struct, frozen=True):
    """What a stream of the solution printed: the beginning, and how much it was."""

    kept: str = ""
    total: int = 0


class Report(Struct, frozen=True, kw_only=True):
    """One grading. `note` says what ended it as a whole, `notes` what is worth knowing.

    `isolation` is what was in force around the solution, `missing` what could not be had, each as
    "name: reason". `loading` and `longest_call` are seconds that the solution took at most, 0 when
    not known.
    """

    exercise: str
    verdict: Verdict
    checks: tuple[CheckResult, ...]
    weights: tuple[int, ...]
    seed: int
    device: str
    seconds: float
    note: Note | None = None
    notes: tuple[Note, ...] = ()
    frames: tuple[Frame, ...] = ()
    isolation: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    stdout: Output = Output()
    stderr: Output = Output()
    sha256: str = ""
    loading: float = 0.0
    longest_call: float = 0.0

    @property
    def score(self) -> float:
        """Return the weight of passed checks over all that count."""
        pairs = [pair for pair in zip(self.checks, self.weights, strict=True) if pair[0].counts]
        won = sum(weight for check, weight in pairs if check.outcome == "passed")
        return won / max(1, sum(weight for _, weight in pairs))

    @property
    def ran(self) -> int:
        """Return how many checks ran."""
        return sum(check.outcome != "not_run" for check in self.checks)
