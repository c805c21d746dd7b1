"""What a grading promises besides verdicts."""

from __future__ import annotations

import os
import sys
import time

import psutil
import pytest

from prep.grading.benches import Benches
from prep.grading.copies import is_same_text
from prep.grading.job import Job
from prep.grading.processes import tree
from prep.grading.servers import Bench
from prep.grading.supervise import GradingCancelledError, grade
from prep.ui.words import Words
from prep.wire.messages import Walls
from tests.grading.conftest import HERE
from tests.grading.samples import RIGHT, WRONG


def outcomes(report):
    return [(check.name, check.outcome) for check in report.checks]


def test_a_right_solution_passes_and_a_wrong_one_fails(grade_plain):
    right, wrong = grade_plain(RIGHT), grade_plain(WRONG)
    assert (right.verdict, right.score, right.ran) == ("passed", 1, 3)
    assert (wrong.verdict, wrong.score, wrong.ran) == ("failed", 0.5, 3)


def test_the_same_seed_gives_the_same_numbers(grade_plain):
    notes = [grade_plain(WRONG, seed=seed).checks[0].note for seed in (1, 1, 2)]
    assert notes[0] == notes[1] != notes[2]


@pytest.mark.parametrize(
    "walls",
    [
        Walls(namespaces=False),
        Walls(landlock=False),
        Walls(network=False),
        Walls(namespaces=False, landlock=False),
    ],
)
def test_each_wall_is_optional_and_reported(grade_plain, walls):
    right, wrong = grade_plain(RIGHT, walls=walls), grade_plain(WRONG, walls=walls)
    assert (right.verdict, wrong.verdict) == ("passed", "failed")
    assert walls.landlock or "landlock" not in right.isolation
    assert walls.namespaces or "namespaces" not in right.isolation
    assert walls.network or "loopback" not in right.isolation


LEAVES = """
import subprocess, os
subprocess.Popen(["/bin/sleep", "2718281"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    os.execv("/bin/sleep", ["sleep", "2718281"])
"""


def test_without_namespaces_nothing_survives_either(grade_plain):
    report = grade_plain(LEAVES + RIGHT, walls=Walls(namespaces=False))
    assert report.verdict == "passed"
    assert [
        p for p in psutil.process_iter(["cmdline"]) if "2718281" in (p.info["cmdline"] or [])
    ] == []


def test_a_library_that_is_not_there_is_said(grade_plain, plain, tmp_path):
    from msgspec import structs

    exercise = structs.replace(plain, needs=("there_is_no_such_library",))
    report = grade_plain(RIGHT, bench=None, exercise=exercise)
    assert report.verdict == "cannot_run"
    assert report.note.values["module"] == "there_is_no_such_library"
    assert "llm-prep[torch]" in Words("en").note(report.note)


def test_checks_that_do_not_fit_the_yaml_are_our_error(grade_plain, plain):
    from msgspec import structs

    exercise = structs.replace(plain, checks=plain.checks[:2])
    assert grade_plain(RIGHT, exercise=exercise).verdict == "grader_error"
    more = (*plain.checks, structs.replace(plain.checks[0], name="test_more"))
    assert (
        grade_plain(RIGHT, exercise=structs.replace(plain, checks=more)).verdict == "grader_error"
    )


def test_a_listener_hears_every_check(plain_bench, plain, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(RIGHT, encoding="utf-8")
    heard = []
    grade(Job(exercise=plain, folder=HERE / "plain", file=file, seed=1), bench=plain_bench,
          listener=heard.append)  # fmt: skip
    assert [type(message).__name__ for message in heard] == ["Began", "Checked"] * 3


def test_the_supervisor_stays_small_while_a_solution_prints(grade_plain):
    source = RIGHT + "\nfor _ in range(80):\n    print('x' * 500_000)\n"
    before = psutil.Process().memory_info().rss
    report = grade_plain(source)
    assert report.verdict == "passed"
    assert report.stdout.total > 39_000_000
    assert psutil.Process().memory_info().rss - before < 20 << 20


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("kind", ["folder", "loop", "large", "pipe", "dangling"])
def test_what_is_no_file_is_broken(kind, grade_plain, plain, plain_bench, tmp_path):
    path = tmp_path / "mine.py"
    if kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "dangling":
        path.symlink_to(tmp_path / "nowhere")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        with path.open("wb") as file:
            file.truncate(1 << 30)
    report = grade(Job(exercise=plain, folder=HERE / "plain", file=path, seed=1), bench=plain_bench)
    assert report.verdict == "broken"
    assert report.note is not None


def test_line_ends_and_marks_do_not_make_an_attempt():
    assert is_same_text(b"\xef\xbb\xbfa = 1  \r\nb\r\n\r\n", b"a = 1\nb\n")
    assert not is_same_text(b"a = 1", b"a = 2")


def test_a_closed_bench_leaves_no_process(plain):
    bench = Bench(["numpy"])
    bench.wait()
    pids = [bench.judges.pid, bench.workers.pid]
    bench.close()
    assert not any(psutil.pid_exists(pid) for pid in pids)


@pytest.fixture(scope="module")
def fresh_bench():
    with Bench(["numpy"], forks=False) as bench:
        bench.wait()
        yield bench


FAULTS = {
    "failed": WRONG,
    "passed": RIGHT,
    "exited": RIGHT.replace("return 2 * x", "__import__('os')._exit(3)"),
    "crashed": RIGHT.replace("return 2 * x", "__import__('os').abort()"),
    "timed_out": RIGHT.replace("return 2 * x", "__import__('time').sleep(99)"),
    "out_of_memory": RIGHT.replace(
        "return 2 * x", "x = bytearray(1 << 29); __import__('time').sleep(99)"
    ),
}  # fmt: skip


def codes(report):
    """Busy or idle is told by CPU time, which a loaded machine bends."""
    return [c.note.code.removesuffix("-idle") for c in report.checks if c.note]


@pytest.mark.parametrize("verdict", FAULTS)
def test_fresh_processes_give_the_same_results_as_forked_ones(verdict, grade_plain, fresh_bench):
    fresh, forked = (grade_plain(FAULTS[verdict], bench=bench) for bench in (fresh_bench, None))
    assert fresh.verdict == forked.verdict == verdict
    assert outcomes(fresh) == outcomes(forked)
    assert codes(fresh) == codes(forked)


def cancel_after(seconds):
    """Return a `cancelled` that says yes after a while, and when it said so."""
    told = []

    def cancelled():
        if time.monotonic() - began > seconds:
            told.append(time.monotonic())
        return bool(told)

    began = time.monotonic()
    return cancelled, told


HANGS = RIGHT.replace("return 2 * x", "__import__('time').sleep(99)")


@pytest.mark.parametrize("source", [HANGS, RIGHT + "\nwhile True:\n    pass\n", LEAVES + HANGS])
def test_a_cancelled_grading_ends_at_once_and_leaves_nothing(
    source, plain, plain_bench, tmp_path, monkeypatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    file = tmp_path / "mine.py"
    file.write_text(source, encoding="utf-8")
    job = Job(exercise=plain, folder=HERE / "plain", file=file, seed=1)
    cancelled, told = cancel_after(0.6)
    with pytest.raises(GradingCancelledError):
        grade(job, bench=plain_bench, cancelled=cancelled)
    assert time.monotonic() - told[0] < 0.5
    for server in (plain_bench.workers, plain_bench.judges):
        assert tree(server.pid) == [server.pid]
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_a_grading_can_be_cancelled_while_libraries_load(plain, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(RIGHT, encoding="utf-8")
    job = Job(exercise=plain, folder=HERE / "plain", file=file, seed=1)
    with Bench(plain.needs) as bench, pytest.raises(GradingCancelledError):
        grade(job, bench=bench, cancelled=lambda: True)


def test_the_device_is_chosen_when_the_libraries_are_there(grade_plain):
    assert grade_plain(RIGHT, device="auto").device == "cpu"
    report = grade_plain(RIGHT, device="cuda")
    assert (report.verdict, report.note.code) == ("cannot_run", "device-missing")


def test_a_bench_whose_process_ended_is_replaced(plain):
    with Benches("cpu") as benches:
        first = benches.of(("numpy",))
        first.wait()
        assert benches.of(("numpy",)) is first
        psutil.Process(first.judges.pid).kill()
        wait_until(lambda: not first.is_alive)
        second = benches.of(("numpy",))
        assert second is not first
        second.wait()
    assert not psutil.pid_exists(second.workers.pid)


@pytest.mark.parametrize("role", ["judges", "workers"])
def test_a_server_that_has_ended_is_our_error(role, plain, grade_plain):
    with Bench(plain.needs) as bench:
        bench.wait()
        psutil.Process(getattr(bench, role).pid).kill()
        wait_until(lambda: not bench.is_alive)
        report = grade_plain(RIGHT, bench=bench)
    assert (report.verdict, report.note.code) == ("grader_error", "grade-judge")


def wait_until(condition):
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


def test_the_longest_call_and_the_loading_are_measured(grade_plain):
    slow = "import time\ntime.sleep(1.2)\n" + RIGHT.replace("2 * x", "time.sleep(0.2) or 2 * x")
    report = grade_plain(slow)
    assert 0.2 <= report.longest_call < 1.5
    assert 0.3 <= report.loading < 2  # it began to load before the judge asked
