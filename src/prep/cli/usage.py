"""Typer's own words, in both languages, by class of error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from prep.ui.words import Words

USAGE = 2


def explain_usage(error: click.ClickException, words: Words) -> int:
    """Write what is wrong with the command line and how to get help; return the exit code."""
    sys.stderr.write(f"prep: {_sentence(error, words)}\n")
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "prep"
    sys.stderr.write(words.say("usage-try", command=f"{path} --help") + "\n")
    return USAGE


def _sentence(error: click.ClickException, words: Words) -> str:
    match error:
        case click.NoSuchOption():
            near = ", ".join(error.possibilities or ())
            hint = words.say("usage-meant", names=near) if near else ""
            return words.say("usage-no-option", name=error.option_name) + hint
        case click.MissingParameter():
            name = error.param.make_metavar(error.ctx) if error.param and error.ctx else ""
            return words.say("usage-missing", name=name)
        case click.BadParameter():
            hint = error.param.opts[0] if error.param else ""
            return words.say("usage-bad-value", name=hint, problem=_value_problem(error, words))
        case click.BadOptionUsage():
            return words.say("usage-needs-value", name=error.option_name)
        case click.UsageError():
            return _other(error, words)
        case _:
            return error.format_message()


def _value_problem(error: click.BadParameter, words: Words) -> str:
    kind = error.param.type if error.param else None
    if isinstance(kind, click.Choice):
        return words.say("usage-choices", names=", ".join(map(str, kind.choices)))
    if isinstance(kind, click.IntRange | click.FloatRange):
        low = "" if kind.min is None else kind.min
        high = "" if kind.max is None else kind.max
        return words.say("usage-range", low=low, high=high)
    if kind in {click.INT, click.FLOAT}:
        return words.say("usage-number")
    return error.message


def _other(error: click.UsageError, words: Words) -> str:
    text = error.message
    if text.startswith("No such command"):
        return words.say("usage-no-command", name=text.split("'")[1] if "'" in text else "")
    if "unexpected extra argument" in text:
        extra = text[text.find("(") + 1 : text.rfind(")")]
        return words.say("usage-extra", names=extra)
    if text.startswith("Missing command"):
        return words.say("usage-missing-command")
    return text


def speak_chinese(words: Words) -> None:
    """Replace the few words that click and Typer write themselves; there is no other door."""
    import click.core  # noqa: PLC0415
    import click.formatting  # noqa: PLC0415
    import typer.core  # noqa: PLC0415
    from typer import rich_utils  # noqa: PLC0415

    def translate(text: str) -> str:
        return words.click_words.get(text, text)

    for module in (click.core, click.formatting, click.decorators, typer.core, rich_utils):
        module._ = translate  # type: ignore[attr-defined]
    for name in vars(rich_utils):
        if name.endswith(("_STRING", "_TITLE", "_TEXT")):
            setattr(rich_utils, name, translate(getattr(rich_utils, name)))
