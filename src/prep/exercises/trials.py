"""What an exercise's grader is tried on, and what must come out."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from prep.exercises.junk import everywhere, one_entry
from prep.model.dev import TrialKind  # noqa: TC001 - msgspec reads annotations at run time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from prep.exercises.catalog import Shelf

SEEDS: Final = (1, 20, 300)
_REMARK: Final = b"\n# mine\n"
_FAILS: Final = re.compile(r"^\s*fails:\s*(.*?)\s*$", re.MULTILINE)
FORBIDDEN: Final = "forbidden"
# Junk of all entries at once that has fooled the most checks.
_TELLING: Final = frozenset({"none", "input", "zeros", "nans"})


class Trial(Struct, frozen=True, kw_only=True):
    """One file to grade with one seed.

    `file` is the path in the exercise's folder that a finding is about. `named` are the checks
    that a wrong sample must fail on. `entry` is the only one that is junk; such a trial may end
    with the first check that notices.
    """

    kind: TrialKind
    name: str
    file: str
    source: bytes
    seed: int
    named: tuple[str, ...] = ()
    entry: str = ""


def trials(shelf: Shelf, *, quick: bool = False) -> list[Trial]:
    """Return the trials of an exercise, those of right solutions first.

    `quick` leaves out the second and third seed and most of the junk.
    """
    seeds = SEEDS[:1] if quick else SEEDS
    junk = [each for each in _junk(shelf, seeds[0]) if not quick or each.name in _TELLING]
    return [
        *_right(shelf.folder, seeds),
        *_starter(shelf, seeds[0]),
        *_wrong(shelf.folder, seeds[0]),
        *junk,
    ]


def named_checks(source: str) -> tuple[str, ...]:
    """Return what the docstring of a wrong sample names after `fails:`."""
    try:
        told = ast.get_docstring(ast.parse(source)) or ""
    except (SyntaxError, ValueError):
        return ()
    found = _FAILS.search(told)
    return tuple(part.strip() for part in found[1].split(",") if part.strip()) if found else ()


def sample_files(folder: Path, kind: Literal["right", "wrong"]) -> list[Path]:
    """Return the samples of one kind."""
    return sorted((folder / "samples" / kind).glob("*.py"))


def _right(folder: Path, seeds: Sequence[int]) -> Iterator[Trial]:
    """Yield the reference first: its seeds fill the memory of its answers."""
    files: list[tuple[TrialKind, Path]] = [("reference", folder / "reference.py")]
    files += [("right", file) for file in sample_files(folder, "right")]
    for kind, file in files:
        for seed in seeds:
            name = str(file.relative_to(folder).as_posix())
            source = file.read_bytes()
            yield Trial(kind=kind, name=file.stem, file=name, source=source, seed=seed)


def _starter(shelf: Shelf, seed: int) -> Iterator[Trial]:
    starter = (shelf.folder / "starter.py").read_bytes()
    for name, source in (("starter", starter), ("starter, remark", starter + _REMARK)):
        yield Trial(kind="starter", name=name, file="starter.py", source=source, seed=seed)


def _wrong(folder: Path, seed: int) -> Iterator[Trial]:
    for file in sample_files(folder, "wrong"):
        source = file.read_bytes()
        yield Trial(
            kind="wrong",
            name=file.stem,
            file=f"samples/wrong/{file.name}",
            source=source,
            seed=seed,
            named=named_checks(source.decode("utf-8", "replace")),
        )


def _junk(shelf: Shelf, seed: int) -> Iterator[Trial]:
    file = "checks.py"
    for kind, source in everywhere(shelf.exercise).items():
        yield Trial(kind="junk", name=kind, file=file, source=source.encode(), seed=seed)
    reference = (shelf.folder / "reference.py").read_text(encoding="utf-8")
    for (entry, kind), source in one_entry(shelf.exercise, reference).items():
        name = f"{entry}: {kind}"
        given = source.encode()
        yield Trial(kind="junk", name=name, file=file, source=given, seed=seed, entry=entry)
