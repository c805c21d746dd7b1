"""The corpus of hostile and broken solutions: each states its verdict and its sentence."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psutil
import pytest
import yaml

from prep.grading.processes import tree
from prep.ui.words import Words

FAULTS = Path(__file__).parents[1] / "faults"
# What background processes of the corpus are called with.
MARK = "3141592"
GRACE = 2


def limit_of(exercise, report):
    """Return what a grading may take: it is over when two workers have been lost."""
    limits = exercise.limits
    starved = 2  # a busy machine may double a deadline, once
    if report.note and "import" in report.note.code:
        return limits.import_seconds * starved + GRACE
    return 2 * limits.call_seconds * starved + GRACE


def codes(report):
    notes = [report.note, *(check.note for check in report.checks)]
    return {note.code for note in notes if note is not None}


def marked():
    return [p.pid for p in psutil.process_iter(["cmdline"]) if MARK in (p.info["cmdline"] or [])]


def fingerprints(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("name", sorted(path.name for path in FAULTS.iterdir()))
def test_a_fault_gets_its_verdict_twice_and_leaves_nothing(
    name, grade_plain, plain, plain_bench, tmp_path, monkeypatch
):
    monkeypatch.setenv("OPENAI_API_KEY", "a secret")
    expected = yaml.safe_load((FAULTS / name / "expect.yaml").read_text(encoding="utf-8"))
    source = FAULTS / name / "solution.py"
    before = fingerprints(FAULTS / name)
    for _ in range(2):
        report = grade_plain(source)
        if expected.get("needs") not in {None, *report.isolation}:
            pytest.skip(f"no {expected['needs']} here")
        assert report.verdict == expected["verdict"], report
        says = expected.get("says", [])
        assert not says or codes(report) & set(says), report
        passed = {check.name for check in report.checks if check.outcome == "passed"}
        if "passed" in expected:
            assert passed == set(expected["passed"])
        assert (len(passed) == len(report.checks)) == (report.verdict == "passed")
        assert {note.code for note in report.notes} >= set(expected.get("notes", []))
        assert report.stdout.total >= expected.get("printed", 0)
        assert len(report.stdout.kept) <= 64 << 10
        assert report.seconds < limit_of(plain, report)
        assert tree(plain_bench.workers.pid) == [plain_bench.workers.pid]
        assert not marked()
        for language in ("en", "zh"):
            words = Words(language)
            assert all(words.note(n) for n in (report.note, *report.notes) if n is not None)
    assert fingerprints(FAULTS / name) == before
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]
    assert (tmp_path / "mine.py").read_bytes() == source.read_bytes()
