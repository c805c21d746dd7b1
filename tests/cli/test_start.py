"""`prep start` and `prep reset`, as a learner meets them."""

from __future__ import annotations

from pathlib import Path

import pytest

SHIPPED = Path(__file__).parents[2] / "exercises" / "rnn"


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    """Work in an empty folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def names(folder="."):
    return sorted(path.name for path in Path(folder).iterdir())


def test_start_copies_starter_and_task_and_says_what_comes_next(prep):
    result = prep("start", "rnn")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "The task: rnn/task.md. Write your solution into rnn/solution.py, then `prep grade rnn`. "
        "Stuck? `prep hint rnn`.\n"
    )
    assert Path("rnn/solution.py").read_bytes() == (SHIPPED / "starter.py").read_bytes()
    assert Path("rnn/task.md").read_bytes() == (SHIPPED / "task.en.md").read_bytes()


def test_the_task_comes_in_the_language_of_the_run(prep):
    result = prep("--lang", "zh", "start", "rnn", "--dir", "练习/一")
    assert result.out == (
        "题目：练习/一/task.md。请在 练习/一/solution.py 中作答，然后运行 `prep grade rnn`。"
        "卡住了就用 `prep hint rnn`。\n"
    )
    assert Path("练习/一/task.md").read_bytes() == (SHIPPED / "task.zh.md").read_bytes()


def test_what_is_there_already_is_not_touched(prep, work):
    prep("start", "rnn")
    Path("rnn/solution.py").write_text("mine", "utf-8")
    result = prep("start", "rnn")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        f"prep: {work}/rnn/solution.py is there already and was not touched. `prep grade rnn` "
        "grades it, `prep reset rnn` begins again, `prep start rnn --dir NEW` starts elsewhere.\n"
    )
    assert Path("rnn/solution.py").read_text("utf-8") == "mine"


def test_a_file_of_somebody_else_is_not_touched(prep):
    Path("solution.py").write_text("mine", "utf-8")
    result = prep("start", "rnn", "--dir", ".")
    assert (result.code, result.err) == (2, (
        "prep: solution.py is there already and was not touched. `prep grade rnn --file "
        "solution.py` grades it, `prep start rnn --dir NEW` starts elsewhere.\n"
    ))  # fmt: skip
    assert names() == ["solution.py"]


def test_a_due_exercise_is_begun_again_by_a_reset(prep, pass_exercise, monkeypatch, work):
    prep("start", "rnn")
    pass_exercise("rnn")
    monkeypatch.setenv("PREP_NOW", "2026-12-22T18:00:00+00:00")
    result = prep("start", "rnn")
    assert (result.code, result.err) == (2, (
        "prep: 'rnn' is due to be solved again: `prep reset rnn` begins it. "
        f"{work}/rnn/solution.py was not touched.\n"
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("folder", "code", "sentence"),
    [
        ("file", 2, "'file' is not a folder. Choose another: `prep start rnn --dir NEW`."),
        ("link", 2, "'link' is not a folder. Choose another: `prep start rnn --dir NEW`."),
        ("file/in", 1, "cannot write 'file/in': Not a directory"),
        ("notes", 2, ("notes/task.md is another text than the task, and was not touched. "
                      "Start elsewhere: `prep start rnn --dir NEW`.")),
    ],
)  # fmt: skip
def test_a_folder_that_cannot_be_used_is_refused_in_one_sentence(prep, folder, code, sentence):
    Path("file").write_text("x")
    Path("link").symlink_to("nowhere")
    Path("notes").mkdir()
    Path("notes/task.md").write_text("mine")
    result = prep("start", "rnn", "--dir", folder)
    assert (result.code, result.out, result.err) == (code, "", f"prep: {sentence}\n")
    assert names() == ["file", "link", "notes"]


def test_a_working_folder_that_was_deleted_is_no_bug_of_ours(prep, work):
    work.rmdir()
    result = prep("start", "rnn")
    assert (result.code, result.err) == (1, "prep: cannot write 'rnn': No such file or directory\n")


@pytest.mark.parametrize("command", ["start", "reset", "hint", "solution"])
def test_an_unknown_or_missing_exercise_is_a_usage_error(prep, command):
    result = prep(command, "nosuch")
    assert result.code == 2
    assert result.err.startswith("prep: there is no exercise 'nosuch': there are ")
    assert prep(command).code == 2
    assert prep(command, "../exercises/rnn").code == 2


def test_a_reset_says_where_the_file_is_kept(prep, work):
    prep("start", "rnn")
    Path("rnn/solution.py").write_text("mine", "utf-8")
    result = prep("reset", "rnn")
    backup = work / "rnn" / "solution.2026-11-22-180000.py"
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        f"{work}/rnn/solution.py is a fresh starter now; your file is kept as {backup}. "
        "Solve it, then `prep grade rnn`.\n"
    )
    assert backup.read_text("utf-8") == "mine"
    assert Path("rnn/solution.py").read_bytes() == (SHIPPED / "starter.py").read_bytes()


def test_a_reset_of_a_fresh_starter_keeps_nothing(prep, work):
    prep("start", "rnn")
    result = prep("reset", "rnn")
    assert (result.code, result.out) == (0, (
        f"{work}/rnn/solution.py is the fresh starter already. Solve it, then `prep grade rnn`.\n"
    ))  # fmt: skip
    assert names("rnn") == ["solution.py", "task.md"]


def test_what_was_not_started_is_not_reset(prep):
    result = prep("reset", "rnn")
    sentence = "prep: 'rnn' is not started here: begin with `prep start rnn`.\n"
    assert (result.code, result.out, result.err) == (2, "", sentence)
    result = prep("--lang", "zh", "reset", "rnn")
    assert result.err == "prep: “rnn”还没有在这里开始：请运行 `prep start rnn`。\n"


def test_a_folder_in_the_files_place_is_refused(prep):
    Path("rnn/solution.py").mkdir(parents=True)
    result = prep("reset", "rnn")
    sentence = "'rnn/solution.py' is not a file. Move it away, then `prep start rnn`."
    assert (result.code, result.err) == (2, f"prep: {sentence}\n")
