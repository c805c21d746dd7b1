"""What a `demo.py` imports: its events and its stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from prep.errors import EnvironmentLacksError
from prep.model.demo import Artefact, Ask, Event, Fact, Metric, Progress, Say, Table
from prep.model.text import Text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "Artefact",
    "Ask",
    "Event",
    "Fact",
    "Metric",
    "Progress",
    "Say",
    "Stage",
    "Table",
    "Text",
    "no_model",
]


class Stage(Struct, frozen=True):
    """What a demo is told about its run; `options` is what the command line gave."""

    device: str
    quick: bool
    seed: int
    folder: Path
    options: dict[str, str] = field(default_factory=dict)

    def steps(self, *, quick: int, full: int) -> int:
        """Return how much to do."""
        return quick if self.quick else full


def no_model(name: str, problem: str) -> EnvironmentLacksError:
    """Return what a demo raises when `--model NAME` gives it no weights that it can use."""
    return EnvironmentLacksError("run-no-model", model=name, problem=problem)
