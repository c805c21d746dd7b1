"""`prep stats`."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Annotated

import typer

from prep.cli.context import Context
from prep.ui.words import Words

PATIENCE_SECONDS = 1.0


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep stats`."""

    @app.command("stats", help=words.say("help-stats"))
    def stats(
        context: typer.Context,
        plain: Annotated[bool, typer.Option("--plain", help=words.say("help-plain"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=words.say("help-json"))] = False,
    ) -> int:
        del plain  # read by `main`, for every command
        return run_stats(context.obj, as_json=as_json)


def run_stats(context: Context, *, as_json: bool) -> int:
    """Print the statistics of today."""
    from prep.app.stats import stats  # noqa: PLC0415 - loaded for this command only
    from prep.cli.places import shipped  # noqa: PLC0415
    from prep.core.days import study_day  # noqa: PLC0415
    from prep.exercises.catalog import exercise_ids  # noqa: PLC0415

    today = study_day(context.clock.now(), context.clock.offset())
    with said_when_slow(context.words):
        names = exercise_ids(shipped("exercises"))
        found = stats(context.index(), context.store, context.settings, today, names)
    if as_json:
        from prep.ui.stats_view import stats_view  # noqa: PLC0415

        typer.echo(json.dumps(stats_view(found, context.words), ensure_ascii=False))
        return 0
    from prep.ui.stats import stats_screen  # noqa: PLC0415
    from prep.ui.wrap import page  # noqa: PLC0415

    context.out.print(page(stats_screen(found, context.words, context.out.width)))
    return 0


@contextmanager
def said_when_slow(words: Words, seconds: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Say on the terminal what takes so long, if it does."""
    if not sys.stderr.isatty():
        yield
        return
    timer = Timer(seconds, lambda: sys.stderr.write(words.say("stats-reading") + "\n"))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
