"""One Python file by its path: loading it, and what of an exception happened in it."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from prep.model.verdict import Frame

if TYPE_CHECKING:
    import types

_MOST_TEXT = 2_000
_MOST_FRAMES = 8


def load(name: str, file: str) -> types.ModuleType:
    """Load a file as the module `name`."""
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def frames_in(file: str, error: BaseException | None) -> list[Frame]:
    """Return the last lines of a file that were running when `error` was raised."""
    found = [
        Frame(line, frame.f_code.co_name[:80], _line(file, line))
        for frame, line in traceback.walk_tb(error.__traceback__ if error is not None else None)
        if frame.f_code.co_filename == file
    ]
    if isinstance(error, SyntaxError) and error.filename == file and type(error.lineno) is int:
        found.append(Frame(error.lineno, "", _line(file, error.lineno)))
    return found[-_MOST_FRAMES:]


def message_of(error: BaseException | None) -> str:
    """Return what an exception says, not endless."""
    try:
        return clean(str(error)[:_MOST_TEXT])
    except BaseException:  # noqa: BLE001 - a learner's __str__ may raise anything
        return "<unprintable>"


def clean(text: str) -> str:
    """Return text that can travel: a plain str, without lone surrogates."""
    return str.encode(text, "utf-8", "backslashreplace").decode()


def _line(file: str, number: int) -> str:
    try:
        lines = Path(file).read_bytes().split(b"\n")
        return lines[number - 1].decode("utf-8", "replace").strip()[:200]
    except (OSError, IndexError):
        return ""
