"""Which commands there are, and the module and function that add each to the app.

A start imports only the command that was called; help imports them all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import typer

    from prep.ui.words import Words

COMMANDS: dict[str, str] = {
    "quiz": "quiz",
    "list": "listing",
    "search": "search",
    "show": "show",
    "stats": "stats",
    "config": "config",
    "export": "exchange",
    "import": "exchange",
    "resume": "resume",
    "doctor": "doctor",
    "bank": "bank",
    "dev": "dev",
    "start": "start",
    "hint": "hint",
    "solution": "hint",
    "reset": "start",
    "run": "run",
    "grade": "grade",
    "hunt": "hunt",
}


def add_commands(app: typer.Typer, words: Words, called: str | None) -> None:
    """Add the command `called` to the app, or all of them when it is not one."""
    names: Iterable[str] = [called] if called in COMMANDS else COMMANDS
    for module in dict.fromkeys(COMMANDS[name] for name in names):
        _adder(module)(app, words)


def _adder(module: str) -> Callable[[typer.Typer, Words], None]:
    return import_module(f"prep.cli.{module}").add  # type: ignore[no-any-return]
