"""The answers that hold, from the few columns that statistics read.

A whole `LogEntry` for each of 100,000 lines takes seconds. What remarks and undos say is
worked out by `core` from whole entries, but of those lines only.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from prep.core.answers import ANSWERS, answer_of, events
from prep.core.rating import rate
from prep.model.review import Answer, Rating
from prep.store import sql
from prep.store.rows import entry_of

if TYPE_CHECKING:
    import sqlite3

    from prep.model.review import Kind

RATINGS = {rating.value: rating for rating in Rating}
KINDS: dict[str, Kind] = {kind: kind for kind in ANSWERS}


def read_answers(connection: sqlite3.Connection) -> list[Answer]:
    """Return what `core.answers.answers` makes of the whole log."""
    told = _told(connection)
    day_of = lru_cache(maxsize=1000)(date.fromisoformat)
    found: list[Answer] = []
    for uid, day, question, meaning, kind, score, hint, rating, recall in sql.stream(
        connection, sql.ANSWERS
    ):
        if uid in told:
            found += told[uid]
        else:
            mark = rate(score, hint=bool(hint)) if rating is None else RATINGS[rating]
            row = Answer(day_of(day), question, meaning, KINDS[kind], score, mark, recall)
            found.append(row)
    return found


def _told(connection: sqlite3.Connection) -> dict[str, list[Answer]]:
    """Return the answers that something was said of, by uid; those taken back are empty."""
    entries = [entry_of(row) for row in sql.select(connection, sql.TOLD)]
    told: dict[str, list[Answer]] = {entry.uid: [] for entry in entries}
    for event in events(entries):
        if event.entry.kind in ANSWERS:
            told[event.entry.uid].append(answer_of(event))
    return told
