"""Runs of a demo with good, bad and hostile solutions: real processes, nothing left of them."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

pytest.importorskip("numpy")
pytest.importorskip("matplotlib")

from prep.app.run import Wish, run_demo
from prep.app.run_failure import DemoBrokenError
from prep.errors import EnvironmentLacksError
from prep.exercises.catalog import find_exercise
from prep.model.demo import Ask, Fact, Metric, Progress, Table
from prep.model.judgement import Note
from prep.model.run import Choice
from prep.model.text import Text
from tests.stages import STAGES, TRIAL, Button, Watcher

HALVES = "def step(n):\n    return 2.0**-n\n"


@pytest.fixture
def play(tmp_path):
    """Return a function that runs the trial's demo with a source text, or with the reference."""

    def run(source=None, *, watcher=None, button=None, quick=True, root=STAGES, **wish):
        file = root / "trial" / "reference.py" if source is None else tmp_path / "hers.py"
        if source is not None:
            file.write_text(source, encoding="utf-8")
        folder = tmp_path / f"run{len(list(tmp_path.glob('run*')))}"
        folder.mkdir()
        choice = Choice("reference" if source is None else "mine", str(file), Note("run-mine"))
        options = {"device": "cpu", "seed": 0, "options": {}, "folder": folder, "quick": quick}
        return run_demo(
            find_exercise(root, "trial"), choice, Wish(**options | wish),
            watcher or Watcher(), button or Button(),
        )  # fmt: skip

    return run


def gone(pid, seconds=8.0):
    until = time.monotonic() + seconds
    while psutil.pid_exists(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not psutil.pid_exists(pid)


def test_a_run_keeps_curves_facts_tables_and_files(play):
    watcher = Watcher(answer="Ada")
    report = play(watcher=watcher, options={"model": "m"})
    assert (report.status, report.device, report.failure) == ("done", "cpu", None)
    loss, valid = report.curves
    assert (loss.name, loss.steps, loss.values) == (
        "loss",
        (1, 2, 3, 4),
        (0.5, 0.25, 0.125, 0.0625),
    )
    assert valid.family == loss.family == "loss"
    facts = (Fact("name", "Ada"), Fact("model", "m"), Fact("data", Text("none", "无")))
    assert report.facts == facts
    assert report.tables[0].rows == (("4", "0.0625"),)
    assert [Path(path).name for path in report.artefacts] == ["checkpoint.txt", "curves.png"]
    assert Path(report.artefacts[1]).read_bytes().startswith(b"\x89PNG")
    assert Path(report.folder, "solution.py").read_bytes() == (TRIAL / "reference.py").read_bytes()
    assert report.memory > 1 << 20
    assert watcher.seen == ["begin", "cpu"]
    kinds = [type(event) for event in watcher.events if type(event) in {Progress, Table, Ask}]
    assert kinds == [Progress] * 4 + [Table, Ask]


def test_chance_is_seeded_before_the_demo(play):
    import numpy as np

    drawn = "10 * random.random() + np.random.rand()"
    report = play(f"import random\nimport numpy as np\ndef step(n): return {drawn}", seed=5)
    expected = 10 * random.Random(5).random() + np.random.RandomState(5).rand()
    assert report.curves[0].values[0] == expected


def test_an_exception_shows_the_learners_lines_only(play):
    report = play("def step(n):\n    return half(n)\n\ndef half(n):\n    raise ValueError('no')\n")
    assert report.status == "failed"
    values = {"line": "5", "type": "ValueError", "text": "no"}
    assert report.failure.note == Note("grade-raised", values)
    assert [(frame.line, frame.text) for frame in report.failure.frames] == [
        (2, "return half(n)"),
        (5, "raise ValueError('no')"),
    ]


def test_a_library_that_raises_leaves_the_line_that_called_it(play):
    report = play("import numpy as np\ndef step(n):\n    return np.ones(3) @ np.ones(4)\n")
    assert [frame.line for frame in report.failure.frames] == [3]
    assert report.failure.note.values["type"] == "ValueError"


def test_what_cannot_be_used_is_told_without_lines(play):
    report = play("def step(n): return None\n")
    assert report.failure.note.code == "run-result"
    assert report.failure.frames == ()


@pytest.mark.parametrize(
    ("body", "code", "value"),
    [
        ("import os; os._exit(3)", "run-exited", "3"),
        ("import sys; sys.exit(3)", "grade-raised", "SystemExit"),
        ("import ctypes; ctypes.string_at(0)", "run-crashed", "SIGSEGV"),
        ("raise NotImplementedError", "grade-unfinished", None),
    ],
)
def test_a_solution_that_ends_the_process_is_told_so(body, code, value, play):
    report = play(f"def step(n):\n    {body}\n")
    assert (report.status, report.failure.note.code) == ("failed", code)
    assert value is None or value in report.failure.note.values.values()
    assert [frame.line for frame in report.failure.frames] == ([] if code == "run-exited" else [2])


def test_a_demo_that_fails_with_our_own_solution_is_our_bug(play, tmp_path):
    shutil.copytree(TRIAL, tmp_path / "ours" / "trial")
    (tmp_path / "ours" / "trial" / "reference.py").write_text("def step(n): return 1 / 0\n")
    with pytest.raises(DemoBrokenError, match="ZeroDivisionError"):
        play(root=tmp_path / "ours")


@pytest.mark.parametrize("event", ['Metric(Text("loss", "损失"), 1, 2.0)', 'Say("done")'])
def test_an_event_that_nobody_could_read_is_our_bug(event, play, tmp_path):
    shutil.copytree(TRIAL, tmp_path / "ours" / "trial")
    (tmp_path / "ours" / "trial" / "demo.py").write_text(
        "from prep.lab.events import Metric, Say, Text\n\n"
        f"def demo(solution, stage):\n    yield {event}\n"
    )
    with pytest.raises(DemoBrokenError, match=r"Expected `(str|object)`"):
        play(root=tmp_path / "ours")


def test_a_device_that_is_not_there_leaves_no_folder(play, tmp_path):
    with pytest.raises(EnvironmentLacksError) as refused:
        play(device="mps")
    assert refused.value.values == {"device": "mps", "there": "cpu"}
    assert not list(tmp_path.glob("run*"))


def test_what_the_system_killed_is_no_bug_of_ours(play):
    with pytest.raises(EnvironmentLacksError, match="run-killed"):
        play("import os\ndef step(n): os.kill(os.getpid(), 9)\n")


def test_prints_are_seen_and_kept(play):
    watcher = Watcher()
    prints = "    print('step', n)\n    print('bad', file=sys.stderr)\n"
    source = f"import sys\ndef step(n):\n{prints}    return 1.0"
    report = play(source, watcher=watcher)
    assert watcher.lines == ["step 1", "step 2", "step 3", "step 4"]
    assert Path(report.folder, "output.txt").read_text().splitlines() == watcher.lines
    assert Path(report.folder, "errors.txt").read_text() == "bad\n" * 4


def test_a_flood_of_prints_is_cut(play):
    watcher = Watcher()
    source = "def step(n):\n    print(('x' * 99 + '\\n') * 100_000, end='')\n    return 1.0"
    report = play(source, watcher=watcher)
    assert report.status == "done"
    assert len(watcher.lines) == 400_000
    assert Path(report.folder, "output.txt").stat().st_size == 1 << 20


def test_interrupted_it_keeps_the_checkpoint_and_the_curves(play):
    button = Button()
    watcher = Watcher(on_event=lambda e: e == Metric("loss", 3, 0.125) and button.press())
    report = play(HALVES, watcher=watcher, button=button, quick=False)
    assert (report.status, report.failure) == ("interrupted", None)
    assert 3 <= len(report.curves[0].steps) < 200
    kept = Path(report.folder, "checkpoint.txt").read_text().split()
    assert int(kept[0]) >= 3
    assert [Path(path).name for path in report.artefacts] == ["checkpoint.txt", "curves.png"]
    assert watcher.seen[-1] == "stopping"


def test_a_second_interrupt_ends_what_ignores_the_first(play):
    button = Button()
    source = """
import signal, time
def step(n):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print("deaf", flush=True)
    time.sleep(60)
"""
    watcher = Watcher()
    watcher.printed = lambda line: (button.press(), button.press())
    began = time.monotonic()
    report = play(source, watcher=watcher, button=button)
    assert report.status == "interrupted"
    assert time.monotonic() - began < 8


def test_an_interrupt_while_it_asks_ends_the_run(play):
    watcher = Watcher()

    def interrupted(text):
        raise KeyboardInterrupt

    watcher.ask = interrupted
    report = play(watcher=watcher)
    assert report.status == "interrupted"
    assert report.said[-1].en == "It was interrupted."


def test_nothing_that_a_solution_starts_is_left(play):
    source = """
import os, subprocess, sys, threading, time
def step(n):
    if n == 1:
        threading.Thread(target=time.sleep, args=(90,)).start()
        started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        daemon = os.fork()
        if daemon == 0:
            os.setsid()
            if os.fork():
                os._exit(0)
            with open("daemon.pid", "w") as file:
                file.write(str(os.getpid()))
            time.sleep(60)
        time.sleep(0.3)
        print(started.pid, open("daemon.pid").read())
    return 1.0
"""
    watcher = Watcher()
    began = time.monotonic()
    assert play(source, watcher=watcher).status == "done"
    assert time.monotonic() - began < 60
    assert all(gone(int(pid), 1) for pid in watcher.lines[0].split())


def test_when_the_parent_is_killed_the_demo_saves_and_ends(tmp_path):
    source = f"""
import sys
from pathlib import Path
from prep.app.run import Wish, run_demo
from prep.exercises.catalog import find_exercise
from prep.model.judgement import Note
from prep.model.run import Choice
from tests.stages import STAGES, Button, Watcher
wish = Wish(device="cpu", quick=False, seed=0, options={{}}, folder=Path({str(tmp_path)!r}))
choice = Choice("mine", {str(tmp_path / "hers.py")!r}, Note("x"))
run_demo(find_exercise(STAGES, "trial"), choice, wish, Watcher(), Button())
"""
    hers = """
import os, time
def step(n):
    if n == 3:
        open('stage.pid', 'w').write(str(os.getpid()))
        time.sleep(60)
    return 1.0
"""
    (tmp_path / "hers.py").write_text(hers)
    root = str(Path(__file__).parents[2])
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([root, f"{root}/src"])}
    parent = subprocess.Popen([sys.executable, "-c", source], env=env)
    pid = _number(tmp_path / "stage.pid")
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert gone(pid)
    assert (tmp_path / "checkpoint.txt").read_text() == "3 1.0"


def _number(file):
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if file.exists() and file.read_text():
            return int(file.read_text())
        time.sleep(0.05)
    pytest.fail(f"there is no {file}")
