"""Opening the file: making it, checking that it is ours, bringing it up to date."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from prep.store import sql
from prep.store.trouble import StoreError

if TYPE_CHECKING:
    import sqlite3

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION = 2
WAIT_SECONDS = 10.0


def open_file(
    path: Path, *, migrations: Path = MIGRATIONS, version: int = VERSION
) -> sqlite3.Connection:
    """Return a connection to the file, made or migrated if need be."""
    if not path.exists():
        _create(path, migrations, version)
    _check_access(path)
    connection = sql.connect(str(path), wait_seconds=WAIT_SECONDS)
    try:
        if _version(connection, path, version) < version:
            _migrate(connection, path, migrations, version)
        sql.use_wal(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _create(path: Path, migrations: Path, version: int) -> None:
    # Made beside its place and then linked into it: nobody ever sees half a file, and
    # of two processes that start at once the second finds the file of the first.
    unfinished = _unfinished(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sql.connect(str(unfinished), wait_seconds=WAIT_SECONDS)) as connection:
            with sql.transaction(connection):
                _run_migrations(connection, migrations, 0, version)
            # Afterwards, so that nothing can be left in a WAL of the unfinished name.
            sql.use_wal(connection)
        _place(unfinished, path)
    finally:
        with suppress(OSError):
            unfinished.unlink()


def _place(unfinished: Path, path: Path) -> None:
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return
    except OSError:
        # No hard links here (FAT, some network drives). Renaming onto a file that just
        # appeared fails on Windows; elsewhere a moment's race is left on such drives.
        if not path.exists():
            unfinished.rename(path)
    _sync_folder(path.parent)


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.urandom(8).hex()}.new")


def _sync_folder(folder: Path) -> None:
    # The name must be on disk as well as the file; Windows cannot open a folder for it.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _check_access(path: Path) -> None:
    if not path.is_file():
        raise StoreError("store-not-a-file", path=str(path))
    # SQLite's WAL needs the folder too.
    if not (os.access(path, os.R_OK | os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)):
        raise StoreError("store-read-only", path=str(path), reason="no permission to write")
    if path.stat().st_size == 0:
        raise StoreError("store-damaged", path=str(path), reason="the file is empty")


def _version(connection: sqlite3.Connection, path: Path, supported: int) -> int:
    application, version = sql.stamps(connection)
    if application != sql.APPLICATION_ID:
        raise StoreError("store-foreign", path=str(path))
    if version > supported:
        raise StoreError("store-newer", path=str(path), found=version, supported=supported)
    return version


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Path, version: int) -> None:
    with sql.transaction(connection):
        # Asked again under the lock: another process may have done it meanwhile.
        found = _version(connection, path, version)
        if found < version:
            _back_up(path, found)
            _run_migrations(connection, migrations, found, version)


def _run_migrations(
    connection: sqlite3.Connection, migrations: Path, found: int, version: int
) -> None:
    for number in range(found + 1, version + 1):
        script = (migrations / f"{number:04}.sql").read_text(encoding="utf-8")
        sql.run_script(connection, script)
    sql.stamp(connection, version)


def _back_up(path: Path, version: int) -> None:
    # On a connection of its own, since SQLite refuses to copy from one that writes.
    # The WAL is copied with it, which a copy of the file alone would miss.
    unfinished = _unfinished(path)
    try:
        with (
            closing(sql.connect(str(path), wait_seconds=WAIT_SECONDS)) as source,
            closing(sql.connect(str(unfinished), wait_seconds=WAIT_SECONDS)) as copy,
        ):
            source.backup(copy)
        unfinished.rename(_free_name(path, version))
    finally:
        with suppress(OSError):
            unfinished.unlink()


def _free_name(path: Path, version: int) -> Path:
    names = (
        path.with_name(f"{path.stem}.version-{version}{again}{path.suffix}")
        for again in ("", *(f".{number}" for number in range(2, 1000)))
    )
    return next(name for name in names if not name.exists())
