"""What an exercise's grader is tried on, and what must come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from prep.exercises.hunts import read_hunt
from prep.exercises.junk import everywhere, one_entry
from prep.exercises.samples import named_checks, sample_files
from prep.model.dev import TrialKind  # noqa: TC001 - msgspec reads annotations at run time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from prep.exercises.catalog import Shelf

SEEDS: Final = (1, 20, 300)
_REMARK: Final = b"\n# mine\n"
FORBIDDEN: Final = "forbidden"
# Junk of all entries at once that has fooled the most checks.
_TELLING: Final = frozenset({"none", "input", "zeros", "nans"})


class Trial(Struct, frozen=True, kw_only=True):
    """One file to grade with one seed.

    `file` is the path in the exercise's folder that a finding is about. `named` are the checks
    that a wrong sample must fail on, and that a bug hunt with one bug fixed must pass. `entry` is
    the only one that is junk; such a trial may end with the first check that notices.
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
        *(_fixed(shelf.folder, seeds[0]) if shelf.exercise.is_hunt else ()),
        *junk,
    ]


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


def _fixed(folder: Path, seed: int) -> Iterator[Trial]:
    """Yield a bug hunt's starter with one bug fixed, for each bug."""
    hunt = read_hunt(folder)
    for bug in hunt.bugs:
        yield Trial(
            kind="fixed",
            name=bug.file.removesuffix(".py"),
            file=f"samples/wrong/{bug.file}",
            source=hunt.fixed(bug).encode(),
            seed=seed,
            named=bug.checks,
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
