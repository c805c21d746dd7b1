import json
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from prep.errors import PrepError
from prep.store import Store

AT = datetime(2026, 3, 1, tzinfo=UTC)
HEADER = '{"line":"prep-progress","version":1}'


@pytest.fixture
def other(tmp_path):
    """Return a second store."""
    with Store.open(tmp_path / "other.db") as opened:
        yield opened


@pytest.fixture
def lines(store, make_entry):
    """Return what a store with two answers, an undo and a setting exports."""
    answer, _ = store.record(make_entry(question="a", response="量化"))
    store.record(make_entry("undo", 1, question="a", target=answer.uid))
    store.record(make_entry(question="b", days=2))
    store.set_setting("exam", "2027-01-15", at=AT)
    return list(store.export_lines())


def changed(line, **values):
    """Return an exported log line with other values in its entry."""
    data = json.loads(line)
    data["entry"] |= values
    return json.dumps(data)


def refused(store, lines):
    with pytest.raises(PrepError) as caught:
        store.import_lines(lines)
    assert list(store.log()) == []
    assert store.settings() == {}
    return caught.value


def test_an_export_begins_with_its_version_and_ends_with_its_count(lines):
    assert lines[0] == HEADER
    assert lines[-1] == '{"line":"end","lines":4}'
    assert len(lines) == 6


def test_what_was_exported_is_imported(store, other, lines):
    done = other.import_lines(lines)
    assert (done.entries, done.settings, done.known) == (3, 1, 0)
    assert list(other.export_lines()) == lines
    assert other.cards() == store.cards()
    assert other.settings() == store.settings()


def test_importing_twice_changes_nothing(other, lines):
    other.import_lines(lines)
    done = other.import_lines(lines)
    assert (done.entries, done.settings, done.known) == (0, 0, 4)
    assert list(other.export_lines()) == lines


def test_the_own_export_changes_nothing(store, lines):
    assert store.import_lines(lines).entries == 0
    assert list(store.export_lines()) == lines


def test_two_machines_meet_in_the_same_progress(store, other, make_entry):
    for day, where in enumerate((store, other, store, other, other)):
        where.record(make_entry(days=day, score=day % 2))
    mine, yours = list(store.export_lines()), list(other.export_lines())
    store.import_lines(yours)
    other.import_lines(mine)
    assert store.cards() == other.cards()
    assert list(store.export_lines()) == list(other.export_lines())
    assert store.rebuild() == other.rebuild() == 0


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_a_setting_the_latest_change_holds_in_any_order(tmp_path, order):
    exports = []
    for number, (value, day) in enumerate((("one", 0), ("two", 0), (None, 1))):
        with Store.open(tmp_path / f"{number}.db") as store:
            store.set_setting("lang", value, at=AT + timedelta(days=day))
            exports.append(list(store.export_lines()))
    with Store.open(tmp_path / "all.db") as store:
        for number in order:
            store.import_lines(exports[number])
        assert store.settings() == {}
        assert list(store.export_lines())[1] == exports[2][1]


def test_local_settings_stay_on_their_machine(store):
    store.set_setting("local.folder", "/home/me", at=AT)
    assert len(list(store.export_lines())) == 2


def test_bytes_line_ends_blank_lines_and_a_byte_order_mark_are_taken(other, lines):
    raw = [b"\xef\xbb\xbf" + lines[0].encode() + b"\r\n", b"\n"]
    raw += [line.encode() + b"\r\n" for line in lines[1:]]
    assert other.import_lines(raw).entries == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ([], "import-empty"),
        (["", "  "], "import-empty"),
        (["hello"], "import-not-ours"),
        (["[1]"], "import-not-ours"),
        (['{"line": "prep-progress"}'], "import-not-ours"),
        (['{"line": "prep-progress", "version": "new"}'], "import-not-ours"),
        (['{"line": "prep-progress", "version": 3, "and": "more"}'], "import-newer"),
        ([HEADER], "import-cut-off"),
        ([HEADER, '{"line":"end","lines":1}'], "import-cut-off"),
        ([HEADER, '{"line":"log","ent'], "import-cut-off"),
        ([HEADER, HEADER, '{"line":"end","lines":0}'], "import-bad-line"),
        ([HEADER, b"\xff\xfe", '{"line":"end","lines":1}'], "import-bad-line"),
    ],
)
def test_what_is_no_export_is_refused(other, text, code):
    assert refused(other, text).code == code


@pytest.mark.parametrize(
    "values",
    [
        {"score": 1.5},
        {"score": "1"},
        {"seed": 2**63},
        {"seed": -1},
        {"rating": 5},
        {"kind": "dream"},
        {"retention": 1.5},
        {"cap": 0},
        {"at": "2026-03-01T09:00:00"},
        {"at": "9999-12-31T09:00:00Z", "day": "9999-12-31"},
        {"day": "2026-04-01"},
        {"target": "somebody"},
        {"kind": "undo"},
        {"surprise": 1},
        {"question": ""},
    ],
)
def test_a_bad_line_is_named_and_nothing_is_imported(other, lines, values):
    error = refused(other, [*lines[:3], changed(lines[3], **values), *lines[4:]])
    assert error.code == "import-bad-line"
    assert error.values["line"] == 4


def test_a_setting_of_another_age_is_a_bad_line(other):
    line = '{"line":"setting","key":"exam","value":"x","at":"9999-12-31T00:00:00Z"}'
    assert refused(other, [HEADER, line, '{"line":"end","lines":1}']).values["line"] == 2


def test_a_lost_line_is_noticed(other, lines):
    assert refused(other, [*lines[:2], *lines[3:]]).code == "import-cut-off"


def test_the_same_uid_with_another_answer_is_a_conflict(store, lines):
    before = list(store.export_lines())
    with pytest.raises(PrepError, match="import-conflict") as caught:
        store.import_lines([*lines[:3], changed(lines[3], score=0.5), *lines[4:]])
    assert caught.value.values["line"] == 4
    assert list(store.export_lines()) == before


def test_a_conflict_undoes_what_the_same_import_added(other, make_entry, lines):
    other.record(make_entry(uid=json.loads(lines[3])["entry"]["uid"], question="c"))
    before = list(other.export_lines())
    with pytest.raises(PrepError, match="import-conflict"):
        other.import_lines(lines)
    assert list(other.export_lines()) == before


def test_a_source_that_breaks_off_imports_nothing(other, lines):
    def source():
        yield from lines[:3]
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - raised as it came
        other.import_lines(source())
    assert list(other.log()) == []


def test_writing_goes_on_while_an_export_is_read(store, make_entry, lines):
    export = store.export_lines()
    begun = [next(export), next(export)]
    store.record(make_entry(question="c"))
    assert [*begun, *export] == lines
