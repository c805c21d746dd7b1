"""Limits for a machine that is slower than the one they were made for.

The limits of an exercise stand far above what its reference needs. When one of them ends a
grading, the reference runs here, once, under the same limits: if it takes a larger share than
was promised, the machine is slow, the limits grow by that factor, and the solution gets its
second try. What was measured is kept until exercise, libraries or device change. A machine on
which the reference itself does not finish is too slow to judge anybody.
"""

from __future__ import annotations

import hashlib
import os
import platform
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, structs

from prep.errors import EnvironmentLacksError
from prep.grading.servers import LacksLibraryError
from prep.grading.supervise import grade
from prep.model.device import pick_device
from prep.model.judgement import Note

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from prep.grading.job import Job
    from prep.grading.loop import Cancelled, Listener
    from prep.grading.servers import Bench
    from prep.model.exercise import Limits
    from prep.model.verdict import Report

# A limit is at least so many times what the reference needs (docs/exercises.md).
_CALL, _LOADING, _TOTAL = 10, 10, 4
# A machine that is slower by less is as quick as promised: it is busy, or a little slow.
_WORTH_IT = 1.25
_FILES = ("exercise.yaml", "checks.py", "probe.py", "reference.py")


class Pace(Struct, frozen=True):
    """How many times slower than promised the reference was, for each limit; 1 at least."""

    key: str
    call: float = 1.0
    loading: float = 1.0
    total: float = 1.0


def grade_fairly(
    job: Job,
    bench: Bench,
    cache: Path,
    *,
    listener: Listener,
    cancelled: Cancelled,
    measuring: Callable[[], None],
) -> Report:
    """Grade; when a limit of time was hit, measure this machine and grade again if it is slow.

    `measuring` is called before the reference runs. Raises GradingCancelledError.
    """
    known = _stored(job, bench, cache, cancelled)
    report = grade(_paced(job, known), bench=bench, listener=listener, cancelled=cancelled)
    if report.verdict != "timed_out" or known is not None:
        return report
    measuring()
    reference = structs.replace(job, file=job.folder / "reference.py")
    measured = grade(reference, bench=bench, cancelled=cancelled)
    if measured.verdict != "passed":
        return _too_slow(report) if measured.verdict == "timed_out" else report
    pace = _pace(measured, job.exercise.limits, _key(job, bench))
    _store(job, cache, pace)
    if _of_the_limit_hit(report, pace) < _WORTH_IT:
        return report
    again = grade(_paced(job, pace), bench=bench, listener=listener, cancelled=cancelled)
    factor = f"{_of_the_limit_hit(report, pace):.1f}"
    return structs.replace(again, notes=(*again.notes, Note("grade-paced", {"factor": factor})))


def scaled(limits: Limits, pace: Pace) -> Limits:
    """Return the limits for this machine."""
    return structs.replace(
        limits,
        call_seconds=limits.call_seconds * pace.call,
        import_seconds=limits.import_seconds * pace.loading,
        total_seconds=limits.total_seconds * max(pace.call, pace.total),
    )


def _paced(job: Job, pace: Pace | None) -> Job:
    if pace is None:
        return job
    limits = scaled(job.exercise.limits, pace)
    return structs.replace(job, exercise=structs.replace(job.exercise, limits=limits))


def _pace(measured: Report, limits: Limits, key: str) -> Pace:
    return Pace(
        key,
        call=max(1, _CALL * measured.longest_call / limits.call_seconds),
        loading=max(1, _LOADING * measured.loading / limits.import_seconds),
        total=max(1, _TOTAL * measured.seconds / limits.total_seconds),
    )


def _of_the_limit_hit(report: Report, pace: Pace) -> float:
    codes = {note.code for note in (report.note, *(c.note for c in report.checks)) if note}
    if "grade-late-total" in codes:
        return max(pace.call, pace.total)
    return pace.loading if any("import" in code for code in codes) else pace.call


def _too_slow(report: Report) -> Report:
    return structs.replace(report, verdict="cannot_run", note=Note("grade-too-slow"), frames=())


def _key(job: Job, bench: Bench) -> str:
    """Return what the measurement is about: another key, another measurement."""
    digest = hashlib.sha256()
    for name in _FILES:
        with suppress(FileNotFoundError):
            digest.update((job.folder / name).read_bytes())
    versions = sorted(bench.versions.items())
    device = pick_device(job.device, bench.devices)
    known = [platform.python_version(), os.cpu_count(), device, versions]
    digest.update(repr(known).encode())
    return digest.hexdigest()


def _file(job: Job, cache: Path) -> Path:
    return cache / "pace" / f"{job.exercise.id}.json"


def _stored(job: Job, bench: Bench, cache: Path, cancelled: Cancelled) -> Pace | None:
    """Return what was measured here; nothing is waited for when nothing was."""
    try:
        pace = msgspec.json.decode(_file(job, cache).read_bytes(), type=Pace)
        bench.wait(cancelled)
        return pace if pace.key == _key(job, bench) else None
    except (OSError, msgspec.MsgspecError, LacksLibraryError, EnvironmentLacksError):
        return None


def _store(job: Job, cache: Path, pace: Pace) -> None:
    file = _file(job, cache)
    with suppress(OSError):  # it will be measured again
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.encode(pace))
