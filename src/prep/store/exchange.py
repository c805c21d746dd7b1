"""Progress as JSON lines: a header, the logs, the settings, and a last line that counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from prep.errors import PrepError
from prep.store import sql
from prep.store.deed_rows import deed_of, deed_row
from prep.store.lines import (
    VERSION,
    WITHOUT_DEEDS,
    DeedLine,
    End,
    Header,
    LogLine,
    SettingLine,
)
from prep.store.recording import replay_cards
from prep.store.rows import entry_of, entry_row, instant, micros

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from prep.store.lines import Body, Told
    from prep.store.rows import Row

# Settings of one machine, such as the folder of solutions.
LOCAL = "local."


class Imported(Struct, frozen=True):
    """How many lines of the logs and settings were new, and how many were known."""

    entries: int
    settings: int
    known: int


def exported(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield the lines, without line ends; two stores with the same progress give the same."""
    encoder = msgspec.json.Encoder()
    deeds = [DeedLine(deed_of(row)) for row in sql.select(connection, sql.ALL_DEEDS)]
    yield encoder.encode(Header(VERSION if deeds else WITHOUT_DEEDS)).decode()
    number = 0
    for number, line in enumerate(_body(connection, deeds), 1):  # noqa: B007 - counted for the end
        yield encoder.encode(line).decode()
    yield encoder.encode(End(number)).decode()


def _body(connection: sqlite3.Connection, deeds: Iterable[DeedLine]) -> Iterator[Told]:
    for row in sql.stream(connection, sql.ENTRIES_BY_TIME):
        yield LogLine(entry_of(row))
    yield from deeds
    for key, value, at in sql.select(connection, sql.ALL_SETTINGS):
        if not key.startswith(LOCAL):
            yield SettingLine(key, value, instant(at))


def merged(connection: sqlite3.Connection, body: Body) -> Imported:
    """Add what is new, within the running transaction."""
    entries, settings, touched = 0, 0, set()
    for number, line in body:
        if isinstance(line, SettingLine):
            settings += sql.write(
                connection, sql.SAVE_SETTING, (line.key, line.value, micros(line.at))
            )
        elif isinstance(line, DeedLine):
            row = deed_row(line.deed)
            if _is_new(connection, sql.ONE_DEED, row, number):
                sql.write(connection, sql.ADD_DEED, row)
                entries += 1
        elif _is_new(connection, sql.ENTRY, entry_row(line.entry), number):
            sql.write(connection, sql.ADD_ENTRY, entry_row(line.entry))
            touched.add((line.entry.question, line.entry.meaning))
            entries += 1
    replay_cards(connection, touched)
    return Imported(entries, settings, len(body) - entries - settings)


def _is_new(connection: sqlite3.Connection, statement: str, row: Row, number: int) -> bool:
    uid = row[0]
    known = sql.select(connection, statement, uid)
    if known and known[0] != row:
        raise PrepError("import-conflict", line=number, uid=uid)
    return not known
