"""What a timed bug hunt shows while it runs, and at its end."""

from __future__ import annotations

import io
from datetime import date

import pytest
from msgspec import structs

from prep.app.dev_new import new_exercise
from prep.exercises.catalog import find_exercise
from prep.model.verdict import CheckResult
from prep.ui.console import make_console
from prep.ui.hunt import clock_text, ending_lines, going_lines, nameless
from prep.ui.words import Words
from prep.ui.wrap import page
from tests.making import report_of

WORDS = Words("en")


@pytest.fixture
def exercise(tmp_path):
    """Return a hunt with three bugs."""
    new_exercise(tmp_path, "hunt", "debug", today=date(2026, 11, 22))
    return find_exercise(tmp_path, "hunt").exercise


def report(exercise, *outcomes):
    checks = tuple(
        CheckResult(check.name, outcome)
        for check, outcome in zip(exercise.checks, outcomes, strict=True)
    )
    weights = tuple(check.weight for check in exercise.checks)
    return structs.replace(report_of("hunt", "failed"), checks=checks, weights=weights)


def lines(parts):
    stream = io.StringIO()
    make_console(stream, plain=True, width=80).print(page(parts))
    return stream.getvalue().splitlines()


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (-1, "0:00"), (59.6, "1:00"), (245, "4:05"), (6000, "100:00")],
)
def test_the_clock_shows_minutes_and_seconds(seconds, shown):
    assert clock_text(seconds) == shown


def test_while_it_runs_bugs_are_counted_but_not_named(exercise):
    found = report(exercise, "passed", "failed", "failed")
    assert lines(going_lines(exercise, found, "h.py", WORDS)) == ["1 of 3 bugs found, 40%"]
    assert [check.title["en"] for check in nameless(exercise, WORDS).checks] == [
        "bug 1", "bug 2", "bug 3",
    ]  # fmt: skip


def test_the_end_names_what_was_missed_and_why(exercise):
    found = report(exercise, "passed", "failed", "not_run")
    shown = lines(ending_lines(exercise, found, "time", 1800, WORDS))
    assert shown[:5] == [
        "Time is up after 30:00.",
        "1 of 3 bugs found, 40%",
        "",
        "✓ Large logits stay finite",
        "✗ Each row sums to 1",
    ]
    assert "  A sum grows with the batch" in "\n".join(shown)
    assert "exp(1000) is inf" not in "\n".join(shown)


def test_an_end_without_any_grading_misses_all(exercise):
    shown = lines(ending_lines(exercise, None, "left", 3, WORDS))
    assert shown[:2] == ["You ended the hunt after 0:03.", "0 of 3 bugs found, 0%"]
    assert sum(line.startswith("✗") for line in shown) == 3
