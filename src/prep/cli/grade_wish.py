"""What `prep grade` was asked for, and what the gradings of one command have in common."""

import os
from collections.abc import Sequence
from pathlib import Path
from shlex import quote

from msgspec import Struct

from prep.cli.context import Context
from prep.errors import unwritable
from prep.model.device import Wanted
from prep.model.exercise import Exercise
from prep.model.verdict import Report, Verdict
from prep.ui.words import Words

_CODES: dict[Verdict, int] = {"passed": 0, "cannot_run": 3, "grader_error": 70}
_WORST_FIRST = (70, 3, 1, 0)


class Wish(Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    names: tuple[str, ...]
    file: Path | None = None
    watch: bool = False
    device: Wanted = "auto"
    seed: int | None = None
    as_json: bool = False
    junit: Path | None = None


def fresh_seed(context: Context, wish: Wish) -> int:
    """Return the seed that was asked for, else a new one for each grading."""
    return context.clock.seed() % 2**31 if wish.seed is None else wish.seed


def repeating(wish: Wish, report: Report) -> str:
    """Return the command that makes the same grading again."""
    file = [] if wish.file is None else ["--file", quote(str(wish.file))]
    plain = wish.device == "auto" and report.device in {"auto", "cpu"}
    device = [] if plain else ["--device", report.device]
    return " ".join(["prep grade", report.exercise, *file, *device, "--seed", str(report.seed)])


def exit_code(reports: list[Report]) -> int:
    """Return the worst of the codes: our bug, then a lack of this machine, then her result."""
    codes = {_CODES.get(report.verdict, 1) for report in reports}
    return next(code for code in _WORST_FIRST if code in codes)


def write_junit(file: Path, graded: Sequence[tuple[Exercise, Report]], words: Words) -> None:
    """Write the results so that the file is never there by halves."""
    from prep.ui.junit import junit_xml  # noqa: PLC0415 - when asked for

    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.write_bytes(junit_xml(graded, words))
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise unwritable(file, error) from error
