"""Progress as JSON lines: a header, the log, the settings, and a last line that counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from prep.core.answers import TARGETED
from prep.errors import PrepError
from prep.model.review import LogEntry, Utc  # noqa: TC001 - msgspec reads the annotations
from prep.store import sql
from prep.store.recording import replay_cards
from prep.store.rows import entry_of, entry_row, instant, micros

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from datetime import datetime

VERSION = 1
# Settings of one machine, such as the folder of solutions.
LOCAL = "local."
# Days between an entry's study day and its instant: a zone and the rollover hour.
LARGEST_SHIFT = 2
FIRST_YEAR, LAST_YEAR = 1970, 2200


class _Line(Struct, frozen=True, forbid_unknown_fields=True, tag_field="line"):
    pass


class Header(_Line, frozen=True, tag="prep-progress"):
    """The first line."""

    version: int


class LogLine(_Line, frozen=True, tag="log"):
    """An entry of the log."""

    entry: LogEntry


class SettingLine(_Line, frozen=True, tag="setting"):
    """A setting, or one that was taken back, and when it was changed."""

    key: str
    value: str | None
    at: Utc


class End(_Line, frozen=True, tag="end"):
    """The last line: a file that was cut off has none, or counts more than it holds."""

    lines: int


class Imported(Struct, frozen=True):
    """How many answers and settings were new, and how many were known."""

    entries: int
    settings: int
    known: int


Line = Header | LogLine | SettingLine | End
Body = list[tuple[int, LogLine | SettingLine]]
DECODER: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


def exported(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield the lines, without line ends; two stores with the same progress give the same."""
    encoder = msgspec.json.Encoder()
    yield encoder.encode(Header(VERSION)).decode()
    number = 0
    for number, line in enumerate(_body(connection), 1):  # noqa: B007 - counted for the end
        yield encoder.encode(line).decode()
    yield encoder.encode(End(number)).decode()


def _body(connection: sqlite3.Connection) -> Iterator[LogLine | SettingLine]:
    for row in sql.stream(connection, sql.ENTRIES_BY_TIME):
        yield LogLine(entry_of(row))
    for key, value, at in sql.select(connection, sql.ALL_SETTINGS):
        if not key.startswith(LOCAL):
            yield SettingLine(key, value, instant(at))


def parsed(lines: Iterable[str | bytes]) -> Body:
    """Return the lines between header and end with their numbers; the first bad one raises."""
    numbered = [(number, raw) for number, text in enumerate(lines, 1) if (raw := _raw(text))]
    if not numbered:
        raise PrepError("import-empty")
    _check_header(*numbered[0])
    body: Body = []
    for number, raw in numbered[1:-1]:
        line = _decoded(number, raw)
        if not isinstance(line, LogLine | SettingLine):
            raise PrepError("import-bad-line", line=number, reason=f"unexpected {line}")
        body.append((number, line))
    if not _ends(numbered[-1][1], len(body)):
        raise PrepError("import-cut-off", lines=len(body))
    return body


def merged(connection: sqlite3.Connection, body: Body) -> Imported:
    """Add what is new, within the running transaction."""
    entries, settings, touched = 0, 0, set()
    for number, line in body:
        if isinstance(line, SettingLine):
            settings += sql.write(
                connection, sql.SAVE_SETTING, (line.key, line.value, micros(line.at))
            )
        elif _is_new(connection, line.entry, number):
            sql.write(connection, sql.ADD_ENTRY, entry_row(line.entry))
            touched.add((line.entry.question, line.entry.meaning))
            entries += 1
    replay_cards(connection, touched)
    return Imported(entries, settings, len(body) - entries - settings)


def _is_new(connection: sqlite3.Connection, entry: LogEntry, number: int) -> bool:
    known = sql.select(connection, sql.ENTRY, entry.uid)
    if known and known[0] != entry_row(entry):
        raise PrepError("import-conflict", line=number, uid=entry.uid)
    return not known


def _raw(text: str | bytes) -> bytes:
    raw = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    # Some editors, and PowerShell, put a byte order mark before the first line.
    return raw.removeprefix(b"\xef\xbb\xbf").strip()


def _check_header(number: int, raw: bytes) -> None:
    # The version first: what a newer program wrote may differ in everything else.
    try:
        header = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        header = None
    if not (isinstance(header, dict) and header.get("line") == "prep-progress"):
        raise PrepError("import-not-ours", line=number)
    version = header.get("version")
    if not isinstance(version, int) or version < 1:
        raise PrepError("import-not-ours", line=number)
    if version > VERSION:
        raise PrepError("import-newer", found=version, supported=VERSION)


def _ends(raw: bytes, lines: int) -> bool:
    try:
        return DECODER.decode(raw) == End(lines)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


def _decoded(number: int, raw: bytes) -> Line:
    try:
        line = DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PrepError("import-bad-line", line=number, reason=str(error)) from error
    if reason := _nonsense(line):
        raise PrepError("import-bad-line", line=number, reason=reason)
    return line


def _nonsense(line: Line) -> str | None:
    if isinstance(line, SettingLine):
        return _odd_year(line.at)
    return _odd_entry(line.entry) if isinstance(line, LogLine) else None


def _odd_year(at: datetime) -> str | None:
    # Years far away would overflow when the schedule adds a hundred years.
    return None if FIRST_YEAR <= at.year <= LAST_YEAR else f"the year {at.year}"


def _odd_entry(entry: LogEntry) -> str | None:
    if abs((entry.day - entry.at.date()).days) > LARGEST_SHIFT:
        return f"{entry.day} is not the day of {entry.at}"
    if (entry.target is None) == (entry.kind in TARGETED):
        return f"target {entry.target} of {entry.kind}"
    return _odd_year(entry.at)
