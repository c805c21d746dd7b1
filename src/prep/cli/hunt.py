"""`prep hunt`: a bug hunt against the clock."""

from pathlib import Path
from typing import Annotated

import typer

from prep.cli.completion import hunt_names
from prep.cli.context import Context
from prep.cli.listing import list_exercises
from prep.errors import UsageError
from prep.ui.words import Words


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep hunt`."""

    @app.command("hunt", help=words.say("help-hunt"))
    def hunt(
        context: typer.Context,
        exercise: Annotated[
            str | None,
            typer.Argument(
                metavar="[ID]",
                help=words.say("help-hunt-id"),
                autocompletion=hunt_names,
                show_default=False,
            ),
        ] = None,
        minutes: Annotated[
            float | None, typer.Option(min=0.01, max=600, help=words.say("help-hunt-minutes"))
        ] = None,
        plain: Annotated[bool, typer.Option("--plain", help=words.say("help-plain"))] = False,
    ) -> int:
        del plain  # read by `main`, for every command
        if exercise is None:
            return list_exercises(context.obj, [], "", as_json=False, hunts=True)
        return run_hunt(context.obj, exercise, minutes)


def run_hunt(context: Context, name: str, minutes: float | None) -> int:
    """Watch the learner's file until the time is up; 0 when every bug is found, else 1."""
    from prep.app.grade import Grader, Task  # noqa: PLC0415 - loaded for a hunt only
    from prep.cli.grade_wish import Wish  # noqa: PLC0415
    from prep.cli.hunt_watch import Hunt  # noqa: PLC0415
    from prep.cli.keys import open_keys  # noqa: PLC0415
    from prep.cli.leaving import leave_cleanly_when_killed  # noqa: PLC0415
    from prep.cli.places import cache_folder, shipped  # noqa: PLC0415
    from prep.cli.watch_screen import watch_screen  # noqa: PLC0415
    from prep.exercises.catalog import find_exercise  # noqa: PLC0415

    shelf = find_exercise(shipped("exercises"), name)
    if not shelf.exercise.is_hunt:
        raise UsageError("hunt-no-bugs", id=name)
    if not context.interactive:
        raise UsageError("hunt-terminal", id=name)
    task = Task(shelf, _file(context, name))
    leave_cleanly_when_killed()
    seconds = 60 * (shelf.exercise.minutes if minutes is None else minutes)
    wish = Wish(names=(name,), watch=True)
    with Grader(cache_folder(), wish.device, warm=True) as grader:
        grader.load(task)
        with open_keys() as keys, watch_screen(context, task, Hunt.KEYS) as screen:
            hunt = Hunt(context, wish, grader, task, keys, screen, seconds=seconds)
            hunt.run()
    return hunt.show_end()


def _file(context: Context, name: str) -> Path:
    """Return the learner's file, a new one when there is none yet."""
    from prep.app.workspace import find_solution, solution_file  # noqa: PLC0415 - for a hunt only
    from prep.cli.start import run_start  # noqa: PLC0415

    if find_solution(context.store, name) is None:
        run_start(context, name, None, said="hunt-started")
    return solution_file(context.store, name)
