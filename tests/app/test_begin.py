"""Starting an exercise, and beginning it again, without losing anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from prep.app.begin import reset_exercise, start_exercise
from prep.app.practice import standing_of
from prep.app.workspace import solution_file, started
from prep.errors import PrepError, UsageError
from tests.app.conftest import attempt

STARTER = "raise NotImplementedError\n"


def begin(desk, folder=None, language="en"):
    return start_exercise(desk, "one", folder, language)


def refused(function, *arguments):
    with pytest.raises(PrepError) as caught:
        function(*arguments)
    return caught.value


def files(folder):
    return sorted(path.name for path in Path(folder).iterdir())


def test_a_start_copies_remembers_and_is_recorded(desk):
    solution = begin(desk)
    assert solution == Path("one/solution.py")
    assert solution.read_text() == STARTER
    assert Path("one/task.md").read_text() == "# Task\n"
    assert files("one") == ["solution.py", "task.md"]
    assert desk.store.workspace("one") == Path.cwd() / "one"
    assert [deed.kind for deed in desk.store.deeds("one")] == ["start"]


def test_the_file_is_found_from_every_folder(desk, tmp_path, monkeypatch):
    begin(desk, tmp_path / "我的 练习")
    monkeypatch.chdir("/")
    expected = tmp_path / "我的 练习" / "solution.py"
    assert solution_file(desk.store, "one") == expected
    assert started(desk.store) == [("one", expected)]


def test_a_file_in_a_folder_of_that_name_is_found_without_a_start(desk):
    Path("one").mkdir()
    Path("one/solution.py").write_text("mine")
    assert solution_file(desk.store, "one") == Path("one/solution.py")
    assert started(desk.store) == []


def test_without_a_file_the_start_is_named(desk):
    error = refused(solution_file, desk.store, "one")
    assert (error.code, error.values, error.exit_code) == ("not-started", {"id": "one"}, 2)


def test_a_folder_that_was_deleted_can_be_started_anew(desk, tmp_path):
    begin(desk, tmp_path / "gone")
    for name in ("solution.py", "task.md"):
        (tmp_path / "gone" / name).unlink()
    (tmp_path / "gone").rmdir()
    assert started(desk.store) == []
    assert refused(solution_file, desk.store, "one").code == "not-started"
    assert begin(desk) == Path("one/solution.py")


def test_what_is_started_is_not_started_again_from_another_folder(desk, tmp_path, monkeypatch):
    begin(desk)
    monkeypatch.chdir(tmp_path)
    error = refused(begin, desk)
    assert (error.code, error.exit_code) == ("started-already", 2)
    assert error.values["path"] == str(tmp_path / "work" / "one" / "solution.py")
    assert not Path("one").exists()


def test_another_folder_that_is_asked_for_becomes_the_one(desk):
    begin(desk)
    Path("one/solution.py").write_text("mine")
    begin(desk, Path("two"))
    assert solution_file(desk.store, "one") == Path.cwd() / "two" / "solution.py"
    assert Path("one/solution.py").read_text() == "mine"


def test_a_strange_solution_in_the_folder_is_not_touched(desk):
    Path("my dir").mkdir()
    Path("my dir/solution.py").write_text("mine")
    error = refused(begin, desk, Path("my dir"))
    assert (error.code, error.values["file"]) == ("start-taken", "'my dir/solution.py'")
    assert files("my dir") == ["solution.py"]
    assert Path("my dir/solution.py").read_text() == "mine"


def test_a_due_exercise_is_begun_again_by_a_reset(desk):
    begin(desk)
    attempt(desk)
    assert refused(begin, desk).code == "started-already"
    desk.outside.pass_time(days=5)
    assert refused(begin, desk).code == "start-due"


@pytest.mark.parametrize("make", ["file", "dangling", "loop"])
def test_what_is_no_folder_is_refused(desk, make):
    place = Path("place")
    if make == "file":
        place.write_text("x")
    else:
        place.symlink_to("nowhere" if make == "dangling" else "place")
    assert refused(begin, desk, place).code == "not-a-folder"
    assert files(".") == ["place"]


def test_below_a_file_nothing_can_be_made(desk):
    Path("file").write_text("x")
    error = refused(begin, desk, Path("file/sub"))
    assert (error.code, error.values["problem"]) == ("file-unwritable", "Not a directory")


def test_a_folder_whose_name_is_no_text_is_refused(desk):
    assert refused(begin, desk, Path("a\udcff")).code == "folder-not-text"
    assert files(".") == []


def test_a_text_that_is_not_ours_is_not_overwritten(desk):
    Path("task.md").write_text("my notes")
    assert refused(begin, desk, Path()).code == "task-taken"
    assert files(".") == ["task.md"]
    assert Path("task.md").read_text() == "my notes"


def test_a_link_in_the_tasks_place_is_not_followed(desk):
    Path("notes").write_text("my notes")
    Path("task.md").symlink_to("notes")
    assert refused(begin, desk, Path()).code == "task-taken"
    assert Path("notes").read_text() == "my notes"


def test_the_task_of_an_earlier_start_is_replaced(desk):
    begin(desk, language="zh")
    Path("one/solution.py").unlink()
    begin(desk, language="en")
    assert Path("one/task.md").read_text() == "# Task\n"


def test_a_reset_keeps_the_file_beside_a_fresh_starter(desk):
    begin(desk)
    Path("one/solution.py").write_text("mine")
    begun = reset_exercise(desk, "one")
    assert begun.solution.read_text() == STARTER
    assert begun.backup.name == "solution.2026-11-23-090000.py"
    assert begun.backup.read_text() == "mine"
    assert [deed.kind for deed in desk.store.deeds()] == ["start", "reset"]


def test_a_backup_never_replaces_another(desk):
    begin(desk)
    for text in ("first", "second", "third"):
        Path("one/solution.py").write_text(text)
        reset_exercise(desk, "one")
    stem = "solution.2026-11-23-090000"
    kept = [Path("one", f"{stem}{end}").read_text() for end in (".py", ".2.py", ".3.py")]
    assert kept == ["first", "second", "third"]
    assert len(files("one")) == 5


def test_a_fresh_starter_needs_no_backup_but_begins_a_round(desk):
    begin(desk)
    assert reset_exercise(desk, "one").backup is None
    assert files("one") == ["solution.py", "task.md"]
    assert [deed.kind for deed in desk.store.deeds()] == ["start", "reset"]


def test_a_link_is_kept_as_it_is_and_its_target_too(desk):
    Path("elsewhere.py").write_text("mine")
    Path("one").mkdir()
    Path("one/solution.py").symlink_to("../elsewhere.py")
    begun = reset_exercise(desk, "one")
    assert begun.backup.is_symlink()
    assert begun.backup.read_text() == Path("elsewhere.py").read_text() == "mine"
    assert not begun.solution.is_symlink()
    assert begun.solution.read_text() == STARTER


def test_a_reset_needs_a_start(desk):
    assert isinstance(refused(reset_exercise, desk, "one"), UsageError)
    assert refused(reset_exercise, desk, "one").code == "not-started"
    assert desk.store.deeds() == []


def test_a_folder_in_the_files_place_is_refused(desk):
    Path("one/solution.py").mkdir(parents=True)
    assert refused(reset_exercise, desk, "one").code == "not-a-file"
    assert desk.store.deeds() == []


def test_a_reset_finds_and_remembers_a_file_that_was_not_started(desk):
    Path("one").mkdir()
    Path("one/solution.py").write_text("mine")
    reset_exercise(desk, "one")
    assert desk.store.workspace("one") == Path.cwd() / "one"
    assert standing_of(desk, "one").under_way


def test_where_nothing_can_be_written_nothing_happens(desk):
    begin(desk)
    solution = Path("one/solution.py")
    solution.write_text("mine")
    # The unfinished file's name is taken: writing fails, for root too.
    taken = solution.with_name(f".solution.py.id{desk.outside.ids + 1:06}.part")
    taken.mkdir()
    assert refused(reset_exercise, desk, "one").code == "file-unwritable"
    assert solution.read_text() == "mine"
    assert files("one") == [taken.name, "solution.py", "task.md"]
    assert [deed.kind for deed in desk.store.deeds()] == ["start"]


def test_an_unknown_exercise_is_named_first(desk):
    for function in (begin_unknown, reset_exercise):
        assert refused(function, desk, "three").code == "no-such-exercise"


def begin_unknown(desk, name):
    start_exercise(desk, name, None, "en")
