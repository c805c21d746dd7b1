"""Which checks run first."""

from __future__ import annotations

from prep.app.dev_grade import Habits
from prep.model.verdict import CheckResult, Report

NAMES = ["test_a", "test_b", "test_c"]


def report(**seconds):
    checks = tuple(CheckResult(f"test_{name}", "passed", seconds=s) for name, s in seconds.items())
    return Report(
        exercise="e", verdict="passed", checks=checks, weights=(1, 1, 1), seed=1, device="cpu",
        seconds=0,
    )  # fmt: skip


def test_quick_checks_come_first_when_nothing_else_is_known():
    habits = Habits({})
    assert habits.order("junk f", "f", NAMES) == NAMES
    habits.learn(report(a=3, b=1, c=2))
    assert habits.order("junk f", "f", NAMES) == ["test_b", "test_c", "test_a"]
    assert (habits.slowest, habits.total) == (3, 6)


def test_a_check_is_as_slow_as_it_has_ever_been():
    habits = Habits({})
    habits.learn(report(a=1, b=0, c=2))
    habits.see([CheckResult("test_b", "passed", seconds=9)])
    habits.see([CheckResult("test_b", "passed", seconds=0)])
    assert habits.order("junk f", "f", NAMES) == ["test_a", "test_c", "test_b"]


def test_checks_that_use_the_name_come_before_quick_ones():
    habits = Habits({"test_a": {"f": 2}, "test_c": {"f": 0}})
    habits.learn(report(a=3, b=1, c=2))
    assert habits.order("junk f", "f", NAMES) == ["test_c", "test_a", "test_b"]


def test_what_has_noticed_such_a_thing_before_comes_first_of_all():
    habits = Habits({"test_c": {"f": 0}})
    habits.add("junk f", "test_b")
    assert habits.order("junk f", "f", NAMES)[0] == "test_b"
    assert habits.order("junk g", "f", NAMES)[0] == "test_c"
