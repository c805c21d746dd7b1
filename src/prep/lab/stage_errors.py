"""What went wrong on the stage, as plain data."""

from __future__ import annotations

import traceback
from pathlib import Path

from prep.errors import EnvironmentLacksError
from prep.model.verdict import Frame
from prep.wire.stage import Lacking, Threw

_MOST_TEXT = 2_000
_MOST_TRACE = 20_000
_MOST_FRAMES = 8


def lacking(error: BaseException) -> Lacking | None:
    """Return what this machine lacks, if that is what `error` says."""
    if isinstance(error, EnvironmentLacksError):
        return Lacking(error.code, {name: str(value) for name, value in error.values.items()})
    if isinstance(error, ImportError):
        problem = clean(f"{type(error).__name__}: {error}")[:500]
        return Lacking("run-lacks", {"modules": str(error.name or ""), "problem": problem})
    return None


def threw(error: BaseException, file: str) -> Threw:
    """Return an exception with the lines of `file` that were running."""
    frames = list(traceback.walk_tb(error.__traceback__))
    own = [
        Frame(line, frame.f_code.co_name[:80], _line(file, line))
        for frame, line in frames
        if frame.f_code.co_filename == file
    ]
    if isinstance(error, SyntaxError) and error.filename == file and type(error.lineno) is int:
        own.append(Frame(error.lineno, "", _line(file, error.lineno)))
    return Threw(
        kind=clean(type(error).__name__)[:80],
        text=_text(error),
        frames=own[-_MOST_FRAMES:],
        trace=clean("".join(traceback.format_exception(error))[-_MOST_TRACE:]),
    )


def clean(text: str) -> str:
    """Return text that can travel: a plain str, without lone surrogates."""
    return str.encode(text, "utf-8", "backslashreplace").decode()


def _text(error: BaseException) -> str:
    try:
        return clean(str(error)[:_MOST_TEXT])
    except Exception:  # noqa: BLE001 - a learner's __str__ may raise anything
        return "<unprintable>"


def _line(file: str, number: int) -> str:
    try:
        lines = Path(file).read_bytes().split(b"\n")
        return lines[number - 1].decode("utf-8", "replace").strip()[:200]
    except (OSError, IndexError):
        return ""
