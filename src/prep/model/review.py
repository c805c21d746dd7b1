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

# The constraints hold for whatever is decoded, so for every line of an import.
# 2**63 - 1 is the largest number that SQLite keeps.
Uid = Annotated[str, Meta(min_length=1, max_length=64)]
Id = Annotated[str, Meta(min_length=1, max_length=64)]
Number = Annotated[int, Meta(ge=1, le=2**31)]
Seed = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Utc = Annotated[datetime, Meta(tz=True)]
Share = Annotated[float, Meta(ge=0, le=1)]
Offset = Annotated[int, Meta(ge=-1440, le=1440)]
Retention = Annotated[float, Meta(ge=0.5, le=0.99)]
Cap = Annotated[int, Meta(ge=1, le=36500)]


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
    The store fills in, from the card's state at that moment: whether an answer is
    `learn`, `review` or `practice`, and for a review the predicted `recall`.
    """

    uid: Uid
    at: Utc
    offset: Offset
    day: date
    question: Id
    revision: Number
    meaning: Number
    seed: Seed
    kind: Kind
    response: str = ""
    score: Share = 0.0
    duration_ms: Annotated[int, Meta(ge=0, le=2**53)] = 0
    hint: bool = False
    rating: Rating | None = None
    retention: Retention = 0.9
    cap: Cap = 36500
    target: Uid | None = None
    session: Uid | None = None
    recall: Share | None = None


class Answer(Struct, frozen=True, gc=False):
    """An answer that still holds, with the score and rating that hold now.

    Much less than a line of the log: statistics read a hundred thousand of them.
    """

    day: date
    question: str
    meaning: int
    kind: Kind
    score: float
    rating: Rating
    recall: float | None = None


class Memory(Struct, frozen=True):
    """FSRS's state of a card that was answered at least once; days are study days."""

    stability: float
    difficulty: float
    last: date
    due: date
    reps: int
    lapses: int


class Card(Struct, frozen=True, kw_only=True):
    """A question as the learner knows it. `memory` is None for one never scheduled.

    `introduced` is the study day of the answer that began `memory`.
    """

    question: str
    meaning: int
    memory: Memory | None = None
    suspended: bool = False
    leech: bool = False
    last_score: float | None = None
    last_at: datetime | None = None
    introduced: date | None = None
