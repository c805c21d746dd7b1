"""`prep show`."""

import json
from typing import Annotated

import typer

from prep.cli.context import Context
from prep.ui.words import Words


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep show`."""

    @app.command("show", help=words.say("help-show"))
    def show(
        context: typer.Context,
        id_: Annotated[str, typer.Argument(metavar="ID", help=words.say("help-id"))],
        answer: Annotated[bool, typer.Option("--answer", help=words.say("help-answer"))] = False,
        seed: Annotated[int, typer.Option(min=0, help=words.say("help-variant"))] = 0,
        plain: Annotated[bool, typer.Option("--plain", help=words.say("help-plain"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=words.say("help-json"))] = False,
    ) -> int:
        del plain  # read by `main`, for every command
        return run_show(context.obj, id_, answer=answer, seed=seed, as_json=as_json)


def run_show(context: Context, name: str, *, answer: bool, seed: int, as_json: bool) -> int:
    """Print one question; its key only when it was asked for."""
    from prep.app.show import answered, shown_alone  # noqa: PLC0415 - loaded for this command only
    from prep.ui.feedback import key_screen  # noqa: PLC0415
    from prep.ui.json_views import outcome_view, question_view  # noqa: PLC0415
    from prep.ui.question import question_screen  # noqa: PLC0415
    from prep.ui.wrap import page  # noqa: PLC0415

    words = context.words
    shown = shown_alone(context.index(), name, seed)
    if as_json:
        view = {"schema": 1, "question": question_view(shown, words)}
        if answer:
            view["answer"] = outcome_view(answered(shown), words)
        typer.echo(json.dumps(view, ensure_ascii=False))
        return 0
    context.out.print(page(question_screen(shown, words, asking=False)))
    if answer:
        context.out.print(page(key_screen(answered(shown), words, given=False)))
    return 0
