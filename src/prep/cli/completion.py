"""Completion of commands and options by the learner's shell."""

from __future__ import annotations

import contextlib
import io
import sys
from typing import TYPE_CHECKING

import click

from prep.errors import EnvironmentLacksError

if TYPE_CHECKING:
    from prep.ui.words import Words


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
