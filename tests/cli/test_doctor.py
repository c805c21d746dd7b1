"""`prep doctor` tells what is there, tries the grader out, and says when something is wrong."""

from __future__ import annotations

import json
import shutil
import sys
from importlib import metadata
from pathlib import Path

import pytest

from prep import __version__
from prep.app import doctor

pytest.importorskip("numpy")

LINUX = sys.platform == "linux"


@pytest.fixture
def few(monkeypatch):
    """Let the control pair be graded without torch and tensorflow, which are slow to load."""
    there = doctor._is_there
    monkeypatch.setattr(
        doctor, "_is_there", lambda m: m not in {"torch", "tensorflow"} and there(m)
    )


def flat(text):
    return " ".join(text.split())


def test_everything_that_is_installed_is_tried_out(prep, home):
    result = prep("doctor")
    assert (result.code, result.err) == (0, "")
    assert f"prep {__version__} · Python 3." in result.out
    assert f"Progress: {home / 'progress.sqlite3'}\nThe progress file is sound.\n" in result.out
    told = flat(result.out)
    assert f"numpy {metadata.version('numpy')}" in told
    assert "Control: the right solution passed and the wrong one failed, as they should" in told
    for library in ("torch", "tensorflow"):
        assert (f"{library}: " in told) == doctor._is_there(library)
    if LINUX:
        assert "other programs (no_new_privs)" in told


def test_as_json(prep, few):
    result = prep("doctor", "--json")
    found = json.loads(result.out)
    assert (result.code, found["schema"], found["good"]) == (0, 1, True)
    assert found["prep"] == __version__
    assert found["libraries"]["numpy"] == metadata.version("numpy")
    assert (found["control"]["good"], found["control"]["bad"]) == ("passed", "failed")
    assert found["control"]["right"] is True
    assert (found["devices"], found["broken"]) == ({}, {})
    assert ("capabilities" in found["isolation"]) == LINUX


def test_chinese(prep, few):
    result = prep("--lang", "zh", "doctor")
    assert result.code == 0
    assert "进度文件完好。" in result.out
    assert "对照：正确的解答通过，错误的解答未通过，符合预期" in result.out.replace("\n  ", "")


def test_a_verdict_that_comes_out_wrong_is_told(prep, few, tmp_path, monkeypatch):
    shutil.copytree(Path(doctor.__file__).with_name("control"), tmp_path / "control")
    shutil.copy(tmp_path / "control/reference.py", tmp_path / "control/wrong.py")
    monkeypatch.setattr(doctor, "_CONTROL", tmp_path)
    result = prep("doctor")
    assert result.code == 1
    assert flat(result.out).endswith(
        "✗ Control: a right solution got “Passed”, a wrong one “Passed”. Verdicts on this machine "
        "cannot be trusted: please report this."
    )


def test_a_library_that_is_missing_is_no_fault(prep, few, monkeypatch):
    monkeypatch.setattr(doctor, "_NEEDS", (("no_such_library",),))
    result = prep("doctor")
    assert result.code == 0
    assert result.out.endswith(
        "Devices: none\nExercises cannot be graded here yet: 'no_such_library' is not installed.\n"
    )


def test_a_library_that_cannot_be_loaded_is_one(prep, few, monkeypatch):
    monkeypatch.setattr(doctor, "_NEEDS", (("asyncio.windows_events",), ("numpy",)))
    result = prep("doctor")
    assert result.code == (1 if sys.platform != "win32" else 0)
    told = flat(result.out)
    assert "asyncio.windows_events is installed and cannot be loaded: ImportError:" in told
    assert "Control: the right solution passed" in told


def test_what_is_not_installed_comes_with_the_command(prep, few, monkeypatch):
    monkeypatch.setattr(doctor, "_NEEDS", ())
    version = doctor._version
    monkeypatch.setattr(
        doctor, "_version", lambda n: "" if n in {"torch", "openai"} else version(n)
    )
    told = flat(prep("doctor").out)
    assert 'Not installed: torch. They come with: pip install "llm-prep[torch]"' in told
    assert 'Not installed: openai. They come with: pip install "llm-prep[llm]"' in told
