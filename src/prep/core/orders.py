"""Orders of steps: what must come before what, and how much of an order keeps to it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prep.model.question import Ordering

# For each step the set, as bits, of the steps that must come before it.
Before = tuple[int, ...]


def constraints(question: Ordering) -> Before:
    """Return what must come before each step, through other steps too."""
    steps = question.steps
    if not any(step.after for step in steps):
        return tuple((1 << place) - 1 for place in range(len(steps)))
    places = {step.id: place for place, step in enumerate(steps)}
    before = [sum(1 << places[name] for name in set(step.after)) for step in steps]
    for middle in range(len(steps)):
        for place, mask in enumerate(before):
            if mask >> middle & 1:
                before[place] = mask | before[middle]
    return tuple(before)


def largest_kept(order: Sequence[int], before: Before) -> tuple[int, ...]:
    """Return the steps of the largest part of `order` in which nothing is violated.

    For a total order this is the longest increasing part; in general every subset
    counts, which for nine steps is quick enough.
    """
    clashes = [0] * len(before)
    seen = 0
    for step in reversed(order):
        # Steps that come later here but must come before `step`.
        for other in _bits(before[step] & seen):
            clashes[step] |= 1 << other
            clashes[other] |= 1 << step
        seen |= 1 << step
    return tuple(_bits(_independent(seen, tuple(clashes))))


@lru_cache(maxsize=4096)
def _independent(steps: int, clashes: tuple[int, ...]) -> int:
    """Return the largest subset of `steps` without a clash; the first of them."""
    clashing = [step for step in _bits(steps) if clashes[step] & steps]
    if not clashing:
        return steps
    step = max(clashing, key=lambda one: (clashes[one] & steps).bit_count())
    without = _independent(steps & ~(1 << step), clashes)
    with_it = _independent(steps & ~clashes[step], clashes)
    return without if without.bit_count() >= with_it.bit_count() else with_it


def _bits(mask: int) -> list[int]:
    return [place for place in range(mask.bit_length()) if mask >> place & 1]
