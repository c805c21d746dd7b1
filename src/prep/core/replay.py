"""A card is, by definition, the replay of its log.

So the store may put a late or an imported line anywhere and replay, and the
order in which lines arrived never matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from prep.core.answers import SCHEDULING, SWITCHES, Event, events
from prep.core.fuzz import card_key
from prep.core.rating import rerated
from prep.core.recall import recall
from prep.core.schedule import is_leech_lapse, step
from prep.model.review import Card, Kind, LogEntry, Memory

if TYPE_CHECKING:
    from collections.abc import Iterable


class Move(Struct, frozen=True):
    """An event and the card around it."""

    event: Event
    before: Card
    after: Card


def replay(question: str, meaning: int, entries: Iterable[LogEntry]) -> Card:
    """Return the card that `entries` lead to; those of another card or meaning are ignored."""
    moves = history(question, meaning, entries)
    return moves[-1].after if moves else Card(question=question, meaning=meaning)


def history(question: str, meaning: int, entries: Iterable[LogEntry]) -> list[Move]:
    """Return how the card came to be, event by event."""
    own = [entry for entry in entries if (entry.question, entry.meaning) == (question, meaning)]
    card, moves = Card(question=question, meaning=meaning), []
    key = card_key(question, meaning)
    for event in events(own):
        before, card = card, advance(card, event, key)
        moves.append(Move(event, before, card))
    return moves


def moved(card: Card, entry: LogEntry) -> Move:
    """Return what an answer does to `card`, if it is the last line and nothing speaks of it."""
    event = Event(entry, *rerated(entry, ()))
    return Move(event, card, advance(card, event, card_key(card.question, card.meaning)))


def labelled(move: Move) -> LogEntry:
    """Return the entry with what the card's state says about it: its kind and the recall."""
    entry, before = move.event.entry, move.before.memory
    if entry.kind not in SCHEDULING:
        return entry
    kind: Kind = "practice"
    if move.after.memory is not before:
        kind = "learn" if before is None else "review"
    predicted = recall(before, entry.day) if before and kind == "review" else None
    return replace(entry, kind=kind, recall=predicted)


def advance(card: Card, event: Event, key: int) -> Card:
    """Return the card after one event."""
    entry = event.entry
    if entry.kind in SWITCHES:
        # Whoever resumes a card has dealt with it: the next remark comes four lapses later.
        suspended = entry.kind == "suspend"
        return replace(card, suspended=suspended, leech=card.leech and suspended)
    seen = replace(card, last_score=event.score, last_at=entry.at)
    if entry.kind in SCHEDULING and _opens_day(card.memory, entry):
        return _scheduled(seen, event, key)
    return seen


def _opens_day(memory: Memory | None, entry: LogEntry) -> bool:
    # Only the first answer of a study day says what was remembered; later ones repeat
    # what was just read. A day that lies before the last one is a clock that went back.
    return memory is None or entry.day > memory.last


def _scheduled(card: Card, event: Event, key: int) -> Card:
    entry, before = event.entry, card.memory
    memory = step(
        before,
        event.rating,
        entry.day,
        retention=entry.retention,
        cap=entry.cap,
        key=key,
    )
    lapsed = before is not None and memory.lapses > before.lapses
    return replace(
        card,
        memory=memory,
        leech=card.leech or (lapsed and is_leech_lapse(memory.lapses)),
        introduced=card.introduced or entry.day,
    )
