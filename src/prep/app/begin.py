"""The beginnings of a round: an exercise is started, or begun again from an empty starter."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from msgspec import Struct

from prep.app.attempts import record
from prep.app.practice import Desk, standing_of
from prep.app.safe_files import exchange, write_new
from prep.app.workspace import SOLUTION, find_solution, is_there, solution_file
from prep.errors import UsageError, unwritable
from prep.exercises.catalog import find_exercise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prep.exercises.catalog import Shelf
    from prep.model.text import Language

STARTER, TASK = "starter.py", "task.md"


class Begun(Struct, frozen=True):
    """The file to work on, and where the one before it is kept."""

    solution: Path
    backup: Path | None = None


def start_exercise(desk: Desk, name: str, folder: Path | None, language: Language) -> Path:
    """Copy starter and task to `folder` (else one with the exercise's name) and remember it.

    Returns the file to work on. What is there already is somebody's work: nothing is
    overwritten.
    """
    shelf = find_exercise(desk.root, name)
    target = Path(name) if folder is None else folder
    try:
        _refuse_taken(desk, name, target, anywhere=folder is None)
        _refuse_unusable(target, name)
        target.mkdir(parents=True, exist_ok=True)
        _copy_task(desk, shelf, target, language)
        starter = (shelf.folder / STARTER).read_bytes()
        write_new(target / SOLUTION, starter, desk.outside.uid())
        _remember(desk, name, target)
    except OSError as error:
        raise unwritable(target, error) from error
    record(desk.store, desk.outside, name, "start")
    return target / SOLUTION


def reset_exercise(desk: Desk, name: str) -> Begun:
    """Put a fresh starter in the place of the learner's file, which is kept beside it.

    A file that still is the starter needs no backup.
    """
    shelf = find_exercise(desk.root, name)
    solution = solution_file(desk.store, name)
    starter = (shelf.folder / STARTER).read_bytes()
    backup = None
    try:
        if not (solution.is_file() or solution.is_symlink()):
            raise UsageError("not-a-file", path=str(solution), id=name)
        if solution.is_symlink() or not _holds(solution, starter):
            names = _backups(desk, solution)
            backup = exchange(solution, starter, desk.outside.uid(), names)
        _remember(desk, name, solution.parent)
    except OSError as error:
        raise unwritable(solution, error) from error
    record(desk.store, desk.outside, name, "reset")
    return Begun(solution, backup)


def _refuse_taken(desk: Desk, name: str, target: Path, *, anywhere: bool) -> None:
    """Refuse a folder with a solution; without a folder also what is started elsewhere."""
    own, file = find_solution(desk.store, name), target / SOLUTION
    if own is not None and (anywhere or own.absolute() == file.absolute()):
        due = standing_of(desk, name).state == "due"
        raise UsageError("start-due" if due else "started-already", path=str(own), id=name)
    if is_there(file):
        raise UsageError("start-taken", path=str(file), id=name, file=quote(str(file)))


def _refuse_unusable(target: Path, name: str) -> None:
    if is_there(target) and not target.is_dir():
        raise UsageError("not-a-folder", path=str(target), id=name)
    try:
        str(target.absolute()).encode()
    except UnicodeEncodeError as error:
        raise UsageError("folder-not-text", path=str(target), id=name) from error


def _copy_task(desk: Desk, shelf: Shelf, target: Path, language: Language) -> None:
    ours = {found.name: found.read_bytes() for found in shelf.folder.glob("task.*.md")}
    file = target / TASK
    if is_there(file):
        if not file.is_file() or file.read_bytes() not in ours.values():
            raise UsageError("task-taken", path=str(file), id=shelf.exercise.id)
        file.unlink()
    write_new(file, ours[f"task.{language}.md"], desk.outside.uid())


def _holds(path: Path, data: bytes) -> bool:
    # The size first: whatever lies there need not fit into memory.
    return path.stat().st_size == len(data) and path.read_bytes() == data


def _backups(desk: Desk, solution: Path) -> Iterator[Path]:
    local = desk.outside.now() + timedelta(minutes=desk.outside.offset())
    stem = f"{solution.stem}.{local:%Y-%m-%d-%H%M%S}"
    yield solution.with_name(f"{stem}{solution.suffix}")
    for number in count(2):
        yield solution.with_name(f"{stem}.{number}{solution.suffix}")


def _remember(desk: Desk, name: str, folder: Path) -> None:
    desk.store.set_workspace(name, folder.absolute(), at=desk.outside.now())
