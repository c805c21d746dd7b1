"""The one place where consoles are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.theme import Theme

if TYPE_CHECKING:
    from typing import IO

# The terminal's own sixteen colours, never a background: they suit light and dark alike.
STYLES = {
    "topic": "bold cyan",
    "key": "bold cyan",
    "right": "bold green",
    "wrong": "bold red",
    "partly": "bold yellow",
    "quiet": "dim",
    "code": "cyan",
    "code.keyword": "magenta",
    "code.text": "green",
    "code.number": "blue",
    "code.comment": "dim italic",
    "strong": "bold",
    "link": "underline",
    "bar": "green",
    "mark": "bold magenta",
}
# Longer lines are tiring to read, however wide the window is.
WIDEST = 100


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave a closed pipe to the program's one boundary; rich would exit here."""
        raise  # noqa: PLE0704 - called inside rich's own handler


def make_console(stream: IO[str], *, plain: bool, width: int | None = None) -> Console:
    """Return a console for `stream`; `plain` means no colours, no boxes, no moving cursor."""
    console = _Console(
        file=stream,
        theme=Theme(STYLES, inherit=False),
        color_system=None if plain else "auto",
        no_color=True if plain else None,
        highlight=False,
        markup=False,
        emoji=False,
        width=width,
        safe_box=True,
    )
    if width is None and console.width > WIDEST:
        console.width = WIDEST
    return console
