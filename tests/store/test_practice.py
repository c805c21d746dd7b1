"""The second log: what was done about exercises; and where they lie on this machine."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prep.core.days import study_day
from prep.errors import PrepError
from prep.model.practice import Deed
from prep.store import Store, StoreError, opening

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
DATA = Path(__file__).parent / "data"


def deed(kind="start", hours=0.0, *, uid=None, exercise="rnn", **values):
    at = START + timedelta(hours=hours)
    return Deed(
        uid=uid or f"u{hours:09.3f}{kind}", at=at, offset=60, day=study_day(at, 60), kind=kind,
        exercise=exercise, **values,
    )  # fmt: skip


def attempt(hours=1.0, **values):
    facts = {
        "verdict": "failed", "score": 0.625, "ran": 7, "total": 8, "seed": 2**31 - 1,
        "device": "cpu", "seconds": 1.234, "sha256": "0f" * 32, "retention": 0.93, "cap": 7,
    }  # fmt: skip
    return deed("attempt", hours, **facts | values)


ALL = [deed(), deed("hint", 0.5, number=3), attempt(), deed("solution", 2), deed("reset", 3)]


def test_deeds_are_read_as_they_were_stored_in_the_order_of_their_time(store):
    for one in reversed(ALL):
        store.add_deed(one)
    store.add_deed(deed(exercise="ddp", uid="other"))
    assert store.deeds("rnn") == ALL
    assert store.deeds("nobody") == []
    assert len(store.deeds()) == len(ALL) + 1


def test_a_deed_is_on_disk_on_return(store, path):
    store.add_deed(ALL[2])
    with Store.open(path) as other:
        assert other.deeds() == [ALL[2]]


def test_a_uid_is_taken_only_once(store):
    store.add_deed(deed(uid="same"))
    with pytest.raises(sqlite3.IntegrityError):
        store.add_deed(deed("reset", 1, uid="same"))
    assert len(store.deeds()) == 1


@pytest.mark.parametrize("statement", ["UPDATE practice SET score = 1", "DELETE FROM practice"])
def test_deeds_are_never_changed_or_lost(store, statement):
    store.add_deed(attempt())
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        store._connection.execute(statement)
    assert store.deeds() == [attempt()]


@pytest.mark.parametrize(
    "wrong", [deed("hint"), deed("attempt"), deed(verdict="passed"), deed(number=1)]
)
def test_a_deed_that_contradicts_itself_is_not_stored(store, wrong):
    with pytest.raises(sqlite3.IntegrityError):
        store.add_deed(wrong)


def test_the_last_folder_of_an_exercise_is_remembered(store, path):
    assert store.workspace("rnn") is None
    store.set_workspace("rnn", Path("/old"), at=START)
    store.set_workspace("ddp", Path("/d"), at=START)
    store.set_workspace("rnn", Path("/新 目录/rnn"), at=START)
    with Store.open(path) as other:
        assert other.workspaces() == {"ddp": Path("/d"), "rnn": Path("/新 目录/rnn")}
        assert other.workspace("rnn") == Path("/新 目录/rnn")


TABLES = [
    ("log", "SELECT * FROM log"),
    ("cards", "SELECT * FROM cards"),
    ("sessions", "SELECT * FROM sessions"),
    ("settings", "SELECT * FROM settings"),
]

# An old file ----------------------------------------------------------------------------


@pytest.fixture
def old(path):
    """Return the path of a file that the first version made, with two answers and a setting."""
    opening.open_file(path, version=1).close()
    script = (DATA / "version-1.sql").read_text(encoding="utf-8")
    with sqlite3.connect(path) as connection:
        connection.executescript(script)
    connection.close()
    return path


def content(path):
    with sqlite3.connect(path) as connection:
        found = {table: connection.execute(select).fetchall() for table, select in TABLES}
    connection.close()
    return found


def test_a_file_of_the_first_version_keeps_everything_and_is_backed_up(old):
    before = content(old)
    assert [len(rows) for rows in before.values()] == [2, 2, 1, 1]
    with Store.open(old) as store:
        assert store.rebuild() == 0
        store.add_deed(attempt())
        assert (store.deeds(), store.complaints()) == ([attempt()], [])
    assert content(old) == before
    backup = old.with_name("progress.version-1.sqlite3")
    assert content(backup) == before
    with sqlite3.connect(backup) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    connection.close()
    assert "practice" not in names


def test_a_migrated_file_and_a_new_one_have_the_same_schema(old, tmp_path):
    Store.open(old).close()
    Store.open(tmp_path / "new.db").close()
    schemas = []
    for path in (old, tmp_path / "new.db"):
        with sqlite3.connect(path) as connection:
            schemas.append(connection.execute("SELECT name, sql FROM sqlite_schema").fetchall())
        connection.close()
    assert schemas[0] == schemas[1]


def test_the_first_version_refuses_the_new_file(store, path):
    with pytest.raises(StoreError, match="store-newer"):
        opening.open_file(path, version=1)


# Moving to another machine --------------------------------------------------------------


@pytest.fixture
def other(tmp_path):
    """Return a second store."""
    with Store.open(tmp_path / "other.db") as opened:
        yield opened


@pytest.fixture
def lines(store, make_entry):
    """Return what a store with an answer, five deeds and a folder exports."""
    store.record(make_entry())
    for one in ALL:
        store.add_deed(one)
    store.set_workspace("rnn", Path("/home/me/rnn"), at=START)
    return list(store.export_lines())


def test_deeds_travel_and_folders_stay(lines, other, store):
    assert lines[0] == '{"line":"prep-progress","version":2}'
    done = other.import_lines(lines)
    assert (done.entries, done.settings, done.known) == (6, 0, 0)
    assert other.deeds() == store.deeds() == ALL
    assert other.workspaces() == {}
    assert list(other.export_lines()) == lines


def test_without_deeds_an_export_is_one_that_the_first_version_reads(store, make_entry):
    store.record(make_entry())
    assert next(iter(store.export_lines())) == '{"line":"prep-progress","version":1}'


def test_importing_deeds_twice_changes_nothing(lines, other):
    other.import_lines(lines)
    done = other.import_lines(lines)
    assert (done.entries, done.known) == (0, 6)
    assert list(other.export_lines()) == lines


def changed(line, **values):
    data = json.loads(line)
    data["deed"] |= values
    return json.dumps(data)


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "dream"}, {"score": 1.5}, {"verdict": "fine"}, {"verdict": None},
        {"number": 2}, {"kind": "reset"}, {"sha256": "xyz"}, {"sha256": "0F" * 32},
        {"seed": -1}, {"seconds": -0.1}, {"ran": -1}, {"retention": 1.5}, {"cap": 0},
        {"day": "2026-04-01"}, {"at": "9999-12-31T09:00:00Z", "day": "9999-12-31"},
        {"exercise": ""}, {"surprise": 1}, {"device": "x" * 65}, {"offset": 1441},
    ],
)  # fmt: skip
def test_a_bad_deed_is_named_and_nothing_is_imported(lines, other, values):
    assert '"kind":"attempt"' in lines[4]
    with pytest.raises(PrepError, match="import-bad-line") as caught:
        other.import_lines([*lines[:4], changed(lines[4], **values), *lines[5:]])
    assert caught.value.values["line"] == 5
    assert other.deeds() == list(other.log()) == []


def test_the_same_uid_with_another_deed_is_a_conflict(lines, store):
    with pytest.raises(PrepError, match="import-conflict") as caught:
        store.import_lines([*lines[:4], changed(lines[4], score=0.5), *lines[5:]])
    assert caught.value.values == {"line": 5, "uid": ALL[2].uid}
    assert store.deeds() == ALL


HOURS = st.lists(st.tuples(st.floats(0, 5000), st.sampled_from(ALL)), max_size=12)


@settings(max_examples=25, deadline=None)
@given(HOURS, st.integers(0, 10**6))
def test_machines_that_exchange_their_deeds_agree(tmp_path_factory, drawn, seed):
    random, folder = Random(seed), tmp_path_factory.mktemp("machines")
    with Store.open(folder / "1.db") as one, Store.open(folder / "2.db") as two:
        for number, (hours, like) in enumerate(drawn):
            values = {"verdict": like.verdict, "number": like.number, "sha256": like.sha256}
            new = deed(like.kind, hours, uid=f"{random.random()}-{number}", **values)
            random.choice([one, two]).add_deed(new)
        exports = list(one.export_lines()), list(two.export_lines())
        one.import_lines(exports[1])
        two.import_lines(exports[0])
        two.import_lines(exports[0])
        assert one.deeds() == two.deeds()
        assert len(one.deeds()) == len(drawn)
        assert list(one.export_lines()) == list(two.export_lines())
