"""`prep hint` and `prep solution`."""

import json
import sys
from typing import Annotated

import typer

from prep.cli.completion import exercise_argument
from prep.cli.context import Context
from prep.ui.words import Words


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep hint` and `prep solution`."""

    @app.command("hint", help=words.say("help-hint"))
    def hint(
        context: typer.Context,
        exercise: Annotated[str, exercise_argument(words)],
        everything: Annotated[
            bool, typer.Option("--all", help=words.say("help-all-hints"))
        ] = False,
        plain: Annotated[bool, typer.Option("--plain", help=words.say("help-plain"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=words.say("help-json"))] = False,
    ) -> int:
        del plain  # read by `main`, for every command
        return run_hint(context.obj, exercise, everything=everything, as_json=as_json)

    @app.command("solution", help=words.say("help-reference"))
    def solution(
        context: typer.Context,
        exercise: Annotated[str, exercise_argument(words)],
        give_up: Annotated[bool, typer.Option("--give-up", help=words.say("help-give-up"))] = False,
        plain: Annotated[bool, typer.Option("--plain", help=words.say("help-plain"))] = False,
    ) -> int:
        del plain  # as above
        return run_solution(context.obj, exercise, give_up=give_up)


def run_hint(context: Context, name: str, *, everything: bool, as_json: bool) -> int:
    """Show the next hint, or all."""
    from prep.app.practice import take_hint  # noqa: PLC0415 - loaded for this command only
    from prep.ui.practice import hint_lines, hints_view  # noqa: PLC0415
    from prep.ui.wrap import page  # noqa: PLC0415

    hints = take_hint(context.desk, name, everything=everything)
    if as_json:
        typer.echo(json.dumps(hints_view(name, hints, context.words), ensure_ascii=False))
    else:
        context.out.print(page(hint_lines(name, hints, context.words)))
    return 0


def run_solution(context: Context, name: str, *, give_up: bool) -> int:
    """Show our solution: in colour for a reader, else as the file that it is."""
    from prep.app.practice import take_reference  # noqa: PLC0415 - loaded for this command only

    code = take_reference(context.desk, name, give_up=give_up)
    if context.plain or not sys.stdout.isatty():
        sys.stdout.write(code)
        return 0
    from prep.ui.practice import reference_lines  # noqa: PLC0415 - rich is not needed for a file
    from prep.ui.wrap import page  # noqa: PLC0415

    context.out.print(page(reference_lines(name, code, context.words, given_up=give_up)))
    return 0
