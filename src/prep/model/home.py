"""What the home screen says."""

from __future__ import annotations

from datetime import date

from msgspec import Struct


class Home(Struct, frozen=True, kw_only=True):
    """Counts of today; `open_quiz` is (answered, all) of a quiz that was left."""

    due: int
    new_today: int
    unseen: int
    open_quiz: tuple[int, int] | None = None
    exam: date | None = None
    days_to_exam: int = 0
