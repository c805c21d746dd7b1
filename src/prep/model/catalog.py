"""Lists of what the bank holds."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from prep.model.text import Text


class TagRow(Struct, frozen=True, kw_only=True):
    """A sub-topic and the number of its questions."""

    id: str
    name: Text
    questions: int


class TopicRow(Struct, frozen=True, kw_only=True):
    """A topic, the number of its questions, and its sub-topics."""

    id: str
    name: Text
    questions: int
    tags: tuple[TagRow, ...]


class QuestionRow(Struct, frozen=True, kw_only=True):
    """A question in a list. `due` is None for one never scheduled."""

    id: str
    topic: str
    level: int
    type: str
    prompt: Text
    due: date | None = None
    suspended: bool = False
