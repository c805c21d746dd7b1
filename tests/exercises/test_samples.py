"""What the grader promises: wrong samples fail where they say, right ones pass, junk fails.

All seeds, junk for each entry by itself and mutants: `prep dev check --mutants`.
"""

from __future__ import annotations

import pytest

from prep.app.dev_run import Running
from prep.cli.places import shipped
from prep.exercises.catalog import exercise_ids, find_exercise
from tests.exercises.conftest import needs_grading

ROOT = shipped("exercises")
SHELVES = [find_exercise(ROOT, name) for name in exercise_ids(ROOT)]
# Those with the same libraries follow one another.
DONE = sorted((s for s in SHELVES if not s.exercise.draft), key=lambda s: s.exercise.needs)


@needs_grading
@pytest.mark.parametrize("shelf", [pytest.param(s, id=s.exercise.id) for s in DONE])
def test_every_sample_and_junk_come_out_as_they_must(shelf, crew_of, tmp_path):
    pytest.importorskip("numpy")
    for name in shelf.exercise.needs:
        pytest.importorskip(name)
    running = Running(shelf, crew_of(shelf.exercise.needs), tmp_path, quick=True)
    steps = list(running.trials())
    assert running.findings == []
    hunted = {"fixed"} if shelf.exercise.kind == "debug" else set()
    kinds = {"reference", "right", "starter", "wrong", "junk"}
    assert {step.kind for step in steps} == kinds | hunted
