"""The part of the store about exercises: the second log, and where solutions lie here."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from prep.store import sql
from prep.store.rows import micros
from prep.store.trouble import explained

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

    from prep.model.practice import Deed


class Practice:
    """Base of `Store`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def add_deed(self, deed: Deed) -> None:
        """Store one deed; it is on disk on return."""
        from prep.store.deed_rows import deed_row  # noqa: PLC0415 - a quiz needs no deeds

        with self._writing():
            sql.write(self._connection, sql.ADD_DEED, deed_row(deed))

    def deeds(self, exercise: str | None = None) -> list[Deed]:
        """Return the deeds about one exercise, or all, in the order of their time."""
        from prep.store.deed_rows import deed_of  # noqa: PLC0415 - as above

        with explained(self.path):
            if exercise is None:
                rows = sql.select(self._connection, sql.ALL_DEEDS)
            else:
                rows = sql.select(self._connection, sql.DEEDS_OF, exercise)
        return [deed_of(row) for row in rows]

    def workspaces(self) -> dict[str, Path]:
        """Return the folder in which each exercise was last started on this machine."""
        with explained(self.path):
            rows = sql.select(self._connection, sql.WORKSPACES)
        return {row[0]: Path(row[1]) for row in rows}

    def workspace(self, exercise: str) -> Path | None:
        """Return the folder in which an exercise was last started on this machine."""
        return self.workspaces().get(exercise)

    def set_workspace(self, exercise: str, folder: Path, *, at: datetime) -> None:
        """Remember the folder of an exercise; it is never exported."""
        with self._writing():
            sql.write(self._connection, sql.SAVE_WORKSPACE, (exercise, str(folder), micros(at)))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with explained(self.path), sql.transaction(self._connection):
            yield
