"""What the grader promises: wrong samples fail where they say, right ones pass, junk fails."""

from __future__ import annotations

import re

import pytest

from prep.cli.places import shipped
from prep.exercises.catalog import exercise_ids, find_exercise

pytest.importorskip("torch")

ROOT = shipped("exercises")
# More are being written; an exercise joins this list when its folder is complete.
COMPLETE = [name for name in exercise_ids(ROOT) if name == "rnn"]
SEEDS = (1, 20, 300)
_FAILS = re.compile(r"^fails: (.+)$", re.MULTILINE)


def samples(kind):
    return [
        pytest.param(name, file, id=f"{name}-{file.stem}")
        for name in COMPLETE
        for file in sorted((ROOT / name / "samples" / kind).glob("*.py"))
    ]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "file"),
    [*samples("right"), *(pytest.param(n, ROOT / n / "reference.py", id=n) for n in COMPLETE)],
)
def test_right_samples_and_the_reference_pass(name, file, seed, grade_file):
    report = grade_file(name, file, seed=seed)
    assert report.verdict == "passed", report
    assert (report.score, report.ran) == (1, len(report.checks))


@pytest.mark.parametrize(("name", "file"), samples("wrong"))
def test_wrong_samples_fail_on_the_check_that_they_name(name, file, grade_file):
    report = grade_file(name, file, seed=7)
    assert report.verdict == "failed", report
    named = {part.strip() for part in _FAILS.search(file.read_text(encoding="utf-8"))[1].split(",")}
    if named == {"forbidden"}:
        assert report.note.code == "grade-forbidden"
        return
    failed = {check.name for check in report.checks if check.outcome == "failed"}
    assert named <= failed, report


@pytest.mark.parametrize("name", COMPLETE)
def test_the_starter_is_not_attempted(name, grade_file):
    report = grade_file(name, ROOT / name / "starter.py", seed=7)
    assert (report.verdict, report.score) == ("not_attempted", 0)


@pytest.mark.parametrize("name", COMPLETE)
def test_the_starter_with_another_comment_is_not_attempted_either(name, grade_file, tmp_path):
    file = tmp_path / "mine.py"
    file.write_bytes((ROOT / name / "starter.py").read_bytes() + b"\n# mine\n")
    assert grade_file(name, file, seed=7).verdict == "not_attempted"


JUNK = {
    "none": "None",
    "zero": "0",
    "text": "'x'",
    "nan": "float('nan')",
    "empty": "torch.zeros(0)",
    "zeros": "torch.zeros(4, 5)",
    "ones": "torch.ones(4, 5, dtype=torch.int64)",
    "input": "args[0] if args else kwargs",
    "list": "[[1], [2, 3]]",
    "detached": "torch.ones(4, 5)",
    "scalar": "torch.tensor(1.0)",
    "sparse": "torch.eye(3).to_sparse()",
    "lambda": "lambda *a, **k: None",
}


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("name", COMPLETE)
def test_junk_for_every_entry_fails_cleanly(name, junk, grade_file, tmp_path):
    entries = find_exercise(ROOT, name).exercise.entries
    functions = [f"def {e.name}(*args, **kwargs):\n    return {JUNK[junk]}\n" for e in entries]
    lines = ["import torch\n", *functions]
    file = tmp_path / "junk.py"
    file.write_text("\n".join(lines), encoding="utf-8")
    report = grade_file(name, file, seed=7)
    assert report.verdict == "failed", report
    assert not any(check.outcome == "passed" for check in report.checks), report


@pytest.mark.parametrize("junk", ["none", "zeros", "nan", "detached"])
def test_junk_behind_one_entry_fails_cleanly(junk, grade_file, tmp_path):
    file = tmp_path / "junk.py"
    source = (ROOT / "rnn" / "reference.py").read_text(encoding="utf-8")
    file.write_text(source.replace("return self.out(h)", f"return {JUNK[junk]}"), encoding="utf-8")
    assert grade_file("rnn", file, seed=7).verdict == "failed"
