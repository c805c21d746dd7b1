"""One grading: judge and workers are started, watched and ended, and what they say is collected."""

from __future__ import annotations

import hashlib
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from msgspec import structs

from prep.errors import EnvironmentLacksError
from prep.grading.copies import is_same_text, read_solution, scratch_folder
from prep.grading.loop import Loop
from prep.grading.servers import Bench, GradingCancelledError, LacksLibraryError
from prep.grading.verdict import Heard, conclude
from prep.model.device import pick_device
from prep.model.judgement import Note, note_of
from prep.wire.channel import GoneError, LateError

if TYPE_CHECKING:
    from prep.grading.job import Job
    from prep.grading.loop import Cancelled, Listener
    from prep.model.verdict import Report

__all__ = ["GradingCancelledError", "grade"]


def grade(
    job: Job,
    *,
    bench: Bench | None = None,
    listener: Listener | None = None,
    cancelled: Cancelled | None = None,
) -> Report:
    """Grade one solution; nothing that it does is raised here.

    `cancelled` is asked about every 30 ms, also while libraries load. When it says yes, everything
    that the grading has started is ended and GradingCancelledError raised.
    """
    began = time.monotonic()
    source = read_solution(job.file)
    heard = Heard()
    if isinstance(source, bytes):
        heard.sha256 = hashlib.sha256(source).hexdigest()
        if is_same_text(source, (job.folder / "starter.py").read_bytes()):
            code = "grade-starter-hunt" if job.exercise.is_hunt else "grade-starter"
            heard.stop("not_attempted", Note(code))
        elif not source.strip():
            heard.stop("not_attempted", Note("grade-empty"))
        else:
            job = _run(job, source, bench, heard, listener or _nobody, cancelled or _never)
    else:
        heard.stop("broken", source)
    return conclude(job, heard, time.monotonic() - began)


def _run(
    job: Job,
    source: bytes,
    bench: Bench | None,
    heard: Heard,
    listener: Listener,
    cancelled: Cancelled,
) -> Job:
    """Run the grading; return the job with the device that it ran on."""
    with ExitStack() as stack:
        if bench is None:
            bench = stack.enter_context(Bench(job.exercise.needs, device=job.device))
        try:
            bench.wait(cancelled)
            job = structs.replace(job, device=pick_device(job.device, bench.devices))
        except LacksLibraryError as error:
            heard.stop("cannot_run", _with_extra(error.note, job.exercise.extra))
            return job
        except EnvironmentLacksError as error:
            heard.stop("cannot_run", note_of(error))
            return job
        folder = stack.enter_context(scratch_folder())
        try:
            loop = stack.enter_context(Loop(job, source, folder, bench, heard))
            loop.run(listener, cancelled)
        except (GoneError, LateError) as error:  # a server has ended
            heard.stop("grader_error", Note("grade-judge", {"problem": type(error).__name__}))
    return job


def _with_extra(lacking: Note, extra: str) -> Note:
    """Name the extra that installs what is lacking."""
    if lacking.code != "grade-lacks":
        return lacking
    return Note("grade-needs", {**lacking.values, "extra": extra})


def _nobody(_: object) -> None:
    """Listen to nothing."""


def _never() -> bool:
    return False
