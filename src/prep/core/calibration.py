"""Recall as it was predicted, against recall as it was.

The prediction is the one stored with the answer, made before it was known. Beside
FSRS stands a baseline that knows no cards at all, the moving average of what was
recalled lately: in the public benchmark it beats most models for many learners
(`reference/spaced-repetition.md` 3.4), and who reports one should report both.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from math import log, sqrt
from typing import TYPE_CHECKING

from msgspec import Struct

from prep.model.review import Rating

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prep.core.answers import Event

# Narrow where the predictions are: most lie above 0.8.
EDGES = (0.0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)
WINDOW = 100
# The average starts as if ten answers with this recall stood before the first.
START, START_WEIGHT = 0.9, 10
SURE = 1e-4

Pair = tuple[float, bool]


class Bin(Struct, frozen=True):
    """The reviews whose predicted recall lay between `low` and `high`."""

    low: float
    high: float
    count: int
    predicted: float
    observed: float


class Calibration(Struct, frozen=True):
    """Predicted against observed recall; of the errors less is better.

    `rmse` is over the bins, weighted by count.
    """

    count: int
    predicted: float
    observed: float
    log_loss: float
    baseline_log_loss: float
    rmse: float
    bins: tuple[Bin, ...]


def calibration(events: Iterable[Event]) -> Calibration | None:
    """Compare over all reviews, given in the order of their time; None if there are none."""
    pairs = [
        (event.entry.recall, event.rating > Rating.AGAIN)
        for event in events
        if event.entry.kind == "review" and event.entry.recall is not None
    ]
    if not pairs:
        return None
    bins = tuple(_bins(pairs))
    return Calibration(
        count=len(pairs),
        predicted=_mean(predicted for predicted, _ in pairs),
        observed=_mean(recalled for _, recalled in pairs),
        log_loss=_log_loss(pairs),
        baseline_log_loss=_log_loss(moving_average([recalled for _, recalled in pairs])),
        rmse=sqrt(sum(b.count * (b.predicted - b.observed) ** 2 for b in bins) / len(pairs)),
        bins=bins,
    )


def moving_average(outcomes: Iterable[bool]) -> list[Pair]:
    """Return each outcome with what the average of the last hundred before it predicted."""
    window: deque[bool] = deque(maxlen=WINDOW)
    pairs = []
    for recalled in outcomes:
        predicted = (sum(window) + START * START_WEIGHT) / (len(window) + START_WEIGHT)
        pairs.append((predicted, recalled))
        window.append(recalled)
    return pairs


def _bins(pairs: list[Pair]) -> Iterable[Bin]:
    for low, high in pairwise(EDGES):
        inside = [pair for pair in pairs if low < pair[0] <= high or pair[0] == low == 0]
        if inside:
            predicted = _mean(predicted for predicted, _ in inside)
            observed = _mean(recalled for _, recalled in inside)
            yield Bin(low, high, len(inside), predicted, observed)


def _log_loss(pairs: list[Pair]) -> float:
    return _mean(-log(_bounded(p) if recalled else 1 - _bounded(p)) for p, recalled in pairs)


def _bounded(probability: float) -> float:
    # One wrong answer at a predicted 1.0 would otherwise weigh without bound.
    return min(max(probability, SURE), 1 - SURE)


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)
