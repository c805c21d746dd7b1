"""What went wrong on the stage, as plain data."""

from __future__ import annotations

import traceback

from prep.errors import EnvironmentLacksError
from prep.lab.files import clean, frames_in, message_of
from prep.model.judgement import note_of
from prep.wire.stage import Lacking, Threw

_MOST_TRACE = 20_000


def lacking(error: BaseException) -> Lacking | None:
    """Return what this machine lacks, if that is what `error` says."""
    if isinstance(error, EnvironmentLacksError):
        return Lacking(error.code, note_of(error).values)
    if isinstance(error, ImportError):
        problem = clean(f"{type(error).__name__}: {error}")[:500]
        return Lacking("run-lacks", {"modules": str(error.name or ""), "problem": problem})
    return None


def threw(error: BaseException, file: str) -> Threw:
    """Return an exception with the lines of `file` that were running."""
    return Threw(
        kind=clean(type(error).__name__)[:80],
        text=message_of(error),
        frames=frames_in(file, error),
        trace=clean("".join(traceback.format_exception(error))[-_MOST_TRACE:]),
    )
