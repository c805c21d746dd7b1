"""The log of answers, and the memory state that follows from it."""

from __future__ import annotations

from datetime import date, datetime
from enum import IntEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

Kind = Literal[
    "learn",  # first answer ever to this question (and meaning)
    "review",  # first answer of a later study day
    "practice",  # a further answer on the same study day: does not move the schedule
    "cram",
    "mock",
    "undo",  # takes `target` back
    "override",  # "I was right": re-rates `target`
    "guess",  # "I guessed": re-rates `target`
    "easy",  # "that was easy": re-rates `target`
    "suspend",
    "resume",
]


class Rating(IntEnum):
    """FSRS's four ratings."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


class LogEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the append-only log; enough of them rebuild every card.

    `at` is UTC; `offset` the local zone's minutes east of UTC then; `day` the study
    day. `retention` and `cap` (days) are the scheduler's settings at that moment.
    """

    uid: str
    at: datetime
    offset: int
    day: date
    question: str
    revision: int
    meaning: int
    seed: int
    kind: Kind
    response: str = ""
    score: Annotated[float, Meta(ge=0, le=1)] = 0.0
    duration_ms: int = 0
    hint: bool = False
    rating: Rating | None = None
    retention: float = 0.9
    cap: int = 36500
    target: str | None = None
    session: str | None = None


class Memory(Struct, frozen=True):
    """FSRS's state of a card that was answered at least once; days are study days."""

    stability: float
    difficulty: float
    last: date
    due: date
    reps: int
    lapses: int


class Card(Struct, frozen=True, kw_only=True):
    """A question as the learner knows it. `memory` is None for one never scheduled."""

    question: str
    meaning: int
    memory: Memory | None = None
    suspended: bool = False
    leech: bool = False
    last_score: float | None = None
    last_at: datetime | None = None
