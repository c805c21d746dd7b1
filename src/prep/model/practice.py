"""What a learner did about exercises: the lines of the second log."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from prep.model.exercise import Exercise
from prep.model.review import (
    Cap,
    Id,
    Number,
    Offset,
    Retention,
    Seed,
    Share,
    Uid,
    Utc,
)
from prep.model.text import Text
from prep.model.verdict import Verdict

DeedKind = Literal["start", "reset", "hint", "solution", "attempt"]
Count = Annotated[int, Meta(ge=0, le=2**31)]


class Deed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the append-only log of exercises; enough of them tell every state.

    `at` is UTC; `offset` the local zone's minutes east of UTC then; `day` the study
    day. Only a hint has a `number` (1 is the first), only an attempt a `verdict` and
    what belongs to it: `sha256` is the file's, `score` the share of weight that passed,
    `ran` and `total` count checks. `retention` and `cap` (days) are the scheduler's
    settings at that moment.
    """

    uid: Uid
    at: Utc
    offset: Offset
    day: date
    exercise: Id
    kind: DeedKind
    number: Number | None = None
    verdict: Verdict | None = None
    score: Share = 0.0
    ran: Count = 0
    total: Count = 0
    seed: Seed = 0
    device: Annotated[str, Meta(max_length=64)] = ""
    seconds: Annotated[float, Meta(ge=0, le=2**31)] = 0.0
    sha256: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""
    retention: Retention = 0.9
    cap: Cap = 36500


State = Literal["new", "started", "failing", "passed", "due"]


class Standing(Struct, frozen=True, kw_only=True):
    """How a learner stands with one exercise, seen from a study day.

    `best` is the best score of all attempts, `due` the day on which an exercise once passed
    is to be solved again. A round is `under_way` from its start or reset to its pass.
    `hints` is the highest number shown in the round, or on this day.
    """

    exercise: str
    state: State = "new"
    attempts: int = 0
    best: float | None = None
    due: date | None = None
    under_way: bool = False
    hints: int = 0
    last_at: datetime | None = None


class Hints(Struct, frozen=True):
    """The hints to show, with their numbers; `again` when all had been shown before."""

    shown: tuple[tuple[int, Text], ...]
    total: int
    again: bool = False


class ExerciseRow(Struct, frozen=True):
    """One exercise of a list, how the learner stands, and her file when it is here."""

    exercise: Exercise
    standing: Standing
    file: str | None = None
