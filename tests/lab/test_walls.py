"""Where the system refuses a part of the isolation, a worker goes without and says so."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from prep.exercises.catalog import read_exercise
from prep.grading.environment import clean_environment
from prep.grading.job import Job
from prep.grading.servers import Bench, Server
from prep.grading.supervise import grade

if sys.platform != "linux":
    pytest.skip("Linux only", allow_module_level=True)

from prep.lab.rehearsal import rehearse

ROOT = Path(__file__).parents[2]
PLAIN = ROOT / "tests/grading/plain"
EXERCISE, _ = read_exercise(PLAIN)
RIGHT = "def double(x):\n    return 2 * x\n\n\ndef total(x):\n    return float(x.sum())\n"
# Starts more threads, one after the other, than it may have processes at once.
THREADS = """
import threading


def one_after_the_other():
    for _ in range(600):
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()
"""


def graded(source, tmp_path, refuses=None):
    """Grade on a machine that refuses something."""
    file = tmp_path / "mine.py"
    file.write_text(source, encoding="utf-8")
    with Bench(["numpy"]) as bench:
        if refuses is not None:
            bench.workers.close()
            more = {"REFUSES": refuses, "PYTHONPATH": str(ROOT)}
            values = {**clean_environment("/", "cpu"), **more}
            name = "tests.lab.refusing"
            bench.workers = Server(name, [["numpy"], False], values, forks=True)
        return grade(Job(exercise=EXERCISE, folder=PLAIN, file=file, seed=5), bench=bench)


@pytest.fixture(scope="module")
def here():
    """Give what this machine refuses by itself: nothing, on most."""
    return rehearse(network=True)


@pytest.mark.parametrize(
    ("refuses", "missing"),
    [
        ("unshare", "namespaces: Operation not permitted"),
        ("uid_map", "namespaces: Operation not permitted"),
        ("mounts", "namespaces: mounts, Operation not permitted"),
    ],
)
def test_nobody_is_half_inside_namespaces(refuses, missing, here, tmp_path):
    if here:
        pytest.skip(here)
    report = graded(RIGHT, tmp_path, refuses)
    assert report.verdict == "passed", report
    assert report.missing == (missing,)
    assert not {"namespaces", "mounts", "loopback", "pid_max"} & set(report.isolation)
    assert {"landlock", "capabilities", "no_new_privs"} <= set(report.isolation)


def test_without_a_loopback_the_network_is_shared(here, tmp_path):
    if here:
        pytest.skip(here)
    report = graded(RIGHT, tmp_path, "loopback")
    assert report.verdict == "passed", report
    assert report.missing == ("loopback: Operation not permitted",)
    assert {"namespaces", "mounts"} <= set(report.isolation)


def test_without_landlock_the_rest_is_there(here, tmp_path):
    report = graded(RIGHT, tmp_path, "landlock")
    assert report.verdict == "passed", report
    assert "landlock: no landlock" in report.missing
    assert here or "namespaces" in report.isolation


def test_a_rehearsal_leaves_this_process_where_it_is():
    places = [Path(f"/proc/self/ns/{kind}") for kind in ("user", "mnt", "pid", "net")]
    before = [place.readlink() for place in places]
    children = psutil.Process().children()
    rehearse(network=True)
    assert before == [place.readlink() for place in places]
    assert psutil.Process().children() == children


def test_threads_one_after_the_other_are_no_limit(tmp_path):
    source = THREADS + RIGHT.replace("    return 2", "    one_after_the_other()\n    return 2")
    assert graded(source, tmp_path).verdict == "passed"
