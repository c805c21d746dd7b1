import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest

from prep.store import Store, StoreError, opening, sql


def refused(path):
    """Return the code with which opening is refused, having checked that nothing changed."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError) as caught:
        Store.open(path)
    assert caught.value.values["path"] == str(path)
    assert (path.read_bytes() if path.is_file() else None) == before
    return caught.value.code


def pragma(path, statement):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"PRAGMA {statement}").fetchone()


def test_the_own_connection_syncs_fully(store):
    ask = store._connection.execute
    assert ask("PRAGMA synchronous").fetchone() == (2,)
    assert ask("PRAGMA foreign_keys").fetchone() == (1,)
    assert ask("PRAGMA journal_mode").fetchone() == ("wal",)
    assert ask("PRAGMA busy_timeout").fetchone() == (10_000,)


def test_a_new_file_has_our_stamps_and_only_strict_tables(store, path):
    assert sql.stamps(store._connection) == (sql.APPLICATION_ID, opening.VERSION)
    tables = store._connection.execute("PRAGMA table_list").fetchall()
    loose = {row[1] for row in tables if not row[5]}
    assert all(name.startswith("sqlite_") for name in loose)
    assert path.exists()


def test_making_a_file_makes_its_folder_and_leaves_nothing_else(tmp_path):
    folder = tmp_path / "a" / "b"
    Store.open(folder / "p.db").close()
    assert [file.name for file in folder.iterdir()] == ["p.db"]


def test_there_is_a_script_for_each_version():
    names = sorted(file.name for file in opening.MIGRATIONS.glob("*.sql"))
    assert names == [f"{number:04}.sql" for number in range(1, opening.VERSION + 1)]


@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_refused(path, content):
    path.write_bytes(content)
    assert refused(path) == "store-damaged"


def test_a_file_whose_pages_were_overwritten_is_refused_when_read(path, make_entry):
    with Store.open(path) as store:
        for number in range(50):
            store.record(make_entry(question=f"q{number}"))
    path.write_bytes(path.read_bytes()[:4096] + b"\xa5" * (path.stat().st_size - 4096))
    with pytest.raises(StoreError, match="store-damaged"), Store.open(path) as store:
        store.record(make_entry())


def test_a_file_that_was_cut_off_is_reported(path, make_entry):
    with Store.open(path) as store:
        store.record(make_entry())
    path.write_bytes(path.read_bytes()[: 4096 * 3])
    with pytest.raises(StoreError, match="store-damaged"), Store.open(path) as store:
        store.record(make_entry())


def test_another_programs_database_is_refused(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    assert refused(path) == "store-foreign"


def test_a_newer_file_is_refused(path):
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    assert refused(path) == "store-newer"


def test_a_folder_in_its_place_is_refused(path):
    path.mkdir()
    assert refused(path) == "store-not-a-file"


def test_a_file_in_the_folders_place_is_refused(tmp_path):
    (tmp_path / "data").write_text("x")
    with pytest.raises(StoreError, match="store-cannot-open"):
        Store.open(tmp_path / "data" / "p.db")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has other permissions")
def test_where_nothing_can_be_made_the_path_is_named():
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o555)
        assert code_without_privileges(folder / "p.db") == "store-cannot-open"
        assert code_without_privileges(folder / "new" / "p.db") == "store-cannot-open"
    finally:
        shutil.rmtree(folder)


def code_without_privileges(path):
    """Return the code with which a user who is not root is refused."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setuid(65534)
        try:
            Store.open(path)
            os.write(writing, b"opened")
        except StoreError as error:
            os.write(writing, error.code.encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    return os.read(reading, 100).decode()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has other permissions")
@pytest.mark.parametrize(
    ("file_mode", "folder_mode", "code"),
    [
        (0o444, 0o777, "store-read-only"),
        (0o666, 0o555, "store-read-only"),
        (0o666, 0o000, "store-cannot-open"),
    ],
)
def test_a_file_or_folder_without_permission_is_refused(file_mode, folder_mode, code):
    # pytest's own folders cannot be entered by the user that a child of root becomes.
    folder = Path(tempfile.mkdtemp())
    try:
        Store.open(folder / "p.db").close()
        (folder / "p.db").chmod(file_mode)
        folder.chmod(folder_mode)
        assert code_without_privileges(folder / "p.db") == code
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)


NEXT = opening.VERSION + 1
BACKUP = f"progress.version-{opening.VERSION}.sqlite3"


@pytest.fixture
def later(tmp_path):
    """Return a folder of migrations with the version after this one."""
    folder = shutil.copytree(opening.MIGRATIONS, tmp_path / "migrations")
    (folder / f"{NEXT:04}.sql").write_text("CREATE TABLE notes (text TEXT) STRICT;\n")
    return folder


def test_an_old_file_is_backed_up_and_migrated(path, later, make_entry):
    with Store.open(path) as store:
        store.record(make_entry())
        opening.open_file(path, migrations=later, version=NEXT).close()
    backup = path.with_name(BACKUP)
    assert pragma(path, "user_version") == (NEXT,)
    assert pragma(backup, "user_version") == (opening.VERSION,)
    with Store.open(backup) as kept:
        assert len(list(kept.log())) == 1


def test_a_second_backup_never_replaces_the_first(path, later):
    Store.open(path).close()
    path.with_name(BACKUP).write_text("precious")
    opening.open_file(path, migrations=later, version=NEXT).close()
    assert path.with_name(BACKUP).read_text() == "precious"
    again = path.with_name(f"progress.version-{opening.VERSION}.2.sqlite3")
    assert pragma(again, "user_version") == (opening.VERSION,)


def test_a_migration_that_fails_changes_nothing(path, later, make_entry):
    with Store.open(path) as store:
        store.record(make_entry())
    wrong = "CREATE TABLE notes (t TEXT) STRICT;\nDROP TABLE nothing;\n"
    (later / f"{NEXT:04}.sql").write_text(wrong)
    with pytest.raises(sqlite3.OperationalError):
        opening.open_file(path, migrations=later, version=NEXT)
    assert pragma(path, "user_version") == (opening.VERSION,)
    with Store.open(path) as store:
        assert len(list(store.log())) == 1


def test_a_current_file_gets_no_backup(path):
    Store.open(path).close()
    Store.open(path).close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def open_together(path, barrier):
    barrier.wait()
    Store.open(path).close()


def test_processes_that_start_at_once_make_one_file(tmp_path):
    context = get_context("fork" if hasattr(os, "fork") else "spawn")
    for attempt in range(5):
        path, barrier = tmp_path / str(attempt) / "p.db", context.Barrier(4)
        workers = [context.Process(target=open_together, args=(path, barrier)) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0] * 4
        # Of two that close at once, each may leave the WAL to the other.
        assert {file.name for file in path.parent.iterdir()} <= {"p.db", "p.db-wal", "p.db-shm"}


def test_where_links_are_unknown_the_file_is_renamed(path, monkeypatch):
    def no_links(*_):
        raise OSError

    monkeypatch.setattr(os, "link", no_links)
    Store.open(path).close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_opening_and_asking_what_is_due_does_not_load_the_scheduler(path):
    code = (
        "import sys, pathlib, datetime; from prep.store import Store\n"
        "with Store.open(pathlib.Path(sys.argv[1])) as store:\n"
        "    store.due(datetime.date(2026, 3, 1)), store.introduced(datetime.date(2026, 3, 1))\n"
        "sys.exit('fsrs' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, path], check=False).returncode == 0
