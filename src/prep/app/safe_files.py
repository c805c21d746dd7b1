"""Files that are there whole or not at all, and never in the place of another."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def write_new(path: Path, data: bytes, mark: str) -> None:
    """Write a file that is not there yet, else raise `FileExistsError`.

    `mark` makes the name of the unfinished file, which nobody else has.
    """
    with _unfinished(path, data, mark) as part:
        _give_name(part, path)


def exchange(path: Path, data: bytes, mark: str, names: Iterable[Path]) -> Path:
    """Put a new file in the place of `path` and return where the old one is now.

    That is the first of `names` that is free. Whatever ends this early, the old file is at
    one of the two places.
    """
    with _unfinished(path, data, mark) as part:
        kept = next(name for name in names if _keep(path, name))
        part.replace(path)
    return kept


@contextmanager
def _unfinished(path: Path, data: bytes, mark: str) -> Iterator[Path]:
    part = path.with_name(f".{path.name}.{mark}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield part
    finally:
        with suppress(OSError):
            part.unlink()


def _keep(path: Path, name: Path) -> bool:
    try:
        _give_name(path, name)
    except FileExistsError:
        return False
    return True


def _give_name(path: Path, name: Path) -> None:
    # A link to a link would do on some systems and not on others: it is moved.
    if not path.is_symlink():
        try:
            os.link(path, name)
        except FileExistsError:
            raise
        except OSError:
            pass  # No hard links here (FAT, some network drives).
        else:
            return
    # On such drives a moment's race is left.
    if name.is_symlink() or name.exists():
        raise FileExistsError(name)
    path.rename(name)
