"""Begin an exercise: a small one that works, to write another over."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import prep.exercises
from prep.errors import UsageError, unwritable

if TYPE_CHECKING:
    from datetime import date

_SKELETON: Final = Path(prep.exercises.__file__).parent / "skeleton"
# Python files are kept under another name, so that nothing takes them for the program's own.
_SUFFIX: Final = ".txt"
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST: Final = 40


def new_exercise(root: Path, name: str, kind: Literal["build", "debug"], *, today: date) -> Path:
    """Write the folder `name` into `root` and return it; what is there already is not touched."""
    if not _ID.fullmatch(name) or len(name) > _LONGEST:
        raise UsageError("dev-bad-id", id=name)
    folder = root / name
    if folder.exists() or folder.is_symlink():
        raise UsageError("dev-there-already", path=str(folder))
    filled = {"@ID@": name, "@TODAY@": today.isoformat()}
    try:
        folder.mkdir(parents=True)
        for part in ("both", kind):
            _copy(_SKELETON / part, folder, filled)
    except OSError as error:
        raise unwritable(folder, error) from error
    return folder


def _copy(source: Path, target: Path, filled: dict[str, str]) -> None:
    for file in sorted(source.rglob(f"*{_SUFFIX}")):
        text = file.read_text(encoding="utf-8")
        for mark, value in filled.items():
            text = text.replace(mark, value)
        made = target / file.relative_to(source).as_posix().removesuffix(_SUFFIX)
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(text, encoding="utf-8", newline="\n")
