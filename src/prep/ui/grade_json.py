"""The report of a grading as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prep.ui.grade import measured, message
from prep.ui.visible import visible

if TYPE_CHECKING:
    from prep.model.exercise import Check, Exercise
    from prep.model.verdict import CheckResult, Frame, Output, Report
    from prep.ui.words import Words


def report_view(exercise: Exercise, report: Report, words: Words) -> dict[str, Any]:
    """Return the report as plain data."""
    pairs = zip(exercise.checks, report.checks, strict=True)
    return {
        "exercise": exercise.id,
        "verdict": report.verdict,
        "score": round(report.score, 4),
        "ran": report.ran,
        "total": len(report.checks),
        "device": report.device,
        "seed": report.seed,
        "seconds": report.seconds,
        "isolation": list(report.isolation),
        "message": visible(words.note(report.note)) if report.note else "",
        "frames": [_frame_view(frame) for frame in report.frames],
        "notes": [words.note(note) for note in report.notes],
        "sha256": report.sha256,
        "stdout": _output_view(report.stdout),
        "stderr": _output_view(report.stderr),
        "checks": [_check_view(check, result, words) for check, result in pairs],
    }


def _check_view(check: Check, result: CheckResult, words: Words) -> dict[str, Any]:
    return {
        "name": result.name,
        "title": check.title[words.language],
        "outcome": result.outcome,
        "weight": check.weight,
        "counts": result.counts,
        "message": message(result, words),
        "expected": measured(result, "expected"),
        "got": measured(result, "got"),
        "where": measured(result, "where"),
        "frames": [_frame_view(frame) for frame in result.frames],
        "seconds": round(result.seconds, 3),
    }


def _frame_view(frame: Frame) -> dict[str, Any]:
    return {"line": frame.line, "function": visible(frame.function), "text": visible(frame.text)}


def _output_view(output: Output) -> dict[str, Any]:
    return {"text": visible(output.kept), "bytes": output.total}
