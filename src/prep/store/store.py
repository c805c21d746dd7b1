"""The learner's progress: one file, one connection, a method for each question or change."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from prep.core.exam import is_due, looking_back
from prep.core.recall import recall, recall_after
from prep.store import opening, recording, sql
from prep.store.practice import Practice
from prep.store.rows import card_of, entry_of, micros, session_of, session_row
from prep.store.trouble import StoreError, explained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from prep.model.review import Answer, Card, LogEntry
    from prep.model.session import QuizOptions, Session
    from prep.store.exchange import Imported


class Store(Practice):
    """Open it as a context manager. What the user can act on is raised as `StoreError`."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file at `path`; make it if there is none, migrate it if it is old."""
        try:
            with explained(path):
                return cls(path, opening.open_file(path))
        except OSError as error:
            raise StoreError("store-cannot-open", path=str(path), reason=str(error)) from error

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    # Answers ------------------------------------------------------------------------

    def record(self, entry: LogEntry, session: Session | None = None) -> tuple[LogEntry, Card]:
        """Store an entry, its card and the session; return the entry as stored, and the card.

        It is one transaction, and on disk on return. Of `learn`, `review` and `practice`
        any may be given: the card's state decides, under the lock, which of them is stored.
        """
        with self._writing():
            stored, card = recording.record(self._connection, entry)
            if session is not None:
                sql.write(self._connection, sql.SAVE_SESSION, session_row(session))
        return stored, card

    def log(self) -> Iterator[LogEntry]:
        """Yield all entries in the order in which they arrived here."""
        with explained(self.path):
            yield from map(entry_of, sql.stream(self._connection, sql.ALL_ENTRIES))

    def answers(self) -> list[Answer]:
        """Return the answers that hold, in the order of their time: those of `core.answers`."""
        from prep.store.answers import read_answers  # noqa: PLC0415 - a quiz needs no statistics

        with explained(self.path), sql.view(self._connection):
            return read_answers(self._connection)

    def entries_of(self, uids: Iterable[str]) -> list[LogEntry]:
        """Return the entries with these uids, in this order; unknown uids are left out."""
        with explained(self.path):
            found = [sql.select(self._connection, sql.ENTRY, uid) for uid in uids]
        return [entry_of(rows[0]) for rows in found if rows]

    def durations(self, limit: int = 2000) -> list[tuple[str, int]]:
        """Return question and milliseconds of the latest right answers, newest first."""
        with explained(self.path):
            rows = sql.select(self._connection, sql.DURATIONS, limit)
        return [(row[0], row[1]) for row in rows]

    # Cards --------------------------------------------------------------------------

    def card(self, question: str, meaning: int) -> Card | None:
        """Return the card of a question, or None if the log has nothing about it."""
        found = self._cards(sql.ONE_CARD, question, meaning)
        return found[0] if found else None

    def cards(self) -> list[Card]:
        """Return all cards, also those whose question or meaning the bank no longer has."""
        return self._cards(sql.ALL_CARDS)

    def cards_by_question(self) -> dict[str, Card]:
        """Return the card of the latest meaning of each question."""
        return {card.question: card for card in self.cards()}

    def due(self, day: date, *, exam: date | None = None) -> list[Card]:
        """Return the cards to review on `day`, most overdue first, without suspended ones.

        Towards an exam those come too that were scheduled for later but have to be seen
        once more before it.
        """
        return self._cards(sql.DUE, day.isoformat()) + self._late(day, exam)

    def due_recalls(self, day: date, *, exam: date | None = None) -> dict[tuple[str, int], float]:
        """Return question and meaning of what is `due`, with the recall on `day`.

        For the start of a quiz, when thousands may be due and twenty are asked.
        """
        with explained(self.path):
            rows = sql.select(self._connection, sql.DUE_MEMORIES, day.isoformat())
        found = {
            (question, meaning): recall_after((day - date.fromisoformat(last)).days, stability)
            for question, meaning, stability, last in rows
        }
        late = self._late(day, exam)
        return found | {(c.question, c.meaning): recall(c.memory, day) for c in late if c.memory}

    def missed(self) -> list[Card]:
        """Return the cards last answered not wholly right, longest ago first."""
        return self._cards(sql.MISSED)

    def introduced(self, day: date) -> int:
        """Return how many questions were answered for the first time on `day`."""
        with explained(self.path):
            return sql.count(self._connection, sql.INTRODUCED, day.isoformat())

    def started(self) -> set[tuple[str, int]]:
        """Return question and meaning of what is no longer new: scheduled or suspended."""
        with explained(self.path):
            rows = sql.select(self._connection, sql.STARTED)
        return {(row[0], row[1]) for row in rows}

    # Sessions -----------------------------------------------------------------------

    def save_session(self, session: Session) -> None:
        """Store a session as it is now."""
        with self._writing():
            sql.write(self._connection, sql.SAVE_SESSION, session_row(session))

    def session(self, session_id: str) -> Session | None:
        """Return a session."""
        found = self._sessions(sql.ONE_SESSION, session_id)
        return found[0] if found else None

    def open_sessions(self) -> list[Session]:
        """Return the sessions that did not end, the latest first."""
        return self._sessions(sql.OPEN_SESSIONS)

    def open_session(self, options: QuizOptions, day: date) -> Session | None:
        """Return the session of `day` with these options that did not end."""
        fitting = (s for s in self.open_sessions() if (s.options, s.day) == (options, day))
        return next(fitting, None)

    # Settings -----------------------------------------------------------------------

    def settings(self) -> dict[str, str]:
        """Return all settings that have a value."""
        with explained(self.path):
            rows = sql.select(self._connection, sql.ALL_SETTINGS)
        return {row[0]: row[1] for row in rows if row[1] is not None}

    def setting(self, key: str) -> str | None:
        """Return the value of a setting."""
        return self.settings().get(key)

    def set_setting(self, key: str, value: str | None, *, at: datetime) -> None:
        """Store a setting; None takes it back. Keys with `local.` are never exported."""
        with self._writing():
            # A clock that went back must not make the change look old.
            rows = sql.select(self._connection, sql.SETTING_TIME, key)
            moment = max(micros(at), rows[0][0] + 1) if rows else micros(at)
            sql.write(self._connection, sql.SAVE_SETTING, (key, value, moment))

    # The whole file -----------------------------------------------------------------

    def rebuild(self, progress: Callable[[int], None] = lambda _: None) -> int:
        """Make all cards anew from the log; return how many were not as they should be.

        `progress` is told how many cards are done.
        """
        with self._writing():
            return recording.rebuild(self._connection, progress)

    def complaints(self) -> list[str]:
        """Read the whole file and return what SQLite finds wrong."""
        with explained(self.path):
            return sql.complaints(self._connection)

    def export_lines(self) -> Iterator[str]:
        """Yield the progress as JSON lines, without line ends."""
        from prep.store.exchange import exported  # noqa: PLC0415 - a quiz needs no exchange

        with explained(self.path):
            yield from exported(self._connection)

    def import_lines(self, lines: Iterable[str | bytes]) -> Imported:
        """Merge exported lines: all, or with a `PrepError` none. Twice changes nothing."""
        from prep.store.exchange import merged  # noqa: PLC0415 - as above
        from prep.store.lines import parsed  # noqa: PLC0415

        body = parsed(lines)
        with self._writing():
            return merged(self._connection, body)

    def _cards(self, statement: str, *values: object) -> list[Card]:
        with explained(self.path):
            return [card_of(row) for row in sql.select(self._connection, statement, *values)]

    def _late(self, day: date, exam: date | None) -> list[Card]:
        if exam is None or not looking_back(day, exam):
            return []
        cards = self._cards(sql.LATE, day.isoformat(), day.isoformat())
        return [card for card in cards if is_due(card, day, exam)]

    def _sessions(self, statement: str, *values: object) -> list[Session]:
        with explained(self.path):
            rows = sql.select(self._connection, statement, *values)
        return [session for row in rows if (session := session_of(row)) is not None]
