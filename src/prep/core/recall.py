"""FSRS-6's forgetting curve, apart from the scheduler so that reading it loads no package."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from prep.model.review import Memory

# The package's default parameter w20; a test compares this curve with the package's.
DECAY = -0.1542
FACTOR = 0.9 ** (1 / DECAY) - 1


def recall(memory: Memory, day: date) -> float:
    """Return the probability, in 0…1, that the card is remembered on `day`."""
    return recall_after((day - memory.last).days, memory.stability)


def recall_after(days: int, stability: float) -> float:
    """Return the same from the numbers themselves, for those who have many."""
    return float((1 + FACTOR * max(0, days) / stability) ** DECAY)
