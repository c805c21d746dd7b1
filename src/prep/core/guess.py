"""The score to expect from answering at random."""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations
from math import comb, factorial
from typing import TYPE_CHECKING

from prep.core.marking.choices import right_ones, right_sides
from prep.core.orders import Before, constraints, largest_kept
from prep.core.shuffle import permutation
from prep.model.question import (
    Bug,
    Matching,
    Multiple,
    Option,
    Ordering,
    Question,
    Single,
    TrueFalse,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

# All orders of six steps are looked at, and a sample of those of more.
_MOST_STEPS = 6
_SAMPLE = 600


def guess_rate(question: Question) -> float:  # noqa: PLR0911 - one return per type
    """Return the mean score over all possible picks; 0 where the answer is typed."""
    match question:
        case Single():
            return 1 / (len(question.options) or 1 + len(question.mistakes))
        case Multiple():
            return _multiple(len(question.options), len(right_ones(question.options)))
        case TrueFalse():
            return 0.5 * _half_reason(question.reasons)
        case Bug():
            lines = len((question.code or "").splitlines())
            return len(question.lines) / max(1, lines) * _half_reason(question.reasons)
        case Ordering():
            return _ordering(constraints(question))
        case Matching():
            return _matching(question)
        case _:
            return 0.0


def _half_reason(reasons: tuple[Option, ...]) -> float:
    """Return the score to expect once the claim is right."""
    return 0.5 + 0.5 * len(right_ones(reasons)) / len(reasons)


def _multiple(options: int, right: int) -> float:
    """Return the mean of max(0, hits - wrong)/right over all picks of one or more options."""
    total = sum(
        comb(right, hits) * comb(options - right, wrong) * (hits - wrong)
        for hits in range(right + 1)
        for wrong in range(hits)
    )
    return total / max(1, right) / ((1 << options) - 1)


def _matching(question: Matching) -> float:
    rights = right_sides(question)
    fitting = sum(rights.count(pair.right) for pair in question.pairs)
    return fitting / len(rights) / len(question.pairs)


@lru_cache(maxsize=1024)
def _ordering(before: Before) -> float:
    n = len(before)
    if all(mask == (1 << place) - 1 for place, mask in enumerate(before)):
        return (_mean_longest(n) - 1) / max(1, n - 1)
    orders = _orders(n)
    kept = [len(largest_kept(order, before)) for order in orders]
    return (sum(kept) / len(kept) - 1) / max(1, n - 1)


def _orders(n: int) -> list[tuple[int, ...]]:
    if n <= _MOST_STEPS:
        return list(permutations(range(n)))
    return [permutation(seed, n) for seed in range(_SAMPLE)]


def _mean_longest(n: int) -> float:
    """Return the mean longest increasing part of all orders of n steps.

    Schensted: as many orders have one of length m as there are pairs of equal standard
    tableaux whose first row is m long; the hook length formula counts those.
    https://en.wikipedia.org/wiki/Robinson–Schensted_correspondence
    """
    return sum(rows[0] * _tableaux(rows) ** 2 for rows in _partitions(n, n)) / factorial(n)


def _tableaux(rows: tuple[int, ...]) -> int:
    hooks = 1
    for row, length in enumerate(rows):
        for column in range(length):
            below = sum(other > column for other in rows[row + 1 :])
            hooks *= length - column + below
    return factorial(sum(rows)) // hooks


def _partitions(n: int, largest: int) -> Iterable[tuple[int, ...]]:
    if n == 0:
        yield ()
    for first in range(min(n, largest), 0, -1):
        for rest in _partitions(n - first, first):
            yield (first, *rest)
