"""Typer's own words, in both languages, by class of error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from prep.cli.help import metavar

if TYPE_CHECKING:
    from prep.ui.words import Words

USAGE = 2


def explain_usage(error: click.ClickException, words: Words, called: str | None) -> int:
    """Write what is wrong with the command line and how to get help; return the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        sys.stderr.write(error.format_message() + "\n")
        return USAGE
    sys.stderr.write(f"prep: {_sentence(error, words)}\n")
    path = f"prep {called}" if called else "prep"
    if isinstance(error, click.UsageError) and error.ctx:
        path = error.ctx.command_path
    sys.stderr.write(words.say("usage-try", command=f"{path} --help") + "\n")
    return USAGE


def _sentence(error: click.ClickException, words: Words) -> str:
    match error:
        case click.NoSuchOption():
            near = ", ".join(error.possibilities or ())
            hint = words.say("usage-meant", names=near) if near else ""
            return words.say("usage-no-option", name=error.option_name) + hint
        case click.MissingParameter():
            name = metavar(error.param) if error.param else ""
            return words.say("usage-missing", name=name)
        case click.BadParameter():
            hint = error.param.opts[0] if error.param else ""
            return words.say("usage-bad-value", name=hint, problem=_value_problem(error, words))
        case click.BadOptionUsage():
            flag = "does not take a value" in error.message
            code = "usage-takes-none" if flag else "usage-needs-value"
            return words.say(code, name=error.option_name)
        case click.UsageError():
            return _other(error, words)
        case _:
            return error.format_message()


def _no_command(error: click.UsageError, name: str, words: Words) -> str:
    from prep.app.near import near  # noqa: PLC0415 - for mistakes only

    group = error.ctx.command if error.ctx else None
    close = near(name, group.commands) if isinstance(group, click.Group) else ""
    sentence = words.say("usage-no-command", name=name)
    return sentence + words.say("usage-meant", names=close) if close else sentence


def _value_problem(error: click.BadParameter, words: Words) -> str:
    kind = error.param.type if error.param else None
    if isinstance(kind, click.Choice):
        return words.say("usage-choices", names=", ".join(map(str, kind.choices)))
    if isinstance(kind, click.IntRange | click.FloatRange):
        if kind.max is None:
            return words.say("usage-at-least", low=kind.min)
        return words.say("usage-range", low=kind.min, high=kind.max)
    if kind in {click.INT, click.FLOAT}:
        return words.say("usage-number")
    return error.message


def _other(error: click.UsageError, words: Words) -> str:
    text = error.message
    if text.startswith("No such command"):
        return _no_command(error, text.split("'")[1] if "'" in text else "", words)
    if "unexpected extra argument" in text:
        extra = text[text.find("(") + 1 : text.rfind(")")]
        return words.say("usage-extra", names=extra)
    if text.startswith("Missing command"):
        return words.say("usage-missing-command")
    return text
