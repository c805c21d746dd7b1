"""A timed bug hunt: the clock, what is found so far, and at the end what was missed and why."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec import structs
from rich.text import Text

from prep.model.text import Text as BothText
from prep.ui.grade import MARKS, STYLES, frame_lines, message, report_lines
from prep.ui.markup import inline
from prep.ui.practice import percent
from prep.ui.wrap import Hanging, item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from prep.model.exercise import Exercise
    from prep.model.verdict import Report
    from prep.ui.words import Words


def clock_text(seconds: float) -> str:
    """Return minutes and seconds, as a clock shows them: 4:05."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def nameless(exercise: Exercise, words: Words) -> Exercise:
    """Return the exercise with checks that have numbers for titles."""
    checks = tuple(
        structs.replace(check, title=_both(words.say("hunt-bug", number=number)))
        for number, check in enumerate(exercise.checks, 1)
    )
    return structs.replace(exercise, checks=checks)


def _both(text: str) -> BothText:
    return BothText(text, text)


def _counted(exercise: Exercise, report: Report | None, words: Words) -> str:
    """Say how many bugs are found, one for each check that passes, and the score."""
    checks, score = (report.checks, report.score) if report else ((), 0.0)
    found = sum(check.outcome == "passed" for check in checks)
    return words.say("hunt-found", found=found, total=len(exercise.checks), score=percent(score))


def going_lines(
    exercise: Exercise, report: Report, file: str, words: Words
) -> Iterator[RenderableType]:
    """Yield how far she is: which bug has which check would be half of the answer.

    What raises is told with her lines, and what does not run at all as `prep grade` tells it.
    """
    if not report.ran and report.verdict != "not_attempted":
        yield from report_lines(exercise, report, file, words)
        return
    style = "right" if report.verdict == "passed" else "strong"
    yield Text(_counted(exercise, report, words), style=style)
    for number, result in enumerate(report.checks, 1):
        if result.outcome in {"error", "timed_out"}:
            title = words.say("hunt-bug", number=number)
            yield item(MARKS[result.outcome], Text(title), STYLES.get(result.outcome, "wrong"))
            yield Hanging(Text("  "), Text(message(result, words)))
            yield from frame_lines(result.frames, PurePath(file).name)


def ending_lines(
    exercise: Exercise, best: Report | None, how: str, seconds: float, words: Words
) -> Iterator[RenderableType]:
    """Yield how it ended (time, found or left) and each bug, with what it did if it was missed."""
    style = "right" if how == "found" else "strong"
    yield Text(words.say(f"hunt-end-{how}", time=clock_text(seconds)), style=style)
    yield Text(_counted(exercise, best, words))
    yield Text()
    outcomes = {check.name: check.outcome for check in best.checks} if best else {}
    for check in exercise.checks:
        outcome = outcomes.get(check.name, "not_run")
        passed = outcome == "passed"
        title = inline(check.title[words.language], "" if passed else "strong")
        yield item(MARKS["passed" if passed else "failed"], title, STYLES.get(outcome, "wrong"))
        if not passed:
            yield Hanging(Text("  "), inline(check.teaches[words.language], "quiet"))
    if how != "found":
        yield Text()
        yield Text(words.say("hunt-next", id=exercise.id), style="quiet")
