"""What a demo tells while it runs: values that `ui` draws, and one that it answers."""

from __future__ import annotations

from msgspec import Struct

from prep.model.text import Language, Text

# A name that is the same in both languages is written once.
Label = str | Text


def label(text: Label, language: Language) -> str:
    """Return a label's words."""
    return text if isinstance(text, str) else text[language]


class Progress(Struct, frozen=True, tag="progress"):
    """`done` of `total` steps of the part `name`."""

    name: Label
    done: int
    total: int


class Metric(Struct, frozen=True, tag="metric"):
    """A point of the curve `name`.

    Curves that measure the same are drawn into one chart: `loss`, `valid_loss` and
    `loss, fold 2` are all losses, which the last word before the comma says.
    """

    name: str
    step: int
    value: float


class Table(Struct, frozen=True, tag="table"):
    """A table with a head and rows of text."""

    name: Label
    head: tuple[Label, ...]
    rows: tuple[tuple[Label, ...], ...]


class Fact(Struct, frozen=True, tag="fact"):
    """A line of the table at the end: `parameters`, `data`, an accuracy.

    A second fact of the same name replaces the first. Seconds, peak memory, device and seed are
    measured by the runner; a fact `device` or `peak memory` replaces its value.
    """

    name: Label
    value: Label


class Artefact(Struct, frozen=True, tag="artefact"):
    """The path of a file that the demo wrote into the run's folder."""

    path: str


class Say(Struct, frozen=True, tag="say"):
    """A sentence in both languages."""

    text: Text


class Ask(Struct, frozen=True, tag="ask"):
    """A question to the learner; the generator receives the answer, or None."""

    text: Text


Event = Progress | Metric | Table | Fact | Artefact | Say | Ask
