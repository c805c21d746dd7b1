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
    def list_(  # noqa: PLR0913 - one parameter for each option of the command
        context: typer.Context,
        what: Annotated[
            str,
            typer.Argument(metavar="[WHAT]", help=words.say("help-what")),
        ] = "topics",
        topic: Annotated[list[str] | None, typer.Option(help=words.say("help-topic"))] = None,
        level: Annotated[str, typer.Option(metavar="1-5", help=words.say("help-level"))] = "",
        plain: Annotated[bool, typer.Option("--plain", help=words.say("help-plain"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=words.say("help-json"))] = False,
        markdown: Annotated[
            bool, typer.Option("--markdown", help=words.say("help-markdown"))
        ] = False,
    ) -> int:
        del plain  # read by `main`, for every command
        outside: Context = context.obj
        if what == "topics":
            return list_topics(outside, as_json=as_json)
        if what == "questions":
            return list_questions(outside, topic or [], level, as_json=as_json)
        if what == "exercises":
            return list_exercises(outside, topic or [], level, as_json=as_json)
        if what == "hunts":
            return list_exercises(outside, topic or [], level, as_json=as_json, hunts=True)
        if what == "seeds":
            return list_seeds(outside, as_json=as_json, markdown=markdown)
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


def list_exercises(
    context: Context, topics: list[str], level: str, *, as_json: bool, hunts: bool = False
) -> int:
    """Print the exercises, or the bug hunts alone, and how the learner stands with each."""
    from prep.app.exercises import exercise_rows  # noqa: PLC0415
    from prep.app.near import check_topics  # noqa: PLC0415
    from prep.cli.quiz import parse_levels  # noqa: PLC0415
    from prep.ui.practice import exercise_lines, exercises_view  # noqa: PLC0415
    from prep.ui.wrap import page  # noqa: PLC0415

    if topics:
        check_topics(context.index(), topics)
    rows = exercise_rows(context.desk, topics=topics, levels=parse_levels(level))
    if hunts:
        rows = [row for row in rows if row.exercise.is_hunt]
    if as_json:
        typer.echo(json.dumps(exercises_view(rows, context.words), ensure_ascii=False))
        return 0
    context.out.print(page(exercise_lines(rows, context.words, hunts=hunts)))
    return 0


def list_seeds(context: Context, *, as_json: bool, markdown: bool) -> int:
    """Print what the source articles ask, build and get wrong, and what covers it here."""
    from prep.app.articles import coverage  # noqa: PLC0415
    from prep.cli.places import shipped  # noqa: PLC0415
    from prep.ui.articles import article_lines, articles_markdown, articles_view  # noqa: PLC0415
    from prep.ui.wrap import page  # noqa: PLC0415

    found = coverage(context.index(), shipped("exercises"))
    if as_json:
        typer.echo(json.dumps(articles_view(found, context.words), ensure_ascii=False))
    elif markdown:
        typer.echo(articles_markdown(found, context.words), nl=False)
    else:
        context.out.print(page(article_lines(found, context.words)))
    return 0
