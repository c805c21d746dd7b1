"""Who watches a grading: a terminal, plain lines, or nobody."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from prep.app.grade import Audience, Task
from prep.cli.context import Context
from prep.wire.messages import Began, Checked

_REPAINT = 0.08


class Screen(Audience, Protocol):
    """An audience that draws; `listed` says that checks which passed stay on the screen."""

    listed: bool

    def end(self) -> None:
        """Give the place back to what comes next."""


@contextmanager
def screen_for(context: Context, *, silent: bool) -> Iterator[Screen]:
    """Give whoever watches; nothing moves without a terminal, with --plain or NO_COLOR."""
    if silent or not context.out.is_terminal:
        yield Silence()
    elif context.plain or context.out.no_color:
        yield Lines(context)
    else:
        screen = Moving(context)
        try:
            yield screen
        finally:
            screen.end()


class Silence:
    """Shows nothing."""

    listed = False

    def begin(self, task: Task) -> None:
        """Show nothing."""

    def heard(self, message: Began | Checked) -> None:
        """Show nothing."""

    def measuring(self) -> None:
        """Show nothing."""

    def cancelled(self) -> bool:
        """Go on."""
        return False

    def end(self) -> None:
        """Show nothing."""


class Lines(Silence):
    """One line for each thing that has happened."""

    listed = True

    def __init__(self, context: Context) -> None:
        self._context = context
        self._task: Task | None = None

    def begin(self, task: Task) -> None:
        """Say what is being loaded."""
        from prep.ui.grade_live import loading_words  # noqa: PLC0415 - rich may load later

        self._task = task
        self._context.out.print(loading_words(task.exercise, self._context.words))

    def heard(self, message: Began | Checked) -> None:
        """Say what has become of a check."""
        from prep.ui.grade_live import check_line  # noqa: PLC0415
        from prep.ui.wrap import page  # noqa: PLC0415

        if isinstance(message, Checked) and self._task is not None:
            result, exercise = message.result, self._task.exercise
            line = check_line(exercise, result.name, result.outcome, self._context.words)
            self._context.out.print(page([line]))

    def measuring(self) -> None:
        """Say why it takes longer."""
        self._context.out.print(self._context.words.say("grade-measuring"))

    def end(self) -> None:
        """Leave a line free before the report."""
        self._context.out.print()


class Moving(Silence):
    """Lines that are drawn again and again, and make way for the report."""

    def __init__(self, context: Context) -> None:
        from rich.live import Live  # noqa: PLC0415 - on a terminal only

        self._context = context
        self._began = time.monotonic()
        self._painted = 0.0
        self._loaded: set[tuple[str, ...]] = set()
        self._live = Live(
            console=context.out,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def begin(self, task: Task) -> None:
        """Begin with what is being loaded."""
        from prep.ui.grade_live import Going  # noqa: PLC0415

        self._going = Going(task.exercise, loaded=task.exercise.needs in self._loaded)
        self._live.start()
        self._paint()

    def heard(self, message: Began | Checked) -> None:
        """Show which check runs, and what has become of those before."""
        self._loaded.add(self._going.exercise.needs)
        self._going.hear(message.name if isinstance(message, Began) else message.result)
        self._paint()

    def measuring(self) -> None:
        """Say why it takes longer, and begin anew."""
        from prep.ui.grade_live import Going  # noqa: PLC0415

        self._going = Going(self._going.exercise, loaded=True, measuring=True)
        self._paint()

    def cancelled(self) -> bool:
        """Turn the spinner; go on."""
        if time.monotonic() - self._painted > _REPAINT:
            self._paint()
        return False

    def end(self) -> None:
        """Take the lines away."""
        self._live.stop()

    def _paint(self) -> None:
        from prep.ui.grade_live import going_lines  # noqa: PLC0415

        self._painted = time.monotonic()
        out, seconds = self._context.out, self._painted - self._began
        lines = going_lines(self._going, self._context.words, height=out.height, seconds=seconds)
        self._live.update(lines, refresh=True)
