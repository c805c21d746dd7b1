"""Marks for ordering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.core.bad_answer import BadAnswerError
from prep.core.marking.choices import check_distinct, check_length, check_range
from prep.core.orders import constraints, largest_kept
from prep.model.judgement import Judgement

if TYPE_CHECKING:
    from prep.model.question import Ordering
    from prep.model.response import Order


def mark_ordering(question: Ordering, response: Order) -> Judgement:
    """Return (k - 1)/(n - 1): k steps stand in a right order among themselves.

    One step alone always does, hence the one less.
    """
    count = len(question.steps)
    if not response.order:
        raise BadAnswerError("answer-empty")
    check_length(response.order, count)
    check_range(response.order, count)
    check_distinct(response.order)
    kept = largest_kept(response.order, constraints(question))
    parts = tuple(step in kept for step in range(count))
    return Judgement((len(kept) - 1) / max(1, count - 1), parts=parts)
