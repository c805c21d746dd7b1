"""What a demo tells while it runs: values that `ui` draws, and one that it answers."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - msgspec reads annotations at run time

from msgspec import Struct, field

from prep.model.text import Text  # noqa: TC001


class Progress(Struct, frozen=True, tag="progress"):
    """`done` of `total` steps of the part `name` (a word in code, like "training")."""

    name: str
    done: int
    total: int


class Metric(Struct, frozen=True, tag="metric"):
    """A point of the curve `name`."""

    name: str
    step: int
    value: float


class Table(Struct, frozen=True, tag="table"):
    """A table with a head and rows of text."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Artefact(Struct, frozen=True, tag="artefact"):
    """A file that the demo wrote into the run's folder."""

    path: str | Path


class Say(Struct, frozen=True, tag="say"):
    """A sentence in both languages."""

    text: Text | dict[str, str]


class Ask(Struct, frozen=True, tag="ask"):
    """A question to the learner; the generator receives the answer, or None."""

    text: Text | dict[str, str]


Event = Progress | Metric | Table | Artefact | Say | Ask


class Stage(Struct, frozen=True):
    """What a demo is told about its run."""

    device: str
    quick: bool
    seed: int
    folder: Path
    options: dict[str, str] = field(default_factory=dict)

    def steps(self, *, quick: int, full: int) -> int:
        """Return how much to do."""
        return quick if self.quick else full
