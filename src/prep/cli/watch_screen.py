"""What a watch writes: reports that stay, and below them one line that moves."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from rich.text import Text

from prep.cli.grade_screens import Lines, Moving
from prep.ui.hunt import clock_text
from prep.ui.wrap import page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import RenderableType

    from prep.app.grade import Audience, Task
    from prep.cli.context import Context
    from prep.errors import PrepError

    class WatchScreen(Audience, Protocol):
        """The screen of a watch; `listed` says that checks which passed stay on it."""

        listed: bool

        def show(self, parts: Iterable[RenderableType]) -> None:
            """Print what stays."""

        def copyable(self, code: str, **values: str) -> None:
            """Print one sentence on one line, however long."""

        def tell(self, code: str, **values: str) -> None:
            """Print one sentence."""

        def complain(self, error: PrepError) -> None:
            """Print what is wrong."""

        def rest(self) -> None:
            """Show that nothing runs; called many times a second."""

        def clock(self, seconds: float) -> None:
            """Show how many seconds are left; called many times a second."""


# Seconds before the end at which a screen without a clock says so.
_WARNINGS: Final = (300.0, 60.0)


@contextmanager
def watch_screen(context: Context, task: Task, keys: str) -> Iterator[WatchScreen]:
    """Give the screen, and the terminal back at the end; `keys` is the sentence about them."""
    if context.plain or context.out.no_color:
        lines = _PlainWatch(context)
        lines.tell("watch-begins", file=str(task.file))
        lines.tell(keys)
        yield lines
        return
    screen = _MovingWatch(context, task, keys)
    try:
        yield screen
    finally:
        screen.end()


class _Printing:
    """What both have in common."""

    _context: Context

    def show(self, parts: Iterable[RenderableType]) -> None:
        """Print what stays."""
        self._context.out.print(page(parts))

    def copyable(self, code: str, **values: str) -> None:
        """Print one sentence on one line, however long."""
        text = Text(self._context.words.say(code, **values), style="quiet")
        self._context.out.print(text, soft_wrap=True)

    def tell(self, code: str, **values: str) -> None:
        """Print one sentence."""
        self.show([Text(self._context.words.say(code, **values), style="quiet")])

    def complain(self, error: PrepError) -> None:
        """Print what is wrong."""
        self.show([Text(self._context.words.error(error), style="partly")])

    def rest(self) -> None:
        """Show that nothing runs; called many times a second."""


class _PlainWatch(_Printing, Lines):
    """Lines only."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._marks = [math.inf, *_WARNINGS]

    def clock(self, seconds: float) -> None:
        """Say the time when the hunt begins, and shortly before its end."""
        later = [mark for mark in self._marks if mark < seconds]
        if later != self._marks:
            self._marks = later
            self.tell("hunt-left", time=clock_text(seconds))

    def begin(self, task: Task) -> None:
        """Say what is being loaded, once."""
        if self._task is None:
            super().begin(task)


class _MovingWatch(_Printing, Moving):
    """One line that moves, below what stays."""

    def __init__(self, context: Context, task: Task, keys: str) -> None:
        super().__init__(context)
        self._task, self._keys = task, keys
        self._resting = False
        self._clock = ""

    def begin(self, task: Task) -> None:
        """Begin with what is being loaded."""
        self._resting = False
        super().begin(task)

    def rest(self) -> None:
        """Say which file is watched, and the keys."""
        if self._resting:
            return
        self._resting = True
        self._live.update(self._footer(), refresh=True)

    def clock(self, seconds: float) -> None:
        """Show the time that is left from now on, as a part of the line."""
        text = clock_text(seconds)
        if text != self._clock:
            self._clock = text
            self._resting = False

    def _footer(self) -> Text:
        words = self._context.words
        file = "/".join(self._task.file.parts[-2:])
        line = Text(f"{self._clock}  " if self._clock else "", style="strong")
        line.append(words.say("watch-begins", file=file), style="quiet")
        return line.append(f" {words.say(self._keys)}", style="quiet")

    def _paint(self) -> None:
        from prep.ui.grade_live import going_line  # noqa: PLC0415

        self._painted = time.monotonic()
        seconds = self._painted - self._began
        line = going_line(self._going, self._context.words, seconds=seconds)
        if self._clock:
            line = Text.assemble((f"{self._clock}  ", "strong"), line)
        self._live.update(line, refresh=True)
