"""From a judged answer to FSRS's rating.

Easy is never inferred from choices (a quick guess is quick as well); the evidence
is in docs/scheduling.md.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from prep.model.review import LogEntry, Rating

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

TYPED = frozenset({"numeric", "short", "cloze", "output", "shape"})
SAMPLES = 30
QUICK_SHARE = 0.2
HALF = 0.5


def rate(score: float, *, hint: bool = False, guessed: bool = False, easy: bool = False) -> Rating:
    """Return the rating of an answer; `easy` is the learner's own key, or a quick typed answer."""
    if score < HALF:
        return Rating.AGAIN
    if score < 1 or hint or guessed:
        return Rating.HARD
    return Rating.EASY if easy else Rating.GOOD


def rerated(entry: LogEntry, marks: Collection[str]) -> tuple[float, Rating]:
    """Return score and rating of an answer after what the learner said about it.

    `marks` are the kinds (override, guess, easy) in the order they were given; of
    guess and easy the later one holds.
    """
    score = 1.0 if "override" in marks else entry.score
    if not marks and entry.rating is not None:
        return score, entry.rating
    feeling = [mark for mark in marks if mark != "override"][-1:]
    rating = rate(score, hint=entry.hint, guessed=feeling == ["guess"], easy=feeling == ["easy"])
    return score, rating


def quick_limits(samples: Iterable[tuple[str, int]], type_of: Mapping[str, str]) -> dict[str, int]:
    """Return, by typed question type, the duration below which a right answer counts as easy.

    `samples` are the learner's own right answers as (question, milliseconds): the limit
    is their 20th percentile, and a type with fewer than 30 has none.
    """
    by_type: defaultdict[str, list[int]] = defaultdict(list)
    for question, duration in samples:
        kind = type_of.get(question, "")
        if kind in TYPED:
            by_type[kind].append(duration)
    return {kind: _limit(found) for kind, found in by_type.items() if len(found) >= SAMPLES}


def _limit(durations: list[int]) -> int:
    return sorted(durations)[int(len(durations) * QUICK_SHARE)]
