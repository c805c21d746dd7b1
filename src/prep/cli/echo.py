"""What is typed while something is painted must not be painted too."""

from contextlib import suppress
from typing import Any


class Echo:
    """Switches the terminal's echo; where there is no terminal, nothing happens."""

    def __init__(self) -> None:
        self._saved: list[Any] | None = None

    def off(self) -> None:
        """Show nothing of what is typed; Ctrl-C still interrupts."""
        with suppress(ImportError, OSError):
            import termios  # noqa: PLC0415 - not there on Windows

            with suppress(termios.error):
                self._saved = termios.tcgetattr(0)
                quiet = termios.tcgetattr(0)
                quiet[3] &= ~termios.ECHO
                termios.tcsetattr(0, termios.TCSANOW, quiet)

    def on(self) -> None:
        """Put it back as it was."""
        if self._saved is None:
            return
        import termios  # noqa: PLC0415

        with suppress(termios.error, OSError):  # the terminal has been closed
            termios.tcsetattr(0, termios.TCSANOW, self._saved)
        self._saved = None
