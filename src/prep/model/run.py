"""One run of an exercise's demo: values only; `ui` has the words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from prep.model.demo import Fact, Table
from prep.model.judgement import Note
from prep.model.text import Text
from prep.model.verdict import Frame

if TYPE_CHECKING:
    from collections.abc import Iterable

Which = Literal["mine", "reference", "starter", "file"]
Status = Literal["done", "interrupted", "failed"]


class Choice(Struct, frozen=True):
    """The solution that runs, and why this one."""

    which: Which
    path: str
    why: Note


class Curve(Struct, frozen=True):
    """A metric over steps; values may be NaN or infinite."""

    name: str
    steps: tuple[int, ...]
    values: tuple[float, ...]

    @property
    def family(self) -> str:
        """Return what it measures: curves of one family share a chart."""
        words = self.name.partition(",")[0].replace("_", " ").split()
        return words[-1] if words else self.name


def families(curves: Iterable[Curve]) -> list[list[Curve]]:
    """Return the curves by what they measure, in the order in which that first came."""
    found: dict[str, list[Curve]] = {}
    for curve in curves:
        found.setdefault(curve.family, []).append(curve)
    return list(found.values())


class Failure(Struct, frozen=True):
    """What ended a run before its end, and the lines of the solution that were running."""

    note: Note
    frames: tuple[Frame, ...] = ()


class Begun(Struct, frozen=True):
    """What is known when a run begins."""

    exercise: str
    title: Text
    choice: Choice
    loads: tuple[str, ...]
    folder: str


class RunReport(Struct, frozen=True, kw_only=True):
    """A run that has ended. Memory is the peak of the process in bytes, 0 when not known."""

    exercise: str
    choice: Choice
    status: Status
    device: str
    seed: int
    quick: bool
    seconds: float
    memory: int
    device_memory: int
    facts: tuple[Fact, ...]
    curves: tuple[Curve, ...]
    tables: tuple[Table, ...]
    artefacts: tuple[str, ...]
    said: tuple[Text, ...]
    folder: str
    failure: Failure | None = None
