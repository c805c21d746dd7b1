"""What is due, what is half done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prep.app.practice import standings
from prep.app.workspace import started
from prep.core.days import study_day
from prep.model.home import Begun, Home

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from prep.app.outside import Outside
    from prep.app.settings import Settings
    from prep.bank.index import Index
    from prep.store.store import Store


def home(
    index: Index,
    store: Store,
    outside: Outside,
    settings: Settings,
    exercises: Collection[str] = (),
) -> Home:
    """Return the counts of the study day, and which of the exercises to go on with."""
    day = study_day(outside.now(), outside.offset())
    known = {(entry.id, entry.meaning) for entry in index.entries}
    seen = store.started()
    unseen = len(known - seen)
    left = max(0, settings.new - store.introduced(day))
    half = next((s for s in store.open_sessions() if s.day == day and s.given), None)
    exam = settings.exam if settings.exam is not None and settings.exam > day else None
    return Home(
        due=len(known & store.due_recalls(day, exam=settings.exam).keys()),
        new_today=min(unseen, left),
        unseen=unseen,
        open_quiz=(len({g.item.question for g in half.given}), half.total) if half else None,
        exam=exam,
        days_to_exam=(exam - day).days if exam else 0,
        **_exercises(store, settings, day, exercises),
    )


def _exercises(
    store: Store, settings: Settings, day: date, names: Collection[str]
) -> dict[str, Any]:
    """Return the exercise worked on last, the one due the longest, and how many are due."""
    here = {name for name, _ in started(store)}
    found = [s for name, s in standings(store, day, settings).items() if name in names]
    under_way = sorted((s.last_at, s.exercise) for s in found if s.last_at and s.under_way)
    due = sorted((s.due, s.exercise) for s in found if s.state == "due" and not s.under_way)
    half = under_way[-1][1] if under_way else None
    again = due[0][1] if due else None
    return {
        "half": None if half is None else Begun(half, half in here),
        "again": None if again is None else Begun(again, again in here),
        "due_exercises": len(due),
    }
