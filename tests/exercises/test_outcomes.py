"""What is wrong with a grader when a trial comes out as it did."""

from __future__ import annotations

import pytest

from prep.exercises.junk import CHANGED
from prep.exercises.outcomes import TrialOutcome, outcome_findings
from prep.exercises.samples import named_checks
from prep.exercises.trials import Trial
from prep.model.judgement import Note
from prep.model.verdict import CheckResult, Output, Report


def report(verdict, *outcomes, note=None, printed=""):
    checks = tuple(
        CheckResult(f"test_{number}", outcome) for number, outcome in enumerate(outcomes)
    )
    return Report(
        exercise="e",
        verdict=verdict,
        checks=checks,
        weights=(1,) * len(checks),
        seed=1,
        device="cpu",
        seconds=0.0,
        note=note,
        stdout=Output(printed, len(printed)),
    )


def codes(kind, result, *, named=(), entry="", name="x", of="build"):
    trial = Trial(kind=kind, name=name, file="f.py", source=b"", seed=1, named=named, entry=entry)
    found = outcome_findings("e", of, TrialOutcome(trial, result))
    assert all(each.file == "e/f.py" for each in found)
    return [each.code for each in found]


@pytest.mark.parametrize("kind", ["reference", "right"])
def test_right_solutions_pass(kind):
    assert codes(kind, report("passed", "passed")) == []
    assert codes(kind, report("failed", "failed")) == ["right-refused"]
    assert codes(kind, report("grader_error", "error")) == ["right-refused"]


def test_wrong_solutions_fail_where_they_say():
    named = ("test_1",)
    assert codes("wrong", report("failed", "passed", "failed"), named=named) == []
    for outcome in ("passed", "error", "timed_out", "not_run"):
        found = codes("wrong", report("failed", "failed", outcome), named=named)
        assert found == ["wrong-other-outcome"]
    for verdict in ("passed", "crashed", "broken", "not_attempted", "grader_error"):
        assert codes("wrong", report(verdict, "failed"), named=("test_0",)) == ["wrong-verdict"]


def test_a_forbidden_call_must_be_what_was_refused():
    refused = Note("grade-forbidden", {"call": "x", "line": "1"})
    named = ("forbidden",)
    assert codes("wrong", report("failed", "not_run", note=refused), named=named) == []
    assert codes("wrong", report("failed", "failed"), named=named) == ["wrong-not-forbidden"]


def test_junk_everywhere_passes_nothing():
    assert codes("junk", report("failed", "failed", "error")) == []
    assert codes("junk", report("failed", "passed", "passed", "failed")) == (
        ["junk-check-passed"] * 2
    )
    for verdict in ("passed", "grader_error", "crashed", "timed_out", "missing"):
        assert codes("junk", report(verdict, "error")) == ["junk-verdict"]


def test_junk_behind_one_entry_fails_unless_it_changed_nothing():
    noticed = CheckResult("test_0", "error", verdict="failed")
    assert codes("junk", noticed, entry="f") == []
    ours = CheckResult("test_0", "error", verdict="grader_error")
    assert codes("junk", ours, entry="f") == ["junk-verdict"]
    passed = report("passed", "passed", printed=f"{CHANGED}\n")
    assert codes("junk", passed, entry="f") == ["junk-passed"]
    assert codes("junk", report("passed", "passed"), entry="f") == []


def test_a_starter_is_no_attempt_but_that_of_a_bug_hunt_is():
    untouched, failed = report("not_attempted", "not_run"), report("failed", "failed")
    assert codes("starter", untouched, name="starter") == []
    assert codes("starter", failed, name="starter, remark") == ["starter-verdict"]
    assert codes("starter", untouched, name="starter", of="debug") == []
    assert codes("starter", failed, name="starter, remark", of="debug") == []
    assert codes("starter", report("passed", "passed"), name="starter, remark", of="debug") == [
        "starter-verdict"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"""Wrong.\n\nfails: test_a\n"""', ("test_a",)),
        ('"""Wrong.\n\nfails: test_a, test_b\n"""', ("test_a", "test_b")),
        ('"""Wrong.\n\nfails:\n"""', ()),
        ('"""Wrong."""\nx = "fails: test_a"', ()),
        ("def", ()),
    ],
)
def test_named_checks_stand_in_the_docstring(text, expected):
    assert named_checks(text) == expected


def test_a_bug_fixed_alone_is_worth_its_check_and_no_other():
    named = ("test_1",)
    assert codes("fixed", report("failed", "failed", "passed", "error"), named=named) == []
    assert codes("fixed", report("failed", "failed", "failed"), named=named) == ["fix-unnoticed"]
    assert codes("fixed", report("failed", "passed", "passed"), named=named) == ["fix-elsewhere"]
