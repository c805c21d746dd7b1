"""Who watches a run: a terminal, lines for a pipe, or nobody."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rich.live import Live
from rich.text import Text as Line

from prep.app.run_watch import Audience
from prep.cli.context import Context
from prep.cli.echo import Echo
from prep.cli.interrupts import Interrupts
from prep.model.demo import Event, Progress
from prep.model.run import Begun
from prep.model.text import Text
from prep.ui.run import begin_lines, event_lines, loading
from prep.ui.run_live import Going, going, progress_line
from prep.ui.visible import visible
from prep.ui.wrap import page

_REPAINT = 0.15
_REPEAT = 10.0
_SHARE = 10  # painting takes a tenth of the time at most
_MOST_LINES = 200


@contextmanager
def audience_for(context: Context, stop: Interrupts, *, silent: bool) -> Iterator[Audience]:
    """Give whoever watches, until the run has ended."""
    if silent:
        yield Silence()
    elif context.plain or not context.out.is_terminal:
        yield Lines(context, stop)
    else:
        screen = Screen(context, stop)
        try:
            yield screen
        finally:
            screen.close()


class Silence:
    """Sees nothing and answers nothing."""

    def begin(self, begun: Begun) -> None:
        """See nothing."""

    def started(self, device: str) -> None:
        """See nothing."""

    def event(self, event: Event) -> None:
        """See nothing."""

    def printed(self, line: str) -> None:
        """See nothing."""

    def stopping(self, seconds: float) -> None:
        """See nothing."""

    def tick(self) -> None:
        """See nothing."""

    def ask(self, text: Text) -> str | None:
        """Answer nothing."""
        del text
        return None


class Lines:
    """Writes what happens line by line; progress now and then."""

    def __init__(self, context: Context, stop: Interrupts) -> None:
        self._context, self._stop = context, stop
        self._words = context.words
        self._state = Going(time.monotonic(), "")
        self._lines = 0
        self._output = Path()
        self._told: dict[str, float] = {}

    def begin(self, begun: Begun) -> None:
        """Say which solution runs and what is being loaded."""
        self._output = Path(begun.folder) / "output.txt"
        self._state.head = loading(begun, self._words)
        self._print(*begin_lines(begun, self._words))
        self._loading()

    def _loading(self) -> None:
        self._print(Line(self._state.head))

    def started(self, device: str) -> None:
        """Say where it runs."""
        self._state.head = self._words.say("run-running", device=device)
        self._running()

    def _running(self) -> None:
        self._print(Line(self._state.head))

    def event(self, event: Event) -> None:
        """Print what an event leaves on the screen."""
        self._state.take(event, self._words, time.monotonic())
        lines = list(event_lines(event, self._words, self._context.out.width))
        if lines:
            self._print(*lines)
        if isinstance(event, Progress):
            self._progress(event)

    def _progress(self, event: Progress) -> None:
        name = event.name if isinstance(event.name, str) else event.name[self._words.language]
        now = time.monotonic()
        if event.done < event.total and now < self._told.get(name, 0) + _REPEAT:
            return
        self._told[name] = now
        self._print(Line(progress_line(self._state, name)))

    def printed(self, line: str) -> None:
        """Print a line of the solution, up to a number of them."""
        self._lines += 1
        if self._lines <= _MOST_LINES:
            self._print(Line(f"│ {visible(line)}", style="quiet"))
        elif self._lines == _MOST_LINES + 1:
            self._print(Line(self._words.say("run-more-printed", path=self._output)))

    def stopping(self, seconds: float) -> None:
        """Say that the end is coming."""
        self._print(Line(self._words.say("run-stopping", seconds=f"{seconds:.0f}")))

    def tick(self) -> None:
        """Do nothing: lines stand still."""

    def ask(self, text: Text) -> str | None:
        """Read a line when a person sits there."""
        del text  # it has been printed as an event
        if not self._context.interactive:
            return None
        import readline  # noqa: F401, PLC0415 - editing for input(), wide characters included

        with self._stop.raising():
            try:
                return input("> ")
            except EOFError:
                self._print(Line())
                return None

    def _print(self, *parts: Any) -> None:  # noqa: ANN401 - whatever rich can print
        self._context.out.print(page(parts))


class Screen(Lines):
    """Keeps bars, values and a chart below what has been said."""

    def __init__(self, context: Context, stop: Interrupts) -> None:
        super().__init__(context, stop)
        self._live = Live(
            console=context.out,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._echo = Echo()
        self._next = 0.0

    def _loading(self) -> None:
        self._open()
        self._paint()

    def _running(self) -> None:
        self._paint()

    def _open(self) -> None:
        self._echo.off()
        self._live.start()

    def _progress(self, event: Progress) -> None:
        del event  # the bar tells it

    def stopping(self, seconds: float) -> None:
        """Say below the bars that the end is coming."""
        self._state.stopping = self._words.say("run-stopping", seconds=f"{seconds:.0f}")
        self._paint()

    def tick(self) -> None:
        """Paint again, when it is time."""
        if time.monotonic() >= self._next:
            self._paint()

    def ask(self, text: Text) -> str | None:
        """Put the moving part away while the learner types."""
        self.close()
        try:
            return super().ask(text)
        finally:
            self._open()

    def close(self) -> None:
        """Put the moving part away."""
        with suppress(OSError):
            self._live.stop()
        self._echo.on()

    def _paint(self) -> None:
        began = time.monotonic()
        out = self._context.out
        coloured = out.color_system is not None and not out.no_color
        view = going(self._state, self._words, out.width, began, coloured=coloured)
        self._live.update(view, refresh=True)
        # Curves of very many points take long to paint; the run must not wait for that.
        cost = time.monotonic() - began
        self._next = began + max(_REPAINT, _SHARE * cost)
