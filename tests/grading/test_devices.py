"""A check on the simulated device fails on what CUDA refuses, and else refuses nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from prep.exercises.catalog import read_exercise
from prep.grading.environment import clean_environment
from prep.grading.job import Job
from prep.grading.loop import devices_of
from prep.grading.servers import Bench
from prep.grading.supervise import grade
from prep.model.verdict import CheckResult, Report

pytest.importorskip("torch")

FOLDER = Path(__file__).parent / "device"
RIGHT = (FOLDER / "reference.py").read_text(encoding="utf-8")
ELSEWHERE = RIGHT.replace("return", "if x.device.type != 'cpu':\n        {}\n    return")


@pytest.fixture(scope="module")
def exercise():
    found, findings = read_exercise(FOLDER)
    assert not findings
    return found


@pytest.fixture(scope="module")
def bench():
    with Bench(["torch"], device="auto") as found:
        found.wait()
        yield found


@pytest.fixture
def grade_source(bench, exercise, tmp_path):
    def graded(source, device="cpu"):
        file = tmp_path / "mine.py"
        file.write_text(source, encoding="utf-8")
        job = Job(exercise=exercise, folder=FOLDER, file=file, seed=5, device=device)
        return grade(job, bench=bench)

    return graded


def test_right_code_passes_there_too(grade_source):
    report = grade_source(RIGHT)
    assert (report.verdict, report.score, report.ran) == ("passed", 1, 2)


def test_a_tensor_of_the_cpu_fails_with_the_line(grade_source):
    report = grade_source(RIGHT.replace(", device=x.device", ""))
    check = report.checks[1]
    assert (report.verdict, report.score, check.outcome) == ("failed", 0.25, "failed")
    assert (check.note.code, check.note.values["line"]) == ("grade-devices", "5")
    assert "sim:0 and cpu" in check.note.values["text"]


@pytest.mark.parametrize(
    "deed",
    [
        "raise ValueError('no such device')",
        "return x",
        "return None",
        "import os; os._exit(3)",
        "raise NotImplementedError",
        "return torch.save(x, 'x.pt')",
    ],
)
def test_whatever_else_happens_there_counts_for_nothing(deed, grade_source):
    report = grade_source(ELSEWHERE.format(deed))
    check = report.checks[1]
    assert (report.verdict, report.score, report.ran) == ("passed", 1, 1)
    assert (check.outcome, check.counts) == ("not_run", False)


def test_what_could_not_be_simulated_is_said(grade_source):
    note = grade_source(ELSEWHERE.format("raise ValueError('no such device')")).checks[1].note
    assert note.code == "grade-not-simulated"
    assert note.values == {"problem": "ValueError: no such device"}


def test_a_wrong_answer_fails_though_the_device_is_not_simulated(grade_source):
    source = ELSEWHERE.format("raise ValueError").replace("x + torch", "x - torch")
    report = grade_source(source)
    assert (report.verdict, report.score, report.ran) == ("failed", 0, 1)


def test_what_was_computed_at_import_does_not_matter(grade_source):
    source = RIGHT + "torch.ones(1, requires_grad=True).sum().backward()\n"
    assert grade_source(source).score == 1


def test_auto_is_the_best_that_is_there(grade_source, bench):
    assert grade_source(RIGHT, device="auto").device == bench.devices[0]


def test_a_device_that_is_not_there_cannot_run(grade_source, bench):
    missing = "mps" if "mps" not in bench.devices else "cuda"
    report = grade_source(RIGHT, device=missing)
    assert (report.verdict, report.note.code) == ("cannot_run", "device-missing")
    assert report.note.values == {"device": missing, "there": ", ".join(bench.devices)}


def test_only_checks_that_count_make_the_score():
    checks = [CheckResult("a", "passed"), CheckResult("b", "failed"), CheckResult("c", "not_run")]
    checks.append(CheckResult("d", "not_run", counts=False))
    values = {"exercise": "x", "verdict": "failed", "seed": 1, "device": "cpu", "seconds": 0}
    assert Report(checks=tuple(checks), weights=(2, 1, 1, 9), **values).score == 0.5


@pytest.mark.parametrize(
    ("device", "told", "seen"),
    [("cpu", "1", ""), ("cuda", "1", "1"), ("auto", "1", "1"), ("auto", None, None)],
)
def test_the_gpus_that_a_worker_sees_are_those_that_its_owner_sees(device, told, seen, monkeypatch):
    if told is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", told)
    assert clean_environment("/nowhere", device).get("CUDA_VISIBLE_DEVICES") == seen


@pytest.mark.parametrize(
    ("where", "chosen", "sol", "away"),
    [
        ("any", "cuda", "cuda", "cuda"),
        ("cpu", "cuda", "cpu", "cuda"),
        ("any", "cpu", "cpu", "sim"),
        ("cpu", "cpu", "cpu", "sim"),
    ],
)
def test_only_exercises_for_any_device_are_graded_on_one(where, chosen, sol, away, exercise):
    given = structs.replace(exercise, device=where)
    job = Job(exercise=given, folder=FOLDER, file=FOLDER, seed=5, device=chosen)
    assert devices_of(job) == {"sol": sol, "ref": sol, "away": away}
