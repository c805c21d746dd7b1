"""`prep list`."""

import json
from typing import Annotated

import typer

from prep.cli.context import Context
from prep.errors import UsageError
from prep.ui.words import Words


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep list`."""

    @app.command("list", help=words.say("help-list"))
    def list_(
        context: typer.Context,
        what: Annotated[
            str, typer.Argument(metavar="[topics|questions|exercises]", help=words.say("help-what"))
        ] = "topics",
        topic: Annotated[list[str] | None, typer.Option(help=words.say("help-topic"))] = None,
        level: Annotated[str, typer.Option(metavar="1-5", help=words.say("help-level"))] = "",
        plain: Annotated[bool, typer.Option("--plain", help=words.say("help-plain"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=words.say("help-json"))] = False,
    ) -> int:
        del plain  # read by `main`, for every command
        outside: Context = context.obj
        if what == "topics":
            return list_topics(outside, as_json=as_json)
        if what == "questions":
            return list_questions(outside, topic or [], level, as_json=as_json)
        if what == "exercises":
            return list_exercises(outside, topic or [], level, as_json=as_json)
        raise UsageError("list-what", got=what)


def list_topics(context: Context, *, as_json: bool) -> int:
    """Print topics and sub-topics with the number of their questions."""
    from prep.app.catalog import topics  # noqa: PLC0415 - loaded for this command only
    from prep.ui.catalog import topic_lines, topics_view  # noqa: PLC0415
    from prep.ui.wrap import page  # noqa: PLC0415

    found = topics(context.index())
    if as_json:
        typer.echo(json.dumps(topics_view(found, context.words), ensure_ascii=False))
        return 0
    context.out.print(page(topic_lines(found, context.words)))
    return 0


def list_questions(context: Context, topics: list[str], level: str, *, as_json: bool) -> int:
    """Print the questions of some topics, with what the learner knows of each."""
    from prep.app.catalog import questions  # noqa: PLC0415
    from prep.cli.quiz import parse_levels  # noqa: PLC0415
    from prep.ui.catalog import question_lines, questions_view  # noqa: PLC0415
    from prep.ui.wrap import page  # noqa: PLC0415

    rows = questions(context.index(), context.store, topics=topics, levels=parse_levels(level))
    if as_json:
        typer.echo(json.dumps(questions_view(rows, context.words), ensure_ascii=False))
        return 0
    context.out.print(page(question_lines(rows, context.words)))
    return 0


def list_exercises(context: Context, topics: list[str], level: str, *, as_json: bool) -> int:
    """Print the exercises, the easiest first, and how the learner stands with each."""
    from prep.app.exercises import exercise_rows  # noqa: PLC0415
    from prep.app.near import check_topics  # noqa: PLC0415
    from prep.cli.quiz import parse_levels  # noqa: PLC0415
    from prep.ui.practice import exercise_lines, exercises_view  # noqa: PLC0415
    from prep.ui.wrap import page  # noqa: PLC0415

    if topics:
        check_topics(context.index(), topics)
    rows = exercise_rows(context.desk, topics=topics, levels=parse_levels(level))
    if as_json:
        typer.echo(json.dumps(exercises_view(rows, context.words), ensure_ascii=False))
        return 0
    context.out.print(page(exercise_lines(rows, context.words)))
    return 0
