from __future__ import annotations

import shutil
from datetime import UTC, date, datetime

import pytest

from prep.app.dev_new import new_exercise
from prep.app.run_choice import choose_solution
from prep.errors import PrepError, UsageError
from prep.exercises.catalog import find_exercise
from prep.store.store import Store
from tests.stages import STAGES, TRIAL

HALVES = "def step(n):\n    return 2.0**-n\n"


@pytest.fixture
def choose(tmp_path, monkeypatch):
    """Return a function that chooses, with `source` as the learner's file."""
    monkeypatch.chdir(tmp_path)

    def chosen(source=None, wanted=""):
        if source is not None:
            (tmp_path / "trial").mkdir()
            (tmp_path / "trial" / "solution.py").write_text(source, encoding="utf-8")
        with Store.open(tmp_path / "progress.sqlite3") as store:
            return choose_solution(find_exercise(STAGES, "trial"), wanted, store)

    return chosen


def test_without_a_file_the_reference_runs(choose):
    choice = choose()
    assert (choice.which, choice.why.code) == ("reference", "run-not-started")
    assert choice.path == str(TRIAL / "reference.py")


def test_the_learners_complete_file_runs(choose):
    choice = choose(HALVES)
    assert (choice.which, choice.path) == ("mine", "trial/solution.py")


@pytest.fixture
def hunt(tmp_path):
    """Return a function that chooses for a bug hunt, with `source` as the learner's file."""
    folder = new_exercise(tmp_path / "shelf", "hunt", "debug", today=date(2026, 11, 22))

    def chosen(source=None, wanted=""):
        with Store.open(tmp_path / "progress.sqlite3") as store:
            if source is not None:
                (tmp_path / "solution.py").write_text(source, encoding="utf-8")
                store.set_workspace("hunt", tmp_path, at=datetime(2026, 11, 22, tzinfo=UTC))
            return choose_solution(find_exercise(folder.parent, "hunt"), wanted, store)

    return chosen


def test_a_bug_hunt_shows_what_the_bugs_do(hunt):
    choice = hunt()
    assert (choice.which, choice.why.code) == ("starter", "run-hunt")
    assert choice.path.endswith("starter.py")
    assert hunt(wanted="reference").which == "reference"


def test_the_learners_file_of_a_bug_hunt_runs_as_it_is(hunt):
    assert hunt("def softmax(logits):\n    raise NotImplementedError\n").which == "mine"
    with pytest.raises(PrepError, match="run-syntax"):
        hunt("def softmax(")


def test_a_bug_hunt_that_was_not_begun_has_no_file_of_hers(hunt):
    with pytest.raises(UsageError, match="not-started"):
        hunt(wanted="mine")


def test_a_complete_file_is_left_aside_when_the_reference_is_asked_for(choose):
    assert choose(HALVES, "reference").which == "reference"


@pytest.mark.parametrize("wanted", ["", "mine"])
@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ((TRIAL / "starter.py").read_text() + "\n\n", "starter", None),
        (HALVES + "\n\ndef other():\n    raise NotImplementedError\n", "todo", "6"),
        ("class A:\n    def f(self):\n        raise NotImplementedError('soon')\n", "todo", "3"),
    ],
)
def test_an_incomplete_file_is_not_run(source, code, line, wanted, choose):
    if wanted:
        with pytest.raises(UsageError, match=f"run-refused-{code}") as refused:
            choose(source, wanted)
        values = refused.value.values
    else:
        choice = choose(source)
        assert (choice.which, choice.why.code) == ("reference", f"run-instead-{code}")
        values = choice.why.values
    assert values.get("line") == line


@pytest.mark.parametrize(
    "source",
    [
        "def step(n):\n    try: return f(n)\n    except NotImplementedError: raise\n",
        "# raise NotImplementedError\n" + HALVES,
        HALVES + "if step(1) > 1:\n    raise NotImplementedError\n",
    ],
    ids=["caught", "comment", "outside functions"],
)
def test_only_a_function_that_raises_it_is_incomplete(source, choose):
    assert choose(source).which == "mine"


def test_a_file_that_does_not_parse_is_told_with_its_line(choose):
    with pytest.raises(PrepError) as refused:
        choose("def step(n):\n    return 2 **\n")
    assert (refused.value.code, refused.value.values["line"]) == ("run-syntax", 2)
    assert refused.value.exit_code == 1


def test_it_is_read_and_never_run(choose, tmp_path):
    choose(f"open({str(tmp_path / 'ran')!r}, 'w')\n" + HALVES)
    assert not (tmp_path / "ran").exists()


def test_any_file_can_be_named(choose, tmp_path):
    shutil.copyfile(TRIAL / "reference.py", tmp_path / "other.py")
    choice = choose(None, "other.py")
    assert (choice.which, choice.path) == ("file", "other.py")
    with pytest.raises(UsageError, match="file-missing"):
        choose(None, "nowhere.py")
