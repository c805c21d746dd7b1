"""Recall as it was predicted, against recall as it was.

The prediction is the one stored with the answer, made before it was known. Beside
FSRS stands a baseline that knows no cards at all, the moving average of what was
recalled lately: in the public benchmark it beats most models for many learners
(docs/scheduling.md), and who reports one should report both.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from itertools import pairwise
from math import log, sqrt
from typing import TYPE_CHECKING

from prep.model.review import Rating
from prep.model.statistics import Bin, Calibration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prep.model.review import Answer

# Narrow where the predictions are: most lie above 0.8.
EDGES = (0.0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)
WINDOW = 100
# The average starts as if ten answers with this recall stood before the first.
START, START_WEIGHT = 0.9, 10
SURE = 1e-4

Pair = tuple[float, bool]


def calibration(found: Iterable[Answer]) -> Calibration | None:
    """Compare over all reviews, given in the order of their time; None if there are none."""
    again = Rating.AGAIN
    pairs = [
        (answer.recall, answer.rating > again)
        for answer in found
        if answer.kind == "review" and answer.recall is not None
    ]
    if not pairs:
        return None
    bins = _bins(pairs)
    outcomes = [recalled for _, recalled in pairs]
    return Calibration(
        count=len(pairs),
        predicted=sum(predicted for predicted, _ in pairs) / len(pairs),
        observed=sum(outcomes) / len(pairs),
        log_loss=_log_loss(pairs),
        baseline_log_loss=_log_loss(moving_average(outcomes)),
        rmse=sqrt(sum(b.count * (b.predicted - b.observed) ** 2 for b in bins) / len(pairs)),
        bins=bins,
    )


def moving_average(outcomes: Iterable[bool]) -> list[Pair]:
    """Return each outcome with what the average of the last hundred before it predicted."""
    window: deque[bool] = deque()
    right, pairs = 0, []
    for recalled in outcomes:
        predicted = (right + START * START_WEIGHT) / (len(window) + START_WEIGHT)
        pairs.append((predicted, recalled))
        window.append(recalled)
        # Summing the window anew for each answer would take most of the time of all this.
        right += recalled - (window.popleft() if len(window) > WINDOW else 0)
    return pairs


def _bins(pairs: list[Pair]) -> tuple[Bin, ...]:
    inside: list[list[Pair]] = [[] for _ in EDGES]
    for pair in pairs:
        # What lies on an edge belongs below it; only 0 has nothing below.
        inside[bisect_left(EDGES, pair[0]) or 1].append(pair)
    return tuple(
        _bin(low, high, found)
        for (low, high), found in zip(pairwise(EDGES), inside[1:], strict=True)
        if found
    )


def _bin(low: float, high: float, pairs: list[Pair]) -> Bin:
    predicted, recalled = map(sum, zip(*pairs, strict=True))
    return Bin(low, high, len(pairs), predicted / len(pairs), recalled / len(pairs))


def _log_loss(pairs: list[Pair]) -> float:
    given = [predicted if recalled else 1 - predicted for predicted, recalled in pairs]
    # Bounded: one wrong answer at a predicted 1.0 would otherwise weigh without bound.
    least, most = SURE, 1 - SURE
    bounded = [p if least < p < most else min(max(p, least), most) for p in given]
    return -sum(map(log, bounded)) / len(bounded)
