"""What can happen to a check besides passing, as exceptions and as results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.model.judgement import Note
from prep.model.verdict import CheckResult

if TYPE_CHECKING:
    from prep.model.text import Text
    from prep.model.verdict import Frame, Outcome, Verdict
    from prep.wire.messages import Fate, Loss, Raised


# Parts of torch's sentences, on every device alike.
_REFUSALS = (
    "same device",
    "should be a 1D CPU int64 tensor",
    "device type tensor to numpy",
)


class CheckFailedError(AssertionError):
    """A helper's finding."""

    def __init__(self, note: Note | None, said: Text | None = None) -> None:
        super().__init__(note.code if note else "")
        self.note, self.said = note, said


class SolutionRaisedError(Exception):
    """The solution raised in the worker."""

    def __init__(self, raised: Raised) -> None:
        super().__init__(raised.type)
        self.raised = raised


class WorkerLostError(Exception):
    """The worker ended, hung or talked rubbish during a call."""

    def __init__(self, outcome: Outcome, verdict: Verdict, note: Note) -> None:
        super().__init__(note.code)
        self.outcome, self.verdict, self.note = outcome, verdict, note


class UnusableSolutionError(Exception):
    """No check can run with this solution (any more)."""

    def __init__(self, verdict: Verdict, note: Note, frames: tuple[Frame, ...] = ()) -> None:
        super().__init__(note.code)
        self.verdict, self.note, self.frames = verdict, note, frames

    @classmethod
    def at_import(cls, raised: Raised) -> UnusableSolutionError:
        """Return what loading the file means."""
        values = {"type": raised.type, "text": raised.text}
        frames = tuple(raised.frames)
        if raised.forbidden:
            values = {"call": raised.forbidden, "line": _line(raised)}
            return cls("failed", Note("grade-forbidden", values), frames)
        if raised.type == "NotImplementedError" and raised.own:
            return cls("not_attempted", Note("grade-unfinished"), frames)
        if raised.type == "SystemExit":
            return cls("exited", Note("grade-exit-import"), frames)
        if raised.module:
            return cls("broken", Note("grade-no-module", {"module": raised.module}), frames)
        if raised.syntax:
            values["line"] = _line(raised)
            return cls("broken", Note("grade-syntax", values), frames)
        return cls("broken", Note("grade-import", values), frames)


class ReferenceFailedError(Exception):
    """Our own reference raised, hung or ended: our bug."""


def lost_note(how: Loss, what: str, fate: Fate) -> WorkerLostError:
    """Return what a lost worker means: what the supervisor saw counts more than what we did."""
    values = {**fate.values, "what": what}
    match how, fate.reason:
        case _, "out_of_memory":
            return WorkerLostError("error", "out_of_memory", Note("grade-memory", values))
        case _, "limit":
            return WorkerLostError("error", "limit", Note("grade-processes", values))
        case "late", _:
            code = "grade-late-import" if what == "import" else "grade-late"
            if fate.reason == "idle":
                code += "-idle"
            return WorkerLostError("timed_out", "timed_out", Note(code, values))
        case "gone", "exited":
            code = "grade-exited-import" if what == "import" else "grade-exited"
            return WorkerLostError("error", "exited", Note(code, values))
        case "gone", "crashed":
            return WorkerLostError("error", "crashed", Note("grade-crashed", values))
        case _:
            return WorkerLostError("error", "crashed", Note("grade-rubbish", values))


def result_of(error: BaseException, *, answered: bool) -> CheckResult:
    """Return what an exception means for the check it ended; its name is filled in later."""
    match error:
        case CheckFailedError():
            return CheckResult("", "failed", error.note, error.said, verdict="failed")
        case SolutionRaisedError():
            return _raised(error.raised)
        case WorkerLostError():
            return CheckResult("", error.outcome, error.note, verdict=error.verdict)
        case UnusableSolutionError():
            return CheckResult(
                "", "not_run", error.note, frames=error.frames, verdict=error.verdict
            )
        case _:
            return _unexpected(error, answered=answered)


def _unexpected(error: BaseException, *, answered: bool) -> CheckResult:
    """Blame the solution: a check that stumbles over what it returned has found something.

    That the reference passes is shown elsewhere, so the stumbling is not the check's own.
    """
    values = {"type": type(error).__name__, "text": str(error)[:500]}
    if answered and isinstance(error, Exception) and not isinstance(error, ReferenceFailedError):
        return CheckResult("", "failed", Note("grade-unusable", values), verdict="failed")
    return CheckResult("", "error", Note("grade-check-broken", values), verdict="grader_error")


def _raised(raised: Raised) -> CheckResult:
    frames = tuple(raised.frames)
    if raised.forbidden:
        note = Note("grade-forbidden", {"call": raised.forbidden, "line": _line(raised)})
        return CheckResult("", "failed", note, frames=frames, verdict="failed")
    if raised.type == "NotImplementedError" and raised.own:
        note = Note("grade-unfinished")
        return CheckResult("", "error", note, frames=frames, verdict="not_attempted")
    if is_refused(raised):
        values = {"text": raised.text, "line": _line(raised)}
        note = Note("grade-devices" if frames else "grade-devices-later", values)
        return CheckResult("", "failed", note, frames=frames, verdict="failed")
    code = {
        "SystemExit": "grade-exit",
        "EOFError": "grade-input",
        "Skipped": "grade-skip",
        "SkipTest": "grade-skip",
    }.get(raised.type, "grade-raised" if frames else "grade-probe-raised")
    note = Note(code, {"type": raised.type, "text": raised.text, "line": _line(raised)})
    return CheckResult("", "error", note, frames=frames, verdict="failed")


def is_refused(raised: Raised) -> bool:
    """Return whether torch refused an operation because of the devices of its tensors."""
    kinds = raised.type in {"RuntimeError", "TypeError"}
    return kinds and any(part in raised.text for part in _REFUSALS)


def _line(raised: Raised) -> str:
    return str(raised.frames[-1].line) if raised.frames else "?"
