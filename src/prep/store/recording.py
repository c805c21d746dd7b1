"""Writing to the log, and cards anew from it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from msgspec.structs import replace

from prep.core.answers import ANSWERS
from prep.model.review import Card, LogEntry
from prep.store import sql
from prep.store.rows import Row, card_of, card_row, entry_of, entry_row, micros

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from prep.core.replay import Move

CardId = tuple[str, int]


def record(connection: sqlite3.Connection, entry: LogEntry) -> tuple[LogEntry, Card]:
    """Add one entry, labelled from the card's state; return it and the card after it."""
    # FSRS takes 10 ms to import, which opening the store and asking what is due must not.
    from prep.core.replay import labelled  # noqa: PLC0415

    # A terminal can hand over halves of characters, which no file takes.
    entry = replace(entry, response=entry.response.encode(errors="replace").decode())
    move, card = _moved(connection, entry)
    stored = labelled(move) if move else entry
    sql.write(connection, sql.ADD_ENTRY, entry_row(stored))
    sql.write(connection, sql.SAVE_CARD, card_row(card))
    return stored, card


def _moved(connection: sqlite3.Connection, entry: LogEntry) -> tuple[Move | None, Card]:
    """Return what the entry does to its card, if it is an event of its own, and the card."""
    from prep.core.replay import history, moved  # noqa: PLC0415 - as above

    card_id = entry.question, entry.meaning
    known = sql.select(connection, sql.ONE_CARD, *card_id)
    card = card_of(known[0]) if known else Card(question=entry.question, meaning=entry.meaning)
    later = sql.select(
        connection, sql.LATER_OR_ABOUT, *card_id, micros(entry.at), entry.uid, entry.uid
    )
    if entry.kind in ANSWERS and not later:
        # The usual case, in the same time however often the card was answered.
        move = moved(card, entry)
        return move, move.after
    rows = sql.select(connection, sql.ENTRIES_OF_CARD, *card_id)
    moves = history(*card_id, [*map(entry_of, rows), entry])
    own = next((move for move in moves if move.event.entry.uid == entry.uid), None)
    blank = Card(question=entry.question, meaning=entry.meaning)
    return own, moves[-1].after if moves else blank


def replay_cards(connection: sqlite3.Connection, wanted: Iterable[CardId]) -> None:
    """Make these cards anew from the log."""
    from prep.core.replay import replay  # noqa: PLC0415 - as above

    for question, meaning in sorted(wanted):
        rows = sql.select(connection, sql.ENTRIES_OF_CARD, question, meaning)
        card = replay(question, meaning, map(entry_of, rows))
        sql.write(connection, sql.SAVE_CARD, card_row(card))


def rebuild(connection: sqlite3.Connection, progress: Callable[[int], None]) -> int:
    """Make all cards anew from the log and return how many were not as they should be.

    `progress` is told how many cards are done.
    """
    from prep.core.replay import replay  # noqa: PLC0415 - as above

    found = {(row[0], row[1]): row for row in sql.stream(connection, sql.ALL_CARDS)}
    right: dict[CardId, Row] = {}
    entries = map(entry_of, sql.stream(connection, sql.ENTRIES_BY_CARD))
    for card_id, own in groupby(entries, key=lambda entry: (entry.question, entry.meaning)):
        right[card_id] = card_row(replay(*card_id, own))
        progress(len(right))
    changed = [row for card_id, row in right.items() if found.get(card_id) != row]
    stray = found.keys() - right.keys()
    for row in changed:
        sql.write(connection, sql.SAVE_CARD, row)
    for card_id in stray:
        sql.write(connection, sql.DROP_CARD, card_id)
    return len(changed) + len(stray)
