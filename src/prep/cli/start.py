"""`prep start`."""

from pathlib import Path
from typing import Annotated

import typer

from prep.cli.context import Context
from prep.ui.words import Words


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep start`."""

    @app.command("start", help=words.say("help-start"))
    def start(
        context: typer.Context,
        exercise: Annotated[str, typer.Argument(metavar="ID", help=words.say("help-exercise"))],
        folder: Annotated[Path | None, typer.Option("--dir", help=words.say("help-dir"))] = None,
    ) -> int:
        return run_start(context.obj, exercise, folder)


def run_start(context: Context, name: str, folder: Path | None) -> int:
    """Copy the starter and the task, and say what comes next."""
    from prep.app.exercises import start_exercise  # noqa: PLC0415 - loaded for this command only
    from prep.cli.places import shipped  # noqa: PLC0415

    target = folder if folder is not None else Path(name)
    solution = start_exercise(shipped("exercises"), name, target, context.language)
    typer.echo(context.words.say("started", task=target / "task.md", solution=solution, id=name))
    return 0
