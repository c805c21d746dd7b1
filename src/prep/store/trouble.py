"""SQLite's errors, as the program's."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prep.errors import EnvironmentLacksError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class StoreError(EnvironmentLacksError):
    """The file with the progress cannot be used; it was not changed."""


CODES = {
    sqlite3.SQLITE_NOTADB: "store-damaged",
    sqlite3.SQLITE_CORRUPT: "store-damaged",
    sqlite3.SQLITE_FORMAT: "store-damaged",
    sqlite3.SQLITE_READONLY: "store-read-only",
    sqlite3.SQLITE_PERM: "store-read-only",
    sqlite3.SQLITE_AUTH: "store-read-only",
    sqlite3.SQLITE_CANTOPEN: "store-cannot-open",
    sqlite3.SQLITE_BUSY: "store-busy",
    sqlite3.SQLITE_LOCKED: "store-busy",
    sqlite3.SQLITE_FULL: "store-disk-full",
    sqlite3.SQLITE_IOERR: "store-disk-error",
}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the user can act on into a `StoreError`; the rest is our bug and passes."""
    try:
        yield
    except sqlite3.Error as error:
        # The low byte is the primary code; the rest says more than we have words for.
        code = CODES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if code is None:
            raise
        raise StoreError(code, path=str(path), reason=str(error)) from error
