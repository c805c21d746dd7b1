"""Studying towards an exam date.

Two things change as the date nears; both only when a card is answered, and both
end with the date.

**Desired retention** rises in a straight line over the last 30 days, from the base
to 0.97 on the day before: `base + (0.97 - base) * (31 - left) / 30` with `left` days
to go. Holding 0.97 costs about four times the reviews of 0.90 (a stability of 163
days gives 36 days instead of 163), so it is asked for only when it can still be
felt in the exam; the line keeps the load from jumping on one day.

**Intervals are capped** so that each card has a last look on one of the 14 days
before the exam. Cards are spread over these days by their number, since a cap at the
exam itself would bring them all back on its eve. Two weeks after a success a card
with an interval of two weeks or more still has a recall of 0.9; a card with a shorter
one comes again by itself. An answer up to three days before the last look counts as the
look. From then on, the risen retention alone decides.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from prep.core.fuzz import card_key

if TYPE_CHECKING:
    from prep.model.review import Card

HIGHEST = 0.97
RISING_DAYS = 30
LAST_LOOKS = 14
# An answer this many days before the last look is as good as the look itself.
NEAR_LOOK = 3
LONGEST = 36500
BASE = 0.9


class Aim(Struct, frozen=True):
    """What the scheduler is asked for: a recall, and the longest interval in days."""

    retention: float
    cap: int


def aim(
    question: str, meaning: int, *, day: date, exam: date | None = None, base: float = BASE
) -> Aim:
    """Return what to ask the scheduler for when a card is answered on `day`."""
    if exam is None or day >= exam:
        return Aim(base, LONGEST)
    to_last_look = (last_look(question, meaning, exam) - day).days
    cap = to_last_look if to_last_look > NEAR_LOOK else LONGEST
    return Aim(retention_on(day, exam, base), cap)


def retention_on(day: date, exam: date, base: float = BASE) -> float:
    """Return the desired retention of `day`, to two decimals."""
    left = (exam - day).days
    if not 0 < left <= RISING_DAYS or base >= HIGHEST:
        return base
    share = (RISING_DAYS + 1 - left) / RISING_DAYS
    return round(base + (HIGHEST - base) * share, 2)


def due_on(card: Card, day: date, exam: date | None = None) -> date | None:
    """Return the day, seen from `day`, on which to review a card; None for new and suspended ones.

    A card that was scheduled before the exam date was known may be due long after it:
    then its last look brings it back.
    """
    if card.memory is None or card.suspended:
        return None
    if exam is None or day >= exam:
        return card.memory.due
    look = last_look(card.question, card.meaning, exam)
    seen = (look - card.memory.last).days <= NEAR_LOOK
    return card.memory.due if seen else min(card.memory.due, look)


def is_due(card: Card, day: date, exam: date | None = None) -> bool:
    """Return whether to review a card on `day`."""
    due = due_on(card, day, exam)
    return due is not None and due <= day


def looking_back(day: date, exam: date) -> bool:
    """Return whether `day` is one of the days of last looks."""
    return 0 < (exam - day).days <= LAST_LOOKS


def last_look(question: str, meaning: int, exam: date) -> date:
    """Return the day, one of the 14 before `exam`, by which the card comes back once more."""
    return exam - timedelta(days=1 + card_key(question, meaning) % LAST_LOOKS)
