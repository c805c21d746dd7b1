"""A quiz that can be left and taken up again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Mode = Literal["mixed", "new", "due", "missed", "cram", "mock"]
Why = Literal["due", "new", "again", "cram", "mock", "missed"]


class QuizOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was asked for; two quizzes with equal options are the same quiz of a day."""

    mode: Mode = "mixed"
    topics: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    count: Annotated[int, Meta(ge=1)] = 20
    new: Annotated[int, Meta(ge=0)] = 10
    minutes: float = 0.0
    bank: str = ""
    exercise: str = ""
    seed: int | None = None


class Item(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question of a quiz: its variant's seed and why it is asked."""

    question: str
    seed: int
    why: Why


class Given(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer that was stored: which item, which log entry, which score."""

    item: Item
    uid: str
    score: float


class Session(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The state of a quiz after each answer; `queue` holds what is still to ask."""

    id: str
    options: QuizOptions
    day: date
    started: datetime
    queue: tuple[Item, ...]
    given: tuple[Given, ...] = ()
    total: int = 0
    ended: bool = False
