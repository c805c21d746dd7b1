"""Noticing that a file was saved, whatever the editor does to save it."""

import hashlib
import os
import time
from pathlib import Path
from typing import Literal

from prep.grading.copies import read_solution

News = Literal["same", "changed", "gone"]
# Editors that write a new file beside the old one take the name away for a moment.
_PATIENCE = 0.5


class WatchedFile:
    """Looks at one file, a few dozen times a second.

    A change counts when two looks in a row agree, so that a file is not taken half written, and
    when the content is another: a save of the same text is none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.take()

    def take(self) -> None:
        """Take what is there now as known."""
        self._settled = self._last = _signature(self._path)
        self._since = time.monotonic()
        self._content = _content(self._path)

    def look(self) -> News:
        """Return what has happened since the last look or `take`."""
        found = _signature(self._path)
        if found != self._last:
            self._last, self._since = found, time.monotonic()
            return "same"
        if found == self._settled:
            return "same"
        if found is None and time.monotonic() - self._since < _PATIENCE:
            return "same"
        self._settled = found
        if found is None:
            self._content = ""
            return "gone"
        content = _content(self._path)
        if content == self._content:
            return "same"
        self._content = content
        return "changed"


def _signature(path: Path) -> tuple[int, ...] | None:
    """Return what another save would change; nothing when there is no such file."""
    try:
        found = os.stat(path)  # noqa: PTH116 - asked all the time
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_mode)


def _content(path: Path) -> str:
    data = read_solution(path)
    return hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else repr(data)
