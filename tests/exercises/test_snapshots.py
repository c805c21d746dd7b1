"""The bank's texts that exercises carry along are those of the bank."""

from __future__ import annotations

import pytest

from tests.exercises.snapshots import CLASSIFIED, PASSAGES, kept, rows

AGAIN = "python -m tests.exercises.snapshots"


@pytest.mark.parametrize("exercise", [*CLASSIFIED, PASSAGES])
def test_no_text_differs_from_the_banks(exercise):
    assert kept(exercise) == rows(exercise), AGAIN
