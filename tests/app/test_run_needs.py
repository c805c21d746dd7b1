from __future__ import annotations

import shutil
import sys

import pytest

from prep.app.run_needs import check_needs, check_options
from prep.errors import EnvironmentLacksError, UsageError
from prep.exercises.catalog import find_exercise
from tests.stages import STAGES, TRIAL


@pytest.fixture
def trial_with(tmp_path):
    """Return a function that gives the trial with other needs or another demo."""

    def changed(*, needs="[]", demo=None):
        shutil.copytree(TRIAL, tmp_path / "trial")
        file = tmp_path / "trial" / "exercise.yaml"
        file.write_text(file.read_text("utf-8").replace("[numpy]", needs), "utf-8")
        if demo is not None:
            (tmp_path / "trial" / "demo.py").write_text(demo, encoding="utf-8")
        return find_exercise(tmp_path, "trial")

    return changed


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"needs": "[no_such_a, no_such_b.inner]"}, "no_such_a, no_such_b"),
        ({"demo": "import no_such_c.inner\nfrom no_such_d import x\n"}, "no_such_c, no_such_d"),
    ],
)
def test_what_is_missing_is_named_with_the_extra(change, missing, trial_with):
    with pytest.raises(EnvironmentLacksError) as refused:
        check_needs(trial_with(**change))
    assert refused.value.code == "run-needs"
    assert refused.value.values["modules"].split(", ")[:2] == missing.split(", ")
    assert refused.value.values["extra"] == "torch"


def test_nothing_is_imported_to_find_out(trial_with, tmp_path, monkeypatch):
    (tmp_path / "spoilt.py").write_text("raise RuntimeError", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    pytest.importorskip("matplotlib")
    check_needs(trial_with(needs="[spoilt]", demo="import spoilt, shared\n"))
    assert "spoilt" not in sys.modules


def test_an_option_that_a_demo_never_reads_is_refused(trial_with):
    check_options(find_exercise(STAGES, "trial"), {"model": "m"})
    shelf = trial_with(demo="def demo(solution, stage):\n    stage.options['data']\n")
    check_options(shelf, {"data": "d"})
    with pytest.raises(UsageError) as refused:
        check_options(shelf, {"model": "m"})
    assert refused.value.values == {"id": "trial", "option": "model"}
