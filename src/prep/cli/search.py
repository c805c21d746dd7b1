"""`prep search`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from prep.cli.context import Context
from prep.ui.words import Words


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep search`."""

    @app.command("search", help=words.say("help-search"))
    def search(
        context: typer.Context,
        text: Annotated[list[str], typer.Argument(metavar="TEXT", help=words.say("help-words"))],
        limit: Annotated[int, typer.Option(min=1, help=words.say("help-limit"))] = 20,
        bank: Annotated[
            Path | None, typer.Option(metavar="DIR", help=words.say("help-bank-dir"))
        ] = None,
        plain: Annotated[bool, typer.Option("--plain", help=words.say("help-plain"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=words.say("help-json"))] = False,
    ) -> int:
        del plain  # read by `main`, for every command
        return run_search(context.obj, " ".join(text), bank=bank, limit=limit, as_json=as_json)


def run_search(context: Context, text: str, *, bank: Path | None, limit: int, as_json: bool) -> int:
    """Print the questions that hold every word; 1 when there is none."""
    from prep.app.catalog import search  # noqa: PLC0415 - loaded for this command only
    from prep.ui.catalog import question_lines, questions_view  # noqa: PLC0415
    from prep.ui.wrap import page  # noqa: PLC0415

    rows, count = search(context.index(bank), context.store, text, limit=limit)
    if as_json:
        typer.echo(json.dumps(questions_view(rows, context.words), ensure_ascii=False))
    else:
        context.out.print(page(question_lines(rows, context.words, count=count)))
    return 0 if rows else 1
