from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from prep.exercises.catalog import read_exercise
from prep.grading.job import Job
from prep.grading.servers import Bench
from prep.grading.supervise import grade

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def plain_bench():
    """Give the warm servers of the plain exercise."""
    with Bench(["numpy"]) as bench:
        bench.wait()
        yield bench


@pytest.fixture(scope="session")
def plain():
    """Give the plain exercise."""
    exercise, findings = read_exercise(HERE / "plain")
    assert not findings
    return exercise


@pytest.fixture
def grade_plain(plain_bench, plain, tmp_path):
    """Grade source text as a solution of the plain exercise."""

    def graded(source, *, seed=5, bench=plain_bench, exercise=plain, **more):
        file = tmp_path / "mine.py"
        if isinstance(source, Path):
            shutil.copyfile(source, file)
        else:
            file.write_text(source, encoding="utf-8")
        job = Job(exercise=exercise, folder=HERE / "plain", file=file, seed=seed, **more)
        return grade(job, bench=bench)

    return graded
