"""Gradings one after the other, each with its report, and the sum of several."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from prep.app.grade import Graded, remembered
from prep.cli.grade_screens import screen_for
from prep.cli.grade_wish import exit_code, fresh_seed, repeating, write_junit
from prep.errors import PrepError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from prep.app.grade import Grader, Task
    from prep.cli.context import Context
    from prep.cli.grade_screens import Screen
    from prep.cli.grade_wish import Wish
    from prep.model.exercise import Exercise
    from prep.model.verdict import Report


def grade_all(context: Context, wish: Wish, grader: Grader, tasks: list[Task]) -> int:
    """Grade the tasks, show and write what came of it, and return the exit code."""
    done: list[Graded] = []
    with screen_for(context, silent=wish.as_json) as screen:
        for at, task in enumerate(tasks):
            report = grader.grade(task, fresh_seed(context, wish), screen)
            screen.end()
            done.append(remembered(task, report, lambda: context.store, context.clock))
            if not wish.as_json:
                show(context, wish, done[-1], screen)
                if task is not tasks[-1]:
                    context.out.print()
            grader.keep_for(tasks[at + 1 :])
    _conclude(context, wish, done)
    return exit_code([graded.report for graded in done])


def show(context: Context, wish: Wish, graded: Graded, screen: Screen) -> None:
    """Print one report, and the command that repeats it on a line that can be copied."""
    from rich.text import Text  # noqa: PLC0415 - not for --json

    from prep.ui.wrap import page  # noqa: PLC0415

    words, report = context.words, graded.report
    lines = whole_report(context, graded.task, report, passed_too=not screen.listed)
    context.out.print(page(lines))
    if report.ran or report.verdict == "grader_error":
        again = words.say("grade-again", command=repeating(wish, report))
        context.out.print()
        context.out.print(Text(again, style="quiet"), soft_wrap=True)


def whole_report(
    context: Context, task: Task, report: Report, *, passed_too: bool
) -> Iterator[RenderableType]:
    """Yield the report, and a line with questions that teach what was not right."""
    from prep.ui.grade import report_lines  # noqa: PLC0415 - not for --json
    from prep.ui.markup import inline  # noqa: PLC0415

    words, file = context.words, str(task.file)
    yield from report_lines(task.exercise, report, file, words, passed_too=passed_too)
    ids = _teaching(context, task.exercise, report)
    if ids:
        named = ", ".join(f"`{name}`" for name in ids)
        yield inline(words.say("grade-questions", ids=named, id=report.exercise), "quiet")


def _teaching(context: Context, exercise: Exercise, report: Report) -> list[str]:
    """Return questions about an exercise that failed; a broken bank must not hide a report."""
    from prep.app.ties import questions_for  # noqa: PLC0415 - after a failed grading only

    if report.verdict != "failed":
        return []
    failed = {check.name for check in report.checks if check.outcome != "passed"}
    try:
        return questions_for(context.index(), exercise, failed)
    except PrepError:
        return []


def _conclude(context: Context, wish: Wish, done: list[Graded]) -> None:
    pairs = [(graded.task.exercise, graded.report) for graded in done]
    if wish.as_json:
        from prep.ui.grade_json import report_view  # noqa: PLC0415 - when asked for

        results = []
        for exercise, report in pairs:
            view = report_view(exercise, report, context.words)
            results.append({**view, "questions": _teaching(context, exercise, report)})
        typer.echo(json.dumps({"schema": 1, "results": results}, ensure_ascii=False))
    elif len(done) > 1:
        from prep.ui.grade import summary_lines  # noqa: PLC0415
        from prep.ui.wrap import page  # noqa: PLC0415

        reports = [report for _, report in pairs]
        context.out.print(page(summary_lines(reports, context.words, context.out.width)))
    if wish.junit is not None:
        write_junit(wish.junit, pairs, context.words)
    for graded in done:
        if graded.trouble is not None:
            raise graded.trouble
