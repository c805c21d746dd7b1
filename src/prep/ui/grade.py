"""The report of a grading, on the terminal and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

if TYPE_CHECKING:
    from prep.model.exercise import Check, Exercise
    from prep.model.verdict import CheckResult, Frame, Output, Report
    from prep.ui.words import Words

_MARKS = {"passed": "✓", "failed": "✗", "error": "✗", "timed_out": "✗", "not_run": "·"}
_STYLES = {"passed": "right", "not_run": "quiet"}
_SHOWN = 2_000
_MEASURED = ("expected", "got")


def report_screen(exercise: Exercise, report: Report, file: str, words: Words) -> Group:
    """Return the verdict first, then what to do, then each check, then what was printed."""
    lines = [_headline(report, words), *_whole(report, words)]
    for check, result in zip(exercise.checks, report.checks, strict=True):
        lines += _check(check, result, report, words)
    lines += [Text(words.note(note)) for note in report.notes]
    for output in (report.stdout, report.stderr):
        lines += _printed(output, words)
    again = words.say("grade-again", id=exercise.id, file=file, seed=report.seed)
    return Group(*lines, Text(again, style="quiet"))


def report_view(exercise: Exercise, report: Report, words: Words) -> dict[str, Any]:
    """Return the report as JSON has it."""
    checks = [
        {
            "name": result.name,
            "title": check.title[words.language],
            "outcome": result.outcome,
            "weight": check.weight,
            "message": _message(result, words),
            "expected": _measured(result, "expected"),
            "got": _measured(result, "got"),
            "frames": [_frame_view(frame) for frame in result.frames],
            "seconds": round(result.seconds, 3),
        }
        for check, result in zip(exercise.checks, report.checks, strict=True)
    ]
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
        "notes": [words.note(note) for note in report.notes],
        "sha256": report.sha256,
        "stdout": _output_view(report.stdout),
        "stderr": _output_view(report.stderr),
        "checks": checks,
    }


def visible(text: str) -> str:
    """Return text whose control characters cannot move the cursor or imitate ours."""
    return "".join(c if c.isprintable() or c in "\n\t" else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _headline(report: Report, words: Words) -> Text:
    passed = sum(check.outcome == "passed" for check in report.checks)
    counted = words.say(
        "grade-ran",
        ran=report.ran,
        total=len(report.checks),
        passed=passed,
        score=f"{report.score:.0%}",
    )
    style = "right" if report.verdict == "passed" else "wrong"
    head = Text(words.say(f"verdict-{report.verdict}"), style=style)
    return head.append(f" · {counted} · {report.seconds:.1f} s", style="quiet")


def _whole(report: Report, words: Words) -> list[Text]:
    if report.note is None:
        return []
    return [Text(visible(words.note(report.note))), *_frames(report.frames)]


def _check(check: Check, result: CheckResult, report: Report, words: Words) -> list[Text]:
    title = check.title[words.language].replace("`", "")
    outcome = words.say(f"outcome-{result.outcome}")
    line = Text(f"{_MARKS[result.outcome]} ", style=_STYLES.get(result.outcome, "wrong"))
    line.append(title, style="strong").append(f"  {outcome}", style="quiet")
    if result.outcome in {"passed", "not_run"}:
        return [line]
    lines = [line]
    if result.note != report.note:
        lines.append(Text("  " + _message(result, words)))
    for name in _MEASURED:
        value = _measured(result, name)
        if value is not None:
            label = words.say(f"grade-{name}")
            lines.append(Text(f"    {label}: {value}"))
    lines += _frames(result.frames)
    return [*lines, Text("  " + check.teaches[words.language], style="quiet")]


def _message(result: CheckResult, words: Words) -> str:
    if result.said is not None:
        return result.said[words.language]
    return visible(words.note(result.note)) if result.note is not None else ""


def _measured(result: CheckResult, name: str) -> str | None:
    value = result.note.values.get(name) if result.note is not None else None
    return visible(value) if value is not None else None


def _frames(frames: tuple[Frame, ...]) -> list[Text]:
    return [Text(f"    {frame.line}: {visible(frame.text)}", style="code") for frame in frames]


def _frame_view(frame: Frame) -> dict[str, Any]:
    return {"line": frame.line, "function": visible(frame.function), "text": visible(frame.text)}


def _printed(output: Output, words: Words) -> list[Text]:
    if not output.total:
        return []
    lines = [Text(words.say("grade-printed", total=output.total), style="quiet")]
    lines += [Text(f"  │ {line}") for line in visible(output.kept[:_SHOWN]).splitlines()]
    if output.total > len(output.kept.encode()):
        lines.append(Text(words.say("grade-truncated"), style="quiet"))
    return lines


def _output_view(output: Output) -> dict[str, Any]:
    return {"text": visible(output.kept), "bytes": output.total}
