"""Run an exercise's demo with a solution, and keep what came of it."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from prep.app.run_choice import solution_source
from prep.app.run_failure import failure_of, raise_lacking
from prep.app.run_process import StageProcess
from prep.app.run_watch import Watch
from prep.errors import PrepError
from prep.model.run import Begun, Choice, Failure, RunReport, Status
from prep.wire.stage import Script

if TYPE_CHECKING:
    from prep.app.run_watch import Audience, Stop
    from prep.exercises.catalog import Shelf

_SOLUTION = "solution.py"
# What the runner itself writes into a run's folder.
RUN = "run.json"
_OURS = {_SOLUTION, RUN, "output.txt", "errors.txt"}
_HALF = ".part"


class Wish(Struct, frozen=True, kw_only=True):
    """What the command line asks for; the folder is there, and empty."""

    device: str
    quick: bool
    seed: int
    options: dict[str, str]
    folder: Path


def run_demo(shelf: Shelf, choice: Choice, wish: Wish, audience: Audience, stop: Stop) -> RunReport:
    """Run the demo to its end, also when that comes early.

    Raises EnvironmentLacksError when the machine lacks something, and DemoBrokenError when the
    demo fails with our own solution.
    """
    source = solution_source(Path(choice.path))
    try:
        (wish.folder / _SOLUTION).write_bytes(source)
    except OSError as error:
        raise PrepError("file-unwritable", path=str(wish.folder), problem=str(error)) from error
    exercise = shelf.exercise
    audience.begin(Begun(exercise.id, exercise.title, choice, exercise.needs, str(wish.folder)))
    with StageProcess(_script(shelf, wish)) as process:
        watch = Watch(process, audience, stop, wish.folder)
        watch.run()
    if watch.lacking is not None and not watch.stops:
        _forget(wish.folder)
        raise_lacking(watch.lacking, exercise.extra)
    return _report(exercise.id, choice, wish, watch)


def _script(shelf: Shelf, wish: Wish) -> Script:
    return Script(
        exercise=str(shelf.folder.resolve()),
        folder=str(wish.folder.resolve()),
        needs=list(shelf.exercise.needs),
        device=wish.device,
        quick=wish.quick,
        seed=wish.seed,
        options=wish.options,
    )


def _report(name: str, choice: Choice, wish: Wish, watch: Watch) -> RunReport:
    status, failure = _outcome(choice, watch)
    ended, record = watch.ended, watch.record
    return RunReport(
        exercise=name,
        choice=choice,
        status=status,
        device=watch.device,
        seed=wish.seed,
        quick=wish.quick,
        seconds=ended.seconds if ended is not None else time.monotonic() - watch.began,
        memory=ended.memory if ended is not None else 0,
        device_memory=ended.device_memory if ended is not None else 0,
        facts=record.facts,
        curves=record.curves,
        tables=tuple(record.tables),
        artefacts=_artefacts(record.artefacts, wish.folder),
        said=tuple(record.said),
        folder=str(wish.folder),
        failure=failure,
    )


def _outcome(choice: Choice, watch: Watch) -> tuple[Status, Failure | None]:
    if watch.stops or watch.stopped:
        return "interrupted", None
    if watch.threw is None and watch.ended is not None:
        return "done", None
    errors = watch.output[1].tail
    return "failed", failure_of(choice, watch.threw, watch.code, errors)


def _artefacts(told: list[str], folder: Path) -> tuple[str, ...]:
    """Return the files that are there: those of the demo, then others in the folder."""
    found = [path for path in told if Path(path).exists()]
    known = {Path(path).resolve() for path in found}
    for path in sorted(folder.iterdir()):
        is_new = path.resolve() not in known and path.name not in _OURS
        if is_new and path.suffix != _HALF:
            found.append(str(path))
    return tuple(found)


def _forget(folder: Path) -> None:
    """Remove the folder of a run that never began."""
    with suppress(OSError):
        for name in _OURS:
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()
