"""What a demo tells while it runs: values that `ui` draws, and one that it answers."""

from __future__ import annotations

from msgspec import Struct

from prep.model.text import Text


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
    """The path of a file that the demo wrote into the run's folder."""

    path: str


class Say(Struct, frozen=True, tag="say"):
    """A sentence in both languages."""

    text: Text


class Ask(Struct, frozen=True, tag="ask"):
    """A question to the learner; the generator receives the answer, or None."""

    text: Text


Event = Progress | Metric | Table | Artefact | Say | Ask
