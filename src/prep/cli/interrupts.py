"""Ctrl-C as something to wait for, so that a message is never read by halves."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self

# A polite kill and a closed terminal keep the checkpoint, too.
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class Interrupts:
    """While this is open, Ctrl-C writes to a pipe and raises nothing."""

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
        self._before = {number: signal.signal(number, self._come) for number in numbers}
        return self

    def __exit__(self, *_: object) -> None:
        """Put everything back as it was."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._read)
        os.close(self._write)

    def fileno(self) -> int:
        """Return the end that becomes readable."""
        return self._read

    def take(self) -> None:
        """Take one Ctrl-C back."""
        os.read(self._read, 1)

    @contextmanager
    def raising(self) -> Iterator[None]:
        """Let Ctrl-C raise KeyboardInterrupt again, as `input` needs it."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, self._come)

    def _come(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        try:
            os.write(self._write, b"i")
        except BlockingIOError:
            return  # thousands wait there already
