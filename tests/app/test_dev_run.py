"""The gradings of an exercise's check, for real, on a small exercise that needs numpy only."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

import prep.app
from prep.app.dev_check import Wanted, check_exercises
from prep.app.dev_crew import Crew
from prep.app.dev_grade import Desk, Habits, Spoilt
from prep.app.dev_new import new_exercise
from prep.app.dev_run import Running
from prep.exercises.catalog import find_exercise
from prep.model.dev import Step
from prep.model.verdict import Report

pytest.importorskip("numpy")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="grading needs sockets")

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def crew():
    with Crew(["numpy"], 2) as crew:
        yield crew


@pytest.fixture
def run(tmp_path, crew):
    """Return a function that runs the trials of a new exercise with some texts replaced."""

    def run(*edits, kind="build", quick=True, mutants=False):
        folder = new_exercise(tmp_path, "sound", kind, today=TODAY)
        for file, old, new in edits:
            text = (folder / file).read_text(encoding="utf-8")
            assert old in text
            (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        running = Running(find_exercise(tmp_path, "sound"), crew, scratch, quick=quick)
        steps = list(running.trials())
        steps += running.mutants() if mutants else []
        codes = {(f.file.partition("/")[2], f.code) for f in running.findings}
        return SimpleNamespace(steps=steps, running=running, codes=codes)

    return run


def replaced(new):
    """Return the edit that puts `new` where a check of the loss compares."""
    what = 'what="cross_entropy(logits, labels)"'
    return ("checks.py", f"close(sol.cross_entropy(logits, labels), rows.mean(), {what})", new)


def test_a_new_exercise_is_sound_under_all_trials(run):
    done = run(quick=False)
    assert done.codes == set()
    rows = {(row.kind, row.name): row for row in done.running.rows()}
    assert len(rows) == 1 + 2 + 5
    assert all(row.sound for row in rows.values())
    assert set(rows["right", "log_first"].outcomes) == {"passed"}
    assert rows["wrong", "in_place"].outcomes == ("passed", "passed", "passed", "failed")
    assert [step.done for step in done.steps] == list(range(1, done.running.gradings + 1))
    assert {step.seed for step in done.steps if step.kind == "right"} == {1, 20, 300}


def test_a_new_bug_hunt_is_sound(run):
    done = run(kind="debug")
    assert done.codes == set()
    rows = {row.name: row.outcomes for row in done.running.rows()}
    assert rows["sum_of_losses"] == ("not_run", "not_run", "failed")
    assert [step.name for step in done.steps if step.kind == "fixed"] == (
        ["over_the_batch", "overflows", "sum_of_losses"]
    )


def test_a_check_of_a_hunt_that_needs_two_fixes_is_found(run):
    spread = ("checks.py", "logits[0, 0] -= 800", "logits[:, 0] -= 800")
    assert run(spread, kind="debug").codes == {("samples/wrong/overflows.py", "fix-unnoticed")}


def test_a_check_that_proves_nothing_is_found_from_all_sides(run):
    assert run(replaced("assert rows.size")).codes == {
        ("samples/wrong/sum_of_losses.py", "wrong-verdict"),
        ("checks.py", "junk-check-passed"),
        ("starter.py", "starter-verdict"),  # it passes a check, so it counts as an attempt
    }


def test_a_check_that_breaks_is_ours(run):
    codes = run(replaced("raise OSError")).codes
    assert {("reference.py", "right-refused"), ("checks.py", "junk-verdict")} <= codes


def test_a_right_sample_that_is_refused_is_named_with_its_checks(run):
    done = run(("samples/right/log_first.py", "return -float(", "return float("))
    assert done.codes == {("samples/right/log_first.py", "right-refused")}
    assert done.running.findings[0].values["checks"] == (
        "test_large_logits_stay_finite, test_loss_is_the_mean"
    )


def test_a_wrong_sample_that_raises_fails_for_another_reason(run):
    done = run(
        ("samples/wrong/overflows.py", "powers = np.exp(logits)", "powers = np.expo(logits)")
    )
    assert done.codes == {("samples/wrong/overflows.py", "wrong-other-outcome")}
    assert done.running.findings[0].values["outcome"] == "error"


# Survives when the check with large logits leaves the loss alone.
SURVIVES = "cross_entropy: logits - logits.max(axis=1, keepdims=True) -> logits"
NOTICED = "softmax: powers / powers.sum(axis=1, keepdims=True) -> powers"


def test_mutants_survive_until_a_check_notices_or_an_author_says_why(run):
    what = 'what="cross_entropy(1000 · logits, labels)"'
    compared = f"close(sol.cross_entropy(logits, labels), loss, {what})"
    loose = ("checks.py", compared, "assert loss")
    marks = ", ".join(f'{{mutant: "{name}", reason: so}}' for name in (SURVIVES, NOTICED))
    done = run(loose, ("exercise.yaml", "equivalent: []", f"equivalent: [{marks}]"), mutants=True)
    fates = {fate.name: fate for fate in done.running.fates}
    assert (fates[SURVIVES].killed_by, fates[SURVIVES].survived) == ("", False)
    assert fates[NOTICED].killed_by in {
        "test_softmax_is_the_formula",
        "test_large_logits_stay_finite",
        "test_arguments_stay_as_they_are",
    }
    left = [fate.name for fate in fates.values() if fate.survived]
    assert left
    assert all(name.startswith("cross_entropy: logits") for name in left)
    assert done.codes == {
        ("reference.py", "mutant-survived"),
        ("exercise.yaml", "mutant-noticed"),
    }


def test_a_mutant_that_never_ends_counts_as_noticed(run):
    loop = "    batch = len(logits)\n    while batch > 0:\n        batch -= 1\n    shifted"
    done = run(
        ("exercise.yaml", "call_seconds: 5", "call_seconds: 0.5"),
        ("reference.py", 'to 1."""\n    shifted', f'to 1."""\n{loop}'),
        mutants=True,
    )
    fates = {fate.name: fate for fate in done.running.fates}
    assert fates["softmax: batch -= 1 -> pass"].killed_by


def wanted(root, *names):
    return Wanted(root=root, names=names, topics={"foundations"}, today=TODAY, jobs=2)


def test_without_its_libraries_an_exercise_is_only_read(tmp_path):
    file = new_exercise(tmp_path, "sound", "build", today=TODAY) / "exercise.yaml"
    text = file.read_text(encoding="utf-8").replace("needs: [numpy]", "needs: [not_there]")
    file.write_text(text, encoding="utf-8")
    (check,) = check_exercises(wanted(tmp_path))
    assert (check.gradings, check.lacking.values["module"]) == (0, "not_there")


def test_what_cannot_be_read_is_not_run(tmp_path):
    folder = new_exercise(tmp_path, "sound", "build", today=TODAY)
    (folder / "checks.py").write_text("def (", encoding="utf-8")
    (check,) = check_exercises(wanted(tmp_path))
    assert (check.gradings, check.rows, check.lacking) == (0, (), None)
    assert "not-python" in {finding.code for finding in check.findings}


def test_leaving_early_ends_every_process(tmp_path):
    new_exercise(tmp_path, "sound", "build", today=TODAY)
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    events = check_exercises(wanted(tmp_path, "sound"))
    assert isinstance(next(events), Step)
    events.close()
    left = {child.pid for child in psutil.Process().children(recursive=True)} - before
    assert left == set()


def test_a_check_that_cannot_run_here_notices_nothing(tmp_path, crew):
    """What goes wrong on the simulated device alone may be the simulation's fault."""
    pytest.importorskip("torch")
    shelf = find_exercise(Path(prep.app.__file__).parent, "control")
    file = tmp_path / "mine.py"
    source = (shelf.folder / "reference.py").read_text(encoding="utf-8")
    raising = 'if "sim" in str(x.device):\n        raise ValueError\n    return 2 * x'
    file.write_text(source.replace("return 2 * x", raising), encoding="utf-8")
    desk = Desk(shelf, tmp_path, crew, Habits({"test_device": {"double": 0}}))
    what = Spoilt("junk double", "double")
    (found,) = crew.run([lambda bench: desk.notice(file, 1, bench, what)])
    assert isinstance(found, Report), found
    outcomes = {check.name: check.outcome for check in found.checks}
    assert outcomes == {"test_device": "not_run", "test_double": "passed", "test_mean": "passed"}
