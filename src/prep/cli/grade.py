"""`prep grade`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from prep.cli.context import Context
from prep.ui.words import Words

_OUR_BUG, _LACKING = 70, 3


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep grade`."""

    @app.command("grade", help=words.say("help-grade"))
    def grade(
        context: typer.Context,
        exercise: Annotated[str, typer.Argument(metavar="ID", help=words.say("help-exercise"))],
        file: Annotated[Path, typer.Option("--file", help=words.say("help-solution"))],
        seed: Annotated[
            int | None, typer.Option(min=0, max=2**31 - 1, help=words.say("help-grade-seed"))
        ] = None,
        plain: Annotated[bool, typer.Option("--plain", help=words.say("help-plain"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=words.say("help-json"))] = False,
    ) -> int:
        del plain  # read by `main`, for every command
        return run_grade(context.obj, exercise, file, seed=seed, as_json=as_json)


def run_grade(context: Context, name: str, file: Path, *, seed: int | None, as_json: bool) -> int:
    """Grade one file and show the report; the exit code says whose turn it is."""
    from prep.app.grade import grade_file  # noqa: PLC0415 - loaded for this command only
    from prep.cli.places import shipped  # noqa: PLC0415
    from prep.ui.grade import report_screen, report_view  # noqa: PLC0415

    if seed is None:
        seed = context.clock.seed() % 2**31
    graded = grade_file(shipped("exercises"), name, file, seed=seed)
    report = graded.report
    if as_json:
        view = {"schema": 1, "results": [report_view(graded.exercise, report, context.words)]}
        typer.echo(json.dumps(view, ensure_ascii=False))
    else:
        context.out.print(report_screen(graded.exercise, report, str(file), context.words))
    codes = {"passed": 0, "grader_error": _OUR_BUG, "cannot_run": _LACKING}
    return codes.get(report.verdict, 1)
