"""Whose words are they? Python's two streams of a worker, without what libraries say unasked.

Kept is what the solution writes, and what a library writes that the solution itself called, as in
`model.summary()`. What one library makes another say, what a probe makes anybody say, and warnings
about lines that are not the solution's are dropped: the report would show them as the learner's
words.

Only Python's own `print`, `warnings` and `logging` come through here. What C code and other
processes write goes straight into the pipe.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

_LIBRARIES = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages"))


class Voice(io.TextIOWrapper):
    """A text stream that is mute while only libraries speak."""

    folder = ""

    def write(self, text: str, /) -> int:
        """Write what is the solution's."""
        if _is_the_solutions(sys._getframe(1), self.folder):  # noqa: SLF001 - who speaks
            return super().write(text)
        return len(text)


def voice(end: int, folder: str) -> Voice:
    """Return a stream that writes to the open file `end`, for a solution in `folder`."""
    buffer = io.BufferedWriter(io.FileIO(end, "w", closefd=False))
    stream = Voice(buffer, "utf-8", "backslashreplace", line_buffering=True)
    stream.folder = folder
    return stream


def mute_warnings(folder: str) -> None:
    """Let warnings about lines of files outside `folder` go nowhere."""
    show = warnings.showwarning

    def shown(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        file = args[2] if len(args) > 2 else kwargs.get("filename")  # noqa: PLR2004 - the third
        if _is_hers(str(file), folder):
            show(*args, **kwargs)

    warnings.showwarning = shown


def _is_hers(file: str, folder: str) -> bool:
    return file.startswith(folder) and not file.endswith(f"{os.sep}probe.py")


def _is_the_solutions(frame: FrameType | None, folder: str) -> bool:
    """Walk outwards to the solution: at most one library may stand in between."""
    between: set[str] = set()
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(folder):
            return len(between) <= 1 and _is_hers(file, folder)
        library = _library(file)
        if library:
            between.add(library)
        frame = frame.f_back
    return not between  # a thread or an exit function of the solution


@lru_cache(maxsize=4096)
def _library(file: str) -> str:
    """Return the installed package that a file belongs to, or nothing for Python's own."""
    for mark in _LIBRARIES:
        _, found, rest = file.rpartition(mark)
        if found:
            return rest.partition(os.sep)[0].removesuffix(".py")
    return ""
