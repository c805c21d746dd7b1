"""Between values and rows. Columns stand in the order of the fields."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from prep.model.review import Card, LogEntry, Memory, Rating
from prep.model.session import Session

Row = tuple[Any, ...]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Return microseconds since 1970: text of two zones would not sort by time."""
    return (at - EPOCH) // MICROSECOND


def instant(value: int) -> datetime:
    """Return the UTC instant of `micros`."""
    return EPOCH + timedelta(microseconds=value)


def entry_row(entry: LogEntry) -> Row:
    """Return the values of `log`, without its `seq`."""
    return (
        entry.uid,
        micros(entry.at),
        entry.offset,
        entry.day.isoformat(),
        entry.question,
        entry.revision,
        entry.meaning,
        entry.seed,
        entry.kind,
        entry.response,
        entry.score,
        entry.duration_ms,
        int(entry.hint),
        None if entry.rating is None else int(entry.rating),
        entry.retention,
        entry.cap,
        entry.target,
        entry.session,
        entry.recall,
    )


def entry_of(row: Row) -> LogEntry:
    """Return the entry of a row of `log`."""
    rating = row[13]
    return LogEntry(
        uid=row[0],
        at=instant(row[1]),
        offset=row[2],
        day=date.fromisoformat(row[3]),
        question=row[4],
        revision=row[5],
        meaning=row[6],
        seed=row[7],
        kind=row[8],
        response=row[9],
        score=row[10],
        duration_ms=row[11],
        hint=bool(row[12]),
        rating=None if rating is None else Rating(rating),
        retention=row[14],
        cap=row[15],
        target=row[16],
        session=row[17],
        recall=row[18],
    )


def card_row(card: Card) -> Row:
    """Return the values of `cards`."""
    return (
        card.question,
        card.meaning,
        *_memory_row(card.memory),
        int(card.suspended),
        int(card.leech),
        card.last_score,
        None if card.last_at is None else micros(card.last_at),
        _day_text(card.introduced),
    )


def card_of(row: Row) -> Card:
    """Return the card of a row of `cards`."""
    return Card(
        question=row[0],
        meaning=row[1],
        memory=_memory_of(row[2:8]),
        suspended=bool(row[8]),
        leech=bool(row[9]),
        last_score=row[10],
        last_at=None if row[11] is None else instant(row[11]),
        introduced=None if row[12] is None else date.fromisoformat(row[12]),
    )


def session_row(session: Session) -> Row:
    """Return the values of `sessions`."""
    state = msgspec.json.encode(session).decode()
    return session.id, session.day.isoformat(), micros(session.started), int(session.ended), state


def session_of(row: Row) -> Session | None:
    """Return the session whose state a row holds, or None if another version wrote it."""
    try:
        return msgspec.json.decode(row[0], type=Session)
    except msgspec.DecodeError:
        return None


def _memory_row(memory: Memory | None) -> Row:
    if memory is None:
        return (None,) * 6
    last, due = memory.last.isoformat(), memory.due.isoformat()
    return memory.stability, memory.difficulty, last, due, memory.reps, memory.lapses


def _memory_of(row: Row) -> Memory | None:
    stability, difficulty, last, due, reps, lapses = row
    if stability is None:
        return None
    days = date.fromisoformat(last), date.fromisoformat(due)
    return Memory(stability, difficulty, *days, reps, lapses)


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
