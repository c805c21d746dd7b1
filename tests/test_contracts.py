"""Each import contract holds, and fails on a planted violation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("importlinter", reason="needs the `dev` extra")

ROOT = Path(__file__).parents[1]
ROOMS = "Rooms: imports only flow downwards"
SCREENS = "The screens see values only"
TERMINAL = "The terminal is known to cli and ui only"
PURE = "The core touches no clock, chance, file, SQL or process"
SQL = "SQL is known to the store only"
YAML = "YAML is known to the bank only"
STUDY = "No study library outside the lab"
FROM_LAB = "Only a process of its own is in the lab"
TO_LAB = "The lab knows messages and values only"
CYCLES = "No cycles inside a room"
PLANTS = [
    ("model/text.py", "import prep.core.days", ROOMS),
    ("core/days.py", "import prep.bank.load", ROOMS),
    ("bank/load.py", "import prep.store.store", ROOMS),
    ("store/rows.py", "import prep.app.quiz", ROOMS),
    ("app/quiz.py", "def late():\n    import prep.ui.words", ROOMS),
    ("ui/words.py", "import prep.app.settings", ROOMS),
    ("new_room.py", "X = 1", ROOMS),
    ("ui/words.py", "import prep.core.days", SCREENS),
    ("ui/words.py", "import prep.bank.places", SCREENS),
    ("app/quiz.py", "from rich.text import Text", TERMINAL),
    ("errors.py", "import click", TERMINAL),
    ("core/days.py", "import random", PURE),
    ("core/days.py", "import time", PURE),
    ("core/days.py", "from pathlib import Path", PURE),
    ("model/text.py", "import os", PURE),
    ("core/days.py", "import sqlite3", PURE),
    ("core/days.py", "import subprocess", PURE),
    ("app/quiz.py", "import sqlite3", SQL),
    ("cli/quiz.py", "import yaml", YAML),
    ("cli/quiz.py", "def late():\n    import torch", STUDY),
    ("bank/load.py", "import numpy", STUDY),
    ("app/quiz.py", "def late():\n    import prep.lab", FROM_LAB),
    ("lab/__init__.py", "import prep.core.days", TO_LAB),
    ("core/days.py", "import prep.core.fuzz", CYCLES),
]


def broken(checkout):
    """Return the names of the contracts that the checkout breaks."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src"), "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache", "--config", str(checkout / "pyproject.toml")],
        cwd=checkout,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    return {line.partition(" BROKEN")[0] for line in lines if " BROKEN" in line}


@pytest.fixture
def checkout(tmp_path):
    """Return a copy of the sources that a test may spoil."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_holds(checkout):
    assert broken(checkout) == set()


@pytest.mark.parametrize(("module", "plant", "contract"), PLANTS)
def test_a_planted_violation_is_seen(module, plant, contract, checkout):
    path = checkout / "src" / "prep" / module
    before = path.read_text("utf-8") if path.exists() else ""
    path.write_text(f"{before}\n\n{plant}\n", "utf-8")
    if contract is CYCLES:
        other = path.with_name("fuzz.py")
        other.write_text(other.read_text("utf-8") + "\nimport prep.core.days\n", "utf-8")
    assert contract in broken(checkout)
