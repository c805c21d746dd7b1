"""Where the learner's solutions lie on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from prep.errors import UsageError

if TYPE_CHECKING:
    from prep.store.store import Store

SOLUTION = "solution.py"


def is_there(path: Path) -> bool:
    """Return whether something has this name, also what we may not look into."""
    try:
        path.lstat()
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def find_solution(store: Store, name: str) -> Path | None:
    """Return the learner's file of an exercise, or None when it was not started.

    The folder of `prep start` comes first, then a folder `name` in the current one.
    """
    folder = store.workspace(name)
    places = [Path(name)] if folder is None else [folder, Path(name)]
    return next((place / SOLUTION for place in places if is_there(place / SOLUTION)), None)


def solution_file(store: Store, name: str) -> Path:
    """Return what `find_solution` does, or raise a `UsageError` when there is none."""
    found = find_solution(store, name)
    if found is None:
        raise UsageError("not-started", id=name)
    return found


def started(store: Store) -> list[tuple[str, Path]]:
    """Return the exercises that were started here and whose file is still there."""
    files = [(name, folder / SOLUTION) for name, folder in store.workspaces().items()]
    return [(name, file) for name, file in files if is_there(file)]
