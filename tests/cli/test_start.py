from __future__ import annotations

import json

import pytest

from prep.cli.main import main


def test_start_copies_starter_and_task_and_says_what_comes_next(tmp_path, capsys):
    assert main(["--lang", "en", "start", "rnn", "--dir", str(tmp_path / "rnn")]) == 0
    solution = tmp_path / "rnn" / "solution.py"
    assert "NotImplementedError" in solution.read_text("utf-8")
    assert (tmp_path / "rnn" / "task.md").read_text("utf-8").startswith("#")
    assert f"prep grade rnn --file {solution}" in capsys.readouterr().out


def test_what_is_there_already_is_not_touched(tmp_path, capsys):
    (tmp_path / "solution.py").write_text("mine", "utf-8")
    assert main(["--lang", "en", "start", "rnn", "--dir", str(tmp_path)]) == 2
    assert (tmp_path / "solution.py").read_text("utf-8") == "mine"
    assert "was not touched" in capsys.readouterr().err


def test_the_task_comes_in_the_language_of_the_run(tmp_path, capsys):
    assert main(["--lang", "zh", "start", "rnn", "--dir", str(tmp_path)]) == 0
    assert any("\u4e00" <= c <= "\u9fff" for c in (tmp_path / "task.md").read_text("utf-8"))


@pytest.mark.parametrize("command", [["start", "nosuch"], ["start"]])
def test_an_unknown_or_missing_exercise_is_a_usage_error(command, capsys):
    assert main(["--lang", "en", *command]) == 2


def test_the_exercises_are_listed_with_what_grading_needs_to_know(capsys):
    assert main(["--lang", "en", "list", "exercises", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["exercises"]
    assert "rnn" in [exercise["id"] for exercise in listed]
    assert all(exercise["checks"] and exercise["minutes"] for exercise in listed)
