"""The check of an exercise, run for real on a small one that needs numpy only."""

from __future__ import annotations

import sys
from datetime import date
from types import SimpleNamespace

import pytest

from prep.app.dev_check import Wanted, check_exercises
from prep.app.dev_new import new_exercise
from prep.model.dev import Step

pytest.importorskip("numpy")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="grading needs sockets")

TODAY = date(2026, 11, 22)


@pytest.fixture
def check(tmp_path):
    """Return a function that checks a new exercise, with files replaced."""

    def run(*, edits=(), kind="build", mutants=False, needs=None):
        folder = new_exercise(tmp_path, "sound", kind, today=TODAY)
        for file, old, new in edits:
            text = (folder / file).read_text(encoding="utf-8")
            assert old in text
            (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        wanted = Wanted(
            root=tmp_path,
            names=[],
            topics={"foundations"},
            today=TODAY,
            jobs=2,
            mutants=mutants,
        )
        events = list(check_exercises(wanted))
        steps = [event for event in events if isinstance(event, Step)]
        codes = sorted({(f.file.partition("/")[2], f.code) for f in events[-1].findings})
        return SimpleNamespace(steps=steps, check=events[-1], codes=codes)

    return run


LOOSE = ("checks.py", "what=\"softmax(logits)\")\n    leaves", "what=\"softmax(logits)\")\n    # ")


@pytest.mark.parametrize("kind", ["build", "debug"])
def test_a_new_exercise_is_sound_and_so_is_its_report(kind, check):
    done = check(kind=kind, mutants=kind == "build")
    assert done.codes == []
    rows = {(row.kind, row.name): row for row in done.check.rows}
    assert len(rows) == 1 + 2 + 5
    assert all(row.sound for row in rows.values())
    assert set(rows["right", "log_first"].outcomes) == {"passed"}
    assert rows["wrong", "in_place"].outcomes == ("passed", "passed", "passed", "failed")
    trials = [step for step in done.steps if step.kind != "mutant"]
    assert [step.done for step in trials] == list(range(1, len(trials) + 1))
    assert done.check.gradings == trials[-1].total == len(trials)
    if kind == "build":
        assert len(done.check.mutants) > 30
        assert not any(fate.survived for fate in done.check.mutants)


def test_a_check_that_proves_nothing_is_found_from_all_sides(check):
    done = check(edits=[("checks.py", "close(sol.cross_entropy(logits, labels), rows", "close(rows")])
    assert ("samples/wrong/sum_of_losses.py", "wrong-verdict") in done.codes or (
        "samples/wrong/sum_of_losses.py",
        "wrong-other-outcome",
    ) in done.codes
    assert ("checks.py", "junk-check-passed") in done.codes


def test_a_right_sample_that_is_refused_is_found_with_every_seed(check):
    edits = [("samples/right/log_first.py", "return -float(", "return float(")]
    done = check(edits=edits)
    refused = [each for each in done.check.findings if each.code == "right-refused"]
    assert [each.values["seed"] for each in refused] == ["1", "20", "300"]
    assert "test_loss_is_the_mean" in refused[0].values["checks"]


MARK = "cross_entropy: logits - logits.max(axis=1, keepdims=True) -> logits"
LOOSER = (
    "checks.py",
    'close(sol.cross_entropy(logits, labels), loss, what="cross_entropy(1000 · logits, labels)")',
    "assert loss",
)


def test_a_mutant_that_survives_is_reported_until_it_is_marked(check, tmp_path):
    done = check(edits=[LOOSER], mutants=True)
    survivors = [fate.name for fate in done.check.mutants if fate.survived]
    assert MARK in survivors
    assert done.codes == [("reference.py", "mutant-survived")]
    marks = "\n".join(f'  - {{mutant: "{name}", reason: never}}' for name in survivors)
    tmp_path.joinpath("sound").rename(tmp_path.parent / "before")
    marked = ("exercise.yaml", "equivalent: []", f"equivalent:\n{marks}\n#")
    again = check(edits=[LOOSER, marked], mutants=True)
    assert again.codes == []
    assert sum(bool(fate.reason) for fate in again.check.mutants) == len(survivors)


def test_a_mark_that_a_check_disproves_is_found(check):
    name = "softmax: powers / powers.sum(axis=1, keepdims=True) -> powers"
    mark = f'equivalent: [{{mutant: "{name}", reason: none}}] #'
    done = check(edits=[("exercise.yaml", "equivalent: []", mark)], mutants=True)
    assert done.codes == [("exercise.yaml", "mutant-noticed")]


def test_without_its_libraries_an_exercise_is_only_read(check):
    done = check(edits=[("exercise.yaml", "needs: [numpy]", "needs: [numpy, not_there]")])
    assert (done.steps, done.check.gradings, done.codes) == ([], 0, [])
    assert done.check.lacking.values["module"] == "not_there"


def test_what_cannot_be_read_is_not_run(check):
    done = check(edits=[("checks.py", "def test_loss", "def def")])
    assert (done.steps, done.codes) == (
        [],
        [("checks.py", "check-not-there"), ("checks.py", "not-python")],
    ) or ("checks.py", "not-python") in done.codes
    assert done.check.rows == ()


def test_a_mutant_that_never_ends_counts_as_noticed(check):
    body = "    while batch > 0:\n        batch -= 1\n"
    loop = ("reference.py", '"""\n    shifted', f'"""\n    batch = len(logits)\n{body}    shifted')
    done = check(edits=[loop], mutants=True)
    fates = {fate.name: fate for fate in done.check.mutants}
    assert fates["softmax: batch -= 1 -> pass"].killed_by


def test_leaving_early_ends_everything(tmp_path):
    import psutil

    new_exercise(tmp_path, "sound", "build", today=TODAY)
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    wanted = Wanted(root=tmp_path, names=[], topics=set(), today=TODAY, jobs=2)
    events = check_exercises(wanted)
    next(events)
    events.close()
    left = {child.pid for child in psutil.Process().children(recursive=True)} - before
    assert not left
