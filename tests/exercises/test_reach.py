"""Which checks use which entry, and how directly."""

from __future__ import annotations

from prep.exercises.reach import reach

CHECKS = """
def _model(sol):
    return sol.probe("built", 3)


def test_direct(sol):
    sol.step(1)


def test_far(sol):
    _model(sol)
"""
PROBE = """
def built(solution, n):
    return _twice(solution, n)


def _twice(solution, n):
    return solution.Model(n)
"""


def test_a_direct_call_is_nearer_than_one_in_a_probe():
    found = reach(CHECKS, PROBE)
    assert list(found) == ["test_direct", "test_far"]
    assert found["test_direct"]["step"] == 0
    assert "Model" not in found["test_direct"]
    assert found["test_far"]["Model"] == 3


def test_functions_that_call_each_other_come_to_an_end():
    found = reach("def test_a(sol):\n    b()\n\n\ndef b():\n    b()\n    x.entry()\n", "")
    assert found["test_a"]["entry"] == 1


def test_of_what_is_not_python_nothing_is_known():
    assert reach("def (", "") == {}
