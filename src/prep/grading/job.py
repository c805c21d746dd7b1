"""What is to be graded."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - msgspec reads annotations at run time

from msgspec import Struct

from prep.model.exercise import Exercise  # noqa: TC001
from prep.wire.messages import Walls


class Job(Struct, frozen=True, kw_only=True):
    """An exercise, the folder it is in, the learner's file, and the seed of this grading.

    `answers` is a folder in which the judge keeps what the reference answered, for other gradings
    of the same exercise, device and libraries.
    """

    exercise: Exercise
    folder: Path
    file: Path
    seed: int
    device: str = "cpu"
    walls: Walls = Walls()
    answers: Path | None = None
