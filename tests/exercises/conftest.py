from __future__ import annotations

import os
import sys
from datetime import date

import pytest

from prep.app.dev_crew import Crew
from prep.app.dev_new import new_exercise
from prep.exercises.rules import check

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def crew_of():
    """Give a crew for a set of libraries; another one ends it, since each holds much memory."""
    held = {}

    def crew(needs):
        if needs not in held:
            for name in list(held):
                held.pop(name).__exit__()
            held[needs] = Crew(needs, os.cpu_count() or 1).__enter__()
        return held[needs]

    yield crew
    for used in held.values():
        used.__exit__()


@pytest.fixture
def sound(tmp_path):
    """Give the folder of an exercise in which nothing is wrong: what `prep dev new` writes."""
    return new_exercise(tmp_path, "sound", "build", today=TODAY)


@pytest.fixture
def found():
    """Return a function that gives `file code` of every finding of the rules on a folder."""

    def findings(folder):
        _, all_found = check(folder, topics={"foundations"}, today=TODAY)
        return [f"{each.file.partition('/')[2]} {each.code}" for each in all_found]

    return findings


needs_grading = pytest.mark.skipif(sys.platform == "win32", reason="grading needs sockets")
