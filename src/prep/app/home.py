"""What is due, what is half done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.core.days import study_day
from prep.model.home import Home

if TYPE_CHECKING:
    from prep.app.outside import Outside
    from prep.app.settings import Settings
    from prep.bank.index import Index
    from prep.store.store import Store


def home(index: Index, store: Store, outside: Outside, settings: Settings) -> Home:
    """Return the counts of the study day."""
    day = study_day(outside.now(), outside.offset())
    known = {(entry.id, entry.meaning) for entry in index.entries}
    started = store.started()
    unseen = len(known - started)
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
    )
