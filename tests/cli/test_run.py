"""`prep run exercise` as it is called."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from prep.cli import places, run
from prep.cli.context import Context
from prep.ui.words import Words
from tests.stages import STAGES, TRIAL

KEYS = {
    "schema", "exercise", "status", "solution", "device", "seed", "quick", "seconds",
    "peak_memory_mib", "device_memory_mib", "facts", "metrics", "tables", "said", "artefacts",
    "folder", "failure",
}  # fmt: skip
# `prep` in a process of its own, with the tests' own exercises.
PREP = f"""
from pathlib import Path
from prep.cli import places
shipped = places.shipped
places.shipped = lambda name: Path({str(STAGES)!r}) if name == "exercises" else shipped(name)
from prep.cli.main import run
run()
"""
_CODES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\r")


@pytest.fixture(autouse=True)
def _own_exercises(monkeypatch, tmp_path):
    shipped = places.shipped
    monkeypatch.setattr(places, "shipped", lambda n: STAGES if n == "exercises" else shipped(n))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def trial(prep):
    """Return a function that runs the trial."""
    pytest.importorskip("numpy")
    pytest.importorskip("matplotlib")
    return lambda *options, lang="en": prep("--lang", lang, "run", "exercise", "trial", *options)


@pytest.fixture
def mine(tmp_path):
    """Return a function that writes the learner's file."""

    def written(source):
        (tmp_path / "trial").mkdir()
        (tmp_path / "trial" / "solution.py").write_text(source, encoding="utf-8")

    return written


def test_plain_output_has_everything_and_no_escapes(trial, home):
    found = trial("--quick", "--plain", "--seed", 7)
    assert (found.code, found.err) == (0, "")
    folder = home / "runs" / "trial" / "2026-11-22_18-00-00"
    lines = [line.rstrip() for line in found.out.splitlines()]
    assert lines[:4] == [
        "One small step",
        "Our reference solution: yours is not started here (`prep start trial` begins).",
        "Loading numpy …",
        "Running on cpu …",
    ]
    assert "loss: 0.5 (1) → 0.25 (2) → 0.125 (3) → 0.0625 (4)" in lines
    assert "solution     reference" in lines
    assert "loss         0.5 → 0.0625" in lines
    assert "name         None" in lines
    end = lines.index("seed         7")
    assert lines[end - 1] == "device       cpu"
    assert "".join(lines[end + 1 : -1]).replace(" ", "") == f"Keptin{folder}"
    assert lines[-1] == "  checkpoint.txt, curves.png"
    assert "\x1b" not in found.out


def test_json_is_one_document_and_lies_in_the_folder(trial):
    found = trial("--quick", "--json", "--solution", TRIAL / "reference.py")
    assert (found.code, found.err) == (0, "")
    view = json.loads(found.out)
    assert set(view) == KEYS
    assert (view["exercise"], view["status"], view["device"], view["seed"]) == (
        "trial", "done", "cpu", 0,
    )  # fmt: skip
    assert view["solution"]["which"] == "file"
    assert view["metrics"]["loss"] == {"steps": [1, 2, 3, 4], "values": [0.5, 0.25, 0.125, 0.0625]}
    assert view["facts"] == {"name": "None", "model": "None", "data": "none"}
    assert all(Path(path).is_file() for path in view["artefacts"])
    assert json.loads(Path(view["folder"], "run.json").read_text("utf-8")) == view


def test_two_runs_at_one_time_have_two_folders(tmp_path):
    context = Context("en", Words("en"), plain=True)
    names = [run._new_folder(tmp_path / "runs", context).name for _ in range(3)]
    stamp = "2026-11-22_18-00-00"
    assert names == [stamp, f"{stamp}-2", f"{stamp}-3"]


def test_the_learners_mistake_is_told_in_her_language(trial, mine):
    mine("def step(n):\n    return 1 / (n - 3)\n")
    found = trial("--quick", "--plain", lang="zh")
    assert found.code == 1
    assert "你的解答：trial/solution.py" in found.out
    assert found.out.endswith(
        "第 2 行抛出 ZeroDivisionError：division by zero\n    2: return 1 / (n - 3)\n"
    )
    assert "loss: -0.5 (1) → -1 (2)" in found.out


def test_escapes_that_a_solution_prints_are_shown_and_not_obeyed(trial, mine):
    mine("def step(n):\n    print('\\x1b[2Jgone', n)\n    return 1.0\n")
    found = trial("--quick", "--plain")
    assert "│ \\x1b[2Jgone 1" in found.out
    assert "\x1b" not in found.out


def test_our_own_demo_failing_is_our_bug(trial, monkeypatch, tmp_path, home):
    broken = tmp_path / "broken"
    (broken / "trial").mkdir(parents=True)
    for file in TRIAL.glob("*.*"):
        (broken / "trial" / file.name).write_bytes(file.read_bytes())
    (broken / "trial" / "reference.py").write_text("def step(n): return 1 / 0\n")
    monkeypatch.setattr(places, "shipped", lambda name: broken)
    found = trial("--quick", "--plain")
    assert found.code == 70
    assert found.err.startswith("prep: this is our bug (DemoBrokenError).")
    assert "ZeroDivisionError" in (home / "crash.log").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["nope"], 2, "there is no exercise 'nope': there are trial."),
        (["trial", "--solution", "mine"], 2,
         "'trial' is not started here: begin with `prep start trial`."),
        (["trial", "--solution", "no.py"], 2, "there is no file 'no.py'."),
        (["trial", "--device", "mps"], 3,
         "'mps' is not on this machine. There is: cpu; --device auto takes the best."),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_refused(arguments, code, sentence, prep, trial, home):
    found = prep("run", "exercise", *arguments)
    assert (found.code, found.err) == (code, f"prep: {sentence}\n")
    assert not list((home / "runs").glob("*/*"))


def test_an_incomplete_solution_is_refused_with_what_to_do(prep, mine):
    mine((TRIAL / "starter.py").read_text("utf-8"))
    found = prep("run", "exercise", "trial", "--solution", "mine")
    assert found.code == 2
    assert found.err == (
        "prep: trial/solution.py is still the unchanged starter. Fill it in, or run ours: "
        "`prep run exercise trial --solution reference`.\n"
    )


def test_a_missing_library_is_one_line_and_quick(prep, monkeypatch):
    monkeypatch.setattr("prep.app.run_needs._is_there", lambda name: name != "numpy")
    began = time.monotonic()
    found = prep("run", "exercise", "trial")
    assert (found.code, found.out) == (3, "")
    assert found.err == 'prep: numpy is not installed. Install: pip install "llm-prep[torch]"\n'
    assert time.monotonic() - began < 2


def test_a_model_for_a_demo_that_takes_none_is_refused(prep, monkeypatch):
    monkeypatch.setattr("prep.app.run_needs._options_read", lambda tree: set())
    found = prep("run", "exercise", "trial", "--model", "x")
    sentence = "prep: the demo of trial has no use for --model: leave it out.\n"
    assert (found.code, found.err) == (2, sentence)


def test_interrupted_without_a_terminal_it_ends_cleanly(trial, tmp_path):
    source = Path(__file__).parents[2]
    env = {**os.environ, "PYTHONPATH": str(source / "src")}
    command = [sys.executable, "-c", PREP, "run", "exercise", "trial", "--plain"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout:
            if line.startswith("training"):
                break
        run.send_signal(2)
        rest = run.stdout.read()
    assert run.returncode == 130
    assert "Interrupted: the curves and files up to here are kept." in rest
    assert "checkpoint.txt, curves.png" in rest


class TestTerminal:
    """On a real pseudo-terminal."""

    @pytest.fixture
    def start(self, trial):
        if sys.platform == "win32":
            pytest.skip("pseudo-terminals of POSIX")
        import pexpect

        source = Path(__file__).parents[2]

        def started(*options, columns=80, **more):
            env = {**os.environ, "PYTHONPATH": str(source / "src"), "TERM": "xterm-256color"}
            for name in ("COLUMNS", "PREP_NOW"):
                env.pop(name, None)
            arguments = ["-c", PREP, "run", "exercise", "trial", *options]
            return pexpect.spawn(
                sys.executable, arguments, env=env | more, encoding="utf-8", timeout=30,
                dimensions=(40, columns),
            )  # fmt: skip

        return started

    def test_bars_move_and_ctrl_c_keeps_the_curves(self, start):
        run = start()
        run.expect(r"training .*/200")
        run.sendintr()
        run.expect("Stopping")
        run.expect("Interrupted")
        text = _CODES.sub("", run.before)
        run.expect("\n")
        run.wait()
        assert run.exitstatus == 130
        assert "valid_loss" in text
        assert "checkpoint.txt, curves.png" in text
        assert any(ord(char) >= 0x2800 for char in text)

    def test_a_question_is_answered_by_a_line(self, start):
        run = start("--quick")
        run.expect(r"Your name\?.*> ")
        run.sendline("小明")
        text = _CODES.sub("", run.read())
        run.wait()
        assert run.exitstatus == 0
        assert "name         小明" in text

    def test_the_end_of_input_is_no_answer(self, start):
        run = start("--quick", columns=40, NO_COLOR="1")
        run.expect(r"Your name\?.*> ")
        run.sendeof()
        text = _CODES.sub("", run.read())
        run.wait()
        assert run.exitstatus == 0
        assert "name         None" in text
        assert "a loss 0.0625  b valid_loss" in text


def test_rnn_learns_in_a_quick_run(monkeypatch, prep):
    pytest.importorskip("torch")
    pytest.importorskip("matplotlib")
    monkeypatch.undo()
    view = json.loads(prep("run", "exercise", "rnn", "--quick", "--json").out)
    assert (view["status"], view["solution"]["which"]) == ("done", "reference")
    assert view["metrics"]["accuracy, 6–20 steps"]["values"][-1] > 0.9
    assert view["tables"][0]["rows"][1][2] > "0.9"
    names = [Path(path).name for path in view["artefacts"]]
    assert names == ["one-direction.pt", "both-directions.pt", "curves.png"]
