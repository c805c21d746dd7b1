"""A watch that ends: a bug hunt against the clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from msgspec import structs
from rich.text import Text

from prep.app.grade import remembered
from prep.cli.watch import QuitError, Watch

if TYPE_CHECKING:
    from prep.app.grade import Grader, Task
    from prep.cli.context import Context
    from prep.cli.grade_wish import Wish
    from prep.cli.keys import Keys
    from prep.cli.watch_screen import WatchScreen
    from prep.model.exercise import Exercise
    from prep.model.verdict import Report


class _TimeUpError(QuitError):
    """The clock has run down."""


class _FoundError(QuitError):
    """Every bug is found."""


class Hunt(Watch):
    """A watch that ends: by the clock, when all is found, or when the learner has enough."""

    KEYS: ClassVar[str] = "hunt-keys"

    def __init__(  # noqa: PLR0913 - a watch's, and the time
        self,
        context: Context,
        wish: Wish,
        grader: Grader,
        task: Task,
        keys: Keys,
        screen: WatchScreen,
        *,
        seconds: float,
    ) -> None:
        super().__init__(context, wish, grader, task, keys, screen)
        self._began = time.monotonic()
        self._end = self._began + seconds
        self._best: Report | None = None
        self._how = "left"

    def run(self) -> None:
        """Grade each save until the hunt is over."""
        self._tick()
        try:
            super().run()
        except _TimeUpError:
            self._how = "time"
        except _FoundError:
            self._how = "found"
        except (QuitError, EOFError, KeyboardInterrupt):
            self._how = "left"

    def begin(self, task: Task) -> None:
        """See that a grading begins; what the checks are called would give the bugs away."""
        from prep.ui.hunt import nameless  # noqa: PLC0415 - when a hunt runs

        exercise = nameless(task.exercise, self._context.words)
        shelf = structs.replace(task.shelf, exercise=exercise)
        super().begin(structs.replace(task, shelf=shelf))

    def cancelled(self) -> bool:
        """Look at keys and file; after the end a grading that began in time is only finished."""
        if time.monotonic() < self._end:
            return super().cancelled()
        self._tick()
        self._screen.cancelled()
        return False

    def show_end(self) -> int:
        """Show what was found and what was missed, and return the exit code."""
        from prep.ui.hunt import ending_lines  # noqa: PLC0415 - at the end
        from prep.ui.wrap import page  # noqa: PLC0415

        context, taken = self._context, min(time.monotonic(), self._end) - self._began
        lines = ending_lines(self._exercise, self._best, self._how, taken, context.words)
        context.out.print(page([Text(), *lines]))
        return 0 if self._how == "found" else 1

    @property
    def _exercise(self) -> Exercise:
        return self._task.exercise

    def _show(self, report: Report) -> None:
        from prep.ui.hunt import going_lines  # noqa: PLC0415 - when there is a first report

        context, task = self._context, self._task
        graded = remembered(task, report, lambda: context.store, context.clock)
        if self._best is None or report.score > self._best.score:
            self._best = report
        self._screen.show(going_lines(self._exercise, report, str(task.file), context.words))
        if graded.trouble is not None:
            self._screen.complain(graded.trouble)
        if report.verdict == "passed":
            raise _FoundError

    def _is_due(self, seconds: float) -> bool:
        if seconds and time.monotonic() >= self._end:  # at rest, between gradings
            raise _TimeUpError
        self._tick()
        return super()._is_due(seconds)

    def _press(self, key: str) -> bool:
        if key == "s":
            self._screen.tell("hunt-no-solution")
            return False
        return super()._press(key)

    def _tick(self) -> None:
        """Show the time that is left."""
        self._screen.clock(self._end - time.monotonic())
