"""One key at a time, from a real terminal."""

from __future__ import annotations

import codecs
import os
import sys
import time
import unicodedata
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTER, BACKSPACE, ESCAPE = "enter", "backspace", "escape"
_NAMES = {"\r": ENTER, "\n": ENTER, "\x7f": BACKSPACE, "\b": BACKSPACE, "\x1b": ESCAPE}
_INTERRUPT, _END = "\x03", "\x04"
# An escape sequence arrives at once; a lone Escape key is followed by nothing.
_SEQUENCE_SECONDS = 0.02


class TimeUpError(Exception):
    """No key came before the deadline."""


class Keys(Protocol):
    """Where keys and lines come from."""

    def key(self, seconds: float | None = None) -> str:
        """Return the next key: a character (width folded), or a name like `enter`."""

    def line(self, prompt: str) -> str:
        """Return a line typed with the terminal's own editing."""

    def forget(self) -> None:
        """Drop what was pressed before the screen that it would answer."""


def open_keys() -> _PosixKeys | _WindowsKeys:
    """Return the keys of this platform's terminal."""
    return _WindowsKeys() if sys.platform == "win32" else _PosixKeys()


def name_of(character: str) -> str:
    """Return a key's name: full-width characters count as the plain ones."""
    if character == _INTERRUPT:
        raise KeyboardInterrupt
    if character == _END:
        raise EOFError
    return _NAMES.get(character) or unicodedata.normalize("NFKC", character)


class _PosixKeys:
    """The terminal stays in key mode for the whole quiz and is given back at its end."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._waiting: list[str] = []

    def __enter__(self) -> Self:
        import termios  # noqa: PLC0415 - not there on Windows
        import tty  # noqa: PLC0415

        self._saved = termios.tcgetattr(0)
        tty.setcbreak(0)
        return self

    def __exit__(self, *_: object) -> None:
        self._restore()

    def key(self, seconds: float | None = None) -> str:
        """Return the next key; the end of the terminal raises EOFError."""
        while True:
            while not self._waiting:
                self._waiting += self._decode(self._read(seconds))
            character = self._waiting.pop(0)
            if _NAMES.get(character) != ESCAPE or not self._drop_sequence():
                return name_of(character)

    def line(self, prompt: str) -> str:
        """Return a line, with the terminal's own line editing."""
        import readline  # noqa: F401, PLC0415 - editing for input(), wide characters included

        with self._cooked():
            return input(prompt)

    def forget(self) -> None:
        """Drop the rest of a pasted text, and keys pressed ahead."""
        import termios  # noqa: PLC0415

        self._waiting.clear()
        with suppress(termios.error):  # the terminal has been closed
            termios.tcflush(0, termios.TCIFLUSH)

    def _read(self, seconds: float | None) -> bytes:
        import select  # noqa: PLC0415

        ready, _, _ = select.select([0], [], [], seconds)
        if not ready:
            raise TimeUpError
        try:
            data = os.read(0, 64)
        except OSError as error:
            raise EOFError from error
        if not data:
            raise EOFError
        return data

    def _drop_sequence(self) -> bool:
        """Ignore arrows and function keys: their letters must not answer a question."""
        with suppress(TimeUpError, EOFError):
            self._waiting += self._decode(self._read(_SEQUENCE_SECONDS))
        if not self._waiting or self._waiting[0] not in "[O":
            return False
        self._waiting.pop(0)
        while self._waiting:
            end = self._waiting.pop(0)
            if end.isalpha() or end == "~":
                break
        return True

    @contextmanager
    def _cooked(self) -> Iterator[None]:
        import termios  # noqa: PLC0415
        import tty  # noqa: PLC0415

        self._restore()
        try:
            yield
        finally:
            with suppress(termios.error):  # the terminal has been closed
                tty.setcbreak(0)

    def _restore(self) -> None:
        import termios  # noqa: PLC0415

        with suppress(termios.error):  # the terminal has been closed
            termios.tcsetattr(0, termios.TCSADRAIN, self._saved)


class _WindowsKeys:
    """The console of Windows, through msvcrt."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def key(self, seconds: float | None = None) -> str:
        """Return the next key; arrows and function keys are ignored."""
        import msvcrt  # noqa: PLC0415 - only there on Windows

        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            while deadline is not None and not msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
                if time.monotonic() > deadline:
                    raise TimeUpError
                time.sleep(0.02)
            character = msvcrt.getwch()  # type: ignore[attr-defined,unused-ignore]
            if character in "\x00\xe0":
                msvcrt.getwch()  # type: ignore[attr-defined,unused-ignore]
                continue
            return name_of(character)

    def line(self, prompt: str) -> str:
        """Return a line, with the console's own editing."""
        return input(prompt)

    def forget(self) -> None:
        """Drop the rest of a pasted text, and keys pressed ahead."""
        import msvcrt  # noqa: PLC0415

        while msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
            msvcrt.getwch()  # type: ignore[attr-defined,unused-ignore]
