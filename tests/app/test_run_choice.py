from __future__ import annotations

import shutil

import pytest

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
