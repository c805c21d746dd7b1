"""Throw-away folders, and the learner's file as it is read for them."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from prep.model.judgement import Note

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_BYTES = 1_000_000
_BOM = b"\xef\xbb\xbf"


def read_solution(file: Path) -> bytes | Note:
    """Return the bytes of a solution, or why it is none."""
    try:
        with open(file, "rb", opener=_patient_opener) as source:  # Path has no opener
            if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
                return Note("grade-no-file", {"path": str(file)})
            data = source.read(MOST_BYTES + 1)
    except IsADirectoryError:
        return Note("grade-no-file", {"path": str(file)})
    except OSError as error:
        problem = error.strerror or str(error)
        return Note("grade-unreadable", {"path": str(file), "problem": problem})
    if len(data) > MOST_BYTES:
        return Note("grade-too-large", {"path": str(file), "limit": str(MOST_BYTES)})
    return data


def is_same_text(one: bytes, other: bytes) -> bool:
    """Return whether two files differ in a byte-order mark, line ends and trailing blanks only."""
    return _essence(one) == _essence(other)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a folder that is gone afterwards, whatever was done to its permissions."""
    # Landlock rules and frames are compared by real path.
    folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="prep-")))
    try:
        yield folder
    finally:
        remove(folder)


def fill(folder: Path, source: bytes, exercise: Path, files: Sequence[str]) -> None:
    """Put what a worker may see into its folder."""
    folder.mkdir()
    (folder / "solution.py").write_bytes(source)
    for name in files:
        shutil.copyfile(exercise / name, folder / name)


def remove(folder: Path) -> None:
    """Delete a folder in which permissions may have been taken away."""
    for parent, folders, _ in os.walk(folder):
        for name in folders:
            path = Path(parent, name)
            if not path.is_symlink():
                path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _essence(data: bytes) -> list[bytes]:
    return [line.rstrip() for line in data.removeprefix(_BOM).strip().splitlines()]


def _patient_opener(path: str, flags: int) -> int:
    """Open without waiting for the other end of a pipe."""
    return os.open(path, flags | (0 if sys.platform == "win32" else os.O_NONBLOCK))
