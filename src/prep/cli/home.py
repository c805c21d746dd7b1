"""`prep` alone: what is due, what is half done, the next step."""

import typer

from prep.cli.context import Context


def show_home(context: typer.Context) -> None:
    """Print the home screen, or the help when nobody is there to read."""
    outside: Context = context.obj
    if not outside.interactive:
        typer.echo(context.get_help())
        return
    from prep.app.home import home  # noqa: PLC0415 - loaded for this screen only
    from prep.cli.places import shipped  # noqa: PLC0415
    from prep.exercises.catalog import exercise_ids  # noqa: PLC0415
    from prep.ui.home import home_screen  # noqa: PLC0415
    from prep.ui.wrap import page  # noqa: PLC0415

    names = exercise_ids(shipped("exercises"))
    state = home(outside.index(), outside.store, outside.clock, outside.settings, names)
    outside.out.print(page(home_screen(state, outside.words)))
