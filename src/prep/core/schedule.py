"""The schedule: FSRS behind one small module, the only one that imports it.

The package's traps and what is done about each: docs of the project,
docs/scheduling.md. Import this module when an answer is being
stored, not at the start of the program.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import fsrs

from prep.core.days import noon
from prep.core.fuzz import fuzzed
from prep.core.recall import recall
from prep.model.review import Memory, Rating

__all__ = ["LONGEST", "is_leech_lapse", "preview", "recall", "step"]

LONGEST = 36500
LEECH_LAPSES = 8
LEECH_REPEAT = 4
# FSRS accepts any retention, 1.5 too; outside of this its intervals mean nothing.
RETENTIONS = (0.5, 0.99)


def step(
    memory: Memory | None, rating: Rating, day: date, *, retention: float, cap: int, key: int
) -> Memory:
    """Return the memory after an answer on study day `day`; due in 1…`cap` days.

    `key` is the card's own number, which seeds the fuzz: the same answers give the
    same days. A `day` before the last answer (the clock went back) counts as the
    day of the last answer.
    """
    today = day if memory is None else max(day, memory.last)
    card = _reviewed(memory, rating, today, retention)
    reps = 1 if memory is None else memory.reps + 1
    interval = fuzzed((card.due - noon(today)).days, key=key, reps=reps, cap=cap)
    return Memory(
        stability=_number(card.stability),
        difficulty=_number(card.difficulty),
        last=today,
        due=today + timedelta(days=interval),
        reps=reps,
        lapses=_lapses(memory, rating),
    )


def preview(
    memory: Memory | None, day: date, *, retention: float, cap: int, key: int
) -> dict[Rating, Memory]:
    """Return what each rating would lead to; `step` with that rating gives the same."""
    return {
        rating: step(memory, rating, day, retention=retention, cap=cap, key=key)
        for rating in Rating
    }


def is_leech_lapse(lapses: int) -> bool:
    """Return whether this many lapses call for a remark: at 8, and at every fourth after."""
    return lapses >= LEECH_LAPSES and (lapses - LEECH_LAPSES) % LEECH_REPEAT == 0


def _reviewed(memory: Memory | None, rating: Rating, day: date, retention: float) -> fsrs.Card:
    reviewed, _ = _scheduler(min(max(retention, RETENTIONS[0]), RETENTIONS[1])).review_card(
        _card(memory, day), fsrs.Rating(rating.value), noon(day)
    )
    return reviewed


def _card(memory: Memory | None, day: date) -> fsrs.Card:
    # Without an id of our own the constructor sleeps a millisecond to find one;
    # without `due` it asks the clock.
    if memory is None:
        return fsrs.Card(card_id=1, due=noon(day))
    return fsrs.Card(
        card_id=1,
        state=fsrs.State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=noon(memory.due),
        last_review=noon(memory.last),
    )


@lru_cache(maxsize=64)
def _scheduler(retention: float) -> fsrs.Scheduler:
    # No steps within a day: a quiz is done once a day and asks its misses again itself.
    # The package's fuzz takes the global random state and rounds past its own range.
    return fsrs.Scheduler(
        desired_retention=retention,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST,
        enable_fuzzing=False,
    )


def _lapses(memory: Memory | None, rating: Rating) -> int:
    if memory is None:
        return 0
    return memory.lapses + (rating is Rating.AGAIN)


def _number(value: float | None) -> float:
    if value is None:
        message = "FSRS returned a card without a state"
        raise TypeError(message)
    return value
