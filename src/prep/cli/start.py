"""`prep start` and `prep reset`."""

from pathlib import Path
from typing import Annotated

import typer

from prep.cli.completion import exercise_argument
from prep.cli.context import Context
from prep.ui.words import Words


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep start` and `prep reset`."""

    @app.command("start", help=words.say("help-start"))
    def start(
        context: typer.Context,
        exercise: Annotated[str, exercise_argument(words)],
        folder: Annotated[Path | None, typer.Option("--dir", help=words.say("help-dir"))] = None,
    ) -> int:
        return run_start(context.obj, exercise, folder)

    @app.command("reset", help=words.say("help-reset"))
    def reset(context: typer.Context, exercise: Annotated[str, exercise_argument(words)]) -> int:
        return run_reset(context.obj, exercise)


def run_start(context: Context, name: str, folder: Path | None, said: str = "") -> int:
    """Copy the starter and the task, and say what comes next: the sentence `said`, if given."""
    from prep.app.begin import start_exercise  # noqa: PLC0415 - loaded for this command only

    solution = start_exercise(context.desk, name, folder, context.language)
    task = solution.with_name("task.md")
    _say(context, said or _started(context, name), task=task, solution=solution, id=name)
    return 0


def _started(context: Context, name: str) -> str:
    from prep.exercises.catalog import find_exercise  # noqa: PLC0415 - as above

    hunted = find_exercise(context.desk.root, name).exercise.is_hunt
    return "started-hunt" if hunted else "started"


def run_reset(context: Context, name: str) -> int:
    """Put a fresh starter in the place of the learner's file, and say where that is kept."""
    from prep.app.begin import reset_exercise  # noqa: PLC0415 - loaded for this command only

    begun = reset_exercise(context.desk, name)
    code = "reset-fresh" if begun.backup is None else "reset-done"
    _say(context, code, solution=begun.solution, backup=begun.backup, id=name)
    return 0


def _say(context: Context, code: str, **values: object) -> None:
    """Print a sentence, on a terminal wrapped between words."""
    sentence = context.words.say(code, **values)
    if not context.out.is_terminal:
        typer.echo(sentence)
        return
    from rich.text import Text  # noqa: PLC0415 - for a terminal only

    from prep.ui.wrap import page  # noqa: PLC0415

    context.out.print(page([Text(sentence)]))
