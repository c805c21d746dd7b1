"""`prep grade`."""

from pathlib import Path
from typing import Annotated

import typer

from prep.cli.completion import exercise_names
from prep.cli.context import Context
from prep.cli.grade_wish import Wish
from prep.errors import UsageError
from prep.model.device import Wanted
from prep.ui.words import Words


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep grade`."""

    @app.command("grade", help=words.say("help-grade"))
    def grade(  # noqa: PLR0913 - one parameter for each option of the command
        context: typer.Context,
        exercises: Annotated[
            list[str] | None,
            typer.Argument(
                metavar="[ID]...",
                help=words.say("help-grade-ids"),
                autocompletion=exercise_names,
                show_default=False,
            ),
        ] = None,
        file: Annotated[
            Path | None, typer.Option("--file", help=words.say("help-grade-file"))
        ] = None,
        watch: Annotated[bool, typer.Option("--watch", help=words.say("help-grade-watch"))] = False,
        device: Annotated[
            Wanted, typer.Option(metavar="auto|cpu|cuda|mps", help=words.say("help-grade-device"))
        ] = "auto",
        seed: Annotated[
            int | None, typer.Option(min=0, max=2**31 - 1, help=words.say("help-grade-seed"))
        ] = None,
        plain: Annotated[bool, typer.Option("--plain", help=words.say("help-plain"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=words.say("help-json"))] = False,
        junit: Annotated[
            Path | None, typer.Option("--junit", help=words.say("help-grade-junit"))
        ] = None,
    ) -> int:
        del plain  # read by `main`, for every command
        wish = Wish(
            names=tuple(exercises or ()),
            file=file,
            watch=watch,
            device=device,
            seed=seed,
            as_json=as_json,
            junit=junit,
        )
        return run_grade(context.obj, wish)


def run_grade(context: Context, wish: Wish) -> int:
    """Grade what was asked for and show it; the exit code says whose turn it is."""
    from prep.app.grade import Grader, named_task, started_tasks  # noqa: PLC0415 - for this only
    from prep.cli.leaving import leave_cleanly_when_killed  # noqa: PLC0415
    from prep.cli.places import cache_folder, shipped  # noqa: PLC0415

    _refuse(context, wish)
    root = shipped("exercises")
    if wish.file is not None:
        tasks = [named_task(root, wish.names[0], wish.file)]
    else:
        tasks = started_tasks(root, context.store, wish.names)
    leave_cleanly_when_killed()
    with Grader(cache_folder(), wish.device, warm=wish.watch) as grader:
        grader.load(tasks[0])  # what is slow begins first
        if wish.watch:
            from prep.cli.watch import run_watch  # noqa: PLC0415

            return run_watch(context, wish, grader, tasks)
        from prep.cli.grade_all import grade_all  # noqa: PLC0415

        return grade_all(context, wish, grader, tasks)


def _refuse(context: Context, wish: Wish) -> None:
    """Refuse what does not go together before anything is graded."""
    if wish.file is not None and len(wish.names) != 1:
        raise UsageError("grade-file-one", file=str(wish.file))
    if wish.watch and (wish.as_json or not context.interactive):
        raise UsageError("grade-watch-terminal")
    if wish.junit is not None and not wish.junit.parent.is_dir():
        raise UsageError("no-such-folder", path=str(wish.junit.parent))
