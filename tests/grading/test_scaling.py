"""A slow machine gets longer limits, once; a hang gains nothing by it."""

from __future__ import annotations

import shutil

import msgspec
import pytest
from msgspec import structs

from prep.exercises.catalog import read_exercise
from prep.grading.job import Job
from prep.grading.scaling import Pace, grade_fairly, scaled
from tests.grading.conftest import HERE
from tests.grading.samples import RIGHT

LIMITS = {"call_seconds": 0.8, "import_seconds": 1.5, "total_seconds": 20.0}
SLOW = "import time\n" + RIGHT.replace("return 2 * x", "time.sleep({})\n    return 2 * x")


@pytest.fixture
def fairly(tmp_path, plain_bench):
    """Grade on a machine on which the reference needs `seconds` for a call."""
    folder = tmp_path / "plain"
    shutil.copytree(HERE / "plain", folder)
    measured = []

    def run(source, *, seconds):
        (folder / "reference.py").write_text(SLOW.format(seconds), encoding="utf-8")
        file = tmp_path / "mine.py"
        file.write_text(source, encoding="utf-8")
        exercise, _ = read_exercise(folder)
        limits = structs.replace(exercise.limits, **LIMITS)
        exercise = structs.replace(exercise, limits=limits)
        measured.clear()
        return grade_fairly(
            Job(exercise=exercise, folder=folder, file=file, seed=5),
            plain_bench,
            tmp_path,
            listener=lambda _: None,
            cancelled=lambda: False,
            measuring=lambda: measured.append(True),
        )

    run.measured, run.cache = measured, tmp_path / "pace" / "plain.json"
    return run


def test_where_the_reference_is_slow_too_the_solution_gets_another_try(fairly):
    report = fairly(SLOW.format(1.1), seconds=0.3)
    assert (report.verdict, report.ran) == ("passed", 3)
    (note,) = report.notes
    assert note.code == "grade-paced"
    assert 3.5 < float(note.values["factor"]) < 10
    again = fairly(SLOW.format(1.1), seconds=0.3)
    assert (again.verdict, again.notes, fairly.measured) == ("passed", (), [])


def test_where_the_reference_is_quick_a_hang_stays_one_and_is_measured_once(fairly):
    report = fairly(SLOW.format(60), seconds=0)
    assert (report.verdict, report.notes, fairly.measured) == ("timed_out", (), [True])
    assert msgspec.json.decode(fairly.cache.read_bytes(), type=Pace).call < 1.25
    assert fairly(SLOW.format(60), seconds=0).verdict == "timed_out"
    assert fairly.measured == []


def test_another_reference_is_measured_anew(fairly):
    fairly(SLOW.format(60), seconds=0)
    assert fairly(SLOW.format(1.1), seconds=0.3).verdict == "passed"


def test_where_the_reference_does_not_finish_nobody_is_judged(fairly):
    report = fairly(SLOW.format(60), seconds=1.5)
    assert (report.verdict, report.note.code) == ("cannot_run", "grade-too-slow")
    assert not fairly.cache.exists()


def test_a_grading_within_its_limits_measures_nothing(fairly):
    assert fairly(RIGHT, seconds=0).verdict == "passed"
    assert fairly.measured == []


def test_a_damaged_measurement_is_made_again(fairly):
    fairly.cache.parent.mkdir()
    fairly.cache.write_text("{", encoding="utf-8")
    assert fairly(SLOW.format(1.1), seconds=0.3).verdict == "passed"


def test_the_whole_may_take_as_much_longer_as_a_call(plain):
    limits = scaled(plain.limits, Pace("", call=3, loading=2))
    assert limits.call_seconds == 3 * plain.limits.call_seconds
    assert limits.import_seconds == 2 * plain.limits.import_seconds
    assert limits.total_seconds == 3 * plain.limits.total_seconds
