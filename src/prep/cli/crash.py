"""What is kept when the program itself is at fault."""

from __future__ import annotations

import platform
import traceback
from typing import TYPE_CHECKING

from prep import __version__
from prep.cli.places import data_folder

if TYPE_CHECKING:
    from collections.abc import Sequence


def write_log(error: Exception, arguments: Sequence[str]) -> str:
    """Write a report that can be pasted into an issue; return its path, or why there is none."""
    text = (
        f"prep {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        f"command: {' '.join(arguments)}\n\n{''.join(traceback.format_exception(error))}"
    )
    path = data_folder() / "crash.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        return str(problem)
    return str(path)
