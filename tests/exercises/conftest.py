from __future__ import annotations

import pytest

from prep.cli.places import shipped
from prep.exercises.catalog import find_exercise
from prep.grading.job import Job
from prep.grading.servers import Bench
from prep.grading.supervise import grade

ROOT = shipped("exercises")


@pytest.fixture(scope="session")
def bench_of():
    """Give a warm bench for each set of libraries, as long as the session lasts."""
    benches = {}

    def bench(needs):
        if needs not in benches:
            benches[needs] = Bench(needs, warm=True)
            benches[needs].wait()
        return benches[needs]

    yield bench
    for used in benches.values():
        used.close()


@pytest.fixture
def grade_file(bench_of):
    """Grade a file as a solution of an exercise."""

    def graded(name, file, *, seed):
        shelf = find_exercise(ROOT, name)
        job = Job(exercise=shelf.exercise, folder=shelf.folder, file=file, seed=seed)
        return grade(job, bench=bench_of(shelf.exercise.needs))

    return graded
