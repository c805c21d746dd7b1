"""What a quiz shows, and what became of an answer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from prep.model.judgement import Judgement
    from prep.model.question import Question
    from prep.model.response import Response
    from prep.model.review import Card, LogEntry
    from prep.model.session import Item
    from prep.model.text import Text


class Shown(Struct, frozen=True, kw_only=True):
    """A question as it is asked: numbers drawn, options arranged.

    `order` lists the indices of the bank in the order of the screen. `recall` is the
    predicted probability that it is remembered, None for one never scheduled.
    """

    question: Question
    order: tuple[int, ...]
    item: Item
    topic: Text
    topic_id: str
    type: str
    guess: float
    number: int
    total: int
    card: Card | None = None
    recall: float | None = None


class Outcome(Struct, frozen=True, kw_only=True):
    """An answer, judged. `entry` is None when nothing was stored (a retry)."""

    shown: Shown
    response: Response
    judgement: Judgement
    entry: LogEntry | None
    card: Card | None
    day: date


class Score(Struct, frozen=True, kw_only=True):
    """Questions asked, the points made (0…1 each), and the points that guessing would make."""

    asked: int
    points: float
    guess: float
