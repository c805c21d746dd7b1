"""`prep grade --watch`: each save is graded at once, and keys work all the time.

One thread does everything: while a grading runs, its supervisor asks about every 30 ms whether
it is still wanted, and that is when keys are read and the file is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.rule import Rule
from rich.text import Text

from prep.app.grade import remembered
from prep.cli.grade_all import whole_report
from prep.cli.grade_wish import fresh_seed, repeating, write_junit
from prep.cli.keys import TimeUpError, open_keys
from prep.cli.watch_screen import watch_screen
from prep.cli.watched_file import WatchedFile
from prep.errors import PrepError, UsageError
from prep.grading.supervise import GradingCancelledError

if TYPE_CHECKING:
    from prep.app.grade import Grader, Task
    from prep.cli.context import Context
    from prep.cli.grade_wish import Wish
    from prep.cli.keys import Keys
    from prep.cli.watch_screen import WatchScreen
    from prep.model.verdict import Report
    from prep.wire.messages import Began, Checked

_LOOK_EVERY = 0.02


class QuitError(Exception):
    """The learner has enough."""


def run_watch(context: Context, wish: Wish, grader: Grader, tasks: list[Task]) -> int:
    """Grade one file at each save until the learner leaves; return 0."""
    if len(tasks) != 1:
        raise UsageError("grade-watch-one")
    with open_keys() as keys, watch_screen(context, tasks[0], Watch.KEYS) as screen:
        watch = Watch(context, wish, grader, tasks[0], keys, screen)
        try:
            watch.run()
        except (QuitError, EOFError):  # the key, or a terminal that was closed
            return 0
    return 0


class Watch:
    """The audience of gradings that come and go; `KEYS` is the sentence about its keys."""

    KEYS: ClassVar[str] = "watch-keys"

    def __init__(
        self,
        context: Context,
        wish: Wish,
        grader: Grader,
        task: Task,
        keys: Keys,
        screen: WatchScreen,
    ) -> None:
        self._context, self._wish, self._grader, self._task = context, wish, grader, task
        self._keys, self._screen = keys, screen
        self._file = WatchedFile(task.file)

    def run(self) -> None:
        """Grade, wait for a save or a key, and so on."""
        while True:
            self._grade()
            while not self._is_due(_LOOK_EVERY):
                self._screen.rest()

    def begin(self, task: Task) -> None:
        """See that a grading begins."""
        self._screen.begin(task)

    def heard(self, message: Began | Checked) -> None:
        """See that a check has begun or ended."""
        self._screen.heard(message)

    def measuring(self) -> None:
        """See that the reference runs."""
        self._screen.measuring()

    def cancelled(self) -> bool:
        """Look at keys and file; a save or a key may ask for another grading."""
        self._screen.cancelled()
        return self._is_due(0)

    def _grade(self) -> None:
        """Grade until a grading comes to its end."""
        while True:
            self._file.take()
            try:
                seed = fresh_seed(self._context, self._wish)
                report = self._grader.grade(self._task, seed, self)
            except GradingCancelledError:
                continue
            return self._show(report)

    def _show(self, report: Report) -> None:
        context, task = self._context, self._task
        graded = remembered(task, report, lambda: context.store, context.clock)
        now = context.clock.now().astimezone()
        self._screen.show(
            [
                Text(f"{now:%H:%M:%S}")
                if context.plain
                else Rule(f"{now:%H:%M:%S}", style="quiet", align="left"),
                *whole_report(context, task, report, passed_too=not self._screen.listed),
            ]
        )
        if report.ran:
            self._screen.copyable("grade-again", command=repeating(self._wish, report))
        if graded.trouble is not None:
            self._screen.complain(graded.trouble)
        if self._wish.junit is not None:
            write_junit(self._wish.junit, [(task.exercise, report)], context.words)

    def _is_due(self, seconds: float) -> bool:
        """Wait so long for a key, act on it, and return whether to grade again."""
        try:
            key = self._keys.key(seconds).lower()
        except TimeUpError:
            key = ""
        if self._press(key):
            return True
        news = self._file.look()
        if news == "gone":
            self._screen.tell("watch-gone", file=str(self._task.file))
        return news == "changed"

    def _press(self, key: str) -> bool:
        match key:
            case "q":
                raise QuitError
            case "g":
                return True
            case "h" | "s":
                try:
                    self._hint() if key == "h" else self._solution()
                except PrepError as error:
                    self._screen.complain(error)
            case "?":
                self._screen.tell(self.KEYS)
            case _:
                pass
        return False

    def _hint(self) -> None:
        from prep.app.practice import take_hint  # noqa: PLC0415 - when asked for
        from prep.ui.practice import hint_lines  # noqa: PLC0415

        name = self._task.exercise.id
        self._screen.show(
            hint_lines(name, take_hint(self._context.desk, name), self._context.words)
        )

    def _solution(self) -> None:
        from prep.app.practice import take_reference  # noqa: PLC0415 - when asked for
        from prep.ui.practice import reference_lines  # noqa: PLC0415

        name = self._task.exercise.id
        code = take_reference(self._context.desk, name)
        self._screen.show(reference_lines(name, code, self._context.words, given_up=False))
