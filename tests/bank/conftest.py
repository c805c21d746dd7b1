"""Small banks under pytest's temporary folders."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

GOOD = Path(__file__).with_name("good")


@pytest.fixture
def bank(tmp_path):
    """Return a copy of the good bank, to be changed."""
    return Path(shutil.copytree(GOOD, tmp_path / "bank"))


@pytest.fixture
def group(bank):
    """Return the file of its questions."""
    return bank / "basics" / "sums.yaml"
