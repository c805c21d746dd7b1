"""Hints, our solution, the list of exercises, home and statistics."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pexpect
import pytest
from rich.cells import cell_len

from prep.cli.completion import exercise_names
from tests.cli.conftest import environment

SHIPPED = Path(__file__).parents[2] / "exercises" / "rnn"
REFERENCE = (SHIPPED / "reference.py").read_text("utf-8")
LAST = "That was the last hint. To give up: `prep solution rnn --give-up`."


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def passed(prep, pass_exercise):
    """Start and pass `rnn`."""
    prep("start", "rnn")
    pass_exercise("rnn")


def row(prep, lang="en"):
    listed = json.loads(prep("--lang", lang, "list", "exercises", "--json").out)["exercises"]
    return next(exercise for exercise in listed if exercise["id"] == "rnn")


def test_hints_say_which_they_are_and_what_comes_next(prep):
    result = prep("hint", "rnn")
    assert (result.code, result.err) == (0, "")
    first, *_, last = result.out.splitlines()
    assert (first, last) == ("Hint 1 of 5", "The next one: `prep hint rnn`.")
    assert "Write rnn_step first" in result.out
    assert prep("--lang", "zh", "hint", "rnn").out.startswith("提示 2/5\n")


def test_after_the_last_hint_all_are_repeated(prep):
    for _ in range(4):
        prep("hint", "rnn")
    assert prep("hint", "rnn").out.splitlines()[-1] == LAST
    again = prep("hint", "rnn").out.splitlines()
    assert again[:2] == ["You have seen all hints; here they are again.", "Hint 1 of 5"]
    assert (sum(line.startswith("Hint ") for line in again), again[-1]) == (5, LAST)


def test_hints_as_json(prep):
    one = json.loads(prep("hint", "rnn", "--json").out)
    assert (one["exercise"], one["total"], one["again"]) == ("rnn", 5, False)
    assert [hint["number"] for hint in one["hints"]] == [1]
    rest = json.loads(prep("--lang", "zh", "hint", "rnn", "--all", "--json").out)
    assert [hint["number"] for hint in rest["hints"]] == [1, 2, 3, 4, 5]
    assert rest["hints"][0]["text"].startswith("先写")


def test_our_solution_is_hidden_before_the_pass(prep):
    prep("start", "rnn")
    result = prep("solution", "rnn")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "prep: 'rnn' is not passed yet, so our solution stays hidden. `prep hint rnn` helps; "
        "to give up: `prep solution rnn --give-up`.\n"
    )


@pytest.mark.usefixtures("passed")
def test_after_the_pass_it_is_the_exact_file(prep):
    assert prep("solution", "rnn").out == prep("solution", "rnn", "--plain").out == REFERENCE


def test_giving_up_shows_it(prep):
    prep("start", "rnn")
    result = prep("solution", "rnn", "--give-up")
    assert (result.code, result.out, result.err) == (0, REFERENCE, "")


@pytest.mark.usefixtures("passed")
def test_in_a_review_it_is_hidden_again(prep):
    prep("reset", "rnn")
    result = prep("--lang", "zh", "solution", "rnn")
    assert (result.code, result.err) == (2, (
        "prep: “rnn”正在重做，参考解答暂不显示。`prep hint rnn` 给出提示；"
        "要放弃：`prep solution rnn --give-up`。\n"
    ))  # fmt: skip


def on_terminal(home, *arguments):
    """Return what a command prints on a terminal."""
    env = environment(PREP_HOME=str(home), TERM="xterm-256color", COLUMNS="80")
    command = [sys.executable, "-m", "prep", *arguments]
    child = pexpect.spawn(command[0], command[1:], env=env, encoding="utf-8", timeout=30)
    return child.read().replace("\r\n", "\n")


def test_on_a_terminal_it_is_coloured_and_says_how_to_go_on(home):
    printed = on_terminal(home, "solution", "rnn", "--give-up")
    assert "\x1b[35mimport\x1b[0m" in printed
    assert "Now write it yourself: `prep reset rnn` gives a fresh starter." in printed
    assert on_terminal(home, "solution", "rnn", "--give-up", "--plain") == REFERENCE


def test_home_names_the_exercise_to_go_on_with(prep, home, passed, monkeypatch):
    assert "rnn" not in on_terminal(home)
    monkeypatch.setenv("PREP_NOW", "2026-12-22T18:00:00+00:00")
    due = "solve the exercise again: it is due (exercises due: 1)"
    assert f"prep reset rnn    {due}" in plain(on_terminal(home))
    prep("reset", "rnn")
    assert "prep grade rnn    go on with the exercise: not passed yet" in plain(on_terminal(home))


def plain(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_the_list_follows_the_learner(prep, pass_exercise, monkeypatch, work):
    assert (row(prep)["state"], row(prep)["file"], row(prep)["best"]) == ("new", None, None)
    prep("start", "rnn")
    assert (row(prep)["state"], row(prep)["under_way"]) == ("started", True)
    assert row(prep)["file"] == str(work / "rnn" / "solution.py")
    pass_exercise("rnn", "failed")
    assert (row(prep)["state"], row(prep)["best"], row(prep)["attempts"]) == ("failing", 0.75, 1)
    pass_exercise("rnn", sha="b")
    assert (row(prep)["state"], row(prep)["due"]) == ("passed", "2026-11-24")
    assert row(prep)["under_way"] is False
    monkeypatch.setenv("PREP_NOW", "2026-11-24T18:00:00+00:00")
    assert (row(prep)["state"], row(prep)["best"]) == ("due", 1.0)


def test_what_was_no_attempt_changes_nothing(prep, pass_exercise):
    assert pass_exercise("rnn", "not_attempted") is None
    assert row(prep)["state"] == "new"


def state_shown(prep, lang):
    return "".join(prep("--lang", lang, "list", "exercises").out.splitlines())


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["not started", "started", "not passed yet, best 75%", "passed, due 2026-11-24",
                "passed, due 2026-11-24 · begun again"]),
        ("zh", ["未开始", "已开始", "尚未通过，最好成绩 75%", "已通过，2026-11-24 重做",
                "已通过，2026-11-24 重做 · 已重新开始"]),
    ],
)  # fmt: skip
def test_the_list_says_how_one_stands(prep, pass_exercise, lang, said):
    steps = [
        lambda: None,
        lambda: prep("start", "rnn"),
        lambda: pass_exercise("rnn", "failed"),
        lambda: pass_exercise("rnn"),
        lambda: prep("reset", "rnn"),
    ]
    for step, words in zip(steps, said, strict=True):
        step()
        assert f"· {words} " in state_shown(prep, lang)


@pytest.mark.usefixtures("passed")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_list_and_the_hints_fit_a_narrow_terminal(prep, monkeypatch, lang):
    monkeypatch.setenv("COLUMNS", "40")
    for arguments in (("list", "exercises"), ("hint", "rnn", "--all"), ("stats",)):
        lines = prep("--lang", lang, *arguments).out.splitlines()
        assert max(cell_len(line) for line in lines) <= 40


def test_drafts_are_not_listed_and_the_list_can_be_narrowed(prep):
    def ids(*arguments):
        found = json.loads(prep("list", "exercises", *arguments, "--json").out)
        return [exercise["id"] for exercise in found["exercises"]]

    drafts = {
        path.parent.name
        for path in SHIPPED.parent.glob("*/exercise.yaml")
        if "\ndraft: true\n" in path.read_text("utf-8")
    }
    assert "rnn" in ids("--level", "3") == [i for i in ids() if i in ids("--level", "3")]
    assert not drafts & set(ids())
    assert "rnn" in ids("--topic", "foundations")
    assert "rnn" not in ids("--level", "1-2")
    assert prep("list", "exercises", "--topic", "nosuch").code == 2


def test_a_filter_that_nothing_fits_says_so(prep):
    assert prep("list", "exercises", "--topic", "business").out == "No exercise fits.\n"


@pytest.mark.usefixtures("passed")
def test_statistics_have_a_part_about_exercises(prep):
    sentence = "Started: 1. Passed: 1. Attempts: 1. Under way: 0. Due again: 0."
    lines = prep("stats").out.splitlines()
    assert lines[-2:] == ["Exercises", sentence]
    assert not any(line.startswith("No question has been answered") for line in lines)
    found = json.loads(prep("stats", "--json").out)["exercises"]
    assert found == {"started": 1, "passed": 1, "attempts": 1, "due": 0, "under_way": 0}


def test_the_shell_completes_the_ids(prep):
    listed = json.loads(prep("list", "exercises", "--json").out)["exercises"]
    assert exercise_names("") == [exercise["id"] for exercise in listed]
    assert exercise_names("rn") == ["rnn", "rnn-report"]
    assert exercise_names("x") == []


def test_progress_with_exercises_moves_to_another_machine(prep, passed, monkeypatch, work):
    prep("export", "progress.jsonl")
    monkeypatch.setenv("PREP_HOME", str(work / "elsewhere"))
    assert prep("import", "progress.jsonl").out.startswith("Imported: 2 entries")
    found = row(prep)
    assert (found["state"], found["file"]) == ("passed", None)
