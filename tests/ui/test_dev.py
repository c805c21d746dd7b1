"""The table of samples and checks, whatever the width."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len

from prep.model.dev import ExerciseCheck, MutantFate, Row, Step
from prep.model.finding import Finding
from prep.model.judgement import Note
from prep.ui.console import make_console
from prep.ui.dev import check_screen, check_view, step_line
from prep.ui.words import Words

CHECKS = tuple(f"test_{number}" for number in range(1, 24))


def row(kind, name, outcomes, named=(), *, sound=True):
    every = tuple(outcomes) + ("passed",) * (len(CHECKS) - len(outcomes))
    return Row(kind, name, every, named, sound)


CHECK = ExerciseCheck(
    exercise="demo",
    checks=CHECKS,
    findings=(
        Finding("demo/reference.py", 7, 1, "mutant-survived", {"name": "f: a + b -> a - b"}),
        Finding("demo/notes.txt", 1, 1, "file-stray"),
    ),
    rows=(
        row("reference", "reference", ()),
        row("right", "a_name_that_is_much_too_long_for_any_table", ()),
        row("wrong", "slow", ("passed", "failed", "error", "timed_out", "not_run"), ("test_2",)),
        row("wrong", "missed", (), ("test_1",), sound=False),
    ),
    gradings=70,
    junk=20,
    mutants=(
        MutantFate("f: a + b -> a - b", 7, ("    return a + b",), ("    return a - b",)),
        MutantFate("f: a -> b", 8, ("a",), ("b",), killed_by="test_1"),
        MutantFate("f: b -> a", 9, ("a",), ("b",), reason="the same"),
    ),
    seconds=12.4,
)


def screen(check, language="en", width=80):
    console = make_console(io.StringIO(), plain=True, width=width)
    parts = check_screen(check, Words(language), prefix="exercises/", width=width)
    for part in parts:
        console.print(part, soft_wrap=True)
    return console.file.getvalue().splitlines()


def test_marks_stand_under_the_numbers_of_their_checks():
    lines = screen(CHECK)
    head = next(line for line in lines if line.strip().startswith("1 "))
    slow = next(line for line in lines if line.startswith("wrong slow"))
    at = {number: head.index(f" {number} ") + 1 for number in range(1, 6)}
    assert [slow[at[number]] for number in range(1, 6)] == ["✓", "✗", "!", "!", "·"]
    assert slow[at[2] - 1 : at[2] + 2] == "[✗]"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_no_line_of_the_table_is_too_wide(language, width):
    lines = screen(CHECK, language, width)
    table = [line for line in lines if set(line) & set("✓✗·")]
    assert len(table) > len(CHECK.rows)
    assert all(cell_len(line) <= width for line in table)
    numbers = "".join(line for line in lines if line[:1] == " ").split()
    assert all(str(number) in numbers for number in range(1, 24))


def test_a_survivor_comes_with_its_change_and_the_mark_to_paste():
    lines = screen(CHECK)
    start = next(at for at, line in enumerate(lines) if "mutant-survived" in line)
    assert lines[start].startswith("exercises/demo/reference.py:7:1 mutant-survived ")
    assert lines[start + 1 : start + 4] == [
        "    -     return a + b",
        "    +     return a - b",
        '    {mutant: "f: a + b -> a - b", reason: …}',
    ]
    assert "3 mutants: 1 noticed, 1 marked as equivalent, 1 survive" in lines


def test_what_was_not_run_says_why():
    lacking = Note("grade-lacks", {"module": "torch", "problem": "no"})
    lines = screen(ExerciseCheck(exercise="demo", lacking=lacking))
    assert lines[1].startswith("Nothing was run: 'torch' cannot be imported")


def test_plain_data_holds_what_the_screen_shows():
    view = check_view(CHECK, Words("en"))
    assert view["samples"][2]["checks"]["test_2"] == "failed"
    assert view["mutants"]["survivors"][0]["added"] == ["    return a - b"]
    assert (view["mutants"]["killed"], view["mutants"]["equivalent"]) == (1, 1)
    assert view["findings"][1]["message"].startswith("this does not belong")


@pytest.mark.parametrize(("sound", "mark"), [(True, "✓"), (False, "✗")])
def test_a_step_is_one_line(sound, mark):
    step = Step("demo", "wrong", "slow", 1, sound, 3, 70)
    assert step_line(step, Words("en")) == f"demo 3/70 {mark} wrong slow"
