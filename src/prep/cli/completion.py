"""Completion of commands and options by the learner's shell."""

from __future__ import annotations

import contextlib
import io
import sys
from typing import TYPE_CHECKING

import click
import typer
from typer.models import ArgumentInfo

from prep.errors import EnvironmentLacksError, PrepError

if TYPE_CHECKING:
    from prep.model.exercise import Exercise
    from prep.ui.words import Words


def exercise_argument(words: Words) -> ArgumentInfo:
    """Return the argument that names an exercise; the shell completes it."""
    return typer.Argument(  # type: ignore[no-any-return]
        metavar="ID", help=words.say("help-exercise"), autocompletion=exercise_names
    )


def exercise_names(incomplete: str) -> list[str]:
    """Return the exercises that begin so."""
    return [each.id for each in _exercises() if each.id.startswith(incomplete)]


def hunt_names(incomplete: str) -> list[str]:
    """Return the bug hunts that begin so."""
    hunts = [each.id for each in _exercises() if each.is_hunt]
    return [name for name in hunts if name.startswith(incomplete)]


def _exercises() -> list[Exercise]:
    from prep.app.exercises import exercises  # noqa: PLC0415 - for completion only
    from prep.cli.places import shipped  # noqa: PLC0415

    try:
        return exercises(shipped("exercises"))
    except PrepError:
        return []


def install_completion(words: Words) -> None:
    """Add completion to the settings of the shell that runs us, and say where."""
    # Looks at the processes above us, so only when asked.
    from typer.completion import install  # type: ignore[attr-defined]  # noqa: PLC0415

    try:
        # Typer explains a failure on stderr, in English.
        with contextlib.redirect_stderr(io.StringIO()):
            shell, path = install(prog_name="prep")
    except click.exceptions.Exit as stop:
        raise EnvironmentLacksError("no-shell") from stop
    sys.stdout.write(words.say("completion-installed", shell=shell, path=path) + "\n")
