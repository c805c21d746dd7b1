"""`prep resume`: suspended questions come back."""

from typing import Annotated

import typer

from prep.cli.context import Context
from prep.ui.words import Words


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep resume`."""

    @app.command("resume", help=words.say("help-resume"))
    def resume(
        context: typer.Context,
        id_: Annotated[str, typer.Argument(metavar="[ID]", help=words.say("help-id"))] = "",
    ) -> int:
        outside: Context = context.obj
        if not id_:
            return list_suspended(outside)
        from prep.app.resume import resume as take_up  # noqa: PLC0415 - for this command only

        done = take_up(outside.index(), outside.store, outside.clock, outside.settings, id_)
        typer.echo(outside.words.say("back-again" if done else "not-suspended", id=id_))
        return 0 if done else 1


def list_suspended(context: Context) -> int:
    """Print the suspended questions."""
    from prep.app.catalog import suspended  # noqa: PLC0415
    from prep.ui.catalog import question_lines  # noqa: PLC0415
    from prep.ui.wrap import page  # noqa: PLC0415

    context.out.print(
        page(question_lines(suspended(context.index(), context.store), context.words))
    )
    return 0
