"""Which exercises there are, and how the learner stands with each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.app.practice import standings
from prep.app.workspace import started
from prep.exercises.catalog import exercise_ids, find_exercise
from prep.model.practice import ExerciseRow, Standing

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from prep.app.practice import Desk
    from prep.model.exercise import Exercise


def exercises(root: Path) -> list[Exercise]:
    """Return all exercises but drafts, the easiest first."""
    found = [find_exercise(root, name).exercise for name in exercise_ids(root)]
    done = [exercise for exercise in found if not exercise.draft]
    return sorted(done, key=lambda exercise: (exercise.level, exercise.id))


def exercise_rows(
    desk: Desk, *, topics: Collection[str] = (), levels: Collection[int] = ()
) -> list[ExerciseRow]:
    """Return the exercises of some topics and levels (all of them without any), with their state.

    Drafts are left out.
    """
    known = standings(desk.store, desk.today(), desk.settings)
    files = dict(started(desk.store))
    return [
        ExerciseRow(
            exercise=exercise,
            standing=known.get(exercise.id) or Standing(exercise=exercise.id),
            file=str(files[exercise.id]) if exercise.id in files else None,
        )
        for exercise in exercises(desk.root)
        if (not topics or exercise.topic in topics) and (not levels or exercise.level in levels)
    ]
