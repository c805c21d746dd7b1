"""Is this installation sound? Libraries, devices, isolation, and two verdicts that are known."""

from __future__ import annotations

from contextlib import ExitStack
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from prep.errors import EnvironmentLacksError
from prep.exercises.catalog import find_exercise
from prep.grading.environment import clean_environment
from prep.grading.job import Job
from prep.grading.servers import FORKS, Bench, LacksLibraryError, Server
from prep.grading.supervise import grade
from prep.model.doctor import Control, Lab, Library
from prep.model.judgement import Note

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prep.model.verdict import Report

_CORE = ("typer", "click", "rich", "msgspec", "fsrs", "pyyaml", "platformdirs", "psutil")
_STUDY = {
    "torch": ("numpy", "pytest", "torch", "transformers", "scikit-learn", "opacus", "matplotlib"),
    "tf": ("tensorflow", "ai-edge-litert"),
    "llm": ("openai",),
}
_CONTROL = Path(__file__).parent
# The first of these that is there is loaded for the control pair.
_NEEDS = (("numpy", "torch"), ("numpy",))
_SEED = 1
_MUST_FAIL = "test_mean"


def libraries() -> list[Library]:
    """Return what is installed, and what is not; nothing is imported."""
    core = [Library(name, _version(name)) for name in _CORE]
    study = [
        Library(name, _version(name), extra) for extra, all_ in _STUDY.items() for name in all_
    ]
    return core + study


def examine(tell: Callable[[str], None]) -> Lab:
    """Ask the libraries that are there for their devices, and grade the control pair.

    `tell` hears a code before each step that takes seconds.
    """
    lab = Lab(devices={}, broken={})
    try:
        with ExitStack() as stack:
            tensorflow = _loading("tensorflow", stack)  # while torch is loaded and used
            lab = _graded(lab, tell)
            if tensorflow is not None:
                tell("doctor-asking")
                lab = _asked("tensorflow", tensorflow, lab)
    except EnvironmentLacksError as error:
        return structs.replace(lab, hindrance=Note(error.code))
    return lab


def _graded(lab: Lab, tell: Callable[[str], None]) -> Lab:
    """Grade the control pair with torch, or without it where it is missing or broken."""
    tell("doctor-loading")
    for needs in _NEEDS:
        if not all(map(_is_there, needs[1:])):
            continue
        try:
            with Bench(needs, device="auto") as bench:
                bench.wait()
                tell("doctor-grading")
                lab = structs.replace(lab, devices=dict.fromkeys(needs[1:], bench.devices))
                return _with_verdicts(lab, bench)
        except LacksLibraryError as error:
            lab = _lacking(lab, error.note)
    return lab


def _with_verdicts(lab: Lab, bench: Bench) -> Lab:
    shelf = find_exercise(_CONTROL, "control")
    exercise = structs.replace(shelf.exercise, needs=bench.needs)
    jobs = [
        Job(exercise=exercise, folder=shelf.folder, file=file, seed=_SEED, device="auto")
        for file in (shelf.folder / "reference.py", shelf.folder / "wrong.py")
    ]
    good, bad = (grade(job, bench=bench) for job in jobs)
    failed = [check.name for check in bad.checks if check.outcome not in {"passed", "not_run"}]
    is_right = (good.verdict, bad.verdict, failed) == ("passed", "failed", [_MUST_FAIL])
    control = Control(
        good=good.verdict,
        bad=bad.verdict,
        right=is_right,
        seconds=round(good.seconds + bad.seconds, 1),
        simulated=_simulated(good, bench.needs),
    )
    found = structs.replace(lab, isolation=good.isolation, missing=good.missing)
    return structs.replace(found, control=control, hindrance=None)


def _simulated(good: Report, needs: Sequence[str]) -> str | None:
    """Return why there was no simulated device; "" if there was, None if nobody asked for it."""
    if "torch" not in needs or good.device != "cpu":
        return None
    note = next((check.note for check in good.checks if not check.counts), None)
    return note.values.get("problem", "?") if note is not None else ""


def _loading(name: str, stack: ExitStack) -> Server | None:
    """Let a process of its own load a library, if it is there."""
    if not _is_there(name):
        return None
    environment = clean_environment("/", "auto")
    server = Server("prep.lab.server", [[name], False], environment, forks=FORKS)
    stack.callback(server.close)
    return server


def _asked(name: str, server: Server, lab: Lab) -> Lab:
    try:
        there = server.wait(lambda: False).devices
    except LacksLibraryError as error:
        return _lacking(lab, error.note)
    return structs.replace(lab, devices={**lab.devices, name: there})


def _lacking(lab: Lab, note: Note) -> Lab:
    """Tell a library that is broken from one that is not there."""
    module = note.values.get("module", "")
    if _is_there(module.partition(".")[0]):
        return structs.replace(lab, broken={**lab.broken, module: note.values["problem"]})
    if not module:  # a library has ended the process that loaded it
        return structs.replace(lab, broken={**lab.broken, "?": note.values.get("status", "")})
    return structs.replace(lab, hindrance=Note("doctor-lacks", {"module": module}))


def _is_there(module: str) -> bool:
    return bool(module) and find_spec(module) is not None


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
