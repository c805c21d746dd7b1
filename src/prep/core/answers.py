"""What the log comes to, after what was taken back and what was re-rated."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from prep.core.rating import rerated
from prep.model.review import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prep.model.review import Kind, LogEntry, Rating

SCHEDULING: frozenset[Kind] = frozenset({"learn", "review", "practice"})
ANSWERS: frozenset[Kind] = SCHEDULING | {"cram", "mock"}
RERATES: frozenset[Kind] = frozenset({"override", "guess", "easy"})
SWITCHES: frozenset[Kind] = frozenset({"suspend", "resume"})
# Kinds that speak of another line of the log, their `target`.
TARGETED: frozenset[Kind] = RERATES | {"undo"}

Place = tuple[str, int, str]


class Event(Struct, frozen=True):
    """A line of the log that still holds, with the score and rating that hold now.

    For `suspend` and `resume` score and rating say nothing.
    """

    entry: LogEntry
    score: float
    rating: Rating


def events(entries: Iterable[LogEntry]) -> list[Event]:
    """Return answers and switches that were not taken back, in the order of their time.

    A line speaks of lines of the same card only. Taking back is final: to undo an
    undo one answers again.
    """
    ordered = sorted(entries, key=lambda entry: (entry.at, entry.uid))
    gone = {_target(entry) for entry in ordered if entry.kind == "undo"}
    marks: defaultdict[Place, list[str]] = defaultdict(list)
    for entry in ordered:
        if entry.kind in RERATES and _place(entry) not in gone:
            marks[_target(entry)].append(entry.kind)
    return [
        Event(entry, *rerated(entry, marks.get(_place(entry), ())))
        for entry in ordered
        if entry.kind not in TARGETED and _place(entry) not in gone
    ]


def answers(entries: Iterable[LogEntry]) -> list[Answer]:
    """Return the answers among the events."""
    return [answer_of(event) for event in events(entries) if event.entry.kind in ANSWERS]


def answer_of(event: Event) -> Answer:
    """Return what statistics read of an answer."""
    entry = event.entry
    return Answer(
        entry.day,
        entry.question,
        entry.meaning,
        entry.kind,
        event.score,
        event.rating,
        entry.recall,
    )


def _place(entry: LogEntry) -> Place:
    return entry.question, entry.meaning, entry.uid


def _target(entry: LogEntry) -> Place:
    return entry.question, entry.meaning, entry.target or ""
