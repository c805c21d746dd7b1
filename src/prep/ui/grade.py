"""The report of a grading on the terminal: verdict, what to do, each check, what was printed."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from rich.text import Text

from prep.ui.markup import inline
from prep.ui.practice import percent
from prep.ui.tables import table
from prep.ui.visible import visible
from prep.ui.wrap import Hanging, item

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from prep.model.exercise import Check, Exercise
    from prep.model.verdict import CheckResult, Frame, Output, Report
    from prep.ui.words import Words

MARKS = {"passed": "✓", "failed": "✗", "error": "✗", "timed_out": "✗", "not_run": "·"}
STYLES = {"passed": "right", "not_run": "quiet"}
_SHOWN = 2_000
_MEASURED = ("expected", "got", "where")
_INDENT = "    "


def report_lines(
    exercise: Exercise,
    report: Report,
    file: str,
    words: Words,
    *,
    passed_too: bool = True,
) -> Iterator[RenderableType]:
    """Yield the report; checks that passed are left out when they were shown before.

    `file` is the learner's, as she calls it.
    """
    name = PurePath(file).name
    yield headline(exercise, report, words)
    if report.note is not None:
        yield Text(visible(words.note(report.note)))
    yield from frame_lines(report.frames, name)
    yield _advice(exercise, report, file, words)
    if report.ran:
        yield Text()
        for check, result in zip(exercise.checks, report.checks, strict=True):
            if passed_too or result.outcome != "passed":
                yield from _check(check, result, report, name, words)
    for note in report.notes:
        yield Text(words.note(note), style="quiet")
    yield from _printed(report.stdout, "grade-printed", words)
    yield from _printed(report.stderr, "grade-printed-errors", words)


def headline(exercise: Exercise, report: Report, words: Words) -> Text:
    """Return the verdict in words, and in numbers how it came about."""
    style = "right" if report.verdict == "passed" else "wrong"
    head = Text(words.say(f"verdict-{report.verdict}"), style=style)
    head.append(f" · {exercise.id}", style="quiet")
    if not report.ran:
        return head
    counted = words.say(
        "grade-ran",
        ran=report.ran,
        total=len(report.checks),
        passed=sum(check.outcome == "passed" for check in report.checks),
        score=percent(report.score),
    )
    return head.append(f" · {counted} · {report.seconds:.1f} s", style="quiet")


def summary_lines(reports: Sequence[Report], words: Words, width: int) -> Iterator[RenderableType]:
    """Yield one line for each of several gradings."""
    head = [words.say(f"grade-head-{name}") for name in ("exercise", "verdict", "score", "time")]
    rows = [
        [
            report.exercise,
            words.say(f"verdict-{report.verdict}"),
            percent(report.score),
            f"{report.seconds:.1f} s",
        ]
        for report in reports
    ]
    yield Text()
    yield from table(head, rows, width)


def message(result: CheckResult, words: Words) -> str:
    """Return why a check is not passed; nothing for one that is."""
    if result.said is not None:
        return result.said[words.language]
    return visible(words.note(result.note)) if result.note is not None else ""


def measured(result: CheckResult, name: str) -> str | None:
    """Return what was measured: `expected`, `got` or `where`."""
    value = result.note.values.get(name) if result.note is not None else None
    return visible(value) if value is not None else None


def _advice(exercise: Exercise, report: Report, file: str, words: Words) -> Text:
    left = sum(check.outcome != "passed" for check in report.checks if check.counts)
    if report.verdict == "failed" and left == 1:
        return Text(words.say("advice-failed-one", id=exercise.id))
    if report.verdict == "not_attempted" and exercise.is_hunt:
        return Text(words.say("advice-hunt", id=exercise.id, file=file))
    return Text(words.say(f"advice-{report.verdict}", id=exercise.id, file=file))


def _check(
    check: Check, result: CheckResult, report: Report, file: str, words: Words
) -> Iterator[RenderableType]:
    title = inline(check.title[words.language], "" if result.outcome == "passed" else "strong")
    if result.outcome not in {"passed", "failed"}:
        title.append(f"  {words.say(f'outcome-{result.outcome}')}", style="quiet")
    yield item(MARKS[result.outcome], title, STYLES.get(result.outcome, "wrong"))
    if result.outcome == "passed" or (result.outcome == "not_run" and result.note is None):
        return
    if result.note is None or result.note != report.note:
        text = message(result, words)
        yield Hanging(Text("  "), inline(text) if result.said is not None else Text(text))
    if result.outcome == "not_run":
        return
    yield from _facts(result, words)
    yield from frame_lines(result.frames, file)
    yield Hanging(Text("  "), inline(check.teaches[words.language], "quiet"))


def _facts(result: CheckResult, words: Words) -> Iterator[RenderableType]:
    """Yield what was measured, one under the other."""
    found = {name: measured(result, name) for name in _MEASURED}
    labels = {name: Text(words.say(f"grade-{name}")) for name in _MEASURED}
    widest = max(label.cell_len for label in labels.values())
    for name, value in found.items():
        if value is not None:
            label = labels[name]
            label.pad_right(widest - label.cell_len)
            yield Hanging(Text(_INDENT) + label + Text("  "), Text(value, style="strong"))


def frame_lines(frames: Sequence[Frame], file: str) -> Iterator[RenderableType]:
    """Yield the lines of her file that an error went through."""
    for frame in frames:
        place = Text(f"{_INDENT}{file}:{frame.line}  ", style="quiet")
        yield Hanging(place, Text(visible(frame.text), style="code"))


def _printed(output: Output, code: str, words: Words) -> Iterator[RenderableType]:
    if not output.total:
        return
    yield Text()
    yield Text(words.say(code, total=f"{output.total:,}"), style="quiet")
    shown = output.kept[:_SHOWN]
    for line in visible(shown).splitlines():
        yield item("  │", Text(line), "quiet")
    if output.total > len(shown.encode()):
        yield Text(words.say("grade-truncated"), style="quiet")
