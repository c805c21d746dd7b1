"""The simulated device computes as the CPU does, refuses what CUDA refuses, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from prep.grading.judge.outcomes import is_refused
from prep.wire.messages import Raised

pytest.importorskip("torch")

CASES = Path(__file__).parent / "simulated_cases.py"


@pytest.fixture(scope="module")
def told():
    """Run all cases in one process: the device stays known to torch as long as that lives."""
    source = str(Path(sys.modules["prep"].__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(CASES)],
        env={"PYTHONPATH": source, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


def close(one, other):
    if isinstance(one, list):
        return len(one) == len(other) and all(map(close, one, other))
    if isinstance(one, float):
        return other == pytest.approx(one, rel=1e-4, abs=1e-5)
    return one == other


def refused(case):
    raised = Raised(1, case["type"], case["error"], [])
    return is_refused(raised)


def test_it_gives_the_numbers_of_the_cpu(told):
    assert len(told["same"]) > 25
    for name, (cpu, device) in told["same"].items():
        assert "error" not in cpu, (name, cpu)
        assert "error" not in device, (name, device)
        assert close(cpu["answer"], device["answer"]), (name, cpu, device)


def test_what_cuda_refuses_because_of_devices_is_refused(told):
    assert len(told["refused"]) > 25
    assert {name: case for name, case in told["refused"].items() if "error" not in case} == {}
    assert [name for name, case in told["refused"].items() if not refused(case)] == []


def test_what_cuda_takes_is_taken(told):
    assert {name: case for name, case in told["taken"].items() if "error" in case} == {}
    assert len(told["taken"]) >= 10


def test_what_is_not_known_is_no_refusal(told):
    assert {name: case for name, case in told["unknown"].items() if "error" not in case} == {}
    assert [name for name, case in told["unknown"].items() if refused(case)] == []
