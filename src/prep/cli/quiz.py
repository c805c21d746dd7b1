"""`prep quiz`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from prep.cli.completion import exercise_names
from prep.cli.context import Context
from prep.errors import UsageError
from prep.model.session import Mode, QuizOptions
from prep.ui.words import Words


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep quiz`."""

    @app.command("quiz", help=words.say("help-quiz"))
    def quiz(  # noqa: PLR0913 - one parameter for each option of the command
        context: typer.Context,
        topic: Annotated[list[str] | None, typer.Option(help=words.say("help-topic"))] = None,
        exercise: Annotated[
            str,
            typer.Option(
                metavar="ID", help=words.say("help-quiz-exercise"), autocompletion=exercise_names
            ),
        ] = "",
        level: Annotated[str, typer.Option(metavar="1-5", help=words.say("help-level"))] = "",
        count: Annotated[
            int | None, typer.Option(min=1, max=500, help=words.say("help-count"))
        ] = None,
        new: Annotated[bool, typer.Option("--new", help=words.say("help-new"))] = False,
        due: Annotated[bool, typer.Option("--due", help=words.say("help-due"))] = False,
        missed: Annotated[bool, typer.Option("--missed", help=words.say("help-missed"))] = False,
        cram: Annotated[bool, typer.Option("--cram", help=words.say("help-cram"))] = False,
        mock: Annotated[bool, typer.Option("--mock", help=words.say("help-mock"))] = False,
        minutes: Annotated[
            float | None, typer.Option(min=0.1, max=600, help=words.say("help-minutes"))
        ] = None,
        seed: Annotated[int | None, typer.Option(min=0, help=words.say("help-seed"))] = None,
        bank: Annotated[
            Path | None, typer.Option(metavar="DIR", help=words.say("help-bank-dir"))
        ] = None,
        trust: Annotated[bool, typer.Option("--trust", help=words.say("help-trust"))] = False,
        plain: Annotated[bool, typer.Option("--plain", help=words.say("help-plain"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=words.say("help-json"))] = False,
    ) -> int:
        del plain  # read by `main`, for every command
        outside: Context = context.obj
        mode = _mode({"new": new, "due": due, "missed": missed, "cram": cram, "mock": mock})
        settings = outside.settings
        wanted = count or settings.count
        options = QuizOptions(
            mode=mode,
            topics=tuple(sorted(set(topic or ()))),
            levels=parse_levels(level),
            count=wanted,
            new=settings.new,
            minutes=(minutes or wanted * settings.minutes) if mode == "mock" else 0.0,
            bank=str(bank.resolve()) if bank else "",
            exercise=exercise,
            seed=seed,
        )
        return run_quiz(outside, options, bank=bank, trust=trust, as_json=as_json)


def run_quiz(
    context: Context,
    options: QuizOptions,
    *,
    bank: Path | None,
    trust: bool,
    as_json: bool,
) -> int:
    """Ask on the terminal, or as JSON lines when there is none or --json was given."""
    from prep.app.realise import Bank  # noqa: PLC0415 - after the options are known to be good
    from prep.app.start import start_quiz  # noqa: PLC0415

    index = context.index(bank)
    quiz = start_quiz(
        options,
        bank=Bank(index, trusted=bank is None or trust),
        store=context.store,
        outside=context.clock,
        settings=context.settings,
    )
    if as_json or not context.interactive:
        from prep.cli.quiz_json import JsonQuiz  # noqa: PLC0415

        return JsonQuiz(quiz, context, sys.stdin, sys.stdout).run()
    from prep.cli.quiz_terminal import run_on_terminal  # noqa: PLC0415

    return run_on_terminal(quiz, context)


def parse_levels(text: str) -> tuple[int, ...]:
    """Return the levels of `3` or `2-4`; nothing for all of them."""
    if not text:
        return ()
    low, _, high = text.partition("-")
    try:
        levels = range(int(low), int(high or low) + 1)
    except ValueError:
        levels = range(0)
    if not levels or levels[0] < 1 or levels[-1] > 5:  # noqa: PLR2004 - levels are 1 to 5
        raise UsageError("bad-level", got=text)
    return tuple(levels)


def _mode(flags: dict[str, bool]) -> Mode:
    given = [name for name, on in flags.items() if on]
    if len(given) > 1:
        raise UsageError("modes-clash", names=", ".join(f"--{name}" for name in given))
    match given:
        case ["new"]:
            return "new"
        case ["due"]:
            return "due"
        case ["missed"]:
            return "missed"
        case ["cram"]:
            return "cram"
        case ["mock"]:
            return "mock"
        case _:
            return "mixed"
