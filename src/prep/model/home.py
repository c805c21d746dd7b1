"""What the home screen says."""

from __future__ import annotations

from datetime import date

from msgspec import Struct


class Begun(Struct, frozen=True):
    """An exercise to go on with; `here`: the learner's file is on this machine."""

    exercise: str
    here: bool


class Home(Struct, frozen=True, kw_only=True):
    """Counts of today; `open_quiz` is (answered, all) of a quiz that was left.

    `half` is the exercise last worked on and not passed, `again` the one that is due the
    longest of the `due_exercises` that were not begun again.
    """

    due: int
    new_today: int
    unseen: int
    open_quiz: tuple[int, int] | None = None
    exam: date | None = None
    days_to_exam: int = 0
    half: Begun | None = None
    again: Begun | None = None
    due_exercises: int = 0
