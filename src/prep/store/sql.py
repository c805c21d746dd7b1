"""All SQL of the program, but for the numbered scripts in `migrations`."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prep.store.rows import Row

# ruff: noqa: S608 - column lists are constants of this module

# "prep" in ASCII: tells our file from any other SQLite database.
APPLICATION_ID = 0x70726570

LOG = (
    'uid, at, "offset", day, question, revision, meaning, seed, kind, response, score, '
    "duration_ms, hint, rating, retention, cap, target, session, recall"
)
CARD = (
    "question, meaning, stability, difficulty, last, due, reps, lapses, "
    "suspended, leech, last_score, last_at, introduced"
)
PRACTICE = (
    'uid, at, "offset", day, exercise, kind, number, verdict, score, ran, total, seed, '
    "device, seconds, sha256, retention, cap"
)

ADD_ENTRY = f"INSERT INTO log ({LOG}) VALUES ({', '.join('?' * 19)})"
ENTRY = f"SELECT {LOG} FROM log WHERE uid = ?"
ENTRIES_OF_CARD = f"SELECT {LOG} FROM log WHERE question = ? AND meaning = ?"
# Lines of the card that make the entry (?3, ?4) more than one step from the card's state.
LATER_OR_ABOUT = (
    "SELECT 1 FROM log WHERE question = ?1 AND meaning = ?2 "
    "AND ((at, uid) > (?3, ?4) OR target = ?5) LIMIT 1"
)
# `seq` is the order of arrival: no sorting of 100,000 rows for those who need none.
ALL_ENTRIES = f"SELECT {LOG} FROM log ORDER BY seq"
ENTRIES_BY_TIME = f"SELECT {LOG} FROM log ORDER BY at, uid"
ENTRIES_BY_CARD = f"SELECT {LOG} FROM log ORDER BY question, meaning, at, uid"
# Remarks, and what they speak of; all the answers, with the columns that `Answer` has.
TOLD = (
    "WITH said AS MATERIALIZED (SELECT uid, target FROM log WHERE target IS NOT NULL) "
    f"SELECT {LOG} FROM log WHERE uid IN (SELECT uid FROM said UNION SELECT target FROM said)"
)
ANSWERS = (
    "SELECT uid, day, question, meaning, kind, score, hint, rating, recall FROM log "
    "WHERE kind IN ('learn', 'review', 'practice', 'cram', 'mock') ORDER BY at, uid"
)
DURATIONS = (
    "SELECT question, duration_ms FROM log WHERE kind IN ('learn', 'review') "
    "AND score >= 1 AND hint = 0 ORDER BY seq DESC LIMIT ?"
)

SAVE_CARD = f"INSERT OR REPLACE INTO cards ({CARD}) VALUES ({', '.join('?' * 13)})"
DROP_CARD = "DELETE FROM cards WHERE question = ? AND meaning = ?"
ONE_CARD = f"SELECT {CARD} FROM cards WHERE question = ? AND meaning = ?"
ALL_CARDS = f"SELECT {CARD} FROM cards ORDER BY question, meaning"
DUE = f"SELECT {CARD} FROM cards WHERE suspended = 0 AND due <= ? ORDER BY due, question, meaning"
# Half the time of whole cards, when ten thousand are due at the start of a quiz.
DUE_MEMORIES = (
    "SELECT question, meaning, stability, last FROM cards WHERE suspended = 0 AND due <= ?"
)
# Scheduled for later than `?1`, and not answered since `?2`.
LATE = (
    f"SELECT {CARD} FROM cards WHERE suspended = 0 AND due > ?1 AND last < ?2 "
    "ORDER BY due, question, meaning"
)
MISSED = (
    f"SELECT {CARD} FROM cards WHERE suspended = 0 AND last_score < 1 "
    "ORDER BY last_at, question, meaning"
)
INTRODUCED = "SELECT count(*) FROM cards WHERE introduced = ?"
STARTED = "SELECT question, meaning FROM cards WHERE due IS NOT NULL OR suspended = 1"

SAVE_SESSION = (
    "INSERT OR REPLACE INTO sessions (id, day, started, ended, state) VALUES (?, ?, ?, ?, ?)"
)
ONE_SESSION = "SELECT state FROM sessions WHERE id = ?"
OPEN_SESSIONS = "SELECT state FROM sessions WHERE ended = 0 ORDER BY started DESC, id"

# The later change holds; of two at the same microsecond, the greater value: so the
# order of imports does not matter.
SAVE_SETTING = (
    "INSERT INTO settings (key, value, at) VALUES (?, ?, ?) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value, at = excluded.at "
    "WHERE excluded.at > settings.at OR "
    "(excluded.at = settings.at AND coalesce(excluded.value, '') > coalesce(settings.value, ''))"
)
SETTING_TIME = "SELECT at FROM settings WHERE key = ?"
ALL_SETTINGS = "SELECT key, value, at FROM settings ORDER BY key"

ADD_DEED = f"INSERT INTO practice ({PRACTICE}) VALUES ({', '.join('?' * 17)})"
ONE_DEED = f"SELECT {PRACTICE} FROM practice WHERE uid = ?"
ALL_DEEDS = f"SELECT {PRACTICE} FROM practice ORDER BY at, uid"
DEEDS_OF = f"SELECT {PRACTICE} FROM practice WHERE exercise = ? ORDER BY at, uid"

SAVE_WORKSPACE = "INSERT OR REPLACE INTO workspaces (exercise, folder, at) VALUES (?, ?, ?)"
WORKSPACES = "SELECT exercise, folder FROM workspaces ORDER BY exercise"


def connect(path: str, *, wait_seconds: float) -> sqlite3.Connection:
    """Return a connection that begins no transaction by itself."""
    connection = sqlite3.connect(path, timeout=wait_seconds, isolation_level=None)
    # FULL: in WAL mode, the default of many builds loses the last answers with the power.
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def use_wal(connection: sqlite3.Connection) -> None:
    """Let readers and one writer work at once; the file remembers it."""
    connection.execute("PRAGMA journal_mode = WAL")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Take the write lock at once (a lock taken later can fail), commit or roll back."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def view(connection: sqlite3.Connection) -> Iterator[None]:
    """Let several queries see one state, whatever is written meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def stamps(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return application id and schema version."""
    return _number(connection, "PRAGMA application_id"), _number(connection, "PRAGMA user_version")


def stamp(connection: sqlite3.Connection, version: int) -> None:
    """Write application id and schema version; part of the running transaction."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {version:d}")


def run_script(connection: sqlite3.Connection, script: str) -> None:
    """Run a script within the running transaction, which `executescript` would commit first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def complaints(connection: sqlite3.Connection) -> list[str]:
    """Return what SQLite finds wrong in the whole file, after reading all of it."""
    found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    return [] if found == ["ok"] else found


def select(connection: sqlite3.Connection, statement: str, *values: object) -> list[Row]:
    """Return all rows."""
    return connection.execute(statement, values).fetchall()


def stream(connection: sqlite3.Connection, statement: str) -> Iterator[Row]:
    """Yield rows as they are read: one consistent view, whatever is written meanwhile."""
    yield from connection.execute(statement)


def write(connection: sqlite3.Connection, statement: str, values: Iterable[object]) -> int:
    """Run one statement and return the number of rows it changed."""
    return connection.execute(statement, tuple(values)).rowcount


def count(connection: sqlite3.Connection, statement: str, *values: object) -> int:
    """Return the number that a query gives."""
    return int(connection.execute(statement, values).fetchone()[0])


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return count(connection, pragma)
